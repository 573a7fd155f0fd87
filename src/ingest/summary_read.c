/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * CSV of sufficient statistics to a table (SPEC 1.2, form 3). A row gives means and variances, or
 * sums; what it consists of (a denominator, how many covariates) is seen from the cells that are
 * filled. Figures are taken as the exact decimals they are.
 */
#include "ingest/summary_read.h"

#include <gmp.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/number.h"
#include "base/time.h"
#include "ingest/summary_column.h"
#include "stats/group.h"
#include "stats/moments.h"

enum { FIGURES_MAX = ASSAY_VARIABLES_MAX + ASSAY__PAIRS_MAX + 4, NO_COLUMN = UINT32_MAX };

static const char *const KEY_COLUMNS[ASSAY__KEY_COUNT] = {"metric", "group", "time", "dimension",
                                                          "value"};

/* What reading one file needs. */
struct reader {
    struct assay__csv *csv;
    struct assay__summary_table *table;
    struct assay__record record;
    uint32_t key_columns[ASSAY__KEY_COUNT];
    uint32_t n_column, missing_column;
    struct assay__index seen; /* entry and pattern, to find a row given twice */
    struct assay_decimal figures[FIGURES_MAX];
    char (*digits)[ASSAY__DIGITS_MAX]; /* [FIGURES_MAX] */
    struct assay_error *err;
};

static uint32_t optional_column(const struct assay__csv *csv, const char *name)
{
    uint32_t index;
    return assay__csv_find(csv, name, &index) ? index : NO_COLUMN;
}

static bool is_missing(const struct assay__field *field)
{
    static const char *const MISSING[] = {"", "NA", "NULL", "null", "NaN", "nan"};
    for (size_t i = 0; i < sizeof MISSING / sizeof *MISSING; i++)
        if (strlen(MISSING[i]) == field->length &&
            memcmp(MISSING[i], field->text, field->length) == 0)
            return true;
    return false;
}

static enum assay_status fail_cell(struct reader *reader, uint32_t column, const char *what)
{
    const struct assay__field *field = &reader->record.fields[column];
    int length = field->length > 60 ? 60 : (int)field->length;
    return assay__csv_fail(reader->csv, &reader->record, column, ASSAY_ERROR_DATA, reader->err,
                           "'%.*s' in column '%s' %s", length, field->text,
                           assay__csv_columns(reader->csv)[column], what);
}

/* A column by its name or the unnumbered name of a first covariate's. */
static uint32_t figure_column(const struct reader *reader, const char *name)
{
    uint32_t column = optional_column(reader->csv, name);
    const char *alias = assay__column_alias(name);
    if (column == NO_COLUMN && alias != NULL)
        column = optional_column(reader->csv, alias);
    return column;
}

static bool has_figure(const struct reader *reader, const char *name)
{
    uint32_t column = figure_column(reader, name);
    return column != NO_COLUMN && !is_missing(&reader->record.fields[column]);
}

/* Reads the cell of a column that this row must have. */
static enum assay_status read_figure(struct reader *reader, const char *name, uint32_t number)
{
    uint32_t column = figure_column(reader, name);
    if (column == NO_COLUMN)
        return assay__csv_fail(reader->csv, &reader->record, reader->key_columns[0],
                               ASSAY_ERROR_DATA, reader->err,
                               "This metric needs a column '%s', which is not there.", name);
    const struct assay__field *field = &reader->record.fields[column];
    if (is_missing(field))
        return fail_cell(reader, column, "must not be empty for this metric.");
    enum assay__parse parsed = assay__decimal_parse(
        field->text, field->length, &reader->figures[number], reader->digits[number]);
    if (parsed == ASSAY__PARSE_SYNTAX)
        return fail_cell(reader, column, "is not a number.");
    if (parsed == ASSAY__PARSE_RANGE)
        return fail_cell(reader, column, "has too many digits or too large an exponent.");
    return ASSAY_OK;
}

