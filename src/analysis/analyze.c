/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a plan and exact moments to every figure of an experiment, one step after the other. */
#include "analysis/analyze.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "analysis/look_cache.h"
#include "analysis/looks.h"
#include "stats/metric/metric.h"
#include "stats/srm_quick.h"

struct storage {
    struct assay__arena arena;
    struct assay_analysis analysis;
};

/* Plans that need what this version does not have are refused, never half done. */
static enum assay_status check_supported(const struct assay_plan *plan, struct assay_error *err)
{
    for (uint32_t m = 0; m < plan->metric_count; m++)
        if (assay__metric_kind(plan->metrics[m].type)->estimate == NULL)
            return assay__fail(err, ASSAY_ERROR_PLAN,
                               "Metric '%s' is a quantile; quantiles are not in this version.",
                               plan->metrics[m].id);
    return ASSAY_OK;
}

static enum assay_status count_units(struct assay__builder *builder, struct assay_error *err)
{
    struct assay_analysis *out = builder->out;
    out->units = assay__arena_array(builder->arena, (size_t)out->slice_count * out->group_count,
                                    sizeof *out->units);
    if (out->units == NULL)
        return assay__fail_memory(err);
    enum assay_status status = ASSAY_OK;
    for (uint32_t s = 0; status == ASSAY_OK && s < out->slice_count; s++) {
        status = assay__halt_check(builder->halt, err);
        for (uint32_t g = 0; g < out->group_count; g++) {
            uint32_t last = builder->look_count - 1;
            if (builder->look_count > 0)
                out->units[(size_t)s * out->group_count + g] =
                    assay__look_units(builder, s, last, g);
        }
    }
    for (uint32_t p = 0; status == ASSAY_OK && p < builder->pair_count; p++) {
        uint32_t baseline = builder->pairs[p].baseline;
        if (out->units[baseline] == 0)
            status = assay__fail(err, ASSAY_ERROR_DATA,
                                 "The baseline group '%s' has no units in the data.",
                                 out->groups[baseline].id);
    }
    return status;
}

/*
 * The sequential test at every look so far: the least p counts, and a mismatch stays one. Slices of
 * a dimension, of which there may be thousands, are tested at the last look, which is valid too.
 */
static enum assay_status srm_so_far(struct assay__builder *builder, const double *weights,
                                    struct assay_srm_result *srm, struct assay_error *err)
{
    const struct assay_analysis *out = builder->out;
    enum assay_status status = ASSAY_OK;
    if (builder->plan->srm.method != ASSAY_SRM_SEQUENTIAL || builder->look_count < 2 ||
        out->slices[srm->slice].kind == ASSAY_SLICE_DIMENSION)
        return ASSAY_OK;
    uint64_t *units = assay__arena_array(builder->arena, out->group_count, sizeof *units);
    struct assay_srm_group *groups =
        assay__arena_array(builder->arena, out->group_count, sizeof *groups);
    if (units == NULL || groups == NULL)
        return assay__fail_memory(err);
    for (uint32_t k = 0; status == ASSAY_OK && k + 1 < builder->look_count; k++) {
        struct assay_srm test;
        for (uint32_t g = 0; g < out->group_count; g++)
            units[g] = assay__look_units(builder, srm->slice, k, g);
        if (!assay__srm_counts(units, weights, out->group_count, &builder->plan->srm, &srm->test))
            continue;
        status = assay_srm_test(units, weights, out->group_count, &builder->plan->srm, groups,
                                &test, err);
        if (status != ASSAY_OK)
            break;
        if (test.p < srm->test.p || test.log10_p < srm->test.log10_p) {
            srm->look = k;
            srm->time_ns = builder->looks[k].time_ns;
        }
        srm->test.p = fmin(srm->test.p, test.p);
        srm->test.log10_p = fmin(srm->test.log10_p, test.log10_p);
        srm->test.significant = srm->test.significant || test.significant;
    }
    return status;
}

