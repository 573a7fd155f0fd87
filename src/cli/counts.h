/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_CLI_COUNTS_H
#define ASSAY_CLI_COUNTS_H

#include "assay.h"
#include "base/arena.h"
#include "base/text.h"

/**
 * The figures of `assay test`: words of a command line such as 100/1000 (successes of units),
 * 10%/1000, or 1000,20.3,5.1 (units, mean, standard deviation), each with the group's name before
 * it where it has one, as in control=100/1000.
 */

/** struct counts_arm: one group's figures of a metric. */
struct counts_arm {
    const char *group;
    struct assay_moments *moments;
};

/** struct counts_metric: one --proportion or --mean, with the words that follow it. */
struct counts_metric {
    const char *flag;              /* "proportion" or "mean" */
    const char *name, *attributes; /* attributes: "" for none */
    const char **words;
    size_t word_count;
    struct counts_arm *arms; /* as many as words, once they are read */
    const char *remark;      /* how a percentage was understood; NULL for none */
    bool is_vague;           /* several counts would give that percentage */
};

/** struct counts: all of them. Zero-initialise, and release. */
struct counts {
    struct assay__arena arena;
    struct counts_metric *metrics;
    size_t metric_count, metric_capacity;
    const char *groups; /* --groups; NULL: none */
};

/** counts_begin() begins a metric; word is its name with attributes, or its first figures. */
int counts_begin(struct counts *counts, const char *flag, const char *word);

/** counts_add() gives the metric at hand a word. */
int counts_add(struct counts *counts, const char *word);

/** counts_read() turns all words into figures; 0, or the exit code after saying what is wrong. */
int counts_read(struct counts *counts);

/** counts_dataset() makes a dataset of them, for a plan that has their metrics. */
ASSAY_MUST_CHECK enum assay_status counts_dataset(const struct counts *counts,
                                                  const struct assay_plan *plan,
                                                  struct assay_dataset **out,
                                                  struct assay_error *err);

/**
 * counts_view() writes the classical view below a table: for each comparison the two-sided interval
 * of a level, statistic and p-values of one look, by the normal distribution for proportions and by
 * Welch's t for means.
 */
ASSAY_MUST_CHECK enum assay_status counts_view(const struct counts *counts,
                                               const struct assay_analysis *analysis, double level,
                                               struct assay__text *out, struct assay_error *err);

void counts_release(struct counts *counts);

#endif
