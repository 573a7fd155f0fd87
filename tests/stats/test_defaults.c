/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A design whose numbers are left at 0 asks the same as one that says the defaults. */
#include <assay.h>

#include "test.h"

START_TEST(a_zeroed_size_design_has_the_usual_level_and_power)
{
    const struct assay_size_design zero = {
        .baseline_variance = 4.0, .compared_variance = 4.0, .effect = 0.1};
    struct assay_size_design full = zero;
    full.alpha = 0.05;
    full.power = 0.8;
    full.baseline_weight = full.compared_weight = full.variance_factor = 1.0;
    struct assay_size_result got, want;
    struct assay_error err;
    double got_figure, want_figure;
    assert_ok(assay_size_required(&zero, &got, &err), &err);
    assert_ok(assay_size_required(&full, &want, &err), &err);
    ck_assert_double_eq(got.total, want.total);
    ck_assert_double_gt(got.total, 9000.0);
    assert_ok(assay_size_power(&zero, 900.0, 900.0, &got_figure, &err), &err);
    assert_ok(assay_size_power(&full, 900.0, 900.0, &want_figure, &err), &err);
    ck_assert_double_eq(got_figure, want_figure);
    assert_ok(assay_size_effect(&zero, 900.0, 900.0, &got_figure, &err), &err);
    assert_ok(assay_size_effect(&full, 900.0, 900.0, &want_figure, &err), &err);
    ck_assert_double_eq(got_figure, want_figure);
}
END_TEST

/* 2,225,720 units, which a variance factor of 0 once made 2. */
START_TEST(a_share_without_a_variance_factor_needs_all_its_units)
{
    const struct assay_size_design zero = {
        .type = ASSAY_METRIC_PROPORTION, .baseline_mean = 0.1, .effect = 0.001};
    struct assay_size_result got;
    struct assay_error err;
    assert_ok(assay_size_required(&zero, &got, &err), &err);
    ck_assert_double_gt(got.total, 2000000.0);
}
END_TEST

START_TEST(a_zeroed_method_compares_at_5_percent)
{
    const struct assay_summary control = {.n = 100, .mean = 5.25, .variance = 2.5};
    const struct assay_summary variant = {.n = 90, .mean = 5.75, .variance = 3.5};
    const struct assay_method zero = {0}, full = {.alpha = 0.05};
    struct assay_comparison got, want;
    struct assay_error err;
    assert_ok(assay_summaries_compare(&control, &variant, &zero, &got, &err), &err);
    assert_ok(assay_summaries_compare(&control, &variant, &full, &want, &err), &err);
    ck_assert_double_eq(got.difference.p, want.difference.p);
    ck_assert_double_eq(got.difference.critical, want.difference.critical);
}
END_TEST

START_TEST(a_zeroed_sample_ratio_test_has_the_level_and_prior_of_plans)
{
    const uint64_t counts[2] = {5000, 5300};
    const double weights[2] = {1.0, 1.0};
    for (int method = 0; method < 2; method++) {
        const struct assay_srm_design zero = {.method = (enum assay_srm_method)method};
        struct assay_srm_design full = zero;
        full.alpha = 0.001;
        full.concentration = 10000.0;
        struct assay_srm_group groups[2];
        struct assay_srm got, want;
        struct assay_error err;
        assert_ok(assay_srm_test(counts, weights, 2, &zero, groups, &got, &err), &err);
        assert_ok(assay_srm_test(counts, weights, 2, &full, groups, &want, &err), &err);
        ck_assert_double_eq(got.p, want.p);
        ck_assert_int_eq(got.significant, want.significant);
    }
}
END_TEST

START_TEST(zeroed_rates_are_those_of_plans)
{
    const struct assay_rates zero = {.success_count = 2, .comparison_count = 1};
    ck_assert_double_eq(assay_rates_success(&zero, 0), 0.025);
    ck_assert_double_eq(assay_rates_beta(&zero), 0.2);
    ck_assert_double_nan(assay_rates_deterioration(&zero, 0));
}
END_TEST

START_TEST(a_zeroed_horizon_spends_5_percent_as_plans_do)
{
    const struct assay_horizon_design zero = {.kind = ASSAY_HORIZON_GROUP_SEQUENTIAL,
                                              .expected_size = 1000.0};
    struct assay_horizon_design full = zero;
    full.alpha = 0.05;
    full.spending_parameter = 2.0;
    const struct assay_horizon_design *const designs[2] = {&zero, &full};
    double critical[2];
    for (int i = 0; i < 2; i++) {
        struct assay_horizon *horizon;
        struct assay_boundary boundary;
        struct assay_error err;
        assert_ok(assay_horizon_open(designs[i], &horizon, &err), &err);
        assert_ok(assay_horizon_at(horizon, 400.0, NAN, &boundary, &err), &err);
        critical[i] = boundary.critical;
        assay_horizon_free(horizon);
    }
    ck_assert_double_eq(critical[0], critical[1]);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, a_zeroed_size_design_has_the_usual_level_and_power);
    tcase_add_test(cases, a_share_without_a_variance_factor_needs_all_its_units);
    tcase_add_test(cases, a_zeroed_method_compares_at_5_percent);
    tcase_add_test(cases, a_zeroed_sample_ratio_test_has_the_level_and_prior_of_plans);
    tcase_add_test(cases, zeroed_rates_are_those_of_plans);
    tcase_add_test(cases, a_zeroed_horizon_spends_5_percent_as_plans_do);
}

int main(void)
{
    return test_main("defaults", add);
}
