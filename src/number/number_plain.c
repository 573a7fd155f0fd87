/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Decimals of few digits, as nearly all are, in one pass: eight digits of a word at a time. */
#include "number/number.h"

#include <string.h>

static bool is_digit(char c)
{
    return (unsigned char)(c - '0') < 10;
}

enum { PLAIN_BYTES_MAX = 22, MANTISSA_DIGITS = 18 };

/* Zeros before the first other digit. */
static uint32_t leading_zeros(const char *at, const char *end)
{
    uint32_t count = 0;
    for (; at < end && (*at == '0' || *at == '.'); at++)
        count += *at == '0';
    return count;
}

static const uint64_t POWERS[9] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000};

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
/* The value of eight digits; false when not all of them are (Mula's test, Lemire's value). */
static bool word_digits(uint64_t bytes, uint64_t *value)
{
    uint64_t low = bytes - UINT64_C(0x3030303030303030);
    if (((bytes + UINT64_C(0x4646464646464646)) | low) & UINT64_C(0x8080808080808080))
        return false;
    low = low * 10 + (low >> 8);
    *value = ((low & UINT64_C(0xFF000000FF)) * UINT64_C(0xF424000000064) +
              (low >> 16 & UINT64_C(0xFF000000FF)) * UINT64_C(0x271000000001)) >>
             32;
    return true;
}

static bool eight_digits(const char *text, uint64_t *value)
{
    uint64_t bytes;
    memcpy(&bytes, text, sizeof bytes);
    return word_digits(bytes, value);
}

/* The value of the last digits, 1 to 7 of them, of eight bytes. */
static bool last_digits(const char *text, unsigned count, uint64_t *value)
{
    uint64_t bytes, before = (UINT64_C(1) << (64 - 8 * count)) - 1;
    memcpy(&bytes, text, sizeof bytes);
    return word_digits((bytes & ~before) | (UINT64_C(0x3030303030303030) & before), value);
}

/* 4 to 7 bytes, with zeros before them. */
static uint64_t short_word(const char *text, size_t count)
{
    uint32_t first, last;
    memcpy(&first, text, sizeof first);
    memcpy(&last, text + count - sizeof last, sizeof last);
    unsigned shift = 8 * (8 - (unsigned)count);
    uint64_t zeros = UINT64_C(0x3030303030303030) >> (64 - shift);
    return (uint64_t)last << 32 | (uint64_t)first << shift | zeros;
}

/* The value of 4 to 7 digits. */
static bool few_digits(const char *text, size_t count, uint64_t *value)
{
    return word_digits(short_word(text, count), value);
}

/* The lowest bit of the first point of a word; 64 without one. */
static inline unsigned point_bit(uint64_t bytes)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t points = bytes ^ 0x2E * ones;
    points = (points - ones) & ~points & 0x80 * ones; /* the lowest bit set is that of a point */
    return points == 0 ? 64 : (unsigned)__builtin_ctzll(points) - 7;
}

/* A word without the byte at a bit: those before it move up, and first comes to the front. */
static inline uint64_t without_byte(uint64_t bytes, unsigned bit, uint64_t first)
{
    uint64_t before = (UINT64_C(1) << bit) - 1;
    return (bytes & ~before & ~(UINT64_C(0xFF) << bit)) | (bytes & before) << 8 | first;
}

/* The digits around the only point of a word, behind a zero; *decimals: how many follow it. */
static inline bool without_point(uint64_t bytes, uint64_t *value, unsigned *decimals)
{
    unsigned bit = point_bit(bytes);
    if (bit == 64)
        return false;
    *decimals = 7 - bit / 8;
    return word_digits(without_byte(bytes, bit, 0x30), value);
}

/*
 * Reads one to seven digits, the first of them not 0, a point and one to eight decimals, of eight
 * bytes at least: what nearly all figures are. False, with nothing set, for all others.
 */
