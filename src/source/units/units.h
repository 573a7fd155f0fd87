/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_UNITS_UNITS_H
#define ASSAY_SOURCE_UNITS_UNITS_H

#include "assay/dataset.h"
#include "source/units/tally.h"
#include "source/units/unit_store.h"

/**
 * struct assay__units reads unit-level tables into a dataset. Without a unit
 * column and without caps at quantiles rows go straight into the moments; else they are kept until
 * assay__units_finish().
 */
struct assay__units {
    struct assay_dataset *dataset;
    const struct assay_read_options *options;
    struct assay__binding binding;
    struct assay__row row;
    struct assay__tally tally;
    struct assay__unit_store store;
    bool keeps_rows;
    uint64_t repeated_headers;
    uint32_t *columns;          /* [cell_count]: of the file at hand */
    struct assay__field *cells; /* [cell_count]: of the row at hand */
};

/** assay__units_init() makes ready to read; release it also when this fails. */
enum assay_status assay__units_init(struct assay__units *units, struct assay_dataset *dataset,
                                    const struct assay_read_options *options,
                                    struct assay_error *err);
void assay__units_release(struct assay__units *units);

/** assay__units_read() reads an open table to its end. */
enum assay_status assay__units_read(struct assay__units *units, struct assay__csv *csv,
                                    struct assay_error *err);

/** assay__units_finish() adds what was kept, once all tables are read. */
enum assay_status assay__units_finish(struct assay__units *units, struct assay_error *err);

#endif
