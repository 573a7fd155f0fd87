/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The AnalysisResult resource: fields in the contract's order, {"value": x} wrappers left
 * out where there is no value, so the document holds no null. Fields that belong to the server
 * (name, createTime, updateTime, creator, updater) are never sent.
 */
#include <math.h>

#include "report/writer.h"

static void number_wrapper(struct assay__json *json, const char *key, double value)
{
    if (!isfinite(value))
        return;
    assay__json_member_begin(json, key, '{');
    assay__json_member_number(json, "value", value);
    assay__json_end(json, '}');
}

static void count_wrapper(struct assay__json *json, const char *key, uint64_t count)
{
    assay__json_member_begin(json, key, '{');
    assay__json_member_count(json, "value", count);
    assay__json_end(json, '}');
}

static void answer_wrapper(struct assay__json *json, const char *key, enum assay_tristate answer)
{
    if (answer == ASSAY_UNKNOWN)
        return;
    assay__json_member_begin(json, key, '{');
    assay__json_member_boolean(json, "value", answer == ASSAY_YES);
    assay__json_end(json, '}');
}

static void write_status(struct assay__json *json, const char *message, enum assay_tristate powered,
                         enum assay_tristate significant, enum assay_tristate deteriorated)
{
    assay__json_member_begin(json, "status", '{');
    assay__json_member_string(json, "message", message);
    answer_wrapper(json, "decisionPowered", powered);
    answer_wrapper(json, "decisionIsSignificant", significant);
    answer_wrapper(json, "validationIsSignificant", deteriorated);
    assay__json_end(json, '}');
}

static void write_slice(struct assay__json *json, const struct assay_slice *slice)
{
    assay__json_member_begin(json, "dimensions", '[');
    if (slice->kind == ASSAY_SLICE_DIMENSION)
        assay__write_pair(json, "key", slice->key, "value", slice->value);
    assay__json_end(json, ']');
    if (slice->kind == ASSAY_SLICE_SEGMENT)
        assay__json_member_string(json, "segmentId", slice->key);
}

/* One scale of a difference. The relative test is the absolute one: both reject together. */
struct scale {
    double estimate, lower, upper, powered;
    enum assay_tristate significant;
};

static void write_difference(struct assay__json *json, const char *key, const struct scale *scale)
{
    if (!isfinite(scale->estimate))
        return;
    assay__json_member_begin(json, key, '{');
    number_wrapper(json, "estimate", scale->estimate);
    number_wrapper(json, "lower", scale->lower);
    number_wrapper(json, "upper", scale->upper);
    number_wrapper(json, "powered", scale->powered);
    answer_wrapper(json, "isSignificant", scale->significant);
    assay__json_end(json, '}');
}

/* One test at one look: the role's test or the deterioration test. */
struct test {
    const struct assay_comparison *comparison;
    double powered_abs, powered_rel;
    bool is_tested; /* false: the analysis gives figures but no answer */
};

static void write_differences(struct assay__json *json, const struct assay_plan *plan,
                              const struct test *test)
{
    const struct assay_difference *difference = &test->comparison->difference;
    const struct assay_relative *relative = &test->comparison->relative;
    enum assay_tristate significant = ASSAY_UNKNOWN;
    if (test->is_tested && !isnan(difference->p))
        significant = difference->significant ? ASSAY_YES : ASSAY_NO;
    struct assay__bounds bounds = assay__relative_bounds(plan, relative);
    struct scale absolute_scale = {difference->estimate, difference->lower, difference->upper,
                                   test->powered_abs, significant};
    struct scale relative_scale = {relative->estimate, bounds.lower, bounds.upper,
                                   test->powered_rel, significant};
    write_difference(json, "differenceEstimateAbs", &absolute_scale);
    write_difference(json, "differenceEstimateRel", &relative_scale);
}

static void write_look(struct assay__json *json, const struct assay_plan *plan,
                       const struct assay_look_result *look, const struct test *test)
{
    const struct assay_stats *baseline = &test->comparison->baseline;
    const struct assay_stats *compared = &test->comparison->compared;
    bool has_relative = isfinite(test->comparison->relative.estimate);
    assay__json_begin(json, '{');
    assay__write_time(json, "resultTime", look->time_ns);
    number_wrapper(json, "baselineEstimateAbs", baseline->estimate);
    number_wrapper(json, "comparedEstimateAbs", compared->estimate);
    if (has_relative) {
        number_wrapper(json, "baselineEstimateRel", 1.0);
        number_wrapper(json, "comparedEstimateRel", compared->estimate / baseline->estimate);
    }
    write_differences(json, plan, test);
    number_wrapper(json, "varianceReductionRate", test->comparison->reduction.rate);
    number_wrapper(json, "unadjustedEstimateBaseline", baseline->unadjusted);
    number_wrapper(json, "unadjustedEstimateCompared", compared->unadjusted);
    count_wrapper(json, "baselineSampleSize", baseline->n);
    count_wrapper(json, "comparedSampleSize", compared->n);
    assay__json_end(json, '}');
}

