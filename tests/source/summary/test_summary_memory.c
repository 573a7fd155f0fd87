/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sufficient statistics when memory runs out: from each allocation in turn on, all fail. */
#include "test.h"

#include <unistd.h>

#include "source/summary/summary_read.h"
#include "scarce_memory.h"
#include "summary_write.h"

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
    enum assay_status status = assay__summary_read_file(path, NULL, &part, err);
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
        status = summary_write(&table, text, err);
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

static const char SEALED_PLAN[] =
    "{\"columns\":{\"group\":\"g\"},\"comparisons\":{\"baseline\":\"A\"},\"where\":\"y > 0\","
    "\"segments\":[{\"id\":\"s\",\"filter\":\"y > 1\"}],\"metrics\":[{\"id\":\"y\"}]}";

/* Reads a file with its digest and writes the sums with their seal. */
static enum assay_status summarize(const struct assay_plan *plan, const char *const *paths,
                                   size_t count, char **text, struct assay_error *err)
{
    const struct assay_read_options options = {.has_digests = true, .threads = 1};
    struct assay_dataset *dataset = NULL;
    enum assay_status status = assay_dataset_new(plan, &dataset, err);
    if (status == ASSAY_OK)
        status = assay_dataset_read(dataset, paths, count, &options, err);
    if (status == ASSAY_OK)
        status = assay_dataset_summarize(dataset, text, NULL, err);
    assay_dataset_free(dataset);
    return status;
}

START_TEST(every_failed_allocation_of_seals_is_reported)
{
    static const char *const UNITS[2] = {"g,y\nA,1\nB,2\n", "g,y\nA,3\nB,5\n"};
    char raw[2][96], sealed[2][96];
    const char *raws[2] = {raw[0], raw[1]}, *parts[2] = {sealed[0], sealed[1]};
    struct assay_plan *plan = test_plan(SEALED_PLAN);
    struct assay_error err;
    for (int p = 0; p < 2; p++) {
        char *text = NULL;
        snprintf(raw[p], sizeof raw[p], "%s/seal-raw-%ld-%d", test_tmp(), (long)getpid(), p);
        snprintf(sealed[p], sizeof sealed[p], "%s/seal-%ld-%d", test_tmp(), (long)getpid(), p);
        test_write_file(raw[p], UNITS[p], strlen(UNITS[p]));
        assert_ok(summarize(plan, &raws[p], 1, &text, &err), &err);
        test_write_file(sealed[p], text, strlen(text));
        free(text);
    }
    for (int job = 0; job < 3; job++) {
        enum assay_status status = ASSAY_ERROR_MEMORY;
        long failures = 0;
        for (long allowed = 0; status != ASSAY_OK; allowed++, failures++) {
            char *text = NULL;
            allocations_left = allowed;
            status = job == 0   ? assay_sums_merge(parts, 2, &text, NULL, &err)
                     : job == 1 ? summarize(plan, parts, 2, &text, &err)
                                : summarize(plan, raws, 2, &text, &err);
            allocations_left = -1;
            ck_assert_msg(status == ASSAY_OK || status == ASSAY_ERROR_MEMORY,
                          "job %d after %ld allocations: %s", job, allowed, err.message);
            ck_assert_msg(status != ASSAY_OK || strstr(text, "@end,") != NULL, "job %d", job);
            free(text);
        }
        ck_assert_int_gt(failures, 30);
    }
    for (int p = 0; p < 2; p++) {
        unlink(raw[p]);
        unlink(sealed[p]);
    }
    assay_plan_free(plan);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, every_failed_allocation_of_seals_is_reported);
    tcase_add_test(cases, every_failed_allocation_is_reported);
}

int main(void)
{
    return test_main("summary_memory", add);
}
