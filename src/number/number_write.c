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

/* Parts of a function that is called for every number. */
#define INLINE static inline __attribute__((always_inline))

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

/*
 * The same for most: mantissa is not that of a power of two. One product tells where the value is
 * within its ten, in units of 2^-60, with an error below 2; at most one end of the ten lies in the
 * rounding interval, and one of the whole numbers beside it always does. What is nearer than 4
 * units to where answers change takes the exact way.
 */
INLINE struct decimal_digits shortest_quickly(uint64_t mantissa, int exponent2)
{
    const uint64_t margin = 4, half = UINT64_C(1) << 59;
    int k = floor_log10_pow2(exponent2, false);
    int shift = exponent2 + floor_log2_pow10(-k) + 1;
    const struct assay__power *power = &ASSAY__POWERS[-k - ASSAY__POWER_FIRST];
    uint64_t factor = mantissa << shift;
    uint128 value = (uint128)power->high * factor + (uint64_t)((uint128)power->low * factor >> 64);
    uint64_t whole = (uint64_t)(value >> 64), part = (uint64_t)value >> 4;
    uint64_t tens = whole / 10;
    uint64_t up = ((whole - 10 * tens) << 60) + part, down = (UINT64_C(10) << 60) - up;
    uint64_t reach = power->high >> (5 - shift); /* half of the interval */
    if (up - reach + margin < 2 * margin || down - reach + margin < 2 * margin ||
        part - half + margin < 2 * margin)
        return shortest(mantissa, exponent2, false);
    bool has_less = up < reach || down < reach; /* a digit less */
    return (struct decimal_digits){has_less ? tens + (down < reach) : whole + (part > half),
                                   k + has_less};
}

INLINE struct decimal_digits decimal_of(uint64_t bits)
{
    uint64_t fraction = bits & ((UINT64_C(1) << 52) - 1);
    int biased = (int)(bits >> 52 & 0x7FF);
    if (biased == 0)
        return shortest(fraction, -1074, false);
    uint64_t mantissa = fraction | UINT64_C(1) << 52;
    int exponent2 = biased - 1075;
    if ((unsigned)-exponent2 <= (unsigned)__builtin_ctzll(mantissa))
        return (struct decimal_digits){mantissa >> -exponent2, 0}; /* an integer below 2^53 */
    if (fraction == 0)
        return shortest(mantissa, exponent2, biased > 1);
    return shortest_quickly(mantissa, exponent2);
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

/* Digits from the first that is not 0 to the last: 0.d1d2d3... * 10^point. */
struct digits {
    uint64_t first, second; /* eight each, as of assay__digits_word() */
    uint32_t last;          /* the seventeenth */
    int count, point;
};

/* The digits of 0 < decimal.digits < 10^17. */
INLINE struct digits split(struct decimal_digits decimal)
{
    uint64_t high = decimal.digits / ASSAY__DIGITS_BLOCK;
    uint32_t low = (uint32_t)(decimal.digits - high * ASSAY__DIGITS_BLOCK);
    uint32_t top = (uint32_t)(high / ASSAY__DIGITS_BLOCK);
    int has_top = top != 0;
    struct assay__sixteen sixteen =
        assay__digits_sixteen((uint32_t)high - top * ASSAY__DIGITS_BLOCK, low);
    uint64_t first = sixteen.first, second = sixteen.second;
    struct digits out = {.count = sixteen.end + has_top, .point = 16 + has_top + decimal.exponent};
    if (has_top) { /* all go one place up */
        out.first = first << 8 | top;
        out.second = second << 8 | first >> 56;
        out.last = (uint32_t)(second >> 56);
        return out;
    }
    int zeros = sixteen.start, shift = 8 * (zeros & 7);
    out.point -= zeros;
    out.count -= zeros;
    if (zeros >= 8) {
        first = second;
        second = 0;
    }
    out.first = first >> shift | second << 1 << (63 - shift);
    out.second = second >> shift;
    return out;
}

enum { DIGITS = 24 };

/* Writes DIGITS digits at most, which those that count are the first of. */
INLINE void put_digits(const struct digits *digits, char *out)
{
    assay__digits_word_put(digits->first, out);
    assay__digits_word_put(digits->second, out + 8);
    out[16] = (char)('0' + digits->last);
}

/* Forms that few numbers have: whole ones, with an exponent, and with eight digits or more before
 * the point. They need memory for their digits. */
static __attribute__((noinline)) char *put_rare(struct digits digits, char *out)
{
    char text[DIGITS];
    put_digits(&digits, text);
    return lay_out(out, text, digits.count, digits.point, -5, 17);
}

/* The form that nearly all numbers have: plain, with decimals. Words are written whole, and what is
 * too much is written over. */
INLINE char *put_decimals(const struct digits *digits, char *out)
{
    int point = digits->point;
    if (point <= 0) {
        memcpy(out, "0.000000", 8);
        put_digits(digits, out + 2 - point);
        return out + 2 - point + digits->count;
    }
    int low = 8 * point, high = 64 - low;
    assay__digits_word_put(digits->first, out);
    out[point] = '.';
    out += point + 1;
    assay__digits_word_put(digits->first >> low | digits->second << high, out);
    assay__digits_word_put(digits->second >> low | (uint64_t)digits->last << high, out + 8);
    return out + digits->count - point;
}

char *assay__number_put(double value, char *out)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    if (bits << 1 == 0) {
        *out = '0';
        return out + 1;
    }
    *out = '-';
    out += bits >> 63;
    struct decimal_digits decimal = decimal_of(bits & UINT64_MAX >> 1);
    if (decimal.digits < ASSAY__DIGITS_BLOCK && decimal.exponent == 0)
        return assay__digits_put(decimal.digits, out);
    struct digits digits = split(decimal);
    if (digits.point > -5 && digits.point < 8 && digits.point < digits.count)
        return put_decimals(&digits, out);
    return put_rare(digits, out);
}

size_t assay__number_write(double value, char out[ASSAY__NUMBER_BYTES])
{
    char text[ASSAY__NUMBER_ROOM], *end = assay__number_put(value, text);
    *end = '\0';
    memcpy(out, text, ASSAY__NUMBER_BYTES);
    return (size_t)(end - text);
}

/* The digits of a number before its exponent: 0.d1d2d3... * 10^point. */
struct rounded {
    char digits[2 * DIGITS];
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
    struct digits digits = split(decimal_of(bits));
    put_digits(&digits, out->digits);
    out->point = digits.point;
    out->count = digits.count;
    if (out->count <= wanted)
        return true;
    char next = out->digits[wanted];
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
