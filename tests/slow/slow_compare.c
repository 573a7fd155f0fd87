/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Comparisons in pairs of doubles against those in 320 bits: two million pairs, bit by bit. */
#include <stdio.h>
#include <stdlib.h>

#include "odd_pairs.h"

static int check(const char *what, uint64_t seed, long draws, int is_usual, double share_least)
{
    struct odd_count count;
    odd_pairs_compare(seed, draws, is_usual, &count);
    double share = (double)count.in_balls / (double)count.drawn;
    printf("%s: %ld pairs, %.5f of them in balls, %ld differ\n", what, count.drawn, share,
           count.different);
    return count.different > 0 || share < share_least;
}

int main(void)
{
    int failed = check("odd", 1, 1500000, 0, 0.5);
    /* 55 of these fall back, most where a mean is so near 0 that e^(half an interval) is beyond
     * e^500. */
    failed += check("usual", 2, 500000, 1, 0.999);
    printf("%d passed, %d failed\n", 2 - failed, failed);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
