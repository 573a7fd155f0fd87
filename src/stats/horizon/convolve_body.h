/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The body of assay__convolve(), compiled once for every width of vectors. A vector holds places,
 * each of which sums its products in their order. CONVOLVE_NAME is the function, CONVOLVE_TARGET an
 * attribute, CONVOLVE_WIDTH how many numbers a vector has.
 */
#include "stats/horizon/convolve.h"

#include <string.h>

typedef double vector __attribute__((vector_size(8 * CONVOLVE_WIDTH)));

enum { TOGETHER = 4 * CONVOLVE_WIDTH }; /* places whose sums stay in registers */

static inline CONVOLVE_TARGET __attribute__((always_inline)) vector at(const double *place)
{
    vector value;
    memcpy(&value, place, sizeof value);
    return value;
}

CONVOLVE_TARGET static void sum_together(const double *masses, const double *table, long count,
                                         long stride, double *sums)
{
    enum { WIDTH = CONVOLVE_WIDTH };
    vector a = {0.0}, b = a, c = a, d = a;
    for (long i = 0; i < count; i += stride) {
        double factor = table[i];
        a += at(masses + i) * factor;
        b += at(masses + i + WIDTH) * factor;
        c += at(masses + i + 2 * WIDTH) * factor;
        d += at(masses + i + 3 * WIDTH) * factor;
    }
    memcpy(sums, &a, sizeof a);
    memcpy(sums + WIDTH, &b, sizeof b);
    memcpy(sums + 2 * WIDTH, &c, sizeof c);
    memcpy(sums + 3 * WIDTH, &d, sizeof d);
}

CONVOLVE_TARGET void CONVOLVE_NAME(const double *masses, const double *table, long count,
                                   long stride, double sums[ASSAY__CONVOLVED])
{
    for (int place = 0; place < ASSAY__CONVOLVED; place += TOGETHER)
        sum_together(masses + place, table, count, stride, sums + place);
}