enum assay_status assay__analyze_srm(struct assay__builder *builder, struct assay_error *err)
{
    struct assay_analysis *out = builder->out;
    double *weights = assay__arena_array(builder->arena, out->group_count, sizeof *weights);
    out->srm = assay__arena_array(builder->arena, out->slice_count, sizeof *out->srm);
    if (weights == NULL || out->srm == NULL)
        return assay__fail_memory(err);
    for (uint32_t g = 0; g < out->group_count; g++)
        weights[g] = out->groups[g].weight;
    out->srm_count = out->slice_count;
    for (uint32_t s = 0; s < out->slice_count; s++) {
        struct assay_srm_result *srm = &out->srm[s];
        srm->slice = s;
        srm->look = UINT32_MAX;
        /* slice by slice: of many slices, what the metrics freed serves again */
        srm->groups = assay__arena_array(builder->arena, out->group_count, sizeof *srm->groups);
        if (srm->groups == NULL)
            return assay__fail_memory(err);
        enum assay_status status =
            assay_srm_test(out->units + (size_t)s * out->group_count, weights, out->group_count,
                           &builder->plan->srm, srm->groups, &srm->test, err);
        if (status == ASSAY_OK)
            status = assay__halt_check(builder->halt, err);
        if (status == ASSAY_OK)
            status = srm_so_far(builder, weights, srm, err);
        if (status != ASSAY_OK)
            return status;
    }
    return ASSAY_OK;
}

/*
 * Results lie by metric, then comparison, then slice, so a family, which is of one slice, is every
 * step-th result. Families come in rows: one for each slice, those of a row side by side.
 */
struct families {
    size_t rows, row_step; /* from the first result of a row to that of the next */
    size_t count, step;    /* members of a family, and from one to the next */
};

static struct families families_of(const struct assay__builder *builder)
{
    size_t slices = builder->out->slice_count, pairs = builder->pair_count;
    size_t metrics = builder->plan->metric_count;
    if (builder->plan->multiplicity == ASSAY_MULTIPLICITY_PER_METRIC)
        return (struct families){metrics, pairs * slices, pairs, slices};
    if (builder->plan->multiplicity == ASSAY_MULTIPLICITY_PER_COMPARISON)
        return (struct families){pairs, slices, metrics, pairs * slices};
    return (struct families){1, 0, metrics * pairs, slices};
}

/* Room for a family: p-values and their logarithms, before and after. */
struct family_room {
    double *p, *log10_p, *adjusted_p, *adjusted_log10_p;
};

/* Adjusts the family whose first member is given. */
static enum assay_status adjust_family(struct assay_metric_result *first,
                                       const struct families *families,
                                       const struct family_room *room, struct assay_error *err)
{
    for (size_t i = 0; i < families->count; i++) {
        const struct assay_metric_result *result = &first[i * families->step];
        room->p[i] = room->log10_p[i] = NAN;
        if (result->look_count == 0)
            continue;
        const struct assay_look_result *last = &result->looks[result->look_count - 1];
        room->p[i] = last->comparison.difference.p;
        room->log10_p[i] = last->comparison.difference.log10_p;
    }
    for (int a = 0; a < ASSAY__ADJUST_COUNT; a++) {
        enum assay_status status =
            assay_p_adjust((enum assay_adjustment)a, room->p, room->log10_p, families->count,
                           room->adjusted_p, room->adjusted_log10_p, err);
        if (status != ASSAY_OK)
            return status;
        for (size_t i = 0; i < families->count; i++) {
            first[i * families->step].adjusted_p[a] = room->adjusted_p[i];
            first[i * families->step].adjusted_log10_p[a] = room->adjusted_log10_p[i];
        }
    }
    return ASSAY_OK;
}

enum assay_status assay__analyze_multiplicity(struct assay__builder *builder,
                                              struct assay_error *err)
{
    struct assay_analysis *out = builder->out;
    struct families families = families_of(builder);
    size_t size = families.count;
    double *values = assay__calloc(4 * size, sizeof *values);
    if (values == NULL)
        return assay__fail_memory(err);
    struct family_room room = {values, values + size, values + 2 * size, values + 3 * size};
    enum assay_status status = ASSAY_OK;
    for (size_t row = 0; status == ASSAY_OK && row < families.rows; row++)
        for (size_t s = 0; status == ASSAY_OK && s < out->slice_count; s++) {
            status =
                adjust_family(&out->results[row * families.row_step + s], &families, &room, err);
            if (status == ASSAY_OK)
                status = assay__halt_check(builder->halt, err);
        }
    assay__free(values);
    return status;
}

typedef enum assay_status step(struct assay__builder *builder, struct assay_error *err);

