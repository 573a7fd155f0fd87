/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The groups of the table: their sizes against the plan, and whether these can be trusted. */
#include <math.h>
#include <stdio.h>

#include "analysis/outcome.h"
#include "base/time.h"
#include "number/number.h"
#include "report/table/table.h"

static bool is_baseline(const struct assay_analysis *analysis, uint32_t group)
{
    for (size_t i = 0; i < analysis->result_count; i++)
        if (analysis->results[i].baseline == group)
            return true;
    return false;
}

static void share_text(double share, char out[ASSAY__FIGURE_BYTES + 4])
{
    char figure[ASSAY__FIGURE_BYTES];
    assay__figure_fixed(share * 100.0, 2, false, figure);
    snprintf(out, ASSAY__FIGURE_BYTES + 4, "%s %%", figure);
}

static void write_group(struct assay__page *page, const struct assay_analysis *analysis,
                        uint32_t group, const struct assay__labels *labels, double weight_sum,
                        uint64_t total)
{
    const struct assay_group_result *about = &analysis->groups[group];
    const struct assay_srm_group *srm =
        analysis->srm_count > 0 ? &analysis->srm[0].groups[group] : NULL;
    char units[ASSAY__FIGURE_BYTES], planned[ASSAY__FIGURE_BYTES + 4] = "none";
    char actual[ASSAY__FIGURE_BYTES + 4];
    assay__figure_count(analysis->units[group], units);
    if (about->is_planned)
        share_text(about->weight / weight_sum, planned);
    share_text(total > 0 ? (double)analysis->units[group] / (double)total : 0.0, actual);
    assay__page_spaces(page, 2);
    assay__labels_write(labels, page, group, 2);
    assay__page_cell(page, units, 14, ASSAY__ALIGN_RIGHT, false, ASSAY__INK_PLAIN);
    assay__page_cell(page, planned, 11, ASSAY__ALIGN_RIGHT, false, ASSAY__INK_PLAIN);
    assay__page_cell(page, actual, 11, ASSAY__ALIGN_RIGHT, false, ASSAY__INK_PLAIN);
    assay__page_spaces(page, 2);
    /* What is off by no more than the tolerance is not a mismatch. */
    if (srm != NULL && srm->significant && analysis->srm[0].test.significant)
        assay__page_cell(page, "MISMATCH", 8, ASSAY__ALIGN_LEFT, false, ASSAY__INK_BAD);
    else if (is_baseline(analysis, group))
        assay__page_cell(page, "baseline", 8, ASSAY__ALIGN_LEFT, false, ASSAY__INK_PLAIN);
    assay__page_end(page);
}

/* The look that p is of, where that is an earlier one. */
static void add_when(struct assay__text *words, const struct assay_srm_result *srm)
{
    char time[ASSAY__TIME_BYTES];
    if (srm->look == UINT32_MAX)
        return;
    if (srm->time_ns == INT64_MIN) {
        assay__text_format(words, " at look %u", (unsigned)srm->look + 1);
        return;
    }
    assay__time_write(srm->time_ns, time);
    assay__text_format(words, " at the look of %s", time);
}

/* What the test of sizes says, with its figures. */
static void add_srm(struct assay__text *words, const struct assay_analysis *analysis)
{
    static const char *const STATES[] = {[ASSAY__SRM_PLANNED] = "as planned",
                                         [ASSAY__SRM_BORDERLINE] = "borderline",
                                         [ASSAY__SRM_TOLERATED] = "within the tolerance",
                                         [ASSAY__SRM_MISMATCH] = "MISMATCH",
                                         [ASSAY__SRM_UNPLANNED] = "MISMATCH, unplanned units",
                                         [ASSAY__SRM_NOT_TESTED] = "not tested"};
    const struct assay_srm *test = &analysis->srm[0].test;
    enum assay__srm_state state = assay__srm_state(test, analysis->plan->srm.alpha);
    bool is_assumed = assay__weights_are_assumed(analysis->plan);
    char statistic[ASSAY__NUMBER_BYTES + 1], p[ASSAY__FIGURE_BYTES];
    const char *word = STATES[state];
    /* Nobody planned weights that were assumed. */
    if (state == ASSAY__SRM_PLANNED && is_assumed)
        word = "equal, as assumed";
    assay__text_format(words, "Sample ratio: %s", word);
    if (test->exact) {
        assay__figure_p(test->exact_p, test->exact_log10_p, p);
        assay__text_format(words, " (exact p %s)", p);
    } else if (test->tested) {
        statistic[assay__number_round(test->statistic, 4, statistic)] = '\0';
        assay__figure_p(test->p, test->log10_p, p);
        assay__text_format(words, " (%s %s, p %s",
                           isnan(test->df) ? "log Bayes factor" : "chi-square", statistic, p);
        if (state != ASSAY__SRM_PLANNED)
            add_when(words, &analysis->srm[0]);
        assay__text_putc(words, ')');
    }
    if (is_assumed && state != ASSAY__SRM_PLANNED && test->tested)
        assay__text_puts(words, " against equal weights, which were assumed");
    assay__text_putc(words, '.');
}

