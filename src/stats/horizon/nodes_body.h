/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The body of struct assay__nodes, compiled once for every width of vectors. NODES_NAME is the
 * table, NODES_TARGET an attribute, NODES_WIDTH how many numbers a vector has.
 */
#include "stats/horizon/nodes.h"

#include "stats/horizon/node_weights.h"

#define VECTOR_TARGET NODES_TARGET
#define VECTOR_WIDTH NODES_WIDTH
#include "stats/horizon/vector_body.h"

/* first, first + 1, ... */
INLINE vector count_from(double first)
{
    vector numbers;
    for (int i = 0; i < NODES_WIDTH; i++)
        numbers[i] = (double)i;
    return numbers + first;
}

INLINE void store(double *to, vector value)
{
    memcpy(to, &value, sizeof value);
}

NODES_TARGET static void fill_table(double *values, long count, double first, double step,
                                    double rate, double scale)
{
    for (long i = 0; i < count; i += NODES_WIDTH) {
        vector away = count_from((double)i) * step + first;
        store(values + i, scale * exponential(rate * away * away));
    }
}

NODES_TARGET static void weigh_nodes(double *mass, long count, long edge_node, double unit)
{
    const long near = ASSAY__NODES_NEAR;
    const double *shares = assay__node_shares + ASSAY__NODES_PAD + near;
    const vector none = {0.0};
    for (long i = 0; i < count; i += NODES_WIDTH) {
        long below = edge_node - i;
        if (below >= near + NODES_WIDTH)
            store(mass + i, load(mass + i) * unit);
        else if (below > -near)
            store(mass + i, load(mass + i) * unit * load(shares - below));
        else
            store(mass + i, none);
    }
}

NODES_TARGET static double add_densities(const double u[ASSAY__GAUSS_POINTS],
                                         const double mass[ASSAY__GAUSS_POINTS], double mean,
                                         double factor)
{
    double lanes[4] = {0.0};
    for (int i = 0; i < ASSAY__GAUSS_POINTS; i += NODES_WIDTH) {
        vector away = load(u + i) - mean;
        add_to(lanes + i % 4, load(mass + i) * exponential(factor * away * away));
    }
    return (lanes[0] + lanes[2]) + (lanes[1] + lanes[3]);
}

const struct assay__nodes NODES_NAME = {fill_table, weigh_nodes, add_densities};
