/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of CSV share: a file, and tables as text. */
#ifndef ASSAY_TESTS_CSV_SHOW_H
#define ASSAY_TESTS_CSV_SHOW_H

#include "test.h"

#include "base/text.h"
#include "source/csv/csv.h"

/** csv_path is the file of the test that csv_put_file() wrote. */
extern char csv_path[64];

/** csv_put_file() puts bytes into the file of the test; unlink() it. */
void csv_put_file(const char *bytes, size_t length);

/**
 * csv_show() appends a table to a text: fields in brackets, behind the line of their record:
 * "<a><b> 2[1][2] 3[3][4]". skipped: the number of records passed over, or NULL.
 */
enum assay_status csv_show(const char *bytes, size_t length,
                           const struct assay__csv_options *options, struct assay__text *text,
                           uint64_t *skipped, struct assay_error *err);

#endif
