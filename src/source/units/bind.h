/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_UNITS_BIND_H
#define ASSAY_SOURCE_UNITS_BIND_H

#include "analysis/plan_model.h"
#include "base/arena.h"
#include "source/csv/csv.h"
#include "plan/filter/filter.h"

/**
 * struct assay__binding says which columns a plan uses of its tables and what for.
 *
 * Source 0 is the table of exposures, or of units, which is the same; sources 1 .. event_count are
 * the plan's events. The cells of a source are the distinct columns in the order in which the plan
 * needs them, whatever the order in a file: a row is an array of cells.
 *
 * What a metric is made of are numbers of a unit. A variable is a column of source 0 that holds the
 * number itself, in each row of the unit the same. A fold makes the number from several rows of a
 * channel: the values of one column in the rows of a source that pass a filter. Numbers are counted
 * through: first all variables, then all folds. Everything else is an index into cells of its
 * source, or ASSAY__UNBOUND.
 */
#define ASSAY__UNBOUND UINT32_MAX

/** enum assay__variable_kind: how the text of a variable is read. */
enum assay__variable_kind {
    ASSAY__VARIABLE_NUMBER,
    ASSAY__VARIABLE_CHOICE, /* 0 or 1, or words for it */
    ASSAY__VARIABLE_EITHER, /* a number or such a word: covariates of proportions */
    ASSAY__VARIABLE_ROW,    /* of channels only: the row counts, whatever it holds */
    ASSAY__VARIABLE_VALUE,  /* of channels only: the row counts when the cell is not missing */
    ASSAY__VARIABLE_TEXT    /* of channels only: the text itself */
};

/** struct assay__variable is a column read as numbers; each (column, kind) is read once a row. */
struct assay__variable {
    uint32_t cell;
    enum assay__variable_kind kind;
};

/** struct assay__where is a filter and where its columns are. */
struct assay__where {
    const char *text;
    uint32_t source;
    struct assay__filter *filter;
    const uint32_t *cells; /* of the filter's columns */
};

/** struct assay__channel: what rows of a source give, at most once a row. */
struct assay__channel {
    uint32_t source;
    struct assay__variable variable; /* cell is ASSAY__UNBOUND for ASSAY__VARIABLE_ROW */
    uint32_t where;                  /* number of a filter, or ASSAY__UNBOUND */
};

/**
 * struct assay__fold: how rows of a channel become a number of the unit. Of the rows count those
 * with from <= time - exposure < to, or all where the fold has no times.
 */
struct assay__fold {
    uint32_t channel;
    enum assay_aggregation aggregation;
    bool is_share;    /* 1 when the outcome is above 0, else 0 */
    bool has_times;   /* false: source 0 is not a table of events, all rows of a unit count */
    bool is_open;     /* the window ends with the look */
    uint32_t partial; /* which partial number of the unit holds what came so far; ASSAY__UNBOUND:
                         its rows are kept until all are there */
    int64_t from, to; /* nanoseconds after the exposure; to is INT64_MAX when it is open */
};

/** assay__time_after() is the time from one instant to another, as far as 64 bits go. */
static inline int64_t assay__time_after(int64_t from_ns, int64_t time_ns)
{
    int64_t after;
    if (__builtin_sub_overflow(time_ns, from_ns, &after))
        return time_ns > from_ns ? INT64_MAX : INT64_MIN;
    return after;
}

/** assay__is_between(): from <= after < to, where INT64_MAX has no end. */
static inline bool assay__is_between(int64_t after, int64_t from, int64_t to)
{
    return after >= from && (after < to || to == INT64_MAX);
}

/** assay__fold_has() tells whether a row of this time counts for a unit's fold. */
static inline bool assay__fold_has(const struct assay__fold *fold, int64_t first_ns,
                                   int64_t time_ns)
{
    return !fold->has_times ||
           assay__is_between(assay__time_after(first_ns, time_ns), fold->from, fold->to);
}

/** assay__fold_empty() is the partial number of a unit without rows. */
uint64_t assay__fold_empty(const struct assay__fold *fold);

