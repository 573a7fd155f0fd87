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

/* The change of log p with the rest of df, by a difference: it only scales a part of an ulp. */
static double change_by_df(double x, double df, double df_rest, double log_p)
{
    /* In between less than 20 2^-53; near 0, log p is the other tail and as small as that. */
    const double small = -20.0, near_zero = -2e-9;
    if (df_rest == 0.0 || isinf(log_p) || log_p == 0.0 || (log_p > small && log_p < near_zero))
        return 0.0;
    double step = df * 0x1p-20;
    return (assay_t_log_upper(x, df + step) - log_p) / step * df_rest;
}

static struct assay__tail_values upper_tail(wide statistic, double df, double df_rest)
{
    double x = assay__wide_double(statistic);
    double rest = assay__wide_double(assay__wide_sub(statistic, assay__wide_of(x)));
    bool normal = isnan(df);
    struct assay__tail_values tail =
        normal ? assay__normal_upper_values(x) : assay__t_upper_values(x, df);
    double change = isfinite(rest) ? tail.hazard * rest : 0.0;
    if (!normal)
        change -= change_by_df(x, df, df_rest, tail.log_p);
    tail.p -= tail.p * change;
    tail.log_p -= change;
    return tail;
}

/* log P(|T| > x) where that is close to 0: log1p(-P(T^2 <= x^2)). */
static double log_both_near_zero(double x, double df)
{
    double central = isnan(df) ? assay_chi2_lower(x * x, 1.0) : assay_f_lower(x * x, 1.0, df);
    return log1p(-central);
}

struct assay__p_value assay__p_value(wide statistic, double df, double df_rest,
                                     enum assay_side side)
{
    wide directed = statistic;
    if (side == ASSAY_SIDE_LOWER)
        directed = assay__wide_neg(statistic);
    else if (side == ASSAY_SIDE_BOTH)
        directed = assay__wide_abs(statistic);
    struct assay__tail_values tail = upper_tail(directed, df, df_rest);
    if (side == ASSAY_SIDE_BOTH) {
        tail.p = fmin(1.0, 2.0 * tail.p);
        tail.log_p = tail.p > 0.5 ? log_both_near_zero(assay__wide_double(directed), df)
                                  : tail.log_p + M_LN2;
    }
    /* Adding 0 makes a 0 of either sign positive. */
    return (struct assay__p_value){tail.p, tail.log_p / M_LN10 + 0.0};
}
