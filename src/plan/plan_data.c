/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a plan says about data: the part that sums of one plan must share with those of another. */
#include "plan/plan_data.h"

#include <string.h>

#include "base/time.h"
#include "plan/names.h"

/* Who takes the definitions, and the text of the one at hand. */
struct giving {
    enum assay_status (*take)(void *context, const struct assay__definition *,
                              struct assay_error *err);
    void *context;
    struct assay__text text;
    struct assay_error *err;
    enum assay_status status;
};

static void give(struct giving *giving, const char *kind, const char *name, const char *text)
{
    if (giving->status == ASSAY_OK)
        giving->status = giving->take(giving->context,
                                      &(struct assay__definition){kind, name, text}, giving->err);
}

/* The text that was put together; it is empty afterwards. */
static void give_text(struct giving *giving, const char *kind, const char *name)
{
    if (giving->text.failed && giving->status == ASSAY_OK)
        giving->status = assay__fail_memory(giving->err);
    give(giving, kind, name, giving->text.length == 0 ? "" : giving->text.data);
    giving->text.length = 0;
}

/* A metric that uses no covariates has none in its sums. */
static void give_metric(struct giving *giving, const struct assay_metric_plan *metric)
{
    struct assay_metric_plan own = *metric;
    if (own.reduction == ASSAY_REDUCTION_NONE) {
        own.covariate_count = 0;
        own.pre_exposure.is_set = false;
    }
    assay__plan_write_metric_data(&own, &giving->text);
    give_text(giving, "metric", metric->id);
}

static void give_columns(struct giving *giving, const struct assay_plan *plan)
{
    const struct {
        const char *name, *column;
    } columns[] = {
        {"unit", plan->unit_column}, {"group", plan->group_column}, {"time", plan->time_column}};
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        if (columns[i].column != NULL)
            give(giving, "column", columns[i].name, columns[i].column);
}

static void give_rows(struct giving *giving, const struct assay_plan *plan)
{
    char time[ASSAY__TIME_BYTES];
    if (plan->where != NULL)
        assay__plan_write_filter(plan->where, &giving->text);
    give_text(giving, "plan", "where");
    if (plan->granularity != ASSAY_GRANULARITY_NONE)
        give(giving, "plan", "granularity",
             assay__choices_granularity.names[(unsigned)plan->granularity]);
    if (!plan->has_as_of)
        return;
    assay__time_write(plan->as_of_ns, time);
    give(giving, "plan", "asOf", time);
}

enum assay_status assay__plan_define(const struct assay_plan *plan,
                                     enum assay_status (*take)(void *context,
                                                               const struct assay__definition *,
                                                               struct assay_error *err),
                                     void *context, struct assay_error *err)
{
    struct giving giving = {take, context, {0}, err, ASSAY_OK};
    give_columns(&giving, plan);
    give_rows(&giving, plan);
    for (uint32_t e = 0; e < plan->event_count; e++) {
        assay__plan_write_events(&plan->events[e], &giving.text);
        give_text(&giving, "events", plan->events[e].name);
    }
    for (uint32_t m = 0; m < plan->metric_count; m++)
        give_metric(&giving, &plan->metrics[m]);
    for (uint32_t d = 0; d < plan->dimension_count; d++)
        give(&giving, "dimension", plan->dimensions[d], "");
    for (uint32_t s = 0; s < plan->segment_count; s++) {
        assay__plan_write_filter(plan->segments[s].filter, &giving.text);
        give_text(&giving, "segment", plan->segments[s].id);
    }
    assay__text_release(&giving.text);
    return giving.status;
}
