/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Student's t. Its tail is the normal one averaged over the variance. Of Craig's integral
 * (dist_normal.c) with v = z cot, the mean over chi-square is a power, and with
 * k = t/sqrt(df + t^2) = sin psi and sinh x = k cot,
 *
 *     P(T > t) = cos(psi)^df / pi * integral over x > 0 of cosh(x)^(1-df) k/(k^2 + sinh(x)^2),
 *
 * again positive, even and analytic in a strip but for the pole at i psi, whose residue is
 * 1/(1 + exp(2 pi psi/h)); the midpoint rule takes 14 to 29 points. The strip ends at pi/2, where
 * the branch point of the power is; for few degrees of freedom the rule would need more and more
 * points, and there T^2 is F(1, df), a beta with a small parameter, whose continued fraction is
 * short (dist_tail.c). Only the density needs a gamma function.
 */
#include "stats/dist/t.h"

#include <math.h>

#include "assay/dist.h"
#include "stats/dist/normal.h"
#include "stats/dist/tail.h"

static const double few_df = 10.0;
static const double PI = 3.14159265358979323846;

/* Gamma((df+1)/2) / (sqrt(pi) Gamma(df/2)): the density of y = asinh(t/sqrt(df)) at 0; that at y
 * is cosh(y)^-df times it. */
static double peak(double df)
{
    const double far = 1000.0; /* from there on the series in 1/df is right to 2^-58 */
    double a = 0.5 * df, h = 1.0 / df;
    if (df > far)
        return sqrt(a / PI) *
               (1.0 -
                h * (0.25 - h * (1.0 / 32.0 +
                                 h * (5.0 / 128.0 - h * (21.0 / 2048.0 + h * (399.0 / 8192.0))))));
    /* Gamma(a+1/2)/Gamma(a) = sqrt(a) exp(a log1pmx(1/(2a)) + delta(a + 1/2) - delta(a)) */
    double exponent = a * assay__log1pmx(0.5 / a) + assay__stirling(a + 0.5) - assay__stirling(a);
    return sqrt(a / PI) * exp(exponent);
}

static int is_valid(double t, double df)
{
    return !isnan(t) && df >= 1.0;
}

/* -df/2 log(1 + t^2/df), the log of the density of y relative to its peak. */
PAIR_INLINE struct assay__pair height_from(double t, double df)
{
    struct assay__pair ratio = pair_of(1.0), above, below = pair_of(df);
    if (t < 1e150) {
        struct assay__pair square = pair_product(t, t);
        ratio = pair_div(square, below);
        above = pair_add(below, square);
    } else { /* t^2 would overflow, and the 1 does not count: t / (df / t) */
        above = pair_of(t);
        below = pair_div(below, above);
    }
    return pair_scale(-0.5 * df, assay__pair_log1p(ratio, above, below));
}

static struct assay__pair log_height(double t, double df)
{
    return height_from(t, df);
}

/*
 * The midpoint rule. With a strip of half width y the error is exp(-2 pi y/h) cos(y)^(1-df); for
 * large df the best y is 9.42/sqrt(df), and h makes it exp(-44) there, as for the normal; this y
 * joins that to the pi/2 of few df.
 */
static void open_rule(struct assay__t_law *law)
{
    const double reach = 9.42, depth = 44.0;
    double df = law->df, power = 0.5 * (df - 1.0), share = reach / sqrt(df - 1.0);
    law->strip = atan(share);
    law->step = 2.0 * PI * law->strip / (depth + power * log1p(share * share));
    double half = sinh(0.5 * law->step);
    law->chord = 2.0 * half * half;                    /* cosh h - 1 */
    law->shift = 2.0 * half * sqrt(1.0 + half * half); /* sinh h */
    law->sine = pair_of(half);                         /* of h/2 */
    law->cosine = pair_of(sqrt(1.0 + half * half));
    law->count = 0;
}

/* Far from it, a term does not count. */
static const double NOTHING = 1e-18;

/*
 * Adds nodes (n + 1/2) h to the law, and their terms to the sum, as long as the last term counts:
 * sinh and cosh of the next follow from these, with what the additions round off.
 */
