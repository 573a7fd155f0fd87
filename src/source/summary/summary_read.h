/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_SUMMARY_SUMMARY_READ_H
#define ASSAY_SOURCE_SUMMARY_SUMMARY_READ_H

#include "source/csv/csv.h"
#include "source/summary/summary_table.h"

/**
 * assay__summary_table_read() reads an open CSV of sufficient statistics, header already read. Only
 * rows that the plan needs must be complete; without a plan (NULL) it is all of them.
 */
enum assay_status assay__summary_table_read(struct assay__rows *rows, const struct assay_plan *plan,
                                            struct assay__summary_table *table,
                                            struct assay_error *err);

/** assay__summary_read_file() reads a file of sufficient statistics; halt NULL: nobody ends it. */
enum assay_status assay__summary_read_file(const char *path, struct assay__halt *halt,
                                           struct assay__summary_table *table,
                                           struct assay_error *err);

/** assay__summary_looks_like(): the header has metric, group and n. */
bool assay__summary_looks_like(const struct assay__rows *rows);

#endif
