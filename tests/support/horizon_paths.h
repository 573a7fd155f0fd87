/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_TESTS_HORIZON_PATHS_H
#define ASSAY_TESTS_HORIZON_PATHS_H

#include "assay/horizon.h"

/**
 * horizon_paths_exits() is the share of paths whose statistic is beyond the boundary at some look:
 * Brownian motions with a drift, at looks equally far apart up to information 1 (group sequential)
 * or at units 1 to looks, of variance 1 each (always valid). below: exits on that side only.
 */
struct horizon_exits {
    double above, below;
};
struct horizon_exits horizon_paths_exits(const struct assay_horizon_design *design, int looks,
                                         double drift, long paths, unsigned long seed);

/** horizon_paths_check() fails unless every family keeps its level and power within 4 errors. */
void horizon_paths_check(long paths);

/** horizon_paths_check_always_valid() fails when confidence sequences err more than their level. */
void horizon_paths_check_always_valid(long paths, int looks);

#endif
