/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sums, products and quotients of 320-bit numbers on five 64-bit limbs. A number is 0.m 2^exponent,
 * the highest bit of m set. Each result is computed exactly, or with a bit that stands for all that
 * follows, and rounded once.
 */
#include "exact/float320_limbs.h"

#include <gmp.h>
#include <mpfr.h>
#include <string.h>

typedef struct assay__wide wide;

#if ASSAY__LIMB_BITS == 64

__extension__ typedef unsigned __int128 two_limbs;

enum { LIMBS = ASSAY__WIDE_LIMBS, SUM_LIMBS = 2 * LIMBS + 1, LIMB_BITS = 64 };

static const mp_limb_t HALF = (mp_limb_t)1 << (LIMB_BITS - 1);

/* MPFR's range of exponents is 2^30 either way. */
static const mpfr_exp_t EXPONENT_MOST = 1L << 28;

static bool is_ordinary(const wide *a)
{
    bool is_regular = a->kind == MPFR_REGULAR_KIND || a->kind == -MPFR_REGULAR_KIND;
    return is_regular && a->exponent < EXPONENT_MOST && a->exponent > -EXPONENT_MOST;
}

static bool any(const mp_limb_t *limbs, int count)
{
    mp_limb_t all = 0;
    for (int i = 0; i < count; i++)
        all |= limbs[i];
    return all != 0;
}

/* Writes the top limbs, rounded by what follows: its first bit, and whether there is more. */
static void round_into(const mp_limb_t *top, bool half, bool more, wide *out)
{
    memcpy(out->limbs, top, sizeof out->limbs);
    if (!half || (!more && (top[0] & 1) == 0))
        return;
    for (int i = 0; i < LIMBS; i++)
        if (++out->limbs[i] != 0)
            return;
    out->limbs[LIMBS - 1] = HALF;
    out->exponent++;
}

/* A product of 2 LIMBS limbs, of which the highest bit or the one below it is set. */
static void round_product(mp_limb_t *product, int kind, mpfr_exp_t exponent, wide *out)
{
    if ((product[2 * LIMBS - 1] >> (LIMB_BITS - 1)) == 0) {
        for (int i = 2 * LIMBS - 1; i >= LIMBS - 1; i--)
            product[i] = product[i] << 1 | product[i - 1] >> (LIMB_BITS - 1);
        product[LIMBS - 2] <<= 1; /* the rest only counts as something or nothing */
        exponent--;
    }
    out->kind = kind;
    out->exponent = exponent;
    bool more = product[LIMBS - 1] << 1 != 0 || any(product, LIMBS - 1);
    round_into(product + LIMBS, product[LIMBS - 1] >> (LIMB_BITS - 1) != 0, more, out);
}

static int kind_of_product(const wide *a, const wide *b)
{
    return a->kind == b->kind ? MPFR_REGULAR_KIND : -MPFR_REGULAR_KIND;
}

/* How many of the lowest limbs are 0: nearly all of a count or a double. The highest is not. */
static int zero_limbs(const wide *a)
{
    int zeros = 0;
    while (a->limbs[zeros] == 0)
        zeros++;
    return zeros;
}

/* a b for a that has no more limbs than b, less those of both that are 0. */
static void multiply(const wide *a, int a_zeros, const wide *b, int b_zeros, mp_limb_t *product)
{
    int zeros = a_zeros + b_zeros;
    memset(product, 0, (size_t)zeros * sizeof *product);
    if (LIMBS - a_zeros == 1) {
        mp_limb_t factor = a->limbs[a_zeros];
        product[2 * LIMBS - 1] =
            mpn_mul_1(product + zeros, b->limbs + b_zeros, LIMBS - b_zeros, factor);
        return;
    }
    mpn_mul(product + zeros, b->limbs + b_zeros, LIMBS - b_zeros, a->limbs + a_zeros,
            LIMBS - a_zeros);
}

bool assay__limbs_mul(const wide *a, const wide *b, wide *out)
{
    mp_limb_t product[2 * LIMBS];
    if (!is_ordinary(a) || !is_ordinary(b))
        return false;
    int a_zeros = zero_limbs(a), b_zeros = zero_limbs(b);
    if (a_zeros == LIMBS - 1 && a->limbs[LIMBS - 1] == HALF) { /* a power of 2, such as 1 */
        *out = *b;
        out->kind = kind_of_product(a, b);
        out->exponent += a->exponent - 1;
        return true;
    }
    if (a_zeros == 0 && b_zeros == 0)
        mpn_mul_n(product, a->limbs, b->limbs, LIMBS);
    else if (a_zeros >= b_zeros)
        multiply(a, a_zeros, b, b_zeros, product);
    else
        multiply(b, b_zeros, a, a_zeros, product);
    round_product(product, kind_of_product(a, b), a->exponent + b->exponent, out);
    return true;
}

