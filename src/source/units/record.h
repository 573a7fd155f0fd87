/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_UNITS_RECORD_H
#define ASSAY_SOURCE_UNITS_RECORD_H

#include "source/units/bind.h"
#include "source/units/packed.h"
#include "source/units/word.h"

/** struct assay__reading is what a row of a unit gave to a channel. What it points to is borrowed.
 */
struct assay__reading {
    int64_t time_ns;
    uint64_t word;    /* 0 where the channel has no number */
    const char *text; /* of ASSAY__VARIABLE_TEXT */
    uint32_t channel, length;
};

/** assay__record_put() packs an event: channel, time and value. False without memory. */
bool assay__record_put(const struct assay__binding *binding, const struct assay__reading *event,
                       struct assay__pack *pack);

/**
 * assay__record_get() reads a packed event; long numbers and texts are borrowed from at. Returns
 * the end of the record.
 */
const unsigned char *assay__record_get(const struct assay__binding *binding,
                                       const unsigned char *at, struct assay__reading *event);

#endif
