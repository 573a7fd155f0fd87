/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cells of a row of sufficient statistics: where a figure stands, whether it is there. */
#include <math.h>

#include "base/error.h"
#include "source/csv/csv_dialect.h"
#include "source/summary/summary_column.h"
#include "source/summary/summary_row.h"

typedef struct assay__summary_row row_t;

uint32_t assay__summary_row_column(const struct assay__rows *rows, const char *name)
{
    uint32_t index;
    return assay__rows_find(rows, name, &index) ? index : ASSAY__NO_COLUMN;
}

bool assay__summary_row_is_missing(const row_t *row, uint32_t column)
{
    const struct assay__field *field = &row->record.fields[column];
    return row->plan == NULL ? assay__cell_is_blank(field)
                             : assay__dialect_is_missing(&row->plan->dialect, field);
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

uint32_t assay__summary_row_figure(const row_t *row, const char *name)
{
    uint32_t column = assay__summary_row_column(row->rows, name);
    const char *alias = assay__column_alias(name);
    if (column == ASSAY__NO_COLUMN && alias != NULL)
        column = assay__summary_row_column(row->rows, alias);
    return column;
}

bool assay__summary_row_has(const row_t *row, const char *name)
{
    uint32_t column = assay__summary_row_figure(row, name);
    return column != ASSAY__NO_COLUMN && !assay__summary_row_is_missing(row, column);
}

double assay__summary_row_rounding(const row_t *row, const char *name)
{
    double value;
    if (!assay__summary_row_has(row, name))
        return 0.0;
    const struct assay__field *field = &row->record.fields[assay__summary_row_figure(row, name)];
    bool is_number = assay__double_parse(field->text, field->length, &value) == ASSAY__PARSE_OK;
    return is_number ? fabs(value) : 0.0;
}
