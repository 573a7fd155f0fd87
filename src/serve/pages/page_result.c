/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page of one result: what to do, the groups and their sizes, the metrics, the remarks. */
#include <stdlib.h>
#include <string.h>

#include "serve/pages/page_figure.h"
#include "serve/pages/page_parts.h"

static void write_head(struct assay__text *out, const struct assay__node *result,
                       const struct serve_place *place)
{
    const char *filter = serve_page_text(result, "exposureFilter");
    assay__text_puts(out, "<nav class=\"crumbs\" aria-label=\"Breadcrumb\"><ol><li><a href=\"/\">"
                          "All results</a></li><li><a href=\"/?filter=parent%3D");
    assay__text_format(out, "workflows/%s/instances/%s\">", place->workflow, place->instance);
    serve_html(out, place->workflow);
    assay__text_puts(out, " / ");
    serve_html(out, place->instance);
    assay__text_puts(out, "</a></li></ol></nav>\n<h1>");
    serve_html(out, place->instance);
    assay__text_puts(out, "</h1>\n<div class=\"meta\"><span>Stored ");
    serve_figure_time(out, serve_page_text(result, "createTime"));
    assay__text_puts(out, " by ");
    serve_page_name(out, serve_page_text(result, "creator"));
    assay__text_puts(out, "</span><span class=\"id\">");
    serve_html(out, place->id);
    /* An address of the pages: a browser that may read this page may read that. Names of places
     * have no characters that mean anything in HTML. */
    assay__text_format(out, "</span><a href=\"/results/%s/%s/%s/json\">Result as JSON</a>",
                       place->workflow, place->instance, place->id);
    if (filter[0] != '\0') {
        assay__text_puts(out, "<span>Exposure filter ");
        serve_page_name(out, filter);
        assay__text_puts(out, "</span>");
    }
    assay__text_puts(out, "</div>\n");
    serve_page_labels(out, result);
}

static void write_result(struct assay__text *out, const struct assay__node *result,
                         const struct serve_place *place, const struct serve_page_options *options)
{
    write_head(out, result, place);
    serve_page_alarm(out, result);
    serve_page_treatments(out, result);
    serve_page_groups(out, result, options);
    serve_page_metrics(out, result, options);
    serve_page_remarks(out, result);
    if (serve_page_is_full(out))
        assay__text_puts(out, "<p class=\"card\">This result is too large for one page: some of it "
                              "is left out here.</p>\n");
}

/* ?slices=N; what is not a number from 1 on counts as not given. */
static struct serve_page_options read_options(const struct serve_call *call)
{
    enum { DIGITS_MAX = 7 };
    struct serve_page_options options = {.slices_max = SERVE_SLICES_SHOWN, .can_ask = true};
    const char *slices = serve_target_parameter(&call->target, "slices");
    size_t length = slices != NULL ? strspn(slices, "0123456789") : 0;
    if (length > 0 && length <= DIGITS_MAX && slices[length] == '\0')
        options.slices_max = strtoul(slices, NULL, 10);
    if (options.slices_max == 0)
        options.slices_max = SERVE_SLICES_SHOWN;
    return options;
}

void serve_page_result(struct serve_call *call)
{
    struct serve_place place;
    struct assay__text document = {0};
    char etag[SERVE_ETAG_BYTES];
    if (!serve_call_place(call, false, &place))
        return;
    struct serve_store *store = serve_readers_take(call->context->readers);
    enum serve_outcome outcome = serve_store_get(store, &place, &document, etag);
    serve_readers_give(call->context->readers, store, outcome != SERVE_FAILED);
    const struct assay__node *result =
        outcome == SERVE_DONE ? serve_page_read(&call->arena, document.data, document.length)
                              : NULL;
    assay__text_release(&document);
    if (outcome == SERVE_ABSENT) {
        serve_answer_refuse(&call->answer, SERVE_NOT_FOUND, NULL, "No result has this name.");
    } else if (outcome == SERVE_DAMAGED_ROW) {
        serve_answer_refuse(&call->answer, SERVE_DAMAGED, NULL,
                            "The stored result is damaged: its bytes are not those of its ETag.");
    } else if (result == NULL) {
        serve_answer_refuse(&call->answer, SERVE_UNAVAILABLE, NULL, "The store does not answer.");
    } else {
        const char *title =
            assay__arena_format(&call->arena, "%s, %s", place.instance, place.workflow);
        serve_page_begin(&call->answer, title != NULL ? title : place.instance);
        struct serve_page_options options = read_options(call);
        write_result(&call->answer.body, result, &place, &options);
        serve_page_end(&call->answer);
    }
}
