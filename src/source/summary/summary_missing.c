/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Units without a value of a metric, which must be the rest of all units. */
#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "source/summary/summary_table.h"

typedef struct assay__summary_entry entry_t;

static bool is_of(const entry_t *entry, const char *metric)
{
    return strcmp(entry->key[ASSAY__KEY_METRIC], metric) == 0;
}

/* Whether a row is the definition of a metric whose missing values count as 0. */
static bool fills_zeros(const entry_t *entry, const char *metric)
{
    return is_of(entry, "@definition") && strcmp(entry->key[ASSAY__KEY_GROUP], metric) == 0 &&
           strstr(entry->key[ASSAY__KEY_VALUE], "\"missing\":\"zero\"") != NULL;
}

/* The last look at which units are counted: INT64_MIN where rows have no time. */
static int64_t last_look(const entry_t *const *lasts, uint32_t count)
{
    int64_t last = INT64_MIN;
    for (uint32_t s = 0; s < count; s++)
        if (lasts[s] != NULL && assay__summary_counts_units(lasts[s]) && lasts[s]->time_ns > last)
            last = lasts[s]->time_ns;
    return last;
}

/*
 * A sealed table has a row for all that there is at a look: one that ends earlier counts nobody.
 * Where a missing value counts as 0, those without one have a value too, but for units whose window
 * has not ended. lasts: the last entry of each series, or NULL.
 */
static enum assay_status check(const struct assay__summary_table *table,
                               const entry_t *const *lasts, const entry_t *missing,
                               struct assay_error *err)
{
    const char *metric = missing->key[ASSAY__KEY_VALUE];
    int64_t look = last_look(lasts, table->series.count);
    uint64_t units = 0, n = 0;
    bool is_filled = false;
    for (uint32_t s = 0; s < table->series.count; s++) {
        const entry_t *entry = lasts[s];
        if (entry == NULL)
            continue;
        if (entry->is_unneeded && is_of(entry, metric))
            return ASSAY_OK; /* its rows were not read */
        is_filled = is_filled || fills_zeros(entry, metric);
        if (!assay__summary_is_counted(entry) || entry->key[ASSAY__KEY_DIMENSION][0] != '\0')
            continue;
        if (assay__summary_counts_units(entry))
            units += entry->n;
        else if (is_of(entry, metric) && !(table->is_sealed && entry->time_ns < look))
            n += assay__summary_count(entry);
    }
    if (n == units || n + missing->n == units ||
        (is_filled && n <= units && missing->n <= units && n + missing->n > units))
        return ASSAY_OK;
    return assay__fail_at(err, ASSAY_ERROR_DATA, missing->file, missing->line, missing->column,
                          "Metric '%.100s': %" PRIu64 " units with a value and %" PRIu64
                          " without are not the %" PRIu64
                          " units of all groups. Rows are missing, or were changed.",
                          metric, n, missing->n, units);
}

enum assay_status assay__summary_check_missing(const struct assay__summary_table *table,
                                               struct assay_error *err)
{
    if (!assay__summary_has_units(table) || !assay__summary_has_series(table, "@missing"))
        return ASSAY_OK;
    const entry_t **lasts = assay__calloc((size_t)table->series.count + 1, sizeof *lasts);
    enum assay_status status = lasts == NULL ? assay__fail_memory(err) : ASSAY_OK;
    for (uint32_t i = 0; status == ASSAY_OK && i < table->keys.count; i++) {
        const entry_t *entry = table->entries[i], *last = lasts[entry->series];
        status = assay__summary_go_on(table, i, err);
        if (last == NULL || last->time_ns <= entry->time_ns)
            lasts[entry->series] = entry;
    }
    for (uint32_t i = 0; status == ASSAY_OK && i < table->keys.count; i++)
        if (is_of(table->entries[i], "@missing"))
            status = check(table, lasts, table->entries[i], err);
    assay__free(lasts);
    return status;
}
