/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From datasets to tables of sufficient statistics. */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/time.h"
#include "source/summary/summary_seal.h"
#include "source/summary/summary_table.h"
#include "analysis/dataset_read.h"

static void time_text(int64_t time_ns, char out[ASSAY__TIME_BYTES])
{
    out[0] = '\0';
    if (time_ns != INT64_MIN)
        assay__time_write(time_ns, out);
}

static enum assay_status set_count(struct assay__summary_table *table,
                                   const char *const key[ASSAY__KEY_COUNT], uint64_t n,
                                   struct assay_error *err)
{
    struct assay__summary_entry *entry;
    bool is_new;
    enum assay_status status = assay__summary_entry(table, key, &entry, &is_new, err);
    if (status == ASSAY_OK)
        entry->n = n;
    return status;
}

static enum assay_status write_cell(const struct assay_plan *plan, const struct assay__cell *cell,
                                    const char *key[ASSAY__KEY_COUNT],
                                    struct assay__summary_table *table, struct assay_error *err)
{
    key[ASSAY__KEY_METRIC] = "@units";
    enum assay_status status = set_count(table, key, cell->units, err);
    for (uint32_t m = 0; status == ASSAY_OK && m < plan->metric_count; m++) {
        const struct assay__accumulator *keeps = assay__metric_accumulator(&plan->metrics[m]);
        struct assay__summary_entry *entry;
        bool is_new;
        if (cell->states[m] == NULL || keeps->count(cell->states[m]) == 0)
            continue;
        key[ASSAY__KEY_METRIC] = plan->metrics[m].id;
        status = assay__summary_entry(table, key, &entry, &is_new, err);
        if (status != ASSAY_OK)
            continue;
        entry->keeps = keeps;
        entry->state = cell->states[m];
        entry->is_borrowed = true;
    }
    return status;
}

static enum assay_status write_slice(const struct assay_dataset *dataset, uint32_t slice,
                                     uint32_t look, const char *time,
                                     struct assay__summary_table *table, struct assay_error *err)
{
    const struct assay_plan *plan = assay__dataset_plan(dataset);
    struct assay__slice_name name = assay__dataset_slice_name(dataset, slice);
    const char *dimension = "", *value = name.value;
    if (name.kind == ASSAY_SLICE_DIMENSION)
        dimension = plan->dimensions[name.number];
    if (name.kind == ASSAY_SLICE_SEGMENT) {
        dimension = "@segment";
        value = plan->segments[name.number].id;
    }
    enum assay_status status = ASSAY_OK;
    for (uint32_t g = 0; status == ASSAY_OK && g < assay__dataset_group_count(dataset); g++) {
        const struct assay__cell *cell = assay__dataset_find(dataset, slice, look, g);
        const char *key[ASSAY__KEY_COUNT] = {"", assay__dataset_group_id(dataset, g), time,
                                             dimension, value};
        if (cell != NULL)
            status = write_cell(plan, cell, key, table, err);
    }
    return status;
}

static enum assay_status write_counts(const struct assay_dataset *dataset,
                                      struct assay__summary_table *table, struct assay_error *err)
{
    struct assay_counts counts = assay_dataset_counts(dataset);
    enum assay_status status = ASSAY_OK;
    for (const struct assay__count_row *row = assay__count_rows;
         status == ASSAY_OK && row->name != NULL; row++) {
        char name[64];
        snprintf(name, sizeof name, "@%s", row->name);
        const char *const key[ASSAY__KEY_COUNT] = {name, "", "", "", ""};
        status = set_count(table, key, *assay__count_field(&counts, row), err);
    }
    return status;
}

static enum assay_status write_skipped(const struct assay_dataset *dataset,
                                       struct assay__summary_table *table, struct assay_error *err)
{
    const struct assay__counter *skipped = assay__dataset_skipped(dataset);
    enum assay_status status = ASSAY_OK;
    for (uint32_t i = 0; status == ASSAY_OK && i < skipped->names.count; i++) {
        const char *const key[ASSAY__KEY_COUNT] = {"@skipped", skipped->names.keys[i].bytes, "", "",
                                                   ""};
        status = set_count(table, key, skipped->counts[i], err);
    }
    return status;
}

