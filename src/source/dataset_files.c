/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The front door of ingestion: any number of files, each a table of units or of sums. */
#include <string.h>

#include "analysis/dataset_read.h"
#include "base/error.h"
#include "analysis/dataset.h"
#include "source/sources.h"
#include "source/rows_grouped.h"
#include "source/scan/scan_layout.h"
#include "source/summary/summary_read.h"
#include "source/summary/summary_seal.h"
#include "source/table/given_table.h"
#include "source/units/units.h"

/* What reading a list of files needs. */
struct intake {
    struct assay_dataset *dataset;
    const struct assay_read_options *options;
    struct assay__units units;
    bool has_units; /* units is in use: some file is a table of units */
    bool is_traced; /* files are known by what is in them */
    bool is_alone;  /* one table is read */
    struct assay__summary_shards shards;
    struct assay__halt halt;
    struct assay_table *const *tables; /* of a program, with the events that each holds */
    const char *const *table_events;
    size_t table_count;
};

/* Whether rows that are read twice change something: a unit's equal rows count once. */
static bool counts_twice(const struct intake *intake, uint32_t source)
{
    const struct assay__binding *binding = &intake->units.binding;
    bool is_used = source > 0 || assay__dataset_plan(intake->dataset)->unit_column == NULL;
    for (uint32_t c = 0; c < binding->channel_count; c++)
        is_used = is_used || binding->channels[c].source == source;
    return is_used;
}

/* Remembers a file that was read, and refuses it when its bytes were read before. */
static enum assay_status remember(struct intake *intake, uint32_t source,
                                  const struct assay__rows *rows, const struct assay_counts *before,
                                  struct assay_error *err)
{
    const struct assay_plan *plan = assay__dataset_plan(intake->dataset);
    struct assay_counts after = assay_dataset_counts(intake->dataset);
    char digest[ASSAY__FINGERPRINT_BYTES];
    assay__uint128 fingerprint;
    bool is_known = false;
    if (!intake->is_traced || !assay__rows_fingerprint(rows, &fingerprint)) {
        assay__dataset_unseal(intake->dataset);
        return ASSAY_OK;
    }
    assay__fingerprint_write(fingerprint, digest);
    const struct assay__input input = {source == 0 ? "" : plan->events[source - 1].name, digest,
                                       source == 0 ? after.rows_read - before->rows_read
                                                   : after.events_read - before->events_read};
    enum assay_status status = assay__dataset_input(intake->dataset, &input, &is_known, err);
    if (status == ASSAY_OK && is_known && counts_twice(intake, source))
        status = assay__fail_at(err, ASSAY_ERROR_DATA, assay__rows_name(rows), 0, 0,
                                "A file with the very same bytes was read before: its %llu rows "
                                "would count twice. Leave one of the two out.",
                                (unsigned long long)input.rows);
    return status;
}

static enum assay_status read_units(struct intake *intake, uint32_t source,
                                    struct assay__rows *rows, struct assay_error *err)
{
    enum assay_status status = ASSAY_OK;
    if (!intake->has_units) {
        intake->has_units = true;
        status = assay__units_init(&intake->units, intake->dataset, intake->options, err);
        intake->units.halt = &intake->halt;
        intake->units.binding.halt = &intake->halt;
        intake->units.gather.own_rules.halt = &intake->halt;
    }
    struct assay_counts before = assay_dataset_counts(intake->dataset);
    if (status == ASSAY_OK)
        status = assay__units_read(&intake->units, source, rows, err);
    return status == ASSAY_OK ? remember(intake, source, rows, &before, err) : status;
}

/* A row of sufficient statistics that cannot be read is never passed over. */
static enum assay_status read_summary(struct intake *intake, struct assay__rows *rows,
                                      struct assay_error *err)
{
    struct assay__summary_table table = {.is_alone = intake->is_alone};
    enum assay_status status =
        assay__summary_table_read(rows, assay__dataset_plan(intake->dataset), &table, err);
    if (status == ASSAY_OK)
        status = assay__seal_fits(&table, assay__dataset_plan(intake->dataset), err);
    if (status == ASSAY_OK)
        status = assay__summary_shards_add(&intake->shards, &table, err);
    assay__summary_table_release(&table);
    return status;
}

