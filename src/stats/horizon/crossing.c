/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The probability of an exit at a look, from the grid of the look before. */
#include <math.h>

#include "assay/dist.h"
#include "stats/horizon/exits.h"
#include "stats/horizon/nodes.h"
#include "stats/horizon/visit.h"

enum { POINTS = ASSAY__GAUSS_POINTS, TERMS = ASSAY__EXIT_TERMS };

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

/* What an exit's integral is made of; its sum is over exp(reference). */
struct integral {
    struct assay__exits exits;
    double reference, deviation; /* of the bridge */
    double high, past;           /* no score above matters; from those past all paths exit */
};

static struct integral integral_of(const struct assay__grid *grid, double time, double edge,
                                   double theta)
{
    double t = grid->time, step = time - t, beyond = edge - theta * time,
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
    out.exits.low = fmin(out.exits.mean, grid->edge) - REACH * out.deviation;
    out.high = fmax(out.exits.mean, theta * t) + REACH * sqrt(t);
    out.past = out.exits.edge + PAST * sqrt(step);
    return out;
}

/* Past that place what is integrated is as wide as the density of the score. */
static void visit_integral(const struct assay__grid *grid, struct integral *integral)
{
    struct assay__exits *exits = &integral->exits;
    double narrow = integral->deviation, wide = sqrt(grid->time), high = integral->high;
    double past = high, flat_low = fmax(grid->flat_low, exits->low);
    double flat_high = fmin(high, grid->flat_high), flat_past = fmin(flat_high, integral->past);
    if (grid->panel_count > 0 && integral->past < high)
        past = grid->bounds[assay__panel_at(grid, integral->past) + 1];
    assay__visit_grid(grid, exits->low, past, narrow, visit_exits, exits);
    if (past < high && past < grid->edge)
        assay__visit_grid(grid, past, high, wide, visit_exits, exits);
    assay__visit_parts(flat_low, flat_past, narrow, NULL, visit_exits, exits);
    assay__visit_parts(fmax(flat_low, flat_past), flat_high, wide, NULL, visit_exits, exits);
}

static double log_of(const struct assay__grid *grid, const struct integral *integral)
{
    double sum = sum_of(integral->exits.exits);
    return integral->reference + log(sum / (2.0 * M_PI * sqrt(grid->time)));
}

/*
 * The density of a score y deviations of the step above the edge is that there times the mean of
 * exp(-x y - y^2/2) over the bridge, x being what the step must exceed: a series in y.
 */
static void fill_density(const double moments[TERMS][4], double out[TERMS])
{
    double mean = 1.0, density = sum_of(moments[0]);
    for (int n = 0; n < TERMS; n++, mean *= -1.0 / n)
        out[n] = mean * sum_of(moments[n]) / density;
    for (int n = TERMS - 1; n > 1; n--) {
        double factor = 1.0;
        for (int m = 1; 2 * m <= n; m++) {
            factor *= -0.5 / m;
            out[n] += factor * out[n - 2 * m];
        }
    }
}

struct assay__exit assay__grid_exit(const struct assay__grid *grid, double time, double edge,
                                    double theta)
{
    struct integral integral = integral_of(grid, time, edge, theta);
    const struct assay__exits *exits = &integral.exits;
    integral.exits.has_moments = true;
    visit_integral(grid, &integral);
    struct assay__exit out = {.log_p = log_of(grid, &integral)};
    fill_density(exits->moments, out.density);
    out.hazard = sum_of(exits->moments[0]) * exits->step_share / sum_of(exits->exits);
    out.hazard_slope = out.hazard * (out.hazard + out.density[1] * exits->step_share);
    return out;
}

double assay__grid_log_exit(const struct assay__grid *grid, double time, double edge, double theta)
{
    if (grid == NULL)
        return assay_normal_log_upper((edge - theta * time) / sqrt(time));
    struct integral integral = integral_of(grid, time, edge, theta);
    visit_integral(grid, &integral);
    return log_of(grid, &integral);
}

double assay__walk_log_exit(const struct assay__walk *walk, uint32_t before, double time,
                            double edge, double theta)
{
    return assay__grid_log_exit(before == 0 ? NULL : &walk->grids[before - 1], time, edge, theta);
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
    if (u[POINTS - 1] >= stay->integral.exits.low)
        visit_exits(&stay->integral.exits, u, mass);
}

double assay__walk_stay(const struct assay__walk *walk, uint32_t count, double time, double edge,
                        double theta)
{
    const struct assay__grid *grid = &walk->grids[count - 1];
    double t = grid->time, mean = theta * t, root = sqrt(t);
    if (grid->even_count == 0 || !(sure_misses(walk, count, theta) < ROUNDING))
        return NAN;
    struct stay stay = {{mean, -0.5 / t, 0.0}, integral_of(grid, time, edge, theta)};
    double low = mean - REACH * root, high = mean + REACH * root;
    assay__visit_grid(grid, low, fmin(high, stay.integral.past), root, visit_stay, &stay);
    double exits = exp(stay.integral.reference) * sum_of(stay.integral.exits.exits);
    return stay.density.sum / (root * SQRT_TAU) - exits / (2.0 * M_PI * root);
}
