/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The roundings of exact numbers against MPFR's: random quotients and roots, and those on and next
 * to the half of two doubles, subnormal ones and the ends of the range included.
 */
#include "exact_numbers.h"

#include <float.h>
#include <mpfr.h>

typedef struct assay__exact exact;

typedef bool (*rounding)(const exact *over, const exact *under, double *out);

/* over / under rounds to want, and so does its negative. */
static void check_rounding(rounding round, const exact *over, const exact *under, double want)
{
    double got;
    ck_assert(round(over, under, &got));
    ck_assert_msg(got == want, "%a, and not %a", got, want);
    if (round == assay__exact_root)
        return;
    exact negative;
    assay__exact_init(&negative);
    assay__exact_sub(&negative, over);
    ck_assert(round(&negative, under, &got));
    ck_assert_msg(got == -want, "%a, and not %a", got, -want);
    assay__exact_clear(&negative);
}

START_TEST(quotients_and_roots_round_to_nearest)
{
    exact a, b;
    mpq_t x, y;
    mpq_inits(x, y, NULL);
    assay__exact_init(&a);
    assay__exact_init(&b);
    for (int i = 0; i < 3000; i++) {
        exact_draw(&a, x);
        exact_draw(&b, y);
        a.negative = b.negative = false;
        mpq_abs(x, x);
        mpq_abs(y, y);
        if (mpq_sgn(y) == 0)
            continue;
        mpq_div(x, x, y);
        check_rounding(assay__exact_quotient, &a, &b, oracle_nearest(x, false));
        check_rounding(assay__exact_root, &a, &b, oracle_nearest(x, true));
    }
    assay__exact_clear(&a);
    assay__exact_clear(&b);
    mpq_clears(x, y, NULL);
}
END_TEST

/* The number half way between a double and the next one away from 0, times 2^1075: an integer. */
static void half_way(double value, mpz_ptr half)
{
    mpf_t sum, next;
    mpf_init2(sum, 2400);
    mpf_init2(next, 2400);
    int exponent;
    frexp(value, &exponent);
    if (value < DBL_MIN)
        exponent = DBL_MIN_EXP; /* subnormal doubles are as far apart as those above them */
    mpf_set_d(sum, value);
    mpf_set_ui(next, 1);
    mpf_mul_2exp(sum, sum, 1075);
    mpf_mul_2exp(next, next, (mp_bitcnt_t)(exponent - DBL_MANT_DIG + 1075 - 1));
    mpf_add(sum, sum, next);
    mpz_set_f(half, sum);
    mpf_clear(sum);
    mpf_clear(next);
}

static double draw_double(int i)
{
    static const double ends[] = {0.0,
                                  0x1p-1074,
                                  DBL_MIN,
                                  DBL_MIN - 0x1p-1074,
                                  DBL_MAX,
                                  DBL_MAX / 2,
                                  1.0,
                                  1.0 - DBL_EPSILON / 2,
                                  1.0 + DBL_EPSILON};
    if (i < (int)(sizeof ends / sizeof *ends))
        return ends[i];
    double value = ldexp((double)exact_between(0, (1L << 53) - 1), (int)exact_between(-1074, 971));
    return i % 4 == 0 ? ldexp((double)exact_between(1, (1L << exact_between(1, 52))), -1074)
                      : value;
}

/* Adds to a positive number 2^-64 to 2^-1000 of it, or takes that off. */
static void move_a_little(exact *number, int step)
{
    struct assay__span whole = assay__exact_span(number);
    int spare = __builtin_clzl(whole.limbs[whole.size - 1]);
    double top = whole.twos + 64.0 * whole.size - spare + 2.3219280948873623 * whole.fives;
    exact little;
    assay__exact_init(&little);
    assay__exact_set_u64(&little, 1);
    little.twos = (int32_t)top - (int32_t)(exact_between(64, 200) * exact_between(2, 10) / 2);
    if (step > 0)
        assay__exact_add(number, &little);
    else if (step < 0)
        assay__exact_sub(number, &little);
    assay__exact_clear(&little);
}

