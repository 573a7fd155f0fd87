/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What comparisons do where there is little to compare: every flag, every refusal, and relations
 * that hold whatever the numbers. Figures themselves are judged in test_compare_oracle.c.
 */
#include "compare_sums.h"

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
    struct assay_comparison out =
        compare_summaries((struct assay_summary){1, 2.5, 0.0, NAN},
                          (struct assay_summary){9, 3.5, 1.0, NAN}, &COMPARE_Z_UPPER);
    ck_assert_uint_eq(out.flags, ASSAY_FLAG_TOO_FEW_UNITS);
    ck_assert_double_eq(out.difference.estimate, 1.0);
    ck_assert_double_eq(out.relative.estimate, 0.4);
    ck_assert(isnan(out.baseline.standard_error));
    expect_no_test(&out);
}
END_TEST

START_TEST(no_units_have_no_estimate)
{
    struct assay_comparison out =
        compare_summaries((struct assay_summary){0, NAN, NAN, NAN},
                          (struct assay_summary){9, 3.5, 1.0, NAN}, &COMPARE_Z_UPPER);
    ck_assert_uint_eq(out.flags, ASSAY_FLAG_TOO_FEW_UNITS);
    ck_assert(isnan(out.difference.estimate));
    ck_assert(isnan(out.relative.estimate));
    ck_assert_uint_eq(out.compared.n, 9);
    expect_no_test(&out);
}
END_TEST

START_TEST(a_share_of_one_unit_is_tested_by_z_but_not_by_t)
{
    struct assay_method method = COMPARE_Z_UPPER;
    method.type = ASSAY_METRIC_PROPORTION;
    struct assay_summary one = {1, 0.5, 0.0, NAN}, many = {64, 0.5, 0.0, NAN};
    struct assay_comparison out = compare_summaries(one, many, &method);
    ck_assert_uint_eq(out.flags & ASSAY_FLAG_TOO_FEW_UNITS, 0);
    assert_close(out.difference.standard_error, sqrt(0.25 + 0.25 / 64.0), 1e-15);
    method.test = ASSAY_TEST_T;
    out = compare_summaries(one, many, &method);
    ck_assert_uint_eq(out.flags & ASSAY_FLAG_TOO_FEW_UNITS, ASSAY_FLAG_TOO_FEW_UNITS);
    ck_assert(isnan(out.difference.df));
    expect_no_test(&out);
}
END_TEST

START_TEST(no_variance_in_both_groups_gives_no_test)
{
    struct assay_comparison out =
        compare_summaries((struct assay_summary){9, 2.0, 0.0, NAN},
                          (struct assay_summary){9, 3.0, 0.0, NAN}, &COMPARE_Z_UPPER);
    ck_assert_uint_eq(out.flags, ASSAY_FLAG_ZERO_VARIANCE);
    ck_assert_double_eq(out.difference.estimate, 1.0);
    ck_assert_double_eq(out.difference.standard_error, 0.0);
    expect_no_test(&out);
}
END_TEST

START_TEST(one_constant_group_leaves_the_other_groups_degrees_of_freedom)
{
    struct assay_method method = COMPARE_Z_UPPER;
    method.test = ASSAY_TEST_T;
    struct assay_comparison out =
        compare_summaries((struct assay_summary){2, 2.0, 0.0, NAN},
                          (struct assay_summary){9, 3.0, 4.0, NAN}, &method);
    ck_assert_uint_eq(out.flags & ASSAY_FLAG_ONE_GROUP_CONSTANT, ASSAY_FLAG_ONE_GROUP_CONSTANT);
    ck_assert_double_eq(out.difference.df, 8.0);
    assert_close(out.difference.statistic, 1.5, 1e-15);
}
END_TEST

START_TEST(a_zero_baseline_has_no_relative_figures)
{
    struct assay_comparison out =
        compare_summaries((struct assay_summary){9, 0.0, 1.0, NAN},
                          (struct assay_summary){9, 3.0, 1.0, NAN}, &COMPARE_Z_UPPER);
    ck_assert_uint_eq(out.flags, ASSAY_FLAG_ZERO_BASELINE);
    ck_assert(isnan(out.relative.estimate));
    ck_assert(isnan(out.relative.fieller_lower));
    ck_assert(isnan(out.relative.scaled_lower));
    ck_assert(!isnan(out.difference.p));
}
END_TEST

START_TEST(denominators_that_sum_to_zero_give_no_estimate)
{
    struct assay_method method = COMPARE_Z_UPPER;
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
    struct assay_method method = COMPARE_Z_UPPER;
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
    struct assay_method method = COMPARE_Z_UPPER;
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
    struct assay_comparison out = compare_summaries(strong, strong, &COMPARE_Z_UPPER);
    ck_assert_int_eq(out.relative.fieller_kind, ASSAY_FIELLER_BOUNDED);
    ck_assert_uint_eq(out.flags, 0);
    out = compare_summaries(weak, strong, &COMPARE_Z_UPPER);
    ck_assert_int_eq(out.relative.fieller_kind, ASSAY_FIELLER_COMPLEMENT);
    ck_assert_uint_eq(out.flags, ASSAY_FLAG_FIELLER_UNBOUNDED);
    ck_assert_double_lt(out.relative.fieller_lower, out.relative.fieller_upper);
    out = compare_summaries(weak, weak, &COMPARE_Z_UPPER);
    ck_assert_int_eq(out.relative.fieller_kind, ASSAY_FIELLER_LINE);
    ck_assert_uint_eq(out.flags, ASSAY_FLAG_FIELLER_UNBOUNDED);
    ck_assert(isnan(out.relative.fieller_lower) && isnan(out.relative.fieller_upper));
    /* A compared group of exactly 0: nothing lies between two equal roots. */
    out = compare_summaries(weak, (struct assay_summary){100, 0.0, 0.0, NAN}, &COMPARE_Z_UPPER);
    ck_assert_int_eq(out.relative.fieller_kind, ASSAY_FIELLER_LINE);
    ck_assert(isnan(out.relative.fieller_lower) && isnan(out.relative.fieller_upper));
}
END_TEST

