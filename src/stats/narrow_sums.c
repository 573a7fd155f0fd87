/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sums that somebody gives as decimals, as integers at common scales: those of nearly all tables
 * of sums fit a narrow store, which takes a tenth of the time of numbers of any length.
 */
#include "stats/narrow_sums.h"

#include <string.h>

#include "exact/exact_kernel.h"
#include "stats/centred.h"

enum {
    PART_DIGITS = 18, /* 10^18 fits a limb with room for a carry */
    SQUARE_LIMBS = 3, /* of a sum of products */
    COUNT_BITS = 61   /* with mantissas of 62 bits a sum keeps four bits of its two limbs */
};

/* A sum's highest limb leaves four bits, as merging stores demands. */
static const uint64_t TOP_MAX = (UINT64_C(1) << 60) - 1;

static bool is_zero(const struct assay_decimal *value)
{
    return value == NULL || (value->mantissa == 0 && value->digits == NULL);
}

/* limbs = limbs * factor + term; false when that takes more limbs. */
static bool multiply_add(uint64_t *limbs, uint32_t count, uint64_t factor, uint64_t term)
{
    for (uint32_t i = 0; i < count; i++) {
        assay__uint128 product = (assay__uint128)limbs[i] * factor + term;
        limbs[i] = (uint64_t)product;
        term = (uint64_t)(product >> 64);
    }
    return term == 0;
}

static void negate(uint64_t *limbs, uint32_t count)
{
    uint64_t carry = 1;
    for (uint32_t i = 0; i < count; i++) {
        limbs[i] = ~limbs[i] + carry;
        carry = carry != 0 && limbs[i] == 0;
    }
}

/* The magnitude of a value that is not 0, as an integer at a scale; false when it does not fit. */
static bool load(const struct assay_decimal *value, int32_t scale, uint64_t *limbs, uint32_t count)
{
    int64_t power = (int64_t)value->exponent - scale;
    if (power < 0 || power > 3 * PART_DIGITS)
        return false;
    memset(limbs, 0, count * sizeof *limbs);
    limbs[0] = value->mantissa < 0 ? -(uint64_t)value->mantissa : (uint64_t)value->mantissa;
    if (value->digits != NULL)
        limbs[0] = 0;
    for (uint32_t at = 0; value->digits != NULL && at < value->digit_count;) {
        uint32_t end =
            at + PART_DIGITS < value->digit_count ? at + PART_DIGITS : value->digit_count;
        uint64_t factor = assay__power10[end - at], part = 0;
        for (; at < end; at++)
            part = 10 * part + (uint64_t)(value->digits[at] - '0');
        if (!multiply_add(limbs, count, factor, part))
            return false;
    }
    for (; power > 0; power -= power < PART_DIGITS ? power : PART_DIGITS)
        if (!multiply_add(limbs, count, assay__power10[power < PART_DIGITS ? power : PART_DIGITS],
                          0))
            return false;
    return limbs[count - 1] <= TOP_MAX;
}

static int32_t floor_half(int32_t value)
{
    return (value - (value & 1)) / 2;
}

/* Makes a scale fine enough for an exponent of the variable itself, or half of its square's. */
static void refine(const struct assay_decimal *value, bool is_square, int32_t *scale)
{
    int32_t exponent = is_zero(value) ? 0 : value->exponent;
    exponent = is_square ? floor_half(exponent) : exponent;
    *scale = exponent < *scale ? exponent : *scale;
}

/* Makes scales fine enough for a sum of several factors. */
static void refine_sum(const struct assay_decimal *value, const uint32_t *factors, uint32_t order,
                       int32_t *scale)
{
    int32_t common = 0;
    for (uint32_t i = 0; i < order; i++)
        common += scale[factors[i]];
    if (!is_zero(value) && value->exponent < common)
        scale[factors[0]] -= common - value->exponent;
}

/* A variable whose sum of squares is 0 has no scale: nothing else of it may be there. */
static bool has_scales(struct assay__layout layout, const struct assay_decimal *const *sums,
                       const uint32_t *factors, uint32_t order)
{
    for (uint32_t i = 0; i < order; i++)
        if (is_zero(sums[layout.variables + assay__pair(factors[i], factors[i])]))
            return false;
    return true;
}

bool assay__narrow_given(struct assay__layout layout, const struct assay_decimal *const *sums,
                         struct assay__narrow_sums *out)
{
    uint32_t p = layout.variables, count = assay__layout_sums(layout), factors[3];
    for (uint32_t i = 0; i < p; i++) {
        out->scale[i] = 0;
        refine(sums[i], false, &out->scale[i]);
        refine(sums[p + assay__pair(i, i)], true, &out->scale[i]);
    }
    for (uint32_t s = p; s < count; s++)
        refine_sum(sums[s], factors, assay__layout_factors(layout, s, factors), out->scale);
    uint64_t *limbs = out->limbs;
    for (uint32_t s = 0, order; s < count; s++, limbs += order + 1) {
        int32_t scale = 0;
        order = assay__layout_factors(layout, s, factors);
        if (is_zero(sums[s])) {
            memset(limbs, 0, (order + 1) * sizeof *limbs);
            continue;
        }
        for (uint32_t i = 0; i < order; i++)
            scale += out->scale[factors[i]];
        if (!has_scales(layout, sums, factors, order) || !load(sums[s], scale, limbs, order + 1))
            return false;
        if (sums[s]->mantissa < 0)
            negate(limbs, order + 1);
    }
    return true;
}

