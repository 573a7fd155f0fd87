/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sample size, power and effect of the normal test. The test rejects in the wanted direction when
 * the estimate lies z_a standard errors (those under the null) beyond the null, so that
 *
 *     power = Phi((D - z_a s_0) / s_1)   and   D = z_a s_0 + z_b s_1
 *
 * with s_0, s_1 the standard errors under null and alternative. They are equal but for the pooled
 * test of proportions (Fleiss, Levin, Paik 2003, 4.14). Rejecting in the other direction is not
 * power. Quantiles from the double functions suffice unless a size comes close to a whole number or
 * z_a and z_b nearly cancel; then they are refined to 100 bits.
 */
#include "stats/size/size.h"

#include <math.h>

#include "assay/dist.h"
#include "number/number.h"

typedef struct assay__wide wide;

/* P(Z > z). */
static wide upper_tail(wide z)
{
    wide half = assay__wide_of(0.5);
    wide argument = assay__wide_mul(z, assay__wide_sqrt(half));
    return assay__wide_mul(half, assay__wide_erfc(argument));
}

/* The z with P(Z > z) = tail. */
static wide quantile(wide tail, bool is_exact)
{
    wide z = assay__wide_of(assay_normal_quantile_upper(assay__wide_double(tail)));
    /* Newton's steps square the error; that of the density only scales the step. */
    for (int i = 0; is_exact && i < 2; i++) {
        double density = assay_normal_density(assay__wide_double(z));
        wide step = assay__wide_sub(upper_tail(z), tail);
        z = assay__wide_add(z, assay__wide_div(step, assay__wide_of(density)));
    }
    return z;
}

/* That of the tail, exactly: it takes as long as the power of two sizes, and all sizes share it. */
static wide tail_quantile(struct assay__size_levels *levels)
{
    if (!levels->has_quantile)
        levels->quantile = quantile(levels->tail, true);
    levels->has_quantile = true;
    return levels->quantile;
}

struct quantiles {
    wide alpha, beta;
};

/* z_b from the smaller of power and beta, since only small tails are exact. */
static struct quantiles quantiles_of(const struct assay__size *size, bool is_exact)
{
    struct quantiles z = {.alpha = is_exact ? tail_quantile(size->levels)
                                            : quantile(size->levels->tail, false)};
    if (assay__wide_compare(size->levels->wanted, size->levels->beta) < 0)
        z.beta = assay__wide_neg(quantile(size->levels->wanted, is_exact));
    else
        z.beta = quantile(size->levels->beta, is_exact);
    return z;
}

/* z_a s_0 + z_b s_1, exact quantiles when the double ones cancel by more than four bits. */
static wide reach(const struct assay__size *size, const struct assay__size_errors *errors,
                  bool is_exact)
{
    struct quantiles z = quantiles_of(size, is_exact);
    wide a = assay__wide_mul(z.alpha, errors->under_null);
    wide b = assay__wide_mul(z.beta, errors->under_alternative);
    wide sum = assay__wide_add(a, b);
    wide larger = assay__wide_add(assay__wide_abs(a), assay__wide_abs(b));
    wide amplified = assay__wide_mul(assay__wide_abs(sum), assay__wide_of(16.0));
    if (!is_exact && assay__wide_compare(larger, amplified) > 0)
        return reach(size, errors, true);
    return sum;
}

/* One share for both groups under the null: that of all units together under the alternative. */
static wide pooled_error(const struct assay__size *size, wide alternative, wide inverse_baseline,
                         wide inverse_compared)
{
    wide inverses = assay__wide_add(inverse_baseline, inverse_compared);
    wide of_baseline = assay__wide_mul(size->share, inverse_compared);
    wide of_compared = assay__wide_mul(alternative, inverse_baseline);
    wide share = assay__wide_div(assay__wide_add(of_baseline, of_compared), inverses);
    wide rest = assay__wide_sub(assay__wide_of(1.0), share);
    wide variance = assay__wide_mul(size->factor, assay__wide_mul(share, rest));
    return assay__wide_sqrt(assay__wide_mul(variance, inverses));
}

/* 2 asin(sqrt(p)), whose variance is about 1/n whatever p: Cohen (1988), 6.2. */
static wide angle(wide share)
{
    return assay__wide_mul(assay__wide_of(2.0), assay__wide_asin(assay__wide_sqrt(share)));
}

