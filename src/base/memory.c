/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory from the allocator of a call or thread, which each block remembers. */
#include "base/memory.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/halt.h"

/*
 * What stands before a block; it keeps blocks aligned for any type. An allocator handed from
 * function to function would reach each of the library's zero-initialised texts, arenas and lists;
 * two words a block cost less, and objects that outlive a call need nothing. (zstd, yyjson and Lua
 * keep it in each object; SQLite has one for the process, and a word a block for the size.)
 *
 * The allocator is last: free() of the C library takes the word before a block for its own size,
 * and ends the process when it finds a pointer or 0 there.
 */
struct origin {
    _Alignas(max_align_t) size_t size_bytes; /* with this head */
    const struct assay_allocator *allocator; /* NULL: the C library */
};

/* AddressSanitizer, which knows nothing of heads, is told that they are nobody else's. */
#ifndef __has_feature /* gcc */
#define __has_feature(name) 0
#endif
#if defined __SANITIZE_ADDRESS__ || __has_feature(address_sanitizer)
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(memory, size) ((void)(memory))
#define ASAN_UNPOISON_MEMORY_REGION(memory, size) ((void)(memory))
#endif

/* The head of a block, which can be read from here on. */
static struct origin *head_of(void *memory)
{
    struct origin *origin = (struct origin *)memory - 1;
    ASAN_UNPOISON_MEMORY_REGION(origin, sizeof *origin);
    return origin;
}

void assay_free(void *text)
{
    free(text);
}

/* NULL: the C library. */
static const struct assay_allocator *current(void)
{
    const struct assay_allocator *allocator = assay__allocator_now();
    return allocator != NULL && allocator->allocate != NULL ? allocator : NULL;
}

static void *begin(struct origin *origin, const struct assay_allocator *allocator, size_t size)
{
    if (origin == NULL)
        return NULL;
    *origin = (struct origin){size, allocator};
    ASAN_POISON_MEMORY_REGION(origin, sizeof *origin);
    return origin + 1;
}

static bool add_head(size_t *size)
{
    return !__builtin_add_overflow(*size, sizeof(struct origin), size);
}

static void *ask(const struct assay_allocator *allocator, size_t size)
{
    return begin(allocator->allocate(allocator->context, size), allocator, size);
}

void *assay__malloc(size_t size_bytes)
{
    const struct assay_allocator *allocator = current();
    if (!add_head(&size_bytes))
        return NULL;
    return allocator != NULL ? ask(allocator, size_bytes)
                             : begin(malloc(size_bytes), NULL, size_bytes);
}

void *assay__calloc(size_t count, size_t size_bytes)
{
    const struct assay_allocator *allocator = current();
    size_t size;
    if (__builtin_mul_overflow(count, size_bytes, &size) || !add_head(&size))
        return NULL;
    if (allocator == NULL) /* of a large block the system's zeros are not touched */
        return begin(calloc(1, size), NULL, size);
    void *memory = ask(allocator, size);
    return memory == NULL ? NULL : memset(memory, 0, size - sizeof(struct origin));
}

/* By allocator, which may not know how to resize; both sizes are with the head. */
static void *resize(struct origin *origin, const struct assay_allocator *allocator, size_t size)
{
    size_t before = origin->size_bytes;
    if (allocator->resize != NULL)
        return begin(allocator->resize(allocator->context, origin, before, size), allocator, size);
    struct origin *moved = allocator->allocate(allocator->context, size);
    if (moved == NULL)
        return NULL;
    memcpy(moved, origin, before < size ? before : size);
    assay__free(origin + 1);
    return begin(moved, allocator, size);
}

void *assay__realloc(void *memory, size_t size_bytes)
{
    struct origin *origin = memory == NULL ? NULL : head_of(memory);
    const struct assay_allocator *allocator = origin == NULL ? current() : origin->allocator;
    if (!add_head(&size_bytes))
        return NULL;
    if (allocator == NULL)
        return begin(realloc(origin, size_bytes), NULL, size_bytes);
    return origin == NULL ? ask(allocator, size_bytes) : resize(origin, allocator, size_bytes);
}

void assay__free(void *memory)
{
    if (memory == NULL)
        return;
    struct origin *origin = head_of(memory);
    const struct assay_allocator *allocator = origin->allocator;
    if (allocator == NULL)
        free(origin);
    else if (allocator->release != NULL)
        allocator->release(allocator->context, origin, origin->size_bytes);
}

char *assay__strdup(const char *text)
{
    return assay__strndup(text, strlen(text));
}

char *assay__strndup(const char *text, size_t length)
{
    length = strnlen(text, length);
    char *copy = assay__malloc(length + 1);
    if (copy == NULL)
        return NULL;
    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

#ifdef MADV_HUGEPAGE
void assay__memory_wish_huge(void *memory, size_t size_bytes)
{
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    unsigned char *from = memory, *to = from + size_bytes;
    struct origin *origin = head_of(memory);
    bool is_host = origin->allocator != NULL;
    ASAN_POISON_MEMORY_REGION(origin, sizeof *origin);
    if (is_host) /* what that is is for the host to know */
        return;
    from += -(uintptr_t)from & (page - 1);
    to -= (uintptr_t)to & (page - 1);
    if (from < to)
        (void)madvise(from, (size_t)(to - from), MADV_HUGEPAGE);
}
#else
void assay__memory_wish_huge(void *memory, size_t size_bytes)
{
    (void)memory;
    (void)size_bytes;
}
#endif

void *assay__memory_hand_over(void *memory, size_t size_bytes)
{
    struct origin *origin = head_of(memory);
    if (origin->allocator == NULL)
        return memmove(origin, memory, size_bytes);
    void *bare = malloc(size_bytes);
    if (bare != NULL)
        memcpy(bare, memory, size_bytes);
    assay__free(memory);
    return bare;
}
