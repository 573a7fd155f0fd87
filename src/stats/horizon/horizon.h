/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_STATS_HORIZON_HORIZON_H
#define ASSAY_STATS_HORIZON_HORIZON_H

#include "assay/horizon.h"
#include "stats/horizon/spending.h"
#include "stats/horizon/survival.h"

/** struct assay_horizon: the design, what has been spent, and the looks of a group sequence. */
struct assay_horizon {
    struct assay_horizon_design design;
    const struct assay__horizon_row *row;
    struct assay_boundary last; /* NaN and EMPTY before the first look */
    uint32_t look_count;
    struct assay__spending spending; /* of one side */
    struct assay__walk walk;         /* group sequential */
    double last_critical;            /* of the walk's last look; NaN before it */
    bool is_spent;                   /* nothing is left to spend */
};

/** struct assay__horizon_row: one kind of horizon. */
struct assay__horizon_row {
    const char *name; /* in plans */
    /* Checks the design's numbers. */
    enum assay_status (*open)(struct assay_horizon *horizon, struct assay_error *err);
    /* Takes a look with more units than the one before. */
    enum assay_status (*at)(struct assay_horizon *horizon, double units, double standard_error,
                            struct assay_boundary *out, struct assay_error *err);
};

extern const struct assay__horizon_row assay__horizon_fixed;
extern const struct assay__horizon_row assay__horizon_group_sequential;
extern const struct assay__horizon_row assay__horizon_always_valid;

/** assay__mixture_weight() is x = N rho^2 of an always-valid boundary at N units. */
double assay__mixture_weight(const struct assay_horizon_design *design, double units,
                             double standard_error);

/**
 * assay__mixture_log_p() is the natural logarithm of the p-value that a statistic has under an
 * always-valid boundary of weight x at one look: at most 0. The statistic points up for a one-sided
 * test.
 */
double assay__mixture_log_p(double statistic, bool two_sided, double x);

#endif
