/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What CSV is read, shown as text, and what is refused with its place. */
#include "csv_show.h"

#include <unistd.h>

static void assert_table(const char *bytes, size_t length, char separator, const char *want)
{
    struct assay__text text = {0};
    struct assay_error err;
    assert_ok(csv_show(bytes, length, &(struct assay__csv_options){.separator = separator}, &text,
                       NULL, &err),
              &err);
    ck_assert_str_eq(text.data, want);
    assay__text_release(&text);
}

#define assert_reads(bytes, want) assert_table(bytes, sizeof(bytes) - 1, '\0', want)

START_TEST(csv_reads_what_rfc_4180_says)
{
    assert_reads("a,b\n1,2\n3,4\n", "<a><b> 2[1][2] 3[3][4]");
    assert_reads("a,b\r\n1,2\r\n3,4\r\n", "<a><b> 2[1][2] 3[3][4]");
    assert_reads("a,b\r1,2\r3,4\r", "<a><b> 2[1][2] 3[3][4]");
    assert_reads("a,b\n1,2", "<a><b> 2[1][2]");
    assert_reads("a,b\n1,", "<a><b> 2[1][]");
    assert_reads("a,b\n,\n", "<a><b> 2[][]");
    assert_reads("a,b\n\"1,5\",\"x\"\"y\"\"\"\n", "<a><b> 2[1,5][x\"y\"]");
    assert_reads("a,b\n\"\",\"\"\"\"\n", "<a><b> 2[][\"]");
    assert_reads("\"a\",\"b,c\"\n1,2\n", "<a><b,c> 2[1][2]");
    assert_reads("a,b\n\"1\n\n2\",3\n4,5\n", "<a><b> 2[1\n\n2][3] 5[4][5]");
    assert_reads("a,b\n\"1\r\n2\r3\",4\n5,6\n", "<a><b> 2[1\r\n2\r3][4] 5[5][6]");
}
END_TEST

START_TEST(csv_reads_what_the_wild_holds)
{
    assert_reads("\xEF\xBB\xBF"
                 "a,b\n1,2\n",
                 "<a><b> 2[1][2]");
    assert_reads("\n\r\n\na,b\n\n1,2\n\n\n3,4\n\n", "<a><b> 6[1][2] 9[3][4]");
    assert_reads("a,b\n5\" disk,x\"y\"\n", "<a><b> 2[5\" disk][x\"y\"]");
    assert_reads("a,b\n \"1\",2\n", "<a><b> 2[ \"1\"][2]");
    assert_reads("gr\xc3\xb6\xc3\x9f"
                 "e,b\n\xe2\x82\xac,\xf0\x9f\x98\x80\n",
                 "<gr\xc3\xb6\xc3\x9f"
                 "e><b> 2[\xe2\x82\xac][\xf0\x9f\x98\x80]");
    assert_reads("a\n1\n2\n", "<a> 2[1] 3[2]");
    assert_reads("a\n\"\"\n2\n", "<a> 2[] 3[2]");
    assert_reads("a,b\n", "<a><b>");
    assert_reads("a,b", "<a><b>");
}
END_TEST

START_TEST(csv_sniffs_the_separator)
{
    assert_reads("a;b;c\n1,5;2,5;3,5\n", "<a><b><c> 2[1,5][2,5][3,5]");
    assert_reads("a\tb\n1,5\t2\n", "<a><b> 2[1,5][2]");
    assert_reads("a|b|c\n1|2,3|4\n", "<a><b><c> 2[1][2,3][4]");
    assert_reads("\"x;y;z\",b\n1,2\n", "<x;y;z><b> 2[1][2]");
    assert_reads("a;b,c\n1;2,3\n", "<a;b><c> 2[1;2][3]");
    /* More bars than commas in the header, but only commas cut the records alike. */
    assert_reads("p|q|r,b\n1,2\n", "<p|q|r><b> 2[1][2]");
    assert_table("a,b\n1,2\n", 8, ';', "<a,b> 2[1,2]");
}
END_TEST

/* Reads bytes with options; they show as in assert_table(). */
static void assert_shows(const char *bytes, size_t length, struct assay__csv_options options,
                         const char *want)
{
    struct assay__text text = {0};
    struct assay_error err;
    assert_ok(csv_show(bytes, length, &options, &text, NULL, &err), &err);
    ck_assert_str_eq(text.data, want);
    assay__text_release(&text);
}

#define SHOWS(bytes, want, ...)                                                                    \
    assert_shows(bytes, sizeof(bytes) - 1, (struct assay__csv_options){__VA_ARGS__}, want)

