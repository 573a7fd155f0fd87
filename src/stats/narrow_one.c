/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The sums of one variable from its mean and variance, as nearly all rows of tables give them: the
 * integers that narrow_sums.c makes, without its loops over variables and products.
 */
#include "stats/narrow_sums.h"

#include <string.h>

#include "exact/exact_kernel.h"
#include "stats/moments_block.h"

enum {
    PART_DIGITS = 18, /* 10^18 fits a limb */
    SQUARE_LIMBS = 3, /* of a sum of squares; a sum has two */
    COUNT_BITS = 61
};

static const uint64_t TOP_MAX = (UINT64_C(1) << 60) - 1; /* as merging stores demands */

static int32_t floor_half(int32_t value)
{
    return (value - (value & 1)) / 2;
}

/* The scale that a mean and its variance fit; those that are 0 have the exponent 0. */
static int32_t scale_of(const struct assay_decimal *mean, const struct assay_decimal *variance)
{
    int32_t scale = mean->exponent < 0 ? mean->exponent : 0;
    int32_t half = floor_half(variance->exponent);
    return half < scale ? half : scale;
}

/* limbs *= factor; false when they come near their end. */
static bool multiply(uint64_t limbs[SQUARE_LIMBS], uint64_t factor)
{
    assay__uint128 low = (assay__uint128)limbs[0] * factor;
    assay__uint128 middle = (assay__uint128)limbs[1] * factor + (uint64_t)(low >> 64);
    assay__uint128 high = (assay__uint128)limbs[2] * factor + (uint64_t)(middle >> 64);
    limbs[0] = (uint64_t)low;
    limbs[1] = (uint64_t)middle;
    limbs[2] = (uint64_t)high;
    return high <= TOP_MAX;
}

/* limbs = value * 10^power * factor */
static bool set_scaled(uint64_t value, int64_t power, uint64_t factor, uint64_t *limbs)
{
    if (power >= 0 && power <= PART_DIGITS) { /* the product of 63 and 61 bits has two limbs */
        assay__uint128 product = (assay__uint128)value * factor;
        limbs[0] = (uint64_t)product;
        limbs[1] = (uint64_t)(product >> 64);
        limbs[2] = 0;
        return power == 0 || multiply(limbs, assay__power10[power]);
    }
    limbs[0] = value;
    limbs[1] = limbs[2] = 0;
    if (power < 0 || power > 3 * PART_DIGITS)
        return false;
    for (; power > PART_DIGITS; power -= PART_DIGITS)
        if (!multiply(limbs, assay__power10[PART_DIGITS]))
            return false;
    return multiply(limbs, assay__power10[power]) && multiply(limbs, factor);
}

/* limbs += other, both far below their end */
static bool add(uint64_t *limbs, const uint64_t *other)
{
    assay__uint128 low = (assay__uint128)limbs[0] + other[0];
    assay__uint128 middle = (assay__uint128)limbs[1] + other[1] + (uint64_t)(low >> 64);
    limbs[0] = (uint64_t)low;
    limbs[1] = (uint64_t)middle;
    limbs[2] += other[2] + (uint64_t)(middle >> 64);
    return limbs[2] <= TOP_MAX;
}

/* count * mean^2 + (count - 1) * variance, at twice the scale */
static bool set_squares(uint64_t count, int64_t mean, const struct assay_decimal *variance,
                        int32_t scale, uint64_t *limbs)
{
    uint64_t own[SQUARE_LIMBS], size = mean < 0 ? -(uint64_t)mean : (uint64_t)mean;
    assay__uint128 square = (assay__uint128)size * size;
    limbs[0] = (uint64_t)square;
    limbs[1] = (uint64_t)(square >> 64);
    limbs[2] = 0;
    if (!multiply(limbs, count))
        return false;
    if (variance->mantissa == 0)
        return true;
    return set_scaled((uint64_t)variance->mantissa, (int64_t)variance->exponent - 2 * scale,
                      count - 1, own) &&
           add(limbs, own) && (limbs[0] | limbs[1] | limbs[2]) != 0;
}

