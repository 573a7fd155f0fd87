/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Functions of wide numbers against MPFR at 1000 bits, at random arguments of a fixed seed. */
#include "test.h"

#include <mpfr.h>

#include "exact/float320.h"

typedef struct assay__wide wide;
typedef wide (*wide_function)(wide);
typedef int (*mpfr_function)(mpfr_ptr, mpfr_srcptr, mpfr_rnd_t);

enum { JUDGE_BITS = 1000, DRAWS = 400 };

static const uint64_t SEED = 20261126;

/* In [0, 1): xorshift64*, Vigna (2016). */
static double draw(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return (double)((*state * UINT64_C(2685821657736338717)) >> 11) * 0x1p-53;
}

/* A third of 10^low to 10^high: no double, so that every bit counts. */
static wide draw_wide(double low, double high, uint64_t *state)
{
    double size = pow(10.0, low + (high - low) * draw(state));
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

static void add(TCase *cases)
{
    tcase_add_test(cases, functions_have_the_bits_they_promise);
    tcase_add_test(cases, scaling_by_10_rounds_once);
    tcase_add_test(cases, ends_of_the_domains);
}

int main(void)
{
    return test_main("wide", add);
}
