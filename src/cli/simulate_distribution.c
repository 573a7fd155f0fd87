/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The distributions that units are drawn from: a table, with GSL's generators behind it. */
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/simulate.h"

/** struct simulate_distribution: one of them. */
struct simulate_distribution {
    const char *name, *sentence;
    bool (*takes)(enum assay_metric_type type);
    bool wants_deviation, wants_denominator, is_count;
    enum simulate_effect_kind effect;
    /* A value other than zero, and the ratio's denominator. */
    void (*draw)(const struct simulate_draw *draw, const gsl_rng *rng, double values[2]);
    /* Deviation of such a value. */
    double (*deviation)(const struct simulate_draw *draw);
};

static bool takes_means(enum assay_metric_type type)
{
    return type == ASSAY_METRIC_MEAN;
}

static bool takes_shares(enum assay_metric_type type)
{
    return type == ASSAY_METRIC_PROPORTION || type == ASSAY_METRIC_MEAN;
}

static bool takes_ratios(enum assay_metric_type type)
{
    return type == ASSAY_METRIC_RATIO;
}

static void draw_normal(const struct simulate_draw *draw, const gsl_rng *rng, double values[2])
{
    values[0] = draw->mean + gsl_ran_gaussian_ziggurat(rng, draw->deviation);
}

static void draw_lognormal(const struct simulate_draw *draw, const gsl_rng *rng, double values[2])
{
    double share = draw->deviation / draw->mean, sigma2 = log1p(share * share);
    values[0] = draw->mean * exp(gsl_ran_gaussian_ziggurat(rng, sqrt(sigma2)) - 0.5 * sigma2);
}

static double draw_gamma_once(const gsl_rng *rng, double mean, double deviation)
{
    double scale = deviation * deviation / mean;
    return gsl_ran_gamma(rng, mean / scale, scale);
}

static void draw_gamma(const struct simulate_draw *draw, const gsl_rng *rng, double values[2])
{
    values[0] = draw_gamma_once(rng, draw->mean, draw->deviation);
}

static void draw_exponential(const struct simulate_draw *draw, const gsl_rng *rng, double values[2])
{
    values[0] = gsl_ran_exponential(rng, draw->mean);
}

static void draw_binary(const struct simulate_draw *draw, const gsl_rng *rng, double values[2])
{
    values[0] = gsl_rng_uniform(rng) < draw->mean ? 1.0 : 0.0;
}

static void draw_poisson(const struct simulate_draw *draw, const gsl_rng *rng, double values[2])
{
    values[0] = gsl_ran_poisson(rng, draw->mean);
}

/* A unit has 1 + Poisson events; its value is the sum of as many gamma variables, a gamma too. */
static void draw_poisson_gamma(const struct simulate_draw *draw, const gsl_rng *rng,
                               double values[2])
{
    double events = 1.0;
    if (draw->denominator > 1.0)
        events += gsl_ran_poisson(rng, draw->denominator - 1.0);
    double scale = draw->deviation * draw->deviation / draw->mean;
    values[0] = gsl_ran_gamma(rng, events * draw->mean / scale, scale);
    values[1] = events;
}

static double given_deviation(const struct simulate_draw *draw)
{
    return draw->deviation;
}

static double mean_deviation(const struct simulate_draw *draw)
{
    return draw->mean;
}

static double binary_deviation(const struct simulate_draw *draw)
{
    return sqrt(draw->mean * (1.0 - draw->mean));
}

static double root_deviation(const struct simulate_draw *draw)
{
    return sqrt(draw->mean);
}

static double sum_deviation(const struct simulate_draw *draw)
{
    double more = draw->denominator - 1.0;
    return sqrt(draw->denominator * draw->deviation * draw->deviation +
                more * draw->mean * draw->mean);
}

