/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a dataset has of the command line's figures, and the view that calculators give of them. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analysis/dataset.h"
#include "base/error.h"
#include "cli/counts.h"
#include "cli/term.h"
#include "number/number.h"
#include "report/table/terminal.h"
#include "stats/metric/metric.h"

enum { DIGITS = 7 };

enum assay_status counts_dataset(const struct counts *counts, const struct assay_plan *plan,
                                 struct assay_dataset **out, struct assay_error *err)
{
    *out = NULL;
    enum assay_status status = assay_dataset_new(plan, out, err);
    for (size_t m = 0; m < counts->metric_count; m++) {
        const struct counts_metric *metric = &counts->metrics[m];
        for (size_t i = 0; status == ASSAY_OK && i < metric->word_count; i++)
            status = assay_dataset_add_moments(*out, metric->name, metric->arms[i].group,
                                               metric->arms[i].moments, err);
        if (status != ASSAY_OK || metric->remark == NULL)
            continue;
        char text[512];
        snprintf(text, sizeof text, "%.400s.%s", metric->remark,
                 metric->is_vague ? " Other counts have that percentage, too: give the count."
                                  : "");
        status = assay__dataset_note(*out, metric->is_vague ? ASSAY_NOTE_WARNING : ASSAY_NOTE_INFO,
                                     (int32_t)m, text, err);
    }
    return status;
}

static const struct counts_metric *find_metric(const struct counts *counts, const char *id)
{
    size_t m = 0;
    while (strcmp(counts->metrics[m].name, id) != 0)
        m++;
    return &counts->metrics[m];
}

static const struct assay_moments *find_arm(const struct counts_metric *metric, const char *group)
{
    for (size_t i = 0; i < metric->word_count; i++)
        if (strcmp(metric->arms[i].group, group) == 0)
            return metric->arms[i].moments;
    return NULL;
}

/* One comparison as calculators make it: no share of alpha, no margin, no sequential look. */
static enum assay_status compare(const struct assay_analysis *analysis,
                                 const struct assay_metric_result *result,
                                 const struct counts_metric *metric, enum assay_side side,
                                 double alpha, bool exact, struct assay_comparison *out,
                                 struct assay_error *err)
{
    const struct assay_moments *groups[] = {
        find_arm(metric, analysis->groups[result->baseline].id),
        find_arm(metric, analysis->groups[result->compared].id)};
    enum assay_metric_type type = analysis->plan->metrics[result->metric].type;
    const struct assay_method method = {.type = type,
                                        .test = assay__metric_kind(type)->is_share ? ASSAY_TEST_Z
                                                                                   : ASSAY_TEST_T,
                                        .side = side,
                                        .alpha = alpha,
                                        .exact = exact};
    return assay_moments_compare(groups, 2, 0, 1, &method, out, err);
}

/* Too few to divide by their standard error, also for a calculator. */
static bool has_few_events(const struct assay_stats *stats)
{
    static const double FEW = 20.0;
    double n = (double)stats->n, hits = round(stats->estimate * n);
    return fmin(hits, n - hits) < FEW;
}

/* As calculators compare: shares by the normal distribution unless counts are small. */
static enum assay_status compare_both(const struct assay_analysis *analysis,
                                      const struct assay_metric_result *result,
                                      const struct counts_metric *metric, double alpha,
                                      struct assay_comparison *both, struct assay_comparison *one,
                                      struct assay_error *err)
{
    bool exact = true;
    enum assay_status status =
        compare(analysis, result, metric, ASSAY_SIDE_BOTH, alpha, exact, both, err);
    if (status == ASSAY_OK && both->difference.tested_by == ASSAY_TESTED_BY_FISHER &&
        !has_few_events(&both->baseline) && !has_few_events(&both->compared)) {
        exact = false;
        status = compare(analysis, result, metric, ASSAY_SIDE_BOTH, alpha, exact, both, err);
    }
    if (status != ASSAY_OK)
        return status;
    bool is_lower = both->difference.estimate < 0.0;
    return compare(analysis, result, metric, is_lower ? ASSAY_SIDE_LOWER : ASSAY_SIDE_UPPER,
                   alpha / 2.0, exact, one, err);
}

