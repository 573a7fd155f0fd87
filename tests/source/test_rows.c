/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A source of rows that is not a file: the cells come from an array, and all sums are those of CSV.
 */
#include "test.h"

#include <unistd.h>

#include "base/text.h"
#include "source/sources.h"

/* Rows in memory, handed out a few at a time, as a cursor does. */
struct array {
    struct assay__rows rows;
    const char *const *cells; /* [row_count * header.count] */
    size_t row_count, at;
    struct assay__field fields[64];
    uint64_t lines[64];
};

static const char *place(const struct assay__rows *rows)
{
    (void)rows;
    return "(an array)";
}

static enum assay_status next_block(struct assay__rows *rows, struct assay__rows_block *block,
                                    struct assay_error *err)
{
    enum { RECORDS = 3 };
    struct array *array = (struct array *)rows;
    (void)err;
    *block = (struct assay__rows_block){array->fields, array->lines, 0};
    for (; block->record_count < RECORDS && array->at < array->row_count; array->at++) {
        for (uint32_t c = 0; c < rows->header.count; c++) {
            const char *text = array->cells[array->at * rows->header.count + c];
            array->fields[block->record_count * rows->header.count + c] =
                (struct assay__field){.text = text, .length = (uint32_t)strlen(text)};
        }
        array->lines[block->record_count++] = array->at + 1;
    }
    return ASSAY_OK;
}

static void close_array(struct assay__rows *rows)
{
    assay__rows_header_release(&rows->header);
}

static const struct assay__rows_kind ARRAY = {
    .place = place, .next_block = next_block, .close = close_array};

static void open_array(struct array *array, const char *const *names, uint32_t count,
                       const char *const *cells, size_t row_count)
{
    struct assay__field fields[8];
    struct assay_error err;
    for (uint32_t c = 0; c < count; c++)
        fields[c] = (struct assay__field){.text = names[c], .length = (uint32_t)strlen(names[c])};
    *array = (struct array){.rows.kind = &ARRAY, .cells = cells, .row_count = row_count};
    assert_ok(assay__rows_header_init(&array->rows.header, fields, count, &err), &err);
}

static struct assay_plan *make_plan(void)
{
    static const char PLAN[] =
        "{\"columns\":{\"group\":\"g\",\"unit\":\"u\"},\"comparisons\":{\"baseline\":\"A\"},"
        "\"dimensions\":[\"d\"],\"metrics\":[{\"id\":\"y\",\"role\":\"success\",\"type\":\"mean\","
        "\"covariates\":[\"x\"]}]}";
    return test_plan(PLAN);
}

static const char *const NAMES[] = {"u", "g", "d", "y", "x", "unused"};
static const char *const CELLS[][6] = {
    {"1", "A", "de", "2.385", "1", "a"}, {"2", "B", "fr", "0.1", "2", "b"},
    {"3", "A", "fr", "1e-3", "", "c"},   {"4", "B", "de", "7", "0.5", "d"},
    {"5", "A", "de", "-3", "4", "e"},    {"2", "B", "fr", "0.1", "2", "f"},
    {"6", "B", "de", "", "4", "g"},
};
enum { COLUMNS = 6, ROWS = sizeof CELLS / sizeof *CELLS };

/* The sums of a dataset as text; the dataset is freed. */
static char *sums(struct assay_dataset *dataset)
{
    char *text;
    size_t length;
    struct assay_error err;
    assert_ok(assay_dataset_summarize(dataset, &text, &length, &err), &err);
    assay_dataset_free(dataset);
    return text;
}

static char *sums_of_file(const struct assay_plan *plan)
{
    struct assay__text csv = {0};
    struct assay_dataset *dataset;
    struct assay_error err;
    char path[64];
    for (size_t i = 0; i <= ROWS; i++)
        for (size_t c = 0; c < COLUMNS; c++)
            assay__text_format(&csv, "%s%c", i == 0 ? NAMES[c] : CELLS[i - 1][c],
                               c + 1 < COLUMNS ? ',' : '\n');
    snprintf(path, sizeof path, "%s/rows-%ld.csv", test_tmp(), (long)getpid());
    test_write_file(path, csv.data, csv.length);
    assay__text_release(&csv);
    const char *const list[] = {path};
    assert_ok(assay_dataset_new(plan, &dataset, &err), &err);
    assert_ok(assay_dataset_read(dataset, list, 1, NULL, &err), &err);
    unlink(path);
    return sums(dataset);
}

START_TEST(rows_of_an_array_give_the_sums_of_the_same_csv)
{
    struct assay_plan *plan = make_plan();
    struct assay_dataset *dataset;
    struct assay_error err;
    struct array array;
    char *want = sums_of_file(plan);
    open_array(&array, NAMES, COLUMNS, &CELLS[0][0], ROWS);
    assert_ok(assay_dataset_new(plan, &dataset, &err), &err);
    assert_ok(assay__dataset_read_rows(dataset, &array.rows, NULL, &err), &err);
    ck_assert_uint_eq(assay_dataset_counts(dataset).rows_read, ROWS);
    ck_assert_uint_eq(assay_dataset_counts(dataset).rows_duplicate, 1);
    char *have = sums(dataset);
    ck_assert_str_eq(have, want);
    assay__rows_close(&array.rows);
    free(have);
    free(want);
    assay_plan_free(plan);
}
END_TEST

START_TEST(rows_without_a_file_say_where_they_are_wrong)
{
    static const char *const WRONG[][6] = {{"1", "A", "de", "2", "1", ""},
                                           {"2", "B", "de", "two", "1", ""}};
    static const char *const LESS[] = {"u", "g", "d", "z", "x", "unused"};
    struct assay_plan *plan = make_plan();
    struct assay_dataset *dataset;
    struct assay_error err;
    struct array array;
    open_array(&array, NAMES, COLUMNS, &WRONG[0][0], 2);
    assert_ok(assay_dataset_new(plan, &dataset, &err), &err);
    ck_assert_int_eq(assay__dataset_read_rows(dataset, &array.rows, NULL, &err), ASSAY_ERROR_DATA);
    ck_assert_str_eq(err.file, "(an array)");
    ck_assert_uint_eq(err.line, 2);
    ck_assert_uint_eq(err.column, 4);
    assay__rows_close(&array.rows);
    assay_dataset_free(dataset);

    open_array(&array, LESS, COLUMNS, &WRONG[0][0], 2);
    assert_ok(assay_dataset_new(plan, &dataset, &err), &err);
    ck_assert_int_eq(assay__dataset_read_rows(dataset, &array.rows, NULL, &err), ASSAY_ERROR_DATA);
    ck_assert_ptr_nonnull(strstr(err.message, "No column is named 'y'."));
    assay__rows_close(&array.rows);
    assay_dataset_free(dataset);
    assay_plan_free(plan);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, rows_of_an_array_give_the_sums_of_the_same_csv);
    tcase_add_test(cases, rows_without_a_file_say_where_they_are_wrong);
}

int main(void)
{
    return test_main("rows", add);
}
