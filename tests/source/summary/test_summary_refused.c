/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mistakes in sufficient statistics are refused with their place. */
#include "summary_text.h"

#include "summary_refusals.h"

START_TEST(mistakes_are_refused_with_their_place)
{
    const struct refusal *want = &REFUSALS[_i];
    char json[600];
    snprintf(json, sizeof json, PLAN("", "%s"), want->type);
    struct assay_plan *plan = test_plan(json);
    struct assay_dataset *dataset;
    struct assay_error err;
    enum assay_status status = summary_read_texts(plan, &want->text, 1, &dataset, &err);
    ck_assert_int_eq(status, ASSAY_ERROR_DATA);
    ck_assert_msg(strstr(err.message, want->message) != NULL, "%s", err.message);
    ck_assert_msg(err.line == want->line && err.column == want->column, "%d:%d %s", (int)err.line,
                  (int)err.column, err.message);
    ck_assert_ptr_nonnull(strstr(err.file, "/summary-"));
    assay_dataset_free(dataset);
    assay_plan_free(plan);
}
END_TEST

START_TEST(parts_of_other_shape_are_refused)
{
    const char *const texts[2] = {
        HEAD "y,B,5,1,1\ny,A,5,1,1\n",
        "metric,group,n,mean,variance,covariate_mean,covariate_variance,covariance\n"
        "y,A,5,1,1,1,1,1\n"};
    struct assay_plan *plan = test_plan(PLAN("", ADJUSTED));
    struct assay_dataset *dataset;
    struct assay_error err;
    ck_assert_int_eq(summary_read_texts(plan, texts, 2, &dataset, &err), ASSAY_ERROR_DATA);
    ck_assert_ptr_nonnull(strstr(err.message, "-0.csv line 3"));
    ck_assert_ptr_nonnull(strstr(err.file, "-1.csv"));
    ck_assert_uint_eq(err.line, 2);
    ck_assert_uint_eq(err.column, 1);
    assay_dataset_free(dataset);
    const char *const many[2] = {HEAD "y,A,1000000000000000,1,1\n", HEAD "y,A,1,1,1\n"};
    ck_assert_int_eq(summary_read_texts(plan, many, 2, &dataset, &err), ASSAY_ERROR_LIMIT);
    ck_assert_ptr_nonnull(strstr(err.message, "Is a part among them twice?"));
    assay_dataset_free(dataset);
    assay_plan_free(plan);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_loop_test(cases, mistakes_are_refused_with_their_place, 0,
                        (int)(sizeof REFUSALS / sizeof *REFUSALS));
    tcase_add_test(cases, parts_of_other_shape_are_refused);
}

int main(void)
{
    return test_main("summary_refused", add);
}
