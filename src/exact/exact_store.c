/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sums of decimals as integers at a common scale. The scale becomes finer when a value needs it:
 * the sums are then multiplied by a power of ten, which happens a few times in the life of a
 * store. A store refuses to become so fine that its usual values would no longer fit; the caller
 * has a wider place for the odd one.
 */
#include "exact/exact_store.h"

#include <gmp.h>
#include <stdlib.h>
#include <string.h>

#include "number/number.h"
#include "exact/exact_kernel.h"

typedef struct assay__store store_t;

uint32_t assay__layout_sums(struct assay__layout layout)
{
    return layout.variables + layout.variables * (layout.variables + 1) / 2 + layout.thirds;
}

uint32_t assay__layout_factors(struct assay__layout layout, uint32_t index, uint32_t factors[3])
{
    uint32_t p = layout.variables;
    uint32_t products = p * (p + 1) / 2;
    if (index < p) {
        factors[0] = index;
        return 1;
    }
    index -= p;
    if (index < products) {
        uint32_t row = 0;
        while (assay__pair(row + 1, 0) <= index)
            row++;
        factors[0] = row;
        factors[1] = index - assay__pair(row, 0);
        return 2;
    }
    index -= products; /* the number of w among the three */
    factors[0] = index > 2;
    factors[1] = index > 1;
    factors[2] = index > 0;
    return 3;
}

size_t assay__store_limbs(struct assay__layout layout, uint32_t width)
{
    size_t p = layout.variables;
    return p * (width + 1) + p * (p + 1) / 2 * (2 * width + 1) +
           layout.thirds * (3 * (size_t)width + 1);
}

size_t assay__store_bytes(struct assay__layout layout, uint32_t width)
{
    size_t scale_words = (layout.variables + 1) / 2;
    return (scale_words + assay__store_limbs(layout, width)) * sizeof(uint64_t);
}

void assay__store_init(store_t *store, struct assay__layout layout, uint32_t width, void *memory)
{
    store->layout = layout;
    store->width = width;
    store->count = 0;
    store->scale = memory;
    store->limbs = (uint64_t *)memory + (layout.variables + 1) / 2;
}

/* Where sum number index starts, and its limbs: order * width + 1. */
static uint64_t *sum_limbs(const store_t *store, uint32_t index, uint32_t order)
{
    uint32_t p = store->layout.variables, width = store->width;
    uint32_t products = p * (p + 1) / 2;
    uint32_t offset = 0;
    if (order == 1) {
        offset = index * (width + 1);
    } else {
        offset = p * (width + 1);
        if (order == 2)
            offset += (index - p) * (2 * width + 1);
        else
            offset += products * (2 * width + 1) + (index - p - products) * (3 * width + 1);
    }
    return store->limbs + offset;
}

/* Bits of the magnitude of a two's complement integer, or one more for a negative power of 2. */
static uint32_t bit_length(const uint64_t *limbs, uint32_t count)
{
    uint64_t sign = limbs[count - 1] >> 63 != 0 ? UINT64_MAX : 0;
    for (uint32_t i = count; i > 0; i--)
        if ((limbs[i - 1] ^ sign) != 0)
            return 64 * i - (uint32_t)__builtin_clzll(limbs[i - 1] ^ sign);
    return sign != 0 ? 1 : 0;
}

/* Are all values of the variable zero so far? Then its scale means nothing. */
static bool is_zero(const store_t *store, uint32_t variable)
{
    uint32_t index = store->layout.variables + assay__pair(variable, variable);
    return bit_length(sum_limbs(store, index, 2), 2 * store->width + 1) == 0;
}

/* Bits of 10^digits, rounded up. */
static uint32_t bits_of_power(uint32_t digits)
{
    return digits * 3322 / 1000 + 1;
}

/* How often the variable is a factor of sum number index; *order is the number of its factors. */
static uint32_t multiplicity(const store_t *store, uint32_t index, uint32_t variable,
                             uint32_t *order)
{
    uint32_t factors[3], times = 0;
    *order = assay__layout_factors(store->layout, index, factors);
    for (uint32_t i = 0; i < *order; i++)
        times += factors[i] == variable;
    return times;
}

