/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Text as numbers: exact decimals, and doubles correctly rounded. One scan finds sign, digits and
 * exponent; the digits are never rounded on the way. No locale can interfere.
 */
#include "number/number.h"

#include <float.h>
#include <gmp.h>
#include <stdint.h>
#include <string.h>

/*
 * A scanned token: (whole digits)(part digits) * 10^exponent, where exponent is that of the last
 * digit of the part. Leading zeros of the digits and trailing zeros of the number are left out.
 */
struct scan {
    bool negative;
    const char *whole, *part; /* digits before and after the point */
    size_t whole_count, part_count;
    int64_t exponent;
};

/* Digits beyond this stop counting in an exponent: it is out of every range by then. */
static const int64_t EXPONENT_STOP = 1000000000;

static bool is_digit(char c)
{
    return (unsigned char)(c - '0') < 10;
}

static size_t digit_run(const char *from, const char *end)
{
    const char *at = from;
    while (at < end && is_digit(*at))
        at++;
    return (size_t)(at - from);
}

/* Reads [+-] digits into *exponent; false when that is not all there is. */
static bool scan_exponent(const char *at, const char *end, int64_t *exponent)
{
    bool negative = at < end && *at == '-';
    if (at < end && (*at == '-' || *at == '+'))
        at++;
    if (at == end || digit_run(at, end) != (size_t)(end - at))
        return false;
    int64_t value = 0;
    for (; at < end; at++)
        if (value < EXPONENT_STOP)
            value = value * 10 + (*at - '0');
    *exponent = negative ? -value : value;
    return true;
}

/* Cuts zeros that carry nothing; a number that is zero has no digits left. */
static void trim(struct scan *scan)
{
    while (scan->part_count > 0 && scan->part[scan->part_count - 1] == '0')
        scan->part_count--;
    scan->exponent -= (int64_t)scan->part_count;
    if (scan->part_count == 0) {
        while (scan->whole_count > 0 && scan->whole[scan->whole_count - 1] == '0') {
            scan->whole_count--;
            scan->exponent++;
        }
    }
    while (scan->whole_count > 0 && scan->whole[0] == '0') {
        scan->whole++;
        scan->whole_count--;
    }
    if (scan->whole_count == 0) {
        while (scan->part_count > 0 && scan->part[0] == '0') {
            scan->part++;
            scan->part_count--;
        }
    }
}

static bool scan_token(const char *text, size_t length, struct scan *out)
{
    const char *at = text, *end = text + length;
    memset(out, 0, sizeof *out);
    if (at < end && (*at == '-' || *at == '+'))
        out->negative = *at++ == '-';
    out->whole = at;
    out->whole_count = digit_run(at, end);
    at += out->whole_count;
    out->part = at;
    if (at < end && *at == '.') {
        at++;
        out->part = at;
        out->part_count = digit_run(at, end);
        at += out->part_count;
    }
    if (out->whole_count + out->part_count == 0)
        return false;
    if (at < end) {
        if ((*at != 'e' && *at != 'E') || !scan_exponent(at + 1, end, &out->exponent))
            return false;
    }
    trim(out);
    return true;
}

static uint64_t digits_value(uint64_t value, const char *digits, size_t count)
{
    for (size_t i = 0; i < count; i++)
        value = value * 10 + (uint64_t)(digits[i] - '0');
    return value;
}

enum { MANTISSA_DIGITS = 18 };

