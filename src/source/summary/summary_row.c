/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One row of sufficient statistics to what its metric keeps. What it consists of (sums, a
 * denominator, how many covariates, or a state as text) is seen from the cells that are filled;
 * figures are the exact decimals they are.
 */
#include "source/summary/summary_row.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/digits.h"
#include "base/error.h"
#include "exact/exact_kernel.h"
#include "analysis/dataset_read.h"
#include "source/csv/csv_dialect.h"
#include "source/summary/summary_column.h"
#include "stats/moments.h"

typedef struct assay__summary_row row_t;

/* A column that this row must have is not in the table. */
static enum assay_status fail_absent(const row_t *row, const char *name, struct assay_error *err)
{
    return assay__rows_fail(row->rows, &row->record, row->key_columns[ASSAY__KEY_METRIC],
                            ASSAY_ERROR_DATA, err,
                            "This metric needs a column '%s', which is not there: add it.", name);
}

/* Takes the cell of a column that this row must have. */
static enum assay_status read_figure(row_t *row, uint32_t column, uint32_t number,
                                     struct assay_error *err)
{
    const struct assay__summary_cell *cell = &row->cells[column];
    if (cell->outcome == ASSAY__CELL_MISSING)
        return assay__summary_row_fail(row, column, err,
                                       "must not be empty for this metric: give the figure.");
    if (cell->outcome == ASSAY__CELL_NO_NUMBER)
        return assay__summary_row_fail(row, column, err,
                                       "is not a number: write digits with a decimal point, no "
                                       "separators of thousands.");
    if (cell->outcome == ASSAY__CELL_RANGE)
        return assay__summary_row_fail(row, column, err,
                                       "has too many digits or too large an exponent: give it in "
                                       "fewer.");
    const struct assay__field *field = &row->record.fields[column];
    char mark = row->dialect->decimal;
    row->figures[number] = cell->number;
    row->printed[number] = cell->is_plain
                               ? assay__figure_plain(&cell->number, &cell->spelling)
                               : assay__figure_of(&cell->number, field->text, field->length,
                                                  mark == '\0' ? '.' : mark);
    return ASSAY_OK;
}

/* The plan has the metric, and none of its covariates is used: their columns are not read. */
static bool passes_over_covariates(const row_t *row, const struct assay__summary_entry *entry)
{
    for (uint32_t m = 0; row->plan != NULL && m < row->plan->metric_count; m++)
        if (strcmp(row->plan->metrics[m].id, entry->key[ASSAY__KEY_METRIC]) == 0)
            return assay__metric_shape(&row->plan->metrics[m]).covariate_count == 0;
    return false;
}

static enum assay_status find_shape(const row_t *row, bool has_covariates,
                                    struct assay_moments_shape *shape, struct assay_error *err)
{
    *shape = (struct assay_moments_shape){0, 0};
    for (uint32_t c = 0; c < assay__rows_column_count(row->rows); c++) {
        const struct assay__summary_column *column = &row->columns[c];
        if (column->covariate == 0 && !column->is_denominator)
            continue;
        if (column->key < ASSAY__KEY_COUNT || row->cells[c].outcome == ASSAY__CELL_MISSING)
            continue;
        uint32_t covariate = has_covariates ? column->covariate : 0;
        if (covariate > ASSAY_COVARIATES_MAX)
            return assay__summary_row_fail(row, c, err,
                                           "is of a covariate past 16, the most a metric may "
                                           "have: leave it out.");
        if (covariate > shape->covariate_count)
            shape->covariate_count = covariate;
        bool is_used = has_covariates || column->covariate == 0;
        if (is_used && column->is_denominator)
            shape->has_denominator = 1;
    }
    return ASSAY_OK;
}

/* Failures of a state do not know their place: it is the row's. */
static enum assay_status fail_row(const row_t *row, enum assay_status status,
                                  const struct assay_error *problem, struct assay_error *err)
{
    if (status == ASSAY_ERROR_MEMORY)
        return assay__fail_memory(err);
    return assay__rows_fail(row->rows, &row->record, row->key_columns[ASSAY__KEY_METRIC],
                            status == ASSAY_ERROR_DOMAIN ? ASSAY_ERROR_DATA : status, err, "%s",
                            problem->message);
}

