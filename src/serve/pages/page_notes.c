/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The section of remarks: those of one text in one line, with whose they are and where. */
#include <string.h>

#include "serve/pages/page_parts.h"
#include "serve/pages/page_guide.h"
#include "serve/pages/page_remarks.h"

enum { NAMED = 3, UNFOLDED = 5 };

static void write_more(struct assay__text *out, size_t count, size_t named)
{
    if (count > named)
        assay__text_format(out, " and %zu more", count - named);
}

/* The metrics whose remarks these are; each leads to its card. True when there are any. */
static bool write_metrics(struct assay__text *out, const struct serve_remark *first, size_t count)
{
    size_t metrics = 0;
    for (size_t i = 0; i < count; i++) {
        const struct assay__node *metric = first[i].metric;
        bool is_new = metric != NULL && (i == 0 || first[i - 1].metric != metric);
        metrics += is_new;
        if (!is_new || metrics > NAMED)
            continue;
        assay__text_format(out, "%s<a href=\"#metric-%u\">", metrics > 1 ? ", " : "",
                           (unsigned)metric->index + 1);
        serve_page_name(out, serve_page_text(metric, "id"));
        assay__text_puts(out, "</a>");
    }
    write_more(out, metrics, NAMED);
    return metrics > 0;
}

/* The names that the remarks are about, besides their metrics. True when there are any. */
static bool write_contexts(struct assay__text *out, const struct serve_remark *first, size_t count)
{
    /* A single remark has all of its names. */
    size_t names = 0, named = count == 1 ? SIZE_MAX : NAMED;
    const char *before = "";
    for (size_t i = 0; i < count; i++) {
        const struct assay__node *word = serve_remarks_context(&first[i], NULL);
        for (; word != NULL && !serve_page_is_full(out);
             word = serve_remarks_context(&first[i], word)) {
            const char *name = serve_page_text(word, "value");
            bool is_again = strcmp(name, before) == 0;
            before = name;
            names += !is_again;
            if (is_again || names > named)
                continue;
            assay__text_puts(out, names == 1 ? " <span class=\"dim\">(" : ", ");
            serve_page_name(out, name);
        }
    }
    write_more(out, names, names < named ? names : named);
    assay__text_puts(out, names > 0 ? ")</span>" : "");
    return names > 0;
}

static void write_kind(struct assay__text *out, const struct serve_remark *first, size_t count)
{
    static const struct {
        const char *class, *tone, *word;
        enum serve_icon icon;
    } LEVELS[] = {[SERVE_REMARK_INFO] = {"info", "", "", SERVE_ICON_INFO},
                  [SERVE_REMARK_WARNING] = {"warning", " class=\"warn\"",
                                            "<strong>Warning:</strong> ", SERVE_ICON_WARNING},
                  [SERVE_REMARK_ERROR] = {"error", " class=\"bad\"", "<strong>Error:</strong> ",
                                          SERVE_ICON_CROSS}};
    struct assay__text places = {0};
    assay__text_format(out, "<li class=\"%s\"><span%s>", LEVELS[first->level].class,
                       LEVELS[first->level].tone);
    serve_page_icon(out, LEVELS[first->level].icon);
    assay__text_format(out, "</span><div>%s", LEVELS[first->level].word);
    bool is_owned = write_metrics(out, first, count);
    serve_remarks_places(&places, first, count);
    if (places.length > 0)
        assay__text_format(out, "%s%s", is_owned ? ", in " : "In ", places.data);
    out->failed = out->failed || places.failed;
    assay__text_puts(out, is_owned || places.length > 0 ? ": " : "");
    assay__text_release(&places);
    serve_page_message(out, first->text);
    if (!write_contexts(out, first, count) && first->text[0] == '\0')
        assay__text_puts(out, "<span class=\"dim\">A remark without text</span>");
    assay__text_puts(out, "</div></li>\n");
}

/* Kinds of a level or graver ones, or of lower ones; how many there are. */
static unsigned write_kinds(struct assay__text *out, const struct serve_remarks *remarks,
                            bool is_grave)
{
    unsigned kinds = 0;
    for (size_t i = 0, count; i < remarks->count; i += count) {
        count = serve_remarks_kind(remarks, i);
        if ((remarks->list[i].level != SERVE_REMARK_INFO) != is_grave)
            continue;
        kinds++;
        if (out != NULL && !serve_page_is_full(out))
            write_kind(out, &remarks->list[i], count);
    }
    return kinds;
}

void serve_page_remarks(struct assay__text *out, const struct assay__node *result)
{
    struct serve_remarks remarks = serve_remarks_gather(result);
    unsigned grave = write_kinds(NULL, &remarks, true), others = write_kinds(NULL, &remarks, false);
    bool is_folded = others > 0 && grave + others > UNFOLDED;
    out->failed = out->failed || remarks.failed;
    if (grave + others > 0) {
        assay__text_puts(out, "<section aria-labelledby=\"remarks\"><h2 id=\"remarks\">Remarks</h2>"
                              "\n<div class=\"card\">");
        assay__text_puts(out, grave > 0 || !is_folded ? "<ul class=\"notes\">\n" : "");
        (void)write_kinds(out, &remarks, true);
        if (is_folded)
            assay__text_format(
                out, "%s<details><summary>%u %sremark%s</summary><ul class=\"notes\">\n",
                grave > 0 ? "</ul>" : "", others, grave > 0 ? "more " : "", others == 1 ? "" : "s");
        (void)write_kinds(out, &remarks, false);
        assay__text_puts(out, is_folded ? "</ul></details></div></section>\n"
                                        : "</ul></div></section>\n");
    }
    serve_remarks_release(&remarks);
}

void serve_page_remarks_link(struct assay__text *out, const struct assay__node *metric)
{
    unsigned count = 0;
    for (const struct assay__node *note = serve_page_first(metric, "annotations"); note != NULL;
         note = note->next)
        count += !serve_guide_is(note);
    if (count > 0)
        assay__text_format(out, "<p class=\"small\"><a href=\"#remarks\">%u remark%s</a></p>\n",
                           count, count == 1 ? "" : "s");
}
