/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What comparisons do where there is little to compare: every flag, every refusal, and relations
 * that hold whatever the numbers. Figures themselves are judged in test_compare_oracle.c.
 */
#include "oracle.h"

static const struct assay_method Z_UPPER = {
    .type = ASSAY_METRIC_MEAN, .test = ASSAY_TEST_Z, .side = ASSAY_SIDE_UPPER, .alpha = 0.05};

static struct assay_comparison summaries(struct assay_summary baseline,
                                         struct assay_summary compared,
                                         const struct assay_method *method)
{
    struct assay_comparison out;
    struct assay_error err;
    assert_ok(assay_summaries_compare(&baseline, &compared, method, &out, &err), &err);
    return out;
}

/* Moments of n vectors of k doubles each. */
static struct assay_moments *moments_of(struct assay_moments_shape shape, const double *values,
                                        size_t n)
{
    struct assay_moments *moments;
    struct assay_error err;
    size_t k = 1 + shape.has_denominator + shape.covariate_count;
    assert_ok(assay_moments_new(shape, &moments, &err), &err);
    for (size_t i = 0; i < n; i++)
        assert_ok(assay_moments_add(moments, values + i * k, &err), &err);
    return moments;
}

static struct assay_comparison compare_arrays(struct assay_moments_shape shape, const double *c,
                                              size_t n_c, const double *t, size_t n_t,
                                              const struct assay_method *method)
{
    struct assay_comparison out;
    struct assay_error err;
    struct assay_moments *groups[2] = {moments_of(shape, c, n_c), moments_of(shape, t, n_t)};
    const struct assay_moments *view[2] = {groups[0], groups[1]};
    assert_ok(assay_moments_compare(view, 2, 0, 1, method, &out, &err), &err);
    assay_moments_free(groups[0]);
    assay_moments_free(groups[1]);
    return out;
}

static void expect_no_test(const struct assay_comparison *out)
{
    ck_assert(isnan(out->difference.statistic));
    ck_assert(isnan(out->difference.p));
    ck_assert(isnan(out->difference.log10_p));
    ck_assert(isnan(out->difference.lower));
    ck_assert(isnan(out->difference.critical));
    ck_assert(!out->difference.significant);
    ck_assert_int_eq(out->relative.fieller_kind, ASSAY_FIELLER_NONE);
    ck_assert(isnan(out->relative.delta_lower));
}

START_TEST(one_unit_has_an_estimate_and_no_test)
{
    struct assay_comparison out = summaries((struct assay_summary){1, 2.5, 0.0, NAN},
                                            (struct assay_summary){9, 3.5, 1.0, NAN}, &Z_UPPER);
    ck_assert_uint_eq(out.flags, ASSAY_FLAG_TOO_FEW_UNITS);
    ck_assert_double_eq(out.difference.estimate, 1.0);
    ck_assert_double_eq(out.relative.estimate, 0.4);
    ck_assert(isnan(out.baseline.standard_error));
    expect_no_test(&out);
}
END_TEST

START_TEST(no_units_have_no_estimate)
{
    struct assay_comparison out = summaries((struct assay_summary){0, NAN, NAN, NAN},
                                            (struct assay_summary){9, 3.5, 1.0, NAN}, &Z_UPPER);
    ck_assert_uint_eq(out.flags, ASSAY_FLAG_TOO_FEW_UNITS);
    ck_assert(isnan(out.difference.estimate));
    ck_assert(isnan(out.relative.estimate));
    ck_assert_uint_eq(out.compared.n, 9);
    expect_no_test(&out);
}
END_TEST

START_TEST(a_share_of_one_unit_is_tested_by_z_but_not_by_t)
{
    struct assay_method method = Z_UPPER;
    method.type = ASSAY_METRIC_PROPORTION;
    struct assay_summary one = {1, 0.5, 0.0, NAN}, many = {64, 0.5, 0.0, NAN};
    struct assay_comparison out = summaries(one, many, &method);
    ck_assert_uint_eq(out.flags & ASSAY_FLAG_TOO_FEW_UNITS, 0);
    assert_close(out.difference.standard_error, sqrt(0.25 + 0.25 / 64.0), 1e-15);
    method.test = ASSAY_TEST_T;
    out = summaries(one, many, &method);
    ck_assert_uint_eq(out.flags & ASSAY_FLAG_TOO_FEW_UNITS, ASSAY_FLAG_TOO_FEW_UNITS);
    ck_assert(isnan(out.difference.df));
    expect_no_test(&out);
}
END_TEST

