/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables of tests in CSV: put into a file, and shown as they are read. */
#include "csv_show.h"

#include <unistd.h>

char csv_path[64];

void csv_put_file(const char *bytes, size_t length)
{
    snprintf(csv_path, sizeof csv_path, "%s/csv-%ld", test_tmp(), (long)getpid());
    test_write_file(csv_path, bytes, length);
}

enum assay_status csv_show(const char *bytes, size_t length,
                           const struct assay__csv_options *options, struct assay__text *text,
                           uint64_t *skipped, struct assay_error *err)
{
    struct assay__rows *rows = NULL;
    struct assay__record record;
    csv_put_file(bytes, length);
    enum assay_status status = assay__csv_open(csv_path, options, &rows, err);
    for (uint32_t i = 0; status == ASSAY_OK && i < assay__rows_column_count(rows); i++)
        assay__text_format(text, "<%s>", assay__rows_columns(rows)[i]);
    while (status == ASSAY_OK) {
        status = assay__rows_next(rows, &record, err);
        if (status != ASSAY_OK || record.fields == NULL)
            break;
        assay__text_format(text, " %d", (int)record.line);
        for (uint32_t i = 0; i < assay__rows_column_count(rows); i++) {
            assay__text_putc(text, '[');
            assay__text_append(text, record.fields[i].text, record.fields[i].length);
            assay__text_putc(text, ']');
        }
    }
    if (skipped != NULL)
        *skipped = rows == NULL ? 0 : rows->skipped;
    assay__rows_close(rows);
    unlink(csv_path);
    return status;
}
