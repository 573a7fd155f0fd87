/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_STATS_SRM_EXACT_H
#define ASSAY_STATS_SRM_EXACT_H

#include "assay/srm.h"

/** assay__srm_is_rough(): fewer than 5 units are expected of a group that may have some. */
bool assay__srm_is_rough(const struct assay_srm_group *groups, size_t group_count);

/**
 * assay__srm_exactly() fills in exact_p and its logarithm of *out, and which groups are
 * significant, as assay_srm_test() says. There are units, and two groups with a weight.
 */
void assay__srm_exactly(const uint64_t *counts, const double *weights, size_t group_count,
                        double alpha, struct assay_srm_group *groups, struct assay_srm *out);

#endif
