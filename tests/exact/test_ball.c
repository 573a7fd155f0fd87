/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Balls hold what 320 bits give, and round to double as these do, or say that they cannot. */
#include "test.h"

#include <mpfr.h>

#include "draw.h"
#include "exact/ball.h"

typedef struct assay__wide wide;
typedef struct assay__ball ball;

static const uint64_t SEED = 20261129;

/* Mantissas as they make trouble: random, near 1 and 1/2, few bits, ties of doubles. */
static wide draw_wide(uint64_t *state, int exponent_range)
{
    wide a = assay__wide_of(1.0);
    int kind = (int)(draw_share(state) * 7.0);
    for (int i = 0; i < ASSAY__WIDE_LIMBS; i++)
        a.limbs[i] = kind < 3 ? draw_bits(state) : kind == 3 ? ~(mp_limb_t)0 : 0;
    if (kind == 5)
        a.limbs[ASSAY__WIDE_LIMBS - 1] = draw_bits(state) & ~(uint64_t)1023;
    if (kind == 6) /* half way between two doubles, or by the last bit more */
        a.limbs[ASSAY__WIDE_LIMBS - 1] = (draw_bits(state) & ~(uint64_t)2047) | 1024;
    if (kind == 6 && draw_share(state) < 0.5)
        a.limbs[0] = 1;
    a.limbs[ASSAY__WIDE_LIMBS - 1] |= (mp_limb_t)1 << 63;
    a.exponent = (mpfr_exp_t)(draw_share(state) * 2.0 * exponent_range) - exponent_range;
    a.kind = draw_share(state) < 0.5 ? MPFR_REGULAR_KIND : -MPFR_REGULAR_KIND;
    return a;
}

static wide middle_of(const ball *a)
{
    const mp_limb_t limbs[ASSAY__WIDE_LIMBS] = {0, 0, 0, a->lo, a->hi};
    if (a->sign == 0)
        return assay__wide_zero();
    return assay__wide_of_limbs(limbs, (long)a->exponent, a->sign < 0);
}

struct tally {
    long checked, lost, doubts;
};

static void check(const char *what, ball got, wide want, struct tally *tally)
{
    bool in_doubt = false;
    tally->checked++;
    if (ball_is_lost(&got)) {
        tally->lost++;
        return;
    }
    ck_assert_msg(got.sign == 0 || got.hi >> 63 == 1, "%s: not normalised", what);
    wide away = assay__wide_abs(assay__wide_sub(middle_of(&got), want));
    wide unit = assay__wide_scale2(assay__wide_of(1.0), (long)got.exponent - 128);
    wide bound = assay__wide_mul(assay__wide_of_u64(got.error), unit);
    wide slack = assay__wide_scale2(assay__wide_abs(want), -280);
    ck_assert_msg(assay__wide_compare(away, assay__wide_add(bound, slack)) <= 0,
                  "%s: %.17g is off by %.3g units, bound %.3g", what, assay__wide_double(want),
                  assay__wide_double(assay__wide_div(away, unit)), (double)got.error);
    double value = ball_double(got, &in_doubt);
    tally->doubts += in_doubt;
    if (in_doubt)
        return;
    double want_double = assay__wide_double(want);
    ck_assert_msg(value == want_double, "%s: %a, expected %a", what, value, want_double);
    struct assay__enclosure rest = ball_rest(got, &in_doubt);
    if (in_doubt)
        return;
    double want_rest = assay__wide_double(assay__wide_sub(want, assay__wide_of(value)));
    ck_assert_msg(rest.low <= want_rest && want_rest <= rest.high, "%s: rest %a not in [%a, %a]",
                  what, want_rest, rest.low, rest.high);
}

START_TEST(operations_hold_what_320_bits_give)
{
    uint64_t state = SEED;
    struct tally tally = {0};
    for (int i = 0; i < 100000; i++) {
        int range = i % 10 == 0 ? 1200 : 70;
        wide a = draw_wide(&state, range), b = draw_wide(&state, range);
        if (i % 4 == 0)
            b.exponent = a.exponent + (mpfr_exp_t)(draw_share(&state) * 5.0) - 2;
        if (i % 12 == 0) /* cancels */
            memcpy(b.limbs + 3, a.limbs + 3, 2 * sizeof *a.limbs);
        ball x = ball_of_wide(&a), y = ball_of_wide(&b);
        wide root = assay__wide_sqrt(assay__wide_abs(a)), quotient = assay__wide_div(a, b);
        ball near_root = ball_sqrt(ball_abs(x)), near_quotient = ball_div(x, y);
        check("+", ball_add(x, y), assay__wide_add(a, b), &tally);
        check("-", ball_sub(x, y), assay__wide_sub(a, b), &tally);
        check("*", ball_mul(x, y), assay__wide_mul(a, b), &tally);
        check("/", near_quotient, quotient, &tally);
        check("root", near_root, root, &tally);
        /* Of inexact ones: errors add up, and grow where sums cancel. */
        check("a/b + root", ball_add(near_quotient, near_root), assay__wide_add(quotient, root),
              &tally);
        check("(a/b)^2", ball_square(near_quotient), assay__wide_square(quotient), &tally);
        check("a/b b - a", ball_sub(ball_mul(near_quotient, y), ball_scale2(x, -20)),
              assay__wide_sub(assay__wide_mul(quotient, b), assay__wide_scale2(a, -20)), &tally);
        check("root / (a/b)", ball_div(near_root, near_quotient), assay__wide_div(root, quotient),
              &tally);
        check("root of root", ball_sqrt(near_root), assay__wide_sqrt(root), &tally);
    }
    ck_assert_int_lt(tally.lost, tally.checked / 50);
}
END_TEST

