/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Results broken down by dimension and in segments: one line per slice. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "analysis/outcome.h"
#include "analysis/phrases.h"
#include "number/number.h"
#include "report/table/labels.h"
#include "report/table/table.h"

enum { SLICES_SHOWN = 20, WIDE_PAGE = 100 };

/* The slices of one dimension, or the segments, and the columns their rows share. */
struct family {
    const struct assay_analysis *analysis;
    uint32_t first, count; /* slices */
    uint32_t shown;        /* of a comparison: the largest ones; the rest is gathered */
    bool with_p;
    const char **names;          /* [count], NULL for slices that are not shown */
    struct assay__labels labels; /* of them */
    int name, units, change, interval, plot, p, verdict;
};

/* One metric in one family. */
struct block {
    const struct family *family;
    const struct assay_metric_result *results; /* of the metric */
    size_t count;
    bool relative; /* figures and drawing are relative: all read as absolute ones do */
    struct assay__axis axis;
};

static bool belongs(const struct block *block, const struct assay_metric_result *result)
{
    return result->slice >= block->family->first &&
           result->slice - block->family->first < block->family->count;
}

static const char *slice_name(const struct assay_slice *slice)
{
    if (slice->kind == ASSAY_SLICE_SEGMENT)
        return slice->key;
    return slice->value[0] == '\0' ? "(empty)" : slice->value;
}

static uint64_t slice_units(const struct assay_analysis *analysis, uint32_t slice)
{
    uint64_t units = 0;
    for (uint32_t g = 0; g < analysis->group_count; g++)
        units += analysis->units[(size_t)slice * analysis->group_count + g];
    return units;
}

static bool is_shown(const struct family *family, uint32_t slice)
{
    return family->names[slice - family->first] != NULL;
}

/* A slice and its units: most units first; ties by order. */
struct ranked {
    uint64_t units;
    uint32_t number;
};

static int compare_ranked(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    if (x->units != y->units)
        return x->units > y->units ? -1 : 1;
    return x->number < y->number ? -1 : 1;
}

/* Names those that are shown: of a dimension with many values the ones with the most units. */
static bool choose(struct family *family)
{
    struct ranked *ranked = assay__calloc(family->count, sizeof *ranked);
    family->names = assay__calloc(family->count, sizeof *family->names);
    bool has_memory = ranked != NULL && family->names != NULL;
    for (uint32_t i = 0; has_memory && i < family->count; i++)
        ranked[i] = (struct ranked){slice_units(family->analysis, family->first + i), i};
    if (has_memory && family->count > family->shown)
        qsort(ranked, family->count, sizeof *ranked, compare_ranked);
    for (uint32_t i = 0; has_memory && i < family->count && i < family->shown; i++)
        family->names[ranked[i].number] =
            slice_name(&family->analysis->slices[family->first + ranked[i].number]);
    assay__free(ranked);
    return has_memory;
}

/* Segments are decided at any look, slices of dimensions show the last. */
static const struct assay_look_result *look_of(const struct family *family,
                                               const struct assay_metric_result *result)
{
    bool is_segment = family->analysis->slices[family->first].kind == ASSAY_SLICE_SEGMENT;
    return is_segment ? assay__shown_look(result) : assay__last_look(result);
}

static const char *change_of(const struct block *block, const struct assay__table_row *row)
{
    return block->relative ? row->change : row->difference;
}

static const char *interval_of(const struct block *block, const struct assay__table_row *row)
{
    return block->relative ? row->change_interval : row->interval;
}

static bool all_relative(const struct block *block)
{
    for (size_t i = 0; i < block->count; i++) {
        const struct assay_metric_result *result = &block->results[i];
        const struct assay_look_result *look = look_of(block->family, result);
        if (belongs(block, result) && look != NULL &&
            !assay__table_row_is_relative(block->family->analysis, look))
            return false;
    }
    return true;
}

