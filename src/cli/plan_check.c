/* SPDX-License-Identifier: GPL-3.0-or-later */
/* assay plan check: a plan in words, and the tests it makes. */
#include "cli/plan_check.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "plan/names.h"
#include "number/number.h"
#include "base/time.h"
#include "analysis/analyze.h"
#include "analysis/dataset_read.h"

/* Every paragraph is indented; a metric's second and further lines more so. */
enum { INDENT = 2, DEEP = 4, DIGITS = 6, PERCENT_DIGITS = 4 };

struct words {
    struct assay__page *page;
    const struct assay_plan *plan;
    const struct assay_dataset *dataset;
    struct assay_error_plan errors;
    struct assay__text line; /* the paragraph being written */
};

static void number(struct assay__text *line, double value)
{
    char text[ASSAY__NUMBER_BYTES];
    assay__text_append(line, text, assay__number_round(value, DIGITS, text));
}

static void percent(struct assay__text *line, double share)
{
    char text[ASSAY__NUMBER_BYTES];
    assay__text_append(line, text, assay__number_round(100.0 * share, PERCENT_DIGITS, text));
    assay__text_puts(line, " %");
}

/* Writes the paragraph and begins the next one. */
static void flush_line(struct words *words, int indent)
{
    assay__page_spaces(words->page, indent);
    assay__page_wrap(words->page, words->line.data != NULL ? words->line.data : "", indent,
                     indent + 2);
    if (words->line.failed)
        words->page->out->failed = true;
    words->line.length = 0;
}

static void heading(struct words *words, const char *title)
{
    assay__page_heading(words->page, title);
    assay__page_end(words->page);
}

static uint32_t known_groups(const struct words *words)
{
    if (words->plan->group_count > 0)
        return words->plan->group_count;
    return words->dataset == NULL ? 0 : assay__dataset_group_count(words->dataset);
}

static const char *group_id(const struct words *words, uint32_t group)
{
    if (words->plan->group_count > 0)
        return words->plan->groups[group].id;
    return assay__dataset_group_id(words->dataset, group);
}

/* Comparisons of the plan; 0 when only the data can tell. */
static uint32_t count_comparisons(const struct words *words)
{
    uint64_t groups = known_groups(words);
    if (words->plan->scheme == ASSAY_COMPARE_PAIRS)
        return words->plan->pair_count;
    if (groups < 2)
        return 0;
    if (words->plan->scheme == ASSAY_COMPARE_ALL_PAIRS)
        return (uint32_t)(groups * (groups - 1) / 2);
    return words->plan->baseline == NULL ? 0 : (uint32_t)groups - 1;
}

static void count_tests(struct words *words)
{
    const struct assay_plan *plan = words->plan;
    uint32_t comparisons = count_comparisons(words);
    words->errors = (struct assay_error_plan){.alpha = plan->alpha,
                                              .power = plan->power,
                                              .deterioration_alpha = plan->deterioration_alpha,
                                              .comparison_count = comparisons > 0 ? comparisons : 1,
                                              .segment_count = plan->segment_count};
    for (uint32_t m = 0; m < plan->metric_count; m++) {
        const struct assay_metric_plan *metric = &plan->metrics[m];
        words->errors.success_count += metric->role == ASSAY_ROLE_SUCCESS;
        words->errors.margin_count += metric->role == ASSAY_ROLE_GUARDRAIL && metric->margin.is_set;
        words->errors.monitored_count += assay__is_monitored(plan, metric);
    }
}

static void say_groups(struct words *words)
{
    const struct assay_plan *plan = words->plan;
    struct assay__text *line = &words->line;
    double total = 0.0;
    heading(words, "Groups");
    for (uint32_t i = 0; i < plan->group_count; i++)
        total += plan->groups[i].weight;
    for (uint32_t i = 0; i < plan->group_count; i++) {
        assay__text_format(line, "%s: ", plan->groups[i].id);
        percent(line, plan->groups[i].weight / total);
        assay__text_puts(line, " of the units");
        flush_line(words, INDENT);
    }
    if (plan->group_count > 0)
        return;
    assay__text_puts(line, "Taken from the data, with equal weights");
    for (uint32_t i = 0; i < known_groups(words); i++)
        assay__text_format(line, "%s%s", i == 0 ? ": " : ", ", group_id(words, i));
    assay__text_putc(line, '.');
    flush_line(words, INDENT);
}

