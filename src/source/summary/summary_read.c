/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * CSV of sufficient statistics to a table: columns, keys, and rows that count.
 * summary_row.c has the figures.
 */
#include "source/summary/summary_read.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/time.h"
#include "source/csv/csv_dialect.h"
#include "source/summary/summary_column.h"
#include "source/summary/summary_row.h"

static const char *const KEY_COLUMNS[ASSAY__KEY_COUNT] = {"metric", "group", "time", "dimension",
                                                          "value"};

typedef struct assay__summary_row row_t;

/* A whole number, however it is written: 100, 100.0 and 1e2 are the same. */
static enum assay_status read_count(row_t *row, uint32_t column, uint64_t limit, uint64_t *out,
                                    struct assay_error *err)
{
    const struct assay__field *field = &row->record.fields[column];
    const struct assay__summary_cell *cell = &row->cells[column];
    struct assay_decimal value = cell->number;
    enum assay__parse parsed = cell->is_plain ? ASSAY__PARSE_OK
                                              : assay__decimal_parse(field->text, field->length,
                                                                     &value, row->digits[column]);
    if (parsed == ASSAY__PARSE_SYNTAX || value.exponent < 0 || value.mantissa < 0)
        return assay__summary_row_fail(row, column, err,
                                       "is not a whole number, 0 or more: give the count.");
    uint64_t count = (uint64_t)value.mantissa;
    bool fits = parsed == ASSAY__PARSE_OK && value.digits == NULL;
    for (int32_t i = 0; fits && i < value.exponent; i++) {
        fits = count <= limit / 10;
        count *= 10;
    }
    if (!fits || count > limit)
        return assay__summary_row_fail(row, column, err, "is larger than a count may be.");
    *out = count;
    return ASSAY_OK;
}

/* A key may have a row for each pattern of missing covariates; nearly all have one. */
static enum assay_status check_once(row_t *row, struct assay__summary_entry *entry, uint32_t mask,
                                    struct assay_error *err)
{
    const struct {
        const struct assay__summary_entry *entry;
        uint64_t mask;
    } key = {entry, mask};
    char what[160];
    uint32_t number, before = row->seen.count;
    if (!entry->has_row) {
        entry->has_row = true;
        entry->mask = mask;
        return ASSAY_OK;
    }
    if (entry->mask != mask) {
        enum assay_status status =
            assay__index_add(&row->seen, &key, sizeof key, UINT32_MAX - 1, &number, err);
        if (status != ASSAY_OK || row->seen.count > before)
            return status;
    }
    snprintf(what, sizeof what,
             "has a second row for the same group, time, dimension and value (see line %" PRIu64
             "): leave one out.",
             entry->line);
    return assay__summary_row_fail(row, row->key_columns[ASSAY__KEY_METRIC], err, what);
}

/* Appends the time of the key in one form, NUL-terminated. */
static enum assay_status append_time(row_t *row, struct assay__text *buffer,
                                     struct assay_error *err)
{
    const struct assay__field *field = assay__summary_row_part(row, ASSAY__KEY_TIME);
    char time[ASSAY__TIME_BYTES];
    enum assay_status status = assay__summary_row_time(row, err);
    if (status != ASSAY_OK)
        return status;
    if (row->is_time_written)
        assay__text_append(buffer, field->text, field->length);
    else
        assay__text_append(buffer, time, assay__time_write(row->time_ns, time));
    assay__text_putc(buffer, '\0');
    return buffer->failed ? assay__fail_memory(err) : ASSAY_OK;
}

/* Appends a part of the key, NUL-terminated. */
static enum assay_status read_part(row_t *row, enum assay__summary_key part,
                                   struct assay__text *buffer, struct assay_error *err)
{
    uint32_t column = row->key_columns[part];
    if (part == ASSAY__KEY_TIME)
        return append_time(row, buffer, err);
    if (column != ASSAY__NO_COLUMN)
        assay__text_append(buffer, row->record.fields[column].text,
                           row->record.fields[column].length);
    assay__text_putc(buffer, '\0');
    return buffer->failed ? assay__fail_memory(err) : ASSAY_OK;
}

