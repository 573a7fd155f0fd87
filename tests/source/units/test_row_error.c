/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is said of rows that cannot be read, and where. */
#include "test.h"

#include <unistd.h>

#include "assay/dataset.h"
#include "assay/table.h"
#include "base/text.h"

static char path[64];

static void put_file(const char *text, size_t length)
{
    snprintf(path, sizeof path, "%s/row-%ld.csv", test_tmp(), (long)getpid());
    test_write_file(path, text, length);
}

static enum assay_status read_file(const struct assay_plan *plan, struct assay_dataset **dataset,
                                   struct assay_error *err)
{
    const char *const list[] = {path};
    assert_ok(assay_dataset_new(plan, dataset, err), err);
    enum assay_status status = assay_dataset_read(*dataset, list, 1, NULL, err);
    unlink(path);
    return status;
}

#define PLAN(columns, rest, metric)                                                                \
    "{\"columns\":{\"group\":\"g\"" columns "},\"comparisons\":{\"baseline\":\"A\"}" rest          \
    ",\"metrics\":[{\"id\":\"y\",\"role\":\"success\"," metric "}]}"
#define MEAN "\"type\":\"mean\""
#define PROPORTION "\"type\":\"proportion\""

START_TEST(units_errors_name_file_line_column_and_text)
{
    static const struct {
        const char *plan, *csv;
        enum assay_status code;
        uint64_t line, column;
        const char *says;
    } CASES[] = {
        {PLAN("", "", MEAN), "g,y\nA,1\nA,abc\n", ASSAY_ERROR_DATA, 3, 2,
         "Column 'y': 'abc' is not a number."},
        {PLAN("", "", MEAN), "g,y\nA,\"1\n2\"\n", ASSAY_ERROR_DATA, 2, 2, "'1?2' is not a number"},
        {PLAN("", "", MEAN), "g;y\nA;1,5\n", ASSAY_ERROR_DATA, 2, 2, "'1,5' is not a number"},
        {PLAN("", "", MEAN), "g,y\nA, 1\n", ASSAY_ERROR_DATA, 2, 2, "' 1' is not a number"},
        {PLAN("", "", MEAN), "g,y\nA,1e999\n", ASSAY_ERROR_DATA, 2, 2, "beyond the range"},
        {PLAN("", "", MEAN), "g,y\nA,inf\n", ASSAY_ERROR_DATA, 2, 2, "'inf' is not a number"},
        {PLAN("", "", PROPORTION), "g,y\nA,0.5\n", ASSAY_ERROR_DATA, 2, 2, "'0.5' is not 0 or 1"},
        {PLAN("", "", PROPORTION), "g,y\nA,2\n", ASSAY_ERROR_DATA, 2, 2, "is not 0 or 1"},
        {PLAN("", "", PROPORTION), "g,y\nA,maybe\n", ASSAY_ERROR_DATA, 2, 2, "'maybe' is not 0"},
        {PLAN("", "", MEAN), "g,y\n,1\n", ASSAY_ERROR_DATA, 2, 1, "names no group"},
        {PLAN(",\"unit\":\"u\"", "", MEAN), "g,u,y\nA,,1\n", ASSAY_ERROR_DATA, 2, 2,
         "names no unit"},
        {PLAN(",\"time\":\"t\"", "", MEAN), "g,t,y\nA,yesterday,1\n", ASSAY_ERROR_DATA, 2, 2,
         "'yesterday' is not a time"},
        {PLAN(",\"time\":\"t\"", "", MEAN), "g,t,y\nA,,1\n", ASSAY_ERROR_DATA, 2, 2,
         "is not a time"},
        {PLAN("", "", MEAN ",\"value\":\"spend\""), "g,spned\nA,1\n", ASSAY_ERROR_DATA, 1, 0,
         "No column is named 'spend'. Did you mean 'spned'? The header has: g, spned."},
        {PLAN("", ",\"dimensions\":[\"country\"]", MEAN), "g,y\nA,1\n", ASSAY_ERROR_DATA, 1, 0,
         "No column is named 'country'"},
        {PLAN("", ",\"segments\":[{\"id\":\"s\",\"filter\":\"z = 1\"}]", MEAN), "g,y\nA,1\n",
         ASSAY_ERROR_DATA, 1, 0, "No column is named 'z'"},
        {PLAN("", "", MEAN), "G,y\nA,1\n", ASSAY_ERROR_DATA, 1, 0, "Did you mean 'G'"},
        {PLAN("", "", MEAN), "g,y,y\nA,1,2\n", ASSAY_ERROR_DATA, 1, 3, "both named 'y'"},
        {PLAN("", "", MEAN), "g,y\n", ASSAY_ERROR_DATA, 1, 0, "no row of data"},
        {PLAN("", "", MEAN), "", ASSAY_ERROR_DATA, 1, 0, "is empty"},
        {PLAN("", "", MEAN), "g,y\nA\n", ASSAY_ERROR_DATA, 2, 2, "has 1 field"},
        {PLAN("", "", MEAN), "g,y\n\n\n\"A\",\"x\ny\"\n", ASSAY_ERROR_DATA, 4, 2, "'x?y'"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct assay_plan *plan = test_plan(CASES[i].plan);
        struct assay_dataset *dataset;
        struct assay_error err = {0};
        put_file(CASES[i].csv, strlen(CASES[i].csv));
        enum assay_status status = read_file(plan, &dataset, &err);
        ck_assert_msg(status == CASES[i].code, "case %zu: %s", i, assay_status_id(status));
        ck_assert_msg(strstr(err.message, CASES[i].says) != NULL, "case %zu: %s", i, err.message);
        ck_assert_msg(err.line == CASES[i].line && err.column == CASES[i].column,
                      "case %zu is at %d:%d", i, (int)err.line, (int)err.column);
        ck_assert_str_eq(err.file, path);
        assay_dataset_free(dataset);
        assay_plan_free(plan);
    }
}
END_TEST

START_TEST(units_long_text_in_messages_is_cut_between_characters)
{
    struct assay_plan *plan = test_plan(PLAN("", "", MEAN));
    struct assay_dataset *dataset;
    struct assay_error err;
    struct assay__text csv = {0};
    assay__text_puts(&csv, "g,y\nA,x");
    for (int i = 0; i < 100; i++)
        assay__text_puts(&csv, "\xe2\x82\xac");
    put_file(csv.data, csv.length);
    ck_assert_int_eq(read_file(plan, &dataset, &err), ASSAY_ERROR_DATA);
    ck_assert_ptr_nonnull(strstr(err.message, "\xe2\x82\xac...' is not a number"));
    assay__text_release(&csv);
    assay_dataset_free(dataset);
    assay_plan_free(plan);
}
END_TEST

START_TEST(units_too_many_groups_say_so_with_the_file)
{
    struct assay_plan *plan = test_plan(PLAN("", "", MEAN));
    struct assay_dataset *dataset;
    struct assay_error err;
    struct assay__text csv = {0};
    assay__text_puts(&csv, "g,y\n");
    for (int i = 0; i < 1100; i++)
        assay__text_format(&csv, "%d,1\n", i);
    put_file(csv.data, csv.length);
    ck_assert_int_eq(read_file(plan, &dataset, &err), ASSAY_ERROR_LIMIT);
    ck_assert_ptr_nonnull(strstr(err.message, "distinct groups"));
    ck_assert_uint_eq(err.line, 0); /* no row alone is to blame */
    ck_assert_str_eq(err.file, path);
    assay__text_release(&csv);
    assay_dataset_free(dataset);
    assay_plan_free(plan);
}
END_TEST

/* What a way of reading says of a table in memory that cannot be read again. */
struct told {
    struct assay_error err;
    size_t used;
    const struct assay__text *csv;
};

static enum assay_status give_bytes(void *context, char *buffer, size_t capacity, size_t *length,
                                    struct assay_error *err)
{
    struct told *told = context;
    size_t left = told->csv->length - told->used;
    (void)err;
    *length = left < capacity ? left : capacity;
    *length = *length < 1000 ? *length : 1000; /* a pipe gives what it has */
    memcpy(buffer, told->csv->data + told->used, *length);
    told->used += *length;
    return ASSAY_OK;
}

static void tell(const struct assay_plan *plan, const char *kernel, uint32_t threads, int way,
                 struct told *told)
{
    const struct assay_read_options options = {.kernel = kernel, .threads = threads};
    const char *const list[] = {path};
    struct assay_table *table = NULL;
    struct assay_dataset *dataset;
    struct assay_error err;
    memset(&told->err, 0, sizeof told->err);
    told->used = 0;
    assert_ok(assay_dataset_new(plan, &dataset, &err), &err);
    if (way == 0)
        put_file(told->csv->data, told->csv->length);
    else if (way == 1)
        assert_ok(assay_table_from_bytes(give_bytes, told, path, &table, &err), &err);
    else
        assert_ok(assay_table_from_csv(told->csv->data, told->csv->length, path, &table, &err),
                  &err);
    enum assay_status status =
        way == 0 ? assay_dataset_read(dataset, list, 1, &options, &told->err)
                 : assay_dataset_read_tables(dataset, &table, NULL, 1, &options, &told->err);
    ck_assert_int_eq(status, ASSAY_ERROR_DATA);
    assay_dataset_free(dataset);
    assay_table_free(table);
}

/*
 * One bad cell in the middle of a megabyte: what is said of it, hints too, is the same for every
 * kernel, for two threads, and for a file, a text and a stream.
 */
START_TEST(hints_do_not_depend_on_blocks)
{
    static const struct {
        const char *good, *bad, *tail;
        enum assay_reason reason;
        const char *remedy;
    } CASES[] = {
        {"1.5", "twelve", "1.5", ASSAY_REASON_BAD_ROWS, ""},
        {"1", "7,49", "8,5", ASSAY_REASON_FORMAT, "decimal=,\n"},
        {"1", "$7", "$8", ASSAY_REASON_FORMAT, "currency=$\n"},
        {"", "x", "", ASSAY_REASON_BAD_ROWS, ""},
    };
    static const char *const KERNELS[] = {"careful", "plain", NULL};
    struct assay_plan *plan = test_plan(PLAN("", "", MEAN));
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct assay__text csv = {0};
        struct told want = {.csv = &csv}, got = {.csv = &csv};
        assay__text_puts(&csv, "g;y\n");
        for (int row = 0; row < 120000; row++)
            assay__text_format(&csv, "%s;%s\n", row % 2 == 0 ? "A" : "a group",
                               row == 70001  ? CASES[i].bad
                               : row > 70001 ? CASES[i].tail
                                             : CASES[i].good);
        tell(plan, "careful", 1, 0, &want);
        ck_assert_uint_eq(want.err.line, 70003);
        ck_assert_int_eq(want.err.reason, CASES[i].reason);
        ck_assert_str_eq(want.err.remedy, CASES[i].remedy);
        for (int way = 0; way < 9; way++) {
            tell(plan, KERNELS[way % 3], way % 3 == 0 ? 1 : 2, way / 3, &got);
            ck_assert_str_eq(got.err.message, want.err.message);
            ck_assert_str_eq(got.err.remedy, want.err.remedy);
            ck_assert_int_eq(got.err.reason, want.err.reason);
            ck_assert_uint_eq(got.err.line, want.err.line);
        }
        unlink(path);
        assay__text_release(&csv);
    }
    assay_plan_free(plan);
}
END_TEST