static void say_comparison(struct words *words, const char *compared, const char *baseline)
{
    assay__text_format(&words->line, "%s against %s", compared, baseline);
    flush_line(words, INDENT);
}

static void say_baseline(struct words *words)
{
    const char *baseline = words->plan->baseline;
    if (baseline == NULL) {
        assay__text_puts(&words->line, "None: name a baseline, as in \"comparisons\": "
                                       "{\"baseline\": \"control\"}, or give --baseline.");
        flush_line(words, INDENT);
    } else if (known_groups(words) == 0) {
        say_comparison(words, "Every other group of the data", baseline);
    }
    for (uint32_t i = 0; baseline != NULL && i < known_groups(words); i++)
        if (strcmp(group_id(words, i), baseline) != 0)
            say_comparison(words, group_id(words, i), baseline);
}

static void say_comparisons(struct words *words)
{
    const struct assay_plan *plan = words->plan;
    heading(words, "Comparisons");
    if (plan->scheme == ASSAY_COMPARE_BASELINE) {
        say_baseline(words);
        return;
    }
    for (uint32_t i = 0; i < plan->pair_count; i++)
        say_comparison(words, plan->pairs[i].compared, plan->pairs[i].baseline);
    if (plan->scheme != ASSAY_COMPARE_ALL_PAIRS)
        return;
    assay__text_puts(&words->line, "Every two groups");
    uint32_t count = count_comparisons(words);
    if (count > 0)
        assay__text_format(&words->line, ": %" PRIu32 " comparison%s", count,
                           count == 1 ? "" : "s");
    flush_line(words, INDENT);
}

/* "10 % of the baseline's mean" or "0.5 in units of the metric" */
static void say_bound(struct assay__text *line, const struct assay_bound *bound)
{
    if (bound->is_relative)
        percent(line, bound->value);
    else
        number(line, bound->value);
    assay__text_puts(line,
                     bound->is_relative ? " of the baseline's mean" : " in units of the metric");
}

/* "; values below 1 and above the quantile 0.99 are capped" */
static void say_cap(struct assay__text *line, const struct assay_cap *cap)
{
    const char *const values[] = {cap->lower, cap->upper};
    const double quantiles[] = {cap->lower_quantile, cap->upper_quantile};
    bool is_capped = false;
    for (size_t i = 0; i < 2; i++) {
        if (values[i] == NULL && isnan(quantiles[i]))
            continue;
        assay__text_puts(line, is_capped ? " and " : "; values ");
        assay__text_puts(line, i == 0 ? "below " : "above ");
        if (values[i] != NULL) {
            assay__text_puts(line, values[i]);
        } else {
            assay__text_puts(line, "the quantile ");
            number(line, quantiles[i]);
        }
        is_capped = true;
    }
    assay__text_puts(line, is_capped ? " are capped" : "");
}

/* What the analysis will refuse, so that nobody waits for it. */
static void say_unsupported(struct words *words, const struct assay_metric_plan *metric)
{
    if (metric->type == ASSAY_METRIC_QUANTILE) {
        assay__text_puts(&words->line, "This version has no quantiles.");
        flush_line(words, DEEP);
    }
    if (!metric->window.is_set && !metric->offset.is_set && !metric->measure.has_aggregation)
        return;
    assay__text_puts(&words->line, "This version cannot join measurements with exposures, and "
                                   "refuses window, offset and aggregation with other data than "
                                   "sufficient statistics.");
    flush_line(words, DEEP);
}

