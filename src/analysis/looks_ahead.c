/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What looks that have not been made yet will be held against: the boundaries of a group sequence
 * at its planned looks, those of an always-valid one at sizes up to the planned one, and the
 * estimate they ask for if the standard error shrinks with the root of the units.
 */
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "analysis/analysis_view.h"
#include "analysis/look_cache.h"
#include "analysis/looks.h"
#include "stats/horizon/nominal.h"

/* More are left out: a drawing has no room for them, and each costs as much as a look made. An
 * always-valid sequence plans a size alone: its tenths show the boundary's way there. */
enum { AHEAD_MAX = 100, TENTHS = 10 };

/* The advice about the compared group ends the experiment. */
static bool is_over(const struct assay_analysis *analysis, const struct assay_metric_result *result)
{
    for (uint32_t t = 0; t < analysis->treatment_count; t++) {
        const struct assay_treatment *treatment = &analysis->treatments[t];
        if (treatment->group == result->compared && treatment->baseline == result->baseline)
            return treatment->recommendation == ASSAY_RECOMMEND_SHIP ||
                   treatment->recommendation == ASSAY_RECOMMEND_END ||
                   treatment->recommendation == ASSAY_RECOMMEND_ABORT;
    }
    return false;
}

/* The plan says where later looks are: their number, all equally far apart; else 0. */
static uint32_t planned_number(const struct assay_horizon_plan *plan)
{
    if (plan->kind == ASSAY_HORIZON_ALWAYS_VALID && isnan(plan->tau) &&
        isfinite(plan->optimal_sample_size))
        return TENTHS;
    return plan->kind == ASSAY_HORIZON_GROUP_SEQUENTIAL ? plan->planned_looks : 0;
}

static bool goes_on(const struct assay__builder *builder, const struct assay_metric_result *result)
{
    const struct assay_horizon_plan *plan = assay__result_horizon(builder, result);
    if (planned_number(plan) == 0)
        return false;
    bool is_given_up = result->is_futile && plan->futility_is_binding;
    bool is_found =
        result->first_significant != UINT32_MAX || result->first_deteriorated != UINT32_MAX;
    return result->look_count > 0 && !result->is_final && !is_found && !is_given_up &&
           !is_over(builder->out, result);
}

/*
 * Units of the planned looks after those made, which are equally far apart. One that a look was
 * made for within half of their distance is not to come; the end always is.
 */
static uint32_t plan_ahead(uint32_t looks, double made, double expected, double units[AHEAD_MAX])
{
    uint32_t count = 0;
    for (uint32_t j = 1; j <= looks && count < AHEAD_MAX; j++) {
        double at = expected * ((double)j / looks);
        if (at > made + 0.5 * expected / looks || (j == looks && at > made))
            units[count++] = at;
    }
    return count;
}

static void fill(const struct assay_metric_result *result, double made, double units,
                 const struct assay_boundary *boundary, struct assay_look_ahead *ahead)
{
    const struct assay__kept_difference *last =
        &result->looks[result->look_count - 1].comparison.difference;
    double times = units / made;
    *ahead = (struct assay_look_ahead){
        .units = units,
        .information_fraction = boundary->information,
        .alpha_spent = boundary->alpha_spent,
        .critical = assay__nominal_critical(boundary->critical, last->df * times),
        .futility = boundary->futility,
        .standard_error = last->standard_error / sqrt(times),
        .lower = NAN,
        .upper = NAN};
    double away = ahead->critical * ahead->standard_error;
    if (result->side != ASSAY_SIDE_UPPER)
        ahead->lower = result->null_difference - away;
    if (result->side != ASSAY_SIDE_LOWER)
        ahead->upper = result->null_difference + away;
}

/* Of a group sequence: the looks made, then those to come. */
static enum assay_status sequence_ahead(struct assay__builder *builder,
                                        const struct assay__tracker *tracker, const double *ahead,
                                        uint32_t count, const struct assay_boundary **out,
                                        struct assay_error *err)
{
    uint32_t before = builder->look_count;
    double *units = assay__arena_array(builder->arena, (size_t)before + count, sizeof *units);
    if (units == NULL)
        return assay__fail_memory(err);
    memcpy(units, tracker->units, before * sizeof *units);
    memcpy(units + before, ahead, count * sizeof *units);
    enum assay_status status =
        assay__look_cache_boundaries(builder, &tracker->design, units, before + count, out, err);
    if (status == ASSAY_OK)
        *out += before;
    return status;
}

