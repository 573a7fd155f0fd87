/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The metrics of a plan: what is measured, what for, and which keys go together. */
#include "plan/plan_read.h"

#include <math.h>
#include <string.h>

#include "base/duration.h"

/* One of two keys, of which at most one may be there; NULL when none is. */
static const struct assay__node *either(struct assay__plan_reader *reader,
                                        const struct assay__node *object, const char *key,
                                        const char *other)
{
    const struct assay__node *a = assay__node_get(object, key);
    const struct assay__node *b = assay__node_get(object, other);
    if (a != NULL && b != NULL)
        assay__plan_fail(reader, b, "\"%s\" and \"%s\" are both given; keep one.", key, other);
    return a != NULL ? a : b;
}

/* An effect or margin: relative to the baseline mean, or absolute with the other key. */
static struct assay_bound read_bound(struct assay__plan_reader *reader,
                                     const struct assay__node *object, const char *relative_key,
                                     const char *absolute_key)
{
    struct assay_bound bound = {.value = NAN};
    const struct assay__node *value = either(reader, object, relative_key, absolute_key);
    if (value == NULL)
        return bound;
    bound.value = assay__plan_number(reader, object, value->key, NAN);
    if (reader->status != ASSAY_OK)
        return bound;
    if (bound.value == 0.0)
        assay__plan_fail(reader, value, "This must not be 0.");
    bound.is_set = true;
    bound.is_relative = strcmp(value->key, relative_key) == 0;
    bound.text = value->text;
    return bound;
}

/* The wanted effect may carry the sign of its direction; its size is what is kept. */
static void read_effect(struct assay__plan_reader *reader, const struct assay__node *object,
                        struct assay_metric_plan *metric)
{
    metric->effect =
        read_bound(reader, object, "minimumDetectableEffect", "minimumDetectableEffectAbs");
    if (!metric->effect.is_set)
        return;
    const char *key =
        metric->effect.is_relative ? "minimumDetectableEffect" : "minimumDetectableEffectAbs";
    if (metric->effect.value < 0.0 && metric->direction == ASSAY_DIRECTION_INCREASE)
        assay__plan_fail_key(reader, object, key,
                             "The effect is negative, but the direction is increase; set "
                             "\"direction\": \"decrease\" or leave the sign out.");
    if (metric->role == ASSAY_ROLE_DETERIORATION)
        assay__plan_fail_key(reader, object, key,
                             "A deterioration metric is only watched for harm; it has no effect "
                             "to detect. Leave this out or make it a success metric.");
    metric->effect.value = fabs(metric->effect.value);
}

static void read_margin(struct assay__plan_reader *reader, const struct assay__node *object,
                        struct assay_metric_plan *metric)
{
    metric->margin = read_bound(reader, object, "nonInferiorityMargin", "nonInferiorityMarginAbs");
    if (!metric->margin.is_set)
        return;
    const char *key =
        metric->margin.is_relative ? "nonInferiorityMargin" : "nonInferiorityMarginAbs";
    if (metric->margin.value < 0.0)
        assay__plan_fail_key(reader, object, key,
                             "A margin is given as its size, greater than 0; the direction of the "
                             "metric says which way.");
    if (metric->role != ASSAY_ROLE_GUARDRAIL)
        assay__plan_fail_key(reader, object, key,
                             "Only guardrails have a margin; set \"role\": \"guardrail\" or leave "
                             "the margin out.");
}

/* A margin and a watch for harm need to know which way is worse; a plain guardrail takes any. */
static void check_direction(struct assay__plan_reader *reader, const struct assay__node *object,
                            const struct assay_metric_plan *metric)
{
    if (metric->direction != ASSAY_DIRECTION_ANY)
        return;
    if (metric->margin.is_set)
        assay__plan_fail_key(reader, object, "direction",
                             "A margin needs a direction, increase or decrease: with any, nothing "
                             "says which way is worse.");
    else if (metric->role == ASSAY_ROLE_DETERIORATION)
        assay__plan_fail_key(reader, object, "direction",
                             "A deterioration metric needs a direction, increase or decrease: the "
                             "other way is harm.");
}

