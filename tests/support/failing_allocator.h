/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The whole allocator fails on command, in front of the C library's or a sanitizer's. A test
 * program includes this in its one file. scarce_memory.h fails calloc() and realloc() alone, thread
 * by thread.
 */
#ifndef ASSAY_TESTS_FAILING_ALLOCATOR_H
#define ASSAY_TESTS_FAILING_ALLOCATOR_H

#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

/* The allocator's functions count, and fail on command; -1 never fails. */
static long allocations_left = -1;

static bool may_allocate(void)
{
    if (allocations_left > 0)
        allocations_left--;
    if (allocations_left == 0)
        errno = ENOMEM; /* or pthread_create() finds fault with the allocator */
    return allocations_left != 0;
}

/* The next allocator in line, which is the sanitizer's where there is one. */
static void *next_function(const char *name)
{
    void *function = dlsym(RTLD_NEXT, name);
    if (function == NULL)
        _exit(EXIT_FAILURE);
    return function;
}

/* Seen by shared libraries as well: strdup(), cJSON, libcurl. */
#pragma GCC visibility push(default)
void *malloc(size_t size)
{
    static void *(*next)(size_t);
    if (next == NULL)
        *(void **)&next = next_function("malloc");
    return may_allocate() ? next(size) : NULL;
}

void *calloc(size_t count, size_t size)
{
    static void *(*next)(size_t, size_t);
    if (next == NULL)
        *(void **)&next = next_function("calloc");
    return may_allocate() ? next(count, size) : NULL;
}

void *realloc(void *memory, size_t size)
{
    static void *(*next)(void *, size_t);
    if (next == NULL)
        *(void **)&next = next_function("realloc");
    return may_allocate() ? next(memory, size) : NULL;
}

#pragma GCC visibility pop

#endif
