/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sums of products with vectors of four numbers; without fused operations, whose bits are others.
 */
#ifdef __x86_64__
#define CONVOLVE_TARGET __attribute__((target("avx2")))
#define CONVOLVE_WIDTH 4
#define CONVOLVE_NAME assay__convolve_wide
#include "stats/horizon/convolve_body.h"
#else
#include "stats/horizon/convolve.h"

void assay__convolve_wide(const double *masses, const double *table, long count, long stride,
                          double sums[ASSAY__CONVOLVED])
{
    assay__convolve_plainly(masses, table, count, stride, sums);
}
#endif
