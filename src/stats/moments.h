/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_STATS_MOMENTS_H
#define ASSAY_STATS_MOMENTS_H

#include "assay/moments.h"
#include "base/text.h"

/**
 * Exact sums in and out of moments, for sufficient statistics (SPEC 1.2, form 3) and for scanners
 * that sum blocks of rows on their own. A pattern is the set of vectors that miss the same
 * covariates; patterns are listed in ascending order of their bit mask.
 *
 * The sums of one pattern, k variables, in this order: k sums; k(k+1)/2 sums of products packed as
 * assay__pair(); then the third-order sums yyy (and yyw, yww, www with a denominator). Sums that
 * involve a missing covariate are 0.
 */
uint32_t assay__moments_pattern_count(const struct assay_moments *moments);

/** assay__moments_sum_count() is how many sums a pattern of this shape has, third order included. */
uint32_t assay__moments_sum_count(struct assay_moments_shape shape);

/** assay__moments_pattern() tells pattern's mask and count. has_third: its cubes are known. */
void assay__moments_pattern(const struct assay_moments *moments, uint32_t pattern, uint32_t *mask,
                            uint64_t *count, bool *has_third);

/**
 * assay__moments_write_sum() appends sum number index of a pattern as exact decimal text, the
 * shortest: "-12.5", "1e+40" never: plain digits up to 40 characters, else digits with an exponent.
 * Equal sums give equal text however they came about.
 */
enum assay_status assay__moments_write_sum(const struct assay_moments *moments, uint32_t pattern,
                                           uint32_t index, struct assay__text *out,
                                           struct assay_error *err);

/**
 * assay__moments_add_sums() adds count vectors by their exact sums, in the order above. When
 * has_third is false the third-order entries are not read and the moments lose their skewness.
 */
enum assay_status assay__moments_add_sums(struct assay_moments *moments, uint32_t mask,
                                          uint64_t count, const struct assay_decimal *sums,
                                          bool has_third, struct assay_error *err);

/**
 * assay__moments_add_centred() adds count vectors by means and sample (co)variances (divisor
 * count - 1), each an exact decimal: means[k], covariances[k(k+1)/2] packed as assay__pair(). No
 * third-order sums: the moments lose their skewness. Exact: sum = n m, sum of squares =
 * (n - 1) v + n m^2.
 */
enum assay_status assay__moments_add_centred(struct assay_moments *moments, uint64_t count,
                                             const struct assay_decimal *means,
                                             const struct assay_decimal *covariances,
                                             struct assay_error *err);

#endif
