/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules about several keys together: the plan, its columns, format and horizons. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "plan/plan_data.h"
#include "plan/plan_read.h"
#include "plan/plan_rows.h"
#include "stats/horizon/spending.h"

void assay__plan_finish_columns(struct assay__plan_reader *reader, const struct assay__node *value,
                                void *object)
{
    const struct assay_plan *plan = object;
    const char *names[] = {plan->unit_column, plan->group_column, plan->time_column};
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < i; j++)
            if (names[i] != NULL && names[j] != NULL && strcmp(names[i], names[j]) == 0)
                assay__plan_fail_name(reader, value, names[i], "is named for two purposes.");
}

/* A text of both lists could be read either way; NULL when there is none. */
static const char *common_text(const char *const *a, uint32_t a_count, const char *const *b,
                               uint32_t b_count)
{
    for (uint32_t i = 0; i < a_count; i++)
        for (uint32_t k = 0; k < b_count; k++)
            if (strcmp(a[i], b[k]) == 0)
                return a[i];
    return NULL;
}

void assay__plan_finish_format(struct assay__plan_reader *reader, const struct assay__node *value,
                               void *object)
{
    struct assay_dialect *dialect = object;
    dialect->has_missing = dialect->missing_count > 0;
    if (dialect->thousands != NULL && dialect->thousands[0] == dialect->decimal &&
        dialect->thousands[1] == '\0')
        assay__plan_fail_key(reader, value, "thousands",
                             "This is the decimal mark too; the two must differ.");
    if (dialect->true_count == 0 && dialect->false_count > 0)
        assay__plan_fail_key(reader, value, "false",
                             "\"false\" needs \"true\" beside it; \"true\" alone is for ticks.");
    const char *twice = common_text(dialect->true_texts, dialect->true_count, dialect->false_texts,
                                    dialect->false_count);
    if (twice != NULL)
        assay__plan_fail_name(reader, assay__node_get(value, "false"), twice,
                              "is in \"true\" too.");
    const char *lists[] = {common_text(dialect->missing, dialect->missing_count,
                                       dialect->true_texts, dialect->true_count),
                           common_text(dialect->missing, dialect->missing_count,
                                       dialect->false_texts, dialect->false_count)};
    for (int i = 0; i < 2; i++)
        if (lists[i] != NULL)
            assay__plan_fail_name(reader, assay__node_get(value, "missing"), lists[i],
                                  i == 0 ? "is in \"true\" too." : "is in \"false\" too.");
}

/* Spending functions that are not named are t^2. */
static void default_spending(struct assay_spending *spending)
{
    if (isnan(spending->parameter))
        spending->parameter = assay__spending_fallback(spending->family);
}

/* Power family t^rho has rho 2, Hwang, Shih and DeCani (1990) gamma -4 unless the plan says. */
void assay__plan_finish_spending(struct assay__plan_reader *reader, const struct assay__node *value,
                                 void *object)
{
    struct assay_spending *spending = object;
    double fallback = assay__spending_fallback(spending->family);
    char ranges[ASSAY__SPENDING_RANGES], message[ASSAY__SPENDING_RANGES + 32];
    if (isnan(fallback) && !isnan(spending->parameter))
        assay__plan_fail_key(reader, value, "parameter", "This family has no parameter.");
    default_spending(spending);
    if (!assay__spending_valid(spending->family, spending->parameter)) {
        snprintf(message, sizeof message, "The parameter must lie %s.",
                 assay__spending_ranges(ranges));
        assay__plan_fail_key(reader, value, "parameter", message);
    }
}

void assay__plan_finish_horizon(struct assay__plan_reader *reader, const struct assay__node *value,
                                void *object)
{
    struct assay_horizon_plan *horizon = object;
    default_spending(&horizon->spending);
    default_spending(&horizon->futility);
    if (horizon->kind == ASSAY_HORIZON_GROUP_SEQUENTIAL && isnan(horizon->expected_sample_size))
        assay__plan_fail(reader, value,
                         "A group sequential horizon needs \"expectedSampleSize\", the units of "
                         "all groups at its end.");
    if (horizon->has_futility && horizon->planned_looks == 0)
        assay__plan_fail(reader, value,
                         "Futility bounds need \"plannedLooks\": they give up on the effect that "
                         "this number of looks finds with the plan's power.");
}

static void finish_rates(struct assay__plan_reader *reader, const struct assay__node *root,
                         struct assay_plan *plan)
{
    if (plan->power <= plan->alpha)
        assay__plan_fail_key(reader, root,
                             assay__node_get(root, "power") != NULL ? "power" : "alpha",
                             "The power must be greater than alpha.");
    if (plan->deterioration_alpha == ASSAY__UNSAID)
        plan->deterioration_alpha = plan->alpha;
    const struct assay__node *srm = assay__node_get(root, "srm");
    if ((srm == NULL || assay__node_get(srm, "method") == NULL) &&
        plan->horizon.kind != ASSAY_HORIZON_FIXED)
        plan->srm.method = ASSAY_SRM_SEQUENTIAL;
}

