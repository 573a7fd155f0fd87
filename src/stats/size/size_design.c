/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What follows from a checked design, whatever its test: variances, shares, sizes by weight. */
#include "stats/size/size.h"

#include <math.h>

#include "exact/shortest.h"
#include "number/number.h"

typedef struct assay__wide wide;

void assay__size_variances(const struct assay__size *size, wide distance, wide *baseline,
                           wide *compared)
{
    *baseline = size->baseline_variance;
    *compared = size->compared_variance;
    if (!size->is_share)
        return;
    wide one = assay__wide_of(1.0), p = size->share;
    wide moved = size->direction < 0 ? assay__wide_neg(distance) : distance;
    wide alternative = assay__wide_add(assay__wide_add(p, size->null), moved);
    wide of_baseline = assay__wide_mul(p, assay__wide_sub(one, p));
    wide of_compared = assay__wide_mul(alternative, assay__wide_sub(one, alternative));
    *baseline = assay__wide_mul(size->factor, of_baseline);
    *compared = assay__wide_mul(size->factor, of_compared);
}

void assay__size_range(const struct assay__size *size, wide *least, wide *most)
{
    wide null_share = assay__wide_add(size->share, size->null);
    wide above = assay__wide_sub(assay__wide_of(1.0), null_share);
    *most = size->direction < 0 ? null_share : above;
    *least = assay__wide_neg(size->direction < 0 ? above : null_share);
    if (assay__wide_sign(*least) < 0)
        *least = assay__wide_zero();
}

/* A group's weight; both are 1 when neither is given. */
static double weight_of(double own, double other)
{
    return own == 0.0 && other == 0.0 ? 1.0 : own;
}

struct assay__size_weights assay__size_weights(const struct assay_size_design *design)
{
    double baseline = weight_of(design->baseline_weight, design->compared_weight);
    double compared = weight_of(design->compared_weight, design->baseline_weight);
    if (baseline == compared)
        return (struct assay__size_weights){1, 1, 0};
    const double whole_most = 0x1p53;
    if (baseline <= whole_most && compared <= whole_most && baseline == floor(baseline) &&
        compared == floor(compared))
        return (struct assay__size_weights){(uint64_t)baseline, (uint64_t)compared, 0};
    struct assay__shortest c = assay__shortest_of(baseline), t = assay__shortest_of(compared);
    return (struct assay__size_weights){(uint64_t)c.mantissa, (uint64_t)t.mantissa,
                                        (int)c.exponent - (int)t.exponent};
}

wide assay__size_kappa(const struct assay__size *size)
{
    double baseline = size->design->baseline_weight, compared = size->design->compared_weight;
    return assay__wide_div(assay__wide_of_shortest(weight_of(baseline, compared)),
                           assay__wide_of_shortest(weight_of(compared, baseline)));
}

/* ceil(a n/b) in whole numbers of 128 bits; 0 where a n does not fit, and where there are none. */
static double whole_baseline(const struct assay__size_weights *weights, double n_compared)
{
#if defined(__SIZEOF_INT128__)
    __extension__ typedef unsigned __int128 u128;
    const uint64_t weight_most = UINT64_C(1) << 60;
    enum { SHIFT_MOST = 3 };
    if (weights->shift > SHIFT_MOST || weights->shift < -SHIFT_MOST ||
        weights->baseline > weight_most || weights->compared > weight_most)
        return 0.0;
    u128 above = (u128)weights->baseline * (uint64_t)n_compared, below = weights->compared;
    for (int i = 0; i < weights->shift; i++)
        above *= 10;
    for (int i = 0; i > weights->shift; i--)
        below *= 10;
    u128 units = above / below + (above % below != 0);
    return units <= (u128)ASSAY__WHOLE_MAX ? (double)(uint64_t)units : (double)INFINITY;
#else
    (void)weights;
    (void)n_compared;
    return 0.0;
#endif
}

/*
 * kappa n_t = a/b with whole numbers a = m_c n_t 10^up and b = m_t 10^down, the weights being
 * m_c 10^e_c and m_t 10^e_t. While a and b are exact in 320 bits, a quotient below 2^53 that is
 * not a whole number differs from one by at least 1/b, far more than the division's rounding.
 * Exponents that would not fit make kappa so large or small that rounding does not matter.
 */
double assay__size_baseline(const struct assay__size *size, double n_compared)
{
    const struct assay__size_weights *weights = &size->weights;
    double whole = whole_baseline(weights, n_compared);
    if (whole > 0.0)
        return whole;
    wide above = assay__wide_mul(assay__wide_of_u64(weights->baseline), assay__wide_of(n_compared));
    wide below = assay__wide_of_u64(weights->compared);
    if (weights->shift > 0)
        above = assay__wide_scale10(above, weights->shift);
    else
        below = assay__wide_scale10(below, -weights->shift);
    wide exact = assay__wide_div(above, below);
    double units = ceil(assay__wide_double(exact)); /* off by one when the rounding crossed */
    if (!(units <= ASSAY__WHOLE_MAX))
        return INFINITY;
    if (assay__wide_compare(assay__wide_of(units), exact) < 0)
        return units + 1.0;
    return assay__wide_compare(assay__wide_of(units - 1.0), exact) >= 0 ? units - 1.0 : units;
}
