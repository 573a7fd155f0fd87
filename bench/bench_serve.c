/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Speed of `assay serve` with its client on the same machine: durable posts, gets and deletes a
 * second over 8 connections, of a minimal result and of two whole analyses, and the latency
 * of gets and lists among 100,000 stored results. The client speaks through plain sockets, so that
 * its own work is small. The disk decides about posts: the time of its fsync is printed first. The
 * CPU time of the server alone, user and system, does not depend on what else the machine does. One
 * warm-up, then RUNS timed runs; one JSON line per case.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "assay.h"
#include "base/text.h"
#include "serve/http/server.h"
#include "serve/store/store.h"

enum {
    CONNECTIONS = 8,
    RUNS = 10,
    STORED = 100000,
    LARGE = 1000,
    DOCUMENT_BYTES = 2000,
    BUFFER_BYTES = 6 << 20,
    FSYNCS = 50
};

#define TOKEN "Authorization: Bearer alices-token-0123456789\r\n"
#define HEAD "{\"parent\":\"workflows/checkout/instances/new\",\"analysisResult\":"
#define PLACE(instance) "/v2/workflows/checkout/instances/" instance "/analysisResults"

static char folder[] = "/tmp/assay-bench-serve-XXXXXX";
static char database[64], tokens[64];
static struct serve_server *server;
/* Bodies of posts: a minimal one, and the whole analyses of the two experiments in data/. */
static struct assay__text small, asos, hillstrom;

static void fail(const char *what)
{
    fprintf(stderr, "bench_serve: %s\n", what);
    exit(EXIT_FAILURE);
}

static void check(enum assay_status status, const struct assay_error *err)
{
    if (status != ASSAY_OK)
        fail(err->message);
}

static double now_seconds(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + 1e-9 * (double)at.tv_nsec;
}

/* CPU time of the process or of the thread that asks. */
static double cpu_seconds(clockid_t clock)
{
    struct timespec at;
    clock_gettime(clock, &at);
    return (double)at.tv_sec + 1e-9 * (double)at.tv_nsec;
}

static int compare_doubles(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static void print_figure(const char *unit, int decimals, double *values)
{
    qsort(values, RUNS, sizeof *values, compare_doubles);
    printf(",\"%s\":{\"median\":%.*f,\"min\":%.*f,\"max\":%.*f}", unit, decimals,
           (values[RUNS / 2 - 1] + values[RUNS / 2]) / 2.0, decimals, values[0], decimals,
           values[RUNS - 1]);
}

/* cpu_ms: of the server for one request; NULL where it is not measured. */
static void print(const char *name, const char *unit, double *values, double *cpu_ms, size_t bytes)
{
    printf("{\"bench\":\"serve\",\"case\":\"%s\",\"runs\":%d,\"bytes\":%zu", name, RUNS, bytes);
    print_figure(unit, 2, values);
    if (cpu_ms != NULL)
        print_figure("server_cpu_ms", 4, cpu_ms);
    printf("}\n");
    fflush(stdout);
}

/* One client of CONNECTIONS, with a connection and a buffer of its own. */
enum action { POST_SMALL, POST_ASOS, POST_HILLSTROM, GET, DELETE };

struct client {
    pthread_t thread;
    unsigned number, count, round;
    enum action action;
    int fd;
    char *buffer;
    bool has_failed;
    double cpu_seconds; /* its own, of one round */
};

static int connect_client(void)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(serve_port(server)),
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0)
        fail("cannot connect");
    return fd;
}

/* Sends, then reads one answer with a Content-Length; its bytes, 0 unless it is a 200. */
static size_t ask(int fd, char *buffer, const char *request, size_t length)
{
    size_t got = 0, wanted = SIZE_MAX;
    for (size_t sent = 0; sent < length;) {
        ssize_t some = send(fd, request + sent, length - sent, MSG_NOSIGNAL);
        if (some <= 0)
            return 0;
        sent += (size_t)some;
    }
    while (got < wanted && got + 1 < BUFFER_BYTES) {
        ssize_t some = recv(fd, buffer + got, BUFFER_BYTES - 1 - got, 0);
        if (some <= 0)
            return 0;
        got += (size_t)some;
        buffer[got] = '\0';
        if (wanted != SIZE_MAX)
            continue;
        const char *end = strstr(buffer, "\r\n\r\n");
        const char *size = strstr(buffer, "Content-Length: ");
        if (end != NULL && size != NULL)
            wanted = (size_t)(end + 4 - buffer) + strtoull(size + 16, NULL, 10);
    }
    return strncmp(buffer, "HTTP/1.1 200", 12) == 0 ? got : 0;
}

