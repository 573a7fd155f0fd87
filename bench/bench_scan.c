/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading unit tables, whole processes, beside what else is on this machine: the floor (cat, wc
 * -l), getline and strtod, DuckDB (its columns typed by hand), Polars, data.table and pandas. The
 * same file for all; rounds are interleaved; medians. Count and sum of a metric in each group must
 * agree to 1e-9 with those of assay, or the bench fails.
 *
 *   bench_scan [ROWS] [ROUNDS]     SCAN_ROWS and SCAN_ROUNDS, else 1,000,000 rows and 5 rounds
 *   DUCKDB_LIBRARY=libduckdb.so    DuckDB's C library (npm: @duckdb/node-bindings-linux-x64)
 *   NODE_PATH=FOLDER               with nodejs-polars and nodejs-polars-linux-x64-gnu (npm)
 *
 * data.table is Debian's r-cran-data.table, pandas python3-pandas. Run from the project's top.
 *
 * Prints a JSON line per job and program.
 */
#include <math.h>
#include <stdbool.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "duckdb.h"
#include "timing.h"

enum { ROUNDS_MAX = 50 };

/* One table: its header, and how a row is made. */
struct job {
    const char *name, *header;
    void (*put)(FILE *out, long row, uint64_t *state);
    const char *metrics;              /* flags of assay */
    const char *columns;              /* DuckDB's types */
    const char *select;               /* DuckDB's sums, and pandas' aggregates, value by value */
    const char *values;               /* names for pandas; the first one is compared */
    uint32_t value_from, value_count; /* numbers of getline + strtod */
    uint32_t compared;                /* of these, the one that values names first */
};

static uint32_t below(uint64_t *state, uint32_t limit)
{
    return (uint32_t)(next_random(state) >> 32) % limit;
}

static const char *const GROUPS[] = {"control", "treatment_a", "treatment_b"};

static void put_wide(FILE *out, long row, uint64_t *s)
{
    fprintf(out, "u%09ld,%s,2026-03-%02u,C%02u,%s,%u,%u,%u,%u", row, GROUPS[below(s, 3)],
            below(s, 28) + 1, below(s, 20), below(s, 2) ? "ios" : "android", below(s, 2),
            below(s, 2), below(s, 16), below(s, 16));
    for (int i = 0; i < 2; i++)
        fprintf(out, ",%u.%02u", below(s, 500), below(s, 100));
    for (int i = 0; i < 2; i++)
        fprintf(out, ",%u.%03u", below(s, 300), below(s, 1000));
    for (int i = 0; i < 2; i++)
        fprintf(out, ",%u.%06u", below(s, 10), below(s, 1000000));
    fputc('\n', out);
}

static void put_narrow(FILE *out, long row, uint64_t *s)
{
    fprintf(out, "u%09ld,%s,%u.%02u,%u\n", row, GROUPS[below(s, 3)], below(s, 500), below(s, 100),
            below(s, 100));
}

#define SUMS(y, x) "sum(" y "),sum(" x "),sum(" y "*" y "),sum(" x "*" x "),sum(" y "*" x ")"

static const struct job JOBS[] = {
    {"wide",
     "user_id,group,day,country,device,conv,conv_pre,sessions,sessions_pre,revenue,revenue_pre,"
     "latency,latency_pre,score,score_pre",
     put_wide,
     "--metric revenue:covariates=revenue_pre --metric latency:covariates=latency_pre --metric "
     "score:covariates=score_pre --metric sessions:covariates=sessions_pre --proportion "
     "conv:covariates=conv_pre",
     "{'user_id':'VARCHAR','group':'VARCHAR','day':'VARCHAR','country':'VARCHAR','device':'VARCHAR'"
     ","
     "'conv':'DOUBLE','conv_pre':'DOUBLE','sessions':'DOUBLE','sessions_pre':'DOUBLE','revenue':"
     "'DOUBLE','revenue_pre':'DOUBLE','latency':'DOUBLE','latency_pre':'DOUBLE','score':'DOUBLE',"
     "'score_pre':'DOUBLE'}",
     SUMS("revenue", "revenue_pre") "," SUMS("latency", "latency_pre") "," SUMS(
         "score", "score_pre") "," SUMS("sessions", "sessions_pre") "," SUMS("conv", "conv_pre"),
     "revenue latency score sessions conv", 5, 10, 4},
    {"narrow", "user_id,group,y,x", put_narrow, "--metric y:covariates=x",
     "{'user_id':'VARCHAR','group':'VARCHAR','y':'DOUBLE','x':'DOUBLE'}", SUMS("y", "x"), "y", 2, 2,
     0}};

