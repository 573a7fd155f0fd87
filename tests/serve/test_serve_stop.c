/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * SIGTERM under load: every request on a connection the server has accepted is answered, what it
 * acknowledged is there afterwards, and what got no answer is not. Some clients keep their
 * connections, others connect for each request (and may meet the moment at which the socket
 * closes), and one is amid a body when the signal comes.
 */
#include <stddef.h>
#include <sys/un.h>

#include "serve_load.h"

enum { KEEPERS = 6, CLIENTS = 12, ROUNDS = 3 };

static struct endpoint endpoint;
static struct load_client clients[CLIENTS];

/* A post whose last bytes come after the signal. */
static int begin_slow_post(uint16_t port, unsigned round)
{
    char request[512], id[32];
    snprintf(id, sizeof id, "slow-%u", round);
    size_t length = load_write_post(request, sizeof request, NULL, id, 1);
    int fd = raw_connect(port, 20);
    ck_assert(raw_send(fd, request, length));
    return fd;
}

static void load_and_stop(unsigned round)
{
    static const char *const MORE[] = {"--grace-time", "20", NULL};
    struct process process = process_start(&endpoint, MORE);
    memset(clients, 0, sizeof clients);
    for (unsigned i = 0; i < CLIENTS; i++) {
        clients[i].port = process.port;
        clients[i].is_keeper = i < KEEPERS;
        snprintf(clients[i].prefix, sizeof clients[i].prefix, "r%u-%u", round, i);
        load_start(&clients[i]);
    }
    int slow = begin_slow_post(process.port, round);
    sleep_ms(200);
    ck_assert_int_eq(kill(process.pid, SIGTERM), 0);
    sleep_ms(20);
    ck_assert_int_eq(kill(process.pid, SIGTERM), 0); /* a second one changes nothing */
    sleep_ms(100);
    ck_assert(raw_send(slow, "}", 1));
    struct load_answer answer = load_read(slow);
    ck_assert_int_eq(answer.status, 200);
    ck_assert(answer.closes);
    close(slow);
    process_wait(process);
    for (unsigned i = 0; i < CLIENTS; i++)
        load_join(&clients[i], false);
}

START_TEST(sigterm_under_load_answers_all_and_loses_nothing)
{
    unsigned stored = 0, unanswered = 0;
    endpoint_init(&endpoint);
    for (unsigned round = 0; round < ROUNDS; round++) {
        load_and_stop(round);
        endpoint_start(&endpoint);
        for (unsigned i = 0; i < CLIENTS; i++) {
            load_assert_stored(endpoint.curl, serve_port(endpoint.server), &clients[i]);
            unsigned missed = load_count(&clients[i], UNANSWERED);
            ck_assert_msg(missed == 0 || !clients[i].is_keeper,
                          "a request on a kept connection has no answer");
            stored += load_count(&clients[i], 200);
            unanswered += missed;
        }
        char path[128];
        snprintf(path, sizeof path, COLLECTION "/slow-%u", round);
        expect(ask_alice(&endpoint, "GET", path, NULL), 200, "");
        serve_stop(endpoint.server);
        endpoint.server = NULL;
    }
    printf("%u acknowledged and there, %u without an answer and not there\n", stored, unanswered);
    ck_assert_uint_gt(stored, ROUNDS * CLIENTS);
    endpoint_release(&endpoint);
}
END_TEST

static void expect_told(int fd, const char *state)
{
    char said[64];
    ssize_t got = recv(fd, said, sizeof said - 1, 0);
    ck_assert_int_gt(got, 0);
    said[got] = '\0';
    ck_assert_str_eq(said, state);
}

/* What sd_notify(3) says, to a path and to a name in the abstract space. */
START_TEST(a_service_manager_is_told_of_start_and_stop)
{
    static const char *const NONE[] = {NULL};
    char name[96];
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    endpoint_init(&endpoint);
    snprintf(name, sizeof name, "%s%s/notify", _i == 0 ? "" : "@", endpoint.folder);
    memcpy(address.sun_path, name, strlen(name));
    if (_i != 0)
        address.sun_path[0] = '\0';
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name));
    struct timeval longest = {.tv_sec = 20};
    ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &longest, sizeof longest), 0);
    ck_assert_int_eq(bind(fd, (const struct sockaddr *)&address, length), 0);
    ck_assert_int_eq(setenv("NOTIFY_SOCKET", name, 1), 0);
    struct process process = process_start(&endpoint, NONE);
    ck_assert_int_eq(unsetenv("NOTIFY_SOCKET"), 0);
    expect_told(fd, "READY=1");
    process_stop(process);
    expect_told(fd, "STOPPING=1");
    close(fd);
    if (_i == 0)
        ck_assert_int_eq(unlink(name), 0);
    endpoint_release(&endpoint);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, sigterm_under_load_answers_all_and_loses_nothing);
    tcase_add_loop_test(cases, a_service_manager_is_told_of_start_and_stop, 0, 2);
}

int main(void)
{
    return test_main("serve_stop", add);
}
