/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where a request ends: what two readers could take for two messages is refused and its connection
 * closed, what is whole is answered, and a refusal reaches the client that is still sending.
 */
#include "serve_client.h"
#include "serve_raw.h"

#define BODY "{\"parent\":\"" PARENT "\",\"analysisResult\":{}}"
#define POST "POST " COLLECTION " HTTP/1.1\r\nHost: a\r\n" ALICE "\r\n" JSON_TYPE "\r\n"
#define CHUNK(text, size) size "\r\n" text "\r\n0\r\n\r\n"
/* A request that a reader who ends the message too early would find behind it. */
#define SMUGGLED "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"

static struct endpoint endpoint;

static void start(void)
{
    endpoint_init(&endpoint);
    endpoint.options.body_max = 100000;
    endpoint_start(&endpoint);
}

static void stop(void)
{
    endpoint_release(&endpoint);
}

static unsigned count_of(const char *text, const char *what)
{
    unsigned count = 0;
    for (const char *at = text; (at = strstr(at, what)) != NULL; at++)
        count++;
    return count;
}

/* Sends a request and reads to the end; the connection must be closed by the server. */
static void talk(const char *request, size_t length, char *answer, size_t size)
{
    bool closed;
    int fd = raw_connect(serve_port(endpoint.server), 10);
    (void)raw_send(fd, request, length);
    raw_read_to_end(fd, answer, size, &closed);
    close(fd);
    ck_assert_msg(closed, "still open after: %.200s\nanswer: %s", request, answer);
}

static const char *const AMBIGUOUS[] = {
    POST "Content-Length: 66\r\nTransfer-Encoding: chunked\r\n\r\n" CHUNK(BODY, "42") SMUGGLED,
    POST "Transfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n" CHUNK(BODY, "42") SMUGGLED,
    POST "Content-Length: 66\r\nContent-Length: 66\r\n\r\n" BODY SMUGGLED,
    POST "Content-Length: 66\r\nContent-Length: 3\r\n\r\n" BODY SMUGGLED,
    POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n" CHUNK(BODY, "42"),
    POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n" CHUNK(BODY, "42"),
    POST "Transfer-Encoding: identity\r\n\r\n" BODY,
    POST "Transfer-Encoding: gzip, chunked\r\n\r\n" CHUNK(BODY, "42"),
    POST "Transfer-Encoding: chunked, chunked\r\n\r\n" CHUNK(BODY, "42"),
    POST "Transfer-Encoding: xchunked\r\n\r\n" CHUNK(BODY, "42"),
    POST "Transfer-Encoding:\r\n\r\n" BODY,
    POST "Transfer-Encoding : chunked\r\nContent-Length: 66\r\n\r\n" BODY SMUGGLED,
    POST "Transfer-Encoding\t: chunked\r\n\r\n" CHUNK(BODY, "42"),
    POST "Content-Length : 66\r\n\r\n" BODY SMUGGLED,
    POST "Content-Length: 6\r\n 6\r\n\r\n" BODY SMUGGLED,
    POST "Transfer-Encoding:\r\n chunked\r\nContent-Length: 66\r\n\r\n" BODY SMUGGLED,
    POST "X\x01Y: 1\r\nContent-Length: 66\r\n\r\n" BODY SMUGGLED,
    POST "Host: b\r\nContent-Length: 66\r\n\r\n" BODY SMUGGLED,
    POST ALICE "\r\nContent-Length: 66\r\n\r\n" BODY SMUGGLED,
    POST "Content-Type: text/plain\r\nContent-Length: 66\r\n\r\n" BODY SMUGGLED,
    POST "Content-Encoding: identity\r\ncontent-encoding: gzip\r\nContent-Length: 66\r\n\r\n" BODY
        SMUGGLED,
    "GET /healthz HTTP/1.1\r\n\r\n" SMUGGLED,
    "GET /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
    "0\r\n\r\n" SMUGGLED,
    "POST " COLLECTION " HTTP/1.0\r\n" ALICE "\r\n" JSON_TYPE
    "\r\nTransfer-Encoding: chunked\r\n\r\n" CHUNK(BODY, "42") SMUGGLED,
};

