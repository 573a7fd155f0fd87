/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_CLI_HEAP_H
#define ASSAY_CLI_HEAP_H

/**
 * heap_prepare() makes the heap of malloc() fit for much data: one for all threads, so that what a
 * thread that reads has freed serves the analysis, and in huge pages behind the first few MiB,
 * where the system offers them. Once is enough; threads: before there are several.
 */
void heap_prepare(void);

#endif
