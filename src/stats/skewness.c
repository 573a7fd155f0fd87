/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How far the normal approximation is off for skewed values, and intervals that correct for it.
 *
 * With V = v_t/n_t + v_c/n_c and third cumulant K = m3_t/n_t^2 - m3_c/n_c^2 of the difference,
 * A = K/V^(3/2). The studentised difference T has mean -A/2 and third cumulant -2A to first order
 * (the estimated variance has covariance K with the difference), so that
 *     P(T <= x) = Phi(x) + A (2 x^2 + 1)/6 phi(x)   (Hall 1992, The Bootstrap and Edgeworth
 * Expansion, 2.6, for two samples). Raw values are used, with covariates too.
 *
 * Corrections use the shape of all units. What else was simulated and did no better: A of the
 * groups' own skewness, or of both at their own variances, which leave most of the error where the
 * small group missed its distribution's tail; the larger of own and pooled A; an exponential in
 * place of Hall's cubic, better by as much on one side as worse on the other; pooled variances only
 * where their ratio is within its own sampling error, which is the pooled test but for light tails.
 */
#include <math.h>

#include "assay/dist.h"
#include "exact/ball.h"
#include "stats/compare_ball.h"
#include "stats/estimate.h"
#include "stats/metric/metric.h"
#include "stats/p_value.h"

typedef struct assay__wide wide;
typedef struct assay__ball ball;

/* A tail may be off by so much of its level before a flag says so. */
static const double TAIL_SLACK = 0.2;

/* Central moment with divisor n; a share's is p(1 - p). */
static wide second_moment(const struct assay__estimate *estimate, enum assay_metric_type type)
{
    wide n = assay__wide_of_u64(estimate->n);
    return assay__metric_kind(type)->is_share ? assay__wide_mul(estimate->error2, n)
                                              : assay__wide_div(estimate->centred, n);
}

/* The same of order three; NaN when it is unknown. A share's is p(1 - p)(1 - 2p), whatever the
 * source knew. */
static wide third_moment(const struct assay__estimate *estimate, enum assay_metric_type type)
{
    if (!assay__metric_kind(type)->is_share)
        return estimate->third;
    if (estimate->n < ASSAY__SKEWED_LEAST)
        return assay__wide_of(NAN);
    wide twice = assay__wide_add(estimate->value, estimate->value);
    return assay__wide_mul(second_moment(estimate, type),
                           assay__wide_sub(assay__wide_of(1.0), twice));
}

static bool has_third(const struct assay__estimate *estimate, enum assay_metric_type type)
{
    return assay__metric_kind(type)->is_share ? estimate->n >= ASSAY__SKEWED_LEAST
                                              : !assay__wide_is_nan(estimate->third);
}

/* m3/m2^(3/2); NaN when m2 is 0. */
static wide standardised(wide m3, wide m2)
{
    return assay__wide_div(m3, assay__wide_mul(m2, assay__wide_sqrt(m2)));
}

/* g1 = m3/m2^(3/2), moments with divisor n. */
static double sample_skewness(const struct assay__estimate *estimate, enum assay_metric_type type)
{
    if (!estimate->exists || estimate->n == 0 || !estimate->has_error)
        return NAN;
    wide m2 = second_moment(estimate, type);
    if (assay__wide_sign(m2) <= 0)
        return NAN;
    return assay__wide_double(standardised(third_moment(estimate, type), m2));
}

/* A; NaN when a third moment is unknown. */
static double asymmetry(const struct assay__pair_estimate *pair, enum assay_metric_type type)
{
    wide k = assay__wide_zero(), v = assay__wide_zero();
    for (int g = 0; g < 2; g++) {
        const struct assay__estimate *raw = &pair->raw[g];
        wide n = assay__wide_of_u64(raw->n);
        wide part = assay__wide_div(third_moment(raw, type), assay__wide_square(n));
        k = g == 1 ? assay__wide_add(k, part) : assay__wide_sub(k, part);
        v = assay__wide_add(v, raw->error2);
    }
    return assay__wide_sign(v) > 0 ? assay__wide_double(standardised(k, v)) : (double)NAN;
}

/* ---- in balls of 128 bits, the doubles that 320 bits give, or false -----------------------------
 */

/* m3 / m2^(3/2) */
static ball standardised_ball(ball m3, ball m2)
{
    return ball_div(m3, ball_mul(m2, ball_sqrt(m2)));
}

static ball second_moment_ball(const struct assay__estimate *estimate, enum assay_metric_type type)
{
    ball n = ball_of_u64(estimate->n);
    return assay__metric_kind(type)->is_share ? ball_mul(ball_of_wide(&estimate->error2), n)
                                              : ball_div(ball_of_wide(&estimate->centred), n);
}

