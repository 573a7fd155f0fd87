/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From exact sums to the wide numbers the estimators work with. Everything is centred in exact
 * arithmetic first: n sum xy - sum x sum y may cancel any number of digits, the rounding to 320
 * bits comes after. A missing covariate is replaced by a constant, so that the sums of the
 * completed data follow from the sums of every pattern: with f the constant and m the number of
 * vectors that lack x, sum x gains m f, and sum xy gains f sum y over these vectors.
 */
#include "stats/centred.h"

#include <gmp.h>
#include <math.h>

#include "stats/moments_block.h"

typedef struct assay__exact exact;
typedef struct assay__wide wide;

enum assay_status assay__moments_fill(const struct assay_moments *const *groups, size_t count,
                                      struct assay__wide *fill, struct assay_error *err)
{
    exact sum, divisor;
    bool is_done = true;
    assay__exact_init(&sum);
    assay__exact_init(&divisor);
    uint32_t covariates = 0, first = 1;
    for (size_t g = 0; g < count; g++) {
        if (groups[g] == NULL)
            continue;
        covariates = groups[g]->shape.covariate_count;
        first = 1 + groups[g]->shape.has_denominator;
    }
    for (uint32_t i = 0; is_done && i < covariates; i++) {
        const uint32_t variable = first + i;
        uint64_t n = 0;
        assay__exact_set_u64(&sum, 0);
        for (size_t g = 0; g < count; g++)
            if (groups[g] != NULL)
                n += assay__moments_total(groups[g], &variable, 1, &sum);
        assay__exact_set_u64(&divisor, n);
        fill[i] = assay__wide_zero();
        is_done = n == 0 || assay__exact_wide(&sum, &divisor, &fill[i]);
    }
    assay__exact_clear(&sum);
    assay__exact_clear(&divisor);
    return is_done ? ASSAY_OK : assay__fail_memory(err);
}

uint64_t assay__moments_missing(const struct assay_moments *moments, uint32_t covariate)
{
    uint64_t missing = 0;
    for (uint32_t i = 0; i < assay__moments_blocks(moments); i++) {
        const struct assay__block *block = assay__moments_block_at(moments, i);
        if ((block->mask >> covariate & 1) != 0)
            missing += block->count;
    }
    return missing;
}

/* What assay__moments_group() works on. */
struct completed {
    const struct assay_moments *moments;
    exact fill[ASSAY_VARIABLES_MAX]; /* by variable; 0 for value and denominator */
    exact sum[ASSAY_VARIABLES_MAX];
    exact term, divisor;
};

/* Adds the block's sum of the product of two variables (one when j == NONE) after completion. */
enum { NONE = ASSAY_VARIABLES_MAX };

static void add_completed(struct completed *data, const struct assay__block *block, uint32_t i,
                          uint32_t j, exact *total)
{
    struct assay_moments_shape shape = data->moments->shape;
    uint32_t present = assay__block_present(shape, block);
    uint32_t factors[2], order = 0;
    const exact *filled[2];
    uint32_t filled_count = 0;
    const uint32_t variables[2] = {i, j};
    for (uint32_t k = 0; k < 2; k++) {
        if (variables[k] == NONE)
            continue;
        if ((present >> variables[k] & 1) != 0)
            factors[order++] = variables[k];
        else
            filled[filled_count++] = &data->fill[variables[k]];
    }
    assay__exact_set_u64(&data->term, 0);
    if (order == 0)
        assay__exact_set_u64(&data->term, block->count);
    else
        assay__block_get(block, assay__block_index(shape, block, factors, order), &data->term);
    for (uint32_t k = 0; k < filled_count; k++)
        assay__exact_mul(&data->term, filled[k]);
    assay__exact_add(total, &data->term);
}

static void total_completed(struct completed *data, uint32_t i, uint32_t j, exact *total)
{
    assay__exact_set_u64(total, 0);
    for (uint32_t b = 0; b < assay__moments_blocks(data->moments); b++)
        add_completed(data, assay__moments_block_at(data->moments, b), i, j, total);
}

