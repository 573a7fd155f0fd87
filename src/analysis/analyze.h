/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_ANALYSIS_ANALYZE_H
#define ASSAY_ANALYSIS_ANALYZE_H

#include "base/halt.h"
#include "analysis/results.h"
#include "base/arena.h"
#include "analysis/dataset_read.h"
#include "analysis/analysis_view.h"
#include "analysis/error_rates.h"
#include "analysis/outcome.h"
#include "stats/compare.h"
#include "stats/size/size_levels.h"

#define ASSAY__NONE UINT32_MAX

/** struct assay__pair_plan: one comparison by group numbers of the analysis. */
struct assay__pair_plan {
    uint32_t baseline, compared;
    const char *id; /* {baseline}-vs-{compared}, see assay__comparison_id() */
};

/** The variance of a few units is often far too small, and Q then far too large, by chance. */
enum { ASSAY__HETEROGENEITY_UNITS = 30 }; /* of a group of a slice that Q is made of, at least */

/** struct assay__slice_difference: a difference and its squared error, unrounded; NaN for none. */
struct assay__slice_difference {
    struct assay__wide difference, error2;
};

/**
 * struct assay__hypothesis: what a result's test is about, in metric units, unrounded. effect and
 * margin are NaN when not planned, or a share of 0.
 */
struct assay__hypothesis {
    struct assay__wide effect, margin, null_difference;
};

/**
 * struct assay__builder is an analysis in the making: the outcome, and how its groups and slices
 * are numbered in the dataset.
 */
