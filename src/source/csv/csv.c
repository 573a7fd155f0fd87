/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The reader owns a buffer that holds whole records and the beginning of one more, and hands out
 * blocks of fields that point into it. A record that does not fit makes the buffer grow, up to the
 * limits: memory stays bounded whatever the input is.
 */
#include "source/csv/csv.h"

#include <string.h>

#include "assay/dataset.h"
#include "base/halt.h"
#include "base/memory.h"
#include "base/room.h"
#include "source/csv/csv_private.h"
#include "source/csv/csv_dialect.h"

enum {
    BUFFER_BYTES_MAX = 2 * ASSAY_ROW_BYTES_MAX,
    FIRST_BYTES = 64 * 1024, /* read for the header and the first rows: chunks take the others */
    CHARACTER_BYTES = 8,     /* room below which a read might bring nothing */
    SINGLES = 16,            /* records scanned one by one where a run of them failed */
    HEADER_FIELDS = 256,     /* room for a header's fields; a longer one takes all there may be */
    BLOCK_FIELDS = ASSAY__ROOM(4096, 64) /* fields of a block, unless one record has more */
};

static struct assay__csv *own(struct assay__rows *rows)
{
    return (struct assay__csv *)rows;
}

/* Makes the buffer larger, or says which limit the record at begin is beyond. */
static enum assay_status grow(struct assay__csv *csv, struct assay_error *err)
{
    if (csv->capacity >= BUFFER_BYTES_MAX)
        return assay__fail_at(err, ASSAY_ERROR_LIMIT, assay__csv_name(csv), csv->line, 0,
                              "The record is longer than %d bytes.", ASSAY_ROW_BYTES_MAX);
    char *buffer = assay__realloc(csv->buffer, csv->capacity * 2 + 1);
    if (buffer == NULL)
        return assay__fail_memory(err);
    csv->buffer = buffer;
    csv->capacity *= 2;
    return ASSAY_OK;
}

enum assay_status assay__csv_refill(struct assay__csv *csv, struct assay_error *err)
{
    size_t kept = csv->end - csv->begin;
    if (csv->begin > 0)
        memmove(csv->buffer, csv->buffer + csv->begin, kept);
    csv->begin = 0;
    csv->end = kept;
    if (csv->capacity - kept < CHARACTER_BYTES) {
        enum assay_status status = grow(csv, err);
        if (status != ASSAY_OK)
            return status;
    }
    size_t room = csv->capacity - kept, got;
    room = !csv->has_begun && room > FIRST_BYTES ? FIRST_BYTES : room;
    csv->has_begun = true;
    enum assay_status status =
        csv->recoder == NULL
            ? assay__source_read(csv->source, csv->buffer + kept, room, &got, err)
            : assay__recoder_read(csv->recoder, csv->buffer + kept, room, &got, err);
    if (status != ASSAY_OK)
        return status;
    csv->end += got;
    csv->is_last = csv->recoder == NULL ? got < room : assay__recoder_is_done(csv->recoder);
    csv->buffer[csv->end] = '\n';
    return ASSAY_OK;
}

/* What is said of a field that is too long: mostly a quote is to blame. */
static enum assay_status fail_long_field(const struct assay__csv *csv, uint64_t line,
                                         uint32_t column, bool is_quoted, struct assay_error *err)
{
    return assay__fail_at(err, ASSAY_ERROR_LIMIT, assay__csv_name(csv), line, column + 1,
                          "The field is longer than %d bytes.%s", ASSAY_FIELD_BYTES_MAX,
                          is_quoted ? " Is the quote that opens it ever closed?" : "");
}

