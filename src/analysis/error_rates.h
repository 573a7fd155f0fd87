/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_ANALYSIS_ERROR_RATES_H
#define ASSAY_ANALYSIS_ERROR_RATES_H

#include "analysis/results.h"

/**
 * assay__error_rates() walks the plan's decision rule and shares its error rates among the metrics:
 * the one place that does. comparison_count is C; with in_segment the rates are those of a segment.
 * rates holds plan->metric_count entries. Pure; asks for no memory.
 */
void assay__error_rates(const struct assay_plan *plan, uint32_t comparison_count, bool in_segment,
                        struct assay_metric_rates *rates);

/** assay__error_counts() counts what the rates are shared by: S, G, C, M, segments. */
struct assay_rates assay__error_counts(const struct assay_plan *plan, uint32_t comparison_count);

/** assay__in_rule(): the decision rule asks for the metric; otherwise it is only monitored. */
bool assay__in_rule(const struct assay_plan *plan, uint32_t metric);

/** assay__hypothesis() says what the metric's own test asks under the plan. */
enum assay_hypothesis assay__hypothesis(const struct assay_plan *plan, uint32_t metric);

/** assay__is_monitored(): the metric is under the deterioration test. */
bool assay__is_monitored(const struct assay_plan *plan, uint32_t metric);

#endif
