/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_TABLE_H
#define ASSAY_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "assay/arrow.h"
#include "assay/dataset.h"
#include "assay/export.h"
#include "assay/moments.h"
#include "assay/status.h"

/**
 * struct assay_table is a table that a program hands over: columns, Arrow arrays, rows of a
 * callback, CSV in memory or from a stream, sufficient statistics, or a file. Each is read once,
 * by assay_dataset_read_tables() or assay_tables_merge(), from its first row to its last, and gives
 * the very same sums as the same cells in a CSV file:
 *
 * - a double is the shortest decimal that reads back as it, so that 0.1 is 0.1; NaN is missing;
 * - a number, a truth value or a time that has a type means itself, whatever the plan's "format"
 *   says of decimal commas, thousands or forms of times; text is read by the format, as in a file;
 * - with digests (has_digests) the table is known by those of the CSV that has its cells: comma
 *   separated, lines that end in LF, quotes only where needed; times as 2026-11-23T10:15:30Z, with
 * 3, 6 or 9 digits of a second where it is not whole, dates as 2026-11-23.
 *
 * What is handed over is borrowed until the table is freed, and is not written to, unless a
 * function says otherwise. Errors name the table, the row, counted from 1, as their line, and the
 * column. name is for messages; NULL: "(memory)".
 *
 * Limits: ASSAY_COLUMNS_MAX columns; ASSAY_FIELD_BYTES_MAX bytes of a text, which is UTF-8
 * without NUL. Not thread safe: one table, one thread; several datasets may be read at once.
 */
struct assay_table;

/** assay_table_free() frees a table and ends the borrowing; NULL is fine. */
ASSAY_API void assay_table_free(struct assay_table *table);

/** enum assay_cell_kind: what a value in memory is. */
enum assay_cell_kind {
    ASSAY_CELL_TEXT,    /* UTF-8: names, numbers as decimals, times, as in CSV; NULL: missing */
    ASSAY_CELL_DOUBLE,  /* its shortest decimal; NaN: missing; an infinity is an error */
    ASSAY_CELL_INTEGER, /* int64_t */
    ASSAY_CELL_TIME     /* int64_t: nanoseconds since 1970-01-01T00:00:00Z, years 1678 to 2261 */
};

/** struct assay_column: a column of values. */
struct assay_column {
    const char *name;
    enum assay_cell_kind kind;
    const void *values;         /* [row_count]: const char *, double or int64_t, by kind */
    const size_t *lengths;      /* TEXT: bytes of each; NULL: each ends in a NUL */
    const unsigned char *valid; /* one byte a row, 0: missing; NULL: all are there */
    uint64_t reserved[4];
};

/**
 * assay_table_from_columns() makes a table of columns. The structs and names are copied, values are
 * borrowed. ASSAY_ERROR_USAGE without columns or for a kind that does not exist, ASSAY_ERROR_LIMIT,
 * ASSAY_ERROR_MEMORY.
 */
ASSAY_API ASSAY_MUST_CHECK enum assay_status
assay_table_from_columns(const struct assay_column *columns, size_t column_count, size_t row_count,
                         const char *name, struct assay_table **out, struct assay_error *err);

/**
 * assay_table_from_arrow() makes a table of a record batch: a struct array and its schema, as the
 * Arrow C data interface has them. Both are moved: the table releases them once, when it is freed,
 * or at once when this fails; the caller's structs are marked as released.
 *
 * Columns: bool, int and uint of 8 to 64 bits, float and double (the shortest decimal of a float),
 * decimal of 32 to 128 bits, utf8, large utf8, utf8 view, date, timestamp, null, and dictionaries
 * of these; offsets and validity bitmaps are obeyed. Timestamps without a zone are UTC. A column of
 * another type may be there; where the plan uses it, that is ASSAY_ERROR_DATA. Counts and pointers
 * are looked at, and offsets against each other; that buffers are as long as their array says is
 * the producer's to see to.
 *
 * ASSAY_ERROR_DATA for arrays that are not a struct, or do not fit their schema; ASSAY_ERROR_USAGE
 * for what was released before and without columns; ASSAY_ERROR_LIMIT, ASSAY_ERROR_MEMORY.
 */
ASSAY_API ASSAY_MUST_CHECK enum assay_status
assay_table_from_arrow(struct ArrowSchema *schema, struct ArrowArray *array, const char *name,
                       struct assay_table **out, struct assay_error *err);

/**
 * assay_table_from_arrow_stream() makes a table of a stream of record batches, as
 * __arrow_c_stream__ of pyarrow, pandas and polars gives it. The stream is moved, and one batch at
 * a time is in memory. Fails as above; what the stream says when it fails is ASSAY_ERROR_IO.
 */
ASSAY_API ASSAY_MUST_CHECK enum assay_status
assay_table_from_arrow_stream(struct ArrowArrayStream *stream, const char *name,
                              struct assay_table **out, struct assay_error *err);

/** struct assay_cell: a value of a row. Zero: missing. */
struct assay_cell {
    enum assay_cell_kind kind;
    const char *text; /* TEXT; NULL: missing. Borrowed until the next row is asked for */
    size_t length;    /* bytes of text; 0: it ends in a NUL */
    double number;    /* DOUBLE */
    int64_t integer;  /* INTEGER, TIME */
    uint64_t reserved[2];
};

/**
 * assay_row_read is a program's function that fills in the next row: cells[] of as many columns as
 * were named, zero before each call. It answers ASSAY_OK with *is_end false; or sets *is_end when
 * there is no further row; or fills in err (never NULL: message, line and column are passed on) and
 * answers another status, with which the reading then ends. It must not call the library with the
 * dataset that is read.
 */
