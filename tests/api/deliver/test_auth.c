/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where tokens come from, when they are renewed, and that they are never shown. */
#include <unistd.h>

#include "auth_scene.h"

START_TEST(client_credentials_are_exchanged)
{
    static const struct hostile_step steps[] = {ANSWER(GRANT("3600")), ANSWER(NAMED)};
    struct auth_scene scene = auth_open_scene(steps, 2);
    auth_use_client(&scene);
    post_once(scene.post);
    assert_ok(scene.post->status, &scene.post->err);
    const struct hostile_request *grant = hostile_request(scene.server, 0);
    ck_assert_int_eq(strncmp(grant->head, "POST /v1/oauth/token HTTP/1.1\r\n", 31), 0);
    ck_assert_ptr_null(strstr(grant->head, "Authorization:"));
    ck_assert_str_eq(grant->body, "{\"grantType\":\"client_credentials\",\"clientId\":\"id-1\","
                                  "\"clientSecret\":\"" SECRET "\"}");
    auth_assert_authorized(&scene, 1, "granted-1");
    ck_assert_uint_eq(hostile_requests(scene.server), 2);
    auth_close_scene(&scene);
}
END_TEST

/* Posts twice with one client and counts the requests: a token that lives is used again, and one
 * that is_short of life is exchanged anew. */
static size_t requests_of_two_posts(const char *grant, bool is_short)
{
    const struct hostile_step steps[] = {ANSWER(grant), ANSWER(NAMED), ANSWER(NAMED),
                                         ANSWER(NAMED)};
    const struct hostile_step renewing[] = {ANSWER(grant), ANSWER(NAMED), ANSWER(grant),
                                            ANSWER(NAMED)};
    struct auth_scene scene = auth_open_scene(is_short ? renewing : steps, 4);
    struct post *post = scene.post;
    auth_use_client(&scene);
    assert_ok(assay_client_new(&post->options, &post->client, &post->err), &post->err);
    for (int i = 0; i < 2; i++)
        assert_ok(assay_client_post(post->client, POST_BODY, strlen(POST_BODY), &post->delivery,
                                    &post->err),
                  &post->err);
    assay_client_free(post->client);
    size_t requests = hostile_requests(scene.server);
    auth_close_scene(&scene);
    return requests;
}

START_TEST(token_is_kept_until_it_expires)
{
    static const char *const lasting[] = {
        GRANT("3600"), GRANT("\"3600\""), GRANT("\"3600s\""), GRANT("\"3600.5s\""), GRANT("1e300"),
        GRANT("\"1e300\""), GRANT("9007199254740993"),
        /* unknown: five minutes */
        GRANT("null"), GRANT("{}"), GRANT("true"), GRANT("\"\""), GRANT("\"s\""), GRANT("\"soon\""),
        GRANT("\"1e400\""), GRANT("\"nan\""), JSON("200 OK", "{\"accessToken\":\"granted-1\"}")};
    static const char *const lapsed[] = {GRANT("0"),         GRANT("\"0s\""), GRANT("-1"),
                                         GRANT("\"-3600\""), GRANT("-1e300"), GRANT("1e-300")};
    for (size_t i = 0; i < sizeof lasting / sizeof *lasting; i++)
        ck_assert_msg(requests_of_two_posts(lasting[i], false) == 3, "%s", lasting[i]);
    for (size_t i = 0; i < sizeof lapsed / sizeof *lapsed; i++)
        ck_assert_msg(requests_of_two_posts(lapsed[i], true) == 4, "%s", lapsed[i]);
}
END_TEST

/* A token that is renewed by the clock: 1 s of life, and 0.9 s of use. */
START_TEST(token_is_renewed_before_it_expires)
{
    static const struct hostile_step steps[] = {
        ANSWER(GRANT("1")), ANSWER(NAMED),
        ANSWER(JSON("200 OK", "{\"accessToken\":\"granted-2\",\"expiresIn\":\"600\"}")),
        ANSWER(NAMED)};
    struct auth_scene scene = auth_open_scene(steps, 4);
    struct post *post = scene.post;
    auth_use_client(&scene);
    assert_ok(assay_client_new(&post->options, &post->client, &post->err), &post->err);
    for (int i = 0; i < 2; i++) {
        assert_ok(assay_client_post(post->client, POST_BODY, strlen(POST_BODY), &post->delivery,
                                    &post->err),
                  &post->err);
        usleep(920000);
    }
    assay_client_free(post->client);
    ck_assert_uint_eq(hostile_requests(scene.server), 4);
    auth_assert_authorized(&scene, 1, "granted-1");
    auth_assert_authorized(&scene, 3, "granted-2");
    auth_close_scene(&scene);
}
END_TEST

