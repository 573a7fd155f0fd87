/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is recommended and why. */
#include "moments_run.h"

#include <stdio.h>

/* "improved:m guardrailsPassed": the ids of a treatment's reasons, and their metrics. */
static const char *ids_of(const struct run *run, const struct assay_treatment *treatment)
{
    static char ids[512];
    size_t length = 0;
    ids[0] = '\0';
    for (uint32_t r = 0; r < treatment->reason_count; r++) {
        const struct assay_advice_reason *reason = &treatment->reasons[r];
        bool has_metric = reason->metric >= 0;
        length += (size_t)snprintf(ids + length, sizeof ids - length, "%s%s%s%s", r == 0 ? "" : " ",
                                   reason->id, has_metric ? ":" : "",
                                   has_metric ? run->plan->metrics[reason->metric].id : "");
    }
    return ids;
}

/* Each reason that compares names both groups. */
static void check_groups_are_named(const struct run *run, const struct assay_treatment *treatment)
{
    for (uint32_t r = 0; r < treatment->reason_count; r++) {
        const char *text = treatment->reasons[r].text;
        if (strstr(text, " against ") == NULL)
            continue;
        char pair[64];
        snprintf(pair, sizeof pair, "%s against %s", run->analysis->groups[treatment->group].id,
                 run->analysis->groups[treatment->baseline].id);
        ck_assert_msg(strstr(text, pair) != NULL, "%s", text);
    }
}

static void check_advice(const struct run *run, enum assay_recommendation recommendation,
                         const char *ids)
{
    assert_ok(run->status, &run->err);
    ck_assert_uint_eq(run->analysis->treatment_count, 1);
    const struct assay_treatment *treatment = run->analysis->treatments;
    ck_assert_str_eq(ids_of(run, treatment), ids);
    ck_assert_int_eq(treatment->recommendation, recommendation);
    check_groups_are_named(run, treatment);
    ck_assert(treatment->final);
}

#define ANY "{\"id\": \"m\", \"direction\": \"any\"}"
#define DOWN_MARGIN                                                                                \
    "{\"id\": \"g\", \"role\": \"guardrail\", \"direction\": \"decrease\", "                       \
    "\"nonInferiorityMargin\": 0.05}"
#define NO_HARM "{\"comparisons\": {\"baseline\": \"a\"}, \"deterioration\": false, \"metrics\": ["

/*
 * One row per way to advise. A metric's need is about 120 units a group for 10 % of a mean of 10
 * with a standard deviation of 2; the tests of 2,000 and more decide by a mile.
 */
