/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_CSV_CSV_HEADER_H
#define ASSAY_SOURCE_CSV_CSV_HEADER_H

#include "source/csv/csv.h"

/** The separators a table may have, in the order in which they are preferred. */
#define ASSAY__CSV_SEPARATORS ",;\t|"

/** struct assay__csv_header: the names of the columns, NUL-terminated. */
struct assay__csv_header {
    const char **names;
    char *bytes;
    uint32_t count;
    uint64_t line;
};

enum assay_status assay__csv_header_init(struct assay__csv_header *header,
                                         const struct assay__field *fields, uint32_t count,
                                         struct assay_error *err);
void assay__csv_header_release(struct assay__csv_header *header);

/** assay__csv_header_find() finds a name from column first on. */
bool assay__csv_header_find(const struct assay__csv_header *header, const char *name,
                            uint32_t first, uint32_t *index);

/** assay__csv_header_is(): fields[count] of a record are the names themselves. */
bool assay__csv_header_is(const struct assay__csv_header *header,
                          const struct assay__field *fields);

/** assay__csv_header_column() is assay__csv_column() of a file. */
enum assay_status assay__csv_header_column(const struct assay__csv_header *header, const char *file,
                                           const char *name, uint32_t *index,
                                           struct assay_error *err);

/** assay__csv_check_encoding() refuses UTF-16 and finds where the text begins, past a BOM. */
enum assay_status assay__csv_check_encoding(const char *bytes, size_t length, const char *file,
                                            size_t *begin, struct assay_error *err);

/**
 * assay__csv_sniff() is the separator of the text: the one that cuts the header into most columns
 * and the next records into as many; a comma when there is none. The byte at end is a line feed.
 */
char assay__csv_sniff(const char *at, const char *end, bool is_last);

/** assay__csv_line_ends() counts the line ends in a field: LF, CRLF, CR. */
uint64_t assay__csv_line_ends(const char *text, size_t length);

#endif
