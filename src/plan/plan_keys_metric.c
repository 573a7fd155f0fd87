/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keys of a metric. */
#include "analysis/plan_model.h"
#include "plan/plan_read.h"
#include "plan/plan_rows.h"

/* clang-format off: one row a key */
#define STRUCT struct assay_cap
static const struct assay__plan_key cap_rows[] = {
    {DECIMAL("lower", lower), .rival = "lowerQuantile", FLAG("lower", "X"),
     SAYS("values below count as this")},
    {DECIMAL("upper", upper), .rival = "upperQuantile", FLAG("upper", "X"),
     SAYS("values above count as this")},
    {NUMBER("lowerQuantile", lower_quantile, rate, NAN), .rival = "lower",
     FLAG("lower-quantile", "P"), SAYS("the lower end as a quantile of the values of all groups")},
    {NUMBER("upperQuantile", upper_quantile, rate, NAN), .rival = "upper",
     FLAG("upper-quantile", "P"), SAYS("the upper end as a quantile of the values of all groups")},
};
#undef STRUCT

#define STRUCT struct assay_metric_plan
static const struct assay__plan_key denominator_rows[] = {
    {ASSAY__ROW(EVENTS, "events", ASSAY__PLACE(denominator_measure.events), ASSAY__NO_MARK),
     SAYS("event files that the denominator is made of; those of the value unless given")},
    {TEXT("value", denominator), SAYS("column; with count, all rows count unless it is given")},
    {MAYBE_CHOICE("aggregation", denominator_measure.aggregation,
                  denominator_measure.has_aggregation, aggregation),
     SAYS("how several rows of a unit become its denominator")},
    {TEXT("where", denominator_measure.where), .check = assay__plan_check_filter,
     SAYS("only rows that this filter holds for")},
};

