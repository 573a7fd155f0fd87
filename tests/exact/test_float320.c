/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Functions of wide numbers against MPFR at 1000 bits, at random arguments of a fixed seed. */
#include "test.h"

#include <mpfr.h>

#include "draw.h"
#include "exact/float320.h"

typedef struct assay__wide wide;
typedef wide (*wide_function)(wide);
typedef int (*mpfr_function)(mpfr_ptr, mpfr_srcptr, mpfr_rnd_t);

enum { JUDGE_BITS = 1000, DRAWS = 400 };

static const uint64_t SEED = 20261126;

/* A third of 10^low to 10^high: no double, so that every bit counts. */
static wide draw_wide(double low, double high, uint64_t *state)
{
    double size = pow(10.0, low + (high - low) * draw_share(state));
    return assay__wide_div_u(assay__wide_of(size), 3);
}

static void set(mpfr_ptr out, wide a)
{
    mpfr_t view;
    mpfr_custom_init_set(view, a.kind, a.exponent, ASSAY__WIDE_BITS, a.limbs);
    mpfr_set(out, view, MPFR_RNDN);
}

/* Bits to which got is want; absolute: those after the point. */
static double bits(wide got, mpfr_srcptr want, bool absolute)
{
    mpfr_t away;
    mpfr_init2(away, JUDGE_BITS);
    set(away, got);
    mpfr_sub(away, away, want, MPFR_RNDN);
    if (!absolute)
        mpfr_div(away, away, want, MPFR_RNDN);
    double result = mpfr_zero_p(away) ? JUDGE_BITS : -(double)mpfr_get_exp(away);
    mpfr_clear(away);
    return result;
}

static double agreement(wide_function function, mpfr_function judge, wide argument, bool absolute)
{
    mpfr_t want;
    mpfr_init2(want, JUDGE_BITS);
    set(want, argument);
    judge(want, want, MPFR_RNDN);
    double result = bits(function(argument), want, absolute);
    mpfr_clear(want);
    return result;
}

/* A function over a range of arguments and the bits that exact/float320.h promises. */
struct promise {
    const char *name;
    wide_function function;
    mpfr_function judge;
    double low, high; /* decimal logarithms of the arguments */
    double add, sign; /* argument = add + sign * drawn */
    bool absolute;
    double least;
};

static const struct promise PROMISES[] = {
    {"exp", assay__wide_exp, mpfr_exp, -30, 6, 0, 1, false, 290},
    {"exp", assay__wide_exp, mpfr_exp, -30, 6, 0, -1, false, 290},
    {"log", assay__wide_log, mpfr_log, -300, 300, 0, 1, false, 290},
    {"log near 1", assay__wide_log, mpfr_log, -60, -1, 1, 1, false, 240},
    {"log near 1", assay__wide_log, mpfr_log, -60, -1, 1, -1, false, 240},
    {"erfc", assay__wide_erfc, mpfr_erfc, -5, 2, 0, 1, false, 128},
    {"erfc", assay__wide_erfc, mpfr_erfc, -5, 1, 0, -1, false, 128},
    {"asin", assay__wide_asin, mpfr_asin, -20, 0.47, 0, 1, false, 290},
    {"asin near 1", assay__wide_asin, mpfr_asin, -40, -1, 1, -1, false, 290},
    {"log gamma", assay__wide_log_gamma, mpfr_lngamma, -20, 2.2, 0, 1, true, 200},
    {"log gamma", assay__wide_log_gamma, mpfr_lngamma, 4, 19, 0, 1, false, 290},
};

START_TEST(functions_have_the_bits_they_promise)
{
    uint64_t state = SEED;
    for (size_t i = 0; i < sizeof PROMISES / sizeof *PROMISES; i++) {
        const struct promise *promise = &PROMISES[i];
        double worst = JUDGE_BITS;
        for (int k = 0; k < DRAWS; k++) {
            wide size = draw_wide(promise->low, promise->high, &state);
            wide moved = promise->sign < 0.0 ? assay__wide_neg(size) : size;
            wide argument = assay__wide_add(assay__wide_of(promise->add), moved);
            double got = agreement(promise->function, promise->judge, argument, promise->absolute);
            ck_assert_msg(got >= promise->least, "%s at %.17g: %g bits", promise->name,
                          assay__wide_double(argument), got);
            worst = fmin(worst, got);
        }
        printf("wide: %-12s %g bits\n", promise->name, worst);
    }
}
END_TEST

