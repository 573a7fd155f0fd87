/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every metric x comparison x slice: the test of its hypothesis at each look, and the deterioration
 * test beside it.
 */
#include <math.h>
#include <string.h>

#include "assay/dist.h"
#include "base/error.h"
#include "base/memory.h"
#include "analysis/looks.h"
#include "exact/shortest.h"
#include "stats/compare.h"
#include "stats/moments.h"

static struct assay_method method_of(const struct assay__builder *builder,
                                     const struct assay_metric_result *result)
{
    const struct assay_metric_plan *metric = &builder->plan->metrics[result->metric];
    struct assay_method method = {.type = metric->type,
                                  .test = builder->plan->test,
                                  .side = result->side,
                                  .alpha = result->alpha,
                                  .null_difference = result->null_difference,
                                  .reduction = metric->reduction,
                                  .skewness = builder->plan->skewness,
                                  .exact = true};
    return method;
}

static enum assay_tristate tristate(const struct assay__kept_difference *difference)
{
    if (isnan(difference->p))
        return ASSAY_UNKNOWN;
    return difference->significant ? ASSAY_YES : ASSAY_NO;
}

/* assay__compare_groups() or assay__compare_open(). */
typedef enum assay_status comparer(const struct assay__group *groups, size_t group_count,
                                   size_t baseline, size_t compared,
                                   const struct assay_method *method,
                                   struct assay__compare_wide *more, struct assay_comparison *out,
                                   struct assay_error *err);

/* A caller's moments may not fit the metric's type: the error then names the metric. */
static enum assay_status compare(comparer *function, struct assay__builder *builder,
                                 const struct assay_metric_result *result,
                                 const struct assay_method *method, struct assay_error *err)
{
    struct assay_error why;
    enum assay_status status =
        function(builder->groups, builder->out->group_count, result->baseline, result->compared,
                 method, &builder->test, &builder->comparison, &why);
    if (status == ASSAY_OK)
        return status;
    return assay__fail(err, status, "Metric '%s': %s", builder->plan->metrics[result->metric].id,
                       why.message);
}

/* A relative margin without a baseline, or with one of 0: the difference is shown, not tested. */
static void take_test_away(struct assay_comparison *comparison)
{
    struct assay_difference *difference = &comparison->difference;
    difference->statistic = difference->p = difference->log10_p = NAN;
    difference->significant = false;
    difference->tested_by = ASSAY_TESTED_BY_NOTHING;
    comparison->corrected_p = comparison->corrected_log10_p = NAN;
}

/* Advice rests on no significance that so few units make by an approximation; false then. */
static bool counts(const struct assay__builder *builder, const struct assay_metric_result *result,
                   struct assay_comparison *comparison)
{
    if (comparison->difference.significant && assay__has_few(builder, result) &&
        !assay__is_exact(comparison->difference.tested_by))
        comparison->flags |= ASSAY_FLAG_FEW_SIGNIFICANCE;
    return !(comparison->flags & ASSAY__UNSURE);
}

/* The tests of one result from look to look. */
struct tests {
    struct assay__tracker role, deterioration;
};

/* The test's boundary at look k: the method takes its z, and the nominal level of that. */
static enum assay_status set_boundary(struct assay__tracker *tracker, uint32_t k, uint64_t units,
                                      const struct assay_look_result *now,
                                      struct assay_method *method, struct assay_boundary *boundary,
                                      struct assay_error *err)
{
    enum assay_status status =
        assay__tracker_boundary(tracker, k, units, now->comparison.difference.standard_error,
                                now->size.required, boundary, err);
    if (status != ASSAY_OK || isnan(boundary->critical))
        return status;
    double tail = assay_normal_upper(boundary->critical);
    method->boundary = boundary->critical;
    method->alpha = fmin(fmax(method->side == ASSAY_SIDE_BOTH ? 2.0 * tail : tail, 1e-300), 0.4999);
    return ASSAY_OK;
}