/* The largest covariate number in a column's name, 0 for none. */
static uint32_t covariate_of(const char *name)
{
    uint32_t largest = 0;
    if (strcmp(name, "covariance") == 0)
        return 1;
    for (const char *at = name; (at = strstr(at, "covariate")) != NULL; at += 9) {
        unsigned long number = strtoul(at + 9, NULL, 10);
        if (strcmp(name, "covariates_missing") == 0)
            return 0;
        number = number == 0 ? 1 : number;
        if (number <= ASSAY_COVARIATES_MAX && number > largest)
            largest = (uint32_t)number;
    }
    return largest;
}

static struct assay_moments_shape shape_of_row(const struct reader *reader)
{
    struct assay_moments_shape shape = {0, 0};
    const char *const *names = assay__csv_columns(reader->csv);
    for (uint32_t c = 0; c < assay__csv_column_count(reader->csv); c++) {
        uint32_t covariate = covariate_of(names[c]);
        if (is_missing(&reader->record.fields[c]))
            continue;
        if (covariate > shape.covariate_count)
            shape.covariate_count = covariate;
        if (strstr(names[c], "denominator") != NULL)
            shape.has_denominator = 1;
    }
    return shape;
}

static enum assay_status read_count(struct reader *reader, uint32_t column, uint64_t limit,
                                    uint64_t *out)
{
    const struct assay__field *field = &reader->record.fields[column];
    uint64_t count = 0;
    if (field->length == 0 || field->length > 20)
        return fail_cell(reader, column, "is not a whole number.");
    for (uint32_t i = 0; i < field->length; i++) {
        uint64_t digit = (uint64_t)(field->text[i] - '0');
        if (field->text[i] < '0' || field->text[i] > '9' || count > (limit - digit) / 10)
            return fail_cell(reader, column, "is not a whole number in range.");
        count = count * 10 + digit;
    }
    *out = count;
    return ASSAY_OK;
}

/* Sums as they are; cubes only when the row has them. */
static enum assay_status add_sums(struct reader *reader, struct assay_moments *moments,
                                  uint32_t mask, uint64_t n)
{
    struct assay_moments_shape shape = assay_moments_shape(moments);
    uint32_t count = assay__moments_sum_count(shape);
    uint32_t variables = 1 + shape.has_denominator + shape.covariate_count;
    uint32_t first_cube = variables + variables * (variables + 1) / 2;
    char name[ASSAY__COLUMN_BYTES];
    assay__column_sum(shape, first_cube, name);
    bool has_third = has_figure(reader, name);
    for (uint32_t i = 0; i < (has_third ? count : first_cube); i++) {
        assay__column_sum(shape, i, name);
        enum assay_status status = read_figure(reader, name, i);
        if (status != ASSAY_OK)
            return status;
    }
    return assay__moments_add_sums(moments, mask, n, reader->figures, has_third, reader->err);
}

static enum assay_status add_centred(struct reader *reader, struct assay_moments *moments,
                                     uint64_t n)
{
    struct assay_moments_shape shape = assay_moments_shape(moments);
    uint32_t variables = 1 + shape.has_denominator + shape.covariate_count;
    char name[ASSAY__COLUMN_BYTES];
    enum assay_status status = ASSAY_OK;
    for (uint32_t i = 0; status == ASSAY_OK && i < variables; i++) {
        assay__column_mean(shape, i, name);
        status = read_figure(reader, name, i);
    }
    for (uint32_t i = 0; i < variables; i++) {
        for (uint32_t j = 0; status == ASSAY_OK && j <= i; j++) {
            uint32_t number = variables + assay__pair(i, j);
            assay__column_covariance(shape, i, j, name);
            if (n < 2 && !has_figure(reader, name)) {
                reader->figures[number] = (struct assay_decimal){0, 0, 0, NULL};
                continue;
            }
            status = read_figure(reader, name, number);
            if (status == ASSAY_OK && i == j && reader->figures[number].mantissa < 0)
                status = fail_cell(reader, figure_column(reader, name), "is negative.");
        }
    }
    if (status != ASSAY_OK)
        return status;
    return assay__moments_add_centred(moments, n, reader->figures, reader->figures + variables,
                                      reader->err);
}

