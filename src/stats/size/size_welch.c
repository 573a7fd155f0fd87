/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sample size, power and effect of Welch's t test with Satterthwaite's degrees of freedom at the
 * planned variances. With the distance D and the standard error s, the statistic is noncentral t
 * with noncentrality D/s, and power is the probability that it exceeds the critical value in the
 * wanted direction (R: power.t.test, strict = FALSE, when sizes and variances are equal).
 */
#include "stats/size/size.h"

#include <math.h>

#include "assay/dist.h"
#include "stats/root.h"
#include "stats/size/size_nct.h"
#include "stats/size/size_series.h"
#include "number/number.h"

typedef struct assay__wide wide;

/* The planned test at given sizes. */
struct welch {
    wide df, error, noncentrality; /* noncentrality: distance/error */
    bool is_constant;              /* no variance at all: every test is certain */
};

static struct welch welch_of(const struct assay__size *size, wide distance, double n_baseline,
                             double n_compared)
{
    wide one = assay__wide_of(1.0), baseline, compared;
    wide n_c = assay__wide_of(n_baseline), n_t = assay__wide_of(n_compared);
    assay__size_variances(size, distance, &baseline, &compared);
    wide a = assay__wide_div(baseline, n_c), b = assay__wide_div(compared, n_t);
    wide sum = assay__wide_add(a, b);
    wide parts = assay__wide_add(assay__wide_div(assay__wide_square(a), assay__wide_sub(n_c, one)),
                                 assay__wide_div(assay__wide_square(b), assay__wide_sub(n_t, one)));
    wide error = assay__wide_sqrt(sum);
    return (struct welch){.df = assay__wide_div(assay__wide_square(sum), parts),
                          .error = error,
                          .noncentrality = assay__wide_div(distance, error),
                          .is_constant = assay__wide_sign(sum) == 0};
}

/*
 * P(T' > c), or P(T' <= c) when is_beta, c the critical value. The statistic falls short of it only
 * when the estimated standard error is at least noncentrality/c times the true one: with that ratio
 * at 64 the probability is below 1e-800, even for df = 1.
 */
static double power_beyond(double critical, const struct welch *welch, bool is_beta)
{
    double df = assay__wide_double(welch->df);
    double noncentrality = assay__wide_double(welch->noncentrality);
    if (welch->is_constant || (noncentrality > 1e4 && noncentrality > 64.0 * critical))
        return is_beta ? 0.0 : 1.0;
    /* So far out only the estimated error varies, which scales both alike. */
    if (noncentrality > 1e12) {
        critical *= 1e12 / noncentrality;
        noncentrality = 1e12;
    }
    return is_beta ? assay_nct_lower(critical, df, noncentrality)
                   : assay_nct_upper(critical, df, noncentrality);
}

static double critical_of(const struct assay__size *size, const struct welch *welch)
{
    return assay_t_quantile_upper(assay__wide_double(size->levels->tail),
                                  assay__wide_double(welch->df));
}

static double power_of(const struct assay__size *size, const struct welch *welch)
{
    return power_beyond(critical_of(size, welch), welch, false);
}

double assay__size_t_power(const struct assay__size *size, double distance, double n_baseline,
                           double n_compared)
{
    struct welch welch = welch_of(size, assay__wide_of(distance), n_baseline, n_compared);
    return power_of(size, &welch);
}

/* ---- required size --------------------------------------------------------------------------- */

/* Whether n_t units and their baseline units have the power. */
static bool suffices(const struct assay__size *size, double n_compared)
{
    double n_baseline = assay__size_baseline(size, n_compared);
    if (n_baseline < 2.0 || n_compared < 2.0)
        return false;
    if (n_baseline > ASSAY__WHOLE_MAX)
        return true; /* ends the search; the caller refuses the size */
    int quick = assay__size_quick_suffices(size, n_baseline, n_compared);
    if (quick != 0)
        return quick > 0;
    struct welch welch = welch_of(size, size->distance, n_baseline, n_compared);
    double power = power_of(size, &welch);
    /*
     * The double functions are good to 1e-13. One unit more changes the power by about 1/n, so with
     * many units, or with a power computed for a size, they cannot decide.
     */
    double target = size->design->power;
    double margin = power - target;
    if (fabs(margin) > 1e-11 * target)
        return margin > 0.0;
    return assay__nct_compare(size->levels->tail, welch.df, welch.noncentrality,
                              size->levels->wanted, power) >= 0;
}

