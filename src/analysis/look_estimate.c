/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a group sequence says once it has stopped: p, estimate and interval by the stage-wise
 * ordering, which do not lean towards the effect that stopped it as the naive ones do.
 */
#include <math.h>

#include "base/error.h"
#include "analysis/look_cache.h"
#include "analysis/looks.h"

/* The look at which the sequence stops: the first significant one, else the final one. */
static struct assay_look_result *stopping_look(const struct assay_metric_result *result)
{
    for (uint32_t i = 0; i < result->look_count; i++) {
        struct assay_look_result *look = &result->looks[i];
        if (look->look == result->first_significant)
            return look;
    }
    struct assay_look_result *last = &result->looks[result->look_count - 1];
    while (last > result->looks && last->is_overrun)
        last--;
    return result->is_final && result->first_significant == UINT32_MAX ? last : NULL;
}

/* The number of the looks up to one that spent alpha. */
static size_t stages(const struct assay_boundary *sequence, const double *units, uint32_t until)
{
    size_t count = 0;
    for (uint32_t k = 0; k <= until; k++)
        count += units[k] > 0.0 && sequence[k].flags == 0;
    return count;
}

/* From drifts to the metric's units: the drift is the effect in standard errors at information 1.
 */
static void in_metric_units(const struct assay_metric_result *result, double information,
                            struct assay_look_result *look,
                            const struct assay_horizon_estimate *drift)
{
    double unit = look->comparison.difference.standard_error * sqrt(information);
    double sign = result->side == ASSAY_SIDE_LOWER ? -1.0 : 1.0, null = result->null_difference;
    *look->stopped = (struct assay_horizon_estimate){
        .p = drift->p,
        .median = null + sign * unit * drift->median,
        .lower = null + sign * unit * (sign > 0.0 ? drift->lower : drift->upper),
        .upper = null + sign * unit * (sign > 0.0 ? drift->upper : drift->lower)};
}

enum assay_status assay__estimate_stopped(const struct assay__builder *builder,
                                          const struct assay__tracker *tracker,
                                          struct assay_metric_result *result,
                                          struct assay_error *err)
{
    const struct assay_horizon_design *design = &tracker->design;
    if (design->kind != ASSAY_HORIZON_GROUP_SEQUENTIAL || result->look_count == 0 ||
        builder->out->slices[result->slice].kind == ASSAY_SLICE_DIMENSION)
        return ASSAY_OK;
    struct assay_look_result *look = stopping_look(result);
    if (look == NULL || look->is_overrun || isnan(look->comparison.difference.p))
        return ASSAY_OK;
    size_t stage = stages(tracker->sequence, tracker->units, look->look);
    double z = assay__normal_statistic(&look->comparison.difference, result->side);
    if (stage == 0 || !isfinite(z))
        return ASSAY_OK;
    const struct assay_horizon *horizon;
    struct assay_horizon_estimate drift;
    enum assay_status status = assay__look_cache_horizon(builder->cache, design, tracker->units,
                                                         look->look + 1, &horizon, err);
    if (status == ASSAY_OK)
        status = assay_horizon_estimate(horizon, stage - 1, z,
                                        design->two_sided ? 0.5 * design->alpha : design->alpha,
                                        &drift, err);
    if (status != ASSAY_OK)
        return status;
    look->stopped = assay__arena_alloc(builder->arena, sizeof *look->stopped);
    if (look->stopped == NULL)
        return assay__fail_memory(err);
    in_metric_units(result, tracker->sequence[look->look].information, look, &drift);
    return ASSAY_OK;
}
