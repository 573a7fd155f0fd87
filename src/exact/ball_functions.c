/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Logarithms, logarithms of the gamma function and exact products as balls. The series are those of
 * exact/float320_functions.c, cut where 128 bits end; each bound says where it comes from.
 */
#include "exact/ball.h"

#include <math.h>

typedef struct assay__ball ball;

static ball lost(void)
{
    return (ball){(uint64_t)1 << 63, 0, ASSAY__BALL_LOST, 0, 1};
}

#if defined(__SIZEOF_INT128__) && ASSAY__LIMB_BITS == 64

__extension__ typedef unsigned __int128 u128;
__extension__ typedef __int128 s128;

enum { HALF_BITS = 64, BITS = 128 };

static u128 mantissa(const ball *a)
{
    return (u128)a->hi << HALF_BITS | a->lo;
}

/* m 2^(exponent - 128) with the sign, m not normalised, off by at most error units of m. */
static ball normal(u128 m, int64_t exponent, int sign, uint64_t error)
{
    if (m == 0)
        return error == 0 ? (ball){0, 0, 0, 0, 0} : lost();
    uint64_t hi = (uint64_t)(m >> HALF_BITS);
    int zeros = hi != 0 ? __builtin_clzll(hi) : HALF_BITS + __builtin_clzll((uint64_t)m);
    if (error != 0 && (zeros >= 60 || error >> (60 - zeros) != 0))
        return lost();
    m <<= zeros;
    error = error == 0 ? 0 : error << zeros;
    return (ball){(uint64_t)(m >> HALF_BITS), (uint64_t)m, error, exponent - zeros, sign};
}

ball ball_of_products(uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
    u128 first = (u128)a * b, second = (u128)c * d;
    return first >= second ? normal(first - second, BITS, 1, 0)
                           : normal(second - first, BITS, -1, 0);
}

/* ---- logarithm ------------------------------------------------------------------------------- */

static const ball LN2 = {0xb17217f7d1cf79ab, 0xc9e3b39803f2f6af, 1, 0, 1};

/* Upper half of a product, rounded down, less than 3 too small. */
static u128 upper_product(u128 a, u128 b)
{
    uint64_t a_hi = (uint64_t)(a >> HALF_BITS), a_lo = (uint64_t)a;
    uint64_t b_hi = (uint64_t)(b >> HALF_BITS), b_lo = (uint64_t)b;
    u128 middle = (u128)(uint64_t)((u128)a_hi * b_lo >> HALF_BITS);
    return (u128)a_hi * b_hi + middle + (uint64_t)((u128)a_lo * b_hi >> HALF_BITS);
}

/*
 * log m for m in [1/2, 1), error units of 2^-127. With y the double's logarithm of m, log m is
 * y + log(1 + r), r = m exp(-y) - 1 of about 2^-52, whose logarithm is r - r^2/2 but for 2^-156.
 */
static ball log_of_mantissa(u128 m, uint64_t error)
{
    const s128 near_one = (s128)1 << 78; /* what r may be, in units of 2^-127 */
    double y = log((double)(uint64_t)(m >> HALF_BITS) * 0x1p-64);
    ball power = {(uint64_t)1 << 63, 0, 0, 1, 1};
    if (y < 0.0)
        power = ball_exp(ball_of(-y));
    if (ball_is_lost(&power) || power.exponent < 1 || power.exponent > 2)
        return lost();
    unsigned shift = (unsigned)power.exponent - 1;
    s128 r = (s128)((upper_product(m, mantissa(&power)) << shift) - ((u128)1 << (BITS - 1)));
    if (r >= near_one || r <= -near_one)
        return lost();
    int64_t upper = (int64_t)(r >> 16);
    r -= (s128)upper * upper >> (BITS - 2 * 16);
    /* -y in units of 2^-127: its last bit is worth 2^-106 at least. */
    double whole = floor(-y * 0x1p64);
    u128 size = ((u128)(uint64_t)whole << 63) + (uint64_t)((-y * 0x1p64 - whole) * 0x1p63);
    s128 sum = r - (s128)size;
    /* The product, its shift, the square and the rest of the series; |log(1 + d)| <= 2 |d|. */
    uint64_t bound = 2 * power.error + 2 * error + 16;
    return sum < 0 ? normal((u128)-sum, 1, -1, bound) : normal((u128)sum, 1, 1, bound);
}

ball ball_log(ball a)
{
    if (ball_is_lost(&a) || a.sign <= 0)
        return lost();
    ball part = log_of_mantissa(mantissa(&a), a.error);
    if (a.exponent == 0)
        return part;
    ball whole = ball_of_u64((uint64_t)(a.exponent < 0 ? -a.exponent : a.exponent));
    whole.sign = a.exponent < 0 ? -1 : 1;
    return ball_add(ball_mul(whole, LN2), part);
}

/* ---- logarithm of the gamma function --------------------------------------------------------- */

static const ball HALF_LOG_TAU = {0xeb3f8e4325f5a534, 0x94bc900144192023, 1, 0, 1};