START_TEST(estimates_of_two_signs_have_no_log_interval)
{
    struct assay_comparison out =
        compare_summaries((struct assay_summary){100, -5.0, 1.0, NAN},
                          (struct assay_summary){100, 5.0, 1.0, NAN}, &COMPARE_Z_UPPER);
    ck_assert_uint_eq(out.flags, ASSAY_FLAG_LOG_UNDEFINED);
    ck_assert(isnan(out.relative.log_lower));
    ck_assert_double_eq(out.relative.estimate, -2.0);
}
END_TEST

START_TEST(a_figure_beyond_double_is_absent_and_flagged)
{
    struct assay_comparison out =
        compare_summaries((struct assay_summary){9, -1.5e308, 1.0, NAN},
                          (struct assay_summary){9, 1.5e308, 1.0, NAN}, &COMPARE_Z_UPPER);
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
        compare_summaries(baseline, (struct assay_summary){2, q, 1.0, NAN}, &COMPARE_Z_UPPER);
    ck_assert_double_eq(out.difference.statistic, out.difference.critical);
    ck_assert_double_eq(out.difference.lower, 0.0);
    ck_assert(!out.difference.significant);
    out = compare_summaries(baseline, (struct assay_summary){2, nextafter(q, 9.0), 1.0, NAN},
                            &COMPARE_Z_UPPER);
    ck_assert(out.difference.significant);
    ck_assert_double_gt(out.difference.lower, 0.0);
}
END_TEST

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
        struct assay_summary c = compare_draw_summary(&state), t = compare_draw_summary(&state);
        struct assay_method method = compare_draw_method(&state);
        struct assay_comparison out = compare_summaries(c, t, &method);
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
        struct assay_summary c = compare_draw_summary(&state), t = compare_draw_summary(&state);
        struct assay_method method = compare_draw_method(&state), other = method;
        if (method.side != ASSAY_SIDE_BOTH)
            other.side = method.side == ASSAY_SIDE_UPPER ? ASSAY_SIDE_LOWER : ASSAY_SIDE_UPPER;
        struct assay_comparison one = compare_summaries(c, t, &method),
                                two = compare_summaries(t, c, &other);
        ck_assert_double_eq(one.difference.estimate, -two.difference.estimate);
        ck_assert_double_eq(one.difference.lower, -two.difference.upper);
        ck_assert_double_eq(one.difference.p, two.difference.p);
        assert_close(one.tail_error.lower, two.tail_error.upper, 1e-14);
        c.mean = -c.mean, t.mean = -t.mean; /* a negative baseline keeps relative bounds in order */
        c.skewness = -c.skewness, t.skewness = -t.skewness;
        two = compare_summaries(c, t, &other);
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
        expect_domain(&bad[i], &fine, &COMPARE_Z_UPPER);
        expect_domain(&fine, &bad[i], &COMPARE_Z_UPPER);
    }
    const double alphas[] = {-0x1p-1074, 1.0, -0.1, NAN, 0.5};
    for (size_t i = 0; i < sizeof alphas / sizeof *alphas; i++) {
        struct assay_method method = COMPARE_Z_UPPER;
        method.alpha = alphas[i];
        expect_domain(&fine, &fine, &method);
    }
    struct assay_method method = COMPARE_Z_UPPER;
    method.null_difference = INFINITY;
    expect_domain(&fine, &fine, &method);
    method = COMPARE_Z_UPPER, method.type = ASSAY_METRIC_RATIO;
    expect_domain(&fine, &fine, &method);
    method = COMPARE_Z_UPPER, method.type = ASSAY_METRIC_QUANTILE;
    expect_domain(&fine, &fine, &method);
    method = COMPARE_Z_UPPER, method.type = ASSAY_METRIC_PROPORTION;
    expect_domain(&fine, &(struct assay_summary){9, 1.5, 0.0, NAN}, &method);
}
END_TEST

START_TEST(groups_must_fit_together)
{
    const double values[] = {1, 2, 3, 4};
    struct assay_moments *plain = compare_moments((struct assay_moments_shape){0, 0}, values, 4);
    struct assay_moments *pairs = compare_moments((struct assay_moments_shape){0, 1}, values, 2);
    const struct assay_moments *mixed[2] = {plain, pairs}, *same[2] = {plain, plain};
    struct assay_comparison out;
    struct assay_method ratio = COMPARE_Z_UPPER;
    ratio.type = ASSAY_METRIC_RATIO;
    ck_assert_int_eq(assay_moments_compare(mixed, 2, 0, 1, &COMPARE_Z_UPPER, &out, NULL),
                     ASSAY_ERROR_DOMAIN);
    ck_assert_int_eq(assay_moments_compare(same, 2, 0, 2, &COMPARE_Z_UPPER, &out, NULL),
                     ASSAY_ERROR_DOMAIN);
    ck_assert_int_eq(assay_moments_compare(same, 2, 2, 0, &COMPARE_Z_UPPER, &out, NULL),
                     ASSAY_ERROR_DOMAIN);
    ck_assert_int_eq(assay_moments_compare(same, 1, 0, 0, &COMPARE_Z_UPPER, &out, NULL),
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
    tcase_add_test(cases, arguments_outside_the_domain_are_refused);
    tcase_add_test(cases, groups_must_fit_together);
}

int main(void)
{
    return test_main("compare", add);
}
