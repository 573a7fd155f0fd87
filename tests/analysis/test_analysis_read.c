/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An analysis as programs read it, and the lives of plan, dataset and analysis. */
#include "analysis/results.h"
#include "sample_analysis.h"
#include "test.h"

static const char PLAN[] = "{\"comparisons\":{\"baseline\":\"A\"},\"metrics\":[{\"id\":\"y\"}]}";

static void add_values(struct assay_dataset *dataset, const char *group, double last)
{
    const double values[] = {1.5, 2.25, last};
    struct assay_moments *moments;
    struct assay_error err;
    assert_ok(assay_moments_new((struct assay_moments_shape){0, 0}, &moments, &err), &err);
    for (int i = 0; i < 3; i++)
        assert_ok(assay_moments_add(moments, &values[i], &err), &err);
    assert_ok(assay_dataset_add_moments(dataset, "y", group, moments, &err), &err);
    assay_moments_free(moments);
}

static struct assay_dataset *dataset_of(struct assay_plan *plan)
{
    struct assay_dataset *dataset;
    struct assay_error err;
    assert_ok(assay_dataset_new(plan, &dataset, &err), &err);
    add_values(dataset, "A", 4.0);
    add_values(dataset, "B", 8.125);
    return dataset;
}

/* As a garbage collector may do it: the plan first, and what was made of it later. */
START_TEST(objects_may_be_freed_in_any_order)
{
    struct assay_error err;
    for (int order = 0; order < 3; order++) {
        struct assay_plan *plan = test_plan(PLAN);
        struct assay_dataset *dataset = dataset_of(plan);
        struct assay_analysis *analysis;
        if (order == 0)
            assay_plan_free(plan);
        assert_ok(assay_dataset_analyze(dataset, &analysis, &err), &err);
        if (order == 1)
            assay_plan_free(plan);
        assay_dataset_free(dataset);
        if (order == 2)
            assay_plan_free(plan);
        struct assay_result result;
        ck_assert(assay_analysis_result(analysis, 0, &result));
        ck_assert_str_eq(result.metric, "y");
        ck_assert_str_eq(assay_plan_text(assay_analysis_plan(analysis)), analysis->plan->canonical);
        assay_analysis_free(analysis);
    }
}
END_TEST

START_TEST(results_are_read_by_index_and_end)
{
    struct assay_error err;
    struct assay_plan *plan = test_plan(PLAN);
    struct assay_dataset *dataset = dataset_of(plan);
    struct assay_analysis *analysis;
    struct assay_result result;
    struct assay_look look, last;
    struct assay_metric metric;
    assert_ok(assay_dataset_analyze(dataset, &analysis, &err), &err);
    ck_assert(assay_plan_metric(plan, 0, &metric));
    ck_assert_str_eq(metric.id, "y");
    ck_assert(!assay_plan_metric(plan, 1, &metric));
    ck_assert(assay_analysis_result(analysis, 0, &result));
    ck_assert_str_eq(result.baseline, "A");
    ck_assert_str_eq(result.compared, "B");
    ck_assert_int_eq(result.slice_kind, ASSAY_SLICE_TOTAL);
    ck_assert_uint_eq(result.look_count, 1);
    ck_assert(assay_analysis_look(analysis, 0, 0, &look));
    ck_assert(assay_analysis_last_look(analysis, 0, &last));
    ck_assert_ptr_eq(look.comparison, last.comparison);
    assert_close(look.comparison->difference.estimate, (8.125 - 4.0) / 3.0, 1e-15);
    ck_assert_uint_eq(look.size->current, 6);
    ck_assert_ptr_null(look.stopped);
    ck_assert(!assay_analysis_look(analysis, 0, 1, &look));
    ck_assert(!assay_analysis_look(analysis, 1, 0, &look));
    ck_assert(!assay_analysis_last_look(analysis, 1, &look));
    ck_assert(!assay_analysis_result(analysis, 1, &result));
    ck_assert(!assay_analysis_result(analysis, SIZE_MAX, &result));
    double p, log10_p;
    ck_assert(assay_analysis_adjusted_p(analysis, 0, ASSAY_ADJUST_HOLM, &p, &log10_p));
    assert_close(p, look.comparison->difference.p, 1e-15);
    ck_assert(!assay_analysis_adjusted_p(analysis, 0, (enum assay_adjustment)ASSAY__ADJUST_COUNT,
                                         &p, &log10_p));
    ck_assert(!assay_analysis_adjusted_p(analysis, 1, ASSAY_ADJUST_HOLM, &p, &log10_p));
    assay_analysis_free(analysis);
    assay_dataset_free(dataset);
    assay_plan_free(plan);
}
END_TEST

START_TEST(every_list_of_an_analysis_ends)
{
    static struct sample sample;
    const struct assay_analysis *analysis = sample_analysis(&sample);
    struct assay_group_result group;
    struct assay_slice slice;
    struct assay_split split;
    struct assay_advice advice;
    struct assay_note note;
    struct assay_balance balance;
    struct assay_heterogeneity heterogeneity;
    struct assay_metric_rates rates;
    struct assay_counts counts;
    size_t count[8] = {0};
    while (assay_analysis_group(analysis, count[0], &group))
        count[0]++;
    while (assay_analysis_slice(analysis, count[1], &slice))
        count[1]++;
    while (assay_analysis_split(analysis, count[2], &split))
        count[2]++;
    while (assay_analysis_advice(analysis, count[3], &advice))
        count[3]++;
    while (assay_analysis_note(analysis, count[4], &note))
        count[4]++;
    while (assay_analysis_heterogeneity(analysis, count[5], &heterogeneity))
        count[5]++;
    while (assay_analysis_balance(analysis, 0, count[6], &balance))
        count[6]++;
    ck_assert_uint_eq(count[0], analysis->group_count);
    ck_assert_uint_eq(count[1], analysis->slice_count);
    ck_assert_uint_eq(count[2], analysis->srm_count);
    ck_assert_uint_eq(count[3], analysis->treatment_count);
    ck_assert_uint_eq(count[4], analysis->annotation_count);
    ck_assert_uint_eq(count[5], analysis->heterogeneity_count);
    ck_assert_uint_eq(count[6], analysis->results[0].balance_count);
    ck_assert(!assay_analysis_rates(analysis, analysis->plan->metric_count, &rates));
    ck_assert(!assay_analysis_balance(analysis, SIZE_MAX, 0, &balance));
    ck_assert_uint_eq(assay_analysis_units(analysis, 0, 0), analysis->units[0]);
    ck_assert_uint_eq(assay_analysis_units(analysis, 0, analysis->group_count), 0);
    assay_analysis_counts(analysis, &counts);
    ck_assert_uint_eq(counts.rows_read, analysis->counts.rows_read);
    ck_assert_str_eq(assay_analysis_id(analysis), analysis->analysis_result_id);
    ck_assert_str_eq(assay_analysis_digest(analysis), analysis->input_digest);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, objects_may_be_freed_in_any_order);
    tcase_add_test(cases, results_are_read_by_index_and_end);
    tcase_add_test(cases, every_list_of_an_analysis_ends);
}

int main(void)
{
    return test_main("analysis_read", add);
}
