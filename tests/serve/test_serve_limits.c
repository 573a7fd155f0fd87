/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Limits under load. What is refused is refused with Retry-After and is not there, what was
 * acknowledged is, and when the cause is gone the server goes on without being started anew.
 */
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/resource.h>

#include "serve_load.h"

enum { CLIENTS = 8 };

static struct endpoint endpoint;
static struct load_client clients[CLIENTS];

static void start(void)
{
    endpoint_init(&endpoint);
}

static void stop(void)
{
    endpoint_release(&endpoint);
}

static void start_clients(uint16_t port, unsigned patience_us)
{
    memset(clients, 0, sizeof clients);
    for (unsigned i = 0; i < CLIENTS; i++) {
        clients[i].port = port;
        clients[i].is_keeper = true;
        clients[i].patience_us = patience_us;
        snprintf(clients[i].prefix, sizeof clients[i].prefix, "c%u", i);
        load_start(&clients[i]);
    }
}

static void join_clients(void)
{
    for (unsigned i = 0; i < CLIENTS; i++)
        load_join(&clients[i], true);
}

/* Of all clients; other fates than 200 and this one fail, and so does a missing Retry-After. */
static unsigned count_of(short fate)
{
    unsigned count = 0, others = 0;
    for (unsigned i = 0; i < CLIENTS; i++) {
        count += load_count(&clients[i], fate);
        ck_assert_uint_eq(clients[i].silent, 0);
        for (unsigned k = 0; k < LOAD_POSTS_MAX; k++)
            others += clients[i].fates[k] != NOT_SENT && clients[i].fates[k] != 200 &&
                      clients[i].fates[k] != fate;
    }
    ck_assert_uint_eq(others, 0);
    return count;
}

static void assert_stored(uint16_t port)
{
    for (unsigned i = 0; i < CLIENTS; i++)
        load_assert_stored(endpoint.curl, port, &clients[i]);
}

