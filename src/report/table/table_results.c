/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * All metrics over all units. One row per comparison, in two lines so that it fits 80 columns:
 *
 *     visit              baseline compared    change 95 % interval
 *       Mens E-Mail       0.10617  0.18276   +72.1 % [+64.1, +80.7]       improved
 *       |       (--o--)            powered  +0.07659 [+0.06995, +0.08323] p 1.4e-113
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analysis/outcome.h"
#include "plan/names.h"
#include "report/table/table.h"
#include "number/number.h"
#include "base/memory.h"
#include "base/time.h"

/* Columns of the section, the same for all metrics. */
struct columns {
    int name, estimate, change, interval, verdict, power;
    const struct assay__labels *labels; /* of the groups */
    const struct assay__choice *choice; /* of the comparisons */
};

static void measure_row(struct columns *columns, const struct assay__table_row *row)
{
    assay__page_widen(&columns->estimate, row->baseline);
    assay__page_widen(&columns->estimate, row->compared);
    assay__page_widen(&columns->change, row->change);
    assay__page_widen(&columns->change, row->difference);
    assay__page_widen(&columns->interval, row->change_interval);
    assay__page_widen(&columns->interval, row->interval);
    assay__page_widen(&columns->verdict, row->p);
    assay__page_widen(&columns->verdict, row->harm);
    assay__page_widen(&columns->verdict, row->verdict);
    assay__page_widen(&columns->power, row->power);
}

/* What is not needed for figures goes to names, and to the drawing that stands below them. */
static struct columns measure(const struct assay__page *page, const struct assay_analysis *analysis)
{
    enum { NAME_MIN = 10, NAME_WIDE = 40, NAME_MAX = 64 };
    struct columns columns = {
        .name = NAME_WIDE, .estimate = 8, .change = 7, .interval = 14, .verdict = 12};
    for (size_t i = 0; i < analysis->result_count; i++) {
        const struct assay_metric_result *result = &analysis->results[i];
        if (result->slice != 0)
            continue;
        struct assay__table_row row;
        assay__table_row_fill(&row, analysis, result, assay__shown_look(result));
        measure_row(&columns, &row);
        assay__page_widen(&columns.name, analysis->groups[result->compared].id);
    }
    int room = page->width - (2 + 1 + 2 * columns.estimate + 1 + 1 + columns.change + 1 +
                              columns.interval + 1 + columns.verdict);
    if (columns.name > NAME_MAX)
        columns.name = NAME_MAX;
    if (columns.name > room)
        columns.name = room;
    if (columns.name < NAME_MIN)
        columns.name = NAME_MIN;
    return columns;
}

/* Where the drawing fits: below the name and the estimates, left of the power state. */
static int plot_columns(const struct columns *columns)
{
    return columns->name + 2 * columns->estimate - columns->power - 1;
}

static void write_titles(struct assay__page *page, const struct columns *columns,
                         const struct assay_metric_plan *metric,
                         const struct assay_metric_result *first)
{
    char level[ASSAY__FIGURE_BYTES + 16];
    assay__table_row_level(first, level);
    const char *name = metric->id;
    if (assay__page_width(name) > columns->name + 2) { /* a line of its own */
        assay__page_ink(page, ASSAY__INK_BOLD);
        assay__page_wrap(page, name, 0, 2);
        assay__page_ink(page, ASSAY__INK_PLAIN);
        name = "";
    }
    assay__page_cell(page, name, columns->name + 2, ASSAY__ALIGN_LEFT, true, ASSAY__INK_BOLD);
    assay__page_column(page, "baseline", columns->estimate, ASSAY__ALIGN_RIGHT, true,
                       ASSAY__INK_DIM);
    assay__page_column(page, "compared", columns->estimate, ASSAY__ALIGN_RIGHT, true,
                       ASSAY__INK_DIM);
    assay__page_column(page, "change", columns->change, ASSAY__ALIGN_RIGHT, true, ASSAY__INK_DIM);
    /* The verdicts have no title: a level of many digits goes on above them. */
    assay__page_column(page, level, columns->interval + 1 + columns->verdict, ASSAY__ALIGN_LEFT,
                       true, ASSAY__INK_DIM);
    assay__page_end(page);
}

/* "2 %" or "0.05" of a planned effect or margin. */
static void bound_text(const struct assay_bound *bound, char out[ASSAY__FIGURE_BYTES])
{
    char figure[ASSAY__NUMBER_BYTES + 1];
    double value = bound->is_relative ? bound->value * 100.0 : bound->value;
    figure[assay__number_round(value, 4, figure)] = '\0';
    snprintf(out, ASSAY__FIGURE_BYTES, "%s%s", figure, bound->is_relative ? " %" : "");
}

