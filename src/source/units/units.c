/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the records of a table to counted units; every row that is not used is counted. */
#include "source/units/units.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "source/scan/scan_file.h"
#include "source/csv/suggest.h"
#include "source/units/cap.h"

enum { SHOWN_BYTES = 60 };

enum assay_status assay__units_init(struct assay__units *units, struct assay_dataset *dataset,
                                    const struct assay_read_options *options,
                                    struct assay_error *err)
{
    memset(units, 0, sizeof *units);
    const struct assay_plan *plan = assay__dataset_plan(dataset);
    units->dataset = dataset;
    units->options = options;
    enum assay_status status = assay__binding_init(&units->binding, plan, err);
    if (status == ASSAY_OK)
        status = assay__row_init(&units->row, &units->binding, err);
    if (status == ASSAY_OK)
        status = assay__tally_init(&units->tally, dataset, &units->binding, err);
    if (status == ASSAY_OK)
        status = assay__unit_store_init(&units->store, &units->binding, err);
    if (status != ASSAY_OK)
        return status;
    units->keeps_rows = plan->unit_column != NULL || assay__cap_needs_values(plan);
    units->columns = calloc(units->binding.cell_count, sizeof *units->columns);
    units->cells = calloc(units->binding.cell_count, sizeof *units->cells);
    if (units->columns == NULL || units->cells == NULL)
        return assay__fail_memory(err);
    return ASSAY_OK;
}

void assay__units_release(struct assay__units *units)
{
    assay__unit_store_release(&units->store);
    assay__tally_release(&units->tally);
    assay__row_release(&units->row);
    assay__binding_release(&units->binding);
    free(units->columns);
    free(units->cells);
    memset(units, 0, sizeof *units);
}

/* A cell's text for a message: cut between characters, control characters made visible. */
static void show_text(const struct assay__field *cell, char out[SHOWN_BYTES + 4])
{
    size_t length = cell->length < SHOWN_BYTES ? cell->length : SHOWN_BYTES;
    bool is_cut = length < cell->length;
    while (is_cut && length > 0 && ((unsigned char)cell->text[length] & 0xC0) == 0x80)
        length--;
    for (size_t i = 0; i < length; i++)
        out[i] = (unsigned char)cell->text[i] < 0x20 || cell->text[i] == 0x7F ? '?' : cell->text[i];
    snprintf(out + length, 4, "%s", is_cut ? "..." : "");
}

/* What a cell is read as, among times and variables; false for other cells. */
static bool kind_of(const struct assay__binding *binding, uint32_t cell,
                    enum assay__column_kind *kind)
{
    *kind = ASSAY__COLUMN_TIME;
    if (cell == binding->time)
        return true;
    for (uint32_t v = 0; v < binding->variable_count; v++) {
        if (binding->variables[v].cell != cell)
            continue;
        *kind = binding->variables[v].kind == ASSAY__VARIABLE_CHOICE ? ASSAY__COLUMN_CHOICE
                                                                     : ASSAY__COLUMN_NUMBER;
        return true;
    }
    return false;
}

/* A column that is spelt another way wants its format; leaving rows out would be the wrong cure. */
static void add_remedy(const struct assay__units *units, enum assay__row_outcome outcome,
                       const struct assay__csv *csv, struct assay_error *err)
{
    uint32_t cell = units->row.bad_cell;
    const struct assay_dialect *dialect = &units->binding.plan->dialect;
    struct assay__column_sample sample = {0};
    struct assay__csv_sample cells;
    err->reason = ASSAY_REASON_BAD_ROWS;
    if (outcome != ASSAY__ROW_BAD || !kind_of(&units->binding, cell, &sample.kind))
        return;
    assay__csv_sample(csv, units->columns[cell], ASSAY__SAMPLE_MAX, &cells);
    if (cells.cells == NULL)
        return;
    cells.cells[cells.count] = units->cells[cell];
    sample.cells = cells.cells;
    sample.count = cells.count + 1;
    assay__suggest_format(dialect, &sample, err->remedy);
    if (err->remedy[0] != '\0')
        err->reason = ASSAY_REASON_FORMAT;
    else if (!assay__suggest_skip(dialect, &sample))
        err->reason = ASSAY_REASON_NONE;
    assay__csv_sample_release(&cells);
}

