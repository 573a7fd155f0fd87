/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "test.h"

#include "source/csv/cell.h"
#include "plan/filter/filter.h"
#include "source/filter/filter_match.h"

/* A row by name: the columns of every filter here. */
static const struct {
    const char *name, *value;
    /* clang-format off */
} ROW[] = {{"channel", "Web"},      {"history", "329.080"}, {"newbie", "1"},
           {"zip code", "Rural"},   {"spend", ""},          {"note", "it's \"so\""},
           {"active", "yes"},       {"gr\xc3\xb6\xc3\x9f" "e", "5"},
           {"text", "abc"},         {"big", "123456789012345678901234567890.5"},
           {"euros", "1.234,50 EUR"}, {"share", "2,5%"}, {"none", "N/A"}, {"dash", "-"},
           {"paid", "ja"},          {"tick", "Y"}};
/* clang-format on */

static bool matches_in(const struct assay_dialect *dialect, const char *text)
{
    struct assay__filter *filter;
    struct assay_error err;
    assert_ok(assay__filter_parse(text, &filter, &err), &err);
    struct assay__field cells[16];
    for (uint32_t c = 0; c < assay__filter_column_count(filter); c++) {
        cells[c].text = NULL;
        for (size_t i = 0; i < sizeof ROW / sizeof *ROW; i++)
            if (strcmp(ROW[i].name, assay__filter_column(filter, c)) == 0)
                cells[c] = (struct assay__field){ROW[i].value, (uint32_t)strlen(ROW[i].value),
                                                 false, false, false};
        ck_assert_msg(cells[c].text != NULL, "column %s", assay__filter_column(filter, c));
    }
    bool outcome = assay__filter_match(filter, dialect, cells);
    assay__filter_free(filter);
    return outcome;
}

static bool matches(const char *text)
{
    return matches_in(&(struct assay_dialect){0}, text);
}

START_TEST(filter_matches_what_it_says)
{
    /* clang-format off */
    static const char *const TRUE_ONES[] = {
        "channel = \"Web\"", "channel == 'Web'", "channel != \"Phone\"", "channel <> 'Phone'",
        "history = 329.08", "history >= 3.2908e2", "history < 1000", "history > 200 and newbie = 1",
        "channel = \"Phone\" or newbie = 1", "not channel = \"Phone\"",
        "NOT (channel = 'Phone' OR history < 1)", "channel in (\"Phone\", \"Web\")",
        "newbie in (0, 1.0)", "channel not in ('Phone')", "spend is missing",
        "channel is not missing", "\"zip code\" = 'Rural'", "[zip code] >= 'R'",
        "note = 'it''s \"so\"'", "note = \"it's \"\"so\"\"\"", "active = true", "newbie = true",
        "active in (true)", "gr\xc3\xb6\xc3\x9f" "e=5", "history>200 and newbie=1",
        "channel = 'x' or newbie = 0 or history = 329.08 and newbie = 1", "not not newbie = 1",
        "big > 123456789012345678901234567890.4", "big = 123456789012345678901234567890.50",
        "text > 'ab'", "text < 'abcd'", "not spend = 0", "newbie > -1", "newbie < +1e1"};
    /* clang-format on */
    for (size_t i = 0; i < sizeof TRUE_ONES / sizeof *TRUE_ONES; i++)
        ck_assert_msg(matches(TRUE_ONES[i]), "%s", TRUE_ONES[i]);
}
END_TEST

/* A filter reads numbers, choices and missing values as the metrics of the same file are read. */
START_TEST(filter_reads_cells_in_the_dialect_of_the_file)
{
    const char *missing[] = {"-"}, *yes[] = {"ja"}, *no[] = {"nein"}, *signs[] = {"EUR"};
    struct assay_dialect euro = {.decimal = ',',
                                 .thousands = ".",
                                 .currency = signs,
                                 .currency_count = 1,
                                 .percent = true,
                                 .missing = missing,
                                 .missing_count = 1,
                                 .has_missing = true,
                                 .true_texts = yes,
                                 .true_count = 1,
                                 .false_texts = no,
                                 .false_count = 1};
    static const char *const TRUE_ONES[] = {
        "euros = 1234.5",      "euros > 1234",     "share = 0.025",
        "share in (1, 0.025)", "dash is missing",  "none is not missing",
        "paid = true",         "not paid = false", "none = 'N/A'"};
    for (size_t i = 0; i < sizeof TRUE_ONES / sizeof *TRUE_ONES; i++)
        ck_assert_msg(matches_in(&euro, TRUE_ONES[i]), "%s", TRUE_ONES[i]);
    ck_assert(matches("none is missing"));
    ck_assert(matches("tick = true"));
    ck_assert(!matches("euros = 1234.5"));
    ck_assert(!matches("dash is missing"));
    ck_assert(!matches("paid = true"));
}
END_TEST

