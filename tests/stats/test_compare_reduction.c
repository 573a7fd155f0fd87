/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Variance reduction where covariates fail: constant, collinear, perfect, too many for the units.
 * Figures of ordinary covariates are judged in test_compare_oracle.c and test_compare_r.c.
 */
#include "oracle.h"

#include <float.h>

enum { UNITS = 12, WIDTH = 4 };

static const struct assay_method FULL_T = {.type = ASSAY_METRIC_MEAN,
                                           .test = ASSAY_TEST_T,
                                           .side = ASSAY_SIDE_BOTH,
                                           .alpha = 0.05,
                                           .reduction = ASSAY_REDUCTION_FULL};

/* Up to three groups of rows {y, x...}. */
struct data {
    uint32_t covariates;
    size_t count[3];
    double rows[3][UNITS][WIDTH];
};

static double noise(uint64_t *state)
{
    return (double)(oracle_random(state) % 1000) / 8.0;
}

/* y = x0 + noise in every group; the other covariates are noise. */
static struct data draw(uint32_t covariates, size_t c, size_t t, uint64_t seed)
{
    struct data data = {.covariates = covariates, .count = {c, t, 0}};
    for (int g = 0; g < 3; g++)
        for (size_t i = 0; i < UNITS; i++) {
            double *row = data.rows[g][i];
            for (uint32_t k = 1; k < WIDTH; k++)
                row[k] = noise(&seed);
            row[0] = row[1] + 0.25 * noise(&seed) + 4.0 * g;
        }
    return data;
}

static struct assay_comparison compare(const struct data *data, const struct assay_method *method)
{
    struct assay_moments_shape shape = {0, data->covariates};
    struct assay_moments *groups[3];
    struct assay_comparison out;
    struct assay_error err;
    size_t count = data->count[2] > 0 ? 3 : 2;
    for (size_t g = 0; g < count; g++) {
        assert_ok(assay_moments_new(shape, &groups[g], &err), &err);
        for (size_t i = 0; i < data->count[g]; i++)
            assert_ok(assay_moments_add(groups[g], data->rows[g][i], &err), &err);
    }
    const struct assay_moments *view[3] = {groups[0], groups[1], count == 3 ? groups[2] : NULL};
    assert_ok(assay_moments_compare(view, count, 0, 1, method, &out, &err), &err);
    for (size_t g = 0; g < count; g++)
        assay_moments_free(groups[g]);
    return out;
}

static void expect_same_test(const struct assay_comparison *a, const struct assay_comparison *b)
{
    ck_assert_double_eq(a->difference.estimate, b->difference.estimate);
    ck_assert_double_eq(a->difference.standard_error, b->difference.standard_error);
    ck_assert_double_eq(a->difference.p, b->difference.p);
    ck_assert_double_eq(a->relative.fieller_lower, b->relative.fieller_lower);
    ck_assert_double_eq(a->reduction.rate, b->reduction.rate);
}

START_TEST(a_constant_covariate_is_dropped_and_changes_nothing)
{
    struct data with = draw(2, 9, 8, 1), without = with;
    for (int g = 0; g < 2; g++)
        for (int i = 0; i < UNITS; i++)
            with.rows[g][i][2] = 0.1;
    without.covariates = 1;
    struct assay_comparison one = compare(&with, &FULL_T), two = compare(&without, &FULL_T);
    ck_assert_uint_eq(one.reduction.dropped, 2);
    ck_assert_uint_eq(one.flags & ASSAY_FLAG_COVARIATE_DROPPED, ASSAY_FLAG_COVARIATE_DROPPED);
    ck_assert_uint_eq(two.flags & ASSAY_FLAG_COVARIATE_DROPPED, 0);
    ck_assert_double_eq(one.reduction.baseline_slopes[1], 0.0);
    expect_same_test(&one, &two);
}
END_TEST

