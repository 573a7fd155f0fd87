/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sample size, power and effect of Welch's t test with Satterthwaite's degrees of freedom at the
 * planned variances. With the distance D and the standard error s, the statistic is noncentral t with
 * noncentrality D/s, and power is the probability that it exceeds the critical value in the wanted
 * direction (R: power.t.test, strict = FALSE, when sizes and variances are equal).
 */
#include "stats/size.h"

#include <math.h>

#include "assay/dist.h"
#include "stats/size_nct.h"

typedef struct assay__wide wide;

static const double UNITS_MAX = 9007199254740992.0; /* 2^53 */

/* The planned test at given sizes. */
struct welch {
    wide df, noncentrality;
    bool is_constant; /* no variance at all: every test is certain */
};

static struct welch welch_of(const struct assay__size *size, wide distance, double n_baseline,
                             double n_compared)
{
    wide one = assay__wide_of(1.0), baseline, compared;
    wide n_c = assay__wide_of(n_baseline), n_t = assay__wide_of(n_compared);
    assay__size_variances(size, distance, &baseline, &compared);
    wide a = assay__wide_div(baseline, n_c), b = assay__wide_div(compared, n_t);
    wide sum = assay__wide_add(a, b);
    wide parts = assay__wide_add(
        assay__wide_div(assay__wide_square(a), assay__wide_sub(n_c, one)),
        assay__wide_div(assay__wide_square(b), assay__wide_sub(n_t, one)));
    return (struct welch){.df = assay__wide_div(assay__wide_square(sum), parts),
                          .noncentrality = assay__wide_div(distance, assay__wide_sqrt(sum)),
                          .is_constant = assay__wide_sign(sum) == 0};
}

/* Both tails of the statistic at the critical value: power and its complement. */
struct tails {
    double power, beta;
};

static struct tails tails_of(const struct assay__size *size, const struct welch *welch)
{
    double df = assay__wide_double(welch->df);
    double noncentrality = assay__wide_double(welch->noncentrality);
    double critical = assay_t_quantile_upper(assay__wide_double(size->tail), df);
    /*
     * The statistic falls short of the critical value only when the estimated standard error is at
     * least noncentrality/critical, here 64, times the true one: less than 1e-800 with df >= 1.
     */
    if (welch->is_constant || (noncentrality > 1e4 && noncentrality > 64.0 * critical))
        return (struct tails){1.0, 0.0};
    return (struct tails){assay_nct_upper(critical, df, noncentrality),
                          assay_nct_lower(critical, df, noncentrality)};
}

double assay__size_t_power(const struct assay__size *size, double distance, double n_baseline,
                           double n_compared)
{
    struct welch welch = welch_of(size, assay__wide_of(distance), n_baseline, n_compared);
    return tails_of(size, &welch).power;
}

/* ---- required size --------------------------------------------------------------------------- */

/* Whether n_t units and their baseline units have the power. */
static bool suffices(const struct assay__size *size, double n_compared)
{
    double n_baseline = assay__size_baseline(size, n_compared);
    if (n_baseline < 2.0 || n_compared < 2.0)
        return false;
    if (n_baseline > UNITS_MAX)
        return true; /* ends the search; the caller refuses the size */
    struct welch welch = welch_of(size, size->distance, n_baseline, n_compared);
    struct tails tails = tails_of(size, &welch);
    /*
     * The double functions are good to 1e-13. One unit more changes the power by about 1/n, so with
     * many units, or with a power computed for a size, they cannot decide.
     */
    double target = size->design->power;
    double margin = tails.power - target;
    if (fabs(margin) > 1e-11 * target)
        return margin > 0.0;
    return assay__nct_compare(size->tail, welch.df, welch.noncentrality, size->power,
                              tails.power) >= 0;
}

double assay__size_t_required(const struct assay__size *size, double start)
{
    double low = 1.0, high = fmax(start, 2.0);
    /* Steps that double from the normal test's size, which is a few units too small. */
    for (double step = 1.0; !suffices(size, high); step *= 2.0) {
        low = high;
        high += step;
        if (high > UNITS_MAX)
            return INFINITY;
    }
    while (high - low > 1.0) {
        double middle = low + floor((high - low) * 0.5);
        if (suffices(size, middle))
            high = middle;
        else
            low = middle;
    }
    /*
     * While ceil(kappa n_t) stays the same, a unit more can cost degrees of freedom and power, so
     * look back over as many units as share a count of baseline units.
     */
    double kappa = assay__wide_double(assay__size_kappa(size));
    double window = fmin(ceil(1.0 / kappa) + 1.0, 64.0);
    double least = high;
    for (double n = high - 1.0; n >= 2.0 && n >= high - window; n--)
        if (suffices(size, n))
            least = n;
    return least;
}

/* ---- effect ---------------------------------------------------------------------------------- */

/* The normal quantile of a probability of which both tails are known. */
static double normal_score(double lower, double upper)
{
    return lower < upper ? assay_normal_quantile_lower(lower) : assay_normal_quantile_upper(upper);
}

/* Score of the power at a distance less that wanted; about linear in the distance, with slope 1/s. */
static double excess(const struct assay__size *size, double distance, double n_baseline,
                     double n_compared)
{
    struct welch welch = welch_of(size, assay__wide_of(distance), n_baseline, n_compared);
    struct tails tails = tails_of(size, &welch);
    double wanted = normal_score(size->design->power, assay__wide_double(size->beta));
    if (!(tails.power > 0.0))
        return -INFINITY;
    return tails.beta > 0.0 ? normal_score(tails.power, tails.beta) - wanted : (double)INFINITY;
}

/* The ends of the search: the share's range, or far enough that the power is reached. */
static void find_ends(const struct assay__size *size, double start, double n_baseline,
                      double n_compared, double *low, double *high)
{
    *low = 0.0;
    *high = start;
    if (size->is_share) {
        wide least, most;
        assay__size_range(size, &least, &most);
        *low = assay__wide_double(least);
        *high = assay__wide_double(most);
        return;
    }
    while (isfinite(*high) && excess(size, *high, n_baseline, n_compared) < 0.0)
        *high *= 2.0;
}

double assay__size_t_effect(const struct assay__size *size, double n_baseline, double n_compared,
                            double start)
{
    double low, high;
    find_ends(size, start, n_baseline, n_compared, &low, &high);
    if (!(high > low && isfinite(high)) || !(excess(size, high, n_baseline, n_compared) > 0.0))
        return NAN;
    double before = low, at = start > low && start < high ? start : low + 0.5 * (high - low);
    double excess_before = -INFINITY;
    /* Secant steps inside a bracket that shrinks; a step that leaves it is replaced by halving. */
    for (int i = 0; i < 200; i++) {
        double excess_at = excess(size, at, n_baseline, n_compared);
        if (excess_at == 0.0)
            return at;
        if (excess_at < 0.0)
            low = at;
        else
            high = at;
        double next = at - excess_at * (at - before) / (excess_at - excess_before);
        before = at;
        excess_before = excess_at;
        if (!(next > low && next < high))
            next = low + 0.5 * (high - low);
        at = next;
        if (fabs(at - before) <= 0x1p-52 * at || high - low <= 0x1p-52 * high)
            return at;
    }
    return at;
}
