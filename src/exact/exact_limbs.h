/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_EXACT_EXACT_LIMBS_H
#define ASSAY_EXACT_EXACT_LIMBS_H

#include "exact/exact.h"

/** What the files behind exact/exact.h share: a number's limbs, and integers of any length. */

/** assay__exact_limbs() is where the mantissa is. */
static inline mp_limb_t *assay__exact_limbs(struct assay__exact *number)
{
    return number->heap == NULL ? number->own : number->heap;
}

/** assay__exact_reserve() makes room for a mantissa; false when the number has failed, or now. */
bool assay__exact_reserve(struct assay__exact *number, size_t limbs);

/** mantissa *= 2^bits, mantissa *= 5^power; the exponents stay, so the value grows. */
void assay__exact_shift(struct assay__exact *number, uint32_t bits);
void assay__exact_times_five(struct assay__exact *number, uint32_t power);

/** assay__limbs_product(): out[na + nb] = a[na] * b[nb]; out is apart from both. */
void assay__limbs_product(mp_limb_t *out, const mp_limb_t *a, uint32_t na, const mp_limb_t *b,
                          uint32_t nb);

/**
 * assay__limbs_divide() divides over[under_count + count] by under, whose highest bit is set.
 * quotient gets count + 1 limbs, the last 0 or 1; over keeps the remainder in its low limbs and 0
 * in the others. The highest bit of over may be set.
 */
void assay__limbs_divide(mp_limb_t *quotient, uint32_t count, mp_limb_t *over,
                         const mp_limb_t *under, uint32_t under_count);

#endif
