/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A table of summaries in memory: an entry for each metric, group and slice. */
#include "source/summary/summary_table.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/time.h"

enum {
    ENTRIES_MAX = 50000000,
    SPARE_ENTRIES = 8 /* that are made together */
};

const struct assay__count_row assay__count_rows[] = {
#define COUNT_ROW(name)                                                                            \
    {                                                                                              \
#name, offsetof(struct assay_counts, name)                                                 \
    }
    COUNT_ROW(rows_read),
    COUNT_ROW(rows_used),
    COUNT_ROW(rows_bad),
    COUNT_ROW(rows_after),
    COUNT_ROW(rows_duplicate),
    COUNT_ROW(units_in_two_groups),
    COUNT_ROW(rows_in_two_groups),
    COUNT_ROW(units_unclear),
    COUNT_ROW(rows_unclear),
    COUNT_ROW(rows_no_group),
    COUNT_ROW(rows_no_unit),
    COUNT_ROW(rows_left_out),
    COUNT_ROW(events_read),
    COUNT_ROW(events_used),
    COUNT_ROW(events_unexposed),
    COUNT_ROW(events_excluded),
    COUNT_ROW(events_bad),
    COUNT_ROW(events_after),
    COUNT_ROW(events_no_unit),
#undef COUNT_ROW
    {NULL, 0}};

uint64_t *assay__count_field(struct assay_counts *counts, const struct assay__count_row *row)
{
    return (uint64_t *)(void *)((char *)counts + row->offset);
}

void assay__summary_table_release(struct assay__summary_table *table)
{
    for (uint32_t i = 0; i < table->keys.count; i++)
        if (table->entries[i]->state != NULL && !table->entries[i]->is_borrowed)
            table->entries[i]->keeps->free(table->entries[i]->state);
    assay__free(table->entries);
    assay__free(table->keys.slots);
    assay__free(table->series_parts);
    assay__free(table->latest);
    assay__free(table->instants);
    assay__index_release(&table->series);
    assay__index_release(&table->times);
    assay__arena_release(&table->states);
    assay__arena_release(&table->arena);
    memset(table, 0, sizeof *table);
}

/* The parts of a key that a series has. */
static const enum assay__summary_key SERIES[ASSAY__SERIES_PARTS] = {
    ASSAY__KEY_METRIC, ASSAY__KEY_GROUP, ASSAY__KEY_DIMENSION, ASSAY__KEY_VALUE};

/* A series' parts one after the other, each ended by a NUL: in small when they fit. */
struct packed {
    char small[256], *bytes;
    size_t length;
};

static bool pack(const char *const key[ASSAY__KEY_COUNT], struct packed *out)
{
    size_t lengths[ASSAY__SERIES_PARTS];
    out->length = 0;
    for (int i = 0; i < ASSAY__SERIES_PARTS; i++) {
        lengths[i] = strlen(key[SERIES[i]]) + 1;
        out->length += lengths[i];
    }
    out->bytes = out->length <= sizeof out->small ? out->small : assay__malloc(out->length);
    if (out->bytes == NULL)
        return false;
    char *at = out->bytes;
    for (int i = 0; i < ASSAY__SERIES_PARTS; at += lengths[i++])
        memcpy(at, key[SERIES[i]], lengths[i]);
    return true;
}

static void release_packed(struct packed *packed)
{
    if (packed->bytes != packed->small)
        assay__free(packed->bytes);
}

/* The array with room for one more than count; NULL without memory: it is as it was. */
static void *with_room(void *array, uint32_t count, uint32_t *capacity, size_t size)
{
    if (count < *capacity)
        return array;
    uint32_t more = *capacity == 0 ? 8 : 2 * *capacity;
    void *grown = assay__realloc(array, more * size);
    if (grown != NULL)
        *capacity = more;
    return grown;
}

/* Room for one more series; false without memory. */
static bool grow_series(struct assay__summary_table *table)
{
    uint32_t capacity = table->series_capacity;
    void *latest = with_room(table->latest, table->series.count, &capacity, sizeof *table->latest);
    if (latest == NULL)
        return false;
    table->latest = latest;
    void *parts = with_room(table->series_parts, table->series.count, &table->series_capacity,
                            sizeof *table->series_parts);
    if (parts == NULL)
        return false;
    table->series_parts = parts;
    return true;
}

static enum assay_status add_series(struct assay__summary_table *table, const struct packed *packed,
                                    uint32_t *number, struct assay_error *err)
{
    uint32_t before = table->series.count;
    if (!grow_series(table))
        return assay__fail_memory(err);
    enum assay_status status =
        assay__index_add(&table->series, packed->bytes, packed->length, ENTRIES_MAX, number, err);
    if (status != ASSAY_OK || *number < before)
        return status;
    const char *at = table->series.keys[*number].bytes;
    for (int i = 0; i < ASSAY__SERIES_PARTS; i++) {
        table->series_parts[*number][i] = at;
        at += strlen(at) + 1;
    }
    table->latest[*number] = 0;
    return ASSAY_OK;
}

