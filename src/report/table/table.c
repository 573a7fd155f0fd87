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

static void write_head(struct assay__page *page, const struct assay_analysis *analysis)
{
    char units[ASSAY__FIGURE_BYTES], read[ASSAY__FIGURE_BYTES], skipped[ASSAY__FIGURE_BYTES];
    const struct assay_counts *counts = &analysis->counts;
    struct assay__text words = {0};
    assay__figure_count(assay__table_units(analysis), units);
    assay__figure_count(counts->rows_read, read);
    assay__figure_count(counts->rows_read - counts->rows_used, skipped);
    assay__text_format(&words, "%s units in %u groups", units, analysis->group_count);
    if (counts->rows_read > 0)
        assay__text_format(&words, "; %s rows read, %s left out", read, skipped);
    assay__text_puts(&words, ".");
    assay__page_words(page, &words, 0, 0);
}

/* With more treatments than the first, only a few that call to act are listed with reasons. */
enum { TREATMENTS_LISTED = 10, ACTS_LISTED = 2, REASONS_LISTED = 8, REASONS_OF_MANY_LISTED = 2 };

static const char *word_of(enum assay_recommendation recommendation)
{
    return recommendation == ASSAY_RECOMMEND_UNSPECIFIED
               ? "WITHHELD"
               : assay__name_recommendation(recommendation);
}

static void write_reasons(struct assay__page *page, const struct assay_treatment *treatment,
                          bool is_short)
{
    uint32_t count = treatment->reason_count;
    uint32_t most = is_short ? REASONS_OF_MANY_LISTED : REASONS_LISTED;
    uint32_t listed = count > most ? most : count;
    for (uint32_t r = 0; r < listed; r++) {
        assay__page_spaces(page, 11);
        assay__page_wrap(page, treatment->reasons[r].text, 11, 13);
    }
    if (listed < count)
        assay__text_format(page->out, "           and %u more reason%s\n", count - listed,
                           count == listed + 1 ? "" : "s");
}

/* Treatments, where there are many: their names only. The first ones may be listed already. */
static void write_others(struct assay__page *page, const struct assay_analysis *analysis,
                         enum assay_recommendation recommendation, uint32_t listed)
{
    struct assay__text names = {0};
    uint32_t count = 0;
    for (uint32_t t = 0; t < analysis->treatment_count; t++)
        if (analysis->treatments[t].recommendation == recommendation && count++ >= listed)
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
                            const struct assay_treatment *treatment, bool is_short)
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
    write_reasons(page, treatment, is_short);
}

static void write_recommendations(struct assay__page *page, const struct assay_analysis *analysis)
{
    bool is_short = analysis->treatment_count > TREATMENTS_LISTED;
    if (analysis->treatment_count == 0)
        return;
    assay__page_heading(page, "RECOMMENDATION");
    assay__page_end(page);
    uint32_t acts[ASSAY_RECOMMEND_ABORT + 1] = {0};
    for (uint32_t t = 0; t < analysis->treatment_count; t++) {
        enum assay_recommendation advice = analysis->treatments[t].recommendation;
        if (is_short && (!is_call_to_act(advice) || acts[advice] == ACTS_LISTED))
            continue;
        acts[advice]++;
        write_treatment(page, analysis, &analysis->treatments[t], is_short);
    }
    for (int r = ASSAY_RECOMMEND_UNSPECIFIED; is_short && r <= ASSAY_RECOMMEND_ABORT; r++)
        write_others(page, analysis, (enum assay_recommendation)r, acts[r]);
}

static void write_unlisted_slices(struct assay__page *page, const struct assay_analysis *analysis,
                                  const struct assay_write_options *options)
{
    uint32_t segments = 0, values = 0;
    for (uint32_t s = 0; s < analysis->slice_count; s++) {
        segments += analysis->slices[s].kind == ASSAY_SLICE_SEGMENT;
        values += analysis->slices[s].kind == ASSAY_SLICE_DIMENSION;
    }
    if (segments + values == 0)
        return;
    struct assay__text words = {0};
    if (segments > 0)
        assay__text_format(&words, "%s segment%s", assay__count(segments).text,
                           segments == 1 ? "" : "s");
    if (values > 0)
        assay__text_format(&words, "%s%s slice%s by dimension", segments > 0 ? " and " : "",
                           assay__count(values).text, values == 1 ? "" : "s");
    assay__text_puts(&words, segments + values == 1 ? " is not listed" : " are not listed");
    assay__table_hint(&words, options, "slices");
    assay__text_putc(&words, '.');
    assay__page_end(page);
    assay__page_words(page, &words, 0, 0);
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
    assay__table_groups(&page, analysis, options);
    assay__table_results(&page, analysis, options);
    if (options->chart)
        assay__table_charts(&page, analysis);
    if (options->slices)
        assay__table_slices(&page, analysis, options);
    else if (!options->brief)
        write_unlisted_slices(&page, analysis, options);
    write_recommendations(&page, analysis);
    if (!options->brief)
        assay__table_notes(&page, analysis, options);
}
