/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "test.h"

#include <cjson/cJSON.h>

#include "json/json_read.h"

static const struct assay__json_options OPTIONS = {.name = "x.json",
                                                   .code = ASSAY_ERROR_PLAN,
                                                   .bytes_max = 1 << 20,
                                                   .values_max = 1000,
                                                   .depth_max = 8,
                                                   .comments = true};

/* Reads and fails the test unless it works; the tree lives in the arena. */
static struct assay__node *read_ok(struct assay__arena *arena, const char *text)
{
    struct assay__node *root = NULL;
    struct assay_error err = {.code = ASSAY_OK};
    assert_ok(assay__json_read(arena, text, strlen(text), &OPTIONS, &root, &err), &err);
    return root;
}

struct bad {
    const char *text;
    uint64_t line, column;
    const char *message; /* a part of it */
};

static const struct bad BAD[] = {
    {"", 1, 1, "ends where a value"},
    {"   ", 1, 4, "ends where a value"},
    {"{}x", 1, 3, "more text after the end"},
    {"1 2", 1, 3, "more text after the end"},
    {"{\"a\":1,\"a\":2}", 1, 8, "\"a\" is given twice; first in line 1"},
    {"{\"a\":1,\n \"\\u0061\":2}", 2, 2, "\"a\" is given twice"},
    {"{\"a\":1,}", 1, 7, "',' before '}'"},
    {"[1,\n2,\n]", 2, 2, "',' before ']'"},
    {"[1 2]", 1, 4, "Expected ',' or ']', not '2'"},
    {"{\"a\" 1}", 1, 6, "':' after the name"},
    {"{a:1}", 1, 2, "a name in double quotes, not 'a'"},
    {"{'a':1}", 1, 2, "texts stand in double quotes"},
    {"[", 1, 2, "ends where a value"},
    {"{", 1, 2, "ends where a name"},
    {"[1", 1, 3, "ends where ',' or ']'"},
    {"{\"a\":", 1, 6, "ends where a value"},
    {"\"abc", 1, 1, "no closing quote"},
    {"[\"ab\ncd\"]", 1, 2, "no closing quote"},
    {"\"a\\\"", 1, 1, "no closing quote"},
    {"\"\\", 1, 1, "no closing quote"},
    {"\"a\tb\"", 1, 3, "control character 0x09"},
    {"\"\\x41\"", 1, 2, "Unknown escape"},
    {"\"a\\u12\"", 1, 3, "four hexadecimal digits"},
    {"\"\\u0000\"", 1, 2, "NUL"},
    {"\"\\uD800\"", 1, 2, "\\uD800 is half of a surrogate pair"},
    {"\"\\uDC00\\uD800\"", 1, 2, "half of a surrogate pair"},
    {"\"\\uD800\\u0041\"", 1, 2, "half of a surrogate pair"},
    {"\"\xC3\xA4\xC3\xA4\\q\"", 1, 4, "Unknown escape"},
    {"\"\xFF\"", 1, 2, "not UTF-8"},
    {"[1,\n \"\xC0\xAF\"]", 2, 3, "not UTF-8"},
    {"\"\xED\xA0\x80\"", 1, 2, "not UTF-8"},
    {"\"\xE2\x82", 1, 2, "not UTF-8"},
    {"01", 1, 1, "'01' is not a JSON value"},
    {"+1", 1, 1, "'+1' is not a JSON value"},
    {".5", 1, 1, "'.5' is not a JSON value"},
    {"5.", 1, 1, "'5.' is not a JSON value"},
    {"1e", 1, 1, "'1e' is not a JSON value"},
    {"-", 1, 1, "'-' is not a JSON value"},
    {"0x10", 1, 1, "'0x10' is not a JSON value"},
    {"NaN", 1, 1, "'NaN' is not a JSON value"},
    {"Infinity", 1, 1, "'Infinity' is not a JSON value"},
    {"True", 1, 1, "'True' is not a JSON value"},
    {"nul", 1, 1, "'nul' is not a JSON value"},
    {"1e999", 1, 1, "1e999 is out of range"},
    {"-1e400", 1, 1, "-1e400 is out of range"},
    {"[1, /* 2]", 1, 5, "no end"},
    {"[1, /", 1, 5, "Unexpected '/'"},
    {"[1] #", 1, 5, "more text after the end"},
    {"\x01", 1, 1, "control character 0x01"},
    {"[,1]", 1, 2, "Expected a value, not ','"},
    {"\xEF\xBB\xBFx", 1, 1, "'x' is not a JSON value"},
};

