/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_STATS_P_VALUE_H
#define ASSAY_STATS_P_VALUE_H

#include "assay/compare.h"
#include "stats/wide.h"

/** struct assay__p_value: a p-value and its decimal logarithm, which never underflows. */
struct assay__p_value {
    double p;
    double log10_p; /* -infinity only for a statistic beyond the square root of DBL_MAX */
};

/**
 * assay__p_value() is the p-value of a wide statistic for a side; df is NaN for the normal
 * distribution. Accuracy: 1e-13 relative, log10_p too, also where p is close to 1.
 */
struct assay__p_value assay__p_value(struct assay__wide statistic, double df,
                                     enum assay_side side);

#endif
