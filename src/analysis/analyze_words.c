/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One plain sentence per result, in the words of a product manager: what was found, and by which
 * test. The same state has the same words everywhere. Slices of a dimension get no verdict.
 */
#include <math.h>
#include <string.h>

#include "analysis/looks.h"
#include "analysis/outcome.h"
#include "analysis/phrases.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/memory.h"

const char *assay__slice_text(const struct assay__builder *builder, uint32_t slice)
{
    const struct assay_slice *where = &builder->out->slices[slice];
    if (where->kind == ASSAY_SLICE_DIMENSION)
        return assay__arena_format(builder->arena, "%s = %s", where->key, where->value);
    if (where->kind == ASSAY_SLICE_SEGMENT)
        return assay__arena_format(builder->arena, "segment %s", where->key);
    return "";
}

/* What a sentence about a result is made of. */
struct saying {
    const struct assay__builder *builder;
    const struct assay_metric_result *result;
    const char *id;
    char change[ASSAY__PHRASE_BYTES], p[ASSAY__PHRASE_BYTES], p_worse[ASSAY__PHRASE_BYTES];
};

static bool is_either(const struct saying *say)
{
    return say->builder->plan->metrics[say->result->metric].direction == ASSAY_DIRECTION_ANY;
}

static const char *success_text(const struct saying *say)
{
    bool either = is_either(say);
    if (say->result->outcome == ASSAY_OUTCOME_PASSED)
        return assay__arena_format(say->builder->arena, "%s %s significantly (%s; %s for %s).",
                                   say->id, either ? "changed" : "improved", say->change, say->p,
                                   either ? "a change" : "better");
    if (assay__is_wrong_way(say->result))
        return assay__arena_format(
            say->builder->arena, "%s did not improve, it moved the other way (%s; %s for better).",
            say->id, say->change, say->p);
    return assay__arena_format(say->builder->arena, "%s shows no significant %s (%s; %s for %s).",
                               say->id, either ? "change" : "improvement", say->change, say->p,
                               either ? "a change" : "better");
}

static const char *margin_text(const struct saying *say)
{
    return assay__arena_format(
        say->builder->arena,
        say->result->outcome == ASSAY_OUTCOME_PASSED
            ? "%s is not worse than its margin (%s; %s for not worse than the margin)."
            : "%s was not shown to stay within its margin (%s; %s for not worse than the margin).",
        say->id, say->change, say->p);
}

static const char *worse_text(const struct saying *say)
{
    bool has_margin = say->result->hypothesis == ASSAY_HYPOTHESIS_NON_INFERIORITY;
    bool is_moved = assay__moved_covariate(say->result) != UINT32_MAX;
    if (!is_moved && !assay__harm_stands(say->result))
        return assay__arena_format(
            say->builder->arena, "%s looks worse, on %s (%s; %s for worse).", say->id,
            assay__unsure_text(assay__harm_test(assay__telling_harm(say->result))->flags),
            say->change, say->p_worse);
    if (!has_margin && is_either(say))
        return assay__arena_format(say->builder->arena,
                                   "%s changed significantly, which is harm (%s; %s for a change).",
                                   say->id, say->change, say->p_worse);
    if (!has_margin)
        return assay__arena_format(say->builder->arena,
                                   "%s got significantly worse (%s; %s for worse).", say->id,
                                   say->change, say->p_worse);
    return assay__arena_format(say->builder->arena,
                               say->result->outcome == ASSAY_OUTCOME_PASSED
                                   ? "%s is worse, but within the margin (%s; %s for worse, %s for "
                                     "not worse than the margin)."
                                   : "%s got significantly worse (%s; %s for worse, %s for not "
                                     "worse than the margin).",
                               say->id, say->change, say->p_worse, say->p);
}

/* A slice that explores: which way, without a verdict. */
static const char *slice_text(const struct saying *say,
                              const struct assay__kept_difference *difference)
{
    static const char *const WORDS[] = {"lower", "no clear difference", "higher"};
    return assay__arena_format(say->builder->arena, "%s: %s (%s).", say->id,
                               WORDS[1 + assay__way_of(say->result, difference)], say->change);
}

static const char *tested_text(const struct saying *say)
{
    const struct assay_metric_result *result = say->result;
    if (result->deteriorated == ASSAY_YES)
        return worse_text(say);
    if (result->hypothesis == ASSAY_HYPOTHESIS_SUPERIORITY)
        return success_text(say);
    if (result->hypothesis == ASSAY_HYPOTHESIS_NON_INFERIORITY)
        return margin_text(say);
    bool either = is_either(say);
    return assay__arena_format(say->builder->arena, "No sign that %s %s (%s; %s for %s).", say->id,
                               either ? "changed" : "got worse", say->change, say->p,
                               either ? "a change" : "worse");
}

