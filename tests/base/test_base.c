/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "test.h"

#include "base/arena.h"
#include "base/digest.h"
#include "base/error.h"
#include "base/nearest.h"
#include "base/text.h"
#include "base/utf8.h"
#include "exact/float320.h"

START_TEST(status_ids_and_exit_codes_are_those_of_the_table)
{
    ck_assert_str_eq(assay_status_id(ASSAY_ERROR_NO_INPUT), "no-input");
    ck_assert_int_eq(assay_status_exit_code(ASSAY_ERROR_PLAN), 78);
    ck_assert_int_eq(assay_status_exit_code(ASSAY_OK), 0);
    ck_assert_str_eq(assay_status_id((enum assay_status)999), "internal");
    for (int i = 0; i < ASSAY__STATUS_COUNT; i++)
        ck_assert_uint_gt(strlen(assay_status_sentence((enum assay_status)i)), 4);
}
END_TEST

START_TEST(fail_at_keeps_place_and_message_and_accepts_null)
{
    struct assay_error err;
    ck_assert_int_eq(assay__fail_at(&err, ASSAY_ERROR_DATA, "a.csv", 3, 7, "bad %d", 5),
                     ASSAY_ERROR_DATA);
    ck_assert_str_eq(err.message, "bad 5");
    ck_assert_str_eq(err.file, "a.csv");
    ck_assert_uint_eq(err.line, 3);
    ck_assert_uint_eq(err.column, 7);
    ck_assert_int_eq(assay__fail(NULL, ASSAY_ERROR_IO, "x"), ASSAY_ERROR_IO);
}
END_TEST

START_TEST(fail_cuts_a_long_message_between_characters)
{
    struct assay_error err;
    char long_text[2001];
    for (size_t i = 0; i < 2000; i += 2)
        memcpy(long_text + i, "\xc3\xa4", 2);
    long_text[2000] = '\0';
    assay__fail(&err, ASSAY_ERROR_DATA, "x%s", long_text);
    size_t length = strlen(err.message);
    ck_assert_uint_lt(length, sizeof err.message);
    ck_assert_uint_eq(length % 2, 1); /* "x" and whole two-byte characters */
}
END_TEST

/* What a message shows of a text ends between two characters. */
START_TEST(shown_text_ends_before_the_character_that_does_not_fit)
{
    static const struct {
        int ascii;
        const char *character;
        int shown;
    } CASES[] = {{99, "\xC3\xA4", 99},         {98, "\xC3\xA4", 100},
                 {98, "\xE2\x82\xAC", 98},     {97, "\xE2\x82\xAC", 100},
                 {97, "\xF0\x9F\x98\x80", 97}, {96, "\xF0\x9F\x98\x80", 100}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char text[128];
        memset(text, 'x', sizeof text);
        snprintf(text + CASES[i].ascii, sizeof text - (size_t)CASES[i].ascii, "%syyy",
                 CASES[i].character);
        ck_assert_int_eq(assay__utf8_shown(text, strlen(text)), CASES[i].shown);
    }
    ck_assert_int_eq(assay__utf8_shown("abc", 3), 3);
}
END_TEST

START_TEST(arena_gives_zeroed_memory_and_refuses_overflow)
{
    struct assay__arena arena = {0};
    unsigned char *bytes = assay__arena_alloc(&arena, 100000);
    ck_assert_ptr_nonnull(bytes);
    for (size_t i = 0; i < 100000; i++)
        ck_assert_uint_eq(bytes[i], 0);
    ck_assert_ptr_null(assay__arena_array(&arena, SIZE_MAX / 2, 3));
    ck_assert_str_eq(assay__arena_format(&arena, "%s-%d", "a", 7), "a-7");
    ck_assert_str_eq(assay__arena_copy(&arena, "abc", 2), "ab");
    assay__arena_release(&arena);
}
END_TEST

START_TEST(arena_prints_texts_of_any_length_whole)
{
    struct assay__arena arena = {0};
    char letters[601];
    memset(letters, 'x', sizeof letters);
    for (int length = 0; length <= 600; length++) {
        const char *text = assay__arena_format(&arena, "%.*s", length, letters);
        ck_assert_uint_eq(strlen(text), (size_t)length);
        ck_assert_uint_eq(strspn(text, "x"), (size_t)length);
    }
    assay__arena_release(&arena);
}
END_TEST

