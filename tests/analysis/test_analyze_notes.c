/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an analysis is called and what it remarks; margins that have no baseline to be a share of.
 */
#include "moments_run.h"

#include <time.h>

#include "base/digest.h"
#include "base/text.h"
#include "analysis/analyze.h"

/* A margin that is a share of the baseline's mean, which there is not. */
START_TEST(a_margin_without_its_baseline_is_not_tested)
{
    const struct sample samples[] = {
        {"m", "a", 50, 10}, {"m", "b", 50, 10}, {"g", "b", 50, 10}, {0}};
    struct run run = run_samples(PLAN(SUCCESS "," MARGIN), samples);
    assert_ok(run.status, &run.err);
    const struct assay_metric_result *result = &run.analysis->results[1];
    ck_assert(isnan(result->null_difference) && isnan(result->margin_abs));
    ck_assert_int_eq(result->significant, ASSAY_UNKNOWN);
    ck_assert_int_eq(result->deteriorated, ASSAY_UNKNOWN);
    ck_assert(isnan(result->looks[0].comparison.difference.p));
    ck_assert_str_eq(result->message, "g was not tested: a group has no values.");
    ck_assert_int_ne(run.analysis->treatments->recommendation, ASSAY_RECOMMEND_SHIP);
    end_run(&run);
}
END_TEST

/* A tenth of nothing is not a margin, nor an effect: the difference is shown and not tested. */
START_TEST(a_share_of_a_baseline_of_zero_is_no_margin)
{
    const struct sample samples[] = {
        {"m", "a", 50, 0}, {"m", "b", 50, 1}, {"g", "a", 50, 0}, {"g", "b", 50, 3}, {0}};
    struct run run = run_samples(PLAN(SUCCESS "," MARGIN), samples);
    assert_ok(run.status, &run.err);
    const struct assay_metric_result *effect = &run.analysis->results[0];
    const struct assay_metric_result *margin = &run.analysis->results[1];
    const struct assay__kept_difference *difference = &margin->looks[0].comparison.difference;
    ck_assert(isnan(effect->effect_abs) && isnan(effect->looks[0].size.required));
    ck_assert_int_eq(effect->significant, ASSAY_YES); /* against 0, as ever */
    ck_assert(isnan(margin->margin_abs) && isnan(margin->null_difference));
    ck_assert_double_eq(difference->estimate, 3.0);
    ck_assert(difference->lower > 2.0 && difference->upper < 4.0);
    ck_assert(isnan(difference->statistic) && isnan(difference->p) && isnan(difference->log10_p));
    ck_assert(!difference->significant);
    for (int a = 0; a < ASSAY__ADJUST_COUNT; a++)
        ck_assert(isnan(margin->adjusted_p[a]) && isnan(margin->adjusted_log10_p[a]));
    ck_assert_int_eq(margin->significant, ASSAY_UNKNOWN);
    ck_assert_int_eq(margin->powered, ASSAY_NO);
    ck_assert_int_eq(margin->deteriorated, ASSAY_NO);
    ck_assert_str_eq(margin->message,
                     "g was not tested: the margin is a share of a baseline of zero.");
    ck_assert_int_ne(run.analysis->treatments->recommendation, ASSAY_RECOMMEND_SHIP);
    end_run(&run);
}
END_TEST

/* The id of a plan with these members: its hash covers parent, plan, asOf and data. */
static void check_derived_id(const char *members, const char *parent, const char *as_of)
{
    const struct sample samples[] = {{"m", "a", 50, 10}, {"m", "b", 50, 10}, {0}};
    struct assay__text plan = {0}, hashed = {0};
    char digest[65], id[64];
    assay__text_format(
        &plan, "{%s \"comparisons\": {\"baseline\": \"a\"}, \"metrics\": [" SUCCESS "]}", members);
    struct run run = run_samples(plan.data, samples);
    assert_ok(run.status, &run.err);
    const char *parts[] = {parent, run.plan->canonical, as_of, run.analysis->input_digest};
    for (size_t i = 0; i < 4; i++)
        assay__text_format(&hashed, "%zu:%s ", strlen(parts[i]), parts[i]);
    assay__sha256_hex(hashed.data, hashed.length, digest);
    snprintf(id, sizeof id, "ar-%.40s", digest);
    ck_assert_str_eq(run.analysis->analysis_result_id, id);
    assay__text_release(&plan);
    assay__text_release(&hashed);
    end_run(&run);
}

