/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Required sample size and powered effect of a comparison, from the unrounded figures of its test.
 * Variances are the raw ones times 1 - rate, so that at the present allocation they give the
 * standard error of the adjusted difference.
 */
#include <math.h>

#include "analysis/looks.h"
#include "assay/dist.h"
#include "number/number.h"
#include "stats/metric/metric.h"
#include "stats/size/size.h"

typedef struct assay__wide wide;

static double effective(const struct assay__builder *builder,
                        const struct assay_metric_result *result, uint32_t group)
{
    return assay__effective_units(&builder->groups[group],
                                  builder->plan->metrics[result->metric].type);
}

bool assay__has_few(const struct assay__builder *builder, const struct assay_metric_result *result)
{
    double minimum = (double)builder->plan->minimum_units;
    return effective(builder, result, result->baseline) < minimum ||
           effective(builder, result, result->compared) < minimum;
}

void assay__note_effective(const struct assay__builder *builder,
                           const struct assay_metric_result *result, struct assay_look_result *look)
{
    const uint32_t groups[2] = {result->baseline, result->compared};
    for (int side = 0; side < 2; side++)
        look->effective[side] =
            (uint32_t)fmin(floor(effective(builder, result, groups[side])), UINT32_MAX);
}

/* A planned comparison; figures are divided by 2^unit, so that their squares are doubles too. */
struct planned {
    struct assay_size_design design;
    struct assay__size_wide figures;
    int unit;
};

static wide raw_variance(const struct assay__estimate *raw)
{
    return assay__wide_mul(raw->error2, assay__wide_of_u64(raw->n));
}

/* 0, or the exponent of a deviation whose square would not be a double. */
static int unit_of(const struct assay__size_wide *figures)
{
    const double least = 1e-140, most = 1e140;
    double variance = fmax(assay__wide_double(figures->baseline_variance),
                           assay__wide_double(figures->compared_variance));
    if (variance > 1e-270 && variance < 1e270) /* most are: no root is needed */
        return 0;
    double baseline = assay__wide_double(assay__wide_sqrt(figures->baseline_variance));
    double compared = assay__wide_double(assay__wide_sqrt(figures->compared_variance));
    double deviation = fmax(baseline, compared);
    if ((deviation > least && deviation < most) || !(deviation > 0.0) || isinf(deviation))
        return 0;
    return ilogb(deviation);
}

static void scale(struct planned *planned)
{
    struct assay__size_wide *figures = &planned->figures;
    planned->unit = unit_of(figures);
    if (planned->unit == 0)
        return;
    figures->baseline_variance =
        assay__wide_scale2(figures->baseline_variance, -2L * planned->unit);
    figures->compared_variance =
        assay__wide_scale2(figures->compared_variance, -2L * planned->unit);
    figures->effect = assay__wide_scale2(figures->effect, -(long)planned->unit);
    figures->null_difference = assay__wide_scale2(figures->null_difference, -(long)planned->unit);
}

/* The design of the metric's test at its present variances, but for the effect. */
static struct planned plan_test(const struct assay__builder *builder,
                                const struct assay_metric_result *result)
{
    const struct assay__pair_estimate *pair = &builder->test.pair;
    const struct assay_metric_plan *metric = &builder->plan->metrics[result->metric];
    const struct assay_group_result *groups = builder->out->groups;
    /* Against equal shares, a proportion's test takes its variance from the alternative. */
    bool by_share = assay__metric_kind(metric->type)->is_share &&
                    result->hypothesis != ASSAY_HYPOTHESIS_NON_INFERIORITY;
    bool is_reduced = pair->reduction.method != ASSAY_REDUCTION_NONE;
    wide factor = assay__wide_of(1.0);
    if (is_reduced)
        factor = assay__wide_div(pair->difference_error2,
                                 assay__wide_add(pair->raw[0].error2, pair->raw[1].error2));
    struct planned planned = {
        .design = {.type = by_share ? ASSAY_METRIC_PROPORTION : ASSAY_METRIC_MEAN,
                   .test = builder->plan->test,
                   .side = result->side,
                   .method = ASSAY_SIZE_UNPOOLED,
                   .alpha = result->alpha,
                   /* A test for harm has no power of its own: the plan's. */
                   .power = isnan(result->power) ? builder->plan->power : result->power,
                   .baseline_weight = groups[result->baseline].weight,
                   .compared_weight = groups[result->compared].weight,
                   .variance_factor = 1.0},
        .figures = {.share = pair->raw[0].value,
                    .baseline_variance = raw_variance(&pair->raw[0]),
                    .compared_variance = raw_variance(&pair->raw[1]),
                    .factor = factor,
                    .effect = assay__wide_zero(),
                    .null_difference = builder->test.null_difference}};
    return planned;
}

