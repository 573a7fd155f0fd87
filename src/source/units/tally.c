/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Adds units to the moments of their group, in every slice they belong to. */
#include "source/units/tally.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/hash.h"

enum assay_status assay__tally_set_cap(struct assay__tally *tally, uint32_t metric, bool is_upper,
                                       const struct assay_decimal *value, struct assay_error *err)
{
    struct assay__cap *cap = &tally->caps[metric];
    struct assay_decimal *bound = is_upper ? &cap->upper : &cap->lower;
    *bound = *value;
    if (value->digits != NULL) {
        bound->digits = assay__arena_copy(&tally->arena, value->digits, value->digit_count);
        if (bound->digits == NULL)
            return assay__fail_memory(err);
    }
    *(is_upper ? &cap->has_upper : &cap->has_lower) = true;
    return ASSAY_OK;
}

/* Sets a cap the plan gives as text. */
static enum assay_status set_planned_cap(struct assay__tally *tally, uint32_t metric, bool is_upper,
                                         const char *text, struct assay_error *err)
{
    char digits[ASSAY__DIGITS_MAX];
    struct assay_decimal value;
    if (text == NULL)
        return ASSAY_OK;
    if (assay__decimal_parse(text, strlen(text), &value, digits) != ASSAY__PARSE_OK)
        return assay__fail(err, ASSAY_ERROR_PLAN, "The cap '%s' of metric '%s' is no number.", text,
                           tally->binding->plan->metrics[metric].id);
    return assay__tally_set_cap(tally, metric, is_upper, &value, err);
}

static enum assay_status set_planned_caps(struct assay__tally *tally, struct assay_error *err)
{
    const struct assay_plan *plan = tally->binding->plan;
    enum assay_status status = ASSAY_OK;
    for (uint32_t m = 0; status == ASSAY_OK && m < plan->metric_count; m++) {
        status = set_planned_cap(tally, m, false, plan->metrics[m].cap.lower, err);
        if (status == ASSAY_OK)
            status = set_planned_cap(tally, m, true, plan->metrics[m].cap.upper, err);
    }
    return status;
}

enum assay_status assay__tally_init(struct assay__tally *tally, struct assay_dataset *dataset,
                                    const struct assay__binding *binding, struct assay_error *err)
{
    const struct assay_plan *plan = binding->plan;
    memset(tally, 0, sizeof *tally);
    tally->dataset = dataset;
    tally->binding = binding;
    struct assay__arena *arena = &tally->arena;
    size_t slice_count = (size_t)1 + plan->segment_count + plan->dimension_count;
    tally->caps = assay__arena_array(arena, plan->metric_count, sizeof *tally->caps);
    tally->memos =
        assay__arena_array(arena, (size_t)plan->dimension_count + 1, sizeof *tally->memos);
    tally->slices = assay__arena_array(arena, slice_count, sizeof *tally->slices);
    tally->filter_cells =
        assay__arena_array(arena, binding->filter_width, sizeof *tally->filter_cells);
    if (tally->caps == NULL || tally->memos == NULL || tally->slices == NULL ||
        tally->filter_cells == NULL)
        return assay__fail_memory(err);
    enum assay_status status = set_planned_caps(tally, err);
    if (status == ASSAY_OK)
        status = assay__dataset_look(dataset, INT64_MIN, &tally->look, err);
    return status;
}

void assay__tally_release(struct assay__tally *tally)
{
    for (uint32_t g = 0; g < tally->group_capacity; g++)
        free(tally->cells[g]);
    free(tally->cells);
    assay__arena_release(&tally->arena);
    memset(tally, 0, sizeof *tally);
}

/* The number of a name: of a group (which 0), or of the value of dimension which - 1. */
static enum assay_status number_of(struct assay__tally *tally, uint32_t which,
                                   const struct assay__field *name, uint32_t *number,
                                   struct assay_error *err)
{
    struct assay__memo *memo = &tally->memos[which];
    size_t place = assay__hash(name->text, name->length) % ASSAY__MEMO_SIZE;
    if (memo->entries[place].name != NULL && memo->entries[place].length == name->length &&
        memcmp(memo->entries[place].name, name->text, name->length) == 0) {
        *number = memo->entries[place].number;
        return ASSAY_OK;
    }
    enum assay_status status =
        which == 0 ? assay__dataset_group(tally->dataset, name->text, name->length, number, err)
                   : assay__dataset_slice(tally->dataset, which - 1, name->text, name->length,
                                          number, err);
    if (status != ASSAY_OK || memo->entries[place].name != NULL)
        return status; /* the first name keeps the place: no copies pile up */
    memo->entries[place].name = assay__arena_copy(&tally->arena, name->text, name->length);
    if (memo->entries[place].name == NULL)
        return assay__fail_memory(err);
    memo->entries[place].length = name->length;
    memo->entries[place].number = *number;
    return ASSAY_OK;
}

/* Makes the table of cells cover a group and a slice. */
static bool cover(struct assay__tally *tally, uint32_t group, uint32_t slice)
{
    if (slice >= tally->slice_capacity) {
        uint32_t capacity = slice * 2 + 16;
        for (uint32_t g = 0; g < tally->group_capacity; g++) {
            if (tally->cells[g] == NULL)
                continue;
            struct assay__cell **row = realloc(tally->cells[g], capacity * sizeof *row);
            if (row == NULL)
                return false;
            memset(row + tally->slice_capacity, 0,
                   (capacity - tally->slice_capacity) * sizeof *row);
            tally->cells[g] = row;
        }
        tally->slice_capacity = capacity;
    }
    if (group >= tally->group_capacity) {
        uint32_t capacity = group * 2 + 8;
        struct assay__cell ***cells = realloc(tally->cells, capacity * sizeof *cells);
        if (cells == NULL)
            return false;
        memset(cells + tally->group_capacity, 0,
               (capacity - tally->group_capacity) * sizeof *cells);
        tally->cells = cells;
        tally->group_capacity = capacity;
    }
    if (tally->cells[group] == NULL)
        tally->cells[group] = calloc(tally->slice_capacity, sizeof **tally->cells);
    return tally->cells[group] != NULL;
}