static const struct advice {
    const char *plan;
    unsigned n;
    double m, g; /* means of the treatment; the baseline's are 10; 0: the plan has no such metric */
    enum assay_recommendation recommendation;
    const char *ids;
} ADVICE[] = {
    {PLAN(SUCCESS), 2000, BETTER, 0, ASSAY_RECOMMEND_SHIP, "improved:m"},
    {PLAN(SUCCESS), 2000, NO_EFFECT, 0, ASSAY_RECOMMEND_END, "noImprovement:m powered"},
    {PLAN(SUCCESS), 2000, WORSE, 0, ASSAY_RECOMMEND_ABORT, "worse:m"},
    {PLAN(SUCCESS), 40, NO_EFFECT, 0, ASSAY_RECOMMEND_END, "noImprovement:m inconclusive:m"},
    {PLAN(OPEN_SUCCESS), 2000, NO_EFFECT, 0, ASSAY_RECOMMEND_END, "noImprovement:m inconclusive:m"},
    {PLAN(OPEN_SUCCESS), 2000, BETTER, 0, ASSAY_RECOMMEND_SHIP, "improved:m"},
    {NO_HARM OPEN_SUCCESS "]}", 2000, WORSE, 0, ASSAY_RECOMMEND_END, "noImprovement:m"},
    /* a change either way informs */
    {PLAN(ANY), 2000, BETTER, 0, ASSAY_RECOMMEND_END, "changed:m inconclusive"},
    {PLAN(ANY), 2000, WORSE, 0, ASSAY_RECOMMEND_END, "changed:m inconclusive"},
    {PLAN(ANY), 2000, NO_EFFECT, 0, ASSAY_RECOMMEND_END, "noImprovement:m inconclusive:m"},
    {PLAN(ANY "," OPEN_OTHER), 2000, WORSE, BETTER, ASSAY_RECOMMEND_SHIP, "changed:m improved:g"},
    {PLAN(ANY "," HARM), 2000, BETTER, NO_EFFECT, ASSAY_RECOMMEND_END, "changed:m inconclusive"},
    {PLAN(ANY "," HARM), 2000, BETTER, WORSE, ASSAY_RECOMMEND_ABORT, "worse:g"},
    /* one success is enough */
    {PLAN(SUCCESS "," OPEN_OTHER), 2000, NO_EFFECT, NO_EFFECT, ASSAY_RECOMMEND_END,
     "noImprovement:m noImprovement:g powered inconclusive:g"},
    {PLAN(SUCCESS "," OPEN_OTHER), 2000, NO_EFFECT, BETTER, ASSAY_RECOMMEND_SHIP, "improved:g"},
    /* margins */
    {PLAN(SUCCESS "," MARGIN), 2000, BETTER, NO_EFFECT, ASSAY_RECOMMEND_SHIP,
     "improved:m guardrailsPassed"},
    {PLAN(SUCCESS "," DOWN_MARGIN), 2000, BETTER, NO_EFFECT, ASSAY_RECOMMEND_SHIP,
     "improved:m guardrailsPassed"},
    {PLAN(SUCCESS "," MARGIN), 2000, BETTER, 9.5, ASSAY_RECOMMEND_ABORT, "worse:g"},
    {PLAN(SUCCESS "," MARGIN), 20000, BETTER, 9.9, ASSAY_RECOMMEND_ABORT, "worseWithinMargin:g"},
    {PLAN(SUCCESS "," DOWN_MARGIN), 20000, BETTER, 10.1, ASSAY_RECOMMEND_ABORT,
     "worseWithinMargin:g"},
    {NO_HARM SUCCESS "," MARGIN "]}", 20000, BETTER, 9.9, ASSAY_RECOMMEND_SHIP,
     "improved:m guardrailsPassed"},
    {PLAN(SUCCESS "," MARGIN), 50, NO_EFFECT, 9.8, ASSAY_RECOMMEND_END,
     "noImprovement:m marginNotShown:g inconclusive:m inconclusive:g"},
    {PLAN(SUCCESS "," MARGIN), 200, BETTER, 9.8, ASSAY_RECOMMEND_END,
     "improved:m marginNotShown:g powered inconclusive:g"},
    {PLAN(SUCCESS "," HARM), 2000, BETTER, NO_EFFECT, ASSAY_RECOMMEND_SHIP,
     "improved:m guardrailsPassed"},
    {PLAN(SUCCESS "," HARM), 2000, BETTER, WORSE, ASSAY_RECOMMEND_ABORT, "worse:g"},
    /* guardrails alone decide */
    {PLAN(MARGIN), 2000, 0, NO_EFFECT, ASSAY_RECOMMEND_SHIP, "guardrailsPassed"},
    {PLAN(MARGIN), 100, 0, 9.8, ASSAY_RECOMMEND_END, "marginNotShown:g inconclusive:g"},
    {PLAN(WATCHED), 2000, 0, NO_EFFECT, ASSAY_RECOMMEND_END, "inconclusive"},
    /* below the minimum */
    {PLAN(SUCCESS), 29, BETTER, 0, ASSAY_RECOMMEND_UNSPECIFIED, "tooFewUnits tooFewUnits"},
    {PLAN(SUCCESS), 2, 14, 0, ASSAY_RECOMMEND_UNSPECIFIED, "tooFewUnits tooFewUnits"},
    {PLAN(SUCCESS), 30, BETTER + 3, 0, ASSAY_RECOMMEND_SHIP, "improved:m"},
    {PLAN(SUCCESS), 29, 2, 0, ASSAY_RECOMMEND_UNSPECIFIED, "tooFewUnits tooFewUnits harmNotSure:m"},
    {PLAN(SUCCESS), 30, 2, 0, ASSAY_RECOMMEND_ABORT, "worse:m"},
};
enum { ADVICE_COUNT = sizeof ADVICE / sizeof *ADVICE };

