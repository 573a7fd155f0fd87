/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "predict.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_integration.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double ALPHA = 0.05;

static struct prediction unknown(void)
{
    struct prediction out = {.replicates = INFINITY, .n_baseline = NAN, .n_compared = NAN};
    for (int i = 0; i < RATE_COUNT; i++)
        out.rates[i] = NAN;
    return out;
}

/*
 * Normal samples. With sigma_g the deviations, v_g = n_g - 1 and Q the chi-square variate of
 * v = v_c + v_t degrees of freedom that both sums of squares make up, a share B ~ Beta(v_t/2,
 * v_c/2) of it in the compared group, the squared errors are e_t = Q u_t B and e_c = Q u_c (1 - B)
 * with u_g = sigma_g^2/(v_g n_g). Q, B and the means are independent and Welch's degrees of freedom
 * depend on B alone. The trapezoidal rule on these smooth, decaying integrands converges
 * exponentially; 64 points of B and Q and 160 of each mean leave less than 1e-6.
 */
enum { POINTS = 64, MEAN_POINTS = 160 };

struct node {
    double x, weight;
};

/*
 * Nodes of a mean: Gauss and Legendre, in two parts where the log interval ceases to exist, at 0.
 * The normal density is part of the weights.
 */
static void mean_nodes(double mean, double error, struct node nodes[MEAN_POINTS])
{
    double low = mean - 8.5 * error, high = mean + 8.5 * error;
    bool crosses = low < 0.0 && high > 0.0;
    size_t count = crosses ? MEAN_POINTS / 2 : MEAN_POINTS;
    gsl_integration_glfixed_table *table = gsl_integration_glfixed_table_alloc(count);
    for (size_t i = 0; i < MEAN_POINTS; i++) {
        double from = crosses && i >= count ? 0.0 : low, to = crosses && i < count ? 0.0 : high;
        gsl_integration_glfixed_point(from, to, i % count, &nodes[i].x, &nodes[i].weight, table);
        nodes[i].weight *= gsl_ran_gaussian_pdf(nodes[i].x - mean, error);
    }
    gsl_integration_glfixed_table_free(table);
}

/* Nodes of B, on the scale of log(B/(1 - B)). */
static void share_nodes(double a, double b, struct node nodes[POINTS])
{
    double centre = log(a / b), step = 20.0 * sqrt(1.0 / a + 1.0 / b) / (POINTS - 1), sum = 0.0;
    for (int i = 0; i < POINTS; i++) {
        double y = step * (i - 0.5 * (POINTS - 1));
        double share = 1.0 / (1.0 + exp(-(centre + y)));
        /* the density B^a (1 - B)^b relative to its peak */
        nodes[i].x = share;
        nodes[i].weight = exp(a * y - (a + b) * log1p(a / (a + b) * expm1(y)));
        sum += nodes[i].weight;
    }
    for (int i = 0; i < POINTS; i++)
        nodes[i].weight /= sum;
}

/* Nodes of Q, on the scale of its logarithm. */
static void chi2_nodes(double df, struct node nodes[POINTS])
{
    double step = 20.0 * sqrt(2.0 / df) / (POINTS - 1), sum = 0.0;
    for (int i = 0; i < POINTS; i++) {
        double y = step * (i - 0.5 * (POINTS - 1));
        nodes[i].x = df * exp(y);
        nodes[i].weight = exp(0.5 * df * (y - expm1(y)));
        sum += nodes[i].weight;
    }
    for (int i = 0; i < POINTS; i++)
        nodes[i].weight /= sum;
}

struct normal_state {
    const struct normal_design *design;
    double df, u_c, u_t, variance; /* variance of the difference of means */
    double rho, critical[POINTS];
    struct node share[POINTS], chi2[POINTS], mean_c[MEAN_POINTS], mean_t[MEAN_POINTS];
};

