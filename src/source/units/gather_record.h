/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_UNITS_GATHER_RECORD_H
#define ASSAY_SOURCE_UNITS_GATHER_RECORD_H

#include "source/units/unit_table.h"

/** Exposures and happenings as bytes, for the temporary file. */

/** assay__exposure_put() packs an exposure in the place of what was there; false without memory. */
bool assay__exposure_put(const struct assay__binding *binding,
                         const struct assay__exposure *exposure, struct assay__pack *pack);

/** assay__happening_put() packs a happening in the place of what was there. */
bool assay__happening_put(const struct assay__binding *binding,
                          const struct assay__happening *happening, struct assay__pack *pack);

/** assay__record_is_exposure() tells which of the two a record is. */
bool assay__record_is_exposure(const unsigned char *record);

/** struct assay__record_room is where a record is unpacked to. */
struct assay__record_room {
    uint64_t *content;
    struct assay__reading *events;
    size_t capacity;
};

enum assay_status assay__record_room_init(struct assay__record_room *room,
                                          const struct assay__binding *binding,
                                          struct assay_error *err);
void assay__record_room_release(struct assay__record_room *room);

/** assay__exposure_get() unpacks an exposure; it borrows from the record and the room. */
void assay__exposure_get(const struct assay__binding *binding, const unsigned char *record,
                         struct assay__exposure *out, struct assay__record_room *room);

/** assay__happening_get() unpacks a happening; false without memory. */
bool assay__happening_get(const struct assay__binding *binding, const unsigned char *record,
                          size_t length, struct assay__happening *out,
                          struct assay__record_room *room);

#endif
