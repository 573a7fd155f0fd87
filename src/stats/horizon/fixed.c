/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The fixed horizon: one look, at the whole level. */
#include <math.h>

#include "assay/dist.h"
#include "stats/horizon/horizon.h"

static enum assay_status open_fixed(struct assay_horizon *horizon, struct assay_error *err)
{
    (void)horizon;
    (void)err;
    return ASSAY_OK;
}

static enum assay_status at_fixed(struct assay_horizon *horizon, double units,
                                  double standard_error, struct assay_boundary *out,
                                  struct assay_error *err)
{
    (void)units;
    (void)standard_error;
    (void)err;
    double alpha = horizon->design.alpha;
    *out = (struct assay_boundary){
        .critical = assay_normal_quantile_upper(horizon->design.two_sided ? 0.5 * alpha : alpha),
        .alpha_spent = alpha,
        .futility = NAN,
        .information = NAN,
        .is_final = true};
    return ASSAY_OK;
}

const struct assay__horizon_row assay__horizon_fixed = {open_fixed, at_fixed};