static void prepare(const struct normal_design *d, struct normal_state *s)
{
    double v_c = d->n_baseline - 1.0, v_t = d->n_compared - 1.0;
    double c = d->deviation * d->deviation / d->n_baseline;
    s->rho = 1.0 + d->lift;
    double t = s->rho * s->rho * d->deviation * d->deviation / d->n_compared;
    s->design = d;
    s->df = v_c + v_t;
    s->u_c = c / v_c;
    s->u_t = t / v_t;
    s->variance = c + t;
    share_nodes(0.5 * v_t, 0.5 * v_c, s->share);
    chi2_nodes(s->df, s->chi2);
    mean_nodes(d->mean, d->deviation / sqrt(d->n_baseline), s->mean_c);
    mean_nodes(s->rho * d->mean, s->rho * d->deviation / sqrt(d->n_compared), s->mean_t);
    for (int i = 0; i < POINTS; i++) {
        double e_t = s->u_t * s->share[i].x, e_c = s->u_c * (1.0 - s->share[i].x);
        double df = (e_t + e_c) * (e_t + e_c) / (e_t * e_t / v_t + e_c * e_c / v_c);
        s->critical[i] = d->welch ? gsl_cdf_tdist_Qinv(ALPHA, df) : gsl_cdf_ugaussian_Qinv(ALPHA);
    }
}

/* P(difference - null > critical error) for sign 1, of the other tail for -1. */
static double normal_tail_rate(const struct normal_state *s, double sign)
{
    double shift = sign * (s->design->lift * s->design->mean - s->design->null), rate = 0.0;
    for (int i = 0; i < POINTS; i++) {
        double h = s->u_t * s->share[i].x + s->u_c * (1.0 - s->share[i].x), inner = 0.0;
        for (int k = 0; k < POINTS; k++)
            inner += s->chi2[k].weight *
                     gsl_cdf_ugaussian_Q((s->critical[i] * sqrt(s->chi2[k].x * h) - shift) /
                                         sqrt(s->variance));
        rate += s->share[i].weight * inner;
    }
    return rate;
}

/* P(|d| <= critical sqrt(e_t + scale e_c)), d the centred difference with that scale's variance. */
static double normal_coverage(const struct normal_state *s, double scale)
{
    double variance = s->variance + (scale - 1.0) * s->u_c * (s->design->n_baseline - 1.0);
    double rate = 0.0;
    for (int i = 0; i < POINTS; i++) {
        double h = s->u_t * s->share[i].x + scale * s->u_c * (1.0 - s->share[i].x);
        double t = s->critical[i] * sqrt(s->df * h / variance);
        rate += s->share[i].weight * (1.0 - 2.0 * gsl_cdf_tdist_Q(t, s->df));
    }
    return rate;
}

/* Delta and log intervals hold rho = t/c when Q is large enough, given both means and B. */
static void normal_ratios(const struct normal_state *s, double *delta, double *log_rate)
{
    *delta = *log_rate = 0.0;
    for (int a = 0; a < MEAN_POINTS; a++) {
        for (int b = 0; b < MEAN_POINTS; b++) {
            double c = s->mean_c[a].x, t = s->mean_t[b].x;
            double away = t * c - s->rho * c * c, log_away = log(t / c / s->rho);
            for (int i = 0; i < POINTS; i++) {
                double q = s->critical[i], weight = s->mean_c[a].weight * s->mean_t[b].weight;
                double e_t = s->u_t * s->share[i].x, e_c = s->u_c * (1.0 - s->share[i].x);
                double least = away / q * away / q / (c * c * e_t + t * t * e_c);
                weight *= s->share[i].weight;
                if (weight < 1e-13)
                    continue;
                *delta += weight * gsl_cdf_chisq_Q(least, s->df);
                least = log_away / q * log_away / q / (e_t / (t * t) + e_c / (c * c));
                if (!isnan(log_away))
                    *log_rate += weight * gsl_cdf_chisq_Q(least, s->df);
            }
        }
    }
}

struct prediction predict_normal(const struct normal_design *design)
{
    static struct normal_state state;
    struct prediction out = unknown();
    prepare(design, &state);
    out.rates[RATE_UPPER] = normal_tail_rate(&state, 1.0);
    out.rates[RATE_LOWER] = normal_tail_rate(&state, -1.0);
    out.rates[RATE_COVERED] = normal_coverage(&state, 1.0);
    out.rates[RATE_FIELLER] = normal_coverage(&state, state.rho * state.rho);
    normal_ratios(&state, &out.rates[RATE_DELTA], &out.rates[RATE_LOG]);
    return out;
}

struct outcome {
    double c, t, e_c, e_t, weight; /* shares and their squared errors */
};

