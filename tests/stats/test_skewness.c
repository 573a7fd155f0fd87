/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Intervals by Pearson's type III curve; other corrections are tested in test_compare_skewed.c. */
#include "test.h"

#include <gsl/gsl_cdf.h>

static const struct assay_method PEARSON = {.type = ASSAY_METRIC_MEAN,
                                            .test = ASSAY_TEST_Z,
                                            .side = ASSAY_SIDE_UPPER,
                                            .alpha = 0.05,
                                            .skewness = ASSAY_SKEWNESS_PEARSON};

static struct assay_comparison compare(struct assay_summary baseline, struct assay_summary compared,
                                       enum assay_side side)
{
    struct assay_comparison out;
    struct assay_error err;
    struct assay_method method = PEARSON;
    method.side = side;
    assert_ok(assay_summaries_compare(&baseline, &compared, &method, &out, &err), &err);
    return out;
}

/* Student's error and GSL's gamma distribution, of which Pearson's type III curve is one. */
START_TEST(pearson_is_a_gamma_tail_at_the_pooled_error)
{
    struct assay_summary c = {1000, 1.0, 4.0, 5.0}, t = {100, 0.5, 9.0, 3.0};
    double m2_c = 4.0 * 999.0 / 1000.0, m2_t = 9.0 * 99.0 / 100.0;
    double m2 = (1000.0 * m2_c + 100.0 * m2_t) / 1100.0;
    double m3 = (1000.0 * 5.0 * pow(m2_c, 1.5) + 100.0 * 3.0 * pow(m2_t, 1.5)) / 1100.0;
    double a = m3 / pow(m2, 1.5) * (1e-4 - 1e-6) / pow(0.011, 1.5), k = 4.0 / (a * a);
    double error = sqrt((4.0 * 999.0 + 9.0 * 99.0) / 1098.0 * 0.011), x = -0.5 / error;
    struct assay_comparison out = compare(c, t, ASSAY_SIDE_UPPER);
    /* GSL's gamma functions keep this well at this k; elsewhere they are good to 1e-10. */
    assert_close(out.corrected_p, gsl_cdf_gamma_Q(k + sqrt(k) * x, k, 1.0), 1e-14);
    double high = (gsl_cdf_gamma_Qinv(0.05, k, 1.0) - k) / sqrt(k);
    double low = (gsl_cdf_gamma_Pinv(0.05, k, 1.0) - k) / sqrt(k);
    assert_close(out.corrected_lower, -0.5 - error * high, 2e-14);
    assert_close(out.corrected_upper, -0.5 - error * low, 2e-14);
    /* The other way round everything changes its sign. */
    struct assay_comparison back = compare(t, c, ASSAY_SIDE_LOWER);
    assert_close(back.corrected_p, out.corrected_p, 4e-15);
    assert_close(back.corrected_lower, -out.corrected_upper, 4e-15);
}
END_TEST

/* Far on either side, where only the tail itself has digits; the curve begins at -2/a. */
START_TEST(pearson_keeps_the_digits_of_both_far_tails)
{
    for (int side = -1; side <= 1; side += 2) {
        struct assay_summary c = {1000, 1.0, 4.0, 5.0}, t = {100, 1.0, 9.0, 3.0};
        double m2_c = 4.0 * 999.0 / 1000.0, m2_t = 9.0 * 99.0 / 100.0;
        double m2 = (1000.0 * m2_c + 100.0 * m2_t) / 1100.0;
        double m3 = (1000.0 * 5.0 * pow(m2_c, 1.5) + 100.0 * 3.0 * pow(m2_t, 1.5)) / 1100.0;
        double a = m3 / pow(m2, 1.5) * (1e-4 - 1e-6) / pow(0.011, 1.5), df = 8.0 / (a * a);
        double error = sqrt((4.0 * 999.0 + 9.0 * 99.0) / 1098.0 * 0.011);
        double x = side < 0 ? -1.8 / a : 12.0;
        t.mean += x * error;
        double point = df + 4.0 / a * x;
        struct assay_comparison upper = compare(c, t, ASSAY_SIDE_UPPER);
        struct assay_comparison lower = compare(c, t, ASSAY_SIDE_LOWER);
        ck_assert_double_lt(fmin(upper.corrected_p, lower.corrected_p), 1e-12);
        /* The point is good to 1e-15 or so, which the tail's slope multiplies by up to 60. */
        assert_close(upper.corrected_p, assay_chi2_upper(point, df), 2e-13);
        assert_close(lower.corrected_p, assay_chi2_lower(point, df), 2e-13);
        assert_close(upper.corrected_log10_p, assay_chi2_log_upper(point, df) / M_LN10, 2e-13);
        assert_close(lower.corrected_log10_p, assay_chi2_log_lower(point, df) / M_LN10, 2e-13);
        /* Beyond what a double can be, the log stays. */
        if (side < 0)
            continue;
        t.mean += (200.0 - x) * error;
        upper = compare(c, t, ASSAY_SIDE_UPPER);
        ck_assert_double_eq(upper.corrected_p, 0.0);
        assert_close(upper.corrected_log10_p,
                     assay_chi2_log_upper(df + 4.0 / a * 200.0, df) / M_LN10, 2e-13);
        ck_assert_double_lt(upper.corrected_log10_p, -350.0);
    }
}
END_TEST