static bool is_summary(const struct intake *intake, uint32_t source, const struct assay__rows *rows)
{
    enum assay_input_kind kind = source > 0 ? ASSAY_INPUT_UNITS : intake->options->kind;
    return kind == ASSAY_INPUT_SUMMARY ||
           (kind == ASSAY_INPUT_AUTO && assay__summary_looks_like(rows));
}

static enum assay_status read_rows(struct intake *intake, uint32_t source, struct assay__rows *rows,
                                   struct assay_error *err)
{
    return is_summary(intake, source, rows) ? read_summary(intake, rows, err)
                                            : read_units(intake, source, rows, err);
}

/* A table of exposures whose group is in its file's name. */
static bool wants_group(const struct intake *intake, uint32_t source,
                        const struct assay__rows *rows)
{
    return source == 0 && assay__dataset_plan(intake->dataset)->dialect.group_from_file != NULL &&
           !is_summary(intake, source, rows);
}

/* Reads rows that are open; path is where the group may be in. */
static enum assay_status read_opened(struct intake *intake, uint32_t source, const char *path,
                                     struct assay__rows **rows, struct assay_error *err)
{
    const struct assay_plan *plan = assay__dataset_plan(intake->dataset);
    enum assay_status status = ASSAY_OK;
    assay__halt_log(&intake->halt, ASSAY_LOG_DEBUG, "Reading '%s'.", path);
    if (wants_group(intake, source, *rows))
        status = assay__rows_group(rows, plan->dialect.group_from_file, path, err);
    return status == ASSAY_OK ? read_rows(intake, source, *rows, err) : status;
}

static enum assay_status read_file(struct intake *intake, uint32_t source, const char *path,
                                   struct assay_error *err)
{
    const struct assay__rows_request request = {.name = path,
                                                .plan = assay__dataset_plan(intake->dataset),
                                                .options = intake->options,
                                                .is_traced = intake->is_traced,
                                                .halt = &intake->halt};
    struct assay__rows *rows = NULL;
    enum assay_status status = assay__rows_open(&request, &rows, err);
    if (status == ASSAY_OK)
        status = read_opened(intake, source, path, &rows, err);
    assay__rows_close(rows);
    return status;
}

/* Tables of the plan's events, or with event NULL those of exposures, units and sums. */
static enum assay_status read_tables(struct intake *intake, uint32_t source, const char *event,
                                     size_t *found, struct assay_error *err)
{
    enum assay_status status = ASSAY_OK;
    for (size_t i = 0; status == ASSAY_OK && i < intake->table_count; i++) {
        const char *of = intake->table_events == NULL ? NULL : intake->table_events[i];
        bool is_wanted = of == NULL || event == NULL ? of == event : strcmp(of, event) == 0;
        if (!is_wanted)
            continue;
        const struct assay__rows_request request = {.name = intake->tables[i]->name,
                                                    .plan = assay__dataset_plan(intake->dataset),
                                                    .options = intake->options,
                                                    .is_traced = intake->is_traced,
                                                    .halt = &intake->halt};
        struct assay__rows *rows = NULL;
        status = assay__table_open(intake->tables[i], &request, &rows, err);
        if (status == ASSAY_OK)
            status = read_opened(intake, source, request.name, &rows, err);
        assay__rows_close(rows);
        (*found)++;
    }
    return status;
}

