/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sums over nodes have the same bits for vectors of any width, and are those of plain loops. */
#include <gsl/gsl_sf_expint.h>

#include "test.h"

#include "draw.h"
#include "assay/dist.h"
#include "stats/horizon/convolve.h"
#include "stats/horizon/exits.h"
#include "stats/horizon/gauss.h"
#include "stats/horizon/node_weights.h"
#include "stats/horizon/nodes.h"

enum { POINTS = ASSAY__GAUSS_POINTS, DRAWS = 20000, TABLE = 64 };

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* An exit above an edge after a look at t, from random masses around it. */
static void draw_exits(uint64_t *state, struct assay__exits *exits, double u[POINTS],
                       double mass[POINTS])
{
    double t = 0.01 + draw_share(state), step = t * pow(10.0, -4.0 * draw_share(state)),
           time = t + step;
    double edge = 6.0 * draw_share(state) - 1.0, theta = 4.0 * draw_share(state) - 2.0;
    double beyond = edge - theta * time, exponent = -0.5 * beyond * (beyond / time);
    double reference = beyond > 0.0 ? exponent : 0.0;
    *exits = (struct assay__exits){.low = -HUGE_VAL,
                                   .mean = edge * (t / time),
                                   .factor = -0.5 * time / (t * step),
                                   .bridge_share = exp(exponent - reference),
                                   .edge = edge - theta * step,
                                   .step_share = 1.0 / sqrt(step),
                                   .past_mean = theta * t,
                                   .past_factor = -0.5 / t,
                                   .past_log = -reference,
                                   .has_moments = true};
    for (int i = 0; i < POINTS; i++) {
        u[i] = exits->mean + sqrt(step) * (20.0 * draw_share(state) - 12.0);
        mass[i] = draw_share(state);
    }
    qsort(u, POINTS, sizeof *u, compare_doubles);
}