/* n times a decimal, exactly, into digits. */
static enum assay_status multiply(struct assay_decimal *value, uint64_t n, char *digits,
                                  struct assay_error *err)
{
    char text[ASSAY__DIGITS_MAX + 32];
    mpz_t product, factor;
    mpz_init(product);
    mpz_init(factor);
    mpz_import(factor, 1, 1, sizeof n, 0, 0, &n);
    if (value->digits != NULL) {
        memcpy(text, value->digits, value->digit_count);
        text[value->digit_count] = '\0';
        mpz_set_str(product, text, 10);
    } else {
        uint64_t magnitude =
            value->mantissa < 0 ? -(uint64_t)value->mantissa : (uint64_t)value->mantissa;
        mpz_import(product, 1, 1, sizeof magnitude, 0, 0, &magnitude);
    }
    mpz_mul(product, product, factor);
    bool fits = mpz_sizeinbase(product, 10) + 2 < ASSAY__DIGITS_MAX;
    if (fits) {
        mpz_get_str(digits, 10, product);
        *value = (struct assay_decimal){value->mantissa < 0 ? -1 : 1, value->exponent,
                                        (uint32_t)strlen(digits), digits};
    }
    mpz_clear(product);
    mpz_clear(factor);
    return fits ? ASSAY_OK : assay__fail(err, ASSAY_ERROR_LIMIT, "A mean has too many digits.");
}

/* A mean or sum alone: enough for a share, where y^2 = y. */
static enum assay_status add_share(struct reader *reader, struct assay_moments *moments, uint64_t n,
                                   bool is_sum)
{
    enum assay_status status = read_figure(reader, is_sum ? "sum" : "mean", 0);
    if (status == ASSAY_OK && !is_sum)
        status = multiply(&reader->figures[0], n, reader->digits[0], reader->err);
    reader->figures[1] = reader->figures[0];
    if (status == ASSAY_OK)
        status = assay__moments_add_sums(moments, 0, n, reader->figures, false, reader->err);
    return status;
}

/* Sums that look like printed doubles may have lost the variance's digits: said, not hidden. */
static enum assay_status check_cancellation(struct reader *reader,
                                            const struct assay__summary_entry *entry, uint64_t n)
{
    uint32_t column = figure_column(reader, "sum_squares");
    struct assay__summary_entry *note;
    bool is_new;
    unsigned digits = 0;
    double squares;
    if (column == NO_COLUMN || n < 2)
        return ASSAY_OK;
    const struct assay__field *field = &reader->record.fields[column];
    for (uint32_t i = 0; i < field->length && field->text[i] != 'e' && field->text[i] != 'E'; i++)
        digits += field->text[i] >= '0' && field->text[i] <= '9';
    if (digits < 15 || digits > 17 ||
        assay__double_parse(field->text, field->length, &squares) != ASSAY__PARSE_OK)
        return ASSAY_OK;
    double centred = assay_moments_variance(entry->moments, 0) * (double)(n - 1);
    if (centred > 0.0 && log10(squares / centred) <= digits - 8.0)
        return ASSAY_OK;
    char text[ASSAY_NAME_BYTES_MAX + 200];
    snprintf(text, sizeof text,
             "sum and sum_squares of %.1024s were rounded to %u digits, and so little is left of "
             "them in the variance that it cannot be trusted. Give mean and variance.",
             entry->key[ASSAY__KEY_METRIC], digits);
    const char *const key[ASSAY__KEY_COUNT] = {"@note", entry->key[ASSAY__KEY_METRIC], "",
                                               "warning", text};
    enum assay_status status =
        assay__summary_entry(reader->table, key, &note, &is_new, reader->err);
    if (status == ASSAY_OK)
        note->n = 1;
    return status;
}

