/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_CSV_CELL_H
#define ASSAY_SOURCE_CSV_CELL_H

#include "number/number.h"
#include "source/csv/csv.h"

/** enum assay__cell_outcome: what a cell says. */
enum assay__cell_outcome {
    ASSAY__CELL_OK,
    ASSAY__CELL_MISSING,
    ASSAY__CELL_NO_NUMBER, /* neither number nor missing */
    ASSAY__CELL_NO_CHOICE, /* a proportion that is not 0 or 1 */
    ASSAY__CELL_RANGE      /* a number too long or too large for a double */
};

/** assay__cell_is_missing() is true for empty, NA, NULL, null and NaN, quoted or not. */
bool assay__cell_is_missing(const struct assay__field *cell);

/** assay__cell_is_blank() is true also for what stands for no number: N/A, #N/A, \N, None, <NA>...
 */
bool assay__cell_is_blank(const struct assay__field *cell);

/** assay__cell_number() reads a number exactly; digits as in assay__decimal_parse(). */
enum assay__cell_outcome assay__cell_number(const struct assay__field *cell,
                                            struct assay_decimal *out,
                                            char digits[ASSAY__DIGITS_MAX]);

/** assay__cell_choice() reads a 0 or 1: a number of that value, or true/false, yes/no. */
enum assay__cell_outcome assay__cell_choice(const struct assay__field *cell,
                                            struct assay_decimal *out);

/** assay__cell_sentence() tells what to do about an outcome that is an error. Static text. */
const char *assay__cell_sentence(enum assay__cell_outcome outcome);

/** assay__decimal_compare() is negative, 0 or positive as a < b, a = b, a > b. Exact. */
int assay__decimal_compare(const struct assay_decimal *a, const struct assay_decimal *b);

#endif
