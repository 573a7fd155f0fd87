/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Charts of stored results: what looks show, and what the guide of the result says of them. */
#include "serve/pages/page_chart.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "serve/pages/page_metric.h"

/* Parts of the intervals' widths, a number or "none" for each look. */
struct shares {
    const char *single, *futile;
};

/* The next of a list; NaN for "none". */
static double next_share(const char **shares)
{
    const char *end;
    double share = serve_guide_number(*shares, &end);
    end = *shares + strcspn(*shares, " ");
    *shares = end + (*end == ' ');
    return share;
}

/* How far from the null value an estimate is significant: that is tested in metric units. */
static void fill_distances(struct assay__chart_look *out, const struct assay__node *look,
                           const struct serve_view *view)
{
    struct serve_interval tested = serve_interval_of(look, &SERVE_VIEW_ABSOLUTE);
    double baseline = fabs(serve_page_number(look, "baselineEstimateAbs"));
    double scale = view->is_relative ? view->unit.factor / baseline : 1.0;
    out->above = (tested.estimate - tested.lower) * scale;
    out->below = (tested.upper - tested.estimate) * scale;
    if (!isfinite(out->above))
        out->above = out->estimate - out->lower;
    if (!isfinite(out->below))
        out->below = out->upper - out->estimate;
}

static struct assay__chart_look look_of(const struct assay__node *look,
                                        const struct serve_view *view, struct shares *shares)
{
    struct serve_interval interval = serve_interval_of(look, view);
    const char *time = serve_page_text(look, "resultTime");
    struct assay__chart_look out = {.lower = interval.lower,
                                    .estimate = interval.estimate,
                                    .upper = interval.upper,
                                    .single = next_share(&shares->single),
                                    .futile = next_share(&shares->futile),
                                    .units = serve_page_number(look, "baselineSampleSize") +
                                             serve_page_number(look, "comparedSampleSize"),
                                    .time_ns = INT64_MIN,
                                    .number = (uint32_t)look->index + 1,
                                    .is_significant = interval.answer == 1};
    if (!assay__time_parse(time, strlen(time), &out.time_ns))
        out.time_ns = INT64_MIN;
    fill_distances(&out, look, view);
    return out;
}

/* Known words only: what others write could be anything. */
static const char *hypothesis_of(const struct assay__node *metric)
{
    static const char *const KNOWN[] = {"better", "a change", "not worse than the margin", "worse"};
    const char *hypothesis = serve_guide_metric(metric, "hypothesis");
    for (size_t i = 0; i < sizeof KNOWN / sizeof *KNOWN; i++)
        if (strcmp(hypothesis, KNOWN[i]) == 0)
            return KNOWN[i];
    return "";
}

/* Which estimates are significant: those that the hypothesis names, by what is good. */
static void fill_sides(struct assay__chart *chart, const struct assay__node *metric)
{
    const char *direction = serve_guide_metric(metric, "direction");
    bool up_is_good = strcmp(direction, "decrease") != 0;
    bool is_any = strcmp(serve_guide_metric(metric, "sided"), "two") == 0;
    bool is_harm = strcmp(chart->hypothesis, "worse") == 0;
    if (chart->hypothesis[0] == '\0')
        return;
    chart->tests_up = is_any || up_is_good != is_harm;
    chart->tests_down = is_any || up_is_good == is_harm;
}

static void fill_guide(struct assay__chart *chart, const struct assay__node *metric,
                       const struct assay__node *comparison, const struct serve_view *view)
{
    static const char *const KEYS[] = {[ASSAY__CHART_SIGNIFICANT] = "significantLook",
                                       [ASSAY__CHART_WORSE] = "worseLook",
                                       [ASSAY__CHART_FUTILE] = "futileLook"};
    const char *rest;
    double margin = serve_guide_margin(metric, comparison, view);
    chart->hypothesis = hypothesis_of(metric);
    chart->unit = view->is_relative ? " %" : "";
    chart->null_value = isfinite(margin) ? margin : 0.0;
    chart->planned_units =
        serve_guide_number(serve_guide_looks(metric, comparison, "plannedUnits"), &rest);
    for (int event = 0; event < ASSAY__CHART_EVENT_COUNT; event++) {
        double number =
            serve_guide_number(serve_guide_looks(metric, comparison, KEYS[event]), &rest);
        chart->found[event] = number >= 1.0 && number <= 1e6 ? (uint32_t)number : 0;
    }
    /* A metric that is only watched for harm has one test. */
    if (strcmp(chart->hypothesis, "worse") == 0)
        chart->found[ASSAY__CHART_WORSE] = 0;
    fill_sides(chart, metric);
}

