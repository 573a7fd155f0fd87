/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of sequential designs share: a design, and looks that must not fail. */
#ifndef ASSAY_TESTS_HORIZON_LOOK_H
#define ASSAY_TESTS_HORIZON_LOOK_H

#include "assay/horizon.h"
#include "test.h"

/** HORIZON_POWER2 spends alpha .05, one-sided, by the square of the information; size 1. */
extern const struct assay_horizon_design HORIZON_POWER2;

/** horizon_open_design() opens a design; the test fails when it is refused. Free the horizon. */
struct assay_horizon *horizon_open_design(const struct assay_horizon_design *design);

/** horizon_look_at() is the boundary of a look at this number of units. */
struct assay_boundary horizon_look_at(struct assay_horizon *horizon, double units);

#endif
