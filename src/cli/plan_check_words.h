/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_CLI_PLAN_CHECK_WORDS_H
#define ASSAY_CLI_PLAN_CHECK_WORDS_H

#include "analysis/results.h"
#include "report/table/terminal.h"

/* Every paragraph is indented; a metric's second and further lines more so. */
enum { PLAN_WORDS_INDENT = 2, PLAN_WORDS_DEEP = 4 };

/** struct plan_words: a plan being said. */
struct plan_words {
    struct assay__page *page;
    const struct assay_plan *plan;
    const struct assay_dataset *dataset; /* NULL without data */
    uint32_t comparisons;                /* 0 when only the data can tell */
    const struct assay_metric_rates *rates;
    struct assay__text line; /* the paragraph being written */
};

/** plan_words_number() writes a number as people read it; plan_words_percent() a share as "5 %". */
void plan_words_number(struct assay__text *line, double value);
void plan_words_percent(struct assay__text *line, double share);

/** plan_words_units() writes a number of units: "10,000". */
void plan_words_units(struct assay__text *line, double units);

/** plan_words_flush() writes the paragraph and begins the next one. */
void plan_words_flush(struct plan_words *words, int indent);

/** plan_words_heading() begins a section. */
void plan_words_heading(struct plan_words *words, const char *title);

/** plan_words_bound() is "10 % of the baseline's mean" or "0.5 in units of the metric". */
void plan_words_bound(struct assay__text *line, const struct assay_bound *bound);

/** plan_words_decision() says what ships, stops and withholds, at which rates and power. */
void plan_words_decision(struct plan_words *words);

/** plan_words_measure() says what a metric's value is made of: "amount", or "count of rows in
 * orders". */
void plan_words_measure(struct assay__text *line, const struct assay_metric_plan *metric);

/** plan_words_window() says in which time after the exposure rows count; nothing when it is open.
 */
void plan_words_window(struct plan_words *words, const struct assay_metric_plan *metric);

/** plan_words_looks() says how often is looked, and what keeps the error rates then. */
void plan_words_looks(struct plan_words *words);

#endif
