/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_UNITS_UNITS_H
#define ASSAY_SOURCE_UNITS_UNITS_H

#include "assay/dataset.h"
#include "base/halt.h"
#include "source/units/gather.h"
#include "source/units/unit_looks.h"

/**
 * struct assay__units reads tables of units or exposures, and events, into a dataset. Without a
 * unit column and without caps at quantiles rows go straight into the moments; else they are
 * gathered by unit until assay__units_finish().
 */
struct assay__units {
    struct assay_dataset *dataset;
    const struct assay_read_options *options;
    struct assay__binding binding;
    struct assay__unit_names names;
    struct assay__row row;
    struct assay__tally tally;
    struct assay__gather gather;
    bool gathers;
    bool is_threaded; /* files were read, or what is like them: several threads may be used */
    struct assay__halt *halt; /* NULL: nobody ends the reading */
    uint64_t repeated_headers;
    uint32_t source;                                 /* of the file at hand */
    uint32_t *columns;                               /* [cells_max]: of the file at hand */
    struct assay__field *cells;                      /* [cells_max]: of the row at hand */
    int64_t earliest_ns;                             /* of the rows of exposures */
    int64_t latest_ns;                               /* of all rows; INT64_MIN before the first */
    uint64_t units_repeat, units_differ, units_seen; /* found by the visit */
};

/** assay__units_init() makes ready to read; release it also when this fails. */
enum assay_status assay__units_init(struct assay__units *units, struct assay_dataset *dataset,
                                    const struct assay_read_options *options,
                                    struct assay_error *err);
void assay__units_release(struct assay__units *units);

/** assay__units_read() reads an open table of source 0, or of the plan's events, to its end. */
enum assay_status assay__units_read(struct assay__units *units, uint32_t source,
                                    struct assay__rows *rows, struct assay_error *err);

/** assay__units_finish() adds what was gathered, once all tables are read. */
enum assay_status assay__units_finish(struct assay__units *units, struct assay_error *err);

#endif