START_TEST(an_id_is_derived_from_plan_and_data)
{
    check_derived_id("", "", "");
    check_derived_id("\"asOf\": \"2026-01-05T00:00:00Z\",", "", "2026-01-05T00:00:00Z");
    check_derived_id("\"parent\": \"workflows/w/instances/i\",", "workflows/w/instances/i", "");
}
END_TEST

START_TEST(an_id_of_the_plan_is_the_id)
{
    static const char ID[] = "an-id-as-long-as-ids-may-be-0123456789012345678901234567890abcd";
    const struct sample samples[] = {{"m", "a", 50, 10}, {"m", "b", 50, 10}, {0}};
    char plan[512];
    ck_assert_uint_eq(strlen(ID), 63);
    snprintf(plan, sizeof plan,
             "{\"analysisResultId\": \"%s\", \"comparisons\": {\"baseline\": \"a\"}, "
             "\"metrics\": [" SUCCESS "]}",
             ID);
    struct run run = run_samples(plan, samples);
    assert_ok(run.status, &run.err);
    ck_assert_str_eq(run.analysis->analysis_result_id, ID);
    end_run(&run);
}
END_TEST

static void check_note(const struct assay_analysis *analysis, size_t i,
                       enum assay_annotation_level level, const char *context, const char *text)
{
    ck_assert_uint_lt(i, analysis->annotation_count);
    const struct assay_annotation *note = &analysis->annotations[i];
    ck_assert_int_eq(note->level, level);
    ck_assert_int_eq(note->metric, -1);
    ck_assert_str_eq(note->text, text);
    ck_assert_uint_eq(note->context_count, context == NULL ? 0 : 1);
    if (context != NULL)
        ck_assert_str_eq(note->context[0], context);
}

START_TEST(remarks_about_groups_and_the_plan_are_about_the_whole)
{
    const struct sample samples[] = {
        {"m", "a", 50, 10}, {"m", "b", 50, 10}, {"m", "d", 3, 10}, {0}};
    struct run run = run_samples(
        "{\"groups\": [{\"id\": \"a\", \"weight\": 1}, {\"id\": \"b\", \"weight\": 1}, "
        "{\"id\": \"c\", \"weight\": 1}], \"comparisons\": {\"pairs\": [{\"baseline\": \"a\", "
        "\"compared\": \"b\"}]}, \"dimensions\": [\"x\"], \"segments\": [{\"id\": \"one\", "
        "\"filter\": \"x = 1\"}, {\"id\": \"two\", \"filter\": \"x = 2\"}], "
        "\"metrics\": [" SUCCESS "]}",
        samples);
    assert_ok(run.status, &run.err);
    const struct assay_analysis *out = run.analysis;
    check_note(out, 0, ASSAY_NOTE_WARNING, "c", "Group 'c' has no units in the data.");
    check_note(out, 1, ASSAY_NOTE_ERROR, "d",
               "Group 'd' has 3 units but is not in the plan: a sample ratio mismatch. It is not "
               "analyzed.");
    check_note(out, 2, ASSAY_NOTE_ERROR, "sample ratio mismatch",
               "Units are in a group that the plan does not have, or gives none.");
    check_note(out, 3, ASSAY_NOTE_INFO, NULL,
               "Results by dimension are exploratory: alpha is not divided by the number of "
               "slices. Remedy: plan segments for slices that are to decide.");
    check_note(out, 4, ASSAY_NOTE_INFO, NULL, "In each of the 2 segments alpha is divided by 2.");
    check_note(out, 5, ASSAY_NOTE_INFO, NULL,
               "No treatment has a recommendation, since the comparisons name no control. Remedy: "
               "give comparisons a baseline.");
    ck_assert_uint_eq(out->annotation_count, 6);
    end_run(&run);
}
END_TEST

