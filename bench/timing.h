/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_BENCH_TIMING_H
#define ASSAY_BENCH_TIMING_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "assay.h"

/** What the timing benches share. next_random() is splitmix64: the same numbers everywhere. */
static inline uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static inline double now_ns(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static inline int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/** sort_times() sorts the times of some runs, least first, and returns their median. */
static inline double sort_times(double *times, size_t runs)
{
    qsort(times, runs, sizeof *times, compare_doubles);
    return (times[(runs - 1) / 2] + times[runs / 2]) / 2.0;
}

/** check() ends the bench when a call failed. */
static inline void check(enum assay_status status, const struct assay_error *err)
{
    if (status == ASSAY_OK)
        return;
    fprintf(stderr, "bench: %s\n", err->message);
    exit(EXIT_FAILURE);
}

#endif
