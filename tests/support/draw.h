/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_TESTS_DRAW_H
#define ASSAY_TESTS_DRAW_H

#include <stdint.h>

/** draw_bits() is xorshift64*, Vigna (2016): the same numbers from a state, which is not 0. */
static inline uint64_t draw_bits(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * UINT64_C(2685821657736338717);
}

/** draw_share() is in [0, 1). */
static inline double draw_share(uint64_t *state)
{
    return (double)(draw_bits(state) >> 11) * 0x1p-53;
}

#endif
