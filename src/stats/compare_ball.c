/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The figures of a comparison in pairs of doubles that carry a bound of their error, which are
 * balls, too: the formulas of stats/compare_exactly.c, stats/relative.c and stats/skewness.c for a
 * pair of groups that both vary. A figure that no double is known for leaves it all to them.
 */
#include "stats/compare_ball.h"

#include <math.h>

#include "stats/critical.h"
#include "stats/dist/pair_bound.h"
#include "stats/dist/t.h"
#include "stats/metric/metric.h"
#include "stats/p_value.h"

typedef struct assay__bounded bounded;
typedef struct assay__pair twofold;
typedef struct assay__ball_figures figures;

/* A figure that is free of the unit. */
PAIR_INLINE double as_double(figures *f, bounded a)
{
    return bounded_double(a, &f->is_lost);
}

/* A figure in a unit, a power of 2: rounded alike as long as neither leaves the normal range. */
PAIR_INLINE double in_unit(figures *f, bounded a, double unit)
{
    const double least = 1e-290, most = 1e290;
    double value = bounded_double(a, &f->is_lost) * unit, size = fabs(value);
    f->is_lost |= !(size > least && size < most);
    return value;
}

static bool is_positive(const struct assay__wide *a)
{
    return assay__wide_sign(*a) > 0;
}

static bool is_ordinary(const struct assay__pair_estimate *pair, enum assay_metric_type type)
{
    bool is_share = assay__metric_kind(type)->is_share;
    for (int g = 0; g < 2; g++) {
        const struct assay__estimate *raw = &pair->raw[g];
        if (!raw->exists || !raw->has_error || (raw->n < 2 && !is_share))
            return false;
        if (!is_positive(&raw->error2) || !is_positive(&pair->error2[g]) ||
            !is_positive(&pair->residual_error2[g]))
            return false;
    }
    return is_positive(&pair->difference_error2);
}

/* Numbers are divided by a power of 2 near the standard error: then their products are doubles. */
static bool set_unit(const struct assay__pair_estimate *pair, figures *f)
{
    const int64_t most = 400;
    f->shift = (int64_t)assay__wide_exponent2(pair->difference_error2) / 2;
    if (f->shift > most || f->shift < -most)
        return false;
    f->unit = ldexp(1.0, (int)f->shift);
    return true;
}

/*
 * What cancels by more than some 20 bits is subtracted in 320 of them. Exact numbers may differ by
 * what lies half-way between two doubles: so their difference is exact, too.
 */
PAIR_INLINE bounded difference_of(const struct assay__pair_estimate *pair, const figures *f)
{
    const double most = 0x1p-80;
    bounded a = f->value[1], b = f->value[0], quick = bounded_sub(a, b);
    bool is_exact = a.off == 0.0 && b.off == 0.0;
    if (is_exact && a.lo == 0.0 && b.lo == 0.0)
        return bounded_make(pair_sum(a.hi, -b.hi), 0.0);
    if (quick.off < most && !is_exact)
        return quick;
    struct assay__wide difference = assay__wide_sub(pair->value[1], pair->value[0]);
    return assay__bounded_of_wide(&difference, f->shift);
}

PAIR_INLINE void begin(const struct assay__pair_estimate *pair, figures *f)
{
    f->flags = 0;
    f->quantile = f->interval_quantile = NAN;
    for (int g = 0; g < 2; g++) {
        f->value[g] = assay__bounded_of_wide(&pair->value[g], f->shift);
        f->error2[g] = assay__bounded_of_wide(&pair->error2[g], 2 * f->shift);
    }
    f->difference = difference_of(pair, f);
    f->difference_error2 = assay__bounded_of_wide(&pair->difference_error2, 2 * f->shift);
    f->error = bounded_sqrt(f->difference_error2);
    f->covariance = assay__bounded_of_wide(&pair->covariance, 2 * f->shift);
}

PAIR_INLINE void fill_stats(const struct assay__pair_estimate *pair, int g, figures *f)
{
    struct assay_stats *stats = &f->stats[g];
    bounded n = bounded_of_u64(pair->raw[g].n);
    *stats = (struct assay_stats){.n = pair->raw[g].n};
    stats->skewness = NAN;
    stats->estimate = stats->unadjusted = assay__finite(pair->value[g], &f->flags);
    stats->standard_error = in_unit(f, bounded_sqrt(f->error2[g]), f->unit);
    stats->unadjusted_standard_error = stats->standard_error;
    if (pair->reduction.method != ASSAY_REDUCTION_NONE) {
        bounded error2 = assay__bounded_of_wide(&pair->raw[g].error2, 2 * f->shift);
        stats->unadjusted = assay__finite(pair->raw[g].value, &f->flags);
        stats->unadjusted_standard_error = in_unit(f, bounded_sqrt(error2), f->unit);
    }
    stats->variance = in_unit(f, bounded_mul(f->error2[g], n), f->unit * f->unit);
}