/* The power with n_t units and their baseline units, both at least 2. */
static double power_with(const struct assay__size *size, double n_compared)
{
    struct welch welch =
        welch_of(size, size->distance, assay__size_baseline(size, n_compared), n_compared);
    return power_of(size, &welch);
}

/* The least n_t, from 2, that has the baseline units of this one. */
static double first_of_block(const struct assay__size *size, double n_compared)
{
    double n_baseline = assay__size_baseline(size, n_compared), low = 1.0, high = n_compared;
    while (high - low > 1.0) {
        double middle = low + floor((high - low) * 0.5);
        *(assay__size_baseline(size, middle) < n_baseline ? &low : &high) = middle;
    }
    return high;
}

/* The n_t from first to last with the most power, which rises up to it and falls after it. */
static double peak_of(const struct assay__size *size, double first, double last)
{
    while (last - first > 2.0) {
        double third = floor((last - first) / 3.0);
        if (power_with(size, first + third) < power_with(size, last - third))
            first += third;
        else
            last -= third;
    }
    double peak = first;
    for (double n = first + 1.0; n <= last; n++)
        if (power_with(size, n) > power_with(size, peak))
            peak = n;
    return peak;
}

/* The least n_t above low that suffices, when high does and power rises between them. */
static double least_above(const struct assay__size *size, double low, double high)
{
    while (high - low > 1.0) {
        double middle = low + floor((high - low) * 0.5);
        *(suffices(size, middle) ? &high : &low) = middle;
    }
    return high;
}

/*
 * While ceil(kappa n_t) stays the same, a unit more can cost degrees of freedom and with them
 * power, when there are few: power rises and falls within each such block, and the highest of one
 * is below that of the next. So look for the least in this block, and on in those before it.
 */
static double look_back(const struct assay__size *size, double found)
{
    double last = found;
    if (assay__size_baseline(size, found) > 64.0 ||
        assay__wide_double(assay__size_kappa(size)) >= 1.0)
        return found;
    while (last >= 2.0 && assay__size_baseline(size, last) >= 2.0) {
        double first = first_of_block(size, last), peak = peak_of(size, first, last);
        if (!suffices(size, peak))
            break;
        found = least_above(size, first - 1.0, peak);
        last = first - 1.0;
    }
    return found;
}

/*
 * The t test needs about z_a^2 / (2 df) times more units than the normal test (Guenther 1981, The
 * American Statistician 35:243), which is where the search begins.
 */
static double first_guess(const struct assay__size *size, double normal_size)
{
    double n_compared = fmax(normal_size, 2.0);
    double n_baseline = fmax(assay__size_baseline(size, n_compared), 2.0);
    if (n_baseline > ASSAY__WHOLE_MAX)
        return n_compared;
    struct welch welch = welch_of(size, size->distance, n_baseline, n_compared);
    double z = size->levels->z_tail.hi;
    double more = n_compared * z * z / (2.0 * assay__wide_double(welch.df));
    return more < n_compared ? n_compared + floor(more) : n_compared;
}

double assay__size_t_required(const struct assay__size *size, double start)
{
    double low = 1.0, high = first_guess(size, start), step = 1.0;
    /* Steps that double, down or up, until high suffices and low does not. */
    if (suffices(size, high)) {
        for (; high > 2.0; step *= 2.0) {
            low = fmax(high - step, 1.0);
            if (low < 2.0 || !suffices(size, low))
                break;
            high = low;
        }
    } else {
        do {
            low = high;
            high += step;
            step *= 2.0;
            if (high > ASSAY__WHOLE_MAX)
                return INFINITY;
        } while (!suffices(size, high));
    }
    return look_back(size, least_above(size, low, high));
}

/* ---- effect ---------------------------------------------------------------------------------- */

enum { VALUES_KEPT = 4 };

/* The planned sizes of an effect that is searched for, and what is known of them by now. */
struct effect_search {
    const struct assay__size *size;
    double n_baseline, n_compared;
    struct welch welch;      /* only shares' variances change with the distance */
    double critical, wanted; /* wanted: the score of power or beta */
    bool is_open;
    /* The ends of a search are asked for again and again. */
    double distances[VALUES_KEPT], values[VALUES_KEPT];
    int kept;
};

