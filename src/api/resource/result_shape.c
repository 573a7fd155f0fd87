/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The fields of the AnalysisResult in the contract's order, and where each value is in an analysis.
 * A new field is a row, and where no view has its value yet a member of one.
 */
#include "api/resource/result_shape.h"

#include <math.h>

#include "analysis/analysis_view.h"

static enum assay_tristate answer(bool yes)
{
    return yes ? ASSAY_YES : ASSAY_NO;
}

/* The views. Each takes over where the object is, and fills in its leaves. */

static bool view_context(const struct assay__view *of, size_t index, struct assay__view *out)
{
    if (index >= of->annotation->context_count)
        return false;
    *out = *of;
    out->text = of->annotation->context[index];
    return true;
}

/* The guide's remarks and then the others, as one list. */
static const struct assay_annotation *note_at(const struct assay_analysis *analysis, size_t at)
{
    return at < analysis->guide_count ? &analysis->guide[at]
                                      : &analysis->annotations[at - analysis->guide_count];
}

/* Annotations of the view's metric, or of the analysis as a whole. */
static bool view_annotation(const struct assay__view *of, size_t index, struct assay__view *out)
{
    const struct assay_analysis *analysis = of->analysis;
    size_t count = analysis->guide_count + analysis->annotation_count;
    size_t at = index == 0 ? 0 : out->note_index + 1;
    while (at < count && note_at(analysis, at)->metric != of->metric)
        at++;
    if (at >= count)
        return false;
    const struct assay_annotation *note = note_at(analysis, at);
    *out = *of;
    out->annotation = note;
    out->note_index = at;
    out->note = (struct assay__annotation_view){
        .info = note->level == ASSAY_NOTE_INFO ? note->text : NULL,
        .warning = note->level == ASSAY_NOTE_WARNING ? note->text : NULL,
        .error = note->level == ASSAY_NOTE_ERROR ? note->text : NULL};
    return true;
}

static bool view_metric(const struct assay__view *of, size_t index, struct assay__view *out)
{
    if (index >= of->analysis->plan->metric_count)
        return false;
    *out = *of;
    out->metric = (int32_t)index;
    out->text = of->analysis->plan->metrics[index].id;
    return true;
}

static bool view_settings(const struct assay__view *of, size_t index, struct assay__view *out)
{
    size_t count;
    const struct assay_metric_result *first =
        assay__first_result(of->analysis, (uint32_t)of->metric, &count);
    const struct assay_metric_plan *metric = &of->analysis->plan->metrics[of->metric];
    *out = *of;
    out->settings = (struct assay__settings_view){
        .alpha = count > 0 ? first->alpha : (double)NAN,
        .beta = count > 0 ? first->beta : (double)NAN,
        .has_reduction = answer(metric->reduction != ASSAY_REDUCTION_NONE)};
    return index == 0;
}

static bool view_comparison(const struct assay__view *of, size_t index, struct assay__view *out)
{
    size_t count;
    const struct assay_metric_result *first =
        assay__first_result(of->analysis, (uint32_t)of->metric, &count);
    if (index >= count)
        return false;
    const struct assay_metric_result *result = &first[index];
    const struct assay_slice *slice = &of->analysis->slices[result->slice];
    *out = *of;
    out->result = result;
    out->slice = result->slice;
    out->comparison = (struct assay__comparison_view){
        .comparison_id = result->comparison_id,
        .segment_id = slice->kind == ASSAY_SLICE_SEGMENT ? slice->key : NULL};
    return true;
}

static bool view_status(const struct assay__view *of, size_t index, struct assay__view *out)
{
    const struct assay_metric_result *result = of->result;
    *out = *of;
    out->status = (struct assay__status_view){.message = result->message,
                                              .powered = result->powered,
                                              .significant = result->significant,
                                              .deteriorated = result->deteriorated};
    return index == 0;
}

static bool view_groups(const struct assay__view *of, size_t index, struct assay__view *out)
{
    const struct assay_group_result *groups = of->analysis->groups;
    *out = *of;
    out->pair =
        (struct assay__pair_view){groups[of->result->baseline].id, groups[of->result->compared].id};
    return index == 0;
}

