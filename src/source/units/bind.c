/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which columns of a table a plan needs, and for what. */
#include "source/units/bind.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "source/filter/filter_match.h"
#include "analysis/dataset_read.h"

/* Most cells and variables a plan can ask for, counted before they are told apart. */
static void count_uses(const struct assay_plan *plan, struct assay__binding *binding)
{
    uint32_t variables = 0;
    for (uint32_t m = 0; m < plan->metric_count; m++)
        variables += 2 + plan->metrics[m].covariate_count;
    uint32_t filtered = 0;
    for (uint32_t s = 0; s < plan->segment_count; s++)
        filtered += assay__filter_column_count(binding->segments[s].filter);
    binding->variable_capacity = variables;
    binding->cell_capacity = 3 + plan->dimension_count + filtered + variables;
}

/* Finds or adds the cell of a column. */
static uint32_t cell_of(struct assay__binding *binding, const char *column)
{
    for (uint32_t i = 0; i < binding->cell_count; i++)
        if (strcmp(binding->columns[i], column) == 0)
            return i;
    binding->columns[binding->cell_count] = column;
    return binding->cell_count++;
}

static uint32_t variable_of(struct assay__binding *binding, const char *column,
                            enum assay__variable_kind kind)
{
    struct assay__variable variable = {cell_of(binding, column), kind};
    for (uint32_t i = 0; i < binding->variable_count; i++)
        if (binding->variables[i].cell == variable.cell && binding->variables[i].kind == kind)
            return i;
    binding->variables[binding->variable_count] = variable;
    return binding->variable_count++;
}

/* A row of a unit-level table is what its unit came to: there is nothing left to add up. */
static enum assay_status check_is_finished(const struct assay_metric_plan *plan,
                                           struct assay_error *err)
{
    const char *key = plan->window.is_set             ? "window"
                      : plan->offset.is_set           ? "offset"
                      : plan->measure.has_aggregation ? "aggregation"
                                                      : NULL;
    if (key == NULL)
        return ASSAY_OK;
    return assay__fail(err, ASSAY_ERROR_UNAVAILABLE,
                       "Metric '%s' has \"%s\": that is for measurements joined with exposures, "
                       "which are not in this version. Leave it out where each row holds the value "
                       "of its unit.",
                       plan->id, key);
}

static enum assay_status bind_metric(struct assay__binding *binding, uint32_t metric,
                                     struct assay_error *err)
{
    const struct assay_metric_plan *plan = &binding->plan->metrics[metric];
    struct assay_moments_shape shape = assay__metric_shape(plan);
    struct assay__metric_use *use = &binding->metrics[metric];
    bool is_choice = plan->type == ASSAY_METRIC_PROPORTION;
    enum assay_status status = check_is_finished(plan, err);
    if (status != ASSAY_OK)
        return status;
    use->required = 1 + shape.has_denominator;
    use->count = use->required + shape.covariate_count;
    uint32_t *variables = assay__arena_array(&binding->arena, use->count, sizeof *variables);
    if (variables == NULL)
        return assay__fail_memory(err);
    variables[0] = variable_of(binding, plan->value,
                               is_choice ? ASSAY__VARIABLE_CHOICE : ASSAY__VARIABLE_NUMBER);
    if (shape.has_denominator)
        variables[1] = variable_of(binding, plan->denominator, ASSAY__VARIABLE_NUMBER);
    for (uint32_t i = 0; i < shape.covariate_count; i++)
        variables[use->required + i] =
            variable_of(binding, plan->covariates[i],
                        is_choice ? ASSAY__VARIABLE_EITHER : ASSAY__VARIABLE_NUMBER);
    use->variables = variables;
    return ASSAY_OK;
}

static enum assay_status bind_segment(struct assay__binding *binding, uint32_t segment,
                                      struct assay_error *err)
{
    struct assay__segment_use *use = &binding->segments[segment];
    uint32_t count = assay__filter_column_count(use->filter);
    uint32_t *cells = assay__arena_array(&binding->arena, count, sizeof *cells);
    if (cells == NULL)
        return assay__fail_memory(err);
    for (uint32_t i = 0; i < count; i++)
        cells[i] = cell_of(binding, assay__filter_column(use->filter, i));
    if (count > binding->filter_width)
        binding->filter_width = count;
    use->cells = cells;
    return ASSAY_OK;
}

