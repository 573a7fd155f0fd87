/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "serve/watch.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

struct serve_watched {
    int socket;
    int64_t began; /* seconds of the monotonic clock */
    struct serve_watched *before, *next;
};

/* Those with the oldest clock come first, since every clock that starts goes to the end. */
struct serve_watch {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct serve_watched *first, *last;
    unsigned seconds;
    bool is_ending;
};

static int64_t now_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec;
}

static void unlink_watched(struct serve_watch *watch, struct serve_watched *watched)
{
    *(watched->before != NULL ? &watched->before->next : &watch->first) = watched->next;
    *(watched->next != NULL ? &watched->next->before : &watch->last) = watched->before;
}

static void append(struct serve_watch *watch, struct serve_watched *watched)
{
    watched->began = now_seconds();
    watched->next = NULL;
    watched->before = watch->last;
    *(watch->last != NULL ? &watch->last->next : &watch->first) = watched;
    watch->last = watched;
}

/* A socket that is shut down stays open, and libmicrohttpd closes it: no number is used twice. */
static void cut_late(struct serve_watch *watch)
{
    int64_t now = now_seconds();
    for (struct serve_watched *watched = watch->first;
         watched != NULL && now - watched->began > (int64_t)watch->seconds;
         watched = watched->next)
        shutdown(watched->socket, SHUT_RDWR);
}

static void *run(void *argument)
{
    struct serve_watch *watch = argument;
    pthread_mutex_lock(&watch->lock);
    while (!watch->is_ending) {
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_sec++;
        pthread_cond_timedwait(&watch->wake, &watch->lock, &until);
        cut_late(watch);
    }
    pthread_mutex_unlock(&watch->lock);
    return NULL;
}

enum assay_status serve_watch_start(unsigned seconds, struct serve_watch **out,
                                    struct assay_error *err)
{
    struct serve_watch *watch = calloc(1, sizeof *watch);
    if (watch == NULL)
        return assay__fail_memory(err);
    pthread_condattr_t monotonic;
    watch->seconds = seconds;
    pthread_mutex_init(&watch->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&watch->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
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
    pthread_mutex_unlock(&watch->lock);
    return watched;
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
    pthread_mutex_unlock(&watch->lock);
    free(watched);
}
