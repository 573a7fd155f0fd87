/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the rows of tables of units and of events, and counts what becomes of each. */
#include "source/units/units.h"

#include <string.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/memory.h"
#include "source/scan/scan_file.h"
#include "source/units/cap.h"
#include "source/units/row_error.h"
#include "source/units/units_checks.h"
#include "source/units/units_visit.h"

/* A dataset's memory without a limit given: for callers of the library. */
static const size_t MEMORY_DEFAULT = (size_t)1 << 30;

static enum assay_status init_gather(struct assay__units *units,
                                     const struct assay_read_options *options,
                                     struct assay_error *err)
{
    struct assay__gather_limits limits = {
        options->memory_bytes == 0 ? MEMORY_DEFAULT : options->memory_bytes,
        options->temporary_folder == NULL ? "/tmp" : options->temporary_folder};
    return assay__gather_init(&units->gather, &units->binding, &limits, err);
}

enum assay_status assay__units_init(struct assay__units *units, struct assay_dataset *dataset,
                                    const struct assay_read_options *options,
                                    struct assay_error *err)
{
    memset(units, 0, sizeof *units);
    const struct assay_plan *plan = assay__dataset_plan(dataset);
    units->dataset = dataset;
    units->options = options;
    units->earliest_ns = INT64_MAX;
    units->latest_ns = INT64_MIN;
    units->gathers = plan->unit_column != NULL || assay__cap_needs_values(plan);
    enum assay_status status = assay__binding_init(&units->binding, plan, err);
    if (status == ASSAY_OK)
        status = assay__unit_names_init(&units->names, plan, err);
    if (status == ASSAY_OK)
        status = assay__row_init(&units->row, &units->binding, err);
    if (status == ASSAY_OK)
        status = assay__tally_init(&units->tally, dataset, &units->binding, &units->names, err);
    if (status == ASSAY_OK)
        status = init_gather(units, options, err);
    if (status != ASSAY_OK)
        return status;
    units->columns = assay__calloc((size_t)units->binding.cells_max + 1, sizeof *units->columns);
    units->cells = assay__calloc((size_t)units->binding.cells_max + 1, sizeof *units->cells);
    if (units->columns == NULL || units->cells == NULL)
        return assay__fail_memory(err);
    return ASSAY_OK;
}

void assay__units_release(struct assay__units *units)
{
    if (units->dataset == NULL)
        return;
    assay__gather_release(&units->gather);
    if (units->tally.names != NULL)
        assay__tally_release(&units->tally);
    assay__row_release(&units->row);
    assay__unit_names_release(&units->names);
    assay__binding_release(&units->binding);
    assay__free(units->columns);
    assay__free(units->cells);
    memset(units, 0, sizeof *units);
}

/* Where a row that is not used is counted; NULL for one that is used. */
static uint64_t *count_of(struct assay__units *units, enum assay__row_outcome outcome)
{
    struct assay_counts *counts = assay__dataset_mutable_counts(units->dataset);
    bool is_event = units->source > 0;
    switch (outcome) {
    case ASSAY__ROW_LEFT_OUT:
        return &counts->rows_left_out;
    case ASSAY__ROW_AFTER:
        return is_event ? &counts->events_after : &counts->rows_after;
    case ASSAY__ROW_NO_GROUP:
        return &counts->rows_no_group;
    case ASSAY__ROW_NO_UNIT:
        return is_event ? &counts->events_no_unit : &counts->rows_no_unit;
    default:
        return is_event ? &counts->events_bad : &counts->rows_bad;
    }
}