static inline bool parse_figure(const char *text, size_t length, struct assay_decimal *out,
                                struct assay__spelling *spelling)
{
    const uint64_t zeros = UINT64_C(0x3030303030303030);
    uint64_t head, tail, whole, part;
    if (length - 8 > 8 || text[0] == '0')
        return false;
    memcpy(&head, text, sizeof head);
    memcpy(&tail, text + length - sizeof tail, sizeof tail);
    unsigned bits = point_bit(head);
    size_t decimals = length - 1 - bits / 8;
    if (bits == 0 || bits == 64 || decimals - 1 > 7)
        return false;
    uint64_t before = (UINT64_C(1) << (64 - 8 * decimals)) - 1;
    if (!word_digits(head << (64 - bits) | zeros >> bits, &whole) ||
        !word_digits((tail & ~before) | (zeros & before), &part))
        return false;
    uint64_t value = whole * POWERS[decimals] + part;
    int32_t exponent = -(int32_t)decimals;
    for (; text[length - 1] == '0' && value % 10 == 0; exponent++)
        value /= 10;
    *spelling = (struct assay__spelling){(uint32_t)length - 1, (uint32_t)decimals};
    *out = (struct assay_decimal){(int64_t)value, exponent, 0, NULL};
    return true;
}

/*
 * The same of what is shorter, from four bytes on, and of more digits before the point, in at most
 * sixteen bytes.
 */
static inline bool parse_edge(const char *text, size_t length, struct assay_decimal *out,
                              struct assay__spelling *spelling)
{
    uint64_t head = 0, rest, word;
    unsigned decimals;
    if (length - 4 > 12 || length == 8 || text[0] == '0' || text[0] == '.')
        return false;
    if (length < 8) {
        word = short_word(text, length);
    } else {
        uint64_t before = (UINT64_C(1) << 8 * (16 - length)) - 1;
        if (!eight_digits(text, &head))
            return false;
        memcpy(&word, text + length - sizeof word, sizeof word);
        word = (word & ~before) | (UINT64_C(0x3030303030303030) & before);
        head *= POWERS[length - 9];
    }
    if (!without_point(word, &rest, &decimals) || decimals == 0)
        return false;
    uint64_t value = head + rest;
    int32_t exponent = -(int32_t)decimals;
    for (; text[length - 1] == '0' && value % 10 == 0; exponent++)
        value /= 10;
    *spelling = (struct assay__spelling){(uint32_t)length - 1, decimals};
    *out = (struct assay_decimal){(int64_t)value, exponent, 0, NULL};
    return true;
}
/*
 * The same of 17 to 19 bytes with one to seven digits before the point, not beginning with 0: most
 * figures that were printed with all digits of a double. Their decimals are the last two words.
 */
static inline bool parse_wide(const char *text, size_t length, struct assay_decimal *out,
                              struct assay__spelling *spelling)
{
    const uint64_t zeros = UINT64_C(0x3030303030303030);
    uint64_t head, middle, last, whole, high, low;
    if (length - 17 > 2 || text[0] == '0')
        return false;
    memcpy(&head, text, sizeof head);
    memcpy(&middle, text + length - 2 * sizeof last, sizeof middle);
    memcpy(&last, text + length - sizeof last, sizeof last);
    unsigned bits = point_bit(head);
    size_t decimals = length - 1 - bits / 8;
    if (bits == 0 || bits == 64 || decimals - 9 > 7)
        return false;
    uint64_t before = (UINT64_C(1) << 8 * (16 - decimals)) - 1;
    if (!word_digits(head << (64 - bits) | zeros >> bits, &whole) ||
        !word_digits((middle & ~before) | (zeros & before), &high) || !word_digits(last, &low))
        return false;
    uint64_t value = (whole * POWERS[decimals - 8] + high) * POWERS[8] + low;
    int32_t exponent = -(int32_t)decimals;
    for (; text[length - 1] == '0' && value % 10 == 0; exponent++)
        value /= 10;
    *spelling = (struct assay__spelling){(uint32_t)length - 1, (uint32_t)decimals};
    *out = (struct assay_decimal){(int64_t)value, exponent, 0, NULL};
    return true;
}

