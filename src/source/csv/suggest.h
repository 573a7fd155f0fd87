/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_CSV_SUGGEST_H
#define ASSAY_SOURCE_CSV_SUGGEST_H

#include "source/csv/csv_dialect.h"

enum { ASSAY__REMEDY_BYTES = 192, ASSAY__SAMPLE_MAX = 512 };

/** enum assay__column_kind: what the cells of a column are to be. */
enum assay__column_kind { ASSAY__COLUMN_NUMBER, ASSAY__COLUMN_CHOICE, ASSAY__COLUMN_TIME };

/**
 * struct assay__column_sample: cells of a column, one of which could not be read. What a file
 * does is seen from many cells, not from one.
 */
struct assay__column_sample {
    enum assay__column_kind kind;
    const struct assay__field *cells; /* [count]; the one that could not be read is the last, too */
    size_t count;
};

/**
 * assay__suggest_format() finds what to add to a dialect so that every cell is read: keys of the
 * plan's "format" and values as key=value, one a line, for struct assay_error; "" when nothing
 * does. Where two ways would do, a line "or" stands between them: none is chosen.
 */
void assay__suggest_format(const struct assay_dialect *dialect,
                           const struct assay__column_sample *sample,
                           char out[ASSAY__REMEDY_BYTES]);

/** assay__suggest_reads(): every cell can be read in a dialect. */
bool assay__suggest_reads(const struct assay_dialect *dialect,
                          const struct assay__column_sample *sample);

/** assay__suggest_is_mark(): all cells that are not missing hold one word, as a tick would. */
bool assay__suggest_is_mark(const struct assay_dialect *dialect,
                            const struct assay__column_sample *sample);

/** assay__suggest_skip(): most cells can be read as they are, so the others may be damaged rows. */
bool assay__suggest_skip(const struct assay_dialect *dialect,
                         const struct assay__column_sample *sample);

#endif
