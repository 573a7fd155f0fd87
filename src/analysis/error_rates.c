/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Error rates of every test, from the decision rule (Schultzberg, Ankargren, Franberg 2024). An
 * "or" is a union-intersection test: its branches share alpha. An "and" is an intersection-union
 * test: each branch has the whole alpha, and the branches share beta, since all must come through.
 * Rates are divided as the decimals people write, in wide numbers, and rounded once.
 */
#include "analysis/error_rates.h"

#include <math.h>

#include "exact/shortest.h"

typedef struct assay__wide wide;

/* The level of a metric's test for harm before it is shared; NaN when there is none. */
static double harm_rate(const struct assay_plan *plan, const struct assay_metric_plan *metric)
{
    return metric->has_deterioration ? metric->deterioration_alpha : plan->deterioration_alpha;
}

static bool is_in(const struct assay_rule *rule, uint32_t metric)
{
    if (rule->kind == ASSAY_RULE_METRIC)
        return rule->metric == metric;
    for (uint32_t i = 0; i < rule->branch_count; i++)
        if (is_in(&rule->branches[i], metric))
            return true;
    return false;
}

bool assay__in_rule(const struct assay_plan *plan, uint32_t metric)
{
    if (plan->rule != NULL)
        return is_in(plan->rule, metric);
    return plan->metrics[metric].role != ASSAY_ROLE_DETERIORATION;
}

/* Its own test can only be one for harm: there is nothing else to show. */
static bool has_harm_test_only(const struct assay_plan *plan, uint32_t metric)
{
    const struct assay_metric_plan *it = &plan->metrics[metric];
    if (it->role == ASSAY_ROLE_SUCCESS && it->direction == ASSAY_DIRECTION_ANY)
        return false;
    return it->role == ASSAY_ROLE_DETERIORATION || !assay__in_rule(plan, metric) ||
           (it->role == ASSAY_ROLE_GUARDRAIL && !it->margin.is_set);
}

bool assay__is_monitored(const struct assay_plan *plan, uint32_t metric)
{
    const struct assay_metric_plan *it = &plan->metrics[metric];
    if (isnan(harm_rate(plan, it)))
        return false;
    /* A guardrail without margin and direction has only this test: any movement is harm. */
    return it->direction != ASSAY_DIRECTION_ANY || has_harm_test_only(plan, metric);
}

enum assay_hypothesis assay__hypothesis(const struct assay_plan *plan, uint32_t metric)
{
    const struct assay_metric_plan *it = &plan->metrics[metric];
    if (has_harm_test_only(plan, metric))
        return assay__is_monitored(plan, metric) ? ASSAY_HYPOTHESIS_DETERIORATION
                                                 : ASSAY_HYPOTHESIS_NONE;
    if (!assay__in_rule(plan, metric))
        return ASSAY_HYPOTHESIS_NONE;
    return it->role == ASSAY_ROLE_SUCCESS ? ASSAY_HYPOTHESIS_SUPERIORITY
                                          : ASSAY_HYPOTHESIS_NON_INFERIORITY;
}

static bool is_powered(const struct assay_plan *plan, uint32_t metric)
{
    enum assay_hypothesis hypothesis = assay__hypothesis(plan, metric);
    return hypothesis == ASSAY_HYPOTHESIS_SUPERIORITY ||
           hypothesis == ASSAY_HYPOTHESIS_NON_INFERIORITY;
}

struct assay_rates assay__error_counts(const struct assay_plan *plan, uint32_t comparison_count)
{
    struct assay_rates counts = {.alpha = plan->alpha,
                                 .power = plan->power,
                                 .deterioration_alpha = plan->deterioration_alpha,
                                 .comparison_count = comparison_count,
                                 .segment_count = plan->segment_count};
    for (uint32_t m = 0; m < plan->metric_count; m++) {
        enum assay_hypothesis hypothesis = assay__hypothesis(plan, m);
        counts.success_count += hypothesis == ASSAY_HYPOTHESIS_SUPERIORITY;
        counts.margin_count += hypothesis == ASSAY_HYPOTHESIS_NON_INFERIORITY;
        counts.monitored_count += assay__is_monitored(plan, m);
    }
    return counts;
}

/* What the walk divides: alpha and beta by the comparisons, segments and branches so far. */
struct walk {
    const struct assay_plan *plan;
    wide alpha, beta; /* undivided */
    struct assay_metric_rates *rates;
};

static wide times(wide divisor, uint64_t factor)
{
    return assay__wide_mul(divisor, assay__wide_of_u64(factor));
}

static double shared(wide rate, wide divisor)
{
    return assay__wide_double(assay__wide_div(rate, divisor));
}

static void set_leaf(const struct walk *walk, uint32_t metric, wide alpha_divisor,
                     wide beta_divisor)
{
    struct assay_metric_rates *rates = &walk->rates[metric];
    if (!is_powered(walk->plan, metric))
        return;
    wide beta = assay__wide_div(walk->beta, beta_divisor);
    rates->alpha = shared(walk->alpha, alpha_divisor);
    rates->beta = assay__wide_double(beta);
    rates->power = assay__wide_double(assay__wide_sub(assay__wide_of(1.0), beta));
}

