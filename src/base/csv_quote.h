/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_BASE_CSV_QUOTE_H
#define ASSAY_BASE_CSV_QUOTE_H

#include "base/text.h"

/**
 * assay__csv_quote() appends a text as one cell of a CSV table: in quotes, those within doubled,
 * when it holds a comma, a quote or a line end, begins or ends with a blank, or has a character of
 * also (NULL for none), by which a reader may separate cells. Bytes that are not UTF-8 become
 * U+FFFD.
 */
void assay__csv_quote(struct assay__text *out, const char *text, const char *also);

/** assay__csv_quote_run() does that with a text of a given length. */
void assay__csv_quote_run(struct assay__text *out, const char *text, size_t length,
                          const char *also);

#endif