/* Checks a scanned record or the beginning of one against the limits. */
static enum assay_status check_limits(const struct assay__csv *csv, const struct assay__scan *scan,
                                      bool is_record, const struct assay__field *fields,
                                      uint32_t capacity, struct assay_error *err)
{
    const char *start = csv->buffer + csv->begin;
    const char *end = is_record ? scan->end : csv->buffer + csv->end;
    if (end - start <= ASSAY_FIELD_BYTES_MAX)
        return ASSAY_OK;
    uint32_t stored = scan->field_count < capacity ? scan->field_count : capacity;
    uint64_t line = csv->line;
    for (uint32_t i = 0; i < stored; i++) {
        if (fields[i].length > ASSAY_FIELD_BYTES_MAX)
            return fail_long_field(csv, line, i, fields[i].is_quoted, err);
        line += assay__line_ends(fields[i].text, fields[i].length);
    }
    if (!is_record && end - scan->field_start > ASSAY_FIELD_BYTES_MAX)
        return fail_long_field(csv, csv->line + scan->field_line, scan->field_count,
                               *scan->field_start == '"', err);
    if (end - start > ASSAY_ROW_BYTES_MAX)
        return assay__fail_at(err, ASSAY_ERROR_LIMIT, assay__csv_name(csv), csv->line, 0,
                              "The record is longer than %d bytes.", ASSAY_ROW_BYTES_MAX);
    return ASSAY_OK;
}

/* Scans the record at begin, reading more as needed unless may_read is false (then MORE). */
static enum assay_status scan_record(struct assay__csv *csv, bool may_read,
                                     struct assay__field *fields, uint32_t capacity,
                                     struct assay__scan *scan, enum assay__scan_outcome *outcome,
                                     struct assay_error *err)
{
    for (;;) {
        const char *end = csv->buffer + csv->end;
        *outcome = assay__scan_record(&csv->scanner, csv->buffer + csv->begin, end, csv->is_last,
                                      fields, capacity, scan);
        if (*outcome == ASSAY__SCAN_OPEN)
            return assay__fail_at(err, ASSAY_ERROR_DATA, assay__csv_name(csv),
                                  csv->line + scan->field_line, scan->field_count + 1,
                                  "The quote that opens this field is never closed.");
        enum assay_status status =
            check_limits(csv, scan, *outcome != ASSAY__SCAN_MORE, fields, capacity, err);
        if (status != ASSAY_OK || *outcome != ASSAY__SCAN_MORE || !may_read)
            return status;
        status = assay__csv_refill(csv, err);
        if (status != ASSAY_OK)
            return status;
    }
}

static void advance(struct assay__csv *csv, const struct assay__scan *scan)
{
    csv->begin = (size_t)(scan->end - csv->buffer);
    csv->line += scan->line_count;
}

static enum assay_status fail_fault(const struct assay__csv *csv, const struct assay__scan *scan,
                                    struct assay_error *err)
{
    static const char *const SENTENCES[] = {
        [ASSAY__FAULT_NUL] = "The field holds a NUL byte: this is not a text file, or it is "
                             "damaged.",
        [ASSAY__FAULT_UTF8] = "The field is not valid UTF-8: the file has another encoding.",
        [ASSAY__FAULT_QUOTE] = "Text follows the closing quote. A quote inside a quoted field is "
                               "written twice.",
    };
    enum assay_status status =
        assay__fail_at(err, ASSAY_ERROR_DATA, assay__csv_name(csv), csv->line + scan->fault_line,
                       (uint64_t)scan->fault_column + 1, "%s", SENTENCES[scan->fault]);
    if (scan->fault == ASSAY__FAULT_UTF8 && csv->recoder == NULL)
        return assay__fail_format(err, status, "encoding=WINDOWS-1252\n");
    return csv->rows.may_skip ? assay__fail_reason(err, status, ASSAY_REASON_BAD_ROWS) : status;
}

static enum assay_status fail_ragged(const struct assay__csv *csv, const struct assay__scan *scan,
                                     struct assay_error *err)
{
    uint32_t want = csv->rows.header.count - csv->extra_count, have = scan->field_count;
    uint64_t column = (uint64_t)(have < want ? have : want) + 1;
    enum assay_status status = assay__fail_at(
        err, ASSAY_ERROR_DATA, assay__csv_name(csv), csv->line, column,
        "The record has %u field%s, but the header has %u. %s", have, have == 1 ? "" : "s", want,
        csv->lacks_names && have > want
            ? "All records have this number: name each column in the header (R numbers its rows "
              "so, without row.names = FALSE), or quote fields that hold the separator."
        : have == csv->rows.header.count
            ? "Other records have the same number, and their additional fields are empty."
        : have > want ? "A field that holds the separator is written in quotes."
                      : "A field without a value still needs its separator.");
    bool is_bad_row = csv->rows.may_skip && !csv->lacks_names;
    return is_bad_row ? assay__fail_reason(err, status, ASSAY_REASON_BAD_ROWS) : status;
}

