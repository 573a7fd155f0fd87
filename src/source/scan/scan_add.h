/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_SCAN_SCAN_ADD_H
#define ASSAY_SOURCE_SCAN_SCAN_ADD_H

#include <pthread.h>

#include "source/scan/scan_cells.h"

/** struct assay__scan_column: a number of a batch's rows. */
struct assay__scan_column {
    struct assay__mantissas numbers;
    uint32_t bits;                         /* bit length of the largest magnitude */
    uint32_t missing_count;                /* rows without a value */
    uint8_t is_missing[ASSAY__SCAN_BATCH]; /* meaningful when missing_count > 0 */
    uint32_t points; /* of files with semicolons, so far: see assay__cell_points() */
    bool has_plain;  /* some cell so far was read the fast way: 1 and 0, or words like true */
};

/** enum assay__row_fate: what becomes of a row of a batch. */
enum assay__row_fate {
    ASSAY__FATE_USED,
    ASSAY__FATE_CAREFUL, /* for the careful way */
    ASSAY__FATE_LEFT_OUT,
    ASSAY__FATE_AFTER
};

#define ASSAY__VALUE_OUT UINT32_MAX /* of a segment: the row is not in it */

/**
 * struct assay__scan_adder: one worker's batch of rows as numbers, and the cells they are added to.
 */
struct assay__scan_adder {
    const struct assay__scan_layout *layout;
    struct assay__scan_cells cells;
    struct assay__scan_column *columns; /* [layout->number_count] */
    uint32_t *values;                   /* [set * ASSAY__SCAN_BATCH + row]: span, dimensions,
                                           segments (0 or ASSAY__VALUE_OUT) */
    int64_t times[ASSAY__SCAN_BATCH];   /* when a unit was first exposed; 0 without times */
    uint8_t fate[ASSAY__SCAN_BATCH];
    uint32_t careful_count;
    uint16_t rows[ASSAY__SCAN_BATCH]; /* rows by cell */
    uint32_t batch;                   /* number of this batch, for cells to know it by */
    struct assay__scan_cell *met[ASSAY__SCAN_BATCH];
    int64_t capped[ASSAY__SCAN_BATCH]; /* values of the metric at hand, within its caps */
    struct assay_dataset *dataset;     /* for a flush when a scale grows */
    pthread_mutex_t *lock;             /* around each use of dataset */
};

enum assay_status assay__scan_adder_init(struct assay__scan_adder *adder,
                                         const struct assay__scan_layout *layout,
                                         struct assay_dataset *dataset, pthread_mutex_t *lock,
                                         struct assay_error *err);
void assay__scan_adder_release(struct assay__scan_adder *adder);

/** assay__scan_adder_careful() marks a row for the careful way. */
static inline void assay__scan_adder_careful(struct assay__scan_adder *adder, uint32_t row)
{
    if (adder->fate[row] != ASSAY__FATE_USED)
        return;
    adder->fate[row] = ASSAY__FATE_CAREFUL;
    adder->careful_count++;
}

/** assay__scan_adder_flush() adds all sums to the dataset, under the lock. */
enum assay_status assay__scan_adder_flush(struct assay__scan_adder *adder, struct assay_error *err);

/**
 * assay__scan_adder_add() adds the rows whose fate is to be used. Before, it brings the mantissas
 * of the columns to one scale each; rows where that can't be become careful ones.
 */
enum assay_status assay__scan_adder_add(struct assay__scan_adder *adder, uint32_t row_count,
                                        struct assay_error *err);

#endif
