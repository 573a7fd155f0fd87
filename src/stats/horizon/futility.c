/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Futility bounds by beta spending. Critical values come first and do not know of them, so that the
 * level holds whether or not a bound is obeyed. A score below a bound is a score of the mirrored
 * walk above its edge, under the opposite drift: the machine that finds critical values finds them.
 * The drift is that of the plan: under it equal looks, all obeyed, have the power.
 */
#include <math.h>
#include <stdlib.h>

#include "assay/dist.h"
#include "base/error.h"
#include "base/memory.h"
#include "stats/horizon/horizon.h"
#include "stats/root.h"

enum { PLANNED_LOOKS_MAX = 1000 };

/* A bound below this z has no effect: not one path of many comes there. */
static const double NEVER = -38.0;

/* The bound at the next look on the score's scale, at most the edge. */
static double solve_bound(const struct assay__walk *mirror, double drift, double time, double edge,
                          double log_beta)
{
    double lowest = NEVER * sqrt(time);
    if (isinf(log_beta))
        return fmin(lowest, edge);
    double bound = -assay__solve_edge(mirror, time, log_beta, -drift);
    if (isnan(bound))
        return edge;
    return fmin(fmax(bound, lowest), edge);
}

/* Equal looks, as planned: their edges, and what the search for the drift asks. */
struct planned {
    const struct assay__spending *spending;
    uint32_t count;
    double *edges; /* [count] */
    enum assay_status status;
    struct assay_error *err;
};

/* By how much the logarithm of the error left for the last look is above that under a drift. */
static double drift_excess(void *context, double drift)
{
    struct planned *planned = context;
    struct assay__walk mirror = {.two_sided = false};
    double left = -HUGE_VAL, last = planned->count;
    for (uint32_t k = 1; planned->status == ASSAY_OK && k <= planned->count; k++) {
        double time = k / last, before = (k - 1) / last, edge = planned->edges[k - 1];
        double log_beta = assay__spending_log_step(planned->spending, before, time);
        if (k == planned->count) {
            left = log_beta - assay__walk_log_exit(&mirror, mirror.count, time, -edge, -drift);
            break;
        }
        double bound = solve_bound(&mirror, drift, time, edge, log_beta);
        if (!(bound < edge)) { /* the bounds meet before the end: the drift is too large */
            left = 700.0;
            break;
        }
        planned->status =
            assay__walk_add_between(&mirror, time, -edge, -bound, false, planned->err);
    }
    assay__walk_release(&mirror);
    return isnan(left) ? 700.0 : fmax(-700.0, fmin(700.0, left));
}

/* The edges of the planned looks. */
static enum assay_status plan_edges(const struct assay_horizon *horizon, double *edges,
                                    struct assay_error *err)
{
    double last = horizon->design.planned_looks;
    struct assay__walk walk = {.two_sided = false};
    enum assay_status status = ASSAY_OK;
    for (uint32_t k = 1; status == ASSAY_OK && k <= horizon->design.planned_looks; k++) {
        double log_p = assay__spending_log_step(&horizon->spending, (k - 1) / last, k / last);
        double edge = NAN;
        status = assay__next_edge(&walk, k / last, log_p, &edge, err);
        if (status == ASSAY_OK && !isfinite(edge))
            status = assay__fail(err, ASSAY_ERROR_DOMAIN,
                                 "At the first of %u planned looks the spending function spends "
                                 "too little for a boundary.",
                                 horizon->design.planned_looks);
        edges[k - 1] = edge;
        if (status == ASSAY_OK)
            status = assay__walk_add(&walk, k / last, edge, err);
    }
    assay__walk_release(&walk);
    return status;
}

static enum assay_status check(const struct assay_horizon_design *design, struct assay_error *err)
{
    if (design->two_sided)
        return assay__fail(err, ASSAY_ERROR_DOMAIN, "Futility bounds are for one-sided tests.");
    if (!(design->beta > 0.0 && design->beta < 1.0 - design->alpha))
        return assay__fail(err, ASSAY_ERROR_DOMAIN,
                           "beta must lie between 0 and 1 - alpha for futility bounds.");
    char ranges[ASSAY__SPENDING_RANGES];
    if (!assay__spending_valid(design->futility, design->futility_parameter))
        return assay__fail(err, ASSAY_ERROR_DOMAIN,
                           "The spending parameter of futility must lie %s.",
                           assay__spending_ranges(ranges));
    if (design->planned_looks < 1 || design->planned_looks > PLANNED_LOOKS_MAX)
        return assay__fail(err, ASSAY_ERROR_DOMAIN,
                           "Futility bounds need the number of planned looks, 1 to %d.",
                           PLANNED_LOOKS_MAX);
    return ASSAY_OK;
}

enum assay_status assay__futility_open(struct assay_horizon *horizon, struct assay_error *err)
{
    const struct assay_horizon_design *design = &horizon->design;
    struct assay__futility *futility = &horizon->futility;
    enum assay_status status = check(design, err);
    if (status != ASSAY_OK)
        return status;
    futility->spending =
        assay__spending_of(design->futility, design->futility_parameter, design->beta);
    struct planned planned = {&futility->spending, design->planned_looks,
                              assay__calloc(design->planned_looks, sizeof *planned.edges), ASSAY_OK,
                              err};
    if (planned.edges == NULL)
        return assay__fail_memory(err);
    status = plan_edges(horizon, planned.edges, err);
    if (status == ASSAY_OK) {
        /* One look finds the effect at this drift; more need a little more. */
        double start =
            assay_normal_quantile_upper(design->alpha) + assay_normal_quantile_upper(design->beta);
        futility->drift = assay__root_rising(drift_excess, &planned, start, 0.05);
        status = planned.status;
    }
    assay__free(planned.edges);
    return status;
}

enum assay_status assay__futility_at(struct assay_horizon *horizon, double time, double edge,
                                     double to, struct assay_boundary *out, struct assay_error *err)
{
    struct assay__futility *futility = &horizon->futility;
    uint32_t count = futility->mirror.count;
    double before = count == 0 ? 0.0 : futility->mirror.grids[count - 1].time, bound = edge;
    if (!out->is_final && !futility->is_closed)
        bound = solve_bound(&futility->mirror, futility->drift, time, edge,
                            assay__spending_log_step(&futility->spending, before, to));
    out->futility = bound <= NEVER * sqrt(time) ? (double)NAN : bound / sqrt(time);
    if (futility->is_closed)
        return ASSAY_OK;
    futility->is_closed = !(bound < edge);
    enum assay_status status =
        assay__walk_add_between(&futility->above, time, bound, edge, futility->is_closed, err);
    if (status == ASSAY_OK)
        status = assay__walk_add_between(&futility->mirror, time, -edge, -bound,
                                         futility->is_closed, err);
    return status;
}
