/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_ANALYSIS_KEPT_H
#define ASSAY_ANALYSIS_KEPT_H

/*
 * A comparison as an analysis keeps it: the figures of assay/compare.h under the same names,
 * without the room that public structs reserve and without slopes of covariates that there are not.
 * There may be 100,000 of them. assay__kept_show() fills the public struct.
 */
#include "assay/analysis.h"
#include "base/arena.h"

/** struct assay__kept_stats: see struct assay_stats. */
struct assay__kept_stats {
    uint64_t n;
    double estimate, variance, standard_error;
    double unadjusted, unadjusted_standard_error, skewness;
};

/** struct assay__kept_difference: see struct assay_difference. */
struct assay__kept_difference {
    double estimate, standard_error, df, statistic, critical, lower, upper, p, log10_p;
    double powered_effect;
    enum assay_tested_by tested_by;
    bool significant;
};

/** struct assay__kept_relative: see struct assay_relative. */
struct assay__kept_relative {
    double estimate, fieller_lower, fieller_upper;
    double delta_standard_error, delta_lower, delta_upper;
    double log_lower, log_upper, scaled_lower, scaled_upper;
    enum assay_fieller_kind fieller_kind;
};

/** struct assay__kept_reduction: see struct assay_reduction_result. */
struct assay__kept_reduction {
    double rate, remaining;
    double *slopes; /* those of the baseline, then of the compared group; NULL: all are 0 */
    enum assay_reduction method;
    uint32_t covariate_count, dropped;
};

/** struct assay__kept_tail_error: see struct assay_tail_error. */
struct assay__kept_tail_error {
    double nominal, lower, upper;
};

/** struct assay__kept_test: what one test of a comparison found. */
struct assay__kept_test {
    struct assay__kept_difference difference;
    struct assay__kept_relative relative;
    struct assay__kept_tail_error tail_error;
    double corrected_lower, corrected_upper, corrected_p, corrected_log10_p;
    uint32_t flags;
};

/** struct assay__kept_comparison: the estimates of the groups, and the test of the role. */
struct assay__kept_comparison {
    struct assay__kept_stats baseline, compared;
    struct assay__kept_reduction reduction;
    struct assay__kept_difference difference;
    struct assay__kept_relative relative;
    struct assay__kept_tail_error tail_error;
    double corrected_lower, corrected_upper, corrected_p, corrected_log10_p;
    uint32_t flags; /* enum assay_flag */
};

/** struct assay__kept_size: see struct assay_sample_size. */
struct assay__kept_size {
    uint64_t current;
    double required, powered_effect_abs, powered_effect_rel;
    enum assay_size_absence absence;
};

/**
 * assay__keep_comparison() keeps a comparison. Slopes go to the arena, at the place that *into has
 * for them already; false without memory. *into is zeroed before the first time.
 */
bool assay__keep_comparison(struct assay__kept_comparison *into, struct assay__arena *arena,
                            const struct assay_comparison *from);

/** assay__keep_test() keeps the test alone. */
void assay__keep_test(struct assay__kept_test *into, const struct assay_comparison *from);

/** assay__kept_same_test() is the role's test as a test of its own. */
struct assay__kept_test assay__kept_same_test(const struct assay__kept_comparison *from);

/** assay__kept_show() fills the public struct; test: NULL, or in place of the role's test. */
void assay__kept_show(const struct assay__kept_comparison *from,
                      const struct assay__kept_test *test, struct assay_comparison *out);

#endif
