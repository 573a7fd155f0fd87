/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where units and what belongs to them lie in memory. Blocks of units come from regions that grow
 * up to some megabytes and are asked for in huge pages before they are touched: a table that is
 * read in no order waits for its pages as long as for its lines.
 */
#include <string.h>

#include "base/memory.h"
#include "source/units/unit_table_private.h"

enum { REGION_MAX = 32 << 20, HUGE_FROM = 4 << 20 };

struct assay__unit_region {
    struct assay__unit_region *next;
};

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

/* Whole cache lines. */
static size_t in_lines(size_t bytes)
{
    return (bytes + ASSAY__CACHE_LINE - 1) / ASSAY__CACHE_LINE * ASSAY__CACHE_LINE;
}

void assay__unit_pool_init(struct assay__unit_pool *pool, size_t block_bytes)
{
    memset(pool, 0, sizeof *pool);
    pthread_mutex_init(&pool->lock, NULL);
    pool->block_bytes = in_lines(block_bytes);
}

void assay__unit_pool_release(struct assay__unit_pool *pool)
{
    while (pool->regions != NULL) {
        struct assay__unit_region *next = pool->regions->next;
        assay__free(pool->regions);
        pool->regions = next;
    }
    if (pool->block_bytes > 0)
        pthread_mutex_destroy(&pool->lock);
    memset(pool, 0, sizeof *pool);
}

/* Pieces of memory that are free lie in lists, each with the address of the next one in it. */
static void push(unsigned char **list, unsigned char *piece)
{
    memcpy(piece, list, sizeof *list);
    *list = piece;
}

static unsigned char *pop(unsigned char **list)
{
    unsigned char *piece = *list;
    if (piece != NULL)
        memcpy(list, piece, sizeof *list);
    return piece;
}

/* Cuts memory into blocks that are free. */
static void cut(struct assay__unit_pool *pool, unsigned char *memory, size_t bytes)
{
    for (; bytes >= pool->block_bytes; memory += pool->block_bytes, bytes -= pool->block_bytes)
        push(&pool->free, memory);
}

/* Another region, as large as all before it, but within limits. */
static bool add_region(struct assay__unit_pool *pool, size_t least)
{
    size_t size = pool->bytes < REGION_MAX ? pool->bytes : REGION_MAX;
    size = in_lines(size < least ? least : size);
    struct assay__unit_region *region =
        assay__malloc(sizeof *region + ASSAY__CACHE_LINE - 1 + size);
    if (region == NULL)
        return false;
    if (size >= HUGE_FROM)
        assay__memory_wish_huge(region, sizeof *region + ASSAY__CACHE_LINE - 1 + size);
    cut(pool, pool->at, (size_t)(pool->end - pool->at));
    region->next = pool->regions;
    pool->regions = region;
    pool->bytes += size;
    pool->at = (unsigned char *)(region + 1);
    pool->at += -(uintptr_t)pool->at & (ASSAY__CACHE_LINE - 1);
    pool->end = pool->at + size;
    return true;
}

/* From the end of the last region; NULL without memory. */
static unsigned char *take(struct assay__unit_pool *pool, size_t bytes)
{
    bytes = in_lines(bytes);
    if ((size_t)(pool->end - pool->at) < bytes && !add_region(pool, bytes))
        return NULL;
    unsigned char *memory = pool->at;
    pool->at += bytes;
    return memory;
}

static size_t array_bytes(uint32_t kind)
{
    return sizeof(struct assay__unit_slot) << kind;
}

/* The smallest free array of at least 2^kind slots; ASSAY__SLOT_KINDS: there is none. */
static uint32_t find_array(const struct assay__unit_pool *pool, uint32_t kind)
{
    while (kind < ASSAY__SLOT_KINDS && pool->arrays[kind] == NULL)
        kind++;
    return kind;
}

/* A larger array is halved: blocks and slots of all tables take no more than at their peak. */
static unsigned char *take_array(struct assay__unit_pool *pool, uint32_t kind)
{
    uint32_t found = find_array(pool, kind);
    if (found == ASSAY__SLOT_KINDS)
        return take(pool, array_bytes(kind));
    unsigned char *array = pop(&pool->arrays[found]);
    while (found-- > kind)
        push(&pool->arrays[found], array + array_bytes(found));
    return array;
}

/* Arrays that nobody needs just now become blocks before memory is asked for. */
static unsigned char *take_block(struct assay__unit_pool *pool)
{
    uint32_t found = find_array(pool, 0);
    bool has_rest = (size_t)(pool->end - pool->at) >= pool->block_bytes;
    if (pool->free == NULL && !has_rest && found < ASSAY__SLOT_KINDS)
        cut(pool, pop(&pool->arrays[found]), array_bytes(found));
    unsigned char *block = pop(&pool->free);
    return block != NULL ? block : take(pool, pool->block_bytes);
}

unsigned char *assay__unit_block_take(struct assay__unit_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    unsigned char *block = take_block(pool);
    pthread_mutex_unlock(&pool->lock);
    return block;
}

void assay__unit_block_give(struct assay__unit_pool *pool, unsigned char *block)
{
    pthread_mutex_lock(&pool->lock);
    push(&pool->free, block);
    pthread_mutex_unlock(&pool->lock);
}

/* Slots that take less than a block are of no region. */
static bool are_few(const struct assay__unit_pool *pool, size_t count)
{
    return count * sizeof(struct assay__unit_slot) < pool->block_bytes;
}

static uint32_t kind_of(size_t count)
{
    return (uint32_t)__builtin_ctzll(count);
}

struct assay__unit_slot *assay__unit_slots_make(struct assay__unit_pool *pool, size_t count)
{
    if (are_few(pool, count))
        return assay__calloc(count, sizeof(struct assay__unit_slot));
    pthread_mutex_lock(&pool->lock);
    void *slots = take_array(pool, kind_of(count));
    pthread_mutex_unlock(&pool->lock);
    return slots == NULL ? NULL : memset(slots, 0, count * sizeof(struct assay__unit_slot));
}

void assay__unit_slots_free(struct assay__unit_pool *pool, struct assay__unit_slot *slots,
                            size_t count)
{
    if (are_few(pool, count)) {
        assay__free(slots);
        return;
    }
    pthread_mutex_lock(&pool->lock);
    push(&pool->arrays[kind_of(count)], (unsigned char *)slots);
    pthread_mutex_unlock(&pool->lock);
}
