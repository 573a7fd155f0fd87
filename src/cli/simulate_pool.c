/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The user's own data as a pool of units to draw from. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/dataset_read.h"
#include "base/error.h"
#include "base/text.h"
#include "cli/simulate_data.h"
#include "number/number.h"
#include "stats/metric/metric.h"

/* What the reader of the files tells of. */
struct filling {
    struct simulation *simulation;
};

static enum assay_status take_unit(void *context, struct assay_error *err)
{
    struct simulate_pool *pool = &((struct filling *)context)->simulation->pool;
    if (pool->count == pool->capacity) {
        size_t capacity = pool->capacity == 0 ? 4096 : pool->capacity * 2;
        if (capacity > SIZE_MAX / sizeof(double) / pool->width)
            return assay__fail_memory(err);
        double *values = realloc(pool->values, capacity * pool->width * sizeof *values);
        if (values == NULL)
            return assay__fail_memory(err);
        pool->values = values;
        pool->capacity = capacity;
    }
    double *row = pool->values + pool->count++ * pool->width;
    for (uint32_t i = 0; i < pool->width; i++)
        row[i] = NAN;
    return ASSAY_OK;
}

/* The double nearest to a decimal. */
static double double_of(const struct assay_decimal *decimal)
{
    char text[ASSAY__DIGITS_MAX + 32];
    double value = NAN;
    int length;
    if (decimal->digits == NULL && decimal->exponent == 0)
        return (double)decimal->mantissa;
    if (decimal->digits == NULL)
        length = snprintf(text, sizeof text, "%llde%d", (long long)decimal->mantissa,
                          (int)decimal->exponent);
    else
        length = snprintf(text, sizeof text, "%s%.*se%d", decimal->mantissa < 0 ? "-" : "",
                          (int)decimal->digit_count, decimal->digits, (int)decimal->exponent);
    return assay__double_parse(text, (size_t)length, &value) == ASSAY__PARSE_OK ? value
                                                                                : (double)NAN;
}

static enum assay_status take_value(void *context, uint32_t index,
                                    const struct assay_decimal *values, uint32_t missing_covariates,
                                    struct assay_error *err)
{
    struct simulation *simulation = ((struct filling *)context)->simulation;
    struct simulate_pool *pool = &simulation->pool;
    struct simulate_metric *metric = &simulation->metrics[index];
    uint32_t required = metric->is_ratio ? 2 : 1;
    (void)err;
    if (pool->count == 0)
        return ASSAY_OK;
    double *row = pool->values + (pool->count - 1) * pool->width + metric->place;
    for (uint32_t i = 0; i < metric->count; i++) {
        if (i >= required && (missing_covariates >> (i - required) & 1))
            continue;
        row[i] = double_of(&values[i]);
        int32_t exponent = values[i].mantissa == 0 ? 0 : values[i].exponent;
        metric->exponent[i] = exponent < metric->exponent[i] ? exponent : metric->exponent[i];
    }
    return ASSAY_OK;
}

/* Mean and deviation of a variable of the pool, over the units that have it. */
static void describe(const struct simulate_pool *pool, uint32_t place, double *mean,
                     double *deviation)
{
    double sum = 0.0, squares = 0.0, count = 0.0;
    for (size_t u = 0; u < pool->count; u++) {
        double value = pool->values[u * pool->width + place];
        if (isnan(value))
            continue;
        sum += value;
        count += 1.0;
    }
    *mean = sum / count;
    for (size_t u = 0; u < pool->count; u++) {
        double away = pool->values[u * pool->width + place] - *mean;
        squares += isnan(away) ? 0.0 : away * away;
    }
    *deviation = sqrt(squares / count);
}

/* Decimals as the data have them, but no more than seven digits of the deviation. */
static void settle(const struct simulate_pool *pool, struct simulate_metric *metric,
                   enum assay_metric_type type)
{
    double mean[2] = {NAN, 1.0};
    for (uint32_t i = 0; i < metric->count; i++) {
        double unused, *of = i < 2 ? &mean[i] : &unused;
        describe(pool, metric->place + i, of, &metric->deviation[i]);
        int32_t finest = metric->deviation[i] > 0.0
                             ? (int32_t)floor(log10(metric->deviation[i])) - 6
                             : metric->exponent[i];
        metric->exponent[i] = metric->exponent[i] > finest ? metric->exponent[i] : finest;
    }
    metric->truth = metric->is_ratio ? mean[0] / mean[1] : mean[0];
    metric->kind = assay__metric_kind(type)->is_share ? SIMULATE_FLIP
                   : metric->is_ratio                 ? SIMULATE_SCALE
                                                      : SIMULATE_SHIFT;
}

static enum assay_status take_groups(struct simulation *simulation,
                                     const struct assay_dataset *dataset, struct assay_error *err)
{
    uint32_t count = assay__dataset_group_count(dataset);
    if (simulation->group_count > 0)
        return ASSAY_OK;
    free(simulation->groups);
    free(simulation->weights);
    simulation->groups = calloc((size_t)count + 1, sizeof *simulation->groups);
    simulation->weights = calloc((size_t)count + 1, sizeof *simulation->weights);
    if (simulation->groups == NULL || simulation->weights == NULL)
        return assay__fail_memory(err);
    for (uint32_t g = 0; g < count; g++) {
        simulation->groups[g] = strdup(assay__dataset_group_id(dataset, g));
        simulation->weights[g] = 1.0 / count;
        if (simulation->groups[g] == NULL)
            return assay__fail_memory(err);
        simulation->group_count++;
    }
    return ASSAY_OK;
}

static enum assay_status finish(struct simulation *simulation, const struct assay_dataset *dataset,
                                struct assay_error *err)
{
    const struct simulate_pool *pool = &simulation->pool;
    if (pool->count == 0)
        return assay__fail(err, ASSAY_ERROR_DATA,
                           "Units are drawn from rows of units; a table of sums has none.");
    for (uint32_t m = 0; m < simulation->plan.metric_count; m++) {
        const struct assay_metric_plan *metric = &simulation->plan.metrics[m];
        settle(pool, &simulation->metrics[m], metric->type);
        if (isnan(simulation->metrics[m].truth))
            return assay__fail(err, ASSAY_ERROR_DATA, "No unit has a value of the metric '%s'.",
                               metric->id);
    }
    return take_groups(simulation, dataset, err);
}

enum assay_status simulate_pool_read(struct simulation *simulation, const struct plan_flags *flags,
                                     const struct assay_read_options *options, char *const *paths,
                                     size_t path_count, struct assay_error *err)
{
    struct assay_plan once = *simulation->given;
    struct filling filling = {simulation};
    struct assay__unit_watch watch = {&filling, take_unit, take_value};
    struct assay_dataset *dataset = NULL;
    /* One look over everything: a unit is told once, with its last values. */
    once.granularity = ASSAY_GRANULARITY_NONE;
    once.dimension_count = 0;
    for (uint32_t m = 0; m < simulation->plan.metric_count; m++)
        for (uint32_t i = 0; i < SIMULATE_VARIABLES; i++)
            simulation->metrics[m].exponent[i] = 0;
    enum assay_status status =
        data_read_watched(&once, flags, options, paths, path_count, &watch, &dataset, err);
    if (status == ASSAY_OK)
        status = finish(simulation, dataset, err);
    assay_dataset_free(dataset);
    return status;
}
