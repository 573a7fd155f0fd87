/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One simulated experiment: units come, are looked at, and the library's advice is followed. The
 * stream of random numbers belongs to the experiment's number, not to the thread that runs it.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/analysis_view.h"
#include "analysis/look_cache.h"
#include "base/error.h"
#include "cli/simulate.h"

struct simulate_worker {
    const struct simulation *simulation;
    struct assay__look_cache *cache;
    gsl_rng *rng;
    struct assay_moments **moments; /* [group * metric_count + metric]: of all units so far */
    uint64_t *units;                /* [group] */
};

struct simulate_worker *simulate_worker_new(const struct simulation *simulation)
{
    struct simulate_worker *worker = calloc(1, sizeof *worker);
    if (worker == NULL)
        return NULL;
    size_t cells = (size_t)simulation->group_count * simulation->plan.metric_count;
    worker->simulation = simulation;
    worker->cache = assay__look_cache_new(NULL);
    worker->rng = gsl_rng_alloc(gsl_rng_mt19937);
    worker->moments = calloc(cells + 1, sizeof(struct assay_moments *));
    worker->units = calloc(simulation->group_count, sizeof *worker->units);
    if (worker->cache != NULL && worker->rng != NULL && worker->moments != NULL &&
        worker->units != NULL)
        return worker;
    simulate_worker_free(worker);
    return NULL;
}

static void forget_units(struct simulate_worker *worker)
{
    const struct simulation *simulation = worker->simulation;
    size_t cells = (size_t)simulation->group_count * simulation->plan.metric_count;
    for (size_t i = 0; worker->moments != NULL && i < cells; i++) {
        assay_moments_free(worker->moments[i]);
        worker->moments[i] = NULL;
    }
    if (worker->units != NULL)
        memset(worker->units, 0, simulation->group_count * sizeof *worker->units);
}

void simulate_worker_free(struct simulate_worker *worker)
{
    if (worker == NULL)
        return;
    forget_units(worker);
    assay__look_cache_free(worker->cache);
    if (worker->rng != NULL)
        gsl_rng_free(worker->rng);
    free(worker->moments);
    free(worker->units);
    free(worker);
}

/* A one-to-one mixing of 32 bits: MurmurHash3's finalizer. */
static uint32_t mix(uint32_t x)
{
    x = (x ^ x >> 16) * 0x85ebca6bu;
    x = (x ^ x >> 13) * 0xc2b2ae35u;
    return x ^ x >> 16;
}

/* Experiments of a run have different seeds: for a given key the map is one to one. */
static void begin_stream(struct simulate_worker *worker, enum simulate_scenario scenario,
                         uint64_t index)
{
    uint32_t key = worker->simulation->seed;
    uint32_t number = (uint32_t)index * SIMULATE_SCENARIOS + (uint32_t)scenario;
    gsl_rng_set(worker->rng, mix(mix(number ^ mix(key + 0x9e3779b9u)) + mix(key ^ 0x5bd1e995u)));
}

static uint32_t draw_group(const struct simulate_worker *worker)
{
    const struct simulation *simulation = worker->simulation;
    double place = gsl_rng_uniform(worker->rng);
    for (uint32_t g = 0; g + 1 < simulation->group_count; g++) {
        place -= simulation->weights[g];
        if (place < 0.0)
            return g;
    }
    return simulation->group_count - 1;
}

static enum assay_status add_values(struct simulate_worker *worker, uint32_t group, uint32_t index,
                                    const double *values, struct assay_error *err)
{
    const struct simulation *simulation = worker->simulation;
    const struct simulate_metric *metric = &simulation->metrics[index];
    struct assay_moments **moments =
        &worker->moments[(size_t)group * simulation->plan.metric_count + index];
    struct assay_decimal decimals[SIMULATE_VARIABLES];
    uint32_t missing = 0, required = metric->is_ratio ? 2 : 1;
    enum assay_status status = ASSAY_OK;
    for (uint32_t i = 0; i < metric->count; i++) {
        double value = values[i];
        if (isnan(value) && i >= required)
            missing |= UINT32_C(1) << (i - required);
        double whole = isnan(value) ? 0.0 : value * metric->scale[i];
        decimals[i] = (struct assay_decimal){.mantissa = llround(fmax(-9e17, fmin(9e17, whole))),
                                             .exponent = metric->exponent[i]};
    }
    if (*moments == NULL)
        status =
            assay_moments_new(assay__metric_shape(&simulation->plan.metrics[index]), moments, err);
    if (status == ASSAY_OK)
        status = assay_moments_add_decimal(*moments, decimals, missing, err);
    return status;
}

