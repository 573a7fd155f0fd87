/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Mean, variance and variance reduction from a file of history: one row per unit, no groups. Two
 * groups alike are compared with each other, which gives just what a planned experiment on such
 * units would have.
 */
#include <math.h>
#include <stdio.h>

#include "cli/size_query.h"
#include "ingest/cell.h"
#include "ingest/csv.h"

enum { CELLS_MAX = 1 + ASSAY_COVARIATES_MAX };

/* One vector being read. */
struct vector {
    struct assay_decimal values[CELLS_MAX];
    char digits[CELLS_MAX][ASSAY__DIGITS_MAX];
    uint32_t missing; /* bit i: covariate i */
};

static enum assay_status fail_at(const struct assay__csv *csv, const struct assay__record *record,
                                 uint32_t column, enum assay__cell_outcome outcome,
                                 struct assay_error *err)
{
    const struct assay__field *cell = &record->fields[column];
    int shown = cell->length < 40 ? (int)cell->length : 40;
    const char *problem = outcome == ASSAY__CELL_NO_CHOICE ? "is not 0 or 1, as a proportion needs"
                          : outcome == ASSAY__CELL_RANGE   ? "is too long or too large"
                                                           : "is no number";
    return assay__csv_fail(csv, record, column, ASSAY_ERROR_DATA, err, "'%.*s' %s.", shown,
                           cell->text, problem);
}

/* Reads a record; *has_value is false when the metric is missing. */
static enum assay_status read_vector(const struct size_history *history,
                                     const struct assay__csv *csv,
                                     const struct assay__record *record, const uint32_t *columns,
                                     struct vector *vector, bool *has_value,
                                     struct assay_error *err)
{
    vector->missing = 0;
    *has_value = true;
    for (uint32_t i = 0; i <= history->covariate_count; i++) {
        const struct assay__field *cell = &record->fields[columns[i]];
        enum assay__cell_outcome outcome =
            i == 0 && history->is_share
                ? assay__cell_choice(cell, &vector->values[i])
                : assay__cell_number(cell, &vector->values[i], vector->digits[i]);
        if (outcome == ASSAY__CELL_MISSING && i == 0)
            *has_value = false;
        else if (outcome == ASSAY__CELL_MISSING)
            vector->missing |= UINT32_C(1) << (i - 1);
        else if (outcome != ASSAY__CELL_OK)
            return fail_at(csv, record, columns[i], outcome, err);
    }
    return ASSAY_OK;
}

static enum assay_status read_rows(struct size_history *history, struct assay__csv *csv,
                                   const uint32_t *columns, struct assay_moments *moments,
                                   struct assay_error *err)
{
    struct vector vector;
    struct assay__record record;
    bool has_value;
    for (;;) {
        enum assay_status status = assay__csv_next(csv, &record, err);
        if (status != ASSAY_OK || record.fields == NULL)
            return status;
        history->rows++;
        status = read_vector(history, csv, &record, columns, &vector, &has_value, err);
        if (status == ASSAY_OK && has_value)
            status = assay_moments_add_decimal(moments, vector.values, vector.missing, err);
        if (status != ASSAY_OK)
            return status;
        history->missing += !has_value;
    }
}

static enum assay_status read_file(struct size_history *history, struct assay_moments *moments,
                                   struct assay_error *err)
{
    struct assay__csv *csv = NULL;
    struct assay__csv_options options = {0};
    uint32_t columns[CELLS_MAX];
    enum assay_status status = assay__csv_open(history->path, &options, &csv, err);
    if (status != ASSAY_OK)
        return status;
    status = assay__csv_column(csv, history->column, &columns[0], err);
    for (uint32_t i = 0; status == ASSAY_OK && i < history->covariate_count; i++)
        status = assay__csv_column(csv, history->covariates[i], &columns[i + 1], err);
    if (status == ASSAY_OK)
        status = read_rows(history, csv, columns, moments, err);
    assay__csv_close(csv);
    return status;
}

static enum assay_status summarize(struct size_query *query, const struct assay_moments *moments,
                                   struct assay_error *err)
{
    const struct assay_moments *const groups[] = {moments, moments};
    const struct size_history *history = &query->history;
    struct assay_method method = {
        .type = history->is_share ? ASSAY_METRIC_PROPORTION : ASSAY_METRIC_MEAN,
        .side = ASSAY_SIDE_BOTH,
        .alpha = 0.05,
        .reduction = history->covariate_count > 0 ? ASSAY_REDUCTION_FULL : ASSAY_REDUCTION_NONE};
    struct assay_comparison twins;
    uint64_t used = assay_moments_count(moments);
    if (used < history->covariate_count + (uint64_t)3) {
        *err = (struct assay_error){.code = ASSAY_ERROR_DATA};
        snprintf(err->file, sizeof err->file, "%s", history->path);
        snprintf(err->message, sizeof err->message,
                 "Only %llu rows have a value of '%s'; too few to plan from.",
                 (unsigned long long)used, history->column);
        return err->code;
    }
    enum assay_status status = assay_compare_moments(groups, 2, 0, 1, &method, &twins, err);
    if (status != ASSAY_OK)
        return status;
    query->mean = assay_moments_mean(moments, 0);
    query->design.baseline_variance = assay_moments_variance(moments, 0);
    query->design.compared_variance = query->design.baseline_variance;
    query->reduction = isnan(twins.reduction.rate) ? 0.0 : twins.reduction.rate;
    return ASSAY_OK;
}

enum assay_status size_history_read(struct size_query *query, struct assay_error *err)
{
    struct assay_moments_shape shape = {.covariate_count = query->history.covariate_count};
    struct assay_moments *moments = NULL;
    enum assay_status status = assay_moments_new(shape, &moments, err);
    if (status == ASSAY_OK)
        status = read_file(&query->history, moments, err);
    if (status == ASSAY_OK)
        status = summarize(query, moments, err);
    assay_moments_free(moments);
    return status;
}
