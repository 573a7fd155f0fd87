/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Databases behind a network that swallows the login, the statement, the answer, the cancel or the
 * farewell: whoever asks is told in seconds, by a signal or a time limit. All kinds wait at once.
 */
#include "test.h"

#include <pthread.h>
#include <time.h>

#include "base/clock.h"
#include "base/curl_library.h"
#include "base/odbc_library.h"
#include "hostile.h"
#include "silent_odbc.h"
#include "source/warehouse/warehouse.h"

enum { ASKS_MAX = 44, HOUR_MS = 3600000 };

/* A source that is never given up would wait far longer; a busy machine may take its time. */
static const double LATE_SECONDS = 40.0;

/* Who asks, in a thread of its own. */
struct ask {
    const char *sources[2];
    size_t source_count;
    bool by_time; /* a limit of a second; else the signal */
    struct assay_dataset *dataset;
    enum assay_status status;
    struct assay_error err;
    double begin, end;
    pthread_t thread;
};

static volatile sig_atomic_t stop;
static struct ask asks[ASKS_MAX];
static size_t ask_count;

static void wait_a_little(void)
{
    const struct timespec wait = {.tv_nsec = 20000000};
    nanosleep(&wait, NULL);
}

static void *run(void *argument)
{
    struct ask *ask = argument;
    ask->begin = assay__clock_now();
    const struct assay__warehouse warehouse = {
        .sources = ask->sources,
        .source_count = ask->source_count,
        .sql = {.table = "people", .scale = ASSAY__SQL_SCALE},
        .seconds = ask->by_time ? 1 : 0,
        .stop = ask->by_time ? NULL : &stop};
    ask->status = assay__warehouse_read(ask->dataset, &warehouse, &ask->err);
    ask->end = assay__clock_now();
    return NULL;
}

static struct ask *begin(const char *source, const char *other, bool by_time)
{
    static const char PLAN[] =
        "{\"columns\":{\"group\":\"g\"},\"comparisons\":{\"baseline\":\"A\"},"
        "\"metrics\":[{\"id\":\"y\",\"type\":\"mean\"}]}";
    ck_assert_uint_lt(ask_count, ASKS_MAX);
    struct ask *ask = &asks[ask_count++];
    struct assay_plan *plan = test_plan(PLAN);
    *ask = (struct ask){
        .sources = {source, other}, .source_count = other == NULL ? 1 : 2, .by_time = by_time};
    assert_ok(assay_dataset_new(plan, &ask->dataset, &ask->err), &ask->err);
    assay_plan_free(plan);
    ck_assert_int_eq(pthread_create(&ask->thread, NULL, run, ask), 0);
    return ask;
}

/* The signal, and the end of all that were begun. */
static void end_all(void)
{
    double from = assay__clock_now();
    __atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
    for (size_t i = 0; i < ask_count; i++)
        pthread_join(asks[i].thread, NULL);
    for (size_t i = 0; i < ask_count; i++) {
        const struct ask *ask = &asks[i];
        const char *wanted = ask->by_time ? "did not answer within 1 second;" : "Stopped before";
        assay_dataset_free(ask->dataset);
        ck_assert_msg(ask->end - from < LATE_SECONDS, "%s: %.1f s", ask->sources[0],
                      ask->end - from);
        if (ask->source_count > 1) { /* one of two failed by itself */
            ck_assert_msg(ask->status == ASSAY_ERROR_AUTH, "%s: %s", ask->sources[0],
                          ask->err.message);
            continue;
        }
        ck_assert_msg(ask->status == ASSAY_ERROR_TRY_AGAIN, "%s: %s: %s", ask->sources[0],
                      assay_status_id(ask->status), ask->err.message);
        if (!ask->by_time && ask->end < from)
            wanted = "Timeout was reached"; /* a busy machine's signal came after ten seconds */
        ck_assert_msg(strstr(ask->err.message, wanted) != NULL, "%s: %s", ask->sources[0],
                      ask->err.message);
        if (ask->by_time) /* its clock is read before the fleet's */
            ck_assert_double_ge(ask->end - ask->begin, 1.0);
    }
    ask_count = 0;
    __atomic_store_n(&stop, 0, __ATOMIC_RELAXED);
}

static const char *const ODBC[] = {"odbc:login",      "odbc:login-deaf", "odbc:first",
                                   "odbc:first-deaf", "odbc:statement",  "odbc:statement-deaf",
                                   "odbc:rows",       "odbc:rows-deaf",  "odbc:cell",
                                   "odbc:cell-deaf",  "odbc:end",        "odbc:end-deaf"};
enum { ODBC_COUNT = sizeof ODBC / sizeof *ODBC };

/* All wait at their step. */
static void begin_odbc(void)
{
    struct assay_error err;
    double from = assay__clock_now();
    assert_ok(assay__odbc_load(&err), &err);
    silent_odbc_use();
    for (size_t i = 0; i < ODBC_COUNT; i++) {
        begin(ODBC[i], NULL, true);
        begin(ODBC[i], NULL, false);
    }
    begin("odbc:wrong", "odbc:rows-deaf", false);
    begin("odbc:wrong", "odbc:login", false);
    while (silent_odbc_waiting() < 2 * ODBC_COUNT && assay__clock_now() - from < LATE_SECONDS)
        wait_a_little();
    ck_assert_uint_ge(silent_odbc_waiting(), 2 * ODBC_COUNT);
}

/* The threads that were left alone end in peace when the network is back. */
static void end_odbc(void)
{
    double from = assay__clock_now();
    ck_assert_uint_gt(silent_odbc_open(), 0);
    silent_odbc_return();
    while (silent_odbc_open() > 0 && assay__clock_now() - from < LATE_SECONDS)
        wait_a_little();
    ck_assert_uint_eq(silent_odbc_open(), 0);
}

