/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a command line and a plan to what is simulated: groups, values, effects, looks. */
#include "cli/simulate_settle.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/dataset_read.h"
#include "base/error.h"
#include "cli/cli.h"
#include "number/number.h"
#include "stats/metric/metric.h"

void simulate_release(struct simulation *simulation)
{
    if (simulation == NULL)
        return;
    for (uint32_t g = 0; simulation->groups != NULL && g < simulation->group_count; g++)
        free(simulation->groups[g]);
    free(simulation->groups);
    free(simulation->weights);
    free(simulation->metrics);
    free(simulation->pool.values);
    free(simulation);
}

static enum assay_status settle_groups(struct simulation *simulation, struct assay_error *err)
{
    const struct assay_plan *plan = &simulation->plan;
    double sum = 0.0;
    simulation->groups = calloc((size_t)plan->group_count + 1, sizeof *simulation->groups);
    simulation->weights = calloc((size_t)plan->group_count + 1, sizeof *simulation->weights);
    if (simulation->groups == NULL || simulation->weights == NULL)
        return assay__fail_memory(err);
    for (uint32_t g = 0; g < plan->group_count; g++)
        sum += plan->groups[g].weight;
    for (uint32_t g = 0; g < plan->group_count; g++) {
        simulation->groups[g] = strdup(plan->groups[g].id);
        simulation->weights[g] = plan->groups[g].weight / sum;
        if (simulation->groups[g] == NULL)
            return assay__fail_memory(err);
        simulation->group_count++;
    }
    return ASSAY_OK;
}

enum assay_status simulate_settle_plan(const struct simulate_request *request,
                                       const struct assay_plan *plan, struct simulation *simulation,
                                       struct assay_error *err)
{
    if (plan->baseline == NULL)
        return assay__fail(err, ASSAY_ERROR_PLAN,
                           "No baseline is named: without a control there is no advice to follow.");
    if (plan->group_count == 0 && request->path_count == 0)
        return assay__fail(err, ASSAY_ERROR_PLAN,
                           "The plan names no groups. Without data there are none to draw.");
    simulation->given = plan;
    simulation->plan = *plan;
    simulation->plan.dimension_count = 0;
    simulation->plan.has_as_of = false;
    simulation->experiments = request->experiments;
    simulation->seed = request->seed;
    simulation->is_fixed = true;
    simulation->metrics = calloc(plan->metric_count, sizeof *simulation->metrics);
    if (simulation->metrics == NULL)
        return assay__fail_memory(err);
    for (uint32_t m = 0; m < plan->metric_count; m++) {
        struct simulate_metric *metric = &simulation->metrics[m];
        struct assay_moments_shape shape = assay__metric_shape(&plan->metrics[m]);
        if (assay__metric_kind(plan->metrics[m].type)->no_moments != NULL)
            return assay__fail(err, ASSAY_ERROR_UNAVAILABLE,
                               "Metric '%s' is a quantile; quantiles are not simulated.",
                               plan->metrics[m].id);
        metric->is_ratio = shape.has_denominator != 0;
        metric->place = simulation->pool.width;
        metric->count = 1 + shape.has_denominator + shape.covariate_count;
        simulation->pool.width += metric->count;
        simulation->is_fixed =
            simulation->is_fixed && plan->metrics[m].horizon.kind == ASSAY_HORIZON_FIXED;
    }
    return settle_groups(simulation, err);
}

/* The metric that a flag's value begins with, before a sign; NULL after saying that there is none.
 */
static struct simulate_metric *find_metric(struct simulation *simulation, const char *flag,
                                           const char *text, char sign, const char **rest,
                                           const struct assay_metric_plan **plan)
{
    const char *best = NULL;
    uint32_t found = 0;
    for (uint32_t m = 0; m < simulation->plan.metric_count; m++) {
        size_t length = strlen(simulation->plan.metrics[m].id);
        bool fits = strncmp(text, simulation->plan.metrics[m].id, length) == 0;
        if (!fits || text[length] != sign || (best != NULL && text + length < best))
            continue;
        best = text + length;
        found = m;
    }
    if (best == NULL) {
        cli_usage_error("simulate", "--%s=%s: this begins with a metric of the plan and '%c'", flag,
                        text, sign);
        return NULL;
    }
    *rest = best + 1;
    *plan = &simulation->plan.metrics[found];
    return &simulation->metrics[found];
}

