/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pairs of groups of every size, scale and effect, compared in balls and in 320 bits. */
#ifndef ASSAY_TESTS_ODD_PAIRS_H
#define ASSAY_TESTS_ODD_PAIRS_H

#include <stdint.h>

/** struct odd_count: pairs drawn, those that balls took, and those whose figures then differed. */
struct odd_count {
    long drawn, in_balls, different;
};

/**
 * odd_pairs_compare() draws pairs from a seed. The odd ones reach to the ends of the range of
 * doubles, to few units and to shares near 0 and 1; the usual ones are those of experiments. The
 * first that differ are printed.
 */
void odd_pairs_compare(uint64_t seed, long draws, int is_usual, struct odd_count *out);

#endif
