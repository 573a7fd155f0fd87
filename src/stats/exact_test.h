/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_STATS_EXACT_TEST_H
#define ASSAY_STATS_EXACT_TEST_H

#include "assay/compare.h"
#include "stats/estimate.h"
#include "stats/p_value.h"

/** struct assay__shares: units and successes of baseline (0) and compared (1) group. */
struct assay__shares {
    uint64_t units[2], successes[2];
};

/**
 * assay__shares_of() are the counts behind two shares; false when a group is empty or its share
 * is not that of a whole number of units, as a rounded one of many units may be.
 */
bool assay__shares_of(const struct assay__pair_estimate *pair, struct assay__shares *shares);

/**
 * assay__shares_are_small() is whether normal approximations do not serve: successes or failures
 * of a group are fewer than 20.
 */
bool assay__shares_are_small(const struct assay__shares *shares);

/**
 * assay__shares_are_skewed() is whether the difference of equal shares is too far from normal,
 * whatever the counts: a group has fewer than 100 units, or the skewness
 * |1 - 2 p| |n_c - n_t| / sqrt(p (1 - p) n_c n_t (n_c + n_t)) is above 0.02. It is 0 for groups of
 * equal size; at 3:1 it is that of about 830 successes in the smaller group. exact_test.c says why.
 */
bool assay__shares_are_skewed(const struct assay__shares *shares);

/**
 * assay__fisher_test() is the p of equal shares, given how many units succeeded in all: Fisher
 * (1934). Upper: so large a share of the compared group or a larger one. Two-sided: all tables
 * that are no more probable than this one. Error: 1e-15 relative, of log10_p too. Time: that of a
 * few hundred terms where counts are small; the square root of the units at worst.
 */
struct assay__p_value assay__fisher_test(const struct assay__shares *shares, enum assay_side side);

/**
 * assay__score_difference() is Miettinen and Nurminen's (1985) statistic for a difference of
 * shares: its distance from `null` by the standard error under the null. NaN at 0/0.
 */
struct assay__wide assay__score_difference(const struct assay__shares *shares,
                                           struct assay__wide null);

/**
 * assay__score_bounds() are the differences of shares at which that statistic is +-critical; and of
 * the ratio compared / baseline. A ratio's bounds are NaN without successes in the baseline group.
 */
void assay__score_bounds(const struct assay__shares *shares, double critical,
                         struct assay__wide *lower, struct assay__wide *upper);
void assay__score_ratio_bounds(const struct assay__shares *shares, double critical,
                               struct assay__wide *lower, struct assay__wide *upper);

/**
 * assay__exact_applies() is whether the next uses counts: then covariates are not. Where there are
 * covariates, skewed shares do not forbid them.
 */
bool assay__exact_applies(const struct assay__pair_estimate *pair,
                          const struct assay_method *method, bool has_covariates);

/**
 * assay__exact_test() tests and fills difference and relative where the method asks for exact tests
 * and the pair needs one; false, and nothing done, where not. null is the method's, unrounded.
 */
bool assay__exact_test(const struct assay__pair_estimate *pair, const struct assay_method *method,
                       struct assay__wide null, struct assay_comparison *out);

#endif
