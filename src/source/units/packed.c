/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values as few bytes: what is kept of a row until all rows of its unit are there. */
#include "source/units/packed.h"

#include <string.h>

#include "base/memory.h"

/* Times are a count of the coarsest of these units that holds them, and the unit's number. */
static const int64_t TIME_UNITS[4] = {1000000000, 1000000, 1000, 1};

/* What a packed number begins with. */
enum { TAG_MISSING, TAG_MANTISSA, TAG_DIGITS, TAG_NEGATIVE_DIGITS };

unsigned char *assay__put_count_long(unsigned char *at, uint64_t count)
{
    for (; count >= 128; count >>= 7)
        *at++ = (unsigned char)(count | 128);
    *at++ = (unsigned char)count;
    return at;
}

const unsigned char *assay__get_count_long(const unsigned char *at, uint64_t *count)
{
    uint64_t value = *at & 127u;
    for (unsigned shift = 7; *at++ >= 128; shift += 7)
        value |= (uint64_t)(*at & 127u) << shift;
    *count = value;
    return at;
}

/* Small numbers of either sign as small counts: 0, -1, 1, -2 become 0, 1, 2, 3. */
static uint64_t fold_sign(int64_t value)
{
    return (uint64_t)value << 1 ^ (uint64_t)(value >> 63);
}

static int64_t unfold_sign(uint64_t value)
{
    return (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
}

unsigned char *assay__put_time(unsigned char *at, int64_t time_ns)
{
    unsigned unit = 0;
    while (time_ns % TIME_UNITS[unit] != 0)
        unit++;
    if (unit == 3) { /* nanoseconds may need all 64 bits: no room for the unit beside them */
        *at++ = 3;
        return assay__put_count(at, fold_sign(time_ns));
    }
    return assay__put_count(at, fold_sign(time_ns / TIME_UNITS[unit]) << 2 | unit);
}

const unsigned char *assay__get_time(const unsigned char *at, int64_t *time_ns)
{
    uint64_t value;
    if (*at == 3) {
        at = assay__get_count(at + 1, &value);
        *time_ns = unfold_sign(value);
        return at;
    }
    at = assay__get_count(at, &value);
    *time_ns = unfold_sign(value >> 2) * TIME_UNITS[value & 3];
    return at;
}

unsigned char *assay__put_number(unsigned char *at, const struct assay_decimal *value)
{
    if (value == NULL) {
        *at++ = TAG_MISSING;
        return at;
    }
    if (value->digits == NULL) {
        *at++ = TAG_MANTISSA;
        at = assay__put_count(at, fold_sign(value->mantissa));
        return assay__put_count(at, fold_sign(value->exponent));
    }
    *at++ = value->mantissa < 0 ? TAG_NEGATIVE_DIGITS : TAG_DIGITS;
    at = assay__put_count(at, fold_sign(value->exponent));
    return assay__put_text(at, value->digits, value->digit_count);
}

bool assay__get_number(const unsigned char **at, struct assay_decimal *value)
{
    uint64_t count;
    unsigned char tag = *(*at)++;
    *value = (struct assay_decimal){0};
    if (tag == TAG_MISSING)
        return false;
    *at = assay__get_count(*at, &count);
    if (tag == TAG_MANTISSA) {
        value->mantissa = unfold_sign(count);
        *at = assay__get_count(*at, &count);
        value->exponent = (int32_t)unfold_sign(count);
        return true;
    }
    size_t length;
    value->exponent = (int32_t)unfold_sign(count);
    *at = assay__get_text(*at, &value->digits, &length);
    value->digit_count = (uint32_t)length;
    value->mantissa = tag == TAG_NEGATIVE_DIGITS ? -1 : 1;
    return true;
}

unsigned char *assay__put_text(unsigned char *at, const char *text, size_t length)
{
    at = assay__put_count(at, length);
    if (length > 0)
        memcpy(at, text, length);
    return at + length;
}

const unsigned char *assay__get_text(const unsigned char *at, const char **text, size_t *length)
{
    uint64_t count;
    at = assay__get_count(at, &count);
    *text = (const char *)at;
    *length = (size_t)count;
    return at + count;
}

unsigned char *assay__pack_room(struct assay__pack *pack, size_t length)
{
    if (pack->bytes == NULL || pack->capacity - pack->length < length) {
        size_t capacity = (pack->length + length) * 2 + 64;
        unsigned char *bytes = assay__realloc(pack->bytes, capacity);
        if (bytes == NULL)
            return NULL;
        pack->bytes = bytes;
        pack->capacity = capacity;
    }
    return pack->bytes + pack->length;
}

void assay__pack_release(struct assay__pack *pack)
{
    assay__free(pack->bytes);
    memset(pack, 0, sizeof *pack);
}