/* What stands before the last sixteen bytes: at most four, one of which may be a point. */
static inline bool read_head(const char *text, size_t count, uint64_t *value, size_t *point)
{
    *value = 0;
    *point = count;
    for (size_t i = 0; i < count; i++) {
        if (is_digit(text[i]))
            *value = *value * 10 + (uint64_t)(text[i] - '0');
        else if (text[i] == '.' && *point == count)
            *point = i;
        else
            return false;
    }
    return true;
}

/*
 * The same of 9 to 20 bytes behind a sign, with more decimals, and of what begins with 0. The last
 * sixteen bytes are two words, with zeros before what is shorter.
 */
static __attribute__((noinline)) bool parse_long(const char *text, size_t length,
                                                 struct assay_decimal *out,
                                                 struct assay__spelling *spelling)
{
    const uint64_t zeros = UINT64_C(0x3030303030303030);
    uint64_t head, middle, last, high, low, scale = UINT64_C(10000000000000000);
    if (length - 9 > 12)
        return false;
    bool is_signed = text[0] == '-';
    const char *start = text + is_signed, *end = text + length;
    length -= is_signed;
    size_t before = length > 16 ? length - 16 : 0, point;
    if (length - 9 > 11 || !read_head(start, before, &head, &point))
        return false;
    memcpy(&middle, start + before, sizeof middle);
    memcpy(&last, end - sizeof last, sizeof last);
    if (length < 16)
        middle = middle << 8 * (16 - length) | zeros >> 8 * (length - 8);
    size_t decimals = length - 1 - point;
    if (point == before) { /* it is not in the head */
        unsigned bit = point_bit(middle);
        decimals = 15 - bit / 8;
        if (bit < 64) {
            middle = without_byte(middle, bit, 0x30);
        } else if ((bit = point_bit(last)) < 56) { /* a point at the end is left to others */
            decimals = 7 - bit / 8;
            last = without_byte(last, bit, middle >> 56);
            middle = middle << 8 | 0x30;
        } else {
            return false;
        }
        scale /= 10;
    }
    if (!word_digits(middle, &high) || !word_digits(last, &low))
        return false;
    uint64_t value = head * scale + high * POWERS[8] + low;
    size_t digits = length - 1 - (*start == '0' || *start == '.' ? leading_zeros(start, end) : 0);
    if (digits > MANTISSA_DIGITS || value == 0)
        return false;
    *spelling = (struct assay__spelling){(uint32_t)digits, (uint32_t)decimals};
    int32_t exponent = -(int32_t)decimals;
    for (; end[-1] == '0' && value % 10 == 0; exponent++)
        value /= 10;
    *out = (struct assay_decimal){is_signed ? -(int64_t)value : (int64_t)value, exponent, 0, NULL};
    return true;
}
#else
static inline bool parse_edge(const char *text, size_t length, struct assay_decimal *out,
                              struct assay__spelling *spelling)
{
    (void)text, (void)length, (void)out, (void)spelling;
    return false;
}

static inline bool parse_figure(const char *text, size_t length, struct assay_decimal *out,
                                struct assay__spelling *spelling)
{
    (void)text, (void)length, (void)out, (void)spelling;
    return false;
}

static inline bool parse_wide(const char *text, size_t length, struct assay_decimal *out,
                              struct assay__spelling *spelling)
{
    (void)text, (void)length, (void)out, (void)spelling;
    return false;
}

static __attribute__((noinline)) bool parse_long(const char *text, size_t length,
                                                 struct assay_decimal *out,
                                                 struct assay__spelling *spelling)
{
    (void)text, (void)length, (void)out, (void)spelling;
    return false;
}

static bool few_digits(const char *text, size_t count, uint64_t *value)
{
    uint64_t total = 0;
    for (size_t i = 0; i < count; i++) {
        if (!is_digit(text[i]))
            return false;
        total = 10 * total + (uint64_t)(text[i] - '0');
    }
    *value = total;
    return true;
}

static bool last_digits(const char *text, unsigned count, uint64_t *value)
{
    return few_digits(text + 8 - count, count, value);
}