static void write_srm(struct assay__page *page, const struct assay_analysis *analysis)
{
    if (analysis->srm_count == 0)
        return;
    struct assay__text words = {0};
    uint32_t off = 0;
    bool is_off = analysis->srm[0].test.significant;
    for (uint32_t s = 1; s < analysis->srm_count; s++)
        off += analysis->srm[s].test.significant;
    add_srm(&words, analysis);
    if (analysis->srm_count > 1)
        assay__text_format(&words, " Slices off: %s of %s.", assay__count(off).text,
                           assay__count(analysis->srm_count - 1).text);
    assay__page_spaces(page, 2);
    assay__page_ink(page, is_off ? ASSAY__INK_BAD : ASSAY__INK_PLAIN);
    assay__page_words(page, &words, 2, 2);
    if (is_off)
        assay__page_ink(page, ASSAY__INK_PLAIN);
}

/* With more groups than this, only those that say something are listed. */
enum { GROUPS_LISTED = 12 };

/* Baselines, and groups that the plan lacks, that have no units, or whose size is off. */
static bool is_telling(const struct assay_analysis *analysis, uint32_t group)
{
    bool is_off = analysis->srm_count > 0 && analysis->srm[0].test.significant &&
                  analysis->srm[0].groups[group].significant;
    return is_off || is_baseline(analysis, group) || !analysis->groups[group].is_planned ||
           analysis->units[group] == 0;
}

/* Groups that are not listed: how many, and how large. */
struct rest {
    uint32_t count;
    uint64_t least, most;
};

static void write_rest(struct assay__page *page, const struct rest *rest,
                       const struct assay_write_options *options)
{
    struct assay__text words = {0};
    if (rest->count == 0)
        return;
    assay__text_format(&words, "%s more group%s", assay__count(rest->count).text,
                       rest->count == 1 ? "" : "s");
    assay__text_format(&words, rest->count == 1 ? " of %s" : ", each of %s",
                       assay__count(rest->least).text);
    if (rest->most > rest->least)
        assay__text_format(&words, " to %s", assay__count(rest->most).text);
    assay__text_puts(&words, rest->most == 1 ? " unit" : " units");
    assay__table_hint(&words, options, "groups");
    assay__text_putc(&words, '.');
    assay__page_spaces(page, 2);
    assay__page_words(page, &words, 2, 2);
}

/* The groups, or of many those that say something, as far as there is room. */
static void write_list(struct assay__page *page, const struct assay_analysis *analysis,
                       const struct assay__labels *labels, double weight_sum,
                       const struct assay_write_options *options)
{
    struct rest rest = {0, UINT64_MAX, 0};
    uint32_t listed = 0;
    bool lists_all = options->slices || analysis->group_count <= GROUPS_LISTED;
    for (uint32_t g = 0; g < analysis->group_count; g++) {
        uint64_t units = analysis->units[g];
        if (lists_all || (is_telling(analysis, g) && listed < GROUPS_LISTED)) {
            write_group(page, analysis, g, labels, weight_sum, assay__table_units(analysis));
            listed++;
            continue;
        }
        rest.count++;
        rest.least = units < rest.least ? units : rest.least;
        rest.most = units > rest.most ? units : rest.most;
    }
    write_rest(page, &rest, options);
}

void assay__table_groups(struct assay__page *page, const struct assay_analysis *analysis,
                         const struct assay_write_options *options)
{
    if (options->brief) {
        write_srm(page, analysis);
        return;
    }
    double weight_sum = 0.0;
    struct assay__labels labels = {0};
    int name_columns = 16;
    for (uint32_t g = 0; g < analysis->group_count; g++) {
        weight_sum += analysis->groups[g].weight;
        assay__page_widen(&name_columns, analysis->groups[g].id);
    }
    int room = page->width - (2 + 14 + 11 + 11 + 2 + 8);
    name_columns = name_columns < room ? name_columns : room;
    assay__page_heading(page, "GROUPS");
    assay__page_spaces(page, name_columns + 2 - 6);
    assay__page_ink(page, ASSAY__INK_DIM);
    assay__page_cell(page, "units", 14, ASSAY__ALIGN_RIGHT, false, ASSAY__INK_PLAIN);
    assay__page_cell(page, assay__weights_are_assumed(analysis->plan) ? "assumed" : "planned", 11,
                     ASSAY__ALIGN_RIGHT, false, ASSAY__INK_PLAIN);
    assay__page_cell(page, "actual", 11, ASSAY__ALIGN_RIGHT, false, ASSAY__INK_PLAIN);
    assay__page_ink(page, ASSAY__INK_PLAIN);
    assay__page_end(page);
    assay__labels_of_groups(&labels, page, analysis, name_columns);
    write_list(page, analysis, &labels, weight_sum, options);
    assay__labels_release(&labels);
    write_srm(page, analysis);
}
