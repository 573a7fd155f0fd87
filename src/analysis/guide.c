/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a reader of the AnalysisResult needs to know about its figures, and its fields have no room
 * for: role, hypothesis and level of each metric, the horizon of its looks, reasons of the advice.
 * Each is a remark in words, with the same as KEY=VALUE in its context.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "assay/dist.h"
#include "base/error.h"
#include "number/number.h"
#include "analysis/looks.h"
#include "analysis/phrases.h"
#include "analysis/verdict.h"
#include "stats/dist/t.h"

enum { CONTEXT_MAX = 16, REASONS_MAX = 8 };

/* A remark in the making. A value that memory ran out for makes it fail. */
struct remark {
    struct assay__builder *builder;
    const char **context; /* of CONTEXT_MAX, and a comparison each */
    uint32_t count;
    struct assay__text words;
    bool failed;
};

static uint32_t context_max(const struct assay__builder *builder)
{
    return CONTEXT_MAX + builder->pair_count;
}

static void add_context(struct remark *remark, const char *text)
{
    struct assay__builder *builder = remark->builder;
    if (remark->context == NULL)
        remark->context =
            assay__arena_array(builder->arena, context_max(builder), sizeof *remark->context);
    if (text == NULL || remark->context == NULL)
        remark->failed = true;
    else if (remark->count < context_max(builder))
        remark->context[remark->count++] = text;
}

static void add_pair(struct remark *remark, const char *key, const char *value)
{
    add_context(remark, assay__arena_format(remark->builder->arena, "%s=%s", key, value));
}

static void add_number(struct remark *remark, const char *key, double value)
{
    char text[ASSAY__NUMBER_BYTES];
    assay__number_round(value, 6, text);
    add_pair(remark, key, text);
}

/* Adds the remark to the guide, which has room for it. */
static enum assay_status end_remark(struct remark *remark, int32_t metric, struct assay_error *err)
{
    struct assay__arena *arena = remark->builder->arena;
    struct assay_analysis *out = remark->builder->out;
    struct assay_annotation *note = &out->guide[out->guide_count];
    *note = (struct assay_annotation){.level = ASSAY_NOTE_INFO, .metric = metric};
    note->context = remark->context;
    note->text = remark->words.data == NULL
                     ? NULL
                     : assay__arena_copy(arena, remark->words.data, remark->words.length);
    bool failed = remark->failed || remark->words.failed;
    assay__text_release(&remark->words);
    if (failed || note->text == NULL)
        return assay__fail_memory(err);
    note->context_count = remark->count;
    out->guide_count++;
    return ASSAY_OK;
}

/* A planned effect or margin, in words and context. */
static void add_bound(struct remark *remark, const char *key, const char *words,
                      const struct assay_bound *bound)
{
    char text[ASSAY__PHRASE_BYTES];
    if (!bound->is_set)
        return;
    assay__bound_text(bound, text);
    add_pair(remark, key, text);
    assay__text_format(&remark->words, ", %s %s", words, text);
}

static void add_role(struct remark *remark, const struct assay_metric_plan *metric)
{
    static const char *const ROLES[][2] = {
        [ASSAY_ROLE_SUCCESS] = {"success", "Success metric"},
        [ASSAY_ROLE_GUARDRAIL] = {"guardrail", "Guardrail"},
        [ASSAY_ROLE_DETERIORATION] = {"deterioration", "Monitored metric"}};
    static const char *const DIRECTIONS[][2] = {
        [ASSAY_DIRECTION_INCREASE] = {"increase", "up is good"},
        [ASSAY_DIRECTION_DECREASE] = {"decrease", "down is good"},
        [ASSAY_DIRECTION_ANY] = {"any", "either direction"}};
    add_pair(remark, "role", ROLES[metric->role][0]);
    add_pair(remark, "direction", DIRECTIONS[metric->direction][0]);
    assay__text_format(&remark->words, "%s, %s", ROLES[metric->role][1],
                       DIRECTIONS[metric->direction][1]);
    add_bound(remark, "plannedEffect", "planned effect", &metric->effect);
    if (metric->role == ASSAY_ROLE_GUARDRAIL)
        add_bound(remark, "margin", "margin", &metric->margin);
    assay__text_puts(&remark->words, ".");
}

