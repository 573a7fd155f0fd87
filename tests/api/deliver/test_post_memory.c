/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Posting when memory runs out: each allocation of the poster's thread fails in turn, once. It must
 * neither crash nor leak nor say that something was delivered that was not, and what the caller
 * gave must stay as it was.
 */
#include "post_support.h"

#include <curl/curl.h>

#include "api/deliver/answer.h"
#include "scarce_memory.h"

static void *scarce_malloc(size_t size)
{
    return may_allocate() ? malloc(size) : NULL;
}

static char *scarce_strdup(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = scarce_malloc(size);
    return copy == NULL ? NULL : memcpy(copy, text, size);
}

/* Before anything else: who is first says where libcurl takes its memory from. cJSON, which reads
 * the answers, takes it there, too. */
static void make_libraries_scarce(void)
{
    cJSON_Hooks hooks = {scarce_malloc, free};
    cJSON_InitHooks(&hooks);
    CURLcode code = curl_global_init_mem(CURL_GLOBAL_DEFAULT, scarce_malloc, free, realloc,
                                         scarce_strdup, calloc);
    ck_assert_int_eq(code, CURLE_OK);
}

/* The options' strings are constants: overwriting one that is the caller's would be a fault. */
START_TEST(client_without_memory)
{
    const struct assay_client_options options = {.base_url = "https://stats.example.com",
                                                 .client_id = "id",
                                                 .client_secret = POST_TOKEN,
                                                 .token_url = "https://iam.example.com/token",
                                                 .ca_file = "/etc/ssl/ca.pem",
                                                 .outbox = "/tmp/none"};
    long failures = 0;
    struct assay_error err;
    assert_ok(assay_process_init(&err), &err);
    enum assay_status status = ASSAY_ERROR_MEMORY;
    for (long allowed = 0; status != ASSAY_OK; allowed++) {
        struct assay_client *client = NULL;
        allocations_left = allowed;
        status = assay_client_new(&options, &client, &err);
        allocations_left = -1;
        ck_assert((status == ASSAY_OK) == (client != NULL));
        if (status != ASSAY_OK)
            ck_assert_int_eq(err.code, ASSAY_ERROR_MEMORY);
        failures += status != ASSAY_OK;
        assay_client_free(client);
    }
    ck_assert_int_ge(failures, 3);
    ck_assert_str_eq(options.client_secret, POST_TOKEN);
    assay_process_cleanup();
}
END_TEST

START_TEST(post_without_memory)
{
    static const struct hostile_step well[] = {{HOSTILE_STORE, NULL, 0}};
    struct post *post = calloc(1, sizeof *post);
    long failures = 0;
    struct hostile *server = hostile_start(well, 1), *proxy = hostile_start(well, 1);
    post_init(post, hostile_url(server));
    /* Nothing goes to it, even where there is no memory to tell libcurl so. */
    ck_assert_int_eq(setenv("http_proxy", hostile_url(proxy), 1), 0);
    post->options.max_attempts = 1;
    post->options.request_timeout_seconds = 10.0;
    post->options.stall_timeout_seconds = 10.0;
    for (long allowed = 0, more = 1; more != 0; allowed++) {
        assert_ok(assay_client_new(&post->options, &post->client, &post->err), &post->err);
        size_t stored = hostile_stored(server);
        allocations_left = allowed;
        post->status = assay_client_post(post->client, POST_BODY, strlen(POST_BODY),
                                         &post->delivery, &post->err);
        more = allocations_left < 0;
        allocations_left = -1;
        assay_client_free(post->client);
        if (post->status == ASSAY_OK) {
            ck_assert_uint_eq(hostile_stored(server), 1);
            ck_assert_uint_eq(post_outbox_count(post), 0);
        } else {
            ck_assert_str_ne(post->err.message, "");
            ck_assert_str_eq(post->delivery.name, "");
            ck_assert(post->delivery.stored == (post_outbox_count(post) == 1));
            /* Nothing was sent that is not kept as well. */
            ck_assert(post->delivery.stored || hostile_stored(server) == stored);
        }
        failures += post->status != ASSAY_OK;
    }
    ck_assert_int_gt(failures, 10);
    ck_assert_uint_eq(hostile_requests(proxy), 0);
    hostile_stop(proxy);
    post_release(post);
    free(post);
    hostile_stop(server);
}
END_TEST

/* What there is no memory for is not a tree, and leaves nothing behind (LeakSanitizer). */
START_TEST(answers_without_memory)
{
    static const char ANSWER[] =
        "{\"accessToken\":\"t\",\"expiresIn\":1e3,\"more\":[true,null,{}]}";
    long failures = 0;
    const char *why = "";
    for (long allowed = 0; why != NULL; allowed++) {
        cJSON *root = NULL;
        allocations_left = allowed;
        why = assay__answer_parse(ANSWER, sizeof ANSWER - 1, &root);
        allocations_left = -1;
        ck_assert((why == NULL) == (root != NULL));
        failures += why != NULL;
        cJSON_Delete(root);
    }
    ck_assert_int_ge(failures, 12);
}
END_TEST

static void add(TCase *cases)
{
    tcase_set_timeout(cases, 60.0);
    tcase_add_checked_fixture(cases, make_libraries_scarce, curl_global_cleanup);
    tcase_add_test(cases, client_without_memory);
    tcase_add_test(cases, post_without_memory);
    tcase_add_test(cases, answers_without_memory);
}

int main(void)
{
    only_one_fails = true;
    return test_main_apart("post_memory", add);
}
