/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Slices of a metric: many comparisons, a row for each. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "serve/pages/page_metric.h"
#include "serve/pairs.h"

static double units_of(const struct assay__node *comparison)
{
    const struct assay__node *last = serve_metric_last(comparison);
    double baseline = serve_page_number(last, "baselineSampleSize");
    double compared = serve_page_number(last, "comparedSampleSize");
    return isnan(baseline) ? compared : isnan(compared) ? baseline : baseline + compared;
}

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
                      const struct serve_scale *scale, const char *level)
{
    struct serve_interval interval = serve_metric_interval(metric, comparison, view);
    if (level != NULL)
        interval.level = NULL;
    assay__text_puts(out, "<tr><th scope=\"row\" class=\"left\">");
    serve_page_slice(out, comparison);
    assay__text_puts(out, "</th><td class=\"picture\">");
    serve_draw_mini(out, scale, &interval);
    assay__text_puts(out, "</td><td>");
    serve_interval_figure(out, interval.estimate, serve_interval_decimals(&interval), &view->unit);
    assay__text_puts(out, "</td><td>");
    serve_interval_bounds(out, &interval, &view->unit);
    assay__text_puts(out, "</td><td>");
    serve_figure_count(out, units_of(comparison));
    assay__text_puts(out, "</td><td>");
    serve_metric_verdict(out, metric, comparison);
    assay__text_puts(out, "</td></tr>\n");
}

/* A comparison of a slice. */
struct slice {
    const struct assay__node *comparison;
    double units;
    size_t position;
    bool is_shown;
};

/* Most units first; ties as they came. */
static int by_units(const void *a, const void *b)
{
    const struct slice *x = *(struct slice *const *)a, *y = *(struct slice *const *)b;
    if (x->units != y->units)
        return x->units > y->units ? -1 : 1;
    return x->position < y->position ? -1 : x->position > y->position;
}

static size_t gather(const struct assay__node *metric, struct slice *slices)
{
    size_t count = 0;
    for (const struct assay__node *comparison = serve_page_first(metric, "result");
         comparison != NULL; comparison = comparison->next) {
        if (!serve_page_is_sliced(comparison))
            continue;
        double units = units_of(comparison);
        slices[count] = (struct slice){comparison, isfinite(units) ? units : 0.0, count, true};
        count++;
    }
    return count;
}

/* Values of the same dimensions, for the same two groups. Segments are planned: each for itself. */
static bool is_family(const struct assay__node *a, const struct assay__node *b)
{
    struct serve_pairs one = serve_pairs_of(a, "dimensions");
    struct serve_pairs other = serve_pairs_of(b, "dimensions");
    const char *key, *other_key, *value;
    size_t keys = 0;
    if (!serve_metric_is_same(a, b) ||
        strcmp(serve_page_text(a, "segmentId"), serve_page_text(b, "segmentId")) != 0)
        return false;
    for (; serve_pairs_next(&one, &key, &value); keys++)
        if (!serve_pairs_next(&other, &other_key, &value) || strcmp(key, other_key) != 0)
            return false;
    return keys > 0 && !serve_pairs_next(&other, &other_key, &value);
}

static size_t family_end(const struct slice *slices, size_t count, size_t start)
{
    size_t end = start + 1;
    while (end < count && is_family(slices[start].comparison, slices[end].comparison))
        end++;
    return end;
}

/* How many values of each dimension are shown: those with the most units. */
static void choose(struct slice *slices, size_t count, struct slice **ranked, size_t most)
{
    for (size_t start = 0, end; start < count; start = end) {
        end = family_end(slices, count, start);
        if (end - start <= most)
            continue;
        for (size_t i = start; i < end; i++)
            ranked[i - start] = &slices[i];
        qsort(ranked, end - start, sizeof *ranked, by_units);
        for (size_t i = most; i < end - start; i++)
            ranked[i]->is_shown = false;
    }
}

