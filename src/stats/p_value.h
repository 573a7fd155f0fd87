/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_STATS_P_VALUE_H
#define ASSAY_STATS_P_VALUE_H

#include "assay/compare.h"
#include "exact/ball.h"
#include "exact/float320.h"
#include "stats/dist/t.h"

/** struct assay__p_value: a p-value and its decimal logarithm, which never underflows. */
struct assay__p_value {
    double p;
    double log10_p; /* -infinity only for a statistic beyond the square root of DBL_MAX */
};

/**
 * assay__p_value() is the p-value of a wide statistic for a side; df is NaN for the normal
 * distribution, df_rest what the degrees of freedom lost when they were rounded to df, 0 for
 * nothing. Accuracy: 1e-14 relative, log10_p too, also where p is close to 1.
 */
struct assay__p_value assay__p_value(struct assay__wide statistic, double df, double df_rest,
                                     enum assay_side side);

/**
 * assay__p_value_within() takes the statistic as a double, the law of its degrees of freedom, NULL
 * for the normal one, and spans of what it and they lost by rounding. *in_doubt becomes true where
 * p, or its logarithm, are not the same doubles everywhere in the spans.
 */
struct assay__p_value assay__p_value_within(double statistic, struct assay__enclosure rest,
                                            struct assay__t_law *law,
                                            struct assay__enclosure df_rest, enum assay_side side,
                                            bool *in_doubt);

#endif
