/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A table of summaries in memory: an entry for each metric, group and slice. */
#include "source/summary/summary_table.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/time.h"

enum { ENTRIES_MAX = 50000000 };

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

enum assay_status assay__summary_go_on(const struct assay__summary_table *table, uint32_t done,
                                       struct assay_error *err)
{
    return done % 1024 != 0
               ? ASSAY_OK
               : assay__halt_progress(table->halt, "merge", done, table->keys.count, err);
}

void assay__summary_table_release(struct assay__summary_table *table)
{
    for (uint32_t i = 0; i < table->keys.count; i++)
        if (table->entries[i]->state != NULL && !table->entries[i]->is_borrowed)
            table->entries[i]->keeps->free(table->entries[i]->state);
    free(table->entries);
    assay__index_release(&table->keys);
    assay__index_release(&table->series);
    assay__index_release(&table->times);
    assay__arena_release(&table->arena);
    memset(table, 0, sizeof *table);
}

/* The parts of a key that a series has. */
static const enum assay__summary_key SERIES[] = {ASSAY__KEY_METRIC, ASSAY__KEY_GROUP,
                                                 ASSAY__KEY_DIMENSION, ASSAY__KEY_VALUE};
enum { PARTS = sizeof SERIES / sizeof *SERIES };

/* A series' parts one after the other, each ended by a NUL: in small when they fit. */
struct packed {
    char small[256], *bytes;
    size_t length;
};

static bool pack(const char *const key[ASSAY__KEY_COUNT], struct packed *out)
{
    size_t lengths[PARTS];
    out->length = 0;
    for (int i = 0; i < PARTS; i++) {
        lengths[i] = strlen(key[SERIES[i]]) + 1;
        out->length += lengths[i];
    }
    out->bytes = out->length <= sizeof out->small ? out->small : malloc(out->length);
    if (out->bytes == NULL)
        return false;
    char *at = out->bytes;
    for (int i = 0; i < PARTS; at += lengths[i++])
        memcpy(at, key[SERIES[i]], lengths[i]);
    return true;
}

static void release_packed(struct packed *packed)
{
    if (packed->bytes != packed->small)
        free(packed->bytes);
}

/* The entry's texts are those of the table's indices. */
static void set_key(const struct assay__summary_table *table, const uint32_t numbers[2],
                    struct assay__summary_entry *entry)
{
    const char *at = table->series.keys[numbers[0]].bytes;
    const char *time = table->times.keys[numbers[1]].bytes;
    for (int i = 0; i < PARTS; i++) {
        entry->key[SERIES[i]] = at;
        at += strlen(at) + 1;
    }
    entry->key[ASSAY__KEY_TIME] = time;
    entry->series = numbers[0];
    if (time[0] == '\0' || !assay__time_parse(time, strlen(time), &entry->time_ns))
        entry->time_ns = INT64_MIN;
}

/* Makes sure that there is an entry for the next key. */
static enum assay_status prepare_entry(struct assay__summary_table *table, struct assay_error *err)
{
    uint32_t number = table->keys.count;
    if (number >= table->capacity) {
        uint32_t capacity = table->capacity == 0 ? 64 : table->capacity * 2;
        struct assay__summary_entry **entries = realloc(table->entries, capacity * sizeof *entries);
        if (entries == NULL)
            return assay__fail_memory(err);
        memset(entries + table->capacity, 0, (capacity - table->capacity) * sizeof *entries);
        table->entries = entries;
        table->capacity = capacity;
    }
    if (table->entries[number] != NULL)
        return ASSAY_OK;
    struct assay__summary_entry *entry = assay__arena_alloc(&table->arena, sizeof *entry);
    if (entry == NULL)
        return assay__fail_memory(err);
    entry->file = "";
    table->entries[number] = entry;
    return ASSAY_OK;
}

/* The numbers of a key's series and time; they are added where they are new. */
static enum assay_status number_key(struct assay__summary_table *table,
                                    const char *const key[ASSAY__KEY_COUNT], uint32_t numbers[2],
                                    struct assay_error *err)
{
    struct packed packed;
    const char *time = key[ASSAY__KEY_TIME];
    if (!pack(key, &packed))
        return assay__fail_memory(err);
    enum assay_status status = assay__index_add(&table->series, packed.bytes, packed.length,
                                                ENTRIES_MAX, &numbers[0], err);
    release_packed(&packed);
    return status == ASSAY_OK
               ? assay__index_add(&table->times, time, strlen(time), ENTRIES_MAX, &numbers[1], err)
               : status;
}

enum assay_status assay__summary_entry(struct assay__summary_table *table,
                                       const char *const key[ASSAY__KEY_COUNT],
                                       struct assay__summary_entry **entry, bool *is_new,
                                       struct assay_error *err)
{
    uint32_t numbers[2], number, before = table->keys.count;
    enum assay_status status = number_key(table, key, numbers, err);
    if (status == ASSAY_OK)
        status = prepare_entry(table, err);
    if (status == ASSAY_OK)
        status = assay__index_add(&table->keys, numbers, sizeof numbers, ENTRIES_MAX, &number, err);
    if (status != ASSAY_OK)
        return status;
    *is_new = table->keys.count > before;
    *entry = table->entries[number];
    if (*is_new)
        set_key(table, numbers, *entry);
    return ASSAY_OK;
}

enum assay_status assay__summary_find(const struct assay__summary_table *table,
                                      const char *const key[ASSAY__KEY_COUNT],
                                      struct assay__summary_entry **entry, struct assay_error *err)
{
    struct packed packed;
    const char *time = key[ASSAY__KEY_TIME];
    uint32_t numbers[2], number;
    *entry = NULL;
    if (!pack(key, &packed))
        return assay__fail_memory(err);
    if (assay__index_find(&table->series, packed.bytes, packed.length, &numbers[0]) &&
        assay__index_find(&table->times, time, strlen(time), &numbers[1]) &&
        assay__index_find(&table->keys, numbers, sizeof numbers, &number))
        *entry = table->entries[number];
    release_packed(&packed);
    return ASSAY_OK;
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

enum assay_status assay__summary_keep(struct assay__summary_entry *entry,
                                      const struct assay__accumulator *keeps,
                                      struct assay_moments_shape shape, bool *is_same,
                                      struct assay_error *err)
{
    enum assay_status status = ASSAY_OK;
    if (entry->state == NULL) {
        entry->keeps = keeps;
        status = keeps->make(shape, &entry->state, err);
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
