/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a row of sufficient statistics says of itself: figures no units can have, digits lost. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "source/summary/summary_column.h"
#include "source/summary/summary_row.h"
#include "stats/moments.h"
#include "number/number.h"

/*
 * How many digits a number has if it may be a printed double, else 0. Doubles are printed with 15
 * to 17 digits, or large ones in full. An integer up to 2^53 is exact either way.
 */
static unsigned double_digits(const struct assay__field *field, double value)
{
    unsigned digits = 0;
    bool is_integer = true, leads = true;
    char whole[400];
    for (uint32_t i = 0; i < field->length; i++) {
        char c = field->text[i];
        if (c == 'e' || c == 'E')
            break;
        is_integer = is_integer && c != '.';
        leads = leads && (c < '1' || c > '9');
        digits += !leads && c >= '0' && c <= '9';
    }
    if (is_integer && fabs(value) <= ASSAY__WHOLE_MAX)
        return 0;
    if (digits > 17 && is_integer && field->length < sizeof whole) {
        int length = snprintf(whole, sizeof whole, "%.0f", value);
        bool same = length == (int)field->length && memcmp(whole, field->text, (size_t)length) == 0;
        return same ? 17 : 0;
    }
    return digits >= 15 && digits <= 17 ? digits : 0;
}

/* Sums that look like printed doubles may have lost the variance's digits: said, not hidden. */
static enum assay_status check_cancellation(struct assay__summary_row *row,
                                            const struct assay__summary_entry *entry,
                                            uint32_t variable, uint64_t n, struct assay_error *err)
{
    struct assay_moments_shape shape = assay_moments_shape(entry->state);
    uint32_t variables = 1 + shape.has_denominator + shape.covariate_count;
    char name[ASSAY__COLUMN_BYTES], text[ASSAY_NAME_BYTES_MAX + 300];
    struct assay__summary_entry *note;
    double squares;
    bool is_new;
    if (assay_moments_count(entry->state) == n &&
        assay__sums_keep_digits(n, row->printed[variable],
                                row->printed[variables + assay__pair(variable, variable)]))
        return ASSAY_OK;
    const struct assay__field *field =
        &row->record.fields[row->places.sum[variables + assay__pair(variable, variable)]];
    if (assay__double_parse(field->text, field->length, &squares) != ASSAY__PARSE_OK)
        return ASSAY_OK;
    unsigned digits = double_digits(field, squares);
    if (digits == 0)
        return ASSAY_OK;
    double centred = assay_moments_variance(entry->state, variable) *
                     ((double)assay_moments_count(entry->state) - 1.0);
    /* Eight digits of the variance are to be left; of a variance of 0 there are none. */
    if (log10(squares / centred) <= digits - 8.0)
        return ASSAY_OK;
    assay__column_squares(shape, variable, name);
    snprintf(text, sizeof text,
             "The column %s of %.1024s looks rounded, and its digits cancel: the variance keeps "
             "too few of them to be trusted. Give mean and variance.",
             name, entry->key[ASSAY__KEY_METRIC]);
    const char *const key[ASSAY__KEY_COUNT] = {"@note", entry->key[ASSAY__KEY_METRIC], "",
                                               "warning", text};
    enum assay_status status = assay__summary_entry(row->table, key, &note, &is_new, err);
    if (status == ASSAY_OK)
        note->n = 1;
    return status;
}

/*
 * Only assay writes sums of cubes, and how far sums may be off, and it writes exact sums: those are
 * above suspicion.
 */
static enum assay_status check_rounding(struct assay__summary_row *row,
                                        const struct assay__summary_entry *entry, uint32_t mask,
                                        uint64_t n, struct assay_error *err)
{
    struct assay_moments_shape shape = assay_moments_shape(entry->state);
    enum assay_status status = ASSAY_OK;
    uint32_t variables = 1 + shape.has_denominator + shape.covariate_count;
    uint32_t first_cube = variables * (variables + 3) / 2;
    if (n < 2 || mask != 0 || assay__summary_row_has(row, row->places.sum[first_cube]) ||
        assay__summary_row_has(row, row->places.rounding[0]))
        return ASSAY_OK;
    for (uint32_t i = 0; status == ASSAY_OK && i < variables; i++)
        if (!assay__summary_row_has(row, row->places.rounding[variables + assay__pair(i, i)]))
            status = check_cancellation(row, entry, i, n, err);
    return status;
}

