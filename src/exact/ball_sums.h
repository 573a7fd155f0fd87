/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_EXACT_BALL_SUMS_H
#define ASSAY_EXACT_BALL_SUMS_H

#include <stdbool.h>
#include <stdint.h>

#include "exact/float320.h"

/**
 * struct assay__ball is a number of 128 bits with a bound of its error, a ball in the sense of
 * Johansson (2017, Arb, IEEE Trans. Comput. 66:1281). What is computed in balls is rounded to
 * double only where the bound leaves no doubt of the double; otherwise the caller computes in 320
 * bits, a tenth as fast. So both ways give the same digits.
 *
 * The value is sign 0.m 2^exponent, m = hi:lo with its highest bit set; the true number differs
 * from it by at most `error` units of the last bit of m. A sign of 0 is an exact zero. A ball is
 * lost when its error is ASSAY__BALL_LOST or more: nothing is known of the number, its sign
 * neither. Zeros, infinities and NaN of a wide number, divisions by 0, roots of negative numbers,
 * differences that cancel by more than some 60 bits, and exponents from 2^28 on are lost. Exponents
 * have the range of int64_t: nothing overflows in between. Where the compiler has no integers of
 * 128 bits, all balls are lost.
 */
struct assay__ball {
    uint64_t hi, lo, error;
    int64_t exponent;
    int sign; /* -1, 0, 1 */
};

static const uint64_t ASSAY__BALL_LOST = (uint64_t)1 << 60;

static inline bool ball_is_lost(const struct assay__ball *a)
{
    return a->error >= ASSAY__BALL_LOST;
}

static inline struct assay__ball ball_neg(struct assay__ball a)
{
    a.sign = -a.sign;
    return a;
}

static inline struct assay__ball ball_lost(void)
{
    return (struct assay__ball){(uint64_t)1 << 63, 0, ASSAY__BALL_LOST, 0, 1};
}

/*
 * Sums and products are inline: a call would take as long as half of them. Bounds are integers and
 * rounded up; each operation says what it adds.
 */
#if defined(__SIZEOF_INT128__) && ASSAY__LIMB_BITS == 64

__extension__ typedef unsigned __int128 ball_u128;

enum { BALL_HALF_BITS = 64, BALL_BITS = 128 };

static const int64_t BALL_EXPONENT_MOST = 1L << 28;

static inline ball_u128 ball_mantissa(const struct assay__ball *a)
{
    return (ball_u128)a->hi << BALL_HALF_BITS | a->lo;
}

/* A ball, lost when its error or exponent is too large. */
static inline struct assay__ball ball_make(ball_u128 m, int64_t exponent, int sign, uint64_t error)
{
    struct assay__ball result = {(uint64_t)(m >> BALL_HALF_BITS), (uint64_t)m, error, exponent,
                                 sign};
    bool is_far = exponent > BALL_EXPONENT_MOST || exponent < -BALL_EXPONENT_MOST;
    return error >= ASSAY__BALL_LOST || is_far ? ball_lost() : result;
}

static inline struct assay__ball ball_zero(void)
{
    return (struct assay__ball){0, 0, 0, 0, 0};
}

static inline int ball_leading_zeros(ball_u128 m)
{
    uint64_t hi = (uint64_t)(m >> BALL_HALF_BITS);
    return hi != 0 ? __builtin_clzll(hi) : BALL_HALF_BITS + __builtin_clzll((uint64_t)m);
}

/* ---- sums ------------------------------------------------------------------------------------ */

/* |a| + |b|, b's last bit worth 2^-bits of a's. */
static inline struct assay__ball ball_add_magnitudes(const struct assay__ball *a,
                                                     const struct assay__ball *b, unsigned bits,
                                                     int sign)
{
    ball_u128 m = ball_mantissa(a), sum = m + (ball_mantissa(b) >> bits);
    /* What is shifted out counts less than 1, as does the rounding of b's error. */
    uint64_t error = a->error + (bits < BALL_HALF_BITS ? b->error >> bits : 0) + (bits > 0 ? 2 : 0);
    if (sum >= m)
        return ball_make(sum, a->exponent, sign, error);
    uint64_t dropped = (uint64_t)sum & 1;
    return ball_make(sum >> 1 | (ball_u128)1 << (BALL_BITS - 1), a->exponent + 1, sign,
                     ((error + dropped) >> 1) + 1);
}

