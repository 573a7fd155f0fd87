/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_STATS_HORIZON_SURVIVAL_H
#define ASSAY_STATS_HORIZON_SURVIVAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "assay/status.h"
#include "stats/horizon/gauss.h"

/**
 * Survival given the score. B(t) = z sqrt(t) is the score at information t: a Brownian motion, with
 * drift theta when there is an effect. h_k(b) is the probability of no exit at looks before k given
 * B(t_k) = b. It does not depend on the drift, lies in [0, 1], and never underflows:
 *
 *     h_k(b) = integral over the region of look k-1 of h_{k-1}(u) bridge(u | b) du,
 *
 * the bridge being normal with mean b t_{k-1}/t_k and variance t_{k-1} (t_k - t_{k-1})/t_k. The
 * densities of Armitage, McPherson and Rowe are h_k times the normal density of B(t_k).
 */

/** struct assay__grid: h of one look, up to its edge, as a polynomial of degree 19 on each panel.
 */
struct assay__grid {
    double time;     /* information of the look */
    double edge;     /* the upper boundary on the score's scale */
    double low_edge; /* the lower one; -infinity when there is none */
    double flat_low; /* h is 1 from flat_low to bounds[0]; no score lies below flat_low */
    uint32_t panel_count;
    double *bounds;      /* [panel_count + 1], rising; the last one is the edge */
    double *node;        /* [panel_count * ASSAY__GAUSS_POINTS] */
    double *mass;        /* quadrature weight times h at the nodes */
    uint8_t *terms;      /* [panel_count]: coefficients that matter */
    double *coefficient; /* Legendre coefficients of h, panel by panel */
};

/** struct assay__walk: the looks so far. */
struct assay__walk {
    bool two_sided; /* the lower boundary mirrors the upper one, and stops too */
    struct assay__grid *grids;
    uint32_t count, capacity;
};

/**
 * assay__walk_add() adds a look and its upper boundary, both on the score's scale. After the last
 * one nothing is asked: then there is no h.
 */
enum assay_status assay__walk_add(struct assay__walk *walk, double time, double edge, bool is_last,
                                  struct assay_error *err);

/** assay__walk_add_between() adds a look with a lower boundary of its own, below the upper one. */
enum assay_status assay__walk_add_between(struct assay__walk *walk, double time, double low_edge,
                                          double edge, bool is_last, struct assay_error *err);

/** assay__walk_release() frees the looks. */
void assay__walk_release(struct assay__walk *walk);

/** struct assay__exit: the logarithm of an exit probability, and minus its slope. */
struct assay__exit {
    double log_p;  /* of no exit up to the look before, and a score above edge now */
    double hazard; /* - d log_p / d edge */
};

/**
 * assay__walk_exit() is the exit above edge at time, after the first `before` looks of the walk (0:
 * there was none), under drift theta.
 */
struct assay__exit assay__walk_exit(const struct assay__walk *walk, uint32_t before, double time,
                                    double edge, double theta);

#endif