static void write_request(const struct client *client, unsigned i, struct assay__text *out)
{
    const struct assay__text *body = client->action == POST_SMALL  ? &small
                                     : client->action == POST_ASOS ? &asos
                                                                   : &hillstrom;
    out->length = 0;
    switch (client->action) {
    case POST_SMALL:
    case POST_ASOS:
    case POST_HILLSTROM:
        assay__text_format(
            out,
            "POST " PLACE("new") "?analysisResultId=n%u-%u-%u-%u HTTP/1.1\r\n"
                                 "Host: a\r\n" TOKEN "Content-Type: application/json\r\n"
                                 "Content-Length: %zu\r\n\r\n",
            (unsigned)client->action, client->round, client->number, i, body->length);
        assay__text_append(out, body->data, body->length);
        break;
    case GET:
        assay__text_format(out,
                           "GET " PLACE("july") "/stored-%u HTTP/1.1\r\nHost: a\r\n" TOKEN "\r\n",
                           (client->number * 7919 + i * 104729) % STORED);
        break;
    case DELETE:
        assay__text_format(
            out, "DELETE " PLACE("new") "/n%u-%u-%u-%u HTTP/1.1\r\nHost: a\r\n" TOKEN "\r\n",
            (unsigned)POST_HILLSTROM, client->round, client->number, i);
        break;
    }
}

static void *run_client(void *argument)
{
    struct client *client = argument;
    struct assay__text request = {0};
    double began = cpu_seconds(CLOCK_THREAD_CPUTIME_ID);
    for (unsigned i = 0; i < client->count && !client->has_failed; i++) {
        write_request(client, i, &request);
        client->has_failed =
            request.failed || ask(client->fd, client->buffer, request.data, request.length) == 0;
    }
    assay__text_release(&request);
    client->cpu_seconds = cpu_seconds(CLOCK_THREAD_CPUTIME_ID) - began;
    return NULL;
}

/* Requests a second of all connections in one round; *cpu_ms: of the server for each. */
static double rate_of(struct client *clients, enum action action, unsigned round, unsigned count,
                      double *cpu_ms)
{
    double began = now_seconds(), cpu_began = cpu_seconds(CLOCK_PROCESS_CPUTIME_ID);
    for (unsigned i = 0; i < CONNECTIONS; i++) {
        clients[i].action = action;
        clients[i].round = round;
        clients[i].count = count;
        if (pthread_create(&clients[i].thread, NULL, run_client, &clients[i]) != 0)
            fail("no thread");
    }
    for (unsigned i = 0; i < CONNECTIONS; i++) {
        pthread_join(clients[i].thread, NULL);
        if (clients[i].has_failed)
            fail(clients[i].buffer);
    }
    double seconds = now_seconds() - began;
    double cpu = cpu_seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu_began;
    for (unsigned i = 0; i < CONNECTIONS; i++)
        cpu -= clients[i].cpu_seconds;
    *cpu_ms = 1e3 * cpu / (CONNECTIONS * count);
    return CONNECTIONS * count / seconds;
}

static void measure_rate(const char *name, struct client *clients, enum action action,
                         unsigned count, size_t bytes)
{
    double rates[RUNS], cpu_ms[RUNS];
    rate_of(clients, action, 0, count, &cpu_ms[0]);
    for (unsigned i = 0; i < RUNS; i++)
        rates[i] = rate_of(clients, action, i + 1, count, &cpu_ms[i]);
    print(name, "per_s", rates, cpu_ms, bytes);
}

static void measure_latency(const char *name, struct client *client, const char *path)
{
    char request[1024];
    double times[RUNS];
    size_t bytes = 0;
    int length =
        snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: a\r\n" TOKEN "\r\n", path);
    for (int i = -1; i < RUNS; i++) {
        double began = now_seconds();
        bytes = ask(client->fd, client->buffer, request, (size_t)length);
        if (bytes == 0)
            fail(client->buffer);
        if (i >= 0)
            times[i] = 1e3 * (now_seconds() - began);
    }
    print(name, "ms", times, NULL, bytes);
}

