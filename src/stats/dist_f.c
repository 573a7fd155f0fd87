/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * F with df1 and df2: beta with a = df1/2, b = df2/2 at x = df1 f/(df1 f + df2). In y = logit x the
 * density is proportional to exp(a y)(1 + e^y)^-(a+b), log-concave, with mode x = a/(a+b), f = 1.
 * With w = 1 - x, upward D(s) = (b - (a+b) w) s + (a+b) [log(1 + w(e^-s - 1)) + w s]; downward the
 * same with a, b and x, w exchanged. The bracket is about x w s^2 / 2: for w near 1 (df1 and df2
 * far apart) its terms cancel, and the same written in x is used: log(1 + x(e^s - 1)) - x s.
 */
#include <math.h>

#include "assay/dist.h"
#include "stats/dist_tail.h"

struct beta_context {
    double slope; /* of D at 0 */
    double total; /* a + b */
    double x, w;  /* w is what is left of 1 in the direction of the tail, x = 1 - w */
};

/* log(1 + w (e^-s - 1)) + w s for s >= 0, without cancellation. */
static double bend(double x, double w, double s)
{
    if (w > 0.5 && s < 1.0)
        return assay__log1pmx(x * expm1(s)) + x * assay__expm1mx(s);
    if (w > 0.5 && s < 700.0)
        return log1p(x * expm1(s)) - x * s;
    if (w > 0.5)
        return log(w * exp(-s) + x) + w * s;
    return assay__log1pmx(w * expm1(-s)) + w * assay__expm1mx(-s);
}

static double drop_beta(const void *context, double s)
{
    const struct beta_context *beta = context;
    return beta->slope * s + beta->total * bend(beta->x, beta->w, s);
}

/* x^a w^b / B(a, b), the density of y, times mass. */
static struct assay__tail height(double mass, double f, double df1, double df2)
{
    double a = 0.5 * df1, b = 0.5 * df2;
    double delta = assay__stirling(a + b) - assay__stirling(a) - assay__stirling(b);
    double peak = mass * sqrt(a / (a + b) * b / (2.0 * M_PI)) * exp(delta);
    /* x/x0 = f (a+b)/(a f + b), w/w0 = (a+b)/(a f + b) */
    struct assay__wide wide_a = assay__wide_of(a), wide_b = assay__wide_of(b);
    struct assay__wide wide_f = assay__wide_of(f), sum = assay__wide_add(wide_a, wide_b);
    struct assay__wide rest =
        assay__wide_div(sum, assay__wide_add(assay__wide_mul(wide_a, wide_f), wide_b));
    struct assay__wide exponent =
        assay__wide_add(assay__wide_mul(wide_a, assay__wide_log(wide_f)),
                        assay__wide_mul(sum, assay__wide_log(rest)));
    return assay__tail_wide(peak, exponent);
}

/* The tail beyond f upward (sign 1) or downward (-1); f is past the mode on that side. */
static struct assay__tail tail_beyond(double f, double df1, double df2, double sign,
                                      double *integral)
{
    double a = 0.5 * df1, b = 0.5 * df2, scale = df1 * f + df2;
    double x = df1 * f / scale, w = df2 / scale;
    struct beta_context context;
    context.total = a + b;
    context.w = sign > 0.0 ? w : x;
    context.x = sign > 0.0 ? x : w;
    /* b - (a+b) w = a b (f - 1)/(a f + b), and the same with a sign downward */
    context.slope = sign * (f - 1.0) * a * df2 / scale;
    double guess = 40.0 / (context.slope + 6.0 * sqrt(context.total * x * w) + 1e-300);
    *integral = assay__tail_integral(drop_beta, &context, guess);
    return height(*integral, f, df1, df2);
}

static int is_valid(double f, double df1, double df2)
{
    return f >= 0.0 && df1 > 0.0 && df2 > 0.0;
}

/* At the ends of the line; and anywhere when both df are infinite, all of F being at 1. */
static double limit(double f, double sign)
{
    return (sign > 0.0) == (f < 1.0) ? 1.0 : 0.0;
}

