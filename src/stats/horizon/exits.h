/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_STATS_HORIZON_EXITS_H
#define ASSAY_STATS_HORIZON_EXITS_H

#include <stdbool.h>

#include "stats/horizon/gauss.h"

enum { ASSAY__EXIT_TERMS = 9 };

/**
 * struct assay__exits: the exit integral over nodes u with masses, and what it is made of. It is
 * the density of B(t) at u times P(step > edge - u). Over its largest value, the normal density of
 * B(time) at the edge, it is a bridge's density at u times Mills' ratio, so that an exit of 1e-3000
 * has all its digits. Past the edge, where P is near 1, it is as it stands.
 */
struct assay__exits {
    double low;                              /* no node below matters */
    double mean, factor;                     /* of the bridge from 0 to the edge */
    double bridge_share;                     /* of the bridge's integrand in the reference */
    double edge, step_share;                 /* of the step, and 1/deviation; without drift */
    double past_mean, past_factor, past_log; /* density of B(t) at u over the reference */
    bool has_moments;                        /* they are wanted */
    double exits[4];                         /* sums of every fourth node */
    double moments[ASSAY__EXIT_TERMS][4];    /* the bridge's, of what a step must exceed */
};

/** assay__exits_add() adds a chunk of nodes, which rise: the same bits on any processor. */
void assay__exits_add(struct assay__exits *exits, const double u[ASSAY__GAUSS_POINTS],
                      const double mass[ASSAY__GAUSS_POINTS]);

/** assay__exits_add_plainly() and assay__exits_add_wide() are those it chooses from; the latter is
 * the former where there is no other. */
void assay__exits_add_plainly(struct assay__exits *exits, const double u[ASSAY__GAUSS_POINTS],
                              const double mass[ASSAY__GAUSS_POINTS]);
void assay__exits_add_wide(struct assay__exits *exits, const double u[ASSAY__GAUSS_POINTS],
                           const double mass[ASSAY__GAUSS_POINTS]);

#endif
