/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_STATS_HORIZON_HORIZON_H
#define ASSAY_STATS_HORIZON_HORIZON_H

#include "assay/horizon.h"
#include "stats/horizon/spending.h"
#include "stats/horizon/survival.h"

/**
 * struct assay__futility: futility bounds of a group sequence. above is the walk with both bounds;
 * mirror is that of minus the score, in which an exit below is one above.
 */
struct assay__futility {
    struct assay__spending spending;
    double drift;
    struct assay__walk above, mirror;
    bool is_closed; /* the bounds have met */
};

/** struct assay_horizon: the design, what has been spent, and the looks of a group sequence. */
struct assay_horizon {
    struct assay_horizon_design design;
    const struct assay__horizon_row *row;
    struct assay_boundary last; /* NaN and EMPTY before the first look */
    uint32_t look_count;
    struct assay__spending spending; /* of one side */
    struct assay__walk walk;         /* group sequential */
    struct assay__futility futility; /* group sequential, with futility bounds */
    double last_critical;            /* of the walk's last look; NaN before it */
    bool is_spent;                   /* nothing is left to spend */
};

/**
 * struct assay__horizon_row: one kind of horizon. A new one is a file with a row, and its line in
 * ASSAY_HORIZON_LIST; its numbers are keys in plan/plan_keys_horizon.c.
 */
struct assay__horizon_row {
    /* Checks the design's numbers. */
    enum assay_status (*open)(struct assay_horizon *horizon, struct assay_error *err);
    /* Takes a look with more units than the one before. */
    enum assay_status (*at)(struct assay_horizon *horizon, double units, double standard_error,
                            struct assay_boundary *out, struct assay_error *err);
};

#define ASSAY__HORIZON_ROW(name, file, spelling)                                                   \
    extern const struct assay__horizon_row assay__horizon_##file;
ASSAY_HORIZON_LIST(ASSAY__HORIZON_ROW)
#undef ASSAY__HORIZON_ROW

/** assay__solve_edge() is the edge, on the score's scale, above which the look at time exits with
 * probability exp(log_p) under a drift; NaN when there is none. */
double assay__solve_edge(const struct assay__walk *walk, double time, double log_p, double drift);

/** assay__next_edge() is the edge above which the next look of a walk exits with probability
 * exp(log_p) without drift; not finite when there is none. */
enum assay_status assay__next_edge(struct assay__walk *walk, double time, double log_p,
                                   double *edge, struct assay_error *err);

/** assay__horizon_inflation() is that of assay_horizon_cost(), of a group sequence with a look and
 * a power in range. */
double assay__horizon_inflation(const struct assay_horizon *horizon, double power);

/** assay__futility_open() settles the drift of futility bounds. */
enum assay_status assay__futility_open(struct assay_horizon *horizon, struct assay_error *err);

/** assay__futility_at() takes the next look, whose upper edge is known; to: spent up to there. */
enum assay_status assay__futility_at(struct assay_horizon *horizon, double time, double edge,
                                     double to, struct assay_boundary *out,
                                     struct assay_error *err);

/** assay__mixture_weight() is x = N rho^2 of an always-valid boundary at N units. */
double assay__mixture_weight(const struct assay_horizon_design *design, double units,
                             double standard_error);

/** assay__mixture_critical() is z of an always-valid boundary at that weight. */
double assay__mixture_critical(const struct assay_horizon_design *design, double x);

/**
 * assay__mixture_log_p() is the natural logarithm of the p-value that a statistic has under an
 * always-valid boundary of weight x at one look: at most 0. The statistic points up for a one-sided
 * test.
 */
double assay__mixture_log_p(double statistic, bool two_sided, double x);

#endif
