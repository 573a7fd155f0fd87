/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Digits of whole numbers beside those that printf writes; formats in texts that are nearly full.
 */
#include <inttypes.h>
#include <string.h>

#include "base/digits.h"
#include "base/text.h"
#include "test.h"

static void check_digits(uint64_t value)
{
    char want[32], got[32];
    snprintf(want, sizeof want, "%" PRIu64, value);
    *assay__digits_write(value, got) = '\0';
    ck_assert_str_eq(got, want);
    *assay__digits_put(value, got) = '\0';
    ck_assert_str_eq(got, want);
    struct assay__text text = {0};
    assay__text_count(&text, value);
    ck_assert_str_eq(text.data, want);
    assay__text_release(&text);
}

START_TEST(digits_are_those_of_printf)
{
    uint64_t power = 1;
    for (int i = 0; i < 20; i++, power *= 10) {
        check_digits(power - 1);
        check_digits(power);
        check_digits(power + 1);
    }
    for (uint64_t i = 0, value = 1; i < 10000; i++, value = value * 6364136223846793005u + i)
        check_digits(value >> i % 64);
    check_digits(UINT64_MAX);
}
END_TEST

START_TEST(eight_digits_have_leading_zeros)
{
    for (uint32_t value = 0; value < 100000000; value = value * 7 + 3) {
        char want[16], got[16];
        snprintf(want, sizeof want, "%08" PRIu32, value);
        *assay__digits_eight(value, got) = '\0';
        ck_assert_str_eq(got, want);
    }
}
END_TEST

static void check_sixteen(uint32_t high, uint32_t low)
{
    char want[20], got[16];
    struct assay__sixteen sixteen = assay__digits_sixteen(high, low);
    snprintf(want, sizeof want, "%08" PRIu32 "%08" PRIu32, high, low);
    assay__digits_word_put(sixteen.first, got);
    assay__digits_word_put(sixteen.second, got + 8);
    ck_assert_mem_eq(got, want, 16);
    int start = (int)strspn(want, "0"), end = 16;
    while (end > 0 && want[end - 1] == '0')
        end--;
    ck_assert_int_eq(sixteen.start, start);
    ck_assert_int_eq(sixteen.end, end);
}

START_TEST(sixteen_digits_know_where_they_begin_and_end)
{
    uint32_t value = 1;
    for (int i = 0; i < 100000; i++, value = value * 1664525 + 1013904223)
        check_sixteen(value % 100000000, value / 7 % 100000000);
    for (uint32_t power = 1; power < 100000000; power *= 10)
        for (uint32_t other = 1; other < 100000000; other *= 10) {
            check_sixteen(power - 1, other);
            check_sixteen(power, other - 1);
        }
}
END_TEST

/* A text keeps room for at least 255 bytes: formats end before, at and behind its end. */
START_TEST(formats_fit_or_grow_alike)
{
    for (int length = 240; length < 270; length++) {
        struct assay__text text = {0};
        char want[600] = "x";
        assay__text_putc(&text, 'x');
        assay__text_format(&text, "%0*d", length, 7);
        snprintf(want + 1, sizeof want - 1, "%0*d", length, 7);
        ck_assert_str_eq(text.data, want);
        ck_assert_uint_eq(text.length, strlen(want));
        assay__text_release(&text);
    }
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, digits_are_those_of_printf);
    tcase_add_test(cases, eight_digits_have_leading_zeros);
    tcase_add_test(cases, sixteen_digits_know_where_they_begin_and_end);
    tcase_add_test(cases, formats_fit_or_grow_alike);
}

int main(void)
{
    return test_main("digits", add);
}
