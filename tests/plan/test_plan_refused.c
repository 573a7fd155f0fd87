/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plans that are refused: their place and cause, limits, files. */
#include "test.h"

struct bad {
    const char *text;
    const char *message; /* a part of it */
};

/*
 * '@' stands before the place the error must name. A text that does not begin with a bracket is the
 * beginning of a plan with one metric, or, when it begins with a comma, the end of that metric.
 */
static const struct bad BAD[] = {
    {"@[]", "must be an object in braces, not a list"},
    {"@{}", "The list of metrics is empty"},
    {"{\"metrics\":@[]}", "metrics: The list of metrics is empty"},
    {"{\"metrics\":@{}}", "metrics: This must be a list, not an object"},
    {"{\"metrics\":[@1]}", "metrics[0]: This must be an object in braces, not a number"},
    {"{\"metrics\":[@{}]}", "metrics[0]: \"id\" is missing"},
    {"{\"metrics\":[{\"id\":@\"\"}]}", "metrics[0].id: This must not be empty"},
    {"{\"metrics\":[{\"id\":\"a\"},{\"id\":@\"a\"}]}", "'a' is there twice"},
    {"@\"alhpa\":0.05,", "alhpa: Unknown key; did you mean \"alpha\"?"},
    {"@\"Alpha\":0.05,", "did you mean \"alpha\"?"},
    {"@\"zzzzz\":0,", "zzzzz: Unknown key in plan"},
    {"\"alpha\":0.05,@\"alpha\":0.1,", "\"alpha\" is given twice"},
    {"\"alpha\":@\"0.05\",", "alpha: This must be a number, not a string"},
    {"\"alpha\":@null,", "leave the key out"},
    {"\"alpha\":@0,", "alpha: 0 is not between 0 and 1"},
    {"\"alpha\":@1,", "alpha: 1 is not between 0 and 1"},
    {"\"alpha\":@-0.05,", "-0.05 is not between 0 and 1"},
    {"\"power\":@1.5,", "power: 1.5 is not between 0 and 1"},
    {"\"alpha\":0.5,\"power\":@0.4,", "power must be greater than alpha"},
    {"\"alpha\":@0.9,", "power must be greater than alpha"},
    {"\"parent\":@\"w/i\",", "workflows/checkout/instances/july"},
    {"\"parent\":@\"workflows/a/instances/b/c\",", "must look like"},
    {"\"parent\":@\"workflows/a/instances/\",", "must look like"},
    {"\"parent\":@\"workflows/../instances/b\",", "must look like"},
    {"\"parent\":@\"workflows/a/instances/b?x\",", "must look like"},
    {"\"analysisResultId\":@\"A\",", "2 to 63"},
    {"\"analysisResultId\":@\"ab_c\",", "2 to 63"},
    {"\"labels\":[@{\"key\":\"a\"}],", "labels[0]: \"value\" is missing"},
    {"\"labels\":[{\"key\":\"a\",\"value\":\"\"},{\"key\":@\"a\",\"value\":\"\"}],",
     "'a' is there twice"},
    {"\"columns\":@{\"unit\":\"a\",\"group\":\"a\"},", "'a' is named for two purposes"},
    {"\"columns\":@\"g\",", "columns: This must be an object in braces, not a string"},
    {"\"granularity\":@\"dya\",", "did you mean 'day'?"},
    {"\"asOf\":@\"yesterday\",", "asOf: This is not a time"},
    {"\"groups\":@[],", "at least two groups"},
    {"\"groups\":@[{\"id\":\"A\"}],", "at least two groups"},
    {"\"groups\":[{\"id\":\"A\"},{\"id\":@\"A\"}],", "groups[1].id: 'A' is there twice"},
    {"\"groups\":[{\"id\":\"A\",\"weight\":@-1},{\"id\":\"B\"}],", "-1 is not at least 0"},
    {"\"groups\":@[{\"id\":\"A\",\"weight\":0},{\"id\":\"B\",\"weight\":0}],", "All weights are 0"},
    {"\"groups\":@[{\"id\":\"A\",\"weight\":1e308},{\"id\":\"B\",\"weight\":1e308}],",
     "more than a number can hold"},
    {"\"groups\":[{\"id\":\"A\"},{\"id\":\"B\"}],\"comparisons\":{\"baseline\":@\"C\"},",
     "comparisons.baseline: 'C' is not among the planned groups"},
    {"\"groups\":[{\"id\":\"A\",\"weight\":0},{\"id\":\"B\"}],\"comparisons\":{\"baseline\":@"
     "\"A\"},",
     "weight 0"},
    {"\"comparisons\":@{},", "exclude each other"},
    {"\"comparisons\":@{\"pairs\":[{\"baseline\":\"A\",\"compared\":\"B\"}],\"allPairs\":true},",
     "exclude each other"},
    {"\"comparisons\":{\"allPairs\":@false},", "can only be true"},
    {"\"comparisons\":{\"pairs\":@[]},", "The list of pairs is empty"},
    {"\"comparisons\":{\"pairs\":[@{\"baseline\":\"A\",\"compared\":\"A\"}]},",
     "cannot be compared with itself"},
    {"\"comparisons\":{\"pairs\":[@{\"baseline\":\"A\"}]},", "\"compared\" is missing"},
    {"\"comparisons\":{\"pairs\":[{\"baseline\":\"A\",\"compared\":\"B\"},@{\"baseline\":\"B"
     "\",\"compared\":\"A\"}]},",
     "compared twice"},
    {"\"horizon\":@{},", "\"type\" is missing"},
    {"\"horizon\":{\"type\":\"fixed\",\"plannedLooks\":@3},",
     "belongs to a horizon of type \"groupSequential\""},
    {"\"horizon\":@{\"type\":\"groupSequential\"},", "needs \"expectedSampleSize\""},
    {"\"horizon\":{\"type\":\"groupSequential\",\"expectedSampleSize\":@0},",
     "0 is not greater than 0"},
    {"\"horizon\":{\"type\":\"groupSequential\",\"expectedSampleSize\":9,\"plannedLooks\":@1.5},",
     "whole number"},
    {"\"horizon\":{\"type\":\"groupSequential\",\"expectedSampleSize\":@1e17},", "2^53"},
    {"\"horizon\":{\"type\":\"groupSequential\",\"expectedSampleSize\":9,\"spending\":{\"fami"
     "ly\":\"pocock\",\"parameter\":@1}},",
     "has no parameter"},
    {"\"horizon\":{\"type\":\"groupSequential\",\"expectedSampleSize\":9,\"spending\":{\"para"
     "meter\":@0}},",
     "between 0.01 and 100 for power"},
    {"\"horizon\":{\"type\":\"groupSequential\",\"expectedSampleSize\":9,\"spending\":{\"fami"
     "ly\":\"hwangShihDeCani\",\"parameter\":@501}},",
     "and between -500 and 500 for hwangShihDeCani"},
    {"\"horizon\":{\"type\":@\"alwaysvalid\"},", "did you mean 'alwaysValid'?"},
    {"\"deterioration\":@true,", "or false"},
    {"\"deterioration\":{\"alpha\":@2},", "2 is not between 0 and 1"},
    {"\"srm\":{\"tolerance\":@-0.1},", "at least 0"},
    {"\"srm\":{\"tolerance\":@1},", "below 1"},
    {"\"srm\":{\"concentration\":@0},", "greater than 0"},
    {"\"srm\":{\"method\":@\"chisq\"},", "not one of chi2 or sequential"},
    {"\"multiplicity\":{\"scope\":@\"permetric\"},", "did you mean 'perMetric'?"},
    {"\"dimensions\":[\"a\",@\"a\"],", "dimensions[1]: 'a' is there twice"},
    {"\"dimensions\":[@1],", "must be a string, not a number"},
    {"\"segments\":[@{\"id\":\"x\"}],", "\"filter\" is missing"},
    {"\"segments\":[{\"id\":\"x\",\"filter\":@\"a <\"}],", "segments[0].filter: "},
    {"\"segments\":[{\"id\":\"x\",\"filter\":\"a<1\"},{\"id\":@\"x\",\"filter\":\"a<1\"}],",
     "'x' is there twice"},
    {"\"relativeInterval\":@\"filler\",", "did you mean 'fieller'?"},
    {"\"test\":@\"welch\",", "not one of z or t"},
    {"\"skewnessCorrection\":@\"halls\",", "did you mean 'hall'?"},
    {"\"recommendationNames\":{@\"shipp\":\"x\"},", "did you mean \"ship\"?"},
    {",@\"rol\":\"success\"", "metrics[0].rol: Unknown key; did you mean \"role\"?"},
    {",\"role\":@\"sucess\"", "metrics[0].role: 'sucess' is not one of"},
    {"{\n\"metrics\":[@{\"id\":\"m\",\"type\":\"ratio\"}]}", "needs a \"denominator\""},
    {",\"denominator\":@\"d\"", "belongs to a metric of type \"ratio\""},
    {",\"type\":\"ratio\",\"denominator\":@\"m\"", "same column"},
    {"{\n\"metrics\":[@{\"id\":\"m\",\"type\":\"quantile\"}]}", "needs a \"quantile\""},
    {",\"quantile\":@0.5", "belongs to a metric of type \"quantile\""},
    {",\"type\":\"quantile\",\"quantile\":@1", "1 is not between 0 and 1"},
    {",\"covariates\":[\"x\",@\"x\"]", "'x' is there twice"},
    {",\"covariates\":[\"x\",@\"m\",\"y\"]", "its own covariate"},
    {",\"covariates\":@[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\",\"h\",\"i\",\"j\",\"k\",\"l"
     "\",\"n\",\"o\",\"p\",\"q\",\"r\"]",
     "17 entries; 16 is the limit"},
    {",\"varianceReduction\":@\"full\"", "needs covariates"},
    {",\"type\":\"quantile\",\"quantile\":0.5,\"covariates\":@[\"x\"]", "no variance reduction"},
    {",\"role\":\"guardrail\",\"direction\":@\"any\",\"nonInferiorityMargin\":0.1",
     "A margin needs a direction"},
    {",\"minimumDetectableEffect\":@0", "must not be 0"},
    {",\"minimumDetectableEffect\":@-0.1", "direction is increase"},
    {",\"minimumDetectableEffect\":0.1,\"minimumDetectableEffectAbs\":@1", "both given; keep one"},
    {",\"role\":\"deterioration\",\"minimumDetectableEffect\":@0.1", "only watched for harm"},
    {",\"nonInferiorityMargin\":@0.1", "Only guardrails have a margin"},
    {",\"type\":\"proportion\",\"role\":\"guardrail\",\"nonInferiorityMarginAbs\":@5",
     "would always pass"},
    {",\"type\":\"proportion\",\"role\":\"guardrail\",\"nonInferiorityMargin\":@1",
     "would always pass"},
    {",\"role\":\"guardrail\",\"nonInferiorityMargin\":@-0.1", "greater than 0"},
    {",\"missing\":@\"mean\"", "not one of drop or zero"},
    {",\"cap\":@{}", "lower or an upper end"},
    {",\"cap\":@{\"lower\":2,\"upper\":1}", "above its upper end"},
    {",\"cap\":@{\"lowerQuantile\":0.9,\"upperQuantile\":0.1}", "above its upper end"},
    {",\"cap\":{\"upper\":1,\"upperQuantile\":@0.1}", "both given"},
    {",\"cap\":{\"upper\":@\"1\"}", "must be a number, not a string"},
    {",\"type\":\"proportion\",\"cap\":@{\"upper\":1}", "has no cap"},
    {",\"aggregation\":@\"median\"", "metrics[0].aggregation: 'median' is not one of"},
};