static char path[256], answer_path[300];

static void make_file(const struct job *job, long rows)
{
    uint64_t state = 20261128;
    FILE *out = fopen(path, "w");
    if (out == NULL) {
        perror(path);
        exit(EXIT_FAILURE);
    }
    fprintf(out, "%s\n", job->header);
    for (long r = 0; r < rows; r++)
        job->put(out, r, &state);
    if (fclose(out) != 0) {
        perror(path);
        exit(EXIT_FAILURE);
    }
}

/* The plain C way: getline, strtod, Welford's update; prints the mean of each group and value. */
static int run_getline(const struct job *job)
{
    double mean[3][16] = {{0}}, spread[3][16] = {{0}};
    long count[3] = {0};
    char *line = NULL;
    size_t room = 0;
    FILE *in = fopen(path, "r");
    if (in == NULL || getline(&line, &room, in) < 0)
        return 1;
    while (getline(&line, &room, in) > 0) {
        char *at = strchr(line, ',') + 1, *end = strchr(at, ',');
        int g = *at == 'c' ? 0 : end[-1] == 'a' ? 1 : 2;
        for (uint32_t i = 2; i < job->value_from; i++)
            end = strchr(end + 1, ',');
        count[g]++;
        for (uint32_t v = 0; v < job->value_count; v++) {
            double value = strtod(end + 1, &end), delta = value - mean[g][v];
            mean[g][v] += delta / (double)count[g];
            spread[g][v] += delta * (value - mean[g][v]);
        }
    }
    for (int g = 0; g < 3; g++)
        printf("%s,%ld,%.17g,%.17g\n", GROUPS[g], count[g],
               mean[g][job->compared] * (double)count[g], spread[g][job->compared]);
    fclose(in);
    free(line);
    return 0;
}

static int run_duckdb(const struct job *job, const char *threads)
{
    char select[4096];
    snprintf(select, sizeof select,
             "SELECT \"group\",count(*),%s FROM read_csv('%s',columns=%s,header=true,"
             "auto_detect=false) GROUP BY 1 ORDER BY 1",
             job->select, path, job->columns);
    return duckdb_print(select, threads);
}

/* A contestant: a command, or a way of this program's own. */
struct contestant {
    const char *name, *command; /* $DATA: the file; NULL: own */
    int threads;                /* of own ways: 0 getline, else DuckDB's */
};

