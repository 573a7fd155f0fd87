/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_ANALYSIS_H
#define ASSAY_ANALYSIS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "assay/compare.h"
#include "assay/dataset.h"
#include "assay/export.h"
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
};

/** struct assay_sample_size: what one comparison needs, has, and can find. */
struct assay_sample_size {
    uint64_t current; /* n_c + n_t now */
    double required;  /* NaN when there is none: see absence */
    enum assay_size_absence absence;
    double powered_effect_abs; /* smallest effect found at the current size; NaN when none */
    double powered_effect_rel;
};

/** struct assay_look_result: one metric x comparison x slice at one look. */
struct assay_look_result {
    int64_t time_ns;                    /* end of the look; INT64_MIN when the data have no time */
    uint32_t look;                      /* index from 0 */
    struct assay_comparison comparison; /* the test of the metric's role */
    struct assay_comparison deterioration; /* one-sided in the wrong direction */
    bool has_deterioration;
    struct assay_sample_size size;
    double information_fraction; /* NaN without planned information */
    double alpha_spent;          /* alpha used up to this look */
    double futility;             /* the statistic's futility bound; NaN where there is none */
    bool is_futile;              /* the statistic, pointing up for the wanted side, is below it */
    double deterioration_alpha_spent;
    bool is_overrun;  /* all alpha was spent before: the last critical value is kept */
    bool has_stopped; /* group sequential, total and segments: this look ends the sequence, as the
                         first significant or the final one; then `stopped` is filled in */
    struct assay_sequential_estimate stopped; /* stage-wise, estimates in metric units */
};

/** struct assay_metric_result: one metric x comparison x slice with its looks. */
struct assay_metric_result {
    uint32_t metric; /* index into plan->metrics */
    enum assay_hypothesis hypothesis;
    uint32_t slice;              /* index into analysis slices */
    uint32_t baseline, compared; /* indices into analysis groups */
    const char *comparison_id;
    enum assay_side side; /* of the role's test */
    enum assay_side deterioration_side;
    double alpha, beta;            /* adjusted; beta NaN when not powered */
    double power;                  /* 1 - beta; NaN when not powered */
    double deterioration_alpha;    /* adjusted; NaN when not tested */
    double null_difference;        /* metric units: minus or plus the margin, or 0 */
    double margin_abs, effect_abs; /* in metric units; NaN when not planned, or a share of 0 */
    struct assay_look_result *looks;
    uint32_t look_count;         /* >= 1 unless the slice has no units for it; a fixed horizon has
                                    one, the last */
    bool is_final;               /* the horizon asks for no further look */
    uint32_t first_significant;  /* look of the data at which the role's test was first significant;
                                    UINT32_MAX: none. Then `significant` stays yes */
    uint32_t first_deteriorated; /* likewise of the deterioration test, at any look so far */
    bool is_futile;              /* below the futility bound at some look so far */
    enum assay_tristate significant;  /* the role's test, at any look so far */
    enum assay_tristate deteriorated; /* the deterioration test, at any look so far */
    enum assay_tristate powered;      /* current >= required; no when there is none */
    enum assay_outcome outcome;       /* of the role's test */
    struct assay_balance *balance;    /* one per covariate; of the total only */
    uint32_t balance_count;
    double slice_p, slice_log10_p; /* Holm's, over the values of the slice's dimension; else NaN */
    double adjusted_p[ASSAY_ADJUST_COUNT];       /* by method; 0 only when it underflows */
    double adjusted_log10_p[ASSAY_ADJUST_COUNT]; /* both NaN when not in a family */
    const char *message;                         /* one plain sentence */
};

/**
 * struct assay_heterogeneity: whether the differences of a dimension's slices differ by more than
 * chance: Cochran's Q, the sum of (d - mean)^2 / SE^2 with the mean weighted by 1 / SE^2. Slices
 * without a standard error above 0 are left out; with fewer than 2 left Q is NaN.
 */
struct assay_heterogeneity {
    uint32_t metric, baseline, compared; /* as in struct assay_metric_result */
    const char *dimension;
    uint32_t slice_count; /* those that Q is made of */
    double q, df, p, log10_p;
};

/** struct assay_missingness: whether a metric's values are missing as often in every group. */
struct assay_missingness {
    struct assay_srm test; /* units with a value, against the units of each group */
    bool is_tested;        /* false when no unit or every unit lacks a value */
};

/**
 * struct assay_srm_result: sample ratio mismatch of one slice. groups[] as analysis groups. Under
 * several looks the sequential test's p is the least of all of them, but in slices of dimensions.
 */
struct assay_srm_result {
    uint32_t slice;
    struct assay_srm test;
    struct assay_srm_group *groups;
    const char *message;
};

/** ASSAY_NO_GROUP stands in place of a group's index where there is none. */
#define ASSAY_NO_GROUP UINT32_MAX

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
    int32_t metric;   /* index into plan->metrics, or -1 when about none or several */
    const char *text; /* one sentence, which names the groups */
};