static enum assay_status fail_row(const struct assay__units *units, enum assay__row_outcome outcome,
                                  const struct assay__csv *csv, const struct assay__record *record,
                                  struct assay_error *err)
{
    uint32_t cell = units->row.bad_cell;
    char text[SHOWN_BYTES + 4];
    show_text(&units->cells[cell], text);
    enum assay_status status = assay__csv_fail(
        csv, record, units->columns[cell], ASSAY_ERROR_DATA, err, "Column '%.100s': '%s' %s",
        units->binding.columns[cell], text, units->row.problem);
    if (err != NULL)
        add_remedy(units, outcome, csv, err);
    return status;
}

/* Counts a row that is not used, or fails with it. */
static enum assay_status pass_over(struct assay__units *units, enum assay__row_outcome outcome,
                                   const struct assay__csv *csv, const struct assay__record *record,
                                   struct assay_error *err)
{
    struct assay_counts *counts = assay__dataset_mutable_counts(units->dataset);
    if (outcome == ASSAY__ROW_AFTER)
        counts->rows_after++;
    else if (units->options->bad_rows != ASSAY_BAD_ROWS_SKIP)
        return fail_row(units, outcome, csv, record, err);
    else if (outcome == ASSAY__ROW_NO_GROUP)
        counts->rows_no_group++;
    else if (outcome == ASSAY__ROW_NO_UNIT)
        counts->rows_no_unit++;
    else
        counts->rows_bad++;
    return ASSAY_OK;
}

static enum assay_status read_record(struct assay__units *units, const struct assay__csv *csv,
                                     const struct assay__record *record, struct assay_error *err)
{
    struct assay_counts *counts = assay__dataset_mutable_counts(units->dataset);
    for (uint32_t i = 0; i < units->binding.cell_count; i++)
        units->cells[i] = record->fields[units->columns[i]];
    counts->rows_read++;
    enum assay__row_outcome outcome = assay__row_read(&units->row, &units->binding, units->cells);
    if (outcome != ASSAY__ROW_GOOD)
        return pass_over(units, outcome, csv, record, err);
    if (units->keeps_rows)
        return assay__unit_store_add(&units->store, units->row.time_ns, units->cells, err);
    counts->rows_used++;
    return assay__tally_add(&units->tally, &units->row, units->cells, err);
}

/* Says where in the file it happened, for errors that come from deeper down. */
static enum assay_status with_place(enum assay_status status, const struct assay__csv *csv,
                                    const struct assay__record *record, struct assay_error *err)
{
    if (err == NULL || err->line != 0)
        return status;
    return assay__fail_at(err, status, assay__csv_name(csv), record->line, 0, "%s", err->message);
}

static enum assay_status take_record(void *context, const struct assay__csv *csv,
                                     const struct assay__record *record, struct assay_error *err)
{
    return with_place(read_record(context, csv, record, err), csv, record, err);
}

/* Reads row by row. */
static enum assay_status read_rows(struct assay__units *units, struct assay__csv *csv,
                                   struct assay_error *err)
{
    uint32_t column_count = assay__csv_column_count(csv);
    for (;;) {
        struct assay__csv_block block;
        enum assay_status status = assay__csv_next_block(csv, &block, err);
        if (status != ASSAY_OK || block.record_count == 0)
            return status;
        for (size_t i = 0; i < block.record_count; i++) {
            struct assay__record record = {block.fields + i * column_count, block.lines[i]};
            status = take_record(units, csv, &record, err);
            if (status != ASSAY_OK)
                return status;
        }
    }
}

/* Reads by chunks and columns, with the rows that need it taken one by one. */
static enum assay_status scan_rows(struct assay__units *units, struct assay__csv *csv,
                                   struct assay_error *err)
{
    const struct assay__scan_kernels *kernels = assay__scan_kernels(units->options->kernel);
    const struct assay__scan_reader careful = {take_record, units};
    struct assay_counts *counts = assay__dataset_mutable_counts(units->dataset);
    struct assay__scan_layout layout;
    uint64_t rows_used = 0;
    if (kernels == NULL)
        return assay__fail(err, ASSAY_ERROR_USAGE, "This processor does not run the kernel '%s'.",
                           units->options->kernel);
    enum assay_status status =
        assay__scan_layout_init(&layout, &units->binding, units->columns, csv, kernels, err);
    layout.look = units->tally.look;
    if (status == ASSAY_OK)
        status = assay__scan_file(csv, &layout, units->dataset,
                                  assay__scan_threads(units->options->threads), &careful,
                                  &rows_used, err);
    counts->rows_read += rows_used;
    counts->rows_used += rows_used;
    assay__scan_layout_release(&layout);
    return status;
}

