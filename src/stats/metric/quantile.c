/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A quantile of the values: named in plans, and refused until there are samples beside moments. */
#include "stats/metric/metric.h"

const struct assay__metric_kind assay__metric_quantile = {
    .keeps = &assay__accumulator_moments, .no_moments = "A quantile needs a sample, not moments."};
