/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cells of one worker, found by small numbers, and their way into the dataset. */
#include "source/scan/scan_cells.h"

#include <string.h>

#include "base/memory.h"
#include "source/scan/scan_sums.h"
#include "source/units/look_ends.h"
#include "stats/moments.h"
#include "stats/moments_block.h"

enum assay_status assay__scan_cells_init(struct assay__scan_cells *cells,
                                         const struct assay__scan_layout *layout,
                                         struct assay_error *err)
{
    memset(cells, 0, sizeof *cells);
    cells->layout = layout;
    const struct assay_plan *plan = layout->binding->plan;
    struct assay__arena *arena = &cells->arena;
    cells->values = assay__arena_array(arena, layout->set_count, sizeof *cells->values);
    cells->sets = assay__arena_array(arena, layout->set_count, sizeof *cells->sets);
    cells->scales = assay__arena_array(arena, layout->binding->variable_count + (size_t)1,
                                       sizeof *cells->scales);
    cells->missing = assay__arena_array(arena, plan->metric_count, sizeof *cells->missing);
    if (cells->values == NULL || cells->sets == NULL || cells->scales == NULL ||
        cells->missing == NULL)
        return assay__fail_memory(err);
    return ASSAY_OK;
}

static void release_cell(struct assay__scan_cell *cell)
{
    if (cell == NULL)
        return;
    for (struct assay__scan_pattern *at = cell->patterns, *next; at != NULL; at = next) {
        next = at->next;
        assay__free(at);
    }
    assay__free(cell);
}

void assay__scan_cells_release(struct assay__scan_cells *cells)
{
    bool is_made = cells->sets != NULL && cells->values != NULL;
    uint32_t set_count = is_made ? cells->layout->set_count : 0;
    for (uint32_t s = 0; s < set_count; s++) {
        struct assay__scan_set *set = &cells->sets[s];
        for (uint32_t g = 0; g < set->span_capacity; g++) {
            for (uint32_t v = 0; set->rows[g] != NULL && v < set->value_capacity; v++)
                release_cell(set->rows[g][v]);
            assay__free(set->rows[g]);
        }
        assay__free(set->rows);
        assay__names_release(&cells->values[s]);
    }
    assay__names_release(&cells->groups);
    assay__names_release(&cells->looks);
    assay__names_release(&cells->spans);
    assay__arena_release(&cells->arena);
    memset(cells, 0, sizeof *cells);
}

/* Makes room for a span and a value. */
static bool cover(struct assay__scan_set *set, uint32_t span, uint32_t value)
{
    if (value >= set->value_capacity) {
        uint32_t capacity = value * 2 + 1;
        for (uint32_t g = 0; g < set->span_capacity; g++) {
            if (set->rows[g] == NULL)
                continue;
            struct assay__scan_cell **row = assay__realloc(set->rows[g], capacity * sizeof *row);
            if (row == NULL)
                return false;
            memset(row + set->value_capacity, 0, (capacity - set->value_capacity) * sizeof *row);
            set->rows[g] = row;
        }
        set->value_capacity = capacity;
    }
    if (span >= set->span_capacity) {
        uint32_t capacity = span * 2 + 4;
        struct assay__scan_cell ***rows = assay__realloc(set->rows, capacity * sizeof *rows);
        if (rows == NULL)
            return false;
        memset(rows + set->span_capacity, 0, (capacity - set->span_capacity) * sizeof *rows);
        set->rows = rows;
        set->span_capacity = capacity;
    }
    if (set->rows[span] == NULL)
        set->rows[span] = assay__calloc(set->value_capacity, sizeof **set->rows);
    return set->rows[span] != NULL;
}

struct assay__scan_cell *assay__scan_cells_make(struct assay__scan_cells *cells, uint32_t set,
                                                uint32_t span, uint32_t value)
{
    struct assay__scan_set *at = &cells->sets[set];
    if (!cover(at, span, value))
        return NULL;
    size_t words = cells->layout->cell_words;
    at->rows[span][value] =
        assay__calloc(1, sizeof(struct assay__scan_cell) + words * sizeof(uint64_t));
    return at->rows[span][value];
}

struct assay__scan_pattern *assay__scan_cells_pattern(struct assay__scan_cells *cells,
                                                      struct assay__scan_cell *cell,
                                                      uint32_t metric, uint32_t mask)
{
    struct assay__scan_pattern *at = cell->patterns;
    while (at != NULL && (at->metric != metric || at->mask != mask))
        at = at->next;
    if (at != NULL)
        return at;
    struct assay__layout layout = cells->layout->metrics[metric].layout;
    layout.variables -= (uint32_t)__builtin_popcount(mask);
    at = assay__calloc(1, sizeof *at + assay__store_limbs(layout, 1) * sizeof(uint64_t));
    if (at == NULL)
        return NULL;
    *at = (struct assay__scan_pattern){cell->patterns, metric, mask, layout, 0};
    cell->patterns = at;
    return at;
}

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

/* Integers of so many limbs each, one behind the other; returns their end. */
static uint64_t *add_integers(uint64_t *into, const uint64_t **from, uint32_t count, uint32_t limbs)
{
    for (; count > 0; count--) {
        unsigned carry = 0;
        for (uint32_t i = 0; i < limbs; i++, into++, ++*from) {
            uint64_t sum;
            bool wraps = __builtin_add_overflow(*into, **from, &sum);
            carry = __builtin_add_overflow(sum, carry, into) || wraps;
        }
    }
    return into;
}

/* Adds sums of a layout, as a store of width 1 has them: no total of them leaves its limbs. */
static void add_sums(uint64_t *into, const uint64_t *from, struct assay__layout layout)
{
    uint32_t p = layout.variables;
    into = add_integers(into, &from, p, 2);
    into = add_integers(into, &from, p * (p + 1) / 2, 3);
    add_integers(into, &from, layout.thirds, 4);
}