START_TEST(no_variance_in_both_groups_gives_no_test)
{
    struct assay_comparison out = summaries((struct assay_summary){9, 2.0, 0.0, NAN},
                                            (struct assay_summary){9, 3.0, 0.0, NAN}, &Z_UPPER);
    ck_assert_uint_eq(out.flags, ASSAY_FLAG_ZERO_VARIANCE);
    ck_assert_double_eq(out.difference.estimate, 1.0);
    ck_assert_double_eq(out.difference.standard_error, 0.0);
    expect_no_test(&out);
}
END_TEST

START_TEST(one_constant_group_leaves_the_other_groups_degrees_of_freedom)
{
    struct assay_method method = Z_UPPER;
    method.test = ASSAY_TEST_T;
    struct assay_comparison out = summaries((struct assay_summary){2, 2.0, 0.0, NAN},
                                            (struct assay_summary){9, 3.0, 4.0, NAN}, &method);
    ck_assert_uint_eq(out.flags & ASSAY_FLAG_ONE_GROUP_CONSTANT, ASSAY_FLAG_ONE_GROUP_CONSTANT);
    ck_assert_double_eq(out.difference.df, 8.0);
    assert_close(out.difference.statistic, 1.5, 1e-15);
}
END_TEST

START_TEST(a_zero_baseline_has_no_relative_figures)
{
    struct assay_comparison out = summaries((struct assay_summary){9, 0.0, 1.0, NAN},
                                            (struct assay_summary){9, 3.0, 1.0, NAN}, &Z_UPPER);
    ck_assert_uint_eq(out.flags, ASSAY_FLAG_ZERO_BASELINE);
    ck_assert(isnan(out.relative.estimate));
    ck_assert(isnan(out.relative.fieller_lower));
    ck_assert(isnan(out.relative.scaled_lower));
    ck_assert(!isnan(out.difference.p));
}
END_TEST

START_TEST(denominators_that_sum_to_zero_give_no_estimate)
{
    struct assay_method method = Z_UPPER;
    method.type = ASSAY_METRIC_RATIO;
    const double c[] = {1, 2, 3, -2}, t[] = {1, 1, 2, 1, 4, 2};
    struct assay_comparison out =
        compare_arrays((struct assay_moments_shape){1, 0}, c, 2, t, 3, &method);
    ck_assert_uint_eq(out.flags, ASSAY_FLAG_ZERO_DENOMINATOR);
    ck_assert(isnan(out.baseline.estimate));
    assert_close(out.compared.estimate, 1.75, 1e-15);
    expect_no_test(&out);
}
END_TEST

START_TEST(values_proportional_to_denominators_do_not_vary)
{
    /* 1/3, 1/7 and the like are rounded to 320 bits; none of that may show as a variance. */
    struct assay_method method = Z_UPPER;
    method.type = ASSAY_METRIC_RATIO;
    for (int k = 3; k < 100; k += 2) {
        double c[15], t[] = {1, 2, 2, 5, 3, 4, 5, 6, 7, 9};
        for (int i = 0; i < 5; i++) {
            c[3 * i] = t[2 * i];
            c[3 * i + 1] = k * t[2 * i];
            c[3 * i + 2] = t[2 * i + 1];
        }
        double plain[10];
        for (int i = 0; i < 10; i++)
            plain[i] = c[3 * (i / 2) + i % 2];
        struct assay_comparison out =
            compare_arrays((struct assay_moments_shape){1, 0}, plain, 5, t, 5, &method);
        ck_assert_double_eq(out.baseline.standard_error, 0.0);
        ck_assert(isnan(out.baseline.skewness));
        ck_assert_uint_eq(out.flags & ASSAY_FLAG_ONE_GROUP_CONSTANT, ASSAY_FLAG_ONE_GROUP_CONSTANT);
        ck_assert_double_gt(out.difference.standard_error, 0.0);
        method.reduction = ASSAY_REDUCTION_FULL;
        out = compare_arrays((struct assay_moments_shape){1, 1}, c, 5, c, 4, &method);
        ck_assert_uint_eq(out.flags, ASSAY_FLAG_ZERO_VARIANCE);
        ck_assert_double_eq(out.difference.standard_error, 0.0);
        ck_assert_double_eq(out.difference.estimate, 0.0);
        method.reduction = ASSAY_REDUCTION_NONE;
    }
}
END_TEST

