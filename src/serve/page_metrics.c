/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The metrics of a result: for each comparison its difference, drawn, and what it means. */
#include <math.h>

#include "api/page.h"
#include "serve/page_parts.h"

enum { LOOKS_SHOWN = 30 };

/* Differences are shown relative to the baseline where there is such a thing. */
struct view {
    const char *field;
    double factor; /* 100 for percent */
    const char *unit;
};

static const struct view RELATIVE = {"differenceEstimateRel", 100.0, "%"};
static const struct view ABSOLUTE = {"differenceEstimateAbs", 1.0, ""};

static const struct assay__node *list_of(const struct assay__node *owner, const char *name)
{
    const struct assay__node *list = serve_page_member(owner, name, ASSAY__NODE_ARRAY);
    return list != NULL ? list->first : NULL;
}

static struct serve_interval interval_of(const struct assay__node *look, const struct view *view)
{
    const struct assay__node *difference = serve_page_member(look, view->field, ASSAY__NODE_OBJECT);
    return (struct serve_interval){
        .lower = serve_page_number(difference, "lower") * view->factor,
        .estimate = serve_page_number(difference, "estimate") * view->factor,
        .upper = serve_page_number(difference, "upper") * view->factor,
        .answer = serve_page_answer(difference, "isSignificant")};
}

/* Relative only when every comparison that has an estimate has a relative one. */
static const struct view *view_of(const struct assay__node *metric)
{
    for (const struct assay__node *comparison = list_of(metric, "result"); comparison != NULL;
         comparison = comparison->next) {
        const struct assay__node *last =
            serve_page_member(comparison, "lastResult", ASSAY__NODE_OBJECT);
        if (isfinite(interval_of(last, &ABSOLUTE).estimate) &&
            !isfinite(interval_of(last, &RELATIVE).estimate))
            return &ABSOLUTE;
    }
    return &RELATIVE;
}

static double half_width(const struct serve_interval *interval)
{
    double below = interval->estimate - interval->lower;
    double above = interval->upper - interval->estimate;
    return isfinite(below) ? below : above;
}

static void write_bound(struct assay__text *out, double bound, int decimals, const char *none)
{
    char figure[ASSAY__FIGURE_BYTES];
    assay__figure_fixed(bound, decimals, true, figure);
    assay__text_puts(out, isfinite(bound) ? figure : none);
}

static void write_interval(struct assay__text *out, const struct serve_interval *interval,
                           const char *unit)
{
    char figure[ASSAY__FIGURE_BYTES];
    int decimals = assay__figure_decimals(half_width(interval), interval->estimate, 2);
    if (!isfinite(interval->estimate)) {
        assay__text_puts(out, "<span class=\"dim\">no estimate</span>");
        return;
    }
    assay__figure_fixed(interval->estimate, decimals, true, figure);
    assay__text_format(out, "<span><strong>%s%s</strong>", figure, unit);
    if (isfinite(interval->lower) || isfinite(interval->upper)) {
        assay__text_puts(out, " <span class=\"dim\">[");
        write_bound(out, interval->lower, decimals, "\xE2\x88\x92\xE2\x88\x9E");
        assay__text_puts(out, ", ");
        write_bound(out, interval->upper, decimals, "\xE2\x88\x9E");
        assay__text_format(out, "]%s</span>", unit);
    }
    assay__text_puts(out, "</span>");
}

static void write_size(struct assay__text *out, const struct assay__node *look, const char *name)
{
    char figure[ASSAY__FIGURE_BYTES] = "-";
    double size = serve_page_number(look, name);
    if (size >= 0.0 && size < 0x1p63)
        assay__figure_count((uint64_t)size, figure);
    assay__text_puts(out, figure);
}

static void write_look(struct assay__text *out, const struct assay__node *look,
                       const struct view *view, const struct serve_scale *scale)
{
    struct serve_interval interval = interval_of(look, view);
    assay__text_puts(out, "<div class=\"figures\">");
    serve_interval_draw(out, scale, &interval);
    write_interval(out, &interval, view->unit);
    assay__text_puts(out, "<span class=\"dim\">n = ");
    write_size(out, look, "baselineSampleSize");
    assay__text_puts(out, " and ");
    write_size(out, look, "comparedSampleSize");
    if (serve_page_text(look, "resultTime")[0] != '\0') {
        assay__text_puts(out, ", at ");
        serve_html(out, serve_page_text(look, "resultTime"));
    }
    assay__text_puts(out, "</span></div>\n");
}

