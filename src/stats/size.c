/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Required sample size, power, and powered effect (SPEC 8). With a z test everything is closed form
 * and done in wide numbers, quantiles included, so that a size next to a whole number is rounded
 * the right way. With a t test power is that of the noncentral t with Satterthwaite's degrees of
 * freedom at the planned variances, and the smallest size is searched for.
 */
#include "assay/size.h"

#include <float.h>
#include <math.h>

#include "assay/dist.h"
#include "base/error.h"
#include "stats/shortest.h"
#include "stats/wide.h"

typedef struct assay__wide wide;

static const double SIZE_MAX_UNITS = 9007199254740992.0; /* 2^53 */

/* A double that somebody wrote as a decimal: 0.8 is meant, not its binary neighbour. */
static wide meant(double value)
{
    return assay__wide_of_shortest(value);
}

static wide square(wide a)
{
    return assay__wide_square(a);
}

static wide times(wide a, wide b)
{
    return assay__wide_mul(a, b);
}

static wide plus(wide a, wide b)
{
    return assay__wide_add(a, b);
}

static wide minus(wide a, wide b)
{
    return assay__wide_sub(a, b);
}

static wide over(wide a, wide b)
{
    return assay__wide_div(a, b);
}

/* The normal quantile of an upper tail to 100 bits: Newton steps from the double. */
static wide wide_quantile(wide tail)
{
    wide half = assay__wide_of(0.5), root_half = assay__wide_sqrt(half);
    wide z = assay__wide_of(assay_normal_quantile_upper(assay__wide_double(tail)));
    for (int i = 0; i < 2; i++) {
        wide upper = times(half, assay__wide_erfc(times(z, root_half)));
        wide density = assay__wide_exp(times(assay__wide_neg(half), square(z)));
        wide root_tau = assay__wide_of(2.50662827463100050242);
        z = plus(z, times(over(minus(upper, tail), density), root_tau));
    }
    return z;
}

static wide alpha_tail(const struct assay_size_design *design)
{
    wide alpha = meant(design->alpha);
    return design->side == ASSAY_SIDE_BOTH ? times(alpha, assay__wide_of(0.5)) : alpha;
}

static bool is_share(const struct assay_size_design *design)
{
    return design->type == ASSAY_METRIC_PROPORTION;
}

static enum assay_status check_design(const struct assay_size_design *design,
                                      struct assay_error *err)
{
    bool one_sided = design->side != ASSAY_SIDE_BOTH;
    if (!(design->alpha > 0.0 && design->alpha < (one_sided ? 0.5 : 1.0)))
        return assay__fail(err, ASSAY_ERROR_DOMAIN,
                           "alpha must lie between 0 and %s.", one_sided ? "0.5" : "1");
    if (!(design->baseline_weight > 0.0 && isfinite(design->baseline_weight) &&
          design->compared_weight > 0.0 && isfinite(design->compared_weight)))
        return assay__fail(err, ASSAY_ERROR_DOMAIN, "Both weights must be positive.");
    if (!(design->variance_factor >= 0.0 && isfinite(design->variance_factor)))
        return assay__fail(err, ASSAY_ERROR_DOMAIN,
                           "The share of variance that is left must not be negative.");
    if (!isfinite(design->effect) || !isfinite(design->null_difference))
        return assay__fail(err, ASSAY_ERROR_DOMAIN, "Effect and null must be finite.");
    if (is_share(design) && !(design->baseline_mean > 0.0 && design->baseline_mean < 1.0))
        return assay__fail(err, ASSAY_ERROR_DOMAIN, "A baseline rate lies between 0 and 1.");
    if (!is_share(design) &&
        !(design->baseline_variance >= 0.0 && isfinite(design->baseline_variance) &&
          design->compared_variance >= 0.0 && isfinite(design->compared_variance)))
        return assay__fail(err, ASSAY_ERROR_DOMAIN, "Variances must be finite and not negative.");
    return ASSAY_OK;
}

static enum assay_status check_power(const struct assay_size_design *design,
                                     struct assay_error *err)
{
    double tail = design->side == ASSAY_SIDE_BOTH ? 0.5 * design->alpha : design->alpha;
    if (!(design->power > tail && design->power < 1.0))
        return assay__fail(err, ASSAY_ERROR_DOMAIN,
                           "Power must lie between alpha and 1.");
    return ASSAY_OK;
}

/* Per-unit variances of the two groups under the alternative, after variance reduction. */
struct variances {
    wide baseline, compared;
};

static wide share_variance(wide p)
{
    return times(p, minus(assay__wide_of(1.0), p));
}

