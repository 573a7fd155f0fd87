/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sort that its caller can end: the order of qsort(), and an end within a block. */
#include "test.h"

#include <stdlib.h>

#include "base/sort.h"

enum { COUNT = 50001, BLOCK = 4096 };

static int compared, cancel_after, cancel;

static int compare(const void *a, const void *b)
{
    int x = *(const int *)a, y = *(const int *)b;
    if (++compared == cancel_after)
        cancel = 1;
    return x < y ? -1 : x > y;
}

/* Numbers of which many are equal. */
static void fill(int *items, size_t count)
{
    uint64_t state = 42;
    for (size_t i = 0; i < count; i++) {
        state = state * UINT64_C(6364136223846793005) + 1442695040888963407;
        items[i] = (int)(state >> 33) % 9973;
    }
}

START_TEST(sort_is_that_of_qsort)
{
    static const size_t COUNTS[] = {0, 1, 2, BLOCK, BLOCK + 1, 2 * BLOCK, 3 * BLOCK - 1, COUNT};
    static int items[COUNT], wanted[COUNT];
    struct assay_error err;
    cancel_after = -1;
    for (size_t i = 0; i < sizeof COUNTS / sizeof *COUNTS; i++) {
        fill(items, COUNTS[i]);
        fill(wanted, COUNTS[i]);
        qsort(wanted, COUNTS[i], sizeof *wanted, compare);
        assert_ok(assay__sort(items, COUNTS[i], sizeof *items, compare, NULL, "sort", &err), &err);
        ck_assert_mem_eq(items, wanted, COUNTS[i] * sizeof *items);
    }
}
END_TEST

/* However far a sort has come when it is ended, it goes on for less than a block. */
START_TEST(sort_ends_when_it_is_told_to)
{
    static int items[COUNT];
    const struct assay_hooks hooks = {.cancel = &cancel};
    struct assay__halt halt;
    struct assay_error err;
    for (cancel_after = 1; cancel_after < 600000; cancel_after += 50000) {
        fill(items, COUNT);
        cancel = compared = 0;
        assay__halt_begin(&halt, &hooks);
        ck_assert_int_eq(assay__sort(items, COUNT, sizeof *items, compare, &halt, "sort", &err),
                         ASSAY_ERROR_CANCELLED);
        ck_assert_int_lt(compared - cancel_after, 13 * BLOCK);
        assay__halt_end(&halt);
    }
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, sort_is_that_of_qsort);
    tcase_add_test(cases, sort_ends_when_it_is_told_to);
}

int main(void)
{
    return test_main("sort", add);
}
