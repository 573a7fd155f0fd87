/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reasons for advice from numbers of units: too few for advice, enough for an answer, or not. */
#include "analysis/decide.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analysis/looks.h"
#include "analysis/phrases.h"
#include "number/number.h"
#include "stats/metric/metric.h"

static const char *group_id(const struct assay__case *it, uint32_t group)
{
    return it->builder->group_names[group];
}

/* ---- Too few to advise on -------------------------------------------------------------------- */

static bool has_units(const struct assay__case *it, uint32_t group)
{
    return it->builder->out->units[group] >= it->builder->plan->minimum_units;
}

static void check_units(struct assay__case *it, uint32_t group)
{
    if (has_units(it, group))
        return;
    uint64_t units = it->builder->out->units[group];
    assay__reason(
        it, "tooFewUnits", -1,
        assay__arena_format(it->builder->arena, "Group %s has %s unit%s; advice needs %s.",
                            group_id(it, group), assay__count(units).text, units == 1 ? "" : "s",
                            assay__count(it->builder->plan->minimum_units).text));
}

/* The smaller of successes and failures; a share times its units is whole but for rounding. */
static uint64_t events_of(const struct assay__kept_stats *stats)
{
    double successes = round(stats->unadjusted * (double)stats->n);
    return (uint64_t)fmin(successes, (double)stats->n - successes);
}

/* Of a group that is the baseline (side 0) or the compared one (side 1) of a look; NULL: none. */
static void check_metric(struct assay__case *it, uint32_t metric, uint32_t group,
                         const struct assay_look_result *look, int side)
{
    const struct assay_plan *plan = it->builder->plan;
    const struct assay__kept_stats *stats = look == NULL ? NULL
                                            : side == 0  ? &look->comparison.baseline
                                                         : &look->comparison.compared;
    uint32_t effective = look == NULL ? 0 : look->effective[side];
    const char *id = plan->metrics[metric].id;
    uint64_t n = stats == NULL ? 0 : stats->n;
    if (!has_units(it, group))
        return; /* said of the group already */
    if (n < plan->minimum_units) {
        /* Sums without a variance count units, and have nothing to test. */
        bool has_no_figures = stats == NULL && it->builder->out->missing[metric] == 0;
        const char *values =
            has_no_figures ? "no values that can be tested"
            : n == 1       ? "1 value"
                     : assay__arena_format(it->builder->arena, "%s values", assay__count(n).text);
        assay__reason(it, "tooFewValues", (int32_t)metric,
                      values == NULL ? NULL
                                     : assay__arena_format(it->builder->arena,
                                                           "%s has %s in %s; advice needs %s.", id,
                                                           values, group_id(it, group),
                                                           assay__count(plan->minimum_units).text));
    } else if (stats != NULL && effective < plan->minimum_units && effective < UINT32_MAX) {
        assay__reason(it, "tooFewDenominators", (int32_t)metric,
                      assay__arena_format(it->builder->arena,
                                          "%s rests on %s unit%s in %s, as its denominators weigh; "
                                          "advice needs %s.",
                                          id, assay__count(effective).text,
                                          effective == 1 ? "" : "s", group_id(it, group),
                                          assay__count(plan->minimum_units).text));
    } else if (assay__metric_kind(plan->metrics[metric].type)->is_share && stats != NULL &&
               events_of(stats) < plan->minimum_events) {
        assay__reason(it, "tooFewEvents", (int32_t)metric,
                      assay__arena_format(it->builder->arena,
                                          "%s has %s event%s (the smaller of successes and "
                                          "failures) in %s; advice needs %s.",
                                          id, assay__count(events_of(stats)).text,
                                          events_of(stats) == 1 ? "" : "s", group_id(it, group),
                                          assay__count(plan->minimum_events).text));
    }
}

uint32_t assay__reasons_to_withhold(struct assay__case *it)
{
    uint32_t before = it->reason_count;
    if (it->pair == ASSAY__NONE) {
        assay__reason(it, "notCompared", -1,
                      assay__arena_format(it->builder->arena,
                                          "The plan does not compare %s with the control %s.",
                                          group_id(it, it->group), group_id(it, it->control)));
        return 1;
    }
    check_units(it, it->control);
    check_units(it, it->group);
    for (uint32_t m = 0; m < it->builder->plan->metric_count; m++) {
        const struct assay_metric_result *result = assay__case_result(it, m);
        const struct assay_look_result *last = assay__last_look(result);
        if (result->hypothesis == ASSAY_HYPOTHESIS_NONE && !assay__holds_back(it, m))
            continue; /* shown only: no advice rests on it */
        check_metric(it, m, it->control, last, 0);
        check_metric(it, m, it->group, last, 1);
    }
    assay__reasons_not_to_rely(it);
    return it->reason_count - before;
}

