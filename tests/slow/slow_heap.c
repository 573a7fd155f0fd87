/* SPDX-License-Identifier: GPL-3.0-or-later */
/* 10,000 analyses, refused ones among them, leave not one block more than the first 50. */
#include "flat_heap.h"

START_TEST(the_heap_is_flat_over_ten_thousand_analyses)
{
    heap_check(10000);
}
END_TEST

static void add(TCase *cases)
{
    tcase_set_timeout(cases, 0.0);
    tcase_add_test(cases, the_heap_is_flat_over_ten_thousand_analyses);
}

int main(void)
{
    return test_main("heap", add);
}