/* B_2k / (2k (2k - 1)), k = 1 .. 17. */
static const ball STIRLING[] = {{0xaaaaaaaaaaaaaaaa, 0xaaaaaaaaaaaaaaaa, 1, -3, 1},
                                {0xb60b60b60b60b60b, 0x60b60b60b60b60b6, 1, -8, -1},
                                {0xd00d00d00d00d00d, 0x00d00d00d00d00d0, 1, -10, 1},
                                {0x9c09c09c09c09c09, 0xc09c09c09c09c09c, 1, -10, -1},
                                {0xdca8f158c7f91ab8, 0x7539c0372a3c5631, 1, -10, 1},
                                {0xfb5586ccc9e3e40f, 0xb5586ccc9e3e40fb, 1, -9, -1},
                                {0xd20d20d20d20d20d, 0x20d20d20d20d20d2, 1, -7, 1},
                                {0xf21436587a9cbee1, 0x032547698badcff2, 1, -5, -1},
                                {0xb7f4b1c0f033ffd0, 0xc3b7f4b1c0f033ff, 1, -2, 1},
                                {0xb23b3808c0f9cf6d, 0xedce7312cc3ea607, 1, 1, -1},
                                {0xd672219167002d3a, 0x7a9c886459c00b4e, 1, 4, 1},
                                {0x9cd9292e6660d55b, 0x3f712eb9e07ca39d, 1, 8, -1},
                                {0x8911a740da740da7, 0x40da740da740da74, 1, 12, 1},
                                {0x8d0cc570e255bf59, 0xff6eec24b48ff1b3, 1, 16, -1},
                                {0xa8d1044d3708d1c2, 0x19ee4fdc4469ccae, 1, 20, 1},
                                {0xe8844d8a169abbc4, 0x06169abbc406169a, 1, 24, -1},
                                {0xb694d07b219dbcc4, 0x8676f31219dbcc48, 1, 29, 1}};

enum { STIRLING_COUNT = sizeof STIRLING / sizeof *STIRLING, LEAST_EXPONENT = 6 };

/*
 * The series at x >= 2^(exponent - 1) >= 2^9, in units of 2^-128: up to 9 terms, whose coefficients
 * are below 1 and change their signs, so that every sum is positive. Rounding costs 5 units a term,
 * divided by x; the inverse is off by its error's share of 2^128/x, and a unit.
 */
static ball stirling_fixed(ball x, int terms)
{
    const uint64_t own = 16;
    ball inverse = ball_div(ball_of_u64(1), x);
    if (ball_is_lost(&inverse))
        return lost();
    u128 small = mantissa(&inverse) >> -inverse.exponent, square = upper_product(small, small);
    u128 sum = mantissa(&STIRLING[terms - 1]) >> -STIRLING[terms - 1].exponent;
    for (int k = terms - 1; k-- > 0;)
        sum = (mantissa(&STIRLING[k]) >> -STIRLING[k].exponent) - upper_product(sum, square);
    return normal(upper_product(sum, small), 0, 1, own + (inverse.error >> -inverse.exponent));
}

/*
 * The sum of the series at x >= 2^(exponent - 1) >= 32. It is off by less than the first term left
 * out: below 2^-135, and of the 18th, 2^34 x^-35, below 2^-141.
 */
static ball stirling(ball x)
{
    enum { FIXED_TERMS = 9, FIXED_LEAST = 10, FIXED_MOST = 50 };
    const int64_t nothing = -135;
    int terms = 1;
    while (terms < STIRLING_COUNT &&
           STIRLING[terms].exponent - (2 * terms + 1) * (x.exponent - 1) > nothing)
        terms++;
    if (terms <= FIXED_TERMS && x.exponent >= FIXED_LEAST && x.exponent <= FIXED_MOST)
        return stirling_fixed(x, terms);
    ball inverse = ball_div(ball_of_u64(1), x), square = ball_square(inverse);
    ball sum = STIRLING[terms - 1];
    for (int k = terms - 1; k-- > 0;)
        sum = ball_add(STIRLING[k], ball_mul(sum, square));
    return ball_mul(sum, inverse);
}

/* Smaller arguments are raised: log gamma(x) = log gamma(x + m) - log(x (x + 1) ... (x + m - 1)).
 */
ball ball_log_gamma(ball a)
{
    if (ball_is_lost(&a) || a.sign <= 0)
        return lost();
    ball one = ball_of_u64(1), x = a, product = one;
    while (x.exponent < LEAST_EXPONENT && !ball_is_lost(&x)) {
        product = ball_mul(product, x);
        x = ball_add(x, one);
    }
    ball main = ball_sub(ball_mul(ball_sub(x, ball_of(0.5)), ball_log(x)), x);
    ball result = ball_add(ball_add(main, HALF_LOG_TAU), stirling(x));
    if (!ball_is_lost(&result))
        result.error += 1; /* result >= 76 before it is lowered: 2^-135 is less than a unit */
    return a.exponent < LEAST_EXPONENT ? ball_sub(result, ball_log(product)) : result;
}

#else

ball ball_of_products(uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
    (void)a, (void)b, (void)c, (void)d;
    return lost();
}

ball ball_log(ball a)
{
    (void)a;
    return lost();
}

ball ball_log_gamma(ball a)
{
    (void)a;
    return lost();
}

#endif