static struct variances variances_at(const struct assay_size_design *design, wide effect)
{
    wide factor = meant(design->variance_factor);
    struct variances v;
    if (is_share(design)) {
        wide p = meant(design->baseline_mean);
        v.baseline = times(factor, share_variance(p));
        v.compared = times(factor, share_variance(plus(p, effect)));
    } else {
        v.baseline = times(factor, meant(design->baseline_variance));
        v.compared = times(factor, meant(design->compared_variance));
    }
    return v;
}

/* The variance under the null of a pooled test: one share for both groups. */
static wide pooled_variance(const struct assay_size_design *design, wide effect, wide weight_c,
                            wide weight_t)
{
    wide p = meant(design->baseline_mean), total = plus(weight_c, weight_t);
    wide share = plus(p, over(times(effect, weight_t), total));
    return times(meant(design->variance_factor), share_variance(share));
}

/* arcsine: the distance of 2 asin(sqrt(p)) and its variance of 1 per unit (Cohen's h). */
static wide arcsine_distance(const struct assay_size_design *design, wide effect)
{
    wide p = meant(design->baseline_mean), two = assay__wide_of(2.0);
    wide null = plus(p, meant(design->null_difference));
    wide to = assay__wide_asin(assay__wide_sqrt(plus(p, effect)));
    wide from = assay__wide_asin(assay__wide_sqrt(null));
    return assay__wide_abs(times(two, minus(to, from)));
}

/* n_t before rounding up, by the normal approximation. */
static wide normal_size(const struct assay_size_design *design)
{
    wide effect = meant(design->effect);
    wide distance = minus(effect, meant(design->null_difference));
    wide z_a = wide_quantile(alpha_tail(design));
    wide z_b = wide_quantile(minus(assay__wide_of(1.0), meant(design->power)));
    wide weight_c = meant(design->baseline_weight), weight_t = meant(design->compared_weight);
    wide kappa = over(weight_c, weight_t), one = assay__wide_of(1.0);
    struct variances v = variances_at(design, effect);
    wide sum = plus(over(v.baseline, kappa), v.compared);
    if (is_share(design) && design->method == ASSAY_SIZE_ARCSINE) {
        wide units = times(meant(design->variance_factor), plus(over(one, kappa), one));
        return over(times(square(plus(z_a, z_b)), units), square(arcsine_distance(design, effect)));
    }
    if (is_share(design) && design->method == ASSAY_SIZE_POOLED) {
        wide null = times(pooled_variance(design, effect, weight_c, weight_t),
                          plus(over(one, kappa), one));
        wide root = plus(times(z_a, assay__wide_sqrt(null)), times(z_b, assay__wide_sqrt(sum)));
        return over(square(root), square(distance));
    }
    return over(times(square(plus(z_a, z_b)), sum), square(distance));
}

/*
 * The least whole number >= a; a is positive. Quantiles carry 100 bits, so that a value within
 * 2^-80 of a whole number is that number.
 */
static double ceiling(wide a)
{
    double below = floor(assay__wide_double(a)) - 1.0;
    for (double n = below < 0.0 ? 0.0 : below; n < below + 4.0; n++) {
        wide excess = minus(a, assay__wide_of(n));
        if (assay__wide_sign(excess) <= 0)
            return n;
        if (assay__wide_exponent2(excess) < assay__wide_exponent2(a) - 80)
            return n;
    }
    return below + 4.0;
}

static double baseline_units(const struct assay_size_design *design, double n_compared)
{
    wide kappa = over(meant(design->baseline_weight), meant(design->compared_weight));
    double n = ceiling(times(kappa, assay__wide_of(n_compared)));
    return n;
}

/* Smallest n_t, both groups of at least 2 units, that has the power by the t test. */
static double search_t(const struct assay_size_design *design, double start,
                       struct assay_error *err)
{
    double low = 1.0, high = start < 2.0 ? 2.0 : start, power = 0.0;
    for (;;) {
        double n_c = fmax(2.0, baseline_units(design, high));
        if (assay_size_power(design, n_c, high, &power, err) != ASSAY_OK)
            return NAN;
        if (power >= design->power || high > SIZE_MAX_UNITS)
            break;
        low = high;
        high = ceil(high * 1.05) + 1.0;
    }
    while (high - low > 1.0) {
        double middle = floor(low + (high - low) * 0.5);
        double n_c = fmax(2.0, baseline_units(design, middle));
        if (assay_size_power(design, n_c, middle, &power, err) != ASSAY_OK)
            return NAN;
        if (power >= design->power)
            high = middle;
        else
            low = middle;
    }
    return high;
}

