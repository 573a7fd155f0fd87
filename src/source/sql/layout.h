/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_SQL_LAYOUT_H
#define ASSAY_SOURCE_SQL_LAYOUT_H

#include "source/sql/writer.h"

/** struct assay__sql_sum: a sum of a metric, over products of its numbers. */
struct assay__sql_sum {
    uint32_t order; /* 1 to 3 factors */
    uint32_t factor[3];
    unsigned scale; /* it is this sum times 10^-scale */
};

/** assay__sql_sum() is a sum by its index, in the order of assay__column_sum(). */
struct assay__sql_sum assay__sql_sum(const struct assay__sql *sql, uint32_t metric, uint32_t index);
uint32_t assay__sql_sum_count(const struct assay__sql *sql, uint32_t metric);

/** assay__sql_needs_latest(): some window must be over by the latest row. */
bool assay__sql_needs_latest(const struct assay__sql *sql);

#endif
