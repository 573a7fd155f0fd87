/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Gathers the rows of units in memory: a hash table of units, and a log of their values. */
#include "source/units/unit_table.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/hash.h"

enum { FIRST_SLOTS = 1024, LONGEST_UNITS = UINT32_MAX - 1 };

struct assay__byte_chunk {
    struct assay__byte_chunk *next;
    size_t used, size;
    unsigned char bytes[];
};

struct assay__unit_block {
    struct assay__byte_chunk *log;
    struct assay__unit units[ASSAY__UNIT_BLOCK];
};

/* The number of a unit, from 1; 0 is free. The tag is half of its hash. */
struct assay__unit_slot {
    uint32_t unit, tag;
};

/* From which to which time after exposure some fold counts what a channel gives. */
struct assay__reach {
    bool has_times;
    int64_t from, to;
};

static void find_reach(const struct assay__binding *binding, struct assay__reach *reach)
{
    for (uint32_t c = 0; c < binding->channel_count; c++)
        reach[c] = (struct assay__reach){true, INT64_MAX, INT64_MIN};
    for (uint32_t f = 0; f < binding->fold_count; f++) {
        const struct assay__fold *fold = &binding->folds[f];
        struct assay__reach *of = &reach[fold->channel];
        of->has_times = of->has_times && fold->has_times;
        of->from = fold->from < of->from ? fold->from : of->from;
        of->to = fold->to > of->to ? fold->to : of->to;
    }
}

enum assay_status assay__unit_table_init(struct assay__unit_table *table,
                                         const struct assay__binding *binding, size_t chunk_bytes,
                                         struct assay_error *err)
{
    memset(table, 0, sizeof *table);
    table->binding = binding;
    table->chunk_bytes = chunk_bytes;
    table->reach = calloc((size_t)binding->channel_count + 1, sizeof *table->reach);
    if (table->reach == NULL)
        return assay__fail_memory(err);
    find_reach(binding, table->reach);
    return ASSAY_OK;
}

static void free_chunks(struct assay__byte_chunk *chunk)
{
    while (chunk != NULL) {
        struct assay__byte_chunk *next = chunk->next;
        free(chunk);
        chunk = next;
    }
}

static size_t block_count(const struct assay__unit_table *table)
{
    return (table->count + ASSAY__UNIT_BLOCK - 1) / ASSAY__UNIT_BLOCK;
}

void assay__unit_table_release(struct assay__unit_table *table)
{
    for (size_t b = 0; b < block_count(table); b++) {
        free_chunks(table->blocks[b]->log);
        free(table->blocks[b]);
    }
    free_chunks(table->packed);
    free(table->blocks);
    free(table->slots);
    free(table->reach);
    memset(table, 0, sizeof *table);
}