START_TEST(message_with_two_ends_is_refused_and_the_connection_closed)
{
    char answer[4096];
    ck_assert_uint_eq(strlen(BODY), 0x42);
    for (size_t i = 0; i < sizeof AMBIGUOUS / sizeof *AMBIGUOUS; i++) {
        talk(AMBIGUOUS[i], strlen(AMBIGUOUS[i]), answer, sizeof answer);
        ck_assert_msg(strncmp(answer, "HTTP/1.1 400 ", 13) == 0, "%s\n%s", AMBIGUOUS[i], answer);
        ck_assert_uint_eq(count_of(answer, "HTTP/1.1 "), 1);
        ck_assert_ptr_nonnull(strstr(answer, "Connection: close\r"));
        ck_assert_ptr_nonnull(strstr(answer, "{\"code\":3,"));
    }
    expect(ask_alice(&endpoint, "GET", COLLECTION, NULL), 200, "{\"analysisResults\":[]}");
}
END_TEST

/* Most of these libmicrohttpd 0.9.75 refuses itself, before any callback; of a wrong Content-Length
 * it writes the head of the answer twice. */
static const struct {
    const char *request, *status;
} WRONG_LENGTHS[] = {
    {POST ": 1\r\nContent-Length: 66\r\n\r\n" BODY SMUGGLED, "411"},
    {POST "Content-Length: -1\r\n\r\n" BODY SMUGGLED, "400"},
    {POST "Content-Length: +66\r\n\r\n" BODY SMUGGLED, "400"},
    {POST "Content-Length: 0x42\r\n\r\n" BODY SMUGGLED, "400"},
    {POST "Content-Length: 66, 66\r\n\r\n" BODY SMUGGLED, "400"},
    {POST "Content-Length: 6 6\r\n\r\n" BODY SMUGGLED, "400"},
    {POST "Content-Length: \r\n\r\n" BODY SMUGGLED, "400"},
    {POST "Content-Length: 18446744073709551617\r\n\r\n" BODY SMUGGLED, "413"},
    {POST "Content-Length: 18446744073709551615\r\n\r\n" BODY SMUGGLED, "413"},
    {POST "Content-Length: 9223372036854775808\r\n\r\n" BODY SMUGGLED, "413"},
    {POST "Transfer-Encoding: chunked\r\n\r\nzz\r\n" BODY SMUGGLED, "400"},
    {POST "Transfer-Encoding: chunked\r\n\r\n-1\r\n" BODY SMUGGLED, "400"},
    {POST "Transfer-Encoding: chunked\r\n\r\n 42\r\n" BODY SMUGGLED, "400"},
    {POST "Transfer-Encoding: chunked\r\n\r\n0x42\r\n" BODY SMUGGLED, "400"},
    {POST "Transfer-Encoding: chunked\r\n\r\n41\r\n" BODY SMUGGLED, "400"},
    {POST "Transfer-Encoding: chunked\r\n\r\n10000000000000042\r\n" BODY SMUGGLED, "413"},
};

START_TEST(length_that_is_none_is_refused_and_the_connection_closed)
{
    char answer[4096];
    for (size_t i = 0; i < sizeof WRONG_LENGTHS / sizeof *WRONG_LENGTHS; i++) {
        const char *request = WRONG_LENGTHS[i].request;
        talk(request, strlen(request), answer, sizeof answer);
        ck_assert_msg(strncmp(answer + strlen("HTTP/1.1 "), WRONG_LENGTHS[i].status, 3) == 0,
                      "%s\n%s", request, answer);
        ck_assert_ptr_null(strstr(answer, "HTTP/1.1 404"));
    }
    expect(ask_alice(&endpoint, "GET", COLLECTION, NULL), 200, "{\"analysisResults\":[]}");
}
END_TEST

START_TEST(requests_behind_each_other_are_answered_in_order)
{
    static const char REQUESTS[] =
        POST "Content-Length: 66\r\n\r\n" BODY "GET /first HTTP/1.1\r\nHost: a\r\n\r\n" POST
             "Transfer-Encoding: chunked\r\n\r\n" CHUNK(
                 BODY, "42") "GET /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
                             "GET http://elsewhere/healthz HTTP/1.1\r\nHost: a\r\n\r\n"
                             "GET http://elsewhere HTTP/1.1\r\nHost: a\r\n\r\n"
                             "PUT /healthz HTTP/1.1\r\nHost: a\r\nConnection: "
                             "close\r\nContent-Length: 3\r\n\r\nabc";
    static const char *const STATUSES[] = {"200", "404", "200", "200", "200", "401", "405"};
    char answer[8192];
    talk(REQUESTS, sizeof REQUESTS - 1, answer, sizeof answer);
    const char *at = answer;
    for (size_t i = 0; i < sizeof STATUSES / sizeof *STATUSES; i++) {
        at = strstr(at, "HTTP/1.1 ");
        ck_assert_ptr_nonnull(at);
        at += strlen("HTTP/1.1 ");
        ck_assert_msg(strncmp(at, STATUSES[i], 3) == 0, "answer %zu: %s", i, at);
    }
    ck_assert_ptr_null(strstr(at, "HTTP/1.1 "));
}
END_TEST

