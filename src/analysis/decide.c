/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The decision rule (Schultzberg, Ankargren, Franberg 2024). It looks at the total only:
 * segments and dimensions inform, they do not decide. A treatment compared with several baselines
 * takes the most cautious advice of its comparisons.
 */
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "analysis/analyze.h"

enum { REASONS_MAX = 64 };

struct verdict {
    enum assay_recommendation recommendation;
    const char *reasons[REASONS_MAX];
    uint32_t reason_count;
    bool no_memory;
};

static void add_reason(struct verdict *verdict, const char *text)
{
    if (text == NULL)
        verdict->no_memory = true;
    else if (verdict->reason_count < REASONS_MAX)
        verdict->reasons[verdict->reason_count++] = text;
}

static const struct assay_metric_result *total_result(const struct assay__builder *builder,
                                                      uint32_t metric, uint32_t pair)
{
    const struct assay_analysis *out = builder->out;
    size_t at = ((size_t)metric * builder->pair_count + pair) * out->slice_count;
    return &out->results[at]; /* slice 0 is the total */
}

/* Shipping rests on this metric's test for harm or margin, and there is none. */
static bool is_untested_guard(const struct assay_plan *plan, const struct assay_metric_plan *metric,
                              const struct assay_metric_result *result)
{
    return metric->role != ASSAY_ROLE_SUCCESS && !assay__is_shown_only(plan, metric) &&
           result->outcome == ASSAY_OUTCOME_NOT_TESTED;
}

/* What the metrics of one comparison add up to. */
struct tally {
    uint32_t success_count, success_significant;
    uint32_t guardrail_count, guardrail_passed;
    uint32_t powered_count, powered_yes, powered_known;
    uint32_t harmed, untested; /* untested: guardrails and watched metrics without a test */
};

static struct tally count_metrics(const struct assay__builder *builder, uint32_t pair,
                                  struct verdict *verdict)
{
    struct tally tally = {0};
    for (uint32_t m = 0; m < builder->plan->metric_count; m++) {
        const struct assay_metric_plan *metric = &builder->plan->metrics[m];
        const struct assay_metric_result *result = total_result(builder, m, pair);
        if (result->deteriorated == ASSAY_YES) {
            tally.harmed++;
            add_reason(verdict, assay__arena_format(builder->arena, "%s got worse.", metric->id));
        }
        if (metric->role == ASSAY_ROLE_SUCCESS) {
            tally.success_count++;
            tally.success_significant += result->significant == ASSAY_YES;
        } else if (metric->role == ASSAY_ROLE_GUARDRAIL) {
            tally.guardrail_count++;
            tally.guardrail_passed += result->outcome == ASSAY_OUTCOME_PASSED;
        }
        tally.untested += is_untested_guard(builder->plan, metric, result);
        if (!isnan(result->power)) {
            tally.powered_count++;
            tally.powered_known += result->powered != ASSAY_UNKNOWN;
            tally.powered_yes += result->powered == ASSAY_YES;
        }
    }
    return tally;
}

/* Names the metrics that a sentence is about: every metric for which test() holds. */
static void explain(const struct assay__builder *builder, uint32_t pair, struct verdict *verdict,
                    bool (*test)(const struct assay_metric_plan *,
                                 const struct assay_metric_result *),
                    const char *sentence)
{
    for (uint32_t m = 0; m < builder->plan->metric_count; m++) {
        const struct assay_metric_plan *metric = &builder->plan->metrics[m];
        if (test(metric, total_result(builder, m, pair)))
            add_reason(verdict, assay__arena_format(builder->arena, "%s %s", metric->id, sentence));
    }
}

static bool is_win(const struct assay_metric_plan *metric, const struct assay_metric_result *result)
{
    return metric->role == ASSAY_ROLE_SUCCESS && result->outcome == ASSAY_OUTCOME_PASSED;
}

static bool is_open(const struct assay_metric_plan *metric,
                    const struct assay_metric_result *result)
{
    return metric->role == ASSAY_ROLE_SUCCESS && result->outcome == ASSAY_OUTCOME_FAILED;
}

static bool is_failed_guardrail(const struct assay_metric_plan *metric,
                                const struct assay_metric_result *result)
{
    return metric->role == ASSAY_ROLE_GUARDRAIL && result->outcome == ASSAY_OUTCOME_FAILED;
}

static bool is_unpowered(const struct assay_metric_plan *metric,
                         const struct assay_metric_result *result)
{
    (void)metric;
    return !isnan(result->power) && result->powered == ASSAY_NO;
}

/* Says of each metric that the advice rests on why it has no test. */
static void explain_untested(const struct assay__builder *builder, uint32_t pair,
                             struct verdict *verdict)
{
    for (uint32_t m = 0; m < builder->plan->metric_count; m++) {
        const struct assay_metric_plan *metric = &builder->plan->metrics[m];
        const struct assay_metric_result *result = total_result(builder, m, pair);
        if (result->outcome == ASSAY_OUTCOME_NOT_TESTED &&
            !assay__is_shown_only(builder->plan, metric))
            add_reason(verdict,
                       assay__arena_format(builder->arena, "%s was not tested: %s.", metric->id,
                                           assay__untested_text(metric, result)));
    }
}

