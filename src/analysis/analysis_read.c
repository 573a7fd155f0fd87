/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How programs read an analysis: every list by index, into structs that keep their layout. */
#include <string.h>

#include "analysis/analysis_view.h"
#include "base/memory.h"

/* The result at an index, NULL past the end. */
static const struct assay_metric_result *result_at(const struct assay_analysis *analysis,
                                                   size_t index)
{
    return index < analysis->result_count ? &analysis->results[index] : NULL;
}

bool assay_analysis_result(const struct assay_analysis *analysis, size_t index,
                           struct assay_result *out)
{
    const struct assay_metric_result *result = result_at(analysis, index);
    if (result == NULL)
        return false;
    const struct assay_slice *slice = &analysis->slices[result->slice];
    *out = (struct assay_result){.metric = analysis->plan->metrics[result->metric].id,
                                 .baseline = analysis->groups[result->baseline].id,
                                 .compared = analysis->groups[result->compared].id,
                                 .slice_kind = slice->kind,
                                 .slice_key = slice->key,
                                 .slice_value = slice->value,
                                 .metric_index = result->metric,
                                 .slice_index = result->slice,
                                 .baseline_index = result->baseline,
                                 .compared_index = result->compared,
                                 .comparison_id = result->comparison_id,
                                 .hypothesis = result->hypothesis,
                                 .side = result->side,
                                 .deterioration_side = result->deterioration_side,
                                 .alpha = result->alpha,
                                 .beta = result->beta,
                                 .power = result->power,
                                 .deterioration_alpha = result->deterioration_alpha,
                                 .null_difference = result->null_difference,
                                 .margin_abs = result->margin_abs,
                                 .effect_abs = result->effect_abs,
                                 .look_count = result->look_count,
                                 .is_final = result->is_final,
                                 .is_futile = result->is_futile,
                                 .significant = result->significant,
                                 .deteriorated = result->deteriorated,
                                 .powered = result->powered,
                                 .outcome = result->outcome,
                                 .first_significant = result->first_significant,
                                 .first_deteriorated = result->first_deteriorated,
                                 .slice_p = result->slice_p,
                                 .slice_log10_p = result->slice_log10_p,
                                 .message = result->message};
    return true;
}

static struct assay_sample_size shown_size(const struct assay__kept_size *from)
{
    return (struct assay_sample_size){.current = from->current,
                                      .required = from->required,
                                      .absence = from->absence,
                                      .powered_effect_abs = from->powered_effect_abs,
                                      .powered_effect_rel = from->powered_effect_rel};
}

/* All looks of a result as public structs, made at the first reading; NULL without memory. */
static const struct assay__shown_look *show(const struct assay_analysis *analysis, size_t index)
{
    const struct assay_metric_result *result = &analysis->results[index];
    struct assay__shown_look *before = NULL;
    if (analysis->shown == NULL)
        return NULL;
    struct assay__shown_look *shown = atomic_load(&analysis->shown->of[index]);
    if (shown != NULL)
        return shown;
    shown = assay__calloc(result->look_count, sizeof *shown);
    for (uint32_t k = 0; shown != NULL && k < result->look_count; k++) {
        const struct assay_look_result *look = &result->looks[k];
        assay__kept_show(&look->comparison, NULL, &shown[k].comparison);
        if (look->deterioration != NULL)
            assay__kept_show(&look->comparison, look->deterioration, &shown[k].deterioration);
        shown[k].size = shown_size(&look->size);
    }
    if (shown == NULL)
        return NULL;
    atomic_store(&analysis->shown->any, true);
    if (atomic_compare_exchange_strong(&analysis->shown->of[index], &before, shown))
        return shown;
    assay__free(shown); /* another thread was faster */
    return before;
}

void assay__free_shown(struct assay_analysis *analysis)
{
    if (analysis->shown == NULL || !atomic_load(&analysis->shown->any))
        return;
    for (size_t i = 0; i < analysis->result_count; i++)
        assay__free(atomic_load(&analysis->shown->of[i]));
}

bool assay_analysis_look(const struct assay_analysis *analysis, size_t result, size_t index,
                         struct assay_look *out)
{
    const struct assay_metric_result *of = result_at(analysis, result);
    if (of == NULL || index >= of->look_count)
        return false;
    const struct assay__shown_look *shown = show(analysis, result);
    if (shown == NULL)
        return false;
    shown += index;
    const struct assay_look_result *look = &of->looks[index];
    *out = (struct assay_look){.time_ns = look->time_ns,
                               .index = look->look,
                               .is_futile = look->is_futile,
                               .is_overrun = look->is_overrun,
                               .comparison = &shown->comparison,
                               .deterioration =
                                   look->deterioration != NULL ? &shown->deterioration : NULL,
                               .size = &shown->size,
                               .stopped = look->stopped,
                               .information = look->information_fraction,
                               .alpha_spent = look->alpha_spent,
                               .deterioration_alpha_spent = look->deterioration_alpha_spent,
                               .futility = look->futility};
    return true;
}