/* The variable whose sum of squares no sample of n can have; each is tried by itself. */
static uint32_t impossible_variable(const row_t *row, uint32_t variables, uint64_t n)
{
    for (uint32_t i = 0; i < variables; i++) {
        const struct assay_decimal sums[2] = {row->figures[i],
                                              row->figures[variables + assay__pair(i, i)]};
        struct assay_moments *alone;
        if (assay_moments_new((struct assay_moments_shape){0, 0}, &alone, NULL) != ASSAY_OK)
            break;
        enum assay_status status = assay__moments_add_sums(alone, 0, n, sums, false, NULL);
        assay_moments_free(alone);
        if (status == ASSAY_ERROR_DOMAIN)
            return i;
    }
    return 0;
}

/* Sums as they are; cubes only when the row has them. */
static enum assay_status add_sums(row_t *row, struct assay_moments *moments, uint32_t mask,
                                  uint64_t n, struct assay_error *err)
{
    struct assay_moments_shape shape = assay_moments_shape(moments);
    uint32_t variables = 1 + shape.has_denominator + shape.covariate_count;
    uint32_t first_cube = variables + variables * (variables + 1) / 2;
    struct assay_error problem;
    char name[ASSAY__COLUMN_BYTES];
    const struct assay__summary_places *places = &row->places;
    bool has_third = assay__summary_row_has(row, places->sum[first_cube]);
    uint32_t count = has_third ? assay__moments_sum_count(shape) : first_cube;
    for (uint32_t i = 0; i < count; i++) {
        if (places->sum[i] == ASSAY__NO_COLUMN) {
            assay__column_sum(shape, i, name);
            return fail_absent(row, name, err);
        }
        enum assay_status status = read_figure(row, places->sum[i], i, err);
        if (status != ASSAY_OK)
            return status;
        if (i < first_cube && assay__summary_row_has(row, places->rounding[i]))
            row->printed[i].slack = assay__summary_row_rounding(row, places->rounding[i]);
    }
    enum assay_status status =
        assay__moments_add_sums(moments, mask, n, row->figures, has_third, &problem);
    if (status != ASSAY_ERROR_DOMAIN)
        return status == ASSAY_OK ? status : fail_row(row, status, &problem, err);
    uint32_t variable = impossible_variable(row, variables, n);
    return assay__summary_row_fail(row, places->sum[variables + assay__pair(variable, variable)],
                                   err,
                                   "is smaller than the sum over n units allows (the variance "
                                   "would be negative): give mean and variance, or sums that were "
                                   "not rounded.");
}

static enum assay_status read_covariances(row_t *row, struct assay_moments_shape shape, uint64_t n,
                                          struct assay_error *err)
{
    uint32_t variables = 1 + shape.has_denominator + shape.covariate_count;
    char name[ASSAY__COLUMN_BYTES];
    for (uint32_t i = 0; i < variables; i++) {
        for (uint32_t j = 0; j <= i; j++) {
            struct assay_decimal *figure = &row->figures[variables + assay__pair(i, j)];
            uint32_t column = row->places.covariance[assay__pair(i, j)];
            if (n < 2 && !assay__summary_row_has(row, column)) {
                *figure = (struct assay_decimal){0, 0, 0, NULL};
                row->printed[variables + assay__pair(i, j)] = (struct assay__figure){0.0, 0.0};
                continue;
            }
            if (column == ASSAY__NO_COLUMN) {
                assay__column_covariance(shape, i, j, name);
                return fail_absent(row, name, err);
            }
            enum assay_status status = read_figure(row, column, variables + assay__pair(i, j), err);
            if (status == ASSAY_OK && i == j && figure->mantissa < 0)
                status =
                    assay__summary_row_fail(row, column, err,
                                            "is negative, but a variance is 0 or more: compute "
                                            "it again, from the values.");
            if (status != ASSAY_OK)
                return status;
        }
    }
    return ASSAY_OK;
}

/* Means and sample variances; of one unit its mean or sum alone will do. */
static enum assay_status add_centred(row_t *row, struct assay_moments *moments, uint64_t n,
                                     bool by_sum, struct assay_error *err)
{
    struct assay_moments_shape shape = assay_moments_shape(moments);
    uint32_t variables = 1 + shape.has_denominator + shape.covariate_count;
    char name[ASSAY__COLUMN_BYTES];
    struct assay_error problem;
    for (uint32_t i = 0; i < variables; i++) {
        uint32_t column = by_sum ? row->places.sum[i] : row->places.mean[i];
        if (column == ASSAY__NO_COLUMN) {
            if (by_sum)
                assay__column_sum(shape, i, name);
            else
                assay__column_mean(shape, i, name);
            return fail_absent(row, name, err);
        }
        enum assay_status status = read_figure(row, column, i, err);
        if (status != ASSAY_OK)
            return status;
    }
    enum assay_status status = read_covariances(row, shape, n, err);
    if (status != ASSAY_OK)
        return status;
    status =
        assay__moments_add_centred(moments, n, row->figures, row->figures + variables, &problem);
    return status == ASSAY_OK ? status : fail_row(row, status, &problem, err);
}