static int settle_draws(const struct simulate_request *request, struct simulation *simulation)
{
    for (size_t i = 0; i < request->draws.count; i++) {
        const struct assay_metric_plan *plan;
        const char *rest;
        struct simulate_metric *metric =
            find_metric(simulation, "draw", request->draws.at[i], ':', &rest, &plan);
        int code = metric == NULL ? CLI_USAGE
                                  : simulate_draw_parse(plan->id, rest, plan->type, &metric->draw);
        if (code != 0)
            return code;
    }
    if (simulation->pool.count > 0)
        return 0;
    for (uint32_t m = 0; m < simulation->plan.metric_count; m++) {
        if (simulation->metrics[m].draw.distribution == NULL)
            return cli_usage_error("simulate", "--draw is missing for the metric '%s'",
                                   simulation->plan.metrics[m].id);
        simulate_draw_settle(&simulation->metrics[m]);
    }
    return 0;
}

/* An effect as "5%", "-2%" or a number of metric units. */
static int take_effect(struct simulate_metric *metric, const char *id, const char *text)
{
    size_t length = strlen(text);
    double sign = 1.0;
    if (length > 0 && (text[0] == '+' || text[0] == '-')) {
        sign = text[0] == '-' ? -1.0 : 1.0;
        text++;
        length--;
    }
    metric->is_relative = assay__percent_parse(text, length, &metric->asked);
    if (!metric->is_relative &&
        assay__double_parse(text, length, &metric->asked) != ASSAY__PARSE_OK)
        return cli_usage_error("simulate", "--effect %s: this must be a number or a percentage",
                               id);
    metric->asked *= sign;
    metric->has_effect = true;
    return 0;
}

/* What the plan wants to find: its effects; where it only guards, harm as large as a margin. */
static void plan_effects(struct simulation *simulation)
{
    bool has_success = !simulation->only_guards;
    for (uint32_t m = 0; m < simulation->plan.metric_count; m++) {
        const struct assay_metric_plan *plan = &simulation->plan.metrics[m];
        const struct assay_bound *bound = has_success ? &plan->effect : &plan->margin;
        struct simulate_metric *metric = &simulation->metrics[m];
        if (!bound->is_set || (has_success && plan->role != ASSAY_ROLE_SUCCESS))
            continue;
        bool falls = (plan->direction == ASSAY_DIRECTION_DECREASE) == has_success;
        metric->has_effect = true;
        metric->is_relative = bound->is_relative;
        metric->asked = falls ? -bound->value : bound->value;
        simulation->is_planned = true;
    }
}

static int settle_effect(struct simulation *simulation, struct simulate_metric *metric,
                         const struct assay_metric_plan *plan)
{
    double truth = metric->truth;
    metric->effect = metric->is_relative ? metric->asked * fabs(truth) : metric->asked;
    if (metric->effect == 0.0)
        return 0;
    simulation->has_effect = true;
    if (simulation->pool.count > 0 && metric->kind == SIMULATE_SHIFT && metric->is_relative)
        metric->kind = SIMULATE_SCALE;
    if (metric->kind == SIMULATE_FLIP &&
        !(truth + metric->effect >= 0.0 && truth + metric->effect <= 1.0))
        return cli_usage_error("simulate",
                               "the effect on '%s' is not possible: the share is %g without it, "
                               "and %g with it",
                               plan->id, truth, truth + metric->effect);
    if (metric->kind == SIMULATE_COUNT && truth + metric->effect < 0.0)
        return cli_usage_error("simulate", "the effect on '%s' is not possible: counts of mean %g",
                               plan->id, truth + metric->effect);
    /* Values that are multiplied have the digits of the product. */
    if (metric->kind == SIMULATE_SCALE || metric->kind == SIMULATE_SHIFT)
        if (metric->deviation[0] > 0.0)
            metric->exponent[0] = (int32_t)floor(log10(metric->deviation[0])) - 6;
    return 0;
}

