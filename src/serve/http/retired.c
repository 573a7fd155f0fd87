/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ends fronts with certificates of before, once their clients have gone. */
#include "serve/http/retired.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "serve/http/front.h"

enum { QUIET_TICKS = 3 };

static const double TICK_SECONDS = 0.1;

struct serve_retired {
    double grace_seconds;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct serve_front *first;
    bool is_ending;
};

/* What a client has sent may not have been looked at yet: a front is over when it has been quiet
 * for a while. It is closed before that is believed: what begins afterwards waits for no change. */
static bool is_over(struct serve_front *front, double now)
{
    bool is_quiet = atomic_load(&front->under_way) == 0 &&
                    (atomic_load(&front->connections) == 0 || now >= front->grace_end);
    front->quiet_ticks = is_quiet ? front->quiet_ticks + 1 : 0;
    bool is_closed = front->quiet_ticks >= QUIET_TICKS;
    atomic_store(&front->is_closed, is_closed);
    return is_closed && atomic_load(&front->under_way) == 0;
}

/* Takes those that are over off the list. */
static struct serve_front *take_over(struct serve_retired *retired)
{
    struct serve_front *over = NULL, **link = &retired->first;
    double now = assay__clock_now();
    while (*link != NULL) {
        struct serve_front *front = *link;
        if (!is_over(front, now)) {
            link = &front->next;
            continue;
        }
        *link = front->next;
        front->next = over;
        over = front;
    }
    return over;
}

static void wait_a_tick(struct serve_retired *retired)
{
    (void)assay__clock_wait(&retired->wake, &retired->lock, assay__clock_now() + TICK_SECONDS);
}

static void *run(void *argument)
{
    struct serve_retired *retired = argument;
    pthread_mutex_lock(&retired->lock);
    while (!retired->is_ending) {
        if (retired->first == NULL) {
            pthread_cond_wait(&retired->wake, &retired->lock);
            continue;
        }
        wait_a_tick(retired);
        struct serve_front *over = take_over(retired);
        pthread_mutex_unlock(&retired->lock);
        for (struct serve_front *next; over != NULL; over = next) {
            next = over->next;
            serve_front_end(over);
        }
        pthread_mutex_lock(&retired->lock);
    }
    pthread_mutex_unlock(&retired->lock);
    return NULL;
}

static void free_retired(struct serve_retired *retired)
{
    pthread_cond_destroy(&retired->wake);
    pthread_mutex_destroy(&retired->lock);
    free(retired);
}

enum assay_status serve_retired_start(double grace_seconds, struct serve_retired **out,
                                      struct assay_error *err)
{
    struct serve_retired *retired = calloc(1, sizeof *retired);
    if (retired == NULL)
        return assay__fail_memory(err);
    retired->grace_seconds = grace_seconds;
    pthread_mutex_init(&retired->lock, NULL);
    assay__clock_condition(&retired->wake);
    int failure = pthread_create(&retired->thread, NULL, run, retired);
    if (failure != 0) {
        free_retired(retired);
        return assay__fail(err, ASSAY_ERROR_UNAVAILABLE, "Cannot start a thread: %s.",
                           strerror(failure));
    }
    *out = retired;
    return ASSAY_OK;
}

void serve_retired_add(struct serve_retired *retired, struct serve_front *front)
{
    front->grace_end = assay__clock_now() + retired->grace_seconds;
    pthread_mutex_lock(&retired->lock);
    front->next = retired->first;
    retired->first = front;
    pthread_cond_signal(&retired->wake);
    pthread_mutex_unlock(&retired->lock);
}

struct serve_front *serve_retired_stop(struct serve_retired *retired)
{
    if (retired == NULL)
        return NULL;
    pthread_mutex_lock(&retired->lock);
    retired->is_ending = true;
    pthread_cond_signal(&retired->wake);
    pthread_mutex_unlock(&retired->lock);
    pthread_join(retired->thread, NULL);
    struct serve_front *left = retired->first;
    free_retired(retired);
    return left;
}
