/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Noncentral t. With S = sqrt(chi2(df) / df), P(T > t) is the mean of P(Z > t S - delta). Either
 * tail is that integral over S directly: its integrand is positive, so no digits are lost however
 * small it is, while the usual series lose small tails to cancellation. The peak is found,
 * everything is measured from there (h = s - peak, so df of 1e15 costs nothing), and each piece
 * that is smooth on its own scale is integrated by the rule of dist_tail.c, or by tanh-sinh
 * (Takahasi and Mori 1974) where the power s^(df-1) of few df has its branch point close by.
 */
#include <math.h>
#include <stdbool.h>

#include "assay/dist.h"
#include "stats/dist/normal.h"
#include "stats/dist/tail.h"

static const double delta_most = 1e6;
static const double few_df = 50.0;
static const double turn_width = 8.5; /* P(Z > 8.5) is below 2^-53 */
static const double depth = 42.0;     /* the integrand is followed down to e^-42 of its peak */
static const double root_2pi = 2.5066282746310002;
static const double pi = 3.14159265358979324;

struct integrand {
    double df, t, sign; /* sign 1: P(Z > w), w = t s - delta; -1: P(Z <= t s - delta), w negated */
    double peak;        /* reference s */
    double slope;       /* derivative at the peak of -ln of the density of S */
    double w;           /* w at the peak */
    bool normal_base;   /* measured from the normal density at w (w > 0) rather than from 1 */
};

/* minus the derivative of ln P(Z > w) */
static double normal_hazard(double w)
{
    if (w >= 0.0)
        return 1.0 / assay__mills_ratio(w);
    if (w < -38.0) /* exp() would set errno */
        return 0.0;
    return exp(-0.5 * w * w) / (root_2pi * 0.5 * erfc(w * 0.70710678118654752));
}

/*
 * Where the integrand is largest, roughly: the rest of the slope there is part of the exponent.
 * Away from the turn the normal tail is 1, or falls as exp(-w^2/2); from the peak of either,
 * Newton's steps on the slope, halving the bracket where they would leave it.
 */
static double find_peak(const struct integrand *f, double delta)
{
    const double df = f->df, t = f->t;
    double low = 1e-12 / fmax(t, 1.0), high = 1e12, s = sqrt((df - 1.0) / df);
    if (f->sign * (t * s - delta) > 0.0) {
        double total = df + t * t, push = t * delta, root;
        root = sqrt(push * push + 4.0 * total * (df - 1.0));
        s = push > 0.0 ? 0.5 * (push + root) / total : 2.0 * (df - 1.0) / (root - push);
    }
    for (int i = 0; i < 100; i++) {
        s = fmin(fmax(s, low), high);
        double w = f->sign * fma(t, s, -delta), hazard = normal_hazard(w);
        double slope = (df - 1.0) / s - df * s - f->sign * t * hazard;
        double curve = (df - 1.0) / s / s + df + t * t * hazard * (hazard - w);
        if (slope > 0.0)
            low = s;
        else
            high = s;
        if (fabs(slope) <= 1e-3 * sqrt(curve) || high <= low * (1.0 + 1e-15))
            break;
        double next = s + slope / curve;
        s = next > low && next < high ? next : sqrt(low * high);
    }
    return s;
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
    if (h <= -f->peak) /* s = 0; log1p() would set errno */
        return 0.0;
    double exponent = depth_at(f, h, &factor);
    return exponent < 745.0 ? exp(-exponent) * factor : 0.0; /* exp() would set errno */
}

/* How far from the peak in one direction the integrand matters; at most limit. */
static double reach(const struct integrand *f, double direction, double limit)
{
    double least = value_at(f, 0.0) * exp(-depth);
    double inside = 0.0, outside = 1.0 / sqrt(f->df + f->t * f->t);
    while (outside < limit && value_at(f, direction * outside) > least) {
        inside = outside;
        outside *= 2.0;
    }
    if (outside >= limit)
        outside = limit;
    if (value_at(f, direction * outside) > least)
        return outside;
    for (int i = 0; i < 6; i++) {
        double middle = 0.5 * (inside + outside);
        if (value_at(f, direction * middle) > least)
            inside = middle;
        else
            outside = middle;
    }
    return outside;
}

/* Tanh-sinh over [from, to]; an end at h = 0 keeps its relative precision. */
static double integrate_branch(const struct integrand *f, double from, double to)
{
    const double step = 1.0 / 16, span = 3.4, half_pi = 1.57079632679489662;
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

static double value_of(const void *context, double h)
{
    return value_at(context, h);
}

/* Pieces end at the peak and, if that is sharp, around the turn of the normal tail from 1 to 0. */
static double integrate(const struct integrand *f)
{
    double low = -reach(f, -1.0, f->peak), high = reach(f, 1.0, HUGE_VAL);
    double turn = -f->w / (f->sign * f->t), width = turn_width / f->t, sum = 0.0;
    double ends[] = {turn - width, turn, turn + width, 0.0, high};
    int count = sizeof ends / sizeof *ends;
    if (width > 2.0 * (high - low)) { /* smooth on the scale of all */
        ends[0] = 0.0;
        ends[1] = high;
        count = 2;
    }
    for (int i = 3; i > 0 && count > 2 && ends[i] < ends[i - 1]; i--) { /* 0 to its place */
        ends[i] = ends[i - 1];
        ends[i - 1] = 0.0;
    }
    double from = low;
    for (int i = 0; i < count; i++) {
        double to = fmin(ends[i], high);
        if (!(to > from))
            continue;
        /* The power's branch point at s = 0 counts where it is close on the scale of the piece. */
        bool is_close = f->df < few_df && f->peak + from < 0.25 * (to - from);
        sum +=
            is_close ? integrate_branch(f, from, to) : assay__range_integral(value_of, f, from, to);
        from = to;
    }
    return sum;
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
    const double endless = 1e30; /* so far out, the upper tail is exactly a power of t */
    struct integrand f = {.df = df, .t = fmin(t, endless), .sign = upper ? 1.0 : -1.0};
    f.peak = find_peak(&f, delta);
    struct assay__tail tail = {.exponent = measure_peak(&f, delta)};
    if (upper && t > endless) {
        struct assay__pair log_ratio =
            assay__pair_log1p(pair_of(1.0), pair_of(t), pair_of(endless));
        tail.exponent = pair_sub(tail.exponent, pair_scale(df, log_ratio));
    }
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
