/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where tokens come from, when they are renewed, and that they are never shown. */
#include <sys/stat.h>
#include <unistd.h>

#include "post_support.h"
#include "tmp_folder.h"

#define JSON(status, text)                                                                         \
    "HTTP/1.1 " status "\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n" text
#define GRANT(expires) JSON("200 OK", "{\"accessToken\":\"granted-1\",\"expiresIn\":" expires "}")
#define NAMED JSON("200 OK", "{\"name\":\"" POST_NAME "\"}")
#define DENIED JSON("401 No", "{\"message\":\"expired\"}")
#define SECRET "client-SECRET-9876"

#define ANSWER(text)                                                                               \
    {                                                                                              \
        HOSTILE_ANSWER, text, 0                                                                    \
    }

/* A server with a script, and a client without a token yet. */
struct scene {
    struct hostile *server;
    struct post *post;
};

static struct scene open_scene(const struct hostile_step *steps, size_t count)
{
    struct scene scene = {hostile_start(steps, count), calloc(1, sizeof *scene.post)};
    post_init(scene.post, hostile_url(scene.server));
    scene.post->options.token = NULL;
    return scene;
}

static void close_scene(struct scene *scene)
{
    ck_assert_ptr_null(strstr(scene->post->log, SECRET));
    ck_assert_ptr_null(strstr(scene->post->err.message, SECRET));
    ck_assert_ptr_null(strstr(scene->post->log, "granted-"));
    ck_assert_ptr_null(strstr(scene->post->err.message, "granted-"));
    post_assert_secret(scene->post);
    post_release(scene->post);
    free(scene->post);
    hostile_stop(scene->server);
}

static void use_client(struct scene *scene)
{
    scene->post->options.client_id = "id-1";
    scene->post->options.client_secret = SECRET;
}

static void assert_authorized(struct scene *scene, size_t index, const char *token)
{
    char field[256];
    snprintf(field, sizeof field, "\r\nAuthorization: Bearer %s\r\n", token);
    const char *head = hostile_request(scene->server, index)->head;
    ck_assert_msg(strstr(head, field) != NULL, "request %zu: %s", index, head);
}

START_TEST(client_credentials_are_exchanged)
{
    static const struct hostile_step steps[] = {ANSWER(GRANT("3600")), ANSWER(NAMED)};
    struct scene scene = open_scene(steps, 2);
    use_client(&scene);
    post_once(scene.post);
    assert_ok(scene.post->status, &scene.post->err);
    const struct hostile_request *grant = hostile_request(scene.server, 0);
    ck_assert_int_eq(strncmp(grant->head, "POST /v1/oauth/token HTTP/1.1\r\n", 31), 0);
    ck_assert_ptr_null(strstr(grant->head, "Authorization:"));
    ck_assert_str_eq(grant->body, "{\"grantType\":\"client_credentials\",\"clientId\":\"id-1\","
                                  "\"clientSecret\":\"" SECRET "\"}");
    assert_authorized(&scene, 1, "granted-1");
    ck_assert_uint_eq(hostile_requests(scene.server), 2);
    close_scene(&scene);
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
    struct scene scene = open_scene(is_short ? renewing : steps, 4);
    struct post *post = scene.post;
    use_client(&scene);
    assert_ok(assay_client_new(&post->options, &post->client, &post->err), &post->err);
    for (int i = 0; i < 2; i++)
        assert_ok(assay_client_post(post->client, POST_BODY, strlen(POST_BODY), &post->delivery,
                                    &post->err),
                  &post->err);
    assay_client_free(post->client);
    size_t requests = hostile_requests(scene.server);
    close_scene(&scene);
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
    struct scene scene = open_scene(steps, 4);
    struct post *post = scene.post;
    use_client(&scene);
    assert_ok(assay_client_new(&post->options, &post->client, &post->err), &post->err);
    for (int i = 0; i < 2; i++) {
        assert_ok(assay_client_post(post->client, POST_BODY, strlen(POST_BODY), &post->delivery,
                                    &post->err),
                  &post->err);
        usleep(920000);
    }
    assay_client_free(post->client);
    ck_assert_uint_eq(hostile_requests(scene.server), 4);
    assert_authorized(&scene, 1, "granted-1");
    assert_authorized(&scene, 3, "granted-2");
    close_scene(&scene);
}
END_TEST

