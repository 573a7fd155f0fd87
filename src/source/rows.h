/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_ROWS_H
#define ASSAY_SOURCE_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/fingerprint.h"

struct assay__csv;

/** struct assay__field is the text of one cell; not NUL-terminated. */
struct assay__field {
    const char *text;
    uint32_t length;
    bool is_quoted;   /* written in quotes, which are removed: blanks around it mean something */
    bool has_doubled; /* private to the CSV reader: doubled quotes are not removed yet */
    bool is_typed;    /* a number, truth value or time of a program: no dialect applies to it */
};

/** struct assay__record is one record; fields are borrowed until the next call. */
struct assay__record {
    const struct assay__field *fields; /* [column_count] */
    uint64_t line;                     /* where it begins */
};

/** struct assay__rows_block is a run of records; borrowed until the next call. */
struct assay__rows_block {
    const struct assay__field *fields; /* [record_count * column_count] */
    const uint64_t *lines;             /* [record_count] */
    size_t record_count;               /* 0 at the end */
};

/** struct assay__rows_header: the names of the columns, NUL-terminated. */
struct assay__rows_header {
    const char **names;
    char *bytes;
    uint32_t count;
    uint64_t line; /* where they stand; 0: nowhere */
};

/** struct assay__rows_skip is told of records that are passed over: the cells under the header. */
struct assay__rows_skip {
    void *context;
    enum assay_status (*take)(void *context, const struct assay__field *fields, uint32_t count,
                              struct assay_error *err); /* NULL: nobody asks */
};

/**
 * struct assay__rows is a table that is read once, from its first record to its last: named
 * columns and cells of text. Whoever reads units, events or sums takes one and does not know where
 * the cells come from. A source begins its own struct with this one, sets kind and header, and
 * leaves the rest at zero. One thread at a time.
 */
struct assay__rows {
    const struct assay__rows_kind *kind;
    struct assay__rows_header header;
    bool skips_bad; /* bad records are passed over and counted; else they are errors */
    bool may_skip;  /* passing over is something the caller offers */
    bool is_own;    /* sums that assay wrote: the plan's format does not apply to them */
    struct assay__rows_skip on_skip;
    uint64_t skipped, repeated;
    struct assay__rows_block last;  /* the rest is private to rows.c: the block read last, */
    struct assay__rows_block block; /* and the one that assay__rows_next() is in */
    size_t block_at;
};

/** struct assay__rows_sample: cells of a column, for those who ask how it is written. */
struct assay__rows_sample {
    struct assay__field *cells; /* [count], and room for one more */
    size_t count;
    struct assay__rows *again; /* what the cells point into, when that is a reader of its own */
};

/** struct assay__rows_kind is what a source of rows does. What may be NULL is not done. */
struct assay__rows_kind {
    /* The table's name for messages: a path, mostly. It lives as long as the rows. */
    const char *(*place)(const struct assay__rows *rows);
    /* The next records; what is wrong behind good records is said when they have been used. */
    enum assay_status (*next_block)(struct assay__rows *rows, struct assay__rows_block *block,
                                    struct assay_error *err);
    void (*close)(struct assay__rows *rows);
    /* NULL, or adds to an error about a column that is not there what may be the matter. */
    void (*suggest)(const struct assay__rows *rows, const char *column, struct assay_error *err);
    /* NULL, or opens the table again at its beginning, bad records passed over, or its first rows
       where the others cannot be read again; its result is NULL when that fails. */
    struct assay__rows *(*again)(const struct assay__rows *rows);
    /* NULL, or is told before the first record which columns are used: one of them that cannot be
       read is an error; in the others, what cannot be read becomes a text without a digit. */
    enum assay_status (*use)(struct assay__rows *rows, const uint32_t *columns, uint32_t count,
                             struct assay_error *err);
    /* NULL, or whether the table could be read a second time after its end; reread() opens it. */
    bool (*can_reread)(const struct assay__rows *rows);
    enum assay_status (*reread)(const struct assay__rows *rows, struct assay__rows **out,
                                struct assay_error *err);
    /* NULL, or the digest of the bytes, once all is read: equal tables are found by it. */
    assay__uint128 (*fingerprint)(const struct assay__rows *rows);
    /* NULL, or the CSV text behind it, which several threads can read in chunks. */
    struct assay__csv *(*csv)(struct assay__rows *rows);
};

