/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cells of a worker on their way into the dataset. */
#include "source/scan/scan_cells.h"

#include <string.h>

#include "base/halt.h"
#include "source/units/look_ends.h"
#include "stats/moments.h"
#include "stats/moments_block.h"

/* Adds the sums of one metric to a cell of the dataset. */
static enum assay_status give(const struct assay__scan_cells *cells, struct assay_dataset *dataset,
                              struct assay__cell *into, uint32_t metric, uint32_t mask,
                              uint64_t count, const uint64_t *limbs, struct assay_error *err)
{
    const struct assay__metric_use *use = cells->layout->metrics[metric].use;
    int32_t scales[ASSAY_VARIABLES_MAX];
    uint32_t present = 0;
    for (uint32_t i = 0; i < use->count; i++)
        if (i < use->required || (mask >> (i - use->required) & 1) == 0)
            scales[present++] = cells->scales[use->variables[i]];
    struct assay_moments *moments = into->states[metric];
    enum assay_status status = ASSAY_OK;
    if (moments == NULL)
        status = assay__cell_moments(dataset, into, metric, &moments, err);
    if (status == ASSAY_OK)
        status = assay__moments_add_narrow(moments, mask, count, scales, limbs, err);
    return status;
}

static enum assay_status flush_into(const struct assay__scan_cells *cells,
                                    struct assay_dataset *dataset, uint32_t group, uint32_t look,
                                    uint32_t slice, const struct assay__scan_cell *cell,
                                    struct assay_error *err)
{
    struct assay__cell *into;
    enum assay_status status = assay__dataset_cell(dataset, slice, look, group, &into, err);
    if (status != ASSAY_OK)
        return status;
    into->units += cell->units;
    uint32_t metric_count = cells->layout->binding->plan->metric_count;
    for (uint32_t m = 0; status == ASSAY_OK && m < metric_count; m++) {
        const uint64_t *words = cell->words + cells->layout->metrics[m].words;
        if (words[0] > 0)
            status = give(cells, dataset, into, m, 0, words[0], words + 1, err);
    }
    for (const struct assay__scan_pattern *at = cell->patterns; status == ASSAY_OK && at != NULL;
         at = at->next)
        if (at->count > 0)
            status = give(cells, dataset, into, at->metric, at->mask, at->count, at->limbs, err);
    return status;
}

/* Adds a cell of the first dimension to the total, which the rows themselves do not reach. */
static enum assay_status add_to_total(struct assay__scan_cells *cells,
                                      const struct assay__scan_cell *cell, struct assay_error *err)
{
    struct assay__scan_cell *total = assay__scan_cells_at(cells, 0, cell->span, 0);
    return assay__scan_cell_add(cells, total, cell, err);
}

static void empty(const struct assay__scan_cells *cells, struct assay__scan_cell *cell)
{
    cell->units = 0;
    memset(cell->words, 0, cells->layout->cell_words * sizeof *cell->words);
    for (struct assay__scan_pattern *at = cell->patterns; at != NULL; at = at->next) {
        at->count = 0;
        memset(at->limbs, 0, assay__store_limbs(at->layout, 1) * sizeof *at->limbs);
    }
}

/* The name of a group (list 0) or of a dimension's value, as the dataset asks for it. */
static const char *name_of(const struct assay__scan_cells *cells, uint32_t list, uint32_t number,
                           size_t *length)
{
    const struct assay__names *names = list == 0 ? &cells->groups : &cells->values[list - 1];
    *length = names->by[number]->length;
    return names->by[number]->text;
}

