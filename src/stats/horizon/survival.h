/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_STATS_HORIZON_SURVIVAL_H
#define ASSAY_STATS_HORIZON_SURVIVAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "assay/status.h"
#include "stats/horizon/exits.h"

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

/**
 * struct assay__grid: h of one look, by one of two representations. Panels: up to the edge, as a
 * polynomial of degree 19 on each panel. Even nodes: samples some way beyond the edge, too, whose
 * masses are those of the integral up to the edge.
 */
struct assay__grid {
    double time;      /* information of the look */
    double edge;      /* the upper boundary on the score's scale */
    double low_edge;  /* the lower one; -infinity when there is none */
    double least;     /* of the edges so far */
    double lowest;    /* of edges over time so far */
    double deviation; /* of the step to the look, over score / time; infinity at the first */
    double flat_low;  /* h is 1 from flat_low to flat_high, beside panels and nodes; no score */
    double flat_high; /* lies below flat_low */
    double sure;      /* h is taken for 1 below, without a lower boundary; */
    double sure_miss; /* at this place that lacks so much, and less below */
    double *bounds;   /* the memory of all; NULL until the grid is made. Panels: [panel_count + 1],
                         rising; the last one is the edge */
    double *node;     /* [panel_count * ASSAY__GAUSS_POINTS]; even ones are counted from the edge */
    double *mass;     /* quadrature weight times h at the nodes: as many, or [even_count] */
    double step;      /* of even nodes, over score / time */
    uint32_t even_count;  /* a multiple of ASSAY__GAUSS_POINTS; 0: panels */
    uint32_t edge_node;   /* the even node at the edge */
    uint32_t panel_count; /* 0 after the first look: all is flat */
    uint8_t *terms;       /* [panel_count]: coefficients that matter */
    double *coefficient;  /* Legendre coefficients of h, panel by panel */
};

/** struct assay__walk: the looks so far. */
struct assay__walk {
    bool two_sided; /* the lower boundary mirrors the upper one, and stops too */
    struct assay__grid *grids;
    uint32_t count, capacity;
};

/** assay__walk_add() adds a look and its upper boundary, both on the score's scale. */
enum assay_status assay__walk_add(struct assay__walk *walk, double time, double edge,
                                  struct assay_error *err);

/**
 * assay__walk_add_between() adds a look with a lower boundary of its own, below the upper one.
 * After the last one nothing is asked: then there is no h.
 */
enum assay_status assay__walk_add_between(struct assay__walk *walk, double time, double low_edge,
                                          double edge, bool is_last, struct assay_error *err);

/** assay__walk_prepare() makes h of the last look, if there is none yet, for a next look at time.
 */
enum assay_status assay__walk_prepare(struct assay__walk *walk, double time,
                                      struct assay_error *err);

/** assay__walk_refine() makes h of the last look hold for exits however rare. */
enum assay_status assay__walk_refine(struct assay__walk *walk, struct assay_error *err);

/** assay__walk_release() frees the looks. */
void assay__walk_release(struct assay__walk *walk);

/**
 * assay__is_rare(): an exit above edge at time is so rare, given a look before at even nodes, that
 * it may lack digits: nearly all paths that come so far have left before. Else it has 13.
 */
bool assay__is_rare(const struct assay__grid *last, double time, double edge);

/**
 * assay__walk_survival() is the probability under a drift of no exit at the first count looks, of
 * which there is one; there is no lower boundary. Good to 2e-14 after 100 looks. NaN where h is not
 * known so low as the drift leads.
 */
double assay__walk_survival(const struct assay__walk *walk, uint32_t count, double theta);

/**
 * assay__walk_stay() is the probability under a drift of no exit at the first count > 0 looks, and
 * a score of at most edge at a look at time after them; there is no lower boundary. As good as
 * assay__walk_survival(); NaN where that is, and where the last of the looks has no even nodes.
 */
double assay__walk_stay(const struct assay__walk *walk, uint32_t count, double time, double edge,
                        double theta);

/** struct assay__exit: the logarithm of an exit probability, minus its slope, and the slope's. */
struct assay__exit {
    double log_p;        /* of no exit up to the look before, and a score above edge now */
    double hazard;       /* - d log_p / d edge */
    double hazard_slope; /* d hazard / d edge, not below 0 but for rounding */
    double density[ASSAY__EXIT_TERMS]; /* that of the score around the edge over the one there: a
                                          series in deviations of the step; after a look */
};

/**
 * assay__flat_below() is the score at a look, counted from 0, at a time, below which h is 1 but for
 * 1e-17, without a lower boundary; -infinity where nothing is known of it.
 */
double assay__flat_below(const struct assay__walk *walk, uint32_t look, double time);

/** assay__survival() is h at a look at time given B(time) = b, from the grid of the look before. */
double assay__survival(const struct assay__grid *before, double time, double b);

/** assay__grid_exit() is the exit above edge at time, after the looks up to the grid's, under drift
 * theta. */
struct assay__exit assay__grid_exit(const struct assay__grid *grid, double time, double edge,
                                    double theta);

/** assay__grid_log_exit() is the logarithm of its probability alone; grid NULL: no look before. */
double assay__grid_log_exit(const struct assay__grid *grid, double time, double edge, double theta);

/** assay__walk_log_exit() is that after the first `before` looks of the walk. */
double assay__walk_log_exit(const struct assay__walk *walk, uint32_t before, double time,
                            double edge, double theta);

#endif
