/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Exact numbers against GMP's rationals: sums, products, divisions, texts. Operands are random bits
 * and long runs of ones and zeros, which make carries and the rare steps of divisions.
 */
#include "exact_numbers.h"

#include "exact/exact_limbs.h"

typedef struct assay__exact exact;

START_TEST(sums_and_products_are_exact)
{
    exact a, b;
    mpq_t x, y;
    mpq_inits(x, y, NULL);
    assay__exact_init(&a);
    assay__exact_init(&b);
    for (int i = 0; i < 3000; i++) {
        exact_draw(&a, x);
        exact_draw(&b, y);
        assay__exact_add(&a, &b);
        mpq_add(x, x, y);
        exact_check(&a, x, "a sum");
        assay__exact_mul(&a, &b);
        mpq_mul(x, x, y);
        exact_check(&a, x, "a product");
        ck_assert_int_eq(assay__exact_sign(&a), mpq_sgn(x));
        assay__exact_mul(&b, &b);
        mpq_mul(y, y, y);
        exact_check(&b, y, "a square");
        assay__exact_sub(&b, &a);
        mpq_sub(y, y, x);
        exact_check(&b, y, "a difference");
        uint64_t factor = i % 50 == 0 ? 0 : exact_random() >> exact_between(0, 63);
        assay__exact_mul_u64(&b, factor);
        mpz_mul_ui(mpq_numref(y), mpq_numref(y), factor);
        mpq_canonicalize(y);
        exact_check(&b, y, "a multiple");
        assay__exact_set(&a, &b);
        exact_check(&a, y, "a copy");
    }
    assay__exact_clear(&a);
    assay__exact_clear(&b);
    mpq_clears(x, y, NULL);
}
END_TEST

/* The same value with other exponents, and one unit of its last place more or less. */
START_TEST(sums_cancel_whatever_the_exponents)
{
    exact a, b;
    mpz_t mantissa, other;
    mpz_inits(mantissa, other, NULL);
    assay__exact_init(&a);
    assay__exact_init(&b);
    for (int i = 0; i < 500; i++) {
        long shift = exact_between(0, 200), power = exact_between(0, 200);
        exact_draw_bits(mantissa, (unsigned long)exact_between(1, 2000));
        exact_set(&a, mantissa, shift, power);
        mpz_ui_pow_ui(other, 5, (unsigned long)power);
        mpz_mul(mantissa, mantissa, other);
        mpz_mul_2exp(mantissa, mantissa, (mp_bitcnt_t)shift);
        exact_set(&b, mantissa, 0, 0);
        assay__exact_sub(i % 2 == 0 ? &a : &b, i % 2 == 0 ? &b : &a);
        ck_assert_int_eq(assay__exact_sign(i % 2 == 0 ? &a : &b), 0);
        exact_set(&a, mantissa, 0, 0);
        exact_set(&b, mantissa, 0, 0);
        assay__exact_set_u64(&b, 1);
        assay__exact_add(&b, &a);
        assay__exact_sub(&b, &a);
        ck_assert_uint_eq(assay__exact_span(&b).size, 1);
        ck_assert_uint_eq(assay__exact_span(&b).limbs[0], 1);
    }
    assay__exact_clear(&a);
    assay__exact_clear(&b);
    mpz_clears(mantissa, other, NULL);
}
END_TEST

static mpz_srcptr of_limbs(mpz_ptr view, const mp_limb_t *limbs, size_t count)
{
    mpz_import(view, count, -1, sizeof *limbs, 0, 0, limbs);
    return view;
}

/* Runs of ones and zeros, so that carries go far and guesses of quotients are wrong. */
static void draw_limbs(mp_limb_t *limbs, size_t count)
{
    mpn_random2(limbs, (mp_size_t)count);
    if (exact_between(0, 4) == 0)
        limbs[exact_between(0, (long)count - 1)] = exact_between(0, 1) != 0 ? 0 : UINT64_MAX;
}