enum assay_status assay_size_required(const struct assay_size_design *design,
                                      struct assay_size_result *out, struct assay_error *err)
{
    enum assay_status status = check_design(design, err);
    if (status == ASSAY_OK)
        status = check_power(design, err);
    if (status != ASSAY_OK)
        return status;
    if (design->effect == design->null_difference)
        return assay__fail(err, ASSAY_ERROR_DOMAIN,
                           "The effect equals the null: no sample size can tell them apart.");
    if (is_share(design) && !(design->baseline_mean + design->effect >= 0.0 &&
                              design->baseline_mean + design->effect <= 1.0))
        return assay__fail(err, ASSAY_ERROR_DOMAIN,
                           "The baseline rate plus the effect lies outside 0 to 1.");
    wide size = normal_size(design);
    if (!(assay__wide_double(size) < SIZE_MAX_UNITS))
        return assay__fail(err, ASSAY_ERROR_LIMIT, "More than 2^53 units would be needed.");
    double compared = fmax(1.0, ceiling(size));
    if (design->test == ASSAY_TEST_T)
        compared = search_t(design, compared, err);
    if (isnan(compared))
        return ASSAY_ERROR_DOMAIN;
    out->compared = compared;
    out->baseline = fmax(design->test == ASSAY_TEST_T ? 2.0 : 1.0,
                         baseline_units(design, compared));
    out->total = out->baseline + out->compared;
    if (out->total > SIZE_MAX_UNITS)
        return assay__fail(err, ASSAY_ERROR_LIMIT, "More than 2^53 units would be needed.");
    return assay_size_power(design, out->baseline, out->compared, &out->power, err);
}

/* How far, in standard errors, the alternative lies beyond the null in the wanted direction. */
static wide directed_distance(const struct assay_size_design *design, wide distance)
{
    if (design->side == ASSAY_SIDE_LOWER)
        return assay__wide_neg(distance);
    return design->side == ASSAY_SIDE_BOTH ? assay__wide_abs(distance) : distance;
}

static double power_by_t(const struct assay_size_design *design, wide shift, wide part_c, wide part_t,
                         double n_c, double n_t)
{
    wide sum = plus(part_c, part_t), one = assay__wide_of(1.0);
    wide parts = plus(over(square(part_c), minus(assay__wide_of(n_c), one)),
                      over(square(part_t), minus(assay__wide_of(n_t), one)));
    double df = assay__wide_double(over(square(sum), parts));
    double critical = assay_t_quantile_upper(assay__wide_double(alpha_tail(design)), df);
    return assay_nct_upper(critical, df, assay__wide_double(shift));
}

enum assay_status assay_size_power(const struct assay_size_design *design, double n_baseline,
                                   double n_compared, double *power, struct assay_error *err)
{
    enum assay_status status = check_design(design, err);
    if (status != ASSAY_OK)
        return status;
    double least = design->test == ASSAY_TEST_T ? 2.0 : 1.0;
    if (!(n_baseline >= least && n_compared >= least && n_baseline + n_compared <= 2e16))
        return assay__fail(err, ASSAY_ERROR_DOMAIN, "Each group needs at least %g units.", least);
    wide effect = meant(design->effect);
    wide distance = directed_distance(design, minus(effect, meant(design->null_difference)));
    wide n_c = assay__wide_of(n_baseline), n_t = assay__wide_of(n_compared);
    wide z_a = wide_quantile(alpha_tail(design)), one = assay__wide_of(1.0);
    struct variances v = variances_at(design, effect);
    wide part_c = over(v.baseline, n_c), part_t = over(v.compared, n_t);
    wide error = assay__wide_sqrt(plus(part_c, part_t));
    wide reach = times(z_a, error); /* the distance at which the test rejects half the time */
    if (is_share(design) && design->method == ASSAY_SIZE_ARCSINE) {
        wide units = plus(over(one, n_c), over(one, n_t));
        int sign = assay__wide_sign(distance);
        error = assay__wide_sqrt(times(meant(design->variance_factor), units));
        reach = times(z_a, error);
        distance = arcsine_distance(design, effect);
        distance = sign < 0 ? assay__wide_neg(distance) : distance;
    } else if (is_share(design) && design->method == ASSAY_SIZE_POOLED) {
        wide null = times(pooled_variance(design, effect, n_c, n_t),
                          plus(over(one, n_c), over(one, n_t)));
        reach = times(z_a, assay__wide_sqrt(null));
    }
    if (assay__wide_sign(error) == 0)
        *power = assay__wide_sign(distance) > 0 ? 1.0 : 0.0;
    else if (design->test == ASSAY_TEST_T && !is_share(design))
        *power = power_by_t(design, over(distance, error), part_c, part_t, n_baseline, n_compared);
    else
        *power = assay_normal_lower(assay__wide_double(over(minus(distance, reach), error)));
    return ASSAY_OK;
}
