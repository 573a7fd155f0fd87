/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules about several keys of a metric: which go together, and what one says about another. */
#include <math.h>
#include <string.h>

#include "plan/plan_read.h"
#include "stats/metric/metric.h"

static const char PERCENT_OF_UNITS[] =
    "Only a proportion has percentages for units; write a number in the metric's units.";

/* The wanted effect may carry the sign of its direction; its size is what is kept. */
static void finish_effect(struct assay__plan_reader *reader, const struct assay__node *value,
                          struct assay_metric_plan *metric)
{
    if (!metric->effect.is_set)
        return;
    const char *key =
        metric->effect.is_relative ? "minimumDetectableEffect" : "minimumDetectableEffectAbs";
    if (metric->effect.value < 0.0 && metric->direction == ASSAY_DIRECTION_INCREASE)
        assay__plan_fail_key(reader, value, key,
                             "The effect is negative, but the direction is increase; set "
                             "\"direction\": \"decrease\" or leave the sign out.");
    if (assay__node_get(value, key)->type == ASSAY__NODE_STRING && !metric->effect.is_relative &&
        !assay__metric_kind(metric->type)->is_share)
        assay__plan_fail_key(reader, value, key, PERCENT_OF_UNITS);
    if (metric->role == ASSAY_ROLE_DETERIORATION)
        assay__plan_fail_key(reader, value, key,
                             "A deterioration metric is only watched for harm; it has no effect "
                             "to detect. Leave this out or make it a success metric.");
    metric->effect.value = fabs(metric->effect.value);
}

/* A share cannot fall by more than itself, nor move by more than 1: such a margin always passes. */
static bool allows_everything(const struct assay_metric_plan *metric)
{
    if (!assay__metric_kind(metric->type)->is_share || !(metric->margin.value >= 1.0))
        return false;
    return !metric->margin.is_relative || metric->direction == ASSAY_DIRECTION_INCREASE;
}

static void check_margin(struct assay__plan_reader *reader, const struct assay__node *value,
                         const struct assay_metric_plan *metric)
{
    const char *key =
        metric->margin.is_relative ? "nonInferiorityMargin" : "nonInferiorityMarginAbs";
    if (!metric->margin.is_set)
        return;
    if (assay__node_get(value, key)->type == ASSAY__NODE_STRING && !metric->margin.is_relative &&
        !assay__metric_kind(metric->type)->is_share)
        assay__plan_fail_key(reader, value, key, PERCENT_OF_UNITS);
    if (allows_everything(metric))
        assay__plan_fail_key(reader, value, key,
                             "No share gets worse by 1 (100%) or more, so this margin would always "
                             "pass; 5 percent is 0.05 or 5%.");
    if (metric->role != ASSAY_ROLE_GUARDRAIL)
        assay__plan_fail_key(reader, value, key,
                             "Only guardrails have a margin; set \"role\": \"guardrail\" or leave "
                             "the margin out.");
}

/* A margin needs to know which way is worse; for a plain guardrail or monitor any change is harm.
 */
static void check_direction(struct assay__plan_reader *reader, const struct assay__node *value,
                            const struct assay_metric_plan *metric)
{
    if (metric->direction != ASSAY_DIRECTION_ANY)
        return;
    if (metric->margin.is_set)
        assay__plan_fail_key(reader, value, "direction",
                             "A margin needs a direction, increase or decrease: with any, nothing "
                             "says which way is worse.");
}

/* Counting takes all rows where no column is named; everything else needs a column. */
static bool counts_rows(const struct assay_measure *measure)
{
    return measure->has_aggregation && measure->aggregation == ASSAY_AGGREGATE_COUNT;
}

bool assay__plan_measure_is(const struct assay_measure *a, const struct assay_measure *b)
{
    bool is_same_filter = a->where == b->where ||
                          (a->where != NULL && b->where != NULL && strcmp(a->where, b->where) == 0);
    return a->events == b->events && a->has_aggregation == b->has_aggregation &&
           a->aggregation == b->aggregation && is_same_filter;
}

/* A denominator that is a column is made as the value is; an object says it itself. */
static void finish_denominator(struct assay__plan_reader *reader, const struct assay__node *value,
                               struct assay_metric_plan *metric)
{
    const struct assay__node *denominator = assay__node_get(value, "denominator");
    struct assay_measure *measure = &metric->denominator_measure;
    if (denominator == NULL) {
        assay__plan_fail(reader, value,
                         "A ratio needs a \"denominator\", the column it divides "
                         "by.");
        return;
    }
    if (denominator->type == ASSAY__NODE_STRING)
        *measure = metric->measure;
    else if (measure->events == NULL)
        measure->events = metric->measure.events;
    if (measure->events != NULL && !measure->has_aggregation)
        assay__plan_fail(reader, denominator,
                         "Events need an \"aggregation\": how several rows of a unit become one "
                         "value.");
    if (metric->denominator == NULL && !counts_rows(measure))
        assay__plan_fail(reader, denominator, "The \"value\", a column, is missing.");
    bool is_same_column = metric->value == metric->denominator ||
                          (metric->value != NULL && metric->denominator != NULL &&
                           strcmp(metric->value, metric->denominator) == 0);
    if (is_same_column && assay__plan_measure_is(measure, &metric->measure))
        assay__plan_fail(reader, denominator, "The denominator is the same column as the value.");
}

