/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_SUMMARY_SUMMARY_FIGURE_H
#define ASSAY_SOURCE_SUMMARY_SUMMARY_FIGURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "number/number.h"

/** struct assay__figure is a number as printed: its value, and how far it may be off. */
struct assay__figure {
    double value, slack;
};

/**
 * assay__figure_of() judges a number by its text, how far it may be from what it was rounded from:
 * half a unit of its last decimal, and a little. Numbers without decimals are exact; those of 15
 * digits or more were computed in doubles, with some digits lost.
 */
struct assay__figure assay__figure_of(const struct assay_decimal *number, const char *text,
                                      size_t length, char decimal_mark);

/** assay__figure_plain() is the same of a number that assay__plain_parse() has read. */
struct assay__figure assay__figure_plain(const struct assay_decimal *number,
                                         const struct assay__spelling *spelling);

/**
 * assay__slack_round_up() makes it a little more, of few enough digits that many of them add up
 * exactly: their sum has the same bytes in any order.
 */
double assay__slack_round_up(double slack);

/** assay__slack_add() adds up what was rounded up so. What no double can hold is the largest. */
double assay__slack_add(double slack, double more);

/**
 * assay__figures_slack() is how far rounding may have moved the sum and the sum of squares of units
 * that have a mean and a variance.
 */
void assay__figures_slack(double units, struct assay__figure mean, struct assay__figure variance,
                          double slack[2]);

/**
 * assay__sums_keep_digits(): the figures alone say that of a variance computed from them enough
 * digits are left, even of printed doubles.
 */
bool assay__sums_keep_digits(uint64_t n, struct assay__figure sum, struct assay__figure squares);

/**
 * assay__figures_are_share(): a mean and a sample variance (or one of divisor n) of n units can be
 * those of zeros and ones. assay__sums_are_share(): a sum and a sum of squares can.
 */
bool assay__figures_are_share(uint64_t n, struct assay__figure mean, struct assay__figure variance);
bool assay__sums_are_share(struct assay__figure sum, struct assay__figure squares);

/** enum assay__matrix_outcome: whether a sample with these covariances can exist. */
enum assay__matrix_outcome {
    ASSAY__MATRIX_POSSIBLE,
    ASSAY__MATRIX_PAIR, /* a covariance is larger than its two variances allow */
    ASSAY__MATRIX_WHOLE /* no pair is, but all together cannot be */
};

/**
 * assay__matrix_judge() looks at a covariance matrix of count variables, packed as assay__pair(),
 * as far as its figures were printed. Variables whose variance is NaN are left out.
 */
enum assay__matrix_outcome assay__matrix_judge(const struct assay__figure *covariances,
                                               uint32_t count);

#endif