static inline struct assay__ball ball_subtract_magnitudes(const struct assay__ball *a,
                                                          const struct assay__ball *b,
                                                          unsigned bits, int sign)
{
    const int most = 59; /* bits of cancellation */
    ball_u128 m = ball_mantissa(a), other = ball_mantissa(b) >> bits;
    uint64_t error = a->error + (bits < BALL_HALF_BITS ? b->error >> bits : 0) + (bits > 0 ? 2 : 0);
    if (m == other)
        return error == 0 ? ball_zero() : ball_lost();
    ball_u128 rest = m > other ? m - other : other - m;
    int zeros = ball_leading_zeros(rest);
    if (zeros > most && error != 0)
        return ball_lost();
    if (error != 0 && error >> (60 - zeros) != 0)
        return ball_lost();
    error = error == 0 ? 0 : error << zeros;
    return ball_make(rest << zeros, a->exponent - zeros, m > other ? sign : -sign, error);
}

static inline struct assay__ball ball_add(struct assay__ball a, struct assay__ball b)
{
    if (ball_is_lost(&a) || ball_is_lost(&b))
        return ball_lost();
    if (a.sign == 0 || b.sign == 0)
        return a.sign == 0 ? b : a;
    const struct assay__ball *larger = &a, *smaller = &b;
    int64_t bits = a.exponent - b.exponent;
    if (bits < 0) {
        larger = &b;
        smaller = &a;
        bits = -bits;
    }
    if (bits >= BALL_BITS - 1) { /* the smaller one, with its error, is below 2 units */
        struct assay__ball sum = *larger;
        sum.error += 3;
        return ball_make(ball_mantissa(&sum), sum.exponent, sum.sign, sum.error);
    }
    unsigned shift = (unsigned)bits;
    return a.sign == b.sign ? ball_add_magnitudes(larger, smaller, shift, larger->sign)
                            : ball_subtract_magnitudes(larger, smaller, shift, larger->sign);
}

static inline struct assay__ball ball_sub(struct assay__ball a, struct assay__ball b)
{
    return ball_add(a, ball_neg(b));
}

static inline int ball_sign(struct assay__ball a, bool *in_doubt)
{
    if (!ball_is_lost(&a))
        return a.sign; /* m is 2^127 at least, and so above the error */
    *in_doubt = true;
    return 0;
}

/* ---- products -------------------------------------------------------------------------------- */

/* The upper half of a product, less than 3 too small. */
static inline ball_u128 ball_upper_product(ball_u128 a, ball_u128 b)
{
    uint64_t a_hi = (uint64_t)(a >> BALL_HALF_BITS), a_lo = (uint64_t)a;
    uint64_t b_hi = (uint64_t)(b >> BALL_HALF_BITS), b_lo = (uint64_t)b;
    ball_u128 middle = (ball_u128)(uint64_t)((ball_u128)a_hi * b_lo >> BALL_HALF_BITS);
    return (ball_u128)a_hi * b_hi + middle + (uint64_t)((ball_u128)a_lo * b_hi >> BALL_HALF_BITS);
}

/*
 * In units of 2^-128 of the product: m_a error_b + m_b error_a + error_a error_b is at most
 * error_a + error_b + 1, and the part not computed below 3; all twice as much after the shift.
 */
static inline struct assay__ball ball_mul(struct assay__ball a, struct assay__ball b)
{
    if (ball_is_lost(&a) || ball_is_lost(&b))
        return ball_lost();
    if (a.sign == 0 || b.sign == 0)
        return ball_zero();
    ball_u128 m = ball_upper_product(ball_mantissa(&a), ball_mantissa(&b));
    uint64_t error = a.error + b.error + 4;
    unsigned shift = m >> (BALL_BITS - 1) == 0;
    return ball_make(m << shift, a.exponent + b.exponent - shift, a.sign * b.sign, error << shift);
}

#else

static inline struct assay__ball ball_add(struct assay__ball a, struct assay__ball b)
{
    (void)a, (void)b;
    return ball_lost();
}

static inline struct assay__ball ball_sub(struct assay__ball a, struct assay__ball b)
{
    return ball_add(a, b);
}

static inline struct assay__ball ball_mul(struct assay__ball a, struct assay__ball b)
{
    return ball_add(a, b);
}

static inline int ball_sign(struct assay__ball a, bool *in_doubt)
{
    (void)a;
    *in_doubt = true;
    return 0;
}

#endif

#endif
