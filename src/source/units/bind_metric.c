/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a metric is made of: columns of units, or folds of the rows of units and of events. */
#include "base/error.h"
#include "analysis/dataset_read.h"
#include "source/units/bind.h"
#include "stats/metric/metric.h"

static uint32_t variable_of(struct assay__binding *binding, uint32_t cell,
                            enum assay__variable_kind kind)
{
    for (uint32_t i = 0; i < binding->variable_count; i++)
        if (binding->variables[i].cell == cell && binding->variables[i].kind == kind)
            return i;
    binding->variables[binding->variable_count] = (struct assay__variable){cell, kind};
    return binding->variable_count++;
}

static uint32_t channel_of(struct assay__binding *binding, const struct assay__channel *want)
{
    for (uint32_t i = 0; i < binding->channel_count; i++) {
        const struct assay__channel *channel = &binding->channels[i];
        if (channel->source == want->source && channel->where == want->where &&
            channel->variable.cell == want->variable.cell &&
            channel->variable.kind == want->variable.kind)
            return i;
    }
    binding->channels[binding->channel_count] = *want;
    return binding->channel_count++;
}

static uint32_t fold_of(struct assay__binding *binding, const struct assay__fold *want)
{
    for (uint32_t i = 0; i < binding->fold_count; i++) {
        const struct assay__fold *fold = &binding->folds[i];
        if (fold->channel == want->channel && fold->aggregation == want->aggregation &&
            fold->is_share == want->is_share && fold->has_times == want->has_times &&
            fold->is_open == want->is_open && fold->from == want->from && fold->to == want->to)
            return i;
    }
    binding->folds[binding->fold_count] = *want;
    return binding->fold_count++;
}

/* A number of a metric to be bound: its column, and how rows become it. */
struct number_plan {
    const struct assay_metric_plan *metric;
    const char *column;
    struct assay_measure measure;
    bool is_choice;
};

/* How cells are read that are put together in some way. */
static enum assay__variable_kind kind_of(const struct number_plan *number,
                                         enum assay_aggregation aggregation)
{
    switch (aggregation) {
    case ASSAY_AGGREGATE_COUNT:
        return number->column == NULL ? ASSAY__VARIABLE_ROW : ASSAY__VARIABLE_VALUE;
    case ASSAY_AGGREGATE_COUNT_DISTINCT:
        return ASSAY__VARIABLE_TEXT;
    case ASSAY_AGGREGATE_SUM:
        return number->is_choice ? ASSAY__VARIABLE_EITHER : ASSAY__VARIABLE_NUMBER;
    default:
        return number->is_choice ? ASSAY__VARIABLE_CHOICE : ASSAY__VARIABLE_NUMBER;
    }
}

static enum assay_status fail_metric(const struct number_plan *number, const char *sentence,
                                     struct assay_error *err)
{
    return assay__fail(err, ASSAY_ERROR_PLAN, "Metric '%s': %s", number->metric->id, sentence);
}

/* What cannot be put together, said before a row is read. */
static enum assay_status check_fold(const struct assay__binding *binding,
                                    const struct number_plan *number,
                                    enum assay_aggregation aggregation, struct assay_error *err)
{
    const struct assay_plan *plan = binding->plan;
    bool by_time = aggregation == ASSAY_AGGREGATE_FIRST || aggregation == ASSAY_AGGREGATE_LAST;
    if (plan->unit_column == NULL)
        return fail_metric(number,
                           "an aggregation puts the rows of a unit together: columns.unit must "
                           "name the unit's column.",
                           err);
    if (by_time && plan->time_column == NULL)
        return fail_metric(number,
                           "the first and the last value are found by time: columns.time must name "
                           "its column.",
                           err);
    if (number->is_choice && aggregation == ASSAY_AGGREGATE_MEAN)
        return fail_metric(number,
                           "the mean of several rows is not 0 or 1: a proportion takes \"count\", "
                           "\"sum\", \"min\", \"max\", \"first\" or \"last\".",
                           err);
    if (number->column == NULL && aggregation != ASSAY_AGGREGATE_COUNT)
        return fail_metric(number, "only \"count\" needs no \"value\".", err);
    return ASSAY_OK;
}

