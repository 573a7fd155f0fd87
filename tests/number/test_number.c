/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "test.h"

#include <inttypes.h>
#include <locale.h>

#include "number/number.h"

static double double_of(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static uint64_t bits_of(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static const char *written(double value)
{
    static char text[ASSAY__NUMBER_BYTES];
    size_t length = assay__number_write(value, text);
    ck_assert_uint_eq(length, strlen(text));
    return text;
}

static double parsed(const char *text)
{
    double value = NAN;
    ck_assert_msg(assay__double_parse(text, strlen(text), &value) == ASSAY__PARSE_OK, "%s", text);
    return value;
}

/* Significant digits of a number's text and the exponent of the last, for comparing notations. */
static struct assay_decimal decimal(const char *text, char digits[ASSAY__DIGITS_MAX])
{
    struct assay_decimal out;
    ck_assert_msg(assay__decimal_parse(text, strlen(text), &out, digits) == ASSAY__PARSE_OK, "%s",
                  text);
    return out;
}

START_TEST(number_write_is_short_and_plain_where_people_expect_it)
{
    static const struct {
        double value;
        const char *text;
        /* clang-format off */
    } CASES[] = {
        {0.0, "0"},           {-0.0, "0"},         {0.1, "0.1"},
        {0.1 + 0.2, "0.30000000000000004"},         {125.0, "125"},
        {-2.385, "-2.385"},   {1e16, "10000000000000000"}, {1e17, "1e17"},
        {1e-5, "0.00001"},    {1.5e-6, "1.5e-6"},   {1e-300, "1e-300"},
        {5e-324, "5e-324"},   {1.7976931348623157e308, "1.7976931348623157e308"},
        {2.2250738585072014e-308, "2.2250738585072014e-308"},
        {9007199254740993.0, "9007199254740992"},   {1e23, "1e23"},
        {5.684341886080802e-14, "5.684341886080802e-14"}, {123456.789, "123456.789"},
    };
    /* clang-format on */
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        ck_assert_str_eq(written(CASES[i].value), CASES[i].text);
}
END_TEST

START_TEST(numbers_agree_with_the_golden_file_both_ways)
{
    char *file = test_read_file("tests/golden/number.csv", NULL);
    char ours[ASSAY__DIGITS_MAX], theirs[ASSAY__DIGITS_MAX];
    int rows = 0;
    strtok(file, "\n");
    for (char *line = strtok(NULL, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        char shortest[64];
        uint64_t bits, want;
        int at = 0;
        ck_assert_int_eq(
            sscanf(line, "%" SCNx64 ",%63[^,],%" SCNx64 ",%n", &bits, shortest, &want, &at), 3);
        const char *text = written(double_of(bits));
        struct assay_decimal a = decimal(text, ours), b = decimal(shortest, theirs);
        ck_assert_msg(a.mantissa == b.mantissa && a.exponent == b.exponent, "%s for %s", text,
                      shortest);
        ck_assert_msg(bits_of(parsed(text)) == bits, "%s reads back different", text);
        ck_assert_msg(bits_of(parsed(line + at)) == want, "%.60s... is misread", line + at);
        rows++;
    }
    ck_assert_int_ge(rows, 400);
    free(file);
}
END_TEST

START_TEST(numbers_written_read_back_equal)
{
    uint64_t state = 20261124;
    for (int i = 0; i < 200000; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        uint64_t bits = state ^ state >> 29;
        double value = double_of(bits);
        if (isnan(value) || isinf(value))
            continue;
        ck_assert_msg(bits_of(parsed(written(value))) == bits, "%.17g", value);
    }
}
END_TEST

/* As few digits as read back equal, rounded as printf rounds to as many. */
START_TEST(numbers_have_the_fewest_digits_and_the_closest)
{
    uint64_t state = 20261130;
    char ours[ASSAY__DIGITS_MAX], theirs[ASSAY__DIGITS_MAX];
    for (int i = 0; i < 60000; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        uint64_t bits = state ^ state >> 29;
        double share = (double)(bits >> 11) * 0x1p-53;
        double value = i % 3 == 0   ? double_of(bits)
                       : i % 3 == 1 ? share
                                    : round(share * 1e6) / (double)(1 + bits % 1000);
        if (value == 0.0 || !isfinite(value) || fabs(value) < 1e-300)
            continue;
        char text[64];
        int digits = 1;
        do
            snprintf(text, sizeof text, "%.*e", digits++ - 1, value);
        while (strtod(text, NULL) != value);
        struct assay_decimal a = decimal(written(value), ours), b = decimal(text, theirs);
        ck_assert_msg(a.mantissa == b.mantissa && a.exponent == b.exponent, "%s for %s",
                      written(value), text);
    }
}
END_TEST

START_TEST(number_round_is_correctly_rounded_and_plain)
{
    static const struct {
        double value;
        int digits;
        const char *text;
    } CASES[] = {
        {0.012345, 3, "0.0123"}, {1.2e-9, 2, "1.2e-9"},
        {12345.0, 3, "12300"},   {0.5, 3, "0.5"},
        {-0.0, 3, "0"},          {9.999, 3, "10"},
        {1e15, 4, "1e15"},       {999999999999999.0, 17, "999999999999999"},
        {0.00001, 2, "0.00001"}, {0.000009, 2, "9e-6"},
        {-2.5, 1, "-2"},
    };
    char text[ASSAY__NUMBER_BYTES];
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        size_t length = assay__number_round(CASES[i].value, CASES[i].digits, text);
        ck_assert_str_eq(text, CASES[i].text);
        ck_assert_uint_eq(length, strlen(text));
    }
}
END_TEST

/* Beside printf, which rounds the exact value: halves of the last digit, rows of nines, any bits.
 */
START_TEST(number_round_agrees_with_printf)
{
    uint64_t bits = 1;
    for (int i = 0; i < 9000; i++) {
        double value;
        bits = bits * 6364136223846793005u + 1442695040888963407u;
        memcpy(&value, &bits, sizeof value);
        if (i % 3 == 1)
            value = (double)(bits >> 40) * 10.0 + 5.0;
        else if (i % 3 == 2)
            value = 1.0 - 1.0 / (double)(1 + (bits >> 34));
        if (!isfinite(value))
            continue;
        for (int digits = 1; digits <= 17; digits++) {
            char text[ASSAY__NUMBER_BYTES], want[64];
            assay__number_round(value, digits, text);
            snprintf(want, sizeof want, "%.*e", digits - 1, value);
            ck_assert_msg(strtod(text, NULL) == strtod(want, NULL), "%s, not %s", text, want);
        }
    }
}
END_TEST

START_TEST(decimal_parse_reduces_to_one_form)
{
    static const struct {
        const char *text;
        int64_t mantissa;
        int32_t exponent;
        /* clang-format off */
    } CASES[] = {
        {"0", 0, 0},        {"-0.000e5", 0, 0},  {"0e999999999999", 0, 0}, {"100", 1, 2},
        {"1e2", 1, 2},      {"29.00", 29, 0},    {"-142.44", -14244, -2},  {"+.5", 5, -1},
        {"5.", 5, 0},       {"000123.4500", 12345, -2},                    {"1E-10000", 1, -10000},
        {"123456789012345678", 123456789012345678, 0},                     {"0.0010", 1, -3},
        {"1e+3", 1, 3},     {"10e-1", 1, 0},     {"1000000000000000000000", 1, 21},
    };
    /* clang-format on */
    char digits[ASSAY__DIGITS_MAX];
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct assay_decimal out = decimal(CASES[i].text, digits);
        ck_assert_msg(out.mantissa == CASES[i].mantissa && out.exponent == CASES[i].exponent, "%s",
                      CASES[i].text);
        ck_assert_ptr_null(out.digits);
    }
}
END_TEST

START_TEST(decimal_parse_keeps_long_numbers_exactly)
{
    char digits[ASSAY__DIGITS_MAX];
    struct assay_decimal out = decimal("-0001234567890.1234567891000", digits);
    ck_assert_int_eq(out.mantissa, -1);
    ck_assert_int_eq(out.exponent, -10);
    ck_assert_uint_eq(out.digit_count, 20);
    ck_assert_mem_eq(out.digits, "12345678901234567891", 20);
}
END_TEST

START_TEST(numbers_refuse_what_is_not_one)
{
    static const char *const WRONG[] = {
        "",   "+",   "-",   ".",     "e5",  "1e",    "1e+",   "1,5",      "0x1", "1 ",
        " 1", "nan", "inf", "1.2.3", "--1", "1e5.0", "1_000", "\xd9\xa1", "1d5", "Infinity"};
    char digits[ASSAY__DIGITS_MAX];
    struct assay_decimal out;
    double value;
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        size_t length = strlen(WRONG[i]);
        ck_assert_msg(assay__decimal_parse(WRONG[i], length, &out, digits) == ASSAY__PARSE_SYNTAX,
                      "%s", WRONG[i]);
        ck_assert_msg(assay__double_parse(WRONG[i], length, &value) == ASSAY__PARSE_SYNTAX, "%s",
                      WRONG[i]);
    }
}
END_TEST

