/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The monotonic clock, and waiting by it. */
#include "base/clock.h"

#include <errno.h>
#include <math.h>
#include <time.h>

int64_t assay__clock_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

double assay__clock_now(void)
{
    return 1e-9 * (double)assay__clock_ns();
}

static struct timespec of_seconds(double seconds)
{
    double whole = floor(seconds);
    return (struct timespec){.tv_sec = (time_t)whole, .tv_nsec = (long)((seconds - whole) * 1e9)};
}

void assay__clock_sleep(double seconds)
{
    if (!(seconds > 0.0))
        return;
    struct timespec left = of_seconds(seconds);
    while (clock_nanosleep(CLOCK_MONOTONIC, 0, &left, &left) == EINTR) {
    }
}

void assay__clock_condition(pthread_cond_t *condition)
{
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(condition, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

bool assay__clock_wait(pthread_cond_t *condition, pthread_mutex_t *lock, double until)
{
    struct timespec end = of_seconds(until);
    return pthread_cond_timedwait(condition, lock, &end) != ETIMEDOUT;
}
