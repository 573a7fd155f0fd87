/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What to do about each treatment, and why. */
#include <string.h>

#include "serve/pages/page_guide.h"
#include "serve/pages/page_parts.h"

/* What a reason says, in the order in which reasons are read. */
enum finding { WORSE, SHOWN, NOTHING, FINDING_COUNT };

/* The reasons of a treatment by what they say, while they are gathered. */
struct reasons {
    struct assay__text texts[FINDING_COUNT];
    unsigned counts[FINDING_COUNT];
};

static void add_reason(struct reasons *reasons, enum finding finding, const char *message)
{
    static const struct {
        const char *tone;
        enum serve_icon icon;
    } MARKS[] = {[WORSE] = {"bad", SERVE_ICON_CROSS},
                 [SHOWN] = {"good", SERVE_ICON_CHECK},
                 [NOTHING] = {"dim", SERVE_ICON_DOT}};
    struct assay__text *out = &reasons->texts[finding];
    if (message[0] == '\0' || serve_page_is_full(out))
        return;
    reasons->counts[finding]++;
    assay__text_format(out, "<li><span class=\"%s\">", MARKS[finding].tone);
    serve_page_icon(out, MARKS[finding].icon);
    assay__text_puts(out, "</span><div>");
    serve_page_message(out, message);
    assay__text_puts(out, "</div></li>\n");
}

static const char *message_of(const struct assay__node *owner)
{
    return serve_page_text(serve_page_member(owner, "status", ASSAY__NODE_OBJECT), "message");
}

/* What speaks for or against a treatment: its comparisons over all units, in their own words. */
static void add_metric(struct reasons *reasons, const struct assay__node *metric,
                       const char *treatment)
{
    for (const struct assay__node *comparison = serve_page_first(metric, "result");
         comparison != NULL; comparison = comparison->next) {
        const struct assay__node *groups =
            serve_page_member(comparison, "groups", ASSAY__NODE_OBJECT);
        const struct assay__node *status =
            serve_page_member(comparison, "status", ASSAY__NODE_OBJECT);
        if (strcmp(serve_page_text(groups, "compared"), treatment) != 0 ||
            serve_page_is_sliced(comparison))
            continue;
        enum finding finding = serve_page_answer(status, "validationIsSignificant") == 1 ? WORSE
                               : serve_page_answer(status, "decisionIsSignificant") == 1 ? SHOWN
                                                                                         : NOTHING;
        add_reason(reasons, finding, message_of(comparison));
    }
}

static void move_text(struct assay__text *out, struct assay__text *part)
{
    if (part->length > 0)
        assay__text_append(out, part->data, part->length);
    out->failed = out->failed || part->failed;
    assay__text_release(part);
}

/* Harm comes first. Many metrics without a finding are folded away. */
static void write_reasons(struct assay__text *out, struct reasons *reasons)
{
    enum { FOLDED_FROM = 6 };
    const unsigned *counts = reasons->counts;
    bool is_folded = counts[NOTHING] >= FOLDED_FROM;
    bool has_open = counts[WORSE] + counts[SHOWN] > 0 || (counts[NOTHING] > 0 && !is_folded);
    assay__text_puts(out, has_open ? "<ul class=\"reasons\">\n" : "");
    move_text(out, &reasons->texts[WORSE]);
    move_text(out, &reasons->texts[SHOWN]);
    if (is_folded) {
        assay__text_puts(out, has_open ? "</ul>" : "");
        assay__text_format(out,
                           "<details><summary>%u %snot significant</summary>"
                           "<ul class=\"reasons\">\n",
                           counts[NOTHING], has_open ? "more, " : "");
    }
    move_text(out, &reasons->texts[NOTHING]);
    assay__text_puts(out, is_folded ? "</ul></details>" : has_open ? "</ul>" : "");
}

static void write_treatment(struct assay__text *out, const struct assay__node *result,
                            const struct assay__node *treatment)
{
    struct serve_advice advice = serve_page_advice(treatment);
    struct reasons reasons = {.counts = {0}};
    const struct assay__node *srm = serve_page_srm(result);
    assay__text_puts(out, "<article class=\"card\"><h3>");
    serve_page_name(out, serve_page_text(treatment, "id"));
    assay__text_format(out, "</h3><p class=\"word %s\">", advice.tone);
    serve_page_icon(out, advice.icon);
    serve_page_name(out, advice.word);
    const struct assay__node *why = serve_guide_reasons(result, serve_page_text(treatment, "id"));
    const char *words = why != NULL ? serve_page_text(why, "info") : advice.words;
    assay__text_puts(out, words[0] != '\0' ? "</p><p>" : "");
    serve_page_message(out, words);
    assay__text_puts(out, "</p>\n");
    enum serve_sizes sizes = serve_page_sizes(srm);
    add_reason(&reasons,
               sizes == SERVE_SIZES_MISMATCH  ? WORSE
               : sizes == SERVE_SIZES_PLANNED ? SHOWN
                                              : NOTHING,
               message_of(srm));
    for (const struct assay__node *metric = serve_page_first(result, "results");
         why == NULL && metric != NULL; metric = metric->next)
        add_metric(&reasons, metric, serve_page_text(treatment, "id"));
    write_reasons(out, &reasons);
    assay__text_puts(out, "</article>\n");
}

void serve_page_treatments(struct assay__text *out, const struct assay__node *result)
{
    if (serve_page_count(result, "treatments") == 0)
        return;
    unsigned count = 0;
    assay__text_puts(out, "<section aria-labelledby=\"advice\"><h2 id=\"advice\">Recommendation"
                          "</h2>\n<div class=\"advice\">\n");
    for (const struct assay__node *treatment = serve_page_first(result, "treatments");
         treatment != NULL && count < SERVE_TREATMENTS_SHOWN && !serve_page_is_full(out);
         treatment = treatment->next, count++)
        write_treatment(out, result, treatment);
    assay__text_puts(out, "</div>\n");
    serve_page_more(out, "p", serve_page_count(result, "treatments") - count);
    assay__text_puts(out, "</section>\n");
}
