/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "analysis/analyze.h"
#include "test.h"

/* Digests: python3 -c 'import hashlib; print(hashlib.sha256(b"a\0C").hexdigest()[:8])' */
START_TEST(an_id_is_that_of_its_pair_of_names)
{
    static const struct {
        const char *baseline, *compared, *id;
    } CASES[] = {{"a", "b", "a-vs-b"},
                 {"control", "variant-1", "control-vs-variant-1"},
                 {"a", "C", "a-vs-c-5342191b"},
                 {"a-vs-b", "c", "a-vs-b-vs-c-484a3c71"},
                 {"a", "b-vs-c", "a-vs-b-vs-c-b471c30d"},
                 {"Gr\xC3\xB6\xC3\x9F"
                  "e",
                  "gr%e", "gr-e-vs-gr-e-1f0e3150"},
                 {"a", "b-1234abcd", "a-vs-b-1234abcd-f90e4da1"},
                 {"control", "Control", "control-vs-control-f3474a2a"},
                 {"\xE5\xAF\xB9\xE7\x85\xA7\xE7\xBB\x84", "\xE5\xAE\x9E\xE9\xAA\x8C\xE7\xBB\x84",
                  "x-vs-x-4b3ee1e2"}};
    struct assay__arena arena = {0};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        ck_assert_str_eq(assay__comparison_id(&arena, CASES[i].baseline, CASES[i].compared),
                         CASES[i].id);
    assay__arena_release(&arena);
}
END_TEST

START_TEST(no_two_pairs_have_one_id)
{
    static const char *const NAMES[] = {
        "a",    "A", "a ", "a-", "-a",       "a-a", "a--a", "a-vs-a", "vs",       "a-vs",
        "vs-a", "?", "x",  "X",  "\xC3\xA4", "a_a", "a.a",  "a a",    "00000000", "a-00000000"};
    enum { COUNT = sizeof NAMES / sizeof *NAMES };
    static const char *ids[COUNT * COUNT];
    struct assay__arena arena = {0};
    size_t count = 0;
    for (int i = 0; i < COUNT; i++)
        for (int k = 0; k < COUNT; k++)
            ids[count++] = assay__comparison_id(&arena, NAMES[i], NAMES[k]);
    for (size_t i = 0; i < count; i++) {
        ck_assert_uint_eq(strspn(ids[i], "abcdefghijklmnopqrstuvwxyz0123456789-"), strlen(ids[i]));
        for (size_t k = 0; k < i; k++)
            ck_assert_str_ne(ids[i], ids[k]);
    }
    assay__arena_release(&arena);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, an_id_is_that_of_its_pair_of_names);
    tcase_add_test(cases, no_two_pairs_have_one_id);
}

int main(void)
{
    return test_main("comparison_id", add);
}
