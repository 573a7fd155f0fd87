/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Joins events with exposures under several limits of memory, beside DuckDB: whole processes, two
 * threads each, rounds interleaved, medians. The results under all limits must have the same bytes,
 * and units and sums of the first metric must agree to 1e-9 with DuckDB's, or the bench fails.
 *
 *     bench_join [EXPOSURES EVENTS FOLDER [MEMORY...]]
 *
 *     JOIN_ROUNDS=N                  rounds; 3
 *     DUCKDB_LIBRARY=libduckdb.so    DuckDB's C library (npm: @duckdb/node-bindings-linux-x64)
 *
 * Without arguments 100,000 exposures with 500,000 events. The two files are made with a fixed seed
 * in FOLDER, which holds some 35 bytes a row. One JSON line for each limit, "-" being none given.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "duckdb.h"
#include "timing.h"

enum { DAY = 86400, STRIDE = 7368787, NAME_BYTES = 512, ROUNDS_MAX = 50, LIMITS_MAX = 8 };

static const int64_t BEGIN = 1772323200; /* 2026-03-01 */
static const char *const THREADS = "2";

/* A job: its files, and what the first run found. */
struct job {
    uint64_t exposures, events;
    char exposure_path[NAME_BYTES], event_path[NAME_BYTES], result_path[NAME_BYTES];
    uint64_t digest;
    bool has_digest;
};

