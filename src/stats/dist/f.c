/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * F with df1 and df2: its log is, but for a constant, the logit of a beta, log-concave with mode
 * f = 1. The tail past the mode is the lower tail of a beta (a, b) in logit, with a = df2/2,
 * b = df1/2 and g = 1/f upward, a = df1/2, b = df2/2 and g = f downward; the beta's x is
 * a g/(a g + b) and y = b/(a g + b). For a small a the continued fraction is short whatever b is;
 * otherwise the fixed rule applies to
 *
 *     D(s) = (a - (a+b) x) s + (a+b) [log(1 + x(e^-s - 1)) + x s].
 *
 * The bracket is about x y s^2 / 2: for x near 1 (df1 and df2 far apart) its terms cancel, and the
 * same written in y is used: log(1 + y(e^s - 1)) - y s.
 */
#include <math.h>

#include "assay/dist.h"
#include "stats/dist/tail.h"

static double drop_beta(const void *context, double s, double *slope)
{
    const struct assay__beta *beta = context;
    double x = beta->x, y = beta->y, total = beta->a + beta->b, bend;
    if (x > 0.5) {
        double curve = assay__expm1mx(s), grown = y * (s + curve); /* y (e^s - 1) */
        bend = assay__log1pmx(grown) + y * curve;
        *slope = beta->rise + total * x * grown / (1.0 + grown);
    } else {
        double curve = assay__expm1mx(-s), shrunk = x * (curve - s); /* x (e^-s - 1) */
        bend = assay__log1pmx(shrunk) + x * curve;
        *slope = beta->rise - total * y * shrunk / (1.0 + shrunk);
    }
    return beta->rise * s + total * bend;
}

/* The tail beyond f upward (sign 1) or downward (-1); f is past the mode on that side. */
static struct assay__point point_at(double f, double df1, double df2, double sign)
{
    struct assay__pair g = sign > 0.0 ? pair_div(pair_of(1.0), pair_of(f)) : pair_of(f);
    double a = 0.5 * (sign > 0.0 ? df2 : df1), b = 0.5 * (sign > 0.0 ? df1 : df2);
    struct assay__pair total = pair_sum(a, b), rest = pair_sub(pair_of(1.0), g);
    struct assay__pair divisor = pair_add(pair_scale(a, g), pair_of(b));
    /* With x0 = a/(a+b) and y0 the mode, x = x0 (1 - qx) and y = y0 (1 + qy). */
    struct assay__pair qx = pair_div(pair_scale(b, rest), divisor);
    struct assay__pair qy = pair_div(pair_scale(a, rest), divisor);
    struct assay__beta beta = {.a = a, .b = b, .x = a * g.hi / divisor.hi, .y = b / divisor.hi};
    beta.bx = b * beta.x;
    beta.rise = b * qy.hi;
    double bow = total.hi * beta.x * beta.y, lean = beta.x - beta.y;
    struct assay__point point = {
        .slope = {beta.rise, bow, bow * lean, bow * (lean * lean - 2.0 * beta.x * beta.y)}};
    point.integral = a < assay__own_most ? assay__beta_integral(&beta)
                                         : assay__drop_integral(drop_beta, &beta, beta.rise, bow);
    /* x^a y^b / B(a, b), the density of the logit: at the mode, and relative to that. Of the
     * latter's log, both log(1 + q) - q are negative, and b qy - a qx is 0. */
    double delta = assay__stirling(total.hi) - assay__stirling(a) - assay__stirling(b);
    double peak = sqrt(a / total.hi * b / (2.0 * M_PI)) * exp(delta);
    struct assay__pair log_x = assay__pair_log1pmx(pair_neg(qx), pair_mul(total, g), divisor);
    struct assay__pair log_y = assay__pair_log1pmx(qy, total, divisor);
    point.tail.mass = point.integral * peak;
    point.tail.exponent = pair_add(pair_scale(a, log_x), pair_scale(b, log_y));
    return point;
}

static int is_valid(double f, double df1, double df2)
{
    return f >= 0.0 && df1 >= 1.0 && df2 >= 1.0;
}

/* At the ends of the line; and anywhere when both df are infinite, all of F being at 1. */
static double limit(double f, double sign)
{
    return (sign > 0.0) == (f < 1.0) ? 1.0 : 0.0;
}

