/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_SUMMARY_SUMMARY_PLACES_H
#define ASSAY_SOURCE_SUMMARY_SUMMARY_PLACES_H

#include "source/csv/cell.h"
#include "source/rows.h"
#include "source/summary/summary_figure.h"
#include "stats/centred.h"

enum { ASSAY__FIGURES_MAX = ASSAY_VARIABLES_MAX + ASSAY__PAIRS_MAX + 4 };
#define ASSAY__NO_COLUMN UINT32_MAX

/**
 * struct assay__summary_places: the columns of the figures of a shape, by the numbers of means,
 * covariances and sums. Rows of one shape follow one another, and their names are looked up once.
 */
struct assay__summary_places {
    bool is_set;
    struct assay_moments_shape shape;
    uint32_t mean[ASSAY_VARIABLES_MAX], covariance[ASSAY__PAIRS_MAX];
    uint32_t sum[ASSAY__FIGURES_MAX], rounding[ASSAY__FIGURES_MAX];
};

/** assay__summary_places_find() finds them for a shape, unless they are those of that shape. */
void assay__summary_places_find(const struct assay__rows *rows, struct assay_moments_shape shape,
                                struct assay__summary_places *places);

/** struct assay__summary_column: what a column's name says. */
struct assay__summary_column {
    uint32_t key;       /* enum assay__summary_key; ASSAY__KEY_COUNT for other columns */
    uint32_t covariate; /* the largest covariate number in it, 0 for none */
    bool is_denominator;
    bool is_sum; /* of values or products, not a mean */
};

/** struct assay__summary_cell: a cell of the row at hand as a number, unless it is part of a key.
 */
struct assay__summary_cell {
    enum assay__cell_outcome outcome;
    struct assay_decimal number;
    bool is_plain; /* it was read by assay__plain_parse(), and is spelt so: */
    struct assay__spelling spelling;
};

/** assay__summary_find_column() is a column's index, or ASSAY__NO_COLUMN. */
uint32_t assay__summary_find_column(const struct assay__rows *rows, const char *name);

/** assay__summary_covariate() is the largest covariate number in a column's name, 0 for none. */
uint32_t assay__summary_covariate(const char *name);

#endif
