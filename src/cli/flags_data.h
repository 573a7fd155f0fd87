/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_CLI_FLAGS_DATA_H
#define ASSAY_CLI_FLAGS_DATA_H

#include <getopt.h>
#include <stdbool.h>

#include "analysis/results.h"
#include "assay.h"
#include "cli/plan_flags.h"

/** Flags of commands that read experiment data, besides those of the plan. */
#define DATA_FLAG_LIST(X)                                                                          \
    X(INPUT, "input", 1, "KIND", "form of the data: auto, units or summary")                       \
    X(BAD_ROWS, "bad-rows", 1, "NAME", "rows with a cell that cannot be read: fail or skip")       \
    X(SEPARATOR, "separator", 1, "CHAR", "separator: one of , ; | or tab; sniffed when not given") \
    X(THREADS, "threads", 1, "COUNT", "threads that read; all processors when not given")          \
    X(MEMORY, "memory", 1, "SIZE", "for gathering units, as 256M; by default half of what there is")

enum data_flag {
    DATA_FLAG_BEFORE = 0x2000,
#define DATA_FLAG_ENUM(id, name, has_argument, argument, sentence) DATA_FLAG_##id,
    DATA_FLAG_LIST(DATA_FLAG_ENUM)
#undef DATA_FLAG_ENUM
        DATA_FLAG_AFTER
};

#define DATA_FLAG_OPTION(id, name, has_argument, argument, sentence)                               \
    {name, has_argument, NULL, DATA_FLAG_##id},
/** DATA_FLAG_OPTIONS: rows of a struct option table, each ended by a comma. */
#define DATA_FLAG_OPTIONS DATA_FLAG_LIST(DATA_FLAG_OPTION)

/**
 * data_flag_take() keeps a data flag in options; false when option is not one of them. When the
 * value is wrong it says so as command and sets *code to the exit code.
 */
bool data_flag_take(const char *command, struct assay_read_options *options, int option,
                    const char *value, int *code);

/** data_flag_help() prints the flags for --help. */
void data_flag_help(FILE *out);

/** data_check_twice() refuses a file that is given twice: 0, or the exit code after saying so. */
int data_check_twice(const char *command, char *const *paths, size_t path_count);

/** data_check_files() does that, and refuses an output that is one of the files or the plan. */
int data_check_files(const char *command, const struct plan_flags *flags, char *const *paths,
                     size_t path_count, const char *output);

/**
 * data_read() makes a dataset of files, and of those that --events names. The caller frees it;
 * after a failure *dataset is NULL.
 */
ASSAY_MUST_CHECK enum assay_status
data_read(const struct assay_plan *plan, const struct plan_flags *flags,
          const struct assay_read_options *options, char *const *paths, size_t path_count,
          struct assay_dataset **dataset, struct assay_error *err);

/** data_read_watched() tells a watch of each unit as it is added; see analysis/dataset.h. */
struct assay__unit_watch;
ASSAY_MUST_CHECK enum assay_status
data_read_watched(const struct assay_plan *plan, const struct plan_flags *flags,
                  const struct assay_read_options *options, char *const *paths, size_t path_count,
                  const struct assay__unit_watch *watch, struct assay_dataset **dataset,
                  struct assay_error *err);

/**
 * data_fail() reports what went wrong with plan or data and returns the exit code. A plan that is
 * all flags is the command line: what is wrong with it is wrong usage.
 */
int data_fail(const char *command, const struct plan_flags *flags, const struct assay_error *err);

#endif