static enum assay_status write_remarks(const struct assay_dataset *dataset,
                                       struct assay__summary_table *table, struct assay_error *err)
{
    static const char *const LEVELS[] = {
        [ASSAY_NOTE_INFO] = "info", [ASSAY_NOTE_WARNING] = "warning", [ASSAY_NOTE_ERROR] = "error"};
    const struct assay_plan *plan = assay__dataset_plan(dataset);
    enum assay_status status = write_counts(dataset, table, err);
    if (status == ASSAY_OK)
        status = write_skipped(dataset, table, err);
    for (uint32_t m = 0; status == ASSAY_OK && m < plan->metric_count; m++) {
        const char *const key[ASSAY__KEY_COUNT] = {"@missing", "", "", "", plan->metrics[m].id};
        uint64_t missing = assay__dataset_missing(dataset, m);
        if (missing > 0)
            status = set_count(table, key, missing, err);
    }
    for (uint32_t i = 0; status == ASSAY_OK && i < assay__dataset_note_count(dataset); i++) {
        enum assay_annotation_level level;
        int32_t metric;
        const char *text;
        assay__dataset_note_at(dataset, i, &level, &metric, &text);
        const char *const key[ASSAY__KEY_COUNT] = {
            "@note", metric < 0 ? "" : plan->metrics[metric].id, "", LEVELS[level], text};
        status = set_count(table, key, 1, err);
    }
    if (status == ASSAY_OK && assay__dataset_latest(dataset) != INT64_MIN) {
        char time[ASSAY__TIME_BYTES];
        time_text(assay__dataset_latest(dataset), time);
        const char *const key[ASSAY__KEY_COUNT] = {"@latest", "", time, "", ""};
        status = set_count(table, key, 1, err);
    }
    return status;
}

/* Names that would read as rows or slices of another kind. */
static enum assay_status check_names(const struct assay_plan *plan, struct assay_error *err)
{
    for (uint32_t m = 0; m < plan->metric_count; m++)
        if (plan->metrics[m].id[0] == '@')
            return assay__fail(err, ASSAY_ERROR_PLAN,
                               "Metric '%.100s': names that begin with @ are reserved in "
                               "sufficient statistics. Give it another id.",
                               plan->metrics[m].id);
    for (uint32_t d = 0; d < plan->dimension_count; d++)
        if (strcmp(plan->dimensions[d], "@segment") == 0)
            return assay__fail(err, ASSAY_ERROR_PLAN,
                               "In sufficient statistics the dimension '@segment' stands for "
                               "segments. Rename the column.");
    return ASSAY_OK;
}

/* The rows of the seal that say what the sums are of. */
static enum assay_status write_origin(const struct assay_dataset *dataset,
                                      struct assay__summary_table *table, struct assay_error *err)
{
    table->is_sealed = assay__dataset_is_sealed(dataset);
    if (!table->is_sealed)
        return ASSAY_OK;
    enum assay_status status = assay__seal_plan(assay__dataset_plan(dataset), table, err);
    for (uint32_t i = 0; status == ASSAY_OK && i < assay__dataset_input_count(dataset); i++) {
        struct assay__input input = assay__dataset_input_at(dataset, i);
        const char *const key[ASSAY__KEY_COUNT] = {"@input", input.events, "", "", input.digest};
        status = set_count(table, key, input.rows, err);
    }
    return status;
}

enum assay_status assay__summary_check_plan(const struct assay_plan *plan, struct assay_error *err)
{
    for (uint32_t m = 0; m < plan->metric_count && !plan->has_as_of; m++)
        if (plan->metrics[m].window.is_set)
            return assay__fail(err, ASSAY_ERROR_PLAN,
                               "Metric '%.100s' has a window, and which windows are complete "
                               "depends on when the data end: each part would end by itself. Give "
                               "the plan an asOf.",
                               plan->metrics[m].id);
    return check_names(plan, err);
}

enum assay_status assay__summary_of_dataset(const struct assay_dataset *dataset,
                                            struct assay__summary_table *table,
                                            struct assay_error *err)
{
    enum assay_status status = assay__summary_check_plan(assay__dataset_plan(dataset), err);
    if (status != ASSAY_OK)
        return status;
    for (uint32_t look = 0; look < assay__dataset_look_count(dataset); look++) {
        char time[ASSAY__TIME_BYTES];
        time_text(assay__dataset_look_time(dataset, look), time);
        for (uint32_t s = 0; s < assay__dataset_slice_count(dataset); s++) {
            status = write_slice(dataset, s, look, time, table, err);
            if (status == ASSAY_OK)
                status = assay__halt_check(table->halt, err);
            if (status != ASSAY_OK)
                return status;
        }
    }
    status = write_remarks(dataset, table, err);
    return status == ASSAY_OK ? write_origin(dataset, table, err) : status;
}

enum assay_status assay_dataset_stream(const struct assay_dataset *dataset,
                                       const struct assay_sink *sink, struct assay_error *err)
{
    struct assay__halt halt;
    struct assay__summary_table table = {.halt = &halt};
    assay__halt_begin(&halt, NULL);
    enum assay_status status = assay__summary_of_dataset(dataset, &table, err);
    if (status == ASSAY_OK)
        status = assay__summary_stream(&table, sink, err);
    assay__summary_table_release(&table);
    assay__halt_end(&halt);
    return status;
}

enum assay_status assay_dataset_summarize(const struct assay_dataset *dataset, char **text,
                                          size_t *length, struct assay_error *err)
{
    struct assay__halt halt;
    struct assay__summary_table table = {.halt = &halt};
    assay__halt_begin(&halt, NULL);
    enum assay_status status = assay__summary_of_dataset(dataset, &table, err);
    if (status == ASSAY_OK)
        status = assay__summary_text(&table, text, length, err);
    assay__summary_table_release(&table);
    assay__halt_end(&halt);
    return status;
}
