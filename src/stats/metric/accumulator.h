/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_STATS_METRIC_ACCUMULATOR_H
#define ASSAY_STATS_METRIC_ACCUMULATOR_H

#include "base/arena.h"
#include "base/text.h"
#include "stats/centred.h"

enum { ASSAY__LOADED_GROUPS_MAX = 2000 }; /* groups that are estimated together */

/**
 * struct assay__state_text: how a table of sums holds a state. The state takes a number of rows,
 * each with a count of units and a text in one column; what the rows hold adds up to the state.
 * Equal states take equal rows.
 */
struct assay__state_text {
    const char *column; /* its name, which no other column of such tables has */
    uint32_t (*row_count)(const void *state);
    /* Appends the text of a row, of at most ASSAY_FIELD_BYTES_MAX bytes; *count: units in it. */
    enum assay_status (*write)(const void *state, uint32_t row, uint64_t *count,
                               struct assay__text *text, struct assay_error *err);
    /* Adds what a row holds. ASSAY_ERROR_DOMAIN: the text is malformed, is not of count units, or
       was added before. */
    enum assay_status (*read)(void *state, uint64_t count, const char *text, size_t length,
                              struct assay_error *err);
};

/**
 * ASSAY__ACCUMULATOR_LIST: what a cell of a dataset may keep of a metric, as X(name). A new one is
 * a file with the row assay__accumulator_NAME, its line here, and the kinds of metrics that name it
 * in their own rows.
 */
#define ASSAY__ACCUMULATOR_LIST(X)                                                                 \
    X(moments) /* struct assay_moments: count, sums, sums of products, third-order sums */

/**
 * struct assay__accumulator is a row of that list. A state takes in the vectors of a cell's units
 * and is a function of them alone: their order, and the parts they came in, leave no trace. States
 * that meet in a function were made with the same shape. Functions with a status fail with
 * ASSAY_ERROR_MEMORY or _LIMIT; unless said otherwise a state that failed can only be freed.
 */
struct assay__accumulator {
    /* Makes an empty state. */
    enum assay_status (*make)(struct assay_moments_shape shape, void **state,
                              struct assay_error *err);
    void (*free)(void *state); /* NULL is fine */
    /* NULL, or makes one in an arena: free() then gives back what it took besides, and is called
       while the arena lives. */
    enum assay_status (*make_in)(struct assay__arena *arena, struct assay_moments_shape shape,
                                 void **state, struct assay_error *err);
    /* How a table of sums holds it; NULL for moments, whose sums have a column each, so that
       people and databases write such tables, too. What has a text takes values alone: its shape
       is {0, 0}. */
    const struct assay__state_text *text;
    /* The shape it was made with. */
    struct assay_moments_shape (*shape)(const void *state);
    /* Units that were added. */
    uint64_t (*count)(const void *state);
    /* Units whose covariate i is missing. */
    uint64_t (*missing)(const void *state, uint32_t covariate);
    /* Adds one vector; bit i of missing says that covariate i is missing. Fails without effect. */
    enum assay_status (*add)(void *state, const struct assay_decimal *values, uint32_t missing,
                             struct assay_error *err);
    /* Adds all that another state holds. */
    enum assay_status (*merge)(void *into, const void *from, struct assay_error *err);
    /* Takes out all that another state holds; from holds it. */
    enum assay_status (*subtract)(void *from, const void *what, struct assay_error *err);
    /* Appends text of which the data's digest is taken: equal states give equal text. */
    enum assay_status (*digest)(const void *state, struct assay__text *text,
                                struct assay_error *err);
    /* Fills groups[i] for the estimators from states[i], which is NULL for a group without units;
       count is at most ASSAY__LOADED_GROUPS_MAX. fill[i] becomes the mean of covariate i over all
       groups where some unit lacks a covariate, else 0. level: which quantile is wanted; NaN: none.
     */
    enum assay_status (*load)(const void *const *states, uint32_t count,
                              struct assay_moments_shape shape, double level,
                              struct assay__wide *fill, struct assay__group *groups,
                              struct assay_error *err);
};

#define ASSAY__ACCUMULATOR(name) extern const struct assay__accumulator assay__accumulator_##name;
ASSAY__ACCUMULATOR_LIST(ASSAY__ACCUMULATOR)
#undef ASSAY__ACCUMULATOR

/** assay__accumulators: the rows of the list; NULL ends them. */
extern const struct assay__accumulator *const assay__accumulators[];

/** assay__same_shape(): vectors of either shape have the same parts. */
bool assay__same_shape(struct assay_moments_shape a, struct assay_moments_shape b);

/** assay__state_copy() makes a state that holds what another one holds. */
enum assay_status assay__state_copy(const struct assay__accumulator *keeps, const void *state,
                                    void **out, struct assay_error *err);

#endif
