/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_WAREHOUSE_WAREHOUSE_H
#define ASSAY_SOURCE_WAREHOUSE_WAREHOUSE_H

#include <signal.h>

#include "analysis/dataset.h"
#include "source/sql/sql.h"
#include "source/warehouse/engine.h"

/** struct assay__warehouse: databases that hold an experiment's rows, and how they are asked. */
struct assay__warehouse {
    const char *const *sources;        /* their names; with several, each unit is in one of them */
    size_t source_count;               /* 1 to ASSAY__SQL_SHARDS_MAX */
    struct assay__sql_options sql;     /* dialect NULL: the one that the database speaks */
    struct assay__login login;         /* of all sources */
    uint32_t seconds;                  /* most that a statement may take; 0: any time */
    bool may_ship_rows;                /* run a plan that moves rows between servers, too */
    const volatile sig_atomic_t *stop; /* ends all once it is not 0; NULL: nothing does */
};

/**
 * assay__warehouse_read() has the databases compute a plan's sums, each in a thread of its own, and
 * adds them to a dataset. All of them answer, or it fails and the others are cancelled; the dataset
 * can then only be freed.
 *
 * With several sources a unit that is in two of them is ASSAY_ERROR_DATA: of each, sql.unit_check
 * units are compared, those whose MD5 is smallest; the others are not. Plans whose sums depend on
 * all rows at once, by a cap at a quantile, or by a window without an asOf, are then
 * ASSAY_ERROR_PLAN. Errors else: see struct assay__engine; ASSAY_ERROR_USAGE for a name that no
 * engine has, one that holds a password, or one given twice; ASSAY_ERROR_LIMIT.
 *
 * A thread whose database does not answer, and does not even end when it is told to, is left alone
 * after some seconds: strings and sources must live as long as the process.
 */
enum assay_status assay__warehouse_read(struct assay_dataset *dataset,
                                        const struct assay__warehouse *warehouse,
                                        struct assay_error *err);

/** assay__warehouse_explain() writes each source's statement, and its plan as a comment. */
enum assay_status assay__warehouse_explain(const struct assay_plan *plan,
                                           const struct assay__warehouse *warehouse,
                                           struct assay__text *out, struct assay_error *err);

#endif