START_TEST(a_covariate_constant_in_one_group_is_dropped_in_both)
{
    struct data with = draw(2, 9, 8, 2), without = with;
    for (int i = 0; i < UNITS; i++)
        with.rows[1][i][2] = 7.0;
    without.covariates = 1;
    struct assay_comparison one = compare(&with, &FULL_T), two = compare(&without, &FULL_T);
    ck_assert_uint_eq(one.reduction.dropped, 2);
    expect_same_test(&one, &two);
    struct assay_method pooled = FULL_T;
    pooled.reduction = ASSAY_REDUCTION_POOLED;
    ck_assert_uint_eq(compare(&with, &pooled).reduction.dropped, 0);
}
END_TEST

START_TEST(of_collinear_covariates_the_later_is_dropped)
{
    struct data data = draw(3, 9, 8, 3);
    for (int g = 0; g < 2; g++)
        for (int i = 0; i < UNITS; i++)
            data.rows[g][i][2] = 3.0 - 2.0 * data.rows[g][i][1];
    ck_assert_uint_eq(compare(&data, &FULL_T).reduction.dropped, 2);
    data.rows[1][0][2] += 0x1p-40; /* enough in one group, not in the other */
    ck_assert_uint_eq(compare(&data, &FULL_T).reduction.dropped, 2);
    data.rows[0][0][2] += 0x1p-40;
    ck_assert_uint_eq(compare(&data, &FULL_T).reduction.dropped, 0);
}
END_TEST

START_TEST(nothing_is_collinear_with_a_covariate_the_other_group_drops)
{
    struct data data = draw(2, 9, 8, 12), swapped = data, without = data;
    for (int i = 0; i < UNITS; i++) {
        data.rows[0][i][2] = 2.0 * data.rows[0][i][1] + 7.0;
        data.rows[1][i][1] = 5.0;
    }
    for (int g = 0; g < 2; g++)
        for (int i = 0; i < UNITS; i++)
            without.rows[g][i][1] = data.rows[g][i][2];
    without.covariates = 1;
    swapped.count[0] = data.count[1];
    swapped.count[1] = data.count[0];
    memcpy(swapped.rows[0], data.rows[1], sizeof data.rows[1]);
    memcpy(swapped.rows[1], data.rows[0], sizeof data.rows[0]);
    struct assay_comparison one = compare(&data, &FULL_T), two = compare(&without, &FULL_T);
    struct assay_comparison back = compare(&swapped, &FULL_T);
    ck_assert_uint_eq(one.reduction.dropped, 1);
    expect_same_test(&one, &two);
    ck_assert_uint_eq(back.reduction.dropped, 1);
    ck_assert_double_eq(back.difference.estimate, -one.difference.estimate);
    ck_assert_double_eq(back.difference.standard_error, one.difference.standard_error);
    ck_assert_double_eq(back.reduction.baseline_slopes[1], one.reduction.compared_slopes[1]);
}
END_TEST

START_TEST(when_every_covariate_is_dropped_nothing_is_reduced)
{
    struct data data = draw(1, 9, 8, 4);
    for (int g = 0; g < 2; g++)
        for (int i = 0; i < UNITS; i++)
            data.rows[g][i][1] = 5.0;
    struct assay_method plain = FULL_T;
    plain.reduction = ASSAY_REDUCTION_NONE;
    struct assay_comparison out = compare(&data, &FULL_T), raw = compare(&data, &plain);
    ck_assert_int_eq(out.reduction.method, ASSAY_REDUCTION_NONE);
    ck_assert_uint_eq(out.reduction.dropped, 1);
    ck_assert(isnan(out.reduction.rate));
    ck_assert_double_eq(out.difference.p, raw.difference.p);
}
END_TEST

