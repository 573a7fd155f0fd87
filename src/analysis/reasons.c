/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reasons for advice from what was tested: harm, wins, and what did not pass. */
#include "analysis/decide.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analysis/looks.h"
#include "analysis/phrases.h"
#include "number/number.h"
#include "stats/metric/metric.h"

void assay__reason(struct assay__case *it, const char *id, int32_t metric, const char *text)
{
    if (it->reason_count == it->reason_capacity) {
        uint32_t capacity = it->reason_capacity * 2 + 8;
        struct assay_advice_reason *grown =
            assay__arena_array(it->builder->arena, capacity, sizeof *grown);
        if (grown == NULL) {
            it->no_memory = true;
            return;
        }
        if (it->reason_count > 0)
            memcpy(grown, it->reasons, it->reason_count * sizeof *grown);
        it->reasons = grown;
        it->reason_capacity = capacity;
    }
    if (text == NULL)
        it->no_memory = true;
    else
        it->reasons[it->reason_count++] = (struct assay_advice_reason){id, metric, text, {0}};
}

static const char *group_id(const struct assay__case *it, uint32_t group)
{
    return it->builder->group_names[group];
}

/* "visit improved significantly in B against A (+7.7 %; p 0.001 for better)." */
static void say(struct assay__case *it, const char *id, uint32_t metric, const char *verb,
                const char *figures)
{
    assay__reason(it, id, (int32_t)metric,
                  assay__arena_format(it->builder->arena, "%s %s in %s against %s (%s).",
                                      it->builder->plan->metrics[metric].id, verb,
                                      group_id(it, it->group), group_id(it, it->control), figures));
}

enum { FIGURES_BYTES = 4 * ASSAY__PHRASE_BYTES };

/* "+7.7 %; p 0.001 for better" at the look that tells. */
static const char *figures_of(const struct assay_metric_result *result, const char *question,
                              char out[FIGURES_BYTES])
{
    char change[ASSAY__PHRASE_BYTES], p[ASSAY__PHRASE_BYTES];
    const struct assay_look_result *look = assay__telling_look(result);
    snprintf(out, FIGURES_BYTES, "%s; %s for %s", assay__change_text(&look->comparison, change),
             assay__own_p_text(result, &look->comparison.difference, p), question);
    return out;
}

static void say_worse(struct assay__case *it, uint32_t metric)
{
    const struct assay_metric_result *result = assay__case_result(it, metric);
    const struct assay_look_result *look = assay__telling_harm(result);
    char change[ASSAY__PHRASE_BYTES], p[ASSAY__PHRASE_BYTES], p_margin[ASSAY__PHRASE_BYTES];
    char figures[FIGURES_BYTES];
    bool is_within = result->hypothesis == ASSAY_HYPOTHESIS_NON_INFERIORITY &&
                     result->outcome == ASSAY_OUTCOME_PASSED;
    bool either = it->builder->plan->metrics[metric].direction == ASSAY_DIRECTION_ANY && !is_within;
    size_t length = (size_t)snprintf(
        figures, sizeof figures, "%s; %s for %s", assay__change_text(&look->comparison, change),
        assay__p_text(&assay__harm_test(look)->difference, p), either ? "a change" : "worse");
    if (is_within)
        snprintf(figures + length, sizeof figures - length, ", %s for not worse than the margin",
                 assay__p_text(&assay__telling_look(result)->comparison.difference, p_margin));
    say(it, is_within ? "worseWithinMargin" : "worse", metric,
        is_within ? "is worse, but within the margin,"
        : either  ? "changed significantly, which is harm,"
                  : "got significantly worse",
        figures);
}

/* The groups whose sizes are off, at most a few by name. */
static const char *mismatch_text(const struct assay__case *it)
{
    enum { NAMED = 3 };
    const struct assay_analysis *out = it->builder->out;
    const struct assay_srm_result *srm = &out->srm[0];
    char p[ASSAY__PHRASE_BYTES], expected[ASSAY__PHRASE_BYTES];
    const char *when = assay__srm_when(it->builder, srm);
    const char *text =
        when == NULL ? NULL
                     : assay__arena_format(
                           it->builder->arena,
                           "Sample ratio mismatch: the groups' sizes do not match the plan (%s%s)",
                           assay__srm_p_text(&srm->test, p), when);
    uint32_t count = 0;
    for (uint32_t g = 0; text != NULL && g < out->group_count; g++) {
        const struct assay_srm_group *group = &srm->groups[g];
        if (!group->significant || !(group->expected > 0.0) || count++ >= NAMED)
            continue;
        text = assay__arena_format(
            it->builder->arena, "%s%s%s has %s unit%s, planned %s", text, count == 1 ? ": " : "; ",
            group_id(it, g), assay__count(group->observed).text, group->observed == 1 ? "" : "s",
            assay__units_text(group->expected, expected));
    }
    if (text != NULL && count > NAMED)
        text = assay__arena_format(it->builder->arena, "%s; and %s more group%s", text,
                                   assay__count(count - NAMED).text, count == NAMED + 1 ? "" : "s");
    return text == NULL ? NULL : assay__arena_format(it->builder->arena, "%s.", text);
}

