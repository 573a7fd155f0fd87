/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_SCAN_SCAN_GATHERED_H
#define ASSAY_SOURCE_SCAN_SCAN_GATHERED_H

#include "source/scan/scan_add.h"
#include "source/units/row.h"

/**
 * struct assay__scan_gathered adds gathered units to a dataset by columns, as a scan adds rows that
 * are units: for plans with a single look over all data. Numbers are the variables, then the folds.
 * One thread at a time; zero-initialise it.
 */
struct assay__scan_gathered {
    struct assay__scan_layout layout;
    struct assay__scan_adder adder;
    uint32_t count; /* units of the batch at hand */
    struct assay__gathered_number {
        int64_t value;
        uint32_t decimals;
        bool is_missing;
    } * numbers;        /* [layout.number_count], of the unit at hand */
    uint32_t *decimals; /* [layout.number_count], of all numbers in the batch */
    bool is_closed;     /* some cap is beyond all mantissas: every unit is added the careful way */
};

/**
 * assay__scan_gathered_takes() tells whether units of a plan can be added so: not when the sums of
 * all cells would be many megabytes.
 */
bool assay__scan_gathered_takes(const struct assay__tally *tally);

/**
 * assay__scan_gathered_init() makes ready to add to a tally's dataset, once all names are known;
 * release it also when this fails.
 *
 * @lock  around each use of the dataset
 */
enum assay_status assay__scan_gathered_init(struct assay__scan_gathered *gathered,
                                            const struct assay__tally *tally, pthread_mutex_t *lock,
                                            struct assay_error *err);
void assay__scan_gathered_release(struct assay__scan_gathered *gathered);

/**
 * assay__scan_gathered_add() adds a unit that counts, in all metrics. *is_taken is false when one
 * of its numbers is too long: then the unit is to be added the careful way.
 *
 * @folds  [fold_count] what its rows gave; NULL: its partial numbers say it
 */
enum assay_status assay__scan_gathered_add(struct assay__scan_gathered *gathered,
                                           const struct assay__exposure *unit,
                                           const struct assay__number *folds, bool *is_taken,
                                           struct assay_error *err);

/** assay__scan_gathered_end() brings what was added to the dataset. */
enum assay_status assay__scan_gathered_end(struct assay__scan_gathered *gathered,
                                           struct assay_error *err);

#endif
