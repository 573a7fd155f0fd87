/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rule for cells of CSV tables that are written: which need quotes, and what stands in them. */
#include "base/csv_quote.h"

#include <stdbool.h>
#include <string.h>

#include "base/utf8.h"

void assay__csv_quote(struct assay__text *out, const char *text, const char *also)
{
    assay__csv_quote_run(out, text, strlen(text), also);
}

static bool needs_quotes(const char *text, size_t length, const char *also)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] != '\0' &&
            (strchr(",\"\r\n", text[i]) != NULL || (also != NULL && strchr(also, text[i]) != NULL)))
            return true;
    return length > 0 && (text[0] == ' ' || text[length - 1] == ' ');
}

void assay__csv_quote_run(struct assay__text *out, const char *text, size_t length,
                          const char *also)
{
    bool is_quoted = needs_quotes(text, length, also);
    if (is_quoted)
        assay__text_putc(out, '"');
    for (size_t at = 0; at < length;) {
        uint32_t code_point;
        size_t size = assay__utf8_next(text + at, length - at, &code_point);
        if (code_point == ASSAY__UTF8_INVALID)
            assay__text_puts(out, "\xEF\xBF\xBD");
        else
            assay__text_append(out, text + at, size);
        if (code_point == '"')
            assay__text_putc(out, '"');
        at += size;
    }
    if (is_quoted)
        assay__text_putc(out, '"');
}