/* See welch_df() of stats/compare_exactly.c. */
PAIR_INLINE bounded welch_df(const struct assay__pair_estimate *pair, const figures *f)
{
    bounded error2[2], terms[2];
    for (int g = 0; g < 2; g++) {
        bounded df = assay__bounded_of_wide(&pair->residual_df[g], 0);
        error2[g] = pair->reduction.method == ASSAY_REDUCTION_NONE
                        ? f->error2[g]
                        : assay__bounded_of_wide(&pair->residual_error2[g], 2 * f->shift);
        terms[g] = bounded_div(bounded_square(error2[g]), df);
    }
    return bounded_div(bounded_square(bounded_add(error2[0], error2[1])),
                       bounded_add(terms[0], terms[1]));
}

PAIR_INLINE void fill_open(const struct assay__pair_estimate *pair,
                           const struct assay_method *method, figures *f)
{
    begin(pair, f);
    fill_stats(pair, 0, f);
    fill_stats(pair, 1, f);
    f->estimate = in_unit(f, f->difference, f->unit);
    f->standard_error = in_unit(f, f->error, f->unit);
    f->df = NAN;
    f->df_rest = (struct assay__enclosure){0.0, 0.0};
    if (method->test == ASSAY_TEST_T) {
        bounded df = welch_df(pair, f);
        f->df = as_double(f, df);
        f->is_lost |= !(f->df >= 1.0);
        f->df_rest = bounded_rest(df);
    }
}

PAIR_FMA_TARGET static void fill_open_by_fma(const struct assay__pair_estimate *pair,
                                             const struct assay_method *method, figures *f)
{
    fill_open(pair, method, f);
}

bool assay__open_in_balls(const struct assay__pair_estimate *pair,
                          const struct assay_method *method, figures *f)
{
    f->is_open = true;
    f->is_lost = !is_ordinary(pair, method->type) || !set_unit(pair, f);
    if (f->is_lost)
        return false;
    if (PAIR_HAS_FMA)
        fill_open_by_fma(pair, method, f);
    else
        fill_open(pair, method, f);
    return !f->is_lost;
}

static bounded directed(bounded statistic, enum assay_side side)
{
    if (side == ASSAY_SIDE_LOWER)
        return bounded_neg(statistic);
    return side == ASSAY_SIDE_BOTH ? bounded_abs(statistic) : statistic;
}

static double critical_of(figures *f, const struct assay_method *method, struct assay__t_law *law)
{
    double tail = method->side == ASSAY_SIDE_BOTH ? 0.5 * method->alpha : method->alpha;
    if (isnan(f->quantile) || f->boundary != method->boundary || f->tail != tail)
        f->quantile = assay__critical_value(method, law);
    f->boundary = method->boundary;
    f->tail = tail;
    return f->quantile;
}

static void test(figures *f, const struct assay_method *method, const struct assay__wide *null,
                 struct assay__t_law *kept, struct assay_difference *out)
{
    out->estimate = f->estimate;
    out->standard_error = f->standard_error;
    out->df = f->df;
    bounded from = assay__bounded_of_wide(null, f->shift);
    bounded statistic = bounded_div(bounded_sub(f->difference, from), f->error);
    struct assay__enclosure rest = bounded_rest(statistic);
    out->statistic = as_double(f, statistic);
    if (f->is_lost)
        return;
    out->tested_by = method->test == ASSAY_TEST_T ? ASSAY_TESTED_BY_WELCH : ASSAY_TESTED_BY_NORMAL;
    struct assay__t_law *law = method->test == ASSAY_TEST_T ? kept : NULL;
    if (law != NULL && law->df != out->df)
        assay__t_open(out->df, law);
    out->critical = critical_of(f, method, law);
    f->critical = bounded_of(out->critical);
    struct assay__p_value value =
        assay__p_value_within(out->statistic, rest, law, f->df_rest, method->side, &f->is_lost);
    out->p = value.p;
    out->log10_p = value.log10_p;
    f->is_lost |= isinf(value.log10_p);
    bounded beyond = bounded_sub(directed(statistic, method->side), f->critical);
    out->significant = bounded_sign(beyond, &f->is_lost) > 0;
}

/* ---- relative figures: see stats/relative.c -------------------------------------------------- */

static void set_in_order(double a, double b, double *lower, double *upper)
{
    *lower = a > b ? b : a;
    *upper = a > b ? a : b;
}

