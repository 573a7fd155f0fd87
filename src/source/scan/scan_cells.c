/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cells of one worker, found by small numbers. */
#include "source/scan/scan_cells.h"

#include <string.h>

#include "base/halt.h"
#include "base/memory.h"
#include "source/scan/scan_sums.h"
#include "source/units/look_ends.h"

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
    cells->scales =
        assay__arena_array(arena, layout->number_count + (size_t)1, sizeof *cells->scales);
    cells->missing = assay__arena_array(arena, plan->metric_count, sizeof *cells->missing);
    if (cells->values == NULL || cells->sets == NULL || cells->scales == NULL ||
        cells->missing == NULL)
        return assay__fail_memory(err);
    return ASSAY_OK;
}

/* The first slab of a set holds few cells; each later one holds twice as many, up to this size. */
enum { SLAB_CELLS_MIN = 4, SLAB_BYTES_MAX = 64 * 1024 };

static size_t cell_bytes(const struct assay__scan_cells *cells)
{
    return sizeof(struct assay__scan_cell) + cells->layout->cell_words * sizeof(uint64_t);
}

static struct assay__scan_cell *cell_in(const struct assay__scan_cells *cells,
                                        struct assay__scan_slab *slab, uint32_t number)
{
    return (void *)((char *)slab->cells + number * cell_bytes(cells));
}

/* Frees the first slab of a set, whose cells are not to be found any more. */
static void drop_slab(const struct assay__scan_cells *cells, struct assay__scan_set *set)
{
    struct assay__scan_slab *slab = set->first;
    for (uint32_t i = 0; i < slab->count; i++)
        for (struct assay__scan_pattern *at = cell_in(cells, slab, i)->patterns; at != NULL;) {
            struct assay__scan_pattern *next = at->next;
            assay__free(at);
            at = next;
        }
    set->first = slab->next;
    assay__free(slab);
}

void assay__scan_cells_drop(struct assay__scan_cells *cells, uint32_t set, uint32_t value)
{
    struct assay__scan_set *at = &cells->sets[set];
    struct assay__scan_slab *slab;
    while ((slab = at->first) != NULL) {
        while (slab->dropped < slab->count && cell_in(cells, slab, slab->dropped)->value <= value)
            slab->dropped++;
        if (slab->dropped < slab->count)
            break;
        drop_slab(cells, at);
    }
}

