/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The standard normal: density times Mills' ratio. */
#include <math.h>

#include "assay/dist.h"
#include "stats/dist_tail.h"

static const double SQRT_TAU = 2.50662827463100050242;     /* sqrt(2 pi) */
static const double LOG_SQRT_TAU = 0.91893853320467274178; /* log of it */

static double drop_normal(const void *context, double s)
{
    const double *z = context;
    return s * (*z + 0.5 * s);
}

/* Mills' ratio Q(z)/phi(z) for z >= 0. */
static double mills(double z)
{
    return assay__tail_integral(drop_normal, &z, 40.0 / (z + 4.5));
}

double assay_normal_density(double z)
{
    /* z^2 in two parts, since exp() amplifies the rounding of its argument. */
    double square = z * z;
    if (square > 1500.0)
        return square < 1e300 ? exp(-0.5 * square) / SQRT_TAU : 0.0;
    return exp(-0.5 * square) * (1.0 - 0.5 * fma(z, z, -square)) / SQRT_TAU;
}

double assay_normal_upper(double z)
{
    if (isnan(z))
        return z;
    if (z < 0.0)
        return z < -0.5 ? 1.0 - assay_normal_upper(-z) : 0.5 + 0.5 * erf(-z / M_SQRT2);
    if (z < 0.5)
        return 0.5 * erfc(z / M_SQRT2);
    if (z > 39.0)
        return 0.0;
    double square = z * z;
    /* exp(-z^2/2) may be subnormal while the product is not far from it: scale by the ratio. */
    return exp(-0.5 * square) * ((1.0 - 0.5 * fma(z, z, -square)) * mills(z) / SQRT_TAU);
}

double assay_normal_lower(double z)
{
    return assay_normal_upper(-z);
}

double assay_normal_log_upper(double z)
{
    if (isnan(z))
        return z;
    if (z < 0.0)
        return log1p(-assay_normal_upper(-z));
    if (z > 1e153)
        return z > 1.8961503816218352e154 ? -HUGE_VAL : -0.5 * z * z;
    return -0.5 * z * z - LOG_SQRT_TAU + log(mills(z));
}

double assay_normal_log_lower(double z)
{
    return assay_normal_log_upper(-z);
}

static void evaluate(const void *context, double z, double *log_tail, double *slope)
{
    (void)context;
    double ratio = mills(z < 0.0 ? 0.0 : z);
    *log_tail = assay_normal_log_upper(z);
    *slope = -1.0 / ratio;
}

/* The z of a central probability c = P(0 < Z < z) < 1/4, by Newton on the integral itself. */
static double central_quantile(double c)
{
    double z = c * SQRT_TAU;
    for (int i = 0; i < 20; i++) {
        double step = (0.5 * erf(z / M_SQRT2) - c) / assay_normal_density(z);
        z -= step;
        if (fabs(step) <= 1e-16 * fabs(z))
            break;
    }
    return z;
}

double assay_normal_quantile_log_upper(double log_p)
{
    if (!(log_p < 0.0))
        return NAN;
    if (log_p > -0.6931471805599453) /* p > 1/2 */
        return -assay_normal_quantile_upper(-expm1(log_p));
    if (log_p > -1.38)
        return central_quantile(0.5 - exp(log_p));
    double guess = sqrt(-2.0 * log_p);
    if (log_p < -1e18)
        return guess;
    double start = guess > 3.0 ? guess - log(guess * SQRT_TAU) / guess : guess * 0.7;
    return assay__newton_log(evaluate, NULL, log_p, start);
}

double assay_normal_quantile_upper(double p)
{
    if (!(p > 0.0 && p < 1.0))
        return NAN;
    if (p > 0.5)
        return -assay_normal_quantile_upper(1.0 - p); /* exact for p in [1/2, 1] */
    if (p > 0.25)
        return central_quantile(0.5 - p);
    return assay_normal_quantile_log_upper(log(p));
}

double assay_normal_quantile_lower(double p)
{
    return -assay_normal_quantile_upper(p);
}