/** struct assay_treatment: a compared group and the advice about it. */
struct assay_treatment {
    uint32_t group;
    uint32_t baseline; /* the control; ASSAY_NO_GROUP without one, or when never compared with it */
    enum assay_recommendation recommendation;
    bool final;              /* no later look is planned */
    enum assay_outcome rule; /* whether the decision rule holds */
    const struct assay_advice_reason *reasons;
    uint32_t reason_count;
};

/** enum assay_annotation_level: info, warning or error of the contract. */
enum assay_annotation_level {
    ASSAY_NOTE_INFO,    /* good to know */
    ASSAY_NOTE_WARNING, /* figures need care */
    ASSAY_NOTE_ERROR    /* something is absent or wrong */
};

/** enum assay_annotation_about: remarks that a report may say elsewhere. */
enum assay_annotation_about {
    ASSAY_ABOUT_ANYTHING,
    ASSAY_ABOUT_ROWS,  /* how many rows were read */
    ASSAY_ABOUT_SLICES /* that slices explore */
};

/** struct assay_annotation: a remark; context names what it is about, from the outside in. */
struct assay_annotation {
    enum assay_annotation_level level;
    int32_t metric; /* index into plan->metrics, or -1 when about the whole analysis */
    const char **context;
    uint32_t context_count;
    const char *text;
    const char *kind; /* id of the condition that it is about, such as "skewed"; NULL for others */
    uint32_t comparisons, slices;  /* of its kind: places of this metric, in and below the total */
    const char *sentence, *remedy; /* of its kind: without places; what to do, as a clause */
    enum assay_annotation_about about;
};

/** struct assay_group_result: a group and its planned share. */
struct assay_group_result {
    const char *id;
    double weight;   /* planned, as given; 0 when not in the plan */
    bool is_planned; /* false: found in the data only */
};

/**
 * struct assay_analysis: every figure of an analysis, and every word. Read only. It borrows the
 * plan, owns everything else in one arena, and is freed by assay_analysis_free().
 * Order everywhere: groups as planned (or by name, v2 before v10), slices total, dimensions as
 * planned with values by name, segments as planned; metrics as planned.
 */
struct assay_analysis {
    const struct assay_plan *plan;
    struct assay_group_result *groups;
    uint32_t group_count;
    struct assay_slice *slices;
    uint32_t slice_count;
    uint64_t *units; /* [slice * group_count + group], at the last look */
    struct assay_metric_result *results;
    size_t result_count; /* by metric, then comparison, then slice */
    struct assay_srm_result *srm;
    uint32_t srm_count; /* one per slice */
    struct assay_treatment *treatments;
    uint32_t treatment_count;
    struct assay_annotation *annotations;
    size_t annotation_count;
    /* Remarks that only the AnalysisResult needs: what its figures mean, reasons of the advice. The
       context has what the text says as KEY=VALUE, too. */
    struct assay_annotation *guide;
    size_t guide_count;
    struct assay_counts counts;
    struct assay_heterogeneity *heterogeneity; /* by metric, comparison, dimension */
    size_t heterogeneity_count;
    struct assay_missingness *missingness; /* [metric], of the total; NULL before it is tested */
    uint64_t *missing;                     /* [metric]: units whose value was missing */
    uint64_t *missing_covariates;          /* [metric * ASSAY_COVARIATES_MAX + i] */
    struct assay_error_plan errors;
    struct assay_metric_rates *rates; /* [metric]: in the total and dimensions */
    char input_digest[65]; /* hex SHA-256 of the exact sums, independent of order and split */
    char analysis_result_id[64];
    void *storage; /* private */
};

/**
 * assay_analyze() computes everything. Deterministic: the same plan and exact sums give the same
 * bytes. The figures are those of assay_compare_moments(), assay_srm_test(), assay_size_required()
 * and so on, as accurate as they are.
 *
 * @plan     the plan that the dataset was made for; must outlive *out
 * @dataset  read only; may be freed afterwards, or added to and analyzed again
 * @out      free with assay_analysis_free(); written on success only
 * Returns ASSAY_ERROR_USAGE for a dataset of another plan; ASSAY_ERROR_DATA when there is nothing
 * to analyze or compare, or when groups that the plan compares are not in the data;
 * ASSAY_ERROR_PLAN when the plan names no baseline; ASSAY_ERROR_UNAVAILABLE for plans that need a
 * later version (quantiles); ASSAY_ERROR_DOMAIN for moments of a
 * proportion whose values are not 0 or 1; ASSAY_ERROR_LIMIT, _MEMORY.
 * Threads: several may analyze one dataset while none adds to it.
 */
ASSAY_API ASSAY_MUST_CHECK enum assay_status assay_analyze(const struct assay_plan *plan,
                                                           const struct assay_dataset *dataset,
                                                           struct assay_analysis **out,
                                                           struct assay_error *err);

/** assay_analysis_free() frees an analysis and all that it points to; NULL is fine. */
ASSAY_API void assay_analysis_free(struct assay_analysis *analysis);

#endif
