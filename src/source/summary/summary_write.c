/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sufficient statistics as CSV: exact sums, so that shards merge without losing a bit. Rows are
 * sorted and columns depend only on what is in the table: equal tables give equal bytes.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/csv_quote.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/time.h"
#include "base/sort.h"
#include "number/number.h"
#include "source/summary/summary_column.h"
#include "source/summary/summary_places.h"
#include "source/summary/summary_seal.h"
#include "source/summary/summary_used.h"
#include "stats/moments.h"

static int compare_entries(const void *a, const void *b)
{
    const struct assay__summary_entry *x = *(struct assay__summary_entry *const *)a;
    const struct assay__summary_entry *y = *(struct assay__summary_entry *const *)b;
    for (int i = 0; i < ASSAY__KEY_COUNT; i++) {
        int order = strcmp(x->key[i], y->key[i]);
        if (order != 0)
            return order;
    }
    return 0;
}

/* Whoever reads the table finds out by what its cells are separated. */
static void append_field(struct assay__text *text, const char *field)
{
    assay__csv_quote(text, field, ";|\t");
}

/* What a row is written to, with the digest of what was written. */
struct writing {
    const struct assay__used_columns *columns;
    struct assay__text *text;
    struct assay__seal_digest digest;
};

static const char *const KEY_NAMES[ASSAY__KEY_COUNT] = {"metric", "group", "time", "dimension",
                                                        "value"};

static void append_key(struct writing *writing, const char *const key[ASSAY__KEY_COUNT])
{
    for (int i = 0; i < ASSAY__KEY_COUNT; i++) {
        append_field(writing->text, key[i]);
        assay__text_putc(writing->text, ',');
        if (key[i][0] != '\0')
            assay__seal_text(&writing->digest, KEY_NAMES[i], key[i], strlen(key[i]));
    }
}

/* Adds a cell to the digest, as whoever reads it takes it; false where it is read as no number. */
static bool digest_cell(struct writing *writing, const char *column, const char *text,
                        size_t length)
{
    char digits[ASSAY__DIGITS_MAX];
    struct assay_decimal number;
    bool is_number = assay__decimal_parse(text, length, &number, digits) == ASSAY__PARSE_OK;
    if (is_number)
        assay__seal_number(&writing->digest, column, &number);
    else
        assay__seal_text(&writing->digest, column, text, length);
    return is_number;
}

/* Adds the number that was appended from a place on to the digest; false where none can be read. */
static bool digest_number(struct writing *writing, const char *column, size_t from)
{
    struct assay__text *text = writing->text;
    return text->failed || text->length <= from ||
           digest_cell(writing, column, text->data + from, text->length - from);
}

static enum assay_status fail_digits(const struct assay__summary_entry *entry, const char *column,
                                     struct assay_error *err)
{
    return assay__fail(err, ASSAY_ERROR_DATA,
                       "Metric '%.100s', group '%.100s': its %.60s has more than %d digits, or an "
                       "exponent beyond %d, and could not be read again. Its values lie too far "
                       "apart: correct the farthest of them, or analyze the data as they are.",
                       entry->key[ASSAY__KEY_METRIC], entry->key[ASSAY__KEY_GROUP], column,
                       (int)ASSAY__DIGITS_MAX, (int)ASSAY__EXPONENT_MAX);
}

static void append_state(struct writing *writing, const char *column,
                         const struct assay__text *state)
{
    append_field(writing->text, state->data);
    digest_cell(writing, column, state->data, state->length);
}

static void append_count(struct writing *writing, const char *column, uint64_t count)
{
    size_t from = writing->text->length;
    assay__text_format(writing->text, "%" PRIu64, count);
    digest_number(writing, column, from);
}

static void end_row(struct writing *writing)
{
    assay__text_putc(writing->text, '\n');
    assay__text_pass_on(writing->text); /* nothing looks back further than a row */
    assay__seal_row(&writing->digest);
}

