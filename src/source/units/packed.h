/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_UNITS_PACKED_H
#define ASSAY_SOURCE_UNITS_PACKED_H

#include <stddef.h>

#include "number/number.h"
#include "source/csv/csv.h"

/**
 * Numbers, times and texts as few bytes: what is kept of a row while the rows of its unit are
 * gathered, in memory or in a temporary file. Equal values have equal bytes, so that packed values
 * are compared by memcmp(). Counts are written seven bits to a byte, the last byte below 128.
 */
enum {
    ASSAY__PACKED_COUNT_MAX = 10,                          /* bytes of a count */
    ASSAY__PACKED_NUMBER_MAX = 2 * 10 + ASSAY__DIGITS_MAX, /* of a number, besides its tag */
    ASSAY__PACKED_NUMBER_BYTES = ASSAY__PACKED_NUMBER_MAX + 1
};

/** assay__put_count() and assay__get_count() return the end; the long ones are for any count. */
unsigned char *assay__put_count_long(unsigned char *at, uint64_t count);
const unsigned char *assay__get_count_long(const unsigned char *at, uint64_t *count);

static inline unsigned char *assay__put_count(unsigned char *at, uint64_t count)
{
    if (count >= 128)
        return assay__put_count_long(at, count);
    *at = (unsigned char)count;
    return at + 1;
}

static inline const unsigned char *assay__get_count(const unsigned char *at, uint64_t *count)
{
    *count = *at;
    return *at < 128 ? at + 1 : assay__get_count_long(at, count);
}

/** assay__put_time() takes 5 bytes for a whole second of this century, up to 11 for others. */
unsigned char *assay__put_time(unsigned char *at, int64_t time_ns);
const unsigned char *assay__get_time(const unsigned char *at, int64_t *time_ns);

/** assay__put_number() packs a decimal, or a missing one when value is NULL. */
unsigned char *assay__put_number(unsigned char *at, const struct assay_decimal *value);
/** assay__get_number() gives a decimal whose digits are borrowed; false when it is missing. */
bool assay__get_number(const unsigned char **at, struct assay_decimal *value);

/** assay__put_text() packs a length and bytes. */
unsigned char *assay__put_text(unsigned char *at, const char *text, size_t length);
const unsigned char *assay__get_text(const unsigned char *at, const char **text, size_t *length);

/** struct assay__pack is room for packed values that grows. Zero-initialise it. */
struct assay__pack {
    unsigned char *bytes;
    size_t length, capacity;
};

/** assay__pack_room() makes room for more bytes and returns the place; NULL without memory. */
unsigned char *assay__pack_room(struct assay__pack *pack, size_t length);
void assay__pack_release(struct assay__pack *pack);

#endif
