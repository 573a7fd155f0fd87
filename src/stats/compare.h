/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_STATS_COMPARE_H
#define ASSAY_STATS_COMPARE_H

#include "assay/compare.h"
#include "stats/centred.h"

/**
 * assay__compare_groups() is assay_compare_moments() on groups already made from their moments, so
 * that several tests share them. An empty group has n = 0.
 */
enum assay_status assay__compare_groups(const struct assay__group *groups, size_t group_count,
                                        size_t baseline, size_t compared,
                                        const struct assay_method *method,
                                        struct assay_comparison *out, struct assay_error *err);

/** assay__group_estimate() is a group's unadjusted estimate; NaN without one. */
double assay__group_estimate(const struct assay__group *group, enum assay_metric_type type);

#endif
