/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_UNITS_UNIT_TABLE_PRIVATE_H
#define ASSAY_SOURCE_UNITS_UNIT_TABLE_PRIVATE_H

#include <pthread.h>

#include "source/units/unit_table.h"

/** What the files behind unit_table.h share. */
struct assay__byte_chunk {
    struct assay__byte_chunk *next;
    size_t used, size;
    unsigned char bytes[];
};

/** What rows of events look for and touch of a unit: one cache line with up to four numbers. */
struct assay__unit {
    uint64_t key[2]; /* the id; when it has more than 16 bytes, where it is, and its hash */
    int64_t first_ns;
    uint32_t id_length : 30, differs : 1, is_unclear : 1;
    uint32_t event_rows;
    uint64_t partials[]; /* [binding->partial_count] */
};

/** The rest of a unit, which only exposures touch. */
struct assay__unit_rest {
    int64_t second_ns;
    uint32_t group, rows;
    uint64_t content[]; /* [binding->content_words] */
};

enum { ASSAY__CACHE_LINE = 64 };

struct assay__unit_block {
    unsigned char *memory; /* of the pool: units, then their rests */
    struct assay__byte_chunk *log;
};

/** The number of a unit, from 1; 0 is free. The tag is half of its hash. */
struct assay__unit_slot {
    uint32_t unit, tag;
};

/** From which to which time after exposure some fold counts what a channel gives. */
struct assay__reach {
    bool has_times;
    int64_t from, to;
};

/** What one fold does with a row of its channel. */
struct assay__fold_step {
    int64_t from, to; /* nanoseconds after the exposure; INT64_MIN and INT64_MAX: no end */
    uint32_t partial; /* ASSAY__UNBOUND: rows are kept */
    bool counts, is_extreme, is_min;
};

/** assay__unit_at() is a unit by its number, and _rest_at() the rest of it. */
static inline struct assay__unit *assay__unit_at(const struct assay__unit_rules *rules,
                                                 const struct assay__unit_table *table,
                                                 size_t number)
{
    const struct assay__unit_block *block = &table->blocks[number / ASSAY__UNIT_BLOCK];
    return (void *)(block->memory + number % ASSAY__UNIT_BLOCK * rules->unit_bytes);
}

static inline struct assay__unit_rest *assay__unit_rest_at(const struct assay__unit_rules *rules,
                                                           const struct assay__unit_table *table,
                                                           size_t number)
{
    const struct assay__unit_block *block = &table->blocks[number / ASSAY__UNIT_BLOCK];
    return (void *)(block->memory + ASSAY__UNIT_BLOCK * rules->unit_bytes +
                    number % ASSAY__UNIT_BLOCK * rules->rest_bytes);
}

/** assay__unit_id() is the id of a unit. */
static inline const char *assay__unit_id(const struct assay__unit *unit)
{
    return unit->id_length <= ASSAY__KEY_INLINE ? (const char *)unit->key
                                                : (const char *)(uintptr_t)unit->key[0];
}

/**
 * assay__unit_reserve() is room for length bytes at the end of a list of chunks, which grow by
 * doubling up to most bytes; NULL without memory.
 */
unsigned char *assay__unit_reserve(struct assay__unit_table *table,
                                   struct assay__byte_chunk **chunks, size_t length, size_t most);

enum { ASSAY__SLOT_KINDS = 40 };

/**
 * struct assay__unit_pool is what blocks of units and large arrays of slots come from and go back
 * to, for all tables of a gather and of its partitions. Threads: any.
 */
struct assay__unit_pool {
    pthread_mutex_t lock;
    struct assay__unit_region *regions;
    unsigned char *at, *end; /* of the last region: what is left */
    /* What came back, each with the next one's address in it: blocks, arrays of 2^kind slots. */
    unsigned char *free, *arrays[ASSAY__SLOT_KINDS];
    size_t block_bytes, bytes;
};

void assay__unit_pool_init(struct assay__unit_pool *pool, size_t block_bytes);
void assay__unit_pool_release(struct assay__unit_pool *pool);

/** assay__unit_block_take() is a block that begins with a cache line; NULL without memory. */
unsigned char *assay__unit_block_take(struct assay__unit_pool *pool);
void assay__unit_block_give(struct assay__unit_pool *pool, unsigned char *block);

/** assay__unit_slots_make() makes free slots, a power of two; NULL without memory. */
struct assay__unit_slot *assay__unit_slots_make(struct assay__unit_pool *pool, size_t count);
void assay__unit_slots_free(struct assay__unit_pool *pool, struct assay__unit_slot *slots,
                            size_t count);

/** assay__unit_log() keeps an event of a unit in its block's log. */
enum assay_status assay__unit_log(const struct assay__unit_rules *rules,
                                  struct assay__unit_table *table, uint32_t number,
                                  const struct assay__reading *event, struct assay_error *err);

/** assay__unit_fold() adds an event to the unit's partial numbers; false when it must be kept. */
bool assay__unit_fold(const struct assay__unit_rules *rules, struct assay__unit *unit,
                      const struct assay__reading *event);

/** assay__unit_merge_partials() adds the partial numbers of another exposure of the unit. */
void assay__unit_merge_partials(const struct assay__unit_rules *rules, uint64_t *partials,
                                const uint64_t *from);

#endif
