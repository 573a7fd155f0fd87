/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The body of assay__legendre_values(), compiled once for every width of vectors: Clenshaw's
 * recurrence, place by place. LEGENDRE_NAME is the function, LEGENDRE_TARGET an attribute,
 * LEGENDRE_WIDTH how many numbers a vector has.
 */
#include "stats/horizon/gauss.h"

#include <string.h>

typedef double vector __attribute__((vector_size(8 * LEGENDRE_WIDTH)));

/* (2 m + 1)/(m + 1) and (m + 1)/(m + 2) */
#define UP(m) ((2.0 * (m) + 1.0) / ((m) + 1.0))
#define BACK(m) (((m) + 1.0) / ((m) + 2.0))
#define FIVE(f, m) f(m), f((m) + 1), f((m) + 2), f((m) + 3), f((m) + 4)

LEGENDRE_TARGET void LEGENDRE_NAME(const double coefficients[ASSAY__GAUSS_POINTS], int count,
                                   const double *x, int places, double *values)
{
    static const double up[ASSAY__GAUSS_POINTS] = {FIVE(UP, 0), FIVE(UP, 5), FIVE(UP, 10),
                                                   FIVE(UP, 15)};
    static const double back[ASSAY__GAUSS_POINTS] = {FIVE(BACK, 0), FIVE(BACK, 5), FIVE(BACK, 10),
                                                     FIVE(BACK, 15)};
    for (int i = 0; i < places; i += LEGENDRE_WIDTH) {
        vector place, one = {0.0}, two = {0.0};
        memcpy(&place, x + i, sizeof place);
        for (int m = count - 1; m > 0; m--) {
            vector sum = coefficients[m] + up[m] * place * one - back[m] * two;
            two = one;
            one = sum;
        }
        vector value = coefficients[0] + place * one - 0.5 * two;
        memcpy(values + i, &value, sizeof value);
    }
}
