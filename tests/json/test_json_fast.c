/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The reader's fast ways against what they stand for: strings and columns at every length and
 * place, names that are given twice, and values that are copied as they were sent.
 */
#include "test.h"

#include "json/json_read.h"
#include "json/json_write.h"
#include "base/utf8.h"

static const struct assay__json_options OPTIONS = {.code = ASSAY_ERROR_DATA,
                                                   .bytes_max = 1 << 20,
                                                   .values_max = 10000,
                                                   .depth_max = 8,
                                                   .comments = true};

static enum assay_status read_text(struct assay__arena *arena, const char *text, size_t length,
                                   struct assay__node **root, struct assay_error *err)
{
    char *exact = malloc(length + (length == 0)); /* a sanitizer sees a byte too many */
    ck_assert_ptr_nonnull(exact);
    memcpy(exact, text, length);
    *root = NULL;
    *err = (struct assay_error){.code = ASSAY_OK};
    enum assay_status status = assay__json_read(arena, exact, length, &OPTIONS, root, err);
    free(exact);
    return status;
}

/* What one special at one place of a string of x does to it. */
static const struct special {
    const char *text, *meaning; /* meaning NULL: refused */
} SPECIALS[] = {{"\\n", "\n"},
                {"\\\"", "\""},
                {"\\\\", "\\"},
                {"\\/", "/"},
                {"\\u0041", "A"},
                {"\xC3\xA4", "\xC3\xA4"},
                {"\xF0\x9F\x98\x80", "\xF0\x9F\x98\x80"},
                {"\x7F", "\x7F"},
                {"\x01", NULL},
                {"\x1F", NULL},
                {"\n", NULL},
                {"\\x", NULL},
                {"\\u12", NULL},
                {"\xFF", NULL},
                {"\xC3", NULL},
                {"\t", NULL}};

START_TEST(json_strings_with_a_special_at_each_place)
{
    const struct special *special = &SPECIALS[_i];
    for (size_t length = 1; length < 70; length++)
        for (size_t place = 0; place < length; place++)
            for (int padding = 0; padding < 4; padding++) {
                char text[128], expected[128];
                struct assay__arena arena = {0};
                struct assay__node *root;
                struct assay_error err;
                char before[72], after[72];
                memset(before, 'x', place);
                before[place] = '\0';
                memset(after, 'y', length - place - 1);
                after[length - place - 1] = '\0';
                int bytes = snprintf(text, sizeof text, "%.*s\"%s%s%s\"", padding, "   ", before,
                                     special->text, after);
                enum assay_status status = read_text(&arena, text, (size_t)bytes, &root, &err);
                if (special->meaning == NULL) {
                    ck_assert_msg(status == ASSAY_ERROR_DATA, "%s", text);
                    bool is_open = special->text[0] == '\n'; /* told at the opening quote */
                    ck_assert_uint_eq(err.column, (is_open ? 1 : place + 2) + (size_t)padding);
                } else {
                    size_t end = (size_t)snprintf(expected, sizeof expected, "%s%s%s", before,
                                                  special->meaning, after);
                    assert_ok(status, &err);
                    ck_assert_str_eq(root->text, expected);
                    ck_assert_uint_eq(root->length, end);
                }
                assay__arena_release(&arena);
            }
}
END_TEST

/* A list of a text in any script and a number: the number's column counts its characters. */
START_TEST(json_columns_count_characters)
{
    static const char *const CHARACTERS[] = {"a", "\xC3\xA4", "\xE4\xB8\xAD", "\xF0\x9F\x98\x80"};
    for (unsigned count = 0; count < 64; count++)
        for (unsigned mix = 0; mix < 16; mix++) {
            char text[512] = "[7,\"";
            for (unsigned i = 0; i < count; i++)
                strcat(text, CHARACTERS[(i * (mix | 1) + mix) % (mix % 4 + 1)]);
            strcat(text, "\", 5, x]");
            struct assay__arena arena = {0};
            struct assay__node *root;
            struct assay_error err;
            ck_assert_int_eq(read_text(&arena, text, strlen(text), &root, &err), ASSAY_ERROR_DATA);
            ck_assert_uint_eq(err.column, count + 11);
            text[strlen(text) - 2] = '6';
            assert_ok(read_text(&arena, text, strlen(text), &root, &err), &err);
            ck_assert_uint_eq(root->first->next->column, 4);
            ck_assert_uint_eq(root->first->next->next->column, count + 8);
            ck_assert_uint_eq(root->last->column, count + 11);
            assay__arena_release(&arena);
        }
}
END_TEST

