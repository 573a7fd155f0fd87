/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One metric x comparison x slice x look of the detail document. */
#include <math.h>

#include "report/detail.h"
#include "analysis/conditions.h"
#include "analysis/dataset_read.h"
#include "analysis/outcome.h"
#include "plan/names.h"

void assay__detail_slice(struct assay__json *json, const struct assay_slice *slice)
{
    assay__json_member_begin(json, "slice", '{');
    assay__json_member_string(json, "kind", assay__name_slice(slice->kind));
    if (slice->kind == ASSAY_SLICE_DIMENSION) {
        assay__json_member_string(json, "key", slice->key);
        assay__json_member_string(json, "value", slice->value);
    } else if (slice->kind == ASSAY_SLICE_SEGMENT) {
        assay__json_member_string(json, "id", slice->key);
    }
    assay__json_end(json, '}');
}

static void write_stats(struct assay__json *json, const char *key,
                        const struct assay__kept_stats *stats)
{
    assay__json_member_begin(json, key, '{');
    assay__json_member_count(json, "n", stats->n);
    assay__json_member_number(json, "estimate", stats->estimate);
    assay__json_member_number(json, "variance", stats->variance);
    assay__json_member_number(json, "standardError", stats->standard_error);
    assay__json_member_number(json, "unadjusted", stats->unadjusted);
    assay__json_member_number(json, "unadjustedStandardError", stats->unadjusted_standard_error);
    assay__json_member_number(json, "skewness", stats->skewness);
    assay__json_end(json, '}');
}

/* What a test found; is_tested is false for figures that nothing is decided by. */
static void write_difference(struct assay__json *json, const char *key,
                             const struct assay__kept_difference *difference, double powered_effect,
                             bool is_tested)
{
    assay__json_member_begin(json, key, '{');
    assay__json_member_number(json, "estimate", difference->estimate);
    assay__json_member_number(json, "standardError", difference->standard_error);
    assay__json_member_nullable(json, "df", difference->df);
    assay__json_member_number(json, "statistic", difference->statistic);
    assay__json_member_number(json, "critical", difference->critical);
    assay__json_member_number(json, "lower", difference->lower);
    assay__json_member_number(json, "upper", difference->upper);
    assay__json_member_nullable(json, "p", difference->p);
    assay__json_member_nullable(json, "log10P", difference->log10_p);
    if (is_tested && !isnan(difference->p))
        assay__json_member_boolean(json, "significant", difference->significant);
    assay__json_member_number(json, "poweredEffect", powered_effect);
    assay__json_member_string(json, "method", assay__name_tested_by(difference->tested_by));
    assay__json_end(json, '}');
}

static void write_fieller(struct assay__json *json, const struct assay__kept_relative *relative)
{
    bool bounded = relative->fieller_kind == ASSAY_FIELLER_BOUNDED;
    assay__json_member_begin(json, "fieller", '{');
    assay__json_member_nullable(json, "lower", bounded ? relative->fieller_lower : (double)NAN);
    assay__json_member_nullable(json, "upper", bounded ? relative->fieller_upper : (double)NAN);
    assay__json_member_string(json, "type", assay__name_fieller(relative->fieller_kind));
    if (relative->fieller_kind == ASSAY_FIELLER_COMPLEMENT) {
        assay__json_member_begin(json, "outside", '{');
        assay__json_member_number(json, "lower", relative->fieller_lower);
        assay__json_member_number(json, "upper", relative->fieller_upper);
        assay__json_end(json, '}');
    }
    assay__json_end(json, '}');
}

static void write_bounds(struct assay__json *json, const char *key, double lower, double upper)
{
    assay__json_member_begin(json, key, '{');
    assay__json_member_number(json, "lower", lower);
    assay__json_member_number(json, "upper", upper);
    assay__json_end(json, '}');
}

