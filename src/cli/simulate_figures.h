/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_CLI_SIMULATE_FIGURES_H
#define ASSAY_CLI_SIMULATE_FIGURES_H

#include "cli/simulate.h"

/** enum simulate_figure: what is told of a scenario. Those from SIGNIFICANT on are of a metric. */
enum simulate_figure {
    SIMULATE_SHIP,
    SIMULATE_END,
    SIMULATE_ABORT,
    SIMULATE_ABORT_SRM,
    SIMULATE_GO_ON,
    SIMULATE_WITHHELD,
    SIMULATE_UNITS,
    SIMULATE_UNIT_SHARE,
    SIMULATE_SIGNIFICANT,
    SIMULATE_DETERIORATED,
    SIMULATE_COVERAGE,
    SIMULATE_COVERAGE_AFTER,
    SIMULATE_EXAGGERATION,
    SIMULATE_EXAGGERATION_AFTER,
    SIMULATE_FIGURES
};

/** SIMULATE_NO_METRIC stands for the whole decision in place of a metric's number. */
#define SIMULATE_NO_METRIC UINT32_MAX

/** struct simulate_value: a mean over experiments and its Monte Carlo standard error. */
struct simulate_value {
    double value, error; /* NaN without experiments; the error also with one */
    uint64_t count;      /* experiments that have it */
};

/** simulate_figure_id() names a figure in JSON and CSV; simulate_figure_words() in the table. */
const char *simulate_figure_id(enum simulate_figure figure);
const char *simulate_figure_words(enum simulate_figure figure);

/** simulate_figure_value() is a figure of a scenario's outcomes, summed in their order. */
struct simulate_value simulate_figure_value(const struct simulation *simulation,
                                            const struct simulate_outcomes *outcomes,
                                            enum simulate_figure figure, uint32_t metric);

/** simulate_nominal() is the level of a metric's interval; NaN when there is none. */
double simulate_nominal(const struct simulation *simulation,
                        const struct simulate_outcomes *outcomes, uint32_t metric);

/** struct simulate_promise: what the plan promises of a share, and what came out. */
struct simulate_promise {
    const char *id, *words;
    double bound;
    bool is_least; /* the share is to be at least the bound, else at most */
    struct simulate_value found;
    bool is_kept; /* within three standard errors of the bound, or better */
};

enum { SIMULATE_PROMISES_MAX = 3 };

/** simulate_promises() lists them; returns how many. */
uint32_t simulate_promises(const struct simulation *simulation,
                           const struct simulate_outcomes *outcomes, uint32_t scenario_count,
                           struct simulate_promise out[SIMULATE_PROMISES_MAX]);

#endif
