/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The body of assay__exits_add(), compiled once for every width of vectors: no branches, no fused
 * operations, and sums of every fourth node, so that all have the same bits. EXITS_NAME is the
 * function, EXITS_TARGET an attribute, EXITS_WIDTH how many numbers a vector has.
 */
#include "stats/horizon/exits.h"

#include <stdint.h>
#include <string.h>

#define INLINE static inline EXITS_TARGET __attribute__((always_inline))

typedef double vector __attribute__((vector_size(8 * EXITS_WIDTH)));
typedef int64_t whole __attribute__((vector_size(8 * EXITS_WIDTH)));

static const double SQRT_TAU = 2.50662827463100050242; /* sqrt(2 pi) */

INLINE vector load(const double *from)
{
    vector value;
    memcpy(&value, from, sizeof value);
    return value;
}

INLINE void add_to(double *to, vector value)
{
    value += load(to);
    memcpy(to, &value, sizeof value);
}

INLINE vector choose(whole yes, vector a, vector b)
{
    return (vector)((yes & (whole)a) | (~yes & (whole)b));
}

/* exp(x), |x| < 700, as in stats/horizon/exp_negative.h; numbers beyond count as 700. */
INLINE vector exponential(vector x)
{
    const double shift = 0x1.8p52;
    const vector none = {0.0}, most = none + 700.0;
    x = choose(x < -most, -most, choose(x > most, most, x));
    vector k = x * 1.44269504088896340736 + shift, n = k - shift;
    vector r = (x - n * 0x1.62e42feep-1) - n * 0x1.a39ef35793c76p-33;
    vector e = r * (1.0 / 6227020800.0) + 1.0 / 479001600.0;
    e = e * r + 1.0 / 39916800.0;
    e = e * r + 1.0 / 3628800.0;
    e = e * r + 1.0 / 362880.0;
    e = e * r + 1.0 / 40320.0;
    e = e * r + 1.0 / 5040.0;
    e = e * r + 1.0 / 720.0;
    e = e * r + 1.0 / 120.0;
    e = e * r + 1.0 / 24.0;
    e = e * r + 1.0 / 6.0;
    e = e * r + 0.5;
    e = e * r + 1.0;
    e = e * r + 1.0;
    return e * (vector)(((whole)k + 1023) << 52);
}

/* ((n + 1/2) h)^2 for the step h = 2/3 of the midpoint rule: see stats/dist/normal.c */
#define SQUARE(n) ((((n) + 0.5) * (2.0 / 3.0)) * (((n) + 0.5) * (2.0 / 3.0)))

/* Nodes n and n + 1 of weights a and b under one division, at the square s. */
INLINE vector terms(vector s, double square, double next, double a, double b)
{
    vector one = s + square, two = s + next;
    return (a * two + b * one) / (one * two);
}

/* Mills' ratio for z >= 0: the sum, and the residue exp(z^2/2)/(1 + exp(rate z)) of the pole. */
INLINE vector mills_ratio(vector z)
{
    const double scale = 0.53192304053524357862;                     /* h sqrt(2/pi) */
    const vector none = {0.0}, rate = none + 9.42477796076937971539; /* 2 pi/h */
    vector s = z * z, sum = 8.3239696769811600796e-16 / (s + SQUARE(12));
    sum += terms(s, SQUARE(10), SQUARE(11), 2.2897348456455528941e-11, 1.7241209390355126646e-13);
    sum += terms(s, SQUARE(8), SQUARE(9), 1.0645371411076041112e-07, 1.9497677860172339442e-09);
    sum += terms(s, SQUARE(6), SQUARE(7), 8.364834722972756127e-05, 3.7266531720786709929e-06);
    sum += terms(s, SQUARE(4), SQUARE(5), 0.011108996538242306496, 0.0012038599948282031467);
    sum += terms(s, SQUARE(2), SQUARE(3), 0.24935220877729619882, 0.065728528616530483121);
    sum += terms(s, SQUARE(0), SQUARE(1), 0.94595946890676546289, 0.6065306597126334236);
    vector within = choose(z < rate, z, rate); /* beyond it there is nothing */
    vector fall = exponential(-rate * within);
    return scale * (z * sum) +
           SQRT_TAU * (exponential(within * (0.5 * within - rate)) / (1.0 + fall));
}

INLINE void add_vector(struct assay__exits *c, const double *u, const double *mass, int lane)
{
    vector place = load(u), weight = load(mass);
    vector away = place - c->mean, past = place - c->past_mean;
    vector x = (c->edge - place) * c->step_share;
    whole is_past = x < 0.0;
    vector bridge = weight * (c->bridge_share * exponential(c->factor * away * away));
    vector beyond = weight * (SQRT_TAU * exponential(c->past_log + c->past_factor * past * past));
    vector tail = bridge * mills_ratio(choose(is_past, -x, x));
    add_to(c->exits + lane, choose(is_past, beyond - tail, tail));
    add_to(c->density + lane, bridge);
    add_to(c->slope + lane, bridge * away);
}

EXITS_TARGET void EXITS_NAME(struct assay__exits *exits, const double u[ASSAY__GAUSS_POINTS],
                             const double mass[ASSAY__GAUSS_POINTS])
{
    for (int i = 0; i < ASSAY__GAUSS_POINTS; i += EXITS_WIDTH)
        add_vector(exits, u + i, mass + i, i % 4);
}
