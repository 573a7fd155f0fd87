/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Exact sums in and out of moments. */
#include "stats/moments_block.h"

#include "number/number.h"
#include "stats/centred.h"
#include "stats/narrow_sums.h"

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

/* Sums of complete vectors in the narrow store alone, as nearly all are: no number is made of them.
 */
static void write_narrow(const block_t *block, uint32_t index, struct assay__text *out)
{
    uint64_t limbs[ASSAY__SUM_LIMBS_MAX];
    int32_t exponent;
    struct assay__layout layout = block->narrow.layout;
    if (index >= assay__layout_sums(layout) - layout.thirds && block->lacks_third) {
        assay__text_putc(out, '0');
        return;
    }
    uint32_t count = assay__store_copy(&block->narrow, index, limbs, &exponent);
    assay__limbs_write(limbs, count, exponent, out);
}

enum assay_status assay__moments_write_sum(const struct assay_moments *moments, uint32_t pattern,
                                           uint32_t index, struct assay__text *out,
                                           struct assay_error *err)
{
    const block_t *block = pattern_block(moments, pattern);
    uint32_t block_index, order;
    exact sum;
    bool is_narrow = block->wide == NULL && block->chunks == NULL && block->big == NULL;
    if (block->mask == 0 && is_narrow) {
        write_narrow(block, index, out);
        return out->failed ? assay__fail_memory(err) : ASSAY_OK;
    }
    assay__exact_init(&sum);
    if (sum_of_block(moments->shape, block, index, &block_index, &order) &&
        !(order == 3 && block->lacks_third))
        assay__block_get(block, block_index, &sum);
    enum assay_status status = assay__exact_write(&sum, out, err);
    assay__exact_clear(&sum);
    return status;
}

/* Count vectors as somebody summed them: what each sum of their block gains. */
struct gain {
    uint32_t mask;
    uint64_t count;
    assay__term *term;
    const void *context; /* of term */
    bool has_third;
    const struct assay__narrow_sums *narrow; /* NULL, or the same as integers */
};

static void set_term(const struct gain *gain, uint32_t index, exact *number)
{
    assay__exact_set_u64(number, 0);
    gain->term(gain->context, index, number);
}

static enum assay_status fail_squares(uint32_t variable, uint64_t count, struct assay_error *err)
{
    return assay__fail(err, ASSAY_ERROR_DOMAIN,
                       "The sum of squares of variable %u is smaller than its sum over %llu "
                       "vectors allows; were the sums rounded?",
                       (unsigned)variable, (unsigned long long)count);
}

/* No sample has sum x^2 < (sum x)^2 / n: figures that say so have lost their digits. */
static enum assay_status check_squares(struct assay__layout layout, const struct gain *gain,
                                       struct assay_error *err)
{
    enum assay_status status = ASSAY_OK;
    exact rest, square;
    assay__exact_init(&rest);
    assay__exact_init(&square);
    for (uint32_t i = 0; status == ASSAY_OK && i < layout.variables; i++) {
        set_term(gain, layout.variables + assay__pair(i, i), &rest);
        assay__exact_mul_u64(&rest, gain->count);
        set_term(gain, i, &square);
        assay__exact_mul(&square, &square);
        assay__exact_sub(&rest, &square);
        if (rest.failed)
            status = assay__fail_memory(err);
        else if (assay__exact_sign(&rest) < 0)
            status = fail_squares(i, gain->count, err);
    }
    assay__exact_clear(&rest);
    assay__exact_clear(&square);
    return status;
}

static enum assay_status add_gain(struct assay_moments *moments, const struct gain *gain,
                                  struct assay_error *err)
{
    block_t *block;
    enum assay_status status = assay__moments_room(moments, gain->count, err);
    if (status == ASSAY_OK)
        status = assay__moments_block(moments, gain->mask, &block, err);
    if (status != ASSAY_OK)
        return status;
    if (gain->narrow != NULL)
        status = assay__block_add_narrow(block, gain->count, gain->narrow->scale,
                                         gain->narrow->limbs, err);
    else if (assay__block_add_big(block, gain->term, gain->context))
        block->count += gain->count;
    else
        status = assay__fail_memory(err);
    if (status != ASSAY_OK)
        return status;
    block->lacks_third = block->lacks_third || !gain->has_third;
    return ASSAY_OK;
}

static void add_decimal(const struct assay_decimal *value, exact *sum)
{
    exact number;
    assay__exact_init(&number);
    assay__exact_set_decimal(&number, value);
    assay__exact_add(sum, &number);
    assay__exact_clear(&number);
}

enum { SUMS_MAX = ASSAY_VARIABLES_MAX + ASSAY__PAIRS_MAX + 4 };

/* Sums in the order of the shape, by their place in the block's; NULL where they are not known. */
struct given_sums {
    const struct assay_decimal *sums[SUMS_MAX];
};

static void add_given(const void *context, uint32_t index, exact *sum)
{
    const struct given_sums *given = context;
    if (given->sums[index] != NULL)
        add_decimal(given->sums[index], sum);
}

