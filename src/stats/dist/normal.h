/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_STATS_DIST_NORMAL_H
#define ASSAY_STATS_DIST_NORMAL_H

/** assay__mills_ratio() is P(Z > z) / density(z) for 0 <= z <= 1e150. */
double assay__mills_ratio(double z);

#endif
