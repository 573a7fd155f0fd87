/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where units and what belongs to them lie in memory: blocks of units, chunks of bytes. */

#include "base/memory.h"
#include "source/units/unit_table_private.h"

/* Tables of this many bytes, of which there are many, are worth huge pages. */
static const size_t HUGE_FROM = 512 * 1024;

unsigned char *assay__unit_reserve(struct assay__unit_table *table,
                                   struct assay__byte_chunk **chunks, size_t length, size_t most)
{
    struct assay__byte_chunk *chunk = *chunks;
    if (chunk == NULL || chunk->size - chunk->used < length) {
        size_t size = chunk == NULL ? 1024 : chunk->size * 2;
        size = size > most ? most : size;
        size = size < length ? length : size;
        chunk = assay__malloc(sizeof *chunk + size);
        if (chunk == NULL)
            return NULL;
        *chunk = (struct assay__byte_chunk){.next = *chunks, .size = size};
        *chunks = chunk;
        table->bytes += sizeof *chunk + size;
    }
    unsigned char *at = chunk->bytes + chunk->used;
    chunk->used += length;
    return at;
}

bool assay__unit_block_init(const struct assay__unit_rules *rules,
                            const struct assay__unit_table *table, struct assay__unit_block *block)
{
    size_t bytes =
        ASSAY__CACHE_LINE - 1 + ASSAY__UNIT_BLOCK * (rules->unit_bytes + rules->rest_bytes);
    *block = (struct assay__unit_block){.memory = assay__malloc(bytes)};
    if (block->memory != NULL && table->bytes >= HUGE_FROM)
        assay__memory_wish_huge(block->memory, bytes);
    return block->memory != NULL;
}

struct assay__unit_slot *assay__unit_slots_make(size_t count)
{
    struct assay__unit_slot *slots = assay__calloc(count, sizeof *slots);
    if (slots != NULL && count * sizeof *slots >= HUGE_FROM)
        assay__memory_wish_huge(slots, count * sizeof *slots);
    return slots;
}
