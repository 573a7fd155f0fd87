/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Slices of a metric: many comparisons, a row for each. */
#include <string.h>

#include "serve/pages/page_metric.h"

static void write_groups(struct assay__text *out, const struct assay__node *comparison)
{
    const struct assay__node *groups = serve_page_member(comparison, "groups", ASSAY__NODE_OBJECT);
    assay__text_puts(out, "<tr><th scope=\"rowgroup\" colspan=\"6\">");
    serve_page_name(out, serve_page_text(groups, "compared"));
    assay__text_puts(out, " <span class=\"dim\">against</span> ");
    serve_page_name(out, serve_page_text(groups, "baseline"));
    assay__text_puts(out, "</th></tr>\n");
}

static void write_row(struct assay__text *out, const struct assay__node *metric,
                      const struct assay__node *comparison, const struct serve_view *view,
                      const struct serve_scale *scale)
{
    const struct assay__node *last =
        serve_page_member(comparison, "lastResult", ASSAY__NODE_OBJECT);
    struct serve_interval interval = serve_metric_interval(metric, comparison, view);
    assay__text_puts(out, "<tr><th scope=\"row\" class=\"left\">");
    serve_page_slice(out, comparison);
    assay__text_puts(out, "</th><td class=\"picture\">");
    serve_draw_mini(out, scale, &interval);
    assay__text_puts(out, "</td><td>");
    serve_interval_figure(out, interval.estimate, serve_interval_decimals(&interval), &view->unit);
    assay__text_puts(out, "</td><td>");
    serve_interval_bounds(out, &interval, &view->unit);
    assay__text_puts(out, "</td><td>");
    serve_figure_count(out, serve_page_number(last, "baselineSampleSize") +
                                serve_page_number(last, "comparedSampleSize"));
    assay__text_puts(out, "</td><td>");
    serve_metric_verdict(out, metric, comparison);
    assay__text_puts(out, "</td></tr>\n");
}

void serve_metric_slices(struct assay__text *out, const struct assay__node *metric,
                         const struct serve_view *view)
{
    struct serve_scale scale;
    unsigned count;
    serve_metric_scale(metric, view, true, &scale, &count);
    if (count == 0)
        return;
    assay__text_format(out,
                       "<details><summary>By slice (%u)</summary><div class=\"wide\" "
                       "role=\"group\" aria-label=\"Slices\" tabindex=\"0\">"
                       "<table class=\"slices\"><thead>"
                       "<tr><th scope=\"col\" class=\"left\">Slice</th>"
                       "<th scope=\"col\" class=\"left\">Drawn</th>"
                       "<th scope=\"col\">Difference</th><th scope=\"col\">Interval</th>"
                       "<th scope=\"col\">Units</th><th scope=\"col\">Verdict</th>"
                       "</tr></thead>\n",
                       count);
    const struct assay__node *before = NULL;
    for (const struct assay__node *comparison = serve_page_first(metric, "result");
         comparison != NULL && !serve_page_is_full(out); comparison = comparison->next) {
        if (!serve_page_is_sliced(comparison))
            continue;
        /* Comparisons of the same two groups stand together, under their names. */
        if (before == NULL || !serve_metric_is_same(comparison, before)) {
            assay__text_puts(out, before != NULL ? "</tbody><tbody>" : "<tbody>");
            write_groups(out, comparison);
        }
        write_row(out, metric, comparison, view, &scale);
        before = comparison;
    }
    assay__text_puts(out, "</tbody></table></div></details>\n");
}