/* Counts a row that is not used, or fails with it. */
static enum assay_status pass_over(struct assay__units *units, enum assay__row_outcome outcome,
                                   const struct assay__rows *rows,
                                   const struct assay__record *record, struct assay_error *err)
{
    if (outcome == ASSAY__ROW_NO_MEMORY)
        return assay__fail_memory(err);
    if (outcome != ASSAY__ROW_LEFT_OUT && outcome != ASSAY__ROW_AFTER &&
        units->options->bad_rows != ASSAY_BAD_ROWS_SKIP)
        return assay__units_fail_row(units, outcome, rows, record, err);
    (*count_of(units, outcome))++;
    bool is_skipped = outcome == ASSAY__ROW_BAD || outcome == ASSAY__ROW_NO_UNIT;
    return is_skipped && units->source == 0
               ? assay__units_skip(units, &units->cells[units->binding.group], err)
               : ASSAY_OK;
}

/* The look of a row that is not a part of a unit: it need not wait for the others. */
static int64_t look_of(const struct assay_plan *plan, int64_t time_ns)
{
    if (plan->granularity == ASSAY_GRANULARITY_NONE)
        return INT64_MIN;
    int64_t end = assay__look_end(plan->granularity, time_ns);
    return plan->has_as_of && plan->as_of_ns < end ? plan->as_of_ns : end;
}

/* Adds a row that is a unit on its own. */
static enum assay_status add_row(struct assay__units *units, const struct assay__exposure *exposure,
                                 struct assay_error *err)
{
    const struct assay_plan *plan = units->binding.plan;
    struct assay__tally *tally = &units->tally;
    int64_t look = look_of(plan, exposure->first_ns);
    assay__dataset_mutable_counts(units->dataset)->rows_used++;
    assay__tally_unit(tally, exposure->group, exposure->content);
    enum assay_status status = assay__tally_count(tally, look, false, err);
    for (uint32_t m = 0; status == ASSAY_OK && m < plan->metric_count; m++) {
        struct assay__vector vector;
        assay__tally_vector(tally, m, units->row.numbers, &vector);
        if (vector.is_missing)
            assay__dataset_add_missing(units->dataset, m, 1);
        if (vector.counts)
            status = assay__tally_add(tally, m, look, &vector, false, err);
    }
    return status;
}

static void observe(struct assay__units *units, int64_t time_ns)
{
    if (units->source == 0 && time_ns < units->earliest_ns)
        units->earliest_ns = time_ns;
    if (time_ns > units->latest_ns)
        units->latest_ns = time_ns;
}

/* Takes a row of exposures, or of units, in. */
static enum assay_status take_row(struct assay__units *units, struct assay_error *err)
{
    struct assay__exposure exposure;
    struct assay__row *row = &units->row;
    enum assay_status status =
        assay__row_exposure(row, &units->binding, units->cells, &units->names, &exposure, err);
    if (status != ASSAY_OK || !units->gathers)
        return status == ASSAY_OK ? add_row(units, &exposure, err) : status;
    status = assay__gather_expose(&units->gather, &exposure, 1, err);
    struct assay__happening happening = {exposure.key, row->readings, row->reading_count, 0};
    if (status == ASSAY_OK && happening.count > 0)
        status = assay__gather_happen(&units->gather, &happening, 1, err);
    return status;
}

static enum assay_status take_event(struct assay__units *units, struct assay_error *err)
{
    const struct assay__field *id = &units->cells[units->binding.sources[units->source].unit];
    struct assay__happening happening = {
        .events = units->row.readings, .count = units->row.reading_count, .event_rows = 1};
    assay__unit_key_init(&happening.key, id->text, id->length);
    return assay__gather_happen(&units->gather, &happening, 1, err);
}