START_TEST(text_grows_and_is_taken)
{
    struct assay__text text = {0};
    for (int i = 0; i < 1000; i++)
        assay__text_format(&text, "%d,", i);
    char *bytes;
    size_t length;
    struct assay_error err;
    assert_ok(assay__text_take(&text, &bytes, &length, &err), &err);
    ck_assert_uint_eq(length, 10 * 2 + 90 * 3 + 900 * 4);
    ck_assert_uint_eq(strlen(bytes), length);
    free(bytes);
}
END_TEST

START_TEST(text_reserves_what_it_is_told)
{
    struct assay__text text = {0};
    assay__text_reserve(&text, 5000);
    ck_assert_uint_eq(text.capacity, 5001);
    ck_assert_uint_eq(text.length, 0);
    char *data = text.data;
    for (int i = 0; i < 5000; i++)
        assay__text_putc(&text, 'x');
    ck_assert_ptr_eq(text.data, data);
    ck_assert_uint_eq(strlen(text.data), 5000);
    assay__text_reserve(&text, 0);
    ck_assert_uint_eq(text.capacity, 5001);
    assay__text_append(&text, "yz", 2);
    ck_assert_str_eq(text.data + 4999, "xyz");
    assay__text_reserve(&text, SIZE_MAX - 1);
    ck_assert(text.failed);
    assay__text_release(&text);
}
END_TEST

START_TEST(sha256_of_abc_is_the_published_one)
{
    char hex[65];
    assay__sha256_hex("abc", 3, hex);
    ck_assert_str_eq(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}
END_TEST

START_TEST(nearest_finds_a_typo_and_nothing_far)
{
    const char *const words[] = {"spend", "visit", "conversion"};
    ck_assert_str_eq(assay__nearest("spned", 5, words, 3), "spend");
    ck_assert_str_eq(assay__nearest("Conversions", 11, words, 3), "conversion");
    ck_assert_ptr_null(assay__nearest("revenue", 7, words, 3));
}
END_TEST

START_TEST(wide_keeps_320_bits_and_rounds_once)
{
    struct assay__wide third = assay__wide_div(assay__wide_of(1.0), assay__wide_of(3.0));
    assert_close(assay__wide_double(third), 1.0 / 3.0, 0.0);
    struct assay__wide big = assay__wide_of(1e12);
    struct assay__wide sum = assay__wide_add(big, assay__wide_of(1e-9));
    assert_close(assay__wide_double(assay__wide_sub(sum, big)), 1e-9, 0.0);
    struct assay__wide tiny = assay__wide_square(assay__wide_of(1e-200));
    ck_assert_int_eq(assay__wide_sign(tiny), 1);
    assert_close(assay__wide_double(assay__wide_sqrt(tiny)), 1e-200, 0.0);
    assert_close(assay__wide_double(assay__wide_of_u64(UINT64_MAX)), 18446744073709551616.0, 0.0);
    assert_close(assay__wide_double(assay__wide_scale10(assay__wide_of(15.0), -1)), 1.5, 0.0);
    ck_assert(assay__wide_is_nan(assay__wide_div(assay__wide_zero(), assay__wide_zero())));
    ck_assert_int_lt(assay__wide_compare(assay__wide_neg(big), big), 0);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, status_ids_and_exit_codes_are_those_of_the_table);
    tcase_add_test(cases, fail_at_keeps_place_and_message_and_accepts_null);
    tcase_add_test(cases, fail_cuts_a_long_message_between_characters);
    tcase_add_test(cases, shown_text_ends_before_the_character_that_does_not_fit);
    tcase_add_test(cases, arena_gives_zeroed_memory_and_refuses_overflow);
    tcase_add_test(cases, arena_prints_texts_of_any_length_whole);
    tcase_add_test(cases, text_grows_and_is_taken);
    tcase_add_test(cases, text_reserves_what_it_is_told);
    tcase_add_test(cases, sha256_of_abc_is_the_published_one);
    tcase_add_test(cases, nearest_finds_a_typo_and_nothing_far);
    tcase_add_test(cases, wide_keeps_320_bits_and_rounds_once);
}

int main(void)
{
    return test_main("base", add);
}
