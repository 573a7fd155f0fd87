/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Numbers m 2^a 5^b of any length on GMP's lowest layer, which takes memory from the caller. Sums
 * bring both exponents to the smaller ones, products add them, and all of it is exact. Two and five
 * are kept apart so that doubles stay as short as they are: 2^-60 is 1 bit here, and 5^60 10^-60,
 * 140 bits, as a decimal.
 */
#include "exact/exact.h"

#include <gmp.h>
#include <string.h>

#include "base/hash.h"
#include "base/memory.h"
#include "exact/exact_limbs.h"

typedef struct assay__exact exact;
typedef struct assay__span span;

_Static_assert(sizeof(mp_limb_t) == sizeof(uint64_t), "limbs must be 64-bit integers");
_Static_assert(ASSAY__LIMB_BITS == 64, "limbs must have 64 bits");

void assay__exact_init(exact *number)
{
    number->heap = NULL;
    number->capacity = number->size = 0;
    number->twos = number->fives = 0;
    number->negative = number->failed = false;
}

void assay__exact_clear(exact *number)
{
    assay__free(number->heap);
    number->heap = NULL;
}

static void fail(exact *number)
{
    number->size = 0;
    number->failed = true;
}

bool assay__exact_reserve(exact *number, size_t limbs)
{
    if (number->failed)
        return false;
    if (limbs <= (number->heap == NULL ? (size_t)ASSAY__EXACT_LIMBS : number->capacity))
        return true;
    size_t capacity = limbs + limbs / 2;
    mp_limb_t *heap = capacity > UINT32_MAX ? NULL : assay__calloc(capacity, sizeof *heap);
    if (heap == NULL) {
        fail(number);
        return false;
    }
    memcpy(heap, assay__exact_limbs(number), number->size * sizeof *heap);
    assay__free(number->heap);
    number->heap = heap;
    number->capacity = (uint32_t)capacity;
    return true;
}

span assay__exact_span(const exact *number)
{
    return (span){number->heap == NULL ? number->own : number->heap, number->size, number->twos,
                  number->fives, number->negative};
}

/* Takes off the zero limbs at the top. */
static void trim(exact *number)
{
    const mp_limb_t *limbs = assay__exact_limbs(number);
    while (number->size > 0 && limbs[number->size - 1] == 0)
        number->size--;
}

/* The number without its value: 0, whatever happened to it before. */
static void empty(exact *number)
{
    number->size = 0;
    number->twos = number->fives = 0;
    number->negative = number->failed = false;
}

static void set_span(exact *number, span value)
{
    empty(number);
    if (value.size == 0 || !assay__exact_reserve(number, value.size))
        return;
    memcpy(assay__exact_limbs(number), value.limbs, value.size * sizeof *value.limbs);
    number->size = value.size;
    number->twos = value.twos;
    number->fives = value.fives;
    number->negative = value.negative;
}

void assay__exact_set(exact *number, const exact *value)
{
    if (value->failed)
        fail(number);
    else
        set_span(number, assay__exact_span(value));
}

void assay__exact_set_u64(exact *number, uint64_t value)
{
    empty(number);
    assay__exact_limbs(number)[0] = value;
    number->size = value != 0;
}

/* mantissa = mantissa * factor + term; the room is there. */
static void append_digits(exact *number, uint64_t factor, uint64_t term)
{
    mp_limb_t *limbs = assay__exact_limbs(number);
    mp_limb_t carry = term;
    if (number->size > 0) {
        carry = mpn_mul_1(limbs, limbs, number->size, factor);
        carry += mpn_add_1(limbs, limbs, number->size, term);
    }
    if (carry != 0)
        limbs[number->size++] = carry;
}

void assay__exact_set_decimal(exact *number, const struct assay_decimal *value)
{
    bool negative = value->mantissa < 0;
    uint64_t magnitude = (uint64_t)value->mantissa;
    assay__exact_set_u64(number, negative ? -magnitude : magnitude);
    if (value->digits != NULL) {
        number->size = 0;
        if (!assay__exact_reserve(number, value->digit_count / 19 + 2)) /* 19 digits fit a limb */
            return;
        for (uint32_t start = 0; start < value->digit_count;) {
            uint64_t power = 1, part = 0;
            for (; start < value->digit_count && power < 1000000000000000000u; start++) {
                part = 10 * part + (uint64_t)(value->digits[start] - '0');
                power *= 10;
            }
            append_digits(number, power, part);
        }
    }
    number->negative = negative;
    number->twos = number->fives = value->exponent;
}

