/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Products and quotients of long integers without memory. GMP's functions for these take scratch
 * space from the heap when the integers are long, and end the process when there is none. So long
 * factors are cut into blocks that GMP multiplies on the stack, and division is the schoolbook's,
 * in place: quotients are short (a double's bits, a wide number's), so it takes a few passes over
 * the divisor.
 */
#include "exact/exact_limbs.h"

#include <gmp.h>

#include "exact/exact_kernel.h"

enum {
    BLOCK = 256 /* limbs; GMP's scratch space for such a product is below 16 KiB */
};

static void product_of_block(mp_limb_t *out, const mp_limb_t *a, uint32_t na, const mp_limb_t *b,
                             uint32_t nb)
{
    if (na >= nb)
        mpn_mul(out, a, na, b, nb);
    else
        mpn_mul(out, b, nb, a, na);
}

static void product_of_blocks(mp_limb_t *out, const mp_limb_t *a, uint32_t na, const mp_limb_t *b,
                              uint32_t nb)
{
    mp_limb_t part[2 * BLOCK];
    mpn_zero(out, (mp_size_t)na + nb);
    for (uint32_t i = 0; i < na; i += BLOCK) {
        uint32_t rows = na - i < BLOCK ? na - i : BLOCK;
        for (uint32_t j = 0; j < nb; j += BLOCK) {
            uint32_t columns = nb - j < BLOCK ? nb - j : BLOCK;
            product_of_block(part, a + i, rows, b + j, columns);
            mp_limb_t *place = out + i + j;
            mpn_add(place, place, (mp_size_t)na - i + nb - j, part, rows + columns);
        }
    }
}

void assay__limbs_product(mp_limb_t *out, const mp_limb_t *a, uint32_t na, const mp_limb_t *b,
                          uint32_t nb)
{
    if (na <= BLOCK && nb <= BLOCK)
        product_of_block(out, a, na, b, nb);
    else
        product_of_blocks(out, a, na, b, nb);
}

/*
 * The next limb of the quotient, or one more: Knuth, The Art of Computer Programming, 4.3.1,
 * algorithm D, step D3. top[0], top[-1] and top[-2] are the highest limbs of what is left, at most
 * high in top[0]; high and low are the highest limbs of the divisor.
 */
static mp_limb_t estimate(const mp_limb_t *top, mp_limb_t third, mp_limb_t high, mp_limb_t low)
{
    assay__uint128 two = (assay__uint128)top[0] << 64 | top[-1];
    mp_limb_t guess = UINT64_MAX, rest;
    if (top[0] >= high) {
        rest = top[-1] + high;
        if (rest < high)
            return guess;
    } else {
        guess = (mp_limb_t)(two / high);
        rest = (mp_limb_t)(two - (assay__uint128)guess * high);
    }
    while ((assay__uint128)guess * low > ((assay__uint128)rest << 64 | third)) {
        guess--;
        rest += high;
        if (rest < high)
            break;
    }
    return guess;
}

void assay__limbs_divide(mp_limb_t *quotient, uint32_t count, mp_limb_t *over,
                         const mp_limb_t *under, uint32_t under_count)
{
    const mp_limb_t high = under[under_count - 1];
    const mp_limb_t low = under_count > 1 ? under[under_count - 2] : 0;
    mp_limb_t *part = over + count; /* what the next limb of the quotient divides, and one more */
    quotient[count] = mpn_cmp(part, under, under_count) >= 0;
    if (quotient[count] != 0)
        mpn_sub_n(part, part, under, under_count);
    for (uint32_t i = count; i-- > 0;) {
        part--;
        mp_limb_t *top = part + under_count;
        mp_limb_t digit = estimate(top, under_count > 1 ? top[-2] : 0, high, low);
        mp_limb_t borrow = mpn_submul_1(part, under, under_count, digit);
        while (*top != borrow) { /* the guess was too large: add back, at most twice */
            digit--;
            borrow -= mpn_add_n(part, part, under, under_count);
        }
        *top = 0;
        quotient[i] = digit;
    }
}
