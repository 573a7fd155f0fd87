/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_CSV_CSV_DIALECT_H
#define ASSAY_SOURCE_CSV_CSV_DIALECT_H

#include "analysis/plan_model.h"
#include "source/csv/cell.h"

/**
 * Cells as a file's dialect writes them: its decimal mark, thousands, currency, percent, spellings
 * of missing values and of 0 and 1, and form of times. With a dialect of nothing these read what
 * source/csv/cell.h and base/time.h read.
 */
enum assay__cell_outcome assay__dialect_number(const struct assay_dialect *dialect,
                                               const struct assay__field *cell,
                                               struct assay_decimal *out,
                                               char digits[ASSAY__DIGITS_MAX]);

/**
 * assay__dialect_choice() reads a 0 or 1. words, 0 before a column's first cell, remembers which
 * spellings the column has: t/f, Y/N and on/off only go with themselves. NULL: nothing is asked.
 */
enum assay__cell_outcome assay__dialect_choice(const struct assay_dialect *dialect,
                                               const struct assay__field *cell, uint32_t *words,
                                               struct assay_decimal *out);

/** assay__dialect_is_missing(): the cell stands for no value, in a column of numbers or times. */
bool assay__dialect_is_missing(const struct assay_dialect *dialect,
                               const struct assay__field *cell);

/** assay__dialect_time() reads an instant; without a form one from 1990 up to, not with, 2100. */
bool assay__dialect_time(const struct assay_dialect *dialect, const struct assay__field *cell,
                         int64_t *ns);

/** assay__dialect_is_plain(): numbers are written as without a dialect. */
bool assay__dialect_is_plain(const struct assay_dialect *dialect);

/** assay__dialect_is_spelt(): some cell may be written otherwise than without a dialect. */
bool assay__dialect_is_spelt(const struct assay_dialect *dialect);

/** assay__field_trim() is the field without blanks and tabs around it. */
struct assay__field assay__field_trim(struct assay__field field);

/**
 * assay__dialect_words_agree(): a column's words, which assay__dialect_choice() gathered, are of
 * one spelling. If not, remedy has the keys of "format" that read them all.
 */
enum { ASSAY__WORDS_REMEDY_BYTES = 160 };
bool assay__dialect_words_agree(uint32_t words, char remedy[ASSAY__WORDS_REMEDY_BYTES]);

#endif