enum assay_status assay__units_read(struct assay__units *units, struct assay__csv *csv,
                                    struct assay_error *err)
{
    struct assay_counts *counts = assay__dataset_mutable_counts(units->dataset);
    enum assay_status status = assay__binding_columns(&units->binding, csv, units->columns, err);
    assay__csv_bad_rows(csv, units->options->bad_rows == ASSAY_BAD_ROWS_SKIP, true);
    bool is_careful =
        units->options->kernel != NULL && strcmp(units->options->kernel, "careful") == 0;
    bool is_plain = !is_careful && !units->keeps_rows && assay__scan_takes(units->binding.plan);
    if (status == ASSAY_OK)
        status = is_plain ? scan_rows(units, csv, err) : read_rows(units, csv, err);
    units->repeated_headers += assay__csv_repeated(csv);
    counts->rows_read += assay__csv_skipped(csv);
    counts->rows_bad += assay__csv_skipped(csv);
    return status;
}

/* Adds a kept unit, or counts why it is not added. */
static enum assay_status add_unit(struct assay__units *units, const struct assay__unit *unit,
                                  struct assay_error *err)
{
    struct assay_counts *counts = assay__dataset_mutable_counts(units->dataset);
    if (unit->in_two_groups) {
        counts->units_in_two_groups++;
        counts->rows_in_two_groups += unit->rows;
        return ASSAY_OK;
    }
    if (unit->is_unclear) {
        counts->units_unclear++;
        counts->rows_unclear += unit->rows;
        return ASSAY_OK;
    }
    counts->rows_used++;
    counts->rows_duplicate += unit->rows - 1;
    assay__unit_store_cells(&units->store, unit, units->cells);
    /* The row was read before: it can only be good. */
    if (assay__row_read(&units->row, &units->binding, units->cells) != ASSAY__ROW_GOOD)
        return assay__fail(err, ASSAY_ERROR_INTERNAL, "A kept row reads differently.");
    return assay__tally_add(&units->tally, &units->row, units->cells, err);
}

/*
 * Rows of a unit that hold other numbers are measurements to be put together, and how is for the
 * plan to say: any choice made here would be a guess.
 */
static enum assay_status check_repeats(const struct assay__units *units, struct assay_error *err)
{
    size_t unit_count = units->store.count, repeat = 0, differ = 0;
    for (size_t i = 0; i < unit_count; i++) {
        const struct assay__unit *unit = &units->store.units[i];
        repeat += unit->rows > 1;
        differ += unit->differs && !unit->in_two_groups;
    }
    if (differ == 0)
        return ASSAY_OK;
    enum assay_status status = assay__fail(
        err, ASSAY_ERROR_DATA,
        "%zu of %zu units have several rows, and the values of %zu of them differ from row to row: "
        "the rows are events, not units. Say how the rows of a unit become its value: the metric's "
        "\"aggregation\" is \"sum\", \"count\", \"countDistinct\", \"mean\", \"min\", \"max\", "
        "\"first\" or \"last\".",
        repeat, unit_count, differ);
    return assay__fail_reason(err, status, ASSAY_REASON_UNITS_REPEAT);
}

static enum assay_status note_repeated_headers(const struct assay__units *units,
                                               struct assay_error *err)
{
    char text[120];
    if (units->repeated_headers == 0)
        return ASSAY_OK;
    snprintf(text, sizeof text, "Rows that repeat the header, passed over: %llu.",
             (unsigned long long)units->repeated_headers);
    return assay__dataset_note(units->dataset, ASSAY_NOTE_INFO, -1, text, err);
}

enum assay_status assay__units_finish(struct assay__units *units, struct assay_error *err)
{
    enum assay_status status = check_repeats(units, err);
    if (status == ASSAY_OK)
        status = note_repeated_headers(units, err);
    if (status == ASSAY_OK)
        status = assay__cap_find(&units->tally, &units->store, err);
    for (size_t i = 0; status == ASSAY_OK && i < units->store.count; i++)
        status = add_unit(units, &units->store.units[i], err);
    if (status == ASSAY_OK)
        status = assay__cap_note(&units->tally, err);
    return status;
}
