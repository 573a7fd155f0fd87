/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Statistics of one sample from its exact sums. Each is a quotient of two exact numbers, or the
 * root of one, and is rounded once. The roundings leave NaN where memory has run out.
 */
#include <math.h>

#include "stats/moments_block.h"

typedef struct assay__exact exact;

/*
 * a = n sum x_i x_j - sum x_i sum x_j over the n vectors where both are present. The covariance is
 * a / (n (n - 1)).
 */
static uint64_t cross(const struct assay_moments *moments, uint32_t i, uint32_t j, exact *a)
{
    const uint32_t factors[2] = {i > j ? i : j, i > j ? j : i};
    uint32_t both = UINT32_C(1) << i | UINT32_C(1) << j;
    exact sum_i, sum_j;
    assay__exact_init(&sum_i);
    assay__exact_init(&sum_j);
    uint64_t n = assay__moments_total(moments, factors, 2, a);
    assay__moments_total_present(moments, both, &i, 1, &sum_i);
    assay__moments_total_present(moments, both, &j, 1, &sum_j);
    assay__exact_mul_u64(a, n);
    assay__exact_mul(&sum_i, &sum_j);
    assay__exact_sub(a, &sum_i);
    assay__exact_clear(&sum_i);
    assay__exact_clear(&sum_j);
    return n;
}

static bool has_variable(const struct assay_moments *moments, uint32_t variable)
{
    return variable < assay__shape_variables(moments->shape);
}

double assay_moments_mean(const struct assay_moments *moments, uint32_t variable)
{
    if (!has_variable(moments, variable))
        return NAN;
    exact sum, count;
    assay__exact_init(&sum);
    assay__exact_init(&count);
    uint64_t n = assay__moments_total(moments, &variable, 1, &sum);
    assay__exact_set_u64(&count, n);
    double mean = NAN;
    if (n > 0)
        assay__exact_quotient(&sum, &count, &mean);
    assay__exact_clear(&sum);
    assay__exact_clear(&count);
    return mean;
}

typedef bool (*rounding)(const exact *over, const exact *under, double *out);

/* The covariance of i and j, or its root; NaN for fewer than two vectors, and without memory. */
static double spread(const struct assay_moments *moments, uint32_t i, uint32_t j, rounding round)
{
    if (!has_variable(moments, i) || !has_variable(moments, j))
        return NAN;
    exact a, divisor;
    assay__exact_init(&a);
    assay__exact_init(&divisor);
    uint64_t n = cross(moments, i, j, &a);
    double result = NAN;
    if (n >= 2) {
        assay__exact_set_u64(&divisor, n);
        assay__exact_mul_u64(&divisor, n - 1);
        round(&a, &divisor, &result);
    }
    assay__exact_clear(&a);
    assay__exact_clear(&divisor);
    return result;
}

double assay_moments_variance(const struct assay_moments *moments, uint32_t variable)
{
    return spread(moments, variable, variable, assay__exact_quotient);
}

double assay_moments_deviation(const struct assay_moments *moments, uint32_t variable)
{
    return spread(moments, variable, variable, assay__exact_root);
}

double assay_moments_covariance(const struct assay_moments *moments, uint32_t i, uint32_t j)
{
    return spread(moments, i, j, assay__exact_quotient);
}

/*
 * With a = n sum y^2 - (sum y)^2 and b = n^2 sum y^3 - 3 n sum y sum y^2 + 2 (sum y)^3,
 * m2 = a / n^2, m3 = b / n^3 and g1 = m3 / m2^(3/2) = sign(b) sqrt(b^2 / a^3).
 */
double assay_moments_skewness(const struct assay_moments *moments)
{
    static const uint32_t yyy[3] = {0, 0, 0};
    exact a, b, sum, squares, term;
    exact *const numbers[] = {&a, &b, &sum, &squares, &term};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        assay__exact_init(numbers[i]);
    uint64_t n = assay__moments_total(moments, yyy, 3, &b);
    assay__moments_total(moments, yyy, 2, &squares);
    assay__moments_total(moments, yyy, 1, &sum);
    cross(moments, 0, 0, &a);
    assay__exact_mul_u64(&b, n);
    assay__exact_mul_u64(&b, n);
    assay__exact_set(&term, &sum); /* 3 n sum y sum y^2 */
    assay__exact_mul(&term, &squares);
    assay__exact_mul_u64(&term, n);
    assay__exact_mul_u64(&term, 3);
    assay__exact_sub(&b, &term);
    assay__exact_set(&term, &sum); /* 2 (sum y)^3 */
    assay__exact_mul(&term, &sum);
    assay__exact_mul(&term, &sum);
    assay__exact_mul_u64(&term, 2);
    assay__exact_add(&b, &term);

    double skewness = NAN;
    if (n >= 3 && assay__moments_has_third(moments) && assay__exact_sign(&a) > 0) {
        int sign = assay__exact_sign(&b);
        assay__exact_mul(&b, &b);
        assay__exact_set(&term, &a);
        assay__exact_mul(&term, &a);
        assay__exact_mul(&term, &a);
        assay__exact_root(&b, &term, &skewness);
        skewness *= sign;
    }
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        assay__exact_clear(numbers[i]);
    return skewness;
}