#define OK "HTTP/1.1 200 OK\r\nContent-Length: "
#define VERSION                                                                                    \
    {                                                                                              \
        HOSTILE_ANSWER, OK "7\r\n\r\n26.7.1\n", 0                                                  \
    }
#define PLAN                                                                                       \
    {                                                                                              \
        HOSTILE_ANSWER, OK "8\r\n\r\nexplain\n", 0                                                 \
    }
#define SILENCE                                                                                    \
    {                                                                                              \
        HOSTILE_HANG, "", HOUR_MS                                                                  \
    }
#define HALF                                                                                       \
    {                                                                                              \
        HOSTILE_HANG, OK "900\r\n\r\na\tb\nc", HOUR_MS                                             \
    }
#define KILLED                                                                                     \
    {                                                                                              \
        HOSTILE_ANSWER, OK "0\r\n\r\n", 0                                                          \
    }

/* What a server does, request by request; the last one repeats. */
static const struct silence {
    struct hostile_step steps[4];
    size_t count;
    size_t requests; /* that it has had when it is silent */
    bool hears_kill;
} SILENCES[] = {
    {{{HOSTILE_DEAF, "", HOUR_MS}}, 1, 0, false},
    {{SILENCE}, 1, 1, false},
    {{VERSION, SILENCE}, 2, 2, false},
    {{VERSION, SILENCE, KILLED}, 3, 2, true},
    {{VERSION, PLAN, SILENCE}, 3, 3, false},
    {{VERSION, PLAN, SILENCE, KILLED}, 4, 3, true},
    {{VERSION, PLAN, HALF}, 3, 3, false},
    {{VERSION, PLAN, HALF, KILLED}, 4, 3, true},
};
enum { SILENCE_COUNT = sizeof SILENCES / sizeof *SILENCES };

static bool is_kill(struct hostile *server, size_t index)
{
    return strncmp(hostile_request(server, index)->body, "kill query", 10) == 0;
}

/* The last request is the kill of the statement before it. A thread that was left alone sends it
 * when it can. A time limit may be over before the server has had all other requests, or the
 * statement that is killed. */
static void check_kill(struct hostile *server, size_t index, bool by_time)
{
    char wanted[200];
    double from = assay__clock_now();
    while (hostile_requests(server) > 1 && !is_kill(server, hostile_requests(server) - 1) &&
           assay__clock_now() - from < LATE_SECONDS)
        wait_a_little();
    size_t count = hostile_requests(server);
    ck_assert_uint_le(count, index + 1);
    if (!by_time)
        ck_assert_uint_eq(count, index + 1);
    else if (count < 2)
        return; /* not even a statement was asked */
    ck_assert(is_kill(server, count - 1));
    ck_assert_ptr_null(strstr(hostile_request(server, count - 1)->head, "readonly"));
    bool is_named =
        by_time && strstr(hostile_request(server, count - 2)->head, "query_id=") == NULL;
    for (size_t i = by_time ? 0 : count - 2; i + 1 < count; i++) { /* late ones may come behind */
        const char *id = strstr(hostile_request(server, i)->head, "query_id=");
        if (id == NULL)
            continue; /* it was given up before it was sent */
        id += sizeof "query_id=" - 1;
        snprintf(wanted, sizeof wanted, "kill query where query_id = '%.*s'",
                 (int)strcspn(id, "& "), id);
        is_named = is_named || strstr(hostile_request(server, count - 1)->body, wanted) != NULL;
    }
    ck_assert(is_named);
}

static struct hostile *servers[2 * SILENCE_COUNT];

static void begin_clickhouse(void)
{
    static char names[2 * SILENCE_COUNT][100];
    struct assay_error err;
    double from = assay__clock_now();
    assert_ok(assay__curl_load(&err), &err);
    for (size_t i = 0; i < 2 * SILENCE_COUNT; i++) {
        const struct silence *silence = &SILENCES[i / 2];
        servers[i] = hostile_start(silence->steps, silence->count);
        snprintf(names[i], sizeof names[i], "clickhouse:%s/shop", hostile_url(servers[i]));
        begin(names[i], NULL, i % 2 == 0);
    }
    for (size_t i = 0; i < 2 * SILENCE_COUNT; i++)
        while (hostile_requests(servers[i]) < SILENCES[i / 2].requests &&
               assay__clock_now() - from < LATE_SECONDS)
            wait_a_little();
}

static void end_clickhouse(void)
{
    for (size_t i = 0; i < 2 * SILENCE_COUNT; i++) {
        if (SILENCES[i / 2].hears_kill)
            check_kill(servers[i], SILENCES[i / 2].requests, i % 2 == 0);
        hostile_stop(servers[i]);
    }
}

START_TEST(a_silent_network_holds_nobody)
{
    begin_clickhouse();
    begin_odbc();
    end_all();
    end_odbc();
    end_clickhouse();
}
END_TEST

START_TEST(a_driver_is_looked_for_again)
{
    struct assay_error err;
    assert_ok(assay__odbc_load(&err), &err);
    silent_odbc_use();
    struct ask *ask = begin("odbc:lost", NULL, false);
    ck_assert_int_eq(pthread_join(ask->thread, NULL), 0);
    assay_dataset_free(ask->dataset);
    ck_assert_msg(ask->status == ASSAY_ERROR_AUTH, "%s", ask->err.message);
    ck_assert_uint_eq(silent_odbc_open(), 0);
}
END_TEST

static void add(TCase *cases)
{
    tcase_set_timeout(cases, 120.0);
    tcase_add_test(cases, a_silent_network_holds_nobody);
    tcase_add_test(cases, a_driver_is_looked_for_again);
}

int main(void)
{
    return test_main_apart("silent_network", add);
}
