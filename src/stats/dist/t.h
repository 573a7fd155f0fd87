/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_STATS_DIST_T_H
#define ASSAY_STATS_DIST_T_H

/** struct assay__tail_values: a tail probability, its logarithm, and density / probability. */
struct assay__tail_values {
    double p, log_p;
    double hazard; /* 0 where p is */
};

/** assay__normal_upper_values() and assay__t_upper_values(): all three from one evaluation. */
struct assay__tail_values assay__normal_upper_values(double z);
struct assay__tail_values assay__t_upper_values(double t, double df);

#endif
