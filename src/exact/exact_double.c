/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Doubles summed without error: every sum is a fixed-point number from the lowest bit a term can
 * have to the highest a sum of 2^63 terms can reach. R. M. Neal, Fast exact summation using small
 * and large superaccumulators (2015), describes the chunks that overlap by half for plain sums; the
 * same is done here for exact products of two and three doubles.
 */
#include "exact/exact_double.h"

#include <string.h>

#include "exact/exact_kernel.h"

enum {
    /* Lowest bit of a double is 2^-1074, of a product of n doubles 2^(-1074 n). */
    LOWEST_BIT = 1074,
    /* The n-th order sums reach 1024 n + 63 bits up: 2098 n + 63 bits and a sign, by 32. */
    CHUNKS_1 = 69,
    CHUNKS_2 = 135,
    CHUNKS_3 = 200
};

/* An addition changes a chunk by less than 2^32 and a carried chunk is below 2^32. */
static const uint64_t pending_max = UINT64_C(1) << 30;

static const uint32_t chunks_of_order[4] = {0, CHUNKS_1, CHUNKS_2, CHUNKS_3};

/* A finite double as sign * mantissa * 2^(exponent - LOWEST_BIT); 0 <= exponent <= 2045. */
struct parts {
    uint64_t mantissa;
    uint32_t exponent;
    bool negative;
};

static inline struct parts split(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    uint32_t exponent = (uint32_t)(bits >> 52) & 0x7ff;
    uint64_t fraction = bits & ((UINT64_C(1) << 52) - 1);
    struct parts parts = {fraction, 0, bits >> 63 != 0};
    if (exponent != 0) {
        parts.mantissa |= UINT64_C(1) << 52;
        parts.exponent = exponent - 1;
    }
    return parts;
}

static uint32_t chunk_total(struct assay__layout layout)
{
    uint32_t p = layout.variables;
    return p * CHUNKS_1 + p * (p + 1) / 2 * CHUNKS_2 + layout.thirds * CHUNKS_3;
}

size_t assay__chunks_bytes(struct assay__layout layout)
{
    return sizeof(struct assay__chunks) + chunk_total(layout) * sizeof(int64_t);
}

/* The first chunk of sum number index, and how many it has. */
static size_t sum_offset(struct assay__layout layout, uint32_t index, uint32_t *count)
{
    uint32_t p = layout.variables, products = p * (p + 1) / 2;
    uint32_t order = index < p ? 1 : index < p + products ? 2 : 3;
    *count = chunks_of_order[order];
    if (order == 1)
        return index * CHUNKS_1;
    if (order == 2)
        return p * CHUNKS_1 + (index - p) * CHUNKS_2;
    return p * CHUNKS_1 + products * CHUNKS_2 + (index - p - products) * CHUNKS_3;
}

/* Carries in every sum, so that all chunks but the last of each are in [0, 2^32). */
static void carry_all(struct assay__chunks *sums)
{
    for (uint32_t index = 0; index < assay__layout_sums(sums->layout); index++) {
        uint32_t count;
        int64_t *chunk = sums->chunks + sum_offset(sums->layout, index, &count);
        int64_t carry = 0;
        for (uint32_t i = 0; i + 1 < count; i++) {
            int64_t total = chunk[i] + carry;
            carry = total >> 32; /* rounds down for negative numbers too */
            chunk[i] = total & 0xffffffff;
        }
        chunk[count - 1] += carry;
    }
    sums->pending = 0;
}

/* Adds magnitude (limbs of 64 bits, count of them, at most 3) * 2^exponent to a sum. */
static inline void deposit(int64_t *chunks, const uint64_t *magnitude, uint32_t count,
                           uint32_t exponent, bool negative)
{
    int64_t *chunk = chunks + (exponent >> 5);
    uint32_t shift = exponent & 31;
    int64_t flip = negative ? -1 : 0;
    uint64_t above = 0; /* bits that the shift moved out of the limb below */
    for (uint32_t i = 0; i < count; i++, chunk += 2) {
        uint64_t limb = magnitude[i] << shift | above;
        above = magnitude[i] >> 32 >> (32 - shift);
        chunk[0] += ((int64_t)(limb & 0xffffffff) ^ flip) - flip;
        chunk[1] += ((int64_t)(limb >> 32) ^ flip) - flip;
    }
    chunk[0] += ((int64_t)above ^ flip) - flip;
}

