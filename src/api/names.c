/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "api/names.h"

/* A table of names by enumerator; a value outside of it (a caller's fault) is "unknown". */
#define NAME_FUNCTION(function, type, ...)                                                        \
    const char *function(type value)                                                              \
    {                                                                                             \
        static const char *const names[] = {__VA_ARGS__};                                         \
        return (size_t)value < sizeof names / sizeof *names ? names[value] : "unknown";           \
    }

NAME_FUNCTION(assay__name_metric_type, enum assay_metric_type, "mean", "proportion", "ratio",
              "quantile")
NAME_FUNCTION(assay__name_role, enum assay_role, "success", "guardrail", "deterioration")
NAME_FUNCTION(assay__name_direction, enum assay_direction, "increase", "decrease", "any")
NAME_FUNCTION(assay__name_side, enum assay_side, "upper", "lower", "both")
NAME_FUNCTION(assay__name_test, enum assay_test_kind, "z", "t")
NAME_FUNCTION(assay__name_relative, enum assay_relative_kind, "fieller", "delta", "log", "scaled")
NAME_FUNCTION(assay__name_reduction, enum assay_reduction, "none", "full", "pooled")
NAME_FUNCTION(assay__name_skewness, enum assay_skewness_correction, "none", "hall", "johnson",
              "pearson")
NAME_FUNCTION(assay__name_fieller, enum assay_fieller_kind, "none", "bounded", "complement",
              "line")
NAME_FUNCTION(assay__name_horizon, enum assay_horizon_kind, "fixed", "groupSequential",
              "alwaysValid")
NAME_FUNCTION(assay__name_scope, enum assay_multiplicity_scope, "all", "perMetric",
              "perComparison")
NAME_FUNCTION(assay__name_srm, enum assay_srm_method, "chi2", "sequential")
NAME_FUNCTION(assay__name_slice, enum assay_slice_kind, "total", "dimension", "segment")
NAME_FUNCTION(assay__name_level, enum assay_annotation_level, "info", "warning", "error")
NAME_FUNCTION(assay__name_recommendation, enum assay_recommendation, "SHIP", "CONTINUE", "END",
              "ABORT")

const char *assay__name_hypothesis(const struct assay_metric_plan *metric)
{
    if (metric->role == ASSAY_ROLE_SUCCESS)
        return "superiority";
    if (metric->role == ASSAY_ROLE_GUARDRAIL && metric->margin.is_set)
        return "nonInferiority";
    return "deterioration";
}

static const struct assay__flag_name FLAGS[] = {
    {ASSAY_FLAG_TOO_FEW_UNITS, "tooFewUnits", "A group has too few units for a variance."},
    {ASSAY_FLAG_ZERO_VARIANCE, "zeroVariance",
     "Both standard errors are 0, so there is no test."},
    {ASSAY_FLAG_ZERO_BASELINE, "zeroBaseline",
     "The baseline estimate is 0, so there are no relative figures."},
    {ASSAY_FLAG_ZERO_DENOMINATOR, "zeroDenominator",
     "A group's denominators sum to 0, so there is no estimate."},
    {ASSAY_FLAG_FIELLER_UNBOUNDED, "fiellerUnbounded",
     "The baseline is not clearly different from 0, so Fieller's set for the relative difference "
     "is not an interval."},
    {ASSAY_FLAG_LOG_UNDEFINED, "logUndefined",
     "The estimates do not have one sign, so there is no log interval."},
    {ASSAY_FLAG_COVARIATE_DROPPED, "covariateDropped",
     "A covariate is constant or a combination of others and was dropped."},
    {ASSAY_FLAG_SKEWED_LOWER, "skewedLower",
     "The values are skewed: the lower tail's true error is off by more than a fifth of alpha."},
    {ASSAY_FLAG_SKEWED_UPPER, "skewedUpper",
     "The values are skewed: the upper tail's true error is off by more than a fifth of alpha."},
    {ASSAY_FLAG_ONE_GROUP_CONSTANT, "oneGroupConstant",
     "All values of one group are equal, so the test rests on the other group's variance."},
    {ASSAY_FLAG_OVERFLOW, "overflow", "A figure lies outside the range of doubles."},
    {ASSAY_FLAG_REDUCTION_UNUSED, "reductionUnused",
     "A group has too few units for so many covariates, so the variance is not reduced."},
};

const struct assay__flag_name *assay__flag_names(size_t *count)
{
    *count = sizeof FLAGS / sizeof *FLAGS;
    return FLAGS;
}
