/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_ANALYSIS_H
#define ASSAY_ANALYSIS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "assay/compare.h"
#include "assay/correct.h"
#include "assay/dataset.h"
#include "assay/export.h"
#include "assay/hooks.h"
#include "assay/horizon.h"
#include "assay/plan.h"
#include "assay/srm.h"
#include "assay/status.h"

/** enum assay_slice_kind: part of the units a figure is about. */
enum assay_slice_kind {
    ASSAY_SLICE_TOTAL,     /* all units */
    ASSAY_SLICE_DIMENSION, /* units with key = value */
    ASSAY_SLICE_SEGMENT    /* units that pass a segment's filter; key is the segment's id */
};

/** struct assay_slice: key and value are "" where they have no meaning. */
struct assay_slice {
    enum assay_slice_kind kind;
    const char *key, *value;
    uint64_t reserved[2]; /* 0, here and below */
};

/** enum assay_tristate: a yes, a no, or no answer (with a reason in the flags). */
enum assay_tristate { ASSAY_NO = 0, ASSAY_YES = 1, ASSAY_UNKNOWN = 2 };

/**
 * enum assay_outcome: what the test of a metric's role came out as. A test that could not be made
 * is neither passed nor failed: nothing may be concluded from it.
 */
enum assay_outcome {
    ASSAY_OUTCOME_NOT_TESTED, /* no test: flags and annotations say why */
    ASSAY_OUTCOME_PASSED,     /* better, not worse than the margin, or no harm seen */
    ASSAY_OUTCOME_FAILED      /* that was not shown; of a test for harm: harm was */
};

/** enum assay_hypothesis: what the test of a metric's role asks. */
enum assay_hypothesis {
    ASSAY_HYPOTHESIS_NONE,            /* nothing: the metric is shown only */
    ASSAY_HYPOTHESIS_SUPERIORITY,     /* is it better? */
    ASSAY_HYPOTHESIS_NON_INFERIORITY, /* is it not worse than the margin? */
    ASSAY_HYPOTHESIS_DETERIORATION    /* is it worse? */
};

/**
 * struct assay_metric_rates: the error rates of a metric's tests under the plan's decision rule. A
 * metric outside the rule is monitored only: its own test is the one for harm, at that test's rate.
 */
struct assay_metric_rates {
    enum assay_hypothesis hypothesis;
    bool in_rule;
    double alpha;               /* of its own test; of the interval when it has none */
    double power, beta;         /* 1 - beta; NaN when the metric is not powered */
    double deterioration_alpha; /* NaN when harm is not tested */
    uint64_t reserved[4];
};

/** enum assay_size_absence: why a planned effect or margin has no required size. */
enum assay_size_absence {
    ASSAY_SIZE_EXISTS,        /* it has one */
    ASSAY_SIZE_NOT_PLANNED,   /* neither effect nor margin is planned */
    ASSAY_SIZE_ZERO_BASELINE, /* planned as a share of a baseline of 0 */
    ASSAY_SIZE_BEYOND_SHARES, /* the share to be found lies outside 0 to 1 */
    ASSAY_SIZE_TOO_LARGE,     /* more than 2^53 units */
    ASSAY_SIZE_NO_VARIANCE    /* no variance is known to plan by, or it is 0 */
};

/** struct assay_balance: a covariate compared between two groups, which exposure cannot move. */
struct assay_balance {
    uint32_t covariate; /* index into the metric's covariates */
    double difference;  /* compared - baseline, units of the covariate */
    double p, log10_p;  /* two-sided; NaN when it cannot be tested */
    bool significant;   /* p below the level of the sample ratio test */
    uint64_t reserved[4];
};

/** struct assay_sample_size: what one comparison needs, has, and can find. */
struct assay_sample_size {
    uint64_t current; /* n_c + n_t now */
    double required;  /* NaN when there is none: see absence */
    enum assay_size_absence absence;
    double powered_effect_abs; /* smallest effect found at the current size; NaN when none */
    double powered_effect_rel;
    uint64_t reserved[4];
};

/**
 * struct assay_result: one metric x comparison x slice. Texts live as long as the analysis.
 */