static uint32_t source_of(const struct assay__binding *binding,
                          const struct assay_events_plan *events)
{
    return events == NULL ? 0 : 1 + (uint32_t)(events - binding->plan->events);
}

/* Binds the channel of a number; its where and column found or added. */
static enum assay_status bind_channel(struct assay__binding *binding,
                                      const struct number_plan *number,
                                      enum assay_aggregation aggregation, uint32_t *channel,
                                      struct assay_error *err)
{
    struct assay__channel want = {.source = source_of(binding, number->measure.events)};
    want.variable.kind = kind_of(number, aggregation);
    want.variable.cell = ASSAY__UNBOUND;
    if (number->column != NULL) {
        want.variable.cell = assay__binding_cell(binding, want.source, number->column);
        if (want.variable.cell == ASSAY__UNBOUND)
            return assay__fail_memory(err);
    }
    enum assay_status status =
        assay__binding_where(binding, want.source, number->measure.where, &want.where, err);
    if (status == ASSAY_OK)
        *channel = channel_of(binding, &want);
    return status;
}

/* Durations are at most ten years, so that sums of two are far from overflow. */
static enum assay_status bind_fold(struct assay__binding *binding, const struct number_plan *number,
                                   bool is_before, uint32_t *index, struct assay_error *err)
{
    const struct assay_metric_plan *metric = number->metric;
    enum assay_aggregation aggregation =
        number->measure.has_aggregation ? number->measure.aggregation : ASSAY_AGGREGATE_COUNT;
    bool is_counted = aggregation == ASSAY_AGGREGATE_COUNT || aggregation == ASSAY_AGGREGATE_SUM ||
                      aggregation == ASSAY_AGGREGATE_COUNT_DISTINCT;
    struct assay__fold fold = {.aggregation = aggregation,
                               .is_share = number->is_choice && is_counted && !is_before,
                               .has_times = number->measure.events != NULL,
                               .to = INT64_MAX};
    enum assay_status status = check_fold(binding, number, aggregation, err);
    if (status == ASSAY_OK)
        status = bind_channel(binding, number, aggregation, &fold.channel, err);
    if (status != ASSAY_OK)
        return status;
    if (is_before) {
        fold.from = -metric->pre_exposure.ns;
        fold.to = 0;
    } else if (fold.has_times) {
        fold.from = metric->offset.is_set ? metric->offset.ns : 0;
        if (metric->window.is_set)
            fold.to = fold.from + metric->window.ns;
    }
    fold.is_open = fold.to == INT64_MAX;
    *index = fold_of(binding, &fold);
    return ASSAY_OK;
}

/* Folds get numbers behind the variables, whose count is not final yet: marked until then. */
enum { IS_FOLD = 1 << 30 };

static enum assay_status bind_number(struct assay__binding *binding,
                                     const struct number_plan *number, uint32_t *index,
                                     struct assay_error *err)
{
    if (number->measure.has_aggregation || number->measure.events != NULL) {
        enum assay_status status = bind_fold(binding, number, false, index, err);
        *index |= IS_FOLD;
        return status;
    }
    uint32_t cell =
        number->column == NULL ? ASSAY__UNBOUND : assay__binding_cell(binding, 0, number->column);
    if (cell == ASSAY__UNBOUND)
        return assay__fail_memory(err);
    *index = variable_of(binding, cell,
                         number->is_choice ? ASSAY__VARIABLE_CHOICE : ASSAY__VARIABLE_NUMBER);
    return ASSAY_OK;
}

/* A denominator of its own, or a further column of the rows the value comes from. */
static struct number_plan denominator_of(const struct assay_metric_plan *metric)
{
    struct number_plan number = {metric, metric->denominator, metric->denominator_measure, false};
    if (!number.measure.has_aggregation && number.measure.events == NULL)
        number.measure = metric->measure;
    return number;
}

