/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which tests a metric is under, by its role, direction and margin. */
#include "analysis/analyze.h"

#include <math.h>

bool assay__is_harm_test(const struct assay_metric_plan *metric)
{
    return metric->role == ASSAY_ROLE_DETERIORATION ||
           (metric->role == ASSAY_ROLE_GUARDRAIL && !metric->margin.is_set);
}

bool assay__is_monitored(const struct assay_plan *plan, const struct assay_metric_plan *metric)
{
    if (isnan(plan->deterioration_alpha))
        return false;
    /* A guardrail without margin and direction has only this test: any movement is harm. */
    return metric->direction != ASSAY_DIRECTION_ANY || assay__is_harm_test(metric);
}