/* sum (x_i - mean_i)(x_j - mean_j) = (n S_ij - S_i S_j) / n. False without memory, as below. */
static bool centre_pair(struct completed *data, uint64_t n, uint32_t i, uint32_t j, wide *out)
{
    exact total;
    assay__exact_init(&total);
    total_completed(data, i, j, &total);
    assay__exact_mul_u64(&total, n);
    assay__exact_set(&data->term, &data->sum[i]);
    assay__exact_mul(&data->term, &data->sum[j]);
    assay__exact_sub(&total, &data->term);
    assay__exact_set_u64(&data->divisor, n);
    bool is_done = assay__exact_wide(&total, &data->divisor, out);
    assay__exact_clear(&total);
    return is_done;
}

/*
 * sum (a - mean_a)(b - mean_b)(c - mean_c)
 *   = (n^2 S_abc - n (S_a S_bc + S_b S_ac + S_c S_ab) + 2 S_a S_b S_c) / n^2
 * for value and denominator, which are never missing.
 */
static bool centre_triple(struct completed *data, uint64_t n, const uint32_t variables[3],
                          wide *out)
{
    exact total;
    assay__exact_init(&total);
    assay__moments_total(data->moments, variables, 3, &total);
    assay__exact_mul_u64(&total, n);
    assay__exact_mul_u64(&total, n);
    for (uint32_t alone = 0; alone < 3; alone++) {
        const uint32_t pair[2] = {variables[(alone + 1) % 3], variables[(alone + 2) % 3]};
        assay__exact_set_u64(&data->term, 0);
        assay__moments_total(data->moments, pair, 2, &data->term);
        assay__exact_mul(&data->term, &data->sum[variables[alone]]);
        assay__exact_mul_u64(&data->term, n);
        assay__exact_sub(&total, &data->term);
    }
    assay__exact_set_u64(&data->term, 2);
    for (uint32_t k = 0; k < 3; k++)
        assay__exact_mul(&data->term, &data->sum[variables[k]]);
    assay__exact_add(&total, &data->term);
    assay__exact_set_u64(&data->divisor, n);
    assay__exact_mul_u64(&data->divisor, n);
    bool is_done = assay__exact_wide(&total, &data->divisor, out);
    assay__exact_clear(&total);
    return is_done;
}

static void init_completed(struct completed *data, const struct assay_moments *moments,
                           const struct assay__wide *fill)
{
    data->moments = moments;
    assay__exact_init(&data->term);
    assay__exact_init(&data->divisor);
    uint32_t first = 1 + moments->shape.has_denominator;
    for (uint32_t i = 0; i < assay__shape_variables(moments->shape); i++) {
        assay__exact_init(&data->fill[i]);
        assay__exact_init(&data->sum[i]);
        if (i >= first && fill != NULL && assay__moments_missing(moments, i - first) > 0)
            assay__exact_set_wide(&data->fill[i], fill[i - first]);
        total_completed(data, i, NONE, &data->sum[i]);
    }
}

static void clear_completed(struct completed *data)
{
    assay__exact_clear(&data->term);
    assay__exact_clear(&data->divisor);
    for (uint32_t i = 0; i < assay__shape_variables(data->moments->shape); i++) {
        assay__exact_clear(&data->fill[i]);
        assay__exact_clear(&data->sum[i]);
    }
}

/* A group with every number 0; those that its shape does not have are left alone. */
static void clear_group(struct assay__group *out, uint64_t n, struct assay_moments_shape shape)
{
    out->n = n;
    out->shape = shape;
    out->variable_count = assay__shape_variables(shape);
    out->has_third = out->has_values = false;
    const wide zero = assay__wide_zero();
    for (uint32_t i = 0; i < out->variable_count; i++)
        out->mean[i] = zero;
    for (uint32_t i = 0; i < assay__pair(out->variable_count, 0); i++)
        out->centred[i] = zero;
    for (uint32_t i = 0; i < 4; i++)
        out->third[i] = zero;
}

