/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the writers of results, SQL and the schema do when memory runs out. */
#include "test.h"

#include "sample_analysis.h"
#include "scarce_memory.h"

#include "base/text.h"
#include "plan/plan_schema.h"
#include "source/sql/dialect.h"
#include "source/sql/sql.h"

static struct sample sample;

START_TEST(a_writer_without_memory_says_so_and_hands_out_nothing)
{
    const struct assay_analysis *analysis = sample_analysis(&sample);
    long failures = 0;
    enum assay_status status = ASSAY_ERROR_MEMORY;
    for (long allowed = 0; status != ASSAY_OK; allowed++) {
        struct assay_error err;
        char *text = NULL;
        allocations_left = allowed;
        status = assay_analysis_write(analysis, (enum assay_format)_i, NULL, &text, NULL, &err);
        allocations_left = -1;
        if (status == ASSAY_OK) {
            free(text);
            continue;
        }
        ck_assert_int_eq(status, ASSAY_ERROR_MEMORY);
        ck_assert_int_eq(err.code, ASSAY_ERROR_MEMORY);
        ck_assert_ptr_null(text);
        failures++;
    }
    ck_assert_int_gt(failures, 5);
}
END_TEST

static const char PLAN[] =
    "{\"columns\":{\"group\":\"g\",\"unit\":\"u\"},\"comparisons\":{\"baseline\":\"A\"},"
    "\"dimensions\":[\"d\"],\"segments\":[{\"id\":\"s\",\"filter\":\"d in ('p','q') and y > 1\"}],"
    "\"metrics\":[{\"id\":\"y\",\"cap\":{\"upper\":3}},"
    "{\"id\":\"p\",\"value\":\"y\",\"type\":\"proportion\"}]}";

/* Whichever allocation fails, a statement is the whole one or none. */
START_TEST(a_statement_without_memory_is_no_other_statement)
{
    static const char *const DIALECTS[] = {"postgresql", "bigquery"};
    const struct assay__sql_options options = {
        .dialect = assay__sql_dialect(DIALECTS[_i]), .table = "t", .scale = ASSAY__SQL_SCALE};
    struct assay_plan *plan = test_plan(PLAN);
    struct assay__text whole = {0};
    struct assay_error err;
    long failures = 0;
    assert_ok(assay__sql_write(plan, &options, &whole, &err), &err);
    enum assay_status status = ASSAY_ERROR_MEMORY;
    for (long allowed = 0; status != ASSAY_OK || failures == 0; allowed++) {
        struct assay__text text = {0};
        only_one_fails = true;
        allocations_left = allowed;
        status = assay__sql_write(plan, &options, &text, &err);
        bool was_reached = allocations_left < 0;
        allocations_left = -1;
        ck_assert_msg(status == (was_reached ? ASSAY_ERROR_MEMORY : ASSAY_OK), "%ld: %s", allowed,
                      err.message);
        if (status == ASSAY_OK)
            ck_assert_str_eq(text.data, whole.data);
        failures += status != ASSAY_OK;
        assay__text_release(&text);
    }
    ck_assert_int_gt(failures, 50);
    assay__text_release(&whole);
    assay_plan_free(plan);
}
END_TEST

START_TEST(the_schema_without_memory_fails)
{
    long failures = 0;
    for (bool was_reached = true; was_reached; failures++) {
        struct assay__text text = {0};
        only_one_fails = _i == 1;
        allocations_left = failures;
        assay__plan_schema_write(&text);
        was_reached = text.failed;
        allocations_left = -1;
        assay__text_release(&text);
    }
    ck_assert_int_gt(failures, 5);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_loop_test(cases, a_statement_without_memory_is_no_other_statement, 0, 2);
    tcase_add_loop_test(cases, the_schema_without_memory_fails, 0, 2);
    tcase_add_loop_test(cases, a_writer_without_memory_says_so_and_hands_out_nothing,
                        ASSAY_FORMAT_TABLE, ASSAY_FORMAT_CSV + 1);
}

int main(void)
{
    return test_main("writers_memory", add);
}
