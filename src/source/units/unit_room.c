/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where units and what belongs to them lie in memory: blocks of units, chunks of bytes. */

#include "base/memory.h"
#include "source/units/unit_table_private.h"

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

struct assay__unit *assay__unit_table_at(const struct assay__unit_rules *rules,
                                         const struct assay__unit_table *table, size_t number)
{
    uint64_t *units = table->blocks[number / ASSAY__UNIT_BLOCK]->units;
    size_t words = rules->unit_bytes / sizeof *units;
    return (void *)(units + number % ASSAY__UNIT_BLOCK * words);
}
