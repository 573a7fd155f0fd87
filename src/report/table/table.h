/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_REPORT_TABLE_TABLE_H
#define ASSAY_REPORT_TABLE_TABLE_H

#include "report/table/interval_plot.h"
#include "report/table/labels.h"
#include "report/table/terminal.h"
#include "report/reports.h"

/** assay__table_results() writes the section of all metrics over all units. */
void assay__table_results(struct assay__page *page, const struct assay_analysis *analysis,
                          const struct assay_write_options *options);

/** assay__table_groups() writes groups and their sizes; when brief, the test of sizes alone. */
void assay__table_groups(struct assay__page *page, const struct assay_analysis *analysis,
                         const struct assay_write_options *options);

/** assay__table_units() is the number of units in all groups. */
uint64_t assay__table_units(const struct assay_analysis *analysis);

/** assay__table_spends_alpha() is true when each look of a metric has a part of alpha, and its p is
 * of that look alone. */
bool assay__table_spends_alpha(const struct assay_analysis *analysis, uint32_t metric);

/** assay__table_hint() adds "; " and what the caller says of what is not listed, if anything. */
void assay__table_hint(struct assay__text *words, const struct assay_write_options *options,
                       const char *kind);

/** struct assay__choice: which comparisons of the total are listed. */
struct assay__choice {
    bool *is_listed; /* [result] */
    size_t total, listed;
    size_t found, untested; /* counted only when some are left out */
};

/** assay__choice_make() chooses; false without memory. Released in either case. */
bool assay__choice_make(struct assay__choice *choice, const struct assay_analysis *analysis,
                        bool lists_all);
void assay__choice_release(struct assay__choice *choice);

/** assay__choice_words() says how many are not listed, and what of them; without a full stop. */
void assay__choice_words(const struct assay__choice *choice, struct assay__text *words);

/** assay__table_notes() writes the remarks, those of one kind together. */
void assay__table_notes(struct assay__page *page, const struct assay_analysis *analysis,
                        const struct assay_write_options *options);

/** assay__table_charts() draws the metrics that have several looks, over time. */
void assay__table_charts(struct assay__page *page, const struct assay_analysis *analysis);

/** assay__table_slices() writes a section per dimension, and one for segments. */
void assay__table_slices(struct assay__page *page, const struct assay_analysis *analysis,
                         const struct assay_write_options *options);

/** struct assay__table_row: the cells of one metric x comparison x slice at one look, as text. */
struct assay__table_row {
    char baseline[ASSAY__FIGURE_BYTES], compared[ASSAY__FIGURE_BYTES];
    char change[ASSAY__FIGURE_BYTES + 4]; /* relative difference in percent */
    char change_interval[2 * ASSAY__FIGURE_BYTES + 8];
    char difference[ASSAY__FIGURE_BYTES];
    char interval[2 * ASSAY__FIGURE_BYTES + 8];
    char p[ASSAY__FIGURE_BYTES + 16];    /* with what it is for: "better: p 0.0123" */
    char harm[ASSAY__FIGURE_BYTES + 16]; /* p for "worse", where harm was found beside that test */
    char power[2 * ASSAY__FIGURE_BYTES + 8];
    char units[ASSAY__FIGURE_BYTES]; /* of both groups */
    const char *verdict;
    enum assay__ink ink;
    bool is_relative; /* the change reads as the difference does, and can stand alone */
};

/** assay__table_row_fill() makes the cells of a result at one of its looks (NULL: it has no
 * values). */
void assay__table_row_fill(struct assay__table_row *row, const struct assay_analysis *analysis,
                           const struct assay_metric_result *result,
                           const struct assay_look_result *look);

/**
 * assay__table_row_is_relative() is true when relative figures of a look say what the absolute ones
 * do: of a negative baseline more reads as less, an interval without bounds says nothing, and
 * the margin is tested with the absolute interval.
 */
bool assay__table_row_is_relative(const struct assay_analysis *analysis,
                                  const struct assay_look_result *look);

/** assay__table_row_drawn() is the interval to draw: absolute, or relative where relative is set.
 */
struct assay__drawn assay__table_row_drawn(const struct assay_analysis *analysis,
                                           const struct assay_metric_result *result,
                                           const struct assay_look_result *look, bool relative);

/** assay__table_row_level() writes "97.5 % interval": the confidence level of a result's intervals.
 */
void assay__table_row_level(const struct assay_metric_result *result,
                            char out[ASSAY__FIGURE_BYTES + 16]);

/** assay__table_row_two_sided() writes the classical interval and its level; nothing without one.
 */
void assay__table_row_two_sided(const struct assay__kept_comparison *comparison, double level,
                                char title[ASSAY__FIGURE_BYTES + 16],
                                char interval[2 * ASSAY__FIGURE_BYTES + 8]);

#endif
