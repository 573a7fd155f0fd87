/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cuts off clients that do not send or take bytes in time, in a thread of its own. */
#include "serve/http/slow_clients.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"

static const double TICK_SECONDS = 1.0, PRESSED_TICK_SECONDS = 0.1, PRESSED_SECONDS = 1.0;

struct serve_watched {
    int socket;
    bool is_trusted, is_cut;
    double began; /* an instant of the clock */
    struct serve_watched *before, *next;
};

/* Those with the oldest clock come first, since every clock that starts goes to the end. */
struct serve_watch {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct serve_watched *first, *last;
    unsigned count, many; /* connections; with many of them, slow ones are closed sooner */
    double longest;
    bool is_ending;
};

static void unlink_watched(struct serve_watch *watch, struct serve_watched *watched)
{
    *(watched->before != NULL ? &watched->before->next : &watch->first) = watched->next;
    *(watched->next != NULL ? &watched->next->before : &watch->last) = watched->before;
}

static void append(struct serve_watch *watch, struct serve_watched *watched)
{
    watched->began = assay__clock_now();
    watched->is_trusted = false;
    watched->next = NULL;
    watched->before = watch->last;
    *(watch->last != NULL ? &watch->last->next : &watch->first) = watched;
    watch->last = watched;
}

/* A socket that is shut down stays open, and libmicrohttpd closes it: no number is used twice. */
static void cut_late(struct serve_watch *watch)
{
    bool is_pressed = watch->count >= watch->many;
    double shortest = is_pressed ? PRESSED_SECONDS : watch->longest, now = assay__clock_now();
    for (struct serve_watched *watched = watch->first;
         watched != NULL && now - watched->began > shortest; watched = watched->next) {
        bool is_late = !watched->is_trusted || now - watched->began > watch->longest;
        if (is_late && !watched->is_cut)
            watched->is_cut = shutdown(watched->socket, SHUT_RDWR) == 0;
    }
}

static void *run(void *argument)
{
    struct serve_watch *watch = argument;
    pthread_mutex_lock(&watch->lock);
    while (!watch->is_ending) {
        double tick = watch->count >= watch->many ? PRESSED_TICK_SECONDS : TICK_SECONDS;
        (void)assay__clock_wait(&watch->wake, &watch->lock, assay__clock_now() + tick);
        cut_late(watch);
    }
    pthread_mutex_unlock(&watch->lock);
    return NULL;
}

enum assay_status serve_watch_start(unsigned seconds, unsigned connections,
                                    struct serve_watch **out, struct assay_error *err)
{
    struct serve_watch *watch = calloc(1, sizeof *watch);
    if (watch == NULL)
        return assay__fail_memory(err);
    watch->longest = seconds;
    watch->many = connections - connections / 4;
    pthread_mutex_init(&watch->lock, NULL);
    assay__clock_condition(&watch->wake);
    int failure = pthread_create(&watch->thread, NULL, run, watch);
    if (failure != 0) {
        pthread_cond_destroy(&watch->wake);
        pthread_mutex_destroy(&watch->lock);
        free(watch);
        return assay__fail(err, ASSAY_ERROR_UNAVAILABLE, "Cannot start a thread: %s.",
                           strerror(failure));
    }
    *out = watch;
    return ASSAY_OK;
}

void serve_watch_stop(struct serve_watch *watch)
{
    if (watch == NULL)
        return;
    pthread_mutex_lock(&watch->lock);
    watch->is_ending = true;
    pthread_cond_signal(&watch->wake);
    pthread_mutex_unlock(&watch->lock);
    pthread_join(watch->thread, NULL);
    pthread_cond_destroy(&watch->wake);
    pthread_mutex_destroy(&watch->lock);
    free(watch);
}

struct serve_watched *serve_watch_add(struct serve_watch *watch, int socket)
{
    struct serve_watched *watched = calloc(1, sizeof *watched);
    if (watched == NULL)
        return NULL;
    watched->socket = socket;
    pthread_mutex_lock(&watch->lock);
    append(watch, watched);
    if (++watch->count == watch->many)
        pthread_cond_signal(&watch->wake);
    pthread_mutex_unlock(&watch->lock);
    return watched;
}

void serve_watch_trust(struct serve_watch *watch, struct serve_watched *watched)
{
    if (watched == NULL)
        return;
    pthread_mutex_lock(&watch->lock);
    watched->is_trusted = true;
    pthread_mutex_unlock(&watch->lock);
}

void serve_watch_renew(struct serve_watch *watch, struct serve_watched *watched)
{
    pthread_mutex_lock(&watch->lock);
    unlink_watched(watch, watched);
    append(watch, watched);
    pthread_mutex_unlock(&watch->lock);
}

void serve_watch_remove(struct serve_watch *watch, struct serve_watched *watched)
{
    pthread_mutex_lock(&watch->lock);
    unlink_watched(watch, watched);
    watch->count--;
    pthread_mutex_unlock(&watch->lock);
    free(watched);
}
