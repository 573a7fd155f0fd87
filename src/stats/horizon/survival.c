/* SPDX-License-Identifier: GPL-3.0-or-later */
/* h of a look at one place, from the grid of the look before. */
#include "stats/horizon/survival.h"

#include <math.h>

#include "assay/dist.h"
#include "stats/horizon/nodes.h"
#include "stats/horizon/visit.h"

enum { POINTS = ASSAY__GAUSS_POINTS };

static const double SQRT_TAU = 2.50662827463100050242;
static const double REACH = 8.0;         /* deviations after which a normal density is nothing */
static const double NARROW_WIDTH = 4.0;  /* from which on 20 points of a normal rule do, */
static const double SMOOTH_WIDTH = 24.0; /* and 8: the rule's error falls with its 16th power */

struct bridge {
    double mean, factor; /* exp(factor (u - mean)^2) */
    double sum;
};

static void visit_bridge(void *context, const double u[POINTS], const double mass[POINTS])
{
    struct bridge *bridge = context;
    bridge->sum += assay__nodes()->density(u, mass, bridge->mean, bridge->factor);
}

/* P(low < Z < high) to the digits of the smaller tail; low < high. */
static double between(double low, double high)
{
    if (low > 0.0)
        return assay_normal_upper(low) - assay_normal_upper(high);
    return assay_normal_lower(high) - assay_normal_lower(low);
}

/* The normal rule for panels from first to end; NULL where a bridge is not narrow beside them. */
static const struct assay__normal_rule *rule_of(const struct assay__grid *grid, uint32_t first,
                                                uint32_t end, double deviation)
{
    double width = HUGE_VAL;
    for (uint32_t p = first; p <= end; p++) {
        double own = grid->bounds[p + 1] - grid->bounds[p];
        width = own < width ? own : width;
    }
    if (width < NARROW_WIDTH * deviation)
        return NULL;
    return width < SMOOTH_WIDTH * deviation ? &assay__normal_20 : &assay__normal_8;
}

/*
 * A bridge far narrower than the panels it meets, away from the edges: h is smooth on its scale,
 * and a few points of a normal rule do. False when it is not so.
 */
static bool narrow_survival(const struct assay__grid *grid, double mean, double deviation,
                            double *h)
{
    double low = mean - REACH * deviation, high = mean + REACH * deviation;
    bool flat = grid->flat_low < grid->flat_high;
    if (grid->panel_count == 0 || high > grid->edge || (!flat && low < grid->bounds[0]))
        return false;
    uint32_t first = assay__panel_at(grid, low), last = assay__panel_at(grid, high);
    const struct assay__normal_rule *rule = rule_of(grid, first, last, deviation);
    if (rule == NULL)
        return false;
    double u[POINTS], values[POINTS], sum = 0.0;
    for (int i = 0; i < rule->count; i++)
        u[i] = mean + deviation * rule->node[i];
    int at = 0;
    for (; at < rule->count && u[at] < grid->bounds[0]; at++)
        sum += rule->weight[at]; /* where h is 1 */
    for (uint32_t p = first; p <= last; p++) {
        struct assay__piece piece = assay__piece_of(grid, p);
        int begin = at / 4 * 4, end = at;
        for (; end < rule->count && u[end] < piece.to; end++)
            continue;
        if (end == at)
            continue;
        assay__piece_values(&piece, u + begin, (end + 3) / 4 * 4 - begin, values + begin);
        for (; at < end; at++)
            sum += rule->weight[at] * values[at];
    }
    *h = sum;
    return true;
}

/* A bridge from 0 to b has been above a level m > b with probability exp(-2 m (m - b)/t): at the
 * looks before, too, if no edge of theirs lies below m. */
double assay__flat_below(const struct assay__walk *walk, uint32_t look, double time)
{
    const double nothing = 39.2; /* -log(1e-17) */
    double least = look == 0 ? HUGE_VAL : walk->grids[look - 1].least;
    return least > 0.0 ? least - 0.5 * nothing * (time / least) : -HUGE_VAL;
}

double assay__survival(const struct assay__grid *before, double time, double b)
{
    double step = time - before->time, mean = b * (before->time / time);
    double deviation = sqrt(before->time * (step / time)), narrow;
    if (before->even_count == 0 && narrow_survival(before, mean, deviation, &narrow))
        return narrow;
    struct bridge bridge = {mean, -0.5 / (deviation * deviation), 0.0};
    assay__visit_grid(before, mean - REACH * deviation, mean + REACH * deviation, deviation,
                      visit_bridge, &bridge);
    double flat = 0.0, low = before->flat_low, high = before->flat_high;
    if (high > low && high > mean - 39.0 * deviation)
        flat = between((low - mean) / deviation, (high - mean) / deviation);
    return flat + bridge.sum / (deviation * SQRT_TAU);
}