/* Why it is not SHIP: without a success metric in the plan, guardrails alone decide. */
static void explain_not_shipping(const struct assay__builder *builder, uint32_t pair,
                                 const struct tally *tally, struct verdict *verdict)
{
    if (tally->success_count > 0 && tally->success_significant == 0)
        explain(builder, pair, verdict, is_open, "shows no significant improvement.");
    explain(builder, pair, verdict, is_failed_guardrail, "did not pass as a guardrail.");
    explain_untested(builder, pair, verdict);
}

static void decide_pair(const struct assay__builder *builder, uint32_t pair,
                        struct verdict *verdict)
{
    bool mismatch = builder->out->srm[0].test.significant;
    if (mismatch)
        add_reason(verdict, "The groups' sizes do not match the planned allocation (sample ratio "
                            "mismatch).");
    struct tally tally = count_metrics(builder, pair, verdict);
    bool success =
        tally.success_count == 0 ? tally.guardrail_count > 0 : tally.success_significant > 0;
    if (mismatch || tally.harmed > 0) {
        verdict->recommendation = ASSAY_RECOMMEND_ABORT;
    } else if (success && tally.guardrail_passed == tally.guardrail_count && tally.untested == 0) {
        verdict->recommendation = ASSAY_RECOMMEND_SHIP;
        explain(builder, pair, verdict, is_win, "improved significantly.");
        if (tally.guardrail_count > 0)
            add_reason(verdict, "Every guardrail passed.");
    } else if (tally.powered_known > 0 && tally.powered_yes == tally.powered_known &&
               tally.untested == 0) {
        verdict->recommendation = ASSAY_RECOMMEND_END;
        explain_not_shipping(builder, pair, &tally, verdict);
        add_reason(verdict, tally.powered_known == tally.powered_count
                                ? "Every metric has the units it needs: more will not help."
                                : "Every metric with a planned effect has the units it needs.");
    } else {
        verdict->recommendation = ASSAY_RECOMMEND_CONTINUE;
        explain_not_shipping(builder, pair, &tally, verdict);
        explain(builder, pair, verdict, is_unpowered, "needs more units.");
        if (tally.powered_known == 0)
            add_reason(verdict,
                       "No metric has a planned effect or margin, so nothing says how many "
                       "units are enough.");
    }
}

/* ABORT beats CONTINUE beats END beats SHIP when a treatment has several baselines. */
static int caution(enum assay_recommendation recommendation)
{
    static const int CAUTION[] = {[ASSAY_RECOMMEND_SHIP] = 0,
                                  [ASSAY_RECOMMEND_END] = 1,
                                  [ASSAY_RECOMMEND_CONTINUE] = 2,
                                  [ASSAY_RECOMMEND_ABORT] = 3};
    return CAUTION[recommendation];
}

static struct assay_treatment *find_treatment(struct assay_analysis *out, uint32_t group)
{
    for (uint32_t t = 0; t < out->treatment_count; t++)
        if (out->treatments[t].group == group)
            return &out->treatments[t];
    return NULL;
}

static enum assay_status take_verdict(struct assay__builder *builder,
                                      struct assay_treatment *treatment,
                                      const struct verdict *verdict, uint32_t pair,
                                      struct assay_error *err)
{
    const char **reasons =
        assay__arena_array(builder->arena, verdict->reason_count, sizeof *reasons);
    if (verdict->no_memory || reasons == NULL)
        return assay__fail_memory(err);
    memcpy(reasons, verdict->reasons, verdict->reason_count * sizeof *reasons);
    treatment->baseline = builder->pairs[pair].baseline;
    treatment->recommendation = verdict->recommendation;
    treatment->reasons = reasons;
    treatment->reason_count = verdict->reason_count;
    return ASSAY_OK;
}

/* No metric's horizon asks for another look. */
static bool is_final(const struct assay__builder *builder, uint32_t pair)
{
    bool final = true;
    for (uint32_t m = 0; m < builder->plan->metric_count; m++) {
        const struct assay_metric_result *result = total_result(builder, m, pair);
        final = final && (result->look_count == 0 || result->is_final);
    }
    return final;
}

enum assay_status assay__analyze_decide(struct assay__builder *builder, struct assay_error *err)
{
    struct assay_analysis *out = builder->out;
    out->treatments =
        assay__arena_array(builder->arena, builder->pair_count, sizeof *out->treatments);
    if (out->treatments == NULL)
        return assay__fail_memory(err);
    for (uint32_t p = 0; p < builder->pair_count; p++) {
        struct verdict verdict = {0};
        decide_pair(builder, p, &verdict);
        struct assay_treatment *treatment = find_treatment(out, builder->pairs[p].compared);
        bool is_new = treatment == NULL;
        if (is_new) {
            treatment = &out->treatments[out->treatment_count++];
            treatment->group = builder->pairs[p].compared;
            treatment->final = is_final(builder, p);
        }
        if (is_new || caution(verdict.recommendation) > caution(treatment->recommendation)) {
            enum assay_status status = take_verdict(builder, treatment, &verdict, p, err);
            if (status != ASSAY_OK)
                return status;
        }
    }
    return ASSAY_OK;
}
