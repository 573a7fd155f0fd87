/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parts that the pages share: icons, names, messages, links, what escapes. */
#include "serve/pages/page_parts.h"

#include <string.h>

#include "serve/pairs.h"

static const char *const ICONS[] = {
    [SERVE_ICON_CHECK] = "M3 8.5 6.5 12 13 4.5",
    [SERVE_ICON_CROSS] = "M4 4 12 12M12 4 4 12",
    [SERVE_ICON_DOT] = "M8 5.5A2.5 2.5 0 1 0 8.01 5.5",
    [SERVE_ICON_STOP] = "M4 4H12V12H4Z",
    [SERVE_ICON_NEXT] = "M2.5 8H13M9 4 13 8 9 12",
    [SERVE_ICON_WARNING] = "M8 2 14.5 13.5H1.5ZM8 6.5V9.5M8 11.5V11.6",
    [SERVE_ICON_INFO] = "M8 1.5A6.5 6.5 0 1 0 8.01 1.5M8 7.5V11M8 4.8V4.9",
};

bool serve_page_is_full(const struct assay__text *out)
{
    return out->failed || out->length > SERVE_PAGE_BYTES_MAX;
}

void serve_page_more(struct assay__text *out, const char *element, unsigned count)
{
    if (count > 0)
        assay__text_format(out, "<%s class=\"dim\">and %u more</%s>\n", element, count, element);
}

void serve_page_icon(struct assay__text *out, enum serve_icon icon)
{
    assay__text_format(out,
                       "<svg class=\"icon\" viewBox=\"0 0 16 16\" aria-hidden=\"true\">"
                       "<path d=\"%s\"/></svg>",
                       ICONS[icon]);
}

void serve_page_pill(struct assay__text *out, const char *tone, enum serve_icon icon,
                     const char *words)
{
    assay__text_format(out, "<span class=\"pill %s\">", tone);
    serve_page_icon(out, icon);
    assay__text_puts(out, "<span>");
    serve_html(out, words);
    assay__text_puts(out, "</span></span>");
}

