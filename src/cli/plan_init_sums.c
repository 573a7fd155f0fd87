/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a table of sums holds: metrics, groups, looks, and what a seal says of them. */
#include "cli/plan_init_sums.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "cli/plan_init_words.h"
#include "source/summary/summary_read.h"

enum { NAMES_MAX = 10000 };

static bool is_definition(const struct assay__summary_entry *entry, const char *kind)
{
    return strcmp(entry->key[ASSAY__KEY_METRIC], "@definition") == 0 &&
           strcmp(entry->key[ASSAY__KEY_DIMENSION], kind) == 0;
}

const char *init_sums_definition(const struct init_sums *sums, const char *kind, const char *name)
{
    for (uint32_t i = 0; i < sums->table.keys.count; i++) {
        const struct assay__summary_entry *entry = sums->table.entries[i];
        if (is_definition(entry, kind) && strcmp(entry->key[ASSAY__KEY_GROUP], name) == 0)
            return entry->key[ASSAY__KEY_VALUE];
    }
    return NULL;
}

static enum assay_status add_name(struct assay__index *index, const char *name,
                                  struct assay_error *err)
{
    uint32_t number;
    return name[0] == '\0' || name[0] == '@'
               ? ASSAY_OK
               : assay__index_add(index, name, strlen(name), NAMES_MAX, &number, err);
}

static enum assay_status name_of(const struct assay__record *record, uint32_t column,
                                 const struct assay_dialect *dialect, struct assay__index *index,
                                 struct assay_error *err)
{
    struct assay__field field = record->fields[column];
    uint32_t number;
    if (dialect->trim && !field.is_quoted)
        field = assay__field_trim(field);
    return field.length == 0 || field.text[0] == '@'
               ? ASSAY_OK
               : assay__index_add(index, field.text, field.length, NAMES_MAX, &number, err);
}

/* The names of the metrics: only rows of metrics that a plan names are read. */
static enum assay_status find_metrics(const struct init_table *table, struct init_sums *sums,
                                      struct assay_error *err)
{
    struct assay__rows *rows = NULL;
    struct assay__record record = {.fields = NULL};
    uint32_t column = 0;
    enum assay_status status = table_source_open(&table->source, false, &rows, err);
    if (status == ASSAY_OK)
        status = assay__rows_column(rows, "metric", &column, err);
    do {
        if (status == ASSAY_OK)
            status = assay__rows_next(rows, &record, err);
        if (status == ASSAY_OK && record.fields != NULL)
            status = name_of(&record, column, &table->source.found.dialect, &sums->metrics, err);
    } while (status == ASSAY_OK && record.fields != NULL);
    assay__rows_close(rows);
    if (status == ASSAY_OK && sums->metrics.count == 0)
        return assay__fail_at(err, ASSAY_ERROR_DATA, assay__rows_name(table->profile.table), 0, 0,
                              "The table of sums has no row of a metric.");
    return status;
}

/* The value of a flag in which a backslash stands before what has a meaning there. */
static char *escaped(const char *text, struct assay__arena *arena)
{
    char *out = assay__arena_alloc(arena, 2 * strlen(text) + 1);
    for (size_t i = 0; out != NULL && *text != '\0'; text++) {
        if (strchr("\\:,=", *text) != NULL)
            out[i++] = '\\';
        out[i++] = *text;
    }
    return out;
}

static enum assay_status plan_of_all(const struct init_table *table, struct init_sums *sums,
                                     struct assay_plan **plan, struct assay_error *err)
{
    struct plan_flags flags = {0};
    found_flags(&table->source.found, &flags);
    plan_flags_add(&flags, "baseline", "baseline");
    for (uint32_t i = 0; i < sums->metrics.count; i++)
        plan_flags_add(&flags, "metric", escaped(sums->metrics.keys[i].bytes, &sums->table.arena));
    enum assay_status status = plan_flags_build(&flags, plan, err);
    plan_flags_release(&flags);
    return status;
}

