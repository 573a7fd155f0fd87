/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SIZE_H
#define ASSAY_SIZE_H

#include <stdint.h>

#include "assay/compare.h"
#include "assay/export.h"
#include "assay/status.h"

/** enum assay_size_method: which variance a proportion's sample size uses. */
enum assay_size_method {
    ASSAY_SIZE_UNPOOLED, /* v_c + v_t at the alternative under both hypotheses */
    ASSAY_SIZE_POOLED,   /* pooled p under the null: Fleiss, Levin, Paik (2003) 4.14 */
    ASSAY_SIZE_ARCSINE   /* Cohen's h, variance-stabilised */
};

/**
 * struct assay_size_design: a planned comparison of two groups.
 * The wanted effect is `effect` (alternative - baseline) and the null is `null_difference`; the
 * distance D = |effect - null_difference| must be > 0, and the effect must lie on the side of the
 * null that a one-sided test looks at. For non-inferiority, effect is 0 (or the expected effect)
 * and null_difference is minus or plus the margin.
 *
 * Every number is taken as the shortest decimal that reads back as its double, which is what was
 * meant: with weights 0.1 and 0.3 a third of 300 units is 100.
 *
 * Power is the probability of rejecting in the wanted direction, with two sides too.
 */
struct assay_size_design {
    enum assay_metric_type type; /* not QUANTILE */
    enum assay_test_kind test;   /* T: Welch's, by the noncentral t; unpooled variances only */
    enum assay_side side;
    enum assay_size_method method; /* z tests of proportions only; POOLED only with a null of 0 */
    double alpha;                  /* (0, 1); 0: 0.05 */
    double power;                  /* (alpha, 1); (alpha/2, 1) with two sides; 0: 0.8 */
    double baseline_weight, compared_weight; /* planned allocation, > 0; both 0: 1 to 1 */
    double baseline_mean;                    /* proportions: the baseline share, in (0, 1) */
    double baseline_variance;                /* per unit, after variance reduction; means, ratios */
    double compared_variance;
    double effect;
    double null_difference;
    double variance_factor; /* > 0: 1 - variance reduction rate; 0 when none, as 1. Multiplies the
                               variances, of proportions too */
    uint64_t reserved[8];
};

/** struct assay_size_result: required sizes. All exact integers below 2^53. */
struct assay_size_result {
    double baseline, compared, total;
    double power; /* attained at those sizes */
    uint64_t reserved[4];
};

/**
 * assay_size_required() is the smallest n_t with the wanted power: n_t = ceil((z_a + z_b)^2
 * (v_c/kappa + v_t)/D^2), n_c = ceil(kappa n_t), kappa = n_c/n_t by weights; with
 * ASSAY_TEST_T the smallest n_t whose exact noncentral t power reaches it, degrees of freedom by
 * Satterthwaite at the planned variances (R: power.t.test when sizes and variances are equal).
 * Sizes are right to the unit: figures near a whole number, and t tests of many units, are computed
 * with 100 bits. At least 1 unit a group, with t at least 2. While ceil(kappa n_t) stays the same,
 * a unit more can cost a t test degrees of freedom and power: the smallest n_t is found there, too.
 *
 * @design  read only; every field but mean or variances of the other type is read
 * @out     written on success only
 * @err     NULL is fine
 * Returns ASSAY_ERROR_DOMAIN for bad arguments (outside the ranges above, QUANTILE, a number that
 * no enumerator has), D = 0 or an effect on the wrong side, a share of 0 or 1 or beyond;
 * ASSAY_ERROR_LIMIT above 2^53 units.
 * Ownership: nothing is kept and no memory asked for, here and below. Threads: pure, reentrant.
 * Accuracy: all sizes of tests/golden/size.csv (mpmath) exact, n to 3e15, alpha from 1e-300; its
 * power 2e-15.
 */
ASSAY_API ASSAY_MUST_CHECK enum assay_status
assay_size_required(const struct assay_size_design *design, struct assay_size_result *out,
                    struct assay_error *err);

/**
 * assay_size_power() is the power at n_c and n_t units (2 to 2^53 each, which need not be whole: as
 * expected sizes are not). design->power is not read.
 * Returns ASSAY_ERROR_DOMAIN as above, and for sizes outside that range.
 * Accuracy: 2e-15 relative against tests/golden/size.csv, alpha down to 1e-300. Pure.
 */
ASSAY_API ASSAY_MUST_CHECK enum assay_status
assay_size_power(const struct assay_size_design *design, double n_baseline, double n_compared,
                 double *power, struct assay_error *err);

/**
 * assay_size_effect() is the distance D > 0 from the null found with design->power at n_c and n_t
 * units. The alternative lies on the tested side of the null; with two sides it lies above, unless
 * design->effect < null_difference. For proportions the variance at the alternative moves with D;
 * NaN when no share in (0, 1) reaches the power. Errors as above.
 * Accuracy: 1e-15 relative against tests/golden/size.csv; 1e-14 for a power close to alpha. From
 * some thousand degrees of freedom on t tests have the nearest double, but for ties that 2^-60 of
 * it would decide. Pure.
 */
ASSAY_API ASSAY_MUST_CHECK enum assay_status
assay_size_effect(const struct assay_size_design *design, double n_baseline, double n_compared,
                  double *effect, struct assay_error *err);

#endif
