/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Moments as a collection of blocks, one for every pattern of missing covariates. */
#include "assay/moments.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "exact/exact_kernel.h"
#include "stats/moments_block.h"

typedef struct assay__block block_t;

/* From an arena, or with NULL a block of their own. */
static enum assay_status make(struct assay__arena *arena, struct assay_moments_shape shape,
                              struct assay_moments **out, struct assay_error *err)
{
    if (shape.has_denominator > 1 || shape.covariate_count > ASSAY_COVARIATES_MAX)
        return assay__fail(err, ASSAY_ERROR_DOMAIN,
                           "Moments take 0 or 1 denominator and at most %d covariates, not %u "
                           "and %u.",
                           (int)ASSAY_COVARIATES_MAX, (unsigned)shape.has_denominator,
                           (unsigned)shape.covariate_count);
    size_t size = sizeof(struct assay_moments) + assay__block_bytes(shape, 0);
    struct assay_moments *moments =
        arena == NULL ? assay__calloc(1, size) : assay__arena_alloc(arena, size);
    if (moments == NULL)
        return assay__fail_memory(err);
    moments->shape = shape;
    moments->is_lent = arena != NULL;
    *out = moments;
    return ASSAY_OK;
}

enum assay_status assay_moments_new(struct assay_moments_shape shape, struct assay_moments **out,
                                    struct assay_error *err)
{
    return make(NULL, shape, out, err);
}

enum assay_status assay__moments_new_in(struct assay__arena *arena,
                                        struct assay_moments_shape shape,
                                        struct assay_moments **out, struct assay_error *err)
{
    return make(arena, shape, out, err);
}

void assay_moments_free(struct assay_moments *moments)
{
    if (moments == NULL)
        return;
    if (moments->complete != NULL)
        assay__block_clear(moments->complete);
    for (uint32_t i = 0; i < moments->partial_count; i++)
        assay__block_free(moments->partial[i]);
    assay__free(moments->partial);
    if (!moments->is_lent)
        assay__free(moments);
}

struct assay_moments_shape assay_moments_shape(const struct assay_moments *moments)
{
    return moments->shape;
}

uint32_t assay__moments_blocks(const struct assay_moments *moments)
{
    return (moments->complete != NULL) + moments->partial_count;
}

const block_t *assay__moments_block_at(const struct assay_moments *moments, uint32_t index)
{
    if (moments->complete == NULL)
        return moments->partial[index];
    return index == 0 ? moments->complete : moments->partial[index - 1];
}

uint64_t assay_moments_count(const struct assay_moments *moments)
{
    uint64_t count = moments->complete == NULL ? 0 : moments->complete->count;
    for (uint32_t i = 0; i < moments->partial_count; i++)
        count += moments->partial[i]->count;
    return count;
}

