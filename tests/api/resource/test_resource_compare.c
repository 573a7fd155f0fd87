/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Request bodies, the comparison after HTTP 409, and what is shown of a server's words. */
#include "api/deliver/envelope.h"
#include "api/resource/resource_compare.h"
#include "api/deliver/refusal.h"
#include "test.h"

static const struct comparison {
    const char *sent, *stored;
    const char *where; /* of the first difference; NULL when there is none */
} COMPARISONS[] = {
    {"{}", "{}", NULL},
    {"{\"a\":1,\"b\":\"x\"}", "{\"b\":\"x\",\"a\":1}", NULL},
    {"{\"a\":1}", "{\"a\":1.0,\"etag\":\"q\"}", NULL},
    {"{\"a\":1e2}", "{\"a\":100}", NULL},
    {"{\"a\":0.1}", "{\"a\":0.1000000000000000055511151231257827}", NULL},
    {"{\"a\":0.30000000000000004}", "{\"a\":0.3}", "a"},
    {"{\"a\":12345678901234567}", "{\"a\":\"12345678901234567\"}", NULL},
    {"{\"a\":\"5\"}", "{\"a\":5}", NULL},
    {"{\"a\":\"five\"}", "{\"a\":5}", "a"},
    {"{\"a\":\"\"}", "{\"a\":0}", "a"},
    {"{\"a\":true}", "{\"a\":true}", NULL},
    {"{\"a\":true}", "{\"a\":false}", "a"},
    {"{\"a\":true}", "{\"a\":1}", "a"},
    {"{\"a\":false}", "{}", NULL},
    {"{\"a\":0}", "{}", NULL},
    {"{\"a\":-0.0}", "{\"a\":0}", NULL},
    {"{\"a\":\"\"}", "{}", NULL},
    {"{\"a\":[]}", "{}", NULL},
    {"{\"a\":null}", "{}", NULL},
    {"{\"a\":[]}", "{\"a\":[1]}", "a"},
    {"{\"a\":{}}", "{}", "a"},
    {"{\"a\":true}", "{}", "a"},
    {"{\"a\":1}", "{}", "a"},
    {"{\"a\":1}", "{\"a\":null}", "a"},
    {"{\"a\":0}", "{\"a\":null}", NULL},
    {"{\"a\":\"x\"}", "{\"a\":\"X\"}", "a"},
    {"{\"a\":\"\\u00e9\"}", "{\"a\":\"\xC3\xA9\"}", NULL},
    {"{\"a\":[1,2,3]}", "{\"a\":[1,2,3]}", NULL},
    {"{\"a\":[1,2,3]}", "{\"a\":[1,3,2]}", "a[1]"},
    {"{\"a\":[1,2]}", "{\"a\":[1,2,3]}", "a"},
    {"{\"a\":[1,2,3]}", "{\"a\":[1,2]}", "a"},
    {"{\"a\":[{\"b\":{\"c\":1}}]}", "{\"a\":[{\"b\":{\"c\":2}}]}", "a[0].b.c"},
    {"{\"a\":[{\"b\":1}]}", "{\"a\":[{\"b\":1,\"c\":2}]}", NULL},
    {"{\"a\":{\"b\":1}}", "{\"a\":[1]}", "a"},
    {"{\"a\":[1]}", "{\"a\":{\"b\":1}}", "a"},
    {"{\"name\":\"x\",\"createTime\":1,\"updateTime\":2,\"creator\":3,\"updater\":4}",
     "{\"name\":\"y\",\"createTime\":9}", NULL},
    {"{\"a\":{\"name\":\"x\"}}", "{\"a\":{\"name\":\"y\"}}", "a.name"},
    {"{\"A\":1}", "{\"a\":1}", "A"},
    {"{\"labels\":{}}", "{}", NULL},
    {"{\"labels\":{\"a\":\"b\",\"c\":\"d\"}}", "{\"labels\":{\"c\":\"d\",\"a\":\"b\"}}", NULL},
    {"{\"labels\":{\"a\":\"b\"}}", "{\"labels\":{\"a\":\"x\"}}", "labels.a"},
    {"{\"labels\":{\"a\":\"b\"}}", "{}", "labels"},
    {"{}", "{\"results\":[]}", NULL},
    {"{}", "{\"results\":[{\"id\":\"m\"}]}", "results"},
    {"{\"results\":[]}", "{\"results\":[{\"id\":\"m\"}]}", "results"},
    {"{\"results\":null}", "{\"results\":[{}]}", "results"},
    {"{}", "{\"labels\":{\"of\":\"the server\"}}", NULL},
};

