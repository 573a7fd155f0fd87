/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The endpoint's contract: what is stored and given back, and every way it refuses. */
#include "serve_client.h"

#define BODY(result) "{\"parent\":\"" PARENT "\",\"analysisResult\":" result "}"

static struct endpoint endpoint;

static void start(void)
{
    endpoint_init(&endpoint);
    endpoint_start(&endpoint);
}

static void stop(void)
{
    endpoint_release(&endpoint);
}

/* The text between two marks, which must be there; free() it. */
static char *cut(const char *text, const char *before, const char *after)
{
    const char *from = strstr(text, before);
    ck_assert_msg(from != NULL, "'%s' is not in: %s", before, text);
    from += strlen(before);
    const char *to = strstr(from, after);
    ck_assert_ptr_nonnull(to);
    return strndup(from, (size_t)(to - from));
}

START_TEST(create_keeps_every_digit_and_sets_what_is_the_servers)
{
    const char *path = COLLECTION "?analysisResultId=first-1";
    struct reply made = ask_alice(
        &endpoint, "POST", path,
        BODY("{\"name\":\"mine\",\"createTime\":7,\"creator\":{\"x\":1},\"updater\":\"me\","
             "\"updateTime\":\"1970-01-01T00:00:00Z\",\"exposureFilter\":null,\"results\":[{\"id\":"
             "\"m\",\"statsSettings\":{\"adjustedAlpha\":"
             "0.0500000000000000000000000000000000001,\"adjustedBeta\":{\"value\":1E-300}},"
             "\"result\":[{\"groupStats\":[{\"id\":\"a\",\"sampleSize\":12345678901234567890}]}]}]"
             "}"));
    ck_assert_int_eq(made.status, 200);
    const char *body = made.body.data;
    ck_assert_ptr_nonnull(strstr(body, "0.0500000000000000000000000000000000001"));
    ck_assert_ptr_nonnull(strstr(body, "\"value\":1E-300"));
    ck_assert_ptr_nonnull(strstr(body, "12345678901234567890"));
    ck_assert_ptr_nonnull(strstr(body,
                                 "\"creator\":\"alice\",\"updater\":\"alice\",\"name\":\"" PARENT
                                 "/analysisResults/first-1\""));
    ck_assert_ptr_null(strstr(body, "mine"));
    ck_assert_ptr_null(strstr(body, "1970"));
    ck_assert_ptr_null(strstr(body, "null"));
    char *time = cut(body, "\"createTime\":\"", "\"");
    ck_assert_uint_ge(strlen(time), strlen("2026-11-24T00:00:00Z"));
    ck_assert_int_eq(time[strlen(time) - 1], 'Z');
    free(time);
    struct reply read = ask_alice(&endpoint, "GET", COLLECTION "/first-1", NULL);
    ck_assert_int_eq(read.status, 200);
    ck_assert_str_eq(read.body.data, body);
    reply_release(&read);
    reply_release(&made);
}
END_TEST

START_TEST(create_without_id_makes_a_valid_one_each_time)
{
    char *ids[2];
    for (size_t i = 0; i < 2; i++) {
        struct reply made = ask_alice(&endpoint, "POST", COLLECTION, BODY("{}"));
        ck_assert_int_eq(made.status, 200);
        ids[i] = cut(made.body.data, PARENT "/analysisResults/", "\"");
        ck_assert_uint_eq(strlen(ids[i]), 35);
        ck_assert_uint_eq(strspn(ids[i], "abcdefghijklmnopqrstuvwxyz0123456789-"), 35);
        reply_release(&made);
    }
    ck_assert_str_ne(ids[0], ids[1]);
    free(ids[0]);
    free(ids[1]);
}
END_TEST

static const struct {
    const char *body, *holds;
} WRONG_BODIES[] = {
    {"", "not JSON"},
    {"{", "not JSON"},
    {"[]", "must be an object"},
    {"{\"analysisResult\":{}}", "\"field\":\"parent\",\"description\":\"This field is required.\""},
    {"{\"parent\":\"" PARENT "\"}", "\"field\":\"analysisResult\""},
    {"{\"parent\":\"" PARENT "\",\"analysisResult\":null}", "This field is required."},
    {"{\"parent\":\"workflows/checkout\",\"analysisResult\":{}}", "\"field\":\"parent\""},
    {"{\"parent\":\"workflows/checkout/instances/june\",\"analysisResult\":{}}", "the URL names"},
    {"{\"parent\":\"" PARENT "\",\"analysisResult\":{},\"analysisResultId\":3}",
     "\"field\":\"analysisResultId\""},
    {BODY("{\"results\":{}}"), "\"field\":\"analysisResult.results\""},
    {BODY("{\"results\":[1]}"), "\"field\":\"analysisResult.results[0]\""},
    {BODY("{\"results\":[{\"result\":[{\"lastResult\":{\"comparedSampleSize\":{\"value\":\"9\"}}}]}"
          "]}"),
     "\"field\":\"analysisResult.results[0].result[0].lastResult.comparedSampleSize.value\","
     "\"description\":\"This must be a number, not a string.\""},
    {BODY("{\"labels\":[\"x\"]}"), "\"field\":\"analysisResult.labels[0]\""},
    {BODY("{\"exposureFilter\":\"a\\u0000b\"}"), "not JSON"},
    {BODY("{\"exposureFilter\":\"a\",\"exposureFilter\":\"b\"}"), "given twice"},
    {BODY("{\"x\":1e999}"), "not JSON"},
    {BODY("{\"x\":NaN}"), "not JSON"},
};

