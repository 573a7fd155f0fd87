/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Decimals of hundreds of digits, for a database that has none: read, multiplied, added, written.
 */
#include "source/warehouse/whole.h"

#include <string.h>

enum { LIMB_DIGITS = 18 };
static const uint64_t BASE = UINT64_C(1000000000000000000);

__extension__ typedef unsigned __int128 wide;
__extension__ typedef __int128 signed_wide;

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The exponent behind an e; false where no exponent stands there. */
static bool read_exponent(const char *at, const char *end, int32_t *exponent)
{
    bool is_negative = at < end && *at == '-';
    int32_t value = 0;
    if (at < end && (*at == '-' || *at == '+'))
        at++;
    if (at == end)
        return false;
    for (; at < end; at++) {
        if (!is_digit(*at) || value > ASSAY__WHOLE_EXPONENT_MAX)
            return false;
        value = 10 * value + (*at - '0');
    }
    *exponent += is_negative ? -value : value;
    return *exponent >= -ASSAY__WHOLE_EXPONENT_MAX && *exponent <= ASSAY__WHOLE_EXPONENT_MAX;
}

/* Digits, most significant first, to limbs. */
static void pack(const char *digits, size_t count, struct assay__whole *out)
{
    out->count = 0;
    while (count > 0) {
        size_t part = count < LIMB_DIGITS ? count : LIMB_DIGITS;
        uint64_t limb = 0;
        for (size_t i = count - part; i < count; i++)
            limb = 10 * limb + (uint64_t)(digits[i] - '0');
        out->limbs[out->count++] = limb;
        count -= part;
    }
    while (out->count > 0 && out->limbs[out->count - 1] == 0)
        out->count--;
}

bool assay__whole_read(const char *text, size_t length, struct assay__whole *out)
{
    char digits[ASSAY__WHOLE_LIMBS * LIMB_DIGITS];
    const char *at = text, *end = text + length;
    size_t count = 0, seen = 0;
    bool has_point = false;
    out->is_negative = at < end && *at == '-';
    out->exponent = 0;
    if (at < end && (*at == '-' || *at == '+'))
        at++;
    for (; at < end && (is_digit(*at) || (*at == '.' && !has_point)); at++) {
        if (*at == '.') {
            has_point = true;
            continue;
        }
        seen++;
        out->exponent -= has_point;
        if (count == 0 && *at == '0')
            continue;
        if (count == sizeof digits)
            return false;
        digits[count++] = *at;
    }
    if (seen == 0 || out->exponent < -ASSAY__WHOLE_EXPONENT_MAX)
        return false;
    if (at < end && (*at == 'e' || *at == 'E') ? !read_exponent(at + 1, end, &out->exponent)
                                               : at < end)
        return false;
    pack(digits, count, out);
    return true;
}

struct assay__whole assay__whole_of(int64_t value)
{
    struct assay__whole out = {.is_negative = value < 0};
    uint64_t left = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    for (; left > 0; left /= BASE)
        out.limbs[out.count++] = left % BASE;
    return out;
}

bool assay__whole_multiply(const struct assay__whole *a, const struct assay__whole *b,
                           struct assay__whole *out)
{
    if (a->count + b->count > ASSAY__WHOLE_LIMBS)
        return false;
    out->count = a->count == 0 || b->count == 0 ? 0 : a->count + b->count;
    out->exponent = a->exponent + b->exponent;
    out->is_negative = a->is_negative != b->is_negative;
    memset(out->limbs, 0, out->count * sizeof *out->limbs);
    for (uint32_t i = 0; out->count > 0 && i < a->count; i++) {
        wide carry = 0;
        for (uint32_t k = 0; k < b->count; k++) {
            wide value = (wide)a->limbs[i] * b->limbs[k] + out->limbs[i + k] + carry;
            out->limbs[i + k] = (uint64_t)(value % BASE);
            carry = value / BASE;
        }
        out->limbs[i + b->count] = (uint64_t)carry;
    }
    while (out->count > 0 && out->limbs[out->count - 1] == 0)
        out->count--;
    return out->exponent >= -2 * ASSAY__WHOLE_EXPONENT_MAX &&
           out->exponent <= ASSAY__WHOLE_EXPONENT_MAX;
}