static void add_number(struct assay__text *words, const char *before, double value, bool with_sign)
{
    char text[ASSAY__NUMBER_BYTES];
    assay__text_puts(words, before);
    if (!isfinite(value)) {
        assay__text_puts(words, "-");
        return;
    }
    if (with_sign && value > 0.0)
        assay__text_putc(words, '+');
    assay__text_append(words, text, assay__number_round(value, DIGITS, text));
}

static void add_p(struct assay__text *words, const char *before,
                  const struct assay_difference *test, const char *after)
{
    if (test->log10_p < -300.0)
        add_number(words, ", log10 p ", test->log10_p, false);
    else
        add_number(words, before, test->p, false);
    assay__text_puts(words, after);
}

static void add_statistic(struct assay__text *words, const struct assay_difference *test)
{
    static const char *const TESTS[] = {[ASSAY_TESTED_BY_NOTHING] = "not tested",
                                        [ASSAY_TESTED_BY_NORMAL] = "z ",
                                        [ASSAY_TESTED_BY_WELCH] = "Welch's t ",
                                        [ASSAY_TESTED_BY_FISHER] = "Fisher's exact test",
                                        [ASSAY_TESTED_BY_SCORE] = "score test",
                                        [ASSAY_TESTED_BY_PERMUTATION] = "exact permutation test"};
    assay__text_puts(words, TESTS[test->tested_by]);
    if (isfinite(test->statistic))
        add_number(words, "", test->statistic, false);
    if (isfinite(test->df))
        add_number(words, " with ", test->df, false);
    if (isfinite(test->df))
        assay__text_puts(words, " degrees of freedom");
}

static enum assay_status write_one(struct assay__page *page, const struct counts *counts,
                                   const struct assay_analysis *analysis,
                                   const struct assay_metric_result *result, double level,
                                   struct assay_error *err)
{
    const char *id = analysis->plan->metrics[result->metric].id;
    const struct counts_metric *metric = find_metric(counts, id);
    struct assay_comparison both, one;
    struct assay__text words = {0};
    enum assay_status status =
        compare_both(analysis, result, metric, 1.0 - level, &both, &one, err);
    if (status != ASSAY_OK)
        return status;
    bool is_higher = !(both.difference.estimate < 0.0);
    assay__text_format(&words, "%s, %s against %s:", id, analysis->groups[result->compared].id,
                       analysis->groups[result->baseline].id);
    add_number(&words, " difference ", both.difference.estimate, true);
    add_number(&words, ", standard error ", both.difference.standard_error, false);
    add_number(&words, ", ", 100.0 * level, false);
    add_number(&words, " % interval [", both.difference.lower, true);
    add_number(&words, ", ", both.difference.upper, true);
    assay__text_puts(&words, "]; ");
    add_statistic(&words, &both.difference);
    if (both.difference.tested_by != ASSAY_TESTED_BY_NOTHING) {
        add_p(&words, ", p ", &both.difference, " two-sided");
        add_p(&words, ", p ", &one.difference, is_higher ? " for higher" : " for lower");
    }
    assay__text_puts(&words, ".");
    assay__page_spaces(page, 2);
    assay__page_words(page, &words, 2, 4);
    return ASSAY_OK;
}

enum assay_status counts_view(const struct counts *counts, const struct assay_analysis *analysis,
                              double level, struct assay__text *out, struct assay_error *err)
{
    struct term term = term_of(stdout);
    struct assay__page page = {
        .out = out, .width = term.width, .color = term.color, .unicode = term.unicode};
    enum assay_status status = ASSAY_OK;
    assay__text_putc(out, '\n');
    assay__page_ink(&page, ASSAY__INK_BOLD);
    assay__text_puts(out, "CLASSICAL VIEW");
    assay__page_ink(&page, ASSAY__INK_PLAIN);
    assay__text_puts(out, "  each comparison alone, alpha not shared\n");
    for (size_t i = 0; status == ASSAY_OK && i < analysis->result_count; i++)
        if (analysis->results[i].look_count > 0)
            status = write_one(&page, counts, analysis, &analysis->results[i], level, err);
    return status;
}
