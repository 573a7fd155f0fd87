/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_PLAN_H
#define ASSAY_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "assay/compare.h"
#include "assay/export.h"
#include "assay/status.h"

/** Limits of a plan; each is checked and reported by name. */
enum {
    ASSAY_PLAN_BYTES_MAX = 4 << 20,
    ASSAY_METRICS_MAX = 1000,
    ASSAY_GROUPS_MAX = 1000,
    ASSAY_COMPARISONS_MAX = 10000,
    ASSAY_DIMENSIONS_MAX = 64,
    ASSAY_SEGMENTS_MAX = 256,
    ASSAY_EVENTS_MAX = 64,    /* named event files */
    ASSAY_SPELLINGS_MAX = 64, /* of what is missing, true, false or a currency sign */
    ASSAY_DURATION_DAYS_MAX = 3650,
    ASSAY_NAME_BYTES_MAX = 1024 /* ids and column names */
};

/** enum assay_role: what a metric is for. */
enum assay_role {
    ASSAY_ROLE_SUCCESS,      /* to be improved: superiority */
    ASSAY_ROLE_GUARDRAIL,    /* not to be harmed: non-inferiority where it has a margin */
    ASSAY_ROLE_DETERIORATION /* monitored for harm only */
};

/** enum assay_direction: which way is good. */
enum assay_direction {
    ASSAY_DIRECTION_INCREASE, /* larger is better: one-sided */
    ASSAY_DIRECTION_DECREASE, /* smaller is better: one-sided */
    ASSAY_DIRECTION_ANY       /* any change counts: two-sided */
};

/**
 * ASSAY_HORIZON_LIST: when an experiment may be looked at, as X(NAME, file, spelling in plans).
 * Names and order are stable; new ones are added at the end.
 */
#define ASSAY_HORIZON_LIST(X)                                                                      \
    X(FIXED, fixed, fixed)                                 /* once, when all data are there */     \
    X(GROUP_SEQUENTIAL, group_sequential, groupSequential) /* alpha spending: Lan, DeMets 1983 */  \
    X(ALWAYS_VALID, always_valid, alwaysValid)             /* any time: a confidence sequence */

/** enum assay_horizon_kind: when the experiment is looked at: see ASSAY_HORIZON_LIST. */
enum assay_horizon_kind {
#define ASSAY_HORIZON_ENUMERATOR(name, file, spelling) ASSAY_HORIZON_##name,
    ASSAY_HORIZON_LIST(ASSAY_HORIZON_ENUMERATOR) ASSAY_HORIZON_LARGEST =
        0x7fffffff /* no value: later ones fit */
#undef ASSAY_HORIZON_ENUMERATOR
};

/**
 * ASSAY_SPENDING_LIST: alpha spending functions, as X(NAME, spelling in plans). Names and order are
 * stable; new ones are added at the end.
 */
#define ASSAY_SPENDING_LIST(X)                                                                     \
    X(POWER, power)                       /* alpha t^rho */                                        \
    X(OBRIEN_FLEMING, obrienFleming)      /* little at first: like O'Brien and Fleming (1979) */   \
    X(POCOCK, pocock)                     /* evenly: like Pocock (1977) */                         \
    X(HWANG_SHIH_DECANI, hwangShihDeCani) /* between: Hwang, Shih, De Cani (1990) */

/** enum assay_spending_family: alpha spending functions: see ASSAY_SPENDING_LIST. */
enum assay_spending_family {
#define ASSAY_SPENDING_ENUMERATOR(name, spelling) ASSAY_SPENDING_##name,
    ASSAY_SPENDING_LIST(ASSAY_SPENDING_ENUMERATOR) ASSAY_SPENDING_LARGEST =
        0x7fffffff /* no value: later ones fit */
#undef ASSAY_SPENDING_ENUMERATOR
};

/**
 * struct assay_plan is a validated plan with every default filled in: a handle, read only, which
 * threads may share. Datasets and analyses made of it keep it alive, so that all of them may be
 * freed in any order, by a garbage collector too.
 */
struct assay_plan;

/**
 * assay_plan_parse() reads and validates a plan, a JSON document as data/plan.schema.json has it.
 * Strict JSON but for comments: no duplicate keys, no unknown keys (a suggestion is given), no
 * trailing text.
 *
 * @text, @length  no NUL is needed at the end; not kept
 * @name           the file's name, for messages; NULL when it has none
 * @out            free with assay_plan_free()
 * Returns ASSAY_ERROR_PLAN with line and column, ASSAY_ERROR_LIMIT, ASSAY_ERROR_MEMORY.
 */
ASSAY_API ASSAY_MUST_CHECK enum assay_status assay_plan_parse(const char *text, size_t length,
                                                              const char *name,
                                                              struct assay_plan **out,
                                                              struct assay_error *err);

/**
 * assay_plan_read() reads a plan from a file; "-" is standard input. Returns also
 * ASSAY_ERROR_NO_INPUT and ASSAY_ERROR_IO.
 */
ASSAY_API ASSAY_MUST_CHECK enum assay_status
assay_plan_read(const char *path, struct assay_plan **out, struct assay_error *err);

/**
 * assay_plan_free() ends the caller's use of a plan; its memory goes with the last dataset or
 * analysis made of it. NULL is fine. Threads: datasets and analyses of one plan may be freed by
 * several at once.
 */
ASSAY_API void assay_plan_free(struct assay_plan *plan);

/**
 * assay_plan_text() is the plan as canonical JSON, with every default filled in: keys in one order,
 * no blanks. It lives as long as the plan. What is read of it is the same plan.
 */
ASSAY_API const char *assay_plan_text(const struct assay_plan *plan);

/**
 * struct assay_metric: a metric of a plan. Texts live as long as the plan.
 */
struct assay_metric {
    const char *id;
    const char *value;       /* column; NULL: rows are counted */
    const char *denominator; /* column of a ratio's denominator, else NULL */
    enum assay_role role;
    enum assay_metric_type type;
    enum assay_direction direction;
    uint32_t covariate_count; /* columns, and the value before exposure, which comes last */
    uint64_t reserved[6];     /* 0 */
};

/** assay_plan_metric() reads a metric, in the plan's order; false past the last one. */
ASSAY_API bool assay_plan_metric(const struct assay_plan *plan, size_t index,
                                 struct assay_metric *out);

#endif
