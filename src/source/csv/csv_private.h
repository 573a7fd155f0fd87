/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_CSV_CSV_PRIVATE_H
#define ASSAY_SOURCE_CSV_CSV_PRIVATE_H

#include "source/csv/csv_chunk.h"
#include "source/csv/csv_header.h"
#include "source/csv/csv_scan.h"
#include "source/csv/recode.h"
#include "source/file.h"

/** What the files behind csv.h share. */
enum { ASSAY__CSV_BUFFER_BYTES = ASSAY__CHUNK_BYTES /* of a reader, until a record needs more */ };

struct assay__csv {
    struct assay__rows rows; /* first: see assay__csv_of() */
    struct assay__source *source;
    struct assay__recoder *recoder; /* NULL: the bytes are UTF-8 */
    struct assay__csv_options options;
    struct assay__scanner scanner;
    char *buffer; /* [capacity + 1]: the last byte is for the scanner's line feed */
    size_t capacity, begin, end;
    bool has_begun; /* the source was read */
    bool is_last;   /* the source has no more bytes than these */
    uint64_t line;  /* of the record at begin */
    struct assay__field *fields;
    uint64_t *lines;
    uint32_t singles;      /* records that are still scanned one by one */
    size_t block_records;  /* records that fit into fields */
    uint32_t extra_count;  /* columns without a name, in which every record is empty */
    bool lacks_names;      /* records have more fields than the header, most of them as many */
    uint32_t first_chunks; /* chunks taken, as far as they are of the first */
    bool is_view;          /* source, header and buffer are another's: see csv_chunk.h */
};

/** assay__csv_of() is the CSV reader whose rows these are. */
static inline const struct assay__csv *assay__csv_of(const struct assay__rows *rows)
{
    return (const struct assay__csv *)(const void *)rows;
}

/** assay__csv_name() is the file's name for messages. */
const char *assay__csv_name(const struct assay__csv *csv);

/** assay__csv_suggest() is that of struct assay__rows_kind. */
void assay__csv_suggest(const struct assay__rows *rows, const char *column,
                        struct assay_error *err);

/** assay__csv_refill() reads more bytes behind those not used yet. */
enum assay_status assay__csv_refill(struct assay__csv *csv, struct assay_error *err);

/** assay__csv_begin() reads the header of a reader whose first bytes are there. */
enum assay_status assay__csv_begin(struct assay__csv *csv, struct assay_error *err);

/** assay__csv_next_block() and assay__csv_close() are those of struct assay__rows_kind. */
enum assay_status assay__csv_next_block(struct assay__rows *rows, struct assay__rows_block *block,
                                        struct assay_error *err);
void assay__csv_close(struct assay__rows *rows);

#endif
