/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_EXACT_EXACT_STORE_H
#define ASSAY_EXACT_EXACT_STORE_H

#include <stdbool.h>
#include <stddef.h>

#include "assay/moments.h"
#include "exact/exact.h"

enum {
    ASSAY__PAIRS_MAX = ASSAY_VARIABLES_MAX * (ASSAY_VARIABLES_MAX + 1) / 2,
    ASSAY__SUM_LIMBS_MAX = 3 * 2 + 1 /* a third-order sum of the wider store */
};

/** assay__pair() is the index of covariance (i, j) in a packed symmetric matrix. */
static inline uint32_t assay__pair(uint32_t i, uint32_t j)
{
    return i >= j ? i * (i + 1) / 2 + j : j * (j + 1) / 2 + i;
}

/**
 * The sums of a sample of vectors of p variables are, here and in src/stats/moments.h, p sums, then
 * p(p+1)/2 sums of products packed as assay__pair(), then 0, 1 (yyy) or 4 (yyy, yyw, yww, www)
 * third-order sums. struct assay__layout says how many.
 */
struct assay__layout {
    uint32_t variables, thirds;
};

/** assay__layout_sums() is the number of sums. */
uint32_t assay__layout_sums(struct assay__layout layout);

/** assay__layout_factors() tells which variables sum number index multiplies; returns how many. */
uint32_t assay__layout_factors(struct assay__layout layout, uint32_t index, uint32_t factors[3]);

/**
 * struct assay__store holds these sums as integers. A value is an integer mantissa times
 * 10^scale of its variable; mantissas have width limbs of 64 bits (1 or 2), sums width + 1, sums of
 * products 2 width + 1, third-order sums 3 width + 1 limbs, two's complement, low limb first, in
 * that order without gaps. Mantissas are below 2^(64 width - 2), so that 2^63 vectors cannot
 * overflow a sum. The store allocates nothing and never rounds: it takes a vector or declines it.
 */
struct assay__store {
    struct assay__layout layout;
    uint64_t count;  /* vectors in this store */
    int32_t *scale;  /* [variables] */
    uint64_t *limbs; /* see above */
    uint32_t width;
};

enum {
    /* 64-bit words that scale and limbs of the largest store need together. */
    ASSAY__STORE_WORDS = (ASSAY_VARIABLES_MAX + 1) / 2 + ASSAY_VARIABLES_MAX * 3 +
                         ASSAY_VARIABLES_MAX * (ASSAY_VARIABLES_MAX + 1) / 2 * 5 + 4 * 7
};

/** assay__store_limbs() is the number of limbs of a store, assay__store_bytes() all its memory. */
size_t assay__store_limbs(struct assay__layout layout, uint32_t width);
size_t assay__store_bytes(struct assay__layout layout, uint32_t width);

/** assay__store_init() makes an empty store in zeroed memory of that size, aligned to 8. */
void assay__store_init(struct assay__store *store, struct assay__layout layout, uint32_t width,
                       void *memory);

/** assay__store_add() adds a vector; false when it does not fit: then no sum has changed. */
bool assay__store_add(struct assay__store *store, const struct assay_decimal *values);

/** assay__store_add_integers() adds a vector of integers (scale 0), as assay__store_add() does. */
bool assay__store_add_integers(struct assay__store *store, const int64_t *values);

/** assay__store_merge() adds all of from, same layout and width; false when it does not fit. */
bool assay__store_merge(struct assay__store *store, const struct assay__store *from);

/**
 * assay__store_assign() gives an empty store the sums of count vectors; false when they do not
 * leave the room that merging needs.
 */
bool assay__store_assign(struct assay__store *store, uint64_t count, const int32_t *scale,
                         const uint64_t *limbs);

/**
 * assay__store_copy() copies sum number index: a two's complement integer times 10^exponent.
 * Returns its limbs.
 */
uint32_t assay__store_copy(const struct assay__store *store, uint32_t index,
                           uint64_t limbs[ASSAY__SUM_LIMBS_MAX], int32_t *exponent);

/** assay__store_get() adds sum number index to sum. */
void assay__store_get(const struct assay__store *store, uint32_t index, struct assay__exact *sum);

#endif