/* Passes over whole lines before the header, as an editor counts them. */
static enum assay_status skip_lines(struct assay__csv *csv, struct assay_error *err)
{
    for (uint32_t skipped = 0; skipped < csv->options.skip_lines;) {
        const char *next =
            assay__csv_line_end(csv->buffer + csv->begin, csv->buffer + csv->end, csv->is_last);
        if (next != NULL) {
            csv->begin = (size_t)(next - csv->buffer);
            csv->line++;
            skipped++;
        } else if (csv->is_last) {
            return assay__fail_at(err, ASSAY_ERROR_DATA, assay__csv_name(csv), csv->line, 0,
                                  "The file ends before its header, which follows %u lines.",
                                  csv->options.skip_lines);
        } else {
            enum assay_status status = assay__csv_refill(csv, err);
            if (status != ASSAY_OK)
                return status;
        }
    }
    return ASSAY_OK;
}

static void trim_fields(struct assay__field *fields, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (!fields[i].is_quoted)
            fields[i] = assay__field_trim(fields[i]);
}

static bool resize_fields(struct assay__field **fields, uint32_t count)
{
    struct assay__field *grown = assay__realloc(*fields, count * sizeof *grown);
    if (grown != NULL)
        *fields = grown;
    return grown != NULL;
}

/* Scans the header behind blank lines; fields has room for *room of them, and grows. */
static enum assay_status scan_header(struct assay__csv *csv, struct assay__field **fields,
                                     uint32_t *room, struct assay__scan *scan,
                                     struct assay_error *err)
{
    for (;;) {
        enum assay__scan_outcome outcome;
        enum assay_status status = scan_record(csv, true, *fields, *room, scan, &outcome, err);
        if (status != ASSAY_OK)
            return status;
        if (outcome == ASSAY__SCAN_BLANK && csv->begin != csv->end)
            advance(csv, scan);
        else if (*room == ASSAY_COLUMNS_MAX || scan->field_count <= *room)
            return ASSAY_OK;
        else if (!resize_fields(fields, *room = ASSAY_COLUMNS_MAX))
            return assay__fail_memory(err);
    }
}

/* Makes the header fit the records, and the reader's. */
static enum assay_status take_header(struct assay__csv *csv, struct assay__field **fields,
                                     uint32_t room, struct assay__scan *scan,
                                     struct assay_error *err)
{
    uint32_t count = scan->field_count;
    assay__scan_unquote(*fields, count);
    if (csv->options.trim)
        trim_fields(*fields, count);
    const struct assay__csv_text rest = {&csv->scanner, scan->end, csv->buffer + csv->end,
                                         csv->is_last};
    uint32_t have =
        assay__csv_fit_header(&rest, *fields, count, &csv->extra_count, &csv->lacks_names);
    if (have > room && !resize_fields(fields, have))
        return assay__fail_memory(err);
    for (uint32_t i = count; i < have; i++)
        (*fields)[i] = (struct assay__field){"", 0, false, false, false};
    enum assay_status status = assay__rows_header_init(&csv->rows.header, *fields, have, err);
    csv->rows.header.line = csv->line;
    advance(csv, scan);
    return status;
}