/* The files of the plan's events, each of them given once. */
static enum assay_status read_events(struct intake *intake, struct assay_error *err)
{
    const struct assay_plan *plan = assay__dataset_plan(intake->dataset);
    const struct assay_read_options *options = intake->options;
    enum assay_status status = ASSAY_OK;
    for (uint32_t e = 0; status == ASSAY_OK && e < plan->event_count; e++) {
        size_t found = 0;
        for (size_t i = 0; status == ASSAY_OK && i < options->event_count; i++) {
            if (strcmp(options->events[i].name, plan->events[e].name) != 0)
                continue;
            for (size_t p = 0; status == ASSAY_OK && p < options->events[i].path_count;
                 p++, found++)
                status = read_file(intake, 1 + e, options->events[i].paths[p], err);
        }
        if (status == ASSAY_OK)
            status = read_tables(intake, 1 + e, plan->events[e].name, &found, err);
        if (status == ASSAY_OK && found == 0)
            status = assay__fail_reason(err,
                                        assay__fail(err, ASSAY_ERROR_USAGE,
                                                    "No file is named for the events '%s'.",
                                                    plan->events[e].name),
                                        ASSAY_REASON_EVENTS_WITHOUT_FILE);
    }
    return status;
}

static enum assay_status check_event_name(const struct intake *intake, const char *name,
                                          struct assay_error *err)
{
    const struct assay_plan *plan = assay__dataset_plan(intake->dataset);
    for (uint32_t e = 0; e < plan->event_count; e++)
        if (strcmp(plan->events[e].name, name) == 0)
            return ASSAY_OK;
    return assay__fail(err, ASSAY_ERROR_PLAN, "The plan names no events '%s'.", name);
}

/*
 * Refuses what would be passed over without a word: choices that there are none of, files of events
 * that the plan does not name.
 */
static enum assay_status check_options(const struct intake *intake, struct assay_error *err)
{
    const struct assay_read_options *options = intake->options;
    enum assay_status status = ASSAY_OK;
    if ((unsigned)options->kind > ASSAY_INPUT_SUMMARY)
        status = assay__fail(err, ASSAY_ERROR_USAGE, "No kind of input has number %d.",
                             (int)options->kind);
    else if ((unsigned)options->bad_rows > ASSAY_BAD_ROWS_SKIP)
        status = assay__fail(err, ASSAY_ERROR_USAGE, "No way with bad rows has number %d.",
                             (int)options->bad_rows);
    else if (!assay__scan_runs(options->kernel))
        status = assay__fail(err, ASSAY_ERROR_USAGE, "This processor does not run the kernel '%s'.",
                             options->kernel);
    for (size_t i = 0; status == ASSAY_OK && i < options->event_count; i++)
        status = check_event_name(intake, intake->options->events[i].name, err);
    for (size_t i = 0; status == ASSAY_OK && i < intake->table_count; i++)
        if (intake->table_events != NULL && intake->table_events[i] != NULL)
            status = check_event_name(intake, intake->table_events[i], err);
    return status;
}

/* Sums without a seal are taken at their word, and that is said. */
static enum assay_status note_unsealed(const struct intake *intake, struct assay_error *err)
{
    const struct assay__summary_shards *shards = &intake->shards;
    if (shards->sealed_count == shards->part_count)
        return ASSAY_OK;
    bool is_mixed = shards->sealed_count > 0;
    return assay__dataset_note(
        intake->dataset, is_mixed ? ASSAY_NOTE_WARNING : ASSAY_NOTE_INFO, -1,
        is_mixed ? "Some tables of sums have no seal: repeated, cut or edited parts of them cannot "
                   "be detected."
                 : "The sums have no seal: repeated, cut or edited parts cannot be detected.",
        err);
}

static enum assay_status finish(struct intake *intake, const char *first_path,
                                struct assay_error *err)
{
    struct assay__summary_table *whole;
    enum assay_status status = assay__summary_shards_join(&intake->shards, true, &whole, err);
    if (status == ASSAY_OK)
        status = assay__summary_to_dataset(whole, intake->dataset, err);
    if (status == ASSAY_OK)
        status = note_unsealed(intake, err);
    if (status != ASSAY_OK || !intake->has_units)
        return status;
    struct assay_counts counts = assay_dataset_counts(intake->dataset);
    assay__halt_log(&intake->halt, ASSAY_LOG_INFO, "Rows read: %llu; rows of events: %llu.",
                    (unsigned long long)counts.rows_read, (unsigned long long)counts.events_read);
    if (counts.rows_read == 0)
        return assay__fail_at(err, ASSAY_ERROR_DATA, first_path, intake->tables == NULL, 0,
                              intake->tables == NULL ? "There is a header but no row of data."
                                                     : "The table has no row of data.");
    return assay__units_finish(&intake->units, err);
}

