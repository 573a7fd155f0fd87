/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_CLI_PLAN_FLAGS_H
#define ASSAY_CLI_PLAN_FLAGS_H

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "assay/plan.h"
#include "assay/status.h"

/**
 * Flags that make a plan, the same for every command that needs one. A command puts
 * PLAN_FLAG_OPTIONS into its table for getopt_long(), hands every option it does not know itself to
 * plan_flags_take(), and asks plan_flags_build() for the plan:
 *
 *     static const struct option OPTIONS[] = {
 *         PLAN_FLAG_OPTIONS
 *         {"format", required_argument, NULL, OPTION_FORMAT},
 *         {NULL, 0, NULL, 0}};
 *     ...
 *     struct plan_flags flags = {0};
 *     while ((option = getopt_long(argc, argv, "", OPTIONS, NULL)) != -1)
 *         if (option == OPTION_FORMAT) ...
 *         else if (!plan_flags_take(&flags, option, optarg)) return usage error;
 *     status = plan_flags_build(&flags, &plan, &err);
 *     plan_flags_release(&flags);
 */

/** PLAN_FLAG_LIST: every flag as X(ID, "name", has argument, "ARGUMENT", "sentence for --help"). */
#define PLAN_FLAG_LIST(X)                                                                          \
    X(PLAN, "plan", 1, "FILE", "read the plan from FILE; the flags below change it")               \
    X(GROUP, "group", 1, "COLUMN", "column of the group")                                          \
    X(UNIT, "unit", 1, "COLUMN", "column of the unit id")                                          \
    X(TIME, "time", 1, "COLUMN", "column of the time")                                             \
    X(BASELINE, "baseline", 1, "GROUP", "compare GROUP with every other group")                    \
    X(ALL_PAIRS, "all-pairs", 0, "", "compare every two groups")                                   \
    X(COMPARE, "compare", 1, "BASE:GROUP", "compare these two groups; may be repeated")            \
    X(WEIGHTS, "weights", 1, "A=1,B=2", "planned groups and their shares")                         \
    X(METRIC, "metric", 1, "COLUMN[:...]", "a mean per unit; may be repeated")                     \
    X(PROPORTION, "proportion", 1, "COLUMN[:...]", "a share of units; may be repeated")            \
    X(RATIO, "ratio", 1, "COL/COL[:...]", "a ratio of two sums; may be repeated")                  \
    X(COVARIATE, "covariate", 1, "COLUMN", "covariate of metrics that name none; may be repeated") \
    X(REDUCTION, "reduction", 1, "NAME", "variance reduction: full, pooled or none")               \
    X(MISSING, "missing", 1, "NAME", "missing values: drop or zero")                               \
    X(ALPHA, "alpha", 1, "A", "planned false-positive rate of the decision")                       \
    X(POWER, "power", 1, "P", "planned power of the decision")                                     \
    X(DETERIORATION_ALPHA, "deterioration-alpha", 1, "A", "level of harm tests, or off")           \
    X(MULTIPLICITY, "multiplicity", 1, "NAME", "adjust p over all, perMetric or perComparison")    \
    X(SRM_ALPHA, "srm-alpha", 1, "A", "level of the sample ratio mismatch test")                   \
    X(SRM_METHOD, "srm-method", 1, "NAME", "chi2 or sequential")                                   \
    X(SRM_TOLERANCE, "srm-tolerance", 1, "R", "ignore shares that are off by no more than R")      \
    X(DIMENSION, "dimension", 1, "COLUMN", "break results down by COLUMN; may be repeated")        \
    X(SEGMENT, "segment", 1, "ID=FILTER", "a pre-planned sub-population; may be repeated")         \
    X(RELATIVE, "relative", 1, "NAME", "relative interval: fieller, delta, log or scaled")         \
    X(TEST, "test", 1, "NAME", "z or t (Welch)")                                                   \
    X(SKEWNESS, "skewness-correction", 1, "NAME", "none, hall, johnson or pearson")                \
    X(AS_OF, "as-of", 1, "TIME", "leave out data at or after TIME (RFC 3339)")                     \
    X(PARENT, "parent", 1, "NAME", "workflows/{workflow}/instances/{instance}")                    \
    X(ID, "id", 1, "ID", "id of the analysis result")                                              \
    X(EXPOSURE_FILTER, "exposure-filter", 1, "NAME", "exposure filter, passed through")            \
    X(LABEL, "label", 1, "KEY=VALUE", "a label, passed through; may be repeated")

/** enum plan_flag: what getopt_long() returns for these flags; apart from all characters. */
enum plan_flag {
    PLAN_FLAG_BEFORE = 0x1000,
#define PLAN_FLAG_ENUM(id, name, has_argument, argument, sentence) PLAN_FLAG_##id,
    PLAN_FLAG_LIST(PLAN_FLAG_ENUM)
#undef PLAN_FLAG_ENUM
        PLAN_FLAG_AFTER
};

#define PLAN_FLAG_OPTION(id, name, has_argument, argument, sentence)                               \
    {name, has_argument, NULL, PLAN_FLAG_##id},
/** PLAN_FLAG_OPTIONS: rows of a struct option table, each ended by a comma. */
#define PLAN_FLAG_OPTIONS PLAN_FLAG_LIST(PLAN_FLAG_OPTION)

/** struct plan_flag_use: one flag as it was given. The value is borrowed from argv. */
struct plan_flag_use {
    enum plan_flag flag;
    const char *value; /* NULL for flags without argument */
};

/** struct plan_flags: the flags of a command line in their order. Zero-initialise it. */
struct plan_flags {
    struct plan_flag_use *uses;
    size_t count, capacity;
    bool failed; /* memory ran out; plan_flags_build() reports it */
};

/** plan_flags_take() keeps a flag; false when option is none of PLAN_FLAG_LIST. */
bool plan_flags_take(struct plan_flags *flags, int option, const char *value);

/** plan_flags_given() is the last value given for a flag, "" for one without value, or NULL. */
const char *plan_flags_given(const struct plan_flags *flags, enum plan_flag flag);

/**
 * plan_flags_build() makes the plan of --plan FILE and the flags laid over it. Errors of values
 * that flags made are ASSAY_ERROR_USAGE and begin with the flag; those of the file are
 * ASSAY_ERROR_PLAN with line and column. The caller frees *out with assay_plan_free().
 */
ASSAY_MUST_CHECK enum assay_status
plan_flags_build(const struct plan_flags *flags, struct assay_plan **out, struct assay_error *err);

/** plan_flags_release() frees what plan_flags_take() kept. */
void plan_flags_release(struct plan_flags *flags);

/** plan_flags_help() prints the flags and the attributes of metrics, for --help. */
void plan_flags_help(FILE *out);

#endif
