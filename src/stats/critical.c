/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The quantile of a test by its level or its boundary. */
#include "stats/critical.h"

#include <math.h>

#include "assay/dist.h"
#include "stats/horizon/nominal.h"

double assay__critical_value(const struct assay_method *method, double df)
{
    double tail = method->side == ASSAY_SIDE_BOTH ? 0.5 * method->alpha : method->alpha;
    if (method->boundary != 0.0)
        return assay__nominal_critical(method->boundary, df);
    return isnan(df) ? assay_normal_quantile_upper(tail) : assay_t_quantile_upper(tail, df);
}
