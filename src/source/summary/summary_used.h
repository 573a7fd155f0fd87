/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_SUMMARY_SUMMARY_USED_H
#define ASSAY_SOURCE_SUMMARY_SUMMARY_USED_H

#include "source/summary/summary_table.h"

enum { ASSAY__USED_COLUMNS_MAX = 1000 }; /* more than all names there are */

/**
 * struct assay__used_columns: the columns that follow key and n in a table that is written. Names
 * are in order of first use by sorted rows. Zero-initialise; release it also after a failure.
 */
struct assay__used_columns {
    struct assay__index names;     /* of sums, and of states that have a text */
    struct assay__index roundings; /* of what rounding may have moved */
    bool has_missing;              /* some covariates are missing somewhere */
    bool has_share_rounding;       /* some sums are those of a share, but for rounding */
    bool is_sealed;                /* the table */
};

/** assay__used_columns_add() adds the columns that an entry's state needs. */
enum assay_status assay__used_columns_add(const struct assay__summary_table *table,
                                          const struct assay__summary_entry *entry,
                                          struct assay__used_columns *columns,
                                          struct assay_error *err);

/**
 * assay__seems_rounded(): whoever reads the text of a sum, and nothing beside it, takes it to be
 * rounded, as doubles are. Of sums that are not, a 0 is written beside it.
 */
bool assay__seems_rounded(const char *text, size_t length);

/** assay__used_columns_count() is how many there are. */
uint32_t assay__used_columns_count(const struct assay__used_columns *columns);
void assay__used_columns_release(struct assay__used_columns *columns);

/**
 * assay__share_gap() is how far the sum of squares of a share is from its sum, where both come from
 * a rounded mean and variance; 0 for other sums. Written, or reading the sums again would find that
 * they are not a share. -1 stands for sums that are not, and would be taken for it by what rounding
 * may have moved; sealed tables need none. The entry keeps moments.
 */
enum assay_status assay__share_gap(const struct assay__summary_entry *entry, uint32_t pattern,
                                   bool is_sealed, double *gap, struct assay_error *err);

#endif
