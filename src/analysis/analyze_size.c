/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Required sample size and powered effect of a comparison. Variances are the raw ones
 * times 1 - rate, so that at the present allocation they give the standard error of the adjusted
 * difference.
 */
#include <math.h>

#include "assay/size.h"
#include "analysis/looks.h"

/* Every test but the one against a margin has its null at no difference. */
static bool has_margin(const struct assay_metric_result *result)
{
    return result->hypothesis == ASSAY_HYPOTHESIS_NON_INFERIORITY;
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
    /* A test for harm is planned for nothing: it takes the power of the whole decision. */
    double power = isnan(result->power) ? builder->plan->power : result->power;
    if (isnan(now->difference.standard_error) || isnan(result->alpha))
        return false;
    /* A proportion's test of a difference takes its variance from the alternative. */
    bool by_share = metric->type == ASSAY_METRIC_PROPORTION && !has_margin(result);
    *design = (struct assay_size_design){
        .type = by_share ? ASSAY_METRIC_PROPORTION : ASSAY_METRIC_MEAN,
        .test = builder->plan->test,
        .side = result->side,
        .method = ASSAY_SIZE_UNPOOLED,
        .alpha = result->alpha,
        .power = power,
        .baseline_weight = groups[result->baseline].weight,
        .compared_weight = groups[result->compared].weight,
        .baseline_mean = now->baseline.unadjusted,
        .baseline_variance = baseline * baseline,
        .compared_variance = compared * compared,
        .null_difference = result->null_difference / unit,
        .variance_factor = isnan(now->reduction.remaining) ? 1.0 : now->reduction.remaining};
    return design->baseline_weight > 0.0 && design->compared_weight > 0.0;
}

static double signed_by(enum assay_side side, double size)
{
    return side == ASSAY_SIDE_LOWER ? -size : size;
}

static bool is_planned(const struct assay_metric_plan *metric,
                       const struct assay_metric_result *result)
{
    if (result->hypothesis == ASSAY_HYPOTHESIS_SUPERIORITY)
        return metric->effect.is_set;
    return has_margin(result);
}

/* A share of a baseline of 0 is no size, be it an effect or a margin. */
static bool is_share_of_zero(const struct assay_metric_plan *metric,
                             const struct assay_metric_result *result)
{
    if (has_margin(result))
        return metric->margin.is_relative && isnan(result->margin_abs);
    return metric->effect.is_relative && isnan(result->effect_abs);
}

static void set_required(const struct assay_metric_result *result, double unit,
                         struct assay_size_design *design, struct assay_sample_size *size)
{
    /* Non-inferiority is powered for no effect unless the plan expects one. */
    double effect = isnan(result->effect_abs) ? 0.0 : result->effect_abs;
    design->effect = signed_by(result->side, effect) / unit;
    double alternative = design->baseline_mean + design->effect;
    bool by_share = design->type == ASSAY_METRIC_PROPORTION;
    struct assay_size_result required;
    enum assay_status status = assay_size_required(design, &required, NULL);
    if (status == ASSAY_OK) {
        size->required = required.total;
        size->absence = ASSAY_SIZE_EXISTS;
    } else if (status == ASSAY_ERROR_LIMIT) {
        size->absence = ASSAY_SIZE_TOO_LARGE;
    } else if (by_share && (alternative <= 0.0 || alternative >= 1.0)) {
        size->absence = ASSAY_SIZE_BEYOND_SHARES;
    }
}

static void set_powered_effect(const struct assay_metric_result *result, double unit,
                               struct assay_size_design *design, struct assay_comparison *now,
                               struct assay_sample_size *size)
{
    double effect;
    design->effect = signed_by(result->side, 1.0) + design->null_difference;
    if (now->baseline.n < 2 || now->compared.n < 2 ||
        assay_size_effect(design, (double)now->baseline.n, (double)now->compared.n, &effect,
                          NULL) != ASSAY_OK ||
        isnan(effect))
        return;
    size->powered_effect_abs = effect * unit;
    now->difference.powered_effect = size->powered_effect_abs;
    if (now->baseline.unadjusted != 0.0)
        size->powered_effect_rel = size->powered_effect_abs / fabs(now->baseline.unadjusted);
}

enum assay_status assay__analyze_size(struct assay__builder *builder,
                                      struct assay_metric_result *result,
                                      struct assay_look_result *look, struct assay_error *err)
{
    const struct assay_metric_plan *metric = &builder->plan->metrics[result->metric];
    struct assay_comparison *now = &look->comparison;
    struct assay_sample_size *size = &look->size;
    struct assay_size_design design;
    bool planned = is_planned(metric, result);
    size->current = now->baseline.n + now->compared.n;
    size->required = size->powered_effect_abs = size->powered_effect_rel = NAN;
    size->absence = ASSAY_SIZE_NOT_PLANNED;
    if (planned)
        size->absence =
            is_share_of_zero(metric, result) ? ASSAY_SIZE_ZERO_BASELINE : ASSAY_SIZE_NO_VARIANCE;
    double unit = unit_of(now);
    if (make_design(builder, result, now, unit, &design)) {
        double inflation, factor = design.variance_factor;
        enum assay_status status = assay__inflation(builder, result, &inflation, err);
        if (status != ASSAY_OK)
            return status;
        design.variance_factor = factor * inflation; /* the size is in proportion to it */
        if (size->absence == ASSAY_SIZE_NO_VARIANCE)
            set_required(result, unit, &design, size);
        design.variance_factor = factor;
        set_powered_effect(result, unit, &design, now, size);
    }
    if (planned && size->absence != ASSAY_SIZE_EXISTS)
        now->flags |= ASSAY_FLAG_NO_REQUIRED_SIZE;
    result->powered = !planned                                  ? ASSAY_UNKNOWN
                      : (double)size->current >= size->required ? ASSAY_YES
                                                                : ASSAY_NO;
    return ASSAY_OK;
}
