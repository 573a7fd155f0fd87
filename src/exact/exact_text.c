/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The canonical text of an exact number. */
#include "exact/exact.h"

#include <gmp.h>
#include <stdlib.h>
#include <string.h>

#include "base/digits.h"
#include "base/memory.h"
#include "exact/exact_limbs.h"

typedef struct assay__exact exact;

enum {
    PLAIN_TEXT_MAX = 40, /* longest text without exponent, see src/stats/moments.h */
    DIGITS = 19,         /* decimal digits of one limb */
    SMALL_LIMBS = ASSAY__EXACT_LIMBS + 4,
    SMALL = SMALL_LIMBS * 20 /* characters: a limb has at most 19.27 digits */
};

static char *put(char *at, const char *bytes, size_t length)
{
    memcpy(at, bytes, length);
    return at + length;
}

static char *put_zeros(char *at, size_t count)
{
    memset(at, '0', count);
    return at + count;
}

/* digits, e and an exponent that is not 0. */
static void write_scientific(const char *digits, size_t length, long exponent,
                             struct assay__text *out)
{
    char number[ASSAY__DIGITS_U64 + 2] = "e-", *end = number + (exponent < 0 ? 2 : 1);
    end = assay__digits_write((uint64_t)labs(exponent), end);
    size_t count = (size_t)(end - number);
    char *at = assay__text_extend(out, length + count);
    if (at != NULL)
        put(put(at, digits, length), number, count);
}

/* The text of digits * 10^exponent; digits has no trailing zeros and is not "0". */
static void write_digits(bool is_negative, const char *digits, long length, long exponent,
                         struct assay__text *out)
{
    long whole = length + exponent; /* digits before the point */
    long plain = exponent >= 0 ? whole : whole > 0 ? length + 1 : 2 + length - whole;
    if (is_negative)
        assay__text_putc(out, '-');
    if (exponent != 0 && plain > PLAIN_TEXT_MAX) {
        write_scientific(digits, (size_t)length, exponent, out);
        return;
    }
    char *at = assay__text_extend(out, (size_t)plain);
    if (at == NULL)
        return;
    if (exponent >= 0) {
        put_zeros(put(at, digits, (size_t)length), (size_t)exponent);
    } else if (whole > 0) {
        at = put(put(at, digits, (size_t)whole), ".", 1);
        put(at, digits + whole, (size_t)-exponent);
    } else {
        put(put_zeros(put(at, "0.", 2), (size_t)-whole), digits, (size_t)length);
    }
}

/* All DIGITS digits of a number, leading zeros too, so that they end at end. */
static char *block_before(uint64_t part, char *end)
{
    const uint64_t eight = 100000000; /* 10^8 */
    char *start = end - DIGITS;
    uint64_t rest = part / eight;
    uint32_t first = (uint32_t)(rest / eight); /* three digits */
    *start = (char)('0' + first / 100);
    char *at = assay__digits_pair(first % 100, start + 1);
    at = assay__digits_eight((uint32_t)(rest % eight), at);
    assay__digits_eight((uint32_t)(part % eight), at);
    return start;
}

/* Writes the integer's digits backwards from end; returns where they start. limbs are used up. */
static char *digits_before(char *end, mp_limb_t *limbs, mp_size_t size)
{
    const mp_limb_t power = UINT64_C(10000000000000000000); /* 10^DIGITS */
    char *start = end;
    while (size > 1) {
        uint64_t part = mpn_divrem_1(limbs, 0, limbs, size, power);
        size -= limbs[size - 1] == 0;
        start = block_before(part, start);
    }
    if (size == 0 || limbs[0] == 0)
        return start;
    if (limbs[0] >= power) {
        start = block_before(limbs[0] % power, start);
        limbs[0] /= power;
    }
    return assay__digits_before(limbs[0], start);
}

/*
 * Takes a block of digits at a time off a long integer: a pass over it for each block, and not one
 * for every limb. *start moves down; false without memory.
 */
static bool cut_blocks(exact *integer, char **start)
{
    enum { BLOCK_DIGITS = 308, BLOCK = 16 }; /* 10^308 has 1024 bits: 16 limbs, none to spare */
    exact power, quotient;
    assay__exact_init(&power);
    assay__exact_init(&quotient);
    assay__exact_set_u64(&power, 1);
    assay__exact_times_five(&power, BLOCK_DIGITS);
    assay__exact_shift(&power, BLOCK_DIGITS);
    bool is_done = !power.failed && assay__exact_reserve(&quotient, integer->size);
    mp_limb_t *limbs = assay__exact_limbs(integer), *whole = assay__exact_limbs(&quotient);
    while (is_done && integer->size > 2 * BLOCK) {
        uint32_t count = integer->size - BLOCK;
        assay__limbs_divide(whole, count, limbs, assay__exact_limbs(&power), BLOCK);
        char *first = digits_before(*start, limbs, BLOCK);
        *start -= BLOCK_DIGITS;
        memset(*start, '0', (size_t)(first - *start));
        integer->size = whole[count] != 0 ? count + 1 : count;
        memcpy(limbs, whole, integer->size * sizeof *limbs);
    }
    assay__exact_clear(&power);
    assay__exact_clear(&quotient);
    return is_done;
}

/* Appends the text of an integer times 10^exponent; the integer is used up. */
static bool write_integer(exact *integer, long exponent, struct assay__text *out)
{
    char small[SMALL], *digits = small;
    size_t room = (size_t)integer->size * 20;
    if (room > sizeof small) {
        digits = assay__calloc(room, 1);
        if (digits == NULL)
            return false;
    }
    char *end = digits + room, *start = end;
    bool is_done = integer->size <= SMALL_LIMBS || cut_blocks(integer, &start);
    start = digits_before(start, assay__exact_limbs(integer), integer->size);
    for (; end[-1] == '0'; end--)
        exponent++;
    if (is_done)
        write_digits(integer->negative, start, end - start, exponent, out);
    if (digits != small)
        assay__free(digits);
    return is_done;
}

enum assay_status assay__exact_write(const exact *number, struct assay__text *out,
                                     struct assay_error *err)
{
    if (number->failed)
        return assay__fail_memory(err);
    if (number->size == 0) {
        assay__text_putc(out, '0');
        return out->failed ? assay__fail_memory(err) : ASSAY_OK;
    }
    exact integer; /* times 10^exponent, the smaller of the exponents of 2 and 5 */
    assay__exact_init(&integer);
    assay__exact_set(&integer, number);
    int32_t twos = number->twos, fives = number->fives;
    int32_t exponent = twos < fives ? twos : fives;
    assay__exact_times_five(&integer, (uint32_t)(fives - exponent));
    assay__exact_shift(&integer, (uint32_t)(twos - exponent));
    bool is_done = !integer.failed && write_integer(&integer, exponent, out);
    assay__exact_clear(&integer);
    return !is_done || out->failed ? assay__fail_memory(err) : ASSAY_OK;
}

void assay__limbs_write(uint64_t *limbs, uint32_t count, int32_t exponent, struct assay__text *out)
{
    char digits[SMALL], *end = digits + sizeof digits;
    bool is_negative = limbs[count - 1] >> 63 != 0;
    if (is_negative)
        mpn_neg(limbs, limbs, count);
    while (count > 0 && limbs[count - 1] == 0)
        count--;
    if (count == 0) {
        assay__text_putc(out, '0');
        return;
    }
    const char *start = digits_before(end, limbs, count);
    for (; end[-1] == '0'; end--)
        exponent++;
    write_digits(is_negative, start, end - start, exponent, out);
}