/* Of an always-valid one: the looks made do not matter. */
static enum assay_status mixture_ahead(struct assay__builder *builder,
                                       const struct assay__tracker *tracker, const double *ahead,
                                       uint32_t count, const struct assay_boundary **out,
                                       struct assay_error *err)
{
    struct assay_horizon *horizon;
    struct assay_boundary *boundaries =
        assay__arena_array(builder->arena, count, sizeof *boundaries);
    if (boundaries == NULL)
        return assay__fail_memory(err);
    enum assay_status status = assay_horizon_open(&tracker->design, &horizon, err);
    if (status != ASSAY_OK)
        return status;
    for (uint32_t i = 0; status == ASSAY_OK && i < count; i++)
        status = assay_horizon_at(horizon, ahead[i], NAN, &boundaries[i], err);
    assay_horizon_free(horizon);
    *out = boundaries;
    return status;
}

/* The units of a comparison at its last look. */
static double units_made(const struct assay__builder *builder,
                         const struct assay_metric_result *result)
{
    uint32_t last = builder->look_count - 1;
    return (double)(assay__result_units(builder, result, last, result->baseline) +
                    assay__result_units(builder, result, last, result->compared));
}

/* The most units of a look: data that shrink have no later look before that. */
static double units_reached(const struct assay__builder *builder,
                            const struct assay__tracker *tracker, double made)
{
    double most = made;
    for (uint32_t k = 0; tracker->sequence != NULL && k < builder->look_count; k++)
        most = fmax(most, tracker->units[k]);
    return most;
}

static enum assay_status take_looks(struct assay__builder *builder,
                                    const struct assay__tracker *tracker,
                                    struct assay_metric_result *result, struct assay_error *err)
{
    bool is_sequence = tracker->sequence != NULL;
    const struct assay_horizon_design *design = &tracker->design;
    const struct assay_boundary *boundaries = NULL;
    double made = units_made(builder, result), units[AHEAD_MAX];
    uint32_t count =
        plan_ahead(planned_number(assay__result_horizon(builder, result)),
                   units_reached(builder, tracker, made),
                   is_sequence ? design->expected_size : design->mixture_parameter, units);
    if (count == 0)
        return ASSAY_OK;
    result->ahead = assay__arena_array(builder->arena, count, sizeof *result->ahead);
    if (result->ahead == NULL)
        return assay__fail_memory(err);
    enum assay_status status =
        is_sequence ? sequence_ahead(builder, tracker, units, count, &boundaries, err)
                    : mixture_ahead(builder, tracker, units, count, &boundaries, err);
    if (status == ASSAY_ERROR_DOMAIN || status == ASSAY_ERROR_LIMIT)
        return ASSAY_OK; /* such looks cannot be made: none are to come */
    for (uint32_t i = 0; status == ASSAY_OK && i < count; i++)
        fill(result, made, units[i], &boundaries[i], &result->ahead[i]);
    result->ahead_count = status == ASSAY_OK ? count : 0;
    return status;
}

static enum assay_status look_ahead(struct assay__builder *builder,
                                    struct assay_metric_result *result, struct assay_error *err)
{
    struct assay__tracker tracker;
    if (!goes_on(builder, result))
        return ASSAY_OK;
    const struct assay__kept_difference *last =
        &result->looks[result->look_count - 1].comparison.difference;
    if (isnan(last->p) || !(last->standard_error > 0.0))
        return ASSAY_OK; /* nothing says how far estimates will spread */
    enum assay_status status = assay__tracker_open(builder, result, result->side, result->alpha,
                                                   assay__looks_for_harm(result), &tracker, err);
    if (status != ASSAY_OK)
        return status;
    status = take_looks(builder, &tracker, result, err);
    assay__tracker_release(&tracker);
    return status;
}

enum assay_status assay__analyze_ahead(struct assay__builder *builder, struct assay_error *err)
{
    struct assay_analysis *out = builder->out;
    enum assay_status status = ASSAY_OK;
    for (size_t i = 0; status == ASSAY_OK && i < out->result_count; i++)
        if (out->results[i].slice == 0)
            status = look_ahead(builder, &out->results[i], err);
    return status;
}

/* In parts of the last look's interval, on the side that is tested. */
static double part_of(const struct assay_metric_result *result, uint32_t i, double statistic)
{
    const struct assay__kept_difference *last =
        &result->looks[result->look_count - 1].comparison.difference;
    return statistic * result->ahead[i].standard_error / (last->critical * last->standard_error);
}

double assay__ahead_share(const struct assay_metric_result *result, uint32_t i)
{
    return part_of(result, i, result->ahead[i].critical);
}

double assay__ahead_futility_share(const struct assay_metric_result *result, uint32_t i)
{
    return part_of(result, i, result->ahead[i].futility);
}