static void write_relative(struct assay__json *json, const struct assay__kept_relative *relative)
{
    assay__json_member_begin(json, "relative", '{');
    assay__json_member_number(json, "estimate", relative->estimate);
    write_fieller(json, relative);
    assay__json_member_begin(json, "delta", '{');
    assay__json_member_number(json, "standardError", relative->delta_standard_error);
    assay__json_member_number(json, "lower", relative->delta_lower);
    assay__json_member_number(json, "upper", relative->delta_upper);
    assay__json_end(json, '}');
    write_bounds(json, "log", relative->log_lower, relative->log_upper);
    write_bounds(json, "scaled", relative->scaled_lower, relative->scaled_upper);
    assay__json_end(json, '}');
}

static void write_reduction(struct assay__json *json, const struct assay_metric_plan *metric,
                            const struct assay__kept_reduction *reduction)
{
    assay__json_member_begin(json, "varianceReduction", '{');
    assay__json_member_string(json, "method", assay__name_reduction(reduction->method));
    assay__json_member_begin(json, "slopes", '[');
    for (uint32_t i = 0; i < reduction->covariate_count; i++) {
        assay__json_begin(json, '{');
        bool has = reduction->slopes != NULL;
        if (i < assay__metric_covariate_count(metric))
            assay__json_member_string(json, "covariate", assay__metric_covariate(metric, i));
        assay__json_member_number(json, "baseline", has ? reduction->slopes[i] : 0.0);
        assay__json_member_number(json, "compared",
                                  has ? reduction->slopes[reduction->covariate_count + i] : 0.0);
        assay__json_member_boolean(json, "dropped", (reduction->dropped >> i & 1u) != 0);
        assay__json_end(json, '}');
    }
    assay__json_end(json, ']');
    assay__json_member_number(json, "rate", reduction->rate);
    assay__json_end(json, '}');
}

/* Why what is planned has no required size. */
static const char *const ABSENCES[] = {[ASSAY_SIZE_ZERO_BASELINE] = "zeroBaseline",
                                       [ASSAY_SIZE_BEYOND_SHARES] = "shareOutside",
                                       [ASSAY_SIZE_TOO_LARGE] = "tooLarge",
                                       [ASSAY_SIZE_NO_VARIANCE] = "noVariance"};

static void write_sample_size(struct assay__json *json, const struct assay_look_result *look)
{
    const struct assay__kept_size *size = &look->size;
    assay__json_member_begin(json, "sampleSize", '{');
    assay__json_member_count(json, "current", size->current);
    assay__write_size(json, "required", size->required);
    if (size->absence != ASSAY_SIZE_EXISTS && size->absence != ASSAY_SIZE_NOT_PLANNED)
        assay__json_member_string(json, "requiredIs", ABSENCES[size->absence]);
    assay__json_member_number(json, "poweredEffectAbs", size->powered_effect_abs);
    assay__json_member_number(json, "poweredEffectRel", size->powered_effect_rel);
    if (look->powered != ASSAY_UNKNOWN)
        assay__json_member_boolean(json, "powered", look->powered == ASSAY_YES);
    assay__json_end(json, '}');
}

/* Edgeworth's estimate of the true tail errors, and the intervals corrected for skewness. */
static void write_skewness(struct assay__json *json, const struct assay_plan *plan,
                           const struct assay__kept_comparison *comparison)
{
    if (isfinite(comparison->tail_error.lower) || isfinite(comparison->tail_error.upper)) {
        assay__json_member_begin(json, "tailError", '{');
        assay__json_member_number(json, "nominal", comparison->tail_error.nominal);
        assay__json_member_number(json, "lower", comparison->tail_error.lower);
        assay__json_member_number(json, "upper", comparison->tail_error.upper);
        assay__json_end(json, '}');
    }
    if (plan->skewness == ASSAY_SKEWNESS_NONE)
        return;
    assay__json_member_begin(json, "skewnessCorrected", '{');
    assay__json_member_string(json, "method", assay__name_skewness(plan->skewness));
    assay__json_member_number(json, "lower", comparison->corrected_lower);
    assay__json_member_number(json, "upper", comparison->corrected_upper);
    assay__json_member_nullable(json, "p", comparison->corrected_p);
    assay__json_member_nullable(json, "log10P", comparison->corrected_log10_p);
    assay__json_end(json, '}');
}

