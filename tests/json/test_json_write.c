/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "test.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <locale.h>

#include "json/json_write.h"
#include "base/utf8.h"
#include "strict_json.h"

static void assert_text(struct assay__text *text, const char *wanted)
{
    ck_assert(!text->failed);
    ck_assert_str_eq(text->data, wanted);
    assay__text_release(text);
}

static void write_sample(struct assay__json *json)
{
    assay__json_begin(json, '{');
    assay__json_member_string(json, "id", "a");
    assay__json_member_begin(json, "empty", '[');
    assay__json_end(json, ']');
    assay__json_member_begin(json, "list", '[');
    assay__json_count(json, 3);
    assay__json_begin(json, '{');
    assay__json_end(json, '}');
    assay__json_begin(json, '{');
    assay__json_member_boolean(json, "yes", true);
    assay__json_member_boolean(json, "no", false);
    assay__json_end(json, '}');
    assay__json_end(json, ']');
    assay__json_member_number(json, "x", 0.1);
    assay__json_end(json, '}');
}

START_TEST(nesting_puts_commas_where_they_belong)
{
    struct assay__text text = {0};
    struct assay__json json = {.out = &text};
    write_sample(&json);
    assert_text(&text, "{\"id\":\"a\",\"empty\":[],\"list\":[3,{},{\"yes\":true,\"no\":false}],"
                       "\"x\":0.1}");
}
END_TEST

START_TEST(pretty_indents_by_two_and_keeps_empty_ones_closed)
{
    struct assay__text text = {0};
    struct assay__json json = {.out = &text, .pretty = true};
    write_sample(&json);
    assert_text(&text, "{\n  \"id\": \"a\",\n  \"empty\": [],\n  \"list\": [\n    3,\n    {},\n"
                       "    {\n      \"yes\": true,\n      \"no\": false\n    }\n  ],\n"
                       "  \"x\": 0.1\n}");
}
END_TEST

START_TEST(strings_escape_exactly_what_must_be)
{
    struct assay__text text = {0};
    struct assay__json json = {.out = &text};
    assay__json_bytes(&json, "\"\\/\b\f\n\r\t\x01\x1f\x7f\0z<\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80",
                      23);
    assert_text(&text, "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\\u0000z<"
                       "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\"");
}
END_TEST

/* Every byte and every kind of character at each place of strings around the blocks of 8 and 16. */
static void write_slowly(const char *bytes, size_t length, struct assay__text *out)
{
    assay__text_putc(out, '"');
    for (size_t at = 0, size; at < length; at += size) {
        uint32_t code_point;
        size = assay__utf8_next(bytes + at, length - at, &code_point);
        bool may_be_letter = size == 1 && bytes[at] != '\0';
        const char *letter = may_be_letter ? strchr("\"\"\\\\\bb\ff\nn\rr\tt", bytes[at]) : NULL;
        if (code_point == ASSAY__UTF8_INVALID)
            assay__text_puts(out, "\xef\xbf\xbd");
        else if (letter != NULL && ((unsigned char)bytes[at] < 0x20 || strchr("\"\\", bytes[at])))
            assay__text_format(out, "\\%c", letter[1]);
        else if (code_point < 0x20)
            assay__text_format(out, "\\u%04x", (unsigned)code_point);
        else
            assay__text_append(out, bytes + at, size);
    }
    assay__text_putc(out, '"');
}

START_TEST(strings_of_all_lengths_with_a_special_at_each_place)
{
    static const char *const CHARACTERS[] = {"\xc3\xa4", "\xe4\xb8\xad", "\xf0\x9f\x98\x80",
                                             "\xe2\x82", "\n\"",         "\\\xff"};
    struct assay__text got = {0}, wanted = {0};
    for (size_t length = 1; length < 42; length++)
        for (size_t place = 0; place < length; place++)
            for (unsigned special = 0; special < 256 + 6; special++) {
                char bytes[48];
                struct assay__json json = {.out = &got};
                memset(bytes, 'x', sizeof bytes);
                if (special < 256)
                    bytes[place] = (char)special;
                else
                    memcpy(bytes + place, CHARACTERS[special - 256],
                           strlen(CHARACTERS[special - 256]));
                got.length = wanted.length = 0;
                assay__json_bytes(&json, bytes, length);
                write_slowly(bytes, length, &wanted);
                ck_assert_str_eq(got.data, wanted.data);
            }
    assay__text_release(&got);
    assay__text_release(&wanted);
}
END_TEST