static double sum_of(const double lanes[4])
{
    return (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
}

/* The integrand as it is written down, with what the terms add up to. */
static double plain_exits(const struct assay__exits *c, const double u[POINTS],
                          const double mass[POINTS])
{
    const double root = 2.50662827463100050242;
    double sum = 0.0;
    for (int i = 0; i < POINTS; i++) {
        double past = u[i] - c->past_mean, x = (c->edge - u[i]) * c->step_share;
        double log_density = c->past_log + c->past_factor * past * past;
        sum += mass[i] * root * exp(log_density + assay_normal_log_upper(x));
    }
    return sum;
}

/* The same of a moment of what the step must exceed, over the sum of its terms' sizes. */
static double moment_error(const struct assay__exits *c, const double u[POINTS],
                           const double mass[POINTS], int order)
{
    double sum = 0.0, size = 1e-100;
    for (int i = 0; i < POINTS; i++) {
        double away = u[i] - c->mean, x = (c->edge - u[i]) * c->step_share;
        double term = mass[i] * c->bridge_share * exp(c->factor * away * away) * pow(x, order);
        if (x < -9.0) /* the exit is sure */
            continue;
        sum += term;
        size += fabs(term);
    }
    return fabs(sum_of(c->moments[order]) - sum) / size;
}

START_TEST(exits_of_any_width)
{
    uint64_t state = 20261129;
    double worst = 0.0;
    for (int d = 0; d < DRAWS; d++) {
        struct assay__exits plain, wide, chosen;
        double u[POINTS], mass[POINTS];
        draw_exits(&state, &plain, u, mass);
        wide = chosen = plain;
        double expected = plain_exits(&plain, u, mass);
        assay__exits_add_plainly(&plain, u, mass);
        assay__exits_add_wide(&wide, u, mass);
        assay__exits_add(&chosen, u, mass);
        ck_assert_int_eq(memcmp(&plain, &wide, sizeof plain), 0);
        ck_assert_int_eq(memcmp(&plain, &chosen, sizeof plain), 0);
        if (expected > 1e-100)
            worst = fmax(worst, fabs(sum_of(plain.exits) / expected - 1.0));
        for (int order = 0; order < ASSAY__EXIT_TERMS; order++)
            worst = fmax(worst, moment_error(&plain, u, mass, order));
    }
    printf("exits: worst relative difference from plain sums %.1e\n", worst);
    ck_assert(worst < 1e-12); /* of exponents of some hundreds, in either */
}
END_TEST

START_TEST(places_of_any_width)
{
    uint64_t state = 1;
    double masses[TABLE + ASSAY__CONVOLVED], table[TABLE], plain[ASSAY__CONVOLVED],
        wide[ASSAY__CONVOLVED], chosen[ASSAY__CONVOLVED];
    for (int count = 0; count <= TABLE; count++) {
        for (int i = 0; i < TABLE + ASSAY__CONVOLVED; i++)
            masses[i] = draw_share(&state) - 0.2;
        for (int i = 0; i < TABLE; i++)
            table[i] = draw_share(&state);
        for (int stride = 1; stride < 9; stride++) {
            assay__convolve_plainly(masses, table, count, stride, plain);
            assay__convolve_wide(masses, table, count, stride, wide);
            assay__convolve(masses, table, count, stride, chosen);
            ck_assert_int_eq(memcmp(plain, wide, sizeof plain), 0);
            ck_assert_int_eq(memcmp(plain, chosen, sizeof plain), 0);
            for (int k = 0; k < ASSAY__CONVOLVED; k++) {
                double sum = 0.0;
                for (int i = 0; i < count; i += stride)
                    sum += masses[i + k] * table[i];
                ck_assert_double_eq(plain[k], sum);
            }
        }
    }
}
END_TEST

START_TEST(series_of_any_width)
{
    uint64_t state = 5;
    double coefficients[POINTS], x[POINTS], plain[POINTS], wide[POINTS];
    for (int count = 1; count <= POINTS; count++) {
        for (int i = 0; i < POINTS; i++) {
            coefficients[i] = draw_share(&state) - 0.5;
            x[i] = 2.0 * draw_share(&state) - 1.0;
        }
        assay__legendre_values_plainly(coefficients, count, x, POINTS, plain);
        assay__legendre_values_wide(coefficients, count, x, POINTS, wide);
        ck_assert_int_eq(memcmp(plain, wide, sizeof plain), 0);
        for (int i = 0; i < POINTS; i++) {
            double before = 0.0, now = 1.0, sum = 0.0;
            for (int m = 0; m < count; m++) {
                sum += coefficients[m] * now;
                double next = ((2 * m + 1) * x[i] * now - m * before) / (m + 1);
                before = now;
                now = next;
            }
            ck_assert_double_eq_tol(plain[i], sum, 1e-14);
        }
    }
}
END_TEST

START_TEST(shares_of_nodes_fade)
{
    for (long k = 1; k < 2L * ASSAY__NODES_NEAR; k++) {
        double off = gsl_sf_Si(M_PI * (double)k) / M_PI - 0.5;
        double fade = 0.5 * erfc((double)(k - 64) / sqrt(128.0));
        ck_assert_double_eq_tol(assay__node_weight(k), 1.0 + off * fade, 1e-15);
        ck_assert_double_eq_tol(assay__node_weight(-k), -off * fade, 1e-15);
    }
    ck_assert_double_eq(assay__node_weight(0), 0.5);
}
END_TEST

START_TEST(nodes_of_any_width)
{
    uint64_t state = 77;
    enum { COUNT = 240 };
    const struct assay__nodes *a = &assay__nodes_plainly, *b = &assay__nodes_wide;
    double plain[2][COUNT], wide[2][COUNT], h[COUNT];
    for (int d = 0; d < 200; d++) {
        double step = 0.05 + draw_share(&state), first = -10.0 * draw_share(&state),
               rate = -draw_share(&state);
        long edge_node = (long)(COUNT * draw_share(&state));
        a->table(plain[0], COUNT, first, step, rate, 3.0);
        b->table(wide[0], COUNT, first, step, rate, 3.0);
        ck_assert_int_eq(memcmp(plain[0], wide[0], sizeof plain[0]), 0);
        for (int i = 0; i < COUNT; i++) {
            double away = first + i * step, power = fmax(rate * away * away, -700.0);
            ck_assert_double_eq_tol(plain[0][i] / (3.0 * exp(power)), 1.0, 1e-12);
            h[i] = plain[1][i] = wide[1][i] = draw_share(&state);
        }
        a->weigh(plain[1], COUNT, edge_node, step);
        b->weigh(wide[1], COUNT, edge_node, step);
        ck_assert_int_eq(memcmp(plain, wide, sizeof plain), 0);
        for (long i = 0; i < COUNT; i++) {
            double share = assay__node_weight(edge_node - i);
            ck_assert_double_eq(plain[1][i], h[i] * step * share);
            ck_assert_double_eq_tol(share, 1.0 - assay__node_weight(i - edge_node), 1e-15);
        }
        double sum = 0.0, mean = 4.0 * draw_share(&state) - 2.0;
        for (int i = 0; i < POINTS; i++)
            sum += h[i] * exp(-3.0 * (h[i] - mean) * (h[i] - mean));
        ck_assert_double_eq(a->density(h, h, mean, -3.0), b->density(h, h, mean, -3.0));
        ck_assert_double_eq_tol(a->density(h, h, mean, -3.0) / sum, 1.0, 1e-14);
    }
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, exits_of_any_width);
    tcase_add_test(cases, places_of_any_width);
    tcase_add_test(cases, series_of_any_width);
    tcase_add_test(cases, shares_of_nodes_fade);
    tcase_add_test(cases, nodes_of_any_width);
}

int main(void)
{
    return test_main("exits", add);
}
