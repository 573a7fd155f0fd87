/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_ANALYSIS_RESULTS_H
#define ASSAY_ANALYSIS_RESULTS_H

/*
 * What an analysis is made of, inside the library. Programs see a handle and read it by the
 * functions of assay/analysis.h, so that a figure may be added here at any time.
 */
#include <stdatomic.h>

#include "analysis/kept.h"
#include "analysis/plan_model.h"
#include "assay/analysis.h"
#include "stats/adjustments.h"

/** struct assay_look_result: one metric x comparison x slice at one look. */
struct assay_look_result {
    int64_t time_ns; /* end of the look; INT64_MIN when the data have no time */
    uint32_t look;   /* index from 0 */
    struct assay__kept_comparison comparison; /* the test of the metric's role */
    struct assay__kept_test *deterioration;   /* one-sided in the wrong direction; NULL: none.
                                                 Estimates are those of the comparison */
    struct assay__kept_size size;
    double information_fraction; /* NaN without planned information */
    double alpha_spent;          /* alpha used up to this look */
    double futility;             /* the statistic's futility bound; NaN where there is none */
    double deterioration_alpha_spent;
    double null_difference;                        /* metric units, by this look's baseline */
    double margin_abs, effect_abs;                 /* likewise */
    enum assay_tristate significant, deteriorated; /* the tests, at any look up to this one */
    enum assay_tristate powered;                   /* current >= required, at this look */
    bool is_overrun; /* all alpha was spent before: the last critical value is kept */
    bool is_late;    /* overrun, and its significance counts for nothing but harm */
    bool
        is_futile; /* the statistic, pointing up for the wanted side, is below its futility bound */
    /* Whole units that the estimates of the baseline and of the compared group rest on, see
       assay__effective_units(); UINT32_MAX where there are more. */
    uint32_t effective[2];
    /* Group sequential, total and segments: this look ends the sequence, as the first significant
       or the final one. Stage-wise, estimates in metric units; else NULL. */
    struct assay_horizon_estimate *stopped;
};

/** struct assay_look_ahead: a look that has not been made yet, and what it asks for if
 * values go on to vary as they do at the last look. */
struct assay_look_ahead {
    double units;                /* of the comparison's groups */
    double information_fraction; /* of the planned information; NaN where none is */
    double alpha_spent;          /* up to this look */
    double critical, futility;   /* of the statistic; futility NaN where there is no bound */
    double standard_error;       /* of the difference */
    double lower, upper;         /* a difference beyond one will be significant, in metric units;
                                    NaN where that side is not tested */
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
    uint32_t look_count;  /* >= 1 unless the slice has no units for it; a fixed horizon has
                             one, the last */
    uint32_t ahead_count; /* of ahead[] */
    struct assay_look_result *harmed; /* of a fixed horizon: the latest look at which harm was found
                                         surely; NULL: none */
    struct assay_look_ahead *ahead;   /* looks to come of a sequence that goes on; of the total
                                         only */
    bool is_final;                    /* the horizon asks for no further look */
    uint32_t first_significant;  /* look of the data at which the role's test was first significant;
                                    UINT32_MAX: none. Then `significant` stays yes */
    uint32_t first_deteriorated; /* likewise of the deterioration test, at any look so far */
    bool is_futile;              /* below the futility bound at some look so far */
    bool is_uneven;              /* values are missing more in one of the groups; total only */
    enum assay_tristate significant;  /* the role's test, at any look so far */
    enum assay_tristate deteriorated; /* the deterioration test, at any look so far */
    enum assay_tristate powered;      /* current >= required; no when there is none */
    enum assay_outcome outcome;       /* of the role's test */
    struct assay_balance *balance;    /* one per covariate; of the total only */
    uint32_t balance_count;
    double slice_p, slice_log10_p; /* Holm's, over the values of the slice's dimension; else NaN */
    double adjusted_p[ASSAY__ADJUST_COUNT];       /* by method; 0 only when it underflows */
    double adjusted_log10_p[ASSAY__ADJUST_COUNT]; /* both NaN when not in a family */
    const char *message;                          /* one plain sentence */
};

/** struct assay__shown_look: what programs were shown of a look; as long-lived as the analysis. */
struct assay__shown_look {
    struct assay_comparison comparison, deterioration;
    struct assay_sample_size size;
};

/** struct assay__shown: made as programs read, by any thread; see analysis_read.c. */
struct assay__shown {
    atomic_bool any;
    _Atomic(struct assay__shown_look *) of[]; /* [result]: its looks; NULL before they are read */
};

/**
 * struct assay_srm_result: sample ratio mismatch of one slice. groups[] as analysis groups. Under
 * several looks the sequential test's p is the least of all of them, but in slices of dimensions.
 */
struct assay_srm_result {
    uint32_t slice;
    uint32_t look;   /* that p is of; UINT32_MAX: the last one */
    int64_t time_ns; /* the end of that look; INT64_MIN when the data have no time */
    struct assay_srm test;
    struct assay_srm_group *groups;
    const char *message;
};

/** ASSAY__NO_GROUP stands in place of a group's index where there is none. */
#define ASSAY__NO_GROUP UINT32_MAX

/** struct assay_treatment: a compared group and the advice about it. */
struct assay_treatment {
    uint32_t group;
    uint32_t
        baseline; /* the control; ASSAY__NO_GROUP without one, or when never compared with it */
    enum assay_recommendation recommendation;
    bool final;              /* no later look is planned */
    enum assay_outcome rule; /* whether the decision rule holds */
    const struct assay_advice_reason *reasons;
    uint32_t reason_count;
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
    size_t result_count;        /* by metric, then comparison, then slice */
    struct assay__shown *shown; /* of the results, as programs read them */
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
    struct assay_rates errors;
    struct assay_metric_rates *rates; /* [metric]: in the total and dimensions */
    char input_digest[65]; /* hex SHA-256 of the exact sums, independent of order and split */
    char analysis_result_id[64];
    void *storage; /* private */
};

#endif