START_TEST(numbers_out_of_range_are_told_apart)
{
    char digits[ASSAY__DIGITS_MAX];
    struct assay_decimal out;
    double value;
    ck_assert_int_eq(assay__decimal_parse("1e10001", 7, &out, digits), ASSAY__PARSE_RANGE);
    ck_assert_int_eq(assay__decimal_parse("1e-10001", 8, &out, digits), ASSAY__PARSE_RANGE);
    ck_assert_int_eq(assay__double_parse("1.8e308", 7, &value), ASSAY__PARSE_RANGE);
    ck_assert_int_eq(assay__double_parse("1e99999999999999999999", 22, &value), ASSAY__PARSE_RANGE);
    /* Half an ulp above the largest double rounds away; anything less rounds to it. */
    ck_assert_int_eq(assay__double_parse("1.797693134862315807937289714053034150e308", 42, &value),
                     ASSAY__PARSE_OK);
    ck_assert_int_eq(assay__double_parse("1.797693134862315807937289714053034151e308", 42, &value),
                     ASSAY__PARSE_RANGE);
    ck_assert(parsed("1e-400") == 0.0 && parsed("2e-324") == 0.0 && parsed("3e-324") == 5e-324);
    char many[ASSAY__DIGITS_MAX + 1];
    memset(many, '7', sizeof many);
    ck_assert_int_eq(assay__decimal_parse(many, ASSAY__DIGITS_MAX, &out, digits), ASSAY__PARSE_OK);
    ck_assert_int_eq(assay__decimal_parse(many, sizeof many, &out, digits), ASSAY__PARSE_RANGE);
}
END_TEST

