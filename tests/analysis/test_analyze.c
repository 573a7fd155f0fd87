/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whole analyses of data that a caller hands over as moments: which groups are compared, what they
 * are called, and which tests share a family. Figures are elsewhere.
 */
#include "moments_run.h"

#include <time.h>

#include "base/text.h"
#include "analysis/analyze.h"

START_TEST(all_pairs_are_compared_once_each)
{
    const struct sample samples[] = {{"m", "one", 2000, NO_EFFECT},
                                     {"m", "two", 2000, BETTER},
                                     {"m", "three", 2000, BETTER},
                                     {0}};
    struct run run =
        run_samples("{\"groups\": [{\"id\": \"one\", \"weight\": 1}, {\"id\": \"two\", "
                    "\"weight\": 1}, {\"id\": \"three\", \"weight\": 1}], "
                    "\"comparisons\": {\"allPairs\": true}, "
                    "\"metrics\": [" SUCCESS "]}",
                    samples);
    static const char *const IDS[] = {"one-vs-two", "one-vs-three", "two-vs-three"};
    static const uint32_t PAIRS[][2] = {{0, 1}, {0, 2}, {1, 2}};
    assert_ok(run.status, &run.err);
    ck_assert_uint_eq(run.analysis->result_count, 3);
    for (int i = 0; i < 3; i++) {
        const struct assay_metric_result *result = &run.analysis->results[i];
        ck_assert_str_eq(result->comparison_id, IDS[i]);
        ck_assert_uint_eq(result->baseline, PAIRS[i][0]);
        ck_assert_uint_eq(result->compared, PAIRS[i][1]);
        ck_assert_int_eq(result->significant, i < 2 ? ASSAY_YES : ASSAY_NO);
    }
    end_run(&run);
}
END_TEST

/* A group without a weight is in the data only: it is nobody's pair. */
START_TEST(all_pairs_leave_unplanned_groups_out)
{
    const struct sample samples[] = {
        {"m", "one", 50, 10}, {"m", "stray", 50, 10}, {"m", "two", 50, 10}, {0}};
    struct run run = run_samples("{\"groups\": [{\"id\": \"one\", \"weight\": 1}, "
                                 "{\"id\": \"two\", \"weight\": 1}], "
                                 "\"comparisons\": {\"allPairs\": true}, "
                                 "\"metrics\": [" SUCCESS "]}",
                                 samples);
    assert_ok(run.status, &run.err);
    ck_assert_uint_eq(run.analysis->group_count, 3);
    ck_assert_uint_eq(run.analysis->result_count, 1);
    ck_assert_str_eq(run.analysis->results[0].comparison_id, "one-vs-two");
    ck_assert_str_eq(run.analysis->srm[0].message,
                     "Units are in a group that the plan does not have, or gives none.");
    end_run(&run);
}
END_TEST

START_TEST(ids_of_comparisons_are_safe_and_distinct)
{
    const struct sample samples[] = {{"m", "Base  Line!", 50, 10},
                                     {"m", "a b", 50, 10},
                                     {"m", "A-B", 50, 10},
                                     {"m", "?", 50, 10},
                                     {"m", "a b c", 50, 10},
                                     {"m", "A.B", 50, 10},
                                     {0}};
    struct run run = run_samples("{\"comparisons\": {\"baseline\": \"Base  Line!\"}, "
                                 "\"metrics\": [" SUCCESS "]}",
                                 samples);
    static const char *const GROUPS[] = {"?", "A-B", "A.B", "a b", "a b c"};
    static const char *const IDS[] = {"base-line-vs-x-d4725e55", "base-line-vs-a-b-7e1a2804",
                                      "base-line-vs-a-b-feca54a1", "base-line-vs-a-b-e956f3b7",
                                      "base-line-vs-a-b-c-7aaca367"};
    assert_ok(run.status, &run.err);
    ck_assert_uint_eq(run.analysis->result_count, 5);
    for (int i = 0; i < 5; i++) {
        const struct assay_metric_result *result = &run.analysis->results[i];
        ck_assert_str_eq(run.analysis->groups[result->compared].id, GROUPS[i]);
        ck_assert_str_eq(result->comparison_id, IDS[i]);
    }
    end_run(&run);
}
END_TEST

