/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A delivery that its caller ends: while the server says nothing, and between two attempts. */
#include "test.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"

static const double LATE_SECONDS = 5.0;
static const char BODY[] = "{\"parent\":\"workflows/w/instances/i\",\"analysisResultId\":\"res-1\","
                           "\"analysisResult\":{\"results\":[]}}";

/* A socket of loopback that is bound, and takes connections into its queue when it listens. */
static int silent_server(bool listens, char url[64])
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_ge(server, 0);
    ck_assert_int_eq(bind(server, (struct sockaddr *)&address, sizeof address), 0);
    ck_assert_int_eq(getsockname(server, (struct sockaddr *)&address, &length), 0);
    if (listens)
        ck_assert_int_eq(listen(server, 8), 0);
    snprintf(url, 64, "http://127.0.0.1:%u", (unsigned)ntohs(address.sin_port));
    return server;
}

/* Posts with a deadline of the call of .15 s; the client's own limits are far off. */
static void post(bool listens, const char *outbox)
{
    char url[64];
    int server = silent_server(listens, url);
    const struct assay_hooks hooks = {.deadline_seconds = 0.15};
    const struct assay_client_options options = {.base_url = url,
                                                 .token = "t",
                                                 .outbox = outbox,
                                                 .backoff_seconds = 60,
                                                 .backoff_max_seconds = 60,
                                                 .hooks = &hooks};
    struct assay_client *client;
    struct assay_delivery delivery;
    struct assay_error err;
    size_t delivered, left;
    assert_ok(assay_client_new(&options, &client, &err), &err);
    double begin = assay__clock_now();
    ck_assert_int_eq(assay_client_post(client, BODY, sizeof BODY - 1, &delivery, &err),
                     ASSAY_ERROR_CANCELLED);
    ck_assert_double_lt(assay__clock_now() - begin, 0.15 + LATE_SECONDS);
    ck_assert_int_eq(delivery.stored, outbox != NULL);
    if (outbox != NULL) {
        begin = assay__clock_now();
        ck_assert_int_eq(assay_client_flush(client, &delivered, &left, &err),
                         ASSAY_ERROR_CANCELLED);
        ck_assert_double_lt(assay__clock_now() - begin, 0.15 + LATE_SECONDS);
        ck_assert_uint_eq(left, 1);
    }
    assay_client_free(client);
    close(server);
}

START_TEST(a_server_that_says_nothing_is_given_up)
{
    char outbox[256];
    struct assay_error err;
    assert_ok(assay_process_init(&err), &err);
    snprintf(outbox, sizeof outbox, "%s/outbox", test_tmp());
    ck_assert_int_eq(mkdir(outbox, 0700), 0);
    post(true, NULL);
    post(true, outbox);
    assay_process_cleanup();
}
END_TEST

START_TEST(the_wait_between_attempts_is_given_up)
{
    struct assay_error err;
    assert_ok(assay_process_init(&err), &err);
    post(false, NULL);
    assay_process_cleanup();
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, a_server_that_says_nothing_is_given_up);
    tcase_add_test(cases, the_wait_between_attempts_is_given_up);
}

int main(void)
{
    return test_main("cancel_post", add);
}