static struct block block_of(const struct family *family, uint32_t metric)
{
    struct block block = {.family = family};
    block.results = assay__first_result(family->analysis, metric, &block.count);
    block.relative = all_relative(&block);
    return block;
}

static void measure_block(struct family *family, const struct block *block)
{
    for (size_t i = 0; i < block->count; i++) {
        const struct assay_metric_result *result = &block->results[i];
        if (!belongs(block, result) || !is_shown(family, result->slice))
            continue;
        struct assay__table_row row;
        assay__table_row_fill(&row, family->analysis, result, look_of(family, result));
        assay__page_widen(&family->name, slice_name(&family->analysis->slices[result->slice]));
        assay__page_widen(&family->units, row.units);
        assay__page_widen(&family->change, change_of(block, &row));
        assay__page_widen(&family->interval, interval_of(block, &row));
        assay__page_widen(&family->p, row.p);
        assay__page_widen(&family->verdict, row.verdict);
    }
}

/* Names get what they want up to half of the room that figures leave; drawings get the rest. */
static void measure_columns(struct family *family, const struct assay__page *page)
{
    enum { NAME_MIN = 10, PLOT_MIN = 8, PLOT_MAX = 48 };
    family->name = NAME_MIN;
    for (uint32_t m = 0; m < family->analysis->plan->metric_count; m++) {
        struct block block = block_of(family, m);
        measure_block(family, &block);
    }
    family->with_p = page->width >= WIDE_PAGE;
    int room = page->width - (4 + 1 + family->units + 1 + family->change + 1 + family->interval +
                              1 + 1 + family->verdict + (family->with_p ? family->p + 1 : 0));
    int plot = room - family->name > room / 2 ? room - family->name : room / 2;
    family->plot = plot < PLOT_MIN ? 0 : plot > PLOT_MAX ? PLOT_MAX : plot;
    if (family->name > room - family->plot)
        family->name = room - family->plot > NAME_MIN ? room - family->plot : NAME_MIN;
}

static void fit_axis(struct block *block, struct assay__page *page)
{
    struct assay__drawn *drawn = assay__calloc(block->count + 1, sizeof *drawn);
    size_t count = 0;
    if (drawn == NULL) {
        page->out->failed = true;
        return;
    }
    for (size_t i = 0; i < block->count; i++)
        if (belongs(block, &block->results[i]) && is_shown(block->family, block->results[i].slice))
            drawn[count++] =
                assay__table_row_drawn(block->family->analysis, &block->results[i],
                                       look_of(block->family, &block->results[i]), block->relative);
    block->axis = assay__axis_fit(drawn, count, block->family->plot);
    assay__free(drawn);
}

static void write_title(struct assay__page *page, const struct block *block,
                        const struct assay_metric_result *result)
{
    const struct assay_analysis *analysis = block->family->analysis;
    char level[ASSAY__FIGURE_BYTES + 16];
    struct assay__text title = {0};
    assay__table_row_level(result, level);
    assay__text_format(&title, "%s: %s against %s, %s", analysis->plan->metrics[result->metric].id,
                       analysis->groups[result->compared].id, analysis->groups[result->baseline].id,
                       level);
    assay__page_spaces(page, 2);
    assay__page_ink(page, ASSAY__INK_BOLD);
    assay__page_words(page, &title, 2, 4);
    assay__page_ink(page, ASSAY__INK_PLAIN);
}

