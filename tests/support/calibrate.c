/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "calibrate.h"

#include <stdarg.h>

void draw_normal(struct sim_random *r, double *values)
{
    values[0] = 10.0 + sim_normal(r);
}

void draw_wide_normal(struct sim_random *r, double *values)
{
    values[0] = 1.0 + 3.0 * sim_normal(r);
}

void draw_exponential(struct sim_random *r, double *values)
{
    values[0] = sim_exponential(r);
}

void draw_lognormal1(struct sim_random *r, double *values)
{
    values[0] = exp(sim_normal(r));
}

void draw_lognormal2(struct sim_random *r, double *values)
{
    values[0] = exp(2.0 * sim_normal(r));
}

/* One unit in five has a value: an exponential one. */
void draw_zero_inflated(struct sim_random *r, double *values)
{
    double u = sim_uniform(r);
    values[0] = u < 0.2 ? -log(5.0 * u) : 0.0;
}

void draw_ratio(struct sim_random *r, double *values)
{
    values[1] = 1.0 + sim_exponential(r);
    values[0] = 0.5 * values[1] * sim_exponential(r);
}

void draw_ratio_covariate(struct sim_random *r, double *values)
{
    double rate = sim_exponential(r);
    values[1] = 1.0 + sim_exponential(r);
    values[0] = 0.5 * values[1] * rate;
    values[2] = rate + 0.5 * sim_normal(r);
}

void draw_normal_covariate(struct sim_random *r, double *values)
{
    double x = sim_normal(r);
    values[0] = 10.0 + 0.7 * x + sqrt(0.51) * sim_normal(r);
    values[1] = 5.0 + x;
}

void draw_normal_covariates(struct sim_random *r, double *values)
{
    for (int i = 1; i <= 3; i++)
        values[i] = sim_normal(r);
    values[0] =
        10.0 + 0.5 * values[1] + 0.4 * values[2] + 0.3 * values[3] + sqrt(0.5) * sim_normal(r);
}

void draw_lognormal_covariate(struct sim_random *r, double *values)
{
    double before = sim_normal(r);
    values[0] = exp(0.7 * before + sqrt(0.51) * sim_normal(r));
    values[1] = exp(before);
}

/* A share of 0.1: a normal variate with correlation 0.6 beyond its upper decile. */
void draw_share_covariate(struct sim_random *r, double *values)
{
    values[1] = sim_normal(r);
    values[0] = 0.6 * values[1] + 0.8 * sim_normal(r) > 1.2815515655446004 ? 1.0 : 0.0;
}

static struct assay_moments *draw_group(struct sim_random *r, const struct scenario *s, int group)
{
    struct sim_sample sample;
    double values[SIM_VARIABLES_MAX];
    int n = group == 0 ? s->n_baseline : s->n_compared;
    sim_sample_init(&sample, s->shape, s->decimals);
    if (s->counts[group] != NULL) {
        sample.count = (uint64_t)n;
        sample.sums[0] = sim_binomial_draw(s->counts[group], r);
        sample.products[0] = sample.thirds[0] = sample.sums[0];
        return sim_sample_moments(&sample);
    }
    for (int i = 0; i < n; i++) {
        s->draw(r, values);
        if (group == 1)
            values[0] *= 1.0 + s->lift;
        sim_sample_add(&sample, values);
    }
    return sim_sample_moments(&sample);
}

/* Whether the set, which may be the outside of its bounds or the line, holds the value. */
static bool fieller_holds(const struct assay_relative *relative, double value)
{
    bool inside = relative->fieller_lower <= value && value <= relative->fieller_upper;
    switch (relative->fieller_kind) {
    case ASSAY_FIELLER_BOUNDED:
        return inside;
    case ASSAY_FIELLER_COMPLEMENT:
        return value <= relative->fieller_lower || value >= relative->fieller_upper;
    case ASSAY_FIELLER_LINE:
        return true;
    default:
        return false;
    }
}

static void compare(struct assay_moments *const groups[2], const struct assay_method *method,
                    struct assay_comparison *out)
{
    if (assay_moments_compare((const struct assay_moments *const *)groups, 2, 0, 1, method, out,
                              NULL) != ASSAY_OK)
        abort();
}

