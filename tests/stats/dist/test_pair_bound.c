/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bounded pairs hold what 320 bits give, and round to double as these do, or say they cannot. */
#include "test.h"

#include "draw.h"
#include "exact/float320.h"
#include "stats/dist/pair_bound.h"

typedef struct assay__wide wide;
typedef struct assay__bounded bounded;

enum { DRAWS = 200000 };

/* Random limbs, few bits, all ones, ties of doubles; near 1 as often as far. */
static wide draw_wide(uint64_t *state)
{
    mp_limb_t limbs[ASSAY__WIDE_LIMBS];
    int kind = (int)(draw_share(state) * 6.0), range = draw_share(state) < 0.5 ? 2 : 150;
    for (int i = 0; i < ASSAY__WIDE_LIMBS; i++)
        limbs[i] = kind < 3 ? draw_bits(state) : kind == 3 ? ~(mp_limb_t)0 : 0;
    if (kind == 4)
        limbs[ASSAY__WIDE_LIMBS - 1] = draw_bits(state) & ~(uint64_t)1023;
    if (kind == 5)
        limbs[ASSAY__WIDE_LIMBS - 1] = (draw_bits(state) & ~(uint64_t)2047) | 1024;
    limbs[ASSAY__WIDE_LIMBS - 1] |= (mp_limb_t)1 << (ASSAY__LIMB_BITS - 1);
    long exponent = (long)(draw_share(state) * 2.0 * range) - range;
    return assay__wide_of_limbs(limbs, exponent, draw_share(state) < 0.5);
}

static wide middle_of(bounded a)
{
    return assay__wide_add(assay__wide_of(a.hi), assay__wide_of(a.lo));
}

struct tally {
    long checked, lost, doubts;
};

static void check(const char *what, bounded got, wide want, struct tally *tally)
{
    bool in_doubt = false;
    tally->checked++;
    if (!(got.off < 1.0)) {
        tally->lost++;
        return;
    }
    ck_assert_msg(got.hi == got.hi + got.lo, "%s: not normalised", what);
    wide away = assay__wide_abs(assay__wide_sub(middle_of(got), want));
    wide bound = assay__wide_of(fabs(got.hi) * got.off * BOUNDED_MARGIN);
    wide slack = assay__wide_scale2(assay__wide_abs(want), -280);
    ck_assert_msg(assay__wide_compare(away, assay__wide_add(bound, slack)) <= 0,
                  "%s: %.17g is off by %.3g, bound %.3g", what, assay__wide_double(want),
                  assay__wide_double(away), assay__wide_double(bound));
    double value = bounded_double(got, &in_doubt);
    tally->doubts += in_doubt;
    if (in_doubt)
        return;
    ck_assert_msg(value == assay__wide_double(want), "%s: %a, expected %a", what, value,
                  assay__wide_double(want));
    struct assay__enclosure rest = bounded_rest(got);
    double left = assay__wide_double(assay__wide_sub(want, assay__wide_of(value)));
    ck_assert_msg(rest.low <= left && left <= rest.high, "%s: rest", what);
}

static void check_four(wide x, wide y, struct tally *tally)
{
    bounded a = assay__bounded_of_wide(&x, 0), b = assay__bounded_of_wide(&y, 0);
    wide sum = assay__wide_add(x, y), size = assay__wide_abs(x);
    check("number", a, x, tally);
    check("sum", bounded_add(a, b), sum, tally);
    check("product", bounded_mul(a, b), assay__wide_mul(x, y), tally);
    check("quotient", bounded_div(a, b), assay__wide_div(x, y), tally);
    check("root", bounded_sqrt(bounded_abs(a)), assay__wide_sqrt(size), tally);
    /* (x + y)^2 / (x^2 - y) */
    wide below = assay__wide_sub(assay__wide_square(x), y);
    bounded far = bounded_div(bounded_square(bounded_add(a, b)), bounded_sub(bounded_square(a), b));
    if (assay__wide_sign(below) != 0)
        check("chain", far, assay__wide_div(assay__wide_square(sum), below), tally);
}

START_TEST(operations_stay_within_their_bounds)
{
    struct tally tally = {0};
    uint64_t state = 20261130;
    for (int i = 0; i < DRAWS; i++) {
        wide x = draw_wide(&state), y = draw_wide(&state);
        if (draw_share(&state) < 0.2) { /* nearly all of it cancels */
            wide part = assay__wide_scale2(x, -(long)(draw_share(&state) * 110.0));
            y = assay__wide_sub(draw_share(&state) < 0.5 ? part : assay__wide_zero(), x);
        }
        if (assay__wide_sign(y) != 0)
            check_four(x, y, &tally);
    }
    ck_assert_int_le(tally.lost, tally.checked / 10);
    ck_assert_int_le(tally.doubts, tally.checked / 4);
}
END_TEST

START_TEST(the_exponential_stays_within_its_bound)
{
    struct tally tally = {0};
    uint64_t state = 77001;
    for (int i = 0; i < DRAWS / 20; i++) {
        wide x = assay__wide_abs(draw_wide(&state));
        bounded a = assay__bounded_of_wide(&x, 0);
        if (a.hi < 500.0)
            check("exp", assay__bounded_exp(a), assay__wide_exp(x), &tally);
    }
    ck_assert_int_eq(tally.lost, 0);
    ck_assert_msg(!(assay__bounded_exp(bounded_of(500.0)).off < 1.0), "500 is too much");
    ck_assert_msg(!(assay__bounded_exp(bounded_of(-1.0)).off < 1.0), "-1 is too little");
}
END_TEST

START_TEST(what_is_not_known_is_said)
{
    bool in_doubt = false;
    wide far = assay__wide_scale2(assay__wide_of(1.0), 201), none = assay__wide_of(NAN);
    bounded zero = bounded_sub(bounded_of(0.1), bounded_of(0.1));
    bounded third = bounded_div(bounded_of(1.0), bounded_of(3.0));
    ck_assert_int_eq(bounded_sign(zero, &in_doubt), 0);
    ck_assert(!in_doubt);
    ck_assert(bounded_double(bounded_of_u64(UINT64_MAX), &in_doubt) == 0x1p64 && !in_doubt);
    const bounded lost[] = {bounded_sub(third, third),
                            bounded_div(third, zero),
                            bounded_sqrt(bounded_neg(third)),
                            assay__bounded_of_wide(&far, 0),
                            assay__bounded_of_wide(&none, 0),
                            bounded_mul(bounded_of(1e200), bounded_of(1e200)),
                            bounded_mul(zero, bounded_sub(third, third))};
    for (size_t i = 0; i < sizeof lost / sizeof *lost; i++) {
        bool no_sign = false, no_double = false;
        bounded_sign(lost[i], &no_sign);
        bounded_double(lost[i], &no_double);
        ck_assert_msg(no_sign && no_double, "%zu", i);
    }
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, operations_stay_within_their_bounds);
    tcase_add_test(cases, the_exponential_stays_within_its_bound);
    tcase_add_test(cases, what_is_not_known_is_said);
}

int main(void)
{
    return test_main("pair_bound", add);
}