START_TEST(refused_token_is_exchanged_once)
{
    static const struct hostile_step steps[] = {
        ANSWER(GRANT("3600")), ANSWER(DENIED),
        ANSWER(JSON("200 OK", "{\"accessToken\":\"granted-2\",\"expiresIn\":600}")), ANSWER(NAMED)};
    struct scene scene = open_scene(steps, 4);
    use_client(&scene);
    post_once(scene.post);
    assert_ok(scene.post->status, &scene.post->err);
    ck_assert_uint_eq(scene.post->delivery.attempts, 1);
    assert_authorized(&scene, 1, "granted-1");
    assert_authorized(&scene, 3, "granted-2");
    close_scene(&scene);
}
END_TEST

START_TEST(refused_token_is_not_exchanged_twice)
{
    static const struct hostile_step steps[] = {ANSWER(GRANT("3600")), ANSWER(DENIED),
                                                ANSWER(GRANT("3600")), ANSWER(DENIED)};
    struct scene scene = open_scene(steps, 4);
    use_client(&scene);
    post_once(scene.post);
    ck_assert_int_eq(scene.post->status, ASSAY_ERROR_AUTH);
    ck_assert_ptr_nonnull(strstr(scene.post->err.message, "expired"));
    ck_assert_uint_eq(hostile_requests(scene.server), 4);
    post_assert_kept(scene.post);
    close_scene(&scene);
}
END_TEST

/* A token that was replaced is still not shown; close_scene() looks for both. */
START_TEST(token_that_was_replaced_is_blanked)
{
    static const struct hostile_step steps[] = {
        ANSWER(GRANT("3600")), ANSWER(DENIED),
        ANSWER(JSON("200 OK", "{\"accessToken\":\"granted-2\"}")),
        ANSWER(JSON("401 No", "{\"message\":\"Neither granted-1 nor granted-2.\"}"))};
    struct scene scene = open_scene(steps, 4);
    use_client(&scene);
    post_once(scene.post);
    ck_assert_int_eq(scene.post->status, ASSAY_ERROR_AUTH);
    ck_assert_ptr_nonnull(strstr(scene.post->err.message, "Neither [secret] nor [secret]."));
    close_scene(&scene);
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
    struct scene scene = open_scene(steps, 4);
    use_client(&scene);
    post_once(scene.post);
    assert_ok(scene.post->status, &scene.post->err);
    ck_assert(scene.post->delivery.already_there);
    ck_assert_uint_eq(hostile_requests(scene.server), 4);
    assert_authorized(&scene, 1, "granted-1");
    assert_authorized(&scene, 3, "granted-2");
    close_scene(&scene);
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
     75, 3, "without JSON that has"},
    {JSON("302 Found", ""), 76, 1, "never followed; check the token URL (HTTP 302)"},
    {JSON("200 OK", "{\"access_token\":\"granted-1\"}"), 75, 3, "without JSON that has"},
    {JSON("200 OK", "{\"accessToken\":5}"), 75, 3, "without JSON that has"},
    {JSON("200 OK", "granted-1"), 75, 3, "without JSON that has"},
    {JSON("200 OK", "{\"accessToken\":\"\"}"), 77, 1, "is empty"},
    {JSON("200 OK", "{\"accessToken\":\"granted-1\\r\\nX-Evil: 1\"}"), 77, 1, "is not a token"},
};

START_TEST(token_endpoint_misbehaves)
{
    const struct grant_case *one = &GRANTS[_i];
    const struct hostile_step steps[] = {ANSWER(one->answer)};
    struct scene scene = open_scene(steps, 1);
    use_client(&scene);
    post_once(scene.post);
    ck_assert_msg(assay_status_exit_code(scene.post->status) == one->exit_code, "%d: %s", _i,
                  scene.post->err.message);
    ck_assert_uint_eq(scene.post->delivery.attempts, one->attempts);
    ck_assert_msg(strstr(scene.post->err.message, one->says) != NULL, "%s",
                  scene.post->err.message);
    ck_assert_uint_eq(hostile_requests(scene.server), one->attempts);
    post_assert_kept(scene.post);
    close_scene(&scene);
}
END_TEST

START_TEST(token_endpoint_is_not_there)
{
    static const struct hostile_step steps[] = {ANSWER(NAMED)};
    struct scene scene = open_scene(steps, 1);
    use_client(&scene);
    scene.post->options.token_url = "http://127.0.0.1:1/token"; /* nobody listens there */
    post_once(scene.post);
    ck_assert_int_eq(assay_status_exit_code(scene.post->status), 75);
    ck_assert_uint_eq(scene.post->delivery.attempts, 3);
    ck_assert_ptr_nonnull(strstr(scene.post->err.message, "request for a token was not delivered"));
    ck_assert_uint_eq(hostile_requests(scene.server), 0);
    post_assert_kept(scene.post);
    close_scene(&scene);
}
END_TEST

