/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looks of tables of sufficient statistics: their times, and series that lack a row at some. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/time.h"
#include "plan/names.h"
#include "source/summary/summary_column.h"
#include "source/summary/summary_table.h"
#include "source/units/look_ends.h"

/* The first entry of each time, in the order of the entries; free the list. */
struct firsts {
    const struct assay__summary_entry **entries;
    uint32_t count;
};

/* Rows that the plan does not need have looks, too: others may leave out what has not changed. */
static enum assay_status find_firsts(const struct assay__summary_table *table,
                                     struct firsts *firsts, struct assay_error *err)
{
    size_t most = (size_t)table->times.count + 1;
    bool has_times = false;
    bool *is_seen = assay__calloc(most, sizeof *is_seen);
    *firsts = (struct firsts){assay__malloc(most * sizeof *firsts->entries), 0};
    bool has_memory = is_seen != NULL && firsts->entries != NULL;
    for (uint32_t i = 0; !has_times && i < table->keys.count; i++)
        has_times =
            assay__summary_is_counted(table->entries[i]) && table->entries[i]->time_ns != INT64_MIN;
    for (uint32_t i = 0; has_memory && i < table->keys.count; i++) {
        const struct assay__summary_entry *entry = table->entries[i];
        bool is_other = has_times && entry->is_unneeded && entry->time_ns != INT64_MIN;
        if (is_seen[entry->time] || !(assay__summary_is_counted(entry) || is_other))
            continue;
        is_seen[entry->time] = true;
        firsts->entries[firsts->count++] = entry;
    }
    assay__free(is_seen);
    return has_memory ? ASSAY_OK : assay__fail_memory(err);
}

static enum assay_status fail_looks(const struct assay__summary_entry *entry,
                                    struct assay_error *err)
{
    return assay__fail_at(err, ASSAY_ERROR_LIMIT, entry->file, entry->line, 0,
                          "More than %d looks.", ASSAY_LOOKS_MAX);
}

enum assay_status assay__summary_looks(const struct assay__summary_table *table,
                                       struct assay__index *looks, struct assay_error *err)
{
    struct firsts firsts;
    uint32_t number;
    enum assay_status status = find_firsts(table, &firsts, err);
    for (uint32_t i = 0; status == ASSAY_OK && i < firsts.count; i++) {
        const int64_t *time_ns = &firsts.entries[i]->time_ns;
        status = assay__index_add(looks, time_ns, sizeof *time_ns, ASSAY_LOOKS_MAX, &number, err);
        if (status == ASSAY_ERROR_LIMIT)
            status = fail_looks(firsts.entries[i], err);
    }
    assay__free(firsts.entries);
    return status;
}

enum assay_status assay__summary_looks_between(const struct assay__summary_table *table,
                                               struct assay__index *looks, struct assay_error *err)
{
    unsigned granularity = ASSAY_GRANULARITY_NONE;
    int64_t first = INT64_MAX, last = INT64_MIN, time_ns;
    for (uint32_t i = 0; i < looks->count; i++) {
        memcpy(&time_ns, looks->keys[i].bytes, sizeof time_ns);
        first = time_ns < first ? time_ns : first;
        last = time_ns > last ? time_ns : last;
    }
    for (uint32_t i = 0; i < table->keys.count; i++) {
        const char *const *key = table->entries[i]->key;
        bool is_definition = strcmp(key[ASSAY__KEY_METRIC], "@definition") == 0 &&
                             strcmp(key[ASSAY__KEY_GROUP], "granularity") == 0;
        for (unsigned g = 0; is_definition && g < assay__choices_granularity.count; g++)
            if (strcmp(assay__choices_granularity.names[g], key[ASSAY__KEY_VALUE]) == 0)
                granularity = g;
    }
    if (granularity == ASSAY_GRANULARITY_NONE || first >= last)
        return ASSAY_OK;
    enum assay_status status = ASSAY_OK;
    int64_t number = assay__look_number((enum assay_granularity)granularity, first - 1) + 1;
    while (status == ASSAY_OK &&
           (time_ns = assay__look_end_of((enum assay_granularity)granularity, number++)) < last) {
        uint32_t at;
        status = assay__index_add(looks, &time_ns, sizeof time_ns, ASSAY_LOOKS_MAX, &at, err);
    }
    if (status == ASSAY_ERROR_LIMIT)
        return assay__fail(err, ASSAY_ERROR_LIMIT,
                           "From the first look of all parts to the last there are more than %d: "
                           "choose a coarser granularity.",
                           ASSAY_LOOKS_MAX);
    return status;
}

