/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The heap of a command that reads data. Touching 4 KiB for the first time costs as much as a
 * comparison, and in a virtual machine several times that: so the heap grows at once by more than
 * most data need, which takes addresses but no memory, and asks for huge pages there.
 */
#include "cli/heap.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#if defined(__GLIBC__) && defined(MADV_HUGEPAGE)

#include <malloc.h>

enum {
    MIB = 1024 * 1024,
    SMALL = 4 * MIB, /* this much stays in small pages: few data take little memory */
    MOST = 256 * MIB,
    PIECES = 16,
    PIECE = 64 * 1024 /* less than what malloc() maps apart */
};

/* By malloc() itself, which takes MOST more than it needs when its heap is full. Where the system
 * refuses, it stays as it was. */
static void grow(void)
{
    void *pieces[PIECES];
    int count = 0;
    const char *end = sbrk(0);
    mallopt(M_TOP_PAD, MOST);
    do
        pieces[count] = malloc(PIECE);
    while (pieces[count++] != NULL && count < PIECES && (const char *)sbrk(0) == end);
    mallopt(M_TOP_PAD, SMALL);
    mallopt(M_TRIM_THRESHOLD, MOST + SMALL);
    while (count > 0)
        free(pieces[--count]);
}

void heap_prepare(void)
{
    static bool is_prepared;
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    if (is_prepared)
        return;
    is_prepared = true;
    mallopt(M_ARENA_MAX, 1);
    uintptr_t from = (uintptr_t)sbrk(0);
    grow();
    uintptr_t to = (uintptr_t)sbrk(0) & ~(page - 1);
    from = (from + SMALL + page - 1) & ~(page - 1);
    if (to > from)
        (void)madvise((void *)from, to - from, MADV_HUGEPAGE); /* may be refused */
}

#else

void heap_prepare(void)
{
}

#endif
