/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The best schedule of looks when looking has a price. Looks at shares (k/K)^g of the units: with g
 * below 1 they lie late, above 1 early. For each number of looks GSL's Brent minimises the cost
 * over g; the cheapest number wins.
 */
#include <gsl/gsl_errno.h>
#include <gsl/gsl_min.h>
#include <math.h>

#include "base/error.h"
#include "cli/design.h"

/* What is minimised. */
struct schedule {
    const struct design *design;
    double look_cost;
    uint32_t looks;
    enum assay_status status;
    struct assay_error *err;
};

static void place(uint32_t looks, double shape, double *out)
{
    for (uint32_t k = 0; k < looks; k++)
        out[k] = k + 1 == looks ? 1.0 : pow((double)(k + 1) / looks, shape);
}

/* Mean number of looks under a drift: the last one, less what earlier exits save. */
static enum assay_status mean_looks(const struct assay_horizon *horizon, double drift,
                                    uint32_t looks, double *out, struct assay_error *err)
{
    double above[DESIGN_LOOKS_MAX], below[DESIGN_LOOKS_MAX];
    size_t count = DESIGN_LOOKS_MAX;
    enum assay_status status = assay_horizon_exits(horizon, drift, above, below, &count, err);
    *out = looks;
    for (size_t k = 0; status == ASSAY_OK && k + 1 < count; k++)
        *out -= (double)(count - 1 - k) * (above[k] + below[k]);
    return status;
}

/* Cost in units of one look's sample: what is used and the looks, effect or not half of the time.
 */
static enum assay_status cost_of(const struct schedule *schedule, double shape, double *cost,
                                 struct assay_error *err)
{
    struct assay_horizon_design design = schedule->design->horizon;
    struct assay_horizon *horizon;
    struct assay_horizon_cost plan;
    double times[DESIGN_LOOKS_MAX], null = 0.0, alternative = 0.0;
    design.planned_looks = schedule->looks;
    enum assay_status status = assay_horizon_open(&design, &horizon, err);
    if (status != ASSAY_OK)
        return status;
    place(schedule->looks, shape, times);
    for (uint32_t k = 0; status == ASSAY_OK && k < schedule->looks; k++) {
        struct assay_boundary boundary;
        status = assay_horizon_at(horizon, times[k], NAN, &boundary, err);
    }
    if (status == ASSAY_OK)
        status = assay_horizon_cost(horizon, schedule->design->power, &plan, err);
    if (status == ASSAY_OK)
        status = mean_looks(horizon, 0.0, schedule->looks, &null, err);
    if (status == ASSAY_OK)
        status = mean_looks(horizon, plan.drift, schedule->looks, &alternative, err);
    if (status == ASSAY_OK)
        *cost = 0.5 * plan.inflation * (plan.expected_null + plan.expected_alternative) +
                schedule->look_cost * 0.5 * (null + alternative);
    assay_horizon_free(horizon);
    return status;
}

static double cost_at(double shape, void *context)
{
    struct schedule *schedule = context;
    double cost = NAN;
    enum assay_status status = cost_of(schedule, shape, &cost, schedule->err);
    if (status != ASSAY_OK)
        schedule->status = status;
    return cost;
}

/* The best shape of a number of looks, and its cost. */
static enum assay_status minimise(struct schedule *schedule, double *shape, double *cost)
{
    enum { STEPS_MAX = 60 };
    gsl_function function = {cost_at, schedule};
    *shape = 1.0;
    *cost = cost_at(1.0, schedule);
    if (schedule->looks == 1 || schedule->status != ASSAY_OK)
        return schedule->status;
    gsl_min_fminimizer *minimizer = gsl_min_fminimizer_alloc(gsl_min_fminimizer_brent);
    if (minimizer == NULL)
        return assay__fail_memory(schedule->err);
    /* Where no inner point is below both ends, equal looks stay. */
    int code = gsl_min_fminimizer_set(minimizer, &function, 1.0, 0.2, 3.0);
    for (int i = 0; code == GSL_SUCCESS && schedule->status == ASSAY_OK && i < STEPS_MAX; i++) {
        code = gsl_min_fminimizer_iterate(minimizer);
        double low = gsl_min_fminimizer_x_lower(minimizer);
        double high = gsl_min_fminimizer_x_upper(minimizer);
        *shape = gsl_min_fminimizer_x_minimum(minimizer);
        *cost = gsl_min_fminimizer_f_minimum(minimizer);
        if (gsl_min_test_interval(low, high, 1e-6, 0.0) == GSL_SUCCESS)
            break;
    }
    gsl_min_fminimizer_free(minimizer);
    return schedule->status;
}

enum assay_status design_schedule(struct design *design, struct assay_error *err)
{
    double best = HUGE_VAL, shape = 1.0;
    uint32_t most = (uint32_t)design->count, looks = 1;
    for (uint32_t k = 1; k <= most; k++) {
        struct schedule schedule = {design, design->look_cost, k, ASSAY_OK, err};
        double shape_k = 1.0, cost = NAN;
        enum assay_status status = minimise(&schedule, &shape_k, &cost);
        if (status != ASSAY_OK)
            return status;
        if (cost < best) {
            best = cost;
            shape = shape_k;
            looks = k;
        }
    }
    /* Four decimals: figures that a person can repeat, the same on every machine. */
    shape = round(1e4 * shape) / 1e4;
    struct schedule chosen = {design, design->look_cost, looks, ASSAY_OK, err};
    enum assay_status status = cost_of(&chosen, shape, &best, err);
    if (status != ASSAY_OK)
        return status;
    place(looks, shape, design->values);
    design->count = looks;
    design->horizon.planned_looks = looks;
    design->cost = best;
    return ASSAY_OK;
}