static wide signed_effect(const struct assay_metric_plan *metric, wide effect)
{
    return metric->direction == ASSAY_DIRECTION_DECREASE ? assay__wide_neg(effect) : effect;
}

static bool is_share_possible(const struct planned *planned)
{
    if (!assay__metric_kind(planned->design.type)->is_share)
        return true;
    wide share = assay__wide_add(planned->figures.share, planned->figures.effect);
    return assay__wide_sign(share) > 0 && assay__wide_compare(share, assay__wide_of(1.0)) < 0;
}

/* Values that do not vary say nothing of how they will; a share's variance is the alternative's. */
static bool has_variance(const struct planned *planned)
{
    const struct assay__size_wide *figures = &planned->figures;
    return assay__metric_kind(planned->design.type)->is_share ||
           (assay__wide_sign(figures->factor) > 0 &&
            (assay__wide_sign(figures->baseline_variance) > 0 ||
             assay__wide_sign(figures->compared_variance) > 0));
}

/* What the plan asks for cannot be given in units: why. */
static enum assay_size_absence find_required(struct planned planned,
                                             struct assay__size_cache *cache, double *required)
{
    struct assay_size_result size;
    wide beyond = assay__wide_sub(planned.figures.effect, planned.figures.null_difference);
    int direction = assay__wide_sign(beyond);
    if (direction == 0 || (planned.design.side == ASSAY_SIDE_UPPER && direction < 0) ||
        (planned.design.side == ASSAY_SIDE_LOWER && direction > 0))
        return ASSAY_SIZE_NO_VARIANCE;
    if (!is_share_possible(&planned))
        return ASSAY_SIZE_BEYOND_SHARES;
    scale(&planned);
    if (assay__size_required(&planned.design, &planned.figures, cache, &size, NULL) != ASSAY_OK)
        return ASSAY_SIZE_TOO_LARGE;
    *required = size.total;
    return ASSAY_SIZE_EXISTS;
}

static bool is_planned(const struct assay_metric_plan *metric,
                       const struct assay_metric_result *result)
{
    if (result->hypothesis == ASSAY_HYPOTHESIS_SUPERIORITY)
        return metric->effect.is_set;
    return result->hypothesis == ASSAY_HYPOTHESIS_NON_INFERIORITY;
}

/* Non-inferiority is powered for no effect unless the plan expects one. */
static enum assay_size_absence required_size(struct assay__builder *builder,
                                             const struct assay_metric_plan *metric,
                                             struct planned planned, double *required)
{
    const struct assay__hypothesis *hypothesis = &builder->hypothesis;
    const struct assay__pair_estimate *pair = &builder->test.pair;
    bool has_effect = metric->effect.is_set;
    if (!pair->raw[0].has_error || !pair->raw[1].has_error || !has_variance(&planned))
        return ASSAY_SIZE_NO_VARIANCE;
    if ((has_effect && assay__wide_is_nan(hypothesis->effect)) ||
        assay__wide_is_nan(hypothesis->null_difference))
        return ASSAY_SIZE_ZERO_BASELINE;
    if (has_effect)
        planned.figures.effect = signed_effect(metric, hypothesis->effect);
    return find_required(planned, &builder->sizes, required);
}

