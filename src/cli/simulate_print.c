/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What came out of a simulation, as a table, as JSON and as CSV. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/csv_quote.h"
#include "cli/cli.h"
#include "cli/simulate_figures.h"
#include "cli/term.h"
#include "json/json_write.h"
#include "number/number.h"
#include "report/table/terminal.h"

static const char *const SCENARIO_IDS[] = {
    [SIMULATE_NO_EFFECT] = "noEffect", [SIMULATE_EFFECT] = "effect"};

/* All figures, so that each is computed once. */
struct sheet {
    const struct simulation *simulation;
    uint32_t scenario_count;
    struct simulate_value whole[SIMULATE_SCENARIOS][SIMULATE_SIGNIFICANT];
    struct simulate_value (*metrics)[SIMULATE_SCENARIOS][SIMULATE_FIGURES]; /* [metric_count] */
    double *nominal;                                                        /* [metric_count] */
    struct simulate_promise promises[SIMULATE_PROMISES_MAX];
    uint32_t promise_count;
};

static bool fill_sheet(struct sheet *sheet, const struct simulate_outcomes *outcomes)
{
    const struct simulation *simulation = sheet->simulation;
    uint32_t count = simulation->plan.metric_count;
    sheet->metrics = calloc(count, sizeof *sheet->metrics);
    sheet->nominal = calloc(count, sizeof *sheet->nominal);
    if (sheet->metrics == NULL || sheet->nominal == NULL)
        return false;
    for (uint32_t s = 0; s < sheet->scenario_count; s++) {
        for (int f = 0; f < SIMULATE_SIGNIFICANT; f++)
            sheet->whole[s][f] = simulate_figure_value(simulation, &outcomes[s],
                                                       (enum simulate_figure)f, SIMULATE_NO_METRIC);
        for (uint32_t m = 0; m < count; m++)
            for (int f = SIMULATE_SIGNIFICANT; f < SIMULATE_FIGURES; f++)
                sheet->metrics[m][s][f] =
                    simulate_figure_value(simulation, &outcomes[s], (enum simulate_figure)f, m);
    }
    for (uint32_t m = 0; m < count; m++)
        sheet->nominal[m] = simulate_nominal(simulation, &outcomes[0], m);
    sheet->promise_count =
        simulate_promises(simulation, outcomes, sheet->scenario_count, sheet->promises);
    return true;
}

/* ---- JSON ------------------------------------------------------------------------------------ */

static void write_value(struct assay__json *json, enum simulate_figure figure,
                        const struct simulate_value *value)
{
    if (value->count == 0)
        return;
    assay__json_member_begin(json, simulate_figure_id(figure), '{');
    assay__json_member_number(json, "value", value->value);
    assay__json_member_number(json, "error", value->error);
    assay__json_member_count(json, "experiments", value->count);
    assay__json_end(json, '}');
}

static void write_metrics(struct assay__json *json, const struct sheet *sheet, uint32_t scenario)
{
    const struct simulation *simulation = sheet->simulation;
    assay__json_member_begin(json, "metrics", '[');
    for (uint32_t m = 0; m < simulation->plan.metric_count; m++) {
        const struct simulate_metric *metric = &simulation->metrics[m];
        assay__json_begin(json, '{');
        assay__json_member_string(json, "metric", simulation->plan.metrics[m].id);
        assay__json_member_number(json, "baseline", metric->truth);
        assay__json_member_number(json, "effect",
                                  scenario == SIMULATE_EFFECT ? metric->effect : 0.0);
        assay__json_member_number(json, "nominalCoverage", sheet->nominal[m]);
        for (int f = SIMULATE_SIGNIFICANT; f < SIMULATE_FIGURES; f++)
            write_value(json, (enum simulate_figure)f, &sheet->metrics[m][scenario][f]);
        assay__json_end(json, '}');
    }
    assay__json_end(json, ']');
}

