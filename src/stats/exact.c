/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Decimal numbers of any length on GMP integers. Sums and products align the exponents and are
 * exact; the one rounding at the end works on integers too, so that it is right for every result,
 * subnormal ones included, without a thought about double rounding.
 */
#include "stats/exact.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct assay__exact exact;

_Static_assert(sizeof(unsigned long) == sizeof(uint64_t), "GMP's ui functions must take 64 bits");
_Static_assert(GMP_NUMB_BITS == 64, "limbs must have 64 bits");

enum { PLAIN_TEXT_MAX = 40 }; /* longest text without exponent, see src/stats/moments.h */

void assay__exact_init(exact *number)
{
    mpz_init(number->mantissa);
    number->exponent = 0;
}

void assay__exact_clear(exact *number)
{
    mpz_clear(number->mantissa);
}

void assay__exact_set(exact *number, const exact *value)
{
    mpz_set(number->mantissa, value->mantissa);
    number->exponent = value->exponent;
}

void assay__exact_set_u64(exact *number, uint64_t value)
{
    mpz_set_ui(number->mantissa, value);
    number->exponent = 0;
}

void assay__exact_set_decimal(exact *number, const struct assay_decimal *value)
{
    number->exponent = value->exponent;
    if (value->digits == NULL) {
        mpz_set_si(number->mantissa, value->mantissa);
        return;
    }
    mpz_set_ui(number->mantissa, 0);
    for (uint32_t start = 0; start < value->digit_count;) {
        uint64_t power = 1, part = 0;
        for (; start < value->digit_count && power < 1000000000000000000u; start++) {
            part = 10 * part + (uint64_t)(value->digits[start] - '0');
            power *= 10;
        }
        mpz_mul_ui(number->mantissa, number->mantissa, power);
        mpz_add_ui(number->mantissa, number->mantissa, part);
    }
    if (value->mantissa < 0)
        mpz_neg(number->mantissa, number->mantissa);
}

void assay__exact_set_wide(exact *number, struct assay__wide value)
{
    mpfr_t view;
    mpz_t mantissa;
    assay__exact_set_u64(number, 0);
    mpfr_custom_init_set(view, value.kind, value.exponent, ASSAY__WIDE_BITS, value.limbs);
    if (mpfr_zero_p(view))
        return;
    mpz_init(mantissa);
    mpfr_exp_t exponent = mpfr_get_z_2exp(mantissa, view);
    assay__exact_add_binary(number, mantissa, exponent);
    mpz_clear(mantissa);
}

/* mantissa *= 10^power; power is not negative. */
static void shift_decimal(mpz_ptr mantissa, long power)
{
    if (power == 0)
        return;
    if (power <= 19) {
        uint64_t factor = 10;
        for (long i = 1; i < power; i++)
            factor *= 10;
        mpz_mul_ui(mantissa, mantissa, factor);
        return;
    }
    mpz_t factor;
    mpz_init(factor);
    mpz_ui_pow_ui(factor, 10, (unsigned long)power);
    mpz_mul(mantissa, mantissa, factor);
    mpz_clear(factor);
}

typedef void (*integer_function)(mpz_ptr, mpz_srcptr, mpz_srcptr);

/* number = function(number, value) with both at the smaller of the two exponents. */
static void combine(exact *number, const exact *value, integer_function function)
{
    if (mpz_sgn(value->mantissa) == 0)
        return;
    if (mpz_sgn(number->mantissa) == 0)
        number->exponent = value->exponent;
    if (number->exponent == value->exponent) {
        function(number->mantissa, number->mantissa, value->mantissa);
    } else if (number->exponent > value->exponent) {
        shift_decimal(number->mantissa, number->exponent - value->exponent);
        number->exponent = value->exponent;
        function(number->mantissa, number->mantissa, value->mantissa);
    } else {
        mpz_t shifted;
        mpz_init_set(shifted, value->mantissa);
        shift_decimal(shifted, value->exponent - number->exponent);
        function(number->mantissa, number->mantissa, shifted);
        mpz_clear(shifted);
    }
}