static enum assay_status read_time(row_t *row, struct assay__text *buffer, const char **time,
                                   struct assay_error *err)
{
    enum assay_status status = read_part(row, ASSAY__KEY_TIME, buffer, err);
    *time = buffer->data;
    return status;
}

/* The key's texts, in one buffer. */
static enum assay_status read_key(row_t *row, struct assay__text *buffer,
                                  const char *key[ASSAY__KEY_COUNT], struct assay_error *err)
{
    size_t at[ASSAY__KEY_COUNT];
    for (int i = 0; i < ASSAY__KEY_COUNT; i++) {
        at[i] = buffer->length;
        enum assay_status status = read_part(row, (enum assay__summary_key)i, buffer, err);
        if (status != ASSAY_OK)
            return status;
    }
    for (int i = 0; i < ASSAY__KEY_COUNT; i++)
        key[i] = buffer->data + at[i];
    return ASSAY_OK;
}

/* Does the key of a row make sense by itself? */
static enum assay_status check_key(const row_t *row, const char *const key[ASSAY__KEY_COUNT],
                                   struct assay_error *err)
{
    uint32_t metric = row->key_columns[ASSAY__KEY_METRIC];
    bool is_remark = key[ASSAY__KEY_METRIC][0] == '@';
    if (key[ASSAY__KEY_METRIC][0] == '\0')
        return assay__summary_row_fail(row, metric, err, "does not name a metric: fill it in.");
    if (is_remark && !assay__summary_is_remark(key[ASSAY__KEY_METRIC]))
        return assay__summary_row_fail(row, metric, err,
                                       "is not a row that 'assay summarize' writes; names of "
                                       "metrics do not begin with @.");
    if (is_remark && strcmp(key[ASSAY__KEY_METRIC], "@units") != 0 &&
        strcmp(key[ASSAY__KEY_METRIC], "@skipped") != 0)
        return ASSAY_OK;
    if (key[ASSAY__KEY_GROUP][0] == '\0')
        return assay__summary_row_fail(row, row->key_columns[ASSAY__KEY_GROUP], err,
                                       "does not name a group: fill it in.");
    if (key[ASSAY__KEY_DIMENSION][0] == '\0' && key[ASSAY__KEY_VALUE][0] != '\0')
        return assay__summary_row_fail(
            row, row->key_columns[ASSAY__KEY_VALUE], err,
            "has no dimension beside it: name one in the column 'dimension'.");
    return ASSAY_OK;
}

/*
 * A digest tells whether a sealed table was changed, and tables that are equal: few need it. Rows
 * go into it as they are read where the first one looks like a sealed table's, other tables are
 * read beside this one, or it cannot be read again.
 */
static bool needs_digest(const row_t *row)
{
    uint32_t column = row->key_columns[ASSAY__KEY_METRIC];
    const struct assay__field *metric = &row->record.fields[column];
    return !row->table->is_alone || !assay__rows_can_reread(row->rows) ||
           (metric->length > 0 && metric->text[0] == '@');
}

/* Every filled cell of the row goes into the digest, whether anything reads it or not. */
static void digest_row(row_t *row, const char *const key[ASSAY__KEY_COUNT])
{
    const char *const *names = assay__rows_columns(row->rows);
    for (uint32_t c = 0; c < assay__rows_column_count(row->rows); c++) {
        const struct assay__field *field = &row->record.fields[c];
        const struct assay__summary_cell *cell = &row->cells[c];
        uint32_t part = row->columns[c].key;
        if (part < ASSAY__KEY_COUNT && key[part][0] != '\0')
            assay__seal_text(&row->digest, names[c], key[part], strlen(key[part]));
        if (part < ASSAY__KEY_COUNT || cell->outcome == ASSAY__CELL_MISSING)
            continue;
        if (cell->outcome == ASSAY__CELL_OK)
            assay__seal_number(&row->digest, names[c], &cell->number);
        else
            assay__seal_text(&row->digest, names[c], field->text, field->length);
    }
    assay__seal_row(&row->digest);
}