/* Takes a record in that is of a chunk, or of none: 0. */
static enum assay_status read_record(struct assay__units *units, const struct assay__rows *rows,
                                     const struct assay__record *record, uint64_t chunk,
                                     struct assay_error *err)
{
    const struct assay__binding *binding = &units->binding;
    struct assay_counts *counts = assay__dataset_mutable_counts(units->dataset);
    bool is_event = units->source > 0;
    for (uint32_t i = 0; i < binding->sources[units->source].count; i++)
        units->cells[i] = record->fields[units->columns[i]];
    (*(is_event ? &counts->events_read : &counts->rows_read))++;
    units->row.at = (struct assay__row_at){{chunk, record->line, 0}, record, units->columns};
    enum assay__row_outcome outcome =
        is_event ? assay__row_read_event(&units->row, binding, units->source, units->cells)
                 : assay__row_read(&units->row, binding, units->cells);
    if (outcome != ASSAY__ROW_GOOD)
        return pass_over(units, outcome, rows, record, err);
    if (units->row.time_ns != INT64_MIN)
        observe(units, units->row.time_ns);
    return is_event ? take_event(units, err) : take_row(units, err);
}

/*
 * Says where in the file it happened, for errors that come from deeper down. Of too many names no
 * row alone is to blame, and which one is met last depends on the way of reading.
 */
static enum assay_status with_place(enum assay_status status, const struct assay__rows *rows,
                                    const struct assay__record *record, struct assay_error *err)
{
    if (status == ASSAY_OK || err == NULL || err->line != 0 || status == ASSAY_ERROR_IO)
        return status;
    uint64_t line = status == ASSAY_ERROR_LIMIT ? 0 : record->line;
    return assay__fail_at(err, status, assay__rows_name(rows), line, 0, "%s", err->message);
}

static enum assay_status take_record(void *context, const struct assay__rows *rows,
                                     const struct assay__record *record, uint64_t chunk,
                                     struct assay_error *err)
{
    return with_place(read_record(context, rows, record, chunk, err), rows, record, err);
}

/* Reads row by row. */
static enum assay_status read_rows(struct assay__units *units, struct assay__rows *rows,
                                   struct assay_error *err)
{
    uint32_t column_count = assay__rows_column_count(rows);
    for (;;) {
        struct assay__rows_block block;
        enum assay_status status = assay__rows_next_block(rows, &block, err);
        if (status != ASSAY_OK || block.record_count == 0)
            return status;
        for (size_t i = 0; i < block.record_count; i++) {
            struct assay__record record = {block.fields + i * column_count, block.lines[i]};
            status = take_record(units, rows, &record, 0, err);
            if (status != ASSAY_OK || units->row.spellings.is_mixed)
                return status;
        }
    }
}

/* Adds what was read the fast way to the counts of the dataset. */
static void count_scanned(struct assay__units *units, const struct assay__scan_counts *of)
{
    struct assay_counts *counts = assay__dataset_mutable_counts(units->dataset);
    bool is_event = units->source > 0;
    *(is_event ? &counts->events_read : &counts->rows_read) += of->read;
    *(is_event ? &counts->events_after : &counts->rows_after) += of->after;
    counts->rows_left_out += of->left_out;
    if (!units->gathers)
        counts->rows_used += of->used;
    if (of->latest_ns == INT64_MIN)
        return;
    observe(units, of->earliest_ns);
    observe(units, of->latest_ns);
}

/* Reads by chunks and columns, with the rows that need it taken one by one. */
static enum assay_status scan_rows(struct assay__units *units, struct assay__csv *csv,
                                   struct assay_error *err)
{
    const struct assay__scan_kernels *kernels = assay__scan_kernels(units->options->kernel);
    const struct assay__scan_target target = {.dataset = units->dataset,
                                              .gather = units->gathers ? &units->gather : NULL,
                                              .names = &units->names,
                                              .spellings = &units->row.spellings,
                                              .careful = {take_record, units}};
    struct assay__scan_layout layout;
    struct assay__scan_counts counts = {.earliest_ns = INT64_MAX, .latest_ns = INT64_MIN};
    enum assay_status status = assay__scan_layout_init(&layout, &units->tally, err);
    assay__scan_layout_file(&layout, units->source, units->columns, csv, kernels);
    layout.look_ns = assay__look_length(units->binding.plan->granularity);
    if (status == ASSAY_OK)
        status = assay__scan_file(csv, &layout, &target,
                                  assay__scan_threads(units->options->threads), &counts, err);
    count_scanned(units, &counts);
    assay__scan_layout_release(&layout);
    return status;
}

