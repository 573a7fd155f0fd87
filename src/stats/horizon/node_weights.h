/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_STATS_HORIZON_NODE_WEIGHTS_H
#define ASSAY_STATS_HORIZON_NODE_WEIGHTS_H

/**
 * assay__node_shares[]: the shares that nodes count with in an integral up to an edge, from
 * ASSAY__NODES_PAD + ASSAY__NODES_NEAR steps below it upwards. They are 1/2 + Si(pi below)/pi near
 * the edge, and fade to 1 below it and to 0 above it: what they lack there alternates in sign, and
 * sums to nothing over what is smooth beside a step.
 */
enum {
    ASSAY__NODES_NEAR = 128,
    ASSAY__NODES_PAD = 4, /* of 1 and 0, for vectors */
    ASSAY__NODE_SHARES = 2 * (ASSAY__NODES_NEAR + ASSAY__NODES_PAD)
};
extern const double assay__node_shares[ASSAY__NODE_SHARES];

/** assay__node_weight() is that of a node so many steps below the edge. */
double assay__node_weight(long below);

#endif