static void check_division(const mp_limb_t *over, size_t count, const mp_limb_t *under,
                           size_t under_count)
{
    mp_limb_t quotient[41], rest[80];
    mpz_t a, b, q, r, got;
    mpz_inits(a, b, q, r, got, NULL);
    memcpy(rest, over, (count + under_count) * sizeof *rest);
    of_limbs(a, over, count + under_count);
    of_limbs(b, under, under_count);
    mpz_tdiv_qr(q, r, a, b);
    assay__limbs_divide(quotient, (uint32_t)count, rest, under, (uint32_t)under_count);
    ck_assert_msg(mpz_cmp(q, of_limbs(got, quotient, count + 1)) == 0, "quotient of %zu limbs",
                  count);
    ck_assert_msg(mpz_cmp(r, of_limbs(got, rest, count + under_count)) == 0, "remainder");
    mpz_clears(a, b, q, r, got, NULL);
}

START_TEST(divisions_are_those_of_gmp)
{
    const mp_limb_t top = UINT64_C(1) << 63;
    mp_limb_t over[80], under[40];
    for (int i = 0; i < 200000; i++) {
        size_t count = (size_t)exact_between(1, i % 100 == 0 ? 40 : 6);
        size_t under_count = (size_t)exact_between(1, i % 100 == 0 ? 40 : 6);
        draw_limbs(over, count + under_count);
        draw_limbs(under, under_count);
        under[under_count - 1] |= top;
        if (i % 7 == 0) /* the highest limbs are equal, or differ by one */
            over[count + under_count - 1] = under[under_count - 1] - (mp_limb_t)(i % 2);
        check_division(over, count, under, under_count);
    }
    /* A guess that is too large after its correction, and one that does not fit a limb. */
    const mp_limb_t back[] = {0, 0, top, top - 1}, back_by[] = {1, 0, top};
    check_division(back, 1, back_by, 3);
    const mp_limb_t wide[] = {0, 0, UINT64_MAX, top - 1, top},
                    wide_by[] = {UINT64_MAX, UINT64_MAX, top};
    check_division(wide, 2, wide_by, 3);
}
END_TEST

START_TEST(products_are_those_of_gmp)
{
    static const uint32_t sizes[] = {1, 2, 3, 31, 255, 256, 257, 511, 512, 513, 1000};
    enum { COUNT = sizeof sizes / sizeof *sizes };
    mp_limb_t a[1000], b[1000], product[2000];
    mpz_t x, y, got;
    mpz_inits(x, y, got, NULL);
    for (int i = 0; i < COUNT * COUNT * 3; i++) {
        uint32_t na = sizes[i % COUNT], nb = sizes[i / COUNT % COUNT];
        draw_limbs(a, na);
        draw_limbs(b, nb);
        const mp_limb_t *other = i % 5 == 0 && na == nb ? a : b;
        assay__limbs_product(product, a, na, other, nb);
        mpz_mul(x, of_limbs(x, a, na), of_limbs(y, other, nb));
        ck_assert_msg(mpz_cmp(x, of_limbs(got, product, na + nb)) == 0, "%u by %u limbs", na, nb);
    }
    mpz_clears(x, y, got, NULL);
}
END_TEST

/* The canonical text as src/stats/moments.h says it, written from GMP's digits. */
static char *canonical_text(mpq_srcptr value)
{
    mpq_t rest;
    long exponent = 0;
    mpq_init(rest);
    mpq_abs(rest, value);
    for (; mpz_cmp_ui(mpq_denref(rest), 1) != 0; exponent -= 64)
        exact_scale(rest, 10, 64);
    char *digits = mpz_get_str(NULL, 10, mpq_numref(rest));
    size_t length = strlen(digits);
    for (; length > 1 && digits[length - 1] == '0'; length--)
        exponent++;
    digits[length] = '\0';
    size_t zeros = exponent > 0 ? (size_t)exponent : 0,
           places = (size_t)(exponent < 0 ? -exponent : 0);
    size_t plain = length + zeros;
    if (places > 0)
        plain = (places < length ? length : places + 1) + 1;
    char *text = calloc(length + 64, 1);
    ck_assert_ptr_nonnull(text);
    char *end = stpcpy(text, mpq_sgn(value) < 0 ? "-" : "");
    if (mpq_sgn(value) == 0) {
        stpcpy(text, "0");
    } else if (exponent != 0 && plain > 40) {
        sprintf(end, "%se%ld", digits, exponent);
    } else if (places == 0) {
        sprintf(end, "%s%.*s", digits, (int)zeros, "0000000000000000000000000000000000000000");
    } else if (places < length) {
        sprintf(end, "%.*s.%s", (int)(length - places), digits, digits + length - places);
    } else {
        sprintf(end, "0.%.*s%s", (int)(places - length), "0000000000000000000000000000000000000000",
                digits);
    }
    mpq_clear(rest);
    free(digits);
    return text;
}