static void fill_look(struct assay__view *out, const struct assay__view *of,
                      const struct assay_look_result *look, bool is_deterioration)
{
    *out = *of;
    out->look = look;
    out->is_deterioration = is_deterioration;
    const struct assay__kept_comparison *test = &look->comparison; /* estimates are of both tests */
    double relative = is_deterioration ? assay__harm_test(look)->relative.estimate
                                       : look->comparison.relative.estimate;
    bool has_relative = isfinite(relative);
    out->estimates = (struct assay__look_view){
        .baseline = test->baseline.estimate,
        .compared = test->compared.estimate,
        .baseline_rel = has_relative ? 1.0 : (double)NAN,
        .compared_rel =
            has_relative ? test->compared.estimate / test->baseline.estimate : (double)NAN};
}

static bool view_look(const struct assay__view *of, size_t index, struct assay__view *out)
{
    if (index >= of->result->look_count)
        return false;
    fill_look(out, of, &of->result->looks[index], false);
    return true;
}

static bool view_last_look(const struct assay__view *of, size_t index, struct assay__view *out)
{
    const struct assay_look_result *last = assay__last_look(of->result);
    if (index > 0 || last == NULL)
        return false;
    fill_look(out, of, last, false);
    return true;
}

static bool view_deterioration(const struct assay__view *of, size_t index, struct assay__view *out)
{
    const struct assay_look_result *last = assay__last_look(of->result);
    if (index > 0 || last == NULL || last->deterioration == NULL)
        return false;
    fill_look(out, of, last, true);
    return true;
}

/* The relative test is the absolute one: both reject together. The deterioration test looks for
 * harm of any size: it has no powered effect. */
static void fill_scale(struct assay__view *out, const struct assay__view *of, double estimate,
                       struct assay__bounds bounds, double powered)
{
    const struct assay_metric_result *result = of->result;
    const struct assay_look_result *look = of->look;
    const struct assay__kept_difference *difference =
        of->is_deterioration ? &assay__harm_test(look)->difference : &look->comparison.difference;
    enum assay_tristate found = of->is_deterioration ? result->deteriorated : result->significant;
    bool is_tested = found != ASSAY_UNKNOWN && !isnan(difference->p);
    *out = *of;
    out->scale = (struct assay__scale_view){
        .estimate = estimate,
        .lower = bounds.lower,
        .upper = bounds.upper,
        .powered = of->is_deterioration ? (double)NAN : powered,
        .significant = is_tested ? answer(difference->significant) : ASSAY_UNKNOWN};
}

static bool view_absolute(const struct assay__view *of, size_t index, struct assay__view *out)
{
    const struct assay__kept_difference *difference = of->is_deterioration
                                                          ? &assay__harm_test(of->look)->difference
                                                          : &of->look->comparison.difference;
    fill_scale(out, of, difference->estimate,
               (struct assay__bounds){difference->lower, difference->upper},
               of->look->size.powered_effect_abs);
    return index == 0 && isfinite(difference->estimate);
}

static bool view_relative(const struct assay__view *of, size_t index, struct assay__view *out)
{
    const struct assay__kept_relative *relative = of->is_deterioration
                                                      ? &assay__harm_test(of->look)->relative
                                                      : &of->look->comparison.relative;
    fill_scale(out, of, relative->estimate, assay__relative_bounds(of->analysis->plan, relative),
               of->look->size.powered_effect_rel);
    return index == 0 && isfinite(relative->estimate);
}

static bool view_sample_size(const struct assay__view *of, size_t index, struct assay__view *out)
{
    const struct assay_look_result *last = assay__last_look(of->result);
    if (index > 0 || last == NULL)
        return false;
    *out = *of;
    out->size = (struct assay__size_view){.current = last->size.current,
                                          .required = last->size.required,
                                          .powered_rel = last->size.powered_effect_rel,
                                          .powered_abs = last->size.powered_effect_abs};
    return true;
}

static bool view_group(const struct assay__view *of, size_t index, struct assay__view *out)
{
    const struct assay_analysis *analysis = of->analysis;
    if (index >= analysis->group_count)
        return false;
    *out = *of;
    out->group = (struct assay__group_view){
        .id = analysis->groups[index].id,
        .units = analysis->units[(size_t)of->slice * analysis->group_count + index]};
    return true;
}

static bool view_dimension(const struct assay__view *of, size_t index, struct assay__view *out)
{
    const struct assay_slice *slice = &of->analysis->slices[of->slice];
    *out = *of;
    out->pair = (struct assay__pair_view){slice->key, slice->value};
    return index == 0 && slice->kind == ASSAY_SLICE_DIMENSION;
}