static void begin(struct intake *intake, struct assay_dataset *dataset,
                  const struct assay_read_options *options, size_t table_count)
{
    static const struct assay_read_options DEFAULTS = {0};
    *intake = (struct intake){.dataset = dataset, .options = options != NULL ? options : &DEFAULTS};
    for (size_t i = 0; i < intake->options->event_count; i++)
        table_count += intake->options->events[i].path_count;
    intake->is_traced = intake->options->has_digests || table_count > 1;
    intake->is_alone = table_count == 1;
    assay__halt_begin(&intake->halt, intake->options->hooks);
    intake->shards.halt = &intake->halt;
}

/* What is left when the tables of units or sums are read: events, and bringing it all together. */
static enum assay_status end(struct intake *intake, enum assay_status status, const char *first,
                             struct assay_error *err)
{
    if (status == ASSAY_OK && intake->has_units)
        status = read_events(intake, err);
    if (status == ASSAY_OK)
        status = finish(intake, first, err);
    assay__summary_shards_release(&intake->shards);
    if (intake->has_units)
        assay__units_release(&intake->units);
    assay__halt_end(&intake->halt);
    return status;
}

enum assay_status assay_dataset_read(struct assay_dataset *dataset, const char *const *paths,
                                     size_t path_count, const struct assay_read_options *options,
                                     struct assay_error *err)
{
    struct intake intake;
    if (path_count == 0)
        return assay__fail(err, ASSAY_ERROR_USAGE, "No file is named; - is standard input.");
    begin(&intake, dataset, options, path_count);
    enum assay_status status = check_options(&intake, err);
    for (size_t i = 0; status == ASSAY_OK && i < path_count; i++)
        status = read_file(&intake, 0, paths[i], err);
    return end(&intake, status, paths[0], err);
}

enum assay_status assay__dataset_read_rows(struct assay_dataset *dataset, struct assay__rows *rows,
                                           const struct assay_read_options *options,
                                           struct assay_error *err)
{
    struct intake intake;
    begin(&intake, dataset, options, 1);
    enum assay_status status = check_options(&intake, err);
    if (status == ASSAY_OK)
        status = read_rows(&intake, 0, rows, err);
    return end(&intake, status, assay__rows_name(rows), err);
}

enum assay_status assay__dataset_read_sums(struct assay_dataset *dataset,
                                           struct assay__rows *const *rows, size_t count,
                                           struct assay_error *err)
{
    struct intake intake;
    enum assay_status status = ASSAY_OK;
    begin(&intake, dataset, NULL, count);
    for (size_t i = 0; status == ASSAY_OK && i < count; i++)
        status = read_summary(&intake, rows[i], err);
    return end(&intake, status, assay__rows_name(rows[0]), err);
}

enum assay_status assay_dataset_read_tables(struct assay_dataset *dataset,
                                            struct assay_table *const *tables,
                                            const char *const *events, size_t table_count,
                                            const struct assay_read_options *options,
                                            struct assay_error *err)
{
    struct intake intake;
    size_t found = 0;
    if (table_count == 0)
        return assay__fail(err, ASSAY_ERROR_USAGE, "No table is given.");
    begin(&intake, dataset, options, table_count);
    intake.tables = tables;
    intake.table_events = events;
    intake.table_count = table_count;
    enum assay_status status = check_options(&intake, err);
    if (status == ASSAY_OK)
        status = read_tables(&intake, 0, NULL, &found, err);
    if (status == ASSAY_OK && found == 0)
        status = assay__fail(err, ASSAY_ERROR_USAGE,
                             "Every table holds events: one of units or exposures is needed.");
    return end(&intake, status, tables[0]->name, err);
}
