/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The noncentral t to 25 digits by the trapezoidal rule. With S = sqrt(chi-square/df) and
 * x = log S,
 *
 *     P(T' > t) = int w(x) Phi(delta - t e^x) dx / int w(x) dx,   w(x) = exp(df (x - (e^2x - 1)/2))
 *
 * The integrand is analytic and falls off on both sides, so the rule converges geometrically
 * (Trefethen and Weideman 2014, SIAM Review 56:385): with step h and an integrand bounded in the
 * strip |Im x| < y the error is about exp(-2 pi y / h). Phi grows off the real line like
 * exp((t e^x Im x)^2 / 2), and w falls like exp(-df e^2x cos(2 Im x) / 2), hence
 * y^2 < df/(t^2 + 2 df). For large df the growth within the strip counts as well, which asks for
 * h <= pi/sqrt(60 (df + t^2)).
 */
#include "stats/size/size_nct.h"

#include <math.h>

#include "assay/dist.h"

typedef struct assay__wide wide;

enum { POINTS_MAX = 20000 };

/* Digits to which the sums are taken, as an exponent of e: e^-65 is 6e-29. */
static const double CUT = 65.0;

static double step_for(double t, double df)
{
    const double pi = 3.14159265358979323846;
    double strip = 0.9 * sqrt(df / (t * t + 2.0 * df)); /* at most 0.64 */
    return fmin(2.0 * pi * strip / CUT, pi / sqrt(CUT * (df + t * t)));
}

struct integrand {
    wide t, df, noncentrality;
    wide weight_sum, sum;
};

/* Adds the point x; false once its weight does not count. */
static bool add_point(struct integrand *integrand, wide x)
{
    wide half = assay__wide_of(0.5), one = assay__wide_of(1.0);
    wide s = assay__wide_exp(x);
    wide drop = assay__wide_mul(half, assay__wide_sub(assay__wide_square(s), one));
    wide exponent = assay__wide_mul(integrand->df, assay__wide_sub(x, drop));
    if (assay__wide_double(exponent) < -CUT)
        return false;
    wide weight = assay__wide_exp(exponent);
    wide z = assay__wide_sub(assay__wide_mul(integrand->t, s), integrand->noncentrality);
    wide tail = assay__wide_mul(half, assay__wide_erfc(assay__wide_mul(z, assay__wide_sqrt(half))));
    integrand->weight_sum = assay__wide_add(integrand->weight_sum, weight);
    integrand->sum = assay__wide_add(integrand->sum, assay__wide_mul(weight, tail));
    return true;
}

/* P(T' > t); *is_done is false when it would take too many points. */
static wide upper_tail(wide t, wide df, wide noncentrality, bool *is_done)
{
    struct integrand integrand = {t, df, noncentrality, assay__wide_zero(), assay__wide_zero()};
    wide h = assay__wide_of(step_for(assay__wide_double(t), assay__wide_double(df)));
    int points = 0;
    for (int side = -1; side <= 1; side += 2) {
        int k = side < 0 ? -1 : 0;
        for (; points < POINTS_MAX; k += side, points++)
            if (!add_point(&integrand, assay__wide_mul(h, assay__wide_of((double)k))))
                break;
    }
    *is_done = points < POINTS_MAX;
    return assay__wide_div(integrand.sum, integrand.weight_sum);
}

/* The critical value: one Newton step doubles the digits of the double quantile. */
static wide critical_value(wide tail, wide df, bool *is_done)
{
    double df_near = assay__wide_double(df);
    double t = assay_t_quantile_upper(assay__wide_double(tail), df_near);
    wide start = assay__wide_of(t);
    wide excess = assay__wide_sub(upper_tail(start, df, assay__wide_zero(), is_done), tail);
    wide density = assay__wide_of(assay_t_density(t, df_near));
    return assay__wide_add(start, assay__wide_div(excess, density));
}

wide assay__nct_power(wide tail, wide df, wide noncentrality)
{
    bool is_done;
    wide critical = critical_value(tail, df, &is_done);
    wide power = is_done ? upper_tail(critical, df, noncentrality, &is_done) : critical;
    return is_done ? power : assay__wide_of(NAN);
}

int assay__nct_compare(wide tail, wide df, wide noncentrality, wide wanted, double approximate)
{
    wide power = assay__nct_power(tail, df, noncentrality);
    if (assay__wide_is_nan(power))
        power = assay__wide_of(approximate);
    return assay__wide_sign(assay__wide_sub(power, wanted));
}
