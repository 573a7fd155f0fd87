/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Results in a terminal: the advice, and what has several looks over time. */
#include "report/chart/look_chart.h"
#include "serve/pages/page_chart.h"
#include "serve/pages/page_metric.h"
#include "serve/pages/page_report.h"

static void write_advice(struct assay__page *page, const struct assay__node *result)
{
    const struct assay__node *treatment = serve_page_first(result, "treatments");
    for (; treatment != NULL; treatment = treatment->next) {
        struct assay__text words = {0};
        const char *id = serve_page_text(treatment, "id");
        const struct assay__node *why = serve_guide_reasons(result, id);
        assay__text_format(&words, "%s %s%s%s", serve_page_advice(treatment).word, id,
                           why != NULL ? ": " : "",
                           why != NULL ? serve_page_text(why, "info") : "");
        assay__page_spaces(page, 2);
        assay__page_words(page, &words, 2, 4);
    }
}

static void write_chart(struct assay__page *page, const struct assay__node *metric,
                        const struct assay__node *comparison)
{
    const struct assay__node *groups = serve_page_member(comparison, "groups", ASSAY__NODE_OBJECT);
    const char *level = serve_guide_level(metric, comparison);
    struct assay__text title = {0};
    assay__text_format(&title, "%s: %s against %s, %u looks, ", serve_page_text(metric, "id"),
                       serve_page_text(groups, "compared"), serve_page_text(groups, "baseline"),
                       serve_page_count(comparison, "result"));
    if (level[0] != '\0')
        assay__text_format(&title, "%s interval", level);
    else
        assay__text_puts(&title, "interval of unstated level");
    assay__page_end(page);
    assay__page_spaces(page, 2);
    assay__page_ink(page, ASSAY__INK_BOLD);
    assay__page_words(page, &title, 2, 4);
    assay__page_ink(page, ASSAY__INK_PLAIN);
    serve_chart_write(page, metric, comparison);
}

static void write_charts(struct assay__page *page, const struct assay__node *result)
{
    const struct assay__chart_marks marks = serve_chart_marks(result);
    unsigned count = 0;
    const struct assay__node *metric = serve_page_first(result, "results");
    for (; metric != NULL; metric = metric->next)
        for (const struct assay__node *row = serve_page_first(metric, "result"); row != NULL;
             row = row->next) {
            if (serve_page_is_sliced(row) || serve_page_count(row, "result") < 2)
                continue;
            if (count++ == 0)
                assay__chart_key(page, &marks);
            write_chart(page, metric, row);
        }
    if (count == 0)
        assay__page_wrap(page, "No metric has several looks.", 0, 0);
}

void serve_report_charts(struct assay__page *page, const struct serve_report *reports, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            assay__page_end(page);
        assay__page_ink(page, ASSAY__INK_BOLD);
        assay__page_wrap(page, reports[i].title, 0, 2);
        assay__page_ink(page, ASSAY__INK_PLAIN);
        write_advice(page, reports[i].result);
        write_charts(page, reports[i].result);
    }
}