typedef enum assay_status (*assay_row_read)(void *context, struct assay_cell *cells, bool *is_end,
                                            struct assay_error *err);

/**
 * assay_table_from_rows() makes a table of a callback's rows. The names are copied. It fails as
 * assay_table_from_columns() does.
 */
ASSAY_API ASSAY_MUST_CHECK enum assay_status
assay_table_from_rows(const char *const *columns, size_t column_count, assay_row_read read,
                      void *context, const char *name, struct assay_table **out,
                      struct assay_error *err);

/**
 * assay_table_from_csv() makes a table of CSV in memory, plain or compressed, with all that is said
 * of files: separator, dialect, several threads. Line numbers are those of the text.
 */
ASSAY_API ASSAY_MUST_CHECK enum assay_status assay_table_from_csv(const char *text, size_t length,
                                                                  const char *name,
                                                                  struct assay_table **out,
                                                                  struct assay_error *err);

/**
 * assay_bytes_read is a program's function that reads bytes: up to capacity of them into buffer;
 * *length 0 is the end. It may answer fewer than asked for. Otherwise as assay_row_read; but it is
 * called by any of the threads that read, one at a time, unless the options say threads = 1.
 */
typedef enum assay_status (*assay_bytes_read)(void *context, char *buffer, size_t capacity,
                                              size_t *length, struct assay_error *err);

/** assay_table_from_bytes() makes a table of the CSV that a callback reads. */
ASSAY_API ASSAY_MUST_CHECK enum assay_status assay_table_from_bytes(assay_bytes_read read,
                                                                    void *context, const char *name,
                                                                    struct assay_table **out,
                                                                    struct assay_error *err);

/**
 * assay_table_from_file() makes a table of CSV that is read from a stream, from where it stands to
 * its end. The stream stays the caller's, who closes it. A flag or a deadline ends the waiting for
 * a pipe only with the GNU C library.
 */
ASSAY_API ASSAY_MUST_CHECK enum assay_status assay_table_from_file(FILE *file, const char *name,
                                                                   struct assay_table **out,
                                                                   struct assay_error *err);

/**
 * assay_table_from_path() makes a table of a file, as assay_dataset_read() reads it, so that files
 * and tables in memory can be read together. It is opened when it is read. The path is copied.
 * ASSAY_ERROR_USAGE for NULL, ASSAY_ERROR_MEMORY.
 */
ASSAY_API ASSAY_MUST_CHECK enum assay_status
assay_table_from_path(const char *path, struct assay_table **out, struct assay_error *err);

/**
 * struct assay_figures: sufficient statistics of a metric in a group, at one look and in one slice.
 * With metric NULL it is the number of units of the group, with a value or without; where no such
 * row is given for a slice, a group has as many units as its most frequent metric.
 *
 * Variables are those of struct assay_moments: the value, the denominator of a ratio, covariates.
 * Looks count all units up to their time. Numbers are taken as their shortest decimals.
 */
struct assay_figures {
    const char *metric, *group;
    const char *dimension, *value; /* the slice: a column's name and value; both NULL: all units.
                                      A segment: "@segment" and its id */
    bool has_time;
    int64_t time_ns; /* end of the look, ns since 1970-01-01T00:00:00Z, when has_time */
    uint64_t n;
    struct assay_moments_shape shape;
    const double *means;       /* [v], v the number of variables; for a metric never NULL */
    const double *covariances; /* [v * v], divisor n - 1, row by row, of which those up to the
                                  diagonal are read. NULL without denominator and covariates
                                  alone: for a proportion, which has none of its own, or where the
                                  variance is not known: then there is no test */
    uint64_t reserved[4];
};

/**
 * assay_table_from_figures() makes a table of sufficient statistics, as a CSV of metric, group, n,
 * mean, variance and so on would be: all that is checked there is checked here, when it is read.
 * Everything is borrowed. ASSAY_ERROR_USAGE without figures or for a shape out of range,
 * ASSAY_ERROR_MEMORY.
 */
ASSAY_API ASSAY_MUST_CHECK enum assay_status
assay_table_from_figures(const struct assay_figures *figures, size_t figure_count, const char *name,
                         struct assay_table **out, struct assay_error *err);

/**
 * assay_dataset_read_tables() reads tables into a dataset, as assay_dataset_read() reads files: all
 * of them are of one experiment, and duplicates are found across them.
 *
 * @tables   table_count of them, at least one; none that was read before (ASSAY_ERROR_USAGE)
 * @events   NULL, or for each table NULL or the name of the plan's events that it holds
 * @options  NULL for the defaults; its event files are read, too
 * Returns what assay_dataset_read() returns, and what callbacks and streams return.
 */
ASSAY_API ASSAY_MUST_CHECK enum assay_status
assay_dataset_read_tables(struct assay_dataset *dataset, struct assay_table *const *tables,
                          const char *const *events, size_t table_count,
                          const struct assay_read_options *options, struct assay_error *err);

/**
 * assay_tables_merge() adds up tables of sufficient statistics, as assay_sums_merge() does with
 * files: texts of assay_dataset_summarize() that workers sent, mostly.
 */
ASSAY_API ASSAY_MUST_CHECK enum assay_status assay_tables_merge(struct assay_table *const *tables,
                                                                size_t table_count, char **text,
                                                                size_t *length,
                                                                struct assay_error *err);

#endif