static void write_promises(struct assay__json *json, const struct sheet *sheet)
{
    assay__json_member_begin(json, "promises", '[');
    for (uint32_t i = 0; i < sheet->promise_count; i++) {
        const struct simulate_promise *promise = &sheet->promises[i];
        assay__json_begin(json, '{');
        assay__json_member_string(json, "id", promise->id);
        assay__json_member_number(json, promise->is_least ? "atLeast" : "atMost", promise->bound);
        assay__json_member_number(json, "value", promise->found.value);
        assay__json_member_number(json, "error", promise->found.error);
        assay__json_member_boolean(json, "kept", promise->is_kept);
        assay__json_end(json, '}');
    }
    assay__json_end(json, ']');
}

static void write_detail(const struct sheet *sheet, struct assay__text *out)
{
    const struct simulation *simulation = sheet->simulation;
    struct assay__json json = {.out = out, .pretty = true};
    assay__json_begin(&json, '{');
    assay__json_member_count(&json, "schemaVersion", 1);
    assay__json_member_string(&json, "generator", gsl_rng_mt19937->name);
    assay__json_member_count(&json, "seed", simulation->seed);
    assay__json_member_count(&json, "experiments", simulation->experiments);
    assay__json_member_string(&json, "source",
                              simulation->pool.count > 0 ? "resampling" : "distributions");
    if (simulation->pool.count > 0)
        assay__json_member_count(&json, "pool", simulation->pool.count);
    assay__json_member_begin(&json, "looks", '[');
    for (uint32_t k = 0; k < simulation->look_count; k++)
        assay__json_count(&json, simulation->looks[k]);
    assay__json_end(&json, ']');
    assay__json_member_begin(&json, "scenarios", '[');
    for (uint32_t s = 0; s < sheet->scenario_count; s++) {
        assay__json_begin(&json, '{');
        assay__json_member_string(&json, "scenario", SCENARIO_IDS[s]);
        for (int f = 0; f < SIMULATE_SIGNIFICANT; f++)
            write_value(&json, (enum simulate_figure)f, &sheet->whole[s][f]);
        write_metrics(&json, sheet, s);
        assay__json_end(&json, '}');
    }
    assay__json_end(&json, ']');
    write_promises(&json, sheet);
    assay__json_end(&json, '}');
    assay__text_putc(out, '\n');
}

/* ---- CSV ------------------------------------------------------------------------------------- */

static void write_row(struct assay__text *out, uint32_t scenario, const char *metric,
                      enum simulate_figure figure, const struct simulate_value *value)
{
    if (value->count == 0)
        return;
    assay__text_format(out, "%s,", SCENARIO_IDS[scenario]);
    assay__csv_quote(out, metric, NULL);
    assay__text_format(out, ",%s,", simulate_figure_id(figure));
    args_csv_number(out, value->value);
    assay__text_putc(out, ',');
    args_csv_number(out, value->error);
    assay__text_format(out, ",%llu\r\n", (unsigned long long)value->count);
}

static void write_csv(const struct sheet *sheet, struct assay__text *out)
{
    const struct assay_plan *plan = &sheet->simulation->plan;
    assay__text_puts(out, "scenario,metric,figure,value,error,experiments\r\n");
    for (uint32_t s = 0; s < sheet->scenario_count; s++) {
        for (int f = 0; f < SIMULATE_SIGNIFICANT; f++)
            write_row(out, s, "", (enum simulate_figure)f, &sheet->whole[s][f]);
        for (uint32_t m = 0; m < plan->metric_count; m++)
            for (int f = SIMULATE_SIGNIFICANT; f < SIMULATE_FIGURES; f++)
                write_row(out, s, plan->metrics[m].id, (enum simulate_figure)f,
                          &sheet->metrics[m][s][f]);
    }
}

/* ---- table ----------------------------------------------------------------------------------- */

enum { LABEL = 34, FIGURE = 22 };

