/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Chi-square with df degrees of freedom: gamma with a = df/2 at u = x/2. In y = log u the density
 * is proportional to exp(a y - e^y), log-concave, with mode u = a. Upward
 * D(s) = (u - a) s + u (e^s - 1 - s), which is entire and, its end being doubly exponential, good
 * for the fixed rule with any a. Downward D(s) = (a - u) s + u (e^-s - 1 + s) ends as a s: for a
 * small a the turn at s = 1 is short against that, and the continued fraction is used.
 */
#include <float.h>
#include <math.h>

#include "assay/dist.h"
#include "stats/dist/tail.h"

struct gamma_context {
    double rise; /* u - a upward, a - u downward */
    double u;
    double sign; /* 1 upward, -1 downward */
};

static double drop_gamma(const void *context, double s, double *slope)
{
    const struct gamma_context *gamma = context;
    double y = gamma->sign * s, bend = assay__expm1mx(y);
    *slope = gamma->rise + gamma->u * gamma->sign * (bend + y);
    return gamma->rise * s + gamma->u * bend;
}

/* log of (u/a)^a e^(a-u): of the density of y relative to its peak. */
static struct assay__pair log_height(double u, double a)
{
    if (u > 1e300) /* a does not count, and u/a could overflow */
        return pair_of(-u);
    struct assay__pair excess = pair_div(pair_sum(u, -a), pair_of(a));
    return pair_scale(a, assay__pair_log1pmx(excess, pair_of(u), pair_of(a)));
}

/* The tail beyond u on the side of sign; u is past the mode on that side. */
static struct assay__point point_at(double u, double a, double sign)
{
    struct assay__point point = {.slope = {sign * (u - a), u, sign * u, u}};
    if (sign < 0.0 && a < assay__own_most) {
        struct assay__beta beta = {a, HUGE_VAL, 0.0, 1.0, u, a - u};
        point.integral = assay__beta_integral(&beta);
    } else {
        struct gamma_context context = {point.slope[0], u, sign};
        point.integral = assay__drop_integral(drop_gamma, &context, point.slope[0], u);
    }
    /* u^a e^-u / Gamma(a), the density of y, has the peak sqrt(a / 2 pi) exp(-delta(a)). */
    point.tail.mass = point.integral * sqrt(a / (2.0 * M_PI)) * exp(-assay__stirling(a));
    point.tail.exponent = log_height(u, a);
    return point;
}

static int is_valid(double x, double df)
{
    return x >= 0.0 && df >= 1.0;
}

/* At the ends of the line; with df infinite, all of it is at infinity. */
static int is_limit(double u, double a)
{
    return u == 0.0 || isinf(u) || isinf(a);
}

static double limit(double u, double a, double sign)
{
    return (sign > 0.0) == (u == 0.0 || isinf(a)) ? 1.0 : 0.0;
}

/* Halving a subnormal x would lose bits of it; this far down P(X <= x) is proportional to x^a. */
static int is_halved_badly(double x, double a)
{
    return x > 0.0 && x < 2.0 * DBL_MIN && !isinf(a);
}

/* P(X beyond x) on one side; sign 1 is the upper tail. */
static double probability(double x, double df, double sign)
{
    double u = 0.5 * x, a = 0.5 * df;
    if (!is_valid(x, df))
        return NAN;
    if (is_halved_badly(x, a)) {
        if (sign > 0.0)
            return 1.0;
        /* 0 from a = 15 on, and far before; exp2() would set errno when it underflows */
        return a < 15.0 ? probability(x * 0x1p64, df, sign) * exp2(-64.0 * a) : 0.0;
    }
    if (is_limit(u, a))
        return limit(u, a, sign);
    double past = sign * (u - a) >= 0.0 ? sign : -sign;
    struct assay__point point = point_at(u, a, past);
    double p = assay__tail_probability(&point.tail);
    return past == sign ? p : 1.0 - p; /* 1 - p only where p is the lesser side of the mode */
}

static double log_probability(double x, double df, double sign)
{
    double u = 0.5 * x, a = 0.5 * df;
    if (!is_valid(x, df))
        return NAN;
    if (is_halved_badly(x, a))
        return sign > 0.0 ? -probability(x, df, -sign)
                          : log_probability(x * 0x1p64, df, sign) - 64.0 * M_LN2 * a;
    if (is_limit(u, a))
        return limit(u, a, sign) > 0.0 ? 0.0 : -HUGE_VAL;
    double past = sign * (u - a) >= 0.0 ? sign : -sign;
    struct assay__point point = point_at(u, a, past);
    return past == sign ? assay__tail_log(&point.tail)
                        : log1p(-assay__tail_probability(&point.tail));
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

void assay__chi2_upper_both(double x, double df, double *p, double *log_p)
{
    double u = 0.5 * x, a = 0.5 * df;
    if (!is_valid(x, df) || is_halved_badly(x, a) || is_limit(u, a)) {
        *p = probability(x, df, 1.0);
        *log_p = log_probability(x, df, 1.0);
        return;
    }
    double past = u - a >= 0.0 ? 1.0 : -1.0;
    struct assay__point point = point_at(u, a, past);
    double tail = assay__tail_probability(&point.tail);
    *p = past > 0.0 ? tail : 1.0 - tail;
    *log_p = past > 0.0 ? assay__tail_log(&point.tail) : log1p(-tail);
}

double assay_chi2_log_lower(double x, double df)
{
    return log_probability(x, df, -1.0);
}

/* A start: Wilson and Hilferty (1931); far below, the lower tail is about u^a / Gamma(a + 1). */
static double start_of(double p, double a, double sign)
{
    double z = assay_normal_quantile_upper(p), b = 1.0 / (9.0 * a);
    double cube = 1.0 - b + sign * z * sqrt(b);
    if (cube > 0.3)
        return a * cube * cube * cube;
    /* By Stirling, as lgamma() writes a global. */
    double log_gamma = assay__stirling(a) + 0.5 * log(2.0 * M_PI * a) - a + a * log(a);
    double log_u = (log(p) + log_gamma) / a;
    return log_u < -745.0 ? 0.0 : exp(log_u); /* exp() would set errno */
}

static double quantile(double p, double df, double sign)
{
    if (!(p > 0.0 && p < 1.0) || !(df >= 1.0))
        return NAN;
    if (isinf(df))
        return HUGE_VAL;
    if (p > 0.5)
        return quantile(1.0 - p, df, -sign); /* exact for p in [1/2, 1] */
    double a = 0.5 * df, u = start_of(p, a, sign), miss;
    for (int i = 0; i < 100 && u > 0.0; i++) {
        /* Between mode and median, the other tail is the one past the mode. */
        double past = sign * (u - a) >= 0.0 ? sign : -sign;
        struct assay__point point = point_at(u, a, past);
        double step = assay__point_advance(&point, past == sign ? p : 1.0 - p, &miss);
        u = assay__move_log(u, past * step);
        if (miss < assay__miss_most)
            break;
    }
    return 2.0 * u;
}

double assay_chi2_quantile_upper(double p, double df)
{
    return quantile(p, df, 1.0);
}

double assay_chi2_quantile_lower(double p, double df)
{
    return quantile(p, df, -1.0);
}
