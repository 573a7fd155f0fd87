/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Logarithm and exponential in pairs of doubles. log m = 2 atanh(r), r = (m - 1)/(m + 1), after m
 * has been brought between sqrt(1/2) and sqrt(2), where r^2 <= 0.0295 and each term of the series
 * is 34 times smaller than the one before: four terms in pairs, eleven more in doubles, are 2^-75.
 */
#include "stats/dist/pair.h"

#include <mpfr.h>
#include <string.h>

#include "stats/dist/pair_bound.h"

typedef struct assay__pair pair;
typedef struct assay__bounded bounded;

/* 2 atanh(r) for |r| < 0.172. */
PAIR_INLINE pair twice_atanh(pair r)
{
    /* 1/3, 1/5, 1/7: the double nearest, and what is left, rounded. */
    static const pair ODD[] = {
        {1.0 / 3.0, 0x1p-54 / 3.0}, {1.0 / 5.0, -0x1p-54 / 5.0}, {1.0 / 7.0, 0x1p-54 / 7.0}};
    pair square = pair_mul(r, r);
    double s = square.hi, rest = 0.0;
    for (int k = 14; k >= 4; k--)
        rest = rest * s + 1.0 / (2 * k + 1);
    pair sum = pair_ordered(ODD[2].hi, ODD[2].lo + rest * s);
    sum = pair_add(ODD[1], pair_mul(sum, square));
    sum = pair_add(ODD[0], pair_mul(sum, square));
    sum = pair_add(pair_of(1.0), pair_mul(sum, square));
    sum = pair_mul(sum, r);
    return (pair){2.0 * sum.hi, 2.0 * sum.lo};
}

/* a 2^-exponent, exactly, in [1/2, 1). */
PAIR_INLINE pair normalize(pair a, int *exponent)
{
    double hi = frexp(a.hi, exponent);
    return (pair){hi, ldexp(a.lo, -*exponent)};
}

PAIR_INLINE pair logarithm(pair q, pair n, pair d)
{
    static const pair LN2 = {0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56};
    if (q.hi > -0.29 && q.hi < 0.41) /* r from q itself: relative precision near 0 */
        return twice_atanh(pair_div(q, pair_add(pair_of(2.0), q)));
    int up, down;
    n = normalize(n, &up);
    d = normalize(d, &down);
    if (n.hi > M_SQRT2 * d.hi) {
        d = (pair){2.0 * d.hi, 2.0 * d.lo};
        down--;
    } else if (n.hi < M_SQRT1_2 * d.hi) {
        n = (pair){2.0 * n.hi, 2.0 * n.lo};
        up--;
    }
    /* (m - 1)/(m + 1) of m = n/d */
    pair r = pair_div(pair_sub(n, d), pair_add(n, d));
    return pair_add(pair_scale(up - down, LN2), twice_atanh(r));
}

PAIR_FMA_TARGET static pair logarithm_by_fma(pair q, pair n, pair d)
{
    return logarithm(q, n, d);
}

pair assay__pair_log1p(pair q, pair n, pair d)
{
    return PAIR_HAS_FMA ? logarithm_by_fma(q, n, d) : logarithm(q, n, d);
}

pair assay__pair_log1pmx(pair q, pair n, pair d)
{
    return pair_sub(assay__pair_log1p(q, n, d), q);
}

/* ---- with bounds ----------------------------------------------------------------------------- */

/* 2^exponent of a normal double. */
static double power_of_2(int64_t exponent)
{
    enum { FRACTION_BITS = 52, BIAS = 1023 };
    uint64_t bits = (uint64_t)(exponent + BIAS) << FRACTION_BITS;
    double power;
    memcpy(&power, &bits, sizeof power);
    return power;
}

static const bounded LOST = {0.0, 0.0, HUGE_VAL};

#if ASSAY__LIMB_BITS == 64

/* The highest 53 bits, and the 63 that follow, whose double is off by 2^-106 of the number. */
bounded assay__bounded_of_wide(const struct assay__wide *a, int64_t shift)
{
    enum { SPARE = 11, FRACTION_BITS = 52, TOP = ASSAY__WIDE_LIMBS - 1 };
    const int64_t most = 200;
    if (a->kind == MPFR_ZERO_KIND || a->kind == -MPFR_ZERO_KIND)
        return (bounded){0.0, 0.0, 0.0};
    if (a->kind != MPFR_REGULAR_KIND && a->kind != -MPFR_REGULAR_KIND)
        return LOST; /* its exponent means nothing */
    const int64_t exponent = a->exponent - shift;
    if (exponent > most || exponent < -most)
        return LOST;
    mp_limb_t first = a->limbs[TOP], second = a->limbs[TOP - 1], more = second;
    for (int i = 0; i < TOP - 1; i++)
        more |= a->limbs[i];
    int64_t upper = (int64_t)(first >> SPARE);
    int64_t lower = (int64_t)((first << FRACTION_BITS & INT64_MAX) | second >> (SPARE + 1));
    double unit = power_of_2(exponent - FRACTION_BITS - 1);
    unit = a->kind < 0 ? -unit : unit;
    return bounded_make(pair_ordered((double)upper * unit, (double)lower * 0x1p-63 * unit),
                        more == 0 ? 0.0 : BOUNDED_UNIT);
}

#else

bounded assay__bounded_of_wide(const struct assay__wide *a, int64_t shift)
{
    (void)a, (void)shift;
    return LOST;
}

