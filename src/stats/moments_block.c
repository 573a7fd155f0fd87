/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sums of the vectors that miss the same covariates. */
#include "stats/moments_block.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "number/number.h"
#include "stats/centred.h"

typedef struct assay__block block_t;

struct assay__layout assay__shape_layout(struct assay_moments_shape shape, uint32_t mask)
{
    uint32_t missing = (uint32_t)__builtin_popcount(mask);
    struct assay__layout layout = {.variables = assay__shape_variables(shape) - missing,
                                   .thirds = shape.has_denominator != 0 ? 4 : 1};
    return layout;
}

enum assay_status assay__shape_mask_check(struct assay_moments_shape shape, uint32_t mask,
                                          struct assay_error *err)
{
    if (mask >> shape.covariate_count == 0)
        return ASSAY_OK;
    return assay__fail(err, ASSAY_ERROR_DOMAIN,
                       "The missing mask %#x names covariates beyond the %u there are.",
                       (unsigned)mask, (unsigned)shape.covariate_count);
}

size_t assay__block_bytes(struct assay_moments_shape shape, uint32_t mask)
{
    return sizeof(block_t) + assay__store_bytes(assay__shape_layout(shape, mask), 1);
}

void assay__block_init(block_t *block, struct assay_moments_shape shape, uint32_t mask)
{
    block->mask = mask;
    assay__store_init(&block->narrow, assay__shape_layout(shape, mask), 1, block + 1);
}

block_t *assay__block_new(struct assay_moments_shape shape, uint32_t mask)
{
    block_t *block = assay__calloc(1, assay__block_bytes(shape, mask));
    if (block != NULL)
        assay__block_init(block, shape, mask);
    return block;
}

void assay__block_clear(block_t *block)
{
    if (block->big != NULL)
        assay__big_free(block->big);
    if (block->chunks != NULL)
        assay__free(block->chunks);
    if (block->wide != NULL)
        assay__free(block->wide);
}

void assay__block_free(block_t *block)
{
    if (block != NULL)
        assay__block_clear(block);
    assay__free(block);
}

static bool need_wide(block_t *block)
{
    if (block->wide != NULL)
        return true;
    struct assay__layout layout = block->narrow.layout;
    block->wide = assay__calloc(1, sizeof *block->wide + assay__store_bytes(layout, 2));
    if (block->wide != NULL)
        assay__store_init(block->wide, layout, 2, block->wide + 1);
    return block->wide != NULL;
}

static bool need_chunks(block_t *block)
{
    if (block->chunks != NULL)
        return true;
    block->chunks = assay__calloc(1, assay__chunks_bytes(block->narrow.layout));
    if (block->chunks != NULL)
        block->chunks->layout = block->narrow.layout;
    return block->chunks != NULL;
}

bool assay__block_add_big(block_t *block, assay__term *term, const void *context)
{
    uint32_t sums = assay__layout_sums(block->narrow.layout);
    struct assay__big *changed = assay__big_new(sums, block->big);
    bool is_done = changed != NULL;
    struct assay__exact sum;
    assay__exact_init(&sum);
    for (uint32_t i = 0; is_done && i < sums; i++) {
        assay__exact_set_u64(&sum, 0);
        if (block->big != NULL)
            assay__exact_add_span(&sum, assay__big_at(block->big, i));
        term(context, i, &sum);
        is_done = assay__big_put(changed, &sum);
    }
    assay__exact_clear(&sum);
    assay__big_free(is_done ? block->big : changed);
    if (is_done)
        block->big = changed;
    return is_done;
}

enum assay_status assay__decimal_check(const struct assay_decimal *value, struct assay_error *err)
{
    if (value->exponent < -ASSAY__EXPONENT_MAX || value->exponent > ASSAY__EXPONENT_MAX)
        return assay__fail(err, ASSAY_ERROR_LIMIT,
                           "A number has the decimal exponent %d; use one within %d.",
                           (int)value->exponent, (int)ASSAY__EXPONENT_MAX);
    if (value->digits == NULL)
        return ASSAY_OK;
    if (value->digit_count > ASSAY__DIGITS_MAX)
        return assay__fail(err, ASSAY_ERROR_LIMIT,
                           "A number has %u digits; round it to at most %d.",
                           (unsigned)value->digit_count, (int)ASSAY__DIGITS_MAX);
    for (uint32_t i = 0; i < value->digit_count; i++)
        if (value->digits[i] < '0' || value->digits[i] > '9')
            return assay__fail(err, ASSAY_ERROR_DOMAIN,
                               "Byte %u of a decimal's digits is not a digit from 0 to 9.",
                               (unsigned)i);
    return ASSAY_OK;
}

struct vector {
    struct assay__layout layout;
    struct assay__exact values[ASSAY_VARIABLES_MAX];
};

static void add_product(const void *context, uint32_t index, struct assay__exact *sum)
{
    const struct vector *vector = context;
    uint32_t factors[3];
    uint32_t order = assay__layout_factors(vector->layout, index, factors);
    struct assay__exact product;
    assay__exact_init(&product);
    assay__exact_set(&product, &vector->values[factors[0]]);
    for (uint32_t i = 1; i < order; i++)
        assay__exact_mul(&product, &vector->values[factors[i]]);
    assay__exact_add(sum, &product);
    assay__exact_clear(&product);
}

/* Adds a vector whose values are too far apart for any store. */
static bool add_big_vector(block_t *block, const struct assay_decimal *values)
{
    struct vector vector;
    vector.layout = block->narrow.layout;
    for (uint32_t i = 0; i < vector.layout.variables; i++) {
        assay__exact_init(&vector.values[i]);
        assay__exact_set_decimal(&vector.values[i], &values[i]);
    }
    bool is_done = assay__block_add_big(block, add_product, &vector);
    for (uint32_t i = 0; i < vector.layout.variables; i++)
        assay__exact_clear(&vector.values[i]);
    return is_done;
}

