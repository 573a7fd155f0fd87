/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Clients on threads that post without pause and note the fate of each result. */
#ifndef ASSAY_TESTS_SERVE_LOAD_H
#define ASSAY_TESTS_SERVE_LOAD_H

#include <pthread.h>
#include <stdatomic.h>

#include "serve_process.h"
#include "serve_raw.h"

enum { LOAD_POSTS_MAX = 4000 };
enum fate { NOT_SENT, UNANSWERED /* others are HTTP statuses */ };

#define SMALL_BODY "{\"parent\":\"" PARENT "\",\"analysisResult\":{}}"

struct load_client {
    pthread_t thread;
    uint16_t port;
    bool is_keeper;    /* keeps its connection, and ends with it */
    const char *token; /* header; NULL for Alice's */
    char prefix[32];   /* of its results' ids */
    atomic_bool is_over;
    unsigned patience_us; /* pause after each post */
    unsigned silent;      /* 429 and 503 without Retry-After */
    short fates[LOAD_POSTS_MAX];
};

/* A connection, or -1 when nobody listens. */
static inline int load_connect(uint16_t port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    struct timeval limit = {.tv_sec = 30};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    close(fd);
    return -1;
}

struct load_answer {
    short status; /* or UNANSWERED */
    bool closes, has_retry_after;
};

/* One answer of less than 4 KiB. */
static inline struct load_answer load_read(int fd)
{
    char text[4096];
    struct load_answer answer = {.status = UNANSWERED};
    size_t length = 0, wanted = SIZE_MAX;
    while (length < wanted && length + 1 < sizeof text) {
        ssize_t got = recv(fd, text + length, sizeof text - 1 - length, 0);
        if (got <= 0)
            return answer;
        length += (size_t)got;
        text[length] = '\0';
        const char *end = strstr(text, "\r\n\r\n");
        const char *size = strstr(text, "Content-Length: ");
        if (end != NULL && size != NULL)
            wanted = (size_t)(end + 4 - text) + strtoul(size + 16, NULL, 10);
    }
    answer.status = (short)atoi(text + strlen("HTTP/1.1 "));
    answer.closes = strstr(text, "Connection: close\r") != NULL;
    answer.has_retry_after = strstr(text, "\r\nRetry-After: ") != NULL;
    return answer;
}

/* A small post of a name; the result without its last bytes when cut is not 0. */
static inline size_t load_write_post(char *out, size_t size, const char *token, const char *id,
                                     size_t cut)
{
    int length =
        snprintf(out, size,
                 "POST " COLLECTION "?analysisResultId=%s HTTP/1.1\r\nHost: a\r\n%s\r\n" JSON_TYPE
                 "\r\nContent-Length: %zu\r\n\r\n" SMALL_BODY,
                 id, token != NULL ? token : ALICE, strlen(SMALL_BODY));
    return (size_t)length - cut;
}

static inline void *load_run(void *argument)
{
    struct load_client *client = argument;
    int fd = -1;
    for (unsigned i = 0; i < LOAD_POSTS_MAX && !atomic_load(&client->is_over); i++) {
        char request[512], id[64];
        snprintf(id, sizeof id, "%s-%u", client->prefix, i);
        size_t length = load_write_post(request, sizeof request, client->token, id, 0);
        if (fd < 0)
            fd = load_connect(client->port);
        if (fd < 0)
            break;
        struct load_answer answer = {.status = UNANSWERED};
        if (raw_send(fd, request, length))
            answer = load_read(fd);
        client->fates[i] = answer.status;
        bool is_later = answer.status == 429 || answer.status == 503;
        client->silent += is_later && !answer.has_retry_after;
        if (client->is_keeper && (answer.closes || answer.status == UNANSWERED))
            break;
        if (!client->is_keeper) {
            close(fd);
            fd = -1;
        }
        if (client->patience_us > 0)
            usleep(client->patience_us);
    }
    if (fd >= 0)
        close(fd);
    return NULL;
}

static inline void load_start(struct load_client *client)
{
    ck_assert_int_eq(pthread_create(&client->thread, NULL, load_run, client), 0);
}

static inline void load_join(struct load_client *client, bool at_once)
{
    if (at_once)
        atomic_store(&client->is_over, true);
    pthread_join(client->thread, NULL);
}

static inline unsigned load_count(const struct load_client *client, short fate)
{
    unsigned count = 0;
    for (unsigned i = 0; i < LOAD_POSTS_MAX; i++)
        count += client->fates[i] == fate;
    return count;
}

/* What was acknowledged is there, and nothing else is. */
static inline void load_assert_stored(CURL *curl, uint16_t port, const struct load_client *client)
{
    const char *const headers[] = {ALICE, NULL};
    for (unsigned i = 0; i < LOAD_POSTS_MAX && client->fates[i] != NOT_SENT; i++) {
        char path[128];
        snprintf(path, sizeof path, COLLECTION "/%s-%u", client->prefix, i);
        struct reply reply = ask_with(curl, port, "GET", path, headers, NULL, 0);
        long expected = client->fates[i] == 200 ? 200 : 404;
        ck_assert_msg(reply.status == expected, "%s was answered %d and is now %ld", path,
                      client->fates[i], reply.status);
        reply_release(&reply);
    }
}

#endif
