/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_STATS_EXACT_H
#define ASSAY_STATS_EXACT_H

#include <gmp.h>
#include <stdint.h>

#include "assay/moments.h"
#include "base/text.h"
#include "stats/wide.h"

/**
 * struct assay__exact is the number mantissa * 10^exponent with a mantissa of any length. Every
 * finite decimal and every finite double is one (m * 2^-k = m * 5^k * 10^-k), and so are their
 * sums and products: what is computed with them has no error until it is rounded, once, by one of
 * the functions at the end of this header.
 *
 * The mantissas belong to GMP, which ends the process when it gets no memory. They are as long as
 * the data make them: some tens of bytes usually, a few KiB for data between 1e-300 and 1e300.
 */
struct assay__exact {
    mpz_t mantissa;
    long exponent;
};

/** assay__exact_init() makes 0; assay__exact_clear() frees. */
void assay__exact_init(struct assay__exact *number);
void assay__exact_clear(struct assay__exact *number);

void assay__exact_set(struct assay__exact *number, const struct assay__exact *value);
void assay__exact_set_u64(struct assay__exact *number, uint64_t value);
/** assay__exact_set_decimal(): the decimal's digits, when it has any, are '0' .. '9'. */
void assay__exact_set_decimal(struct assay__exact *number, const struct assay_decimal *value);
/** assay__exact_set_wide(): value is finite. */
void assay__exact_set_wide(struct assay__exact *number, struct assay__wide value);

/** number += value, number -= value, number *= value; value may be number itself. */
void assay__exact_add(struct assay__exact *number, const struct assay__exact *value);
void assay__exact_sub(struct assay__exact *number, const struct assay__exact *value);
void assay__exact_mul(struct assay__exact *number, const struct assay__exact *value);
void assay__exact_mul_u64(struct assay__exact *number, uint64_t factor);

/** assay__exact_add_limbs() adds a two's complement integer, low limb first, times 10^exponent. */
void assay__exact_add_limbs(struct assay__exact *number, const uint64_t *limbs, size_t count,
                            long exponent);
/** assay__exact_add_binary() adds mantissa * 2^exponent; mantissa is used up. */
void assay__exact_add_binary(struct assay__exact *number, mpz_ptr mantissa, long exponent);

/** assay__exact_sign() is -1, 0 or 1. */
int assay__exact_sign(const struct assay__exact *number);

/**
 * assay__exact_quotient() is the double nearest to over / under, ties to even, subnormal and
 * infinite where it must; assay__exact_root() the one nearest to sqrt(over / under).
 * under is positive; for the root, over is not negative.
 */
double assay__exact_quotient(const struct assay__exact *over, const struct assay__exact *under);
double assay__exact_root(const struct assay__exact *over, const struct assay__exact *under);

/** assay__exact_wide() is over / under rounded once to a wide number; under is not 0. */
struct assay__wide assay__exact_wide(const struct assay__exact *over,
                                     const struct assay__exact *under);

/** assay__exact_write() appends the number's canonical text, see src/stats/moments.h. */
enum assay_status assay__exact_write(const struct assay__exact *number, struct assay__text *out,
                                     struct assay_error *err);

#endif
