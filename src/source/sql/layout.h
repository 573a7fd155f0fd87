/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_SQL_LAYOUT_H
#define ASSAY_SOURCE_SQL_LAYOUT_H

#include "source/sql/writer.h"

/** struct assay__sql_sum: a sum of a metric, over products of its numbers. */
struct assay__sql_sum {
    uint32_t order; /* 1 to 3 factors */
    uint32_t factor[3];
    unsigned scale; /* it is this sum times 10^-scale */
};

/** assay__sql_sum() is a sum by its index, in the order of assay__column_sum(). */
struct assay__sql_sum assay__sql_sum(const struct assay__sql *sql, uint32_t metric, uint32_t index);
uint32_t assay__sql_sum_count(const struct assay__sql *sql, uint32_t metric);

/** assay__sql_value() is number i of a metric of a unit, alias u, with its caps; never NULL. */
const char *assay__sql_value(struct assay__sql *sql, uint32_t metric, uint32_t i);
/** assay__sql_value_scale() is its scale: that of the number, or of the caps of a count. */
unsigned assay__sql_value_scale(const struct assay__sql *sql, uint32_t metric, uint32_t i);
/** assay__sql_has_value(): the metric has a value of unit u: its numbers are there, or need not be,
 * and its window is over. */
const char *assay__sql_has_value(struct assay__sql *sql, uint32_t metric, bool must_be_there);
/** assay__sql_units() is the subquery of units, one row each or, with looks, one for each change.
 */
const char *assay__sql_units(const struct assay__sql *sql);
/** assay__sql_needs_span(): the latest row is needed by the way, as t9 or last of alias l. */
bool assay__sql_needs_span(const struct assay__sql *sql);
/** assay__sql_caps_at_quantiles(): the metric has such a cap. */
bool assay__sql_caps_at_quantiles(const struct assay__sql *sql, uint32_t metric);
/** assay__sql_cap_columns() is a form with the name of each cap at a quantile for $1. */
const char *assay__sql_cap_columns(struct assay__sql *sql, const char *form);
bool assay__sql_has_caps(const struct assay__sql *sql);
/** assay__sql_put_caps() finds caps at quantiles: one row of caps with lowM and highM. */
void assay__sql_put_caps(struct assay__sql *sql);

/** assay__sql_counts() is whether a row of alias r counts for a fold, and by which read. */
const char *assay__sql_counts(struct assay__sql *sql, const struct assay__fold *fold,
                              uint32_t *read);
/** assay__sql_is_by_look(): the fold's number changes from look to look. */
bool assay__sql_is_by_look(const struct assay__sql *sql, const struct assay__fold *fold);
/** assay__sql_has_fold(): some fold of a source does, or does not. */
bool assay__sql_has_fold(const struct assay__sql *sql, uint32_t source, bool by_look);
/** assay__sql_put_timed() adds times of first and last values to rows, qN of fold N, and returns
 * the name of the subquery; rows itself when no fold needs them. */
const char *assay__sql_put_timed(struct assay__sql *sql, uint32_t source, bool by_look,
                                 const char *rows, const char *keys);
/** Columns of a query of rows, alias r, that groups by unit: fN of folds, bN of unfit cells. */
void assay__sql_put_fold_columns(struct assay__sql *sql, uint32_t source, bool by_look);
void assay__sql_put_unfit_columns(struct assay__sql *sql, uint32_t source);
/** assay__sql_put_fold_number() makes number nN of a fold, column fN of alias; xN is 1 when it has
 * more digits than the statement computes with. */
void assay__sql_put_fold_number(struct assay__sql *sql, uint32_t f, const char *alias);
bool assay__sql_may_overflow(const struct assay__sql *sql, uint32_t f);

/** enum assay__sql_cell_kind: what a column of cells is. */
enum assay__sql_cell_kind {
    ASSAY__SQL_CELL_KEY,    /* a small number that cells are told apart by */
    ASSAY__SQL_CELL_NAME,   /* a text that they are */
    ASSAY__SQL_CELL_TIME,   /* the end of a look that they are, or NULL */
    ASSAY__SQL_CELL_COUNT,  /* is added up */
    ASSAY__SQL_CELL_LATEST, /* a time of which the largest counts, or NULL */
    ASSAY__SQL_CELL_SUM     /* is added up, as the dialect adds numbers of many digits */
};

/** struct assay__sql_cell_column: its name, and how it is made of vectors v. */
struct assay__sql_cell_column {
    enum assay__sql_cell_kind kind;
    const char *name, *made;
};

/** struct assay__sql_cells: the columns of cells, keys first; caps at quantiles are not among them.
 */
struct assay__sql_cells {
    struct assay__sql_cell_column *list;
    uint32_t count, key_count, first_of_metrics;
};

struct assay__sql_cells assay__sql_list_cells(struct assay__sql *sql);

/** assay__sql_put_part() ends the statement of a part: its cells and what else the whole needs. */
void assay__sql_put_part(struct assay__sql *sql);
/** assay__sql_put_shards() gathers parts, in place of rows, units and cells. */
void assay__sql_put_shards(struct assay__sql *sql);
/** assay__sql_digest() is that of the plan, in hexadecimal digits. */
const char *assay__sql_digest(struct assay__sql *sql);

/** assay__sql_look() is the end of the look with an instant in it, both in microseconds. */
const char *assay__sql_look(struct assay__sql *sql, const char *instant);

/** struct assay__sql_running: columns of sums over cells. */
struct assay__sql_running {
    uint32_t columns; /* aN */
    bool has_caps;    /* w */
};

/** assay__sql_put_looks() lists looks, and makes of what is new at looks what there is since then.
 */
void assay__sql_put_looks(struct assay__sql *sql, const struct assay__sql_running *what);

#endif
