/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Score statistics of two shares: Miettinen and Nurminen (1985), Statistics in Medicine 4:213. The
 * standard error is that of the shares which are most likely under the null, so it is above 0 also
 * where a group has no successes. Their bounds are the nulls at which the statistic is +-critical.
 *
 * Under a difference D the baseline's share p is the root of the likelihood's slope
 *     x_c/p - (n_c - x_c)/(1 - p) + x_t/(p + D) - (n_t - x_t)/(1 - p - D),
 * which falls from end to end of the shares possible; under a ratio R that of a quadratic.
 */
#include <math.h>

#include "stats/exact_test.h"

typedef struct assay__wide wide;

struct counts {
    wide n[2], hits[2], misses[2]; /* units, successes, failures */
    wide share[2], factor;         /* N / (N - 1) */
};

static wide one(void)
{
    return assay__wide_of(1.0);
}

static struct counts counts_of(const struct assay__shares *shares)
{
    struct counts counts;
    for (int g = 0; g < 2; g++) {
        counts.n[g] = assay__wide_of_u64(shares->units[g]);
        counts.hits[g] = assay__wide_of_u64(shares->successes[g]);
        counts.misses[g] = assay__wide_of_u64(shares->units[g] - shares->successes[g]);
        counts.share[g] = assay__wide_div(counts.hits[g], counts.n[g]);
    }
    wide all = assay__wide_add(counts.n[0], counts.n[1]);
    counts.factor = assay__wide_div(all, assay__wide_sub(all, one()));
    return counts;
}

/* ---- the most likely shares ------------------------------------------------------------------ */

/* Adds count/at to the slope and count/at^2 to its fall; nothing for a count of 0. */
static void add_part(wide count, wide at, bool is_miss, wide *slope, wide *fall)
{
    if (assay__wide_sign(count) == 0)
        return;
    wide part = assay__wide_div(count, at);
    *slope = is_miss ? assay__wide_sub(*slope, part) : assay__wide_add(*slope, part);
    *fall = assay__wide_add(*fall, assay__wide_div(part, at));
}

/* Slope of the log likelihood at a baseline share p, and minus its derivative. */
static wide slope_at(const struct counts *counts, wide p, wide difference, wide *fall)
{
    wide slope = assay__wide_zero(), t = assay__wide_add(p, difference);
    *fall = assay__wide_zero();
    add_part(counts->hits[0], p, false, &slope, fall);
    add_part(counts->misses[0], assay__wide_sub(one(), p), true, &slope, fall);
    add_part(counts->hits[1], t, false, &slope, fall);
    add_part(counts->misses[1], assay__wide_sub(one(), t), true, &slope, fall);
    return slope;
}

/* Newton's steps within a bracket; a step that leaves it is replaced by halving. */
static wide likely_share(const struct counts *counts, wide difference, wide start)
{
    wide fall, zero = assay__wide_zero();
    wide low = assay__wide_sign(difference) < 0 ? assay__wide_neg(difference) : zero;
    wide high = assay__wide_sign(difference) > 0 ? assay__wide_sub(one(), difference) : one();
    if (assay__wide_compare(high, low) <= 0)
        return low;
    /* At an end a count of 0 leaves a finite slope, which may point outwards. */
    wide at_low = slope_at(counts, low, difference, &fall);
    if (!assay__wide_is_infinite(at_low) && !assay__wide_is_nan(at_low) &&
        assay__wide_sign(at_low) <= 0)
        return low;
    wide at_high = slope_at(counts, high, difference, &fall);
    if (!assay__wide_is_infinite(at_high) && !assay__wide_is_nan(at_high) &&
        assay__wide_sign(at_high) >= 0)
        return high;
    wide half = assay__wide_of(0.5), p = start;
    for (int i = 0; i < 1200; i++) {
        if (assay__wide_compare(p, low) <= 0 || assay__wide_compare(p, high) >= 0)
            p = assay__wide_mul(half, assay__wide_add(low, high));
        wide slope = slope_at(counts, p, difference, &fall);
        if (assay__wide_sign(slope) == 0)
            return p;
        *(assay__wide_sign(slope) > 0 ? &low : &high) = p;
        wide step = assay__wide_div(slope, fall);
        p = assay__wide_add(p, step);
        wide tiny = assay__wide_scale2(assay__wide_abs(p), -150);
        if (assay__wide_compare(assay__wide_abs(step), tiny) <= 0)
            return p;
    }
    return p;
}

static wide variance_of(const struct counts *counts, wide p, int g)
{
    return assay__wide_div(assay__wide_mul(p, assay__wide_sub(one(), p)), counts->n[g]);
}

static wide by_error(wide distance, wide variance, const struct counts *counts)
{
    if (assay__wide_sign(distance) == 0) /* nothing is off, also where nothing varies */
        return distance;
    return assay__wide_div(distance, assay__wide_sqrt(assay__wide_mul(variance, counts->factor)));
}

/* ---- statistics ------------------------------------------------------------------------------ */

/* Statistic of a null; *likely is the baseline's most likely share, and where to begin looking. */
typedef wide statistic(const struct counts *counts, wide null, wide *likely);

