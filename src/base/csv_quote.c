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

/* What a cell asks for. */
enum { QUOTES = 1, NOT_ASCII = 2 };

/* Of each byte what it asks for, in one pass. */
static unsigned care_of(const char *text, size_t length, const char *also)
{
    static const unsigned char CARE[128] = {
        [','] = QUOTES, ['"'] = QUOTES, ['\r'] = QUOTES, ['\n'] = QUOTES};
    unsigned care = 0;
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)text[i];
        care |= byte < 0x80 ? CARE[byte] : NOT_ASCII;
    }
    for (size_t i = 0; also != NULL && i < length; i++)
        if (text[i] != '\0' && strchr(also, text[i]) != NULL)
            care |= QUOTES;
    if (length > 0 && (text[0] == ' ' || text[length - 1] == ' '))
        care |= QUOTES;
    return care;
}

void assay__csv_quote_run(struct assay__text *out, const char *text, size_t length,
                          const char *also)
{
    unsigned care = care_of(text, length, also);
    bool is_quoted = (care & QUOTES) != 0;
    if (care == 0) {
        assay__text_append(out, text, length);
        return;
    }
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
