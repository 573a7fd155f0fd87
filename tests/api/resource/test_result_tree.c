/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The AnalysisResult as a tree of cJSON, and its shape beside the OpenAPI document. */
#include "test.h"

#include "api/resource/result_shape.h"
#include "assay/cjson.h"
#include "json_paths.h"
#include "sample_analysis.h"
#include "scarce_memory.h"

static struct sample sample;
static long living; /* allocations of cJSON that are not freed yet */
static long most;   /* the most there were at once */

static void *count_malloc(size_t size)
{
    void *memory = may_allocate() ? malloc(size) : NULL;
    living += memory != NULL;
    most = living > most ? living : most;
    return memory;
}

static void count_free(void *memory)
{
    living -= memory != NULL;
    free(memory);
}

static void count_allocations(void)
{
    cJSON_Hooks hooks = {count_malloc, count_free};
    cJSON_InitHooks(&hooks);
    living = 0;
}

START_TEST(tree_prints_what_the_writer_writes)
{
    const struct assay_write_options options = {.pretty = _i % 2 == 1};
    const struct assay_analysis *analysis = sample_analysis(&sample);
    sample.plan.map_form = _i < 2 ? ASSAY_MAPS_AS_LIST : ASSAY_MAPS_AS_OBJECT;
    struct assay_error err;
    char *written;
    cJSON *tree = assay_analysis_cjson(analysis, &err);
    ck_assert_ptr_nonnull(tree);
    char *printed = _i % 2 == 1 ? cJSON_Print(tree) : cJSON_PrintUnformatted(tree);
    assert_ok(assay_analysis_write(analysis, ASSAY_FORMAT_RESULT, &options, &written, NULL, &err),
              &err);
    ck_assert_uint_eq(strlen(written), strlen(printed) + 1);
    ck_assert_int_eq(strncmp(written, printed, strlen(printed)), 0);
    ck_assert_str_eq(written + strlen(printed), "\n");
    cJSON_free(printed);
    cJSON_Delete(tree);
    free(written);
}
END_TEST

START_TEST(tree_numbers_are_raw_text_and_hold_the_double)
{
    struct assay_analysis *analysis = sample_analysis(&sample);
    analysis->results[0].looks[0].comparison.baseline.estimate = 0.1 + 0.2;
    cJSON *tree = assay_analysis_cjson(analysis, NULL);
    const cJSON *number = json_at(tree, "results.0.result.0.result.0.baselineEstimateAbs.value");
    ck_assert(cJSON_IsRaw(number));
    ck_assert_str_eq(number->valuestring, "0.30000000000000004");
    ck_assert(number->valuedouble == 0.1 + 0.2);
    const cJSON *count = json_at(tree, "results.0.result.0.sampleSize.current");
    ck_assert_str_eq(count->valuestring, "42613");
    cJSON_Delete(tree);
}
END_TEST

START_TEST(tree_outlives_its_analysis_and_takes_more)
{
    cJSON *tree = assay_analysis_cjson(sample_analysis(&sample), NULL);
    memset(&sample, 0, sizeof sample);
    ck_assert_ptr_nonnull(cJSON_AddStringToObject(tree, "note", "ours"));
    ck_assert_str_eq(text_at(tree, "results.0.id"), "visit");
    ck_assert_str_eq(text_at(tree, "note"), "ours");
    cJSON_Delete(tree);
}
END_TEST

START_TEST(tree_text_is_utf8_whatever_the_names_hold)
{
    cJSON *tree = assay_analysis_cjson(sample_analysis(&sample), NULL);
    const char *name = text_at(tree, "results.0.result.5.groups.compared");
    ck_assert_str_eq(name, "<script>alert(\"x\")</script>\n\x1b[31m\xEF\xBF\xBD");
    cJSON_Delete(tree);
}
END_TEST