enum assay__parse assay__decimal_parse(const char *text, size_t length, struct assay_decimal *out,
                                       char digits[ASSAY__DIGITS_MAX])
{
    struct scan scan;
    struct assay__spelling spelling;
    if (assay__plain_parse(text, length, out, &spelling))
        return ASSAY__PARSE_OK;
    if (!scan_token(text, length, &scan))
        return ASSAY__PARSE_SYNTAX;
    memset(out, 0, sizeof *out);
    size_t count = scan.whole_count + scan.part_count;
    if (count == 0)
        return ASSAY__PARSE_OK;
    if (count > ASSAY__DIGITS_MAX || scan.exponent > ASSAY__EXPONENT_MAX ||
        scan.exponent < -ASSAY__EXPONENT_MAX)
        return ASSAY__PARSE_RANGE;
    out->exponent = (int32_t)scan.exponent;
    if (count <= MANTISSA_DIGITS) {
        uint64_t value = digits_value(0, scan.whole, scan.whole_count);
        value = digits_value(value, scan.part, scan.part_count);
        out->mantissa = scan.negative ? -(int64_t)value : (int64_t)value;
        return ASSAY__PARSE_OK;
    }
    memcpy(digits, scan.whole, scan.whole_count);
    memcpy(digits + scan.whole_count, scan.part, scan.part_count);
    out->mantissa = scan.negative ? -1 : 1;
    out->digit_count = (uint32_t)count;
    out->digits = digits;
    return ASSAY__PARSE_OK;
}

enum {
    DOUBLE_DIGITS = 800, /* more digits than the midpoint of any two doubles has (767) */
    LIMBS = 160          /* room for 10^1200 and for 2^1100 times an 800-digit number */
};

/* number *= 10^power, in place. Returns the new count of limbs. */
static mp_size_t multiply_pow10(mp_limb_t *number, mp_size_t count, int power)
{
    while (power > 0) {
        int step = power < 19 ? power : 19;
        mp_limb_t factor = 1;
        for (int i = 0; i < step; i++)
            factor *= 10;
        mp_limb_t carry = mpn_mul_1(number, number, count, factor);
        if (carry != 0)
            number[count++] = carry;
        power -= step;
    }
    return count;
}

/* number *= 2^bits, in place. Returns the new count of limbs. */
static mp_size_t multiply_pow2(mp_limb_t *number, mp_size_t count, int bits)
{
    mp_size_t limbs = bits / GMP_NUMB_BITS;
    unsigned rest = (unsigned)(bits % GMP_NUMB_BITS);
    if (rest != 0) {
        mp_limb_t carry = mpn_lshift(number, number, count, rest);
        if (carry != 0)
            number[count++] = carry;
    }
    if (limbs > 0) {
        memmove(number + limbs, number, (size_t)count * sizeof *number);
        memset(number, 0, (size_t)limbs * sizeof *number);
    }
    return count + limbs;
}

static int bit_length(const mp_limb_t *number, mp_size_t count)
{
    return (int)mpn_sizeinbase(number, count, 2);
}

/* quotient of two numbers, 54..64 bits of it; *sticky when the division leaves something. */
static uint64_t divide(const mp_limb_t *above, mp_size_t above_count, const mp_limb_t *below,
                       mp_size_t below_count, bool *sticky)
{
    mp_limb_t quotient[LIMBS + 1], rest[LIMBS];
    memset(quotient, 0, sizeof quotient);
    if (above_count < below_count) {
        *sticky = true;
        return 0;
    }
    mpn_tdiv_qr(quotient, rest, 0, above, above_count, below, below_count);
    *sticky = !mpn_zero_p(rest, below_count);
    return quotient[0];
}

/*
 * The integer that count digits (0 .. 9 each, the first not 0) make, 19 at a time. GMP has
 * mpn_set_str() for it, which takes memory of its own from some hundred digits on.
 */
static mp_size_t digits_number(mp_limb_t *number, const unsigned char *digits, size_t count)
{
    mp_size_t size = 0;
    for (size_t at = 0; at < count;) {
        mp_limb_t factor = 1, part = 0;
        for (int step = 0; step < 19 && at < count; step++) {
            factor *= 10;
            part = 10 * part + digits[at++];
        }
        mp_limb_t carry = part;
        if (size > 0) {
            carry = mpn_mul_1(number, number, size, factor);
            carry += mpn_add_1(number, number, size, part);
        }
        if (carry != 0)
            number[size++] = carry;
    }
    return size;
}

