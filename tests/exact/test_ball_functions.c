/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Logarithms and log gamma functions in balls hold what 320 bits give. */
#include "test.h"

#include <mpfr.h>

#include "draw.h"
#include "exact/ball.h"

typedef struct assay__wide wide;
typedef struct assay__ball ball;

static const uint64_t SEED = 20261129;

static wide middle_of(const ball *a)
{
    const mp_limb_t limbs[ASSAY__WIDE_LIMBS] = {0, 0, 0, a->lo, a->hi};
    if (a->sign == 0)
        return assay__wide_zero();
    return assay__wide_of_limbs(limbs, (long)a->exponent, a->sign < 0);
}

/* A positive number of 1 to 320 bits, 2^low <= a < 2^high. */
static wide draw(uint64_t *state, int low, int high)
{
    wide a = assay__wide_of(1.0);
    int kept = (int)(draw_bits(state) % (ASSAY__WIDE_LIMBS + 1));
    for (int i = 0; i < ASSAY__WIDE_LIMBS; i++)
        a.limbs[i] = i < kept ? 0 : draw_bits(state);
    a.limbs[ASSAY__WIDE_LIMBS - 1] |= (mp_limb_t)1 << 63;
    a.exponent = low + 1 + (mpfr_exp_t)(draw_bits(state) % (uint64_t)(high - low));
    return a;
}

/* Checks the bound; returns whether the ball tells the double, and that it is the right one. */
static bool holds(const char *what, ball got, wide want)
{
    bool in_doubt = false;
    double value = ball_double(got, &in_doubt);
    if (!ball_is_lost(&got)) {
        ck_assert_msg(got.sign == 0 || got.hi >> 63 == 1, "%s: not normalised", what);
        wide away = assay__wide_abs(assay__wide_sub(middle_of(&got), want));
        wide unit = assay__wide_scale2(assay__wide_of(1.0), (long)got.exponent - 128);
        wide bound = assay__wide_mul(assay__wide_of_u64(got.error), unit);
        ck_assert_msg(assay__wide_compare(away, bound) <= 0, "%s: %.17g is off by %.3g, bound %.3g",
                      what, assay__wide_double(want),
                      assay__wide_double(assay__wide_div(away, unit)), (double)got.error);
    }
    ck_assert_msg(in_doubt || value == assay__wide_double(want), "%s: %a, expected %a", what, value,
                  assay__wide_double(want));
    return !in_doubt;
}

START_TEST(logarithms_hold_what_320_bits_give)
{
    uint64_t state = SEED;
    int told = 0;
    for (int i = 0; i < 20000; i++) {
        wide a = draw(&state, i % 10 == 0 ? -1000 : -40, i % 10 == 0 ? 1000 : 70);
        told += holds("log", ball_log(ball_of_wide(&a)), assay__wide_log(a));
        wide third = assay__wide_div_u(a, 3);
        ball near = ball_div(ball_of_wide(&a), ball_of_u64(3));
        told += holds("log of a/3", ball_log(near), assay__wide_log(third));
    }
    ck_assert_int_gt(told, 39900); /* the powers of 2 have 1 among them */
}
END_TEST

/* Next to 1 a logarithm has no digits left; it must say so. */
START_TEST(logarithms_next_to_1_hold_or_are_lost)
{
    for (int bits = 1; bits < 64; bits++) {
        for (int sign = -1; sign <= 1; sign += 2) {
            wide away = assay__wide_scale2(assay__wide_of(sign), -bits);
            wide a = assay__wide_add(assay__wide_of(1.0), away);
            bool told = holds("log", ball_log(ball_of_wide(&a)), assay__wide_log(a));
            ck_assert(told || bits > 40);
        }
    }
    ball of_one = ball_log(ball_of(1.0));
    ck_assert(ball_is_lost(&of_one));
}
END_TEST

START_TEST(log_gammas_hold_what_320_bits_give)
{
    uint64_t state = SEED;
    int told = 0, count = 0;
    for (int i = 0; i < 6000; i++) {
        wide a = draw(&state, i % 3 == 0 ? -8 : 4, i % 5 == 0 ? 64 : 16);
        told += holds("log gamma", ball_log_gamma(ball_of_wide(&a)), assay__wide_log_gamma(a));
        count++;
    }
    for (int n = 1; n < 200; n++) { /* factorials, and half way between them */
        for (int half = 0; half < 2; half++) {
            wide a = assay__wide_of(n + 0.5 * half);
            told += holds("log gamma", ball_log_gamma(ball_of_wide(&a)), assay__wide_log_gamma(a));
            count++;
        }
    }
    ck_assert_int_gt(told, count - 50); /* of 1 and 2 it is 0, which a ball does not tell */
}
END_TEST

START_TEST(what_has_no_logarithm_is_lost)
{
    ball gone = ball_div(ball_of(1.0), ball_of(0.0));
    const ball none[] = {
        ball_log(ball_of(0.0)),       ball_log(ball_of(-1.5)),       ball_log(gone),
        ball_log_gamma(ball_of(0.0)), ball_log_gamma(ball_of(-3.5)), ball_log_gamma(gone)};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        ck_assert_msg(ball_is_lost(&none[i]), "number %zu", i);
}
END_TEST

START_TEST(products_of_counts_are_exact)
{
    uint64_t state = SEED;
    for (int i = 0; i < 10000; i++) {
        uint64_t x[4];
        for (int k = 0; k < 4; k++)
            x[k] = draw_bits(&state) >> (draw_bits(&state) % 64);
        if (i % 3 == 0) { /* nearly equal */
            x[2] = x[1];
            x[3] = x[0] - (i % 2 == 0 ? 0 : 1);
        }
        ball got = ball_of_products(x[0], x[1], x[2], x[3]);
        wide first = assay__wide_mul(assay__wide_of_u64(x[0]), assay__wide_of_u64(x[1]));
        wide second = assay__wide_mul(assay__wide_of_u64(x[2]), assay__wide_of_u64(x[3]));
        wide want = assay__wide_sub(first, second);
        ck_assert_uint_eq(got.error, 0);
        ck_assert_int_eq(assay__wide_compare(middle_of(&got), want), 0);
    }
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, logarithms_hold_what_320_bits_give);
    tcase_add_test(cases, logarithms_next_to_1_hold_or_are_lost);
    tcase_add_test(cases, log_gammas_hold_what_320_bits_give);
    tcase_add_test(cases, what_has_no_logarithm_is_lost);
    tcase_add_test(cases, products_of_counts_are_exact);
}

int main(void)
{
    return test_main("ball_functions", add);
}
