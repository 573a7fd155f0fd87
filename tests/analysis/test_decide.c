/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is recommended and why, by what is found, the groups' sizes and their number. */
#include "advice.h"

#define ANY "{\"id\": \"m\", \"direction\": \"any\"}"
#define DOWN_MARGIN                                                                                \
    "{\"id\": \"g\", \"role\": \"guardrail\", \"direction\": \"decrease\", "                       \
    "\"nonInferiorityMargin\": 0.05}"

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
    advice_check(&run, advice->recommendation, advice->ids);
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
    advice_check(&run, ASSAY_RECOMMEND_ABORT, "sampleRatioMismatch");
    ck_assert_str_eq(run.analysis->treatments->reasons[0].text,
                     "Sample ratio mismatch: the groups' sizes do not match the plan (p 1.81e-74): "
                     "a has 2,000 units, planned 1,500; b has 1,000 units, planned 1,500.");
    end_run(&run);
}
END_TEST

START_TEST(sizes_that_mismatch_assumed_weights_warn)
{
    const struct sample samples[] = {{"m", "a", 2000, 10}, {"m", "b", 1000, BETTER}, {0}};
    struct run run = run_samples(PLAN(SUCCESS), samples);
    advice_check(&run, ASSAY_RECOMMEND_SHIP, "improved:m");
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
    advice_check(&run, ASSAY_RECOMMEND_ABORT, "unplannedGroup");
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
        ck_assert_str_eq(advice_ids(&run, treatment), "improved:m");
        advice_check_groups(&run, treatment);
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
        ck_assert_str_eq(advice_ids(&run, treatment), "noControl");
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
    ck_assert_str_eq(advice_ids(&run, &run.analysis->treatments[1]), "notCompared");
    end_run(&run);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_loop_test(cases, advice_and_its_reasons_follow_the_rule, 0, ADVICE_COUNT);
    tcase_add_test(cases, sentences_say_what_was_found_of_whom);
    tcase_add_test(cases, sizes_that_mismatch_planned_weights_abort);
    tcase_add_test(cases, sizes_that_mismatch_assumed_weights_warn);
    tcase_add_test(cases, units_in_a_group_without_a_plan_abort);
    tcase_add_loop_test(cases, all_pairs_judge_against_the_control_in_any_order, 0, 4);
    tcase_add_test(cases, without_a_control_there_is_no_advice);
    tcase_add_loop_test(cases, a_pair_without_the_control_informs_only, 0, 2);
}

int main(void)
{
    return test_main("decide", add);
}