/* Would all sums still be below 2^(bits - 3) when the variable's values are 10^digits larger? */
static bool can_scale(const store_t *store, uint32_t variable, uint32_t digits)
{
    for (uint32_t index = 0; index < assay__layout_sums(store->layout); index++) {
        uint32_t order;
        uint32_t times = multiplicity(store, index, variable, &order);
        uint32_t limbs = order * store->width + 1;
        if (times == 0)
            continue;
        uint32_t bits = bit_length(sum_limbs(store, index, order), limbs);
        if (bits != 0 && bits + bits_of_power(times * digits) > 64 * limbs - 3)
            return false;
    }
    return true;
}

/* limbs *= 10^digits; the result fits. */
static void scale_limbs(uint64_t *limbs, uint32_t count, uint32_t digits)
{
    bool negative = limbs[count - 1] >> 63 != 0;
    if (negative)
        mpn_neg(limbs, limbs, count);
    for (; digits > 0; digits -= digits < 18 ? digits : 18)
        mpn_mul_1(limbs, limbs, count, assay__power10[digits < 18 ? digits : 18]);
    if (negative)
        mpn_neg(limbs, limbs, count);
}

/* Makes the variable's scale finer by digits; can_scale() has agreed. */
static void refine(store_t *store, uint32_t variable, uint32_t digits)
{
    for (uint32_t index = 0; index < assay__layout_sums(store->layout); index++) {
        uint32_t order;
        uint32_t times = multiplicity(store, index, variable, &order);
        if (times > 0)
            scale_limbs(sum_limbs(store, index, order), order * store->width + 1, times * digits);
    }
    store->scale[variable] -= (int32_t)digits;
}

/*
 * Would the usual value of the variable, its root mean square times eight, still fit a mantissa
 * when it is 10^digits larger? Without this one value with many decimals would make a narrow store
 * useless for all the others.
 */
static bool leaves_room(const store_t *store, uint32_t variable, uint32_t digits)
{
    uint32_t index = store->layout.variables + assay__pair(variable, variable);
    uint32_t squares = bit_length(sum_limbs(store, index, 2), 2 * store->width + 1);
    uint32_t count = 63 - (uint32_t)__builtin_clzll(store->count | 1);
    uint32_t usual = squares > count ? (squares - count + 1) / 2 : 0;
    return usual + bits_of_power(digits) + 3 <= 64 * store->width - 2;
}

/* Makes room for a value with this exponent if that can be; false when it cannot. */
static bool admit(store_t *store, uint32_t variable, const struct assay_decimal *value)
{
    if (value->exponent < -ASSAY__EXPONENT_MAX || value->exponent > ASSAY__EXPONENT_MAX)
        return false;
    if (is_zero(store, variable)) {
        store->scale[variable] = value->exponent;
        return true;
    }
    int64_t digits = (int64_t)store->scale[variable] - value->exponent;
    if (digits <= 0 || digits > (store->width == 1 ? 18 : 37))
        return false;
    if (!leaves_room(store, variable, (uint32_t)digits) ||
        !can_scale(store, variable, (uint32_t)digits))
        return false;
    refine(store, variable, (uint32_t)digits);
    return true;
}

static bool add_narrow(store_t *store, const struct assay_decimal *values)
{
    int64_t mantissas[ASSAY_VARIABLES_MAX];
    for (uint32_t i = 0; i < store->layout.variables; i++) {
        if (assay__mantissa_narrow(&values[i], store->scale[i], &mantissas[i]))
            continue;
        if (!admit(store, i, &values[i]) ||
            !assay__mantissa_narrow(&values[i], store->scale[i], &mantissas[i]))
            return false;
    }
    assay__kernel_narrow(store->limbs, store->layout, mantissas);
    store->count++;
    return true;
}

static bool add_wide(store_t *store, const struct assay_decimal *values)
{
    struct assay__mantissa mantissas[ASSAY_VARIABLES_MAX];
    for (uint32_t i = 0; i < store->layout.variables; i++) {
        if (assay__mantissa_wide(&values[i], store->scale[i], &mantissas[i]))
            continue;
        if (!admit(store, i, &values[i]) ||
            !assay__mantissa_wide(&values[i], store->scale[i], &mantissas[i]))
            return false;
    }
    assay__kernel_wide(store->limbs, store->layout, mantissas);
    store->count++;
    return true;
}

bool assay__store_add(store_t *store, const struct assay_decimal *values)
{
    return store->width == 1 ? add_narrow(store, values) : add_wide(store, values);
}

