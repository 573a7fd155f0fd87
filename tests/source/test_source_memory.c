/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What ingestion does when memory runs out: it says so, whichever allocation it is. */
#include "test.h"

#include <unistd.h>
#include <zlib.h>

#include "failing_allocator.h"
#include "source/csv/csv.h"
#include "plan/filter/filter.h"

static const char PLAN[] =
    "{\"columns\":{\"group\":\"g\",\"unit\":\"u\"},\"comparisons\":{\"baseline\":\"A\"},"
    "\"dimensions\":[\"d\"],\"segments\":[{\"id\":\"s\",\"filter\":\"y > 1\"}],"
    "\"metrics\":[{\"id\":\"y\",\"role\":\"success\",\"type\":\"mean\",\"covariates\":[\"x\"],"
    "\"cap\":{\"upperQuantile\":0.9}}]}";

/* Reads a file whole; the dataset is freed whatever happened. */
static enum assay_status read_file(const struct assay_plan *plan, const char *path,
                                   struct assay_error *err)
{
    struct assay_dataset *dataset = NULL;
    enum assay_status status = assay_dataset_new(plan, &dataset, err);
    if (status == ASSAY_OK)
        status = assay_dataset_read(dataset, &path, 1, NULL, err);
    assay_dataset_free(dataset);
    return status;
}

START_TEST(reading_units_survives_every_failed_allocation)
{
    struct assay_plan *plan;
    struct assay_error err;
    char path[64];
    assert_ok(assay_plan_parse(PLAN, sizeof PLAN - 1, "plan", &plan, &err), &err);
    snprintf(path, sizeof path, "%s/memory-%ld.gz", test_tmp(), (long)getpid());
    gzFile file = gzopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    gzprintf(file, "u,g,d,y,x\n");
    for (int i = 0; i < 1500; i++)
        gzprintf(file, "%d,%s,\"value \"\"%d\"\"\",%d.5,%s\n", i % 1400, i % 3 == 0 ? "A" : "B",
                 i % 5, i % 100, i % 7 == 0 ? "" : "3");
    ck_assert_int_eq(gzclose(file), Z_OK);
    enum assay_status status = ASSAY_ERROR_MEMORY;
    long given = 0;
    for (; status == ASSAY_ERROR_MEMORY; given++) {
        ck_assert_int_lt(given, 5000);
        memset(&err, 0, sizeof err);
        allocations_left = given + 1; /* the last of them fails */
        status = read_file(plan, path, &err);
        allocations_left = -1;
        ck_assert_int_eq(err.code, status);
    }
    assert_ok(status, &err);
    ck_assert_int_gt(given, 50); /* so many were made to fail */
    assay_plan_free(plan);
    unlink(path);
}
END_TEST

START_TEST(parsing_a_filter_survives_every_failed_allocation)
{
    struct assay__filter *filter = NULL;
    struct assay_error err = {0};
    enum assay_status status = ASSAY_ERROR_MEMORY;
    long given = 0;
    for (; status == ASSAY_ERROR_MEMORY; given++) {
        ck_assert_int_lt(given, 100);
        allocations_left = given + 1;
        status = assay__filter_parse("a = \"b\" and c in (1, 22222222222222222222222) or not d < 2",
                                     &filter, &err);
        allocations_left = -1;
    }
    assert_ok(status, &err);
    ck_assert_int_gt(given, 2);
    assay__filter_free(filter);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, reading_units_survives_every_failed_allocation);
    tcase_add_test(cases, parsing_a_filter_survives_every_failed_allocation);
}

int main(void)
{
    return test_main("ingest_memory", add);
}