START_TEST(create_refuses_wrong_bodies_and_names_the_field)
{
    expect(ask_alice(&endpoint, "POST", COLLECTION, WRONG_BODIES[_i].body), 400,
           WRONG_BODIES[_i].holds);
    expect(ask_alice(&endpoint, "GET", COLLECTION, NULL), 200, "{\"analysisResults\":[]}");
}
END_TEST

START_TEST(create_refuses_wrong_ids)
{
    /* clang-format off */
    static const char *const IDS[] = {"a",          "A1",     "a_b", "a%2Fb", "a%20b", "",
                                      "%C3%A4%C3%A4", "..",
                                      "a12345678901234567890123456789012345678901234567890"
                                      "1234567890123"};
    /* clang-format on */
    for (size_t i = 0; i < sizeof IDS / sizeof *IDS; i++) {
        char path[256];
        snprintf(path, sizeof path, COLLECTION "?analysisResultId=%s", IDS[i]);
        expect(ask_alice(&endpoint, "POST", path, BODY("{}")), 400,
               "\"field\":\"analysisResultId\"");
    }
    expect(ask_alice(&endpoint, "POST", COLLECTION "?analysisResultId=ab",
                     "{\"parent\":\"" PARENT
                     "\",\"analysisResult\":{},\"analysisResultId\":\"cd\"}"),
           400, "different ids");
    expect(ask_alice(&endpoint, "POST", COLLECTION, BODY("[]")), 400,
           "\"message\":\"The request has 1 field that is not right.\"");
    expect(ask_alice(&endpoint, "POST", COLLECTION "?analysisResultId=a-b",
                     "{\"analysisResult\":{},\"analysisResultId\":\"c-d\"}"),
           400, "\"message\":\"The request has 2 fields that are not right.\"");
    expect(ask_alice(&endpoint, "POST", COLLECTION,
                     "{\"parent\":\"" PARENT
                     "\",\"analysisResult\":{},\"analysisResultId\":\"cd\"}"),
           200, "/analysisResults/cd");
}
END_TEST

START_TEST(second_create_of_a_name_is_refused_and_changes_nothing)
{
    const char *path = COLLECTION "?analysisResultId=twice";
    expect(ask_alice(&endpoint, "POST", path, BODY("{\"exposureFilter\":\"one\"}")), 200, "one");
    expect(ask_alice(&endpoint, "POST", path, BODY("{\"exposureFilter\":\"two\"}")), 409,
           "{\"code\":6,");
    expect(ask_alice(&endpoint, "GET", COLLECTION "/twice", NULL), 200, "one");
}
END_TEST

START_TEST(delete_removes_one_result_once)
{
    expect(ask_alice(&endpoint, "POST", COLLECTION "?analysisResultId=gone", BODY("{}")), 200, "");
    const char *const headers[] = {ALICE, "If-Match: \"another\"", NULL};
    expect(ask(&endpoint, "DELETE", COLLECTION "/gone", headers, NULL), 412, "{\"code\":9,");
    expect(ask_alice(&endpoint, "DELETE", COLLECTION "/gone", NULL), 200, "{}");
    expect(ask_alice(&endpoint, "DELETE", COLLECTION "/gone", NULL), 404, "{\"code\":5,");
    expect(ask_alice(&endpoint, "GET", COLLECTION "/gone", NULL), 404, "{\"code\":5,");
}
END_TEST

START_TEST(etag_saves_the_body_of_what_is_known)
{
    struct reply made =
        ask_alice(&endpoint, "POST", COLLECTION "?analysisResultId=tagged", BODY("{}"));
    char *etag = cut(made.headers.data, "ETag: ", "\r");
    char condition[128];
    snprintf(condition, sizeof condition, "If-None-Match: %s", etag);
    const char *const headers[] = {ALICE, condition, NULL};
    struct reply again = ask(&endpoint, "GET", COLLECTION "/tagged", headers, NULL);
    ck_assert_int_eq(again.status, 304);
    ck_assert_uint_eq(again.body.length, 0);
    ck_assert_ptr_nonnull(strstr(again.headers.data, etag));
    char length[64]; /* of what is not sent */
    snprintf(length, sizeof length, "Content-Length: %zu\r\n", made.body.length);
    ck_assert_msg(strstr(again.headers.data, length) != NULL, "%s", again.headers.data);
    reply_release(&again);
    const char *const others[] = {ALICE, "If-None-Match: \"another\"", NULL};
    expect(ask(&endpoint, "GET", COLLECTION "/tagged", others, NULL), 200, "/tagged");
    struct reply head = ask_alice(&endpoint, "HEAD", COLLECTION "/tagged", NULL);
    ck_assert_int_eq(head.status, 200);
    ck_assert_uint_eq(head.body.length, 0);
    ck_assert_ptr_nonnull(strstr(head.headers.data, etag));
    reply_release(&head);
    free(etag);
    reply_release(&made);
}
END_TEST