static struct test role_test(const struct assay_metric_result *result,
                             const struct assay_look_result *look)
{
    return (struct test){&look->comparison, look->size.powered_effect_abs,
                         look->size.powered_effect_rel, result->significant != ASSAY_UNKNOWN};
}

/* The deterioration test looks for harm of any size: it has no powered effect. */
static struct test deterioration_test(const struct assay_metric_result *result,
                                      const struct assay_look_result *look)
{
    return (struct test){&look->deterioration, (double)NAN, (double)NAN,
                         result->deteriorated != ASSAY_UNKNOWN};
}

static void write_looks(struct assay__json *json, const struct assay_plan *plan,
                        const struct assay_metric_result *result)
{
    assay__json_member_begin(json, "result", '[');
    for (uint32_t i = 0; i < result->look_count; i++) {
        struct test test = role_test(result, &result->looks[i]);
        write_look(json, plan, &result->looks[i], &test);
    }
    assay__json_end(json, ']');
    const struct assay_look_result *last = assay__last_look(result);
    if (last == NULL)
        return;
    struct test test = role_test(result, last);
    assay__json_key(json, "lastResult");
    write_look(json, plan, last, &test);
}

static void write_sample_size(struct assay__json *json, const struct assay_look_result *last)
{
    if (last == NULL)
        return;
    assay__json_member_begin(json, "sampleSize", '{');
    assay__json_member_count(json, "current", last->size.current);
    assay__write_size(json, "required", last->size.required);
    number_wrapper(json, "poweredEffectRel", last->size.powered_effect_rel);
    number_wrapper(json, "poweredEffectAbs", last->size.powered_effect_abs);
    assay__json_end(json, '}');
}

static void write_group_stats(struct assay__json *json, const struct assay_analysis *analysis,
                              uint32_t slice)
{
    const uint64_t *units = analysis->units + (size_t)slice * analysis->group_count;
    assay__json_member_begin(json, "groupStats", '[');
    for (uint32_t g = 0; g < analysis->group_count; g++) {
        assay__json_begin(json, '{');
        assay__json_member_string(json, "id", analysis->groups[g].id);
        assay__json_member_count(json, "sampleSize", units[g]);
        assay__json_end(json, '}');
    }
    assay__json_end(json, ']');
}

static void write_comparison(struct assay__json *json, const struct assay_analysis *analysis,
                             const struct assay_metric_result *result)
{
    const struct assay_look_result *last = assay__last_look(result);
    assay__json_begin(json, '{');
    write_status(json, result->message, result->powered, result->significant, result->deteriorated);
    assay__json_key(json, "groups");
    assay__write_pair(json, "baseline", analysis->groups[result->baseline].id, "compared",
                      analysis->groups[result->compared].id);
    write_looks(json, analysis->plan, result);
    write_sample_size(json, last);
    answer_wrapper(json, "isSignificant", result->significant);
    assay__json_member_string(json, "comparisonId", result->comparison_id);
    write_group_stats(json, analysis, result->slice);
    write_slice(json, &analysis->slices[result->slice]);
    if (last != NULL && last->has_deterioration) {
        struct test test = deterioration_test(result, last);
        assay__json_key(json, "lastDeteriorationResult");
        write_look(json, analysis->plan, last, &test);
    }
    assay__json_end(json, '}');
}

static void write_annotation(struct assay__json *json, const struct assay_annotation *note)
{
    assay__json_begin(json, '{');
    assay__json_member_begin(json, "context", '[');
    for (uint32_t i = 0; i < note->context_count; i++) {
        assay__json_begin(json, '{');
        assay__json_member_string(json, "value", note->context[i]);
        assay__json_end(json, '}');
    }
    assay__json_end(json, ']');
    if (note->level == ASSAY_NOTE_ERROR) {
        assay__json_member_begin(json, "error", '{');
        assay__json_member_string(json, "details", note->text);
        assay__json_end(json, '}');
    } else {
        assay__json_member_string(json, note->level == ASSAY_NOTE_WARNING ? "warning" : "info",
                                  note->text);
    }
    assay__json_end(json, '}');
}

/* metric is -1 for the remarks about the analysis as a whole. */
static void write_annotations(struct assay__json *json, const struct assay_analysis *analysis,
                              int32_t metric)
{
    assay__json_member_begin(json, "annotations", '[');
    for (size_t i = 0; i < analysis->annotation_count; i++)
        if (analysis->annotations[i].metric == metric)
            write_annotation(json, &analysis->annotations[i]);
    assay__json_end(json, ']');
}

