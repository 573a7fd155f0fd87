/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How fast the endpoint is, with the client on the same machine: durable posts from 8 connections
 * (at least 300 a second), gets (at least 5,000 a second), and list and get of 100,000 results
 * (below 10 ms). The client speaks through plain sockets, so that its own work is small.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sys/socket.h>
#include <time.h>

#include "serve/store/store.h"
#include "serve_client.h"

enum { CONNECTIONS = 8, POSTS = 250, GETS = 5000, STORED = 100000, DOCUMENT_BYTES = 2000 };

static struct endpoint endpoint;

static double now(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + 1e-9 * (double)at.tv_nsec;
}

struct client {
    pthread_t thread;
    unsigned number, count;
    bool posts;
    unsigned answered; /* 200 */
};

static int connect_client(void)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(serve_port(endpoint.server)),
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return connect(fd, (struct sockaddr *)&address, sizeof address) == 0 ? fd : -1;
}

/* Reads one answer with a Content-Length; true when it is a 200. */
static bool read_answer(int fd)
{
    char bytes[16384];
    size_t length = 0, wanted = SIZE_MAX;
    while (length < wanted) {
        ssize_t got = recv(fd, bytes + length, sizeof bytes - 1 - length, 0);
        if (got <= 0)
            return false;
        length += (size_t)got;
        bytes[length] = '\0';
        const char *head_end = strstr(bytes, "\r\n\r\n");
        const char *size = strstr(bytes, "Content-Length: ");
        if (head_end != NULL && size != NULL)
            wanted = (size_t)(head_end + 4 - bytes) +
                     strtoull(size + strlen("Content-Length: "), NULL, 10);
    }
    return strncmp(bytes, "HTTP/1.1 200", 12) == 0;
}

static void *run(void *argument)
{
    struct client *client = argument;
    static const char BODY[] = "{\"parent\":\"" PARENT "\",\"analysisResult\":{}}";
    int fd = connect_client();
    for (unsigned i = 0; fd >= 0 && i < client->count; i++) {
        char request[1024];
        int length =
            client->posts
                ? snprintf(request, sizeof request,
                           "POST " COLLECTION
                           "?analysisResultId=p%u-%u HTTP/1.1\r\nHost: a\r\n" ALICE "\r\n" JSON_TYPE
                           "\r\nContent-Length: %zu\r\n\r\n%s",
                           client->number, i, strlen(BODY), BODY)
                : snprintf(request, sizeof request,
                           "GET " COLLECTION "/stored-%u HTTP/1.1\r\nHost: a\r\n" ALICE "\r\n\r\n",
                           (client->number * 7919 + i * 104729) % STORED);
        if (send(fd, request, (size_t)length, MSG_NOSIGNAL) != length || !read_answer(fd))
            break;
        client->answered++;
    }
    if (fd >= 0)
        close(fd);
    return NULL;
}

/* Requests a second over all connections. */
static double rate_of(bool posts, unsigned count)
{
    struct client clients[CONNECTIONS];
    double began = now();
    for (unsigned i = 0; i < CONNECTIONS; i++) {
        clients[i] = (struct client){.number = i, .count = count, .posts = posts};
        ck_assert_int_eq(pthread_create(&clients[i].thread, NULL, run, &clients[i]), 0);
    }
    for (unsigned i = 0; i < CONNECTIONS; i++) {
        pthread_join(clients[i].thread, NULL);
        ck_assert_uint_eq(clients[i].answered, count);
    }
    return CONNECTIONS * count / (now() - began);
}

static void fill(void)
{
    static char document[DOCUMENT_BYTES + 1];
    struct serve_store *store;
    struct assay_error err = {0};
    int start = snprintf(document, sizeof document, "{\"createTime\":\"x\",\"exposureFilter\":\"");
    memset(document + start, 'x', DOCUMENT_BYTES - (size_t)start - 2);
    memcpy(document + DOCUMENT_BYTES - 2, "\"}", 3);
    assert_ok(serve_store_open(endpoint.database, false, &store, &err), &err);
    ck_assert(serve_store_begin(store));
    char etag[SERVE_ETAG_BYTES];
    serve_etag_make(document, DOCUMENT_BYTES, etag);
    for (unsigned i = 0; i < STORED; i++) {
        const struct serve_label labels[] = {{"team", i % 2 == 0 ? "even" : "odd"},
                                             {"rare", i % 1000 == 0 ? "yes" : "no"}};
        struct serve_record record = {.place = {.workflow = "checkout", .instance = "july"},
                                      .document = document,
                                      .document_length = DOCUMENT_BYTES,
                                      .etag = etag,
                                      .creator = "alice",
                                      .labels = labels,
                                      .label_count = 2};
        snprintf(record.place.id, sizeof record.place.id, "stored-%u", i);
        ck_assert_int_eq(serve_store_insert(store, &record), SERVE_DONE);
    }
    ck_assert(serve_store_commit(store));
    serve_store_close(store);
}

/* Milliseconds of the median of 21 requests. */
static double latency_of(const char *path)
{
    double times[21];
    for (size_t i = 0; i < 21; i++) {
        double began = now();
        expect(ask_alice(&endpoint, "GET", path, NULL), 200, "{\"");
        double took = 1e3 * (now() - began);
        size_t at = i;
        for (; at > 0 && times[at - 1] > took; at--)
            times[at] = times[at - 1];
        times[at] = took;
    }
    return times[10];
}

START_TEST(endpoint_is_fast_enough)
{
    static const char *const PATHS[] = {
        COLLECTION "/stored-77777", COLLECTION, COLLECTION "?filter=labels.rare=yes",
        "/v2/workflows/-/instances/-/analysisResults?filter=labels.team=odd",
        COLLECTION "?filter=labels.team=even+AND+labels.rare=yes",
        "/v2/workflows/checkout/instances/-/analysisResults?pageSize=50",
        /* questions that find nothing */
        COLLECTION "?filter=labels.team=none", COLLECTION "?filter=labels:none",
        COLLECTION "?filter=labels.team=odd+AND+labels.rare=yes",
        "/v2/workflows/-/instances/june/analysisResults",
        "/v2/workflows/other/instances/june/analysisResults?filter=labels.team=odd"};
    endpoint_init(&endpoint);
    fill();
    endpoint_start(&endpoint);
    double posts = rate_of(true, POSTS), gets = rate_of(false, GETS), worst = 0.0;
    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("%.0f durable posts/s, %.0f gets/s, %d connections\n", posts, gets, CONNECTIONS);
    for (size_t i = 0; i < sizeof PATHS / sizeof *PATHS; i++) {
        double milliseconds = latency_of(PATHS[i]);
        printf("%.2f ms %s\n", milliseconds, PATHS[i]);
        worst = fmax(worst, milliseconds);
    }
    ck_assert(worst < 10.0);
    ck_assert(posts >= 300.0);
    ck_assert(gets >= 5000.0);
    endpoint_release(&endpoint);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, endpoint_is_fast_enough);
}

int main(void)
{
    return test_main("serve_speed", add);
}
