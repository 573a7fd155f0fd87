/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a file is written, seen from its first rows: frame first, then column by column. */
#define _GNU_SOURCE 1 /* strerror_r() that returns the text */

#include "cli/plan_init_sniff.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "cli/plan_init_words.h"

enum { LINES_MAX = 50, FRAME_TRIES = 4, ROUNDS = 4, PADDED_BYTES_MAX = 64 };

static enum assay_status fail_keep(struct assay_error *err)
{
    char text[128];
    return assay__fail(err, ASSAY_ERROR_IO, "Standard input cannot be kept to be read again: %s.",
                       strerror_r(errno, text, sizeof text));
}

enum assay_status table_source_keep(const char *path, struct assay_error *err)
{
    if (strcmp(path, "-") != 0 || lseek(STDIN_FILENO, 0, SEEK_CUR) >= 0)
        return ASSAY_OK;
    FILE *copy = tmpfile();
    char buffer[1 << 16];
    ssize_t got = 1;
    bool is_written = copy != NULL;
    while (is_written && got > 0) {
        got = read(STDIN_FILENO, buffer, sizeof buffer);
        if (got > 0)
            is_written = fwrite(buffer, 1, (size_t)got, copy) == (size_t)got;
        else if (got < 0 && errno == EINTR)
            got = 1;
    }
    is_written = is_written && got == 0 && fflush(copy) == 0 &&
                 dup2(fileno(copy), STDIN_FILENO) == STDIN_FILENO;
    enum assay_status status = is_written ? ASSAY_OK : fail_keep(err);
    if (copy != NULL)
        fclose(copy);
    return status;
}

enum assay_status table_source_rewind(const char *path, struct assay_error *err)
{
    return strcmp(path, "-") != 0 || lseek(STDIN_FILENO, 0, SEEK_SET) >= 0 ? ASSAY_OK
                                                                           : fail_keep(err);
}

static enum assay_status open_with(const struct table_source *source,
                                   const struct assay_dialect *dialect, bool skip_bad,
                                   struct assay__rows **csv, struct assay_error *err)
{
    struct assay__csv_options options = assay__csv_options_of(source->separator, dialect);
    options.skip_bad = skip_bad;
    enum assay_status status = table_source_rewind(source->path, err);
    return status != ASSAY_OK ? status : assay__csv_open(source->path, &options, csv, err);
}

enum assay_status table_source_open(const struct table_source *source, bool skip_bad,
                                    struct assay__rows **csv, struct assay_error *err)
{
    return open_with(source, &source->found.dialect, skip_bad, csv, err);
}

static bool is_number_text(const char *text)
{
    const struct assay__field field = {text, (uint32_t)strlen(text), false, false, false};
    struct assay_decimal number;
    char digits[ASSAY__DIGITS_MAX];
    return assay__cell_number(&field, &number, digits) == ASSAY__CELL_OK;
}

/* Names that are numbers are values: the line is not a header. */
static uint32_t count_numbers(const struct assay__rows *csv)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < assay__rows_column_count(csv); i++)
        count += is_number_text(assay__rows_columns(csv)[i]);
    return count;
}

/* A header has two columns and more, most of them named, and rows of as many cells below. */
static bool is_header(struct assay__rows *csv, bool may_be_empty)
{
    struct assay__rows_block block;
    uint32_t count = assay__rows_column_count(csv), named = 0;
    for (uint32_t i = 0; i < count; i++)
        named += assay__rows_columns(csv)[i][0] != '\0';
    if (count < 2 || named * 2 <= count || count_numbers(csv) > 0 ||
        assay__rows_next_block(csv, &block, NULL) != ASSAY_OK)
        return false;
    uint64_t bad = csv->skipped;
    return (may_be_empty || block.record_count > 0) && bad * 10 <= block.record_count + bad;
}

static bool is_header_after(const struct table_source *source, uint32_t lines)
{
    struct assay_dialect dialect = source->found.dialect;
    struct assay__rows *csv = NULL;
    dialect.skip_lines = lines;
    bool fits =
        open_with(source, &dialect, true, &csv, NULL) == ASSAY_OK && is_header(csv, lines == 0);
    assay__rows_close(csv);
    return fits;
}

/* Lines before the header: titles and dates of reports. */
static void find_header(struct table_source *source)
{
    char remedy[40];
    if (source->found.dialect.skip_lines > 0 || is_header_after(source, 0))
        return;
    for (uint32_t lines = 1; lines <= LINES_MAX; lines++) {
        if (!is_header_after(source, lines))
            continue;
        snprintf(remedy, sizeof remedy, "skipLines=%u\n", lines);
        (void)found_apply(&source->found, remedy);
        return;
    }
}