START_TEST(filter_rejects_what_it_does_not_say)
{
    /* clang-format off */
    static const char *const FALSE_ONES[] = {
        "channel = 'web'", "history < 329.08", "history > 329.08", "history != 329.08",
        "spend = 0", "spend != 0", "spend < 5", "text = 5", "text != 5", "channel is missing",
        "newbie = 1 and (channel = 'x' or channel = 'y')", "active = false", "text = true",
        "text != true", "channel in ('a')", "newbie not in (1)", "not newbie = 1",
        "big > 123456789012345678901234567890.5", "history = '329.08'"};
    /* clang-format on */
    for (size_t i = 0; i < sizeof FALSE_ONES / sizeof *FALSE_ONES; i++)
        ck_assert_msg(!matches(FALSE_ONES[i]), "%s", FALSE_ONES[i]);
}
END_TEST

START_TEST(filter_errors_name_the_character)
{
    static const struct {
        const char *text;
        unsigned column;
        const char *says;
    } CASES[] = {
        {"", 1, "empty"},
        {"   ", 1, "empty"},
        {"channel", 8, "a comparison is wanted here: = !="},
        {"channel = Web", 11, "text in quotes"},
        {"channel = ", 11, "text in quotes"},
        {"channel = \"Web", 11, "never closed"},
        {"= 5", 1, "a column is wanted"},
        {"a = 5 b = 6", 7, "'and', 'or' or the end"},
        {"(a = 5", 7, "closing parenthesis"},
        {"a = 5)", 6, "'and', 'or' or the end"},
        {"a in 5", 6, "list in parentheses"},
        {"a in (5", 8, "comma or a closing"},
        {"a in ()", 7, "number, true, false"},
        {"a is 5", 6, "'missing' is wanted"},
        {"a not 5", 7, "'in' is wanted"},
        {"a & b", 3, "no meaning"},
        {"a = 5 and", 10, "a column is wanted"},
        {"a = 1x", 5, "not a number"},
        {"a = 1e99999", 5, "not a number"},
        {"a < true", 3, "no order"},
        {"\"\" = 5", 1, "1 to 1024"},
        {"gr\xc3\xb6\xc3\x9f"
         "e ? 5",
         7, "no meaning"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct assay__filter *filter;
        struct assay_error err;
        ck_assert_msg(assay__filter_parse(CASES[i].text, &filter, &err) == ASSAY_ERROR_PLAN, "%s",
                      CASES[i].text);
        ck_assert_msg(err.column == CASES[i].column && strstr(err.message, CASES[i].says) != NULL,
                      "%s: %d: %s", CASES[i].text, (int)err.column, err.message);
    }
}
END_TEST

START_TEST(filter_limits_hold)
{
    struct assay__filter *filter;
    struct assay_error err;
    char deep[400];
    memset(deep, '(', 200);
    snprintf(deep + 200, sizeof deep - 200, "a = 1");
    ck_assert_int_eq(assay__filter_parse(deep, &filter, &err), ASSAY_ERROR_PLAN);
    ck_assert_ptr_nonnull(strstr(err.message, "too deeply"));
    static char wide[20000];
    memset(wide, ' ', sizeof wide - 1);
    ck_assert_int_eq(assay__filter_parse(wide, &filter, &err), ASSAY_ERROR_LIMIT);
    /* A chain as long as the limit allows. */
    size_t at = (size_t)snprintf(wide, sizeof wide, "a=1");
    while (at < 16300)
        at += (size_t)snprintf(wide + at, sizeof wide - at, " or a=1");
    assert_ok(assay__filter_parse(wide, &filter, &err), &err);
    ck_assert(!assay__filter_match(filter, &(struct assay_dialect){0},
                                   &(struct assay__field){"2", 1, false, false, false}));
    assay__filter_free(filter);
}
END_TEST

static enum assay__cell_outcome choice(const char *text, struct assay_decimal *out)
{
    return assay__cell_choice(
        &(struct assay__field){text, (uint32_t)strlen(text), false, false, false}, out);
}

START_TEST(cell_choice_reads_its_spellings_and_no_others)
{
    static const char *const ONE[] = {"1",   "true", "TRUE", "True",  "yes", "YES",
                                      "Yes", "1.0",  "1e0",  "10e-1", "+1"};
    static const char *const ZERO[] = {"0",  "false", "FALSE", "False", "no",
                                       "NO", "No",    "0.0",   "-0"};
    static const char *const MISSING[] = {"", "NA", "NULL", "null", "NaN", "nan", "N/A"};
    static const char *const WRONG[] = {"2",  "0.5",  "-1", "t",  "f",  "y",
                                        "on", "tRUE", "1 ", "10", "na", "0,0"};
    struct assay_decimal out;
    for (size_t i = 0; i < sizeof ONE / sizeof *ONE; i++)
        ck_assert_msg(choice(ONE[i], &out) == ASSAY__CELL_OK && out.mantissa == 1, "%s", ONE[i]);
    for (size_t i = 0; i < sizeof ZERO / sizeof *ZERO; i++)
        ck_assert_msg(choice(ZERO[i], &out) == ASSAY__CELL_OK && out.mantissa == 0, "%s", ZERO[i]);
    for (size_t i = 0; i < sizeof MISSING / sizeof *MISSING; i++)
        ck_assert_msg(choice(MISSING[i], &out) == ASSAY__CELL_MISSING, "%s", MISSING[i]);
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++)
        ck_assert_msg(choice(WRONG[i], &out) == ASSAY__CELL_NO_CHOICE, "%s", WRONG[i]);
}
END_TEST

