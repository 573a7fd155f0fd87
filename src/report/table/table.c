/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The table for people. Order of reading: whether the data can be trusted (groups and their sizes),
 * what was found, what to do about it, and what to be careful of.
 */
#include "report/table/table.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "analysis/outcome.h"
#include "number/number.h"
#include "plan/names.h"

enum { WIDTH_MIN = 60, WIDTH_MAX = 200, WIDTH_DEFAULT = 80 };

static uint64_t total_units(const struct assay_analysis *analysis)
{
    uint64_t total = 0;
    for (uint32_t g = 0; g < analysis->group_count; g++)
        total += analysis->units[g];
    return total;
}

static void write_head(struct assay__page *page, const struct assay_analysis *analysis)
{
    char units[ASSAY__FIGURE_BYTES], read[ASSAY__FIGURE_BYTES], skipped[ASSAY__FIGURE_BYTES];
    const struct assay_counts *counts = &analysis->counts;
    struct assay__text words = {0};
    assay__figure_count(total_units(analysis), units);
    assay__figure_count(counts->rows_read, read);
    assay__figure_count(counts->rows_read - counts->rows_used, skipped);
    assay__text_format(&words, "%s units in %u groups", units, analysis->group_count);
    if (counts->rows_read > 0)
        assay__text_format(&words, "; %s rows read, %s left out", read, skipped);
    assay__text_puts(&words, ".");
    assay__page_words(page, &words, 0, 0);
}

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
    /* What is off by no more than the tolerance is no mismatch. */
    if (srm != NULL && srm->significant && analysis->srm[0].test.significant)
        assay__page_cell(page, "MISMATCH", 8, ASSAY__ALIGN_LEFT, false, ASSAY__INK_BAD);
    else if (is_baseline(analysis, group))
        assay__page_cell(page, "baseline", 8, ASSAY__ALIGN_LEFT, false, ASSAY__INK_PLAIN);
    assay__page_end(page);
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
    if (test->tested) {
        statistic[assay__number_round(test->statistic, 4, statistic)] = '\0';
        assay__figure_p(test->p, test->log10_p, p);
        assay__text_format(words, " (%s %s, p %s)",
                           isnan(test->df) ? "log Bayes factor" : "chi-square", statistic, p);
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
        assay__text_format(&words, " Slices off: %u of %u.", off, analysis->srm_count - 1);
    assay__page_spaces(page, 2);
    assay__page_ink(page, is_off ? ASSAY__INK_BAD : ASSAY__INK_PLAIN);
    assay__page_words(page, &words, 2, 2);
    if (is_off)
        assay__page_ink(page, ASSAY__INK_PLAIN);
}

static void write_groups(struct assay__page *page, const struct assay_analysis *analysis)
{
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
    for (uint32_t g = 0; g < analysis->group_count; g++)
        write_group(page, analysis, g, &labels, weight_sum, total_units(analysis));
    assay__labels_release(&labels);
    write_srm(page, analysis);
}

enum { TREATMENTS_LISTED = 10, REASONS_LISTED = 8 };

static const char *word_of(enum assay_recommendation recommendation)
{
    return recommendation == ASSAY_RECOMMEND_UNSPECIFIED
               ? "WITHHELD"
               : assay__name_recommendation(recommendation);
}

static void write_reasons(struct assay__page *page, const struct assay_treatment *treatment)
{
    uint32_t count = treatment->reason_count;
    uint32_t listed = count > REASONS_LISTED ? REASONS_LISTED : count;
    for (uint32_t r = 0; r < listed; r++) {
        assay__page_spaces(page, 11);
        assay__page_wrap(page, treatment->reasons[r].text, 11, 13);
    }
    if (listed < count)
        assay__text_format(page->out, "           and %u more reasons\n", count - listed);
}

