/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A sort of many items that its caller can end: blocks by qsort(), then merged pass by pass. */
#include "base/sort.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* Items between two questions whether to go on: less than a millisecond of comparisons. */
enum { BLOCK = 4096 };

struct sorting {
    size_t count, size;
    int (*compare)(const void *a, const void *b);
    struct assay__halt *halt;
    const char *stage;
    uint64_t done; /* items that were moved, in all passes */
};

static enum assay_status report(struct sorting *sorting, size_t moved, struct assay_error *err)
{
    sorting->done += moved;
    return assay__halt_progress(sorting->halt, sorting->stage, sorting->done, 0, err);
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static enum assay_status sort_blocks(struct sorting *sorting, char *items, struct assay_error *err)
{
    enum assay_status status = ASSAY_OK;
    for (size_t begin = 0; status == ASSAY_OK && begin < sorting->count; begin += BLOCK) {
        size_t count = least(BLOCK, sorting->count - begin);
        qsort(items + begin * sorting->size, count, sorting->size, sorting->compare);
        status = report(sorting, count, err);
    }
    return status;
}

/* Merges from[begin .. middle) and from[middle .. end) to the same places of to. */
static enum assay_status merge_runs(struct sorting *sorting, const char *from, char *to,
                                    const size_t bounds[3], struct assay_error *err)
{
    size_t size = sorting->size, a = bounds[0], b = bounds[1];
    for (size_t at = bounds[0]; at < bounds[2]; at++) {
        bool takes_first =
            b == bounds[2] ||
            (a < bounds[1] && sorting->compare(from + a * size, from + b * size) <= 0);
        memcpy(to + at * size, from + (takes_first ? a : b) * size, size);
        *(takes_first ? &a : &b) += 1;
        if (at % BLOCK == 0) {
            enum assay_status status = report(sorting, BLOCK, err);
            if (status != ASSAY_OK)
                return status;
        }
    }
    return ASSAY_OK;
}

/* Merges pairs of runs of a length until one run is left; *sorted is where that lies. */
static enum assay_status merge_all(struct sorting *sorting, char *items, char *room, char **sorted,
                                   struct assay_error *err)
{
    enum assay_status status = ASSAY_OK;
    char *from = items, *to = room;
    for (size_t length = BLOCK; status == ASSAY_OK && length < sorting->count; length *= 2) {
        for (size_t begin = 0; status == ASSAY_OK && begin < sorting->count; begin += 2 * length) {
            const size_t bounds[3] = {begin, least(begin + length, sorting->count),
                                      least(begin + 2 * length, sorting->count)};
            status = merge_runs(sorting, from, to, bounds, err);
        }
        char *swap = from;
        from = to;
        to = swap;
    }
    *sorted = from;
    return status;
}

enum assay_status assay__sort(void *items, size_t count, size_t size_bytes,
                              int (*compare)(const void *a, const void *b),
                              struct assay__halt *halt, const char *stage, struct assay_error *err)
{
    struct sorting sorting = {count, size_bytes, compare, halt, stage, 0};
    enum assay_status status = count < 2 ? ASSAY_OK : sort_blocks(&sorting, items, err);
    if (status != ASSAY_OK || count <= BLOCK)
        return status;
    char *room = assay__malloc(count * size_bytes), *sorted = items;
    if (room == NULL)
        return assay__fail_memory(err);
    status = merge_all(&sorting, items, room, &sorted, err);
    for (size_t i = 0; status == ASSAY_OK && sorted != items && i < count; i += BLOCK) {
        size_t moved = least(BLOCK, count - i);
        memcpy((char *)items + i * size_bytes, sorted + i * size_bytes, moved * size_bytes);
        status = report(&sorting, moved, err);
    }
    assay__free(room);
    return status;
}
