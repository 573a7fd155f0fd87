/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of results for people: what was stored, newest first. */
#include <math.h>

#include "serve/pages/page_figure.h"
#include "serve/pages/page_parts.h"

enum { ROWS_OF_PAGE = 20 };

struct rows {
    struct assay__text *out;
    unsigned count;
};

static void write_verdicts(struct assay__text *out, const struct assay__node *result)
{
    bool is_off = serve_page_flag(serve_page_srm(result), "isSignificant");
    if (!is_off && serve_page_count(result, "treatments") == 0)
        return;
    assay__text_puts(out, "<ul class=\"verdicts\">");
    if (is_off) {
        assay__text_puts(out, "<li>");
        serve_page_pill(out, "bad", SERVE_ICON_CROSS, "Sample ratio mismatch");
        assay__text_puts(out, "</li>");
    }
    unsigned count = 0;
    for (const struct assay__node *treatment = serve_page_first(result, "treatments");
         treatment != NULL && count < SERVE_TREATMENTS_SHOWN; treatment = treatment->next) {
        count++;
        struct serve_advice advice = serve_page_advice(treatment);
        assay__text_puts(out, "<li>");
        serve_page_pill(out, advice.tone, advice.icon, advice.word);
        serve_page_name(out, serve_page_text(treatment, "id"));
        assay__text_puts(out, "</li>");
    }
    serve_page_more(out, "li", serve_page_count(result, "treatments") - count);
    assay__text_puts(out, "</ul>\n");
}

/* How much there is in a result: units by the group test, and metrics. */
static void write_size(struct assay__text *out, const struct assay__node *result)
{
    unsigned metrics = serve_page_count(result, "results");
    double units = 0.0;
    for (const struct assay__node *group = serve_page_first(serve_page_srm(result), "result");
         group != NULL; group = group->next)
        units += serve_page_plain_number(group, "observed");
    assay__text_format(out, "<span>%u metric%s", metrics, metrics == 1 ? "" : "s");
    if (units > 0.0) {
        assay__text_puts(out, ", ");
        serve_figure_count(out, units);
        assay__text_puts(out, " units");
    }
    assay__text_puts(out, "</span>");
}

static void write_result(struct assay__text *out, const struct assay__node *result)
{
    char workflow[ASSAY__NAME_PART_MAX + 1], instance[ASSAY__NAME_PART_MAX + 1];
    const char *id = serve_page_split(serve_page_text(result, "name"), workflow, instance);
    assay__text_puts(out, "<li class=\"card\"><h2><a href=\"/results/");
    serve_html(out, workflow);
    assay__text_putc(out, '/');
    serve_html(out, instance);
    assay__text_putc(out, '/');
    serve_html(out, id);
    assay__text_puts(out, "\"><span class=\"dim\">");
    serve_html(out, workflow);
    assay__text_puts(out, " /</span> ");
    serve_html(out, instance);
    assay__text_puts(out, "</a></h2>\n");
    write_verdicts(out, result);
    assay__text_puts(out, "<div class=\"meta\"><span>Stored ");
    serve_figure_time(out, serve_page_text(result, "createTime"));
    assay__text_puts(out, " by ");
    serve_page_name(out, serve_page_text(result, "creator"));
    assay__text_puts(out, "</span>");
    write_size(out, result);
    assay__text_puts(out, "<span class=\"id\">");
    serve_html(out, id);
    assay__text_puts(out, "</span></div>\n");
    serve_page_labels(out, result);
    assay__text_puts(out, "</li>\n");
}

static void write_row(const struct serve_row *row, void *context)
{
    struct rows *rows = context;
    struct assay__arena arena = {0};
    if (rows->count++ == 0)
        assay__text_puts(rows->out, "<ol class=\"results\">\n");
    if (row->document == NULL) {
        assay__text_puts(rows->out, "<li class=\"card\">Damaged in the store, cannot be shown: ");
        serve_html(rows->out, row->name);
        assay__text_puts(rows->out, "</li>\n");
        return;
    }
    const struct assay__node *result = serve_page_read(&arena, row->document, row->document_length);
    if (result != NULL)
        write_result(rows->out, result);
    assay__arena_release(&arena);
}

static void write_filter(struct assay__text *out, const char *filter)
{
    if (filter == NULL || filter[0] == '\0')
        return;
    assay__text_puts(out, "<p class=\"small\">Only those with <code>");
    serve_html(out, filter);
    assay__text_puts(out, "</code>. <a href=\"/\">Show all</a></p>\n");
}

/* A search that nothing matches may end before all results were looked at. */
static void write_empty(struct assay__text *out, bool more, bool is_selected)
{
    const char *words =
        more ? "<h2>Nothing matches so far</h2><p>Not all results were looked at: older ones may "
               "match.</p>"
        : is_selected ? "<h2>Nothing matches</h2><p>No result has what was asked for.</p>"
                      : "<h2>No results yet</h2><p>They appear when <code>assay "
                        "analyze --post</code> delivers one.</p>";
    assay__text_puts(out, "<div class=\"card empty\">");
    assay__text_puts(out, words);
    assay__text_puts(out, "</div>\n");
}

/* Links to the newest results, unless these are, and to older ones, if there are more. */
static void write_pages(struct serve_call *call, const struct serve_place *place, int64_t before,
                        bool is_first, bool more)
{
    struct assay__text *out = &call->answer.body;
    const char *filter = serve_target_parameter(&call->target, "filter");
    const char *starts[] = {is_first ? NULL : "Newest results", more ? "Older results" : NULL};
    assay__text_puts(out, "<nav class=\"pages\" aria-label=\"Pages\">");
    for (int i = 0; i < 2; i++) {
        char token[SERVE_PAGE_TOKEN_BYTES] = "";
        if (starts[i] == NULL)
            continue;
        if (i == 1)
            serve_write_page_token(call, place, before, token);
        assay__text_format(out, "<a href=\"/?pageToken=%s", token);
        if (filter != NULL) {
            assay__text_puts(out, "&amp;filter=");
            serve_page_escape(out, filter);
        }
        assay__text_format(out, "\">%s</a>", starts[i]);
    }
    assay__text_puts(out, "</nav>\n");
}

void serve_page_list(struct serve_call *call)
{
    struct serve_place place = {.workflow = "-", .instance = "-"};
    struct serve_query query;
    bool contradicts, more = false;
    const char *filter = serve_target_parameter(&call->target, "filter");
    if (!serve_read_query(call, &place, &query, &contradicts))
        return;
    query.count_max = ROWS_OF_PAGE;
    bool is_first = query.before == INT64_MAX;
    serve_page_begin(&call->answer, "Analysis results");
    struct rows rows = {.out = &call->answer.body};
    enum serve_outcome outcome = SERVE_DONE;
    assay__text_puts(rows.out, "<h1>Analysis results</h1>\n");
    write_filter(rows.out, filter);
    if (!contradicts) {
        struct serve_store *store = serve_readers_take(call->context->readers);
        outcome = serve_store_list(store, &query, write_row, &rows, &more);
        serve_readers_give(call->context->readers, store, outcome != SERVE_FAILED);
    }
    if (outcome != SERVE_DONE) {
        serve_answer_refuse(&call->answer, SERVE_UNAVAILABLE, NULL, "The store does not answer.");
        return;
    }
    assay__text_puts(rows.out, rows.count > 0 ? "</ol>\n" : "");
    if (rows.count == 0)
        write_empty(rows.out, more, !is_first || (filter != NULL && filter[0] != '\0'));
    if (!is_first || more)
        write_pages(call, &place, query.before, is_first, more);
    serve_page_end(&call->answer);
}
