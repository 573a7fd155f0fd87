/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The decision of a plan in words: what ships, what stops, what withholds advice, at which rates.
 */
#include "cli/plan_check_words.h"

#include <math.h>

#include "analysis/error_rates.h"
#include "stats/metric/metric.h"
#include "number/number.h"

/* "visit improves (0.025)": what a leaf of the rule asks, and its level. */
static void say_leaf(struct plan_words *words, uint32_t metric)
{
    const struct assay_metric_plan *it = &words->plan->metrics[metric];
    const struct assay_metric_rates *rates = &words->rates[metric];
    struct assay__text *line = &words->line;
    assay__text_puts(line, it->id);
    if (rates->hypothesis == ASSAY_HYPOTHESIS_NON_INFERIORITY)
        assay__text_puts(line, " stays within its margin");
    else if (rates->hypothesis == ASSAY_HYPOTHESIS_SUPERIORITY)
        assay__text_puts(line, it->direction == ASSAY_DIRECTION_ANY
                                   ? " changes, which informs and never ships"
                                   : " improves");
    else if (rates->hypothesis == ASSAY_HYPOTHESIS_DETERIORATION)
        assay__text_puts(line, " does not get worse");
    else {
        assay__text_puts(line, " passes, which nothing tests");
        return;
    }
    assay__text_puts(line, " (at ");
    plan_words_number(line, rates->alpha);
    assay__text_putc(line, ')');
}

static void say_rule(struct plan_words *words, const struct assay_rule *rule, bool is_inner)
{
    if (rule->kind == ASSAY_RULE_METRIC) {
        say_leaf(words, rule->metric);
        return;
    }
    bool in_brackets = is_inner && rule->branch_count > 1;
    assay__text_puts(&words->line, in_brackets ? "(" : "");
    for (uint32_t i = 0; i < rule->branch_count; i++) {
        const char *word = rule->kind == ASSAY_RULE_AND ? " and " : " or ";
        assay__text_puts(&words->line, i == 0 ? "" : word);
        say_rule(words, &rule->branches[i], true);
    }
    assay__text_puts(&words->line, in_brackets ? ")" : "");
}

/* ---- Beta of the whole rule: NaN where it is not known, infinite where the rule cannot hold ---
 */

static double leaf_beta(const struct plan_words *words, uint32_t metric)
{
    const struct assay_metric_plan *it = &words->plan->metrics[metric];
    const struct assay_metric_rates *rates = &words->rates[metric];
    if (rates->hypothesis == ASSAY_HYPOTHESIS_NON_INFERIORITY)
        return rates->beta;
    if (rates->hypothesis == ASSAY_HYPOTHESIS_DETERIORATION)
        return 0.0;
    if (rates->hypothesis == ASSAY_HYPOTHESIS_NONE || it->direction == ASSAY_DIRECTION_ANY)
        return INFINITY;
    return it->effect.is_set ? rates->beta : (double)NAN;
}

static double both_beta(double a, double b)
{
    return isinf(a) || isinf(b) ? (double)INFINITY : a + b;
}

static double either_beta(double a, double b)
{
    if (isinf(a) || isinf(b))
        return isinf(a) ? b : a;
    return fmin(a, b); /* the one that is known */
}

static double rule_beta(const struct plan_words *words, const struct assay_rule *rule)
{
    if (rule->kind == ASSAY_RULE_METRIC)
        return leaf_beta(words, rule->metric);
    bool is_and = rule->kind == ASSAY_RULE_AND;
    double beta = is_and ? 0.0 : (double)INFINITY;
    for (uint32_t i = 0; i < rule->branch_count; i++) {
        double branch = rule_beta(words, &rule->branches[i]);
        beta = is_and ? both_beta(beta, branch) : either_beta(beta, branch);
    }
    return beta;
}

static double default_beta(const struct plan_words *words)
{
    const struct assay_plan *plan = words->plan;
    double success = INFINITY, guardrails = 0.0;
    uint32_t successes = 0, count = 0;
    for (uint32_t m = 0; m < plan->metric_count; m++) {
        double beta = leaf_beta(words, m);
        if (plan->metrics[m].role == ASSAY_ROLE_SUCCESS)
            success = successes++ == 0 ? beta : either_beta(success, beta);
        else if (plan->metrics[m].role == ASSAY_ROLE_GUARDRAIL)
            guardrails = count++ == 0 ? beta : both_beta(guardrails, beta);
    }
    if (successes == 0)
        return count == 0 ? (double)INFINITY : guardrails;
    return both_beta(success, guardrails);
}

static double decision_beta(const struct plan_words *words)
{
    const struct assay_rule *rule = words->plan->rule;
    return rule != NULL ? rule_beta(words, rule) : default_beta(words);
}

/* ---- What ships ------------------------------------------------------------------------------ */

