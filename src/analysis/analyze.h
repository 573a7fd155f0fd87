/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_ANALYSIS_ANALYZE_H
#define ASSAY_ANALYSIS_ANALYZE_H

#include "assay/analysis.h"
#include "base/arena.h"
#include "analysis/dataset_read.h"
#include "analysis/analysis_view.h"
#include "analysis/error_rates.h"
#include "analysis/outcome.h"
#include "stats/centred.h"

enum { ASSAY__NONE = UINT32_MAX };

/** struct assay__pair_plan: one comparison by group numbers of the analysis. */
struct assay__pair_plan {
    uint32_t baseline, compared;
    const char *id; /* {baseline}-vs-{compared}, safe in URLs, distinct */
};

/**
 * struct assay__builder is an analysis in the making: the outcome, and how its groups and slices
 * are numbered in the dataset.
 */
struct assay__builder {
    const struct assay_plan *plan;
    const struct assay_dataset *dataset;
    struct assay__arena *arena;
    struct assay_analysis *out;
    uint32_t *group_of; /* [group]: its number in the dataset, or ASSAY__NONE without units */
    uint32_t *slice_of; /* [slice] */
    struct assay__look *looks;           /* by time; see analysis/looks.h */
    uint32_t look_count;                 /* 0 without data */
    uint32_t *order;                     /* the dataset's looks up to asOf, by time */
    int64_t look_time;                   /* of the last look */
    struct assay__sequence *sequences;   /* boundaries computed so far */
    struct assay__inflation *inflations; /* factors computed so far */
    struct assay__pair_plan *pairs;
    uint32_t pair_count;
    struct assay_metric_rates *segment_rates; /* [metric] */
    struct assay__group *groups;              /* scratch, one per group */
    size_t annotation_capacity;
};

/** assay__analyze_order() settles groups, slices, the look and the comparisons. */
enum assay_status assay__analyze_order(struct assay__builder *builder, struct assay_error *err);

/** assay__analyze_look() settles the looks: one over all data up to asOf unless the plan has more.
 */
enum assay_status assay__analyze_look(struct assay__builder *builder, struct assay_error *err);

/** assay__analyze_errors() shares the error rates among the tests, once the comparisons are known.
 */
enum assay_status assay__analyze_errors(struct assay__builder *builder, struct assay_error *err);

/** assay__analyze_srm() tests each slice for a sample ratio mismatch. */
enum assay_status assay__analyze_srm(struct assay__builder *builder, struct assay_error *err);

/** assay__analyze_metrics() makes every metric x comparison x slice. */
enum assay_status assay__analyze_metrics(struct assay__builder *builder, struct assay_error *err);

/** assay__analyze_size() fills sample size and powered effect of one result. */
enum assay_status assay__analyze_size(struct assay__builder *builder,
                                      struct assay_metric_result *result,
                                      struct assay_look_result *look, struct assay_error *err);

/** assay__analyze_multiplicity() fills the adjusted p-values. */
enum assay_status assay__analyze_multiplicity(struct assay__builder *builder,
                                              struct assay_error *err);

/** assay__analyze_decide() advises on each treatment. */
enum assay_status assay__analyze_decide(struct assay__builder *builder, struct assay_error *err);

/** assay__analyze_words() writes the sentence of each result and slice's SRM. */
enum assay_status assay__analyze_words(struct assay__builder *builder, struct assay_error *err);

/** assay__analyze_notes() writes the annotations: remarks of the source, counts, flags. */
enum assay_status assay__analyze_notes(struct assay__builder *builder, struct assay_error *err);

/** assay__analyze_digest() fills input_digest and analysis_result_id. */
enum assay_status assay__analyze_digest(struct assay__builder *builder, struct assay_error *err);

/**
 * assay__annotate() adds an annotation. context is up to three names from the outside in, NULL
 * where there is none. text lives in the arena or longer; NULL means memory ran out making it.
 */
enum assay_status assay__annotate(struct assay__builder *builder, enum assay_annotation_level level,
                                  int32_t metric, const char *const context[3], const char *text,
                                  struct assay_error *err);

/** assay__note_conditions() writes one annotation for each condition of a metric's comparisons. */
enum assay_status assay__note_conditions(struct assay__builder *builder, uint32_t metric,
                                         struct assay_error *err);

/** assay__note_decision() writes the remarks that whoever takes the advice must know. */
enum assay_status assay__note_decision(struct assay__builder *builder, struct assay_error *err);

/** assay__slice_text() says which units a slice is: "channel = Web", "segment new", or "". */
const char *assay__slice_text(const struct assay__builder *builder, uint32_t slice);

#endif
