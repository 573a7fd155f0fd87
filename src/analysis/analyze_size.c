/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Required sample size and powered effect of a comparison. Variances are the raw ones
 * times 1 - rate, so that at the present allocation they give the standard error of the adjusted
 * difference.
 */
#include <math.h>

#include "assay/size.h"
#include "analysis/looks.h"

static bool is_superiority(const struct assay_metric_plan *metric)
{
    return metric->role == ASSAY_ROLE_SUCCESS;
}

static double raw_deviation(const struct assay_stats *stats)
{
    return stats->unadjusted_standard_error * sqrt((double)stats->n);
}

/*
 * Metric units in one unit of the design: 1, or a power of 2 where the variance of data at 1e-200
 * or 1e150 would not be a double.
 */
static double unit_of(const struct assay_comparison *now)
{
    const double least = 1e-140, most = 1e140;
    double deviation = fmax(raw_deviation(&now->baseline), raw_deviation(&now->compared));
    if ((deviation > least && deviation < most) || !(deviation > 0.0))
        return 1.0;
    return ldexp(1.0, ilogb(deviation));
}

/* The design of the metric's test at its present variances; false when there is none. */
static bool make_design(const struct assay__builder *builder,
                        const struct assay_metric_result *result,
                        const struct assay_comparison *now, double unit,
                        struct assay_size_design *design)
{
    double baseline = raw_deviation(&now->baseline) / unit;
    double compared = raw_deviation(&now->compared) / unit;
    const struct assay_metric_plan *metric = &builder->plan->metrics[result->metric];
    const struct assay_group_result *groups = builder->out->groups;
    if (isnan(result->power) || isnan(now->difference.standard_error))
        return false;
    /* Only a superiority test of a proportion takes its variance from the alternative. */
    bool by_share = metric->type == ASSAY_METRIC_PROPORTION && is_superiority(metric);
    *design = (struct assay_size_design){
        .type = by_share ? ASSAY_METRIC_PROPORTION : ASSAY_METRIC_MEAN,
        .test = builder->plan->test,
        .side = result->side,
        .method = ASSAY_SIZE_UNPOOLED,
        .alpha = result->alpha,
        .power = result->power,
        .baseline_weight = groups[result->baseline].weight,
        .compared_weight = groups[result->compared].weight,
        .baseline_mean = now->baseline.unadjusted,
        .baseline_variance = baseline * baseline,
        .compared_variance = compared * compared,
        .null_difference = result->null_difference / unit,
        .variance_factor = isnan(now->reduction.remaining) ? 1.0 : now->reduction.remaining};
    return design->baseline_weight > 0.0 && design->compared_weight > 0.0;
}

static double signed_effect(const struct assay_metric_plan *metric, double effect_abs)
{
    return metric->direction == ASSAY_DIRECTION_DECREASE ? -effect_abs : effect_abs;
}

static double required_size(const struct assay_metric_plan *metric,
                            const struct assay_metric_result *result, double unit,
                            struct assay_size_design *design)
{
    /* Non-inferiority is powered for no effect unless the plan expects one. */
    if (!isnan(result->effect_abs))
        design->effect = signed_effect(metric, result->effect_abs) / unit;
    else if (!is_superiority(metric))
        design->effect = 0.0;
    else
        return NAN;
    struct assay_size_result size;
    if (assay_size_required(design, &size, NULL) != ASSAY_OK)
        return NAN; /* an effect of 0, a share beyond 0..1, or more than 2^53 units */
    return size.total;
}

enum assay_status assay__analyze_size(struct assay__builder *builder,
                                      struct assay_metric_result *result,
                                      struct assay_look_result *look, struct assay_error *err)
{
    const struct assay_metric_plan *metric = &builder->plan->metrics[result->metric];
    struct assay_comparison *now = &look->comparison;
    struct assay_sample_size *size = &look->size;
    struct assay_size_design design;
    size->current = now->baseline.n + now->compared.n;
    size->required = size->powered_effect_abs = size->powered_effect_rel = NAN;
    result->powered = ASSAY_UNKNOWN;
    double unit = unit_of(now);
    if (!make_design(builder, result, now, unit, &design))
        return ASSAY_OK;
    double inflation, factor = design.variance_factor;
    enum assay_status status = assay__inflation(builder, result, &inflation, err);
    if (status != ASSAY_OK)
        return status;
    design.variance_factor = factor * inflation; /* the size is in proportion to the variance */
    size->required = required_size(metric, result, unit, &design);
    design.variance_factor = factor;
    if (!isnan(size->required))
        result->powered = (double)size->current >= size->required ? ASSAY_YES : ASSAY_NO;
    double effect;
    design.effect =
        signed_effect(metric, 1.0) + (is_superiority(metric) ? 0.0 : design.null_difference);
    if (now->baseline.n < 2 || now->compared.n < 2 ||
        assay_size_effect(&design, (double)now->baseline.n, (double)now->compared.n, &effect,
                          NULL) != ASSAY_OK ||
        isnan(effect))
        return ASSAY_OK;
    size->powered_effect_abs = effect * unit;
    now->difference.powered_effect = size->powered_effect_abs;
    if (now->baseline.unadjusted != 0.0)
        size->powered_effect_rel = size->powered_effect_abs / fabs(now->baseline.unadjusted);
    return ASSAY_OK;
}