START_TEST(json_read_bad_text_names_line_and_column)
{
    const struct bad *bad = &BAD[_i];
    struct assay__arena arena = {0};
    struct assay__node *root = NULL;
    struct assay_error err = {.code = ASSAY_OK};
    enum assay_status status =
        assay__json_read(&arena, bad->text, strlen(bad->text), &OPTIONS, &root, &err);
    ck_assert_msg(status == ASSAY_ERROR_PLAN, "%s: status %d", bad->text, (int)status);
    ck_assert_msg(strstr(err.message, bad->message) != NULL, "%s: %s", bad->text, err.message);
    ck_assert_msg(err.line == bad->line && err.column == bad->column, "%s: at %d:%d", bad->text,
                  (int)err.line, (int)err.column);
    ck_assert_str_eq(err.file, "x.json");
    ck_assert_ptr_null(root);
    assay__arena_release(&arena);
}
END_TEST

START_TEST(json_read_nul_byte_is_refused)
{
    struct assay__arena arena = {0};
    struct assay__node *root = NULL;
    struct assay_error err = {.code = ASSAY_OK};
    ck_assert_int_eq(assay__json_read(&arena, "\"a\0b\"", 5, &OPTIONS, &root, &err),
                     ASSAY_ERROR_PLAN);
    ck_assert_ptr_nonnull(strstr(err.message, "control character 0x00"));
    ck_assert_int_eq(assay__json_read(&arena, "1\0", 2, &OPTIONS, &root, &err), ASSAY_ERROR_PLAN);
    ck_assert_int_eq(assay__json_read(&arena, "\"\\\0\"", 4, &OPTIONS, &root, &err),
                     ASSAY_ERROR_PLAN);
    assay__arena_release(&arena);
}
END_TEST

START_TEST(json_read_values_and_places)
{
    struct assay__arena arena = {0};
    const struct assay__node *root = read_ok(
        &arena, "\xEF\xBB\xBF// a comment\n{\"\xC3\xA4\": [1.50, -0, 1e3],\r\n \"b\": /* two\n"
                "lines */ {\"t\": true, \"f\": false, \"n\": null}, \"e\": {}, \"l\": []} // end");
    ck_assert_int_eq(root->type, ASSAY__NODE_OBJECT);
    ck_assert_uint_eq(root->count, 4);
    ck_assert_uint_eq(root->line, 2);
    const struct assay__node *list = assay__node_get(root, "\xC3\xA4");
    ck_assert_ptr_null(assay__node_get(list, "a")); /* whose parts have no names */
    ck_assert_uint_eq(list->count, 3);
    ck_assert_uint_eq(list->line, 2);
    ck_assert_uint_eq(list->column, 7);
    ck_assert_uint_eq(list->key_column, 2);
    ck_assert(assay__node_number(list->first) == 1.5);
    ck_assert_str_eq(list->first->text, "1.50");
    double zero = assay__node_number(list->first->next);
    ck_assert(zero == 0.0 && signbit(zero));
    ck_assert(assay__node_number(list->last) == 1000.0);
    const struct assay__node *object = assay__node_get(root, "b");
    ck_assert_uint_eq(object->line, 4);
    ck_assert_uint_eq(object->column, 10);
    ck_assert(assay__node_get(object, "t")->boolean);
    ck_assert(!assay__node_get(object, "f")->boolean);
    ck_assert_int_eq(assay__node_get(object, "f")->type, ASSAY__NODE_BOOLEAN);
    ck_assert_int_eq(assay__node_get(object, "n")->type, ASSAY__NODE_NULL);
    ck_assert_ptr_null(assay__node_get(object, "T"));
    ck_assert_uint_eq(assay__node_get(root, "e")->count, 0);
    ck_assert_uint_eq(assay__node_get(root, "l")->count, 0);
    assay__arena_release(&arena);
}
END_TEST

/* What is out of range is refused by its value, however it is written. */
START_TEST(json_read_knows_the_largest_numbers)
{
    enum { LENGTH_MAX = 420 };
    static const char *const EXPONENTS[] = {"",     "e9",   "E+9",   "e99",   "E-99",  "e+99",
                                            "e100", "e300", "e+308", "e-300", "E-999", "e309"};
    for (size_t e = 0; e < sizeof EXPONENTS / sizeof *EXPONENTS; e++)
        for (int point = -1; point < 3; point++)
            for (int digits = 3; digits < LENGTH_MAX - 20; digits++) {
                char text[LENGTH_MAX];
                memset(text, '9', sizeof text);
                if (point > 0)
                    text[point] = '.';
                if (point == 0)
                    text[digits / 2] = '.';
                strcpy(text + digits, EXPONENTS[e]);
                if (text[digits - 1] == '.')
                    continue;
                struct assay__arena arena = {0};
                struct assay__node *root = NULL;
                struct assay_error err = {.code = ASSAY_OK};
                double value = strtod(text, NULL);
                enum assay_status status =
                    assay__json_read(&arena, text, strlen(text), &OPTIONS, &root, &err);
                ck_assert_msg(status == (isinf(value) ? ASSAY_ERROR_PLAN : ASSAY_OK), "%s", text);
                if (status == ASSAY_OK)
                    ck_assert_msg(assay__node_number(root) == value, "%s", text);
                assay__arena_release(&arena);
            }
}
END_TEST

