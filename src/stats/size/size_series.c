/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sizes and effects of ordinary designs in doubles with a bound of their error, and by the series
 * of stats/size/size_levels.h in place of the noncentral t: a whole number is decided as long as
 * it is not within the bound. What is left in doubt goes to size_normal.c and size_welch.c.
 */
#include "stats/size/size_series.h"

#include <math.h>

#include "assay/dist.h"
#include "stats/dist/pair_bound.h"

typedef struct assay__bounded bounded;
typedef struct assay__wide wide;
typedef struct assay__pair pair;

/* The squared standard errors' sum, and the degrees of freedom by their inverse. */
struct errors {
    double sum;
    pair inverse; /* few df change the noncentrality by three times as much as they are off */
    bool is_known;
};

PAIR_INLINE struct errors errors_from(pair baseline, pair compared, double n_baseline,
                                      double n_compared)
{
    const double least = 1e-280, most = 1e280; /* far from where products lose bits */
    pair a = pair_div(baseline, pair_of(n_baseline)), b = pair_div(compared, pair_of(n_compared));
    pair sum = pair_add(a, b);
    if (!(sum.hi > least && sum.hi < most))
        return (struct errors){sum.hi, sum, false};
    pair share = pair_div(a, sum), rest = pair_div(b, sum);
    pair inverse = pair_add(pair_div(pair_mul(share, share), pair_of(n_baseline - 1.0)),
                            pair_div(pair_mul(rest, rest), pair_of(n_compared - 1.0)));
    return (struct errors){sum.hi, inverse, inverse.hi > 0.0};
}

PAIR_FMA_TARGET static struct errors errors_by_fma(pair baseline, pair compared, double n_baseline,
                                                   double n_compared)
{
    return errors_from(baseline, compared, n_baseline, n_compared);
}

static struct errors errors_of(pair baseline, pair compared, double n_baseline, double n_compared)
{
    return PAIR_HAS_FMA ? errors_by_fma(baseline, compared, n_baseline, n_compared)
                        : errors_from(baseline, compared, n_baseline, n_compared);
}

/* Whether z_a + z_b keeps most of its bits, and is what power is about. */
static bool is_far(const struct assay__size_levels *levels)
{
    double a = levels->z_tail.hi, b = levels->z_beta.hi;
    return a > 0.0 && a + b > 0.25 * (a + fabs(b));
}

double assay__size_quick_normal(const struct assay__size *size)
{
    const double slack = 0x1p-44, most = 0x1p42;
    const struct assay_size_design *design = size->design;
    double kappa = design->baseline_weight / design->compared_weight;
    if (design->baseline_weight == 0.0)
        kappa = 1.0;
    if (design->method != ASSAY_SIZE_UNPOOLED || !is_far(size->levels))
        return 0.0;
    double error = sqrt(size->plain.baseline / kappa + size->plain.compared);
    double ratio =
        (size->levels->z_tail.hi + size->levels->z_beta.hi) * error / size->plain.distance;
    double units = ratio * ratio, least = ceil(units * (1.0 - slack));
    bool is_known = units > 0x1p-40 && units < most && least == ceil(units * (1.0 + slack));
    return is_known ? fmax(least, 1.0) : 0.0;
}

int assay__size_quick_suffices(const struct assay__size *size, double n_baseline, double n_compared)
{
    const double unit = 0x1p-49;
    struct errors errors = errors_of(pair_of(size->plain.baseline), pair_of(size->plain.compared),
                                     n_baseline, n_compared);
    if (!errors.is_known || !is_far(size->levels))
        return 0;
    struct assay__size_reach wanted = assay__size_reach(size->levels, errors.inverse);
    double has = size->plain.distance / sqrt(errors.sum), needs = wanted.noncentrality.hi;
    double margin = has - needs, doubt = wanted.doubt + unit * (has + needs);
    return margin > doubt ? 1 : margin < -doubt ? -1 : 0;
}

/* What a share's errors hang on, as doubles; 0 for means. */
struct plain {
    double share, null, factor;
};

static struct plain plain_of(const struct assay__size *size)
{
    if (!size->is_share)
        return (struct plain){0.0, 0.0, 0.0};
    return (struct plain){assay__wide_double(size->share), assay__wide_double(size->null),
                          assay__wide_double(size->factor)};
}

/* The share's distance for a noncentrality z: see unpooled_distance() of size_normal.c. */
static double share_distance(const struct assay__size *size, const struct plain *plain, double z,
                             double n_baseline, double n_compared)
{
    double p = plain->share, m = p + plain->null;
    double scale = z * z * plain->factor, k = scale / n_compared;
    double half = k * (0.5 - m) * (size->direction < 0 ? -1.0 : 1.0);
    double c = scale / n_baseline * p * (1.0 - p) + k * m * (1.0 - m);
    return (half + sqrt(half * half + (1.0 + k) * c)) / (1.0 + k);
}