static void measure_fsync(void)
{
    double times[RUNS];
    char path[80], block[4096] = "";
    snprintf(path, sizeof path, "%s/fsync", folder);
    int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    for (int i = 0; i < RUNS; i++) {
        double began = now_seconds();
        for (int k = 0; k < FSYNCS; k++)
            if (write(fd, block, sizeof block) != sizeof block || fdatasync(fd) != 0)
                fail("cannot write");
        times[i] = 1e3 * (now_seconds() - began) / FSYNCS;
    }
    close(fd);
    unlink(path);
    print("the disk: write and sync 4 KiB", "ms", times, NULL, sizeof block);
}

/* An analysis as a request's body for this place. */
static void make_body(const char *plan_path, const char *data_path, struct assay__text *out)
{
    struct assay_error err;
    struct assay_plan *plan;
    struct assay_dataset *dataset;
    struct assay_analysis *analysis;
    char *text;
    size_t length;
    check(assay_plan_read(plan_path, &plan, &err), &err);
    check(assay_dataset_new(plan, &dataset, &err), &err);
    check(assay_dataset_read(dataset, &data_path, 1, NULL, &err), &err);
    check(assay_dataset_analyze(dataset, &analysis, &err), &err);
    check(assay_analysis_write(analysis, ASSAY_FORMAT_RESULT, NULL, &text, &length, &err), &err);
    assay__text_format(out, "%s%s}", HEAD, text);
    free(text);
    assay_analysis_free(analysis);
    assay_dataset_free(dataset);
    assay_plan_free(plan);
}

static void make_bodies(void)
{
    assay__text_format(&small, "%s{\"exposureFilter\":\"small\"}}", HEAD);
    make_body("data/asos-b3280a.plan.json", "data/asos-b3280a.csv", &asos);
    make_body("data/hillstrom.plan.json", "data/hillstrom.csv", &hillstrom);
}

static void insert(struct serve_store *store, const char *instance, unsigned i,
                   const char *document, size_t length)
{
    const struct serve_label labels[] = {{"team", i % 2 == 0 ? "even" : "odd"},
                                         {"rare", i % 1000 == 0 ? "yes" : "no"}};
    char etag[SERVE_ETAG_BYTES];
    serve_etag_make(document, length, etag);
    struct serve_record record = {.place = {.workflow = "checkout"},
                                  .document = document,
                                  .document_length = length,
                                  .etag = etag,
                                  .creator = "alice",
                                  .labels = labels,
                                  .label_count = 2};
    snprintf(record.place.instance, sizeof record.place.instance, "%s", instance);
    snprintf(record.place.id, sizeof record.place.id, "stored-%u", i);
    if (serve_store_insert(store, &record) != SERVE_DONE)
        fail("cannot insert");
}

static void fill(void)
{
    static char document[DOCUMENT_BYTES + 1];
    struct serve_store *store;
    struct assay_error err;
    int start = snprintf(document, sizeof document, "{\"exposureFilter\":\"");
    memset(document + start, 'x', DOCUMENT_BYTES - (size_t)start - 2);
    memcpy(document + DOCUMENT_BYTES - 2, "\"}", 3);
    check(serve_store_open(database, false, &store, &err), &err);
    for (unsigned i = 0; i < STORED; i++) {
        if (i % 1000 == 0 && !serve_store_begin(store))
            fail("cannot begin");
        insert(store, "july", i, document, DOCUMENT_BYTES);
        if (i % 100 == 0)
            insert(store, "large", i / 100, hillstrom.data, hillstrom.length);
        if (i % 1000 == 999 && !serve_store_commit(store))
            fail("cannot commit");
    }
    serve_store_close(store);
}

static void start(void)
{
    struct assay_error err;
    struct serve_options options = serve_options_default();
    FILE *file = fopen(tokens, "w");
    if (file == NULL || fchmod(fileno(file), 0600) != 0 ||
        fputs("alice alices-token-0123456789\n", file) < 0 || fclose(file) != 0)
        fail("cannot write");
    options.port = 0;
    options.database = database;
    options.token_file = tokens;
    check(serve_start(&options, &server, &err), &err);
}

