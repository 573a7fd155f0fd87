/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Slices of one dimension beside each other: do their differences differ (Cochran 1954, Biometrics
 * 10:101), and which p-values of slices stand when there are as many (Holm 1979).
 */
#include <math.h>
#include <string.h>

#include "analysis/analysis_view.h"
#include "analysis/analyze.h"
#include "assay/correct.h"
#include "assay/dist.h"
#include "base/error.h"
#include "base/memory.h"

typedef struct assay__wide wide;

/* The slices of one dimension, which lie side by side. */
struct span {
    uint32_t first, count;
};

static struct span span_of(const struct assay_analysis *out, const char *dimension)
{
    struct span span = {0, 0};
    for (uint32_t s = 0; s < out->slice_count; s++) {
        if (out->slices[s].kind != ASSAY_SLICE_DIMENSION ||
            strcmp(out->slices[s].key, dimension) != 0)
            continue;
        if (span.count == 0)
            span.first = s;
        span.count++;
    }
    return span;
}

static bool has_units(const struct assay_metric_result *result)
{
    const struct assay_look_result *last = assay__last_look(result);
    return last != NULL && last->comparison.baseline.n >= ASSAY__HETEROGENEITY_UNITS &&
           last->comparison.compared.n >= ASSAY__HETEROGENEITY_UNITS;
}

static bool has_weight(const struct assay__slice_difference *slice,
                       const struct assay_metric_result *result)
{
    return has_units(result) && assay__wide_sign(slice->error2) > 0 &&
           !assay__wide_is_infinite(slice->error2);
}

/* Q = sum w d^2 - (sum w d)^2 / sum w, w = 1 / SE^2, summed from the mean so that nothing cancels.
 */
static void cochran(const struct assay__slice_difference *slices,
                    const struct assay_metric_result *results, uint32_t count,
                    struct assay_heterogeneity *out)
{
    wide weights = assay__wide_zero(), sum = weights, q = weights;
    out->slice_count = 0;
    out->q = out->df = out->p = out->log10_p = NAN;
    for (uint32_t i = 0; i < count; i++) {
        if (!has_weight(&slices[i], &results[i]))
            continue;
        out->slice_count++;
        weights = assay__wide_add(weights, assay__wide_div(assay__wide_of(1.0), slices[i].error2));
        sum = assay__wide_add(sum, assay__wide_div(slices[i].difference, slices[i].error2));
    }
    if (out->slice_count < 2)
        return;
    wide mean = assay__wide_div(sum, weights);
    for (uint32_t i = 0; i < count; i++) {
        if (!has_weight(&slices[i], &results[i]))
            continue;
        wide away = assay__wide_square(assay__wide_sub(slices[i].difference, mean));
        q = assay__wide_add(q, assay__wide_div(away, slices[i].error2));
    }
    out->q = assay__wide_double(q);
    out->df = out->slice_count - 1;
    out->p = assay_chi2_upper(out->q, out->df);
    out->log10_p = assay_chi2_log_upper(out->q, out->df) / M_LN10 + 0.0;
}

/* room holds 4 count numbers. */
static enum assay_status adjust(struct assay_metric_result *results, uint32_t count, double *room,
                                struct assay_error *err)
{
    double *p = room, *log10_p = p + count, *adjusted = log10_p + count;
    for (uint32_t i = 0; i < count; i++) {
        p[i] = log10_p[i] = NAN;
        if (results[i].look_count == 0)
            continue;
        const struct assay_look_result *last = &results[i].looks[results[i].look_count - 1];
        p[i] = last->comparison.difference.p;
        log10_p[i] = last->comparison.difference.log10_p;
    }
    enum assay_status status =
        assay_p_adjust(ASSAY_ADJUST_HOLM, p, log10_p, count, adjusted, adjusted + count, err);
    for (uint32_t i = 0; status == ASSAY_OK && i < count; i++) {
        results[i].slice_p = adjusted[i];
        results[i].slice_log10_p = adjusted[count + i];
    }
    return status;
}

/* Room for all metrics, with the first of them. */
static enum assay_status make_room(struct assay__builder *builder, struct assay_error *err)
{
    struct assay_analysis *out = builder->out;
    if (out->heterogeneity != NULL)
        return ASSAY_OK;
    size_t most =
        (size_t)builder->plan->metric_count * builder->pair_count * builder->plan->dimension_count;
    out->heterogeneity = assay__arena_array(builder->arena, most, sizeof *out->heterogeneity);
    return out->heterogeneity == NULL ? assay__fail_memory(err) : ASSAY_OK;
}

static enum assay_status compare_slices(struct assay__builder *builder, uint32_t metric,
                                        uint32_t pair, const char *dimension, double *room,
                                        struct assay_error *err)
{
    struct assay_analysis *out = builder->out;
    struct span span = span_of(out, dimension);
    size_t place = (size_t)pair * out->slice_count + span.first;
    size_t per_metric = (size_t)builder->pair_count * out->slice_count;
    if (span.count == 0)
        return ASSAY_OK;
    struct assay_heterogeneity *heterogeneity = &out->heterogeneity[out->heterogeneity_count++];
    struct assay_metric_result *results = &out->results[metric * per_metric + place];
    cochran(&builder->differences[place], results, span.count, heterogeneity);
    heterogeneity->metric = metric;
    heterogeneity->baseline = builder->pairs[pair].baseline;
    heterogeneity->compared = builder->pairs[pair].compared;
    heterogeneity->dimension = dimension;
    return adjust(results, span.count, room, err);
}

void assay__keep_difference(const struct assay__builder *builder,
                            const struct assay_metric_result *result)
{
    size_t per_metric = (size_t)builder->pair_count * builder->out->slice_count;
    struct assay__slice_difference *kept =
        &builder->differences[(size_t)(result - builder->out->results) % per_metric];
    const struct assay__pair_estimate *pair = &builder->test.pair;
    bool is_slice = builder->out->slices[result->slice].kind == ASSAY_SLICE_DIMENSION;
    bool are_enough = pair->raw[0].n >= ASSAY__HETEROGENEITY_UNITS &&
                      pair->raw[1].n >= ASSAY__HETEROGENEITY_UNITS; /* others stay untouched */
    if (!is_slice || !are_enough || !pair->raw[0].has_error || !pair->raw[1].has_error)
        return;
    kept->difference = assay__wide_sub(pair->value[1], pair->value[0]);
    kept->error2 = pair->difference_error2;
}

enum assay_status assay__analyze_slices(struct assay__builder *builder, uint32_t metric,
                                        struct assay_error *err)
{
    const struct assay_plan *plan = builder->plan;
    if (plan->dimension_count == 0)
        return ASSAY_OK;
    enum assay_status status = make_room(builder, err);
    if (status != ASSAY_OK)
        return status;
    double *room = assay__calloc(4 * (size_t)builder->out->slice_count, sizeof *room);
    if (room == NULL)
        return assay__fail_memory(err);
    for (uint32_t p = 0; p < builder->pair_count; p++)
        for (uint32_t d = 0; status == ASSAY_OK && d < plan->dimension_count; d++)
            status = compare_slices(builder, metric, p, plan->dimensions[d], room, err);
    assay__free(room);
    return status;
}
