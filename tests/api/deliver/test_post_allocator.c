/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A client and its posts take memory from the allocator of their hooks, and any of it may fail. */
#include "test.h"

#include "pool.h"

/* Posts to nobody; the outbox keeps it. */
static enum assay_status post(const struct assay_hooks *hooks, const char *outbox,
                              struct assay_error *err)
{
    struct assay_client_options options = {
        .base_url = "http://127.0.0.1:9", .outbox = outbox, .max_attempts = 1, .hooks = hooks};
    static const char BODY[] =
        "{\"parent\":\"workflows/w/instances/i\",\"analysisResultId\":\"res-1\","
        "\"analysisResult\":{\"results\":[]}}";
    struct assay_client *client = NULL;
    struct assay_delivery delivery;
    char *text = NULL;
    enum assay_status status = assay_client_new(&options, &client, err);
    if (status == ASSAY_OK)
        status = assay_client_describe(client, BODY, strlen(BODY), &text, err);
    if (status == ASSAY_OK)
        status = assay_client_post(client, BODY, strlen(BODY), &delivery, err);
    assay_client_free(client);
    assay_free(text);
    return status;
}

/* Fails one allocation after the other; returns how many there were. */
static long post_and_fail(const char *outbox)
{
    struct pool pool;
    struct assay_error err;
    long at = 0;
    pool_init(&pool, 0);
    const struct assay_hooks hooks = {.allocator = &pool.allocator};
    enum assay_status wanted = post(&hooks, outbox, &err);
    ck_assert(wanted == ASSAY_ERROR_UNAVAILABLE || wanted == ASSAY_ERROR_TRY_AGAIN);
    for (bool has_failed = true; has_failed; at++) {
        atomic_store(&pool.calls, 0);
        pool.fails_at = at;
        enum assay_status status = post(&hooks, outbox, &err);
        has_failed = atomic_load(&pool.calls) > at;
        ck_assert_int_eq(atomic_load(&pool.blocks), 0);
        ck_assert_int_eq(atomic_load(&pool.errors), 0);
        /* Where the words of libcurl can't be kept, the post fails without them. */
        ck_assert_msg(status == wanted || (has_failed && status == ASSAY_ERROR_MEMORY),
                      "allocation %ld: %s: %s", at, assay_status_id(status), err.message);
    }
    return at;
}

START_TEST(a_client_takes_memory_from_its_allocator)
{
    struct assay_error err;
    char outbox[256];
    snprintf(outbox, sizeof outbox, "%s/outbox", test_tmp());
    assert_ok(assay_process_init(&err), &err);
    ck_assert_int_gt(post_and_fail(NULL), 5);
    ck_assert_int_gt(post_and_fail(outbox), 8);
    assay_process_cleanup();
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, a_client_takes_memory_from_its_allocator);
}

int main(void)
{
    return test_main("post_allocator", add);
}
