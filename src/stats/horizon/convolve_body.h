/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The body of assay__convolve(), compiled once for every width of vectors. A vector holds places,
 * each of which sums its products in their order. CONVOLVE_NAME is the function, CONVOLVE_TARGET an
 * attribute, CONVOLVE_WIDTH how many numbers a vector has.
 */
#include "stats/horizon/convolve.h"

#include <string.h>

typedef double vector __attribute__((vector_size(8 * CONVOLVE_WIDTH)));

enum { VECTORS = ASSAY__CONVOLVED / CONVOLVE_WIDTH };

CONVOLVE_TARGET void CONVOLVE_NAME(const double *masses, const double *table, long count,
                                   double sums[ASSAY__CONVOLVED])
{
    vector sum[VECTORS];
    memset(sum, 0, sizeof sum);
    for (long i = 0; i < count; i++) {
        double factor = table[i];
        for (int v = 0; v < VECTORS; v++) {
            vector mass;
            memcpy(&mass, masses + i + v * CONVOLVE_WIDTH, sizeof mass);
            sum[v] += mass * factor;
        }
    }
    memcpy(sums, sum, sizeof sum);
}
