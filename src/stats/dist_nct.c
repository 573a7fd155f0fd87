/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Noncentral t. With S = sqrt(chi2(df) / df), P(T > t) is the mean of P(Z > t S - delta). Either
 * tail is that integral over S directly: its integrand is positive and log-concave, so no digits
 * are lost however small it is, while the usual series lose small tails to cancellation. The peak
 * is found, everything is measured from there (h = s - peak, so df of 1e15 costs nothing), and each
 * smooth piece is integrated by the tanh-sinh rule (Takahasi and Mori 1974).
 */
#include <math.h>
#include <stdbool.h>

#include "assay/dist.h"
#include "stats/dist_normal.h"
#include "stats/dist_tail.h"

static const double delta_most = 1e6;
static const double depth = 42.0; /* the integrand is followed down to e^-42 of its peak */
static const double root_2pi = 2.5066282746310002;
static const double pi = 3.14159265358979324;

struct integrand {
    double df, t, sign;  /* sign 1: P(Z > w), w = t s - delta; -1: P(Z <= t s - delta), w negated */
    double peak;         /* reference s */
    double slope;        /* derivative at the peak of -ln of the density of S */
    double w;            /* w at the peak */
    bool normal_base;    /* measured from the normal density at w (w > 0) rather than from 1 */
};

/* minus the derivative of ln P(Z > w) */
static double normal_hazard(double w)
{
    if (w >= 0.0)
        return 1.0 / assay__mills_ratio(w);
    return exp(-0.5 * w * w) / (root_2pi * 0.5 * erfc(w * 0.70710678118654752));
}

/* Derivative by s of ln of the integrand; it falls in s. */
static double log_slope(const struct integrand *f, double s, double delta)
{
    double w = f->sign * fma(f->t, s, -delta);
    return (f->df - 1.0) / s - f->df * s - f->sign * f->t * normal_hazard(w);
}

static double find_peak(const struct integrand *f, double delta)
{
    double low = 1e-12, high = 2.0;
    while (log_slope(f, high, delta) > 0.0 && high < 1e12)
        high *= 4.0;
    for (int i = 0; i < 100 && high - low > 1e-15 * high; i++) {
        double middle = high > 4.0 * low ? sqrt(low * high) : 0.5 * (low + high);
        if (log_slope(f, middle, delta) > 0.0)
            low = middle;
        else
            high = middle;
    }
    return 0.5 * (low + high);
}

/* -ln of the integrand at s = peak + h, less its base, by parts that are each small and exact. */
static double depth_at(const struct integrand *f, double h, double *factor)
{
    double move = f->sign * f->t * h;
    double w = f->w + move;
    double exponent = f->slope * h + 0.5 * f->df * h * h;
    if (f->df > 1.0)
        exponent -= (f->df - 1.0) * assay__log1pmx(h / f->peak);
    if (w > 0.0) {
        *factor = assay__mills_ratio(w) / root_2pi;
        return exponent + (f->normal_base ? move * (f->w + 0.5 * move) : 0.5 * w * w);
    }
    *factor = 0.5 * erfc(w * 0.70710678118654752);
    return exponent - (f->normal_base ? 0.5 * f->w * f->w : 0.0);
}

static double value_at(const struct integrand *f, double h)
{
    double factor;
    double exponent = depth_at(f, h, &factor);
    return exp(-exponent) * factor;
}

/* How far from the peak in one direction the integrand matters; at most limit. */
static double reach(const struct integrand *f, double direction, double limit)
{
    double peak = value_at(f, 0.0);
    double inside = 0.0, outside = 1.0 / sqrt(f->df + f->t * f->t);
    while (outside < limit && value_at(f, direction * outside) > peak * exp(-depth)) {
        inside = outside;
        outside *= 2.0;
    }
    if (outside >= limit)
        outside = limit;
    if (value_at(f, direction * outside) > peak * exp(-depth))
        return outside;
    for (int i = 0; i < 6; i++) {
        double middle = 0.5 * (inside + outside);
        if (value_at(f, direction * middle) > peak * exp(-depth))
            inside = middle;
        else
            outside = middle;
    }
    return outside;
}

/* Tanh-sinh over [from, to]; an end at h = 0 keeps its relative precision. The step resolves a turn
 * 1000 times narrower than the piece, as with df near 1 and delta large. */