static void write_row(struct assay__page *page, const struct block *block,
                      const struct assay_metric_result *result)
{
    const struct family *family = block->family;
    const struct assay_look_result *look = look_of(family, result);
    struct assay__table_row row;
    assay__table_row_fill(&row, family->analysis, result, look);
    struct assay__drawn drawn =
        assay__table_row_drawn(family->analysis, result, look, block->relative);
    assay__page_spaces(page, 4);
    assay__labels_write(&family->labels, page, result->slice - family->first, 4);
    assay__page_column(page, row.units, family->units, ASSAY__ALIGN_RIGHT, false, ASSAY__INK_DIM);
    assay__page_column(page, change_of(block, &row), family->change, ASSAY__ALIGN_RIGHT, false,
                       ASSAY__INK_PLAIN);
    assay__page_column(page, interval_of(block, &row), family->interval, ASSAY__ALIGN_LEFT, false,
                       ASSAY__INK_PLAIN);
    assay__page_spaces(page, 1);
    if (look == NULL)
        assay__page_spaces(page, family->plot);
    else if (family->plot > 0)
        assay__axis_draw(page, &block->axis, &drawn, row.ink);
    assay__page_spaces(page, 1);
    if (family->with_p) {
        assay__page_cell(page, row.p, family->p, ASSAY__ALIGN_LEFT, false, ASSAY__INK_PLAIN);
        assay__page_spaces(page, 1);
    }
    assay__page_cell(page, row.verdict, family->verdict, ASSAY__ALIGN_LEFT, false, row.ink);
    assay__page_end(page);
}

/* What is left of a dimension: how many values and units, and which way they lie. */
struct other {
    uint32_t values, higher, lower;
    uint64_t units;
};

static void add_other(struct other *other, const struct assay_metric_result *result)
{
    const struct assay_look_result *look = assay__last_look(result);
    other->values++;
    if (look == NULL)
        return;
    const struct assay__kept_difference *difference = &look->comparison.difference;
    other->units += look->comparison.baseline.n + look->comparison.compared.n;
    int way = assay__way_of(result, difference);
    other->higher += way > 0;
    other->lower += way < 0;
}

static void write_other(struct assay__page *page, const struct family *family,
                        const struct other *other)
{
    char units[ASSAY__FIGURE_BYTES], values[ASSAY__FIGURE_BYTES];
    struct assay__text words = {0};
    if (other->values == 0)
        return;
    assay__figure_count(other->units, units);
    assay__figure_count(other->values, values);
    assay__page_spaces(page, 4);
    assay__page_cell(page, "(other)", family->name, ASSAY__ALIGN_LEFT, false, ASSAY__INK_PLAIN);
    assay__page_column(page, units, family->units, ASSAY__ALIGN_RIGHT, false, ASSAY__INK_DIM);
    assay__text_format(&words, "  %s value%s: %u higher, %u lower", values,
                       strcmp(values, "1") == 0 ? "" : "s", other->higher, other->lower);
    assay__page_words(page, &words, 4 + family->name + 1 + family->units, 6);
}

static const struct assay_heterogeneity *
find_heterogeneity(const struct block *block, const struct assay_metric_result *result)
{
    const struct assay_analysis *analysis = block->family->analysis;
    const struct assay_slice *slice = &analysis->slices[block->family->first];
    for (size_t i = 0; i < analysis->heterogeneity_count; i++) {
        const struct assay_heterogeneity *one = &analysis->heterogeneity[i];
        if (slice->kind == ASSAY_SLICE_DIMENSION && one->metric == result->metric &&
            one->baseline == result->baseline && one->compared == result->compared &&
            strcmp(one->dimension, slice->key) == 0)
            return isnan(one->p) ? NULL : one;
    }
    return NULL;
}

/* What the p of a slice is for: not always a difference. */
static const char *question_of(const struct block *block, const struct assay_metric_result *result)
{
    const struct assay_plan *plan = block->family->analysis->plan;
    return assay__hypothesis_text(result->hypothesis, plan->metrics[result->metric].direction);
}

