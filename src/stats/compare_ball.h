/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_STATS_COMPARE_BALL_H
#define ASSAY_STATS_COMPARE_BALL_H

#include "assay/compare.h"
#include "exact/ball.h"
#include "stats/dist/pair_bound.h"
#include "stats/dist/t.h"
#include "stats/estimate.h"

/** Fewer units than these have no skewness. */
enum { ASSAY__SKEWED_LEAST = 3 };

/** struct assay__skewness: g1 of each group, and A of stats/skewness.c; NaN when unknown. */
struct assay__skewness {
    bool is_known;
    double skewness[2], asymmetry;
};

/**
 * struct assay__ball_figures: what all tests of a pair of groups share, and what the last of them
 * found for its critical value: that of another level or side is often the same.
 */
struct assay__ball_figures {
    bool is_open, is_lost;
    int64_t shift;
    double unit; /* 2^shift: numbers that follow are divided by it */
    struct assay__bounded value[2], error2[2];
    struct assay__bounded difference, difference_error2, error; /* error: its root */
    struct assay__bounded covariance, critical;
    struct assay__bounded inverse; /* 1 over the baseline's value */
    struct assay_stats stats[2];
    double estimate, standard_error, df; /* as doubles; df NaN: a normal test */
    struct assay__enclosure df_rest;
    uint32_t flags;                  /* of the figures so far */
    double boundary, tail, quantile; /* a method's boundary and tail, and their critical value */
    double interval_quantile;        /* of the intervals; NaN before the first ones */
    uint32_t interval_flags;
    double lower, upper;
    struct assay_relative relative;
};

/**
 * assay__open_in_balls() fills the figures that do not depend on side, level or null difference.
 * False where a double is in doubt, or the comparison is not ordinary.
 */
bool assay__open_in_balls(const struct assay__pair_estimate *pair,
                          const struct assay_method *method, struct assay__ball_figures *figures);

/**
 * assay__compare_in_balls() fills all figures of an ordinary comparison by a test with a standard
 * error, as stats/compare_exactly.c does in 320 bits and ten times as fast: both estimates exist
 * and vary, and no exact test applies. Every double is the one that 320 bits give. False where that
 * is in doubt or the comparison is not ordinary: then *out is spoilt and all is left to do. figures
 * are opened unless they are open. *law is opened for the degrees of freedom of a t test unless it
 * is theirs already; its df is NaN before.
 */
bool assay__compare_in_balls(const struct assay__pair_estimate *pair,
                             const struct assay_method *method, struct assay__wide null,
                             struct assay__ball_figures *figures, struct assay__t_law *law,
                             struct assay_comparison *out);

/** assay__shape_in_pairs() fills the doubles that 320 bits give, or is false. */
bool assay__shape_in_pairs(const struct assay__pair_estimate *pair, enum assay_metric_type type,
                           struct assay__skewness *out);

#endif
