/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The standard normal. Craig (1991, IEEE MILCOM 2:571) writes the tail as an integral over a finite
 * angle; with v = z times its cotangent,
 *
 *     P(Z > z) = exp(-z^2/2)/pi * integral over v > 0 of exp(-v^2/2) z/(z^2 + v^2),
 *
 * whose integrand is positive, even and analytic but for the pole v = i z: the midpoint rule of
 * step h is exact up to the pole's residue, 1/(1 + exp(2 pi z/h)), which is added, and
 * exp(-2 pi^2/h^2) (Matta and Reichel 1971, Math. Comp. 25:339). With h = 2/3 that is 5e-20. Where
 * z > 2 pi/h the pole lies beyond the strip that counts, and there is no residue to add.
 */
#include "stats/dist/normal.h"

#include <math.h>

#include "assay/dist.h"
#include "stats/dist/t.h"

static const double PI = 3.14159265358979323846;
static const double SQRT_TAU = 2.50662827463100050242; /* sqrt(2 pi) */
static const double LOG_2 = 0x1.62e42fefa39efp-1, LOG_2_REST = 0x1.abc9e3b39803fp-56;
static const double STEP = 2.0 / 3.0;

/* The point n of the midpoint rule with h = 2/3: square is z^2, weight exp(-((n + 1/2) h)^2/2). */
#define NODE(n, weight)                                                                            \
    ((weight) / (square + (((n) + 0.5) * (2.0 / 3.0)) * (((n) + 0.5) * (2.0 / 3.0))))

/* The sum of the rule over pi: P(Z > z) = sum exp(-z^2/2) + residue, z >= 0. Smallest terms first,
 * without a loop: half of the noncentral t is this sum. */
static double midpoint_sum(double z)
{
    double square = z * z;
    double sum = NODE(12, 8.3239696769811600796e-16) + NODE(11, 1.7241209391355126646e-13) +
                 NODE(10, 2.2897348456455528941e-11) + NODE(9, 1.9497677860172339442e-09) +
                 NODE(8, 1.0645371411076041112e-07) + NODE(7, 3.7266531720786709929e-06) +
                 NODE(6, 8.364834722972756127e-05) + NODE(5, 0.0012038599948282031467) +
                 NODE(4, 0.011108996538242306496) + NODE(3, 0.065728528616530483121) +
                 NODE(2, 0.24935220877729619882) + NODE(1, 0.6065306597126334236) +
                 NODE(0, 0.94595946890676546289);
    return STEP / PI * z * sum;
}

static double residue(double z)
{
    const double rate = 2.0 * PI / STEP;
    return z < rate ? 1.0 / (1.0 + exp(rate * z)) : 0.0;
}

/* factor exp(-z^2/2), z^2 in two parts, since exp() amplifies the rounding of its argument. */
static double bell(double z, double factor)
{
    double square = z * z;
    if (square < 1400.0)
        return factor * (1.0 - 0.5 * fma(z, z, -square)) * exp(-0.5 * square);
    if (square > 1600.0) /* below the least subnormal; exp() would set errno */
        return 0.0;
    /* By halves: exp() may be subnormal where the product is not. */
    double root = exp(-0.25 * square);
    return factor * (1.0 - 0.5 * fma(z, z, -square)) * root * root;
}

/* From 6.75 on what the residue adds, exp(z^2/2 - 3 pi z), is below 2^-58, half an ulp of the sum,
 * which is above 1/32 as long as there is a residue. */
double assay__mills_ratio(double z)
{
    const double sum_alone = 6.75;
    if (z > sum_alone)
        return midpoint_sum(z) * SQRT_TAU;
    double pole = residue(z);
    double scaled = pole > 0.0 ? pole * exp(0.5 * z * z) : 0.0;
    return (midpoint_sum(z) + scaled) * SQRT_TAU;
}

double assay__normal_both(double z, double *density)
{
    double height = exp(-0.5 * z * z);
    *density = height / SQRT_TAU;
    return height * midpoint_sum(z) + residue(z);
}

double assay_normal_density(double z)
{
    return isnan(z) ? z : bell(z, 1.0 / SQRT_TAU);
}

double assay_normal_upper(double z)
{
    if (isnan(z))
        return z;
    if (z < 0.0)
        return 1.0 - assay_normal_upper(-z);
    if (z > 39.0)
        return 0.0;
    return bell(z, midpoint_sum(z)) + residue(z);
}

double assay_normal_lower(double z)
{
    return assay_normal_upper(-z);
}

