/* SPDX-License-Identifier: GPL-3.0-or-later */
/* assay plan check: a plan in words, and the tests it makes. */
#include "cli/plan_check.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "plan/names.h"
#include "base/time.h"
#include "analysis/dataset_read.h"
#include "analysis/error_rates.h"
#include "cli/plan_check_words.h"
#include "stats/metric/metric.h"

static uint32_t known_groups(const struct plan_words *words)
{
    if (words->plan->group_count > 0)
        return words->plan->group_count;
    return words->dataset == NULL ? 0 : assay__dataset_group_count(words->dataset);
}

static const char *group_id(const struct plan_words *words, uint32_t group)
{
    if (words->plan->group_count > 0)
        return words->plan->groups[group].id;
    return assay__dataset_group_id(words->dataset, group);
}

/* Comparisons of the plan; 0 when only the data can tell. */
static uint32_t count_comparisons(const struct plan_words *words)
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

static void say_groups(struct plan_words *words)
{
    const struct assay_plan *plan = words->plan;
    struct assay__text *line = &words->line;
    double total = 0.0;
    plan_words_heading(words, "Groups");
    for (uint32_t i = 0; i < plan->group_count; i++)
        total += plan->groups[i].weight;
    for (uint32_t i = 0; i < plan->group_count; i++) {
        assay__text_format(line, "%s: ", plan->groups[i].id);
        plan_words_percent(line, plan->groups[i].weight / total);
        assay__text_puts(line, " of the units");
        plan_words_flush(words, PLAN_WORDS_INDENT);
    }
    if (plan->group_count > 0)
        return;
    assay__text_puts(line, "Taken from the data, with equal weights");
    for (uint32_t i = 0; i < known_groups(words); i++)
        assay__text_format(line, "%s%s", i == 0 ? ": " : ", ", group_id(words, i));
    assay__text_putc(line, '.');
    plan_words_flush(words, PLAN_WORDS_INDENT);
}

static void say_comparison(struct plan_words *words, const char *compared, const char *baseline)
{
    assay__text_format(&words->line, "%s against %s", compared, baseline);
    plan_words_flush(words, PLAN_WORDS_INDENT);
}

static void say_baseline(struct plan_words *words)
{
    const char *baseline = words->plan->baseline;
    if (baseline == NULL) {
        assay__text_puts(&words->line, "None: name a baseline, as in \"comparisons\": "
                                       "{\"baseline\": \"control\"}, or give --baseline.");
        plan_words_flush(words, PLAN_WORDS_INDENT);
    } else if (known_groups(words) == 0) {
        say_comparison(words, "Every other group of the data", baseline);
    }
    for (uint32_t i = 0; baseline != NULL && i < known_groups(words); i++)
        if (strcmp(group_id(words, i), baseline) != 0)
            say_comparison(words, group_id(words, i), baseline);
}

static void say_comparisons(struct plan_words *words)
{
    const struct assay_plan *plan = words->plan;
    plan_words_heading(words, "Comparisons");
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
    plan_words_flush(words, PLAN_WORDS_INDENT);
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
            plan_words_number(line, quantiles[i]);
        }
        is_capped = true;
    }
    assay__text_puts(line, is_capped ? " are capped" : "");
}

/* What the analysis will refuse, so that nobody waits for it. */
static void say_unsupported(struct plan_words *words, const struct assay_metric_plan *metric)
{
    if (assay__metric_kind(metric->type)->estimate != NULL)
        return;
    assay__text_puts(&words->line, "This version has no quantiles.");
    plan_words_flush(words, PLAN_WORDS_DEEP);
}