START_TEST(counts_are_written_whole)
{
    struct assay__text text = {0};
    char wanted[32];
    uint64_t count = 1;
    for (int i = 0; i < 64; i++, count *= 2)
        for (int offset = -1; offset < 2; offset++) {
            struct assay__json json = {.out = &text};
            text.length = 0;
            assay__json_count(&json, count + (uint64_t)offset);
            snprintf(wanted, sizeof wanted, "%" PRIu64, count + (uint64_t)offset);
            ck_assert_str_eq(text.data, wanted);
        }
    struct assay__json json = {.out = &text};
    text.length = 0;
    assay__json_count(&json, UINT64_MAX);
    assert_text(&text, "18446744073709551615");
}
END_TEST

#define FFFD "\xef\xbf\xbd"

static const struct {
    const char *bytes, *wanted;
    /* clang-format off */
} invalid_cases[] = {
    {"a\xff" "b", "a" FFFD "b"},
    {"\x80\xbf", FFFD FFFD},
    {"\xc0\xaf", FFFD FFFD},                         /* overlong slash */
    {"\xc3", FFFD},                                  /* cut at the end */
    {"\xe2\x82" "x", FFFD "x"},                      /* one replacement for the maximal part */
    {"\xe0\x80\x80", FFFD FFFD FFFD},                /* overlong */
    {"\xed\xa0\x80", FFFD FFFD FFFD},                /* surrogate */
    {"\xf4\x90\x80\x80", FFFD FFFD FFFD FFFD},       /* beyond U+10FFFF */
    {"\xf0\x9f\x98" "\"", FFFD "\\\""},              /* the quote is not swallowed */
    {"\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf"},        /* the last code point is fine */
    {"\xee\x80\x80\xef\xbf\xbf", "\xee\x80\x80\xef\xbf\xbf"},
};
/* clang-format on */

START_TEST(bytes_that_are_no_utf8_become_replacement_characters)
{
    for (size_t i = 0; i < sizeof invalid_cases / sizeof *invalid_cases; i++) {
        struct assay__text text = {0};
        struct assay__json json = {.out = &text};
        char wanted[64];
        snprintf(wanted, sizeof wanted, "\"%s\"", invalid_cases[i].wanted);
        assay__json_string(&json, invalid_cases[i].bytes);
        ck_assert_ptr_null(strict_json_error(text.data, text.length, false));
        assert_text(&text, wanted);
    }
}
END_TEST

START_TEST(every_pair_and_triple_of_bytes_gives_strict_json)
{
    struct assay__text text = {0};
    for (unsigned i = 0; i < 0x1000000; i += i < 0x10000 ? 1 : 251) {
        const char bytes[3] = {(char)(i & 0xFF), (char)(i >> 8 & 0xFF), (char)(i >> 16)};
        struct assay__json json = {.out = &text};
        text.length = 0;
        assay__json_bytes(&json, bytes, i < 0x10000 ? 2 : 3);
        const char *error = strict_json_error(text.data, text.length, false);
        ck_assert_msg(error == NULL, "%06x: %s", i, error);
    }
    assay__text_release(&text);
}
END_TEST

START_TEST(numbers_read_back_equal)
{
    /* clang-format off */
    static const double values[] = {0.1 + 0.2,  1e15,   1e22,       123456789012345678.0,
                                    5e-324,     0.0,    1.0 / 3.0,  1.7976931348623157e308,
                                    1e-5,       -1e21,  4503599627370497.5, 100};
    /* clang-format on */
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        struct assay__text text = {0};
        struct assay__json json = {.out = &text};
        assay__json_number(&json, values[i]);
        ck_assert_ptr_null(strict_json_error(text.data, text.length, false));
        double back = strtod(text.data, NULL);
        ck_assert_msg(memcmp(&back, &values[i], sizeof back) == 0, "%s", text.data);
        assay__text_release(&text);
    }
}
END_TEST

START_TEST(a_decimal_comma_locale_changes_nothing)
{
    if (setlocale(LC_ALL, "de_DE.UTF-8") == NULL)
        setlocale(LC_ALL, "de_DE");
    struct assay__text text = {0};
    struct assay__json json = {.out = &text};
    assay__json_number(&json, 2.385);
    setlocale(LC_ALL, "C");
    assert_text(&text, "2.385");
}
END_TEST