/* That the token endpoint was reached says nothing about the server. */
START_TEST(server_is_not_there_but_the_token_endpoint_is)
{
    static const struct hostile_step steps[] = {ANSWER(GRANT("3600"))};
    struct scene scene = open_scene(steps, 1);
    char token_url[64];
    snprintf(token_url, sizeof token_url, "%s/token", hostile_url(scene.server));
    use_client(&scene);
    scene.post->options.token_url = token_url;
    scene.post->options.base_url = "http://127.0.0.1:1"; /* nobody listens there */
    post_once(scene.post);
    ck_assert_int_eq(assay_status_exit_code(scene.post->status), 75);
    ck_assert_uint_eq(scene.post->delivery.attempts, 3);
    ck_assert_ptr_nonnull(strstr(scene.post->err.message, "The result was not delivered"));
    ck_assert_uint_eq(hostile_requests(scene.server), 1);
    post_assert_kept(scene.post);
    close_scene(&scene);
}
END_TEST

static void write_token(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    fclose(file);
}

START_TEST(token_file_is_read_again_when_refused)
{
    static const struct hostile_step steps[] = {ANSWER(NAMED), ANSWER(DENIED), ANSWER(NAMED)};
    struct scene scene = open_scene(steps, 3);
    struct post *post = scene.post;
    char path[64];
    snprintf(path, sizeof path, "%s/token-XXXXXX", test_tmp());
    close(mkstemp(path));
    write_token(path, "first\r\n");
    post->options.token_file = path;
    assert_ok(assay_client_new(&post->options, &post->client, &post->err), &post->err);
    assert_ok(
        assay_client_post(post->client, POST_BODY, strlen(POST_BODY), &post->delivery, &post->err),
        &post->err);
    write_token(path, "second");
    assert_ok(
        assay_client_post(post->client, POST_BODY, strlen(POST_BODY), &post->delivery, &post->err),
        &post->err);
    assay_client_free(post->client);
    ck_assert_uint_eq(hostile_requests(scene.server), 3);
    assert_authorized(&scene, 0, "first");
    assert_authorized(&scene, 1, "first");
    assert_authorized(&scene, 2, "second");
    unlink(path);
    close_scene(&scene);
}
END_TEST

/* A secret that was replaced is used for the next token. */
START_TEST(client_secret_file_is_read_for_each_token)
{
    static const struct hostile_step steps[] = {ANSWER(GRANT("0")), ANSWER(NAMED)};
    struct scene scene = open_scene(steps, 2);
    struct post *post = scene.post;
    char path[64];
    snprintf(path, sizeof path, "%s/token-XXXXXX", test_tmp());
    close(mkstemp(path));
    post->options.client_id = "id-1";
    post->options.client_secret_file = path;
    assert_ok(assay_client_new(&post->options, &post->client, &post->err), &post->err);
    for (int i = 0; i < 2; i++) {
        hostile_script(scene.server, steps, 2);
        write_token(path, i == 0 ? SECRET "\n" : "the-second-one");
        assert_ok(assay_client_post(post->client, POST_BODY, strlen(POST_BODY), &post->delivery,
                                    &post->err),
                  &post->err);
    }
    assay_client_free(post->client);
    ck_assert_uint_eq(hostile_requests(scene.server), 4);
    ck_assert_ptr_nonnull(strstr(hostile_request(scene.server, 0)->body, "\"" SECRET "\""));
    ck_assert_ptr_nonnull(strstr(hostile_request(scene.server, 2)->body, "\"the-second-one\""));
    unlink(path);
    close_scene(&scene);
}
END_TEST

START_TEST(token_file_that_is_no_token)
{
    static const struct hostile_step steps[] = {ANSWER(NAMED)};
    static const char *const texts[] = {"", "\n", "two words", "a\nb\n", "caf\xC3\xA9", "tab\t"};
    struct scene scene = open_scene(steps, 1);
    char path[64];
    snprintf(path, sizeof path, "%s/token-XXXXXX", test_tmp());
    close(mkstemp(path));
    scene.post->options.token_file = path;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        write_token(path, texts[i]);
        post_once(scene.post);
        ck_assert_int_eq(scene.post->status, ASSAY_ERROR_AUTH);
        ck_assert_ptr_nonnull(strstr(scene.post->err.message, "content of the token file"));
        ck_assert_str_eq(scene.post->err.file, path);
    }
    ck_assert_uint_eq(hostile_requests(scene.server), 0);
    unlink(path);
    post_once(scene.post);
    ck_assert_int_eq(scene.post->status, ASSAY_ERROR_AUTH);
    ck_assert_str_eq(scene.post->err.file, path);
    ck_assert_uint_eq(scene.post->delivery.attempts, 0);
    post_assert_kept(scene.post);
    close_scene(&scene);
}
END_TEST