static void add_hypothesis(struct assay__text *words, const struct assay_metric_plan *metric)
{
    char bound[ASSAY__FIGURE_BYTES];
    assay__text_format(words, "%s %s",
                       metric->role == ASSAY_ROLE_DETERIORATION ? "monitored"
                                                                : assay__name_role(metric->role),
                       assay__name_metric_type(metric->type));
    if (metric->direction == ASSAY_DIRECTION_ANY)
        assay__text_puts(words, ", either direction");
    else
        assay__text_puts(words, metric->direction == ASSAY_DIRECTION_INCREASE ? ", up is good"
                                                                              : ", down is good");
    if (metric->margin.is_set && metric->role == ASSAY_ROLE_GUARDRAIL) {
        bound_text(&metric->margin, bound);
        assay__text_format(words, ", margin %s", bound);
    }
    if (metric->effect.is_set) {
        bound_text(&metric->effect, bound);
        assay__text_format(words, ", planned effect %s", bound);
    }
}

/* How much the covariates narrowed the intervals: least to most among the comparisons. */
static void add_reduction(struct assay__text *words, const struct assay_metric_result *results,
                          size_t count)
{
    double least = (double)INFINITY, most = -(double)INFINITY;
    for (size_t i = 0; i < count; i++) {
        const struct assay_look_result *look = assay__last_look(&results[i]);
        if (results[i].slice != 0 || look == NULL || isnan(look->comparison.reduction.rate))
            continue;
        least = fmin(least, look->comparison.reduction.rate);
        most = fmax(most, look->comparison.reduction.rate);
    }
    if (least > most)
        return;
    /* Covariates that explain nothing cost a little: what is below 0 is said as a rise. */
    bool is_raised = most < 0.0;
    double from = is_raised ? -most : least, to = is_raised ? -least : most;
    char low[ASSAY__FIGURE_BYTES], high[ASSAY__FIGURE_BYTES];
    assay__figure_fixed(from * 100.0, 1, false, low);
    assay__figure_fixed(to * 100.0, 1, false, high);
    assay__text_format(words, ", variance %s by %s", is_raised ? "raised" : "reduced", low);
    if (strcmp(low, high) != 0)
        assay__text_format(words, " to %s", high);
    assay__text_puts(words, " %");
}

static void write_description(struct assay__page *page, const struct assay_analysis *analysis,
                              const struct assay_metric_result *results, size_t count)
{
    const struct assay_metric_plan *metric = &analysis->plan->metrics[results[0].metric];
    struct assay__text words = {0};
    char alpha[ASSAY__NUMBER_BYTES + 1];
    alpha[assay__number_round(results[0].alpha, 4, alpha)] = '\0';
    add_hypothesis(&words, metric);
    assay__text_format(&words, ", %s-sided alpha %s",
                       results[0].side == ASSAY_SIDE_BOTH ? "two" : "one", alpha);
    /* A look has a part of alpha, and its p is of that look alone. */
    if (assay__table_spends_alpha(analysis, results[0].metric))
        assay__text_puts(&words, " over all looks");
    add_reduction(&words, results, count);
    assay__page_spaces(page, 2);
    assay__page_ink(page, ASSAY__INK_DIM);
    assay__page_words(page, &words, 2, 2);
    assay__page_ink(page, ASSAY__INK_PLAIN);
}

/* A row's first line, after its name: estimates, relative change and verdict. Where no second line
 * has the difference, that stands for a change that does not read as it does. */
static void write_first_line(struct assay__page *page, const struct columns *columns,
                             const struct assay__table_row *row, bool is_alone)
{
    bool is_relative = row->is_relative || !is_alone;
    assay__page_column(page, row->baseline, columns->estimate, ASSAY__ALIGN_RIGHT, false,
                       ASSAY__INK_PLAIN);
    assay__page_column(page, row->compared, columns->estimate, ASSAY__ALIGN_RIGHT, false,
                       ASSAY__INK_PLAIN);
    assay__page_column(page, is_relative ? row->change : row->difference, columns->change,
                       ASSAY__ALIGN_RIGHT, false, ASSAY__INK_PLAIN);
    assay__page_column(page, is_relative ? row->change_interval : row->interval, columns->interval,
                       ASSAY__ALIGN_LEFT, false, ASSAY__INK_PLAIN);
    assay__page_column(page, row->verdict, columns->verdict, ASSAY__ALIGN_LEFT, false, row->ink);
    assay__page_end(page);
}

