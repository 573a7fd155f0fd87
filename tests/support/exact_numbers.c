/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "exact_numbers.h"

static uint64_t state = 20240613;

uint64_t exact_random(void)
{
    return oracle_random(&state);
}

long exact_between(long low, long high)
{
    return low + (long)(exact_random() % (uint64_t)(high - low + 1));
}

void exact_draw_bits(mpz_ptr mantissa, unsigned long bits)
{
    static gmp_randstate_t source;
    static bool is_ready;
    if (!is_ready) {
        gmp_randinit_default(source);
        gmp_randseed_ui(source, 1729);
        is_ready = true;
    }
    mpz_rrandomb(mantissa, source, bits);
}

void exact_scale(mpq_ptr value, unsigned long base, long exponent)
{
    mpz_t power;
    mpz_init(power);
    mpz_ui_pow_ui(power, base, (unsigned long)labs(exponent));
    if (exponent >= 0)
        mpz_mul(mpq_numref(value), mpq_numref(value), power);
    else
        mpz_mul(mpq_denref(value), mpq_denref(value), power);
    mpq_canonicalize(value);
    mpz_clear(power);
}

void exact_set(struct assay__exact *number, mpz_srcptr mantissa, long twos, long fives)
{
    struct assay__span span = {mpz_limbs_read(mantissa), (uint32_t)mpz_size(mantissa),
                               (int32_t)twos, (int32_t)fives, mpz_sgn(mantissa) < 0};
    assay__exact_set_u64(number, 0);
    assay__exact_add_span(number, span);
}

void exact_value(const struct assay__exact *number, mpq_ptr value)
{
    struct assay__span span = assay__exact_span(number);
    ck_assert(!number->failed);
    ck_assert(span.size == 0 || span.limbs[span.size - 1] != 0);
    mpq_set_ui(value, 0, 1);
    mpz_import(mpq_numref(value), span.size, -1, sizeof *span.limbs, 0, 0, span.limbs);
    if (span.negative)
        mpq_neg(value, value);
    exact_scale(value, 2, span.twos);
    exact_scale(value, 5, span.fives);
}

void exact_check(const struct assay__exact *number, mpq_srcptr want, const char *what)
{
    mpq_t got;
    mpq_init(got);
    exact_value(number, got);
    ck_assert_msg(mpq_equal(got, want), "%s is wrong", what);
    mpq_clear(got);
}

/* Exponents as data have them: none, near each other, doubles', or far apart. */
static long draw_exponent(void)
{
    switch (exact_between(0, 3)) {
    case 0:
        return 0;
    case 1:
        return exact_between(-20, 5);
    case 2:
        return exact_between(-1074, 971);
    default:
        return exact_between(-3300, 3300);
    }
}

static void draw_mantissa(mpz_ptr mantissa)
{
    static const long most[4] = {60, 130, 1300, 5000};
    unsigned long bits = (unsigned long)exact_between(1, most[exact_between(0, 3)]);
    if (exact_between(0, 1) != 0)
        bits = (bits + 63) / 64 * 64; /* whole limbs: the next bit is a limb more */
    exact_draw_bits(mantissa, bits);
    if (exact_between(0, 1) != 0)
        mpz_neg(mantissa, mantissa);
    if (exact_between(0, 30) == 0)
        mpz_set_ui(mantissa, 0);
}

void exact_draw(struct assay__exact *number, mpq_ptr value)
{
    mpz_t mantissa;
    mpz_init(mantissa);
    draw_mantissa(mantissa);
    long twos = draw_exponent(), fives = exact_between(0, 2) == 0 ? 0 : draw_exponent();
    exact_set(number, mantissa, twos, fives);
    mpq_set_z(value, mantissa);
    exact_scale(value, 2, twos);
    exact_scale(value, 5, fives);
    mpz_clear(mantissa);
}
