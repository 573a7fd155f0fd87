/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_STATS_DIST_TAIL_H
#define ASSAY_STATS_DIST_TAIL_H

#include "stats/wide.h"

/**
 * Tails of log-concave densities, all by one method. In a variable y in which the density g is
 * log-concave (asinh(t/sqrt(df)) for t, log x for chi-square, logit for beta), the tail
 * beyond y0 is
 *
 *     g(y0) * integral over s > 0 of exp(-D(s)),   D(s) = log g(y0) - log g(y0 + s),
 *
 * where D is convex and, when y0 is past the mode, increasing. Written without cancellation, D
 * loses nothing; the integral is a sum of positive terms; and the only place where an exponent of
 * hundreds meets exp() is g(y0), which is computed in wide numbers when it matters. Nothing is
 * ever 1 - p, and the log of a tail has no limit.
 */

/** A drop D(s) >= 0 of the log density at distance s from where the tail begins. */
typedef double (*assay__drop)(const void *context, double s);

/**
 * assay__tail_integral() is the integral of exp(-D) over s > 0, relative error about 1e-15. scale
 * is a guess of the distance at which D reaches 40; any positive number will do.
 */
double assay__tail_integral(assay__drop drop, const void *context, double scale);

/** assay__range_integral() is the integral of exp(-D) over 0 < s < length (smooth there). */
double assay__range_integral(assay__drop drop, const void *context, double length);

/** struct assay__tail: a probability as mass * exp(exponent), so that its log never underflows. */
struct assay__tail {
    double mass;     /* in (0, 2) or so */
    double exponent; /* rounded to double; use exact for the probability */
    struct assay__wide exact; /* the exponent before rounding, when is_wide */
    int is_wide;
};

double assay__tail_probability(const struct assay__tail *tail);
double assay__tail_log(const struct assay__tail *tail);

/** A tail whose exponent is a plain double, for small ones, or a wide number. */
struct assay__tail assay__tail_plain(double mass, double exponent);
struct assay__tail assay__tail_wide(double mass, struct assay__wide exponent);

/**
 * assay__tail_step() is how much further out than the point of this tail the quantile of p lies, to
 * first order, in the variable of the integral: a quantile's last step. It works on the tail
 * itself, since ln p of a small p is rounded by up to 1e-13. When the tail is on the other side of
 * the mode than the quantile's, is_other, 1 - tail takes its place and outwards is inwards.
 */
double assay__tail_step(const struct assay__tail *tail, double integral, double p, int is_other);

/** assay__log1pmx() is log(1 + x) - x for x > -1, without cancellation. */
double assay__log1pmx(double x);

/** assay__expm1mx() is exp(x) - 1 - x, without cancellation. */
double assay__expm1mx(double x);

/** assay__stirling() is ln Gamma(a) - [(a - 1/2) ln a - a + ln(2 pi)/2] for a > 0. */
double assay__stirling(double a);

/**
 * assay__newton_log() solves log_tail(y) = log_p for y, log_tail decreasing and concave, from a
 * start value. evaluate() gives the log of the tail and its derivative.
 */
typedef void (*assay__log_tail)(const void *context, double y, double *log_tail, double *slope);
double assay__newton_log(assay__log_tail evaluate, const void *context, double log_p, double y);

#endif
