/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Arguments that no function may take: every field of every design and method, one at a time, is
 * set to what lies outside its range. Each is refused with a sentence, and nothing is written.
 */
#include "test.h"

static const double NO_RATES[] = {NAN, -INFINITY, INFINITY, -0.05, 1.0, 1.5, 1e300};
static const int NO_ENUMERATORS[] = {-1, 4, 5, 77, INT32_MAX, INT32_MIN};
static const double NO_NUMBERS[] = {NAN, INFINITY, -INFINITY};
static const double NO_SIZES[] = {NAN, INFINITY, -INFINITY, -1.0, -1e-300};

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))

static void check_refused(enum assay_status got, struct assay_error *err, const char *what,
                          double value)
{
    ck_assert_msg(got == ASSAY_ERROR_DOMAIN && err->code == ASSAY_ERROR_DOMAIN &&
                      strlen(err->message) > 10,
                  "%s = %g gives status %d, '%s'", what, value, (int)got, err->message);
    memset(err, 0, sizeof *err);
}

/* ---- comparisons ------------------------------------------------------------------------------
 */

static const struct assay_method METHOD = {.side = ASSAY_SIDE_UPPER, .alpha = 0.05};

/* Both ways to compare refuse a method. */
static void refuse_method(const struct assay_method *method, const char *what, double value)
{
    const struct assay_summary a = {100, 0.5, 2.0, NAN}, b = {100, 0.75, 2.0, NAN};
    struct assay_moments *groups[2];
    struct assay_comparison out, untouched;
    struct assay_error err = {0};
    memset(&out, 0x5a, sizeof out);
    untouched = out;
    check_refused(assay_summaries_compare(&a, &b, method, &out, &err), &err, what, value);
    for (int g = 0; g < 2; g++) {
        assert_ok(assay_moments_new((struct assay_moments_shape){0}, &groups[g], &err), &err);
        for (double y = 0.0; y < 2.0; y += 1.0)
            assert_ok(assay_moments_add(groups[g], &y, &err), &err);
    }
    const struct assay_moments *const both[2] = {groups[0], groups[1]};
    check_refused(assay_moments_compare(both, 2, 0, 1, method, &out, &err), &err, what, value);
    ck_assert_mem_eq(&out, &untouched, sizeof out);
    assay_moments_free(groups[0]);
    assay_moments_free(groups[1]);
}

START_TEST(methods_of_comparison_out_of_range_are_refused)
{
    struct assay_method method;
    for (size_t i = 0; i < COUNT_OF(NO_RATES); i++) {
        method = METHOD, method.alpha = NO_RATES[i];
        refuse_method(&method, "alpha", NO_RATES[i]);
        method.side = ASSAY_SIDE_BOTH;
        refuse_method(&method, "two-sided alpha", NO_RATES[i]);
    }
    method = METHOD, method.alpha = 0.5;
    refuse_method(&method, "one-sided alpha", 0.5);
    for (size_t i = 0; i < COUNT_OF(NO_NUMBERS); i++) {
        method = METHOD, method.null_difference = NO_NUMBERS[i];
        refuse_method(&method, "null_difference", NO_NUMBERS[i]);
    }
    for (size_t i = 0; i < COUNT_OF(NO_ENUMERATORS); i++) {
        int number = NO_ENUMERATORS[i];
        method = METHOD, method.type = (enum assay_metric_type)number;
        refuse_method(&method, "type", number);
        method = METHOD, method.test = (enum assay_test_kind)number;
        refuse_method(&method, "test", number);
        method = METHOD, method.side = (enum assay_side)number;
        refuse_method(&method, "side", number);
        method = METHOD, method.skewness = (enum assay_skewness_correction)number;
        refuse_method(&method, "skewness", number);
    }
    method = METHOD, method.type = ASSAY_METRIC_QUANTILE;
    refuse_method(&method, "type", method.type);
    method.type = ASSAY_METRIC_RATIO; /* without denominators */
    refuse_method(&method, "type", method.type);
    method = METHOD, method.test = (enum assay_test_kind)(ASSAY_TEST_T + 1);
    refuse_method(&method, "test", method.test);
    method = METHOD, method.side = (enum assay_side)(ASSAY_SIDE_BOTH + 1);
    refuse_method(&method, "side", method.side);
}
END_TEST

