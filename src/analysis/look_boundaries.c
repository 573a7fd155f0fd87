/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a test is held against at each look: the boundary of its horizon, and what was found. */
#include <math.h>
#include <string.h>

#include "assay/dist.h"
#include "base/error.h"
#include "analysis/look_cache.h"
#include "analysis/looks.h"
#include "stats/horizon/horizon.h"

/* Looks of an undated or unplanned mixture, when the plan says nothing: it is tightest here. */
static const double DEFAULT_GROWTH = 10.0;

const struct assay_horizon_plan *assay__result_horizon(const struct assay__builder *builder,
                                                       const struct assay_metric_result *result)
{
    const struct assay_slice *slice = &builder->out->slices[result->slice];
    uint32_t segment = ASSAY__NO_SEGMENT;
    for (uint32_t s = 0; slice->kind == ASSAY_SLICE_SEGMENT && s < builder->plan->segment_count;
         s++)
        if (strcmp(builder->plan->segments[s].id, slice->key) == 0)
            segment = s;
    return assay__plan_horizon(builder->plan, result->metric, segment);
}

double assay__comparison_share(const struct assay__builder *builder, uint32_t baseline,
                               uint32_t compared)
{
    const struct assay_group_result *groups = builder->out->groups;
    double sum = 0.0;
    for (uint32_t g = 0; g < builder->out->group_count; g++)
        sum += groups[g].weight;
    return (groups[baseline].weight + groups[compared].weight) / sum;
}

/* Units of the comparison at each look; 0 where a group has none yet. */
static double *comparison_units(struct assay__builder *builder,
                                const struct assay_metric_result *result)
{
    double *units = assay__arena_array(builder->arena, builder->look_count, sizeof *units);
    for (uint32_t k = 0; units != NULL && k < builder->look_count; k++) {
        uint64_t baseline = assay__result_units(builder, result, k, result->baseline);
        uint64_t compared = assay__result_units(builder, result, k, result->compared);
        if (baseline > 0 && compared > 0)
            units[k] = (double)baseline + (double)compared;
    }
    return units;
}

static void set_mixture(const struct assay_horizon_plan *plan, double share,
                        struct assay__tracker *tracker)
{
    tracker->design.kind = ASSAY_HORIZON_ALWAYS_VALID;
    tracker->design.mixture = ASSAY_MIXTURE_OPTIMAL_SIZE;
    if (plan->kind == ASSAY_HORIZON_ALWAYS_VALID && !isnan(plan->tau)) {
        tracker->design.mixture = ASSAY_MIXTURE_TAU;
        tracker->design.mixture_parameter = plan->tau;
        return;
    }
    double size =
        plan->kind == ASSAY_HORIZON_ALWAYS_VALID ? plan->optimal_sample_size : (double)NAN;
    tracker->needs_size = isnan(size);
    tracker->design.mixture_parameter = size * share;
}

/* Futility is about a planned power, in one direction. */
static void set_futility(const struct assay_horizon_plan *plan,
                         const struct assay_metric_result *result,
                         struct assay_horizon_design *design)
{
    if (!plan->has_futility || isnan(result->power) || design->two_sided)
        return;
    design->has_futility = true;
    design->futility = plan->futility.family;
    design->futility_parameter = plan->futility.parameter;
    design->beta = 1.0 - result->power;
    design->planned_looks = plan->planned_looks;
}

enum assay_status assay__tracker_open(struct assay__builder *builder,
                                      const struct assay_metric_result *result,
                                      enum assay_side side, double alpha, bool is_deterioration,
                                      struct assay__tracker *tracker, struct assay_error *err)
{
    const struct assay_horizon_plan *plan = assay__result_horizon(builder, result);
    double share = assay__comparison_share(builder, result->baseline, result->compared);
    *tracker = (struct assay__tracker){
        .design = {.kind = plan->kind, .two_sided = side == ASSAY_SIDE_BOTH, .alpha = alpha}};
    if (plan->kind == ASSAY_HORIZON_ALWAYS_VALID)
        set_mixture(plan, share, tracker);
    else if (plan->kind == ASSAY_HORIZON_FIXED && is_deterioration && builder->look_count > 1)
        set_mixture(plan, share, tracker);
    if (plan->kind != ASSAY_HORIZON_GROUP_SEQUENTIAL)
        return ASSAY_OK;
    tracker->design.spending = plan->spending.family;
    tracker->design.spending_parameter = plan->spending.parameter;
    tracker->design.expected_size = plan->expected_sample_size * share;
    bool is_dimension = builder->out->slices[result->slice].kind == ASSAY_SLICE_DIMENSION;
    if (!is_deterioration && !is_dimension)
        set_futility(plan, result, &tracker->design);
    tracker->units = comparison_units(builder, result);
    if (tracker->units == NULL)
        return assay__fail_memory(err);
    return assay__look_cache_boundaries(builder, &tracker->design, tracker->units,
                                        builder->look_count, &tracker->sequence, err);
}

/* The mixture is settled at its first look, so that earlier bounds never move. */
static enum assay_status open_mixture(struct assay__tracker *tracker, uint64_t units,
                                      double required, struct assay_error *err)
{
    if (tracker->needs_size)
        tracker->design.mixture_parameter =
            isfinite(required) ? required : DEFAULT_GROWTH * (double)units;
    return assay_horizon_open(&tracker->design, &tracker->horizon, err);
}

