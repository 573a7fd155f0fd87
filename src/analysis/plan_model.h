/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_ANALYSIS_PLAN_MODEL_H
#define ASSAY_ANALYSIS_PLAN_MODEL_H

/*
 * What a plan is made of, inside the library. Programs see a handle (assay/plan.h), so that a key
 * may be added here at any time.
 */
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "assay/compare.h"
#include "assay/plan.h"
#include "assay/srm.h"

/** enum assay_missing: what a missing value of a metric counts as. */
enum assay_missing {
    ASSAY_MISSING_DROP, /* the unit does not count for the metric, and is counted as missing */
    ASSAY_MISSING_ZERO  /* 0 */
};

/** struct assay_spending: an error rate as a function of the information. */
struct assay_spending {
    enum assay_spending_family family;
    double parameter; /* rho of the power family, gamma of Hwang, Shih, DeCani; else NaN */
};

/** struct assay_horizon_plan: when a metric is looked at, and what keeps its error rate then. */
struct assay_horizon_plan {
    enum assay_horizon_kind kind;
    double expected_sample_size;    /* group sequential: units of all groups at the end; else NaN */
    double optimal_sample_size;     /* always valid: units of all groups at which it is narrowest */
    double tau;                     /* always valid: sd of the mixture over effects; NaN: unset */
    struct assay_spending spending; /* group sequential */
    uint32_t planned_looks;         /* group sequential; 0 when not given */
    bool has_futility;              /* group sequential: beta is spent too */
    bool futility_is_binding;       /* a look beyond the futility bound ends the test */
    struct assay_spending futility;
};

/** enum assay_aggregation: how several rows of a unit become its value. */
enum assay_aggregation {
    ASSAY_AGGREGATE_SUM,            /* 0 without rows */
    ASSAY_AGGREGATE_COUNT,          /* rows with a value, or all rows when no column is named */
    ASSAY_AGGREGATE_COUNT_DISTINCT, /* different texts */
    ASSAY_AGGREGATE_MEAN,           /* missing without rows, as are those that follow */
    ASSAY_AGGREGATE_MIN,
    ASSAY_AGGREGATE_MAX,
    ASSAY_AGGREGATE_FIRST, /* by time; the smaller value at equal times */
    ASSAY_AGGREGATE_LAST   /* by time; the larger value at equal times */
};

/** struct assay_duration: a length of time. */
struct assay_duration {
    bool is_set;
    int64_t ns; /* >= 0; a window is > 0 */
};

/** struct assay_events_plan: event files that are joined to the exposures on the unit. */
struct assay_events_plan {
    const char *name;
    const char *unit_column, *time_column; /* those of the plan unless given; may be NULL */
};

/** struct assay_measure: which rows a value is made of, and how. */
struct assay_measure {
    const struct assay_events_plan *events; /* NULL: rows of the exposures' own table */
    bool has_aggregation;                   /* false: a unit has one row */
    enum assay_aggregation aggregation;
    const char *where; /* filter of the rows; NULL: all */
};

/** enum assay_granularity: width of a look. */
enum assay_granularity {
    ASSAY_GRANULARITY_NONE, /* one look over all data */
    ASSAY_GRANULARITY_HOUR, /* looks end with the hour, UTC */
    ASSAY_GRANULARITY_DAY,  /* looks end with the day, UTC */
    ASSAY_GRANULARITY_WEEK  /* looks end with the week, UTC */
};

/** enum assay_comparison_scheme: which pairs of groups are compared. */
enum assay_comparison_scheme {
    ASSAY_COMPARE_BASELINE,  /* every group with the baseline */
    ASSAY_COMPARE_ALL_PAIRS, /* every group with every later one */
    ASSAY_COMPARE_PAIRS      /* those that are listed */
};

/** enum assay_multiplicity_scope: which tests share a family of adjusted p-values. */
enum assay_multiplicity_scope {
    ASSAY_MULTIPLICITY_ALL,           /* every metric x comparison of a slice */
    ASSAY_MULTIPLICITY_PER_METRIC,    /* the comparisons of one metric */
    ASSAY_MULTIPLICITY_PER_COMPARISON /* the metrics of one comparison */
};

