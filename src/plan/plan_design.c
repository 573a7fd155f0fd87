/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The design of a plan: error rates, horizon, deterioration, sample ratio mismatch, test. */
#include "plan/plan_read.h"

#include <math.h>

#include "assay/dataset.h"

/* Largest number of units: beyond it a double no longer counts by ones. */
static const double UNITS_MAX = 0x1p53;

static void read_rates(struct assay__plan_reader *reader, const struct assay__node *root,
                       struct assay_plan *plan)
{
    plan->alpha = assay__plan_share(reader, root, "alpha", 0.05);
    plan->power = assay__plan_share(reader, root, "power", 0.8);
    if (plan->power <= plan->alpha)
        assay__plan_fail_key(reader, root,
                             assay__node_get(root, "power") != NULL ? "power" : "alpha",
                             "The power must be greater than alpha.");
}

static double read_units(struct assay__plan_reader *reader, const struct assay__node *object,
                         const char *key)
{
    double units = assay__plan_positive(reader, object, key, NAN);
    if (units > UNITS_MAX)
        assay__plan_fail_key(reader, object, key, "This is more than 2^53 units.");
    return units;
}

/* Power family t^rho has rho 2, Hwang, Shih and DeCani (1990) gamma -4 unless the plan says. */
static void read_spending(struct assay__plan_reader *reader, const struct assay__node *horizon,
                          struct assay_plan *plan)
{
    static const double PARAMETERS[] = {2.0, NAN, NAN, -4.0};
    const struct assay__node *spending = assay__node_get(horizon, "spending");
    if (spending == NULL || !assay__plan_enter(reader, spending, ASSAY__OBJECT_SPENDING))
        return;
    plan->horizon.spending.family = (enum assay_spending_family)assay__plan_choice(
        reader, spending, "family", &assay__choices_spending, ASSAY_SPENDING_POWER);
    double fallback = PARAMETERS[plan->horizon.spending.family];
    plan->horizon.spending.parameter = assay__plan_number(reader, spending, "parameter", fallback);
    if (isnan(fallback) && !isnan(plan->horizon.spending.parameter))
        assay__plan_fail_key(reader, spending, "parameter", "This family has no parameter.");
    if (plan->horizon.spending.family == ASSAY_SPENDING_POWER &&
        plan->horizon.spending.parameter <= 0.0)
        assay__plan_fail_key(reader, spending, "parameter", "This must be greater than 0.");
}

static void read_looks(struct assay__plan_reader *reader, const struct assay__node *horizon,
                       struct assay_plan *plan)
{
    double looks = assay__plan_positive(reader, horizon, "plannedLooks", NAN);
    if (isnan(looks) || reader->status != ASSAY_OK)
        return;
    if (looks != floor(looks) || looks > ASSAY_LOOKS_MAX) {
        assay__plan_fail_key(reader, horizon, "plannedLooks",
                             "This must be a whole number, at most 10000.");
        return;
    }
    plan->horizon.planned_looks = (uint32_t)looks;
}

/* A key of another type of horizon would be without effect, so it is refused. */
static void check_horizon_keys(struct assay__plan_reader *reader, const struct assay__node *horizon,
                               enum assay_horizon_kind kind)
{
    static const struct {
        const char *key;
        enum assay_horizon_kind kind;
    } OWNERS[] = {{"expectedSampleSize", ASSAY_HORIZON_GROUP_SEQUENTIAL},
                  {"spending", ASSAY_HORIZON_GROUP_SEQUENTIAL},
                  {"plannedLooks", ASSAY_HORIZON_GROUP_SEQUENTIAL},
                  {"optimalSampleSize", ASSAY_HORIZON_ALWAYS_VALID}};
    for (size_t i = 0; i < sizeof OWNERS / sizeof *OWNERS; i++) {
        const struct assay__node *member = assay__node_get(horizon, OWNERS[i].key);
        if (member != NULL && OWNERS[i].kind != kind)
            assay__plan_fail(reader, member, "This belongs to a horizon of type \"%s\".",
                             assay__name_horizon(OWNERS[i].kind));
    }
}

