/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * SIGTERM under load: every request on a connection the server has accepted is answered, what it
 * acknowledged is there afterwards, and what got no answer is not. Some clients keep their
 * connections, others connect for each request (and may meet the moment at which the socket
 * closes), and one is amid a body when the signal comes.
 */
#include <pthread.h>
#include <stdatomic.h>

#include "serve_process.h"
#include "serve_raw.h"

enum { KEEPERS = 6, CONNECTORS = 6, CLIENTS = KEEPERS + CONNECTORS, POSTS_MAX = 5000, ROUNDS = 3 };
enum fate { NOT_SENT, ACKNOWLEDGED, REFUSED, UNANSWERED };

#define BODY "{\"parent\":\"" PARENT "\",\"analysisResult\":{}}"

struct client {
    pthread_t thread;
    uint16_t port;
    unsigned round, number;
    enum fate fates[POSTS_MAX];
};

static struct endpoint endpoint;
static struct client clients[CLIENTS];

static int try_connect(uint16_t port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(port),
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    struct timeval limit = {.tv_sec = 20};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    close(fd);
    return -1;
}

/* One answer; *closes is set when it says that the connection ends. */
static enum fate read_fate(int fd, bool *closes)
{
    char answer[4096];
    size_t length = 0, wanted = SIZE_MAX;
    while (length < wanted && length + 1 < sizeof answer) {
        ssize_t got = recv(fd, answer + length, sizeof answer - 1 - length, 0);
        if (got <= 0)
            return UNANSWERED;
        length += (size_t)got;
        answer[length] = '\0';
        const char *end = strstr(answer, "\r\n\r\n");
        const char *size = strstr(answer, "Content-Length: ");
        if (end != NULL && size != NULL)
            wanted = (size_t)(end + 4 - answer) + strtoul(size + 16, NULL, 10);
    }
    *closes = strstr(answer, "Connection: close\r") != NULL;
    return strncmp(answer, "HTTP/1.1 200 ", 13) == 0 ? ACKNOWLEDGED : REFUSED;
}

static void *post(void *argument)
{
    struct client *client = argument;
    int fd = -1;
    for (unsigned i = 0; i < POSTS_MAX; i++) {
        char request[512];
        int length = snprintf(request, sizeof request,
                              "POST " COLLECTION "?analysisResultId=r%u-%u-%u HTTP/1.1\r\n"
                              "Host: a\r\n" ALICE "\r\n" JSON_TYPE "\r\nContent-Length: %zu\r\n"
                              "\r\n" BODY,
                              client->round, client->number, i, strlen(BODY));
        if (fd < 0)
            fd = try_connect(client->port);
        if (fd < 0)
            break;
        bool closes = false;
        client->fates[i] = raw_send(fd, request, (size_t)length) ? read_fate(fd, &closes)
                                                                 : UNANSWERED;
        bool is_keeper = client->number < KEEPERS;
        if (is_keeper && (closes || client->fates[i] == UNANSWERED))
            break;
        if (!is_keeper) {
            close(fd);
            fd = -1;
        }
    }
    if (fd >= 0)
        close(fd);
    return NULL;
}

/* A post whose second half comes after the signal. */
static int begin_slow_post(uint16_t port, unsigned round)
{
    char request[512];
    int length = snprintf(request, sizeof request,
                          "POST " COLLECTION "?analysisResultId=slow-%u HTTP/1.1\r\nHost: a\r\n"
                          ALICE "\r\n" JSON_TYPE "\r\nContent-Length: %zu\r\n\r\n%.20s",
                          round, strlen(BODY), BODY);
    int fd = raw_connect(port, 20);
    ck_assert(raw_send(fd, request, (size_t)length));
    return fd;
}

static void load_and_stop(unsigned round)
{
    static const char *const MORE[] = {"--grace-time", "20", NULL};
    struct process process = process_start(&endpoint, MORE);
    for (unsigned i = 0; i < CLIENTS; i++) {
        clients[i] = (struct client){.port = process.port, .round = round, .number = i};
        ck_assert_int_eq(pthread_create(&clients[i].thread, NULL, post, &clients[i]), 0);
    }
    int slow = begin_slow_post(process.port, round);
    sleep_ms(200);
    ck_assert_int_eq(kill(process.pid, SIGTERM), 0);
    sleep_ms(20);
    ck_assert_int_eq(kill(process.pid, SIGTERM), 0); /* a second one changes nothing */
    sleep_ms(100);
    bool closes = false;
    ck_assert(raw_send(slow, &BODY[20], strlen(BODY) - 20));
    ck_assert_int_eq(read_fate(slow, &closes), ACKNOWLEDGED);
    ck_assert(closes);
    close(slow);
    process_wait(process);
    for (unsigned i = 0; i < CLIENTS; i++)
        pthread_join(clients[i].thread, NULL);
}

static void assert_stored(const struct client *client, unsigned counts[4])
{
    for (unsigned i = 0; i < POSTS_MAX && client->fates[i] != NOT_SENT; i++) {
        char path[128];
        snprintf(path, sizeof path, COLLECTION "/r%u-%u-%u", client->round, client->number, i);
        counts[client->fates[i]]++;
        bool is_stored = client->fates[i] == ACKNOWLEDGED;
        expect(ask_alice(&endpoint, "GET", path, NULL), is_stored ? 200 : 404, "");
        ck_assert_msg(client->fates[i] != UNANSWERED || client->number >= KEEPERS,
                      "a request on a kept connection has no answer: %s", path);
    }
}

START_TEST(sigterm_under_load_answers_all_and_loses_nothing)
{
    unsigned counts[4] = {0};
    endpoint_init(&endpoint);
    for (unsigned round = 0; round < ROUNDS; round++) {
        load_and_stop(round);
        endpoint_start(&endpoint);
        for (unsigned i = 0; i < CLIENTS; i++)
            assert_stored(&clients[i], counts);
        char path[128];
        snprintf(path, sizeof path, COLLECTION "/slow-%u", round);
        expect(ask_alice(&endpoint, "GET", path, NULL), 200, "");
        serve_stop(endpoint.server);
        endpoint.server = NULL;
    }
    printf("%u acknowledged and there, %u refused, %u without an answer and not there\n",
           counts[ACKNOWLEDGED], counts[REFUSED], counts[UNANSWERED]);
    ck_assert_uint_gt(counts[ACKNOWLEDGED], ROUNDS * CLIENTS);
    ck_assert_uint_eq(counts[REFUSED], 0);
    endpoint_release(&endpoint);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, sigterm_under_load_answers_all_and_loses_nothing);
}

int main(void)
{
    return test_main("serve_stop", add);
}
