/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "follow.h"

#include "analysis/results.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const GROUPS[FOLLOW_GROUPS_MAX] = {"control", "a", "b", "c"};

static void check(enum assay_status status, const struct assay_error *err)
{
    if (status == ASSAY_OK)
        return;
    fprintf(stderr, "%s\n", err->message);
    abort();
}

static double weight_of(const struct follow_case *c, int group)
{
    return group == 0 && c->control > 0.0 ? c->control : 1.0;
}

void follow_plan(const struct follow_case *c, char *text, size_t size)
{
    FILE *out = fmemopen(text, size, "w");
    const char *type = c->values == FOLLOW_RARE ? "proportion" : "mean";
    fputs("{\"groups\":[", out);
    for (int g = 0; g <= c->treatments; g++)
        fprintf(out, "%s{\"id\":\"%s\",\"weight\":%g}", g > 0 ? "," : "", GROUPS[g],
                weight_of(c, g));
    fputs("],\"comparisons\":{\"baseline\":\"control\"},\"metrics\":[", out);
    for (int m = 0; m < c->metrics; m++) {
        bool is_guardrail = m >= c->metrics - c->guardrails;
        fprintf(out, "%s{\"id\":\"m%d\",\"type\":\"%s\",\"value\":\"m%d\",\"role\":\"%s\"%s}",
                m > 0 ? "," : "", m, type, m, is_guardrail ? "guardrail" : "success",
                is_guardrail && c->has_margin ? ",\"nonInferiorityMargin\":0.2" : "");
    }
    fprintf(out, "]%s}", c->more != NULL ? c->more : "");
    fclose(out);
}

static double draw(const struct follow_case *c, int metric, int group, struct sim_random *random)
{
    double lift = metric == 0 && group == 1 ? 1.0 + c->lift : 1.0;
    switch (c->values) {
    case FOLLOW_NORMAL:
        return 10.0 * lift + sim_normal(random);
    case FOLLOW_LOGNORMAL:
        return lift * exp(sim_normal(random));
    default:
        return sim_uniform(random) < 0.1 * lift ? 1.0 : 0.0;
    }
}

/* Groups lie one after the other from 0 to the sum of their weights. */
static int group_of(const struct follow_case *c, double at)
{
    int g = 0;
    for (; g < c->treatments && at >= weight_of(c, g); g++)
        at -= weight_of(c, g);
    return g;
}

static void fill(const struct follow_case *c, struct sim_random *random,
                 struct assay_dataset *dataset)
{
    struct sim_sample samples[FOLLOW_GROUPS_MAX][FOLLOW_METRICS_MAX];
    const struct assay_moments_shape shape = {0, 0};
    struct assay_error err;
    int groups = c->treatments + 1, decimals = c->values == FOLLOW_LOGNORMAL ? 5 : 6;
    for (int g = 0; g < groups; g++)
        for (int m = 0; m < c->metrics; m++)
            sim_sample_init(&samples[g][m], shape, decimals);
    double weights = weight_of(c, 0) + c->treatments;
    for (int i = 0; i < (int)(c->units * weights); i++) {
        int g = group_of(c, sim_uniform(random) * weights);
        for (int m = 0; m < c->metrics; m++) {
            double value = draw(c, m, g, random);
            sim_sample_add(&samples[g][m], &value);
        }
    }
    for (int g = 0; g < groups; g++)
        for (int m = 0; m < c->metrics; m++) {
            char id[16];
            snprintf(id, sizeof id, "m%d", m);
            struct assay_moments *moments = sim_sample_moments(&samples[g][m]);
            if (samples[g][m].count > 0)
                check(assay_dataset_add_moments(dataset, id, GROUPS[g], moments, &err), &err);
            assay_moments_free(moments);
        }
}

enum { SHIPPED, ABORTED, WITHHELD, COUNTS };

struct scenario {
    const struct follow_case *c;
    const struct assay_plan *plan;
};

static void replicate(struct sim_random *random, const void *context, double *counts)
{
    const struct scenario *scenario = context;
    struct assay_dataset *dataset;
    struct assay_analysis *analysis;
    struct assay_error err;
    bool is_any[COUNTS] = {false};
    check(assay_dataset_new(scenario->plan, &dataset, &err), &err);
    fill(scenario->c, random, dataset);
    enum assay_status status = assay_dataset_analyze(dataset, &analysis, &err);
    if (status == ASSAY_ERROR_DATA) { /* a control without units: nothing is advised */
        counts[WITHHELD]++;
        assay_dataset_free(dataset);
        return;
    }
    check(status, &err);
    for (uint32_t t = 0; t < analysis->treatment_count; t++) {
        enum assay_recommendation advice = analysis->treatments[t].recommendation;
        is_any[SHIPPED] |= advice == ASSAY_RECOMMEND_SHIP;
        is_any[ABORTED] |= advice == ASSAY_RECOMMEND_ABORT;
        is_any[WITHHELD] |= t == 0 && advice == ASSAY_RECOMMEND_UNSPECIFIED;
    }
    for (int i = 0; i < COUNTS; i++)
        counts[i] += is_any[i];
    assay_analysis_free(analysis);
    assay_dataset_free(dataset);
}

struct follow_rates follow(const struct follow_case *c, int replicates, uint64_t seed)
{
    enum { BLOCK = 50 };
    char text[8192];
    struct scenario scenario = {.c = c};
    struct assay_plan *plan;
    struct assay_error err;
    double counts[SIM_COUNTS_MAX];
    sim_begin();
    follow_plan(c, text, sizeof text);
    check(assay_plan_parse(text, strlen(text), NULL, &plan, &err), &err);
    scenario.plan = plan;
    sim_run_blocks(replicate, &scenario, seed, replicates / BLOCK, BLOCK, counts);
    assay_plan_free(plan);
    return (struct follow_rates){counts[SHIPPED], counts[ABORTED], counts[WITHHELD]};
}
