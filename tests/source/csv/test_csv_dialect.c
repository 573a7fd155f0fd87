/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cells in other spellings: what a dialect reads, what it refuses, and what is suggested. */
#include "test.h"

#include "base/time.h"
#include "source/csv/suggest.h"

static const char *EURO[] = {"\xE2\x82\xAC", "EUR"}, *DOLLAR[] = {"$"};
static const char *DASH[] = {"-", "NA"};
static const char *JA[] = {"ja"}, *NEIN[] = {"nein"};

#define GERMAN                                                                                     \
    {                                                                                              \
        .decimal = ',', .thousands = "."                                                           \
    }
#define PRICE                                                                                      \
    {                                                                                              \
        .thousands = ",", .currency = DOLLAR, .currency_count = 1                                  \
    }
#define EUROS                                                                                      \
    {                                                                                              \
        .decimal = ',', .thousands = ".", .currency = EURO, .currency_count = 2                    \
    }

struct number {
    struct assay_dialect dialect;
    const char *text;
    enum assay__cell_outcome outcome;
    int64_t mantissa;
    int32_t exponent;
};

static const struct number NUMBERS[] = {
    {GERMAN, "1.234,56", ASSAY__CELL_OK, 123456, -2},
    {GERMAN, "767,46", ASSAY__CELL_OK, 76746, -2},
    {GERMAN, "-1.234.567", ASSAY__CELL_OK, -1234567, 0},
    {GERMAN, "12", ASSAY__CELL_OK, 12, 0},
    {GERMAN, "1,5e3", ASSAY__CELL_OK, 15, 2},
    {GERMAN, "1.23,4", ASSAY__CELL_NO_NUMBER, 0, 0},
    {GERMAN, "1234.567,8", ASSAY__CELL_NO_NUMBER, 0, 0},
    {GERMAN, ".123,4", ASSAY__CELL_NO_NUMBER, 0, 0},
    {GERMAN, "1,2,3", ASSAY__CELL_NO_NUMBER, 0, 0},
    {GERMAN, "", ASSAY__CELL_MISSING, 0, 0},
    {GERMAN, "N/A", ASSAY__CELL_MISSING, 0, 0},
    {{.decimal = ','}, "1.5", ASSAY__CELL_NO_NUMBER, 0, 0},
    {PRICE, "$7,490.00", ASSAY__CELL_OK, 749, 1},
    {PRICE, "-$5", ASSAY__CELL_OK, -5, 0},
    {PRICE, "$ -5", ASSAY__CELL_OK, -5, 0},
    {PRICE, "$", ASSAY__CELL_NO_NUMBER, 0, 0},
    {PRICE, "7.5", ASSAY__CELL_OK, 75, -1},
    {EUROS, "1.234,50 \xE2\x82\xAC", ASSAY__CELL_OK, 12345, -1},
    {EUROS, "EUR 3", ASSAY__CELL_OK, 3, 0},
    {{.percent = true}, "12.5%", ASSAY__CELL_OK, 125, -3},
    {{.percent = true}, "100 %", ASSAY__CELL_OK, 1, 0},
    {{.percent = true}, "0%", ASSAY__CELL_OK, 0, 0},
    {{.percent = true}, "0.5", ASSAY__CELL_OK, 5, -1},
    {{.percent = false}, "5%", ASSAY__CELL_NO_NUMBER, 0, 0},
    {{.thousands = " "}, "1 234", ASSAY__CELL_OK, 1234, 0},
    {{.thousands = "\xC2\xA0"},
     "1\xC2\xA0"
     "234",
     ASSAY__CELL_OK,
     1234,
     0},
    {{.thousands = "'"}, "1'234'567.5", ASSAY__CELL_OK, 12345675, -1},
    {{.thousands = ","}, "(1,234.50)", ASSAY__CELL_OK, -12345, -1},
    {{.thousands = ","}, "1,234.5-", ASSAY__CELL_OK, -12345, -1},
    {{.thousands = ","},
     "\xE2\x88\x92"
     "1.5",
     ASSAY__CELL_OK,
     -15,
     -1},
    {{.thousands = ","}, "1,23,456.5", ASSAY__CELL_OK, 1234565, -1},
    {{.thousands = "."}, "1.23.456", ASSAY__CELL_NO_NUMBER, 0, 0},
    {{.thousands = ","}, "0,123", ASSAY__CELL_NO_NUMBER, 0, 0},
    {{.thousands = "."}, "-0.125", ASSAY__CELL_NO_NUMBER, 0, 0},
    {{.thousands = ","}, "01,234", ASSAY__CELL_NO_NUMBER, 0, 0},
    {{.thousands = ","}, "0.123", ASSAY__CELL_OK, 123, -3},
    {{.thousands = " ", .decimal = ','},
     "1\xC2\xA0"
     "234,5",
     ASSAY__CELL_OK,
     12345,
     -1},
    {{.thousands = " ", .decimal = ','},
     "1\xE2\x80\xAF"
     "234,5",
     ASSAY__CELL_OK,
     12345,
     -1},
    {{.has_missing = true, .missing = DASH, .missing_count = 2}, "-", ASSAY__CELL_MISSING, 0, 0},
    {{.has_missing = true, .missing = DASH, .missing_count = 2},
     "NULL",
     ASSAY__CELL_NO_NUMBER,
     0,
     0},
    {{.decimal = 0}, "#N/A", ASSAY__CELL_MISSING, 0, 0},
    {{.decimal = 0}, "\\N", ASSAY__CELL_MISSING, 0, 0},
    {{.decimal = 0}, "nan", ASSAY__CELL_MISSING, 0, 0},
    {{.decimal = 0}, "None", ASSAY__CELL_MISSING, 0, 0},
    {{.decimal = 0}, "<NA>", ASSAY__CELL_MISSING, 0, 0},
    {{.decimal = 0}, "(null)", ASSAY__CELL_MISSING, 0, 0},
    {{.decimal = 0}, "none", ASSAY__CELL_NO_NUMBER, 0, 0},
};

