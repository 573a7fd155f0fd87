/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tails of skewed values: what is flagged, and the corrections of Hall and Johnson. */
#include "compare_sums.h"

START_TEST(unknown_skewness_leaves_tails_unchecked)
{
    struct assay_summary known = {20, 1.0, 4.0, 9.0}, unknown = {20, 1.0, 4.0, NAN};
    struct assay_comparison out = compare_summaries(known, unknown, &COMPARE_Z_UPPER);
    ck_assert(isnan(out.tail_error.lower) && isnan(out.tail_error.upper));
    ck_assert_double_eq(out.tail_error.nominal, 0.05);
    ck_assert_uint_eq(out.flags & (ASSAY_FLAG_SKEWED_LOWER | ASSAY_FLAG_SKEWED_UPPER), 0);
    assert_close(out.baseline.skewness, 9.0, 1e-15);
    ck_assert(isnan(out.compared.skewness));
}
END_TEST

START_TEST(a_small_group_skewed_right_makes_its_lower_tail_too_heavy)
{
    struct assay_summary large = {100000, 1.0, 4.0, 6.0}, small = {50, 1.0, 4.0, 6.0};
    const uint32_t both = ASSAY_FLAG_SKEWED_LOWER | ASSAY_FLAG_SKEWED_UPPER;
    struct assay_comparison out = compare_summaries(large, small, &COMPARE_Z_UPPER);
    ck_assert_double_gt(out.tail_error.lower, 0.06);
    ck_assert_double_lt(out.tail_error.upper, 0.04);
    ck_assert_uint_eq(out.flags & both, both);
    out = compare_summaries(large, large, &COMPARE_Z_UPPER);
    ck_assert_double_eq(out.tail_error.lower, 0.05);
    ck_assert_uint_eq(out.flags, 0);
}
END_TEST

START_TEST(corrected_intervals_hold_what_the_corrected_test_accepts)
{
    uint64_t state = 99; /* the seed */
    int bounds = 0;
    for (int i = 0; i < 400; i++) {
        struct assay_summary c = compare_draw_summary(&state), t = compare_draw_summary(&state);
        struct assay_method method = compare_draw_method(&state);
        method.side = ASSAY_SIDE_UPPER;
        method.skewness = (enum assay_skewness_correction)(ASSAY_SKEWNESS_HALL + i % 3);
        struct assay_comparison out = compare_summaries(c, t, &method);
        if (isnan(out.corrected_lower))
            continue;
        method.null_difference = out.corrected_lower;
        out = compare_summaries(c, t, &method);
        assert_close(out.corrected_p, method.alpha, 2e-11); /* the null is a rounded bound */
        assert_close(out.corrected_log10_p, log10(out.corrected_p), 2e-15);
        bounds++;
    }
    ck_assert_int_gt(bounds, 350);
}
END_TEST

START_TEST(without_skewness_corrections_change_nothing)
{
    struct assay_summary c = {40, 1.0, 4.0, 0.0}, t = {30, 2.0, 5.0, 0.0};
    struct assay_method method = COMPARE_Z_UPPER;
    for (int kind = ASSAY_SKEWNESS_HALL; kind <= ASSAY_SKEWNESS_JOHNSON; kind++) {
        method.skewness = (enum assay_skewness_correction)kind;
        struct assay_comparison out = compare_summaries(c, t, &method);
        assert_close(out.corrected_lower, out.difference.lower, 1e-14);
        assert_close(out.corrected_upper, out.difference.upper, 1e-14);
        assert_close(out.corrected_p, out.difference.p, 1e-14);
    }
}
END_TEST

/* The formulas of the papers, written out in doubles. */
START_TEST(corrections_are_those_of_the_papers_at_the_pooled_shape)
{
    const double n_c = 1000.0, n_t = 100.0;
    struct assay_summary c = {1000, 1.0, 4.0, 5.0}, t = {100, 0.5, 9.0, 3.0};
    double m2_c = 4.0 * 999.0 / 1000.0, m2_t = 9.0 * 99.0 / 100.0;
    double m2 = (n_c * m2_c + n_t * m2_t) / 1100.0;
    double m3 = (n_c * 5.0 * pow(m2_c, 1.5) + n_t * 3.0 * pow(m2_t, 1.5)) / 1100.0;
    double a = m3 / pow(m2, 1.5) * (1.0 / (n_t * n_t) - 1.0 / (n_c * n_c)) /
               pow(1.0 / n_t + 1.0 / n_c, 1.5);
    double error = sqrt(4.0 / n_c + 9.0 / n_t), x = -0.5 / error;
    struct assay_method method = COMPARE_Z_UPPER;
    method.skewness = ASSAY_SKEWNESS_HALL;
    struct assay_comparison out = compare_summaries(c, t, &method);
    double g = x + a * x * x / 3.0 + a * a * x * x * x / 27.0 + a / 6.0;
    assert_close(out.corrected_p, assay_normal_upper(g), 5e-15);
    double q = out.difference.critical;
    double inverse = 3.0 / a * (cbrt(1.0 + a * (q - a / 6.0)) - 1.0);
    assert_close(out.corrected_lower, -0.5 - error * inverse, 5e-15);
    method.skewness = ASSAY_SKEWNESS_JOHNSON;
    out = compare_summaries(c, t, &method);
    assert_close(out.corrected_p, assay_normal_upper(x + a / 6.0 + a * x * x / 3.0), 5e-15);
}
END_TEST

START_TEST(groups_of_one_size_need_no_correction)
{
    struct assay_summary c = {70, 1.0, 4.0, 5.0}, t = {70, 2.0, 6.0, -1.0};
    struct assay_method method = COMPARE_Z_UPPER;
    method.skewness = ASSAY_SKEWNESS_HALL;
    struct assay_comparison out = compare_summaries(c, t, &method);
    assert_close(out.corrected_lower, out.difference.lower, 1e-15);
    assert_close(out.corrected_p, out.difference.p, 1e-14);
}
END_TEST

START_TEST(johnson_takes_no_large_loss_for_a_win)
{
    struct assay_summary c = {1000, 10.0, 1.0, 0.0}, t = {50, 2.0, 4.0, 8.0};
    struct assay_method method = COMPARE_Z_UPPER;
    method.skewness = ASSAY_SKEWNESS_JOHNSON;
    struct assay_comparison out = compare_summaries(c, t, &method);
    ck_assert_double_lt(out.difference.statistic, -20.0);
    ck_assert_double_gt(out.corrected_p, 0.5);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, unknown_skewness_leaves_tails_unchecked);
    tcase_add_test(cases, a_small_group_skewed_right_makes_its_lower_tail_too_heavy);
    tcase_add_test(cases, corrected_intervals_hold_what_the_corrected_test_accepts);
    tcase_add_test(cases, without_skewness_corrections_change_nothing);
    tcase_add_test(cases, corrections_are_those_of_the_papers_at_the_pooled_shape);
    tcase_add_test(cases, groups_of_one_size_need_no_correction);
    tcase_add_test(cases, johnson_takes_no_large_loss_for_a_win);
}

int main(void)
{
    return test_main("compare_skewed", add);
}
