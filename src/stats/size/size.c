/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Required sample size, power and detectable effect: checks, and the three questions. */
#include "stats/size/size.h"

#include <math.h>

#include "base/error.h"
#include "exact/shortest.h"
#include "number/number.h"
#include "stats/defaults.h"
#include "stats/metric/metric.h"
#include "stats/size/size_series.h"

typedef struct assay__wide wide;

static bool is_positive(double value)
{
    return value > 0.0 && isfinite(value);
}

static bool is_variance(double value)
{
    return value >= 0.0 && isfinite(value);
}

static enum assay_status check_choices(const struct assay_size_design *design,
                                       struct assay_error *err)
{
    const struct {
        const char *what;
        unsigned number, count;
    } CHOICES[] = {
        {"test", (unsigned)design->test, ASSAY_TEST_T + 1},
        {"side", (unsigned)design->side, ASSAY_SIDE_BOTH + 1},
        {"sample size method", (unsigned)design->method, ASSAY_SIZE_ARCSINE + 1},
    };
    if (!assay__metric_is_kind(design->type))
        return assay__fail(err, ASSAY_ERROR_DOMAIN, "No metric type has number %u.",
                           (unsigned)design->type);
    for (size_t i = 0; i < sizeof CHOICES / sizeof *CHOICES; i++)
        if (CHOICES[i].number >= CHOICES[i].count)
            return assay__fail(err, ASSAY_ERROR_DOMAIN, "No %s has number %u.", CHOICES[i].what,
                               CHOICES[i].number);
    if (assay__metric_kind(design->type)->no_moments != NULL)
        return assay__fail(err, ASSAY_ERROR_DOMAIN,
                           "A quantile's sample size does not follow from a variance.");
    return ASSAY_OK;
}

static enum assay_status check_method(const struct assay_size_design *design,
                                      struct assay_error *err)
{
    if (design->method == ASSAY_SIZE_UNPOOLED)
        return ASSAY_OK;
    if (!assay__metric_kind(design->type)->is_share || design->test != ASSAY_TEST_Z)
        return assay__fail(err, ASSAY_ERROR_DOMAIN,
                           "The pooled and arcsine methods are for z tests of proportions.");
    if (design->method == ASSAY_SIZE_POOLED && design->null_difference != 0.0)
        return assay__fail(err, ASSAY_ERROR_DOMAIN,
                           "The pooled method supposes equal shares under the null; a margin needs "
                           "the unpooled or arcsine method.");
    double null_share = design->baseline_mean + design->null_difference;
    if (design->method == ASSAY_SIZE_ARCSINE && !(null_share >= 0.0 && null_share <= 1.0))
        return assay__fail(err, ASSAY_ERROR_DOMAIN,
                           "The share under the null, %g, lies outside 0 to 1; the arcsine method "
                           "needs it inside.",
                           null_share);
    return ASSAY_OK;
}

static enum assay_status check_design(const struct assay_size_design *design,
                                      struct assay_error *err)
{
    enum assay_status status = check_choices(design, err);
    if (status != ASSAY_OK)
        return status;
    if (!(design->alpha > 0.0 && design->alpha < 1.0))
        return assay__fail(err, ASSAY_ERROR_DOMAIN, "alpha must lie between 0 and 1.");
    bool is_even = design->baseline_weight == 0.0 && design->compared_weight == 0.0;
    if (!is_even &&
        (!is_positive(design->baseline_weight) || !is_positive(design->compared_weight)))
        return assay__fail(err, ASSAY_ERROR_DOMAIN, "Both groups need a finite weight above 0.");
    if (!is_variance(design->variance_factor))
        return assay__fail(err, ASSAY_ERROR_DOMAIN,
                           "The share of the variance that is left must be a finite number of 0 or "
                           "more.");
    if (!isfinite(design->effect) || !isfinite(design->null_difference))
        return assay__fail(err, ASSAY_ERROR_DOMAIN,
                           "The effect and the difference under the null must be finite.");
    if (!assay__metric_kind(design->type)->is_share &&
        !(is_variance(design->baseline_variance) && is_variance(design->compared_variance)))
        return assay__fail(err, ASSAY_ERROR_DOMAIN,
                           "Variances must be finite numbers of 0 or more.");
    return check_method(design, err);
}

static enum assay_status check_share(const struct assay_size_design *design,
                                     struct assay_error *err)
{
    if (!assay__metric_kind(design->type)->is_share ||
        (design->baseline_mean > 0.0 && design->baseline_mean < 1.0))
        return ASSAY_OK;
    return assay__fail(err, ASSAY_ERROR_DOMAIN,
                       "A baseline share must lie between 0 and 1, both excluded.");
}

static enum assay_status check_power(const struct assay_size_design *design,
                                     struct assay_error *err)
{
    double tail = design->side == ASSAY_SIDE_BOTH ? 0.5 * design->alpha : design->alpha;
    if (!(design->power > tail && design->power < 1.0))
        return assay__fail(err, ASSAY_ERROR_DOMAIN,
                           "Power must lie between alpha and 1: a test without any effect rejects "
                           "with probability %g.",
                           tail);
    return ASSAY_OK;
}