START_TEST(only_known_tokens_get_in)
{
    static const char *const WRONG[] = {NULL,
                                        "Authorization: Bearer",
                                        "Authorization: Bearer alices-token-012345678",
                                        "Authorization: Bearer alices-token-01234567890",
                                        "Authorization: Bearer alice",
                                        "Authorization: Basic YTphbGljZXMtdG9rZW4tMDEyMzQ1Njc4OQ==",
                                        "Authorization: alices-token-0123456789"};
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        const char *const headers[] = {JSON_TYPE, WRONG[i], NULL};
        struct reply reply = ask(&endpoint, "POST", COLLECTION, headers, BODY("{}"));
        ck_assert_ptr_nonnull(strstr(reply.headers.data, "WWW-Authenticate: Bearer"));
        expect(reply, 401, "{\"code\":16,");
    }
    const char *const bob[] = {JSON_TYPE, "authorization: bearer bobs-token-01234567890 \t", NULL};
    expect(ask(&endpoint, "POST", COLLECTION, bob, BODY("{}")), 200, "\"creator\":\"bob\"");
    const char *const nobody[] = {NULL};
    expect(ask(&endpoint, "GET", "/healthz", nobody, NULL), 200, "{\"status\":\"ok\"}");
}
END_TEST

START_TEST(wrong_methods_paths_and_types_have_their_codes)
{
    struct reply put = ask_alice(&endpoint, "PUT", COLLECTION, "{}");
    ck_assert_ptr_nonnull(strstr(put.headers.data, "Allow: GET, HEAD, POST\r"));
    expect(put, 405, "{\"code\":12,");
    expect(ask_alice(&endpoint, "PATCH", COLLECTION "/ab", "{}"), 405, "GET, HEAD, DELETE");
    static const char *const PATHS[] = {"/v2",
                                        "/v2/",
                                        "/v1" COLLECTION,
                                        COLLECTION "/ab/cd",
                                        "//v2/" PARENT "/analysisResults",
                                        "/../../etc/passwd"};
    for (size_t i = 0; i < sizeof PATHS / sizeof *PATHS; i++)
        expect(ask_alice(&endpoint, "GET", PATHS[i], NULL), 404, "{\"code\":5,");
    static const char *const BAD[] = {COLLECTION "/ab%2",
                                      COLLECTION "/%00",
                                      COLLECTION "/%ff",
                                      "/v2/workflows/../instances/i/analysisResults",
                                      "/v2/workflows/a%2Fb/instances/i/analysisResults",
                                      COLLECTION "/..",
                                      COLLECTION "/",
                                      COLLECTION "?pageSize=1&pageSize=2"};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        expect(ask_alice(&endpoint, "GET", BAD[i], NULL), 400, "{\"code\":3,");
    const char *const text[] = {ALICE, "Content-Type: text/plain", NULL};
    expect(ask(&endpoint, "POST", COLLECTION, text, BODY("{}")), 415, "application/json");
    const char *const latin[] = {ALICE, "Content-Type: application/json; charset=latin1", NULL};
    expect(ask(&endpoint, "POST", COLLECTION, latin, BODY("{}")), 415, "UTF-8");
    const char *const second[] = {ALICE, "Content-Type: application/json;v=1; charset=latin1",
                                  NULL};
    expect(ask(&endpoint, "POST", COLLECTION, second, BODY("{}")), 415, "UTF-8");
    const char *const packed[] = {ALICE, JSON_TYPE, "Content-Encoding: gzip", NULL};
    expect(ask(&endpoint, "POST", COLLECTION, packed, BODY("{}")), 415, "Content-Encoding");
    const char *const utf8[] = {ALICE, "Content-Type: Application/JSON ; v=1; Charset=UTF-8 ",
                                NULL};
    expect(ask(&endpoint, "POST", COLLECTION, utf8, BODY("{}")), 200, "");
    expect(ask_alice(&endpoint, "POST", COLLECTION, NULL), 411, "Content-Length");
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_checked_fixture(cases, start, stop);
    tcase_add_test(cases, create_keeps_every_digit_and_sets_what_is_the_servers);
    tcase_add_test(cases, create_without_id_makes_a_valid_one_each_time);
    tcase_add_loop_test(cases, create_refuses_wrong_bodies_and_names_the_field, 0,
                        (int)(sizeof WRONG_BODIES / sizeof *WRONG_BODIES));
    tcase_add_test(cases, create_refuses_wrong_ids);
    tcase_add_test(cases, second_create_of_a_name_is_refused_and_changes_nothing);
    tcase_add_test(cases, delete_removes_one_result_once);
    tcase_add_test(cases, etag_saves_the_body_of_what_is_known);
    tcase_add_test(cases, only_known_tokens_get_in);
    tcase_add_test(cases, wrong_methods_paths_and_types_have_their_codes);
}

int main(void)
{
    return test_main("serve", add);
}