/* Who runs it: assay under a limit of memory, assay's sums, or DuckDB. */
struct runner {
    const char *name, *limit;
    enum { ANALYZE, SUMMARIZE, DUCKDB } kind;
    double cpu[ROUNDS_MAX], wall[ROUNDS_MAX];
    long peak_kib;
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

/* The command of assay, its output to the result's file. */
static void start_program(const struct job *job, const struct runner *who)
{
    const char *program = getenv("ASSAY");
    char events[NAME_BYTES + 8], limit[64];
    snprintf(events, sizeof events, "sales=%s", job->event_path);
    snprintf(limit, sizeof limit, "--memory=%s", who->limit);
    bool has_limit = strcmp(who->limit, "-") != 0;
    const char *arguments[] = {program == NULL ? "build/release/assay" : program,
                               who->kind == SUMMARIZE ? "summarize" : "analyze",
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
                               "--as-of",
                               "2026-04-15",
                               "--threads",
                               THREADS,
                               has_limit ? limit : NULL,
                               NULL};
    execv(arguments[0], (char *const *)(uintptr_t)arguments);
    fail(arguments[0]);
}

/* The same sums by DuckDB: all that the metrics and their covariate need. */
static int run_duckdb(const struct job *job)
{
    char select[4096];
    snprintf(
        select, sizeof select,
        "WITH e AS (SELECT \"user\" u, min(ts) ts, min(arm) arm, count(DISTINCT arm) arms FROM "
        "read_csv('%s',header=true,auto_detect=false,columns={'user':'VARCHAR','arm':'VARCHAR',"
        "'ts':'BIGINT'}) GROUP BY 1), v AS (SELECT \"user\" u, ts t, amount a FROM read_csv('%s',"
        "header=true,auto_detect=false,columns={'user':'VARCHAR','ts':'BIGINT','amount':'DOUBLE'})"
        "), j AS (SELECT e.u, e.arm, coalesce(sum(CASE WHEN t >= ts AND t < ts + 604800 THEN a END)"
        ", 0) y, coalesce(sum(CASE WHEN t < ts AND t >= ts - 86400 THEN a END), 0) x, count(CASE "
        "WHEN t >= ts AND t < ts + 604800 THEN 1 END) o, coalesce(max(CASE WHEN t >= ts AND t < ts "
        "+ 172800 THEN 1 ELSE 0 END), 0) b FROM e LEFT JOIN v USING (u) WHERE arms = 1 GROUP BY 1, "
        "2) SELECT arm, count(*), sum(y), sum(y * y), sum(x), sum(x * x), sum(x * y), sum(o), "
        "sum(o * o), sum(b) FROM j GROUP BY 1 ORDER BY 1",
        job->exposure_path, job->event_path);
    return duckdb_print(select, THREADS);
}

static void run_child(const struct job *job, const struct runner *who)
{
    if (freopen(job->result_path, "w", stdout) == NULL)
        fail(job->result_path);
    if (who->kind != DUCKDB)
        start_program(job, who);
    int code = run_duckdb(job);
    fflush(stdout);
    _exit(code);
}

static double seconds(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

/* Returns whether it ended well. */
static bool run(const struct job *job, struct runner *who, int round)
{
    struct rusage usage;
    int status = 0;
    double start = now_ns(CLOCK_MONOTONIC);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        run_child(job, who);
    if (child < 0 || wait4(child, &status, 0, &usage) < 0)
        fail("fork");
    who->wall[round] = (now_ns(CLOCK_MONOTONIC) - start) / 1e9;
    who->cpu[round] = seconds(usage.ru_utime) + seconds(usage.ru_stime);
    who->peak_kib = usage.ru_maxrss > who->peak_kib ? usage.ru_maxrss : who->peak_kib;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* Units and sum of the first metric in each group: lines that begin with the group, or with metric
 * and group as sufficient statistics do. */
static bool read_answers(const struct job *job, double answers[4])
{
    static const char *const GROUPS[] = {"blue", "control"};
    char line[4096];
    int found = 0;
    FILE *in = fopen(job->result_path, "r");
    while (in != NULL && fgets(line, sizeof line, in) != NULL) {
        bool is_sum = strncmp(line, "amount,", 7) == 0;
        const char *at = is_sum ? line + 7 : line;
        for (int g = 0; g < 2; g++) {
            size_t length = strlen(GROUPS[g]);
            if (strncmp(at, GROUPS[g], length) != 0 || at[length] != ',')
                continue;
            const char *number = at + length + 1;
            char *next;
            number += is_sum ? strspn(number, ",") : 0; /* no time, dimension, value */
            answers[2 * g] = strtod(number, &next);
            answers[2 * g + 1] = strtod(next + 1, NULL);
            found |= 1 << g;
        }
    }
    if (in != NULL)
        fclose(in);
    return found == 3;
}

static bool same_answers(const struct job *job, const double want[4])
{
    double got[4];
    if (!read_answers(job, got))
        return false;
    for (int i = 0; i < 4; i++)
        if (!(fabs(got[i] - want[i]) <= 1e-9 * fabs(want[i])))
            return false;
    return true;
}

/* Whether assay printed the bytes of the runs before. */
static bool same_bytes(struct job *job)
{
    uint64_t digest = digest_of(job->result_path);
    bool is_same = !job->has_digest || digest == job->digest;
    job->digest = digest;
    job->has_digest = true;
    return is_same;
}

static void print_line(const struct job *job, struct runner *who, int rounds, double cpu,
                       double wall)
{
    double own_cpu = sort_times(who->cpu, (size_t)rounds);
    double own_wall = sort_times(who->wall, (size_t)rounds);
    printf("{\"bench\":\"join\",\"exposures\":%" PRIu64 ",\"events\":%" PRIu64
           ",\"program\":\"%s\",\"memory\":\"%s\",\"rounds\":%d,\"cpu_s\":%.2f,"
           "\"cpu_min_s\":%.2f,\"wall_s\":%.2f,\"wall_min_s\":%.2f,\"peak_mib\":%.1f",
           job->exposures, job->events, who->name, who->limit, rounds, own_cpu, who->cpu[0],
           own_wall, who->wall[0], (double)who->peak_kib / 1024.0);
    if (cpu > 0.0 && who->kind == ANALYZE)
        printf(",\"duckdb_cpu\":%.2f,\"duckdb_wall\":%.2f", cpu / own_cpu, wall / own_wall);
    printf("}\n");
}

/* Runs all in turn; the last runner is DuckDB, which may be absent. */
static bool run_rounds(struct job *job, struct runner *runners, int count, int rounds)
{
    struct runner *duckdb = &runners[count - 1];
    struct runner sums = {.limit = "-", .kind = SUMMARIZE};
    double want[4] = {0};
    bool has_duckdb = getenv("DUCKDB_LIBRARY") != NULL;
    if (!run(job, &sums, 0) || !read_answers(job, want)) {
        fprintf(stderr, "bench: assay printed no sums\n");
        return false;
    }
    for (int round = 0; round < rounds; round++) {
        for (int i = 0; i < count - 1; i++) {
            if (!run(job, &runners[i], round) || !same_bytes(job)) {
                fprintf(stderr, "bench: --memory %s: another result\n", runners[i].limit);
                return false;
            }
        }
        if (has_duckdb && (!run(job, duckdb, round) || !same_answers(job, want))) {
            fprintf(stderr, "bench: DuckDB: other sums, or none\n");
            return false;
        }
    }
    double cpu = has_duckdb ? sort_times(duckdb->cpu, (size_t)rounds) : 0.0;
    double wall = has_duckdb ? sort_times(duckdb->wall, (size_t)rounds) : 0.0;
    for (int i = 0; i < count - !has_duckdb; i++)
        print_line(job, &runners[i], rounds, cpu, wall);
    return true;
}

int main(int argc, char **argv)
{
    static const char *const USUAL[] = {"-", "16M", "1M"};
    static struct runner runners[LIMITS_MAX + 1];
    const char *const *limits = argc > 4 ? (const char *const *)(uintptr_t)(argv + 4) : USUAL;
    int limit_count = argc > 4 ? argc - 4 : 3;
    const char *folder = argc > 3 ? argv[3] : "/tmp", *wish = getenv("JOIN_ROUNDS");
    long rounds = wish == NULL ? 3 : strtol(wish, NULL, 10);
    struct job job = {.exposures = argc > 3 ? strtoull(argv[1], NULL, 10) : 100000,
                      .events = argc > 3 ? strtoull(argv[2], NULL, 10) : 500000};
    if ((argc > 1 && argc < 4) || job.exposures == 0 || limit_count > LIMITS_MAX || rounds < 1 ||
        rounds > ROUNDS_MAX) {
        fprintf(stderr, "usage: bench_join [EXPOSURES EVENTS FOLDER [MEMORY...]]\n");
        return 2;
    }
    long id = (long)getpid();
    snprintf(job.exposure_path, NAME_BYTES, "%s/bench-join-%ld-exposures.csv", folder, id);
    snprintf(job.event_path, NAME_BYTES, "%s/bench-join-%ld-events.csv", folder, id);
    snprintf(job.result_path, NAME_BYTES, "%s/bench-join-%ld-result", folder, id);
    write_files(&job);
    for (int i = 0; i < limit_count; i++)
        runners[i] = (struct runner){.name = "assay", .limit = limits[i], .kind = ANALYZE};
    runners[limit_count] = (struct runner){.name = "DuckDB", .limit = "-", .kind = DUCKDB};
    bool is_well = run_rounds(&job, runners, limit_count + 1, (int)rounds);
    unlink(job.exposure_path);
    unlink(job.event_path);
    unlink(job.result_path);
    return is_well ? EXIT_SUCCESS : EXIT_FAILURE;
}