/* Draws a unit, and its group. */
static enum assay_status add_unit(struct simulate_worker *worker, bool has_effect,
                                  struct assay_error *err)
{
    const struct simulation *simulation = worker->simulation;
    const struct simulate_pool *pool = &simulation->pool;
    uint32_t group = draw_group(worker);
    enum assay_status status = ASSAY_OK;
    const double *row = NULL;
    if (pool->count > 0)
        row = pool->values + gsl_rng_uniform_int(worker->rng, pool->count) * pool->width;
    worker->units[group]++;
    for (uint32_t m = 0; status == ASSAY_OK && m < simulation->plan.metric_count; m++) {
        const struct simulate_metric *metric = &simulation->metrics[m];
        double values[SIMULATE_VARIABLES];
        if (row != NULL)
            memcpy(values, row + metric->place, metric->count * sizeof *values);
        else
            simulate_draw_unit(metric, worker->rng, values);
        if (has_effect && group != simulation->baseline)
            simulate_draw_effect(metric, worker->rng, values);
        if (!isnan(values[0]))
            status = add_values(worker, group, m, values, err);
    }
    return status;
}

/* The end of look k: buckets of the plan's granularity, from a Monday on. */
static int64_t look_time(const struct simulation *simulation, uint32_t k)
{
    static const int64_t HOURS[] = {[ASSAY_GRANULARITY_NONE] = 24,
                                    [ASSAY_GRANULARITY_HOUR] = 1,
                                    [ASSAY_GRANULARITY_DAY] = 24,
                                    [ASSAY_GRANULARITY_WEEK] = 168};
    const int64_t monday = INT64_C(1767571200), hour = 3600;
    int64_t seconds = monday + ((int64_t)k + 1) * HOURS[simulation->plan.granularity] * hour;
    return seconds * INT64_C(1000000000);
}

/* Puts what there is now into the dataset as a look. */
static enum assay_status add_look(const struct simulate_worker *worker,
                                  struct assay_dataset *dataset, uint32_t k,
                                  struct assay_error *err)
{
    const struct simulation *simulation = worker->simulation;
    uint32_t look, group, metrics = simulation->plan.metric_count;
    struct assay__cell *cell;
    enum assay_status status = assay__dataset_look(dataset, look_time(simulation, k), &look, err);
    for (uint32_t g = 0; status == ASSAY_OK && g < simulation->group_count; g++) {
        const char *id = simulation->groups[g];
        status = assay__dataset_group(dataset, id, strlen(id), &group, err);
        if (status == ASSAY_OK)
            status = assay__dataset_cell(dataset, 0, look, group, &cell, err);
        if (status == ASSAY_OK)
            cell->units = worker->units[g];
        for (uint32_t m = 0; status == ASSAY_OK && m < metrics; m++) {
            const struct assay_moments *from = worker->moments[(size_t)g * metrics + m];
            struct assay_moments *into;
            if (from == NULL)
                continue;
            status = assay__cell_moments(dataset, cell, m, &into, err);
            if (status == ASSAY_OK)
                status = assay_moments_merge(into, from, err);
        }
    }
    return status;
}

static double covers(double lower, double upper, double truth)
{
    if (isnan(lower) || isnan(upper))
        return NAN;
    return lower <= truth && truth <= upper ? 1.0 : 0.0;
}

static void take_metric(double effect, const struct assay_metric_result *result,
                        struct simulate_metric_outcome *out)
{
    const struct assay_look_result *last = assay__last_look(result);
    if (last == NULL)
        return;
    const struct assay__kept_difference *difference = &last->comparison.difference;
    out->is_there = result->significant != ASSAY_UNKNOWN;
    out->significant = result->significant == ASSAY_YES;
    out->deteriorated = result->deteriorated == ASSAY_YES;
    out->covered = covers(difference->lower, difference->upper, effect);
    out->nominal = 1.0 - (result->side == ASSAY_SIDE_BOTH ? 1.0 : 2.0) * result->alpha;
    if (effect != 0.0)
        out->ratio = difference->estimate / effect;
    for (uint32_t i = 0; i < result->look_count; i++) {
        if (result->looks[i].stopped == NULL)
            continue;
        const struct assay_horizon_estimate *stopped = result->looks[i].stopped;
        out->covered_after = covers(stopped->lower, stopped->upper, effect);
        if (effect != 0.0)
            out->ratio_after = stopped->median / effect;
    }
}

/* The advice to follow: before the last look a fixed horizon only watches for harm. */
static bool stops(const struct simulation *simulation, uint32_t k, enum assay_recommendation advice)
{
    if (k + 1 == simulation->look_count)
        return true;
    if (simulation->is_fixed)
        return advice == ASSAY_RECOMMEND_ABORT;
    return advice == ASSAY_RECOMMEND_SHIP || advice == ASSAY_RECOMMEND_END ||
           advice == ASSAY_RECOMMEND_ABORT;
}