enum assay_status assay__block_add(block_t *block, const struct assay_decimal *values,
                                   struct assay_error *err)
{
    if (assay__store_add(&block->narrow, values)) {
        block->count++;
        return ASSAY_OK;
    }
    for (uint32_t i = 0; i < block->narrow.layout.variables; i++) {
        enum assay_status status = assay__decimal_check(&values[i], err);
        if (status != ASSAY_OK)
            return status;
    }
    if (!need_wide(block))
        return assay__fail_memory(err);
    if (!assay__store_add(block->wide, values) && !add_big_vector(block, values))
        return assay__fail_memory(err);
    block->count++;
    return ASSAY_OK;
}

/* Doubles that are integers are decimals of scale 0: faster, and without the memory of chunks. */
static bool add_as_integers(block_t *block, const double *values)
{
    const double limit = ASSAY__WHOLE_MAX;
    int64_t integers[ASSAY_VARIABLES_MAX];
    for (uint32_t i = 0; i < block->narrow.layout.variables; i++) {
        if (!(fabs(values[i]) <= limit))
            return false;
        integers[i] = (int64_t)values[i];
        if ((double)integers[i] != values[i])
            return false;
    }
    return assay__store_add_integers(&block->narrow, integers);
}

enum assay_status assay__block_add_doubles(block_t *block, const double *values,
                                           struct assay_error *err)
{
    if (!add_as_integers(block, values)) {
        if (!need_chunks(block))
            return assay__fail_memory(err);
        assay__chunks_add(block->chunks, values);
    }
    block->count++;
    return ASSAY_OK;
}

static void add_store(const void *context, uint32_t index, struct assay__exact *sum)
{
    assay__store_get(context, index, sum);
}

static void add_row(const void *context, uint32_t index, struct assay__exact *sum)
{
    assay__exact_add_span(sum, assay__big_at(context, index));
}

static enum assay_status merge_store(block_t *block, struct assay__store *into,
                                     const struct assay__store *from, struct assay_error *err)
{
    if (from->count == 0 || assay__store_merge(into, from) ||
        assay__block_add_big(block, add_store, from)) /* too far apart for the store */
        return ASSAY_OK;
    return assay__fail_memory(err);
}

enum assay_status assay__block_merge(block_t *block, const block_t *from, struct assay_error *err)
{
    if ((from->wide != NULL && !need_wide(block)) ||
        (from->chunks != NULL && !need_chunks(block)) ||
        (from->big != NULL && !assay__block_add_big(block, add_row, from->big)))
        return assay__fail_memory(err);
    enum assay_status status = merge_store(block, &block->narrow, &from->narrow, err);
    if (status == ASSAY_OK && from->wide != NULL)
        status = merge_store(block, block->wide, from->wide, err);
    if (status != ASSAY_OK)
        return status;
    if (from->chunks != NULL)
        assay__chunks_merge(block->chunks, from->chunks);
    block->count += from->count;
    block->lacks_third = block->lacks_third || from->lacks_third;
    return ASSAY_OK;
}

enum assay_status assay__block_add_narrow(block_t *block, uint64_t count, const int32_t *scales,
                                          const uint64_t *limbs, struct assay_error *err)
{
    uint64_t memory[ASSAY__STORE_WORDS];
    struct assay__layout layout = block->narrow.layout;
    struct assay__store from;
    if (block->narrow.count == 0 && assay__store_assign(&block->narrow, count, scales, limbs)) {
        block->count += count;
        return ASSAY_OK;
    }
    assay__store_init(&from, layout, 1, memory);
    from.count = count;
    memcpy(from.scale, scales, layout.variables * sizeof *scales);
    memcpy(from.limbs, limbs, assay__store_limbs(layout, 1) * sizeof *limbs);
    enum assay_status status = merge_store(block, &block->narrow, &from, err);
    if (status == ASSAY_OK)
        block->count += count;
    return status;
}

void assay__block_get(const block_t *block, uint32_t index, struct assay__exact *sum)
{
    if (block->narrow.count > 0)
        assay__store_get(&block->narrow, index, sum);
    if (block->wide != NULL)
        assay__store_get(block->wide, index, sum);
    if (block->chunks != NULL)
        assay__chunks_get(block->chunks, index, sum);
    if (block->big != NULL)
        assay__exact_add_span(sum, assay__big_at(block->big, index));
}

uint32_t assay__block_present(struct assay_moments_shape shape, const block_t *block)
{
    uint32_t first = 1 + shape.has_denominator;
    uint32_t missing = block->mask << first;
    return ((UINT32_C(1) << assay__shape_variables(shape)) - 1) & ~missing;
}

/* The rank of a present variable among those the block has. */
static uint32_t rank_of(uint32_t present, uint32_t variable)
{
    return (uint32_t)__builtin_popcount(present & ((UINT32_C(1) << variable) - 1));
}

uint32_t assay__block_index(struct assay_moments_shape shape, const block_t *block,
                            const uint32_t *factors, uint32_t order)
{
    uint32_t present = assay__block_present(shape, block);
    uint32_t p = block->narrow.layout.variables;
    if (order == 1)
        return rank_of(present, factors[0]);
    if (order == 2)
        return p + assay__pair(rank_of(present, factors[0]), rank_of(present, factors[1]));
    return p + p * (p + 1) / 2 + factors[0] + factors[1] + factors[2]; /* y is 0, w is 1 */
}
