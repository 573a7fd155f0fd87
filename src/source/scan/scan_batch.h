/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_SCAN_SCAN_BATCH_H
#define ASSAY_SOURCE_SCAN_SCAN_BATCH_H

#include "source/scan/scan_cells.h"

/** struct assay__scan_column: a variable of a batch. */
struct assay__scan_column {
    struct assay__mantissas numbers;
    uint32_t bits;                         /* bit length of the largest magnitude */
    uint32_t missing_count;                /* rows without a value */
    uint8_t is_missing[ASSAY__SCAN_BATCH]; /* meaningful when missing_count > 0 */
    uint32_t odd_count;                    /* of a batch: rows whose cell needs a careful look */
    uint32_t points;                       /* of files with semicolons: see assay__row_points() */
    bool has_plain; /* some cell so far was read the fast way: 1 and 0, or words like true */
};

/** struct assay__scan_batch: one worker's room for a batch, and where its sums go. */
struct assay__scan_batch {
    const struct assay__scan_layout *layout;
    struct assay__scan_cells cells;
    struct assay__field_index index;
    uint32_t *end_room;                        /* of index.ends, with one before the first */
    struct assay__fields fields;               /* of the column at hand */
    uint32_t last_ends[2 * ASSAY__SCAN_BATCH]; /* of the last column before CRLF */
    struct assay__scan_column *columns;        /* [variable_count] */
    uint32_t *values; /* [set * ASSAY__SCAN_BATCH + row]: group, dimensions */
    uint8_t is_careful[ASSAY__SCAN_BATCH];
    uint32_t careful_count;
    uint16_t rows[ASSAY__SCAN_BATCH]; /* rows by cell */
    uint32_t batch;                   /* number of this batch, for cells to know it by */
    struct assay__scan_cell *met[ASSAY__SCAN_BATCH];
    struct assay_dataset *dataset; /* for a flush when a scale grows */
    uint64_t rows_used;
    void (*lock)(void *context, bool locks); /* around each use of dataset */
    void *lock_context;
};

enum assay_status assay__scan_batch_init(struct assay__scan_batch *batch,
                                         const struct assay__scan_layout *layout,
                                         struct assay_dataset *dataset, struct assay_error *err);
void assay__scan_batch_release(struct assay__scan_batch *batch);

/**
 * assay__scan_batch_add() adds the first row_count rows of the index to the cells, but for those it
 * marks in is_careful: they count for nothing here.
 */
enum assay_status assay__scan_batch_add(struct assay__scan_batch *batch, const char *text,
                                        uint32_t row_count, struct assay_error *err);

#endif
