/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_UNITS_TALLY_H
#define ASSAY_SOURCE_UNITS_TALLY_H

#include "analysis/dataset.h"
#include "source/units/row.h"

/** struct assay__cap holds a metric's caps in force. */
struct assay__cap {
    bool has_lower, has_upper;
    struct assay_decimal lower, upper;
};

/**
 * struct assay__tally adds units to a dataset: to one cell for each slice a unit belongs to, at the
 * look from which on it counts. What is taken back at a later look, because a unit has been seen in
 * a second group or its value has changed, goes to a second dataset; assay__dataset_accumulate()
 * then makes of both what there is at each look.
 */
struct assay__tally {
    struct assay_dataset *dataset;
    struct assay_dataset *taken; /* NULL until something is taken back */
    const struct assay__binding *binding;
    const struct assay__unit_names *names;
    struct assay__cap *caps;                 /* [metric_count] */
    const struct assay__accumulator **keeps; /* [metric_count], of each metric's kind */
    struct assay__slots {
        uint32_t *numbers; /* in the dataset, of names: group, or slice; UINT32_MAX: not yet */
        uint32_t capacity;
    } * known[2];                      /* [1 + dimension_count] for each of the datasets */
    struct assay__cell_memo *memos[2]; /* cells found lately; NULL before the first */
    uint32_t group;                    /* of the unit at hand, in names */
    const uint64_t *content;           /* of the unit at hand: see bind.h */
    struct assay__arena arena;
};

/** assay__tally_init() begins with the caps that the plan gives as values. Release it always. */
enum assay_status assay__tally_init(struct assay__tally *tally, struct assay_dataset *dataset,
                                    const struct assay__binding *binding,
                                    const struct assay__unit_names *names, struct assay_error *err);
void assay__tally_release(struct assay__tally *tally);

/** assay__tally_set_cap() sets a cap that was found in the data; the digits are copied. */
enum assay_status assay__tally_set_cap(struct assay__tally *tally, uint32_t metric, bool is_upper,
                                       const struct assay_decimal *value, struct assay_error *err);

/** assay__tally_unit() says which unit is at hand; content is borrowed until the next. */
void assay__tally_unit(struct assay__tally *tally, uint32_t group, const uint64_t *content);

/** assay__tally_count() counts the unit at hand from a look on, or no longer. */
enum assay_status assay__tally_count(struct assay__tally *tally, int64_t look, bool is_taken,
                                     struct assay_error *err);

/**
 * struct assay__vector is what a unit gives to a metric. It does not count when is_missing, with
 * a missing value that the plan does not take for 0.
 */
struct assay__vector {
    struct assay_decimal values[ASSAY_VARIABLES_MAX];
    uint32_t missing_covariates;
    bool is_missing, counts;
};

/** assay__tally_vector() puts a metric's numbers together, capped; numbers as in bind.h. */
void assay__tally_vector(const struct assay__tally *tally, uint32_t metric,
                         const struct assay__number *numbers, struct assay__vector *out);

/** assay__tally_add() adds a vector of the unit at hand from a look on, or takes it back. */
enum assay_status assay__tally_add(struct assay__tally *tally, uint32_t metric, int64_t look,
                                   const struct assay__vector *vector, bool is_taken,
                                   struct assay_error *err);

#endif
