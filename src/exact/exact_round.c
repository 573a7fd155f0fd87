/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The one rounding at the end. It works on integers: some bits more than the result has, and
 * whether anything is left below them. So it is right for every result, subnormal ones included,
 * without a thought about double rounding.
 */
#include "exact/exact.h"

#include <gmp.h>
#include <math.h>
#include <mpfr.h>
#include <stdlib.h>

#include "exact/exact_limbs.h"
#include "exact/float320_limbs.h"

typedef struct assay__exact exact;
typedef struct assay__span span;

enum { QUOTIENT_MAX = ASSAY__WIDE_LIMBS + 1 };

/* |over / under| = (quotient + r) * 2^exponent with 0 <= r < 1, more than 0 when is_inexact. */
struct ratio {
    mp_limb_t limbs[QUOTIENT_MAX + 1];
    uint32_t size; /* count or, when the highest limb is 1, one more */
    long exponent;
    bool is_inexact;
};

/* Shifts the highest bit of the mantissa to the top of a limb. */
static void normalise(exact *number)
{
    span mantissa = assay__exact_span(number);
    int zeros = __builtin_clzl(mantissa.limbs[mantissa.size - 1]);
    assay__exact_shift(number, (uint32_t)zeros);
    number->twos -= zeros;
}

/*
 * The quotient of two positive numbers to 64 count - 1 bits or more, from their mantissas with the
 * highest bits set. What over has below the limbs that make the quotient is not divided: it only
 * matters whether it is 0.
 */
static bool divide(const exact *over, const exact *under, uint32_t count, struct ratio *out)
{
    exact a, b;
    assay__exact_init(&a);
    assay__exact_init(&b);
    assay__exact_set(&a, over);
    assay__exact_set(&b, under);
    int32_t fives = over->fives - under->fives;
    assay__exact_times_five(fives > 0 ? &a : &b, (uint32_t)abs(fives));
    bool is_done = !a.failed && !b.failed;
    if (is_done) {
        normalise(&a);
        normalise(&b);
        uint32_t needed = b.size + count;
        if (a.size < needed) {
            int32_t missing = (int32_t)(needed - a.size) * ASSAY__LIMB_BITS;
            assay__exact_shift(&a, (uint32_t)missing);
            a.twos -= missing;
        }
        is_done = !a.failed && !b.failed;
    }
    if (is_done) {
        mp_limb_t *limbs = assay__exact_limbs(&a);
        uint32_t below = a.size - b.size - count;
        assay__limbs_divide(out->limbs, count, limbs + below, assay__exact_limbs(&b), b.size);
        out->size = count + (out->limbs[count] != 0);
        out->exponent = (long)a.twos - b.twos + (long)below * ASSAY__LIMB_BITS;
        out->is_inexact = !mpn_zero_p(limbs, a.size);
    }
    assay__exact_clear(&a);
    assay__exact_clear(&b);
    return is_done;
}

/*
 * The double nearest to (q + r) * 2^exponent, where q has 64 bits or more and 0 <= r < 1 is more
 * than 0 when inexact is true. Below the normal range fewer than 53 bits are kept.
 */
static double round_once(const mp_limb_t *q, uint32_t size, long exponent, bool inexact)
{
    unsigned spare = (unsigned)__builtin_clzl(q[size - 1]);
    unsigned cut = ASSAY__LIMB_BITS * (size - 1) - spare; /* bits below the highest 64 */
    unsigned whole = cut / ASSAY__LIMB_BITS, rest = cut % ASSAY__LIMB_BITS;
    uint64_t bits = q[whole];
    if (rest != 0) {
        bits = q[whole] >> rest | q[whole + 1] << (ASSAY__LIMB_BITS - rest);
        inexact = inexact || q[whole] << (ASSAY__LIMB_BITS - rest) != 0;
    }
    inexact = inexact || (whole > 0 && !mpn_zero_p(q, whole));
    exponent += (long)cut;

    long leading = exponent + 63; /* the value is in [2^leading, 2^(leading + 1)) */
    if (leading > 1023)
        return HUGE_VAL;
    if (leading < -1075)
        return 0.0;
    int drop = leading >= -1022 ? 11 : (int)(11 - 1022 - leading); /* 11 .. 64 */
    uint64_t kept = drop == 64 ? 0 : bits >> drop;
    uint64_t below = drop == 64 ? bits : bits & ((UINT64_C(1) << drop) - 1);
    uint64_t half = UINT64_C(1) << (drop - 1);
    if (below > half || (below == half && (inexact || (kept & 1) != 0)))
        kept++;
    return ldexp((double)kept, (int)(exponent + drop));
}

bool assay__exact_quotient(const exact *over, const exact *under, double *out)
{
    struct ratio ratio;
    *out = NAN;
    if (over->failed || under->failed)
        return false;
    if (over->size == 0) {
        *out = 0.0;
        return true;
    }
    if (!divide(over, under, 2, &ratio)) /* 127 bits or more */
        return false;
    double result = round_once(ratio.limbs, ratio.size, ratio.exponent, ratio.is_inexact);
    *out = over->negative ? -result : result;
    return true;
}

bool assay__exact_root(const exact *over, const exact *under, double *out)
{
    struct ratio ratio;
    mp_limb_t root[2];
    *out = NAN;
    if (over->failed || under->failed)
        return false;
    if (over->size == 0) {
        *out = 0.0;
        return true;
    }
    if (!divide(over, under, 3, &ratio))
        return false;
    if (ratio.exponent % 2 != 0) { /* the highest limb is 0 or 1: there is room for a bit */
        ratio.limbs[3] = ratio.limbs[3] << 1 | ratio.limbs[2] >> 63;
        mpn_lshift(ratio.limbs, ratio.limbs, 3, 1);
        ratio.size = 3 + (ratio.limbs[3] != 0);
        ratio.exponent--;
    }
    /* floor(sqrt(floor(x))) = floor(sqrt(x)), of 96 bits or more. */
    bool is_inexact = mpn_sqrtrem(root, NULL, ratio.limbs, ratio.size) != 0;
    *out = round_once(root, 2, ratio.exponent / 2, is_inexact || ratio.is_inexact);
    return true;
}