/* The place of mask among the partial blocks, or where it belongs. */
static uint32_t find_partial(const struct assay_moments *moments, uint32_t mask)
{
    uint32_t low = 0, high = moments->partial_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (moments->partial[middle]->mask < mask)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Makes room for one partial block more; false without memory. */
static bool grow_partial(struct assay_moments *moments)
{
    if (moments->partial_count < moments->partial_capacity)
        return true;
    uint32_t capacity = moments->partial_capacity == 0 ? 2 : 2 * moments->partial_capacity;
    block_t **partial = assay__calloc(capacity, sizeof *partial);
    if (partial == NULL)
        return false;
    if (moments->partial_count > 0)
        memcpy(partial, moments->partial, moments->partial_count * sizeof *partial);
    assay__free(moments->partial);
    moments->partial = partial;
    moments->partial_capacity = capacity;
    return true;
}

enum assay_status assay__moments_block(struct assay_moments *moments, uint32_t mask,
                                       block_t **block, struct assay_error *err)
{
    if (mask == 0) {
        if (moments->complete == NULL) {
            moments->complete = (block_t *)(moments + 1);
            assay__block_init(moments->complete, moments->shape, 0);
        }
        *block = moments->complete;
        return ASSAY_OK;
    }
    uint32_t place = find_partial(moments, mask);
    if (place < moments->partial_count && moments->partial[place]->mask == mask) {
        *block = moments->partial[place];
        return ASSAY_OK;
    }
    if (!grow_partial(moments) || (*block = assay__block_new(moments->shape, mask)) == NULL)
        return assay__fail_memory(err);
    block_t **slot = moments->partial + place;
    memmove(slot + 1, slot, (moments->partial_count - place) * sizeof *slot);
    *slot = *block;
    moments->partial_count++;
    return ASSAY_OK;
}

enum assay_status assay__moments_room(const struct assay_moments *moments, uint64_t count,
                                      struct assay_error *err)
{
    const uint64_t limit = (UINT64_C(1) << ASSAY__COUNT_BITS) - 1;
    uint64_t present = assay_moments_count(moments);
    if (count > limit || present > limit - count)
        return assay__fail(err, ASSAY_ERROR_LIMIT,
                           "Moments of %llu vectors cannot take %llu more; the limit is 2^63 - 1.",
                           (unsigned long long)present, (unsigned long long)count);
    return ASSAY_OK;
}

/*
 * Counting all blocks for every vector would cost more than it is worth. Blocks smaller than this
 * are not checked: all of them together hold less than 2^48 vectors, so that no count can wrap.
 */
static const uint64_t count_unchecked = UINT64_C(1) << 32;

static enum assay_status room_for_one(const struct assay_moments *moments, const block_t *block,
                                      struct assay_error *err)
{
    if (block->count < count_unchecked)
        return ASSAY_OK;
    return assay__moments_room(moments, 1, err);
}

enum assay_status assay_moments_add_decimal(struct assay_moments *moments,
                                            const struct assay_decimal *values, uint32_t missing,
                                            struct assay_error *err)
{
    block_t *block = moments->complete;
    if (missing == 0 && block != NULL && block->count < count_unchecked &&
        assay__store_try(&block->narrow, values)) {
        block->count++;
        return ASSAY_OK;
    }
    if (missing != 0 || block == NULL) {
        enum assay_status status = assay__shape_mask_check(moments->shape, missing, err);
        if (status == ASSAY_OK)
            status = assay__moments_block(moments, missing, &block, err);
        if (status != ASSAY_OK)
            return status;
    }
    enum assay_status status = room_for_one(moments, block, err);
    if (status != ASSAY_OK)
        return status;
    if (missing == 0)
        return assay__block_add(block, values, err);
    struct assay_decimal present[ASSAY_VARIABLES_MAX];
    uint32_t variables = assay__block_present(moments->shape, block), count = 0;
    for (uint32_t i = 0; variables >> i != 0; i++)
        if ((variables >> i & 1) != 0)
            present[count++] = values[i];
    return assay__block_add(block, present, err);
}

enum assay_status assay_moments_add(struct assay_moments *moments, const double *values,
                                    struct assay_error *err)
{
    double present[ASSAY_VARIABLES_MAX];
    uint32_t first = 1 + moments->shape.has_denominator;
    uint32_t variables = assay__shape_variables(moments->shape);
    uint32_t missing = 0, count = 0;
    for (uint32_t i = 0; i < variables; i++) {
        if (isfinite(values[i]))
            present[count++] = values[i];
        else if (isnan(values[i]) && i >= first)
            missing |= UINT32_C(1) << (i - first);
        else
            return assay__fail(err, ASSAY_ERROR_DOMAIN,
                               "Variable %u of a vector is %s; leave out vectors without a finite "
                               "value (NaN is for missing covariates).",
                               (unsigned)i, isnan(values[i]) ? "NaN" : "infinite");
    }
    block_t *block;
    enum assay_status status = assay__moments_block(moments, missing, &block, err);
    if (status == ASSAY_OK)
        status = room_for_one(moments, block, err);
    return status == ASSAY_OK ? assay__block_add_doubles(block, present, err) : status;
}

enum assay_status assay_moments_merge(struct assay_moments *into, const struct assay_moments *from,
                                      struct assay_error *err)
{
    if (into->shape.has_denominator != from->shape.has_denominator ||
        into->shape.covariate_count != from->shape.covariate_count)
        return assay__fail(err, ASSAY_ERROR_DOMAIN,
                           "Moments of different shapes cannot be merged: make both with the same "
                           "denominator and covariates.");
    enum assay_status status = assay__moments_room(into, assay_moments_count(from), err);
    for (uint32_t i = 0; status == ASSAY_OK && i < assay__moments_blocks(from); i++) {
        const block_t *block = assay__moments_block_at(from, i);
        block_t *target;
        if (block->count == 0)
            continue;
        status = assay__moments_block(into, block->mask, &target, err);
        if (status == ASSAY_OK)
            status = assay__block_merge(target, block, err);
    }
    return status;
}

uint64_t assay__moments_total_present(const struct assay_moments *moments, uint32_t present,
                                      const uint32_t *factors, uint32_t order,
                                      struct assay__exact *sum)
{
    uint64_t count = 0;
    for (uint32_t i = 0; i < order; i++)
        present |= UINT32_C(1) << factors[i];
    for (uint32_t i = 0; i < assay__moments_blocks(moments); i++) {
        const block_t *block = assay__moments_block_at(moments, i);
        if ((present & ~assay__block_present(moments->shape, block)) != 0)
            continue;
        count += block->count;
        uint32_t index = assay__block_index(moments->shape, block, factors, order);
        assay__block_get(block, index, sum);
    }
    return count;
}

uint64_t assay__moments_total(const struct assay_moments *moments, const uint32_t *factors,
                              uint32_t order, struct assay__exact *sum)
{
    return assay__moments_total_present(moments, 0, factors, order, sum);
}

bool assay__moments_has_third(const struct assay_moments *moments)
{
    for (uint32_t i = 0; i < assay__moments_blocks(moments); i++)
        if (assay__moments_block_at(moments, i)->lacks_third)
            return false;
    return true;
}
