/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the figures of an analysis are that writers look for. */
#include "analysis/analysis_view.h"

#include <math.h>

#include "assay/dist.h"

struct assay__bounds assay__relative_bounds(const struct assay_plan *plan,
                                            const struct assay__kept_relative *relative)
{
    /* An exact test gives the score interval in Fieller's place, whatever the plan asks for. */
    bool is_score =
        relative->fieller_kind == ASSAY_FIELLER_BOUNDED && isnan(relative->delta_standard_error);
    if (is_score)
        return (struct assay__bounds){relative->fieller_lower, relative->fieller_upper};
    switch (plan->relative) {
    case ASSAY_RELATIVE_DELTA:
        return (struct assay__bounds){relative->delta_lower, relative->delta_upper};
    case ASSAY_RELATIVE_LOG:
        return (struct assay__bounds){relative->log_lower, relative->log_upper};
    case ASSAY_RELATIVE_SCALED:
        return (struct assay__bounds){relative->scaled_lower, relative->scaled_upper};
    case ASSAY_RELATIVE_FIELLER:
        break;
    }
    if (relative->fieller_kind == ASSAY_FIELLER_BOUNDED)
        return (struct assay__bounds){relative->fieller_lower, relative->fieller_upper};
    return (struct assay__bounds){(double)NAN, (double)NAN};
}

const struct assay_metric_result *assay__first_result(const struct assay_analysis *analysis,
                                                      uint32_t metric, size_t *count)
{
    *count = analysis->result_count / analysis->plan->metric_count;
    return analysis->results + *count * metric;
}

const struct assay_look_result *assay__last_look(const struct assay_metric_result *result)
{
    return result->look_count == 0 ? NULL : &result->looks[result->look_count - 1];
}

const struct assay__kept_test *assay__harm_test(const struct assay_look_result *look)
{
    static const struct assay__kept_test NONE;
    return look->deterioration != NULL ? look->deterioration : &NONE;
}

struct assay__bounds assay__two_sided(const struct assay__kept_difference *difference, double level)
{
    double tail = (1.0 - level) / 2.0;
    double quantile = isnan(difference->df) ? assay_normal_quantile_upper(tail)
                                            : assay_t_quantile_upper(tail, difference->df);
    double half = quantile * difference->standard_error;
    return (struct assay__bounds){difference->estimate - half, difference->estimate + half};
}