struct assay_result {
    const char *metric, *baseline, *compared; /* ids of the metric and the two groups */
    enum assay_slice_kind slice_kind;
    const char *slice_key, *slice_value;            /* as in struct assay_slice */
    size_t metric_index, slice_index;               /* in the plan, in the analysis */
    size_t baseline_index, compared_index;          /* groups of the analysis */
    const char *comparison_id;                      /* stable from look to look */
    enum assay_hypothesis hypothesis;               /* what the test of the role asks */
    enum assay_side side, deterioration_side;       /* of the role's test, of that for harm */
    double alpha, beta, power;                      /* adjusted; NaN when not powered */
    double deterioration_alpha;                     /* adjusted; NaN when harm is not tested */
    double null_difference;                         /* metric units: -margin, margin, or 0 */
    double margin_abs, effect_abs;                  /* metric units; NaN: not planned */
    size_t look_count;                              /* 0 when the slice has no units for it */
    bool is_final;                                  /* no further look is planned */
    bool is_futile;                                 /* below a futility bound at some look */
    enum assay_tristate significant;                /* the role's test, at any look so far */
    enum assay_tristate deteriorated;               /* that for harm, at any look so far */
    enum assay_tristate powered;                    /* enough units; no: none would be */
    enum assay_outcome outcome;                     /* of the role's test */
    uint32_t first_significant, first_deteriorated; /* look of the data; UINT32_MAX: none */
    double slice_p, slice_log10_p;                  /* Holm's, over a dimension; else NaN */
    const char *message;                            /* one plain sentence */
    uint64_t reserved[12];
};

/**
 * struct assay_look: a result at one look. What is pointed to lives as long as the analysis.
 */
struct assay_look {
    int64_t time_ns;                              /* its end; INT64_MIN when data have no time */
    uint32_t index;                               /* of the data's looks, from 0 */
    bool is_futile;                               /* the statistic is below the futility bound */
    bool is_overrun;                              /* all alpha was spent at an earlier look */
    const struct assay_comparison *comparison;    /* the test of the metric's role */
    const struct assay_comparison *deterioration; /* one-sided in the wrong direction; or NULL */
    const struct assay_sample_size *size;
    /* Group sequential, where this look ends the sequence: stage-wise, metric units; else NULL. */
    const struct assay_horizon_estimate *stopped;
    double information;                            /* share of the planned one; NaN without one */
    double alpha_spent, deterioration_alpha_spent; /* up to this look */
    double futility;                               /* bound of the statistic; NaN: there is none */
    uint64_t reserved[8];
};

/**
 * struct assay_heterogeneity: whether the differences of a dimension's slices differ by more than
 * chance: Cochran's Q, the sum of (d - mean)^2 / SE^2 with the mean weighted by 1 / SE^2. Slices
 * with fewer than 30 units in a group, of which the variance is too uncertain, or without a
 * standard error above 0 are left out; with fewer than 2 left Q is NaN.
 */
struct assay_heterogeneity {
    uint32_t metric, baseline, compared; /* a metric of the plan, two groups of the analysis */
    const char *dimension;
    uint32_t slice_count; /* those that Q is made of */
    double q, df, p, log10_p;
    uint64_t reserved[4];
};

/** struct assay_missingness: whether a metric's values are missing as often in every group. */
struct assay_missingness {
    struct assay_srm test; /* units with a value, against the units of each group */
    bool is_tested;        /* false when no unit or every unit lacks a value */
    uint64_t reserved[4];
};

/**
 * struct assay_split: sample ratio mismatch of one slice. Under several looks the sequential test's
 * p is the least of all of them, but in slices of dimensions.
 */
struct assay_split {
    struct assay_srm test;
    const struct assay_srm_group *groups; /* as the groups of the analysis; group_count of them */
    size_t group_count;
    const char *message; /* one plain sentence */
    uint64_t reserved[4];
};

/** enum assay_recommendation: what to do with a treatment. */
enum assay_recommendation {
    ASSAY_RECOMMEND_UNSPECIFIED, /* nothing can be advised: the reasons say why */
    ASSAY_RECOMMEND_SHIP,        /* the decision rule holds, and nothing it rests on is untested */
    ASSAY_RECOMMEND_CONTINUE,    /* a sequential horizon goes on; never under a fixed one */
    ASSAY_RECOMMEND_END,         /* nothing was found to ship for, and no further look is planned */
    ASSAY_RECOMMEND_ABORT        /* the split of the groups is off, or a metric deteriorated */
};