bool assay_analysis_last_look(const struct assay_analysis *analysis, size_t result,
                              struct assay_look *out)
{
    const struct assay_metric_result *of = result_at(analysis, result);
    return of != NULL && of->look_count > 0 &&
           assay_analysis_look(analysis, result, of->look_count - 1, out);
}

bool assay_analysis_balance(const struct assay_analysis *analysis, size_t result, size_t index,
                            struct assay_balance *out)
{
    const struct assay_metric_result *of = result_at(analysis, result);
    if (of == NULL || index >= of->balance_count)
        return false;
    *out = of->balance[index];
    return true;
}

bool assay_analysis_adjusted_p(const struct assay_analysis *analysis, size_t result,
                               enum assay_adjustment method, double *p, double *log10_p)
{
    const struct assay_metric_result *of = result_at(analysis, result);
    if (of == NULL || (unsigned)method >= ASSAY__ADJUST_COUNT)
        return false;
    *p = of->adjusted_p[method];
    *log10_p = of->adjusted_log10_p[method];
    return true;
}

bool assay_analysis_group(const struct assay_analysis *analysis, size_t index,
                          struct assay_group_result *out)
{
    if (index >= analysis->group_count)
        return false;
    *out = analysis->groups[index];
    return true;
}

bool assay_analysis_slice(const struct assay_analysis *analysis, size_t index,
                          struct assay_slice *out)
{
    if (index >= analysis->slice_count)
        return false;
    *out = analysis->slices[index];
    return true;
}

uint64_t assay_analysis_units(const struct assay_analysis *analysis, size_t slice, size_t group)
{
    if (slice >= analysis->slice_count || group >= analysis->group_count)
        return 0;
    return analysis->units[slice * analysis->group_count + group];
}

bool assay_analysis_split(const struct assay_analysis *analysis, size_t slice,
                          struct assay_split *out)
{
    if (slice >= analysis->srm_count)
        return false;
    const struct assay_srm_result *srm = &analysis->srm[slice];
    *out = (struct assay_split){srm->test, srm->groups, analysis->group_count, srm->message, {0}};
    return true;
}

bool assay_analysis_advice(const struct assay_analysis *analysis, size_t index,
                           struct assay_advice *out)
{
    if (index >= analysis->treatment_count)
        return false;
    const struct assay_treatment *treatment = &analysis->treatments[index];
    *out = (struct assay_advice){.group = analysis->groups[treatment->group].id,
                                 .baseline = treatment->baseline == ASSAY__NO_GROUP
                                                 ? NULL
                                                 : analysis->groups[treatment->baseline].id,
                                 .recommendation = treatment->recommendation,
                                 .is_final = treatment->final,
                                 .rule = treatment->rule,
                                 .reasons = treatment->reasons,
                                 .reason_count = treatment->reason_count};
    return true;
}

bool assay_analysis_note(const struct assay_analysis *analysis, size_t index,
                         struct assay_note *out)
{
    if (index >= analysis->annotation_count)
        return false;
    const struct assay_annotation *note = &analysis->annotations[index];
    *out = (struct assay_note){.level = note->level,
                               .metric = note->metric,
                               .text = note->text,
                               .kind = note->kind,
                               .context = (const char *const *)note->context,
                               .context_count = note->context_count};
    return true;
}

bool assay_analysis_heterogeneity(const struct assay_analysis *analysis, size_t index,
                                  struct assay_heterogeneity *out)
{
    if (index >= analysis->heterogeneity_count)
        return false;
    *out = analysis->heterogeneity[index];
    return true;
}

bool assay_analysis_missingness(const struct assay_analysis *analysis, size_t metric,
                                struct assay_missingness *out)
{
    if (metric >= analysis->plan->metric_count || analysis->missingness == NULL)
        return false;
    *out = analysis->missingness[metric];
    return true;
}

bool assay_analysis_rates(const struct assay_analysis *analysis, size_t metric,
                          struct assay_metric_rates *out)
{
    if (metric >= analysis->plan->metric_count)
        return false;
    *out = analysis->rates[metric];
    return true;
}

void assay_analysis_counts(const struct assay_analysis *analysis, struct assay_counts *out)
{
    *out = analysis->counts;
}

const char *assay_analysis_id(const struct assay_analysis *analysis)
{
    return analysis->analysis_result_id;
}

const char *assay_analysis_digest(const struct assay_analysis *analysis)
{
    return analysis->input_digest;
}

const struct assay_plan *assay_analysis_plan(const struct assay_analysis *analysis)
{
    return analysis->plan;
}