PAIR_INLINE void add_nodes(struct assay__t_law *law, double square, double term,
                           struct assay__pair *sum)
{
    const double power = -0.5 * (law->df - 1.0), chord = law->chord, shift = law->shift;
    struct assay__pair sine = law->sine, cosine = law->cosine, total = *sum;
    int n = law->count;
    for (; n < ASSAY__T_NODES && term > NOTHING * total.hi; n++) {
        double s = sine.hi + sine.lo, c = cosine.hi + cosine.lo, q = s * s;
        pair_accumulate(&sine, s * chord + c * shift);
        pair_accumulate(&cosine, c * chord + s * shift);
        double weight = exp(power * log1p(q));
        law->square[n] = q;
        law->weight[n] = weight;
        term = weight / (square + q);
        pair_accumulate(&total, term);
    }
    law->count = n;
    law->sine = sine;
    law->cosine = cosine;
    *sum = total;
}

/* The rule's sum; scale = hypot(t, sqrt(df)). *pole is the residue, or 0 where the pole is out of
 * the strip. No t or df needs more than 32 nodes. */
PAIR_INLINE double midpoint_sum(struct assay__t_law *law, double t, double scale, double *pole)
{
    struct assay__pair sum = {0.0, 0.0};
    const double k = t / scale, square = k * k;
    double term = 1.0;
    for (int n = 0; n < law->count && term > NOTHING * sum.hi; n++) {
        term = law->weight[n] / (square + law->square[n]);
        pair_accumulate(&sum, term);
    }
    if (term > NOTHING * sum.hi)
        add_nodes(law, square, term, &sum);
    double angle = atan(t / sqrt(law->df));
    *pole = angle < law->strip ? 1.0 / (1.0 + exp(2.0 * PI * angle / law->step)) : 0.0;
    return law->step / PI * k * (sum.hi + sum.lo);
}

/* dt/dy at t. */
static double scale_at(double t, double df)
{
    return hypot(t, sqrt(df));
}

/* P(0 < T < t) relative to peak * height for sign -1; P(T > t) for 1: T^2 in logit of beta. */
static double fraction(double t, double df, double sign)
{
    double square = t * t, total = df + square;
    struct assay__beta beta = {.a = 0.5 * df, .b = 0.5, .x = df / total, .y = square / total};
    if (sign < 0.0)
        beta = (struct assay__beta){.a = 0.5, .b = 0.5 * df, .x = beta.y, .y = beta.x};
    beta.bx = beta.b * beta.x;
    beta.rise = 0.5 * sign * (square - 1.0) * df / total;
    /* d logit / dy is 2 coth y. */
    return 0.5 * t / scale_at(t, df) * assay__beta_integral(&beta);
}

/* The upper tail at t >= 0, of that scale; of law->top it needs that of few df. */
PAIR_INLINE struct assay__tail tail_from(struct assay__t_law *law, double t, double scale)
{
    double df = law->df, top = law->top;
    struct assay__tail tail = {.exponent = height_from(t, df)};
    if (df >= few_df) {
        tail.mass = midpoint_sum(law, t, scale, &tail.plus);
    } else if (t >= 1.0) { /* the mode of log T^2 */
        tail.mass = t < 1e150 ? top * fraction(t, df, 1.0) : top / df;
    } else {
        tail.plus = 0.5 - top * exp(tail.exponent.hi) * fraction(t, df, -1.0);
    }
    return tail;
}

PAIR_FMA_TARGET static struct assay__tail tail_by_fma(struct assay__t_law *law, double t,
                                                      double scale)
{
    return tail_from(law, t, scale);
}

static struct assay__tail upper_tail(struct assay__t_law *law, double t, double scale)
{
    return PAIR_HAS_FMA ? tail_by_fma(law, t, scale) : tail_from(law, t, scale);
}

/* Where plus is not 0, the exponent is small, or plus is. */
static double relative_to_height(const struct assay__tail *tail)
{
    return tail->plus > 0.0 ? tail->mass + tail->plus * exp(-tail->exponent.hi) : tail->mass;
}

/* A law with a top only where a tail needs it. */
static void open_tail(double df, struct assay__t_law *law)
{
    law->df = df;
    law->top = df < few_df ? peak(df) : 0.0;
    if (df >= few_df)
        open_rule(law);
}

void assay__t_open(double df, struct assay__t_law *law)
{
    law->df = df;
    law->last = law->level = NAN;
    if (isinf(df))
        return;
    open_tail(df, law);
    if (df >= few_df)
        law->top = peak(df);
}

