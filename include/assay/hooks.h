/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_HOOKS_H
#define ASSAY_HOOKS_H

#include <stdbool.h>
#include <stdint.h>

#include "assay/export.h"
#include "assay/memory.h"

/** enum assay_log_level of messages and of delivery events. */
enum assay_log_level { ASSAY_LOG_DEBUG, ASSAY_LOG_INFO, ASSAY_LOG_WARNING, ASSAY_LOG_ERROR };

/** struct assay_progress: how far a call has come. */
struct assay_progress {
    const char *stage; /* stable id: "read" (done: bytes, or rows of tables in memory), "units",
                          "caps" (done: values that are pooled, then sorted), "merge" (done: rows of
                          sums, or slices), "analyze" (done: results), "deliver" (done: attempts) */
    uint64_t done;
    uint64_t total; /* 0: not known */
    uint64_t rows;  /* "read": of files so far, as lines of plain ones; 0: not known */
    uint64_t reserved[3];
};

/**
 * struct assay_hooks: how a caller follows a long call and ends it. Zero-initialised it does
 * nothing. A call that takes it keeps it until it returns, a client until it is freed; its
 * allocator is kept longer.
 *
 * Reading, merging, analyzing, writing and delivering look at cancel and deadline every 100 ms or
 * sooner, while they wait for a pipe or a server, too; not while a function of the caller's runs. A
 * call that is ended returns ASSAY_ERROR_CANCELLED, whose exit code is 75: the same call may
 * succeed later. What it was filling (a dataset) can only be freed; a result in an outbox stays
 * there.
 *
 * The functions are called one at a time and must not use the objects of the call. While files or
 * streams are read by several threads they may run in any of these: with threads = 1 of struct
 * assay_read_options, and everywhere else, they run in the thread that made the call.
 */
struct assay_hooks {
    /* Ends the call when it becomes other than 0: set it from any thread or signal handler, by an
       atomic store where the compiler is to see no race. NULL: none. */
    const int *cancel;
    /* From the beginning of each call; 0: none; below 0: it has passed already. */
    double deadline_seconds;
    /* Hears how far the call is, at the beginning of each stage and then at most every 50 ms; false
       ends the call. NULL: none. */
    bool (*progress)(void *context, const struct assay_progress *progress);
    /* Hears what is done, a sentence at a time: tables that are read, and remarks. NULL: none. */
    void (*log)(void *context, enum assay_log_level level, const char *message);
    void *context; /* the first argument of both */
    /* Gives the memory of what the call makes, and of what it needs; see assay/memory.h. It is kept
       until all that is freed. NULL: that of the thread's hooks, or else the C library. */
    const struct assay_allocator *allocator;
    uint64_t reserved[7];
};

/**
 * assay_hooks_use() makes hooks those of the calling thread: of its calls that take no hooks
 * (assay_sums_merge(), assay_tables_merge(), assay_dataset_merge(), assay_dataset_summarize(),
 * assay_analysis_write(), assay_request_write(), assay_document_from_files() and their kin) and of
 * those that are given none. A document has one deadline for all of its steps. NULL: none, as at
 * first. It returns the hooks of the thread until then, so that a function which sets some can put
 * the former ones back. They stay in use, and must stay as they are, until that. Threads: other
 * threads are not touched.
 */
ASSAY_API const struct assay_hooks *assay_hooks_use(const struct assay_hooks *hooks);

#endif