enum assay_status assay__summary_series(struct assay__summary_table *table,
                                        const char *const key[ASSAY__KEY_COUNT], uint32_t *number,
                                        struct assay_error *err)
{
    struct packed packed;
    if (!pack(key, &packed))
        return assay__fail_memory(err);
    enum assay_status status = add_series(table, &packed, number, err);
    release_packed(&packed);
    return status;
}

enum assay_status assay__summary_time(struct assay__summary_table *table, const char *text,
                                      size_t length, int64_t time_ns, uint32_t *number,
                                      struct assay_error *err)
{
    uint32_t before = table->times.count;
    void *grown =
        with_room(table->instants, before, &table->instant_capacity, sizeof *table->instants);
    if (grown == NULL)
        return assay__fail_memory(err);
    table->instants = grown;
    enum assay_status status =
        assay__index_add(&table->times, text, length, ENTRIES_MAX, number, err);
    if (status != ASSAY_OK || *number < before)
        return status;
    table->instants[*number] = time_ns;
    return ASSAY_OK;
}

/* The entry's texts are those of the table's indices. */
static void set_key(const struct assay__summary_table *table, uint32_t series, uint32_t time,
                    struct assay__summary_entry *entry)
{
    for (int i = 0; i < ASSAY__SERIES_PARTS; i++)
        entry->key[SERIES[i]] = table->series_parts[series][i];
    entry->key[ASSAY__KEY_TIME] = table->times.keys[time].bytes;
    entry->series = series;
    entry->time = time;
    entry->time_ns = table->instants[time];
}

/* Makes sure that there is an entry for the next key. */
static enum assay_status prepare_entry(struct assay__summary_table *table, struct assay_error *err)
{
    uint32_t number = table->keys.count;
    if (number >= table->capacity) {
        uint32_t capacity = table->capacity == 0 ? 64 : table->capacity * 2;
        struct assay__summary_entry **entries =
            assay__realloc(table->entries, capacity * sizeof *entries);
        if (entries == NULL)
            return assay__fail_memory(err);
        memset(entries + table->capacity, 0, (capacity - table->capacity) * sizeof *entries);
        table->entries = entries;
        table->capacity = capacity;
    }
    if (table->entries[number] != NULL)
        return ASSAY_OK;
    if (table->spare_count == 0) {
        table->spare = assay__arena_array(&table->arena, SPARE_ENTRIES, sizeof *table->spare);
        if (table->spare == NULL)
            return assay__fail_memory(err);
        table->spare_count = SPARE_ENTRIES;
    }
    table->spare_count--;
    table->entries[number] = table->spare++;
    table->entries[number]->file = "";
    return ASSAY_OK;
}

static uint32_t home_of(const struct assay__summary_table *table, uint32_t series, uint32_t time)
{
    uint64_t key = ((uint64_t)series << 32 | time) ^ assay__hash_seed();
    return (uint32_t)assay__hash_fold(key, UINT64_C(0xd6e8feb86659fd93)) &
           (table->keys.slot_count - 1);
}

/* Puts entries that wait into their slots. */
static void place_entries(struct assay__summary_table *table)
{
    uint32_t *slots = table->keys.slots, mask = table->keys.slot_count - 1;
    for (; table->keys.placed < table->keys.count; table->keys.placed++) {
        const struct assay__summary_entry *entry = table->entries[table->keys.placed];
        uint32_t slot = home_of(table, entry->series, entry->time);
        while (slots[slot] != 0)
            slot = (slot + 1) & mask;
        slots[slot] = table->keys.placed + 1;
    }
}

/* Makes all entries ones that can be found; false without memory. */
static bool place_rest(struct assay__summary_table *table)
{
    uint32_t slot_count = table->keys.slot_count == 0 ? 64 : table->keys.slot_count;
    while (slot_count / 2 < table->keys.count)
        slot_count *= 2;
    if (slot_count != table->keys.slot_count) {
        uint32_t *slots = assay__calloc(slot_count, sizeof *slots);
        if (slots == NULL)
            return false;
        assay__free(table->keys.slots);
        table->keys.slots = slots;
        table->keys.slot_count = slot_count;
        table->keys.placed = 0;
    }
    place_entries(table);
    return true;
}