/** struct assay_advice_reason: one reason for the advice. */
struct assay_advice_reason {
    const char *id;   /* stable, such as "improved", "notTested", "tooFewUnits" */
    int32_t metric;   /* index into the plan's, or -1 when about none or several */
    const char *text; /* one sentence, which names the groups */
    uint64_t reserved[2];
};

/** struct assay_advice: a compared group and the advice about it. */
struct assay_advice {
    const char *group;    /* its id */
    const char *baseline; /* id of the control; NULL without one, or when never compared with it */
    enum assay_recommendation recommendation;
    bool is_final;           /* no later look is planned */
    enum assay_outcome rule; /* whether the decision rule holds */
    const struct assay_advice_reason *reasons;
    size_t reason_count;
    uint64_t reserved[4];
};

/** enum assay_annotation_level: info, warning or error of the contract. */
enum assay_annotation_level {
    ASSAY_NOTE_INFO,    /* good to know */
    ASSAY_NOTE_WARNING, /* figures need care */
    ASSAY_NOTE_ERROR    /* something is absent or wrong */
};

/** struct assay_note: a remark. */
struct assay_note {
    enum assay_annotation_level level;
    int32_t metric;   /* index into the plan's, or -1 when about the whole analysis */
    const char *text; /* one or two sentences */
    const char *kind; /* id of the condition that it is about, such as "skewed"; NULL for others */
    const char *const *context; /* what it is about, from the outside in */
    size_t context_count;
    uint64_t reserved[4];
};

/** struct assay_group_result: a group and its planned share. */
struct assay_group_result {
    const char *id;
    double weight;   /* planned, as given; 0 when not in the plan */
    bool is_planned; /* false: found in the data only */
    uint64_t reserved[2];
};

/**
 * struct assay_analysis: every figure of an analysis, and every word: a handle, read only, which
 * threads may share. Order everywhere: groups as planned (or by name, v2 before v10), slices total,
 * dimensions as planned with values by name, segments as planned; metrics as planned.
 */
struct assay_analysis;

/**
 * assay_dataset_analyze() computes everything. Deterministic: the same plan and exact sums give the
 * same bytes. The figures are those of assay_moments_compare(), assay_srm_test(),
 * assay_size_required() and so on, as accurate as they are.
 *
 * @dataset  read only; may be freed afterwards, or added to and analyzed again
 * @out      free with assay_analysis_free(); written on success only
 * Returns ASSAY_ERROR_DATA when there is nothing to analyze or compare, or when groups that the
 * plan compares are not in the data; ASSAY_ERROR_PLAN when the plan names no baseline;
 * ASSAY_ERROR_UNAVAILABLE for plans that need a later version (quantiles); ASSAY_ERROR_DOMAIN for
 * moments of a proportion whose values are not 0 or 1; ASSAY_ERROR_LIMIT, _MEMORY.
 * Threads: several may analyze one dataset while none adds to it.
 */
ASSAY_API ASSAY_MUST_CHECK enum assay_status
assay_dataset_analyze(const struct assay_dataset *dataset, struct assay_analysis **out,
                      struct assay_error *err);

/** struct assay_analyze_options: how an analysis is made. Zero-initialised is the default. */
struct assay_analyze_options {
    const struct assay_hooks *hooks; /* NULL: none */
    uint64_t reserved[8];
};

/** assay_dataset_analyze_with() does the same; options may be NULL. Also ASSAY_ERROR_CANCELLED. */
ASSAY_API ASSAY_MUST_CHECK enum assay_status
assay_dataset_analyze_with(const struct assay_dataset *dataset,
                           const struct assay_analyze_options *options, struct assay_analysis **out,
                           struct assay_error *err);

/** assay_analysis_free() frees an analysis and all that was read of it; NULL is fine. */
ASSAY_API void assay_analysis_free(struct assay_analysis *analysis);