/* Names of every length, and names of one hash: they differ only where the hash does not look. */
static void name_of(char out[64], int kind, int number)
{
    if (kind == 0)
        snprintf(out, 64, "%d", number);
    else if (kind == 1)
        snprintf(out, 64, "%.*s%x", number % 30, "abcdefghijklmnopqrstuvwxyzabcd", number);
    else
        snprintf(out, 64, "firstone%03dlast-one", number);
}

static size_t write_names(char *text, int kind, int count)
{
    size_t length = 1;
    text[0] = '{';
    for (int i = 0; i < count; i++) {
        char name[64];
        name_of(name, kind, i);
        length += (size_t)sprintf(text + length, "%s\"%s\":%d", i > 0 ? "," : "", name, i);
    }
    text[length] = '}';
    text[length + 1] = '\0';
    return length + 1;
}

START_TEST(json_names_given_twice_are_found_among_many)
{
    static char text[20000];
    for (int kind = 0; kind < 3; kind++)
        for (int count = 1; count < ASSAY__JSON_MEMBERS_MAX; count += count < 20 ? 1 : 47)
            for (int again = 0; again < count; again += count < 20 ? 1 : 13) {
                struct assay__arena arena = {0};
                struct assay__node *root;
                struct assay_error err;
                char name[64], message[128];
                size_t length = write_names(text, kind, count);
                assert_ok(read_text(&arena, text, length, &root, &err), &err);
                ck_assert_uint_eq(root->count, (unsigned)count);
                name_of(name, kind, again);
                ck_assert_double_eq(assay__node_number(assay__node_get(root, name)), again);
                length += (size_t)sprintf(text + length - 1, ",\"%s\":1}", name) - 1;
                ck_assert_int_eq(read_text(&arena, text, length, &root, &err), ASSAY_ERROR_DATA);
                snprintf(message, sizeof message, "\"%s\" is given twice; first in line 1.", name);
                ck_assert_str_eq(err.message, message);
                assay__arena_release(&arena);
            }
}
END_TEST

/* The long way that a compact value spares. */
static void write_value(struct assay__json *json, const struct assay__node *value)
{
    char bracket = value->type == ASSAY__NODE_OBJECT ? '{' : '[';
    switch (value->type) {
    case ASSAY__NODE_NULL:
        assay__json_null(json);
        return;
    case ASSAY__NODE_BOOLEAN:
        assay__json_boolean(json, value->boolean);
        return;
    case ASSAY__NODE_NUMBER:
        assay__json_raw(json, value->text);
        return;
    case ASSAY__NODE_STRING:
        assay__json_bytes(json, value->text, value->length);
        return;
    case ASSAY__NODE_ARRAY:
    case ASSAY__NODE_OBJECT:
        break;
    }
    assay__json_begin(json, bracket);
    for (const struct assay__node *child = value->first; child != NULL; child = child->next) {
        if (child->key != NULL)
            assay__json_key(json, child->key);
        write_value(json, child);
    }
    assay__json_end(json, bracket == '{' ? '}' : ']');
}

/* Every compact value is what the writer writes; counts them. */
static unsigned check_compact(const struct assay__node *value)
{
    unsigned count = 0;
    if (value->is_compact) {
        struct assay__text out = {0};
        struct assay__json json = {.out = &out};
        write_value(&json, value);
        ck_assert(!out.failed);
        ck_assert_msg(out.length == value->length && memcmp(out.data, value->text, out.length) == 0,
                      "%s, not %.*s", out.data, (int)value->length, value->text);
        assay__text_release(&out);
        count++;
    }
    for (const struct assay__node *child = value->first; child != NULL; child = child->next) {
        ck_assert(!value->is_compact || child->is_compact || child->first == NULL);
        count += check_compact(child);
    }
    return count;
}

static const struct {
    const char *text;
    unsigned compact; /* objects and lists that are */
} COMPACT[] = {
    {"[]", 1},
    {"{}", 1},
    {"[ ]", 0},
    {"{ }", 0},
    {" [1,[2],{\"a\":[]}] ", 4},
    {"[1,[2], {\"a\":[]}]", 3},
    {"[1,[2],{\"a\" :[]}]", 2},
    {"[1,[2],{\"a\": []}]", 2},
    {"[1,[2 ],{\"a\":[]}]", 2},
    {"[1,[\n2],{\"a\":[]}]", 2},
    {"[[1.50e+01,-0,true,false,null,\"\"]]", 2},
    {"[[\"\\n\\t\\r\\b\\f\\\\\\\"\"]]", 2},
    {"[[\"\\/\"],[]]", 1},
    {"[[\"\\u0001\"],[]]", 1},
    {"[{\"\\u00e4\":1},[]]", 1},
    {"[\"\xC3\xA4\xF0\x9F\x98\x80\x7F\",[]]", 2},
    {"[1,/**/[2],{}]", 2},
    {"[[1]//\n,[2]]", 2},
    {"\xEF\xBB\xBF[[1]]", 2},
};

