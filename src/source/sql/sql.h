/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_SQL_SQL_H
#define ASSAY_SOURCE_SQL_SQL_H

#include "analysis/plan_model.h"
#include "base/text.h"
#include "source/sql/dialect.h"

enum {
    ASSAY__SQL_SCALE = 4,
    ASSAY__SQL_SCALE_MAX = 18,
    ASSAY__SQL_SHARDS_MAX = 64,
    ASSAY__SQL_UNITS = 100000, /* of each part that are held against the others' */
    ASSAY__SQL_UNITS_MAX = 100000000
};

/** struct assay__sql_events: the table of one of the plan's events. */
struct assay__sql_events {
    const char *name, *table;
};

/** struct assay__sql_options: what a statement is written for. */
struct assay__sql_options {
    const struct assay__sql_dialect *dialect;
    const char *schema; /* of all tables; NULL: the connection's */
    const char *table;  /* of units or exposures: one identifier, quoted whole */
    const struct assay__sql_events *events;
    size_t event_count;
    unsigned scale;        /* digits after the point, where the dialect has whole numbers */
    bool without_cubes;    /* no third powers: the result has no check of skewness */
    bool is_fetched;       /* rows go to this program, not through the engine's client to a file */
    const char *plan_name; /* for the comment; NULL when it has none */
    const char *view;      /* of a part, see assay__sql_write_view(); NULL */
    const char *const *shards; /* schemas, each with such a view; table and events then count for
                                  nothing */
    size_t shard_count;
    uint32_t unit_check; /* units of each shard that are looked for in the others; 0: none */
};

/** ASSAY__SQL_UNITS_NOTE is said where a part of the units was looked for in other places. */
#define ASSAY__SQL_UNITS_NOTE                                                                      \
    "A random part of the units was looked for in the other sources, and none was found in two."

/**
 * assay__sql_needs_schema(): a table has the name of a subquery of the statement, which the engine
 * would take it for; the dialect's own_schema asks for the schema that tells them apart.
 */
bool assay__sql_needs_schema(const struct assay__sql_options *options);

/**
 * assay__sql_write() writes the statement that computes a plan's sufficient statistics from tables,
 * with the columns of a table that 'assay summarize' writes. What a warehouse cannot compute
 * exactly is ASSAY_ERROR_PLAN with the reason; ASSAY_ERROR_USAGE when the events have no table;
 * ASSAY_ERROR_LIMIT when the engine does not take as many columns.
 */
enum assay_status assay__sql_write(const struct assay_plan *plan,
                                   const struct assay__sql_options *options,
                                   struct assay__text *out, struct assay_error *err);

/**
 * assay__sql_write_view() writes statements that make the view named by the options where a part of
 * the rows is, and with a unit the view of the same name and _units. assay__sql_write() adds the
 * parts up. Errors as above, and of assay__sql_check_parts().
 */
enum assay_status assay__sql_write_view(const struct assay_plan *plan,
                                        const struct assay__sql_options *options,
                                        struct assay__text *out, struct assay_error *err);

/**
 * assay__sql_check_parts() refuses a plan whose sums depend on all rows at once: ASSAY_ERROR_PLAN.
 */
enum assay_status assay__sql_check_parts(const struct assay_plan *plan, struct assay_error *err);

/**
 * assay__sql_write_units() writes the statement that lists units, so that parts of the data can be
 * held against each other: their MD5, the unit, and 1 where it is in the table of exposures. They
 * come in the order of the first, at most count of them.
 */
enum assay_status assay__sql_write_units(const struct assay_plan *plan,
                                         const struct assay__sql_options *options, uint32_t count,
                                         struct assay__text *out, struct assay_error *err);

#endif
