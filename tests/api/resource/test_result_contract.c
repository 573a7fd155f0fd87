/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each field of the contract is filled or has a reason; nothing else is sent, and in its order. */
#include "json_paths.h"
#include "result_json.h"

static struct sample sample;

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
    cJSON *document = result_document(&sample);
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
    cJSON *document = result_document(&sample);
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
    cJSON *document = result_document(&sample);
    assert_order(document, json_at(contract, "analysisResult"), "analysisResult");
    cJSON_Delete(document);
    cJSON_Delete(contract);
    free(text);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, each_field_of_the_contract_is_filled_or_has_a_reason);
    tcase_add_test(cases, nothing_is_sent_that_the_contract_does_not_know);
    tcase_add_test(cases, keys_stand_in_the_contracts_order);
}

int main(void)
{
    return test_main("result_contract", add);
}