/* Answers may leave out anything, or have its default. */
static const struct comparison ANSWERS[] = {
    {"{\"a\":1,\"b\":[1,2]}", "{}", NULL},
    {"{\"a\":1,\"b\":[1,2]}", "{\"a\":0,\"b\":[]}", NULL},
    {"{\"a\":{\"b\":true,\"c\":\"x\"}}", "{\"a\":{\"b\":false,\"c\":\"\"}}", NULL},
    {"{\"a\":{\"b\":true}}", "{\"a\":{}}", NULL},
    {"{\"a\":{\"b\":1}}", "{\"a\":null}", NULL},
    {"{\"a\":1,\"name\":\"x\"}", "{\"a\":1.0,\"name\":\"y\",\"more\":7}", NULL},
    {"{\"a\":1}", "{\"a\":2}", "a"},
    {"{\"a\":0}", "{\"a\":2}", "a"},
    {"{\"a\":[{\"b\":1},{\"b\":2}]}", "{\"a\":[{},{\"b\":3}]}", "a[1].b"},
    {"{\"a\":[1,2]}", "{\"a\":[1]}", "a"},
    {"{\"a\":[1]}", "{\"a\":[1,2]}", "a"},
    {"{\"a\":[]}", "{\"a\":[1]}", "a"},
    {"{}", "{\"results\":[{\"id\":\"m\"}]}", "results"},
};

static void compare(const struct comparison *one, bool is_answer)
{
    struct assay__arena arena = {0};
    struct assay__node *sent;
    struct assay_error err;
    char where[64] = "";
    assert_ok(assay__body_parse(&arena, one->sent, strlen(one->sent), NULL, ASSAY_ERROR_DATA, &sent,
                                &err),
              &err);
    cJSON *stored = cJSON_Parse(one->stored);
    ck_assert_ptr_nonnull(stored);
    bool covers = is_answer ? !assay__canonical_contradicts(sent, stored, where, sizeof where)
                            : assay__canonical_covers(sent, stored, where, sizeof where);
    ck_assert_msg(covers == (one->where == NULL), "%s and %s", one->sent, one->stored);
    ck_assert_str_eq(where, one->where != NULL ? one->where : "");
    ck_assert(!is_answer || covers || assay__canonical_tells(stored));
    cJSON_Delete(stored);
    assay__arena_release(&arena);
}

START_TEST(canonical_compares)
{
    compare(&COMPARISONS[_i], false);
}
END_TEST

START_TEST(answers_of_a_name_tell_nothing)
{
    static const char *const SILENT[] = {
        "{}", "[1]", "5", "{\"name\":\"x\",\"createTime\":\"t\",\"creator\":\"me\"}",
        "{\"name\":\"x\",\"results\":[],\"labels\":{},\"exposureFilter\":\"\",\"a\":null}"};
    for (size_t i = 0; i < sizeof SILENT / sizeof *SILENT; i++) {
        cJSON *answered = cJSON_Parse(SILENT[i]);
        ck_assert_msg(!assay__canonical_tells(answered), "%s", SILENT[i]);
        cJSON_Delete(answered);
    }
}
END_TEST

START_TEST(answers_contradict_by_what_they_say)
{
    compare(&ANSWERS[_i], true);
}
END_TEST

static const struct {
    const char *sent;
    bool has_value;
} VALUES[] = {
    {"{}", false},
    {"{\"results\":[]}", false},
    {"{\"results\":[{\"id\":\"\",\"result\":[{}]}],\"labels\":{}}", false},
    {"{\"a\":[null,0,false,[[]],{}]}", false},
    {"{\"name\":\"x\",\"creator\":{\"name\":\"y\"}}", false},
    {"{\"results\":[{\"id\":\"m\"}]}", true},
    {"{\"results\":[{\"name\":\"m\"}]}", true},
    {"{\"labels\":{\"a\":\"b\"}}", true},
    {"{\"a\":[[],[0,[1]]]}", true},
};

