/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Results as Markdown, for a chat or a pull request: advice, metrics at the last look, warnings. */
#include <math.h>

#include "number/number.h"
#include "serve/pages/page_guide.h"
#include "serve/pages/page_parts.h"
#include "serve/pages/page_report.h"

/* Text in which nothing is markup, on one line. */
static void write_plain(struct assay__text *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text < 0x20 || *text == 0x7f) {
            assay__text_putc(out, ' ');
            continue;
        }
        if (*text == '<' || *text == '&') {
            assay__text_puts(out, *text == '<' ? "&lt;" : "&amp;");
            continue;
        }
        if (*text == '|' || *text == '\\' || *text == '*' || *text == '_' || *text == '`' ||
            *text == '[' || *text == ']' || *text == '#' || *text == '@')
            assay__text_putc(out, '\\');
        assay__text_putc(out, *text);
    }
}

static void write_percent(struct assay__text *out, double share)
{
    char figure[ASSAY__NUMBER_BYTES];
    if (!isfinite(share)) {
        assay__text_puts(out, "-");
        return;
    }
    figure[assay__number_round(100.0 * share, 3, figure)] = '\0';
    assay__text_format(out, "%s%s %%", share > 0.0 ? "+" : "", figure);
}

static void write_number(struct assay__text *out, double value)
{
    char figure[ASSAY__NUMBER_BYTES];
    if (!isfinite(value)) {
        assay__text_puts(out, "-");
        return;
    }
    figure[assay__number_round(value, 5, figure)] = '\0';
    assay__text_puts(out, figure);
}

static void write_row(struct assay__text *out, const struct assay__node *metric,
                      const struct assay__node *row)
{
    const struct assay__node *last = serve_page_member(row, "lastResult", ASSAY__NODE_OBJECT);
    const struct assay__node *change =
        serve_page_member(last, "differenceEstimateRel", ASSAY__NODE_OBJECT);
    const struct assay__node *status = serve_page_member(row, "status", ASSAY__NODE_OBJECT);
    assay__text_puts(out, "| ");
    write_plain(out, serve_page_text(metric, "id"));
    assay__text_puts(out, " | ");
    write_plain(out, serve_page_text(row, "comparisonId"));
    assay__text_puts(out, " | ");
    write_number(out, serve_page_number(last, "baselineEstimateAbs"));
    assay__text_puts(out, " | ");
    write_number(out, serve_page_number(last, "comparedEstimateAbs"));
    assay__text_puts(out, " | ");
    write_percent(out, serve_page_number(change, "estimate"));
    const char *level = serve_guide_level(metric, row);
    assay__text_puts(out, " | ");
    write_plain(out, level[0] != '\0' ? level : "level not stated");
    assay__text_puts(out, ": ");
    write_percent(out, serve_page_number(change, "lower"));
    assay__text_puts(out, " to ");
    write_percent(out, serve_page_number(change, "upper"));
    assay__text_puts(out, " | ");
    write_plain(out, serve_page_text(status, "message"));
    assay__text_puts(out, " |\n");
}

static void write_metrics(struct assay__text *out, const struct assay__node *result)
{
    const struct assay__node *metric = serve_page_first(result, "results");
    if (metric == NULL)
        return;
    assay__text_puts(out,
                     "| Metric | Comparison | Baseline | Compared | Change | Level: interval | |\n"
                     "|---|---|---:|---:|---:|---|---|\n");
    for (; metric != NULL; metric = metric->next) {
        const struct assay__node *row = serve_page_first(metric, "result");
        for (; row != NULL; row = row->next)
            if (!serve_page_is_sliced(row))
                write_row(out, metric, row);
    }
    assay__text_putc(out, '\n');
}

static void write_advice(struct assay__text *out, const struct assay__node *result)
{
    const struct assay__node *treatment = serve_page_first(result, "treatments");
    for (; treatment != NULL; treatment = treatment->next) {
        struct serve_advice advice = serve_page_advice(treatment);
        assay__text_puts(out, "- **");
        write_plain(out, advice.word);
        assay__text_puts(out, "** ");
        write_plain(out, serve_page_text(treatment, "id"));
        assay__text_putc(out, '\n');
    }
    assay__text_putc(out, '\n');
}

static void write_warnings(struct assay__text *out, const struct assay__node *owner)
{
    const struct assay__node *note = serve_page_first(owner, "annotations");
    for (; note != NULL; note = note->next) {
        const struct assay__node *error = serve_page_member(note, "error", ASSAY__NODE_OBJECT);
        const char *text = serve_page_text(note, "warning");
        if (error != NULL)
            text = serve_page_text(error, "details");
        if (text[0] == '\0')
            continue;
        assay__text_puts(out, "> ");
        write_plain(out, text);
        assay__text_puts(out, "\n>\n");
    }
}

void serve_report_markdown(struct assay__text *out, const struct serve_report *reports,
                           size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct assay__node *result = reports[i].result;
        assay__text_puts(out, "## ");
        write_plain(out, reports[i].title);
        assay__text_puts(out, "\n\n");
        write_advice(out, result);
        write_metrics(out, result);
        write_warnings(out, result);
        const struct assay__node *metric = serve_page_first(result, "results");
        for (; metric != NULL; metric = metric->next)
            write_warnings(out, metric);
        if (i + 1 < count)
            assay__text_putc(out, '\n');
    }
}