/* The deterioration test; a harm metric's own test is that very test. */
static enum assay_status test_deterioration(struct assay__builder *builder,
                                            const struct assay_metric_result *result,
                                            struct assay__tracker *tracker, uint32_t k,
                                            uint64_t units, struct assay_look_result *look,
                                            struct assay_error *err)
{
    look->deterioration_alpha_spent = NAN;
    if (isnan(result->deterioration_alpha))
        return ASSAY_OK;
    if (look->deterioration == NULL)
        look->deterioration = assay__arena_alloc(builder->arena, sizeof *look->deterioration);
    if (look->deterioration == NULL)
        return assay__fail_memory(err);
    if (assay__looks_for_harm(result)) {
        *look->deterioration = assay__kept_same_test(&look->comparison);
        look->deterioration_alpha_spent = look->alpha_spent;
        return ASSAY_OK;
    }
    struct assay_boundary boundary;
    struct assay_method method = method_of(builder, result);
    method.side = result->deterioration_side;
    method.alpha = result->deterioration_alpha;
    method.null_difference = 0.0;
    enum assay_status status = set_boundary(tracker, k, units, look, &method, &boundary, err);
    if (status == ASSAY_OK)
        status = assay__compare_again(&builder->test, &method, assay__wide_zero(),
                                      &builder->comparison, err);
    if (status != ASSAY_OK)
        return status;
    look->deterioration_alpha_spent = boundary.alpha_spent;
    bool is_sure = counts(builder, result, &builder->comparison);
    assay__keep_test(look->deterioration, &builder->comparison);
    assay__tracker_note(tracker, k, units, method.side, is_sure, &look->deterioration->difference);
    return ASSAY_OK;
}

/* Takes over what the test of the role gave. */
static enum assay_status keep(struct assay__builder *builder, struct assay_look_result *look,
                              struct assay_error *err)
{
    return assay__keep_comparison(&look->comparison, builder->arena, &builder->comparison)
               ? ASSAY_OK
               : assay__fail_memory(err);
}

/* Mixtures ask for the required size before a test, the others after it. */
static bool has_mixture(const struct tests *tests)
{
    return tests->role.design.kind == ASSAY_HORIZON_ALWAYS_VALID ||
           tests->deterioration.design.kind == ASSAY_HORIZON_ALWAYS_VALID;
}

/*
 * What the boundary says of a look. Nothing is won any more once all alpha is spent: looking on
 * until something is significant finds it in experiments without an effect, too. Harm still counts.
 * So does what was found by the end, if not surely: more units may make it sure.
 */
static void keep_boundary(const struct assay_boundary *boundary, bool is_settled,
                          struct assay_look_result *look)
{
    look->alpha_spent = boundary->alpha_spent;
    look->futility = boundary->futility;
    look->information_fraction = boundary->information;
    look->is_overrun = (boundary->flags & ASSAY_BOUNDARY_OVERRUN) != 0;
    look->is_late = look->is_overrun && is_settled;
}

/* The test of the metric's role, against a boundary, or at its level where that has none. */
static enum assay_status test_role(struct assay__builder *builder,
                                   struct assay_metric_result *result, struct tests *tests,
                                   uint32_t k, uint64_t units, struct assay_look_result *look,
                                   struct assay_error *err)
{
    struct assay_method method = method_of(builder, result);
    struct assay_boundary boundary;
    bool has_null = isfinite(result->null_difference);
    builder->test.null_difference = builder->hypothesis.null_difference;
    if (!has_null) {
        method.null_difference = 0.0;
        builder->test.null_difference = assay__wide_zero();
    }
    enum assay_status status = ASSAY_OK;
    bool is_mixture = has_mixture(tests);
    if (is_mixture) {
        /* Mixtures ask for the standard error, or for the required size. */
        status = compare(assay__compare_open, builder, result, &method, err);
        if (status == ASSAY_OK)
            status = keep(builder, look, err);
        if (status == ASSAY_OK)
            status = assay__analyze_size(builder, result, &tests->role, look, err);
    }
    if (status == ASSAY_OK)
        status = set_boundary(&tests->role, k, units, look, &method, &boundary, err);
    if (status == ASSAY_OK && is_mixture)
        status = assay__compare_again(&builder->test, &method, builder->test.null_difference,
                                      &builder->comparison, err);
    else if (status == ASSAY_OK)
        status = compare(assay__compare_groups, builder, result, &method, err);
    if (status != ASSAY_OK)
        return status;
    if (!has_null)
        take_test_away(&builder->comparison);
    bool is_sure = counts(builder, result, &builder->comparison);
    status = keep(builder, look, err);
    if (status != ASSAY_OK)
        return status;
    bool is_settled = !tests->role.is_unsettled && !assay__looks_for_harm(result);
    keep_boundary(&boundary, is_settled, look);
    /* Under a fixed horizon a test for harm may go on, and nothing waits for it. */
    result->is_final =
        boundary.is_final || assay__result_horizon(builder, result)->kind == ASSAY_HORIZON_FIXED;
    if (!look->is_late)
        assay__tracker_note(&tests->role, k, units, method.side, is_sure,
                            &look->comparison.difference);
    look->is_futile =
        !isnan(boundary.futility) &&
        assay__normal_statistic(&look->comparison.difference, method.side) < boundary.futility;
    return ASSAY_OK;
}