START_TEST(scaling_by_10_rounds_once)
{
    uint64_t state = SEED;
    static const long EXPONENTS[] = {0, 1, -1, 22, -27, 137, -138, 308, -341, 650, 9999, -10000};
    for (size_t i = 0; i < sizeof EXPONENTS / sizeof *EXPONENTS; i++) {
        wide a = draw_wide(-5, 5, &state), got = assay__wide_scale10(a, EXPONENTS[i]);
        mpfr_t want, power;
        mpfr_init2(want, ASSAY__WIDE_BITS);
        mpfr_init2(power, 40000);
        set(want, a);
        mpfr_ui_pow_ui(power, 10, (unsigned long)labs(EXPONENTS[i]), MPFR_RNDN);
        if (EXPONENTS[i] < 0)
            mpfr_div(want, want, power, MPFR_RNDN);
        else
            mpfr_mul(want, want, power, MPFR_RNDN);
        ck_assert_double_eq(bits(got, want, false), JUDGE_BITS);
        mpfr_clears(want, power, NULL);
    }
    ck_assert(assay__wide_is_nan(assay__wide_scale10(assay__wide_of(1.0), 10001)));
    ck_assert_int_eq(assay__wide_sign(assay__wide_scale10(assay__wide_zero(), -400)), 0);
}
END_TEST

static double of(wide_function function, double argument)
{
    return assay__wide_double(function(assay__wide_of(argument)));
}

START_TEST(ends_of_the_domains)
{
    ck_assert_double_eq(of(assay__wide_exp, 0.0), 1.0);
    ck_assert_double_eq(of(assay__wide_exp, -0x1p50), 0.0);
    ck_assert_double_eq(of(assay__wide_exp, 0x1p50), HUGE_VAL);
    ck_assert_double_eq(of(assay__wide_exp, -HUGE_VAL), 0.0);
    ck_assert(isnan(of(assay__wide_exp, NAN)));
    ck_assert_double_eq(of(assay__wide_log, 0.0), -HUGE_VAL);
    ck_assert_double_eq(of(assay__wide_log, 1.0), 0.0);
    ck_assert_double_eq(of(assay__wide_log, HUGE_VAL), HUGE_VAL);
    ck_assert(isnan(of(assay__wide_log, -1.0)) && isnan(of(assay__wide_log, NAN)));
    ck_assert_double_eq(of(assay__wide_erfc, 0.0), 1.0);
    ck_assert_double_eq(of(assay__wide_erfc, HUGE_VAL), 0.0);
    ck_assert_double_eq(of(assay__wide_erfc, -HUGE_VAL), 2.0);
    ck_assert(isnan(of(assay__wide_erfc, NAN)));
    ck_assert_double_eq(of(assay__wide_asin, 0.0), 0.0);
    ck_assert_double_eq(of(assay__wide_asin, 1.0), asin(1.0));
    ck_assert(isnan(of(assay__wide_asin, 1.5)) && isnan(of(assay__wide_asin, NAN)));
}
END_TEST

/* Limbs as they make trouble: random, all ones, a single bit, runs of zeros and ones. */
static wide draw_limbs(uint64_t *state)
{
    wide a = assay__wide_of(1.0);
    int kind = (int)(draw_share(state) * 6.0);
    for (int i = 0; i < ASSAY__WIDE_LIMBS; i++) {
        uint64_t random =
            (uint64_t)(draw_share(state) * 0x1p53) << 11 ^ (uint64_t)(draw_share(state) * 0x1p53);
        a.limbs[i] = kind < 2          ? random
                     : kind == 2       ? ~(mp_limb_t)0
                     : kind == 3       ? 0
                     : random % 2 == 0 ? 0
                                       : ~(mp_limb_t)0;
        if (kind == 5)
            a.limbs[i] = random << (int)(draw_share(state) * 63.0);
    }
    if (draw_share(state) < 0.2)
        a.limbs[0] ^= 1;
    a.limbs[ASSAY__WIDE_LIMBS - 1] |= (mp_limb_t)1 << 63;
    a.exponent = (mpfr_exp_t)(draw_share(state) * 700.0) - 350;
    a.kind = draw_share(state) < 0.5 ? MPFR_REGULAR_KIND : -MPFR_REGULAR_KIND;
    return a;
}