void assay__exact_add(exact *number, const exact *value)
{
    combine(number, value, mpz_add);
}

void assay__exact_sub(exact *number, const exact *value)
{
    combine(number, value, mpz_sub);
}

void assay__exact_mul(exact *number, const exact *value)
{
    mpz_mul(number->mantissa, number->mantissa, value->mantissa);
    number->exponent += value->exponent;
}

void assay__exact_mul_u64(exact *number, uint64_t factor)
{
    mpz_mul_ui(number->mantissa, number->mantissa, factor);
}

void assay__exact_add_limbs(exact *number, const uint64_t *limbs, size_t count, long exponent)
{
    exact value;
    assay__exact_init(&value);
    mpz_import(value.mantissa, count, -1, sizeof *limbs, 0, 0, limbs);
    if (limbs[count - 1] >> 63 != 0) { /* negative: subtract 2^(64 count) */
        mpz_t wrap;
        mpz_init(wrap);
        mpz_setbit(wrap, 64 * count);
        mpz_sub(value.mantissa, value.mantissa, wrap);
        mpz_clear(wrap);
    }
    value.exponent = exponent;
    assay__exact_add(number, &value);
    assay__exact_clear(&value);
}

void assay__exact_add_binary(exact *number, mpz_ptr mantissa, long exponent)
{
    if (mpz_sgn(mantissa) == 0)
        return;
    mp_bitcnt_t zeros = mpz_scan1(mantissa, 0);
    mpz_tdiv_q_2exp(mantissa, mantissa, zeros);
    exponent += (long)zeros;

    exact value;
    assay__exact_init(&value);
    if (exponent >= 0) {
        mpz_mul_2exp(value.mantissa, mantissa, (mp_bitcnt_t)exponent);
    } else { /* 2^-k = 5^k 10^-k */
        mpz_ui_pow_ui(value.mantissa, 5, (unsigned long)-exponent);
        mpz_mul(value.mantissa, value.mantissa, mantissa);
        value.exponent = exponent;
    }
    assay__exact_add(number, &value);
    assay__exact_clear(&value);
}

int assay__exact_sign(const exact *number)
{
    return mpz_sgn(number->mantissa);
}

/* The integers a and b with |over / under| = a / b. */
static void integers_of(const exact *over, const exact *under, mpz_ptr a, mpz_ptr b)
{
    mpz_abs(a, over->mantissa);
    mpz_abs(b, under->mantissa);
    long exponent = over->exponent - under->exponent;
    shift_decimal(exponent > 0 ? a : b, labs(exponent));
}

/*
 * The double nearest to (q + r) * 2^exponent, where q has 64 bits or more and 0 <= r < 1 is more
 * than 0 when inexact is true. Below the normal range fewer than 53 bits are kept.
 */
static double round_once(mpz_srcptr q, long exponent, bool inexact)
{
    mp_bitcnt_t cut = mpz_sizeinbase(q, 2) - 64;
    inexact = inexact || mpz_scan1(q, 0) < cut;
    mpz_t top;
    mpz_init(top);
    mpz_tdiv_q_2exp(top, q, cut);
    uint64_t bits = mpz_get_ui(top);
    mpz_clear(top);
    exponent += (long)cut;

    long leading = exponent + 63; /* the value is in [2^leading, 2^(leading + 1)) */
    if (leading > 1023)
        return HUGE_VAL;
    if (leading < -1075)
        return 0.0;
    int drop = leading >= -1022 ? 11 : (int)(11 - 1022 - leading); /* 11 .. 64 */
    uint64_t kept = drop == 64 ? 0 : bits >> drop;
    uint64_t rest = drop == 64 ? bits : bits & ((UINT64_C(1) << drop) - 1);
    uint64_t half = UINT64_C(1) << (drop - 1);
    if (rest > half || (rest == half && (inexact || (kept & 1) != 0)))
        kept++;
    return ldexp((double)kept, (int)(exponent + drop));
}

