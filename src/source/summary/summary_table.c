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
        if (table->entries[i]->state != NULL)
            table->entries[i]->keeps->free(table->entries[i]->state);
    free(table->entries);
    assay__index_release(&table->keys);
    assay__arena_release(&table->arena);
    memset(table, 0, sizeof *table);
}

/* The parts of a key one after the other, each ended by a NUL. */
static enum assay_status pack_key(const char *const key[ASSAY__KEY_COUNT],
                                  struct assay__text *packed, struct assay_error *err)
{
    for (int i = 0; i < ASSAY__KEY_COUNT; i++)
        assay__text_append(packed, key[i], strlen(key[i]) + 1);
    return packed->failed ? assay__fail_memory(err) : ASSAY_OK;
}

static void unpack_key(const char *packed, struct assay__summary_entry *entry)
{
    for (int i = 0; i < ASSAY__KEY_COUNT; i++) {
        entry->key[i] = packed;
        packed += strlen(packed) + 1;
    }
}

static void set_time(struct assay__summary_entry *entry)
{
    const char *time = entry->key[ASSAY__KEY_TIME];
    if (time[0] == '\0' || !assay__time_parse(time, strlen(time), &entry->time_ns))
        entry->time_ns = INT64_MIN;
}

static enum assay_status append_entry(struct assay__summary_table *table, uint32_t number,
                                      struct assay_error *err)
{
    if (number >= table->capacity) {
        uint32_t capacity = table->capacity == 0 ? 64 : table->capacity * 2;
        struct assay__summary_entry **entries = realloc(table->entries, capacity * sizeof *entries);
        if (entries == NULL)
            return assay__fail_memory(err);
        table->entries = entries;
        table->capacity = capacity;
    }
    table->entries[number] = assay__arena_alloc(&table->arena, sizeof **table->entries);
    return table->entries[number] == NULL ? assay__fail_memory(err) : ASSAY_OK;
}

enum assay_status assay__summary_entry(struct assay__summary_table *table,
                                       const char *const key[ASSAY__KEY_COUNT],
                                       struct assay__summary_entry **entry, bool *is_new,
                                       struct assay_error *err)
{
    struct assay__text packed = {0};
    uint32_t number, before = table->keys.count;
    enum assay_status status = pack_key(key, &packed, err);
    if (status == ASSAY_OK && !assay__index_find(&table->keys, packed.data, packed.length, &number))
        status = append_entry(table, before, err);
    if (status == ASSAY_OK)
        status =
            assay__index_add(&table->keys, packed.data, packed.length, ENTRIES_MAX, &number, err);
    assay__text_release(&packed);
    if (status != ASSAY_OK)
        return status;
    *is_new = table->keys.count > before;
    *entry = table->entries[number];
    if (*is_new) {
        unpack_key(table->keys.keys[number].bytes, *entry);
        set_time(*entry);
    }
    return ASSAY_OK;
}

enum assay_status assay__summary_find(const struct assay__summary_table *table,
                                      const char *const key[ASSAY__KEY_COUNT],
                                      struct assay__summary_entry **entry, struct assay_error *err)
{
    struct assay__text packed = {0};
    uint32_t number;
    enum assay_status status = pack_key(key, &packed, err);
    bool found =
        status == ASSAY_OK && assay__index_find(&table->keys, packed.data, packed.length, &number);
    assay__text_release(&packed);
    *entry = found ? table->entries[number] : NULL;
    return status;
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