struct assay__size_errors assay__size_errors(const struct assay__size *size, wide distance,
                                             wide inverse_baseline, wide inverse_compared)
{
    wide null_share = assay__wide_add(size->share, size->null);
    wide moved = size->direction < 0 ? assay__wide_neg(distance) : distance;
    wide alternative = assay__wide_add(null_share, moved);
    struct assay__size_errors errors = {.distance = distance};
    if (size->design->method == ASSAY_SIZE_ARCSINE) {
        wide inverses = assay__wide_add(inverse_baseline, inverse_compared);
        wide between = assay__wide_sub(angle(alternative), angle(null_share));
        errors.distance = assay__wide_abs(between);
        errors.under_null = assay__wide_sqrt(assay__wide_mul(size->factor, inverses));
        errors.under_alternative = errors.under_null;
        return errors;
    }
    wide baseline, compared;
    assay__size_variances(size, distance, &baseline, &compared);
    wide variance = assay__wide_add(assay__wide_mul(baseline, inverse_baseline),
                                    assay__wide_mul(compared, inverse_compared));
    errors.under_alternative = assay__wide_sqrt(variance);
    errors.under_null = errors.under_alternative;
    if (size->design->method == ASSAY_SIZE_POOLED)
        errors.under_null = pooled_error(size, alternative, inverse_baseline, inverse_compared);
    return errors;
}

/* ---- required size --------------------------------------------------------------------------- */

/* The least whole number of at least 1 that is not below a. */
static double ceiling(wide a)
{
    double n = ceil(assay__wide_double(a));
    if (assay__wide_compare(assay__wide_of(n), a) < 0)
        n += 1.0;
    else if (assay__wide_compare(assay__wide_of(n - 1.0), a) >= 0)
        n -= 1.0;
    return n < 1.0 ? 1.0 : n;
}

static wide real_size(const struct assay__size *size, bool is_exact)
{
    wide inverse = assay__wide_div(assay__wide_of(1.0), assay__size_kappa(size));
    struct assay__size_errors errors =
        assay__size_errors(size, size->distance, inverse, assay__wide_of(1.0));
    wide distance = reach(size, &errors, is_exact);
    /* The pooled test rejects more often than alpha where s_1 > s_0: that alone can be enough. */
    if (assay__wide_sign(distance) <= 0)
        return assay__wide_zero();
    return assay__wide_square(assay__wide_div(distance, errors.distance));
}

double assay__size_normal_required(const struct assay__size *size)
{
    wide units = real_size(size, false);
    if (!(assay__wide_double(units) < ASSAY__WHOLE_MAX))
        return INFINITY;
    /* Double quantiles leave the size right to 2^-45; with a whole number near, ask more. */
    wide slack = assay__wide_mul(units, assay__wide_of(0x1p-40));
    double least = ceiling(assay__wide_sub(units, slack));
    if (least == ceiling(assay__wide_add(units, slack)))
        return least;
    return ceiling(real_size(size, true));
}

/* ---- power ----------------------------------------------------------------------------------- */

static wide inverse_of(double n)
{
    return assay__wide_div(assay__wide_of(1.0), assay__wide_of(n));
}

double assay__size_normal_power(const struct assay__size *size, double n_baseline,
                                double n_compared)
{
    struct assay__size_errors errors =
        assay__size_errors(size, size->distance, inverse_of(n_baseline), inverse_of(n_compared));
    if (assay__wide_sign(errors.under_alternative) == 0)
        return 1.0;
    wide bound = assay__wide_mul(tail_quantile(size->levels), errors.under_null);
    wide missing = assay__wide_sub(bound, errors.distance);
    return assay__wide_double(upper_tail(assay__wide_div(missing, errors.under_alternative)));
}

/* ---- effect ---------------------------------------------------------------------------------- */

/*
 * Unpooled proportions, with m the share under the null, s the direction, z = z_a + z_b:
 *   D^2 = z^2 (v_c/n_c + f q(m + s D)/n_t),  q(p) = p (1 - p)
 * is D^2 (1 + k) - s k (1 - 2m) D - z^2 v_c/n_c - k q(m) = 0 with k = z^2 f/n_t; the larger root.
 */