bool assay__limbs_square(const wide *a, wide *out)
{
    mp_limb_t product[2 * LIMBS];
    if (!is_ordinary(a))
        return false;
    mpn_sqr(product, a->limbs, LIMBS);
    round_product(product, MPFR_REGULAR_KIND, 2 * a->exponent, out);
    return true;
}

/*
 * A quotient by a single limb, the last of b: limb by limb, a first halved where it is not below b,
 * so that each part of the quotient is a limb. It is never half way between two numbers.
 */
static void divide_by_limb(const wide *a, mp_limb_t divisor, wide *out)
{
    mp_limb_t quotient[LIMBS], rest = a->limbs[LIMBS - 1];
    bool is_halved = rest >= divisor;
    mp_limb_t last = is_halved ? a->limbs[0] << (LIMB_BITS - 1) : 0;
    rest >>= is_halved;
    for (int i = LIMBS - 1; i > 0; i--) {
        mp_limb_t next = a->limbs[i - 1];
        if (is_halved)
            next = next >> 1 | a->limbs[i] << (LIMB_BITS - 1);
        two_limbs part = (two_limbs)rest << LIMB_BITS | next;
        quotient[i] = (mp_limb_t)(part / divisor);
        rest = next - quotient[i] * divisor;
    }
    two_limbs part = (two_limbs)rest << LIMB_BITS | last;
    quotient[0] = (mp_limb_t)(part / divisor);
    rest = last - quotient[0] * divisor;
    out->exponent += is_halved;
    round_into(quotient, rest >= divisor - rest, true, out);
}

/*
 * a 2^320 / b lies between 2^319 and 2^321, and never half way between two numbers. A divisor that
 * is a count or a double has few limbs: those that are 0 are taken from both.
 */
bool assay__limbs_div(const wide *a, const wide *b, wide *out)
{
    mp_limb_t above[2 * LIMBS] = {0}, quotient[LIMBS + 1], rest[LIMBS] = {0};
    if (!is_ordinary(a) || !is_ordinary(b))
        return false;
    int none = zero_limbs(b);
    out->kind = kind_of_product(a, b);
    out->exponent = a->exponent - b->exponent;
    if (none == LIMBS - 1) {
        divide_by_limb(a, b->limbs[none], out);
        return true;
    }
    memcpy(above + LIMBS, a->limbs, sizeof a->limbs);
    if (none == LIMBS - 2) {
        quotient[LIMBS] = mpn_divrem_2(quotient, 0, above + none, LIMBS + 2, b->limbs + none);
        memcpy(rest + none, above + none, 2 * sizeof *rest);
    } else {
        mpn_tdiv_qr(quotient, rest + none, 0, above + none, 2 * LIMBS - none, b->limbs + none,
                    LIMBS - none);
    }
    if (quotient[LIMBS] != 0) {
        bool half = (quotient[0] & 1) != 0;
        mpn_rshift(quotient, quotient, LIMBS + 1, 1);
        out->exponent++;
        round_into(quotient, half, any(rest, LIMBS), out);
        return true;
    }
    bool half = rest[LIMBS - 1] >> (LIMB_BITS - 1) != 0;
    mpn_lshift(rest, rest, LIMBS, 1);
    round_into(quotient, half || mpn_cmp(rest, b->limbs, LIMBS) >= 0, true, out);
    return true;
}

/* The smaller number's limbs, moved down by as many bits as its exponent is less. */
static void align(const wide *a, unsigned long bits, mp_limb_t out[SUM_LIMBS])
{
    unsigned long whole = bits / LIMB_BITS, part = bits % LIMB_BITS;
    memset(out, 0, SUM_LIMBS * sizeof *out);
    mp_limb_t *top = out + LIMBS + 1 - whole;
    if (part == 0) {
        memcpy(top, a->limbs, sizeof a->limbs);
        return;
    }
    unsigned long other = LIMB_BITS - part;
    top[-1] = a->limbs[0] << other;
    for (int i = 0; i < LIMBS - 1; i++)
        top[i] = a->limbs[i] >> part | a->limbs[i + 1] << other;
    top[LIMBS - 1] = a->limbs[LIMBS - 1] >> part;
}

/*
 * Nearly all numbers are less than a limb apart: their sum or difference has one limb more. The
 * smaller one's limbs, moved down by bits < 64.
 */