/* Which sum of a shape stands in each column; -1 for none. */
static void place_sums(const struct assay__used_columns *columns, struct assay_moments_shape shape,
                       int16_t sum_of[ASSAY__USED_COLUMNS_MAX])
{
    for (uint32_t c = 0; c < columns->names.count; c++)
        sum_of[c] = -1;
    for (uint32_t s = 0; s < assay__moments_sum_count(shape); s++) {
        char name[ASSAY__COLUMN_BYTES];
        uint32_t column;
        assay__column_sum(shape, s, name);
        if (assay__index_find(&columns->names, name, strlen(name), &column))
            sum_of[column] = (int16_t)s;
    }
}

static enum assay_status append_share_gap(const struct assay__summary_entry *entry,
                                          uint32_t pattern, struct writing *writing,
                                          struct assay_error *err)
{
    double gap = 0.0;
    enum assay_status status = ASSAY_OK;
    if (!writing->columns->has_share_rounding)
        return ASSAY_OK;
    assay__text_putc(writing->text, ',');
    size_t from = writing->text->length;
    status = assay__share_gap(entry, pattern, writing->columns->is_sealed, &gap, err);
    if (gap != 0.0) {
        char number[ASSAY__NUMBER_BYTES];
        assay__text_append(writing->text, number, assay__number_write(gap, number));
        digest_number(writing, "share_rounding", from);
    }
    return status;
}

/*
 * What rounding may have moved stands in the first row of an entry: it is that of all its rows. A
 * sum of another row, or one that nothing moved, has a 0 where its digits seem rounded.
 */
static void append_roundings(const struct assay__summary_entry *entry, uint32_t pattern,
                             const bool *seem_rounded, struct writing *writing)
{
    const struct assay__index *names = &writing->columns->roundings;
    struct assay_moments_shape shape = assay_moments_shape(entry->state);
    uint32_t count = assay__column_rounding_count(shape), column;
    double slack_of[ASSAY__USED_COLUMNS_MAX];
    for (uint32_t c = 0; c < names->count; c++)
        slack_of[c] = -1.0;
    bool has_slack = entry->slack != NULL && !entry->without_variance; /* as for the columns */
    for (uint32_t s = 0; has_slack && s < count; s++) {
        char name[ASSAY__COLUMN_BYTES];
        double slack = pattern == 0 ? entry->slack[s] : 0.0;
        assay__column_rounding(shape, s, name);
        if ((slack > 0.0 || seem_rounded[s]) &&
            assay__index_find(names, name, strlen(name), &column))
            slack_of[column] = slack;
    }
    for (uint32_t c = 0; c < names->count; c++) {
        char number[ASSAY__NUMBER_BYTES];
        assay__text_putc(writing->text, ',');
        size_t from = writing->text->length;
        if (slack_of[c] < 0.0)
            continue;
        assay__text_append(writing->text, number, assay__number_write(slack_of[c], number));
        digest_number(writing, names->keys[c].bytes, from);
    }
}

/* One pattern of missing covariates of a metric: its sums under their columns. */
static enum assay_status append_pattern(const struct assay__summary_entry *entry, uint32_t pattern,
                                        struct writing *writing, struct assay_error *err)
{
    const struct assay__used_columns *columns = writing->columns;
    struct assay__text *text = writing->text;
    struct assay_moments_shape shape = assay_moments_shape(entry->state);
    uint32_t variables = 1 + shape.has_denominator + shape.covariate_count;
    uint32_t first_cube = variables + variables * (variables + 1) / 2, mask;
    int16_t sum_of[ASSAY__USED_COLUMNS_MAX];
    uint64_t n;
    bool has_third, seem_rounded[ASSAY__FIGURES_MAX] = {false};
    assay__moments_pattern(entry->state, pattern, &mask, &n, &has_third);
    place_sums(columns, shape, sum_of);
    append_key(writing, entry->key);
    append_count(writing, "n", n);
    if (columns->has_missing) {
        assay__text_putc(text, ',');
        append_count(writing, "covariates_missing", mask);
    }
    for (uint32_t c = 0; c < columns->names.count; c++) {
        int sum = sum_of[c];
        bool is_cube = sum >= (int)first_cube;
        assay__text_putc(text, ',');
        size_t from = text->length;
        if (sum < 0 || (is_cube && !has_third) || (sum > 0 && entry->without_variance))
            continue;
        enum assay_status status =
            assay__moments_write_sum(entry->state, pattern, (uint32_t)sum, text, err);
        if (status != ASSAY_OK)
            return status;
        if (!digest_number(writing, columns->names.keys[c].bytes, from))
            return fail_digits(entry, columns->names.keys[c].bytes, err);
        if (columns->roundings.count > 0 && !text->failed)
            seem_rounded[sum] = assay__seems_rounded(text->data + from, text->length - from);
    }
    append_roundings(entry, pattern, seem_rounded, writing);
    enum assay_status status = append_share_gap(entry, pattern, writing, err);
    end_row(writing);
    return status;
}