START_TEST(refused_token_is_exchanged_once)
{
    static const struct hostile_step steps[] = {
        ANSWER(GRANT("3600")), ANSWER(DENIED),
        ANSWER(JSON("200 OK", "{\"accessToken\":\"granted-2\",\"expiresIn\":600}")), ANSWER(NAMED)};
    struct auth_scene scene = auth_open_scene(steps, 4);
    auth_use_client(&scene);
    post_once(scene.post);
    assert_ok(scene.post->status, &scene.post->err);
    ck_assert_uint_eq(scene.post->delivery.attempts, 1);
    auth_assert_authorized(&scene, 1, "granted-1");
    auth_assert_authorized(&scene, 3, "granted-2");
    auth_close_scene(&scene);
}
END_TEST

START_TEST(refused_token_is_not_exchanged_twice)
{
    static const struct hostile_step steps[] = {ANSWER(GRANT("3600")), ANSWER(DENIED),
                                                ANSWER(GRANT("3600")), ANSWER(DENIED)};
    struct auth_scene scene = auth_open_scene(steps, 4);
    auth_use_client(&scene);
    post_once(scene.post);
    ck_assert_int_eq(scene.post->status, ASSAY_ERROR_AUTH);
    ck_assert_ptr_nonnull(strstr(scene.post->err.message, "expired"));
    ck_assert_uint_eq(hostile_requests(scene.server), 4);
    post_assert_kept(scene.post);
    auth_close_scene(&scene);
}
END_TEST

/* A token that was replaced is still not shown; auth_close_scene() looks for both. */
START_TEST(token_that_was_replaced_is_blanked)
{
    static const struct hostile_step steps[] = {
        ANSWER(GRANT("3600")), ANSWER(DENIED),
        ANSWER(JSON("200 OK", "{\"accessToken\":\"granted-2\"}")),
        ANSWER(JSON("401 No", "{\"message\":\"Neither granted-1 nor granted-2.\"}"))};
    struct auth_scene scene = auth_open_scene(steps, 4);
    auth_use_client(&scene);
    post_once(scene.post);
    ck_assert_int_eq(scene.post->status, ASSAY_ERROR_AUTH);
    ck_assert_ptr_nonnull(strstr(scene.post->err.message, "Neither [secret] nor [secret]."));
    auth_close_scene(&scene);
}
END_TEST

/* A token without a life is good for the request at hand: the comparison after it gets another. */
START_TEST(token_lapses_between_post_and_comparison)
{
    static const struct hostile_step steps[] = {
        ANSWER(GRANT("0")), ANSWER(JSON("409 Conflict", "{}")),
        ANSWER(JSON("200 OK", "{\"accessToken\":\"granted-2\",\"expiresIn\":0}")),
        ANSWER(JSON("200 OK", "{\"name\":\"" POST_NAME "\",\"results\":[{\"id\":\"m\","
                              "\"x\":0.30000000000000004,\"n\":12345678901234567}]}"))};
    struct auth_scene scene = auth_open_scene(steps, 4);
    auth_use_client(&scene);
    post_once(scene.post);
    assert_ok(scene.post->status, &scene.post->err);
    ck_assert(scene.post->delivery.already_there);
    ck_assert_uint_eq(hostile_requests(scene.server), 4);
    auth_assert_authorized(&scene, 1, "granted-1");
    auth_assert_authorized(&scene, 3, "granted-2");
    auth_close_scene(&scene);
}
END_TEST

