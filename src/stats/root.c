/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Zeros of rising functions by GSL's Brent solver. gsl_root_fsolver_alloc() aborts the host without
 * memory: the solver and its state live on the stack. GSL's handler is never reached: the ends are
 * known to straddle the zero, and what the solver sees of a function is finite.
 */
#include "stats/root.h"

#include <gsl/gsl_roots.h>
#include <math.h>
#include <stdbool.h>

struct target {
    assay__rising function;
    void *context;
};

static double evaluate(double x, void *params)
{
    const struct target *target = params;
    double value = target->function(target->context, x);
    return fmin(fmax(value, -1e150), 1e150); /* which make NaN a number, too */
}

static double brent(struct target *target, double low, double high)
{
    double state[32];
    gsl_function function = {evaluate, target};
    gsl_root_fsolver solver = {.type = gsl_root_fsolver_brent, .state = state};
    if (gsl_root_fsolver_brent->size > sizeof state ||
        gsl_root_fsolver_set(&solver, &function, low, high) != 0)
        return NAN;
    for (int i = 0; i < 100; i++) {
        double before = gsl_root_fsolver_root(&solver);
        if (gsl_root_fsolver_iterate(&solver) != 0)
            break;
        double root = gsl_root_fsolver_root(&solver);
        double width = fmin(fabs(root - before), solver.x_upper - solver.x_lower);
        if (i > 2 && width <= 4e-16 * fabs(root))
            break;
    }
    return gsl_root_fsolver_root(&solver);
}

double assay__root_between(assay__rising function, void *context, double low, double high)
{
    struct target target = {function, context};
    if (!(evaluate(low, &target) < 0.0))
        return low;
    if (!(evaluate(high, &target) > 0.0))
        return high;
    return brent(&target, low, high);
}

double assay__root_rising(assay__rising function, void *context, double start, double step)
{
    struct target target = {function, context};
    double low = start, high = start;
    bool below = function(context, start) < 0.0;
    for (int i = 0; i < 20; i++, step *= 2.0) {
        if (below) {
            low = high;
            high = low + step;
            if (function(context, high) >= 0.0)
                return brent(&target, low, high);
        } else {
            high = low;
            low = high - step;
            if (function(context, low) <= 0.0)
                return brent(&target, low, high);
        }
    }
    return below ? high : low;
}
