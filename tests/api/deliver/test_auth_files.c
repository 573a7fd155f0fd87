/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tokens and secrets in files, options that contradict, and what is shown of a token. */
#include <sys/stat.h>
#include <unistd.h>

#include "auth_scene.h"
#include "tmp_folder.h"

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
    struct auth_scene scene = auth_open_scene(steps, 3);
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
    auth_assert_authorized(&scene, 0, "first");
    auth_assert_authorized(&scene, 1, "first");
    auth_assert_authorized(&scene, 2, "second");
    unlink(path);
    auth_close_scene(&scene);
}
END_TEST

/* A secret that was replaced is used for the next token. */
START_TEST(client_secret_file_is_read_for_each_token)
{
    static const struct hostile_step steps[] = {ANSWER(GRANT("0")), ANSWER(NAMED)};
    struct auth_scene scene = auth_open_scene(steps, 2);
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
    auth_close_scene(&scene);
}
END_TEST

START_TEST(token_file_that_is_no_token)
{
    static const struct hostile_step steps[] = {ANSWER(NAMED)};
    static const char *const texts[] = {"", "\n", "two words", "a\nb\n", "caf\xC3\xA9", "tab\t"};
    struct auth_scene scene = auth_open_scene(steps, 1);
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
    auth_close_scene(&scene);
}
END_TEST

START_TEST(no_token_only_for_loopback)
{
    static const struct hostile_step steps[] = {ANSWER(NAMED)};
    struct auth_scene scene = auth_open_scene(steps, 1);
    post_once(scene.post);
    assert_ok(scene.post->status, &scene.post->err);
    ck_assert_ptr_null(strstr(hostile_request(scene.server, 0)->head, "Authorization"));
    scene.post->options.base_url = "https://stats.example.com";
    post_once(scene.post);
    ck_assert_int_eq(scene.post->status, ASSAY_ERROR_AUTH);
    ck_assert_uint_eq(scene.post->delivery.attempts, 0);
    post_assert_kept(scene.post);
    auth_close_scene(&scene);
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
        struct assay_client *client = NULL;
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
    text = NULL;
    ck_assert_int_eq(assay_client_describe(client, "{}", 2, &text, &err), ASSAY_ERROR_DATA);
    ck_assert_ptr_null(text);
    assay_client_free(client);
    assay_client_free(NULL);
    assay_process_cleanup();
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, token_file_is_read_again_when_refused);
    tcase_add_test(cases, client_secret_file_is_read_for_each_token);
    tcase_add_test(cases, token_file_that_is_no_token);
    tcase_add_test(cases, no_token_only_for_loopback);
    tcase_add_test(cases, options_that_contradict);
    tcase_add_test(cases, describe_blanks_the_token);
}

int main(void)
{
    return test_main("auth_files", add);
}
