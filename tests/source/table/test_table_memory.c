/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables in memory when memory runs out: an error at every allocation, and Arrow structs released.
 */
#include "test.h"

#include <unistd.h>

#include "failing_allocator.h"
#include "tables.h"

static enum assay_status make_and_read(const struct assay_plan *plan, enum tables_way way,
                                       char **sums, struct assay_error *err)
{
    struct assay_table *table;
    enum assay_status status = tables_make(way, &table, err);
    return status == ASSAY_OK ? tables_read(plan, table, sums, err) : status;
}

START_TEST(tables_survive_every_failed_allocation)
{
    static const enum tables_way WAYS[] = {TABLES_TEXT,  TABLES_BYTES, TABLES_COLUMN,
                                           TABLES_CELLS, TABLES_ARROW, TABLES_ARROW_STREAM};
    struct assay_plan *plan = tables_plan();
    for (size_t w = 0; w < sizeof WAYS / sizeof *WAYS; w++) {
        enum assay_status status = ASSAY_ERROR_MEMORY;
        long failures = 0;
        while (status != ASSAY_OK) {
            struct assay_error err = {0};
            char *sums = NULL;
            allocations_left = failures + 1;
            status = make_and_read(plan, WAYS[w], &sums, &err);
            allocations_left = -1;
            free(sums);
            ck_assert_msg(status == ASSAY_OK || status == ASSAY_ERROR_MEMORY, "way %d, %ld: %s",
                          (int)WAYS[w], failures, err.message);
            ck_assert_int_eq(tables_released, tables_exported);
            failures += status != ASSAY_OK;
        }
        ck_assert_int_gt(failures, 10);
    }
    assay_plan_free(plan);
}
END_TEST

static void add(TCase *cases)
{
    tcase_set_timeout(cases, 120.0);
    tcase_add_test(cases, tables_survive_every_failed_allocation);
}

int main(void)
{
    return test_main("table_memory", add);
}
