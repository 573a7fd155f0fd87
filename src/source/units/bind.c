/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which columns of which tables a plan uses: units, groups, times, slices and filters. */
#include "source/units/bind.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "source/filter/filter_match.h"

/* Makes room for all that a plan can ask for, counted before it is told apart. */
static enum assay_status allocate(struct assay__binding *binding, struct assay_error *err)
{
    const struct assay_plan *plan = binding->plan;
    struct assay__arena *arena = &binding->arena;
    size_t numbers = 0;
    for (uint32_t m = 0; m < plan->metric_count; m++)
        numbers += 3 + (size_t)plan->metrics[m].covariate_count;
    binding->source_count = 1 + plan->event_count;
    binding->where_capacity = plan->segment_count + 1 + (uint32_t)numbers;
    binding->sources = assay__arena_array(arena, binding->source_count, sizeof *binding->sources);
    binding->dimensions =
        assay__arena_array(arena, plan->dimension_count, sizeof *binding->dimensions);
    binding->wheres = assay__arena_array(arena, binding->where_capacity, sizeof *binding->wheres);
    binding->variables = assay__arena_array(arena, numbers, sizeof *binding->variables);
    binding->channels = assay__arena_array(arena, numbers, sizeof *binding->channels);
    binding->folds = assay__arena_array(arena, numbers, sizeof *binding->folds);
    binding->metrics = assay__arena_array(arena, plan->metric_count, sizeof *binding->metrics);
    if (binding->sources == NULL || binding->dimensions == NULL || binding->wheres == NULL ||
        binding->variables == NULL || binding->channels == NULL || binding->folds == NULL ||
        binding->metrics == NULL)
        return assay__fail_memory(err);
    return ASSAY_OK;
}

/* Unit, group, time and slices: what a row of exposures says of its unit. */
static enum assay_status bind_exposures(struct assay__binding *binding, struct assay_error *err)
{
    const struct assay_plan *plan = binding->plan;
    struct assay__columns *columns = &binding->sources[0];
    bool is_bound = true;
    binding->group = assay__binding_cell(binding, 0, plan->group_column);
    columns->unit = plan->unit_column == NULL ? ASSAY__UNBOUND
                                              : assay__binding_cell(binding, 0, plan->unit_column);
    columns->time = plan->time_column == NULL ? ASSAY__UNBOUND
                                              : assay__binding_cell(binding, 0, plan->time_column);
    for (uint32_t d = 0; d < plan->dimension_count; d++) {
        binding->dimensions[d] = assay__binding_cell(binding, 0, plan->dimensions[d]);
        is_bound = is_bound && binding->dimensions[d] != ASSAY__UNBOUND;
    }
    if (!is_bound || binding->group == ASSAY__UNBOUND ||
        (plan->unit_column != NULL && columns->unit == ASSAY__UNBOUND) ||
        (plan->time_column != NULL && columns->time == ASSAY__UNBOUND))
        return assay__fail_memory(err);
    enum assay_status status = ASSAY_OK;
    for (uint32_t s = 0; status == ASSAY_OK && s < plan->segment_count; s++)
        status = assay__binding_add_where(binding, 0, plan->segments[s].filter, err);
    if (status == ASSAY_OK)
        status = assay__binding_where(binding, 0, plan->where, &binding->plan_where, err);
    return status;
}

/* Unit and time of event files. */
static enum assay_status bind_events(struct assay__binding *binding, uint32_t source,
                                     struct assay_error *err)
{
    const struct assay_plan *plan = binding->plan;
    const struct assay_events_plan *events = &plan->events[source - 1];
    struct assay__columns *columns = &binding->sources[source];
    const char *unit = events->unit_column != NULL ? events->unit_column : plan->unit_column;
    const char *time = events->time_column != NULL ? events->time_column : plan->time_column;
    columns->events = events->name;
    if (plan->unit_column == NULL || plan->time_column == NULL || unit == NULL || time == NULL)
        return assay__fail(err, ASSAY_ERROR_PLAN,
                           "Events are joined with exposures on the unit, by time: columns.unit "
                           "and columns.time must be named.");
    columns->unit = assay__binding_cell(binding, source, unit);
    columns->time = assay__binding_cell(binding, source, time);
    return columns->unit == ASSAY__UNBOUND || columns->time == ASSAY__UNBOUND
               ? assay__fail_memory(err)
               : ASSAY_OK;
}

