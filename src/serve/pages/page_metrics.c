/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The metrics of a result: for each comparison its difference, drawn, and what it means. */
#include <math.h>
#include <string.h>

#include "serve/pages/page_chart.h"
#include "serve/pages/page_metric.h"

static void begin_fact(struct assay__text *out, const char *name, bool is_group)
{
    assay__text_puts(out, "<div><dt>");
    if (is_group)
        serve_page_name(out, name);
    else
        assay__text_puts(out, name);
    assay__text_puts(out, "</dt><dd>");
}

/* A group's mean with the decimals that the difference deserves, and its size. */
static void write_group_fact(struct assay__text *out, const struct assay__node *last,
                             const char *group, const char *estimate, const char *size)
{
    struct serve_interval difference = serve_interval_of(last, &SERVE_VIEW_ABSOLUTE);
    double mean = serve_page_number(last, estimate);
    if (isnan(mean) && isnan(serve_page_number(last, size)))
        return;
    begin_fact(out, group, true);
    if (isfinite(mean)) {
        serve_figure(out, mean, serve_interval_decimals(&difference), false);
        assay__text_puts(out, " <span class=\"dim\">in</span> ");
    }
    serve_figure_count(out, serve_page_number(last, size));
    assay__text_puts(out, " units</dd></div>");
}

static void write_facts(struct assay__text *out, const struct assay__node *comparison,
                        const struct serve_view *view)
{
    const struct assay__node *last = serve_metric_last(comparison);
    const struct assay__node *groups = serve_page_member(comparison, "groups", ASSAY__NODE_OBJECT);
    const struct assay__node *size =
        serve_page_member(comparison, "sampleSize", ASSAY__NODE_OBJECT);
    double required = serve_page_plain_number(size, "required");
    double powered =
        serve_page_number(size, view->is_relative ? "poweredEffectRel" : "poweredEffectAbs");
    assay__text_puts(out, "<dl class=\"facts\">");
    write_group_fact(out, last, serve_page_text(groups, "baseline"), "baselineEstimateAbs",
                     "baselineSampleSize");
    write_group_fact(out, last, serve_page_text(groups, "compared"), "comparedEstimateAbs",
                     "comparedSampleSize");
    if (isfinite(required)) {
        begin_fact(out, "Sample", false);
        serve_figure_count(out, serve_page_plain_number(size, "current"));
        assay__text_puts(out, " units <span class=\"dim\">(");
        serve_figure_count(out, required);
        assay__text_puts(out, " needed)</span></dd></div>");
    }
    if (isfinite(powered)) {
        begin_fact(out, "Detectable effect", false);
        serve_figure_round(out, powered * view->unit.factor, 2);
        assay__text_format(out, "%s</dd></div>", view->unit.name);
    }
    assay__text_puts(out, "</dl>\n");
}

static void write_comparison(struct assay__text *out, const struct assay__node *metric,
                             const struct assay__node *comparison, const struct serve_view *view,
                             const struct serve_scale *scale)
{
    const struct assay__node *groups = serve_page_member(comparison, "groups", ASSAY__NODE_OBJECT);
    const struct assay__node *status = serve_page_member(comparison, "status", ASSAY__NODE_OBJECT);
    struct serve_interval interval = serve_metric_interval(metric, comparison, view);
    assay__text_puts(out, "<div class=\"comparison\"><div class=\"head\"><h4>");
    serve_page_name(out, serve_page_text(groups, "compared"));
    assay__text_puts(out, " <span class=\"dim\">against</span> ");
    serve_page_name(out, serve_page_text(groups, "baseline"));
    assay__text_puts(out, "</h4>");
    serve_metric_verdict(out, metric, comparison);
    assay__text_puts(out, "</div>\n<div class=\"effect\"><div><p class=\"estimate\">");
    if (isnan(interval.estimate))
        assay__text_puts(out, "No estimate");
    else
        serve_interval_figure(out, interval.estimate, serve_interval_decimals(&interval),
                              &view->unit);
    assay__text_puts(out, "</p><p class=\"bounds\">");
    serve_interval_bounds(out, &interval, &view->unit);
    assay__text_puts(out, "</p></div>\n");
    if (serve_metric_has_figures(&interval))
        serve_draw_interval(out, scale, &interval, &view->unit);
    assay__text_puts(out, "</div>\n<p class=\"message\">");
    serve_page_message(out, serve_page_text(status, "message"));
    assay__text_puts(out, "</p>\n");
    write_facts(out, comparison, view);
    serve_page_looks(out, metric, comparison, view);
    assay__text_puts(out, "</div>\n");
}

static void write_fact(struct assay__text *out, const char *name, const char *value)
{
    if (value[0] == '\0')
        return;
    begin_fact(out, name, false);
    serve_page_name(out, value);
    assay__text_puts(out, "</dd></div>");
}

/* What a metric's own test asks, and at which rate of error. */
static void write_test(struct assay__text *out, const struct assay__node *metric)
{
    const char *hypothesis = serve_guide_metric(metric, "hypothesis");
    if (hypothesis[0] == '\0' || strcmp(hypothesis, "none") == 0)
        return;
    begin_fact(out, "Tested for", false);
    assay__text_puts(out, "\xE2\x80\x9C");
    serve_html(out, hypothesis);
    assay__text_puts(out, "\xE2\x80\x9D, ");
    serve_html(out, serve_guide_metric(metric, "sided"));
    assay__text_puts(out, "-sided</dd></div>");
}

