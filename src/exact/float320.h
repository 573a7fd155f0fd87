/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_EXACT_FLOAT320_H
#define ASSAY_EXACT_FLOAT320_H

#include <stdbool.h>
#include <stdint.h>

#include "exact/limb.h"

/**
 * struct assay__wide is a floating-point number with 320 bits of precision and an exponent range no
 * experiment leaves. It is a plain value: no pointers, copied by =, nothing to free, no allocation.
 * What follows the exact sums (differences of means at an offset of 1e12, variances of data at
 * 1e-200, nearly collinear covariates) is computed in it and rounded to double once, at the end.
 * MPFR does the arithmetic on the limbs in place. Zero-initialised is not a number: use
 * assay__wide_zero(). Invalid operations (0/0, sqrt(-1)) give NaN, x/0 infinity, as IEEE does.
 */
enum { ASSAY__WIDE_BITS = 320, ASSAY__WIDE_LIMBS = ASSAY__WIDE_BITS / ASSAY__LIMB_BITS };

struct assay__wide {
    int kind;      /* MPFR's kind with sign */
    long exponent; /* MPFR's */
    mp_limb_t limbs[ASSAY__WIDE_LIMBS];
};

struct assay__wide assay__wide_zero(void);
struct assay__wide assay__wide_of(double value);
struct assay__wide assay__wide_of_u64(uint64_t value);
/** assay__wide_of_limbs() is +-0.m * 2^exponent, m the limbs, low first, their highest bit set. */
struct assay__wide assay__wide_of_limbs(const mp_limb_t *limbs, long exponent, bool is_negative);
/** assay__wide_scale10() is a * 10^exponent, correctly rounded for |exponent| <= 10000. */
struct assay__wide assay__wide_scale10(struct assay__wide a, long exponent);

struct assay__wide assay__wide_add(struct assay__wide a, struct assay__wide b);
struct assay__wide assay__wide_sub(struct assay__wide a, struct assay__wide b);
struct assay__wide assay__wide_mul(struct assay__wide a, struct assay__wide b);
struct assay__wide assay__wide_div(struct assay__wide a, struct assay__wide b);
struct assay__wide assay__wide_sqrt(struct assay__wide a);
struct assay__wide assay__wide_neg(struct assay__wide a);
struct assay__wide assay__wide_abs(struct assay__wide a);
struct assay__wide assay__wide_square(struct assay__wide a);

/** assay__wide_scale2() is a * 2^exponent, exactly. */
struct assay__wide assay__wide_scale2(struct assay__wide a, long exponent);
/** assay__wide_div_u() is a / divisor for a small whole number, quicker than the other division. */
struct assay__wide assay__wide_div_u(struct assay__wide a, unsigned long divisor);

/**
 * Elementary functions, without heap memory and without MPFR's caches (exact/float320_functions.c).
 * assay__wide_exp() and assay__wide_asin() are good to 290 bits, assay__wide_log() (natural) too,
 * to 240 where |log a| is about 2^-52; assay__wide_erfc() (2/sqrt(pi) times the integral of
 * exp(-t^2) above a) is good to 128; assay__wide_log_gamma() of a positive number has an absolute
 * error below 2^-200, and is good to 290 bits from a = 3000 on. exp() is infinite or 0 from
 * |a| = 2^50 on, erfc() 0 from a = 1e7 on.
 */
struct assay__wide assay__wide_exp(struct assay__wide a);
struct assay__wide assay__wide_log(struct assay__wide a);
struct assay__wide assay__wide_log_gamma(struct assay__wide a);
struct assay__wide assay__wide_asin(struct assay__wide a);
struct assay__wide assay__wide_erfc(struct assay__wide a);

/** assay__wide_compare() is negative, 0 or positive as a < b, a = b, a > b; 0 when one is NaN. */
int assay__wide_compare(struct assay__wide a, struct assay__wide b);
/** assay__wide_sign() is -1, 0 or 1; 0 for NaN. */
int assay__wide_sign(struct assay__wide a);
bool assay__wide_is_nan(struct assay__wide a);
bool assay__wide_is_infinite(struct assay__wide a);
/** assay__wide_exponent2() is e with |a| in [2^(e-1), 2^e); a is neither 0, infinite nor NaN. */
long assay__wide_exponent2(struct assay__wide a);

/** assay__wide_double() rounds to the nearest double, ties to even; may be infinite or subnormal.
 */
double assay__wide_double(struct assay__wide a);

#endif
