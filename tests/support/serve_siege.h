/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A siege: hostile clients on several threads and connections that drip, while a well-behaved
 * client asks for /healthz, posts a result and reads it back every 50 ms. At the end the server's
 * memory, open files and results are looked at.
 */
#ifndef ASSAY_TESTS_SERVE_SIEGE_H
#define ASSAY_TESTS_SERVE_SIEGE_H

#include "serve_attack.h"
#include "serve_load.h"

enum { SIEGE_ATTACKERS = 4, SIEGE_PROBES_MAX = 100000 };

struct siege {
    unsigned requests; /* hostile, by all attackers */
    unsigned dripping, idle;
    double seconds;     /* at least */
    double longest_gap; /* seconds between answers to the probe that are to be */
    bool bounds_memory;
    const char *request_time; /* seconds after which the server cuts */
};

struct probe {
    pthread_t thread;
    uint16_t port;
    atomic_bool is_over;
    unsigned count; /* acknowledged */
    double longest, total;
};

/* Sends one request on a connection of its own; its status. */
static inline short probe_ask(uint16_t port, const char *request, size_t length)
{
    int fd = load_connect(port);
    short status = UNANSWERED;
    if (fd >= 0 && raw_send(fd, request, length))
        status = load_read(fd).status;
    if (fd >= 0)
        close(fd);
    return status;
}

/* Asks until each is answered as it should be; a gap is the time since the answer before. */
static inline void *probe_run(void *argument)
{
    static const char HEALTH[] = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n";
    struct probe *probe = argument;
    double answered = now_seconds();
    for (unsigned step = 0; !atomic_load(&probe->is_over) && probe->count < SIEGE_PROBES_MAX;
         step = (step + 1) % 3) {
        char request[512], id[32];
        size_t length = sizeof HEALTH - 1;
        snprintf(id, sizeof id, "probe-%u", probe->count);
        if (step == 0)
            memcpy(request, HEALTH, sizeof HEALTH);
        else if (step == 1)
            length = load_write_post(request, sizeof request, NULL, id, 0);
        else
            length = (size_t)snprintf(
                request, sizeof request,
                "GET " COLLECTION "/%s HTTP/1.1\r\nHost: a\r\n" ALICE "\r\n\r\n", id);
        while (probe_ask(probe->port, request, length) != 200 && !atomic_load(&probe->is_over))
            sleep_ms(5);
        double now = now_seconds();
        probe->longest = fmax(probe->longest, now - answered);
        probe->total += now - answered;
        probe->count += step == 2 && !atomic_load(&probe->is_over);
        if (step == 2)
            sleep_ms(50);
        answered = now_seconds();
    }
    return NULL;
}

static inline void siege_report(const struct attack *attacks, const struct attack_drip *drip,
                                const struct probe *probe)
{
    struct attack sum = {.count = 0};
    for (unsigned i = 0; i < SIEGE_ATTACKERS; i++) {
        sum.requests += attacks[i].requests;
        sum.answers += attacks[i].answers;
        sum.unanswered += attacks[i].unanswered;
        sum.doubled += attacks[i].doubled;
        for (unsigned k = 0; k < ATTACK_STATUSES; k++)
            sum.statuses[k] += attacks[i].statuses[k];
    }
    printf("%u hostile connections: %u answers, %u without one, %u with libmicrohttpd's double "
           "head\n",
           sum.requests, sum.answers, sum.unanswered, sum.doubled);
    for (unsigned k = 0; k < ATTACK_STATUSES; k++)
        if (sum.statuses[k] > 0)
            printf("%u: %u  ", k, sum.statuses[k]);
    printf("\n%u slow connections opened\n", drip->opened);
    printf("%u rounds of the probe, longest wait %.0f ms, mean %.1f ms\n", probe->count,
           1e3 * probe->longest, 1e3 * probe->total / (3.0 * probe->count + 1e-9));
}

