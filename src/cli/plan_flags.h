/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_CLI_PLAN_FLAGS_H
#define ASSAY_CLI_PLAN_FLAGS_H

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "analysis/plan_model.h"
#include "assay/status.h"
#include "plan/plan_keys.h"

/**
 * Flags that make a plan, the same for every command that needs one: rows of the key table that
 * name a flag, and a few without one. A command merges them into its options and hands every
 * option it does not know itself to plan_flags_take():
 *
 *     static const struct option OWN[] = {
 *         {"format", required_argument, NULL, OPTION_FORMAT},
 *         {NULL, 0, NULL, 0}};
 *     ...
 *     struct option options[PLAN_OPTIONS_MAX];
 *     struct plan_flags flags = {0};
 *     plan_flags_options(OWN, options);
 *     while ((option = cli_option("analyze", options, argc, argv)) != -1)
 *         if (option == OPTION_FORMAT) ...
 *         else if (!plan_flags_take(&flags, option, optarg)) return usage error;
 *     status = plan_flags_build(&flags, &plan, &err);
 *     plan_flags_release(&flags);
 */

enum {
    PLAN_FLAG_FIRST = 0x1000, /* what getopt_long() returns for the first of these flags */
    PLAN_FLAGS_MAX = 128,
    PLAN_OPTIONS_MAX = 256, /* options of a command, those of the plan included */
    PLAN_FLAG_DEPTH = 4
};

/** struct plan_flag: one flag, or one attribute of a metric. */
struct plan_flag {
    const char *name, *argument, *sentence;              /* argument NULL: it takes none */
    const struct assay__plan_key *path[PLAN_FLAG_DEPTH]; /* keys from the plan or metric down */
    unsigned depth;                                      /* 0: the flag is not a key */
    bool repeats;                                        /* each use adds an entry to a list */
};

/** struct plan_flag_list: all of them. */
struct plan_flag_list {
    struct plan_flag rows[PLAN_FLAGS_MAX];
    size_t count;
};

/** plan_flag_list_fill() lists the flags of a plan, or the attributes of a metric. */
void plan_flag_list_fill(struct plan_flag_list *list, enum assay__plan_object object);

/** plan_flags_options() puts the flags before a command's own options, which end with a NULL name.
 */
void plan_flags_options(const struct option *own, struct option options[PLAN_OPTIONS_MAX]);

/**
 * plan_flags_some() puts those of some names at the beginning of options, and returns how many
 * there are: for a command that takes a few. plan_flags_help_some() prints them for --help.
 */
size_t plan_flags_some(const char *const *names, size_t count,
                       struct option options[PLAN_OPTIONS_MAX]);
void plan_flags_help_some(FILE *out, const char *const *names, size_t count);

/** struct plan_flag_use: one flag as it was given. The value is borrowed from argv. */
struct plan_flag_use {
    const struct plan_flag *flag;
    const char *value; /* NULL for flags without argument */
};

/** struct plan_flags: the flags of a command line in their order. Zero-initialise it. */
struct plan_flags {
    struct plan_flag_list *list;
    struct plan_flag_use *uses;
    size_t count, capacity;
    bool failed; /* memory ran out; plan_flags_build() reports it */
};

/** plan_flags_take() keeps a flag; false when option is not one of them. */
bool plan_flags_take(struct plan_flags *flags, int option, const char *value);

/** plan_flags_add() keeps a flag by its name, as if it were given last. */
void plan_flags_add(struct plan_flags *flags, const char *name, const char *value);

/** plan_flags_given() is the last value given for a flag, "" for one without value, or NULL. */
const char *plan_flags_given(const struct plan_flags *flags, const char *name);

/**
 * plan_flags_build() makes the plan of --plan FILE and the flags laid over it. Errors of values
 * that flags made are ASSAY_ERROR_USAGE and begin with the flag; those of the file are
 * ASSAY_ERROR_PLAN with line and column. The caller frees *out with assay_plan_free().
 */
ASSAY_MUST_CHECK enum assay_status
plan_flags_build(const struct plan_flags *flags, struct assay_plan **out, struct assay_error *err);

/** struct plan_event_file: a file of one of the plan's events, as --events names it. */
struct plan_event_file {
    const struct assay_events_plan *events;
    const char *path;
};

/**
 * plan_flags_event_files() lists the files of all --events NAME=FILE[,FILE...], in their order.
 * plan is what plan_flags_build() made of the same flags; *files lives until it is freed with
 * free(), and is NULL when there are none.
 */
ASSAY_MUST_CHECK enum assay_status plan_flags_event_files(const struct plan_flags *flags,
                                                          const struct assay_plan *plan,
                                                          struct plan_event_file **files,
                                                          size_t *count, struct assay_error *err);

/** plan_flags_release() frees what plan_flags_take() kept. */
void plan_flags_release(struct plan_flags *flags);

/** plan_flags_help() prints the flags and the attributes of metrics, for --help. */
void plan_flags_help(FILE *out);

#endif
