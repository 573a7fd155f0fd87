/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_ANALYSIS_DATASET_H
#define ASSAY_ANALYSIS_DATASET_H

#include "analysis/results.h"
#include "assay/dataset.h"
#include "base/arena.h"
#include "base/halt.h"
#include "stats/metric/accumulator.h"

/**
 * How sources fill a dataset. Indices are stable once given out: groups, looks and dimension values
 * in order of appearance (assay_dataset_analyze() puts them in canonical order). Slice 0 is the
 * total, slices 1 .. segment_count the segments of the plan, dimension values follow.
 */
struct assay__cell {
    uint64_t units; /* units of the group in this slice and look */
    void *states[]; /* [plan->metric_count], of each metric's accumulator; NULL before any unit */
};

const struct assay_plan *assay__dataset_plan(const struct assay_dataset *dataset);

/** assay__fail_groups() says that there are more than ASSAY_GROUPS_MAX groups. */
enum assay_status assay__fail_groups(struct assay_error *err);

/** assay__dataset_group() finds or adds a group by id. ASSAY_ERROR_LIMIT past ASSAY_GROUPS_MAX. */
enum assay_status assay__dataset_group(struct assay_dataset *dataset, const char *id, size_t length,
                                       uint32_t *index, struct assay_error *err);

/** assay__dataset_slice() finds or adds the slice plan->dimensions[dimension] = value. */
enum assay_status assay__dataset_slice(struct assay_dataset *dataset, uint32_t dimension,
                                       const char *value, size_t length, uint32_t *index,
                                       struct assay_error *err);

/** assay__dataset_look() finds or adds a look by its end; INT64_MIN: data without time. */
enum assay_status assay__dataset_look(struct assay_dataset *dataset, int64_t time_ns,
                                      uint32_t *index, struct assay_error *err);

/**
 * assay__dataset_observe() tells of a row's time. Data of one look carry INT64_MIN as the look's
 * time; the analysis then gives it the plan's asOf, or else the latest time observed.
 */
void assay__dataset_observe(struct assay_dataset *dataset, int64_t time_ns);

/** assay__dataset_cell() finds or makes a cell; *cell stays valid as long as the dataset. */
enum assay_status assay__dataset_cell(struct assay_dataset *dataset, uint32_t slice, uint32_t look,
                                      uint32_t group, struct assay__cell **cell,
                                      struct assay_error *err);

/** assay__dataset_forget() frees what a slice keeps of a metric; units stay. */
void assay__dataset_forget(struct assay_dataset *dataset, uint32_t slice, uint32_t metric);

/** assay__dataset_trim() forgets the values of dimensions, whose states are freed. */
void assay__dataset_trim(struct assay_dataset *dataset);

/** assay__metric_accumulator() is what the kind of a metric keeps in a cell. */
const struct assay__accumulator *assay__metric_accumulator(const struct assay_metric_plan *metric);

/** assay__metric_state() makes a state for a metric where *state is NULL. */
enum assay_status assay__metric_state(const struct assay_metric_plan *metric, void **state,
                                      struct assay_error *err);

/** assay__metric_needs_moments() refuses a metric that keeps something else: ASSAY_ERROR_PLAN. */
enum assay_status assay__metric_needs_moments(const struct assay_metric_plan *metric,
                                              struct assay_error *err);

/**
 * assay__cell_moments() finds or makes a cell's moments of a metric, shaped as the plan says, for
 * sources that have sums. ASSAY_ERROR_PLAN where the metric keeps something else.
 */
enum assay_status assay__cell_moments(struct assay_dataset *dataset, struct assay__cell *cell,
                                      uint32_t metric, struct assay_moments **moments,
                                      struct assay_error *err);

/**
 * assay__dataset_accumulate() makes of what is new at each look what there is at each look: on
 * entry the cells of a look hold what it adds, those of taken what it takes back of that;
 * afterwards they hold all up to and with it. times are those of all looks, ascending: a look
 * without anything new has what the one before has, and looks before the first unit are left out.
 * taken may be NULL; it is used up.
 * halt is asked at each slice; NULL: nobody ends it.
 */
enum assay_status assay__dataset_accumulate(struct assay_dataset *dataset,
                                            struct assay_dataset *taken, const int64_t *times,
                                            uint32_t count, const struct assay__halt *halt,
                                            struct assay_error *err);

/** assay__dataset_adopt() takes over the memory of states that the dataset's cells got. */
void assay__dataset_adopt(struct assay_dataset *dataset, struct assay__arena *states);

/** assay__dataset_mutable_counts(): add to it as rows are read. */
struct assay_counts *assay__dataset_mutable_counts(struct assay_dataset *dataset);

/**
 * assay__dataset_add_missing() counts units whose value of a metric is missing (all slices
 * together: call once per unit). Missing covariates are counted by the moments.
 */
void assay__dataset_add_missing(struct assay_dataset *dataset, uint32_t metric, uint64_t count);

/**
 * assay__dataset_skip() counts rows that were skipped by the group they name: what is left of a
 * group that lost more than others is not a fair sample. Rows whose group cannot be told are not
 * counted here.
 */
enum assay_status assay__dataset_skip(struct assay_dataset *dataset, const char *group,
                                      size_t length, uint64_t rows, struct assay_error *err);

/**
 * struct assay__input: a file that was read, or that sums were made of. digest is of its bytes;
 * rows may be 0. events: the plan's events that it belongs to; "" for exposures, units and sums.
 */
struct assay__input {
    const char *events, *digest;
    uint64_t rows;
};

/**
 * assay__dataset_input() remembers an input. *is_known: one with the same bytes is there already,
 * whose rows this one would count again. Files without rows may be there many times.
 */
enum assay_status assay__dataset_input(struct assay_dataset *dataset,
                                       const struct assay__input *input, bool *is_known,
                                       struct assay_error *err);

/**
 * assay__dataset_unseal(): something was read of which nobody knows what it was made of, such as a
 * table of sums without a seal. What is made of the dataset has none either.
 */
void assay__dataset_unseal(struct assay_dataset *dataset);

/**
 * struct assay__unit_watch is told of each unit that a reader of rows adds, and then of the values
 * that the unit gives to metrics, as they count, capped. What is taken back later is not told: the
 * plan has one look. Decimals are borrowed for the call.
 */
struct assay__unit_watch {
    void *context;
    enum assay_status (*unit)(void *context, struct assay_error *err);
    enum assay_status (*value)(void *context, uint32_t metric, const struct assay_decimal *values,
                               uint32_t missing_covariates, struct assay_error *err);
};

/** assay__dataset_watch() sets who is told, before anything is read; NULL: nobody. */
void assay__dataset_watch(struct assay_dataset *dataset, const struct assay__unit_watch *watch);
const struct assay__unit_watch *assay__dataset_watcher(const struct assay_dataset *dataset);

/**
 * assay__dataset_note() adds a remark that becomes an annotation. The text must not depend on the
 * order of rows or on file names. metric is -1 for remarks about everything. Equal notes are kept
 * once.
 */
enum assay_status assay__dataset_note(struct assay_dataset *dataset,
                                      enum assay_annotation_level level, int32_t metric,
                                      const char *text, struct assay_error *err);

#endif
