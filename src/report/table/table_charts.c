/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Metrics over time: a chart for each comparison that has several looks, over all units. */
#include <math.h>

#include "base/memory.h"
#include "analysis/analysis_view.h"
#include "analysis/phrases.h"
#include "report/chart/look_chart.h"
#include "report/table/table.h"

/* Relative figures are drawn where those of each look read as the absolute ones do. */
static bool is_relative(const struct assay_analysis *analysis,
                        const struct assay_metric_result *result)
{
    bool has_any = false;
    for (uint32_t k = 0; k < result->look_count; k++) {
        const struct assay_look_result *look = &result->looks[k];
        if (!assay__table_row_is_relative(analysis, look))
            return false;
        has_any = has_any || isfinite(look->comparison.relative.estimate);
    }
    return has_any;
}

/* Returns where the margin of the last look with one ends. */
static double fill_looks(struct assay__chart_look *looks, const struct assay_analysis *analysis,
                         const struct assay_metric_result *result, bool relative)
{
    double factor = relative ? 100.0 : 1.0, margin = 0.0;
    for (uint32_t k = 0; k < result->look_count; k++) {
        const struct assay_look_result *look = &result->looks[k];
        struct assay__drawn drawn = assay__table_row_drawn(analysis, result, look, relative);
        const struct assay__kept_comparison *comparison = &look->comparison;
        const struct assay__kept_difference *difference = &comparison->difference;
        double scale = relative ? factor / fabs(comparison->baseline.estimate) : 1.0;
        looks[k] = (struct assay__chart_look){
            .lower = drawn.lower * factor,
            .estimate = drawn.estimate * factor,
            .upper = drawn.upper * factor,
            .above = (difference->estimate - difference->lower) * scale,
            .below = (difference->upper - difference->estimate) * scale,
            .single = assay__single_look_share(result, look),
            .futile = assay__futility_share(look),
            .units = (double)(look->comparison.baseline.n + look->comparison.compared.n),
            .time_ns = look->time_ns,
            .number = k + 1,
            .is_significant = difference->significant};
        if (isfinite(drawn.margin))
            margin = drawn.margin * factor;
    }
    return margin;
}

static void fill_ahead(struct assay__chart_ahead *ahead, const struct assay_metric_result *result)
{
    for (uint32_t i = 0; i < result->ahead_count; i++)
        ahead[i] = (struct assay__chart_ahead){.units = result->ahead[i].units,
                                               .part = assay__ahead_share(result, i),
                                               .futile = assay__ahead_futility_share(result, i)};
}

static void fill_found(struct assay__chart *chart, const struct assay_metric_result *result)
{
    for (uint32_t k = result->look_count; k > 0; k--) {
        const struct assay_look_result *look = &result->looks[k - 1];
        if (look->look == result->first_significant)
            chart->found[ASSAY__CHART_SIGNIFICANT] = k;
        if (look->look == result->first_deteriorated)
            chart->found[ASSAY__CHART_WORSE] = k;
        if (look->is_futile)
            chart->found[ASSAY__CHART_FUTILE] = k;
    }
    /* A metric that is only watched for harm has one test. */
    if (result->hypothesis == ASSAY_HYPOTHESIS_DETERIORATION)
        chart->found[ASSAY__CHART_WORSE] = 0;
}

static void write_title(struct assay__page *page, const struct assay_analysis *analysis,
                        const struct assay_metric_result *result, const char *hypothesis)
{
    char level[ASSAY__FIGURE_BYTES + 16];
    struct assay__text title = {0};
    assay__table_row_level(result, level);
    assay__text_format(&title, "%s: %s against %s, %u looks, %s, %s",
                       analysis->plan->metrics[result->metric].id,
                       analysis->groups[result->compared].id, analysis->groups[result->baseline].id,
                       (unsigned)result->look_count, level, hypothesis);
    assay__page_spaces(page, 2);
    assay__page_ink(page, ASSAY__INK_BOLD);
    assay__page_words(page, &title, 2, 4);
    assay__page_ink(page, ASSAY__INK_PLAIN);
}

static void draw(struct assay__page *page, const struct assay_analysis *analysis,
                 const struct assay_metric_result *result)
{
    struct assay__chart_look *looks = assay__calloc(result->look_count, sizeof *looks);
    struct assay__chart_ahead *ahead =
        assay__calloc((size_t)result->ahead_count + 1, sizeof *ahead);
    enum assay_direction direction = analysis->plan->metrics[result->metric].direction;
    bool relative = is_relative(analysis, result);
    if (looks == NULL || ahead == NULL) {
        page->out->failed = true;
        assay__free(looks);
        assay__free(ahead);
        return;
    }
    struct assay__chart chart = {.looks = looks,
                                 .count = result->look_count,
                                 .ahead = ahead,
                                 .ahead_count = result->ahead_count,
                                 .tests_up = result->side != ASSAY_SIDE_LOWER,
                                 .tests_down = result->side != ASSAY_SIDE_UPPER,
                                 .planned_units = assay__planned_units(analysis, result),
                                 .hypothesis =
                                     assay__hypothesis_text(result->hypothesis, direction),
                                 .unit = relative ? " %" : ""};
    chart.null_value = fill_looks(looks, analysis, result, relative);
    fill_ahead(ahead, result);
    fill_found(&chart, result);
    write_title(page, analysis, result, chart.hypothesis);
    assay__chart_draw(page, &chart);
    assay__free(looks);
    assay__free(ahead);
}

static bool is_drawn(const struct assay_metric_result *result)
{
    return result->slice == 0 && result->look_count > 1;
}

static struct assay__chart_marks marks_of(const struct assay_analysis *analysis)
{
    struct assay__chart_marks marks = {false, false};
    for (size_t i = 0; i < analysis->result_count; i++) {
        const struct assay_metric_result *result = &analysis->results[i];
        if (!is_drawn(result))
            continue;
        marks.has_ahead = marks.has_ahead || result->ahead_count > 0;
        for (uint32_t k = 0; k < result->look_count; k++)
            marks.has_futility =
                marks.has_futility || isfinite(assay__futility_share(&result->looks[k]));
    }
    return marks;
}

void assay__table_charts(struct assay__page *page, const struct assay_analysis *analysis)
{
    const struct assay__chart_marks marks = marks_of(analysis);
    bool has_any = false;
    assay__page_heading(page, "OVER TIME");
    assay__page_end(page);
    for (size_t i = 0; i < analysis->result_count; i++) {
        const struct assay_metric_result *result = &analysis->results[i];
        if (!is_drawn(result))
            continue;
        if (!has_any)
            assay__chart_key(page, &marks);
        else
            assay__page_end(page);
        has_any = true;
        draw(page, analysis, result);
    }
    if (!has_any)
        assay__page_wrap(page,
                         "No metric has several looks: a sequential horizon has them, of data with "
                         "times.",
                         0, 0);
}
