/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is shown of a server's words: secrets in each spelling, and characters that are not shown.
 */
#include "test.h"

#include "api/deliver/refusal.h"

static void check_clean(const char *bytes, const char *secret, const char *want)
{
    struct assay__text out = {0};
    assay__refusal_clean(&out, bytes, strlen(bytes), 400, &secret, 1);
    ck_assert_msg(out.data != NULL && strcmp(out.data, want) == 0,
                  "'%s' is shown as '%s', not '%s'", bytes, out.data, want);
    assay__text_release(&out);
}

/* Every character that a token may have, 9 of each in a row being a secret. */
static const char CHARACTERS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._"
                                 "~+/=!\"#$%&'()*,:;<>?@[]^`{|}";
enum { SPELLINGS = 9 };

/* Appends a character in one of the spellings. */
static void spell(struct assay__text *out, int spelling, unsigned c)
{
    switch (spelling) {
    case 0:
        assay__text_format(out, "%%%02x", c);
        break;
    case 1:
        assay__text_format(out, "%%%02X", c);
        break;
    case 2:
        assay__text_format(out, "\\u%04x", c);
        break;
    case 3:
        assay__text_format(out, "\\u%04X", c);
        break;
    case 4:
        assay__text_format(out, "&#%u;", c);
        break;
    case 5:
        assay__text_format(out, "&#0%u;", c);
        break;
    case 6:
        assay__text_format(out, "&#x%x;", c);
        break;
    case 7:
        assay__text_format(out, "&#X%X;", c);
        break;
    default:
        assay__text_format(out, "&#x00%x;", c);
        break;
    }
}

START_TEST(a_secret_is_found_in_each_spelling)
{
    for (const char *c = CHARACTERS; *c != '\0'; c++)
        for (int spelling = 0; spelling < SPELLINGS; spelling++) {
            struct assay__text text = {0}, other = {0}, shown = {0};
            char secret[10] = "";
            const char *secrets[1] = {secret};
            for (unsigned i = 0; i < 9; i++) {
                secret[i] = *c;
                spell(&text, spelling, (unsigned)*c);
                spell(&other, spelling, (unsigned)*c + (i == 4)); /* too early for a beginning */
            }
            check_clean(text.data, secret, "[secret]");
            assay__refusal_clean(&shown, other.data, other.length, 400, secrets, 1);
            ck_assert_msg(strstr(shown.data, "[secret]") == NULL, "'%s' is not '%s'", other.data,
                          secret);
            assay__text_release(&text);
            assay__text_release(&other);
            assay__text_release(&shown);
        }
}
END_TEST

START_TEST(names_of_html_and_backslashes_hide_no_secret)
{
    check_clean("&lt;&gt;&amp;&quot;&apos;", "<>&\"'", "[secret]");
    check_clean("\\/\\\"ab\\\\", "/\"ab\\", "[secret]");
    check_clean("&lt&gt;&amp;&quot;", "<>&\"", "&lt&gt;&amp;&quot;"); /* &lt without its end */
}
END_TEST

/* Nothing is read behind the end of the text, whatever spelling it breaks off in. */
START_TEST(a_secret_that_is_cut_is_found_by_its_beginning)
{
    const char *secret = "abcdefghij+k";
    check_clean("abcdefgh", secret, "[secret]");
    check_clean("abcdefg", secret, "abcdefg");
    check_clean("abcdefghij%2", secret, "[secret]%2");
    check_clean("abcdefghij\\u002", secret, "[secret]\\u002");
    check_clean("abcdefghij&#x2b", secret, "[secret]&#x2b");
    check_clean("abcdefghij&#x2b;k", secret, "[secret]");
    check_clean("abc", "abc", "abc"); /* too short to be hidden by blanking it */
    check_clean("abcd", "abcd", "[secret]");
}
END_TEST

START_TEST(characters_that_are_not_shown_are_marked)
{
    static const struct {
        const char *bytes, *want;
    } CASES[] = {
        {"a\x1F"
         "b",
         "a?b"},
        {"a b", "a b"},
        {"a~b", "a~b"},
        {"a\x7F"
         "b",
         "a?b"},
        {"\xC2\x80", "?"},
        {"\xC2\x9F", "?"},
        {"a\xC2\xA0"
         "b",
         "a b"}, /* no-break space */
        {"\xC2\xA1", "\xC2\xA1"},
        {"\xC2\xAD", "?"},
        {"\xD8\x9C", "?"},
        {"\xE2\x80\x8A", "\xE2\x80\x8A"},
        {"\xE2\x80\x8B", "?"},
        {"\xE2\x80\x8F", "?"},
        {"\xE2\x80\x90", "\xE2\x80\x90"},
        {"\xE2\x80\xA7", "\xE2\x80\xA7"},
        {"a\xE2\x80\xA8\xE2\x80\xA9"
         "b",
         "a b"}, /* line and paragraph ends */
        {"\xE2\x80\xAA", "?"},
        {"\xE2\x80\xAE", "?"},
        {"\xE2\x80\xAF", "\xE2\x80\xAF"},
        {"\xE2\x81\x9F", "\xE2\x81\x9F"},
        {"\xE2\x81\xA0", "?"},
        {"\xE2\x81\xAF", "?"},
        {"\xE2\x81\xB0", "\xE2\x81\xB0"},
        {"\xEF\xBB\xBF", "?"},
        {"\xEF\xBF\xB9", "?"},
        {"\xEF\xBF\xBB", "?"},
        {"\xEF\xBF\xBC", "\xEF\xBF\xBC"},
        {"\xF3\xA0\x80\x80", "?"},
        {"\xF3\xA0\xBF\xBF", "?"},
        {"\xF3\xA1\x80\x80", "\xF3\xA1\x80\x80"},
        {"a\xFF"
         "b",
         "a?b"},
        {"  a \t\r\n b  ", "a b"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        check_clean(CASES[i].bytes, NULL, CASES[i].want);
}
END_TEST

/* Whatever the limit, no character and no mark is cut, and "..." says that there is more. */
START_TEST(what_is_shown_stays_within_its_bytes)
{
    const char *text = "one \xC3\xA4\xC3\xB6 secret-token end", *secret = "secret-token";
    const char *whole = "one \xC3\xA4\xC3\xB6 [secret] end";
    for (size_t most = 4; most < 40; most++) {
        struct assay__text out = {0};
        assay__text_puts(&out, "before ");
        assay__refusal_clean(&out, text, strlen(text), most, &secret, 1);
        size_t length = strlen(out.data) - 7;
        ck_assert_uint_le(length, most);
        bool is_cut = strcmp(out.data + 7, whole) != 0;
        ck_assert(is_cut == (most < strlen(whole) + 3)); /* room for dots is kept to the end */
        if (is_cut) {
            ck_assert_str_eq(out.data + 7 + length - 3, "...");
            ck_assert(memcmp(out.data + 7, whole, length - 3) == 0);
            ck_assert((whole[length - 3] & 0xC0) != 0x80);
            ck_assert(length - 3 <= 9 || length - 3 >= 17); /* not within [secret] */
        }
        assay__text_release(&out);
    }
}
END_TEST

static void add_cases(TCase *c)
{
    tcase_add_test(c, a_secret_is_found_in_each_spelling);
    tcase_add_test(c, names_of_html_and_backslashes_hide_no_secret);
    tcase_add_test(c, a_secret_that_is_cut_is_found_by_its_beginning);
    tcase_add_test(c, characters_that_are_not_shown_are_marked);
    tcase_add_test(c, what_is_shown_stays_within_its_bytes);
}

int main(void)
{
    return test_main("refusal", add_cases);
}
