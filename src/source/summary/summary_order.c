/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Series of looks in tables of sufficient statistics: their order, and looks that lack a row. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/sort.h"
#include "base/time.h"
#include "source/summary/summary_table.h"

bool assay__summary_counts_units(const struct assay__summary_entry *entry)
{
    return strcmp(entry->key[ASSAY__KEY_METRIC], "@units") == 0;
}

bool assay__summary_has_series(const struct assay__summary_table *table, const char *metric)
{
    for (uint32_t s = 0; s < table->series.count; s++)
        if (strcmp(table->series_parts[s][0], metric) == 0)
            return true;
    return false;
}

bool assay__summary_has_units(const struct assay__summary_table *table)
{
    if (!assay__summary_has_series(table, "@units"))
        return false;
    for (uint32_t i = 0; i < table->keys.count; i++)
        if (assay__summary_counts_units(table->entries[i]))
            return true;
    return false;
}

bool assay__summary_same_series(const struct assay__summary_entry *a,
                                const struct assay__summary_entry *b)
{
    return a->series == b->series;
}

static bool is_counted(const struct assay__summary_entry *entry)
{
    return entry->state != NULL || assay__summary_counts_units(entry);
}

/* Series by their parts: a NUL ends each part, and sorts before every other letter. */
static int compare_series(const void *a, const void *b)
{
    const struct assay__index_key *x = *(const struct assay__index_key *const *)a;
    const struct assay__index_key *y = *(const struct assay__index_key *const *)b;
    int order = memcmp(x->bytes, y->bytes, x->length < y->length ? x->length : y->length);
    return order != 0 ? order : (x->length > y->length) - (x->length < y->length);
}

static int compare_entry_times(const void *a, const void *b)
{
    int64_t x = (*(struct assay__summary_entry *const *)a)->time_ns;
    int64_t y = (*(struct assay__summary_entry *const *)b)->time_ns;
    return x < y ? -1 : x > y;
}

/*
 * Where each series begins among the sorted entries, by its number; as many more as entries are
 * there already. *names is memory for the series in their order.
 */
static enum assay_status find_places(const struct assay__summary_table *table,
                                     const struct assay__index_key **names, uint32_t *places,
                                     struct assay_error *err)
{
    const struct assay__index *series = &table->series;
    uint32_t place = 0;
    for (uint32_t s = 0; s < series->count; s++)
        names[s] = &series->keys[s];
    for (uint32_t i = 0; i < table->keys.count; i++)
        places[table->entries[i]->series] += is_counted(table->entries[i]);
    enum assay_status status =
        assay__sort(names, series->count, sizeof *names, compare_series, table->halt, "merge", err);
    for (uint32_t s = 0; status == ASSAY_OK && s < series->count; s++) {
        uint32_t *own = &places[names[s] - series->keys], count = *own;
        *own = place;
        place += count;
    }
    return status;
}

/* Sorts the runs of one series by time, where they are not in order as they came. */
static enum assay_status sort_times(const struct assay__summary_table *table,
                                    const struct assay__summary_order *order,
                                    struct assay_error *err)
{
    enum assay_status status = ASSAY_OK;
    for (uint32_t i = 0, next = 0; status == ASSAY_OK && i < order->count; i = next) {
        struct assay__summary_entry **run = order->entries + i;
        bool is_sorted = true;
        for (next = i + 1; next < order->count && order->entries[next]->series == run[0]->series;
             next++)
            is_sorted =
                is_sorted && order->entries[next - 1]->time_ns <= order->entries[next]->time_ns;
        if (!is_sorted)
            status = assay__sort(run, next - i, sizeof *run, compare_entry_times, table->halt,
                                 "merge", err);
    }
    return status;
}

/* Series are few beside entries: sorting them takes no time that is worth mentioning. */
enum assay_status assay__summary_sort(const struct assay__summary_table *table,
                                      struct assay__summary_order *order, struct assay_error *err)
{
    order->count = 0;
    order->entries = assay__calloc((size_t)table->keys.count + 1, sizeof *order->entries);
    uint32_t *places = assay__calloc((size_t)table->series.count + 1, sizeof *places);
    const struct assay__index_key **names =
        assay__calloc((size_t)table->series.count + 1, sizeof *names);
    bool has_memory = order->entries != NULL && places != NULL && names != NULL;
    enum assay_status status =
        has_memory ? find_places(table, names, places, err) : assay__fail_memory(err);
    for (uint32_t i = 0; status == ASSAY_OK && i < table->keys.count; i++) {
        struct assay__summary_entry *entry = table->entries[i];
        if (!is_counted(entry))
            continue;
        order->entries[places[entry->series]++] = entry;
        order->count++;
    }
    assay__free(places);
    assay__free(names);
    return status == ASSAY_OK ? sort_times(table, order, err) : status;
}

void assay__summary_order_release(struct assay__summary_order *order)
{
    assay__free(order->entries);
    order->entries = NULL;
}

enum assay_status assay__summary_looks(const struct assay__summary_table *table,
                                       struct assay__index *looks, struct assay_error *err)
{
    bool *is_seen = assay__calloc((size_t)table->times.count + 1, sizeof *is_seen);
    enum assay_status status = is_seen == NULL ? assay__fail_memory(err) : ASSAY_OK;
    for (uint32_t i = 0; status == ASSAY_OK && i < table->keys.count; i++) {
        const struct assay__summary_entry *entry = table->entries[i];
        uint32_t number;
        if (is_seen[entry->time] || !is_counted(entry))
            continue;
        is_seen[entry->time] = true;
        status = assay__index_add(looks, &entry->time_ns, sizeof entry->time_ns, ASSAY_LOOKS_MAX,
                                  &number, err);
        if (status == ASSAY_ERROR_LIMIT)
            status = assay__fail_at(err, status, entry->file, entry->line, 0, "More than %d looks.",
                                    ASSAY_LOOKS_MAX);
    }
    assay__free(is_seen);
    return status;
}