double assay__exact_quotient(const exact *over, const exact *under)
{
    int sign = mpz_sgn(over->mantissa);
    if (sign == 0)
        return 0.0;
    mpz_t a, b;
    mpz_inits(a, b, NULL);
    integers_of(over, under, a, b);
    /* floor(a 2^shift / b) has 66 bits or more. */
    long shift = 67 - (long)mpz_sizeinbase(a, 2) + (long)mpz_sizeinbase(b, 2);
    if (shift > 0)
        mpz_mul_2exp(a, a, (mp_bitcnt_t)shift);
    else
        mpz_mul_2exp(b, b, (mp_bitcnt_t)-shift);
    mpz_tdiv_qr(a, b, a, b);
    double result = round_once(a, -shift, mpz_sgn(b) != 0);
    mpz_clears(a, b, NULL);
    return sign < 0 ? -result : result;
}

double assay__exact_root(const exact *over, const exact *under)
{
    if (mpz_sgn(over->mantissa) == 0)
        return 0.0;
    mpz_t a, b, rest;
    mpz_inits(a, b, rest, NULL);
    integers_of(over, under, a, b);
    /* floor(sqrt(floor(a 4^shift / b))) = floor(2^shift sqrt(a / b)) has 66 bits or more. */
    long shift = (136 - (long)mpz_sizeinbase(a, 2) + (long)mpz_sizeinbase(b, 2)) / 2;
    if (shift > 0)
        mpz_mul_2exp(a, a, 2 * (mp_bitcnt_t)shift);
    else
        mpz_mul_2exp(b, b, 2 * (mp_bitcnt_t)-shift);
    mpz_tdiv_qr(a, rest, a, b);
    bool inexact = mpz_sgn(rest) != 0;
    mpz_sqrtrem(a, rest, a);
    double result = round_once(a, -shift, inexact || mpz_sgn(rest) != 0);
    mpz_clears(a, b, rest, NULL);
    return result;
}

struct assay__wide assay__exact_wide(const exact *over, const exact *under)
{
    mpq_t quotient;
    mpq_init(quotient);
    integers_of(over, under, mpq_numref(quotient), mpq_denref(quotient));
    if (mpz_sgn(over->mantissa) * mpz_sgn(under->mantissa) < 0)
        mpz_neg(mpq_numref(quotient), mpq_numref(quotient));
    struct assay__wide result = assay__wide_of_mpq(quotient);
    mpq_clear(quotient);
    return result;
}

/* The text of digits * 10^exponent; digits has no trailing zeros and is not "0". */
static void write_digits(const char *digits, long exponent, struct assay__text *out)
{
    long length = (long)strlen(digits);
    long whole = length + exponent; /* digits before the point */
    long plain = exponent >= 0 ? whole : whole > 0 ? length + 1 : 2 + length - whole;
    if (exponent != 0 && plain > PLAIN_TEXT_MAX) {
        assay__text_puts(out, digits);
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
        assay__text_putc(out, '.');
        for (long i = whole; i < 0; i++)
            assay__text_putc(out, '0');
        assay__text_puts(out, whole > 0 ? digits + whole : digits);
    }
}

enum assay_status assay__exact_write(const exact *number, struct assay__text *out,
                                     struct assay_error *err)
{
    if (mpz_sgn(number->mantissa) == 0) {
        assay__text_putc(out, '0');
        return out->failed ? assay__fail_memory(err) : ASSAY_OK;
    }
    mpz_t mantissa, ten;
    mpz_init(mantissa);
    mpz_init_set_ui(ten, 10);
    mp_bitcnt_t zeros = mpz_remove(mantissa, number->mantissa, ten);
    char *digits = calloc(mpz_sizeinbase(mantissa, 10) + 2, 1);
    if (digits != NULL) {
        mpz_get_str(digits, 10, mantissa);
        bool negative = digits[0] == '-';
        if (negative)
            assay__text_putc(out, '-');
        write_digits(digits + negative, number->exponent + (long)zeros, out);
    }
    bool failed = digits == NULL || out->failed;
    free(digits);
    mpz_clears(mantissa, ten, NULL);
    return failed ? assay__fail_memory(err) : ASSAY_OK;
}
