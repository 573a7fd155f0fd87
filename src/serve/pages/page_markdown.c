/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Results as Markdown, for a chat or a pull request: advice with its reasons, group sizes, metrics
 * at the last look, those with several looks drawn in characters, remarks of warning.
 */
#include <math.h>
#include <string.h>

#include "base/utf8.h"
#include "number/number.h"
#include "serve/pages/page_chart.h"
#include "serve/pages/page_metric.h"
#include "serve/pages/page_remarks.h"
#include "serve/pages/page_report.h"

/* Longer lists are cut: a comment of a pull request takes some 60 kB. */
enum { ROWS_MAX = 100, CHARTS_MAX = 8 };

/* Characters that turn the direction of writing, or are not seen, could pass a name for another. */
static bool is_hidden(uint32_t code_point)
{
    return code_point < 0x20 || (code_point >= 0x7F && code_point < 0xA0) ||
           (code_point >= 0x200B && code_point <= 0x200F) ||
           (code_point >= 0x2028 && code_point <= 0x202E) ||
           (code_point >= 0x2060 && code_point <= 0x2069) || code_point == 0xFEFF;
}

/* Text in which nothing is markup, on one line. */
static void write_plain(struct assay__text *out, const char *text)
{
    size_t length = strlen(text);
    for (size_t at = 0; at < length;) {
        uint32_t code_point;
        size_t size = assay__utf8_next(text + at, length - at, &code_point);
        const char c = text[at];
        if (is_hidden(code_point))
            assay__text_putc(out, ' ');
        else if (c == '<' || c == '&')
            assay__text_puts(out, c == '<' ? "&lt;" : "&amp;");
        else if (size == 1 && strchr("|\\*_`[]#@$~", c) != NULL)
            assay__text_format(out, "\\%c", c);
        else
            assay__text_append(out, text + at, size);
        at += size;
    }
}