START_TEST(json_compact_values_are_what_the_writer_writes)
{
    const char *text = COMPACT[_i].text;
    struct assay__arena arena = {0};
    struct assay__node *root = NULL;
    struct assay_error err = {.code = ASSAY_OK};
    assert_ok(assay__json_read(&arena, text, strlen(text), &OPTIONS, &root, &err), &err);
    ck_assert_uint_eq(check_compact(root), COMPACT[_i].compact);
    assay__arena_release(&arena);
}
END_TEST

START_TEST(json_changed_values_are_not_compact)
{
    static const char TEXT[] = "{\"a\":{\"b\":[1,2],\"c\":[]},\"d\":[3]}";
    for (int change = 0; change < 4; change++) {
        struct assay__arena arena = {0};
        struct assay__node *root = NULL;
        struct assay_error err = {.code = ASSAY_OK};
        assert_ok(assay__json_read(&arena, TEXT, strlen(TEXT), &OPTIONS, &root, &err), &err);
        struct assay__node *a = assay__node_get(root, "a"), *b = assay__node_get(a, "b");
        struct assay__node *fresh = assay__node_make(&arena, ASSAY__NODE_NULL, NULL);
        if (change == 0)
            assay__node_remove(a, "c");
        else if (change == 1)
            assay__node_set(a, "b", fresh);
        else if (change == 2)
            assay__node_append(b, fresh);
        else
            assay__node_remove(a, "x"); /* is not there */
        ck_assert_int_eq(root->is_compact, change == 3);
        ck_assert_int_eq(a->is_compact, change == 3);
        ck_assert_int_eq(b->is_compact, change != 2);
        ck_assert(assay__node_get(root, "d")->is_compact);
        check_compact(root);
        assay__arena_release(&arena);
    }
}
END_TEST

/* A list of objects of many sizes, some of them in others, some not compact; strings have escapes.
 * long_bytes: in some objects, and behind the list, a string of this length. */
static size_t write_objects(char *text, int objects, int long_bytes)
{
    size_t length = (size_t)sprintf(text, "{\"list\":[");
    for (int i = 0; i < objects; i++) {
        length += (size_t)sprintf(text + length, "%s{\"n\":%d,\"in\":[{\"%d\":[", i > 0 ? "," : "",
                                  i, i % 7);
        for (int k = 0; k < i * 3 % 200; k++)
            length += (size_t)sprintf(text + length, "%s\"%d\"", k > 0 ? "," : "", i + k);
        length += (size_t)sprintf(text + length, "]}%s],\"end\":{\"s\":\"e\\n%0*d\\u00e4\"}}",
                                  i % 5 == 0 ? " " : "", i % 8 == 3 ? long_bytes : 1, i);
    }
    return length + (size_t)sprintf(text + length, "],\"after\":[1,\"x%0*d\"]}", long_bytes, 7);
}

struct forgetting {
    unsigned kind; /* forgets every object, none, or those with an even number */
    unsigned *asked;
};

static bool forget(const struct assay__node *object, const void *context)
{
    const struct forgetting *forgetting = context;
    ck_assert_int_eq(object->type, ASSAY__NODE_OBJECT);
    ck_assert_int_eq(object->parent->type, ASSAY__NODE_ARRAY);
    char path[64];
    assay__node_path(object, path, sizeof path);
    ck_assert_int_eq(strncmp(path, "list[", 5), 0);
    ++*forgetting->asked;
    const struct assay__node *number = assay__node_get(object, "n");
    return forgetting->kind == 0 ||
           (forgetting->kind == 2 && number != NULL && (int)assay__node_number(number) % 2 == 0);
}

/* The same values at the same places but for what was forgotten; counts the objects forgotten. */
static unsigned same_but_forgotten(const struct assay__node *got, const struct assay__node *whole)
{
    unsigned count = 0;
    ck_assert_int_eq(got->type, whole->type);
    ck_assert_uint_eq(got->count, whole->count);
    ck_assert_uint_eq(got->line, whole->line);
    ck_assert_uint_eq(got->column, whole->column);
    ck_assert_int_eq(got->is_compact, whole->is_compact);
    ck_assert((got->key == NULL) == (whole->key == NULL));
    if (got->key != NULL)
        ck_assert_str_eq(got->key, whole->key);
    ck_assert_uint_eq(got->length, whole->length);
    if (got->length > 0)
        ck_assert_mem_eq(got->text, whole->text, got->length);
    if (got->count > 0 && got->first == NULL)
        return 1;
    const struct assay__node *other = whole->first;
    for (const struct assay__node *child = got->first; child != NULL; child = child->next) {
        ck_assert_ptr_eq(child->parent, got);
        count += same_but_forgotten(child, other);
        other = other->next;
    }
    ck_assert_ptr_null(other);
    return count;
}