START_TEST(no_token_only_for_loopback)
{
    static const struct hostile_step steps[] = {ANSWER(NAMED)};
    struct scene scene = open_scene(steps, 1);
    post_once(scene.post);
    assert_ok(scene.post->status, &scene.post->err);
    ck_assert_ptr_null(strstr(hostile_request(scene.server, 0)->head, "Authorization"));
    scene.post->options.base_url = "https://stats.example.com";
    post_once(scene.post);
    ck_assert_int_eq(scene.post->status, ASSAY_ERROR_AUTH);
    ck_assert_uint_eq(scene.post->delivery.attempts, 0);
    post_assert_kept(scene.post);
    close_scene(&scene);
}
END_TEST

START_TEST(options_that_contradict)
{
    static const struct assay_client_options cases[] = {
        {.base_url = "https://a.example", .region = "eu", .token = "t"},
        {.token = "t"},
        {.region = "eu", .token = "t", .token_file = "/dev/null"},
        {.region = "eu", .token = "t", .client_id = "i", .client_secret = "s"},
        {.region = "eu", .client_id = "i"},
        {.region = "eu", .client_secret = "s"},
        {.region = "eu", .client_id = "i", .client_secret = "s", .client_secret_file = "/dev/null"},
        {.region = "moon", .token = "t"},
        {.base_url = "http://a.example", .token = "t"},
        {.region = "eu", .client_id = "i", .client_secret = "s", .token_url = "http://a.example"},
        {.region = "eu", .token = "t", .deadline_seconds = -1.0},
        {.region = "eu", .token = "t", .request_timeout_seconds = NAN},
        {.region = "eu", .token = "t", .backoff_seconds = INFINITY},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct assay_client *client;
        struct assay_error err = {0};
        ck_assert_msg(assay_client_new(&cases[i], &client, &err) == ASSAY_ERROR_USAGE, "case %zu",
                      i);
        ck_assert_ptr_null(client);
        ck_assert_str_ne(err.message, "");
    }
}
END_TEST

START_TEST(describe_blanks_the_token)
{
    struct assay_client_options options = {.region = "eu", .token = POST_TOKEN};
    struct assay_client *client;
    struct assay_error err;
    char *text = NULL;
    assert_ok(assay_process_init(&err), &err);
    assert_ok(assay_client_new(&options, &client, &err), &err);
    assert_ok(assay_client_describe(client, POST_BODY, strlen(POST_BODY), &text, &err), &err);
    ck_assert_str_eq(text, "POST https://stats.eu.confidence.dev/v2/" POST_PARENT
                           "/analysisResults?analysisResultId=res-1\n"
                           "Authorization: Bearer [token]\n"
                           "Accept: application/json\n"
                           "Content-Type: application/json\n"
                           "User-Agent: assay/" ASSAY_VERSION "\n\n" POST_BODY "\n");
    free(text);
    ck_assert_int_eq(assay_client_describe(client, "{}", 2, &text, &err), ASSAY_ERROR_DATA);
    ck_assert_ptr_null(text);
    assay_client_free(client);
    assay_client_free(NULL);
    assay_process_cleanup();
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, client_credentials_are_exchanged);
    tcase_add_test(cases, token_is_kept_until_it_expires);
    tcase_add_test(cases, token_is_renewed_before_it_expires);
    tcase_add_test(cases, token_lapses_between_post_and_comparison);
    tcase_add_test(cases, refused_token_is_exchanged_once);
    tcase_add_test(cases, refused_token_is_not_exchanged_twice);
    tcase_add_test(cases, token_that_was_replaced_is_blanked);
    tcase_add_loop_test(cases, token_endpoint_misbehaves, 0, (int)(sizeof GRANTS / sizeof *GRANTS));
    tcase_add_test(cases, token_file_is_read_again_when_refused);
    tcase_add_test(cases, token_endpoint_is_not_there);
    tcase_add_test(cases, server_is_not_there_but_the_token_endpoint_is);
    tcase_add_test(cases, client_secret_file_is_read_for_each_token);
    tcase_add_test(cases, token_file_that_is_no_token);
    tcase_add_test(cases, no_token_only_for_loopback);
    tcase_add_test(cases, options_that_contradict);
    tcase_add_test(cases, describe_blanks_the_token);
}

int main(void)
{
    return test_main("auth", add);
}
