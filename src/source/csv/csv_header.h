/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_CSV_CSV_HEADER_H
#define ASSAY_SOURCE_CSV_CSV_HEADER_H

#include "source/csv/csv.h"

/** The separators a table may have, in the order in which they are preferred. */
#define ASSAY__CSV_SEPARATORS ",;\t|"

/** assay__csv_is_header(): fields[count] of a record are the names themselves. */
bool assay__csv_is_header(const struct assay__rows_header *header,
                          const struct assay__field *fields);

/** assay__csv_check_encoding() refuses UTF-16 and finds where the text begins, past a BOM. */
enum assay_status assay__csv_check_encoding(const char *bytes, size_t length, const char *file,
                                            size_t *begin, struct assay_error *err);

/**
 * assay__csv_sniff() is the separator of the text: the one that cuts the header into most columns
 * and the next records into as many; a comma when there is none. The byte at end is a line feed.
 */
char assay__csv_sniff(const char *at, const char *end, bool is_last);

#endif