static void say_unplanned(struct assay__case *it)
{
    const struct assay_analysis *out = it->builder->out;
    for (uint32_t g = 0; g < out->group_count; g++) {
        uint64_t units = out->srm[0].groups[g].observed;
        if (units == 0 || out->groups[g].weight > 0.0)
            continue;
        assay__reason(it, "unplannedGroup", -1,
                      assay__arena_format(
                          it->builder->arena,
                          out->groups[g].is_planned ? "Group %s has %s unit%s and is planned to "
                                                      "have none."
                                                    : "Group %s has %s unit%s and is not in the "
                                                      "plan.",
                          group_id(it, g), assay__count(units).text, units == 1 ? "" : "s"));
    }
}

uint32_t assay__reasons_to_abort(struct assay__case *it)
{
    uint32_t before = it->reason_count;
    const struct assay__builder *builder = it->builder;
    const struct assay_srm *test = &builder->out->srm[0].test;
    if (test->significant && !assay__weights_are_assumed(builder->plan)) {
        if (test->unplanned)
            say_unplanned(it);
        if (!test->unplanned || assay__srm_p(test) < builder->plan->srm.alpha)
            assay__reason(it, "sampleRatioMismatch", -1, mismatch_text(it));
    }
    for (uint32_t m = 0; it->pair != ASSAY__NONE && m < builder->plan->metric_count; m++)
        if (assay__harm_stands(assay__case_result(it, m)))
            say_worse(it, m);
    return it->reason_count - before;
}

/* Harm that was found by figures that do not hold. */
static void say_unsure(struct assay__case *it, uint32_t metric)
{
    const struct assay_metric_result *result = assay__case_result(it, metric);
    char change[ASSAY__PHRASE_BYTES], p[ASSAY__PHRASE_BYTES], figures[FIGURES_BYTES];
    const struct assay_look_result *look = assay__telling_harm(result);
    snprintf(figures, sizeof figures, "%s; %s for worse; %s",
             assay__change_text(&look->comparison, change),
             assay__p_text(&assay__harm_test(look)->difference, p),
             assay__unsure_text(assay__harm_test(look)->flags));
    say(it, "harmNotSure", metric, "looks worse", figures);
}

/* An improvement, or a margin, that only a test finds which skewness spoils. */
static void say_skewed(struct assay__case *it, uint32_t metric)
{
    const struct assay_metric_result *result = assay__case_result(it, metric);
    char figures[FIGURES_BYTES];
    figures_of(result,
               result->hypothesis == ASSAY_HYPOTHESIS_NON_INFERIORITY ? "not worse than the margin"
               : result->side == ASSAY_SIDE_BOTH                      ? "a change"
                                                                      : "better",
               figures);
    /* The values of a share are 0 and 1: there is nothing to cap. */
    bool is_share = assay__metric_kind(it->builder->plan->metrics[metric].type)->is_share;
    assay__reason(it, "skewed", (int32_t)metric,
                  assay__arena_format(
                      it->builder->arena, "%s in %s against %s has %s (%s): %scollect more units.",
                      it->builder->plan->metrics[metric].id, group_id(it, it->group),
                      group_id(it, it->control), assay__unsure_text(ASSAY_FLAG_SKEWED_SIGNIFICANCE),
                      figures, is_share ? "" : "cap them, or "));
}

/* What is compared are the units whose values came through, and more did in one group. */
static void say_uneven(struct assay__case *it, uint32_t metric)
{
    const struct assay_srm *test = &it->builder->out->missingness[metric].test;
    char p[ASSAY__PHRASE_BYTES];
    assay__srm_p_text(test, p);
    assay__reason(it, "valuesMissing", (int32_t)metric,
                  assay__arena_format(it->builder->arena,
                                      "Values of %s are missing unevenly in %s and %s (%s): no "
                                      "advice rests on it.",
                                      it->builder->plan->metrics[metric].id,
                                      group_id(it, it->group), group_id(it, it->control), p));
}

uint32_t assay__reasons_not_to_rely(struct assay__case *it)
{
    uint32_t before = it->reason_count;
    bool is_open = assay__rule_state(it) == ASSAY_OUTCOME_NOT_TESTED;
    for (uint32_t m = 0; m < it->builder->plan->metric_count; m++) {
        const struct assay_metric_result *result = assay__case_result(it, m);
        const struct assay_metric_plan *metric = &it->builder->plan->metrics[m];
        uint32_t covariate = assay__moved_covariate(result);
        bool is_shown_only = result->hypothesis == ASSAY_HYPOTHESIS_NONE;
        if (covariate != UINT32_MAX && !is_shown_only)
            assay__reason(it, "covariateMoved", (int32_t)m,
                          assay__arena_format(
                              it->builder->arena,
                              "%s is adjusted by %s, which differs between %s and %s: no advice "
                              "rests on it.",
                              metric->id, assay__metric_covariate(metric, covariate),
                              group_id(it, it->group), group_id(it, it->control)));
        else if (is_open && assay__is_uneven(it, m))
            say_uneven(it, m);
        else if (result->deteriorated == ASSAY_YES && !assay__harm_stands(result))
            say_unsure(it, m);
        else if (is_open && assay__is_skewed_win(result) && it->builder->out->rates[m].in_rule)
            say_skewed(it, m);
    }
    return it->reason_count - before;
}

