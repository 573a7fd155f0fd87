/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a cell of a dataset keeps of each metric, as the metric's kind says. */
#include "analysis/dataset_read.h"

#include "base/error.h"
#include "stats/metric/metric.h"

const struct assay__accumulator *assay__metric_accumulator(const struct assay_metric_plan *metric)
{
    return assay__metric_kind(metric->type)->keeps;
}

enum assay_status assay__metric_state(const struct assay_metric_plan *metric, void **state,
                                      struct assay_error *err)
{
    if (*state != NULL)
        return ASSAY_OK;
    return assay__metric_accumulator(metric)->make(assay__metric_shape(metric), state, err);
}

enum assay_status assay__metric_needs_moments(const struct assay_metric_plan *metric,
                                              struct assay_error *err)
{
    if (assay__metric_accumulator(metric) == &assay__accumulator_moments)
        return ASSAY_OK;
    return assay__fail(err, ASSAY_ERROR_PLAN,
                       "Metric '%.100s' needs the values of all units; sums do not hold them.",
                       metric->id);
}

struct assay_moments_shape assay__metric_shape(const struct assay_metric_plan *metric)
{
    struct assay_moments_shape shape = {
        .has_denominator = assay__metric_kind(metric->type)->has_denominator,
        .covariate_count =
            metric->reduction == ASSAY_REDUCTION_NONE ? 0 : assay__metric_covariate_count(metric)};
    return shape;
}

uint32_t assay__metric_covariate_count(const struct assay_metric_plan *metric)
{
    return metric->covariate_count + metric->pre_exposure.is_set;
}

const char *assay__metric_covariate(const struct assay_metric_plan *metric, uint32_t index)
{
    return index < metric->covariate_count ? metric->covariates[index] : "before exposure";
}
