/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is asked of a table of units as a whole, such as words of one spelling. */
#include "source/units/units_checks.h"

#include <string.h>

#include "base/error.h"
#include "base/utf8.h"
#include "source/csv/csv_chunk.h"
#include "source/csv/csv_dialect.h"

enum assay_status assay__units_skip(struct assay__units *units, const struct assay__field *group,
                                    struct assay_error *err)
{
    bool is_name = group->length <= ASSAY_NAME_BYTES_MAX && !assay__cell_is_missing(group) &&
                   memchr(group->text, '\0', group->length) == NULL &&
                   assay__utf8_valid_run(group->text, group->length) == group->length;
    return is_name ? assay__dataset_skip(units->dataset, group->text, group->length, 1, err)
                   : ASSAY_OK;
}

/* Fails when the words of a column are of several spellings. */
static enum assay_status check(const struct assay__units *units, const struct assay__rows *rows,
                               uint32_t words, uint32_t cell, struct assay_error *err)
{
    char remedy[ASSAY__WORDS_REMEDY_BYTES];
    if (assay__dialect_words_agree(words, remedy))
        return ASSAY_OK;
    uint32_t column = units->columns[cell];
    return assay__fail_format(
        err,
        assay__fail_at(err, ASSAY_ERROR_DATA, assay__rows_name(rows), 0, (uint64_t)column + 1,
                       "The column '%.200s' spells yes and no in several ways: 1 and 0, true and "
                       "false, or yes and no cannot stand beside other words in one column.",
                       assay__rows_columns(rows)[column]),
        remedy);
}

/* Where semicolons separate, a point with three digits behind it may be a mark of thousands. */
static enum assay_status note_points(struct assay__units *units, struct assay__rows *rows,
                                     struct assay_error *err)
{
    const struct assay__binding *binding = &units->binding;
    const struct assay_dialect *dialect = &binding->plan->dialect;
    const struct assay__csv *csv = assay__rows_csv(rows);
    uint32_t points = 0;
    for (uint32_t v = 0; units->source == 0 && v < binding->variable_count; v++)
        if (binding->variables[v].kind != ASSAY__VARIABLE_CHOICE)
            points |= units->row.words[v];
    for (uint32_t c = 0; c < binding->channel_count; c++)
        if (binding->channels[c].source == units->source)
            points |= units->row.words[binding->variable_count + c];
    points &= ASSAY__POINTS_THREE | ASSAY__POINTS_OTHER;
    if (points != ASSAY__POINTS_THREE || dialect->decimal == ',' || dialect->thousands != NULL ||
        csv == NULL || assay__csv_separator(csv) != ';')
        return ASSAY_OK;
    return assay__dataset_note(
        units->dataset, ASSAY_NOTE_WARNING, -1,
        "Every number with a point has three digits behind it, and semicolons separate the cells. "
        "The points are read as decimal points; if they mark thousands, say so: format.thousands "
        "\".\" and format.decimal \",\".",
        err);
}

enum assay_status assay__units_check_words(struct assay__units *units, struct assay__rows *rows,
                                           struct assay_error *err)
{
    const struct assay__binding *binding = &units->binding;
    enum assay_status status = note_points(units, rows, err);
    for (uint32_t v = 0; status == ASSAY_OK && units->source == 0 && v < binding->variable_count;
         v++)
        if (binding->variables[v].kind == ASSAY__VARIABLE_CHOICE)
            status = check(units, rows, units->row.words[v], binding->variables[v].cell, err);
    for (uint32_t c = 0; status == ASSAY_OK && c < binding->channel_count; c++)
        if (binding->channels[c].source == units->source &&
            binding->channels[c].variable.kind == ASSAY__VARIABLE_CHOICE)
            status = check(units, rows, units->row.words[binding->variable_count + c],
                           binding->channels[c].variable.cell, err);
    return status;
}

const char *assay__units_open_note(const struct assay_metric_plan *metric)
{
    bool is_made_of_rows = metric->measure.events != NULL || metric->measure.has_aggregation;
    if (!is_made_of_rows || metric->window.is_set ||
        metric->horizon.kind != ASSAY_HORIZON_ALWAYS_VALID)
        return NULL;
    return "Without a window a unit is measured again at each look. The always valid bounds are "
           "made for units that are measured once: here they hold only approximately.";
}