/* All digits of the limbs, without leading zeros. */
static size_t unpack(const struct assay__whole *number, char *out)
{
    size_t length = 0;
    for (uint32_t i = number->count; i-- > 0;) {
        char digits[LIMB_DIGITS];
        uint64_t limb = number->limbs[i];
        for (int d = LIMB_DIGITS; d-- > 0; limb /= 10)
            digits[d] = (char)('0' + limb % 10);
        size_t skip = 0;
        while (length == 0 && skip < LIMB_DIGITS && digits[skip] == '0')
            skip++;
        memcpy(out + length, digits + skip, LIMB_DIGITS - skip);
        length += LIMB_DIGITS - skip;
    }
    return length;
}

size_t assay__whole_write(const struct assay__whole *number, char out[ASSAY__WHOLE_TEXT])
{
    char digits[ASSAY__WHOLE_LIMBS * LIMB_DIGITS];
    size_t count = unpack(number, digits), length = 0;
    if (count == 0) {
        out[0] = '0';
        return 1;
    }
    if (number->is_negative)
        out[length++] = '-';
    size_t fraction = number->exponent < 0 ? (size_t)-number->exponent : 0;
    size_t whole = count > fraction ? count - fraction : 0;
    memcpy(out + length, digits, whole);
    length += whole;
    for (int32_t i = 0; i < number->exponent; i++)
        out[length++] = '0';
    if (fraction == 0)
        return length;
    if (whole == 0)
        out[length++] = '0';
    out[length++] = '.';
    for (size_t i = count - whole; i < fraction; i++)
        out[length++] = '0';
    memcpy(out + length, digits + whole, count - whole);
    return length + count - whole;
}

bool assay__whole_add(struct assay__whole_sum *sum, const struct assay__whole *number, int sign)
{
    struct assay__whole scaled;
    if (number->exponent < 0 && number->count > 0)
        return false;
    if (number->exponent > 0 && number->count > 0) {
        char text[ASSAY__WHOLE_TEXT];
        size_t length = assay__whole_write(number, text);
        if (!assay__whole_read(text, length, &scaled))
            return false;
        number = &scaled;
    }
    bool is_less = number->is_negative != (sign < 0);
    for (uint32_t i = 0; i < number->count; i++)
        sum->limbs[i] += is_less ? -(signed_wide)number->limbs[i] : (signed_wide)number->limbs[i];
    return true;
}

/* Carries from limb to limb; the last carry, which is 0, or -1 where the sum is below 0. */
static signed_wide carry_all(signed_wide limbs[ASSAY__WHOLE_LIMBS])
{
    signed_wide carry = 0;
    for (int i = 0; i < ASSAY__WHOLE_LIMBS; i++) {
        signed_wide value = limbs[i] + carry;
        carry = value / (signed_wide)BASE;
        limbs[i] = value % (signed_wide)BASE;
        if (limbs[i] < 0) {
            limbs[i] += (signed_wide)BASE;
            carry--;
        }
    }
    return carry;
}

bool assay__whole_total(const struct assay__whole_sum *sum, struct assay__whole *out)
{
    signed_wide limbs[ASSAY__WHOLE_LIMBS];
    memcpy(limbs, sum->limbs, sizeof limbs);
    signed_wide carry = carry_all(limbs);
    *out = (struct assay__whole){.is_negative = carry < 0};
    if (out->is_negative) {
        for (int i = 0; i < ASSAY__WHOLE_LIMBS; i++)
            limbs[i] = -sum->limbs[i];
        carry = carry_all(limbs);
    }
    for (uint32_t i = 0; i < ASSAY__WHOLE_LIMBS; i++) {
        out->limbs[i] = (uint64_t)limbs[i];
        out->count = limbs[i] == 0 ? out->count : i + 1;
    }
    return carry == 0;
}