uint32_t assay__reasons_untested(struct assay__case *it)
{
    uint32_t before = it->reason_count;
    for (uint32_t m = 0; m < it->builder->plan->metric_count; m++) {
        const struct assay_metric_result *result = assay__case_result(it, m);
        bool is_asked = result->hypothesis != ASSAY_HYPOTHESIS_NONE || assay__holds_back(it, m);
        if (result->outcome == ASSAY_OUTCOME_NOT_TESTED && is_asked)
            assay__reason(
                it, "notTested", (int32_t)m,
                assay__arena_format(it->builder->arena, "%s was not tested in %s against %s: %s.",
                                    it->builder->plan->metrics[m].id, group_id(it, it->group),
                                    group_id(it, it->control), assay__untested_text(result)));
    }
    return it->reason_count - before;
}

/* What the last look finds comes after the alpha that it could have been found with. */
static bool is_too_late(const struct assay_metric_result *result)
{
    const struct assay_look_result *last = assay__last_look(result);
    return last != NULL && last->is_late && last->comparison.difference.significant;
}

/* Success metrics: those that improved, and when asked for, those that did not. */
static void say_success(struct assay__case *it, bool with_failures)
{
    char figures[FIGURES_BYTES];
    for (uint32_t m = 0; m < it->builder->plan->metric_count; m++) {
        const struct assay_metric_result *result = assay__case_result(it, m);
        if (result->hypothesis != ASSAY_HYPOTHESIS_SUPERIORITY ||
            result->outcome == ASSAY_OUTCOME_NOT_TESTED)
            continue;
        if (with_failures && assay__is_skewed_win(result)) {
            say_skewed(it, m);
            continue;
        }
        bool either = result->side == ASSAY_SIDE_BOTH;
        figures_of(result, either ? "a change" : "better", figures);
        if (assay__is_win(it, m))
            say(it, "improved", m, "improved significantly", figures);
        else if (result->outcome == ASSAY_OUTCOME_PASSED && either)
            say(it, "changed", m, "informs only, without an intended direction: it changed",
                figures);
        else if (with_failures && result->outcome == ASSAY_OUTCOME_FAILED)
            say(it, "noImprovement", m,
                is_too_late(result)           ? "was not significant until all its alpha was spent"
                : either                      ? "shows no significant change"
                : assay__is_wrong_way(result) ? "did not improve, it moved the other way,"
                                              : "shows no significant improvement",
                figures);
    }
}

static void say_guardrails(struct assay__case *it)
{
    uint32_t count = 0, passed = 0;
    for (uint32_t m = 0; m < it->builder->plan->metric_count; m++) {
        if (it->builder->plan->metrics[m].role != ASSAY_ROLE_GUARDRAIL ||
            !it->builder->out->rates[m].in_rule)
            continue;
        count++;
        passed += assay__case_result(it, m)->outcome == ASSAY_OUTCOME_PASSED &&
                  !assay__is_uneven(it, m) && !assay__is_skewed_win(assay__case_result(it, m));
    }
    if (count > 0 && passed == count)
        assay__reason(it, "guardrailsPassed", -1,
                      assay__arena_format(it->builder->arena,
                                          "Every guardrail passed in %s against %s.",
                                          group_id(it, it->group), group_id(it, it->control)));
}

uint32_t assay__reasons_to_ship(struct assay__case *it)
{
    uint32_t before = it->reason_count;
    say_success(it, false);
    say_guardrails(it);
    return it->reason_count - before;
}

/* Under the default rule one success is enough: the others' failures then explain nothing. */
static bool success_is_enough(const struct assay__case *it)
{
    for (uint32_t m = 0; m < it->builder->plan->metric_count; m++)
        if (assay__is_win(it, m))
            return it->builder->plan->rule == NULL;
    return false;
}

uint32_t assay__reasons_not_to_ship(struct assay__case *it)
{
    uint32_t before = it->reason_count;
    char figures[FIGURES_BYTES];
    say_success(it, !success_is_enough(it));
    for (uint32_t m = 0; m < it->builder->plan->metric_count; m++) {
        const struct assay_metric_result *result = assay__case_result(it, m);
        if (result->hypothesis == ASSAY_HYPOTHESIS_NON_INFERIORITY &&
            result->outcome == ASSAY_OUTCOME_FAILED)
            say(it, "marginNotShown", m,
                is_too_late(result)
                    ? "was not shown to stay within its margin until all its alpha was spent"
                    : "was not shown to stay within its margin",
                figures_of(result, "not worse than the margin", figures));
    }
    assay__reasons_untested(it);
    return it->reason_count - before;
}
