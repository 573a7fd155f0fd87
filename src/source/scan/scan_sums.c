/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sums of a batch, wide enough that nothing can overflow and no wider. A batch has fewer than 2^10
 * rows: sums of b-bit numbers fit b + 10 bits and a sign.
 */
#include "source/scan/scan_sums.h"

#include "exact/exact_kernel.h"

typedef assay__int128 int128;

enum {
    ROW_BITS = 10,
    ROOM_64 = 63 - ROW_BITS,  /* bits of a term whose batch sum fits 64 bits */
    ROOM_128 = 127 - ROW_BITS /* and 128 */
};

static void add_limbs(uint64_t *sum, uint32_t limbs, int128 value)
{
    uint64_t fill = (uint64_t)(int64_t)(value >> 127);
    assay__uint128 carry = 0;
    for (uint32_t i = 0; i < limbs; i++) {
        uint64_t word = i == 0 ? (uint64_t)value : i == 1 ? (uint64_t)(value >> 64) : fill;
        carry += (assay__uint128)sum[i] + word;
        sum[i] = (uint64_t)carry;
        carry >>= 64;
    }
}

/* One variable: sum, sum of squares, sum of cubes, in 64 bits. */
static void add_one(uint64_t *limbs, const struct assay__sample *sample)
{
    const int64_t *restrict y = sample->columns[0];
    const uint16_t *restrict rows = sample->rows;
    int64_t sum = 0, squares = 0, cubes = 0;
    for (uint32_t k = 0; k < sample->count; k++) {
        int64_t value = y[rows[k]], square = value * value;
        sum += value;
        squares += square;
        cubes += square * value;
    }
    add_limbs(limbs, 2, sum);
    add_limbs(limbs + 2, 3, squares);
    add_limbs(limbs + 5, 4, cubes);
}

/* A value and a covariate, in 64 bits. */
static void add_two(uint64_t *limbs, const struct assay__sample *sample)
{
    const int64_t *restrict y = sample->columns[0], *restrict x = sample->columns[1];
    const uint16_t *restrict rows = sample->rows;
    int64_t sum_y = 0, sum_x = 0, yy = 0, xy = 0, xx = 0, yyy = 0;
    for (uint32_t k = 0; k < sample->count; k++) {
        int64_t a = y[rows[k]], b = x[rows[k]], square = a * a;
        sum_y += a;
        sum_x += b;
        yy += square;
        xy += a * b;
        xx += b * b;
        yyy += square * a;
    }
    add_limbs(limbs, 2, sum_y);
    add_limbs(limbs + 2, 2, sum_x);
    add_limbs(limbs + 4, 3, yy);
    add_limbs(limbs + 7, 3, xy);
    add_limbs(limbs + 10, 3, xx);
    add_limbs(limbs + 13, 4, yyy);
}

/* The same with cubes that need 128 bits. */
static void add_two_wide(uint64_t *limbs, const struct assay__sample *sample)
{
    const int64_t *restrict y = sample->columns[0], *restrict x = sample->columns[1];
    const uint16_t *restrict rows = sample->rows;
    int64_t sum_y = 0, sum_x = 0, yy = 0, xy = 0, xx = 0;
    int128 yyy = 0;
    for (uint32_t k = 0; k < sample->count; k++) {
        int64_t a = y[rows[k]], b = x[rows[k]], square = a * a;
        sum_y += a;
        sum_x += b;
        yy += square;
        xy += a * b;
        xx += b * b;
        yyy += (int128)square * a;
    }
    add_limbs(limbs, 2, sum_y);
    add_limbs(limbs + 2, 2, sum_x);
    add_limbs(limbs + 4, 3, yy);
    add_limbs(limbs + 7, 3, xy);
    add_limbs(limbs + 10, 3, xx);
    add_limbs(limbs + 13, 4, yyy);
}