static bool eight_digits(const char *text, uint64_t *value)
{
    return few_digits(text, 8, value);
}
#endif

/* The value of the digits that a text begins with, whose end is returned. */
static const char *plain_run(const char *at, const char *end, uint64_t *value)
{
    uint64_t total = 0, eight;
    size_t length = (size_t)(end - at);
    if (length >= 4 && length < 8 && few_digits(at, length, value))
        return end;
    bool is_long = end - at >= 8 && at[1] != '.' && at[2] != '.';
    for (; is_long && end - at >= 8 && eight_digits(at, &eight); at += 8)
        total = total * 100000000 + eight;
    for (; at < end && is_digit(*at); at++)
        total = total * 10 + (uint64_t)(*at - '0');
    *value = total;
    return at;
}

/*
 * Appends all bytes up to end, which are to be digits: false where one is not. text is where what
 * may be read begins: the last few digits are read together with what stands before them.
 */
static bool plain_rest(const char *text, const char *at, const char *end, uint64_t *value)
{
    uint64_t total = *value, eight;
    for (; end - at >= 8; at += 8) {
        if (!eight_digits(at, &eight))
            return false;
        total = total * 100000000 + eight;
    }
    unsigned left = (unsigned)(end - at);
    if (left > 2 && end - text >= 8) {
        if (!last_digits(end - 8, left, &eight))
            return false;
        total = total * POWERS[left] + eight;
        at = end;
    }
    for (; at < end && is_digit(*at); at++)
        total = total * 10 + (uint64_t)(*at - '0');
    *value = total;
    return at == end;
}

static __attribute__((noinline)) bool parse_other(const char *text, size_t length,
                                                  struct assay_decimal *out,
                                                  struct assay__spelling *spelling)
{
    const char *end = text + length;
    uint64_t value = 0;
    if (length - 1 >= PLAIN_BYTES_MAX) /* 0 wraps round */
        return false;
    bool is_signed = text[0] == '-';
    const char *start = text + is_signed, *point = start + 1;
    if (end - start > 2 && *point == '.' && is_digit(*start))
        value = (uint64_t)(*start - '0');
    else
        point = plain_run(start, end, &value);
    const char *at = point;
    uint32_t digits = (uint32_t)(point - start), decimals = 0;
    if (point < end && *point == '.') {
        if (!plain_rest(text, point + 1, end, &value))
            return false;
        at = end;
        decimals = (uint32_t)(end - point - 1);
        digits += decimals;
    }
    if (at < end || digits == 0)
        return false;
    if (*start == '0' || *start == '.')
        digits -= leading_zeros(start, end);
    if (digits > MANTISSA_DIGITS)
        return false; /* value may have wrapped round */
    *spelling = (struct assay__spelling){digits, decimals};
    int32_t exponent = -(int32_t)decimals;
    bool may_end_in_zero = end[-1] == '0' || end[-1] == '.';
    for (; may_end_in_zero && value != 0 && value % 10 == 0; exponent++)
        value /= 10;
    int64_t mantissa = is_signed ? -(int64_t)value : (int64_t)value;
    *out = (struct assay_decimal){mantissa, value == 0 ? 0 : exponent, 0, NULL};
    return true;
}

bool assay__plain_parse(const char *text, size_t length, struct assay_decimal *out,
                        struct assay__spelling *spelling)
{
    return parse_figure(text, length, out, spelling) || parse_wide(text, length, out, spelling) ||
           parse_edge(text, length, out, spelling) || parse_long(text, length, out, spelling) ||
           parse_other(text, length, out, spelling);
}

bool assay__short_count(const char *text, size_t length, uint64_t *out)
{
    if (length >= 4)
        return length < 8 ? few_digits(text, length, out) : length == 8 && eight_digits(text, out);
    *out = 0;
    for (size_t i = 0; i < length; i++) {
        if (!is_digit(text[i]))
            return false;
        *out = 10 * *out + (uint64_t)(text[i] - '0');
    }
    return length > 0;
}
