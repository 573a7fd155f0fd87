/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Times whole experiments in one process: a plan and sufficient statistics to a written result.
 *
 *     bench_experiments [TIMES PLAN.json DATA.csv [PLAN.json DATA.csv...]]
 *
 * Without arguments one experiment of the ASOS set, 101 times. One JSON line: processor time of
 * each step, all experiments together, the median of the runs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "assay.h"

enum { READ, ANALYZE, WRITE, STEPS, TIMES_MAX = 1001 };

static double now_ms(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return 1e3 * (double)time.tv_sec + 1e-6 * (double)time.tv_nsec;
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void must(enum assay_status status, const struct assay_error *err)
{
    if (status == ASSAY_OK)
        return;
    fprintf(stderr, "bench_experiments: %s\n", err->message);
    exit(EXIT_FAILURE);
}

/* Adds the time of each step to times; returns the result's length. */
static size_t run(const char *plan_path, const char *data_path, double times[STEPS])
{
    static const struct assay_read_options READ_OPTIONS;
    static const struct assay_write_options WRITE_OPTIONS;
    struct assay_error err;
    struct assay_plan *plan;
    struct assay_dataset *dataset;
    struct assay_analysis *analysis;
    char *text;
    size_t length;
    double start = now_ms();
    must(assay_plan_read(plan_path, &plan, &err), &err);
    must(assay_dataset_new(plan, &dataset, &err), &err);
    must(assay_dataset_read(dataset, &data_path, 1, &READ_OPTIONS, &err), &err);
    double read = now_ms();
    must(assay_dataset_analyze(dataset, &analysis, &err), &err);
    double analyzed = now_ms();
    must(assay_analysis_write(analysis, ASSAY_FORMAT_RESULT, &WRITE_OPTIONS, &text, &length, &err),
         &err);
    free(text);
    assay_analysis_free(analysis);
    assay_dataset_free(dataset);
    assay_plan_free(plan);
    times[READ] += read - start;
    times[ANALYZE] += analyzed - read;
    times[WRITE] += now_ms() - analyzed;
    return length;
}

static double median(double *times, int runs)
{
    qsort(times, (size_t)runs, sizeof *times, compare_doubles);
    return times[runs / 2];
}

int main(int argc, char **argv)
{
    static double steps[STEPS][TIMES_MAX], totals[TIMES_MAX];
    static char *asos[] = {"bench_experiments", "101", "data/asos-b3280a.plan.json",
                           "data/asos-b3280a.csv"};
    if (argc == 1) {
        argc = 4;
        argv = asos;
    }
    long runs = argc > 1 ? strtol(argv[1], NULL, 10) : 0;
    if (argc < 4 || argc % 2 != 0 || runs < 1 || runs > TIMES_MAX) {
        fprintf(stderr, "usage: bench_experiments TIMES PLAN DATA [PLAN DATA...]\n");
        return 2;
    }
    size_t bytes = 0;
    for (int i = 0; i < runs; i++) {
        double times[STEPS] = {0.0};
        bytes = 0;
        for (int k = 2; k < argc; k += 2)
            bytes += run(argv[k], argv[k + 1], times);
        for (int s = 0; s < STEPS; s++) {
            steps[s][i] = times[s];
            totals[i] += times[s];
        }
    }
    printf("{\"bench\":\"experiments\",\"experiments\":%d,\"runs\":%ld,\"result_bytes\":%zu,"
           "\"read_ms\":%.3f,\"analyze_ms\":%.3f,\"write_ms\":%.3f,\"total_ms\":%.3f}\n",
           argc / 2 - 1, runs, bytes, median(steps[READ], (int)runs),
           median(steps[ANALYZE], (int)runs), median(steps[WRITE], (int)runs),
           median(totals, (int)runs));
    return EXIT_SUCCESS;
}