static void write_cell(struct assay__page *page, enum simulate_figure figure,
                       const struct simulate_value *value)
{
    char text[2 * ASSAY__FIGURE_BYTES + 8], mean[ASSAY__FIGURE_BYTES], error[ASSAY__FIGURE_BYTES];
    int decimals = figure == SIMULATE_UNITS ? 0 : 4;
    if (value->count == 0) {
        assay__page_cell(page, "-", FIGURE, ASSAY__ALIGN_RIGHT, false, ASSAY__INK_PLAIN);
        return;
    }
    if (figure == SIMULATE_UNITS)
        assay__figure_count((uint64_t)llround(value->value), mean);
    else
        assay__figure_fixed(value->value, decimals, false, mean);
    assay__figure_fixed(value->error, decimals, false, error);
    snprintf(text, sizeof text, "%s %s %s", mean, page->unicode ? "\xc2\xb1" : "+-", error);
    assay__page_cell(page, text, FIGURE, ASSAY__ALIGN_RIGHT, false, ASSAY__INK_PLAIN);
}

static bool is_empty(struct simulate_value values[SIMULATE_SCENARIOS][SIMULATE_FIGURES],
                     uint32_t count, int figure)
{
    for (uint32_t s = 0; s < count; s++)
        if (values[s][figure].count > 0)
            return false;
    return true;
}

static void write_head(struct assay__page *page, const struct sheet *sheet)
{
    const struct simulation *simulation = sheet->simulation;
    struct assay__text words = {0};
    char experiments[ASSAY__FIGURE_BYTES], units[ASSAY__FIGURE_BYTES], pool[ASSAY__FIGURE_BYTES];
    assay__figure_count(simulation->experiments, experiments);
    assay__figure_count(simulation->looks[simulation->look_count - 1], units);
    assay__figure_count(simulation->pool.count, pool);
    assay__text_format(&words, "%s simulated experiments of each kind, seed %u: %s units, ",
                       experiments, simulation->seed, units);
    if (simulation->look_count > 1)
        assay__text_format(&words, "%u looks, the advice followed at each. ",
                           simulation->look_count);
    else
        assay__text_puts(&words, "one look. ");
    if (simulation->pool.count > 0)
        assay__text_format(&words, "Units are drawn from the %s of the data. ", pool);
    else
        assay__text_puts(&words, "Units are drawn from distributions. ");
    if (simulation->treatment_count > 1)
        assay__text_format(
            &words,
            "An outcome counts where one of the %u treatments has it: one experiment "
            "may have several. ",
            simulation->treatment_count);
    assay__text_format(&words, "Figures after %s are Monte Carlo standard errors.",
                       page->unicode ? "\xc2\xb1" : "+-");
    assay__page_words(page, &words, 0, 0);
    assay__page_end(page);
    assay__page_cell(page, "", LABEL, ASSAY__ALIGN_LEFT, false, ASSAY__INK_PLAIN);
    assay__page_cell(page, "no effect", FIGURE, ASSAY__ALIGN_RIGHT, false, ASSAY__INK_BOLD);
    if (sheet->scenario_count > 1)
        assay__page_cell(page,
                         simulation->only_guards && simulation->is_planned ? "harm at the margin"
                                                                           : "with the effect",
                         FIGURE, ASSAY__ALIGN_RIGHT, false, ASSAY__INK_BOLD);
    assay__page_end(page);
}