bool assay__store_add_integers(store_t *store, const int64_t *values)
{
    struct assay_decimal decimals[ASSAY_VARIABLES_MAX];
    bool plain = store->width == 1;
    for (uint32_t i = 0; i < store->layout.variables; i++) {
        decimals[i] = (struct assay_decimal){.mantissa = values[i]};
        plain = plain && store->scale[i] == 0 && llabs(values[i]) <= ASSAY__NARROW_MAX;
    }
    if (!plain)
        return assay__store_add(store, decimals);
    assay__kernel_narrow(store->limbs, store->layout, values);
    store->count++;
    return true;
}

/* Brings the variable to the same scale in both stores. */
static bool align(store_t *a, store_t *b, uint32_t variable)
{
    if (a->scale[variable] == b->scale[variable])
        return true;
    if (is_zero(a, variable) || is_zero(b, variable)) {
        store_t *zero = is_zero(a, variable) ? a : b;
        zero->scale[variable] = (zero == a ? b : a)->scale[variable];
        return true;
    }
    store_t *coarse = a->scale[variable] > b->scale[variable] ? a : b;
    store_t *fine = coarse == a ? b : a;
    uint32_t digits = (uint32_t)(coarse->scale[variable] - fine->scale[variable]);
    if (digits > 37 || !can_scale(coarse, variable, digits))
        return false;
    refine(coarse, variable, digits);
    return true;
}

bool assay__store_merge(store_t *store, const store_t *from)
{
    uint64_t memory[ASSAY__STORE_WORDS]; /* a copy of from whose scales may change */
    store_t copy;
    assay__store_init(&copy, from->layout, from->width, memory);
    memcpy(memory, from->scale, assay__store_bytes(from->layout, from->width));
    for (uint32_t i = 0; i < store->layout.variables; i++)
        if (!align(store, &copy, i))
            return false;

    uint32_t sums = assay__layout_sums(store->layout), order;
    for (uint32_t index = 0; index < sums; index++) {
        multiplicity(store, index, 0, &order);
        uint32_t limbs = order * store->width + 1, limit = 64 * limbs - 4;
        if (bit_length(sum_limbs(store, index, order), limbs) > limit ||
            bit_length(sum_limbs(&copy, index, order), limbs) > limit)
            return false;
    }
    for (uint32_t index = 0; index < sums; index++) {
        multiplicity(store, index, 0, &order);
        uint64_t *into = sum_limbs(store, index, order);
        mpn_add_n(into, into, sum_limbs(&copy, index, order), order * store->width + 1);
    }
    store->count += from->count;
    return true;
}

bool assay__store_assign(store_t *store, uint64_t count, const int32_t *scale,
                         const uint64_t *limbs)
{
    uint32_t p = store->layout.variables, place = 0;
    const uint32_t counts[3] = {p, p * (p + 1) / 2, store->layout.thirds};
    for (uint32_t order = 1; order <= 3; order++) {
        for (uint32_t i = 0; i < counts[order - 1]; i++) {
            place += order * store->width + 1;
            uint64_t top = limbs[place - 1], sign = top >> 63 != 0 ? UINT64_MAX : 0;
            if ((top ^ sign) >> 60 != 0)
                return false;
        }
    }
    memcpy(store->scale, scale, p * sizeof *scale);
    memcpy(store->limbs, limbs, place * sizeof *limbs);
    store->count = count;
    return true;
}

uint32_t assay__store_copy(const store_t *store, uint32_t index,
                           uint64_t limbs[ASSAY__SUM_LIMBS_MAX], int32_t *exponent)
{
    uint32_t factors[3];
    uint32_t order = assay__layout_factors(store->layout, index, factors);
    uint32_t count = order * store->width + 1;
    *exponent = 0;
    for (uint32_t i = 0; i < order; i++)
        *exponent += store->scale[factors[i]];
    memcpy(limbs, sum_limbs(store, index, order), count * sizeof *limbs);
    return count;
}

void assay__store_get(const store_t *store, uint32_t index, struct assay__exact *sum)
{
    uint64_t limbs[ASSAY__SUM_LIMBS_MAX];
    int32_t exponent;
    uint32_t count = assay__store_copy(store, index, limbs, &exponent);
    assay__exact_add_limbs(sum, limbs, count, exponent, exponent);
}
