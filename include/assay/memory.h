/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_MEMORY_H
#define ASSAY_MEMORY_H

#include <stddef.h>
#include <stdint.h>

#include "assay/export.h"

/**
 * struct assay_allocator: where the library takes memory, set by struct assay_hooks for a call, or
 * by assay_hooks_use() for the calls of a thread. Zero-initialised it is malloc(), realloc() and
 * free() of the C library.
 *
 * Each block remembers its allocator: it is resized and released by the allocator that gave it, in
 * whatever call and thread, and an object may hold blocks of several. So the struct must stay, as
 * it is, until all that was made under it is freed. Threads of one call, and threads that share or
 * free what was made, may use it at the same time: then the functions lock. They must not call the
 * library. What a sink or a callback makes meanwhile by other calls comes from it, too.
 *
 * Covered is all that libassay allocates itself (plans, tables, datasets, analyses, moments,
 * horizons, clients, and what a call needs on its way) and zlib. Not covered are
 * - texts that are handed over, which are the C library's (see assay_free()); a sink, as of
 *   assay_analysis_stream(), takes them without,
 * - trees and drafts of cJSON (cJSON_InitHooks()), libcurl (curl_global_init_mem()) and databases,
 *   whose hooks are of the whole process and are left to the program,
 * - zstd, iconv, Nettle, and the C library's own: streams, folders, patterns, threads.
 */
struct assay_allocator {
    /* size_bytes (never 0), aligned for any type; NULL when there is none: the call then returns
       ASSAY_ERROR_MEMORY. NULL: the C library, whatever the others are. */
    void *(*allocate)(void *context, size_t size_bytes);
    /* The block with another size, moved or not; NULL leaves it as it was. NULL: a new block, a
       copy and a release do it. */
    void *(*resize)(void *context, void *memory, size_t old_bytes, size_t size_bytes);
    /* Takes a block back, with the size it has. NULL: nothing is taken back, as where a region is
       given up as a whole. */
    void (*release)(void *context, void *memory, size_t size_bytes);
    void *context; /* the first argument of each */
    uint64_t reserved[4];
};

/**
 * assay_free() frees text that a function of the library handed over, where its description says
 * free(): the free() of the C library that libassay runs with, for languages and programs that have
 * another one. NULL is fine. Handles have a function of their own, such as assay_plan_free().
 */
ASSAY_API void assay_free(void *text);

#endif
