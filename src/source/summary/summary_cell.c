/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cells of a row of sufficient statistics: where a figure stands, whether it is there. */
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "source/csv/csv_dialect.h"
#include "source/summary/summary_row.h"

typedef struct assay__summary_row row_t;

static const struct assay_dialect PLAIN = {0};

/* Whether the table has means and variances of values alone, or sums and sums of squares. */
static void find_simple(row_t *row)
{
    const struct assay__summary_places *places = &row->places;
    assay__summary_places_find(row->rows, (struct assay_moments_shape){0, 0}, &row->places);
    bool is_plain = row->is_plain && !row->has_text_columns &&
                    row->missing_column == ASSAY__NO_COLUMN &&
                    row->share_column == ASSAY__NO_COLUMN;
    for (uint32_t c = 0; c < assay__rows_column_count(row->rows); c++)
        if (row->columns[c].key == ASSAY__KEY_COUNT)
            is_plain =
                is_plain && row->columns[c].covariate == 0 && !row->columns[c].is_denominator;
    bool has_mean = places->mean[0] != ASSAY__NO_COLUMN;
    bool has_variance = places->covariance[0] != ASSAY__NO_COLUMN;
    bool has_sum = places->sum[0] != ASSAY__NO_COLUMN,
         has_squares = places->sum[1] != ASSAY__NO_COLUMN;
    bool has_more = places->sum[2] != ASSAY__NO_COLUMN || places->rounding[0] != ASSAY__NO_COLUMN ||
                    places->rounding[1] != ASSAY__NO_COLUMN ||
                    row->share_column != ASSAY__NO_COLUMN;
    row->is_simple = is_plain && has_mean && has_variance && !has_sum;
    row->is_simple_sum =
        is_plain && has_sum && has_squares && !has_mean && !has_variance && !has_more;
}

enum assay_status assay__summary_row_begin(row_t *row, struct assay_error *err)
{
    const char *const *names = assay__rows_columns(row->rows);
    uint32_t count = assay__rows_column_count(row->rows);
    row->columns = assay__calloc(count, sizeof *row->columns);
    row->cells = assay__calloc(count, sizeof *row->cells);
    row->digits = assay__malloc(count * sizeof *row->digits); /* touched where a number is long */
    row->figure_columns = assay__calloc(count, sizeof *row->figure_columns);
    row->file = assay__summary_file(row->table, assay__rows_name(row->rows));
    if (row->columns == NULL || row->cells == NULL || row->digits == NULL || row->file == NULL ||
        row->figure_columns == NULL)
        return assay__fail_memory(err);
    for (uint32_t c = 0; c < count; c++) {
        uint32_t key = 0;
        while (key < ASSAY__KEY_COUNT && row->key_columns[key] != c)
            key++;
        if (key == ASSAY__KEY_COUNT)
            row->figure_columns[row->figure_count++] = c;
        row->columns[c] = (struct assay__summary_column){key, assay__summary_covariate(names[c]),
                                                         strstr(names[c], "denominator") != NULL,
                                                         strstr(names[c], "sum") != NULL};
    }
    row->dialect = row->plan == NULL || row->rows->is_own ? &PLAIN : &row->plan->dialect;
    row->is_plain = assay__dialect_is_plain(row->dialect);
    row->share_column = assay__summary_find_column(row->rows, "share_rounding");
    for (const struct assay__accumulator *const *at = assay__accumulators; *at != NULL; at++)
        if ((*at)->text != NULL &&
            assay__summary_find_column(row->rows, (*at)->text->column) != ASSAY__NO_COLUMN)
            row->has_text_columns = true;
    find_simple(row);
    return ASSAY_OK;
}

void assay__summary_row_end(row_t *row)
{
    assay__free(row->columns);
    assay__free(row->cells);
    assay__free(row->figure_columns);
    assay__free(row->digits);
    assay__free(row->known);
    assay__free(row->times);
    assay__free(row->spelled);
    assay__index_release(&row->spellings);
}

/* A sum may be longer than a number of the data, and beyond a double: squares of 1e200 are. */
static enum assay__cell_outcome parse_wide(const struct assay__field *field,
                                           struct assay_decimal *number,
                                           char digits[ASSAY__DIGITS_MAX])
{
    bool is_read =
        assay__decimal_parse(field->text, field->length, number, digits) == ASSAY__PARSE_OK;
    return is_read ? ASSAY__CELL_OK : ASSAY__CELL_RANGE;
}

void assay__summary_row_parse(row_t *row)
{
    for (uint32_t i = 0; i < row->figure_count; i++) {
        uint32_t c = row->figure_columns[i];
        const struct assay__field *field = &row->record.fields[c];
        struct assay__summary_cell *cell = &row->cells[c];
        cell->is_plain = row->is_plain && assay__plain_parse(field->text, field->length,
                                                             &cell->number, &cell->spelling);
        cell->outcome = cell->is_plain ? ASSAY__CELL_OK
                                       : assay__dialect_number(row->dialect, field, &cell->number,
                                                               row->digits[c]);
        if (cell->outcome == ASSAY__CELL_RANGE && row->is_plain && row->columns[c].is_sum)
            cell->outcome = parse_wide(field, &cell->number, row->digits[c]);
    }
}

enum assay_status assay__summary_row_fail(const row_t *row, uint32_t column,
                                          struct assay_error *err, const char *what)
{
    const struct assay__field *field = &row->record.fields[column];
    int length = field->length > 60 ? 60 : (int)field->length;
    return assay__rows_fail(row->rows, &row->record, column, ASSAY_ERROR_DATA, err,
                            "'%.*s' in column '%.60s' %s", length, field->text,
                            assay__rows_columns(row->rows)[column], what);
}

bool assay__summary_row_has(const row_t *row, uint32_t column)
{
    return column != ASSAY__NO_COLUMN && row->cells[column].outcome != ASSAY__CELL_MISSING;
}

double assay__summary_row_rounding(const row_t *row, uint32_t column)
{
    return fabs(assay__summary_row_number(row, column));
}

double assay__summary_row_number(const row_t *row, uint32_t column)
{
    double value;
    if (!assay__summary_row_has(row, column))
        return 0.0;
    const struct assay__field *field = &row->record.fields[column];
    bool is_number = assay__double_parse(field->text, field->length, &value) == ASSAY__PARSE_OK;
    return is_number ? value : 0.0;
}
