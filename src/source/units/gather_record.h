/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_UNITS_GATHER_RECORD_H
#define ASSAY_SOURCE_UNITS_GATHER_RECORD_H

#include "source/units/unit_table.h"

/** Exposures and happenings as bytes, for the temporary file. */

/** assay__exposure_put() packs an exposure in the place of what was there; false without memory. */
bool assay__exposure_put(const struct assay__binding *binding,
                         const struct assay__exposure *exposure, struct assay__pack *pack);

/** assay__happening_write() writes a happening to where there are so many bytes; its length. */
size_t assay__happening_bytes(const struct assay__happening *happening);
size_t assay__happening_write(const struct assay__happening *happening, unsigned char *out);

/** assay__happening_put() packs a happening in the place of what was there. */
bool assay__happening_put(const struct assay__happening *happening, struct assay__pack *pack);

/**
 * struct assay__record_batch: records unpacked, up to ASSAY__RECORDS_AT_ONCE of each kind. They
 * borrow from the bytes of the records, behind which 16 bytes may be read.
 */
enum { ASSAY__RECORDS_AT_ONCE = 1024 };

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
