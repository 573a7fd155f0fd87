/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hostile clients: broken bodies and heads, slow ones, too many of them. Fixed seeds. */
#include <arpa/inet.h>
#include <sys/socket.h>
#include <time.h>

#include "serve_client.h"

static struct endpoint endpoint;

static void start(void)
{
    endpoint_init(&endpoint);
}

static void stop(void)
{
    endpoint_release(&endpoint);
}

static const char VALID[] =
    "{\"parent\":\"" PARENT "\",\"analysisResult\":{\"results\":[{\"id\":\"m\",\"statsSettings\":"
    "{\"adjustedAlpha\":0.05},\"result\":[{\"status\":{\"message\":\"\xC3"
    "\xA4\\u00e4\"}}]}],\"labels\":[{\"key\":\"k\",\"value\":\"v\"}]}}";

static uint64_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 33;
}

static void assert_answers(void)
{
    const char *const nobody[] = {NULL};
    expect(ask(&endpoint, "GET", "/healthz", nobody, NULL), 200, "ok");
}

START_TEST(broken_bodies_are_400_or_stored_and_nothing_else)
{
    static const char BYTES[] = "{}[]\",:\\\x80\xFF\x01 0e-.ntf\xF0\xED\xA0";
    uint64_t state = 20261124;
    unsigned refused = 0;
    endpoint_start(&endpoint);
    for (int i = 0; i < 1000; i++) {
        char body[sizeof VALID];
        const char *const headers[] = {ALICE, JSON_TYPE, NULL};
        memcpy(body, VALID, sizeof VALID);
        size_t length = sizeof VALID - 1;
        for (uint64_t change = 0; change <= next_random(&state) % 3; change++)
            body[next_random(&state) % length] = BYTES[next_random(&state) % (sizeof BYTES - 1)];
        if (next_random(&state) % 4 == 0)
            length = (size_t)(next_random(&state) % length);
        struct reply reply = ask_with(endpoint.curl, serve_port(endpoint.server), "POST",
                                      COLLECTION, headers, body, length);
        ck_assert_msg(reply.status == 200 || reply.status == 400, "%ld for %.*s", reply.status,
                      (int)length, body);
        refused += reply.status == 400;
        reply_release(&reply);
    }
    ck_assert_uint_gt(refused, 500);
    ck_assert_uint_lt(refused, 1000);
    assert_answers();
}
END_TEST

START_TEST(deep_and_wide_bodies_are_refused)
{
    static char body[400000];
    endpoint_start(&endpoint);
    memset(body, '[', sizeof body - 1);
    expect(ask_alice(&endpoint, "POST", COLLECTION, body), 400, "inside each other");
    for (size_t i = 0; i + 2 < sizeof body; i += 2)
        memcpy(body + i, "1,", 2);
    body[0] = '[';
    expect(ask_alice(&endpoint, "POST", COLLECTION, body), 400, "not JSON");
    assert_answers();
}
END_TEST