static inline void align_near(const wide *a, unsigned bits, mp_limb_t out[LIMBS + 1])
{
    out[0] = 0;
    memcpy(out + 1, a->limbs, sizeof a->limbs);
    if (bits == 0)
        return;
    unsigned other = LIMB_BITS - bits;
#pragma GCC unroll 5
    for (int i = 0; i < LIMBS; i++)
        out[i] = out[i] >> bits | out[i + 1] << other;
    out[LIMBS] >>= bits;
}

/* A sum that carried, moved down by a bit. */
static inline void take_carry(mp_limb_t sum[LIMBS])
{
    for (int i = 0; i < LIMBS - 1; i++)
        sum[i] = sum[i] >> 1 | sum[i + 1] << (LIMB_BITS - 1);
    sum[LIMBS - 1] = sum[LIMBS - 1] >> 1 | (mp_limb_t)1 << (LIMB_BITS - 1);
}

static void add_near(const wide *a, const wide *b, unsigned bits, wide *out)
{
    mp_limb_t moved[LIMBS + 1], sum[LIMBS];
    mp_limb_t carry = 0;
    align_near(b, bits, moved);
#pragma GCC unroll 5
    for (int i = 0; i < LIMBS; i++) {
        mp_limb_t here = a->limbs[i] + moved[i + 1];
        sum[i] = here + carry;
        carry = (here < moved[i + 1]) | (sum[i] < here);
    }
    bool half = moved[0] >> (LIMB_BITS - 1) != 0, more = moved[0] << 1 != 0;
    if (carry != 0) {
        more |= half;
        half = (sum[0] & 1) != 0;
        take_carry(sum);
    }
    out->kind = a->kind;
    out->exponent = a->exponent + (carry != 0);
    round_into(sum, half, more, out);
}

/* False where more than the highest limb cancels. */
static bool subtract_near(const wide *a, const wide *b, unsigned bits, wide *out)
{
    mp_limb_t moved[LIMBS + 1], rest[LIMBS + 1], top[LIMBS];
    align_near(b, bits, moved);
    rest[0] = 0 - moved[0];
    mp_limb_t borrow = moved[0] != 0;
#pragma GCC unroll 5
    for (int i = 1; i <= LIMBS; i++) {
        mp_limb_t here = a->limbs[i - 1] - moved[i];
        rest[i] = here - borrow;
        borrow = (a->limbs[i - 1] < moved[i]) | (here < borrow);
    }
    if (rest[LIMBS] == 0)
        return false;
    int zeros = __builtin_clzll(rest[LIMBS]);
#pragma GCC unroll 5
    for (int i = 0; i < LIMBS; i++)
        top[i] = zeros == 0 ? rest[i + 1] : rest[i + 1] << zeros | rest[i] >> (LIMB_BITS - zeros);
    mp_limb_t left = rest[0] << zeros;
    out->kind = a->kind;
    out->exponent = a->exponent - zeros;
    round_into(top, left >> (LIMB_BITS - 1) != 0, left << 1 != 0, out);
    return true;
}

/* The sum of numbers of one sign, b the smaller by bits. */
static void add_magnitudes(const wide *a, const wide *b, unsigned long bits, wide *out)
{
    mp_limb_t sum[SUM_LIMBS];
    align(b, bits, sum);
    mp_limb_t *top = sum + LIMBS + 1;
    mp_limb_t carry = mpn_add_n(top, top, a->limbs, LIMBS);
    out->kind = a->kind;
    out->exponent = a->exponent + (carry != 0);
    bool half = top[-1] >> (LIMB_BITS - 1) != 0;
    bool more = top[-1] << 1 != 0 || any(sum, LIMBS);
    if (carry != 0) {
        more |= half;
        half = (top[0] & 1) != 0;
        take_carry(top);
    }
    round_into(top, half, more, out);
}

/* Their difference, a the larger; false where nothing is left. */
static bool subtract_magnitudes(const wide *a, const wide *b, unsigned long bits, wide *out)
{
    mp_limb_t sum[SUM_LIMBS];
    align(b, bits, sum);
    mp_limb_t borrow = mpn_neg(sum, sum, LIMBS + 1), *upper = sum + LIMBS + 1;
    mpn_sub_n(upper, a->limbs, upper, LIMBS);
    mpn_sub_1(upper, upper, LIMBS, borrow);
    int highest = SUM_LIMBS - 1;
    while (highest >= 0 && sum[highest] == 0)
        highest--;
    if (highest < 0)
        return false;
    int zeros = __builtin_clzll(sum[highest]), lost = SUM_LIMBS - 1 - highest;
    out->kind = a->kind;
    out->exponent = a->exponent - (mpfr_exp_t)lost * LIMB_BITS - zeros;
    /* The highest limbs, and one more, moved up by zeros. */
    mp_limb_t top[LIMBS + 1];
    for (int i = LIMBS, from = highest; i >= 0; i--, from--) {
        mp_limb_t here = from >= 0 ? sum[from] : 0, below = from > 0 ? sum[from - 1] : 0;
        top[i] = zeros == 0 ? here : here << zeros | below >> (LIMB_BITS - zeros);
    }
    int rest = highest - LIMBS; /* limb of which top[0] has the upper bits */
    bool more = top[0] << 1 != 0;
    if (rest > 0)
        more |= any(sum, rest - 1) || sum[rest - 1] << zeros != 0;
    round_into(top + 1, top[0] >> (LIMB_BITS - 1) != 0, more, out);
    return true;
}