void assay__scan_cells_release(struct assay__scan_cells *cells)
{
    bool is_made = cells->sets != NULL && cells->values != NULL;
    uint32_t set_count = is_made ? cells->layout->set_count : 0;
    for (uint32_t s = 0; s < set_count; s++) {
        struct assay__scan_set *set = &cells->sets[s];
        assay__scan_cells_drop(cells, s, UINT32_MAX);
        for (uint32_t g = 0; g < set->span_capacity; g++)
            assay__free(set->rows[g]);
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

/* A slab behind the others of a set, each but the first as large as two of the one before it. */
static bool add_slab(const struct assay__scan_cells *cells, struct assay__scan_set *set)
{
    size_t most = SLAB_BYTES_MAX / cell_bytes(cells);
    size_t capacity = set->last == NULL ? SLAB_CELLS_MIN : (size_t)2 * set->last->capacity;
    capacity = capacity < most ? capacity : most > 0 ? most : 1;
    struct assay__scan_slab *slab = assay__malloc(sizeof *slab + capacity * cell_bytes(cells));
    if (slab == NULL)
        return false;
    *slab = (struct assay__scan_slab){.capacity = (uint32_t)capacity};
    *(set->first == NULL ? &set->first : &set->last->next) = slab;
    set->last = slab;
    return true;
}

struct assay__scan_cell *assay__scan_cells_make(struct assay__scan_cells *cells, uint32_t set,
                                                uint32_t span, uint32_t value)
{
    struct assay__scan_set *at = &cells->sets[set];
    bool is_full = at->last == NULL || at->last->count == at->last->capacity;
    if (!cover(at, span, value) || (is_full && !add_slab(cells, at)))
        return NULL;
    struct assay__scan_cell *cell = cell_in(cells, at->last, at->last->count++);
    memset(cell, 0, cell_bytes(cells));
    cell->span = span;
    cell->value = value;
    at->rows[span][value] = cell;
    return cell;
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

enum assay_status assay__scan_cell_add(struct assay__scan_cells *cells,
                                       struct assay__scan_cell *into,
                                       const struct assay__scan_cell *cell, struct assay_error *err)
{
    if (into == NULL)
        return assay__fail_memory(err);
    into->units += cell->units;
    for (uint32_t m = 0; m < cells->layout->binding->plan->metric_count; m++) {
        const struct assay__scan_metric *metric = &cells->layout->metrics[m];
        into->words[metric->words] += cell->words[metric->words];
        add_sums(into->words + metric->words + 1, cell->words + metric->words + 1, metric->layout);
    }
    for (const struct assay__scan_pattern *at = cell->patterns; at != NULL; at = at->next) {
        struct assay__scan_pattern *pattern =
            assay__scan_cells_pattern(cells, into, at->metric, at->mask);
        if (pattern == NULL)
            return assay__fail_memory(err);
        pattern->count += at->count;
        add_sums(pattern->limbs, at->limbs, at->layout);
    }
    return ASSAY_OK;
}

/* The span of a look's number and a group. */
static bool number_span(struct assay__scan_cells *cells, int64_t look_number, uint32_t group,
                        uint32_t *span)
{
    char text[16] = {0}; /* names are read 16 bytes at a time */
    uint32_t look;
    memcpy(text, &look_number, sizeof look_number);
    if (!assay__names_number(&cells->looks, &cells->arena, text, sizeof look_number, NULL, &look))
        return false;
    memcpy(text, &look, sizeof look);
    memcpy(text + sizeof look, &group, sizeof group);
    return assay__names_number(&cells->spans, &cells->arena, text, sizeof look + sizeof group, NULL,
                               span);
}

bool assay__scan_cells_span(struct assay__scan_cells *cells, uint32_t group, int64_t time_ns,
                            uint32_t *span)
{
    *span = group;
    if (cells->layout->look_ns == 0)
        return true;
    int64_t number = assay__look_number(cells->layout->binding->plan->granularity, time_ns);
    uint32_t place = ((uint32_t)number << 2 ^ group) % ASSAY__SPANS_RECENT;
    struct assay__scan_span *recent = &cells->recent[place];
    if (recent->span_1 == 0 || recent->look_number != number || recent->group != group) {
        if (!number_span(cells, number, group, span))
            return false;
        *recent = (struct assay__scan_span){number, group, *span + 1};
    }
    *span = recent->span_1 - 1;
    return true;
}

uint32_t assay__scan_cells_group(const struct assay__scan_cells *cells, uint32_t span,
                                 int64_t *look_number)
{
    uint32_t pair[2];
    *look_number = 0;
    if (cells->layout->look_ns == 0)
        return span;
    memcpy(pair, cells->spans.by[span]->text, sizeof pair);
    memcpy(look_number, cells->looks.by[pair[0]]->text, sizeof *look_number);
    return pair[1];
}

/* The number that a name of another worker has here. */
static bool number_name(struct assay__scan_cells *cells, struct assay__names *names,
                        const struct assay__name *name, uint32_t *number)
{
    char text[ASSAY__NAME_INLINE] = {0};
    if (name->length < sizeof text)
        memcpy(text, name->text, name->length);
    return assay__names_number(names, &cells->arena, name->length < sizeof text ? text : name->text,
                               name->length, NULL, number);
}

/* The cell here of a cell of another worker; NULL without memory. */
static struct assay__scan_cell *same_cell(struct assay__scan_cells *cells,
                                          const struct assay__scan_cells *from, uint32_t set,
                                          const struct assay__scan_cell *cell)
{
    int64_t look_number;
    uint32_t span, value = 0, group = assay__scan_cells_group(from, cell->span, &look_number);
    bool is_fine = number_name(cells, &cells->groups, from->groups.by[group], &span);
    if (is_fine && cells->layout->look_ns != 0)
        is_fine = number_span(cells, look_number, span, &span);
    if (is_fine && set > 0 && set <= cells->layout->dimension_count)
        is_fine = number_name(cells, &cells->values[set - 1], from->values[set - 1].by[cell->value],
                              &value);
    return is_fine ? assay__scan_cells_at(cells, set, span, value) : NULL;
}

enum assay_status assay__scan_cells_take(struct assay__scan_cells *cells,
                                         struct assay__scan_cells *from, struct assay_error *err)
{
    enum assay_status status = ASSAY_OK;
    for (uint32_t s = 0; s < cells->layout->set_count; s++)
        while (status == ASSAY_OK && from->sets[s].first != NULL) {
            struct assay__scan_slab *slab = from->sets[s].first;
            status = assay__halt_check(cells->layout->binding->halt, err);
            for (uint32_t i = 0; status == ASSAY_OK && i < slab->count; i++) {
                const struct assay__scan_cell *cell = cell_in(from, slab, i);
                if (cell->units > 0)
                    status =
                        assay__scan_cell_add(cells, same_cell(cells, from, s, cell), cell, err);
            }
            drop_slab(from, &from->sets[s]);
        }
    for (uint32_t m = 0; m < cells->layout->binding->plan->metric_count; m++) {
        cells->missing[m] += from->missing[m];
        from->missing[m] = 0;
    }
    return status;
}