double assay_normal_log_upper(double z)
{
    if (isnan(z))
        return z;
    if (z < 0.0)
        return log1p(-assay_normal_upper(-z));
    if (z < 1.0)
        return log(assay_normal_upper(z));
    if (z > 1e150)
        return z > 1.8961503816218352e154 ? -HUGE_VAL : -0.5 * z * z;
    return -0.5 * z * z + log(assay__mills_ratio(z) / SQRT_TAU);
}

double assay_normal_log_lower(double z)
{
    return assay_normal_log_upper(-z);
}

struct assay__tail_values assay__normal_upper_values(double z)
{
    struct assay__tail_values values = {assay_normal_upper(z), 0.0, 0.0};
    if (z >= 1.0 && z < 1e150) {
        double mills = assay__mills_ratio(z);
        values.log_p = -0.5 * z * z + log(mills / SQRT_TAU);
        values.hazard = 1.0 / mills;
        return values;
    }
    values.log_p = assay_normal_log_upper(z);
    if (values.p > 0.0)
        values.hazard = assay_normal_density(z) / values.p;
    return values;
}

/* The z of a central probability c = P(0 < Z < z) < 1/4: a start by the first terms of the inverse
 * series, whose next term is below 2e-4, and one step of order five on the integral itself. */
static double central_quantile(double c)
{
    double w = c * SQRT_TAU, square = w * w;
    double z = w * (1.0 + square * (1.0 / 6.0 + square * (7.0 / 120.0 + square * 127.0 / 5040.0)));
    double miss = (c - 0.5 * erf(z * M_SQRT1_2)) / assay_normal_density(z);
    double third = (2.0 * z * z + 1.0) / 6.0, fourth = (6.0 * z * z + 7.0) * z / 24.0;
    return z + miss * (1.0 + miss * (0.5 * z + miss * (third + miss * fourth)));
}

/* The distance to go for the relative error e of the tail at z, Mills' ratio being m: the series of
 * assay__point_advance() with D' = z, D'' = 1, to c^6. An e of 5e-3 leaves less than 1e-16. */
static double advance(double z, double m, double e)
{
    double c = m * e, square = c * c, s = z * z;
    double first = fabs(z * c) < 1e-8 ? c * (1.0 + 0.5 * z * c) : -log1p(-z * c) / z;
    double fifth = (46.0 * s + 7.0) / 120.0, sixth = (326.0 * s + 127.0) * z / 720.0;
    return first + square * c * (1.0 / 6.0 + c * (7.0 * z / 24.0 + c * (fifth + c * sixth)));
}

/* p is 0 where it is too small for a double, or for its digits: then its log is what counts. */
static double outer_quantile(double p, double log_p)
{
    /* Abramowitz and Stegun 26.2.23, Hastings' approximation: error below 4.5e-4. */
    double root = sqrt(-2.0 * log_p);
    double z = root - ((0.010328 * root + 0.802853) * root + 2.515517) /
                          (((0.001308 * root + 0.189269) * root + 1.432788) * root + 1.0);
    for (int i = 0; i < 100; i++) {
        double m = assay__mills_ratio(z), e;
        if (p > 0.0) {
            double tail = bell(z, m / SQRT_TAU);
            e = (tail - p) / tail;
        } else {
            double ratio = log_p - assay_normal_log_upper(z);
            e = -expm1(ratio);
            if (fabs(ratio) > 0.1) { /* the log of the tail is concave: Newton's step converges */
                z -= m * ratio;
                continue;
            }
        }
        z += advance(z, m, e);
        if (fabs(e) < 5e-3)
            break;
    }
    return z;
}

double assay_normal_quantile_log_upper(double log_p)
{
    if (!(log_p < 0.0))
        return NAN;
    if (log_p > -0.3) /* p > 0.74 */
        return -assay_normal_quantile_upper(-expm1(log_p));
    /* 1/2 - p from log 2p: of a p near 1/2 its log tells more digits than p. */
    if (log_p > -1.38)
        return central_quantile(-0.5 * expm1(log_p + LOG_2 + LOG_2_REST));
    if (log_p < -1e18)
        return sqrt(-2.0 * log_p);
    return outer_quantile(0.0, log_p);
}

double assay_normal_quantile_upper(double p)
{
    if (!(p > 0.0 && p < 1.0))
        return NAN;
    if (p > 0.5)
        return -assay_normal_quantile_upper(1.0 - p); /* exact for p in [1/2, 1] */
    if (p > 0.25)
        return central_quantile(0.5 - p);
    return outer_quantile(p < 1e-300 ? 0.0 : p, log(p));
}

double assay_normal_quantile_lower(double p)
{
    return -assay_normal_quantile_upper(p);
}
