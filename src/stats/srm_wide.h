/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_STATS_SRM_WIDE_H
#define ASSAY_STATS_SRM_WIDE_H

#include "assay/srm.h"

/** assay__srm_in_320_bits() is assay__srm_in_balls() in 320 bits, without doubts or limits. */
void assay__srm_in_320_bits(const uint64_t *counts, const double *weights, size_t group_count,
                            const struct assay_srm_design *design, struct assay_srm_group *groups,
                            struct assay_srm *out, bool *is_beyond);

#endif