static enum assay_status run_steps(struct assay__builder *builder, step *const *steps, size_t count,
                                   struct assay_error *err)
{
    for (size_t i = 0; i < count; i++) {
        enum assay_status status = steps[i](builder, err);
        if (status == ASSAY_OK)
            status = assay__halt_check(builder->halt, err);
        if (status != ASSAY_OK)
            return status;
    }
    return ASSAY_OK;
}

static enum assay_status analyze(const struct assay_dataset *dataset, struct assay_dataset *spent,
                                 struct assay__look_cache *cache, struct assay__halt *halt,
                                 step *const *steps, size_t count, struct assay_analysis **out,
                                 struct assay_error *err)
{
    const struct assay_plan *plan = assay__dataset_plan(dataset);
    enum assay_status status = check_supported(plan, err);
    if (status != ASSAY_OK)
        return status;
    struct storage *storage = assay__calloc(1, sizeof *storage);
    if (storage == NULL)
        return assay__fail_memory(err);
    storage->analysis.plan = assay__plan_hold(plan);
    storage->analysis.counts = assay_dataset_counts(dataset);
    storage->analysis.storage = storage;
    struct assay__builder builder = {.plan = plan,
                                     .dataset = dataset,
                                     .spent = spent,
                                     .arena = &storage->arena,
                                     .out = &storage->analysis,
                                     .cache = cache,
                                     .halt = halt};
    status = run_steps(&builder, steps, count, err);
    if (status != ASSAY_OK) {
        assay_analysis_free(&storage->analysis);
        return status;
    }
    *out = &storage->analysis;
    return ASSAY_OK;
}

/* The digest needs all sums, and comes before those that may be freed are used up. */
static enum assay_status analyze_all(const struct assay_dataset *dataset,
                                     struct assay_dataset *spent,
                                     const struct assay_analyze_options *options,
                                     struct assay_analysis **out, struct assay_error *err)
{
    static step *const STEPS[] = {
        assay__analyze_order,  assay__analyze_look,        count_units,
        assay__analyze_errors, assay__analyze_digest,      assay__analyze_metrics,
        assay__analyze_srm,    assay__analyze_missingness, assay__analyze_multiplicity,
        assay__analyze_decide, assay__analyze_words,       assay__analyze_notes,
        assay__analyze_ahead,  assay__analyze_guide};
    struct assay__halt halt;
    assay__halt_begin(&halt, options != NULL ? options->hooks : NULL);
    struct assay__look_cache *cache = assay__look_cache_new(&halt);
    enum assay_status status = cache == NULL ? assay__fail_memory(err)
                                             : analyze(dataset, spent, cache, &halt, STEPS,
                                                       sizeof STEPS / sizeof *STEPS, out, err);
    assay__look_cache_free(cache);
    assay__halt_end(&halt);
    return status;
}

enum assay_status assay_dataset_analyze_with(const struct assay_dataset *dataset,
                                             const struct assay_analyze_options *options,
                                             struct assay_analysis **out, struct assay_error *err)
{
    return analyze_all(dataset, NULL, options, out, err);
}

enum assay_status assay__dataset_spend(struct assay_dataset *dataset, struct assay_analysis **out,
                                       struct assay_error *err)
{
    return analyze_all(dataset, dataset, NULL, out, err);
}

enum assay_status assay_dataset_analyze(const struct assay_dataset *dataset,
                                        struct assay_analysis **out, struct assay_error *err)
{
    return assay_dataset_analyze_with(dataset, NULL, out, err);
}

enum assay_status assay__analyze_advice(const struct assay_dataset *dataset,
                                        struct assay__look_cache *cache,
                                        struct assay_analysis **out, struct assay_error *err)
{
    static step *const STEPS[] = {
        assay__analyze_order,  assay__analyze_look,    count_units,          assay__analyze_srm,
        assay__analyze_errors, assay__analyze_metrics, assay__analyze_decide};
    assay__look_cache_trim(cache);
    return analyze(dataset, NULL, cache, NULL, STEPS, sizeof STEPS / sizeof *STEPS, out, err);
}

void assay_analysis_free(struct assay_analysis *analysis)
{
    if (analysis == NULL)
        return;
    struct storage *storage = analysis->storage;
    assay__free_shown(analysis);
    assay__plan_leave(analysis->plan);
    assay__arena_release(&storage->arena);
    assay__free(storage);
}