static enum assay_status read_table(const struct init_table *table, struct init_sums *sums,
                                    struct assay_error *err)
{
    struct assay_plan *plan = NULL;
    struct assay__rows *rows = NULL;
    enum assay_status status = plan_of_all(table, sums, &plan, err);
    if (status == ASSAY_OK)
        status = table_source_open(&table->source, false, &rows, err);
    sums->table.is_alone = true;
    if (status == ASSAY_OK)
        status = assay__summary_table_read(rows, plan, &sums->table, err);
    assay__rows_close(rows);
    assay_plan_free(plan);
    return status;
}

/* A share lies between 0 and 1; counts of 0 and 1 alone may be anything. */
static void judge_metric(struct sums_metric *metric, const struct assay__summary_entry *entry)
{
    const struct assay_moments *moments = assay__summary_moments(entry);
    if (moments == NULL || assay_moments_count(moments) == 0)
        return;
    struct assay_moments_shape shape = assay_moments_shape(moments);
    metric->has_denominator |= shape.has_denominator;
    if (shape.covariate_count > metric->covariate_count)
        metric->covariate_count = shape.covariate_count;
    metric->is_proportion &= !entry->is_no_share && !shape.has_denominator;
    if (!metric->is_proportion || entry->has_inner_mean)
        return;
    double mean = assay_moments_mean(moments, 0);
    metric->is_proportion = mean >= 0.0 && mean <= 1.0;
}

static enum assay_status take_entry(struct init_sums *sums,
                                    const struct assay__summary_entry *entry,
                                    struct assay_error *err)
{
    const char *const *key = entry->key;
    bool is_units = strcmp(key[ASSAY__KEY_METRIC], "@units") == 0;
    uint32_t number;
    if (key[ASSAY__KEY_METRIC][0] == '@' && !is_units)
        return ASSAY_OK;
    enum assay_status status = add_name(&sums->groups, key[ASSAY__KEY_GROUP], err);
    if (status == ASSAY_OK)
        status = add_name(&sums->dimensions, key[ASSAY__KEY_DIMENSION], err);
    if (status == ASSAY_OK)
        status = add_name(&sums->times, key[ASSAY__KEY_TIME], err);
    if (status == ASSAY_OK && assay__index_find(&sums->metrics, key[ASSAY__KEY_METRIC],
                                                strlen(key[ASSAY__KEY_METRIC]), &number))
        judge_metric(&sums->list[number], entry);
    return status;
}

static void find_baseline(struct init_sums *sums)
{
    unsigned best = 0;
    for (uint32_t i = 0; i < sums->groups.count; i++) {
        unsigned rank = words_control_rank(sums->groups.keys[i].bytes);
        if (rank == 0 || (best > 0 && rank >= best))
            continue;
        best = rank;
        sums->baseline = i;
    }
    sums->is_sure_baseline = best > 0;
}

enum assay_status init_sums_read(const struct init_table *table, struct init_sums *sums,
                                 struct assay_error *err)
{
    enum assay_status status = find_metrics(table, sums, err);
    if (status == ASSAY_OK)
        status = read_table(table, sums, err);
    sums->list = calloc((size_t)sums->metrics.count + 1, sizeof *sums->list);
    if (status == ASSAY_OK && sums->list == NULL)
        status = assay__fail_memory(err);
    for (uint32_t i = 0; status == ASSAY_OK && i < sums->metrics.count; i++) {
        sums->list[i].id = sums->metrics.keys[i].bytes;
        sums->list[i].is_proportion = true;
        sums->list[i].definition = init_sums_definition(sums, "metric", sums->list[i].id);
    }
    for (uint32_t i = 0; status == ASSAY_OK && i < sums->table.keys.count; i++)
        status = take_entry(sums, sums->table.entries[i], err);
    if (status == ASSAY_OK && sums->groups.count < 2)
        status = assay__fail_at(err, ASSAY_ERROR_DATA, assay__rows_name(table->profile.table), 0, 0,
                                "The table of sums has fewer than two groups.");
    find_baseline(sums);
    return status;
}

void init_sums_release(struct init_sums *sums)
{
    assay__summary_table_release(&sums->table);
    assay__index_release(&sums->metrics);
    assay__index_release(&sums->groups);
    assay__index_release(&sums->dimensions);
    assay__index_release(&sums->times);
    free(sums->list);
    memset(sums, 0, sizeof *sums);
}
