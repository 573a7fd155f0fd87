/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whether the data are what the analysis takes them for: covariates alike in all groups, as what
 * was measured before the exposure is, and values missing as often in one group as in another.
 */
#include <math.h>
#include <string.h>

#include "analysis/looks.h"
#include "base/error.h"

typedef struct assay__wide wide;

/* What is kept of a metric over all units at the last look; NULL before any unit has a value. */
static const void *state_of(const struct assay__builder *builder, uint32_t metric, uint32_t group)
{
    if (builder->look_count == 0)
        return NULL;
    return assay__look_state(builder, 0, builder->look_count - 1, group, metric);
}

/*
 * The group's covariate as a value of its own, over the k of n units that have it. The loaded sums
 * hold the mean f over all groups where it is missing: k m = n m' - (n - k) f, and their sum of
 * squares is that of the k values and (m - m')^2 for each, (f - m')^2 for each that is missing.
 */
static struct assay__group covariate_of(const struct assay__builder *builder, uint32_t metric,
                                        uint32_t group, uint32_t covariate)
{
    const struct assay__group *from = &builder->groups[group];
    const void *state = state_of(builder, metric, group);
    struct assay__group out;
    memset(&out, 0, sizeof out);
    out.variable_count = 1;
    if (from->n == 0 || state == NULL)
        return out;
    uint32_t v = 1 + from->shape.has_denominator + covariate;
    uint64_t missing =
        assay__metric_accumulator(&builder->plan->metrics[metric])->missing(state, covariate);
    out.n = from->n - missing;
    out.mean[0] = from->mean[v];
    out.centred[0] = from->centred[assay__pair(v, v)];
    if (missing == 0 || out.n == 0)
        return out;
    wide rest = assay__wide_of_u64(missing), k = assay__wide_of_u64(out.n);
    wide fill = builder->covariate_fill[covariate];
    wide sum = assay__wide_mul(assay__wide_of_u64(from->n), from->mean[v]);
    out.mean[0] = assay__wide_div(assay__wide_sub(sum, assay__wide_mul(rest, fill)), k);
    wide own = assay__wide_square(assay__wide_sub(out.mean[0], from->mean[v]));
    wide filled = assay__wide_square(assay__wide_sub(fill, from->mean[v]));
    wide added = assay__wide_add(assay__wide_mul(k, own), assay__wide_mul(rest, filled));
    out.centred[0] = assay__wide_sub(out.centred[0], added);
    if (assay__wide_sign(out.centred[0]) < 0 || assay__is_rounding(out.centred[0], added))
        out.centred[0] = assay__wide_zero();
    return out;
}

enum assay_status assay__analyze_balance(struct assay__builder *builder,
                                         struct assay_metric_result *result,
                                         struct assay_error *err)
{
    const struct assay_metric_plan *metric = &builder->plan->metrics[result->metric];
    uint32_t count = assay__metric_shape(metric).covariate_count;
    if (count == 0)
        return ASSAY_OK;
    result->balance = assay__arena_array(builder->arena, count, sizeof *result->balance);
    if (result->balance == NULL)
        return assay__fail_memory(err);
    result->balance_count = count;
    const struct assay_method method = {.type = ASSAY_METRIC_MEAN,
                                        .test = ASSAY_TEST_T,
                                        .side = ASSAY_SIDE_BOTH,
                                        .alpha = builder->plan->srm.alpha,
                                        .exact = true};
    for (uint32_t i = 0; i < count; i++) {
        struct assay_comparison comparison;
        struct assay__group groups[2] = {
            covariate_of(builder, result->metric, result->baseline, i),
            covariate_of(builder, result->metric, result->compared, i)};
        enum assay_status status =
            assay__compare_groups(groups, 2, 0, 1, &method, NULL, &comparison, err);
        if (status != ASSAY_OK)
            return status;
        result->balance[i] =
            (struct assay_balance){.covariate = i,
                                   .difference = comparison.difference.estimate,
                                   .p = comparison.difference.p,
                                   .log10_p = comparison.difference.log10_p,
                                   .significant = comparison.difference.significant};
    }
    return ASSAY_OK;
}