/* Whether slices differ by more than chance, and the least p among them, adjusted by Holm. */
static void write_heterogeneity(struct assay__page *page, const struct block *block,
                                const struct assay_metric_result *result)
{
    const struct assay_heterogeneity *one = find_heterogeneity(block, result);
    const struct assay_metric_result *least = NULL;
    char p[ASSAY__FIGURE_BYTES], q[ASSAY__NUMBER_BYTES + 1];
    struct assay__text words = {0};
    if (one == NULL)
        return;
    for (uint32_t s = 0; s < block->family->count; s++) {
        /* Results of a comparison stand together, slice by slice. */
        const struct assay_metric_result *other = result + s;
        if (!isnan(other->slice_p) &&
            (least == NULL || other->slice_log10_p < least->slice_log10_p))
            least = other;
    }
    assay__figure_p(one->p, one->log10_p, p);
    q[assay__number_round(one->q, 3, q)] = '\0';
    assay__text_format(&words, "Differences among slices: p %s (Cochran's Q %s, df %g).", p, q,
                       one->df);
    if (least != NULL) {
        assay__figure_p(least->slice_p, least->slice_log10_p, p);
        bool is_part = assay__table_spends_alpha(block->family->analysis, result->metric);
        assay__text_format(&words, " Least p for %s,%s after Holm: p %s (%s).",
                           question_of(block, result), is_part ? " of this look alone," : "", p,
                           slice_name(&block->family->analysis->slices[least->slice]));
    }
    assay__page_spaces(page, 4);
    assay__page_words(page, &words, 4, 6);
}

/* The lines below the last row of a comparison, of which first is the first result. */
static void end_comparison(struct assay__page *page, const struct block *block,
                           const struct assay_metric_result *first, const struct other *other)
{
    if (first == NULL)
        return;
    write_other(page, block->family, other);
    write_heterogeneity(page, block, first);
}

static void write_block(struct assay__page *page, struct block *block)
{
    const struct assay_metric_result *first = NULL;
    struct other other = {0};
    fit_axis(block, page);
    for (size_t i = 0; i < block->count; i++) {
        const struct assay_metric_result *result = &block->results[i];
        if (!belongs(block, result))
            continue;
        if (first == NULL || first->baseline != result->baseline ||
            first->compared != result->compared) {
            end_comparison(page, block, first, &other);
            other = (struct other){0};
            write_title(page, block, result);
            first = result;
        }
        if (is_shown(block->family, result->slice))
            write_row(page, block, result);
        else
            add_other(&other, result);
    }
    end_comparison(page, block, first, &other);
}

static void write_family(struct assay__page *page, struct family *family)
{
    const struct assay_slice *slice = &family->analysis->slices[family->first];
    bool segments = slice->kind == ASSAY_SLICE_SEGMENT;
    assay__page_heading(page, segments ? "BY SEGMENT" : "BY DIMENSION");
    if (!segments) {
        assay__text_putc(page->out, ' ');
        assay__page_name(page, slice->key, page->width - 16);
    }
    assay__page_end(page);
    assay__page_ink(page, ASSAY__INK_DIM);
    assay__page_wrap(page,
                     segments ? "Planned: alpha is divided by the number of segments."
                              : "For exploration: alpha is not divided by the number of slices.",
                     0, 0);
    assay__page_ink(page, ASSAY__INK_PLAIN);
    if (!choose(family)) {
        page->out->failed = true;
        return;
    }
    measure_columns(family, page);
    assay__labels_make(&family->labels, page, family->names, family->count, family->name);
    for (uint32_t m = 0; m < family->analysis->plan->metric_count; m++) {
        struct block block = block_of(family, m);
        write_block(page, &block);
    }
}

static bool same_family(const struct assay_slice *a, const struct assay_slice *b)
{
    return a->kind == b->kind && (a->kind == ASSAY_SLICE_SEGMENT || strcmp(a->key, b->key) == 0);
}

void assay__table_slices(struct assay__page *page, const struct assay_analysis *analysis,
                         const struct assay_write_options *options)
{
    for (uint32_t s = 1; s < analysis->slice_count;) {
        struct family family = {.analysis = analysis,
                                .first = s,
                                .count = 1,
                                .shown =
                                    options->slices_max > 0 ? options->slices_max : SLICES_SHOWN};
        while (s + family.count < analysis->slice_count &&
               same_family(&analysis->slices[s], &analysis->slices[s + family.count]))
            family.count++;
        write_family(page, &family);
        assay__labels_release(&family.labels);
        assay__free(family.names);
        s += family.count;
    }
}
