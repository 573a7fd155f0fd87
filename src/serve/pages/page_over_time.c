/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A comparison's looks on a page: the drawing, what was found when, the key, and the figures. */
#include <math.h>
#include <stdlib.h>

#include "serve/pages/page_chart.h"
#include "serve/pages/page_metric.h"

static void write_look_row(struct assay__text *out, const struct assay__node *look,
                           const struct serve_view *view)
{
    struct serve_interval interval = serve_interval_of(look, view);
    assay__text_puts(out, "<tr><th scope=\"row\" class=\"left\">");
    if (serve_page_text(look, "resultTime")[0] != '\0')
        serve_figure_time(out, serve_page_text(look, "resultTime"));
    else
        assay__text_format(out, "Look %u", (unsigned)look->index + 1);
    assay__text_puts(out, "</th><td>");
    serve_interval_figure(out, interval.estimate, serve_interval_decimals(&interval), &view->unit);
    assay__text_puts(out, "</td><td>");
    serve_interval_bounds(out, &interval, &view->unit);
    assay__text_puts(out, "</td><td>");
    serve_figure_count(out, serve_page_number(look, "baselineSampleSize"));
    assay__text_puts(out, "</td><td>");
    serve_figure_count(out, serve_page_number(look, "comparedSampleSize"));
    assay__text_puts(out, interval.answer == 1   ? "</td><td>Yes</td></tr>\n"
                          : interval.answer == 0 ? "</td><td>No</td></tr>\n"
                                                 : "</td><td></td></tr>\n");
}

static void write_units_key(struct assay__text *out, const char *words, const char *units)
{
    const char *rest;
    if (units[0] == '\0')
        return;
    assay__text_format(out, "<span>%s", words);
    serve_figure_count(out, serve_guide_number(units, &rest));
    assay__text_puts(out, " units</span>");
}

/* What the marks of a drawing of looks are. */
static void write_looks_key(struct assay__text *out, const struct assay__node *metric,
                            const struct assay__node *comparison, const struct assay__chart *chart)
{
    const char *horizon = serve_guide_looks(metric, comparison, "horizon");
    if (horizon[0] == '\0')
        return;
    assay__text_puts(out, "<p class=\"key\"><span>Horizon ");
    serve_html(out, horizon);
    assay__text_puts(out, "</span><span>Thin: ");
    serve_page_message(out, serve_guide_level(metric, comparison));
    assay__text_puts(out, " interval of the horizon</span><span>Thick: interval if this were the "
                          "only look</span><span>Dashed: boundary, beyond which an estimate is "
                          "significant</span>");
    if (serve_guide_looks(metric, comparison, "futilityBound")[0] != '\0')
        assay__text_puts(out, "<span>Dotted: futility bound, below which there is nothing left to "
                              "find</span>");
    if (assay__chart_has_boundary_ahead(chart))
        assay__text_format(out,
                           "<span>Diamonds: boundary at looks to come%s, if values go on "
                           "to vary as they do</span>",
                           assay__chart_has_ahead(chart, ASSAY__CHART_FUTILITY)
                               ? "; triangles: futility bound there"
                               : "");
    write_units_key(out, "Planned to end at ",
                    serve_guide_looks(metric, comparison, "plannedUnits"));
    write_units_key(out, "Tightest at ", serve_guide_looks(metric, comparison, "narrowestUnits"));
    assay__text_puts(out, "</p>\n");
}

static const struct {
    enum assay__chart_line line;
    const char *heading;
} AHEAD[] = {{ASSAY__CHART_LOWER, "Significant below"},
             {ASSAY__CHART_UPPER, "Significant above"},
             {ASSAY__CHART_FUTILITY, "Futility bound"}};
enum { AHEAD_COUNT = sizeof AHEAD / sizeof *AHEAD };

static void write_ahead_row(struct assay__text *out, const struct assay__chart *chart,
                            size_t position, const struct serve_unit *unit)
{
    int decimals = assay__chart_ahead_decimals(chart);
    assay__text_puts(out, "<tr><th scope=\"row\" class=\"left\">");
    serve_figure_count(out, round(assay__chart_units(chart, position)));
    assay__text_puts(out, "</th>");
    for (size_t i = 0; i < AHEAD_COUNT; i++) {
        if (!assay__chart_has_ahead(chart, AHEAD[i].line))
            continue;
        assay__text_puts(out, "<td>");
        serve_interval_figure(out, assay__chart_line(chart, position, AHEAD[i].line), decimals,
                              unit);
        assay__text_puts(out, "</td>");
    }
    assay__text_puts(out, "</tr>\n");
}