START_TEST(exponentials_hold_what_320_bits_give)
{
    uint64_t state = SEED;
    struct tally tally = {0};
    for (int i = 0; i < 5000; i++) {
        wide a = assay__wide_abs(draw_wide(&state, 12));
        if (i % 3 == 0) /* next to a multiple of ln 2 */
            a = assay__wide_mul(assay__wide_log(assay__wide_of(2.0)),
                                assay__wide_of((double)(i % 1000)));
        if (i % 7 == 0)
            a.exponent = -(i % 119);
        if (assay__wide_sign(a) == 0)
            continue;
        check("exp", ball_exp(ball_of_wide(&a)), assay__wide_exp(a), &tally);
    }
    ck_assert_int_lt(tally.lost, tally.checked / 5);
    ck_assert_int_lt(tally.doubts, tally.checked / 50);
}
END_TEST

static bool is_doubtful(ball a)
{
    bool in_doubt = false;
    (void)ball_double(a, &in_doubt);
    return in_doubt;
}

START_TEST(what_is_not_known_is_lost)
{
    ball zero = ball_of(0.0), one = ball_of(1.0), third = ball_div(one, ball_of(3.0));
    ball gone = ball_div(one, zero);
    ck_assert(ball_is_lost(&gone));
    const ball none[] = {
        ball_of((double)NAN),     ball_of((double)INFINITY), ball_of(0x1p-1074),
        ball_sqrt(ball_neg(one)), ball_sub(third, third),    ball_exp(ball_of(1001.0)),
        ball_add(gone, one),      ball_mul(gone, zero),      ball_sub(one, gone),
        ball_div(zero, gone),     ball_sqrt(gone),           ball_scale2(one, 1100),
        ball_scale2(one, -1100)};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        ck_assert_msg(is_doubtful(none[i]), "number %zu", i);
    ck_assert(is_doubtful(zero)); /* of either sign */
    bool in_doubt = false;
    ck_assert_int_eq(ball_sign(ball_sub(one, one), &in_doubt), 0);
    ck_assert_int_eq(ball_sign(ball_neg(third), &in_doubt), -1);
    ck_assert(!in_doubt);
    ck_assert_int_eq(ball_sign(ball_sub(third, third), &in_doubt), 0);
    ck_assert(in_doubt);
    in_doubt = false;
    ck_assert(ball_double(ball_of_u64(UINT64_MAX), &in_doubt) == 0x1p64 && !in_doubt);
}
END_TEST

/* 1 + 2^-53 is half-way; offsets count units of the ball's last bit. */
START_TEST(doubt_begins_where_the_bound_reaches_a_half)
{
    const struct {
        int64_t offset;
        uint64_t error;
        double value; /* NaN: in doubt */
    } CASES[] = {
        {0, 0, 1.0},
        {1, 0, 0x1.0000000000001p0},
        {-1, 0, 1.0},
        {0, 1, NAN},
        {5, 5, NAN},
        {6, 5, 0x1.0000000000001p0},
        {-5, 5, NAN},
        {-6, 5, 1.0},
        {-1, 2, NAN},
        {-3, 2, 1.0},
        {3, 2, 0x1.0000000000001p0},
        {-1, 1, NAN},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        ball a = ball_of(1.0);
        bool in_doubt = false;
        a.hi += 1024;
        a.lo = (uint64_t)CASES[i].offset;
        a.hi -= CASES[i].offset < 0;
        a.error = CASES[i].error;
        double value = ball_double(a, &in_doubt);
        ck_assert_msg(in_doubt == isnan(CASES[i].value), "case %zu: doubt", i);
        ck_assert_msg(in_doubt || value == CASES[i].value, "case %zu: %a", i, value);
    }
    ball low = ball_of(1.0); /* 2^64 units below a half */
    bool in_doubt = false;
    low.hi += 1023;
    low.error = ASSAY__BALL_LOST - 1;
    ck_assert(ball_double(low, &in_doubt) == 1.0 && !in_doubt);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, operations_hold_what_320_bits_give);
    tcase_add_test(cases, exponentials_hold_what_320_bits_give);
    tcase_add_test(cases, what_is_not_known_is_lost);
    tcase_add_test(cases, doubt_begins_where_the_bound_reaches_a_half);
}

int main(void)
{
    return test_main("ball", add);
}
