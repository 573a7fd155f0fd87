/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * MPFR on limbs that live inside a plain struct (its custom interface), so that formulas read like
 * formulas and nothing is allocated: at 320 bits MPFR's scratch space is on the stack.
 */
#include "stats/wide.h"

#include <string.h>

typedef struct assay__wide wide;

/* An MPFR number that reads a's limbs. MPFR takes void *; it does not write to a source. */
static void view(mpfr_ptr out, wide *a)
{
    mpfr_custom_init_set(out, a->kind, a->exponent, ASSAY__WIDE_BITS, a->limbs);
}

static void begin(mpfr_ptr out, wide *result)
{
    memset(result, 0, sizeof *result);
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
    wide result;
    mpfr_t z;
    begin(z, &result);
    end(z, &result);
    return result;
}

wide assay__wide_of(double value)
{
    wide result;
    mpfr_t z;
    begin(z, &result);
    mpfr_set_d(z, value, MPFR_RNDN);
    end(z, &result);
    return result;
}

wide assay__wide_of_u64(uint64_t value)
{
    wide result;
    mpfr_t z;
    begin(z, &result);
    mpfr_set_ui(z, value, MPFR_RNDN); /* unsigned long has 64 bits, see stats/exact.c */
    end(z, &result);
    return result;
}

wide assay__wide_of_mpz(mpz_srcptr value)
{
    wide result;
    mpfr_t z;
    begin(z, &result);
    mpfr_set_z(z, value, MPFR_RNDN);
    end(z, &result);
    return result;
}

wide assay__wide_of_mpq(mpq_srcptr value)
{
    wide result;
    mpfr_t z;
    begin(z, &result);
    mpfr_set_q(z, value, MPFR_RNDN);
    end(z, &result);
    return result;
}

wide assay__wide_scale10(wide a, long exponent)
{
    /* 10^|exponent| is an exact integer, so that the only rounding is the last one. */
    mpz_t power;
    wide result;
    mpfr_t x, z;
    mpz_init(power);
    mpz_ui_pow_ui(power, 10, (unsigned long)(exponent < 0 ? -exponent : exponent));
    view(x, &a);
    begin(z, &result);
    if (exponent < 0)
        mpfr_div_z(z, x, power, MPFR_RNDN);
    else
        mpfr_mul_z(z, x, power, MPFR_RNDN);
    end(z, &result);
    mpz_clear(power);
    return result;
}

wide assay__wide_add(wide a, wide b)
{
    return binary(mpfr_add, a, b);
}

wide assay__wide_sub(wide a, wide b)
{
    return binary(mpfr_sub, a, b);
}

wide assay__wide_mul(wide a, wide b)
{
    return binary(mpfr_mul, a, b);
}

wide assay__wide_div(wide a, wide b)
{
    return binary(mpfr_div, a, b);
}

wide assay__wide_sqrt(wide a)
{
    return unary(mpfr_sqrt, a);
}

wide assay__wide_square(wide a)
{
    return unary(mpfr_sqr, a);
}

wide assay__wide_exp(wide a)
{
    return unary(mpfr_exp, a);
}

wide assay__wide_log(wide a)
{
    return unary(mpfr_log, a);
}

wide assay__wide_log_gamma(wide a)
{
    return unary(mpfr_lngamma, a);
}

wide assay__wide_asin(wide a)
{
    return unary(mpfr_asin, a);
}

wide assay__wide_erfc(wide a)
{
    enum { BITS = 128 };
    mp_limb_t limbs[BITS / GMP_NUMB_BITS];
    wide result;
    mpfr_t x, narrow, z;
    view(x, &a);
    mpfr_custom_init(limbs, BITS);
    mpfr_custom_init_set(narrow, MPFR_ZERO_KIND, 0, BITS, limbs);
    mpfr_erfc(narrow, x, MPFR_RNDN);
    begin(z, &result);
    mpfr_set(z, narrow, MPFR_RNDN);
    end(z, &result);
    return result;
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
    view(x, &a);
    view(y, &b);
    if (mpfr_nan_p(x) || mpfr_nan_p(y))
        return 0;
    return mpfr_cmp(x, y);
}

int assay__wide_sign(wide a)
{
    mpfr_t x;
    view(x, &a);
    if (mpfr_nan_p(x))
        return 0;
    int sign = mpfr_sgn(x);
    return (sign > 0) - (sign < 0);
}

bool assay__wide_is_nan(wide a)
{
    mpfr_t x;
    view(x, &a);
    return mpfr_nan_p(x) != 0;
}

long assay__wide_exponent2(wide a)
{
    return (long)a.exponent;
}

double assay__wide_double(wide a)
{
    mpfr_t x;
    view(x, &a);
    return mpfr_get_d(x, MPFR_RNDN);
}