bool assay__narrow_one_of(uint64_t count, const struct assay_decimal *mean,
                          const struct assay_decimal *variance, struct assay__narrow_one *out)
{
    bool is_short = mean->digits == NULL && variance->digits == NULL && variance->mantissa >= 0 &&
                    mean->exponent >= -ASSAY__EXPONENT_MAX &&
                    variance->exponent >= -ASSAY__EXPONENT_MAX;
    int64_t mantissa;
    out->count = count;
    out->scale = scale_of(mean, variance);
    if (!is_short || count == 0 || count >> COUNT_BITS != 0 ||
        !assay__mantissa_narrow(mean, out->scale, &mantissa) ||
        !set_squares(count, mantissa, variance, out->scale, out->squares))
        return false;
    assay__int128 sum = (assay__int128)mantissa * (int64_t)count;
    out->sum[0] = (uint64_t)sum;
    out->sum[1] = (uint64_t)(sum >> 64);
    return true;
}

/* Whether count * squares is surely not below sum^2, at some 2^-51 of each. */
static bool have_squares(const struct assay__narrow_one *sums)
{
    assay__int128 sum = (assay__int128)((assay__uint128)sums->sum[1] << 64 | sums->sum[0]);
    const uint64_t *limbs = sums->squares;
    double size = (double)sum;
    double squares = ((double)limbs[2] * 0x1p64 + (double)limbs[1]) * 0x1p64 + (double)limbs[0];
    return (double)sums->count * squares >= size * size * (1.0 + 1e-12);
}

bool assay__narrow_one_given(uint64_t count, const struct assay_decimal *sum,
                             const struct assay_decimal *squares, struct assay__narrow_one *out)
{
    bool is_short = sum->digits == NULL && squares->digits == NULL && squares->mantissa > 0 &&
                    sum->exponent >= -ASSAY__EXPONENT_MAX &&
                    squares->exponent >= -ASSAY__EXPONENT_MAX;
    out->count = count;
    out->scale = scale_of(sum, squares);
    int64_t power = (int64_t)sum->exponent - out->scale;
    if (!is_short || count == 0 || count >> COUNT_BITS != 0 || power > PART_DIGITS ||
        !set_scaled((uint64_t)squares->mantissa, (int64_t)squares->exponent - 2 * out->scale, 1,
                    out->squares))
        return false;
    assay__int128 total = (assay__int128)sum->mantissa * (int64_t)assay__power10[power];
    out->sum[0] = (uint64_t)total;
    out->sum[1] = (uint64_t)(total >> 64);
    return have_squares(out);
}

struct assay_moments *assay__narrow_one_new(struct assay__arena *arena,
                                            const struct assay__narrow_one *sums)
{
    struct memory { /* moments, their block, and the block's store: scale, sums, cubes */
        struct assay_moments moments;
        struct assay__block block;
        uint64_t scale, sum[2], squares[SQUARE_LIMBS], cubes[4];
    } *memory = assay__arena_take(arena, sizeof *memory);
    if (memory == NULL)
        return NULL;
    memory->moments = (struct assay_moments){.complete = &memory->block, .is_lent = true};
    memory->block.count = sums->count;
    memory->block.wide = NULL;
    memory->block.chunks = NULL;
    memory->block.big = NULL;
    memory->block.mask = 0;
    memory->block.lacks_third = true;
    memory->block.narrow =
        (struct assay__store){.layout = {.variables = 1, .thirds = 1},
                              .count = sums->count,
                              .scale = memcpy(&memory->scale, &sums->scale, sizeof sums->scale),
                              .limbs = memory->sum,
                              .width = 1};
    memcpy(memory->sum, sums->sum, sizeof sums->sum);
    memcpy(memory->squares, sums->squares, sizeof sums->squares);
    memset(memory->cubes, 0, sizeof memory->cubes);
    return &memory->moments;
}