/** assay__rows_close() closes and frees; NULL is fine. */
void assay__rows_close(struct assay__rows *rows);

/** assay__rows_name() is the table's name for messages. */
const char *assay__rows_name(const struct assay__rows *rows);

/** assay__rows_columns() are the names, NUL-terminated; they live as long as the rows. */
const char *const *assay__rows_columns(const struct assay__rows *rows);
uint32_t assay__rows_column_count(const struct assay__rows *rows);

/**
 * assay__rows_find() tells whether a column exists, and the index from 0 of the first one. Where
 * several have one name, 'y#2' is the second of those called 'y', unless a column has that name.
 */
bool assay__rows_find(const struct assay__rows *rows, const char *name, uint32_t *index);

/** assay__rows_namesake() is a column's number, from 1, among those of its name; 0: the only one.
 */
uint32_t assay__rows_namesake(const struct assay__rows *rows, uint32_t index);

/**
 * assay__rows_column() finds a column that must exist once, or be numbered as above.
 * ASSAY_ERROR_DATA names the table and the header's line, suggests the nearest name and lists the
 * columns; or says which columns have the same name.
 */
enum assay_status assay__rows_column(const struct assay__rows *rows, const char *name,
                                     uint32_t *index, struct assay_error *err);

/** assay__rows_use() says which columns are used, before the first record is read. */
enum assay_status assay__rows_use(struct assay__rows *rows, const uint32_t *columns, uint32_t count,
                                  struct assay_error *err);

/** assay__rows_next_block() reads the next records. Do not mix with assay__rows_next(). */
enum assay_status assay__rows_next_block(struct assay__rows *rows, struct assay__rows_block *block,
                                         struct assay_error *err);

/** assay__rows_next() reads one record; record->fields is NULL at the end. */
enum assay_status assay__rows_next(struct assay__rows *rows, struct assay__record *record,
                                   struct assay_error *err);

/**
 * assay__rows_can_reread(): all records can be read once more when the last one was read;
 * assay__rows_reread() opens the table at its beginning for that. Close it, too.
 */
bool assay__rows_can_reread(const struct assay__rows *rows);
enum assay_status assay__rows_reread(const struct assay__rows *rows, struct assay__rows **out,
                                     struct assay_error *err);

/** assay__rows_csv() is the CSV text that the rows are read from, or NULL. */
struct assay__csv *assay__rows_csv(struct assay__rows *rows);

/** assay__rows_fingerprint() is false where the kind of rows has no digest. */
bool assay__rows_fingerprint(const struct assay__rows *rows, assay__uint128 *out);

/**
 * assay__rows_sample() takes the first cells of a column, most of them at most, in whatever blocks
 * the rows are read; where a kind of rows does not know them, those of the block at hand. cells is
 * NULL without memory. Release it always.
 */
void assay__rows_sample(const struct assay__rows *rows, uint32_t column, size_t most,
                        struct assay__rows_sample *out);
void assay__rows_sample_release(struct assay__rows_sample *sample);

/** assay__record_line_ends() counts the line ends in the fields before one (index from 0). */
uint64_t assay__record_line_ends(const struct assay__record *record, uint32_t column);

/**
 * assay__rows_fail() fails at a field (index from 0) of a record: the line is that of the field,
 * line ends in fields before it counted.
 */
enum assay_status assay__rows_fail(const struct assay__rows *rows,
                                   const struct assay__record *record, uint32_t column,
                                   enum assay_status code, struct assay_error *err,
                                   const char *format, ...) ASSAY__PRINTF(6, 7);

/** assay__rows_header_init() copies the names; release it also when this fails. */
enum assay_status assay__rows_header_init(struct assay__rows_header *header,
                                          const struct assay__field *fields, uint32_t count,
                                          struct assay_error *err);
void assay__rows_header_release(struct assay__rows_header *header);

/** assay__line_ends() counts the line ends in a text: LF, CRLF, CR. */
uint64_t assay__line_ends(const char *text, size_t length);

#endif
