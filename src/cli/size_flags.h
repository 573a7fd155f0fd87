/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_CLI_SIZE_FLAGS_H
#define ASSAY_CLI_SIZE_FLAGS_H

#include "cli/size_query.h"

/** struct size_flags: the flags of `assay size` as given. Numbers not given are NaN. */
struct size_flags {
    double mean, variance[2], deviation[2], baseline_rate;
    size_t variance_count, deviation_count;
    struct size_list effects, absolute_effects, powers, totals;
    double margin, absolute_margin;
    double alpha, reduction;
    double weights[2];
    unsigned side, test, method, direction; /* indices into their lists of names */
    uint64_t success_count, guardrail_count, comparison_count;
    bool has_success, has_guardrails, has_comparisons, has_method;
    bool is_percent_absolute; /* an effect or margin in units of the metric has a % */
    struct size_history history;
    enum args_format format;
    bool wants_help;
};

/** size_flags_read() reads the command line; 0, or the exit code after saying what is wrong. */
int size_flags_read(int argc, char **argv, struct size_flags *flags);

/** size_flags_query() checks that the flags fit together, reads the history and makes a query. */
int size_flags_query(const struct size_flags *flags, struct size_query *query);

#endif