/* 1 - 2p: the skewness of a share is that over its deviation. */
static ball lean_of(const struct assay__estimate *estimate)
{
    return ball_sub(ball_of(1.0), ball_scale2(ball_of_wide(&estimate->value), 1));
}

/* Groups of one size have none, whatever their shape. */
static bool pooled_in_balls(const struct assay__pair_estimate *pair, enum assay_metric_type type,
                            double *asymmetry)
{
    bool is_lost = false, is_share = assay__metric_kind(type)->is_share;
    ball m2 = ball_of(0.0), m3 = m2, all = m2, k = m2, v = m2;
    bool is_even = pair->raw[0].n == pair->raw[1].n;
    bool is_known = has_third(&pair->raw[0], type) && has_third(&pair->raw[1], type);
    *asymmetry = is_known ? 0.0 : (double)NAN;
    if (is_even || !is_known)
        return true;
    for (int g = 0; g < 2; g++) {
        const struct assay__estimate *raw = &pair->raw[g];
        ball n = ball_of_u64(raw->n), share = ball_div(ball_of(1.0), n);
        ball squares = ball_mul(n, second_moment_ball(raw, type));
        ball cubes =
            is_share ? ball_mul(squares, lean_of(raw)) : ball_mul(n, ball_of_wide(&raw->third));
        all = ball_add(all, n);
        m2 = ball_add(m2, squares);
        m3 = ball_add(m3, cubes);
        k = g == 1 ? ball_add(k, ball_square(share)) : ball_sub(k, ball_square(share));
        v = ball_add(v, share);
    }
    ball shape = standardised_ball(ball_div(m3, all), ball_div(m2, all));
    *asymmetry = ball_double(ball_mul(shape, standardised_ball(k, v)), &is_lost);
    return !is_lost;
}

/*
 * A for the corrected intervals: as if both groups had one shape, that of all their units about
 * their own means. A small group that missed its distribution's tail underestimates mean, variance
 * and skewness together, which its own A would not notice; the larger group knows the shape better.
 * With g1 the pooled skewness, A = g1 (1/n_t^2 - 1/n_c^2)/(1/n_t + 1/n_c)^(3/2): 0 for equal sizes.
 */
static double pooled_asymmetry(const struct assay__pair_estimate *pair, enum assay_metric_type type,
                               bool in_balls)
{
    double asymmetry;
    if (in_balls && pooled_in_balls(pair, type, &asymmetry))
        return asymmetry;
    wide m2 = assay__wide_zero(), m3 = m2, all = m2, k = m2, v = m2, one = assay__wide_of(1.0);
    for (int g = 0; g < 2; g++) {
        const struct assay__estimate *raw = &pair->raw[g];
        wide n = assay__wide_of_u64(raw->n), share = assay__wide_div(one, n);
        wide square = assay__wide_square(share);
        all = assay__wide_add(all, n);
        m2 = assay__wide_add(m2, assay__wide_mul(n, second_moment(raw, type)));
        m3 = assay__wide_add(m3, assay__wide_mul(n, third_moment(raw, type)));
        k = g == 1 ? assay__wide_add(k, square) : assay__wide_sub(k, square);
        v = assay__wide_add(v, share);
    }
    wide shape = standardised(assay__wide_div(m3, all), assay__wide_div(m2, all));
    return assay__wide_double(assay__wide_mul(shape, standardised(k, v)));
}

/* Hall (1992), JRSS B 54:221: g(T) = T + A T^2/3 + A^2 T^3/27 + A/6 is normal to second order. */
static double hall(double t, double a)
{
    double at = a * t;
    return t + a / 6.0 + at * t * (1.0 / 3.0 + at / 27.0);
}

static double hall_inverse(double q, double a)
{
    double x = a * (q - a / 6.0);
    /* 3/A ((1 + x)^(1/3) - 1), without cancellation and for A of 0 */
    double root = cbrt(1.0 + x);
    return 3.0 * (q - a / 6.0) / (root * root + root + 1.0);
}

/*
 * Johnson (1978), JASA 73:536: T + A/6 + A T^2/3. The parabola turns at T = -3/(2A); beyond, it is
 * held at its extreme, lest a large effect one way count as evidence for the other.
 */
static double johnson(double t, double a)
{
    if (a * t < -1.5)
        t = -1.5 / a;
    return t + a / 6.0 + a * t * t / 3.0;
}

static double johnson_inverse(double q, double a)
{
    double excess = q - a / 6.0, discriminant = 1.0 + 4.0 / 3.0 * a * excess;
    /* The root that is q when A is 0; none, and no bound, where the parabola does not reach q. */
    return discriminant < 0.0 ? (double)NAN : 2.0 * excess / (1.0 + sqrt(discriminant));
}