static enum assay_status read_header(struct assay__csv *csv, struct assay_error *err)
{
    struct assay__field *fields = NULL;
    struct assay__scan scan = {0};
    uint32_t room = HEADER_FIELDS;
    if (!resize_fields(&fields, room))
        return assay__fail_memory(err);
    enum assay_status status = scan_header(csv, &fields, &room, &scan, err);
    if (status == ASSAY_OK && csv->begin == csv->end)
        status = assay__fail_at(err, ASSAY_ERROR_DATA, assay__csv_name(csv), 1, 0,
                                "The file is empty. Its first line must hold the column names.");
    if (status == ASSAY_OK && scan.fault != ASSAY__FAULT_NONE)
        status = fail_fault(csv, &scan, err);
    if (status == ASSAY_OK && scan.field_count > ASSAY_COLUMNS_MAX)
        status = assay__fail_at(err, ASSAY_ERROR_LIMIT, assay__csv_name(csv), csv->line, 0,
                                "The header has %u columns; at most %d are read.", scan.field_count,
                                ASSAY_COLUMNS_MAX);
    if (status == ASSAY_OK)
        status = take_header(csv, &fields, room, &scan, err);
    assay__free(fields);
    return status;
}

static enum assay_status make_block(struct assay__csv *csv, struct assay_error *err)
{
    uint32_t columns = csv->rows.header.count;
    csv->block_records = columns >= BLOCK_FIELDS ? 1 : BLOCK_FIELDS / columns;
    csv->fields = assay__malloc(csv->block_records * columns * sizeof *csv->fields);
    csv->lines = assay__malloc(csv->block_records * sizeof *csv->lines);
    return csv->fields != NULL && csv->lines != NULL ? ASSAY_OK : assay__fail_memory(err);
}

enum assay_status assay__csv_begin(struct assay__csv *csv, struct assay_error *err)
{
    enum assay_status status =
        assay__csv_check_encoding(csv->buffer, csv->end, assay__csv_name(csv), &csv->begin, err);
    if (status == ASSAY_OK)
        status = skip_lines(csv, err);
    if (status != ASSAY_OK)
        return status;
    size_t line = assay__csv_separator_line(csv->buffer + csv->begin, csv->end - csv->begin,
                                            &csv->options.separator);
    csv->begin += line;
    csv->line += line > 0;
    if (csv->options.separator == '\0')
        csv->options.separator =
            assay__csv_sniff(csv->buffer + csv->begin, csv->buffer + csv->end, csv->is_last);
    assay__scanner_init(&csv->scanner, csv->options.separator);
    status = read_header(csv, err);
    return status == ASSAY_OK ? make_block(csv, err) : status;
}

/* Passes over a record, told to whoever asks. */
static enum assay_status skip_record(struct assay__csv *csv, const struct assay__field *fields,
                                     uint32_t count, struct assay_error *err)
{
    const struct assay__rows_skip *on_skip = &csv->rows.on_skip;
    csv->rows.skipped++;
    return on_skip->take == NULL ? ASSAY_OK : on_skip->take(on_skip->context, fields, count, err);
}

/* The header once more, with or without the empty fields that records have behind it. */
static bool is_header(const struct assay__csv *csv, const struct assay__field *fields,
                      uint32_t count)
{
    uint32_t named = csv->rows.header.count - csv->extra_count;
    return (count == named || count == csv->rows.header.count) &&
           assay__csv_is_header(&csv->rows.header, fields, named);
}

/* Takes a scanned record into the block, passes it over, or says what is wrong with it. */
static enum assay_status take_record(struct assay__csv *csv, const struct assay__scan *scan,
                                     struct assay__rows_block *block, struct assay_error *err)
{
    uint32_t want = csv->rows.header.count, have = scan->field_count;
    uint32_t count = have < want ? have : want;
    struct assay__field *fields = csv->fields + block->record_count * want;
    bool is_bad = !assay__csv_make_fit(fields, have, want, csv->extra_count);
    is_bad = is_bad || scan->fault != ASSAY__FAULT_NONE;
    if (is_bad && block->record_count > 0 && !csv->rows.skips_bad)
        return ASSAY_ERROR_DATA; /* its bytes stay: it comes again, first of the next block */
    if (scan->has_doubled)
        assay__scan_unquote(fields, count);
    if (csv->options.trim)
        trim_fields(fields, count);
    if (scan->fault == ASSAY__FAULT_NONE && is_header(csv, fields, have)) {
        csv->rows.repeated++;
        return ASSAY_OK;
    }
    if (!is_bad) {
        csv->lines[block->record_count++] = csv->line;
        return ASSAY_OK;
    }
    if (csv->rows.skips_bad)
        return skip_record(csv, fields, count, err);
    return scan->fault == ASSAY__FAULT_NONE ? fail_ragged(csv, scan, err)
                                            : fail_fault(csv, scan, err);
}

