/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The remarks of the table: the gravest first, those of one kind in one line with what can be done.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "plan/names.h"
#include "report/table/table.h"

static bool is_kind(const struct assay_annotation *note, const char *kind)
{
    return note->kind != NULL && strcmp(note->kind, kind) == 0;
}

/* Others may say the same. Of those about places of their own, which none says again, there may be
 * one a slice. */
static bool may_repeat(const struct assay_annotation *note)
{
    return note->kind != NULL || (note->metric >= 0 && note->context_count == 0);
}

/* Remarks about several metrics may have one text. */
static bool is_same(const struct assay_annotation *note, const struct assay_annotation *other)
{
    if (note->kind != NULL || other->kind != NULL)
        return note->kind != NULL && is_kind(other, note->kind);
    return may_repeat(note) && may_repeat(other) && note->level == other->level &&
           strcmp(note->text, other->text) == 0;
}

/* The first of its kind, or of its text, speaks for all. */
static bool is_first(const struct assay_analysis *analysis, size_t index)
{
    const struct assay_annotation *notes = analysis->annotations;
    for (size_t i = 0; may_repeat(&notes[index]) && i < index; i++)
        if (is_same(&notes[i], &notes[index]))
            return false;
    return true;
}

/* The gravest level of a kind. */
static enum assay_annotation_level level_of(const struct assay_analysis *analysis, size_t index)
{
    enum assay_annotation_level level = analysis->annotations[index].level;
    for (size_t i = 0; analysis->annotations[index].kind != NULL && i < analysis->annotation_count;
         i++)
        if (is_kind(&analysis->annotations[i], analysis->annotations[index].kind) &&
            analysis->annotations[i].level > level)
            level = analysis->annotations[i].level;
    return level;
}

static void add_count(struct assay__text *words, uint64_t count, const char *what)
{
    char figure[ASSAY__FIGURE_BYTES];
    assay__figure_count(count, figure);
    assay__text_format(words, "%s %s%s", figure, what, count == 1 ? "" : "s");
}

/* "spend, visit and 3 more": of the remarks that a first one speaks for. */
static void add_metrics(struct assay__text *words, const struct assay_analysis *analysis,
                        const struct assay_annotation *first)
{
    enum { METRICS_NAMED = 3 };
    unsigned metrics = 0;
    for (size_t i = 0; i < analysis->annotation_count; i++) {
        const struct assay_annotation *note = &analysis->annotations[i];
        if (is_same(first, note) && metrics++ < METRICS_NAMED)
            assay__text_format(words, "%s%s", metrics > 1 ? ", " : "",
                               analysis->plan->metrics[note->metric].id);
    }
    if (metrics > METRICS_NAMED)
        assay__text_format(words, " and %u more", metrics - METRICS_NAMED);
}

/* How many remarks have the text of this one. */
static unsigned count_same(const struct assay_analysis *analysis,
                           const struct assay_annotation *note)
{
    unsigned count = 0;
    for (size_t i = 0; may_repeat(note) && i < analysis->annotation_count; i++)
        count += is_same(note, &analysis->annotations[i]);
    return count;
}

/* "spend, visit and 3 more, in 12 comparisons and 14 slices: ". */
static void add_places(struct assay__text *words, const struct assay_analysis *analysis,
                       const struct assay_annotation *first)
{
    uint64_t comparisons = 0, slices = 0;
    for (size_t i = 0; i < analysis->annotation_count; i++) {
        const struct assay_annotation *note = &analysis->annotations[i];
        if (!is_same(first, note))
            continue;
        comparisons += note->comparisons;
        slices += note->slices;
    }
    add_metrics(words, analysis, first);
    assay__text_puts(words, ", in ");
    if (comparisons > 0)
        add_count(words, comparisons, "comparison");
    if (comparisons > 0 && slices > 0)
        assay__text_puts(words, " and ");
    if (slices > 0)
        add_count(words, slices, "slice");
    assay__text_puts(words, ": ");
}

static void add_remedy(struct assay__text *words, const struct assay_annotation *note,
                       const struct assay_write_options *options)
{
    const char *hint = options->hint != NULL ? options->hint(note->kind) : NULL;
    const char *remedy = hint != NULL ? hint : note->remedy;
    if (remedy != NULL)
        assay__text_format(words, " Remedy: %s.", remedy);
}

static void write_note(struct assay__page *page, const struct assay_analysis *analysis,
                       const struct assay_annotation *note, enum assay_annotation_level level,
                       const struct assay_write_options *options)
{
    static const enum assay__ink INKS[] = {[ASSAY_NOTE_INFO] = ASSAY__INK_DIM,
                                           [ASSAY_NOTE_WARNING] = ASSAY__INK_WARN,
                                           [ASSAY_NOTE_ERROR] = ASSAY__INK_BAD};
    struct assay__text words = {0};
    if (note->kind != NULL) {
        add_places(&words, analysis, note);
        assay__text_puts(&words, note->sentence);
        add_remedy(&words, note, options);
    } else {
        if (count_same(analysis, note) > 1) {
            add_metrics(&words, analysis, note);
            assay__text_puts(&words, ": ");
        }
        for (uint32_t i = 0; i < note->context_count; i++)
            assay__text_format(&words, "%s%s", i > 0 ? ", " : "", note->context[i]);
        assay__text_format(&words, "%s%s", note->context_count > 0 ? ": " : "", note->text);
    }
    assay__page_spaces(page, 2);
    assay__page_cell(page, assay__name_level(level), 9, ASSAY__ALIGN_LEFT, false, INKS[level]);
    assay__page_words(page, &words, 11, 11);
}

/* Places of a kind outside slices. */
static bool is_in_total(const struct assay_analysis *analysis, const char *kind)
{
    for (size_t i = 0; i < analysis->annotation_count; i++)
        if (is_kind(&analysis->annotations[i], kind) && analysis->annotations[i].comparisons > 0)
            return true;
    return false;
}

/* What the head of the table and those of slices say, and what only slices have, is not repeated.
 */
static bool is_said(const struct assay_analysis *analysis, const struct assay_annotation *note,
                    const struct assay_write_options *options)
{
    if (note->about != ASSAY_ABOUT_ANYTHING)
        return true;
    return note->kind != NULL && !options->slices && !is_in_total(analysis, note->kind);
}

/* The gravest first; within a level in the analysis's order. */
void assay__table_notes(struct assay__page *page, const struct assay_analysis *analysis,
                        const struct assay_write_options *options)
{
    bool has_heading = false;
    for (int level = ASSAY_NOTE_ERROR; level >= ASSAY_NOTE_INFO; level--)
        for (size_t i = 0; i < analysis->annotation_count; i++) {
            if (!is_first(analysis, i) || (int)level_of(analysis, i) != level ||
                is_said(analysis, &analysis->annotations[i], options))
                continue;
            if (!has_heading) {
                assay__page_heading(page, "NOTES");
                assay__page_end(page);
                has_heading = true;
            }
            write_note(page, analysis, &analysis->annotations[i],
                       (enum assay_annotation_level)level, options);
        }
}