/* While another process holds the database, two changes and a batch wait; the others are told. */
START_TEST(full_queue_refuses_what_it_cannot_take_and_keeps_the_rest)
{
    sqlite3 *other;
    endpoint.options.waiting_max = 2;
    endpoint_start(&endpoint);
    ck_assert_int_eq(sqlite3_open(endpoint.database, &other), SQLITE_OK);
    sqlite3_busy_timeout(other, 10000);
    start_clients(serve_port(endpoint.server), 5000);
    sleep_ms(100);
    ck_assert_int_eq(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    sleep_ms(400);
    expect(ask_alice(&endpoint, "GET", COLLECTION "?pageSize=1", NULL), 200, "createTime");
    ck_assert_int_eq(sqlite3_exec(other, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    sleep_ms(200);
    join_clients();
    sqlite3_close(other);
    ck_assert_uint_gt(count_of(429), 10);
    assert_stored(serve_port(endpoint.server));
    expect(ask_alice(&endpoint, "POST", COLLECTION "?analysisResultId=after", SMALL_BODY), 200, "");
}
END_TEST

START_TEST(rate_is_each_callers_own)
{
    enum { RATE = 20 };
    endpoint.options.posts_per_second = RATE;
    endpoint_start(&endpoint);
    double began = now_seconds();
    start_clients(serve_port(endpoint.server), 2000);
    sleep_ms(300);
    const char *const bob[] = {"Authorization: Bearer bobs-token-01234567890", JSON_TYPE, NULL};
    expect(ask(&endpoint, "POST", COLLECTION, bob, SMALL_BODY), 200, "bob");
    sleep_ms(300);
    join_clients();
    unsigned stored = 0, most = RATE + 1 + (unsigned)((now_seconds() - began) * RATE);
    for (unsigned i = 0; i < CLIENTS; i++)
        stored += load_count(&clients[i], 200);
    ck_assert_uint_gt(count_of(429), 0);
    ck_assert_uint_ge(stored, RATE);
    ck_assert_uint_le(stored, most);
    assert_stored(serve_port(endpoint.server));
    sleep_ms(1000 / RATE + 100);
    expect(ask_alice(&endpoint, "POST", COLLECTION "?analysisResultId=after", SMALL_BODY), 200, "");
}
END_TEST

START_TEST(bodies_under_way_leave_no_room_for_more_until_they_end)
{
    int held[3];
    endpoint.options.bodies_max = 3 * strlen(SMALL_BODY) + 10;
    endpoint_start(&endpoint);
    uint16_t port = serve_port(endpoint.server);
    for (int i = 0; i < 3; i++) {
        char request[512], id[32];
        snprintf(id, sizeof id, "held-%d", i);
        size_t length = load_write_post(request, sizeof request, NULL, id, 1);
        held[i] = raw_connect(port, 20);
        ck_assert(raw_send(held[i], request, length));
    }
    expect(ask_alice(&endpoint, "GET", "/healthz", NULL), 200, "ok");
    sleep_ms(100);
    start_clients(port, 1000);
    sleep_ms(200);
    join_clients();
    ck_assert_uint_gt(count_of(429), CLIENTS);
    ck_assert_uint_eq(load_count(&clients[0], 200), 0);
    for (int i = 0; i < 3; i++) {
        ck_assert(raw_send(held[i], "}", 1));
        ck_assert_int_eq(load_read(held[i]).status, 200);
        close(held[i]);
    }
    assert_stored(port);
    for (int i = 0; i < 20; i++)
        expect(ask_alice(&endpoint, "POST", COLLECTION, SMALL_BODY), 200, "");
}
END_TEST

/* Long answers wait in memory for clients that do not read them. */
START_TEST(answers_nobody_reads_leave_no_room_for_more_until_they_end)
{
    enum { HELD = 12, TEXT = 900000 };
    static char body[TEXT + 200];
    int held[HELD], refused = 0;
    int at = snprintf(body, sizeof body,
                      "{\"parent\":\"" PARENT "\",\"analysisResult\":{\"exposureFilter\":\"");
    memset(body + at, 'x', TEXT);
    memcpy(body + at + TEXT, "\"}}", 4);
    endpoint.options.bodies_max = (size_t)6 << 20;
    endpoint_start(&endpoint);
    expect(ask_alice(&endpoint, "POST", COLLECTION "?analysisResultId=long", body), 200, "xxx");
    static const char GET[] = "GET " COLLECTION "/long HTTP/1.1\r\nHost: a\r\n" ALICE "\r\n\r\n";
    for (int i = 0; i < HELD; i++) {
        int small = 4096;
        held[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        setsockopt(held[i], SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
        struct sockaddr_in address = {.sin_family = AF_INET,
                                      .sin_port = htons(serve_port(endpoint.server)),
                                      .sin_addr = {htonl(INADDR_LOOPBACK)}};
        ck_assert_int_eq(connect(held[i], (struct sockaddr *)&address, sizeof address), 0);
        for (int k = 0; k < 4; k++) /* one alone may fit into the sockets' buffers */
            ck_assert(raw_send(held[i], GET, sizeof GET - 1));
    }
    sleep_ms(300);
    for (int i = 0; i < HELD; i++) {
        char head[13] = "";
        ck_assert_int_eq(recv(held[i], head, 12, MSG_WAITALL), 12);
        ck_assert(strcmp(head, "HTTP/1.1 200") == 0 || strcmp(head, "HTTP/1.1 429") == 0);
        refused += strcmp(head, "HTTP/1.1 429") == 0;
        close(held[i]);
    }
    ck_assert_int_gt(refused, 0);
    ck_assert_int_lt(refused, HELD);
    sleep_ms(300);
    for (int i = 0; i < 20; i++)
        expect(ask_alice(&endpoint, "GET", COLLECTION "/long", NULL), 200, "xxx");
}
END_TEST

/* A limit on the size of files stands for a full disk: writing fails amid the load. */
START_TEST(full_disk_is_503_and_storing_goes_on_when_there_is_room)
{
    static const char *const MORE[] = {NULL};
    struct process process = process_start(&endpoint, MORE);
    const char *const headers[] = {ALICE, NULL};
    start_clients(process.port, 1000);
    for (bool is_stored = false; !is_stored; sleep_ms(50)) { /* the run's limit ends it */
        struct reply list =
            ask_with(endpoint.curl, process.port, "GET", COLLECTION, headers, NULL, 0);
        is_stored = list.body.data != NULL && strstr(list.body.data, "createTime") != NULL;
        reply_release(&list);
    }
    struct rlimit none = {.rlim_cur = 65536, .rlim_max = RLIM_INFINITY}, old;
    ck_assert_int_eq(prlimit(process.pid, RLIMIT_FSIZE, &none, &old), 0);
    sleep_ms(250);
    expect(ask_with(endpoint.curl, process.port, "GET", "/healthz", headers, NULL, 0), 200, "ok");
    expect(ask_with(endpoint.curl, process.port, "GET", COLLECTION, headers, NULL, 0), 200,
           "createTime");
    ck_assert_int_eq(prlimit(process.pid, RLIMIT_FSIZE, &old, NULL), 0);
    sleep_ms(250);
    join_clients();
    ck_assert_uint_gt(count_of(503), CLIENTS);
    for (unsigned i = 0; i < CLIENTS; i++) { /* the last ones are stored again */
        unsigned last = 0;
        while (last + 1 < LOAD_POSTS_MAX && clients[i].fates[last + 1] != NOT_SENT)
            last++;
        ck_assert_int_eq(clients[i].fates[last], 200);
    }
    assert_stored(process.port);
    process_stop(process);
    endpoint_start(&endpoint);
    assert_stored(serve_port(endpoint.server));
}
END_TEST

static long ask_one(uint16_t port, const char *method, const char *path, const char *body)
{
    const char *const headers[] = {ALICE, JSON_TYPE, NULL};
    struct reply reply =
        ask_with(endpoint.curl, port, method, path, headers, body, body == NULL ? 0 : strlen(body));
    long status = reply.status;
    reply_release(&reply);
    return status;
}

/* A disk that is nearly full takes small changes, and a commit that changes nothing. */
START_TEST(a_server_is_ready_when_it_can_store_what_it_could_not)
{
    enum { TEXT = 200000, ROOM = 100000 };
    static const char *const MORE[] = {NULL};
    static const char SMALL[] = "{\"parent\":\"" PARENT "\",\"analysisResult\":{}}";
    static char body[TEXT + 128];
    char log[128];
    struct stat about;
    struct process process = process_start(&endpoint, MORE);
    int at = snprintf(body, sizeof body,
                      "{\"parent\":\"" PARENT "\",\"analysisResult\":{\"exposureFilter\":\"");
    memset(body + at, 'x', TEXT);
    memcpy(body + at + TEXT, "\"}}", 4);
    snprintf(log, sizeof log, "%s-wal", endpoint.database);
    ck_assert_int_eq(ask_one(process.port, "POST", COLLECTION "?analysisResultId=small", SMALL),
                     200);
    ck_assert_int_eq(stat(log, &about), 0);
    struct rlimit full = {.rlim_cur = (rlim_t)about.st_size + ROOM, .rlim_max = RLIM_INFINITY}, old;
    ck_assert_int_eq(prlimit(process.pid, RLIMIT_FSIZE, &full, &old), 0);
    ck_assert_int_eq(ask_one(process.port, "POST", COLLECTION "?analysisResultId=long", body), 503);
    ck_assert_int_eq(ask_one(process.port, "DELETE", COLLECTION "/small", NULL), 200);
    for (int i = 0; i < 25; i++, sleep_ms(200)) /* it tries every three seconds */
        ck_assert_int_eq(ask_one(process.port, "GET", "/readyz", NULL), 503);
    ck_assert_int_eq(prlimit(process.pid, RLIMIT_FSIZE, &old, NULL), 0);
    while (ask_one(process.port, "GET", "/readyz", NULL) != 200) /* the run's limit ends it */
        sleep_ms(100);
    const char *const headers[] = {ALICE, NULL};
    expect(ask_with(endpoint.curl, process.port, "GET", COLLECTION, headers, NULL, 0), 200, "[]");
    ck_assert_int_eq(kill(process.pid, SIGKILL), 0); /* and what it tried stays away */
    ck_assert_int_eq(waitpid(process.pid, NULL, 0), process.pid);
    endpoint_start(&endpoint);
    expect(ask_alice(&endpoint, "GET", "/v2/workflows/-/instances/-/analysisResults", NULL), 200,
           "[]");
    expect(ask_alice(&endpoint, "POST", COLLECTION "?analysisResultId=long", body), 200, "xxx");
}
END_TEST

/* Fills what is behind the tables' own pages with bytes that are not pages. */
static void spoil(const char *path)
{
    enum { PAGE_BYTES = 8192, FIRST = 8, LAST = 40 };
    char page[PAGE_BYTES];
    int fd = open(path, O_WRONLY);
    memset(page, 0xff, sizeof page);
    for (int i = FIRST; i < LAST; i++)
        ck_assert_int_eq(pwrite(fd, page, sizeof page, (off_t)i * PAGE_BYTES), PAGE_BYTES);
    ck_assert_int_eq(close(fd), 0);
}

START_TEST(database_that_cannot_be_read_is_503_and_told_once)
{
    static char text[9001], body[9200];
    char path[128], said[512] = "";
    memset(text, 'x', sizeof text - 1);
    snprintf(body, sizeof body,
             "{\"parent\":\"" PARENT "\",\"analysisResult\":{\"exposureFilter\":\"%s\"}}", text);
    endpoint_start(&endpoint);
    for (int i = 0; i < 20; i++) {
        snprintf(path, sizeof path, COLLECTION "?analysisResultId=result-%d", i);
        expect(ask_alice(&endpoint, "POST", path, body), 200, "xxx");
    }
    serve_stop(endpoint.server);
    spoil(endpoint.database);
    int old = dup(STDERR_FILENO), ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    dup2(ends[1], STDERR_FILENO);
    endpoint_start(&endpoint);
    struct reply first = ask_alice(&endpoint, "GET", COLLECTION, NULL);
    struct reply second = ask_alice(&endpoint, "GET", COLLECTION "/result-3", NULL);
    dup2(old, STDERR_FILENO);
    close(old);
    close(ends[1]);
    expect(first, 503, "The store does not answer");
    expect(second, 503, "The store does not answer");
    ck_assert_int_gt(read(ends[0], said, sizeof said - 1), 0);
    close(ends[0]);
    static const char WHY[] = "assay serve: cannot read: database disk image is malformed\n";
    char *why = strstr(said, WHY);
    ck_assert_msg(why != NULL, "%s", said);
    ck_assert_ptr_null(strstr(why + sizeof WHY - 1, "cannot read"));
}
END_TEST

static void send_post(int fd, const char *id, size_t cut)
{
    char request[512];
    size_t length = load_write_post(request, sizeof request, NULL, id, cut);
    ck_assert(raw_send(fd, request, length));
}

/* Idle connections take all places but one; then come more clients than there are places. The post
 * of a known caller that takes its time is not cut for them. */
START_TEST(clients_beyond_the_limit_wait_and_are_served)
{
    enum { PLACES = 8, ALL = 20 };
    int idle[PLACES - 1], waiting[ALL];
    endpoint.options.connections = PLACES;
    endpoint.options.threads = 2;
    endpoint_start(&endpoint);
    uint16_t port = serve_port(endpoint.server);
    int slow = raw_connect(port, 20);
    send_post(slow, "slow", 1);
    for (int i = 0; i < PLACES - 1; i++)
        idle[i] = raw_connect(port, 20);
    sleep_ms(100);
    double began = now_seconds();
    for (int i = 0; i < ALL; i++) {
        char id[32];
        snprintf(id, sizeof id, "waiting-%d", i);
        waiting[i] = raw_connect(port, 20);
        send_post(waiting[i], id, 0);
    }
    for (int i = 0; i < ALL; i++) {
        ck_assert_int_eq(load_read(waiting[i]).status, 200);
        close(waiting[i]);
    }
    /* Idle ones are cut after a second, not after the 30 of a request. */
    double took = now_seconds() - began;
    ck_assert(took > 0.5 && took < 15.0);
    for (int i = 0; i < PLACES - 1; i++)
        close(idle[i]);
    ck_assert(raw_send(slow, "}", 1));
    ck_assert_int_eq(load_read(slow).status, 200);
    close(slow);
    expect(ask_alice(&endpoint, "GET", COLLECTION "/waiting-19", NULL), 200, "");
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_checked_fixture(cases, start, stop);
    tcase_add_test(cases, full_queue_refuses_what_it_cannot_take_and_keeps_the_rest);
    tcase_add_test(cases, rate_is_each_callers_own);
    tcase_add_test(cases, bodies_under_way_leave_no_room_for_more_until_they_end);
    tcase_add_test(cases, answers_nobody_reads_leave_no_room_for_more_until_they_end);
    tcase_add_test(cases, full_disk_is_503_and_storing_goes_on_when_there_is_room);
    tcase_add_test(cases, a_server_is_ready_when_it_can_store_what_it_could_not);
    tcase_add_test(cases, database_that_cannot_be_read_is_503_and_told_once);
    tcase_add_test(cases, clients_beyond_the_limit_wait_and_are_served);
}

int main(void)
{
    return test_main("serve_limits", add);
}
