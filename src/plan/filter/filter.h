/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_PLAN_FILTER_FILTER_H
#define ASSAY_PLAN_FILTER_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/text.h"

/**
 * struct assay__filter is a condition on a row's columns:
 *
 *     channel = "Web" and (history >= 200 or not newbie = 1) and zip_code in ("Urban", "Rural")
 *     spend is missing, "column with blanks" is not missing, [order] < 3, 'it''s' = 'quoted'
 *
 * expression  = term { "or" term }            term   = factor { "and" factor }
 * factor      = "not" factor | "(" expression ")" | test
 * test        = column op literal | column ["not"] "in" "(" literal {"," literal} ")"
 *             | column "is" ["not"] "missing"
 * op          = "=" "==" "!=" "<>" "<" "<=" ">" ">="
 * column      = name | "text" | 'text' | [name]
 * literal     = number | "text" | 'text' | true | false
 *
 * A number compares numerically and exactly; a cell that is missing or no number then fails every
 * test, != too. Text compares by bytes. true and false match the spellings proportions accept. A
 * quote inside quoted text is doubled. Words are case-insensitive, names are not.
 */
struct assay__filter;

/**
 * assay__filter_parse() parses text. ASSAY_ERROR_PLAN says what is wrong; err->column is the
 * character, from 1. Free *out with assay__filter_free.
 */
enum assay_status assay__filter_parse(const char *text, struct assay__filter **out,
                                      struct assay_error *err);
void assay__filter_free(struct assay__filter *filter);

/** assay__filter_columns() are the distinct columns it looks at, in order of appearance. */
uint32_t assay__filter_column_count(const struct assay__filter *filter);
const char *assay__filter_column(const struct assay__filter *filter, uint32_t index);

/** assay__filter_write() appends the canonical text: equal for filters that are the same tree. */
void assay__filter_write(const struct assay__filter *filter, struct assay__text *text);

#endif
