/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_SQL_WRITER_H
#define ASSAY_SOURCE_SQL_WRITER_H

#include "base/arena.h"
#include "source/sql/sql.h"
#include "source/units/bind.h"

/**
 * What the parts of a statement share.
 *
 * A statement is a chain of subqueries; this is what each of them holds, and the names of columns
 * in them. E is the number of a source: 0 for units or exposures, then the events.
 *
 *   texts_E    cN a column as text, nN of a number, as_isN as it is; t microseconds since 1970
 *   numbers_E  vN a number that was read, see struct assay__sql_read
 *   rows_E     o what becomes of the row, see enum assay__sql_outcome; u unit, g group, dN value of
 *              a dimension, sN 1 in the segment, wN 1 where a filter passes
 *   units      a row a unit, from the rows of source 0: t0 its exposure, k its rows
 *   joined_E, folded_E   events with their unit; then a row a unit with fN, the folds
 *   measured   a row a unit: numbers nN as the binding counts them
 *   states     with looks, a row for each change of a unit: it holds from look to before until0,
 * the ends of looks; h is 1 in one row of each unit, which counts for what belongs to no look.
 * caps_M the caps of metric M at quantiles vectors    pM 1 when the unit counts for metric M, yM_I
 * its numbers, zM the mask of covariates that are missing, mM 1 when its value is missing cells
 * sums over units that are alike in group and slices: units, k rows, for metric M nM units, mM
 * missing, aM_S sums; for events E kE rows; with looks cells of one look, which are there from look
 * on and gone from until0 on
 *
 * bR counts the cells that hold something else than read R can take, unitwise to cells.
 */
enum assay__sql_outcome {
    ASSAY__SQL_GOOD = 0,
    ASSAY__SQL_LEFT_OUT, /* by the plan's filter */
    ASSAY__SQL_AFTER,    /* at or after asOf */
    ASSAY__SQL_NO_GROUP,
    ASSAY__SQL_NO_UNIT,
    ASSAY__SQL_NO_TIME, /* its time is missing or outside 1990 to 2100 */
    ASSAY__SQL_TWO_GROUPS,
    ASSAY__SQL_UNCLEAR,        /* the unit's earliest rows belong to other slices */
    ASSAY__SQL_DIFFERS,        /* the unit's rows hold other numbers */
    ASSAY__SQL_OTHER_PLAN = 9, /* of a shard whose view is of another plan */
    ASSAY__SQL_APART,          /* units that are in two shards */
    ASSAY__SQL_NOT_ALL_SEEN    /* shards that have more units than are looked for */
};

/** enum assay__sql_read_kind: how the text of a cell becomes a number. */
enum assay__sql_read_kind {
    ASSAY__SQL_READ_NUMBER,
    ASSAY__SQL_READ_CHOICE,       /* 0 or 1, or words for it */
    ASSAY__SQL_READ_EITHER,       /* a number or such a word */
    ASSAY__SQL_READ_FILTER,       /* what a filter compares with a number */
    ASSAY__SQL_READ_FILTER_CHOICE /* what a filter compares with true or false */
};

/** struct assay__sql_read: a cell of a source read as a number. */
struct assay__sql_read {
    uint32_t source, cell;
    enum assay__sql_read_kind kind;
};

struct assay__sql {
    const struct assay_plan *plan;
    const struct assay__sql_options *options;
    const struct assay__sql_dialect *dialect;
    struct assay__binding binding;
    struct assay__arena arena;
    struct assay__text *out;
    struct assay__sql_read *reads;
    uint32_t read_count, read_capacity;
    bool is_part;            /* ends with cells */
    unsigned scale;          /* 0 where numbers need none */
    unsigned value_digits;   /* 0: any */
    struct assay_error *err; /* of the first failure */
    enum assay_status status;
};

/** assay__sql_format() is sprintf into the arena; "" without memory, which the end reports. */
const char *assay__sql_format(struct assay__sql *sql, const char *format, ...) ASSAY__PRINTF(2, 3);

/** assay__sql_keep() moves a gathered text into the arena; "" without memory, as above. */
const char *assay__sql_keep(struct assay__sql *sql, struct assay__text *text);

