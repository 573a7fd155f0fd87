/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_STATS_SIZE_SIZE_TABLE_H
#define ASSAY_STATS_SIZE_SIZE_TABLE_H

#include <stdbool.h>

#include "stats/dist/pair.h"

enum { ASSAY__SIZE_PIECES = 9, ASSAY__SIZE_TERMS = 20 };

/**
 * struct assay__size_table is the noncentrality that has a power as a function of the degrees of
 * freedom, less that of infinite ones: polynomials in 1/df, each over a piece of 1 to 2,048 df,
 * made when it is first asked for. All 0 is an empty table.
 */
struct assay__size_table {
    bool is_alone; /* few questions: each is answered by itself, which takes a tenth of a piece */
    struct assay__size_piece {
        int count; /* of terms; 0: not known yet; -1: cannot be known */
        double terms[ASSAY__SIZE_TERMS];
    } pieces[ASSAY__SIZE_PIECES];
};

/** struct assay__size_aim: what is asked of a t test. */
struct assay__size_aim {
    double tail;             /* probability of rejecting under the null */
    struct assay__pair part; /* the power, or beta when that is less */
    bool is_beta;
    struct assay__pair z; /* the noncentrality for infinite df */
    double z_beta;
};

/**
 * assay__size_table_at() is that function at 1/df, to some 2^-52 of the noncentrality; NaN
 * outside the table, and where it would take too long.
 */
double assay__size_table_at(struct assay__size_table *table, const struct assay__size_aim *aim,
                            struct assay__pair inverse);

#endif