/* Room for length bytes at the end of a list of chunks, which grow by doubling; NULL without. */
static unsigned char *reserve(struct assay__unit_table *table, struct assay__byte_chunk **chunks,
                              size_t length)
{
    struct assay__byte_chunk *chunk = *chunks;
    if (chunk == NULL || chunk->size - chunk->used < length) {
        size_t size = chunk == NULL ? 2048 : chunk->size * 2;
        size = size > table->chunk_bytes ? table->chunk_bytes : size;
        size = size < length ? length : size;
        chunk = malloc(sizeof *chunk + size);
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

static struct assay__unit *unit_at(const struct assay__unit_table *table, size_t number)
{
    return &table->blocks[number / ASSAY__UNIT_BLOCK]->units[number % ASSAY__UNIT_BLOCK];
}

static bool has_id(const struct assay__unit *unit, const char *id, size_t length)
{
    const char *text;
    size_t have;
    assay__get_text(unit->packed, &text, &have);
    return have == length && memcmp(text, id, length) == 0;
}

/* The slot of a unit, or the free one where it belongs. */
static struct assay__unit_slot *slot_of(const struct assay__unit_table *table, uint64_t hash,
                                        const char *id, size_t length)
{
    uint32_t tag = (uint32_t)hash;
    size_t mask = table->slot_count - 1, place = tag & mask;
    for (; table->slots[place].unit != 0; place = (place + 1) & mask)
        if (table->slots[place].tag == tag &&
            has_id(unit_at(table, table->slots[place].unit - 1), id, length))
            break;
    return &table->slots[place];
}

/* Doubles the slots before more than three quarters are taken; false without memory. */
static bool need_slot(struct assay__unit_table *table)
{
    if (table->slots != NULL && (table->count + 1) * 4 <= table->slot_count * 3)
        return true;
    size_t count = table->slots == NULL ? FIRST_SLOTS : table->slot_count * 2, mask = count - 1;
    struct assay__unit_slot *slots = calloc(count, sizeof *slots);
    if (slots == NULL)
        return false;
    for (size_t i = 0; i < table->slot_count; i++) {
        if (table->slots[i].unit == 0)
            continue;
        size_t place = table->slots[i].tag & mask;
        while (slots[place].unit != 0)
            place = (place + 1) & mask;
        slots[place] = table->slots[i];
    }
    table->bytes += (count - table->slot_count) * sizeof *slots;
    free(table->slots);
    table->slots = slots;
    table->slot_count = count;
    return true;
}

static bool need_block(struct assay__unit_table *table)
{
    if (table->count % ASSAY__UNIT_BLOCK != 0)
        return true;
    size_t number = block_count(table);
    if (number == table->block_capacity) {
        size_t capacity = number * 2 + 16;
        struct assay__unit_block **blocks = realloc(table->blocks, capacity * sizeof *blocks);
        if (blocks == NULL)
            return false;
        table->blocks = blocks;
        table->block_capacity = capacity;
    }
    table->blocks[number] = malloc(sizeof *table->blocks[number]);
    if (table->blocks[number] == NULL)
        return false;
    table->blocks[number]->log = NULL;
    return true;
}

/* Adds a unit that is not there yet. Memory of a block is counted as its units come. */
static enum assay_status append(struct assay__unit_table *table, const struct assay__exposure *from,
                                struct assay_error *err)
{
    if (table->count >= LONGEST_UNITS)
        return assay__fail(err, ASSAY_ERROR_LIMIT, "More than %u units.", (unsigned)LONGEST_UNITS);
    size_t most = from->id_length + from->content_length + 2 * (size_t)ASSAY__PACKED_COUNT_MAX;
    unsigned char small[512], *packed = most <= sizeof small ? small : malloc(most);
    if (packed == NULL)
        return assay__fail_memory(err);
    unsigned char *end = assay__put_text(packed, from->id, from->id_length);
    end = assay__put_text(end, (const char *)from->content, from->content_length);
    size_t length = (size_t)(end - packed);
    unsigned char *kept = need_block(table) ? reserve(table, &table->packed, length) : NULL;
    if (kept != NULL)
        memcpy(kept, packed, length);
    if (packed != small)
        free(packed);
    if (kept == NULL)
        return assay__fail_memory(err);
    table->count++;
    table->bytes += sizeof(struct assay__unit);
    *unit_at(table, table->count - 1) =
        (struct assay__unit){from->first_ns, from->second_ns,  kept,          from->group,
                             from->rows,     from->event_rows, from->differs, from->is_unclear};
    return ASSAY_OK;
}

/* The slices of a content are of the same length in all: see assay__row_pack(). */
static size_t slices_length(const struct assay__binding *binding)
{
    return binding->plan->dimension_count * sizeof(uint32_t) +
           (binding->plan->segment_count + 7) / 8;
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Puts what is known of a unit and what comes to it together. */
static void merge(const struct assay__binding *binding, struct assay__unit *unit,
                  const struct assay__exposure *from)
{
    struct assay__exposure kept = assay__unit_exposure(unit);
    size_t slices = slices_length(binding);
    unit->rows += from->rows;
    unit->event_rows += from->event_rows;
    unit->differs =
        unit->differs || from->differs || kept.content_length != from->content_length ||
        memcmp(kept.content + slices, from->content + slices, kept.content_length - slices) != 0;
    bool same_slices = memcmp(kept.content, from->content, slices) == 0;
    bool is_earlier = from->first_ns < unit->first_ns;
    if (unit->group == from->group)
        unit->second_ns = earlier(unit->second_ns, from->second_ns);
    else if (is_earlier)
        unit->second_ns = earlier(from->second_ns, unit->first_ns);
    else
        unit->second_ns = earlier(unit->second_ns, from->first_ns);
    if (from->first_ns == unit->first_ns)
        unit->is_unclear = unit->is_unclear || from->is_unclear || !same_slices;
    if (!is_earlier)
        return;
    unit->is_unclear = from->is_unclear;
    unit->first_ns = from->first_ns;
    unit->group = from->group;
    memcpy(unit->packed + (kept.content - unit->packed), from->content, slices);
}

enum assay_status assay__unit_table_expose(struct assay__unit_table *table,
                                           const struct assay__exposure *exposure,
                                           struct assay_error *err)
{
    if (table->binding->sources[0].unit == ASSAY__UNBOUND)
        return append(table, exposure, err);
    if (!need_slot(table))
        return assay__fail_memory(err);
    struct assay__unit_slot *slot =
        slot_of(table, exposure->hash, exposure->id, exposure->id_length);
    if (slot->unit != 0) {
        merge(table->binding, unit_at(table, slot->unit - 1), exposure);
        return ASSAY_OK;
    }
    enum assay_status status = append(table, exposure, err);
    if (status == ASSAY_OK)
        *slot = (struct assay__unit_slot){(uint32_t)table->count, (uint32_t)exposure->hash};
    return status;
}

const unsigned char *assay__record_get(const unsigned char *at, uint32_t *channel, int64_t *time_ns)
{
    uint64_t number;
    at = assay__get_count(at, &number);
    *channel = (uint32_t)number;
    return assay__get_time(at, time_ns);
}

const unsigned char *assay__record_end(const struct assay__binding *binding, uint32_t channel,
                                       const unsigned char *value)
{
    const char *text;
    size_t length;
    struct assay_decimal number;
    switch (binding->channels[channel].variable.kind) {
    case ASSAY__VARIABLE_ROW:
    case ASSAY__VARIABLE_VALUE:
        return value;
    case ASSAY__VARIABLE_TEXT:
        return assay__get_text(value, &text, &length);
    default:
        (void)assay__get_number(&value, &number);
        return value;
    }
}

/* Whether some fold may count a record of this time: a unit's first exposure is known by then. */
static bool is_wanted(const struct assay__reach *reach, int64_t first_ns, int64_t time_ns)
{
    int64_t after;
    if (!reach->has_times)
        return true;
    if (__builtin_sub_overflow(time_ns, first_ns, &after))
        return reach->to == INT64_MAX && time_ns > first_ns;
    return after >= reach->from && (after < reach->to || reach->to == INT64_MAX);
}

enum assay_status assay__unit_table_happen(struct assay__unit_table *table,
                                           const struct assay__happening *happening, bool *is_known,
                                           struct assay_error *err)
{
    const struct assay__unit_slot *slot =
        table->slots == NULL ? NULL
                             : slot_of(table, happening->hash, happening->id, happening->id_length);
    *is_known = slot != NULL && slot->unit != 0;
    if (!*is_known)
        return ASSAY_OK;
    uint32_t number = slot->unit - 1;
    struct assay__unit *unit = unit_at(table, number);
    struct assay__unit_block *block = table->blocks[number / ASSAY__UNIT_BLOCK];
    unit->event_rows += happening->event_rows;
    const unsigned char *at = happening->records, *end = at + happening->length;
    while (at < end) {
        uint32_t channel;
        int64_t time_ns;
        const unsigned char *record = at, *value = assay__record_get(at, &channel, &time_ns);
        at = assay__record_end(table->binding, channel, value);
        if (!is_wanted(&table->reach[channel], unit->first_ns, time_ns))
            continue;
        size_t length = (size_t)(at - record);
        unsigned char *logged = reserve(table, &block->log, 2 + length);
        if (logged == NULL)
            return assay__fail_memory(err);
        uint16_t low = (uint16_t)(number % ASSAY__UNIT_BLOCK);
        memcpy(logged, &low, sizeof low);
        memcpy(logged + 2, record, length);
    }
    return ASSAY_OK;
}

/* One block's records by unit: those of unit u are at[begin[u]] to at[begin[u + 1]]. */
struct sorted_log {
    const unsigned char **at;
    uint32_t *begin;
};

/* Counts or places the records of a log; place is NULL while counting. */
static void walk_log(const struct assay__binding *binding, const struct assay__byte_chunk *log,
                     uint32_t *counts, const unsigned char **place)
{
    for (; log != NULL; log = log->next) {
        const unsigned char *at = log->bytes, *end = at + log->used;
        while (at < end) {
            uint16_t low;
            uint32_t channel;
            int64_t time_ns;
            memcpy(&low, at, sizeof low);
            const unsigned char *value = assay__record_get(at + 2, &channel, &time_ns);
            if (place != NULL)
                place[counts[low]] = at + 2;
            counts[low]++;
            at = assay__record_end(binding, channel, value);
        }
    }
}

/* Sorts by counting: after the second walk each count has become the end of its unit's records. */
static enum assay_status sort_log(const struct assay__binding *binding,
                                  const struct assay__unit_block *block, struct sorted_log *sorted,
                                  struct assay_error *err)
{
    memset(sorted->begin, 0, (ASSAY__UNIT_BLOCK + 1) * sizeof *sorted->begin);
    uint32_t *counts = sorted->begin + 1;
    walk_log(binding, block->log, counts, NULL);
    uint32_t sum = 0;
    for (size_t i = 0; i < ASSAY__UNIT_BLOCK; i++) {
        uint32_t count = counts[i];
        if (UINT32_MAX - sum < count)
            return assay__fail(err, ASSAY_ERROR_LIMIT, "More than %u values of 65536 units.",
                               UINT32_MAX);
        counts[i] = sum;
        sum += count;
    }
    free(sorted->at);
    sorted->at = malloc(((size_t)sum + 1) * sizeof *sorted->at);
    if (sorted->at == NULL)
        return assay__fail_memory(err);
    walk_log(binding, block->log, counts, sorted->at);
    return ASSAY_OK;
}

enum assay_status assay__unit_table_visit(const struct assay__unit_table *table,
                                          assay__unit_visit *visit, void *context,
                                          struct assay_error *err)
{
    struct sorted_log sorted = {NULL, malloc((ASSAY__UNIT_BLOCK + 1) * sizeof *sorted.begin)};
    enum assay_status status = sorted.begin == NULL ? assay__fail_memory(err) : ASSAY_OK;
    for (size_t i = 0; status == ASSAY_OK && i < table->count; i++) {
        size_t low = i % ASSAY__UNIT_BLOCK;
        if (low == 0)
            status = sort_log(table->binding, table->blocks[i / ASSAY__UNIT_BLOCK], &sorted, err);
        if (status != ASSAY_OK)
            break;
        struct assay__records records = {sorted.at + sorted.begin[low],
                                         sorted.begin[low + 1] - sorted.begin[low]};
        status = visit(context, unit_at(table, i), records, err);
    }
    free(sorted.at);
    free(sorted.begin);
    return status;
}

struct assay__exposure assay__unit_exposure(const struct assay__unit *unit)
{
    struct assay__exposure out = {.first_ns = unit->first_ns,
                                  .second_ns = unit->second_ns,
                                  .group = unit->group,
                                  .rows = unit->rows,
                                  .event_rows = unit->event_rows,
                                  .differs = unit->differs,
                                  .is_unclear = unit->is_unclear};
    const char *content;
    const unsigned char *at = assay__get_text(unit->packed, &out.id, &out.id_length);
    assay__get_text(at, &content, &out.content_length);
    out.content = (const unsigned char *)content;
    out.hash = assay__hash(out.id, out.id_length);
    return out;
}