/*
 * Pearson's type III curve of mean 0, variance 1 and skewness a > 0 is that of a chi-square variate
 * of 8/a^2 degrees of freedom, moved and stretched; it begins at -2/a.
 */
static double pearson_score(double x, double a)
{
    double df = 8.0 / (a * a), point = 4.0 / a * (2.0 / a + x);
    if (point <= 0.0)
        return -INFINITY;
    double upper = assay_chi2_log_upper(point, df);
    if (upper < -M_LN2)
        return assay_normal_quantile_log_upper(upper);
    return -assay_normal_quantile_log_upper(assay_chi2_log_lower(point, df));
}

static double pearson_point(double q, double a)
{
    double df = 8.0 / (a * a);
    double point = q > 0.0 ? assay_chi2_quantile_upper(assay_normal_upper(q), df)
                           : assay_chi2_quantile_lower(assay_normal_lower(q), df);
    return a / 4.0 * point - 2.0 / a;
}

/* The normal score of the curve's tail at t; a curve of skewness below 1e-7 is the normal one. */
static double pearson(double t, double a)
{
    if (fabs(a) < 1e-7)
        return t;
    return a > 0.0 ? pearson_score(t, a) : -pearson_score(-t, -a);
}

static double pearson_inverse(double q, double a)
{
    if (fabs(a) < 1e-7)
        return q;
    return a > 0.0 ? pearson_point(q, a) : -pearson_point(-q, -a);
}

/*
 * The squared error of the difference when both groups have one variance, that of all residuals:
 * Student's. What covariates add through their shared mean stays.
 */
static wide pooled_error2(const struct assay__pair_estimate *pair)
{
    wide sum = assay__wide_zero(), df = sum, share = sum, shared = pair->difference_error2;
    for (int g = 0; g < 2; g++) {
        wide n = assay__wide_of_u64(pair->raw[g].n), error2 = pair->residual_error2[g];
        wide squares = assay__wide_mul(assay__wide_mul(error2, n), pair->residual_df[g]);
        sum = assay__wide_add(sum, squares);
        df = assay__wide_add(df, pair->residual_df[g]);
        share = assay__wide_add(share, assay__wide_div(assay__wide_of(1.0), n));
        shared = assay__wide_sub(shared, error2);
    }
    return assay__wide_add(assay__wide_mul(assay__wide_div(sum, df), share), shared);
}

static double pooled_statistic(const struct assay__pair_estimate *pair,
                               const struct assay_method *method, double *error)
{
    wide d = assay__wide_sub(pair->value[1], pair->value[0]);
    wide root = assay__wide_sqrt(pooled_error2(pair));
    wide away = assay__wide_sub(d, assay__wide_of(method->null_difference));
    *error = assay__wide_double(root);
    return assay__wide_double(assay__wide_div(away, root));
}

struct correction {
    double (*forward)(double t, double a);
    double (*inverse)(double q, double a);
};

static const struct correction CORRECTIONS[] = {
    [ASSAY_SKEWNESS_NONE] = {NULL, NULL},
    [ASSAY_SKEWNESS_HALL] = {hall, hall_inverse},
    [ASSAY_SKEWNESS_JOHNSON] = {johnson, johnson_inverse},
    [ASSAY_SKEWNESS_PEARSON] = {pearson, pearson_inverse},
};

static void correct(const struct assay__pair_estimate *pair, const struct assay_method *method,
                    bool in_balls, struct assay_comparison *out)
{
    const struct correction *correction = &CORRECTIONS[method->skewness];
    const struct assay_difference *difference = &out->difference;
    double a = pooled_asymmetry(pair, method->type, in_balls), statistic = difference->statistic;
    double error = difference->standard_error;
    if (isnan(a) || isnan(statistic))
        return;
    if (method->skewness == ASSAY_SKEWNESS_PEARSON)
        statistic = pooled_statistic(pair, method, &error);
    double low = correction->inverse(-difference->critical, a);
    double high = correction->inverse(difference->critical, a);
    out->corrected_lower = difference->estimate - error * high;
    out->corrected_upper = difference->estimate - error * low;
    wide corrected = assay__wide_of(correction->forward(statistic, a));
    struct assay__p_value value = assay__p_value(corrected, difference->df, 0.0, method->side);
    out->corrected_p = value.p;
    out->corrected_log10_p = isinf(value.log10_p) ? (double)NAN : value.log10_p;
}

/* How much more the lower tail at z has than it should, by Edgeworth's first term. */
static double tail_shift(double a, double z)
{
    return a * (2.0 * z * z + 1.0) / 6.0 * assay_normal_density(z);
}

