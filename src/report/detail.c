/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The detail document: all that the AnalysisResult has no room for. Its fields never change
 * meaning within a major schemaVersion; data/detail.schema.json describes it. Absent figures are
 * left out, but df, p and log10P of a test and the bounds of an unbounded Fieller set are null.
 */
#include "report/detail.h"

#include <math.h>

#include "analysis/dataset_read.h"
#include "plan/names.h"
#include "assay/version.h"

/* What the figures mean, for readers who do not have the manual at hand. */
static const struct {
    const char *key, *text;
} CONVENTIONS[] = {
    {"variance", "divisor n - 1; proportions p (1 - p); ratios by the delta method"},
    {"difference", "compared minus baseline, in metric units"},
    {"relative", "difference divided by the baseline estimate"},
    {"oneSidedInterval", "two-sided at 1 - 2 alpha, so both bounds are finite"},
    {"p", "of the side tested, against nullDifference"},
    {"side", "alternative hypothesis about compared - baseline"},
};

/* How the plan shares its error rates. */
static void write_sharing(struct assay__json *json, const struct assay_plan *plan)
{
    static const char RULE_ALPHA[] = "alpha / (comparisons * branches of each \"or\" of the "
                                     "decision rule above the metric)";
    static const char ALL[] = "alpha / (comparisons * (success metrics + guardrails with margin))";
    bool is_shared = plan->adjustment != ASSAY_DIVIDE_NONE, has_rule = plan->rule != NULL;
    const char *success = has_rule ? RULE_ALPHA : "alpha / (comparisons * success metrics)";
    const char *guardrail = has_rule ? RULE_ALPHA : "alpha / comparisons";
    const char *power = "1 - (1 - power) / (guardrails with margin + min(success metrics, 1))";
    if (has_rule)
        power = "1 - (1 - power) / (branches with power of each \"and\" of the decision rule "
                "above the metric)";
    if (plan->adjustment == ASSAY_DIVIDE_BONFERRONI)
        success = guardrail = ALL;
    assay__json_member_string(json, "alphaSuccess", is_shared ? success : "alpha");
    assay__json_member_string(json, "alphaGuardrail", is_shared ? guardrail : "alpha");
    assay__json_member_string(json, "alphaDeterioration",
                              is_shared ? "deterioration alpha / (comparisons * monitored metrics)"
                                        : "deterioration alpha");
    assay__json_member_string(json, "power", is_shared ? power : "power");
    assay__json_member_string(json, "segments",
                              is_shared ? "alpha is divided further by the number of segments"
                                        : "alpha is not divided by the number of segments");
    assay__json_member_string(json, "dimensions",
                              "exploratory: alpha is not divided by the number of slices");
}

static void write_conventions(struct assay__json *json, const struct assay_plan *plan)
{
    assay__json_member_begin(json, "conventions", '{');
    assay__json_member_string(json, "test", assay__name_test(plan->test));
    assay__json_member_string(json, "relativeInterval", assay__name_relative(plan->relative));
    assay__json_member_string(json, "skewnessCorrection", assay__name_skewness(plan->skewness));
    assay__json_member_string(json, "horizon", assay__name_horizon(plan->horizon.kind));
    assay__json_member_string(json, "multiplicity", assay__name_scope(plan->multiplicity));
    assay__json_member_begin(json, "meaning", '{');
    for (size_t i = 0; i < sizeof CONVENTIONS / sizeof *CONVENTIONS; i++)
        assay__json_member_string(json, CONVENTIONS[i].key, CONVENTIONS[i].text);
    write_sharing(json, plan);
    assay__json_end(json, '}');
    assay__json_end(json, '}');
}

static void write_errors(struct assay__json *json, const struct assay_rates *errors)
{
    assay__json_member_begin(json, "errorRates", '{');
    assay__json_member_number(json, "alpha", errors->alpha);
    assay__json_member_number(json, "power", errors->power);
    assay__json_member_number(json, "deteriorationAlpha", errors->deterioration_alpha);
    assay__json_member_count(json, "successMetrics", errors->success_count);
    assay__json_member_count(json, "guardrailsWithMargin", errors->margin_count);
    assay__json_member_count(json, "comparisons", errors->comparison_count);
    assay__json_member_count(json, "monitoredMetrics", errors->monitored_count);
    assay__json_member_count(json, "segments", errors->segment_count);
    assay__json_end(json, '}');
}

