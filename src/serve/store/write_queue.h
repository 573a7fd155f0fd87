/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SERVE_STORE_WRITE_QUEUE_H
#define ASSAY_SERVE_STORE_WRITE_QUEUE_H

#include "serve/serve_log.h"
#include "serve/store/store.h"

/**
 * struct serve_job is one change to make. The caller owns it and leaves it alone until done() is
 * called, on the writer's thread, with outcome set: then the change is on disk (or was refused).
 */
struct serve_job {
    enum { SERVE_JOB_INSERT, SERVE_JOB_DELETE } kind;
    struct serve_record record;       /* INSERT; of a DELETE its place */
    struct serve_condition condition; /* DELETE */
    enum serve_outcome outcome;
    void (*done)(struct serve_job *job);
    void *context;
    struct serve_job *next; /* the writer's */
};

/**
 * struct serve_writer makes changes on one thread, many per commit: while a commit waits for the
 * disk, the next changes gather.
 */
struct serve_writer;

/** serve_writer_start() takes the store over. waiting_max: changes that may wait. The log is told
 * when storing begins to fail and when it goes on; NULL for none. */
enum assay_status serve_writer_start(struct serve_store *store, unsigned waiting_max,
                                     struct serve_log *log, struct serve_writer **out,
                                     struct assay_error *err);

/** serve_writer_put() queues a job, unless too many wait or the writer has ended. */
enum serve_queueing { SERVE_QUEUED, SERVE_QUEUE_FULL, SERVE_QUEUE_ENDED };
enum serve_queueing serve_writer_put(struct serve_writer *writer, struct serve_job *job);

/** serve_writer_waiting() is how many jobs wait; serve_writer_is_well(): no batch failed, or as
 * much could be stored since, which the writer tries every three seconds. */
unsigned serve_writer_waiting(struct serve_writer *writer);
bool serve_writer_is_well(struct serve_writer *writer);

/** serve_writer_end() makes all changes that wait and ends the thread; NULL is fine. */
void serve_writer_end(struct serve_writer *writer);

/** serve_writer_free() closes the store of a writer that has ended; NULL is fine. */
void serve_writer_free(struct serve_writer *writer);

#endif