/*
 * The plan's groups, of which two are in the data, and as many others there as fit: two units each,
 * which is enough for an effect that can be found.
 */
START_TEST(as_many_groups_as_there_may_be_are_analyzed)
{
    enum { OTHERS = ASSAY_GROUPS_MAX - 2 };
    static char names[OTHERS][16];
    static struct sample samples[ASSAY_GROUPS_MAX + 1] = {{"m", "g0", 2, 10}, {"m", "g999", 2, 10}};
    struct assay__text plan = {0};
    assay__text_puts(&plan, "{\"comparisons\": {\"baseline\": \"g0\"}, \"groups\": [");
    for (int g = 0; g < ASSAY_GROUPS_MAX; g++)
        assay__text_format(&plan, "%s{\"id\": \"g%d\", \"weight\": 1}", g > 0 ? "," : "", g);
    assay__text_puts(&plan, "], \"metrics\": [" SUCCESS "]}");
    for (int i = 0; i < OTHERS; i++) {
        snprintf(names[i], sizeof names[i], "other%d", i);
        samples[2 + i] = (struct sample){"m", names[i], 2, 10};
    }
    struct run run = run_samples(plan.data, samples);
    assert_ok(run.status, &run.err);
    ck_assert_uint_eq(run.analysis->group_count, ASSAY_GROUPS_MAX + OTHERS);
    ck_assert_uint_eq(run.analysis->result_count, ASSAY_GROUPS_MAX - 1);
    const struct assay_metric_result *last = &run.analysis->results[ASSAY_GROUPS_MAX - 2];
    ck_assert_str_eq(last->comparison_id, "g0-vs-g999");
    ck_assert_uint_eq(last->looks[0].comparison.compared.n, 2);
    ck_assert(isfinite(last->looks[0].size.powered_effect_abs));
    ck_assert(isnan(run.analysis->results[0].looks[0].size.powered_effect_abs)); /* no units */
    assay__text_release(&plan);
    end_run(&run);
}
END_TEST

/* 142 groups, found in the data, have 10011 pairs. */
START_TEST(more_pairs_than_there_may_be_are_refused_with_a_way_out)
{
    enum { GROUPS = 142 };
    static char names[GROUPS][16];
    static struct sample samples[GROUPS + 1];
    for (int g = 0; g < GROUPS; g++) {
        snprintf(names[g], sizeof names[g], "g%d", g);
        samples[g] = (struct sample){"m", names[g], 2, 10};
    }
    struct run run = run_samples("{\"comparisons\": {\"allPairs\": true}, "
                                 "\"metrics\": [" SUCCESS "]}",
                                 samples);
    ck_assert_int_eq(run.status, ASSAY_ERROR_LIMIT);
    ck_assert_str_eq(run.err.message,
                     "All pairs of 142 groups are more than 10000 comparisons: compare them with "
                     "one baseline, or list the pairs that matter.");
    end_run(&run);
}
END_TEST

static void check_refusal(const char *plan, enum assay_status status, const char *message)
{
    const struct sample samples[] = {{"m", "a", 50, 10}, {"m", "other", 50, 10}, {0}};
    struct run run = run_samples(plan, samples);
    ck_assert_int_eq(run.status, status);
    ck_assert_str_eq(run.err.message, message);
    ck_assert_ptr_null(run.analysis);
    end_run(&run);
}

