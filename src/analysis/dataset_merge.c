/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Datasets added up. Counts are cumulative: where one has a look that the other lacks, the other
 * keeps what it had at its look before.
 */
#include <stdlib.h>
#include <string.h>

#include "analysis/dataset_read.h"
#include "base/error.h"
#include "base/halt.h"
#include "base/memory.h"

static void add_counts(struct assay_counts *into, const struct assay_counts *from)
{
    into->rows_read += from->rows_read;
    into->rows_used += from->rows_used;
    into->rows_bad += from->rows_bad;
    into->rows_after += from->rows_after;
    into->rows_duplicate += from->rows_duplicate;
    into->units_in_two_groups += from->units_in_two_groups;
    into->rows_in_two_groups += from->rows_in_two_groups;
    into->units_unclear += from->units_unclear;
    into->rows_unclear += from->rows_unclear;
    into->rows_no_group += from->rows_no_group;
    into->rows_no_unit += from->rows_no_unit;
    into->rows_left_out += from->rows_left_out;
    into->events_read += from->events_read;
    into->events_used += from->events_used;
    into->events_unexposed += from->events_unexposed;
    into->events_excluded += from->events_excluded;
    into->events_bad += from->events_bad;
    into->events_after += from->events_after;
    into->events_no_unit += from->events_no_unit;
}

static enum assay_status add_cell(struct assay_dataset *into, struct assay__cell *cell,
                                  const struct assay__cell *source, struct assay_error *err)
{
    enum assay_status status = ASSAY_OK;
    cell->units += source->units;
    for (uint32_t m = 0; status == ASSAY_OK && m < assay__dataset_plan(into)->metric_count; m++) {
        const struct assay_metric_plan *metric = &assay__dataset_plan(into)->metrics[m];
        if (source->states[m] == NULL)
            continue;
        status = assay__metric_state(metric, &cell->states[m], err);
        if (status == ASSAY_OK)
            status =
                assay__metric_accumulator(metric)->merge(cell->states[m], source->states[m], err);
    }
    return status;
}

/* Finds or adds in into what slice number slice of from is. */
static enum assay_status merge_slice(struct assay_dataset *into, const struct assay_dataset *from,
                                     uint32_t slice, uint32_t *index, struct assay_error *err)
{
    struct assay__slice_name name = assay__dataset_slice_name(from, slice);
    if (name.kind == ASSAY_SLICE_DIMENSION)
        return assay__dataset_slice(into, name.number, name.value, strlen(name.value), index, err);
    *index = slice;
    return ASSAY_OK;
}

/* struct look_map: all looks of both, in order of time, and what each is called in either. */
struct look_map {
    struct look_row {
        int64_t time_ns;
        uint32_t into, from; /* NONE: it has no such look */
    } * rows;
    uint32_t count;
};

#define NONE UINT32_MAX

static int compare_looks(const void *a, const void *b)
{
    const struct look_row *x = a, *y = b;
    return x->time_ns < y->time_ns ? -1 : x->time_ns > y->time_ns;
}

/* The looks of from are added to into; what from lacks stays NONE. */
static enum assay_status map_looks(struct assay_dataset *into, const struct assay_dataset *from,
                                   struct look_map *map, struct assay_error *err)
{
    uint32_t own = assay__dataset_look_count(into), other = assay__dataset_look_count(from);
    map->rows = assay__calloc((size_t)own + other + 1, sizeof *map->rows);
    if (map->rows == NULL)
        return assay__fail_memory(err);
    for (uint32_t i = 0; i < own; i++)
        map->rows[map->count++] = (struct look_row){assay__dataset_look_time(into, i), i, NONE};
    for (uint32_t i = 0; i < other; i++) {
        uint32_t number;
        int64_t time_ns = assay__dataset_look_time(from, i);
        enum assay_status status = assay__dataset_look(into, time_ns, &number, err);
        if (status != ASSAY_OK)
            return status;
        if (number == map->count)
            map->rows[map->count++] = (struct look_row){time_ns, number, NONE};
        map->rows[number].from = i;
    }
    qsort(map->rows, map->count, sizeof *map->rows, compare_looks);
    return ASSAY_OK;
}

/* The cell of a look, or that of the look before, which is kept. */
static const struct assay__cell *cell_at(const struct assay_dataset *dataset, uint32_t slice,
                                         uint32_t look, uint32_t group,
                                         const struct assay__cell *before)
{
    const struct assay__cell *cell =
        look == NONE ? NULL : assay__dataset_find(dataset, slice, look, group);
    return cell != NULL ? cell : before;
}

/* Gives into a cell at the looks it lacked, with what it had at the look before. */
static enum assay_status fill_looks(struct assay_dataset *into, const struct look_map *map,
                                    uint32_t slice, uint32_t group, struct assay_error *err)
{
    const struct assay__cell *before = NULL;
    enum assay_status status = ASSAY_OK;
    for (uint32_t i = 0; status == ASSAY_OK && i < map->count; i++) {
        struct assay__cell *cell;
        const struct assay__cell *own = assay__dataset_find(into, slice, map->rows[i].into, group);
        if (own == NULL && before != NULL) {
            status = assay__dataset_cell(into, slice, map->rows[i].into, group, &cell, err);
            if (status == ASSAY_OK)
                status = add_cell(into, cell, before, err);
        }
        before = own != NULL ? own : before;
    }
    return status;
}

