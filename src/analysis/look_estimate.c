/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a group sequence says once it has stopped: p, estimate and interval by the stage-wise
 * ordering, which do not lean towards the effect that stopped it as the naive ones do.
 */
#include <math.h>

#include "base/error.h"
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
    return result->is_final && result->first_significant == UINT32_MAX ? last : NULL;
}

/* Takes the looks up to one; *stage is its number among those that spent alpha. */
static enum assay_status retake_looks(const struct assay__builder *builder,
                                      const struct assay_metric_result *result, uint32_t until,
                                      struct assay_horizon *horizon, size_t *stage,
                                      struct assay_boundary *boundary, struct assay_error *err)
{
    enum assay_status status = ASSAY_OK;
    *stage = 0;
    for (uint32_t k = 0; status == ASSAY_OK && k <= until; k++) {
        uint64_t baseline = assay__look_units(builder, result->slice, k, result->baseline);
        uint64_t compared = assay__look_units(builder, result->slice, k, result->compared);
        if (baseline == 0 || compared == 0)
            continue;
        status = assay_horizon_at(horizon, (double)baseline + (double)compared, NAN, boundary, err);
        if (status == ASSAY_OK && boundary->flags == 0)
            ++*stage;
    }
    return status;
}

/* From drifts to the metric's units: the drift is the effect in standard errors at information 1.
 */
static void in_metric_units(const struct assay_metric_result *result, double information,
                            struct assay_look_result *look,
                            const struct assay_sequential_estimate *drift)
{
    double unit = look->comparison.difference.standard_error * sqrt(information);
    double sign = result->side == ASSAY_SIDE_LOWER ? -1.0 : 1.0, null = result->null_difference;
    look->has_stopped = true;
    look->stopped = (struct assay_sequential_estimate){
        .p = drift->p,
        .median = null + sign * unit * drift->median,
        .lower = null + sign * unit * (sign > 0.0 ? drift->lower : drift->upper),
        .upper = null + sign * unit * (sign > 0.0 ? drift->upper : drift->lower)};
}

enum assay_status assay__estimate_stopped(const struct assay__builder *builder,
                                          const struct assay_horizon_design *design,
                                          struct assay_metric_result *result,
                                          struct assay_error *err)
{
    if (design->kind != ASSAY_HORIZON_GROUP_SEQUENTIAL || result->look_count == 0 ||
        builder->out->slices[result->slice].kind == ASSAY_SLICE_DIMENSION)
        return ASSAY_OK;
    struct assay_look_result *look = stopping_look(result);
    if (look == NULL || look->is_overrun || isnan(look->comparison.difference.p))
        return ASSAY_OK;
    struct assay_horizon *horizon;
    struct assay_boundary boundary = {.information = NAN};
    struct assay_sequential_estimate drift;
    size_t stage;
    enum assay_status status = assay_horizon_open(design, &horizon, err);
    if (status != ASSAY_OK)
        return status;
    status = retake_looks(builder, result, look->look, horizon, &stage, &boundary, err);
    double z = assay__normal_statistic(&look->comparison.difference, result->side);
    if (status == ASSAY_OK && stage > 0 && isfinite(z)) {
        status = assay_sequential_estimate(horizon, stage - 1, z,
                                           design->two_sided ? 0.5 * design->alpha : design->alpha,
                                           &drift, err);
        if (status == ASSAY_OK)
            in_metric_units(result, boundary.information, look, &drift);
    }
    assay_horizon_free(horizon);
    return status;
}