static wide unpooled_distance(const struct assay__size *size, wide z, wide inverse_baseline,
                              wide inverse_compared)
{
    wide one = assay__wide_of(1.0), p = size->share, m = assay__wide_add(p, size->null);
    wide scale = assay__wide_mul(assay__wide_square(z), size->factor);
    wide k = assay__wide_mul(scale, inverse_compared), j = assay__wide_mul(scale, inverse_baseline);
    wide half_b = assay__wide_mul(k, assay__wide_sub(assay__wide_of(0.5), m));
    if (size->direction < 0)
        half_b = assay__wide_neg(half_b);
    wide of_baseline = assay__wide_mul(j, assay__wide_mul(p, assay__wide_sub(one, p)));
    wide of_null = assay__wide_mul(k, assay__wide_mul(m, assay__wide_sub(one, m)));
    wide a = assay__wide_add(one, k), c = assay__wide_add(of_baseline, of_null);
    wide inside = assay__wide_add(assay__wide_square(half_b), assay__wide_mul(a, c));
    return assay__wide_div(assay__wide_add(half_b, assay__wide_sqrt(inside)), a);
}

static double double_of(wide distance)
{
    return assay__wide_is_nan(distance) ? (double)NAN : assay__wide_double(distance);
}

/* A distance at which the alternative's share is one; else NaN. */
static wide inside(const struct assay__size *size, wide distance)
{
    wide least, most;
    if (!size->is_share)
        return distance;
    assay__size_range(size, &least, &most);
    bool is_inside = assay__wide_sign(most) > 0 && assay__wide_compare(distance, least) > 0 &&
                     assay__wide_compare(distance, most) < 0;
    return is_inside ? distance : assay__wide_of(NAN);
}

/* z_a s_0 + z_b s_1 - D on the scale of the test: positive while the power is too low. */
static wide shortfall(const struct assay__size *size, const struct quantiles *z, wide distance,
                      wide inverse_baseline, wide inverse_compared)
{
    struct assay__size_errors errors =
        assay__size_errors(size, distance, inverse_baseline, inverse_compared);
    wide a = assay__wide_mul(z->alpha, errors.under_null);
    wide b = assay__wide_mul(z->beta, errors.under_alternative);
    return assay__wide_sub(assay__wide_add(a, b), errors.distance);
}

/* Pooled and arcsine: the shortfall falls from positive to negative once; bisection to 2^-64. */
static wide bisected_distance(const struct assay__size *size, const struct quantiles *z, wide low,
                              wide high, wide inverse_baseline, wide inverse_compared)
{
    for (int i = 0; i < 1100; i++) { /* a double's whole range, should the root be that small */
        wide middle = assay__wide_mul(assay__wide_add(low, high), assay__wide_of(0.5));
        wide missing = shortfall(size, z, middle, inverse_baseline, inverse_compared);
        if (assay__wide_sign(missing) > 0)
            low = middle;
        else
            high = middle;
        wide width = assay__wide_mul(assay__wide_sub(high, low), assay__wide_of(0x1p64));
        if (assay__wide_compare(width, low) < 0)
            break;
    }
    return high;
}

wide assay__size_distance(const struct assay__size *size, wide z, double n_baseline,
                          double n_compared)
{
    wide inverse_baseline = inverse_of(n_baseline), inverse_compared = inverse_of(n_compared);
    if (!size->is_share) {
        struct assay__size_errors errors =
            assay__size_errors(size, assay__wide_zero(), inverse_baseline, inverse_compared);
        return assay__wide_mul(z, errors.under_alternative);
    }
    return inside(size, unpooled_distance(size, z, inverse_baseline, inverse_compared));
}

double assay__size_normal_effect(const struct assay__size *size, double n_baseline,
                                 double n_compared)
{
    struct assay__size_errors unit = {.under_null = assay__wide_of(1.0),
                                      .under_alternative = assay__wide_of(1.0)};
    wide least, most;
    if (size->design->method == ASSAY_SIZE_UNPOOLED) {
        wide z = reach(size, &unit, false);
        return double_of(assay__size_distance(size, z, n_baseline, n_compared));
    }
    wide inverse_baseline = inverse_of(n_baseline), inverse_compared = inverse_of(n_compared);
    assay__size_range(size, &least, &most);
    struct quantiles z = quantiles_of(size, true);
    if (assay__wide_sign(most) <= 0 ||
        assay__wide_sign(shortfall(size, &z, most, inverse_baseline, inverse_compared)) >= 0)
        return NAN;
    wide distance = bisected_distance(size, &z, least, most, inverse_baseline, inverse_compared);
    return double_of(inside(size, distance));
}
