/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Values that are whole combinations of their covariates: slopes and means are rounded to 320 bits,
 * and none of that may show where the exact answer is 0.
 */
#include "oracle.h"

enum { COVARIATES = 4, UNITS_MAX = 16 };

static const struct assay_method METHOD = {
    .type = ASSAY_METRIC_MEAN, .test = ASSAY_TEST_T, .side = ASSAY_SIDE_BOTH, .alpha = 0.05};

/* Two groups of rows {y, x...}. */
struct data {
    uint32_t covariates;
    size_t count[2];
    double rows[2][UNITS_MAX][1 + COVARIATES];
};

static double slope_of(uint32_t covariate)
{
    return (double)covariate * 2.0 - 3.0; /* -3, -1, 1, 3 */
}

/* Covariates in eighths, 7 to 15 units a group. */
static struct data draw(uint32_t covariates, uint64_t *state)
{
    struct data data = {.covariates = covariates};
    for (int g = 0; g < 2; g++) {
        data.count[g] = 7 + oracle_random(state) % 9;
        for (size_t i = 0; i < data.count[g]; i++)
            for (uint32_t k = 0; k < covariates; k++)
                data.rows[g][i][1 + k] = (double)(oracle_random(state) % 1000) / 8.0;
    }
    return data;
}

static void fill_values(struct data *data)
{
    for (int g = 0; g < 2; g++)
        for (size_t i = 0; i < data->count[g]; i++) {
            data->rows[g][i][0] = 0.0;
            for (uint32_t k = 0; k < data->covariates; k++)
                data->rows[g][i][0] += slope_of(k) * data->rows[g][i][1 + k];
        }
}

static struct assay_comparison compare(const struct data *data, enum assay_reduction reduction)
{
    struct assay_moments *groups[2];
    struct assay_method method = METHOD;
    struct assay_comparison out;
    struct assay_error err;
    method.reduction = reduction;
    for (int g = 0; g < 2; g++) {
        assert_ok(
            assay_moments_new((struct assay_moments_shape){0, data->covariates}, &groups[g], &err),
            &err);
        for (size_t i = 0; i < data->count[g]; i++)
            assert_ok(assay_moments_add(groups[g], data->rows[g][i], &err), &err);
    }
    const struct assay_moments *view[2] = {groups[0], groups[1]};
    assert_ok(assay_moments_compare(view, 2, 0, 1, &method, &out, &err), &err);
    assay_moments_free(groups[0]);
    assay_moments_free(groups[1]);
    return out;
}

START_TEST(equal_combinations_of_covariates_differ_by_exactly_0)
{
    uint64_t state = 2026; /* the seed */
    for (int round = 0; round < 50; round++)
        for (uint32_t covariates = 1; covariates <= COVARIATES; covariates++) {
            struct data data = draw(covariates, &state);
            fill_values(&data);
            for (int method = ASSAY_REDUCTION_FULL; method <= ASSAY_REDUCTION_POOLED; method++) {
                struct assay_comparison out = compare(&data, (enum assay_reduction)method);
                ck_assert_double_eq(out.difference.estimate, 0.0);
                ck_assert_double_eq(out.difference.standard_error, 0.0);
                ck_assert_double_eq(out.reduction.remaining, 0.0);
                ck_assert_double_eq(out.baseline.estimate, out.compared.estimate);
                ck_assert_uint_eq(out.reduction.dropped, 0);
            }
        }
}
END_TEST

/* The combination is 0 at the covariates' overall means, so both adjusted values are. */
START_TEST(a_combination_that_is_0_at_the_means_is_exactly_0)
{
    uint64_t state = 1126; /* the seed */
    for (int round = 0; round < 50; round++) {
        struct data data = draw(3, &state);
        double total = 0.0;
        for (int g = 0; g < 2; g++)
            for (size_t i = 0; i < data.count[g]; i++)
                for (uint32_t k = 0; k < 3; k++)
                    total += slope_of(k) * data.rows[g][i][1 + k];
        data.rows[1][0][3] -= total / slope_of(2);
        fill_values(&data);
        for (int method = ASSAY_REDUCTION_FULL; method <= ASSAY_REDUCTION_POOLED; method++) {
            struct assay_comparison out = compare(&data, (enum assay_reduction)method);
            ck_assert_double_eq(out.baseline.estimate, 0.0);
            ck_assert_double_eq(out.compared.estimate, 0.0);
            ck_assert_double_eq(out.difference.estimate, 0.0);
            ck_assert(isnan(out.relative.estimate));
        }
    }
}
END_TEST

static void add_cases(TCase *c)
{
    tcase_add_test(c, equal_combinations_of_covariates_differ_by_exactly_0);
    tcase_add_test(c, a_combination_that_is_0_at_the_means_is_exactly_0);
}

int main(void)
{
    return test_main("reduce_rounding", add_cases);
}
