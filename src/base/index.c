/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Texts numbered in the order in which they were first seen. */
#include "base/index.h"

#include <string.h>

#include "base/hash.h"
#include "base/memory.h"

enum { SLOTS_FEW = 4096 };

/* The slot that holds the key, or the free slot where it belongs. */
static inline uint32_t slot_of(const struct assay__index *index, const void *key, size_t length,
                               uint64_t hash)
{
    uint32_t mask = index->slot_count - 1;
    uint32_t slot = (uint32_t)hash & mask;
    while (index->slots[slot] != 0) {
        const struct assay__index_key *other = &index->keys[index->slots[slot] - 1];
        if (other->hash == hash && other->length == length &&
            (length == 0 || memcmp(other->bytes, key, length) == 0))
            break;
        slot = (slot + 1) & mask;
    }
    return slot;
}

bool assay__index_find(const struct assay__index *index, const void *key, size_t length,
                       uint32_t *number)
{
    if (index->slot_count == 0)
        return false;
    uint32_t slot = slot_of(index, key, length, assay__hash(key, length));
    if (index->slots[slot] == 0)
        return false;
    *number = index->slots[slot] - 1;
    return true;
}

/* Twice as many slots, or four times where they are few; false without memory. */
static bool grow_slots(struct assay__index *index)
{
    uint32_t slot_count =
        index->slot_count == 0 ? 16 : index->slot_count * (index->slot_count < SLOTS_FEW ? 4 : 2);
    if (slot_count == 0)
        return false;
    uint32_t *slots = assay__calloc(slot_count, sizeof *slots);
    if (slots == NULL)
        return false;
    for (uint32_t i = 0; i < index->count; i++) {
        uint32_t slot = (uint32_t)index->keys[i].hash & (slot_count - 1);
        while (slots[slot] != 0)
            slot = (slot + 1) & (slot_count - 1);
        slots[slot] = i + 1;
    }
    assay__free(index->slots);
    index->slots = slots;
    index->slot_count = slot_count;
    return true;
}

static bool grow_keys(struct assay__index *index)
{
    uint32_t capacity = index->capacity == 0 ? 8 : index->capacity * 2;
    struct assay__index_key *keys = assay__realloc(index->keys, capacity * sizeof *keys);
    if (keys == NULL)
        return false;
    index->keys = keys;
    index->capacity = capacity;
    return true;
}

enum assay_status assay__index_add(struct assay__index *index, const void *key, size_t length,
                                   uint32_t limit, uint32_t *number, struct assay_error *err)
{
    uint64_t hash = assay__hash(key, length);
    uint32_t slot = index->slot_count == 0 ? 0 : slot_of(index, key, length, hash);
    if (index->slot_count > 0 && index->slots[slot] != 0) {
        *number = index->slots[slot] - 1;
        return ASSAY_OK;
    }
    if (index->count >= limit)
        return assay__fail(err, ASSAY_ERROR_LIMIT, "More than %u distinct values.", limit);
    if (index->count >= index->slot_count / 2) {
        if (!grow_slots(index))
            return assay__fail_memory(err);
        slot = slot_of(index, key, length, hash);
    }
    if (index->count == index->capacity && !grow_keys(index))
        return assay__fail_memory(err);
    char *copy = assay__arena_copy(&index->arena, key, length);
    if (copy == NULL)
        return assay__fail_memory(err);
    index->keys[index->count] = (struct assay__index_key){copy, length, hash};
    *number = index->count++;
    index->slots[slot] = index->count;
    return ASSAY_OK;
}

void assay__index_release(struct assay__index *index)
{
    assay__arena_release(&index->arena);
    assay__free(index->keys);
    assay__free(index->slots);
    memset(index, 0, sizeof *index);
}