static int compare_times(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

/* Adds a copy of an entry at a later time. */
static enum assay_status copy_to(struct assay__summary_table *table,
                                 const struct assay__summary_entry *source, int64_t time_ns,
                                 struct assay_error *err)
{
    char time[ASSAY__TIME_BYTES];
    const char *key[ASSAY__KEY_COUNT];
    struct assay__summary_entry *entry;
    bool is_new;
    assay__time_write(time_ns, time);
    memcpy(key, source->key, sizeof key);
    key[ASSAY__KEY_TIME] = time;
    enum assay_status status = assay__summary_entry(table, key, &entry, &is_new, err);
    if (status != ASSAY_OK)
        return status;
    const char *own_key[ASSAY__KEY_COUNT];
    uint32_t own_time = entry->time;
    memcpy(own_key, entry->key, sizeof own_key);
    *entry = *source; /* of the same series */
    memcpy(entry->key, own_key, sizeof own_key);
    entry->time = own_time;
    entry->time_ns = time_ns;
    entry->is_carried = true;
    entry->is_borrowed = false;
    entry->state = NULL;
    return source->state == NULL
               ? ASSAY_OK
               : assay__state_copy(source->keeps, source->state, &entry->state, err);
}

/* Times in their order. */
struct times {
    int64_t *values;
    uint32_t count;
};

/* The table's own looks, where a row that is not there counts nobody: those of a sealed table,
 * which has a row for all that there is at a look. Others may leave out what has not changed. */
static enum assay_status own_looks(const struct assay__summary_table *table, struct times *own,
                                   struct assay_error *err)
{
    struct assay__index looks = {0};
    *own = (struct times){NULL, 0};
    if (!table->is_sealed)
        return ASSAY_OK;
    enum assay_status status = assay__summary_looks(table, &looks, err);
    if (status == ASSAY_OK) {
        own->values = assay__malloc((looks.count + 1) * sizeof *own->values);
        status = own->values == NULL ? assay__fail_memory(err) : ASSAY_OK;
    }
    for (; status == ASSAY_OK && own->count < looks.count; own->count++)
        memcpy(&own->values[own->count], looks.keys[own->count].bytes, sizeof *own->values);
    if (own->count > 1)
        qsort(own->values, own->count, sizeof *own->values, compare_times);
    assay__index_release(&looks);
    return status;
}

/* Whether the table had a look of its own after an entry's and not after a time. */
static bool has_ended(const struct times *own, int64_t entry_ns, int64_t time_ns)
{
    uint32_t low = 0, high = own->count; /* below low: not after the time; from high on: after it */
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (own->values[middle] > time_ns)
            high = middle;
        else
            low = middle + 1;
    }
    return low > 0 && own->values[low - 1] > entry_ns;
}

/* Fills the gaps of one series; entries[0 .. count) are in the order of their times. */
static enum assay_status carry_series(struct assay__summary_table *table,
                                      struct assay__summary_entry *const *entries, uint32_t count,
                                      const int64_t *times, uint32_t time_count,
                                      const struct times *own, bool *has_carried,
                                      struct assay_error *err)
{
    uint32_t at = 0;
    for (uint32_t t = 0; t < time_count; t++) {
        while (at < count && entries[at]->time_ns < times[t])
            at++;
        if (at == 0 || (at < count && entries[at]->time_ns == times[t]))
            continue; /* before the series begins, or there already: the next search passes it */
        if (has_ended(own, entries[at - 1]->time_ns, times[t]))
            continue;
        enum assay_status status = copy_to(table, entries[at - 1], times[t], err);
        if (status != ASSAY_OK)
            return status;
        *has_carried = true;
    }
    return ASSAY_OK;
}

enum assay_status assay__summary_carry(struct assay__summary_table *table,
                                       const struct assay__index *looks, bool *has_carried,
                                       struct assay_error *err)
{
    struct assay__summary_order order = {0};
    struct times own = {NULL, 0};
    int64_t *times = assay__malloc((looks->count + 1) * sizeof *times);
    enum assay_status status =
        times == NULL ? assay__fail_memory(err) : own_looks(table, &own, err);
    for (uint32_t i = 0; status == ASSAY_OK && i < looks->count; i++)
        memcpy(&times[i], looks->keys[i].bytes, sizeof *times);
    if (status == ASSAY_OK && looks->count > 1) {
        qsort(times, looks->count, sizeof *times, compare_times);
        status = assay__summary_sort(table, &order, err);
    }
    for (uint32_t i = 0, next = 0; status == ASSAY_OK && i < order.count; i = next) {
        for (next = i + 1; next < order.count &&
                           assay__summary_same_series(order.entries[i], order.entries[next]);)
            next++;
        status = assay__halt_check(table->halt, err);
        if (status != ASSAY_OK)
            break;
        status = carry_series(table, order.entries + i, next - i, times, looks->count, &own,
                              has_carried, err);
    }
    assay__summary_order_release(&order);
    assay__free(own.values);
    assay__free(times);
    return status;
}
