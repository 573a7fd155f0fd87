/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_STATS_MOMENTS_H
#define ASSAY_STATS_MOMENTS_H

#include "assay/moments.h"
#include "base/arena.h"
#include "base/text.h"

/**
 * Exact sums in and out of moments, for sufficient statistics and for scanners
 * that sum blocks of rows on their own. A pattern is the set of vectors that miss the same
 * covariates; patterns are listed in ascending order of their bit mask.
 *
 * The sums of one pattern, k variables, in this order: k sums; k(k+1)/2 sums of products packed as
 * assay__pair(); then the third-order sums yyy (and yyw, yww, www with a denominator). Sums that
 * involve a missing covariate are 0.
 */
uint32_t assay__moments_pattern_count(const struct assay_moments *moments);

/**
 * assay__moments_new_in() makes empty moments whose memory is an arena's, for tables with many of
 * them. assay_moments_free() gives back what they took besides; call it before the arena goes.
 */
enum assay_status assay__moments_new_in(struct assay__arena *arena,
                                        struct assay_moments_shape shape,
                                        struct assay_moments **out, struct assay_error *err);

/** assay__moments_sum_count() is how many sums a pattern has, third order included. */
uint32_t assay__moments_sum_count(struct assay_moments_shape shape);

/** assay__moments_pattern() tells pattern's mask and count. has_third: its cubes are known. */
void assay__moments_pattern(const struct assay_moments *moments, uint32_t pattern, uint32_t *mask,
                            uint64_t *count, bool *has_third);

/**
 * assay__moments_write_sum() appends sum number index of a pattern as exact decimal text. The text
 * is a function of the number alone, so equal sums give equal text however they came about:
 *   0 is "0". Any other number is +-D * 10^e, D an integer that does not end in 0; a minus sign
 *   stands first. When e is 0, or the plain form ("1200", "12.5", "0.0125": no exponent, no zeros
 *   that are not needed) has at most 40 characters without the sign, the plain form is the text.
 *   Otherwise the text is the digits of D, "e" and e: "123e-60", "1e40".
 * Third-order sums of a pattern with vectors of unknown cubes are "0". The text reads back with
 * assay__decimal_parse() as long as the number is within the limits of number/number.h, which sums
 * of doubles both near 1e-300 and 1e300 are not.
 */
enum assay_status assay__moments_write_sum(const struct assay_moments *moments, uint32_t pattern,
                                           uint32_t index, struct assay__text *out,
                                           struct assay_error *err);

/**
 * assay__moments_add_sums() adds count vectors by their exact sums, in the order above. When
 * has_third is false the third-order entries are not read and the moments lose their skewness.
 * Entries that involve a missing covariate are not read. ASSAY_ERROR_DOMAIN when a sum of squares
 * is smaller than the sum over count vectors allows (a negative variance). Nothing is added when
 * count is 0, nor when it fails.
 */
enum assay_status assay__moments_add_sums(struct assay_moments *moments, uint32_t mask,
                                          uint64_t count, const struct assay_decimal *sums,
                                          bool has_third, struct assay_error *err);

/**
 * assay__moments_add_centred() adds count vectors by means and sample (co)variances (divisor
 * count - 1), each an exact decimal: means[k], covariances[k(k+1)/2] packed as assay__pair(). No
 * third-order sums: the moments lose their skewness. Exact: sum = n m, sum of squares =
 * (n - 1) v + n m^2. ASSAY_ERROR_DOMAIN when a variance is negative.
 */
enum assay_status assay__moments_add_centred(struct assay_moments *moments, uint64_t count,
                                             const struct assay_decimal *means,
                                             const struct assay_decimal *covariances,
                                             struct assay_error *err);

/**
 * assay__moments_subtract() takes all of what out of from, which holds these vectors. Exact. When
 * memory runs out half way, from can only be freed.
 */
enum assay_status assay__moments_subtract(struct assay_moments *from,
                                          const struct assay_moments *what,
                                          struct assay_error *err);

/**
 * assay__moments_add_narrow() adds count vectors by integer sums, for scanners that sum blocks of
 * rows on their own. Over the variables that are present under mask, in order: a value is an
 * integer times 10^scales[i]; limbs holds the sums (2 limbs of 64 bits each), the sums of products
 * (3 limbs, packed as assay__pair()), the third-order sums (4 limbs), two's complement, low limb
 * first, without gaps. |scales[i]| <= ASSAY__EXPONENT_MAX. Allocates only for a new pattern, or
 * when sums are too far apart for 64-bit values. Nothing is added when it fails.
 */
enum assay_status assay__moments_add_narrow(struct assay_moments *moments, uint32_t mask,
                                            uint64_t count, const int32_t *scales,
                                            const uint64_t *limbs, struct assay_error *err);

#endif