START_TEST(equal_ratios_of_different_sums_differ_by_exactly_0)
{
    struct assay_method method = Z_UPPER;
    method.type = ASSAY_METRIC_RATIO;
    for (int k = 3; k < 100; k += 2) {
        const double c[] = {1, k - 1, 2, 2 * k, 4, 4 * k + 1}, t[] = {0, 1, 1, k - 1};
        struct assay_comparison out =
            compare_arrays((struct assay_moments_shape){1, 0}, c, 3, t, 2, &method);
        ck_assert_double_eq(out.difference.estimate, 0.0);
        ck_assert_double_eq(out.difference.statistic, 0.0);
        ck_assert_double_eq(out.difference.p, 0.5);
        ck_assert_double_eq(out.relative.estimate, 0.0);
    }
}
END_TEST

START_TEST(fieller_tells_its_three_shapes)
{
    struct assay_summary strong = {100, 10.0, 1.0, NAN}, weak = {100, 0.1, 1.0, NAN};
    struct assay_comparison out = summaries(strong, strong, &Z_UPPER);
    ck_assert_int_eq(out.relative.fieller_kind, ASSAY_FIELLER_BOUNDED);
    ck_assert_uint_eq(out.flags, 0);
    out = summaries(weak, strong, &Z_UPPER);
    ck_assert_int_eq(out.relative.fieller_kind, ASSAY_FIELLER_COMPLEMENT);
    ck_assert_uint_eq(out.flags, ASSAY_FLAG_FIELLER_UNBOUNDED);
    ck_assert_double_lt(out.relative.fieller_lower, out.relative.fieller_upper);
    out = summaries(weak, weak, &Z_UPPER);
    ck_assert_int_eq(out.relative.fieller_kind, ASSAY_FIELLER_LINE);
    ck_assert_uint_eq(out.flags, ASSAY_FLAG_FIELLER_UNBOUNDED);
    ck_assert(isnan(out.relative.fieller_lower) && isnan(out.relative.fieller_upper));
    /* A compared group of exactly 0: nothing lies between two equal roots. */
    out = summaries(weak, (struct assay_summary){100, 0.0, 0.0, NAN}, &Z_UPPER);
    ck_assert_int_eq(out.relative.fieller_kind, ASSAY_FIELLER_LINE);
    ck_assert(isnan(out.relative.fieller_lower) && isnan(out.relative.fieller_upper));
}
END_TEST

START_TEST(estimates_of_two_signs_have_no_log_interval)
{
    struct assay_comparison out = summaries((struct assay_summary){100, -5.0, 1.0, NAN},
                                            (struct assay_summary){100, 5.0, 1.0, NAN}, &Z_UPPER);
    ck_assert_uint_eq(out.flags, ASSAY_FLAG_LOG_UNDEFINED);
    ck_assert(isnan(out.relative.log_lower));
    ck_assert_double_eq(out.relative.estimate, -2.0);
}
END_TEST

START_TEST(a_figure_beyond_double_is_absent_and_flagged)
{
    struct assay_comparison out = summaries((struct assay_summary){9, -1.5e308, 1.0, NAN},
                                            (struct assay_summary){9, 1.5e308, 1.0, NAN}, &Z_UPPER);
    ck_assert_uint_eq(out.flags & ASSAY_FLAG_OVERFLOW, ASSAY_FLAG_OVERFLOW);
    ck_assert(isnan(out.difference.estimate));
    ck_assert(isnan(out.difference.log10_p)); /* -1e616 or so */
    ck_assert_double_eq(out.difference.p, 0.0);
    ck_assert(out.difference.significant);
}
END_TEST

START_TEST(a_statistic_at_the_critical_value_is_not_significant)
{
    double q = assay_normal_quantile_upper(0.05);
    struct assay_summary baseline = {2, 0.0, 1.0, NAN}; /* SE^2 = 1/2 + 1/2 */
    struct assay_comparison out =
        summaries(baseline, (struct assay_summary){2, q, 1.0, NAN}, &Z_UPPER);
    ck_assert_double_eq(out.difference.statistic, out.difference.critical);
    ck_assert_double_eq(out.difference.lower, 0.0);
    ck_assert(!out.difference.significant);
    out = summaries(baseline, (struct assay_summary){2, nextafter(q, 9.0), 1.0, NAN}, &Z_UPPER);
    ck_assert(out.difference.significant);
    ck_assert_double_gt(out.difference.lower, 0.0);
}
END_TEST

