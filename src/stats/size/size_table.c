/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The noncentrality d at which a t test has a power, for the degrees of freedom where the series of
 * stats/size/size_levels.h does not tell it. As a function of df it is smooth: a polynomial over
 * each piece, in Newton's form at Leja points, which are added until two in a row find nothing
 * left.
 *
 * At such a point d solves P(T' <= c) = beta. With x = log S the probability is
 *
 *     int w(x) Phi(c e^x - d) dx / int w(x) dx,   w(x) = exp(-df (e^2x - 1 - 2x)/2),
 *
 * by the trapezoidal rule in v, x = v + 1 - e^-v, which makes w fall off on the left as fast as on
 * the right (Takahasi and Mori 1974). With an integrand that grows like exp(g y^2) off the real
 * line up to |Im v| = y the step h leaves exp(g y^2 - 2 pi y/h). One pass over the nodes has the
 * derivatives in d, too: a step is of order five.
 */
#include "stats/size/size_table.h"

#include <math.h>

#include "assay/dist.h"
#include "stats/dist/normal.h"
#include "stats/dist/tail.h"

typedef struct assay__pair pair;

enum { NODES_MAX = 384 };

/* The pieces, by 1/df. */
static const double EDGES[ASSAY__SIZE_PIECES + 1] = {1.0,   0.875, 0.75,  0.625,  0.5,
                                                     0.375, 0.25,  0.125, 0.0625, 0x1p-11};

/* Each is where the product of the distances to those before it is largest in [-1, 1]. */
static const double LEJA[ASSAY__SIZE_TERMS] = {
    1.0,       -1.0,       0.0,        -0.578125, 0.65625,    -0.8359375, 0.8671875,
    0.3046875, -0.3203125, -0.9453125, 0.953125,  0.4765625,  -0.7109375, -0.15625,
    0.7734375, -0.9765625, 0.1640625,  0.984375,  -0.4609375, -0.890625};

/* Nodes of a piece, and their weights at some df. */
struct rule {
    int count;
    double far; /* normal tails beyond it do not count */
    double s[NODES_MAX], drop[NODES_MAX], stretch[NODES_MAX], weight[NODES_MAX];
};

/* A mean of tails: P(T' <= c), or P(T' > c) with sign -1; its first derivatives in d, and in c. */
struct mean {
    pair value;
    double by_d[4], by_c;
};

/* Adds the node at v; false when its weight does not count. */
static bool add_node(struct rule *rule, double v, double df, double cut)
{
    const double near = 0.25;
    double e = exp(-v), x = v + 1.0 - e, s = exp(x);
    double drop = fabs(x) < near ? 0.5 * assay__expm1mx(2.0 * x) : 0.5 * (s * s - 1.0) - x;
    if (!(df * drop < cut) || rule->count == NODES_MAX)
        return false;
    rule->s[rule->count] = s;
    rule->drop[rule->count] = drop;
    rule->stretch[rule->count++] = 1.0 + e;
    return true;
}

/* The nodes; false when there would be too many. */
static bool open_rule(const struct assay__size_aim *aim, double df, struct rule *rule)
{
    const double digits = 40.0, strip = 0.25, pi = 3.14159265358979324;
    double cut = digits - log(fmin(aim->tail, aim->part.hi));
    double c = assay_t_quantile_upper(aim->tail, df), z = fabs(aim->z_beta);
    double most = c + z * (1.0 + c / sqrt(2.0 * df)); /* of the noncentrality */
    double growth = 4.0 * (df + 0.5 * most * most), y = fmin(strip, sqrt(cut / growth));
    double step = 2.0 * pi * y / (cut + growth * y * y);
    rule->count = 0;
    rule->far = sqrt(2.0 * cut);
    for (int k = 0; add_node(rule, step * k, df, cut); k++)
        continue;
    for (int k = 1; add_node(rule, -step * k, df, cut); k++)
        continue;
    return rule->count < NODES_MAX;
}

static void set_weights(struct rule *rule, pair df)
{
    pair sum = {0.0, 0.0};
    for (int i = 0; i < rule->count; i++) {
        double drop = rule->drop[i];
        rule->weight[i] = exp(-df.hi * drop) * (1.0 - df.lo * drop) * rule->stretch[i];
        pair_accumulate(&sum, rule->weight[i]);
    }
    double scale = 1.0 / (sum.hi + sum.lo);
    for (int i = 0; i < rule->count; i++)
        rule->weight[i] *= scale;
}

/* The normal tail below w, and the density there. */
static double lower_tail(double w, double far, double *density)
{
    *density = 0.0;
    if (fabs(w) > far)
        return w < 0.0 ? 0.0 : 1.0;
    double tail = assay__normal_both(fabs(w), density);
    return w < 0.0 ? tail : 1.0 - tail;
}

static struct mean mean_at(const struct rule *rule, pair c, double d, double sign)
{
    struct mean mean = {.value = {0.0, 0.0}};
    for (int i = 0; i < rule->count; i++) {
        double w = sign * fma(c.hi, rule->s[i], -d), density, weight = rule->weight[i];
        double tail = lower_tail(w, rule->far, &density), square = w * w;
        pair_accumulate(&mean.value, weight * tail);
        density *= weight;
        mean.by_c += density * rule->s[i];
        mean.by_d[0] += density;
        mean.by_d[1] += w * density;
        mean.by_d[2] += (square - 1.0) * density;
        mean.by_d[3] += w * (square - 3.0) * density;
    }
    mean.by_c *= sign;
    mean.by_d[0] *= -sign;
    mean.by_d[1] = -mean.by_d[1];
    mean.by_d[2] *= -sign;
    mean.by_d[3] = -mean.by_d[3];
    mean.value = pair_add(mean.value, pair_of(c.lo * mean.by_c));
    return mean;
}

/* The point that a central t exceeds with the probability: the rounded one, and what is left. */
static pair critical_value(const struct rule *rule, double tail, double df)
{
    double c = assay_t_quantile_upper(tail, df);
    struct mean mean = mean_at(rule, pair_of(c), 0.0, -1.0);
    return pair_ordered(c, (tail - mean.value.hi - mean.value.lo) / mean.by_c);
}

/* The step in d for the missing probability: the inverse of Taylor's series. */
static double advance(const struct mean *mean, double missing)
{
    const double *by = mean->by_d, q = missing / by[0];
    double a = by[1] / (2.0 * by[0]), b = by[2] / (6.0 * by[0]), c = by[3] / (24.0 * by[0]);
    return q * (1.0 + q * (-a + q * (2.0 * a * a - b + q * (5.0 * a * (b - a * a) - c))));
}

static double score(double p)
{
    return assay_normal_quantile_lower(fmin(fmax(p, 1e-300), 1.0 - 0x1p-53));
}

/* d, from a start; its difference to aim->z is returned, and NaN where no step is small. */
static double solve(const struct rule *rule, const struct assay__size_aim *aim, pair c, double d)
{
    const double small = 2e-4;
    double sign = aim->is_beta ? 1.0 : -1.0;
    for (int i = 0; i < 20; i++) {
        struct mean mean = mean_at(rule, c, d, sign);
        double missing = (aim->part.hi - mean.value.hi) + (aim->part.lo - mean.value.lo);
        double q = missing / mean.by_d[0];
        if (fabs(q) < small)
            return (d - aim->z.hi) + (advance(&mean, missing) - aim->z.lo);
        if (fabs(q) < 0.05) {
            d += advance(&mean, missing);
            continue;
        }
        double at = score(mean.value.hi); /* about linear in d */
        double rise = mean.by_d[0] / assay_normal_density(at);
        d = fmax(d + (score(aim->part.hi) - at) / rise, 0.0);
    }
    return NAN;
}

static double value_at(const struct assay__size_piece *piece, double x)
{
    double sum = 0.0;
    for (int k = piece->count - 1; k >= 0; k--)
        sum = sum * (x - LEJA[k]) + piece->terms[k];
    return sum;
}

/* Whether d is known so far out, and a rule of few nodes tells it. */
static bool is_ordinary(const struct assay__size_aim *aim)
{
    return aim->tail > 1e-7 && aim->part.hi > 1e-7 && aim->tail < 0.5 && aim->z.hi > 0.0;
}

/* The function at a point of 1/df; near: what is known of it. */
static double more_at(const struct assay__size_aim *aim, pair df, double near)
{
    struct rule rule;
    if (!open_rule(aim, df.hi, &rule))
        return NAN;
    set_weights(&rule, df);
    pair c = critical_value(&rule, aim->tail, df.hi);
    double start = isnan(near) ? fmax(aim->z.hi, 0.5 * c.hi) : aim->z.hi + near;
    return solve(&rule, aim, c, start);
}

static void fill_piece(struct assay__size_piece *piece, const struct assay__size_aim *aim,
                       double middle, double half)
{
    const double nothing = 0x1p-51;
    int quiet = 0;
    piece->count = 0;
    for (int k = 0; k < ASSAY__SIZE_TERMS && is_ordinary(aim); k++) {
        double x = LEJA[k], product = 1.0, near = value_at(piece, x);
        pair df = pair_div(pair_of(1.0), pair_sum(middle, half * x));
        double more = more_at(aim, df, k == 0 ? (double)NAN : near), left = more - near;
        if (isnan(more))
            break;
        for (int i = 0; i < k; i++)
            product *= x - LEJA[i];
        piece->terms[piece->count++] = left / product;
        quiet = fabs(left) <= nothing * (aim->z.hi + more) ? quiet + 1 : 0;
        if (quiet == 2)
            return;
    }
    piece->count = -1;
}

double assay__size_table_at(struct assay__size_table *table, const struct assay__size_aim *aim,
                            struct assay__pair inverse)
{
    int p = 0;
    if (!(inverse.hi <= EDGES[0] && inverse.hi > EDGES[ASSAY__SIZE_PIECES]))
        return NAN;
    if (table->is_alone)
        return is_ordinary(aim) ? more_at(aim, pair_div(pair_of(1.0), inverse), NAN) : (double)NAN;
    while (inverse.hi <= EDGES[p + 1])
        p++;
    struct assay__size_piece *piece = &table->pieces[p];
    double middle = 0.5 * (EDGES[p] + EDGES[p + 1]), half = 0.5 * (EDGES[p] - EDGES[p + 1]);
    if (piece->count == 0)
        fill_piece(piece, aim, middle, half);
    return piece->count < 0 ? (double)NAN
                            : value_at(piece, (inverse.hi - middle + inverse.lo) / half);
}