static void say_estimate(struct plan_words *words, const struct assay_metric_plan *metric)
{
    struct assay__text *line = &words->line;
    assay__text_format(line, "%s of ", assay__name_metric_type(metric->type));
    plan_words_measure(line, metric);
    if (!isnan(metric->quantile)) {
        assay__text_puts(line, " at ");
        plan_words_number(line, metric->quantile);
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
    plan_words_flush(words, PLAN_WORDS_DEEP);
    plan_words_window(words, metric);
    say_unsupported(words, metric);
}

/* The question of the metric's own test. */
static void say_question(struct plan_words *words, uint32_t m)
{
    static const char *const BETTER[] = {"Wins by an increase", "Wins by a decrease",
                                         "Informs of a change either way"};
    static const char *const WORSE[] = {"decrease", "increase", "change"};
    const struct assay_metric_plan *metric = &words->plan->metrics[m];
    struct assay__text *line = &words->line;
    switch (words->rates[m].hypothesis) {
    case ASSAY_HYPOTHESIS_SUPERIORITY:
        assay__text_puts(line, BETTER[metric->direction]);
        break;
    case ASSAY_HYPOTHESIS_NON_INFERIORITY:
        assay__text_format(line, "Passes when the %s is less than ", WORSE[metric->direction]);
        plan_words_bound(line, &metric->margin);
        break;
    case ASSAY_HYPOTHESIS_DETERIORATION:
        assay__text_format(line, "%s: a significant %s",
                           words->rates[m].in_rule ? "Passes without harm, that is"
                                                   : "Only watched for harm",
                           WORSE[metric->direction]);
        break;
    default:
        assay__text_puts(line, words->rates[m].in_rule ? "Never passes, since harm is not tested"
                                                       : "Shown only, since harm is not tested");
        break;
    }
}

static void say_rates(struct plan_words *words, uint32_t m)
{
    const struct assay_metric_plan *metric = &words->plan->metrics[m];
    const struct assay_metric_rates *rates = &words->rates[m];
    struct assay__text *line = &words->line;
    bool has_margin = rates->hypothesis == ASSAY_HYPOTHESIS_NON_INFERIORITY;
    if (rates->hypothesis != ASSAY_HYPOTHESIS_NONE) {
        assay__text_puts(line, ", tested at ");
        plan_words_number(line, rates->alpha);
        assay__text_puts(line, metric->direction == ASSAY_DIRECTION_ANY ? " (two-sided)"
                                                                        : " (one-sided)");
    }
    if (!isnan(rates->power) && metric->effect.is_set) {
        assay__text_puts(line, "; an effect of ");
        plan_words_bound(line, &metric->effect);
    }
    if (!isnan(rates->power) && (metric->effect.is_set || has_margin)) {
        assay__text_puts(line, metric->effect.is_set ? " is to be found with power "
                                                     : "; the power wanted is ");
        plan_words_number(line, rates->power);
    }
    assay__text_putc(line, '.');
    plan_words_flush(words, PLAN_WORDS_DEEP);
}

static void say_metrics(struct plan_words *words)
{
    const struct assay_plan *plan = words->plan;
    plan_words_heading(words, "Metrics");
    for (uint32_t m = 0; m < plan->metric_count; m++) {
        const struct assay_metric_plan *metric = &plan->metrics[m];
        assay__text_format(&words->line, "%s (%s)", metric->id, assay__name_role(metric->role));
        plan_words_flush(words, PLAN_WORDS_INDENT);
        say_estimate(words, metric);
        say_question(words, m);
        say_rates(words, m);
    }
}

static void say_mismatch(struct plan_words *words)
{
    const struct assay_srm_design *srm = &words->plan->srm;
    struct assay__text *line = &words->line;
    assay__text_format(line, "Sample ratio mismatch: %s at ", assay__name_srm(srm->method));
    plan_words_number(line, srm->alpha);
    if (srm->tolerance > 0.0) {
        assay__text_puts(line, ", ignoring shares that are off by no more than ");
        plan_words_number(line, srm->tolerance);
    }
    assay__text_putc(line, '.');
    plan_words_flush(words, PLAN_WORDS_INDENT);
}

static void say_method(struct plan_words *words)
{
    const struct assay_plan *plan = words->plan;
    struct assay__text *line = &words->line;
    assay__text_format(line, "Test: %s; relative interval: %s.", assay__name_test(plan->test),
                       assay__name_relative(plan->relative));
    plan_words_flush(words, PLAN_WORDS_INDENT);
    if (plan->has_as_of) {
        char time[ASSAY__TIME_BYTES];
        assay__time_write(plan->as_of_ns, time);
        assay__text_format(line, "Data at or after %s are not used.", time);
        plan_words_flush(words, PLAN_WORDS_INDENT);
    }
}

static void say_error_rates(struct plan_words *words)
{
    static const char *const DIVISIONS[] = {
        " They are shared among the metrics as the decision rule asks.",
        " Bonferroni: alpha is shared by every test of a success metric or margin.",
        " They are not shared: every test has alpha, so the whole decision errs more often."};
    struct assay__text *line = &words->line;
    plan_words_heading(words, "Error rates");
    assay__text_puts(line, "The whole decision: alpha ");
    plan_words_number(line, words->plan->alpha);
    assay__text_puts(line, ", power ");
    plan_words_number(line, words->plan->power);
    assay__text_putc(line, '.');
    assay__text_puts(line, DIVISIONS[words->plan->adjustment]);
    if (words->comparisons == 0 && words->plan->adjustment != ASSAY_DIVIDE_NONE)
        assay__text_puts(line, " The number of comparisons is not known yet: the rates of the "
                               "metrics are for one, and are divided by their number.");
    plan_words_flush(words, PLAN_WORDS_INDENT);
    say_mismatch(words);
    plan_words_looks(words);
    say_method(words);
}

static void say_slices(struct plan_words *words)
{
    const struct assay_plan *plan = words->plan;
    struct assay__text *line = &words->line;
    if (plan->dimension_count + plan->segment_count == 0)
        return;
    plan_words_heading(words, "Breakdowns");
    for (uint32_t i = 0; i < plan->dimension_count; i++)
        assay__text_format(line, "%s%s", i == 0 ? "By " : ", ", plan->dimensions[i]);
    if (plan->dimension_count > 0) {
        assay__text_puts(line, ", one at a time, to explore: no alpha is set aside for them.");
        plan_words_flush(words, PLAN_WORDS_INDENT);
    }
    for (uint32_t i = 0; i < plan->segment_count; i++) {
        assay__text_format(line, "Segment %s: %s", plan->segments[i].id, plan->segments[i].filter);
        plan_words_flush(words, PLAN_WORDS_INDENT);
    }
    if (plan->segment_count > 1) {
        assay__text_format(line, "In segments alpha is divided by %" PRIu32 ", their number.",
                           plan->segment_count);
        plan_words_flush(words, PLAN_WORDS_INDENT);
    }
}

void plan_words(struct assay__page *page, const struct assay_plan *plan,
                const struct assay_dataset *dataset)
{
    struct assay_metric_rates rates[ASSAY_METRICS_MAX];
    struct plan_words words = {.page = page, .plan = plan, .dataset = dataset, .rates = rates};
    words.comparisons = count_comparisons(&words);
    assay__error_rates(plan, words.comparisons, false, rates);
    say_groups(&words);
    say_comparisons(&words);
    say_metrics(&words);
    plan_words_decision(&words);
    say_error_rates(&words);
    say_slices(&words);
    assay__text_release(&words.line);
}