/* ---- Powered or not -------------------------------------------------------------------------- */

bool assay__has_planned_effect(const struct assay__case *it)
{
    const struct assay_plan *plan = it->builder->plan;
    for (uint32_t m = 0; m < plan->metric_count; m++)
        if (it->builder->out->rates[m].hypothesis == ASSAY_HYPOTHESIS_SUPERIORITY &&
            plan->metrics[m].effect.is_set)
            return true;
    return false;
}

static bool has_success(const struct assay__case *it)
{
    return it->builder->out->errors.success_count > 0;
}

/*
 * The end waits for success metrics with a planned effect; where the rule has no success metric,
 * for the margins of its guardrails.
 */
static bool is_waited_for(const struct assay__case *it, uint32_t metric)
{
    const struct assay_metric_result *result = assay__case_result(it, metric);
    if (has_success(it))
        return result->hypothesis == ASSAY_HYPOTHESIS_SUPERIORITY &&
               it->builder->plan->metrics[metric].effect.is_set;
    return result->hypothesis == ASSAY_HYPOTHESIS_NON_INFERIORITY;
}

bool assay__is_powered(const struct assay__case *it)
{
    uint32_t count = 0;
    for (uint32_t m = 0; m < it->builder->plan->metric_count; m++) {
        if (!is_waited_for(it, m))
            continue;
        count++;
        if (assay__case_result(it, m)->powered != ASSAY_YES)
            return false;
    }
    return count > 0;
}

bool assay__is_alpha_left(const struct assay__case *it)
{
    for (uint32_t m = 0; m < it->builder->plan->metric_count; m++) {
        const struct assay_metric_result *result = assay__case_result(it, m);
        const struct assay_horizon_plan *plan = assay__result_horizon(it->builder, result);
        if (is_waited_for(it, m) && plan->kind == ASSAY_HORIZON_GROUP_SEQUENTIAL &&
            plan->planned_looks == 0 && !result->is_final)
            return true;
    }
    return false;
}

/* The metric's question has no answer yet for want of units; the other way is an answer. */
static bool is_open(const struct assay__case *it, uint32_t metric)
{
    const struct assay_metric_result *result = assay__case_result(it, metric);
    return !isnan(result->power) && result->outcome == ASSAY_OUTCOME_FAILED &&
           result->powered != ASSAY_YES && assay__last_look(result) != NULL &&
           !assay__is_wrong_way(result);
}

enum { SIZE_BYTES = 4 * ASSAY__PHRASE_BYTES };

/* "40 of 251 units", or why there is no such number. */
static const char *size_text(const struct assay_metric_result *result, char out[SIZE_BYTES])
{
    const struct assay__kept_size *size = &assay__last_look(result)->size;
    const struct assay__count current = assay__count(size->current);
    char effect[ASSAY__PHRASE_BYTES], power[ASSAY__PHRASE_BYTES];
    assay__percent_text(result->power, power);
    if (size->absence == ASSAY_SIZE_EXISTS) {
        snprintf(out, SIZE_BYTES, "%s of %s units", current.text,
                 assay__count((uint64_t)size->required).text);
    } else if (size->absence != ASSAY_SIZE_NOT_PLANNED) {
        snprintf(out, SIZE_BYTES, "%s units, and no number of units is enough, since %s",
                 current.text, assay__size_absence_text(size->absence));
    } else if (isnan(size->powered_effect_abs)) {
        snprintf(out, SIZE_BYTES, "%s units, without a planned effect", current.text);
    } else {
        bool is_share = !isnan(size->powered_effect_rel);
        if (is_share)
            assay__percent_text(size->powered_effect_rel, effect);
        else
            assay__number_text(size->powered_effect_abs, effect);
        snprintf(out, SIZE_BYTES,
                 "%s units, which find a change of %s with power %s; no effect is planned",
                 current.text, effect, power);
    }
    return out;
}