PAIR_INLINE void fieller(figures *f)
{
    struct assay_relative *relative = &f->relative;
    bounded c = f->value[0], d = f->difference, q2 = bounded_square(f->critical);
    bounded a = bounded_sub(bounded_square(c), bounded_mul(q2, f->error2[0]));
    bounded shared = f->error2[0];
    if (f->covariance.hi != 0.0 || f->covariance.off != 0.0)
        shared = bounded_sub(shared, f->covariance);
    bounded b = bounded_add(bounded_mul(d, c), bounded_mul(q2, shared));
    bounded e = bounded_sub(bounded_square(d), bounded_mul(q2, f->difference_error2));
    bounded discriminant = bounded_sub(bounded_square(b), bounded_mul(a, e));
    int sign = bounded_sign(a, &f->is_lost), roots = bounded_sign(discriminant, &f->is_lost);
    f->is_lost |= sign == 0 || roots == 0;
    if (f->is_lost)
        return;
    if (sign < 0)
        f->interval_flags |= ASSAY_FLAG_FIELLER_UNBOUNDED;
    if (roots < 0) {
        relative->fieller_kind = ASSAY_FIELLER_LINE;
        return;
    }
    bounded root = bounded_sqrt(discriminant);
    bounded t = bounded_add(b, bounded_sign(b, &f->is_lost) < 0 ? bounded_neg(root) : root);
    relative->fieller_kind = sign > 0 ? ASSAY_FIELLER_BOUNDED : ASSAY_FIELLER_COMPLEMENT;
    set_in_order(as_double(f, bounded_div(t, a)), as_double(f, bounded_div(e, t)),
                 &relative->fieller_lower, &relative->fieller_upper);
}

/* Delta method, and the logarithmic interval. */
PAIR_INLINE void ratio_intervals(figures *f)
{
    struct assay_relative *relative = &f->relative;
    bounded c = f->value[0], t = f->value[1], one = bounded_of(1.0);
    bounded ratio = bounded_mul(t, f->inverse);
    bounded sum = bounded_add(f->error2[1], bounded_mul(bounded_square(ratio), f->error2[0]));
    if (f->covariance.hi != 0.0 || f->covariance.off != 0.0)
        sum = bounded_sub(sum, bounded_twice(bounded_mul(ratio, f->covariance)));
    /* The squared error over c^2; over t^2 it is that of the logarithm. */
    bounded root = bounded_sqrt(sum), error = bounded_abs(bounded_mul(root, f->inverse));
    bounded r = bounded_mul(f->difference, f->inverse), half = bounded_mul(f->critical, error);
    relative->estimate = as_double(f, r);
    relative->delta_standard_error = as_double(f, error);
    relative->delta_lower = as_double(f, bounded_sub(r, half));
    relative->delta_upper = as_double(f, bounded_add(r, half));
    if (bounded_sign(c, &f->is_lost) * bounded_sign(t, &f->is_lost) <= 0) {
        f->interval_flags |= ASSAY_FLAG_LOG_UNDEFINED;
        return;
    }
    bounded spread =
        assay__bounded_exp(bounded_mul(f->critical, bounded_div(root, bounded_abs(t))));
    relative->log_lower = as_double(f, bounded_sub(bounded_div(ratio, spread), one));
    relative->log_upper = as_double(f, bounded_sub(bounded_mul(ratio, spread), one));
}

/* Of the difference, absolute and over the baseline. */
PAIR_INLINE void plain_intervals(figures *f)
{
    bounded half = bounded_mul(f->critical, f->error);
    bounded lower = bounded_sub(f->difference, half), upper = bounded_add(f->difference, half);
    f->inverse = bounded_div(bounded_of(1.0), f->value[0]);
    f->lower = in_unit(f, lower, f->unit);
    f->upper = in_unit(f, upper, f->unit);
    set_in_order(as_double(f, bounded_mul(lower, f->inverse)),
                 as_double(f, bounded_mul(upper, f->inverse)), &f->relative.scaled_lower,
                 &f->relative.scaled_upper);
}

PAIR_INLINE void all_intervals(figures *f)
{
    plain_intervals(f);
    fieller(f);
    if (!f->is_lost)
        ratio_intervals(f);
}

PAIR_FMA_TARGET static void all_intervals_by_fma(figures *f)
{
    all_intervals(f);
}

/* By the critical value of the test. */
static void fill_intervals(figures *f, double quantile)
{
    f->interval_quantile = quantile;
    f->interval_flags = 0;
    f->relative = assay__no_relative();
    if (PAIR_HAS_FMA)
        all_intervals_by_fma(f);
    else
        all_intervals(f);
}

