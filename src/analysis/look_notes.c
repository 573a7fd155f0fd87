/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Remarks about looks: what was found earlier, more units than planned, samples that are small; and
 * about a margin that is shown by a rough test.
 */
#include <math.h>

#include "number/number.h"
#include "analysis/looks.h"
#include "analysis/outcome.h"
#include "analysis/phrases.h"

/* Fewer units than this in a group are few for a boundary that holds in the limit. */
enum { ASYMPTOTIC_UNITS = 100 };

static const char *found_text(const struct assay__builder *builder,
                              const struct assay_metric_result *result)
{
    const char *when = assay__look_text(builder, result->first_significant);
    return when == NULL ? NULL
                        : assay__arena_format(builder->arena,
                                              "Significant at the look %s: the decision counts "
                                              "every look, whatever the last one shows.",
                                              when);
}

/* Harm that the figures of the last look do not show. */
static const char *harmed_text(const struct assay__builder *builder,
                               const struct assay_metric_result *result)
{
    const char *when = assay__look_text(builder, assay__telling_harm(result)->look);
    return when == NULL ? NULL
                        : assay__arena_format(builder->arena,
                                              "Worse at the look %s: harm counts from any look on, "
                                              "whatever the last one shows.",
                                              when);
}

static const char *overrun_text(const struct assay__builder *builder,
                                const struct assay_metric_result *result)
{
    char times[ASSAY__NUMBER_BYTES];
    const struct assay_look_result *last = &result->looks[result->look_count - 1];
    assay__number_round(last->information_fraction, 3, times);
    return assay__arena_format(builder->arena,
                               "The groups have %s times the units that the horizon expects. All "
                               "alpha was spent at an earlier look: later ones keep its critical "
                               "value, err more often than planned, and count for harm alone.",
                               times);
}

/* One remark of a result, or none. */
struct remark {
    enum assay_annotation_level level;
    bool (*applies)(const struct assay__builder *, const struct assay_metric_result *);
    const char *(*text)(const struct assay__builder *, const struct assay_metric_result *);
};

static const struct assay_look_result *last_look(const struct assay_metric_result *result)
{
    return &result->looks[result->look_count - 1];
}

static bool was_found_earlier(const struct assay__builder *builder,
                              const struct assay_metric_result *result)
{
    (void)builder;
    return result->first_significant < last_look(result)->look &&
           !last_look(result)->comparison.difference.significant;
}

static bool was_harmed_earlier(const struct assay__builder *builder,
                               const struct assay_metric_result *result)
{
    bool is_said = assay__looks_for_harm(result) && was_found_earlier(builder, result);
    return !is_said && assay__harm_stands(result) &&
           assay__telling_harm(result) != last_look(result);
}

static bool is_overrun(const struct assay__builder *builder,
                       const struct assay_metric_result *result)
{
    (void)builder;
    return last_look(result)->is_overrun;
}

static bool has_few_units(const struct assay_look_result *look)
{
    const struct assay__kept_comparison *now = &look->comparison;
    uint64_t least = now->baseline.n < now->compared.n ? now->baseline.n : now->compared.n;
    return least < ASYMPTOTIC_UNITS;
}

static bool is_small(const struct assay__builder *builder, const struct assay_metric_result *result)
{
    return assay__result_horizon(builder, result)->kind == ASSAY_HORIZON_ALWAYS_VALID &&
           has_few_units(last_look(result));
}

/* Tests for harm are always valid under a fixed horizon, too, when there are looks. */
static const struct assay_look_result *found_on_few(const struct assay__builder *builder,
                                                    const struct assay_metric_result *result)
{
    enum assay_horizon_kind kind = assay__result_horizon(builder, result)->kind;
    if (kind == ASSAY_HORIZON_GROUP_SEQUENTIAL || builder->look_count < 2)
        return NULL;
    if (result->harmed != NULL && has_few_units(result->harmed))
        return result->harmed;
    for (uint32_t k = 0; k < result->look_count; k++) {
        const struct assay_look_result *look = &result->looks[k];
        bool is_role = look->look == result->first_significant && kind != ASSAY_HORIZON_FIXED;
        if ((is_role || look->look == result->first_deteriorated) && has_few_units(look))
            return look;
    }
    return NULL;
}

static bool was_small(const struct assay__builder *builder,
                      const struct assay_metric_result *result)
{
    return !is_small(builder, result) && found_on_few(builder, result) != NULL;
}

static const char *was_small_text(const struct assay__builder *builder,
                                  const struct assay_metric_result *result)
{
    const char *when = assay__look_text(builder, found_on_few(builder, result)->look);
    return when == NULL ? NULL
                        : assay__arena_format(builder->arena,
                                              "At the look %s, which found something, a group had "
                                              "fewer than %d units: always-valid bounds hold for "
                                              "large samples, and may err more often there.",
                                              when, ASYMPTOTIC_UNITS);
}

static const char *small_text(const struct assay__builder *builder,
                              const struct assay_metric_result *result)
{
    (void)result;
    return assay__arena_format(builder->arena,
                               "A group has fewer than %d units: always-valid bounds hold for "
                               "large samples, and may err more often here.",
                               ASYMPTOTIC_UNITS);
}

static bool lacks_looks(const struct assay__builder *builder,
                        const struct assay_metric_result *result)
{
    const struct assay_horizon_plan *plan = assay__result_horizon(builder, result);
    double required = last_look(result)->size.required;
    return plan->kind == ASSAY_HORIZON_GROUP_SEQUENTIAL && plan->planned_looks == 0 &&
           required > 0.0;
}

