/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keys at the top of a plan, and of the small objects there. */
#include "analysis/plan_model.h"
#include "plan/plan_read.h"
#include "plan/plan_rows.h"
#include "number/number.h"

/* clang-format off: one row a key */
static const struct assay__range EVENTS = {
    0.0, ASSAY__WHOLE_MAX, true, true, false, "a whole number from 0 to 2^53"};
static const struct assay__range UNITS = {
    1.0, ASSAY__WHOLE_MAX, true, true, false, "a whole number from 1 to 2^53"};

#define STRUCT struct assay_plan
static const struct assay__plan_key plan_rows[] = {
    {ASSAY__ROW(IGNORED, "$schema", 0, ASSAY__NO_MARK), SAYS("The schema of plans, for editors.")},
    {TEXT("parent", parent), .check = assay__plan_check_parent,
     .pattern = "^workflows/(?!(\\.{1,2}|-)/)[A-Za-z0-9._~-]{1,128}/instances/"
                "(?!(\\.{1,2}|-)$)[A-Za-z0-9._~-]{1,128}$",
     FLAG("parent", "NAME"),
     SAYS("where the result is posted: workflows/{workflow}/instances/{instance}")},
    {TEXT("analysisResultId", analysis_result_id), .check = assay__plan_check_id,
     .pattern = "^[a-z0-9-]{2,63}$", FLAG("id", "ID"),
     SAYS("id of the analysis result; derived from plan and data unless given")},
    {TEXT("exposureFilter", exposure_filter), FLAG("exposure-filter", "NAME"),
     SAYS("exposure filter, passed through")},
    {LIST("labels", labels, label_count, LABEL, struct assay_label, ASSAY__LABELS_MAX),
     .distinct = "key", FLAG("label", "KEY=VALUE"), SAYS("labels of the result, passed through")},
    {OBJECT("columns", 0, ASSAY__NO_MARK, COLUMNS), ALWAYS,
     SAYS("names of the columns that are not metrics")},
    {OBJECT("format", ASSAY__PLACE(dialect), ASSAY__NO_MARK, FORMAT),
     SAYS("how the data's text is written")},
    {LIST("events", events, event_count, EVENTS, struct assay_events_plan, ASSAY_EVENTS_MAX),
     .distinct = "name", SAYS("event files that are joined to the exposures on the unit")},
    {TEXT("where", where), .check = assay__plan_check_filter, FLAG("where", "FILTER"),
     SAYS("only rows that FILTER holds for belong to the analysis")},
    {CHOICE("granularity", granularity, granularity, ASSAY_GRANULARITY_NONE), ALWAYS,
     FLAG("granularity", "NAME"), SAYS("width of a look: none (one look), hour, day or week, UTC")},
    {TIME("asOf", as_of_ns, has_as_of), FLAG("as-of", "TIME"),
     SAYS("leave out data at or after TIME (RFC 3339)")},
    {LIST("groups", groups, group_count, GROUP, struct assay_group_plan, ASSAY_GROUPS_MAX),
     .distinct = "id", .least = 2,
     .few =
         "An experiment has at least two groups; leave \"groups\" out to take them from the data.",
     FLAG("weights", "A=1,B=2"),
     SAYS("planned groups and their shares; those of the data unless given")},
    {OBJECT("comparisons", 0, ASSAY__NO_MARK, COMPARISONS), SAYS("which groups are compared")},
    {NUMBER("alpha", alpha, rate, 0.05), ALWAYS, FLAG("alpha", "A"),
     SAYS("planned false-positive rate of the decision")},
    {NUMBER("power", power, rate, 0.8), ALWAYS, FLAG("power", "P"),
     SAYS("planned power of the decision, above alpha")},
    {CHOICE("adjustment", adjustment, adjustment, ASSAY_DIVIDE_DECISION),
     FLAG("adjustment", "NAME"), SAYS("how alpha is shared: decision, bonferroni or none")},
    {ASSAY__ROW(RULE, "decisionRule", ASSAY__PLACE(rule), ASSAY__NO_MARK),
     SAYS("what must hold to ship; a success metric and every guardrail unless given")},
    {OBJECT("minimum", 0, ASSAY__NO_MARK, MINIMUM), FLAG("minimum", "UNITS[,EVENTS]"),
     SAYS("groups with less are shown without advice; 30,5")},
    {OBJECT("horizon", ASSAY__PLACE(horizon), ASSAY__NO_MARK, HORIZON), ALWAYS,
     SAYS("when the experiment is looked at")},
    {LEVEL("deterioration", deterioration_alpha, ASSAY__NO_MARK), ALWAYS,
     FLAG("deterioration-alpha", "A"),
     SAYS("level of the tests for harm, or off; alpha unless given")},
    {OBJECT("srm", ASSAY__PLACE(srm), ASSAY__NO_MARK, SRM), ALWAYS, SAYS("sample ratio mismatch")},
    {OBJECT("multiplicity", 0, ASSAY__NO_MARK, MULTIPLICITY), ALWAYS,
     SAYS("families of adjusted p-values")},
    {TEXTS("dimensions", dimensions, dimension_count, ASSAY_DIMENSIONS_MAX),
     FLAG("dimension", "COLUMN"),
     SAYS("columns to break results down by, one at a time, to explore")},
    {LIST("segments", segments, segment_count, SEGMENT, struct assay_segment_plan,
          ASSAY_SEGMENTS_MAX),
     .distinct = "id", FLAG("segment", "ID=FILTER"),
     SAYS("sub-populations named in advance; alpha is divided among them")},
    {CHOICE("relativeInterval", relative, relative, ASSAY_RELATIVE_FIELLER), ALWAYS,
     FLAG("relative", "NAME"), SAYS("relative interval: fieller, delta, log or scaled")},
    {CHOICE("test", test, test, ASSAY_TEST_T), ALWAYS, FLAG("test", "NAME"),
     SAYS("z (normal) or t (Student's t with Welch's degrees of freedom)")},
    {CHOICE("skewnessCorrection", skewness, skewness, ASSAY_SKEWNESS_NONE), ALWAYS,
     FLAG("skewness-correction", "NAME"),
     SAYS("interval for skewed data, in addition: none, hall, johnson or pearson")},
    {OBJECT("recommendationNames", 0, ASSAY__NO_MARK, RECOMMENDATIONS), ALWAYS,
     SAYS("what the recommendations are called in the result")},
    {CHOICE("mapForm", map_form, map_form, ASSAY_MAPS_AS_LIST), FLAG("map-form", "NAME"),
     SAYS("how the result writes labels and dimensions: list or object")},
    {LIST("metrics", metrics, metric_count, METRIC, struct assay_metric_plan, ASSAY_METRICS_MAX),
     REQUIRED, .distinct = "id", .least = 1,
     .few = "The list of metrics is empty; name at least one column to measure.",
     SAYS("what is measured")},
};

