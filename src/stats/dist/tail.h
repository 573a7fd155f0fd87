/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_STATS_DIST_TAIL_H
#define ASSAY_STATS_DIST_TAIL_H

#include "stats/dist/pair.h"

/**
 * Tails of log-concave densities, all in one frame. In a variable y in which the density g is
 * log-concave (asinh(t/sqrt(df)) for t, log x for chi-square, logit for beta), the tail
 * beyond y0 is
 *
 *     g(y0) * integral over s > 0 of exp(-D(s)),   D(s) = log g(y0) - log g(y0 + s),
 *
 * where D is convex and, when y0 is past the mode, increasing. The integral is between 1/D'(0) and
 * a few widths of the distribution: the only place where an exponent of hundreds meets exp() is
 * g(y0), whose exponent is computed in pairs of doubles. Nothing small is ever 1 - p, and the log
 * of a tail has no limit. The methods of integration differ: see each file.
 */

/** struct assay__tail: a probability, plus + mass * exp(exponent). */
struct assay__tail {
    double mass; /* in (0, 2) or so, or 0 */
    double plus; /* 0, or what makes all of a probability that is not small */
    struct assay__pair exponent;
};

double assay__tail_probability(const struct assay__tail *tail);
double assay__tail_log(const struct assay__tail *tail);

/** struct assay__point: a tail, and what a quantile needs to know of the density there. */
struct assay__point {
    struct assay__tail tail;
    double integral; /* tail / density, in the variable y */
    double slope[4]; /* the first four derivatives of D at 0 */
};

/**
 * assay__point_advance() is how much further out than the point the quantile of p lies, in y. *miss
 * is the relative error of p at the point: below assay__miss_most the advance is exact, otherwise
 * go there and advance again.
 */
double assay__point_advance(const struct assay__point *point, double p, double *miss);
static const double assay__miss_most = 1.5e-3;

/** assay__move_log() is x exp(step), precise for a small step. */
double assay__move_log(double x, double step);

/** A drop D(s) and its derivative, at distance s >= 0 from where the tail begins. */
typedef double (*assay__drop)(const void *context, double s, double *slope);

/**
 * assay__drop_integral() is the integral of exp(-D) over s > 0, by one fixed rule: D must be smooth
 * on the scale of the distance at which it reaches 40. first and second are D'(0) and D''(0).
 */
double assay__drop_integral(assay__drop drop, const void *context, double first, double second);

/** assay__range_integral() is the integral of a function over [from, to] by the same rule. */
double assay__range_integral(double (*function)(const void *context, double x), const void *context,
                             double from, double to);

/**
 * assay__beta_integral() is the integral for the lower tail of a beta (a, b) in logit x, below an x
 * before the mode: x = a g/(a g + b), y = b/(a g + b) = 1 - x, 0 < g <= 1. b = infinity is the
 * gamma limit, b x being u; it needs a below assay__own_most.
 */
struct assay__beta {
    double a, b;
    double x, y;
    double bx;   /* b x */
    double rise; /* a - (a + b) x = a b (1 - g)/(a g + b) >= 0 */
};
double assay__beta_integral(const struct assay__beta *beta);

/** Below it, beta and gamma integrals are computed by a continued fraction. */
static const double assay__own_most = 50.0;

/** assay__log1pmx() is log(1 + x) - x for x > -1, without cancellation. */
double assay__log1pmx(double x);

/** assay__expm1mx() is exp(x) - 1 - x, without cancellation. */
double assay__expm1mx(double x);

/** assay__stirling() is ln Gamma(a) - [(a - 1/2) ln a - a + ln(2 pi)/2] for a >= 1/2. */
double assay__stirling(double a);

/** assay__chi2_upper_both() is assay_chi2_upper() and assay_chi2_log_upper() for one integral. */
void assay__chi2_upper_both(double x, double df, double *p, double *log_p);

#endif
