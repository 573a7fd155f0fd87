/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_SUMMARY_SUMMARY_ROW_H
#define ASSAY_SOURCE_SUMMARY_SUMMARY_ROW_H

#include "number/number.h"
#include "source/csv/csv.h"
#include "source/summary/summary_places.h"
#include "source/summary/summary_seal.h"
#include "source/summary/summary_table.h"
#include "stats/centred.h"

/** struct assay__summary_known: what the rows of a series had in common so far. */
struct assay__summary_known {
    bool is_fine;           /* its key made sense */
    bool is_needed;         /* by the plan */
    bool has_slice;         /* in the plan */
    bool is_remark;         /* its metric begins with @ */
    bool was_asked;         /* the next one is known */
    bool leaves_covariates; /* the plan uses none of the metric's */
    uint32_t next;          /* the series that came after it last time, + 1; 0: none did */
};

/** struct assay__summary_time: a time, and the cell that named it last. */
struct assay__summary_time {
    const char *text; /* of the cell; kept by an index */
    size_t length;
    uint32_t next; /* the time that came after it last time, + 1; 0: none did */
};

/** struct assay__summary_row is the row being read, and what reading its file needs. */
struct assay__summary_row {
    struct assay__rows *rows;
    const struct assay_plan *plan; /* NULL: every row is needed */
    struct assay__summary_table *table;
    struct assay__record record;
    int64_t time_ns;      /* of the time that was read last; INT64_MIN for an empty cell */
    bool is_time_written; /* its cell is what the table has for it */
    uint32_t key_columns[ASSAY__KEY_COUNT];          /* or ASSAY__NO_COLUMN, as the next two */
    uint32_t n_column, missing_column, share_column; /* share_column: of share_rounding */
    const char *file;                                /* the table's name, kept by the table */
    struct assay__summary_column *columns;           /* [column_count] */
    struct assay__summary_cell *cells;               /* [column_count] */
    uint32_t *figure_columns, figure_count;          /* columns outside of keys */
    struct assay__summary_places places;
    const struct assay_dialect *dialect; /* of the plan, but for a table that assay wrote */
    bool is_plain;                       /* the dialect spells numbers as everybody does */
    bool is_simple;        /* the figures are means and variances of values, and nothing else, */
    bool is_simple_sum;    /* or sums and sums of squares */
    bool has_text_columns; /* some column holds states by their text */
    bool is_digested;      /* rows go into the digest as they are read */
    struct assay__seal_digest digest;
    struct assay__seal_end end;
    struct assay__summary_known *known; /* [known_count], by the number of a series */
    uint32_t known_count;
    struct assay__summary_time *times; /* [time_count], by the number of a time */
    uint32_t time_count;
    struct assay__index spellings; /* of cells that spell times otherwise than the table does */
    uint32_t *spelled;             /* [spelled_count]: their times */
    uint32_t spelled_count;
    uint32_t last_series, last_time; /* of the row before, + 1; 0: there was none */
    struct assay__index seen;        /* entry and pattern, to find a row given twice */
    struct assay_decimal figures[ASSAY__FIGURES_MAX];
    char (*digits)[ASSAY__DIGITS_MAX];                /* of cells: [column_count] */
    struct assay__figure printed[ASSAY__FIGURES_MAX]; /* the same figures, as they were printed */
};

/**
 * assay__summary_row_begin() prepares for a table's rows once its columns are known;
 * assay__summary_row_end() frees what that took, also after a failure.
 */
enum assay_status assay__summary_row_begin(struct assay__summary_row *row, struct assay_error *err);
void assay__summary_row_end(struct assay__summary_row *row);

/** assay__summary_row_parse() reads the cells of the record at hand that are not part of a key. */
void assay__summary_row_parse(struct assay__summary_row *row);

/** struct assay__summary_row_key: the key of the row at hand, its texts and its numbers. */
struct assay__summary_row_key {
    const char *text[ASSAY__KEY_COUNT]; /* where they are needed: see below */
    uint32_t series, time;
    bool has_series, has_time; /* a row of the series, or one of the time, came before */
};

/**
 * assay__summary_row_find() finds the key of the row at hand among those before it;
 * assay__summary_row_remember() keeps it for the rows to come, and numbers it.
 * assay__summary_row_spell() sets the texts of the numbers that were found; those of rows of a
 * digest are.
 */
void assay__summary_row_spell(const struct assay__summary_row *row,
                              struct assay__summary_row_key *key);
void assay__summary_row_find(struct assay__summary_row *row, struct assay__summary_row_key *key);
enum assay_status assay__summary_row_remember(struct assay__summary_row *row,
                                              struct assay__summary_row_key *key,
                                              struct assay_error *err);

/** assay__summary_row_part() is the cell of a part of the key; empty where there is no column. */
const struct assay__field *assay__summary_row_part(const struct assay__summary_row *row,
                                                   enum assay__summary_key part);

/** assay__summary_row_time() reads the time of the row at hand: time_ns and is_time_written. */
enum assay_status assay__summary_row_time(struct assay__summary_row *row, struct assay_error *err);

/** assay__summary_row_has(): there is such a column, and its cell is filled. */
bool assay__summary_row_has(const struct assay__summary_row *row, uint32_t column);

/** assay__summary_row_rounding() is what 'assay merge' wrote of rounding there; 0 for nothing. */
double assay__summary_row_rounding(const struct assay__summary_row *row, uint32_t column);

/** assay__summary_row_number() is the number there; 0 for none. */
double assay__summary_row_number(const struct assay__summary_row *row, uint32_t column);

/** assay__summary_row_fail() fails at a cell: "'12x' in column 'n' " and what. */
enum assay_status assay__summary_row_fail(const struct assay__summary_row *row, uint32_t column,
                                          struct assay_error *err, const char *what);

/** assay__summary_row_keeps() is whose state the row's cells hold: moments, or one by its text. */
const struct assay__accumulator *assay__summary_row_keeps(const struct assay__summary_row *row);

/**
 * assay__summary_row_add() adds the row's n units to the state of its entry: by sums, by means and
 * variances, by a mean alone, or by a text, whatever its cells hold. mask: covariates these units
 * lack.
 */
enum assay_status assay__summary_row_add(struct assay__summary_row *row,
                                         struct assay__summary_entry *entry, uint32_t mask,
                                         uint64_t n, struct assay_error *err);

/**
 * assay__summary_row_take() reads a whole row of a simple table without a digest, whose key was
 * found: a mean and a variance, or sums, as nearly all rows are. *is_taken is false, with nothing
 * done, where there is more to the row.
 */
enum assay_status assay__summary_row_take(struct assay__summary_row *row,
                                          const struct assay__summary_row_key *key, bool *is_taken,
                                          struct assay_error *err);

/**
 * assay__summary_row_judge() looks at the figures of a row that was added: refuses what no units
 * can have, notes sums whose digits cancel, and remembers in the entry how far rounding may have
 * moved them. by_sum: the figures are sums, not means and variances.
 */
enum assay_status assay__summary_row_judge(struct assay__summary_row *row,
                                           struct assay__summary_entry *entry, uint32_t mask,
                                           uint64_t n, bool by_sum, struct assay_error *err);

#endif