static void finish_measure(struct assay__plan_reader *reader, const struct assay__node *value,
                           struct assay_metric_plan *metric)
{
    struct assay_measure *measure = &metric->measure;
    bool is_proportion = assay__metric_kind(metric->type)->is_share;
    if (measure->events != NULL && !measure->has_aggregation) {
        if (!is_proportion)
            assay__plan_fail_key(reader, value, "events",
                                 "Events need an \"aggregation\": how several rows of a unit "
                                 "become its value.");
        measure->has_aggregation = true;
        measure->aggregation = ASSAY_AGGREGATE_COUNT;
    }
    if (is_proportion && measure->events != NULL && measure->aggregation != ASSAY_AGGREGATE_COUNT &&
        measure->aggregation != ASSAY_AGGREGATE_SUM)
        assay__plan_fail_key(reader, value, "aggregation",
                             "A proportion of events is 1 when their count or sum is above 0: "
                             "the aggregation is count or sum.");
    if (measure->where != NULL && !measure->has_aggregation)
        assay__plan_fail_key(reader, value, "where",
                             "This chooses among several rows of a unit: it needs an "
                             "\"aggregation\". The plan's own \"where\" leaves rows out of the "
                             "analysis.");
    if (metric->value == NULL && !counts_rows(measure))
        metric->value = metric->id;
}

static void check_durations(struct assay__plan_reader *reader, const struct assay__node *value,
                            const struct assay_metric_plan *metric)
{
    if (metric->window.is_set && metric->window.ns == 0)
        assay__plan_fail_key(reader, value, "window", "A window must be longer than 0.");
    if (!metric->pre_exposure.is_set)
        return;
    if (metric->pre_exposure.ns == 0)
        assay__plan_fail_key(reader, value, "preExposureWindow", "A window must be longer than 0.");
    if (metric->measure.events == NULL)
        assay__plan_fail_key(reader, value, "preExposureWindow",
                             "This makes a covariate of events: it needs \"events\".");
}

static void finish_covariates(struct assay__plan_reader *reader, const struct assay__node *value,
                              struct assay_metric_plan *metric)
{
    bool has_covariates = metric->covariate_count > 0 || metric->pre_exposure.is_set;
    const char *key = metric->covariate_count > 0 ? "covariates" : "preExposureWindow";
    if (assay__node_get(value, "varianceReduction") == NULL && has_covariates)
        metric->reduction = ASSAY_REDUCTION_FULL;
    if (metric->reduction != ASSAY_REDUCTION_NONE && !has_covariates)
        assay__plan_fail_key(reader, value, "varianceReduction",
                             "Variance reduction needs covariates; list pre-exposure columns in "
                             "\"covariates\".");
    if (has_covariates && metric->type == ASSAY_METRIC_QUANTILE)
        assay__plan_fail_key(reader, value, key,
                             "Quantiles have no variance reduction; leave the covariates out.");
    if (metric->covariate_count + (metric->pre_exposure.is_set ? 1 : 0) > ASSAY_COVARIATES_MAX)
        assay__plan_fail_key(reader, value, key, "This makes more than 16 covariates.");
    if (metric->covariate_count == 0 || reader->status != ASSAY_OK)
        return;
    const struct assay__node *name = assay__node_get(value, "covariates")->first;
    for (; name != NULL && metric->measure.events == NULL; name = name->next)
        if ((metric->value != NULL && strcmp(name->text, metric->value) == 0) ||
            (metric->denominator != NULL && strcmp(name->text, metric->denominator) == 0))
            assay__plan_fail(reader, name,
                             "A metric cannot be its own covariate: covariates are measured "
                             "before the exposure.");
}

/* Ends that are not there are infinite. */
static double end_of(const struct assay__node *cap, const char *key, double fallback)
{
    const struct assay__node *end = assay__node_get(cap, key);
    return end == NULL ? fallback : assay__node_number(end);
}

void assay__plan_finish_cap(struct assay__plan_reader *reader, const struct assay__node *value,
                            void *object)
{
    const struct assay_cap *cap = object;
    if (value->count == 0)
        assay__plan_fail(reader, value, "A cap needs a lower or an upper end.");
    if (end_of(value, "lower", -INFINITY) > end_of(value, "upper", INFINITY) ||
        cap->lower_quantile > cap->upper_quantile)
        assay__plan_fail(reader, value, "The lower end of the cap is above its upper end.");
}

void assay__plan_finish_metric(struct assay__plan_reader *reader, const struct assay__node *value,
                               void *object)
{
    struct assay_metric_plan *metric = object;
    finish_measure(reader, value, metric);
    if (assay__metric_kind(metric->type)->has_denominator)
        finish_denominator(reader, value, metric);
    if (metric->type == ASSAY_METRIC_QUANTILE && isnan(metric->quantile))
        assay__plan_fail(reader, value, "A quantile metric needs a \"quantile\" such as 0.9.");
    check_durations(reader, value, metric);
    finish_covariates(reader, value, metric);
    finish_effect(reader, value, metric);
    check_margin(reader, value, metric);
    check_direction(reader, value, metric);
    const struct assay__node *cap = assay__node_get(value, "cap");
    if (cap != NULL && assay__metric_kind(metric->type)->is_share)
        assay__plan_fail(reader, cap, "A proportion is 0 or 1 and has no cap; leave it out.");
}
