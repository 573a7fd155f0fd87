/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_ANALYSIS_ANALYSIS_VIEW_H
#define ASSAY_ANALYSIS_ANALYSIS_VIEW_H

#include "analysis/results.h"

/** struct assay__bounds: an interval; NaN where it has no bound. */
struct assay__bounds {
    double lower, upper;
};

/** assay__relative_bounds() is the relative interval that the plan chose to report. */
struct assay__bounds assay__relative_bounds(const struct assay_plan *plan,
                                            const struct assay__kept_relative *relative);

/** assay__first_result() is the first of a metric's results; *count: comparisons x slices. */
const struct assay_metric_result *assay__first_result(const struct assay_analysis *analysis,
                                                      uint32_t metric, size_t *count);

/**
 * assay__single_look_share() is how wide the interval of a look would be if it were the only one,
 * as a share of that of its horizon. NaN where there is no interval.
 */
double assay__single_look_share(const struct assay_metric_result *result,
                                const struct assay_look_result *look);

/**
 * assay__futility_share() is where a look's futility bound lies, as a share of its critical value;
 * NaN where there is none.
 */
double assay__futility_share(const struct assay_look_result *look);

/**
 * assay__ahead_share() is how far from the null value the estimate of a look to come must be, in
 * parts of the last look's interval on that side; assay__ahead_futility_share(): where its futility
 * bound is, NaN where there is none. i counts result->ahead.
 */
double assay__ahead_share(const struct assay_metric_result *result, uint32_t i);
double assay__ahead_futility_share(const struct assay_metric_result *result, uint32_t i);

/**
 * assay__planned_units() is where the group sequential horizon of a result is planned to end, in
 * units of its two groups; NaN where that is not known.
 */
double assay__planned_units(const struct assay_analysis *analysis,
                            const struct assay_metric_result *result);

/** assay__last_look() is the last look of a result, NULL when the metric has no values there. */
const struct assay_look_result *assay__last_look(const struct assay_metric_result *result);

/** assay__harm_test() is a look's test for harm; one of zeros where it has none. */
const struct assay__kept_test *assay__harm_test(const struct assay_look_result *look);

/** assay__free_shown() frees what programs were shown of looks. */
void assay__free_shown(struct assay_analysis *analysis);

/** assay__two_sided() is the two-sided interval of a level, as if the data were looked at once. */
struct assay__bounds assay__two_sided(const struct assay__kept_difference *difference,
                                      double level);

#endif
