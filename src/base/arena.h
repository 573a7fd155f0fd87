/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_BASE_ARENA_H
#define ASSAY_BASE_ARENA_H

#include <stddef.h>

#include "base/error.h"

/** struct assay__arena hands out memory that is freed all at once. Zero-initialise it. */
struct assay__arena {
    struct assay__arena_block *blocks;
};

/** assay__arena_alloc() returns zeroed memory aligned for any type, or NULL. */
void *assay__arena_alloc(struct assay__arena *arena, size_t size_bytes);

/** assay__arena_take() is the same, but the memory may hold anything. */
void *assay__arena_take(struct assay__arena *arena, size_t size_bytes);

/** assay__arena_array() is assay__arena_alloc(count * size_bytes), NULL when that overflows. */
void *assay__arena_array(struct assay__arena *arena, size_t count, size_t size_bytes);

/** assay__arena_copy() copies length bytes and ends them with a NUL; NULL without memory. */
char *assay__arena_copy(struct assay__arena *arena, const char *text, size_t length);

/** assay__arena_format() is sprintf into the arena; NULL without memory. */
char *assay__arena_format(struct assay__arena *arena, const char *format, ...) ASSAY__PRINTF(2, 3);

/** assay__arena_move() hands all that from has to into; from is empty and usable afterwards. */
void assay__arena_move(struct assay__arena *into, struct assay__arena *from);

/** assay__arena_release() frees everything; the arena is empty and usable afterwards. */
void assay__arena_release(struct assay__arena *arena);

#endif
