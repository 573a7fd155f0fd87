/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_DIST_H
#define ASSAY_DIST_H

#include "assay/export.h"

/**
 * Distributions. Both tails are functions of their own; never compute 1 - p. Logarithms are
 * natural. All functions are pure and reentrant, allocate nothing, never touch GSL's error handler,
 * and return NaN only for arguments outside the stated domain (or NaN arguments).
 *
 * df is any real in [1, 1e15]; df = infinity is accepted and means the normal limit. Above 1e15
 * nothing is promised. Points may be infinite. Quantiles take the tail probability p in (0, 1),
 * both excluded, and return the point that has that tail. _upper is R's lower.tail = FALSE, _log_
 * its log.p = TRUE; parameters as R's.
 *
 * Accuracy below is the worst relative error against tests/golden/dist.csv (mpmath, 60 digits;
 * `build/release/tests/stats/dist/test_dist` prints it by area), p down to 1e-305 and logs as far
 * as given; the logarithm of a probability near 1 is as good as the small other tail. Not promised:
 * correct rounding; monotony in the last bits; more of a probability below 1e-307 than its few
 * bits.
 */

/**
 * Standard normal: P(Z <= z), P(Z > z), their logarithms, density, quantiles from either tail.
 * R: pnorm, dnorm, qnorm.
 * Accuracy: tails 5e-16; logs 5e-16, z to 1e6; quantiles 5e-16, p to 1e-290; density 3e-15.
 */
ASSAY_API double assay_normal_lower(double z);
ASSAY_API double assay_normal_upper(double z);
ASSAY_API double assay_normal_log_lower(double z);
ASSAY_API double assay_normal_log_upper(double z);
ASSAY_API double assay_normal_density(double z);
ASSAY_API double assay_normal_quantile_lower(double p);
ASSAY_API double assay_normal_quantile_upper(double p);
/**
 * assay_normal_quantile_log_upper(): z with log P(Z > z) = log_p, for log_p < 0 of any size, as
 * good as the other quantiles; 1e-16 absolute for |z| < 0.1.
 */
ASSAY_API double assay_normal_quantile_log_upper(double log_p);

/**
 * Student t with df degrees of freedom. R: pt, dt, qt.
 * Accuracy: tails 7e-16, logs 8e-16, df 1 to 1e15; quantiles 9e-16 for p from 1e-290 to 1/2, df to
 * 1e15; density 3e-15.
 */
ASSAY_API double assay_t_lower(double t, double df);
ASSAY_API double assay_t_upper(double t, double df);
ASSAY_API double assay_t_log_lower(double t, double df);
ASSAY_API double assay_t_log_upper(double t, double df);
ASSAY_API double assay_t_density(double t, double df);
ASSAY_API double assay_t_quantile_lower(double p, double df);
ASSAY_API double assay_t_quantile_upper(double p, double df);

/**
 * Chi-square with df degrees of freedom, x >= 0. With df infinite, all of it is at infinity. R:
 * pchisq, qchisq.
 * Accuracy: tails and logs 1e-15, df 1 to 1e15; quantiles 7e-16, p from 1e-290 to 1/2.
 */
ASSAY_API double assay_chi2_lower(double x, double df);
ASSAY_API double assay_chi2_upper(double x, double df);
ASSAY_API double assay_chi2_log_lower(double x, double df);
ASSAY_API double assay_chi2_log_upper(double x, double df);
ASSAY_API double assay_chi2_quantile_lower(double p, double df);
ASSAY_API double assay_chi2_quantile_upper(double p, double df);

/**
 * F with df1 and df2 degrees of freedom, x >= 0; one infinite: chi-square, or its reciprocal, over
 * its df; both: all of it is at 1. R: pf, qf.
 * Accuracy: tails and logs 9e-16, each df 1 to 1e15, however different; quantiles 9e-16 for p
 * from 1e-290 to 1/2.
 */
ASSAY_API double assay_f_lower(double x, double df1, double df2);
ASSAY_API double assay_f_upper(double x, double df1, double df2);
ASSAY_API double assay_f_log_lower(double x, double df1, double df2);
ASSAY_API double assay_f_log_upper(double x, double df1, double df2);
ASSAY_API double assay_f_quantile_lower(double p, double df1, double df2);
ASSAY_API double assay_f_quantile_upper(double p, double df1, double df2);

/**
 * Noncentral t with df degrees of freedom and noncentrality delta, |delta| <= 1e12. Both tails are
 * computed directly, so that power near 1 and near 0 are equally good. R: pt with ncp.
 * Accuracy: 2e-15 for |delta| to 1e6, df 1 to 1e15, p to 1e-290; the same at points up to 1e11.
 */
ASSAY_API double assay_nct_lower(double t, double df, double delta);
ASSAY_API double assay_nct_upper(double t, double df, double delta);

#endif
