/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_SQL_SELECT_H
#define ASSAY_SOURCE_SQL_SELECT_H

#include "base/index.h"
#include "source/sql/layout.h"

/** struct assay__sql_remark: a row of the outcome that does not belong to a metric. */
struct assay__sql_remark {
    const char *metric, *group, *dimension, *value; /* as in the table */
    const char *count;                              /* of a cell c; NULL: 1 */
    const char *of_looks;                           /* a count of the looks l; NULL: none */
    const char *cap;                                /* a cell's cap, which the value is; or NULL */
    unsigned scale;                                 /* of the cap */
    bool is_latest;
    bool is_rare; /* left out when it is 0; these come last */
};

/**
 * struct assay__sql_selection: the rows of the outcome by their number j: 0 counts units, then the
 * metrics, then the remarks.
 */
struct assay__sql_selection {
    struct assay__sql *sql;
    struct assay__index columns; /* names of sums */
    struct assay__sql_remark *remarks;
    uint32_t remark_count;
    bool has_masks;
};

/** assay__sql_sum_in() is the sum of a metric that stands in a column; UINT32_MAX for none. */
uint32_t assay__sql_sum_in(const struct assay__sql_selection *selection, uint32_t metric,
                           uint32_t column);

/** assay__sql_put_outcome() writes the last part: sums as rows of a table, between its seals. */
void assay__sql_put_outcome(struct assay__sql_selection *selection);

#endif
