/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Mean, variance and variance reduction from a file of history: one row per unit, no groups. Two
 * groups alike are compared with each other, which gives just what a planned experiment on such
 * units would have.
 */
#include <float.h>
#include <math.h>
#include <stdio.h>

#include "cli/size_query.h"
#include "source/csv/cell.h"
#include "source/csv/csv.h"

enum { CELLS_MAX = ASSAY_VARIABLES_MAX };

/* One vector being read. */
struct vector {
    struct assay_decimal values[CELLS_MAX];
    char digits[CELLS_MAX][ASSAY__DIGITS_MAX];
    uint32_t missing; /* bit i: covariate i */
};

static enum assay_status fail_at(const struct assay__rows *rows, const struct assay__record *record,
                                 uint32_t column, enum assay__cell_outcome outcome,
                                 struct assay_error *err)
{
    const struct assay__field *cell = &record->fields[column];
    int shown = cell->length < 40 ? (int)cell->length : 40;
    const char *problem = outcome == ASSAY__CELL_NO_CHOICE ? "is not 0 or 1, as a proportion needs"
                          : outcome == ASSAY__CELL_RANGE   ? "is too long or too large"
                                                           : "is not a number";
    return assay__rows_fail(rows, record, column, ASSAY_ERROR_DATA, err, "'%.*s' %s.", shown,
                            cell->text, problem);
}

/* The columns of the metric itself; covariates follow. */
static uint32_t value_count(const struct size_history *history)
{
    return history->denominator == NULL ? 1 : 2;
}

/* Reads a record; *has_value is false when the metric or its denominator is missing. */
static enum assay_status read_vector(const struct size_history *history,
                                     const struct assay__rows *rows,
                                     const struct assay__record *record, const uint32_t *columns,
                                     struct vector *vector, bool *has_value,
                                     struct assay_error *err)
{
    vector->missing = 0;
    *has_value = true;
    uint32_t first = value_count(history);
    for (uint32_t i = 0; i < first + history->covariate_count; i++) {
        const struct assay__field *cell = &record->fields[columns[i]];
        enum assay__cell_outcome outcome =
            i == 0 && history->is_share
                ? assay__cell_choice(cell, &vector->values[i])
                : assay__cell_number(cell, &vector->values[i], vector->digits[i]);
        if (outcome == ASSAY__CELL_MISSING && i < first)
            *has_value = false;
        else if (outcome == ASSAY__CELL_MISSING)
            vector->missing |= UINT32_C(1) << (i - first);
        else if (outcome != ASSAY__CELL_OK)
            return fail_at(rows, record, columns[i], outcome, err);
    }
    return ASSAY_OK;
}

static enum assay_status read_rows(struct size_history *history, struct assay__rows *rows,
                                   const uint32_t *columns, struct assay_moments *moments,
                                   struct assay_error *err)
{
    struct vector vector;
    struct assay__record record;
    bool has_value;
    for (;;) {
        enum assay_status status = assay__rows_next(rows, &record, err);
        if (status != ASSAY_OK || record.fields == NULL)
            return status;
        history->rows++;
        status = read_vector(history, rows, &record, columns, &vector, &has_value, err);
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
    struct assay__rows *rows = NULL;
    struct assay__csv_options options = {0};
    uint32_t columns[CELLS_MAX], first = value_count(history);
    enum assay_status status = assay__csv_open(history->path, &options, &rows, err);
    if (status != ASSAY_OK)
        return status;
    status = assay__rows_column(rows, history->column, &columns[0], err);
    if (status == ASSAY_OK && history->denominator != NULL)
        status = assay__rows_column(rows, history->denominator, &columns[1], err);
    for (uint32_t i = 0; status == ASSAY_OK && i < history->covariate_count; i++)
        status = assay__rows_column(rows, history->covariates[i], &columns[first + i], err);
    if (status == ASSAY_OK)
        status = read_rows(history, rows, columns, moments, err);
    assay__rows_close(rows);
    return status;
}

static enum assay_status fail_history(const struct size_history *history, uint64_t used,
                                      const char *problem, struct assay_error *err)
{
    *err = (struct assay_error){.code = ASSAY_ERROR_DATA};
    snprintf(err->file, sizeof err->file, "%s", history->path);
    snprintf(err->message, sizeof err->message, "%llu rows have a value of '%s'; %s.",
             (unsigned long long)used, history->column, problem);
    return err->code;
}

static enum assay_status summarize(struct size_query *query, const struct assay_moments *moments,
                                   struct assay_error *err)
{
    const struct assay_moments *const groups[] = {moments, moments};
    struct size_history *history = &query->history;
    struct assay_method method = {
        .type = query->design.type, .side = ASSAY_SIDE_BOTH, .alpha = 0.05};
    struct assay_comparison twins;
    uint64_t used = assay_moments_count(moments);
    if (used < history->covariate_count + (uint64_t)3)
        return fail_history(history, used, "too few to plan from", err);
    enum assay_status status = assay_moments_compare(groups, 2, 0, 1, &method, &twins, err);
    if (status != ASSAY_OK)
        return status;
    if (twins.flags & ASSAY_FLAG_ZERO_DENOMINATOR)
        return fail_history(history, used, "their denominators sum to 0", err);
    query->mean = twins.baseline.estimate;
    history->skewness = twins.baseline.skewness;
    query->design.baseline_variance = twins.baseline.variance;
    query->design.compared_variance = twins.baseline.variance;
    /* The variance of data at 1e-200 or 1e160 is not a double. */
    if (twins.baseline.standard_error > 0.0 && !(twins.baseline.variance >= DBL_MIN))
        return fail_history(history, used, "their variance is beyond the range of numbers", err);
    if (history->covariate_count == 0)
        return ASSAY_OK;
    method.reduction = ASSAY_REDUCTION_FULL;
    status = assay_moments_compare(groups, 2, 0, 1, &method, &twins, err);
    if (status != ASSAY_OK)
        return status;
    history->dropped = twins.reduction.dropped;
    query->reduction = isnan(twins.reduction.rate) ? 0.0 : twins.reduction.rate;
    query->remaining = isnan(twins.reduction.remaining) ? 1.0 : twins.reduction.remaining;
    return ASSAY_OK;
}

enum assay_status size_history_read(struct size_query *query, struct assay_error *err)
{
    struct assay_moments_shape shape = {.has_denominator = query->history.denominator != NULL,
                                        .covariate_count = query->history.covariate_count};
    struct assay_moments *moments = NULL;
    enum assay_status status = assay_moments_new(shape, &moments, err);
    if (status == ASSAY_OK)
        status = read_file(&query->history, moments, err);
    if (status == ASSAY_OK)
        status = summarize(query, moments, err);
    assay_moments_free(moments);
    return status;
}