/* How many numbers a list has, at most. */
static size_t count_numbers(const char *list)
{
    enum { AHEAD_MAX = 1000 };
    size_t count = list[0] != '\0';
    for (; *list != '\0' && count < AHEAD_MAX; list++)
        count += *list == ' ';
    return count;
}

/* Looks to come as far as they rise: what others write could be anything. */
static void fill_ahead(struct assay__chart *chart, struct assay__chart_ahead *ahead, size_t most,
                       const struct assay__node *metric, const struct assay__node *comparison)
{
    const char *units = serve_guide_looks(metric, comparison, "unitsAhead");
    const char *parts = serve_guide_looks(metric, comparison, "boundaryAhead");
    const char *futile = serve_guide_looks(metric, comparison, "futilityAhead");
    double last = chart->looks[chart->count - 1].units;
    chart->ahead = ahead;
    for (size_t i = 0; i < most; i++) {
        ahead[i] = (struct assay__chart_ahead){next_share(&units), next_share(&parts),
                                               next_share(&futile)};
        if (!(ahead[i].units > last) || ahead[i].units > 1e15)
            return;
        last = ahead[i].units;
        chart->ahead_count = i + 1;
    }
}

/* Two looks make a chart. The looks to come share the memory of those made. */
struct assay__chart_look *serve_chart_fill(struct assay__chart *chart,
                                           const struct assay__node *metric,
                                           const struct assay__node *comparison,
                                           const struct serve_view *view, size_t most, bool *failed)
{
    size_t count = serve_page_count(comparison, "result");
    size_t to_come = count_numbers(serve_guide_looks(metric, comparison, "unitsAhead"));
    struct shares shares = {serve_guide_looks(metric, comparison, "singleLookWidth"),
                            serve_guide_looks(metric, comparison, "futilityBound")};
    if (count < 2)
        return NULL;
    struct assay__chart_look *looks =
        calloc(1, count * sizeof *looks + to_come * sizeof *chart->ahead);
    if (looks == NULL) {
        *failed = true;
        return NULL;
    }
    *chart = (struct assay__chart){.count = 0};
    fill_guide(chart, metric, comparison, view);
    for (const struct assay__node *look = serve_page_first(comparison, "result"); look != NULL;
         look = look->next) {
        struct assay__chart_look one = look_of(look, view, &shares);
        if (most == 0 || look->index + most >= count)
            looks[chart->count++] = one;
    }
    chart->looks = looks;
    fill_ahead(chart, (struct assay__chart_ahead *)(looks + count), to_come, metric, comparison);
    return looks;
}

struct assay__chart_marks serve_chart_marks(const struct assay__node *result)
{
    struct assay__chart_marks marks = {false, false};
    const struct assay__node *metric = serve_page_first(result, "results");
    for (; metric != NULL; metric = metric->next)
        for (const struct assay__node *row = serve_page_first(metric, "result"); row != NULL;
             row = row->next) {
            if (serve_page_is_sliced(row) || serve_page_count(row, "result") < 2)
                continue;
            if (serve_guide_looks(metric, row, "futilityBound")[0] != '\0')
                marks.has_futility = true;
            if (serve_guide_looks(metric, row, "unitsAhead")[0] != '\0')
                marks.has_ahead = true;
        }
    return marks;
}

void serve_chart_write(struct assay__page *page, const struct assay__node *metric,
                       const struct assay__node *comparison)
{
    struct assay__chart chart;
    bool failed = false;
    struct assay__chart_look *looks =
        serve_chart_fill(&chart, metric, comparison, serve_metric_view(metric), 0, &failed);
    page->out->failed = page->out->failed || failed;
    if (looks != NULL)
        assay__chart_draw(page, &chart);
    free(looks);
}
