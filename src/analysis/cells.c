/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of a dataset's cells. Cells lie in chunks, each twice as large as the one before. */
#include "analysis/cells.h"

#include <string.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/memory.h"

enum { FIRST_CHUNK = 8, SLOTS_MIN = 16, SLOTS_FEW = 4096 };

/* Stands before each cell. */
struct key {
    uint32_t slice, look, group;
    uint32_t hash;
};

static inline struct key key_of(uint32_t slice, uint32_t look, uint32_t group)
{
    uint64_t name = ((uint64_t)slice << 32 | look) ^ assay__hash_seed();
    uint64_t hash = assay__hash_fold(name, UINT64_C(0xd6e8feb86659fd93) ^ (uint64_t)group << 1);
    return (struct key){slice, look, group, (uint32_t)hash};
}

static size_t entry_bytes(const struct assay__cells *cells)
{
    return sizeof(struct key) + sizeof(struct assay__cell) + cells->metric_count * sizeof(void *);
}

/* Chunk k begins with number FIRST_CHUNK (2^k - 1). */
static uint32_t chunk_of(uint32_t number)
{
    return 31u ^ (uint32_t)__builtin_clz(number / FIRST_CHUNK + 1);
}

static struct key *entry_at(const struct assay__cells *cells, uint32_t number)
{
    uint32_t chunk = chunk_of(number);
    uint32_t first = FIRST_CHUNK * ((1u << chunk) - 1);
    return (void *)((char *)cells->chunks[chunk] + (number - first) * entry_bytes(cells));
}

struct assay__cell *assay__cells_at(const struct assay__cells *cells, uint32_t number)
{
    return (void *)(entry_at(cells, number) + 1);
}

/* The slot that holds the key, or the free slot where it belongs. */
static inline uint32_t slot_of(const struct assay__cells *cells, struct key key)
{
    uint32_t mask = cells->slot_count - 1, slot = key.hash & mask;
    while (cells->slots[slot] != 0) {
        const struct key *at = entry_at(cells, cells->slots[slot] - 1);
        if (at->hash == key.hash && at->slice == key.slice && at->look == key.look &&
            at->group == key.group)
            break;
        slot = (slot + 1) & mask;
    }
    return slot;
}

struct assay__cell *assay__cells_find(const struct assay__cells *cells, uint32_t slice,
                                      uint32_t look, uint32_t group)
{
    if (cells->slot_count == 0)
        return NULL;
    uint32_t number = cells->slots[slot_of(cells, key_of(slice, look, group))];
    return number == 0 ? NULL : assay__cells_at(cells, number - 1);
}

/* Twice as many slots, or four times where they are few; false without memory. */
static bool grow_slots(struct assay__cells *cells)
{
    uint32_t slot_count = cells->slot_count * (cells->slot_count < SLOTS_FEW ? 4 : 2);
    slot_count = slot_count == 0 ? SLOTS_MIN : slot_count;
    uint32_t *slots = assay__calloc(slot_count, sizeof *slots);
    if (slots == NULL)
        return false;
    for (uint32_t i = 0; i < cells->count; i++) {
        uint32_t slot = entry_at(cells, i)->hash & (slot_count - 1);
        while (slots[slot] != 0)
            slot = (slot + 1) & (slot_count - 1);
        slots[slot] = i + 1;
    }
    assay__free(cells->slots);
    cells->slots = slots;
    cells->slot_count = slot_count;
    return true;
}

/* Room for one cell more behind the others, and a slot for it; NULL without memory. */
static struct key *prepare(struct assay__cells *cells)
{
    if (cells->count >= cells->slot_count / 2 && !grow_slots(cells))
        return NULL;
    if (cells->next != NULL && cells->next != cells->end)
        return cells->next;
    uint32_t chunk = chunk_of(cells->count);
    size_t bytes = ((size_t)FIRST_CHUNK << chunk) * entry_bytes(cells);
    cells->chunks[chunk] = cells->next = assay__malloc(bytes);
    if (cells->next != NULL)
        cells->end = (char *)cells->next + bytes;
    return cells->next;
}

/* An empty cell of a key that is not there; NULL without memory. */
static struct assay__cell *put_cell(struct assay__cells *cells, struct key key, uint32_t slot)
{
    uint32_t before = cells->slot_count;
    struct key *entry = prepare(cells);
    if (entry == NULL)
        return NULL;
    struct assay__cell *cell = (void *)(entry + 1);
    *entry = key;
    cell->units = 0;
    if (cells->metric_count > 0)
        cell->states[0] = NULL; /* most plans have few: clearing many is a call */
    for (uint32_t m = 1; m < cells->metric_count; m++)
        cell->states[m] = NULL;
    cells->next = cell->states + cells->metric_count;
    cells->slots[cells->slot_count == before ? slot : slot_of(cells, key)] = ++cells->count;
    cells->slice_end = key.slice < cells->slice_end ? cells->slice_end : key.slice + 1;
    return cell;
}

enum assay_status assay__cells_add(struct assay__cells *cells, uint32_t slice, uint32_t look,
                                   uint32_t group, struct assay__cell **cell,
                                   struct assay_error *err)
{
    struct key key = key_of(slice, look, group);
    uint32_t slot = cells->slot_count == 0 ? 0 : slot_of(cells, key);
    uint32_t number = cells->slot_count == 0 ? 0 : cells->slots[slot];
    if (number != 0) {
        *cell = assay__cells_at(cells, number - 1);
        return ASSAY_OK;
    }
    if (cells->count >= ASSAY__CELLS_MAX)
        return assay__fail(err, ASSAY_ERROR_LIMIT, "More than %d cells.", ASSAY__CELLS_MAX);
    *cell = put_cell(cells, key, slot);
    return *cell == NULL ? assay__fail_memory(err) : ASSAY_OK;
}

void assay__cells_trim(struct assay__cells *cells, uint32_t slice_count)
{
    if (cells->slice_end <= slice_count)
        return;
    struct assay__cells kept = {.metric_count = cells->metric_count};
    for (uint32_t i = 0; i < cells->count; i++) {
        struct key key = *entry_at(cells, i);
        const struct assay__cell *from = assay__cells_at(cells, i);
        struct assay__cell *to;
        if (key.slice >= slice_count)
            continue;
        if (assay__cells_add(&kept, key.slice, key.look, key.group, &to, NULL) != ASSAY_OK) {
            assay__cells_release(&kept);
            return;
        }
        memcpy(to, from, sizeof *to + cells->metric_count * sizeof *to->states);
    }
    assay__cells_release(cells);
    *cells = kept;
}

void assay__cells_free_states(struct assay__cells *cells, uint32_t metric,
                              void (*free_state)(void *state))
{
    size_t bytes = entry_bytes(cells);
    uint32_t left = cells->count, size = FIRST_CHUNK;
    for (uint32_t chunk = 0; left > 0; chunk++, size *= 2) {
        char *entry = cells->chunks[chunk];
        for (uint32_t i = 0; i < size && left > 0; i++, left--, entry += bytes) {
            struct assay__cell *cell = (void *)(entry + sizeof(struct key));
            if (cell->states[metric] != NULL)
                free_state(cell->states[metric]);
            cell->states[metric] = NULL;
        }
    }
}

void assay__cells_release(struct assay__cells *cells)
{
    for (uint32_t i = 0; i < ASSAY__CELL_CHUNKS; i++)
        assay__free(cells->chunks[i]);
    assay__free(cells->slots);
    memset(cells, 0, sizeof *cells);
}
