/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The figures of a comparison in balls of 128 bits (exact/ball.h): the formulas of
 * stats/compare_exactly.c, stats/relative.c and stats/skewness.c for a pair of groups that both
 * vary. A figure that no double is known for leaves it all to them.
 */
#include "stats/compare_ball.h"

#include <math.h>
#include <string.h>

#include "exact/ball.h"
#include "stats/critical.h"
#include "stats/dist/t.h"
#include "stats/metric/metric.h"
#include "stats/p_value.h"

typedef struct assay__ball ball;

typedef struct assay__pair twofold;
typedef struct assay__ball_figures figures;

static double as_double(figures *f, ball a)
{
    return ball_double(a, &f->is_lost);
}

static bool is_positive(const struct assay__wide *a)
{
    return assay__wide_sign(*a) > 0;
}

static bool is_ordinary(const struct assay__pair_estimate *pair, enum assay_metric_type type)
{
    for (int g = 0; g < 2; g++) {
        const struct assay__estimate *raw = &pair->raw[g];
        if (!raw->exists || !raw->has_error || (raw->n < 2 && !assay__metric_kind(type)->is_share))
            return false;
        if (!is_positive(&raw->error2) || !is_positive(&pair->error2[g]) ||
            !is_positive(&pair->residual_error2[g]))
            return false;
    }
    return is_positive(&pair->difference_error2);
}

/* Whether sum and difference of two numbers are exact: both have 64 bits, 63 apart at most. */
static bool is_short(const ball *a, const ball *b)
{
    const int64_t most = 63, apart = a->exponent - b->exponent;
    return (a->error | b->error | a->lo | b->lo) == 0 && apart <= most && apart >= -most;
}

/* What cancels by more than some 20 bits is subtracted in 320 of them, and so are exact numbers
 * that are not short: their difference may lie half-way between two doubles. */
static ball difference_of(const struct assay__pair_estimate *pair, const ball value[2])
{
    const uint64_t most = (uint64_t)1 << 20;
    ball quick = ball_sub(value[1], value[0]);
    if (quick.error < most && is_short(&value[0], &value[1])) {
        quick.error = 0;
        return quick;
    }
    if (quick.error < most && value[0].error != 0 && value[1].error != 0)
        return quick;
    struct assay__wide difference = assay__wide_sub(pair->value[1], pair->value[0]);
    return ball_of_wide(&difference);
}

static void begin(const struct assay__pair_estimate *pair, figures *f)
{
    f->is_lost = false;
    f->flags = 0;
    f->quantile = f->interval_quantile = NAN;
    for (int g = 0; g < 2; g++) {
        f->value[g] = ball_of_wide(&pair->value[g]);
        f->error2[g] = ball_of_wide(&pair->error2[g]);
    }
    f->difference = difference_of(pair, f->value);
    f->difference_error2 = ball_of_wide(&pair->difference_error2);
    f->error = ball_sqrt(f->difference_error2);
    f->covariance = ball_of_wide(&pair->covariance);
}

static void fill_stats(const struct assay__pair_estimate *pair, int g, figures *f)
{
    struct assay_stats *stats = &f->stats[g];
    *stats = (struct assay_stats){.n = pair->raw[g].n};
    stats->skewness = NAN;
    stats->estimate = assay__finite(pair->value[g], &f->flags);
    stats->unadjusted = assay__finite(pair->raw[g].value, &f->flags);
    stats->standard_error = as_double(f, ball_sqrt(f->error2[g]));
    stats->unadjusted_standard_error = stats->standard_error;
    if (pair->reduction.method != ASSAY_REDUCTION_NONE)
        stats->unadjusted_standard_error =
            as_double(f, ball_sqrt(ball_of_wide(&pair->raw[g].error2)));
    stats->variance = as_double(f, ball_mul(f->error2[g], ball_of_u64(pair->raw[g].n)));
}