/** enum assay_alpha_division: how the error rates are shared among the tests. */
enum assay_alpha_division {
    ASSAY_DIVIDE_DECISION,   /* as the decision rule asks: see assay/correct.h */
    ASSAY_DIVIDE_BONFERRONI, /* alpha over all tests of success metrics and margins */
    ASSAY_DIVIDE_NONE        /* every test at alpha: the whole decision errs more often */
};

/** enum assay_map_form: how the result writes labels and dimensions, which are keys with values. */
enum assay_map_form {
    ASSAY_MAPS_AS_LIST,  /* [{"key": k, "value": v}] */
    ASSAY_MAPS_AS_OBJECT /* {k: v} */
};

/** enum assay_rule_kind: what a node of a decision rule is. */
enum assay_rule_kind {
    ASSAY_RULE_METRIC, /* a leaf: holds when the metric passes */
    ASSAY_RULE_AND,    /* holds when every branch does */
    ASSAY_RULE_OR      /* holds when at least one branch does */
};

/** struct assay_rule: a node of the decision rule, which says what must hold to ship. */
struct assay_rule {
    enum assay_rule_kind kind;
    uint32_t metric; /* of a leaf: index into the metrics */
    const struct assay_rule *branches;
    uint32_t branch_count; /* >= 1 unless it is a leaf */
};

/**
 * struct assay_bound is a planned effect or margin. relative: a share of |baseline mean|; otherwise
 * metric units. value is the size, > 0; the metric's direction says which way. A share of a
 * baseline of exactly 0 is not a size: with such a margin there is no test, with such an effect no
 * required sample size.
 */
struct assay_bound {
    bool is_set;
    bool is_relative;
    double value;
    const char *text; /* the number as the plan wrote it, for plannedEffectSize; NULL when unset */
};

/** struct assay_cap limits values: to given values or to quantiles of the pooled data. */
struct assay_cap {
    const char *lower, *upper;             /* decimal text or NULL; exact */
    double lower_quantile, upper_quantile; /* in (0, 1), or NaN */
};

/** struct assay_metric_plan: one metric. Strings live as long as the plan. */
struct assay_metric_plan {
    const char *id;
    enum assay_role role;
    enum assay_metric_type type;
    const char *value;       /* column; defaults to id; NULL: all rows are counted */
    const char *denominator; /* ratio only, else NULL */
    double quantile;         /* quantile only, else NaN */
    const char **covariates;
    uint32_t covariate_count;
    enum assay_reduction reduction; /* NONE when there are no covariates */
    enum assay_direction direction;
    struct assay_bound effect; /* minimumDetectableEffect(Abs) */
    struct assay_bound margin; /* nonInferiorityMargin(Abs) */
    enum assay_missing missing;
    bool has_deterioration;     /* the metric has its own level of the deterioration test */
    double deterioration_alpha; /* that level; NaN when the metric wants no such test */
    struct assay_cap cap;
    struct assay_measure measure;             /* of the value */
    struct assay_measure denominator_measure; /* of a ratio's denominator */
    struct assay_duration window;             /* length of time in which rows count; unset: open */
    struct assay_duration offset;             /* from exposure to the window's start; unset: 0 */
    struct assay_duration pre_exposure;       /* preExposureWindow: makes a covariate */
    bool has_horizon;                         /* the metric has a horizon of its own */
    struct assay_horizon_plan horizon;        /* its own, or the plan's */
};

/** struct assay_group_plan: one planned group. */
struct assay_group_plan {
    const char *id;
    double weight; /* >= 0; any scale */
};

/** struct assay_pair: one comparison by group id. */
struct assay_pair {
    const char *baseline, *compared;
};

/** struct assay_segment_plan: a sub-population named in advance. */
struct assay_segment_plan {
    const char *id;
    const char *filter;                /* see assay(1), FILTERS */
    bool has_horizon;                  /* the segment has a horizon of its own */
    struct assay_horizon_plan horizon; /* its own, or the plan's */
};

/**
 * struct assay_dialect: how the data's text is written. Zero is the default: a decimal point, no
 * thousands marks, the usual spellings, RFC 3339 and epochs by magnitude, UTF-8.
 */
