/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Evaluates the decision rule in three values. What was not tested is not passed, and an "and" or
 * "or" that hangs on it is not tested either.
 */
#include <math.h>

#include "analysis/decide.h"
#include "analysis/looks.h"

const struct assay_metric_result *assay__case_result(const struct assay__case *it, uint32_t metric)
{
    const struct assay_analysis *out = it->builder->out;
    size_t at = ((size_t)metric * it->builder->pair_count + it->pair) * out->slice_count;
    return &out->results[at]; /* slice 0 is the total */
}

bool assay__is_uneven(const struct assay__case *it, uint32_t metric)
{
    return it->builder->out->rates[metric].in_rule && assay__case_result(it, metric)->is_uneven;
}

bool assay__is_win(const struct assay__case *it, uint32_t metric)
{
    const struct assay_metric_result *result = assay__case_result(it, metric);
    return result->hypothesis == ASSAY_HYPOTHESIS_SUPERIORITY &&
           result->outcome == ASSAY_OUTCOME_PASSED && result->side != ASSAY_SIDE_BOTH &&
           !assay__is_skewed_win(result) && !assay__is_uneven(it, metric);
}

bool assay__holds_back(const struct assay__case *it, uint32_t metric)
{
    const struct assay_metric_rates *rates = &it->builder->out->rates[metric];
    const struct assay_metric_result *result = assay__case_result(it, metric);
    if (result->outcome != ASSAY_OUTCOME_NOT_TESTED)
        return false;
    if (!rates->in_rule)
        return !isnan(rates->deterioration_alpha);
    return it->builder->plan->metrics[metric].role != ASSAY_ROLE_SUCCESS;
}

bool assay__is_lost(const struct assay__case *it, uint32_t metric)
{
    const struct assay_metric_result *result = assay__case_result(it, metric);
    return result->is_futile && result->outcome != ASSAY_OUTCOME_PASSED &&
           it->builder->plan->metrics[metric].horizon.futility_is_binding;
}

/* All alpha of a group sequence is spent, and nothing was found. */
static bool is_spent(const struct assay__case *it, uint32_t metric)
{
    const struct assay_metric_result *result = assay__case_result(it, metric);
    return result->is_final && result->outcome != ASSAY_OUTCOME_PASSED &&
           result->hypothesis != ASSAY_HYPOTHESIS_DETERIORATION &&
           assay__result_horizon(it->builder, result)->kind == ASSAY_HORIZON_GROUP_SEQUENTIAL;
}

static enum assay_outcome leaf(const struct assay__case *it, uint32_t metric)
{
    const struct assay_metric_result *result = assay__case_result(it, metric);
    if (it->is_hopeful)
        return assay__is_lost(it, metric) || is_spent(it, metric) ? ASSAY_OUTCOME_FAILED
                                                                  : ASSAY_OUTCOME_PASSED;
    bool is_neutral =
        result->hypothesis == ASSAY_HYPOTHESIS_SUPERIORITY && result->side == ASSAY_SIDE_BOTH;
    if (!is_neutral && (assay__is_skewed_win(result) || assay__is_uneven(it, metric)))
        return ASSAY_OUTCOME_NOT_TESTED;
    /* Without an intended direction a change informs, and ships nothing. */
    if (result->hypothesis == ASSAY_HYPOTHESIS_SUPERIORITY &&
        result->outcome == ASSAY_OUTCOME_PASSED && !assay__is_win(it, metric))
        return ASSAY_OUTCOME_FAILED;
    return result->outcome;
}

static enum assay_outcome both(enum assay_outcome a, enum assay_outcome b)
{
    if (a == ASSAY_OUTCOME_FAILED || b == ASSAY_OUTCOME_FAILED)
        return ASSAY_OUTCOME_FAILED;
    return a == ASSAY_OUTCOME_PASSED ? b : a;
}

static enum assay_outcome either(enum assay_outcome a, enum assay_outcome b)
{
    if (a == ASSAY_OUTCOME_PASSED || b == ASSAY_OUTCOME_PASSED)
        return ASSAY_OUTCOME_PASSED;
    return a == ASSAY_OUTCOME_FAILED ? b : a;
}

static enum assay_outcome evaluate(const struct assay__case *it, const struct assay_rule *rule)
{
    if (rule->kind == ASSAY_RULE_METRIC)
        return leaf(it, rule->metric);
    bool is_and = rule->kind == ASSAY_RULE_AND;
    enum assay_outcome state = is_and ? ASSAY_OUTCOME_PASSED : ASSAY_OUTCOME_FAILED;
    for (uint32_t i = 0; i < rule->branch_count; i++) {
        enum assay_outcome branch = evaluate(it, &rule->branches[i]);
        state = is_and ? both(state, branch) : either(state, branch);
    }
    return state;
}

/* and(or(success...), guardrail...); guardrails alone decide where there is no success metric. */
static enum assay_outcome evaluate_default(const struct assay__case *it)
{
    enum assay_outcome success = ASSAY_OUTCOME_FAILED, guardrails = ASSAY_OUTCOME_PASSED;
    uint32_t success_count = 0, guardrail_count = 0;
    for (uint32_t m = 0; m < it->builder->plan->metric_count; m++) {
        enum assay_role role = it->builder->plan->metrics[m].role;
        if (role == ASSAY_ROLE_SUCCESS) {
            success = either(success, leaf(it, m));
            success_count++;
        } else if (role == ASSAY_ROLE_GUARDRAIL) {
            guardrails = both(guardrails, leaf(it, m));
            guardrail_count++;
        }
    }
    if (success_count > 0)
        return both(success, guardrails);
    return guardrail_count > 0 ? guardrails : ASSAY_OUTCOME_FAILED;
}

enum assay_outcome assay__rule_state(const struct assay__case *it)
{
    const struct assay_plan *plan = it->builder->plan;
    enum assay_outcome state = plan->rule != NULL ? evaluate(it, plan->rule) : evaluate_default(it);
    for (uint32_t m = 0; m < plan->metric_count; m++)
        if (state == ASSAY_OUTCOME_PASSED && assay__holds_back(it, m))
            state = ASSAY_OUTCOME_NOT_TESTED;
    return state;
}

bool assay__rule_is_lost(const struct assay__case *it)
{
    struct assay__case hope = *it;
    hope.is_hopeful = true;
    const struct assay_plan *plan = it->builder->plan;
    enum assay_outcome state =
        plan->rule != NULL ? evaluate(&hope, plan->rule) : evaluate_default(&hope);
    return state == ASSAY_OUTCOME_FAILED;
}
