/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One thread makes all changes of the store, many in one transaction. */
#include "serve/store/write_queue.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

enum {
    BATCH_MAX = 256, /* changes of one commit */
    AGAIN_SECONDS = 3,
    /* What a change writes beside its texts, about: pages of the table and of its indexes. */
    CHANGE_BYTES = 64 << 10,
    TRIED_BYTES_MAX = 8 << 20
};

struct serve_writer {
    struct serve_store *store;
    struct serve_log *log;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct serve_job *first, *last; /* waiting, oldest first */
    unsigned waiting, waiting_max;
    bool is_ending;
    atomic_bool has_failed;
    /* While has_failed, of the writer's thread alone: */
    size_t failed_bytes; /* of the largest batch since storing failed */
    double again_at;     /* when to see whether so much can be stored */
};

static enum serve_outcome make_change(struct serve_store *store, struct serve_job *job)
{
    if (job->kind == SERVE_JOB_INSERT)
        return serve_store_insert(store, &job->record);
    return serve_store_delete(store, &job->record.place, &job->condition);
}

/* What a batch writes, about; no more than is tried every few seconds. */
static size_t bytes_of(const struct serve_job *batch)
{
    size_t bytes = 0;
    for (const struct serve_job *job = batch; job != NULL && bytes < TRIED_BYTES_MAX;
         job = job->next) {
        bytes += CHANGE_BYTES + job->record.document_length;
        for (size_t i = 0; i < job->record.label_count; i++) /* the table's, and the index's */
            bytes += 2 * (strlen(job->record.labels[i].key) + strlen(job->record.labels[i].value));
    }
    return bytes < TRIED_BYTES_MAX ? bytes : TRIED_BYTES_MAX;
}

/* Says when storing begins to fail and when it goes on, not how often it failed between. What a
 * full disk still takes of much less does not say that it takes what failed: the same change again
 * may be some bytes shorter, by its times. */
static void report(struct serve_writer *writer, bool is_well, size_t bytes)
{
    if (is_well && bytes + CHANGE_BYTES / 2 < writer->failed_bytes)
        return;
    if (!is_well && !writer->has_failed)
        writer->again_at = assay__clock_now() + AGAIN_SECONDS;
    if (writer->log != NULL && !is_well && !writer->has_failed) {
        char message[512];
        snprintf(message, sizeof message, "cannot store: %s", serve_store_why(writer->store));
        serve_log_say(writer->log, true, "storing-failed", message);
    }
    if (writer->log != NULL && is_well && writer->has_failed)
        serve_log_say(writer->log, false, "storing-again", "storing again");
    if (is_well)
        writer->failed_bytes = 0;
    else if (bytes > writer->failed_bytes)
        writer->failed_bytes = bytes;
    writer->has_failed = !is_well;
}

/* Whoever asks a server that is not ready for nothing would wait for ever. */
static void try_again_when_due(struct serve_writer *writer)
{
    if (!writer->has_failed || assay__clock_now() < writer->again_at)
        return;
    report(writer, serve_store_try(writer->store, writer->failed_bytes), writer->failed_bytes);
    writer->again_at = assay__clock_now() + AGAIN_SECONDS;
}

/* All changes of a batch stand or fall together: a failure is the disk's, not one request's. */
static void make_batch(struct serve_writer *writer, struct serve_job *batch)
{
    size_t bytes = bytes_of(batch);
    bool is_well = serve_store_begin(writer->store);
    for (struct serve_job *job = batch; job != NULL && is_well; job = job->next) {
        job->outcome = make_change(writer->store, job);
        is_well = job->outcome != SERVE_FAILED;
    }
    is_well = is_well && serve_store_commit(writer->store);
    report(writer, is_well, bytes);
    enum serve_outcome failure = SERVE_FAILED;
    if (!is_well && !serve_store_undo(writer->store))
        failure = SERVE_UNCERTAIN;
    struct serve_job *next;
    for (struct serve_job *job = batch; job != NULL; job = next) {
        next = job->next; /* done() may free the job */
        if (!is_well)
            job->outcome = failure;
        job->done(job);
    }
}

/* Waits for a change, or for the end; false: neither came, and it is time to see whether storing
 * goes on. */