/* The planned size is the effect to find; for a guardrail that has none, its margin. */
static bool view_details(const struct assay__view *of, size_t index, struct assay__view *out)
{
    const struct assay_metric_plan *metric = &of->analysis->plan->metrics[of->metric];
    const struct assay_bound *planned = metric->effect.is_set ? &metric->effect : &metric->margin;
    size_t count;
    bool has_run = false;
    const struct assay_metric_result *first =
        assay__first_result(of->analysis, (uint32_t)of->metric, &count);
    for (size_t i = 0; i < count; i++)
        has_run = has_run || first[i].look_count > 0;
    *out = *of;
    out->details = (struct assay__details_view){.planned = planned->is_set ? planned->text : NULL,
                                                .has_run = answer(has_run)};
    return index == 0;
}

/* A test that could not be made has no answer, unless units are where none may be. */
static enum assay_tristate srm_answer(const struct assay_srm *test)
{
    return test->tested || test->unplanned ? answer(test->significant) : ASSAY_UNKNOWN;
}

static bool view_srm(const struct assay__view *of, size_t index, struct assay__view *out)
{
    if (index >= of->analysis->srm_count)
        return false;
    const struct assay_srm_result *srm = &of->analysis->srm[index];
    const struct assay_slice *slice = &of->analysis->slices[srm->slice];
    *out = *of;
    out->srm = srm;
    out->slice = srm->slice;
    out->comparison = (struct assay__comparison_view){
        .significant = srm_answer(&srm->test),
        .segment_id = slice->kind == ASSAY_SLICE_SEGMENT ? slice->key : NULL};
    return true;
}

static bool view_srm_status(const struct assay__view *of, size_t index, struct assay__view *out)
{
    *out = *of;
    out->status = (struct assay__status_view){.message = of->srm->message,
                                              .powered = ASSAY_UNKNOWN,
                                              .significant = srm_answer(&of->srm->test),
                                              .deteriorated = ASSAY_UNKNOWN};
    return index == 0;
}

static bool view_srm_group(const struct assay__view *of, size_t index, struct assay__view *out)
{
    if (index >= of->analysis->group_count)
        return false;
    const struct assay_srm_group *group = &of->srm->groups[index];
    *out = *of;
    out->group = (struct assay__group_view){.id = of->analysis->groups[index].id,
                                            .units = group->observed,
                                            .expected = group->expected,
                                            .significant = answer(group->significant)};
    return true;
}

static bool view_treatment(const struct assay__view *of, size_t index, struct assay__view *out)
{
    const struct assay_analysis *analysis = of->analysis;
    if (index >= analysis->treatment_count)
        return false;
    const struct assay_treatment *treatment = &analysis->treatments[index];
    *out = *of;
    out->pair =
        (struct assay__pair_view){analysis->groups[treatment->group].id,
                                  analysis->plan->recommendation_names[treatment->recommendation]};
    return true;
}

static bool view_label(const struct assay__view *of, size_t index, struct assay__view *out)
{
    const struct assay_plan *plan = of->analysis->plan;
    if (index >= plan->label_count)
        return false;
    *out = *of;
    out->pair = (struct assay__pair_view){plan->labels[index].key, plan->labels[index].value};
    return true;
}

struct assay__view assay__result_view(const struct assay_analysis *analysis)
{
    return (struct assay__view){
        .analysis = analysis, .metric = -1, .text = analysis->plan->exposure_filter};
}

/* The rows. A leaf names the member of struct assay__view that holds it. */

#define ROW(text, before, after, ...)                                                              \
    {                                                                                              \
        .name = text, .name_length = sizeof text - 1, .key = "\"" text "\":" before,               \
        .key_length = sizeof text + sizeof before + 1, .end = after,                               \
        .end_length = sizeof after - 1, __VA_ARGS__                                                \
    }
#define BOUND(c_type, of, member) .type = c_type, .offset = offsetof(struct of, member)
#define LEAF(name, is, c_type, member)                                                             \
    ROW(name, "", ",", .kind = is, BOUND(c_type, assay__view, member))
#define TEXT(name, member) LEAF(name, ASSAY__KIND_TEXT, ASSAY__C_TEXT, member)
#define NUMBER(name, member) LEAF(name, ASSAY__KIND_NUMBER, ASSAY__C_NUMBER, member)
#define SIZE(name, member) LEAF(name, ASSAY__KIND_NUMBER, ASSAY__C_SIZE, member)
#define COUNT(name, member) LEAF(name, ASSAY__KIND_NUMBER, ASSAY__C_COUNT, member)
#define BOOLEAN(name, member) LEAF(name, ASSAY__KIND_BOOLEAN, ASSAY__C_ANSWER, member)
/* An object around one leaf, left out with it. */
#define WRAPPER(name, inner, of, ...)                                                              \
    ROW(name, "{\"" inner "\":", "},", .kind = ASSAY__KIND_OBJECT, .shape = &(of), __VA_ARGS__)