static double draw(uint64_t *state)
{
    return (double)(oracle_random(state) >> 11) * 0x1p-53;
}

static struct assay_summary draw_summary(uint64_t *state)
{
    return (struct assay_summary){2 + oracle_random(state) % 500, 4.0 * draw(state) - 2.0,
                                  800.0 * draw(state), 6.0 * draw(state) - 3.0};
}

static struct assay_method draw_method(uint64_t *state)
{
    return (struct assay_method){.type = ASSAY_METRIC_MEAN,
                                 .test = (enum assay_test_kind)(oracle_random(state) % 2),
                                 .side = (enum assay_side)(oracle_random(state) % 3),
                                 .alpha = 0.01 + 0.4 * draw(state)};
}

static bool excludes_zero(const struct assay_relative *relative)
{
    bool inside = relative->fieller_lower <= 0.0 && 0.0 <= relative->fieller_upper;
    switch (relative->fieller_kind) {
    case ASSAY_FIELLER_BOUNDED:
        return !inside;
    case ASSAY_FIELLER_COMPLEMENT:
        return relative->fieller_lower < 0.0 && 0.0 < relative->fieller_upper;
    default:
        return false;
    }
}

START_TEST(fieller_excludes_no_change_exactly_when_the_interval_excludes_zero)
{
    uint64_t state = 20261124; /* the seed */
    int excluded = 0;
    for (int i = 0; i < 4000; i++) {
        struct assay_summary c = draw_summary(&state), t = draw_summary(&state);
        struct assay_method method = draw_method(&state);
        struct assay_comparison out = summaries(c, t, &method);
        bool absolute = out.difference.lower > 0.0 || out.difference.upper < 0.0;
        ck_assert_msg(absolute == excludes_zero(&out.relative), "case %d", i);
        if (method.side == ASSAY_SIDE_BOTH)
            ck_assert_int_eq(out.difference.significant, absolute);
        ck_assert_int_eq(out.difference.significant, out.difference.p < method.alpha);
        excluded += absolute;
    }
    ck_assert_int_gt(excluded, 500);
    ck_assert_int_lt(excluded, 3500);
}
END_TEST

START_TEST(swapped_and_mirrored_groups_give_mirrored_figures)
{
    uint64_t state = 7; /* the seed */
    for (int i = 0; i < 500; i++) {
        struct assay_summary c = draw_summary(&state), t = draw_summary(&state);
        struct assay_method method = draw_method(&state), other = method;
        if (method.side != ASSAY_SIDE_BOTH)
            other.side = method.side == ASSAY_SIDE_UPPER ? ASSAY_SIDE_LOWER : ASSAY_SIDE_UPPER;
        struct assay_comparison one = summaries(c, t, &method), two = summaries(t, c, &other);
        ck_assert_double_eq(one.difference.estimate, -two.difference.estimate);
        ck_assert_double_eq(one.difference.lower, -two.difference.upper);
        ck_assert_double_eq(one.difference.p, two.difference.p);
        assert_close(one.tail_error.lower, two.tail_error.upper, 1e-14);
        c.mean = -c.mean, t.mean = -t.mean; /* a negative baseline keeps relative bounds in order */
        c.skewness = -c.skewness, t.skewness = -t.skewness;
        two = summaries(c, t, &other);
        ck_assert_double_eq(one.difference.p, two.difference.p);
        ck_assert_double_eq(one.relative.estimate, two.relative.estimate);
        assert_close(one.relative.fieller_lower, two.relative.fieller_lower, 0.0);
        assert_close(one.relative.scaled_lower, two.relative.scaled_lower, 0.0);
        assert_close(one.relative.delta_upper, two.relative.delta_upper, 0.0);
        assert_close(one.relative.log_upper, two.relative.log_upper, 0.0);
        ck_assert_double_le(two.relative.scaled_lower, two.relative.scaled_upper);
        ck_assert_double_le(two.relative.delta_lower, two.relative.delta_upper);
    }
}
END_TEST