static enum assay_status add_series(struct assay_dataset *into, const struct assay_dataset *from,
                                    const struct look_map *map, uint32_t slice, uint32_t group,
                                    struct assay_error *err)
{
    const struct assay__cell *source = NULL;
    const char *id = assay__dataset_group_id(from, group);
    uint32_t own_slice = 0, own_group = 0;
    enum assay_status status = ASSAY_OK;
    bool is_placed = false;
    for (uint32_t i = 0; status == ASSAY_OK && i < map->count; i++) {
        struct assay__cell *cell;
        source = cell_at(from, slice, map->rows[i].from, group, source);
        if (source == NULL)
            continue;
        if (!is_placed) {
            is_placed = true;
            status = merge_slice(into, from, slice, &own_slice, err);
            if (status == ASSAY_OK)
                status = assay__dataset_group(into, id, strlen(id), &own_group, err);
        }
        if (status == ASSAY_OK)
            status = assay__dataset_cell(into, own_slice, map->rows[i].into, own_group, &cell, err);
        if (status == ASSAY_OK)
            status = add_cell(into, cell, source, err);
    }
    return status;
}

static enum assay_status add_cells(struct assay_dataset *into, const struct assay_dataset *from,
                                   struct assay__halt *halt, struct assay_error *err)
{
    struct look_map map = {NULL, 0};
    enum assay_status status = map_looks(into, from, &map, err);
    uint32_t slices = assay__dataset_slice_count(into), groups = assay__dataset_group_count(into);
    for (uint32_t s = 0; status == ASSAY_OK && map.count > 1 && s < slices; s++)
        for (uint32_t g = 0; status == ASSAY_OK && g < groups; g++) {
            status = fill_looks(into, &map, s, g, err);
            if (status == ASSAY_OK)
                status = assay__halt_check(halt, err);
        }
    slices = assay__dataset_slice_count(from);
    groups = assay__dataset_group_count(from);
    for (uint32_t s = 0; status == ASSAY_OK && s < slices; s++) {
        status = assay__halt_progress(halt, "merge", s, slices, err);
        for (uint32_t g = 0; status == ASSAY_OK && g < groups; g++)
            status = add_series(into, from, &map, s, g, err);
    }
    assay__free(map.rows);
    return status;
}

static enum assay_status add_notes(struct assay_dataset *into, const struct assay_dataset *from,
                                   struct assay_error *err)
{
    enum assay_status status = ASSAY_OK;
    for (uint32_t i = 0; status == ASSAY_OK && i < assay__dataset_note_count(from); i++) {
        enum assay_annotation_level level;
        int32_t metric;
        const char *text;
        assay__dataset_note_at(from, i, &level, &metric, &text);
        status = assay__dataset_note(into, level, metric, text, err);
    }
    return status;
}

static enum assay_status add_skipped(struct assay_dataset *into, const struct assay_dataset *from,
                                     struct assay_error *err)
{
    const struct assay__counter *skipped = assay__dataset_skipped(from);
    enum assay_status status = ASSAY_OK;
    for (uint32_t i = 0; status == ASSAY_OK && i < skipped->names.count; i++)
        status = assay__dataset_skip(into, skipped->names.keys[i].bytes,
                                     skipped->names.keys[i].length, skipped->counts[i], err);
    return status;
}

/*
 * Nothing is added when an input is in both. Events may belong to several parts, which have other
 * exposures; rows of exposures do not.
 */
static enum assay_status check_inputs(const struct assay_dataset *into,
                                      const struct assay_dataset *from, struct assay_error *err)
{
    for (uint32_t i = 0; i < assay__dataset_input_count(from); i++) {
        struct assay__input input = assay__dataset_input_at(from, i);
        if (input.events[0] == '\0' && assay__dataset_has_input(into, from, i))
            return assay__fail(err, ASSAY_ERROR_DATA,
                               "An input of %llu rows is in both datasets: its rows would count "
                               "twice.",
                               (unsigned long long)input.rows);
    }
    return ASSAY_OK;
}

static enum assay_status add_inputs(struct assay_dataset *into, const struct assay_dataset *from,
                                    struct assay_error *err)
{
    enum assay_status status = check_inputs(into, from, err);
    if (status == ASSAY_OK && !assay__dataset_is_sealed(from))
        assay__dataset_unseal(into);
    for (uint32_t i = 0; status == ASSAY_OK && i < assay__dataset_input_count(from); i++) {
        struct assay__input input = assay__dataset_input_at(from, i);
        bool is_known;
        status = assay__dataset_input(into, &input, &is_known, err);
    }
    return status;
}

enum assay_status assay_dataset_merge(struct assay_dataset *into, const struct assay_dataset *from,
                                      struct assay_error *err)
{
    if (assay__dataset_plan(into) != assay__dataset_plan(from))
        return assay__fail(err, ASSAY_ERROR_USAGE, "Datasets of different plans do not merge.");
    if (into == from)
        return assay__fail(err, ASSAY_ERROR_USAGE,
                           "A dataset is not merged with itself: all of it would count twice.");
    struct assay__halt halt;
    assay__halt_begin(&halt, NULL);
    enum assay_status status = add_inputs(into, from, err);
    if (status == ASSAY_OK)
        status = add_cells(into, from, &halt, err);
    if (status == ASSAY_OK)
        status = add_notes(into, from, err);
    if (status == ASSAY_OK)
        status = add_skipped(into, from, err);
    assay__halt_end(&halt);
    if (status != ASSAY_OK)
        return status;
    struct assay_counts counts = assay_dataset_counts(from);
    add_counts(assay__dataset_mutable_counts(into), &counts);
    assay__dataset_observe(into, assay__dataset_latest(from));
    for (uint32_t m = 0; m < assay__dataset_plan(into)->metric_count; m++)
        assay__dataset_add_missing(into, m, assay__dataset_missing(from, m));
    return ASSAY_OK;
}
