/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where the targets let the library take memory: from one region, which is given up as a whole when
 * an input is done. AddressSanitizer watches it as it watches malloc(): the bytes around a block,
 * and a block that was released until the input is done, must not be touched. What is not released
 * by then is a leak. It takes half the time of malloc() under AddressSanitizer.
 */
#ifndef ASSAY_TESTS_FUZZ_MEMORY_H
#define ASSAY_TESTS_FUZZ_MEMORY_H

#include <sanitizer/asan_interface.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "assay/hooks.h"
#include "assay/memory.h"

enum { FUZZ_REGION_BYTES = 256 << 20, FUZZ_BLOCK_ALIGN = 16 };

static unsigned char *fuzz_region;
static atomic_size_t fuzz_region_used, fuzz_region_blocks;

static inline void *fuzz_memory_allocate(void *context, size_t size_bytes)
{
    (void)context;
    size_t whole = size_bytes / FUZZ_BLOCK_ALIGN * FUZZ_BLOCK_ALIGN + 2 * FUZZ_BLOCK_ALIGN;
    size_t at = atomic_fetch_add(&fuzz_region_used, whole);
    if (size_bytes > FUZZ_REGION_BYTES || at > FUZZ_REGION_BYTES - whole) {
        fprintf(stderr, "an input takes more than %d bytes\n", FUZZ_REGION_BYTES);
        abort();
    }
    atomic_fetch_add(&fuzz_region_blocks, 1);
    ASAN_UNPOISON_MEMORY_REGION(fuzz_region + at, size_bytes);
    return fuzz_region + at;
}

static inline void fuzz_memory_release(void *context, void *memory, size_t size_bytes)
{
    (void)context;
    (void)size_bytes;
    atomic_fetch_sub(&fuzz_region_blocks, 1);
    ASAN_POISON_MEMORY_REGION(memory, size_bytes);
}

/* From here on the thread's calls take memory from the region. */
static inline void fuzz_memory_begin(void)
{
    static const struct assay_allocator allocator = {.allocate = fuzz_memory_allocate,
                                                     .release = fuzz_memory_release};
    static const struct assay_hooks hooks = {.allocator = &allocator};
    if (fuzz_region == NULL) {
        /* Not by malloc(): LeakSanitizer would look for addresses in all of it. */
        fuzz_region = mmap(NULL, FUZZ_REGION_BYTES, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (fuzz_region == MAP_FAILED)
            abort();
        ASAN_POISON_MEMORY_REGION(fuzz_region, FUZZ_REGION_BYTES);
    }
    (void)assay_hooks_use(&hooks);
}

/* All that was made since fuzz_memory_begin() has been freed; texts that were handed over are not
 * of the region. */
static inline void fuzz_memory_end(void)
{
    (void)assay_hooks_use(NULL);
    if (fuzz_region_blocks != 0) {
        fprintf(stderr, "%zu blocks were not released\n", (size_t)fuzz_region_blocks);
        abort();
    }
    fuzz_region_used = 0;
}

#endif