static enum assay_status bind_covariates(struct assay__binding *binding,
                                         const struct number_plan *value, uint32_t count,
                                         uint32_t *variables, struct assay_error *err)
{
    const struct assay_metric_plan *metric = value->metric;
    for (uint32_t i = 0; i < count; i++) {
        enum assay_status status = ASSAY_OK;
        if (i == metric->covariate_count) {
            status = bind_fold(binding, value, true, &variables[i], err);
            variables[i] |= IS_FOLD;
        } else {
            uint32_t cell = assay__binding_cell(binding, 0, metric->covariates[i]);
            if (cell == ASSAY__UNBOUND)
                return assay__fail_memory(err);
            variables[i] = variable_of(
                binding, cell, value->is_choice ? ASSAY__VARIABLE_EITHER : ASSAY__VARIABLE_NUMBER);
        }
        if (status != ASSAY_OK)
            return status;
    }
    return ASSAY_OK;
}

/* Windows are about events, which have a time of their own. */
static enum assay_status check_windows(const struct number_plan *value, struct assay_error *err)
{
    const struct assay_metric_plan *metric = value->metric;
    const char *key = metric->window.is_set         ? "window"
                      : metric->offset.is_set       ? "offset"
                      : metric->pre_exposure.is_set ? "preExposureWindow"
                                                    : NULL;
    if (metric->measure.events != NULL || key == NULL)
        return ASSAY_OK;
    return assay__fail(err, ASSAY_ERROR_PLAN,
                       "Metric '%s' has \"%s\", which is for events: name them with \"events\".",
                       metric->id, key);
}

/* When the value is complete, from the folds it needs. */
static void set_completion(const struct assay__binding *binding, struct assay__metric_use *use)
{
    for (uint32_t i = 0; i < use->required; i++) {
        if (!(use->variables[i] & IS_FOLD))
            continue;
        const struct assay__fold *fold = &binding->folds[use->variables[i] & ~(uint32_t)IS_FOLD];
        use->has_folds = true;
        use->is_open = use->is_open || fold->is_open;
        if (!fold->is_open && fold->to > use->complete)
            use->complete = fold->to;
    }
}

void assay__bind_finish(struct assay__binding *binding)
{
    for (uint32_t m = 0; m < binding->plan->metric_count; m++) {
        struct assay__metric_use *use = &binding->metrics[m];
        for (uint32_t i = 0; i < use->count; i++)
            if (use->variables[i] & IS_FOLD)
                use->variables[i] =
                    binding->variable_count + (use->variables[i] & ~(uint32_t)IS_FOLD);
    }
}

enum assay_status assay__bind_metric(struct assay__binding *binding, uint32_t metric,
                                     struct assay_error *err)
{
    const struct assay_metric_plan *plan = &binding->plan->metrics[metric];
    struct assay_moments_shape shape = assay__metric_shape(plan);
    struct assay__metric_use *use = &binding->metrics[metric];
    struct number_plan value = {plan, plan->value, plan->measure,
                                assay__metric_kind(plan->type)->is_share};
    use->required = 1 + shape.has_denominator;
    use->count = use->required + shape.covariate_count;
    uint32_t *variables = assay__arena_array(&binding->arena, use->count, sizeof *variables);
    if (variables == NULL)
        return assay__fail_memory(err);
    use->variables = variables;
    enum assay_status status = check_windows(&value, err);
    if (status == ASSAY_OK)
        status = bind_number(binding, &value, &variables[0], err);
    if (status == ASSAY_OK && shape.has_denominator) {
        struct number_plan denominator = denominator_of(plan);
        status = bind_number(binding, &denominator, &variables[1], err);
    }
    if (status == ASSAY_OK)
        status =
            bind_covariates(binding, &value, shape.covariate_count, variables + use->required, err);
    if (status == ASSAY_OK)
        set_completion(binding, use);
    return status;
}
