/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_CSV_CSV_HEADER_H
#define ASSAY_SOURCE_CSV_CSV_HEADER_H

#include "source/csv/csv_scan.h"

/** The separators a table may have, in the order in which they are preferred. */
#define ASSAY__CSV_SEPARATORS ",;\t|"

/** assay__csv_is_header(): the fields of a record are the first count names. */
bool assay__csv_is_header(const struct assay__rows_header *header,
                          const struct assay__field *fields, uint32_t count);

/**
 * assay__csv_line_end() is where the next line begins, behind LF, CRLF or CR; NULL when the line
 * has no end yet. is_last: no more text follows.
 */
const char *assay__csv_line_end(const char *at, const char *end, bool is_last);

/**
 * assay__csv_separator_line() is the length of a first line such as sep=; by which spreadsheets
 * tell each other the separator, and takes it where none is given; 0 when there is none.
 */
size_t assay__csv_separator_line(const char *at, size_t length, char *separator);

/** struct assay__csv_text: what is there of the records behind a header. */
struct assay__csv_text {
    const struct assay__scanner *scanner;
    const char *at, *end;
    bool is_last; /* the input ends at end */
};

/**
 * assay__csv_fit_header() fits the fields of a header to the records: when they all end in
 * separators behind the last name, there are as many columns more, without names and values
 * (*extra_count), whether or not the header ends in separators, too; when they all have fewer
 * fields, separators at the end of the header mean nothing. *lacks_names: they all have more fields
 * than the header, and something in them. Returns the number of columns.
 */
uint32_t assay__csv_fit_header(const struct assay__csv_text *text,
                               const struct assay__field *fields, uint32_t count,
                               uint32_t *extra_count, bool *lacks_names);

/**
 * assay__csv_make_fit() tells whether a record of count fields has the table's columns: the last
 * extra_count are empty, or are not there at all and are added.
 */
bool assay__csv_make_fit(struct assay__field *fields, uint32_t count, uint32_t column_count,
                         uint32_t extra_count);

/** assay__csv_check_encoding() refuses UTF-16 and finds where the text begins, past a BOM. */
enum assay_status assay__csv_check_encoding(const char *bytes, size_t length, const char *file,
                                            size_t *begin, struct assay_error *err);

/**
 * assay__csv_sniff() is the separator of the text: the one that cuts the header into most columns
 * and the next records into as many; a comma when there is none. The byte at end is a line feed.
 */
char assay__csv_sniff(const char *at, const char *end, bool is_last);

#endif