static void write_multiplicity(struct assay__json *json, const struct assay_metric_result *result)
{
    assay__json_member_begin(json, "adjusted", '{');
    for (int a = 0; a < ASSAY__ADJUST_COUNT; a++) {
        if (isnan(result->adjusted_log10_p[a]))
            continue;
        assay__json_member_begin(json, assay_adjustment_name((enum assay_adjustment)a), '{');
        assay__json_member_number(json, "p", result->adjusted_p[a]);
        assay__json_member_number(json, "log10P", result->adjusted_log10_p[a]);
        assay__json_end(json, '}');
    }
    assay__json_end(json, '}');
}

/* p among the slices of one dimension. */
static void write_slice_p(struct assay__json *json, const struct assay_metric_result *result)
{
    if (isnan(result->slice_p))
        return;
    assay__json_member_begin(json, "amongSlices", '{');
    assay__json_member_string(json, "adjustment", "holm");
    assay__json_member_number(json, "p", result->slice_p);
    assay__json_member_number(json, "log10P", result->slice_log10_p);
    assay__json_end(json, '}');
}

static void write_balance(struct assay__json *json, const struct assay_metric_plan *metric,
                          const struct assay_metric_result *result)
{
    if (result->balance_count == 0)
        return;
    assay__json_member_begin(json, "balance", '[');
    for (uint32_t i = 0; i < result->balance_count; i++) {
        const struct assay_balance *balance = &result->balance[i];
        assay__json_begin(json, '{');
        assay__json_member_string(json, "covariate",
                                  assay__metric_covariate(metric, balance->covariate));
        assay__json_member_number(json, "difference", balance->difference);
        assay__json_member_nullable(json, "p", balance->p);
        assay__json_member_nullable(json, "log10P", balance->log10_p);
        assay__json_member_boolean(json, "significant", balance->significant);
        assay__json_end(json, '}');
    }
    assay__json_end(json, ']');
}

static void write_flags(struct assay__json *json, const char *key, uint32_t flags)
{
    size_t count;
    const struct assay__condition *conditions = assay__conditions(&count);
    assay__json_member_begin(json, key, '[');
    for (size_t i = 0; i < count; i++)
        if (flags & conditions[i].flag)
            assay__write_pair(json, "id", conditions[i].id, "reason", conditions[i].sentence);
    assay__json_end(json, ']');
}

/* Which test of what, at which error rates. */
static void write_hypothesis(struct assay__json *json, const struct assay_analysis *analysis,
                             const struct assay_metric_result *result,
                             const struct assay_look_result *look)
{
    enum assay_tested_by tested_by = look->comparison.difference.tested_by;
    const struct assay_metric_plan *metric = &analysis->plan->metrics[result->metric];
    assay__json_member_string(json, "method",
                              tested_by == ASSAY_TESTED_BY_NOTHING
                                  ? assay__name_test(analysis->plan->test)
                                  : assay__name_tested_by(tested_by));
    assay__json_member_string(json, "type", assay__name_metric_type(metric->type));
    assay__json_member_string(json, "role", assay__name_role(metric->role));
    assay__json_member_string(json, "hypothesis", assay__name_hypothesis(result->hypothesis));
    assay__json_member_number(json, "alpha", result->alpha);
    assay__json_member_number(json, "power", result->power);
    assay__json_member_string(json, "side", assay__name_side(result->side));
    assay__json_member_number(json, "nullDifference", look->null_difference);
    assay__json_member_number(json, "marginAbs", look->margin_abs);
    assay__json_member_number(json, "effectAbs", look->effect_abs);
    assay__json_member_number(json, "deteriorationAlpha", result->deterioration_alpha);
    if (!isnan(result->deterioration_alpha))
        assay__json_member_string(json, "deteriorationSide",
                                  assay__name_side(result->deterioration_side));
}

static void write_place(struct assay__json *json, const struct assay_analysis *analysis,
                        const struct assay_metric_result *result,
                        const struct assay_look_result *look)
{
    assay__json_member_string(json, "metric", analysis->plan->metrics[result->metric].id);
    assay__json_member_string(json, "comparisonId", result->comparison_id);
    assay__json_member_string(json, "baseline", analysis->groups[result->baseline].id);
    assay__json_member_string(json, "compared", analysis->groups[result->compared].id);
    assay__detail_slice(json, &analysis->slices[result->slice]);
    assay__json_member_count(json, "look", look->look);
    assay__write_time(json, "time", look->time_ns);
}