/**
 * Every list of an analysis is read alike: *out is filled in and the answer is true, or index is
 * past the end and the answer is false.
 *
 *     struct assay_result result;
 *     struct assay_look look;
 *     for (size_t i = 0; assay_analysis_result(analysis, i, &result); i++)
 *         if (result.slice_kind == ASSAY_SLICE_TOTAL &&
 *             assay_analysis_last_look(analysis, i, &look))
 *             printf("%s: p = %g\n", result.metric, look.comparison->difference.p);
 *
 * Results lie by metric, then comparison, then slice. Pure; several threads may read.
 */
ASSAY_API bool assay_analysis_result(const struct assay_analysis *analysis, size_t index,
                                     struct assay_result *out);

/**
 * assay_analysis_look() reads a look of a result, the earliest first. A fixed horizon has one. What
 * it points to is made at the first reading of a result, by whatever allocator that thread uses;
 * without memory the answer is false.
 */
ASSAY_API bool assay_analysis_look(const struct assay_analysis *analysis, size_t result,
                                   size_t index, struct assay_look *out);

/** assay_analysis_last_look() reads the last look of a result; false when it has none. */
ASSAY_API bool assay_analysis_last_look(const struct assay_analysis *analysis, size_t result,
                                        struct assay_look *out);

/** assay_analysis_balance() reads the balance of a covariate; results of the total have them. */
ASSAY_API bool assay_analysis_balance(const struct assay_analysis *analysis, size_t result,
                                      size_t index, struct assay_balance *out);

/**
 * assay_analysis_adjusted_p() reads a result's p-value in its family (the plan's "multiplicity"),
 * adjusted by a method. p is 0 only when it underflows; both are NaN when it is in no family. False
 * for a result or method that does not exist.
 */
ASSAY_API bool assay_analysis_adjusted_p(const struct assay_analysis *analysis, size_t result,
                                         enum assay_adjustment method, double *p, double *log10_p);

/** assay_analysis_group() reads a group, assay_analysis_slice() a slice; 0 is the total. */
ASSAY_API bool assay_analysis_group(const struct assay_analysis *analysis, size_t index,
                                    struct assay_group_result *out);
ASSAY_API bool assay_analysis_slice(const struct assay_analysis *analysis, size_t index,
                                    struct assay_slice *out);

/** assay_analysis_units() is the number of a group's units in a slice, at the last look. */
ASSAY_API uint64_t assay_analysis_units(const struct assay_analysis *analysis, size_t slice,
                                        size_t group);

/** assay_analysis_split() reads the sample ratio test of a slice. */
ASSAY_API bool assay_analysis_split(const struct assay_analysis *analysis, size_t slice,
                                    struct assay_split *out);

/** assay_analysis_advice() reads what to do with a compared group. */
ASSAY_API bool assay_analysis_advice(const struct assay_analysis *analysis, size_t index,
                                     struct assay_advice *out);

/** assay_analysis_note() reads a remark. */
ASSAY_API bool assay_analysis_note(const struct assay_analysis *analysis, size_t index,
                                   struct assay_note *out);

/** assay_analysis_heterogeneity() reads a test of whether slices of a dimension differ. */
ASSAY_API bool assay_analysis_heterogeneity(const struct assay_analysis *analysis, size_t index,
                                            struct assay_heterogeneity *out);

/** assay_analysis_missingness() reads a metric's test of what is missing, in the total. */
ASSAY_API bool assay_analysis_missingness(const struct assay_analysis *analysis, size_t metric,
                                          struct assay_missingness *out);

/** assay_analysis_rates() reads a metric's error rates, in the total and in dimensions. */
ASSAY_API bool assay_analysis_rates(const struct assay_analysis *analysis, size_t metric,
                                    struct assay_metric_rates *out);

/** assay_analysis_counts() is what happened to the rows. */
ASSAY_API void assay_analysis_counts(const struct assay_analysis *analysis,
                                     struct assay_counts *out);

/** assay_analysis_id() is the analysisResultId: the plan's, or derived from plan and data. */
ASSAY_API const char *assay_analysis_id(const struct assay_analysis *analysis);

/**
 * assay_analysis_digest() is the SHA-256 of the exact sums, 64 hex digits: the same for every order
 * and split of the rows.
 */
ASSAY_API const char *assay_analysis_digest(const struct assay_analysis *analysis);

/** assay_analysis_plan() is the plan that it was made with; it lives as long as the analysis. */
ASSAY_API const struct assay_plan *assay_analysis_plan(const struct assay_analysis *analysis);

#endif
