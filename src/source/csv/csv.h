/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_CSV_CSV_H
#define ASSAY_SOURCE_CSV_CSV_H

#include "analysis/plan_model.h"
#include "source/rows.h"

/**
 * struct assay__csv is the source of rows that reads CSV: a header, then records with as many
 * fields as the header.
 *
 * Format: RFC 4180. Fields are separated by one of , ; tab | (given, or sniffed from the first
 * records, or named by a first line sep=;), records by LF, CRLF or a lone CR. A quoted field may
 * hold separators, line ends and doubled quotes. A quote inside a field that does not begin with
 * one is an ordinary character. Blank lines are skipped, and so are records that repeat the header,
 * counted. A UTF-8 byte order mark is skipped; text is UTF-8, and is checked. Errors name file,
 * line (physical, as an editor counts) and column (the field, from 1): ragged records, text after a
 * closing quote, a quote never closed, NUL, invalid UTF-8, UTF-16, fields, records and headers
 * beyond the limits of assay/dataset.h.
 */
struct assay__csv;
struct assay__feed;
struct assay__halt;
struct assay__source;

/** struct assay__csv_options: zero-initialised is the default. */
struct assay__csv_options {
    char separator;           /* 0: sniffed */
    bool skip_bad;            /* ragged records and invalid text are counted and passed over */
    bool trim;                /* blanks around fields and names are left out */
    uint32_t skip_lines;      /* before the header */
    const char *encoding;     /* as iconv(1) names it; NULL: UTF-8 */
    bool is_traced;           /* assay__rows_fingerprint() will be asked for */
    struct assay__halt *halt; /* NULL: nobody ends the reading */
    const struct assay__feed *feed; /* NULL, or what reads the bytes: the path is a name then */
    const struct assay__source *head_of; /* NULL, or whose head is read: the path is not */
};

/** assay__csv_options_of() are the options of a file in a dialect. */
struct assay__csv_options assay__csv_options_of(char separator,
                                                const struct assay_dialect *dialect);

/** assay__csv_open() opens a file ("-": standard input) and reads the header. */
enum assay_status assay__csv_open(const char *path, const struct assay__csv_options *options,
                                  struct assay__rows **out, struct assay_error *err);

/** assay__csv_rows() are the rows of a CSV text: the other way of assay__rows_csv(). */
struct assay__rows *assay__csv_rows(struct assay__csv *csv);

#endif