static void write_counts(struct assay__json *json, const struct assay_counts *counts)
{
    assay__json_member_begin(json, "counts", '{');
    assay__json_member_count(json, "rowsRead", counts->rows_read);
    assay__json_member_count(json, "rowsUsed", counts->rows_used);
    assay__json_member_begin(json, "rowsSkipped", '{');
    assay__json_member_count(json, "unreadable", counts->rows_bad);
    assay__json_member_count(json, "leftOut", counts->rows_left_out);
    assay__json_member_count(json, "afterAsOf", counts->rows_after);
    assay__json_member_count(json, "duplicate", counts->rows_duplicate);
    assay__json_member_count(json, "inTwoGroups", counts->rows_in_two_groups);
    assay__json_member_count(json, "unclear", counts->rows_unclear);
    assay__json_member_count(json, "withoutGroup", counts->rows_no_group);
    assay__json_member_count(json, "withoutUnit", counts->rows_no_unit);
    assay__json_end(json, '}');
    assay__json_member_count(json, "eventsRead", counts->events_read);
    assay__json_member_count(json, "eventsUsed", counts->events_used);
    assay__json_member_count(json, "eventsUnexposed", counts->events_unexposed);
    assay__json_member_count(json, "eventsExcluded", counts->events_excluded);
    assay__json_member_count(json, "eventsUnreadable", counts->events_bad);
    assay__json_member_count(json, "eventsAfterAsOf", counts->events_after);
    assay__json_member_count(json, "eventsWithoutUnit", counts->events_no_unit);
    assay__json_member_count(json, "unitsExcluded",
                             counts->units_in_two_groups + counts->units_unclear);
    assay__json_member_count(json, "unitsInTwoGroups", counts->units_in_two_groups);
    assay__json_member_count(json, "unitsUnclear", counts->units_unclear);
    assay__json_end(json, '}');
}

static void write_groups(struct assay__json *json, const struct assay_analysis *analysis)
{
    assay__json_member_begin(json, "groups", '[');
    for (uint32_t g = 0; g < analysis->group_count; g++) {
        assay__json_begin(json, '{');
        assay__json_member_string(json, "id", analysis->groups[g].id);
        assay__json_member_number(json, "weight", analysis->groups[g].weight);
        assay__json_member_boolean(json, "planned", analysis->groups[g].is_planned);
        assay__json_member_count(json, "units", analysis->units[g]);
        assay__json_end(json, '}');
    }
    assay__json_end(json, ']');
}

static void write_bound(struct assay__json *json, const char *key, const struct assay_bound *bound)
{
    if (!bound->is_set)
        return;
    assay__json_member_begin(json, key, '{');
    assay__json_member_number(json, "value", bound->value);
    assay__json_member_boolean(json, "relative", bound->is_relative);
    assay__json_end(json, '}');
}

/* Only where an exact test decided. */
static void write_exact(struct assay__json *json, const struct assay_srm *test)
{
    if (!test->exact)
        return;
    assay__json_member_number(json, "exactP", test->exact_p);
    assay__json_member_number(json, "exactLog10P", test->exact_log10_p);
}

/* Whether values are missing as often in every group. */
static void write_missingness(struct assay__json *json, const struct assay_analysis *analysis,
                              uint32_t metric)
{
    if (analysis->missingness == NULL || !analysis->missingness[metric].is_tested)
        return;
    const struct assay_missingness *missingness = &analysis->missingness[metric];
    assay__json_member_begin(json, "missingness", '{');
    assay__json_member_number(json, "statistic", missingness->test.statistic);
    assay__json_member_nullable(json, "df", missingness->test.df);
    assay__json_member_nullable(json, "p", missingness->test.p);
    assay__json_member_nullable(json, "log10P", missingness->test.log10_p);
    write_exact(json, &missingness->test);
    assay__json_member_boolean(json, "significant", missingness->test.significant);
    assay__json_end(json, '}');
}