/** struct assay__metric_use: numbers (indices) of a metric, as its moments order them. */
struct assay__metric_use {
    uint32_t count;      /* value, denominator?, covariates */
    uint32_t required;   /* of those, the first ones may not be missing: 1 or 2 */
    uint32_t *variables; /* [count]: variables, then variable_count + fold */
    bool has_folds;      /* some of the required ones are folds */
    bool is_open;        /* and change until the look ends */
    int64_t complete;    /* else: nanoseconds from exposure until they do not change */
};

/** struct assay__columns: the columns that are used of a source. */
struct assay__columns {
    const char *events; /* name of the events; NULL for source 0 */
    const char **names; /* [count]: each once */
    uint32_t count, capacity;
    uint32_t unit, time;
};

struct assay__binding {
    const struct assay_plan *plan;
    struct assay__columns *sources; /* [source_count] */
    uint32_t source_count;
    uint32_t group;
    uint32_t *dimensions;        /* [plan->dimension_count] */
    struct assay__where *wheres; /* segments first, in the plan's order */
    uint32_t where_count, where_capacity;
    uint32_t plan_where; /* filter of rows of source 0 that belong to the analysis */
    struct assay__variable *variables;
    uint32_t variable_count;
    struct assay__channel *channels;
    uint32_t channel_count;
    struct assay__fold *folds;
    uint32_t fold_count;
    /* What is known of a unit is its content, this many words: a 32-bit number for the value of
       each dimension, from a whole word on a bit for each segment, and from word slice_words on
       the variables. Beside it stand the words of what folds made of the rows so far. */
    uint32_t slice_words, content_words, partial_count;
    struct assay__metric_use *metrics; /* [plan->metric_count] */
    uint32_t filter_width;             /* most columns that a filter has */
    uint32_t cells_max;                /* most cells that a source has */
    const struct assay__halt *halt;    /* NULL: nobody ends the reading */
    struct assay__arena arena;
};

/** assay__binding_init() makes the binding of a plan; release it also when this fails. */
enum assay_status assay__binding_init(struct assay__binding *binding, const struct assay_plan *plan,
                                      struct assay_error *err);
void assay__binding_release(struct assay__binding *binding);

/** assay__binding_columns() finds each cell's column in a file of a source. */
enum assay_status assay__binding_columns(const struct assay__binding *binding, uint32_t source,
                                         const struct assay__rows *rows, uint32_t *columns,
                                         struct assay_error *err);

/**
 * assay__binding_passes(): does a row, the cells of a source, pass a filter? filter_cells is room
 * for filter_width cells. ASSAY__UNBOUND is passed by every row.
 */
bool assay__binding_passes(const struct assay__binding *binding, uint32_t where,
                           const struct assay__field *cells, struct assay__field *filter_cells);

/** assay__binding_cell() finds or adds the cell of a column of a source. */
uint32_t assay__binding_cell(struct assay__binding *binding, uint32_t source, const char *column);

/** assay__binding_add_where() adds a filter of a source, its columns found. */
enum assay_status assay__binding_add_where(struct assay__binding *binding, uint32_t source,
                                           const char *text, struct assay_error *err);

/** assay__binding_where() finds or adds a filter of a source; NULL text gives ASSAY__UNBOUND. */
enum assay_status assay__binding_where(struct assay__binding *binding, uint32_t source,
                                       const char *text, uint32_t *where, struct assay_error *err);

/** assay__bind_metric() binds what a metric is made of: source/units/bind_metric.c. */
enum assay_status assay__bind_metric(struct assay__binding *binding, uint32_t metric,
                                     struct assay_error *err);

/** assay__bind_finish() numbers the folds behind the variables, once all metrics are bound. */
void assay__bind_finish(struct assay__binding *binding);

/** assay__bind_partials() lays out what is known of units: source/units/bind_partial.c. */
void assay__bind_partials(struct assay__binding *binding);

/** assay__binding_segments() is the first word of the content with segments. */
static inline uint32_t assay__binding_segments(const struct assay_plan *plan)
{
    return (plan->dimension_count + 1) / 2;
}

#endif
