/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The groups of a result, and their sizes against the plan. */
#include <math.h>
#include <string.h>

#include "analysis/outcome.h"
#include "report/table/terminal.h"
#include "serve/pages/page_figure.h"
#include "serve/pages/page_parts.h"

/* What is off by no more than the tolerance is not a mismatch: then no group is marked. */
static void write_group(struct assay__text *out, const struct assay__node *group, bool is_mismatch)
{
    double observed = serve_page_plain_number(group, "observed");
    double expected = serve_page_plain_number(group, "expected");
    double off = expected > 0.0 ? (observed / expected - 1.0) * 100.0 : (double)NAN;
    assay__text_puts(out, "<tr><th scope=\"row\" class=\"left\">");
    serve_page_name(out, serve_page_text(group, "group"));
    if (is_mismatch && serve_page_flag(group, "isSignificant")) {
        assay__text_putc(out, ' ');
        serve_page_pill(out, "bad", SERVE_ICON_CROSS, "Off");
    }
    assay__text_puts(out, "</th><td>");
    serve_figure_count(out, observed);
    assay__text_puts(out, "</td><td>");
    serve_figure(out, expected, expected < 1000.0 && floor(expected) != expected ? 1 : 0, false);
    assay__text_puts(out, "</td><td>");
    serve_figure(out, off, fabs(off) < 100.0 ? 2 : 0, true);
    assay__text_puts(out, isnan(off) ? "</td></tr>\n" : "\xE2\x80\xAF%</td></tr>\n");
}

/* The rest of a message that begins with these words, or NULL. */
static const char *after(const char *message, const char *words)
{
    size_t length = strlen(words);
    bool begins = length > 0 && strncmp(message, words, length) == 0 && message[length] == ' ';
    return begins ? message + length + 1 : NULL;
}

/* What the words of a message say about sizes without a mismatch. */
static enum serve_sizes read_sizes(const char *message)
{
    static const struct {
        enum assay__srm_state state;
        enum serve_sizes sizes;
    } STATES[] = {{ASSAY__SRM_PLANNED, SERVE_SIZES_PLANNED},
                  {ASSAY__SRM_BORDERLINE, SERVE_SIZES_BORDERLINE},
                  {ASSAY__SRM_TOLERATED, SERVE_SIZES_TOLERATED}};
    const char *rest = after(message, ASSAY__SRM_SUBJECT);
    if (strstr(message, "sizes cannot be tested") != NULL)
        return SERVE_SIZES_UNTESTED;
    for (size_t i = 0; rest != NULL && i < sizeof STATES / sizeof *STATES; i++) {
        const char *weights = after(rest, assay__srm_verb(STATES[i].state));
        if (weights == NULL)
            continue;
        bool is_assumed = after(weights, ASSAY__SRM_ASSUMED) != NULL;
        return is_assumed && STATES[i].sizes == SERVE_SIZES_PLANNED ? SERVE_SIZES_ASSUMED
                                                                    : STATES[i].sizes;
    }
    return SERVE_SIZES_UNKNOWN;
}

enum serve_sizes serve_page_sizes(const struct assay__node *srm)
{
    const struct assay__node *status = serve_page_member(srm, "status", ASSAY__NODE_OBJECT);
    if (srm == NULL)
        return SERVE_SIZES_ABSENT;
    if (serve_page_flag(srm, "isSignificant"))
        return SERVE_SIZES_MISMATCH;
    if (serve_page_member(srm, "isSignificant", ASSAY__NODE_BOOLEAN) == NULL)
        return SERVE_SIZES_UNTESTED;
    return read_sizes(serve_page_text(status, "message"));
}

static void write_sizes_pill(struct assay__text *out, enum serve_sizes sizes)
{
    static const struct {
        const char *tone, *words;
        enum serve_icon icon;
    } PILLS[] = {
        [SERVE_SIZES_PLANNED] = {"good", "Sizes as planned", SERVE_ICON_CHECK},
        [SERVE_SIZES_ASSUMED] = {"", "Sizes equal, as assumed", SERVE_ICON_CHECK},
        [SERVE_SIZES_BORDERLINE] = {"warn", "Sizes borderline", SERVE_ICON_WARNING},
        [SERVE_SIZES_TOLERATED] = {"", "Sizes within the tolerance", SERVE_ICON_DOT},
        [SERVE_SIZES_MISMATCH] = {"bad", "Sample ratio mismatch", SERVE_ICON_CROSS},
        [SERVE_SIZES_UNTESTED] = {"warn", "Sizes not tested", SERVE_ICON_WARNING},
        [SERVE_SIZES_UNKNOWN] = {"", "No sample ratio mismatch", SERVE_ICON_DOT},
        [SERVE_SIZES_ABSENT] = {"", "", SERVE_ICON_DOT},
    };
    serve_page_pill(out, PILLS[sizes].tone, PILLS[sizes].icon, PILLS[sizes].words);
}