/* The events of a denominator may come from a file of the plan, so columns are known before. */
static void finish_events(struct assay_plan *plan)
{
    for (uint32_t i = 0; i < plan->event_count; i++) {
        struct assay_events_plan *events = &plan->events[i];
        if (events->unit_column == NULL)
            events->unit_column = plan->unit_column;
        if (events->time_column == NULL)
            events->time_column = plan->time_column;
    }
}

/* Harm of a guardrail without a margin is all that it is tested for. */
static void finish_metric_level(struct assay__plan_reader *reader, const struct assay__node *value,
                                struct assay_metric_plan *metric, const struct assay_plan *plan)
{
    if (metric->deterioration_alpha == ASSAY__UNSAID)
        metric->deterioration_alpha = plan->deterioration_alpha;
    if (!metric->has_deterioration || !isnan(metric->deterioration_alpha))
        return;
    if (metric->role == ASSAY_ROLE_GUARDRAIL && !metric->margin.is_set)
        assay__plan_fail_key(
            reader, value, "deterioration",
            "A guardrail without a margin is tested for harm only; \"deterioration\": "
            "false would leave nothing to test. Give it a margin, or leave "
            "\"deterioration\" out.");
    if (metric->role == ASSAY_ROLE_DETERIORATION)
        assay__plan_fail_key(reader, value, "deterioration",
                             "A metric of role \"deterioration\" is tested for harm only; "
                             "\"deterioration\": false would leave nothing to test. Leave one of "
                             "the two out.");
}

/* An open window measures a unit again at each look, so the looks' increments depend on each other.
 */
static void check_open_window(struct assay__plan_reader *reader, const struct assay__node *value,
                              const struct assay_metric_plan *metric, const struct assay_plan *plan)
{
    bool is_sequential = metric->horizon.kind == ASSAY_HORIZON_GROUP_SEQUENTIAL;
    for (uint32_t i = 0; i < plan->segment_count && !metric->has_horizon; i++)
        is_sequential =
            is_sequential || plan->segments[i].horizon.kind == ASSAY_HORIZON_GROUP_SEQUENTIAL;
    bool is_made_of_rows = metric->measure.events != NULL || metric->measure.has_aggregation;
    if (is_sequential && is_made_of_rows && !metric->window.is_set)
        assay__plan_fail_key(reader, value,
                             metric->measure.events != NULL ? "events" : "aggregation",
                             "Rows that are put together without a \"window\" measure a unit again "
                             "at each look, which a group sequential horizon does not allow. Give "
                             "a window, or another horizon.");
}

/* What metrics and segments do not say is as the plan says. */
static void inherit(struct assay__plan_reader *reader, const struct assay__node *root,
                    struct assay_plan *plan)
{
    const struct assay__node *value = assay__node_get(root, "metrics")->first;
    for (uint32_t i = 0; i < plan->metric_count; i++, value = value->next) {
        finish_metric_level(reader, value, &plan->metrics[i], plan);
        if (!plan->metrics[i].has_horizon)
            plan->metrics[i].horizon = plan->horizon;
    }
    for (uint32_t i = 0; i < plan->segment_count; i++)
        if (!plan->segments[i].has_horizon)
            plan->segments[i].horizon = plan->horizon;
    value = assay__node_get(root, "metrics")->first;
    for (uint32_t i = 0; i < plan->metric_count; i++, value = value->next)
        check_open_window(reader, value, &plan->metrics[i], plan);
}

/* The group is in a column or in the names of files. */
static void finish_group(struct assay__plan_reader *reader, const struct assay__node *root,
                         struct assay_plan *plan)
{
    if (plan->dialect.group_from_file == NULL)
        return;
    if (plan->group_column != NULL && strcmp(plan->group_column, ASSAY__GROUP_OF_FILE) != 0)
        assay__plan_fail_name(reader, assay__node_get(root, "format"), plan->group_column,
                              "is the group's column (columns.group), but groupFromFile takes the "
                              "group from the file's name: keep one of the two.");
    plan->group_column = ASSAY__GROUP_OF_FILE;
}

void assay__plan_finish_plan(struct assay__plan_reader *reader, const struct assay__node *value,
                             void *object)
{
    struct assay_plan *plan = object;
    default_spending(&plan->horizon.spending);
    default_spending(&plan->horizon.futility);
    if (plan->group_count > 0)
        assay__plan_finish_group_list(reader, assay__node_get(value, "groups"), plan);
    finish_group(reader, value, plan);
    finish_rates(reader, value, plan);
    finish_events(plan);
    inherit(reader, value, plan);
    const struct assay__node *rule = assay__node_get(value, "decisionRule");
    if (rule != NULL)
        assay__plan_rule(reader, rule);
}

const struct assay_horizon_plan *assay__plan_horizon(const struct assay_plan *plan, uint32_t metric,
                                                     uint32_t segment)
{
    if (plan->metrics[metric].has_horizon)
        return &plan->metrics[metric].horizon;
    if (segment != ASSAY__NO_SEGMENT && plan->segments[segment].has_horizon)
        return &plan->segments[segment].horizon;
    return &plan->horizon;
}