static bool has_power(const struct assay_plan *plan, const struct assay_rule *rule)
{
    if (rule->kind == ASSAY_RULE_METRIC)
        return is_powered(plan, rule->metric);
    for (uint32_t i = 0; i < rule->branch_count; i++)
        if (has_power(plan, &rule->branches[i]))
            return true;
    return false;
}

/* Branches of an "and" that nothing powers need none of its beta. */
static uint32_t powered_branches(const struct assay_plan *plan, const struct assay_rule *rule)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < rule->branch_count; i++)
        count += has_power(plan, &rule->branches[i]);
    return count > 0 ? count : 1;
}

static void walk_rule(const struct walk *walk, const struct assay_rule *rule, wide alpha_divisor,
                      wide beta_divisor)
{
    if (rule->kind == ASSAY_RULE_METRIC) {
        set_leaf(walk, rule->metric, alpha_divisor, beta_divisor);
        return;
    }
    if (rule->kind == ASSAY_RULE_OR)
        alpha_divisor = times(alpha_divisor, rule->branch_count);
    else
        beta_divisor = times(beta_divisor, powered_branches(walk->plan, rule));
    for (uint32_t i = 0; i < rule->branch_count; i++)
        walk_rule(walk, &rule->branches[i], alpha_divisor, beta_divisor);
}

/* Without a rule of its own a plan has and(or(success...), guardrail...). */
static void walk_default(const struct walk *walk, const struct assay_rates *counts, wide divisor)
{
    wide beta_divisor =
        assay__wide_of_u64((uint64_t)counts->margin_count + (counts->success_count > 0));
    for (uint32_t m = 0; m < walk->plan->metric_count; m++) {
        bool is_success = walk->plan->metrics[m].role == ASSAY_ROLE_SUCCESS;
        set_leaf(walk, m, is_success ? times(divisor, counts->success_count) : divisor,
                 beta_divisor);
    }
}

/* Bonferroni shares alpha by all tests; the betas are those of the rule, which stand already. */
static void set_bonferroni(const struct walk *walk, const struct assay_rates *counts, wide divisor)
{
    wide all = times(divisor, (uint64_t)counts->success_count + counts->margin_count);
    for (uint32_t m = 0; m < walk->plan->metric_count; m++)
        if (is_powered(walk->plan, m))
            walk->rates[m].alpha = shared(walk->alpha, all);
}

/* Tests for harm, and the level of intervals that nothing is decided by. */
static void set_harm(const struct walk *walk, const struct assay_rates *counts, wide divisor)
{
    const struct assay_plan *plan = walk->plan;
    bool is_divided = plan->adjustment != ASSAY_DIVIDE_NONE;
    wide harm_divisor = is_divided ? times(divisor, counts->monitored_count) : divisor;
    for (uint32_t m = 0; m < plan->metric_count; m++) {
        struct assay_metric_rates *rates = &walk->rates[m];
        if (assay__is_monitored(plan, m))
            rates->deterioration_alpha =
                shared(assay__wide_of_shortest(harm_rate(plan, &plan->metrics[m])), harm_divisor);
        if (rates->hypothesis == ASSAY_HYPOTHESIS_DETERIORATION)
            rates->alpha = rates->deterioration_alpha;
        else if (rates->hypothesis == ASSAY_HYPOTHESIS_NONE)
            rates->alpha = shared(walk->alpha, divisor);
    }
}

void assay__error_rates(const struct assay_plan *plan, uint32_t comparison_count, bool in_segment,
                        struct assay_metric_rates *rates)
{
    struct assay_rates counts = assay__error_counts(plan, comparison_count);
    wide one = assay__wide_of(1.0), divisor = one;
    bool is_divided = plan->adjustment != ASSAY_DIVIDE_NONE;
    if (is_divided)
        divisor = times(times(one, comparison_count > 0 ? comparison_count : 1),
                        in_segment && plan->segment_count > 0 ? plan->segment_count : 1);
    const struct walk walk = {plan, assay__wide_of_shortest(plan->alpha),
                              assay__wide_sub(one, assay__wide_of_shortest(plan->power)), rates};
    for (uint32_t m = 0; m < plan->metric_count; m++)
        rates[m] = (struct assay_metric_rates){.hypothesis = assay__hypothesis(plan, m),
                                               .in_rule = assay__in_rule(plan, m),
                                               .alpha = NAN,
                                               .beta = NAN,
                                               .power = NAN,
                                               .deterioration_alpha = NAN};
    if (!is_divided)
        for (uint32_t m = 0; m < plan->metric_count; m++)
            set_leaf(&walk, m, one, one);
    else if (plan->rule != NULL)
        walk_rule(&walk, plan->rule, divisor, one);
    else
        walk_default(&walk, &counts, divisor);
    if (plan->adjustment == ASSAY_DIVIDE_BONFERRONI)
        set_bonferroni(&walk, &counts, divisor);
    set_harm(&walk, &counts, divisor);
}