START_TEST(values_beside_defaults_are_seen)
{
    struct assay__arena arena = {0};
    struct assay__node *sent;
    struct assay_error err;
    const char *text = VALUES[_i].sent;
    assert_ok(assay__body_parse(&arena, text, strlen(text), NULL, ASSAY_ERROR_DATA, &sent, &err),
              &err);
    ck_assert_msg(assay__canonical_has_value(sent) == VALUES[_i].has_value, "%s", text);
    assay__arena_release(&arena);
}
END_TEST

#define PARENT "workflows/a/instances/b"

static const struct making {
    const char *text, *parent, *id;
    enum assay_status status;
    const char *body; /* or part of the message */
} MAKINGS[] = {
    {"{\"results\":[0.30000000000000004]}\n", PARENT, "ab", ASSAY_OK,
     "{\"parent\":\"" PARENT "\",\"analysisResultId\":\"ab\",\"analysisResult\":"
     "{\"results\":[0.30000000000000004]}}\n"},
    {"\xEF\xBB\xBF {\"x\":1e400000}", PARENT, "ab", ASSAY_ERROR_DATA, "number"},
    {"\xEF\xBB\xBF{\"results\":[]}", PARENT, "ab", ASSAY_OK,
     "{\"parent\":\"" PARENT "\",\"analysisResultId\":\"ab\",\"analysisResult\":"
     "{\"results\":[]}}\n"},
    {"{\"results\":[]}", PARENT, NULL, ASSAY_OK,
     /* printf 'workflows/a/instances/b\0{"results":[]}' | sha256sum */
     "{\"parent\":\"" PARENT "\",\"analysisResultId\":"
     "\"ar-d28e1eac4e01770f78e423e7bbaa5ee91250ec1d\",\"analysisResult\":{\"results\":[]}}\n"},
    {"{\"x\":1}", PARENT, "ab", ASSAY_ERROR_DATA, "neither a result"},
    {"{}", NULL, NULL, ASSAY_ERROR_DATA, "neither a result"},
    {"{\"results\":{}}", PARENT, "ab", ASSAY_ERROR_DATA, "neither a result"},
    {"{\"schemaVersion\":1,\"comparisons\":[],\"annotations\":[]}", PARENT, "ab", ASSAY_ERROR_DATA,
     "neither a result"},
    {" {\"analysisResult\": {\"x\":1.10} }", PARENT, "ab", ASSAY_OK,
     "{\"parent\":\"" PARENT "\",\"analysisResultId\":\"ab\",\"analysisResult\": {\"x\":1.10} }"},
    {"{\"parent\":\"" PARENT "\",\"analysisResult\":{}}", NULL, "ab", ASSAY_OK,
     "{\"analysisResultId\":\"ab\",\"parent\":\"" PARENT "\",\"analysisResult\":{}}"},
    {"{\"parent\":\"" PARENT "\",\"analysisResult\":{},\"analysisResultId\":\"ab\"}", NULL, NULL,
     ASSAY_OK, "{\"parent\":\"" PARENT "\",\"analysisResult\":{},\"analysisResultId\":\"ab\"}"},
    {"{\"parent\":\"" PARENT "\",\"analysisResult\":{},\"analysisResultId\":\"ab\"}", PARENT, "ab",
     ASSAY_OK, "{\"parent\":\"" PARENT "\",\"analysisResult\":{},\"analysisResultId\":\"ab\"}"},
    {"{\"parent\":\"" PARENT "\",\"analysisResult\":{},\"analysisResultId\":\"ab\"}", NULL, "cd",
     ASSAY_ERROR_USAGE, "\"ab\", but \"cd\" was asked for"},
    {"{\"parent\":\"" PARENT "\",\"analysisResult\":{}}", "workflows/x/instances/y", NULL,
     ASSAY_ERROR_USAGE, "was asked for"},
    {"{\"results\":[]}", NULL, "ab", ASSAY_ERROR_USAGE, "give its parent"},
    {"{\"results\":[]}", "workflows/a", "ab", ASSAY_ERROR_USAGE, "not of the form"},
    {"{\"results\":[]}", PARENT, "A", ASSAY_ERROR_USAGE, "2 to 63 lower-case letters"},
    {"{\"parent\":\"workflows/a\",\"analysisResult\":{}}", NULL, NULL, ASSAY_ERROR_DATA,
     "not of the form"},
    {"{\"parent\":\"" PARENT "\",\"analysisResult\":{},\"analysisResultId\":\"A\"}", NULL, NULL,
     ASSAY_ERROR_DATA, "2 to 63 lower-case letters"},
    {"{\"parent\":5,\"analysisResult\":{}}", NULL, NULL, ASSAY_ERROR_DATA, "must be a string"},
    {"{\"parent\":\"" PARENT "\",\"analysisResult\":[]}", NULL, NULL, ASSAY_ERROR_DATA,
     "must be an object"},
    {"{\"analysisResult\":{}}", NULL, NULL, ASSAY_ERROR_DATA, "has no \"parent\""},
    {"[]", PARENT, NULL, ASSAY_ERROR_DATA, "must be an object"},
    {"", PARENT, NULL, ASSAY_ERROR_DATA, ""},
    {"{\"x\":1}{}", PARENT, NULL, ASSAY_ERROR_DATA, ""},
    {"{\"x\":1,\"x\":2}", PARENT, NULL, ASSAY_ERROR_DATA, "x"},
    {"{\"x\":NaN}", PARENT, NULL, ASSAY_ERROR_DATA, ""},
};