/* Opens the file, in another encoding when the bytes ask for one; reads its first rows. */
static enum assay_status find_encoding(struct table_source *source, struct assay_error *err)
{
    enum assay_status status = ASSAY_OK;
    for (int tries = 0; tries < FRAME_TRIES; tries++) {
        struct assay__rows *csv = NULL;
        struct assay__rows_block block;
        status = table_source_open(source, false, &csv, err);
        if (status == ASSAY_OK)
            status = assay__rows_next_block(csv, &block, err);
        assay__rows_close(csv);
        bool is_encoding = status != ASSAY_OK && err != NULL &&
                           err->reason == ASSAY_REASON_FORMAT &&
                           strncmp(err->remedy, "encoding=", 9) == 0;
        if (!is_encoding || source->found.dialect.encoding != NULL ||
            !found_apply(&source->found, err->remedy))
            break;
    }
    return status;
}

static bool is_padded(const struct assay__field *cell)
{
    return !cell->is_quoted && cell->length <= PADDED_BYTES_MAX &&
           assay__field_trim(*cell).length < cell->length;
}

/* Blanks around names or short cells. */
static bool has_padding(const struct assay__rows *csv, const struct assay__rows_block *block)
{
    uint32_t count = assay__rows_column_count(csv);
    for (uint32_t i = 0; i < count; i++) {
        const char *name = assay__rows_columns(csv)[i];
        const struct assay__field field = {name, (uint32_t)strlen(name), false, false, false};
        if (is_padded(&field))
            return true;
    }
    for (size_t i = 0; i < block->record_count * count; i++)
        if (is_padded(&block->fields[i]))
            return true;
    return false;
}

static bool has_digit(const struct assay__field *cell)
{
    for (uint32_t i = 0; i < cell->length; i++)
        if (cell->text[i] >= '0' && cell->text[i] <= '9')
            return true;
    return false;
}

/* Signs that stand by sums of money; other texts before digits belong to names and codes. */
static bool is_money(const char *remedy)
{
    static const char *const SIGNS[] = {
        "$",   "\xE2\x82\xAC", "\xC2\xA3",  "\xC2\xA5",  "\xE2\x82\xB9", "\xE2\x82\xBD",
        "kr",  "kr.",          "z\xC5\x82", "K\xC4\x8D", "Ft",           "CHF",
        "Fr.", "EUR",          "USD",       "GBP",       "SEK",          "NOK",
        "DKK", "PLN",          "JPY",       "CAD",       "AUD",          "INR",
        "US$", "R$",           "C$",        "A$",        "\xE2\x82\xBA", "\xE2\x82\xA9",
        "BRL", "CNY",          "Euro",      "Rs.",       "MXN",          "\xE2\x82\xAA"};
    const char *at = strstr(remedy, "currency=");
    if (at == NULL)
        return true;
    at += strlen("currency=");
    size_t length = strcspn(at, "\n");
    for (size_t i = 0; i < sizeof SIGNS / sizeof *SIGNS; i++)
        if (strlen(SIGNS[i]) == length && memcmp(SIGNS[i], at, length) == 0)
            return true;
    return false;
}

/* A column's cells in the first rows, those that say something in front. */
struct cells {
    struct assay__field *cells; /* [ASSAY__SAMPLE_MAX + 1] */
    size_t count, with_digits;
};

static void take_cells(const struct assay__rows_block *block, uint32_t column, uint32_t columns,
                       struct cells *out)
{
    out->count = out->with_digits = 0;
    for (size_t row = 0; row < block->record_count && out->count < ASSAY__SAMPLE_MAX; row++) {
        const struct assay__field *cell = &block->fields[row * columns + column];
        if (assay__cell_is_blank(cell))
            continue;
        out->cells[out->count++] = *cell;
        out->with_digits += has_digit(cell);
    }
    if (out->count > 0) /* the cell that could not be read is the last, too */
        out->cells[out->count] = out->cells[out->count - 1];
}

static bool reads(const struct table_source *source, const struct cells *cells,
                  enum assay__column_kind kind)
{
    const struct assay__column_sample sample = {kind, cells->cells, cells->count};
    return assay__suggest_reads(&source->found.dialect, &sample);
}

/* With and without %, 7 is seven or seven hundredths: nobody but the user knows. */
static bool is_mixed_percent(const struct cells *cells, const char *remedy)
{
    size_t with = 0;
    for (size_t i = 0; i < cells->count; i++)
        with += memchr(cells->cells[i].text, '%', cells->cells[i].length) != NULL;
    return strstr(remedy, "percent=") != NULL && with < cells->with_digits;
}

