/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_STATS_ESTIMATE_H
#define ASSAY_STATS_ESTIMATE_H

#include "assay/compare.h"
#include "stats/centred.h"

/**
 * struct assay__estimate is one group's estimate in wide numbers. For a ratio the value is
 * linearised, e = (y - R w)/wbar (Deng, Knoblich, Lu 2018), and treated as a mean from there on.
 */
struct assay__estimate {
    uint64_t n;
    bool exists;                /* there are units, and a ratio's denominators do not sum to 0 */
    bool has_error;             /* enough units for a variance */
    struct assay__wide value;   /* mean, share or ratio */
    struct assay__wide centred; /* sum of squared deviations of the (linearised) value */
    struct assay__wide with[ASSAY_COVARIATES_MAX]; /* sums of products with each covariate */
    struct assay__wide error2;                     /* squared standard error */
    struct assay__wide third; /* third central moment, divisor n; NaN when unknown, and of shares */
    struct assay__wide residual_df; /* n - 1, less the covariates used */
};

/** assay__estimate_value() fills value, centred, with and, where it is known, third of a mean over
 * the group's units. */
void assay__estimate_value(const struct assay__group *group, struct assay__estimate *out);

/** assay__estimate_error() fills error2 from centred, and divides third by n. */
void assay__estimate_error(struct assay__estimate *out);

/** struct assay__pair_estimate: baseline (0) and compared (1) group as the test sees them. */
struct assay__pair_estimate {
    struct assay__estimate raw[2];
    struct assay__wide value[2];           /* adjusted */
    struct assay__wide error2[2];          /* squared standard errors, adjusted */
    struct assay__wide residual_error2[2]; /* their part without the covariates' shared mean */
    struct assay__wide covariance; /* of the two, through the shared mean of the covariates */
    struct assay__wide difference_error2; /* squared standard error of compared - baseline */
    struct assay__wide residual_df[2];
    struct assay_reduction_result reduction;
    uint32_t flags;
};

/**
 * assay__is_rounding() is whether a, a sum of numbers of which b is the largest, is nothing but the
 * rounding of 320 bits. False when a or b is 0.
 */
bool assay__is_rounding(struct assay__wide a, struct assay__wide b);

/**
 * assay__keep_raw() fills the adjusted fields from raw[] as they are without reduction. Equal
 * ratios of different sums may differ by their rounding: they become equal first.
 */
void assay__keep_raw(struct assay__pair_estimate *pair);

/**
 * assay__reduce_variance() changes them by the covariates, of which there are some; method is not
 * NONE. Its matrices take 18 KB of the stack.
 */
void assay__reduce_variance(const struct assay__group *groups, size_t group_count, size_t baseline,
                            size_t compared, enum assay_reduction method,
                            enum assay_metric_type type, struct assay__pair_estimate *pair);

/** assay__no_relative() is relative figures of which none is known. */
struct assay_relative assay__no_relative(void);

/** assay__relative() fills the relative figures; critical is the quantile of the interval. */
void assay__relative(const struct assay__pair_estimate *pair, double critical,
                     struct assay_comparison *out);

/**
 * assay__skewness() fills skewness, tail errors and, if asked, corrected intervals. law: that of
 * the test, of which nothing need be known; then in pairs of doubles where these tell every
 * double (stats/compare_ball.h). NULL: in 320 bits. *kept is what tests of one pair share, filled
 * by the first of them; or NULL.
 */
struct assay__skewness;
struct assay__t_law;
void assay__skewness(const struct assay__pair_estimate *pair, const struct assay_method *method,
                     const struct assay__t_law *law, struct assay__skewness *kept,
                     struct assay_comparison *out);

/** assay__finite() is the double nearest to a, or NaN and ASSAY_FLAG_OVERFLOW when out of range. */
double assay__finite(struct assay__wide a, uint32_t *flags);

#endif
