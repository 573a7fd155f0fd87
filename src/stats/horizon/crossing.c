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
static const double ROUNDING = 2e-14; /* of survival */
static const double PAST = 9.5;       /* deviations past the edge from which on all paths exit */
static const double REACH = 8.0;      /* deviations after which a normal density is nothing */

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

/* What an exit's integral is made of; its sum is over exp(reference). */
struct integral {
    struct assay__exits exits;
    double reference, deviation; /* of the bridge */
    double low, high, past;      /* the scores that matter; from those past all paths exit */
};

static struct integral integral_of(double t, double time, double edge, double theta)
{
    double step = time - t, beyond = edge - theta * time,
           exponent = -0.5 * beyond * (beyond / time);
    struct integral out = {.reference = beyond > 0.0 ? exponent : 0.0,
                           .deviation = sqrt(t * (step / time))};
    out.exits = (struct assay__exits){.mean = edge * (t / time),
                                      .factor = -0.5 / (out.deviation * out.deviation),
                                      .bridge_share = exp(exponent - out.reference),
                                      .edge = edge - theta * step,
                                      .step_share = 1.0 / sqrt(step),
                                      .past_mean = theta * t,
                                      .past_factor = -0.5 / t,
                                      .past_log = -out.reference};
    out.low = out.exits.mean - REACH * out.deviation;
    out.high = fmax(out.exits.mean, theta * t) + REACH * sqrt(t);
    out.past = out.exits.edge + PAST * sqrt(step);
    return out;
}

/* Past that place what is integrated is as wide as the density of the score. */
static void visit_integral(const struct assay__grid *grid, struct integral *integral)
{
    struct assay__exits *exits = &integral->exits;
    double narrow = integral->deviation, wide = sqrt(grid->time), high = integral->high;
    double past = high, flat_low = fmax(grid->flat_low, integral->low);
    double flat_high = fmin(high, grid->flat_high), flat_past = fmin(flat_high, integral->past);
    if (grid->panel_count > 0 && integral->past < high)
        past = grid->bounds[assay__panel_at(grid, integral->past) + 1];
    assay__visit_grid(grid, integral->low, past, narrow, visit_exits, exits);
    if (past < high && past < grid->edge)
        assay__visit_grid(grid, past, high, wide, visit_exits, exits);
    assay__visit_parts(flat_low, flat_past, narrow, NULL, visit_exits, exits);
    assay__visit_parts(fmax(flat_low, flat_past), flat_high, wide, NULL, visit_exits, exits);
}

struct assay__exit assay__grid_exit(const struct assay__grid *grid, double time, double edge,
                                    double theta)
{
    if (grid == NULL)
        return first_exit(time, edge, theta);
    double t = grid->time, step = time - t;
    struct integral integral = integral_of(t, time, edge, theta);
    const struct assay__exits *exits = &integral.exits;
    visit_integral(grid, &integral);
    double sum = sum_of(exits->exits);
    struct assay__exit out = {.log_p = integral.reference + log(sum / (2.0 * M_PI * sqrt(t)))};
    double density = sum_of(exits->density);
    out.hazard = density * exits->step_share / sum;
    /* Of the density at the edge: the normal one's, and what the bridge's mean moves. */
    double beyond = edge - theta * time;
    double log_slope = sum_of(exits->slope) / (density * step) - beyond / time;
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
    const double nothing = 2e-17;
    double sum = nothing * count;
    for (uint32_t k = 1; k < count; k++) {
        const struct assay__grid *grid = &walk->grids[k];
        if (grid->sure_miss < nothing)
            continue;
        double z = (grid->sure - theta * grid->time) / sqrt(grid->time);
        if (z > -REACH)
            sum += grid->sure_miss * (z > 0.0 ? 1.0 : 0.5 * exp(-0.5 * z * z));
    }
    return sum;
}

double assay__walk_survival(const struct assay__walk *walk, uint32_t count, double theta)
{
    const struct assay__grid *grid = &walk->grids[count - 1];
    double mean = theta * grid->time, root = sqrt(grid->time);
    if (!(sure_misses(walk, count, theta) < ROUNDING))
        return NAN;
    struct density density = {mean, -0.5 / grid->time, 0.0};
    assay__visit_grid(grid, mean - REACH * root, mean + REACH * root, root, visit_density,
                      &density);
    double flat = 0.0;
    if (grid->flat_high > grid->flat_low)
        flat = assay_normal_lower((grid->flat_high - mean) / root);
    return flat + density.sum / (root * SQRT_TAU);
}

struct stay {
    struct density density;
    struct integral integral;
};

/* What is not past the edge stays, but for what exits from near it. */
static void visit_stay(void *context, const double u[POINTS], const double mass[POINTS])
{
    struct stay *stay = context;
    if (u[0] > stay->integral.past)
        return;
    visit_density(&stay->density, u, mass);
    if (u[POINTS - 1] >= stay->integral.low)
        visit_exits(&stay->integral.exits, u, mass);
}

double assay__walk_stay(const struct assay__walk *walk, uint32_t count, double time, double edge,
                        double theta)
{
    const struct assay__grid *grid = &walk->grids[count - 1];
    double t = grid->time, mean = theta * t, root = sqrt(t);
    if (grid->even_count == 0 || !(sure_misses(walk, count, theta) < ROUNDING))
        return NAN;
    struct stay stay = {{mean, -0.5 / t, 0.0}, integral_of(t, time, edge, theta)};
    double low = mean - REACH * root, high = mean + REACH * root;
    assay__visit_grid(grid, low, fmin(high, stay.integral.past), root, visit_stay, &stay);
    double exits = exp(stay.integral.reference) * sum_of(stay.integral.exits.exits);
    return stay.density.sum / (root * SQRT_TAU) - exits / (2.0 * M_PI * root);
}