/* The magnitude of an integer in two's complement, to some 2^-51 of itself. */
static double value_of(const uint64_t *limbs, uint32_t count)
{
    uint64_t sign = limbs[count - 1] >> 63 != 0 ? UINT64_MAX : 0;
    double value = 0.0;
    for (uint32_t i = count; i > 0; i--)
        value = value * 0x1p64 + (double)(limbs[i - 1] ^ sign);
    return sign != 0 ? value + 1.0 : value;
}

bool assay__narrow_have_squares(struct assay__layout layout, uint64_t count,
                                const struct assay__narrow_sums *sums)
{
    bool surely = true;
    const uint64_t *squares = sums->limbs + 2 * (size_t)layout.variables;
    for (uint32_t i = 0; i < layout.variables; i++) {
        const uint64_t *square = squares + SQUARE_LIMBS * assay__pair(i, i);
        double sum = value_of(sums->limbs + 2 * (size_t)i, 2);
        bool is_negative = square[SQUARE_LIMBS - 1] >> 63 != 0;
        double most = (double)count * value_of(square, SQUARE_LIMBS);
        surely = surely && !is_negative && most >= sum * sum * (1.0 + 1e-12);
    }
    return surely;
}

/* sum = count * a * b + (count - 1) * covariance, three limbs in two's complement. */
static bool set_products(uint64_t count, int64_t a, int64_t b,
                         const struct assay_decimal *covariance, int32_t scale, uint64_t *sum)
{
    uint64_t own[SQUARE_LIMBS] = {0}, carry = 0;
    uint64_t left = a < 0 ? -(uint64_t)a : (uint64_t)a;
    uint64_t right = b < 0 ? -(uint64_t)b : (uint64_t)b;
    assay__uint128 product = (assay__uint128)left * right;
    sum[0] = (uint64_t)product;
    sum[1] = (uint64_t)(product >> 64);
    sum[2] = 0;
    (void)multiply_add(sum, SQUARE_LIMBS, count, 0);
    if ((a < 0) != (b < 0))
        negate(sum, SQUARE_LIMBS);
    if (!is_zero(covariance)) {
        if (!load(covariance, scale, own, SQUARE_LIMBS) ||
            !multiply_add(own, SQUARE_LIMBS, count - 1, 0) || own[SQUARE_LIMBS - 1] > TOP_MAX)
            return false;
        if (covariance->mantissa < 0)
            negate(own, SQUARE_LIMBS);
    }
    for (uint32_t i = 0; i < SQUARE_LIMBS; i++) {
        assay__uint128 total = (assay__uint128)sum[i] + own[i] + carry;
        sum[i] = (uint64_t)total;
        carry = (uint64_t)(total >> 64);
    }
    uint64_t sign = sum[SQUARE_LIMBS - 1] >> 63 != 0 ? UINT64_MAX : 0;
    return (sum[SQUARE_LIMBS - 1] ^ sign) <= TOP_MAX;
}

/* The means as mantissas at scales that their covariances fit, too. */
static bool scale_means(struct assay__layout layout, const struct assay_decimal *means,
                        const struct assay_decimal *covariances, int64_t *mantissas, int32_t *scale)
{
    for (uint32_t i = 0; i < layout.variables; i++) {
        scale[i] = 0;
        refine(&means[i], false, &scale[i]);
        refine(&covariances[assay__pair(i, i)], true, &scale[i]);
    }
    for (uint32_t i = 0; i < layout.variables; i++)
        for (uint32_t j = 0; j < i; j++)
            refine_sum(&covariances[assay__pair(i, j)], (const uint32_t[2]){i, j}, 2, scale);
    for (uint32_t i = 0; i < layout.variables; i++)
        if (!assay__mantissa_narrow(&means[i], scale[i], &mantissas[i]))
            return false;
    return true;
}

bool assay__narrow_centred(struct assay__layout layout, uint64_t count,
                           const struct assay_decimal *means,
                           const struct assay_decimal *covariances, struct assay__narrow_sums *out)
{
    int64_t mantissas[ASSAY_VARIABLES_MAX];
    uint32_t p = layout.variables;
    uint64_t *limbs = out->limbs;
    if (count >> COUNT_BITS != 0 || !scale_means(layout, means, covariances, mantissas, out->scale))
        return false;
    for (uint32_t i = 0; i < p; i++, limbs += 2) {
        assay__int128 sum = (assay__int128)mantissas[i] * (int64_t)count;
        limbs[0] = (uint64_t)sum;
        limbs[1] = (uint64_t)(sum >> 64);
    }
    for (uint32_t i = 0; i < p; i++) {
        for (uint32_t j = 0; j <= i; j++, limbs += SQUARE_LIMBS) {
            const struct assay_decimal *own = &covariances[assay__pair(i, j)];
            if (!set_products(count, mantissas[i], mantissas[j], own, out->scale[i] + out->scale[j],
                              limbs))
                return false;
        }
        /* A variable whose sum of squares is 0 has no scale: nothing else of it may be there. */
        bool is_void = (limbs[-1] | limbs[-2] | limbs[-3]) == 0;
        for (uint32_t j = 0; is_void && j < p; j++)
            if (!is_zero(&covariances[assay__pair(i, j)]))
                return false;
    }
    memset(limbs, 0, 4 * (size_t)layout.thirds * sizeof *limbs);
    return true;
}
