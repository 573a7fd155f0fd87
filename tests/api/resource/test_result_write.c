/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "test.h"

#include "json_paths.h"
#include "sample_analysis.h"
#include "strict_json.h"

static struct sample sample;

/* Writes an analysis and judges what every JSON document must be. */
static char *write_json(const struct assay_analysis *analysis, enum assay_format format,
                        bool pretty, bool allow_null)
{
    struct assay_write_options options = {.pretty = pretty};
    struct assay_error err;
    char *text;
    size_t length;
    assert_ok(assay_analysis_write(analysis, format, &options, &text, &length, &err), &err);
    ck_assert_uint_eq(strlen(text), length);
    ck_assert_int_eq(text[length - 1], '\n');
    const char *error = strict_json_error(text, length, allow_null);
    ck_assert_msg(error == NULL, "%s", error);
    return text;
}

static cJSON *sample_result_document(void)
{
    char *text = write_json(sample_analysis(&sample), ASSAY_FORMAT_RESULT, false, false);
    cJSON *document = cJSON_Parse(text);
    free(text);
    ck_assert_ptr_nonnull(document);
    return document;
}

/* What becomes of each field of the contract. */
enum fate { FILLED, SERVER, ABSENT };

struct field {
    const char *path;
    enum fate fate;
    const char *reason; /* of a field that is not sent */
};

#define SCALE(name)                                                                                \
    {name ".estimate.value", FILLED, NULL}, {name ".lower.value", FILLED, NULL},                   \
        {name ".upper.value", FILLED, NULL}, {name ".powered.value", FILLED, NULL},                \
    {                                                                                              \
        name ".isSignificant.value", FILLED, NULL                                                  \
    }

/* Fields of a look; they appear under each of LOOK_PREFIXES. */
static const struct field LOOK_FIELDS[] = {
    {"resultTime", FILLED, NULL},
    {"baselineEstimateAbs.value", FILLED, NULL},
    {"comparedEstimateAbs.value", FILLED, NULL},
    {"baselineEstimateRel.value", FILLED, NULL},
    {"comparedEstimateRel.value", FILLED, NULL},
    SCALE("differenceEstimateAbs"),
    SCALE("differenceEstimateRel"),
    {"varianceReductionRate.value", FILLED, NULL},
    {"unadjustedEstimateBaseline.value", FILLED, NULL},
    {"unadjustedEstimateCompared.value", FILLED, NULL},
    {"baselineSampleSize.value", FILLED, NULL},
    {"comparedSampleSize.value", FILLED, NULL},
};

#define DETERIORATION "results[].result[].lastDeteriorationResult"
static const char *const LOOK_PREFIXES[] = {"results[].result[].result[]",
                                            "results[].result[].lastResult", DETERIORATION};

#define NO_PLANNED_HARM "the deterioration test looks for harm of any size: no effect is planned"

/* Exceptions to LOOK_FIELDS. */
static const struct field EXCEPTIONS[] = {
    {DETERIORATION ".differenceEstimateAbs.powered.value", ABSENT, NO_PLANNED_HARM},
    {DETERIORATION ".differenceEstimateRel.powered.value", ABSENT, NO_PLANNED_HARM},
};

static const struct field FIELDS[] = {
    {"createTime", SERVER, "the server's clock"},
    {"updateTime", SERVER, "the server's clock"},
    {"creator", SERVER, "the server knows who posts"},
    {"updater", SERVER, "the server knows who posts"},
    {"name", SERVER, "the server names the resource"},
    {"exposureFilter", FILLED, NULL},
    {"annotations[].context[].value", FILLED, NULL},
    {"annotations[].info", FILLED, NULL},
    {"annotations[].warning", FILLED, NULL},
    {"annotations[].error.details", FILLED, NULL},
    {"results[].id", FILLED, NULL},
    {"results[].statsSettings.adjustedAlpha", FILLED, NULL},
    {"results[].statsSettings.adjustedBeta.value", FILLED, NULL},
    {"results[].statsSettings.hasVarianceReduction", FILLED, NULL},
    {"results[].result[].status.message", FILLED, NULL},
    {"results[].result[].status.decisionPowered.value", FILLED, NULL},
    {"results[].result[].status.decisionIsSignificant.value", FILLED, NULL},
    {"results[].result[].status.validationIsSignificant.value", FILLED, NULL},
    {"results[].result[].groups.baseline", FILLED, NULL},
    {"results[].result[].groups.compared", FILLED, NULL},
    {"results[].result[].sampleSize.current", FILLED, NULL},
    {"results[].result[].sampleSize.required", FILLED, NULL},
    {"results[].result[].sampleSize.poweredEffectRel.value", FILLED, NULL},
    {"results[].result[].sampleSize.poweredEffectAbs.value", FILLED, NULL},
    {"results[].result[].isSignificant.value", FILLED, NULL},
    {"results[].result[].comparisonId", FILLED, NULL},
    {"results[].result[].groupStats[].id", FILLED, NULL},
    {"results[].result[].groupStats[].sampleSize", FILLED, NULL},
    {"results[].result[].dimensions[]", FILLED, NULL},
    {"results[].result[].segmentId", FILLED, NULL},
    {"results[].annotations[].context[].value", FILLED, NULL},
    {"results[].annotations[].info", FILLED, NULL},
    {"results[].annotations[].warning", FILLED, NULL},
    {"results[].annotations[].error.details", FILLED, NULL},
    {"results[].metricDetails.plannedEffectSize.value", FILLED, NULL},
    {"results[].metricDetails.hasRun", FILLED, NULL},
    {"results[].srmResult[].status.message", FILLED, NULL},
    {"results[].srmResult[].status.decisionPowered.value", ABSENT, "a health check has no power"},
    {"results[].srmResult[].status.decisionIsSignificant.value", FILLED, NULL},
    {"results[].srmResult[].status.validationIsSignificant.value", ABSENT,
     "the deterioration test, which a health check has not"},
    {"results[].srmResult[].isSignificant", FILLED, NULL},
    {"results[].srmResult[].dimensions[]", FILLED, NULL},
    {"results[].srmResult[].segmentId", FILLED, NULL},
    {"results[].srmResult[].result[].group", FILLED, NULL},
    {"results[].srmResult[].result[].observed", FILLED, NULL},
    {"results[].srmResult[].result[].expected", FILLED, NULL},
    {"results[].srmResult[].result[].isSignificant", FILLED, NULL},
    {"treatments[].id", FILLED, NULL},
    {"treatments[].recommendation.status", FILLED, NULL},
    {"labels[]", FILLED, NULL},
};