static enum assay_status test_look(struct assay__builder *builder,
                                   struct assay_metric_result *result, struct tests *tests,
                                   uint32_t k, uint64_t units, struct assay_look_result *look,
                                   struct assay_error *err)
{
    const struct assay_metric_plan *metric = &builder->plan->metrics[result->metric];
    look->time_ns = builder->looks[k].time_ns;
    look->look = k;
    look->size.required = NAN;
    bool asks = metric->effect.is_set || metric->margin.is_set;
    assay__set_null(builder, result,
                    asks ? assay__group_estimate(&builder->groups[result->baseline], metric->type)
                         : assay__wide_of(NAN));
    look->null_difference = result->null_difference;
    look->margin_abs = result->margin_abs;
    look->effect_abs = result->effect_abs;
    bool was_open = tests->role.horizon != NULL;
    enum assay_status status = test_role(builder, result, tests, k, units, look, err);
    assay__keep_difference(builder, result);
    assay__note_effective(builder, result, look);
    if (status == ASSAY_OK)
        status = test_deterioration(builder, result, &tests->deterioration, k, units, look, err);
    /* A mixture that was settled by the size that one look needs asks for more from here on. */
    if (status == ASSAY_OK && has_mixture(tests) && was_open == (tests->role.horizon != NULL))
        assay__note_size(look);
    else if (status == ASSAY_OK)
        status = assay__analyze_size(builder, result, &tests->role, look, err);
    return status;
}

static void begin_result(const struct assay__builder *builder, uint32_t metric, uint32_t slice,
                         uint32_t pair, struct assay_metric_result *result)
{
    result->metric = metric;
    result->slice = slice;
    result->baseline = builder->pairs[pair].baseline;
    result->compared = builder->pairs[pair].compared;
    result->comparison_id = builder->pairs[pair].id;
    result->significant = result->deteriorated = result->powered = ASSAY_UNKNOWN;
    result->first_significant = result->first_deteriorated = UINT32_MAX;
    result->effect_abs = result->margin_abs = NAN;
    for (int a = 0; a < ASSAY__ADJUST_COUNT; a++)
        result->adjusted_p[a] = result->adjusted_log10_p[a] = NAN;
    result->slice_p = result->slice_log10_p = NAN;
    assay__set_hypothesis(builder, result);
}

/* Trackers of a result's tests, and room for its looks. */
static enum assay_status begin_looks(struct assay__builder *builder,
                                     struct assay_metric_result *result, struct tests *tests,
                                     struct assay_error *err)
{
    bool harm = assay__looks_for_harm(result);
    bool once = assay__result_horizon(builder, result)->kind == ASSAY_HORIZON_FIXED;
    result->looks =
        assay__arena_array(builder->arena, once ? 1 : builder->look_count, sizeof *result->looks);
    if (result->looks == NULL)
        return assay__fail_memory(err);
    enum assay_status status =
        assay__tracker_open(builder, result, result->side, result->alpha, harm, &tests->role, err);
    if (status == ASSAY_OK && !isnan(result->deterioration_alpha) && !harm)
        status = assay__tracker_open(builder, result, result->deterioration_side,
                                     result->deterioration_alpha, true, &tests->deterioration, err);
    return status;
}

