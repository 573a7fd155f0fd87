/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_BASE_INDEX_H
#define ASSAY_BASE_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/**
 * struct assay__index numbers distinct byte strings 0, 1, 2, ... in order of appearance.
 * Zero-initialise it. Keys are copied and stay at their place as long as the index.
 */
struct assay__index {
    struct assay__index_key {
        const char *bytes; /* NUL-terminated copy */
        size_t length;
        uint64_t hash;
    } * keys;
    uint32_t count, capacity;
    uint32_t *slots; /* key number + 1; 0 is free */
    uint32_t slot_count;
    struct assay__arena arena;
};

/** assay__index_find() is true and gives the number when the key is there. */
bool assay__index_find(const struct assay__index *index, const void *key, size_t length,
                       uint32_t *number);

/** assay__index_add() finds or adds a key. ASSAY_ERROR_LIMIT when it would be number limit. */
enum assay_status assay__index_add(struct assay__index *index, const void *key, size_t length,
                                   uint32_t limit, uint32_t *number, struct assay_error *err);

void assay__index_release(struct assay__index *index);

#endif
