/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_UNITS_GATHER_H
#define ASSAY_SOURCE_UNITS_GATHER_H

#include "source/units/unit_table.h"

/**
 * struct assay__gather brings the rows of each unit together, wherever they are. They are kept in
 * memory as long as they fit; then in partitions by the hash of the unit, in a temporary file, and
 * each partition is gathered on its own when the units are visited, which partitions it again if
 * need be. What is visited is the same whatever the memory, but for the order of units.
 */
struct assay__gather_limits {
    size_t memory_bytes;
    const char *folder; /* of temporary files; borrowed */
};

struct assay__gather {
    const struct assay__binding *binding;
    struct assay__gather_limits limits;
    uint32_t level; /* 0: of all units; deeper: of a partition */
    struct assay__unit_table table;
    struct assay__spill *spill; /* NULL while everything is in the table */
    struct assay__pack packed;
    uint64_t unknown; /* rows of events of units without exposure */
};

/** assay__gather_init() begins; release it also when this fails. */
enum assay_status assay__gather_init(struct assay__gather *gather,
                                     const struct assay__binding *binding,
                                     const struct assay__gather_limits *limits, uint32_t level,
                                     struct assay_error *err);
void assay__gather_release(struct assay__gather *gather);

/** assay__gather_expose() takes in what a row says of its unit. */
enum assay_status assay__gather_expose(struct assay__gather *gather,
                                       const struct assay__exposure *exposure,
                                       struct assay_error *err);

/** assay__gather_happen() takes in what happened to a unit, after all exposures of the unit. */
enum assay_status assay__gather_happen(struct assay__gather *gather,
                                       const struct assay__happening *happening,
                                       struct assay_error *err);

/**
 * assay__gather_visit() visits all units; nothing is taken in any more after the first visit.
 * *unknown is the count of event rows of units that were never exposed.
 */
enum assay_status assay__gather_visit(struct assay__gather *gather, assay__unit_visit *visit,
                                      void *context, uint64_t *unknown, struct assay_error *err);

#endif
