/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_STATS_DIST_T_H
#define ASSAY_STATS_DIST_T_H

#include "stats/dist/tail.h"

/** struct assay__tail_values: a tail probability, its logarithm, and density / probability. */
struct assay__tail_values {
    double p, log_p;
    double hazard; /* 0 where p is */
};

/** assay__normal_upper_values() and assay__t_upper_values(): all three from one evaluation. */
struct assay__tail_values assay__normal_upper_values(double z);
struct assay__tail_values assay__t_upper_values(double t, double df);

/**
 * struct assay__t_law is what quantiles and tails of one t distribution share: most of either is
 * the integrand at points that depend on df alone. It is opened, and then filled as it is used.
 */
enum { ASSAY__T_NODES = 48 };
struct assay__t_law {
    double df, top; /* top: the density of asinh(t/sqrt(df)) at 0 */
    double strip, step, chord, shift;
    struct assay__pair sine, cosine; /* of the next node, with what the additions round off */
    int count;                       /* of nodes by now */
    double weight[ASSAY__T_NODES], square[ASSAY__T_NODES];
    double last;                  /* where assay__t_law_upper_values() was asked, as a size; NaN */
    struct assay__tail last_tail; /* of that: the other tail is asked for as often */
    double level, score;          /* the last quantile's tail, and its normal quantile; NaN */
};

/** assay__t_open() opens the law of df >= 1; of infinite df it is the normal one. */
void assay__t_open(double df, struct assay__t_law *law);

/** assay__t_quantile_near() is the quantile whose normal one is z > 0, to 1e-9 of itself. */
double assay__t_quantile_near(double z, double df);

/** The functions of assay/dist.h and above, bit by bit. */
double assay__t_law_quantile_upper(struct assay__t_law *law, double p);

/** assay__t_law_quantile_at() is the quantile of the law at the upper tail of a normal z; |z| < 37.
 */
double assay__t_law_quantile_at(struct assay__t_law *law, double z);
struct assay__tail_values assay__t_law_upper_values(struct assay__t_law *law, double t);

#endif