static void check_text(const exact *number, mpq_srcptr value)
{
    struct assay_error err;
    struct assay__text text = {0};
    char *want = canonical_text(value);
    assert_ok(assay__exact_write(number, &text, &err), &err);
    ck_assert_str_eq(text.data, want);
    assay__text_release(&text);
    free(want);
}

static void check_limbs(mpz_srcptr integer, int32_t exponent, uint32_t count)
{
    mpq_t value;
    uint64_t limbs[16] = {0};
    struct assay__text text = {0};
    mpz_export(limbs, NULL, -1, sizeof *limbs, 0, 0, integer);
    if (mpz_sgn(integer) < 0)
        mpn_neg(limbs, limbs, count);
    mpq_init(value);
    mpq_set_z(value, integer);
    exact_scale(value, 10, exponent);
    char *want = canonical_text(value);
    assay__limbs_write(limbs, count, exponent, &text);
    ck_assert_str_eq(text.data, want);
    assay__text_release(&text);
    mpq_clear(value);
    free(want);
}

START_TEST(texts_are_canonical)
{
    exact number;
    mpq_t value;
    mpz_t mantissa;
    mpq_init(value);
    mpz_init(mantissa);
    assay__exact_init(&number);
    for (int i = 0; i < 2000; i++) {
        exact_draw(&number, value);
        check_text(&number, value);
    }
    /* Near the lengths at which the form changes. */
    for (int i = 0; i < 2000; i++) {
        exact_draw_bits(mantissa, (unsigned long)exact_between(1, 140));
        long exponent = exact_between(-45, 45);
        exact_set(&number, mantissa, exponent, exponent);
        mpq_set_z(value, mantissa);
        exact_scale(value, 10, exponent);
        check_text(&number, value);
    }
    /* The same from two's complement. */
    for (int i = 0; i < 2000; i++) {
        exact_draw_bits(mantissa, (unsigned long)exact_between(0, 440));
        int32_t exponent = (int32_t)exact_between(-45, 45);
        check_limbs(mantissa, exponent, 7);
    }
    /* Long ones, which are written block by block; digits 0 and 9 in rows of a block and more. */
    for (int i = 0; i < 40; i++) {
        exact_draw_bits(mantissa, (unsigned long)exact_between(2000, 60000));
        if (i % 2 == 0) {
            mpz_ui_pow_ui(mantissa, 10,
                          (unsigned long)(308 * exact_between(1, 20) + exact_between(-1, 1)));
            mpz_sub_ui(mantissa, mantissa, (unsigned long)exact_between(0, 1));
        }
        exact_set(&number, mantissa, 0, 0);
        mpq_set_z(value, mantissa);
        check_text(&number, value);
    }
    assay__exact_clear(&number);
    mpq_clear(value);
    mpz_clear(mantissa);
}
END_TEST

