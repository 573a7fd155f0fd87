/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_STATS_HORIZON_NODE_WEIGHTS_H
#define ASSAY_STATS_HORIZON_NODE_WEIGHTS_H

/** assay__sine_integral[k] is Si(pi k)/pi. */
enum { ASSAY__NODES_NEAR = 31 };
extern const double assay__sine_integral[ASSAY__NODES_NEAR + 1];

/** assay__node_weight() is the share that a node counts with in an integral up to an edge, so many
 * steps above it: 1/2 + Si(pi below)/pi. */
double assay__node_weight(long below);

#endif
