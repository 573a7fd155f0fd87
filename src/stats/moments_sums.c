/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Exact sums in and out of moments. */
#include "stats/moments_block.h"

#include "base/number.h"
#include "stats/group.h"

typedef struct assay__block block_t;
typedef struct assay__exact exact;

/* The pattern with this number: the blocks that hold vectors, a failed addition leaves others. */
static const block_t *pattern_block(const struct assay_moments *moments, uint32_t pattern)
{
    for (uint32_t i = 0; i < assay__moments_blocks(moments); i++) {
        const block_t *block = assay__moments_block_at(moments, i);
        if (block->count > 0 && pattern-- == 0)
            return block;
    }
    return NULL;
}

uint32_t assay__moments_pattern_count(const struct assay_moments *moments)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < assay__moments_blocks(moments); i++)
        count += assay__moments_block_at(moments, i)->count > 0;
    return count;
}

uint32_t assay__moments_sum_count(struct assay_moments_shape shape)
{
    return assay__layout_sums(assay__shape_layout(shape, 0));
}

void assay__moments_pattern(const struct assay_moments *moments, uint32_t pattern, uint32_t *mask,
                            uint64_t *count, bool *has_third)
{
    const block_t *block = pattern_block(moments, pattern);
    *mask = block->mask;
    *count = block->count;
    *has_third = !block->lacks_third;
}

/* The block's number of a sum of the shape; false when it involves a missing covariate. */
static bool sum_of_block(struct assay_moments_shape shape, const block_t *block, uint32_t index,
                         uint32_t *block_index, uint32_t *order)
{
    uint32_t factors[3];
    uint32_t present = assay__block_present(shape, block);
    *order = assay__layout_factors(assay__shape_layout(shape, 0), index, factors);
    for (uint32_t i = 0; i < *order; i++)
        if ((present >> factors[i] & 1) == 0)
            return false;
    *block_index = assay__block_index(shape, block, factors, *order);
    return true;
}

enum assay_status assay__moments_write_sum(const struct assay_moments *moments, uint32_t pattern,
                                           uint32_t index, struct assay__text *out,
                                           struct assay_error *err)
{
    const block_t *block = pattern_block(moments, pattern);
    uint32_t block_index, order;
    exact sum;
    assay__exact_init(&sum);
    if (sum_of_block(moments->shape, block, index, &block_index, &order) &&
        !(order == 3 && block->lacks_third))
        assay__block_get(block, block_index, &sum);
    enum assay_status status = assay__exact_write(&sum, out, err);
    assay__exact_clear(&sum);
    return status;
}

/* No sample has sum x^2 < (sum x)^2 / n: figures that say so have lost their digits. */
static enum assay_status check_squares(const struct assay__layout layout, uint64_t count,
                                       const exact *sums, struct assay_error *err)
{
    enum assay_status status = ASSAY_OK;
    exact rest, square;
    assay__exact_init(&rest);
    assay__exact_init(&square);
    for (uint32_t i = 0; status == ASSAY_OK && i < layout.variables; i++) {
        assay__exact_set(&rest, &sums[layout.variables + assay__pair(i, i)]);
        assay__exact_mul_u64(&rest, count);
        assay__exact_set(&square, &sums[i]);
        assay__exact_mul(&square, &square);
        assay__exact_sub(&rest, &square);
        if (assay__exact_sign(&rest) < 0)
            status = assay__fail(err, ASSAY_ERROR_DOMAIN,
                                 "The sum of squares of variable %u is smaller than its sum over "
                                 "%llu vectors allows; were the sums rounded?",
                                 (unsigned)i, (unsigned long long)count);
    }
    assay__exact_clear(&rest);
    assay__exact_clear(&square);
    return status;
}

/* Adds count vectors of mask by sums in the block's order; without cubes when !has_third. */
static enum assay_status add_exact(struct assay_moments *moments, uint32_t mask, uint64_t count,
                                   const exact *sums, bool has_third, struct assay_error *err)
{
    struct assay__layout layout = assay__shape_layout(moments->shape, mask);
    block_t *block;
    enum assay_status status = check_squares(layout, count, sums, err);
    if (status == ASSAY_OK)
        status = assay__moments_room(moments, count, err);
    if (status == ASSAY_OK)
        status = assay__moments_block(moments, mask, &block, err);
    if (status != ASSAY_OK)
        return status;
    if (!assay__block_big(block))
        return assay__fail_memory(err);
    for (uint32_t i = 0; i < assay__layout_sums(layout); i++)
        assay__exact_add(&block->big[i], &sums[i]);
    block->count += count;
    block->lacks_third = block->lacks_third || !has_third;
    return ASSAY_OK;
}