bool assay__compare_in_balls(const struct assay__pair_estimate *pair,
                             const struct assay_method *method, struct assay__wide null, figures *f,
                             struct assay__t_law *law, struct assay_comparison *out)
{
    if (!f->is_open)
        assay__open_in_balls(pair, method, f);
    if (f->is_lost)
        return false;
    out->baseline = f->stats[0];
    out->compared = f->stats[1];
    out->reduction = pair->reduction;
    test(f, method, &null, law, &out->difference);
    if (!f->is_lost && f->interval_quantile != out->difference.critical)
        fill_intervals(f, out->difference.critical);
    out->flags |= f->flags | f->interval_flags;
    out->difference.lower = f->lower;
    out->difference.upper = f->upper;
    out->relative = f->relative;
    bool is_lost = f->is_lost;
    f->is_open = !is_lost; /* another test of the pair may be found */
    return !is_lost;
}

/* ---- shape: see stats/skewness.c ------------------------------------------------------------- */

/* Third central moments: see third_moment() of stats/skewness.c. */
static bool has_third(const struct assay__estimate *estimate, bool is_share)
{
    return is_share ? estimate->n >= ASSAY__SKEWED_LEAST : !assay__wide_is_nan(estimate->third);
}

/* NaN far from 1, where products might leave the range. */
PAIR_INLINE twofold twofold_of(const struct assay__wide *a)
{
    bounded number = assay__bounded_of_wide(a, 0);
    return number.off < 1.0 ? bounded_pair(number) : pair_of(NAN);
}

/* The double nearest to a number that is off by so much of itself at most. */
PAIR_INLINE double rounded(twofold a, double off, bool *in_doubt)
{
    double room = fabs(a.hi) * off, low = a.hi + (a.lo - room), high = a.hi + (a.lo + room);
    *in_doubt |= !(low == high && off < 0x1p-60 && fabs(a.hi) > 1e-250);
    return low;
}

/* A group's g1, its part of A's numerator, and how far both may be off as a part of themselves. */
struct shape {
    twofold g1, part, error2;
    double off;
};

PAIR_INLINE struct shape shape_of(const struct assay__estimate *raw, bool is_share)
{
    const double off = 0x1p-98;
    twofold n = pair_of((double)raw->n), error2 = twofold_of(&raw->error2);
    if (!is_share) {
        twofold m2 = pair_div(twofold_of(&raw->centred), n), m3 = twofold_of(&raw->third);
        return (struct shape){pair_div(m3, pair_mul(m2, pair_sqrt(m2))),
                              pair_div(m3, pair_product(n.hi, n.hi)), error2, off};
    }
    twofold lean = pair_sub(pair_of(1.0), pair_scale(2.0, twofold_of(&raw->value)));
    return (struct shape){pair_div(lean, pair_sqrt(pair_mul(error2, n))),
                          pair_div(pair_mul(error2, lean), n), error2, off / fabs(lean.hi)};
}

PAIR_INLINE bool shape_in_pairs(const struct assay__pair_estimate *pair,
                                enum assay_metric_type type, struct assay__skewness *out)
{
    const uint64_t most = (uint64_t)1 << 53;
    bool in_doubt = false, is_unknown = false, is_share = assay__metric_kind(type)->is_share;
    twofold k = {0.0, 0.0}, v = k;
    double off = 0.0;
    for (int g = 0; g < 2; g++) {
        const struct assay__estimate *raw = &pair->raw[g];
        if (!raw->exists || !raw->has_error || raw->n == 0 || raw->n > most)
            return false;
        out->skewness[g] = NAN;
        if (!has_third(raw, is_share)) {
            is_unknown = true;
            continue;
        }
        struct shape shape = shape_of(raw, is_share);
        out->skewness[g] = rounded(shape.g1, shape.off, &in_doubt);
        k = g == 1 ? pair_add(k, shape.part) : pair_sub(k, shape.part);
        v = pair_add(v, shape.error2);
        off += fabs(shape.part.hi) * shape.off;
    }
    out->asymmetry = NAN;
    if (!is_unknown)
        out->asymmetry =
            rounded(pair_div(k, pair_mul(v, pair_sqrt(v))), off / fabs(k.hi) + 0x1p-98, &in_doubt);
    return !in_doubt;
}

PAIR_FMA_TARGET static bool shape_by_fma(const struct assay__pair_estimate *pair,
                                         enum assay_metric_type type, struct assay__skewness *out)
{
    return shape_in_pairs(pair, type, out);
}

bool assay__shape_in_pairs(const struct assay__pair_estimate *pair, enum assay_metric_type type,
                           struct assay__skewness *out)
{
    return PAIR_HAS_FMA ? shape_by_fma(pair, type, out) : shape_in_pairs(pair, type, out);
}
