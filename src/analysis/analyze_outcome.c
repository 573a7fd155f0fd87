/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The outcome of a metric's test: passed, failed or not tested, and why there was no test. The
 * decision, the words and the exit status ask here, so that none of them takes a test that could
 * not be made for one that was passed.
 */
#include <math.h>

#include "analysis/analyze.h"
#include "analysis/conditions.h"

bool assay__is_shown_only(const struct assay_plan *plan, const struct assay_metric_plan *metric)
{
    return metric->role == ASSAY_ROLE_DETERIORATION && !assay__is_monitored(plan, metric);
}

enum assay_outcome assay__outcome_of(const struct assay_metric_plan *metric,
                                     const struct assay_metric_result *result)
{
    if (result->look_count == 0 || result->significant == ASSAY_UNKNOWN)
        return ASSAY_OUTCOME_NOT_TESTED;
    bool found = result->significant == ASSAY_YES;
    return found != assay__is_harm_test(metric) ? ASSAY_OUTCOME_PASSED : ASSAY_OUTCOME_FAILED;
}

const char *assay__untested_text(const struct assay_metric_plan *metric,
                                 const struct assay_metric_result *result)
{
    if (result->look_count == 0)
        return "no unit has a value";
    if (assay__is_harm_test(metric) && isnan(result->deterioration_alpha))
        return "the plan turns tests for harm off";
    const struct assay_comparison *last = &result->looks[result->look_count - 1].comparison;
    if (last->baseline.n == 0 || last->compared.n == 0)
        return "a group has no values";
    size_t count;
    const struct assay__condition *conditions = assay__conditions(&count);
    for (size_t i = 0; i < count; i++)
        if ((last->flags & conditions[i].flag) && conditions[i].why_untested != NULL)
            return conditions[i].why_untested;
    return "the margin is a share of a baseline of zero";
}
