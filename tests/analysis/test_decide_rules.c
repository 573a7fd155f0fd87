/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is recommended where a test is missing, where events are few, and by a plan's own rule. */
#include "advice.h"

/* ---- Not tested ------------------------------------------------------------------------------ */

static void no_minimum(struct assay_plan *plan)
{
    plan->minimum_units = plan->minimum_events = 0;
}

/* What can keep a guardrail from being tested, and what is said of it. */
static const struct untested {
    const char *plan;
    unsigned a_n, b_n; /* units with a value of g; 0: none was logged */
    const char *why;
} UNTESTED[] = {
    {PLAN(SUCCESS "," HARM), 2000, 0, "a group has no values"},
    {PLAN(SUCCESS "," HARM), 0, 2000, "a group has no values"},
    {PLAN(SUCCESS "," HARM), 0, 0, "it has no values that can be tested"},
    {PLAN(SUCCESS "," HARM), 2000, 1, "a group has too few units"},
    {PLAN(SUCCESS "," MARGIN), 2000, 0, "a group has no values"},
    {PLAN(SUCCESS "," MARGIN), 0, 0, "it has no values that can be tested"},
    {PLAN(SUCCESS "," WATCHED), 2000, 0, "a group has no values"},
    {NO_HARM SUCCESS "," HARM "]}", 2000, 2000, "the plan turns its test for harm off"},
};
enum { UNTESTED_COUNT = sizeof UNTESTED / sizeof *UNTESTED };

static struct run run_untested(const struct untested *row, void (*prepare)(struct assay_plan *plan))
{
    struct sample samples[5] = {{"m", "a", 2000, NO_EFFECT}, {"m", "b", 2000, BETTER}};
    size_t count = 2;
    if (row->a_n > 0)
        samples[count++] = (struct sample){"g", "a", row->a_n, NO_EFFECT};
    if (row->b_n > 0)
        samples[count++] = (struct sample){"g", "b", row->b_n, NO_EFFECT};
    return run_prepared(row->plan, samples, prepare);
}

START_TEST(a_guardrail_without_a_test_holds_shipping_back)
{
    const struct untested *row = &UNTESTED[_i];
    struct run run = run_untested(row, no_minimum);
    advice_check(&run, ASSAY_RECOMMEND_END, "improved:m notTested:g");
    const struct assay_treatment *treatment = run.analysis->treatments;
    char text[128];
    snprintf(text, sizeof text, "g was not tested in b against a: %s.", row->why);
    ck_assert_str_eq(treatment->reasons[1].text, text);
    ck_assert_int_eq(treatment->rule, ASSAY_OUTCOME_NOT_TESTED);
    ck_assert_int_eq(run.analysis->results[0].outcome, ASSAY_OUTCOME_PASSED);
    ck_assert_int_eq(run.analysis->results[1].outcome, ASSAY_OUTCOME_NOT_TESTED);
    end_run(&run);
}
END_TEST

START_TEST(too_few_values_withhold_advice_and_say_what_was_not_tested)
{
    const struct untested row = {PLAN(SUCCESS "," HARM), 2000, 0, ""};
    struct run run = run_untested(&row, NULL);
    advice_check(&run, ASSAY_RECOMMEND_UNSPECIFIED, "tooFewValues:g notTested:g");
    ck_assert_str_eq(run.analysis->treatments->reasons[0].text,
                     "g has 0 values in b; advice needs 30.");
    end_run(&run);
}
END_TEST

/* A metric that the plan only wants to see has no test to miss. */
START_TEST(a_metric_that_is_only_shown_holds_nothing_back)
{
    const struct sample samples[] = {{"m", "a", 2000, NO_EFFECT},
                                     {"m", "b", 2000, BETTER},
                                     {"g", "a", 2000, NO_EFFECT},
                                     {"g", "b", 20, WORSE},
                                     {0}};
    struct run run = run_samples(NO_HARM SUCCESS "," WATCHED "]}", samples);
    advice_check(&run, ASSAY_RECOMMEND_SHIP, "improved:m");
    ck_assert_str_eq(run.analysis->results[1].message,
                     "g is shown only: the plan tests nothing (-10 %).");
    end_run(&run);
}
END_TEST

/* ---- Shares ---------------------------------------------------------------------------------- */

#define SHARE "{\"id\": \"p\", \"type\": \"proportion\", \"direction\": \"increase\"}"
#define SHARE_EFFECT                                                                               \
    "{\"id\": \"p\", \"type\": \"proportion\", \"direction\": \"increase\", "                      \
    "\"minimumDetectableEffect\": 0.1}"

static const struct share {
    const char *plan;
    unsigned n;
    double a, b; /* shares */
    enum assay_recommendation recommendation;
    const char *ids;
} SHARES[] = {
    {PLAN(SHARE), 400, 0.1, 0.2, ASSAY_RECOMMEND_SHIP, "improved:p"},
    {PLAN(SHARE), 400, 4.0 / 400, 40.0 / 400, ASSAY_RECOMMEND_UNSPECIFIED, "tooFewEvents:p"},
    {PLAN(SHARE), 400, 360.0 / 400, 396.0 / 400, ASSAY_RECOMMEND_UNSPECIFIED, "tooFewEvents:p"},
    {PLAN(SHARE), 400, 5.0 / 400, 40.0 / 400, ASSAY_RECOMMEND_SHIP, "improved:p"},
    {PLAN(SHARE_EFFECT), 400, 0.95, 0.94, ASSAY_RECOMMEND_END, "noImprovement:p noRequiredSize:p"},
};
enum { SHARES_COUNT = sizeof SHARES / sizeof *SHARES };

