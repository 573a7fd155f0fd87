/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * All metrics at a glance, a row for each: with one pair of groups its interval, drawn beside the
 * others; with several pairs a column of differences for each.
 */
#include <math.h>
#include <string.h>

#include "serve/pages/page_metric.h"

enum { PAIRS_MAX = 40 };

/* The pairs of groups that are compared, each by the first comparison of it. */
struct pairs {
    const struct assay__node *list[PAIRS_MAX];
    size_t count;
    bool has_more;       /* than are listed */
    bool share_baseline; /* all of them */
};

static const char *group_of(const struct assay__node *comparison, const char *which)
{
    return serve_page_text(serve_page_member(comparison, "groups", ASSAY__NODE_OBJECT), which);
}

/* The place of a comparison's pair; pairs->count when it is not listed. */
static size_t find_pair(const struct pairs *pairs, const struct assay__node *comparison)
{
    size_t at = 0;
    while (at < pairs->count && !serve_metric_is_same(comparison, pairs->list[at]))
        at++;
    return at;
}

static void gather_pairs(struct pairs *pairs, const struct assay__node *metric)
{
    for (const struct assay__node *comparison = serve_page_first(metric, "result");
         comparison != NULL; comparison = comparison->next) {
        if (serve_page_is_sliced(comparison) || find_pair(pairs, comparison) < pairs->count)
            continue;
        if (pairs->count == PAIRS_MAX) {
            pairs->has_more = true;
            return;
        }
        pairs->list[pairs->count++] = comparison;
        pairs->share_baseline =
            pairs->share_baseline &&
            strcmp(group_of(comparison, "baseline"), group_of(pairs->list[0], "baseline")) == 0;
    }
}

static struct pairs pairs_of(const struct assay__node *result)
{
    struct pairs pairs = {.share_baseline = true};
    for (const struct assay__node *metric = serve_page_first(result, "results");
         metric != NULL && !pairs.has_more; metric = metric->next)
        gather_pairs(&pairs, metric);
    return pairs;
}

/* A metric's comparison of each pair, or NULL. */
static void find_cells(const struct pairs *pairs, const struct assay__node *metric,
                       const struct assay__node *cells[PAIRS_MAX])
{
    memset(cells, 0, PAIRS_MAX * sizeof *cells);
    for (const struct assay__node *comparison = serve_page_first(metric, "result");
         comparison != NULL; comparison = comparison->next) {
        size_t at = serve_page_is_sliced(comparison) ? pairs->count : find_pair(pairs, comparison);
        if (at < pairs->count && cells[at] == NULL)
            cells[at] = comparison;
    }
}

/* Relative differences of all metrics fit one scale; those in units of their own do not. */
static struct serve_scale scale_of(const struct pairs *pairs, const struct assay__node *result)
{
    struct serve_scale scale = {0.0, 0.0};
    const struct assay__node *cells[PAIRS_MAX];
    for (const struct assay__node *metric = serve_page_first(result, "results"); metric != NULL;
         metric = metric->next) {
        const struct serve_view *view = serve_metric_view(metric);
        find_cells(pairs, metric, cells);
        struct serve_interval interval = serve_metric_interval(metric, cells[0], view);
        if (view->is_relative)
            serve_scale_include(&scale, &interval);
    }
    return scale;
}

static void write_difference(struct assay__text *out, const struct assay__node *comparison,
                             const struct serve_view *view)
{
    struct serve_interval interval = serve_interval_of_comparison(comparison, view);
    serve_interval_figure(out, interval.estimate, serve_interval_decimals(&interval), &view->unit);
}

static void write_drawn(struct assay__text *out, const struct assay__node *metric,
                        const struct assay__node *comparison, const struct serve_view *view,
                        const struct serve_scale *scale)
{
    struct serve_interval interval = serve_metric_interval(metric, comparison, view);
    assay__text_puts(out, "<td class=\"picture\">");
    if (view->is_relative)
        serve_draw_mini(out, scale, &interval);
    assay__text_puts(out, "</td><td>");
    write_difference(out, comparison, view);
    assay__text_puts(out, "</td><td>");
    serve_interval_bounds(out, &interval, &view->unit);
    assay__text_puts(out, "</td><td>");
    serve_metric_verdict(out, metric, comparison);
    assay__text_puts(out, "</td>");
}