static int compare_times(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

/* A copy's own slack: what is merged into it later must not reach the other entry. */
static enum assay_status copy_slack(struct assay__summary_table *table,
                                    const struct assay__summary_entry *source,
                                    struct assay__summary_entry *entry, struct assay_error *err)
{
    if (source->slack == NULL)
        return ASSAY_OK;
    uint32_t count = assay__column_rounding_count(source->keeps->shape(source->state));
    entry->slack = entry->own_slack;
    if (count > sizeof entry->own_slack / sizeof *entry->own_slack)
        entry->slack = assay__arena_array(&table->arena, count, sizeof *entry->slack);
    if (entry->slack == NULL)
        return assay__fail_memory(err);
    memcpy(entry->slack, source->slack, count * sizeof *entry->slack);
    return ASSAY_OK;
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
    if (source->state == NULL)
        return ASSAY_OK;
    status = copy_slack(table, source, entry, err);
    return status == ASSAY_OK ? assay__state_copy(source->keeps, source->state, &entry->state, err)
                              : status;
}

/* Times in their order; free the values. */
struct times {
    int64_t *values;
    uint32_t count;
};

/* Most tables have them in their order. */
static void order_times(struct times *times)
{
    uint32_t ordered = 1;
    while (ordered < times->count && times->values[ordered - 1] <= times->values[ordered])
        ordered++;
    if (ordered < times->count)
        qsort(times->values, times->count, sizeof *times->values, compare_times);
}

/* The looks of the table itself. */
static enum assay_status own_looks(const struct assay__summary_table *table, struct times *own,
                                   struct assay_error *err)
{
    struct firsts firsts;
    enum assay_status status = find_firsts(table, &firsts, err);
    *own = (struct times){NULL, 0};
    if (status == ASSAY_OK && firsts.count > ASSAY_LOOKS_MAX)
        status = fail_looks(firsts.entries[ASSAY_LOOKS_MAX], err);
    if (status == ASSAY_OK) {
        own->values = assay__malloc(((size_t)firsts.count + 1) * sizeof *own->values);
        status = own->values == NULL ? assay__fail_memory(err) : ASSAY_OK;
    }
    for (; status == ASSAY_OK && own->count < firsts.count; own->count++)
        own->values[own->count] = firsts.entries[own->count]->time_ns;
    assay__free(firsts.entries);
    order_times(own);
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
                                      const struct times *times, const struct times *own,
                                      bool *has_carried, struct assay_error *err)
{
    uint32_t at = 0;
    for (uint32_t t = 0; t < times->count; t++) {
        int64_t time_ns = times->values[t];
        while (at < count && entries[at]->time_ns < time_ns)
            at++;
        if (at == 0 || (at < count && entries[at]->time_ns == time_ns))
            continue; /* before the series begins, or there already: the next search passes it */
        if (has_ended(own, entries[at - 1]->time_ns, time_ns))
            continue;
        enum assay_status status = copy_to(table, entries[at - 1], time_ns, err);
        if (status != ASSAY_OK)
            return status;
        *has_carried = true;
    }
    return ASSAY_OK;
}

/* The first of the times that is not before time_ns. */
static uint32_t place_of(const struct times *times, int64_t time_ns)
{
    uint32_t low = 0, high = times->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (times->values[middle] < time_ns)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Whether every series has an entry at each of the times from its first one on. */
static enum assay_status find_gaps(const struct assay__summary_table *table,
                                   const struct times *times, bool *has_gaps,
                                   struct assay_error *err)
{
    struct {
        uint32_t count;
        int64_t first_ns;
    } *series = assay__calloc((size_t)table->series.count + 1, sizeof *series);
    if (series == NULL)
        return assay__fail_memory(err);
    for (uint32_t i = 0; i < table->keys.count; i++) {
        const struct assay__summary_entry *entry = table->entries[i];
        if (!assay__summary_is_counted(entry))
            continue;
        if (series[entry->series].count++ == 0 || entry->time_ns < series[entry->series].first_ns)
            series[entry->series].first_ns = entry->time_ns;
    }
    *has_gaps = false;
    for (uint32_t s = 0; s < table->series.count; s++)
        if (series[s].count > 0 &&
            series[s].count != times->count - place_of(times, series[s].first_ns))
            *has_gaps = true;
    assay__free(series);
    return ASSAY_OK;
}

/*
 * Fills the gaps of all series. own: the table's own looks, where a row that is not there counts
 * nobody: those of a sealed table, which has a row for all that there is at a look. Others may
 * leave out what has not changed.
 */
static enum assay_status carry(struct assay__summary_table *table, const struct times *times,
                               const struct times *own, bool *has_carried, struct assay_error *err)
{
    struct assay__summary_order order = {0};
    bool has_gaps = false;
    enum assay_status status =
        times->count > 1 ? find_gaps(table, times, &has_gaps, err) : ASSAY_OK;
    if (status == ASSAY_OK && has_gaps)
        status = assay__summary_sort(table, &order, err);
    for (uint32_t i = 0, next = 0; status == ASSAY_OK && i < order.count; i = next) {
        for (next = i + 1; next < order.count &&
                           assay__summary_same_series(order.entries[i], order.entries[next]);)
            next++;
        status = assay__halt_check(table->halt, err);
        if (status == ASSAY_OK)
            status = carry_series(table, order.entries + i, next - i, times, own, has_carried, err);
    }
    assay__summary_order_release(&order);
    return status;
}

enum assay_status assay__summary_carry(struct assay__summary_table *table,
                                       const struct assay__index *looks, bool *has_carried,
                                       struct assay_error *err)
{
    struct times own = {NULL, 0};
    struct times times = {assay__malloc((looks->count + 1) * sizeof *times.values), looks->count};
    enum assay_status status = times.values == NULL ? assay__fail_memory(err) : ASSAY_OK;
    for (uint32_t i = 0; status == ASSAY_OK && i < looks->count; i++)
        memcpy(&times.values[i], looks->keys[i].bytes, sizeof *times.values);
    if (status == ASSAY_OK)
        order_times(&times);
    if (status == ASSAY_OK && table->is_sealed)
        status = own_looks(table, &own, err);
    if (status == ASSAY_OK)
        status = carry(table, &times, &own, has_carried, err);
    assay__free(own.values);
    assay__free(times.values);
    return status;
}

enum assay_status assay__summary_fill(struct assay__summary_table *table, struct assay_error *err)
{
    struct times own;
    bool has_carried;
    enum assay_status status = own_looks(table, &own, err);
    if (status == ASSAY_OK)
        status =
            carry(table, &own, table->is_sealed ? &own : &(struct times){0}, &has_carried, err);
    assay__free(own.values);
    return status;
}
