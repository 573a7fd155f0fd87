/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_BASE_COUNTER_H
#define ASSAY_BASE_COUNTER_H

#include "base/index.h"

/** struct assay__counter holds a number for each of some byte strings. Zero-initialise it. */
struct assay__counter {
    struct assay__index names;
    uint64_t *counts; /* [names.count], by number in names */
    uint32_t capacity;
};

/**
 * assay__counter_at() finds or adds a name, with 0; *count is valid until the next call.
 * ASSAY_ERROR_LIMIT when the name would be number limit.
 */
enum assay_status assay__counter_at(struct assay__counter *counter, const void *name, size_t length,
                                    uint32_t limit, uint64_t **count, struct assay_error *err);

/** assay__counter_get() is a name's number; 0 for one that is not there. */
uint64_t assay__counter_get(const struct assay__counter *counter, const void *name, size_t length);

void assay__counter_release(struct assay__counter *counter);

#endif
