/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_DIST_H
#define ASSAY_DIST_H

#include "assay/export.h"

/**
 * Distributions. Both tails are functions of their own; never compute 1 - p. Logarithms are
 * natural. All functions are pure and reentrant, allocate nothing, never touch GSL's error handler,
 * and return NaN only for arguments outside the stated domain (or NaN arguments).
 *
 * df is any real in [1, 1e15]; df = infinity is accepted and means the normal limit.
 * Quantiles take the tail probability p in (0, 1) and return the point that has that tail.
 */

/** Standard normal: P(Z <= z), P(Z > z), their logarithms, density, quantiles from either tail. */
ASSAY_API double assay_normal_lower(double z);
ASSAY_API double assay_normal_upper(double z);
ASSAY_API double assay_normal_log_lower(double z);
ASSAY_API double assay_normal_log_upper(double z);
ASSAY_API double assay_normal_density(double z);
ASSAY_API double assay_normal_quantile_lower(double p);
ASSAY_API double assay_normal_quantile_upper(double p);
/** assay_normal_quantile_log_upper(): the z with log P(Z > z) = log_p, for log_p < 0 of any size. */
ASSAY_API double assay_normal_quantile_log_upper(double log_p);

/** Student t with df degrees of freedom. */
ASSAY_API double assay_t_lower(double t, double df);
ASSAY_API double assay_t_upper(double t, double df);
ASSAY_API double assay_t_log_lower(double t, double df);
ASSAY_API double assay_t_log_upper(double t, double df);
ASSAY_API double assay_t_density(double t, double df);
ASSAY_API double assay_t_quantile_lower(double p, double df);
ASSAY_API double assay_t_quantile_upper(double p, double df);

/** Chi-square with df degrees of freedom, x >= 0. */
ASSAY_API double assay_chi2_lower(double x, double df);
ASSAY_API double assay_chi2_upper(double x, double df);
ASSAY_API double assay_chi2_log_lower(double x, double df);
ASSAY_API double assay_chi2_log_upper(double x, double df);
ASSAY_API double assay_chi2_quantile_lower(double p, double df);
ASSAY_API double assay_chi2_quantile_upper(double p, double df);

/** F with df1 and df2 degrees of freedom, x >= 0. */
ASSAY_API double assay_f_lower(double x, double df1, double df2);
ASSAY_API double assay_f_upper(double x, double df1, double df2);
ASSAY_API double assay_f_log_lower(double x, double df1, double df2);
ASSAY_API double assay_f_log_upper(double x, double df1, double df2);
ASSAY_API double assay_f_quantile_lower(double p, double df1, double df2);
ASSAY_API double assay_f_quantile_upper(double p, double df1, double df2);

/** Noncentral t with df degrees of freedom and noncentrality delta, |delta| <= 1e6. */
ASSAY_API double assay_nct_lower(double t, double df, double delta);
ASSAY_API double assay_nct_upper(double t, double df, double delta);

#endif