static double probability(double f, double df1, double df2, double sign)
{
    double integral;
    if (!is_valid(f, df1, df2))
        return NAN;
    if (f == 0.0 || isinf(f) || (isinf(df1) && isinf(df2)))
        return limit(f, sign);
    if (isinf(df1)) /* 1/F is chi-square with df2, over df2 */
        return sign > 0.0 ? assay_chi2_lower(df2 / f, df2) : assay_chi2_upper(df2 / f, df2);
    if (isinf(df2))
        return sign > 0.0 ? assay_chi2_upper(f * df1, df1) : assay_chi2_lower(f * df1, df1);
    double past = sign * (f - 1.0) >= 0.0 ? sign : -sign;
    struct assay__tail tail = tail_beyond(f, df1, df2, past, &integral);
    double p = assay__tail_probability(&tail);
    return past == sign ? p : 1.0 - p;
}

static double log_probability(double f, double df1, double df2, double sign)
{
    double integral;
    if (!is_valid(f, df1, df2))
        return NAN;
    if (f == 0.0 || isinf(f) || (isinf(df1) && isinf(df2)))
        return log(limit(f, sign));
    if (isinf(df1))
        return sign > 0.0 ? assay_chi2_log_lower(df2 / f, df2) : assay_chi2_log_upper(df2 / f, df2);
    if (isinf(df2))
        return sign > 0.0 ? assay_chi2_log_upper(f * df1, df1)
                          : assay_chi2_log_lower(f * df1, df1);
    double past = sign * (f - 1.0) >= 0.0 ? sign : -sign;
    struct assay__tail tail = tail_beyond(f, df1, df2, past, &integral);
    return past == sign ? assay__tail_log(&tail) : log1p(-assay__tail_probability(&tail));
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

struct quantile_context {
    double df1, df2, sign;
};

/* The log tail as a function of distance v from the mode: f = exp(sign v). */
static void evaluate(const void *context, double v, double *log_tail, double *slope)
{
    const struct quantile_context *q = context;
    double f = exp(q->sign * v), integral;
    if (v >= 0.0) {
        struct assay__tail tail = tail_beyond(f, q->df1, q->df2, q->sign, &integral);
        *log_tail = assay__tail_log(&tail);
        *slope = -1.0 / integral;
        return;
    }
    struct assay__tail other = tail_beyond(f, q->df1, q->df2, -q->sign, &integral);
    double p = assay__tail_probability(&other);
    *log_tail = log1p(-p);
    *slope = -(p / integral) / (1.0 - p);
}

static double quantile(double p, double df1, double df2, double sign)
{
    if (!(p > 0.0 && p < 1.0) || !is_valid(1.0, df1, df2))
        return NAN;
    if (isinf(df1) && isinf(df2))
        return 1.0;
    if (isinf(df2))
        return (sign > 0.0 ? assay_chi2_quantile_upper(p, df1)
                           : assay_chi2_quantile_lower(p, df1)) / df1;
    if (isinf(df1)) /* 1/F again */
        return df2 / (sign > 0.0 ? assay_chi2_quantile_lower(p, df2)
                                 : assay_chi2_quantile_upper(p, df2));
    if (p > 0.5)
        return quantile(1.0 - p, df1, df2, -sign); /* exact for p in [1/2, 1] */
    struct quantile_context context = {df1, df2, sign};
    /* log f is about normal with variance 2 (1/df1 + 1/df2); far out its tail is exponential. */
    double spread = sqrt(2.0 * (1.0 / df1 + 1.0 / df2));
    double near = assay_normal_quantile_upper(p) * spread;
    double rate = 0.5 * (sign > 0.0 ? df2 : df1), far = -log(p) / rate;
    double v = assay__newton_log(evaluate, &context, log(p), far > near ? far : near);
    /* A last step in f: the exponential of v has rounded. */
    double f = exp(sign * v), integral, past = sign * (f - 1.0) >= 0.0 ? sign : -sign;
    struct assay__tail tail = tail_beyond(f, df1, df2, past, &integral);
    double step = sign * assay__tail_step(&tail, integral, p, past != sign); /* in log f */
    return fabs(step) < 1e-6 ? f + f * step : f;
}

double assay_f_quantile_upper(double p, double df1, double df2)
{
    return quantile(p, df1, df2, 1.0);
}

double assay_f_quantile_lower(double p, double df1, double df2)
{
    return quantile(p, df1, df2, -1.0);
}
