/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the columns of a table hold: kinds of values, how many, how often missing. */
#include "cli/plan_init_profile.h"

#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "source/csv/cell.h"
#include "base/hash.h"

static enum assay_status add_cell(struct column_profile *column, const struct assay__field *cell,
                                  struct assay_error *err)
{
    char digits[ASSAY__DIGITS_MAX];
    struct assay_decimal number;
    uint32_t index;
    int64_t time;
    if (assay__cell_is_missing(cell))
        return ASSAY_OK;
    bool is_number = assay__cell_number(cell, &number, digits) == ASSAY__CELL_OK;
    column->is_numeric &= is_number;
    column->is_choice &= assay__cell_choice(cell, &number) == ASSAY__CELL_OK;
    column->is_time &= !is_number && assay__time_parse(cell->text, cell->length, &time);
    column->is_long |= cell->length > PROFILE_VALUE_BYTES_MAX;
    column->hashes[column->present++] = assay__hash(cell->text, cell->length);
    if (column->values.count < PROFILE_VALUES_MAX && cell->length <= PROFILE_VALUE_BYTES_MAX)
        return assay__index_add(&column->values, cell->text, cell->length, PROFILE_VALUES_MAX,
                                &index, err);
    return ASSAY_OK;
}

static int compare_hashes(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static void finish_column(struct column_profile *column)
{
    column->is_numeric &= column->present > 0;
    column->is_choice &= column->present > 0;
    column->is_time &= column->present > 0;
    qsort(column->hashes, column->present, sizeof *column->hashes, compare_hashes);
    for (uint64_t i = 0; i < column->present; i++)
        column->distinct += i == 0 || column->hashes[i] != column->hashes[i - 1];
}

static enum assay_status make_columns(struct table_profile *profile, uint64_t row_max,
                                      struct assay_error *err)
{
    profile->column_count = assay__csv_column_count(profile->csv);
    profile->columns = calloc(profile->column_count, sizeof *profile->columns);
    if (profile->columns == NULL)
        return assay__fail_memory(err);
    for (uint32_t i = 0; i < profile->column_count; i++) {
        struct column_profile *column = &profile->columns[i];
        column->name = assay__csv_columns(profile->csv)[i];
        column->is_numeric = column->is_choice = column->is_time = true;
        column->hashes = malloc(row_max * sizeof *column->hashes);
        if (column->hashes == NULL)
            return assay__fail_memory(err);
    }
    return ASSAY_OK;
}

static enum assay_status read_rows(struct table_profile *profile, uint64_t row_max,
                                   struct assay_error *err)
{
    struct assay__record record;
    for (;;) {
        enum assay_status status = assay__csv_next(profile->csv, &record, err);
        if (status != ASSAY_OK)
            return status;
        profile->is_whole = record.fields == NULL;
        if (profile->is_whole || profile->rows == row_max)
            return ASSAY_OK;
        for (uint32_t i = 0; i < profile->column_count && status == ASSAY_OK; i++)
            status = add_cell(&profile->columns[i], &record.fields[i], err);
        if (status != ASSAY_OK)
            return status;
        profile->rows++;
    }
}

enum assay_status profile_read(struct table_profile *profile, const char *path, char separator,
                               struct assay_error *err)
{
    struct assay__csv_options options = {.separator = separator};
    enum assay_status status = assay__csv_open(path, &options, &profile->csv, err);
    if (status != ASSAY_OK)
        return status;
    uint64_t row_max = PROFILE_CELLS_MAX / assay__csv_column_count(profile->csv);
    if (row_max > PROFILE_ROWS_MAX)
        row_max = PROFILE_ROWS_MAX;
    status = make_columns(profile, row_max, err);
    if (status == ASSAY_OK)
        status = read_rows(profile, row_max, err);
    if (status != ASSAY_OK)
        return status;
    for (uint32_t i = 0; i < profile->column_count; i++)
        finish_column(&profile->columns[i]);
    return ASSAY_OK;
}

void profile_release(struct table_profile *profile)
{
    for (uint32_t i = 0; profile->columns != NULL && i < profile->column_count; i++) {
        assay__index_release(&profile->columns[i].values);
        free(profile->columns[i].hashes);
    }
    free(profile->columns);
    assay__csv_close(profile->csv);
    memset(profile, 0, sizeof *profile);
}
