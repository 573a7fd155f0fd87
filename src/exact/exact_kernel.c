/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What runs once per row. A narrow vector costs an addition of two limbs per variable, a product
 * and an addition of three limbs per pair, and four limbs per third-order sum; nothing branches on
 * the data.
 */
#include "exact/exact_kernel.h"

#if defined(__x86_64__) && !defined(__clang__) && __GNUC__ >= 11
#include <x86gprintrin.h> /* a part of immintrin.h, which takes longer to read than this file */
#elif defined(__x86_64__)
#include <immintrin.h>
#endif

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

/* The third-order sums yyy, yyw, yww, www as the square of one variable times another. */
static const struct {
    uint8_t squared, other;
} thirds[4] = {{0, 0}, {0, 1}, {1, 0}, {1, 1}};

/* *sum += value + carry; returns the carry out. */
#if defined(__x86_64__)
static inline unsigned char add_carry(uint64_t *sum, uint64_t value, unsigned char carry)
{
    unsigned long long total;
    carry = _addcarry_u64(carry, *sum, value, &total);
    *sum = total;
    return carry;
}
#else
static inline unsigned char add_carry(uint64_t *sum, uint64_t value, unsigned char carry)
{
    uint128 total = (uint128)*sum + value + carry;
    *sum = (uint64_t)total;
    return (unsigned char)(total >> 64);
}
#endif

static inline void add_two(uint64_t *sum, int64_t value)
{
    unsigned char carry = add_carry(sum, (uint64_t)value, 0);
    add_carry(sum + 1, (uint64_t)(value >> 63), carry);
}

static inline void add_three(uint64_t *sum, int128 value)
{
    unsigned char carry = add_carry(sum, (uint64_t)value, 0);
    carry = add_carry(sum + 1, (uint64_t)(value >> 64), carry);
    add_carry(sum + 2, (uint64_t)((int64_t)(value >> 64) >> 63), carry);
}

/* Adds square * factor to four limbs: its magnitude, inverted and one more when negative. */
static inline void add_four(uint64_t *sum, uint128 square, int64_t factor)
{
    uint64_t flip = (uint64_t)(factor >> 63);
    uint64_t magnitude = ((uint64_t)factor ^ flip) - flip;
    uint128 low = (uint128)(uint64_t)square * magnitude;
    uint128 high = (uint128)(uint64_t)(square >> 64) * magnitude + (uint64_t)(low >> 64);
    unsigned char carry = add_carry(sum, (uint64_t)low ^ flip, (unsigned char)(flip & 1));
    carry = add_carry(sum + 1, (uint64_t)high ^ flip, carry);
    carry = add_carry(sum + 2, (uint64_t)(high >> 64) ^ flip, carry);
    add_carry(sum + 3, flip, carry);
}

void assay__kernel_narrow(uint64_t *limbs, struct assay__layout layout, const int64_t *mantissas)
{
    for (uint32_t i = 0; i < layout.variables; i++, limbs += 2)
        add_two(limbs, mantissas[i]);
    for (uint32_t i = 0; i < layout.variables; i++)
        for (uint32_t j = 0; j <= i; j++, limbs += 3)
            add_three(limbs, (int128)mantissas[i] * mantissas[j]);
    for (uint32_t i = 0; i < layout.thirds; i++, limbs += 4) {
        int64_t squared = mantissas[thirds[i].squared];
        add_four(limbs, (uint128)((int128)squared * squared), mantissas[thirds[i].other]);
    }
}

/* Adds a magnitude of count limbs with a sign to a sum of count + 1 limbs, as above. */
static inline void add_signed(uint64_t *sum, const uint64_t *magnitude, int count, bool negative)
{
    uint64_t flip = negative ? UINT64_MAX : 0;
    unsigned char carry = negative;
    for (int i = 0; i < count; i++)
        carry = add_carry(sum + i, magnitude[i] ^ flip, carry);
    add_carry(sum + count, flip, carry);
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
        const struct assay__mantissa *squared = &mantissas[thirds[i].squared];
        const struct assay__mantissa *other = &mantissas[thirds[i].other];
        uint64_t square[4], cube[6];
        assay__limbs_multiply(square, squared->limbs, 2, squared->limbs, 2);
        assay__limbs_multiply(cube, square, 4, other->limbs, 2);
        add_signed(limbs, cube, 6, other->negative);
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
