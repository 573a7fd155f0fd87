/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Chunks of whole records. A line feed ends a record unless it stands between quotes. A chunk
 * without a quote therefore ends behind its last line feed; one with quotes is walked record by
 * record, so that its end is never a guess.
 */
#define _GNU_SOURCE 1 /* memrchr() */

#include "source/csv/csv_chunk.h"

#include <string.h>

#include "base/halt.h"
#include "base/memory.h"
#include "source/csv/csv_private.h"

enum assay_status assay__chunk_init(struct assay__chunk *chunk, struct assay_error *err)
{
    chunk->length = 0;
    chunk->memory = assay__malloc(ASSAY__CHUNK_BYTES + 2 * ASSAY__CHUNK_PAD);
    chunk->text = chunk->memory == NULL ? NULL : chunk->memory + ASSAY__CHUNK_PAD;
    if (chunk->memory == NULL)
        return assay__fail_memory(err);
    memset(chunk->memory, 0, ASSAY__CHUNK_PAD);
    return ASSAY_OK;
}

void assay__chunk_release(struct assay__chunk *chunk)
{
    assay__free(chunk->memory);
    memset(chunk, 0, sizeof *chunk);
}

/* Where the last whole record of length bytes ends; 0 when none does. */
static size_t find_end(const struct assay__csv *csv, const char *text, size_t length)
{
    if (memchr(text, '"', length) == NULL) {
        const char *feed = memrchr(text, '\n', length);
        return feed == NULL ? 0 : (size_t)(feed - text) + 1;
    }
    size_t end = 0;
    for (const char *at = text; at < text + length;) {
        struct assay__field none;
        struct assay__scan scan;
        if (assay__scan_record(&csv->scanner, at, text + length, false, &none, 0, &scan) ==
            ASSAY__SCAN_MORE)
            break;
        at = scan.end;
        if (at[-1] == '\n') /* not a lone carriage return, where no chunk ends */
            end = (size_t)(at - text);
    }
    return end;
}

/* The first chunks are smaller: so short files touch little memory. */
static size_t chunk_bytes(struct assay__csv *csv)
{
    if (csv->first_chunks == ASSAY__FIRST_CHUNKS)
        return ASSAY__CHUNK_BYTES;
    csv->first_chunks++;
    return ASSAY__CHUNK_BYTES / ASSAY__FIRST_CHUNKS;
}

enum assay_status assay__csv_take_chunk(struct assay__csv *csv, struct assay__chunk *chunk,
                                        struct assay_error *err)
{
    size_t kept = csv->end - csv->begin, got = 0, most = chunk_bytes(csv);
    size_t taken = kept < most ? kept : most;
    chunk->length = 0;
    memcpy(chunk->text, csv->buffer + csv->begin, taken);
    if (taken == kept && !csv->is_last) {
        size_t room = most - taken;
        enum assay_status status =
            assay__source_read(csv->source, chunk->text + taken, room, &got, err);
        if (status != ASSAY_OK)
            return status;
        csv->is_last = got < room;
    }
    size_t length = taken + got;
    memset(chunk->text + length, 0, ASSAY__CHUNK_PAD);
    chunk->text[length] = '\n'; /* for the scanner; the text does not hold it */
    size_t end = find_end(csv, chunk->text, length), rest = length - end;
    if (got > 0) { /* the reader's own buffer is used up: it takes what is left over */
        memcpy(csv->buffer, chunk->text + end, rest);
        csv->begin = 0;
        csv->end = rest;
        csv->buffer[rest] = '\n';
    } else {
        csv->begin += end;
    }
    chunk->text[end] = '\n';
    chunk->length = end;
    return ASSAY_OK;
}

bool assay__csv_is_last(const struct assay__csv *csv)
{
    return csv->is_last;
}

bool assay__csv_is_starting(const struct assay__csv *csv)
{
    return csv->first_chunks < ASSAY__FIRST_CHUNKS;
}

void assay__csv_add_lines(struct assay__csv *csv, uint64_t count)
{
    csv->line += count;
}

void assay__csv_tell_rows(const struct assay__csv *csv, uint64_t count)
{
    assay__halt_rows(csv->options.halt, count);
}

uint64_t assay__csv_line(const struct assay__csv *csv)
{
    return csv->line;
}

void assay__csv_add_passed(struct assay__csv *csv, const struct assay__csv *view)
{
    csv->rows.skipped += view->rows.skipped;
    csv->rows.repeated += view->rows.repeated;
}

uint32_t assay__csv_extra_count(const struct assay__csv *csv)
{
    return csv->extra_count;
}

char assay__csv_separator(const struct assay__csv *csv)
{
    return csv->options.separator;
}

enum assay_status assay__csv_view_open(const struct assay__csv *csv, struct assay__csv **out,
                                       struct assay_error *err)
{
    struct assay__csv *view = assay__malloc(sizeof *view);
    if (view == NULL)
        return assay__fail_memory(err);
    *view = *csv;
    view->is_view = view->is_last = true;
    view->rows = (struct assay__rows){.kind = csv->rows.kind,
                                      .header = csv->rows.header,
                                      .skips_bad = csv->rows.skips_bad,
                                      .may_skip = csv->rows.may_skip,
                                      .on_skip = csv->rows.on_skip};
    view->block_records = 1;
    view->fields = assay__malloc(csv->rows.header.count * sizeof *view->fields);
    view->lines = assay__malloc(sizeof *view->lines);
    *out = view;
    if (view->fields != NULL && view->lines != NULL)
        return ASSAY_OK;
    assay__rows_close(&view->rows);
    *out = NULL;
    return assay__fail_memory(err);
}

void assay__csv_view_close(struct assay__csv *view)
{
    if (view != NULL)
        assay__rows_close(&view->rows);
}

void assay__csv_view_set(struct assay__csv *view, char *text, size_t length, uint64_t line)
{
    view->buffer = text;
    view->capacity = length;
    view->begin = 0;
    view->end = length;
    view->line = line;
}

size_t assay__csv_view_rest(const struct assay__csv *view)
{
    return view->end - view->begin;
}
