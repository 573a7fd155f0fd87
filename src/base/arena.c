/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory that is taken in small pieces and given back all at once. */
#include "base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_BYTES = 64 * 1024 };

struct assay__arena_block {
    struct assay__arena_block *next;
    size_t used, size;
    max_align_t data[];
};

static struct assay__arena_block *block_new(size_t size)
{
    if (size > SIZE_MAX - sizeof(struct assay__arena_block))
        return NULL;
    struct assay__arena_block *block = calloc(1, sizeof *block + size);
    if (block != NULL)
        block->size = size;
    return block;
}

void *assay__arena_alloc(struct assay__arena *arena, size_t size_bytes)
{
    const size_t align = _Alignof(max_align_t);
    if (size_bytes > SIZE_MAX - align)
        return NULL;
    size_t want = size_bytes == 0 ? align : (size_bytes + align - 1) / align * align;
    struct assay__arena_block *top = arena->blocks;
    if (top == NULL || top->size - top->used < want) {
        struct assay__arena_block *block = block_new(want > BLOCK_BYTES ? want : BLOCK_BYTES);
        if (block == NULL)
            return NULL;
        block->next = top;
        arena->blocks = block;
        top = block;
    }
    void *result = (char *)top->data + top->used;
    top->used += want;
    return result;
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
    char *copy = assay__arena_alloc(arena, length + 1);
    if (copy != NULL && length > 0)
        memcpy(copy, text, length);
    return copy;
}

char *assay__arena_format(struct assay__arena *arena, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *text = length < 0 ? NULL : assay__arena_alloc(arena, (size_t)length + 1);
    if (text != NULL)
        vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return text;
}

void assay__arena_release(struct assay__arena *arena)
{
    struct assay__arena_block *block = arena->blocks;
    while (block != NULL) {
        struct assay__arena_block *next = block->next;
        free(block);
        block = next;
    }
    arena->blocks = NULL;
}
