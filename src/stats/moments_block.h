/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_STATS_MOMENTS_BLOCK_H
#define ASSAY_STATS_MOMENTS_BLOCK_H

#include "exact/exact_big.h"
#include "exact/exact_double.h"
#include "exact/exact_store.h"
#include "stats/moments.h"

/**
 * struct assay__block holds the vectors that miss the same covariates. Its sums are over the
 * variables that are present, in order. A sum is the total of four parts; a vector goes into the
 * first that takes it: decimals into narrow, then wide, then big; doubles into chunks. Only
 * narrow is always there: it is what nearly all data need, and it is small.
 */
struct assay__block {
    uint64_t count;
    struct assay__store *wide; /* NULL until needed, as the next two */
    struct assay__chunks *chunks;
    struct assay__big *big;     /* every sum of the layout */
    uint32_t mask;              /* bit i: covariate i is missing */
    bool lacks_third;           /* some vectors came without third-order sums */
    struct assay__store narrow; /* its memory follows the block */
};

/** struct assay_moments is its blocks: the complete vectors, and the others by ascending mask. */
struct assay_moments {
    struct assay_moments_shape shape;
    struct assay__block *complete; /* mask 0; NULL until needed: then behind the moments */
    struct assay__block **partial;
    uint32_t partial_count, partial_capacity;
    bool is_lent; /* its memory, and that of complete, belongs to an arena */
};

enum {
    /* Vectors in one object: far beyond any data, and no accumulator can overflow before it. */
    ASSAY__COUNT_BITS = 63
};

/** assay__shape_variables() is the number of variables of one vector. */
static inline uint32_t assay__shape_variables(struct assay_moments_shape shape)
{
    return 1 + shape.has_denominator + shape.covariate_count;
}

/** assay__shape_layout() is the layout of vectors of the shape that miss the covariates in mask. */
struct assay__layout assay__shape_layout(struct assay_moments_shape shape, uint32_t mask);

/** assay__shape_mask_check() refuses a mask with bits beyond the covariates of the shape. */
enum assay_status assay__shape_mask_check(struct assay_moments_shape shape, uint32_t mask,
                                          struct assay_error *err);

/** assay__moments_block() finds or makes the block of a mask. */
enum assay_status assay__moments_block(struct assay_moments *moments, uint32_t mask,
                                       struct assay__block **block, struct assay_error *err);

/** assay__moments_blocks() is the number of blocks; assay__moments_block_at() one of them. */
uint32_t assay__moments_blocks(const struct assay_moments *moments);
const struct assay__block *assay__moments_block_at(const struct assay_moments *moments,
                                                   uint32_t index);

/** assay__moments_room() fails when the moments cannot count that many more vectors. */
enum assay_status assay__moments_room(const struct assay_moments *moments, uint64_t count,
                                      struct assay_error *err);

/** assay__block_new() makes an empty block, NULL without memory. Freeing NULL is fine. */
struct assay__block *assay__block_new(struct assay_moments_shape shape, uint32_t mask);
void assay__block_free(struct assay__block *block);

/**
 * assay__block_init() makes an empty block in zeroed memory of assay__block_bytes(), aligned to 8;
 * assay__block_clear() frees what it took since.
 */
size_t assay__block_bytes(struct assay_moments_shape shape, uint32_t mask);
void assay__block_init(struct assay__block *block, struct assay_moments_shape shape, uint32_t mask);
void assay__block_clear(struct assay__block *block);

/** assay__block_add() adds a vector of the variables that are present. */
enum assay_status assay__block_add(struct assay__block *block, const struct assay_decimal *values,
                                   struct assay_error *err);
enum assay_status assay__block_add_doubles(struct assay__block *block, const double *values,
                                           struct assay_error *err);

/** assay__block_merge() adds all of from, of the same mask and shape. */
enum assay_status assay__block_merge(struct assay__block *block, const struct assay__block *from,
                                     struct assay_error *err);

/** assay__block_add_narrow() adds sums, see assay__moments_add_narrow(). */
enum assay_status assay__block_add_narrow(struct assay__block *block, uint64_t count,
                                          const int32_t *scales, const uint64_t *limbs,
                                          struct assay_error *err);

/** assay__term adds to sum what sum number index of a block gains. */
typedef void assay__term(const void *context, uint32_t index, struct assay__exact *sum);

/** assay__block_add_big() adds a term to every big sum; false without memory: none has changed. */
bool assay__block_add_big(struct assay__block *block, assay__term *term, const void *context);

/** assay__block_get() adds sum number index of the block's layout to sum. */
void assay__block_get(const struct assay__block *block, uint32_t index, struct assay__exact *sum);

/** assay__decimal_check() refuses a decimal outside the limits of number/number.h. */
enum assay_status assay__decimal_check(const struct assay_decimal *value, struct assay_error *err);

/**
 * assay__moments_total() adds up, over the vectors in which all the factors are present, the sum
 * of their product: one factor gives sum x, two sum x y, three a third-order sum (factors 0 and 1
 * only). Returns the number of those vectors.
 */
uint64_t assay__moments_total(const struct assay_moments *moments, const uint32_t *factors,
                              uint32_t order, struct assay__exact *sum);

/**
 * assay__moments_total_present() is the same restricted to vectors in which all of the variables
 * whose bits are set in present are present.
 */
uint64_t assay__moments_total_present(const struct assay_moments *moments, uint32_t present,
                                      const uint32_t *factors, uint32_t order,
                                      struct assay__exact *sum);

/** assay__moments_has_third(): are the third-order sums of all vectors known? */
bool assay__moments_has_third(const struct assay_moments *moments);

/** assay__block_present() has a bit for every variable that the block's vectors have. */
uint32_t assay__block_present(struct assay_moments_shape shape, const struct assay__block *block);

/** assay__block_index() is the block's number of a sum of present variables, factors descending. */
uint32_t assay__block_index(struct assay_moments_shape shape, const struct assay__block *block,
                            const uint32_t *factors, uint32_t order);

#endif
