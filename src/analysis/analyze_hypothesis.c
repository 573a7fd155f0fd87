/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which hypothesis the role of a metric asks for: its error rates, sides, margins and effects in
 * metric units.
 */
#include <math.h>

#include "base/error.h"
#include "analysis/analyze.h"
#include "exact/shortest.h"

enum assay_status assay__analyze_errors(struct assay__builder *builder, struct assay_error *err)
{
    const struct assay_plan *plan = builder->plan;
    struct assay_analysis *out = builder->out;
    out->rates = assay__arena_array(builder->arena, plan->metric_count, sizeof *out->rates);
    builder->segment_rates =
        assay__arena_array(builder->arena, plan->metric_count, sizeof *builder->segment_rates);
    if (out->rates == NULL || builder->segment_rates == NULL)
        return assay__fail_memory(err);
    out->errors = assay__error_counts(plan, builder->pair_count);
    assay__error_rates(plan, builder->pair_count, false, out->rates);
    assay__error_rates(plan, builder->pair_count, true, builder->segment_rates);
    return ASSAY_OK;
}

static enum assay_side wanted_side(enum assay_direction direction)
{
    static const enum assay_side SIDE[] = {[ASSAY_DIRECTION_INCREASE] = ASSAY_SIDE_UPPER,
                                           [ASSAY_DIRECTION_DECREASE] = ASSAY_SIDE_LOWER,
                                           [ASSAY_DIRECTION_ANY] = ASSAY_SIDE_BOTH};
    return SIDE[direction];
}

static enum assay_side harm_side(enum assay_direction direction)
{
    static const enum assay_side SIDE[] = {[ASSAY_DIRECTION_INCREASE] = ASSAY_SIDE_LOWER,
                                           [ASSAY_DIRECTION_DECREASE] = ASSAY_SIDE_UPPER,
                                           [ASSAY_DIRECTION_ANY] = ASSAY_SIDE_BOTH};
    return SIDE[direction];
}

/*
 * A planned effect or margin in metric units; relative ones are shares of |baseline mean|. A share
 * of 0 is not a size: as a margin of 0 it would ask for what the plan does not.
 */
static struct assay__wide in_metric_units(const struct assay_bound *bound,
                                          struct assay__wide unadjusted_baseline)
{
    if (!bound->is_set || (bound->is_relative && assay__wide_sign(unadjusted_baseline) == 0))
        return assay__wide_of(NAN);
    struct assay__wide size = assay__wide_abs(assay__wide_of_shortest(bound->value));
    return bound->is_relative ? assay__wide_mul(size, assay__wide_abs(unadjusted_baseline)) : size;
}

bool assay__looks_for_harm(const struct assay_metric_result *result)
{
    return result->hypothesis == ASSAY_HYPOTHESIS_DETERIORATION ||
           result->hypothesis == ASSAY_HYPOTHESIS_NONE;
}

void assay__set_hypothesis(const struct assay__builder *builder, struct assay_metric_result *result)
{
    const struct assay_metric_plan *metric = &builder->plan->metrics[result->metric];
    bool in_segment = builder->out->slices[result->slice].kind == ASSAY_SLICE_SEGMENT;
    const struct assay_metric_rates *rates =
        &(in_segment ? builder->segment_rates : builder->out->rates)[result->metric];
    result->hypothesis = rates->hypothesis;
    result->alpha = rates->alpha;
    result->power = rates->power;
    result->beta = rates->beta;
    result->deterioration_alpha = rates->deterioration_alpha;
    result->deterioration_side = harm_side(metric->direction);
    result->side =
        assay__looks_for_harm(result) ? result->deterioration_side : wanted_side(metric->direction);
}

void assay__set_null(struct assay__builder *builder, struct assay_metric_result *result,
                     struct assay__wide unadjusted_baseline)
{
    const struct assay_metric_plan *metric = &builder->plan->metrics[result->metric];
    struct assay__hypothesis *hypothesis = &builder->hypothesis;
    hypothesis->effect = in_metric_units(&metric->effect, unadjusted_baseline);
    hypothesis->margin = in_metric_units(&metric->margin, unadjusted_baseline);
    hypothesis->null_difference = assay__wide_zero();
    if (result->hypothesis == ASSAY_HYPOTHESIS_NON_INFERIORITY)
        hypothesis->null_difference = metric->direction == ASSAY_DIRECTION_DECREASE
                                          ? hypothesis->margin
                                          : assay__wide_neg(hypothesis->margin);
    result->effect_abs = assay__wide_double(hypothesis->effect);
    result->margin_abs = assay__wide_double(hypothesis->margin);
    result->null_difference = assay__wide_double(hypothesis->null_difference);
}