/* over = half * under 2^-1075 (half squared for roots), and a little more or less. */
static void set_near(exact *over, const exact *under, mpz_srcptr half, bool is_root, int step)
{
    exact factor;
    assay__exact_init(&factor);
    assay__exact_set(over, under);
    exact_set(&factor, half, -1075, 0);
    assay__exact_mul(over, &factor);
    if (is_root)
        assay__exact_mul(over, &factor);
    assay__exact_clear(&factor);
    move_a_little(over, step);
}

START_TEST(halves_round_to_even_and_next_to_them_to_their_side)
{
    exact over, under;
    mpz_t half, mantissa;
    mpz_inits(half, mantissa, NULL);
    assay__exact_init(&over);
    assay__exact_init(&under);
    for (int i = 0; i < 4000; i++) {
        double low = draw_double(i), high = nextafter(low, HUGE_VAL);
        uint64_t bits;
        memcpy(&bits, &low, sizeof bits);
        double even = bits % 2 == 0 ? low : high;
        half_way(low, half);
        exact_draw_bits(mantissa, (unsigned long)exact_between(1, 700));
        exact_set(&under, mantissa, exact_between(-300, 300), exact_between(-300, 300));
        if (i % 3 == 0) /* then nothing is left of the division */
            assay__exact_set_u64(&under, UINT64_C(1) << exact_between(0, 63));
        for (int root = 0; root < 2; root++) {
            rounding round = root == 0 ? assay__exact_quotient : assay__exact_root;
            set_near(&over, &under, half, root == 1, -1);
            check_rounding(round, &over, &under, low);
            set_near(&over, &under, half, root == 1, 0);
            check_rounding(round, &over, &under, even);
            set_near(&over, &under, half, root == 1, 1);
            check_rounding(round, &over, &under, high);
        }
    }
    assay__exact_clear(&over);
    assay__exact_clear(&under);
    mpz_clears(half, mantissa, NULL);
}
END_TEST

static void check_wide(const exact *over, const exact *under, mpq_srcptr want)
{
    struct assay__wide got;
    mpfr_t wide;
    mpfr_init2(wide, ASSAY__WIDE_BITS);
    mpfr_set_q(wide, want, MPFR_RNDN);
    ck_assert(assay__exact_wide(over, under, &got));
    if (mpfr_zero_p(wide)) {
        ck_assert_int_eq(got.kind, MPFR_ZERO_KIND);
    } else {
        ck_assert_int_eq(got.kind, mpfr_custom_get_kind(wide));
        ck_assert_int_eq(got.exponent, mpfr_get_exp(wide));
        ck_assert_mem_eq(got.limbs, mpfr_custom_get_significand(wide), sizeof got.limbs);
    }
    /* And back: a wide number is exact. */
    exact number;
    mpq_t back;
    assay__exact_init(&number);
    mpq_init(back);
    assay__exact_set_wide(&number, got);
    mpfr_get_q(back, wide);
    exact_check(&number, back, "a wide number");
    assay__exact_clear(&number);
    mpq_clear(back);
    mpfr_clear(wide);
}

START_TEST(wide_numbers_round_to_nearest_even)
{
    exact a, b;
    mpq_t x, y;
    mpq_inits(x, y, NULL);
    assay__exact_init(&a);
    assay__exact_init(&b);
    for (int i = 0; i < 3000; i++) {
        exact_draw(&a, x);
        exact_draw(&b, y);
        if (mpq_sgn(y) == 0)
            continue;
        mpq_div(x, x, y);
        check_wide(&a, &b, x);
    }
    assay__exact_clear(&a);
    assay__exact_clear(&b);
    mpq_clears(x, y, NULL);
}
END_TEST

