/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The edge of a given exit probability. Its logarithm is concave in the edge, since a Brownian
 * motion and convex regions are. The quadrature gives slope and curvature for nothing: a step to
 * where that parabola has the probability leaves the third power of the distance, so that two or
 * three do. A bracketing method needs ten.
 */
#include <math.h>

#include "assay/dist.h"
#include "stats/horizon/horizon.h"

/* To where the logarithm is lower by excess. */
static double step_by(const struct assay__exit *exit, double excess)
{
    double newton = excess / exit->hazard;
    double square = 1.0 + 2.0 * newton * (exit->hazard_slope / exit->hazard);
    return square > 0.0 ? 2.0 * newton / (1.0 + sqrt(square)) : newton;
}

/* As edges went from look to look, so far as a step goes. */
static double first_guess(const struct assay__walk *walk, double time)
{
    const struct assay__grid *last = &walk->grids[walk->count - 1];
    if (walk->count < 2)
        return last->edge;
    double slope = (last->edge - last[-1].edge) / (last->time - last[-1].time);
    double deviation = sqrt(time - last->time), moved = slope * (time - last->time);
    return last->edge + fmax(-deviation, fmin(deviation, moved));
}

double assay__solve_edge(const struct assay__walk *walk, double time, double log_p, double drift)
{
    const double near = 2e-5; /* deviations of the step: the next one would be its third power */
    if (walk->count == 0)
        return drift * time + sqrt(time) * assay_normal_quantile_log_upper(log_p);
    const struct assay__grid *grid = &walk->grids[walk->count - 1];
    double longest = 4.0 * sqrt(time), edge = first_guess(walk, time);
    for (int i = 0; i < 100; i++) {
        struct assay__exit exit = assay__walk_exit(walk, walk->count, time, edge, drift);
        double step = step_by(&exit, exit.log_p - log_p);
        if (isnan(step))
            return NAN;
        edge += fmax(-longest, fmin(longest, step));
        if (fabs(step) < near * sqrt(time - grid->time))
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