enum { SUMS_MAX = ASSAY_VARIABLES_MAX + ASSAY__PAIRS_MAX + 4 };

enum assay_status assay__moments_add_sums(struct assay_moments *moments, uint32_t mask,
                                          uint64_t count, const struct assay_decimal *sums,
                                          bool has_third, struct assay_error *err)
{
    enum assay_status status = assay__shape_mask_check(moments->shape, mask, err);
    if (status != ASSAY_OK || count == 0)
        return status;
    /* A block that only lends its mask to the translation of indices. */
    block_t pattern = {.mask = mask, .narrow.layout = assay__shape_layout(moments->shape, mask)};
    uint32_t total = assay__layout_sums(pattern.narrow.layout);
    exact values[SUMS_MAX];
    for (uint32_t i = 0; i < total; i++)
        assay__exact_init(&values[i]);
    for (uint32_t i = 0; status == ASSAY_OK && i < assay__moments_sum_count(moments->shape); i++) {
        uint32_t index, order;
        if (!sum_of_block(moments->shape, &pattern, i, &index, &order) ||
            (order == 3 && !has_third))
            continue;
        status = assay__decimal_check(&sums[i], err);
        if (status == ASSAY_OK)
            assay__exact_set_decimal(&values[index], &sums[i]);
    }
    if (status == ASSAY_OK)
        status = add_exact(moments, mask, count, values, has_third, err);
    for (uint32_t i = 0; i < total; i++)
        assay__exact_clear(&values[i]);
    return status;
}

enum assay_status assay__moments_add_centred(struct assay_moments *moments, uint64_t count,
                                             const struct assay_decimal *means,
                                             const struct assay_decimal *covariances,
                                             struct assay_error *err)
{
    struct assay__layout layout = assay__shape_layout(moments->shape, 0);
    uint32_t total = assay__layout_sums(layout), p = layout.variables;
    enum assay_status status = ASSAY_OK;
    if (count == 0)
        return ASSAY_OK;
    for (uint32_t i = 0; status == ASSAY_OK && i < p; i++)
        status = assay__decimal_check(&means[i], err);
    for (uint32_t i = 0; status == ASSAY_OK && i < p * (p + 1) / 2; i++)
        status = assay__decimal_check(&covariances[i], err);
    if (status != ASSAY_OK)
        return status;

    exact sums[SUMS_MAX], mean[ASSAY_VARIABLES_MAX], product;
    assay__exact_init(&product);
    for (uint32_t i = 0; i < total; i++)
        assay__exact_init(&sums[i]);
    for (uint32_t i = 0; i < p; i++) {
        assay__exact_init(&mean[i]);
        assay__exact_set_decimal(&mean[i], &means[i]);
        assay__exact_set(&sums[i], &mean[i]);
        assay__exact_mul_u64(&sums[i], count);
        for (uint32_t j = 0; j <= i; j++) {
            exact *sum = &sums[p + assay__pair(i, j)]; /* (n - 1) c + n m_i m_j */
            assay__exact_set_decimal(sum, &covariances[assay__pair(i, j)]);
            assay__exact_mul_u64(sum, count - 1);
            assay__exact_set(&product, &sums[i]);
            assay__exact_mul(&product, &mean[j]);
            assay__exact_add(sum, &product);
        }
    }
    status = add_exact(moments, 0, count, sums, false, err);
    assay__exact_clear(&product);
    for (uint32_t i = 0; i < total; i++)
        assay__exact_clear(&sums[i]);
    for (uint32_t i = 0; i < p; i++)
        assay__exact_clear(&mean[i]);
    return status;
}

enum assay_status assay__moments_add_narrow(struct assay_moments *moments, uint32_t mask,
                                            uint64_t count, const int32_t *scales,
                                            const uint64_t *limbs, struct assay_error *err)
{
    block_t *block;
    enum assay_status status = assay__shape_mask_check(moments->shape, mask, err);
    if (status == ASSAY_OK)
        status = assay__moments_room(moments, count, err);
    if (status == ASSAY_OK)
        status = assay__moments_block(moments, mask, &block, err);
    return status == ASSAY_OK ? assay__block_add_narrow(block, count, scales, limbs, err) : status;
}