/* Its second line: the drawn interval, power state, absolute difference and p. */
static void write_second_line(struct assay__page *page, const struct columns *columns,
                              const struct assay__table_row *row, const struct assay__axis *axis,
                              const struct assay__drawn *drawn)
{
    if (row->difference[0] == '\0')
        return;
    assay__page_spaces(page, 2);
    assay__axis_draw(page, axis, drawn, row->ink);
    assay__page_spaces(page, plot_columns(columns) - axis->columns);
    assay__page_spaces(page, 2);
    assay__page_cell(page, row->power, columns->power, ASSAY__ALIGN_RIGHT, false, ASSAY__INK_PLAIN);
    assay__page_spaces(page, 2);
    assay__page_cell(page, row->difference, columns->change, ASSAY__ALIGN_RIGHT, false,
                     ASSAY__INK_PLAIN);
    assay__page_column(page, row->interval, columns->interval, ASSAY__ALIGN_LEFT, false,
                       ASSAY__INK_PLAIN);
    assay__page_column(page, row->p, columns->verdict, ASSAY__ALIGN_LEFT, false, ASSAY__INK_PLAIN);
    assay__page_end(page);
}

/* The classical interval, and p for harm: only where asked for, or found. */
static void write_third_line(struct assay__page *page, const struct columns *columns,
                             const struct assay__table_row *row,
                             const struct assay_look_result *look,
                             const struct assay_write_options *options)
{
    char title[ASSAY__FIGURE_BYTES + 16] = "", interval[2 * ASSAY__FIGURE_BYTES + 8] = "";
    if (look != NULL && options->interval > 0.0)
        assay__table_row_two_sided(&look->comparison, options->interval, title, interval);
    if (interval[0] == '\0' && row->harm[0] == '\0')
        return;
    int left = columns->name + 2 * (1 + columns->estimate) + 1 + columns->change;
    assay__page_spaces(page, 2);
    assay__page_cell(page, title, left, ASSAY__ALIGN_RIGHT, false, ASSAY__INK_DIM);
    assay__page_column(page, interval, columns->interval, ASSAY__ALIGN_LEFT, false,
                       ASSAY__INK_PLAIN);
    assay__page_column(page, row->harm, columns->verdict, ASSAY__ALIGN_LEFT, false, ASSAY__INK_BAD);
    assay__page_end(page);
}

static struct assay__axis fit_axis(struct assay__page *page, const struct assay_analysis *analysis,
                                   const struct assay_metric_result *results, size_t count,
                                   int columns, bool all_looks)
{
    struct assay__axis axis = {.columns = columns};
    size_t drawn_count = 0, capacity = 0;
    for (size_t i = 0; i < count; i++)
        capacity += results[i].slice == 0 ? results[i].look_count + 1 : 0;
    struct assay__drawn *drawn = assay__calloc(capacity + 1, sizeof *drawn);
    if (drawn == NULL) {
        page->out->failed = true;
        return axis;
    }
    for (size_t i = 0; i < count; i++) {
        if (results[i].slice != 0)
            continue;
        const struct assay_look_result *shown = assay__shown_look(&results[i]);
        for (uint32_t look = 0; all_looks && look < results[i].look_count; look++)
            drawn[drawn_count++] =
                assay__table_row_drawn(analysis, &results[i], &results[i].looks[look], false);
        if (shown != NULL)
            drawn[drawn_count++] = assay__table_row_drawn(analysis, &results[i], shown, false);
    }
    axis = assay__axis_fit(drawn, drawn_count, columns);
    assay__free(drawn);
    return axis;
}

/* What was found at an earlier look stands, and the figures are that look's. */
static void write_look(struct assay__page *page, const struct assay_analysis *analysis,
                       const struct assay_metric_result *result,
                       const struct assay_look_result *shown)
{
    const struct assay_look_result *last = assay__last_look(result);
    char time[ASSAY__TIME_BYTES];
    struct assay__text words = {0};
    struct assay__table_row row;
    assay__table_row_fill(&row, analysis, result, last);
    if (shown == result->harmed)
        assay__text_format(&words, "found at an earlier look");
    else
        assay__text_format(&words, "found at look %u of %u", (unsigned)(shown - result->looks) + 1,
                           (unsigned)result->look_count);
    if (shown->time_ns != INT64_MIN) {
        assay__time_write(shown->time_ns, time);
        assay__text_format(&words, ", %s", time);
    }
    assay__text_format(&words, "; at the last: %s %s",
                       row.is_relative ? row.change : row.difference,
                       row.is_relative ? row.change_interval : row.interval);
    assay__page_spaces(page, 4);
    assay__page_ink(page, ASSAY__INK_DIM);
    assay__page_words(page, &words, 4, 6);
    assay__page_ink(page, ASSAY__INK_PLAIN);
}