/* Where a span is in a dataset: its look and its group. */
static enum assay_status find_span(const struct assay__scan_cells *cells,
                                   struct assay_dataset *dataset, uint32_t span, uint32_t *look,
                                   uint32_t *group, struct assay_error *err)
{
    const struct assay_plan *plan = cells->layout->binding->plan;
    int64_t look_number, end = INT64_MIN;
    uint32_t number = assay__scan_cells_group(cells, span, &look_number);
    if (cells->layout->look_ns != 0) {
        end = assay__look_end_of(plan->granularity, look_number);
        end = plan->has_as_of && plan->as_of_ns < end ? plan->as_of_ns : end;
    }
    size_t length;
    const char *text = name_of(cells, 0, number, &length);
    enum assay_status status = assay__dataset_look(dataset, end, look, err);
    return status == ASSAY_OK ? assay__dataset_group(dataset, text, length, group, err) : status;
}

static enum assay_status flush_cell(struct assay__scan_cells *cells, struct assay_dataset *dataset,
                                    uint32_t set, struct assay__scan_cell *cell,
                                    struct assay_error *err)
{
    uint32_t look, group, slice = 0, dimension_count = cells->layout->dimension_count;
    enum assay_status status = find_span(cells, dataset, cell->span, &look, &group, err);
    if (status == ASSAY_OK && set == 0)
        status = flush_into(cells, dataset, group, look, 0, cell, err);
    if (status == ASSAY_OK && set == 1 && dimension_count > 0)
        status = add_to_total(cells, cell, err);
    if (status == ASSAY_OK && set > 0 && set <= dimension_count) {
        size_t length;
        const char *text = name_of(cells, set, cell->value, &length);
        status = assay__dataset_slice(dataset, set - 1, text, length, &slice, err);
    } else if (set > dimension_count) {
        slice = set - dimension_count; /* segments come behind the total */
    }
    if (status == ASSAY_OK && slice > 0)
        status = flush_into(cells, dataset, group, look, slice, cell, err);
    empty(cells, cell);
    return status;
}

/*
 * By value, so that the states of all groups of a slice lie side by side in the dataset: what the
 * analysis frees then serves again. Values are numbered as their first cells are made: slabs are
 * used up in their order, and what the dataset takes next may go there.
 */
static enum assay_status flush_set(struct assay__scan_cells *cells, struct assay_dataset *dataset,
                                   uint32_t number, bool is_last, struct assay_error *err)
{
    const struct assay__scan_set *set = &cells->sets[number];
    enum assay_status status = ASSAY_OK;
    for (uint32_t v = 0; status == ASSAY_OK && v < set->value_capacity; v++) {
        status = assay__halt_check(cells->layout->binding->halt, err);
        for (uint32_t g = 0; status == ASSAY_OK && g < set->span_capacity; g++) {
            struct assay__scan_cell *cell = set->rows[g] == NULL ? NULL : set->rows[g][v];
            if (cell != NULL && cell->units > 0)
                status = flush_cell(cells, dataset, number, cell, err);
        }
        if (is_last)
            assay__scan_cells_drop(cells, number, v);
    }
    return status;
}

enum assay_status assay__scan_cells_flush(struct assay__scan_cells *cells,
                                          struct assay_dataset *dataset, bool is_last,
                                          struct assay_error *err)
{
    enum assay_status status = ASSAY_OK;
    uint32_t set_count = cells->layout->set_count;
    for (uint32_t i = 1; status == ASSAY_OK && i <= set_count; i++) /* others add to the total */
        status = flush_set(cells, dataset, i % set_count, is_last, err);
    for (uint32_t m = 0; m < cells->layout->binding->plan->metric_count; m++) {
        if (cells->missing[m] > 0)
            assay__dataset_add_missing(dataset, m, cells->missing[m]);
        cells->missing[m] = 0;
    }
    return status;
}

enum assay_status assay__scan_cells_merge(struct assay__scan_cells *cells,
                                          struct assay__scan_cells *from,
                                          struct assay_dataset *dataset, struct assay_error *err)
{
    size_t bytes = cells->layout->number_count * sizeof *cells->scales;
    if (memcmp(cells->scales, from->scales, bytes) != 0)
        return assay__scan_cells_flush(from, dataset, true, err);
    return assay__scan_cells_take(cells, from, err);
}
