/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The probability of an exit at a look, from the grid of the look before. */
#include <math.h>

#include "assay/dist.h"
#include "stats/dist/normal.h"
#include "stats/horizon/exits.h"
#include "stats/horizon/nodes.h"
#include "stats/horizon/visit.h"

enum { POINTS = ASSAY__GAUSS_POINTS };

static const double SQRT_TAU = 2.50662827463100050242;
static const double REACH = 8.0; /* deviations after which a normal density is nothing */

static void visit_exits(void *context, const double u[POINTS], const double mass[POINTS])
{
    assay__exits_add(context, u, mass);
}

static double sum_of(const double lanes[4])
{
    return (lanes[0] + lanes[2]) + (lanes[1] + lanes[3]);
}

/* Without a look before: the normal tail itself. */
static struct assay__exit first_exit(double time, double edge, double theta)
{
    double root = sqrt(time), z = (edge - theta * time) / root;
    struct assay__exit out = {.log_p = assay_normal_log_upper(z)};
    out.hazard = z > 0.0 ? 1.0 / (root * assay__mills_ratio(z))
                         : assay_normal_density(z) / (root * assay_normal_upper(z));
    out.hazard_slope = out.hazard * (out.hazard - z / root);
    return out;
}

struct assay__exit assay__grid_exit(const struct assay__grid *grid, double time, double edge,
                                    double theta)
{
    if (grid == NULL)
        return first_exit(time, edge, theta);
    double t = grid->time, step = time - t, beyond = edge - theta * time;
    double deviation = sqrt(t * (step / time)), mean = edge * (t / time);
    double exponent = -0.5 * beyond * (beyond / time);
    double reference = beyond > 0.0 ? exponent : 0.0;
    struct assay__exits exits = {.mean = mean,
                                 .factor = -0.5 / (deviation * deviation),
                                 .bridge_share = exp(exponent - reference),
                                 .edge = edge - theta * step,
                                 .step_share = 1.0 / sqrt(step),
                                 .past_mean = theta * t,
                                 .past_factor = -0.5 / t,
                                 .past_log = -reference};
    double low = mean - REACH * deviation, flat_low = fmax(grid->flat_low, low);
    double high = fmax(mean, theta * t) + REACH * sqrt(t);
    assay__visit_grid(grid, low, high, deviation, visit_exits, &exits);
    assay__visit_parts(flat_low, fmin(high, grid->flat_high), deviation, NULL, visit_exits, &exits);
    double sum = sum_of(exits.exits);
    struct assay__exit out = {.log_p = reference + log(sum / (2.0 * M_PI * sqrt(t)))};
    double density = sum_of(exits.density);
    out.hazard = density * exits.step_share / sum;
    /* Of the density at the edge: the normal one's, and what the bridge's mean moves. */
    double log_slope = sum_of(exits.slope) / (density * step) - beyond / time;
    out.hazard_slope = out.hazard * (out.hazard + log_slope);
    return out;
}

struct assay__exit assay__walk_exit(const struct assay__walk *walk, uint32_t before, double time,
                                    double edge, double theta)
{
    return assay__grid_exit(before == 0 ? NULL : &walk->grids[before - 1], time, edge, theta);
}

struct density {
    double mean, factor, sum;
};

static void visit_density(void *context, const double u[POINTS], const double mass[POINTS])
{
    struct density *density = context;
    density->sum += assay__nodes()->density(u, mass, density->mean, density->factor);
}

/* What paths through places where h is taken for 1 may lack under a drift. */
static double sure_misses(const struct assay__walk *walk, uint32_t count, double theta)
{
    double sum = 0.0;
    for (uint32_t k = 1; k < count; k++) {
        const struct assay__grid *grid = &walk->grids[k];
        double z = (grid->sure - theta * grid->time) / sqrt(grid->time);
        if (z > -REACH)
            sum += grid->sure_miss * (z > 0.0 ? 1.0 : 0.5 * exp(-0.5 * z * z));
    }
    return sum;
}

double assay__walk_survival(const struct assay__walk *walk, uint32_t count, double theta)
{
    const double rounding = 2e-14;
    const struct assay__grid *grid = &walk->grids[count - 1];
    double mean = theta * grid->time, root = sqrt(grid->time);
    if (!(sure_misses(walk, count, theta) < rounding))
        return NAN;
    struct density density = {mean, -0.5 / grid->time, 0.0};
    assay__visit_grid(grid, mean - REACH * root, mean + REACH * root, root, visit_density,
                      &density);
    double flat = 0.0;
    if (grid->flat_high > grid->flat_low)
        flat = assay_normal_lower((grid->flat_high - mean) / root);
    return flat + density.sum / (root * SQRT_TAU);
}