static void add_test(struct remark *remark, const struct assay_metric_plan *metric,
                     const struct assay_metric_result *result)
{
    char level[ASSAY__PHRASE_BYTES], alpha[ASSAY__PHRASE_BYTES];
    const char *sides = result->side == ASSAY_SIDE_BOTH ? "two" : "one";
    const char *hypothesis = assay__hypothesis_text(result->hypothesis, metric->direction);
    assay__level_text(result->alpha, result->side, level);
    assay__number_text(result->alpha, alpha);
    add_pair(remark, "hypothesis", hypothesis);
    add_pair(remark, "sided", sides);
    add_number(remark, "alpha", result->alpha);
    add_pair(remark, "interval", level);
    if (result->hypothesis != ASSAY_HYPOTHESIS_NONE)
        assay__text_format(&remark->words, " Tested for %s, %s-sided, alpha %s;", hypothesis, sides,
                           alpha);
    assay__text_format(&remark->words, " intervals have a level of %s.", level);
    if (isnan(result->deterioration_alpha))
        return;
    add_number(remark, "harmAlpha", result->deterioration_alpha);
    assay__number_text(result->deterioration_alpha, alpha);
    if (result->hypothesis != ASSAY_HYPOTHESIS_DETERIORATION)
        assay__text_format(&remark->words, " Tested for worse at alpha %s.", alpha);
}

/* Segments share alpha among them: their intervals have a level of their own. */
static void add_segments(struct remark *remark, const struct assay_metric_result *result,
                         const struct assay_metric_rates *rates)
{
    char level[ASSAY__PHRASE_BYTES];
    if (remark->builder->plan->segment_count == 0)
        return;
    assay__level_text(rates->alpha, result->side, level);
    add_number(remark, "segmentAlpha", rates->alpha);
    add_pair(remark, "segmentInterval", level);
    assay__text_format(&remark->words, " Intervals of segments have one of %s.", level);
}

/* The verdict of each comparison over all units, under its id. */
static void add_verdicts(struct remark *remark, const struct assay_metric_result *results)
{
    const struct assay__builder *builder = remark->builder;
    for (uint32_t p = 0; p < builder->pair_count; p++) {
        const struct assay_metric_result *result = &results[(size_t)p * builder->out->slice_count];
        struct assay__verdict verdict = assay__verdict_of(builder->out, result);
        add_context(remark, assay__arena_format(builder->arena, "verdict %s=%s",
                                                result->comparison_id, verdict.word));
    }
}

static enum assay_status guide_metric(struct assay__builder *builder, uint32_t metric,
                                      struct assay_error *err)
{
    const struct assay_metric_plan *plan = &builder->plan->metrics[metric];
    struct remark remark = {.builder = builder};
    size_t count;
    const struct assay_metric_result *first = assay__first_result(builder->out, metric, &count);
    if (count == 0)
        return ASSAY_OK;
    add_context(&remark, plan->id);
    add_role(&remark, plan);
    add_test(&remark, plan, first);
    add_segments(&remark, first, &builder->segment_rates[metric]);
    add_verdicts(&remark, first);
    return end_remark(&remark, (int32_t)metric, err);
}

/* z: the normal quantile of the test's level. */
static double single_share(const struct assay_look_result *look, double z)
{
    const struct assay__kept_difference *difference = &look->comparison.difference;
    double single = isnan(difference->df) ? z : assay__t_quantile_near(z, difference->df);
    return single / difference->critical;
}

double assay__single_look_share(const struct assay_metric_result *result,
                                const struct assay_look_result *look)
{
    double tail = result->side == ASSAY_SIDE_BOTH ? result->alpha / 2.0 : result->alpha;
    return single_share(look, assay_normal_quantile_upper(tail));
}

double assay__futility_share(const struct assay_look_result *look)
{
    return look->futility / look->comparison.difference.critical;
}