/* Adds a cell of the first dimension to the total, which the rows themselves do not reach. */
static enum assay_status add_to_total(struct assay__scan_cells *cells, uint32_t span,
                                      const struct assay__scan_cell *cell, struct assay_error *err)
{
    struct assay__scan_cell *total = assay__scan_cells_at(cells, 0, span, 0);
    if (total == NULL)
        return assay__fail_memory(err);
    total->units += cell->units;
    for (uint32_t m = 0; m < cells->layout->binding->plan->metric_count; m++) {
        const struct assay__scan_metric *metric = &cells->layout->metrics[m];
        total->words[metric->words] += cell->words[metric->words];
        add_sums(total->words + metric->words + 1, cell->words + metric->words + 1, metric->layout);
    }
    for (const struct assay__scan_pattern *at = cell->patterns; at != NULL; at = at->next) {
        struct assay__scan_pattern *into =
            assay__scan_cells_pattern(cells, total, at->metric, at->mask);
        if (into == NULL)
            return assay__fail_memory(err);
        into->count += at->count;
        add_sums(into->limbs, at->limbs, at->layout);
    }
    return ASSAY_OK;
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

bool assay__scan_cells_span(struct assay__scan_cells *cells, uint32_t group, int64_t time_ns,
                            uint32_t *span)
{
    char text[16] = {0}; /* names are read 16 bytes at a time */
    uint32_t look;
    *span = group;
    if (cells->layout->look_ns == 0)
        return true;
    int64_t number = assay__look_number(cells->layout->binding->plan->granularity, time_ns);
    memcpy(text, &number, sizeof number);
    if (!assay__names_number(&cells->looks, &cells->arena, text, sizeof number, NULL, &look))
        return false;
    memcpy(text, &look, sizeof look);
    memcpy(text + sizeof look, &group, sizeof group);
    return assay__names_number(&cells->spans, &cells->arena, text, sizeof look + sizeof group, NULL,
                               span);
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
    uint32_t number = span;
    int64_t end = INT64_MIN;
    if (cells->layout->look_ns != 0) {
        uint32_t pair[2];
        int64_t look_number;
        memcpy(pair, cells->spans.by[span]->text, sizeof pair);
        memcpy(&look_number, cells->looks.by[pair[0]]->text, sizeof look_number);
        end = assay__look_end_of(plan->granularity, look_number);
        end = plan->has_as_of && plan->as_of_ns < end ? plan->as_of_ns : end;
        number = pair[1];
    }
    size_t length;
    const char *text = name_of(cells, 0, number, &length);
    enum assay_status status = assay__dataset_look(dataset, end, look, err);
    return status == ASSAY_OK ? assay__dataset_group(dataset, text, length, group, err) : status;
}

static enum assay_status flush_cell(struct assay__scan_cells *cells, struct assay_dataset *dataset,
                                    uint32_t set, uint32_t span, uint32_t value,
                                    struct assay__scan_cell *cell, struct assay_error *err)
{
    uint32_t look, group, slice = 0, dimension_count = cells->layout->dimension_count;
    enum assay_status status = find_span(cells, dataset, span, &look, &group, err);
    if (status == ASSAY_OK && set == 0)
        status = flush_into(cells, dataset, group, look, 0, cell, err);
    if (status == ASSAY_OK && set == 1 && dimension_count > 0)
        status = add_to_total(cells, span, cell, err);
    if (status == ASSAY_OK && set > 0 && set <= dimension_count) {
        size_t length;
        const char *text = name_of(cells, set, value, &length);
        status = assay__dataset_slice(dataset, set - 1, text, length, &slice, err);
    } else if (set > dimension_count) {
        slice = set - dimension_count; /* segments come behind the total */
    }
    if (status == ASSAY_OK && slice > 0)
        status = flush_into(cells, dataset, group, look, slice, cell, err);
    empty(cells, cell);
    return status;
}

/* A cell that is done with is freed at once: what the dataset takes next may go there. */
static enum assay_status flush_at(struct assay__scan_cells *cells, struct assay_dataset *dataset,
                                  uint32_t set, uint32_t span, uint32_t value, bool is_last,
                                  struct assay_error *err)
{
    struct assay__scan_cell **row = cells->sets[set].rows[span];
    if (row == NULL || row[value] == NULL)
        return ASSAY_OK;
    enum assay_status status = ASSAY_OK;
    if (row[value]->units > 0)
        status = flush_cell(cells, dataset, set, span, value, row[value], err);
    if (is_last) {
        release_cell(row[value]);
        row[value] = NULL;
    }
    return status;
}

enum assay_status assay__scan_cells_flush(struct assay__scan_cells *cells,
                                          struct assay_dataset *dataset, bool is_last,
                                          struct assay_error *err)
{
    enum assay_status status = ASSAY_OK;
    uint32_t set_count = cells->layout->set_count;
    for (uint32_t i = 1; i <= set_count; i++) { /* the total, to which others are added, is last */
        uint32_t s = i % set_count;
        const struct assay__scan_set *set = &cells->sets[s];
        for (uint32_t v = 0; v < set->value_capacity; v++)
            for (uint32_t g = 0; status == ASSAY_OK && g < set->span_capacity; g++)
                status = flush_at(cells, dataset, s, g, v, is_last, err);
    }
    for (uint32_t m = 0; m < cells->layout->binding->plan->metric_count; m++) {
        if (cells->missing[m] > 0)
            assay__dataset_add_missing(dataset, m, cells->missing[m]);
        cells->missing[m] = 0;
    }
    return status;
}