static double probability(double f, double df1, double df2, double sign)
{
    if (!is_valid(f, df1, df2))
        return NAN;
    if (f == 0.0 || isinf(f) || (isinf(df1) && isinf(df2)))
        return limit(f, sign);
    if (isinf(df1)) /* 1/F is chi-square with df2, over df2 */
        return sign > 0.0 ? assay_chi2_lower(df2 / f, df2) : assay_chi2_upper(df2 / f, df2);
    if (isinf(df2))
        return sign > 0.0 ? assay_chi2_upper(f * df1, df1) : assay_chi2_lower(f * df1, df1);
    double past = sign * (f - 1.0) >= 0.0 ? sign : -sign;
    struct assay__point point = point_at(f, df1, df2, past);
    double p = assay__tail_probability(&point.tail);
    return past == sign ? p : 1.0 - p;
}

static double log_probability(double f, double df1, double df2, double sign)
{
    if (!is_valid(f, df1, df2))
        return NAN;
    if (f == 0.0 || isinf(f) || (isinf(df1) && isinf(df2)))
        return limit(f, sign) > 0.0 ? 0.0 : -HUGE_VAL;
    if (isinf(df1))
        return sign > 0.0 ? assay_chi2_log_lower(df2 / f, df2) : assay_chi2_log_upper(df2 / f, df2);
    if (isinf(df2))
        return sign > 0.0 ? assay_chi2_log_upper(f * df1, df1) : assay_chi2_log_lower(f * df1, df1);
    double past = sign * (f - 1.0) >= 0.0 ? sign : -sign;
    struct assay__point point = point_at(f, df1, df2, past);
    return past == sign ? assay__tail_log(&point.tail)
                        : log1p(-assay__tail_probability(&point.tail));
}

double assay_f_upper(double x, double df1, double df2)
{
    return probability(x, df1, df2, 1.0);
}

double assay_f_lower(double x, double df1, double df2)
{
    return probability(x, df1, df2, -1.0);
}

double assay_f_log_upper(double x, double df1, double df2)
{
    return log_probability(x, df1, df2, 1.0);
}

double assay_f_log_lower(double x, double df1, double df2)
{
    return log_probability(x, df1, df2, -1.0);
}

/* A start in log f: Carter (1947, Biometrika 34:352) where it applies, two normal approximations
 * in one; otherwise the tail of log f is about normal, and far out exponential. */
static double start_of(double p, double df1, double df2, double sign)
{
    double z = sign * assay_normal_quantile_upper(p);
    double own = sign > 0.0 ? df2 : df1;
    if (df1 > 3.0 && df2 > 3.0 && z * z < own) {
        double u = 1.0 / (df1 - 1.0), v = 1.0 / (df2 - 1.0), h = 2.0 / (u + v);
        double lambda = (z * z - 3.0) / 6.0;
        return 2.0 * (z * sqrt(h + lambda) / h - (u - v) * (lambda + 5.0 / 6.0 - 2.0 / (3.0 * h)));
    }
    double near = fabs(z) * sqrt(2.0 * (1.0 / df1 + 1.0 / df2)), far = -2.0 * log(p) / own;
    return sign * fmax(near, far);
}

static double quantile(double p, double df1, double df2, double sign)
{
    if (!(p > 0.0 && p < 1.0) || !is_valid(1.0, df1, df2))
        return NAN;
    if (isinf(df1) && isinf(df2))
        return 1.0;
    if (isinf(df2))
        return (sign > 0.0 ? assay_chi2_quantile_upper(p, df1)
                           : assay_chi2_quantile_lower(p, df1)) /
               df1;
    if (isinf(df1)) /* 1/F again */
        return df2 /
               (sign > 0.0 ? assay_chi2_quantile_lower(p, df2) : assay_chi2_quantile_upper(p, df2));
    if (p > 0.5)
        return quantile(1.0 - p, df1, df2, -sign); /* exact for p in [1/2, 1] */
    double log_f = start_of(p, df1, df2, sign), miss;
    double f = exp(fmax(fmin(log_f, 700.0), -700.0)); /* further out, exp() would set errno */
    for (int i = 0; i < 100 && f > 0.0 && f < HUGE_VAL; i++) {
        /* Between mode and median, the other tail is the one past the mode. */
        double past = sign * (f - 1.0) >= 0.0 ? sign : -sign;
        struct assay__point point = point_at(f, df1, df2, past);
        double step = assay__point_advance(&point, past == sign ? p : 1.0 - p, &miss);
        f = assay__move_log(f, past * step);
        if (miss < assay__miss_most)
            break;
    }
    return f;
}

double assay_f_quantile_upper(double p, double df1, double df2)
{
    return quantile(p, df1, df2, 1.0);
}

double assay_f_quantile_lower(double p, double df1, double df2)
{
    return quantile(p, df1, df2, -1.0);
}