static void append_commas(struct writing *writing, uint32_t count)
{
    for (uint32_t c = 0; c < count; c++)
        assay__text_putc(writing->text, ',');
}

static void append_remark(struct writing *writing, const char *const key[ASSAY__KEY_COUNT],
                          uint64_t n)
{
    append_key(writing, key);
    append_count(writing, "n", n);
    append_commas(writing, assay__used_columns_count(writing->columns));
    end_row(writing);
}

/* One row of a state that has a text. */
static enum assay_status append_text(const struct assay__summary_entry *entry, uint32_t number,
                                     struct writing *writing, struct assay_error *err)
{
    const struct assay__used_columns *columns = writing->columns;
    const struct assay__state_text *own = entry->keeps->text;
    struct assay__text cell = {0};
    uint64_t n = 0;
    enum assay_status status = own->write(entry->state, number, &n, &cell, err);
    if (status == ASSAY_OK && cell.failed)
        status = assay__fail_memory(err);
    if (status == ASSAY_OK) {
        append_key(writing, entry->key);
        append_count(writing, "n", n);
        append_commas(writing, columns->has_missing);
        for (uint32_t c = 0; c < columns->names.count; c++) {
            assay__text_putc(writing->text, ',');
            if (strcmp(columns->names.keys[c].bytes, own->column) == 0)
                append_state(writing, own->column, &cell);
        }
        append_commas(writing, columns->roundings.count + columns->has_share_rounding);
        end_row(writing);
    }
    assay__text_release(&cell);
    return status;
}

static enum assay_status append_entry(const struct assay__summary_entry *entry,
                                      struct writing *writing, struct assay_error *err)
{
    enum assay_status status = ASSAY_OK;
    if (entry->state == NULL) {
        append_remark(writing, entry->key, entry->n);
        return ASSAY_OK;
    }
    if (entry->keeps->text != NULL) {
        uint32_t rows = entry->keeps->text->row_count(entry->state);
        for (uint32_t i = 0; status == ASSAY_OK && i < rows; i++)
            status = append_text(entry, i, writing, err);
        return status;
    }
    for (uint32_t p = 0; status == ASSAY_OK && p < assay__moments_pattern_count(entry->state); p++)
        status = append_pattern(entry, p, writing, err);
    return status;
}

/* The mark at the end: how many rows stand before it, and their digest. */
static void append_end(struct writing *writing)
{
    char digest[ASSAY__FINGERPRINT_BYTES];
    assay__seal_write(&writing->digest, digest);
    assay__text_format(writing->text, "@end,,,,%s,%" PRIu64, digest, writing->digest.row_count);
    append_commas(writing, assay__used_columns_count(writing->columns));
    assay__text_putc(writing->text, '\n');
}

static bool is_schema(const struct assay__summary_entry *entry)
{
    return strcmp(entry->key[ASSAY__KEY_METRIC], "@schema") == 0;
}

static bool is_latest_row(const struct assay__summary_entry *entry, int64_t *time_ns)
{
    const char *time = entry->key[ASSAY__KEY_TIME];
    return strcmp(entry->key[ASSAY__KEY_METRIC], "@latest") == 0 &&
           assay__time_parse(time, strlen(time), time_ns);
}

/*
 * Every part has a latest row; of all parts the latest of them stays. Returns how many entries do.
 * Times are compared as instants: as text, "00.5Z" would come before "00Z".
 */
static uint32_t keep_latest(struct assay__summary_entry **entries, uint32_t count)
{
    int64_t latest = INT64_MIN, time_ns;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++)
        if (is_latest_row(entries[i], &time_ns) && time_ns > latest)
            latest = time_ns;
    for (uint32_t i = 0; i < count; i++)
        if (!is_latest_row(entries[i], &time_ns) || time_ns == latest)
            entries[kept++] = entries[i];
    return kept;
}