bool assay__limbs_add(const wide *a, const wide *b, wide *out)
{
    if (!is_ordinary(a) || !is_ordinary(b))
        return false;
    mpfr_exp_t bits = a->exponent - b->exponent;
    if (bits < 0 || (bits == 0 && mpn_cmp(a->limbs, b->limbs, LIMBS) < 0)) {
        const wide *larger = b;
        b = a;
        a = larger;
        bits = -bits;
    }
    if (bits > ASSAY__WIDE_BITS + 1) { /* less than a quarter of the last bit */
        *out = *a;
        return true;
    }
    if (bits < LIMB_BITS && a->kind == b->kind) {
        add_near(a, b, (unsigned)bits, out);
        return true;
    }
    if (bits < LIMB_BITS && subtract_near(a, b, (unsigned)bits, out))
        return true;
    if (a->kind != b->kind)
        return subtract_magnitudes(a, b, (unsigned long)bits, out);
    add_magnitudes(a, b, (unsigned long)bits, out);
    return true;
}

/* ---- doubles --------------------------------------------------------------------------------- */

enum { FRACTION_BITS = 52, BIAS = 1023, EXPONENTS = 2047 };

bool assay__limbs_of(double value, wide *out)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    int biased = (int)(bits >> FRACTION_BITS & EXPONENTS);
    if (biased == 0 || biased == EXPONENTS)
        return false;
    *out = (wide){bits >> (LIMB_BITS - 1) != 0 ? -MPFR_REGULAR_KIND : MPFR_REGULAR_KIND,
                  biased - BIAS + 1,
                  {0}};
    out->limbs[LIMBS - 1] = bits << (LIMB_BITS - 1 - FRACTION_BITS) | (mp_limb_t)1
                                                                          << (LIMB_BITS - 1);
    return true;
}

bool assay__limbs_of_u64(uint64_t value, wide *out)
{
    if (value == 0)
        return false;
    int zeros = __builtin_clzll(value);
    *out = (wide){MPFR_REGULAR_KIND, LIMB_BITS - zeros, {0}};
    out->limbs[LIMBS - 1] = value << zeros;
    return true;
}

bool assay__limbs_double(const wide *a, double *out)
{
    enum { SPARE = LIMB_BITS - 1 - FRACTION_BITS };
    const mp_limb_t half = (mp_limb_t)1 << (SPARE - 1), below = half - 1;
    if (!is_ordinary(a) || a->exponent < 2 - BIAS || a->exponent > BIAS)
        return false;
    mp_limb_t top = a->limbs[LIMBS - 1];
    uint64_t fraction = top >> SPARE;
    bool more = (top & below) != 0 || any(a->limbs, LIMBS - 1);
    if ((top & half) != 0 && (more || (fraction & 1) != 0))
        fraction++; /* 2^53 makes the exponent one larger, as it should */
    uint64_t bits = fraction + ((uint64_t)(a->exponent - 2 + BIAS) << FRACTION_BITS);
    bits |= a->kind < 0 ? (uint64_t)1 << (LIMB_BITS - 1) : 0;
    memcpy(out, &bits, sizeof bits);
    return true;
}

#else

bool assay__limbs_add(const wide *a, const wide *b, wide *out)
{
    (void)a, (void)b, (void)out;
    return false;
}

bool assay__limbs_mul(const wide *a, const wide *b, wide *out)
{
    return assay__limbs_add(a, b, out);
}

bool assay__limbs_div(const wide *a, const wide *b, wide *out)
{
    return assay__limbs_add(a, b, out);
}

bool assay__limbs_square(const wide *a, wide *out)
{
    return assay__limbs_add(a, a, out);
}

bool assay__limbs_of(double value, wide *out)
{
    (void)value, (void)out;
    return false;
}

bool assay__limbs_of_u64(uint64_t value, wide *out)
{
    (void)value, (void)out;
    return false;
}

bool assay__limbs_double(const wide *a, double *out)
{
    (void)a, (void)out;
    return false;
}

#endif
