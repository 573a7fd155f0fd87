/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Chi-square with df degrees of freedom: gamma with a = df/2 at u = x/2. In y = log u the density
 * is proportional to exp(a y - e^y), log-concave, with mode u = a. Upward
 * D(s) = (u - a) s + u (e^s - 1 - s), downward D(s) = (a - u) s + u (e^-s - 1 + s).
 */
#include <math.h>

#include "assay/dist.h"
#include "stats/dist_tail.h"

struct gamma_context {
    double excess; /* u - a upward, a - u downward */
    double u;
    double sign; /* 1 upward, -1 downward */
};

static double drop_gamma(const void *context, double s)
{
    const struct gamma_context *gamma = context;
    return gamma->excess * s + gamma->u * assay__expm1mx(gamma->sign * s);
}

/* u^a e^-u / Gamma(a), the density of y, times mass. */
static struct assay__tail height(double mass, double u, double a)
{
    /* sqrt(a / 2 pi) exp(-delta(a) - a (r - 1 - log r)), r = u/a */
    double peak = mass * sqrt(a / (2.0 * M_PI)) * exp(-assay__stirling(a));
    double e = (u - a) / a;
    double exponent = a * assay__log1pmx(e);
    if (exponent > -2.0)
        return assay__tail_plain(peak, exponent);
    struct assay__wide wide_a = assay__wide_of(a), wide_u = assay__wide_of(u);
    struct assay__wide log_ratio = assay__wide_log(assay__wide_div(wide_u, wide_a));
    struct assay__wide deviance =
        assay__wide_add(assay__wide_mul(wide_a, log_ratio), assay__wide_sub(wide_a, wide_u));
    return assay__tail_wide(peak, deviance);
}

/* The tail beyond u on the side of sign; u is past the mode on that side. */
static struct assay__tail tail_beyond(double u, double a, double sign, double *integral)
{
    struct gamma_context context = {sign * (u - a), u, sign};
    double scale = 40.0 / (context.excess + 6.0 * sqrt(u) + 1e-300);
    *integral = assay__tail_integral(drop_gamma, &context, scale);
    return height(*integral, u, a);
}

static int is_valid(double x, double df)
{
    return x >= 0.0 && df > 0.0;
}

/* P(X beyond x) on one side; sign 1 is the upper tail. */
static double probability(double x, double df, double sign)
{
    double u = 0.5 * x, a = 0.5 * df, integral;
    if (!is_valid(x, df))
        return NAN;
    if (u == 0.0 || isinf(u) || isinf(a)) /* with df infinite, all of it is at infinity */
        return (sign > 0.0) == (u == 0.0 || isinf(a)) ? 1.0 : 0.0;
    double past = sign * (u - a) >= 0.0 ? sign : -sign;
    struct assay__tail tail = tail_beyond(u, a, past, &integral);
    double p = assay__tail_probability(&tail);
    return past == sign ? p : 1.0 - p; /* 1 - p only where p is the lesser side of the mode */
}

static double log_probability(double x, double df, double sign)
{
    double u = 0.5 * x, a = 0.5 * df, integral;
    if (!is_valid(x, df))
        return NAN;
    if (u == 0.0 || isinf(u) || isinf(a))
        return (sign > 0.0) == (u == 0.0 || isinf(a)) ? 0.0 : -HUGE_VAL;
    double past = sign * (u - a) >= 0.0 ? sign : -sign;
    struct assay__tail tail = tail_beyond(u, a, past, &integral);
    return past == sign ? assay__tail_log(&tail) : log1p(-assay__tail_probability(&tail));
}

double assay_chi2_upper(double x, double df)
{
    return probability(x, df, 1.0);
}

double assay_chi2_lower(double x, double df)
{
    return probability(x, df, -1.0);
}

double assay_chi2_log_upper(double x, double df)
{
    return log_probability(x, df, 1.0);
}

double assay_chi2_log_lower(double x, double df)
{
    return log_probability(x, df, -1.0);
}

struct quantile_context {
    double a, sign;
};

/* The log tail as a function of distance w from the mode: u = a exp(sign w). */
static void evaluate(const void *context, double w, double *log_tail, double *slope)
{
    const struct quantile_context *quantile = context;
    double u = quantile->a * exp(quantile->sign * w), integral;
    if (w >= 0.0) {
        struct assay__tail tail = tail_beyond(u, quantile->a, quantile->sign, &integral);
        *log_tail = assay__tail_log(&tail);
        *slope = -1.0 / integral;
        return;
    }
    struct assay__tail other = tail_beyond(u, quantile->a, -quantile->sign, &integral);
    double p = assay__tail_probability(&other);
    *log_tail = log1p(-p);
    *slope = -(p / integral) / (1.0 - p);
}

static double quantile(double p, double df, double sign)
{
    if (!(p > 0.0 && p < 1.0) || !(df > 0.0))
        return NAN;
    if (isinf(df))
        return HUGE_VAL;
    if (p > 0.5)
        return quantile(1.0 - p, df, -sign); /* exact for p in [1/2, 1] */
    struct quantile_context context = {0.5 * df, sign};
    /* Wilson and Hilferty (1931) to begin with; far below, the lower tail falls as u^a. */
    double z = assay_normal_quantile_upper(p), b = 2.0 / (9.0 * df);
    double cube = 1.0 - b + sign * z * sqrt(b);
    double w = sign * 3.0 * log(fmax(cube, 0.1));
    if (cube <= 0.1) {
        /* The lower tail is about u^a / Gamma(a + 1); by Stirling, as lgamma() writes a global. */
        double stirling = assay__stirling(context.a) + 0.5 * log(2.0 * M_PI * context.a);
        w = 1.0 - (log(p) + stirling) / context.a;
    }
    w = assay__newton_log(evaluate, &context, log(p), w);
    double u = context.a * exp(sign * w);
    /* A last step in u: the exponential of w has rounded. */
    double integral, past = sign * (u - context.a) >= 0.0 ? sign : -sign;
    struct assay__tail tail = tail_beyond(u, context.a, past, &integral);
    double step = sign * assay__tail_step(&tail, integral, p, past != sign); /* in log u */
    return fabs(step) < 1e-6 ? 2.0 * (u + u * step) : 2.0 * u;
}

double assay_chi2_quantile_upper(double p, double df)
{
    return quantile(p, df, 1.0);
}

double assay_chi2_quantile_lower(double p, double df)
{
    return quantile(p, df, -1.0);
}
