/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The advice about each treatment, by the decision rule (Schultzberg, Ankargren, Franberg 2024). A
 * treatment is judged against the control in the total; other comparisons and slices inform. Every
 * look so far counts: results hold what was found at any of them.
 */
#include "analysis/decide.h"

#include <math.h>
#include <string.h>

#include "base/error.h"

static bool is_sequential(const struct assay_plan *plan)
{
    for (uint32_t m = 0; m < plan->metric_count; m++)
        if (plan->metrics[m].horizon.kind != ASSAY_HORIZON_FIXED)
            return true;
    return false;
}

/* No later look is planned for the metric. */
static bool is_over(const struct assay__case *it, uint32_t metric)
{
    const struct assay_metric_result *result = assay__case_result(it, metric);
    return result->look_count == 0 ? !is_sequential(it->builder->plan) : result->is_final;
}

static bool all_over(const struct assay__case *it)
{
    for (uint32_t m = 0; m < it->builder->plan->metric_count; m++)
        if (!is_over(it, m))
            return false;
    return true;
}

/*
 * Until planned effects have their units; without any, until the planned information is there. That
 * is waited for, too, by a group sequence whose looks are not planned: what they will have cost is
 * known at its end, and before it alpha is left to find the effect with.
 */
static bool must_go_on(const struct assay__case *it, bool powered)
{
    if (!assay__has_planned_effect(it))
        return !all_over(it);
    return !powered || assay__is_alpha_left(it);
}

/* The end of an experiment that did not ship: its horizon is over, or powered, or goes on. */
static enum assay_recommendation end_or_go_on(struct assay__case *it, enum assay_outcome rule)
{
    bool goes_on = is_sequential(it->builder->plan);
    bool powered = assay__is_powered(it);
    bool is_lost = goes_on && assay__rule_is_lost(it);
    if (is_lost && assay__reasons_futile(it) > 0)
        return ASSAY_RECOMMEND_END;
    if (goes_on && !is_lost && must_go_on(it, powered)) {
        assay__reasons_to_go_on(it);
        return ASSAY_RECOMMEND_CONTINUE;
    }
    if (rule == ASSAY_OUTCOME_NOT_TESTED)
        return ASSAY_RECOMMEND_END; /* what was not tested is the reason */
    if (powered)
        assay__reason(it, "powered", -1,
                      assay__arena_format(it->builder->arena,
                                          "%s against %s is powered, and nothing was found to ship "
                                          "for.",
                                          it->builder->group_names[it->group],
                                          it->builder->group_names[it->control]));
    assay__reasons_inconclusive(it);
    return ASSAY_RECOMMEND_END;
}

static enum assay_recommendation decide(struct assay__case *it, struct assay_treatment *treatment)
{
    bool goes_on = is_sequential(it->builder->plan);
    if (it->control == ASSAY__NO_GROUP) {
        assay__reason(it, "noControl", -1,
                      assay__arena_format(it->builder->arena,
                                          "The plan names no control to judge %s against.",
                                          it->builder->group_names[it->group]));
        return ASSAY_RECOMMEND_UNSPECIFIED;
    }
    if (it->pair != ASSAY__NONE)
        treatment->rule = assay__rule_state(it);
    if (assay__reasons_to_abort(it) > 0)
        return ASSAY_RECOMMEND_ABORT;
    if (assay__reasons_to_withhold(it) > 0) {
        if (it->pair != ASSAY__NONE)
            assay__reasons_untested(it);
        return goes_on ? ASSAY_RECOMMEND_CONTINUE : ASSAY_RECOMMEND_UNSPECIFIED;
    }
    if (treatment->rule == ASSAY_OUTCOME_PASSED) {
        assay__reasons_to_ship(it);
        return ASSAY_RECOMMEND_SHIP;
    }
    assay__reasons_not_to_ship(it);
    return end_or_go_on(it, treatment->rule);
}

static uint32_t find_control(const struct assay__builder *builder)
{
    const char *baseline = builder->plan->baseline;
    for (uint32_t g = 0; baseline != NULL && g < builder->out->group_count; g++)
        if (strcmp(builder->out->groups[g].id, baseline) == 0)
            return g;
    return ASSAY__NO_GROUP;
}

static uint32_t find_pair(const struct assay__builder *builder, uint32_t control, uint32_t group)
{
    for (uint32_t p = 0; p < builder->pair_count; p++)
        if (builder->pairs[p].baseline == control && builder->pairs[p].compared == group)
            return p;
    return ASSAY__NONE;
}

static bool is_compared(const struct assay__builder *builder, uint32_t group)
{
    for (uint32_t p = 0; p < builder->pair_count; p++)
        if (builder->pairs[p].baseline == group || builder->pairs[p].compared == group)
            return true;
    return false;
}

static enum assay_status advise(struct assay__builder *builder, uint32_t control, uint32_t group,
                                struct assay_treatment *treatment, struct assay_error *err)
{
    struct assay__case it = {.builder = builder,
                             .group = group,
                             .control = control,
                             .pair = find_pair(builder, control, group)};
    treatment->group = group;
    treatment->baseline = it.pair == ASSAY__NONE ? ASSAY__NO_GROUP : control;
    treatment->rule = ASSAY_OUTCOME_NOT_TESTED;
    treatment->recommendation = decide(&it, treatment);
    treatment->final = it.pair == ASSAY__NONE ? !is_sequential(builder->plan) : all_over(&it);
    if (treatment->recommendation == ASSAY_RECOMMEND_END && assay__rule_is_lost(&it))
        treatment->final = true; /* the plan gives up on it */
    treatment->reasons = it.reasons;
    treatment->reason_count = it.reason_count;
    return it.no_memory ? assay__fail_memory(err) : ASSAY_OK;
}

enum assay_status assay__analyze_decide(struct assay__builder *builder, struct assay_error *err)
{
    struct assay_analysis *out = builder->out;
    uint32_t control = find_control(builder);
    out->treatments = assay__arena_array(builder->arena, out->group_count, sizeof *out->treatments);
    if (out->treatments == NULL)
        return assay__fail_memory(err);
    for (uint32_t g = 0; g < out->group_count; g++) {
        if (g == control || !is_compared(builder, g))
            continue;
        enum assay_status status =
            advise(builder, control, g, &out->treatments[out->treatment_count++], err);
        if (status != ASSAY_OK)
            return status;
    }
    return ASSAY_OK;
}