static void write_metric(struct assay__json *json, const struct assay_analysis *analysis,
                         uint32_t index)
{
    const struct assay_metric_plan *metric = &analysis->plan->metrics[index];
    assay__json_begin(json, '{');
    assay__json_member_string(json, "id", metric->id);
    assay__json_member_string(json, "type", assay__name_metric_type(metric->type));
    assay__json_member_string(json, "role", assay__name_role(metric->role));
    assay__json_member_string(json, "direction", assay__name_direction(metric->direction));
    assay__json_member_string(json, "value", metric->value);
    assay__json_member_string(json, "denominator", metric->denominator);
    write_bound(json, "effect", &metric->effect);
    write_bound(json, "margin", &metric->margin);
    assay__json_member_count(json, "unitsMissing", analysis->missing[index]);
    assay__json_member_begin(json, "covariates", '[');
    for (uint32_t i = 0; i < assay__metric_covariate_count(metric); i++) {
        assay__json_begin(json, '{');
        assay__json_member_string(json, "id", assay__metric_covariate(metric, i));
        assay__json_member_count(
            json, "unitsMissing",
            analysis->missing_covariates[(size_t)index * ASSAY_COVARIATES_MAX + i]);
        assay__json_end(json, '}');
    }
    assay__json_end(json, ']');
    write_missingness(json, analysis, index);
    assay__json_end(json, '}');
}

static void write_srm(struct assay__json *json, const struct assay_analysis *analysis,
                      const struct assay_srm_result *srm)
{
    const struct assay_srm_design *design = &analysis->plan->srm;
    assay__json_member_begin(json, "srm", '{');
    assay__json_member_string(json, "method", assay__name_srm(design->method));
    assay__json_member_number(json, "alpha", design->alpha);
    assay__json_member_number(json, "tolerance", design->tolerance);
    assay__json_member_nullable(json, "statistic", srm->test.statistic);
    assay__json_member_nullable(json, "df", srm->test.df);
    assay__json_member_nullable(json, "p", srm->test.p);
    assay__json_member_nullable(json, "log10P", srm->test.log10_p);
    write_exact(json, &srm->test);
    if (srm->test.tested || srm->test.unplanned)
        assay__json_member_boolean(json, "significant", srm->test.significant);
    assay__json_member_boolean(json, "unplannedUnits", srm->test.unplanned);
    assay__json_member_begin(json, "groups", '[');
    for (uint32_t g = 0; g < analysis->group_count; g++) {
        assay__json_begin(json, '{');
        assay__json_member_string(json, "group", analysis->groups[g].id);
        assay__json_member_count(json, "observed", srm->groups[g].observed);
        assay__json_member_number(json, "expected", srm->groups[g].expected);
        assay__json_member_number(json, "residual", srm->groups[g].residual);
        assay__json_member_boolean(json, "significant", srm->groups[g].significant);
        assay__json_end(json, '}');
    }
    assay__json_end(json, ']');
    assay__json_member_string(json, "message", srm->message);
    assay__json_end(json, '}');
}

static void write_slices(struct assay__json *json, const struct assay_analysis *analysis)
{
    assay__json_member_begin(json, "slices", '[');
    for (uint32_t s = 0; s < analysis->srm_count && !json->out->failed; s++) {
        assay__json_begin(json, '{');
        assay__detail_slice(json, &analysis->slices[analysis->srm[s].slice]);
        write_srm(json, analysis, &analysis->srm[s]);
        assay__json_end(json, '}');
    }
    assay__json_end(json, ']');
}

static void write_comparisons(struct assay__json *json, const struct assay_analysis *analysis)
{
    assay__json_member_begin(json, "comparisons", '[');
    for (size_t i = 0; i < analysis->result_count; i++) {
        const struct assay_metric_result *result = &analysis->results[i];
        for (uint32_t look = 0; look < result->look_count && !json->out->failed; look++)
            assay__detail_comparison(json, analysis, result, &result->looks[look]);
    }
    assay__json_end(json, ']');
}

/* The sentences, and beside them what they are about. */
static void write_reasons(struct assay__json *json, const struct assay_plan *plan,
                          const struct assay_treatment *treatment)
{
    assay__json_member_begin(json, "reasons", '[');
    for (uint32_t i = 0; i < treatment->reason_count; i++)
        assay__json_string(json, treatment->reasons[i].text);
    assay__json_end(json, ']');
    assay__json_member_begin(json, "reasonIds", '[');
    for (uint32_t i = 0; i < treatment->reason_count; i++) {
        const struct assay_advice_reason *reason = &treatment->reasons[i];
        assay__json_begin(json, '{');
        assay__json_member_string(json, "id", reason->id);
        if (reason->metric >= 0)
            assay__json_member_string(json, "metric", plan->metrics[reason->metric].id);
        assay__json_end(json, '}');
    }
    assay__json_end(json, ']');
}