/* Whether the question may be looked at again; result: NULL for the whole plan. */
static const char *again_text(const struct assay__case *it,
                              const struct assay_metric_result *result)
{
    const struct assay__builder *builder = it->builder;
    enum assay_horizon_kind kind =
        result == NULL ? builder->plan->horizon.kind : assay__result_horizon(builder, result)->kind;
    if (kind == ASSAY_HORIZON_ALWAYS_VALID)
        return "its horizon allows further looks";
    if (kind == ASSAY_HORIZON_GROUP_SEQUENTIAL)
        return result == NULL || result->is_final
                   ? "all its alpha is spent, so further looks need a new experiment"
                   : "its horizon has looks left";
    return "looking again at these data needs a sequential horizon";
}

/* What stands between a metric that goes on and its required size, if anything. */
static const char *end_text(const struct assay__case *it, const struct assay_metric_result *result)
{
    const struct assay_horizon_plan *plan = assay__result_horizon(it->builder, result);
    const struct assay__kept_size *size = &assay__last_look(result)->size;
    double planned = plan->expected_sample_size *
                     assay__comparison_share(it->builder, result->baseline, result->compared);
    if (plan->kind != ASSAY_HORIZON_GROUP_SEQUENTIAL)
        return "";
    if (result->is_final)
        return assay__arena_format(it->builder->arena, "; %s", again_text(it, result));
    if (size->absence != ASSAY_SIZE_EXISTS || size->required <= planned)
        return "";
    return assay__arena_format(it->builder->arena, "; its horizon ends at %s",
                               assay__count((uint64_t)planned).text);
}

static void say_inconclusive(struct assay__case *it, uint32_t metric)
{
    const struct assay_metric_result *result = assay__case_result(it, metric);
    enum assay_size_absence absence = assay__last_look(result)->size.absence;
    bool has_none = absence != ASSAY_SIZE_EXISTS && absence != ASSAY_SIZE_NOT_PLANNED;
    char size[SIZE_BYTES];
    assay__reason(it, has_none ? "noRequiredSize" : "inconclusive", (int32_t)metric,
                  assay__arena_format(
                      it->builder->arena, "%s is inconclusive in %s against %s: %s; %s.",
                      it->builder->plan->metrics[metric].id, group_id(it, it->group),
                      group_id(it, it->control), size_text(result, size), again_text(it, result)));
}

uint32_t assay__reasons_inconclusive(struct assay__case *it)
{
    uint32_t before = it->reason_count;
    for (uint32_t m = 0; m < it->builder->plan->metric_count; m++)
        if (is_open(it, m))
            say_inconclusive(it, m);
    bool is_answered = assay__is_powered(it);
    for (uint32_t m = 0; m < it->builder->plan->metric_count; m++)
        is_answered |= assay__is_wrong_way(assay__case_result(it, m));
    if (it->reason_count == before && !is_answered)
        assay__reason(it, "inconclusive", -1,
                      assay__arena_format(it->builder->arena,
                                          "%s against %s gives no reason to ship; %s.",
                                          group_id(it, it->group), group_id(it, it->control),
                                          again_text(it, NULL)));
    return it->reason_count - before;
}

uint32_t assay__reasons_futile(struct assay__case *it)
{
    uint32_t before = it->reason_count;
    for (uint32_t m = 0; m < it->builder->plan->metric_count; m++)
        if (assay__is_lost(it, m))
            assay__reason(it, "futile", (int32_t)m,
                          assay__arena_format(it->builder->arena,
                                              "%s in %s against %s is below its futility bound: "
                                              "the %s.",
                                              it->builder->plan->metrics[m].id,
                                              group_id(it, it->group), group_id(it, it->control),
                                              assay__futile_text(assay__case_result(it, m))));
    return it->reason_count - before;
}

uint32_t assay__reasons_to_go_on(struct assay__case *it)
{
    uint32_t before = it->reason_count;
    char size[SIZE_BYTES];
    for (uint32_t m = 0; m < it->builder->plan->metric_count; m++) {
        const struct assay_metric_result *result = assay__case_result(it, m);
        const char *end = is_open(it, m) ? end_text(it, result) : NULL;
        if (is_open(it, m))
            assay__reason(
                it, "moreUnits", (int32_t)m,
                end == NULL
                    ? NULL
                    : assay__arena_format(it->builder->arena, "%s goes on in %s against %s: %s%s.",
                                          it->builder->plan->metrics[m].id, group_id(it, it->group),
                                          group_id(it, it->control), size_text(result, size), end));
    }
    if (it->reason_count == before)
        assay__reason(it, "moreUnits", -1,
                      assay__arena_format(it->builder->arena,
                                          "%s against %s goes on: the planned information is not "
                                          "reached.",
                                          group_id(it, it->group), group_id(it, it->control)));
    return it->reason_count - before;
}