START_TEST(numbers_ignore_a_locale_with_decimal_commas)
{
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
    return; /* the files of the locale are of the other byte order */
#endif
    ck_assert_int_eq(setenv("LOCPATH", "tests/data/locale", 1), 0);
    ck_assert_ptr_nonnull(setlocale(LC_NUMERIC, "comma"));
    char probe[32], rounded[ASSAY__NUMBER_BYTES];
    snprintf(probe, sizeof probe, "%.1f", 0.5);
    assay__number_round(1234.5678, 6, rounded);
    double read = parsed("1234.25e-30");
    enum assay__parse with_comma = assay__double_parse("1,5", 3, &(double){0});
    const char *text = written(1.0 / 3.0);
    ck_assert_ptr_nonnull(setlocale(LC_NUMERIC, "C"));
    ck_assert_str_eq(probe, "0,5"); /* the locale is in force */
    ck_assert_str_eq(rounded, "1234.57");
    ck_assert_str_eq(text, "0.3333333333333333");
    ck_assert(read == 1234.25e-30);
    ck_assert_int_eq(with_comma, ASSAY__PARSE_SYNTAX);
}
END_TEST

START_TEST(counts_have_commas_between_thousands)
{
    static const struct {
        uint64_t count;
        const char *text;
    } CASES[] = {{0, "0"},
                 {999, "999"},
                 {1000, "1,000"},
                 {90998, "90,998"},
                 {123456, "123,456"},
                 {1000000, "1,000,000"},
                 {UINT64_MAX, "18,446,744,073,709,551,615"}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        ck_assert_str_eq(assay__count(CASES[i].count).text, CASES[i].text);
}
END_TEST

static uint64_t next_of(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return *seed >> 33;
}

/* Writes so many digits, with a point in most, several in some, and other bytes in a few. */
static void write_digits(char *text, uint64_t count, uint64_t *seed)
{
    static const char LETTERS[] = "01234567890000000123456789.0123456789000000./:";
    bool is_figure = next_of(seed) % 2 == 0;
    for (uint64_t n = 0; n < count; n++)
        text[n] = is_figure ? (char)('0' + next_of(seed) % 10)
                            : LETTERS[next_of(seed) % (sizeof LETTERS - 1)];
    if (is_figure && count > 0)
        text[next_of(seed) % count] = '.';
    if (is_figure && count > 3 && next_of(seed) % 4 == 0)
        memcpy(text, "0.00", 1 + next_of(seed) % 4);
    text[count] = '\0';
}

/* What a plain number says of its spelling, digit by digit. */
static void check_spelling(const char *text)
{
    struct assay_decimal number;
    struct assay__spelling told, want = {0, 0};
    if (!assay__plain_parse(text, strlen(text), &number, &told))
        return;
    bool has_point = false;
    for (; *text != '\0'; text++) {
        has_point = has_point || *text == '.';
        want.digits += *text >= '0' && *text <= '9' && (want.digits > 0 || *text != '0');
        want.decimals += has_point && *text != '.';
    }
    ck_assert_uint_eq(told.digits, want.digits);
    ck_assert_uint_eq(told.decimals, want.decimals);
}

/* A plus sign keeps a number from being read in one pass: both ways read the same. */
START_TEST(numbers_of_few_digits_read_as_all_others)
{
    char text[40] = "+", digits[2][ASSAY__DIGITS_MAX];
    for (uint64_t i = 0, seed = 1; i < 300000; i++) {
        struct assay_decimal ways[2];
        write_digits(text + 1, i % 24, &seed);
        check_spelling(text + 1);
        enum assay__parse slow = assay__decimal_parse(text, strlen(text), &ways[0], digits[0]);
        enum assay__parse quick =
            assay__decimal_parse(text + 1, strlen(text) - 1, &ways[1], digits[1]);
        ck_assert_msg(slow == quick, "%s", text);
        if (slow != ASSAY__PARSE_OK)
            continue;
        ck_assert_msg(ways[0].mantissa == ways[1].mantissa &&
                          ways[0].exponent == ways[1].exponent &&
                          ways[0].digit_count == ways[1].digit_count &&
                          (ways[0].digits == NULL) == (ways[1].digits == NULL),
                      "%s", text);
        ck_assert(ways[0].digits == NULL || memcmp(digits[0], digits[1], ways[0].digit_count) == 0);
        text[0] = '-';
        ck_assert_int_eq(assay__decimal_parse(text, strlen(text), &ways[1], digits[1]), slow);
        ck_assert_msg(ways[1].mantissa == -ways[0].mantissa, "%s", text);
        text[0] = '+';
    }
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, numbers_of_few_digits_read_as_all_others);
    tcase_add_test(cases, counts_have_commas_between_thousands);
    tcase_add_test(cases, number_write_is_short_and_plain_where_people_expect_it);
    tcase_add_test(cases, numbers_agree_with_the_golden_file_both_ways);
    tcase_add_test(cases, numbers_written_read_back_equal);
    tcase_add_test(cases, numbers_have_the_fewest_digits_and_the_closest);
    tcase_add_test(cases, number_round_is_correctly_rounded_and_plain);
    tcase_add_test(cases, number_round_agrees_with_printf);
    tcase_add_test(cases, decimal_parse_reduces_to_one_form);
    tcase_add_test(cases, decimal_parse_keeps_long_numbers_exactly);
    tcase_add_test(cases, numbers_refuse_what_is_not_one);
    tcase_add_test(cases, numbers_out_of_range_are_told_apart);
    tcase_add_test(cases, numbers_ignore_a_locale_with_decimal_commas);
}

int main(void)
{
    return test_main_apart("number", add);
}