/* Whether a metric's difference differs among the values of a dimension. */
static void write_heterogeneity(struct assay__json *json, const struct assay_analysis *analysis)
{
    assay__json_member_begin(json, "heterogeneity", '[');
    for (size_t i = 0; i < analysis->heterogeneity_count; i++) {
        const struct assay_heterogeneity *one = &analysis->heterogeneity[i];
        assay__json_begin(json, '{');
        assay__json_member_string(json, "metric", analysis->plan->metrics[one->metric].id);
        assay__json_member_string(json, "baseline", analysis->groups[one->baseline].id);
        assay__json_member_string(json, "compared", analysis->groups[one->compared].id);
        assay__json_member_string(json, "dimension", one->dimension);
        assay__json_member_count(json, "slices", one->slice_count);
        assay__json_member_nullable(json, "q", one->q);
        assay__json_member_nullable(json, "df", one->df);
        assay__json_member_nullable(json, "p", one->p);
        assay__json_member_nullable(json, "log10P", one->log10_p);
        assay__json_end(json, '}');
    }
    assay__json_end(json, ']');
}

static void write_treatments(struct assay__json *json, const struct assay_analysis *analysis)
{
    assay__json_member_begin(json, "treatments", '[');
    for (uint32_t t = 0; t < analysis->treatment_count; t++) {
        const struct assay_treatment *treatment = &analysis->treatments[t];
        assay__json_begin(json, '{');
        assay__json_member_string(json, "id", analysis->groups[treatment->group].id);
        if (treatment->baseline != ASSAY__NO_GROUP)
            assay__json_member_string(json, "baseline", analysis->groups[treatment->baseline].id);
        assay__json_member_string(json, "recommendation",
                                  assay__name_recommendation(treatment->recommendation));
        assay__json_member_boolean(json, "final", treatment->final);
        assay__json_member_string(json, "rule", assay__name_outcome(treatment->rule));
        write_reasons(json, analysis->plan, treatment);
        assay__json_end(json, '}');
    }
    assay__json_end(json, ']');
}

static void write_annotations(struct assay__json *json, const struct assay_analysis *analysis)
{
    assay__json_member_begin(json, "annotations", '[');
    for (size_t i = 0; i < analysis->annotation_count; i++) {
        const struct assay_annotation *note = &analysis->annotations[i];
        assay__json_begin(json, '{');
        assay__json_member_string(json, "level", assay__name_level(note->level));
        if (note->metric >= 0)
            assay__json_member_string(json, "metric", analysis->plan->metrics[note->metric].id);
        assay__write_texts(json, "context", note->context, note->context_count);
        assay__json_member_string(json, "text", note->text);
        assay__json_end(json, '}');
    }
    assay__json_end(json, ']');
}

static void write_head(struct assay__json *json, const struct assay_analysis *analysis)
{
    assay__json_member_string(json, "schemaVersion", "1.0");
    assay__json_member_begin(json, "versions", '{');
    assay__json_member_string(json, "assay", assay_version());
    assay__json_end(json, '}');
    assay__json_member_string(json, "analysisResultId", analysis->analysis_result_id);
    assay__json_member_begin(json, "inputDigests", '{');
    assay__json_member_string(json, "sums", analysis->input_digest);
    assay__json_end(json, '}');
    if (analysis->plan->canonical != NULL) {
        assay__json_key(json, "plan");
        assay__json_raw(json, analysis->plan->canonical);
    }
}

void assay__write_detail(const struct assay_analysis *analysis,
                         const struct assay_write_options *options, struct assay__text *out)
{
    struct assay__json json = {.out = out, .pretty = options->pretty};
    assay__json_begin(&json, '{');
    write_head(&json, analysis);
    write_conventions(&json, analysis->plan);
    write_errors(&json, &analysis->errors);
    write_counts(&json, &analysis->counts);
    write_groups(&json, analysis);
    assay__json_member_begin(&json, "metrics", '[');
    for (uint32_t m = 0; m < analysis->plan->metric_count; m++)
        write_metric(&json, analysis, m);
    assay__json_end(&json, ']');
    write_slices(&json, analysis);
    write_comparisons(&json, analysis);
    write_heterogeneity(&json, analysis);
    write_treatments(&json, analysis);
    write_annotations(&json, analysis);
    assay__json_end(&json, '}');
    assay__text_putc(out, '\n');
}
