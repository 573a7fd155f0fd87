/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All databases at once: a thread each, and one that watches time, stop and failures. */
#include "source/warehouse/fleet.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/memory.h"

enum { GRACE_TICKS = 120 /* six seconds */ };

static const double TICK_SECONDS = 0.05;

struct assay__fleet {
    struct assay__shard *shards;
    size_t count, running;
    struct assay__sql_events *events; /* a copy that the shards share */
    uint32_t seconds;
    const volatile sig_atomic_t *stop;
    pthread_mutex_t lock; /* of running, first_failed and users */
    pthread_cond_t change;
    struct assay__shard *first_failed;
    size_t users; /* threads, and the owner */
    bool is_over; /* nobody waits any more */
};

struct worker {
    struct assay__fleet *fleet;
    struct assay__shard *shard;
};

static void destroy(struct assay__fleet *fleet)
{
    for (size_t i = 0; i < fleet->count; i++)
        assay__shard_release(&fleet->shards[i]);
    pthread_cond_destroy(&fleet->change);
    pthread_mutex_destroy(&fleet->lock);
    assay__free(fleet->events);
    assay__free(fleet->shards);
    assay__free(fleet);
}

/* The last one to leave frees it: a thread that was given up may be the one. */
static void leave(struct assay__fleet *fleet)
{
    pthread_mutex_lock(&fleet->lock);
    bool is_last = --fleet->users == 0;
    pthread_mutex_unlock(&fleet->lock);
    if (is_last)
        destroy(fleet);
}

/* Under the lock, which is given up meanwhile. */
static void wait_tick(struct assay__fleet *fleet)
{
    (void)assay__clock_wait(&fleet->change, &fleet->lock, assay__clock_now() + TICK_SECONDS);
}

/* Cancels as long as somebody waits. It may wait for the network itself: nobody waits for it. */
static void *give_up(void *argument)
{
    struct worker worker = *(struct worker *)argument;
    assay__free(argument);
    pthread_mutex_lock(&worker.fleet->lock);
    while (worker.fleet->running > 0 && !worker.fleet->is_over) {
        pthread_mutex_unlock(&worker.fleet->lock);
        assay__shard_cancel(worker.shard);
        pthread_mutex_lock(&worker.fleet->lock);
        wait_tick(worker.fleet);
    }
    pthread_mutex_unlock(&worker.fleet->lock);
    leave(worker.fleet);
    return NULL;
}

static void *work(void *argument)
{
    struct worker worker = *(struct worker *)argument;
    assay__free(argument);
    assay__shard_ask(worker.shard);
    pthread_mutex_lock(&worker.fleet->lock);
    worker.fleet->running--;
    if (worker.shard->status != ASSAY_OK && worker.fleet->first_failed == NULL)
        worker.fleet->first_failed = worker.shard;
    pthread_cond_broadcast(&worker.fleet->change);
    pthread_mutex_unlock(&worker.fleet->lock);
    leave(worker.fleet);
    return NULL;
}

/* Under the lock. Signals are for the thread that waits. */
static enum assay_status start(struct assay__fleet *fleet, struct assay__shard *shard,
                               void *(*what)(void *), struct assay_error *err)
{
    pthread_t thread;
    sigset_t all, before;
    struct worker *worker = assay__malloc(sizeof *worker);
    if (worker == NULL)
        return assay__fail_memory(err);
    *worker = (struct worker){fleet, shard};
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int code = pthread_create(&thread, NULL, what, worker);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (code != 0) {
        assay__free(worker);
        return assay__fail(err, ASSAY_ERROR_MEMORY, "A thread cannot be started: %s.",
                           strerror(code));
    }
    pthread_detach(thread);
    fleet->running += what == work;
    fleet->users++;
    return ASSAY_OK;
}

/* Under the lock: a thread for each shard cancels it; one that cannot be started waits here. */
static void cancel_all(struct assay__fleet *fleet)
{
    for (size_t i = 0; i < fleet->count; i++) {
        if (start(fleet, &fleet->shards[i], give_up, NULL) == ASSAY_OK)
            continue;
        pthread_mutex_unlock(&fleet->lock);
        assay__shard_cancel(&fleet->shards[i]);
        pthread_mutex_lock(&fleet->lock);
    }
}

enum end { NOT_YET, FAILED, STOPPED, TOO_LATE };

static enum end end_of(const struct assay__fleet *fleet, double begin)
{
    if (fleet->first_failed != NULL)
        return FAILED;
    if (fleet->stop != NULL && __atomic_load_n(fleet->stop, __ATOMIC_RELAXED) != 0)
        return STOPPED;
    if (fleet->seconds > 0 && assay__clock_now() - begin >= fleet->seconds)
        return TOO_LATE;
    return NOT_YET;
}

