/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values of a Legendre series with vectors of four numbers; without fused operations, whose bits
 * are others. */
#ifdef __x86_64__
#define LEGENDRE_TARGET __attribute__((target("avx2")))
#define LEGENDRE_WIDTH 4
#define LEGENDRE_NAME assay__legendre_values_wide
#include "stats/horizon/legendre_body.h"
#else
#include "stats/horizon/gauss.h"

void assay__legendre_values_wide(const double coefficients[ASSAY__GAUSS_POINTS], int count,
                                 const double *x, int places, double *values)
{
    assay__legendre_values_plainly(coefficients, count, x, places, values);
}
#endif
