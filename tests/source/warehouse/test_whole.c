/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Decimals of hundreds of digits: texts, products and sums against GMP, and what is refused. */
#include "test.h"

#include <gmp.h>

#include "source/warehouse/whole.h"

enum { ROUNDS = 20000 };

static uint64_t state = 12345;

static uint64_t draw(uint64_t below)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (state >> 33) % below;
}

static void check_text(const char *text, const char *want)
{
    struct assay__whole number;
    char out[ASSAY__WHOLE_TEXT];
    ck_assert_msg(assay__whole_read(text, strlen(text), &number), "%s is not read", text);
    size_t length = assay__whole_write(&number, out);
    ck_assert_msg(length == strlen(want) && memcmp(out, want, length) == 0, "%s gives %.*s", text,
                  (int)length, out);
}

START_TEST(decimals_are_written_with_all_their_digits)
{
    check_text("0", "0");
    check_text("-0.00", "0");
    check_text("+12", "12");
    check_text("-12.50", "-12.50");
    check_text(".05", "0.05");
    check_text("7.", "7");
    check_text("1.5e3", "1500");
    check_text("-1.25E-3", "-0.00125");
    check_text("000999999999999999999999999999999999999", "999999999999999999999999999999999999");
    check_text("1000000000000000000000000000000000000", "1000000000000000000000000000000000000");
}
END_TEST

START_TEST(other_texts_are_no_numbers)
{
    static const char *const TEXTS[] = {"",    "-",  ".",  "1.2.3", "1e",    "1e+",    "e5",
                                        "0x1", "1 ", " 1", "nan",   "1e999", "1e-999", "--1"};
    struct assay__whole number;
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++)
        ck_assert_msg(!assay__whole_read(TEXTS[i], strlen(TEXTS[i]), &number), "%s", TEXTS[i]);
    char digits[ASSAY__WHOLE_LIMBS * 18 + 1];
    memset(digits, '9', sizeof digits);
    ck_assert(assay__whole_read(digits, sizeof digits - 1, &number));
    ck_assert(!assay__whole_read(digits, sizeof digits, &number));
}
END_TEST

/* Up to 60 digits, often nines and zeros, so that carries go far. */
static void draw_number(char out[64])
{
    size_t length = 0, count = 1 + draw(60);
    if (draw(2) == 0)
        out[length++] = '-';
    uint64_t style = draw(3);
    for (size_t i = 0; i < count; i++)
        out[length++] = (char)('0' + (style == 0 ? 9 : style == 1 ? draw(2) * 9 : draw(10)));
    out[length] = '\0';
}

static void check_same(const struct assay__whole *number, const mpz_t want)
{
    char text[ASSAY__WHOLE_TEXT], *expected = mpz_get_str(NULL, 10, want);
    size_t length = assay__whole_write(number, text);
    ck_assert_msg(length == strlen(expected) && memcmp(text, expected, length) == 0,
                  "%.*s is not %s", (int)length, text, expected);
    free(expected);
}

START_TEST(products_and_sums_are_those_of_gmp)
{
    mpz_t a, b, total;
    struct assay__whole_sum sum = {0};
    struct assay__whole out;
    mpz_inits(a, b, total, NULL);
    for (int i = 0; i < ROUNDS; i++) {
        char x[64], y[64];
        struct assay__whole p, q;
        int sign = draw(4) == 0 ? -1 : 1;
        draw_number(x);
        draw_number(y);
        mpz_set_str(a, x, 10);
        mpz_set_str(b, y, 10);
        ck_assert(assay__whole_read(x, strlen(x), &p) && assay__whole_read(y, strlen(y), &q));
        ck_assert(assay__whole_multiply(&p, &q, &out));
        mpz_mul(b, a, b);
        check_same(&out, b);
        ck_assert(assay__whole_add(&sum, &out, sign));
        (sign < 0 ? mpz_sub : mpz_add)(total, total, b);
        if (i % 7 == 0) {
            ck_assert(assay__whole_total(&sum, &out));
            check_same(&out, total);
        }
    }
    mpz_clears(a, b, total, NULL);
}
END_TEST

START_TEST(what_is_too_long_or_broken_is_no_sum)
{
    struct assay__whole_sum sum = {0};
    struct assay__whole half, large, product;
    char digits[ASSAY__WHOLE_LIMBS * 18];
    ck_assert(assay__whole_read("0.5", 3, &half));
    ck_assert(!assay__whole_add(&sum, &half, 1));
    memset(digits, '9', sizeof digits);
    ck_assert(assay__whole_read(digits, sizeof digits, &large));
    ck_assert(!assay__whole_multiply(&large, &large, &product));
    ck_assert(assay__whole_add(&sum, &large, 1) && assay__whole_total(&sum, &product));
    ck_assert(assay__whole_add(&sum, &large, 1));
    ck_assert(!assay__whole_total(&sum, &product));
    struct assay__whole least = assay__whole_of(INT64_MIN);
    char text[ASSAY__WHOLE_TEXT];
    size_t length = assay__whole_write(&least, text);
    ck_assert(length == 20 && memcmp(text, "-9223372036854775808", length) == 0);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, decimals_are_written_with_all_their_digits);
    tcase_add_test(cases, other_texts_are_no_numbers);
    tcase_add_test(cases, products_and_sums_are_those_of_gmp);
    tcase_add_test(cases, what_is_too_long_or_broken_is_no_sum);
}

int main(void)
{
    return test_main("whole", add);
}
