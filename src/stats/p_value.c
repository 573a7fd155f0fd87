/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From a wide statistic to p. Rounding a statistic x to double changes p by x^2 2^-53 relative in
 * a normal tail, 1e-13 at x = 30; so p takes the rest into account that rounding left:
 * p(x + rest) = p(x) exp(-hazard rest) with hazard = density/p, and rest is below an ulp of x.
 * The degrees of freedom are treated alike: their rounding changes log p by up to 2^-53 |log p|.
 */
#include "stats/p_value.h"

#include <math.h>

#include "assay/dist.h"
#include "stats/dist/t.h"

typedef struct assay__wide wide;

/* The tail at a double. */
struct tail {
    struct assay__tail_values at;
    double x, df, log_both; /* log_both: log P(|T| > x) once it was asked for near 0, else NaN */
    enum assay_side side;
};

/* d log p / d df, by a difference: it only scales a part of an ulp. */
static double slope_by_df(double x, double df, double log_p)
{
    /* In between less than 20 2^-53; near 0, log p is the other tail and as small as that. */
    const double small = -20.0, near_zero = -2e-9;
    if (isnan(df) || isinf(log_p) || log_p == 0.0 || (log_p > small && log_p < near_zero))
        return 0.0;
    double step = df * 0x1p-20;
    return (assay_t_log_upper(x, df + step) - log_p) / step;
}

/* log P(|T| > x) where that is close to 0: log1p(-P(T^2 <= x^2)). */
static double log_both_near_zero(double x, double df)
{
    double central = isnan(df) ? assay_chi2_lower(x * x, 1.0) : assay_f_lower(x * x, 1.0, df);
    return log1p(-central);
}

/* law: that of df, or NULL. */
static struct tail tail_of(double statistic, double df, struct assay__t_law *law,
                           enum assay_side side)
{
    bool is_turned = side == ASSAY_SIDE_LOWER || (side == ASSAY_SIDE_BOTH && statistic < 0.0);
    struct tail tail = {.x = is_turned ? -statistic : statistic, .df = df, .side = side};
    tail.log_both = NAN;
    tail.at = isnan(df)     ? assay__normal_upper_values(tail.x)
              : law == NULL ? assay__t_upper_values(tail.x, df)
                            : assay__t_law_upper_values(law, tail.x);
    return tail;
}

/* p, its log less by a small change. */
static struct assay__p_value p_with(struct tail *tail, double change)
{
    double p = tail->at.p - tail->at.p * change, log_p = tail->at.log_p - change;
    if (tail->side == ASSAY_SIDE_BOTH) {
        p = fmin(1.0, 2.0 * p);
        if (p > 0.5 && isnan(tail->log_both))
            tail->log_both = log_both_near_zero(tail->x, tail->df);
        log_p = p > 0.5 ? tail->log_both : log_p + M_LN2;
    }
    /* Adding 0 makes a 0 of either sign positive. */
    return (struct assay__p_value){p, log_p / M_LN10 + 0.0};
}

struct assay__p_value assay__p_value(wide statistic, double df, double df_rest,
                                     enum assay_side side)
{
    double x = assay__wide_double(statistic);
    double rest = assay__wide_double(assay__wide_sub(statistic, assay__wide_of(x)));
    struct tail tail = tail_of(x, df, NULL, side);
    double change = isfinite(rest) ? tail.at.hazard * (tail.x == x ? rest : -rest) : 0.0;
    if (!isnan(df) && df_rest != 0.0)
        change -= slope_by_df(tail.x, df, tail.at.log_p) * df_rest;
    return p_with(&tail, change);
}

/* ---- from enclosures ------------------------------------------------------------------------- */

/*
 * A bound of |d log p / d df| as slope_by_df() computes it. With u = T^2/df,
 *     d log density / d df = c - (log(1 + u) - u/(1 + u))/2 + u/(1 + u)/(2 df),  0 < c < 1/df^2,
 * is at most (1 + T^4/4 + T^2/2)/df^2, and that of the tail beyond x is its mean there. From 100
 * df on and for x^2 <= df, T^4 has a mean below 3 (x^2 + 3)^2. The computed one adds its rounding.
 */
static double slope_most(const struct tail *tail)
{
    const double rounding = 0x1p-50, step = 0x1p-20, df_least = 100.0;
    double df = tail->df, square = tail->x * tail->x, sum = square + 10.0;
    if (!(df >= df_least && square <= df))
        return HUGE_VAL;
    return sum * sum / (df * df) + rounding / step * (1.0 + fabs(tail->at.log_p)) / df;
}

/* p falls with the change, rounded or not: so the ends tell. */
static struct assay__p_value p_between(struct tail *tail, double low, double high, bool *in_doubt)
{
    struct assay__p_value most = p_with(tail, low), least = p_with(tail, high);
    *in_doubt |= !(most.p == least.p && most.log10_p == least.log10_p);
    return most;
}

struct assay__p_value assay__p_value_within(double statistic, struct assay__enclosure rest,
                                            struct assay__t_law *law,
                                            struct assay__enclosure df_rest, enum assay_side side,
                                            bool *in_doubt)
{
    double df = law == NULL ? (double)NAN : law->df;
    struct tail tail = tail_of(statistic, df, law, side);
    bool is_turned = tail.x != statistic, is_vague = false;
    double low = tail.at.hazard * (is_turned ? -rest.high : rest.low);
    double high = tail.at.hazard * (is_turned ? -rest.low : rest.high);
    if (isnan(df))
        return p_between(&tail, low, high, in_doubt);
    double most = slope_most(&tail) * fmax(fabs(df_rest.low), fabs(df_rest.high));
    if (isfinite(most)) {
        struct assay__p_value value = p_between(&tail, low - most, high + most, &is_vague);
        if (!is_vague)
            return value;
    }
    double slope = slope_by_df(tail.x, df, tail.at.log_p);
    double a = slope * df_rest.low, b = slope * df_rest.high;
    return p_between(&tail, low - fmax(a, b), high - fmin(a, b), in_doubt);
}