/* The covariances of the row at hand, as far as they were printed; NaN for missing covariates. */
static enum assay_status find_covariances(const struct assay__summary_row *row,
                                          struct assay_moments_shape shape, uint32_t mask,
                                          uint64_t n, bool by_sum,
                                          struct assay__figure out[ASSAY__PAIRS_MAX],
                                          struct assay_error *err)
{
    uint32_t variables = 1 + shape.has_denominator + shape.covariate_count;
    const struct assay__figure *printed = row->printed, *second = row->printed + variables;
    struct assay_moments *alone;
    memcpy(out, second, variables * (variables + 1) / 2 * sizeof *out);
    if (!by_sum)
        return ASSAY_OK;
    enum assay_status status = assay_moments_new(shape, &alone, err);
    if (status != ASSAY_OK)
        return status;
    status = assay__moments_add_sums(alone, mask, n, row->figures, false, err);
    for (uint32_t i = 0; i < variables; i++) {
        for (uint32_t j = 0; j <= i; j++) {
            struct assay__figure *figure = &out[assay__pair(i, j)];
            figure->slack = (figure->slack + (fabs(printed[i].value) * printed[j].slack +
                                              fabs(printed[j].value) * printed[i].slack) /
                                                 (double)n) /
                            ((double)n - 1.0);
            figure->value = assay_moments_covariance(alone, i, j);
        }
    }
    assay_moments_free(alone);
    return status;
}

/* No sample's covariances form a matrix that gives some combination a negative variance. */
static enum assay_status check_matrix(const struct assay__summary_row *row,
                                      struct assay_moments_shape shape, uint32_t mask, uint64_t n,
                                      bool by_sum, struct assay_error *err)
{
    struct assay__figure covariances[ASSAY__PAIRS_MAX];
    uint32_t metric = row->key_columns[ASSAY__KEY_METRIC];
    uint32_t variables = 1 + shape.has_denominator + shape.covariate_count;
    if (variables == 1 || n < 2)
        return ASSAY_OK;
    enum assay_status status = find_covariances(row, shape, mask, n, by_sum, covariances, err);
    if (status != ASSAY_OK)
        return status;
    switch (assay__matrix_judge(covariances, variables)) {
    case ASSAY__MATRIX_PAIR:
        return assay__summary_row_fail(row, metric, err,
                                       "has figures that no units can have: a covariance is larger "
                                       "than its two variances allow. Compute it again, from the "
                                       "values, divisor n - 1.");
    case ASSAY__MATRIX_WHOLE:
        return assay__summary_row_fail(
            row, metric, err,
            "has figures that no units can have: its covariances "
            "contradict each other (the matrix is not positive "
            "semidefinite). Compute them again, all from the same units.");
    default:
        return ASSAY_OK;
    }
}

/* How far rounding may have moved the sum of products of variables i and j of a row. */
static double product_slack(const struct assay__summary_row *row, uint32_t variables, uint32_t i,
                            uint32_t j, double units, bool by_sum)
{
    struct assay__figure a = row->printed[i], b = row->printed[j];
    double own = row->printed[variables + assay__pair(i, j)].slack;
    return by_sum ? own
                  : assay__slack_round_up((units - 1.0) * own +
                                          units * (fabs(a.value) * b.slack +
                                                   fabs(b.value) * a.slack + a.slack * b.slack));
}

static void add_slack(const struct assay__summary_row *row, uint32_t variables, double units,
                      bool by_sum, double *slack)
{
    for (uint32_t i = 0; i < variables; i++) {
        double own = row->printed[i].slack;
        slack[i] = assay__slack_add(slack[i], by_sum ? own : assay__slack_round_up(units * own));
        for (uint32_t j = 0; j <= i; j++) {
            double *product = &slack[variables + assay__pair(i, j)];
            *product =
                assay__slack_add(*product, product_slack(row, variables, i, j, units, by_sum));
        }
    }
}

/* What is remembered of a row's figures: how far they may be off, and whether of zeros and ones. */
static enum assay_status judge(struct assay__summary_row *row, struct assay__summary_entry *entry,
                               uint64_t n, bool by_sum, struct assay_error *err)
{
    struct assay_moments_shape shape = assay_moments_shape(entry->state);
    uint32_t variables = 1 + shape.has_denominator + shape.covariate_count;
    double mean = row->printed[0].value / (by_sum ? (double)n : 1.0);
    entry->has_inner_mean =
        (entry->slack == NULL || entry->has_inner_mean) && mean > 1e-9 && mean < 1.0 - 1e-9;
    if (entry->slack == NULL)
        entry->slack = assay__arena_array(&row->table->arena, assay__column_rounding_count(shape),
                                          sizeof *entry->slack);
    if (entry->slack == NULL)
        return assay__fail_memory(err);
    add_slack(row, variables, (double)n, by_sum, entry->slack);
    struct assay__figure first = row->printed[0], second = row->printed[variables];
    double share = assay__summary_row_number(row, row->share_column);
    second.slack += fabs(share);
    if (share < 0.0 || !(by_sum ? assay__sums_are_share(first, second)
                                : assay__figures_are_share(n, first, second)))
        entry->is_no_share = true;
    return ASSAY_OK;
}

enum assay_status assay__summary_row_judge(struct assay__summary_row *row,
                                           struct assay__summary_entry *entry, uint32_t mask,
                                           uint64_t n, bool by_sum, struct assay_error *err)
{
    struct assay_moments_shape shape = assay_moments_shape(entry->state);
    enum assay_status status = check_matrix(row, shape, mask, n, by_sum, err);
    if (status == ASSAY_OK)
        status = judge(row, entry, n, by_sum, err);
    return status == ASSAY_OK && by_sum ? check_rounding(row, entry, mask, n, err) : status;
}