/* Keys that belong to one type only. */
static void read_type(struct assay__plan_reader *reader, const struct assay__node *object,
                      struct assay_metric_plan *metric)
{
    metric->type = (enum assay_metric_type)assay__plan_choice(
        reader, object, "type", &assay__choices_metric_type, ASSAY_METRIC_MEAN);
    metric->value = assay__plan_text(reader, object, "value", metric->id);
    metric->denominator = assay__plan_text(reader, object, "denominator", NULL);
    metric->quantile = assay__plan_share(reader, object, "quantile", NAN);
    bool is_ratio = metric->type == ASSAY_METRIC_RATIO;
    bool is_quantile = metric->type == ASSAY_METRIC_QUANTILE;
    if (is_ratio && metric->denominator == NULL)
        assay__plan_fail(reader, object,
                         "A ratio needs a \"denominator\", the column it divides "
                         "by.");
    if (!is_ratio && metric->denominator != NULL)
        assay__plan_fail_key(reader, object, "denominator",
                             "Only ratios have a denominator; set \"type\": \"ratio\".");
    if (is_ratio && metric->denominator != NULL && strcmp(metric->value, metric->denominator) == 0)
        assay__plan_fail_key(reader, object, "denominator",
                             "The denominator is the same column as the value.");
    if (is_quantile && isnan(metric->quantile))
        assay__plan_fail(reader, object, "A quantile metric needs a \"quantile\" such as 0.9.");
    if (!is_quantile && !isnan(metric->quantile))
        assay__plan_fail_key(reader, object, "quantile",
                             "Only quantile metrics have this; set \"type\": \"quantile\".");
}

static void read_covariates(struct assay__plan_reader *reader, const struct assay__node *object,
                            struct assay_metric_plan *metric)
{
    metric->covariates = assay__plan_texts(reader, object, "covariates", ASSAY_COVARIATES_MAX,
                                           &metric->covariate_count);
    uint32_t fallback = metric->covariate_count > 0 ? ASSAY_REDUCTION_FULL : ASSAY_REDUCTION_NONE;
    metric->reduction = (enum assay_reduction)assay__plan_choice(
        reader, object, "varianceReduction", &assay__choices_reduction, fallback);
    if (reader->status != ASSAY_OK)
        return;
    if (metric->reduction != ASSAY_REDUCTION_NONE && metric->covariate_count == 0)
        assay__plan_fail_key(reader, object, "varianceReduction",
                             "Variance reduction needs covariates; list pre-exposure columns in "
                             "\"covariates\".");
    if (metric->covariate_count > 0 && metric->type == ASSAY_METRIC_QUANTILE)
        assay__plan_fail_key(reader, object, "covariates",
                             "Quantiles have no variance reduction; leave the covariates out.");
    const struct assay__node *name =
        metric->covariate_count > 0 ? assay__node_get(object, "covariates")->first : NULL;
    for (; name != NULL; name = name->next)
        if (strcmp(name->text, metric->value) == 0 ||
            (metric->denominator != NULL && strcmp(name->text, metric->denominator) == 0))
            assay__plan_fail(reader, name,
                             "A metric cannot be its own covariate: covariates are measured "
                             "before the exposure.");
}

/* The text of a number, which is exact where a double is not. */
static const char *number_text(struct assay__plan_reader *reader, const struct assay__node *object,
                               const char *key)
{
    (void)assay__plan_number(reader, object, key, NAN);
    const struct assay__node *value = assay__node_get(object, key);
    return value == NULL ? NULL : value->text;
}