static struct assay_size_design with_defaults(const struct assay_size_design *given)
{
    struct assay_size_design filled = *given;
    filled.alpha = assay__or_default(given->alpha, ASSAY__DEFAULT_ALPHA);
    filled.power = assay__or_default(given->power, ASSAY__DEFAULT_POWER);
    return filled;
}

/* The figures as the design has them: each is the shortest decimal of its double. */
static struct assay__size_wide figures_of(const struct assay_size_design *design)
{
    return (struct assay__size_wide){
        .share = assay__wide_of_shortest(design->baseline_mean),
        .baseline_variance = assay__wide_of_shortest(design->baseline_variance),
        .compared_variance = assay__wide_of_shortest(design->compared_variance),
        .factor =
            assay__wide_of_shortest(design->variance_factor == 0.0 ? 1.0 : design->variance_factor),
        .effect = assay__wide_of_shortest(design->effect),
        .null_difference = assay__wide_of_shortest(design->null_difference)};
}

/* Fills everything but the distance. */
static void open_design(const struct assay_size_design *design,
                        const struct assay__size_wide *figures, struct assay__size_levels *levels,
                        struct assay__size *size)
{
    *size = (struct assay__size){.design = design,
                                 .levels = levels,
                                 .weights = assay__size_weights(design),
                                 .is_share = assay__metric_kind(design->type)->is_share,
                                 .factor = figures->factor,
                                 .share = assay__wide_zero(),
                                 .effect = figures->effect,
                                 .null = figures->null_difference,
                                 .distance = assay__wide_zero()};
    if (size->is_share) {
        size->share = figures->share;
        return;
    }
    size->baseline_variance = assay__wide_mul(figures->factor, figures->baseline_variance);
    size->compared_variance = assay__wide_mul(figures->factor, figures->compared_variance);
}

static struct assay__size_levels *levels_of(const struct assay_size_design *design,
                                            struct assay__size_cache *cache)
{
    return assay__size_levels_of(cache, design->alpha, design->power, design->side);
}

/* Distance and direction from effect and null; refuses effects a test cannot find. */
static enum assay_status set_distance(struct assay__size *size, struct assay_error *err)
{
    const struct assay_size_design *design = size->design;
    wide beyond = assay__wide_sub(size->effect, size->null);
    size->direction = assay__wide_sign(beyond);
    size->distance = assay__wide_abs(beyond);
    if (size->direction == 0)
        return assay__fail(err, ASSAY_ERROR_DOMAIN,
                           "The effect equals the difference under the null: no sample size tells "
                           "them apart.");
    if ((design->side == ASSAY_SIDE_UPPER && size->direction < 0) ||
        (design->side == ASSAY_SIDE_LOWER && size->direction > 0))
        return assay__fail(err, ASSAY_ERROR_DOMAIN,
                           "The effect %g lies on the wrong side of the null %g for a one-sided "
                           "test that looks for a%s difference.",
                           design->effect, design->null_difference,
                           design->side == ASSAY_SIDE_UPPER ? " larger" : " smaller");
    if (!size->is_share)
        return ASSAY_OK;
    wide share = assay__wide_add(size->share, size->effect);
    bool is_below_one = assay__wide_compare(share, assay__wide_of(1.0)) < 0;
    if (assay__wide_sign(share) > 0 && is_below_one)
        return ASSAY_OK;
    return assay__fail(err, ASSAY_ERROR_DOMAIN,
                       "A baseline share of %g and an effect of %g make a share of %g; it must lie "
                       "between 0 and 1, both excluded.",
                       design->baseline_mean, design->effect, assay__wide_double(share));
}

static void set_plain(struct assay__size *size)
{
    wide baseline, compared;
    assay__size_variances(size, size->distance, &baseline, &compared);
    size->plain.distance = assay__wide_double(size->distance);
    size->plain.baseline = assay__wide_double(baseline);
    size->plain.compared = assay__wide_double(compared);
}

static enum assay_status check_units(double n_baseline, double n_compared, struct assay_error *err)
{
    if (n_baseline >= 2.0 && n_compared >= 2.0 && n_baseline <= ASSAY__WHOLE_MAX &&
        n_compared <= ASSAY__WHOLE_MAX)
        return ASSAY_OK;
    return assay__fail(err, ASSAY_ERROR_DOMAIN, "Each group needs 2 to 2^53 units.");
}

/* ---- the public functions -------------------------------------------------------------------- */

static double power_at(const struct assay__size *size, double n_baseline, double n_compared)
{
    if (size->design->test == ASSAY_TEST_T)
        return assay__size_t_power(size, assay__wide_double(size->distance), n_baseline,
                                   n_compared);
    return assay__size_normal_power(size, n_baseline, n_compared);
}

