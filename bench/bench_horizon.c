/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Times boundaries of group sequences: 30 and 1,000 equal looks, with one side and two, and
 * futility bounds of 10 looks. One JSON line a case; processor time, the median and the least of
 * the runs. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "assay.h"

enum { RUNS_MAX = 21 };

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

static void run(const struct assay_horizon_design *design, int looks)
{
    struct assay_horizon *horizon;
    struct assay_boundary boundary;
    struct assay_error err;
    enum assay_status status = assay_horizon_open(design, &horizon, &err);
    for (int k = 1; status == ASSAY_OK && k <= looks; k++)
        status = assay_horizon_at(horizon, (double)k / looks, NAN, &boundary, &err);
    if (status != ASSAY_OK) {
        fprintf(stderr, "bench_horizon: %s\n", err.message);
        exit(EXIT_FAILURE);
    }
    assay_horizon_free(horizon);
}

static void time_case(const char *name, const struct assay_horizon_design *design, int looks,
                      int runs)
{
    double times[RUNS_MAX];
    run(design, looks);
    for (int i = 0; i < runs; i++) {
        double start = now_ms();
        run(design, looks);
        times[i] = now_ms() - start;
    }
    qsort(times, (size_t)runs, sizeof *times, compare_doubles);
    printf("{\"bench\":\"horizon\",\"case\":\"%s\",\"looks\":%d,\"runs\":%d,\"median_ms\":%.3f,"
           "\"least_ms\":%.3f}\n",
           name, looks, runs, times[runs / 2], times[0]);
}

int main(void)
{
    struct assay_horizon_design design = {.kind = ASSAY_HORIZON_GROUP_SEQUENTIAL,
                                          .alpha = 0.05,
                                          .spending = ASSAY_SPENDING_POWER,
                                          .spending_parameter = 2.0,
                                          .expected_size = 1.0,
                                          .futility = ASSAY_SPENDING_POWER,
                                          .futility_parameter = 2.0,
                                          .beta = 0.2,
                                          .planned_looks = 10};
    for (int sides = 1; sides <= 2; sides++) {
        design.two_sided = sides == 2;
        time_case(sides == 1 ? "one-sided" : "two-sided", &design, 30, RUNS_MAX);
        time_case(sides == 1 ? "one-sided" : "two-sided", &design, 1000, 3);
    }
    design.two_sided = false;
    design.has_futility = true;
    time_case("futility", &design, 10, RUNS_MAX);
    return 0;
}
