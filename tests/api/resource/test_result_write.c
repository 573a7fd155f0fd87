/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The result as JSON says what the analysis says, in every format. */
#include "json_paths.h"
#include "result_json.h"
#include "strict_json.h"

static struct sample sample;

#define COUNT(array) (sizeof array / sizeof *array)

START_TEST(result_says_what_the_analysis_says)
{
    cJSON *document = result_document(&sample);
    const struct assay__kept_comparison *last = &sample.looks[1].comparison;
    const char *const last_result = "results.0.result.0.lastResult";
    const cJSON *look = json_at(document, last_result);
    ck_assert_str_eq(text_at(look, "resultTime"), "2026-01-02T00:00:00Z");
    assert_close(number_at(look, "differenceEstimateAbs.lower.value"), last->difference.lower, 0);
    assert_close(number_at(look, "differenceEstimateRel.upper.value"), last->relative.fieller_upper,
                 0);
    assert_close(number_at(look, "comparedEstimateRel.value"),
                 last->compared.estimate / last->baseline.estimate, 0);
    assert_close(number_at(look, "baselineEstimateRel.value"), 1, 0);
    assert_close(number_at(look, "differenceEstimateRel.powered.value"), 0.125, 0);
    ck_assert_int_eq(cJSON_GetArraySize(json_at(document, "results.0.result.0.result")), 2);
    ck_assert_int_eq(cJSON_GetArraySize(json_at(document, "results.0.result")),
                     SAMPLE_PAIRS * SAMPLE_SLICES);
    assert_close(number_at(document, "results.0.result.0.sampleSize.required"), 51200, 0);
    ck_assert(cJSON_IsFalse(json_at(document, "results.0.result.0.status.decisionPowered.value")));
    ck_assert_str_eq(text_at(document, "results.2.metricDetails.plannedEffectSize.value"), "0.050");
    ck_assert_str_eq(text_at(document, "results.0.result.4.segmentId"), "new customers");
    ck_assert_str_eq(text_at(document, "results.0.result.2.dimensions.0.value"),
                     "Multi, \"channel\"\n");
    ck_assert_str_eq(text_at(document, "treatments.1.recommendation.status"),
                     "RECOMMENDATION_STATUS_ABORT");
    ck_assert_str_eq(text_at(document, "treatments.1.id"),
                     "<script>alert(\"x\")</script>\n\x1b[31m\xef\xbf\xbd");
    ck_assert_str_eq(text_at(document, "labels.0.value"), "growth \"a\"");
    cJSON_Delete(document);
}
END_TEST

START_TEST(figures_that_do_not_exist_are_left_out)
{
    cJSON *document = result_document(&sample);
    const cJSON *spend = json_at(document, "results.1.result.0");
    ck_assert_ptr_null(json_at(spend, "lastResult.resultTime"));
    ck_assert_ptr_null(json_at(spend, "sampleSize.required"));
    ck_assert_ptr_null(json_at(spend, "status.decisionPowered"));
    ck_assert_ptr_null(json_at(spend, "lastResult.differenceEstimateAbs.powered"));
    const cJSON *untested = json_at(document, "results.3.result.0");
    ck_assert_ptr_null(json_at(untested, "isSignificant"));
    ck_assert_ptr_null(json_at(untested, "lastDeteriorationResult"));
    ck_assert_ptr_null(json_at(untested, "lastResult.differenceEstimateAbs.isSignificant"));
    ck_assert_ptr_null(json_at(untested, "lastResult.differenceEstimateRel.lower"));
    ck_assert_ptr_nonnull(json_at(untested, "lastResult.differenceEstimateRel.estimate"));
    ck_assert_ptr_null(json_at(document, "results.3.statsSettings.adjustedBeta"));
    ck_assert_ptr_null(json_at(document, "results.3.metricDetails.plannedEffectSize"));
    const cJSON *empty = json_at(document, "results.4.result.0");
    ck_assert_int_eq(cJSON_GetArraySize(json_at(empty, "result")), 0);
    ck_assert_ptr_null(json_at(empty, "lastResult"));
    ck_assert(cJSON_IsFalse(json_at(document, "results.4.metricDetails.hasRun")));
    ck_assert_int_eq(cJSON_GetArraySize(json_at(document, "results.0.result.0.dimensions")), 0);
    ck_assert_ptr_null(json_at(document, "results.0.result.0.segmentId"));
    cJSON_Delete(document);
}
END_TEST