static inline void add_product(int64_t *chunks, struct parts a, struct parts b)
{
    assay__uint128 product = (assay__uint128)a.mantissa * b.mantissa;
    uint64_t magnitude[2] = {(uint64_t)product, (uint64_t)(product >> 64)};
    deposit(chunks, magnitude, 2, a.exponent + b.exponent, a.negative != b.negative);
}

static inline void add_triple(int64_t *chunks, struct parts a, struct parts b, struct parts c)
{
    uint64_t product[2], magnitude[3];
    assay__limbs_multiply(product, &a.mantissa, 1, &b.mantissa, 1);
    assay__limbs_multiply(magnitude, product, 2, &c.mantissa, 1);
    deposit(chunks, magnitude, 3, a.exponent + b.exponent + c.exponent,
            (a.negative != b.negative) != c.negative);
}

void assay__chunks_add(struct assay__chunks *sums, const double *values)
{
    struct parts parts[ASSAY_VARIABLES_MAX];
    uint32_t p = sums->layout.variables;
    int64_t *chunks = sums->chunks;
    if (sums->pending >= pending_max)
        carry_all(sums);
    sums->pending++;
    for (uint32_t i = 0; i < p; i++, chunks += CHUNKS_1) {
        parts[i] = split(values[i]);
        deposit(chunks, &parts[i].mantissa, 1, parts[i].exponent, parts[i].negative);
    }
    for (uint32_t i = 0; i < p; i++)
        for (uint32_t j = 0; j <= i; j++, chunks += CHUNKS_2)
            add_product(chunks, parts[i], parts[j]);
    for (uint32_t i = 0; i < sums->layout.thirds; i++, chunks += CHUNKS_3)
        add_triple(chunks, parts[i > 2], parts[i > 1], parts[i > 0]);
}

void assay__chunks_merge(struct assay__chunks *sums, const struct assay__chunks *from)
{
    if (sums->pending + from->pending >= pending_max)
        carry_all(sums);
    /* The 1 stands for what from's chunks held after its last carry. */
    uint32_t total = chunk_total(sums->layout);
    for (uint32_t i = 0; i < total; i++)
        sums->chunks[i] += from->chunks[i];
    sums->pending += from->pending + 1;
}

void assay__chunks_get(const struct assay__chunks *sums, uint32_t index, struct assay__exact *sum)
{
    uint32_t count;
    const int64_t *chunk = sums->chunks + sum_offset(sums->layout, index, &count);
    uint32_t order = count == CHUNKS_1 ? 1 : count == CHUNKS_2 ? 2 : 3;
    uint32_t first = 0;
    while (first < count && chunk[first] == 0)
        first++;
    while (count > first && chunk[count - 1] == 0)
        count--;
    if (first == count)
        return;
    /* Two chunks make a limb; above the last one stands its carry, with the sign. */
    uint64_t limbs[CHUNKS_3 / 2 + 2] = {0};
    int64_t carry = 0;
    uint32_t place = 0; /* of the next 32 bits */
    for (uint32_t i = first; i < count; i++, place++) {
        int64_t total = chunk[i] + carry;
        carry = total >> 32; /* rounds down for negative numbers too */
        limbs[place / 2] |= ((uint64_t)total & 0xffffffff) << 32 * (place % 2);
    }
    if (place % 2 != 0) {
        limbs[place / 2] |= (uint64_t)carry << 32;
        carry >>= 32;
        place++;
    }
    limbs[place / 2] = (uint64_t)carry;
    int32_t lowest = (int32_t)(32 * first) - (int32_t)(LOWEST_BIT * order);
    assay__exact_add_limbs(sum, limbs, place / 2 + 1, lowest, 0);
}
