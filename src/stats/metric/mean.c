/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The mean of a value per unit. */
#include "stats/metric/metric.h"

static void estimate(const struct assay__group *group, struct assay__estimate *out)
{
    assay__estimate_value(group, out);
    assay__estimate_error(out);
}

const struct assay__metric_kind assay__metric_mean = {.keeps = &assay__accumulator_moments,
                                                      .estimate = estimate};