enum assay_status assay__moments_add_sums(struct assay_moments *moments, uint32_t mask,
                                          uint64_t count, const struct assay_decimal *sums,
                                          bool has_third, struct assay_error *err)
{
    enum assay_status status = assay__shape_mask_check(moments->shape, mask, err);
    if (status != ASSAY_OK || count == 0)
        return status;
    /* A block that only lends its mask to the translation of indices. */
    block_t pattern = {.mask = mask, .narrow.layout = assay__shape_layout(moments->shape, mask)};
    struct assay__layout layout = pattern.narrow.layout;
    struct given_sums given;
    struct assay__narrow_sums narrow;
    for (uint32_t i = 0; i < assay__layout_sums(layout); i++)
        given.sums[i] = NULL;
    for (uint32_t i = 0; status == ASSAY_OK && i < assay__moments_sum_count(moments->shape); i++) {
        uint32_t index, order;
        if (!sum_of_block(moments->shape, &pattern, i, &index, &order) ||
            (order == 3 && !has_third))
            continue;
        status = assay__decimal_check(&sums[i], err);
        given.sums[index] = &sums[i];
    }
    if (status != ASSAY_OK)
        return status;
    bool is_narrow = assay__narrow_given(layout, given.sums, &narrow);
    const struct gain gain = {mask,   count,     add_given,
                              &given, has_third, is_narrow ? &narrow : NULL};
    if (!is_narrow || !assay__narrow_have_squares(layout, count, &narrow))
        status = check_squares(layout, &gain, err);
    return status == ASSAY_OK ? add_gain(moments, &gain, err) : status;
}

struct given_centred {
    struct assay__layout layout;
    uint64_t count;
    const struct assay_decimal *means, *covariances;
    bool is_short; /* all of them are mantissas, and so is count */
};

/* The same of mantissas: products of two of them at a time. */
static void add_short(const struct given_centred *given, uint32_t index, const uint32_t *factors,
                      uint32_t order, exact *sum)
{
    const struct assay_decimal *a = &given->means[factors[0]];
    int64_t count = (int64_t)given->count;
    exact term;
    assay__exact_init(&term);
    if (order == 1) {
        assay__exact_set_product(&term, a->mantissa, count, a->exponent);
    } else {
        const struct assay_decimal *b = &given->means[factors[1]];
        const struct assay_decimal *own = &given->covariances[index - given->layout.variables];
        assay__exact_set_product(&term, a->mantissa, b->mantissa, a->exponent + b->exponent);
        assay__exact_mul_u64(&term, given->count);
        assay__exact_add(sum, &term);
        assay__exact_set_product(&term, own->mantissa, count - 1, own->exponent);
    }
    assay__exact_add(sum, &term);
    assay__exact_clear(&term);
}

/* sum x_i = n m_i, sum x_i x_j = (n - 1) c_ij + n m_i m_j; no third-order sums. */
static void add_uncentred(const void *context, uint32_t index, exact *sum)
{
    const struct given_centred *given = context;
    uint32_t factors[3];
    uint32_t order = assay__layout_factors(given->layout, index, factors);
    if (order == 3)
        return;
    if (given->is_short) {
        add_short(given, index, factors, order, sum);
        return;
    }
    exact term, mean;
    assay__exact_init(&term);
    assay__exact_init(&mean);
    assay__exact_set_u64(&term, given->count);
    for (uint32_t i = 0; i < order; i++) {
        assay__exact_set_decimal(&mean, &given->means[factors[i]]);
        assay__exact_mul(&term, &mean);
    }
    assay__exact_add(sum, &term);
    if (order == 2) {
        assay__exact_set_decimal(&term, &given->covariances[index - given->layout.variables]);
        assay__exact_mul_u64(&term, given->count - 1);
        assay__exact_add(sum, &term);
    }
    assay__exact_clear(&term);
    assay__exact_clear(&mean);
}

enum assay_status assay__moments_add_centred(struct assay_moments *moments, uint64_t count,
                                             const struct assay_decimal *means,
                                             const struct assay_decimal *covariances,
                                             struct assay_error *err)
{
    struct assay__layout layout = assay__shape_layout(moments->shape, 0);
    uint32_t p = layout.variables;
    enum assay_status status = ASSAY_OK;
    if (count == 0)
        return ASSAY_OK;
    for (uint32_t i = 0; status == ASSAY_OK && i < p; i++)
        status = assay__decimal_check(&means[i], err);
    for (uint32_t i = 0; status == ASSAY_OK && i < p * (p + 1) / 2; i++)
        status = assay__decimal_check(&covariances[i], err);
    if (status != ASSAY_OK)
        return status;
    /* n sum x^2 - (sum x)^2 = n (n - 1) variance */
    for (uint32_t i = 0; count > 1 && i < p; i++)
        if (covariances[assay__pair(i, i)].mantissa < 0)
            return fail_squares(i, count, err);
    bool is_short = count <= INT64_MAX;
    for (uint32_t i = 0; i < p; i++)
        is_short = is_short && means[i].digits == NULL;
    for (uint32_t i = 0; i < p * (p + 1) / 2; i++)
        is_short = is_short && covariances[i].digits == NULL;
    const struct given_centred given = {layout, count, means, covariances, is_short};
    struct assay__narrow_sums narrow;
    bool is_narrow = is_short && assay__narrow_centred(layout, count, means, covariances, &narrow);
    const struct gain gain = {0, count, add_uncentred, &given, false, is_narrow ? &narrow : NULL};
    return add_gain(moments, &gain, err);
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
