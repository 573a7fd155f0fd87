/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_SUMMARY_SUMMARY_COLUMN_H
#define ASSAY_SOURCE_SUMMARY_SUMMARY_COLUMN_H

#include <stdbool.h>

#include "assay/moments.h"

enum { ASSAY__COLUMN_BYTES = 64 };

/**
 * The names of the columns of sufficient statistics. Covariates are numbered from 1; the first
 * covariate's mean, variance and covariance go without a number too. Variables are numbered as in
 * struct assay_moments: value, denominator (if any), covariates.
 *
 *   centred: mean, denominator_mean, covariate2_mean; variance, denominator_variance,
 *            denominator_covariance, covariate2_variance, covariate2_covariance,
 *            covariate2_denominator_covariance, covariate1_covariate2_covariance
 *   sums:    sum, denominator_sum, covariate2_sum; sum_squares, denominator_sum_squares,
 *            denominator_sum_products, covariate2_sum_squares, covariate2_sum_products, ...
 *   cubes:   sum_cubes, sum_squares_denominator, sum_denominator_squares, denominator_sum_cubes
 */
void assay__column_mean(struct assay_moments_shape shape, uint32_t variable,
                        char out[ASSAY__COLUMN_BYTES]);
void assay__column_covariance(struct assay_moments_shape shape, uint32_t i, uint32_t j,
                              char out[ASSAY__COLUMN_BYTES]);

/** assay__column_sum() names sum number index, in the order of stats/moments.h. */
void assay__column_sum(struct assay_moments_shape shape, uint32_t index,
                       char out[ASSAY__COLUMN_BYTES]);

/**
 * assay__column_rounding() names the column that says how far sum number index may be off: merging
 * makes exact sums of figures that were rounded, and their digits no longer show it.
 */
void assay__column_rounding(struct assay_moments_shape shape, uint32_t index,
                            char out[ASSAY__COLUMN_BYTES]);

/** assay__column_rounding_count() is the number of such sums: of values, squares and products. */
uint32_t assay__column_rounding_count(struct assay_moments_shape shape);

/** assay__column_squares() names the sum of squares of a variable. */
void assay__column_squares(struct assay_moments_shape shape, uint32_t variable,
                           char out[ASSAY__COLUMN_BYTES]);

/** assay__column_alias() is the unnumbered name of a first covariate's column, or NULL. */
const char *assay__column_alias(const char *name);

#endif