/* The token that continues a list deep in it: follows pages of 1000. */
static void find_deep_page(struct client *client, unsigned pages, char *path, size_t size)
{
    snprintf(path, size, PLACE("july") "?pageSize=1000");
    for (unsigned i = 0; i < pages; i++) {
        char request[1024];
        int length =
            snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: a\r\n" TOKEN "\r\n", path);
        const char *token = ask(client->fd, client->buffer, request, (size_t)length) == 0
                                ? NULL
                                : strstr(client->buffer, "\"nextPageToken\":\"");
        if (token == NULL)
            fail("no more pages");
        snprintf(path, size, PLACE("july") "?pageSize=%d&pageToken=%.32s",
                 i + 1 == pages ? 50 : 1000, token + 17);
    }
}

static void measure_latencies(struct client *client)
{
    static const char *const CASES[][2] = {
        {"get one of 100,000", PLACE("july") "/stored-77777"},
        {"list, 50 of 100,000", PLACE("july")},
        {"list, 1000 of 100,000", PLACE("july") "?pageSize=1000"},
        {"list by a rare label", PLACE("july") "?filter=labels.rare=yes"},
        {"list by two labels", PLACE("july") "?filter=labels.team=even+AND+labels.rare=yes"},
        {"list of all workflows by a label",
         "/v2/workflows/-/instances/-/analysisResults?filter=labels.team=odd"},
        {"list of a workflow", "/v2/workflows/checkout/instances/-/analysisResults"},
        {"list by two labels that never meet",
         PLACE("july") "?filter=labels.team=odd+AND+labels.rare=yes"},
        {"list by a label nobody has", PLACE("july") "?filter=labels.team=none"},
        {"list by a key nobody has", PLACE("july") "?filter=labels:none"},
        {"list of an instance in any workflow", "/v2/workflows/-/instances/june/analysisResults"},
        {"get a large result", PLACE("large") "/stored-500"},
        {"list of 1000 large results", PLACE("large") "?pageSize=1000"}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        measure_latency(CASES[i][0], client, CASES[i][1]);
    char path[256];
    find_deep_page(client, 95, path, sizeof path);
    measure_latency("list, 50 after 95,000", client, path);
}

static void clean_up(void)
{
    char wal[80], shm[80];
    snprintf(wal, sizeof wal, "%s-wal", database);
    snprintf(shm, sizeof shm, "%s-shm", database);
    unlink(wal);
    unlink(shm);
    unlink(database);
    unlink(tokens);
    rmdir(folder);
}

int main(void)
{
    static struct client clients[CONNECTIONS];
    if (mkdtemp(folder) == NULL)
        fail("no folder");
    snprintf(database, sizeof database, "%s/results.db", folder);
    snprintf(tokens, sizeof tokens, "%s/tokens", folder);
    atexit(clean_up);
    measure_fsync();
    make_bodies();
    fill();
    start();
    for (unsigned i = 0; i < CONNECTIONS; i++) {
        clients[i] =
            (struct client){.number = i, .fd = connect_client(), .buffer = malloc(BUFFER_BYTES)};
        if (clients[i].buffer == NULL)
            fail("no memory");
    }
    measure_latencies(&clients[0]);
    measure_rate("gets, 8 connections", clients, GET, 1000, DOCUMENT_BYTES);
    measure_rate("durable posts, 8 connections", clients, POST_SMALL, 50, small.length);
    measure_rate("durable posts of ASOS's result, 8 connections", clients, POST_ASOS, 50,
                 asos.length);
    measure_rate("durable posts of Hillstrom's result, 8 connections", clients, POST_HILLSTROM, 10,
                 hillstrom.length);
    measure_rate("durable deletes of Hillstrom's result, 8 connections", clients, DELETE, 10,
                 hillstrom.length);
    for (unsigned i = 0; i < CONNECTIONS; i++) {
        close(clients[i].fd);
        free(clients[i].buffer);
    }
    serve_stop(server);
    assay__text_release(&small);
    assay__text_release(&asos);
    assay__text_release(&hillstrom);
    return EXIT_SUCCESS;
}