enum { SUM = 2, PRODUCT = 3, CUBE = 4, TOTAL = ASSAY__QUOTIENT_LIMBS }; /* limbs */

/* A sum of a narrow store: its magnitude and sign. */
struct narrow {
    mp_limb_t limbs[CUBE];
    int32_t exponent;
    bool is_negative;
};

/* The only block of moments without missing covariates, if its narrow store has everything. */
static const struct assay__block *only_narrow(const struct assay_moments *moments)
{
    if (assay__moments_blocks(moments) != 1)
        return NULL;
    const struct assay__block *block = assay__moments_block_at(moments, 0);
    bool is_narrow = block->wide == NULL && block->chunks == NULL && block->big == NULL;
    return is_narrow && block->mask == 0 && block->narrow.width == 1 ? block : NULL;
}

/* False where the quotient by limbs does not take the exponent. */
static bool get_narrow(const struct assay__block *block, uint32_t index, uint32_t size,
                       struct narrow *out)
{
    uint64_t limbs[ASSAY__SUM_LIMBS_MAX];
    assay__store_copy(&block->narrow, index, limbs, &out->exponent);
    out->is_negative = limbs[size - 1] >> 63 != 0;
    if (out->is_negative)
        mpn_neg(limbs, limbs, size);
    for (uint32_t i = 0; i < size; i++)
        out->limbs[i] = limbs[i];
    return out->exponent <= 0 && out->exponent >= ASSAY__QUOTIENT_EXPONENT_MIN;
}

/* (n S_ij - S_i S_j) / n; neither product takes more than four limbs less some bits. */
static wide centre_narrow(const struct narrow *product, const struct narrow *a,
                          const struct narrow *b, uint64_t n)
{
    enum { SIZE = 2 * SUM };
    mp_limb_t over[SIZE], under[SIZE];
    bool is_negative = product->is_negative;
    over[SIZE - 1] = mpn_mul_1(over, product->limbs, PRODUCT, n);
    if (a == b)
        mpn_sqr(under, a->limbs, SUM);
    else
        mpn_mul_n(under, a->limbs, b->limbs, SUM);
    if (is_negative != (a->is_negative != b->is_negative)) {
        mpn_add_n(over, over, under, SIZE);
    } else if (mpn_cmp(over, under, SIZE) >= 0) {
        mpn_sub_n(over, over, under, SIZE);
    } else {
        mpn_sub_n(over, under, over, SIZE);
        is_negative = !is_negative;
    }
    return assay__limbs_quotient(over, SIZE, product->exponent, n, is_negative);
}

/* (n^2 S_yyy - 3 n S_y S_yy + 2 S_y^3) / n^2, for n below 2^32: all fits six limbs. */
static wide cube_narrow(const struct narrow *cube, const struct narrow *square,
                        const struct narrow *sum, uint64_t n)
{
    mp_limb_t total[TOTAL] = {0}, term[TOTAL], squared[2 * SUM];
    total[CUBE] = mpn_mul_1(total, cube->limbs, CUBE, n * n);
    if (cube->is_negative)
        mpn_neg(total, total, TOTAL);
    mpn_mul(term, square->limbs, PRODUCT, sum->limbs, SUM);
    term[TOTAL - 1] = mpn_mul_1(term, term, TOTAL - 1, 3 * n);
    (sum->is_negative ? mpn_add_n : mpn_sub_n)(total, total, term, TOTAL);
    mpn_sqr(squared, sum->limbs, SUM);
    mpn_mul(term, squared, 2 * SUM, sum->limbs, SUM);
    mpn_lshift(term, term, TOTAL, 1);
    (sum->is_negative ? mpn_sub_n : mpn_add_n)(total, total, term, TOTAL);
    bool is_negative = total[TOTAL - 1] >> 63 != 0;
    if (is_negative)
        mpn_neg(total, total, TOTAL);
    return assay__limbs_quotient(total, TOTAL, cube->exponent, n * n, is_negative);
}

