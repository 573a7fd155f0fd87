/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_STATS_HORIZON_GAUSS_H
#define ASSAY_STATS_HORIZON_GAUSS_H

/** Gauss-Legendre quadrature on panels of a fixed number of points, and what it needs to
 * interpolate between them. Pure functions; nothing is allocated. */
enum { ASSAY__GAUSS_POINTS = 20 };

/** assay__gauss_node(), assay__gauss_weight(): point i of the rule on [-1, 1], in rising order. */
double assay__gauss_node(int i);
double assay__gauss_weight(int i);

/** assay__normal_node(), assay__normal_weight(): point i of the rule for the normal density. */
double assay__normal_node(int i);
double assay__normal_weight(int i);

/**
 * assay__legendre_fit(): Legendre coefficients of the polynomial through values at the points, and
 * how many of them matter: the rest is below 2^-56 of the largest value.
 */
int assay__legendre_fit(const double values[ASSAY__GAUSS_POINTS],
                        double coefficients[ASSAY__GAUSS_POINTS]);

/** assay__legendre_values() evaluates the first count terms at ASSAY__GAUSS_POINTS places x in
 * [-1, 1]. */
void assay__legendre_values(const double coefficients[ASSAY__GAUSS_POINTS], int count,
                            const double x[ASSAY__GAUSS_POINTS],
                            double values[ASSAY__GAUSS_POINTS]);

/** assay__legendre_values_plainly() and assay__legendre_values_wide() are those it chooses from, of
 * the same bits; the latter is the former where there is no other. */
void assay__legendre_values_plainly(const double coefficients[ASSAY__GAUSS_POINTS], int count,
                                    const double x[ASSAY__GAUSS_POINTS],
                                    double values[ASSAY__GAUSS_POINTS]);
void assay__legendre_values_wide(const double coefficients[ASSAY__GAUSS_POINTS], int count,
                                 const double x[ASSAY__GAUSS_POINTS],
                                 double values[ASSAY__GAUSS_POINTS]);

#endif
