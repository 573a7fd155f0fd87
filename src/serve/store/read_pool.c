/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The store's connections for reading, lent to one thread at a time. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "serve/http/route.h"

struct serve_readers {
    struct serve_log *log;
    pthread_mutex_t lock;
    pthread_cond_t returned;
    struct serve_store **stores; /* the first free_count are free */
    unsigned count, free_count;
    double told; /* when a failure was last written of; 0: never */
};

enum assay_status serve_readers_open(const char *path, unsigned count, struct serve_log *log,
                                     struct serve_readers **out, struct assay_error *err)
{
    struct serve_readers *readers = calloc(1, sizeof *readers);
    if (readers == NULL)
        return assay__fail_memory(err);
    readers->log = log;
    pthread_mutex_init(&readers->lock, NULL);
    pthread_cond_init(&readers->returned, NULL);
    readers->stores = calloc(count, sizeof(struct serve_store *));
    enum assay_status status = readers->stores == NULL ? assay__fail_memory(err) : ASSAY_OK;
    while (status == ASSAY_OK && readers->count < count) {
        status = serve_store_open(path, true, &readers->stores[readers->count], err);
        readers->count += status == ASSAY_OK;
    }
    readers->free_count = readers->count;
    if (status != ASSAY_OK) {
        serve_readers_close(readers);
        return status;
    }
    *out = readers;
    return ASSAY_OK;
}

void serve_readers_close(struct serve_readers *readers)
{
    if (readers == NULL)
        return;
    for (unsigned i = 0; i < readers->count; i++)
        serve_store_close(readers->stores[i]);
    free(readers->stores);
    pthread_cond_destroy(&readers->returned);
    pthread_mutex_destroy(&readers->lock);
    free(readers);
}

struct serve_store *serve_readers_take(struct serve_readers *readers)
{
    pthread_mutex_lock(&readers->lock);
    while (readers->free_count == 0)
        pthread_cond_wait(&readers->returned, &readers->lock);
    struct serve_store *store = readers->stores[--readers->free_count];
    pthread_mutex_unlock(&readers->lock);
    return store;
}

/* Failures come with every request, and between others that are answered. */
static void tell(struct serve_readers *readers, struct serve_store *store)
{
    enum { PAUSE_SECONDS = 60 };
    double now = assay__clock_now();
    if (readers->told != 0.0 && now - readers->told < PAUSE_SECONDS)
        return;
    readers->told = now;
    char message[512];
    snprintf(message, sizeof message, "cannot read: %s", serve_store_why(store));
    if (readers->log != NULL)
        serve_log_say(readers->log, true, "reading-failed", message);
}

void serve_readers_give(struct serve_readers *readers, struct serve_store *store, bool is_well)
{
    pthread_mutex_lock(&readers->lock);
    if (!is_well)
        tell(readers, store);
    readers->stores[readers->free_count++] = store;
    pthread_cond_signal(&readers->returned);
    pthread_mutex_unlock(&readers->lock);
}
