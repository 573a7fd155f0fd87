/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Remarks on the conditions of comparisons. A condition is said once per metric, with the number of
 * places and what can be done: plans of a hundred metrics and fifty groups would else have
 * thousands of remarks of one kind.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analysis/analysis_view.h"
#include "analysis/analyze.h"
#include "analysis/conditions.h"
#include "base/error.h"
#include "number/number.h"
#include "stats/metric/metric.h"

enum { SKEWED = ASSAY_FLAG_SKEWED_LOWER | ASSAY_FLAG_SKEWED_UPPER };

/* With fewer units than this in a group its skewness says little, and the note of few units is
 * enough. */
enum { UNITS_FOR_SKEWNESS = 30 };

/* What one remark is about. */
struct subject {
    const char *kind;
    uint32_t flags; /* any of these */
    enum assay_annotation_level level;
    const char *sentence, *remedy;
};

static const struct subject SKEWED_VALUES = {
    "skewed", SKEWED, ASSAY_NOTE_WARNING,
    "The values are skewed: the true error of a tail is off by more than a fifth.",
    "cap the values, correct for skewness, or collect more units"};

/* Of a share, whose values are 0 and 1, there is nothing to cap. */
static const struct subject SKEWED_SHARE = {
    "skewedShare", SKEWED, ASSAY_NOTE_WARNING,
    "The share is close to 0 or 1 for so few units: the true error of a tail is off by more than a "
    "fifth.",
    "collect more units"};

/* No flag says this: the test is made, and exact. */
static const struct subject CONSTANT_GROUPS = {
    "constantGroups", 0, ASSAY_NOTE_WARNING,
    "All values of each group are equal: the test is exact, and the difference has no interval.",
    "check that the metric is logged as it should be"};

static const struct subject FEW_UNITS = {
    "fewUnits", SKEWED, ASSAY_NOTE_WARNING,
    "A group has fewer than 30 units: too few to tell how well the interval holds.",
    "collect more units"};

/* Where a metric's comparisons have a condition. */
struct places {
    uint32_t comparisons, segments, slices; /* in the total, in segments, in dimensions */
    uint32_t dropped;                       /* covariates, all places together */
    const struct assay_metric_result *only; /* the first place outside dimensions */
};

static bool has_few_units(const struct assay__kept_comparison *comparison)
{
    return comparison->baseline.n < UNITS_FOR_SKEWNESS ||
           comparison->compared.n < UNITS_FOR_SKEWNESS;
}

static bool applies(const struct subject *subject, const struct assay__kept_comparison *comparison)
{
    if (subject == &CONSTANT_GROUPS)
        return comparison->difference.tested_by == ASSAY_TESTED_BY_PERMUTATION &&
               isnan(comparison->difference.lower) && isnan(comparison->difference.upper);
    if (!(comparison->flags & subject->flags))
        return false;
    /* Where nothing was tested, nothing is to be said of what a test or its figures rest on. */
    bool is_of_test = subject->flags == ASSAY_FLAG_ONE_GROUP_CONSTANT ||
                      subject->flags == ASSAY_FLAG_ZERO_BASELINE;
    if (is_of_test && isnan(comparison->difference.p))
        return false;
    return subject->flags != SKEWED || has_few_units(comparison) == (subject == &FEW_UNITS);
}

static struct places find_places(const struct assay__builder *builder, uint32_t metric,
                                 const struct subject *subject)
{
    size_t count;
    const struct assay_metric_result *results = assay__first_result(builder->out, metric, &count);
    struct places places = {0};
    for (size_t i = 0; i < count; i++) {
        const struct assay_look_result *last = assay__last_look(&results[i]);
        if (last == NULL || !applies(subject, &last->comparison))
            continue;
        enum assay_slice_kind kind = builder->out->slices[results[i].slice].kind;
        places.comparisons += kind == ASSAY_SLICE_TOTAL;
        places.segments += kind == ASSAY_SLICE_SEGMENT;
        places.slices += kind == ASSAY_SLICE_DIMENSION;
        places.dropped |= last->comparison.reduction.dropped;
        if (places.only == NULL && kind != ASSAY_SLICE_DIMENSION)
            places.only = &results[i];
    }
    return places;
}

static void add_place(struct assay__text *words, uint32_t count, const char *one, const char *many)
{
    if (count > 0)
        assay__text_format(words, "%s%s %s", words->length == 0 ? "In " : ", in ",
                           assay__count(count).text, count == 1 ? one : many);
}

/* "In 3 comparisons, in 12 slices: ", and "" for a single comparison. NULL without memory. */
static const char *places_text(const struct assay__builder *builder, const struct places *places)
{
    if (places->comparisons + places->segments == 1 && places->slices == 0)
        return "";
    struct assay__text words = {0};
    add_place(&words, places->comparisons, "comparison", "comparisons");
    add_place(&words, places->segments, "comparison of a segment", "comparisons of segments");
    add_place(&words, places->slices, "slice", "slices");
    assay__text_puts(&words, ": ");
    const char *text =
        words.failed ? NULL : assay__arena_copy(builder->arena, words.data, words.length);
    assay__text_release(&words);
    return text;
}