/* The errors at a distance; not known where a share would not be one. */
static struct errors errors_at(const struct assay__size *size, const struct plain *plain,
                               double distance, double n_baseline, double n_compared)
{
    if (!size->is_share)
        return errors_of(assay__size_pair(size->baseline_variance),
                         assay__size_pair(size->compared_variance), n_baseline, n_compared);
    double moved = size->direction < 0 ? -distance : distance;
    double p = plain->share, factor = plain->factor, share = p + plain->null + moved;
    struct errors errors =
        errors_of(pair_of(factor * p * (1.0 - p)), pair_of(factor * share * (1.0 - share)),
                  n_baseline, n_compared);
    errors.is_known = errors.is_known && share > 0.0 && share < 1.0;
    return errors;
}

/* ---- the distance to its last bit -------------------------------------------------------------
 */

static bounded of_wide(const wide *a)
{
    return assay__bounded_of_wide(a, 0);
}

/* See assay__size_distance(): z standard errors. */
PAIR_INLINE bounded mean_distance(const struct assay__size *size, bounded z, bounded n_baseline,
                                  bounded n_compared)
{
    bounded baseline = bounded_div(of_wide(&size->baseline_variance), n_baseline);
    bounded compared = bounded_div(of_wide(&size->compared_variance), n_compared);
    return bounded_mul(z, bounded_sqrt(bounded_add(baseline, compared)));
}

PAIR_INLINE bounded share_variance(bounded share)
{
    return bounded_mul(share, bounded_sub(bounded_of(1.0), share));
}

/* See unpooled_distance() of size_normal.c. */
PAIR_INLINE bounded unpooled_distance(const struct assay__size *size, bounded z, bounded n_baseline,
                                      bounded n_compared)
{
    bounded p = of_wide(&size->share), m = bounded_add(p, of_wide(&size->null));
    bounded scale = bounded_mul(bounded_square(z), of_wide(&size->factor));
    bounded k = bounded_div(scale, n_compared), j = bounded_div(scale, n_baseline);
    bounded half = bounded_mul(k, bounded_sub(bounded_of(0.5), m));
    if (size->direction < 0)
        half = bounded_neg(half);
    bounded c = bounded_add(bounded_mul(j, share_variance(p)), bounded_mul(k, share_variance(m)));
    bounded a = bounded_add(bounded_of(1.0), k);
    bounded inside = bounded_add(bounded_square(half), bounded_mul(a, c));
    return bounded_div(bounded_add(half, bounded_sqrt(inside)), a);
}

PAIR_INLINE bounded distance_from(const struct assay__size *size, pair noncentrality,
                                  double n_baseline, double n_compared)
{
    bounded z = bounded_make(noncentrality, 0.0);
    bounded baseline = bounded_of(n_baseline), compared = bounded_of(n_compared);
    return size->is_share ? unpooled_distance(size, z, baseline, compared)
                          : mean_distance(size, z, baseline, compared);
}

PAIR_FMA_TARGET static bounded distance_by_fma(const struct assay__size *size, pair noncentrality,
                                               double n_baseline, double n_compared)
{
    return distance_from(size, noncentrality, n_baseline, n_compared);
}

/* The alternative's share is one, and not near its end. */
static bool is_well_inside(const struct assay__size *size, const struct plain *plain,
                           double distance)
{
    const double margin = 1e-9;
    double share = plain->share + plain->null + (size->direction < 0 ? -distance : distance);
    return !size->is_share || (share > margin && share < 1.0 - margin);
}

/* In bounded pairs, or in 320 bits where they leave a doubt. */
static double distance_of(const struct assay__size *size, const struct plain *plain,
                          pair noncentrality, double n_baseline, double n_compared)
{
    bool is_lost = false;
    double quick =
        bounded_double(PAIR_HAS_FMA ? distance_by_fma(size, noncentrality, n_baseline, n_compared)
                                    : distance_from(size, noncentrality, n_baseline, n_compared),
                       &is_lost);
    if (!is_lost && is_well_inside(size, plain, quick))
        return quick;
    wide exact =
        assay__wide_add(assay__wide_of(noncentrality.hi), assay__wide_of(noncentrality.lo));
    return assay__wide_double(assay__size_distance(size, exact, n_baseline, n_compared));
}

/*
 * The degrees of freedom hang on a share's distance and the distance on them, both a little: each
 * round leaves some 1/df of the error.
 */
bool assay__size_quick_effect(const struct assay__size *size, double n_baseline, double n_compared,
                              double *distance)
{
    enum { ROUNDS = 12 };
    const double enough = 0x1p-48, same = 0x1p-55;
    double z = size->levels->z_tail.hi + size->levels->z_beta.hi;
    if (!is_far(size->levels))
        return false;
    const struct plain plain = plain_of(size);
    for (int i = 0; i < ROUNDS; i++) {
        double at = size->is_share ? share_distance(size, &plain, z, n_baseline, n_compared) : 0.0;
        struct errors errors = errors_at(size, &plain, at, n_baseline, n_compared);
        if (!errors.is_known)
            return false;
        struct assay__size_reach reach = assay__size_reach(size->levels, errors.inverse);
        double change = fabs(reach.noncentrality.hi - z);
        z = reach.noncentrality.hi;
        if (!(reach.doubt < enough * z))
            return false;
        if (size->is_share && change > same * z)
            continue;
        *distance = distance_of(size, &plain, reach.noncentrality, n_baseline, n_compared);
        return *distance > 0.0;
    }
    return false;
}
