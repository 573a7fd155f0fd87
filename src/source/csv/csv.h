/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_CSV_CSV_H
#define ASSAY_SOURCE_CSV_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "assay/plan.h"
#include "base/error.h"
#include "base/fingerprint.h"

/**
 * struct assay__csv reads a table: a header, then records with as many fields as the header.
 *
 * Format: RFC 4180. Fields are separated by one of , ; tab | (given, or sniffed from the first
 * records, or named by a first line sep=;), records by LF, CRLF or a lone CR. A quoted field may
 * hold separators, line ends and doubled quotes. A quote inside a field that does not begin with
 * one is an ordinary character. Blank lines are skipped, and so are records that repeat the header,
 * counted. A UTF-8 byte order mark is skipped; text is UTF-8, and is checked. Errors name file,
 * line (physical, as an editor counts) and column (the field, from 1): ragged records, text after a
 * closing quote, a quote never closed, NUL, invalid UTF-8, UTF-16, fields, records and headers
 * beyond the limits of assay/dataset.h.
 */
struct assay__csv;

/** struct assay__field is one field, quotes removed. text is not NUL-terminated. */
struct assay__field {
    const char *text;
    uint32_t length;
    bool is_quoted;
    bool has_doubled; /* private: doubled quotes are not removed yet */
};

/** struct assay__csv_options: zero-initialised is the default. */
struct assay__csv_options {
    char separator;       /* 0: sniffed */
    bool skip_bad;        /* ragged records and invalid text are counted and passed over */
    bool trim;            /* blanks around fields and names are left out */
    uint32_t skip_lines;  /* before the header */
    const char *encoding; /* as iconv(1) names it; NULL: UTF-8 */
    bool is_traced;       /* assay__csv_fingerprint() will be asked for */
};

/** assay__csv_options_of() are the options of a file in a dialect. */
struct assay__csv_options assay__csv_options_of(char separator,
                                                const struct assay_dialect *dialect);

/** struct assay__record is one record; fields are borrowed until the next call. */
struct assay__record {
    const struct assay__field *fields; /* [column_count] */
    uint64_t line;                     /* where it begins */
};

/** struct assay__csv_block is a run of records; borrowed until the next call. */
struct assay__csv_block {
    const struct assay__field *fields; /* [record_count * column_count] */
    const uint64_t *lines;             /* [record_count] */
    size_t record_count;               /* 0 at the end */
};

/** assay__csv_open() opens a file ("-": standard input) and reads the header. */
enum assay_status assay__csv_open(const char *path, const struct assay__csv_options *options,
                                  struct assay__csv **out, struct assay_error *err);

/** assay__csv_close() closes and frees; NULL is fine. */
void assay__csv_close(struct assay__csv *csv);

/** assay__csv_fingerprint() is that of a traced file's bytes; read it to its end first. */
assay__uint128 assay__csv_fingerprint(const struct assay__csv *csv);

/** assay__csv_name() is the file's name for messages. */
const char *assay__csv_name(const struct assay__csv *csv);

/** assay__csv_columns() are the header's names, NUL-terminated; they live as long as the reader. */
const char *const *assay__csv_columns(const struct assay__csv *csv);
uint32_t assay__csv_column_count(const struct assay__csv *csv);

/** assay__csv_find() tells whether a column exists, and the index from 0 of the first one. */
bool assay__csv_find(const struct assay__csv *csv, const char *name, uint32_t *index);

/**
 * assay__csv_column() finds a column that must exist once. ASSAY_ERROR_DATA names the file and line
 * 1, suggests the nearest name and lists the columns; or says which columns have the same name.
 */
enum assay_status assay__csv_column(const struct assay__csv *csv, const char *name, uint32_t *index,
                                    struct assay_error *err);

/** assay__csv_next_block() reads the next records. Do not mix with assay__csv_next(). */
enum assay_status assay__csv_next_block(struct assay__csv *csv, struct assay__csv_block *block,
                                        struct assay_error *err);

/** assay__csv_next() reads one record; record->fields is NULL at the end. */
enum assay_status assay__csv_next(struct assay__csv *csv, struct assay__record *record,
                                  struct assay_error *err);

/** assay__csv_repeated() is how many records repeated the header so far. */
uint64_t assay__csv_repeated(const struct assay__csv *csv);

/**
 * struct assay__csv_sample: cells of a column from the beginning of a file, for those who ask how
 * it is written. assay__csv_sample() reads the file again; a stream that cannot be read again, or a
 * failure, gives the cells of the block at hand. Release it always.
 */
struct assay__csv_sample {
    struct assay__csv *again;
    struct assay__field *cells;
    size_t count;
};
void assay__csv_sample(const struct assay__csv *csv, uint32_t column, size_t most,
                       struct assay__csv_sample *out);
void assay__csv_sample_release(struct assay__csv_sample *sample);

/**
 * assay__csv_bad_rows() says what becomes of bad records from here on: passed over and counted, as
 * with skip_bad, or an error. may_skip: passing over is something the caller offers.
 */
void assay__csv_bad_rows(struct assay__csv *csv, bool skip, bool may_skip);

/** assay__csv_skipped() is how many records skip_bad has passed over. */
uint64_t assay__csv_skipped(const struct assay__csv *csv);

/**
 * assay__csv_fail() fails at a field (index from 0) of a record: the line is that of the field,
 * line ends in fields before it counted.
 */
enum assay_status assay__csv_fail(const struct assay__csv *csv, const struct assay__record *record,
                                  uint32_t column, enum assay_status code, struct assay_error *err,
                                  const char *format, ...) ASSAY__PRINTF(6, 7);

#endif