static void include_looks(struct serve_scale *scale, const struct assay__node *comparison,
                          const struct view *view)
{
    struct serve_interval last =
        interval_of(serve_page_member(comparison, "lastResult", ASSAY__NODE_OBJECT), view);
    serve_scale_include(scale, &last);
    if (isfinite(last.estimate))
        return;
    for (const struct assay__node *look = list_of(comparison, "result"); look != NULL;
         look = look->next) {
        struct serve_interval interval = interval_of(look, view);
        serve_scale_include(scale, &interval);
    }
}

/* Earlier looks are folded away; a details element needs no script. */
static void write_earlier(struct assay__text *out, const struct assay__node *comparison,
                          const struct view *view, const struct serve_scale *scale)
{
    const struct assay__node *looks =
        serve_page_member(comparison, "result", ASSAY__NODE_ARRAY);
    if (looks == NULL || looks->count < 2)
        return;
    assay__text_format(out, "<details><summary>%u looks over time</summary>\n",
                       (unsigned)looks->count);
    uint32_t skipped = looks->count > LOOKS_SHOWN ? looks->count - LOOKS_SHOWN : 0;
    if (skipped > 0)
        assay__text_format(out, "<p class=\"dim\">The last %d are shown.</p>\n", LOOKS_SHOWN);
    for (const struct assay__node *look = looks->first; look != NULL; look = look->next)
        if (look->index >= skipped)
            write_look(out, look, view, scale);
    assay__text_puts(out, "</details>\n");
}

static void write_comparison(struct assay__text *out, const struct assay__node *comparison,
                             const struct view *view, const struct serve_scale *scale)
{
    const struct assay__node *groups = serve_page_member(comparison, "groups", ASSAY__NODE_OBJECT);
    const struct assay__node *status = serve_page_member(comparison, "status", ASSAY__NODE_OBJECT);
    const struct assay__node *last =
        serve_page_member(comparison, "lastResult", ASSAY__NODE_OBJECT);
    int answer = serve_page_answer(comparison, "isSignificant");
    assay__text_puts(out, "<div class=\"card\"><h3>");
    serve_html(out, serve_page_text(groups, "compared"));
    assay__text_puts(out, " <span class=\"dim\">against</span> ");
    serve_html(out, serve_page_text(groups, "baseline"));
    serve_page_slice(out, comparison);
    assay__text_puts(out, "</h3>\n");
    if (last != NULL)
        write_look(out, last, view, scale);
    assay__text_puts(out, answer == 1   ? "<p><strong>Significant.</strong> "
                          : answer == 0 ? "<p>Not significant. "
                                        : "<p>");
    serve_html(out, serve_page_text(status, "message"));
    assay__text_puts(out, "</p>\n");
    if (serve_page_answer(status, "validationIsSignificant") == 1)
        assay__text_puts(out, "<p class=\"bad\"><strong>It has become worse.</strong></p>\n");
    write_earlier(out, comparison, view, scale);
    assay__text_puts(out, "</div>\n");
}

/* Comparisons of all units, or those of slices, which are folded away; each kind has its scale. */
static void write_comparisons(struct assay__text *out, const struct assay__node *metric,
                              const struct view *view, bool sliced)
{
    struct serve_scale scale = {0.0, 0.0};
    unsigned count = 0;
    for (const struct assay__node *comparison = list_of(metric, "result"); comparison != NULL;
         comparison = comparison->next) {
        if (serve_page_is_sliced(comparison) != sliced)
            continue;
        include_looks(&scale, comparison, view);
        count++;
    }
    if (count == 0)
        return;
    if (sliced)
        assay__text_format(out, "<details><summary>By slice (%u)</summary>\n", count);
    for (const struct assay__node *comparison = list_of(metric, "result"); comparison != NULL;
         comparison = comparison->next)
        if (serve_page_is_sliced(comparison) == sliced)
            write_comparison(out, comparison, view, &scale);
    assay__text_puts(out, sliced ? "</details>\n" : "");
}

static void write_metric(struct assay__text *out, const struct assay__node *metric)
{
    const struct view *view = view_of(metric);
    assay__text_puts(out, "<section><h2>");
    serve_html(out, serve_page_text(metric, "id"));
    assay__text_puts(out, "</h2>\n");
    write_comparisons(out, metric, view, false);
    serve_page_annotations(out, metric);
    write_comparisons(out, metric, view, true);
    assay__text_puts(out, "</section>\n");
}

void serve_page_metrics(struct assay__text *out, const struct assay__node *result)
{
    for (const struct assay__node *metric = list_of(result, "results"); metric != NULL;
         metric = metric->next)
        write_metric(out, metric);
}