START_TEST(relative_figures_go_with_a_zero_baseline)
{
    struct assay_analysis *analysis = sample_analysis(&sample);
    struct assay__kept_comparison *comparison = &sample.looks[1].comparison;
    memset(&comparison->relative, 0, sizeof comparison->relative);
    comparison->relative.estimate = (double)NAN;
    comparison->baseline.estimate = 0;
    char *text = result_write_json(analysis, ASSAY_FORMAT_RESULT, false, false);
    cJSON *document = cJSON_Parse(text);
    const cJSON *last = json_at(document, "results.0.result.0.lastResult");
    ck_assert_ptr_null(json_at(last, "differenceEstimateRel"));
    ck_assert_ptr_null(json_at(last, "baselineEstimateRel"));
    ck_assert_ptr_null(json_at(last, "comparedEstimateRel"));
    ck_assert_ptr_nonnull(json_at(last, "baselineEstimateAbs.value"));
    cJSON_Delete(document);
    free(text);
}
END_TEST

START_TEST(the_chosen_relative_interval_is_reported)
{
    static const enum assay_relative_kind kinds[] = {ASSAY_RELATIVE_FIELLER, ASSAY_RELATIVE_DELTA,
                                                     ASSAY_RELATIVE_LOG, ASSAY_RELATIVE_SCALED};
    for (size_t i = 0; i < COUNT(kinds); i++) {
        struct assay_analysis *analysis = sample_analysis(&sample);
        struct assay__kept_relative *relative = &sample.looks[1].comparison.relative;
        relative->fieller_lower = 0.125;
        relative->delta_lower = 1.125;
        relative->log_lower = 2.125;
        relative->scaled_lower = 3.125;
        sample.plan.relative = kinds[i];
        char *text = result_write_json(analysis, ASSAY_FORMAT_RESULT, false, false);
        cJSON *document = cJSON_Parse(text);
        assert_close(
            number_at(document, "results.0.result.0.lastResult.differenceEstimateRel.lower.value"),
            0.125 + (double)i, 0);
        cJSON_Delete(document);
        free(text);
    }
}
END_TEST

START_TEST(annotations_go_to_their_metric_or_to_the_whole)
{
    cJSON *document = result_document(&sample);
    ck_assert_int_eq(cJSON_GetArraySize(json_at(document, "annotations")), 3);
    ck_assert_int_eq(cJSON_GetArraySize(json_at(document, "results.1.annotations")), 2);
    ck_assert_str_eq(text_at(document, "results.1.annotations.0.context.2.value"), "channel = Web");
    ck_assert_str_eq(text_at(document, "results.4.annotations.0.error.details"),
                     "empty has no values: every unit's is missing.");
    cJSON_Delete(document);
}
END_TEST

START_TEST(counts_are_integers_of_any_size)
{
    struct assay_analysis *analysis = sample_analysis(&sample);
    sample.units[0] = 18446744073709551615u;
    sample.looks[1].size.required = 1e15;
    char *text = result_write_json(analysis, ASSAY_FORMAT_RESULT, false, false);
    ck_assert_ptr_nonnull(strstr(text, "\"sampleSize\":18446744073709551615"));
    ck_assert_ptr_nonnull(strstr(text, "\"required\":1000000000000000,"));
    free(text);
}
END_TEST