/* The sentence; dropped covariates are named. NULL without memory. */
static const char *sentence_of(const struct assay__builder *builder, uint32_t metric,
                               const struct subject *subject, uint32_t dropped)
{
    const struct assay_metric_plan *plan = &builder->plan->metrics[metric];
    if (subject->flags != ASSAY_FLAG_COVARIATE_DROPPED)
        return subject->sentence;
    bool is_one = (dropped & (dropped - 1)) == 0;
    const char *text = is_one
                           ? "A covariate that is constant or a combination of others was dropped"
                           : "Covariates that are constant or combinations of others were dropped";
    const char *separator = ": ";
    for (uint32_t i = 0; text != NULL && i < assay__metric_covariate_count(plan); i++) {
        if (!(dropped >> i & 1))
            continue;
        text = assay__arena_format(builder->arena, "%s%s%s", text, separator,
                                   assay__metric_covariate(plan, i));
        separator = ", ";
    }
    return text == NULL ? NULL : assay__arena_format(builder->arena, "%s.", text);
}

/* A single place is named; several are counted. */
static void fill_context(const struct assay__builder *builder, uint32_t metric,
                         const struct places *places, const char *context[3])
{
    context[0] = builder->plan->metrics[metric].id;
    context[1] = context[2] = NULL;
    if (places->comparisons + places->segments == 1 && places->slices == 0) {
        context[1] = places->only->comparison_id;
        context[2] = assay__slice_text(builder, places->only->slice);
    }
}

static enum assay_status note_subject(struct assay__builder *builder, uint32_t metric,
                                      const struct subject *subject, struct assay_error *err)
{
    struct places places = find_places(builder, metric, subject);
    if (places.comparisons + places.segments + places.slices == 0)
        return ASSAY_OK;
    const char *context[3];
    fill_context(builder, metric, &places, context);
    const char *where = places_text(builder, &places);
    const char *sentence = sentence_of(builder, metric, subject, places.dropped);
    if (where == NULL || sentence == NULL)
        return assay__fail_memory(err);
    /* The analysis has no error for what only slices have. */
    enum assay_annotation_level level = subject->level;
    if (places.only == NULL && level == ASSAY_NOTE_ERROR)
        level = ASSAY_NOTE_WARNING;
    enum assay_status status = assay__annotate(
        builder, level, (int32_t)metric, context,
        assay__arena_format(builder->arena, "%s%s Remedy: %s.", where, sentence, subject->remedy),
        err);
    if (status != ASSAY_OK)
        return status;
    struct assay_annotation *note = &builder->out->annotations[builder->out->annotation_count - 1];
    note->kind = subject->kind;
    note->sentence = sentence;
    note->remedy = subject->remedy;
    note->comparisons = places.comparisons;
    note->slices = places.segments + places.slices;
    return ASSAY_OK;
}

/* A relative interval matters only to those who asked for it, and a cap's remark says the rest. */
static bool is_relevant(const struct assay__builder *builder, uint32_t metric, uint32_t flag)
{
    double value;
    if (flag == ASSAY_FLAG_ZERO_VARIANCE)
        return !assay__cap_levels_all(builder, metric, &value);
    if (flag == ASSAY_FLAG_LOG_UNDEFINED)
        return builder->plan->relative == ASSAY_RELATIVE_LOG;
    if (flag == ASSAY_FLAG_FIELLER_UNBOUNDED)
        return builder->plan->relative == ASSAY_RELATIVE_FIELLER;
    /* Skewness is said for both tails together; of what is not sure the advice's reasons speak. */
    return !(flag & (SKEWED | ASSAY__UNSURE));
}

enum assay_status assay__note_conditions(struct assay__builder *builder, uint32_t metric,
                                         struct assay_error *err)
{
    size_t count;
    const struct assay__condition *conditions = assay__conditions(&count);
    bool is_share = assay__metric_kind(builder->plan->metrics[metric].type)->is_share;
    enum assay_status status = ASSAY_OK;
    for (size_t i = 0; status == ASSAY_OK && i < count; i++) {
        const struct assay__condition *one = &conditions[i];
        const struct subject subject = {one->id, one->flag, one->level, one->sentence, one->remedy};
        if (is_relevant(builder, metric, one->flag))
            status = note_subject(builder, metric, &subject, err);
    }
    if (status == ASSAY_OK)
        status = note_subject(builder, metric, is_share ? &SKEWED_SHARE : &SKEWED_VALUES, err);
    if (status == ASSAY_OK)
        status = note_subject(builder, metric, &CONSTANT_GROUPS, err);
    if (status == ASSAY_OK)
        status = note_subject(builder, metric, &FEW_UNITS, err);
    return status;
}
