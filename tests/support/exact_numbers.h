/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_TESTS_EXACT_NUMBERS_H
#define ASSAY_TESTS_EXACT_NUMBERS_H

#include "oracle.h"

#include "exact/exact.h"

/* Random exact numbers, and the same numbers as GMP's rationals. Every run draws the same ones. */

uint64_t exact_random(void);

/* A whole number from low to high. */
long exact_between(long low, long high);

/* A number of up to so many bits, in long runs of ones and zeros. */
void exact_draw_bits(mpz_ptr mantissa, unsigned long bits);

/* A number of any size, sign and exponents, and the same as a rational. */
void exact_draw(struct assay__exact *number, mpq_ptr value);

/* number = mantissa * 2^twos * 5^fives */
void exact_set(struct assay__exact *number, mpz_srcptr mantissa, long twos, long fives);

/* value *= base^exponent */
void exact_scale(mpq_ptr value, unsigned long base, long exponent);

/* The number as a rational; the test fails when it is not as numbers have to be. */
void exact_value(const struct assay__exact *number, mpq_ptr value);

/* The test fails when the number is another one. */
void exact_check(const struct assay__exact *number, mpq_srcptr want, const char *what);

#endif
