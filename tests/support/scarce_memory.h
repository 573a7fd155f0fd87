/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Memory that runs out. A test program includes this in its one file: its calloc() and realloc(),
 * from which arenas, texts and libcurl take their memory, stand before the C library's.
 */
#ifndef ASSAY_TESTS_SCARCE_MEMORY_H
#define ASSAY_TESTS_SCARCE_MEMORY_H

#include <errno.h>
#include <malloc.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/**
 * allocations_left is how many allocations of this thread still succeed, -1 for all. Then one
 * fails, when only_one_fails, or all do.
 */
static _Thread_local long allocations_left = -1;
static bool only_one_fails;

static bool may_allocate(void)
{
    if (allocations_left < 0)
        return true;
    if (allocations_left > 0) {
        allocations_left--;
        return true;
    }
    if (only_one_fails)
        allocations_left = -1;
    errno = ENOMEM;
    return false;
}

/* Seen by shared libraries as well: strdup(), cJSON, libcurl. */
#pragma GCC visibility push(default)
void *realloc(void *memory, size_t size)
{
    if (!may_allocate())
        return NULL;
    void *moved = malloc(size);
    if (moved != NULL && memory != NULL) {
        size_t old = malloc_usable_size(memory);
        memcpy(moved, memory, old < size ? old : size);
        free(memory);
    }
    return moved;
}

void *calloc(size_t count, size_t size)
{
    if (!may_allocate() || (size != 0 && count > SIZE_MAX / size))
        return NULL;
    volatile size_t bytes = count * size; /* or a compiler sees calloc() in these two calls */
    void *memory = malloc(bytes == 0 ? 1 : bytes);
    return memory == NULL ? NULL : memset(memory, 0, bytes);
}

#pragma GCC visibility pop

#endif