START_TEST(shares_need_events)
{
    const struct share *row = &SHARES[_i];
    const struct sample samples[] = {{"p", "a", row->n, row->a}, {"p", "b", row->n, row->b}, {0}};
    struct run run = run_samples(row->plan, samples);
    advice_check(&run, row->recommendation, row->ids);
    end_run(&run);
}
END_TEST

/* ---- Rules ----------------------------------------------------------------------------------- */

static const struct assay_rule LEAF_M = {ASSAY_RULE_METRIC, 0, NULL, 0},
                               LEAF_G = {ASSAY_RULE_METRIC, 1, NULL, 0};
static struct assay_rule both_branches[2], rule_and, rule_or;

static void make_rules(void)
{
    both_branches[0] = LEAF_M;
    both_branches[1] = LEAF_G;
    rule_and = (struct assay_rule){ASSAY_RULE_AND, 0, both_branches, 2};
    rule_or = (struct assay_rule){ASSAY_RULE_OR, 0, both_branches, 2};
}

static void all_must(struct assay_plan *plan)
{
    make_rules();
    plan->rule = &rule_and;
}

static void one_must(struct assay_plan *plan)
{
    make_rules();
    plan->rule = &rule_or;
}

static void only_m(struct assay_plan *plan)
{
    plan->rule = &LEAF_M;
}

static void m_watches_without_harm(struct assay_plan *plan)
{
    plan->metrics[1].has_deterioration = true;
    plan->metrics[1].deterioration_alpha = (double)NAN;
}

static const struct rule_row {
    void (*prepare)(struct assay_plan *plan);
    const char *plan;
    double m, g;
    enum assay_recommendation recommendation;
    const char *ids;
} RULES[] = {
    {all_must, PLAN(SUCCESS "," OPEN_OTHER), BETTER, BETTER, ASSAY_RECOMMEND_SHIP,
     "improved:m improved:g"},
    {all_must, PLAN(SUCCESS "," OPEN_OTHER), BETTER, NO_EFFECT, ASSAY_RECOMMEND_END,
     "improved:m noImprovement:g powered inconclusive:g"},
    {one_must, PLAN(SUCCESS "," OPEN_OTHER), NO_EFFECT, BETTER, ASSAY_RECOMMEND_SHIP, "improved:g"},
    {one_must, PLAN(SUCCESS "," MARGIN), NO_EFFECT, NO_EFFECT, ASSAY_RECOMMEND_SHIP,
     "guardrailsPassed"},
    /* g stands outside: it is watched for harm only */
    {only_m, PLAN(SUCCESS "," OPEN_OTHER), BETTER, NO_EFFECT, ASSAY_RECOMMEND_SHIP, "improved:m"},
    {only_m, PLAN(SUCCESS "," OPEN_OTHER), NO_EFFECT, BETTER, ASSAY_RECOMMEND_END,
     "noImprovement:m powered"},
    {only_m, PLAN(SUCCESS "," OPEN_OTHER), BETTER, WORSE, ASSAY_RECOMMEND_ABORT, "worse:g"},
    {only_m, PLAN(SUCCESS "," MARGIN), BETTER, 9.9, ASSAY_RECOMMEND_ABORT, "worse:g"},
    /* a metric's own "no test for harm" */
    {m_watches_without_harm, PLAN(SUCCESS "," MARGIN), BETTER, 9.9, ASSAY_RECOMMEND_SHIP,
     "improved:m guardrailsPassed"},
    {m_watches_without_harm, PLAN(SUCCESS "," MARGIN), BETTER, WORSE, ASSAY_RECOMMEND_END,
     "improved:m marginNotShown:g powered"},
};
enum { RULES_COUNT = sizeof RULES / sizeof *RULES };

START_TEST(a_rule_of_its_own_decides)
{
    const struct rule_row *row = &RULES[_i];
    const struct sample samples[] = {{"m", "a", 20000, NO_EFFECT},
                                     {"m", "b", 20000, row->m},
                                     {"g", "a", 20000, NO_EFFECT},
                                     {"g", "b", 20000, row->g},
                                     {0}};
    struct run run = run_prepared(row->plan, samples, row->prepare);
    advice_check(&run, row->recommendation, row->ids);
    end_run(&run);
}
END_TEST

START_TEST(a_watched_metric_outside_the_rule_holds_back_when_untested)
{
    const struct sample samples[] = {
        {"m", "a", 2000, NO_EFFECT}, {"m", "b", 2000, BETTER}, {"g", "a", 2000, NO_EFFECT}, {0}};
    struct run run = run_prepared(PLAN(SUCCESS "," OPEN_OTHER), samples, only_m);
    advice_check(&run, ASSAY_RECOMMEND_UNSPECIFIED, "tooFewValues:g notTested:g");
    end_run(&run);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_loop_test(cases, a_guardrail_without_a_test_holds_shipping_back, 0, UNTESTED_COUNT);
    tcase_add_test(cases, too_few_values_withhold_advice_and_say_what_was_not_tested);
    tcase_add_test(cases, a_metric_that_is_only_shown_holds_nothing_back);
    tcase_add_loop_test(cases, shares_need_events, 0, SHARES_COUNT);
    tcase_add_loop_test(cases, a_rule_of_its_own_decides, 0, RULES_COUNT);
    tcase_add_test(cases, a_watched_metric_outside_the_rule_holds_back_when_untested);
}

int main(void)
{
    return test_main("decide_rules", add);
}