struct assay__builder {
    const struct assay_plan *plan;
    const struct assay_dataset *dataset;
    struct assay_dataset *spent; /* the dataset, where nobody needs it afterwards; else NULL */
    struct assay__arena *arena;
    struct assay_analysis *out;
    uint32_t *group_of;       /* [group]: its number in the dataset, or ASSAY__NONE without units */
    const char **group_names; /* [group]: as sentences say them */
    uint32_t *slice_of;       /* [slice] */
    struct assay__look *looks;       /* by time; see analysis/looks.h */
    uint32_t look_count;             /* 0 without data */
    uint32_t *order;                 /* the dataset's looks up to asOf, by time */
    uint64_t *units;                 /* [group * look_count + look] of units_slice */
    uint32_t units_slice;            /* ASSAY__NONE: not counted yet */
    int64_t look_time;               /* of the last look */
    struct assay__look_cache *cache; /* boundaries computed so far */
    struct assay__size_cache sizes;  /* levels of sample sizes so far */
    struct assay__halt *halt;        /* NULL: nobody ends the analysis */
    struct assay__pair_plan *pairs;
    uint32_t pair_count;
    struct assay_metric_rates *segment_rates;                /* [metric] */
    struct assay__group *groups;                             /* scratch, one per group */
    struct assay__wide covariate_fill[ASSAY_COVARIATES_MAX]; /* in groups, where one is missing */
    struct assay__hypothesis hypothesis;         /* of the look of a result that is in hand */
    struct assay__compare_wide test;             /* of its role */
    struct assay_comparison comparison;          /* what its last test gave, before it is kept */
    struct assay__slice_difference *differences; /* [pair * slice_count + slice] of one metric */
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

/** assay__looks_for_harm(): the role's test of a result is the test for harm, or there is none. */
bool assay__looks_for_harm(const struct assay_metric_result *result);

/** assay__set_hypothesis() fills in the error rates and sides of a result. */
void assay__set_hypothesis(const struct assay__builder *builder,
                           struct assay_metric_result *result);

/** assay__set_null() sets margins and effects in metric units, and the null of the test. */
void assay__set_null(struct assay__builder *builder, struct assay_metric_result *result,
                     struct assay__wide unadjusted_baseline);

/** assay__analyze_srm() tests each slice for a sample ratio mismatch. */
enum assay_status assay__analyze_srm(struct assay__builder *builder, struct assay_error *err);

/** assay__analyze_metrics() makes every metric x comparison x slice. */
enum assay_status assay__analyze_metrics(struct assay__builder *builder, struct assay_error *err);

/** assay__has_few(): a group has fewer effective units of the metric than advice needs. */
bool assay__has_few(const struct assay__builder *builder, const struct assay_metric_result *result);

/** assay__note_effective() tells the comparison of a look how many those are. */
void assay__note_effective(const struct assay__builder *builder,
                           const struct assay_metric_result *result,
                           struct assay_look_result *look);

/** assay__note_size() tells the comparison of a look what assay__analyze_size() found. */
void assay__note_size(struct assay_look_result *look);

/** assay__analyze_size() fills sample size and powered effect of one result. role: of its test. */
struct assay__tracker;
enum assay_status assay__analyze_size(struct assay__builder *builder,
                                      struct assay_metric_result *result,
                                      const struct assay__tracker *role,
                                      struct assay_look_result *look, struct assay_error *err);

/**
 * assay__load_groups() loads the groups' moments of a metric in a slice at look k into
 * builder->groups; *any is false when all are empty.
 */
enum assay_status assay__load_groups(struct assay__builder *builder, uint32_t metric,
                                     uint32_t slice, uint32_t k, bool *any,
                                     struct assay_error *err);

/** assay__count_missing() counts the units whose covariates are missing, at the last look. */
void assay__count_missing(struct assay__builder *builder, uint32_t metric);

/** assay__analyze_balance() compares the covariates of a result's groups, which are loaded. */
enum assay_status assay__analyze_balance(struct assay__builder *builder,
                                         struct assay_metric_result *result,
                                         struct assay_error *err);

/** assay__analyze_missingness() tests each metric for values that are missing unevenly. */
enum assay_status assay__analyze_missingness(struct assay__builder *builder,
                                             struct assay_error *err);

/** assay__keep_difference() keeps what was just compared for the comparison of slices. */
void assay__keep_difference(const struct assay__builder *builder,
                            const struct assay_metric_result *result);

/** assay__analyze_slices() compares the slices of each dimension in one metric's results. */
enum assay_status assay__analyze_slices(struct assay__builder *builder, uint32_t metric,
                                        struct assay_error *err);

/** assay__analyze_multiplicity() fills the adjusted p-values. */
enum assay_status assay__analyze_multiplicity(struct assay__builder *builder,
                                              struct assay_error *err);

/** assay__analyze_decide() advises on each treatment. */
enum assay_status assay__analyze_decide(struct assay__builder *builder, struct assay_error *err);

/** assay__analyze_words() writes the sentence of each result and slice's SRM. */
enum assay_status assay__analyze_words(struct assay__builder *builder, struct assay_error *err);

/** assay__analyze_notes() writes the annotations: remarks of the source, counts, flags. */
enum assay_status assay__analyze_notes(struct assay__builder *builder, struct assay_error *err);

/** assay__analyze_ahead() fills the looks to come, once the advice is known. */
enum assay_status assay__analyze_ahead(struct assay__builder *builder, struct assay_error *err);

/** assay__analyze_guide() writes what readers of the AnalysisResult need beside its fields. */
enum assay_status assay__analyze_guide(struct assay__builder *builder, struct assay_error *err);

/**
 * assay__dataset_spend() is assay_dataset_analyze() of a dataset that is only freed afterwards: the
 * sums of a dimension's values are freed as soon as they are analyzed, which 100,000 of them show.
 */
enum assay_status assay__dataset_spend(struct assay_dataset *dataset, struct assay_analysis **out,
                                       struct assay_error *err);

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

/** assay__note_skipped() warns when more rows of one group than of another were skipped. */
enum assay_status assay__note_skipped(struct assay__builder *builder, struct assay_error *err);

/** assay__cap_levels_all(): with the metric's cap all units have one value, which is *value. */
bool assay__cap_levels_all(const struct assay__builder *builder, uint32_t metric, double *value);

/** assay__note_decision() writes the remarks that whoever takes the advice must know. */
enum assay_status assay__note_decision(struct assay__builder *builder, struct assay_error *err);

/** assay__slice_text() says which units a slice is: "channel = Web", "segment new", or "". */
const char *assay__slice_text(const struct assay__builder *builder, uint32_t slice);

/**
 * assay__comparison_id() is {baseline}-vs-{compared} in letters a to z, digits and hyphens. It
 * belongs to the pair of names alone: where that spelling could stand for other names too, eight
 * hex digits of SHA-256 over both names follow. NULL without memory.
 */
const char *assay__comparison_id(struct assay__arena *arena, const char *baseline,
                                 const char *compared);

#endif
