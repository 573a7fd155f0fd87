/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What may hide a column that is not in the header: blanks, or lines that stand before it. */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "source/csv/csv.h"
#include "source/csv/csv_private.h"
#include "source/csv/csv_dialect.h"

/* Whether a line has a name as one of its fields, whatever separates them. */
static bool line_has(const char *at, const char *end, const char *name)
{
    size_t length = strlen(name);
    const char *begin = at;
    for (; length > 0 && at + length <= end; at++) {
        bool starts = at == begin || strchr(",;\t|\" ", at[-1]) != NULL;
        bool ends = at + length == end || strchr(",;\t|\" \r", at[length]) != NULL;
        if (starts && ends && memcmp(at, name, length) == 0)
            return true;
    }
    return false;
}

void assay__csv_suggest(const struct assay__rows *rows, const char *name, struct assay_error *err)
{
    const struct assay__csv *csv = assay__csv_of(rows);
    enum { LINES_MAX = 100 };
    for (uint32_t i = 0; i < rows->header.count && !csv->options.trim; i++) {
        const char *own = rows->header.names[i];
        struct assay__field field = {own, (uint32_t)strlen(own), false, false, false};
        field = assay__field_trim(field);
        if (field.length == strlen(name) && memcmp(field.text, name, field.length) == 0) {
            (void)assay__fail_format(err, ASSAY_ERROR_DATA, "trim=\n");
            return;
        }
    }
    const char *at = csv->buffer + csv->begin, *end = csv->buffer + csv->end;
    for (uint64_t line = csv->line; at < end && line < csv->line + LINES_MAX; line++) {
        const char *next = assay__csv_line_end(at, end, true);
        const char *stop = next != NULL ? next : end;
        if (line_has(at, stop, name)) {
            char remedy[40];
            snprintf(remedy, sizeof remedy, "skipLines=%llu\n", (unsigned long long)line - 1);
            (void)assay__fail_format(err, ASSAY_ERROR_DATA, remedy);
            return;
        }
        at = stop;
    }
}
