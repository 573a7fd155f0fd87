/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SRM_H
#define ASSAY_SRM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "assay/export.h"
#include "assay/status.h"

/** enum assay_srm_method: how a sample ratio mismatch is tested. */
enum assay_srm_method {
    ASSAY_SRM_CHI2,      /* Pearson's chi-square, valid once */
    ASSAY_SRM_SEQUENTIAL /* Dirichlet-multinomial, valid at every look: Lindon and Malek (2022) */
};

/** struct assay_srm_design: how to test. Zero-initialised is the default. */
struct assay_srm_design {
    enum assay_srm_method method;
    double alpha;         /* (0, 1); 0: 0.001 */
    double tolerance;     /* a share must also be off by more than this; 0 for none */
    double concentration; /* prior of the sequential test; 0: 10000 */
    uint64_t reserved[4];
};

/** struct assay_srm_group: one group of the test. */
struct assay_srm_group {
    uint64_t observed;
    double expected;  /* 0 for groups with weight 0 */
    double residual;  /* (O - E)/sqrt(E (1 - w)); NaN when E is 0 or w is 1 */
    bool significant; /* the residual, or the exact test of this group, at alpha / groups */
    uint64_t reserved[2];
};

/** struct assay_srm: outcome of the test. */
struct assay_srm {
    double statistic;  /* chi-square; for the sequential test the log Bayes factor (natural) */
    double df;         /* groups with weight > 0, minus 1; NaN for the sequential test */
    double p, log10_p; /* sequential: valid at every look, min(1, 1 / Bayes factor) */
    bool significant;  /* p, or exact_p, < alpha and beyond the tolerance; or unplanned */
    bool unplanned;    /* units in a group with weight 0 */
    bool tested;       /* there are units, and two groups that may have some; else statistic and p
                          are NaN */
    bool exact;        /* chi-square is rough: exact_p decides */
    double exact_p, exact_log10_p; /* NaN where they do not decide */
    uint64_t reserved[2];
};

/**
 * assay_srm_test() tests counts against planned weights (any positive scale; 0 allowed, not all).
 * groups[] receives one entry per group. A group not in the plan is passed with weight 0.
 * Weights, tolerance and concentration are the shortest decimals that read back as their doubles,
 * so that counts just as planned by 0.001 and 0.0001 give a statistic of exactly 0.
 *
 * Chi-square is rough where fewer than 5 units of a group with a weight are expected: two units
 * where 0.1 are planned have p 2e-9, and come once in 200 times. There each group's count is held
 * against the exact binomial: exact_p is the probability of a count at least as far from the
 * expected one, either way, the least of all groups times their number (of two, which have one p,
 * once). It alone decides there. p stays that of chi-square.
 * Sources: Pearson (1900); Cochran (1954), Biometrics 10:417, for the 5; Bonferroni's inequality;
 * Lindon and Malek (2022), NeurIPS, 3.1.
 *
 * @counts, @weights  group_count each, read only; together below 2^64 units where weights are > 0
 * @groups, @out      written; group_count entries and one
 * Returns ASSAY_ERROR_DOMAIN: no positive weight, a negative or non-finite weight, a method that
 * does not exist, alpha outside (0, 1), a tolerance that is negative or not finite, a concentration
 * (of the sequential test) that is not positive and finite, too many units.
 * With no units, or one positive weight (df is 0), there is no test: p is NaN.
 * Ownership: nothing is kept and no memory asked for. Threads: pure and reentrant.
 * Accuracy, 692 cases of tests/golden/srm.csv (mpmath; counts to 2^63, to 1000 groups): statistic
 * (also the log Bayes factor), expected counts and residuals the nearest double; p 1e-15 relative
 * down to 1e-307, log10_p 2e-15 (tested to -7,000,000). exact_p (tests/golden/srm_exact.csv,
 * mpmath) 1e-14 relative, and 2e-16 more for each unit of |O - E| of its group.
 */
ASSAY_API ASSAY_MUST_CHECK enum assay_status
assay_srm_test(const uint64_t *counts, const double *weights, size_t group_count,
               const struct assay_srm_design *design, struct assay_srm_group *groups,
               struct assay_srm *out, struct assay_error *err);

#endif
