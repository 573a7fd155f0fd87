/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_ANALYSIS_LOOKS_H
#define ASSAY_ANALYSIS_LOOKS_H

#include "analysis/analyze.h"
#include "assay/horizon.h"

/**
 * Looks of an analysis, in order of time. Data are cumulative, and whoever fills a dataset gives it
 * a cell at each look for all that there is: where there is none, nobody counts (any more).
 */
struct assay__look {
    int64_t time_ns; /* its end; INT64_MIN when the data have no time */
    uint32_t last;   /* the last of builder->order that belongs to it */
};

/** assay__look_units() counts a group's units in a slice at look k. */
uint64_t assay__look_units(const struct assay__builder *builder, uint32_t slice, uint32_t k,
                           uint32_t group);

/** assay__may_lack_values(): a unit whose window is complete may have no value of the metric. */
bool assay__may_lack_values(const struct assay_metric_plan *metric);

/**
 * assay__result_units() are those of a group that a result rests on at look k: all; of a metric
 * with a window those whose window is complete, for the others are not looked at yet. Where values
 * may be missing it is what is surely so: those with a value, or those that a look had which ended
 * that long before.
 */
uint64_t assay__result_units(const struct assay__builder *builder,
                             const struct assay_metric_result *result, uint32_t k, uint32_t group);

/** assay__look_text() is "of TIME", or "number K" where data have no times; NULL without memory. */
const char *assay__look_text(const struct assay__builder *builder, uint32_t k);

/** assay__srm_when() is ", at the look of TIME" where the p of a test of sizes is an earlier
 * look's, else "". NULL without memory. */
const char *assay__srm_when(const struct assay__builder *builder,
                            const struct assay_srm_result *srm);

/** assay__count_units() counts those of a slice at all looks, for assay__look_units(). */
void assay__count_units(struct assay__builder *builder, uint32_t slice);

/** assay__look_state() is what a group keeps of a metric, or NULL before any unit has a value. */
const void *assay__look_state(const struct assay__builder *builder, uint32_t slice, uint32_t k,
                              uint32_t group, uint32_t metric);

/**
 * struct assay__tracker follows one test of one result from look to look: the boundary of its
 * horizon, and what was found so far.
 */
struct assay__tracker {
    struct assay_horizon_design design;
    bool needs_size;                       /* the mixture's size is settled at the first look */
    struct assay_horizon *horizon;         /* always valid; NULL before the first look */
    const struct assay_boundary *sequence; /* group sequential: [look] */
    const double *units;                   /* and the comparison's units; 0: no look */
    double best_log_p;                     /* always valid: the least so far */
    bool is_futile;                        /* below the futility bound at some look */
    bool is_unsettled;                     /* significant at some look, and it did not count */
    bool is_found;                         /* significant at some look, the first of them: */
    uint32_t first_significant;
};

/** assay__tracker_open() settles how a test of a result at a level is looked at. */
enum assay_status assay__tracker_open(struct assay__builder *builder,
                                      const struct assay_metric_result *result,
                                      enum assay_side side, double alpha, bool is_deterioration,
                                      struct assay__tracker *tracker, struct assay_error *err);

/** assay__tracker_boundary() is the boundary at look k. now: the groups as they are; required: the
 * required size, or NaN. */
enum assay_status assay__tracker_boundary(struct assay__tracker *tracker, uint32_t k,
                                          uint64_t units, double standard_error, double required,
                                          struct assay_boundary *out, struct assay_error *err);

/**
 * assay__tracker_note() puts the test's p under its horizon, and remembers what was found; counts:
 * whether a significance may count at later looks.
 */
void assay__tracker_note(struct assay__tracker *tracker, uint32_t k, uint64_t units,
                         enum assay_side side, bool counts,
                         struct assay__kept_difference *difference);

/** assay__tracker_release() frees what a tracker holds. */
void assay__tracker_release(struct assay__tracker *tracker);

/** assay__is_sequential(): some look of the plan is not the only one. */
bool assay__is_sequential(const struct assay_plan *plan);

/** assay__result_horizon() is the plan's horizon of a result. */
const struct assay_horizon_plan *assay__result_horizon(const struct assay__builder *builder,
                                                       const struct assay_metric_result *result);

/** assay__comparison_share() is the planned share of a comparison's groups among all. */
double assay__comparison_share(const struct assay__builder *builder, uint32_t baseline,
                               uint32_t compared);

/** assay__normal_statistic() is a statistic as a normal one that points up for the tested side;
 * Student's t by its nominal p. */
double assay__normal_statistic(const struct assay__kept_difference *difference,
                               enum assay_side side);

/** assay__estimate_stopped() fills in what a group sequence says once it has stopped. */
enum assay_status assay__estimate_stopped(const struct assay__builder *builder,
                                          const struct assay__tracker *tracker,
                                          struct assay_metric_result *result,
                                          struct assay_error *err);

/** assay__note_looks() writes the remarks about the looks of one comparison of a metric. */
enum assay_status assay__note_looks(struct assay__builder *builder, uint32_t metric, uint32_t pair,
                                    struct assay_error *err);

/**
 * assay__mixture_z() is z of an always-valid test at so many units of the comparison; NaN before
 * its first look, and under other horizons.
 */
double assay__mixture_z(const struct assay__tracker *role, double units, double standard_error);

/**
 * assay__inflation() is how many times more units planned looks need, or, of a group sequence
 * without a planned number that is at its end by look k, the looks that were made; else 1. role: of
 * the test of the result's role.
 */
enum assay_status assay__inflation(struct assay__builder *builder,
                                   const struct assay_metric_result *result,
                                   const struct assay__tracker *role, uint32_t k, double *inflation,
                                   struct assay_error *err);

#endif
