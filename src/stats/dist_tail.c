/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/dist_tail.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>

enum { NODES = 10 };

/* Gauss-Legendre, 20 points on [-1, 1]; symmetric. */
static const double RULE[NODES][2] = {
    {0.99312859918509492479, 0.017614007139152118312},
    {0.96397192727791379127, 0.040601429800386941331},
    {0.91223442825132590587, 0.06267204833410906357},
    {0.83911697182221882339, 0.083276741576704748725},
    {0.74633190646015079261, 0.10193011981724043504},
    {0.63605368072651502545, 0.11819453196151841731},
    {0.510867001950827098, 0.1316886384491766269},
    {0.37370608871541956067, 0.14209610931838205133},
    {0.22778585114164507808, 0.14917298647260374679},
    {0.076526521133497333755, 0.1527533871307258507},
};

static double panel(assay__drop drop, const void *context, double from, double to)
{
    double half = (to - from) * 0.5, middle = (from + to) * 0.5, sum = 0.0;
    for (int i = 0; i < NODES; i++) {
        double step = half * RULE[i][0];
        sum += RULE[i][1] *
               (exp(-drop(context, middle - step)) + exp(-drop(context, middle + step)));
    }
    return sum * half;
}

/* Where the drop reaches 40, to within a tenth or so: beyond lies less than 1e-17 of the tail. */
static double reach(assay__drop drop, const void *context, double scale)
{
    const double enough = 40.0;
    double high = scale, low = 0.0;
    while (drop(context, high) < enough && high < DBL_MAX / 4) {
        low = high;
        high *= 2.0;
    }
    while (low == 0.0 && high > DBL_MIN) {
        double half = high * 0.5;
        if (drop(context, half) < enough)
            low = half;
        else
            high = half;
    }
    for (int i = 0; i < 3; i++) {
        double middle = low + (high - low) * 0.5;
        if (drop(context, middle) < enough)
            low = middle;
        else
            high = middle;
    }
    return high;
}

double assay__tail_integral(assay__drop drop, const void *context, double scale)
{
    double end = reach(drop, context, scale);
    /* Panels shrink towards the start, where the integrand has its mass and turns most. */
    double sum = panel(drop, context, end * 0.5, end);
    double from = end * 0.5;
    for (int i = 0; i < 4; i++) {
        sum += panel(drop, context, from * 0.5, from);
        from *= 0.5;
    }
    return sum + panel(drop, context, 0.0, from);
}

double assay__range_integral(assay__drop drop, const void *context, double length)
{
    const int panels = 8;
    double sum = 0.0;
    for (int i = panels; i > 0; i--)
        sum += panel(drop, context, length * (i - 1) / panels, length * i / panels);
    return sum;
}

struct assay__tail assay__tail_plain(double mass, double exponent)
{
    struct assay__tail tail = {.mass = mass, .exponent = exponent, .is_wide = 0};
    return tail;
}

struct assay__tail assay__tail_wide(double mass, struct assay__wide exponent)
{
    struct assay__tail tail = {.mass = mass,
                               .exponent = assay__wide_double(exponent),
                               .exact = exponent,
                               .is_wide = 1};
    return tail;
}

double assay__tail_probability(const struct assay__tail *tail)
{
    if (!tail->is_wide)
        return tail->mass * exp(tail->exponent);
    struct assay__wide p =
        assay__wide_mul(assay__wide_of(tail->mass), assay__wide_exp(tail->exact));
    return assay__wide_double(p);
}

double assay__tail_log(const struct assay__tail *tail)
{
    return tail->exponent + log(tail->mass);
}

double assay__tail_step(const struct assay__tail *tail, double integral, double p, int is_other)
{
    const double normal_least = 1e-300; /* below it, the tail has fewer bits than its log */
    double value = assay__tail_probability(tail);
    if (is_other)
        return ((1.0 - value) - p) / value * integral;
    if (p < normal_least)
        return (assay__tail_log(tail) - log(p)) * integral;
    return (value - p) / p * integral;
}

double assay__log1pmx(double x)
{
    if (fabs(x) > 0.3)
        return log1p(x) - x;
    /* log(1+x) = 2 atanh(r), r = x/(2+x); x = 2r/(1-r), so that log(1+x) - x =
       2 (r^3/3 + r^5/5 + ...) - 2 r^2/(1-r). */
    double r = x / (2.0 + x), square = r * r, power = r * square, sum = 0.0;
    for (int k = 3; k < 60; k += 2) {
        double term = power / k;
        sum += term;
        if (fabs(term) < 1e-18 * fabs(sum))
            break;
        power *= square;
    }
    return 2.0 * sum - x * r;
}

double assay__expm1mx(double x)
{
    if (fabs(x) > 0.5)
        return expm1(x) - x;
    double term = x * x * 0.5, sum = 0.0;
    for (int k = 3; k < 30; k++) {
        sum += term;
        term *= x / k;
        if (fabs(term) < 1e-18 * fabs(sum))
            break;
    }
    return sum + term;
}

double assay__stirling(double a)
{
    /* B_2k / (2k (2k - 1)) */
    static const double SERIES[] = {0.083333333333333333333,   -0.0027777777777777777778,
                                    0.00079365079365079365079, -0.0005952380952380952381,
                                    0.00084175084175084175084, -0.0019175269175269175269,
                                    0.0064102564102564102564,  -0.02955065359477124183};
    double below = 0.0;
    /* The series needs a >= 12; delta(a) = delta(a + 1) + (a + 1/2) ln(1 + 1/a) - 1. */
    while (a < 12.0) {
        below += (a + 0.5) * assay__log1pmx(1.0 / a) + 0.5 / a;
        a += 1.0;
    }
    double inverse = 1.0 / a, square = inverse * inverse, sum = 0.0;
    for (int k = (int)(sizeof SERIES / sizeof *SERIES) - 1; k >= 0; k--)
        sum = sum * square + SERIES[k];
    return below + sum * inverse;
}

double assay__newton_log(assay__log_tail evaluate, const void *context, double log_p, double y)
{
    double low = -HUGE_VAL, high = HUGE_VAL;
    for (int i = 0; i < 200; i++) {
        double log_tail, slope;
        evaluate(context, y, &log_tail, &slope);
        double excess = log_tail - log_p;
        if (excess > 0.0)
            low = y; /* the tail is too large: the root lies beyond */
        else
            high = y;
        double next = y - excess / slope;
        /* Newton squares the error: from 1e-8 in the log of the tail, the next y is exact. */
        bool converged = fabs(next - y) <= 1e-16 * fabs(y) || fabs(excess) <= 1e-8;
        if (converged)
            return next;
        bool bounded = low > -HUGE_VAL && high < HUGE_VAL;
        if (!(next > low && next < high)) {
            if (!bounded)
                return y; /* the step no longer moves */
            next = low + (high - low) * 0.5;
        }
        y = next;
    }
    return y;
}
