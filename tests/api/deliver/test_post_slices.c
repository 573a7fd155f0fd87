/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a post of many slices takes beside the analysis: its body, a copy to read, little more. */
#include "post_support.h"

#include <arpa/inet.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "api/deliver/envelope.h"
#include "base/text.h"
#include "large_analysis.h"

enum { SLICES = 100000, MEBIBYTE = 1 << 20, BESIDE_BODIES = 24 * MEBIBYTE };

/* Reads one request to its end and answers; another process, so that its memory is not counted. */
static void serve_one(int listener)
{
    static char head[1 << 16];
    static const char NAME[] =
        "{\"name\":\"workflows/abtest/instances/mail/analysisResults/ar-0123456789\"}";
    static const char ANSWER[] = "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n"
                                 "Content-Length: %zu\r\nConnection: close\r\n\r\n%s";
    char answer[500];
    int connection = accept(listener, NULL, NULL);
    size_t got = 0;
    char *end = NULL;
    while (end == NULL && got + 1 < sizeof head) {
        ssize_t count = read(connection, head + got, 4096);
        if (count <= 0)
            _exit(1);
        got += (size_t)count;
        head[got] = '\0';
        end = strstr(head, "\r\n\r\n");
    }
    const char *length = end == NULL ? NULL : strcasestr(head, "Content-Length: ");
    if (length == NULL)
        _exit(1);
    size_t left = strtoull(length + 16, NULL, 10) - (got - (size_t)(end + 4 - head));
    while (left > 0) {
        static char bytes[1 << 16];
        ssize_t count = read(connection, bytes, sizeof bytes);
        if (count <= 0)
            _exit(1);
        left -= (size_t)count;
    }
    snprintf(answer, sizeof answer, ANSWER, sizeof NAME - 1, NAME);
    if (write(connection, answer, strlen(answer)) < 0)
        _exit(1);
    close(connection);
}

/* A server of its own process on a free port; *url is filled in. */
static pid_t server_start(char url[64])
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ck_assert_int_ge(listener, 0);
    ck_assert_int_eq(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
    ck_assert_int_eq(listen(listener, 4), 0);
    ck_assert_int_eq(getsockname(listener, (struct sockaddr *)&address, &length), 0);
    snprintf(url, 64, "http://127.0.0.1:%u", (unsigned)ntohs(address.sin_port));
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        serve_one(listener);
        _exit(0);
    }
    close(listener);
    return child;
}

static enum assay_status gather(void *context, const char *bytes, size_t length,
                                struct assay_error *err)
{
    struct assay__text *body = context;
    (void)err;
    assay__text_append(body, bytes, length);
    return ASSAY_OK;
}

static enum assay_status count(void *context, const char *bytes, size_t length,
                               struct assay_error *err)
{
    (void)bytes;
    (void)err;
    *(size_t *)context += length;
    return ASSAY_OK;
}

/* Posts an analysis as 'assay analyze --post' does. */
static void post_analysis(const struct assay_analysis *analysis, const char *url, size_t *body_size)
{
    struct post *post = calloc(1, sizeof *post);
    struct assay__text body = {0};
    size_t size = 0;
    const struct assay_sink sink = {gather, &body}, counter = {count, &size};
    post_init(post, url);
    post->options.deadline_seconds = 60.0;
    post->options.max_attempts = 1;
    assert_ok(assay_request_stream(analysis, &counter, &post->err), &post->err);
    assay__text_reserve(&body, size);
    assert_ok(assay_request_stream(analysis, &sink, &post->err), &post->err);
    *body_size = body.length;
    assert_ok(assay_client_new(&post->options, &post->client, &post->err), &post->err);
    assert_ok(assay_client_post(post->client, body.data, body.length, &post->delivery, &post->err),
              &post->err);
    assay_client_free(post->client);
    assay__text_release(&body);
    post_release(post);
    free(post);
}

START_TEST(a_post_takes_its_body_twice)
{
    char url[64];
    int how;
    size_t body_size;
    struct assay_analysis *large = large_analysis(SLICES);
    large->srm_count = 1; /* or the body would be past its limit */
    for (uint32_t i = 1; i < SLICES; i++)
        large->results[i].look_count = 0;
    pid_t server = server_start(url);
    long before = peak_kib();
    post_analysis(large, url, &body_size);
    long taken = peak_kib() - before;
    ck_assert_int_eq(waitpid(server, &how, 0), server);
    ck_assert_int_eq(how, 0);
    fprintf(stderr, "body %zu KiB, memory %ld KiB\n", body_size / 1024, taken);
    ck_assert_uint_gt(body_size, 20 * MEBIBYTE);
    ck_assert_uint_lt(body_size, ASSAY__BODY_BYTES_MAX);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) /* they keep freed memory */
    ck_assert_int_lt(taken, (long)(2 * body_size + BESIDE_BODIES) / 1024);
#endif
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, a_post_takes_its_body_twice);
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    return test_main("post_slices", add);
}
