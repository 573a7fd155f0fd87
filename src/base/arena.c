/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory that is taken in small pieces and given back all at once. */
#include "base/arena.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"

enum {
    BLOCK_BYTES_MIN = 4 * 1024, /* of the first block; each later one is twice as large */
    BLOCK_BYTES_MAX = 64 * 1024 /* up to this: a few small pieces touch few pages */
};

struct assay__arena_block {
    struct assay__arena_block *next;
    size_t used, size;
    max_align_t data[];
};

/* A block of its own for one large piece: the system zeroes it, page by page when used. */
static bool is_own(size_t size)
{
    return size > BLOCK_BYTES_MAX;
}

/* A block for want bytes behind top. The pieces of blocks that are shared are zeroed one by one. */
static struct assay__arena_block *block_new(struct assay__arena_block *top, size_t want)
{
    size_t size = top == NULL ? BLOCK_BYTES_MIN : 2 * top->size;
    if (size > BLOCK_BYTES_MAX)
        size = BLOCK_BYTES_MAX;
    if (size < want)
        size = want;
    if (size > SIZE_MAX - sizeof *top)
        return NULL;
    struct assay__arena_block *block =
        is_own(size) ? assay__calloc(1, sizeof *block + size) : assay__malloc(sizeof *block + size);
    if (block == NULL)
        return NULL;
    block->next = top;
    block->used = 0;
    block->size = size;
    return block;
}

/* What a piece takes of a block; 0 when that is more than there can be. */
static inline size_t taken(size_t size_bytes)
{
    const size_t align = _Alignof(max_align_t);
    return (size_bytes + (size_bytes == 0) + align - 1) & ~(align - 1);
}

/* A piece of the last block, which may hold anything; NULL where it has no room. */
static inline void *take(struct assay__arena *arena, size_t size_bytes)
{
    struct assay__arena_block *top = arena->blocks;
    size_t want = taken(size_bytes);
    if (top == NULL || want - 1 >= top->size - top->used) /* 0 wraps round */
        return NULL;
    void *result = (char *)top->data + top->used;
    top->used += want;
    return result;
}

/* The first piece of a new block; *is_zeroed says whether it is zeroed. */
static void *take_first(struct assay__arena *arena, size_t size_bytes, bool *is_zeroed)
{
    size_t want = taken(size_bytes);
    struct assay__arena_block *top = want == 0 ? NULL : block_new(arena->blocks, want);
    if (top == NULL)
        return NULL;
    arena->blocks = top;
    *is_zeroed = is_own(top->size);
    return take(arena, size_bytes);
}

static void *alloc_first(struct assay__arena *arena, size_t size_bytes)
{
    bool is_zeroed;
    void *piece = take_first(arena, size_bytes, &is_zeroed);
    return piece == NULL || is_zeroed ? piece : memset(piece, 0, size_bytes);
}

void *assay__arena_alloc(struct assay__arena *arena, size_t size_bytes)
{
    /* A block that was zeroed is full: a piece of the last block is not. */
    void *piece = take(arena, size_bytes);
    return piece == NULL ? alloc_first(arena, size_bytes) : memset(piece, 0, size_bytes);
}

void *assay__arena_take(struct assay__arena *arena, size_t size_bytes)
{
    bool is_zeroed;
    void *piece = take(arena, size_bytes);
    return piece == NULL ? take_first(arena, size_bytes, &is_zeroed) : piece;
}

void *assay__arena_array(struct assay__arena *arena, size_t count, size_t size_bytes)
{
    if (size_bytes != 0 && count > SIZE_MAX / size_bytes)
        return NULL;
    return assay__arena_alloc(arena, count * size_bytes);
}

char *assay__arena_copy(struct assay__arena *arena, const char *text, size_t length)
{
    if (length == SIZE_MAX)
        return NULL;
    char *copy = assay__arena_take(arena, length + 1);
    if (copy == NULL)
        return NULL;
    if (length > 0)
        memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

char *assay__arena_format(struct assay__arena *arena, const char *format, ...)
{
    char small[256]; /* most texts are short: they are printed once */
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(small, sizeof small, format, arguments);
    va_end(arguments);
    bool is_small = length >= 0 && (size_t)length < sizeof small;
    char *text = is_small     ? assay__arena_copy(arena, small, (size_t)length)
                 : length < 0 ? NULL
                              : assay__arena_alloc(arena, (size_t)length + 1);
    if (text != NULL && !is_small)
        vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return text;
}

void assay__arena_move(struct assay__arena *into, struct assay__arena *from)
{
    struct assay__arena_block *last = from->blocks;
    if (last == NULL)
        return;
    while (last->next != NULL)
        last = last->next;
    last->next = into->blocks;
    into->blocks = from->blocks;
    from->blocks = NULL;
}

void assay__arena_release(struct assay__arena *arena)
{
    struct assay__arena_block *block = arena->blocks;
    while (block != NULL) {
        struct assay__arena_block *next = block->next;
        assay__free(block);
        block = next;
    }
    arena->blocks = NULL;
}