/* What the token endpoint may say, and what comes of it. */
static const struct grant_case {
    const char *answer;
    int exit_code;
    unsigned attempts;
    const char *says;
} GRANTS[] = {
    {JSON("401 No",
          "{\"error\":\"invalid_client\",\"error_description\":\"Who is id-1 with " SECRET "?\"}"),
     77, 1,
     "request for a token was refused: the client id or its secret is not accepted; check "
     "both (HTTP 401): "
     "Who is id-1 with [secret]?"},
    {JSON("400 No", "{\"message\":\"grantType?\"}"), 77, 1, "grantType?"},
    {JSON("403 No", ""), 77, 1, "request for a token"},
    {JSON("404 No", ""), 77, 1, "request for a token"},
    {JSON("413 No", ""), 77, 1, "request for a token"},
    {JSON("408 No", ""), 75, 3, "request for a token"},
    {JSON("429 No", ""), 75, 3, "request for a token"},
    {JSON("500 No", ""), 75, 3, "request for a token"},
    {JSON("503 No", ""), 75, 3, "request for a token"},
    {"HTTP/1.1 429 No\r\nRetry-After: 3600\r\nContent-Length: 0\r\n\r\n", 75, 1,
     "would pass the deadline"},
    {"", 75, 3, "request for a token was not delivered: the server did not answer properly"},
    {"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{\"acc", 75,
     3, "request for a token was not delivered: the server did not answer properly"},
    {"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n"
     "{\"accessToken\":\"granted-1\"}",
     75, 3, "without a JSON object that holds"},
    {JSON("302 Found", ""), 76, 1, "never followed; check the token URL (HTTP 302)"},
    {JSON("200 OK", "{\"access_token\":\"granted-1\"}"), 75, 3, "without a JSON object that holds"},
    {JSON("200 OK", "{\"accessToken\":5}"), 75, 3, "without a JSON object that holds"},
    {JSON("200 OK", "granted-1"), 75, 3, "without a JSON object that holds"},
    {JSON("200 OK", "{\"accessToken\":\"\"}"), 77, 1, "is empty"},
    {JSON("200 OK", "{\"accessToken\":\"granted-1\\r\\nX-Evil: 1\"}"), 77, 1, "is not a token"},
};

START_TEST(token_endpoint_misbehaves)
{
    const struct grant_case *one = &GRANTS[_i];
    const struct hostile_step steps[] = {ANSWER(one->answer)};
    struct auth_scene scene = auth_open_scene(steps, 1);
    auth_use_client(&scene);
    post_once(scene.post);
    ck_assert_msg(assay_status_exit_code(scene.post->status) == one->exit_code, "%d: %s", _i,
                  scene.post->err.message);
    ck_assert_uint_eq(scene.post->delivery.attempts, one->attempts);
    ck_assert_msg(strstr(scene.post->err.message, one->says) != NULL, "%s",
                  scene.post->err.message);
    ck_assert_uint_eq(hostile_requests(scene.server), one->attempts);
    post_assert_kept(scene.post);
    auth_close_scene(&scene);
}
END_TEST

START_TEST(token_endpoint_is_not_there)
{
    static const struct hostile_step steps[] = {ANSWER(NAMED)};
    struct auth_scene scene = auth_open_scene(steps, 1);
    auth_use_client(&scene);
    scene.post->options.token_url = "http://127.0.0.1:1/token"; /* nobody listens there */
    post_once(scene.post);
    ck_assert_int_eq(assay_status_exit_code(scene.post->status), 75);
    ck_assert_uint_eq(scene.post->delivery.attempts, 3);
    ck_assert_ptr_nonnull(strstr(scene.post->err.message, "request for a token was not delivered"));
    ck_assert_uint_eq(hostile_requests(scene.server), 0);
    post_assert_kept(scene.post);
    auth_close_scene(&scene);
}
END_TEST

/* That the token endpoint was reached says nothing about the server. */
START_TEST(server_is_not_there_but_the_token_endpoint_is)
{
    static const struct hostile_step steps[] = {ANSWER(GRANT("3600"))};
    struct auth_scene scene = auth_open_scene(steps, 1);
    char token_url[64];
    snprintf(token_url, sizeof token_url, "%s/token", hostile_url(scene.server));
    auth_use_client(&scene);
    scene.post->options.token_url = token_url;
    scene.post->options.base_url = "http://127.0.0.1:1"; /* nobody listens there */
    post_once(scene.post);
    ck_assert_int_eq(assay_status_exit_code(scene.post->status), 75);
    ck_assert_uint_eq(scene.post->delivery.attempts, 3);
    ck_assert_ptr_nonnull(strstr(scene.post->err.message, "The result was not delivered"));
    ck_assert_uint_eq(hostile_requests(scene.server), 1);
    post_assert_kept(scene.post);
    auth_close_scene(&scene);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, client_credentials_are_exchanged);
    tcase_add_test(cases, token_is_kept_until_it_expires);
    tcase_add_test(cases, token_is_renewed_before_it_expires);
    tcase_add_test(cases, refused_token_is_exchanged_once);
    tcase_add_test(cases, refused_token_is_not_exchanged_twice);
    tcase_add_test(cases, token_that_was_replaced_is_blanked);
    tcase_add_test(cases, token_lapses_between_post_and_comparison);
    tcase_add_loop_test(cases, token_endpoint_misbehaves, 0, (int)(sizeof GRANTS / sizeof *GRANTS));
    tcase_add_test(cases, token_endpoint_is_not_there);
    tcase_add_test(cases, server_is_not_there_but_the_token_endpoint_is);
}

int main(void)
{
    return test_main("auth", add);
}
