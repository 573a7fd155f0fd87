/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Numbers of 128 bits that carry a bound of their error. A mantissa m is an integer of 128 bits
 * with its highest bit set, 2^127 <= m < 2^128, so that a relative error is at most error 2^-127.
 * Bounds are integers and rounded up; each operation says what it adds.
 */
#include "exact/ball.h"

#include <math.h>
#include <mpfr.h>
#include <string.h>

typedef struct assay__ball ball;

#if defined(__SIZEOF_INT128__) && ASSAY__LIMB_BITS == 64

typedef ball_u128 u128;
__extension__ typedef __int128 s128;

enum { HALF_BITS = BALL_HALF_BITS, BITS = BALL_BITS };

/* ---- from and to other numbers --------------------------------------------------------------- */

ball ball_of_wide(const struct assay__wide *a)
{
    if (a->kind == MPFR_ZERO_KIND || a->kind == -MPFR_ZERO_KIND)
        return ball_zero();
    if (a->kind != MPFR_REGULAR_KIND && a->kind != -MPFR_REGULAR_KIND)
        return ball_lost();
    const mp_limb_t *limbs = a->limbs;
    u128 m = (u128)limbs[ASSAY__WIDE_LIMBS - 1] << HALF_BITS | limbs[ASSAY__WIDE_LIMBS - 2];
    mp_limb_t rest = 0;
    for (int i = 0; i < ASSAY__WIDE_LIMBS - 2; i++)
        rest |= limbs[i];
    return ball_make(m, a->exponent, a->kind < 0 ? -1 : 1, rest != 0);
}

ball ball_of(double value)
{
    enum { FRACTION_BITS = 52, BIAS = 1023, EXPONENTS = 2047 };
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    int biased = (int)(bits >> FRACTION_BITS & EXPONENTS);
    if (value == 0.0)
        return ball_zero();
    if (biased == 0 || biased == EXPONENTS)
        return ball_lost();
    uint64_t hi = bits << (HALF_BITS - 1 - FRACTION_BITS) | (uint64_t)1 << 63;
    return (ball){hi, 0, 0, biased - BIAS + 1, bits >> 63 != 0 ? -1 : 1};
}

ball ball_of_u64(uint64_t value)
{
    if (value == 0)
        return ball_zero();
    int zeros = __builtin_clzll(value);
    return (ball){value << zeros, 0, 0, HALF_BITS - zeros, 1};
}

/*
 * The bits of m below a double's are the tail; its distance from a half decides the rounding. A tie
 * of an exact number goes to the even one.
 */