static int128 sum_of(const struct assay__sample *sample, uint32_t i)
{
    const int64_t *restrict values = sample->columns[i];
    int128 sum = 0;
    if (sample->bits[i] <= ROOM_64) {
        int64_t narrow = 0;
        for (uint32_t k = 0; k < sample->count; k++)
            narrow += values[sample->rows[k]];
        return narrow;
    }
    for (uint32_t k = 0; k < sample->count; k++)
        sum += values[sample->rows[k]];
    return sum;
}

static int128 product_of(const struct assay__sample *sample, uint32_t i, uint32_t j)
{
    const int64_t *restrict a = sample->columns[i], *restrict b = sample->columns[j];
    if (sample->bits[i] + sample->bits[j] <= ROOM_64) {
        int64_t narrow = 0;
        for (uint32_t k = 0; k < sample->count; k++)
            narrow += a[sample->rows[k]] * b[sample->rows[k]];
        return narrow;
    }
    int128 sum = 0;
    for (uint32_t k = 0; k < sample->count; k++)
        sum += (int128)a[sample->rows[k]] * b[sample->rows[k]];
    return sum;
}

/* A square of 63 bits, so that the product with a third factor is one instruction. */
static int128 cube_of(const struct assay__sample *sample, uint32_t squared, uint32_t other)
{
    const int64_t *restrict a = sample->columns[squared], *restrict b = sample->columns[other];
    int128 sum = 0;
    for (uint32_t k = 0; k < sample->count; k++) {
        int64_t value = a[sample->rows[k]];
        sum += (int128)(value * value) * b[sample->rows[k]];
    }
    return sum;
}

/* Whether 128 bits hold the batch sums of every product and cube. */
static bool fits_128(const struct assay__sample *sample, struct assay__layout layout)
{
    uint32_t most = 0;
    for (uint32_t i = 0; i < layout.variables; i++)
        most = sample->bits[i] > most ? sample->bits[i] : most;
    uint32_t bits = sample->bits[0];
    if (layout.thirds > 1 && sample->bits[1] > bits)
        bits = sample->bits[1];
    bool cubes_fit = layout.thirds == 0 || (2 * bits <= 62 && 3 * bits <= ROOM_128);
    return 2 * most <= ROOM_128 && cubes_fit;
}

static void add_each(uint64_t *limbs, struct assay__layout layout,
                     const struct assay__sample *sample)
{
    int64_t mantissas[ASSAY_VARIABLES_MAX];
    for (uint32_t k = 0; k < sample->count; k++) {
        for (uint32_t i = 0; i < layout.variables; i++)
            mantissas[i] = sample->columns[i][sample->rows[k]];
        assay__kernel_narrow(limbs, layout, mantissas);
    }
}

void assay__sums_add(uint64_t *limbs, struct assay__layout layout,
                     const struct assay__sample *sample)
{
    static const uint8_t THIRDS[4][2] = {{0, 0}, {0, 1}, {1, 0}, {1, 1}}; /* squared, other */
    uint32_t bits = sample->bits[0];
    if (sample->count < 3 || !fits_128(sample, layout)) {
        add_each(limbs, layout, sample);
        return;
    }
    if (layout.variables == 1 && layout.thirds == 1 && 3 * bits <= ROOM_64) {
        add_one(limbs, sample);
        return;
    }
    if (layout.variables == 2 && layout.thirds == 1 && 2 * bits <= ROOM_64 &&
        2 * sample->bits[1] <= ROOM_64) {
        (3 * bits <= ROOM_64 ? add_two : add_two_wide)(limbs, sample);
        return;
    }
    for (uint32_t i = 0; i < layout.variables; i++, limbs += 2)
        add_limbs(limbs, 2, sum_of(sample, i));
    for (uint32_t i = 0; i < layout.variables; i++)
        for (uint32_t j = 0; j <= i; j++, limbs += 3)
            add_limbs(limbs, 3, product_of(sample, i, j));
    for (uint32_t i = 0; i < layout.thirds; i++, limbs += 4)
        add_limbs(limbs, 4, cube_of(sample, THIRDS[i][0], THIRDS[i][1]));
}