/* Treatments with nothing to act on, where there are many: their names only. */
static void write_others(struct assay__page *page, const struct assay_analysis *analysis,
                         enum assay_recommendation recommendation)
{
    struct assay__text names = {0};
    for (uint32_t t = 0; t < analysis->treatment_count; t++)
        if (analysis->treatments[t].recommendation == recommendation)
            assay__text_format(&names, "%s%s", names.length > 0 ? ", " : "",
                               analysis->groups[analysis->treatments[t].group].id);
    if (names.length == 0)
        return;
    assay__page_spaces(page, 2);
    assay__page_cell(page, word_of(recommendation), 9, ASSAY__ALIGN_LEFT, false, ASSAY__INK_BOLD);
    assay__page_words(page, &names, 11, 11);
}

static bool is_call_to_act(enum assay_recommendation recommendation)
{
    return recommendation == ASSAY_RECOMMEND_SHIP || recommendation == ASSAY_RECOMMEND_ABORT;
}

static void write_treatment(struct assay__page *page, const struct assay_analysis *analysis,
                            const struct assay_treatment *treatment)
{
    static const enum assay__ink INKS[] = {[ASSAY_RECOMMEND_UNSPECIFIED] = ASSAY__INK_BOLD,
                                           [ASSAY_RECOMMEND_SHIP] = ASSAY__INK_GOOD,
                                           [ASSAY_RECOMMEND_CONTINUE] = ASSAY__INK_BOLD,
                                           [ASSAY_RECOMMEND_END] = ASSAY__INK_BOLD,
                                           [ASSAY_RECOMMEND_ABORT] = ASSAY__INK_BAD};
    const char *name = word_of(treatment->recommendation);
    assay__page_spaces(page, 2);
    assay__page_cell(page, name, 9, ASSAY__ALIGN_LEFT, false, INKS[treatment->recommendation]);
    const char *id = analysis->groups[treatment->group].id;
    assay__page_name(page, id, assay__page_width(id));
    assay__text_puts(page->out, !treatment->final ? " (as of this look)"
                                : treatment->recommendation == ASSAY_RECOMMEND_CONTINUE
                                    ? " (all alpha is spent)"
                                    : " (final)");
    assay__page_end(page);
    write_reasons(page, treatment);
}

static void write_recommendations(struct assay__page *page, const struct assay_analysis *analysis)
{
    bool is_short = analysis->treatment_count > TREATMENTS_LISTED;
    if (analysis->treatment_count == 0)
        return;
    assay__page_heading(page, "RECOMMENDATION");
    assay__page_end(page);
    for (uint32_t t = 0; t < analysis->treatment_count; t++)
        if (!is_short || is_call_to_act(analysis->treatments[t].recommendation))
            write_treatment(page, analysis, &analysis->treatments[t]);
    for (int r = ASSAY_RECOMMEND_UNSPECIFIED; is_short && r <= ASSAY_RECOMMEND_ABORT; r++)
        if (!is_call_to_act((enum assay_recommendation)r))
            write_others(page, analysis, (enum assay_recommendation)r);
}

void assay__write_table(const struct assay_analysis *analysis,
                        const struct assay_write_options *options, struct assay__text *out)
{
    int width = options->width == 0 ? WIDTH_DEFAULT : options->width;
    struct assay__page page = {.out = out,
                               .width = width < WIDTH_MIN   ? WIDTH_MIN
                                        : width > WIDTH_MAX ? WIDTH_MAX
                                                            : width,
                               .color = options->color,
                               .unicode = options->unicode};
    write_head(&page, analysis);
    if (options->brief)
        write_srm(&page, analysis);
    else
        write_groups(&page, analysis);
    assay__table_results(&page, analysis, options);
    if (options->chart)
        assay__table_charts(&page, analysis);
    if (options->slices)
        assay__table_slices(&page, analysis, options);
    write_recommendations(&page, analysis);
    if (!options->brief)
        assay__table_notes(&page, analysis, options);
}