#endif

enum { STEPS = 32 };

/* 2^(j/32) */
static const pair ROOTS[STEPS] = {{1.0, 0.0},
                                  {0x1.059b0d3158574p+0, 0x1.d73e2a475b465p-55},
                                  {0x1.0b5586cf9890fp+0, 0x1.8a62e4adc610bp-54},
                                  {0x1.11301d0125b51p+0, -0x1.6c51039449b3ap-54},
                                  {0x1.172b83c7d517bp+0, -0x1.19041b9d78a76p-55},
                                  {0x1.1d4873168b9aap+0, 0x1.e016e00a2643cp-54},
                                  {0x1.2387a6e756238p+0, 0x1.9b07eb6c70573p-54},
                                  {0x1.29e9df51fdee1p+0, 0x1.612e8afad1255p-55},
                                  {0x1.306fe0a31b715p+0, 0x1.6f46ad23182e4p-55},
                                  {0x1.371a7373aa9cbp+0, -0x1.63aeabf42eae2p-54},
                                  {0x1.3dea64c123422p+0, 0x1.ada0911f09ebcp-55},
                                  {0x1.44e086061892dp+0, 0x1.89b7a04ef80d0p-59},
                                  {0x1.4bfdad5362a27p+0, 0x1.d4397afec42e2p-56},
                                  {0x1.5342b569d4f82p+0, -0x1.07abe1db13cadp-55},
                                  {0x1.5ab07dd485429p+0, 0x1.6324c054647adp-54},
                                  {0x1.6247eb03a5585p+0, -0x1.383c17e40b497p-54},
                                  {0x1.6a09e667f3bcdp+0, -0x1.bdd3413b26456p-54},
                                  {0x1.71f75e8ec5f74p+0, -0x1.16e4786887a99p-55},
                                  {0x1.7a11473eb0187p+0, -0x1.41577ee04992fp-55},
                                  {0x1.82589994cce13p+0, -0x1.d4c1dd41532d8p-54},
                                  {0x1.8ace5422aa0dbp+0, 0x1.6e9f156864b27p-54},
                                  {0x1.93737b0cdc5e5p+0, -0x1.75fc781b57ebcp-57},
                                  {0x1.9c49182a3f090p+0, 0x1.c7c46b071f2bep-56},
                                  {0x1.a5503b23e255dp+0, -0x1.d2f6edb8d41e1p-54},
                                  {0x1.ae89f995ad3adp+0, 0x1.7a1cd345dcc81p-54},
                                  {0x1.b7f76f2fb5e47p+0, -0x1.5584f7e54ac3bp-56},
                                  {0x1.c199bdd85529cp+0, 0x1.11065895048ddp-55},
                                  {0x1.cb720dcef9069p+0, 0x1.503cbd1e949dbp-56},
                                  {0x1.d5818dcfba487p+0, 0x1.2ed02d75b3707p-55},
                                  {0x1.dfc97337b9b5fp+0, -0x1.1a5cd4f184b5cp-54},
                                  {0x1.ea4afa2a490dap+0, -0x1.e9c23179c2893p-54},
                                  {0x1.f50765b6e4540p+0, 0x1.9d3e12dd8a18bp-54}};

/*
 * a = k ln 2/32 + r, |r| < 0.0109. The terms of Taylor's series from r^6/6! on are below 2^-48 and
 * need no pairs; the first one left out, r^12/12!, is 2^-107. At 500 the product k ln 2/32 is off
 * by 2^-95, and all of it by 2^-94.
 */
PAIR_INLINE bounded exponential(bounded a)
{
    static const pair STEP = {0x1.62e42fefa39efp-6, 0x1.abc9e3b39803fp-61};
    static const pair TAYLOR[] = {{1.0, 0.0},
                                  {0.5, 0.0},
                                  {1.0 / 6.0, 0x1p-55 / 3.0},
                                  {1.0 / 24.0, 0x1p-57 / 3.0},
                                  {1.0 / 120.0, 0x1.1111111111111p-63}};
    const double most = 500.0, own = 0x1p-94, steps = 0x1.71547652b82fep+5; /* 32/ln 2 */
    if (!(a.hi >= 0.0 && a.hi < most))
        return LOST;
    int k = (int)(a.hi * steps + 0.5);
    pair r = pair_sub(bounded_pair(a), pair_scale(k, STEP));
    double x = r.hi, rest = 1.0 / 39916800.0;
    rest = rest * x + 1.0 / 3628800.0;
    rest = rest * x + 1.0 / 362880.0;
    rest = rest * x + 1.0 / 40320.0;
    rest = rest * x + 1.0 / 5040.0;
    rest = rest * x + 1.0 / 720.0;
    pair sum = pair_ordered(TAYLOR[4].hi, TAYLOR[4].lo + rest * x);
    for (int i = 3; i >= 0; i--)
        sum = pair_add(TAYLOR[i], pair_mul(sum, r));
    sum = pair_add(pair_of(1.0), pair_mul(sum, r));
    sum = pair_mul(sum, ROOTS[k % STEPS]);
    double power = power_of_2(k / STEPS);
    return (bounded){sum.hi * power, sum.lo * power, a.hi * a.off + own};
}

PAIR_FMA_TARGET static bounded exponential_by_fma(bounded a)
{
    return exponential(a);
}

bounded assay__bounded_exp(bounded a)
{
    return PAIR_HAS_FMA ? exponential_by_fma(a) : exponential(a);
}