/* The smallest effect that the test finds with its power at the present units; NaN for none. */
static double powered_effect(struct assay__builder *builder, const struct assay_look_result *look,
                             struct planned planned)
{
    double effect;
    const struct assay__hypothesis *hypothesis = &builder->hypothesis;
    const struct assay__kept_comparison *now = &look->comparison;
    if (now->baseline.n < 2 || now->compared.n < 2 || isnan(now->difference.standard_error) ||
        assay__wide_is_nan(hypothesis->null_difference) || !has_variance(&planned))
        return NAN;
    wide towards = assay__wide_of(planned.design.side == ASSAY_SIDE_LOWER ? -1.0 : 1.0);
    planned.figures.effect = assay__wide_add(planned.figures.null_difference, towards);
    scale(&planned);
    if (assay__size_effect(&planned.design, &planned.figures, &builder->sizes,
                           (double)now->baseline.n, (double)now->compared.n, &effect,
                           NULL) != ASSAY_OK ||
        !(effect > 0.0))
        return NAN;
    return ldexp(effect, planned.unit);
}

void assay__note_size(struct assay_look_result *look)
{
    const struct assay__kept_size *size = &look->size;
    /* Without a variance nothing is known of how many units are enough; why has a flag itself. */
    bool is_known = size->absence != ASSAY_SIZE_NOT_PLANNED && size->absence != ASSAY_SIZE_EXISTS &&
                    size->absence != ASSAY_SIZE_NO_VARIANCE;
    if (is_known)
        look->comparison.flags |= ASSAY_FLAG_NO_REQUIRED_SIZE;
    look->comparison.difference.powered_effect = size->powered_effect_abs;
}

/* ---- always-valid tests ---------------------------------------------------------------------- */

/* What is asked for at other numbers of units than the present ones. */
struct waiting {
    struct assay__builder *builder;
    const struct assay_metric_plan *metric;
    const struct assay__tracker *role;
    struct planned planned;       /* for one look */
    double current, units, error; /* with a value, of the comparison, and the standard error */
    double z_once, z_power;       /* of the level and the power; NaN without a boundary */
    double once;                  /* units that one look needs */
    enum assay_size_absence absence;
};

/*
 * How many times more units an always-valid test asks for than one look, at n units: looked at
 * there alone it has the power, and the looks before add to it.
 */
static double inflation_at(const struct waiting *waiting, double n)
{
    double times = n / waiting->current;
    double z =
        assay__mixture_z(waiting->role, waiting->units * times, waiting->error / sqrt(times));
    double further = (z + waiting->z_power) / (waiting->z_once + waiting->z_power);
    return isfinite(further) ? further * further : 1.0;
}

static struct planned inflated(const struct waiting *waiting, double n)
{
    struct planned planned = waiting->planned;
    double inflation = inflation_at(waiting, n);
    if (inflation != 1.0)
        planned.figures.factor = assay__wide_mul(planned.figures.factor, assay__wide_of(inflation));
    return planned;
}

/* Whether n units have the power by the boundary that they are held against. */
static bool is_enough(struct waiting *waiting, double n)
{
    double required;
    waiting->absence =
        required_size(waiting->builder, waiting->metric, inflated(waiting, n), &required);
    return waiting->absence == ASSAY_SIZE_EXISTS && required <= n;
}

/* About as many as are enough: sizes are in proportion to the variance. */
static double guess(const struct waiting *waiting)
{
    enum { STEPS = 30 };
    double low = waiting->once, high = low * inflation_at(waiting, low);
    while (high < ASSAY__WHOLE_MAX && waiting->once * inflation_at(waiting, high) > high)
        high *= 2.0;
    for (int i = 0; i < STEPS && high - low > 1.0; i++) {
        double middle = 0.5 * (low + high);
        *(waiting->once * inflation_at(waiting, middle) > middle ? &low : &high) = middle;
    }
    return ceil(high);
}

/* The least number of units, from those of one look on, that is enough. */
static double least_enough(struct waiting *waiting)
{
    double high = guess(waiting), low = high, step = 1.0;
    if (is_enough(waiting, high)) {
        do {
            high = low;
            low = fmax(high - step, waiting->once - 1.0);
            step *= 2.0;
        } while (low >= waiting->once && is_enough(waiting, low));
    } else {
        do {
            low = high;
            high += step;
            step *= 2.0;
        } while (high <= ASSAY__WHOLE_MAX && !is_enough(waiting, high));
    }
    if (high > ASSAY__WHOLE_MAX) {
        waiting->absence = ASSAY_SIZE_TOO_LARGE;
        return NAN;
    }
    while (high - low > 1.0) {
        double middle = low + floor(0.5 * (high - low));
        *(is_enough(waiting, middle) ? &high : &low) = middle;
    }
    waiting->absence = ASSAY_SIZE_EXISTS;
    return high;
}