static void write_guide(struct assay__text *out, const struct assay__node *metric)
{
    static const char *const WORDS[][2] = {
        {"increase", "up is good"}, {"decrease", "down is good"}, {"any", "either direction"}};
    const char *role = serve_guide_metric(metric, "role");
    const char *direction = serve_guide_metric(metric, "direction");
    write_fact(out, "Role", strcmp(role, "deterioration") == 0 ? "monitored" : role);
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (strcmp(direction, WORDS[i][0]) == 0)
            write_fact(out, "Direction", WORDS[i][1]);
    write_test(out, metric);
}

/* What the metric was planned with. A result without a guide does not say whether its planned size
 * is an effect or a margin. */
static void write_settings(struct assay__text *out, const struct assay__node *metric)
{
    const struct assay__node *settings =
        serve_page_member(metric, "statsSettings", ASSAY__NODE_OBJECT);
    const struct assay__node *details =
        serve_page_member(metric, "metricDetails", ASSAY__NODE_OBJECT);
    double alpha = serve_page_plain_number(settings, "adjustedAlpha");
    bool has_guide = serve_guide_metric(metric, "role")[0] != '\0';
    assay__text_puts(out, "<dl class=\"facts\">");
    write_guide(out, metric);
    if (isfinite(alpha)) {
        begin_fact(out, "Adjusted alpha", false);
        serve_figure_round(out, alpha, 3);
        assay__text_puts(out, "</dd></div>");
    }
    write_fact(out, "Alpha for worse", serve_guide_metric(metric, "harmAlpha"));
    write_fact(out, "Planned effect", serve_guide_metric(metric, "plannedEffect"));
    write_fact(out, "Margin", serve_guide_metric(metric, "margin"));
    if (!has_guide)
        write_fact(
            out, "Planned effect or margin",
            serve_page_text(serve_page_member(details, "plannedEffectSize", ASSAY__NODE_OBJECT),
                            "value"));
    if (serve_page_flag(settings, "hasVarianceReduction"))
        assay__text_puts(out, "<div><dt>Variance</dt><dd>reduced by covariates</dd></div>");
    assay__text_puts(out, "</dl>");
}

static void write_metric(struct assay__text *out, const struct assay__node *metric,
                         const struct serve_page_options *options)
{
    const struct serve_view *view = serve_metric_view(metric);
    struct serve_scale scale = serve_metric_scale(metric, view);
    assay__text_format(out, "<article class=\"card\" id=\"metric-%u\"><div class=\"head\"><h3>",
                       (unsigned)metric->index + 1);
    serve_page_name(out, serve_page_text(metric, "id"));
    assay__text_puts(out, "</h3>");
    write_settings(out, metric);
    assay__text_puts(out, "</div>\n");
    for (const struct assay__node *comparison = serve_page_first(metric, "result");
         comparison != NULL && !serve_page_is_full(out); comparison = comparison->next)
        if (!serve_page_is_sliced(comparison))
            write_comparison(out, metric, comparison, view, &scale);
    if (serve_page_count(metric, "result") == 0)
        assay__text_puts(out, "<p class=\"dim\">Nothing was compared.</p>\n");
    serve_page_remarks_link(out, metric);
    serve_metric_slices(out, metric, options);
    assay__text_puts(out, "</article>\n");
}

/* What the marks mean, with a sample of each. */
static void write_key(struct assay__text *out)
{
    static const struct serve_scale SCALE = {0.0, 1.0};
    static const struct {
        const char *tone, *words;
    } KEY[] = {{"yes", "significant"}, {"no", "not significant"}, {"bad", "got worse"}};
    static const struct serve_interval SAMPLE = {(double)NAN, 0.5,         (double)NAN, 0,
                                                 false,       (double)NAN, NULL};
    assay__text_puts(out, "<p class=\"key\">");
    for (size_t i = 0; i < sizeof KEY / sizeof *KEY; i++) {
        assay__text_format(out, "<span><svg class=\"%s\" aria-hidden=\"true\">", KEY[i].tone);
        serve_draw_marks(out, &SCALE, &SAMPLE, 7);
        assay__text_format(out, "</svg>%s</span>", KEY[i].words);
    }
    assay__text_puts(out, "<span>Dashed: no difference; dotted: margin</span></p>\n");
}

void serve_page_metrics(struct assay__text *out, const struct assay__node *result,
                        const struct serve_page_options *options)
{
    if (serve_page_count(result, "results") == 0) {
        assay__text_puts(out, "<div class=\"card empty\">This result has no metrics.</div>\n");
        return;
    }
    assay__text_puts(out, "<section aria-labelledby=\"metrics\"><h2 id=\"metrics\">Metrics</h2>\n");
    write_key(out);
    serve_metric_overview(out, result);
    for (const struct assay__node *metric = serve_page_first(result, "results");
         metric != NULL && !serve_page_is_full(out); metric = metric->next)
        write_metric(out, metric, options);
    assay__text_puts(out, "</section>\n");
}