static const struct assay__plan_key metric_rows[] = {
    {ASSAY__ROW(IGNORED, "include", 0, ASSAY__NO_MARK), .check = assay__plan_check_include,
     SAYS("FILE#ID or FILE of metric definitions; keys beside it change the definition")},
    {TEXT("id", id), REQUIRED, FLAG("id", "NAME"),
     SAYS("name of the metric, distinct in the plan; the column unless given")},
    {CHOICE("role", role, role, ASSAY_ROLE_SUCCESS), ALWAYS, FLAG("role", "NAME"),
     SAYS(
         "success (to be improved), guardrail (not to be harmed) or deterioration (watched only)")},
    {CHOICE("type", type, metric_type, ASSAY_METRIC_MEAN), ALWAYS, DATA,
     SAYS("what is estimated per group: mean, proportion, ratio or quantile")},
    {TEXT("value", value), ALWAYS, DATA, FLAG("value", "COLUMN"),
     SAYS("column of the value; the id unless given")},
    {ASSAY__ROW(TEXT_OR_OBJECT, "denominator", ASSAY__PLACE(denominator), ASSAY__NO_MARK), ALWAYS,
     .child = ASSAY__OBJECT_DENOMINATOR, .of = 1 + ASSAY_METRIC_RATIO, DATA,
     SAYS("column that the sum of values is divided by, or how it is made of events")},
    {NUMBER("quantile", quantile, rate, NAN), ALWAYS, .of = 1 + ASSAY_METRIC_QUANTILE,
     SAYS("which quantile, such as 0.9")},
    {TEXTS("covariates", covariates, covariate_count, ASSAY_COVARIATES_MAX), DATA,
     FLAG("covariates", "A+B"),
     SAYS("columns measured before the exposure, which reduce the variance")},
    {CHOICE("varianceReduction", reduction, reduction, ASSAY_REDUCTION_NONE), ALWAYS,
     .varies = true, FLAG("reduction", "NAME"),
     SAYS("full (own slopes per group), pooled (one slope) or none; full with covariates")},
    {CHOICE("direction", direction, direction, ASSAY_DIRECTION_INCREASE), ALWAYS,
     FLAG("direction", "NAME"), SAYS("which way is good: increase, decrease or any")},
    {EFFECT("minimumDetectableEffect", effect, effect, 1, "minimumDetectableEffectAbs"),
     FLAG("mde", "X"), SAYS("smallest effect worth finding, as a share of the baseline mean (2%)")},
    {EFFECT("minimumDetectableEffectAbs", effect, effect, 0, "minimumDetectableEffect"),
     FLAG("mde-abs", "X"), SAYS("the same in units of the metric")},
    {EFFECT("nonInferiorityMargin", margin, margin, 1, "nonInferiorityMarginAbs"),
     FLAG("margin", "X"),
     SAYS("guardrails: how much worse is acceptable, as a share of the baseline mean")},
    {EFFECT("nonInferiorityMarginAbs", margin, margin, 0, "nonInferiorityMargin"),
     FLAG("margin-abs", "X"), SAYS("the same in units of the metric")},
    {CHOICE("missing", missing, missing, ASSAY_MISSING_DROP), ALWAYS, DATA, FLAG("missing", "NAME"),
     SAYS("missing values: drop (the unit does not count for the metric) or zero")},
    {OBJECT("cap", ASSAY__PLACE(cap), ASSAY__NO_MARK, CAP), DATA,
     SAYS("values beyond an end count as that end")},
    {ASSAY__ROW(EVENTS, "events", ASSAY__PLACE(measure.events), ASSAY__NO_MARK), DATA,
     FLAG("events", "NAME"),
     SAYS("event files that the value is made of; the exposures' table unless given")},
    {TEXT("where", measure.where), .check = assay__plan_check_filter, DATA, FLAG("where", "FILTER"),
     SAYS("only event rows that this filter holds for")},
    {DURATION("window", window), DATA, FLAG("window", "TIME"),
     SAYS("how long events count, such as 7d, 36h or 90m; open unless given")},
    {DURATION("offset", offset), DATA, FLAG("offset", "TIME"),
     SAYS("how long after the exposure the window begins; 0 unless given")},
    {DURATION("preExposureWindow", pre_exposure), DATA, FLAG("pre-exposure-window", "TIME"),
     SAYS("the same aggregation over that long before the exposure is the covariate")},
    {MAYBE_CHOICE("aggregation", measure.aggregation, measure.has_aggregation, aggregation), DATA,
     FLAG("aggregation", "NAME"),
     SAYS("several rows of a unit: sum, count, countDistinct, mean, min, max, first or last")},
    {OBJECT("horizon", ASSAY__PLACE(horizon), ASSAY__PLACE(has_horizon), HORIZON),
     SAYS("when the metric is looked at; as the plan says unless given")},
    {LEVEL("deterioration", deterioration_alpha, ASSAY__PLACE(has_deterioration)),
     FLAG("deterioration", "A"), SAYS("level of the metric's test for harm, or off")},
};
#undef STRUCT
/* clang-format on */

const struct assay__plan_keys assay__keys_cap = {
    .name = "cap",
    .sentence = "Values beyond an end count as that end. Not for proportions.",
    ASSAY__ROWS(cap_rows),
    .finish = assay__plan_finish_cap,
    .rules = "{\"minProperties\":1}"};
const struct assay__plan_keys assay__keys_denominator = {.name = "denominator",
                                                         .sentence =
                                                             "A denominator made of events.",
                                                         ASSAY__ROWS(denominator_rows)};
const struct assay__plan_keys assay__keys_metric = {
    .name = "metric",
    .sentence = "What is measured, and what for.",
    ASSAY__ROWS(metric_rows),
    .type = &metric_rows[3],
    .instead = "include",
    .finish = assay__plan_finish_metric,
    .rules = "{\"if\":{\"properties\":{\"type\":{\"const\":\"ratio\"}},\"required\":["
             "\"type\"]},\"then\":{\"required\":[\"denominator\"]}},{\"if\":{\"properties\":{"
             "\"type\":{\"const\":\"quantile\"}},\"required\":[\"type\"]},\"then\":{\"required\":"
             "[\"quantile\"]}}"};
