/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is asked of a table of units as a whole: words of one spelling, gaps alike in all groups. */
#include "source/units/units_checks.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/dataset_read.h"
#include "assay/srm.h"
#include "base/error.h"
#include "source/csv/csv_chunk.h"
#include "source/csv/csv_dialect.h"

enum assay_status assay__units_leave_out(struct assay__units *units, struct assay_error *err)
{
    const struct assay__field *group = &units->cells[units->binding.group];
    uint32_t number;
    if (units->source > 0 || group->length > ASSAY_NAME_BYTES_MAX || assay__cell_is_missing(group))
        return ASSAY_OK;
    if (units->bad_rows == NULL)
        units->bad_rows = calloc(ASSAY_GROUPS_MAX, sizeof *units->bad_rows);
    if (units->bad_rows == NULL)
        return assay__fail_memory(err);
    enum assay_status status = assay__index_add(&units->bad_groups, group->text, group->length,
                                                ASSAY_GROUPS_MAX, &number, err);
    if (status == ASSAY_OK)
        units->bad_rows[number]++;
    return status == ASSAY_ERROR_LIMIT ? ASSAY_OK : status; /* names of damaged rows, by then */
}

/* Units of a group at the last look. */
static uint64_t units_of(const struct assay_dataset *dataset, uint32_t group)
{
    int64_t last = INT64_MIN;
    uint64_t units = 0;
    for (uint32_t k = 0; k < assay__dataset_look_count(dataset); k++) {
        const struct assay__cell *cell = assay__dataset_find(dataset, 0, k, group);
        if (cell == NULL || assay__dataset_look_time(dataset, k) < last)
            continue;
        last = assay__dataset_look_time(dataset, k);
        units = cell->units;
    }
    return units;
}

/* Rows left out and, in proportion, what they would be if they were left out of all alike. */
struct gaps {
    uint64_t rows[ASSAY_GROUPS_MAX];
    double shares[ASSAY_GROUPS_MAX];
    uint32_t most; /* the group that lost the largest part */
};

static void find_gaps(const struct assay__units *units, struct gaps *gaps)
{
    double largest = -1.0;
    for (uint32_t g = 0; g < assay__dataset_group_count(units->dataset); g++) {
        const char *id = assay__dataset_group_id(units->dataset, g);
        uint32_t number;
        gaps->rows[g] = assay__index_find(&units->bad_groups, id, strlen(id), &number)
                            ? units->bad_rows[number]
                            : 0;
        gaps->shares[g] = (double)(gaps->rows[g] + units_of(units->dataset, g));
        double part = gaps->shares[g] > 0.0 ? (double)gaps->rows[g] / gaps->shares[g] : 0.0;
        /* Equal parts: by name, since the groups' order is that of the rows. */
        if (part > largest ||
            (part == largest &&
             strcmp(id, assay__dataset_group_id(units->dataset, gaps->most)) < 0)) {
            largest = part;
            gaps->most = g;
        }
    }
}

static enum assay_status note_gaps(struct assay__units *units, const struct gaps *gaps, double p,
                                   struct assay_error *err)
{
    char text[ASSAY_NAME_BYTES_MAX + 400];
    snprintf(text, sizeof text,
             "Rows that cannot be read were left out of some groups more than of others (p "
             "%.1e): of group '%.300s' %" PRIu64 " of %.0f. The rest is not a fair sample: find "
             "out why, or say how those cells are to be read.",
             p, assay__dataset_group_id(units->dataset, gaps->most), gaps->rows[gaps->most],
             gaps->shares[gaps->most]);
    return assay__dataset_note(units->dataset, ASSAY_NOTE_WARNING, -1, text, err);
}

enum assay_status assay__units_note_uneven(struct assay__units *units, struct assay_error *err)
{
    const struct assay_srm_design design = {.method = ASSAY_SRM_CHI2, .alpha = 0.01};
    uint32_t count = assay__dataset_group_count(units->dataset);
    struct assay_srm srm;
    if (units->bad_groups.count == 0 || count < 2)
        return ASSAY_OK;
    struct gaps *gaps = calloc(1, sizeof *gaps);
    struct assay_srm_group *groups = calloc(count, sizeof *groups);
    enum assay_status status = gaps == NULL || groups == NULL ? assay__fail_memory(err) : ASSAY_OK;
    if (status == ASSAY_OK) {
        find_gaps(units, gaps);
        status = assay_srm_test(gaps->rows, gaps->shares, count, &design, groups, &srm, err);
        if (status == ASSAY_OK && srm.p < design.alpha)
            status = note_gaps(units, gaps, srm.p, err);
    }
    free(gaps);
    free(groups);
    return status;
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
                       "false, or yes and no do not go with other words in one column.",
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
           "made for units that are measured once: they hold only nearly here.";
}
