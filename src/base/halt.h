/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_BASE_HALT_H
#define ASSAY_BASE_HALT_H

#include "assay/hooks.h"
#include "base/error.h"

/**
 * struct assay__halt is what a long call asks whether to go on. Any thread may ask; reports of
 * progress are for the thread of the call. Everywhere NULL stands for a call without hooks.
 */
struct assay__halt {
    const struct assay_hooks *hooks;  /* NULL: nobody ends the call */
    int64_t deadline_ns;              /* monotonic; 0: none */
    int64_t reported_ns;              /* of the last report */
    const char *stage;                /* that it was of; NULL: there was none */
    uint64_t rows;                    /* of files, for reports; not two threads at a time */
    const struct assay__halt *around; /* of the call in which this one is made; NULL: none */
    const struct assay_allocator *allocator_before; /* of the thread's call around this one */
};

/**
 * assay__halt_begin() begins a call; with hooks NULL those of the thread hold, if it has some, and
 * the deadline of a call around this one that they hold for. Until assay__halt_end(), in the same
 * thread, memory comes from the allocator of the hooks.
 */
void assay__halt_begin(struct assay__halt *halt, const struct assay_hooks *hooks);
void assay__halt_end(const struct assay__halt *halt);

/** assay__allocator_now() is where the thread takes memory; NULL, or zeros: the C library. */
const struct assay_allocator *assay__allocator_now(void);

/**
 * assay__allocator_lend() lets a thread that works for a call take memory where the call does; NULL
 * is what the thread itself has. Returns what it was lent before.
 */
const struct assay_allocator *assay__allocator_lend(const struct assay_allocator *allocator);

/** assay__halt_check() is ASSAY_ERROR_CANCELLED when the call is to end. Costs some 30 ns. */
enum assay_status assay__halt_check(const struct assay__halt *halt, struct assay_error *err);

/**
 * assay__halt_progress() checks, and reports how far the call is when it is time to: at the first
 * report of a stage it is.
 */
enum assay_status assay__halt_progress(struct assay__halt *halt, const char *stage, uint64_t done,
                                       uint64_t total, struct assay_error *err);

/** assay__halt_rows() counts rows that were read, for the reports to come. */
void assay__halt_rows(struct assay__halt *halt, uint64_t count);

/** assay__halt_log() says a sentence. */
void assay__halt_log(const struct assay__halt *halt, enum assay_log_level level, const char *format,
                     ...) ASSAY__PRINTF(3, 4);

#endif