static struct assay__field field_of(const char *text)
{
    return (struct assay__field){text, (uint32_t)strlen(text), false, false, false};
}

START_TEST(numbers_are_read_in_a_dialect)
{
    const struct number *want = &NUMBERS[_i];
    struct assay__field cell = field_of(want->text);
    struct assay_decimal value = {0};
    char digits[ASSAY__DIGITS_MAX];
    ck_assert_int_eq(assay__dialect_number(&want->dialect, &cell, &value, digits), want->outcome);
    if (want->outcome == ASSAY__CELL_OK) {
        ck_assert_int_eq(value.mantissa, want->mantissa);
        ck_assert_int_eq(value.exponent, want->exponent);
    }
}
END_TEST

/* A column's cells; the outcome is that of the last one. */
static enum assay__cell_outcome last_choice(const struct assay_dialect *dialect, const char *cells,
                                            int64_t *value)
{
    enum assay__cell_outcome outcome = ASSAY__CELL_MISSING;
    struct assay_decimal number = {0};
    uint32_t words = 0;
    char copy[100];
    snprintf(copy, sizeof copy, "%s", cells);
    for (char *at = strtok(copy, " "); at != NULL; at = strtok(NULL, " ")) {
        struct assay__field cell = field_of(at);
        outcome = assay__dialect_choice(dialect, &cell, &words, &number);
    }
    *value = number.mantissa;
    return outcome;
}