/* A record of exposures that was passed over, having other cells than the header has. */
static enum assay_status skip_record(void *context, const struct assay__field *fields,
                                     uint32_t count, struct assay_error *err)
{
    struct assay__units *units = context;
    uint32_t group = units->columns[units->binding.group];
    return group < count ? assay__units_skip(units, &fields[group], err) : ASSAY_OK;
}

enum assay_status assay__units_read(struct assay__units *units, uint32_t source,
                                    struct assay__rows *rows, struct assay_error *err)
{
    struct assay_counts *counts = assay__dataset_mutable_counts(units->dataset);
    struct assay_error own = {0};
    err = err == NULL ? &own : err;
    enum assay_status status =
        assay__binding_columns(&units->binding, source, rows, units->columns, err);
    if (status == ASSAY_OK)
        status = assay__rows_use(rows, units->columns, units->binding.sources[source].count, err);
    units->source = source;
    rows->skips_bad = units->options->bad_rows == ASSAY_BAD_ROWS_SKIP;
    rows->may_skip = true;
    if (source == 0)
        rows->on_skip = (struct assay__rows_skip){units, skip_record};
    bool is_careful = assay__units_is_careful(units);
    struct assay__csv *csv = assay__rows_csv(rows);
    units->is_threaded = units->is_threaded || csv != NULL;
    bool is_scanned =
        csv != NULL && !is_careful && assay__scan_takes(units->binding.plan) &&
        (units->gathers || assay__scan_caps_fit(units->binding.plan, units->tally.caps));
    assay__spellings_begin(&units->row.spellings);
    if (status == ASSAY_OK) {
        status = is_scanned ? scan_rows(units, csv, err) : read_rows(units, rows, err);
        status = assay__units_check_words(units, rows, status, err);
    }
    if (status == ASSAY_OK)
        status = assay__units_note_points(units, rows, err);
    units->repeated_headers += rows->repeated;
    *(source > 0 ? &counts->events_read : &counts->rows_read) += rows->skipped;
    *(source > 0 ? &counts->events_bad : &counts->rows_bad) += rows->skipped;
    return status;
}

/* Makes what there is at each look of what is new at each. */
static enum assay_status accumulate(struct assay__units *units, const struct assay__looks *looks,
                                    struct assay_error *err)
{
    if (looks->count == 0 || units->binding.plan->granularity == ASSAY_GRANULARITY_NONE)
        return ASSAY_OK;
    int64_t *keys = assay__malloc(looks->count * sizeof *keys);
    if (keys == NULL)
        return assay__fail_memory(err);
    for (uint32_t i = 0; i < looks->count; i++)
        keys[i] = looks->at[i].key;
    enum assay_status status = assay__dataset_accumulate(units->dataset, units->tally.taken, keys,
                                                         looks->count, units->halt, err);
    assay__free(keys);
    return status;
}

enum assay_status assay__units_finish(struct assay__units *units, struct assay_error *err)
{
    struct assay__looks looks;
    enum assay_status status =
        assay__looks_init(&looks, units->binding.plan, units->earliest_ns, units->latest_ns, err);
    if (units->latest_ns != INT64_MIN)
        assay__dataset_observe(units->dataset, units->latest_ns);
    if (status == ASSAY_OK && units->gathers) /* without a look, too: events are counted */
        status = assay__units_visit(units, &looks, err);
    if (status == ASSAY_OK)
        status = accumulate(units, &looks, err);
    if (status == ASSAY_OK)
        status = assay__units_note(units, err);
    if (status == ASSAY_OK)
        status = assay__cap_note(&units->tally, err);
    assay__looks_release(&looks);
    return status;
}
