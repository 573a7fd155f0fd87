/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Quantiles of a design, and the noncentrality that has its power, as a series in h = 1/df.
 *
 * With S = sqrt(chi-square/df) and T' = (Z + d)/S, P(T' <= c) is the mean of Phi(c S - d). Written
 * as Phi(u), it has by the moments of S - 1, each a series in h,
 *
 *     c - d = u + y_1(c, u) h + y_2(c, u) h^2 + ...,   y_1 = c (1 + c u)/4,
 *
 * the y_k being polynomials: Cornish and Fisher (1937) for c S - Z. With d = 0 and u = z_a this
 * gives c itself, as in Fisher and Cornish (1960); with u = -z_b it gives d. The series is
 * asymptotic: what is left after six orders was compared with integration to 30 digits, and with
 * assay_nct_lower(), from 50 df on; it is below the sixth order with all its terms made positive.
 * Where that is not enough, below some 600 df, stats/size/size_table.h has the noncentrality.
 */
#include "stats/size/size_levels.h"

#include <math.h>

#include "exact/shortest.h"
#include "stats/dist/normal.h"
#include "stats/dist/pair_bound.h"

typedef struct assay__wide wide;
typedef struct assay__pair pair;
typedef struct assay__bounded bounded;

enum { ORDERS = ASSAY__SIZE_ORDERS, POWERS = 2 * ORDERS + 1, TERMS_MAX = 27 };

/* A polynomial y_k: factor c^i u^j over the divisor. */
struct polynomial {
    double divisor;
    int count;
    struct {
        int i, j;
        double factor;
    } terms[TERMS_MAX];
};

static const struct polynomial SERIES[ORDERS] = {
    {4.0, 2, {{1, 0, 1}, {2, 1, 1}}},
    {96.0, 5, {{1, 0, -3}, {2, 1, -6}, {3, 0, 4}, {3, 2, -4}, {4, 1, -3}}},
    {384.0,
     8,
     {{1, 0, -15},
      {2, 1, -12},
      {3, 0, 4},
      {3, 2, -4},
      {4, 1, 6},
      {5, 0, -8},
      {5, 2, 8},
      {6, 1, 3}}},
    {92160.0,
     14,
     {{1, 0, 945},
      {2, 1, 1800},
      {3, 0, -1560},
      {3, 2, 1560},
      {4, 1, -1620},
      {4, 3, 720},
      {5, 0, 432},
      {5, 2, -864},
      {5, 4, 144},
      {6, 1, 260},
      {6, 3, -320},
      {7, 0, 960},
      {7, 2, -960},
      {8, 1, -225}}},
    {368640.0,
     19,
     {{1, 0, 17955},
      {2, 1, 16560},
      {3, 0, -9000},
      {3, 2, 9000},
      {4, 1, -11160},
      {4, 3, 2880},
      {5, 0, 5856},
      {5, 2, -7152},
      {5, 4, 432},
      {6, 1, 7540},
      {6, 3, -2800},
      {7, 0, -2688},
      {7, 2, 4416},
      {7, 4, -576},
      {8, 1, -3100},
      {8, 3, 1600},
      {9, 0, -1920},
      {9, 2, 1920},
      {10, 1, 315}}},
    {185794560.0, 27, {{1, 0, -2463615}, {2, 1, -4808160}, {3, 0, 4592700},  {3, 2, -4592700},
                       {4, 1, 6214320},  {4, 3, -2721600}, {5, 0, -1436400}, {5, 2, 4566240},
                       {5, 4, -1043280}, {6, 1, -1799280}, {6, 3, 2086560},  {6, 5, -241920},
                       {7, 0, -711936},  {7, 2, -718848},  {7, 4, 606528},   {7, 6, -25920},
                       {8, 1, -1472436}, {8, 3, 59472},    {8, 5, 96768},    {9, 0, 984704},
                       {9, 2, -1315328}, {9, 4, 110208},   {10, 1, 1565550}, {10, 3, -705600},
                       {11, 0, 483840},  {11, 2, -483840}, {12, 1, -59535}}}};

/* c = z + h z (...) + ...: factors of the odd powers of z, over the divisor. */
static const struct {
    double divisor, factors[ORDERS + 1];
} CRITICAL[ORDERS] = {{4.0, {1, 1}},
                      {96.0, {3, 16, 5}},
                      {384.0, {-15, 17, 19, 3}},
                      {92160.0, {-945, -1920, 1482, 776, 79}},
                      {122880.0, {5985, -255, -594, 310, 113, 9}},
                      {185794560.0, {2463615, 6667920, 616707, -82440, 48821, 15448, 1065}}};

pair assay__size_pair(wide a)
{
    bounded number = assay__bounded_of_wide(&a, 0);
    if (number.off < 1.0) /* good to 2^-105 */
        return bounded_pair(number);
    double hi = assay__wide_double(a);
    return (pair){hi, assay__wide_double(assay__wide_sub(a, assay__wide_of(hi)))};
}

/* z_b from the smaller of power and beta, since only small tails are exact. */
static pair beta_quantile(wide power, wide beta)
{
    if (assay__wide_compare(power, beta) < 0)
        return pair_neg(assay__normal_quantile_pair(assay__size_pair(power)));
    return assay__normal_quantile_pair(assay__size_pair(beta));
}

