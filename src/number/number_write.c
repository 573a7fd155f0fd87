/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Doubles as text. The shortest digits are found by Schubfach (Raffaello Giulietti, "The Schubfach
 * way to render doubles", 2020): the rounding interval of the double is scaled by a power of ten
 * to where it holds at least one and at most a few integers, in integer arithmetic throughout, and
 * the one with the fewest digits that lies closest is taken. No locale can interfere.
 */
#include "number/number.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/digits.h"
#include "number/powers.h"

/* Wide integers are an extension of the compilers we support. */
__extension__ typedef unsigned __int128 uint128;

/* The number digits * 10^exponent. */
struct decimal_digits {
    uint64_t digits;
    int exponent;
};

/* floor(log10(2^q)) and, for the lower_closer case, floor(log10(3/4 2^q)); |q| <= 1500. */
static int floor_log10_pow2(int q, bool lower_closer)
{
    return (q * 1262611 - (lower_closer ? 524031 : 0)) >> 22;
}

static int floor_log2_pow10(int k)
{
    return (k * 1741647) >> 19;
}

/* floor(power * factor / 2^128), its lowest bit set when anything was cut (Giulietti, 9.10). */
static uint64_t multiply_round_to_odd(const struct assay__power *power, uint64_t factor)
{
    uint128 low = (uint128)power->low * factor;
    uint128 high = (uint128)power->high * factor;
    uint128 sum = high + (uint64_t)(low >> 64);
    return (uint64_t)(sum >> 64) | ((uint64_t)sum > 1);
}

/* The shortest decimal in the rounding interval of mantissa * 2^exponent2, the closest of those. */
static struct decimal_digits shortest(uint64_t mantissa, int exponent2, bool lower_closer)
{
    uint64_t is_odd = mantissa & 1; /* an interval excludes its ends when the mantissa is odd */
    int k = floor_log10_pow2(exponent2, lower_closer);
    int shift = exponent2 + floor_log2_pow10(-k) + 1;
    const struct assay__power *power = &ASSAY__POWERS[-k - ASSAY__POWER_FIRST];
    uint64_t left = 4 * mantissa - 2 + lower_closer;
    uint64_t lower = multiply_round_to_odd(power, left << shift) + is_odd;
    uint64_t value = multiply_round_to_odd(power, (4 * mantissa) << shift);
    uint64_t upper = multiply_round_to_odd(power, (4 * mantissa + 2) << shift) - is_odd;
    uint64_t s = value / 4;
    if (s >= 10) { /* one digit less */
        uint64_t tens = s / 10;
        bool below = lower <= 40 * tens, above = 40 * tens + 40 <= upper;
        if (below != above)
            return (struct decimal_digits){tens + above, k + 1};
    }
    bool below = lower <= 4 * s, above = 4 * s + 4 <= upper;
    if (below != above)
        return (struct decimal_digits){s + above, k};
    uint64_t middle = 4 * s + 2;
    bool round_up = value > middle || (value == middle && (s & 1) != 0);
    return (struct decimal_digits){s + round_up, k};
}

static struct decimal_digits decimal_of(uint64_t bits)
{
    uint64_t fraction = bits & ((UINT64_C(1) << 52) - 1);
    int biased = (int)(bits >> 52 & 0x7FF);
    if (biased == 0)
        return shortest(fraction, -1074, false);
    uint64_t mantissa = fraction | UINT64_C(1) << 52;
    int exponent2 = biased - 1075;
    if (exponent2 <= 0 && exponent2 > -53 && (mantissa & ((UINT64_C(1) << -exponent2) - 1)) == 0)
        return (struct decimal_digits){mantissa >> -exponent2, 0}; /* an integer below 2^53 */
    return shortest(mantissa, exponent2, fraction == 0 && biased > 1);
}

/* Writes zeros, then returns where the next character goes. */
static char *put_zeros(char *out, int count)
{
    memset(out, '0', (size_t)count);
    return out + count;
}

static char *put_bytes(char *out, const char *bytes, int count)
{
    memcpy(out, bytes, (size_t)count);
    return out + count;
}

/*
 * Lays out 0.d1d2d3... * 10^point in plain notation when plain_low < point <= plain_high, else
 * with an exponent. digits do not end in 0.
 */
static char *lay_out(char *out, const char *digits, int count, int point, int plain_low,
                     int plain_high)
{
    if (point <= plain_low || point > plain_high) {
        *out++ = digits[0];
        if (count > 1) {
            *out++ = '.';
            out = put_bytes(out, digits + 1, count - 1);
        }
        *out++ = 'e';
        if (point - 1 < 0)
            *out++ = '-';
        return assay__digits_write((uint64_t)(point - 1 < 0 ? 1 - point : point - 1), out);
    }
    if (point <= 0) {
        out = put_bytes(out, "0.", 2);
        out = put_zeros(out, -point);
        return put_bytes(out, digits, count);
    }
    if (point >= count)
        return put_zeros(put_bytes(out, digits, count), point - count);
    out = put_bytes(out, digits, point);
    *out++ = '.';
    return put_bytes(out, digits + point, count - point);
}

/* The digits of 0 < value < 10^24 / 2, which the 24 characters before end are enough for. */
static const char *digits_before(uint64_t value, char *end)
{
    const uint64_t block = 100000000; /* 10^8 */
    char *start = end - 24;
    uint64_t rest = value / block;
    assay__digits_eight((uint32_t)(value % block), end - 8);
    assay__digits_eight((uint32_t)(rest % block), end - 16);
    assay__digits_eight((uint32_t)(rest / block), start);
    start += rest >= block ? 0 : rest > 0 ? 8 : 16;
    while (*start == '0')
        start++;
    return start;
}

/*
 * Plain numbers of at most DIGITS digits are copied in pieces of one length, which is faster than
 * pieces as long as they are: what is too much is written over. text has room for that.
 */
enum { DIGITS = 24, WIDE_TEXT = 64 };

static char *lay_out_fast(char *text, const char *digits, int count, int point)
{
    if (point <= -5 || point > 17 || point >= count)
        return lay_out(text, digits, count, point, -5, 17);
    if (point <= 0) {
        memcpy(text, "0.000000", 8);
        memcpy(text + 2 - point, digits, DIGITS);
        return text + 2 - point + count;
    }
    memcpy(text, digits, DIGITS);
    text[point] = '.';
    memcpy(text + point + 1, digits + point, DIGITS);
    return text + count + 1;
}

size_t assay__number_write(double value, char out[ASSAY__NUMBER_BYTES])
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    if (bits << 1 == 0) {
        memcpy(out, "0", 2);
        return 1;
    }
    const uint64_t sign = UINT64_C(1) << 63;
    struct decimal_digits decimal = decimal_of(bits & ~sign);
    char digits[3 * DIGITS], text[WIDE_TEXT], *end = text;
    char *after = digits + DIGITS;
    memset(after, '0', sizeof digits - DIGITS);
    const char *stop = after, *start = digits_before(decimal.digits, after);
    int point = (int)(stop - start) + decimal.exponent;
    while (stop[-1] == '0')
        stop--;
    *end = '-';
    end = lay_out_fast(end + (bits >> 63), start, (int)(stop - start), point);
    *end = '\0';
    memcpy(out, text, ASSAY__NUMBER_BYTES);
    return (size_t)(end - text);
}

