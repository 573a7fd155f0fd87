/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_STATS_SRM_BALL_H
#define ASSAY_STATS_SRM_BALL_H

#include "assay/srm.h"

/**
 * assay__srm_in_balls() fills in groups, statistic, p and its logarithm of *out, whose tested and
 * df are set, and whether a share is beyond the tolerance, as assay_srm_test() does in 320 bits.
 * False, and nothing of use, where a digit is in doubt, or weights are not whole numbers of 62 bits
 * at a common scale. The arguments are in range.
 */
bool assay__srm_in_balls(const uint64_t *counts, const double *weights, size_t group_count,
                         const struct assay_srm_design *design, struct assay_srm_group *groups,
                         struct assay_srm *out, bool *is_beyond);

/**
 * assay__srm_chi2_tail() writes the statistic x, and p and its logarithm at x plus a rest, whose
 * rounding matters far out. True when all rests from low to high give the same digits.
 */
bool assay__srm_chi2_tail(double x, double rest_low, double rest_high, struct assay_srm *out);

#endif