static const struct field *find_field(const struct field *fields, size_t count, const char *path)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(fields[i].path, path) == 0)
            return &fields[i];
    return NULL;
}

#define COUNT(array) (sizeof array / sizeof *array)

static const struct field *fate_of(const char *path)
{
    const struct field *field = find_field(EXCEPTIONS, COUNT(EXCEPTIONS), path);
    if (field == NULL)
        field = find_field(FIELDS, COUNT(FIELDS), path);
    for (size_t i = 0; field == NULL && i < COUNT(LOOK_PREFIXES); i++) {
        size_t length = strlen(LOOK_PREFIXES[i]);
        if (strncmp(path, LOOK_PREFIXES[i], length) == 0 && path[length] == '.')
            field = find_field(LOOK_FIELDS, COUNT(LOOK_FIELDS), path + length + 1);
    }
    return field;
}

/* Leaves of a document with their kinds, each path once. */
struct leaves {
    char paths[200][PATH_BYTES];
    int kinds[200];
    size_t count;
};

static void collect_leaf(const char *path, const cJSON *leaf, void *context)
{
    struct leaves *leaves = context;
    int kind = cJSON_IsBool(leaf) ? cJSON_True : leaf->type & 0xFF;
    for (size_t i = 0; i < leaves->count; i++) {
        if (strcmp(leaves->paths[i], path) == 0) {
            ck_assert_msg(leaves->kinds[i] == kind, "%s has two kinds", path);
            return;
        }
    }
    ck_assert_uint_lt(leaves->count, COUNT(leaves->paths));
    snprintf(leaves->paths[leaves->count], PATH_BYTES, "%s", path);
    leaves->kinds[leaves->count++] = kind;
}

static struct leaves leaves_of(const cJSON *document)
{
    struct leaves leaves;
    leaves.count = 0;
    json_leaves(document, "", collect_leaf, &leaves);
    return leaves;
}

/* Objects the contract leaves open, {}, and what is put there. */
static const char *contract_path(const char *path)
{
    static const char *const OPEN[][2] = {
        {"results[].result[].dimensions[].key", "results[].result[].dimensions[]"},
        {"results[].result[].dimensions[].value", "results[].result[].dimensions[]"},
        {"results[].srmResult[].dimensions[].key", "results[].srmResult[].dimensions[]"},
        {"results[].srmResult[].dimensions[].value", "results[].srmResult[].dimensions[]"},
        {"labels[].key", "labels[]"},
        {"labels[].value", "labels[]"}};
    for (size_t i = 0; i < COUNT(OPEN); i++)
        if (strcmp(path, OPEN[i][0]) == 0)
            return OPEN[i][1];
    return path;
}

static size_t find_leaf(const struct leaves *leaves, const char *path)
{
    size_t i = 0;
    while (i < leaves->count && strcmp(contract_path(leaves->paths[i]), path) != 0)
        i++;
    return i;
}

static struct leaves contract_leaves(void)
{
    char *text = test_read_file("data/contract/create-analysis-result.json", NULL);
    cJSON *contract = cJSON_Parse(text);
    const cJSON *resource = json_at(contract, "analysisResult");
    ck_assert_ptr_nonnull(resource);
    struct leaves leaves = leaves_of(resource);
    cJSON_Delete(contract);
    free(text);
    return leaves;
}