enum assay_status assay__tracker_boundary(struct assay__tracker *tracker, uint32_t k,
                                          uint64_t units, double standard_error, double required,
                                          struct assay_boundary *out, struct assay_error *err)
{
    if (tracker->sequence != NULL) {
        *out = tracker->sequence[k];
        return ASSAY_OK;
    }
    *out = (struct assay_boundary){.critical = NAN,
                                   .futility = NAN,
                                   .alpha_spent = tracker->design.alpha,
                                   .information = 1.0,
                                   .is_final = true};
    if (tracker->design.kind == ASSAY_HORIZON_FIXED)
        return ASSAY_OK;
    out->information = NAN;
    out->is_final = false;
    if (tracker->design.mixture == ASSAY_MIXTURE_TAU && !(standard_error > 0.0))
        return ASSAY_OK;
    bool has_none = tracker->horizon == NULL && tracker->needs_size && units == 0;
    if (has_none)
        return ASSAY_OK; /* no unit has a value yet: the metric has no look here */
    if (tracker->horizon == NULL) {
        /* Values that do not vary yet, as of a rare event, need next to no units. */
        enum assay_status status =
            open_mixture(tracker, units, standard_error > 0.0 ? required : (double)NAN, err);
        if (status != ASSAY_OK)
            return status;
    }
    return assay_horizon_at(tracker->horizon, (double)units, standard_error, out, err);
}

/* The normal quantile of a nominal p, on the side tested; of a p of 1 there is none. */
static double score_of_p(const struct assay__kept_difference *difference, enum assay_side side)
{
    double log_p = difference->log10_p * M_LN10 - (side == ASSAY_SIDE_BOTH ? M_LN2 : 0.0);
    return log_p < 0.0 ? assay_normal_quantile_log_upper(log_p) : -HUGE_VAL;
}

/* The statistic as a normal one that points up: Student's t by its nominal p. */
double assay__normal_statistic(const struct assay__kept_difference *difference,
                               enum assay_side side)
{
    if (isnan(difference->df))
        return side == ASSAY_SIDE_LOWER ? -difference->statistic : difference->statistic;
    return score_of_p(difference, side);
}

/* An exact test has no statistic: it counts as the normal one of its p, as Student's t does. */
static double normal_score(const struct assay__kept_difference *difference, enum assay_side side)
{
    return isnan(difference->statistic) ? score_of_p(difference, side)
                                        : assay__normal_statistic(difference, side);
}

void assay__tracker_note(struct assay__tracker *tracker, uint32_t k, uint64_t units,
                         enum assay_side side, bool counts,
                         struct assay__kept_difference *difference)
{
    if (isnan(difference->p))
        return;
    if (tracker->sequence != NULL && !isnan(tracker->sequence[k].futility) &&
        assay__normal_statistic(difference, side) < tracker->sequence[k].futility)
        tracker->is_futile = true;
    tracker->is_unsettled |= difference->significant && !counts;
    if (difference->significant && counts && !tracker->is_found) {
        tracker->is_found = true;
        tracker->first_significant = k;
    }
    if (tracker->design.kind != ASSAY_HORIZON_ALWAYS_VALID || tracker->horizon == NULL)
        return;
    double x = assay__mixture_weight(&tracker->design, (double)units, difference->standard_error);
    double log_p =
        assay__mixture_log_p(normal_score(difference, side), tracker->design.two_sided, x);
    log_p = fmin(tracker->best_log_p, log_p);
    if (counts || !difference->significant)
        tracker->best_log_p = log_p;
    difference->p = exp(log_p);
    difference->log10_p = log_p / M_LN10;
}

void assay__tracker_release(struct assay__tracker *tracker)
{
    assay_horizon_free(tracker->horizon);
    tracker->horizon = NULL;
}

double assay__mixture_z(const struct assay__tracker *role, double units, double standard_error)
{
    if (role->horizon == NULL || !(units > 0.0))
        return NAN;
    return assay__mixture_critical(&role->design,
                                   assay__mixture_weight(&role->design, units, standard_error));
}

enum assay_status assay__inflation(struct assay__builder *builder,
                                   const struct assay_metric_result *result,
                                   const struct assay__tracker *role, uint32_t k, double *inflation,
                                   struct assay_error *err)
{
    const struct assay_horizon_plan *plan = assay__result_horizon(builder, result);
    double tail = result->side == ASSAY_SIDE_BOTH ? 0.5 * result->alpha : result->alpha;
    /* A test for harm takes the power of the whole decision. */
    double power = isnan(result->power) ? builder->plan->power : result->power;
    *inflation = 1.0;
    if (plan->kind != ASSAY_HORIZON_GROUP_SEQUENTIAL || !(power > tail))
        return ASSAY_OK;
    if (plan->planned_looks == 0)
        return role->sequence == NULL || !role->sequence[k].is_final
                   ? ASSAY_OK
                   : assay__look_cache_cost(builder->cache, &role->design, role->units, k + 1,
                                            power, inflation, err);
    struct assay_horizon_design design = {.kind = ASSAY_HORIZON_GROUP_SEQUENTIAL,
                                          .two_sided = result->side == ASSAY_SIDE_BOTH,
                                          .alpha = result->alpha,
                                          .spending = plan->spending.family,
                                          .spending_parameter = plan->spending.parameter,
                                          .expected_size = 1.0};
    if (plan->futility_is_binding)
        set_futility(plan, result, &design);
    return assay__look_cache_inflation(builder->cache, &design, plan->planned_looks, power,
                                       inflation, err);
}