static void say_estimate(struct words *words, const struct assay_metric_plan *metric)
{
    struct assay__text *line = &words->line;
    assay__text_format(line, "%s of %s", assay__name_metric_type(metric->type), metric->value);
    if (metric->denominator != NULL)
        assay__text_format(line, " to %s", metric->denominator);
    if (metric->type == ASSAY_METRIC_QUANTILE) {
        assay__text_puts(line, " at ");
        number(line, metric->quantile);
    }
    if (metric->covariate_count > 0) {
        bool is_used = metric->reduction != ASSAY_REDUCTION_NONE;
        assay__text_puts(line, is_used ? "; variance reduced by " : "; covariates not used: ");
        for (uint32_t i = 0; i < metric->covariate_count; i++)
            assay__text_format(line, "%s%s", i == 0 ? "" : ", ", metric->covariates[i]);
        if (is_used)
            assay__text_format(line, " (%s)", assay__name_reduction(metric->reduction));
    }
    if (metric->missing == ASSAY_MISSING_ZERO)
        assay__text_puts(line, "; missing counts as 0");
    say_cap(line, &metric->cap);
    assay__text_putc(line, '.');
    flush_line(words, DEEP);
    say_unsupported(words, metric);
}

/* The question of the role's test. */
static void say_question(struct words *words, const struct assay_metric_plan *metric)
{
    static const char *const BETTER[] = {"Wins by an increase", "Wins by a decrease",
                                         "Wins by a change either way"};
    static const char *const WORSE[] = {"decrease", "increase", "change"};
    struct assay__text *line = &words->line;
    if (metric->role == ASSAY_ROLE_SUCCESS) {
        assay__text_puts(line, BETTER[metric->direction]);
    } else if (metric->margin.is_set) {
        assay__text_format(line, "Passes when the %s is less than ", WORSE[metric->direction]);
        say_bound(line, &metric->margin);
    } else if (!assay__is_monitored(words->plan, metric)) {
        assay__text_puts(line, metric->role == ASSAY_ROLE_GUARDRAIL
                                   ? "Passes always, since harm is not tested"
                                   : "Not tested, since harm is not");
    } else if (metric->role == ASSAY_ROLE_GUARDRAIL) {
        assay__text_format(line, "Passes unless there is a significant %s",
                           WORSE[metric->direction]);
    } else {
        assay__text_format(line, "Only watched for harm: a significant %s",
                           WORSE[metric->direction]);
    }
}

static void say_rates(struct words *words, const struct assay_metric_plan *metric)
{
    struct assay__text *line = &words->line;
    bool is_success = metric->role == ASSAY_ROLE_SUCCESS;
    if (is_success || metric->margin.is_set) {
        assay__text_puts(line, ", tested at ");
        number(line, is_success ? assay_alpha_success(&words->errors, 0)
                                : assay_alpha_guardrail(&words->errors, 0));
        assay__text_puts(line, is_success && metric->direction == ASSAY_DIRECTION_ANY
                                   ? " (two-sided)"
                                   : " (one-sided)");
    }
    if (metric->effect.is_set) {
        assay__text_puts(line, "; an effect of ");
        say_bound(line, &metric->effect);
    }
    if (metric->effect.is_set || metric->margin.is_set) {
        assay__text_puts(line, metric->effect.is_set ? " is to be found with power "
                                                     : "; the power wanted is ");
        number(line, assay_power_adjusted(&words->errors));
    }
    assay__text_putc(line, '.');
    flush_line(words, DEEP);
}

static void say_metrics(struct words *words)
{
    const struct assay_plan *plan = words->plan;
    heading(words, "Metrics");
    for (uint32_t m = 0; m < plan->metric_count; m++) {
        const struct assay_metric_plan *metric = &plan->metrics[m];
        assay__text_format(&words->line, "%s (%s)", metric->id, assay__name_role(metric->role));
        flush_line(words, INDENT);
        say_estimate(words, metric);
        say_question(words, metric);
        say_rates(words, metric);
    }
}

