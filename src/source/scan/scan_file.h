/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_SCAN_SCAN_FILE_H
#define ASSAY_SOURCE_SCAN_SCAN_FILE_H

#include "analysis/dataset.h"
#include "source/csv/csv.h"
#include "source/scan/scan_batch.h"

/**
 * struct assay__scan_reader reads records the careful way: those that the fast way can't be sure
 * of. take() is called with one record at a time, never by two threads at once, in any order; what
 * it adds up must not depend on the order.
 */
struct assay__scan_reader {
    enum assay_status (*take)(void *context, const struct assay__rows *rows,
                              const struct assay__record *record, struct assay_error *err);
    void *context;
};

/**
 * assay__scan_file() reads an open table to its end, into a dataset or a gather. Chunks of whole
 * records go to thread_count threads, each with sums of its own; the sums are exact, so that their
 * order decides nothing. An error is the one of the file's first bad record, whatever the threads
 * do.
 *
 * @target        lock and lock_context are set here
 * @thread_count  1 .. ASSAY_THREADS_MAX; the calling thread is one of them
 * @words         [variables, then channels]: gets bit 0 where a cell was read the fast way, and the
 *                bits of assay__row_points()
 * @counts        of rows that were read the fast way; the careful reader counts its own
 */
enum assay_status assay__scan_file(struct assay__csv *csv, const struct assay__scan_layout *layout,
                                   const struct assay__scan_target *target, uint32_t thread_count,
                                   const struct assay__scan_reader *careful, uint32_t *words,
                                   struct assay__scan_counts *counts, struct assay_error *err);

/** assay__scan_threads() is the number of threads for a wish: 0 is what the process may use. */
uint32_t assay__scan_threads(uint32_t wish);

#endif
