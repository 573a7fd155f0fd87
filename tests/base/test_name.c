/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "base/name.h"
#include "test.h"

static int sign(int value)
{
    return (value > 0) - (value < 0);
}

START_TEST(numbers_in_names_are_ordered_as_numbers)
{
    static const char *const ORDER[] = {"",
                                        "1",
                                        "02",
                                        "2",
                                        "10",
                                        "9999999999999999999",
                                        "10000000000000000000",
                                        "A",
                                        "B",
                                        "a",
                                        "a0",
                                        "a1",
                                        "a1b2",
                                        "a1b10",
                                        "a2",
                                        "a10",
                                        "v",
                                        "v00",
                                        "v1",
                                        "v1.9",
                                        "v1.10",
                                        "v02",
                                        "v2",
                                        "v10",
                                        "v10a",
                                        "v100",
                                        "\xC3\xA4"};
    enum { COUNT = sizeof ORDER / sizeof *ORDER };
    for (int i = 0; i < COUNT; i++)
        for (int k = 0; k < COUNT; k++)
            ck_assert_msg(sign(assay__name_compare(ORDER[i], ORDER[k])) == sign(i - k),
                          "'%s' and '%s'", ORDER[i], ORDER[k]);
}
END_TEST

START_TEST(names_that_look_alike_are_folded_alike)
{
    static const char *const ALIKE[][2] = {{"Control", "control"},
                                           {"treatment ", "Treatment"},
                                           {"a b", "a\xC2\xA0"
                                                   "b"}, /* no-break space */
                                           {"a b", "a\xE3\x80\x80"
                                                   "b"}, /* ideographic space */
                                           {"ab", "a\xE2\x80\x8B"
                                                  "b"}, /* zero width */
                                           {"\xEF\xBB\xBF"
                                            "ab",
                                            "ab"}, /* byte order mark */
                                           {"Gr\xC3\xB6\xC3\x9F"
                                            "e",
                                            "gro\xCC\x88\xC3\x9F"
                                            "e"},
                                           {"\xC4\x8C"
                                            "as",
                                            "c\xCC\x8C"
                                            "as"}, /* c with caron */
                                           {"\xD0\x9A\xD0\xBE\xD0\xBD", "\xD0\xBA\xD0\xBE\xD0\xBD"},
                                           {"\xD0\xB9", "\xD0\xB8\xCC\x86"}, /* Cyrillic short i */
                                           {"\xCE\x91\xCE\xA9", "\xCE\xB1\xCF\x89"},
                                           {"\xEF\xBC\xA1\xEF\xBC\x92", "a2"}, /* full width */
                                           {"a\xE2\x80\x93"
                                            "b",
                                            "a-b"}};
    static const char *const APART[][2] = {
        {"a", "b"}, {"a1", "a2"}, {"a-b", "a_b"}, {"\xE5\xAF\xB9", "\xE5\xA4\x87"}, {"a", "aa"}};
    struct assay__arena arena = {0};
    for (size_t i = 0; i < sizeof ALIKE / sizeof *ALIKE; i++)
        ck_assert_str_eq(assay__name_fold(&arena, ALIKE[i][0]),
                         assay__name_fold(&arena, ALIKE[i][1]));
    for (size_t i = 0; i < sizeof APART / sizeof *APART; i++)
        ck_assert_str_ne(assay__name_fold(&arena, APART[i][0]),
                         assay__name_fold(&arena, APART[i][1]));
    ck_assert_str_eq(assay__name_fold(&arena, "\xFF\xE5 B"), "\xFF\xE5"
                                                             "b");
    assay__arena_release(&arena);
}
END_TEST

START_TEST(names_whose_blanks_would_be_lost_are_quoted)
{
    static const char *const CASES[][2] = {{"b", "b"},
                                           {"a b", "a b"},
                                           {"b ", "'b '"},
                                           {" b", "' b'"},
                                           {"a  b", "'a  b'"},
                                           {"", "''"},
                                           {"b\t", "'b\t'"},
                                           {"it's", "it's"},
                                           {" ", "' '"},
                                           {"\xC3\xA4", "\xC3\xA4"},
                                           {"b\xC2\xA0", "'b\xC2\xA0'"},
                                           {"\xE2\x80\x8B"
                                            "b",
                                            "'\xE2\x80\x8B"
                                            "b'"}};
    struct assay__arena arena = {0};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        ck_assert_str_eq(assay__name_quoted(&arena, CASES[i][0]), CASES[i][1]);
    assay__arena_release(&arena);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, names_whose_blanks_would_be_lost_are_quoted);
    tcase_add_test(cases, numbers_in_names_are_ordered_as_numbers);
    tcase_add_test(cases, names_that_look_alike_are_folded_alike);
}

int main(void)
{
    return test_main("name", add);
}