/* The digits of a number before its exponent: 0.d1d2d3... * 10^point. */
struct rounded {
    char digits[3 * DIGITS];
    int count, point;
};

/*
 * Rounds the shortest digits of value > 0, which is the same as to round value: what lies halfway
 * between two roundings has few digits, and if it were between value and its shortest digits, it
 * would be these. False where they are halfway, and which side value is on is not known, and for
 * subnormals, whose digits may be fewer than those that are wanted.
 */
static bool round_shortest(double value, int wanted, struct rounded *out)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    if (bits >> 52 == 0 || bits >> 52 >= 0x7FF || wanted > 15)
        return false;
    char text[DIGITS];
    struct decimal_digits decimal = decimal_of(bits);
    const char *stop = text + sizeof text, *start = digits_before(decimal.digits, text + DIGITS);
    out->point = (int)(stop - start) + decimal.exponent;
    while (stop[-1] == '0')
        stop--;
    out->count = (int)(stop - start);
    memcpy(out->digits, start, (size_t)out->count);
    if (out->count <= wanted)
        return true;
    char next = start[wanted];
    if (next == '5' && out->count == wanted + 1)
        return false;
    out->count = wanted;
    if (next < '5')
        return true;
    while (out->count > 0 && out->digits[out->count - 1] == '9')
        out->count--;
    if (out->count > 0) {
        out->digits[out->count - 1]++;
    } else {
        out->digits[out->count++] = '1';
        out->point++;
    }
    return true;
}

/* C's %e rounds correctly; whatever the locale puts for the point is passed over. */
static void round_printed(double value, int wanted, struct rounded *out)
{
    char text[64];
    snprintf(text, sizeof text, "%.*e", wanted - 1, value);
    const char *from = text;
    out->count = 0;
    for (; *from != 'e' && *from != '\0'; from++)
        if (*from >= '0' && *from <= '9')
            out->digits[out->count++] = *from;
    bool negative = from[0] == 'e' && from[1] == '-';
    int exponent = 0;
    for (; *from != '\0'; from++)
        if (*from >= '0' && *from <= '9')
            exponent = exponent * 10 + (*from - '0');
    out->point = (negative ? -exponent : exponent) + 1;
}

size_t assay__number_round(double value, int digits, char out[ASSAY__NUMBER_BYTES])
{
    int wanted = digits < 1 ? 1 : digits > 17 ? 17 : digits;
    struct rounded rounded;
    char *end = out;
    double size = fabs(value);
    if (value < 0.0)
        *end++ = '-';
    if (!round_shortest(size, wanted, &rounded))
        round_printed(size, wanted, &rounded);
    while (rounded.count > 1 && rounded.digits[rounded.count - 1] == '0')
        rounded.count--;
    end = lay_out(end, rounded.digits, rounded.count, rounded.point, -5, 15);
    *end = '\0';
    return (size_t)(end - out);
}
