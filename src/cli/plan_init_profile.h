/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_CLI_PLAN_INIT_PROFILE_H
#define ASSAY_CLI_PLAN_INIT_PROFILE_H

#include "base/index.h"
#include "cli/plan_init_sniff.h"

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
    uint64_t present;   /* cells that are not missing */
    bool has_number;    /* some are numbers */
    uint64_t numbers;   /* how many are */
    const char *other;  /* the first that cannot be read and is not missing; NULL */
    uint32_t words;     /* private: spellings of 0 and 1 */
    bool is_numeric;    /* every one is a number, or stands for none */
    bool is_choice;     /* every one is 0 or 1, true or false, yes or no */
    bool is_time;       /* every one is an instant; numbers by the column's name, too */
    bool is_named_time; /* its name says that it is one */
    bool is_whole;      /* numbers: none has a point or an exponent */
    bool is_rounded;    /* every one has a power of ten, as 1.23E+11: ids that were numbers */
    bool is_long;       /* some value is longer than PROFILE_VALUE_BYTES_MAX */
    uint64_t distinct;  /* different cells, missing ones aside */
    struct assay__index values; /* the first PROFILE_VALUES_MAX of them, in order */
    bool is_copy;               /* an earlier column of the same name has the same cells */
    bool is_running;            /* whole numbers one after the other, each once: numbers of rows */
    uint64_t lowest, highest;   /* private: of whole numbers that are not negative */
    bool has_above, has_below;  /* numbers above 0, below 0 */
    bool has_zero;
    uint64_t most, least; /* cells of the most and of the least frequent value */
    uint64_t *hashes;     /* private: of the cells present, sorted */
    uint64_t *row_hashes; /* of each row's cell; 0 where it is missing */
};

/** profile_is_usable(): a plan can name the column, and it is not a copy of another. */
bool profile_is_usable(const struct column_profile *column);

/** profile_is_within(): whole numbers from lowest to highest. */
bool profile_is_within(const struct column_profile *column, uint64_t lowest, uint64_t highest);

/** profile_is_like_ids(): whole numbers of nine digits and more, hardly one of them twice. */
bool profile_is_like_ids(const struct column_profile *column);

/** profile_is_like_times(): such numbers close together, or days such as 20260314. */
bool profile_is_like_times(const struct column_profile *column);

/** struct table_profile: the columns of a table by its first rows. Zero-initialise it. */
struct table_profile {
    struct assay__rows *table; /* names live in it */
    struct column_profile *columns;
    uint32_t column_count;
    uint64_t rows;
    uint64_t bad_rows; /* among them, left out: of other length, or not text */
    bool is_whole;     /* the sample is all of the table */
};

/**
 * profile_read() reads the header and the first rows of a table; of a table of sums the header
 * alone, for its columns are known. Call profile_release() always.
 */
enum assay_status profile_read(struct table_profile *profile, const struct table_source *source,
                               struct assay_error *err);
void profile_release(struct table_profile *profile);

/** struct nesting: how the values of one column lie within those of another. */
struct nesting {
    uint64_t repeated;  /* values that occur in two rows and more */
    uint64_t scattered; /* those of them that occur with more than one value of the other column */
};

/**
 * profile_nest() asks how a column lies within another: a unit's id lies within one group, but for
 * units seen in two. False without memory.
 */
bool profile_nest(const struct table_profile *profile, uint32_t column, uint32_t other,
                  struct nesting *out);

#endif
