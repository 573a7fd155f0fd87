/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Error rates by the decision rule: worked values, trees, and the other ways to share alpha. */
#include "moments_run.h"

#include "analysis/error_rates.h"

enum { METRICS_MAX = 8 };

/* "SSGGH": success metrics, guardrails with a margin, guardrails without, watched metrics (W). */
static struct assay_plan plan_of(const char *roles, struct assay_metric_plan *metrics)
{
    struct assay_plan plan = {.alpha = 0.05,
                              .power = 0.8,
                              .deterioration_alpha = 0.05,
                              .metrics = metrics,
                              .metric_count = (uint32_t)strlen(roles)};
    memset(metrics, 0, METRICS_MAX * sizeof *metrics);
    for (uint32_t m = 0; roles[m] != '\0'; m++) {
        metrics[m].role = roles[m] == 'S'   ? ASSAY_ROLE_SUCCESS
                          : roles[m] == 'W' ? ASSAY_ROLE_DETERIORATION
                                            : ASSAY_ROLE_GUARDRAIL;
        metrics[m].margin.is_set = roles[m] == 'G';
    }
    return plan;
}

static const struct worked {
    const char *roles;
    uint32_t comparisons;
    double success, guardrail, beta;
} WORKED[] = {
    {"SSGGGG", 1, 0.025, 0.05, 0.04}, {"SSGGGG", 2, 0.0125, 0.025, 0.04},
    {"GGG", 1, 0, 0.05, 0.2 / 3},     {"SG", 1, 0.05, 0.05, 0.1},
    {"SHW", 1, 0.05, 0, 0.2},
};

START_TEST(rates_are_shared_as_the_default_rule_asks)
{
    const struct worked *row = &WORKED[_i];
    struct assay_metric_plan metrics[METRICS_MAX];
    struct assay_metric_rates rates[METRICS_MAX];
    struct assay_plan plan = plan_of(row->roles, metrics);
    assay__error_rates(&plan, row->comparisons, false, rates);
    for (uint32_t m = 0; m < plan.metric_count; m++) {
        double deterioration = 0.05 / (row->comparisons * plan.metric_count);
        ck_assert_double_eq_tol(rates[m].deterioration_alpha, deterioration, 1e-17);
        if (row->roles[m] == 'S' || row->roles[m] == 'G') {
            ck_assert_double_eq(rates[m].alpha,
                                row->roles[m] == 'S' ? row->success : row->guardrail);
            ck_assert_double_eq_tol(rates[m].beta, row->beta, 1e-17);
        } else {
            ck_assert_double_eq(rates[m].alpha, rates[m].deterioration_alpha);
            ck_assert(isnan(rates[m].beta) && isnan(rates[m].power));
        }
    }
}
END_TEST

/* or(S, and(S, G)) with a success metric and a watched one outside. */
START_TEST(a_tree_divides_alpha_at_or_and_beta_at_and)
{
    struct assay_metric_plan metrics[METRICS_MAX];
    struct assay_metric_rates rates[METRICS_MAX];
    struct assay_plan plan = plan_of("SSGSW", metrics);
    const struct assay_rule inner[] = {{ASSAY_RULE_METRIC, 1, NULL, 0},
                                       {ASSAY_RULE_METRIC, 2, NULL, 0}};
    const struct assay_rule outer[] = {{ASSAY_RULE_METRIC, 0, NULL, 0},
                                       {ASSAY_RULE_AND, 0, inner, 2}};
    const struct assay_rule root = {ASSAY_RULE_OR, 0, outer, 2};
    plan.rule = &root;
    assay__error_rates(&plan, 2, false, rates);
    for (int m = 0; m < 3; m++)
        ck_assert_double_eq(rates[m].alpha, 0.0125);
    ck_assert_double_eq(rates[0].beta, 0.2);
    ck_assert_double_eq(rates[1].beta, 0.1);
    ck_assert_double_eq(rates[2].beta, 0.1);
    ck_assert_int_eq(rates[3].hypothesis, ASSAY_HYPOTHESIS_DETERIORATION);
    ck_assert(!rates[3].in_rule && isnan(rates[3].beta));
    ck_assert_double_eq(rates[3].alpha, 0.005); /* .05 over 2 comparisons and 5 metrics */
}
END_TEST

START_TEST(bonferroni_and_none_share_otherwise)
{
    struct assay_metric_plan metrics[METRICS_MAX];
    struct assay_metric_rates rates[METRICS_MAX];
    struct assay_plan plan = plan_of("SSG", metrics);
    plan.adjustment = ASSAY_DIVIDE_BONFERRONI;
    assay__error_rates(&plan, 2, false, rates);
    for (int m = 0; m < 3; m++)
        ck_assert_double_eq_tol(rates[m].alpha, 0.05 / 6, 1e-17);
    ck_assert_double_eq(rates[0].beta, 0.1);
    plan.adjustment = ASSAY_DIVIDE_NONE;
    assay__error_rates(&plan, 2, false, rates);
    for (int m = 0; m < 3; m++) {
        ck_assert_double_eq(rates[m].alpha, 0.05);
        ck_assert_double_eq(rates[m].deterioration_alpha, 0.05);
        ck_assert_double_eq(rates[m].beta, 0.2);
    }
}
END_TEST

START_TEST(a_level_of_its_own_and_segments_divide_alike)
{
    struct assay_metric_plan metrics[METRICS_MAX];
    struct assay_metric_rates rates[METRICS_MAX];
    struct assay_plan plan = plan_of("SGG", metrics);
    metrics[1].has_deterioration = metrics[2].has_deterioration = true;
    metrics[1].deterioration_alpha = 0.01;
    metrics[2].deterioration_alpha = (double)NAN;
    plan.segment_count = 5;
    assay__error_rates(&plan, 1, true, rates);
    ck_assert_double_eq(rates[0].alpha, 0.01);
    ck_assert_double_eq(rates[0].deterioration_alpha, 0.005); /* two metrics, five segments */
    ck_assert_double_eq(rates[1].deterioration_alpha, 0.001);
    ck_assert(isnan(rates[2].deterioration_alpha));
    ck_assert_int_eq(rates[2].hypothesis, ASSAY_HYPOTHESIS_NON_INFERIORITY);
}
END_TEST

static void add_cases(TCase *c)
{
    tcase_add_loop_test(c, rates_are_shared_as_the_default_rule_asks, 0,
                        (int)(sizeof WORKED / sizeof *WORKED));
    tcase_add_test(c, a_tree_divides_alpha_at_or_and_beta_at_and);
    tcase_add_test(c, bonferroni_and_none_share_otherwise);
    tcase_add_test(c, a_level_of_its_own_and_segments_divide_alike);
}

int main(void)
{
    return test_main("error_rates", add_cases);
}