/* What the looks to come ask for. */
static void write_ahead_table(struct assay__text *out, const struct assay__chart *chart,
                              const struct serve_unit *unit)
{
    if (!assay__chart_has_boundary_ahead(chart))
        return;
    assay__text_puts(out, "<div class=\"wide\" role=\"group\" aria-label=\"Looks to come\" "
                          "tabindex=\"0\"><table><thead><tr><th scope=\"col\" class=\"left\">Look "
                          "to come, at units</th>");
    for (size_t i = 0; i < AHEAD_COUNT; i++)
        if (assay__chart_has_ahead(chart, AHEAD[i].line))
            assay__text_format(out, "<th scope=\"col\">%s</th>", AHEAD[i].heading);
    assay__text_puts(out, "</tr></thead><tbody>\n");
    for (size_t at = chart->count; at < assay__chart_positions(chart); at++)
        write_ahead_row(out, chart, at, unit);
    assay__text_puts(out, "</tbody></table></div>\n");
}

/* What is significant: harm that was found is another test's. */
static void write_hypothesis(struct assay__text *out, const struct assay__node *metric)
{
    const char *hypothesis = serve_guide_metric(metric, "hypothesis");
    if (hypothesis[0] == '\0')
        return;
    assay__text_puts(out, ": ");
    serve_html(out, hypothesis);
}

static void write_looks_table(struct assay__text *out, const struct assay__node *metric,
                              const struct assay__node *comparison, const struct serve_view *view,
                              const struct assay__chart *chart)
{
    unsigned count = serve_page_count(comparison, "result");
    assay__text_puts(out, "<details><summary>Looks as a table</summary><div class=\"wide\" "
                          "role=\"group\" aria-label=\"Looks\" tabindex=\"0\"><table><thead><tr>"
                          "<th scope=\"col\" class=\"left\">Look</th><th scope=\"col\">Difference"
                          "</th>");
    serve_interval_heading(out, serve_guide_level(metric, comparison));
    assay__text_puts(out, "<th scope=\"col\">Baseline units</th>"
                          "<th scope=\"col\">Compared units</th><th scope=\"col\">Significant");
    write_hypothesis(out, metric);
    assay__text_puts(out, "</th></tr></thead><tbody>\n");
    for (const struct assay__node *look = serve_page_first(comparison, "result"); look != NULL;
         look = look->next)
        if (look->index + SERVE_LOOKS_SHOWN >= count)
            write_look_row(out, look, view);
    assay__text_puts(out, "</tbody></table></div>\n");
    write_ahead_table(out, chart, &view->unit);
    assay__text_puts(out, "</details>\n");
}

/* What was found, and when. */
static void write_found(struct assay__text *out, const struct assay__chart *chart)
{
    for (int event = 0; event < ASSAY__CHART_EVENT_COUNT; event++) {
        if (chart->found[event] == 0)
            continue;
        assay__text_puts(out, "<p class=\"found small\">");
        serve_page_icon(out,
                        event == ASSAY__CHART_SIGNIFICANT ? SERVE_ICON_CHECK : SERVE_ICON_WARNING);
        assay__text_puts(out, " Found: ");
        assay__chart_event_text(out, chart, (enum assay__chart_event)event);
        assay__text_puts(out, "</p>\n");
    }
}

void serve_page_looks(struct assay__text *out, const struct assay__node *metric,
                      const struct assay__node *comparison, const struct serve_view *view)
{
    struct assay__chart chart;
    bool failed = false;
    struct assay__chart_look *looks =
        serve_chart_fill(&chart, metric, comparison, view, SERVE_LOOKS_SHOWN, &failed);
    out->failed = out->failed || failed;
    if (looks == NULL)
        return;
    unsigned count = serve_page_count(comparison, "result");
    assay__text_format(out, "<p class=\"dim small\">%u looks over time", count);
    if (count > SERVE_LOOKS_SHOWN)
        assay__text_format(out, "; the last %d are shown", (int)SERVE_LOOKS_SHOWN);
    assay__text_puts(out, "</p>\n");
    serve_draw_looks(out, &chart, &view->unit);
    write_found(out, &chart);
    write_looks_key(out, metric, comparison, &chart);
    write_looks_table(out, metric, comparison, view, &chart);
    free(looks);
}