START_TEST(words_for_0_and_1_go_with_their_own)
{
    static const struct assay_dialect PLAIN = {0};
    static const struct assay_dialect GERMAN_WORDS = {
        .true_texts = JA, .false_texts = NEIN, .true_count = 1, .false_count = 1};
    static const struct assay_dialect MARKS = GERMAN, PERCENT = {.percent = true};
    static const struct {
        const struct assay_dialect *dialect;
        const char *cells;
        enum assay__cell_outcome outcome;
        int64_t value;
    } COLUMNS[] = {
        {&PLAIN, "t f t", ASSAY__CELL_OK, 1},
        {&PLAIN, "Y N NA N", ASSAY__CELL_OK, 0},
        {&PLAIN, "on off on", ASSAY__CELL_OK, 1},
        {&PLAIN, "t f 1", ASSAY__CELL_NO_CHOICE, 0},
        {&PLAIN, "1 t", ASSAY__CELL_NO_CHOICE, 0},
        {&PLAIN, "t Y", ASSAY__CELL_NO_CHOICE, 0},
        {&PLAIN, "yes y", ASSAY__CELL_NO_CHOICE, 0},
        {&PLAIN, "yes no true 1", ASSAY__CELL_OK, 1},
        {&PLAIN, "ja", ASSAY__CELL_NO_CHOICE, 0},
        {&GERMAN_WORDS, "nein ja", ASSAY__CELL_OK, 1},
        {&GERMAN_WORDS, "ja 0", ASSAY__CELL_OK, 0},
        {&GERMAN_WORDS, "yes", ASSAY__CELL_NO_CHOICE, 0},
        {&MARKS, "1,0 0,00", ASSAY__CELL_OK, 0},
        {&MARKS, "0, 1,", ASSAY__CELL_OK, 1},
        {&MARKS, "1.000", ASSAY__CELL_NO_CHOICE, 0},
        {&PERCENT, "0% 100%", ASSAY__CELL_OK, 1},
        {&PERCENT, "1%", ASSAY__CELL_NO_CHOICE, 0},
    };
    for (size_t i = 0; i < sizeof COLUMNS / sizeof *COLUMNS; i++) {
        int64_t value;
        enum assay__cell_outcome got = last_choice(COLUMNS[i].dialect, COLUMNS[i].cells, &value);
        ck_assert_msg(got == COLUMNS[i].outcome, "%s: %d", COLUMNS[i].cells, (int)got);
        if (got == ASSAY__CELL_OK)
            ck_assert_msg(value == COLUMNS[i].value, "%s", COLUMNS[i].cells);
    }
}
END_TEST

START_TEST(times_are_read_in_a_dialect)
{
    static const struct {
        const char *form, *text, *want; /* NULL: refused */
    } TIMES[] = {
        {NULL, "2026-03-14T10:15:30Z", "2026-03-14T10:15:30Z"},
        {NULL, "1772479048", "2026-03-02T19:17:28Z"},
        {NULL, "1772479048055", "2026-03-02T19:17:28.055Z"},
        {NULL, "1772479048055436", "2026-03-02T19:17:28.055436Z"},
        {NULL, "1772479048055436123", "2026-03-02T19:17:28.055436123Z"},
        {NULL, "1772479048.25", "2026-03-02T19:17:28.250Z"},
        {NULL, "631152000", "1990-01-01T00:00:00Z"},
        {NULL, "4102444799", "2099-12-31T23:59:59Z"},
        {NULL, "631151999", NULL},
        {NULL, "4102444800", NULL},
        {NULL, "20260314", NULL},
        {NULL, "20260314101530", NULL},
        {NULL, "46095.58", NULL},
        {"excel", "46095.5", "2026-03-14T12:00:00Z"},
        {"excel", "46110", "2026-03-29T00:00:00Z"},
        {"excel", "50000.0", "2036-11-21T00:00:00Z"},
        {"excel", "9e99", NULL},
        {NULL, "03/04/2026", NULL},
        {NULL, "1989-12-31", NULL},
        {NULL, "2100-01-01", NULL},
        {"%m/%d/%Y %H:%M", "1/21/2017 22:11", "2017-01-21T22:11:00Z"},
        {"%d/%m/%Y", "21/1/2017", "2017-01-21T00:00:00Z"},
        {"%m/%d/%Y", "21/1/2017", NULL},
        {"%d.%m.%Y %H:%M:%S", "14.03.2026 10:15:30", "2026-03-14T10:15:30Z"},
        {"%d.%m.%y", "14.03.26", "2026-03-14T00:00:00Z"},
        {"%Y%m%d", "20260314", "2026-03-14T00:00:00Z"},
        {"%b %d, %Y %I:%M %p", "Mar 4, 2026 12:05 AM", "2026-03-04T00:05:00Z"},
        {"%d %B %Y", "4 March 2026", "2026-03-04T00:00:00Z"},
        {"%Y-%m-%dT%H:%M:%S%z", "2026-03-04T01:00:00+0200", "2026-03-03T23:00:00Z"},
        {"%d.%m.%Y", "31.02.2026", NULL},
        {"%d.%m.%Y", "14.03.2026 ", NULL},
        {"s", "0", "1970-01-01T00:00:00Z"},
        {"ms", "1772479048055", "2026-03-02T19:17:28.055Z"},
        {"us", "17", "1970-01-01T00:00:00.000017Z"},
        {"ns", "1772479048055436123", "2026-03-02T19:17:28.055436123Z"},
        {"s", "1.5", "1970-01-01T00:00:01.500Z"},
        {"s", "99999999999999", NULL},
    };
    for (size_t i = 0; i < sizeof TIMES / sizeof *TIMES; i++) {
        struct assay_dialect dialect = {.time = TIMES[i].form};
        struct assay__field cell = field_of(TIMES[i].text);
        char text[ASSAY__TIME_BYTES] = "";
        int64_t ns;
        bool got = assay__dialect_time(&dialect, &cell, &ns);
        ck_assert_msg(got == (TIMES[i].want != NULL), "%s", TIMES[i].text);
        if (got)
            assay__time_write(ns, text);
        ck_assert_msg(!got || strcmp(text, TIMES[i].want) == 0, "%s: %s", TIMES[i].text, text);
    }
}
END_TEST