/*
 * n times a decimal, digit by digit from the end. n is at most 1e15, so that a digit's product and
 * the carry fit 64 bits. False when the digits do not fit.
 */
static bool multiply(struct assay_decimal *value, uint64_t n, char digits[ASSAY__DIGITS_MAX])
{
    char product[ASSAY__DIGITS_MAX], small[ASSAY__DIGITS_U64], *end = small + sizeof small;
    const char *source = value->digits;
    uint32_t length = value->digit_count, at = ASSAY__DIGITS_MAX;
    uint64_t carry = 0;
    if (source == NULL) {
        uint64_t magnitude =
            value->mantissa < 0 ? -(uint64_t)value->mantissa : (uint64_t)value->mantissa;
        source = assay__digits_before(magnitude, end);
        length = (uint32_t)(end - source);
    }
    if (length + 20 > ASSAY__DIGITS_MAX)
        return false;
    for (uint32_t i = length; i > 0 || carry > 0; carry /= 10) {
        if (i > 0)
            carry += n * (uint64_t)(source[--i] - '0');
        product[--at] = (char)('0' + carry % 10);
    }
    memcpy(digits, product + at, ASSAY__DIGITS_MAX - at);
    *value = (struct assay_decimal){value->mantissa < 0 ? -1 : 1, value->exponent,
                                    ASSAY__DIGITS_MAX - at, digits};
    return true;
}

/* A power of ten above the square of a sum: sums of squares that nothing reads. */
static struct assay_decimal any_squares(const struct assay_decimal *sum)
{
    int32_t digits = sum->digits != NULL ? (int32_t)sum->digit_count : 19;
    return (struct assay_decimal){1, 2 * (digits + sum->exponent), 0, NULL};
}

/* Whether a mean of few digits is below 0 or above 1, as no share is. */
static bool is_beyond_shares(const struct assay_decimal *mean)
{
    if (mean->digits != NULL || mean->mantissa == 0)
        return false;
    if (mean->mantissa < 0 || mean->exponent > 0)
        return true;
    return mean->exponent >= -18 && (uint64_t)mean->mantissa > assay__power10[-mean->exponent];
}

/* A mean or sum alone: enough for a share, where y^2 = y; for other metrics no figure. */
static enum assay_status add_without_variance(row_t *row, struct assay__summary_entry *entry,
                                              uint64_t n, bool by_sum, struct assay_error *err)
{
    uint32_t column = by_sum ? row->places.sum[0] : row->places.mean[0];
    struct assay_error problem;
    enum assay_status status = read_figure(row, column, 0, err);
    if (status != ASSAY_OK)
        return status;
    bool is_tried = by_sum || !is_beyond_shares(&row->figures[0]);
    if (!by_sum && !multiply(&row->figures[0], n, row->digits[0]))
        return assay__summary_row_fail(row, column, err, "has too many digits: give it in fewer.");
    row->figures[1] = row->figures[0];
    entry->without_variance = true;
    if (is_tried)
        status = assay__moments_add_sums(entry->state, 0, n, row->figures, false, NULL);
    if (!is_tried || status == ASSAY_ERROR_DOMAIN) {
        entry->is_no_share = true;
        row->figures[1] = any_squares(&row->figures[0]);
    }
    if (!is_tried || status != ASSAY_OK) /* once more, also for the message of what is wrong */
        status = assay__moments_add_sums(entry->state, 0, n, row->figures, false, &problem);
    return status == ASSAY_OK ? status : fail_row(row, status, &problem, err);
}

/* Is the row's shape the entry's, and has it the covariates that mask speaks of? */
static enum assay_status check_shape(const row_t *row, bool is_same,
                                     struct assay_moments_shape shape, uint32_t mask, bool by_sum,
                                     struct assay_error *err)
{
    if (!is_same)
        return assay__summary_row_fail(row, row->key_columns[ASSAY__KEY_METRIC], err,
                                       "has other columns filled than an earlier row of the same "
                                       "group: fill the same ones.");
    if (mask >> shape.covariate_count != 0)
        return assay__summary_row_fail(row, row->missing_column, err,
                                       "names covariates that this row does not have: bit i stands "
                                       "for covariate i + 1.");
    if (mask != 0 && !by_sum)
        return assay__summary_row_fail(row, row->missing_column, err,
                                       "goes with sums, not with means: give sum and sum_squares.");
    return ASSAY_OK;
}