static wide difference_statistic(const struct counts *counts, wide null, wide *likely)
{
    wide d = assay__wide_sub(counts->share[1], counts->share[0]);
    *likely = likely_share(counts, null, *likely);
    wide variance = assay__wide_add(variance_of(counts, *likely, 0),
                                    variance_of(counts, assay__wide_add(*likely, null), 1));
    return by_error(assay__wide_sub(d, null), variance, counts);
}

/* N R p^2 - (R (n_t + x_c) + n_c + x_t) p + x_c + x_t = 0, the smaller root. */
static wide ratio_statistic(const struct counts *counts, wide null, wide *likely)
{
    wide all = assay__wide_add(counts->n[0], counts->n[1]);
    wide a = assay__wide_mul(all, null), c = assay__wide_add(counts->hits[0], counts->hits[1]);
    wide b = assay__wide_mul(null, assay__wide_add(counts->n[1], counts->hits[0]));
    b = assay__wide_add(b, assay__wide_add(counts->n[0], counts->hits[1]));
    wide inside = assay__wide_sub(assay__wide_square(b),
                                  assay__wide_mul(assay__wide_of(4.0), assay__wide_mul(a, c)));
    if (assay__wide_sign(inside) < 0)
        inside = assay__wide_zero();
    *likely = assay__wide_div(assay__wide_add(c, c), assay__wide_add(b, assay__wide_sqrt(inside)));
    wide t = assay__wide_mul(null, *likely);
    wide variance =
        assay__wide_add(variance_of(counts, t, 1),
                        assay__wide_mul(assay__wide_square(null), variance_of(counts, *likely, 0)));
    wide distance = assay__wide_sub(counts->share[1], assay__wide_mul(null, counts->share[0]));
    return by_error(distance, variance, counts);
}

wide assay__score_difference(const struct assay__shares *shares, wide null)
{
    struct counts counts = counts_of(shares);
    wide likely = counts.share[0];
    return difference_statistic(&counts, null, &likely);
}

/* ---- bounds ---------------------------------------------------------------------------------- */

/* How far the statistic at a null is beyond the critical value, in the bound's direction. */
static wide excess(statistic *of, const struct counts *counts, wide null, wide critical,
                   wide *likely)
{
    return assay__wide_sub(assay__wide_abs(of(counts, null, likely)), critical);
}

/*
 * The null between the estimate (inside) and an end (outside) at which the statistic's size is
 * critical: regula falsi, the kept end's value halved when it stays (Illinois), and halving of the
 * bracket where that is slow.
 */
static wide find_bound(statistic *of, const struct counts *counts, wide inside, wide outside,
                       wide critical)
{
    wide likely = counts->share[0], half = assay__wide_of(0.5);
    wide at_in = assay__wide_neg(critical);
    wide at_out = excess(of, counts, outside, critical, &likely);
    if (!(assay__wide_sign(at_out) > 0))
        return outside;
    int last = 0;
    for (int i = 0; i < 400; i++) {
        wide width = assay__wide_sub(outside, inside), next;
        wide size = assay__wide_add(assay__wide_abs(outside), assay__wide_abs(inside));
        if (assay__wide_compare(assay__wide_abs(width), assay__wide_scale2(size, -80)) <= 0)
            break;
        wide fall = assay__wide_sub(at_out, at_in);
        next = assay__wide_sub(outside, assay__wide_mul(width, assay__wide_div(at_out, fall)));
        if (assay__wide_is_infinite(at_out) || i % 4 == 3)
            next = assay__wide_mul(half, assay__wide_add(inside, outside));
        wide value = excess(of, counts, next, critical, &likely);
        int side = assay__wide_sign(value) > 0 ? 1 : -1;
        if (assay__wide_sign(value) == 0)
            return next;
        *(side > 0 ? &outside : &inside) = next;
        *(side > 0 ? &at_out : &at_in) = value;
        if (side == last)
            *(side > 0 ? &at_in : &at_out) = assay__wide_mul(half, side > 0 ? at_in : at_out);
        last = side;
    }
    return outside;
}

void assay__score_bounds(const struct assay__shares *shares, double critical, wide *lower,
                         wide *upper)
{
    struct counts counts = counts_of(shares);
    wide d = assay__wide_sub(counts.share[1], counts.share[0]), q = assay__wide_of(critical);
    *lower = find_bound(difference_statistic, &counts, d, assay__wide_of(-1.0), q);
    *upper = find_bound(difference_statistic, &counts, d, one(), q);
}

void assay__score_ratio_bounds(const struct assay__shares *shares, double critical, wide *lower,
                               wide *upper)
{
    struct counts counts = counts_of(shares);
    wide q = assay__wide_of(critical), likely = assay__wide_zero();
    *lower = *upper = assay__wide_of(NAN);
    if (shares->successes[0] == 0)
        return;
    wide ratio = assay__wide_div(counts.share[1], counts.share[0]);
    wide far = assay__wide_add(ratio, one());
    for (int i = 0; i < 200; i++) {
        if (assay__wide_sign(excess(ratio_statistic, &counts, far, q, &likely)) > 0)
            break;
        far = assay__wide_add(far, far);
    }
    *upper = find_bound(ratio_statistic, &counts, ratio, far, q);
    *lower = find_bound(ratio_statistic, &counts, ratio, assay__wide_zero(), q);
}
