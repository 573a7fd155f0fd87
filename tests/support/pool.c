/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An allocator whose blocks know their size and pool, and are overwritten when they go back. */
#include "pool.h"

#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

struct head {
    alignas(max_align_t) struct pool *pool;
    size_t size;
};

static bool may_allocate(struct pool *pool)
{
    return atomic_fetch_add(&pool->calls, 1) != pool->fails_at;
}

static struct head *head_of(struct pool *pool, void *memory, size_t size)
{
    struct head *head = (struct head *)memory - 1;
    if (head->pool != pool || head->size != size)
        atomic_fetch_add(&pool->errors, 1);
    return head;
}

static void *allocate(void *context, size_t size)
{
    struct pool *pool = context;
    struct head *head = may_allocate(pool) ? malloc(sizeof *head + size) : NULL;
    if (size == 0)
        atomic_fetch_add(&pool->errors, 1);
    if (head == NULL)
        return NULL;
    *head = (struct head){pool, size};
    memset(head + 1, 0x5a, size);
    atomic_fetch_add(&pool->blocks, 1);
    long bytes = atomic_fetch_add(&pool->bytes, (long)size) + (long)size;
    long most = atomic_load(&pool->most);
    while (bytes > most && !atomic_compare_exchange_weak(&pool->most, &most, bytes))
        continue;
    return head + 1;
}

static void release(void *context, void *memory, size_t size)
{
    struct pool *pool = context;
    struct head *head = head_of(pool, memory, size);
    memset(head + 1, 0xa5, head->size);
    atomic_fetch_sub(&pool->bytes, (long)head->size);
    free(head);
    atomic_fetch_sub(&pool->blocks, 1);
}

/* Always elsewhere. */
static void *resize(void *context, void *memory, size_t before, size_t size)
{
    struct head *head = head_of(context, memory, before);
    void *moved = allocate(context, size);
    if (moved == NULL)
        return NULL;
    memcpy(moved, memory, head->size < size ? head->size : size);
    release(context, memory, before);
    return moved;
}

void pool_init(struct pool *pool, int without_resize)
{
    *pool = (struct pool){.allocator = {.allocate = allocate,
                                        .resize = without_resize ? NULL : resize,
                                        .release = release,
                                        .context = pool},
                          .fails_at = -1};
}
