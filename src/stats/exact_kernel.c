/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What runs once per row. A narrow vector costs an addition of two limbs per variable, a product
 * and an addition of three limbs per pair, and four limbs per third-order sum; nothing branches on
 * the data.
 */
#include "stats/exact_kernel.h"

typedef assay__int128 int128;
typedef assay__uint128 uint128;

const uint64_t assay__power10[19] = {
    UINT64_C(1),
    UINT64_C(10),
    UINT64_C(100),
    UINT64_C(1000),
    UINT64_C(10000),
    UINT64_C(100000),
    UINT64_C(1000000),
    UINT64_C(10000000),
    UINT64_C(100000000),
    UINT64_C(1000000000),
    UINT64_C(10000000000),
    UINT64_C(100000000000),
    UINT64_C(1000000000000),
    UINT64_C(10000000000000),
    UINT64_C(100000000000000),
    UINT64_C(1000000000000000),
    UINT64_C(10000000000000000),
    UINT64_C(100000000000000000),
    UINT64_C(1000000000000000000),
};

/* Variables of the third-order sums yyy, yyw, yww, www. */
static const uint8_t third_factors[4][3] = {{0, 0, 0}, {0, 0, 1}, {0, 1, 1}, {1, 1, 1}};

/* Adds value to the lowest two limbs of a sum; returns what goes to the limb above: -1, 0 or 1. */
static inline int64_t add_two(uint64_t *sum, int128 value)
{
    uint128 old = (uint128)sum[1] << 64 | sum[0];
    uint128 total = old + (uint128)value;
    sum[0] = (uint64_t)total;
    sum[1] = (uint64_t)(total >> 64);
    return (int64_t)(total < old) + (int64_t)(value >> 127);
}

static inline void add_three(uint64_t *sum, int128 value)
{
    sum[2] += (uint64_t)add_two(sum, value);
}

/* Adds square * factor, below 2^189 in magnitude, to four limbs. */
static inline void add_four(uint64_t *sum, int128 square, int64_t factor)
{
    int128 low = (int128)(uint64_t)square * factor;
    int128 high = (int128)(int64_t)(square >> 64) * factor + (low >> 64);
    uint128 bottom = (uint128)(uint64_t)high << 64 | (uint64_t)low;
    uint128 old = (uint128)sum[1] << 64 | sum[0];
    uint128 total = old + bottom;
    sum[0] = (uint64_t)total;
    sum[1] = (uint64_t)(total >> 64);
    add_two(sum + 2, (high >> 64) + (total < old));
}

void assay__kernel_narrow(uint64_t *limbs, struct assay__layout layout, const int64_t *mantissas)
{
    for (uint32_t i = 0; i < layout.variables; i++, limbs += 2)
        add_two(limbs, mantissas[i]);
    for (uint32_t i = 0; i < layout.variables; i++)
        for (uint32_t j = 0; j <= i; j++, limbs += 3)
            add_three(limbs, (int128)mantissas[i] * mantissas[j]);
    for (uint32_t i = 0; i < layout.thirds; i++, limbs += 4) {
        const uint8_t *factor = third_factors[i];
        add_four(limbs, (int128)mantissas[factor[0]] * mantissas[factor[1]],
                 mantissas[factor[2]]);
    }
}

/* Adds a magnitude of count limbs with a sign to a sum of count + 1 limbs. */
static inline void add_signed(uint64_t *sum, const uint64_t *magnitude, int count, bool negative)
{
    /* Two's complement: invert and carry in 1; the sign extends to the limb above. */
    uint64_t flip = negative ? UINT64_MAX : 0;
    uint64_t carry = negative;
    for (int i = 0; i < count; i++) {
        uint128 total = (uint128)sum[i] + (magnitude[i] ^ flip) + carry;
        sum[i] = (uint64_t)total;
        carry = (uint64_t)(total >> 64);
    }
    sum[count] += flip + carry;
}

void assay__kernel_wide(uint64_t *limbs, struct assay__layout layout,
                        const struct assay__mantissa *mantissas)
{
    for (uint32_t i = 0; i < layout.variables; i++, limbs += 3)
        add_signed(limbs, mantissas[i].limbs, 2, mantissas[i].negative);
    for (uint32_t i = 0; i < layout.variables; i++) {
        for (uint32_t j = 0; j <= i; j++, limbs += 5) {
            uint64_t product[4];
            assay__limbs_multiply(product, mantissas[i].limbs, 2, mantissas[j].limbs, 2);
            add_signed(limbs, product, 4, mantissas[i].negative != mantissas[j].negative);
        }
    }
    for (uint32_t i = 0; i < layout.thirds; i++, limbs += 7) {
        const struct assay__mantissa *a = &mantissas[third_factors[i][0]];
        const struct assay__mantissa *b = &mantissas[third_factors[i][1]];
        const struct assay__mantissa *c = &mantissas[third_factors[i][2]];
        uint64_t square[4], cube[6];
        assay__limbs_multiply(square, a->limbs, 2, b->limbs, 2);
        assay__limbs_multiply(cube, square, 4, c->limbs, 2);
        add_signed(limbs, cube, 6, (a->negative != b->negative) != c->negative);
    }
}

bool assay__mantissa_wide(const struct assay_decimal *value, int32_t scale,
                          struct assay__mantissa *mantissa)
{
    const uint128 limit = (uint128)1 << 126;
    uint128 magnitude = 0;
    int64_t digits = (int64_t)value->exponent - scale;
    if (value->digits == NULL) {
        magnitude = value->mantissa < 0 ? -(uint128)value->mantissa : (uint128)value->mantissa;
    } else {
        if (value->digit_count > 37) /* 10^37 < 2^126 */
            return false;
        for (uint32_t i = 0; i < value->digit_count; i++) {
            uint64_t digit = (uint64_t)(value->digits[i] - '0');
            magnitude = magnitude * 10 + (uint128)digit;
        }
    }
    if (magnitude == 0)
        digits = 0;
    if (digits < 0 || digits > 37 || (digits > 0 && value->exponent > ASSAY__EXPONENT_MAX))
        return false;
    for (; digits > 0; digits -= digits < 18 ? digits : 18)
        if (__builtin_mul_overflow(magnitude, assay__power10[digits < 18 ? digits : 18],
                                   &magnitude))
            return false;
    mantissa->limbs[0] = (uint64_t)magnitude;
    mantissa->limbs[1] = (uint64_t)(magnitude >> 64);
    mantissa->negative = value->mantissa < 0;
    return magnitude < limit;
}