/* The test at a distance from the null. */
static void move_to(struct effect_search *search, double distance)
{
    const struct assay__size *size = search->size;
    struct welch *welch = &search->welch;
    wide exact = assay__wide_of(distance);
    if (search->is_open && !size->is_share) {
        welch->noncentrality = assay__wide_div(exact, welch->error);
        return;
    }
    *welch = welch_of(size, exact, search->n_baseline, search->n_compared);
    search->critical = critical_of(size, welch);
    search->is_open = true;
}

/*
 * The score (normal quantile) of the power at a distance less that of the wanted power, about
 * linear in the distance. The smaller of power and beta is computed.
 */
static double excess_at(struct effect_search *search, double distance)
{
    bool is_beta = search->size->design->power >= 0.5;
    move_to(search, distance);
    double part = power_beyond(search->critical, &search->welch, is_beta);
    if (!is_beta) {
        double score = part > 0.0 ? assay_normal_quantile_lower(part) : -(double)INFINITY;
        return part < 1.0 ? score - search->wanted : (double)INFINITY;
    }
    double score = part > 0.0 ? assay_normal_quantile_upper(part) : (double)INFINITY;
    return part < 1.0 ? score - search->wanted : -(double)INFINITY;
}

static double excess(void *context, double distance)
{
    struct effect_search *search = context;
    int last = search->kept < VALUES_KEPT ? search->kept : VALUES_KEPT;
    for (int i = 0; i < last; i++)
        if (search->distances[i] == distance)
            return search->values[i];
    int slot = search->kept++ % VALUES_KEPT;
    search->distances[slot] = distance;
    search->values[slot] = excess_at(search, distance);
    return search->values[slot];
}

/* The ends of the search: the share's range, or far enough that the power is reached. */
static void find_ends(struct effect_search *search, double start, double *low, double *high)
{
    *low = 0.0;
    *high = start;
    if (search->size->is_share) {
        wide least, most;
        assay__size_range(search->size, &least, &most);
        *low = assay__wide_double(least);
        *high = assay__wide_double(most);
        return;
    }
    while (isfinite(*high) && excess(search, *high) < 0.0)
        *high *= 2.0;
}

/* By Brent's method, between the normal test's effect and an end. */
static double search_effect(const struct assay__size *size, double n_baseline, double n_compared,
                            double start)
{
    double power = size->design->power, beta = assay__wide_double(size->levels->beta);
    struct effect_search search = {
        .size = size, .n_baseline = n_baseline, .n_compared = n_compared};
    search.wanted =
        power >= 0.5 ? assay_normal_quantile_upper(beta) : assay_normal_quantile_lower(power);
    double low, high;
    find_ends(&search, start, &low, &high);
    if (!(high > low && isfinite(high)) || !(excess(&search, high) >= 0.0))
        return NAN;
    if (start > low && start < high)
        *(excess(&search, start) < 0.0 ? &low : &high) = start;
    return assay__root_between(excess, &search, low, high);
}

static wide exact_power(const struct assay__size *size, double distance, double n_baseline,
                        double n_compared)
{
    struct welch welch = welch_of(size, assay__wide_of(distance), n_baseline, n_compared);
    return assay__nct_power(size->levels->tail, welch.df, welch.noncentrality);
}

/*
 * Where power is close to alpha the effect hangs on their difference, of which double functions
 * have few digits left: one secant step with 25.
 */
static double refine_effect(const struct assay__size *size, double at, double n_baseline,
                            double n_compared)
{
    double near = at * (1.0 + 0x1p-20);
    wide power = exact_power(size, at, n_baseline, n_compared);
    wide more = exact_power(size, near, n_baseline, n_compared);
    double rise = assay__wide_double(assay__wide_sub(more, power));
    double missing = assay__wide_double(assay__wide_sub(size->levels->wanted, power));
    double step = missing / rise * (near - at);
    return isfinite(step) ? at + step : at;
}

double assay__size_t_effect(const struct assay__size *size, double n_baseline, double n_compared,
                            double start)
{
    double found = search_effect(size, n_baseline, n_compared, start);
    wide above_tail = assay__wide_sub(size->levels->wanted, size->levels->tail);
    double share = assay__wide_double(assay__wide_div(above_tail, size->levels->wanted));
    bool is_close = share < 0.0625; /* four bits and more cancel */
    return is_close && found > 0.0 ? refine_effect(size, found, n_baseline, n_compared) : found;
}
