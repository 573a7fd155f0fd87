/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The probability of an exit at a look, from the grid of the look before. */
#include <math.h>

#include "assay/dist.h"
#include "stats/dist/normal.h"
#include "stats/horizon/visit.h"

enum { POINTS = ASSAY__GAUSS_POINTS };

static const double SQRT_TAU = 2.50662827463100050242;
static const double REACH = 8.0; /* deviations after which a normal density is nothing */

/*
 * The exit integral: the density of B(t) at u times P(step > edge - u). Over its largest value, the
 * normal density of B(time) at the edge, it is a bridge's density at u times Mills' ratio, so that
 * an exit of 1e-3000 has all its digits. Past the edge, where P is near 1, it is as it stands.
 */
struct crossing {
    double mean, factor;                     /* of the bridge from 0 to the edge */
    double bridge_share;                     /* of the bridge's integrand in the reference */
    double edge, step_deviation;             /* of the step; both without drift */
    double past_mean, past_factor, past_log; /* density of B(t) at u over the reference */
    double exits, density;
};

static void visit_crossing(void *context, const double u[POINTS], const double mass[POINTS])
{
    struct crossing *c = context;
    for (int i = 0; i < POINTS; i++) {
        double x = (c->edge - u[i]) / c->step_deviation, away = u[i] - c->mean;
        double bridge = mass[i] * c->bridge_share * exp(c->factor * away * away);
        if (x >= 0.0) {
            c->exits += bridge * assay__mills_ratio(x);
        } else {
            double past = u[i] - c->past_mean;
            c->exits += mass[i] * SQRT_TAU * assay_normal_upper(x) *
                        exp(c->past_log + c->past_factor * past * past);
        }
        c->density += bridge;
    }
}

/* Without a look before: the normal tail itself. */
static struct assay__exit first_exit(double time, double edge, double theta)
{
    double root = sqrt(time), z = (edge - theta * time) / root;
    struct assay__exit out = {.log_p = assay_normal_log_upper(z)};
    out.hazard = z > 0.0 ? 1.0 / (root * assay__mills_ratio(z))
                         : assay_normal_density(z) / (root * assay_normal_upper(z));
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
    struct crossing crossing = {.mean = mean,
                                .factor = -0.5 / (deviation * deviation),
                                .bridge_share = exp(exponent - reference),
                                .edge = edge - theta * step,
                                .step_deviation = sqrt(step),
                                .past_mean = theta * t,
                                .past_factor = -0.5 / t,
                                .past_log = -reference};
    double low = mean - REACH * deviation, flat_low = fmax(grid->flat_low, low);
    double high = fmax(mean, theta * t) + REACH * sqrt(t);
    assay__visit_grid(grid, low, high, deviation, visit_crossing, &crossing);
    assay__visit_parts(flat_low, fmin(high, grid->flat_high), deviation, NULL, visit_crossing,
                       &crossing);
    struct assay__exit out = {.log_p = reference + log(crossing.exits / (2.0 * M_PI * sqrt(t)))};
    out.hazard = crossing.density / (crossing.exits * crossing.step_deviation);
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
    for (int i = 0; i < POINTS; i++) {
        double away = u[i] - density->mean;
        density->sum += mass[i] * exp(density->factor * away * away);
    }
}

double assay__grid_survival(const struct assay__grid *grid, double theta)
{
    double mean = theta * grid->time, root = sqrt(grid->time);
    struct density density = {mean, -0.5 / grid->time, 0.0};
    assay__visit_grid(grid, mean - REACH * root, mean + REACH * root, root, visit_density,
                      &density);
    double flat = 0.0;
    if (grid->flat_high > grid->flat_low)
        flat = assay_normal_lower((grid->flat_high - mean) / root);
    return flat + density.sum / (root * SQRT_TAU);
}
