/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_ROWS_GROUPED_H
#define ASSAY_SOURCE_ROWS_GROUPED_H

#include "source/rows.h"

/**
 * assay__rows_group() gives a table a last column, ASSAY__GROUP_OF_FILE, that holds the same group
 * in every record: the part of the file's name that the star of a pattern stands for, as the plan's
 * format.groupFromFile says. *rows is taken over and becomes the wider table; after a failure it is
 * as it was. ASSAY_ERROR_DATA when the name does not fit the pattern, or for standard input.
 */
enum assay_status assay__rows_group(struct assay__rows **rows, const char *pattern,
                                    const char *path, struct assay_error *err);

#endif
