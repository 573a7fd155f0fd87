/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_STATS_SRM_WIDE_H
#define ASSAY_STATS_SRM_WIDE_H

#include "assay/srm.h"
#include "exact/float320.h"

/** struct assay__srm_totals: what the tests need of the counts and weights. */
struct assay__srm_totals {
    int32_t scale;             /* the least decimal exponent of a weight */
    struct assay__wide weight; /* sum of the weights, times 10^-scale */
    uint64_t units;            /* in groups with a weight */
    uint32_t positive;         /* groups with a weight */
};

struct assay__srm_totals assay__srm_totals(const uint64_t *counts, const double *weights,
                                           size_t group_count);

/**
 * assay__srm_scaled() is the decimal that a weight was written as, times 10^-scale: a whole number,
 * exact below 2^320.
 */
struct assay__wide assay__srm_scaled(double weight, int32_t scale);

/** assay__srm_in_320_bits() is assay__srm_in_balls() in 320 bits, without doubts or limits. */
void assay__srm_in_320_bits(const uint64_t *counts, const double *weights, size_t group_count,
                            const struct assay_srm_design *design, struct assay_srm_group *groups,
                            struct assay_srm *out, bool *is_beyond);

#endif
