/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sentence about each result, and that its figures do not depend on the unit of the metric. */
#include "moments_run.h"

/* The sentences were written beside p-values of the normal test. */
#define NORMAL_PLAN(metrics)                                                                       \
    "{\"comparisons\": {\"baseline\": \"a\"}, \"test\": \"z\", \"metrics\": [" metrics "]}"
#define ANY "{\"id\": \"m\", \"direction\": \"any\", \"minimumDetectableEffect\": 0.1}"
#define ZERO "{\"id\": \"m\", \"direction\": \"increase\", \"minimumDetectableEffectAbs\": 1}"

static const struct sentence {
    const char *plan;
    unsigned n;
    double baseline, compared;
    const char *text;
} SENTENCES[] = {
    {NORMAL_PLAN(SUCCESS), 2000, 10, 11.23456,
     "m improved significantly (+12.3 %; p 4.08e-85 for better)."},
    {NORMAL_PLAN(SUCCESS), 2000, 10, 8.76543,
     "m got significantly worse (-12.3 %; p 4.06e-85 for worse)."},
    {NORMAL_PLAN(SUCCESS), 2000, 10, 10,
     "m shows no significant improvement (0 %; p 0.5 for better)."},
    {NORMAL_PLAN(SUCCESS), 20, 10, 10.5,
     "m shows no significant improvement (+5 %; p 0.22 for better)."},
    {NORMAL_PLAN(ANY), 2000, 10, 11, "m changed significantly (+10 %; p 2.76e-56 for a change)."},
    {NORMAL_PLAN(ANY), 2000, 10, 9, "m changed significantly (-10 %; p 2.76e-56 for a change)."},
    {NORMAL_PLAN(ANY), 2000, 10, 10, "m shows no significant change (0 %; p 1 for a change)."},
    {NORMAL_PLAN(ANY), 20, 10, 10.5, "m shows no significant change (+5 %; p 0.441 for a change)."},
    {NORMAL_PLAN(ZERO), 2000, 0, 1.234567,
     "m improved significantly (+1.23; p 4.07e-85 for better)."},
    {NORMAL_PLAN(ZERO), 2000, 0, -1.234567,
     "m got significantly worse (-1.23; p 4.07e-85 for worse)."},
    /* the sign is that of the change, though the share of a negative baseline has the other */
    {NORMAL_PLAN(SUCCESS), 2000, -10, -8,
     "m improved significantly (+20 % of the size of the negative baseline; p 1.15e-219 for "
     "better)."},
    {NORMAL_PLAN(SUCCESS), 1, 10, 12, "m was not tested: a group has too few units."},
    {NORMAL_PLAN(MARGIN), 2000, 10, 10,
     "g is not worse than its margin (0 %; p 1.35e-15 for not worse than the margin)."},
    {NORMAL_PLAN(MARGIN), 2000, 10, 9.5,
     "g got significantly worse (-5 %; p 1.35e-15 for worse, p 0.5 for not worse than the "
     "margin)."},
    {NORMAL_PLAN(MARGIN), 20, 10, 9.9,
     "g was not shown to stay within its margin (-1 %; p 0.269 for not worse than the margin)."},
    {NORMAL_PLAN(HARM), 2000, 10, 9, "g got significantly worse (-10 %; p 1.38e-56 for worse)."},
    {NORMAL_PLAN(HARM), 2000, 10, 10, "No sign that g got worse (0 %; p 0.5 for worse)."},
};

START_TEST(sentences_say_what_was_found)
{
    const struct sentence *sentence = &SENTENCES[_i];
    const char *metric = strstr(sentence->plan, "\"id\": \"m\"") != NULL ? "m" : "g";
    const struct sample samples[] = {{metric, "a", sentence->n, sentence->baseline},
                                     {metric, "b", sentence->n, sentence->compared},
                                     {0}};
    struct run run = run_samples(sentence->plan, samples);
    assert_ok(run.status, &run.err);
    ck_assert_str_eq(run.analysis->results[0].message, sentence->text);
    end_run(&run);
}
END_TEST

/* The values of a group by a rule, times a power of two. */
static void add_scaled(struct assay_dataset *dataset, const char *group, unsigned n, double mean,
                       double unit)
{
    struct assay_moments *moments;
    struct assay_error err;
    assert_ok(assay_moments_new((struct assay_moments_shape){0}, &moments, &err), &err);
    for (unsigned i = 0; i < n; i++) {
        double value = unit * (mean + (double)(i * i % 9) - 4.0);
        assert_ok(assay_moments_add(moments, &value, &err), &err);
    }
    assert_ok(assay_dataset_add_moments(dataset, "g", group, moments, &err), &err);
    assay_moments_free(moments);
}

static struct run run_scaled(double unit)
{
    struct run run = {0};
    const char *plan = PLAN(MARGIN);
    assert_ok(assay_plan_parse(plan, strlen(plan), "plan", &run.plan, &run.err), &run.err);
    assert_ok(assay_dataset_new(run.plan, &run.dataset, &run.err), &run.err);
    add_scaled(run.dataset, "a", 150, 10.0, unit);
    add_scaled(run.dataset, "b", 140, 10.25, unit);
    assert_ok(assay_dataset_analyze(run.dataset, &run.analysis, &run.err), &run.err);
    return run;
}

START_TEST(sizes_do_not_depend_on_the_unit)
{
    static const double UNITS[] = {0x1p-600, 0x1p-30, 0x1p30, 0x1p490};
    struct run plain = run_scaled(1.0);
    const struct assay_look_result *want = plain.analysis->results[0].looks;
    ck_assert(want->size.required > 100.0 && isfinite(want->size.powered_effect_abs));
    for (size_t i = 0; i < sizeof UNITS / sizeof *UNITS; i++) {
        struct run run = run_scaled(UNITS[i]);
        const struct assay_look_result *got = run.analysis->results[0].looks;
        ck_assert_double_eq(got->size.required, want->size.required);
        ck_assert_double_eq(got->size.powered_effect_abs / UNITS[i], want->size.powered_effect_abs);
        ck_assert_double_eq(got->size.powered_effect_rel, want->size.powered_effect_rel);
        ck_assert_double_eq(got->comparison.difference.p, want->comparison.difference.p);
        ck_assert_double_eq(run.analysis->results[0].margin_abs / UNITS[i],
                            plain.analysis->results[0].margin_abs);
        ck_assert_double_eq(run.analysis->results[0].null_difference / UNITS[i],
                            plain.analysis->results[0].null_difference);
        end_run(&run);
    }
    end_run(&plain);
}
END_TEST

static void add_cases(TCase *c)
{
    tcase_add_loop_test(c, sentences_say_what_was_found, 0,
                        (int)(sizeof SENTENCES / sizeof *SENTENCES));
    tcase_add_test(c, sizes_do_not_depend_on_the_unit);
}

int main(void)
{
    return test_main("words", add_cases);
}