/* After the stop of a group sequence: by the stage-wise ordering. */
static void write_stopped(struct assay__json *json, const struct assay_look_result *look)
{
    if (look->stopped == NULL)
        return;
    assay__json_member_begin(json, "afterStopping", '{');
    assay__json_member_number(json, "p", look->stopped->p);
    assay__json_member_number(json, "estimate", look->stopped->median);
    assay__json_member_number(json, "lower", look->stopped->lower);
    assay__json_member_number(json, "upper", look->stopped->upper);
    assay__json_end(json, '}');
}

/* The planned looks to come stand with the last one made. */
static void write_ahead(struct assay__json *json, const struct assay_metric_result *result,
                        const struct assay_look_result *look)
{
    if (result->ahead_count == 0 || look != &result->looks[result->look_count - 1])
        return;
    assay__json_member_begin(json, "looksAhead", '[');
    for (uint32_t i = 0; i < result->ahead_count; i++) {
        const struct assay_look_ahead *ahead = &result->ahead[i];
        assay__json_begin(json, '{');
        assay__json_member_number(json, "units", ahead->units);
        assay__json_member_number(json, "informationFraction", ahead->information_fraction);
        assay__json_member_number(json, "alphaSpent", ahead->alpha_spent);
        assay__json_member_number(json, "critical", ahead->critical);
        assay__json_member_number(json, "futilityBound", ahead->futility);
        assay__json_member_number(json, "standardError", ahead->standard_error);
        assay__json_member_number(json, "lower", ahead->lower);
        assay__json_member_number(json, "upper", ahead->upper);
        assay__json_end(json, '}');
    }
    assay__json_end(json, ']');
}

void assay__detail_comparison(struct assay__json *json, const struct assay_analysis *analysis,
                              const struct assay_metric_result *result,
                              const struct assay_look_result *look)
{
    const struct assay__kept_comparison *comparison = &look->comparison;
    const struct assay_metric_plan *metric = &analysis->plan->metrics[result->metric];
    assay__json_begin(json, '{');
    write_place(json, analysis, result, look);
    write_hypothesis(json, analysis, result, look);
    write_stats(json, "baselineStats", &comparison->baseline);
    write_stats(json, "comparedStats", &comparison->compared);
    assay__json_member_string(
        json, "outcome",
        assay__name_outcome(assay__outcome(result->hypothesis, look->significant)));
    write_difference(json, "difference", &comparison->difference, look->size.powered_effect_abs,
                     result->significant != ASSAY_UNKNOWN);
    write_relative(json, &comparison->relative);
    write_reduction(json, metric, &comparison->reduction);
    if (look->deterioration != NULL)
        write_difference(json, "deterioration", &assay__harm_test(look)->difference, (double)NAN,
                         result->deteriorated != ASSAY_UNKNOWN);
    write_skewness(json, analysis->plan, comparison);
    write_multiplicity(json, result);
    write_slice_p(json, result);
    write_balance(json, metric, result);
    write_sample_size(json, look);
    assay__json_member_number(json, "informationFraction", look->information_fraction);
    assay__json_member_number(json, "alphaSpent", look->alpha_spent);
    if (!isnan(look->futility)) {
        assay__json_member_number(json, "futilityBound", look->futility);
        assay__json_member_boolean(json, "futile", look->is_futile);
    }
    assay__json_member_number(json, "deteriorationAlphaSpent", look->deterioration_alpha_spent);
    write_stopped(json, look);
    write_ahead(json, result, look);
    write_flags(json, "flags", comparison->flags);
    if (look->deterioration != NULL && assay__harm_test(look)->flags != 0)
        write_flags(json, "deteriorationFlags", assay__harm_test(look)->flags);
    if (look == &result->looks[result->look_count - 1])
        assay__json_member_string(json, "message", result->message);
    assay__json_end(json, '}');
}
