/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UTF-16, which drivers of databases speak, and UTF-8. */
#include "source/warehouse/utf16.h"

#include <string.h>

#include "base/memory.h"
#include "base/utf8.h"

enum { REPLACEMENT = 0xFFFD };

uint16_t *assay__utf16_of(const char *text, size_t *length)
{
    size_t bytes = strlen(text), count = 0;
    uint16_t *units = assay__calloc(bytes + 1, sizeof *units);
    for (size_t at = 0; units != NULL && at < bytes;) {
        uint32_t point;
        at += assay__utf8_next(text + at, bytes - at, &point);
        if (point == ASSAY__UTF8_INVALID)
            point = REPLACEMENT;
        if (point >= 0x10000) { /* takes four bytes, so that there is room for two units */
            units[count++] = (uint16_t)(0xD800 + ((point - 0x10000) >> 10));
            units[count++] = (uint16_t)(0xDC00 + ((point - 0x10000) & 0x3FF));
        } else {
            units[count++] = (uint16_t)point;
        }
    }
    *length = count;
    return units;
}

static void put(struct assay__text *out, uint32_t point)
{
    char bytes[4];
    size_t length = 1;
    if (point < 0x80) {
        bytes[0] = (char)point;
    } else if (point < 0x800) {
        bytes[0] = (char)(0xC0 | point >> 6);
        length = 2;
    } else if (point < 0x10000) {
        bytes[0] = (char)(0xE0 | point >> 12);
        length = 3;
    } else {
        bytes[0] = (char)(0xF0 | point >> 18);
        length = 4;
    }
    for (size_t i = 1; i < length; i++)
        bytes[i] = (char)(0x80 | ((point >> 6 * (length - 1 - i)) & 0x3F));
    assay__text_append(out, bytes, length);
}

static bool is_in(uint32_t unit, uint32_t first)
{
    return unit >= first && unit < first + 0x400;
}

void assay__utf16_append(struct assay__text *out, const uint16_t *units, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t point = units[i];
        if (is_in(point, 0xD800) && i + 1 < count && is_in(units[i + 1], 0xDC00))
            point = 0x10000 + ((point - 0xD800) << 10) + (uint32_t)(units[++i] - 0xDC00);
        else if (is_in(point, 0xD800) || is_in(point, 0xDC00))
            point = REPLACEMENT;
        put(out, point);
    }
}