#define WRAPPED(name, inner, of, type, member)                                                     \
    WRAPPER(name, inner, of, BOUND(type, assay__view, member))
#define NUMBER_VALUE(name, member) WRAPPED(name, "value", NUMBER_SHAPE, ASSAY__C_NUMBER, member)
#define ANSWER_VALUE(name, member) WRAPPED(name, "value", BOOLEAN_SHAPE, ASSAY__C_ANSWER, member)
/* Figures that are members of the analysis as they are: of a comparison, a look, or its test. */
#define RESULT_VALUE(name, of, type, member)                                                       \
    WRAPPER(name, "value", of, BOUND(type, assay_metric_result, member), .base = ASSAY__BASE_RESULT)
#define LOOK_TIME(name, member)                                                                    \
    ROW(name, "", ",", .kind = ASSAY__KIND_TEXT, BOUND(ASSAY__C_TIME, assay_look_result, member),  \
        .base = ASSAY__BASE_LOOK)
#define TEST_VALUE(name, type, member)                                                             \
    WRAPPER(name, "value", NUMBER_SHAPE, BOUND(type, assay__kept_comparison, member),              \
            .base = ASSAY__BASE_TEST)
#define PARTS(name, is, of, see) ROW(name, "", ",", .kind = is, .shape = &(of), .view = see)
#define OBJECT(name, shape, view) PARTS(name, ASSAY__KIND_OBJECT, shape, view)
/* The last element of the list before it, once more. */
#define LAST(name, of, see)                                                                        \
    ROW(name, "", ",", .kind = ASSAY__KIND_OBJECT, .shape = &(of), .view = see,                    \
        .repeats_last = true)
#define LIST(name, shape, view) PARTS(name, ASSAY__KIND_LIST, shape, view)
/* The view of an element is a pair: its key and its value. */
#define MAP(name, view) PARTS(name, ASSAY__KIND_MAP, PAIR, view)
#define OF_SERVER(name) ROW(name, "", ",", .kind = ASSAY__KIND_OF_SERVER)

#define FIELDS(name, ...) static const struct assay__result_field name##_FIELDS[] = {__VA_ARGS__}
#define SHAPE_OF(name, is_open, is_pieced)                                                         \
    {                                                                                              \
        name##_FIELDS, sizeof name##_FIELDS / sizeof *name##_FIELDS, is_open, is_pieced            \
    }
#define SHAPE(name, ...)                                                                           \
    FIELDS(name, __VA_ARGS__);                                                                     \
    static const struct assay__shape name = SHAPE_OF(name, false, false)

SHAPE(TEXT_SHAPE, TEXT("value", text));
SHAPE(NUMBER_SHAPE, LEAF("value", ASSAY__KIND_NUMBER, ASSAY__C_NONE, text));
SHAPE(BOOLEAN_SHAPE, LEAF("value", ASSAY__KIND_BOOLEAN, ASSAY__C_NONE, text));
SHAPE(FAILURE, TEXT("details", note.error));
SHAPE(ANNOTATION, LIST("context", TEXT_SHAPE, view_context), TEXT("info", note.info),
      TEXT("warning", note.warning),
      WRAPPED("error", "details", FAILURE, ASSAY__C_TEXT, note.error));
SHAPE(SETTINGS, NUMBER("adjustedAlpha", settings.alpha),
      NUMBER_VALUE("adjustedBeta", settings.beta),
      BOOLEAN("hasVarianceReduction", settings.has_reduction));
SHAPE(STATUS, TEXT("message", status.message), ANSWER_VALUE("decisionPowered", status.powered),
      ANSWER_VALUE("decisionIsSignificant", status.significant),
      ANSWER_VALUE("validationIsSignificant", status.deteriorated));
SHAPE(GROUPS, TEXT("baseline", pair.first), TEXT("compared", pair.second));
SHAPE(DIFFERENCE, NUMBER_VALUE("estimate", scale.estimate), NUMBER_VALUE("lower", scale.lower),
      NUMBER_VALUE("upper", scale.upper), NUMBER_VALUE("powered", scale.powered),
      ANSWER_VALUE("isSignificant", scale.significant));
