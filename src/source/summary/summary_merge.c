/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables of sufficient statistics added up: parts of the data, exact in any order. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "source/summary/summary_column.h"
#include "source/summary/summary_figure.h"
#include "source/summary/summary_seal.h"

/* In place of the number of a series. */
#define NOT_ASKED UINT32_MAX
static const uint32_t NO_UNITS = UINT32_MAX - 1;

static enum assay_status fail_count(const struct assay__summary_entry *entry,
                                    struct assay_error *err)
{
    return assay__fail_at(err, ASSAY_ERROR_LIMIT, entry->file, entry->line, entry->column,
                          "'%.100s' counts more than %" PRIu64
                          " in all parts together. Is a part among them twice?",
                          entry->key[ASSAY__KEY_METRIC], ASSAY__SUMMARY_COUNT_MAX);
}

/* What rounding may have moved adds up, too. */
static enum assay_status merge_slack(struct assay__summary_table *table,
                                     struct assay__summary_entry *into,
                                     const struct assay__summary_entry *from,
                                     struct assay_error *err)
{
    uint32_t count = assay__column_rounding_count(from->keeps->shape(from->state));
    if (from->slack == NULL)
        return ASSAY_OK;
    if (into->slack == NULL)
        into->slack = assay__arena_array(&table->arena, count, sizeof *into->slack);
    if (into->slack == NULL)
        return assay__fail_memory(err);
    for (uint32_t i = 0; i < count; i++)
        into->slack[i] = assay__slack_add(into->slack[i], from->slack[i]);
    return ASSAY_OK;
}

static enum assay_status merge_state(struct assay__summary_table *table,
                                     struct assay__summary_entry *into,
                                     const struct assay__summary_entry *from,
                                     struct assay_error *err)
{
    bool is_same;
    enum assay_status status = assay__summary_keep(table, into, from->keeps,
                                                   from->keeps->shape(from->state), &is_same, err);
    if (status != ASSAY_OK)
        return status;
    if (!is_same)
        return assay__fail_at(err, ASSAY_ERROR_DATA, from->file, from->line, from->column,
                              "Metric '%.100s' has other columns here than in %s line %" PRIu64
                              ": denominators and covariates must be the same in all parts. Make "
                              "them by the same plan.",
                              from->key[ASSAY__KEY_METRIC], into->file, into->line);
    if (assay__summary_count(from) > ASSAY__SUMMARY_COUNT_MAX - assay__summary_count(into))
        return fail_count(from, err);
    into->without_variance = into->without_variance || from->without_variance;
    into->has_inner_mean = into->has_inner_mean && from->has_inner_mean;
    status = into->keeps->merge(into->state, from->state, err);
    return status == ASSAY_OK ? merge_slack(table, into, from, err) : status;
}

/*
 * Notes, times and the rows of a seal are facts, not counts: merging keeps one of each, and of
 * their n, which should be the same, the larger.
 */
static bool is_fact(const char *metric)
{
    static const char *const FACTS[] = {"@note", "@latest", "@schema", "@definition", "@input"};
    for (size_t i = 0; i < sizeof FACTS / sizeof *FACTS; i++)
        if (strcmp(FACTS[i], metric) == 0)
            return true;
    return false;
}

/* Where an entry was first seen. Most entries of a table are of one file. */
static enum assay_status copy_place(struct assay__summary_table *into,
                                    struct assay__summary_entry *entry,
                                    const struct assay__summary_entry *source, const char **of,
                                    const char **copy, struct assay_error *err)
{
    if (*of != source->file) {
        *of = source->file;
        *copy = assay__summary_file(into, source->file);
    }
    if (*copy == NULL)
        return assay__fail_memory(err);
    entry->file = *copy;
    entry->line = source->line;
    entry->column = source->column;
    return ASSAY_OK;
}