/* Makes the text of a bad plan and takes the '@' out. */
static void spell_bad(const struct bad *bad, char *text, size_t size, uint64_t *line,
                      uint64_t *column)
{
    char first = bad->text[0] == '@' ? bad->text[1] : bad->text[0];
    bool is_whole = first == '{' || first == '[', is_metric = first == ',';
    int length =
        snprintf(text, size, "%s%s%s%s%s%s", is_whole ? "" : "{", is_metric ? "" : bad->text,
                 is_whole ? "" : "\n\"metrics\":[{\"id\":\"m\"", is_metric ? bad->text : "",
                 is_whole ? "" : "}]", is_whole ? "" : "}");
    ck_assert(length > 0 && (size_t)length < size);
    char *mark = strchr(text, '@');
    ck_assert_ptr_nonnull(mark);
    memmove(mark, mark + 1, strlen(mark));
    *line = *column = 1;
    for (const char *p = text; p < mark; p++) {
        *line += *p == '\n';
        *column = *p == '\n' ? 1 : *column + 1;
    }
}

START_TEST(plan_bad_text_names_place_and_cause)
{
    const struct bad *bad = &BAD[_i];
    char text[1024];
    uint64_t line, column;
    spell_bad(bad, text, sizeof text, &line, &column);
    struct assay_plan *plan = NULL;
    struct assay_error err = {.code = ASSAY_OK};
    enum assay_status status = assay_plan_parse(text, strlen(text), "p.json", &plan, &err);
    ck_assert_msg(status == ASSAY_ERROR_PLAN, "%s: status %d", text, (int)status);
    ck_assert_int_eq(err.code, ASSAY_ERROR_PLAN);
    ck_assert_msg(strstr(err.message, bad->message) != NULL, "%s: %s", text, err.message);
    ck_assert_msg(err.line == line && err.column == column, "%s: at %d:%d: %s", text, (int)err.line,
                  (int)err.column, err.message);
    ck_assert_str_eq(err.file, "p.json");
    ck_assert_ptr_null(plan);
}
END_TEST