START_TEST(json_read_escapes)
{
    struct assay__arena arena = {0};
    const struct assay__node *text = read_ok(&arena, "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00e4"
                                                     "\\u20AC\\uD83D\\uDE00 \xE2\x82\xAC\"");
    ck_assert_str_eq(text->text,
                     "\"\\/\b\f\n\r\tA\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80 \xE2\x82\xAC");
    ck_assert_uint_eq(text->length, strlen(text->text));
    assay__arena_release(&arena);
}
END_TEST

START_TEST(json_read_comments_can_be_off)
{
    struct assay__json_options options = OPTIONS;
    struct assay__arena arena = {0};
    struct assay__node *root = NULL;
    struct assay_error err = {.code = ASSAY_OK};
    options.comments = false;
    ck_assert_int_eq(assay__json_read(&arena, "// x\n1", 6, &options, &root, &err),
                     ASSAY_ERROR_PLAN);
    ck_assert_uint_eq(err.column, 1);
    assay__arena_release(&arena);
}
END_TEST

static void fails_with_limit(const char *text, size_t length,
                             const struct assay__json_options *options, const char *message)
{
    struct assay__arena arena = {0};
    struct assay__node *root = NULL;
    struct assay_error err = {.code = ASSAY_OK};
    ck_assert_int_eq(assay__json_read(&arena, text, length, options, &root, &err),
                     ASSAY_ERROR_LIMIT);
    ck_assert_msg(strstr(err.message, message) != NULL, "%s", err.message);
    assay__arena_release(&arena);
}

START_TEST(json_read_limits)
{
    struct assay__arena arena = {0};
    (void)read_ok(&arena, "[[[[[[[[1]]]]]]]]");
    fails_with_limit("[[[[[[[[[1]]]]]]]]]", 19, &OPTIONS, "more than 8 objects and lists");
    struct assay__json_options options = OPTIONS;
    options.bytes_max = 4;
    fails_with_limit("[1,2]", 5, &options, "longer than 4 bytes");
    options = OPTIONS;
    options.values_max = 3;
    (void)read_ok(&arena, "[1,2]");
    fails_with_limit("[1,2,3]", 7, &options, "more than 3 values");
    assay__arena_release(&arena);
    char text[8192] = "{";
    size_t length = 1;
    for (int i = 0; i <= ASSAY__JSON_MEMBERS_MAX; i++)
        length += (size_t)snprintf(text + length, sizeof text - length, "%s\"k%d\":0",
                                   i > 0 ? "," : "", i);
    text[length++] = '}';
    fails_with_limit(text, length, &OPTIONS, "more than 256 members");
}
END_TEST

/* A megabyte in one line: places must not be counted from its start each time. */
START_TEST(json_read_long_line_is_linear)
{
    enum { VALUES = 250000 };
    size_t length = 2 * VALUES + 1;
    char *text = malloc(length);
    ck_assert_ptr_nonnull(text);
    text[0] = '[';
    for (size_t i = 0; i < VALUES; i++) {
        text[2 * i + 1] = '7';
        text[2 * i + 2] = i + 1 < VALUES ? ',' : ']';
    }
    struct assay__json_options options = OPTIONS;
    options.values_max = VALUES + 1;
    struct assay__arena arena = {0};
    struct assay__node *root = NULL;
    struct assay_error err = {.code = ASSAY_OK};
    assert_ok(assay__json_read(&arena, text, length, &options, &root, &err), &err);
    ck_assert_uint_eq(root->count, VALUES);
    ck_assert_uint_eq(root->last->column, 2 * VALUES);
    assay__arena_release(&arena);
    free(text);
}
END_TEST