static enum assay_status add_metric(struct reader *reader, struct assay__summary_entry *entry,
                                    bool is_new, uint32_t mask, uint64_t n)
{
    struct assay_moments_shape shape = shape_of_row(reader);
    enum assay_status status = ASSAY_OK;
    if (entry->moments == NULL)
        status = assay_moments_new(shape, &entry->moments, reader->err);
    if (status != ASSAY_OK)
        return status;
    struct assay_moments_shape have = assay_moments_shape(entry->moments);
    if (!is_new && (have.has_denominator != shape.has_denominator ||
                    have.covariate_count != shape.covariate_count))
        return fail_cell(reader, reader->key_columns[0],
                         "has other columns filled in an earlier row of the same group.");
    bool is_sum = has_figure(reader, "sum");
    bool has_spread = has_figure(reader, is_sum ? "sum_squares" : "variance");
    bool plain = shape.has_denominator == 0 && shape.covariate_count == 0;
    if (!has_spread && plain && (is_sum || has_figure(reader, "mean"))) {
        entry->without_variance = n > 1 || is_sum;
        return add_share(reader, entry->moments, n, is_sum);
    }
    if (!is_sum)
        return add_centred(reader, entry->moments, n);
    status = add_sums(reader, entry->moments, mask, n);
    return status == ASSAY_OK ? check_cancellation(reader, entry, n) : status;
}

static enum assay_status check_once(struct reader *reader, const struct assay__summary_entry *entry,
                                    uint32_t mask)
{
    const struct {
        const struct assay__summary_entry *entry;
        uint64_t mask;
    } key = {entry, mask};
    uint32_t number, before = reader->seen.count;
    enum assay_status status =
        assay__index_add(&reader->seen, &key, sizeof key, UINT32_MAX - 1, &number, reader->err);
    if (status == ASSAY_OK && reader->seen.count == before)
        return fail_cell(reader, reader->key_columns[0],
                         "has a second row for the same group, time, dimension and value.");
    return status;
}

/* The key's texts, NUL-terminated, in one buffer; times in one form. */
static enum assay_status read_key(struct reader *reader, struct assay__text *buffer,
                                  const char *key[ASSAY__KEY_COUNT])
{
    size_t at[ASSAY__KEY_COUNT];
    for (int i = 0; i < ASSAY__KEY_COUNT; i++) {
        uint32_t column = reader->key_columns[i];
        at[i] = buffer->length;
        if (column != NO_COLUMN) {
            const struct assay__field *field = &reader->record.fields[column];
            int64_t time_ns;
            char time[ASSAY__TIME_BYTES];
            if (i != ASSAY__KEY_TIME || field->length == 0)
                assay__text_append(buffer, field->text, field->length);
            else if (!assay__time_parse(field->text, field->length, &time_ns))
                return fail_cell(reader, column, "is not a time; write 2026-11-23T10:15:00Z.");
            else
                assay__text_append(buffer, time, assay__time_write(time_ns, time));
        }
        assay__text_putc(buffer, '\0');
    }
    if (buffer->failed)
        return assay__fail_memory(reader->err);
    for (int i = 0; i < ASSAY__KEY_COUNT; i++)
        key[i] = buffer->data + at[i];
    return ASSAY_OK;
}

