/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_CSV_CSV_CHUNK_H
#define ASSAY_SOURCE_CSV_CSV_CHUNK_H

#include "base/room.h"
#include "source/csv/csv.h"

/**
 * A reader's text in chunks of whole records, for those who find the fields on their own, and views
 * that read a part of a chunk as the reader itself would.
 */
enum {
    ASSAY__CHUNK_BYTES = ASSAY__ROOM(512 * 1024, 1024), /* of a chunk, at most */
    ASSAY__FIRST_CHUNKS = 4,                            /* so many make up one of that size */
    ASSAY__CHUNK_PAD = 128 /* bytes before and behind a chunk that may be read */
};

/** struct assay__chunk: text[length] is a line feed; what stands beyond means nothing. */
struct assay__chunk {
    char *memory;
    char *text;
    size_t length;
};

/** assay__chunk_init() takes memory for a chunk; release it in any case. */
enum assay_status assay__chunk_init(struct assay__chunk *chunk, struct assay_error *err);
void assay__chunk_release(struct assay__chunk *chunk);

/**
 * assay__csv_take_chunk() takes the next records out of a reader: as many whole ones as a chunk
 * holds, each with its line feed. length is 0 when the reader's next record has none within reach,
 * or is the last one: then assay__rows_next_block() reads it. The reader does not count the lines
 * of what is taken: see assay__csv_add_lines().
 */
enum assay_status assay__csv_take_chunk(struct assay__csv *csv, struct assay__chunk *chunk,
                                        struct assay_error *err);

/** assay__csv_is_last() is true when the end of the file was read: one chunk more at most. */
bool assay__csv_is_last(const struct assay__csv *csv);

/** assay__csv_is_starting() is true as long as the next chunk is one of the first. */
bool assay__csv_is_starting(const struct assay__csv *csv);

/** assay__csv_add_lines() tells the reader of lines that were taken; _line() is where it stands. */
void assay__csv_add_lines(struct assay__csv *csv, uint64_t count);
uint64_t assay__csv_line(const struct assay__csv *csv);

/** assay__csv_tell_rows() tells whoever follows the call that rows of a chunk were read. */
void assay__csv_tell_rows(const struct assay__csv *csv, uint64_t count);

/** assay__csv_add_passed() adds the records that a view has passed over. */
void assay__csv_add_passed(struct assay__csv *csv, const struct assay__csv *view);

/** assay__csv_extra_count() is the number of columns at the end in which every record is empty. */
uint32_t assay__csv_extra_count(const struct assay__csv *csv);

/** assay__csv_separator() is the separator given or found. */
char assay__csv_separator(const struct assay__csv *csv);

/**
 * assay__csv_view_open() makes a reader of parts of chunks with another's header and options. It
 * borrows them: close it first, with assay__csv_view_close(). Its blocks have one record.
 */
enum assay_status assay__csv_view_open(const struct assay__csv *csv, struct assay__csv **out,
                                       struct assay_error *err);

void assay__csv_view_close(struct assay__csv *view);

/** assay__csv_view_set() makes a view read length bytes; text[length] must be a line feed. */
void assay__csv_view_set(struct assay__csv *view, char *text, size_t length, uint64_t line);

/** assay__csv_view_rest() is how many bytes of a view are not read yet. */
size_t assay__csv_view_rest(const struct assay__csv *view);

#endif
