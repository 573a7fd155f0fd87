/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the columns of a table hold: kinds of values, how many, how often missing. */
#include "cli/plan_init_profile.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "cli/plan_init_words.h"
#include "source/csv/csv_dialect.h"
#include "source/summary/summary_read.h"

/* Digits alone, 18 at most for its value. */
static bool is_whole(const struct assay__field *cell, uint64_t *value)
{
    *value = 0;
    for (uint32_t i = 0; i < cell->length; i++) {
        if (cell->text[i] < '0' || cell->text[i] > '9')
            return false;
        *value = i < 18 ? *value * 10 + (uint64_t)(cell->text[i] - '0') : UINT64_MAX;
    }
    return cell->length > 0;
}

/* 1.23E+11, as spreadsheets show long numbers, and 1.2345678901234568e+16 */
static bool has_power(const struct assay__field *cell)
{
    for (uint32_t i = 1; i + 2 < cell->length; i++)
        if ((cell->text[i] == 'E' || cell->text[i] == 'e') && cell->text[i + 1] == '+')
            return true;
    return false;
}

static void judge_whole(struct column_profile *column, const struct assay__field *cell)
{
    uint64_t value;
    if (!is_whole(cell, &value)) {
        column->is_whole = false;
        return;
    }
    column->lowest = value < column->lowest ? value : column->lowest;
    column->highest = value > column->highest ? value : column->highest;
}

/* What a cell says of its column; it is not missing. */
static void judge_cell(struct column_profile *column, const struct assay_dialect *dialect,
                       const struct assay__field *cell)
{
    char digits[ASSAY__DIGITS_MAX];
    struct assay_decimal number;
    int64_t time;
    bool is_blank = assay__dialect_is_missing(dialect, cell);
    bool is_number = assay__dialect_number(dialect, cell, &number, digits) == ASSAY__CELL_OK;
    column->has_number |= is_number;
    column->numbers += is_number;
    if (!is_number && !is_blank && column->other == NULL && cell->length <= PROFILE_VALUE_BYTES_MAX)
        column->other = assay__arena_copy(&column->values.arena, cell->text, cell->length);
    column->has_above |= is_number && number.mantissa > 0;
    column->has_below |= is_number && number.mantissa < 0;
    column->has_zero |= is_number && number.mantissa == 0;
    column->is_numeric &= is_number || is_blank;
    column->is_choice &=
        is_blank || assay__dialect_choice(dialect, cell, &column->words, &number) == ASSAY__CELL_OK;
    column->is_time &= (!is_number || column->is_named_time) && !is_blank &&
                       assay__dialect_time(dialect, cell, &time);
    if (!is_blank)
        judge_whole(column, cell);
    column->is_rounded &= is_blank || (is_number && has_power(cell));
    column->is_long |= cell->length > PROFILE_VALUE_BYTES_MAX;
}

static enum assay_status add_cell(struct column_profile *column,
                                  const struct assay_dialect *dialect,
                                  const struct assay__field *raw, uint64_t row,
                                  struct assay_error *err)
{
    const struct assay__field cell =
        dialect->trim && !raw->is_quoted ? assay__field_trim(*raw) : *raw;
    uint32_t index;
    if (assay__cell_is_missing(&cell))
        return ASSAY_OK;
    judge_cell(column, dialect, &cell);
    column->row_hashes[row] = assay__hash(cell.text, cell.length) | 1;
    column->hashes[column->present++] = column->row_hashes[row];
    if (column->values.count < PROFILE_VALUES_MAX && cell.length <= PROFILE_VALUE_BYTES_MAX)
        return assay__index_add(&column->values, cell.text, cell.length, PROFILE_VALUES_MAX, &index,
                                err);
    return ASSAY_OK;
}

