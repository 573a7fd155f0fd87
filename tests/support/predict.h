/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the calibration bench ought to find, computed without the library: exact rates where the
 * distribution of the data allows it (GSL's distribution functions, quadrature, enumeration), and
 * elsewhere those of an independent simulation (tests/golden/calibration.py).
 */
#ifndef ASSAY_TESTS_PREDICT_H
#define ASSAY_TESTS_PREDICT_H

#include <stdbool.h>

/** Rates of a comparison, in the order in which replicates count them. */
enum rate {
    RATE_UPPER, /* one-sided tests that reject, at 0.05 */
    RATE_LOWER,
    RATE_COVERED, /* 90 % intervals that hold the true difference */
    RATE_FIELLER, /* and the true relative difference */
    RATE_DELTA,
    RATE_LOG,
    RATE_HALL_UPPER, /* tests corrected for skewness */
    RATE_HALL_LOWER,
    RATE_PEARSON_UPPER,
    RATE_PEARSON_LOWER,
    RATE_COUNT
};

/** struct prediction: rates, the replicates behind them (infinite when exact), NaN where none. */
struct prediction {
    double rates[RATE_COUNT];
    double replicates;
    double n_baseline, n_compared; /* of a simulation */
};

/** struct normal_design: values of both groups are normal; compared ones times 1 + lift. */
struct normal_design {
    int n_baseline, n_compared;
    double mean, deviation, lift;
    bool welch;  /* critical values of Welch's t, else normal */
    double null; /* difference tested */
};

/** predict_normal() integrates over the sample variances (and means): all digits that are shown. */
struct prediction predict_normal(const struct normal_design *design);

/** predict_proportions() enumerates both binomials; z test with p(1 - p)/n. */
struct prediction predict_proportions(int n_baseline, int n_compared, double p_baseline,
                                      double p_compared, double null);

/** predict_simulated() looks a scenario up in tests/golden/calibration.csv. */
struct prediction predict_simulated(const char *name);

/** predict_srm() is the probability that Pearson's statistic of n units exceeds its quantile. */
double predict_srm(int n, const double *shares, int groups, double alpha);

#endif