/* Integers from none to six limbs, exponents and divisors up to the largest. */
START_TEST(quotients_of_limbs_are_those_of_numbers)
{
    exact over, under;
    assay__exact_init(&over);
    assay__exact_init(&under);
    for (int i = 0; i < 4000; i++) {
        uint64_t limbs[ASSAY__QUOTIENT_LIMBS], copy[ASSAY__QUOTIENT_LIMBS];
        uint32_t size = (uint32_t)exact_between(1, ASSAY__QUOTIENT_LIMBS);
        int32_t exponent = (int32_t)exact_between(ASSAY__QUOTIENT_EXPONENT_MIN, 0);
        uint64_t divisor = UINT64_MAX >> exact_between(0, 63);
        for (uint32_t k = 0; k < size; k++)
            limbs[k] = ((uint64_t)exact_between(0, INT32_MAX) << 33 ^
                        (uint64_t)exact_between(0, INT32_MAX)) >>
                       exact_between(0, 62);
        limbs[size - 1] >>= 2; /* the highest bit is the sign below */
        memcpy(copy, limbs, sizeof *copy * size);
        assay__exact_set_u64(&over, 0);
        assay__exact_add_limbs(&over, copy, size, exponent, exponent);
        assay__exact_set_u64(&under, divisor);
        struct assay__wide want, got = assay__limbs_quotient(limbs, size, exponent, divisor, false);
        ck_assert(assay__exact_wide(&over, &under, &want));
        ck_assert_int_eq(got.kind, want.kind);
        ck_assert_int_eq(got.exponent, want.exponent);
        ck_assert_mem_eq(got.limbs, want.limbs, sizeof got.limbs);
        got = assay__limbs_quotient(limbs, size, exponent, divisor, true);
        ck_assert(assay__wide_sign(want) == 0 || assay__wide_sign(got) < 0);
    }
    assay__exact_clear(&over);
    assay__exact_clear(&under);
}
END_TEST

/* Numbers of one bit more than a wide one has, and next to them; all ones becomes a power of 2. */
START_TEST(wide_halves_round_to_even_and_next_to_them_to_their_side)
{
    exact a, b;
    mpq_t x, y;
    mpz_t half;
    mpq_inits(x, y, NULL);
    mpz_init(half);
    assay__exact_init(&a);
    assay__exact_init(&b);
    for (int i = 0; i < 6000; i++) {
        exact_draw_bits(half, ASSAY__WIDE_BITS + 1);
        if (i % 9 == 0) {
            mpz_set_ui(half, 0);
            mpz_setbit(half, ASSAY__WIDE_BITS + 1);
            mpz_sub_ui(half, half, 1);
        }
        mpz_setbit(half, 0);
        assay__exact_set_u64(&b, i % 3 == 0 ? 1 : exact_random() | 1);
        exact_set(&a, half, exact_between(-500, 500), 0);
        assay__exact_mul(&a, &b);
        exact tiny;
        assay__exact_init(&tiny);
        assay__exact_set_u64(&tiny, 1); /* 2^-384 is the last bit that a quotient shows */
        tiny.twos = a.twos + 320 - (int32_t)(i % 5 == 0 ? 384 : exact_between(322, 460));
        if (i % 4 == 1)
            assay__exact_add(&a, &tiny);
        else if (i % 4 == 3)
            assay__exact_sub(&a, &tiny);
        assay__exact_clear(&tiny);
        exact_value(&a, x);
        exact_value(&b, y);
        mpq_div(x, x, y);
        check_wide(&a, &b, x);
    }
    assay__exact_clear(&a);
    assay__exact_clear(&b);
    mpq_clears(x, y, NULL);
    mpz_clear(half);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, quotients_and_roots_round_to_nearest);
    tcase_add_test(cases, halves_round_to_even_and_next_to_them_to_their_side);
    tcase_add_test(cases, wide_numbers_round_to_nearest_even);
    tcase_add_test(cases, quotients_of_limbs_are_those_of_numbers);
    tcase_add_test(cases, wide_halves_round_to_even_and_next_to_them_to_their_side);
}

int main(void)
{
    return test_main("exact_round", add);
}