static struct waiting wait_for(struct assay__builder *builder,
                               const struct assay_metric_result *result,
                               const struct assay__tracker *role, struct planned planned,
                               const struct assay_look_result *look)
{
    uint64_t units = assay__result_units(builder, result, look->look, result->baseline) +
                     assay__result_units(builder, result, look->look, result->compared);
    const struct assay_size_design *design = &planned.design;
    double tail = design->side == ASSAY_SIDE_BOTH ? 0.5 * design->alpha : design->alpha;
    bool has_boundary = role->horizon != NULL && design->power > tail;
    return (struct waiting){
        .builder = builder,
        .z_once = has_boundary ? assay_normal_quantile_upper(tail) : (double)NAN,
        .z_power = has_boundary ? assay_normal_quantile_lower(design->power) : (double)NAN,
        .metric = &builder->plan->metrics[result->metric],
        .role = role,
        .planned = planned,
        .current = (double)look->size.current,
        .units = (double)units,
        .error = look->comparison.difference.standard_error};
}

static void find_sizes(struct waiting *waiting, const struct assay_metric_result *result,
                       struct assay__kept_size *size)
{
    bool is_mixture = waiting->role->horizon != NULL && waiting->current > 0.0;
    if (!is_planned(waiting->metric, result))
        return;
    size->absence =
        required_size(waiting->builder, waiting->metric, waiting->planned, &size->required);
    if (size->absence != ASSAY_SIZE_EXISTS || !is_mixture)
        return;
    waiting->once = size->required;
    size->required = least_enough(waiting);
    size->absence = waiting->absence;
}

enum assay_status assay__analyze_size(struct assay__builder *builder,
                                      struct assay_metric_result *result,
                                      const struct assay__tracker *role,
                                      struct assay_look_result *look, struct assay_error *err)
{
    const struct assay__kept_comparison *now = &look->comparison;
    struct assay__kept_size *size = &look->size;
    double inflation;
    size->current = now->baseline.n + now->compared.n;
    size->required = size->powered_effect_abs = size->powered_effect_rel = NAN;
    size->absence = ASSAY_SIZE_NOT_PLANNED;
    result->powered = ASSAY_UNKNOWN;
    struct planned planned = plan_test(builder, result);
    if (!(planned.design.baseline_weight > 0.0 && planned.design.compared_weight > 0.0))
        return ASSAY_OK;
    enum assay_status status = assay__inflation(builder, result, role, look->look, &inflation, err);
    if (status != ASSAY_OK)
        return status;
    /* Sizes, and squares of effects, are in proportion to the variance: looks cost as much of it.
     */
    if (inflation != 1.0)
        planned.figures.factor = assay__wide_mul(planned.figures.factor, assay__wide_of(inflation));
    struct waiting waiting = wait_for(builder, result, role, planned, look);
    find_sizes(&waiting, result, size);
    if (size->absence != ASSAY_SIZE_NOT_PLANNED) {
        bool has_enough =
            size->absence == ASSAY_SIZE_EXISTS && (double)size->current >= size->required;
        result->powered = has_enough ? ASSAY_YES : ASSAY_NO;
        assay__note_size(look);
    }
    if (result->hypothesis == ASSAY_HYPOTHESIS_NONE || isnan(result->alpha))
        return ASSAY_OK; /* nothing is tested */
    if (waiting.current > 0.0)
        planned = inflated(&waiting, waiting.current);
    size->powered_effect_abs = powered_effect(builder, look, planned);
    if (now->baseline.unadjusted != 0.0)
        size->powered_effect_rel = size->powered_effect_abs / fabs(now->baseline.unadjusted);
    assay__note_size(look);
    return ASSAY_OK;
}