/* A quotient of one limb more than a wide number has, or a bit more. */
static struct assay__wide round_wide(struct ratio *ratio, bool is_negative)
{
    enum { COUNT = ASSAY__WIDE_LIMBS + 1 };
    mp_limb_t *limbs = ratio->limbs;
    if (ratio->size > COUNT) { /* one bit too many */
        mp_limb_t out_bit = mpn_rshift(limbs, limbs, COUNT + 1, 1);
        ratio->is_inexact = ratio->is_inexact || out_bit != 0;
        ratio->exponent++;
    }
    /* The highest bit is set: the lowest limb is what a wide number has no room for. */
    const mp_limb_t half = UINT64_C(1) << 63;
    bool is_odd = (limbs[1] & 1) != 0;
    bool is_up = limbs[0] > half || (limbs[0] == half && (ratio->is_inexact || is_odd));
    if (is_up && mpn_add_1(limbs + 1, limbs + 1, ASSAY__WIDE_LIMBS, 1) != 0) {
        limbs[ASSAY__WIDE_LIMBS] = half; /* all ones: the next power of two */
        ratio->exponent++;
    }
    return assay__wide_of_limbs(limbs + 1, ratio->exponent + COUNT * ASSAY__LIMB_BITS, is_negative);
}

bool assay__exact_wide(const exact *over, const exact *under, struct assay__wide *out)
{
    struct ratio ratio;
    *out = assay__wide_of(NAN);
    if (over->failed || under->failed)
        return false;
    if (over->size == 0) {
        *out = assay__wide_zero();
        return true;
    }
    if (!divide(over, under, ASSAY__WIDE_LIMBS + 1, &ratio))
        return false;
    *out = round_wide(&ratio, over->negative != under->negative);
    return true;
}

enum { FIVES_MAX = 27 }; /* 5^27 is the largest in a limb */

static const uint64_t FIVES[FIVES_MAX + 1] = {UINT64_C(1),
                                              UINT64_C(5),
                                              UINT64_C(25),
                                              UINT64_C(125),
                                              UINT64_C(625),
                                              UINT64_C(3125),
                                              UINT64_C(15625),
                                              UINT64_C(78125),
                                              UINT64_C(390625),
                                              UINT64_C(1953125),
                                              UINT64_C(9765625),
                                              UINT64_C(48828125),
                                              UINT64_C(244140625),
                                              UINT64_C(1220703125),
                                              UINT64_C(6103515625),
                                              UINT64_C(30517578125),
                                              UINT64_C(152587890625),
                                              UINT64_C(762939453125),
                                              UINT64_C(3814697265625),
                                              UINT64_C(19073486328125),
                                              UINT64_C(95367431640625),
                                              UINT64_C(476837158203125),
                                              UINT64_C(2384185791015625),
                                              UINT64_C(11920928955078125),
                                              UINT64_C(59604644775390625),
                                              UINT64_C(298023223876953125),
                                              UINT64_C(1490116119384765625),
                                              UINT64_C(7450580596923828125)};

/* limbs *= 5^power; returns how many there are now. */
static uint32_t times_five(mp_limb_t *limbs, uint32_t count, uint32_t power)
{
    while (power > 0) {
        uint32_t step = power < FIVES_MAX ? power : FIVES_MAX;
        mp_limb_t carry = mpn_mul_1(limbs, limbs, count, FIVES[step]);
        if (carry != 0)
            limbs[count++] = carry;
        power -= step;
    }
    return count;
}

/* A whole number of at most as many limbs as a wide number has, the last of them not 0, times
 * 2^exponent. */
static void set_whole(const mp_limb_t *limbs, uint32_t size, long exponent, bool is_negative,
                      struct assay__wide *out)
{
    int zeros = __builtin_clzl(limbs[size - 1]);
    uint32_t missing = ASSAY__WIDE_LIMBS - size;
    mp_limb_t below = 0;
    *out = (struct assay__wide){is_negative ? -MPFR_REGULAR_KIND : MPFR_REGULAR_KIND,
                                exponent + (long)size * ASSAY__LIMB_BITS - zeros,
                                {0}};
    for (uint32_t i = 0; i < size; i++) {
        out->limbs[missing + i] = limbs[i] << zeros | below;
        below = zeros == 0 ? 0 : limbs[i] >> (ASSAY__LIMB_BITS - zeros);
    }
}

/* Both whole numbers are exact, so their quotient is rounded once. */
struct assay__wide assay__limbs_quotient(const uint64_t *limbs, uint32_t size, int32_t exponent,
                                         uint64_t divisor, bool is_negative)
{
    enum { UNDER = 3 };
    mp_limb_t under[UNDER + 1] = {divisor};
    while (size > 0 && limbs[size - 1] == 0)
        size--;
    if (size == 0)
        return assay__wide_zero();
    uint32_t under_size = times_five(under, 1, (uint32_t)-exponent);
    struct assay__wide over, by, result;
    set_whole(limbs, size, exponent, is_negative, &over);
    set_whole(under, under_size, 0, false, &by);
    return assay__limbs_div(&over, &by, &result) ? result : assay__wide_div(over, by);
}