/*
 * The double nearest to digits * 10^exponent: the ratio of two integers, scaled by a power of two
 * until the quotient has the bits of a mantissa and one more, decides the rounding exactly. The
 * integers fit on the stack, and GMP's low-level functions allocate nothing at this size.
 */
static double nearest_double(const unsigned char *digits, size_t count, bool sticky_digits,
                             int exponent)
{
    mp_limb_t above[LIMBS] = {0}, below[LIMBS] = {1};
    mp_size_t above_count = digits_number(above, digits, count);
    mp_size_t below_count = 1;
    if (exponent >= 0)
        above_count = multiply_pow10(above, above_count, exponent);
    else
        below_count = multiply_pow10(below, below_count, -exponent);

    /* The value lies in [2^(top - 1), 2^(top + 1)). Its last kept bit has weight 2^last. */
    int top = bit_length(above, above_count) - bit_length(below, below_count);
    int last = top - 1 - 52;
    if (last < -1074)
        last = -1074;
    int shift = 1 - last; /* one bit more, to see the half */
    if (shift >= 0)
        above_count = multiply_pow2(above, above_count, shift);
    else
        below_count = multiply_pow2(below, below_count, -shift);
    bool sticky = false;
    uint64_t quotient = divide(above, above_count, below, below_count, &sticky);
    sticky = sticky || sticky_digits;
    if (quotient >> 54 != 0) { /* the value was in the upper half of its range */
        sticky = sticky || (quotient & 1) != 0;
        quotient >>= 1;
        last++;
    }
    uint64_t mantissa = quotient >> 1;
    bool half = (quotient & 1) != 0;
    if (half && (sticky || (mantissa & 1) != 0))
        mantissa++;
    return __builtin_ldexp((double)mantissa, last); /* exact: at most 54 bits, none cut */
}

/* The double nearest to a number of count digits, below 1e310 and above 1e-331. */
static double scan_value(const struct scan *scan, size_t count)
{
    static const double POWERS[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                    1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    if (count <= 15 && scan->exponent >= -22 && scan->exponent <= 22) {
        /* Both are exact doubles, so the one operation rounds correctly (Clinger 1990). */
        uint64_t small = digits_value(0, scan->whole, scan->whole_count);
        small = digits_value(small, scan->part, scan->part_count);
        return scan->exponent < 0 ? (double)small / POWERS[-scan->exponent]
                                  : (double)small * POWERS[scan->exponent];
    }
    unsigned char digits[DOUBLE_DIGITS];
    size_t kept = count < DOUBLE_DIGITS ? count : DOUBLE_DIGITS;
    for (size_t i = 0; i < kept; i++) {
        char digit = i < scan->whole_count ? scan->whole[i] : scan->part[i - scan->whole_count];
        digits[i] = (unsigned char)(digit - '0');
    }
    /* The last digit is not 0, so digits that were cut are more than nothing. */
    int64_t exponent = scan->exponent + (int64_t)(count - kept);
    return nearest_double(digits, kept, kept < count, (int)exponent);
}

enum assay__parse assay__double_parse(const char *text, size_t length, double *out)
{
    struct scan scan;
    if (!scan_token(text, length, &scan))
        return ASSAY__PARSE_SYNTAX;
    size_t count = scan.whole_count + scan.part_count;
    int64_t magnitude = (int64_t)count + scan.exponent; /* value in [10^(m-1), 10^m) */
    if (count > 0 && magnitude > 310)
        return ASSAY__PARSE_RANGE;
    double value = count == 0 || magnitude < -330 ? 0.0 : scan_value(&scan, count);
    if (value > DBL_MAX)
        return ASSAY__PARSE_RANGE;
    *out = scan.negative ? -value : value;
    return ASSAY__PARSE_OK;
}
