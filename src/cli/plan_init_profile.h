/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_CLI_PLAN_INIT_PROFILE_H
#define ASSAY_CLI_PLAN_INIT_PROFILE_H

#include "base/index.h"
#include "source/csv/csv.h"

/** What is kept of a column: enough to guess what it is for. */
enum {
    PROFILE_ROWS_MAX = 10000,
    PROFILE_CELLS_MAX = 4 << 20,
    PROFILE_VALUES_MAX = 64, /* distinct values that are kept */
    PROFILE_VALUE_BYTES_MAX = 1024
};

/** struct column_profile: what the cells of a column in the sample look like. */
struct column_profile {
    const char *name;
    uint64_t present;           /* cells that are not missing */
    bool has_number;            /* some are numbers */
    uint32_t words;             /* private: spellings of 0 and 1 */
    bool is_numeric;            /* every one is a number, or stands for none */
    bool is_choice;             /* every one is 0 or 1, true or false, yes or no */
    bool is_time;               /* every one is an instant, and not a plain number */
    bool is_long;               /* some value is longer than PROFILE_VALUE_BYTES_MAX */
    uint64_t distinct;          /* different cells, missing ones aside */
    struct assay__index values; /* the first PROFILE_VALUES_MAX of them, in order */
    uint64_t most, least;       /* cells of the most and of the least frequent value */
    uint64_t *hashes;           /* private: of the cells present, sorted */
    uint64_t *row_hashes;       /* of each row's cell; 0 where it is missing */
};

/** struct table_profile: the columns of a table by its first rows. Zero-initialise it. */
struct table_profile {
    struct assay__rows *table; /* names live in it */
    struct column_profile *columns;
    uint32_t column_count;
    uint64_t rows;
    bool is_whole; /* the sample is all of the table */
};

/** profile_read() reads the header and the first rows of a file. Call profile_release() always. */
enum assay_status profile_read(struct table_profile *profile, const char *path, char separator,
                               struct assay_error *err);
void profile_release(struct table_profile *profile);

/**
 * profile_scattered() counts the values of a column that occur with more than one value of another:
 * of a unit's id and its group none does, but for units seen in two. UINT64_MAX without memory.
 */
uint64_t profile_scattered(const struct table_profile *profile, uint32_t column, uint32_t other);

#endif