START_TEST(decimals_are_read_exactly)
{
    char digits[4097];
    exact number;
    mpq_t value;
    mpq_init(value);
    assay__exact_init(&number);
    for (int i = 0; i < 500; i++) {
        size_t length = (size_t)exact_between(1, i % 20 == 0 ? 4096 : 60);
        for (size_t k = 0; k < length; k++)
            digits[k] = (char)('0' + (k < (size_t)(i % 5) ? 0 : exact_between(0, 9)));
        digits[length] = '\0';
        struct assay_decimal decimal = {.mantissa = i % 2 == 0 ? 1 : -1,
                                        .exponent = (int32_t)exact_between(-10000, 10000),
                                        .digit_count = (uint32_t)length,
                                        .digits = digits};
        if (i % 3 == 0)
            decimal = (struct assay_decimal){.mantissa = (int64_t)exact_random(),
                                             .exponent = (int32_t)exact_between(-30, 30)};
        if (i == 3)
            decimal.mantissa = INT64_MIN;
        mpz_set_si(mpq_numref(value), decimal.mantissa);
        if (decimal.digits != NULL) {
            mpz_set_str(mpq_numref(value), digits, 10);
            if (decimal.mantissa < 0)
                mpq_neg(value, value);
        }
        mpz_set_ui(mpq_denref(value), 1);
        exact_scale(value, 10, decimal.exponent);
        assay__exact_set_decimal(&number, &decimal);
        exact_check(&number, value, "a decimal");
    }
    assay__exact_clear(&number);
    mpq_clear(value);
}
END_TEST

START_TEST(limbs_are_twos_complement)
{
    exact number;
    mpq_t value;
    mpz_t wrap;
    mpq_init(value);
    mpz_init(wrap);
    assay__exact_init(&number);
    for (int i = 0; i < 2000; i++) {
        uint64_t limbs[9] = {0};
        uint32_t count = (uint32_t)exact_between(1, 9);
        draw_limbs(limbs, count);
        if (i < 9) { /* the least number, 1000..., and 0 */
            memset(limbs, 0, sizeof limbs);
            limbs[count - 1] = i < 5 ? UINT64_C(1) << 63 : 0;
        }
        long twos = exact_between(-400, 400), fives = exact_between(-9, 9);
        mpq_set_ui(value, 0, 1);
        of_limbs(mpq_numref(value), limbs, count);
        mpz_ui_pow_ui(wrap, 2, 64 * count);
        if (limbs[count - 1] >> 63 != 0)
            mpz_sub(mpq_numref(value), mpq_numref(value), wrap);
        exact_scale(value, 2, twos);
        exact_scale(value, 5, fives);
        assay__exact_set_u64(&number, 0);
        assay__exact_add_limbs(&number, limbs, count, (int32_t)twos, (int32_t)fives);
        exact_check(&number, value, "an integer");
    }
    assay__exact_clear(&number);
    mpq_clear(value);
    mpz_clear(wrap);
}
END_TEST

START_TEST(common_multiples_grow_and_divide)
{
    exact multiple, part;
    mpz_t want;
    mpq_t value;
    mpz_init(want);
    mpq_init(value);
    assay__exact_init(&multiple);
    assay__exact_init(&part);
    for (int i = 0; i < 50; i++) {
        uint64_t numbers[60];
        mpz_set_ui(want, 1);
        assay__exact_set_u64(&multiple, 1);
        for (int k = 0; k < 60; k++) {
            uint64_t n = numbers[k] = (exact_random() >> exact_between(0, 63)) + (k % 2 == 0);
            if (n == 0)
                n = numbers[k] = 12;
            mpz_lcm_ui(want, want, n);
            assay__exact_mul_u64(&multiple, n / assay__exact_gcd_u64(&multiple, n));
        }
        mpq_set_z(value, want);
        exact_check(&multiple, value, "a common multiple");
        for (int k = 0; k < 60; k++) {
            assay__exact_set(&part, &multiple);
            assay__exact_div_u64(&part, numbers[k]);
            mpz_divexact_ui(mpq_numref(value), want, numbers[k]);
            exact_check(&part, value, "a part of it");
        }
    }
    assay__exact_clear(&multiple);
    assay__exact_clear(&part);
    mpz_clear(want);
    mpq_clear(value);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, sums_and_products_are_exact);
    tcase_add_test(cases, sums_cancel_whatever_the_exponents);
    tcase_add_test(cases, divisions_are_those_of_gmp);
    tcase_add_test(cases, products_are_those_of_gmp);
    tcase_add_test(cases, texts_are_canonical);
    tcase_add_test(cases, decimals_are_read_exactly);
    tcase_add_test(cases, limbs_are_twos_complement);
    tcase_add_test(cases, common_multiples_grow_and_divide);
}

int main(void)
{
    return test_main("exact_number", add);
}
