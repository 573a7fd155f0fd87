/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Large results, and many at once. */
#include <pthread.h>
#include <stdatomic.h>

#include "api/deliver/client.h"
#include "base/halt.h"
#include "pool.h"
#include "post_support.h"

static const struct hostile_step WELL[] = {{HOSTILE_STORE, NULL, 0}};

/* A server that refuses a body by its header alone is heard, though the body is not yet sent. */
START_TEST(early_refusal_of_a_large_body)
{
    static const struct hostile_step steps[] = {
        {HOSTILE_EARLY,
         "HTTP/1.1 413 Too Large\r\nContent-Type: text/plain\r\n"
         "Connection: close\r\n\r\nAt most 1 MB.",
         0}};
    const size_t size = 8 << 20;
    struct hostile *server = hostile_start(steps, 1);
    struct post *post = calloc(1, sizeof *post);
    char *body = malloc(size + 1);
    post_init(post, hostile_url(server));
    post->options.request_timeout_seconds = 60.0;
    post->options.stall_timeout_seconds = 60.0;
    post->options.deadline_seconds = 180.0;
    memset(body, ' ', size);
    memcpy(body, POST_BODY, strlen(POST_BODY));
    assert_ok(assay_client_new(&post->options, &post->client, &post->err), &post->err);
    post->status = assay_client_post(post->client, body, size, &post->delivery, &post->err);
    assay_client_free(post->client);
    ck_assert_int_eq(assay_status_exit_code(post->status), 76);
    ck_assert_uint_eq(post->delivery.attempts, 1);
    ck_assert_ptr_nonnull(strstr(post->err.message, "(HTTP 413): At most 1 MB."));
    ck_assert_uint_eq(post_outbox_count(post), 1);
    free(body);
    post_release(post);
    free(post);
    hostile_stop(server);
}
END_TEST

/* A server may answer with all that it was sent, and with it when asked for what it has: both must
 * be taken, however large the result is. */
START_TEST(large_result_is_acknowledged)
{
    static const char HEAD[] = "{\"parent\":\"" POST_PARENT "\",\"analysisResultId\":\"res-1\","
                               "\"analysisResult\":{\"text\":\"";
    const size_t size = 17 << 20;
    struct hostile *server = hostile_start(WELL, 1);
    struct post *post = calloc(1, sizeof *post);
    char *body = malloc(size + 1);
    post_init(post, hostile_url(server));
    post->options.request_timeout_seconds = 20.0;
    post->options.stall_timeout_seconds = 20.0;
    post->options.deadline_seconds = 60.0;
    memset(body, 'x', size);
    memcpy(body, HEAD, sizeof HEAD - 1);
    memcpy(body + size - 3, "\"}}", 4);
    assert_ok(assay_client_new(&post->options, &post->client, &post->err), &post->err);
    for (int i = 0; i < 2; i++) {
        assert_ok(assay_client_post(post->client, body, size, &post->delivery, &post->err),
                  &post->err);
        ck_assert_uint_eq(post->delivery.attempts, 1);
        ck_assert(post->delivery.already_there == (i == 1));
    }
    assay_client_free(post->client);
    free(body);
    post_release(post);
    free(post);
    hostile_stop(server);
}
END_TEST

/* Bytes that an allocator has given and not taken back, and the most there were. */
struct meter {
    size_t now, most;
};

static void *meter_take(void *context, size_t size)
{
    struct meter *meter = context;
    meter->now += size;
    meter->most = meter->now > meter->most ? meter->now : meter->most;
    return malloc(size);
}

/* Moves pages where it can, as realloc() does with much memory. */
static void *meter_resize(void *context, void *memory, size_t before, size_t size)
{
    struct meter *meter = context;
    meter->now -= before;
    meter->now += size;
    meter->most = meter->now > meter->most ? meter->now : meter->most;
    return realloc(memory, size);
}

static void meter_release(void *context, void *memory, size_t size)
{
    struct meter *meter = context;
    meter->now -= size;
    free(memory);
}

/* A result with many metrics becomes a request body in its place, and is read without a copy. */
START_TEST(large_result_is_wrapped_in_its_place)
{
    enum { METRICS = 32000, METRIC_BYTES = 300 };
    static const char BEGIN[] = "{\"parent\":\"" POST_PARENT "\",\"analysisResultId\":\"ar-",
                      END[] = "]}]}}\n";
    struct meter meter = {0};
    const struct assay_allocator allocator = {meter_take, meter_resize, meter_release, &meter, {0}};
    const struct assay_hooks hooks = {.allocator = &allocator};
    struct assay_error err = {0};
    struct assay__text text = {0};
    (void)assay_hooks_use(&hooks);
    assay__text_reserve(&text, METRICS * METRIC_BYTES);
    size_t room = meter.now;
    assay__text_puts(&text, "\xEF\xBB\xBF{\"results\":[");
    for (int i = 0; i < METRICS; i++) {
        assay__text_format(&text, "%s{\"name\":\"metric \\u00e4 %d\",\"figures\":[",
                           i > 0 ? ",\n" : "", i);
        for (int k = 0; k < 20; k++)
            assay__text_format(&text, "%s%d.%06d", k > 0 ? "," : "", i, k);
        assay__text_puts(&text, "]}");
    }
    assay__text_puts(&text, "]} \n");
    ck_assert_uint_eq(meter.most, room);
    ck_assert_uint_gt(text.length, 7 << 20);
    assert_ok(assay__request_complete(&text, "file", POST_PARENT, NULL, &err), &err);
    /* A metric that is forgotten leaves one value: its place, its type. */
    ck_assert_uint_lt(meter.most - room, METRICS * 160);
    ck_assert_int_eq(strncmp(text.data, BEGIN, sizeof BEGIN - 1), 0);
    ck_assert_str_eq(text.data + text.length - (sizeof END - 1), END);
    assay__text_release(&text);
    (void)assay_hooks_use(NULL);
    ck_assert_uint_eq(meter.now, 0);
}
END_TEST