START_TEST(advice_and_its_reasons_follow_the_rule)
{
    const struct advice *advice = &ADVICE[_i];
    struct sample samples[5] = {{0}};
    size_t count = 0;
    if (advice->m > 0) {
        samples[count++] = (struct sample){"m", "a", advice->n, NO_EFFECT};
        samples[count++] = (struct sample){"m", "b", advice->n, advice->m};
    }
    if (advice->g > 0) {
        samples[count++] = (struct sample){"g", "a", advice->n, NO_EFFECT};
        samples[count++] = (struct sample){"g", "b", advice->n, advice->g};
    }
    struct run run = run_samples(advice->plan, samples);
    check_advice(&run, advice->recommendation, advice->ids);
    end_run(&run);
}
END_TEST

START_TEST(sentences_say_what_was_found_of_whom)
{
    const struct sample samples[] = {{"m", "a", 20000, NO_EFFECT},
                                     {"m", "b", 20000, BETTER},
                                     {"g", "a", 20000, NO_EFFECT},
                                     {"g", "b", 20000, 9.9},
                                     {0}};
    struct run run = run_samples(PLAN(SUCCESS "," MARGIN), samples);
    assert_ok(run.status, &run.err);
    ck_assert_str_eq(run.analysis->treatments->reasons[0].text,
                     "g is worse, but within the margin, in b against a (-1 %; p 2.88e-7 for "
                     "worse, p 7.55e-89 for not worse than the margin).");
    ck_assert_str_eq(run.analysis->results[1].message,
                     "g is worse, but within the margin (-1 %; p 2.88e-7 for worse, p 7.55e-89 for "
                     "not worse than the margin).");
    end_run(&run);
}
END_TEST

/* ---- Sizes of groups ------------------------------------------------------------------------- */

#define GROUPS(list) "{\"groups\": [" list "], \"comparisons\": {\"baseline\": \"a\"}, "
#define EQUAL GROUPS("{\"id\": \"a\"}, {\"id\": \"b\"}")

START_TEST(sizes_that_mismatch_planned_weights_abort)
{
    const struct sample samples[] = {{"m", "a", 2000, 10}, {"m", "b", 1000, BETTER}, {0}};
    struct run run = run_samples(EQUAL "\"metrics\": [" SUCCESS "]}", samples);
    check_advice(&run, ASSAY_RECOMMEND_ABORT, "sampleRatioMismatch");
    ck_assert_str_eq(run.analysis->treatments->reasons[0].text,
                     "Sample ratio mismatch: the groups' sizes do not match the plan (p 1.81e-74): "
                     "a has 2000 units, planned 1500; b has 1000 units, planned 1500.");
    end_run(&run);
}
END_TEST

START_TEST(sizes_that_mismatch_assumed_weights_warn)
{
    const struct sample samples[] = {{"m", "a", 2000, 10}, {"m", "b", 1000, BETTER}, {0}};
    struct run run = run_samples(PLAN(SUCCESS), samples);
    check_advice(&run, ASSAY_RECOMMEND_SHIP, "improved:m");
    ck_assert(run.analysis->srm[0].test.significant);
    bool is_said = false;
    for (size_t i = 0; i < run.analysis->annotation_count; i++)
        is_said = is_said || (run.analysis->annotations[i].level == ASSAY_NOTE_WARNING &&
                              strstr(run.analysis->annotations[i].text, "assumed") != NULL);
    ck_assert(is_said);
    end_run(&run);
}
END_TEST

