/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The edge of a given exit probability. The quadrature gives the density of the score around a
 * guess for nothing: a series, whose integral says where the edge lies and whether its last terms
 * matter. Mostly they do not, and one quadrature does.
 */
#include <math.h>

#include "assay/dist.h"
#include "stats/horizon/horizon.h"

enum { TERMS = ASSAY__EXIT_TERMS };

static const double LOWER = 0.31; /* deviations of the step; looks of every day have it so */

/* To where the logarithm is lower by excess. */
static double step_by(const struct assay__exit *exit, double excess)
{
    double newton = excess / exit->hazard;
    double square = 1.0 + 2.0 * newton * (exit->hazard_slope / exit->hazard);
    return square > 0.0 ? 2.0 * newton / (1.0 + sqrt(square)) : newton;
}

/* The upper boundary as if looks were closer by: the longer the step, the lower is an edge. */
static double smooth_edge(const struct assay__walk *walk, uint32_t look)
{
    const struct assay__grid *grid = &walk->grids[look];
    return grid->edge + LOWER * sqrt(grid->time - (look == 0 ? 0.0 : grid[-1].time));
}

/* As the boundary went over two steps, so far as a step goes. */
static double first_guess(const struct assay__walk *walk, double time)
{
    uint32_t last = walk->count - 1, from = last > 2 ? last - 2 : 1;
    const struct assay__grid *grid = &walk->grids[last];
    double step = time - grid->time, deviation = sqrt(step);
    if (last < 1)
        return grid->edge;
    double now = smooth_edge(walk, last), moved = now - grid->edge - LOWER * deviation;
    if (last > from)
        moved += (now - smooth_edge(walk, from)) / (grid->time - walk->grids[from].time) * step;
    return grid->edge + fmax(-deviation, fmin(deviation, moved));
}

/*
 * From a parabola's step, in deviations, to where the density's integral is what is left: by
 * Newton's method. False where terms that the series lacks matter.
 */
static bool improve(const struct assay__exit *exit, double excess, double deviation, double *step)
{
    const double nothing = 1e-13, widest = 0.5;
    double left = -expm1(-excess) / (exit->hazard * deviation), y = *step;
    if (!(fabs(y) < widest))
        return false;
    for (int i = 0; i < 3; i++) {
        double density = 0.0, integral = 0.0;
        for (int n = TERMS - 1; n >= 0; n--) {
            density = density * y + exit->density[n];
            integral = integral * y + exit->density[n] / (n + 1.0);
        }
        y += (left - integral * y) / density;
    }
    if (!(fabs(y) < widest))
        return false;
    *step = y;
    double last = fabs(exit->density[TERMS - 1] * y) + fabs(exit->density[TERMS - 2]);
    return last * pow(fabs(y), TERMS) < nothing;
}

double assay__solve_edge(const struct assay__walk *walk, double time, double log_p, double drift)
{
    if (walk->count == 0)
        return drift * time + sqrt(time) * assay_normal_quantile_log_upper(log_p);
    const struct assay__grid *grid = &walk->grids[walk->count - 1];
    double deviation = sqrt(time - grid->time), longest = 4.0 * sqrt(time) / deviation;
    double edge = first_guess(walk, time);
    bool is_near = false;
    for (int i = 0; i < 100 && !is_near; i++) {
        struct assay__exit exit = assay__grid_exit(grid, time, edge, drift);
        double excess = exit.log_p - log_p, step = step_by(&exit, excess) / deviation;
        if (isnan(step))
            return NAN;
        is_near = improve(&exit, excess, deviation, &step);
        edge += fmax(-longest, fmin(longest, step)) * deviation;
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
