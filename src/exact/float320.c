/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * MPFR on limbs that live inside a plain struct (its custom interface), so that formulas read like
 * formulas and nothing is allocated: at 320 bits MPFR's scratch space is on the stack. Sums,
 * products and quotients of ordinary numbers, of which an analysis has millions, are made on the
 * limbs (exact/float320_limbs.c): the same bits, in a third of the time.
 */
#include <gmp.h>
#include <math.h>
#include <stdint.h>

#define MPFR_USE_INTMAX_T 1
#include <mpfr.h>

#include "exact/float320.h"
#include "exact/float320_limbs.h"

_Static_assert(ASSAY__LIMB_BITS == GMP_NUMB_BITS && sizeof(mpfr_exp_t) == sizeof(long),
               "a limb or exponent of another width");

typedef struct assay__wide wide;

/* An MPFR number that reads a's limbs. MPFR takes void *; it does not write to a source. */
static void view(mpfr_ptr out, wide *a)
{
    mpfr_custom_init_set(out, a->kind, a->exponent, ASSAY__WIDE_BITS, a->limbs);
}

static void begin(mpfr_ptr out, wide *result)
{
    mpfr_custom_init(result->limbs, ASSAY__WIDE_BITS);
    mpfr_custom_init_set(out, MPFR_ZERO_KIND, 0, ASSAY__WIDE_BITS, result->limbs);
}

static void end(mpfr_srcptr value, wide *result)
{
    result->kind = mpfr_custom_get_kind(value);
    result->exponent = mpfr_custom_get_exp(value);
}

typedef int (*binary_function)(mpfr_ptr, mpfr_srcptr, mpfr_srcptr, mpfr_rnd_t);
typedef int (*unary_function)(mpfr_ptr, mpfr_srcptr, mpfr_rnd_t);

static wide binary(binary_function function, wide a, wide b)
{
    wide result;
    mpfr_t x, y, z;
    view(x, &a);
    view(y, &b);
    begin(z, &result);
    function(z, x, y, MPFR_RNDN);
    end(z, &result);
    return result;
}

static wide unary(unary_function function, wide a)
{
    wide result;
    mpfr_t x, z;
    view(x, &a);
    begin(z, &result);
    function(z, x, MPFR_RNDN);
    end(z, &result);
    return result;
}

wide assay__wide_zero(void)
{
    return (wide){MPFR_ZERO_KIND, 0, {0}};
}

wide assay__wide_of(double value)
{
    wide result;
    mpfr_t z;
    if (assay__limbs_of(value, &result))
        return result;
    if (isnan(value))
        return (wide){MPFR_NAN_KIND, 0, {0}};
    if (value == 0.0)
        return (wide){signbit(value) ? -MPFR_ZERO_KIND : MPFR_ZERO_KIND, 0, {0}};
    begin(z, &result);
    mpfr_set_d(z, value, MPFR_RNDN);
    end(z, &result);
    return result;
}

wide assay__wide_of_u64(uint64_t value)
{
    wide result;
    mpfr_t z;
    if (assay__limbs_of_u64(value, &result))
        return result;
    begin(z, &result);
    mpfr_set_uj(z, value, MPFR_RNDN);
    end(z, &result);
    return result;
}

wide assay__wide_of_limbs(const mp_limb_t *limbs, long exponent, bool is_negative)
{
    wide result = {is_negative ? -MPFR_REGULAR_KIND : MPFR_REGULAR_KIND, exponent, {0}};
    mpn_copyi(result.limbs, limbs, ASSAY__WIDE_LIMBS);
    return result;
}

/* 5^exponent in limbs, exactly; the number of limbs used. */
static mp_size_t power_of_5(unsigned long exponent, mp_limb_t *limbs)
{
    enum { STEP = 13 }; /* 5^13 fits 32 bits, and so a limb */
    const mp_limb_t step = 1220703125;
    mp_size_t size = 1;
    limbs[0] = 1;
    for (; exponent > 0; exponent -= exponent < STEP ? exponent : STEP) {
        mp_limb_t factor = step;
        if (exponent < STEP)
            for (factor = 5; exponent > 1; exponent--)
                factor *= 5;
        mp_limb_t carry = mpn_mul_1(limbs, limbs, size, factor);
        if (carry != 0)
            limbs[size++] = carry;
    }
    return size;
}

