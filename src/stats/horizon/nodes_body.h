/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The body of struct assay__nodes, compiled once for every width of vectors. NODES_NAME is the
 * table, NODES_TARGET an attribute, NODES_WIDTH how many numbers a vector has.
 */
#include "stats/horizon/nodes.h"

#include <stdbool.h>

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

/* As assay__node_weight() has it, so far from the edge that nothing is tabled. */
INLINE vector far_weights(vector below)
{
    const double pi = 3.14159265358979323846;
    const vector none = {0.0};
    whole is_above = below < 0.0;
    vector size = choose(is_above, -below, below), x = pi * size, v = 1.0 / (x * x);
    vector series = 1.0 - v * (2.0 - v * (24.0 - v * (720.0 - v * 40320.0)));
    vector half = size * 0.5, floor = (half + 0x1.8p52) - 0x1.8p52; /* to even numbers, if odd */
    vector share = 0.5 + choose(half == floor, -series, series) / (x * pi);
    return choose(is_above, none + (0.5 - share), 0.5 + share);
}

INLINE double near_weight(long below)
{
    if (below < 0)
        return below >= -ASSAY__NODES_NEAR ? 0.5 - assay__sine_integral[-below]
                                           : assay__node_weight(below);
    return below <= ASSAY__NODES_NEAR ? 0.5 + assay__sine_integral[below]
                                      : assay__node_weight(below);
}

/* Where some node has its weight from the table. */
INLINE vector near_weights(long below)
{
    vector weights = {0.0};
    for (int k = 0; k < NODES_WIDTH; k++)
        weights[k] = near_weight(below - k);
    return weights;
}

NODES_TARGET static void weigh_nodes(double *mass, long count, long edge_node, double unit)
{
    const long near = ASSAY__NODES_NEAR, more = NODES_WIDTH - 1;
    for (long i = 0; i < count; i += NODES_WIDTH) {
        long below = edge_node - i;
        bool is_near = below - more <= near && below >= -near;
        vector weights = is_near ? near_weights(below) : far_weights(-count_from((double)-below));
        store(mass + i, load(mass + i) * unit * weights);
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