/* Fills the size, too; the power stays NaN. */
static enum assay_status find_required(const struct assay_size_design *design,
                                       const struct assay__size_wide *figures,
                                       struct assay__size_cache *cache, struct assay__size *size,
                                       struct assay_size_result *out, struct assay_error *err)
{
    enum assay_status status = check_design(design, err);
    if (status == ASSAY_OK)
        status = check_power(design, err);
    if (status != ASSAY_OK)
        return status;
    open_design(design, figures, levels_of(design, cache), size);
    status = set_distance(size, err);
    if (status != ASSAY_OK)
        return status;
    set_plain(size);
    double compared = assay__size_quick_normal(size);
    if (compared == 0.0)
        compared = assay__size_normal_required(size);
    if (design->test == ASSAY_TEST_T && compared <= ASSAY__WHOLE_MAX)
        compared = assay__size_t_required(size, compared);
    double baseline =
        compared <= ASSAY__WHOLE_MAX ? assay__size_baseline(size, compared) : (double)INFINITY;
    if (!(baseline + compared <= ASSAY__WHOLE_MAX))
        return assay__fail(err, ASSAY_ERROR_LIMIT,
                           "More than 2^53 units would be needed; the effect is too small for the "
                           "variance.");
    *out = (struct assay_size_result){baseline, compared, baseline + compared, NAN, {0}};
    return ASSAY_OK;
}

enum assay_status assay__size_required(const struct assay_size_design *design,
                                       const struct assay__size_wide *figures,
                                       struct assay__size_cache *cache,
                                       struct assay_size_result *out, struct assay_error *err)
{
    struct assay__size size;
    return find_required(design, figures, cache, &size, out, err);
}

enum assay_status assay_size_required(const struct assay_size_design *given,
                                      struct assay_size_result *out, struct assay_error *err)
{
    struct assay_size_design filled = with_defaults(given), *design = &filled;
    struct assay__size size;
    struct assay__size_cache cache = {.count = 0};
    struct assay__size_wide figures = figures_of(design);
    enum assay_status status = check_share(design, err);
    if (status == ASSAY_OK)
        status = find_required(design, &figures, &cache, &size, out, err);
    if (status == ASSAY_OK)
        out->power = power_at(&size, out->baseline, out->compared);
    return status;
}

enum assay_status assay__size_power(const struct assay_size_design *given,
                                    struct assay__size_cache *cache, double n_baseline,
                                    double n_compared, double *power, struct assay_error *err)
{
    struct assay_size_design filled = with_defaults(given), *design = &filled;
    struct assay__size size;
    struct assay__size_wide figures = figures_of(design);
    design->power = NAN;
    enum assay_status status = check_design(design, err);
    if (status == ASSAY_OK)
        status = check_share(design, err);
    if (status == ASSAY_OK)
        status = check_units(n_baseline, n_compared, err);
    if (status != ASSAY_OK)
        return status;
    open_design(design, &figures, levels_of(design, cache), &size);
    status = set_distance(&size, err);
    if (status == ASSAY_OK)
        *power = power_at(&size, n_baseline, n_compared);
    return status;
}

enum assay_status assay_size_power(const struct assay_size_design *design, double n_baseline,
                                   double n_compared, double *power, struct assay_error *err)
{
    struct assay__size_cache cache = {.count = 0};
    return assay__size_power(design, &cache, n_baseline, n_compared, power, err);
}

enum assay_status assay__size_effect(const struct assay_size_design *design,
                                     const struct assay__size_wide *figures,
                                     struct assay__size_cache *cache, double n_baseline,
                                     double n_compared, double *effect, struct assay_error *err)
{
    struct assay__size size;
    enum assay_status status = check_design(design, err);
    if (status == ASSAY_OK)
        status = check_power(design, err);
    if (status == ASSAY_OK)
        status = check_units(n_baseline, n_compared, err);
    if (status != ASSAY_OK)
        return status;
    open_design(design, figures, levels_of(design, cache), &size);
    bool is_below =
        design->side == ASSAY_SIDE_LOWER ||
        (design->side == ASSAY_SIDE_BOTH && assay__wide_compare(size.effect, size.null) < 0);
    size.direction = is_below ? -1 : 1;
    if (design->test == ASSAY_TEST_T &&
        assay__size_quick_effect(&size, n_baseline, n_compared, effect))
        return ASSAY_OK;
    *effect = assay__size_normal_effect(&size, n_baseline, n_compared);
    if (design->test == ASSAY_TEST_T && (size.is_share || *effect > 0.0))
        *effect = assay__size_t_effect(&size, n_baseline, n_compared, *effect);
    return ASSAY_OK;
}

enum assay_status assay_size_effect(const struct assay_size_design *given, double n_baseline,
                                    double n_compared, double *effect, struct assay_error *err)
{
    struct assay_size_design filled = with_defaults(given), *design = &filled;
    /* A share's effect takes several rounds, which share a table. */
    struct assay__size_cache cache = {.is_alone = !assay__metric_kind(design->type)->is_share};
    struct assay__size_wide figures = figures_of(design);
    enum assay_status status = check_share(design, err);
    if (status != ASSAY_OK)
        return status;
    return assay__size_effect(design, &figures, &cache, n_baseline, n_compared, effect, err);
}