/* The connections' ends reach the server late where it waits for the rest of a request. */
static inline void siege_wait_for_files(struct process process, unsigned before)
{
    unsigned now = UINT_MAX;
    for (int i = 0; i < 200 && now > before; i++) {
        now = process_file_count(process);
        if (now > before)
            sleep_ms(100);
    }
    ck_assert_msg(now <= before, "%u open files, %u before", now, before);
}

static inline void siege_run(struct endpoint *endpoint, const struct siege *siege)
{
    /* Bodies and answers 8 MiB each, bodies in buffers of up to twice their length: 24.
     * Connections: 512 of 32 KiB for the head and 64 KiB for what is read from it: 48. On each of 4
     * threads, a tree of 500,000 values of 128 bytes and a document in a buffer of 4 MiB: 272.
     * SQLite: 5 caches of 2 MiB: 10. The program: 16. */
    enum { MEMORY_KIB = (24 + 48 + 272 + 10 + 16) * 1024 };
    const char *const MORE[] = {"--max-body", "2097152",        "--max-bodies",
                                "8388608",    "--request-time", siege->request_time,
                                NULL};
    static struct attack attacks[SIEGE_ATTACKERS];
    static struct probe probe;
    struct process process = process_start(endpoint, MORE);
    const char *const headers[] = {ALICE, NULL};
    expect(ask_with(endpoint->curl, process.port, "GET", "/healthz", headers, NULL, 0), 200, "ok");
    curl_easy_cleanup(endpoint->curl); /* and its connection */
    sleep_ms(100);
    unsigned files = process_file_count(process);
    struct attack_drip drip = {
        .port = process.port, .dripping = siege->dripping, .idle = siege->idle};
    probe = (struct probe){.port = process.port};
    ck_assert_int_eq(pthread_create(&drip.thread, NULL, attack_drip_run, &drip), 0);
    ck_assert_int_eq(pthread_create(&probe.thread, NULL, probe_run, &probe), 0);
    for (unsigned i = 0; i < SIEGE_ATTACKERS; i++) {
        attacks[i] = (struct attack){.port = process.port,
                                     .seed = UINT64_C(20261126) + i,
                                     .count = siege->requests / SIEGE_ATTACKERS};
        ck_assert_int_eq(pthread_create(&attacks[i].thread, NULL, attack_run, &attacks[i]), 0);
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("seeds 20261126 to %u\n", 20261126 + SIEGE_ATTACKERS - 1);
    double began = now_seconds();
    for (unsigned i = 0; i < SIEGE_ATTACKERS; i++)
        pthread_join(attacks[i].thread, NULL);
    while (now_seconds() - began < siege->seconds)
        sleep_ms(50);
    atomic_store(&drip.is_over, true);
    pthread_join(drip.thread, NULL);
    atomic_store(&probe.is_over, true);
    pthread_join(probe.thread, NULL);
    siege_report(attacks, &drip, &probe);
    for (unsigned i = 0; i < SIEGE_ATTACKERS; i++)
        ck_assert_msg(attacks[i].flaw[0] == '\0', "%s", attacks[i].flaw);
    ck_assert_uint_gt(probe.count, 0);
    ck_assert_msg(probe.longest <= siege->longest_gap, "the probe waited for %.3f s",
                  probe.longest);
    long memory = process_memory_kib(process, "VmHWM:");
    printf("memory at most %ld MiB, bound %d MiB\n", memory / 1024, MEMORY_KIB / 1024);
    ck_assert(!siege->bounds_memory || memory <= MEMORY_KIB);
    siege_wait_for_files(process, files);
    endpoint->curl = curl_easy_init();
    for (unsigned i = 0; i < probe.count; i++) {
        char path[128];
        snprintf(path, sizeof path, COLLECTION "/probe-%u", i);
        expect(ask_with(endpoint->curl, process.port, "GET", path, headers, NULL, 0), 200,
               path + strlen("/v2/"));
    }
    began = now_seconds();
    process_stop(process); /* at once: no request has been forgotten */
    ck_assert(now_seconds() - began < 5.0);
}

#endif
