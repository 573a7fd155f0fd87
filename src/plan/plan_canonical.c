/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The canonical JSON of a plan: every default filled in, keys in the order of plan_names.c, the
 * shortest numbers. Plans that mean the same have the same bytes here, and the text parses to the
 * same plan again.
 */
#include "plan/plan_read.h"

#include <math.h>
#include <string.h>

#include "base/duration.h"
#include "json/json_values.h"
#include "number/number.h"

static void write_texts(struct assay__json *json, const char *key, const char *const *texts,
                        uint32_t count)
{
    if (count > 0)
        assay__write_texts(json, key, texts, count);
}

static void write_names(struct assay__json *json, const struct assay_plan *plan)
{
    assay__json_member_string(json, "parent", plan->parent);
    assay__json_member_string(json, "analysisResultId", plan->analysis_result_id);
    assay__json_member_string(json, "exposureFilter", plan->exposure_filter);
    if (plan->label_count > 0) {
        assay__json_member_begin(json, "labels", '[');
        for (uint32_t i = 0; i < plan->label_count; i++)
            assay__write_pair(json, "key", plan->labels[i].key, "value", plan->labels[i].value);
        assay__json_end(json, ']');
    }
    assay__json_member_begin(json, "columns", '{');
    assay__json_member_string(json, "unit", plan->unit_column);
    assay__json_member_string(json, "group", plan->group_column);
    assay__json_member_string(json, "time", plan->time_column);
    assay__json_end(json, '}');
    assay__json_member_string(json, "granularity", assay__name_granularity(plan->granularity));
    if (plan->has_as_of)
        assay__write_time(json, "asOf", plan->as_of_ns);
}

static void write_comparisons(struct assay__json *json, const struct assay_plan *plan)
{
    if (plan->scheme == ASSAY_COMPARE_BASELINE && plan->baseline == NULL)
        return;
    assay__json_member_begin(json, "comparisons", '{');
    if (plan->scheme == ASSAY_COMPARE_BASELINE) {
        assay__json_member_string(json, "baseline", plan->baseline);
    } else if (plan->scheme == ASSAY_COMPARE_ALL_PAIRS) {
        assay__json_member_boolean(json, "allPairs", true);
    } else {
        assay__json_member_begin(json, "pairs", '[');
        for (uint32_t i = 0; i < plan->pair_count; i++)
            assay__write_pair(json, "baseline", plan->pairs[i].baseline, "compared",
                              plan->pairs[i].compared);
        assay__json_end(json, ']');
    }
    assay__json_end(json, '}');
}

static void write_groups(struct assay__json *json, const struct assay_plan *plan)
{
    if (plan->group_count > 0) {
        assay__json_member_begin(json, "groups", '[');
        for (uint32_t i = 0; i < plan->group_count; i++) {
            assay__json_begin(json, '{');
            assay__json_member_string(json, "id", plan->groups[i].id);
            assay__json_member_number(json, "weight", plan->groups[i].weight);
            assay__json_end(json, '}');
        }
        assay__json_end(json, ']');
    }
    write_comparisons(json, plan);
}

static void write_horizon(struct assay__json *json, const struct assay_plan *plan)
{
    assay__json_member_begin(json, "horizon", '{');
    assay__json_member_string(json, "type", assay__name_horizon(plan->horizon.kind));
    assay__json_member_number(json, "expectedSampleSize", plan->horizon.expected_sample_size);
    if (plan->horizon.kind == ASSAY_HORIZON_GROUP_SEQUENTIAL) {
        assay__json_member_begin(json, "spending", '{');
        assay__json_member_string(json, "family",
                                  assay__name_spending(plan->horizon.spending.family));
        assay__json_member_number(json, "parameter", plan->horizon.spending.parameter);
        assay__json_end(json, '}');
        if (plan->horizon.planned_looks > 0)
            assay__json_member_count(json, "plannedLooks", plan->horizon.planned_looks);
    }
    assay__json_member_number(json, "optimalSampleSize", plan->horizon.optimal_sample_size);
    assay__json_end(json, '}');
}

static void write_design(struct assay__json *json, const struct assay_plan *plan)
{
    assay__json_member_number(json, "alpha", plan->alpha);
    assay__json_member_number(json, "power", plan->power);
    write_horizon(json, plan);
    if (isnan(plan->deterioration_alpha)) {
        assay__json_member_boolean(json, "deterioration", false);
    } else {
        assay__json_member_begin(json, "deterioration", '{');
        assay__json_member_number(json, "alpha", plan->deterioration_alpha);
        assay__json_end(json, '}');
    }
    assay__json_member_begin(json, "srm", '{');
    assay__json_member_number(json, "alpha", plan->srm.alpha);
    assay__json_member_string(json, "method", assay__name_srm(plan->srm.method));
    assay__json_member_number(json, "tolerance", plan->srm.tolerance);
    assay__json_member_number(json, "concentration", plan->srm.concentration);
    assay__json_end(json, '}');
    assay__json_member_begin(json, "multiplicity", '{');
    assay__json_member_string(json, "scope", assay__name_scope(plan->multiplicity));
    assay__json_end(json, '}');
}

