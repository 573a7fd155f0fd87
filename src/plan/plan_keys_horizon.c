/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keys of a horizon: of the plan, a metric or a segment. */
#include "assay/dataset.h"
#include "analysis/plan_model.h"
#include "plan/plan_read.h"
#include "plan/plan_rows.h"

/* clang-format off: one row a key */
static const struct assay__range LOOKS = {1.0,  ASSAY_LOOKS_MAX, true,
                                          true, false,           "a whole number from 1 to 10000"};

#define STRUCT struct assay_spending

static const struct assay__plan_key spending_rows[] = {
    {CHOICE("family", family, spending, ASSAY_SPENDING_POWER), ALWAYS, SAYS("spending function")},
    {NUMBER("parameter", parameter, any, NAN), ALWAYS,
     SAYS("power: exponent above 0, 2 unless given; hwangShihDeCani: gamma, -4 unless given")},
};
#undef STRUCT

#define STRUCT struct assay_horizon_plan
#define SEQUENTIAL .of = 1 + ASSAY_HORIZON_GROUP_SEQUENTIAL
static const struct assay__plan_key futility_rows[] = {
    {OBJECT("spending", ASSAY__PLACE(futility), ASSAY__NO_MARK, SPENDING), ALWAYS,
     SAYS("how beta is spent over the looks")},
    {BOOLEAN("binding", futility_is_binding), ALWAYS,
     SAYS("a look beyond the futility bound ends the test")},
};

static const struct assay__plan_key horizon_rows[] = {
    {CHOICE("type", kind, horizon, ASSAY_HORIZON_FIXED), REQUIRED, ALWAYS, FLAG("horizon", "NAME"),
     SAYS(
         "fixed (once, at the end), groupSequential (at several looks) or alwaysValid (any time)")},
    {NUMBER("expectedSampleSize", expected_sample_size, units, NAN), ALWAYS, SEQUENTIAL,
     FLAG("expected-sample-size", "N"), SAYS("groupSequential: units of all groups at the end")},
    {OBJECT("spending", ASSAY__PLACE(spending), ASSAY__NO_MARK, SPENDING), ALWAYS, SEQUENTIAL,
     FLAG("spending", "FAMILY[:X]"),
     SAYS("groupSequential: power, obrienFleming, pocock or hwangShihDeCani")},
    {WHOLE(WHOLE, "plannedLooks", planned_looks, &LOOKS, 0), SEQUENTIAL, .varies = true,
     FLAG("planned-looks", "K"), SAYS("groupSequential: looks that sample sizes are inflated for")},
    {OBJECT("futility", 0, ASSAY__PLACE(has_futility), FUTILITY), SEQUENTIAL,
     SAYS("groupSequential: bounds at which there is nothing left to find")},
    {NUMBER("optimalSampleSize", optimal_sample_size, units, NAN), ALWAYS,
     .of = 1 + ASSAY_HORIZON_ALWAYS_VALID, .rival = "tau", FLAG("optimal-sample-size", "N"),
     SAYS("alwaysValid: units of all groups at which the interval is tightest")},
    {NUMBER("tau", tau, positive, NAN), .of = 1 + ASSAY_HORIZON_ALWAYS_VALID,
     .rival = "optimalSampleSize", FLAG("tau", "X"),
     SAYS("alwaysValid: standard deviation of the mixture over effects, in metric units (mSPRT)")},
};
#undef STRUCT
/* clang-format on */

const struct assay__plan_keys assay__keys_spending = {
    .name = "spending",
    .sentence = "How an error rate is spent over the looks.",
    ASSAY__ROWS(spending_rows),
    .between = ':',
    .finish = assay__plan_finish_spending};
const struct assay__plan_keys assay__keys_futility = {
    .name = "futility",
    .sentence = "Bounds at which there is nothing left to find.",
    ASSAY__ROWS(futility_rows)};
const struct assay__plan_keys assay__keys_horizon = {
    .name = "horizon",
    .sentence = "When the experiment is looked at.",
    ASSAY__ROWS(horizon_rows),
    .type = &horizon_rows[0],
    .finish = assay__plan_finish_horizon,
    .rules = "{\"if\":{\"properties\":{\"type\":{\"const\":\"groupSequential\"}}},"
             "\"then\":{\"required\":[\"expectedSampleSize\"]}}"};