START_TEST(each_field_of_the_contract_is_filled_or_has_a_reason)
{
    struct leaves contract = contract_leaves();
    cJSON *document = sample_result_document();
    struct leaves sent = leaves_of(document);
    ck_assert_uint_eq(contract.count, COUNT(FIELDS) + COUNT(LOOK_PREFIXES) * COUNT(LOOK_FIELDS));
    for (size_t i = 0; i < contract.count; i++) {
        const struct field *field = fate_of(contract.paths[i]);
        ck_assert_msg(field != NULL, "%s is in no table", contract.paths[i]);
        size_t at = find_leaf(&sent, contract.paths[i]);
        ck_assert_msg((at < sent.count) == (field->fate == FILLED), "%s is %ssent",
                      contract.paths[i], at < sent.count ? "" : "not ");
        ck_assert((field->fate == FILLED) == (field->reason == NULL));
        bool open = contract.kinds[i] == cJSON_Object;
        if (field->fate == FILLED && !open)
            ck_assert_msg(sent.kinds[at] == contract.kinds[i], "%s has another kind",
                          contract.paths[i]);
    }
    cJSON_Delete(document);
}
END_TEST

START_TEST(nothing_is_sent_that_the_contract_does_not_know)
{
    struct leaves contract = contract_leaves();
    cJSON *document = sample_result_document();
    struct leaves sent = leaves_of(document);
    ck_assert_uint_gt(sent.count, 70);
    for (size_t i = 0; i < sent.count; i++) {
        const char *path = contract_path(sent.paths[i]);
        ck_assert_msg(find_leaf(&contract, path) < contract.count, "%s", sent.paths[i]);
    }
    cJSON_Delete(document);
}
END_TEST

/* Checks that the keys of every object stand in the order of the contract's object. */
static void assert_order(const cJSON *sent, const cJSON *contract, const char *where)
{
    const cJSON *next = contract->child;
    if (cJSON_IsArray(sent)) {
        for (const cJSON *item = sent->child; item != NULL; item = item->next)
            assert_order(item, contract->child, where);
        return;
    }
    if (!cJSON_IsObject(sent) || contract->child == NULL)
        return;
    for (const cJSON *item = sent->child; item != NULL; item = item->next) {
        while (next != NULL && strcmp(next->string, item->string) != 0)
            next = next->next;
        ck_assert_msg(next != NULL, "%s.%s is out of order", where, item->string);
        assert_order(item, next, item->string);
    }
}

START_TEST(keys_stand_in_the_contracts_order)
{
    char *text = test_read_file("data/contract/create-analysis-result.json", NULL);
    cJSON *contract = cJSON_Parse(text);
    cJSON *document = sample_result_document();
    assert_order(document, json_at(contract, "analysisResult"), "analysisResult");
    cJSON_Delete(document);
    cJSON_Delete(contract);
    free(text);
}
END_TEST

START_TEST(result_says_what_the_analysis_says)
{
    cJSON *document = sample_result_document();
    const struct assay_comparison *last = &sample.looks[1].comparison;
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
    cJSON *document = sample_result_document();
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
    struct assay_comparison *comparison = &sample.looks[1].comparison;
    memset(&comparison->relative, 0, sizeof comparison->relative);
    comparison->relative.estimate = (double)NAN;
    comparison->baseline.estimate = 0;
    char *text = write_json(analysis, ASSAY_FORMAT_RESULT, false, false);
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
        struct assay_relative *relative = &sample.looks[1].comparison.relative;
        relative->fieller_lower = 0.125;
        relative->delta_lower = 1.125;
        relative->log_lower = 2.125;
        relative->scaled_lower = 3.125;
        sample.plan.relative = kinds[i];
        char *text = write_json(analysis, ASSAY_FORMAT_RESULT, false, false);
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
    cJSON *document = sample_result_document();
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
    char *text = write_json(analysis, ASSAY_FORMAT_RESULT, false, false);
    ck_assert_ptr_nonnull(strstr(text, "\"sampleSize\":18446744073709551615"));
    ck_assert_ptr_nonnull(strstr(text, "\"required\":1000000000000000,"));
    free(text);
}
END_TEST

START_TEST(pretty_is_the_same_document)
{
    struct assay_analysis *analysis = sample_analysis(&sample);
    char *compact = write_json(analysis, ASSAY_FORMAT_RESULT, false, false);
    char *pretty = write_json(analysis, ASSAY_FORMAT_RESULT, true, false);
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
    char *body, *result = write_json(analysis, ASSAY_FORMAT_RESULT, false, false);
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
    tcase_add_test(cases, each_field_of_the_contract_is_filled_or_has_a_reason);
    tcase_add_test(cases, nothing_is_sent_that_the_contract_does_not_know);
    tcase_add_test(cases, keys_stand_in_the_contracts_order);
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
