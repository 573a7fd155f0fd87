/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Group-sequential boundaries by alpha spending (Lan and DeMets 1983): each look's edge exits with
 * the probability that the family spends since the look before.
 */
#include <math.h>

#include "assay/dist.h"
#include "base/error.h"
#include "stats/horizon/horizon.h"

static enum assay_status open_group_sequential(struct assay_horizon *horizon,
                                               struct assay_error *err)
{
    const struct assay_horizon_design *design = &horizon->design;
    if (!(design->expected_size > 0.0 && isfinite(design->expected_size)))
        return assay__fail(err, ASSAY_ERROR_DOMAIN, "The expected sample size must be positive.");
    char ranges[ASSAY__SPENDING_RANGES];
    if (!assay__spending_valid(design->spending, design->spending_parameter))
        return assay__fail(err, ASSAY_ERROR_DOMAIN, "The spending parameter must lie %s.",
                           assay__spending_ranges(ranges));
    horizon->spending = assay__spending_of(design->spending, design->spending_parameter,
                                           design->two_sided ? 0.5 * design->alpha : design->alpha);
    horizon->walk.two_sided = design->two_sided;
    return design->has_futility ? assay__futility_open(horizon, err) : ASSAY_OK;
}

static enum assay_status next_edge(struct assay_horizon *horizon, double time, double to,
                                   struct assay_boundary *out, struct assay_error *err)
{
    struct assay__walk *walk = &horizon->walk;
    double from = walk->count == 0 ? 0.0 : walk->grids[walk->count - 1].time;
    double log_p = assay__spending_log_step(&horizon->spending, from, to);
    double edge;
    enum assay_status status = assay__next_edge(walk, time, log_p, &edge, err);
    if (status != ASSAY_OK)
        return status;
    if (!isfinite(edge))
        return assay__fail(err, ASSAY_ERROR_DOMAIN,
                           "At information %g the spending function spends too little for a "
                           "boundary: begin later, or choose another family.",
                           time);
    status = assay__walk_add(walk, time, edge, err);
    if (status != ASSAY_OK)
        return status;
    out->critical = horizon->last_critical = edge / sqrt(time);
    out->alpha_spent = exp(assay__spending_log_step(&horizon->spending, 0.0, to));
    if (horizon->design.two_sided)
        out->alpha_spent *= 2.0;
    if (horizon->design.has_futility)
        return assay__futility_at(horizon, time, edge, to, out, err);
    return ASSAY_OK;
}

static enum assay_status at_group_sequential(struct assay_horizon *horizon, double units,
                                             double standard_error, struct assay_boundary *out,
                                             struct assay_error *err)
{
    (void)standard_error;
    const struct assay_horizon_design *design = &horizon->design;
    double time = units / design->expected_size;
    uint32_t count = horizon->walk.count;
    *out = horizon->last;
    out->flags = 0;
    out->information = time;
    out->is_final = units >= design->expected_size;
    if (horizon->is_spent) {
        out->flags = ASSAY_BOUNDARY_OVERRUN;
        out->is_final = true;
        return ASSAY_OK;
    }
    if (count > 0 && !(time > horizon->walk.grids[count - 1].time)) {
        out->flags = ASSAY_BOUNDARY_NO_LOOK;
        return ASSAY_OK;
    }
    horizon->is_spent = out->is_final;
    enum assay_status status = next_edge(horizon, time, out->is_final ? 1.0 : time, out, err);
    if (out->is_final)
        out->alpha_spent = design->alpha;
    return status;
}

const struct assay__horizon_row assay__horizon_group_sequential = {open_group_sequential,
                                                                   at_group_sequential};