START_TEST(plan_limits)
{
    struct assay_plan *plan = NULL;
    struct assay_error err = {.code = ASSAY_OK};
    size_t length = ASSAY_PLAN_BYTES_MAX + 1;
    char *text = malloc(length);
    ck_assert_ptr_nonnull(text);
    memset(text, ' ', length);
    ck_assert_int_eq(assay_plan_parse(text, length, "p", &plan, &err), ASSAY_ERROR_LIMIT);
    memcpy(text, "{\"metrics\":[{\"id\":\"m\"}]}", 24);
    assert_ok(assay_plan_parse(text, length - 1, "p", &plan, &err), &err);
    assay_plan_free(plan);
    length = (size_t)snprintf(text, length, "{\"metrics\":[{\"id\":\"");
    memset(text + length, 'x', ASSAY_NAME_BYTES_MAX + 1);
    memcpy(text + length + ASSAY_NAME_BYTES_MAX, "\"}]}", 4);
    assert_ok(assay_plan_parse(text, length + ASSAY_NAME_BYTES_MAX + 4, "p", &plan, &err), &err);
    assay_plan_free(plan);
    memcpy(text + length + ASSAY_NAME_BYTES_MAX, "x\"}]}", 5);
    ck_assert_int_eq(assay_plan_parse(text, length + ASSAY_NAME_BYTES_MAX + 5, "p", &plan, &err),
                     ASSAY_ERROR_PLAN);
    ck_assert_ptr_nonnull(strstr(err.message, "longer than 1024 bytes"));
    memset(text, '[', 64);
    ck_assert_int_eq(assay_plan_parse(text, 64, "p", &plan, &err), ASSAY_ERROR_LIMIT);
    free(text);
}
END_TEST

START_TEST(plan_files)
{
    struct assay_plan *plan = NULL;
    struct assay_error err = {.code = ASSAY_OK};
    ck_assert_int_eq(assay_plan_read("data/no-such.json", &plan, &err), ASSAY_ERROR_NO_INPUT);
    ck_assert_str_eq(err.file, "data/no-such.json");
    ck_assert_int_eq(assay_plan_read("data", &plan, &err), ASSAY_ERROR_NO_INPUT);
    ck_assert_int_eq(assay_plan_read("data/hillstrom.csv", &plan, &err), ASSAY_ERROR_PLAN);
    ck_assert_uint_eq(err.line, 1);
    ck_assert_int_eq(assay_plan_read("data/no-such.json", &plan, NULL), ASSAY_ERROR_NO_INPUT);
    assay_plan_free(NULL);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_loop_test(cases, plan_bad_text_names_place_and_cause, 0,
                        (int)(sizeof BAD / sizeof *BAD));
    tcase_add_test(cases, plan_limits);
    tcase_add_test(cases, plan_files);
}

int main(void)
{
    return test_main("plan_refused", add);
}
