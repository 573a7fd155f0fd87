/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Connections that are refused, hang or are kept; deadlines, and waits that a server asks for. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "post_answers.h"
#include "post_support.h"

static const struct hostile_step WELL[] = {STORE};

/* A port that nobody listens on: bound, so that it stays free of others, but not listening. */
static int closed_port(char url[64])
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, size), 0);
    ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    snprintf(url, 64, "http://127.0.0.1:%d", ntohs(address.sin_port));
    return fd;
}

START_TEST(refused_connection_is_unavailable)
{
    char url[64];
    int fd = closed_port(url);
    struct post *post = calloc(1, sizeof *post);
    post_init(post, url);
    post_once(post);
    ck_assert_int_eq(assay_status_exit_code(post->status), 75);
    ck_assert_uint_eq(post->delivery.attempts, 3);
    ck_assert_ptr_nonnull(strstr(post->err.message, "cannot be reached"));
    ck_assert_ptr_nonnull(strstr(post->err.message, "Gave up after 3 attempts."));
    post_assert_kept(post);
    post_release(post);
    free(post);
    close(fd);
}
END_TEST

/* A server whose queue is full does not even refuse: the handshake of TCP hangs. */
START_TEST(connection_that_hangs_is_unavailable)
{
    char url[64];
    int listener = closed_port(url), waiting[8];
    struct sockaddr_in address;
    socklen_t size = sizeof address;
    ck_assert_int_eq(listen(listener, 0), 0);
    ck_assert_int_eq(getsockname(listener, (struct sockaddr *)&address, &size), 0);
    for (size_t i = 0; i < sizeof waiting / sizeof *waiting; i++) {
        waiting[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        connect(waiting[i], (struct sockaddr *)&address, size);
    }
    struct post *post = calloc(1, sizeof *post);
    post_init(post, url);
    post->options.connect_timeout_seconds = 0.2;
    post->options.request_timeout_seconds = 5.0;
    post->options.max_attempts = 2;
    post_once(post);
    ck_assert_int_eq(assay_status_exit_code(post->status), 75);
    ck_assert_uint_eq(post->delivery.attempts, 2);
    ck_assert_ptr_nonnull(strstr(post->err.message, "cannot be reached"));
    post_assert_kept(post);
    for (size_t i = 0; i < sizeof waiting / sizeof *waiting; i++)
        close(waiting[i]);
    post_release(post);
    free(post);
    close(listener);
}
END_TEST

START_TEST(deadline_ends_attempts)
{
    static const struct hostile_step steps[] = {ANSWER(EMPTY("503 No", ""))};
    struct hostile *server = hostile_start(steps, 1);
    struct post *post = calloc(1, sizeof *post);
    post_init(post, hostile_url(server));
    post->options.deadline_seconds = 1.0;
    post->options.max_attempts = 1000000;
    post->options.backoff_seconds = 0.2;
    post->options.backoff_max_seconds = 0.2;
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    post_once(post);
    clock_gettime(CLOCK_MONOTONIC, &end);
    double elapsed =
        (double)(end.tv_sec - start.tv_sec) + 1e-9 * (double)(end.tv_nsec - start.tv_nsec);
    ck_assert_int_eq(assay_status_exit_code(post->status), 75);
    ck_assert_ptr_nonnull(strstr(post->err.message, "deadline"));
    ck_assert_uint_gt(post->delivery.attempts, 1);
    ck_assert_double_lt(elapsed, 4.0); /* a million attempts would take a day */
    post_assert_kept(post);
    post_release(post);
    free(post);
    hostile_stop(server);
}
END_TEST

START_TEST(retry_after_seconds_is_waited)
{
    static const struct hostile_step steps[] = {
        ANSWER(EMPTY("429 Slow Down", "Retry-After: 3\r\n")), ANSWER(EMPTY("503 Busy", "")),
        STORE}; /* asks for nothing */
    struct hostile *server = hostile_start(steps, 3);
    struct post *post = calloc(1, sizeof *post);
    post_init(post, hostile_url(server));
    post->options.deadline_seconds = 20.0;
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    post_once(post);
    clock_gettime(CLOCK_MONOTONIC, &end);
    assert_ok(post->status, &post->err);
    double elapsed =
        (double)(end.tv_sec - start.tv_sec) + 1e-9 * (double)(end.tv_nsec - start.tv_nsec);
    ck_assert_double_ge(elapsed, 3.0);
    ck_assert_double_lt(elapsed, 6.0); /* once, not twice */
    post_release(post);
    free(post);
    hostile_stop(server);
}
END_TEST

/* Posts POST_BODY under another id; the status. */
static enum assay_status post_as(struct post *post, const char *id)
{
    char body[512];
    int length = snprintf(body, sizeof body,
                          "{\"parent\":\"" POST_PARENT
                          "\",\"analysisResultId\":\"%s\",\"analysisResult\":{\"results\":[]}}",
                          id);
    return assay_client_post(post->client, body, (size_t)length, &post->delivery, &post->err);
}

/* A pause is for all that a client sends, whatever became of the result it was asked at. */
START_TEST(a_pause_is_kept_by_the_results_that_follow)
{
    static const struct hostile_step too_long[] = {
        ANSWER(EMPTY("429 Slow Down", "Retry-After: 3600\r\n")), STORE};
    static const struct hostile_step shorter[] = {ANSWER(EMPTY("503 Busy", "Retry-After: 2\r\n")),
                                                  STORE};
    struct hostile *server = hostile_start(too_long, 2);
    struct post *post = calloc(1, sizeof *post);
    post_init(post, hostile_url(server));
    post->options.max_attempts = 1;
    assert_ok(assay_client_new(&post->options, &post->client, &post->err), &post->err);
    for (int i = 0; i < 5; i++) {
        char id[16];
        snprintf(id, sizeof id, "res-%d", i);
        ck_assert_int_eq(post_as(post, id), ASSAY_ERROR_TRY_AGAIN);
        ck_assert_uint_eq(post->delivery.attempts, i == 0 ? 1 : 0);
        ck_assert(post->delivery.stored);
    }
    ck_assert_ptr_nonnull(strstr(post->err.message, "the server has asked for a pause"));
    ck_assert_ptr_nonnull(strstr(post->err.message, "would pass the deadline of 5 s"));
    ck_assert_uint_eq(hostile_requests(server), 1);
    size_t delivered, left;
    ck_assert_int_eq(assay_client_flush(post->client, &delivered, &left, &post->err),
                     ASSAY_ERROR_TRY_AGAIN);
    ck_assert_uint_eq(left, 5);
    ck_assert_uint_eq(hostile_requests(server), 1);
    assay_client_free(post->client);
    hostile_script(server, shorter, 2);
    post->options.deadline_seconds = 60.0;
    assert_ok(assay_client_new(&post->options, &post->client, &post->err), &post->err);
    ck_assert_int_eq(post_as(post, "one"), ASSAY_ERROR_TRY_AGAIN);
    double began = assay__clock_now();
    assert_ok(post_as(post, "two"), &post->err);
    ck_assert_double_gt(assay__clock_now() - began, 1.5);
    ck_assert_uint_eq(post->delivery.attempts, 1);
    ck_assert_ptr_nonnull(strstr(post->log, "retry|two|0|0|The result was not sent yet"));
    assert_ok(assay_client_flush(post->client, &delivered, &left, &post->err), &post->err);
    ck_assert_uint_eq(delivered, 6);
    assay_client_free(post->client);
    post_release(post);
    free(post);
    hostile_stop(server);
}
END_TEST

/* A date two seconds away: more than one second and less than the deadline is waited. */
START_TEST(retry_after_date_is_waited)
{
    char text[256], date[64];
    time_t then = time(NULL) + 2;
    struct tm utc;
    gmtime_r(&then, &utc);
    strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", &utc);
    snprintf(text, sizeof text, EMPTY("503 No", "Retry-After: %s\r\n"), date);
    const struct hostile_step steps[] = {ANSWER(text), STORE};
    struct hostile *server = hostile_start(steps, 2);
    struct post *post = calloc(1, sizeof *post);
    post_init(post, hostile_url(server));
    post_once(post);
    assert_ok(post->status, &post->err);
    ck_assert_int_ge(time(NULL), then - 1);
    post_release(post);
    free(post);
    hostile_stop(server);
}
END_TEST

START_TEST(localhost_is_pinned_and_connection_kept)
{
    struct hostile *server = hostile_start(WELL, 1);
    struct post *post = calloc(1, sizeof *post);
    char url[64];
    snprintf(url, sizeof url, "http://localhost:%s/", strrchr(hostile_url(server), ':') + 1);
    post_init(post, url);
    setenv("http_proxy", "http://127.0.0.1:9", 1); /* must not be asked for a loopback address */
    setenv("all_proxy", "http://127.0.0.1:9", 1);
    post_once(post);
    assert_ok(post->status, &post->err);
    post_once(post);
    assert_ok(post->status, &post->err);
    ck_assert(post->delivery.already_there);
    ck_assert_uint_eq(hostile_requests(server), 3);
    ck_assert_ptr_nonnull(strstr(hostile_request(server, 0)->head,
                                 "POST /v2/" POST_PARENT
                                 "/analysisResults?analysisResultId=res-1 HTTP/1.1\r\n"));
    ck_assert_ptr_nonnull(
        strstr(hostile_request(server, 0)->head, "\r\nUser-Agent: assay/" ASSAY_VERSION "\r\n"));
    ck_assert_ptr_nonnull(
        strstr(hostile_request(server, 2)->head, "GET /v2/" POST_NAME " HTTP/1.1\r\n"));
    post_release(post);
    free(post);
    hostile_stop(server);
}
END_TEST

static bool read_request(int socket, char *head, size_t size)
{
    size_t got = 0;
    const char *end = NULL;
    head[0] = '\0';
    while (end == NULL || (strncmp(head, "POST ", 5) == 0 && strstr(end, "]}}") == NULL)) {
        ssize_t count = recv(socket, head + got, size - 1 - got, 0);
        if (count <= 0)
            return false;
        got += (size_t)count;
        head[got] = '\0';
        end = strstr(head, "\r\n\r\n");
    }
    return true;
}

/* A proxy that is one answer late: on a connection each answer is that to the request before. */
static void *answer_late(void *context)
{
    const int listener = *(const int *)context;
    static const char *const IDS[] = {"res-0", "res-1"};
    for (int socket; (socket = accept(listener, NULL, NULL)) >= 0; close(socket)) {
        char head[4096], body[256], answer[512];
        for (size_t i = 0; read_request(socket, head, sizeof head); i++) {
            bool is_late = strncmp(head, "POST ", 5) == 0 || i > 0;
            int length = snprintf(body, sizeof body,
                                  "{\"name\":\"" POST_PARENT
                                  "/analysisResults/%s\",\"labels\":{\"a\":\"%s\"}}",
                                  IDS[!is_late], IDS[!is_late]);
            snprintf(answer, sizeof answer,
                     "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                     "Content-Length: %d\r\n\r\n%s",
                     length, body);
            if (send(socket, answer, strlen(answer), MSG_NOSIGNAL) < 0)
                break;
        }
    }
    return NULL;
}

START_TEST(an_answer_to_another_request_is_not_asked_for_again)
{
    static const char BODY[] =
        "{\"parent\":\"" POST_PARENT "\",\"analysisResultId\":\"res-1\",\"analysisResult\":"
        "{\"labels\":{\"a\":\"res-1\"},\"results\":[]}}";
    char url[64];
    int listener = closed_port(url);
    pthread_t thread;
    ck_assert_int_eq(listen(listener, 4), 0);
    ck_assert_int_eq(pthread_create(&thread, NULL, answer_late, &listener), 0);
    struct post *post = calloc(1, sizeof *post);
    post_init(post, url);
    assert_ok(assay_client_new(&post->options, &post->client, &post->err), &post->err);
    assert_ok(assay_client_post(post->client, BODY, sizeof BODY - 1, &post->delivery, &post->err),
              &post->err);
    ck_assert_str_eq(post->delivery.name, POST_NAME);
    assay_client_free(post->client);
    shutdown(listener, SHUT_RDWR);
    pthread_join(thread, NULL);
    close(listener);
    post_release(post);
    free(post);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, refused_connection_is_unavailable);
    tcase_add_test(cases, connection_that_hangs_is_unavailable);
    tcase_add_test(cases, deadline_ends_attempts);
    tcase_add_test(cases, retry_after_seconds_is_waited);
    tcase_add_test(cases, a_pause_is_kept_by_the_results_that_follow);
    tcase_add_test(cases, retry_after_date_is_waited);
    tcase_add_test(cases, an_answer_to_another_request_is_not_asked_for_again);
    tcase_add_test(cases, localhost_is_pinned_and_connection_kept);
}

int main(void)
{
    return test_main_apart("post_wait", add);
}
