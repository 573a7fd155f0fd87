/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Results as one HTML document without a server: the sections of the pages, one style, no script.
 */
#include "serve/pages/page_report.h"

#include <string.h>

#include "assay/version.h"
#include "serve/pages/page.h"
#include "serve/pages/page_parts.h"
#include "serve/pairs.h"

static void write_labels(struct assay__text *out, const struct assay__node *result)
{
    const char *key, *value;
    if (!serve_pairs_any(result, "labels"))
        return;
    assay__text_puts(out, "<div class=\"meta\">");
    struct serve_pairs labels = serve_pairs_of(result, "labels");
    while (serve_pairs_next(&labels, &key, &value)) {
        assay__text_puts(out, "<span>");
        serve_page_name(out, key);
        assay__text_puts(out, ": ");
        serve_page_name(out, value);
        assay__text_puts(out, "</span>");
    }
    assay__text_puts(out, "</div>\n");
}

static void write_index(struct assay__text *out, const struct serve_report *reports, size_t count)
{
    assay__text_puts(out, "<nav aria-label=\"Results\"><ul>");
    for (size_t i = 0; i < count; i++) {
        assay__text_format(out, "<li><a href=\"#result-%zu\">", i + 1);
        serve_html(out, reports[i].title);
        assay__text_puts(out, "</a>");
        const struct assay__node *treatment = serve_page_first(reports[i].result, "treatments");
        for (; treatment != NULL; treatment = treatment->next) {
            struct serve_advice advice = serve_page_advice(treatment);
            assay__text_puts(out, treatment->index > 0 ? ", " : " ");
            serve_page_name(out, serve_page_text(treatment, "id"));
            assay__text_puts(out, ": ");
            serve_html(out, advice.word);
        }
        assay__text_puts(out, "</li>\n");
    }
    assay__text_puts(out, "</ul></nav>\n");
}

static void write_title(struct assay__text *out, const struct serve_report *report, size_t number)
{
    assay__text_format(out, "<h1 id=\"result-%zu\">", number);
    serve_html(out, report->title);
    assay__text_puts(out, "</h1>\n");
}

static void write_one(struct assay__text *out, const struct serve_report *report, size_t slices_max)
{
    const struct serve_page_options options = {.slices_max = slices_max};
    write_labels(out, report->result);
    serve_page_alarm(out, report->result);
    serve_page_treatments(out, report->result);
    serve_page_groups(out, report->result, &options);
    serve_page_metrics(out, report->result, &options);
    serve_page_remarks(out, report->result);
}

/* How long a mark that an anchor or a link to one follows is at html; 0: there is none. Texts have
 * their quotes escaped, so that none of them can be taken for such a mark. */
static size_t mark_at(const char *html)
{
    static const char *const MARKS[] = {" id=\"", " href=\"#", " aria-labelledby=\""};
    for (size_t i = 0; i < sizeof MARKS / sizeof *MARKS; i++)
        if (strncmp(html, MARKS[i], strlen(MARKS[i])) == 0)
            return strlen(MARKS[i]);
    return 0;
}

/* Sections of several results have the same anchors: those of each get its number before them. */
static void append_numbered(struct assay__text *out, const char *html, size_t number)
{
    const char *start = html;
    while (*html != '\0') {
        size_t length = mark_at(html);
        html += length > 0 ? length : 1;
        if (length == 0)
            continue;
        assay__text_append(out, start, (size_t)(html - start));
        assay__text_format(out, "r%zu-", number);
        start = html;
    }
    assay__text_append(out, start, (size_t)(html - start));
}

void serve_report_html(struct assay__text *out, const struct serve_report *reports, size_t count,
                       size_t slices_max)
{
    serve_page_head(out, count == 1 ? reports[0].title : "Results");
    assay__text_puts(out, "<main>\n");
    if (count > 1)
        write_index(out, reports, count);
    for (size_t i = 0; i < count; i++) {
        /* Each result has the room of a page. */
        struct assay__text one = {0};
        write_title(out, &reports[i], i + 1);
        write_one(&one, &reports[i], slices_max);
        if (one.data != NULL && count > 1)
            append_numbered(out, one.data, i + 1);
        else if (one.data != NULL)
            assay__text_append(out, one.data, one.length);
        out->failed = out->failed || one.failed;
        assay__text_release(&one);
    }
    assay__text_puts(out, "</main>\n<footer>assay " ASSAY_VERSION
                          ". Times are in UTC.</footer>\n</body></html>\n");
}
