/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_ANALYSIS_CELLS_H
#define ASSAY_ANALYSIS_CELLS_H

#include "analysis/dataset.h"

enum {
    ASSAY__CELL_CHUNKS = 24, /* of 8, 16, 32 ... cells */
    ASSAY__CELLS_MAX = 50000000
};

/**
 * struct assay__cells: the cells of a dataset by slice, look and group, each at its place as long
 * as the table. Zero-initialise it and set metric_count. 100,000 slices have 200,000 cells: one of
 * one metric takes 32 bytes and its share of the slots.
 */
struct assay__cells {
    uint32_t metric_count, count;
    uint32_t slice_end; /* no cell is of this slice or a later one */
    uint32_t slot_count;
    uint32_t *slots; /* number + 1; 0 is free */
    void *chunks[ASSAY__CELL_CHUNKS];
    void *next, *end; /* of the last chunk: where the next cell goes, and its end */
};

/** assay__cells_find() is the cell, or NULL. */
struct assay__cell *assay__cells_find(const struct assay__cells *cells, uint32_t slice,
                                      uint32_t look, uint32_t group);

/** assay__cells_add() finds or makes a cell. ASSAY_ERROR_LIMIT when there are too many. */
enum assay_status assay__cells_add(struct assay__cells *cells, uint32_t slice, uint32_t look,
                                   uint32_t group, struct assay__cell **cell,
                                   struct assay_error *err);

/** assay__cells_at() is cell number 0 .. count - 1. */
struct assay__cell *assay__cells_at(const struct assay__cells *cells, uint32_t number);

/**
 * assay__cells_trim() forgets the cells of all slices from one on, whose states are freed. Cells
 * move; without memory nothing happens.
 */
void assay__cells_trim(struct assay__cells *cells, uint32_t slice_count);

/** assay__cells_free_states() frees what all cells have of a metric; they have nothing then. */
void assay__cells_free_states(struct assay__cells *cells, uint32_t metric,
                              void (*free_state)(void *state));

/** assay__cells_release() frees the table, not the states. */
void assay__cells_release(struct assay__cells *cells);

#endif
