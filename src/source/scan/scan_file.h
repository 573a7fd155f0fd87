/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_SCAN_SCAN_FILE_H
#define ASSAY_SOURCE_SCAN_SCAN_FILE_H

#include "analysis/dataset.h"
#include "source/csv/csv.h"
#include "source/scan/scan_batch.h"

/**
 * assay__scan_file() reads an open table to its end, into a dataset or a gather. Chunks of whole
 * records go to thread_count threads, each with sums of its own; the sums are exact, so that their
 * order decides nothing. An error is the one of the file's first bad record, whatever the threads
 * do. When a column turns out to have words of two kinds the rest is not read; the caller asks for
 * that, and compares its place with the error's.
 *
 * @target        its lock is set here; the careful reader notes spellings of its own
 * @thread_count  1 .. ASSAY_THREADS_MAX; the calling thread is one of them
 * @counts        of rows that were read the fast way; the careful reader counts its own
 */
enum assay_status assay__scan_file(struct assay__csv *csv, const struct assay__scan_layout *layout,
                                   const struct assay__scan_target *target, uint32_t thread_count,
                                   struct assay__scan_counts *counts, struct assay_error *err);

/** assay__scan_threads() is the number of threads for a wish: 0 is what the process may use. */
uint32_t assay__scan_threads(uint32_t wish);

#endif