/* The entry of a series at a time, NULL when there is none; false without memory. */
static bool search_entry(struct assay__summary_table *table, uint32_t series, uint32_t time,
                         struct assay__summary_entry **entry)
{
    *entry = NULL;
    if (time >= table->latest[series]) /* later than all of its series: as most new ones are */
        return true;
    if (table->keys.placed < table->keys.count && !place_rest(table))
        return false;
    uint32_t slot = home_of(table, series, time);
    for (; table->keys.slots[slot] != 0; slot = (slot + 1) & (table->keys.slot_count - 1)) {
        struct assay__summary_entry *at = table->entries[table->keys.slots[slot] - 1];
        if (at->series == series && at->time == time) {
            *entry = at;
            break;
        }
    }
    return true;
}

enum assay_status assay__summary_entry_at(struct assay__summary_table *table, uint32_t series,
                                          uint32_t time, struct assay__summary_entry **entry,
                                          bool *is_new, struct assay_error *err)
{
    if (!search_entry(table, series, time, entry))
        return assay__fail_memory(err);
    *is_new = *entry == NULL;
    if (!*is_new)
        return ASSAY_OK;
    if (table->keys.count >= ENTRIES_MAX)
        return assay__fail(err, ASSAY_ERROR_LIMIT, "More than %u distinct values.", ENTRIES_MAX);
    enum assay_status status = prepare_entry(table, err);
    if (status != ASSAY_OK)
        return status;
    *entry = table->entries[table->keys.count++];
    set_key(table, series, time, *entry);
    if (time >= table->latest[series])
        table->latest[series] = time + 1;
    return ASSAY_OK;
}

enum assay_status assay__summary_entry(struct assay__summary_table *table,
                                       const char *const key[ASSAY__KEY_COUNT],
                                       struct assay__summary_entry **entry, bool *is_new,
                                       struct assay_error *err)
{
    uint32_t series, time;
    int64_t time_ns;
    const char *text = key[ASSAY__KEY_TIME];
    if (text[0] == '\0' || !assay__time_parse(text, strlen(text), &time_ns))
        time_ns = INT64_MIN;
    enum assay_status status = assay__summary_series(table, key, &series, err);
    if (status == ASSAY_OK)
        status = assay__summary_time(table, text, strlen(text), time_ns, &time, err);
    return status == ASSAY_OK ? assay__summary_entry_at(table, series, time, entry, is_new, err)
                              : status;
}

enum assay_status assay__summary_find(struct assay__summary_table *table,
                                      const char *const key[ASSAY__KEY_COUNT],
                                      struct assay__summary_entry **entry, struct assay_error *err)
{
    struct packed packed;
    const char *text = key[ASSAY__KEY_TIME];
    uint32_t series, time;
    *entry = NULL;
    if (!pack(key, &packed))
        return assay__fail_memory(err);
    bool has_memory = true;
    if (assay__index_find(&table->series, packed.bytes, packed.length, &series) &&
        assay__index_find(&table->times, text, strlen(text), &time))
        has_memory = search_entry(table, series, time, entry);
    release_packed(&packed);
    return has_memory ? ASSAY_OK : assay__fail_memory(err);
}

const char *assay__summary_file(struct assay__summary_table *table, const char *name)
{
    enum { NAME_BYTES_MAX = 255 }; /* more would not fit a message */
    size_t length = strlen(name);
    return assay__arena_copy(&table->arena, name,
                             length > NAME_BYTES_MAX ? NAME_BYTES_MAX : length);
}

struct assay_moments *assay__summary_moments(const struct assay__summary_entry *entry)
{
    return entry->keeps == &assay__accumulator_moments ? entry->state : NULL;
}

enum assay_status assay__summary_keep(struct assay__summary_table *table,
                                      struct assay__summary_entry *entry,
                                      const struct assay__accumulator *keeps,
                                      struct assay_moments_shape shape, bool *is_same,
                                      struct assay_error *err)
{
    enum assay_status status = ASSAY_OK;
    if (entry->state == NULL) {
        entry->keeps = keeps;
        status = keeps->make_in == NULL ? keeps->make(shape, &entry->state, err)
                                        : keeps->make_in(&table->states, shape, &entry->state, err);
    }
    *is_same = status == ASSAY_OK && entry->keeps == keeps &&
               assay__same_shape(keeps->shape(entry->state), shape);
    return status;
}

uint64_t assay__summary_count(const struct assay__summary_entry *entry)
{
    return entry->state != NULL ? entry->keeps->count(entry->state) : entry->n;
}

bool assay__summary_is_remark(const char *name)
{
    static const char *const REMARKS[] = {"@units",  "@missing",    "@latest", "@note",
                                          "@schema", "@definition", "@input",  "@end",
                                          "@unfit",  "@cap",        "@skipped"};
    for (size_t i = 0; i < sizeof REMARKS / sizeof *REMARKS; i++)
        if (strcmp(REMARKS[i], name) == 0)
            return true;
    for (const struct assay__count_row *row = assay__count_rows; row->name != NULL; row++)
        if (strcmp(row->name, name + 1) == 0)
            return true;
    return false;
}