/* A figure for each look, none where it has none. */
static void add_shares(struct remark *remark, const struct assay_metric_result *result,
                       const char *key, bool is_futility)
{
    struct assay__text shares = {0};
    double tail = result->side == ASSAY_SIDE_BOTH ? result->alpha / 2.0 : result->alpha;
    double z = assay_normal_quantile_upper(tail);
    for (uint32_t k = 0; k < result->look_count; k++) {
        const struct assay_look_result *look = &result->looks[k];
        char text[ASSAY__NUMBER_BYTES] = "none";
        double share = is_futility ? assay__futility_share(look) : single_share(look, z);
        if (isfinite(share))
            assay__number_round(share, 4, text);
        if (k > 0)
            assay__text_putc(&shares, ' ');
        assay__text_puts(&shares, text);
    }
    add_pair(remark, key, shares.data == NULL ? "" : shares.data);
    remark->failed = remark->failed || shares.failed;
    assay__text_release(&shares);
}

static bool has_futility(const struct assay_metric_result *result)
{
    for (uint32_t k = 0; k < result->look_count; k++)
        if (isfinite(result->looks[k].futility))
            return true;
    return false;
}

/* A figure of each look to come, none where it has none. */
static void add_ahead_list(struct remark *remark, const struct assay_metric_result *result,
                           const char *key,
                           double (*figure)(const struct assay_metric_result *, uint32_t),
                           int digits)
{
    struct assay__text list = {0};
    for (uint32_t i = 0; i < result->ahead_count; i++) {
        char text[ASSAY__NUMBER_BYTES] = "none";
        double value = figure(result, i);
        if (isfinite(value))
            assay__number_round(value, digits, text);
        assay__text_format(&list, "%s%s", i > 0 ? " " : "", text);
    }
    add_pair(remark, key, list.data == NULL ? "" : list.data);
    remark->failed = remark->failed || list.failed;
    assay__text_release(&list);
}

static double units_ahead(const struct assay_metric_result *result, uint32_t i)
{
    return result->ahead[i].units;
}

static void add_ahead(struct remark *remark, const struct assay_metric_result *result,
                      bool is_planned)
{
    if (result->ahead_count == 0)
        return;
    add_ahead_list(remark, result, "unitsAhead", units_ahead, 15);
    add_ahead_list(remark, result, "boundaryAhead", assay__ahead_share, 6);
    if (has_futility(result))
        add_ahead_list(remark, result, "futilityAhead", assay__ahead_futility_share, 6);
    if (is_planned)
        assay__text_format(&remark->words, " %u planned %s to come.", (unsigned)result->ahead_count,
                           result->ahead_count == 1 ? "look is" : "looks are");
}

static void add_looks(struct remark *remark, const struct assay_metric_result *result,
                      bool is_planned)
{
    add_shares(remark, result, "singleLookWidth", false);
    if (has_futility(result))
        add_shares(remark, result, "futilityBound", true);
    add_ahead(remark, result, is_planned);
    for (uint32_t k = 0; k < result->look_count; k++) {
        if (result->looks[k].look == result->first_significant)
            add_number(remark, "significantLook", k + 1);
        if (result->looks[k].look == result->first_deteriorated)
            add_number(remark, "worseLook", k + 1);
    }
    for (uint32_t k = 0; k < result->look_count; k++)
        if (result->looks[k].is_futile) {
            add_number(remark, "futileLook", k + 1);
            return;
        }
}

static enum assay_status guide_looks(struct assay__builder *builder,
                                     const struct assay_metric_result *result,
                                     struct assay_error *err)
{
    const struct assay_horizon_plan *horizon = assay__result_horizon(builder, result);
    bool is_group = horizon->kind == ASSAY_HORIZON_GROUP_SEQUENTIAL;
    struct remark remark = {.builder = builder};
    if (horizon->kind == ASSAY_HORIZON_FIXED || result->look_count == 0)
        return ASSAY_OK;
    double planned = is_group ? horizon->expected_sample_size : horizon->optimal_sample_size;
    planned *= assay__comparison_share(builder, result->baseline, result->compared);
    add_context(&remark, builder->plan->metrics[result->metric].id);
    add_context(&remark, result->comparison_id);
    add_pair(&remark, "horizon", is_group ? "group sequential" : "always valid");
    assay__text_format(&remark.words, "Looks under %s horizon",
                       is_group ? "a group sequential" : "an always-valid");
    if (isfinite(planned)) {
        char units[ASSAY__NUMBER_BYTES], said[ASSAY__PHRASE_BYTES];
        assay__number_round(planned, 15, units);
        add_pair(&remark, is_group ? "plannedUnits" : "narrowestUnits", units);
        assay__text_format(&remark.words,
                           is_group ? " that is planned to end at %s units"
                                    : " whose interval is narrowest at %s units",
                           assay__units_text(planned, said));
    }
    assay__text_puts(&remark.words, ": intervals are wider than those of a single look would be, "
                                    "so that every look may be acted on.");
    add_looks(&remark, result, is_group);
    return end_remark(&remark, (int32_t)result->metric, err);
}

