/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Units kept in memory by their id: repeated ones are found, caps and looks can wait. */
#include "source/units/unit_store.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/hash.h"
#include "source/units/row.h"

enum { BLOCK_BYTES = 1 << 20, LENGTH_BYTES_MAX = 5 };

struct store_block {
    struct store_block *next;
    size_t used, size;
    unsigned char bytes[];
};

enum assay_status assay__unit_store_init(struct assay__unit_store *store,
                                         const struct assay__binding *binding,
                                         struct assay_error *err)
{
    memset(store, 0, sizeof *store);
    store->binding = binding;
    store->kept_cells = calloc(binding->cell_count, sizeof *store->kept_cells);
    store->filter_cells = calloc((size_t)binding->filter_width + 1, sizeof *store->filter_cells);
    if (store->kept_cells == NULL || store->filter_cells == NULL)
        return assay__fail_memory(err);
    return ASSAY_OK;
}

void assay__unit_store_release(struct assay__unit_store *store)
{
    for (struct store_block *block = store->blocks; block != NULL;) {
        struct store_block *next = block->next;
        free(block);
        block = next;
    }
    free(store->units);
    free(store->slots);
    free(store->packed);
    free(store->kept_cells);
    free(store->filter_cells);
    memset(store, 0, sizeof *store);
}

/* Lengths are written seven bits to a byte, the last byte below 128. */
static unsigned char *put_length(unsigned char *at, uint32_t length)
{
    for (; length >= 128; length >>= 7)
        *at++ = (unsigned char)(length | 128);
    *at++ = (unsigned char)length;
    return at;
}

static const unsigned char *get_field(const unsigned char *at, struct assay__field *field)
{
    uint32_t length = *at & 127u;
    for (unsigned shift = 7; *at++ >= 128; shift += 7)
        length |= (*at & 127u) << shift;
    *field = (struct assay__field){(const char *)at, length, false, false};
    return at + length;
}

void assay__unit_store_cells(const struct assay__unit_store *store, const struct assay__unit *unit,
                             struct assay__field *cells)
{
    const unsigned char *at = unit->content;
    for (uint32_t i = 0; i < store->binding->cell_count; i++)
        at = get_field(at, &cells[i]);
}

static struct assay__field cell_of(const struct assay__unit_store *store,
                                   const unsigned char *content, uint32_t cell)
{
    struct assay__field field = {NULL, 0, false, false};
    for (uint32_t i = 0; i <= cell && i < store->binding->cell_count; i++)
        content = get_field(content, &field);
    return field;
}

/* Packs the row at hand; returns its length, 0 without memory. */
static size_t pack(struct assay__unit_store *store, const struct assay__field *cells)
{
    size_t most = 0;
    for (uint32_t i = 0; i < store->binding->cell_count; i++)
        most += (size_t)cells[i].length + LENGTH_BYTES_MAX;
    if (most > store->packed_capacity) {
        unsigned char *packed = realloc(store->packed, most * 2);
        if (packed == NULL)
            return 0;
        store->packed = packed;
        store->packed_capacity = most * 2;
    }
    unsigned char *at = store->packed;
    for (uint32_t i = 0; i < store->binding->cell_count; i++) {
        at = put_length(at, cells[i].length);
        if (cells[i].length > 0)
            memcpy(at, cells[i].text, cells[i].length);
        at += cells[i].length;
    }
    return (size_t)(at - store->packed);
}

/* Keeps a copy of the packed row; NULL without memory. */
static const unsigned char *keep(struct assay__unit_store *store, size_t length)
{
    struct store_block *block = store->blocks;
    if (block == NULL || block->size - block->used < length) {
        size_t size = length > BLOCK_BYTES ? length : BLOCK_BYTES;
        block = malloc(sizeof *block + size);
        if (block == NULL)
            return NULL;
        *block = (struct store_block){.next = store->blocks, .used = 0, .size = size};
        store->blocks = block;
    }
    unsigned char *copy = block->bytes + block->used;
    memcpy(copy, store->packed, length);
    block->used += length;
    return copy;
}

static bool same_bytes(struct assay__field a, struct assay__field b)
{
    return a.length == b.length && memcmp(a.text, b.text, a.length) == 0;
}

static bool grow_slots(struct assay__unit_store *store)
{
    size_t slot_count = store->slot_count == 0 ? 1024 : store->slot_count * 2;
    uint32_t *slots = calloc(slot_count, sizeof *slots);
    if (slots == NULL)
        return false;
    for (size_t i = 0; i < store->count; i++) {
        size_t slot = store->units[i].hash & (slot_count - 1);
        while (slots[slot] != 0)
            slot = (slot + 1) & (slot_count - 1);
        slots[slot] = (uint32_t)i + 1;
    }
    free(store->slots);
    store->slots = slots;
    store->slot_count = slot_count;
    return true;
}