static int open_socket(void)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(serve_port(endpoint.server)),
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    struct timeval limit = {.tv_sec = 10};
    ck_assert_int_ge(fd, 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ck_assert_int_eq(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

/* What the server says until it closes the connection, or for ten seconds. */
static size_t read_to_end(int fd, char *out, size_t size)
{
    size_t length = 0;
    ssize_t got;
    while (length + 1 < size && (got = recv(fd, out + length, size - 1 - length, 0)) > 0)
        length += (size_t)got;
    out[length] = '\0';
    return length;
}

START_TEST(broken_heads_do_no_harm)
{
    uint64_t state = 1124;
    endpoint_start(&endpoint);
    for (int i = 0; i < 300; i++) {
        static const char HEAD[] = "POST " COLLECTION " HTTP/1.1\r\nHost: a\r\n" ALICE
                                   "\r\nContent-Length: 5\r\n" JSON_TYPE "\r\n\r\nhello";
        char head[sizeof HEAD];
        memcpy(head, HEAD, sizeof HEAD);
        for (int change = 0; change < 3; change++)
            head[next_random(&state) % (sizeof HEAD - 1)] = (char)(next_random(&state) % 256);
        int fd = open_socket();
        size_t length = (size_t)(next_random(&state) % sizeof HEAD);
        ck_assert_int_ge(send(fd, head, length, MSG_NOSIGNAL), 0);
        close(fd);
    }
    assert_answers();
}
END_TEST

START_TEST(huge_head_is_refused)
{
    static char head[200000];
    endpoint_start(&endpoint);
    int at = snprintf(head, sizeof head, "GET /healthz HTTP/1.1\r\nHost: a\r\nX: ");
    memset(head + at, 'x', sizeof head - (size_t)at);
    int fd = open_socket();
    char answer[4096];
    (void)send(fd, head, sizeof head, MSG_NOSIGNAL);
    size_t length = read_to_end(fd, answer, sizeof answer);
    ck_assert_msg(length == 0 || strncmp(answer, "HTTP/1.1 4", 10) == 0, "%s", answer);
    close(fd);
    assert_answers();
}
END_TEST

START_TEST(body_cut_short_ends_its_connection)
{
    static const char HEAD[] = "POST " COLLECTION " HTTP/1.1\r\nHost: a\r\n" ALICE "\r\n" JSON_TYPE
                               "\r\nTransfer-Encoding: chunked\r\n\r\nfffffff\r\n{\"a\":";
    endpoint_start(&endpoint);
    for (int i = 0; i < 40; i++) {
        char answer[1024];
        int fd = open_socket();
        ck_assert_int_eq(send(fd, HEAD, sizeof HEAD - 1, MSG_NOSIGNAL), sizeof HEAD - 1);
        ck_assert_int_eq(shutdown(fd, SHUT_WR), 0);
        (void)read_to_end(fd, answer, sizeof answer);
        ck_assert_int_eq(recv(fd, answer, 1, MSG_DONTWAIT), 0); /* closed, not timed out */
        close(fd);
    }
    assert_answers();
}
END_TEST

START_TEST(slow_client_is_cut_and_others_are_answered)
{
    endpoint.options.request_seconds = 2;
    endpoint.options.threads = 2;
    endpoint_start(&endpoint);
    int slow[40];
    for (size_t i = 0; i < 40; i++)
        slow[i] = open_socket();
    time_t began = time(NULL);
    bool is_open = true;
    /* One byte of the head at a time, which libmicrohttpd alone would put up with for ever. */
    for (int tick = 0; is_open && tick < 80; tick++) {
        for (size_t i = 0; i < 40; i++)
            is_open = send(slow[i], "G", 1, MSG_NOSIGNAL) == 1 && is_open;
        struct timespec before, after, pause = {0, 100 * 1000 * 1000};
        clock_gettime(CLOCK_MONOTONIC, &before);
        assert_answers();
        clock_gettime(CLOCK_MONOTONIC, &after);
        ck_assert_int_le(after.tv_sec - before.tv_sec, 1);
        nanosleep(&pause, NULL);
    }
    ck_assert_msg(!is_open, "still open after %ld seconds", (long)(time(NULL) - began));
    for (size_t i = 0; i < 40; i++)
        close(slow[i]);
}
END_TEST

START_TEST(caller_with_too_many_posts_is_told_to_wait)
{
    unsigned stored = 0, refused = 0;
    endpoint.options.posts_per_second = 5;
    endpoint_start(&endpoint);
    for (int i = 0; i < 20; i++) {
        struct reply reply = ask_alice(&endpoint, "POST", COLLECTION, VALID);
        stored += reply.status == 200;
        if (reply.status == 429) {
            refused++;
            ck_assert_ptr_nonnull(strstr(reply.headers.data, "Retry-After: 1\r"));
            ck_assert_ptr_nonnull(strstr(reply.body.data, "{\"code\":8,"));
        }
        reply_release(&reply);
    }
    ck_assert_uint_ge(stored, 5);
    ck_assert_uint_ge(refused, 1);
    ck_assert_uint_eq(stored + refused, 20);
}
END_TEST

/* Whoever is told to try again would do so for ever. */
START_TEST(a_body_longer_than_all_may_be_is_too_long)
{
    endpoint.options.bodies_max = sizeof VALID / 2;
    endpoint_start(&endpoint);
    expect(ask_alice(&endpoint, "POST", COLLECTION, VALID), 413, "The body is longer than");
    expect(ask_alice(&endpoint, "GET", COLLECTION, NULL), 200, "[]");
}
END_TEST

START_TEST(database_of_something_else_is_left_alone)
{
    struct assay_error err = {0};
    FILE *file = fopen(endpoint.database, "w");
    ck_assert_ptr_nonnull(file);
    for (int i = 0; i < 200; i++)
        fputs("this is a letter, not a database\n", file);
    fclose(file);
    ck_assert_int_ne(serve_start(&endpoint.options, &endpoint.server, &err), ASSAY_OK);
    ck_assert_str_eq(err.file, endpoint.database);
    ck_assert_ptr_null(endpoint.server);
    size_t length;
    char *bytes = test_read_file(endpoint.database, &length);
    ck_assert_uint_eq(length, 200 * strlen("this is a letter, not a database\n"));
    free(bytes);
}
END_TEST

START_TEST(token_files_that_are_wrong_are_refused_with_the_line)
{
    static const struct {
        const char *text;
        uint64_t line;
    } WRONG[] = {{"", 0},
                 {"# nobody\n", 0},
                 {"alice\n", 1},
                 {"alice short\n", 1},
                 {"alice alices-token-0123456789 more\n", 1},
                 {"al\"ice alices-token-0123456789\n", 1},
                 {"alice alices-token-0123456789\nbob bobs-token-01234567890\n"
                  "carol alices-token-0123456789\n",
                  3}};
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        struct assay_error err = {0};
        FILE *file = fopen(endpoint.tokens, "w");
        fputs(WRONG[i].text, file);
        fclose(file);
        ck_assert_int_eq(serve_start(&endpoint.options, &endpoint.server, &err), ASSAY_ERROR_DATA);
        ck_assert_uint_eq(err.line, WRONG[i].line);
        ck_assert_ptr_null(strstr(err.message, "alices-token"));
    }
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_checked_fixture(cases, start, stop);
    tcase_add_test(cases, broken_bodies_are_400_or_stored_and_nothing_else);
    tcase_add_test(cases, deep_and_wide_bodies_are_refused);
    tcase_add_test(cases, broken_heads_do_no_harm);
    tcase_add_test(cases, huge_head_is_refused);
    tcase_add_test(cases, body_cut_short_ends_its_connection);
    tcase_add_test(cases, slow_client_is_cut_and_others_are_answered);
    tcase_add_test(cases, caller_with_too_many_posts_is_told_to_wait);
    tcase_add_test(cases, a_body_longer_than_all_may_be_is_too_long);
    tcase_add_test(cases, database_of_something_else_is_left_alone);
    tcase_add_test(cases, token_files_that_are_wrong_are_refused_with_the_line);
}

int main(void)
{
    return test_main("serve_wire", add);
}
