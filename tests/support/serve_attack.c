/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "serve_attack.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { ANSWER_BYTES = 1 << 20, SECONDS = 15, HELD_MAX = 1000 };

/* What a broken or unwelcome request may be answered; 100 only before another answer. */
static const short EXPECTED[] = {100, 200, 304, 400, 401, 404, 405, 409,
                                 411, 412, 413, 414, 415, 429, 431, 505};

uint32_t attack_random(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return (uint32_t)((z ^ z >> 31) >> 33);
}

static void note_flaw(struct attack *attack, const char *what, const char *answer, size_t length)
{
    if (attack->flaw[0] == '\0')
        snprintf(attack->flaw, sizeof attack->flaw, "%s, request %u: %s: %.*s\nafter: %s",
                 attack->kind, attack->requests, what, (int)(length < 1500 ? length : 1500), answer,
                 attack->request);
}

static int open_connection(uint16_t port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    struct timeval limit = {.tv_sec = SECONDS};
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    close(fd);
    return -1;
}

static bool is_expected(int status)
{
    for (size_t i = 0; i < sizeof EXPECTED / sizeof *EXPECTED; i++)
        if (EXPECTED[i] == status)
            return true;
    return false;
}

/* Header lines up to the empty one: each has a name and a colon. Where the body starts, or NULL. */
static const char *check_headers(const char *at, const char *end, size_t *body_length)
{
    *body_length = SIZE_MAX;
    while (at < end && *at != '\r') {
        const char *stop = memchr(at, '\r', (size_t)(end - at));
        if (stop == NULL || stop + 1 >= end || stop[1] != '\n')
            return NULL;
        const char *colon = memchr(at, ':', (size_t)(stop - at));
        if (colon == NULL || colon == at)
            return NULL;
        if (strncmp(at, "Content-Length: ", 16) == 0)
            *body_length = strtoul(at + 16, NULL, 10);
        at = stop + 2;
    }
    return at + 1 < end && at[1] == '\n' ? at + 2 : NULL;
}

/* One answer at a time from the text (NUL-terminated); NULL after the last or at a flaw. Of a wrong
 * Content-Length libmicrohttpd 0.9.75 writes the head twice; those are counted. */
static const char *check_answer(struct attack *attack, const char *at, const char *end,
                                bool was_reset, bool is_head)
{
    size_t length = (size_t)(end - at), body_length;
    if (length < 15 || strncmp(at, "HTTP/1.1 ", 9) != 0) {
        if (!was_reset)
            note_flaw(attack, "no status line", at, length);
        return NULL;
    }
    int status = atoi(at + 9);
    const char *line_end = strstr(at, "\r\n");
    const char *body = line_end == NULL ? NULL : check_headers(line_end + 2, end, &body_length);
    if (body == NULL) {
        if (!was_reset)
            note_flaw(attack, "malformed headers", at, length);
        return NULL;
    }
    if (!is_expected(status)) {
        note_flaw(attack, "unexpected status", at, length);
        return NULL;
    }
    bool has_body = status >= 200 && status != 304 && !is_head;
    if (has_body && strncmp(body, at, (size_t)(line_end - at)) == 0) {
        attack->doubled++;
        body = check_headers(strstr(body, "\r\n") + 2, end, &body_length);
    }
    if (has_body && (body == NULL || body_length > (size_t)(end - body))) {
        if (!was_reset)
            note_flaw(attack, "body of another length", at, length);
        return NULL;
    }
    attack->statuses[status]++;
    attack->answers += status >= 200;
    return has_body ? body + body_length : body;
}

static unsigned read_answers(struct attack *attack, int fd, bool is_head)
{
    char *text = malloc(ANSWER_BYTES);
    size_t length = 0;
    ssize_t got = 0;
    while (text != NULL && length + 1 < ANSWER_BYTES &&
           (got = recv(fd, text + length, ANSWER_BYTES - 1 - length, 0)) > 0)
        length += (size_t)got;
    if (text == NULL)
        return 0;
    bool was_reset = got < 0 && errno != EAGAIN;
    text[length] = '\0';
    if (got < 0 && errno == EAGAIN)
        note_flaw(attack, "still open", text, length);
    unsigned before = attack->answers;
    const char *at = text, *end = text + length;
    while (at != NULL && at < end)
        at = check_answer(attack, at, end, was_reset, is_head);
    unsigned count = attack->answers - before;
    attack->unanswered += count == 0;
    free(text);
    return count;
}