/* Reads all rows once more: the mark of a seal is there, and its digest is not. */
static enum assay_status digest_again(row_t *row, struct assay__text *buffer,
                                      struct assay_error *err)
{
    struct assay__rows *again = NULL, *rows = row->rows;
    const char *key[ASSAY__KEY_COUNT];
    enum assay_status status = assay__rows_reread(rows, &again, err);
    row->rows = status == ASSAY_OK ? again : rows;
    row->digest.row_count = 0;
    while (status == ASSAY_OK) {
        status = assay__rows_next(again, &row->record, err);
        if (status != ASSAY_OK || row->record.fields == NULL)
            break;
        buffer->length = 0;
        assay__summary_row_parse(row);
        status = read_key(row, buffer, key, err);
        if (status == ASSAY_OK && strcmp(key[ASSAY__KEY_METRIC], "@end") != 0)
            digest_row(row, key);
    }
    row->rows = rows;
    row->is_digested = true;
    assay__rows_close(again);
    return status;
}

/* The mark at the end of a sealed table. */
static enum assay_status read_end(row_t *row, const char *const key[ASSAY__KEY_COUNT], uint64_t n,
                                  struct assay_error *err)
{
    if (row->end.is_there)
        return assay__summary_row_fail(row, row->key_columns[ASSAY__KEY_METRIC], err,
                                       "is there twice: are two tables in one file? Merge them.");
    row->end = (struct assay__seal_end){true, n, row->record.line, ""};
    snprintf(row->end.digest, sizeof row->end.digest, "%s", key[ASSAY__KEY_VALUE]);
    return ASSAY_OK;
}

/* The texts of a key that is a new one, and whether it makes sense. */
static enum assay_status check_found(row_t *row, struct assay__text *buffer,
                                     struct assay__summary_row_key *key, struct assay_error *err)
{
    if (key->has_series && key->has_time)
        return ASSAY_OK;
    buffer->length = 0;
    assay__summary_row_spell(row, key);
    if (key->has_series)
        return read_time(row, buffer, &key->text[ASSAY__KEY_TIME], err);
    enum assay_status status = read_key(row, buffer, key->text, err);
    return status == ASSAY_OK ? check_key(row, key->text, err) : status;
}

/* The entry of a row's key; its place is that of its first row. */
static enum assay_status find_entry(row_t *row, struct assay__summary_row_key *key,
                                    struct assay__summary_entry **entry, struct assay_error *err)
{
    bool is_new = false;
    enum assay_status status = ASSAY_OK;
    if (!key->has_series || !key->has_time) {
        status = assay__summary_row_remember(row, key, err);
        if (status != ASSAY_OK)
            return status;
        struct assay__summary_known *known = &row->known[key->series];
        bool is_remark = key->text[ASSAY__KEY_METRIC][0] == '@';
        if (!known->is_fine) {
            const struct assay_plan *plan = is_remark ? NULL : row->plan; /* NULL: all is needed */
            known->has_slice = plan == NULL || assay__summary_plan_has_slice(plan, key->text);
            known->is_needed =
                known->has_slice &&
                (plan == NULL || assay__summary_plan_metric(plan, key->text[ASSAY__KEY_METRIC]) !=
                                     ASSAY__NOT_PLANNED);
        }
        known->is_remark = is_remark;
        known->is_fine = true;
    }
    status = assay__summary_entry_at(row->table, key->series, key->time, entry, &is_new, err);
    if (status == ASSAY_OK && is_new) {
        (*entry)->file = row->file;
        (*entry)->line = row->record.line;
        (*entry)->column = row->key_columns[ASSAY__KEY_METRIC] + 1;
    }
    return status;
}

