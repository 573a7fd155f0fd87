/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_TESTS_SUMMARY_WRITE_H
#define ASSAY_TESTS_SUMMARY_WRITE_H

#include <stdlib.h>

#include "base/text.h"
#include "source/summary/summary_table.h"

/** summary_write() adds the table as CSV to a text, which takes over nothing. */
static inline enum assay_status summary_write(const struct assay__summary_table *table,
                                              struct assay__text *text, struct assay_error *err)
{
    char *csv = NULL;
    size_t length = 0;
    enum assay_status status = assay__summary_text(table, &csv, &length, err);
    if (status == ASSAY_OK)
        assay__text_append(text, csv, length);
    free(csv);
    return status == ASSAY_OK && text->failed ? ASSAY_ERROR_MEMORY : status;
}

#endif
