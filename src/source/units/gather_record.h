/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_UNITS_GATHER_RECORD_H
#define ASSAY_SOURCE_UNITS_GATHER_RECORD_H

#include "base/room.h"
#include "source/units/spill.h"
#include "source/units/unit_table.h"

/**
 * assay__spill_exposure() and assay__spill_happening() add to a partition what is known of a unit,
 * and what happened to one. Threads: one for a partition.
 */
enum assay_status assay__spill_exposure(struct assay__spill *spill, uint32_t part,
                                        const struct assay__binding *binding,
                                        const struct assay__exposure *exposure,
                                        struct assay_error *err);
enum assay_status assay__spill_happening(struct assay__spill *spill, uint32_t part,
                                         const struct assay__happening *happening,
                                         struct assay_error *err);

/**
 * struct assay__record_batch: records unpacked, up to ASSAY__RECORDS_AT_ONCE of each kind. They
 * borrow from the bytes of the records, behind which 16 bytes may be read.
 */
enum { ASSAY__RECORDS_AT_ONCE = ASSAY__ROOM(1024, 32) };

struct assay__record_batch {
    const struct assay__binding *binding;
    struct assay__exposure *exposures;   /* [ASSAY__RECORDS_AT_ONCE] */
    struct assay__happening *happenings; /* [ASSAY__RECORDS_AT_ONCE] */
    uint32_t exposure_count, happening_count;
    uint64_t *content, *partials;  /* of exposures, one after the other */
    struct assay__reading *events; /* of happenings, one after the other */
    size_t event_count, capacity;
};

/** assay__record_batch_init() makes an empty one; release it also when this fails. */
enum assay_status assay__record_batch_init(struct assay__record_batch *batch,
                                           const struct assay__binding *binding,
                                           struct assay_error *err);
void assay__record_batch_release(struct assay__record_batch *batch);

/** assay__record_batch_clear() empties it; assay__record_batch_is_full(): another may not fit. */
void assay__record_batch_clear(struct assay__record_batch *batch);
bool assay__record_batch_is_full(const struct assay__record_batch *batch);

/** assay__record_batch_add() unpacks one more record; false without memory. */
bool assay__record_batch_add(struct assay__record_batch *batch, const unsigned char *record,
                             size_t length);

#endif
