/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_CLI_PLAN_INIT_GUESS_H
#define ASSAY_CLI_PLAN_INIT_GUESS_H

#include "cli/plan_init_profile.h"

#define GUESS_NONE UINT32_MAX
enum { GUESS_GROUPS_MAX = 20 /* more values than this are not groups */ };

/** enum column_use: what a column is taken for. */
enum column_use {
    USE_OTHER, /* nothing in particular */
    USE_GROUP,
    USE_UNIT,
    USE_TIME,
    USE_PROPORTION, /* metric of zeros and ones */
    USE_MEAN,       /* metric of numbers */
    USE_TWIN,       /* numbers of before the exposure that belong to a metric */
    USE_BEFORE,     /* seems to be of before the exposure, for no metric in particular */
    USE_DIMENSION
};

/** struct column_guess: the use, and what goes with it. */
struct column_guess {
    enum column_use use;
    uint32_t metric;     /* USE_TWIN: column of its metric */
    bool is_guardrail;   /* metrics: what should not get worse */
    bool wants_decrease; /* metrics: less is better */
    const char *check;   /* metrics: what is not known of its direction; USE_OTHER: why numbers
                            are left out that may be one; NULL. Static text. */
    bool has_gaps;       /* metrics: many of its cells are missing */
    bool is_rate;        /* metrics: a rate or an average, by its name */
    bool is_of_unit;     /* metrics: the same in all rows of a unit */
    bool is_cluster;     /* its values hold several units and lie within one group each */
    const char *reason;  /* USE_OTHER: why it is in no part of the plan. Static text. */
};

/** struct table_guess: the guesses for all columns of a table. */
struct table_guess {
    struct column_guess *columns; /* [profile->column_count] */
    uint32_t group, unit, time;   /* columns, or GUESS_NONE */
    uint32_t names;               /* column of texts that tell metrics apart, or GUESS_NONE */
    uint32_t strata;              /* column of which each value has one row in each group */
    uint32_t baseline;            /* value of the group column, or GUESS_NONE */
    bool is_sure_group;           /* the name or the values of the group's column say so */
    bool is_sure_baseline;        /* its name says so */
    bool unit_repeats;            /* rows of a unit differ in what is measured: they are events */
    bool has_equal_rows;          /* units have several rows, which do not differ */
    bool is_group_by_sizes;       /* no name says that it is the group */
    uint32_t metric_count;
};

/** struct named_columns: those that the user named, or NULL. */
struct named_columns {
    const char *group, *unit, *time;
    bool has_metrics; /* what is measured is known, too: nothing need be found */
};

/** guess_aggregation() is how a metric's rows become a unit's value; NULL where none is needed. */
const char *guess_aggregation(const struct table_guess *guess, uint32_t column);

/**
 * guess_find_group() is the column that looks most like the group, or GUESS_NONE; *is_sure: no
 * other one does nearly as much. guess_find_group_by_sizes() goes by even sizes alone.
 */
uint32_t guess_find_group(const struct table_profile *profile, bool *is_sure);
uint32_t guess_find_group_by_sizes(const struct table_profile *profile);

/**
 * guess_find_unit() is the column that looks most like the unit's id, and guess_find_time() that of
 * the exposure's time; GUESS_NONE where none does. guess_find_clusters() marks the coarser columns
 * that lie within the groups, too: the draw may have been by them.
 */
uint32_t guess_find_unit(const struct table_profile *profile, const struct table_guess *guess);
uint32_t guess_find_time(const struct table_profile *profile);
void guess_find_clusters(const struct table_profile *profile, struct table_guess *guess);

/**
 * guess_find_strata() is a column of which each value has one row in each group, as days and
 * countries have in tables of totals, and units that were in all groups; GUESS_NONE without one.
 */
uint32_t guess_find_strata(const struct table_profile *profile, const struct table_guess *guess);

/**
 * guess_table() guesses from names and values. ASSAY_ERROR_DATA when a named column is not there or
 * nothing can be measured. Call guess_release() always; zero-initialise *guess.
 */
enum assay_status guess_table(const struct table_profile *profile,
                              const struct table_source *source, const struct named_columns *named,
                              struct table_guess *guess, struct assay_error *err);
void guess_release(struct table_guess *guess);

#endif
