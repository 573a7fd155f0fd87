/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "report/table/labels.h"
#include "test.h"

/* The labels of names in a column, as lines; names end with NULL. */
static void assert_labels(const char *const *names, int width, const char *expected)
{
    struct assay__text out = {0};
    struct assay__page page = {.out = &out, .width = 80, .unicode = false};
    struct assay__labels labels = {0};
    size_t count = 0;
    while (names[count] != NULL)
        count++;
    assay__labels_make(&labels, &page, names, count, width);
    for (size_t i = 0; i < count; i++) {
        assay__labels_write(&labels, &page, i, 2);
        assay__text_puts(&out, "|\n");
    }
    ck_assert(!out.failed);
    ck_assert_str_eq(out.data, expected);
    assay__labels_release(&labels);
    assay__text_release(&out);
}

START_TEST(names_that_fit_are_whole)
{
    static const char *const NAMES[] = {"a", "b c", NULL};
    assert_labels(NAMES, 4, "a   |\nb c |\n");
}
END_TEST

START_TEST(what_wide_names_share_goes_first)
{
    static const char *const NAMES[] = {"experiment_red_2026_final", "x",
                                        "experiment_blue_2026_final", NULL};
    assert_labels(NAMES, 10, "..nt_red..|\nx         |\n..t_blue..|\n");
}
END_TEST

START_TEST(names_that_would_read_alike_have_lines_of_their_own)
{
    static const char *const NAMES[] = {"a0000000000-1-000000000b", "a0000000000-2-000000000b",
                                        "b0000000000-1-000000000a", "short", NULL};
    assert_labels(NAMES, 10,
                  "a0000000000-1-000000000b\n            |\n"
                  "a0000000000-2-000000000b\n            |\n"
                  "b000..000a|\nshort     |\n");
}
END_TEST

START_TEST(no_character_is_cut_in_two)
{
    static const char *const NAMES[] = {"\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4-\xC3\xA9x",
                                        "\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4\xC3\xA4-\xC3\xA8x", NULL};
    assert_labels(NAMES, 6, "..-\xC3\xA9..|\n..-\xC3\xA8..|\n");
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, names_that_fit_are_whole);
    tcase_add_test(cases, what_wide_names_share_goes_first);
    tcase_add_test(cases, names_that_would_read_alike_have_lines_of_their_own);
    tcase_add_test(cases, no_character_is_cut_in_two);
}

int main(void)
{
    return test_main("labels", add);
}
