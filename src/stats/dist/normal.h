/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_STATS_DIST_NORMAL_H
#define ASSAY_STATS_DIST_NORMAL_H

#include "stats/dist/pair.h"

/** assay__mills_ratio() is P(Z > z) / density(z) for 0 <= z <= 1e150. */
double assay__mills_ratio(double z);

/** assay__normal_both() is P(Z > z) for 0 <= z < 38, and its density, good to 2^-53 z^2. */
double assay__normal_both(double z, double *density);

/**
 * assay__normal_quantile_pair() is the z with P(Z > z) = p, good to 2^-60 or so of itself for p
 * from 1e-290 to 1/2; outside it is assay_normal_quantile_upper(), whose lo is 0.
 */
struct assay__pair assay__normal_quantile_pair(struct assay__pair p);

#endif
