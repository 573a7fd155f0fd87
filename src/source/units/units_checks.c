/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is asked of a table of units as a whole, such as words of one spelling. */
#include "source/units/units_checks.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/utf8.h"
#include "source/csv/csv_chunk.h"
#include "source/csv/csv_dialect.h"

bool assay__units_is_careful(const struct assay__units *units)
{
    return assay__dataset_watcher(units->dataset) != NULL ||
           (units->options->kernel != NULL && strcmp(units->options->kernel, "careful") == 0);
}

enum assay_status assay__units_skip(struct assay__units *units, const struct assay__field *group,
                                    struct assay_error *err)
{
    bool is_name = group->length <= ASSAY_NAME_BYTES_MAX && !assay__cell_is_missing(group) &&
                   memchr(group->text, '\0', group->length) == NULL &&
                   assay__utf8_valid_run(group->text, group->length) == group->length;
    return is_name ? assay__dataset_skip(units->dataset, group->text, group->length, 1, err)
                   : ASSAY_OK;
}

/* Fails at a cell whose word is of another kind than those before it. */
static enum assay_status fail_words(const struct assay__units *units,
                                    const struct assay__rows *rows,
                                    const struct assay__mixed_words *mixed, struct assay_error *err)
{
    const struct assay__binding *binding = &units->binding;
    uint32_t cell = mixed->number < binding->variable_count
                        ? binding->variables[mixed->number].cell
                        : binding->channels[mixed->number - binding->variable_count].variable.cell;
    uint32_t column = units->columns[cell];
    char remedy[ASSAY__WORDS_REMEDY_BYTES];
    (void)assay__dialect_words_agree(mixed->kinds, remedy);
    return assay__fail_format(
        err,
        assay__fail_at(err, ASSAY_ERROR_DATA, assay__rows_name(rows),
                       mixed->place.line + mixed->place.below, (uint64_t)column + 1,
                       "The column '%.200s' spells yes and no in several ways: 1 and 0, true and "
                       "false, or yes and no cannot stand beside other words in one column.",
                       assay__rows_columns(rows)[column]),
        remedy);
}

enum assay_status assay__units_check_words(const struct assay__units *units,
                                           const struct assay__rows *rows, enum assay_status status,
                                           struct assay_error *err)
{
    struct assay__mixed_words mixed;
    bool is_elsewhere = status == ASSAY_ERROR_MEMORY || status == ASSAY_ERROR_CANCELLED;
    if (!units->row.spellings.is_mixed || is_elsewhere ||
        !assay__spellings_find(&units->row.spellings, &mixed))
        return status;
    bool is_before = status != ASSAY_OK && err->line != 0 && err->line < mixed.place.line;
    return is_before ? status : fail_words(units, rows, &mixed, err);
}

/* Where semicolons separate, a point with three digits behind it may be a mark of thousands. */
enum assay_status assay__units_note_points(const struct assay__units *units,
                                           struct assay__rows *rows, struct assay_error *err)
{
    const struct assay__binding *binding = &units->binding;
    const struct assay_dialect *dialect = &binding->plan->dialect;
    const struct assay__csv *csv = assay__rows_csv(rows);
    uint32_t points = 0;
    const struct assay__column_words *spellings = units->row.spellings.of;
    for (uint32_t v = 0; units->source == 0 && v < binding->variable_count; v++)
        points |= spellings[v].points;
    for (uint32_t c = 0; c < binding->channel_count; c++)
        if (binding->channels[c].source == units->source)
            points |= spellings[binding->variable_count + c].points;
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

enum assay_status assay__units_note(const struct assay__units *units, struct assay_error *err)
{
    char text[120];
    if (units->repeated_headers == 0)
        return ASSAY_OK;
    snprintf(text, sizeof text, "Rows that repeat the header, passed over: %llu.",
             (unsigned long long)units->repeated_headers);
    return assay__dataset_note(units->dataset, ASSAY_NOTE_INFO, -1, text, err);
}
