/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_STATS_SRM_QUICK_H
#define ASSAY_STATS_SRM_QUICK_H

#include <stdbool.h>

#include "assay/srm.h"

/**
 * assay__srm_counts(): the sequential test at a look may have a smaller p than *so_far, or be
 * significant; false only where it surely is not so. The arguments are in range.
 */
bool assay__srm_counts(const uint64_t *counts, const double *weights, size_t group_count,
                       const struct assay_srm_design *design, const struct assay_srm *so_far);

#endif