/* Takes what a column asks for; what has two readings stays open. True when something was taken. */
static bool try_kind(struct table_source *source, uint32_t column, const struct cells *cells,
                     enum assay__column_kind kind)
{
    const struct assay__column_sample sample = {kind, cells->cells, cells->count + 1};
    char remedy[ASSAY__REMEDY_BYTES];
    assay__suggest_format(&source->found.dialect, &sample, remedy);
    if (remedy[0] == '\0' || !is_money(remedy))
        return false;
    if (!is_mixed_percent(cells, remedy) && found_apply(&source->found, remedy))
        return true;
    if (kind != ASSAY__COLUMN_CHOICE)
        memcpy(source->open[column], remedy, sizeof remedy);
    return false;
}

/* One column; true when it changed the dialect. */
static bool sniff_column(struct table_source *source, const char *name, uint32_t column,
                         const struct cells *cells, bool has_times)
{
    /* Where a column has times as they are, a form of numbers would take them away. */
    bool is_time = !has_times && words_say_time(name);
    source->open[column][0] = '\0';
    if (cells->count == 0 || reads(source, cells, ASSAY__COLUMN_TIME))
        return false;
    if (reads(source, cells, ASSAY__COLUMN_NUMBER))
        return is_time && try_kind(source, column, cells, ASSAY__COLUMN_TIME);
    if (reads(source, cells, ASSAY__COLUMN_CHOICE))
        return false;
    if (cells->with_digits * 2 < cells->count)
        return try_kind(source, column, cells, ASSAY__COLUMN_CHOICE);
    return try_kind(source, column, cells, ASSAY__COLUMN_TIME) ||
           (source->open[column][0] == '\0' &&
            try_kind(source, column, cells, ASSAY__COLUMN_NUMBER));
}

/* A list of missing values takes the place of the usual ones: those that the file has are added. */
static void keep_usual(struct table_source *source, const struct assay__rows_block *block)
{
    for (size_t i = 0; i < block->record_count * source->column_count; i++) {
        const struct assay__field *cell = &block->fields[i];
        char remedy[64];
        if (cell->length == 0 || cell->length > 40 || !assay__cell_is_blank(cell))
            continue;
        snprintf(remedy, sizeof remedy, "missing=%.*s\n", (int)cell->length, cell->text);
        (void)found_apply(&source->found, remedy);
    }
}

static bool have_times(const struct table_source *source, const struct assay__rows_block *block,
                       struct cells *cells)
{
    for (uint32_t i = 0; i < source->column_count; i++) {
        take_cells(block, i, source->column_count, cells);
        if (cells->count > 0 && reads(source, cells, ASSAY__COLUMN_TIME))
            return true;
    }
    return false;
}

/* What one column shows may settle another, so all are asked again while something changes. */
static void sniff_columns(struct table_source *source, const struct assay__rows *csv,
                          const struct assay__rows_block *block, struct cells *cells)
{
    bool has_changed = true, has_times = have_times(source, block, cells);
    for (int round = 0; round < ROUNDS && has_changed; round++) {
        has_changed = false;
        for (uint32_t i = 0; i < source->column_count; i++) {
            take_cells(block, i, source->column_count, cells);
            bool had_list = source->found.dialect.has_missing;
            has_changed |= sniff_column(source, assay__rows_columns(csv)[i], i, cells, has_times);
            if (!had_list && source->found.dialect.has_missing)
                keep_usual(source, block);
        }
    }
}

static enum assay_status sniff_rows(struct table_source *source, struct assay__rows *csv,
                                    struct assay_error *err)
{
    struct assay__rows_block block;
    struct cells cells = {calloc(ASSAY__SAMPLE_MAX + 1, sizeof *cells.cells), 0, 0};
    source->column_count = assay__rows_column_count(csv);
    source->is_without_names = count_numbers(csv) > 0;
    source->open = calloc(source->column_count, sizeof *source->open);
    enum assay_status status = source->open == NULL || cells.cells == NULL
                                   ? assay__fail_memory(err)
                                   : assay__rows_next_block(csv, &block, err);
    if (status == ASSAY_OK && has_padding(csv, &block))
        (void)found_apply(&source->found, "trim=\n");
    if (status == ASSAY_OK)
        sniff_columns(source, csv, &block, &cells);
    free(cells.cells);
    return status;
}

enum assay_status table_source_sniff(struct table_source *source, struct assay_error *err)
{
    struct assay__rows *csv = NULL;
    enum assay_status status = find_encoding(source, err);
    /* A record of other length may be one of the lines before the header. */
    if (status != ASSAY_OK && status != ASSAY_ERROR_DATA)
        return status;
    find_header(source);
    status = table_source_open(source, true, &csv, err);
    if (status == ASSAY_OK)
        status = sniff_rows(source, csv, err);
    assay__rows_close(csv);
    return status;
}

void table_source_release(struct table_source *source)
{
    found_release(&source->found);
    free(source->open);
    memset(source, 0, sizeof *source);
}
