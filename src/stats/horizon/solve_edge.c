/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The edge of a given exit probability. It is log-concave in the edge, since a Brownian motion and
 * convex regions are: Newton's method on its logarithm, whose slope the quadrature gives for
 * nothing, comes from the right after one step and needs three to six. A bracketing method needs
 * twice as many.
 */
#include <math.h>

#include "assay/dist.h"
#include "stats/horizon/horizon.h"

double assay__solve_edge(const struct assay__walk *walk, double time, double log_p, double drift)
{
    if (walk->count == 0)
        return drift * time + sqrt(time) * assay_normal_quantile_log_upper(log_p);
    const struct assay__grid *grid = &walk->grids[walk->count - 1];
    double longest = 4.0 * sqrt(time), edge = grid->edge;
    for (int i = 0; i < 100; i++) {
        struct assay__exit exit = assay__walk_exit(walk, walk->count, time, edge, drift);
        double step = (exit.log_p - log_p) / exit.hazard;
        if (isnan(step))
            return NAN;
        edge += fmax(-longest, fmin(longest, step));
        if (fabs(step) < 1e-9 * sqrt(time - grid->time)) /* the next one would be its square */
            break;
    }
    return edge;
}

bool assay__is_rare(const struct assay__grid *last, double time, double edge)
{
    const double most = 3.0; /* deviations of the step, over y = score / time */
    double deviation = sqrt((time - last->time) / (last->time * time));
    return !(edge / time - last->edge / last->time <= most * deviation);
}

enum assay_status assay__next_edge(struct assay__walk *walk, double time, double log_p,
                                   double *edge, struct assay_error *err)
{
    *edge = INFINITY;
    if (isinf(log_p))
        return ASSAY_OK;
    enum assay_status status = assay__walk_prepare(walk, time, err);
    if (status != ASSAY_OK)
        return status;
    *edge = assay__solve_edge(walk, time, log_p, 0.0);
    if (walk->count == 0 || walk->grids[walk->count - 1].even_count == 0 ||
        !assay__is_rare(&walk->grids[walk->count - 1], time, *edge))
        return ASSAY_OK;
    status = assay__walk_refine(walk, err);
    if (status == ASSAY_OK)
        *edge = assay__solve_edge(walk, time, log_p, 0.0);
    return status;
}