START_TEST(tree_has_objects_for_maps_where_the_plan_says_so)
{
    struct assay_analysis *analysis = sample_analysis(&sample);
    sample.plan.map_form = ASSAY_MAPS_AS_OBJECT;
    sample.plan.labels[0].key = "te\xFF"
                                "am";
    cJSON *tree = assay_analysis_cjson(analysis, NULL);
    ck_assert_str_eq(text_at(tree, "labels.te\xEF\xBF\xBD"
                                   "am"),
                     "growth \"a\"");
    const cJSON *total = json_at(tree, "results.0.result.0.dimensions");
    ck_assert(cJSON_IsObject(total) && total->child == NULL);
    const cJSON *slice = json_at(tree, "results.0.result.2.dimensions");
    ck_assert(cJSON_IsObject(slice) && cJSON_GetArraySize(slice) == 1);
    ck_assert_str_eq(slice->child->string, analysis->slices[1].key);
    ck_assert_str_eq(slice->child->valuestring, "Multi, \"channel\"\n");
    const cJSON *sizes = json_at(tree, "results.0.srmResult.1.dimensions");
    ck_assert(cJSON_IsObject(sizes) && cJSON_GetArraySize(sizes) == 1);
    cJSON_Delete(tree);
}
END_TEST

START_TEST(tree_without_memory_is_null_and_leaves_nothing)
{
    const struct assay_analysis *analysis = sample_analysis(&sample);
    sample.plan.map_form = (enum assay_map_form)_i;
    count_allocations();
    cJSON *tree = NULL;
    long allowed = 0;
    for (; tree == NULL; allowed += allowed < 200 ? 1 : 97) {
        struct assay_error err = {0};
        allocations_left = allowed;
        tree = assay_analysis_cjson(analysis, &err);
        allocations_left = -1;
        if (tree == NULL) {
            ck_assert_int_eq(err.code, ASSAY_ERROR_MEMORY);
            ck_assert_int_eq(living, 0);
        }
    }
    ck_assert_int_gt(allowed, 1000);
    cJSON_Delete(tree);
    ck_assert_int_eq(living, 0);
    cJSON_InitHooks(NULL);
}
END_TEST

START_TEST(writer_holds_one_element_at_a_time)
{
    const struct assay_write_options options = {.pretty = true};
    const struct assay_analysis *analysis = sample_analysis(&sample);
    count_allocations();
    cJSON *tree = assay_analysis_cjson(analysis, NULL);
    const long whole = living;
    cJSON_Delete(tree);
    char *text;
    long allowed = 0;
    most = 0;
    /* Each allocation of cJSON fails once: the writer says so, and frees what it had. */
    for (only_one_fails = true;; allowed += 7) {
        struct assay_error err = {0};
        allocations_left = allowed;
        enum assay_status status =
            assay_analysis_write(analysis, ASSAY_FORMAT_RESULT, &options, &text, NULL, &err);
        bool was_left = allocations_left >= 0;
        allocations_left = -1;
        ck_assert_int_eq(living, 0);
        if (status == ASSAY_OK && was_left)
            break;
        ck_assert_int_eq(status, ASSAY_ERROR_MEMORY);
    }
    only_one_fails = false;
    ck_assert_int_gt(allowed, 1000);
    ck_assert_int_lt(4 * most, whole);
    free(text);
    cJSON_InitHooks(NULL);
}
END_TEST

START_TEST(compact_form_needs_no_tree)
{
    const struct assay_analysis *analysis = sample_analysis(&sample);
    struct assay_error err;
    char *text;
    count_allocations();
    most = 0;
    assert_ok(assay_analysis_write(analysis, ASSAY_FORMAT_RESULT, NULL, &text, NULL, &err), &err);
    ck_assert_int_eq(most, 0);
    free(text);
    cJSON_InitHooks(NULL);
}
END_TEST

/* An object that repeats the last element of a list stands behind that, with its shape. */
static void check_rows(const struct assay__shape *shape, int depth, int *repeats)
{
    const struct assay__result_field *list = NULL;
    ck_assert_int_lt(depth, 8);
    for (size_t i = 0; i < shape->count; i++) {
        const struct assay__result_field *field = &shape->fields[i];
        ck_assert_uint_eq(field->name_length, strlen(field->name));
        if (field->kind == ASSAY__KIND_LIST)
            list = field;
        if (field->repeats_last) {
            ck_assert_int_eq(field->kind, ASSAY__KIND_OBJECT);
            ck_assert(list != NULL && list->shape == field->shape);
            ++*repeats;
        }
        if (field->shape != NULL)
            check_rows(field->shape, depth + 1, repeats);
    }
}

START_TEST(rows_repeat_the_list_before_them)
{
    int repeats = 0;
    check_rows(&assay__result_shape, 0, &repeats);
    ck_assert_int_eq(repeats, 1);
}
END_TEST

static const cJSON *schemas;

