/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_SOURCES_H
#define ASSAY_SOURCE_SOURCES_H

#include "assay/dataset.h"
#include "source/rows.h"

/** struct assay__rows_request: what a dataset is to be read from. All of it is borrowed. */
struct assay__rows_request {
    const char *name; /* a path, "-" for standard input, or what a source's prefix begins */
    const struct assay_plan *plan;
    const struct assay_read_options *options;
    bool is_traced; /* assay__rows_fingerprint() will be asked for */
};

/** assay__rows_open() opens the source that the name begins with: source/sources.c has them. */
enum assay_status assay__rows_open(const struct assay__rows_request *request,
                                   struct assay__rows **out, struct assay_error *err);

/**
 * assay__dataset_read_rows() is assay_dataset_read() of one table of units or sums that is open
 * already; files of events come from the options. It does not close the rows.
 */
enum assay_status assay__dataset_read_rows(struct assay_dataset *dataset, struct assay__rows *rows,
                                           const struct assay_read_options *options,
                                           struct assay_error *err);

#endif