static int compare_hashes(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static void finish_column(struct column_profile *column)
{
    column->is_numeric &= column->has_number;
    column->is_choice &= column->present > 0;
    column->is_rounded &= column->has_number;
    column->is_time &= column->present > 0;
    qsort(column->hashes, column->present, sizeof *column->hashes, compare_hashes);
    column->least = column->present;
    for (uint64_t i = 0, next = 0; i < column->present; i = next) {
        for (next = i + 1; next < column->present && column->hashes[next] == column->hashes[i];)
            next++;
        column->distinct++;
        column->most = next - i > column->most ? next - i : column->most;
        column->least = next - i < column->least ? next - i : column->least;
    }
}

static void find_running(struct column_profile *column)
{
    enum { ROWS_LEAST = 10 };
    column->is_running = column->is_numeric && column->is_whole && column->present >= ROWS_LEAST &&
                         column->distinct == column->present &&
                         column->highest - column->lowest == column->present - 1;
}

/* Joins bring columns in twice. */
static void find_copies(struct table_profile *profile)
{
    for (uint32_t i = 0; i < profile->column_count; i++) {
        if (assay__rows_namesake(profile->table, i) < 2)
            continue;
        for (uint32_t j = 0; j < i; j++)
            profile->columns[i].is_copy |=
                strcmp(assay__rows_columns(profile->table)[i],
                       assay__rows_columns(profile->table)[j]) == 0 &&
                memcmp(profile->columns[i].row_hashes, profile->columns[j].row_hashes,
                       profile->rows * sizeof *profile->columns[i].row_hashes) == 0;
    }
}

static int compare_pairs(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return x[0] != y[0] ? (x[0] > y[0]) - (x[0] < y[0]) : (x[1] > y[1]) - (x[1] < y[1]);
}

bool profile_nest(const struct table_profile *profile, uint32_t column, uint32_t other,
                  struct nesting *out)
{
    uint64_t(*pairs)[2] = malloc((profile->rows + 1) * sizeof *pairs);
    uint64_t count = 0;
    memset(out, 0, sizeof *out);
    if (pairs == NULL)
        return false;
    for (uint64_t row = 0; row < profile->rows; row++) {
        pairs[count][0] = profile->columns[column].row_hashes[row];
        pairs[count][1] = profile->columns[other].row_hashes[row];
        count += pairs[count][0] != 0 && pairs[count][1] != 0;
    }
    qsort(pairs, count, sizeof *pairs, compare_pairs);
    for (uint64_t i = 0, next = 0; i < count; i = next) {
        bool differs = false;
        for (next = i + 1; next < count && pairs[next][0] == pairs[i][0]; next++)
            differs |= pairs[next][1] != pairs[i][1];
        out->repeated += next - i > 1;
        out->scattered += differs;
    }
    free(pairs);
    return true;
}

/* Columns of one name are numbered, as a plan names them. */
static const char *name_column(const struct assay__rows *table, uint32_t index,
                               struct assay__arena *arena)
{
    const char *name = assay__rows_columns(table)[index];
    uint32_t number = name[0] == '\0' ? 0 : assay__rows_namesake(table, index);
    return number == 0 ? name : assay__arena_format(arena, "%s#%u", name, number);
}

static enum assay_status make_columns(struct table_profile *profile, uint64_t row_max,
                                      struct assay_error *err)
{
    profile->column_count = assay__rows_column_count(profile->table);
    profile->columns = calloc(profile->column_count, sizeof *profile->columns);
    if (profile->columns == NULL)
        return assay__fail_memory(err);
    for (uint32_t i = 0; i < profile->column_count; i++) {
        struct column_profile *column = &profile->columns[i];
        column->name = name_column(profile->table, i, &column->values.arena);
        if (column->name == NULL)
            return assay__fail_memory(err);
        column->is_numeric = column->is_choice = column->is_time = column->is_whole =
            column->is_rounded = true;
        column->lowest = UINT64_MAX;
        column->is_named_time = words_say_time(column->name);
        column->hashes = malloc(row_max * sizeof *column->hashes);
        column->row_hashes = calloc(row_max, sizeof *column->row_hashes);
        if (column->hashes == NULL || column->row_hashes == NULL)
            return assay__fail_memory(err);
    }
    return ASSAY_OK;
}

static enum assay_status read_rows(struct table_profile *profile,
                                   const struct assay_dialect *dialect, uint64_t row_max,
                                   struct assay_error *err)
{
    struct assay__record record;
    for (;;) {
        enum assay_status status = assay__rows_next(profile->table, &record, err);
        if (status != ASSAY_OK)
            return status;
        profile->is_whole = record.fields == NULL;
        if (profile->is_whole || profile->rows == row_max)
            return ASSAY_OK;
        for (uint32_t i = 0; i < profile->column_count && status == ASSAY_OK; i++)
            status = add_cell(&profile->columns[i], dialect, &record.fields[i], profile->rows, err);
        if (status != ASSAY_OK)
            return status;
        profile->rows++;
    }
}

/* Damaged rows are for the reader of the data to refuse, unless there are more of them than not. */
static enum assay_status check_bad(struct table_profile *profile, const struct table_source *source,
                                   struct assay_error *err)
{
    struct assay__rows *csv = NULL;
    struct assay__record record = {.fields = NULL};
    profile->bad_rows = profile->table->skipped;
    if (profile->bad_rows <= profile->rows)
        return ASSAY_OK;
    enum assay_status status = table_source_open(source, false, &csv, err);
    do {
        if (status == ASSAY_OK)
            status = assay__rows_next(csv, &record, err);
    } while (status == ASSAY_OK && record.fields != NULL);
    assay__rows_close(csv);
    return status;
}

enum assay_status profile_read(struct table_profile *profile, const struct table_source *source,
                               struct assay_error *err)
{
    enum assay_status status = table_source_open(source, true, &profile->table, err);
    if (status != ASSAY_OK || assay__summary_looks_like(profile->table))
        return status;
    uint64_t row_max = PROFILE_CELLS_MAX / assay__rows_column_count(profile->table);
    if (row_max > PROFILE_ROWS_MAX)
        row_max = PROFILE_ROWS_MAX;
    status = make_columns(profile, row_max, err);
    if (status == ASSAY_OK)
        status = read_rows(profile, &source->found.dialect, row_max, err);
    if (status == ASSAY_OK)
        status = check_bad(profile, source, err);
    if (status != ASSAY_OK)
        return status;
    for (uint32_t i = 0; i < profile->column_count; i++) {
        finish_column(&profile->columns[i]);
        find_running(&profile->columns[i]);
    }
    find_copies(profile);
    return ASSAY_OK;
}

bool profile_is_usable(const struct column_profile *column)
{
    return column->name[0] != '\0' && !column->is_copy &&
           strlen(column->name) <= PROFILE_VALUE_BYTES_MAX;
}

bool profile_is_within(const struct column_profile *column, uint64_t lowest, uint64_t highest)
{
    return column->is_numeric && column->is_whole && column->lowest >= lowest &&
           column->highest <= highest;
}

static const uint64_t LONG_FROM = 100000000, FIRST_DAY = 19000101, LAST_DAY = 21001231;

bool profile_is_like_ids(const struct column_profile *column)
{
    uint64_t ten_times = column->lowest > UINT64_MAX / 10 ? UINT64_MAX : column->lowest * 10;
    return profile_is_within(column, LONG_FROM, ten_times) &&
           column->distinct * 10 >= column->present * 9;
}

bool profile_is_like_times(const struct column_profile *column)
{
    return profile_is_within(column, FIRST_DAY, LAST_DAY) ||
           (profile_is_within(column, LONG_FROM, UINT64_MAX) &&
            column->highest - column->lowest < column->lowest / 2);
}

void profile_release(struct table_profile *profile)
{
    for (uint32_t i = 0; profile->columns != NULL && i < profile->column_count; i++) {
        assay__index_release(&profile->columns[i].values);
        free(profile->columns[i].hashes);
        free(profile->columns[i].row_hashes);
    }
    free(profile->columns);
    assay__rows_close(profile->table);
    memset(profile, 0, sizeof *profile);
}
