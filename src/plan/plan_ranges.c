/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ranges of numbers that several keys of a plan take. */
#include <math.h>

#include "plan/plan_keys.h"

#include "number/number.h"

const struct assay__range assay__range_rate = {0.0, 1.0, false, false, true, "between 0 and 1"};
const struct assay__range assay__range_share = {
    0.0, 1.0, true, false, true, "a share of the units: at least 0 and below 1"};
const struct assay__range assay__range_positive = {0.0,   INFINITY, false,
                                                   false, false,    "greater than 0"};
const struct assay__range assay__range_not_negative = {0.0,   INFINITY, true,
                                                       false, true,     "at least 0"};
const struct assay__range assay__range_any = {-INFINITY, INFINITY, false, false, false, "a number"};
const struct assay__range assay__range_effect = {-INFINITY, INFINITY, false,
                                                 false,     true,     "a number"};
const struct assay__range assay__range_margin = {
    0.0,   INFINITY,
    false, false,
    true,  "greater than 0; a margin is given as its size, and the direction says which way"};
const struct assay__range assay__range_units = {
    0.0, ASSAY__WHOLE_MAX, false, true, false, "greater than 0 and at most 2^53"};