static const struct assay_metric_result *find_result(const struct assay_analysis *analysis,
                                                     uint32_t metric,
                                                     const struct assay_treatment *treatment)
{
    size_t count;
    const struct assay_metric_result *results = assay__first_result(analysis, metric, &count);
    for (size_t i = 0; i < count; i++)
        if (results[i].slice == 0 && results[i].baseline == treatment->baseline &&
            results[i].compared == treatment->group)
            return &results[i];
    return NULL;
}

/* Follows the advice of an analysis; true when every treatment has stopped. */
static bool follow(const struct simulation *simulation, const struct assay_analysis *analysis,
                   uint32_t k, bool has_effect, struct simulate_treatment_outcome *treatments,
                   struct simulate_metric_outcome *metrics)
{
    uint32_t metric_count = simulation->plan.metric_count;
    bool all = true;
    for (uint32_t t = 0; t < analysis->treatment_count && t < simulation->treatment_count; t++) {
        const struct assay_treatment *treatment = &analysis->treatments[t];
        if (treatments[t].units > 0)
            continue;
        if (!stops(simulation, k, treatment->recommendation)) {
            all = false;
            continue;
        }
        treatments[t].advice = treatment->recommendation;
        treatments[t].units = simulation->looks[k];
        treatments[t].by_srm = analysis->srm[0].test.significant;
        for (uint32_t m = 0; m < metric_count; m++) {
            const struct assay_metric_result *result = find_result(analysis, m, treatment);
            const struct simulate_metric *metric = &simulation->metrics[m];
            if (result == NULL)
                continue;
            struct simulate_metric_outcome *out = &metrics[(size_t)t * metric_count + m];
            take_metric(has_effect ? metric->effect : 0.0, result, out);
            /* Where futility ends an experiment there is no estimate by stages: no fair sample. */
            if (simulation->plan.metrics[m].horizon.futility_is_binding)
                out->covered_after = out->ratio_after = NAN;
        }
    }
    return all;
}

static bool has_all_groups(const struct simulate_worker *worker)
{
    for (uint32_t g = 0; g < worker->simulation->group_count; g++)
        if (worker->units[g] == 0 && worker->simulation->weights[g] > 0.0)
            return false;
    return true;
}

static enum assay_status run_looks(struct simulate_worker *worker, struct assay_dataset *dataset,
                                   bool has_effect, struct simulate_treatment_outcome *treatments,
                                   struct simulate_metric_outcome *metrics, struct assay_error *err)
{
    const struct simulation *simulation = worker->simulation;
    uint64_t units = 0;
    enum assay_status status = ASSAY_OK;
    for (uint32_t k = 0; status == ASSAY_OK && k < simulation->look_count; k++) {
        for (; status == ASSAY_OK && units < simulation->looks[k]; units++)
            status = add_unit(worker, has_effect, err);
        if (status != ASSAY_OK || !has_all_groups(worker))
            continue;
        struct assay_analysis *analysis;
        status = add_look(worker, dataset, k, err);
        if (status == ASSAY_OK)
            status = assay__analyze_advice(dataset, worker->cache, &analysis, err);
        if (status != ASSAY_OK)
            break;
        bool all = follow(simulation, analysis, k, has_effect, treatments, metrics);
        assay_analysis_free(analysis);
        if (all)
            break;
    }
    return status;
}

enum assay_status simulate_experiment(struct simulate_worker *worker,
                                      enum simulate_scenario scenario, uint64_t index,
                                      struct simulate_treatment_outcome *treatments,
                                      struct simulate_metric_outcome *metrics,
                                      struct assay_error *err)
{
    const struct simulation *simulation = worker->simulation;
    size_t metric_count = (size_t)simulation->treatment_count * simulation->plan.metric_count;
    struct assay_dataset *dataset = NULL;
    for (uint32_t t = 0; t < simulation->treatment_count; t++)
        treatments[t] = (struct simulate_treatment_outcome){ASSAY_RECOMMEND_UNSPECIFIED, false, 0};
    for (size_t i = 0; i < metric_count; i++)
        metrics[i] = (struct simulate_metric_outcome){
            .covered = NAN, .covered_after = NAN, .nominal = NAN, .ratio = NAN, .ratio_after = NAN};
    begin_stream(worker, scenario, index);
    enum assay_status status = assay_dataset_new(&simulation->plan, &dataset, err);
    if (status == ASSAY_OK)
        status = run_looks(worker, dataset, scenario == SIMULATE_EFFECT, treatments, metrics, err);
    assay_dataset_free(dataset);
    forget_units(worker);
    return status;
}