static void assert_same(const char *what, wide got, mpfr_srcptr want)
{
    mpfr_t view;
    mpfr_custom_init_set(view, got.kind, got.exponent, ASSAY__WIDE_BITS, got.limbs);
    if (!mpfr_equal_p(view, want) || mpfr_signbit(view) != mpfr_signbit(want)) {
        mpfr_printf("%s: %Ra, expected %Ra\n", what, view, want);
        ck_abort();
    }
}

static void check_arithmetic(wide a, wide b)
{
    mpfr_t x, y, want;
    mpfr_inits2(ASSAY__WIDE_BITS, x, y, want, (mpfr_ptr)NULL);
    set(x, a);
    set(y, b);
    mpfr_add(want, x, y, MPFR_RNDN);
    assert_same("+", assay__wide_add(a, b), want);
    mpfr_sub(want, x, y, MPFR_RNDN);
    assert_same("-", assay__wide_sub(a, b), want);
    mpfr_mul(want, x, y, MPFR_RNDN);
    assert_same("*", assay__wide_mul(a, b), want);
    mpfr_div(want, x, y, MPFR_RNDN);
    assert_same("/", assay__wide_div(a, b), want);
    mpfr_sqr(want, x, MPFR_RNDN);
    assert_same("square", assay__wide_square(a), want);
    double value = mpfr_get_d(x, MPFR_RNDN);
    ck_assert(assay__wide_double(a) == value);
    mpfr_set_d(want, value, MPFR_RNDN);
    assert_same("of", assay__wide_of(value), want);
    mpfr_clears(x, y, want, (mpfr_ptr)NULL);
}

/* Sums, products and quotients on limbs round as MPFR does, to the last bit. */
START_TEST(arithmetic_has_the_bits_of_mpfr)
{
    uint64_t state = SEED;
    for (int i = 0; i < 60000; i++) {
        wide a = draw_limbs(&state), b = draw_limbs(&state);
        if (i % 3 == 0)
            b.exponent = a.exponent + (mpfr_exp_t)(draw_share(&state) * 5.0) - 2;
        if (i % 7 == 0)
            memcpy(b.limbs + 2, a.limbs + 2, sizeof a.limbs - 2 * sizeof *a.limbs);
        if (i % 21 == 0)
            b = assay__wide_of(ldexp(draw_share(&state) - 0.5, (int)(a.exponent % 300)));
        if (i % 50 == 0)
            a.exponent += a.exponent * 3; /* to where doubles are subnormal, or end */
        check_arithmetic(a, b);
    }
    const double ends[] = {0.0,
                           -0.0,
                           1.0,
                           -1.0,
                           INFINITY,
                           -INFINITY,
                           NAN,
                           0x1p-1074,
                           0x1p-1022,
                           0x1.fffffffffffffp-1023,
                           0x1.fffffffffffffp1023};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        for (size_t k = 0; k < sizeof ends / sizeof *ends; k++) {
            wide a = assay__wide_of(ends[i]), b = assay__wide_of(ends[k]);
            if (!isnan(ends[i] + ends[k]) && !isnan(ends[i] - ends[k]) &&
                !isnan(ends[i] * ends[k]) && !isnan(ends[i] / ends[k]))
                check_arithmetic(a, b);
            ck_assert(isnan(assay__wide_double(assay__wide_sub(a, b))) == isnan(ends[i] - ends[k]));
        }
    }
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, functions_have_the_bits_they_promise);
    tcase_add_test(cases, scaling_by_10_rounds_once);
    tcase_add_test(cases, ends_of_the_domains);
    tcase_add_test(cases, arithmetic_has_the_bits_of_mpfr);
}

int main(void)
{
    return test_main("wide", add);
}