double ball_double(ball a, bool *in_doubt)
{
    enum { SPARE = 11, FRACTION_BITS = 52, BIAS = 1023 };
    const uint64_t half = (uint64_t)1 << (SPARE - 1);
    uint64_t fraction = a.hi >> SPARE, tail = a.hi & (2 * half - 1); /* the tail's upper half */
    bool is_near = (tail == half && a.lo <= a.error) || (tail == half - 1 && ~a.lo < a.error);
    bool is_out = a.exponent < 2 - BIAS || a.exponent > BIAS;
    if (a.sign == 0 || ball_is_lost(&a) || (is_near && a.error > 0) || is_out) {
        *in_doubt = true;
        return NAN;
    }
    /* 2^53 makes the exponent one larger, as it should. */
    fraction += tail >= half && (tail > half || a.lo != 0 || (fraction & 1) != 0);
    uint64_t bits = fraction + ((uint64_t)(a.exponent - 2 + BIAS) << FRACTION_BITS);
    bits |= a.sign < 0 ? (uint64_t)1 << (HALF_BITS - 1) : 0;
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/*
 * The tail is below 2^74 in size. As a double it is off by 2^11, dropped, and 2^21 by rounding; the
 * rounded difference of 320 bits by as much.
 */
struct assay__enclosure ball_rest(ball a, bool *in_doubt)
{
    enum { SPARE = 11, EXPONENT_FAR = 900 };
    const double own = 0x1p23;
    u128 half = (u128)1 << (HALF_BITS + SPARE - 1), tail = ball_mantissa(&a) & (2 * half - 1);
    (void)ball_double(a, in_doubt);
    if (*in_doubt || a.exponent > EXPONENT_FAR || a.exponent < -EXPONENT_FAR) {
        *in_doubt = true;
        return (struct assay__enclosure){0.0, 0.0};
    }
    bool is_up = tail > half || (tail == half && (a.hi >> SPARE & 1) != 0);
    double size = (double)(uint64_t)((is_up ? 2 * half - tail : tail) >> SPARE) * 0x1p11;
    double middle = is_up == (a.sign > 0) ? -size : size, width = (double)a.error + own;
    double unit = ldexp(1.0, (int)a.exponent - BITS);
    return (struct assay__enclosure){(middle - width) * unit, (middle + width) * unit};
}

/* ---- quotients and roots ----------------------------------------------------------------------
 */

/*
 * The first bits of m_a/m_b 2^63 by a division of 128 by 64 bits, which takes m_b for its upper
 * half: with the rest m_a 2^63 - first m_b, of which the upper 64 bits are kept,
 *     m_a/m_b 2^126 = first 2^63 + rest 2^63 / m_b.
 * |rest| is below 2^64 in units of 2^64, off by less than 2.5, and the last term below 2^64. In
 * doubles that is good to 2^-50 of itself, and to 256 where it becomes an integer: 2^15 in all,
 * which the last shift, of 3 at most, makes 2^18.
 */
ball ball_div(ball a, ball b)
{
    const uint64_t own = (uint64_t)1 << 18;
    if (ball_is_lost(&a) || ball_is_lost(&b) || b.sign == 0)
        return ball_lost();
    if (a.sign == 0)
        return ball_zero();
    u128 above = ball_mantissa(&a) >> 1;
    uint64_t first = (uint64_t)(above / b.hi); /* 2^127/2^63 at most */
    u128 below = (u128)first * b.hi + (uint64_t)((u128)first * b.lo >> HALF_BITS);
    /* Halves of both fit signed numbers, which take fewer steps to doubles. */
    double rest = (double)(int64_t)((s128)(above - below) >> 1);
    double divisor = (double)(int64_t)(b.hi >> 1);
    int64_t steps = (int64_t)(rest / divisor * 0x1p55); /* of 2^8 */
    u128 quotient = ((u128)first << (HALF_BITS - 1)) + (u128)((s128)steps * 256);
    int zeros = __builtin_clzll((uint64_t)(quotient >> HALF_BITS)); /* 1 or 2 */
    return ball_make(quotient << zeros, a.exponent - b.exponent + 2 - zeros, a.sign * b.sign,
                     2 * (a.error + b.error) + 1 + own);
}

/*
 * With x = 0.m, or half of it for an odd exponent, and r the integer next to the double's root of
 * x 2^126, r + 1 or so: sqrt(x) 2^126 = r 2^63 + (x 2^126 - r^2) 2^63 / (2 r), less the square of
 * the correction, which is below 2. Doubles are good to 2^-50 of the last term, below 2^64: 2^14 in
 * all, 2^16 after the shift.
 */
ball ball_sqrt(ball a)
{
    const uint64_t own = (uint64_t)1 << 17;
    if (ball_is_lost(&a) || a.sign < 0)
        return ball_lost();
    if (a.sign == 0)
        return a;
    unsigned odd = (unsigned)(a.exponent & 1);
    int64_t exponent = (a.exponent + odd) / 2;
    u128 x = ball_mantissa(&a) >> (2 + odd); /* x 2^126 */
    double near = sqrt((double)(int64_t)(x >> HALF_BITS) * 0x1p-62);
    uint64_t root = (uint64_t)(near * 0x1p63);
    s128 rest = (s128)(x - (u128)root * root);
    /* Below 2^76: its upper bits make root right to 1. */
    root += (uint64_t)(int64_t)((double)(int64_t)(rest >> 24) * 0x1p23 / (double)root);
    rest = (s128)(x - (u128)root * root);
    double left = (double)(int64_t)(rest >> 4);
    int64_t steps = (int64_t)(left / (double)root * 0x1p58); /* of 2^8 */
    u128 result = ((u128)root << (HALF_BITS - 1)) + (u128)((s128)steps * 256);
    int zeros = __builtin_clzll((uint64_t)(result >> HALF_BITS));
    return ball_make(result << zeros, exponent + 2 - zeros, 1, a.error + 1 + own);
}

/* ---- exponential ----------------------------------------------------------------------------- */

/* 2^127 / j!, rounded down. */
static const uint64_t FACTORIALS[][2] = {
    {0x8000000000000000, 0x0000000000000000}, {0x8000000000000000, 0x0000000000000000},
    {0x4000000000000000, 0x0000000000000000}, {0x1555555555555555, 0x5555555555555555},
    {0x0555555555555555, 0x5555555555555555}, {0x0111111111111111, 0x1111111111111111},
    {0x002d82d82d82d82d, 0x82d82d82d82d82d8}, {0x0006806806806806, 0x8068068068068068},
    {0x0000d00d00d00d00, 0xd00d00d00d00d00d}, {0x0000171de3a556c7, 0x338faac1c88e5001},
    {0x0000024fc9f6ef13, 0xeb8e5de02da7d4cc}, {0x00000035cc8acfea, 0x89c71fce8fc9706f},
    {0x000000047bb63bfe, 0x3625ed5136a61eb3}};

static const uint64_t LN2[2] = {0xb17217f7d1cf79ab,
                                0xc9e3b39803f2f6af}; /* times 2^128, rounded down */

/*
 * e^r for 0 <= r < ln 2 in units of 2^-127, r = s 2^8: Taylor's series at s, below 2^-8.5, then 8
 * squarings. Sums and products are rounded down: 8 units for the series, doubled by each squaring,
 * which adds 6; 2^13 in all.
 */
static u128 exp_of_rest(u128 s)
{
    enum { TERMS = sizeof FACTORIALS / sizeof *FACTORIALS, SQUARINGS = 8 };
    u128 sum = 0;
    for (int j = TERMS - 1; j >= 0; j--)
        sum = ball_upper_product(s << 1, sum) +
              ((u128)FACTORIALS[j][0] << HALF_BITS | FACTORIALS[j][1]);
    for (int i = 0; i < SQUARINGS; i++)
        sum = ball_upper_product(sum, sum) << 1;
    return sum;
}

/* k ln 2 in units of 2^-118, at most 2 too small. */
static u128 times_ln2(uint64_t k)
{
    return ((u128)k * LN2[0] << 54) + ((u128)k * LN2[1] >> 10);
}

ball ball_exp(ball a)
{
    enum { WHOLE_BITS = 10, UNIT_BITS = BITS - WHOLE_BITS }; /* units of 2^-118 */
    const double most = 1000.0;
    const uint64_t own = (uint64_t)1 << 14;
    if (ball_is_lost(&a) || a.sign < 0 || a.exponent > WHOLE_BITS)
        return ball_lost();
    if (a.sign == 0 || a.exponent <= -UNIT_BITS)
        return ball_lost();
    unsigned shift = (unsigned)(WHOLE_BITS - a.exponent);
    u128 units = ball_mantissa(&a) >> shift;
    uint64_t error = (shift < HALF_BITS ? a.error >> shift : 0) + 5;
    double near = (double)(uint64_t)(units >> HALF_BITS) * 0x1p-54;
    if (near > most || error >= ASSAY__BALL_LOST >> 11)
        return ball_lost();
    uint64_t k = (uint64_t)(near * 1.4426950408889634);
    if (times_ln2(k) > units)
        k--;
    else if (times_ln2(k + 1) <= units)
        k++;
    u128 power = exp_of_rest((units - times_ln2(k)) << 1);
    return ball_make(power, (int64_t)k + 1, 1, own + (error << 10));
}

#else

ball ball_of_wide(const struct assay__wide *a)
{
    (void)a;
    return ball_lost();
}

ball ball_of(double value)
{
    (void)value;
    return ball_lost();
}

ball ball_of_u64(uint64_t value)
{
    (void)value;
    return ball_lost();
}

ball ball_div(ball a, ball b)
{
    return ball_add(a, b);
}

ball ball_sqrt(ball a)
{
    return ball_add(a, a);
}

ball ball_exp(ball a)
{
    return ball_add(a, a);
}

double ball_double(ball a, bool *in_doubt)
{
    (void)a;
    *in_doubt = true;
    return NAN;
}

struct assay__enclosure ball_rest(ball a, bool *in_doubt)
{
    (void)a;
    *in_doubt = true;
    return (struct assay__enclosure){0};
}

#endif
