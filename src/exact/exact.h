/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_EXACT_EXACT_H
#define ASSAY_EXACT_EXACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "assay/moments.h"
#include "base/text.h"
#include "exact/float320.h"

enum {
    ASSAY__EXACT_LIMBS = 20 /* of 64 bits; what a number holds without memory of its own */
};

/**
 * struct assay__exact is the number mantissa * 2^twos * 5^fives with a mantissa of any length.
 * Every finite decimal and every finite double is one, and so are their sums and products: what is
 * computed with them has no error until it is rounded, once, by one of the functions at the end of
 * this header.
 *
 * Up to 1280 bits live inside the number. That is enough for all that is computed from the sums of
 * 2^20 vectors whose values need up to 160 bits (48 digits) at a common scale. Longer mantissas ask
 * calloc() for memory, and nothing is too long for them. A failed allocation sets failed and the
 * number has no value any more; what is computed from a failed number fails too, so that one check
 * at the end is enough. Setting a number anew makes it good again.
 *
 * GMP, which ends the process when it gets no memory, is never in need of any: only those of its
 * functions are called that have no scratch space, or so little that it is on the stack. GMP 6
 * takes up to 65536 bytes from there; products of 256 limbs and roots of 4 need less than 16384.
 */
struct assay__exact {
    mp_limb_t *heap;         /* NULL while own holds the mantissa */
    uint32_t capacity, size; /* limbs of heap; limbs of the mantissa, 0 for 0, the last is not 0 */
    int32_t twos, fives;
    bool negative, failed;
    mp_limb_t own[ASSAY__EXACT_LIMBS];
};

/** struct assay__span is such a number whose limbs, low limb first, are somebody else's. */
struct assay__span {
    const mp_limb_t *limbs;
    uint32_t size; /* the last limb is not 0 */
    int32_t twos, fives;
    bool negative;
};

/** assay__exact_init() makes 0; assay__exact_clear() frees. */
void assay__exact_init(struct assay__exact *number);
void assay__exact_clear(struct assay__exact *number);

void assay__exact_set(struct assay__exact *number, const struct assay__exact *value);
void assay__exact_set_u64(struct assay__exact *number, uint64_t value);
/** assay__exact_set_decimal(): the decimal's digits, when it has any, are '0' .. '9'. */
void assay__exact_set_decimal(struct assay__exact *number, const struct assay_decimal *value);
/** assay__exact_set_product() is a b 10^exponent. */
void assay__exact_set_product(struct assay__exact *number, int64_t a, int64_t b, int32_t exponent);
/** assay__exact_set_wide(): value is finite. */
void assay__exact_set_wide(struct assay__exact *number, struct assay__wide value);

/** number += value, number -= value; value is another number. */
void assay__exact_add(struct assay__exact *number, const struct assay__exact *value);
void assay__exact_sub(struct assay__exact *number, const struct assay__exact *value);
void assay__exact_add_span(struct assay__exact *number, struct assay__span value);
/** number *= value; value may be number itself. */
void assay__exact_mul(struct assay__exact *number, const struct assay__exact *value);
void assay__exact_mul_u64(struct assay__exact *number, uint64_t factor);

/**
 * assay__exact_add_limbs() adds a two's complement integer times 2^twos * 5^fives, low limb first.
 * The limbs are used up.
 */
void assay__exact_add_limbs(struct assay__exact *number, uint64_t *limbs, uint32_t count,
                            int32_t twos, int32_t fives);

/** assay__exact_gcd_u64() divides both a positive integer (twos and fives 0) and value. */
uint64_t assay__exact_gcd_u64(const struct assay__exact *number, uint64_t value);
/** assay__exact_div_u64() is number /= divisor, of whose mantissa divisor is a factor. */
void assay__exact_div_u64(struct assay__exact *number, uint64_t divisor);

/** assay__exact_span() is a view of the number, until the number changes; it has not failed. */
struct assay__span assay__exact_span(const struct assay__exact *number);

/** assay__exact_sign() is -1, 0 or 1; 0 for a number that has failed. */
int assay__exact_sign(const struct assay__exact *number);

/**
 * assay__exact_quotient() is the double nearest to over / under, ties to even, subnormal and
 * infinite where it must; assay__exact_root() the one nearest to sqrt(over / under).
 * under is positive; for the root, over is not negative. False without memory: *out is NaN then.
 */
bool assay__exact_quotient(const struct assay__exact *over, const struct assay__exact *under,
                           double *out);
bool assay__exact_root(const struct assay__exact *over, const struct assay__exact *under,
                       double *out);

/** assay__exact_wide() is over / under rounded once to a wide number; under is not 0. As above. */
bool assay__exact_wide(const struct assay__exact *over, const struct assay__exact *under,
                       struct assay__wide *out);

enum {
    ASSAY__QUOTIENT_LIMBS = ASSAY__WIDE_LIMBS, /* of an integer that the function below takes */
    ASSAY__QUOTIENT_EXPONENT_MIN = -54         /* and its exponent, which is not positive */
};

/**
 * assay__limbs_quotient() is the same of +-integer 10^exponent / divisor without a number of 1280
 * bits: limbs low first, at most ASSAY__QUOTIENT_LIMBS; divisor is not 0.
 */
struct assay__wide assay__limbs_quotient(const uint64_t *limbs, uint32_t size, int32_t exponent,
                                         uint64_t divisor, bool is_negative);

/** assay__exact_write() appends the number's canonical text, see src/stats/moments.h. */
enum assay_status assay__exact_write(const struct assay__exact *number, struct assay__text *out,
                                     struct assay_error *err);

/**
 * assay__limbs_write() appends the same text of a two's complement integer of at most
 * ASSAY__EXACT_LIMBS limbs, low limb first, times 10^exponent. The limbs are used up.
 */
void assay__limbs_write(uint64_t *limbs, uint32_t count, int32_t exponent, struct assay__text *out);

#endif