static void write_srm(struct assay__text *out, const struct assay__node *srm)
{
    const struct assay__node *status = serve_page_member(srm, "status", ASSAY__NODE_OBJECT);
    const char *message = serve_page_text(status, "message");
    assay__text_puts(out, "<div class=\"card\"><div class=\"head\">");
    write_sizes_pill(out, serve_page_sizes(srm));
    if (serve_page_is_sliced(srm)) {
        assay__text_puts(out, "<p class=\"slice\">");
        serve_page_slice(out, srm);
        assay__text_puts(out, "</p>");
    }
    assay__text_puts(out, "</div>\n<p class=\"message\">");
    serve_page_message(out, message);
    assay__text_puts(
        out,
        "</p>\n<div class=\"wide\" role=\"group\" aria-label=\"Group sizes\" "
        "tabindex=\"0\"><table class=\"sizes\"><thead><tr><th scope=\"col\" class=\"left\">Group"
        "</th><th scope=\"col\">Units</th><th scope=\"col\">");
    assay__text_puts(out, strstr(message, ASSAY__SRM_ASSUMED) != NULL ? "Assumed" : "Planned");
    assay__text_puts(out, "</th><th scope=\"col\">Off by</th></tr></thead><tbody>\n");
    for (const struct assay__node *group = serve_page_first(srm, "result");
         group != NULL && !serve_page_is_full(out); group = group->next)
        write_group(out, group, serve_page_flag(srm, "isSignificant"));
    assay__text_puts(out, "</tbody></table></div></div>\n");
}

/* The test of all units, and those of slices that found something; the others are folded away. */
static bool is_shown(const struct assay__node *srm)
{
    return !serve_page_is_sliced(srm) || serve_page_flag(srm, "isSignificant");
}

void serve_page_groups(struct assay__text *out, const struct assay__node *result,
                       const struct serve_page_options *options)
{
    const struct assay__node *metric = serve_page_tested(result);
    size_t folded = 0, left;
    if (metric == NULL)
        return;
    assay__text_puts(out, "<section aria-labelledby=\"groups\"><h2 id=\"groups\">Groups</h2>\n");
    for (const struct assay__node *srm = serve_page_first(metric, "srmResult");
         srm != NULL && !serve_page_is_full(out); srm = srm->next) {
        if (is_shown(srm))
            write_srm(out, srm);
        else
            folded++;
    }
    if (folded > 0)
        assay__text_format(out, "<details><summary>Sizes by slice (%zu)</summary>\n", folded);
    left = folded < options->slices_max ? folded : options->slices_max;
    for (const struct assay__node *srm = serve_page_first(metric, "srmResult");
         srm != NULL && left > 0 && !serve_page_is_full(out); srm = srm->next)
        if (!is_shown(srm)) {
            write_srm(out, srm);
            left--;
        }
    if (folded > options->slices_max)
        assay__text_format(out,
                           "<p class=\"dim\">%zu more slices have no sample ratio mismatch.</p>\n",
                           folded - options->slices_max);
    assay__text_puts(out, folded > 0 ? "</details>\n" : "");
    assay__text_puts(out, "</section>\n");
}

/* Before anything else is read: with groups that are not what they should be, no difference is. */
void serve_page_alarm(struct assay__text *out, const struct assay__node *result)
{
    if (!serve_page_flag(serve_page_srm(result), "isSignificant"))
        return;
    assay__text_puts(out, "<div class=\"card alarm\"><span class=\"bad\">");
    serve_page_icon(out, SERVE_ICON_WARNING);
    assay__text_puts(out, "</span><p><strong class=\"bad\">Sample ratio mismatch.</strong> Groups "
                          "are not sized as planned: the differences below may come from how units "
                          "got into the groups. <a href=\"#groups\">See the sizes</a></p></div>\n");
}
