/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_CLI_PLAN_INIT_SNIFF_H
#define ASSAY_CLI_PLAN_INIT_SNIFF_H

#include "cli/plan_init_dialect.h"
#include "source/csv/csv.h"
#include "source/csv/suggest.h"

/** struct table_source: a file and how it is written. Zero-initialise it. */
struct table_source {
    const char *path; /* "-": standard input, which table_source_rewind() can begin again */
    char separator;   /* 0: sniffed */
    struct found_dialect found;
    bool is_without_names;             /* the first line holds numbers: it may be data */
    char (*open)[ASSAY__REMEDY_BYTES]; /* of each column: a dialect that was not taken, or "" */
    uint32_t column_count;
};

/**
 * table_source_keep() makes standard input a file that can be read again, when path is "-".
 * ASSAY_ERROR_IO when there is no room for it.
 */
enum assay_status table_source_keep(const char *path, struct assay_error *err);

/** table_source_rewind() begins standard input that was kept again, when path is "-". */
enum assay_status table_source_rewind(const char *path, struct assay_error *err);

/** table_source_open() opens the table in the dialect as it was found so far. */
enum assay_status table_source_open(const struct table_source *source, bool skip_bad,
                                    struct assay__rows **csv, struct assay_error *err);

/**
 * table_source_sniff() finds encoding, lines before the header and the spelling of every column
 * from the first rows. What may be one of two things is not taken: see open.
 */
enum assay_status table_source_sniff(struct table_source *source, struct assay_error *err);

void table_source_release(struct table_source *source);

#endif