START_TEST(json_tree_path)
{
    struct assay__arena arena = {0};
    char path[64], small[8];
    const struct assay__node *root = read_ok(&arena, "{\"a\":{\"b\":[0,[1,{\"c\":2}]]}}");
    const struct assay__node *b = assay__node_get(assay__node_get(root, "a"), "b");
    const struct assay__node *c = assay__node_get(b->last->last, "c");
    assay__node_path(root, path, sizeof path);
    ck_assert_str_eq(path, "");
    assay__node_path(c, path, sizeof path);
    ck_assert_str_eq(path, "a.b[1][1].c");
    assay__node_path(c, small, sizeof small);
    ck_assert_str_eq(small, "[1].c");
    assay__arena_release(&arena);
}
END_TEST

START_TEST(json_tree_set_and_remove)
{
    struct assay__arena arena = {0};
    struct assay__node *root = read_ok(&arena, "{\"a\":1,\"b\":2,\"c\":3}");
    assay__node_remove(root, "x");
    ck_assert_uint_eq(root->count, 3);
    assay__node_remove(root, "c");
    ck_assert_str_eq(root->last->key, "b");
    assay__node_set(root, "a", assay__node_make(&arena, ASSAY__NODE_NULL, "--a"));
    ck_assert_uint_eq(root->count, 2);
    ck_assert_str_eq(root->first->key, "b");
    ck_assert_str_eq(root->last->origin, "--a");
    assay__node_remove(root, "b");
    assay__node_remove(root, "a");
    ck_assert_ptr_null(root->first);
    ck_assert_ptr_null(root->last);
    assay__arena_release(&arena);
}
END_TEST

static void same_tree(const struct assay__node *ours, const cJSON *theirs)
{
    static const int TYPES[] = {cJSON_NULL,   0,           cJSON_Number,
                                cJSON_String, cJSON_Array, cJSON_Object};
    if (ours->type == ASSAY__NODE_BOOLEAN) {
        ck_assert(ours->boolean ? cJSON_IsTrue(theirs) : cJSON_IsFalse(theirs));
        return;
    }
    ck_assert_int_eq(theirs->type & 0xFF, TYPES[ours->type]);
    if (ours->type == ASSAY__NODE_NUMBER)
        ck_assert(assay__node_number(ours) == theirs->valuedouble);
    if (ours->type == ASSAY__NODE_STRING)
        ck_assert_str_eq(ours->text, theirs->valuestring);
    const cJSON *other = theirs->child;
    for (const struct assay__node *child = ours->first; child != NULL; child = child->next) {
        ck_assert_ptr_nonnull(other);
        if (child->key != NULL)
            ck_assert_str_eq(child->key, other->string);
        same_tree(child, other);
        other = other->next;
    }
    ck_assert_ptr_null(other);
}

/* cJSON, which shares nothing with the reader, sees the same tree. */
START_TEST(json_read_agrees_with_cjson)
{
    static const char *const TEXTS[] = {
        "[0, -0.0, 1, 123456789012, 0.1, 1e-5, 2.5E+10, 1e308, 5e-324]",
        "{\"a\": {\"b\": [true, false, null]}, \"\": \"\", \"\\u00e9\": \"\\ud834\\udd1e \\/ x\"}",
        "[[], {}, [[]], [{}], \"\\\"\"]"};
    size_t schema_length;
    char *schema = test_read_file("data/plan.schema.json", &schema_length);
    struct assay__json_options options = OPTIONS;
    options.values_max = 100000;
    options.depth_max = 32;
    for (size_t i = 0; i < 4; i++) {
        const char *text = i < 3 ? TEXTS[i] : schema;
        struct assay__arena arena = {0};
        struct assay__node *root = NULL;
        struct assay_error err = {.code = ASSAY_OK};
        assert_ok(assay__json_read(&arena, text, strlen(text), &options, &root, &err), &err);
        cJSON *theirs = cJSON_Parse(text);
        ck_assert_ptr_nonnull(theirs);
        same_tree(root, theirs);
        cJSON_Delete(theirs);
        assay__arena_release(&arena);
    }
    free(schema);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_loop_test(cases, json_read_bad_text_names_line_and_column, 0,
                        (int)(sizeof BAD / sizeof *BAD));
    tcase_add_test(cases, json_read_nul_byte_is_refused);
    tcase_add_test(cases, json_read_values_and_places);
    tcase_add_test(cases, json_read_knows_the_largest_numbers);
    tcase_add_test(cases, json_read_escapes);
    tcase_add_test(cases, json_read_comments_can_be_off);
    tcase_add_test(cases, json_read_limits);
    tcase_add_test(cases, json_read_long_line_is_linear);
    tcase_add_test(cases, json_tree_path);
    tcase_add_test(cases, json_tree_set_and_remove);
    tcase_add_test(cases, json_read_agrees_with_cjson);
}

int main(void)
{
    return test_main("json_read", add);
}