START_TEST(cell_number_knows_the_range_of_doubles)
{
    static const struct {
        const char *text;
        enum assay__cell_outcome outcome;
        /* clang-format off */
    } CASES[] = {{"1e308", ASSAY__CELL_OK},        {"1.8e308", ASSAY__CELL_RANGE},
                 {"-1e309", ASSAY__CELL_RANGE},    {"1e-400", ASSAY__CELL_OK},
                 {"1e99999", ASSAY__CELL_RANGE},   {"123456789e300", ASSAY__CELL_OK},
                 {"1234567890e300", ASSAY__CELL_RANGE}, {"inf", ASSAY__CELL_NO_NUMBER},
                 {"NaN", ASSAY__CELL_MISSING},     {"1,5", ASSAY__CELL_NO_NUMBER},
                 {"$5", ASSAY__CELL_NO_NUMBER},    {" 5", ASSAY__CELL_NO_NUMBER}};
    /* clang-format on */
    static char digits[ASSAY__DIGITS_MAX];
    struct assay_decimal out;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        ck_assert_msg(assay__cell_number(&(struct assay__field){CASES[i].text,
                                                                (uint32_t)strlen(CASES[i].text),
                                                                false, false, false},
                                         &out, digits) == CASES[i].outcome,
                      "%s", CASES[i].text);
}
END_TEST

START_TEST(decimal_compare_orders_exactly)
{
    /* In ascending order; neighbours that a double would hold equal among them. */
    /* clang-format off */
    static const char *const ORDER[] = {"-1e20", "-123.5", "-123.456", "-1e-300", "0", "1e-300",
                                        "0.1", "0.1000000000000000000000001", "0.2", "1", "9", "10",
                                        "99", "100.5", "9007199254740992", "9007199254740993",
                                        "123456789012345678901", "123456789012345678902", "1e40"};
    /* clang-format on */
    enum { COUNT = sizeof ORDER / sizeof *ORDER };
    static char digits[2][ASSAY__DIGITS_MAX];
    struct assay_decimal a, b;
    for (int i = 0; i < COUNT; i++) {
        for (int j = 0; j < COUNT; j++) {
            ck_assert_int_eq(assay__decimal_parse(ORDER[i], strlen(ORDER[i]), &a, digits[0]), 0);
            ck_assert_int_eq(assay__decimal_parse(ORDER[j], strlen(ORDER[j]), &b, digits[1]), 0);
            int order = assay__decimal_compare(&a, &b);
            ck_assert_msg((order > 0) - (order < 0) == (i > j) - (i < j), "%s %s", ORDER[i],
                          ORDER[j]);
        }
    }
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, filter_matches_what_it_says);
    tcase_add_test(cases, filter_reads_cells_in_the_dialect_of_the_file);
    tcase_add_test(cases, filter_rejects_what_it_does_not_say);
    tcase_add_test(cases, filter_errors_name_the_character);
    tcase_add_test(cases, filter_limits_hold);
    tcase_add_test(cases, cell_choice_reads_its_spellings_and_no_others);
    tcase_add_test(cases, cell_number_knows_the_range_of_doubles);
    tcase_add_test(cases, decimal_compare_orders_exactly);
}

int main(void)
{
    return test_main("filter", add);
}