/* With slices, metrics and comparisons, of which one is skewed. */
START_TEST(a_remark_on_skewness_names_its_comparison)
{
    const struct sample samples[] = {
        {"m", "a", 1000, 10}, {"m", "b", 1000, 10}, {"m", "c", 100, 10}, {"g", "a", 1000, 10},
        {"g", "b", 1000, 10}, {"g", "c", 99, 10},   {"g", "c", 1, 100},  {0}};
    struct run run =
        run_samples("{\"comparisons\": {\"baseline\": \"a\"}, \"segments\": [{\"id\": "
                    "\"one\", \"filter\": \"x = 1\"}], \"metrics\": [" SUCCESS "," OPEN_OTHER "]}",
                    samples);
    unsigned remarks = 0;
    assert_ok(run.status, &run.err);
    for (size_t i = 0; i < run.analysis->annotation_count; i++) {
        const struct assay_annotation *note = &run.analysis->annotations[i];
        if (strstr(note->text, "The values are skewed") == NULL)
            continue;
        ck_assert_int_eq(note->level, ASSAY_NOTE_WARNING);
        ck_assert_int_eq(note->metric, 1);
        ck_assert_uint_eq(note->context_count, 2);
        ck_assert_str_eq(note->context[0], "g");
        ck_assert_str_eq(note->context[1], "a-vs-c");
        ck_assert_str_eq(note->kind, "skewed");
        ck_assert_uint_eq(note->comparisons, 1);
        ck_assert_uint_eq(note->slices, 0);
        ck_assert_ptr_nonnull(strstr(note->text, note->remedy));
        remarks++;
    }
    ck_assert_uint_eq(remarks, 1); /* of both tails */
    end_run(&run);
}
END_TEST

/* Two comparisons have a condition: one remark counts them. Below 30 units a group nothing is said
 * of skewness. */
START_TEST(remarks_of_one_kind_are_gathered_and_few_units_are_only_few)
{
    const struct sample samples[] = {
        {"m", "a", 1000, 10}, {"m", "b", 1000, 10}, {"m", "c", 1000, 10},
        {"g", "a", 1000, 10}, {"g", "b", 19, 10},   {"g", "b", 1, 100},
        {"g", "c", 18, 10},   {"g", "c", 1, 100},   {0}};
    struct run run = run_samples("{\"comparisons\": {\"baseline\": \"a\"}, "
                                 "\"metrics\": [" SUCCESS "," OPEN_OTHER "]}",
                                 samples);
    unsigned remarks = 0;
    assert_ok(run.status, &run.err);
    for (size_t i = 0; i < run.analysis->annotation_count; i++) {
        const struct assay_annotation *note = &run.analysis->annotations[i];
        ck_assert_ptr_null(strstr(note->text, "skewed"));
        if (note->kind == NULL || strcmp(note->kind, "fewUnits") != 0)
            continue;
        ck_assert_uint_eq(note->context_count, 1);
        ck_assert_uint_eq(note->comparisons, 2);
        ck_assert_int_eq(strncmp(note->text, "In 2 comparisons: ", 18), 0);
        remarks++;
    }
    ck_assert_uint_eq(remarks, 1);
    end_run(&run);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, a_margin_without_its_baseline_is_not_tested);
    tcase_add_test(cases, a_share_of_a_baseline_of_zero_is_no_margin);
    tcase_add_test(cases, an_id_is_derived_from_plan_and_data);
    tcase_add_test(cases, an_id_of_the_plan_is_the_id);
    tcase_add_test(cases, remarks_about_groups_and_the_plan_are_about_the_whole);
    tcase_add_test(cases, a_remark_on_skewness_names_its_comparison);
    tcase_add_test(cases, remarks_of_one_kind_are_gathered_and_few_units_are_only_few);
}

int main(void)
{
    return test_main("analyze_notes", add);
}
