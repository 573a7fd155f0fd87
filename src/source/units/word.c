/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbers of units in one word each. */
#include "source/units/word.h"

#include "exact/exact_kernel.h"
#include "source/csv/cell.h"
#include "source/units/packed.h"

enum { DECIMALS_MAX = 18 };

/* The word of a decimal that fits one; false otherwise. */
static bool make_short(const struct assay_decimal *value, uint64_t *word)
{
    int64_t mantissa = value->mantissa;
    int32_t exponent = value->exponent;
    *word = 0;
    if (value->digits != NULL)
        return false;
    if (mantissa == 0)
        return true;
    if (exponent < -DECIMALS_MAX || exponent > DECIMALS_MAX ||
        (exponent > 0 &&
         __builtin_mul_overflow(mantissa, (int64_t)assay__power10[exponent], &mantissa)))
        return false;
    return assay__word_make(mantissa, exponent < 0 ? (uint32_t)-exponent : 0, word);
}

uint64_t assay__word_of(const struct assay_decimal *value, unsigned char *room)
{
    uint64_t word;
    if (make_short(value, &word))
        return word;
    (void)assay__put_number(room, value);
    return assay__word_long(room);
}

uint64_t assay__word_of_packed(const struct assay_decimal *value, const unsigned char *packed)
{
    uint64_t word;
    return make_short(value, &word) ? word : assay__word_long(packed);
}

bool assay__word_decimal(uint64_t word, struct assay_decimal *value)
{
    *value = (struct assay_decimal){0};
    if (word == ASSAY__WORD_MISSING)
        return false;
    if (!assay__word_is_number(word)) {
        const unsigned char *at = assay__word_packed(word);
        return assay__get_number(&at, value);
    }
    int64_t mantissa = assay__word_mantissa(word);
    int32_t exponent = -(int32_t)assay__word_decimals(word);
    if (mantissa == 0)
        return true;
    for (; mantissa % 10 == 0; mantissa /= 10)
        exponent++;
    value->mantissa = mantissa;
    value->exponent = exponent;
    return true;
}

int assay__word_compare(uint64_t a, uint64_t b)
{
    struct assay_decimal x, y;
    (void)assay__word_decimal(a, &x);
    (void)assay__word_decimal(b, &y);
    return assay__decimal_compare(&x, &y);
}

bool assay__word_same(uint64_t a, uint64_t b)
{
    if (a == b)
        return true;
    return a != ASSAY__WORD_MISSING && b != ASSAY__WORD_MISSING && assay__word_compare(a, b) == 0;
}

bool assay__word_add_any(uint64_t a, uint64_t b, uint64_t *sum)
{
    int64_t x = assay__word_mantissa(a), y = assay__word_mantissa(b);
    uint32_t x_decimals = assay__word_decimals(a), y_decimals = assay__word_decimals(b);
    if (x_decimals >= ASSAY__WORD_LONG || y_decimals >= ASSAY__WORD_LONG)
        return false;
    if (x_decimals < y_decimals) {
        if (__builtin_mul_overflow(x, (int64_t)assay__power10[y_decimals - x_decimals], &x))
            return false;
        x_decimals = y_decimals;
    } else if (y_decimals < x_decimals &&
               __builtin_mul_overflow(y, (int64_t)assay__power10[x_decimals - y_decimals], &y)) {
        return false;
    }
    return !__builtin_add_overflow(x, y, &x) && assay__word_make(x, x_decimals, sum);
}