static void say_harm(struct words *words)
{
    struct assay__text *line = &words->line;
    if (isnan(words->plan->deterioration_alpha)) {
        assay__text_puts(line, "Harm is not tested.");
    } else {
        uint32_t count = words->errors.monitored_count;
        assay__text_format(line, "Harm is tested for %" PRIu32 " metric%s", count,
                           count == 1 ? "" : "s");
        if (count > 0) {
            assay__text_puts(line, ", each at ");
            number(line, assay_alpha_deterioration(&words->errors, 0));
        }
        assay__text_putc(line, '.');
    }
    flush_line(words, INDENT);
}

static void say_mismatch(struct words *words)
{
    const struct assay_srm_design *srm = &words->plan->srm;
    struct assay__text *line = &words->line;
    assay__text_format(line, "Sample ratio mismatch: %s at ", assay__name_srm(srm->method));
    number(line, srm->alpha);
    if (srm->tolerance > 0.0) {
        assay__text_puts(line, ", ignoring shares that are off by no more than ");
        number(line, srm->tolerance);
    }
    assay__text_putc(line, '.');
    flush_line(words, INDENT);
}

static void say_method(struct words *words)
{
    const struct assay_plan *plan = words->plan;
    struct assay__text *line = &words->line;
    assay__text_format(line, "Horizon: %s; test: %s; relative interval: %s.",
                       assay__name_horizon(plan->horizon.kind), assay__name_test(plan->test),
                       assay__name_relative(plan->relative));
    flush_line(words, INDENT);
    if (plan->horizon.kind != ASSAY_HORIZON_FIXED) {
        assay__text_puts(line, "This version analyzes fixed horizons only.");
        flush_line(words, INDENT);
    }
    if (plan->granularity != ASSAY_GRANULARITY_NONE) {
        assay__text_puts(line, "This version has no looks by hour, day or week.");
        flush_line(words, INDENT);
    }
    if (plan->has_as_of) {
        char time[ASSAY__TIME_BYTES];
        assay__time_write(plan->as_of_ns, time);
        assay__text_format(line, "Data at or after %s are not used.", time);
        flush_line(words, INDENT);
    }
}

static void say_decision(struct words *words)
{
    struct assay__text *line = &words->line;
    heading(words, "Error rates");
    assay__text_puts(line, "The whole decision: alpha ");
    number(line, words->plan->alpha);
    assay__text_puts(line, ", power ");
    number(line, words->plan->power);
    assay__text_putc(line, '.');
    if (count_comparisons(words) == 0)
        assay__text_puts(line, " The number of comparisons is not known yet: the rates of the "
                               "metrics are for one, and are divided by their number.");
    flush_line(words, INDENT);
    say_harm(words);
    say_mismatch(words);
    say_method(words);
}

static void say_slices(struct words *words)
{
    const struct assay_plan *plan = words->plan;
    struct assay__text *line = &words->line;
    if (plan->dimension_count + plan->segment_count == 0)
        return;
    heading(words, "Breakdowns");
    for (uint32_t i = 0; i < plan->dimension_count; i++)
        assay__text_format(line, "%s%s", i == 0 ? "By " : ", ", plan->dimensions[i]);
    if (plan->dimension_count > 0) {
        assay__text_puts(line, ", one at a time, to explore: no alpha is set aside for them.");
        flush_line(words, INDENT);
    }
    for (uint32_t i = 0; i < plan->segment_count; i++) {
        assay__text_format(line, "Segment %s: %s", plan->segments[i].id, plan->segments[i].filter);
        flush_line(words, INDENT);
    }
    if (plan->segment_count > 1) {
        assay__text_format(line, "In segments alpha is divided by %" PRIu32 ", their number.",
                           plan->segment_count);
        flush_line(words, INDENT);
    }
}

void plan_words(struct assay__page *page, const struct assay_plan *plan,
                const struct assay_dataset *dataset)
{
    struct words words = {.page = page, .plan = plan, .dataset = dataset};
    count_tests(&words);
    say_groups(&words);
    say_comparisons(&words);
    say_metrics(&words);
    say_decision(&words);
    say_slices(&words);
    assay__text_release(&words.line);
}
