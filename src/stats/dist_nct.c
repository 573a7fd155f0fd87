/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Noncentral t: T = (Z + delta)/V, V^2 = chi-square/df. Given V = e^y, P(T > t) is the normal tail
 * Q(t e^y - delta), so the tail is the integral over y of the density of log V,
 * proportional to exp(-df/2 (e^2y - 1 - 2y)), times Q: all positive, nothing subtracted.
 */
#include <math.h>

#include "assay/dist.h"
#include "stats/dist_tail.h"

struct nct_context {
    double t, df, delta;
    double sign;   /* 1 for the upper tail of T, -1 for the lower */
    double centre; /* where the integrand is largest */
    double least;  /* -log of the integrand there */
    double turn;   /* direction of s: 1 or -1 */
};

/* -log of the integrand, up to the density's constant. */
static double minus_log(const struct nct_context *nct, double y)
{
    double z = nct->sign * (nct->t * exp(y) - nct->delta);
    return 0.5 * nct->df * assay__expm1mx(2.0 * y) - assay_normal_log_upper(z);
}

static double drop_nct(const void *context, double s)
{
    const struct nct_context *nct = context;
    /* Slightly negative where the centre is not quite the maximum; the integral does not mind. */
    return minus_log(nct, nct->centre + nct->turn * s) - nct->least;
}

/* The point where the integrand is largest, to a fraction of its width; it has one maximum. */
static double find_centre(const struct nct_context *nct, double width)
{
    double low = -width, high = width;
    while (minus_log(nct, low) < minus_log(nct, 0.5 * low) && low > -700.0)
        low *= 2.0;
    while (minus_log(nct, high) < minus_log(nct, 0.5 * high) && high < 300.0)
        high *= 2.0;
    const double golden = 0.61803398874989484820;
    double a = high - golden * (high - low), b = low + golden * (high - low);
    double at_a = minus_log(nct, a), at_b = minus_log(nct, b);
    for (int i = 0; i < 60 && high - low > 1e-3 * width; i++) {
        if (at_a < at_b) {
            high = b;
            b = a;
            at_b = at_a;
            a = high - golden * (high - low);
            at_a = minus_log(nct, a);
        } else {
            low = a;
            a = b;
            at_a = at_b;
            b = low + golden * (high - low);
            at_b = minus_log(nct, b);
        }
    }
    return 0.5 * (low + high);
}

static double tail(double t, double df, double delta, double sign)
{
    struct nct_context nct = {.t = t, .df = df, .delta = delta, .sign = sign};
    double width = 1.0 / sqrt(2.0 * df);
    nct.centre = find_centre(&nct, width);
    nct.least = minus_log(&nct, nct.centre);
    /* Density of log V at 0: 2 (a/e)^a / Gamma(a), by Stirling. */
    double a = 0.5 * df;
    double peak = 2.0 * sqrt(a / (2.0 * M_PI)) * exp(-assay__stirling(a));
    nct.turn = 1.0;
    double sum = assay__tail_integral(drop_nct, &nct, 9.0 * width);
    nct.turn = -1.0;
    sum += assay__tail_integral(drop_nct, &nct, 9.0 * width);
    return peak * sum * exp(-nct.least);
}

static double probability(double t, double df, double delta, double sign)
{
    if (isnan(t) || isnan(delta) || !(df >= 1.0) || fabs(delta) > 1e6)
        return NAN;
    if (isinf(df))
        return assay_normal_upper(sign * (t - delta));
    if (isinf(t))
        return sign * t > 0.0 ? 0.0 : 1.0;
    double p = tail(t, df, delta, sign);
    return p < 1.0 ? p : 1.0;
}

double assay_nct_upper(double t, double df, double delta)
{
    return probability(t, df, delta, 1.0);
}

double assay_nct_lower(double t, double df, double delta)
{
    return probability(t, df, delta, -1.0);
}
