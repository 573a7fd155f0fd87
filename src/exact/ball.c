/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Numbers of 128 bits that carry a bound of their error. A mantissa m is an integer of 128 bits
 * with its highest bit set, 2^127 <= m < 2^128, so that a relative error is at most error 2^-127.
 * Bounds are integers and rounded up; each operation says what it adds.
 */
#include "exact/ball.h"

#include <math.h>
#include <string.h>

typedef struct assay__ball ball;

static ball lost(void)
{
    return (ball){(uint64_t)1 << 63, 0, ASSAY__BALL_LOST, 0, 1};
}

#if defined(__SIZEOF_INT128__) && GMP_NUMB_BITS == 64

__extension__ typedef unsigned __int128 u128;
__extension__ typedef __int128 s128;

enum { HALF_BITS = 64, BITS = 128 };

static const int64_t EXPONENT_MOST = 1L << 28;

static u128 mantissa(const ball *a)
{
    return (u128)a->hi << HALF_BITS | a->lo;
}

/* A ball, lost when its error or exponent is too large. */
static inline ball make(u128 m, int64_t exponent, int sign, uint64_t error)
{
    ball result = {(uint64_t)(m >> HALF_BITS), (uint64_t)m, error, exponent, sign};
    bool is_far = exponent > EXPONENT_MOST || exponent < -EXPONENT_MOST;
    return error >= ASSAY__BALL_LOST || is_far ? lost() : result;
}

static ball zero(void)
{
    return (ball){0, 0, 0, 0, 0};
}

static int leading_zeros(u128 m)
{
    uint64_t hi = (uint64_t)(m >> HALF_BITS);
    return hi != 0 ? __builtin_clzll(hi) : HALF_BITS + __builtin_clzll((uint64_t)m);
}

/* ---- from and to other numbers --------------------------------------------------------------- */

ball ball_of_wide(const struct assay__wide *a)
{
    if (a->kind == MPFR_ZERO_KIND || a->kind == -MPFR_ZERO_KIND)
        return zero();
    if (a->kind != MPFR_REGULAR_KIND && a->kind != -MPFR_REGULAR_KIND)
        return lost();
    const mp_limb_t *limbs = a->limbs;
    u128 m = (u128)limbs[ASSAY__WIDE_LIMBS - 1] << HALF_BITS | limbs[ASSAY__WIDE_LIMBS - 2];
    mp_limb_t rest = 0;
    for (int i = 0; i < ASSAY__WIDE_LIMBS - 2; i++)
        rest |= limbs[i];
    return make(m, a->exponent, a->kind < 0 ? -1 : 1, rest != 0);
}

ball ball_of(double value)
{
    enum { FRACTION_BITS = 52, BIAS = 1023, EXPONENTS = 2047 };
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    int biased = (int)(bits >> FRACTION_BITS & EXPONENTS);
    if (value == 0.0)
        return zero();
    if (biased == 0 || biased == EXPONENTS)
        return lost();
    uint64_t hi = bits << (HALF_BITS - 1 - FRACTION_BITS) | (uint64_t)1 << 63;
    return (ball){hi, 0, 0, biased - BIAS + 1, bits >> 63 != 0 ? -1 : 1};
}