static const struct simulate_distribution DISTRIBUTIONS[] = {
    {"normal", "mean=M,sd=S", takes_means, true, false, false, SIMULATE_SHIFT, draw_normal,
     given_deviation},
    {"lognormal", "mean=M,sd=S: of the values, not of their logarithms", takes_means, true, false,
     false, SIMULATE_SCALE, draw_lognormal, given_deviation},
    {"gamma", "mean=M,sd=S", takes_means, true, false, false, SIMULATE_SCALE, draw_gamma,
     given_deviation},
    {"exponential", "mean=M", takes_means, false, false, false, SIMULATE_SCALE, draw_exponential,
     mean_deviation},
    {"binary", "mean=P: 1 with probability P, else 0", takes_shares, false, false, true,
     SIMULATE_FLIP, draw_binary, binary_deviation},
    {"poisson", "mean=M: counts", takes_means, false, false, true, SIMULATE_COUNT, draw_poisson,
     root_deviation},
    {"poissonGamma",
     "mean=M,sd=S,denominator=D: ratios; a unit has 1 + Poisson(D - 1) events, each with a gamma "
     "value",
     takes_ratios, true, true, false, SIMULATE_SCALE, draw_poisson_gamma, sum_deviation}};

enum { DISTRIBUTION_COUNT = sizeof DISTRIBUTIONS / sizeof *DISTRIBUTIONS };

void simulate_draw_help(FILE *out)
{
    for (size_t i = 0; i < DISTRIBUTION_COUNT; i++)
        fprintf(out, "    %-14s%s\n", DISTRIBUTIONS[i].name, DISTRIBUTIONS[i].sentence);
}

/* A key of --draw and where its value goes. */
struct key {
    const char *name;
    enum args_kind kind;
    size_t offset;
};

static const struct key KEYS[] = {
    {"mean", ARGS_ANY, offsetof(struct simulate_draw, mean)},
    {"sd", ARGS_POSITIVE, offsetof(struct simulate_draw, deviation)},
    {"denominator", ARGS_POSITIVE, offsetof(struct simulate_draw, denominator)},
    {"zeros", ARGS_SHARE, offsetof(struct simulate_draw, zeros)},
    {"missing", ARGS_SHARE, offsetof(struct simulate_draw, missing)},
    {"covariate", ARGS_ANY, offsetof(struct simulate_draw, covariate)}};

enum { KEY_COUNT = sizeof KEYS / sizeof *KEYS };

/* One NAME=VALUE. */
static int take_key(const char *metric, const char *text, struct simulate_draw *draw)
{
    const char *names[KEY_COUNT + 1] = {NULL};
    char name[32];
    size_t length = strcspn(text, "=");
    unsigned index = 0;
    for (size_t i = 0; i < KEY_COUNT; i++)
        names[i] = KEYS[i].name;
    snprintf(name, sizeof name, "%.*s", (int)(length < 31 ? length : 31), text);
    int code = args_choice((struct args_where){"simulate", "draw"}, name, names, &index);
    if (code != 0)
        return code;
    if (text[length] == '\0')
        return cli_usage_error("simulate", "--draw %s: %s needs a value, as in %s=1", metric, name,
                               name);
    double *value = (double *)(void *)((char *)draw + KEYS[index].offset);
    return args_number((struct args_where){"simulate", "draw"}, KEYS[index].kind, text + length + 1,
                       value);
}

/* What a distribution needs is there, and in its range. */
static int check(const char *metric, enum assay_metric_type type, const struct simulate_draw *draw)
{
    const struct simulate_distribution *row = draw->distribution;
    if (!row->takes(type))
        return cli_usage_error("simulate", "--draw %s: %s does not suit a %s metric", metric,
                               row->name,
                               type == ASSAY_METRIC_PROPORTION ? "proportion"
                               : type == ASSAY_METRIC_RATIO    ? "ratio"
                                                               : "mean");
    if (isnan(draw->mean) || (row->wants_deviation && isnan(draw->deviation)) ||
        (row->wants_denominator && isnan(draw->denominator)))
        return cli_usage_error("simulate", "--draw %s: %s is given by %s", metric, row->name,
                               row->sentence);
    if (row->effect != SIMULATE_SHIFT && !(draw->mean > 0.0))
        return cli_usage_error("simulate", "--draw %s: the mean of %s must be above 0", metric,
                               row->name);
    if (row->effect == SIMULATE_FLIP && !(draw->mean < 1.0))
        return cli_usage_error("simulate", "--draw %s: a share lies between 0 and 1", metric);
    if (row->is_count && draw->mean > 1e9)
        return cli_usage_error("simulate", "--draw %s: the mean of counts is at most 1e9", metric);
    if (row->wants_denominator && !(draw->denominator >= 1.0 && draw->denominator <= 1e6))
        return cli_usage_error("simulate", "--draw %s: denominator is from 1 to 1e6", metric);
    if (!(fabs(draw->covariate) < 1.0))
        return cli_usage_error("simulate", "--draw %s: a correlation lies between -1 and 1",
                               metric);
    return 0;
}

