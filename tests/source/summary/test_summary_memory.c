/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sufficient statistics when memory runs out: from each allocation in turn on, all fail. */
#include "test.h"

#include <unistd.h>

#include "source/summary/summary_read.h"
#include "scarce_memory.h"

static const char PLAN[] =
    "{\"columns\":{\"group\":\"g\"},\"comparisons\":{\"baseline\":\"A\"},"
    "\"dimensions\":[\"land\"],\"metrics\":[{\"id\":\"y\",\"role\":\"success\","
    "\"type\":\"mean\",\"covariates\":[\"x\"]},{\"id\":\"seen\",\"role\":\"guardrail\","
    "\"type\":\"proportion\"}]}";

static const char TEXT[] =
    "metric,group,time,dimension,value,n,covariates_missing,mean,sum,sum_squares,covariate_mean,"
    "covariate1_sum,covariate1_sum_squares,covariate1_sum_products\n"
    "y,A,2026-01-02,,,4,0,,400000.6,40000120000.0903,,4,5,400000\n"
    "y,A,2026-01-02,,,2,1,,3,5,,0,0,0\n"
    "y,B,2026-01-01,,,4,,,8,20,,4,5,9\n"
    "y,B,2026-01-01,land,\"S, N\",4,,,8,20,,4,5,9\n"
    "seen,A,2026-01-02,,,9,,0.1234567890123456789,,,,,,\n"
    "@rows_read,,,,,19,,,,,,,,\n";

/* Reads, joins, binds, makes a table of the dataset and writes it: all that this code does. */
static enum assay_status run(const struct assay_plan *plan, const char *path,
                             struct assay__text *text, struct assay_error *err)
{
    struct assay__summary_shards shards = {0};
    struct assay__summary_table part = {0}, table = {0}, *whole;
    struct assay_dataset *dataset = NULL;
    enum assay_status status = assay__summary_read_file(path, &part, err);
    if (status == ASSAY_OK)
        status = assay__summary_shards_add(&shards, &part, err);
    if (status == ASSAY_OK)
        status = assay__summary_shards_join(&shards, true, &whole, err);
    if (status == ASSAY_OK)
        status = assay_dataset_new(plan, &dataset, err);
    if (status == ASSAY_OK)
        status = assay__summary_to_dataset(whole, dataset, err);
    if (status == ASSAY_OK)
        status = assay__summary_of_dataset(dataset, &table, err);
    if (status == ASSAY_OK)
        status = assay__summary_write(&table, text, err);
    assay__summary_table_release(&table);
    assay_dataset_free(dataset);
    assay__summary_shards_release(&shards);
    assay__summary_table_release(&part);
    return status;
}

START_TEST(every_failed_allocation_is_reported)
{
    char path[64];
    struct assay_plan *plan;
    struct assay_error err;
    assert_ok(assay_plan_parse(PLAN, strlen(PLAN), "plan", &plan, &err), &err);
    snprintf(path, sizeof path, "%s/summary-memory-%ld.csv", test_tmp(), (long)getpid());
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(TEXT, 1, sizeof TEXT - 1, file), sizeof TEXT - 1);
    ck_assert_int_eq(fclose(file), 0);

    long failures = 0;
    enum assay_status status = ASSAY_ERROR_MEMORY;
    for (long allowed = 0; status != ASSAY_OK; allowed++) {
        struct assay__text text = {0};
        allocations_left = allowed;
        status = run(plan, path, &text, &err);
        allocations_left = -1;
        if (status == ASSAY_OK) {
            ck_assert_ptr_nonnull(strstr(text.data, "@note,y,,warning"));
            ck_assert_ptr_nonnull(strstr(text.data, "@units,A,2026-01-02T00:00:00Z,,,9,"));
        } else {
            ck_assert_msg(status == ASSAY_ERROR_MEMORY && err.code == ASSAY_ERROR_MEMORY,
                          "after %ld allocations: %s", allowed, err.message);
            failures++;
        }
        assay__text_release(&text);
    }
    printf("%ld allocations failed in turn\n", failures);
    ck_assert_int_gt(failures, 50);
    unlink(path);
    assay_plan_free(plan);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, every_failed_allocation_is_reported);
}

int main(void)
{
    return test_main("summary_memory", add);
}