/* A metric's line: its name, its mean and what is planted. */
static void write_metric_head(struct assay__page *page, const struct sheet *sheet, uint32_t m)
{
    const struct simulate_metric *metric = &sheet->simulation->metrics[m];
    char mean[ASSAY__NUMBER_BYTES], effect[ASSAY__NUMBER_BYTES], nominal[ASSAY__NUMBER_BYTES];
    struct assay__text words = {0};
    assay__page_heading(page, sheet->simulation->plan.metrics[m].id);
    assay__number_round(metric->truth, 4, mean);
    assay__number_round(metric->effect, 4, effect);
    assay__text_format(&words, ": %s without an effect", mean);
    if (sheet->scenario_count > 1 && metric->effect != 0.0)
        assay__text_format(&words, ", effect %s", effect);
    if (isfinite(sheet->nominal[m])) {
        assay__number_round(sheet->nominal[m], 4, nominal);
        assay__text_format(&words, ", interval of level %s", nominal);
    }
    int column = assay__page_width(sheet->simulation->plan.metrics[m].id);
    assay__page_words(page, &words, column, 2);
}

static void write_promise_words(struct assay__page *page, const struct simulate_promise *promise)
{
    struct assay__text words = {0};
    char value[ASSAY__NUMBER_BYTES], error[ASSAY__NUMBER_BYTES], bound[ASSAY__NUMBER_BYTES];
    assay__number_round(100.0 * promise->found.value, 3, value);
    assay__number_round(isnan(promise->found.error) ? 0.0 : 100.0 * promise->found.error, 2, error);
    assay__number_round(100.0 * promise->bound, 3, bound);
    assay__text_format(&words, "%s: %s, %s %s %s %%; the plan promises at %s %s %%.",
                       promise->is_kept ? "kept" : "NOT KEPT", promise->words, value,
                       page->unicode ? "\xc2\xb1" : "+-", error,
                       promise->is_least ? "least" : "most", bound);
    assay__page_words(page, &words, 0, 2);
}

static void write_table(const struct sheet *sheet, struct assay__text *out)
{
    struct term term = term_of(stdout);
    struct assay__page page = {
        .out = out, .width = term.width, .color = term.color, .unicode = term.unicode};
    write_head(&page, sheet);
    for (int f = 0; f < SIMULATE_SIGNIFICANT; f++) {
        assay__page_cell(&page, simulate_figure_words((enum simulate_figure)f), LABEL,
                         ASSAY__ALIGN_LEFT, false, ASSAY__INK_PLAIN);
        for (uint32_t s = 0; s < sheet->scenario_count; s++)
            write_cell(&page, (enum simulate_figure)f, &sheet->whole[s][f]);
        assay__page_end(&page);
    }
    for (uint32_t m = 0; m < sheet->simulation->plan.metric_count; m++) {
        write_metric_head(&page, sheet, m);
        for (int f = SIMULATE_SIGNIFICANT; f < SIMULATE_FIGURES; f++) {
            if (is_empty(sheet->metrics[m], sheet->scenario_count, f))
                continue;
            assay__page_cell(&page, simulate_figure_words((enum simulate_figure)f), LABEL,
                             ASSAY__ALIGN_LEFT, false, ASSAY__INK_PLAIN);
            for (uint32_t s = 0; s < sheet->scenario_count; s++)
                write_cell(&page, (enum simulate_figure)f, &sheet->metrics[m][s][f]);
            assay__page_end(&page);
        }
    }
    if (sheet->promise_count > 0)
        assay__page_end(&page);
    for (uint32_t i = 0; i < sheet->promise_count; i++)
        write_promise_words(&page, &sheet->promises[i]);
}

int simulate_print(const struct simulation *simulation, const struct simulate_outcomes *outcomes,
                   uint32_t scenario_count, enum args_format format)
{
    struct sheet sheet = {.simulation = simulation, .scenario_count = scenario_count};
    struct assay__text out = {0};
    if (!fill_sheet(&sheet, outcomes))
        out.failed = true;
    else if (format == ARGS_FORMAT_DETAIL)
        write_detail(&sheet, &out);
    else if (format == ARGS_FORMAT_CSV)
        write_csv(&sheet, &out);
    else
        write_table(&sheet, &out);
    free(sheet.metrics);
    free(sheet.nominal);
    return args_print(&out);
}
