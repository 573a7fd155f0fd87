/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is recommended and why. */
#include "moments_run.h"

static void check_reasons(const struct assay_treatment *treatment, const char *const *reasons)
{
    uint32_t count = 0;
    for (; reasons[count] != NULL; count++) {
        ck_assert_msg(count < treatment->reason_count, "no reason %u: %s", count, reasons[count]);
        ck_assert_str_eq(treatment->reasons[count], reasons[count]);
    }
    ck_assert_msg(treatment->reason_count == count, "one more: %s", treatment->reasons[count]);
}

/*
 * One row per way to advise. A metric's need is about 120 units a group for 10 % of a mean of 10
 * with a standard deviation of 2; the tests of 2,000 and more decide by a mile.
 */
static const struct advice {
    const char *plan;
    unsigned n;
    double m, g; /* means of the treatment; the baseline's are 10; 0: the plan has no such metric */
    enum assay_recommendation recommendation;
    const char *reasons[5];
} ADVICE[] = {
    {PLAN(SUCCESS), 2000, BETTER, 0, ASSAY_RECOMMEND_SHIP, {"m improved significantly."}},
    {PLAN(SUCCESS),
     2000,
     NO_EFFECT,
     0,
     ASSAY_RECOMMEND_END,
     {"m shows no significant improvement.",
      "Every metric has the units it needs: more will not help."}},
    {PLAN(SUCCESS), 2000, WORSE, 0, ASSAY_RECOMMEND_ABORT, {"m got worse."}},
    {PLAN(SUCCESS),
     20,
     NO_EFFECT,
     0,
     ASSAY_RECOMMEND_CONTINUE,
     {"m shows no significant improvement.", "m needs more units."}},
    {PLAN(OPEN_SUCCESS),
     2000,
     NO_EFFECT,
     0,
     ASSAY_RECOMMEND_CONTINUE,
     {"m shows no significant improvement.",
      "No metric has a planned effect or margin, so nothing says how many units are enough."}},
    {PLAN(SUCCESS "," OPEN_OTHER),
     2000,
     NO_EFFECT,
     NO_EFFECT,
     ASSAY_RECOMMEND_END,
     {"m shows no significant improvement.", "g shows no significant improvement.",
      "Every metric with a planned effect has the units it needs."}},
    {PLAN(SUCCESS "," OPEN_OTHER),
     2000,
     NO_EFFECT,
     BETTER,
     ASSAY_RECOMMEND_SHIP,
     {"g improved significantly."}},
    {PLAN(SUCCESS "," MARGIN),
     2000,
     BETTER,
     NO_EFFECT,
     ASSAY_RECOMMEND_SHIP,
     {"m improved significantly.", "Every guardrail passed."}},
    {PLAN(SUCCESS "," MARGIN), 2000, BETTER, 9.5, ASSAY_RECOMMEND_ABORT, {"g got worse."}},
    {PLAN(SUCCESS "," MARGIN),
     200,
     NO_EFFECT,
     9.8,
     ASSAY_RECOMMEND_CONTINUE,
     {"m shows no significant improvement.", "g did not pass as a guardrail.",
      "g needs more units."}},
    {PLAN(SUCCESS "," MARGIN),
     200,
     BETTER,
     9.8,
     ASSAY_RECOMMEND_CONTINUE,
     {"g did not pass as a guardrail.", "g needs more units."}},
    {PLAN(SUCCESS "," HARM),
     2000,
     BETTER,
     NO_EFFECT,
     ASSAY_RECOMMEND_SHIP,
     {"m improved significantly.", "Every guardrail passed."}},
    {PLAN(SUCCESS "," HARM), 2000, BETTER, WORSE, ASSAY_RECOMMEND_ABORT, {"g got worse."}},
    {PLAN(MARGIN), 2000, 0, NO_EFFECT, ASSAY_RECOMMEND_SHIP, {"Every guardrail passed."}},
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
    assert_ok(run.status, &run.err);
    ck_assert_uint_eq(run.analysis->treatment_count, 1);
    check_reasons(run.analysis->treatments, advice->reasons);
    ck_assert_int_eq(run.analysis->treatments->recommendation, advice->recommendation);
    ck_assert(run.analysis->treatments->final);
    end_run(&run);
}
END_TEST

START_TEST(sizes_that_mismatch_abort)
{
    const struct sample samples[] = {{"m", "a", 2000, 10}, {"m", "b", 1000, BETTER}, {0}};
    struct run run = run_samples(PLAN(SUCCESS), samples);
    static const char *const REASONS[] = {
        "The groups' sizes do not match the planned allocation (sample ratio mismatch).", NULL};
    assert_ok(run.status, &run.err);
    ck_assert_int_eq(run.analysis->treatments->recommendation, ASSAY_RECOMMEND_ABORT);
    check_reasons(run.analysis->treatments, REASONS);
    end_run(&run);
}
END_TEST

