/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_UNITS_TALLY_H
#define ASSAY_SOURCE_UNITS_TALLY_H

#include "source/units/row.h"
#include "analysis/dataset.h"

/** struct assay__cap holds a metric's caps in force. */
struct assay__cap {
    bool has_lower, has_upper;
    struct assay_decimal lower, upper;
};

enum { ASSAY__MEMO_SIZE = 256 };

/** struct assay__memo remembers the numbers of names seen lately: a row costs no search then. */
struct assay__memo {
    struct {
        const char *name; /* owned by the tally's arena */
        uint32_t length, number;
    } entries[ASSAY__MEMO_SIZE];
};

/** struct assay__tally adds units to a dataset: one cell for each slice a unit belongs to. */
struct assay__tally {
    struct assay_dataset *dataset;
    const struct assay__binding *binding;
    uint32_t look;
    struct assay__cap *caps;     /* [metric_count] */
    struct assay__memo *memos;   /* [1 + dimension_count]: groups, then each dimension's values */
    struct assay__cell ***cells; /* [group_capacity][slice_capacity]; NULL until needed */
    uint32_t group_capacity, slice_capacity;
    uint32_t *slices; /* of the unit at hand: [1 + segment_count + dimension_count] */
    struct assay__field *filter_cells;
    struct assay__arena arena;
};

/** assay__tally_init() begins with the caps that the plan gives as values. Release it always. */
enum assay_status assay__tally_init(struct assay__tally *tally, struct assay_dataset *dataset,
                                    const struct assay__binding *binding, struct assay_error *err);
void assay__tally_release(struct assay__tally *tally);

/** assay__tally_set_cap() sets a cap that was found in the data; the digits are copied. */
enum assay_status assay__tally_set_cap(struct assay__tally *tally, uint32_t metric, bool is_upper,
                                       const struct assay_decimal *value, struct assay_error *err);

/** assay__tally_add() adds a unit: a good row and the cells it was read from. */
enum assay_status assay__tally_add(struct assay__tally *tally, const struct assay__row *row,
                                   const struct assay__field *cells, struct assay_error *err);

#endif
