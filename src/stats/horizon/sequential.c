/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a group sequence promises under a drift, and what may be said after it stopped. Survival
 * given the score does not depend on the drift, so one recursion serves every drift.
 */
#include <math.h>

#include "assay/dist.h"
#include "base/error.h"
#include "stats/horizon/horizon.h"
#include "stats/root.h"

static enum assay_status check_kind(const struct assay_horizon *horizon, struct assay_error *err)
{
    if (horizon->design.kind != ASSAY_HORIZON_GROUP_SEQUENTIAL)
        return assay__fail(err, ASSAY_ERROR_DOMAIN, "Only group-sequential looks have a drift.");
    return ASSAY_OK;
}

/* The probability of the first exit above at look k. */
static double exit_above(const struct assay__walk *walk, uint32_t k, double drift)
{
    const struct assay__grid *grid = &walk->grids[k];
    double p = exp(assay__walk_log_exit(walk, k, grid->time, grid->edge, drift));
    return isnan(p) ? 0.0 : p; /* of even nodes, whose sum may be a rounding error below 0 */
}

/* The walks of exits above and below, with futility bounds obeyed where there are any. */
struct exits {
    const struct assay__walk *above, *below; /* below NULL: nothing exits there */
};

/* A two-sided sequence is symmetric: an exit below is one above under the opposite drift. */
static struct exits exits_of(const struct assay_horizon *horizon)
{
    if (horizon->design.has_futility)
        return (struct exits){&horizon->futility.above, &horizon->futility.mirror};
    return (struct exits){&horizon->walk, horizon->walk.two_sided ? &horizon->walk : NULL};
}

static double exit_below(const struct exits *exits, uint32_t k, double drift)
{
    return exits->below != NULL ? exit_above(exits->below, k, -drift) : 0.0;
}

enum assay_status assay_horizon_exits(const struct assay_horizon *horizon, double drift,
                                      double *above, double *below, size_t *count,
                                      struct assay_error *err)
{
    enum assay_status status = check_kind(horizon, err);
    if (status != ASSAY_OK)
        return status;
    if (!isfinite(drift))
        return assay__fail(err, ASSAY_ERROR_DOMAIN, "The drift must be finite.");
    struct exits exits = exits_of(horizon);
    for (uint32_t k = 0; k < horizon->walk.count && k < *count; k++) {
        bool is_there = k < exits.above->count; /* none comes after the bounds have met */
        if (above != NULL)
            above[k] = is_there ? exit_above(exits.above, k, drift) : 0.0;
        if (below != NULL)
            below[k] = is_there ? exit_below(&exits, k, drift) : 0.0;
    }
    *count = horizon->walk.count;
    return ASSAY_OK;
}

struct power_target {
    const struct assay__walk *walk;
    double power;
};

/* Without a lower boundary those who have not left before the last look are still there. */
static double power_excess(void *context, double drift)
{
    const struct power_target *target = context;
    const struct assay__walk *walk = target->walk;
    uint32_t last = walk->count - 1;
    double sum = -target->power;
    if (last > 0 && !walk->two_sided && isinf(walk->grids[last - 1].low_edge) && drift > 0.0) {
        double survival = assay__walk_survival(walk, last, drift);
        if (!isnan(survival))
            return (1.0 - target->power - survival) + exit_above(walk, last, drift);
    }
    for (uint32_t k = 0; k < walk->count; k++)
        sum += exit_above(walk, k, drift);
    return sum;
}

/* The drift of a power, and that of a single look. */
static double drift_of(const struct assay_horizon *horizon, double power, double *once)
{
    double tail = horizon->spending.alpha;
    struct power_target target = {exits_of(horizon).above, power};
    double last = target.walk->grids[target.walk->count - 1].time;
    *once = assay_normal_quantile_upper(tail) - assay_normal_quantile_upper(power);
    return assay__root_rising(power_excess, &target, *once / sqrt(last), 0.1 / sqrt(last));
}

static double inflation_of(const struct assay_horizon *horizon, double drift, double once)
{
    const struct assay__walk *walk = exits_of(horizon).above;
    return drift * drift * walk->grids[walk->count - 1].time / (once * once);
}

double assay__horizon_inflation(const struct assay_horizon *horizon, double power)
{
    if (horizon->walk.count == 1)
        return 1.0;
    double once, drift = drift_of(horizon, power, &once);
    return inflation_of(horizon, drift, once);
}

/* Mean information at the stop: the last look's, less what earlier exits save. */
static double expected_information(const struct exits *exits, double drift)
{
    const struct assay__walk *walk = exits->above;
    double last = walk->grids[walk->count - 1].time, mean = last;
    for (uint32_t k = 0; k + 1 < walk->count; k++)
        mean -= (last - walk->grids[k].time) *
                (exit_above(walk, k, drift) + exit_below(exits, k, drift));
    return mean;
}

enum assay_status assay_horizon_cost(const struct assay_horizon *horizon, double power,
                                     struct assay_horizon_cost *out, struct assay_error *err)
{
    enum assay_status status = check_kind(horizon, err);
    if (status != ASSAY_OK)
        return status;
    struct exits exits = exits_of(horizon);
    const struct assay__walk *walk = exits.above;
    double tail = horizon->spending.alpha;
    if (!(power > tail && power < 1.0))
        return assay__fail(err, ASSAY_ERROR_DOMAIN,
                           "The power must lie between the one-sided alpha and 1.");
    if (walk->count == 0)
        return assay__fail(err, ASSAY_ERROR_DOMAIN, "No look has been taken.");
    double once, drift = drift_of(horizon, power, &once);
    *out = (struct assay_horizon_cost){
        .drift = drift,
        .inflation = inflation_of(horizon, drift, once),
        .expected_null = expected_information(&exits, 0.0),
        .expected_alternative = expected_information(&exits, drift),
    };
    return ASSAY_OK;
}