/* The pooled A to a few digits, in doubles; NaN or infinite where they do not reach. */
static double rough_asymmetry(const struct assay__pair_estimate *pair, enum assay_metric_type type)
{
    const double least = 1e-90, most = 1e90;
    bool is_share = assay__metric_kind(type)->is_share;
    double m2 = 0.0, m3 = 0.0, all = 0.0, k = 0.0, v = 0.0;
    for (int g = 0; g < 2; g++) {
        const struct assay__estimate *raw = &pair->raw[g];
        double n = (double)raw->n, value = assay__wide_double(raw->value);
        double squares = is_share ? n * value * (1.0 - value) : assay__wide_double(raw->centred);
        m2 += squares;
        m3 += is_share ? squares * (1.0 - 2.0 * value) : n * assay__wide_double(raw->third);
        all += n;
        k += (g == 1 ? 1.0 : -1.0) / (n * n);
        v += 1.0 / n;
    }
    if (!(m2 > least && m2 < most))
        return NAN;
    double variance = m2 / all;
    return m3 / all / (variance * sqrt(variance)) * k / (v * sqrt(v));
}

/*
 * A significance in a tail that skewness makes too heavy, and that Pearson's curve does not
 * confirm. The shape is that of all units: a small group that is far off has missed its
 * distribution's tail, and shows too little skewness just then.
 */
static bool is_doubtful(const struct assay__pair_estimate *pair, const struct assay_method *method,
                        bool in_balls, const struct assay_comparison *out, double z)
{
    const struct assay_difference *difference = &out->difference;
    if (!difference->significant || !isfinite(difference->statistic))
        return false;
    double slack = out->tail_error.nominal * TAIL_SLACK;
    if (fabs(tail_shift(rough_asymmetry(pair, method->type), z)) < 0.5 * slack)
        return false;
    double a = pooled_asymmetry(pair, method->type, in_balls), error;
    double towards = difference->statistic > 0.0 ? 1.0 : -1.0;
    if (!(-towards * tail_shift(a, z) > slack))
        return false;
    return !(towards * pearson(pooled_statistic(pair, method, &error), a) > difference->critical);
}

static struct assay__skewness shape_of(const struct assay__pair_estimate *pair,
                                       enum assay_metric_type type, bool in_balls)
{
    struct assay__skewness shape = {true, {NAN, NAN}, NAN};
    if (!has_third(&pair->raw[0], type) && !has_third(&pair->raw[1], type))
        return shape; /* as of sums that only have means and variances */
    if (in_balls && assay__shape_in_pairs(pair, type, &shape))
        return shape;
    bool has_errors = pair->raw[0].has_error && pair->raw[1].has_error;
    return (struct assay__skewness){
        true,
        {sample_skewness(&pair->raw[0], type), sample_skewness(&pair->raw[1], type)},
        has_errors ? asymmetry(pair, type) : (double)NAN};
}

/* The normal quantile of a tail: the test may have asked for it already. */
static double score_of(double tail, const struct assay_method *method,
                       const struct assay__t_law *law, const struct assay_comparison *out)
{
    if (method->test == ASSAY_TEST_Z && isfinite(out->difference.critical))
        return out->difference.critical;
    return law != NULL && law->level == tail ? law->score : assay_normal_quantile_upper(tail);
}

void assay__skewness(const struct assay__pair_estimate *pair, const struct assay_method *method,
                     const struct assay__t_law *law, struct assay__skewness *kept,
                     struct assay_comparison *out)
{
    bool in_balls = law != NULL;
    const struct assay__skewness shape =
        kept != NULL && kept->is_known ? *kept : shape_of(pair, method->type, in_balls);
    if (kept != NULL)
        *kept = shape;
    out->baseline.skewness = shape.skewness[0];
    out->compared.skewness = shape.skewness[1];
    double tail = method->side == ASSAY_SIDE_BOTH ? 0.5 * method->alpha : method->alpha;
    out->tail_error.nominal = tail;
    if (!pair->raw[0].has_error || !pair->raw[1].has_error)
        return;
    double a = shape.asymmetry;
    if (isnan(a))
        return;
    double z = score_of(tail, method, law, out);
    double shift = tail_shift(a, z);
    out->tail_error.lower = fmax(0.0, tail + shift);
    out->tail_error.upper = fmax(0.0, tail - shift);
    if (fabs(shift) > tail * TAIL_SLACK)
        out->flags |= ASSAY_FLAG_SKEWED_LOWER | ASSAY_FLAG_SKEWED_UPPER;
    if (is_doubtful(pair, method, in_balls, out, z))
        out->flags |= ASSAY_FLAG_SKEWED_SIGNIFICANCE;
    if (method->skewness != ASSAY_SKEWNESS_NONE)
        correct(pair, method, in_balls, out);
}
