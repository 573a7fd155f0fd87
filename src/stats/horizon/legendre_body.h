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
    int i = 0;
    for (; i + 2 * LEGENDRE_WIDTH <= places; i += 2 * LEGENDRE_WIDTH) { /* do not wait for each */
        vector x1, x2, one1 = {0.0}, two1 = {0.0}, one2 = {0.0}, two2 = {0.0};
        memcpy(&x1, x + i, sizeof x1);
        memcpy(&x2, x + i + LEGENDRE_WIDTH, sizeof x2);
        for (int m = count - 1; m > 0; m--) {
            double coefficient = coefficients[m], f = up[m], g = back[m];
            vector sum1 = coefficient + f * x1 * one1 - g * two1;
            vector sum2 = coefficient + f * x2 * one2 - g * two2;
            two1 = one1;
            two2 = one2;
            one1 = sum1;
            one2 = sum2;
        }
        x1 = coefficients[0] + x1 * one1 - 0.5 * two1;
        x2 = coefficients[0] + x2 * one2 - 0.5 * two2;
        memcpy(values + i, &x1, sizeof x1);
        memcpy(values + i + LEGENDRE_WIDTH, &x2, sizeof x2);
    }
    for (; i < places; i += LEGENDRE_WIDTH) {
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