/* Separators at the end of all records, or of the header alone, make no column of it. */
START_TEST(csv_fits_header_and_records)
{
    assert_reads("a,b\n1,2,\n3,4,\n", "<a><b><> 2[1][2][] 3[3][4][]");
    assert_reads("a,b\n1,2,,\n3,4,,\n", "<a><b><><> 2[1][2][][] 3[3][4][][]");
    assert_reads("a,b\n1,2,", "<a><b><> 2[1][2][]");
    assert_reads("a,b\n1,,\n3,4,\n", "<a><b><> 2[1][][] 3[3][4][]");
    assert_reads("a,b\n1,2,\na,b,\n3,4,\n", "<a><b><> 2[1][2][] 4[3][4][]");
    assert_reads("a,b,,\n1,2\n3,4\n", "<a><b> 2[1][2] 3[3][4]");
    assert_reads("a,b,\n1,2,\n", "<a><b><> 2[1][2][]");
    assert_reads("a,b,\n1,2,3\n", "<a><b><> 2[1][2][3]");
    /* Files put one behind the other repeat such a header, too. */
    assert_reads("a,b,\n1,2,\na,b,\n3,4,\n", "<a><b><> 2[1][2][] 4[3][4][]");
    assert_reads("\"\",a\n1,2\n\"\",a\n1,3\n", "<><a> 2[1][2] 4[1][3]");
    assert_reads("\"\",\"\"\n,\n", "<><> 2[][]");
}
END_TEST

START_TEST(csv_reads_what_spreadsheets_and_people_add)
{
    SHOWS("sep=;\r\na;b\r\n1;2\r\n", "<a><b> 3[1][2]", .separator = 0);
    SHOWS("\xEF\xBB\xBFsep=\t\na\tb\n1\t2\n", "<a><b> 3[1][2]", .separator = 0);
    SHOWS("sep=x\n1\n", "<sep=x> 2[1]", .separator = ',');
    SHOWS("# report\n\nmade \"today\na,b\n1,2\n", "<a><b> 5[1][2]", .skip_lines = 3);
    SHOWS("# report\r\rmade \"today\ra,b\r1,2\r", "<a><b> 5[1][2]", .skip_lines = 3);
    SHOWS("# report\r\n\r\nmade \"today\r\na,b\r\n1,2", "<a><b> 5[1][2]", .skip_lines = 3);
    SHOWS("a , b\n 1,\t2 \n\" x \",y\n", "<a><b> 2[1][2] 3[ x ][y]", .trim = true);
    SHOWS("a,b\n1,2\na,b\n3,4\na,c\n", "<a><b> 2[1][2] 4[3][4] 5[a][c]", .separator = ',');
    SHOWS("a,b\nM\xfcnchen,\x80\n", "<a><b> 2[M\xC3\xBCnchen][\xE2\x82\xAC]",
          .encoding = "WINDOWS-1252");
    SHOWS("\xff\xfe"
          "a\0,\0b\0\n\0"
          "1\0,\0\xac\x20\n\0",
          "<a><b> 2[1][\xE2\x82\xAC]", .encoding = "UTF-16");
}
END_TEST

/* Text of another encoding is cut by blocks wherever they end. */
START_TEST(csv_recodes_long_files_whole)
{
    static const char WANT[] = "[\xE2\x82\xACx]";
    struct assay__text bytes = {0}, text = {0};
    struct assay_error err;
    uint64_t rows = 0;
    assay__text_append(&bytes,
                       "\xff\xfe"
                       "a\0\n\0",
                       6);
    for (int i = 0; i < 300000; i++)
        assay__text_append(&bytes,
                           "\xac\x20"
                           "x\0\n\0",
                           6);
    assert_ok(csv_show(bytes.data, bytes.length, &(struct assay__csv_options){.encoding = "UTF-16"},
                       &text, NULL, &err),
              &err);
    /* Not by strstr(), which measures all that is left at each call under AddressSanitizer. */
    for (size_t at = 0; at + sizeof WANT - 1 <= text.length; at++)
        rows += memcmp(text.data + at, WANT, sizeof WANT - 1) == 0;
    ck_assert_uint_eq(rows, 300000);
    assay__text_release(&text);
    /* A character that is cut, and an unknown encoding. */
    ck_assert_int_eq(csv_show(bytes.data, bytes.length - 1,
                              &(struct assay__csv_options){.encoding = "UTF-16"}, &text, NULL,
                              &err),
                     ASSAY_ERROR_DATA);
    ck_assert_ptr_nonnull(strstr(err.message, "is cut"));
    assay__text_release(&text);
    ck_assert_int_eq(
        csv_show("a\n", 2, &(struct assay__csv_options){.encoding = "UTF-99"}, &text, NULL, &err),
        ASSAY_ERROR_USAGE);
    assay__text_release(&text);
    assay__text_release(&bytes);
}
END_TEST

