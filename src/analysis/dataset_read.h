/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_ANALYSIS_DATASET_READ_H
#define ASSAY_ANALYSIS_DATASET_READ_H

#include "analysis/dataset.h"
#include "base/counter.h"

/**
 * How the analysis and the writer of sufficient statistics look into a dataset. Numbers are those
 * that analysis/dataset.h gives out.
 */
uint32_t assay__dataset_group_count(const struct assay_dataset *dataset);
const char *assay__dataset_group_id(const struct assay_dataset *dataset, uint32_t group);

/** struct assay__slice_name: number is that of the dimension or segment in the plan. */
struct assay__slice_name {
    enum assay_slice_kind kind;
    uint32_t number;
    const char *value; /* of a dimension, else "" */
};
uint32_t assay__dataset_slice_count(const struct assay_dataset *dataset);
struct assay__slice_name assay__dataset_slice_name(const struct assay_dataset *dataset,
                                                   uint32_t slice);

uint32_t assay__dataset_look_count(const struct assay_dataset *dataset);
int64_t assay__dataset_look_time(const struct assay_dataset *dataset, uint32_t look);

/** assay__dataset_latest() is the latest time observed, or INT64_MIN. */
int64_t assay__dataset_latest(const struct assay_dataset *dataset);

/** assay__dataset_find() is the cell, or NULL when no unit is in it. */
const struct assay__cell *assay__dataset_find(const struct assay_dataset *dataset, uint32_t slice,
                                              uint32_t look, uint32_t group);

uint64_t assay__dataset_missing(const struct assay_dataset *dataset, uint32_t metric);

/** assay__dataset_skipped(): rows that were skipped, by group; damaged ones name others, too. */
const struct assay__counter *assay__dataset_skipped(const struct assay_dataset *dataset);

/** assay__dataset_input_count() and _at(): what was read; borrowed. _is_sealed(): all of it. */
uint32_t assay__dataset_input_count(const struct assay_dataset *dataset);
struct assay__input assay__dataset_input_at(const struct assay_dataset *dataset, uint32_t number);
bool assay__dataset_is_sealed(const struct assay_dataset *dataset);
/** assay__dataset_has_input() tells whether an input of another dataset was read into this, too. */
bool assay__dataset_has_input(const struct assay_dataset *dataset,
                              const struct assay_dataset *other, uint32_t number);

struct assay__note_head {
    int32_t level, metric;
};
uint32_t assay__dataset_note_count(const struct assay_dataset *dataset);
void assay__dataset_note_at(const struct assay_dataset *dataset, uint32_t number,
                            enum assay_annotation_level *level, int32_t *metric, const char **text);

/** assay__metric_shape() is the shape of a metric's moments. */
struct assay_moments_shape assay__metric_shape(const struct assay_metric_plan *metric);

/**
 * assay__metric_covariate_count() is the number of a metric's covariates: columns, and the value
 * before exposure, which comes last. assay__metric_covariate() is the name of one.
 */
uint32_t assay__metric_covariate_count(const struct assay_metric_plan *metric);
const char *assay__metric_covariate(const struct assay_metric_plan *metric, uint32_t index);

#endif