SHAPE(LOOK, LOOK_TIME("resultTime", time_ns),
      NUMBER_VALUE("baselineEstimateAbs", estimates.baseline),
      NUMBER_VALUE("comparedEstimateAbs", estimates.compared),
      NUMBER_VALUE("baselineEstimateRel", estimates.baseline_rel),
      NUMBER_VALUE("comparedEstimateRel", estimates.compared_rel),
      OBJECT("differenceEstimateAbs", DIFFERENCE, view_absolute),
      OBJECT("differenceEstimateRel", DIFFERENCE, view_relative),
      TEST_VALUE("varianceReductionRate", ASSAY__C_NUMBER, reduction.rate),
      TEST_VALUE("unadjustedEstimateBaseline", ASSAY__C_NUMBER, baseline.unadjusted),
      TEST_VALUE("unadjustedEstimateCompared", ASSAY__C_NUMBER, compared.unadjusted),
      TEST_VALUE("baselineSampleSize", ASSAY__C_COUNT, baseline.n),
      TEST_VALUE("comparedSampleSize", ASSAY__C_COUNT, compared.n));
SHAPE(SAMPLE_SIZE, COUNT("current", size.current), SIZE("required", size.required),
      NUMBER_VALUE("poweredEffectRel", size.powered_rel),
      NUMBER_VALUE("poweredEffectAbs", size.powered_abs));
SHAPE(GROUP_STATS, TEXT("id", group.id), COUNT("sampleSize", group.units));
FIELDS(PAIR, TEXT("key", pair.first), TEXT("value", pair.second));
static const struct assay__shape PAIR = SHAPE_OF(PAIR, true, false);
FIELDS(COMPARISON, OBJECT("status", STATUS, view_status), OBJECT("groups", GROUPS, view_groups),
       LIST("result", LOOK, view_look), LAST("lastResult", LOOK, view_last_look),
       OBJECT("sampleSize", SAMPLE_SIZE, view_sample_size),
       RESULT_VALUE("isSignificant", BOOLEAN_SHAPE, ASSAY__C_ANSWER, significant),
       TEXT("comparisonId", comparison.comparison_id), LIST("groupStats", GROUP_STATS, view_group),
       MAP("dimensions", view_dimension), TEXT("segmentId", comparison.segment_id),
       OBJECT("lastDeteriorationResult", LOOK, view_deterioration));
static const struct assay__shape COMPARISON = SHAPE_OF(COMPARISON, false, true);
SHAPE(DETAILS, WRAPPED("plannedEffectSize", "value", TEXT_SHAPE, ASSAY__C_TEXT, details.planned),
      BOOLEAN("hasRun", details.has_run));
SHAPE(SRM_GROUP, TEXT("group", group.id), COUNT("observed", group.units),
      NUMBER("expected", group.expected), BOOLEAN("isSignificant", group.significant));
SHAPE(SRM, OBJECT("status", STATUS, view_srm_status),
      BOOLEAN("isSignificant", comparison.significant), MAP("dimensions", view_dimension),
      TEXT("segmentId", comparison.segment_id), LIST("result", SRM_GROUP, view_srm_group));
FIELDS(METRIC, TEXT("id", text), OBJECT("statsSettings", SETTINGS, view_settings),
       LIST("result", COMPARISON, view_comparison),
       LIST("annotations", ANNOTATION, view_annotation),
       OBJECT("metricDetails", DETAILS, view_details), LIST("srmResult", SRM, view_srm));
static const struct assay__shape METRIC = SHAPE_OF(METRIC, false, true);
SHAPE(RECOMMENDATION, LEAF("status", ASSAY__KIND_ANY, ASSAY__C_TEXT, pair.second));
SHAPE(TREATMENT, TEXT("id", pair.first),
      WRAPPED("recommendation", "status", RECOMMENDATION, ASSAY__C_TEXT, pair.second));
FIELDS(RESULT, OF_SERVER("createTime"), OF_SERVER("updateTime"), OF_SERVER("creator"),
       OF_SERVER("updater"), OF_SERVER("name"), TEXT("exposureFilter", text),
       LIST("annotations", ANNOTATION, view_annotation), LIST("results", METRIC, view_metric),
       LIST("treatments", TREATMENT, view_treatment), MAP("labels", view_label));
const struct assay__shape assay__result_shape = SHAPE_OF(RESULT, false, true);