static const char *result_text(const struct assay__builder *builder,
                               const struct assay_metric_result *result)
{
    struct saying say = {
        .builder = builder, .result = result, .id = builder->plan->metrics[result->metric].id};
    if (result->look_count == 0)
        return assay__arena_format(builder->arena, "%s has no values here that can be tested.",
                                   say.id);
    const struct assay_look_result *last = assay__telling_look(result);
    assay__change_text(&last->comparison, say.change);
    if (result->hypothesis == ASSAY_HYPOTHESIS_NONE)
        return assay__arena_format(builder->arena, "%s is shown only: the plan tests nothing (%s).",
                                   say.id, say.change);
    if (result->outcome == ASSAY_OUTCOME_NOT_TESTED && result->deteriorated != ASSAY_YES)
        return assay__arena_format(builder->arena, "%s was not tested: %s.", say.id,
                                   assay__untested_text(result));
    if (builder->out->slices[result->slice].kind == ASSAY_SLICE_DIMENSION)
        return slice_text(&say, &last->comparison.difference);
    assay__own_p_text(result, &last->comparison.difference, say.p);
    const struct assay_look_result *harm = assay__telling_harm(result);
    if (harm->deterioration != NULL)
        assay__p_text(&assay__harm_test(harm)->difference, say.p_worse);
    if (result->deteriorated == ASSAY_YES)
        assay__change_text(&harm->comparison, say.change);
    return tested_text(&say);
}

/* Whose weights: the plan's, or equal ones that nobody planned. */
static const char *weights_text(const struct assay__builder *builder)
{
    return assay__weights_are_assumed(builder->plan) ? ASSAY__SRM_ASSUMED : "the plan";
}

static const char *srm_text(const struct assay__builder *builder,
                            const struct assay_srm_result *srm)
{
    const struct assay_srm *test = &srm->test;
    enum assay__srm_state state = assay__srm_state(test, builder->plan->srm.alpha);
    char p[ASSAY__PHRASE_BYTES];
    if (state == ASSAY__SRM_UNPLANNED)
        return "Units are in a group that the plan does not have, or gives none.";
    if (state == ASSAY__SRM_NOT_TESTED)
        return isnan(test->df) || test->df > 0.0
                   ? "Without units the groups' sizes cannot be tested."
                   : "One group alone may have units: the groups' sizes cannot be tested.";
    assay__srm_p_text(test, p);
    const char *when = state == ASSAY__SRM_PLANNED ? "" : assay__srm_when(builder, srm);
    return when == NULL
               ? NULL
               : assay__arena_format(builder->arena, ASSAY__SRM_SUBJECT " %s %s (%s%s).",
                                     assay__srm_verb(state), weights_text(builder), p, when);
}

/* What is adjusted by a covariate that moved says so wherever it is read. */
static const char *caution(const struct assay__builder *builder,
                           const struct assay_metric_result *result, const char *text)
{
    uint32_t covariate = assay__moved_covariate(result);
    bool explores = builder->out->slices[result->slice].kind == ASSAY_SLICE_DIMENSION;
    if (text != NULL && covariate == UINT32_MAX && !explores && assay__is_skewed_win(result))
        return assay__arena_format(builder->arena, "%s Do not rely on it: %s.", text,
                                   assay__unsure_text(ASSAY_FLAG_SKEWED_SIGNIFICANCE));
    if (text != NULL && covariate == UINT32_MAX && result->is_uneven)
        return assay__arena_format(builder->arena,
                                   "%s Do not rely on it: values are missing unevenly.", text);
    if (text == NULL || covariate == UINT32_MAX)
        return text;
    return assay__arena_format(
        builder->arena, "%s Do not rely on it: covariate %s differs between the groups.", text,
        assay__metric_covariate(&builder->plan->metrics[result->metric], covariate));
}

/* Sentences by hash, the latest of each: most of those about 100,000 slices are said again. */
enum { SENTENCES = 4096 };

struct sentences {
    struct assay__arena *arena; /* of the analysis */
    struct assay__arena scratch;
    const char **by_hash;
};

/* Keeps a sentence that lies in the scratch arena, which is empty then; NULL without memory. */
static const char *keep(struct sentences *sentences, const char *text)
{
    if (text == NULL)
        return NULL;
    size_t length = strlen(text);
    const char **slot = &sentences->by_hash[assay__hash(text, length) % SENTENCES];
    if (*slot == NULL || strcmp(*slot, text) != 0)
        *slot = assay__arena_copy(sentences->arena, text, length);
    assay__arena_release(&sentences->scratch);
    return *slot;
}

static enum assay_status write_sentences(struct assay__builder *builder,
                                         struct sentences *sentences, struct assay_error *err)
{
    struct assay_analysis *out = builder->out;
    for (size_t i = 0; i < out->result_count; i++) {
        struct assay_metric_result *result = &out->results[i];
        result->message = keep(sentences, caution(builder, result, result_text(builder, result)));
        if (result->message == NULL)
            return assay__fail_memory(err);
        enum assay_status status = assay__halt_check(builder->halt, err);
        if (status != ASSAY_OK)
            return status;
    }
    for (uint32_t s = 0; s < out->srm_count; s++) {
        out->srm[s].message = keep(sentences, srm_text(builder, &out->srm[s]));
        if (out->srm[s].message == NULL)
            return assay__fail_memory(err);
    }
    return ASSAY_OK;
}

enum assay_status assay__analyze_words(struct assay__builder *builder, struct assay_error *err)
{
    struct sentences sentences = {.arena = builder->arena,
                                  .by_hash = assay__calloc(SENTENCES, sizeof(char *))};
    if (sentences.by_hash == NULL)
        return assay__fail_memory(err);
    builder->arena = &sentences.scratch;
    enum assay_status status = write_sentences(builder, &sentences, err);
    builder->arena = sentences.arena;
    assay__arena_release(&sentences.scratch);
    assay__free(sentences.by_hash);
    return status;
}