/* Reads a row of a series that came before, unless it has more to it: see summary_take.c. */
static enum assay_status take_row(row_t *row, struct assay__text *buffer,
                                  struct assay__summary_row_key *key, bool *is_taken,
                                  struct assay_error *err)
{
    enum assay_status status = ASSAY_OK;
    *is_taken = false;
    if (!key->has_series || !(row->is_simple || row->is_simple_sum) || row->is_digested)
        return ASSAY_OK;
    if (!key->has_time) {
        buffer->length = 0;
        status = assay__summary_row_time(row, err);
        if (status == ASSAY_OK && !row->is_time_written)
            status = read_time(row, buffer, &key->text[ASSAY__KEY_TIME], err);
        if (status == ASSAY_OK)
            status = assay__summary_row_remember(row, key, err);
        key->has_time = status == ASSAY_OK;
    }
    return status == ASSAY_OK ? assay__summary_row_take(row, key, is_taken, err) : status;
}

static enum assay_status read_row(row_t *row, struct assay__text *buffer, struct assay_error *err)
{
    struct assay__summary_row_key key;
    struct assay__summary_entry *entry;
    uint64_t n = 0, mask = 0;
    bool is_taken;
    assay__summary_row_find(row, &key);
    enum assay_status status = take_row(row, buffer, &key, &is_taken, err);
    if (is_taken || status != ASSAY_OK)
        return status;
    assay__summary_row_parse(row);
    status = check_found(row, buffer, &key, err);
    if (status == ASSAY_OK)
        status = read_count(row, row->n_column, ASSAY__SUMMARY_COUNT_MAX, &n, err);
    if (status == ASSAY_OK && assay__summary_row_has(row, row->missing_column))
        status = read_count(row, row->missing_column, UINT32_MAX, &mask, err);
    if (status != ASSAY_OK)
        return status;
    bool is_remark =
        key.has_series ? row->known[key.series].is_remark : key.text[ASSAY__KEY_METRIC][0] == '@';
    if (is_remark)
        assay__summary_row_spell(row, &key);
    const char *remark = is_remark ? key.text[ASSAY__KEY_METRIC] : "";
    if (strcmp(remark, "@end") == 0)
        return read_end(row, key.text, n, err);
    if (row->is_digested)
        digest_row(row, key.text);
    else
        row->digest.row_count++;
    if (n == 0 && !is_remark)
        return ASSAY_OK;
    status = find_entry(row, &key, &entry, err);
    /* Rows that hold a state by its text tell by themselves which of them come twice. What is
     * unfit for several metrics, or in several tables of a database, has a row for each. */
    if (status == ASSAY_OK && strcmp(remark, "@unfit") != 0 &&
        (is_remark || assay__summary_row_keeps(row)->text == NULL))
        status = check_once(row, entry, (uint32_t)mask, err);
    if (status != ASSAY_OK)
        return status;
    entry->is_unneeded = !row->known[key.series].is_needed;
    entry->has_slice = entry->is_unneeded && row->known[key.series].has_slice;
    if (is_remark || entry->is_unneeded) {
        entry->n = n > entry->n ? n : entry->n;
        return ASSAY_OK;
    }
    return assay__summary_row_add(row, entry, (uint32_t)mask, n, err);
}

/* Columns of figures may be missing, but none may be there twice. */
static enum assay_status check_columns(const row_t *row, struct assay_error *err)
{
    const char *const *names = assay__rows_columns(row->rows);
    for (uint32_t c = 0; c < assay__rows_column_count(row->rows); c++)
        if (names[c][0] != '\0' && assay__rows_namesake(row->rows, c) > 1)
            return assay__fail_at(err, ASSAY_ERROR_DATA, assay__rows_name(row->rows),
                                  row->rows->header.line, (uint64_t)c + 1,
                                  "Two columns are both named '%.100s'. Leave one out.", names[c]);
    return ASSAY_OK;
}