double assay_t_upper(double t, double df)
{
    if (!is_valid(t, df))
        return NAN;
    if (isinf(df))
        return assay_normal_upper(t);
    if (isinf(t))
        return t > 0.0 ? 0.0 : 1.0;
    if (t < 0.0)
        return 1.0 - assay_t_upper(-t, df);
    struct assay__t_law law;
    open_tail(df, &law);
    struct assay__tail tail = upper_tail(&law, t, scale_at(t, df));
    return assay__tail_probability(&tail);
}

double assay_t_lower(double t, double df)
{
    return assay_t_upper(-t, df);
}

double assay_t_log_upper(double t, double df)
{
    if (!is_valid(t, df))
        return NAN;
    if (isinf(df))
        return assay_normal_log_upper(t);
    if (isinf(t))
        return t > 0.0 ? -HUGE_VAL : 0.0;
    if (t < 0.0)
        return log1p(-assay_t_upper(-t, df));
    struct assay__t_law law;
    open_tail(df, &law);
    struct assay__tail tail = upper_tail(&law, t, scale_at(t, df));
    return assay__tail_log(&tail);
}

double assay_t_log_lower(double t, double df)
{
    return assay_t_log_upper(-t, df);
}

/* The density of T, from the height of that of y. */
static double density_at(double scale, double top, struct assay__pair exponent)
{
    struct assay__tail value = {.mass = top / scale, .exponent = exponent};
    return assay__tail_probability(&value);
}

double assay_t_density(double t, double df)
{
    if (!is_valid(t, df))
        return NAN;
    if (isinf(df))
        return assay_normal_density(t);
    return isinf(t) ? 0.0 : density_at(scale_at(t, df), peak(df), log_height(fabs(t), df));
}

struct assay__tail_values assay__t_law_upper_values(struct assay__t_law *law, double t)
{
    if (isnan(t))
        return (struct assay__tail_values){NAN, NAN, 0.0};
    if (isinf(t))
        return (struct assay__tail_values){t > 0.0 ? 0.0 : 1.0, t > 0.0 ? -HUGE_VAL : 0.0, 0.0};
    if (isinf(law->df))
        return assay__normal_upper_values(t);
    double scale = scale_at(t, law->df);
    if (law->last != fabs(t)) {
        law->last = fabs(t);
        law->last_tail = upper_tail(law, fabs(t), scale);
    }
    const struct assay__tail tail = law->last_tail;
    double p = assay__tail_probability(&tail);
    if (t < 0.0) {
        double density = density_at(scale, law->top, tail.exponent);
        return (struct assay__tail_values){1.0 - p, log1p(-p), density / (1.0 - p)};
    }
    double relative = relative_to_height(&tail);
    return (struct assay__tail_values){p, assay__tail_log(&tail), law->top / (relative * scale)};
}

struct assay__tail_values assay__t_upper_values(double t, double df)
{
    struct assay__t_law law;
    if (!is_valid(t, df))
        return (struct assay__tail_values){NAN, NAN, 0.0};
    assay__t_open(df, &law);
    return assay__t_law_upper_values(&law, t);
}

/* All there is to know at t >= 0, in y outward. */
static struct assay__point point_at(struct assay__t_law *law, double t)
{
    double df = law->df, scale = scale_at(t, df);
    struct assay__point point = {.tail = upper_tail(law, t, scale)};
    point.integral = relative_to_height(&point.tail) / law->top;
    /* D = df ln cosh(y + s) - df ln cosh y */
    double tanh_y = t / scale, rest = df / (df + t * t); /* 1 - tanh^2 */
    point.slope[0] = df * tanh_y;
    point.slope[1] = df * rest;
    point.slope[2] = -2.0 * df * rest * tanh_y;
    point.slope[3] = df * rest * (4.0 - 6.0 * rest);
    return point;
}

/* t so much further out in y: t cosh s + sqrt(df + t^2) sinh s, which cancels for s far inward. */
static double move(double t, double df, double s)
{
    if (fabs(s) > 0.5) {
        double y = asinh(t / sqrt(df)) + s;
        return sqrt(df) * sinh(fmin(y, 700.0));
    }
    double half = sinh(0.5 * s);
    return t + 2.0 * half * (half * t + sqrt(1.0 + half * half) * scale_at(t, df));
}

