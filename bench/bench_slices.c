/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Analyses with many slices, whole processes: 400,000 rows of two groups, a metric and a covariate,
 * broken down by a dimension of 1, 1,000 and 99,990 values. The cost of a slice must not grow with
 * their number, nor the memory with threads or mixed rows.
 *
 *   bench_slices [ROUNDS]          3 rounds; the median is printed
 *   bench_slices --write VALUES    prints the table, for a profile
 *
 * Prints a JSON line per number of values and threads: processor time, peak memory, and both for
 * each slice, above what the table of one value takes. The last tables have their values mixed.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "timing.h"

enum { ROWS = 400000, ROUNDS_MAX = 50, STRIDE = 123457 /* has no divisor with ROWS */ };

struct table {
    long values;
    bool is_mixed;
    const char *threads;
};

static char path[256];

static void put_rows(FILE *out, long rows, const struct table *table)
{
    uint64_t state = 20261128;
    fputs("group,d,y,x\n", out);
    for (long r = 0; r < rows; r++) {
        uint64_t random = next_random(&state);
        unsigned base = (unsigned)(random >> 8) % 20000;
        unsigned more = (unsigned)(random >> 40) % 10000;
        long place = table->is_mixed ? r * STRIDE % rows : r;
        fprintf(out, "%s,v%05ld,%u.%02u,%u.%02u\n", random & 1 ? "b" : "a", place % table->values,
                (base + more) / 100, (base + more) % 100, base / 100, base % 100);
    }
}

static void make_file(const struct table *table)
{
    FILE *out = fopen(path, "w");
    if (out != NULL)
        put_rows(out, ROWS, table);
    if (out == NULL || fclose(out) != 0) {
        perror(path);
        exit(EXIT_FAILURE);
    }
}

struct cost {
    double cpu_s, peak_mib;
};

/* One process that analyses the file; its result is written to nowhere. */
static struct cost run_once(const char *threads)
{
    int status, null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    struct rusage used;
    pid_t child = fork();
    if (child == 0) {
        const char *assay = getenv("ASSAY");
        assay = assay != NULL ? assay : "build/release/assay";
        dup2(null, STDOUT_FILENO);
        execl(assay, assay, "analyze", path, "--group", "group", "--baseline", "a", "--metric",
              "y:covariates=x", "--dimension", "d", "--format", "result", "--threads", threads,
              (char *)NULL);
        _exit(1);
    }
    if (child < 0 || wait4(child, &status, 0, &used) != child || status != 0) {
        fputs("bench: assay analyze failed\n", stderr);
        exit(EXIT_FAILURE);
    }
    close(null);
    return (struct cost){(double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
                             (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6,
                         (double)used.ru_maxrss / 1024};
}

static struct cost run_table(const struct table *table, int rounds)
{
    double cpu[ROUNDS_MAX];
    struct cost cost = {0.0, 0.0};
    make_file(table);
    for (int round = 0; round < rounds; round++) {
        struct cost run = run_once(table->threads);
        cpu[round] = run.cpu_s;
        cost.peak_mib = run.peak_mib > cost.peak_mib ? run.peak_mib : cost.peak_mib;
    }
    cost.cpu_s = sort_times(cpu, (size_t)rounds);
    unlink(path);
    return cost;
}

int main(int argc, char **argv)
{
    static const struct table TABLES[] = {
        {1, false, "1"},    {1000, false, "1"}, {99990, false, "1"}, {99990, false, "2"},
        {99990, true, "1"}, {99990, true, "2"}, {99990, true, "3"}};
    if (argc > 2 && strcmp(argv[1], "--write") == 0) {
        long values = strtol(argv[2], NULL, 10);
        const struct table table = {values > 0 ? values : 1, false, NULL};
        put_rows(stdout, argc > 3 ? strtol(argv[3], NULL, 10) : ROWS, &table);
        return 0;
    }
    long rounds = argc > 1 ? strtol(argv[1], NULL, 10) : 3;
    rounds = rounds < 1 ? 1 : rounds > ROUNDS_MAX ? ROUNDS_MAX : rounds;
    const char *folder = getenv("TMPDIR");
    snprintf(path, sizeof path, "%s/assay-bench-slices-%ld.csv", folder != NULL ? folder : "/tmp",
             (long)getpid());
    struct cost one = {0.0, 0.0};
    for (size_t i = 0; i < sizeof TABLES / sizeof *TABLES; i++) {
        const struct table *table = &TABLES[i];
        struct cost cost = run_table(table, (int)rounds);
        one = i == 0 ? cost : one;
        double more = i == 0 ? 1.0 : (double)(table->values - 1);
        printf("{\"bench\":\"slices\",\"rows\":%d,\"values\":%ld,\"mixed\":%s,\"threads\":%s,"
               "\"cpu_s\":%.3f,\"peak_mib\":%.1f,\"us_a_slice\":%.2f,\"bytes_a_slice\":%.0f}\n",
               ROWS, table->values, table->is_mixed ? "true" : "false", table->threads, cost.cpu_s,
               cost.peak_mib, 1e6 * (cost.cpu_s - one.cpu_s) / more,
               1048576 * (cost.peak_mib - one.peak_mib) / more);
        fflush(stdout);
    }
    return 0;
}