START_TEST(request_is_made_of_bytes)
{
    const struct making *one = &MAKINGS[_i];
    char *body = NULL;
    size_t length = 0;
    struct assay_error err = {0};
    enum assay_status status = assay_request_wrap(one->text, strlen(one->text), "file.json",
                                                  one->parent, one->id, &body, &length, &err);
    ck_assert_msg(status == one->status, "%s: %s: %s", one->text, assay_status_id(status),
                  err.message);
    if (status == ASSAY_OK) {
        ck_assert_uint_eq(length, strlen(body));
        ck_assert_str_eq(body, one->body);
    } else {
        ck_assert_ptr_null(body);
        ck_assert_msg(strstr(err.message, one->body) != NULL, "%s", err.message);
    }
    free(body);
}
END_TEST

START_TEST(body_is_read)
{
    static const char text[] = "{\"parent\":\"" PARENT "\",\"analysisResult\":{\"a\":[]}}";
    struct assay__arena arena = {0};
    struct assay__body body, again;
    struct assay_error err;
    assert_ok(assay__body_read(&arena, text, strlen(text), NULL, &body, &err), &err);
    ck_assert_str_eq(body.parent, PARENT);
    const struct assay__node *resource;
    assert_ok(assay__body_resource(&arena, text, strlen(text), &resource, &err), &err);
    ck_assert_ptr_nonnull(assay__node_get(resource, "a"));
    ck_assert_uint_eq(strlen(body.id), 43);
    ck_assert_int_eq(strncmp(body.id, "ar-", 3), 0);
    assert_ok(assay__body_read(&arena, text, strlen(text), NULL, &again, &err), &err);
    ck_assert_str_eq(body.id, again.id);
    assay__arena_release(&arena);
}
END_TEST