struct assay_dialect {
    char decimal;          /* '.', ',' or 0, which is '.' */
    const char *thousands; /* one character as UTF-8; NULL: none */
    bool has_missing;      /* the list takes the place of the usual spellings */
    const char **missing;
    uint32_t missing_count;
    const char **true_texts, **false_texts; /* both or none: in place of the usual ones */
    uint32_t true_count, false_count;
    const char *time;      /* a form as strptime(3) has it, or "s", "ms", "us", "ns"; NULL */
    uint32_t skip_lines;   /* before the header */
    bool trim;             /* blanks around cells are left out */
    const char **currency; /* signs that are passed over */
    uint32_t currency_count;
    bool percent;         /* a number followed by % is a hundredth */
    const char *encoding; /* as iconv(1) names it; NULL: UTF-8 */
    /* Pattern with one star: the group is what the star stands for in the name of the file of
       units or exposures, and plan.group_column is "@file". NULL: a column has it. */
    const char *group_from_file;
};

/** struct assay_label: passed through. */
struct assay_label {
    const char *key, *value;
};

/** struct assay__plan_life counts who uses a plan; the last one who leaves calls destroy(). */
struct assay__plan_life {
    atomic_uint references;
    void (*destroy)(struct assay__plan_life *life);
};

/** struct assay_plan is a validated plan with every default filled in. Read only. */
struct assay_plan {
    const char *parent;             /* NULL when not given */
    const char *analysis_result_id; /* NULL when derived */
    const char *exposure_filter;    /* NULL when not given */
    struct assay_label *labels;
    uint32_t label_count;
    const char *unit_column, *group_column, *time_column; /* NULL when not given */
    struct assay_dialect dialect;                         /* the key is "format" */
    struct assay_events_plan *events;
    uint32_t event_count;
    const char *where; /* filter of the rows that belong to the analysis; NULL: all */
    enum assay_granularity granularity;
    bool has_as_of;
    int64_t as_of_ns; /* nanoseconds since 1970-01-01T00:00:00Z */
    struct assay_group_plan *groups;
    uint32_t group_count; /* 0: groups come from the data with equal weights */
    enum assay_comparison_scheme scheme;
    const char *baseline; /* the control that advice is about; NULL when not given */
    struct assay_pair *pairs;
    uint32_t pair_count;
    double alpha, power;
    enum assay_alpha_division adjustment;
    const struct assay_rule *rule;     /* NULL: some success metric, and every guardrail */
    uint64_t minimum_units;            /* a compared group with fewer gets figures and no advice */
    uint64_t minimum_events;           /* the smaller of successes and failures of a proportion */
    struct assay_horizon_plan horizon; /* of metrics and segments without their own */
    double deterioration_alpha;        /* NaN when deterioration is false */
    enum assay_multiplicity_scope multiplicity;
    struct assay_srm_design srm;
    const char **dimensions;
    uint32_t dimension_count;
    struct assay_segment_plan *segments;
    uint32_t segment_count;
    enum assay_relative_kind relative;
    enum assay_test_kind test;
    enum assay_skewness_correction skewness; /* skewnessCorrection */
    const char *recommendation_names[5];     /* UNSPECIFIED, SHIP, CONTINUE, END, ABORT spellings */
    enum assay_map_form map_form;
    struct assay_metric_plan *metrics;
    uint32_t metric_count;
    const char *canonical;         /* canonical JSON of the plan with defaults; NUL-terminated */
    struct assay__plan_life *life; /* NULL: not counted, as of a plan made by hand */
};

/** ASSAY__NO_SEGMENT: stands for all units in assay__plan_horizon(). */
#define ASSAY__NO_SEGMENT UINT32_MAX

/**
 * assay__plan_horizon() is the horizon of a metric in a segment: the metric's own, else the
 * segment's own, else the plan's. segment is ASSAY__NO_SEGMENT or below segment_count. Threads:
 * pure.
 */
const struct assay_horizon_plan *assay__plan_horizon(const struct assay_plan *plan, uint32_t metric,
                                                     uint32_t segment);

/** assay__plan_hold() uses a plan, assay__plan_leave() ends that use; NULL may be left. */
const struct assay_plan *assay__plan_hold(const struct assay_plan *plan);
void assay__plan_leave(const struct assay_plan *plan);

#endif