/* See welch_df() of stats/compare_exactly.c. */
static ball welch_df(const struct assay__pair_estimate *pair)
{
    ball a = ball_of_wide(&pair->residual_error2[0]), b = ball_of_wide(&pair->residual_error2[1]);
    ball of_a = ball_div(ball_square(a), ball_of_wide(&pair->residual_df[0]));
    ball of_b = ball_div(ball_square(b), ball_of_wide(&pair->residual_df[1]));
    return ball_div(ball_square(ball_add(a, b)), ball_add(of_a, of_b));
}

bool assay__open_in_balls(const struct assay__pair_estimate *pair,
                          const struct assay_method *method, figures *f)
{
    f->is_open = true;
    f->is_lost = !is_ordinary(pair, method->type);
    if (f->is_lost)
        return false;
    begin(pair, f);
    fill_stats(pair, 0, f);
    fill_stats(pair, 1, f);
    f->estimate = as_double(f, f->difference);
    f->standard_error = as_double(f, f->error);
    f->df = NAN;
    f->df_rest = (struct assay__enclosure){0.0, 0.0};
    if (method->test == ASSAY_TEST_T) {
        ball df = welch_df(pair);
        f->df = as_double(f, df);
        f->is_lost |= !(f->df >= 1.0);
        f->df_rest = ball_rest(df, &f->is_lost);
    }
    return !f->is_lost;
}