/* The cell of a group and a slice. */
static enum assay_status cell_of(struct assay__tally *tally, uint32_t group, uint32_t slice,
                                 struct assay__cell **cell, struct assay_error *err)
{
    if (group < tally->group_capacity && slice < tally->slice_capacity &&
        tally->cells[group] != NULL && tally->cells[group][slice] != NULL) {
        *cell = tally->cells[group][slice];
        return ASSAY_OK;
    }
    if (!cover(tally, group, slice))
        return assay__fail_memory(err);
    enum assay_status status =
        assay__dataset_cell(tally->dataset, slice, tally->look, group, cell, err);
    if (status == ASSAY_OK)
        tally->cells[group][slice] = *cell;
    return status;
}

/* Lists the slices a unit belongs to: the total, segments whose filter it passes, dimensions. */
static enum assay_status find_slices(struct assay__tally *tally, const struct assay__field *cells,
                                     uint32_t *count, struct assay_error *err)
{
    const struct assay__binding *binding = tally->binding;
    tally->slices[0] = 0;
    *count = 1;
    for (uint32_t s = 0; s < binding->plan->segment_count; s++)
        if (assay__binding_in_segment(binding, s, cells, tally->filter_cells))
            tally->slices[(*count)++] = 1 + s;
    enum assay_status status = ASSAY_OK;
    for (uint32_t d = 0; status == ASSAY_OK && d < binding->plan->dimension_count; d++)
        status = number_of(tally, 1 + d, &cells[binding->dimensions[d]], &tally->slices[(*count)++],
                           err);
    return status;
}

static const struct assay_decimal *capped(const struct assay__cap *cap,
                                          const struct assay_decimal *value)
{
    if (cap->has_lower && assay__decimal_compare(value, &cap->lower) < 0)
        return &cap->lower;
    if (cap->has_upper && assay__decimal_compare(value, &cap->upper) > 0)
        return &cap->upper;
    return value;
}

/*
 * Puts a metric's variables together; false when the unit counts as missing. *is_missing says
 * that its value or denominator is missing, whether the plan then takes 0 for it or not.
 */
static bool gather(const struct assay__tally *tally, uint32_t metric, const struct assay__row *row,
                   struct assay_decimal *vector, uint32_t *missing_covariates, bool *is_missing)
{
    const struct assay__metric_use *use = &tally->binding->metrics[metric];
    *missing_covariates = 0;
    *is_missing = false;
    for (uint32_t i = 0; i < use->count; i++) {
        const struct assay__number *number = &row->numbers[use->variables[i]];
        vector[i] = number->value;
        if (number->is_missing && i < use->required)
            *is_missing = true;
        else if (number->is_missing)
            *missing_covariates |= UINT32_C(1) << (i - use->required);
    }
    if (*is_missing && tally->binding->plan->metrics[metric].missing == ASSAY_MISSING_DROP)
        return false;
    vector[0] = *capped(&tally->caps[metric], &vector[0]);
    return true;
}

static enum assay_status add_metric(struct assay__tally *tally, uint32_t metric,
                                    const struct assay__row *row, struct assay__cell **cells,
                                    uint32_t cell_count, struct assay_error *err)
{
    struct assay_decimal vector[ASSAY_VARIABLES_MAX];
    uint32_t missing_covariates;
    bool is_missing;
    bool counts = gather(tally, metric, row, vector, &missing_covariates, &is_missing);
    if (is_missing)
        assay__dataset_add_missing(tally->dataset, metric, 1);
    enum assay_status status = ASSAY_OK;
    for (uint32_t i = 0; counts && status == ASSAY_OK && i < cell_count; i++) {
        struct assay_moments *moments = cells[i]->metrics[metric];
        if (moments == NULL) /* made when a value comes, so that none is ever empty */
            status = assay__cell_moments(tally->dataset, cells[i], metric, &moments, err);
        if (status == ASSAY_OK)
            status = assay_moments_add_decimal(moments, vector, missing_covariates, err);
    }
    return status;
}

enum assay_status assay__tally_add(struct assay__tally *tally, const struct assay__row *row,
                                   const struct assay__field *cells, struct assay_error *err)
{
    struct assay__cell *into[1 + ASSAY_SEGMENTS_MAX + ASSAY_DIMENSIONS_MAX];
    uint32_t group = 0, count = 0;
    enum assay_status status = number_of(tally, 0, &cells[tally->binding->group], &group, err);
    if (status == ASSAY_OK)
        status = find_slices(tally, cells, &count, err);
    for (uint32_t i = 0; status == ASSAY_OK && i < count; i++) {
        status = cell_of(tally, group, tally->slices[i], &into[i], err);
        if (status == ASSAY_OK)
            into[i]->units++;
    }
    for (uint32_t m = 0; status == ASSAY_OK && m < tally->binding->plan->metric_count; m++)
        status = add_metric(tally, m, row, into, count, err);
    if (status == ASSAY_OK && row->time_ns != INT64_MIN)
        assay__dataset_observe(tally->dataset, row->time_ns);
    return status;
}
