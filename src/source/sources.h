/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_SOURCES_H
#define ASSAY_SOURCE_SOURCES_H

#include "assay/dataset.h"
#include "base/halt.h"
#include "source/rows.h"

/** struct assay__rows_request: what a dataset is to be read from. All of it is borrowed. */
struct assay__rows_request {
    const char *name; /* a path, "-" for standard input, or what a source's prefix begins */
    const struct assay_plan *plan;
    const struct assay_read_options *options;
    bool is_traced;           /* assay__rows_fingerprint() will be asked for */
    struct assay__halt *halt; /* NULL: nobody ends the reading */
};

/**
 * ASSAY__SOURCE_LIST: the sources that a name may begin with, as X(prefix, NAME). A new one is a
 * file with assay__open_NAME() and a line here. The first prefix that fits is taken; the last one
 * fits every name: a file, or standard input.
 */
#define ASSAY__SOURCE_LIST(X) X("", csv)

#define ASSAY__SOURCE_OPEN(prefix, name)                                                           \
    enum assay_status assay__open_##name(const struct assay__rows_request *request,                \
                                         struct assay__rows **out, struct assay_error *err);
ASSAY__SOURCE_LIST(ASSAY__SOURCE_OPEN)
#undef ASSAY__SOURCE_OPEN

/** assay__rows_open() opens the source that the name begins with. */
enum assay_status assay__rows_open(const struct assay__rows_request *request,
                                   struct assay__rows **out, struct assay_error *err);

/**
 * assay__dataset_read_rows() is assay_dataset_read() of one table of units or sums that is open
 * already; files of events come from the options. It does not close the rows.
 */
enum assay_status assay__dataset_read_rows(struct assay_dataset *dataset, struct assay__rows *rows,
                                           const struct assay_read_options *options,
                                           struct assay_error *err);

/** assay__dataset_read_sums() reads tables of sums, which are parts of one whole, and closes none.
 */
enum assay_status assay__dataset_read_sums(struct assay_dataset *dataset,
                                           struct assay__rows *const *rows, size_t count,
                                           struct assay_error *err);

#endif