/* Summaries do not look at the reduction; moments do. */
START_TEST(groups_that_cannot_be_compared_are_refused)
{
    struct assay_moments *group;
    struct assay_comparison out;
    struct assay_error err = {0};
    struct assay_method method = METHOD;
    assert_ok(assay_moments_new((struct assay_moments_shape){0}, &group, &err), &err);
    const struct assay_moments *const both[2] = {group, group};
    method.reduction = (enum assay_reduction)(ASSAY_REDUCTION_POOLED + 1);
    check_refused(assay_moments_compare(both, 2, 0, 1, &method, &out, &err), &err, "reduction", 3);
    const size_t counts[] = {0, 1, 1001, SIZE_MAX};
    for (size_t i = 0; i < COUNT_OF(counts); i++)
        check_refused(assay_moments_compare(both, counts[i], 0, 1, &METHOD, &out, &err), &err,
                      "group_count", (double)counts[i]);
    check_refused(assay_moments_compare(both, 2, 2, 1, &METHOD, &out, &err), &err, "baseline", 2);
    check_refused(assay_moments_compare(both, 2, 0, SIZE_MAX, &METHOD, &out, &err), &err,
                  "compared", (double)SIZE_MAX);
    assay_moments_free(group);
}
END_TEST

START_TEST(summaries_out_of_range_are_refused)
{
    const struct assay_summary fine = {10, 0.5, 1.0, NAN};
    struct assay_method share = METHOD;
    struct assay_comparison out;
    struct assay_error err = {0};
    share.type = ASSAY_METRIC_PROPORTION;
    for (size_t i = 0; i < COUNT_OF(NO_NUMBERS); i++) {
        const struct assay_summary bad = {10, NO_NUMBERS[i], 1.0, NAN};
        check_refused(assay_summaries_compare(&bad, &fine, &METHOD, &out, &err), &err, "mean",
                      bad.mean);
        check_refused(assay_summaries_compare(&fine, &bad, &share, &out, &err), &err, "share",
                      bad.mean);
    }
    for (size_t i = 0; i < COUNT_OF(NO_SIZES); i++) {
        const struct assay_summary bad = {10, 0.5, NO_SIZES[i], NAN};
        check_refused(assay_summaries_compare(&fine, &bad, &METHOD, &out, &err), &err, "variance",
                      bad.variance);
    }
    const double no_shares[] = {-1e-300, -3.0, 1.0 + 1e-15, 2.0};
    for (size_t i = 0; i < COUNT_OF(no_shares); i++) {
        const struct assay_summary bad = {10, no_shares[i], 0.0, NAN};
        check_refused(assay_summaries_compare(&bad, &fine, &share, &out, &err), &err, "share",
                      bad.mean);
    }
}
END_TEST

/* A proportion of these values, without covariates, with one, and with a third group. */
static enum assay_status compare_shares(const double *values, size_t count, uint32_t covariates,
                                        struct assay_comparison *out, struct assay_error *err)
{
    struct assay_moments *group;
    struct assay_method method = METHOD;
    method.type = ASSAY_METRIC_PROPORTION;
    method.reduction = ASSAY_REDUCTION_FULL;
    assert_ok(assay_moments_new((struct assay_moments_shape){0, covariates}, &group, err), err);
    for (size_t i = 0; i < count; i++) {
        const double vector[2] = {values[i], (double)(i * i)};
        assert_ok(assay_moments_add(group, vector, err), err);
    }
    const struct assay_moments *const groups[3] = {group, group, group};
    enum assay_status status = assay_moments_compare(groups, 3, 0, 1, &method, out, err);
    assay_moments_free(group);
    return status;
}

