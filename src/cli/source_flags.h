/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_CLI_SOURCE_FLAGS_H
#define ASSAY_CLI_SOURCE_FLAGS_H

#include <getopt.h>

#include "cli/plan_flags.h"
#include "source/warehouse/warehouse.h"

/**
 * Flags of commands that let a database compute the sums. A password is in none of them: what is in
 * argv, everyone on the machine can read.
 */
#define SOURCE_FLAG_LIST(X)                                                                        \
    X(SOURCE, "source", 1, "NAME", "database instead of files; several: the parts of one whole")   \
    X(TABLE, "table", 1, "NAME", "table of units, or of exposures")                                \
    X(SCHEMA, "schema", 1, "NAME", "schema of all tables; the connection's when not given")        \
    X(VIEW, "view", 1, "NAME", "view of a shard's sums that 'assay sql --view' made")              \
    X(SHARD, "shard", 1, "SCHEMA", "where in the database a shard's view is; several")             \
    X(EXPLAIN, "explain", 0, "", "print the statement and the database's plan, run neither")       \
    X(TIMEOUT, "source-timeout", 1, "S", "seconds that a statement may take; any when not given")  \
    X(CREDENTIALS, "source-credentials", 1, "FILE", "lines user=NAME and password=SECRET")         \
    X(CA, "source-ca", 1, "FILE", "trust these certificates for https instead of the system's")    \
    X(DIALECT, "source-dialect", 1, "NAME", "SQL that the database speaks, where it is not known") \
    X(UNITS, "source-units", 1, "N", "units of each part looked for in the others (100000)")       \
    X(SHIP_ROWS, "ship-rows", 0, "", "run a plan that moves rows between servers, too")            \
    X(SCALE, "scale", 1, "N", "digits after the point, where an engine needs it (4)")              \
    X(NO_CUBES, "no-cubes", 0, "", "leave out third powers and the check of skewness")

enum source_flag {
    SOURCE_FLAG_BEFORE = 0x2800,
#define SOURCE_FLAG_ENUM(id, name, has_argument, argument, sentence) SOURCE_FLAG_##id,
    SOURCE_FLAG_LIST(SOURCE_FLAG_ENUM)
#undef SOURCE_FLAG_ENUM
        SOURCE_FLAG_AFTER
};

#define SOURCE_FLAG_OPTION(id, name, has_argument, argument, sentence)                             \
    {name, has_argument, NULL, SOURCE_FLAG_##id},
/** SOURCE_FLAG_OPTIONS: rows of a struct option table, each ended by a comma. */
#define SOURCE_FLAG_OPTIONS SOURCE_FLAG_LIST(SOURCE_FLAG_OPTION)

/** struct source_flags: the flags as given. Zero-initialise it. */
struct source_flags {
    struct assay__warehouse warehouse;
    const char *names[ASSAY__SQL_SHARDS_MAX], *shards[ASSAY__SQL_SHARDS_MAX];
    bool has_scale, has_units, explains;
    const char *credentials;
    const char *first; /* the first of the flags but for --source, which they need */
    char *login;       /* what the file of credentials holds */
};

/**
 * source_flag_take() keeps a flag; false when option is not one of them. When the value is wrong it
 * says so as command and sets *code to the exit code.
 */
bool source_flag_take(const char *command, struct source_flags *flags, int option,
                      const char *value, int *code);

/** source_flag_help() prints the flags for --help. */
void source_flag_help(FILE *out);

/**
 * source_check() says what is wrong with the flags together, and with files beside them: 0, or the
 * exit code.
 */
int source_check(const char *command, const struct source_flags *flags, size_t path_count);

/** source_read() has the databases compute the sums: as data_read(). */
ASSAY_MUST_CHECK enum assay_status
source_read(const struct assay_plan *plan, const struct plan_flags *plan_flags,
            struct source_flags *flags, struct assay_dataset **dataset, struct assay_error *err);

/** source_explain() prints statements and plans of execution; the exit code. */
int source_explain(const char *command, const struct plan_flags *plan_flags,
                   struct source_flags *flags);

/** source_check_output() refuses an output that is one of the databases, or the credentials. */
int source_check_output(const char *command, const struct source_flags *flags, const char *output);

/**
 * source_release() overwrites and frees what was read; call it last: when a signal stopped the
 * reading, the process ends by that signal.
 */
void source_release(struct source_flags *flags);

#endif
