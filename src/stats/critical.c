/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The quantile of a test by its level or its boundary. */
#include "stats/critical.h"

#include <math.h>

#include "assay/dist.h"
#include "stats/dist/t.h"
#include "stats/horizon/nominal.h"

double assay__critical_value(const struct assay_method *method, struct assay__t_law *law)
{
    double tail = method->side == ASSAY_SIDE_BOTH ? 0.5 * method->alpha : method->alpha;
    if (method->boundary != 0.0)
        return law == NULL ? method->boundary : assay__nominal_by_law(method->boundary, law);
    return law == NULL ? assay_normal_quantile_upper(tail) : assay__t_law_quantile_upper(law, tail);
}