static void replicate(struct sim_random *r, const void *argument, double *counts)
{
    const struct scenario *s = argument;
    struct assay_moments *groups[2];
    struct assay_comparison out;
    double truth = s->lift * s->mean;
    struct assay_method method = {.type = s->type,
                                  .test = s->test,
                                  .side = ASSAY_SIDE_UPPER,
                                  .alpha = 0.05,
                                  .null_difference = s->power ? 0.0 : truth,
                                  .reduction = s->reduction,
                                  .skewness =
                                      s->corrected ? ASSAY_SKEWNESS_HALL : ASSAY_SKEWNESS_NONE};
    groups[0] = draw_group(r, s, 0);
    groups[1] = draw_group(r, s, 1);
    compare(groups, &method, &out);
    const struct assay_difference *d = &out.difference;
    const struct assay_relative *relative = &out.relative;
    counts[RATE_UPPER] += d->significant;
    counts[RATE_LOWER] += d->statistic < -d->critical;
    counts[RATE_COVERED] += d->lower <= truth && truth <= d->upper;
    counts[RATE_FIELLER] += fieller_holds(relative, s->lift);
    counts[RATE_DELTA] += relative->delta_lower <= s->lift && s->lift <= relative->delta_upper;
    counts[RATE_LOG] += relative->log_lower <= s->lift && s->lift <= relative->log_upper;
    if (s->corrected) {
        counts[RATE_HALL_UPPER] += out.corrected_lower > method.null_difference;
        counts[RATE_HALL_LOWER] += out.corrected_upper < method.null_difference;
        method.skewness = ASSAY_SKEWNESS_PEARSON;
        compare(groups, &method, &out);
        counts[RATE_PEARSON_UPPER] += out.corrected_lower > method.null_difference;
        counts[RATE_PEARSON_LOWER] += out.corrected_upper < method.null_difference;
    }
    assay_moments_free(groups[0]);
    assay_moments_free(groups[1]);
}

double calibrate_band(double p, double replicates, double predicted)
{
    /* A rate of less than ten cases is as uncertain as one of ten. */
    double least = fmax(fmin(p, 1.0 - p), 10.0 / replicates);
    return 4.0 * sqrt(least * (1.0 - least) * (1.0 / replicates + 1.0 / predicted));
}

void calibrate_row(const char *format, ...)
{
    const char *path = getenv("CALIBRATION");
    FILE *file = path == NULL ? stdout : fopen(path, "a");
    va_list arguments;
    ck_assert_msg(file != NULL, "cannot open %s", path);
    va_start(arguments, format);
    vfprintf(file, format, arguments);
    va_end(arguments);
    if (file != stdout)
        fclose(file);
    else
        fflush(file);
}

static const char *const RATE_NAMES[RATE_COUNT] = {
    "upper tail",           "lower tail",          "coverage",          "Fieller coverage",
    "delta method",         "log interval",        "Hall's upper tail", "Hall's lower tail",
    "Pearson's upper tail", "Pearson's lower tail"};

static void print_row(const struct scenario *s, const double rates[SIM_COUNTS_MAX],
                      const struct prediction *prediction, double nominal)
{
    double tail =
        calibrate_band(prediction->rates[RATE_UPPER], SIM_REPLICATES, prediction->replicates);
    double cover =
        calibrate_band(prediction->rates[RATE_COVERED], SIM_REPLICATES, prediction->replicates);
    calibrate_row("| %s | %.3g |", s->name, nominal);
    for (int i = RATE_UPPER; i <= RATE_LOG; i++)
        calibrate_row(" %.4f |", rates[i]);
    for (int i = RATE_HALL_UPPER; i < RATE_COUNT; i += 2) {
        if (s->corrected)
            calibrate_row(" %.4f, %.4f |", rates[i], rates[i + 1]);
        else
            calibrate_row(" |");
    }
    calibrate_row(" %.4f, %.4f -+ %.4f; %.4f -+ %.4f, %s |\n", prediction->rates[RATE_UPPER],
                  prediction->rates[RATE_LOWER], tail, prediction->rates[RATE_COVERED], cover,
                  isinf(prediction->replicates) ? "exact" : "simulated");
}

void calibrate(const struct scenario *scenario, const struct prediction *prediction, uint64_t seed,
               double nominal)
{
    double rates[SIM_COUNTS_MAX];
    sim_begin();
    sim_run(replicate, scenario, seed, rates);
    print_row(scenario, rates, prediction, nominal);
    int last = scenario->corrected ? RATE_PEARSON_LOWER : RATE_LOG;
    for (int i = RATE_UPPER; i <= last; i++) {
        double want = prediction->rates[i];
        double band = calibrate_band(want, SIM_REPLICATES, prediction->replicates);
        ck_assert_msg(fabs(rates[i] - want) <= band, "%s: %s %.5f, predicted %.5f -+ %.5f",
                      scenario->name, RATE_NAMES[i], rates[i], want, band);
    }
}