/* Those of a family that are not shown: how many, their units, which way they lie. */
static void write_other(struct assay__text *out, const struct assay__node *metric,
                        const struct slice *slices, size_t count,
                        const struct serve_page_options *options)
{
    unsigned values = 0, higher = 0, lower = 0;
    double units = 0.0;
    for (size_t i = 0; i < count; i++) {
        if (slices[i].is_shown)
            continue;
        int way = serve_metric_way(metric, slices[i].comparison);
        values++;
        units += slices[i].units;
        higher += way > 0;
        lower += way < 0;
    }
    if (values == 0)
        return;
    assay__text_puts(out, "<tr class=\"other\"><th scope=\"row\" class=\"left\">(other)</th>"
                          "<td colspan=\"3\">");
    serve_figure_count(out, values);
    assay__text_format(out, " smaller: %u higher, %u lower</td><td>", higher, lower);
    serve_figure_count(out, units);
    assay__text_puts(out, "</td><td>");
    if (options->can_ask)
        assay__text_puts(out, "<a href=\"?slices=1000000\">Show all</a>");
    assay__text_puts(out, "</td></tr>\n");
}

static void write_slices(struct assay__text *out, const struct assay__node *metric,
                         const struct serve_view *view, const struct slice *slices, size_t count,
                         const char *level, const struct serve_page_options *options)
{
    struct serve_scale scale = {0.0, 0.0};
    for (size_t i = 0; i < count; i++) {
        struct serve_interval interval = serve_metric_interval(metric, slices[i].comparison, view);
        if (slices[i].is_shown)
            serve_scale_include(&scale, &interval);
    }
    for (size_t start = 0, end; start < count && !serve_page_is_full(out); start = end) {
        end = family_end(slices, count, start);
        /* Comparisons of the same two groups stand together, under their names. */
        if (start == 0 ||
            !serve_metric_is_same(slices[start].comparison, slices[start - 1].comparison)) {
            assay__text_puts(out, start > 0 ? "</tbody><tbody>" : "<tbody>");
            write_groups(out, slices[start].comparison);
        }
        for (size_t i = start; i < end && !serve_page_is_full(out); i++)
            if (slices[i].is_shown)
                write_row(out, metric, slices[i].comparison, view, &scale, level);
        write_other(out, metric, &slices[start], end - start, options);
    }
}

/* The level of all intervals, which then stands above them; NULL when it is not one. */
static const char *level_of(const struct assay__node *metric, const struct slice *slices,
                            size_t count)
{
    const char *level = serve_guide_level(metric, slices[0].comparison);
    for (size_t i = 1; i < count; i++)
        if (strcmp(serve_guide_level(metric, slices[i].comparison), level) != 0)
            return NULL;
    return level;
}

void serve_metric_slices(struct assay__text *out, const struct assay__node *metric,
                         const struct serve_page_options *options)
{
    size_t most = serve_page_count(metric, "result");
    struct slice *slices = calloc(most + 1, sizeof *slices);
    struct slice **ranked = calloc(most + 1, sizeof(struct slice *));
    size_t count = slices != NULL ? gather(metric, slices) : 0;
    out->failed = out->failed || slices == NULL || ranked == NULL;
    if (count > 0 && ranked != NULL) {
        const char *level = level_of(metric, slices, count);
        choose(slices, count, ranked, options->slices_max);
        assay__text_format(out,
                           "<details><summary>By slice (%zu)</summary><div class=\"wide\" "
                           "role=\"group\" aria-label=\"Slices\" tabindex=\"0\">"
                           "<table class=\"slices\"><thead>"
                           "<tr><th scope=\"col\" class=\"left\">Slice</th>"
                           "<th scope=\"col\" class=\"left\">Drawn</th>"
                           "<th scope=\"col\">Difference</th>",
                           count);
        serve_interval_heading(out, level);
        assay__text_puts(out, "<th scope=\"col\">Units</th><th scope=\"col\">Verdict</th>"
                              "</tr></thead>\n");
        write_slices(out, metric, serve_metric_slices_view(metric), slices, count, level, options);
        assay__text_puts(out, "</tbody></table></div></details>\n");
    }
    free(ranked);
    free(slices);
}