struct bad_case {
    const char *bytes;
    size_t length;
    enum assay_status code;
    uint64_t line, column;
    const char *says;
};

#define BAD(bytes, code, line, column, says)                                                       \
    {                                                                                              \
        bytes, sizeof(bytes) - 1, code, line, column, says                                         \
    }

START_TEST(csv_refuses_bad_input_with_place_and_reason)
{
    static const struct bad_case CASES[] = {
        BAD("", ASSAY_ERROR_DATA, 1, 0, "is empty"),
        BAD("\n\n", ASSAY_ERROR_DATA, 1, 0, "is empty"),
        BAD("\xEF\xBB\xBF", ASSAY_ERROR_DATA, 1, 0, "is empty"),
        BAD("a,b\n1\n", ASSAY_ERROR_DATA, 2, 2, "has 1 field, but the header has 2"),
        BAD("a,b\n1,2\n1,2,3\n", ASSAY_ERROR_DATA, 3, 3, "has 3 fields, but the header has 2"),
        BAD("a,b\n\"x\ny\",2\n3\n", ASSAY_ERROR_DATA, 4, 2, "has 1 field"),
        BAD("a,b\n1,2,\"\"\n", ASSAY_ERROR_DATA, 2, 3, "has 3 fields"),
        BAD("a,b\n1,2,\n1,2\n1,2\n", ASSAY_ERROR_DATA, 2, 3, "has 3 fields"),
        BAD("a,b,\"\"\n1,2\n", ASSAY_ERROR_DATA, 2, 3, "has 2 fields"),
        BAD("a,b\n1,2,\n1,2,\n1,2,\n1,2,\n1,2,\n1,2,\n1,2,\n1,2,\n1,2,\n1,2,x\n", ASSAY_ERROR_DATA,
            11, 3, "additional fields are empty"),
        BAD("a,b\n1,\"2\"x\n", ASSAY_ERROR_DATA, 2, 2, "Text follows the closing quote"),
        BAD("a,b\n\"l1\nl2\" ,2\n", ASSAY_ERROR_DATA, 3, 1, "Text follows the closing quote"),
        BAD("a,b\n1,2\n3,\"4\n5,6\n", ASSAY_ERROR_DATA, 3, 2, "never closed"),
        BAD("a,\"b\n1,2\n", ASSAY_ERROR_DATA, 1, 2, "never closed"),
        BAD("a,b\n1,\"2\"\"", ASSAY_ERROR_DATA, 2, 2, "never closed"),
        BAD("a,b\n1,x\0y\n", ASSAY_ERROR_DATA, 2, 2, "NUL byte"),
        BAD("a,b\n\"x\n\0\",2\n", ASSAY_ERROR_DATA, 3, 1, "NUL byte"),
        BAD("a,b\n1,\xff\n", ASSAY_ERROR_DATA, 2, 2, "UTF-8"),
        BAD("a,b\nM\xfcnchen,2\n", ASSAY_ERROR_DATA, 2, 1, "encoding"),
        BAD("a,b\n\xc0\x80,2\n", ASSAY_ERROR_DATA, 2, 1, "UTF-8"),
        BAD("a,b\n\xed\xa0\x80,2\n", ASSAY_ERROR_DATA, 2, 1, "UTF-8"),
        BAD("a,b\n\xf4\x90\x80\x80,2\n", ASSAY_ERROR_DATA, 2, 1, "UTF-8"),
        BAD("a,b\n1,\xe2\x82", ASSAY_ERROR_DATA, 2, 2, "UTF-8"),
        BAD("a\xff,b\n1,2\n", ASSAY_ERROR_DATA, 1, 1, "UTF-8"),
        BAD("\xff\xfe"
            "a\0,\0",
            ASSAY_ERROR_DATA, 1, 0, "UTF-16"),
        BAD("\xfe\xff\0a\0,", ASSAY_ERROR_DATA, 1, 0, "UTF-16"),
        BAD("a\0,\0b\0\n\0", ASSAY_ERROR_DATA, 1, 0, "UTF-16"),
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct assay__text text = {0};
        struct assay_error err = {0};
        enum assay_status status = csv_show(CASES[i].bytes, CASES[i].length,
                                            &(struct assay__csv_options){0}, &text, NULL, &err);
        assay__text_release(&text);
        ck_assert_msg(status == CASES[i].code, "case %zu: %s", i, assay_status_id(status));
        ck_assert_msg(strstr(err.message, CASES[i].says) != NULL, "case %zu: %s", i, err.message);
        ck_assert_msg(err.line == CASES[i].line && err.column == CASES[i].column,
                      "case %zu is at %d:%d", i, (int)err.line, (int)err.column);
        ck_assert_str_eq(err.file, csv_path);
    }
}
END_TEST

