/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_EXACT_EXACT_KERNEL_H
#define ASSAY_EXACT_EXACT_KERNEL_H

#include "number/number.h"
#include "exact/exact_store.h"

/** The inner loops of struct assay__store: decimals to mantissas, mantissas into sums. */

__extension__ typedef __int128 assay__int128;
__extension__ typedef unsigned __int128 assay__uint128;

/** Powers of ten that fit 64 bits with a sign: 10^0 .. 10^18. */
extern const uint64_t assay__power10[19];

#define ASSAY__NARROW_MAX ((INT64_C(1) << 62) - 1)

/** struct assay__mantissa is a mantissa of two limbs, sign and magnitude. */
struct assay__mantissa {
    uint64_t limbs[2];
    bool negative;
};

/** assay__mantissa_narrow() is the value's mantissa at a scale; false when it does not fit. */
static inline bool assay__mantissa_narrow(const struct assay_decimal *value, int32_t scale,
                                          int64_t *mantissa)
{
    *mantissa = value->mantissa;
    int64_t digits = (int64_t)value->exponent - scale;
    if (digits != 0) {
        if (value->mantissa == 0 && value->digits == NULL)
            return true;
        if (digits < 0 || digits > 18 || value->exponent > ASSAY__EXPONENT_MAX ||
            __builtin_mul_overflow(value->mantissa, (int64_t)assay__power10[digits], mantissa))
            return false;
    }
    return value->digits == NULL && *mantissa <= ASSAY__NARROW_MAX &&
           *mantissa >= -ASSAY__NARROW_MAX;
}

/** assay__mantissa_wide(): as above for two limbs. */
bool assay__mantissa_wide(const struct assay_decimal *value, int32_t scale,
                          struct assay__mantissa *mantissa);

/** assay__kernel_narrow() adds a vector of one-limb mantissas to a store's limbs of width 1. */
void assay__kernel_narrow(uint64_t *limbs, struct assay__layout layout, const int64_t *mantissas);

/** assay__kernel_wide() adds a vector of two-limb mantissas to a store's limbs of width 2. */
void assay__kernel_wide(uint64_t *limbs, struct assay__layout layout,
                        const struct assay__mantissa *mantissas);

/**
 * assay__store_try() adds a vector to a store of width 1 as it is; false when some value needs
 * another scale or more bits. Inline: this is the path of nearly every row.
 */
static inline bool assay__store_try(struct assay__store *store, const struct assay_decimal *values)
{
    int64_t mantissas[ASSAY_VARIABLES_MAX];
    for (uint32_t i = 0; i < store->layout.variables; i++)
        if (!assay__mantissa_narrow(&values[i], store->scale[i], &mantissas[i]))
            return false;
    assay__kernel_narrow(store->limbs, store->layout, mantissas);
    store->count++;
    return true;
}

/** assay__limbs_multiply() is the product of magnitudes: out[na + nb] = a[na] * b[nb]. */
static inline void assay__limbs_multiply(uint64_t *out, const uint64_t *a, int na,
                                         const uint64_t *b, int nb)
{
    for (int i = 0; i < na + nb; i++)
        out[i] = 0;
    for (int i = 0; i < na; i++) {
        uint64_t carry = 0;
        for (int j = 0; j < nb; j++) {
            assay__uint128 sum = (assay__uint128)a[i] * b[j] + out[i + j] + carry;
            out[i + j] = (uint64_t)sum;
            carry = (uint64_t)(sum >> 64);
        }
        out[i + nb] = carry;
    }
}

#endif
