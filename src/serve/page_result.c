/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page of one result: what to do, the groups and their sizes, the metrics, the remarks. */
#include <math.h>

#include "api/page.h"
#include "serve/page_parts.h"

static double plain_number(const struct assay__node *object, const char *name)
{
    const struct assay__node *member = serve_page_member(object, name, ASSAY__NODE_NUMBER);
    return member != NULL ? member->number : (double)NAN;
}

static void write_figure(struct assay__text *out, double value)
{
    char figure[ASSAY__FIGURE_BYTES];
    bool is_large = value >= 1000.0, is_whole = value >= 0.0 && floor(value) == value;
    if ((is_large || is_whole) && value < 0x1p53)
        assay__figure_count((uint64_t)llround(value), figure);
    else
        assay__figure_fixed(value, 1, false, figure);
    assay__text_puts(out, figure);
}

static void write_srm_group(struct assay__text *out, const struct assay__node *group)
{
    const struct assay__node *flag = serve_page_member(group, "isSignificant", ASSAY__NODE_BOOLEAN);
    assay__text_puts(out, "<tr><td>");
    serve_html(out, serve_page_text(group, "group"));
    assay__text_puts(out, "</td><td>");
    write_figure(out, plain_number(group, "observed"));
    assay__text_puts(out, "</td><td>");
    write_figure(out, plain_number(group, "expected"));
    assay__text_puts(out, "</td><td>");
    if (flag != NULL && flag->boolean)
        assay__text_puts(out, "<strong class=\"bad\">off</strong>");
    assay__text_puts(out, "</td></tr>\n");
}

static void write_srm(struct assay__text *out, const struct assay__node *srm)
{
    const struct assay__node *flag = serve_page_member(srm, "isSignificant", ASSAY__NODE_BOOLEAN);
    const struct assay__node *status = serve_page_member(srm, "status", ASSAY__NODE_OBJECT);
    const struct assay__node *groups = serve_page_member(srm, "result", ASSAY__NODE_ARRAY);
    assay__text_puts(out, "<div class=\"card\"><p>");
    if (flag != NULL)
        assay__text_puts(out, flag->boolean
                                  ? "<strong class=\"bad\">Sample ratio mismatch.</strong> "
                                  : "<strong>Sizes are as planned.</strong> ");
    serve_html(out, serve_page_text(status, "message"));
    serve_page_slice(out, srm);
    assay__text_puts(out, "</p>\n<div class=\"wide\"><table><tr><th>Group</th><th>Observed</th>"
                          "<th>Expected</th><th></th></tr>\n");
    for (const struct assay__node *group = groups != NULL ? groups->first : NULL; group != NULL;
         group = group->next)
        write_srm_group(out, group);
    assay__text_puts(out, "</table></div></div>\n");
}

/* The test of all units, and those of slices that found something; the others are folded away. */
static bool is_shown(const struct assay__node *srm)
{
    const struct assay__node *flag = serve_page_member(srm, "isSignificant", ASSAY__NODE_BOOLEAN);
    return !serve_page_is_sliced(srm) || (flag != NULL && flag->boolean);
}

/* The test is the same for every metric: the first one's tells it. */
static void write_groups(struct assay__text *out, const struct assay__node *result)
{
    const struct assay__node *metrics = serve_page_member(result, "results", ASSAY__NODE_ARRAY);
    const struct assay__node *list = serve_page_member(metrics != NULL ? metrics->first : NULL,
                                                       "srmResult", ASSAY__NODE_ARRAY);
    if (list == NULL || list->count == 0)
        return;
    assay__text_puts(out, "<section><h2>Groups</h2>\n");
    unsigned folded = 0;
    for (const struct assay__node *srm = list->first; srm != NULL; srm = srm->next) {
        if (is_shown(srm))
            write_srm(out, srm);
        else
            folded++;
    }
    if (folded > 0)
        assay__text_format(out, "<details><summary>By slice (%u)</summary>\n", folded);
    for (const struct assay__node *srm = list->first; srm != NULL; srm = srm->next)
        if (!is_shown(srm))
            write_srm(out, srm);
    assay__text_puts(out, folded > 0 ? "</details>\n" : "");
    assay__text_puts(out, "</section>\n");
}

static void write_result(struct assay__text *out, const struct assay__node *result)
{
    const struct assay__node *notes = serve_page_member(result, "annotations", ASSAY__NODE_ARRAY);
    assay__text_puts(out, "<p><a href=\"/\">All results</a></p>\n");
    serve_page_stamp(out, result);
    serve_page_labels(out, result);
    if (serve_page_text(result, "exposureFilter")[0] != '\0') {
        assay__text_puts(out, "<p>Exposure filter: ");
        serve_html(out, serve_page_text(result, "exposureFilter"));
        assay__text_puts(out, "</p>\n");
    }
    const struct assay__node *treatments =
        serve_page_member(result, "treatments", ASSAY__NODE_ARRAY);
    if (treatments != NULL && treatments->count > 0) {
        assay__text_puts(out, "<section><h2>Recommendation</h2>\n<div class=\"card\">");
        serve_page_treatments(out, result);
        assay__text_puts(out, "</div></section>\n");
    }
    write_groups(out, result);
    serve_page_metrics(out, result);
    if (notes != NULL && notes->count > 0) {
        assay__text_puts(out, "<section><h2>Remarks</h2>\n");
        serve_page_annotations(out, result);
        assay__text_puts(out, "</section>\n");
    }
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
    serve_readers_give(call->context->readers, store);
    const struct assay__node *result =
        outcome == SERVE_DONE ? serve_page_read(&call->arena, document.data, document.length)
                              : NULL;
    assay__text_release(&document);
    if (outcome == SERVE_ABSENT) {
        serve_answer_refuse(&call->answer, SERVE_NOT_FOUND, NULL,
                            "There is no result of this name.");
    } else if (result == NULL) {
        serve_answer_refuse(&call->answer, SERVE_UNAVAILABLE, NULL, "The store does not answer.");
    } else {
        const char *title = assay__arena_format(&call->arena, "%s / %s / %s", place.workflow,
                                                place.instance, place.id);
        serve_page_begin(&call->answer, title != NULL ? title : place.id);
        write_result(&call->answer.body, result);
        serve_page_end(&call->answer);
    }
}