static int settle_effects(const struct simulate_request *request, struct simulation *simulation)
{
    int code = 0;
    simulation->only_guards = true;
    for (uint32_t m = 0; m < simulation->plan.metric_count; m++)
        if (simulation->plan.metrics[m].role == ASSAY_ROLE_SUCCESS)
            simulation->only_guards = false;
    if (request->effects.count == 0)
        plan_effects(simulation);
    for (size_t i = 0; code == 0 && i < request->effects.count; i++) {
        const struct assay_metric_plan *plan;
        const char *rest;
        struct simulate_metric *metric =
            find_metric(simulation, "effect", request->effects.at[i], '=', &rest, &plan);
        code = metric == NULL ? CLI_USAGE : take_effect(metric, plan->id, rest);
    }
    for (uint32_t m = 0; code == 0 && m < simulation->plan.metric_count; m++)
        if (simulation->metrics[m].has_effect)
            code = settle_effect(simulation, &simulation->metrics[m], &simulation->plan.metrics[m]);
    return code;
}

/* Units at the last look: asked for, planned, or as many as the data have. */
static uint64_t most_units(const struct simulate_request *request,
                           const struct simulation *simulation)
{
    double most = 0.0;
    if (request->units > 0)
        return request->units;
    for (uint32_t m = 0; m < simulation->plan.metric_count; m++) {
        const struct assay_horizon_plan *horizon = &simulation->plan.metrics[m].horizon;
        double size = horizon->kind == ASSAY_HORIZON_GROUP_SEQUENTIAL
                          ? horizon->expected_sample_size
                          : horizon->optimal_sample_size;
        if (horizon->kind != ASSAY_HORIZON_FIXED && size > most)
            most = size;
    }
    return most >= 2.0 && most <= 1e9 ? (uint64_t)ceil(most) : simulation->pool.count;
}

static uint32_t most_looks(const struct simulate_request *request,
                           const struct simulation *simulation)
{
    uint32_t looks = 0;
    if (request->looks > 0)
        return request->looks;
    if (simulation->is_fixed)
        return 1;
    for (uint32_t m = 0; m < simulation->plan.metric_count; m++)
        if (simulation->plan.metrics[m].horizon.planned_looks > looks)
            looks = simulation->plan.metrics[m].horizon.planned_looks;
    return looks == 0 ? 10 : looks > SIMULATE_LOOKS_MAX ? SIMULATE_LOOKS_MAX : looks;
}

static int settle_looks(const struct simulate_request *request, struct simulation *simulation)
{
    uint64_t units = most_units(request, simulation);
    if (units < 2)
        return cli_usage_error("simulate", "--units is missing: how many units does the last look "
                                           "have?");
    simulation->look_count = most_looks(request, simulation);
    if (simulation->look_count > units)
        return cli_usage_error("simulate", "%u looks at %llu units: a look needs a unit",
                               simulation->look_count, (unsigned long long)units);
    for (uint32_t k = 0; k < simulation->look_count; k++)
        simulation->looks[k] = (uint64_t)llround((double)units * (k + 1) / simulation->look_count);
    if (simulation->is_fixed && simulation->look_count > 1 &&
        simulation->plan.granularity == ASSAY_GRANULARITY_NONE)
        simulation->plan.granularity = ASSAY_GRANULARITY_DAY;
    if (simulation->is_fixed && simulation->look_count == 1)
        simulation->plan.granularity = ASSAY_GRANULARITY_NONE;
    return 0;
}

static int settle_baseline(struct simulation *simulation)
{
    simulation->baseline = simulation->group_count;
    for (uint32_t g = 0; g < simulation->group_count; g++)
        if (strcmp(simulation->groups[g], simulation->plan.baseline) == 0)
            simulation->baseline = g;
    if (simulation->baseline == simulation->group_count || simulation->group_count < 2)
        return cli_usage_error("simulate", "there must be two groups, and '%s' one of them",
                               simulation->plan.baseline);
    simulation->treatment_count = simulation->group_count - 1;
    return 0;
}

int simulate_settle(const struct simulate_request *request, struct simulation *simulation)
{
    int code = settle_baseline(simulation);
    if (code == 0)
        code = settle_draws(request, simulation);
    if (code == 0)
        code = settle_effects(request, simulation);
    for (uint32_t m = 0; m < simulation->plan.metric_count; m++)
        for (uint32_t i = 0; i < simulation->metrics[m].count; i++)
            simulation->metrics[m].scale[i] = pow(10.0, -simulation->metrics[m].exponent[i]);
    return code == 0 ? settle_looks(request, simulation) : code;
}