static const char *looks_text(const struct assay__builder *builder,
                              const struct assay_metric_result *result)
{
    (void)builder;
    if (result->is_final)
        return "The required sample size counts what the looks so far have cost.";
    return "The required sample size is that of one look: with plannedLooks it would count what "
           "repeated looks cost. Without it, the planned units are waited for.";
}

static bool is_futile(const struct assay__builder *builder,
                      const struct assay_metric_result *result)
{
    return result->is_futile && result->outcome != ASSAY_OUTCOME_PASSED &&
           !assay__result_horizon(builder, result)->futility_is_binding;
}

static const char *futile_text(const struct assay__builder *builder,
                               const struct assay_metric_result *result)
{
    return assay__arena_format(builder->arena,
                               "Below the futility bound: the %s. The plan does not end for it: "
                               "\"binding\" is false.",
                               assay__futile_text(result));
}

/* Fieller's bound on the bad side, as a share of the baseline's size; NaN when it has none. */
static double worst_share(const struct assay__builder *builder,
                          const struct assay_metric_result *result)
{
    const struct assay__kept_comparison *found = &assay__telling_look(result)->comparison;
    const struct assay_metric_plan *metric = &builder->plan->metrics[result->metric];
    if (found->relative.fieller_kind != ASSAY_FIELLER_BOUNDED)
        return NAN;
    bool is_lower_bad = metric->direction == ASSAY_DIRECTION_INCREASE;
    bool is_negative = found->baseline.estimate < 0.0; /* there relative figures turn about */
    double bound =
        is_lower_bad != is_negative ? found->relative.fieller_lower : found->relative.fieller_upper;
    return is_negative ? -bound : bound;
}

static bool is_beyond(const struct assay_bound *margin, enum assay_direction direction,
                      double share)
{
    return isnan(share) ||
           (direction == ASSAY_DIRECTION_INCREASE ? share < -margin->value : share > margin->value);
}

/* A relative margin that is shown only while the baseline counts as known (assay(1), FIGURES). */
static bool is_loose(const struct assay__builder *builder, const struct assay_metric_result *result)
{
    const struct assay_metric_plan *metric = &builder->plan->metrics[result->metric];
    if (result->hypothesis != ASSAY_HYPOTHESIS_NON_INFERIORITY || !metric->margin.is_relative ||
        result->significant != ASSAY_YES)
        return false;
    enum assay_tested_by method = assay__telling_look(result)->comparison.difference.tested_by;
    bool is_approximate = method == ASSAY_TESTED_BY_NORMAL || method == ASSAY_TESTED_BY_WELCH;
    return is_approximate &&
           is_beyond(&metric->margin, metric->direction, worst_share(builder, result));
}

static const char *loose_text(const struct assay__builder *builder,
                              const struct assay_metric_result *result)
{
    char bound[ASSAY__NUMBER_BYTES], margin[ASSAY__PHRASE_BYTES];
    double share = worst_share(builder, result);
    if (assay__telling_look(result)->comparison.baseline.estimate < 0.0)
        share = -share; /* as relative figures have it */
    assay__percent_text(builder->plan->metrics[result->metric].margin.value, margin);
    assay__number_round(100.0 * share, 3, bound);
    const char *reach = isnan(share) ? "has no bound there"
                                     : assay__arena_format(builder->arena, "reaches %s %%", bound);
    return reach == NULL ? NULL
                         : assay__arena_format(
                               builder->arena,
                               "The margin of %s is shown only if the baseline counts as known: "
                               "the test leaves out the baseline's own error. Fieller's interval "
                               "counts it, and %s.",
                               margin, reach);
}

static const struct remark REMARKS[] = {
    {ASSAY_NOTE_INFO, is_futile, futile_text},
    {ASSAY_NOTE_INFO, was_found_earlier, found_text},
    {ASSAY_NOTE_INFO, was_harmed_earlier, harmed_text},
    {ASSAY_NOTE_WARNING, is_overrun, overrun_text},
    {ASSAY_NOTE_WARNING, is_loose, loose_text},
    {ASSAY_NOTE_WARNING, is_small, small_text},
    {ASSAY_NOTE_WARNING, was_small, was_small_text},
    {ASSAY_NOTE_INFO, lacks_looks, looks_text},
};

enum assay_status assay__note_looks(struct assay__builder *builder, uint32_t metric, uint32_t pair,
                                    struct assay_error *err)
{
    const struct assay_analysis *out = builder->out;
    const struct assay_metric_result *results =
        &out->results[((size_t)metric * builder->pair_count + pair) * out->slice_count];
    enum assay_status status = ASSAY_OK;
    for (uint32_t s = 0; status == ASSAY_OK && s < out->slice_count; s++) {
        if (results[s].look_count == 0 || out->slices[s].kind == ASSAY_SLICE_DIMENSION)
            continue;
        const char *const context[3] = {builder->plan->metrics[metric].id, builder->pairs[pair].id,
                                        assay__slice_text(builder, s)};
        for (size_t i = 0; status == ASSAY_OK && i < sizeof REMARKS / sizeof *REMARKS; i++)
            if (REMARKS[i].applies(builder, &results[s]))
                status = assay__annotate(builder, REMARKS[i].level, (int32_t)metric, context,
                                         REMARKS[i].text(builder, &results[s]), err);
    }
    return status;
}