/* The slot of a unit, or the free one where it belongs. Equal hashes are not taken on trust. */
static size_t slot_of(const struct assay__unit_store *store, uint64_t hash,
                      const struct assay__field *id)
{
    size_t slot = hash & (store->slot_count - 1);
    for (; store->slots[slot] != 0; slot = (slot + 1) & (store->slot_count - 1)) {
        const struct assay__unit *unit = &store->units[store->slots[slot] - 1];
        if (unit->hash == hash &&
            same_bytes(cell_of(store, unit->content, store->binding->unit), *id))
            break;
    }
    return slot;
}

static enum assay_status append(struct assay__unit_store *store, uint64_t hash, int64_t time_ns,
                                size_t length, struct assay_error *err)
{
    if (store->count == UINT32_MAX - 1)
        return assay__fail(err, ASSAY_ERROR_LIMIT, "More than %u units.", UINT32_MAX - 1);
    if (store->count == store->capacity) {
        size_t capacity = store->capacity == 0 ? 1024 : store->capacity * 2;
        struct assay__unit *units = realloc(store->units, capacity * sizeof *units);
        if (units == NULL)
            return assay__fail_memory(err);
        store->units = units;
        store->capacity = capacity;
    }
    const unsigned char *content = keep(store, length);
    if (content == NULL)
        return assay__fail_memory(err);
    store->units[store->count++] =
        (struct assay__unit){hash, time_ns, content, 1, false, false, false};
    return ASSAY_OK;
}

/* Whether two rows have the same numbers in all columns of metrics. */
static bool same_numbers(const struct assay__binding *binding, const struct assay__field *a,
                         const struct assay__field *b)
{
    for (uint32_t v = 0; v < binding->variable_count; v++) {
        const struct assay__variable *variable = &binding->variables[v];
        if (!assay__variable_same(variable, &binding->plan->dialect, &a[variable->cell],
                                  &b[variable->cell]))
            return false;
    }
    return true;
}

/* Whether two rows belong to the same slices: values of dimensions, filters of segments. */
static bool same_slices(struct assay__unit_store *store, const struct assay__field *a,
                        const struct assay__field *b)
{
    const struct assay__binding *binding = store->binding;
    for (uint32_t d = 0; d < binding->plan->dimension_count; d++)
        if (!same_bytes(a[binding->dimensions[d]], b[binding->dimensions[d]]))
            return false;
    for (uint32_t s = 0; s < binding->plan->segment_count; s++)
        if (assay__binding_in_segment(binding, s, a, store->filter_cells) !=
            assay__binding_in_segment(binding, s, b, store->filter_cells))
            return false;
    return true;
}

/* Takes a further row of a unit in: the earlier one is kept, and what they disagree in is marked.
 */
static enum assay_status merge(struct assay__unit_store *store, struct assay__unit *unit,
                               int64_t time_ns, const struct assay__field *cells, size_t length,
                               struct assay_error *err)
{
    const struct assay__binding *binding = store->binding;
    struct assay__field *kept = store->kept_cells;
    assay__unit_store_cells(store, unit, kept);
    unit->rows++;
    if (!same_bytes(kept[binding->group], cells[binding->group]))
        unit->in_two_groups = true;
    if (!same_numbers(binding, kept, cells))
        unit->differs = true;
    if (time_ns == unit->time_ns && !same_slices(store, kept, cells))
        unit->is_unclear = true;
    if (time_ns >= unit->time_ns)
        return ASSAY_OK;
    const unsigned char *content = keep(store, length);
    if (content == NULL)
        return assay__fail_memory(err);
    unit->content = content;
    unit->time_ns = time_ns;
    unit->is_unclear = false;
    return ASSAY_OK;
}

enum assay_status assay__unit_store_add(struct assay__unit_store *store, int64_t time_ns,
                                        const struct assay__field *cells, struct assay_error *err)
{
    size_t length = pack(store, cells);
    if (length == 0)
        return assay__fail_memory(err);
    if (store->binding->unit == ASSAY__UNBOUND)
        return append(store, 0, time_ns, length, err);
    if (store->count * 2 >= store->slot_count && !grow_slots(store))
        return assay__fail_memory(err);
    const struct assay__field *id = &cells[store->binding->unit];
    uint64_t hash = assay__hash(id->text, id->length);
    size_t slot = slot_of(store, hash, id);
    if (store->slots[slot] != 0)
        return merge(store, &store->units[store->slots[slot] - 1], time_ns, cells, length, err);
    enum assay_status status = append(store, hash, time_ns, length, err);
    if (status == ASSAY_OK)
        store->slots[slot] = (uint32_t)store->count;
    return status;
}