unsigned attack_talk(struct attack *attack, const char *bytes, size_t length, enum attack_end end)
{
    int fd = open_connection(attack->port);
    size_t sent = 0;
    ssize_t got = 0;
    attack->requests++;
    snprintf(attack->request, sizeof attack->request, "%.*s",
             (int)(length < sizeof attack->request ? length : sizeof attack->request - 1), bytes);
    if (fd < 0) {
        note_flaw(attack, "cannot connect", "", 0);
        return 0;
    }
    while (sent < length && (got = send(fd, bytes + sent, length - sent, MSG_NOSIGNAL)) > 0)
        sent += (size_t)got;
    unsigned count = 0;
    if (end == ATTACK_RESET) {
        struct linger at_once = {.l_onoff = 1};
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    }
    if (end == ATTACK_HALF_CLOSE)
        shutdown(fd, SHUT_WR);
    if (end == ATTACK_HALF_CLOSE || end == ATTACK_READ)
        count = read_answers(attack, fd, strncmp(bytes, "HEAD ", 5) == 0);
    close(fd);
    return count;
}

void attack_expect(struct attack *attack, unsigned answers, unsigned expected)
{
    char numbers[64];
    int length = snprintf(numbers, sizeof numbers, "%u, not %u", answers, expected);
    if (answers != expected)
        note_flaw(attack, "another number of answers", numbers, (size_t)length);
}

void *attack_run(void *argument)
{
    struct attack *attack = argument;
    while (attack->requests < attack->count && attack->flaw[0] == '\0') {
        const struct attack_kind *kind =
            &ATTACK_KINDS[attack_random(&attack->seed) % ATTACK_KIND_COUNT];
        attack->kind = kind->name;
        kind->run(attack);
    }
    return NULL;
}

/* Every fourth knows a token and drips a body, the others drip a head. */
static void send_next(int fd, unsigned number, unsigned at)
{
    static const char STRANGER[] =
        "POST /v2/workflows/w/instances/i/analysisResults HTTP/1.1\r\nX: ";
    static const char CALLER[] =
        "POST /v2/workflows/w/instances/i/analysisResults HTTP/1.1\r\nHost: a\r\n"
        "Authorization: Bearer alices-token-0123456789\r\nContent-Type: application/json\r\n"
        "Content-Length: 10000\r\n\r\n";
    char c = at < sizeof STRANGER - 1 ? STRANGER[at] : 'x';
    if (number % 4 != 3)
        (void)!send(fd, &c, 1, MSG_NOSIGNAL | MSG_DONTWAIT);
    else
        (void)!send(fd, at == 0 ? CALLER : " ", at == 0 ? sizeof CALLER - 1 : 1,
                    MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* The connections of a drip: reopened when the server has cut them. */
void *attack_drip_run(void *argument)
{
    struct attack_drip *drip = argument;
    int held[HELD_MAX];
    unsigned at[HELD_MAX] = {0}, count = drip->dripping + drip->idle;
    const struct timespec tick = {0, 100 * 1000 * 1000};
    for (unsigned i = 0; i < count; i++)
        held[i] = -1;
    while (!atomic_load(&drip->is_over)) {
        for (unsigned i = 0; i < count; i++) {
            char rest;
            if (held[i] >= 0 && recv(held[i], &rest, 1, MSG_DONTWAIT) == 0) {
                close(held[i]);
                held[i] = -1;
            }
            if (held[i] < 0) {
                held[i] = open_connection(drip->port);
                at[i] = 0;
                drip->opened += held[i] >= 0;
            }
            if (i < drip->dripping && held[i] >= 0)
                send_next(held[i], i, at[i]++);
        }
        nanosleep(&tick, NULL);
    }
    for (unsigned i = 0; i < count; i++)
        if (held[i] >= 0)
            close(held[i]);
    return NULL;
}
