/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The body of assay__exits_add(), compiled once for every width of vectors: no fused operations,
 * and sums of every fourth node, so that all have the same bits. EXITS_NAME is the function,
 * EXITS_TARGET an attribute, EXITS_WIDTH how many numbers a vector has.
 */
#include "stats/horizon/exits.h"

#define VECTOR_TARGET EXITS_TARGET
#define VECTOR_WIDTH EXITS_WIDTH
#include "stats/horizon/vector_body.h"

static const double SQRT_TAU = 2.50662827463100050242;  /* sqrt(2 pi) */
static const double POLE_RATE = 9.42477796076937971539; /* 2 pi/h */
static const double RESIDUE_END = 5.5;

/* ((n + 1/2) h)^2 for the step h = 2/3 of the midpoint rule: see stats/dist/normal.c */
#define SQUARE(n) ((((n) + 0.5) * (2.0 / 3.0)) * (((n) + 0.5) * (2.0 / 3.0)))

/* Nodes n and n + 1 of weights a and b under one division, at the square s. */
INLINE vector terms(vector s, double square, double next, double a, double b)
{
    vector one = s + square, two = s + next;
    return (a * two + b * one) / (one * two);
}

/* Mills' ratio for z >= 0: this sum, and the residue exp(z^2/2)/(1 + exp(rate z)) of the pole. */
INLINE vector mills_sum(vector z)
{
    const double scale = 0.53192304053524357862; /* h sqrt(2/pi) */
    vector s = z * z, sum = 8.3239696769811600796e-16 / (s + SQUARE(12));
    sum += terms(s, SQUARE(10), SQUARE(11), 2.2897348456455528941e-11, 1.7241209390355126646e-13);
    sum += terms(s, SQUARE(8), SQUARE(9), 1.0645371411076041112e-07, 1.9497677860172339442e-09);
    sum += terms(s, SQUARE(6), SQUARE(7), 8.364834722972756127e-05, 3.7266531720786709929e-06);
    sum += terms(s, SQUARE(4), SQUARE(5), 0.011108996538242306496, 0.0012038599948282031467);
    sum += terms(s, SQUARE(2), SQUARE(3), 0.24935220877729619882, 0.065728528616530483121);
    sum += terms(s, SQUARE(0), SQUARE(1), 0.94595946890676546289, 0.6065306597126334236);
    return scale * (z * sum);
}

/* The rest of it: below 2e-15 of the ratio from RESIDUE_END on, and nothing from the rate on. */
INLINE vector residue(vector z)
{
    const vector none = {0.0}, end = none + RESIDUE_END;
    whole is_within = z < end;
    vector within = choose(is_within, z, end), fall = exponential(-POLE_RATE * within);
    vector value = SQRT_TAU * (exponential(within * (0.5 * within - POLE_RATE)) / (1.0 + fall));
    return choose(is_within, value, none);
}

/* The density of B(t) at places over the reference, where an exit is nearly sure. */
INLINE vector density_past(const struct assay__exits *c, vector place)
{
    vector past = place - c->past_mean;
    return SQRT_TAU * exponential(c->past_log + c->past_factor * past * past);
}

/* Nodes rise: the first one of a vector and the last one tell what all of it needs. */
INLINE void add_vector(struct assay__exits *c, const double *u, const double *mass, int lane)
{
    const double far = -9.0; /* deviations of the step past the edge, where an exit is sure */
    vector place = load(u), weight = load(mass), none = {0.0};
    vector x = (c->edge - place) * c->step_share;
    if ((c->edge - u[0]) * c->step_share < far) {
        add_to(c->exits + lane, weight * density_past(c, place));
        return;
    }
    vector away = place - c->mean, tail;
    vector bridge = weight * (c->bridge_share * exponential(c->factor * away * away));
    double least = (c->edge - u[EXITS_WIDTH - 1]) * c->step_share;
    if (least >= RESIDUE_END) {
        tail = bridge * mills_sum(x);
    } else if (least >= 0.0) {
        tail = bridge * (mills_sum(x) + residue(x));
    } else {
        whole is_past = x < 0.0;
        vector z = choose(is_past, -x, x);
        bridge = choose(x < far, none, bridge);
        tail = bridge * (mills_sum(z) + residue(z));
        tail = choose(is_past, weight * density_past(c, place) - tail, tail);
    }
    add_to(c->exits + lane, tail);
    for (int n = 0; c->has_moments && n < ASSAY__EXIT_TERMS; n++) {
        add_to(c->moments[n] + lane, bridge);
        bridge *= x;
    }
}

EXITS_TARGET void EXITS_NAME(struct assay__exits *exits, const double u[ASSAY__GAUSS_POINTS],
                             const double mass[ASSAY__GAUSS_POINTS])
{
    for (int i = 0; i < ASSAY__GAUSS_POINTS; i += 4)
        for (int k = 0; k < 4 && u[i + 3] >= exits->low; k += EXITS_WIDTH)
            add_vector(exits, u + i + k, mass + i + k, k);
}