static void read_cap(struct assay__plan_reader *reader, const struct assay__node *object,
                     struct assay_metric_plan *metric)
{
    metric->cap.lower_quantile = metric->cap.upper_quantile = NAN;
    const struct assay__node *cap = assay__node_get(object, "cap");
    if (cap == NULL || !assay__plan_enter(reader, cap, ASSAY__OBJECT_CAP))
        return;
    (void)either(reader, cap, "lower", "lowerQuantile");
    (void)either(reader, cap, "upper", "upperQuantile");
    metric->cap.lower = number_text(reader, cap, "lower");
    metric->cap.upper = number_text(reader, cap, "upper");
    metric->cap.lower_quantile = assay__plan_share(reader, cap, "lowerQuantile", NAN);
    metric->cap.upper_quantile = assay__plan_share(reader, cap, "upperQuantile", NAN);
    double lower = assay__plan_number(reader, cap, "lower", -INFINITY);
    double upper = assay__plan_number(reader, cap, "upper", INFINITY);
    if (cap->count == 0)
        assay__plan_fail(reader, cap, "A cap needs a lower or an upper end.");
    if (lower > upper || metric->cap.lower_quantile > metric->cap.upper_quantile)
        assay__plan_fail(reader, cap, "The lower end of the cap is above its upper end.");
    if (metric->type == ASSAY_METRIC_PROPORTION)
        assay__plan_fail(reader, cap, "A proportion is 0 or 1 and has no cap; leave it out.");
}

static struct assay_duration read_duration(struct assay__plan_reader *reader,
                                           const struct assay__node *object, const char *key,
                                           int64_t least)
{
    struct assay_duration duration = {.is_set = false};
    const char *text = assay__plan_text(reader, object, key, NULL);
    if (text == NULL)
        return duration;
    duration.is_set = assay__duration_parse(text, strlen(text), &duration.ns);
    if (!duration.is_set || duration.ns < least)
        assay__plan_fail_key(reader, object, key,
                             "This is not a length of time; write one like \"7d\", \"36h\" or "
                             "\"90m\", at most 3650d.");
    return duration;
}

static void read_metric(struct assay__plan_reader *reader, const struct assay__node *object,
                        struct assay_metric_plan *metric, const struct assay_plan *plan)
{
    if (!assay__plan_enter(reader, object, ASSAY__OBJECT_METRIC))
        return;
    metric->horizon = plan->horizon;
    metric->deterioration_alpha = plan->deterioration_alpha;
    metric->id = assay__plan_required(reader, object, "id");
    metric->role = (enum assay_role)assay__plan_choice(reader, object, "role", &assay__choices_role,
                                                       ASSAY_ROLE_SUCCESS);
    read_type(reader, object, metric);
    read_covariates(reader, object, metric);
    metric->direction = (enum assay_direction)assay__plan_choice(
        reader, object, "direction", &assay__choices_direction, ASSAY_DIRECTION_INCREASE);
    read_effect(reader, object, metric);
    read_margin(reader, object, metric);
    check_direction(reader, object, metric);
    metric->missing = (enum assay_missing)assay__plan_choice(
        reader, object, "missing", &assay__choices_missing, ASSAY_MISSING_DROP);
    read_cap(reader, object, metric);
    metric->window = read_duration(reader, object, "window", 1);
    metric->offset = read_duration(reader, object, "offset", 0);
    metric->measure.has_aggregation = assay__node_get(object, "aggregation") != NULL;
    metric->measure.aggregation = (enum assay_aggregation)assay__plan_choice(
        reader, object, "aggregation", &assay__choices_aggregation, ASSAY_AGGREGATE_SUM);
}

void assay__plan_metrics(struct assay__plan_reader *reader, const struct assay__node *root,
                         struct assay_plan *plan)
{
    const struct assay__node *list = assay__plan_list(reader, root, "metrics", ASSAY_METRICS_MAX);
    if (list == NULL || list->count == 0) {
        assay__plan_fail_key(reader, root, "metrics",
                             "There are no metrics; name at least one column to measure.");
        return;
    }
    plan->metrics = assay__plan_array(reader, list->count, sizeof *plan->metrics);
    for (const struct assay__node *value = list->first; value != NULL && reader->status == ASSAY_OK;
         value = value->next)
        read_metric(reader, value, &plan->metrics[value->index], plan);
    if (reader->status != ASSAY_OK)
        return;
    plan->metric_count = list->count;
    assay__plan_distinct(reader, list, "id");
}