/*
 * A record with two quotes in a field and something else that is wrong, first of all or behind good
 * ones: the same words, for every kernel and source.
 */
START_TEST(doubled_quotes_do_not_change_what_is_wrong)
{
    static const struct {
        const char *record;
        uint64_t column;
        const char *says;
    } CASES[] = {
        {"\"a\"\"b\",1", 3, "The record has 2 fields, but the header has 3."},
        {"\"a\"\"b\",1,2,3", 4, "The record has 4 fields, but the header has 3."},
        {"\"a\"\"b\",1,x\xff", 3, "The field is not valid UTF-8"},
        {"\"a\"\"b\",1\xfd,x", 2, "The field is not valid UTF-8"},
        {"\"a\"\"b\"c,1,2", 1, "Text follows the closing quote."},
        {"\"a\"\"b\",1,\"\"\"x\"y", 3, "Text follows the closing quote."},
        {"\"a\"\"b\",\"\"\"1\",2", 2, "is not a number"},
    };
    static const char *const KERNELS[] = {"careful", "plain", NULL};
    static const int BEFORE[] = {0, 1, 2, 300, 40000};
    enum {
        CASE_COUNT = sizeof CASES / sizeof *CASES,
        BEFORE_COUNT = sizeof BEFORE / sizeof *BEFORE
    };
    struct assay_plan *plan = test_plan(PLAN("", "", MEAN));
    for (size_t i = 0; i < (size_t)CASE_COUNT * BEFORE_COUNT; i++) {
        const char *says = CASES[i % CASE_COUNT].says;
        int before = BEFORE[i / CASE_COUNT];
        struct assay__text csv = {0};
        struct told got = {.csv = &csv};
        assay__text_puts(&csv, "g,y,t\n");
        for (int row = 0; row < before; row++)
            assay__text_puts(&csv, row % 2 == 0 ? "A,1,\"x\"\"y\"\n" : "B,2,x\n");
        assay__text_format(&csv, "%s\nA,1,x\n", CASES[i % CASE_COUNT].record);
        for (int way = 0; way < 9; way++) {
            tell(plan, KERNELS[way % 3], way % 3 == 0 ? 1 : 2, way / 3, &got);
            ck_assert_msg(strstr(got.err.message, says) != NULL, "%s, not %s", got.err.message,
                          says);
            ck_assert_uint_eq(got.err.line, (uint64_t)before + 2);
            ck_assert_uint_eq(got.err.column, CASES[i % CASE_COUNT].column);
        }
        unlink(path);
        assay__text_release(&csv);
    }
    assay_plan_free(plan);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, doubled_quotes_do_not_change_what_is_wrong);
    tcase_add_test(cases, hints_do_not_depend_on_blocks);
    tcase_add_test(cases, units_errors_name_file_line_column_and_text);
    tcase_add_test(cases, units_long_text_in_messages_is_cut_between_characters);
    tcase_add_test(cases, units_too_many_groups_say_so_with_the_file);
}

int main(void)
{
    return test_main("row-error", add);
}
