/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables of sufficient statistics added up: parts of the data, exact in any order. */
#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "source/summary/summary_table.h"

static bool same_shape(const struct assay_moments *a, const struct assay_moments *b)
{
    struct assay_moments_shape x = assay_moments_shape(a), y = assay_moments_shape(b);
    return x.has_denominator == y.has_denominator && x.covariate_count == y.covariate_count;
}

static enum assay_status fail_count(const struct assay__summary_entry *entry,
                                    struct assay_error *err)
{
    return assay__fail_at(err, ASSAY_ERROR_LIMIT, entry->file, entry->line, entry->column,
                          "'%.100s' counts more than %" PRIu64
                          " in all parts together. Is a part among them twice?",
                          entry->key[ASSAY__KEY_METRIC], ASSAY__SUMMARY_COUNT_MAX);
}

static enum assay_status merge_moments(struct assay__summary_entry *into,
                                       const struct assay__summary_entry *from,
                                       struct assay_error *err)
{
    if (into->moments == NULL) {
        enum assay_status status =
            assay_moments_new(assay_moments_shape(from->moments), &into->moments, err);
        if (status != ASSAY_OK)
            return status;
    }
    if (!same_shape(into->moments, from->moments))
        return assay__fail_at(err, ASSAY_ERROR_DATA, from->file, from->line, from->column,
                              "Metric '%.100s' has other columns here than in %s line %" PRIu64
                              ": denominators and covariates must be the same in all parts. Make "
                              "them by the same plan.",
                              from->key[ASSAY__KEY_METRIC], into->file, into->line);
    if (assay_moments_count(from->moments) >
        ASSAY__SUMMARY_COUNT_MAX - assay_moments_count(into->moments))
        return fail_count(from, err);
    into->without_variance = into->without_variance || from->without_variance;
    return assay_moments_merge(into->moments, from->moments, err);
}

enum assay_status assay__summary_merge(struct assay__summary_table *into,
                                       const struct assay__summary_table *from,
                                       struct assay_error *err)
{
    for (uint32_t i = 0; i < from->keys.count; i++) {
        const struct assay__summary_entry *source = from->entries[i];
        struct assay__summary_entry *entry;
        bool is_new;
        enum assay_status status = assay__summary_entry(into, source->key, &entry, &is_new, err);
        if (status != ASSAY_OK)
            return status;
        if (is_new) {
            memcpy(entry->file, source->file, sizeof entry->file);
            entry->line = source->line;
            entry->column = source->column;
        }
        /* Notes and times are facts, not counts: merging keeps one of each. */
        const char *metric = source->key[ASSAY__KEY_METRIC];
        if (strcmp(metric, "@note") == 0 || strcmp(metric, "@latest") == 0)
            entry->n = 1;
        else if (source->moments != NULL)
            status = merge_moments(entry, source, err);
        else if (source->n > ASSAY__SUMMARY_COUNT_MAX - entry->n)
            status = fail_count(source, err);
        else
            entry->n += source->n;
        if (status != ASSAY_OK)
            return status;
    }
    return ASSAY_OK;
}

void assay__summary_shards_release(struct assay__summary_shards *shards)
{
    assay__summary_table_release(&shards->with_units);
    assay__summary_table_release(&shards->without_units);
}

enum assay_status assay__summary_shards_add(struct assay__summary_shards *shards,
                                            const struct assay__summary_table *table,
                                            struct assay_error *err)
{
    struct assay__summary_table *into = &shards->without_units;
    for (uint32_t i = 0; i < table->keys.count; i++)
        if (strcmp(table->entries[i]->key[ASSAY__KEY_METRIC], "@units") == 0)
            into = &shards->with_units;
    return assay__summary_merge(into, table, err);
}

/* Adds rows that count units: of a group's metrics, the one with most of them tells. */
static enum assay_status count_units(struct assay__summary_table *table, struct assay_error *err)
{
    uint32_t metrics = table->keys.count;
    for (uint32_t i = 0; i < metrics; i++) {
        const struct assay__summary_entry *source = table->entries[i];
        struct assay__summary_entry *units;
        const char *key[ASSAY__KEY_COUNT];
        bool is_new;
        if (source->moments == NULL)
            continue;
        memcpy(key, source->key, sizeof key);
        key[ASSAY__KEY_METRIC] = "@units";
        enum assay_status status = assay__summary_entry(table, key, &units, &is_new, err);
        if (status != ASSAY_OK)
            return status;
        uint64_t count = assay_moments_count(source->moments);
        if (units->n < count)
            units->n = count;
    }
    return ASSAY_OK;
}

enum assay_status assay__summary_shards_join(struct assay__summary_shards *shards, bool must_count,
                                             struct assay__summary_table **whole,
                                             struct assay_error *err)
{
    bool some_count = shards->with_units.keys.count > 0;
    *whole = some_count ? &shards->with_units : &shards->without_units;
    enum assay_status status = ASSAY_OK;
    if (some_count || must_count)
        status = count_units(&shards->without_units, err);
    if (status == ASSAY_OK && some_count)
        status = assay__summary_merge(&shards->with_units, &shards->without_units, err);
    return status;
}