static void write_srm(struct assay__json *json, const struct assay_analysis *analysis,
                      const struct assay_srm_result *srm)
{
    assay__json_begin(json, '{');
    write_status(json, srm->message, ASSAY_UNKNOWN, srm->test.significant ? ASSAY_YES : ASSAY_NO,
                 ASSAY_UNKNOWN);
    assay__json_member_boolean(json, "isSignificant", srm->test.significant);
    write_slice(json, &analysis->slices[srm->slice]);
    assay__json_member_begin(json, "result", '[');
    for (uint32_t g = 0; g < analysis->group_count; g++) {
        assay__json_begin(json, '{');
        assay__json_member_string(json, "group", analysis->groups[g].id);
        assay__json_member_count(json, "observed", srm->groups[g].observed);
        assay__json_member_number(json, "expected", srm->groups[g].expected);
        assay__json_member_boolean(json, "isSignificant", srm->groups[g].significant);
        assay__json_end(json, '}');
    }
    assay__json_end(json, ']');
    assay__json_end(json, '}');
}

/* The planned size is the effect to find; for a guardrail that has none, its margin. */
static void write_metric_details(struct assay__json *json, const struct assay_metric_plan *metric,
                                 bool has_run)
{
    const struct assay_bound *planned = metric->effect.is_set ? &metric->effect : &metric->margin;
    assay__json_member_begin(json, "metricDetails", '{');
    if (planned->is_set) {
        assay__json_member_begin(json, "plannedEffectSize", '{');
        assay__json_member_string(json, "value", planned->text);
        assay__json_end(json, '}');
    }
    assay__json_member_boolean(json, "hasRun", has_run);
    assay__json_end(json, '}');
}

static void write_metric(struct assay__json *json, const struct assay_analysis *analysis,
                         uint32_t index)
{
    const struct assay_metric_plan *metric = &analysis->plan->metrics[index];
    size_t count;
    const struct assay_metric_result *results = assay__first_result(analysis, index, &count);
    bool has_run = false;
    assay__json_begin(json, '{');
    assay__json_member_string(json, "id", metric->id);
    assay__json_member_begin(json, "statsSettings", '{');
    if (count > 0) {
        assay__json_member_number(json, "adjustedAlpha", results[0].alpha);
        number_wrapper(json, "adjustedBeta", results[0].beta);
    }
    assay__json_member_boolean(json, "hasVarianceReduction",
                               metric->reduction != ASSAY_REDUCTION_NONE);
    assay__json_end(json, '}');
    assay__json_member_begin(json, "result", '[');
    for (size_t i = 0; i < count; i++) {
        has_run = has_run || results[i].look_count > 0;
        write_comparison(json, analysis, &results[i]);
    }
    assay__json_end(json, ']');
    write_annotations(json, analysis, (int32_t)index);
    write_metric_details(json, metric, has_run);
    assay__json_member_begin(json, "srmResult", '[');
    for (uint32_t s = 0; s < analysis->srm_count; s++)
        write_srm(json, analysis, &analysis->srm[s]);
    assay__json_end(json, ']');
    assay__json_end(json, '}');
}

static void write_treatments(struct assay__json *json, const struct assay_analysis *analysis)
{
    assay__json_member_begin(json, "treatments", '[');
    for (uint32_t t = 0; t < analysis->treatment_count; t++) {
        const struct assay_treatment *treatment = &analysis->treatments[t];
        assay__json_begin(json, '{');
        assay__json_member_string(json, "id", analysis->groups[treatment->group].id);
        assay__json_member_begin(json, "recommendation", '{');
        assay__json_member_string(json, "status",
                                  analysis->plan->recommendation_names[treatment->recommendation]);
        assay__json_end(json, '}');
        assay__json_end(json, '}');
    }
    assay__json_end(json, ']');
}

void assay__result_value(struct assay__json *json, const struct assay_analysis *analysis)
{
    const struct assay_plan *plan = analysis->plan;
    assay__json_begin(json, '{');
    assay__json_member_string(json, "exposureFilter", plan->exposure_filter);
    write_annotations(json, analysis, -1);
    assay__json_member_begin(json, "results", '[');
    for (uint32_t m = 0; m < plan->metric_count; m++)
        write_metric(json, analysis, m);
    assay__json_end(json, ']');
    write_treatments(json, analysis);
    assay__json_member_begin(json, "labels", '[');
    for (uint32_t i = 0; i < plan->label_count; i++)
        assay__write_pair(json, "key", plan->labels[i].key, "value", plan->labels[i].value);
    assay__json_end(json, ']');
    assay__json_end(json, '}');
}

void assay__write_result(const struct assay_analysis *analysis,
                         const struct assay_write_options *options, struct assay__text *out)
{
    struct assay__json json = {.out = out, .pretty = options->pretty};
    assay__result_value(&json, analysis);
    assay__text_putc(out, '\n');
}