static const struct contestant CONTESTANTS[] = {
    {"cat", "cat \"$DATA\"", 0},
    {"wc -l", "wc -l \"$DATA\"", 0},
    {"assay, 1 thread", "\"$ASSAY\" summarize \"$DATA\" --group group $METRICS --threads 1", 0},
    {"assay, 2 threads", "\"$ASSAY\" summarize \"$DATA\" --group group $METRICS --threads 2", 0},
    {"getline + strtod", NULL, 0},
    {"DuckDB, 1 thread", NULL, 1},
    {"DuckDB, 2 threads", NULL, 2},
    {"Polars, 1 thread",
     "POLARS_MAX_THREADS=1 node bench/peers/scan_polars.js \"$DATA\" \"$SELECT\"", 0},
    {"Polars, 2 threads",
     "POLARS_MAX_THREADS=2 node bench/peers/scan_polars.js \"$DATA\" \"$SELECT\"", 0},
    {"data.table, 1 thread", "Rscript bench/peers/scan_datatable.R \"$DATA\" \"$SELECT\" 1", 0},
    {"data.table, 2 threads", "Rscript bench/peers/scan_datatable.R \"$DATA\" \"$SELECT\" 2", 0},
    {"pandas",
     "python3 -c \"import pandas as p,sys;v=sys.argv[2].split();d=p.read_csv(sys.argv[1]);"
     "g=d.groupby('group');a=[g.agg({y:['count','mean','var']}) for y in v];"
     "b=[g[[y,y+'_pre' if y!='y' else 'x']].cov() for y in v];"
     "[print(k,len(q),repr(float(q[v[0]].sum())),sep=',') for k,q in g]\" \"$DATA\" \"$VALUES\"",
     0}};

enum { CONTESTANT_COUNT = sizeof CONTESTANTS / sizeof *CONTESTANTS, OWN = 2 /* assay */ };

/*
 * Reads the count and sum of each group from what a contestant printed: lines that begin with the
 * group, or with metric and group as sufficient statistics do. False when a group is not there.
 */
static bool read_answers(const struct job *job, double answers[6])
{
    char line[4096], metric[64];
    bool has[3] = {false};
    FILE *in = fopen(answer_path, "r");
    snprintf(metric, sizeof metric, "%.*s,", (int)strcspn(job->values, " "), job->values);
    while (in != NULL && fgets(line, sizeof line, in) != NULL) {
        bool is_sum = strncmp(line, metric, strlen(metric)) == 0;
        const char *at = is_sum ? line + strlen(metric) : line;
        for (int g = 0; g < 3; g++) {
            size_t length = strlen(GROUPS[g]);
            if (strncmp(at, GROUPS[g], length) != 0 || at[length] != ',')
                continue;
            const char *number = at + length + 1;
            number += is_sum ? strspn(number, ",") : 0; /* no time, dimension, value */
            char *next;
            answers[2 * g] = strtod(number, &next);
            answers[2 * g + 1] = strtod(next + 1, NULL);
            has[g] = true;
        }
    }
    if (in != NULL)
        fclose(in);
    return has[0] && has[1] && has[2];
}

/* Ends the bench when a contestant found other sums than assay. cat and wc have none. */
static void compare_answers(const struct job *job, const char *name, const double want[6])
{
    double got[6];
    if (!read_answers(job, got)) {
        fprintf(stderr, "bench: %s printed no sums\n", name);
        exit(EXIT_FAILURE);
    }
    for (int i = 0; i < 6; i++) {
        if (fabs(got[i] - want[i]) <= 1e-9 * fabs(want[i]))
            continue;
        fprintf(stderr, "bench: %s, %s: %.17g, not %.17g\n", job->name, name, got[i], want[i]);
        exit(EXIT_FAILURE);
    }
}

struct runs {
    double cpu[ROUNDS_MAX], wall[ROUNDS_MAX];
    long peak_kib;
    bool is_absent;
};

static void run_child(const struct contestant *who, const struct job *job)
{
    char command[2048], threads[16];
    if (freopen(answer_path, "w", stdout) == NULL || freopen("/dev/null", "w", stderr) == NULL)
        _exit(1);
    if (who->command == NULL) {
        snprintf(threads, sizeof threads, "%d", who->threads);
        int code = who->threads == 0 ? run_getline(job) : run_duckdb(job, threads);
        fflush(stdout);
        _exit(code);
    }
    setenv("METRICS", job->metrics, 1);
    setenv("VALUES", job->values, 1);
    setenv("SELECT", job->select, 1);
    setenv("DATA", path, 1);
    snprintf(command, sizeof command, "%s", who->command);
    execl("/bin/sh", "sh", "-c", command, (char *)NULL);
    _exit(1);
}

