/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_STATS_HORIZON_VISIT_H
#define ASSAY_STATS_HORIZON_VISIT_H

#include "stats/horizon/survival.h"

/** assay__visitor is called for each chunk of the quadrature of h. */
typedef void assay__visitor(void *context, const double u[ASSAY__GAUSS_POINTS],
                            const double mass[ASSAY__GAUSS_POINTS]);

/** struct assay__piece: h on a panel. */
struct assay__piece {
    double from, to;
    const double *coefficients;
    int terms;
};

/** assay__panel_at() is the panel in which a place lies; the first or last one beyond them. */
uint32_t assay__panel_at(const struct assay__grid *grid, double place);

struct assay__piece assay__piece_of(const struct assay__grid *grid, uint32_t panel);

/** assay__piece_values() is h of a panel at places u, whose number is a multiple of 4 up to
 * ASSAY__GAUSS_POINTS; at its ends outside it. */
void assay__piece_values(const struct assay__piece *piece, const double *u, int count, double *h);

/** assay__visit_parts() splits [low, high] so that a normal density of this deviation is resolved;
 * h is that of a piece, or 1. */
void assay__visit_parts(double low, double high, double deviation, const struct assay__piece *piece,
                        assay__visitor *visit, void *context);

/** assay__visit_grid() visits h where it is not flat, from low to high and some more; nothing
 * matters beyond them. Below even nodes their lattice goes on, with an h of 1. */
void assay__visit_grid(const struct assay__grid *grid, double low, double high, double deviation,
                       assay__visitor *visit, void *context);

#endif