START_TEST(pairs_that_the_data_do_not_have_are_refused)
{
    check_refusal(
        "{\"comparisons\": {\"pairs\": [{\"baseline\": \"a\", \"compared\": \"othre\"}]}, "
        "\"metrics\": [" SUCCESS "]}",
        ASSAY_ERROR_DATA, "The compared group 'othre' is not in the data; did you mean 'other'?");
    check_refusal("{\"comparisons\": {\"pairs\": [{\"baseline\": \"xyz\", \"compared\": \"a\"}]}, "
                  "\"metrics\": [" SUCCESS "]}",
                  ASSAY_ERROR_DATA,
                  "The baseline group 'xyz' is not in the data. The groups are: a, other.");
    check_refusal("{\"metrics\": [" SUCCESS "]}", ASSAY_ERROR_PLAN,
                  "No baseline is named: comparisons.baseline says which group is the control.");
    check_refusal(
        "{\"groups\": [{\"id\": \"none\", \"weight\": 1}, {\"id\": \"a\", \"weight\": 1}, "
        "{\"id\": \"other\", \"weight\": 1}], \"comparisons\": {\"baseline\": \"none\"}, "
        "\"metrics\": [" SUCCESS "]}",
        ASSAY_ERROR_DATA, "The baseline group 'none' has no units in the data.");
}
END_TEST

START_TEST(plans_that_need_a_later_version_are_refused)
{
    check_refusal(
        "{\"comparisons\": {\"baseline\": \"a\"}, \"columns\": {\"time\": \"at\"}, "
        "\"granularity\": \"day\", \"metrics\": [" SUCCESS "]}",
        ASSAY_ERROR_PLAN,
        "Looks by hour, day or week need data with times: leave 'granularity' out, or give "
        "times.");
    check_refusal("{\"comparisons\": {\"baseline\": \"a\"}, \"metrics\": [" SUCCESS
                  ", {\"id\": \"q\", \"type\": \"quantile\", \"quantile\": 0.9}]}",
                  ASSAY_ERROR_PLAN, "Metric 'q' is a quantile; quantiles are not in this version.");
}
END_TEST

START_TEST(moments_that_are_no_proportion_are_refused_by_name)
{
    const struct sample samples[] = {{"p", "a", 50, 5}, {"p", "b", 50, 5}, {0}};
    struct run run = run_samples(
        PLAN("{\"id\": \"p\", \"type\": \"proportion\", \"direction\": \"increase\"}"), samples);
    ck_assert_int_eq(run.status, ASSAY_ERROR_DOMAIN);
    ck_assert_str_eq(run.err.message, "Metric 'p': The values of a proportion must be 0 or 1, but "
                                      "a group's mean is 5: use the type mean.");
    end_run(&run);
}
END_TEST