enum assay_status assay__summary_merge(struct assay__summary_table *into,
                                       const struct assay__summary_table *from,
                                       struct assay_error *err)
{
    const char *of = NULL, *copy = NULL;
    if (from->keys.count == 0)
        return ASSAY_OK;
    into->has_variances = into->has_variances || from->has_variances;
    into->is_sealed = from->is_sealed && (into->is_sealed || into->keys.count == 0);
    for (uint32_t i = 0; i < from->keys.count; i++) {
        const struct assay__summary_entry *source = from->entries[i];
        struct assay__summary_entry *entry;
        bool is_new;
        enum assay_status status = assay__summary_go_on(into, i, err);
        if (status == ASSAY_OK)
            status = assay__summary_entry(into, source->key, &entry, &is_new, err);
        if (status == ASSAY_OK && is_new)
            status = copy_place(into, entry, source, &of, &copy, err);
        if (status != ASSAY_OK)
            return status;
        entry->is_no_share = entry->is_no_share || source->is_no_share;
        entry->is_unneeded = source->is_unneeded;
        entry->has_slice = source->has_slice;
        const char *metric = source->key[ASSAY__KEY_METRIC];
        if (is_fact(metric))
            entry->n = entry->n > source->n ? entry->n : source->n;
        else if (source->state != NULL)
            status = merge_state(into, entry, source, err);
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
    for (size_t i = 0; i < shards->part_count; i++)
        assay__summary_table_release(&shards->parts[i]);
    assay__free(shards->parts);
    assay__summary_table_release(&shards->with_units);
    assay__summary_table_release(&shards->without_units);
    memset(shards, 0, sizeof *shards);
}

/* A part's own looks are filled first: what it must not contradict is itself. */
static enum assay_status complete(struct assay__summary_table *part, struct assay_error *err)
{
    enum assay_status status = assay__summary_fill(part, err);
    if (status == ASSAY_OK && assay__summary_has_units(part))
        status = assay__summary_count_units(part, err);
    return status == ASSAY_OK ? assay__summary_check(part, err) : status;
}

/* Exposures belong to one part: a part with some that another has was added already. */
static enum assay_status check_inputs(struct assay__summary_table *before,
                                      const struct assay__summary_table *table,
                                      struct assay_error *err)
{
    for (uint32_t i = 0; i < table->keys.count; i++) {
        const struct assay__summary_entry *input = table->entries[i];
        struct assay__summary_entry *other;
        if (strcmp(input->key[ASSAY__KEY_METRIC], "@input") != 0 ||
            input->key[ASSAY__KEY_GROUP][0] != '\0' || input->n == 0)
            continue;
        enum assay_status status = assay__summary_find(before, input->key, &other, err);
        if (status != ASSAY_OK)
            return status;
        if (other != NULL)
            return assay__fail_at(err, ASSAY_ERROR_DATA, input->file, input->line, 0,
                                  "An input of %" PRIu64
                                  " rows is in %.250s, too: its rows would count twice. Leave one "
                                  "of the two out.",
                                  input->n, other->file);
    }
    return ASSAY_OK;
}

/* Two tables without a seal may be equal by chance, where they are small. */
static enum assay_status note_twin(const struct assay__summary_shards *shards,
                                   struct assay__summary_table *table, struct assay_error *err)
{
    for (size_t i = 0; i < shards->part_count; i++)
        if (!shards->parts[i].is_sealed && !table->is_sealed &&
            strcmp(shards->parts[i].digest, table->digest) == 0)
            return assay__summary_note(table, "warning", "",
                                       "Two tables of sums have exactly the same rows. Is one a "
                                       "copy of the other? They are added up.",
                                       err);
    return ASSAY_OK;
}

/* A cap that a statement of 'assay sql' found is that of one part's units. */
static enum assay_status check_caps(const struct assay__summary_table *table,
                                    struct assay_error *err)
{
    for (uint32_t i = 0; i < table->keys.count; i++)
        if (strcmp(table->entries[i]->key[ASSAY__KEY_METRIC], "@cap") == 0)
            return assay__fail_at(err, ASSAY_ERROR_DATA, table->entries[i]->file,
                                  table->entries[i]->line, 0,
                                  "Metric '%.100s' has a cap at a quantile, which a database found "
                                  "among the units of this part alone: such parts do not add up. "
                                  "Give the cap as a value.",
                                  table->entries[i]->key[ASSAY__KEY_GROUP]);
    return ASSAY_OK;
}

/* What a part must have in common with those before it. */
static enum assay_status check_origin(struct assay__summary_shards *shards,
                                      const struct assay__summary_table *table,
                                      struct assay_error *err)
{
    enum assay_status status = ASSAY_OK;
    if (shards->part_count > 0)
        status = check_caps(table, err);
    if (shards->part_count == 1 && status == ASSAY_OK)
        status = check_caps(&shards->parts[0], err);
    for (size_t i = 0; status == ASSAY_OK && i < shards->part_count; i++) {
        struct assay__summary_table *before = &shards->parts[i];
        if (before->is_sealed && table->is_sealed)
            status = check_inputs(before, table, err);
        else if (shards->wants_same && before->is_sealed != table->is_sealed)
            return assay__fail(
                err, ASSAY_ERROR_DATA,
                "Some parts have a seal, as 'assay summarize' makes it, and some "
                "have none: their sum would look like an edited table. Merge them separately.");
    }
    for (size_t i = 0; status == ASSAY_OK && table->is_sealed && i < shards->part_count; i++)
        if (shards->parts[i].is_sealed)
            return assay__seal_agree(&shards->parts[i], table, shards->wants_same, err);
    return status;
}

enum assay_status assay__summary_shards_add(struct assay__summary_shards *shards,
                                            struct assay__summary_table *table,
                                            struct assay_error *err)
{
    table->halt = shards->halt;
    enum assay_status status = check_origin(shards, table, err);
    if (status == ASSAY_OK)
        status = note_twin(shards, table, err);
    if (status == ASSAY_OK)
        status = complete(table, err);
    if (status != ASSAY_OK)
        return status;
    if (shards->part_count == shards->part_capacity) {
        size_t capacity = shards->part_capacity * 2 + 4;
        struct assay__summary_table *parts =
            assay__realloc(shards->parts, capacity * sizeof *parts);
        if (parts == NULL)
            return assay__fail_memory(err);
        shards->parts = parts;
        shards->part_capacity = capacity;
    }
    shards->parts[shards->part_count++] = *table;
    memset(table, 0, sizeof *table);
    return ASSAY_OK;
}

/* The dimensions whose units rows count. */
static enum assay_status find_counted(const struct assay__summary_table *table,
                                      struct assay__index *counted, struct assay_error *err)
{
    enum assay_status status = ASSAY_OK;
    for (uint32_t i = 0; status == ASSAY_OK && i < table->keys.count; i++) {
        const char *dimension = table->entries[i]->key[ASSAY__KEY_DIMENSION];
        uint32_t number;
        if (assay__summary_counts_units(table->entries[i]))
            status = assay__index_add(counted, dimension, strlen(dimension), UINT32_MAX - 1,
                                      &number, err);
    }
    return status;
}

/* The series of the units of a series' slice; NO_UNITS where rows count them. */
static enum assay_status find_units(struct assay__summary_table *table,
                                    const struct assay__index *counted, uint32_t series,
                                    uint32_t *units, struct assay_error *err)
{
    const char *const *parts = table->series_parts[series];
    const char *const key[ASSAY__KEY_COUNT] = {"@units", parts[1], "", parts[2], parts[3]};
    uint32_t number;
    *units = NO_UNITS;
    if (assay__index_find(counted, parts[2], strlen(parts[2]), &number))
        return ASSAY_OK;
    return assay__summary_series(table, key, units, err);
}

/* Adds the row of the units of an entry's slice and time, or raises it to the entry's. */
static enum assay_status count_entry(struct assay__summary_table *table,
                                     const struct assay__summary_entry *source, uint32_t series,
                                     struct assay_error *err)
{
    struct assay__summary_entry *units;
    uint64_t count = assay__summary_count(source);
    bool is_new;
    enum assay_status status =
        assay__summary_entry_at(table, series, source->time, &units, &is_new, err);
    if (status == ASSAY_OK && units->n < count) {
        units->n = count;
        units->file = source->file;
        units->line = source->line;
        units->column = source->column;
    }
    return status;
}

enum assay_status assay__summary_count_units(struct assay__summary_table *table,
                                             struct assay_error *err)
{
    struct assay__index counted = {0};
    uint32_t metrics = table->keys.count, series = table->series.count;
    uint32_t *units_of = assay__malloc(((size_t)series + 1) * sizeof *units_of);
    enum assay_status status =
        units_of == NULL ? assay__fail_memory(err) : find_counted(table, &counted, err);
    for (uint32_t s = 0; units_of != NULL && s < series; s++)
        units_of[s] = NOT_ASKED;
    for (uint32_t i = 0; status == ASSAY_OK && i < metrics; i++) {
        const struct assay__summary_entry *source = table->entries[i];
        if (source->state == NULL)
            continue;
        uint32_t *units = &units_of[source->series];
        if (*units == NOT_ASKED)
            status = find_units(table, &counted, source->series, units, err);
        if (status == ASSAY_OK && *units != NO_UNITS)
            status = count_entry(table, source, *units, err);
    }
    assay__index_release(&counted);
    assay__free(units_of);
    return status;
}

/* Parts end at different looks: a part without a row at a later look keeps its last one. */
static enum assay_status align_looks(struct assay__summary_shards *shards, struct assay_error *err)
{
    struct assay__index looks = {0};
    size_t early_count = 0;
    bool are_sealed = true;
    enum assay_status status = ASSAY_OK;
    if (shards->part_count < 2) /* its own looks are filled */
        return assay__halt_check(shards->halt, err);
    for (size_t i = 0; status == ASSAY_OK && i < shards->part_count; i++) {
        status = assay__summary_looks(&shards->parts[i], &looks, err);
        are_sealed = are_sealed && shards->parts[i].is_sealed;
    }
    if (status == ASSAY_OK && are_sealed)
        status = assay__summary_looks_between(&shards->parts[0], &looks, err);
    for (size_t i = 0; status == ASSAY_OK && i < shards->part_count; i++) {
        bool has_carried = false;
        status = assay__summary_carry(&shards->parts[i], &looks, &has_carried, err);
        /* Sealed sums of one plan are those of data that end where they end: nothing is lost. */
        early_count += has_carried && !shards->parts[i].is_sealed;
    }
    assay__index_release(&looks);
    if (status != ASSAY_OK || early_count == 0)
        return status;
    char text[200];
    snprintf(text, sizeof text,
             "%zu of %zu parts lack some looks of the others: there they keep their last counts.",
             early_count, shards->part_count);
    return assay__summary_note(&shards->parts[0], "warning", "", text, err);
}

/* Times in some parts and none in others cannot be put in order. */
static enum assay_status check_times(const struct assay__summary_shards *shards,
                                     struct assay_error *err)
{
    const struct assay__summary_entry *first = NULL;
    for (size_t p = 0; p < shards->part_count; p++) {
        for (uint32_t i = 0; i < shards->parts[p].keys.count; i++) {
            const struct assay__summary_entry *entry = shards->parts[p].entries[i];
            if (entry->state == NULL && !assay__summary_counts_units(entry))
                continue;
            first = first == NULL ? entry : first;
            if ((first->time_ns == INT64_MIN) != (entry->time_ns == INT64_MIN))
                return assay__summary_refuse(entry, err,
                                             "rows here and those of %.200s do not both have "
                                             "times: looks cannot be told apart.",
                                             first->file);
        }
    }
    return ASSAY_OK;
}

/* Adds a part to a whole and empties it; the first one is the whole. */
static enum assay_status take_part(struct assay__summary_table *whole,
                                   struct assay__summary_table *part, struct assay_error *err)
{
    struct assay__halt *halt = whole->halt;
    enum assay_status status = ASSAY_OK;
    if (whole->keys.count > 0) {
        status = assay__summary_merge(whole, part, err);
        assay__summary_table_release(part);
    } else {
        assay__summary_table_release(whole);
        *whole = *part;
        whole->halt = halt;
        memset(part, 0, sizeof *part);
    }
    return status;
}

/*
 * Where units are counted by metrics beside tables that count them by rows, metrics that the plan
 * does not name would count as well, and theirs were not read: looks may leave them out.
 */
static enum assay_status refuse_unplanned(const struct assay__summary_table *table,
                                          struct assay_error *err)
{
    for (uint32_t i = 0; i < table->keys.count; i++)
        if (table->entries[i]->has_slice)
            return assay__summary_refuse(
                table->entries[i], err,
                "another table counts units by rows '@units', this one does not, and the plan does "
                "not name the metric: how many units there are cannot be told. Merge the tables "
                "first ('assay merge'), or add such rows.");
    return ASSAY_OK;
}

enum assay_status assay__summary_shards_join(struct assay__summary_shards *shards, bool must_count,
                                             struct assay__summary_table **whole,
                                             struct assay_error *err)
{
    shards->with_units.halt = shards->without_units.halt = shards->halt;
    enum assay_status status = check_times(shards, err);
    if (status == ASSAY_OK)
        status = align_looks(shards, err);
    for (size_t i = 0; status == ASSAY_OK && i < shards->part_count; i++) {
        shards->sealed_count += shards->parts[i].is_sealed;
        bool counts = assay__summary_has_units(&shards->parts[i]);
        status = take_part(counts ? &shards->with_units : &shards->without_units, &shards->parts[i],
                           err);
    }
    bool some_count = shards->with_units.keys.count > 0;
    if (status == ASSAY_OK && some_count)
        status = refuse_unplanned(&shards->without_units, err);
    *whole = some_count ? &shards->with_units : &shards->without_units;
    (*whole)->counts_by_metrics = must_count && !some_count;
    if (status == ASSAY_OK && some_count)
        status = assay__summary_count_units(&shards->without_units, err);
    if (status == ASSAY_OK && some_count)
        status = assay__summary_merge(&shards->with_units, &shards->without_units, err);
    /* Each part holds together, but one may count units without a value and no units, or such units
     * as units and another not. Of a sealed part a series may have ended, of others it has not. */
    bool are_alike = shards->sealed_count == 0 || shards->sealed_count == shards->part_count;
    if (status == ASSAY_OK && shards->part_count > 1 && are_alike)
        status = assay__summary_check_missing(*whole, err);
    return status;
}
