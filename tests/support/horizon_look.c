/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looks of tests at a sequential design. */
#include "horizon_look.h"

const struct assay_horizon_design HORIZON_POWER2 = {.kind = ASSAY_HORIZON_GROUP_SEQUENTIAL,
                                                    .alpha = 0.05,
                                                    .spending = ASSAY_SPENDING_POWER,
                                                    .spending_parameter = 2.0,
                                                    .expected_size = 1.0};

struct assay_horizon *horizon_open_design(const struct assay_horizon_design *design)
{
    struct assay_horizon *horizon = NULL;
    struct assay_error err;
    assert_ok(assay_horizon_open(design, &horizon, &err), &err);
    return horizon;
}

struct assay_boundary horizon_look_at(struct assay_horizon *horizon, double units)
{
    struct assay_boundary boundary;
    struct assay_error err;
    assert_ok(assay_horizon_at(horizon, units, NAN, &boundary, &err), &err);
    return boundary;
}