static enum assay_status read_row(struct reader *reader, struct assay__text *buffer)
{
    const char *key[ASSAY__KEY_COUNT];
    struct assay__summary_entry *entry;
    bool is_new;
    uint64_t n = 0, mask = 0;
    buffer->length = 0;
    enum assay_status status = read_key(reader, buffer, key);
    if (status == ASSAY_OK && key[ASSAY__KEY_METRIC][0] == '\0')
        status = fail_cell(reader, reader->key_columns[ASSAY__KEY_METRIC], "names no metric.");
    bool is_remark = status == ASSAY_OK && key[ASSAY__KEY_METRIC][0] == '@';
    if (status == ASSAY_OK && key[ASSAY__KEY_GROUP][0] == '\0' && !is_remark)
        status = fail_cell(reader, reader->key_columns[ASSAY__KEY_GROUP], "names no group.");
    if (status == ASSAY_OK)
        status = read_count(reader, reader->n_column, UINT64_MAX, &n);
    if (status == ASSAY_OK && reader->missing_column != NO_COLUMN &&
        !is_missing(&reader->record.fields[reader->missing_column]))
        status = read_count(reader, reader->missing_column, UINT32_MAX, &mask);
    if (status != ASSAY_OK || (n == 0 && !is_remark))
        return status;
    status = assay__summary_entry(reader->table, key, &entry, &is_new, reader->err);
    if (status == ASSAY_OK)
        status = check_once(reader, entry, (uint32_t)mask);
    if (status != ASSAY_OK)
        return status;
    if (is_new) {
        snprintf(entry->file, sizeof entry->file, "%s", assay__csv_name(reader->csv));
        entry->line = reader->record.line;
    }
    if (is_remark) {
        entry->n = n;
        return ASSAY_OK;
    }
    return add_metric(reader, entry, is_new, (uint32_t)mask, n);
}

static enum assay_status find_columns(struct reader *reader)
{
    enum assay_status status = ASSAY_OK;
    for (int i = 0; i < ASSAY__KEY_COUNT; i++) {
        reader->key_columns[i] = optional_column(reader->csv, KEY_COLUMNS[i]);
        if (i == ASSAY__KEY_METRIC || i == ASSAY__KEY_GROUP)
            status = status == ASSAY_OK
                         ? assay__csv_column(reader->csv, KEY_COLUMNS[i], &reader->key_columns[i],
                                             reader->err)
                         : status;
    }
    if (status == ASSAY_OK)
        status = assay__csv_column(reader->csv, "n", &reader->n_column, reader->err);
    reader->missing_column = optional_column(reader->csv, "covariates_missing");
    return status;
}

enum assay_status assay__summary_table_read(struct assay__csv *csv,
                                            struct assay__summary_table *table,
                                            struct assay_error *err)
{
    struct reader *reader = calloc(1, sizeof *reader);
    struct assay__text buffer = {0};
    if (reader == NULL)
        return assay__fail_memory(err);
    reader->csv = csv;
    reader->table = table;
    reader->err = err;
    reader->digits = malloc(FIGURES_MAX * sizeof *reader->digits);
    enum assay_status status =
        reader->digits == NULL ? assay__fail_memory(err) : find_columns(reader);
    while (status == ASSAY_OK) {
        status = assay__csv_next(csv, &reader->record, err);
        if (status != ASSAY_OK || reader->record.fields == NULL)
            break;
        status = read_row(reader, &buffer);
    }
    assay__text_release(&buffer);
    assay__index_release(&reader->seen);
    free(reader->digits);
    free(reader);
    return status;
}

enum assay_status assay__summary_read_file(const char *path, struct assay__summary_table *table,
                                           struct assay_error *err)
{
    struct assay__csv *csv;
    const struct assay__csv_options options = {0};
    enum assay_status status = assay__csv_open(path, &options, &csv, err);
    if (status != ASSAY_OK)
        return status;
    status = assay__summary_table_read(csv, table, err);
    assay__csv_close(csv);
    return status;
}

bool assay__summary_looks_like(const struct assay__csv *csv)
{
    uint32_t index;
    return assay__csv_find(csv, "metric", &index) && assay__csv_find(csv, "group", &index) &&
           assay__csv_find(csv, "n", &index);
}

enum assay_status assay__summary_read(struct assay_dataset *dataset, struct assay__csv *csv,
                                      const struct assay_read_options *options,
                                      struct assay_error *err)
{
    struct assay__summary_table table = {0};
    (void)options; /* a row of sufficient statistics that cannot be read is never passed over */
    enum assay_status status = assay__summary_table_read(csv, &table, err);
    if (status == ASSAY_OK)
        status = assay__summary_to_dataset(&table, dataset, err);
    assay__summary_table_release(&table);
    return status;
}