const struct assay__accumulator *assay__summary_row_keeps(const row_t *row)
{
    if (!row->has_text_columns)
        return &assay__accumulator_moments;
    for (const struct assay__accumulator *const *at = assay__accumulators; *at != NULL; at++)
        if ((*at)->text != NULL &&
            assay__summary_row_has(row, assay__summary_find_column(row->rows, (*at)->text->column)))
            return *at;
    return &assay__accumulator_moments;
}

/* A state that has a text: all of the row's figures. */
static enum assay_status add_text(row_t *row, struct assay__summary_entry *entry,
                                  const struct assay__accumulator *keeps, uint64_t n,
                                  struct assay_error *err)
{
    struct assay_error problem;
    bool is_same = false;
    uint32_t column = assay__summary_find_column(row->rows, keeps->text->column);
    if (assay__summary_row_has(row, assay__summary_find_column(row->rows, "sum")) ||
        assay__summary_row_has(row, assay__summary_find_column(row->rows, "mean")))
        return assay__summary_row_fail(row, column, err,
                                       "stands beside a sum or a mean: leave one of them out.");
    enum assay_status status = assay__summary_keep(
        row->table, entry, keeps, (struct assay_moments_shape){0, 0}, &is_same, err);
    if (status == ASSAY_OK)
        status = check_shape(row, is_same, (struct assay_moments_shape){0, 0}, 0, true, err);
    if (status != ASSAY_OK)
        return status;
    const struct assay__field *field = &row->record.fields[column];
    status = keeps->text->read(entry->state, n, field->text, field->length, &problem);
    return status == ASSAY_OK ? status : fail_row(row, status, &problem, err);
}

enum assay_status assay__summary_row_add(row_t *row, struct assay__summary_entry *entry,
                                         uint32_t mask, uint64_t n, struct assay_error *err)
{
    struct assay_moments_shape shape;
    bool is_same = false;
    const struct assay__accumulator *keeps = assay__summary_row_keeps(row);
    if (keeps->text != NULL)
        return add_text(row, entry, keeps, n, err);
    struct assay__summary_known *known = &row->known[entry->series];
    if (!known->was_asked)
        known->leaves_covariates = passes_over_covariates(row, entry);
    known->was_asked = true;
    bool has_covariates = !known->leaves_covariates;
    mask = has_covariates ? mask : 0;
    enum assay_status status = find_shape(row, has_covariates, &shape, err);
    if (status == ASSAY_OK)
        status = assay__summary_keep(row->table, entry, keeps, shape, &is_same, err);
    const struct assay__summary_places *places = &row->places;
    assay__summary_places_find(row->rows, shape, &row->places);
    bool by_sum = assay__summary_row_has(row, places->sum[0]);
    if (status == ASSAY_OK)
        status = check_shape(row, is_same, shape, mask, by_sum, err);
    if (status != ASSAY_OK)
        return status;
    if (!by_sum && !assay__summary_row_has(row, places->mean[0]))
        return assay__summary_row_fail(row, row->key_columns[ASSAY__KEY_METRIC], err,
                                       "has neither mean nor sum: give mean and variance, or sum "
                                       "and sum_squares.");
    uint32_t squares = places->sum[1 + shape.has_denominator + shape.covariate_count];
    uint32_t variance = places->covariance[0];
    if (by_sum && n > 1 && !assay__summary_row_has(row, squares) &&
        assay__summary_row_has(row, variance))
        return assay__summary_row_fail(row, variance, err,
                                       "goes with a mean, not with a sum: give mean and variance, "
                                       "or sum and sum_squares.");
    bool plain = shape.has_denominator == 0 && shape.covariate_count == 0;
    bool has_spread = assay__summary_row_has(row, by_sum ? squares : variance);
    if (plain && !has_spread && n > 1)
        return add_without_variance(row, entry, n, by_sum, err);
    bool is_summed = by_sum && !(plain && !has_spread);
    status = is_summed ? add_sums(row, entry->state, mask, n, err)
                       : add_centred(row, entry->state, n, by_sum, err);
    return status == ASSAY_OK ? assay__summary_row_judge(row, entry, mask, n, is_summed, err)
                              : status;
}