void assay__exact_set_product(exact *number, int64_t a, int64_t b, int32_t exponent)
{
    uint64_t left = a < 0 ? -(uint64_t)a : (uint64_t)a;
    uint64_t right = b < 0 ? -(uint64_t)b : (uint64_t)b;
    assay__uint128 product = (assay__uint128)left * right;
    mp_limb_t *limbs = assay__exact_limbs(number);
    empty(number);
    limbs[0] = (mp_limb_t)product;
    limbs[1] = (mp_limb_t)(product >> 64);
    number->size = limbs[1] != 0 ? 2 : limbs[0] != 0;
    if (number->size == 0)
        return;
    number->negative = (a < 0) != (b < 0);
    number->twos = number->fives = exponent;
}

void assay__exact_set_wide(exact *number, struct assay__wide value)
{
    mp_limb_t *limbs = value.limbs;
    span mantissa = {limbs, ASSAY__WIDE_LIMBS, 0, 0, assay__wide_sign(value) < 0};
    empty(number);
    if (assay__wide_sign(value) == 0)
        return;
    mantissa.twos = (int32_t)(assay__wide_exponent2(value) - ASSAY__WIDE_BITS);
    for (; mantissa.limbs[0] == 0; mantissa.limbs++, mantissa.size--)
        mantissa.twos += ASSAY__LIMB_BITS;
    set_span(number, mantissa);
}

void assay__exact_shift(exact *number, uint32_t bits)
{
    uint32_t zeros = bits / ASSAY__LIMB_BITS;
    unsigned rest = bits % ASSAY__LIMB_BITS;
    if (number->size == 0 || bits == 0 ||
        !assay__exact_reserve(number, (size_t)number->size + zeros + (rest != 0)))
        return;
    mp_limb_t *limbs = assay__exact_limbs(number);
    memmove(limbs + zeros, limbs, number->size * sizeof *limbs);
    memset(limbs, 0, zeros * sizeof *limbs);
    mp_limb_t carry = rest == 0 ? 0 : mpn_lshift(limbs + zeros, limbs + zeros, number->size, rest);
    number->size += zeros;
    if (carry != 0)
        limbs[number->size++] = carry;
}

enum {
    STEP = 27,            /* 5^27 fits a limb */
    POWER_MAX = 24 * STEP /* from here on squaring is quicker */
};

/* out = 5^power */
static void power_of_five(exact *out, uint32_t power)
{
    assay__exact_set_u64(out, 1);
    for (int bit = 31 - __builtin_clz(power | 1); bit >= 0; bit--) {
        assay__exact_mul(out, out);
        if ((power >> bit & 1) != 0)
            assay__exact_mul_u64(out, 5);
    }
}

void assay__exact_times_five(exact *number, uint32_t power)
{
    if (power > POWER_MAX) {
        exact factor;
        assay__exact_init(&factor);
        power_of_five(&factor, power);
        assay__exact_mul(number, &factor);
        assay__exact_clear(&factor);
        return;
    }
    for (; power > 0; power -= power < STEP ? power : STEP) {
        uint64_t factor = UINT64_C(7450580596923828125);
        if (power < STEP)
            for (factor = 5; power > 1; power--)
                factor *= 5;
        assay__exact_mul_u64(number, factor);
    }
}

/* Writes the number with exponents that are smaller by so much; its value stays. */
static void lower_exponents(exact *number, int32_t twos, int32_t fives)
{
    assay__exact_times_five(number, (uint32_t)fives);
    assay__exact_shift(number, (uint32_t)twos);
    number->twos -= twos;
    number->fives -= fives;
}

/* number += value, which has other limbs, at the same exponents. */
static void add_magnitude(exact *number, span value)
{
    uint32_t longer = number->size > value.size ? number->size : value.size;
    if (!assay__exact_reserve(number, (size_t)longer + 1))
        return;
    mp_limb_t *limbs = assay__exact_limbs(number), carry;
    if (number->size >= value.size)
        carry = mpn_add(limbs, limbs, number->size, value.limbs, value.size);
    else
        carry = mpn_add(limbs, value.limbs, value.size, limbs, number->size);
    number->size = longer;
    if (carry != 0)
        limbs[number->size++] = carry;
}