static const struct quotation {
    const char *words, *shown;
    /* clang-format off */
} QUOTATIONS[] = {
    {"", ""},
    {"plain", "plain"},
    {"  two \r\n\t words  ", "two words"},
    {"\x1b[31mred\x1b[0m\x07", "?[31mred?[0m?"},
    {"caf\xC3\xA9 \xE2\x82\xAC", "caf\xC3\xA9 \xE2\x82\xAC"},
    {"bad\xFF\xC3", "bad??"},
    {"c1\xC2\x9B" "31m", "c1?31m"},
    {"rtl\xE2\x80\xAE" "gnp", "rtl?gnp"},
    {"zero\xE2\x80\x8B" "width", "zero?width"},
    {"Bearer s3cret-token.", "Bearer [secret]."},
    {"s3cret-tokens3cret-token", "[secret][secret]"},
    /* printf s3cret-token | base64; after x and xy, too; printf 'x~?>~?>~?>' and base64url */
    {"czNjcmV0LXRva2Vu", "[secret]"},
    {"eHMzY3JldC10b2tlbg==", "eH[secret]g=="},
    {"eHlzM2NyZXQtdG9rZW4=", "eHl[secret]4="},
    {"eH4_Pn4_Pn4_Pg==", "eH[secret]g=="},
    {"fj8+fj8+fj8+", "[secret]"},
    {"czNjcmV0LX...", "[secret]..."},
    {"czNjcmV", "czNjcmV"},
    {"s3cret-\r\n  token s3 cr\tet-tok en s3cret\xE2\x80\x8B-token", "[secret] [secret] [secret]"},
    {"s3cr et-nothing", "s3cr et-nothing"},
    {"{\"message\":\"Denied.\"}", "Denied."},
    {"{\"code\":7,\"message\":\"Denied.\",\"status\":\"PERMISSION_DENIED\",\"details\":[]}",
     "Denied."},
    {"{\"error\":{\"code\":403,\"message\":\"Denied to s3cret-token.\"}}", "Denied to [secret]."},
    {"{\"error\":\"invalid_client\",\"error_description\":\"No such client.\"}", "No such client."},
    {"{\"error\":\"invalid_client\"}", "invalid_client"},
    {"{\"message\":\"\"}", "{\"message\":\"\"}"},
    {"{\"title\":\"Denied\"}", "{\"title\":\"Denied\"}"},
    {"[1,2]", "[1,2]"},
    {"{\"message\":\"a\\u001b[1mb\\nc\"}", "a?[1mb c"},
    {"{\"message\":\"W\",\"details\":[5,{},{\"fieldViolations\":[{\"field\":\"a.b\","
     "\"description\":\"is wrong\"},{\"field\":\"c\"}]}]}",
     "W (a.b: is wrong; c: ?)"},
};
/* clang-format on */

START_TEST(refusal_is_cleaned)
{
    static const char *const secrets[] = {NULL, "s3cret-token", "~?>~?>~?>"};
    const struct quotation *one = &QUOTATIONS[_i];
    struct assay__text text = {0};
    assay__text_puts(&text, "<");
    assay__refusal_explain(&text, one->words, strlen(one->words), secrets, 3);
    ck_assert_str_eq(text.data + 1, one->shown);
    assay__text_release(&text);
}
END_TEST

START_TEST(refusal_is_bounded)
{
    enum { LENGTH = 100000 };
    char *words = malloc(LENGTH);
    for (size_t i = 0; i < LENGTH; i++) /* three-byte characters, so that a cut could split one */
        words[i] = "\xE2\x82\xAC"[i % 3];
    struct assay__text text = {0};
    assay__refusal_explain(&text, words, LENGTH - 1, NULL, 0);
    ck_assert_uint_le(text.length, ASSAY__QUOTE_BYTES_MAX);
    ck_assert_uint_ge(text.length, ASSAY__QUOTE_BYTES_MAX - 6);
    ck_assert_str_eq(text.data + text.length - 6, "\xE2\x82\xAC...");
    assay__text_release(&text);
    free(words);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_loop_test(cases, canonical_compares, 0,
                        (int)(sizeof COMPARISONS / sizeof *COMPARISONS));
    tcase_add_test(cases, answers_of_a_name_tell_nothing);
    tcase_add_loop_test(cases, answers_contradict_by_what_they_say, 0,
                        (int)(sizeof ANSWERS / sizeof *ANSWERS));
    tcase_add_loop_test(cases, values_beside_defaults_are_seen, 0,
                        (int)(sizeof VALUES / sizeof *VALUES));
    tcase_add_loop_test(cases, request_is_made_of_bytes, 0,
                        (int)(sizeof MAKINGS / sizeof *MAKINGS));
    tcase_add_test(cases, body_is_read);
    tcase_add_loop_test(cases, refusal_is_cleaned, 0,
                        (int)(sizeof QUOTATIONS / sizeof *QUOTATIONS));
    tcase_add_test(cases, refusal_is_bounded);
}

int main(void)
{
    return test_main("canonical", add);
}
