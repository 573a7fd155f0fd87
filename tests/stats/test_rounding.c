/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A caller's rounding mode moves p by a few units in the last place, and nothing else. */
#include "test.h"

#include <fenv.h>

static const int MODES[] = {FE_TONEAREST, FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO};
enum { MODE_COUNT = sizeof MODES / sizeof *MODES };

/* Distributions add some ten rounded terms. */
static const double TOLERANCE = 1e-14;

static double mean_of(int i)
{
    return 1e8 + (double)i / 7.0;
}

static struct assay_comparison compare(int i, int mode)
{
    const struct assay_summary c = {(uint64_t)(50 + 13 * i), mean_of(0), 3.7, NAN};
    const struct assay_summary t = {(uint64_t)(30 + 7 * i), mean_of(i), 2.9, NAN};
    struct assay_method method = {
        .test = ASSAY_TEST_T, .side = (enum assay_side)(i % 3), .alpha = 0.05};
    struct assay_comparison out;
    ck_assert_int_eq(fesetround(mode), 0);
    enum assay_status status = assay_summaries_compare(&c, &t, &method, &out, NULL);
    fesetround(FE_TONEAREST);
    ck_assert_int_eq(status, ASSAY_OK);
    return out;
}

START_TEST(comparisons_do_not_depend_on_the_rounding_mode)
{
    for (int i = 1; i < 12; i++) {
        struct assay_comparison want = compare(i, FE_TONEAREST);
        for (int m = 0; m < MODE_COUNT; m++) {
            struct assay_comparison got = compare(i, MODES[m]);
            ck_assert_double_eq(got.difference.estimate, want.difference.estimate);
            ck_assert_double_eq(got.difference.standard_error, want.difference.standard_error);
            ck_assert_double_eq(got.difference.df, want.difference.df);
            ck_assert_double_eq(got.difference.statistic, want.difference.statistic);
            assert_close(got.difference.critical, want.difference.critical, TOLERANCE);
            assert_close(got.difference.p, want.difference.p, TOLERANCE);
            assert_close(got.difference.log10_p, want.difference.log10_p, TOLERANCE);
            assert_close(got.relative.fieller_lower, want.relative.fieller_lower, TOLERANCE);
            assert_close(got.relative.log_upper, want.relative.log_upper, TOLERANCE);
        }
    }
}
END_TEST

START_TEST(sizes_do_not_depend_on_the_rounding_mode)
{
    for (int test = 0; test < 2; test++) {
        struct assay_size_design design = {.type = ASSAY_METRIC_PROPORTION,
                                           .test = (enum assay_test_kind)test,
                                           .side = ASSAY_SIDE_BOTH,
                                           .alpha = 0.05,
                                           .power = 0.8,
                                           .baseline_weight = 0.1,
                                           .compared_weight = 0.3,
                                           .baseline_mean = 0.3,
                                           .effect = 0.02,
                                           .variance_factor = 0.7};
        struct assay_size_result want, got;
        ck_assert_int_eq(assay_size_required(&design, &want, NULL), ASSAY_OK);
        for (int m = 0; m < MODE_COUNT; m++) {
            ck_assert_int_eq(fesetround(MODES[m]), 0);
            enum assay_status status = assay_size_required(&design, &got, NULL);
            fesetround(FE_TONEAREST);
            ck_assert_int_eq(status, ASSAY_OK);
            ck_assert_double_eq(got.baseline, want.baseline);
            ck_assert_double_eq(got.compared, want.compared);
            assert_close(got.power, want.power, TOLERANCE);
        }
    }
}
END_TEST

START_TEST(srm_does_not_depend_on_the_rounding_mode)
{
    const uint64_t counts[] = {1234567, 123999, 1};
    const double weights[] = {0.001, 0.0001, 1e-9};
    for (int method = 0; method < 2; method++) {
        struct assay_srm_design design = {
            .method = (enum assay_srm_method)method, .alpha = 0.001, .concentration = 10000.0};
        struct assay_srm_group groups[3];
        struct assay_srm want, got;
        ck_assert_int_eq(assay_srm_test(counts, weights, 3, &design, groups, &want, NULL),
                         ASSAY_OK);
        for (int m = 0; m < MODE_COUNT; m++) {
            ck_assert_int_eq(fesetround(MODES[m]), 0);
            enum assay_status status =
                assay_srm_test(counts, weights, 3, &design, groups, &got, NULL);
            fesetround(FE_TONEAREST);
            ck_assert_int_eq(status, ASSAY_OK);
            ck_assert_double_eq(got.statistic, want.statistic);
            assert_close(got.log10_p, want.log10_p, TOLERANCE);
            assert_close(got.p, want.p, TOLERANCE);
        }
    }
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, comparisons_do_not_depend_on_the_rounding_mode);
    tcase_add_test(cases, sizes_do_not_depend_on_the_rounding_mode);
    tcase_add_test(cases, srm_does_not_depend_on_the_rounding_mode);
}

int main(void)
{
    return test_main("rounding", add);
}