static void write_comparison(struct assay__page *page, const struct assay_analysis *analysis,
                             const struct columns *columns, const struct assay__axis *axis,
                             const struct assay_metric_result *result,
                             const struct assay_write_options *options)
{
    struct assay__table_row row;
    for (uint32_t look = 0; options->all_looks && look + 1 < result->look_count; look++) {
        char time[ASSAY__TIME_BYTES] = "earlier look";
        if (result->looks[look].time_ns != INT64_MIN)
            assay__time_write(result->looks[look].time_ns, time);
        struct assay__drawn drawn =
            assay__table_row_drawn(analysis, result, &result->looks[look], false);
        assay__table_row_fill(&row, analysis, result, &result->looks[look]);
        row.verdict = "";
        row.ink = ASSAY__INK_PLAIN;
        assay__page_spaces(page, 2);
        assay__page_cell(page, time, columns->name, ASSAY__ALIGN_LEFT, true, ASSAY__INK_PLAIN);
        write_first_line(page, columns, &row, false);
        write_second_line(page, columns, &row, axis, &drawn);
    }
    const struct assay_look_result *shown = assay__shown_look(result);
    struct assay__drawn drawn = assay__table_row_drawn(analysis, result, shown, false);
    assay__table_row_fill(&row, analysis, result, shown);
    assay__page_spaces(page, 2);
    assay__labels_write(columns->labels, page, result->compared, 2);
    write_first_line(page, columns, &row, options->brief);
    if (!options->brief) {
        write_second_line(page, columns, &row, axis, &drawn);
        write_third_line(page, columns, &row, shown, options);
    }
    if (shown != assay__last_look(result))
        write_look(page, analysis, result, shown);
}

/* Comparisons with several baselines are put under a line that names each baseline. */
static bool has_many_baselines(const struct assay_analysis *analysis)
{
    for (size_t i = 1; i < analysis->result_count; i++)
        if (analysis->results[i].baseline != analysis->results[0].baseline)
            return true;
    return false;
}

static bool lists_any(const struct columns *columns, const struct assay_analysis *analysis,
                      const struct assay_metric_result *results, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (columns->choice->is_listed[&results[i] - analysis->results])
            return true;
    return false;
}

static void write_metric(struct assay__page *page, const struct assay_analysis *analysis,
                         const struct columns *columns, uint32_t metric,
                         const struct assay_write_options *options)
{
    size_t count;
    const struct assay_metric_result *results = assay__first_result(analysis, metric, &count);
    if (!lists_any(columns, analysis, results, count))
        return;
    bool many = has_many_baselines(analysis);
    if (metric > 0 && !options->brief)
        assay__page_end(page);
    struct assay__axis axis =
        fit_axis(page, analysis, results, count, plot_columns(columns), options->all_looks);
    const struct assay_metric_result *before = NULL;
    write_titles(page, columns, &analysis->plan->metrics[metric], results);
    if (!options->brief)
        write_description(page, analysis, results, count);
    for (size_t i = 0; i < count; i++) {
        if (!columns->choice->is_listed[&results[i] - analysis->results])
            continue;
        if (many && (before == NULL || before->baseline != results[i].baseline)) {
            assay__text_puts(page->out, "  against ");
            assay__page_wrap(page, analysis->groups[results[i].baseline].id, 10, 10);
        }
        write_comparison(page, analysis, columns, &axis, &results[i], options);
        before = &results[i];
    }
}

static void write_left_out(struct assay__page *page, const struct assay__choice *choice,
                           const struct assay_write_options *options)
{
    struct assay__text words = {0};
    if (choice->listed == choice->total)
        return;
    assay__page_end(page);
    assay__choice_words(choice, &words);
    assay__table_hint(&words, options, "comparisons");
    assay__text_putc(&words, '.');
    assay__page_words(page, &words, 0, 0);
}

static void write_legend(struct assay__page *page)
{
    assay__page_ink(page, ASSAY__INK_DIM);
    assay__text_puts(page->out,
                     page->unicode
                         ? "  \xE2\x94\x9C\xE2\x94\x80\xE2\x97\x8F\xE2\x94\x80\xE2\x94\xA4 interval"
                           "  \xE2\x94\x82 no difference  \xE2\x94\x8A margin"
                         : "  (-o-) interval  | no difference  : margin");
    assay__page_ink(page, ASSAY__INK_PLAIN);
}

void assay__table_results(struct assay__page *page, const struct assay_analysis *analysis,
                          const struct assay_write_options *options)
{
    struct columns columns = measure(page, analysis);
    struct assay__choice choice;
    if (!assay__choice_make(&choice, analysis, options->slices)) {
        page->out->failed = true;
        assay__choice_release(&choice);
        return;
    }
    struct assay__labels labels = {0};
    assay__labels_of_groups(&labels, page, analysis, columns.name);
    columns.labels = &labels;
    columns.choice = &choice;
    assay__page_heading(page, "RESULTS");
    if (!options->brief)
        write_legend(page);
    assay__page_end(page);
    for (uint32_t m = 0; m < analysis->plan->metric_count; m++)
        write_metric(page, analysis, &columns, m, options);
    write_left_out(page, &choice, options);
    assay__choice_release(&choice);
    assay__labels_release(&labels);
}
