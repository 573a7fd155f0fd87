/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A scenario of the calibration bench: data, a comparison, and what ought to come out. Each
 * replicate draws two samples, hands their sums to assay_moments and compares them with
 * assay_moments_compare(). A measured rate passes when it is within four Monte-Carlo errors of its
 * prediction (tests/support/predict.h): exact rates have none of their own, simulated ones have
 * theirs added. Nominal rates are not what is tested where theory does not promise them; the table
 * shows how far off they are.
 */
#ifndef ASSAY_TESTS_CALIBRATE_H
#define ASSAY_TESTS_CALIBRATE_H

#include "predict.h"
#include "simulate.h"
#include "test.h"

/** A unit's variables; the value is multiplied by 1 + lift in the compared group afterwards. */
typedef void (*unit_draw)(struct sim_random *random, double *values);

struct scenario {
    const char *name; /* as in tests/golden/calibration.csv when the prediction is simulated */
    unit_draw draw;
    double mean; /* true mean, share or ratio of the baseline */
    int decimals;
    struct assay_moments_shape shape;
    enum assay_metric_type type;
    enum assay_test_kind test;
    enum assay_reduction reduction;
    int n_baseline, n_compared;
    double lift;
    bool power;                           /* tests for no difference, not for the true one */
    bool corrected;                       /* for skewness, too */
    const struct sim_binomial *counts[2]; /* instead of draw: units with value 1, per group */
};

/** calibrate() simulates, prints the scenario's row of the table and checks every rate. */
void calibrate(const struct scenario *scenario, const struct prediction *prediction, uint64_t seed,
               double nominal);

/** calibrate_row() prints a row of figures of another kind. */
void calibrate_row(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** calibrate_band() is four errors of a rate near p from so many replicates and predicted ones. */
double calibrate_band(double p, double replicates, double predicted);

/* Units: see tests/golden/calibration.py, which draws the same distributions. */
void draw_normal(struct sim_random *random, double *values);      /* mean 10, deviation 1 */
void draw_wide_normal(struct sim_random *random, double *values); /* mean 1, deviation 3 */
void draw_exponential(struct sim_random *random, double *values);
void draw_lognormal1(struct sim_random *random, double *values);
void draw_lognormal2(struct sim_random *random, double *values);
void draw_zero_inflated(struct sim_random *random, double *values);
void draw_ratio(struct sim_random *random, double *values);
void draw_ratio_covariate(struct sim_random *random, double *values);
void draw_normal_covariate(struct sim_random *random, double *values);
void draw_normal_covariates(struct sim_random *random, double *values);
void draw_lognormal_covariate(struct sim_random *random, double *values);
void draw_share_covariate(struct sim_random *random, double *values);

#endif
