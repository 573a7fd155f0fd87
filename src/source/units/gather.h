/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_UNITS_GATHER_H
#define ASSAY_SOURCE_UNITS_GATHER_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/room.h"
#include "source/units/spill.h"
#include "source/units/unit_table.h"

/**
 * struct assay__gather brings the rows of each unit together, wherever they are: in parts, by the
 * hash of the unit, so that several threads can work on it. A part is kept in memory as long as all
 * fit; then in a partition of a temporary file, which is gathered on its own when the units are
 * visited, in parts again. What is visited is the same whatever the memory and the threads, but for
 * the order of units.
 */
enum {
    ASSAY__GATHER_MANY = ASSAY__ROOM(1024, 96) /* exposures or happenings taken in at once */
};

struct assay__gather_limits {
    size_t memory_bytes;
    const char *folder; /* of temporary files; borrowed */
};

struct assay__gather_part {
    pthread_mutex_t lock;
    struct assay__unit_table table;
    bool is_spilled;
};

struct assay__gather {
    const struct assay__binding *binding;
    struct assay__gather_limits limits;
    uint32_t level; /* 0: of all units; deeper: of a partition */
    struct assay__unit_rules own_rules;
    const struct assay__unit_rules *rules;
    struct assay__gather_part *parts; /* [ASSAY__SPILL_PARTS] */
    struct assay__spill spill;
    atomic_size_t bytes;   /* of all tables */
    atomic_bool is_full;   /* parts go to the file as they are touched */
    atomic_uint turn;      /* the part of the next unit without an id */
    atomic_ullong unknown; /* rows of events of units without exposure */
};

/** assay__gather_init() begins; release it also when this fails. */
enum assay_status assay__gather_init(struct assay__gather *gather,
                                     const struct assay__binding *binding,
                                     const struct assay__gather_limits *limits,
                                     struct assay_error *err);
void assay__gather_release(struct assay__gather *gather);

/** assay__gather_expose() takes in what rows say of their units: up to ASSAY__GATHER_MANY. */
enum assay_status assay__gather_expose(struct assay__gather *gather,
                                       const struct assay__exposure *exposures, uint32_t count,
                                       struct assay_error *err);

/** assay__gather_happen() takes in what happened to units, after all exposures of each unit. */
enum assay_status assay__gather_happen(struct assay__gather *gather,
                                       const struct assay__happening *happenings, uint32_t count,
                                       struct assay_error *err);

/**
 * assay__gather_end() ends what is taken in, before the first visit: with something in the file,
 * all is there, and visits have the memory for themselves. assay__gather_visit() visits the units
 * of a part, ASSAY__SPILL_PARTS of them, which several threads may do at once, each with a share of
 * the memory. *unknown grows by the count of event rows of units never exposed.
 */
enum assay_status assay__gather_end(struct assay__gather *gather, uint64_t *unknown,
                                    struct assay_error *err);
enum assay_status assay__gather_visit(struct assay__gather *gather, uint32_t part, uint32_t share,
                                      assay__unit_visit *visit, void *context, uint64_t *unknown,
                                      struct assay_error *err);

/** assay__gather_bytes() is what was gathered in memory; SIZE_MAX with a temporary file. */
static inline size_t assay__gather_bytes(const struct assay__gather *gather)
{
    return atomic_load(&gather->is_full) ? SIZE_MAX : atomic_load(&gather->bytes);
}

#endif