/* A difference with the mark of its verdict; its word is for those who do not see marks. */
static void write_cell(struct assay__text *out, const struct assay__node *metric,
                       const struct assay__node *comparison, const struct serve_view *view)
{
    if (comparison == NULL) {
        assay__text_puts(out, "<td></td>");
        return;
    }
    struct serve_verdict verdict = serve_metric_verdict_of(metric, comparison);
    assay__text_format(out, "<td class=\"%s\">", verdict.tone);
    write_difference(out, comparison, view);
    assay__text_putc(out, ' ');
    serve_page_icon(out, verdict.icon);
    assay__text_format(out, "<span class=\"hidden\">%s</span></td>", verdict.words);
}

static void write_row(struct assay__text *out, const struct assay__node *metric,
                      const struct pairs *pairs, const struct serve_scale *scale)
{
    const struct serve_view *view = serve_metric_view(metric);
    const struct assay__node *cells[PAIRS_MAX];
    find_cells(pairs, metric, cells);
    assay__text_format(out, "<tr><th scope=\"row\" class=\"left\"><a href=\"#metric-%u\">",
                       (unsigned)metric->index + 1);
    serve_page_name(out, serve_page_text(metric, "id"));
    assay__text_puts(out, "</a></th>");
    if (pairs->count == 1)
        write_drawn(out, metric, cells[0], view, scale);
    for (size_t i = 0; i < pairs->count && pairs->count > 1; i++)
        write_cell(out, metric, cells[i], view);
    assay__text_puts(out, "</tr>\n");
}

static void write_pair(struct assay__text *out, const struct assay__node *comparison,
                       bool with_baseline)
{
    serve_page_name(out, group_of(comparison, "compared"));
    if (!with_baseline)
        return;
    assay__text_puts(out, " <span class=\"dim\">against</span> ");
    serve_page_name(out, group_of(comparison, "baseline"));
}

static void write_title(struct assay__text *out, const struct pairs *pairs)
{
    assay__text_puts(out, "<p class=\"dim small\" id=\"all\">Differences of ");
    if (pairs->count == 1)
        write_pair(out, pairs->list[0], true);
    else if (pairs->share_baseline) {
        assay__text_puts(out, "groups <span class=\"dim\">against</span> ");
        serve_page_name(out, group_of(pairs->list[0], "baseline"));
    } else
        assay__text_puts(out, "groups");
    assay__text_puts(out, "</p>\n");
}

static void write_header(struct assay__text *out, const struct pairs *pairs)
{
    assay__text_puts(out, "<thead><tr><th scope=\"col\" class=\"left\">Metric</th>");
    if (pairs->count == 1)
        assay__text_puts(out, "<th scope=\"col\" class=\"left\">Drawn</th><th scope=\"col\">"
                              "Difference</th><th scope=\"col\">Interval</th><th scope=\"col\">"
                              "Verdict</th>");
    for (size_t i = 0; i < pairs->count && pairs->count > 1; i++) {
        assay__text_puts(out, "<th scope=\"col\" class=\"pair\">");
        write_pair(out, pairs->list[i], !pairs->share_baseline);
        assay__text_puts(out, "</th>");
    }
    assay__text_puts(out, "</tr></thead><tbody>\n");
}

void serve_metric_overview(struct assay__text *out, const struct assay__node *result)
{
    struct pairs pairs = pairs_of(result);
    struct serve_scale scale = {0.0, 0.0};
    if (serve_page_count(result, "results") < 2 || pairs.count == 0)
        return;
    if (pairs.count == 1)
        scale = scale_of(&pairs, result);
    assay__text_puts(out, "<div class=\"card\">");
    write_title(out, &pairs);
    assay__text_puts(out, "<div class=\"wide\" role=\"group\" aria-label=\"All metrics\" "
                          "tabindex=\"0\"><table class=\"overview\" aria-labelledby=\"all\">");
    write_header(out, &pairs);
    for (const struct assay__node *metric = serve_page_first(result, "results");
         metric != NULL && !serve_page_is_full(out); metric = metric->next)
        write_row(out, metric, &pairs, &scale);
    assay__text_puts(out, "</tbody></table></div>");
    assay__text_puts(out, pairs.has_more ? "<p class=\"dim small\">More groups were compared than "
                                           "fit here; each metric below has them all.</p></div>\n"
                                         : "</div>\n");
}
