/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_BASE_DIGITS_H
#define ASSAY_BASE_DIGITS_H

#include <stdint.h>
#include <string.h>

/** Decimal digits of whole numbers, two at a time; nothing is terminated by a NUL. */
enum { ASSAY__DIGITS_U64 = 20 }; /* digits of the largest number of 64 bits */

/** assay__digit_pairs: "00" to "99". */
extern const char assay__digit_pairs[201];

/** assay__digits_pair() writes the two digits of a number below 100; returns their end. */
static inline char *assay__digits_pair(unsigned value, char *out)
{
    memcpy(out, assay__digit_pairs + 2 * value, 2);
    return out + 2;
}

/** assay__digits_eight() writes the eight digits of a number below 10^8; returns their end. */
static inline char *assay__digits_eight(uint32_t value, char *out)
{
    uint32_t high = value / 10000, low = value % 10000;
    out = assay__digits_pair(high / 100, out);
    out = assay__digits_pair(high % 100, out);
    out = assay__digits_pair(low / 100, out);
    return assay__digits_pair(low % 100, out);
}

/** assay__digits_before() writes a number's digits so that they end at end; returns their start. */
static inline char *assay__digits_before(uint64_t value, char *end)
{
    for (; value >= 100; value /= 100) {
        end -= 2;
        memcpy(end, assay__digit_pairs + 2 * (value % 100), 2);
    }
    if (value < 10) {
        *--end = (char)('0' + value);
        return end;
    }
    end -= 2;
    memcpy(end, assay__digit_pairs + 2 * value, 2);
    return end;
}

/** assay__digits_write() writes a number's digits; returns their end. */
static inline char *assay__digits_write(uint64_t value, char *out)
{
    char digits[ASSAY__DIGITS_U64], *end = digits + sizeof digits;
    char *start = assay__digits_before(value, end);
    memcpy(out, start, (size_t)(end - start));
    return out + (end - start);
}

#endif