/* c beats a, and is no better than b: the more cautious advice is kept, whichever comes first. */
START_TEST(several_baselines_give_the_most_cautious_advice)
{
    static const char *const PLANS[] = {
        "{\"comparisons\": {\"pairs\": [{\"baseline\": \"a\", \"compared\": \"c\"}, "
        "{\"baseline\": \"b\", \"compared\": \"c\"}]}, \"metrics\": [" SUCCESS "]}",
        "{\"comparisons\": {\"pairs\": [{\"baseline\": \"b\", \"compared\": \"c\"}, "
        "{\"baseline\": \"a\", \"compared\": \"c\"}]}, \"metrics\": [" SUCCESS "]}"};
    const struct sample samples[] = {
        {"m", "a", 2000, NO_EFFECT}, {"m", "b", 2000, BETTER}, {"m", "c", 2000, BETTER}, {0}};
    for (int i = 0; i < 2; i++) {
        struct run run = run_samples(PLANS[i], samples);
        assert_ok(run.status, &run.err);
        ck_assert_uint_eq(run.analysis->result_count, 2);
        ck_assert_uint_eq(run.analysis->treatment_count, 1);
        ck_assert_uint_eq(run.analysis->treatments->group, 2);
        ck_assert_uint_eq(run.analysis->treatments->baseline, 1);
        ck_assert_int_eq(run.analysis->treatments->recommendation, ASSAY_RECOMMEND_END);
        ck_assert_str_eq(run.analysis->results[i].comparison_id, "a-vs-c");
        ck_assert_str_eq(run.analysis->results[1 - i].comparison_id, "b-vs-c");
        end_run(&run);
    }
}
END_TEST

/* What can keep a guardrail from being tested, and what is said of it. */
static const struct untested {
    const char *plan;
    unsigned a_n, b_n; /* units with a value of g; 0: none was logged */
    const char *reason;
} UNTESTED[] = {
    {PLAN(SUCCESS "," HARM), 2000, 0, "g was not tested: a group has no values."},
    {PLAN(SUCCESS "," HARM), 0, 2000, "g was not tested: a group has no values."},
    {PLAN(SUCCESS "," HARM), 0, 0, "g was not tested: no unit has a value."},
    {PLAN(SUCCESS "," HARM), 2000, 1, "g was not tested: a group has too few units."},
    {PLAN(SUCCESS "," MARGIN), 2000, 0, "g was not tested: a group has no values."},
    {PLAN(SUCCESS "," MARGIN), 0, 0, "g was not tested: no unit has a value."},
    {PLAN(SUCCESS "," WATCHED), 2000, 0, "g was not tested: a group has no values."},
    {"{\"comparisons\": {\"baseline\": \"a\"}, \"deterioration\": false, \"metrics\": [" SUCCESS
     "," HARM "]}",
     2000, 2000, "g was not tested: the plan turns tests for harm off."},
};
enum { UNTESTED_COUNT = sizeof UNTESTED / sizeof *UNTESTED };

START_TEST(a_guardrail_without_a_test_holds_shipping_back)
{
    const struct untested *row = &UNTESTED[_i];
    struct sample samples[5] = {{"m", "a", 2000, NO_EFFECT}, {"m", "b", 2000, BETTER}};
    size_t count = 2;
    if (row->a_n > 0)
        samples[count++] = (struct sample){"g", "a", row->a_n, NO_EFFECT};
    if (row->b_n > 0)
        samples[count++] = (struct sample){"g", "b", row->b_n, NO_EFFECT};
    struct run run = run_samples(row->plan, samples);
    assert_ok(run.status, &run.err);
    ck_assert_int_eq(run.analysis->results[0].outcome, ASSAY_OUTCOME_PASSED);
    ck_assert_int_eq(run.analysis->results[1].outcome, ASSAY_OUTCOME_NOT_TESTED);
    ck_assert_int_ne(run.analysis->treatments->recommendation, ASSAY_RECOMMEND_SHIP);
    bool is_said = false;
    for (uint32_t r = 0; r < run.analysis->treatments->reason_count; r++)
        is_said = is_said || strcmp(run.analysis->treatments->reasons[r], row->reason) == 0;
    ck_assert_msg(is_said, "%s", row->reason);
    end_run(&run);
}
END_TEST

/* A metric that the plan only wants to see has no test to miss. */
START_TEST(a_metric_that_is_only_shown_holds_nothing_back)
{
    const struct sample samples[] = {{"m", "a", 2000, NO_EFFECT},
                                     {"m", "b", 2000, BETTER},
                                     {"g", "a", 2000, NO_EFFECT},
                                     {"g", "b", 2000, WORSE},
                                     {0}};
    struct run run =
        run_samples("{\"comparisons\": {\"baseline\": \"a\"}, \"deterioration\": false, "
                    "\"metrics\": [" SUCCESS "," WATCHED "]}",
                    samples);
    assert_ok(run.status, &run.err);
    ck_assert_int_eq(run.analysis->treatments->recommendation, ASSAY_RECOMMEND_SHIP);
    ck_assert_str_eq(run.analysis->results[1].message,
                     "g is shown only: deterioration is not tested (-10 %).");
    end_run(&run);
}
END_TEST

static void add_cases(TCase *c)
{
    tcase_add_loop_test(c, advice_and_its_reasons_follow_the_rule, 0, ADVICE_COUNT);
    tcase_add_test(c, sizes_that_mismatch_abort);
    tcase_add_test(c, several_baselines_give_the_most_cautious_advice);
    tcase_add_loop_test(c, a_guardrail_without_a_test_holds_shipping_back, 0, UNTESTED_COUNT);
    tcase_add_test(c, a_metric_that_is_only_shown_holds_nothing_back);
}

int main(void)
{
    return test_main("decide", add_cases);
}