/*
 * Means and centred sums from the limbs of a narrow store, as most data have it: what the general
 * way below finds, to the bit. False where that is not enough.
 */
static bool load_narrow(const struct assay_moments *moments, uint64_t n, struct assay__group *out)
{
    struct narrow sums[ASSAY_VARIABLES_MAX], square, product;
    const struct assay__block *block = only_narrow(moments);
    uint32_t p = out->variable_count;
    if (block == NULL || block->narrow.count != n ||
        (out->has_third && (block->narrow.layout.thirds != 1 || n >> 32 != 0)))
        return false;
    for (uint32_t i = 0; i < p; i++) {
        if (!get_narrow(block, i, SUM, &sums[i]))
            return false;
        out->mean[i] =
            assay__limbs_quotient(sums[i].limbs, SUM, sums[i].exponent, n, sums[i].is_negative);
        for (uint32_t j = 0; j <= i; j++) {
            if (!get_narrow(block, p + assay__pair(i, j), PRODUCT, &product))
                return false;
            square = i == 0 ? product : square;
            out->centred[assay__pair(i, j)] = centre_narrow(&product, &sums[i], &sums[j], n);
        }
    }
    if (!out->has_third)
        return true;
    if (!get_narrow(block, p + assay__pair(p, 0), CUBE, &product))
        return false;
    out->third[0] = cube_narrow(&product, &square, &sums[0], n);
    return true;
}

enum assay_status assay__moments_group(const struct assay_moments *moments,
                                       const struct assay__wide *fill, struct assay__group *out,
                                       struct assay_error *err)
{
    uint64_t n = assay_moments_count(moments);
    clear_group(out, n, moments->shape);
    out->has_values = assay__moments_has_third(moments);
    out->has_third = out->has_values && n >= 3; /* two are never skewed */
    if (n == 0 || load_narrow(moments, n, out))
        return ASSAY_OK;
    struct completed data;
    bool is_done = true;
    init_completed(&data, moments, fill);
    for (uint32_t i = 0; is_done && i < out->variable_count; i++) {
        assay__exact_set_u64(&data.divisor, n);
        is_done = assay__exact_wide(&data.sum[i], &data.divisor, &out->mean[i]);
        for (uint32_t j = 0; is_done && j <= i; j++)
            is_done = centre_pair(&data, n, i, j, &out->centred[assay__pair(i, j)]);
    }
    uint32_t thirds = assay__shape_layout(moments->shape, 0).thirds;
    for (uint32_t k = 0; is_done && out->has_third && k < thirds; k++) {
        const uint32_t variables[3] = {k > 2, k > 1, k > 0}; /* yyy, yyw, yww, www */
        is_done = centre_triple(&data, n, variables, &out->third[k]);
    }
    clear_completed(&data);
    return is_done ? ASSAY_OK : assay__fail_memory(err);
}

void assay__group_of_summary(uint64_t n, double mean, double variance, double skewness,
                             struct assay__group *out)
{
    clear_group(out, n, (struct assay_moments_shape){0});
    out->mean[0] = assay__wide_of(mean);
    if (n < 2)
        return;
    wide centred = out->centred[0]; /* 0 */
    if (variance != 0.0)
        centred = assay__wide_mul(assay__wide_of(variance), assay__wide_of_u64(n - 1));
    out->centred[0] = centred;
    out->has_third = isfinite(skewness);
    if (!out->has_third)
        return;
    wide count = assay__wide_of_u64(n);
    /* g1 = (C3 / n) / (C2 / n)^(3/2), so C3 = g1 C2 sqrt(C2 / n). */
    wide root = assay__wide_sqrt(assay__wide_div(centred, count));
    out->third[0] = assay__wide_mul(assay__wide_of(skewness), assay__wide_mul(centred, root));
}