START_TEST(units_in_a_group_without_a_plan_abort)
{
    const struct sample samples[] = {
        {"m", "a", 1000, 10}, {"m", "b", 1000, BETTER}, {"m", "c", 3, 10}, {0}};
    struct run run = run_samples(EQUAL "\"metrics\": [" SUCCESS "]}", samples);
    check_advice(&run, ASSAY_RECOMMEND_ABORT, "unplannedGroup");
    ck_assert_str_eq(run.analysis->treatments->reasons[0].text,
                     "Group c has 3 units and is not in the plan.");
    end_run(&run);
}
END_TEST

/* ---- Several groups -------------------------------------------------------------------------- */

#define ALL_PAIRS(x, y, z)                                                                         \
    "{\"groups\": [{\"id\": \"" x "\"}, {\"id\": \"" y "\"}, {\"id\": \"" z "\"}], "               \
    "\"comparisons\": {\"allPairs\": true}, \"metrics\": [" SUCCESS "]}"

static void control_is_a(struct assay_plan *plan)
{
    plan->baseline = "a";
}

/* b beats a, c beats b: both ship, since c's win over b is not b's harm; in any order of groups. */
START_TEST(all_pairs_judge_against_the_control_in_any_order)
{
    static const char *const PLANS[] = {ALL_PAIRS("a", "b", "c"), ALL_PAIRS("c", "b", "a"),
                                        ALL_PAIRS("b", "a", "c"), ALL_PAIRS("c", "a", "b")};
    const struct sample samples[] = {
        {"m", "a", 2000, NO_EFFECT}, {"m", "b", 2000, BETTER}, {"m", "c", 2000, BETTER + 1}, {0}};
    struct run run = run_prepared(PLANS[_i], samples, control_is_a);
    assert_ok(run.status, &run.err);
    ck_assert_uint_eq(run.analysis->result_count, 3);
    ck_assert_uint_eq(run.analysis->treatment_count, 2);
    for (int t = 0; t < 2; t++) {
        const struct assay_treatment *treatment = &run.analysis->treatments[t];
        ck_assert_int_eq(treatment->recommendation, ASSAY_RECOMMEND_SHIP);
        ck_assert_str_eq(run.analysis->groups[treatment->baseline].id, "a");
        ck_assert_str_eq(ids_of(&run, treatment), "improved:m");
        check_groups_are_named(&run, treatment);
    }
    end_run(&run);
}
END_TEST

START_TEST(without_a_control_there_is_no_advice)
{
    const struct sample samples[] = {
        {"m", "a", 2000, NO_EFFECT}, {"m", "b", 2000, BETTER}, {"m", "c", 2000, WORSE}, {0}};
    struct run run =
        run_samples("{\"comparisons\": {\"allPairs\": true}, \"metrics\": [" SUCCESS "]}", samples);
    assert_ok(run.status, &run.err);
    ck_assert_uint_eq(run.analysis->treatment_count, 3);
    for (int t = 0; t < 3; t++) {
        const struct assay_treatment *treatment = &run.analysis->treatments[t];
        ck_assert_int_eq(treatment->recommendation, ASSAY_RECOMMEND_UNSPECIFIED);
        ck_assert_str_eq(ids_of(&run, treatment), "noControl");
        ck_assert_uint_eq(treatment->baseline, ASSAY__NO_GROUP);
    }
    end_run(&run);
}
END_TEST

