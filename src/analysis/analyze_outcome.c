/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The outcome of a metric's test: passed, failed or not tested, and why there was no test. The
 * decision, the words and the exit status ask here, so that none of them takes a test that could
 * not be made for one that was passed.
 */
#include <math.h>

#include "analysis/analyze.h"

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
    static const struct {
        uint32_t flag;
        const char *text;
    } REASONS[] = {
        {ASSAY_FLAG_TOO_FEW_UNITS, "a group has too few units"},
        {ASSAY_FLAG_ZERO_DENOMINATOR, "a group's denominators sum to zero"},
        {ASSAY_FLAG_ZERO_VARIANCE, "the values do not vary within the groups"},
        {ASSAY_FLAG_OVERFLOW, "the figures are beyond the range of numbers"},
    };
    if (result->look_count == 0)
        return "no unit has a value";
    if (assay__is_harm_test(metric) && isnan(result->deterioration_alpha))
        return "the plan turns tests for harm off";
    const struct assay_comparison *last = &result->looks[result->look_count - 1].comparison;
    if (last->baseline.n == 0 || last->compared.n == 0)
        return "a group has no values";
    for (size_t i = 0; i < sizeof REASONS / sizeof *REASONS; i++)
        if (last->flags & REASONS[i].flag)
            return REASONS[i].text;
    return "the margin is a share of a baseline of zero";
}
