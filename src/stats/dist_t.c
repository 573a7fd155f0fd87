/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Student's t. In y = asinh(t/sqrt(df)) the density is proportional to cosh(y)^-df, log-concave,
 * and D(s) = df log(cosh s + tanh(y) sinh s). Beyond df 1e15 t is normal to the last digit up to
 * p of 1e-300 only if corrected, and D does that by itself: no switch is needed.
 */
#include <math.h>

#include "assay/dist.h"
#include "stats/dist_tail.h"

struct t_context {
    double df, tanh_y;
};

static double drop_t(const void *context, double s)
{
    const struct t_context *t = context;
    double half;
    if (s > 300.0) /* cosh s + T sinh s = e^s (1 + T)/2 to the last digit */
        return t->df * (s + log(0.5 * (1.0 + t->tanh_y)));
    half = sinh(0.5 * s);
    /* cosh s - 1 = 2 sinh^2(s/2), sinh s = 2 sinh(s/2) cosh(s/2) */
    return t->df * log1p(2.0 * half * (half + t->tanh_y * sqrt(1.0 + half * half)));
}

/* Gamma((df+1)/2) / (sqrt(pi) Gamma(df/2)): the density of y at 0. */
static double peak(double df)
{
    double a = 0.5 * df;
    /* Gamma(a+1/2)/Gamma(a) = sqrt(a) exp(a log1pmx(1/(2a)) + delta(a + 1/2) - delta(a)) */
    double exponent = a * assay__log1pmx(0.5 / a) + assay__stirling(a + 0.5) - assay__stirling(a);
    return sqrt(a / M_PI) * exp(exponent);
}

static int is_valid(double t, double df)
{
    return !isnan(t) && df >= 1.0;
}

/* -df/2 log(1 + t^2/df), the log of the density of y relative to its peak. */
static struct assay__tail height(double mass, double t, double df)
{
    double ratio = t / df * t;
    double exponent = -0.5 * df * log1p(ratio);
    if (exponent > -2.0 && ratio > 1e-300)
        return assay__tail_plain(mass, exponent);
    struct assay__wide wide_df = assay__wide_of(df);
    struct assay__wide square = assay__wide_square(assay__wide_of(t));
    struct assay__wide share =
        assay__wide_div(assay__wide_add(wide_df, square), wide_df); /* 1 + t^2/df, 320 bits */
    struct assay__wide half_df = assay__wide_mul(wide_df, assay__wide_of(-0.5));
    return assay__tail_wide(mass, assay__wide_mul(half_df, assay__wide_log(share)));
}

/* The integral over s from t on, and the tail; t >= 0. */
static struct assay__tail upper_tail(double t, double df)
{
    double root = sqrt(df), y_tanh = t / hypot(t, root);
    struct t_context context = {df, y_tanh};
    double scale = 40.0 / (df * y_tanh + 4.5 * root);
    return height(peak(df) * assay__tail_integral(drop_t, &context, scale), t, df);
}

/* P(0 < T < t), for 0 <= t of moderate size. */
static double central(double t, double df)
{
    struct t_context context = {df, 0.0};
    return peak(df) * assay__range_integral(drop_t, &context, asinh(t / sqrt(df)));
}

double assay_t_upper(double t, double df)
{
    if (!is_valid(t, df))
        return NAN;
    if (isinf(df))
        return assay_normal_upper(t);
    if (isinf(t))
        return t > 0.0 ? 0.0 : 1.0;
    if (t < 0.0)
        return t > -0.5 ? 0.5 + central(-t, df) : 1.0 - assay_t_upper(-t, df);
    struct assay__tail tail = upper_tail(t, df);
    return assay__tail_probability(&tail);
}

double assay_t_lower(double t, double df)
{
    return assay_t_upper(-t, df);
}

double assay_t_log_upper(double t, double df)
{
    if (!is_valid(t, df))
        return NAN;
    if (isinf(df))
        return assay_normal_log_upper(t);
    if (isinf(t))
        return t > 0.0 ? -HUGE_VAL : 0.0;
    if (t < 0.0)
        return log1p(-assay_t_upper(-t, df));
    struct assay__tail tail = upper_tail(t, df);
    return assay__tail_log(&tail);
}

double assay_t_log_lower(double t, double df)
{
    return assay_t_log_upper(-t, df);
}

double assay_t_density(double t, double df)
{
    if (!is_valid(t, df))
        return NAN;
    if (isinf(df))
        return assay_normal_density(t);
    if (isinf(t))
        return 0.0;
    /* dy/dt = 1 / sqrt(df + t^2) */
    struct assay__tail tail = height(peak(df) / hypot(t, sqrt(df)), t, df);
    return assay__tail_probability(&tail);
}

static void evaluate(const void *context, double y, double *log_tail, double *slope)
{
    const double *df = context;
    double root = sqrt(*df), t = root * sinh(y);
    struct t_context drop = {*df, tanh(y)};
    double integral =
        assay__tail_integral(drop_t, &drop, 40.0 / (*df * drop.tanh_y + 4.5 * root));
    struct assay__tail tail = height(peak(*df) * integral, t, *df);
    *log_tail = assay__tail_log(&tail);
    *slope = -1.0 / integral;
}

static double central_quantile(double c, double df)
{
    double t = c / assay_t_density(0.0, df);
    for (int i = 0; i < 50; i++) {
        double step = (central(t, df) - c) / assay_t_density(t, df);
        t -= step;
        if (fabs(step) <= 1e-9 * fabs(t)) /* Newton squares the error: the next would be nothing */
            break;
    }
    return t;
}

/* A last step in t itself: far out, where y is large, sinh(y) loses digits of it. */
static double polish(double t, double p, double df)
{
    struct assay__tail tail = upper_tail(t, df);
    double integral = tail.mass / peak(df);
    double step = assay__tail_step(&tail, integral, p, 0) * hypot(t, sqrt(df)); /* dt/dy */
    return isfinite(step) && fabs(step) < 1e-6 * t ? t + step : t;
}

/* A start in y: Fisher and Cornish (1960) where their expansion converges, else the far tail. */
static double start_of(double p, double log_p, double df)
{
    double z = assay_normal_quantile_upper(p), square = z * z, far = -log_p / df;
    if (square > df)
        return fmax(far, z / sqrt(df));
    double first = (square + 1.0) / 4.0;
    double second = ((5.0 * square + 16.0) * square + 3.0) / 96.0;
    double third = (((3.0 * square + 19.0) * square + 17.0) * square - 15.0) / 384.0;
    double t = z * (1.0 + (first + (second + third / df) / df) / df);
    return asinh(t / sqrt(df));
}

double assay_t_quantile_upper(double p, double df)
{
    if (!(p > 0.0 && p < 1.0) || !(df >= 1.0))
        return NAN;
    if (isinf(df))
        return assay_normal_quantile_upper(p);
    if (p > 0.5)
        return -assay_t_quantile_upper(1.0 - p, df); /* exact for p in [1/2, 1] */
    if (p > 0.25)
        return central_quantile(0.5 - p, df);
    double log_p = log(p), root = sqrt(df);
    double y = assay__newton_log(evaluate, &df, log_p, start_of(p, log_p, df));
    double t = root * sinh(y);
    return y > 2.0 ? polish(t, p, df) : t;
}

double assay_t_quantile_lower(double p, double df)
{
    return -assay_t_quantile_upper(p, df);
}