START_TEST(client_that_waits_for_100_is_refused_before_it_sends)
{
    static const struct {
        const char *head, *status;
    } CASES[] = {{"POST " COLLECTION " HTTP/1.1\r\nHost: a\r\n" JSON_TYPE "\r\n", "401"},
                 {"POST " COLLECTION " HTTP/1.1\r\nHost: a\r\n" ALICE "\r\n", "415"},
                 {"POST /nothing HTTP/1.1\r\nHost: a\r\n" ALICE "\r\n", "404"},
                 {"PUT " COLLECTION " HTTP/1.1\r\nHost: a\r\n" ALICE "\r\n", "405"}};
    char answer[4096], request[1024];
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        int length =
            snprintf(request, sizeof request,
                     "%sExpect: 100-continue\r\nContent-Length: 66\r\n\r\n", CASES[i].head);
        talk(request, (size_t)length, answer, sizeof answer);
        ck_assert_msg(strncmp(answer + strlen("HTTP/1.1 "), CASES[i].status, 3) == 0, "%s", answer);
    }
    int fd = raw_connect(serve_port(endpoint.server), 10);
    static const char HEAD[] = POST "Expect: 100-continue\r\nConnection: close\r\n"
                                    "Content-Length: 66\r\n\r\n";
    ck_assert(raw_send(fd, HEAD, sizeof HEAD - 1));
    ck_assert_int_ge(recv(fd, answer, 25, MSG_WAITALL), 25);
    ck_assert_int_eq(strncmp(answer, "HTTP/1.1 100 Continue\r\n\r\n", 25), 0);
    bool closed;
    ck_assert(raw_send(fd, BODY, strlen(BODY)));
    raw_read_to_end(fd, answer, sizeof answer, &closed);
    ck_assert(closed && strncmp(answer, "HTTP/1.1 200 ", 13) == 0);
    close(fd);
}
END_TEST

/* A client that sends its whole body first must get to read the refusal; one that would send far
 * more than that is told at once, or cut. */
START_TEST(refusal_reaches_a_client_that_sends_on)
{
    static const char NEXT[] = "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    static char body[4000000], answer[4096];
    char head[1024];
    memset(body, ' ', sizeof body);
    size_t sizes[] = {150000, 200000};
    for (size_t i = 0; i < 2; i++)
        for (int round = 0; round < 20; round++) {
            int length = snprintf(head, sizeof head, POST "Content-Length: %zu\r\n\r\n", sizes[i]);
            int fd = raw_connect(serve_port(endpoint.server), 10);
            ck_assert(raw_send(fd, head, (size_t)length));
            ck_assert(raw_send(fd, body, sizes[i]));
            ck_assert(raw_send(fd, NEXT, sizeof NEXT - 1));
            bool closed;
            raw_read_to_end(fd, answer, sizeof answer, &closed);
            close(fd);
            ck_assert(closed);
            ck_assert_msg(strncmp(answer, "HTTP/1.1 413 ", 13) == 0, "%s", answer);
            ck_assert_ptr_nonnull(strstr(answer, "{\"status\":\"ok\"}"));
        }
    int length = snprintf(head, sizeof head, POST "Content-Length: %zu\r\n\r\n", sizeof body);
    talk(head, (size_t)length, answer, sizeof answer);
    ck_assert_msg(strncmp(answer, "HTTP/1.1 413 ", 13) == 0, "%s", answer);
    length = snprintf(head, sizeof head, POST "Transfer-Encoding: chunked\r\n\r\n3d0900\r\n");
    int fd = raw_connect(serve_port(endpoint.server), 10);
    ck_assert(raw_send(fd, head, (size_t)length));
    ck_assert(!raw_send(fd, body, sizeof body) || recv(fd, answer, 1, 0) <= 0);
    close(fd);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_checked_fixture(cases, start, stop);
    tcase_add_test(cases, message_with_two_ends_is_refused_and_the_connection_closed);
    tcase_add_test(cases, length_that_is_none_is_refused_and_the_connection_closed);
    tcase_add_test(cases, requests_behind_each_other_are_answered_in_order);
    tcase_add_test(cases, client_that_waits_for_100_is_refused_before_it_sends);
    tcase_add_test(cases, refusal_reaches_a_client_that_sends_on);
}

int main(void)
{
    return test_main("serve_framing", add);
}