START_TEST(unknown_skewness_leaves_tails_unchecked)
{
    struct assay_summary known = {20, 1.0, 4.0, 9.0}, unknown = {20, 1.0, 4.0, NAN};
    struct assay_comparison out = summaries(known, unknown, &Z_UPPER);
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
    struct assay_comparison out = summaries(large, small, &Z_UPPER);
    ck_assert_double_gt(out.tail_error.lower, 0.06);
    ck_assert_double_lt(out.tail_error.upper, 0.04);
    ck_assert_uint_eq(out.flags & both, both);
    out = summaries(large, large, &Z_UPPER);
    ck_assert_double_eq(out.tail_error.lower, 0.05);
    ck_assert_uint_eq(out.flags, 0);
}
END_TEST

START_TEST(corrected_intervals_hold_what_the_corrected_test_accepts)
{
    uint64_t state = 99; /* the seed */
    int bounds = 0;
    for (int i = 0; i < 400; i++) {
        struct assay_summary c = draw_summary(&state), t = draw_summary(&state);
        struct assay_method method = draw_method(&state);
        method.side = ASSAY_SIDE_UPPER;
        method.skewness = (enum assay_skewness_correction)(ASSAY_SKEWNESS_HALL + i % 3);
        struct assay_comparison out = summaries(c, t, &method);
        if (isnan(out.corrected_lower))
            continue;
        method.null_difference = out.corrected_lower;
        out = summaries(c, t, &method);
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
    struct assay_method method = Z_UPPER;
    for (int kind = ASSAY_SKEWNESS_HALL; kind <= ASSAY_SKEWNESS_JOHNSON; kind++) {
        method.skewness = (enum assay_skewness_correction)kind;
        struct assay_comparison out = summaries(c, t, &method);
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
    struct assay_method method = Z_UPPER;
    method.skewness = ASSAY_SKEWNESS_HALL;
    struct assay_comparison out = summaries(c, t, &method);
    double g = x + a * x * x / 3.0 + a * a * x * x * x / 27.0 + a / 6.0;
    assert_close(out.corrected_p, assay_normal_upper(g), 5e-15);
    double q = out.difference.critical;
    double inverse = 3.0 / a * (cbrt(1.0 + a * (q - a / 6.0)) - 1.0);
    assert_close(out.corrected_lower, -0.5 - error * inverse, 5e-15);
    method.skewness = ASSAY_SKEWNESS_JOHNSON;
    out = summaries(c, t, &method);
    assert_close(out.corrected_p, assay_normal_upper(x + a / 6.0 + a * x * x / 3.0), 5e-15);
}
END_TEST

START_TEST(groups_of_one_size_need_no_correction)
{
    struct assay_summary c = {70, 1.0, 4.0, 5.0}, t = {70, 2.0, 6.0, -1.0};
    struct assay_method method = Z_UPPER;
    method.skewness = ASSAY_SKEWNESS_HALL;
    struct assay_comparison out = summaries(c, t, &method);
    assert_close(out.corrected_lower, out.difference.lower, 1e-15);
    assert_close(out.corrected_p, out.difference.p, 1e-14);
}
END_TEST

START_TEST(johnson_takes_no_large_loss_for_a_win)
{
    struct assay_summary c = {1000, 10.0, 1.0, 0.0}, t = {50, 2.0, 4.0, 8.0};
    struct assay_method method = Z_UPPER;
    method.skewness = ASSAY_SKEWNESS_JOHNSON;
    struct assay_comparison out = summaries(c, t, &method);
    ck_assert_double_lt(out.difference.statistic, -20.0);
    ck_assert_double_gt(out.corrected_p, 0.5);
}
END_TEST

static void expect_domain(const struct assay_summary *c, const struct assay_summary *t,
                          const struct assay_method *method)
{
    struct assay_comparison out;
    struct assay_error err = {.code = ASSAY_OK};
    ck_assert_int_eq(assay_summaries_compare(c, t, method, &out, &err), ASSAY_ERROR_DOMAIN);
    ck_assert_int_eq(err.code, ASSAY_ERROR_DOMAIN);
    ck_assert_uint_gt(strlen(err.message), 10);
}

START_TEST(arguments_outside_the_domain_are_refused)
{
    const struct assay_summary fine = {9, 0.5, 1.0, NAN};
    const struct assay_summary bad[] = {{9, NAN, 1.0, NAN},
                                        {9, INFINITY, 1.0, NAN},
                                        {9, 0.5, -1.0, NAN},
                                        {9, 0.5, NAN, NAN},
                                        {9, 0.5, INFINITY, NAN}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        expect_domain(&bad[i], &fine, &Z_UPPER);
        expect_domain(&fine, &bad[i], &Z_UPPER);
    }
    const double alphas[] = {0.0, 1.0, -0.1, NAN, 0.5};
    for (size_t i = 0; i < sizeof alphas / sizeof *alphas; i++) {
        struct assay_method method = Z_UPPER;
        method.alpha = alphas[i];
        expect_domain(&fine, &fine, &method);
    }
    struct assay_method method = Z_UPPER;
    method.null_difference = INFINITY;
    expect_domain(&fine, &fine, &method);
    method = Z_UPPER, method.type = ASSAY_METRIC_RATIO;
    expect_domain(&fine, &fine, &method);
    method = Z_UPPER, method.type = ASSAY_METRIC_QUANTILE;
    expect_domain(&fine, &fine, &method);
    method = Z_UPPER, method.type = ASSAY_METRIC_PROPORTION;
    expect_domain(&fine, &(struct assay_summary){9, 1.5, 0.0, NAN}, &method);
}
END_TEST

START_TEST(groups_must_fit_together)
{
    const double values[] = {1, 2, 3, 4};
    struct assay_moments *plain = moments_of((struct assay_moments_shape){0, 0}, values, 4);
    struct assay_moments *pairs = moments_of((struct assay_moments_shape){0, 1}, values, 2);
    const struct assay_moments *mixed[2] = {plain, pairs}, *same[2] = {plain, plain};
    struct assay_comparison out;
    struct assay_method ratio = Z_UPPER;
    ratio.type = ASSAY_METRIC_RATIO;
    ck_assert_int_eq(assay_moments_compare(mixed, 2, 0, 1, &Z_UPPER, &out, NULL),
                     ASSAY_ERROR_DOMAIN);
    ck_assert_int_eq(assay_moments_compare(same, 2, 0, 2, &Z_UPPER, &out, NULL),
                     ASSAY_ERROR_DOMAIN);
    ck_assert_int_eq(assay_moments_compare(same, 2, 2, 0, &Z_UPPER, &out, NULL),
                     ASSAY_ERROR_DOMAIN);
    ck_assert_int_eq(assay_moments_compare(same, 1, 0, 0, &Z_UPPER, &out, NULL),
                     ASSAY_ERROR_DOMAIN);
    ck_assert_int_eq(assay_moments_compare(same, 2, 0, 1, &ratio, &out, NULL), ASSAY_ERROR_DOMAIN);
    assay_moments_free(plain);
    assay_moments_free(pairs);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, one_unit_has_an_estimate_and_no_test);
    tcase_add_test(cases, no_units_have_no_estimate);
    tcase_add_test(cases, a_share_of_one_unit_is_tested_by_z_but_not_by_t);
    tcase_add_test(cases, no_variance_in_both_groups_gives_no_test);
    tcase_add_test(cases, one_constant_group_leaves_the_other_groups_degrees_of_freedom);
    tcase_add_test(cases, a_zero_baseline_has_no_relative_figures);
    tcase_add_test(cases, denominators_that_sum_to_zero_give_no_estimate);
    tcase_add_test(cases, values_proportional_to_denominators_do_not_vary);
    tcase_add_test(cases, equal_ratios_of_different_sums_differ_by_exactly_0);
    tcase_add_test(cases, fieller_tells_its_three_shapes);
    tcase_add_test(cases, estimates_of_two_signs_have_no_log_interval);
    tcase_add_test(cases, a_figure_beyond_double_is_absent_and_flagged);
    tcase_add_test(cases, a_statistic_at_the_critical_value_is_not_significant);
    tcase_add_test(cases, fieller_excludes_no_change_exactly_when_the_interval_excludes_zero);
    tcase_add_test(cases, swapped_and_mirrored_groups_give_mirrored_figures);
    tcase_add_test(cases, unknown_skewness_leaves_tails_unchecked);
    tcase_add_test(cases, a_small_group_skewed_right_makes_its_lower_tail_too_heavy);
    tcase_add_test(cases, corrected_intervals_hold_what_the_corrected_test_accepts);
    tcase_add_test(cases, without_skewness_corrections_change_nothing);
    tcase_add_test(cases, corrections_are_those_of_the_papers_at_the_pooled_shape);
    tcase_add_test(cases, groups_of_one_size_need_no_correction);
    tcase_add_test(cases, johnson_takes_no_large_loss_for_a_win);
    tcase_add_test(cases, arguments_outside_the_domain_are_refused);
    tcase_add_test(cases, groups_must_fit_together);
}

int main(void)
{
    return test_main("compare", add);
}