/** assay__sql_fill() puts arguments in the places $1, $2, $3 of a dialect's text. */
const char *assay__sql_fill(struct assay__sql *sql, const char *pattern, const char *first,
                            const char *second, const char *third);

/** assay__sql_name() quotes an identifier; assay__sql_literal() a text. */
const char *assay__sql_name(struct assay__sql *sql, const char *name);
const char *assay__sql_literal(struct assay__sql *sql, const char *text);

/** assay__sql_put() appends to the statement. */
void assay__sql_put(struct assay__sql *sql, const char *format, ...) ASSAY__PRINTF(2, 3);

/** assay__sql_comment() appends text to a comment that ends with the line: no character ends it. */
void assay__sql_comment(struct assay__sql *sql, const char *text);

/** assay__sql_table() is a table's name with its schema. */
const char *assay__sql_table(struct assay__sql *sql, const char *table);

/** assay__sql_fail() keeps the first failure. */
void assay__sql_fail(struct assay__sql *sql, enum assay_status status, const char *format, ...)
    ASSAY__PRINTF(3, 4);

/** assay__sql_read() finds or adds a read. */
uint32_t assay__sql_read(struct assay__sql *sql, uint32_t source, uint32_t cell,
                         enum assay__sql_read_kind kind);
/** assay__sql_scale() is the scale of a read: 0 for choices. */
unsigned assay__sql_scale(const struct assay__sql *sql, enum assay__sql_read_kind kind);
/** assay__sql_power() is 10 to the power n, as text. */
const char *assay__sql_power(struct assay__sql *sql, unsigned n);
/** assay__sql_number() is the expression that reads a number from columns cN and nN. */
const char *assay__sql_number(struct assay__sql *sql, const struct assay__sql_read *read);
/** assay__sql_unfit() tests whether a cell holds something that its read, column of alias, is not.
 */
const char *assay__sql_unfit(struct assay__sql *sql, const char *alias, uint32_t read);
/** assay__sql_is_missing() tests a text column as numbers do, or as names do (the usual words). */
const char *assay__sql_is_missing(struct assay__sql *sql, const char *column, bool is_name);

/** assay__sql_reads_of_filters() adds the reads of all filters. */
void assay__sql_reads_of_filters(struct assay__sql *sql);
/** assay__sql_where() is the condition of a filter, never NULL, on columns of an alias. */
const char *assay__sql_where(struct assay__sql *sql, uint32_t where, const char *alias);

/** assay__sql_variable_read() is the read of a variable or a channel; UINT32_MAX for none. */
uint32_t assay__sql_variable_read(struct assay__sql *sql, uint32_t source,
                                  const struct assay__variable *variable);
/** assay__sql_whole() is a whole number of any length, from its digits. */
const char *assay__sql_whole(struct assay__sql *sql, const char *digits);
/** assay__sql_has_looks(): the plan has a granularity. */
bool assay__sql_has_looks(const struct assay__sql *sql);
/** assay__sql_number_scale() is the scale of number n, variables first, then folds. */
unsigned assay__sql_number_scale(const struct assay__sql *sql, uint32_t number);

/** assay__sql_source_table() is the table of a source, 0 or events. */
const char *assay__sql_source_table(struct assay__sql *sql, uint32_t source);
/** assay__sql_put_list_of_units() is a statement of its own. */
void assay__sql_put_list_of_units(struct assay__sql *sql, uint32_t count);

/** The parts of a statement, in their order. */
void assay__sql_put_rows(struct assay__sql *sql, uint32_t source);
void assay__sql_put_units(struct assay__sql *sql);
void assay__sql_put_folds(struct assay__sql *sql, uint32_t source);
void assay__sql_put_measured(struct assay__sql *sql);
void assay__sql_put_span(struct assay__sql *sql);
void assay__sql_put_states(struct assay__sql *sql);
void assay__sql_put_vectors(struct assay__sql *sql);
void assay__sql_put_cells(struct assay__sql *sql);
void assay__sql_put_select(struct assay__sql *sql);

#endif
