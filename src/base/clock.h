/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_BASE_CLOCK_H
#define ASSAY_BASE_CLOCK_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/**
 * The monotonic clock: it goes on when the time of day is set. Instants are of use among themselves
 * only, within a process.
 */

/** assay__clock_ns() is the instant in nanoseconds, assay__clock_now() in seconds. */
int64_t assay__clock_ns(void);
double assay__clock_now(void);

/** assay__clock_sleep() sleeps, also when signals arrive. */
void assay__clock_sleep(double seconds);

/** assay__clock_condition() makes a condition variable whose waits end by this clock. */
void assay__clock_condition(pthread_cond_t *condition);

/**
 * assay__clock_wait() waits for such a condition, under its lock, until an instant in seconds at
 * most; false: nobody signalled until then. It may return early without a signal.
 */
bool assay__clock_wait(pthread_cond_t *condition, pthread_mutex_t *lock, double until);

#endif