START_TEST(pretty_is_the_same_document)
{
    struct assay_analysis *analysis = sample_analysis(&sample);
    char *compact = result_write_json(analysis, ASSAY_FORMAT_RESULT, false, false);
    char *pretty = result_write_json(analysis, ASSAY_FORMAT_RESULT, true, false);
    cJSON *a = cJSON_Parse(compact), *b = cJSON_Parse(pretty);
    ck_assert(cJSON_Compare(a, b, 1));
    ck_assert_uint_gt(strlen(pretty), strlen(compact));
    cJSON_Delete(a);
    cJSON_Delete(b);
    free(compact);
    free(pretty);
}
END_TEST

START_TEST(every_format_writes_the_same_bytes_again)
{
    static struct sample again;
    for (int format = ASSAY_FORMAT_TABLE; format <= ASSAY_FORMAT_CSV; format++) {
        struct assay_error err;
        char *a, *b;
        size_t a_length, b_length;
        assert_ok(assay_analysis_write(sample_analysis(&sample), (enum assay_format)format, NULL,
                                       &a, &a_length, &err),
                  &err);
        assert_ok(assay_analysis_write(sample_analysis(&again), (enum assay_format)format, NULL, &b,
                                       &b_length, &err),
                  &err);
        ck_assert_uint_eq(a_length, b_length);
        ck_assert_int_eq(memcmp(a, b, a_length), 0);
        free(a);
        free(b);
    }
}
END_TEST

START_TEST(request_wraps_the_result_for_its_parent)
{
    struct assay_analysis *analysis = sample_analysis(&sample);
    struct assay_error err;
    char *body, *result = result_write_json(analysis, ASSAY_FORMAT_RESULT, false, false);
    size_t length;
    assert_ok(assay_request_write(analysis, &body, &length, &err), &err);
    ck_assert_ptr_null(strict_json_error(body, length, false));
    cJSON *request = cJSON_Parse(body), *resource = cJSON_Parse(result);
    ck_assert_str_eq(request->child->string, "parent");
    ck_assert_str_eq(text_at(request, "parent"), "workflows/abtest/instances/mail");
    ck_assert_str_eq(text_at(request, "analysisResultId"), "ar-0123456789");
    ck_assert(cJSON_Compare(json_at(request, "analysisResult"), resource, 1));
    ck_assert_int_eq(cJSON_GetArraySize(request), 3);
    cJSON_Delete(request);
    cJSON_Delete(resource);
    free(body);
    free(result);
}
END_TEST

START_TEST(request_without_a_parent_is_refused)
{
    struct assay_analysis *analysis = sample_analysis(&sample);
    struct assay_error err;
    char *body = NULL;
    sample.plan.parent = NULL;
    ck_assert_int_eq(assay_request_write(analysis, &body, NULL, &err), ASSAY_ERROR_PLAN);
    ck_assert_ptr_null(body);
    ck_assert_ptr_nonnull(strstr(err.message, "parent"));
}
END_TEST

START_TEST(an_unknown_format_is_refused)
{
    struct assay_error err;
    char *text = NULL;
    ck_assert_int_eq(assay_analysis_write(sample_analysis(&sample), (enum assay_format)99, NULL,
                                          &text, NULL, &err),
                     ASSAY_ERROR_USAGE);
    ck_assert_ptr_null(text);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, result_says_what_the_analysis_says);
    tcase_add_test(cases, figures_that_do_not_exist_are_left_out);
    tcase_add_test(cases, relative_figures_go_with_a_zero_baseline);
    tcase_add_test(cases, the_chosen_relative_interval_is_reported);
    tcase_add_test(cases, annotations_go_to_their_metric_or_to_the_whole);
    tcase_add_test(cases, counts_are_integers_of_any_size);
    tcase_add_test(cases, pretty_is_the_same_document);
    tcase_add_test(cases, every_format_writes_the_same_bytes_again);
    tcase_add_test(cases, request_wraps_the_result_for_its_parent);
    tcase_add_test(cases, request_without_a_parent_is_refused);
    tcase_add_test(cases, an_unknown_format_is_refused);
}

int main(void)
{
    return test_main("result", add);
}