static void write_change(struct assay__text *out, double value,
                         const struct serve_interval *interval, const struct serve_unit *unit)
{
    serve_interval_figure(out, value, serve_interval_decimals(interval), unit);
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

static void write_groups(struct assay__text *out, const struct assay__node *comparison)
{
    const struct assay__node *groups = serve_page_member(comparison, "groups", ASSAY__NODE_OBJECT);
    write_plain(out, serve_page_text(groups, "compared"));
    assay__text_puts(out, " against ");
    write_plain(out, serve_page_text(groups, "baseline"));
}

static void write_interval(struct assay__text *out, const struct serve_interval *interval,
                           const struct serve_unit *unit)
{
    if (!isfinite(interval->lower) && !isfinite(interval->upper)) {
        assay__text_putc(out, '-');
        return;
    }
    write_plain(out, interval->level[0] != '\0' ? interval->level : "level not stated");
    assay__text_puts(out, ": ");
    write_change(out, isnan(interval->lower) ? -(double)INFINITY : interval->lower, interval, unit);
    assay__text_puts(out, " to ");
    write_change(out, isnan(interval->upper) ? (double)INFINITY : interval->upper, interval, unit);
}

static void write_row(struct assay__text *out, const struct assay__node *metric,
                      const struct assay__node *row, const struct serve_view *view)
{
    const struct assay__node *last = serve_metric_last(row);
    const struct assay__node *status = serve_page_member(row, "status", ASSAY__NODE_OBJECT);
    struct serve_interval interval = serve_metric_interval(metric, row, view);
    assay__text_puts(out, "| ");
    write_plain(out, serve_page_text(metric, "id"));
    assay__text_puts(out, " | ");
    write_groups(out, row);
    assay__text_puts(out, " | ");
    write_number(out, serve_page_number(last, "baselineEstimateAbs"));
    assay__text_puts(out, " | ");
    write_number(out, serve_page_number(last, "comparedEstimateAbs"));
    assay__text_puts(out, " | ");
    write_change(out, interval.estimate, &interval, &view->unit);
    assay__text_puts(out, " | ");
    write_interval(out, &interval, &view->unit);
    assay__text_puts(out, " | **");
    write_plain(out, serve_metric_verdict_of(metric, row).words);
    assay__text_puts(out, "** ");
    write_plain(out, serve_page_text(status, "message"));
    assay__text_puts(out, " |\n");
}

static unsigned count_rows(const struct assay__node *result)
{
    unsigned count = 0;
    const struct assay__node *metric = serve_page_first(result, "results");
    for (; metric != NULL; metric = metric->next)
        for (const struct assay__node *row = serve_page_first(metric, "result"); row != NULL;
             row = row->next)
            count += !serve_page_is_sliced(row);
    return count;
}

/* Of many comparisons only those that found something are listed. */
static void write_metrics(struct assay__text *out, const struct assay__node *result)
{
    unsigned count = count_rows(result), listed = 0;
    if (count == 0)
        return;
    assay__text_puts(out, "| Metric | Groups | Baseline | Compared | Change | Level: interval | |\n"
                          "|---|---|---:|---:|---:|---|---|\n");
    const struct assay__node *metric = serve_page_first(result, "results");
    for (; metric != NULL; metric = metric->next) {
        const struct serve_view *view = serve_metric_view(metric);
        const struct assay__node *row = serve_page_first(metric, "result");
        for (; row != NULL; row = row->next) {
            if (serve_page_is_sliced(row) || listed == ROWS_MAX ||
                (count > ROWS_MAX && serve_metric_verdict_of(metric, row).tone[0] == '\0'))
                continue;
            write_row(out, metric, row, view);
            listed++;
        }
    }
    if (listed < count)
        assay__text_format(out, "\n%u more comparisons are not listed here.\n", count - listed);
    assay__text_putc(out, '\n');
}

static void write_advice(struct assay__text *out, const struct assay__node *result)
{
    const struct assay__node *srm = serve_page_srm(result);
    const struct assay__node *treatment = serve_page_first(result, "treatments");
    for (; treatment != NULL; treatment = treatment->next) {
        const char *id = serve_page_text(treatment, "id");
        const struct assay__node *why = serve_guide_reasons(result, id);
        struct serve_advice advice = serve_page_advice(treatment);
        assay__text_puts(out, "- **");
        write_plain(out, advice.word);
        assay__text_puts(out, "** ");
        write_plain(out, id);
        assay__text_puts(out, why != NULL ? ": " : "");
        write_plain(out, why != NULL ? serve_page_text(why, "info") : "");
        assay__text_putc(out, '\n');
    }
    const char *sizes =
        serve_page_text(serve_page_member(srm, "status", ASSAY__NODE_OBJECT), "message");
    if (serve_page_flag(srm, "isSignificant"))
        assay__text_puts(out, "- **Sample ratio mismatch**: ");
    else
        assay__text_puts(out, sizes[0] != '\0' ? "- " : "");
    write_plain(out, sizes);
    assay__text_puts(out,
                     sizes[0] != '\0' || serve_page_flag(srm, "isSignificant") ? "\n\n" : "\n");
}

/* One remark of a kind, with whose it is. */
static void write_kind(struct assay__text *out, const struct serve_remark *first, size_t count)
{
    enum { NAMED = 3 };
    struct assay__text places = {0};
    size_t metrics = 0;
    assay__text_puts(out, first->level == SERVE_REMARK_ERROR ? "> **Error**: " : "> ");
    for (size_t i = 0; i < count; i++) {
        if (first[i].metric == NULL || (i > 0 && first[i].metric == first[i - 1].metric) ||
            metrics++ >= NAMED)
            continue;
        assay__text_puts(out, metrics > 1 ? ", " : "");
        write_plain(out, serve_page_text(first[i].metric, "id"));
    }
    if (metrics > NAMED)
        assay__text_format(out, " and %zu more", metrics - NAMED);
    serve_remarks_places(&places, first, count);
    if (places.length > 0)
        assay__text_format(out, "%s%s", metrics > 0 ? ", in " : "In ", places.data);
    out->failed = out->failed || places.failed;
    assay__text_puts(out, metrics > 0 || places.length > 0 ? ": " : "");
    assay__text_release(&places);
    write_plain(out, first->text);
    for (const struct assay__node *word = count == 1 ? serve_remarks_context(first, NULL) : NULL;
         word != NULL; word = serve_remarks_context(first, word)) {
        assay__text_puts(out, " (");
        write_plain(out, serve_page_text(word, "value"));
        assay__text_putc(out, ')');
    }
    assay__text_puts(out, "\n>\n");
}

/* What only slices have is not said: they are not listed either. */
static bool is_of_slices(const struct serve_remark *first, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (first[i].comparisons + first[i].segments > 0 || first[i].slices == 0)
            return false;
    return true;
}

static void write_warnings(struct assay__text *out, const struct assay__node *result)
{
    struct serve_remarks remarks = serve_remarks_gather(result);
    out->failed = out->failed || remarks.failed;
    for (size_t i = 0, count; i < remarks.count; i += count) {
        count = serve_remarks_kind(&remarks, i);
        if (remarks.list[i].level != SERVE_REMARK_INFO && remarks.list[i].text[0] != '\0' &&
            !is_of_slices(&remarks.list[i], count))
            write_kind(out, &remarks.list[i], count);
    }
    serve_remarks_release(&remarks);
}

/* In a fenced block, where names do not stand: what is in there is made here. */
static void write_charts(struct assay__text *out, const struct assay__node *result)
{
    struct assay__page page = {.out = out, .width = 80, .unicode = true};
    const struct assay__chart_marks marks = serve_chart_marks(result);
    unsigned count = 0;
    const struct assay__node *metric = serve_page_first(result, "results");
    for (; metric != NULL; metric = metric->next)
        for (const struct assay__node *row = serve_page_first(metric, "result"); row != NULL;
             row = row->next) {
            if (serve_page_is_sliced(row) || serve_page_count(row, "result") < 2 ||
                count++ >= CHARTS_MAX)
                continue;
            assay__text_puts(out, "**");
            write_plain(out, serve_page_text(metric, "id"));
            assay__text_puts(out, "**: ");
            write_groups(out, row);
            assay__text_puts(out, "\n\n```text\n");
            if (count == 1)
                assay__chart_key(&page, &marks);
            serve_chart_write(&page, metric, row);
            assay__text_puts(out, "```\n\n");
        }
    if (count > CHARTS_MAX)
        assay__text_format(out, "%u more over time are not drawn here.\n\n", count - CHARTS_MAX);
}

static void write_index(struct assay__text *out, const struct serve_report *reports, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct assay__node *treatment = serve_page_first(reports[i].result, "treatments");
        assay__text_puts(out, "- ");
        write_plain(out, reports[i].title);
        for (const char *before = ": "; treatment != NULL; treatment = treatment->next) {
            assay__text_puts(out, before);
            write_plain(out, serve_page_advice(treatment).word);
            assay__text_putc(out, ' ');
            write_plain(out, serve_page_text(treatment, "id"));
            before = ", ";
        }
        assay__text_putc(out, '\n');
    }
    assay__text_putc(out, '\n');
}

void serve_report_markdown(struct assay__text *out, const struct serve_report *reports,
                           size_t count)
{
    if (count > 1)
        write_index(out, reports, count);
    for (size_t i = 0; i < count; i++) {
        const struct assay__node *result = reports[i].result;
        assay__text_puts(out, "## ");
        write_plain(out, reports[i].title);
        assay__text_puts(out, "\n\n");
        write_advice(out, result);
        write_metrics(out, result);
        write_charts(out, result);
        write_warnings(out, result);
        if (i + 1 < count)
            assay__text_putc(out, '\n');
    }
}
