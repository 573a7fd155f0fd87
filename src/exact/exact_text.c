/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The canonical text of an exact number. */
#include "exact/exact.h"

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

/* The text of digits * 10^exponent; digits has no trailing zeros and is not "0". */
static void write_digits(const char *digits, long length, long exponent, struct assay__text *out)
{
    long whole = length + exponent; /* digits before the point */
    long plain = exponent >= 0 ? whole : whole > 0 ? length + 1 : 2 + length - whole;
    if (exponent != 0 && plain > PLAIN_TEXT_MAX) {
        assay__text_append(out, digits, (size_t)length);
        assay__text_format(out, "e%ld", exponent);
        return;
    }
    if (whole > 0) {
        assay__text_append(out, digits, (size_t)(exponent >= 0 ? length : whole));
    } else {
        assay__text_putc(out, '0');
    }
    for (long i = 0; i < exponent; i++)
        assay__text_putc(out, '0');
    if (exponent < 0) {
        long start = whole > 0 ? whole : 0;
        assay__text_putc(out, '.');
        for (long i = whole; i < 0; i++)
            assay__text_putc(out, '0');
        assay__text_append(out, digits + start, (size_t)(length - start));
    }
}

/* All DIGITS digits of a number, leading zeros too, so that they end at end. */
static char *block_before(uint64_t part, char *end)
{
    char *start = end - DIGITS;
    for (; end > start + 1; part /= 100) {
        end -= 2;
        assay__digits_pair((unsigned)(part % 100), end);
    }
    *start = (char)('0' + part);
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

/* Appends the text of a positive integer times 10^exponent; the integer is used up. */
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
        write_digits(start, end - start, exponent, out);
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
    if (number->negative)
        assay__text_putc(out, '-');
    bool is_done = !integer.failed && write_integer(&integer, exponent, out);
    assay__exact_clear(&integer);
    return !is_done || out->failed ? assay__fail_memory(err) : ASSAY_OK;
}
