/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The names of every enumerator, as plans, results and flags write them. */
#include "plan/names.h"

#define DEFINE(name, type, ...)                                                                    \
    static const char *const name##_names[] = {__VA_ARGS__};                                       \
    const struct assay__choices assay__choices_##name = {                                          \
        sizeof name##_names / sizeof *name##_names, name##_names};                                 \
    const char *assay__name_##name(type value)                                                     \
    {                                                                                              \
        return (size_t)value < assay__choices_##name.count ? name##_names[value] : "unknown";      \
    }
ASSAY__NAME_LIST(DEFINE)

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
    {ASSAY_FLAG_ZERO_VARIANCE, "zeroVariance", "Both standard errors are 0, so there is no test."},
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