static ball directed(ball statistic, enum assay_side side)
{
    if (side == ASSAY_SIDE_LOWER)
        return ball_neg(statistic);
    return side == ASSAY_SIDE_BOTH ? ball_abs(statistic) : statistic;
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

static void test(figures *f, const struct assay_method *method, ball null,
                 struct assay__t_law *kept, struct assay_difference *out)
{
    out->estimate = f->estimate;
    out->standard_error = f->standard_error;
    out->df = f->df;
    ball statistic = ball_div(ball_sub(f->difference, null), f->error);
    out->statistic = as_double(f, statistic);
    struct assay__enclosure rest = ball_rest(statistic, &f->is_lost);
    if (f->is_lost)
        return;
    out->tested_by = method->test == ASSAY_TEST_T ? ASSAY_TESTED_BY_WELCH : ASSAY_TESTED_BY_NORMAL;
    struct assay__t_law *law = method->test == ASSAY_TEST_T ? kept : NULL;
    if (law != NULL && law->df != out->df)
        assay__t_open(out->df, law);
    out->critical = critical_of(f, method, law);
    f->critical = ball_of(out->critical);
    struct assay__p_value value =
        assay__p_value_within(out->statistic, rest, law, f->df_rest, method->side, &f->is_lost);
    out->p = value.p;
    out->log10_p = value.log10_p;
    f->is_lost |= isinf(value.log10_p);
    ball beyond = ball_sub(directed(statistic, method->side), f->critical);
    out->significant = ball_sign(beyond, &f->is_lost) > 0;
}

/* ---- relative figures: see stats/relative.c -------------------------------------------------- */

static void set_in_order(double a, double b, double *lower, double *upper)
{
    *lower = a > b ? b : a;
    *upper = a > b ? a : b;
}

static void fieller(figures *f)
{
    struct assay_relative *relative = &f->relative;
    ball c = f->value[0], d = f->difference, q2 = ball_square(f->critical);
    ball a = ball_sub(ball_square(c), ball_mul(q2, f->error2[0]));
    ball shared = ball_sub(f->error2[0], f->covariance);
    ball b = ball_add(ball_mul(d, c), ball_mul(q2, shared));
    ball e = ball_sub(ball_square(d), ball_mul(q2, f->difference_error2));
    ball discriminant = ball_sub(ball_square(b), ball_mul(a, e));
    int sign = ball_sign(a, &f->is_lost), roots = ball_sign(discriminant, &f->is_lost);
    f->is_lost |= sign == 0 || roots == 0;
    if (f->is_lost)
        return;
    if (sign < 0)
        f->interval_flags |= ASSAY_FLAG_FIELLER_UNBOUNDED;
    if (roots < 0) {
        relative->fieller_kind = ASSAY_FIELLER_LINE;
        return;
    }
    ball root = ball_sqrt(discriminant);
    ball t = ball_sign(b, &f->is_lost) < 0 ? ball_sub(b, root) : ball_add(b, root);
    relative->fieller_kind = sign > 0 ? ASSAY_FIELLER_BOUNDED : ASSAY_FIELLER_COMPLEMENT;
    set_in_order(as_double(f, ball_div(t, a)), as_double(f, ball_div(e, t)),
                 &relative->fieller_lower, &relative->fieller_upper);
}

/* Delta method, and the logarithmic interval. */
static void ratio_intervals(figures *f)
{
    struct assay_relative *relative = &f->relative;
    ball c = f->value[0], t = f->value[1], ratio = ball_div(t, c);
    ball sum = ball_add(f->error2[1], ball_mul(ball_square(ratio), f->error2[0]));
    sum = ball_sub(sum, ball_scale2(ball_mul(ratio, f->covariance), 1));
    /* The squared error over c^2; over t^2 it is that of the logarithm. */
    ball root = ball_sqrt(sum), error = ball_div(root, ball_abs(c));
    ball r = ball_div(f->difference, c), half = ball_mul(f->critical, error);
    relative->estimate = as_double(f, r);
    relative->delta_standard_error = as_double(f, error);
    relative->delta_lower = as_double(f, ball_sub(r, half));
    relative->delta_upper = as_double(f, ball_add(r, half));
    if (c.sign * t.sign <= 0) {
        f->interval_flags |= ASSAY_FLAG_LOG_UNDEFINED;
        return;
    }
    ball spread = ball_exp(ball_mul(f->critical, ball_div(root, ball_abs(t))));
    ball one = ball_of(1.0);
    relative->log_lower = as_double(f, ball_sub(ball_div(ratio, spread), one));
    relative->log_upper = as_double(f, ball_sub(ball_mul(ratio, spread), one));
}

/* Of the difference, absolute and over the baseline. */
static void plain_intervals(figures *f)
{
    ball half = ball_mul(f->critical, f->error), c = f->value[0];
    ball lower = ball_sub(f->difference, half), upper = ball_add(f->difference, half);
    f->lower = as_double(f, lower);
    f->upper = as_double(f, upper);
    set_in_order(as_double(f, ball_div(lower, c)), as_double(f, ball_div(upper, c)),
                 &f->relative.scaled_lower, &f->relative.scaled_upper);
}

/* By the critical value of the test. */
static void fill_intervals(figures *f, double quantile)
{
    f->interval_quantile = quantile;
    f->interval_flags = 0;
    f->relative = assay__no_relative();
    plain_intervals(f);
    fieller(f);
    if (!f->is_lost)
        ratio_intervals(f);
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
    test(f, method, ball_of_wide(&null), law, &out->difference);
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

/* m3 / m2^(3/2) */
static ball standardised(ball m3, ball m2)
{
    return ball_div(m3, ball_mul(m2, ball_sqrt(m2)));
}

static ball second_moment(const struct assay__estimate *estimate, enum assay_metric_type type)
{
    ball n = ball_of_u64(estimate->n);
    return assay__metric_kind(type)->is_share ? ball_mul(ball_of_wide(&estimate->error2), n)
                                              : ball_div(ball_of_wide(&estimate->centred), n);
}

/* Third central moments: see third_moment() of stats/skewness.c. */
static bool has_third(const struct assay__estimate *estimate, bool is_share)
{
    return is_share ? estimate->n >= ASSAY__SKEWED_LEAST : !assay__wide_is_nan(estimate->third);
}

/* 1 - 2p: the skewness of a share is that over its deviation. */
static ball lean_of(const struct assay__estimate *estimate)
{
    return ball_sub(ball_of(1.0), ball_scale2(ball_of_wide(&estimate->value), 1));
}

/* In pairs, good to 2^-104 of itself; NaN far from 1, where products might leave the range. */
static twofold twofold_of(const struct assay__wide *a)
{
    enum { SPARE = 11, FRACTION_BITS = 52, BIAS = 1023 };
    const int64_t most = 160;
    ball b = ball_of_wide(a);
    if (b.sign == 0)
        return pair_of(0.0);
    if (ball_is_lost(&b) || b.exponent > most || b.exponent < -most)
        return pair_of(NAN);
    int64_t upper = (int64_t)(b.hi >> SPARE);
    int64_t lower = (int64_t)((b.hi << FRACTION_BITS & INT64_MAX) | b.lo >> (SPARE + 1));
    uint64_t bits = (uint64_t)(b.exponent - FRACTION_BITS - 1 + BIAS) << FRACTION_BITS;
    double unit;
    memcpy(&unit, &bits, sizeof unit);
    unit = b.sign < 0 ? -unit : unit;
    return pair_ordered((double)upper * unit, (double)lower * 0x1p-63 * unit);
}

static twofold root_of(twofold a)
{
    double root = sqrt(a.hi);
    twofold rest = pair_sub(a, pair_product(root, root));
    return pair_ordered(root, rest.hi / (2.0 * root));
}

/* The double nearest to a number that is off by so much of itself at most. */
static double rounded(twofold a, double off, bool *in_doubt)
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

static struct shape shape_of(const struct assay__estimate *raw, bool is_share)
{
    const double off = 0x1p-98;
    twofold n = pair_of((double)raw->n), error2 = twofold_of(&raw->error2);
    if (!is_share) {
        twofold m2 = pair_div(twofold_of(&raw->centred), n), m3 = twofold_of(&raw->third);
        return (struct shape){pair_div(m3, pair_mul(m2, root_of(m2))),
                              pair_div(m3, pair_product(n.hi, n.hi)), error2, off};
    }
    twofold lean = pair_sub(pair_of(1.0), pair_scale(2.0, twofold_of(&raw->value)));
    return (struct shape){pair_div(lean, root_of(pair_mul(error2, n))),
                          pair_div(pair_mul(error2, lean), n), error2, off / fabs(lean.hi)};
}

bool assay__shape_in_pairs(const struct assay__pair_estimate *pair, enum assay_metric_type type,
                           struct assay__skewness *out)
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
            rounded(pair_div(k, pair_mul(v, root_of(v))), off / fabs(k.hi) + 0x1p-98, &in_doubt);
    return !in_doubt;
}

/* Groups of one size have none, whatever their shape. */
bool assay__pooled_in_balls(const struct assay__pair_estimate *pair, enum assay_metric_type type,
                            double *asymmetry)
{
    bool is_lost = false, is_share = assay__metric_kind(type)->is_share;
    ball m2 = ball_of(0.0), m3 = m2, all = m2, k = m2, v = m2;
    bool is_even = pair->raw[0].n == pair->raw[1].n;
    bool is_known = has_third(&pair->raw[0], is_share) && has_third(&pair->raw[1], is_share);
    *asymmetry = is_known ? 0.0 : (double)NAN;
    if (is_even || !is_known)
        return true;
    for (int g = 0; g < 2; g++) {
        const struct assay__estimate *raw = &pair->raw[g];
        ball n = ball_of_u64(raw->n), share = ball_div(ball_of(1.0), n);
        ball squares = ball_mul(n, second_moment(raw, type));
        ball cubes =
            is_share ? ball_mul(squares, lean_of(raw)) : ball_mul(n, ball_of_wide(&raw->third));
        all = ball_add(all, n);
        m2 = ball_add(m2, squares);
        m3 = ball_add(m3, cubes);
        k = g == 1 ? ball_add(k, ball_square(share)) : ball_sub(k, ball_square(share));
        v = ball_add(v, share);
    }
    ball shape = standardised(ball_div(m3, all), ball_div(m2, all));
    *asymmetry = ball_double(ball_mul(shape, standardised(k, v)), &is_lost);
    return !is_lost;
}
