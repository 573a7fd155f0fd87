/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UTF-8: one character at a time, and whether a text is valid. */
#include "base/utf8.h"

#include <string.h>

/* What may follow a lead byte: the count of further bytes and the range of the first of them.
   Unicode 15.0, table 3-7, well-formed UTF-8 byte sequences. */
struct lead {
    unsigned char first, last; /* lead bytes of this row */
    unsigned char more;
    unsigned char second_min, second_max;
};

static const struct lead LEADS[] = {
    {0xC2, 0xDF, 1, 0x80, 0xBF}, {0xE0, 0xE0, 2, 0xA0, 0xBF}, {0xE1, 0xEC, 2, 0x80, 0xBF},
    {0xED, 0xED, 2, 0x80, 0x9F}, {0xEE, 0xEF, 2, 0x80, 0xBF}, {0xF0, 0xF0, 3, 0x90, 0xBF},
    {0xF1, 0xF3, 3, 0x80, 0xBF}, {0xF4, 0xF4, 3, 0x80, 0x8F},
};

static const struct lead *lead_of(unsigned char byte)
{
    for (size_t i = 0; i < sizeof LEADS / sizeof *LEADS; i++)
        if (byte <= LEADS[i].last)
            return byte >= LEADS[i].first ? &LEADS[i] : NULL;
    return NULL;
}

size_t assay__utf8_ascii_run(const char *text, size_t length)
{
    const uint64_t high_bits = 0x8080808080808080u;
    size_t at = 0;
    for (; length - at >= sizeof(uint64_t); at += sizeof(uint64_t)) {
        uint64_t word;
        memcpy(&word, text + at, sizeof word);
        if ((word & high_bits) != 0)
            break;
    }
    while (at < length && (unsigned char)text[at] < 0x80)
        at++;
    return at;
}

size_t assay__utf8_next(const char *text, size_t length, uint32_t *code_point)
{
    unsigned char first = (unsigned char)text[0];
    *code_point = first;
    if (first < 0x80)
        return 1;
    *code_point = ASSAY__UTF8_INVALID;
    const struct lead *lead = lead_of(first);
    if (lead == NULL)
        return 1;
    uint32_t value = first & (0x3Fu >> lead->more);
    for (size_t i = 1; i <= lead->more; i++) {
        if (i == length)
            return i;
        unsigned char byte = (unsigned char)text[i];
        unsigned char min = i == 1 ? lead->second_min : 0x80;
        unsigned char max = i == 1 ? lead->second_max : 0xBF;
        if (byte < min || byte > max)
            return i;
        value = value << 6 | (byte & 0x3Fu);
    }
    *code_point = value;
    return (size_t)lead->more + 1;
}

size_t assay__utf8_valid_run(const char *text, size_t length)
{
    size_t at = 0;
    while (at < length) {
        uint32_t code_point;
        at += assay__utf8_ascii_run(text + at, length - at);
        while (at < length && (unsigned char)text[at] >= 0x80) {
            size_t size = assay__utf8_next(text + at, length - at, &code_point);
            if (code_point == ASSAY__UTF8_INVALID)
                return at;
            at += size;
        }
    }
    return at;
}

int assay__utf8_shown(const char *text, size_t length)
{
    enum { SHOWN_MAX = 100 };
    if (length <= SHOWN_MAX)
        return (int)length;
    int shown = SHOWN_MAX;
    while (shown > 0 && ((unsigned char)text[shown] & 0xC0) == 0x80)
        shown--;
    return shown;
}
