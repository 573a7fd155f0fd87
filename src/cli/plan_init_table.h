/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_CLI_PLAN_INIT_TABLE_H
#define ASSAY_CLI_PLAN_INIT_TABLE_H

#include "cli/plan_flags.h"
#include "cli/plan_init_guess.h"

/** struct init_table: a file, what is in it, and what its columns are taken for. Zero it first. */
struct init_table {
    struct table_source source;
    struct table_profile profile;
    struct table_guess guess;
    bool has_metrics;    /* set before reading: what is measured is known */
    uint32_t given_keys; /* of source.found.keys: those that the command line has */
    bool is_sums;        /* a table of sums: nothing is guessed of its columns */
};

/**
 * init_table_read() looks at a file. flags are those of a command line: the columns and the
 * spellings among them hold, others are passed over. Call init_table_release() always.
 */
enum assay_status init_table_read(struct init_table *table, const char *path, char separator,
                                  const struct plan_flags *flags, struct assay_error *err);
void init_table_release(struct init_table *table);

/** init_format_flags is the names of the flags that say how a file is written. */
extern const char *const init_format_flags[];
extern const size_t init_format_flag_count;

#endif