START_TEST(too_few_units_for_the_covariates_leave_the_variance_as_it_is)
{
    struct assay_method plain = FULL_T;
    plain.reduction = ASSAY_REDUCTION_NONE;
    struct data data = draw(3, 9, 4, 5);
    struct assay_comparison out = compare(&data, &FULL_T), raw = compare(&data, &plain);
    ck_assert_uint_eq(out.flags & ASSAY_FLAG_REDUCTION_UNUSED, ASSAY_FLAG_REDUCTION_UNUSED);
    ck_assert_uint_eq(out.flags & ASSAY_FLAG_COVARIATE_DROPPED, 0);
    ck_assert_uint_eq(out.reduction.dropped, 0);
    ck_assert_int_eq(out.reduction.method, ASSAY_REDUCTION_NONE);
    ck_assert_double_eq(out.difference.p, raw.difference.p);
    data.count[1] = 2; /* fewer units than covariates: singular for want of units */
    out = compare(&data, &FULL_T);
    ck_assert_uint_eq(out.flags & (ASSAY_FLAG_REDUCTION_UNUSED | ASSAY_FLAG_COVARIATE_DROPPED),
                      ASSAY_FLAG_REDUCTION_UNUSED);
    data.count[1] = 5; /* one degree of freedom is left */
    out = compare(&data, &FULL_T);
    ck_assert_uint_eq(out.flags & ASSAY_FLAG_REDUCTION_UNUSED, 0);
    ck_assert_int_eq(out.reduction.method, ASSAY_REDUCTION_FULL);
    ck_assert_double_ge(out.difference.df, 1.0);
}
END_TEST

START_TEST(a_perfect_fit_of_one_slope_leaves_no_variance)
{
    struct data data = draw(2, 9, 8, 6);
    for (int g = 0; g < 2; g++)
        for (int i = 0; i < UNITS; i++)
            data.rows[g][i][0] = 0.3 * g + 3.0 * data.rows[g][i][1] - data.rows[g][i][2];
    struct assay_comparison out = compare(&data, &FULL_T);
    ck_assert_uint_eq(out.flags & ASSAY_FLAG_ZERO_VARIANCE, 0); /* 0.3 + y is rounded */
    for (int g = 0; g < 2; g++)
        for (int i = 0; i < UNITS; i++)
            data.rows[g][i][0] = 0.25 * g + 3.0 * data.rows[g][i][1] - data.rows[g][i][2];
    out = compare(&data, &FULL_T);
    ck_assert_uint_eq(out.flags & ASSAY_FLAG_ZERO_VARIANCE, ASSAY_FLAG_ZERO_VARIANCE);
    ck_assert_double_eq(out.difference.estimate, 0.25);
    ck_assert_double_eq(out.difference.standard_error, 0.0);
    ck_assert_double_eq(out.reduction.rate, 1.0);
    ck_assert(isnan(out.difference.p));
}
END_TEST

START_TEST(a_covariate_that_is_the_value_leaves_a_difference_of_exactly_0)
{
    /* Means of thirds are rounded to 320 bits; none of that may show. */
    for (int method = ASSAY_REDUCTION_FULL; method <= ASSAY_REDUCTION_POOLED; method++)
        for (uint64_t seed = 20; seed < 60; seed++) {
            struct data data = draw(1, 7, 11, seed);
            struct assay_method plan = FULL_T;
            plan.reduction = (enum assay_reduction)method;
            for (int g = 0; g < 2; g++)
                for (int i = 0; i < UNITS; i++)
                    data.rows[g][i][0] = data.rows[g][i][1] /= 3.0;
            struct assay_comparison out = compare(&data, &plan);
            ck_assert_double_eq(out.difference.estimate, 0.0);
            ck_assert_double_eq(out.difference.standard_error, 0.0);
            ck_assert_double_eq(out.relative.estimate, 0.0);
            ck_assert_double_eq(out.reduction.remaining, 0.0);
        }
}
END_TEST

