/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The powered effect: the distance from the null that a test of given sizes finds with the wanted
 * power. Power grows with the distance, so the root is bracketed and found by bisection and secant
 * steps on power itself; with fixed variances and a z test it is closed form.
 */
#include <float.h>
#include <math.h>

#include "assay/dist.h"
#include "assay/size.h"
#include "base/error.h"

/* The sign of alternative - null: that of effect - null, else the side's. */
static double direction_of(const struct assay_size_design *design)
{
    double towards = design->effect - design->null_difference;
    if (towards != 0.0)
        return towards < 0.0 ? -1.0 : 1.0;
    return design->side == ASSAY_SIDE_LOWER ? -1.0 : 1.0;
}

/* The z that the power at this distance has, less the wanted one; increases with the distance. */
static double excess_at(const struct assay_size_design *design, double n_c, double n_t,
                        double direction, double distance)
{
    struct assay_size_design at = *design;
    double power;
    at.effect = design->null_difference + direction * distance;
    if (assay_size_power(&at, n_c, n_t, &power, NULL) != ASSAY_OK)
        return NAN;
    double target = design->power;
    /* Compared on the scale of z, where power is about linear in the distance. */
    double z = power >= 1.0 ? 40.0 : power <= 0.0 ? -40.0 : assay_normal_quantile_lower(power);
    return z - assay_normal_quantile_lower(target);
}

/* The largest distance a share can be away from the null. */
static double farthest(const struct assay_size_design *design, double direction)
{
    double null = design->baseline_mean + design->null_difference;
    return direction > 0.0 ? 1.0 - null : null;
}

static double find_root(const struct assay_size_design *design, double n_c, double n_t,
                        double direction, double low, double high)
{
    double at_low = excess_at(design, n_c, n_t, direction, low);
    double at_high = excess_at(design, n_c, n_t, direction, high);
    /* Regula falsi with Illinois' weights, bisection when it dawdles. */
    for (int i = 0; i < 200 && high - low > 2.0 * DBL_EPSILON * high; i++) {
        double next = high - at_high * (high - low) / (at_high - at_low);
        if (!(next > low && next < high) || i % 8 == 7)
            next = low + (high - low) * 0.5;
        double at = excess_at(design, n_c, n_t, direction, next);
        if (at == 0.0)
            return next;
        if (at > 0.0) {
            high = next;
            at_high = at;
            at_low *= 0.5;
        } else {
            low = next;
            at_low = at;
            at_high *= 0.5;
        }
    }
    return low + (high - low) * 0.5;
}

static double closed_form(const struct assay_size_design *design, double n_c, double n_t)
{
    double tail = design->side == ASSAY_SIDE_BOTH ? 0.5 * design->alpha : design->alpha;
    double z = assay_normal_quantile_upper(tail) + assay_normal_quantile_lower(design->power);
    double sum = design->baseline_variance / n_c + design->compared_variance / n_t;
    return z * sqrt(design->variance_factor * sum);
}

enum assay_status assay_size_effect(const struct assay_size_design *design, double n_baseline,
                                    double n_compared, double *effect, struct assay_error *err)
{
    double power, direction = direction_of(design);
    double tail = design->side == ASSAY_SIDE_BOTH ? 0.5 * design->alpha : design->alpha;
    bool share = design->type == ASSAY_METRIC_PROPORTION;
    if (!(design->power > tail && design->power < 1.0))
        return assay__fail(err, ASSAY_ERROR_DOMAIN, "Power must lie between alpha and 1.");
    struct assay_size_design probe = *design;
    probe.effect = design->null_difference;
    enum assay_status status = assay_size_power(&probe, n_baseline, n_compared, &power, err);
    if (status != ASSAY_OK)
        return status;
    if (!share && design->test == ASSAY_TEST_Z) {
        *effect = closed_form(design, n_baseline, n_compared);
        return ASSAY_OK;
    }
    double high;
    if (share) {
        high = farthest(design, direction);
        /* Short of the very edge, where the variance of the compared group vanishes. */
        if (!(high > 0.0) || !(excess_at(design, n_baseline, n_compared, direction,
                                         high * (1.0 - 1e-9)) >= 0.0)) {
            *effect = NAN;
            return ASSAY_OK;
        }
        high *= 1.0 - 1e-9;
    } else {
        high = closed_form(design, n_baseline, n_compared);
        if (high == 0.0) {
            *effect = 0.0;
            return ASSAY_OK;
        }
        while (excess_at(design, n_baseline, n_compared, direction, high) < 0.0 && high < 1e300)
            high *= 2.0;
    }
    *effect = find_root(design, n_baseline, n_compared, direction, high * 1e-12, high);
    return ASSAY_OK;
}