wide assay__wide_scale10(wide a, long exponent)
{
    /* 10^|e| = 2^|e| 5^|e|, and the power of 5 is exact: the only rounding is the last one. */
    enum { EXPONENT_MAX = 10000, LIMBS = EXPONENT_MAX * 233 / 100 / ASSAY__LIMB_BITS + 2 };
    mp_limb_t limbs[LIMBS];
    wide result;
    mpfr_t x, y, z;
    unsigned long size = (unsigned long)(exponent < 0 ? -exponent : exponent);
    if (size == 0 || size > EXPONENT_MAX)
        return size == 0 ? a : assay__wide_of(NAN);
    mp_size_t used = power_of_5(size, limbs);
    unsigned spare = 0; /* MPFR's mantissas have their highest bit set */
    while ((limbs[used - 1] >> (ASSAY__LIMB_BITS - 1 - spare) & 1) == 0)
        spare++;
    if (spare > 0)
        mpn_lshift(limbs, limbs, used, spare);
    mpfr_custom_init_set(y, MPFR_REGULAR_KIND, used * ASSAY__LIMB_BITS - (long)spare,
                         (mpfr_prec_t)used * ASSAY__LIMB_BITS, limbs);
    view(x, &a);
    begin(z, &result);
    if (exponent < 0)
        mpfr_div(z, x, y, MPFR_RNDN);
    else
        mpfr_mul(z, x, y, MPFR_RNDN);
    mpfr_mul_2si(z, z, exponent, MPFR_RNDN);
    end(z, &result);
    return result;
}

wide assay__wide_scale2(wide a, long exponent)
{
    wide result;
    mpfr_t x, z;
    view(x, &a);
    begin(z, &result);
    mpfr_mul_2si(z, x, exponent, MPFR_RNDN);
    end(z, &result);
    return result;
}

wide assay__wide_div_u(wide a, unsigned long divisor)
{
    wide result;
    mpfr_t x, z;
    view(x, &a);
    begin(z, &result);
    mpfr_div_ui(z, x, divisor, MPFR_RNDN);
    end(z, &result);
    return result;
}

static bool is_regular(const wide *a)
{
    return a->kind == MPFR_REGULAR_KIND || a->kind == -MPFR_REGULAR_KIND;
}

static wide sum_of(const wide *a, const wide *b)
{
    wide result;
    if (assay__limbs_add(a, b, &result))
        return result;
    if (b->kind == MPFR_ZERO_KIND && is_regular(a))
        return *a;
    if (a->kind == MPFR_ZERO_KIND && is_regular(b))
        return *b;
    return binary(mpfr_add, *a, *b);
}

wide assay__wide_add(wide a, wide b)
{
    return sum_of(&a, &b);
}

wide assay__wide_sub(wide a, wide b)
{
    b.kind = -b.kind;
    return sum_of(&a, &b);
}

wide assay__wide_mul(wide a, wide b)
{
    wide result;
    return assay__limbs_mul(&a, &b, &result) ? result : binary(mpfr_mul, a, b);
}

wide assay__wide_div(wide a, wide b)
{
    wide result;
    if (a.kind == MPFR_NAN_KIND)
        return a;
    return assay__limbs_div(&a, &b, &result) ? result : binary(mpfr_div, a, b);
}

wide assay__wide_sqrt(wide a)
{
    return unary(mpfr_sqrt, a);
}

wide assay__wide_square(wide a)
{
    wide result;
    return assay__limbs_square(&a, &result) ? result : unary(mpfr_sqr, a);
}

wide assay__wide_neg(wide a)
{
    a.kind = -a.kind; /* MPFR's kind carries the sign; NaN is unsigned */
    return a;
}

wide assay__wide_abs(wide a)
{
    a.kind = a.kind < 0 ? -a.kind : a.kind;
    return a;
}

int assay__wide_compare(wide a, wide b)
{
    mpfr_t x, y;
    if (a.kind == MPFR_NAN_KIND || b.kind == MPFR_NAN_KIND)
        return 0;
    view(x, &a);
    view(y, &b);
    return mpfr_cmp(x, y);
}

int assay__wide_sign(wide a)
{
    if (a.kind == MPFR_NAN_KIND || a.kind == MPFR_ZERO_KIND || a.kind == -MPFR_ZERO_KIND)
        return 0;
    return a.kind > 0 ? 1 : -1; /* MPFR's kind carries the sign */
}

bool assay__wide_is_infinite(wide a)
{
    return a.kind == MPFR_INF_KIND || a.kind == -MPFR_INF_KIND;
}

bool assay__wide_is_nan(wide a)
{
    return a.kind == MPFR_NAN_KIND;
}

long assay__wide_exponent2(wide a)
{
    return (long)a.exponent;
}

double assay__wide_double(wide a)
{
    mpfr_t x;
    double value;
    if (assay__limbs_double(&a, &value))
        return value;
    view(x, &a);
    return mpfr_get_d(x, MPFR_RNDN);
}
