/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Joins events with exposures under several limits of memory: time, peak memory of the process, and
 * whether the result has the same bytes.
 *
 *     bench_join [EXPOSURES EVENTS FOLDER [MEMORY...]]
 *
 * Without arguments 100,000 exposures with 500,000 events. The two files are made with a fixed seed
 * in FOLDER, which holds some 35 bytes a row. One JSON line for each limit, "-" being none given.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "timing.h"

enum { DAY = 86400, STRIDE = 7368787, NAME_BYTES = 512 };

static const int64_t BEGIN = 1772323200; /* 2026-03-01 */

/* A job: its files, and the run before it. */
struct job {
    uint64_t exposures, events;
    char exposure_path[NAME_BYTES], event_path[NAME_BYTES], result_path[NAME_BYTES];
    uint64_t digest;
    bool has_digest;
};

static void fail(const char *what)
{
    perror(what);
    exit(EXIT_FAILURE);
}

static FILE *create(const char *path)
{
    FILE *file = fopen(path, "w");
    if (file == NULL)
        fail(path);
    return file;
}

static void finish(FILE *file, const char *path)
{
    bool failed = ferror(file) != 0;
    if (fclose(file) != 0 || failed)
        fail(path);
}

/* When a unit is exposed: two weeks of them. */
static int64_t exposed_at(uint64_t unit)
{
    uint64_t state = unit;
    return BEGIN + (int64_t)(next_random(&state) % (14 * DAY));
}

static void write_files(const struct job *job)
{
    FILE *file = create(job->exposure_path);
    fputs("user,arm,ts\n", file);
    for (uint64_t i = 0; i < job->exposures; i++) {
        uint64_t unit = i * STRIDE % job->exposures; /* in no order of time */
        fprintf(file, "user-%09" PRIu64 ",%s,%" PRId64 "\n", unit,
                unit % 2 == 0 ? "control" : "blue", exposed_at(unit));
    }
    finish(file, job->exposure_path);
    file = create(job->event_path);
    fputs("user,ts,amount\n", file);
    uint64_t state = 17;
    for (uint64_t i = 0; i < job->events; i++) {
        uint64_t bits = next_random(&state);
        uint64_t unit = bits % (job->exposures + job->exposures / 50); /* some never exposed */
        int64_t when = exposed_at(unit) - DAY + (int64_t)((bits >> 32) % (10 * DAY));
        fprintf(file, "user-%09" PRIu64 ",%" PRId64 ",%u.%02u\n", unit, when,
                (unsigned)(bits >> 8 & 127), (unsigned)(bits >> 16 & 63));
    }
    finish(file, job->event_path);
}

static uint64_t size_of(const char *path)
{
    FILE *file = fopen(path, "r");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0)
        fail(path);
    long size = ftell(file);
    fclose(file);
    return (uint64_t)size;
}

static uint64_t digest_of(const char *path)
{
    uint64_t digest = UINT64_C(0xcbf29ce484222325); /* FNV-1a */
    FILE *file = fopen(path, "r");
    if (file == NULL)
        fail(path);
    for (int c = getc(file); c != EOF; c = getc(file))
        digest = (digest ^ (uint64_t)c) * UINT64_C(0x100000001b3);
    fclose(file);
    return digest;
}

static void start_program(const struct job *job, const char *memory)
{
    const char *program = getenv("ASSAY");
    char events[NAME_BYTES + 8], limit[64];
    snprintf(events, sizeof events, "sales=%s", job->event_path);
    snprintf(limit, sizeof limit, "--memory=%s", memory);
    const char *arguments[] = {program == NULL ? "build/release/assay" : program,
                               "analyze",
                               job->exposure_path,
                               "--events",
                               events,
                               "--group",
                               "arm",
                               "--unit",
                               "user",
                               "--time",
                               "ts",
                               "--baseline",
                               "control",
                               "--metric",
                               "amount:events=sales,aggregation=sum,window=7d,preExposureWindow=1d",
                               "--metric",
                               "orders:events=sales,aggregation=count,window=7d",
                               "--proportion",
                               "bought:events=sales,window=2d",
                               "--format",
                               "detail",
                               strcmp(memory, "-") == 0 ? NULL : limit,
                               NULL};
    int out = open(job->result_path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (out < 0 || dup2(out, STDOUT_FILENO) < 0)
        fail(job->result_path);
    execv(arguments[0], (char *const *)(uintptr_t)arguments);
    fail(arguments[0]);
}

static double seconds(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

/* Returns whether the program ended well, with the bytes of the run before. */
static bool run(struct job *job, const char *memory)
{
    struct rusage usage;
    int status;
    double start = now_ns(CLOCK_MONOTONIC);
    pid_t child = fork();
    if (child == 0)
        start_program(job, memory);
    if (child < 0 || wait4(child, &status, 0, &usage) < 0)
        fail("fork");
    double wall = (now_ns(CLOCK_MONOTONIC) - start) / 1e9;
    uint64_t digest = digest_of(job->result_path);
    bool is_same = !job->has_digest || digest == job->digest;
    job->digest = digest;
    job->has_digest = true;
    printf("{\"bench\":\"join\",\"exposures\":%" PRIu64 ",\"events\":%" PRIu64
           ",\"input_mib\":%.0f,\"memory\":\"%s\",\"exit\":%d,\"wall_s\":%.2f,\"user_s\":%.2f,"
           "\"system_s\":%.2f,\"peak_mib\":%.1f,\"same_bytes\":%s}\n",
           job->exposures, job->events,
           (double)(size_of(job->exposure_path) + size_of(job->event_path)) / 1048576.0, memory,
           WIFEXITED(status) ? WEXITSTATUS(status) : -1, wall, seconds(usage.ru_utime),
           seconds(usage.ru_stime), (double)usage.ru_maxrss / 1024.0, is_same ? "true" : "false");
    fflush(stdout);
    return is_same && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

int main(int argc, char **argv)
{
    static const char *const USUAL[] = {"-", "16M", "1M"};
    const char *const *limits = argc > 4 ? (const char *const *)(uintptr_t)(argv + 4) : USUAL;
    int limit_count = argc > 4 ? argc - 4 : 3;
    const char *folder = argc > 3 ? argv[3] : "/tmp";
    struct job job = {.exposures = argc > 3 ? strtoull(argv[1], NULL, 10) : 100000,
                      .events = argc > 3 ? strtoull(argv[2], NULL, 10) : 500000};
    if ((argc > 1 && argc < 4) || job.exposures == 0) {
        fprintf(stderr, "usage: bench_join [EXPOSURES EVENTS FOLDER [MEMORY...]]\n");
        return 2;
    }
    long id = (long)getpid();
    snprintf(job.exposure_path, NAME_BYTES, "%s/bench-join-%ld-exposures.csv", folder, id);
    snprintf(job.event_path, NAME_BYTES, "%s/bench-join-%ld-events.csv", folder, id);
    snprintf(job.result_path, NAME_BYTES, "%s/bench-join-%ld-result.json", folder, id);
    write_files(&job);
    bool is_well = true;
    for (int i = 0; i < limit_count; i++)
        is_well = run(&job, limits[i]) && is_well;
    unlink(job.exposure_path);
    unlink(job.event_path);
    unlink(job.result_path);
    return is_well ? EXIT_SUCCESS : EXIT_FAILURE;
}