START_TEST(csv_passes_bad_records_over_when_asked)
{
    static const char BYTES[] = "a,b\n1\n1,2\n1,\"2\"x\n1,\xff\n1,x\0\n1,2,3\n\n5,6\n";
    struct assay__text text = {0};
    struct assay_error err;
    uint64_t skipped;
    assert_ok(csv_show(BYTES, sizeof BYTES - 1, &(struct assay__csv_options){.skip_bad = true},
                       &text, &skipped, &err),
              &err);
    ck_assert_str_eq(text.data, "<a><b> 3[1][2] 9[5][6]");
    ck_assert_uint_eq(skipped, 5);
    assay__text_release(&text);
    /* Something below separators that end the header and the other records. */
    static const char ENDS[] = "a,b,\n1,2,\n1,2,\n1,2,\n1,2,\n1,2,\n1,2,\n1,2,\n1,2,\n1,2,\n1,,2\n";
    assert_ok(csv_show(ENDS, sizeof ENDS - 1, &(struct assay__csv_options){.skip_bad = true}, &text,
                       &skipped, &err),
              &err);
    ck_assert_uint_eq(skipped, 1);
    assay__text_release(&text);
}
END_TEST

START_TEST(csv_says_which_column_is_missing_or_twice)
{
    struct assay__rows *rows;
    struct assay_error err;
    uint32_t index;
    csv_put_file("visit,spend,visit\n1,2,3\n", 24);
    assert_ok(assay__csv_open(csv_path, &(struct assay__csv_options){0}, &rows, &err), &err);
    ck_assert_int_eq(assay__rows_column(rows, "spned", &index, &err), ASSAY_ERROR_DATA);
    ck_assert_str_eq(err.message, "No column is named 'spned'. Did you mean 'spend'? The header "
                                  "has: visit, spend, visit.");
    ck_assert_uint_eq(err.line, 1);
    ck_assert_int_eq(assay__rows_column(rows, "visit", &index, &err), ASSAY_ERROR_DATA);
    ck_assert_str_eq(
        err.message,
        "Columns 1 and 3 are both named 'visit'. Say which one: 'visit#1' or 'visit#2'.");
    assert_ok(assay__rows_column(rows, "spend", &index, &err), &err);
    ck_assert_uint_eq(index, 1);
    ck_assert(!assay__rows_find(rows, "Spend", &index));
    assay__rows_close(rows);
    unlink(csv_path);
}
END_TEST

START_TEST(csv_fail_counts_line_ends_in_fields_before)
{
    csv_put_file("a,b\n\"1\n2\",x\n", 12);
    struct assay__rows *rows;
    struct assay__record record;
    struct assay_error err;
    assert_ok(assay__csv_open(csv_path, &(struct assay__csv_options){0}, &rows, &err), &err);
    assert_ok(assay__rows_next(rows, &record, &err), &err);
    assay__rows_fail(rows, &record, 1, ASSAY_ERROR_DATA, &err, "'%s' is bad", "x");
    ck_assert_uint_eq(err.line, 3);
    ck_assert_uint_eq(err.column, 2);
    ck_assert_str_eq(err.message, "'x' is bad");
    assay__rows_close(rows);
    unlink(csv_path);
}
END_TEST

START_TEST(csv_refuses_a_separator_it_does_not_know)
{
    struct assay__rows *rows;
    struct assay_error err;
    ck_assert_int_eq(
        assay__csv_open("x", &(struct assay__csv_options){.separator = 'x'}, &rows, &err),
        ASSAY_ERROR_USAGE);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, csv_reads_what_rfc_4180_says);
    tcase_add_test(cases, csv_reads_what_the_wild_holds);
    tcase_add_test(cases, csv_sniffs_the_separator);
    tcase_add_test(cases, csv_fits_header_and_records);
    tcase_add_test(cases, csv_reads_what_spreadsheets_and_people_add);
    tcase_add_test(cases, csv_recodes_long_files_whole);
    tcase_add_test(cases, csv_refuses_bad_input_with_place_and_reason);
    tcase_add_test(cases, csv_passes_bad_records_over_when_asked);
    tcase_add_test(cases, csv_says_which_column_is_missing_or_twice);
    tcase_add_test(cases, csv_fail_counts_line_ends_in_fields_before);
    tcase_add_test(cases, csv_refuses_a_separator_it_does_not_know);
}

int main(void)
{
    return test_main("csv", add);
}
