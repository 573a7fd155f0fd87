/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The table for people. Order of reading: whether the data can be trusted (groups and their sizes),
 * what was found, what to do about it, and what to be careful of.
 */
#include "report/table/table.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "plan/names.h"
#include "number/number.h"

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
                        uint32_t group, int name_columns, double weight_sum, uint64_t total)
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
    assay__page_cell(page, about->id, name_columns, ASSAY__ALIGN_LEFT, true, ASSAY__INK_PLAIN);
    assay__page_cell(page, units, 14, ASSAY__ALIGN_RIGHT, false, ASSAY__INK_PLAIN);
    assay__page_cell(page, planned, 11, ASSAY__ALIGN_RIGHT, false, ASSAY__INK_PLAIN);
    assay__page_cell(page, actual, 11, ASSAY__ALIGN_RIGHT, false, ASSAY__INK_PLAIN);
    assay__page_spaces(page, 2);
    if (srm != NULL && srm->significant)
        assay__page_cell(page, "MISMATCH", 8, ASSAY__ALIGN_LEFT, false, ASSAY__INK_BAD);
    else if (is_baseline(analysis, group))
        assay__page_cell(page, "baseline", 8, ASSAY__ALIGN_LEFT, false, ASSAY__INK_PLAIN);
    assay__page_end(page);
}

static void write_srm(struct assay__page *page, const struct assay_analysis *analysis)
{
    if (analysis->srm_count == 0)
        return;
    const struct assay_srm *test = &analysis->srm[0].test;
    char statistic[ASSAY__NUMBER_BYTES + 1], p[ASSAY__FIGURE_BYTES];
    struct assay__text words = {0};
    uint32_t off = 0;
    for (uint32_t s = 1; s < analysis->srm_count; s++)
        off += analysis->srm[s].test.significant;
    statistic[isfinite(test->statistic) ? assay__number_round(test->statistic, 4, statistic) : 0] =
        '\0';
    assay__figure_p(test->p, test->log10_p, p);
    assay__text_format(&words, "Sample ratio: %s (%s %s, p %s",
                       test->significant ? "MISMATCH" : "as planned",
                       isnan(test->df) ? "log Bayes factor" : "chi-square", statistic, p);
    assay__text_puts(&words, ").");
    if (analysis->srm_count > 1)
        assay__text_format(&words, " Slices off: %u of %u.", off, analysis->srm_count - 1);
    assay__page_spaces(page, 2);
    assay__page_ink(page, test->significant ? ASSAY__INK_BAD : ASSAY__INK_PLAIN);
    assay__page_words(page, &words, 2, 2);
    if (test->significant)
        assay__page_ink(page, ASSAY__INK_PLAIN);
}

static void write_groups(struct assay__page *page, const struct assay_analysis *analysis)
{
    double weight_sum = 0.0;
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
    assay__page_cell(page, "planned", 11, ASSAY__ALIGN_RIGHT, false, ASSAY__INK_PLAIN);
    assay__page_cell(page, "actual", 11, ASSAY__ALIGN_RIGHT, false, ASSAY__INK_PLAIN);
    assay__page_ink(page, ASSAY__INK_PLAIN);
    assay__page_end(page);
    for (uint32_t g = 0; g < analysis->group_count; g++)
        write_group(page, analysis, g, name_columns, weight_sum, total_units(analysis));
    write_srm(page, analysis);
}

static void write_recommendations(struct assay__page *page, const struct assay_analysis *analysis)
{
    static const enum assay__ink INKS[] = {[ASSAY_RECOMMEND_UNSPECIFIED] = ASSAY__INK_BOLD,
                                           [ASSAY_RECOMMEND_SHIP] = ASSAY__INK_GOOD,
                                           [ASSAY_RECOMMEND_CONTINUE] = ASSAY__INK_BOLD,
                                           [ASSAY_RECOMMEND_END] = ASSAY__INK_BOLD,
                                           [ASSAY_RECOMMEND_ABORT] = ASSAY__INK_BAD};
    if (analysis->treatment_count == 0)
        return;
    assay__page_heading(page, "RECOMMENDATION");
    assay__page_end(page);
    for (uint32_t t = 0; t < analysis->treatment_count; t++) {
        const struct assay_treatment *treatment = &analysis->treatments[t];
        const char *name = treatment->recommendation == ASSAY_RECOMMEND_UNSPECIFIED
                               ? "WITHHELD"
                               : assay__name_recommendation(treatment->recommendation);
        assay__page_spaces(page, 2);
        assay__page_cell(page, name, 9, ASSAY__ALIGN_LEFT, false, INKS[treatment->recommendation]);
        assay__page_name(page, analysis->groups[treatment->group].id, page->width - 30);
        assay__text_puts(page->out, treatment->final ? " (final)" : " (as of this look)");
        assay__page_end(page);
        for (uint32_t r = 0; r < treatment->reason_count; r++) {
            assay__page_spaces(page, 11);
            assay__page_wrap(page, treatment->reasons[r].text, 11, 13);
        }
    }
}

static void write_note(struct assay__page *page, const struct assay_annotation *note)
{
    static const enum assay__ink INKS[] = {[ASSAY_NOTE_INFO] = ASSAY__INK_DIM,
                                           [ASSAY_NOTE_WARNING] = ASSAY__INK_WARN,
                                           [ASSAY_NOTE_ERROR] = ASSAY__INK_BAD};
    struct assay__text words = {0};
    for (uint32_t i = 0; i < note->context_count; i++)
        assay__text_format(&words, "%s%s", i > 0 ? ", " : "", note->context[i]);
    assay__text_format(&words, "%s%s", note->context_count > 0 ? ": " : "", note->text);
    assay__page_spaces(page, 2);
    assay__page_cell(page, assay__name_level(note->level), 9, ASSAY__ALIGN_LEFT, false,
                     INKS[note->level]);
    assay__page_words(page, &words, 11, 11);
}

/* The gravest first; within a level in the analysis's order. */
static void write_notes(struct assay__page *page, const struct assay_analysis *analysis)
{
    if (analysis->annotation_count == 0)
        return;
    assay__page_heading(page, "NOTES");
    assay__page_end(page);
    for (int level = ASSAY_NOTE_ERROR; level >= ASSAY_NOTE_INFO; level--)
        for (size_t i = 0; i < analysis->annotation_count; i++)
            if ((int)analysis->annotations[i].level == level)
                write_note(page, &analysis->annotations[i]);
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
    write_groups(&page, analysis);
    assay__table_results(&page, analysis, options->all_looks);
    assay__table_slices(&page, analysis);
    write_recommendations(&page, analysis);
    write_notes(&page, analysis);
}