static void write_segments(struct assay__json *json, const struct assay_plan *plan)
{
    if (plan->segment_count == 0)
        return;
    assay__json_member_begin(json, "segments", '[');
    for (uint32_t i = 0; i < plan->segment_count; i++)
        assay__write_pair(json, "id", plan->segments[i].id, "filter", plan->segments[i].filter);
    assay__json_end(json, ']');
}

static void write_methods(struct assay__json *json, const struct assay_plan *plan)
{
    const struct assay__plan_keys *names = &assay__plan_keys[ASSAY__OBJECT_RECOMMENDATIONS];
    assay__json_member_string(json, "relativeInterval", assay__name_relative(plan->relative));
    assay__json_member_string(json, "test", assay__name_test(plan->test));
    assay__json_member_string(json, "skewnessCorrection", assay__name_skewness(plan->skewness));
    assay__json_member_begin(json, "recommendationNames", '{');
    for (uint32_t i = 0; i < names->count; i++)
        assay__json_member_string(json, names->keys[i], plan->recommendation_names[i]);
    assay__json_end(json, '}');
}

static void write_bound(struct assay__json *json, const struct assay_bound *bound,
                        const char *relative_key, const char *absolute_key)
{
    if (bound->is_set)
        assay__json_member_number(json, bound->is_relative ? relative_key : absolute_key,
                                  bound->value);
}

/* A cap's end is an exact decimal: written shortest when the nearest double is that decimal. */
static void write_decimal(struct assay__json *json, const char *key, const char *text)
{
    char shortest[ASSAY__NUMBER_BYTES];
    char digits[ASSAY__DIGITS_MAX], other_digits[ASSAY__DIGITS_MAX];
    struct assay_decimal decimal, other;
    double value;
    if (text == NULL)
        return;
    assay__json_key(json, key);
    bool is_shortest = false;
    size_t length = strlen(text);
    if (assay__double_parse(text, length, &value) == ASSAY__PARSE_OK &&
        assay__decimal_parse(text, length, &decimal, digits) == ASSAY__PARSE_OK) {
        size_t written = assay__number_write(value, shortest);
        is_shortest =
            assay__decimal_parse(shortest, written, &other, other_digits) == ASSAY__PARSE_OK &&
            decimal.digits == NULL && decimal.mantissa == other.mantissa &&
            decimal.exponent == other.exponent;
    }
    assay__json_raw(json, is_shortest ? shortest : text);
}

static void write_cap(struct assay__json *json, const struct assay_cap *cap)
{
    if (cap->lower == NULL && cap->upper == NULL && isnan(cap->lower_quantile) &&
        isnan(cap->upper_quantile))
        return;
    assay__json_member_begin(json, "cap", '{');
    write_decimal(json, "lower", cap->lower);
    write_decimal(json, "upper", cap->upper);
    assay__json_member_number(json, "lowerQuantile", cap->lower_quantile);
    assay__json_member_number(json, "upperQuantile", cap->upper_quantile);
    assay__json_end(json, '}');
}

static void write_duration(struct assay__json *json, const char *key,
                           const struct assay_duration *duration)
{
    char text[ASSAY__DURATION_BYTES];
    if (!duration->is_set)
        return;
    assay__duration_write(duration->ns, text);
    assay__json_member_string(json, key, text);
}

static void write_metric(struct assay__json *json, const struct assay_metric_plan *metric)
{
    assay__json_begin(json, '{');
    assay__json_member_string(json, "id", metric->id);
    assay__json_member_string(json, "role", assay__name_role(metric->role));
    assay__json_member_string(json, "type", assay__name_metric_type(metric->type));
    assay__json_member_string(json, "value", metric->value);
    assay__json_member_string(json, "denominator", metric->denominator);
    assay__json_member_number(json, "quantile", metric->quantile);
    write_texts(json, "covariates", metric->covariates, metric->covariate_count);
    assay__json_member_string(json, "varianceReduction", assay__name_reduction(metric->reduction));
    assay__json_member_string(json, "direction", assay__name_direction(metric->direction));
    write_bound(json, &metric->effect, "minimumDetectableEffect", "minimumDetectableEffectAbs");
    write_bound(json, &metric->margin, "nonInferiorityMargin", "nonInferiorityMarginAbs");
    assay__json_member_string(json, "missing", assay__name_missing(metric->missing));
    write_cap(json, &metric->cap);
    write_duration(json, "window", &metric->window);
    write_duration(json, "offset", &metric->offset);
    if (metric->measure.has_aggregation)
        assay__json_member_string(json, "aggregation",
                                  assay__name_aggregation(metric->measure.aggregation));
    assay__json_end(json, '}');
}

enum assay_status assay__plan_write_canonical(const struct assay_plan *plan, char **text,
                                              struct assay_error *err)
{
    struct assay__text out = {0};
    struct assay__json json = {.out = &out};
    assay__json_begin(&json, '{');
    write_names(&json, plan);
    write_groups(&json, plan);
    write_design(&json, plan);
    write_texts(&json, "dimensions", plan->dimensions, plan->dimension_count);
    write_segments(&json, plan);
    write_methods(&json, plan);
    assay__json_member_begin(&json, "metrics", '[');
    for (uint32_t i = 0; i < plan->metric_count; i++)
        write_metric(&json, &plan->metrics[i]);
    assay__json_end(&json, ']');
    assay__json_end(&json, '}');
    return assay__text_take(&out, text, NULL, err);
}
