/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sums of products at several places on any processor, and the choice of who computes them. */
#define CONVOLVE_TARGET
#define CONVOLVE_WIDTH 2
#define CONVOLVE_NAME assay__convolve_plainly
#include "stats/horizon/convolve_body.h"

void assay__convolve(const double *masses, const double *table, long count, long stride,
                     double sums[ASSAY__CONVOLVED])
{
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx2")) {
        assay__convolve_wide(masses, table, count, stride, sums);
        return;
    }
#endif
    assay__convolve_plainly(masses, table, count, stride, sums);
}