START_TEST(members_without_a_value_are_not_written)
{
    struct assay__text text = {0};
    struct assay__json json = {.out = &text};
    assay__json_begin(&json, '{');
    assay__json_member_number(&json, "a", NAN);
    assay__json_member_number(&json, "b", INFINITY);
    assay__json_member_string(&json, "c", NULL);
    assay__json_member_number(&json, "d", 2);
    assay__json_member_nullable(&json, "e", -INFINITY);
    assay__json_member_nullable(&json, "f", 0.5);
    assay__json_end(&json, '}');
    assert_text(&text, "{\"d\":2,\"e\":null,\"f\":0.5}");
}
END_TEST

START_TEST(counts_keep_all_digits)
{
    struct assay__text text = {0};
    struct assay__json json = {.out = &text};
    assay__json_begin(&json, '[');
    assay__json_count(&json, UINT64_MAX);
    assay__json_null(&json);
    assay__json_end(&json, ']');
    assert_text(&text, "[18446744073709551615,null]");
}
END_TEST

START_TEST(cjson_reads_what_was_written)
{
    struct assay__text text = {0};
    struct assay__json json = {.out = &text, .pretty = true};
    assay__json_begin(&json, '{');
    assay__json_member_string(&json, "<script>\n\"", "tab\there \xe2\x82\xac");
    assay__json_end(&json, '}');
    cJSON *document = cJSON_ParseWithLengthOpts(text.data, text.length + 1, NULL, 1);
    ck_assert_ptr_nonnull(document);
    ck_assert_str_eq(document->child->string, "<script>\n\"");
    ck_assert_str_eq(document->child->valuestring, "tab\there \xe2\x82\xac");
    cJSON_Delete(document);
    assay__text_release(&text);
}
END_TEST

START_TEST(strict_judge_refuses_what_is_not_json)
{
    /* clang-format off */
    static const char *const wrong[] = {
        "",      "{",      "[1,]",    "{\"a\":1,}", "{\"a\" 1}", "01",   "1.",    ".5",
        "1e",    "+1",     "NaN",     "Infinity",   "null",      "tru",  "\"\x01\"", "\"\\x\"",
        "\"\xff\"", "\"\xc0\xaf\"", "\"\xed\xa0\x80\"", "\"\\ud800\"", "{\"a\":1,\"a\":2}",
        "1 2",   "[1 2]",  "'a'",     "{a:1}",      "\"",        "-",    "{}x",   "1\n\n"};
    /* clang-format on */
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        ck_assert_msg(strict_json_error(wrong[i], strlen(wrong[i]), false) != NULL, "%s", wrong[i]);
    ck_assert_ptr_null(strict_json_error("[null]\n", 7, true));
}
END_TEST

START_TEST(width_knows_wide_and_combining_characters)
{
    ck_assert_int_eq(assay__utf8_width('a'), 1);
    ck_assert_int_eq(assay__utf8_width(0xE4), 1);
    ck_assert_int_eq(assay__utf8_width(0x301), 0);   /* combining acute */
    ck_assert_int_eq(assay__utf8_width(0x200D), 0);  /* zero width joiner */
    ck_assert_int_eq(assay__utf8_width(0x4E2D), 2);  /* Han */
    ck_assert_int_eq(assay__utf8_width(0xAC00), 2);  /* Hangul syllable */
    ck_assert_int_eq(assay__utf8_width(0x1F600), 2); /* emoji */
    ck_assert_int_eq(assay__utf8_width(0xFF21), 2);  /* fullwidth A */
    ck_assert_int_eq(assay__utf8_width(0x2500), 1);  /* box drawing */
    ck_assert_int_eq(assay__utf8_width(0xFFFD), 1);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, nesting_puts_commas_where_they_belong);
    tcase_add_test(cases, pretty_indents_by_two_and_keeps_empty_ones_closed);
    tcase_add_test(cases, strings_escape_exactly_what_must_be);
    tcase_add_test(cases, strings_of_all_lengths_with_a_special_at_each_place);
    tcase_add_test(cases, counts_are_written_whole);
    tcase_add_test(cases, bytes_that_are_no_utf8_become_replacement_characters);
    tcase_add_test(cases, every_pair_and_triple_of_bytes_gives_strict_json);
    tcase_add_test(cases, numbers_read_back_equal);
    tcase_add_test(cases, a_decimal_comma_locale_changes_nothing);
    tcase_add_test(cases, members_without_a_value_are_not_written);
    tcase_add_test(cases, counts_keep_all_digits);
    tcase_add_test(cases, cjson_reads_what_was_written);
    tcase_add_test(cases, strict_judge_refuses_what_is_not_json);
    tcase_add_test(cases, width_knows_wide_and_combining_characters);
}

int main(void)
{
    return test_main("json_write", add);
}
