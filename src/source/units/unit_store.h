/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_UNITS_UNIT_STORE_H
#define ASSAY_SOURCE_UNITS_UNIT_STORE_H

#include "source/units/bind.h"

/**
 * struct assay__unit_store keeps rows until all are read: to find the rows of a unit wherever they
 * are, or because a cap depends on all values. Kept is what the plan uses of a row: its cells, each
 * as a length and bytes, packed. Of a unit's rows the earliest is kept. Where several are equally
 * early it does not matter which: either they say the same, or the unit is marked. So nothing
 * depends on the order of the rows.
 */
struct assay__unit {
    uint64_t hash;
    int64_t time_ns;              /* of the kept row */
    const unsigned char *content; /* the kept row */
    uint32_t rows;                /* of this unit */
    bool in_two_groups;
    bool differs;    /* rows of this unit have other numbers in the columns of metrics */
    bool is_unclear; /* its earliest rows belong to other slices */
};

struct assay__unit_store {
    const struct assay__binding *binding;
    struct assay__unit *units;
    size_t count, capacity;
    uint32_t *slots; /* unit number + 1; 0 is free; none without a unit column */
    size_t slot_count;
    struct store_block *blocks; /* packed rows */
    unsigned char *packed;      /* the row at hand */
    size_t packed_capacity;
    struct assay__field *kept_cells;   /* [cell_count]: the kept row of the unit at hand */
    struct assay__field *filter_cells; /* [filter_width] */
};

/** assay__unit_store_init() makes an empty store; release it also when this fails. */
enum assay_status assay__unit_store_init(struct assay__unit_store *store,
                                         const struct assay__binding *binding,
                                         struct assay_error *err);
void assay__unit_store_release(struct assay__unit_store *store);

/** assay__unit_store_add() takes a good row in. */
enum assay_status assay__unit_store_add(struct assay__unit_store *store, int64_t time_ns,
                                        const struct assay__field *cells, struct assay_error *err);

/** assay__unit_store_cells() unpacks a kept row: cells[binding->cell_count], borrowed. */
void assay__unit_store_cells(const struct assay__unit_store *store, const struct assay__unit *unit,
                             struct assay__field *cells);

#endif