START_TEST(proportions_of_other_values_than_0_and_1_are_refused)
{
    static const double WRONG[][4] = {{5.0, 6.0, 7.0, 8.0},  {-1.0, -1.0, -1.0, 0.0},
                                      {0.5, 0.5, 0.5, 0.5},  {0.0, 1.0, 1.0, 0.9999999999},
                                      {2.0, 0.0, 0.0, 0.0},  {0.0, 1.0, 0.0, 1e-60},
                                      {1e300, 1.0, 1.0, 0.0}};
    static const double RIGHT[][4] = {{0, 0, 0, 0}, {1, 1, 1, 1}, {0, 1, 1, 0}, {1, 1, 0, 1}};
    struct assay_comparison out;
    struct assay_error err = {0};
    for (uint32_t covariates = 0; covariates <= 1; covariates++) {
        for (size_t i = 0; i < COUNT_OF(WRONG); i++)
            check_refused(compare_shares(WRONG[i], 4, covariates, &out, &err), &err, "values",
                          (double)i);
        check_refused(compare_shares(WRONG[2], 1, covariates, &out, &err), &err, "one value", 0.5);
        for (size_t i = 0; i < COUNT_OF(RIGHT); i++)
            assert_ok(compare_shares(RIGHT[i], 4, covariates, &out, &err), &err);
    }
}
END_TEST

/* ---- sample sizes -----------------------------------------------------------------------------
 */

static const struct assay_size_design DESIGN = {.side = ASSAY_SIDE_UPPER,
                                                .alpha = 0.05,
                                                .power = 0.8,
                                                .baseline_weight = 1.0,
                                                .compared_weight = 1.0,
                                                .baseline_mean = 0.3,
                                                .baseline_variance = 2.0,
                                                .compared_variance = 2.0,
                                                .effect = 0.1,
                                                .variance_factor = 1.0};

/* All three questions refuse a design; those that are not asked about power not for its sake. */
static void refuse_design(const struct assay_size_design *design, bool is_power, const char *what,
                          double value)
{
    struct assay_size_result result;
    double figure = 7.0;
    struct assay_error err = {0};
    check_refused(assay_size_required(design, &result, &err), &err, what, value);
    check_refused(assay_size_effect(design, 50, 50, &figure, &err), &err, what, value);
    if (is_power)
        assert_ok(assay_size_power(design, 50, 50, &(double){0}, &err), &err);
    else
        check_refused(assay_size_power(design, 50, 50, &figure, &err), &err, what, value);
    ck_assert_double_eq(figure, 7.0);
}

/* Sets a field of the design to each of the values and expects refusals. */
static void refuse_values(size_t offset, const double *values, size_t count, const char *what)
{
    for (size_t i = 0; i < count; i++)
        for (int test = ASSAY_TEST_Z; test <= ASSAY_TEST_T; test++) {
            struct assay_size_design design = DESIGN;
            design.test = (enum assay_test_kind)test;
            memcpy((char *)&design + offset, &values[i], sizeof values[i]);
            refuse_design(&design, false, what, values[i]);
        }
}

