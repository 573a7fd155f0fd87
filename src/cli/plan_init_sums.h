/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_CLI_PLAN_INIT_SUMS_H
#define ASSAY_CLI_PLAN_INIT_SUMS_H

#include "cli/plan_init_table.h"
#include "source/summary/summary_table.h"

/** struct sums_metric: a metric of a table of sums. */
struct sums_metric {
    const char *id;
    const char *definition; /* canonical JSON of what its sums are of, in a sealed table; or NULL */
    bool is_proportion;     /* its figures are those of zeros and ones, and no whole numbers */
    bool has_denominator;
    uint32_t covariate_count;
};

/** struct init_sums: what a table of sums holds. Zero-initialise it. */
struct init_sums {
    struct assay__summary_table table;
    struct assay__index metrics, groups, dimensions, times;
    struct sums_metric *list; /* [metrics.count] */
    uint32_t baseline;        /* of groups */
    bool is_sure_baseline;
};

/** init_sums_read() reads the table that *table was found to be. Call init_sums_release() always.
 */
enum assay_status init_sums_read(const struct init_table *table, struct init_sums *sums,
                                 struct assay_error *err);
void init_sums_release(struct init_sums *sums);

/** init_sums_definition() is the text of a sealed table's definition; NULL when it has none. */
const char *init_sums_definition(const struct init_sums *sums, const char *kind, const char *name);

/** init_sums_write() writes a commented starting plan that reads the table. */
void init_sums_write(const struct init_table *table, const struct init_sums *sums,
                     struct assay__text *out);

#endif
