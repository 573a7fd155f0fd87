/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_SOURCE_UNITS_WORD_H
#define ASSAY_SOURCE_UNITS_WORD_H

#include <stdbool.h>
#include <stdint.h>

#include "number/number.h"

/**
 * A number in one word: the upper 59 bits are a mantissa, the lower 5 say how many of its digits
 * are decimals, 0 to 18. Two other values of these say that there is none, or that the number is
 * too long for a word: then the upper bits are the address of a packed number (packed.h), borrowed.
 * A number has several words, of which each has another count of zeros at its end.
 */
enum {
    ASSAY__WORD_SHIFT = 5,
    ASSAY__WORD_LONG = 30,
    ASSAY__WORD_MISSING = 31 /* the whole word, too: its mantissa is 0 */
};

/** ASSAY__WORD_LIMIT is the first magnitude that no mantissa has. */
#define ASSAY__WORD_LIMIT (INT64_C(1) << 58)

static inline int64_t assay__word_mantissa(uint64_t word)
{
    return (int64_t)word >> ASSAY__WORD_SHIFT;
}

static inline uint32_t assay__word_decimals(uint64_t word)
{
    return word & 31;
}

/** assay__word_is_number() is true for a word that holds its number itself. */
static inline bool assay__word_is_number(uint64_t word)
{
    return assay__word_decimals(word) < ASSAY__WORD_LONG;
}

/** assay__word_make() makes the word of mantissa / 10^decimals; false when it is too long. */
static inline bool assay__word_make(int64_t mantissa, uint32_t decimals, uint64_t *word)
{
    *word = (uint64_t)mantissa << ASSAY__WORD_SHIFT | decimals;
    return mantissa < ASSAY__WORD_LIMIT && mantissa > -ASSAY__WORD_LIMIT;
}

/** assay__word_long() is the word of a packed number. */
static inline uint64_t assay__word_long(const unsigned char *packed)
{
    return (uint64_t)(uintptr_t)packed << ASSAY__WORD_SHIFT | ASSAY__WORD_LONG;
}

/** assay__word_packed() is the packed number of a long word. */
static inline const unsigned char *assay__word_packed(uint64_t word)
{
    return (const unsigned char *)(uintptr_t)assay__word_mantissa(word);
}

/** assay__word_of() is the word of a decimal; room is for a packed number, if it must be long. */
uint64_t assay__word_of(const struct assay_decimal *value, unsigned char *room);

/** assay__word_of_packed() is the same for a decimal that was packed, and stays, at packed. */
uint64_t assay__word_of_packed(const struct assay_decimal *value, const unsigned char *packed);

/**
 * assay__word_decimal() is the decimal of a word, without zeros at its end; digits are borrowed
 * from a long one. False when it is missing.
 */
bool assay__word_decimal(uint64_t word, struct assay_decimal *value);

/** assay__word_same() tells whether two words are the same number, or both missing. */
bool assay__word_same(uint64_t a, uint64_t b);

/** assay__word_compare() is negative, 0 or positive as a < b, a = b, a > b; neither is missing. */
int assay__word_compare(uint64_t a, uint64_t b);

/** assay__word_add_any() is assay__word_add() for words that may have other decimals. */
bool assay__word_add_any(uint64_t a, uint64_t b, uint64_t *sum);

/** assay__word_add() is the sum of two words; false when one is long or missing, or the sum is. */
static inline bool assay__word_add(uint64_t a, uint64_t b, uint64_t *sum)
{
    uint32_t decimals = assay__word_decimals(a);
    int64_t total;
    if (decimals != assay__word_decimals(b) || decimals >= ASSAY__WORD_LONG)
        return assay__word_add_any(a, b, sum);
    if (__builtin_add_overflow((int64_t)a, (int64_t)(b - decimals), &total))
        return false;
    *sum = (uint64_t)total;
    return assay__word_mantissa(*sum) > -ASSAY__WORD_LIMIT;
}

#endif