/* Days and epochs have the marks of the other numbers, as in a sheet of a country with a comma. */
START_TEST(times_have_the_marks_of_numbers)
{
    static const struct {
        const char *form, *text, *want;
    } TIMES[] = {
        {"excel", "46095,5", "2026-03-14T12:00:00Z"},
        {"excel", "46.110", "2026-03-29T00:00:00Z"},
        {"excel", "46095.5", "2026-03-14T12:00:00Z"},
        {"s", "1772479048,25", "2026-03-02T19:17:28.250Z"},
    };
    for (size_t i = 0; i < sizeof TIMES / sizeof *TIMES; i++) {
        struct assay_dialect dialect = {.time = TIMES[i].form, .decimal = ',', .thousands = "."};
        struct assay__field cell = field_of(TIMES[i].text);
        char text[ASSAY__TIME_BYTES] = "";
        int64_t ns;
        ck_assert_msg(assay__dialect_time(&dialect, &cell, &ns), "%s", TIMES[i].text);
        assay__time_write(ns, text);
        ck_assert_str_eq(text, TIMES[i].want);
    }
}
END_TEST

START_TEST(what_reads_a_column_is_suggested)
{
    static const struct {
        enum assay__column_kind kind;
        const char *cells[5], *want;
    } COLUMNS[] = {
        {ASSAY__COLUMN_NUMBER, {"767,46", "0,00", "1.461,71"}, "decimal=,\nthousands=.\n"},
        {ASSAY__COLUMN_NUMBER, {"767,46", "0,5"}, "decimal=,\n"},
        {ASSAY__COLUMN_NUMBER, {"1,234", "5,678"}, "decimal=,\nor\nthousands=,\n"},
        {ASSAY__COLUMN_NUMBER, {"1,234", "12"}, "decimal=,\nor\nthousands=,\n"},
        {ASSAY__COLUMN_NUMBER, {"1,234", "0,125"}, "decimal=,\n"},
        {ASSAY__COLUMN_NUMBER, {"1,234.5", "12"}, "thousands=,\n"},
        {ASSAY__COLUMN_NUMBER, {"$7,490.00", "$1"}, "thousands=,\ncurrency=$\n"},
        {ASSAY__COLUMN_NUMBER,
         {"7,5 \xE2\x82\xAC", "1 \xE2\x82\xAC"},
         "decimal=,\ncurrency=\xE2\x82\xAC\n"},
        {ASSAY__COLUMN_NUMBER, {"12.5%", "3%"}, "percent=\n"},
        {ASSAY__COLUMN_NUMBER, {"1 234", "5"}, "thousands= \n"},
        {ASSAY__COLUMN_NUMBER, {" 5", "6 "}, "trim=\n"},
        {ASSAY__COLUMN_NUMBER, {"-", "7", "8"}, "missing=-\n"},
        {ASSAY__COLUMN_NUMBER, {"keine", "7", "8", "keine"}, "missing=keine\n"},
        {ASSAY__COLUMN_NUMBER, {"twelve", "7", "8"}, ""},
        {ASSAY__COLUMN_NUMBER, {"-", "7,5", "8"}, "decimal=,\nmissing=-\n"},
        {ASSAY__COLUMN_NUMBER, {"red", "green"}, ""},
        {ASSAY__COLUMN_CHOICE, {"ja", "nein", "ja"}, "true=ja\nfalse=nein\n"},
        {ASSAY__COLUMN_CHOICE, {"1 ", "0 "}, "trim=\n"},
        {ASSAY__COLUMN_CHOICE, {"2", "0"}, ""},
        {ASSAY__COLUMN_TIME, {"1/21/2017 22:11", "1/2/2017 1:01"}, "time=%m/%d/%Y %H:%M\n"},
        {ASSAY__COLUMN_TIME, {"1/2/2017"}, "time=%m/%d/%Y\nor\ntime=%d/%m/%Y\n"},
        {ASSAY__COLUMN_TIME, {"14.03.2026"}, "time=%d.%m.%Y\n"},
        {ASSAY__COLUMN_TIME, {"20260314"}, "time=%Y%m%d\n"},
        {ASSAY__COLUMN_TIME, {"46095.58"}, "time=excel\n"},
        {ASSAY__COLUMN_TIME, {"46095.58", "12"}, ""},
        {ASSAY__COLUMN_NUMBER, {"($1,234.50)", "$2.25"}, "thousands=,\ncurrency=$\n"},
        {ASSAY__COLUMN_NUMBER,
         {"\xE2\x88\x92"
          "1.5",
          "2.5"},
         "thousands=,\n"},
        {ASSAY__COLUMN_NUMBER,
         {"1\xC2\xA0"
          "234,5",
          "12,75"},
         "decimal=,\nthousands= \n"},
        {ASSAY__COLUMN_NUMBER, {"#DIV/0!", "12.75", "3"}, "missing=#DIV/0!\n"},
        {ASSAY__COLUMN_CHOICE, {"won", "lost"}, "true=won\nfalse=lost\nor\ntrue=lost\nfalse=won\n"},
    };
    static const struct assay_dialect PLAIN = {0};
    for (size_t i = 0; i < sizeof COLUMNS / sizeof *COLUMNS; i++) {
        struct assay__field cells[6];
        struct assay__column_sample sample = {COLUMNS[i].kind, cells, 0};
        char remedy[ASSAY__REMEDY_BYTES];
        while (sample.count < 5 && COLUMNS[i].cells[sample.count] != NULL) {
            cells[sample.count] = field_of(COLUMNS[i].cells[sample.count]);
            sample.count++;
        }
        cells[sample.count++] = cells[0]; /* the one that was met first */
        assay__suggest_format(&PLAIN, &sample, remedy);
        ck_assert_msg(strcmp(remedy, COLUMNS[i].want) == 0, "%s: %s", COLUMNS[i].cells[0], remedy);
    }
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_loop_test(cases, numbers_are_read_in_a_dialect, 0,
                        (int)(sizeof NUMBERS / sizeof *NUMBERS));
    tcase_add_test(cases, words_for_0_and_1_go_with_their_own);
    tcase_add_test(cases, times_are_read_in_a_dialect);
    tcase_add_test(cases, times_have_the_marks_of_numbers);
    tcase_add_test(cases, what_reads_a_column_is_suggested);
}

int main(void)
{
    return test_main("dialect", add);
}
