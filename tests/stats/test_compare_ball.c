/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Comparisons in balls give the doubles of 320 bits; tests/slow has the same by the million. */
#include "test.h"

#include "odd_pairs.h"

START_TEST(usual_pairs_are_the_same_and_hardly_ever_in_doubt)
{
    struct odd_count count;
    odd_pairs_compare(20261129, 4000, 1, &count);
    ck_assert_int_eq(count.different, 0);
    ck_assert_msg(count.in_balls >= count.drawn * 999 / 1000, "%ld of %ld in balls", count.in_balls,
                  count.drawn);
}
END_TEST

START_TEST(odd_pairs_are_the_same)
{
    struct odd_count count;
    odd_pairs_compare(77001, 8000, 0, &count);
    ck_assert_int_eq(count.different, 0);
    ck_assert_msg(count.in_balls >= count.drawn / 2, "%ld of %ld in balls", count.in_balls,
                  count.drawn);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, usual_pairs_are_the_same_and_hardly_ever_in_doubt);
    tcase_add_test(cases, odd_pairs_are_the_same);
}

int main(void)
{
    return test_main("compare_ball", add);
}
