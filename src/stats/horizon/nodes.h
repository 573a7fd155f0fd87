/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_STATS_HORIZON_NODES_H
#define ASSAY_STATS_HORIZON_NODES_H

#include "stats/horizon/gauss.h"

/**
 * What is computed node by node: the same bits on any processor. Each function stands for two, of
 * which ..._wide() is ..._plainly() where there is no other.
 */
struct assay__nodes {
    /** table: values[i] = scale exp(rate (first + i step)^2), exponents from -700 to 0; room for
     * count rounded up to a multiple of 4. */
    void (*table)(double *values, long count, double first, double step, double rate, double scale);
    /** weigh: mass[i] has h at the nodes around an edge, unit apart, and becomes h's mass in the
     * integral up to the edge. count is a multiple of 4. */
    void (*weigh)(double *mass, long count, long edge_node, double unit);
    /** density: the sum of mass exp(factor (u - mean)^2); exponents below -700 count as that. */
    double (*density)(const double u[ASSAY__GAUSS_POINTS], const double mass[ASSAY__GAUSS_POINTS],
                      double mean, double factor);
};

extern const struct assay__nodes assay__nodes_plainly, assay__nodes_wide;

/** assay__nodes() are those that this processor is quickest with. */
const struct assay__nodes *assay__nodes(void);

#endif
