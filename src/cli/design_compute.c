/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The figures of a sequential design. */
#include <math.h>

#include "assay/dist.h"
#include "cli/design.h"
#include "number/number.h"
#include "stats/horizon/horizon.h"

static double times_each(double p, bool two_sided)
{
    return two_sided ? 2.0 * p : p;
}

static enum assay_status take_looks(const struct design *design, struct assay_horizon *horizon,
                                    struct design_figures *figures, struct assay_error *err)
{
    bool always = design->horizon.kind == ASSAY_HORIZON_ALWAYS_VALID;
    for (size_t k = 0; k < design->count; k++) {
        struct design_look *look = &figures->looks[k];
        double n = design->values[k], error = 1.0 / sqrt(n);
        *look = (struct design_look){.units = always ? n : (double)NAN,
                                     .days = NAN,
                                     .exit_null = NAN,
                                     .exit_alternative = NAN,
                                     .power = NAN,
                                     .half_width = NAN};
        enum assay_status status = assay_horizon_at(horizon, n, error, &look->boundary, err);
        if (status != ASSAY_OK)
            return status;
        look->nominal_p =
            times_each(assay_normal_upper(look->boundary.critical), design->horizon.two_sided);
        if (always)
            look->half_width = look->boundary.critical * error;
    }
    return ASSAY_OK;
}

static enum assay_status add_power(const struct design *design, const struct assay_horizon *horizon,
                                   struct design_figures *figures, struct assay_error *err)
{
    static double null[DESIGN_LOOKS_MAX], below[DESIGN_LOOKS_MAX], above[DESIGN_LOOKS_MAX];
    static double futile[DESIGN_LOOKS_MAX];
    size_t count = DESIGN_LOOKS_MAX;
    double sum = 0.0;
    enum assay_status status = assay_horizon_cost(horizon, design->power, &figures->plan, err);
    if (status == ASSAY_OK)
        status = assay_horizon_exits(horizon, 0.0, null, below, &count, err);
    if (status == ASSAY_OK)
        status = assay_horizon_exits(horizon, figures->plan.drift, above, futile, &count, err);
    for (size_t k = 0; status == ASSAY_OK && k < design->count; k++) {
        sum += above[k];
        bool has_futility = design->horizon.has_futility;
        figures->looks[k].exit_null = has_futility ? null[k] : null[k] + below[k];
        figures->looks[k].futile_null = has_futility ? below[k] : (double)NAN;
        figures->looks[k].futile_alternative = has_futility ? futile[k] : (double)NAN;
        figures->looks[k].exit_alternative = above[k];
        figures->looks[k].power = sum;
    }
    return status;
}

/* ---- always-valid looks ---------------------------------------------------------------------- */

static double critical_at(const struct design *design, double units)
{
    double weight = assay__mixture_weight(&design->horizon, units, 1.0 / sqrt(units));
    return assay__mixture_critical(&design->horizon, weight);
}

/* The effect that one look at single_size units finds with the power, in its standard errors. */
static double drift_of_one(const struct design *design)
{
    double alpha = design->horizon.alpha;
    return assay_normal_quantile_upper(design->horizon.two_sided ? 0.5 * alpha : alpha) +
           assay_normal_quantile_lower(design->power);
}

/* The probability that a look is beyond its boundary, whatever earlier ones were. */
static double power_alone(const struct design *design, double units)
{
    double drift = drift_of_one(design) * sqrt(units / design->single_size);
    return assay_normal_upper(critical_at(design, units) - drift);
}

/* The least whole number of units with the power; infinite above 2^53. */
static double least_units(const struct design *design)
{
    double low = 0.0, high = ceil(design->single_size);
    while (power_alone(design, high) < design->power) {
        low = high;
        high *= 2.0;
        if (high > ASSAY__WHOLE_MAX)
            return INFINITY;
    }
    while (high - low > 1.0) {
        double middle = low + floor(0.5 * (high - low));
        *(power_alone(design, middle) < design->power ? &low : &high) = middle;
    }
    return high;
}

static void add_power_alone(const struct design *design, struct design_figures *figures)
{
    for (size_t k = 0; k < design->count; k++)
        figures->looks[k].power = power_alone(design, design->values[k]);
    figures->units = least_units(design);
    figures->plan.inflation = figures->units / design->single_size;
}

/* Units and days of each look, as far as they are known. */
static void add_units(const struct design *design, struct design_figures *figures)
{
    bool always = design->horizon.kind == ASSAY_HORIZON_ALWAYS_VALID;
    double last = design->values[design->count - 1];
    figures->units = design->expected_size;
    if (!always && !isnan(design->single_size))
        figures->units = design->single_size * figures->plan.inflation / last;
    for (size_t k = 0; k < design->count; k++) {
        struct design_look *look = &figures->looks[k];
        if (!always)
            look->units = ceil(figures->units * design->values[k] * (1.0 - 0x1p-50));
        if (design->traffic.is_given && !isnan(look->units))
            look->days = design_days(&design->traffic, look->units);
    }
}

enum assay_status design_compute(const struct design *design, struct design_figures *figures,
                                 struct assay_error *err)
{
    struct assay_horizon *horizon;
    enum assay_status status = assay_horizon_open(&design->horizon, &horizon, err);
    if (status != ASSAY_OK)
        return status;
    status = take_looks(design, horizon, figures, err);
    if (status == ASSAY_OK && design->horizon.kind == ASSAY_HORIZON_GROUP_SEQUENTIAL)
        status = add_power(design, horizon, figures, err);
    if (status == ASSAY_OK)
        add_units(design, figures);
    bool is_mixture = design->horizon.kind == ASSAY_HORIZON_ALWAYS_VALID;
    if (status == ASSAY_OK && is_mixture && !isnan(design->single_size))
        add_power_alone(design, figures);
    assay_horizon_free(horizon);
    return status;
}

double design_days(const struct design_traffic *traffic, double units)
{
    double week = 0.0, days = 0.0;
    for (int d = 0; d < DESIGN_WEEK; d++)
        week += traffic->by_weekday[d];
    if (!(week > 0.0))
        return HUGE_VAL;
    double weeks = floor(units / week * (1.0 - 0x1p-50));
    double left = units - weeks * week;
    for (int d = 0; d < DESIGN_WEEK && left > 0.0; d++) {
        left -= traffic->by_weekday[d];
        days += 1.0;
    }
    return weeks * DESIGN_WEEK + days;
}