static void append_header(const struct assay__used_columns *columns, struct assay__text *text)
{
    assay__text_puts(text, "metric,group,time,dimension,value,n");
    if (columns->has_missing)
        assay__text_puts(text, ",covariates_missing");
    for (uint32_t c = 0; c < columns->names.count; c++)
        assay__text_format(text, ",%s", columns->names.keys[c].bytes);
    for (uint32_t c = 0; c < columns->roundings.count; c++)
        assay__text_format(text, ",%s", columns->roundings.keys[c].bytes);
    if (columns->has_share_rounding)
        assay__text_puts(text, ",share_rounding");
    assay__text_putc(text, '\n');
}

/* Rows of no units are not written; a table of none would not be read again. */
static bool has_rows(const struct assay__summary_entry *entry)
{
    if (entry->state == NULL)
        return true;
    return entry->keeps->text != NULL ? entry->keeps->text->row_count(entry->state) > 0
                                      : assay__moments_pattern_count(entry->state) > 0;
}

static enum assay_status write_table(const struct assay__summary_table *table,
                                     struct assay__text *text, struct assay_error *err)
{
    static const char *const SCHEMA[ASSAY__KEY_COUNT] = {"@schema", "", "", "", ""};
    uint32_t count = table->keys.count;
    struct assay__used_columns columns = {0};
    struct writing writing = {.columns = &columns, .text = text};
    struct assay__summary_entry **sorted = assay__calloc((size_t)count + 1, sizeof *sorted);
    if (sorted == NULL)
        return assay__fail_memory(err);
    if (count > 0)
        memcpy(sorted, table->entries, count * sizeof *sorted);
    count = keep_latest(sorted, count);
    enum assay_status status =
        assay__sort(sorted, count, sizeof *sorted, compare_entries, table->halt, "merge", err);
    bool is_empty = !table->is_sealed;
    for (uint32_t i = 0; status == ASSAY_OK && i < count; i++) {
        is_empty = is_empty && !has_rows(sorted[i]);
        status = assay__used_columns_add(table, sorted[i], &columns, err);
        if (status == ASSAY_OK)
            status = assay__halt_check(table->halt, err);
    }
    if (status == ASSAY_OK && is_empty)
        status = assay__fail(err, ASSAY_ERROR_DATA,
                             "No row of the sums has units: there is nothing to write.");
    if (status == ASSAY_OK)
        append_header(&columns, text);
    if (status == ASSAY_OK && table->is_sealed)
        append_remark(&writing, SCHEMA, ASSAY__SEAL_SCHEMA);
    for (uint32_t i = 0; status == ASSAY_OK && !text->failed && i < count; i++)
        if (!is_schema(sorted[i]))
            status = append_entry(sorted[i], &writing, err);
    if (status == ASSAY_OK && table->is_sealed)
        append_end(&writing);
    if (status == ASSAY_OK && (text->failed || writing.digest.cell.failed))
        status = assay__fail_memory(err);
    assay__used_columns_release(&columns);
    assay__seal_digest_release(&writing.digest);
    assay__free(sorted);
    return status;
}

enum assay_status assay__summary_stream(const struct assay__summary_table *table,
                                        const struct assay_sink *sink, struct assay_error *err)
{
    struct assay__outlet outlet = {.sink = sink, .halt = table->halt};
    struct assay__text out = {.outlet = &outlet};
    enum assay_status status = write_table(table, &out, err);
    if (status == ASSAY_OK || out.failed) /* which failed, memory or the sink, finish() tells */
        return assay__text_finish(&out, err);
    assay__text_release(&out);
    return status;
}

enum assay_status assay__summary_text(const struct assay__summary_table *table, char **text,
                                      size_t *length, struct assay_error *err)
{
    struct assay__outlet outlet = {.halt = table->halt};
    struct assay__text out = {.outlet = &outlet};
    enum assay_status status = write_table(table, &out, err);
    if (status == ASSAY_OK || out.failed)
        return assay__text_take(&out, text, length, err);
    assay__text_release(&out);
    return status;
}