/* How far a quantile may be off: less where assay__normal_quantile_pair() refines it. */
static double doubt_of(double p, pair z)
{
    const double least = 1e-290, most = 0.5;
    double size = fabs(z.hi);
    if (!(p >= least && p <= most))
        return 0x1p-51 * size;
    return size < 1.0 ? 0x1p-57 : 0x1p-60 * size;
}

void assay__size_levels_set(double alpha, double power, enum assay_side side,
                            struct assay__size_levels *out)
{
    wide level = assay__wide_of_shortest(alpha);
    *out = (struct assay__size_levels){.alpha = alpha, .power = power, .side = side};
    out->tail = side == ASSAY_SIDE_BOTH ? assay__wide_mul(level, assay__wide_of(0.5)) : level;
    out->wanted = out->beta = assay__wide_zero();
    if (isnan(power))
        return;
    out->wanted = assay__wide_of_shortest(power);
    out->beta = assay__wide_sub(assay__wide_of(1.0), out->wanted);
    out->z_tail = assay__normal_quantile_pair(assay__size_pair(out->tail));
    out->z_beta = beta_quantile(out->wanted, out->beta);
    double beta = fmin(assay__wide_double(out->beta), assay__wide_double(out->wanted));
    out->doubt = doubt_of(assay__wide_double(out->tail), out->z_tail) + doubt_of(beta, out->z_beta);
    double z = out->z_tail.hi, square = z * z;
    out->critical[0] = z;
    for (int k = 0; k < ORDERS; k++) {
        double sum = 0.0;
        for (int i = k + 1; i >= 0; i--)
            sum = sum * square + CRITICAL[k].factors[i];
        out->critical[k + 1] = sum * z / CRITICAL[k].divisor;
    }
}

struct assay__size_levels *assay__size_levels_of(struct assay__size_cache *cache, double alpha,
                                                 double power, enum assay_side side)
{
    enum { KEPT = sizeof cache->levels / sizeof *cache->levels };
    for (unsigned i = 0; i < KEPT && i < cache->count; i++) {
        struct assay__size_levels *levels = &cache->levels[i];
        bool is_power = levels->power == power || (isnan(levels->power) && isnan(power));
        if (levels->alpha == alpha && is_power && levels->side == side)
            return levels;
    }
    struct assay__size_levels *levels = &cache->levels[cache->count++ % KEPT];
    assay__size_levels_set(alpha, power, side, levels);
    levels->table.is_alone = cache->is_alone;
    return levels;
}

/* A polynomial's value, and with all its terms positive; c and u: powers. */
static double value_of(const struct polynomial *polynomial, const double *c, const double *u,
                       double *size)
{
    double sum = 0.0, all = 0.0;
    for (int t = 0; t < polynomial->count; t++) {
        double term =
            polynomial->terms[t].factor * c[polynomial->terms[t].i] * u[polynomial->terms[t].j];
        sum += term;
        all += fabs(term);
    }
    *size = all / polynomial->divisor;
    return sum / polynomial->divisor;
}

static struct assay__size_reach by_series(const struct assay__size_levels *levels, double h)
{
    const double h_most = 0.02, unit = 0x1p-52, enough = 0x1p-62;
    double z = levels->z_tail.hi, more = 0.0, power = 1.0, beyond = HUGE_VAL, size;
    double scale = z + fabs(levels->z_beta.hi), c[POWERS] = {1.0}, u[POWERS] = {1.0};
    if (!(h <= h_most && z > 0.0 && 4.0 * z * z * h < 1.0))
        return (struct assay__size_reach){{0.0, 0.0}, HUGE_VAL};
    for (int k = ORDERS; k > 0; k--)
        more = (more + levels->critical[k]) * h; /* the critical value less z */
    for (int i = 1; i < POWERS; i++) {
        c[i] = c[i - 1] * (z + more);
        u[i] = u[i - 1] * -levels->z_beta.hi;
    }
    double rounding = fabs(more);
    for (int k = 0; k < ORDERS && beyond > enough * scale; k++) {
        power *= h;
        more -= value_of(&SERIES[k], c, u, &size) * power;
        beyond = size * power;
        rounding += beyond;
    }
    double cube = h * h * h;
    beyond += fabs(levels->critical[ORDERS]) * cube * cube;
    return (struct assay__size_reach){
        pair_add(pair_add(levels->z_tail, levels->z_beta), pair_of(more)),
        beyond + unit * rounding + levels->doubt};
}

static struct assay__size_reach by_table(struct assay__size_levels *levels, pair inverse)
{
    const double unit = 0x1p-49;
    bool is_beta = assay__wide_compare(levels->beta, levels->wanted) <= 0;
    struct assay__size_aim aim = {.tail = assay__wide_double(levels->tail),
                                  .part = assay__size_pair(is_beta ? levels->beta : levels->wanted),
                                  .is_beta = is_beta,
                                  .z = pair_add(levels->z_tail, levels->z_beta),
                                  .z_beta = levels->z_beta.hi};
    double more = assay__size_table_at(&levels->table, &aim, inverse);
    pair noncentrality = pair_add(aim.z, pair_of(more));
    return (struct assay__size_reach){noncentrality, unit * noncentrality.hi};
}

struct assay__size_reach assay__size_reach(struct assay__size_levels *levels, pair inverse)
{
    const double enough = 0x1p-52;
    struct assay__size_reach reach = by_series(levels, inverse.hi);
    if (reach.doubt < enough * reach.noncentrality.hi)
        return reach;
    struct assay__size_reach found = by_table(levels, inverse);
    return found.doubt < reach.doubt ? found : reach;
}
