/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every metric x comparison x slice: which hypothesis the metric's role asks for, the test
 * of it, and the deterioration test beside it.
 */
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "analysis/analyze.h"
#include "stats/compare.h"
#include "stats/moments.h"

void assay__analyze_errors(struct assay__builder *builder)
{
    const struct assay_plan *plan = builder->plan;
    struct assay_error_plan *errors = &builder->out->errors;
    memset(errors, 0, sizeof *errors);
    errors->alpha = plan->alpha;
    errors->power = plan->power;
    errors->deterioration_alpha = plan->deterioration_alpha;
    errors->comparison_count = builder->pair_count;
    errors->segment_count = plan->segment_count;
    for (uint32_t m = 0; m < plan->metric_count; m++) {
        const struct assay_metric_plan *metric = &plan->metrics[m];
        errors->success_count += metric->role == ASSAY_ROLE_SUCCESS;
        errors->margin_count += metric->role == ASSAY_ROLE_GUARDRAIL && metric->margin.is_set;
        errors->monitored_count += assay__is_monitored(plan, metric);
    }
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
 * of 0 is no size at all: as a margin of 0 it would ask for what the plan does not.
 */
static double in_metric_units(const struct assay_bound *bound, double unadjusted_baseline)
{
    if (!bound->is_set || (bound->is_relative && unadjusted_baseline == 0.0))
        return NAN;
    double size = fabs(bound->value);
    return bound->is_relative ? size * fabs(unadjusted_baseline) : size;
}

/* Error rates and sides of one result, by the role of its metric. */
static void set_hypothesis(const struct assay__builder *builder, struct assay_metric_result *result)
{
    const struct assay_metric_plan *metric = &builder->plan->metrics[result->metric];
    const struct assay_error_plan *errors = &builder->out->errors;
    int in_segment = builder->out->slices[result->slice].kind == ASSAY_SLICE_SEGMENT;
    bool harm = assay__is_harm_test(metric);
    result->side = harm ? harm_side(metric->direction) : wanted_side(metric->direction);
    result->deterioration_side = harm_side(metric->direction);
    result->deterioration_alpha = NAN;
    result->power = result->beta = NAN;
    if (assay__is_monitored(builder->plan, metric))
        result->deterioration_alpha = assay_alpha_deterioration(errors, in_segment);
    if (metric->role == ASSAY_ROLE_SUCCESS)
        result->alpha = assay_alpha_success(errors, in_segment);
    else if (harm && !isnan(result->deterioration_alpha))
        result->alpha = result->deterioration_alpha;
    else
        result->alpha = assay_alpha_guardrail(errors, in_segment);
    if (!harm) {
        result->power = assay_power_adjusted(errors);
        result->beta = assay_beta_adjusted(errors);
    }
}

/* Margins and effects in metric units, and the null they put the test at. */
static void set_null(const struct assay__builder *builder, struct assay_metric_result *result,
                     double unadjusted_baseline)
{
    const struct assay_metric_plan *metric = &builder->plan->metrics[result->metric];
    result->effect_abs = in_metric_units(&metric->effect, unadjusted_baseline);
    result->margin_abs = in_metric_units(&metric->margin, unadjusted_baseline);
    result->null_difference = 0.0;
    if (metric->role == ASSAY_ROLE_GUARDRAIL && metric->margin.is_set)
        result->null_difference = metric->direction == ASSAY_DIRECTION_DECREASE
                                      ? result->margin_abs
                                      : -result->margin_abs;
}

static struct assay_method method_of(const struct assay__builder *builder,
                                     const struct assay_metric_result *result)
{
    const struct assay_metric_plan *metric = &builder->plan->metrics[result->metric];
    struct assay_method method = {.type = metric->type,
                                  .test = builder->plan->test,
                                  .side = result->side,
                                  .alpha = result->alpha,
                                  .null_difference = result->null_difference,
                                  .reduction = metric->reduction,
                                  .skewness = builder->plan->skewness};
    return method;
}

static enum assay_tristate tristate(const struct assay_difference *difference)
{
    if (isnan(difference->p))
        return ASSAY_UNKNOWN;
    return difference->significant ? ASSAY_YES : ASSAY_NO;
}

/* Moments that a caller hands over may not be what the metric's type says: then it is named. */
static enum assay_status compare(const struct assay__builder *builder,
                                 const struct assay_metric_result *result,
                                 const struct assay_method *method, struct assay_comparison *out,
                                 struct assay_error *err)
{
    struct assay_error why;
    enum assay_status status =
        assay__compare_groups(builder->groups, builder->out->group_count, result->baseline,
                              result->compared, method, out, &why);
    if (status == ASSAY_OK)
        return status;
    return assay__fail(err, status, "Metric '%s': %s", builder->plan->metrics[result->metric].id,
                       why.message);
}

/* The deterioration test; a harm metric's own test is that very test. */
static enum assay_status test_deterioration(const struct assay__builder *builder,
                                            struct assay_metric_result *result,
                                            struct assay_look_result *look, struct assay_error *err)
{
    const struct assay_metric_plan *metric = &builder->plan->metrics[result->metric];
    result->deteriorated = ASSAY_UNKNOWN;
    look->deterioration_alpha_spent = NAN;
    if (isnan(result->deterioration_alpha))
        return ASSAY_OK;
    look->has_deterioration = true;
    look->deterioration_alpha_spent = result->deterioration_alpha;
    if (assay__is_harm_test(metric)) {
        look->deterioration = look->comparison;
    } else {
        struct assay_method method = method_of(builder, result);
        method.side = result->deterioration_side;
        method.alpha = result->deterioration_alpha;
        method.null_difference = 0.0;
        enum assay_status status = compare(builder, result, &method, &look->deterioration, err);
        if (status != ASSAY_OK)
            return status;
    }
    result->deteriorated = tristate(&look->deterioration.difference);
    return ASSAY_OK;
}

/* A relative margin without a baseline, or with one of 0: the difference is shown, not tested. */
static void take_test_away(struct assay_comparison *comparison)
{
    struct assay_difference *difference = &comparison->difference;
    difference->statistic = difference->p = difference->log10_p = NAN;
    difference->significant = false;
    comparison->corrected_p = comparison->corrected_log10_p = NAN;
}

static enum assay_status test_metric(const struct assay__builder *builder,
                                     struct assay_metric_result *result, struct assay_error *err)
{
    const struct assay_metric_plan *metric = &builder->plan->metrics[result->metric];
    struct assay_look_result *look = assay__arena_alloc(builder->arena, sizeof *look);
    if (look == NULL)
        return assay__fail_memory(err);
    result->looks = look;
    result->look_count = 1;
    look->time_ns = builder->look_time;
    look->information_fraction = 1.0; /* a fixed horizon has one look, with all information */
    double baseline = assay__group_estimate(&builder->groups[result->baseline], metric->type);
    set_null(builder, result, baseline);
    struct assay_method method = method_of(builder, result);
    bool has_null = isfinite(result->null_difference);
    if (!has_null)
        method.null_difference = 0.0;
    enum assay_status status = compare(builder, result, &method, &look->comparison, err);
    if (status != ASSAY_OK)
        return status;
    if (!has_null)
        take_test_away(&look->comparison);
    look->alpha_spent = result->alpha;
    bool untested = assay__is_harm_test(metric) && isnan(result->deterioration_alpha);
    result->significant = untested ? ASSAY_UNKNOWN : tristate(&look->comparison.difference);
    status = test_deterioration(builder, result, look, err);
    if (status == ASSAY_OK)
        assay__analyze_size(builder, result, look);
    return status;
}

/* Loads the groups' moments of a metric in a slice into builder->groups; false when all are empty.
 */
static enum assay_status load_groups(struct assay__builder *builder, uint32_t metric,
                                     uint32_t slice, bool *any, struct assay_error *err)
{
    const struct assay_moments *moments[ASSAY_GROUPS_MAX * 2] = {NULL};
    struct assay__wide fill[ASSAY_COVARIATES_MAX];
    uint32_t count = builder->out->group_count;
    struct assay_moments_shape shape = assay__metric_shape(&builder->plan->metrics[metric]);
    *any = false;
    for (uint32_t g = 0; g < count; g++) {
        const struct assay__cell *cell = NULL;
        if (builder->group_of[g] != ASSAY__NONE && builder->look != ASSAY__NONE &&
            builder->out->groups[g].is_planned)
            cell = assay__dataset_find(builder->dataset, builder->slice_of[slice], builder->look,
                                       builder->group_of[g]);
        if (cell != NULL && cell->metrics[metric] != NULL &&
            assay_moments_count(cell->metrics[metric]) > 0) {
            moments[g] = cell->metrics[metric];
            *any = true;
        }
    }
    enum assay_status status = assay__moments_fill(moments, count, fill, err);
    for (uint32_t g = 0; status == ASSAY_OK && g < count; g++) {
        if (moments[g] != NULL) {
            status = assay__moments_group(moments[g], fill, &builder->groups[g], err);
        } else {
            memset(&builder->groups[g], 0, sizeof builder->groups[g]);
            builder->groups[g].shape = shape;
            builder->groups[g].variable_count = 1 + shape.has_denominator + shape.covariate_count;
        }
    }
    return status;
}

static void count_missing_covariates(struct assay__builder *builder, uint32_t metric)
{
    const struct assay_metric_plan *plan = &builder->plan->metrics[metric];
    struct assay_moments_shape shape = assay__metric_shape(plan);
    uint64_t *missing = &builder->out->missing_covariates[metric * ASSAY_COVARIATES_MAX];
    for (uint32_t g = 0; g < builder->out->group_count; g++) {
        if (builder->group_of[g] == ASSAY__NONE || builder->look == ASSAY__NONE)
            continue;
        const struct assay__cell *cell =
            assay__dataset_find(builder->dataset, 0, builder->look, builder->group_of[g]);
        if (cell == NULL || cell->metrics[metric] == NULL)
            continue;
        for (uint32_t i = 0; i < shape.covariate_count; i++)
            missing[i] += assay__moments_missing(cell->metrics[metric], i);
    }
}

/* All comparisons of one metric in one slice, placed at result[pair * slice_count + slice]. */
static enum assay_status analyze_slice(struct assay__builder *builder, uint32_t metric,
                                       uint32_t slice, struct assay_metric_result *first,
                                       struct assay_error *err)
{
    bool any;
    enum assay_status status = load_groups(builder, metric, slice, &any, err);
    for (uint32_t p = 0; status == ASSAY_OK && p < builder->pair_count; p++) {
        struct assay_metric_result *result = first + (size_t)p * builder->out->slice_count + slice;
        result->metric = metric;
        result->slice = slice;
        result->baseline = builder->pairs[p].baseline;
        result->compared = builder->pairs[p].compared;
        result->comparison_id = builder->pairs[p].id;
        result->significant = result->deteriorated = result->powered = ASSAY_UNKNOWN;
        result->effect_abs = result->margin_abs = NAN;
        for (int a = 0; a < ASSAY_ADJUST_COUNT; a++)
            result->adjusted_p[a] = result->adjusted_log10_p[a] = NAN;
        set_hypothesis(builder, result);
        if (any)
            status = test_metric(builder, result, err);
        result->outcome = assay__outcome_of(&builder->plan->metrics[metric], result);
    }
    return status;
}

enum assay_status assay__analyze_metrics(struct assay__builder *builder, struct assay_error *err)
{
    struct assay_analysis *out = builder->out;
    const struct assay_plan *plan = builder->plan;
    size_t per_metric = (size_t)builder->pair_count * out->slice_count;
    out->result_count = per_metric * plan->metric_count;
    if (out->result_count > 20000000)
        return assay__fail(err, ASSAY_ERROR_LIMIT,
                           "%zu comparisons are too many: break down by fewer values.",
                           out->result_count);
    out->results = assay__arena_array(builder->arena, out->result_count, sizeof *out->results);
    out->missing = assay__arena_array(builder->arena, plan->metric_count, sizeof *out->missing);
    out->missing_covariates =
        assay__arena_array(builder->arena, (size_t)plan->metric_count * ASSAY_COVARIATES_MAX,
                           sizeof *out->missing_covariates);
    if (out->results == NULL || out->missing == NULL || out->missing_covariates == NULL)
        return assay__fail_memory(err);
    for (uint32_t m = 0; m < plan->metric_count; m++) {
        out->missing[m] = assay__dataset_missing(builder->dataset, m);
        count_missing_covariates(builder, m);
        for (uint32_t s = 0; s < out->slice_count; s++) {
            enum assay_status status =
                analyze_slice(builder, m, s, out->results + m * per_metric, err);
            if (status != ASSAY_OK)
                return status;
        }
    }
    return ASSAY_OK;
}
