/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Always-valid boundaries: normal mixtures. With x = N rho^2 the asymptotic confidence sequence of
 * Waudby-Smith et al. (2021, theorem 2.2), Howard's normal mixture (2021, proposition 5; GAVI) and
 * mSPRT with a normal prior (Johari et al. 2022) are one boundary: x is N/rho_H in Howard's
 * parameter, and (tau/SE)^2 in that of mSPRT.
 */
#include <math.h>

#include "base/error.h"
#include "stats/horizon/horizon.h"

static enum assay_status open_always_valid(struct assay_horizon *horizon, struct assay_error *err)
{
    double parameter = horizon->design.mixture_parameter;
    if (!(parameter > 0.0 && isfinite(parameter)))
        return assay__fail(err, ASSAY_ERROR_DOMAIN,
                           "The parameter of an always-valid horizon must be positive.");
    if ((unsigned)horizon->design.mixture > ASSAY_MIXTURE_TAU)
        return assay__fail(err, ASSAY_ERROR_DOMAIN, "No mixture has number %u.",
                           (unsigned)horizon->design.mixture);
    return ASSAY_OK;
}

double assay__mixture_weight(const struct assay_horizon_design *design, double units,
                             double standard_error)
{
    double parameter = design->mixture_parameter;
    if (design->mixture == ASSAY_MIXTURE_TAU) {
        double ratio = standard_error > 0.0 ? parameter / standard_error : (double)NAN;
        return ratio * ratio;
    }
    if (design->mixture == ASSAY_MIXTURE_RHO)
        return units / parameter;
    double log_alpha = log(design->alpha) + (design->two_sided ? 0.0 : M_LN2);
    return units / parameter * (-2.0 * log_alpha + log1p(-2.0 * log_alpha));
}

double assay__mixture_log_p(double statistic, bool two_sided, double x)
{
    double exponent = 0.5 * statistic * statistic * (x / (x + 1.0));
    double half_log = 0.5 * log1p(x);
    if (isnan(statistic) || isnan(x))
        return NAN;
    if (two_sided)
        return fmin(0.0, half_log - exponent);
    if (!(statistic > 0.0))
        return 0.0;
    /* p = sqrt(x + 1) / (2 (exp(exponent) - 1)) */
    double log_expm1 = exponent < 1.0 ? log(expm1(exponent)) : exponent + log1p(-exp(-exponent));
    return fmin(0.0, half_log - M_LN2 - log_expm1);
}

double assay__mixture_critical(const struct assay_horizon_design *design, double x)
{
    double log_term = design->two_sided ? 0.5 * log1p(x) - log(design->alpha)
                                        : log1p(0.5 * sqrt(x + 1.0) / design->alpha);
    return sqrt(2.0 * ((x + 1.0) / x) * log_term);
}

static enum assay_status at_always_valid(struct assay_horizon *horizon, double units,
                                         double standard_error, struct assay_boundary *out,
                                         struct assay_error *err)
{
    (void)err;
    const struct assay_horizon_design *design = &horizon->design;
    double x = assay__mixture_weight(design, units, standard_error);
    *out = (struct assay_boundary){.critical = assay__mixture_critical(design, x),
                                   .alpha_spent = design->alpha,
                                   .futility = NAN,
                                   .information = NAN};
    return ASSAY_OK;
}

const struct assay__horizon_row assay__horizon_always_valid = {open_always_valid, at_always_valid};