static enum assay_status allocate(struct assay__binding *binding, struct assay_error *err)
{
    const struct assay_plan *plan = binding->plan;
    struct assay__arena *arena = &binding->arena;
    count_uses(plan, binding);
    binding->columns = assay__arena_array(arena, binding->cell_capacity, sizeof(char *));
    binding->variables =
        assay__arena_array(arena, binding->variable_capacity, sizeof *binding->variables);
    binding->dimensions =
        assay__arena_array(arena, plan->dimension_count, sizeof *binding->dimensions);
    binding->metrics = assay__arena_array(arena, plan->metric_count, sizeof *binding->metrics);
    if (binding->columns == NULL || binding->variables == NULL || binding->dimensions == NULL ||
        binding->metrics == NULL)
        return assay__fail_memory(err);
    return ASSAY_OK;
}

static enum assay_status parse_filters(struct assay__binding *binding, struct assay_error *err)
{
    const struct assay_plan *plan = binding->plan;
    binding->segments =
        assay__arena_array(&binding->arena, plan->segment_count, sizeof *binding->segments);
    if (binding->segments == NULL)
        return assay__fail_memory(err);
    enum assay_status status = ASSAY_OK;
    for (uint32_t s = 0; status == ASSAY_OK && s < plan->segment_count; s++)
        status = assay__filter_parse(plan->segments[s].filter, &binding->segments[s].filter, err);
    return status;
}

enum assay_status assay__binding_init(struct assay__binding *binding, const struct assay_plan *plan,
                                      struct assay_error *err)
{
    memset(binding, 0, sizeof *binding);
    binding->plan = plan;
    if (plan->group_column == NULL)
        return assay__fail(err, ASSAY_ERROR_PLAN,
                           "Which column holds the group? Name it with --group NAME, or "
                           "columns.group in the plan.");
    if (plan->has_as_of && plan->time_column == NULL)
        return assay__fail(err, ASSAY_ERROR_PLAN,
                           "asOf leaves rows out by their time: name its column with --time NAME, "
                           "or columns.time in the plan.");
    enum assay_status status = parse_filters(binding, err);
    if (status == ASSAY_OK)
        status = allocate(binding, err);
    if (status != ASSAY_OK)
        return status;
    binding->group = cell_of(binding, plan->group_column);
    binding->unit =
        plan->unit_column == NULL ? ASSAY__UNBOUND : cell_of(binding, plan->unit_column);
    binding->time =
        plan->time_column == NULL ? ASSAY__UNBOUND : cell_of(binding, plan->time_column);
    for (uint32_t d = 0; d < plan->dimension_count; d++)
        binding->dimensions[d] = cell_of(binding, plan->dimensions[d]);
    for (uint32_t s = 0; status == ASSAY_OK && s < plan->segment_count; s++)
        status = bind_segment(binding, s, err);
    for (uint32_t m = 0; status == ASSAY_OK && m < plan->metric_count; m++)
        status = bind_metric(binding, m, err);
    return status;
}

void assay__binding_release(struct assay__binding *binding)
{
    for (uint32_t s = 0; binding->segments != NULL && s < binding->plan->segment_count; s++)
        assay__filter_free(binding->segments[s].filter);
    assay__arena_release(&binding->arena);
    memset(binding, 0, sizeof *binding);
}

enum assay_status assay__binding_columns(const struct assay__binding *binding,
                                         const struct assay__csv *csv, uint32_t *columns,
                                         struct assay_error *err)
{
    for (uint32_t i = 0; i < binding->cell_count; i++) {
        enum assay_status status = assay__csv_column(csv, binding->columns[i], &columns[i], err);
        if (status != ASSAY_OK)
            return status;
    }
    return ASSAY_OK;
}

bool assay__binding_in_segment(const struct assay__binding *binding, uint32_t segment,
                               const struct assay__field *cells, struct assay__field *filter_cells)
{
    const struct assay__segment_use *use = &binding->segments[segment];
    uint32_t width = assay__filter_column_count(use->filter);
    for (uint32_t i = 0; i < width; i++)
        filter_cells[i] = cells[use->cells[i]];
    return assay__filter_match(use->filter, filter_cells);
}