#define REFUSE(field, values)                                                                      \
    refuse_values(offsetof(struct assay_size_design, field), values, COUNT_OF(values), #field)

START_TEST(designs_of_sample_sizes_out_of_range_are_refused)
{
    static const double NO_WEIGHTS[] = {NAN, INFINITY, -INFINITY, -1.0, 0.0};
    struct assay_size_design design;
    REFUSE(alpha, NO_RATES);
    REFUSE(baseline_weight, NO_WEIGHTS);
    REFUSE(compared_weight, NO_WEIGHTS);
    REFUSE(baseline_variance, NO_SIZES);
    REFUSE(compared_variance, NO_SIZES);
    REFUSE(variance_factor, NO_SIZES);
    REFUSE(effect, NO_NUMBERS);
    REFUSE(null_difference, NO_NUMBERS);
    for (size_t i = 0; i < COUNT_OF(NO_RATES); i++) {
        design = DESIGN, design.power = NO_RATES[i];
        refuse_design(&design, true, "power", NO_RATES[i]);
        design = DESIGN, design.type = ASSAY_METRIC_PROPORTION, design.baseline_mean = NO_RATES[i];
        refuse_design(&design, false, "baseline share", NO_RATES[i]);
    }
    design = DESIGN, design.power = design.alpha;
    refuse_design(&design, true, "power of alpha", design.power);
    for (size_t i = 0; i < COUNT_OF(NO_ENUMERATORS); i++) {
        int number = NO_ENUMERATORS[i];
        design = DESIGN, design.type = (enum assay_metric_type)number;
        refuse_design(&design, false, "type", number);
        design = DESIGN, design.test = (enum assay_test_kind)number;
        refuse_design(&design, false, "test", number);
        design = DESIGN, design.side = (enum assay_side)number;
        refuse_design(&design, false, "side", number);
        design = DESIGN, design.type = ASSAY_METRIC_PROPORTION;
        design.method = (enum assay_size_method)number;
        refuse_design(&design, false, "method", number);
    }
    design = DESIGN, design.type = ASSAY_METRIC_QUANTILE;
    refuse_design(&design, false, "type", design.type);
    design = DESIGN, design.test = (enum assay_test_kind)(ASSAY_TEST_T + 1);
    refuse_design(&design, false, "test", design.test);
    design = DESIGN, design.method = ASSAY_SIZE_POOLED; /* of a mean */
    refuse_design(&design, false, "method", design.method);
}
END_TEST

START_TEST(group_sizes_out_of_range_are_refused)
{
    static const double NO_UNITS[] = {NAN, INFINITY, -INFINITY, -5.0, 0.0, 1.999, 0x1.0000001p53};
    struct assay_error err = {0};
    double figure;
    for (size_t i = 0; i < COUNT_OF(NO_UNITS); i++) {
        double n = NO_UNITS[i];
        check_refused(assay_size_power(&DESIGN, n, 50, &figure, &err), &err, "n_baseline", n);
        check_refused(assay_size_power(&DESIGN, 50, n, &figure, &err), &err, "n_compared", n);
        check_refused(assay_size_effect(&DESIGN, n, 50, &figure, &err), &err, "n_baseline", n);
        check_refused(assay_size_effect(&DESIGN, 50, n, &figure, &err), &err, "n_compared", n);
    }
}
END_TEST

/* ---- the rest ---------------------------------------------------------------------------------
 */

static void refuse_srm(const struct assay_srm_design *design, const double *weights, size_t count,
                       const char *what, double value)
{
    static const uint64_t COUNTS[] = {100, 120};
    struct assay_srm_group groups[2];
    struct assay_srm out;
    struct assay_error err = {0};
    check_refused(assay_srm_test(COUNTS, weights, count, design, groups, &out, &err), &err, what,
                  value);
}

START_TEST(designs_of_ratio_tests_out_of_range_are_refused)
{
    static const double EVEN[] = {1.0, 1.0}, NONE[] = {0.0, 0.0};
    const struct assay_srm_design fine = {
        .method = ASSAY_SRM_SEQUENTIAL, .alpha = 0.001, .concentration = 10000.0};
    struct assay_srm_design design;
    for (size_t i = 0; i < COUNT_OF(NO_RATES); i++) {
        design = fine, design.alpha = NO_RATES[i];
        refuse_srm(&design, EVEN, 2, "alpha", NO_RATES[i]);
    }
    for (size_t i = 0; i < COUNT_OF(NO_SIZES); i++) {
        const double weights[] = {1.0, NO_SIZES[i]};
        design = fine, design.tolerance = NO_SIZES[i];
        refuse_srm(&design, EVEN, 2, "tolerance", NO_SIZES[i]);
        design = fine, design.concentration = NO_SIZES[i];
        refuse_srm(&design, EVEN, 2, "concentration", NO_SIZES[i]);
        refuse_srm(&fine, weights, 2, "weight", NO_SIZES[i]);
    }
    for (size_t i = 0; i < COUNT_OF(NO_ENUMERATORS); i++) {
        design = fine, design.method = (enum assay_srm_method)NO_ENUMERATORS[i];
        refuse_srm(&design, EVEN, 2, "method", NO_ENUMERATORS[i]);
    }
    design = fine, design.method = (enum assay_srm_method)(ASSAY_SRM_SEQUENTIAL + 1);
    refuse_srm(&design, EVEN, 2, "method", design.method);
    refuse_srm(&fine, NONE, 2, "weights", 0.0);
    refuse_srm(&fine, EVEN, 0, "group_count", 0.0);
}
END_TEST

START_TEST(rates_out_of_range_have_no_share)
{
    for (size_t i = 0; i < COUNT_OF(NO_RATES); i++) {
        const struct assay_rates plan = {.alpha = NO_RATES[i],
                                         .power = NO_RATES[i],
                                         .deterioration_alpha = NO_RATES[i],
                                         .success_count = 1,
                                         .margin_count = 1,
                                         .comparison_count = 1,
                                         .monitored_count = 1};
        ck_assert(isnan(assay_rates_success(&plan, 0)));
        ck_assert(isnan(assay_rates_guardrail(&plan, 0)));
        ck_assert(isnan(assay_rates_deterioration(&plan, 0)));
        ck_assert(isnan(assay_rates_power(&plan)));
        ck_assert(isnan(assay_rates_beta(&plan)));
    }
    for (size_t i = 0; i < COUNT_OF(NO_ENUMERATORS); i++) {
        enum assay_adjustment method = (enum assay_adjustment)NO_ENUMERATORS[i];
        double p = 0.5, log10_p = -0.3;
        struct assay_error err = {0};
        check_refused(assay_p_adjust(method, &p, &log10_p, 1, &p, &log10_p, &err), &err, "method",
                      NO_ENUMERATORS[i]);
        check_refused(assay_log10_p_adjust(method, &log10_p, 1, &log10_p, &err), &err, "method",
                      NO_ENUMERATORS[i]);
        ck_assert_str_eq(assay_adjustment_name(method), "unknown");
    }
}
END_TEST

START_TEST(moments_out_of_range_are_refused)
{
    static const struct assay_moments_shape NO_SHAPES[] = {
        {2, 0}, {UINT32_MAX, 0}, {0, ASSAY_COVARIATES_MAX + 1}, {1, UINT32_MAX}};
    struct assay_moments *moments, *wider;
    struct assay_error err = {0};
    struct assay_anova table;
    for (size_t i = 0; i < COUNT_OF(NO_SHAPES); i++)
        check_refused(assay_moments_new(NO_SHAPES[i], &moments, &err), &err, "shape", (double)i);
    assert_ok(assay_moments_new((struct assay_moments_shape){0}, &moments, &err), &err);
    assert_ok(assay_moments_new((struct assay_moments_shape){0, 1}, &wider, &err), &err);
    for (size_t i = 0; i < COUNT_OF(NO_NUMBERS); i++)
        check_refused(assay_moments_add(moments, &NO_NUMBERS[i], &err), &err, "value",
                      NO_NUMBERS[i]);
    check_refused(assay_moments_merge(moments, wider, &err), &err, "shape", 1);
    ck_assert_uint_eq(assay_moments_count(moments), 0);
    const struct assay_moments *const both[2] = {moments, moments};
    for (size_t count = 0; count <= 2; count++)
        check_refused(assay_anova_test(both, count, &table, &err), &err, "groups", (double)count);
    ck_assert(isnan(assay_moments_mean(moments, 1)) && isnan(assay_moments_variance(moments, 77)));
    ck_assert(isnan(assay_moments_covariance(moments, 0, UINT32_MAX)));
    assay_moments_free(moments);
    assay_moments_free(wider);
}
END_TEST

START_TEST(distributions_are_nan_outside_their_domain)
{
    static const double NO_DF[] = {NAN, -INFINITY, -1.0, 0.0, 0.5};
    static const double NO_TAILS[] = {NAN, -INFINITY, INFINITY, -0.1, 0.0, 1.0, 1.1};
    double (*const quantiles[])(double, double) = {assay_t_quantile_lower, assay_t_quantile_upper,
                                                   assay_chi2_quantile_lower,
                                                   assay_chi2_quantile_upper};
    double (*const tails[])(double, double) = {
        assay_t_lower,     assay_t_upper,        assay_t_log_lower,
        assay_t_log_upper, assay_t_density,      assay_chi2_lower,
        assay_chi2_upper,  assay_chi2_log_lower, assay_chi2_log_upper};
    double (*const tails_f[])(double, double, double) = {assay_f_lower, assay_f_upper,
                                                         assay_f_log_lower, assay_f_log_upper};
    for (size_t i = 0; i < COUNT_OF(NO_DF); i++) {
        double df = NO_DF[i];
        for (size_t k = 0; k < COUNT_OF(tails); k++)
            ck_assert_msg(isnan(tails[k](1.5, df)), "tail %zu, df %g", k, df);
        for (size_t k = 0; k < COUNT_OF(quantiles); k++)
            ck_assert_msg(isnan(quantiles[k](0.3, df)), "quantile %zu, df %g", k, df);
        for (size_t k = 0; k < COUNT_OF(tails_f); k++)
            ck_assert_msg(isnan(tails_f[k](1.5, df, 3.0)) && isnan(tails_f[k](1.5, 3.0, df)),
                          "F %zu, df %g", k, df);
        ck_assert(isnan(assay_f_quantile_lower(0.3, df, 3.0)));
        ck_assert(isnan(assay_f_quantile_upper(0.3, 3.0, df)));
        ck_assert(isnan(assay_nct_lower(1.5, df, 1.0)) && isnan(assay_nct_upper(1.5, df, 1.0)));
    }
    for (size_t i = 0; i < COUNT_OF(NO_TAILS); i++) {
        for (size_t k = 0; k < COUNT_OF(quantiles); k++)
            ck_assert_msg(isnan(quantiles[k](NO_TAILS[i], 3.0)), "quantile %zu of %g", k,
                          NO_TAILS[i]);
        ck_assert(isnan(assay_normal_quantile_lower(NO_TAILS[i])));
        ck_assert(isnan(assay_normal_quantile_upper(NO_TAILS[i])));
        ck_assert(isnan(assay_f_quantile_lower(NO_TAILS[i], 3.0, 4.0)));
        ck_assert(isnan(assay_f_quantile_upper(NO_TAILS[i], 3.0, 4.0)));
    }
    for (size_t k = 0; k < COUNT_OF(tails); k++)
        ck_assert(isnan(tails[k](NAN, 3.0)));
    for (size_t k = 0; k < COUNT_OF(tails_f); k++)
        ck_assert(isnan(tails_f[k](NAN, 3.0, 4.0)) && isnan(tails_f[k](-1.0, 3.0, 4.0)));
    ck_assert(isnan(assay_chi2_lower(-1.0, 3.0)) && isnan(assay_chi2_upper(-1e-300, 3.0)));
    ck_assert(isnan(assay_normal_lower(NAN)) && isnan(assay_normal_quantile_log_upper(NAN)));
    ck_assert(isnan(assay_normal_quantile_log_upper(0.1)));
    ck_assert(isnan(assay_nct_upper(1.5, 3.0, 1.1e12)) && isnan(assay_nct_lower(1.5, 3.0, NAN)));
}
END_TEST

static void add(TCase *c)
{
    tcase_add_test(c, methods_of_comparison_out_of_range_are_refused);
    tcase_add_test(c, groups_that_cannot_be_compared_are_refused);
    tcase_add_test(c, summaries_out_of_range_are_refused);
    tcase_add_test(c, proportions_of_other_values_than_0_and_1_are_refused);
    tcase_add_test(c, designs_of_sample_sizes_out_of_range_are_refused);
    tcase_add_test(c, group_sizes_out_of_range_are_refused);
    tcase_add_test(c, designs_of_ratio_tests_out_of_range_are_refused);
    tcase_add_test(c, rates_out_of_range_have_no_share);
    tcase_add_test(c, moments_out_of_range_are_refused);
    tcase_add_test(c, distributions_are_nan_outside_their_domain);
}

int main(void)
{
    return test_main("arguments", add);
}