ball ball_of_u64(uint64_t value)
{
    if (value == 0)
        return zero();
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
    u128 half = (u128)1 << (HALF_BITS + SPARE - 1), tail = mantissa(&a) & (2 * half - 1);
    u128 distance = tail > half ? tail - half : half - tail;
    bool is_out = a.exponent < 2 - BIAS || a.exponent > BIAS;
    if (a.sign == 0 || ball_is_lost(&a) || (distance <= a.error && a.error > 0) || is_out) {
        *in_doubt = true;
        return NAN;
    }
    /* 2^53 makes the exponent one larger, as it should. */
    uint64_t fraction = a.hi >> SPARE;
    fraction += tail > half || (tail == half && (fraction & 1) != 0);
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
    u128 half = (u128)1 << (HALF_BITS + SPARE - 1), tail = mantissa(&a) & (2 * half - 1);
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

/* ---- sums ------------------------------------------------------------------------------------ */

/* |a| + |b|, b's last bit worth 2^-bits of a's. */
static ball add_magnitudes(const ball *a, const ball *b, unsigned bits, int sign)
{
    u128 m = mantissa(a), sum = m + (mantissa(b) >> bits);
    /* What is shifted out counts less than 1, as does the rounding of b's error. */
    uint64_t error = a->error + (bits < HALF_BITS ? b->error >> bits : 0) + (bits > 0 ? 2 : 0);
    if (sum >= m)
        return make(sum, a->exponent, sign, error);
    uint64_t dropped = (uint64_t)sum & 1;
    return make(sum >> 1 | (u128)1 << (BITS - 1), a->exponent + 1, sign,
                ((error + dropped) >> 1) + 1);
}

static ball subtract_magnitudes(const ball *a, const ball *b, unsigned bits, int sign)
{
    const int most = 59; /* bits of cancellation */
    u128 m = mantissa(a), other = mantissa(b) >> bits;
    uint64_t error = a->error + (bits < HALF_BITS ? b->error >> bits : 0) + (bits > 0 ? 2 : 0);
    if (m == other)
        return error == 0 ? zero() : lost();
    u128 rest = m > other ? m - other : other - m;
    int zeros = leading_zeros(rest);
    if (zeros > most && error != 0)
        return lost();
    if (error != 0 && error >> (60 - zeros) != 0)
        return lost();
    error = error == 0 ? 0 : error << zeros;
    return make(rest << zeros, a->exponent - zeros, m > other ? sign : -sign, error);
}

ball ball_add(ball a, ball b)
{
    if (ball_is_lost(&a) || ball_is_lost(&b))
        return lost();
    if (a.sign == 0 || b.sign == 0)
        return a.sign == 0 ? b : a;
    const ball *larger = &a, *smaller = &b;
    int64_t bits = a.exponent - b.exponent;
    if (bits < 0) {
        larger = &b;
        smaller = &a;
        bits = -bits;
    }
    if (bits >= BITS - 1) { /* the smaller one, with its error, is below 2 units */
        ball sum = *larger;
        sum.error += 3;
        return make(mantissa(&sum), sum.exponent, sum.sign, sum.error);
    }
    unsigned shift = (unsigned)bits;
    return a.sign == b.sign ? add_magnitudes(larger, smaller, shift, larger->sign)
                            : subtract_magnitudes(larger, smaller, shift, larger->sign);
}

ball ball_sub(ball a, ball b)
{
    return ball_add(a, ball_neg(b));
}

int ball_sign(ball a, bool *in_doubt)
{
    if (!ball_is_lost(&a))
        return a.sign; /* m is 2^127 at least, and so above the error */
    *in_doubt = true;
    return 0;
}

/* ---- products -------------------------------------------------------------------------------- */

/* The upper half of a product, less than 3 too small. */
static inline u128 upper_product(u128 a, u128 b)
{
    uint64_t a_hi = (uint64_t)(a >> HALF_BITS), a_lo = (uint64_t)a;
    uint64_t b_hi = (uint64_t)(b >> HALF_BITS), b_lo = (uint64_t)b;
    u128 middle = (u128)(uint64_t)((u128)a_hi * b_lo >> HALF_BITS);
    return (u128)a_hi * b_hi + middle + (uint64_t)((u128)a_lo * b_hi >> HALF_BITS);
}

/*
 * In units of 2^-128 of the product: m_a error_b + m_b error_a + error_a error_b is at most
 * error_a + error_b + 1, and the part not computed below 3; all twice as much after the shift.
 */
ball ball_mul(ball a, ball b)
{
    if (ball_is_lost(&a) || ball_is_lost(&b))
        return lost();
    if (a.sign == 0 || b.sign == 0)
        return zero();
    u128 m = upper_product(mantissa(&a), mantissa(&b));
    uint64_t error = a.error + b.error + 4;
    unsigned shift = m >> (BITS - 1) == 0;
    return make(m << shift, a.exponent + b.exponent - shift, a.sign * b.sign, error << shift);
}

/*
 * The first bits of m_a/m_b 2^63 by a division of 128 by 64 bits, which takes m_b for its upper
 * half: with the rest m_a 2^63 - first m_b, of which the upper 64 bits are kept,
 *     m_a/m_b 2^126 = first 2^63 + rest 2^63 / m_b.
 * |rest| is below 2^64 in units of 2^64, off by less than 1.5, and the last term below 2^64. In
 * doubles that is good to 2^-50 of itself, and to 256 where it becomes an integer: 2^15 in all,
 * which the last shift, of 3 at most, makes 2^18.
 */
ball ball_div(ball a, ball b)
{
    const uint64_t own = (uint64_t)1 << 18;
    if (ball_is_lost(&a) || ball_is_lost(&b) || b.sign == 0)
        return lost();
    if (a.sign == 0)
        return zero();
    u128 above = mantissa(&a) >> 1, first = above / b.hi;
    u128 below = first * b.hi + (first * b.lo >> HALF_BITS);
    double rest =
        above < below ? -(double)(uint64_t)(below - above) : (double)(uint64_t)(above - below);
    int64_t steps = (int64_t)(rest / (double)b.hi * 0x1p55); /* of 2^8 */
    u128 quotient = (first << (HALF_BITS - 1)) + (u128)((s128)steps * 256);
    int zeros = leading_zeros(quotient);
    return make(quotient << zeros, a.exponent - b.exponent + 2 - zeros, a.sign * b.sign,
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
        return lost();
    if (a.sign == 0)
        return a;
    unsigned odd = (unsigned)(a.exponent & 1);
    int64_t exponent = (a.exponent + odd) / 2;
    u128 x = mantissa(&a) >> (2 + odd); /* x 2^126 */
    double near = sqrt((double)(uint64_t)(x >> HALF_BITS) * 0x1p-62);
    uint64_t root = (uint64_t)(near * 0x1p63);
    s128 rest = (s128)(x - (u128)root * root);
    /* Below 2^76: its upper bits make root right to 1. */
    root += (uint64_t)(int64_t)((double)(int64_t)(rest >> 24) * 0x1p23 / (double)root);
    rest = (s128)(x - (u128)root * root);
    double left = rest < 0 ? -(double)(uint64_t)(-rest >> 4) : (double)(uint64_t)(rest >> 4);
    int64_t steps = (int64_t)(left / (double)root * 0x1p58); /* of 2^8 */
    u128 result = ((u128)root << (HALF_BITS - 1)) + (u128)((s128)steps * 256);
    int zeros = leading_zeros(result);
    return make(result << zeros, exponent + 2 - zeros, 1, a.error + 1 + own);
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
        sum = upper_product(s << 1, sum) + ((u128)FACTORIALS[j][0] << HALF_BITS | FACTORIALS[j][1]);
    for (int i = 0; i < SQUARINGS; i++)
        sum = upper_product(sum, sum) << 1;
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
        return lost();
    if (a.sign == 0 || a.exponent <= -UNIT_BITS)
        return lost();
    unsigned shift = (unsigned)(WHOLE_BITS - a.exponent);
    u128 units = mantissa(&a) >> shift;
    uint64_t error = (shift < HALF_BITS ? a.error >> shift : 0) + 5;
    double near = (double)(uint64_t)(units >> HALF_BITS) * 0x1p-54;
    if (near > most || error >= ASSAY__BALL_LOST >> 11)
        return lost();
    uint64_t k = (uint64_t)(near * 1.4426950408889634);
    if (times_ln2(k) > units)
        k--;
    else if (times_ln2(k + 1) <= units)
        k++;
    u128 power = exp_of_rest((units - times_ln2(k)) << 1);
    return make(power, (int64_t)k + 1, 1, own + (error << 10));
}

#else

ball ball_of_wide(const struct assay__wide *a)
{
    (void)a;
    return lost();
}

ball ball_of(double value)
{
    (void)value;
    return lost();
}

ball ball_of_u64(uint64_t value)
{
    (void)value;
    return lost();
}

ball ball_add(ball a, ball b)
{
    (void)a, (void)b;
    return lost();
}

ball ball_sub(ball a, ball b)
{
    return ball_add(a, b);
}

ball ball_mul(ball a, ball b)
{
    return ball_add(a, b);
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

int ball_sign(ball a, bool *in_doubt)
{
    (void)a;
    *in_doubt = true;
    return 0;
}

#endif
