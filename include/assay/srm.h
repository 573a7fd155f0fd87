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

/** struct assay_srm_design: how to test. */
struct assay_srm_design {
    enum assay_srm_method method;
    double alpha;         /* (0, 1), usually 0.001 */
    double tolerance;     /* a share must also be off by more than this; 0 for none */
    double concentration; /* prior of the sequential test; 10000 unless wanted otherwise */
};

/** struct assay_srm_group: one group of the test. */
struct assay_srm_group {
    uint64_t observed;
    double expected; /* 0 for groups with weight 0 */
    double residual; /* (O - E)/sqrt(E (1 - w)); NaN when E is 0 or w is 1 */
    bool significant;
};

/** struct assay_srm: outcome of the test. */
struct assay_srm {
    double statistic; /* chi-square; for the sequential test the log Bayes factor (natural) */
    double df;        /* groups with weight > 0, minus 1; NaN for the sequential test */
    double p, log10_p;
    bool significant; /* p < alpha and beyond the tolerance, or units where none may be */
    bool unplanned;   /* units in a group with weight 0 */
};

/**
 * assay_srm_test() tests counts against planned weights (any positive scale; 0 allowed, not all).
 * groups[] receives one entry per group. A group not in the plan is passed with weight 0.
 * ASSAY_ERROR_DOMAIN: no positive weight, a negative or non-finite weight, alpha outside (0, 1).
 * With one positive weight df is 0: p = 1. With no units p = 1.
 * Pure; allocates nothing. Accuracy: p 1e-13 relative, log10_p without limit.
 */
ASSAY_API ASSAY_MUST_CHECK enum assay_status
assay_srm_test(const uint64_t *counts, const double *weights, size_t group_count,
               const struct assay_srm_design *design, struct assay_srm_group *groups,
               struct assay_srm *out, struct assay_error *err);

#endif
