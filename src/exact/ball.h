/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_EXACT_BALL_H
#define ASSAY_EXACT_BALL_H

#include "exact/ball_sums.h"

/** ball_of_wide() takes the wide number as exact. A zero is exact, too. */
struct assay__ball ball_of_wide(const struct assay__wide *a);
struct assay__ball ball_of(double value);
struct assay__ball ball_of_u64(uint64_t value);

struct assay__ball ball_div(struct assay__ball a, struct assay__ball b);
struct assay__ball ball_sqrt(struct assay__ball a);

/** ball_exp() is e^a for 0 <= a < 1000; lost otherwise. */
struct assay__ball ball_exp(struct assay__ball a);

/** ball_of_products() is a b - c d, exactly, below 2^128. */
struct assay__ball ball_of_products(uint64_t a, uint64_t b, uint64_t c, uint64_t d);

/** ball_log() is the natural logarithm of a positive number, some 2^-111 off, lost near 1. */
struct assay__ball ball_log(struct assay__ball a);

/** ball_log_gamma() is the logarithm of the gamma function of a positive number, some 2^-110 of the
 * number times its logarithm off. */
struct assay__ball ball_log_gamma(struct assay__ball a);

/** ball_abs() is |a|; a's sign must be known. */
static inline struct assay__ball ball_abs(struct assay__ball a)
{
    a.sign = a.sign < 0 ? 1 : a.sign;
    return a;
}

/** ball_scale2() is a 2^exponent, exactly. */
static inline struct assay__ball ball_scale2(struct assay__ball a, int exponent)
{
    a.exponent += exponent;
    return a;
}

static inline struct assay__ball ball_square(struct assay__ball a)
{
    return ball_mul(a, a);
}

/**
 * ball_double() is the double nearest to the number, a normal one; *in_doubt becomes true, and the
 * double NaN, where the ball does not tell it: too large an error, a tie, zero, out of range.
 */
double ball_double(struct assay__ball a, bool *in_doubt);

/** struct assay__enclosure: two finite doubles, low <= high. */
struct assay__enclosure {
    double low, high;
};

/**
 * ball_rest() is what the double nearest to the number leaves of it: the rounded difference lies in
 * the span, a 2^-104 of the number wide or the error of the ball. In doubt as ball_double() is, and
 * far from 1 (2^900 and its inverse).
 */
struct assay__enclosure ball_rest(struct assay__ball a, bool *in_doubt);

#endif