static uint32_t count_role(const struct assay_plan *plan, enum assay_role role)
{
    uint32_t count = 0;
    for (uint32_t m = 0; m < plan->metric_count; m++)
        count += plan->metrics[m].role == role;
    return count;
}

static void say_role(struct plan_words *words, enum assay_role role, const char *word)
{
    uint32_t count = 0;
    for (uint32_t m = 0; m < words->plan->metric_count; m++) {
        if (words->plan->metrics[m].role != role)
            continue;
        assay__text_puts(&words->line, count++ == 0 ? "" : word);
        say_leaf(words, m);
    }
}

/* The default rule: some success metric, and every guardrail. */
static void say_default_rule(struct plan_words *words)
{
    uint32_t successes = count_role(words->plan, ASSAY_ROLE_SUCCESS);
    uint32_t guardrails = count_role(words->plan, ASSAY_ROLE_GUARDRAIL);
    if (successes + guardrails == 0) {
        assay__text_puts(&words->line, "there is neither a success metric nor a guardrail");
        return;
    }
    assay__text_puts(&words->line, successes > 1 && guardrails > 0 ? "(" : "");
    say_role(words, ASSAY_ROLE_SUCCESS, " or ");
    assay__text_puts(&words->line, successes > 1 && guardrails > 0 ? ")" : "");
    assay__text_puts(&words->line, successes > 0 && guardrails > 0 ? " and " : "");
    say_role(words, ASSAY_ROLE_GUARDRAIL, " and ");
}

static void say_ships(struct plan_words *words)
{
    const char *control = words->plan->baseline;
    assay__text_puts(&words->line, "SHIP: ");
    if (words->plan->scheme != ASSAY_COMPARE_BASELINE && control == NULL) {
        assay__text_puts(&words->line, "never, since no control is named: give comparisons a "
                                       "baseline.");
    } else {
        bool can_hold = !isinf(decision_beta(words));
        assay__text_puts(&words->line, can_hold ? "" : "never, since the rule cannot hold: ");
        if (words->plan->rule != NULL)
            say_rule(words, words->plan->rule, false);
        else
            say_default_rule(words);
        if (can_hold && control != NULL)
            assay__text_format(&words->line, ", against %s", control);
        assay__text_puts(&words->line,
                         can_hold ? "; and no test for harm or margin is missing." : ".");
    }
    plan_words_flush(words, PLAN_WORDS_INDENT);
}

/* "harm to a (at 0.01), b (at 0.02)" */
static uint32_t say_harm(struct plan_words *words)
{
    uint32_t count = 0;
    for (uint32_t m = 0; m < words->plan->metric_count; m++) {
        double alpha = words->rates[m].deterioration_alpha;
        if (isnan(alpha))
            continue;
        assay__text_format(&words->line, "%s%s (at ", count++ == 0 ? "significant harm to " : ", ",
                           words->plan->metrics[m].id);
        plan_words_number(&words->line, alpha);
        assay__text_putc(&words->line, ')');
    }
    return count;
}

static void say_stops(struct plan_words *words)
{
    struct assay__text *line = &words->line;
    assay__text_puts(line, "ABORT: ");
    if (words->plan->group_count > 0) {
        assay__text_puts(line, "groups' sizes that do not match the planned weights (at ");
        plan_words_number(line, words->plan->srm.alpha);
        assay__text_puts(line, "), units in a group that is not planned, or ");
    }
    if (say_harm(words) == 0)
        assay__text_puts(line, "harm, which nothing tests");
    assay__text_putc(line, '.');
    if (words->plan->group_count == 0)
        assay__text_puts(line, " The weights are assumed, so sizes that do not match only warn.");
    plan_words_flush(words, PLAN_WORDS_INDENT);
}

static bool has_proportion(const struct assay_plan *plan)
{
    for (uint32_t m = 0; m < plan->metric_count; m++)
        if (assay__metric_kind(plan->metrics[m].type)->is_share)
            return true;
    return false;
}

static bool has_adjustment(const struct assay_plan *plan)
{
    for (uint32_t m = 0; m < plan->metric_count; m++)
        if (plan->metrics[m].reduction != ASSAY_REDUCTION_NONE)
            return true;
    return false;
}

static void say_withholds(struct plan_words *words)
{
    const struct assay_plan *plan = words->plan;
    assay__text_format(
        &words->line,
        "No advice: a group of the comparison has fewer than %s unit%s, or values of a metric",
        assay__count(plan->minimum_units).text, plan->minimum_units == 1 ? "" : "s");
    if (has_proportion(plan) && plan->minimum_events == 1)
        assay__text_puts(&words->line, ", or a proportion has no success or no failure there");
    else if (has_proportion(plan) && plan->minimum_events > 0)
        assay__text_format(&words->line,
                           ", or a proportion has fewer than %s successes or failures there",
                           assay__count(plan->minimum_events).text);
    assay__text_puts(&words->line, ", or the decision rests on a metric whose values are missing "
                                   "unevenly");
    if (has_adjustment(plan))
        assay__text_puts(&words->line, ", or a metric is adjusted by a covariate that differs "
                                       "between its groups");
    assay__text_puts(&words->line, ". Harm on so few units aborts only by an exact test.");
    plan_words_flush(words, PLAN_WORDS_INDENT);
}

