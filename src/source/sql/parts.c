/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the sums of parts, added up, cannot give. */
#include <math.h>

#include "base/error.h"
#include "source/sql/sql.h"
#include "source/summary/summary_table.h"

enum assay_status assay__sql_check_parts(const struct assay_plan *plan, struct assay_error *err)
{
    for (uint32_t m = 0; m < plan->metric_count; m++)
        if (!isnan(plan->metrics[m].cap.lower_quantile) ||
            !isnan(plan->metrics[m].cap.upper_quantile))
            return assay__fail(err, ASSAY_ERROR_PLAN,
                               "Metric '%.100s' has a cap at a quantile of all units, and each "
                               "source would find a cap of its own. Give the cap as a value.",
                               plan->metrics[m].id);
    return assay__summary_check_plan(plan, err);
}