/* One client to a thread, one outbox for all. */
static void *post_many(void *argument)
{
    struct post *post = argument;
    static atomic_uint next_thread;
    unsigned thread = atomic_fetch_add(&next_thread, 1);
    struct assay_client *client;
    struct assay_delivery delivery;
    struct assay_error err;
    assert_ok(assay_client_new(&post->options, &client, &err), &err);
    for (unsigned i = 0; i < 20; i++) {
        char body[256];
        int length = snprintf(body, sizeof body,
                              "{\"parent\":\"%s\",\"analysisResultId\":\"res-%u-%u\","
                              "\"analysisResult\":{\"n\":%u}}",
                              POST_PARENT, thread, i, i);
        assert_ok(assay_client_post(client, body, (size_t)length, &delivery, &err), &err);
    }
    assay_client_free(client);
    return NULL;
}

START_TEST(clients_in_threads)
{
    enum { THREADS = 4 };
    struct hostile *server = hostile_start(WELL, 1);
    struct post *post = calloc(1, sizeof *post);
    pthread_t threads[THREADS];
    post_init(post, hostile_url(server));
    post->options.on_event = NULL;
    post->options.request_timeout_seconds = 20.0;
    post->options.stall_timeout_seconds = 20.0;
    for (int i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, post_many, post), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    ck_assert_uint_eq(hostile_stored(server), THREADS * 20);
    ck_assert_uint_eq(hostile_requests(server), THREADS * 20);
    ck_assert_uint_eq(post_outbox_count(post), 0);
    post_release(post);
    free(post);
    hostile_stop(server);
}
END_TEST

/* What a request is shown to. */
struct viewer {
    const char *body;
    size_t length, seen;
    bool has_body; /* the body came as it stands, not as a copy */
};

static enum assay_status view(void *context, const char *bytes, size_t length,
                              struct assay_error *err)
{
    struct viewer *viewer = context;
    (void)err;
    viewer->has_body = viewer->has_body || (bytes == viewer->body && length == viewer->length);
    viewer->seen += length;
    return ASSAY_OK;
}

/* A dry run takes no memory for another body, and the library's text none for a third. */
START_TEST(large_request_is_shown_without_a_copy)
{
    static const char HEAD[] = "{\"parent\":\"" POST_PARENT "\",\"analysisResultId\":\"res-1\","
                               "\"analysisResult\":{\"results\":[{}";
#define TEN "0.1,0.2,0.3,0.4,0.5,0.6,0.7,0.8,0.9,1e1"
    static const char RESULT[] = ",{\"id\":\"a\",\"v\":[" TEN "," TEN "," TEN "," TEN "]}",
                      TAIL[] = "]}}";
    enum { RESULTS = 20000, PART = sizeof RESULT - 1 };
    const size_t size = sizeof HEAD - 1 + (size_t)PART * RESULTS + sizeof TAIL - 1;
    struct pool pool;
    pool_init(&pool, 0);
    const struct assay_hooks hooks = {.allocator = &pool.allocator};
    const struct assay_client_options options = {.base_url = "http://127.0.0.1:9", .hooks = &hooks};
    struct assay_client *client;
    struct assay_error err;
    char *body = malloc(size + 1), *text = NULL;
    memcpy(body, HEAD, sizeof HEAD - 1);
    for (size_t i = 0; i < RESULTS; i++)
        memcpy(body + sizeof HEAD - 1 + i * PART, RESULT, PART);
    memcpy(body + size - (sizeof TAIL - 1), TAIL, sizeof TAIL);
    struct viewer viewer = {.body = body, .length = size};
    assert_ok(assay_process_init(&err), &err);
    assert_ok(assay_client_new(&options, &client, &err), &err);
    assert_ok(assay__client_describe(client, body, size, &(struct assay_sink){view, &viewer}, &err),
              &err);
    ck_assert(viewer.has_body);
    long most = atomic_load(&pool.most); /* what it takes to read the names in it */
    ck_assert_int_lt(most, (long)(size - size / 4));
    assert_ok(assay_client_describe(client, body, size, &text, &err), &err);
    ck_assert_int_lt(atomic_load(&pool.most), most + (long)size + 65536);
    ck_assert_uint_eq(strlen(text), viewer.seen);
    free(text);
    assay_client_free(client);
    ck_assert_int_eq(atomic_load(&pool.blocks), 0);
    assay_process_cleanup();
    free(body);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, early_refusal_of_a_large_body);
    tcase_add_test(cases, large_result_is_acknowledged);
    tcase_add_test(cases, large_request_is_shown_without_a_copy);
    tcase_add_test(cases, large_result_is_wrapped_in_its_place);
    tcase_add_test(cases, clients_in_threads);
}

int main(void)
{
    return test_main("post_large", add);
}