static const struct assay__plan_key comparisons_rows[] = {
    {TEXT("baseline", baseline), FLAG("baseline", "GROUP"),
     SAYS("the control: every other group is compared with it, and advice is about it")},
    {ASSAY__ROW(TRUE, "allPairs", ASSAY__PLACE(scheme), ASSAY__NO_MARK),
     .fallback = ASSAY_COMPARE_ALL_PAIRS, FLAG("all-pairs", NULL),
     SAYS("compare every two groups")},
    {LIST("pairs", pairs, pair_count, PAIR, struct assay_pair, ASSAY_COMPARISONS_MAX), .least = 1,
     .few = "The list of pairs is empty; list at least one.", FLAG("compare", "BASE:GROUP"),
     SAYS("compare these pairs of groups")},
};

static const struct assay__plan_key minimum_rows[] = {
    {WHOLE(COUNT, "units", minimum_units, &UNITS, 30),
     SAYS("units of a group, and those with a value; of a ratio, as its denominators weigh")},
    {WHOLE(COUNT, "events", minimum_events, &EVENTS, 5),
     SAYS("of a proportion, the smaller of its successes and failures")},
};

static const struct assay__plan_key multiplicity_rows[] = {
    {CHOICE("scope", multiplicity, scope, ASSAY_MULTIPLICITY_ALL), ALWAYS,
     FLAG("multiplicity", "NAME"), SAYS("adjust p over all, perMetric or perComparison")},
};

#define NAME_ROW(key_, index_, word_)                                                              \
    {                                                                                              \
        TEXT(key_, recommendation_names[index_]), ALWAYS,                                          \
            .text = "RECOMMENDATION_STATUS_" word_,                                                \
            SAYS("RECOMMENDATION_STATUS_" word_ " unless given")                                   \
    }
static const struct assay__plan_key recommendation_rows[] = {
    NAME_ROW("unspecified", 0, "UNSPECIFIED"),
    NAME_ROW("ship", 1, "SHIP"),
    NAME_ROW("continue", 2, "CONTINUE"),
    NAME_ROW("end", 3, "END"),
    NAME_ROW("abort", 4, "ABORT"),
};

/* A level stands for itself: the row's offset is that of the level's key. */
static const struct assay__plan_key deterioration_rows[] = {
    {ASSAY__ROW(NUMBER, "alpha", 0, ASSAY__NO_MARK), .range = &assay__range_rate,
     .fallback = ASSAY__UNSAID, SAYS("error rate of all tests for harm together")},
};
#undef STRUCT

