/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hundreds of analyses leave not one block more than some dozens: slow_heap runs 10,000. */
#include "flat_heap.h"

START_TEST(the_heap_is_flat)
{
    heap_check(500);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, the_heap_is_flat);
}

int main(void)
{
    return test_main("heap", add);
}