/* The remark about the looks of a comparison over all units. */
static const struct assay_annotation *find_looks(const struct assay_analysis *analysis,
                                                 const struct assay_metric_result *result)
{
    for (size_t i = 0; i < analysis->guide_count; i++) {
        const struct assay_annotation *note = &analysis->guide[i];
        if (note->metric == (int32_t)result->metric && note->context_count > 2 &&
            strcmp(note->context[1], result->comparison_id) == 0)
            return note;
    }
    return NULL;
}

double assay__planned_units(const struct assay_analysis *analysis,
                            const struct assay_metric_result *result)
{
    static const char KEY[] = "plannedUnits=";
    const struct assay_annotation *note = find_looks(analysis, result);
    double units = (double)NAN;
    for (uint32_t i = 0; note != NULL && i < note->context_count; i++) {
        const char *text = note->context[i];
        if (strncmp(text, KEY, sizeof KEY - 1) == 0)
            (void)assay__double_parse(text + sizeof KEY - 1, strlen(text) - (sizeof KEY - 1),
                                      &units);
    }
    return units;
}

/* Reasons of the advice about a treatment: the contract has a status only. */
static enum assay_status guide_treatment(struct assay__builder *builder,
                                         const struct assay_treatment *treatment,
                                         struct assay_error *err)
{
    struct remark remark = {.builder = builder};
    uint32_t shown = treatment->reason_count > REASONS_MAX ? REASONS_MAX : treatment->reason_count;
    add_context(&remark, builder->out->groups[treatment->group].id);
    add_context(&remark, treatment->final ? "advice=final" : "advice=as of this look");
    if (treatment->baseline != ASSAY__NO_GROUP)
        add_pair(&remark, "baseline", builder->out->groups[treatment->baseline].id);
    for (uint32_t i = 0; i < shown; i++)
        assay__text_format(&remark.words, "%s%s", i > 0 ? " " : "", treatment->reasons[i].text);
    if (treatment->reason_count > shown)
        assay__text_format(&remark.words, " And %u more reason%s.", treatment->reason_count - shown,
                           treatment->reason_count == shown + 1 ? "" : "s");
    assay__text_puts(&remark.words, shown == 0 ? "No reason is given." : "");
    return end_remark(&remark, -1, err);
}

enum assay_status assay__analyze_guide(struct assay__builder *builder, struct assay_error *err)
{
    struct assay_analysis *out = builder->out;
    size_t pairs = (size_t)builder->plan->metric_count * builder->pair_count;
    size_t most = out->treatment_count + builder->plan->metric_count + pairs;
    out->guide = assay__arena_array(builder->arena, most, sizeof *out->guide);
    if (out->guide == NULL)
        return assay__fail_memory(err);
    enum assay_status status = ASSAY_OK;
    for (uint32_t t = 0; status == ASSAY_OK && t < out->treatment_count; t++)
        status = guide_treatment(builder, &out->treatments[t], err);
    for (uint32_t m = 0; status == ASSAY_OK && m < builder->plan->metric_count; m++) {
        status = guide_metric(builder, m, err);
        for (uint32_t p = 0; status == ASSAY_OK && p < builder->pair_count; p++)
            status = guide_looks(
                builder, &out->results[((size_t)m * builder->pair_count + p) * out->slice_count],
                err);
    }
    return status;
}