static double integrate_piece(const struct integrand *f, double from, double to)
{
    const double step = 1.0 / 32, span = 3.4, half_pi = 1.57079632679489662;
    const double width = to - from;
    double sum = 0.5 * half_pi * value_at(f, from + 0.5 * width);
    for (int i = 1; i * step < span; i++) {
        double grown = exp(i * step);
        double e = exp(-half_pi * (grown - 1.0 / grown));
        double near = e / (1.0 + e); /* distance from the end, as a part of the width */
        double weight = half_pi * (grown + 1.0 / grown) * near / (1.0 + e);
        sum += weight * (value_at(f, from + width * near) + value_at(f, to - width * near));
    }
    return width * step * sum;
}

/* Pieces end at the peak and where the normal probability turns from 1 to 0. */
static double integrate(const struct integrand *f)
{
    double low = -reach(f, -1.0, f->peak);
    double high = reach(f, 1.0, HUGE_VAL);
    double turn = -f->w / (f->sign * f->t);
    double sum = 0.0;
    if (turn > low && turn < 0.0) {
        sum += integrate_piece(f, low, turn);
        low = turn;
    }
    sum += integrate_piece(f, low, 0.0);
    if (turn > 0.0 && turn < high) {
        sum += integrate_piece(f, 0.0, turn);
        return sum + integrate_piece(f, turn, high);
    }
    return sum + integrate_piece(f, 0.0, high);
}

/* slope and w at the peak: differences of large numbers, in pairs; and ln of the density of S
 * at the peak times the base, less the Stirling part: a (2 ln s + 1 - s^2) - w^2 / 2, a = df/2. */
static struct assay__pair measure_peak(struct integrand *f, double delta)
{
    struct assay__pair s = pair_of(f->peak), square = pair_product(f->peak, f->peak);
    struct assay__pair pull = pair_div(pair_of(f->df - 1.0), s);
    f->slope = pair_sub(pair_product(f->df, f->peak), pull).hi;
    struct assay__pair w = pair_add(pair_product(f->t, f->peak), pair_of(-delta));
    f->w = f->sign * w.hi;
    f->normal_base = f->w > 0.0;
    struct assay__pair excess = pair_add(square, pair_of(-1.0));
    struct assay__pair exponent =
        pair_scale(0.5 * f->df, assay__pair_log1pmx(excess, square, pair_of(1.0)));
    if (f->normal_base)
        exponent = pair_sub(exponent, pair_scale(0.5, pair_mul(w, w)));
    return exponent;
}

/* t > 0, all arguments finite and in range. */
static double positive_t_tail(double t, double df, double delta, bool upper)
{
    struct integrand f = {.df = df, .t = t, .sign = upper ? 1.0 : -1.0};
    f.peak = find_peak(&f, delta);
    struct assay__tail tail = {.exponent = measure_peak(&f, delta)};
    /* The density of S is 2 a^a / Gamma(a) s^(2a-1) e^(-a s^2). */
    double a = 0.5 * df;
    double height = 2.0 / f.peak * sqrt(a / (2.0 * pi)) * exp(-assay__stirling(a));
    tail.mass = height * integrate(&f);
    return fmin(assay__tail_probability(&tail), 1.0);
}

static double nct_tail(double t, double df, double delta, bool upper)
{
    bool endless = df == HUGE_VAL;
    if (isnan(t) || !(endless || (df >= 1.0 && df <= 1e15)) || !(fabs(delta) <= delta_most))
        return NAN;
    if (isinf(t))
        return upper == (t > 0.0) ? 0.0 : 1.0;
    if (t < 0.0) { /* -T has noncentrality -delta */
        t = -t;
        delta = -delta;
        upper = !upper;
    }
    if (t < 1e-100 || endless)
        return upper ? assay_normal_upper(t - delta) : assay_normal_lower(t - delta);
    if (delta == 0.0)
        return upper ? assay_t_upper(t, df) : assay_t_lower(t, df);
    return positive_t_tail(t, df, delta, upper);
}

double assay_nct_lower(double t, double df, double delta)
{
    return nct_tail(t, df, delta, false);
}

double assay_nct_upper(double t, double df, double delta)
{
    return nct_tail(t, df, delta, true);
}