/* An object of the list holds 6 values beside itself and those counted, the one in it 1. */
static unsigned expected_forgotten(unsigned kind, int objects)
{
    unsigned count = 0;
    for (int i = 0; i < objects; i++) {
        int values = i * 3 % 200;
        if (kind == 0 || (kind == 2 && i % 2 == 0))
            count += values + 7 > ASSAY__JSON_FORGET_MIN;
    }
    return count;
}

/* A text that is copied, and one of a megabyte, whose words are kept in pieces. */
START_TEST(json_forgotten_objects_leave_the_others_as_they_are)
{
    static char text[2000000];
    for (unsigned round = 0; round < 6; round++) {
        unsigned kind = round % 3;
        size_t length = write_objects(text, 90, round < 3 ? 1 : 120000);
        ck_assert_int_eq(length > 1 << 20, round >= 3);
        unsigned asked = 0;
        struct forgetting forgetting = {kind, &asked};
        struct assay__json_options options = OPTIONS;
        options.bytes_max = sizeof text;
        struct assay__arena arena = {0}, whole_arena = {0};
        struct assay__node *root = NULL, *whole = NULL;
        struct assay_error err = {.code = ASSAY_OK};
        assert_ok(assay__json_read(&whole_arena, text, length, &options, &whole, &err), &err);
        options.may_forget = forget;
        options.context = &forgetting;
        assert_ok(assay__json_read(&arena, text, length, &options, &root, &err), &err);
        unsigned forgotten = same_but_forgotten(root, whole);
        ck_assert_msg(forgotten == expected_forgotten(kind, 90), "%u of %u forgotten", forgotten,
                      asked);
        options.values_max = 3000; /* what is forgotten counts */
        ck_assert_int_eq(assay__json_read(&arena, text, length, &options, &root, &err),
                         ASSAY_ERROR_LIMIT);
        assay__arena_release(&arena);
        assay__arena_release(&whole_arena);
    }
}
END_TEST

/* The run of whole characters, by one character after the other. */
START_TEST(utf8_runs_end_at_the_first_wrong_byte)
{
    static const char *const PIECES[] = {"a",
                                         "abcdefgh",
                                         "\xC3\xA4",
                                         "\xE4\xB8\xAD",
                                         "\xF0\x9F\x98\x80",
                                         "\xED\xA0\x80",
                                         "\xC0\xAF",
                                         "\xFF",
                                         "\xF4\x90\x80\x80",
                                         "\xE2\x82",
                                         "\x80",
                                         "\xEF\xBF\xBF"};
    uint32_t state = 1;
    for (int round = 0; round < 50000; round++) {
        char text[256];
        size_t length = 0, expected = 0;
        for (int i = 0; i < round % 12; i++) {
            state = state * 1664525u + 1013904223u;
            const char *piece = PIECES[(state >> 16) % (state >> 28 > 2 ? 5 : 12)];
            memcpy(text + length, piece, strlen(piece));
            length += strlen(piece);
        }
        length -= length > 0 && round % 5 == 0;
        while (expected < length) {
            uint32_t code_point;
            size_t size = assay__utf8_next(text + expected, length - expected, &code_point);
            if (code_point == ASSAY__UTF8_INVALID)
                break;
            expected += size;
        }
        ck_assert_uint_eq(assay__utf8_valid_run(text, length), expected);
    }
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_loop_test(cases, json_strings_with_a_special_at_each_place, 0,
                        (int)(sizeof SPECIALS / sizeof *SPECIALS));
    tcase_add_test(cases, json_columns_count_characters);
    tcase_add_test(cases, json_names_given_twice_are_found_among_many);
    tcase_add_loop_test(cases, json_compact_values_are_what_the_writer_writes, 0,
                        (int)(sizeof COMPACT / sizeof *COMPACT));
    tcase_add_test(cases, json_changed_values_are_not_compact);
    tcase_add_test(cases, json_forgotten_objects_leave_the_others_as_they_are);
    tcase_add_test(cases, utf8_runs_end_at_the_first_wrong_byte);
}

int main(void)
{
    return test_main("json_fast", add);
}
