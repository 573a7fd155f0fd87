/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers of a column on any processor. */
#include "source/scan/scan_number.h"

/* One number; false when it is odd. */
static bool read_number(const char *text, uint32_t length, int64_t *value, uint8_t *decimals)
{
    uint32_t at = length > 0 && text[0] == '-', point = length, digits = 0;
    uint64_t magnitude = 0;
    if (length == 0 || length > 16)
        return false;
    for (uint32_t i = at; i < length; i++) {
        unsigned digit = (unsigned)(unsigned char)text[i] - '0';
        if (digit <= 9) {
            magnitude = magnitude * 10 + digit;
            digits++;
        } else if (text[i] == '.' && point == length) {
            point = i;
        } else {
            return false;
        }
    }
    *value = at > 0 ? -(int64_t)magnitude : (int64_t)magnitude;
    *decimals = (uint8_t)(point == length ? 0 : length - 1 - point);
    return digits > 0;
}

void assay__numbers_plain(const struct assay__fields *fields, struct assay__mantissas *out)
{
    const uint32_t *end = fields->ends;
    out->odd_count = 0;
    out->value_bits = 0;
    out->decimals_or = 0;
    out->decimals_and = UINT32_MAX;
    for (uint32_t r = 0; r < fields->count; r++, end += fields->stride) {
        uint32_t start = end[-1] + 1;
        if (!read_number(fields->text + start, *end - start, &out->value[r], &out->decimals[r])) {
            assay__numbers_odd(out, r);
            continue;
        }
        out->value_bits |= (uint64_t)(out->value[r] ^ out->value[r] >> 63);
        out->decimals_or |= out->decimals[r];
        out->decimals_and &= out->decimals[r];
    }
}
