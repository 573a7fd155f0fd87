/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One plain sentence per result, in the words of a product manager: what was found, and how sure.
 */
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "number/number.h"
#include "analysis/analyze.h"

const char *assay__slice_text(const struct assay__builder *builder, uint32_t slice)
{
    const struct assay_slice *where = &builder->out->slices[slice];
    if (where->kind == ASSAY_SLICE_DIMENSION)
        return assay__arena_format(builder->arena, "%s = %s", where->key, where->value);
    if (where->kind == ASSAY_SLICE_SEGMENT)
        return assay__arena_format(builder->arena, "segment %s", where->key);
    return "";
}

/* "+7.7 %" of the baseline, or "+0.0123" when there is no relative figure. */
static const char *change_text(const struct assay__builder *builder,
                               const struct assay_comparison *comparison)
{
    char number[ASSAY__NUMBER_BYTES];
    double relative = comparison->relative.estimate;
    double shown = isnan(relative) ? comparison->difference.estimate : relative * 100.0;
    if (!isfinite(shown))
        return "an unknown amount";
    assay__number_round(shown, 3, number);
    return assay__arena_format(builder->arena, "%s%s%s", shown > 0.0 ? "+" : "", number,
                               isnan(relative) ? "" : " %");
}

static const char *success_text(const struct assay__builder *builder,
                                const struct assay_metric_result *result, const char *id,
                                const char *change)
{
    enum assay_direction direction = builder->plan->metrics[result->metric].direction;
    if (result->significant == ASSAY_YES)
        return assay__arena_format(builder->arena, "%s %s significantly (%s).", id,
                                   direction == ASSAY_DIRECTION_ANY ? "changed" : "improved",
                                   change);
    if (result->powered == ASSAY_NO)
        return assay__arena_format(builder->arena,
                                   "No significant change of %s yet (%s); more units are needed.",
                                   id, change);
    return assay__arena_format(builder->arena, "No significant %s of %s (%s).",
                               direction == ASSAY_DIRECTION_ANY ? "change" : "improvement", id,
                               change);
}

static const char *margin_text(const struct assay__builder *builder,
                               const struct assay_metric_result *result, const char *id,
                               const char *change)
{
    if (result->significant == ASSAY_YES)
        return assay__arena_format(builder->arena, "%s is not worse by more than its margin (%s).",
                                   id, change);
    return assay__arena_format(builder->arena,
                               result->powered == ASSAY_NO
                                   ? "%s may be worse by more than its margin (%s); more units are "
                                     "needed to tell."
                                   : "%s may be worse by more than its margin (%s).",
                               id, change);
}

static const char *harm_text(const struct assay__builder *builder,
                             const struct assay_metric_result *result, const char *id,
                             const char *change)
{
    if (isnan(result->deterioration_alpha))
        return assay__arena_format(
            builder->arena, "%s is shown only: deterioration is not tested (%s).", id, change);
    if (result->significant == ASSAY_YES)
        return assay__arena_format(builder->arena, "%s got significantly worse (%s).", id, change);
    return assay__arena_format(builder->arena, "No sign that %s got worse (%s).", id, change);
}

static const char *result_text(const struct assay__builder *builder,
                               const struct assay_metric_result *result)
{
    const struct assay_metric_plan *metric = &builder->plan->metrics[result->metric];
    const char *id = metric->id;
    if (result->look_count == 0)
        return assay__arena_format(builder->arena, "%s has no values here.", id);
    const struct assay_comparison *comparison = &result->looks[result->look_count - 1].comparison;
    const char *change = change_text(builder, comparison);
    if (change == NULL)
        return NULL;
    if (isnan(comparison->difference.p))
        return assay__arena_format(builder->arena, "%s cannot be tested: %s.", id,
                                   assay__untested_text(metric, result));
    if (result->deteriorated == ASSAY_YES && !assay__is_harm_test(metric))
        return assay__arena_format(builder->arena, "%s got significantly worse (%s).", id, change);
    if (metric->role == ASSAY_ROLE_SUCCESS)
        return success_text(builder, result, id, change);
    if (assay__is_harm_test(metric))
        return harm_text(builder, result, id, change);
    return margin_text(builder, result, id, change);
}

static const char *srm_text(const struct assay__builder *builder,
                            const struct assay_srm_result *srm)
{
    char number[ASSAY__NUMBER_BYTES];
    const struct assay_srm *test = &srm->test;
    if (test->unplanned && test->significant)
        return "Units are in a group that the plan gives none.";
    if (test->log10_p < -300.0) {
        assay__number_round(test->log10_p, 4, number);
        return assay__arena_format(
            builder->arena, "The groups' sizes do not match the plan (log10 p = %s).", number);
    }
    assay__number_round(test->p, 3, number);
    return assay__arena_format(builder->arena,
                               test->significant
                                   ? "The groups' sizes do not match the plan (p = %s)."
                                   : "The groups' sizes match the plan (p = %s).",
                               number);
}

enum assay_status assay__analyze_words(struct assay__builder *builder, struct assay_error *err)
{
    struct assay_analysis *out = builder->out;
    for (size_t i = 0; i < out->result_count; i++) {
        out->results[i].message = result_text(builder, &out->results[i]);
        if (out->results[i].message == NULL)
            return assay__fail_memory(err);
    }
    for (uint32_t s = 0; s < out->srm_count; s++) {
        out->srm[s].message = srm_text(builder, &out->srm[s]);
        if (out->srm[s].message == NULL)
            return assay__fail_memory(err);
    }
    return ASSAY_OK;
}