START_TEST(a_common_slope_gives_a_constant_group_an_error)
{
    struct data data = draw(1, 9, 8, 13);
    struct assay_method pooled = FULL_T;
    pooled.reduction = ASSAY_REDUCTION_POOLED;
    double squares = 0.0, mean = 0.0, all_squares = 0.0, all_mean = 0.0;
    for (int i = 0; i < 9; i++) {
        data.rows[0][i][0] = 3.0;
        mean += data.rows[0][i][1] / 9.0;
    }
    for (int g = 0; g < 2; g++)
        for (int i = 0; i < 9 - g; i++)
            all_mean += data.rows[g][i][1] / 17.0;
    for (int i = 0; i < 9; i++)
        squares += (data.rows[0][i][1] - mean) * (data.rows[0][i][1] - mean);
    for (int g = 0; g < 2; g++)
        for (int i = 0; i < 9 - g; i++)
            all_squares += pow(data.rows[g][i][1] - all_mean, 2.0);
    struct assay_comparison out = compare(&data, &pooled);
    double slope = out.reduction.baseline_slopes[0];
    ck_assert_double_gt(slope, 0.1);
    /* The spread of its adjusted values, and the error of the covariate's mean over all units. */
    double error2 = squares / 8.0 / 9.0 + all_squares / 16.0 / 17.0;
    assert_close(out.baseline.standard_error, slope * sqrt(error2), 1e-14);
    ck_assert_double_eq(out.baseline.unadjusted_standard_error, 0.0);
    ck_assert_double_gt(out.difference.df, 8.0); /* more than the other group alone has */
}
END_TEST

START_TEST(groups_that_do_not_vary_take_no_slope_from_a_third)
{
    struct data data = draw(1, 9, 8, 14);
    data.count[2] = 10;
    for (int g = 0; g < 2; g++)
        for (int i = 0; i < UNITS; i++)
            data.rows[g][i][0] = 3.0 + g;
    for (int method = ASSAY_REDUCTION_FULL; method <= ASSAY_REDUCTION_POOLED; method++) {
        struct assay_method plan = FULL_T;
        plan.reduction = (enum assay_reduction)method;
        struct assay_comparison out = compare(&data, &plan);
        ck_assert_int_eq(out.reduction.method, ASSAY_REDUCTION_NONE);
        ck_assert_uint_eq(out.flags & ASSAY_FLAG_ZERO_VARIANCE, ASSAY_FLAG_ZERO_VARIANCE);
        ck_assert_double_eq(out.difference.estimate, 1.0);
        ck_assert_double_eq(out.baseline.estimate, 3.0);
    }
}
END_TEST

START_TEST(what_a_near_perfect_covariate_leaves_keeps_its_digits)
{
    struct data data = draw(1, 10, 12, 77);
    for (int g = 0; g < 2; g++)
        for (int i = 0; i < UNITS; i++)
            data.rows[g][i][0] = data.rows[g][i][1] + 1e-5 * data.rows[g][i][2];
    struct assay_comparison out = compare(&data, &FULL_T);
    double raw =
        hypot(out.baseline.unadjusted_standard_error, out.compared.unadjusted_standard_error);
    double share = out.difference.standard_error / raw;
    ck_assert_double_lt(out.reduction.remaining, 1e-9);
    assert_close(out.reduction.remaining, share * share, 4.0 * DBL_EPSILON);
    /* 1 - rate has lost six digits and more: the field is needed. */
    ck_assert_double_gt(fabs(1.0 - out.reduction.rate - out.reduction.remaining),
                        1e-10 * out.reduction.remaining);
    data.covariates = 0;
    struct assay_method none = FULL_T;
    none.reduction = ASSAY_REDUCTION_NONE;
    ck_assert(isnan(compare(&data, &none).reduction.remaining));
}
END_TEST