/* Fisher and Cornish (1960): the quantile by that of the normal law, in powers of 1/df. */
static double cornish_fisher(double z, double df)
{
    double s = z * z, first = (s + 1.0) / 4.0;
    double second = ((5.0 * s + 16.0) * s + 3.0) / 96.0;
    double third = (((3.0 * s + 19.0) * s + 17.0) * s - 15.0) / 384.0;
    double fourth = ((((79.0 * s + 776.0) * s + 1482.0) * s - 1920.0) * s - 945.0) / 92160.0;
    return z * (1.0 + (first + (second + (third + fourth / df) / df) / df) / df);
}

/* The term left out is about (s/df)^5/14000 of the quantile for large s, and 2/df^5 for small. */
double assay__t_quantile_near(double z, double df)
{
    const double least_df = 200.0, most_share = 0.1;
    if (!(df > least_df && z * z < most_share * df))
        return assay_t_quantile_upper(assay_normal_upper(z), df);
    return isinf(df) ? z : cornish_fisher(z, df);
}

/* That leaves nothing out: the next term is below 1e-18 of the quantile. */
static int is_expansion(double s, double df)
{
    const double least_df = 5000.0, most_share = 2e-3;
    return df > least_df && s < most_share * df && isfinite(df);
}

/* A start for p < 1/4. That expansion where it converges; far out the tail is about the height
 * over df; between, Wallace (1959, Ann. Math. Stat. 30:1124), whose z is right to the order of the
 * exponent. */
static double start_of(struct assay__t_law *law, double p)
{
    double df = law->df, top = law->top;
    double z = assay_normal_quantile_upper(p), s = z * z, exponent;
    law->level = p;
    law->score = z;
    if (s < 0.3 * df)
        return cornish_fisher(z, df);
    if (s < 2.0 * df) {
        double scaled = z * (8.0 * df + 3.0) / (8.0 * df + 1.0);
        exponent = scaled * scaled / df;
    } else {
        exponent = 2.0 / df * (log(top / df) - log(p));
    }
    return exponent < 700.0 ? sqrt(df * expm1(exponent))
                            : sqrt(df) * exp(0.5 * fmin(exponent, 1400.0));
}

static double outer_quantile(struct assay__t_law *law, double p)
{
    double df = law->df, t = start_of(law, p), miss;
    if (is_expansion(t * t, df))
        return t;
    for (int i = 0; i < 100; i++) {
        struct assay__point point = point_at(law, t);
        t = move(t, df, assay__point_advance(&point, p, &miss));
        if (miss < assay__miss_most || isinf(t))
            break;
    }
    return t;
}

/* The t of a central probability c = P(0 < T < t) <= 1/4. */
static double central_quantile(double c, double df, double top)
{
    double root = sqrt(df), t = c * root / top;
    for (int i = 0; i < 100; i++) {
        double height = exp(log_height(t, df).hi);
        double tanh_y = t / hypot(t, root), rest = 1.0 - tanh_y * tanh_y;
        /* The distance in y to go, and the series of assay__point_advance() for it. */
        double e = c / (top * height) - fraction(t, df, -1.0), d = df * tanh_y, d2 = df * rest;
        double step = e * (1.0 + e * (0.5 * d + e * ((2.0 * d * d + d2) / 6.0 +
                                                     e * d * (6.0 * d * d + 7.0 * d2) / 24.0)));
        t = move(t, df, step);
        if (fabs(step) < 1e-4 * fabs(asinh(t / root)))
            break;
    }
    return t;
}

double assay__t_law_quantile_upper(struct assay__t_law *law, double p)
{
    if (!(p > 0.0 && p < 1.0))
        return NAN;
    if (isinf(law->df))
        return assay_normal_quantile_upper(p);
    if (p > 0.5)
        return -assay__t_law_quantile_upper(law, 1.0 - p); /* exact for p in [1/2, 1] */
    return p > 0.25 ? central_quantile(0.5 - p, law->df, law->top) : outer_quantile(law, p);
}

double assay__t_law_quantile_at(struct assay__t_law *law, double z)
{
    return is_expansion(z * z, law->df) ? cornish_fisher(z, law->df)
                                        : assay__t_law_quantile_upper(law, assay_normal_upper(z));
}

double assay_t_quantile_upper(double p, double df)
{
    struct assay__t_law law;
    if (!(p > 0.0 && p < 1.0) || !(df >= 1.0))
        return NAN;
    assay__t_open(df, &law);
    return assay__t_law_quantile_upper(&law, p);
}

double assay_t_quantile_lower(double p, double df)
{
    return -assay_t_quantile_upper(p, df);
}