void serve_page_name(struct assay__text *out, const char *name)
{
    assay__text_puts(out, "<bdi>");
    serve_html(out, name);
    assay__text_puts(out, "</bdi>");
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* What stands for a character of a message that is part of a figure; NULL for all others. */
static const char *tie_of(const char *p, char before, char before_that)
{
    if (*p == ' ' && p[1] == '%')
        return "\xE2\x80\xAF"; /* a narrow blank */
    if (*p == ' ' && (p[1] == '=' || before == '='))
        return "\xC2\xA0"; /* a blank where no line ends */
    if (*p == '-' && is_digit(p[1]) && (before == '(' || (before == 'e' && is_digit(before_that))))
        return "\xE2\x88\x92"; /* a minus sign, no hyphen */
    return NULL;
}

void serve_page_message(struct assay__text *out, const char *message)
{
    char piece[2] = "", before = '\0', before_that = '\0';
    for (const char *p = message; *p != '\0'; p++) {
        const char *tie = tie_of(p, before, before_that);
        piece[0] = *p;
        if (tie != NULL)
            assay__text_puts(out, tie);
        else
            serve_html(out, piece);
        before_that = before;
        before = *p;
    }
}

struct serve_advice serve_page_advice(const struct assay__node *treatment)
{
    static const struct serve_advice KNOWN[] = {
        {"RECOMMENDATION_STATUS_UNSPECIFIED", "No advice", "",
         "These data do not allow any: the reasons are below.", SERVE_ICON_DOT},
        {"RECOMMENDATION_STATUS_SHIP", "Ship", "good",
         "Enough of what should improve did, and every guardrail passed.", SERVE_ICON_CHECK},
        {"RECOMMENDATION_STATUS_CONTINUE", "Continue", "",
         "It is too early to decide: more units are needed for an answer.", SERVE_ICON_NEXT},
        {"RECOMMENDATION_STATUS_END", "End", "",
         "There are enough units for an answer, and it does not support shipping.",
         SERVE_ICON_STOP},
        {"RECOMMENDATION_STATUS_ABORT", "Abort", "bad",
         "Stop and look into it: a metric got worse, or groups are not sized as planned.",
         SERVE_ICON_CROSS},
    };
    const char *status = serve_page_text(
        serve_page_member(treatment, "recommendation", ASSAY__NODE_OBJECT), "status");
    for (size_t i = 0; i < sizeof KNOWN / sizeof *KNOWN; i++)
        if (strcmp(status, KNOWN[i].status) == 0)
            return KNOWN[i];
    return (struct serve_advice){status, status[0] != '\0' ? status : "None given", "", "",
                                 SERVE_ICON_DOT};
}

void serve_page_escape(struct assay__text *out, const char *text)
{
    for (; *text != '\0'; text++)
        assay__text_format(out, "%%%02X", (unsigned char)*text);
}

/* In quotes, as filters want texts; the marks within escaped. */
static void write_quoted(struct assay__text *out, const char *text)
{
    assay__text_puts(out, "%22");
    for (; *text != '\0'; text++)
        assay__text_format(out, "%s%%%02X", *text == '"' || *text == '\\' ? "%5C" : "",
                           (unsigned char)*text);
    assay__text_puts(out, "%22");
}

enum { LINKED_BYTES_MAX = 400 };

static void write_label(struct assay__text *out, const char *key, const char *value)
{
    /* Longer ones would make an address that no server takes. */
    bool is_linked = key[0] != '\0' && strlen(key) + strlen(value) <= LINKED_BYTES_MAX;
    assay__text_puts(out, "<li>");
    if (is_linked) {
        assay__text_puts(out, "<a href=\"/?filter=labels.");
        write_quoted(out, key);
        assay__text_puts(out, "%3D");
        write_quoted(out, value);
        assay__text_puts(out, "\">");
    } else {
        assay__text_puts(out, "<span>");
    }
    assay__text_puts(out, "<span class=\"dim\">");
    serve_page_name(out, key);
    assay__text_puts(out, ":</span> ");
    serve_page_name(out, value);
    assay__text_puts(out, is_linked ? "</a></li>" : "</span></li>");
}

void serve_page_labels(struct assay__text *out, const struct assay__node *result)
{
    const char *key, *value;
    if (!serve_pairs_any(result, "labels"))
        return;
    assay__text_puts(out, "<ul class=\"labels\">");
    struct serve_pairs labels = serve_pairs_of(result, "labels");
    while (serve_pairs_next(&labels, &key, &value))
        write_label(out, key, value);
    assay__text_puts(out, "</ul>\n");
}

bool serve_page_is_sliced(const struct assay__node *owner)
{
    return serve_pairs_any(owner, "dimensions") || serve_page_text(owner, "segmentId")[0] != '\0';
}

void serve_page_slice(struct assay__text *out, const struct assay__node *owner)
{
    const char *key, *value;
    struct serve_pairs dimensions = serve_pairs_of(owner, "dimensions");
    for (const char *between = "";
         !serve_page_is_full(out) && serve_pairs_next(&dimensions, &key, &value); between = ", ") {
        assay__text_puts(out, between);
        assay__text_puts(out, "<span class=\"dim\">");
        serve_page_name(out, key);
        assay__text_puts(out, "</span> ");
        serve_page_name(out, value);
    }
    if (serve_page_text(owner, "segmentId")[0] != '\0') {
        assay__text_puts(out, " <span class=\"dim\">segment</span> ");
        serve_page_name(out, serve_page_text(owner, "segmentId"));
    }
}

const struct assay__node *serve_page_tested(const struct assay__node *result)
{
    const struct assay__node *metric = serve_page_first(result, "results");
    while (metric != NULL && serve_page_count(metric, "srmResult") == 0)
        metric = metric->next;
    return metric;
}

const struct assay__node *serve_page_srm(const struct assay__node *result)
{
    const struct assay__node *srm = serve_page_first(serve_page_tested(result), "srmResult");
    while (srm != NULL && serve_page_is_sliced(srm))
        srm = srm->next;
    return srm;
}