/* Equal sizes, or no skewness: Student's pooled test with normal quantiles. */
START_TEST(pearson_without_skewness_is_students_test)
{
    struct assay_summary c = {40, 1.0, 4.0, 0.0}, t = {30, 2.0, 5.0, 0.0};
    double error = sqrt((39.0 * 4.0 + 29.0 * 5.0) / 68.0 * (1.0 / 40.0 + 1.0 / 30.0));
    struct assay_comparison out = compare(c, t, ASSAY_SIDE_UPPER);
    assert_close(out.corrected_p, assay_normal_upper(1.0 / error), 1e-14);
    assert_close(out.corrected_lower, 1.0 - error * out.difference.critical, 1e-14);
    t.n = 40;
    c.skewness = 9.0;
    out = compare(c, t, ASSAY_SIDE_BOTH);
    assert_close(out.corrected_p, out.difference.p, 1e-14);
    assert_close(out.corrected_upper, out.difference.upper, 1e-14);
}
END_TEST

START_TEST(beyond_the_end_of_pearsons_curve_p_is_0)
{
    struct assay_summary c = {1000, 10.0, 4.0, 20.0}, t = {50, 2.0, 4.0, 6.0};
    struct assay_comparison out = compare(c, t, ASSAY_SIDE_LOWER);
    ck_assert(out.corrected_p == 0.0);
    ck_assert(isnan(out.corrected_log10_p));
    ck_assert_double_lt(out.corrected_lower, out.corrected_upper);
    ck_assert_double_lt(out.corrected_upper, 0.0);
    out = compare(c, t, ASSAY_SIDE_UPPER);
    ck_assert(out.corrected_p == 1.0);
}
END_TEST

/* The curve changes into the normal one without a step. */
START_TEST(pearson_is_continuous_in_the_skewness)
{
    struct assay_summary c = {1000, 1.0, 4.0, 0.0}, t = {100, 1.5, 4.0, 0.0};
    double normal = compare(c, t, ASSAY_SIDE_UPPER).corrected_p;
    for (double skewness = 1e-1; skewness > 1e-9; skewness /= 10.0) {
        c.skewness = t.skewness = skewness;
        double p = compare(c, t, ASSAY_SIDE_UPPER).corrected_p;
        /* A is 0.0858 of it; A (x^2 - 1)/6 times the hazard of 2.72 at x = 2.38 is 0.182 of it */
        ck_assert_double_le(fabs(p - normal) / normal, 0.2 * skewness);
    }
}
END_TEST

static struct assay_comparison compare_values(const double *values, size_t count,
                                              enum assay_metric_type type)
{
    struct assay_moments *group;
    struct assay_comparison out;
    struct assay_error err;
    struct assay_method method = PEARSON;
    method.type = type;
    assert_ok(assay_moments_new((struct assay_moments_shape){0}, &group, &err), &err);
    for (size_t i = 0; i < count; i++)
        assert_ok(assay_moments_add(group, &values[i], &err), &err);
    const struct assay_moments *const groups[2] = {group, group};
    assert_ok(assay_moments_compare(groups, 2, 0, 1, &method, &out, &err), &err);
    ck_assert_double_eq(test_relative_error(out.baseline.skewness, assay_moments_skewness(group)),
                        0.0);
    assay_moments_free(group);
    return out;
}

/* Two values are as far from their mean, whatever they are of: that is not a skewness of 0. */
START_TEST(fewer_than_three_values_have_no_skewness)
{
    static const double VALUES[] = {0.0, 1.0, 1.0};
    for (int type = ASSAY_METRIC_MEAN; type <= ASSAY_METRIC_PROPORTION; type++) {
        for (size_t count = 1; count < 3; count++) {
            struct assay_comparison few =
                compare_values(VALUES, count, (enum assay_metric_type)type);
            ck_assert(isnan(few.baseline.skewness) && isnan(few.compared.skewness));
            ck_assert(isnan(few.tail_error.lower) && isnan(few.tail_error.upper));
            ck_assert(isnan(few.corrected_lower) && isnan(few.corrected_p));
        }
        struct assay_comparison three = compare_values(VALUES, 3, (enum assay_metric_type)type);
        assert_close(three.baseline.skewness, -M_SQRT1_2, 4e-16);
        ck_assert(isfinite(three.tail_error.lower) && isfinite(three.corrected_p));
    }
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, pearson_keeps_the_digits_of_both_far_tails);
    tcase_add_test(cases, pearson_is_a_gamma_tail_at_the_pooled_error);
    tcase_add_test(cases, pearson_without_skewness_is_students_test);
    tcase_add_test(cases, beyond_the_end_of_pearsons_curve_p_is_0);
    tcase_add_test(cases, pearson_is_continuous_in_the_skewness);
    tcase_add_test(cases, fewer_than_three_values_have_no_skewness);
}

int main(void)
{
    return test_main("skewness", add);
}