/* The rarer of the units with and without a value, by groups; false when one of them is 0. */
static bool rarer_counts(const struct assay__builder *builder, uint32_t metric,
                         const uint32_t *groups, uint32_t group_count, uint64_t *counts)
{
    const struct assay_analysis *out = builder->out;
    const struct assay__accumulator *keeps =
        assay__metric_accumulator(&builder->plan->metrics[metric]);
    uint64_t with = 0, without = 0;
    for (uint32_t i = 0; i < group_count; i++) {
        const void *state = state_of(builder, metric, groups[i]);
        uint64_t units = out->units[groups[i]];
        counts[i] = state == NULL ? 0 : keeps->count(state);
        counts[i] = counts[i] > units ? units : counts[i];
        with += counts[i];
        without += units - counts[i];
    }
    for (uint32_t i = 0; without < with && i < group_count; i++)
        counts[i] = out->units[groups[i]] - counts[i];
    return with > 0 && without > 0;
}

/* By the test of all groups, and by that of these two. */
static bool is_missing_unevenly(const struct assay__builder *builder, uint32_t metric,
                                uint32_t baseline, uint32_t compared)
{
    const struct assay_missingness *all = builder->out->missingness;
    if (all == NULL || !all[metric].is_tested || !all[metric].test.significant)
        return false;
    const uint32_t groups[2] = {baseline, compared};
    const double weights[2] = {(double)builder->out->units[baseline],
                               (double)builder->out->units[compared]};
    uint64_t counts[2];
    struct assay_srm_group rows[2];
    struct assay_srm test;
    return rarer_counts(builder, metric, groups, 2, counts) &&
           assay_srm_test(counts, weights, 2, &builder->plan->srm, rows, &test, NULL) == ASSAY_OK &&
           test.significant;
}

/* The results of the total that were tested; slices explore. */
static void mark_results(struct assay__builder *builder)
{
    struct assay_analysis *out = builder->out;
    for (uint32_t m = 0; m < builder->plan->metric_count; m++)
        for (uint32_t p = 0; p < builder->pair_count; p++) {
            size_t at = ((size_t)m * builder->pair_count + p) * out->slice_count;
            out->results[at].is_uneven = out->results[at].outcome != ASSAY_OUTCOME_NOT_TESTED &&
                                         is_missing_unevenly(builder, m, builder->pairs[p].baseline,
                                                             builder->pairs[p].compared);
        }
}

enum assay_status assay__analyze_missingness(struct assay__builder *builder,
                                             struct assay_error *err)
{
    struct assay_analysis *out = builder->out;
    uint32_t groups = out->group_count, metrics = builder->plan->metric_count;
    uint64_t *counts = assay__arena_array(builder->arena, groups, sizeof *counts);
    uint32_t *numbers = assay__arena_array(builder->arena, groups, sizeof *numbers);
    double *weights = assay__arena_array(builder->arena, groups, sizeof *weights);
    struct assay_srm_group *rows = assay__arena_array(builder->arena, groups, sizeof *rows);
    out->missingness = assay__arena_array(builder->arena, metrics, sizeof *out->missingness);
    if (counts == NULL || numbers == NULL || weights == NULL || rows == NULL ||
        out->missingness == NULL)
        return assay__fail_memory(err);
    for (uint32_t g = 0; g < groups; g++) {
        numbers[g] = g;
        weights[g] = (double)out->units[g];
    }
    enum assay_status status = ASSAY_OK;
    for (uint32_t m = 0; status == ASSAY_OK && m < metrics; m++) {
        struct assay_missingness *missingness = &out->missingness[m];
        missingness->is_tested = rarer_counts(builder, m, numbers, groups, counts);
        if (missingness->is_tested)
            status = assay_srm_test(counts, weights, groups, &builder->plan->srm, rows,
                                    &missingness->test, err);
    }
    if (status == ASSAY_OK)
        mark_results(builder);
    return status;
}
