/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The normal quantile in pairs of doubles: the double one, and Newton's step on the log of its
 * tail, whose error is the square of a double's. The tail is the sum of stats/dist/normal.c, good
 * to 2^-64 of itself, with its terms in pairs.
 */
#include "stats/dist/normal.h"

#include <math.h>

#include "assay/dist.h"

typedef struct assay__pair pair;

enum { NODES = 13 };

/* exp(-((n + 1/2) h)^2/2) for h = 2/3 */
static const pair WEIGHT[NODES] = {{0x1.e454ccac9798ap-1, 0x1.e30893721c1c1p-55},
                                   {0x1.368b2fc6f960ap-1, -0x1.85314b9559e64p-61},
                                   {0x1.feac5eef1220ap-3, 0x1.0e6a1952933e8p-57},
                                   {0x1.0d395b8d27b9bp-4, -0x1.53e4af5908f5bp-58},
                                   {0x1.6c0504695c417p-7, 0x1.e90d1f9ce8f2cp-62},
                                   {0x1.3b95ad3a1ca2cp-10, -0x1.292b6a29c2890p-67},
                                   {0x1.5ed8ba9b17d5fp-14, -0x1.1dce4d89bedecp-68},
                                   {0x1.f42ed3f68e690p-19, 0x1.087f1053d52fcp-74},
                                   {0x1.c93718b3390a6p-24, -0x1.6a591366607eap-79},
                                   {0x1.0bf95af2fa57bp-29, -0x1.4db34992f6fcep-85},
                                   {0x1.92d07d6f15a44p-36, -0x1.1aaee91ded97ep-90},
                                   {0x1.843cce2bee99ep-43, -0x1.3e0c6d932072fp-97},
                                   {0x1.dfd81c535a797p-51, -0x1.2e45a2bdd1ca0p-105}};

static pair log_of(pair a)
{
    return assay__pair_log1p(pair_add(a, pair_of(-1.0)), a, pair_of(1.0));
}

/* log P(Z > z) for z of 1/2 and more, good to 2^-58 there and to 2^-64 from 1 on. */
static pair log_upper(double z)
{
    const double rate = 9.42477796076937971539;                         /* 2 pi/h */
    const pair factor = {0x1.b2995e7b7b604p-3, -0x1.e40290701eb1ep-57}; /* h/pi */
    pair square = pair_product(z, z), sum = pair_of(0.0);
    for (int n = NODES - 1; n >= 0; n--) { /* 9 (z^2 + ((n + 1/2) h)^2) is exact but for z^2 */
        double odd = 2.0 * n + 1.0;
        pair below = pair_add(pair_scale(9.0, square), pair_of(odd * odd));
        sum = pair_add(sum, pair_div(WEIGHT[n], below));
    }
    pair mass = pair_mul(pair_mul(pair_product(9.0, z), sum), factor);
    pair bell = pair_add(pair_scale(-0.5, square), log_of(mass));
    if (z >= rate)
        return bell;
    double pole = 1.0 / (1.0 + exp(rate * z)); /* the residue, which the rule leaves out */
    return pair_add(bell, pair_of(log1p(pole * exp(0.5 * square.hi) / mass.hi)));
}

/* P(0 < Z < z) for 0 <= z < 0.6: z/sqrt(2 pi) times the sum of (-q)^k/(k! (2 k + 1)), q = z^2/2. */
static pair central(double z)
{
    const pair factor = {0x1.9884533d43651p-2, -0x1.cbc0d30ebfd15p-56}; /* 1/sqrt(2 pi) */
    pair q = pair_scale(-0.5, pair_product(z, z)), square = pair_mul(q, q), sum;
    double rest = 0.0;
    for (int k = 14; k >= 4; k--) /* from the term in q^4/4! on: below 1e-5 */
        rest = rest * q.hi / (k + 1) + 1.0 / (2 * k + 1);
    sum = pair_of(rest * square.hi * square.hi / 24.0);
    sum = pair_add(pair_div(pair_mul(square, q), pair_of(42.0)), sum);
    sum = pair_add(pair_div(square, pair_of(10.0)), sum);
    sum = pair_add(pair_div(q, pair_of(3.0)), sum);
    return pair_mul(pair_mul(pair_of(z), factor), pair_add(pair_of(1.0), sum));
}

pair assay__normal_quantile_pair(pair p)
{
    const double most = 0.3, least = 1e-290; /* the log of a smaller one may be out of range */
    double z = assay_normal_quantile_upper(p.hi);
    if (!(p.hi <= 0.5 && p.hi >= least))
        return pair_of(z);
    if (p.hi > most) {
        pair miss = pair_sub(pair_sub(pair_of(0.5), p), central(z));
        return pair_sum(z, miss.hi / assay_normal_density(z));
    }
    double miss = pair_sub(log_upper(z), log_of(p)).hi;
    return pair_sum(z, miss * assay__mills_ratio(z));
}