/* b is compared with a, c with b only: of c nothing is advised. */
START_TEST(a_pair_without_the_control_informs_only)
{
    static const char *const PLANS[] = {
        "{\"comparisons\": {\"pairs\": [{\"baseline\": \"a\", \"compared\": \"b\"}, "
        "{\"baseline\": \"b\", \"compared\": \"c\"}]}, \"metrics\": [" SUCCESS "]}",
        "{\"comparisons\": {\"pairs\": [{\"baseline\": \"b\", \"compared\": \"c\"}, "
        "{\"baseline\": \"a\", \"compared\": \"b\"}]}, \"metrics\": [" SUCCESS "]}"};
    const struct sample samples[] = {
        {"m", "a", 2000, NO_EFFECT}, {"m", "b", 2000, BETTER}, {"m", "c", 2000, WORSE}, {0}};
    struct run run = run_prepared(PLANS[_i], samples, control_is_a);
    assert_ok(run.status, &run.err);
    ck_assert_uint_eq(run.analysis->treatment_count, 2);
    ck_assert_int_eq(run.analysis->treatments[0].recommendation, ASSAY_RECOMMEND_SHIP);
    ck_assert_int_eq(run.analysis->treatments[1].recommendation, ASSAY_RECOMMEND_UNSPECIFIED);
    ck_assert_str_eq(ids_of(&run, &run.analysis->treatments[1]), "notCompared");
    end_run(&run);
}
END_TEST

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
    {PLAN(SUCCESS "," HARM), 0, 0, "no unit has a value"},
    {PLAN(SUCCESS "," HARM), 2000, 1, "a group has too few units"},
    {PLAN(SUCCESS "," MARGIN), 2000, 0, "a group has no values"},
    {PLAN(SUCCESS "," MARGIN), 0, 0, "no unit has a value"},
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
    check_advice(&run, ASSAY_RECOMMEND_END, "improved:m notTested:g");
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
    check_advice(&run, ASSAY_RECOMMEND_UNSPECIFIED, "tooFewValues:g notTested:g");
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
    check_advice(&run, ASSAY_RECOMMEND_SHIP, "improved:m");
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
    check_advice(&run, row->recommendation, row->ids);
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
    check_advice(&run, row->recommendation, row->ids);
    end_run(&run);
}
END_TEST

START_TEST(a_watched_metric_outside_the_rule_holds_back_when_untested)
{
    const struct sample samples[] = {
        {"m", "a", 2000, NO_EFFECT}, {"m", "b", 2000, BETTER}, {"g", "a", 2000, NO_EFFECT}, {0}};
    struct run run = run_prepared(PLAN(SUCCESS "," OPEN_OTHER), samples, only_m);
    check_advice(&run, ASSAY_RECOMMEND_UNSPECIFIED, "tooFewValues:g notTested:g");
    end_run(&run);
}
END_TEST

static void add_cases(TCase *c)
{
    tcase_add_loop_test(c, advice_and_its_reasons_follow_the_rule, 0, ADVICE_COUNT);
    tcase_add_test(c, sentences_say_what_was_found_of_whom);
    tcase_add_test(c, sizes_that_mismatch_planned_weights_abort);
    tcase_add_test(c, sizes_that_mismatch_assumed_weights_warn);
    tcase_add_test(c, units_in_a_group_without_a_plan_abort);
    tcase_add_loop_test(c, all_pairs_judge_against_the_control_in_any_order, 0, 4);
    tcase_add_test(c, without_a_control_there_is_no_advice);
    tcase_add_loop_test(c, a_pair_without_the_control_informs_only, 0, 2);
    tcase_add_loop_test(c, a_guardrail_without_a_test_holds_shipping_back, 0, UNTESTED_COUNT);
    tcase_add_test(c, too_few_values_withhold_advice_and_say_what_was_not_tested);
    tcase_add_test(c, a_metric_that_is_only_shown_holds_nothing_back);
    tcase_add_loop_test(c, shares_need_events, 0, SHARES_COUNT);
    tcase_add_loop_test(c, a_rule_of_its_own_decides, 0, RULES_COUNT);
    tcase_add_test(c, a_watched_metric_outside_the_rule_holds_back_when_untested);
}

int main(void)
{
    return test_main("decide", add_cases);
}