/* What the metrics' horizons have: a metric without one of its own has the plan's. */
static bool has_horizon(const struct assay_plan *plan, enum assay_horizon_kind kind)
{
    for (uint32_t m = 0; m < plan->metric_count; m++)
        if (plan->metrics[m].horizon.kind == kind)
            return true;
    return false;
}

static bool plans_effect(const struct assay_plan *plan)
{
    for (uint32_t m = 0; m < plan->metric_count; m++)
        if (plan->metrics[m].role == ASSAY_ROLE_SUCCESS && plan->metrics[m].effect.is_set)
            return true;
    return false;
}

static bool has_binding_futility(const struct assay_plan *plan)
{
    for (uint32_t m = 0; m < plan->metric_count; m++)
        if (plan->metrics[m].horizon.has_futility && plan->metrics[m].horizon.futility_is_binding)
            return true;
    return false;
}

static void say_otherwise(struct plan_words *words)
{
    const struct assay_plan *plan = words->plan;
    struct assay__text *line = &words->line;
    bool is_group = has_horizon(plan, ASSAY_HORIZON_GROUP_SEQUENTIAL);
    bool is_any = has_horizon(plan, ASSAY_HORIZON_ALWAYS_VALID);
    if (!is_group && !is_any)
        assay__text_puts(line, "Otherwise END: one look decides, and looking again at the same "
                               "data needs a sequential horizon.");
    else if (plans_effect(plan))
        assay__text_puts(line, "Otherwise CONTINUE, and END once every success metric with a "
                               "planned effect has its units.");
    else if (is_any)
        assay__text_puts(line,
                         "Otherwise CONTINUE, without an end: no success metric has a planned "
                         "effect to be powered for.");
    else
        assay__text_puts(line, "Otherwise CONTINUE, and END once the expected units are there: no "
                               "success metric has a planned effect.");
    if (has_binding_futility(plan))
        assay__text_puts(line,
                         " A look beyond a binding futility bound ends it once the rule cannot "
                         "hold any more.");
    plan_words_flush(words, PLAN_WORDS_INDENT);
    if (!is_group && !is_any)
        return;
    assay__text_puts(line, "Every look so far counts: what was found at one stands at later ones. "
                           "Where advice is withheld, it is CONTINUE.");
    plan_words_flush(words, PLAN_WORDS_INDENT);
}

/* Tests that share beta have the planned power together; others have what their betas leave. */
static void say_whole_power(struct plan_words *words)
{
    struct assay__text *line = &words->line;
    double beta = decision_beta(words);
    if (isinf(beta)) {
        assay__text_puts(line, "; the whole decision has none, since the rule cannot hold");
    } else if (isnan(beta)) {
        assay__text_puts(line, "; that of the whole decision is not known, since the rule needs a "
                               "success metric without a planned effect");
    } else if (!(beta < 1.0)) {
        assay__text_puts(line, "; the whole decision may have none");
    } else {
        assay__text_puts(line, "; the whole decision has at least ");
        plan_words_number(line, 1.0 - beta);
        assay__text_puts(line, " at the required sizes, false alarms aside");
    }
}

static void say_power(struct plan_words *words)
{
    struct assay__text *line = &words->line;
    uint32_t count = 0;
    for (uint32_t m = 0; m < words->plan->metric_count; m++) {
        const struct assay_metric_plan *metric = &words->plan->metrics[m];
        const struct assay_metric_rates *rates = &words->rates[m];
        bool has_margin = rates->hypothesis == ASSAY_HYPOTHESIS_NON_INFERIORITY;
        if (isnan(rates->power) || (!has_margin && !metric->effect.is_set))
            continue;
        assay__text_format(line, "%s%s (", count++ == 0 ? "Planned power: " : ", ", metric->id);
        plan_words_number(line, rates->power);
        assay__text_puts(line, " for ");
        assay__text_puts(line, has_margin ? "a margin of " : "an effect of ");
        plan_words_bound(line, has_margin ? &metric->margin : &metric->effect);
        assay__text_putc(line, ')');
    }
    if (count == 0)
        assay__text_puts(line, "Planned power: no metric has a planned effect or margin, so no "
                               "number of units is asked for");
    else
        say_whole_power(words);
    assay__text_putc(line, '.');
    plan_words_flush(words, PLAN_WORDS_INDENT);
}

void plan_words_decision(struct plan_words *words)
{
    plan_words_heading(words, "Decision");
    say_ships(words);
    say_stops(words);
    say_withholds(words);
    say_otherwise(words);
    say_power(words);
}
