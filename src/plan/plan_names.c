/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every key a plan may hold, and which of them take the words of names.h. data/plan.schema.json
 * says the same; a test compares them.
 */
#include "plan/plan_names.h"

#define COUNT(array) ((uint32_t)(sizeof(array) / sizeof *(array)))

const char *const assay__recommendation_names[5] = {
    "RECOMMENDATION_STATUS_UNSPECIFIED", "RECOMMENDATION_STATUS_SHIP",
    "RECOMMENDATION_STATUS_CONTINUE", "RECOMMENDATION_STATUS_END", "RECOMMENDATION_STATUS_ABORT"};

/* clang-format off */
static const char *const plan_keys[] = {
    "$schema", "parent", "analysisResultId", "exposureFilter", "labels", "columns",
    "granularity", "asOf", "groups", "comparisons", "alpha", "power", "horizon",
    "deterioration", "srm", "multiplicity", "dimensions", "segments", "relativeInterval",
    "test", "skewnessCorrection", "recommendationNames", "metrics"};
static const char *const columns_keys[] = {"unit", "group", "time"};
static const char *const group_keys[] = {"id", "weight"};
static const char *const comparisons_keys[] = {"baseline", "allPairs", "pairs"};
static const char *const pair_keys[] = {"baseline", "compared"};
static const char *const horizon_keys[] = {"type", "expectedSampleSize", "spending",
                                           "plannedLooks", "optimalSampleSize"};
static const char *const spending_keys[] = {"family", "parameter"};
static const char *const deterioration_keys[] = {"alpha"};
static const char *const srm_keys[] = {"alpha", "method", "tolerance", "concentration"};
static const char *const multiplicity_keys[] = {"scope"};
static const char *const segment_keys[] = {"id", "filter"};
static const char *const label_keys[] = {"key", "value"};
static const char *const recommendation_keys[] = {"unspecified", "ship", "continue", "end", "abort"};
static const char *const metric_keys[] = {
    "id", "role", "type", "value", "denominator", "quantile", "covariates",
    "varianceReduction", "direction", "minimumDetectableEffect", "minimumDetectableEffectAbs",
    "nonInferiorityMargin", "nonInferiorityMarginAbs", "missing", "cap", "window", "offset",
    "aggregation"};
static const char *const cap_keys[] = {"lower", "upper", "lowerQuantile", "upperQuantile"};

#define KEYS(name, array) {name, array, COUNT(array)}
/* clang-format on */

const struct assay__plan_keys assay__plan_keys[ASSAY__OBJECT_COUNT] = {
    [ASSAY__OBJECT_PLAN] = KEYS("plan", plan_keys),
    [ASSAY__OBJECT_COLUMNS] = KEYS("columns", columns_keys),
    [ASSAY__OBJECT_GROUP] = KEYS("group", group_keys),
    [ASSAY__OBJECT_COMPARISONS] = KEYS("comparisons", comparisons_keys),
    [ASSAY__OBJECT_PAIR] = KEYS("pair", pair_keys),
    [ASSAY__OBJECT_HORIZON] = KEYS("horizon", horizon_keys),
    [ASSAY__OBJECT_SPENDING] = KEYS("spending", spending_keys),
    [ASSAY__OBJECT_DETERIORATION] = KEYS("deterioration", deterioration_keys),
    [ASSAY__OBJECT_SRM] = KEYS("srm", srm_keys),
    [ASSAY__OBJECT_MULTIPLICITY] = KEYS("multiplicity", multiplicity_keys),
    [ASSAY__OBJECT_SEGMENT] = KEYS("segment", segment_keys),
    [ASSAY__OBJECT_LABEL] = KEYS("label", label_keys),
    [ASSAY__OBJECT_RECOMMENDATIONS] = KEYS("recommendationNames", recommendation_keys),
    [ASSAY__OBJECT_METRIC] = KEYS("metric", metric_keys),
    [ASSAY__OBJECT_CAP] = KEYS("cap", cap_keys),
};

const struct assay__plan_choice assay__plan_choices[] = {
    {ASSAY__OBJECT_PLAN, "granularity", &assay__choices_granularity},
    {ASSAY__OBJECT_PLAN, "relativeInterval", &assay__choices_relative},
    {ASSAY__OBJECT_PLAN, "test", &assay__choices_test},
    {ASSAY__OBJECT_PLAN, "skewnessCorrection", &assay__choices_skewness},
    {ASSAY__OBJECT_HORIZON, "type", &assay__choices_horizon},
    {ASSAY__OBJECT_SPENDING, "family", &assay__choices_spending},
    {ASSAY__OBJECT_SRM, "method", &assay__choices_srm},
    {ASSAY__OBJECT_MULTIPLICITY, "scope", &assay__choices_scope},
    {ASSAY__OBJECT_METRIC, "role", &assay__choices_role},
    {ASSAY__OBJECT_METRIC, "type", &assay__choices_metric_type},
    {ASSAY__OBJECT_METRIC, "varianceReduction", &assay__choices_reduction},
    {ASSAY__OBJECT_METRIC, "direction", &assay__choices_direction},
    {ASSAY__OBJECT_METRIC, "missing", &assay__choices_missing},
    {ASSAY__OBJECT_METRIC, "aggregation", &assay__choices_aggregation},
    {ASSAY__OBJECT_COUNT, NULL, NULL}};
