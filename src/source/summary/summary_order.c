/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Series of looks in tables of sufficient statistics, and their order. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/sort.h"
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

bool assay__summary_is_counted(const struct assay__summary_entry *entry)
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
    const struct assay__summary_entry *const *x = a, *const *y = b;
    return ((*x)->time_ns > (*y)->time_ns) - ((*x)->time_ns < (*y)->time_ns);
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
        places[table->entries[i]->series] += assay__summary_is_counted(table->entries[i]);
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
        if (!assay__summary_is_counted(entry))
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