static enum assay_status check_columns(const struct assay_plan *plan, struct assay_error *err)
{
    if (plan->group_column == NULL)
        return assay__fail_reason(
            err,
            assay__fail(err, ASSAY_ERROR_PLAN,
                        "Which column holds the group? The plan names it as columns.group."),
            ASSAY_REASON_GROUP_COLUMN);
    if (plan->has_as_of && plan->time_column == NULL)
        return assay__fail_reason(
            err,
            assay__fail(err, ASSAY_ERROR_PLAN,
                        "asOf leaves rows out by their time: columns.time must name its column."),
            ASSAY_REASON_TIME_COLUMN);
    if (plan->granularity != ASSAY_GRANULARITY_NONE && plan->time_column == NULL)
        return assay__fail(err, ASSAY_ERROR_PLAN,
                           "granularity divides rows by their time: columns.time must name its "
                           "column.");
    return ASSAY_OK;
}

enum assay_status assay__binding_init(struct assay__binding *binding, const struct assay_plan *plan,
                                      struct assay_error *err)
{
    memset(binding, 0, sizeof *binding);
    binding->plan = plan;
    enum assay_status status = check_columns(plan, err);
    if (status == ASSAY_OK)
        status = allocate(binding, err);
    if (status == ASSAY_OK)
        status = bind_exposures(binding, err);
    for (uint32_t e = 0; status == ASSAY_OK && e < plan->event_count; e++)
        status = bind_events(binding, 1 + e, err);
    for (uint32_t m = 0; status == ASSAY_OK && m < plan->metric_count; m++)
        status = assay__bind_metric(binding, m, err);
    if (status == ASSAY_OK) {
        assay__bind_finish(binding);
        assay__bind_partials(binding);
    }
    return status;
}

void assay__binding_release(struct assay__binding *binding)
{
    for (uint32_t i = 0; i < binding->where_count; i++)
        assay__filter_free(binding->wheres[i].filter);
    assay__arena_release(&binding->arena);
    memset(binding, 0, sizeof *binding);
}

/* Columns of events that the plan does not name are those of the exposures. */
static bool is_of_exposures(const struct assay_plan *plan, const char *name)
{
    return (plan->unit_column != NULL && strcmp(plan->unit_column, name) == 0) ||
           (plan->time_column != NULL && strcmp(plan->time_column, name) == 0);
}

enum assay_status assay__binding_columns(const struct assay__binding *binding, uint32_t source,
                                         const struct assay__rows *rows, uint32_t *columns,
                                         struct assay_error *err)
{
    const struct assay__columns *used = &binding->sources[source];
    for (uint32_t i = 0; i < used->count; i++) {
        enum assay_status status = assay__rows_column(rows, used->names[i], &columns[i], err);
        if (status != ASSAY_OK && source > 0 && is_of_exposures(binding->plan, used->names[i]))
            return assay__fail_reason(err, status, ASSAY_REASON_EVENT_COLUMNS);
        if (status != ASSAY_OK)
            return status;
    }
    return ASSAY_OK;
}

bool assay__binding_passes(const struct assay__binding *binding, uint32_t where,
                           const struct assay__field *cells, struct assay__field *filter_cells)
{
    if (where == ASSAY__UNBOUND)
        return true;
    const struct assay__where *use = &binding->wheres[where];
    uint32_t width = assay__filter_column_count(use->filter);
    for (uint32_t i = 0; i < width; i++)
        filter_cells[i] = cells[use->cells[i]];
    return assay__filter_match(use->filter, &binding->plan->dialect, filter_cells);
}
