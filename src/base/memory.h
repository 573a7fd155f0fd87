/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_BASE_MEMORY_H
#define ASSAY_BASE_MEMORY_H

#include <stddef.h>

#include "assay/memory.h"

/**
 * The memory of the library: malloc() and its kin, from the allocator of the call or the thread
 * (see assay/hooks.h), or from the C library. Each block remembers where it came from, so that any
 * thread may resize or free it, under whatever hooks. All that is allocated below serve and cli
 * comes from here; make lint looks that nothing else does. A block of these and one of the C
 * library's must not be mixed up: free() of the one ends the process, assay__free() of the other
 * reads a wild pointer.
 */
void *assay__malloc(size_t size_bytes);
void *assay__calloc(size_t count, size_t size_bytes);
void *assay__realloc(void *memory, size_t size_bytes);
void assay__free(void *memory);
char *assay__strdup(const char *text);
char *assay__strndup(const char *text, size_t length);

/**
 * assay__memory_wish_huge() asks the system for huge pages in a block of megabytes that was not
 * touched yet. It may be refused, which changes nothing; a block of a host's allocator stays as it
 * is.
 */
void assay__memory_wish_huge(void *memory, size_t size_bytes);

/**
 * assay__memory_hand_over() makes a block one of the C library's, for a caller who frees it by
 * free() or assay_free(); size_bytes of it are kept. NULL without memory: then the block is freed.
 */
void *assay__memory_hand_over(void *memory, size_t size_bytes);

#endif