/* Every look up to this one counts: what was found once, surely, stays found. */
static void conclude_look(const struct tests *tests, struct assay_metric_result *result,
                          struct assay_look_result *look)
{
    bool harm = assay__looks_for_harm(result);
    bool monitored = !isnan(result->deterioration_alpha);
    const struct assay__tracker *watch = harm ? &tests->role : &tests->deterioration;
    result->is_futile = tests->role.is_futile;
    look->significant = tristate(&look->comparison.difference);
    if (look->is_late && look->significant == ASSAY_YES)
        look->significant = ASSAY_NO;
    result->first_significant = look->significant == ASSAY_YES ? look->look : UINT32_MAX;
    if (tests->role.is_found && tests->role.design.kind != ASSAY_HORIZON_FIXED) {
        result->first_significant = tests->role.first_significant;
        look->significant = ASSAY_YES;
    }
    if (harm && !monitored)
        look->significant = ASSAY_UNKNOWN;
    look->deteriorated = monitored ? tristate(&look->deterioration->difference) : ASSAY_UNKNOWN;
    if (monitored && watch->is_found) {
        result->first_deteriorated = watch->first_significant;
        look->deteriorated = ASSAY_YES;
    }
    look->powered = result->powered;
    result->significant = look->significant;
    result->deteriorated = look->deteriorated;
}

/* Look k of one result; a fixed horizon keeps the last one only. */
static enum assay_status take_look(struct assay__builder *builder,
                                   struct assay_metric_result *result, struct tests *tests,
                                   uint32_t k, struct assay_error *err)
{
    bool last = k + 1 == builder->look_count;
    uint64_t baseline = assay__result_units(builder, result, k, result->baseline);
    uint64_t compared = assay__result_units(builder, result, k, result->compared);
    if ((baseline == 0 || compared == 0) && !(last && result->look_count == 0))
        return ASSAY_OK; /* a group has no units yet: nothing was looked at */
    bool once = assay__result_horizon(builder, result)->kind == ASSAY_HORIZON_FIXED;
    if (once && !last && tests->role.design.kind == ASSAY_HORIZON_FIXED &&
        tests->deterioration.design.kind == ASSAY_HORIZON_FIXED)
        return ASSAY_OK; /* only the last look is tested */
    struct assay_look_result *look = &result->looks[once ? 0 : result->look_count];
    if (result->look_count > 0 && once)
        *look = (struct assay_look_result){.deterioration = look->deterioration};
    result->look_count = once ? 1 : result->look_count + 1;
    enum assay_status status = test_look(builder, result, tests, k, baseline + compared, look, err);
    if (status != ASSAY_OK)
        return status;
    conclude_look(tests, result, look);
    bool is_lost = once && !last; /* the next look takes its place */
    return !is_lost || assay__keep_harm(builder->arena, result) ? ASSAY_OK
                                                                : assay__fail_memory(err);
}

/* All comparisons of one metric in one slice, placed at result[pair * slice_count + slice]. */
static enum assay_status analyze_slice(struct assay__builder *builder, uint32_t metric,
                                       uint32_t slice, struct assay_metric_result *first,
                                       struct tests *tests, struct assay_error *err)
{
    size_t step = builder->out->slice_count;
    enum assay_status status = ASSAY_OK;
    memset(tests, 0, builder->pair_count * sizeof *tests);
    assay__count_units(builder, slice);
    for (uint32_t p = 0; status == ASSAY_OK && p < builder->pair_count; p++) {
        begin_result(builder, metric, slice, p, &first[p * step + slice]);
        if (builder->look_count > 0)
            status = begin_looks(builder, &first[p * step + slice], &tests[p], err);
    }
    for (uint32_t k = 0; status == ASSAY_OK && k < builder->look_count; k++) {
        bool any;
        status = assay__load_groups(builder, metric, slice, k, &any, err);
        for (uint32_t p = 0; status == ASSAY_OK && any && p < builder->pair_count; p++) {
            status = take_look(builder, &first[p * step + slice], &tests[p], k, err);
            if (status == ASSAY_OK)
                status = assay__halt_check(builder->halt, err);
        }
    }
    for (uint32_t p = 0; p < builder->pair_count; p++) {
        struct assay_metric_result *result = &first[p * step + slice];
        if (status == ASSAY_OK) {
            result->outcome = assay__outcome(result->hypothesis, result->significant);
            status = assay__estimate_stopped(builder, &tests[p].role, result, err);
            if (status == ASSAY_OK && slice == 0 && result->look_count > 0)
                status = assay__analyze_balance(builder, result, err);
        }
        assay__tracker_release(&tests[p].role);
        assay__tracker_release(&tests[p].deterioration);
    }
    return status;
}

