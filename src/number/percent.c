/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Percentages: the decimal a hundredth as large, so that 7% is the very double that 0.07 is. */
#include "number/number.h"

#include <inttypes.h>
#include <stdio.h>

bool assay__percent_parse(const char *text, size_t length, double *out)
{
    struct assay_decimal decimal;
    char digits[ASSAY__DIGITS_MAX], moved[ASSAY__NUMBER_BYTES];
    if (length < 2 || text[length - 1] != '%' ||
        assay__decimal_parse(text, length - 1, &decimal, digits) != ASSAY__PARSE_OK ||
        decimal.digits != NULL)
        return false;
    int written = snprintf(moved, sizeof moved, "%" PRId64 "e%d", decimal.mantissa,
                           (int)decimal.exponent - 2);
    return assay__double_parse(moved, (size_t)written, out) == ASSAY__PARSE_OK;
}
