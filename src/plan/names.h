/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_PLAN_NAMES_H
#define ASSAY_PLAN_NAMES_H

#include "analysis/results.h"

/** struct assay__choices: the spellings of an enumeration; names[i] spells enumerator i. */
struct assay__choices {
    uint32_t count;
    const char *const *names;
};

/**
 * ASSAY__NAME_LIST: the spellings of every enumeration that a plan or a document holds, as X(name,
 * type, spellings by enumerator). They never change. Each makes assay__choices_NAME, and
 * assay__name_NAME(value), which is static text, "unknown" for a value outside (a caller's fault).
 */
#define ASSAY__SPELLING(name, spelling) #spelling,
#define ASSAY__PAIR_SPELLING(name, spelling) #spelling,
#define ASSAY__HORIZON_SPELLING(name, file, spelling) #spelling,
#define ASSAY__NAME_LIST(X)                                                                        \
    X(metric_type, enum assay_metric_type, ASSAY_METRIC_LIST(ASSAY__SPELLING))                     \
    X(role, enum assay_role, "success", "guardrail", "deterioration")                              \
    X(hypothesis, enum assay_hypothesis, "none", "superiority", "nonInferiority", "deterioration") \
    X(size_absence, enum assay_size_absence, "exists", "notPlanned", "zeroBaseline",               \
      "beyondShares", "tooLarge", "noVariance")                                                    \
    X(outcome, enum assay_outcome, "notTested", "passed", "failed")                                \
    X(direction, enum assay_direction, "increase", "decrease", "any")                              \
    X(missing, enum assay_missing, "drop", "zero")                                                 \
    X(aggregation, enum assay_aggregation, "sum", "count", "countDistinct", "mean", "min", "max",  \
      "first", "last")                                                                             \
    X(adjustment, enum assay_alpha_division, "decision", "bonferroni", "none")                     \
    X(map_form, enum assay_map_form, "list", "object")                                             \
    X(granularity, enum assay_granularity, "none", "hour", "day", "week")                          \
    X(horizon, enum assay_horizon_kind, ASSAY_HORIZON_LIST(ASSAY__HORIZON_SPELLING))               \
    X(spending, enum assay_spending_family, ASSAY_SPENDING_LIST(ASSAY__PAIR_SPELLING))             \
    X(test, enum assay_test_kind, "z", "t")                                                        \
    X(tested_by, enum assay_tested_by, "none", "z", "t", "fisher", "score", "permutation")         \
    X(side, enum assay_side, "upper", "lower", "both")                                             \
    X(relative, enum assay_relative_kind, "fieller", "delta", "log", "scaled")                     \
    X(fieller, enum assay_fieller_kind, "none", "bounded", "complement", "line")                   \
    X(reduction, enum assay_reduction, "none", "full", "pooled")                                   \
    X(skewness, enum assay_skewness_correction, "none", "hall", "johnson", "pearson")              \
    X(scope, enum assay_multiplicity_scope, "all", "perMetric", "perComparison")                   \
    X(srm, enum assay_srm_method, "chi2", "sequential")                                            \
    X(slice, enum assay_slice_kind, "total", "dimension", "segment")                               \
    X(level, enum assay_annotation_level, "info", "warning", "error")                              \
    X(recommendation, enum assay_recommendation, "UNSPECIFIED", "SHIP", "CONTINUE", "END", "ABORT")

#define ASSAY__NAME_DECLARE(name, type, ...)                                                       \
    extern const struct assay__choices assay__choices_##name;                                      \
    const char *assay__name_##name(type value);
ASSAY__NAME_LIST(ASSAY__NAME_DECLARE)
#undef ASSAY__NAME_DECLARE

#endif