/*
 * All slices of one metric, in the order in which the dataset met them: so memory that is freed on
 * the way lies side by side and serves again. by_number[i]: the slice with number i there.
 */
static enum assay_status analyze_slices(struct assay__builder *builder, uint32_t metric,
                                        const uint32_t *by_number, struct tests *tests,
                                        struct assay_error *err)
{
    struct assay_analysis *out = builder->out;
    size_t per_metric = (size_t)builder->pair_count * out->slice_count;
    enum assay_status status = ASSAY_OK;
    for (uint32_t i = 0; status == ASSAY_OK && i < out->slice_count; i++) {
        status = analyze_slice(builder, metric, by_number[i], out->results + metric * per_metric,
                               tests, err);
        if (builder->spent != NULL && out->slices[by_number[i]].kind == ASSAY_SLICE_DIMENSION)
            assay__dataset_forget(builder->spent, i, metric);
        if (status == ASSAY_OK)
            status = assay__halt_progress(builder->halt, "analyze",
                                          metric * per_metric + (i + 1) * builder->pair_count,
                                          out->result_count, err);
    }
    return status;
}

enum assay_status assay__analyze_metrics(struct assay__builder *builder, struct assay_error *err)
{
    struct assay_analysis *out = builder->out;
    const struct assay_plan *plan = builder->plan;
    size_t per_metric = (size_t)builder->pair_count * out->slice_count;
    out->result_count = per_metric * plan->metric_count;
    if (out->result_count > 20000000)
        return assay__fail(err, ASSAY_ERROR_LIMIT,
                           "%zu comparisons are too many: break down by fewer values.",
                           out->result_count);
    out->results = assay__arena_array(builder->arena, out->result_count, sizeof *out->results);
    out->shown = assay__arena_alloc(builder->arena, sizeof *out->shown +
                                                        out->result_count * sizeof *out->shown->of);
    out->missing = assay__arena_array(builder->arena, plan->metric_count, sizeof *out->missing);
    out->missing_covariates =
        assay__arena_array(builder->arena, (size_t)plan->metric_count * ASSAY_COVARIATES_MAX,
                           sizeof *out->missing_covariates);
    if (out->results == NULL || out->shown == NULL || out->missing == NULL ||
        out->missing_covariates == NULL)
        return assay__fail_memory(err);
    struct tests *tests = assay__calloc(builder->pair_count, sizeof *tests);
    uint32_t *by_number = assay__calloc(out->slice_count, sizeof *by_number);
    builder->differences = assay__calloc(per_metric, sizeof *builder->differences);
    bool has_room = tests != NULL && by_number != NULL && builder->differences != NULL;
    enum assay_status status = has_room ? ASSAY_OK : assay__fail_memory(err);
    for (uint32_t s = 0; has_room && s < out->slice_count; s++)
        by_number[builder->slice_of[s]] = s;
    for (uint32_t m = 0; status == ASSAY_OK && m < plan->metric_count; m++) {
        out->missing[m] = assay__dataset_missing(builder->dataset, m);
        assay__count_missing(builder, m);
        if (m > 0 && plan->dimension_count > 0)
            memset(builder->differences, 0, per_metric * sizeof *builder->differences);
        status = analyze_slices(builder, m, by_number, tests, err);
        if (status == ASSAY_OK && builder->spent != NULL && m + 1 == plan->metric_count)
            assay__dataset_trim(builder->spent);
        if (status == ASSAY_OK)
            status = assay__analyze_slices(builder, m, err);
    }
    assay__free(tests);
    assay__free(by_number);
    assay__free(builder->differences);
    builder->differences = NULL;
    return status;
}