/* What names rows must be readable; a figure that is not fails where it is used as a number. */
static enum assay_status use_names(const row_t *row, struct assay_error *err)
{
    uint32_t used[ASSAY__KEY_COUNT + 1], count = 0;
    for (int i = 0; i < ASSAY__KEY_COUNT; i++)
        if (row->key_columns[i] != ASSAY__NO_COLUMN)
            used[count++] = row->key_columns[i];
    used[count++] = row->n_column;
    return assay__rows_use(row->rows, used, count, err);
}

static enum assay_status find_columns(row_t *row, struct assay_error *err)
{
    enum assay_status status = check_columns(row, err);
    for (int i = 0; status == ASSAY_OK && i < ASSAY__KEY_COUNT; i++) {
        row->key_columns[i] = assay__summary_find_column(row->rows, KEY_COLUMNS[i]);
        if (i == ASSAY__KEY_METRIC || i == ASSAY__KEY_GROUP)
            status = assay__rows_column(row->rows, KEY_COLUMNS[i], &row->key_columns[i], err);
    }
    if (status == ASSAY_OK)
        status = assay__rows_column(row->rows, "n", &row->n_column, err);
    row->missing_column = assay__summary_find_column(row->rows, "covariates_missing");
    if (status == ASSAY_OK)
        status = use_names(row, err);
    row->table->has_variances =
        assay__summary_find_column(row->rows, "variance") != ASSAY__NO_COLUMN ||
        assay__summary_find_column(row->rows, "sum_squares") != ASSAY__NO_COLUMN;
    return status;
}

enum assay_status assay__summary_table_read(struct assay__rows *rows, const struct assay_plan *plan,
                                            struct assay__summary_table *table,
                                            struct assay_error *err)
{
    row_t *row = assay__calloc(1, sizeof *row);
    struct assay__text buffer = {0};
    if (row == NULL)
        return assay__fail_memory(err);
    row->rows = rows;
    row->plan = plan;
    row->table = table;
    enum assay_status status = find_columns(row, err);
    if (status == ASSAY_OK)
        status = assay__summary_row_begin(row, err);
    bool is_empty = true;
    while (status == ASSAY_OK) {
        status = assay__rows_next(rows, &row->record, err);
        if (status != ASSAY_OK || row->record.fields == NULL)
            break;
        row->is_digested = is_empty ? needs_digest(row) : row->is_digested;
        is_empty = false;
        status = read_row(row, &buffer, err);
    }
    if (status == ASSAY_OK && is_empty)
        status = assay__fail_at(err, ASSAY_ERROR_DATA, assay__rows_name(rows), 1, 0,
                                "There is a header but no row of sufficient statistics.");
    if (status == ASSAY_OK && row->end.is_there && !row->is_digested)
        status = digest_again(row, &buffer, err);
    if (status == ASSAY_OK)
        status = assay__seal_check(table, assay__rows_name(rows), &row->end, &row->digest, err);
    assay__text_release(&buffer);
    assay__index_release(&row->seen);
    assay__seal_digest_release(&row->digest);
    assay__summary_row_end(row);
    assay__free(row);
    return status;
}

enum assay_status assay__summary_read_file(const char *path, struct assay__halt *halt,
                                           struct assay__summary_table *table,
                                           struct assay_error *err)
{
    struct assay__rows *rows;
    const struct assay__csv_options options = {.halt = halt};
    enum assay_status status = assay__csv_open(path, &options, &rows, err);
    if (status != ASSAY_OK)
        return status;
    status = assay__summary_table_read(rows, NULL, table, err);
    assay__rows_close(rows);
    return status;
}

bool assay__summary_looks_like(const struct assay__rows *rows)
{
    uint32_t index;
    return assay__rows_find(rows, "metric", &index) && assay__rows_find(rows, "group", &index) &&
           assay__rows_find(rows, "n", &index);
}