/* The schema that one refers to, or itself. */
static const cJSON *resolve(const cJSON *schema)
{
    const cJSON *reference = cJSON_GetObjectItemCaseSensitive(schema, "$ref");
    if (reference == NULL)
        return schema;
    const char *name = strrchr(reference->valuestring, '/') + 1;
    const cJSON *found = cJSON_GetObjectItemCaseSensitive(schemas, name);
    ck_assert_msg(found != NULL, "no schema %s", name);
    return found;
}

static void check_shape(const struct assay__shape *shape, const cJSON *schema);

/* A list or an object, whose members are open. */
static void check_map(const struct assay__result_field *field, const cJSON *schema)
{
    const cJSON *forms = cJSON_GetObjectItemCaseSensitive(schema, "oneOf");
    ck_assert_msg(cJSON_GetArraySize(forms) == 2, "%s", field->name);
    const cJSON *list = cJSON_GetArrayItem(forms, 0);
    ck_assert_str_eq(text_at(list, "type"), "array");
    check_shape(field->shape, resolve(json_at(list, "items")));
    check_shape(field->shape, resolve(cJSON_GetArrayItem(forms, 1)));
}

static void check_field(const struct assay__result_field *field, const cJSON *schema)
{
    static const char *const TYPES[] = {[ASSAY__KIND_TEXT] = "string",
                                        [ASSAY__KIND_NUMBER] = "number",
                                        [ASSAY__KIND_BOOLEAN] = "boolean",
                                        [ASSAY__KIND_OBJECT] = "object",
                                        [ASSAY__KIND_LIST] = "array"};
    const cJSON *type = cJSON_GetObjectItemCaseSensitive(schema, "type");
    bool is_of_server = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(schema, "readOnly"));
    ck_assert_msg(is_of_server == (field->kind == ASSAY__KIND_OF_SERVER), "%s", field->name);
    if (is_of_server)
        return;
    if (field->kind == ASSAY__KIND_ANY) {
        ck_assert_msg(type == NULL, "%s", field->name);
        return;
    }
    if (field->kind == ASSAY__KIND_MAP) {
        check_map(field, schema);
        return;
    }
    ck_assert_msg(type != NULL && strcmp(type->valuestring, TYPES[field->kind]) == 0,
                  "%s is %s in the shape", field->name, TYPES[field->kind]);
    if (field->kind == ASSAY__KIND_OBJECT)
        check_shape(field->shape, schema);
    if (field->kind == ASSAY__KIND_LIST)
        check_shape(field->shape, resolve(cJSON_GetObjectItemCaseSensitive(schema, "items")));
}

/* The same fields in the same order. */
static void check_shape(const struct assay__shape *shape, const cJSON *schema)
{
    const cJSON *property = cJSON_GetObjectItemCaseSensitive(schema, "properties")->child;
    ck_assert_int_eq(cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(schema, "additionalProperties")),
                     shape->is_open);
    if (shape->is_open)
        return;
    for (size_t i = 0; i < shape->count; i++, property = property->next) {
        ck_assert_msg(property != NULL, "%s is not in the document", shape->fields[i].name);
        ck_assert_str_eq(property->string, shape->fields[i].name);
        check_field(&shape->fields[i], resolve(property));
    }
    ck_assert_msg(property == NULL, "%s is not in the shape", property->string);
}

START_TEST(shape_is_that_of_the_openapi_document)
{
    char *text = test_read_file("data/contract/analysis-results.openapi.json", NULL);
    cJSON *document = cJSON_Parse(text);
    schemas = json_at(document, "components.schemas");
    check_shape(&assay__result_shape, json_at(schemas, "AnalysisResult"));
    cJSON_Delete(document);
    free(text);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_loop_test(cases, tree_prints_what_the_writer_writes, 0, 4);
    tcase_add_test(cases, tree_numbers_are_raw_text_and_hold_the_double);
    tcase_add_test(cases, tree_outlives_its_analysis_and_takes_more);
    tcase_add_test(cases, tree_text_is_utf8_whatever_the_names_hold);
    tcase_add_test(cases, tree_has_objects_for_maps_where_the_plan_says_so);
    tcase_add_loop_test(cases, tree_without_memory_is_null_and_leaves_nothing, 0, 2);
    tcase_add_test(cases, writer_holds_one_element_at_a_time);
    tcase_add_test(cases, compact_form_needs_no_tree);
    tcase_add_test(cases, rows_repeat_the_list_before_them);
    tcase_add_test(cases, shape_is_that_of_the_openapi_document);
}

int main(void)
{
    return test_main("result_tree", add);
}
