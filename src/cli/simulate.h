/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_CLI_SIMULATE_H
#define ASSAY_CLI_SIMULATE_H

#include <gsl/gsl_rng.h>
#include <stdio.h>

#include "analysis/results.h"
#include "assay.h"
#include "cli/args.h"

/**
 * Simulated experiments: units are drawn, looked at as the plan says, and analyzed by the library
 * as any data are; the advice is followed from look to look.
 */
enum {
    SIMULATE_LOOKS_MAX = 1000,
    SIMULATE_EXPERIMENTS_MAX = 1000000,
    SIMULATE_VARIABLES = ASSAY_VARIABLES_MAX
};

/** enum simulate_effect_kind: how a planted effect changes a unit's value. */
enum simulate_effect_kind {
    SIMULATE_SHIFT, /* is added */
    SIMULATE_SCALE, /* multiplies: zeros stay zeros */
    SIMULATE_FLIP,  /* some zeros become ones, or ones zeros */
    SIMULATE_COUNT  /* events are added, or left out */
};

/** struct simulate_draw: the distribution of a metric's values; see simulate_distribution.c. */
struct simulate_draw {
    const struct simulate_distribution *distribution; /* NULL: none was named */
    double mean, deviation;                           /* of the values that are not zeros */
    double denominator;                               /* mean of a ratio's denominator */
    double zeros;                                     /* share of units whose value is 0 */
    double missing;                                   /* share of units without a value */
    double covariate;                                 /* correlation of each covariate */
};

/** struct simulate_metric: where a metric's values come from, and what is planted. */
struct simulate_metric {
    struct simulate_draw draw;
    uint32_t place, count; /* variables: of a row of the pool, and how many; 1 is the denominator */
    bool is_ratio;
    double truth;                         /* mean, share or ratio without an effect */
    double deviation[SIMULATE_VARIABLES]; /* of each variable */
    int32_t exponent[SIMULATE_VARIABLES]; /* of the decimals that values are rounded to */
    double scale[SIMULATE_VARIABLES];     /* 10^-exponent */
    bool has_effect, is_relative;         /* planted by the user, or planned */
    double asked;                         /* as asked for */
    double effect;                        /* in metric units */
    enum simulate_effect_kind kind;
};

/** struct simulate_pool: units of the user's data; NaN: missing. */
struct simulate_pool {
    double *values; /* [count * width] */
    size_t count, capacity;
    uint32_t width;
};

/** struct simulation: what was asked for. */
struct simulation {
    struct assay_plan plan; /* as the data to come need it: no dimensions, no asOf */
    const struct assay_plan *given;
    struct simulate_metric *metrics; /* [plan.metric_count] */
    struct simulate_pool pool;
    char **groups;   /* ids, the baseline among them */
    double *weights; /* planned; they add up to 1 */
    uint32_t group_count, baseline;
    uint32_t treatment_count;           /* groups with advice */
    uint64_t looks[SIMULATE_LOOKS_MAX]; /* units at each look */
    uint32_t look_count;
    bool is_fixed; /* no metric has a sequential horizon: only the last look decides */
    uint64_t experiments;
    uint32_t seed, threads;
    bool has_effect;  /* something is planted */
    bool is_planned;  /* what the plan says */
    bool only_guards; /* no metric is to be improved: shipping without an effect is right */
};

/** struct simulate_metric_outcome: a metric of a treatment when the advice stopped it. */
struct simulate_metric_outcome {
    bool is_there, significant, deteriorated;
    double covered, covered_after; /* 1, 0, or NaN without an interval */
    double nominal;                /* level of the interval */
    double ratio, ratio_after;     /* estimate over effect; NaN without an effect */
};

/** struct simulate_treatment_outcome: how a treatment ended. */
struct simulate_treatment_outcome {
    enum assay_recommendation advice;
    bool by_srm;    /* aborted for a sample ratio mismatch */
    uint64_t units; /* of the whole experiment when it stopped */
};

/** struct simulate_outcomes: of all experiments of a scenario, in order. */
struct simulate_outcomes {
    struct simulate_treatment_outcome *treatments; /* [experiments * treatment_count] */
    struct simulate_metric_outcome *metrics;       /* [... * metric_count] */
};

enum simulate_scenario { SIMULATE_NO_EFFECT, SIMULATE_EFFECT, SIMULATE_SCENARIOS };

/**
 * simulate_draw_parse() reads "NAME,KEY=VALUE,..." for a metric of a type; 0, or 2 after saying
 * what is wrong. simulate_draw_names() lists the distributions for --help.
 */
int simulate_draw_parse(const char *metric, const char *text, enum assay_metric_type type,
                        struct simulate_draw *draw);
void simulate_draw_help(FILE *out);

/** simulate_draw_settle() fills in what is known of a drawn metric without drawing. */
void simulate_draw_settle(struct simulate_metric *metric);

/** simulate_draw_unit() draws the variables of a unit; NaN: missing. */
void simulate_draw_unit(const struct simulate_metric *metric, const gsl_rng *rng, double *values);

/** simulate_draw_effect() plants the effect in a unit's values. */
void simulate_draw_effect(const struct simulate_metric *metric, const gsl_rng *rng, double *values);

/** simulate_run() runs all experiments of a scenario on all threads; the same for any number. */
enum assay_status simulate_run(const struct simulation *simulation, enum simulate_scenario scenario,
                               struct simulate_outcomes *outcomes, struct assay_error *err);

/** struct simulate_experiment: one experiment, and what a thread keeps between experiments. */
struct simulate_worker;
struct simulate_worker *simulate_worker_new(const struct simulation *simulation);
void simulate_worker_free(struct simulate_worker *worker);

/** simulate_experiment() runs experiment number index and writes its outcomes. */
enum assay_status simulate_experiment(struct simulate_worker *worker,
                                      enum simulate_scenario scenario, uint64_t index,
                                      struct simulate_treatment_outcome *treatments,
                                      struct simulate_metric_outcome *metrics,
                                      struct assay_error *err);

/** simulate_print() prints what came out; returns the exit code. */
int simulate_print(const struct simulation *simulation, const struct simulate_outcomes *outcomes,
                   uint32_t scenario_count, enum args_format format);

#endif
