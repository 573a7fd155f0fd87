/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_STATS_SIZE_SIZE_H
#define ASSAY_STATS_SIZE_SIZE_H

#include "assay/size.h"
#include "exact/float320.h"
#include "stats/size/size_levels.h"

/** struct assay__size_weights: kappa = baseline/compared 10^shift, exactly. */
struct assay__size_weights {
    uint64_t baseline, compared;
    int shift;
};

/**
 * struct assay__size is a checked design in wide numbers. Every figure of the design is taken as
 * the shortest decimal that reads back as its double (exact/shortest.h).
 */
struct assay__size {
    const struct assay_size_design *design;
    struct assay__size_levels *levels;
    struct assay__size_weights weights;
    bool is_share;
    int direction;                   /* +1 when the alternative lies above the null, else -1 */
    struct assay__wide factor;       /* of the variances */
    struct assay__wide share;        /* proportions: the baseline's */
    struct assay__wide effect, null; /* planned difference, and that under the null */
    struct assay__wide baseline_variance, compared_variance; /* reduced; not for proportions */
    struct assay__wide distance;                             /* |effect - null| */
    struct {
        double distance, baseline, compared; /* and the variances at it */
    } plain;
};

/**
 * struct assay__size_wide: figures of a design that doubles would round; each stands in for the
 * design's own. A share may be 0 or 1 here.
 */
struct assay__size_wide {
    struct assay__wide share;                                /* baseline's, of proportions */
    struct assay__wide baseline_variance, compared_variance; /* per unit, not reduced */
    struct assay__wide factor, effect, null_difference;
};

/**
 * assay__size_required() and assay__size_effect() are those of assay/size.h for such figures; the
 * former leaves the power NaN. The cache serves designs of one level and power.
 */
enum assay_status assay__size_required(const struct assay_size_design *design,
                                       const struct assay__size_wide *figures,
                                       struct assay__size_cache *cache,
                                       struct assay_size_result *out, struct assay_error *err);
enum assay_status assay__size_effect(const struct assay_size_design *design,
                                     const struct assay__size_wide *figures,
                                     struct assay__size_cache *cache, double n_baseline,
                                     double n_compared, double *effect, struct assay_error *err);

/** assay__size_power() is assay_size_power(); calls of one level share what the cache has. */
enum assay_status assay__size_power(const struct assay_size_design *design,
                                    struct assay__size_cache *cache, double n_baseline,
                                    double n_compared, double *power, struct assay_error *err);

/** struct assay__size_errors: the distance on the scale of the test, and its standard errors. */
struct assay__size_errors {
    struct assay__wide distance;
    struct assay__wide under_null, under_alternative;
};

/**
 * assay__size_errors() are those at a distance from the null, with 1/n_c and 1/n_t given. With
 * 1/kappa and 1 they are the standard errors of one compared unit and its kappa baseline units.
 */
struct assay__size_errors assay__size_errors(const struct assay__size *size,
                                             struct assay__wide distance,
                                             struct assay__wide inverse_baseline,
                                             struct assay__wide inverse_compared);

/** assay__size_variances() are the planned variances of a unit at a distance from the null. */
void assay__size_variances(const struct assay__size *size, struct assay__wide distance,
                           struct assay__wide *baseline, struct assay__wide *compared);

/** assay__size_range() are the distances at which the alternative's share lies within [0, 1]. */
void assay__size_range(const struct assay__size *size, struct assay__wide *least,
                       struct assay__wide *most);

/** assay__size_weights() are those of a design; both are 1 when neither is given. */
struct assay__size_weights assay__size_weights(const struct assay_size_design *design);

/**
 * assay__size_baseline() is ceil(kappa n_t), kappa the exact ratio of the weights; infinite when it
 * is above 2^53.
 */
double assay__size_baseline(const struct assay__size *size, double n_compared);

/** assay__size_kappa() is n_c / n_t by weights. */
struct assay__wide assay__size_kappa(const struct assay__size *size);

/* The normal test: smallest n_t (infinite above 2^53), power, and distance found (NaN if none). */
double assay__size_normal_required(const struct assay__size *size);
double assay__size_normal_power(const struct assay__size *size, double n_baseline,
                                double n_compared);
double assay__size_normal_effect(const struct assay__size *size, double n_baseline,
                                 double n_compared);

/**
 * assay__size_distance() is the distance of a test whose noncentrality is z: z s_1, and NaN where
 * no share has it. Not for pooled and arcsine tests.
 */
struct assay__wide assay__size_distance(const struct assay__size *size, struct assay__wide z,
                                        double n_baseline, double n_compared);

/* Welch's t test: the same; the search begins at the normal test's n_t. */
double assay__size_t_required(const struct assay__size *size, double start);
double assay__size_t_power(const struct assay__size *size, double distance, double n_baseline,
                           double n_compared);
double assay__size_t_effect(const struct assay__size *size, double n_baseline, double n_compared,
                            double start);

#endif
