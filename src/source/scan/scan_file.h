/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_SCAN_SCAN_FILE_H
#define ASSAY_SOURCE_SCAN_SCAN_FILE_H

#include "analysis/dataset.h"
#include "source/csv/csv.h"
#include "source/scan/scan_layout.h"

/**
 * struct assay__scan_reader reads records the careful way: those that the fast way can't be sure
 * of. take() is called with one record at a time, never by two threads at once, in any order; what
 * it adds up must not depend on the order.
 */
struct assay__scan_reader {
    enum assay_status (*take)(void *context, const struct assay__csv *csv,
                              const struct assay__record *record, struct assay_error *err);
    void *context;
};

/**
 * assay__scan_file() reads an open table to its end into a dataset. Chunks of whole records go to
 * thread_count threads, each with sums of its own; the sums are exact, so that their order decides
 * nothing. An error is the one of the file's first bad record, whatever the threads do.
 *
 * @thread_count  1 .. ASSAY_THREADS_MAX; the calling thread is one of them
 * @words         [variable_count]: gets bit 0 of variables of which a cell was read the fast way
 * @rows_used     rows that were added the fast way are added to it; the careful reader counts its
 *                own
 */
enum assay_status assay__scan_file(struct assay__csv *csv, const struct assay__scan_layout *layout,
                                   struct assay_dataset *dataset, uint32_t thread_count,
                                   const struct assay__scan_reader *careful, uint32_t *words,
                                   uint64_t *rows_used, struct assay_error *err);

/** assay__scan_threads() is the number of threads for a wish: 0 is what the process may use. */
uint32_t assay__scan_threads(uint32_t wish);

#endif
