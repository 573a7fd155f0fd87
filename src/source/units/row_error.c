/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is said of a row that cannot be read: where it is, what is wrong, and what would read it. */
#include "source/units/row_error.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "source/csv/suggest.h"

enum { SHOWN_BYTES = 60 };

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

/* What a cell is read as, among times and numbers; false for other cells. */
static bool kind_of(const struct assay__units *units, uint32_t cell, enum assay__column_kind *kind)
{
    const struct assay__binding *binding = &units->binding;
    *kind = ASSAY__COLUMN_TIME;
    if (cell == binding->sources[units->source].time)
        return true;
    const struct assay__variable *found = NULL;
    for (uint32_t v = 0; units->source == 0 && v < binding->variable_count; v++)
        if (binding->variables[v].cell == cell)
            found = &binding->variables[v];
    for (uint32_t c = 0; found == NULL && c < binding->channel_count; c++)
        if (binding->channels[c].source == units->source &&
            binding->channels[c].variable.cell == cell &&
            binding->channels[c].variable.kind <= ASSAY__VARIABLE_EITHER)
            found = &binding->channels[c].variable;
    *kind = found != NULL && found->kind == ASSAY__VARIABLE_CHOICE ? ASSAY__COLUMN_CHOICE
                                                                   : ASSAY__COLUMN_NUMBER;
    return found != NULL;
}

/* A tick or nothing: leaving the ticks out would leave only units without one. */
static void explain_mark(struct assay_error *err)
{
    size_t length = strlen(err->message);
    err->reason = ASSAY_REASON_NONE;
    snprintf(err->message + length, sizeof err->message - length,
             " If it stands for yes and an empty cell for no, make it a text for true and count "
             "missing values as zero: format.true and the metric's missing.");
}

/* A column that is spelt another way wants its format; leaving rows out would be the wrong cure. */
static void add_remedy(const struct assay__units *units, enum assay__row_outcome outcome,
                       const struct assay__rows *rows, struct assay_error *err)
{
    uint32_t cell = units->row.bad_cell;
    const struct assay_dialect *dialect = &units->binding.plan->dialect;
    struct assay__column_sample sample = {0};
    struct assay__rows_sample cells;
    err->reason = ASSAY_REASON_BAD_ROWS;
    if (outcome != ASSAY__ROW_BAD || !kind_of(units, cell, &sample.kind))
        return;
    assay__rows_sample(rows, units->columns[cell], ASSAY__SAMPLE_MAX, &cells);
    if (cells.cells == NULL)
        return;
    cells.cells[cells.count] = units->cells[cell];
    sample.cells = cells.cells;
    sample.count = cells.count + 1;
    assay__suggest_format(dialect, &sample, err->remedy);
    bool is_choice = sample.kind == ASSAY__COLUMN_CHOICE;
    if (err->remedy[0] != '\0')
        err->reason = ASSAY_REASON_FORMAT;
    else if (is_choice && assay__suggest_is_mark(dialect, &sample))
        explain_mark(err);
    else if (!assay__suggest_skip(dialect, &sample))
        err->reason = sample.kind == ASSAY__COLUMN_TIME ? ASSAY_REASON_FORMAT : ASSAY_REASON_NONE;
    assay__rows_sample_release(&cells);
}

enum assay_status assay__units_fail_row(const struct assay__units *units,
                                        enum assay__row_outcome outcome,
                                        const struct assay__rows *rows,
                                        const struct assay__record *record, struct assay_error *err)
{
    uint32_t cell = units->row.bad_cell;
    char text[SHOWN_BYTES + 4];
    show_text(&units->cells[cell], text);
    enum assay_status status = assay__rows_fail(
        rows, record, units->columns[cell], ASSAY_ERROR_DATA, err, "Column '%.100s': '%s' %s",
        units->binding.sources[units->source].names[cell], text, units->row.problem);
    if (err != NULL)
        add_remedy(units, outcome, rows, err);
    return status;
}
