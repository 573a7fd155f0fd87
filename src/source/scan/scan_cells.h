/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_SCAN_SCAN_CELLS_H
#define ASSAY_SOURCE_SCAN_SCAN_CELLS_H

#include "analysis/dataset.h"
#include "source/scan/scan_layout.h"
#include "source/scan/scan_names.h"

enum { ASSAY__SPANS_RECENT = 128 };

/** struct assay__scan_pattern: sums of vectors that miss the same covariates of a metric. */
struct assay__scan_pattern {
    struct assay__scan_pattern *next;
    uint32_t metric, mask;
    struct assay__layout layout;
    uint64_t count;
    uint64_t limbs[];
};

/** struct assay__scan_cell: the sums of a span in a slice, as far as one worker has read. */
struct assay__scan_cell {
    uint64_t units;
    uint32_t span, value;
    uint32_t batch, first, count; /* the batch that met it last, and its run of rows there */
    struct assay__scan_pattern *patterns;
    uint64_t words[]; /* [layout->cell_words]: of each metric its count and limbs */
};

/** struct assay__scan_slab: cells side by side, in the order in which they were made. */
struct assay__scan_slab {
    struct assay__scan_slab *next;
    uint32_t count, capacity;
    uint32_t dropped; /* cells from the first one on that are not needed any more */
    uint64_t cells[]; /* [capacity] of struct assay__scan_cell with its words */
};

/**
 * struct assay__scan_cells: every cell of one worker, and the names they go by. A span is a group
 * at a look; with a single look its number is the group's.
 */
struct assay__scan_cells {
    const struct assay__scan_layout *layout;
    struct assay__names groups;
    struct assay__names *values; /* [dimension] */
    struct assay__names looks;   /* the look's number counted from 1970, 8 bytes */
    struct assay__names spans;   /* the numbers of look and group, 8 bytes */
    struct assay__scan_span {
        int64_t look_number;
        uint32_t group, span_1;    /* the span's number + 1; 0: nothing */
    } recent[ASSAY__SPANS_RECENT]; /* spans that were found last, by the ends of their numbers */
    struct assay__scan_set {
        struct assay__scan_cell ***rows; /* [span_capacity][value_capacity] */
        uint32_t span_capacity, value_capacity;
        struct assay__scan_slab *first, *last; /* where the cells lie */
    } * sets;          /* [layout->set_count]: total and segments have one value, number 0 */
    int32_t *scales;   /* [layout->number_count]: minus the decimals of a number's mantissas */
    uint64_t *missing; /* [metric]: units without a value */
    struct assay__arena arena;
};

enum assay_status assay__scan_cells_init(struct assay__scan_cells *cells,
                                         const struct assay__scan_layout *layout,
                                         struct assay_error *err);
void assay__scan_cells_release(struct assay__scan_cells *cells);

/** assay__scan_cells_make() makes a cell that is not there; NULL without memory. */
struct assay__scan_cell *assay__scan_cells_make(struct assay__scan_cells *cells, uint32_t set,
                                                uint32_t span, uint32_t value);

/** assay__scan_cells_at() finds or makes a cell; NULL without memory. */
static inline struct assay__scan_cell *
assay__scan_cells_at(struct assay__scan_cells *cells, uint32_t set, uint32_t span, uint32_t value)
{
    const struct assay__scan_set *at = &cells->sets[set];
    if (span < at->span_capacity && value < at->value_capacity && at->rows[span] != NULL &&
        at->rows[span][value] != NULL)
        return at->rows[span][value];
    return assay__scan_cells_make(cells, set, span, value);
}

/** assay__scan_cells_pattern() finds or makes a pattern of a cell; NULL without memory. */
struct assay__scan_pattern *assay__scan_cells_pattern(struct assay__scan_cells *cells,
                                                      struct assay__scan_cell *cell,
                                                      uint32_t metric, uint32_t mask);

/**
 * assay__scan_cells_span() is the span of a group and a time, which is not looked at when there is
 * one look. False without memory.
 */
bool assay__scan_cells_span(struct assay__scan_cells *cells, uint32_t group, int64_t time_ns,
                            uint32_t *span);

/** assay__scan_cells_group() is the group of a span; *look_number: its look's number, or 0. */
uint32_t assay__scan_cells_group(const struct assay__scan_cells *cells, uint32_t span,
                                 int64_t *look_number);

/** assay__scan_cell_add() adds a cell to another; into NULL is want of memory. */
enum assay_status assay__scan_cell_add(struct assay__scan_cells *cells,
                                       struct assay__scan_cell *into,
                                       const struct assay__scan_cell *cell,
                                       struct assay_error *err);

/** assay__scan_cells_take() adds the cells of a worker with the same scales, and frees them. */
enum assay_status assay__scan_cells_take(struct assay__scan_cells *cells,
                                         struct assay__scan_cells *from, struct assay_error *err);

/**
 * assay__scan_cells_drop() tells that the cells of a set up to a value are not needed any more: its
 * first slabs with none but such are freed.
 */
void assay__scan_cells_drop(struct assay__scan_cells *cells, uint32_t set, uint32_t value);

/**
 * assay__scan_cells_flush() adds everything to a dataset and begins again with nothing. With
 * dimensions, whose values divide the units, the total is the sum of the first one's values.
 * is_last: cells are freed as they are used up, and only releasing is left. One thread at a time
 * for a dataset.
 */
enum assay_status assay__scan_cells_flush(struct assay__scan_cells *cells,
                                          struct assay_dataset *dataset, bool is_last,
                                          struct assay_error *err);

/**
 * assay__scan_cells_merge() adds everything to the cells of another worker, or to the dataset when
 * their numbers have other scales; from is then only to be released. So each cell reaches the
 * dataset once, and in the order of slices.
 */
enum assay_status assay__scan_cells_merge(struct assay__scan_cells *cells,
                                          struct assay__scan_cells *from,
                                          struct assay_dataset *dataset, struct assay_error *err);

#endif
