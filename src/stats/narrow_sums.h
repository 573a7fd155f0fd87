/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_STATS_NARROW_SUMS_H
#define ASSAY_STATS_NARROW_SUMS_H

#include "base/arena.h"
#include "exact/exact_store.h"

/** struct assay__narrow_sums: sums of a layout as a store of width 1 holds them. */
struct assay__narrow_sums {
    int32_t scale[ASSAY_VARIABLES_MAX];
    uint64_t limbs[ASSAY__STORE_WORDS];
};

/**
 * assay__narrow_given() is the sums that somebody gives, by their number in the layout; NULL is 0.
 * False when they do not fit: nothing is rounded. All must have passed assay__decimal_check().
 */
bool assay__narrow_given(struct assay__layout layout, const struct assay_decimal *const *sums,
                         struct assay__narrow_sums *out);

/** assay__narrow_have_squares(): n sum x^2 is surely not below (sum x)^2, for each variable. */
bool assay__narrow_have_squares(struct assay__layout layout, uint64_t count,
                                const struct assay__narrow_sums *sums);

/**
 * assay__narrow_centred() is the sums of count vectors of these means and covariances, as
 * assay__moments_add_centred() has them; without third-order sums. False when they do not fit.
 */
bool assay__narrow_centred(struct assay__layout layout, uint64_t count,
                           const struct assay_decimal *means,
                           const struct assay_decimal *covariances, struct assay__narrow_sums *out);

/** struct assay__narrow_one: the sums of one variable, at a scale and at twice that scale. */
struct assay__narrow_one {
    uint64_t count;
    int32_t scale;
    uint64_t sum[2], squares[3];
};

/**
 * assay__narrow_one_of() is the sums of count vectors of a mean and a sample variance, as
 * assay__moments_add_centred() has them. False for all that is not as simple: more digits, a
 * negative variance. assay__narrow_one_new() makes moments of them in an arena; NULL without
 * memory.
 */
bool assay__narrow_one_of(uint64_t count, const struct assay_decimal *mean,
                          const struct assay_decimal *variance, struct assay__narrow_one *out);

/**
 * assay__narrow_one_given() is the same of a sum and a sum of squares; false also where the squares
 * may be too small for the sum.
 */
bool assay__narrow_one_given(uint64_t count, const struct assay_decimal *sum,
                             const struct assay_decimal *squares, struct assay__narrow_one *out);
struct assay_moments *assay__narrow_one_new(struct assay__arena *arena,
                                            const struct assay__narrow_one *sums);

#endif