int simulate_draw_parse(const char *metric, const char *text, enum assay_metric_type type,
                        struct simulate_draw *draw)
{
    const char *names[DISTRIBUTION_COUNT + 1] = {NULL};
    char part[256];
    unsigned index = 0;
    for (size_t i = 0; i < DISTRIBUTION_COUNT; i++)
        names[i] = DISTRIBUTIONS[i].name;
    *draw = (struct simulate_draw){.mean = NAN, .deviation = NAN, .denominator = NAN};
    for (bool first = true;; first = false) {
        size_t length = strcspn(text, ",");
        snprintf(part, sizeof part, "%.*s", (int)(length < 255 ? length : 255), text);
        int code = first ? args_choice((struct args_where){"simulate", "draw"}, part, names, &index)
                         : take_key(metric, part, draw);
        if (code != 0)
            return code;
        if (text[length] == '\0')
            break;
        text += length + 1;
    }
    draw->distribution = &DISTRIBUTIONS[index];
    return check(metric, type, draw);
}

/* Seven digits of the deviation: what is lost is far below what is estimated. */
static int32_t exponent_of(double deviation)
{
    return deviation > 0.0 ? (int32_t)floor(log10(deviation)) - 6 : -6;
}

void simulate_draw_settle(struct simulate_metric *metric)
{
    const struct simulate_draw *draw = &metric->draw;
    const struct simulate_distribution *row = draw->distribution;
    double share = 1.0 - draw->zeros, deviation = row->deviation(draw);
    double mean = row->wants_denominator ? draw->mean * draw->denominator : draw->mean;
    metric->truth = share * draw->mean;
    metric->kind = row->effect;
    metric->deviation[0] = sqrt(share * (deviation * deviation + draw->zeros * mean * mean));
    metric->exponent[0] = row->is_count ? 0 : exponent_of(metric->deviation[0]);
    for (uint32_t i = 1; i < metric->count; i++) {
        metric->deviation[i] = 1.0;
        metric->exponent[i] = metric->is_ratio && i == 1 ? 0 : -6;
    }
}

void simulate_draw_unit(const struct simulate_metric *metric, const gsl_rng *rng, double *values)
{
    const struct simulate_draw *draw = &metric->draw;
    double value[2] = {0.0, 1.0};
    uint32_t first = metric->is_ratio ? 2 : 1;
    draw->distribution->draw(draw, rng, value);
    if (draw->zeros > 0.0 && gsl_rng_uniform(rng) < draw->zeros)
        value[0] = 0.0;
    memcpy(values, value, first * sizeof *values);
    if (metric->count > first) {
        double mean = metric->truth * (metric->is_ratio ? draw->denominator : 1.0);
        double away = metric->deviation[0] > 0.0 ? (value[0] - mean) / metric->deviation[0] : 0.0;
        double rest = sqrt(1.0 - draw->covariate * draw->covariate);
        for (uint32_t i = first; i < metric->count; i++)
            values[i] = draw->covariate * away + gsl_ran_gaussian_ziggurat(rng, rest);
    }
    if (draw->missing > 0.0 && gsl_rng_uniform(rng) < draw->missing)
        values[0] = NAN;
}

void simulate_draw_effect(const struct simulate_metric *metric, const gsl_rng *rng, double *values)
{
    double effect = metric->effect, truth = metric->truth, value = values[0];
    if (isnan(value) || effect == 0.0)
        return;
    if (metric->kind == SIMULATE_SHIFT)
        values[0] = value + effect;
    else if (metric->kind == SIMULATE_SCALE)
        values[0] = value * (1.0 + effect / truth);
    else if (metric->kind == SIMULATE_COUNT && effect > 0.0)
        values[0] = value + gsl_ran_poisson(rng, effect);
    else if (metric->kind == SIMULATE_COUNT)
        values[0] = gsl_ran_binomial(rng, 1.0 + effect / truth, (unsigned)value);
    else if (effect > 0.0)
        values[0] = value == 0.0 && gsl_rng_uniform(rng) < effect / (1.0 - truth) ? 1.0 : value;
    else
        values[0] = value != 0.0 && gsl_rng_uniform(rng) < -effect / truth ? 0.0 : value;
}