#define STRUCT struct assay_srm_design
static const struct assay__plan_key srm_rows[] = {
    {NUMBER("alpha", alpha, rate, 0.001), ALWAYS, FLAG("srm-alpha", "A"),
     SAYS("level of the sample ratio mismatch test")},
    {CHOICE("method", method, srm, ASSAY_SRM_CHI2), ALWAYS, .varies = true,
     FLAG("srm-method", "NAME"),
     SAYS("chi2 (valid once) or sequential (at every look); as the horizon is unless given")},
    {NUMBER("tolerance", tolerance, share, 0.0), ALWAYS, FLAG("srm-tolerance", "R"),
     SAYS("ignore shares that are off by no more than R")},
    {NUMBER("concentration", concentration, positive, 10000.0), ALWAYS,
     SAYS("prior of the sequential test")},
};
#undef STRUCT

#define STRUCT struct assay_group_plan
static const struct assay__plan_key group_rows[] = {
    {TEXT("id", id), REQUIRED, SAYS("as the data spell it")},
    {NUMBER("weight", weight, not_negative, 1.0), ALWAYS,
     SAYS("planned share of the units, on any scale")},
};
#undef STRUCT

#define STRUCT struct assay_pair
static const struct assay__plan_key pair_rows[] = {
    {TEXT("baseline", baseline), REQUIRED, SAYS("compared against")},
    {TEXT("compared", compared), REQUIRED, SAYS("compared")},
};
#undef STRUCT

#define STRUCT struct assay_segment_plan
static const struct assay__plan_key segment_rows[] = {
    {TEXT("id", id), REQUIRED, SAYS("distinct in the plan")},
    {TEXT("filter", filter), REQUIRED, .check = assay__plan_check_filter,
     SAYS("condition on columns, such as: channel = \"Web\" and history >= 200")},
    {OBJECT("horizon", ASSAY__PLACE(horizon), ASSAY__PLACE(has_horizon), HORIZON),
     SAYS("when the segment is looked at; as the plan says unless given")},
};
#undef STRUCT

#define STRUCT struct assay_label
static const struct assay__plan_key label_rows[] = {
    {TEXT("key", key), REQUIRED, SAYS("distinct in the plan")},
    {ANY_TEXT("value", value), REQUIRED, SAYS("any text")},
};
#undef STRUCT
/* clang-format on */

const struct assay__plan_keys assay__keys_plan = {.name = "plan",
                                                  .sentence =
                                                      "Plan of an experiment's analysis with assay",
                                                  ASSAY__ROWS(plan_rows),
                                                  .finish = assay__plan_finish_plan};
const struct assay__plan_keys assay__keys_comparisons = {
    .name = "comparisons",
    .sentence = "Which groups are compared: every group with the baseline, or all pairs, or a "
                "list of pairs.",
    ASSAY__ROWS(comparisons_rows),
    .finish = assay__plan_finish_comparisons,
    .rules = "{\"minProperties\":1,\"not\":{\"required\":[\"allPairs\",\"pairs\"]}}"};
const struct assay__plan_keys assay__keys_minimum = {
    .name = "minimum",
    .sentence = "What a compared group must have before advice is given.",
    ASSAY__ROWS(minimum_rows),
    .between = ','};
const struct assay__plan_keys assay__keys_multiplicity = {.name = "multiplicity",
                                                          .sentence =
                                                              "Families of adjusted p-values.",
                                                          ASSAY__ROWS(multiplicity_rows)};
const struct assay__plan_keys assay__keys_recommendations = {
    .name = "recommendationNames",
    .sentence = "What the recommendations are called in the result.",
    ASSAY__ROWS(recommendation_rows)};
const struct assay__plan_keys assay__keys_deterioration = {
    .name = "deterioration", .sentence = "Tests for harm.", ASSAY__ROWS(deterioration_rows)};
const struct assay__plan_keys assay__keys_srm = {
    .name = "srm", .sentence = "Sample ratio mismatch.", ASSAY__ROWS(srm_rows)};
const struct assay__plan_keys assay__keys_group = {
    .name = "group", .sentence = "A planned group.", ASSAY__ROWS(group_rows), .between = '='};
const struct assay__plan_keys assay__keys_pair = {.name = "pair",
                                                  .sentence = "One comparison.",
                                                  ASSAY__ROWS(pair_rows),
                                                  .between = ':',
                                                  .finish = assay__plan_finish_pair};
const struct assay__plan_keys assay__keys_segment = {.name = "segment",
                                                     .sentence =
                                                         "A sub-population named in advance.",
                                                     ASSAY__ROWS(segment_rows),
                                                     .between = '='};
const struct assay__plan_keys assay__keys_label = {
    .name = "label", .sentence = "Passed through.", ASSAY__ROWS(label_rows), .between = '='};
