/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A row of integers of any length, one after the other in one piece of memory. */
#include "exact/exact_big.h"

#include <string.h>

#include "base/memory.h"

struct place {
    size_t start;
    uint32_t size;
    int32_t twos, fives;
    bool negative;
};

struct assay__big {
    uint32_t count;        /* numbers so far */
    size_t used, capacity; /* limbs */
    mp_limb_t *limbs;      /* behind the places, until there are too many */
    bool is_grown;
    struct place places[];
};

struct assay__big *assay__big_new(uint32_t count, const struct assay__big *before)
{
    size_t capacity = (before == NULL ? 0 : before->used) + 4 * (size_t)count;
    struct assay__big *row =
        assay__calloc(1, sizeof *row + count * sizeof *row->places + capacity * sizeof *row->limbs);
    if (row == NULL)
        return NULL;
    row->capacity = capacity;
    row->limbs = (mp_limb_t *)(void *)(row->places + count);
    return row;
}

void assay__big_free(struct assay__big *row)
{
    if (row == NULL)
        return;
    if (row->is_grown)
        assay__free(row->limbs);
    assay__free(row);
}

static bool reserve(struct assay__big *row, size_t limbs)
{
    if (limbs <= row->capacity - row->used)
        return true;
    size_t capacity = 2 * (row->used + limbs);
    mp_limb_t *grown = assay__calloc(capacity, sizeof *grown);
    if (grown == NULL)
        return false;
    memcpy(grown, row->limbs, row->used * sizeof *grown);
    if (row->is_grown)
        assay__free(row->limbs);
    row->limbs = grown;
    row->is_grown = true;
    row->capacity = capacity;
    return true;
}

bool assay__big_put(struct assay__big *row, const struct assay__exact *number)
{
    if (number->failed || !reserve(row, number->size))
        return false;
    struct assay__span value = assay__exact_span(number);
    memcpy(row->limbs + row->used, value.limbs, value.size * sizeof *value.limbs);
    row->places[row->count++] =
        (struct place){row->used, value.size, value.twos, value.fives, value.negative};
    row->used += value.size;
    return true;
}

struct assay__span assay__big_at(const struct assay__big *row, uint32_t index)
{
    const struct place *place = &row->places[index];
    return (struct assay__span){row->limbs + place->start, place->size, place->twos, place->fives,
                                place->negative};
}