static void run_once(const struct contestant *who, const struct job *job, struct runs *runs,
                     int round)
{
    int status;
    struct rusage used;
    double begin = now_ns(CLOCK_MONOTONIC);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        run_child(who, job);
    if (child < 0 || wait4(child, &status, 0, &used) != child || status != 0) {
        runs->is_absent = true;
        return;
    }
    runs->wall[round] = (now_ns(CLOCK_MONOTONIC) - begin) / 1e9;
    runs->cpu[round] = (double)used.ru_utime.tv_sec + (double)used.ru_utime.tv_usec / 1e6 +
                       (double)used.ru_stime.tv_sec + (double)used.ru_stime.tv_usec / 1e6;
    if (used.ru_maxrss > runs->peak_kib)
        runs->peak_kib = used.ru_maxrss;
}

static void run_job(const struct job *job, long rows, int rounds)
{
    static struct runs runs[CONTESTANT_COUNT];
    memset(runs, 0, sizeof runs);
    make_file(job, rows);
    double want[6] = {0};
    for (int round = -1; round < rounds; round++) { /* -1: warms the cache up */
        for (size_t c = 0; c < CONTESTANT_COUNT; c++) {
            if (runs[c].is_absent)
                continue;
            run_once(&CONTESTANTS[c], job, &runs[c], round < 0 ? 0 : round);
            if (c == OWN && round < 0 && !read_answers(job, want))
                runs[c].is_absent = true;
            if (c >= OWN && round < 0 && !runs[c].is_absent)
                compare_answers(job, CONTESTANTS[c].name, want);
        }
    }
    double own = sort_times(runs[OWN].cpu, (size_t)rounds);
    for (size_t c = 0; c < CONTESTANT_COUNT; c++) {
        if (runs[c].is_absent) {
            printf("{\"bench\":\"scan\",\"job\":\"%s\",\"rows\":%ld,\"program\":\"%s\","
                   "\"absent\":true}\n",
                   job->name, rows, CONTESTANTS[c].name);
            continue;
        }
        double cpu = sort_times(runs[c].cpu, (size_t)rounds);
        double wall = sort_times(runs[c].wall, (size_t)rounds);
        printf("{\"bench\":\"scan\",\"job\":\"%s\",\"rows\":%ld,\"program\":\"%s\",\"rounds\":%d,"
               "\"cpu_s\":%.3f,\"cpu_min_s\":%.3f,\"wall_s\":%.3f,\"wall_min_s\":%.3f,"
               "\"peak_mib\":%.1f,\"cpu_of_assay_1\":%.2f}\n",
               job->name, rows, CONTESTANTS[c].name, rounds, cpu, runs[c].cpu[0], wall,
               runs[c].wall[0], (double)runs[c].peak_kib / 1024, cpu / own);
    }
    unlink(path);
    unlink(answer_path);
}

static long setting(const char *name, const char *given, long usual)
{
    const char *text = given != NULL ? given : getenv(name);
    long value = text == NULL ? usual : strtol(text, NULL, 10);
    return value > 0 ? value : usual;
}

int main(int argc, char **argv)
{
    long rows = setting("SCAN_ROWS", argc > 1 ? argv[1] : NULL, 1000000);
    long rounds = setting("SCAN_ROUNDS", argc > 2 ? argv[2] : NULL, 5);
    const char *folder = getenv("TMPDIR");
    snprintf(path, sizeof path, "%s/assay-bench-scan-%ld.csv", folder != NULL ? folder : "/tmp",
             (long)getpid());
    snprintf(answer_path, sizeof answer_path, "%s.out", path);
    if (getenv("ASSAY") == NULL)
        setenv("ASSAY", "build/release/assay", 1);
    for (size_t j = 0; j < sizeof JOBS / sizeof *JOBS; j++)
        run_job(&JOBS[j], j == 0 ? rows : 4 * rows, rounds < ROUNDS_MAX ? (int)rounds : ROUNDS_MAX);
    return 0;
}
