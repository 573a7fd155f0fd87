/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_STATS_CENTRED_H
#define ASSAY_STATS_CENTRED_H

#include "assay/moments.h"
#include "exact/exact_store.h"
#include "exact/float320.h"

/**
 * struct assay__group is one group's sample as the estimators see it, in wide numbers from exact
 * sums. Variables are as in struct assay_moments. Missing covariates have been replaced by the
 * mean over all groups. centred[] are sums of products of deviations from the group's
 * means, not divided by anything: variance = centred / (n - 1).
 */
struct assay__group {
    uint64_t n;
    struct assay_moments_shape shape;
    uint32_t variable_count;
    struct assay__wide mean[ASSAY_VARIABLES_MAX];
    struct assay__wide centred[ASSAY__PAIRS_MAX];
    /* Sums of cubed deviations of value y and denominator w: yyy, yyw, yww, www. */
    struct assay__wide third[4];
    bool has_third;  /* false below three units, and when only means and variances were given */
    bool has_values; /* the sums are those of values, not of means and variances */
};

/**
 * assay__moments_fill() computes each covariate's mean over all groups of an analysis, over the
 * units where it is present: fill[i] for covariate i. A covariate present nowhere gets 0. Groups
 * that are NULL or empty count as nothing. Each mean is rounded once to 320 bits.
 * ASSAY_ERROR_MEMORY when sums are longer than a number of exact/exact.h and memory runs out.
 */
enum assay_status assay__moments_fill(const struct assay_moments *const *groups, size_t count,
                                      struct assay__wide *fill, struct assay_error *err);

/**
 * assay__moments_group() turns exact sums into wide numbers; fill[i] stands in for covariate i
 * where it is missing (NULL when there are no covariates). Everything is centred in exact
 * arithmetic and then rounded once to 320 bits, whatever offset and scale the data have; fill[i]
 * is taken as exact. ASSAY_ERROR_MEMORY as above: *out is of no use then.
 */
enum assay_status assay__moments_group(const struct assay_moments *moments,
                                       const struct assay__wide *fill, struct assay__group *out,
                                       struct assay_error *err);

/** assay__group_of_summary() makes a group of doubles taken as exact; one variable. */
void assay__group_of_summary(uint64_t n, double mean, double variance, double skewness,
                             struct assay__group *out);

/** assay__moments_missing() is the number of units whose covariate i is missing. */
uint64_t assay__moments_missing(const struct assay_moments *moments, uint32_t covariate);

#endif