static void read_horizon(struct assay__plan_reader *reader, const struct assay__node *root,
                         struct assay_plan *plan)
{
    plan->horizon.kind = ASSAY_HORIZON_FIXED;
    plan->horizon.tau = NAN;
    plan->horizon.expected_sample_size = plan->horizon.optimal_sample_size = NAN;
    plan->horizon.spending.family = ASSAY_SPENDING_POWER;
    plan->horizon.spending.parameter = 2.0;
    const struct assay__node *horizon = assay__node_get(root, "horizon");
    if (horizon == NULL || !assay__plan_enter(reader, horizon, ASSAY__OBJECT_HORIZON))
        return;
    (void)assay__plan_required(reader, horizon, "type");
    plan->horizon.kind = (enum assay_horizon_kind)assay__plan_choice(
        reader, horizon, "type", &assay__choices_horizon, ASSAY_HORIZON_FIXED);
    check_horizon_keys(reader, horizon, plan->horizon.kind);
    plan->horizon.expected_sample_size = read_units(reader, horizon, "expectedSampleSize");
    plan->horizon.optimal_sample_size = read_units(reader, horizon, "optimalSampleSize");
    read_spending(reader, horizon, plan);
    read_looks(reader, horizon, plan);
    if (plan->horizon.kind == ASSAY_HORIZON_GROUP_SEQUENTIAL &&
        isnan(plan->horizon.expected_sample_size))
        assay__plan_fail(reader, horizon,
                         "A group sequential horizon needs \"expectedSampleSize\", the units of "
                         "all groups at its end.");
}

static void read_deterioration(struct assay__plan_reader *reader, const struct assay__node *root,
                               struct assay_plan *plan)
{
    plan->deterioration_alpha = plan->alpha;
    const struct assay__node *value = assay__node_get(root, "deterioration");
    if (value == NULL)
        return;
    if (value->type == ASSAY__NODE_BOOLEAN && !value->boolean)
        plan->deterioration_alpha = NAN;
    else if (value->type == ASSAY__NODE_BOOLEAN)
        assay__plan_fail(reader, value, "Give {\"alpha\": 0.05}, or false for no such tests.");
    else if (assay__plan_enter(reader, value, ASSAY__OBJECT_DETERIORATION))
        plan->deterioration_alpha = assay__plan_share(reader, value, "alpha", plan->alpha);
}

static void read_srm(struct assay__plan_reader *reader, const struct assay__node *root,
                     struct assay_plan *plan)
{
    struct assay_srm_design *srm = &plan->srm;
    srm->method = plan->horizon.kind == ASSAY_HORIZON_FIXED ? ASSAY_SRM_CHI2 : ASSAY_SRM_SEQUENTIAL;
    srm->alpha = 0.001;
    srm->tolerance = 0.0;
    srm->concentration = 10000.0;
    const struct assay__node *object = assay__node_get(root, "srm");
    if (object == NULL || !assay__plan_enter(reader, object, ASSAY__OBJECT_SRM))
        return;
    srm->alpha = assay__plan_share(reader, object, "alpha", srm->alpha);
    srm->method = (enum assay_srm_method)assay__plan_choice(reader, object, "method",
                                                            &assay__choices_srm, srm->method);
    srm->tolerance = assay__plan_number(reader, object, "tolerance", srm->tolerance);
    if (srm->tolerance < 0.0 || srm->tolerance >= 1.0)
        assay__plan_fail_key(reader, object, "tolerance",
                             "This is a share of the units: at least 0 and below 1.");
    srm->concentration = assay__plan_positive(reader, object, "concentration", srm->concentration);
}

static void read_multiplicity(struct assay__plan_reader *reader, const struct assay__node *root,
                              struct assay_plan *plan)
{
    plan->multiplicity = ASSAY_MULTIPLICITY_ALL;
    const struct assay__node *object = assay__node_get(root, "multiplicity");
    if (object == NULL || !assay__plan_enter(reader, object, ASSAY__OBJECT_MULTIPLICITY))
        return;
    plan->multiplicity = (enum assay_multiplicity_scope)assay__plan_choice(
        reader, object, "scope", &assay__choices_scope, ASSAY_MULTIPLICITY_ALL);
}

void assay__plan_design(struct assay__plan_reader *reader, const struct assay__node *root,
                        struct assay_plan *plan)
{
    read_rates(reader, root, plan);
    plan->minimum_units = 30;
    plan->minimum_events = 5;
    read_horizon(reader, root, plan);
    read_deterioration(reader, root, plan);
    read_srm(reader, root, plan);
    read_multiplicity(reader, root, plan);
    plan->relative = (enum assay_relative_kind)assay__plan_choice(
        reader, root, "relativeInterval", &assay__choices_relative, ASSAY_RELATIVE_FIELLER);
    plan->test = (enum assay_test_kind)assay__plan_choice(reader, root, "test",
                                                          &assay__choices_test, ASSAY_TEST_Z);
    plan->skewness = (enum assay_skewness_correction)assay__plan_choice(
        reader, root, "skewnessCorrection", &assay__choices_skewness, ASSAY_SKEWNESS_NONE);
}
