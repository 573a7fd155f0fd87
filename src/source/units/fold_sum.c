/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sums of decimals as decimals. Nearly all fit 128 bits at the smallest exponent among them; where
 * they do not, integers of any length take over, which give the same.
 */
#include "source/units/fold_sum.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/hash.h"
#include "exact/exact.h"

__extension__ typedef __int128 int128;

/* 10^power in 128 bits; false beyond them. */
static bool power_of_ten(int64_t power, int128 *out)
{
    if (power > 38)
        return false;
    *out = 1;
    for (int64_t i = 0; i < power; i++)
        *out *= 10;
    return true;
}

/* Adds up in 128 bits at a common exponent; false when they are too few. */
static bool sum_small(const struct assay__reading *const *events, size_t count, int128 *sum,
                      int32_t *exponent)
{
    *sum = 0;
    *exponent = INT32_MAX;
    for (size_t i = 0; i < count; i++) {
        struct assay_decimal value;
        (void)assay__word_decimal(events[i]->word, &value);
        if (value.digits != NULL)
            return false;
        if (value.mantissa != 0 && value.exponent < *exponent)
            *exponent = value.exponent;
    }
    for (size_t i = 0; i < count; i++) {
        struct assay_decimal value;
        int128 power, product;
        if (!assay__word_decimal(events[i]->word, &value) || value.mantissa == 0)
            continue;
        if (!power_of_ten((int64_t)value.exponent - *exponent, &power) ||
            __builtin_mul_overflow(power, (int128)value.mantissa, &product) ||
            __builtin_add_overflow(*sum, product, sum))
            return false;
    }
    if (*sum == 0)
        *exponent = 0;
    return true;
}

/* The decimal mantissa 10^exponent, without zeros at its end, as assay__decimal_parse() gives it.
 */
static void set_decimal(int128 mantissa, int32_t exponent, char digits[ASSAY__DIGITS_MAX],
                        struct assay_decimal *out)
{
    const int128 limit = 1000000000000000000; /* 18 digits */
    *out = (struct assay_decimal){0};
    if (mantissa == 0)
        return;
    while (mantissa % 10 == 0) {
        mantissa /= 10;
        exponent++;
    }
    out->exponent = exponent;
    if (-limit < mantissa && mantissa < limit) {
        out->mantissa = (int64_t)mantissa;
        return;
    }
    assay__uint128 left = mantissa < 0 ? -(assay__uint128)mantissa : (assay__uint128)mantissa;
    char reversed[40];
    uint32_t count = 0;
    for (; left > 0; left /= 10)
        reversed[count++] = (char)('0' + (int)(left % 10));
    for (uint32_t i = 0; i < count; i++)
        digits[i] = reversed[count - 1 - i];
    out->mantissa = mantissa < 0 ? -1 : 1;
    out->digits = digits;
    out->digit_count = count;
}

static void sum_exact(const struct assay__reading *const *events, size_t count,
                      struct assay__exact *sum)
{
    struct assay__exact term;
    assay__exact_init(&term);
    for (size_t i = 0; i < count; i++) {
        struct assay_decimal value;
        (void)assay__word_decimal(events[i]->word, &value);
        assay__exact_set_decimal(&term, &value);
        assay__exact_add(sum, &term);
    }
    assay__exact_clear(&term);
}

/* Through text: what a sum of this length is can only be said in digits. */
static enum assay_status read_exact(const struct assay__exact *sum, char digits[ASSAY__DIGITS_MAX],
                                    struct assay_decimal *out, struct assay_error *err)
{
    struct assay__text text = {0};
    enum assay_status status = assay__exact_write(sum, &text, err);
    if (status == ASSAY_OK && text.failed)
        status = assay__fail_memory(err);
    if (status == ASSAY_OK &&
        assay__decimal_parse(text.data, text.length, out, digits) != ASSAY__PARSE_OK)
        status = assay__fail(err, ASSAY_ERROR_LIMIT,
                             "The rows of a unit add up to a number of more than %d digits.",
                             (int)ASSAY__DIGITS_MAX);
    assay__text_release(&text);
    return status;
}

enum assay_status assay__fold_sum(const struct assay__reading *const *events, size_t count,
                                  char digits[ASSAY__DIGITS_MAX], struct assay_decimal *out,
                                  struct assay_error *err)
{
    int128 small;
    int32_t exponent;
    if (sum_small(events, count, &small, &exponent)) {
        set_decimal(small, exponent, digits, out);
        return ASSAY_OK;
    }
    struct assay__exact sum;
    assay__exact_init(&sum);
    sum_exact(events, count, &sum);
    enum assay_status status =
        sum.failed ? assay__fail_memory(err) : read_exact(&sum, digits, out, err);
    assay__exact_clear(&sum);
    return status;
}

/* Long division of |sum| by count, digit after digit, until 18 are there or nothing is left. */
static void divide(int128 sum, int32_t exponent, uint64_t count, char digits[ASSAY__DIGITS_MAX],
                   struct assay_decimal *out)
{
    const uint64_t enough = 100000000000000000; /* 18 digits */
    uint64_t over = (uint64_t)(sum < 0 ? -sum : sum);
    uint64_t quotient = over / count, rest = over % count;
    while (quotient < enough && rest != 0 && exponent > -ASSAY__EXPONENT_MAX) {
        assay__uint128 next = (assay__uint128)rest * 10;
        quotient = quotient * 10 + (uint64_t)(next / count);
        rest = (uint64_t)(next % count);
        exponent--;
    }
    uint64_t other = count - rest;
    if (rest > other || (rest == other && (quotient & 1)))
        quotient++;
    set_decimal(sum < 0 ? -(int128)quotient : (int128)quotient, exponent, digits, out);
}

/* Of a long sum, the double nearest to the quotient, as a decimal. */
static enum assay_status divide_exact(const struct assay__reading *const *events, size_t count,
                                      char digits[ASSAY__DIGITS_MAX], struct assay_decimal *out,
                                      struct assay_error *err)
{
    struct assay__exact sum, under;
    char text[ASSAY__NUMBER_BYTES];
    double quotient;
    assay__exact_init(&sum);
    assay__exact_init(&under);
    sum_exact(events, count, &sum);
    assay__exact_set_u64(&under, count);
    bool is_done = !sum.failed && assay__exact_quotient(&sum, &under, &quotient);
    assay__exact_clear(&sum);
    assay__exact_clear(&under);
    if (!is_done)
        return assay__fail_memory(err);
    size_t length = assay__number_write(quotient, text);
    (void)assay__decimal_parse(text, length, out, digits); /* a double is short and in range */
    return ASSAY_OK;
}

enum assay_status assay__fold_mean(const struct assay__reading *const *events, size_t count,
                                   char digits[ASSAY__DIGITS_MAX], struct assay_decimal *out,
                                   struct assay_error *err)
{
    const int128 limit = 1000000000000000000;
    int128 sum;
    int32_t exponent;
    if (!sum_small(events, count, &sum, &exponent) || sum <= -limit || sum >= limit)
        return divide_exact(events, count, digits, out, err);
    divide(sum, exponent, count, digits, out);
    return ASSAY_OK;
}
