/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The list of results for people: what was stored, newest first. */
#include <stdio.h>
#include <string.h>

#include "serve/page.h"
#include "serve/page_parts.h"

enum { ROWS_OF_PAGE = 20 };

struct rows {
    struct assay__text *out;
    unsigned count;
};

static void write_row(const struct serve_row *row, void *context)
{
    struct rows *rows = context;
    struct assay__arena arena = {0};
    const struct assay__node *result =
        serve_page_read(&arena, row->document, row->document_length);
    rows->count++;
    if (result != NULL) {
        char workflow[SERVE_NAME_PART_MAX + 1], instance[SERVE_NAME_PART_MAX + 1];
        const char *name = serve_page_text(result, "name");
        const char *id = serve_page_split(name, workflow, instance);
        assay__text_puts(rows->out, "<div class=\"card\"><h3><a href=\"/results/");
        serve_html(rows->out, workflow);
        assay__text_putc(rows->out, '/');
        serve_html(rows->out, instance);
        assay__text_putc(rows->out, '/');
        serve_html(rows->out, id);
        assay__text_puts(rows->out, "\">");
        serve_html(rows->out, workflow);
        assay__text_puts(rows->out, " / ");
        serve_html(rows->out, instance);
        assay__text_puts(rows->out, " / ");
        serve_html(rows->out, id);
        assay__text_puts(rows->out, "</a></h3>");
        serve_page_stamp(rows->out, result);
        serve_page_treatments(rows->out, result);
        serve_page_labels(rows->out, result);
        assay__text_puts(rows->out, "</div>\n");
    }
    assay__arena_release(&arena);
}

void serve_page_list(struct serve_call *call)
{
    struct serve_place place = {.workflow = "-", .instance = "-"};
    struct serve_query query;
    bool contradicts, more = false;
    if (!serve_read_query(call, &place, &query, &contradicts))
        return;
    query.count_max = ROWS_OF_PAGE;
    serve_page_begin(&call->answer, "Analysis results");
    struct rows rows = {.out = &call->answer.body};
    enum serve_outcome outcome = SERVE_DONE;
    if (!contradicts) {
        struct serve_store *store = serve_readers_take(call->context->readers);
        outcome = serve_store_list(store, &query, write_row, &rows, &more);
        serve_readers_give(call->context->readers, store);
    }
    if (outcome != SERVE_DONE) {
        serve_answer_refuse(&call->answer, SERVE_UNAVAILABLE, NULL, "The store does not answer.");
        return;
    }
    if (rows.count == 0)
        assay__text_puts(rows.out, "<p>There are no results here yet.</p>\n");
    if (more) {
        char token[SERVE_PAGE_TOKEN_BYTES];
        const char *filter = serve_target_parameter(&call->target, "filter");
        serve_write_page_token(call, &place, query.before, token);
        assay__text_format(rows.out, "<p><a href=\"/?pageToken=%s", token);
        if (filter != NULL) {
            assay__text_puts(rows.out, "&amp;filter=");
            for (const char *p = filter; *p != '\0'; p++)
                assay__text_format(rows.out, "%%%02X", (unsigned char)*p);
        }
        assay__text_puts(rows.out, "\">Older results</a></p>\n");
    }
    serve_page_end(&call->answer);
}