/* Under the lock: all threads end, or are told to, and are given up when they do not. */
static enum end watch(struct assay__fleet *fleet)
{
    double begin = assay__clock_now();
    enum end end = NOT_YET;
    for (int ticks = 0; fleet->running > 0 && ticks < GRACE_TICKS;) {
        wait_tick(fleet);
        bool is_new = end == NOT_YET;
        end = is_new ? end_of(fleet, begin) : end;
        if (end == NOT_YET)
            continue;
        ticks++;
        if (is_new)
            cancel_all(fleet);
    }
    fleet->is_over = true;
    return end == NOT_YET ? end_of(fleet, begin) : end;
}

static enum assay_status outcome(struct assay__fleet *fleet, enum end end, struct assay_error *err)
{
    if (end == STOPPED)
        return assay__fail(err, ASSAY_ERROR_TRY_AGAIN,
                           "Stopped before the database had answered; nothing was computed.");
    if (end == TOO_LATE)
        return assay__fail(err, ASSAY_ERROR_TRY_AGAIN,
                           "The database did not answer within %" PRIu32
                           " second%s; the statement was cancelled.",
                           fleet->seconds, fleet->seconds == 1 ? "" : "s");
    if (end == NOT_YET)
        return ASSAY_OK;
    if (err != NULL)
        *err = fleet->first_failed->err;
    return fleet->first_failed->status;
}

enum assay_status assay__fleet_ask(struct assay__fleet *fleet, struct assay_error *err)
{
    struct assay_error first;
    enum assay_status status = ASSAY_OK;
    pthread_mutex_lock(&fleet->lock);
    for (size_t i = 0; status == ASSAY_OK && i < fleet->count; i++)
        status = start(fleet, &fleet->shards[i], work, &first);
    if (status != ASSAY_OK)
        cancel_all(fleet);
    enum assay_status watched = outcome(fleet, watch(fleet), err);
    pthread_mutex_unlock(&fleet->lock);
    if (status != ASSAY_OK && err != NULL)
        *err = first;
    return status != ASSAY_OK ? status : watched;
}

size_t assay__fleet_count(const struct assay__fleet *fleet)
{
    return fleet->count;
}

struct assay__shard *assay__fleet_shard(struct assay__fleet *fleet, size_t index)
{
    return &fleet->shards[index];
}

void assay__fleet_free(struct assay__fleet *fleet)
{
    if (fleet != NULL)
        leave(fleet);
}

static void set_shard(struct assay__shard *shard, const struct assay_plan *plan,
                      const struct assay__warehouse *warehouse, const char *name)
{
    const struct assay__engine *engine = assay__engine_of(name);
    *shard =
        (struct assay__shard){.engine = engine,
                              .source = {.name = name,
                                         .where = name + strlen(engine->prefix),
                                         .schema = warehouse->sql.schema,
                                         .login = warehouse->login,
                                         .seconds = warehouse->seconds},
                              .sql = warehouse->sql,
                              .plan = assay__plan_hold(plan),
                              .may_ship_rows = warehouse->may_ship_rows,
                              .unit_check = warehouse->source_count > 1 && plan->unit_column != NULL
                                                ? warehouse->sql.unit_check
                                                : 0};
    shard->sql.is_fetched = true;
    pthread_mutex_init(&shard->lock, NULL);
}

static void init_locks(struct assay__fleet *fleet)
{
    assay__clock_condition(&fleet->change);
    pthread_mutex_init(&fleet->lock, NULL);
}

enum assay_status assay__fleet_new(const struct assay_plan *plan,
                                   const struct assay__warehouse *warehouse, bool wants_plan_only,
                                   struct assay__fleet **out, struct assay_error *err)
{
    struct assay__fleet *fleet = assay__calloc(1, sizeof *fleet);
    size_t event_count = warehouse->sql.event_count;
    *out = NULL;
    if (fleet != NULL) {
        fleet->shards = assay__calloc(warehouse->source_count, sizeof *fleet->shards);
        fleet->events = assay__calloc(event_count + 1, sizeof *fleet->events);
    }
    if (fleet == NULL || fleet->shards == NULL || fleet->events == NULL) {
        if (fleet != NULL) {
            assay__free(fleet->shards);
            assay__free(fleet->events);
        }
        assay__free(fleet);
        return assay__fail_memory(err);
    }
    init_locks(fleet);
    fleet->users = 1;
    fleet->count = warehouse->source_count;
    fleet->seconds = warehouse->seconds;
    fleet->stop = warehouse->stop;
    if (event_count > 0)
        memcpy(fleet->events, warehouse->sql.events, event_count * sizeof *fleet->events);
    for (size_t i = 0; i < fleet->count; i++) {
        set_shard(&fleet->shards[i], plan, warehouse, warehouse->sources[i]);
        fleet->shards[i].sql.events = fleet->events;
        fleet->shards[i].wants_plan_only = wants_plan_only;
    }
    *out = fleet;
    return ASSAY_OK;
}
