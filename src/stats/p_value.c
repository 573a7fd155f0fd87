/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From a wide statistic to p. Rounding a statistic x to double changes p by x^2 2^-53 relative in
 * a normal tail, 1e-13 at x = 30; so p takes the rest into account that rounding left:
 * p(x + rest) = p(x) exp(-hazard rest) with hazard = density/p, and rest is below an ulp of x.
 */
#include "stats/p_value.h"

#include <math.h>

#include "assay/dist.h"
#include "stats/dist_t.h"

typedef struct assay__wide wide;

static struct assay__tail_values upper_tail(wide statistic, double df)
{
    double x = assay__wide_double(statistic);
    double rest = assay__wide_double(assay__wide_sub(statistic, assay__wide_of(x)));
    struct assay__tail_values tail =
        isnan(df) ? assay__normal_upper_values(x) : assay__t_upper_values(x, df);
    double change = isfinite(rest) ? tail.hazard * rest : 0.0;
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

struct assay__p_value assay__p_value(wide statistic, double df, enum assay_side side)
{
    wide directed = statistic;
    if (side == ASSAY_SIDE_LOWER)
        directed = assay__wide_neg(statistic);
    else if (side == ASSAY_SIDE_BOTH)
        directed = assay__wide_abs(statistic);
    struct assay__tail_values tail = upper_tail(directed, df);
    if (side == ASSAY_SIDE_BOTH) {
        tail.p = fmin(1.0, 2.0 * tail.p);
        tail.log_p = tail.p > 0.5 ? log_both_near_zero(assay__wide_double(directed), df)
                                  : tail.log_p + M_LN2;
    }
    /* Adding 0 makes a 0 of either sign positive. */
    return (struct assay__p_value){tail.p, tail.log_p / M_LN10 + 0.0};
}
