/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_UNITS_FOLD_SUM_H
#define ASSAY_SOURCE_UNITS_FOLD_SUM_H

#include "source/units/fold.h"

/**
 * assay__fold_sum() is the exact sum of the values of events; 0 of none. digits is room for a sum
 * of more than 18 digits. ASSAY_ERROR_LIMIT beyond the limits of number/number.h.
 */
enum assay_status assay__fold_sum(const struct assay__reading *const *events, size_t count,
                                  char digits[ASSAY__DIGITS_MAX], struct assay_decimal *out,
                                  struct assay_error *err);

/**
 * assay__fold_mean() is the sum over the count, at least 1: exact where the quotient has at most 18
 * digits, else the exact quotient rounded once, to 18 digits (half to even); to a double where the
 * sum itself has more than 18 digits.
 */
enum assay_status assay__fold_mean(const struct assay__reading *const *events, size_t count,
                                   char digits[ASSAY__DIGITS_MAX], struct assay_decimal *out,
                                   struct assay_error *err);

#endif