START_TEST(moments_of_a_metric_that_is_not_planned_are_refused)
{
    struct run run = run_samples(PLAN(SUCCESS), (const struct sample[]){{0}});
    struct assay_dataset *dataset;
    struct assay_moments *moments;
    struct assay_error err;
    ck_assert_int_eq(run.status, ASSAY_ERROR_DATA);
    ck_assert_str_eq(run.err.message, "The data have no rows to analyze.");
    assert_ok(assay_dataset_new(run.plan, &dataset, &err), &err);
    assert_ok(assay_moments_new((struct assay_moments_shape){0}, &moments, &err), &err);
    ck_assert_int_eq(assay_dataset_add_moments(dataset, "n", "a", moments, &err), ASSAY_ERROR_PLAN);
    ck_assert_str_eq(err.message, "The plan has no metric 'n'.");
    /* Nothing of what is refused is in the dataset. */
    struct assay_moments *ratio;
    struct assay_analysis *analysis;
    char long_name[ASSAY_NAME_BYTES_MAX + 2];
    memset(long_name, 'g', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = '\0';
    assert_ok(assay_moments_new((struct assay_moments_shape){1, 0}, &ratio, &err), &err);
    ck_assert_int_eq(assay_dataset_add_moments(dataset, "m", "", moments, &err),
                     ASSAY_ERROR_DOMAIN);
    ck_assert_int_eq(assay_dataset_add_moments(dataset, "m", "a\xff", moments, &err),
                     ASSAY_ERROR_DOMAIN);
    ck_assert_int_eq(assay_dataset_add_moments(dataset, "m", long_name, moments, &err),
                     ASSAY_ERROR_LIMIT);
    ck_assert_int_eq(assay_dataset_add_moments(dataset, "m", "a", ratio, &err), ASSAY_ERROR_DOMAIN);
    ck_assert_str_eq(err.message, "Moments of metric 'm' have no denominator and 0 covariates.");
    ck_assert_int_eq(assay_dataset_analyze(dataset, &analysis, &err), ASSAY_ERROR_DATA);
    ck_assert_str_eq(err.message, "The data have no rows to analyze.");
    assay_moments_free(ratio);
    assay_moments_free(moments);
    assay_dataset_free(dataset);
    end_run(&run);
}
END_TEST

/* Units of a group are those of its largest metric, and moments added twice add up. */
START_TEST(moments_count_the_units_of_their_group)
{
    const struct sample samples[] = {{"g", "a", 30, 10}, {"m", "a", 40, 10}, {"m", "a", 60, 10},
                                     {"m", "b", 90, 10}, {"g", "b", 80, 10}, {0}};
    struct run run = run_samples(PLAN(SUCCESS "," OPEN_OTHER), samples);
    assert_ok(run.status, &run.err);
    ck_assert_uint_eq(run.analysis->units[0], 100);
    ck_assert_uint_eq(run.analysis->units[1], 90);
    ck_assert_uint_eq(run.analysis->results[0].looks[0].comparison.baseline.n, 100);
    ck_assert_uint_eq(run.analysis->results[1].looks[0].comparison.baseline.n, 30);
    ck_assert_uint_eq(run.analysis->results[1].looks[0].comparison.compared.n, 80);
    end_run(&run);
}
END_TEST

/* Adjusts the tests with these numbers as one family and looks for the outcome in the analysis. */
static void check_family(const struct assay_analysis *analysis, const int *members, size_t count)
{
    for (int a = 0; a < ASSAY__ADJUST_COUNT; a++) {
        double p[8], log10_p[8];
        struct assay_error err;
        for (size_t i = 0; i < count; i++) {
            const struct assay_look_result *look = analysis->results[members[i]].looks;
            p[i] = look->comparison.difference.p;
            log10_p[i] = look->comparison.difference.log10_p;
        }
        assert_ok(assay_p_adjust((enum assay_adjustment)a, p, log10_p, count, p, log10_p, &err),
                  &err);
        for (size_t i = 0; i < count; i++) {
            const struct assay_metric_result *result = &analysis->results[members[i]];
            ck_assert_double_eq(result->adjusted_p[a], p[i]);
            ck_assert_double_eq(result->adjusted_log10_p[a], log10_p[i]);
        }
    }
}

/* Results are by metric, then comparison: m of b, m of c, g of b, g of c. */
START_TEST(families_are_those_of_the_scope)
{
    static const struct scope {
        const char *name;
        size_t families, size;
        int members[2][4];
    } SCOPES[] = {{"all", 1, 4, {{0, 1, 2, 3}, {0}}},
                  {"perMetric", 2, 2, {{0, 1}, {2, 3}}},
                  {"perComparison", 2, 2, {{0, 2}, {1, 3}}}};
    const struct sample samples[] = {{"m", "a", 100, 10.0},
                                     {"m", "b", 100, 10.7},
                                     {"m", "c", 100, 10.6},
                                     {"g", "a", 100, 10.0},
                                     {"g", "b", 100, 10.5},
                                     {"g", "c", 100, 10.4},
                                     {0}};
    const struct scope *scope = &SCOPES[_i];
    char plan[512];
    snprintf(plan, sizeof plan,
             "{\"comparisons\": {\"baseline\": \"a\"}, \"multiplicity\": {\"scope\": \"%s\"}, "
             "\"metrics\": [" SUCCESS "," OPEN_OTHER "]}",
             scope->name);
    struct run run = run_samples(plan, samples);
    assert_ok(run.status, &run.err);
    ck_assert_uint_eq(run.analysis->result_count, 4);
    for (size_t i = 0; i < scope->families; i++)
        check_family(run.analysis, scope->members[i], scope->size);
    end_run(&run);
}
END_TEST

/*
 * As many slices as there may be, each a family of its own. Looking for the members of every one
 * among all results takes 20 to 60 s of the processor's time; it takes 0.1 s. Test k = 2 m + p of
 * metric m and comparison p has log10 p -(5 k + 1) - (s mod 7)/100 in slice s, so that k is the
 * order of the p in a family, from the largest, and Holm multiplies p by the number of those before
 * and itself.
 */
START_TEST(families_of_all_slices_are_found_at_once)
{
    enum { METRICS = 2, PAIRS = 2, KINDS = 7, TESTS = METRICS * PAIRS };
    static const int RANKS[][TESTS] = {[ASSAY_MULTIPLICITY_ALL] = {1, 2, 3, 4},
                                       [ASSAY_MULTIPLICITY_PER_METRIC] = {1, 2, 1, 2},
                                       [ASSAY_MULTIPLICITY_PER_COMPARISON] = {1, 1, 2, 2}};
    const size_t slices = ASSAY_SLICES_MAX;
    struct assay_look_result looks[TESTS][KINDS] = {0};
    struct assay_plan plan = {.metric_count = METRICS,
                              .multiplicity = (enum assay_multiplicity_scope)_i};
    struct assay_analysis out = {
        .plan = &plan, .slice_count = ASSAY_SLICES_MAX, .result_count = TESTS * slices};
    struct assay__builder builder = {.plan = &plan, .out = &out, .pair_count = PAIRS};
    struct assay_error err;
    out.results = calloc(out.result_count, sizeof *out.results);
    ck_assert_ptr_nonnull(out.results);
    for (int k = 0; k < TESTS; k++)
        for (int kind = 0; kind < KINDS; kind++)
            looks[k][kind].comparison.difference =
                (struct assay__kept_difference){.p = pow(10.0, -(5.0 * k + 1.0) - kind / 100.0),
                                                .log10_p = -(5.0 * k + 1.0) - kind / 100.0};
    for (size_t i = 0; i < out.result_count; i++)
        out.results[i] =
            (struct assay_metric_result){.metric = (uint32_t)(i / slices / PAIRS),
                                         .slice = (uint32_t)(i % slices),
                                         .compared = (uint32_t)(1 + i / slices % PAIRS),
                                         .looks = &looks[i / slices][i % slices % KINDS],
                                         .look_count = 1};
    clock_t start = clock();
    assert_ok(assay__analyze_multiplicity(&builder, &err), &err);
    ck_assert_double_lt((double)(clock() - start) / CLOCKS_PER_SEC, 10.0);
    for (size_t i = 0; i < out.result_count; i++) {
        const struct assay__kept_difference *difference =
            &out.results[i].looks[0].comparison.difference;
        double factor = RANKS[_i][i / slices], log10_p = difference->log10_p;
        ck_assert_double_eq(out.results[i].adjusted_p[ASSAY_ADJUST_HOLM], factor * difference->p);
        ck_assert_double_eq_tol(out.results[i].adjusted_log10_p[ASSAY_ADJUST_HOLM],
                                log10_p + log10(factor), 1e-14);
    }
    free(out.results);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, all_pairs_are_compared_once_each);
    tcase_add_test(cases, all_pairs_leave_unplanned_groups_out);
    tcase_add_test(cases, ids_of_comparisons_are_safe_and_distinct);
    tcase_add_test(cases, as_many_groups_as_there_may_be_are_analyzed);
    tcase_add_test(cases, more_pairs_than_there_may_be_are_refused_with_a_way_out);
    tcase_add_test(cases, pairs_that_the_data_do_not_have_are_refused);
    tcase_add_test(cases, plans_that_need_a_later_version_are_refused);
    tcase_add_test(cases, moments_that_are_no_proportion_are_refused_by_name);
    tcase_add_test(cases, moments_of_a_metric_that_is_not_planned_are_refused);
    tcase_add_test(cases, moments_count_the_units_of_their_group);
    tcase_add_loop_test(cases, families_are_those_of_the_scope, 0, 3);
    tcase_add_loop_test(cases, families_of_all_slices_are_found_at_once, 0, 3);
}

int main(void)
{
    return test_main("analyze", add);
}