/* Reads the next record, if it is one, into the block. *is_over: the block ends before it. */
static enum assay_status next_record(struct assay__csv *csv, struct assay__rows_block *block,
                                     bool *is_over, struct assay_error *err)
{
    struct assay__scan scan = {0};
    enum assay__scan_outcome outcome;
    struct assay__field *fields = csv->fields + block->record_count * csv->rows.header.count;
    enum assay_status status = scan_record(csv, block->record_count == 0, fields,
                                           csv->rows.header.count, &scan, &outcome, err);
    /* Bytes that ended just here were read up to the end of the input. */
    *is_over = status != ASSAY_OK || outcome == ASSAY__SCAN_MORE || csv->begin == csv->end;
    if (*is_over)
        return status;
    if (outcome == ASSAY__SCAN_RECORD)
        status = take_record(csv, &scan, block, err);
    if (status == ASSAY_OK)
        advance(csv, &scan);
    return status;
}

/* Takes records of which nothing needs to be said; how many more a record is scanned by itself. */
static void take_run(struct assay__csv *csv, struct assay__rows_block *block)
{
    uint32_t columns = csv->rows.header.count;
    const char *name = csv->rows.header.names[0];
    struct assay__scan_run run = {.at = csv->buffer + csv->begin,
                                  .end = csv->buffer + csv->end,
                                  .fields = csv->fields + block->record_count * columns,
                                  .column_count = columns,
                                  .record_count = csv->block_records - block->record_count,
                                  .header = {.text = name, .length = (uint32_t)strlen(name)}};
    if (csv->options.trim || csv->extra_count > 0 || csv->singles > 0) {
        csv->singles -= csv->singles > 0;
        return;
    }
    size_t count = assay__scan_run(&csv->scanner, &run);
    for (size_t i = 0; i < count; i++)
        csv->lines[block->record_count++] = csv->line++;
    csv->begin = (size_t)(run.at - csv->buffer);
    csv->singles = count == 0 ? SINGLES : 0;
}

static enum assay_status read_block(struct assay__csv *csv, struct assay__rows_block *block,
                                    struct assay_error *err)
{
    *block = (struct assay__rows_block){csv->fields, csv->lines, 0};
    bool is_over = false;
    while (!is_over && block->record_count < csv->block_records) {
        take_run(csv, block);
        if (block->record_count == csv->block_records)
            return ASSAY_OK;
        bool at_end = csv->begin == csv->end;
        if (at_end && (csv->is_last || block->record_count > 0))
            return ASSAY_OK;
        struct assay_error later;
        bool is_first = block->record_count == 0;
        enum assay_status status = next_record(csv, block, &is_over, is_first ? err : &later);
        /* What is wrong behind good records is said when they have been used. */
        if (status != ASSAY_OK)
            return is_first ? status : ASSAY_OK;
    }
    return ASSAY_OK;
}

enum assay_status assay__csv_next_block(struct assay__rows *rows, struct assay__rows_block *block,
                                        struct assay_error *err)
{
    struct assay__csv *csv = own(rows);
    enum assay_status status = read_block(csv, block, err);
    assay__halt_rows(csv->is_view ? NULL : csv->options.halt, block->record_count);
    return status;
}

void assay__csv_close(struct assay__rows *rows)
{
    struct assay__csv *csv = own(rows);
    if (!csv->is_view) {
        assay__recoder_free(csv->recoder);
        assay__source_close(csv->source);
        assay__rows_header_release(&csv->rows.header);
        assay__free(csv->buffer);
    }
    assay__free(csv->fields);
    assay__free(csv->lines);
    assay__free(csv);
}

const char *assay__csv_name(const struct assay__csv *csv)
{
    return assay__source_name(csv->source);
}

struct assay__rows *assay__csv_rows(struct assay__csv *csv)
{
    return &csv->rows;
}