/* The same for a value of the other sign. */
static void subtract_magnitude(exact *number, span value)
{
    if (!assay__exact_reserve(number, value.size))
        return;
    mp_limb_t *limbs = assay__exact_limbs(number);
    bool is_less = number->size < value.size;
    if (number->size == value.size)
        is_less = mpn_cmp(limbs, value.limbs, value.size) < 0;
    if (is_less) {
        mpn_sub(limbs, value.limbs, value.size, limbs, number->size);
        number->size = value.size;
        number->negative = value.negative;
    } else {
        mpn_sub(limbs, limbs, number->size, value.limbs, value.size);
    }
    trim(number);
}

static void add_aligned(exact *number, span value)
{
    if (number->negative == value.negative)
        add_magnitude(number, value);
    else
        subtract_magnitude(number, value);
}

void assay__exact_add_span(exact *number, span value)
{
    if (value.size == 0 || number->failed)
        return;
    if (number->size == 0) {
        set_span(number, value);
        return;
    }
    int32_t twos = number->twos < value.twos ? number->twos : value.twos;
    int32_t fives = number->fives < value.fives ? number->fives : value.fives;
    lower_exponents(number, number->twos - twos, number->fives - fives);
    if (value.twos == twos && value.fives == fives) {
        add_aligned(number, value);
        return;
    }
    exact shifted;
    assay__exact_init(&shifted);
    set_span(&shifted, value);
    lower_exponents(&shifted, value.twos - twos, value.fives - fives);
    if (shifted.failed)
        fail(number);
    else
        add_aligned(number, assay__exact_span(&shifted));
    assay__exact_clear(&shifted);
}

void assay__exact_add(exact *number, const exact *value)
{
    if (value->failed)
        fail(number);
    else
        assay__exact_add_span(number, assay__exact_span(value));
}

void assay__exact_sub(exact *number, const exact *value)
{
    span negated = assay__exact_span(value);
    negated.negative = !negated.negative;
    if (value->failed)
        fail(number);
    else
        assay__exact_add_span(number, negated);
}

/* Gives number the mantissa of product, which is used up. */
static void move_mantissa(exact *number, exact *product)
{
    if (product->heap != NULL) {
        assay__free(number->heap);
        number->heap = product->heap;
        number->capacity = product->capacity;
    } else {
        memcpy(assay__exact_limbs(number), product->own, product->size * sizeof *product->own);
    }
    number->size = product->size;
}

void assay__exact_mul(exact *number, const exact *value)
{
    exact product;
    if (number->failed || value->failed) {
        fail(number);
        return;
    }
    if (number->size == 0 || value->size == 0) {
        empty(number);
        return;
    }
    assay__exact_init(&product);
    if (assay__exact_reserve(&product, (size_t)number->size + value->size)) {
        span a = assay__exact_span(number), b = assay__exact_span(value);
        assay__limbs_product(assay__exact_limbs(&product), a.limbs, a.size, b.limbs, b.size);
        product.size = a.size + b.size;
        trim(&product);
        number->negative = a.negative != b.negative;
        number->twos = a.twos + b.twos;
        number->fives = a.fives + b.fives;
        move_mantissa(number, &product);
    } else {
        fail(number);
    }
}

void assay__exact_mul_u64(exact *number, uint64_t factor)
{
    if (factor == 0 && !number->failed)
        empty(number);
    if (number->size == 0 || !assay__exact_reserve(number, (size_t)number->size + 1))
        return;
    mp_limb_t *limbs = assay__exact_limbs(number);
    mp_limb_t carry = mpn_mul_1(limbs, limbs, number->size, factor);
    if (carry != 0)
        limbs[number->size++] = carry;
}

void assay__exact_add_limbs(exact *number, uint64_t *limbs, uint32_t count, int32_t twos,
                            int32_t fives)
{
    span value = {limbs, count, twos, fives, limbs[count - 1] >> 63 != 0};
    if (value.negative)
        mpn_neg(limbs, limbs, count);
    while (value.size > 0 && limbs[value.size - 1] == 0)
        value.size--;
    assay__exact_add_span(number, value);
}

uint64_t assay__exact_gcd_u64(const exact *number, uint64_t value)
{
    span integer = assay__exact_span(number);
    return integer.size == 0 ? 1 : mpn_gcd_1(integer.limbs, integer.size, value);
}

void assay__exact_div_u64(exact *number, uint64_t divisor)
{
    if (number->size == 0)
        return;
    mp_limb_t *limbs = assay__exact_limbs(number);
    mpn_divrem_1(limbs, 0, limbs, number->size, divisor);
    trim(number);
}

int assay__exact_sign(const exact *number)
{
    if (number->size == 0)
        return 0;
    return number->negative ? -1 : 1;
}
