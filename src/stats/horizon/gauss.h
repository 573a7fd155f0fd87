/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_STATS_HORIZON_GAUSS_H
#define ASSAY_STATS_HORIZON_GAUSS_H

/** Gauss-Legendre quadrature on panels of a fixed number of points, and what it needs to
 * interpolate between them. Pure functions; nothing is allocated. */
enum { ASSAY__GAUSS_POINTS = 20 };

/** assay__gauss_node(), assay__gauss_weight(): point i of the rule on [-1, 1], in rising order. */
double assay__gauss_node(int i);
double assay__gauss_weight(int i);

/** struct assay__normal_rule: a rule for the standard normal density, points in rising order. */
struct assay__normal_rule {
    int count; /* a multiple of 4 */
    double node[ASSAY__GAUSS_POINTS], weight[ASSAY__GAUSS_POINTS];
};

/** The rules of 20 points and of 8. */
extern const struct assay__normal_rule assay__normal_20, assay__normal_8;

/**
 * assay__legendre_fit(): Legendre coefficients of the polynomial through values at the points, and
 * how many of them matter: the rest is below 2^-56 of the largest value.
 */
int assay__legendre_fit(const double values[ASSAY__GAUSS_POINTS],
                        double coefficients[ASSAY__GAUSS_POINTS]);

/** assay__legendre_values() evaluates the first count terms at places x in [-1, 1], whose number is
 * a multiple of 4. */
void assay__legendre_values(const double coefficients[ASSAY__GAUSS_POINTS], int count,
                            const double *x, int places, double *values);

/** assay__legendre_values_plainly() and assay__legendre_values_wide() are those it chooses from, of
 * the same bits; the latter is the former where there is no other. */
void assay__legendre_values_plainly(const double coefficients[ASSAY__GAUSS_POINTS], int count,
                                    const double *x, int places, double *values);
void assay__legendre_values_wide(const double coefficients[ASSAY__GAUSS_POINTS], int count,
                                 const double *x, int places, double *values);

#endif