START_TEST(perfect_fits_of_two_slopes_leave_the_error_of_the_covariates_mean)
{
    struct data data = draw(1, 9, 8, 8);
    double mean = 0.0, squares = 0.0;
    for (int g = 0; g < 2; g++)
        for (size_t i = 0; i < data.count[g]; i++) {
            data.rows[g][i][0] = (2.0 + g) * data.rows[g][i][1];
            mean += data.rows[g][i][1] / 17.0;
        }
    for (int g = 0; g < 2; g++)
        for (size_t i = 0; i < data.count[g]; i++)
            squares += (data.rows[g][i][1] - mean) * (data.rows[g][i][1] - mean);
    struct assay_comparison out = compare(&data, &FULL_T);
    assert_close(out.difference.estimate, mean, 1e-14); /* (3 - 2) xbar */
    assert_close(out.difference.standard_error, sqrt(squares / 16.0 / 17.0), 1e-14);
    ck_assert(isnan(out.difference.df)); /* no residuals: normal */
    assert_close(out.difference.critical, assay_normal_quantile_upper(0.025), 0.0);
}
END_TEST

START_TEST(a_third_group_moves_the_covariates_mean)
{
    struct data two = draw(1, 9, 8, 9), three = two;
    three.count[2] = 10;
    for (int i = 0; i < UNITS; i++)
        three.rows[2][i][1] += 500.0;
    struct assay_comparison a = compare(&two, &FULL_T), b = compare(&three, &FULL_T);
    /* Own slopes are evaluated at xbar: a shift of xbar moves a_g by b_g times the shift. */
    double shift = (b.baseline.estimate - a.baseline.estimate) / a.reduction.baseline_slopes[0];
    double again = (b.compared.estimate - a.compared.estimate) / a.reduction.compared_slopes[0];
    ck_assert_double_gt(shift, 100.0);
    assert_close(shift, again, 5e-15);
    assert_close(a.reduction.baseline_slopes[0], b.reduction.baseline_slopes[0], 0.0);
}
END_TEST

START_TEST(fieller_and_test_agree_under_covariates)
{
    int excluded = 0;
    for (uint64_t seed = 100; seed < 400; seed++) {
        struct data data = draw(2, 7 + seed % 5, 6 + seed % 7, seed);
        struct assay_method method = FULL_T;
        method.reduction = seed % 2 == 0 ? ASSAY_REDUCTION_FULL : ASSAY_REDUCTION_POOLED;
        method.alpha = 0.3;
        struct assay_comparison out = compare(&data, &method);
        const struct assay_relative *relative = &out.relative;
        bool inside = relative->fieller_lower <= 0.0 && 0.0 <= relative->fieller_upper;
        if (relative->fieller_kind != ASSAY_FIELLER_BOUNDED)
            continue;
        ck_assert_int_eq(!inside, out.difference.significant);
        excluded += !inside;
    }
    ck_assert_int_gt(excluded, 30);
    ck_assert_int_lt(excluded, 270);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, a_constant_covariate_is_dropped_and_changes_nothing);
    tcase_add_test(cases, a_covariate_constant_in_one_group_is_dropped_in_both);
    tcase_add_test(cases, of_collinear_covariates_the_later_is_dropped);
    tcase_add_test(cases, nothing_is_collinear_with_a_covariate_the_other_group_drops);
    tcase_add_test(cases, when_every_covariate_is_dropped_nothing_is_reduced);
    tcase_add_test(cases, too_few_units_for_the_covariates_leave_the_variance_as_it_is);
    tcase_add_test(cases, a_perfect_fit_of_one_slope_leaves_no_variance);
    tcase_add_test(cases, a_covariate_that_is_the_value_leaves_a_difference_of_exactly_0);
    tcase_add_test(cases, a_common_slope_gives_a_constant_group_an_error);
    tcase_add_test(cases, groups_that_do_not_vary_take_no_slope_from_a_third);
    tcase_add_test(cases, what_a_near_perfect_covariate_leaves_keeps_its_digits);
    tcase_add_test(cases, perfect_fits_of_two_slopes_leave_the_error_of_the_covariates_mean);
    tcase_add_test(cases, a_third_group_moves_the_covariates_mean);
    tcase_add_test(cases, fieller_and_test_agree_under_covariates);
}

int main(void)
{
    return test_main("compare_reduction", add);
}