static void add_outcome(const struct outcome *o, double rho, double truth, double null,
                        struct prediction *out)
{
    double q = gsl_cdf_ugaussian_Qinv(ALPHA), d = o->t - o->c, error = sqrt(o->e_c + o->e_t);
    double away = o->t - rho * o->c;
    if (error == 0.0)
        return; /* no test and no interval */
    out->rates[RATE_UPPER] += d - null > q * error ? o->weight : 0.0;
    out->rates[RATE_LOWER] += d - null < -q * error ? o->weight : 0.0;
    out->rates[RATE_COVERED] += fabs(d - truth) <= q * error ? o->weight : 0.0;
    if (o->c == 0.0)
        return;
    out->rates[RATE_FIELLER] +=
        away * away <= q * q * (o->e_t + rho * rho * o->e_c) ? o->weight : 0.0;
    double c2 = o->c * o->c, t2 = o->t * o->t;
    double delta = sqrt(o->e_t / c2 + t2 * o->e_c / (c2 * c2));
    out->rates[RATE_DELTA] += fabs(o->t / o->c - rho) <= q * delta ? o->weight : 0.0;
    if (o->t == 0.0)
        return;
    double log_error = sqrt(o->e_t / t2 + o->e_c / c2);
    out->rates[RATE_LOG] += fabs(log(o->t / o->c / rho)) <= q * log_error ? o->weight : 0.0;
}

struct prediction predict_proportions(int n_baseline, int n_compared, double p_baseline,
                                      double p_compared, double null)
{
    struct prediction out = unknown();
    for (int i = RATE_UPPER; i <= RATE_LOG; i++)
        out.rates[i] = 0.0;
    for (int i = 0; i <= n_baseline; i++) {
        double weight = gsl_ran_binomial_pdf((unsigned)i, p_baseline, (unsigned)n_baseline);
        if (weight < 1e-15)
            continue;
        double c = (double)i / n_baseline;
        for (int j = 0; j <= n_compared; j++) {
            double t = (double)j / n_compared;
            struct outcome outcome = {
                c, t, c * (1.0 - c) / n_baseline, t * (1.0 - t) / n_compared,
                weight * gsl_ran_binomial_pdf((unsigned)j, p_compared, (unsigned)n_compared)};
            if (outcome.weight > 1e-18)
                add_outcome(&outcome, p_compared / p_baseline, p_compared - p_baseline, null, &out);
        }
    }
    return out;
}

struct prediction predict_simulated(const char *name)
{
    struct prediction out = unknown();
    char line[512];
    FILE *file = fopen("tests/golden/calibration.csv", "r");
    if (file == NULL)
        return out;
    size_t length = strlen(name);
    while (fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, name, length) != 0 || line[length] != ',')
            continue;
        char *at = line + length;
        double fields[3 + RATE_COUNT];
        for (int i = 0; i < 3 + RATE_COUNT; i++)
            fields[i] = *at == ',' ? strtod(at + 1, &at) : (double)NAN;
        out.n_baseline = fields[0];
        out.n_compared = fields[1];
        out.replicates = fields[2];
        memcpy(out.rates, fields + 3, sizeof out.rates);
    }
    fclose(file);
    return out;
}

double predict_srm(int n, const double *shares, int groups, double alpha)
{
    double limit = gsl_cdf_chisq_Qinv(alpha, groups - 1.0), rate = 0.0;
    for (int i = 0; i <= n; i++) {
        double first = i - n * shares[0],
               weight = gsl_ran_binomial_pdf((unsigned)i, shares[0], (unsigned)n);
        if (weight < 1e-18)
            continue;
        int rest = n - i, last = groups == 2 ? 0 : rest;
        for (int j = 0; j <= last; j++) {
            double inner = 1.0, statistic = first * first / (n * shares[0]);
            int second = groups == 2 ? rest : j;
            if (groups == 3) {
                double away = rest - j - n * shares[2];
                inner = gsl_ran_binomial_pdf((unsigned)j, shares[1] / (shares[1] + shares[2]),
                                             (unsigned)rest);
                statistic += away * away / (n * shares[2]);
            }
            double away = second - n * shares[1];
            statistic += away * away / (n * shares[1]);
            rate += statistic > limit ? weight * inner : 0.0;
        }
    }
    return rate;
}