static bool wait_for_job(struct serve_writer *writer)
{
    bool is_due = false;
    while (writer->first == NULL && !writer->is_ending && !is_due) {
        if (writer->has_failed)
            is_due = !assay__clock_wait(&writer->wake, &writer->lock, writer->again_at);
        else
            pthread_cond_wait(&writer->wake, &writer->lock);
    }
    return writer->first != NULL || writer->is_ending;
}

/* Takes up to BATCH_MAX jobs off the queue, and waits for the first. NULL: there is none, and the
 * writer is to end, or to try whether it can store again. */
static struct serve_job *take_batch(struct serve_writer *writer, bool *is_over)
{
    pthread_mutex_lock(&writer->lock);
    *is_over = wait_for_job(writer) && writer->first == NULL;
    struct serve_job *batch = writer->first, *end = batch;
    unsigned count = batch != NULL ? 1 : 0;
    while (end != NULL && end->next != NULL && count < BATCH_MAX) {
        end = end->next;
        count++;
    }
    if (end != NULL) {
        writer->first = end->next;
        end->next = NULL;
    }
    if (writer->first == NULL)
        writer->last = NULL;
    writer->waiting -= count;
    pthread_mutex_unlock(&writer->lock);
    return batch;
}

static void *run(void *argument)
{
    struct serve_writer *writer = argument;
    for (;;) {
        bool is_over;
        struct serve_job *batch = take_batch(writer, &is_over);
        if (is_over)
            return NULL;
        if (batch != NULL)
            make_batch(writer, batch);
        try_again_when_due(writer);
    }
}

enum assay_status serve_writer_start(struct serve_store *store, unsigned waiting_max,
                                     struct serve_log *log, struct serve_writer **out,
                                     struct assay_error *err)
{
    struct serve_writer *writer = calloc(1, sizeof *writer);
    if (writer == NULL)
        return assay__fail_memory(err);
    writer->store = store;
    writer->log = log;
    writer->waiting_max = waiting_max;
    pthread_mutex_init(&writer->lock, NULL);
    assay__clock_condition(&writer->wake);
    int failure = pthread_create(&writer->thread, NULL, run, writer);
    if (failure != 0) {
        pthread_cond_destroy(&writer->wake);
        pthread_mutex_destroy(&writer->lock);
        free(writer);
        return assay__fail(err, ASSAY_ERROR_UNAVAILABLE, "Cannot start a thread: %s.",
                           strerror(failure));
    }
    *out = writer;
    return ASSAY_OK;
}

enum serve_queueing serve_writer_put(struct serve_writer *writer, struct serve_job *job)
{
    enum serve_queueing queueing = SERVE_QUEUED;
    pthread_mutex_lock(&writer->lock);
    if (writer->is_ending)
        queueing = SERVE_QUEUE_ENDED;
    else if (writer->waiting >= writer->waiting_max)
        queueing = SERVE_QUEUE_FULL;
    if (queueing == SERVE_QUEUED) {
        job->next = NULL;
        if (writer->last == NULL)
            writer->first = job;
        else
            writer->last->next = job;
        writer->last = job;
        writer->waiting++;
        pthread_cond_signal(&writer->wake);
    }
    pthread_mutex_unlock(&writer->lock);
    return queueing;
}

unsigned serve_writer_waiting(struct serve_writer *writer)
{
    pthread_mutex_lock(&writer->lock);
    unsigned waiting = writer->waiting;
    pthread_mutex_unlock(&writer->lock);
    return waiting;
}

bool serve_writer_is_well(struct serve_writer *writer)
{
    return !atomic_load(&writer->has_failed);
}

void serve_writer_end(struct serve_writer *writer)
{
    if (writer == NULL)
        return;
    pthread_mutex_lock(&writer->lock);
    writer->is_ending = true;
    pthread_cond_signal(&writer->wake);
    pthread_mutex_unlock(&writer->lock);
    pthread_join(writer->thread, NULL);
}

void serve_writer_free(struct serve_writer *writer)
{
    if (writer == NULL)
        return;
    serve_store_close(writer->store);
    pthread_cond_destroy(&writer->wake);
    pthread_mutex_destroy(&writer->lock);
    free(writer);
}
