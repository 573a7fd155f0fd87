/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_WAREHOUSE_SHARD_H
#define ASSAY_SOURCE_WAREHOUSE_SHARD_H

#include <pthread.h>

#include "source/warehouse/warehouse.h"

/**
 * struct assay__shard: one database and what it is asked. It is used by one thread, but for
 * connection, which another may cancel under the lock.
 */
struct assay__shard {
    const struct assay__engine *engine;
    struct assay__database source;
    struct assay__sql_options sql;
    const struct assay_plan *plan;
    bool may_ship_rows, wants_plan_only;
    uint32_t unit_check;
    pthread_mutex_t lock;
    struct assay__connection *connection; /* NULL: not open */
    bool is_cancelled;                    /* also before it was open */
    struct assay__text statement;
    struct assay__answer plan_answer, sums, units, own_schema;
    struct assay_error err;
    enum assay_status status;
};

/** assay__shard_ask() opens, asks and closes; the outcome is in status and err. */
void assay__shard_ask(struct assay__shard *shard);

/** assay__shard_cancel() ends it, from another thread. */
void assay__shard_cancel(struct assay__shard *shard);

void assay__shard_release(struct assay__shard *shard);

#endif
