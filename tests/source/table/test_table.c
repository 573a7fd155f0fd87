/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Data that a program hands over: whatever the way, sums and seal are byte for byte those of the
 * CSV file with the same cells.
 */
#include "test.h"

#include "tables.h"

static char *sums_of(const struct assay_plan *plan, struct assay_table *table)
{
    struct assay_error err;
    char *sums = NULL;
    assert_ok(tables_read(plan, table, &sums, &err), &err);
    return sums;
}

START_TEST(every_way_gives_the_sealed_sums_of_the_file)
{
    struct assay_plan *plan = tables_plan();
    struct assay_table *table;
    struct assay_error err;
    assert_ok(tables_make(TABLES_PATH, &table, &err), &err);
    char *want = sums_of(plan, table);
    ck_assert_ptr_nonnull(strstr(want, "@end"));
    for (int way = TABLES_TEXT; way < TABLES_WAYS; way++) {
        assert_ok(tables_make((enum tables_way)way, &table, &err), &err);
        char *got = sums_of(plan, table);
        size_t same = 0;
        while (got[same] != '\0' && got[same] == want[same])
            same++;
        ck_assert_msg(strcmp(got, want) == 0, "way %d: ...%.80s, the file: ...%.80s", way,
                      got + same, want + same);
        free(got);
    }
    ck_assert_int_gt(tables_exported, 3);
    ck_assert_int_eq(tables_released, tables_exported);
    free(want);
    assay_plan_free(plan);
}
END_TEST

START_TEST(a_table_is_read_once)
{
    struct assay_plan *plan = tables_plan();
    struct assay_table *table, *both[2];
    struct assay_dataset *dataset;
    struct assay_error err;
    assert_ok(tables_make(TABLES_COLUMN, &table, &err), &err);
    both[0] = both[1] = table;
    assert_ok(assay_dataset_new(plan, &dataset, &err), &err);
    ck_assert_int_eq(assay_dataset_read_tables(dataset, both, NULL, 2, NULL, &err),
                     ASSAY_ERROR_USAGE);
    assay_dataset_free(dataset);
    assay_table_free(table);
    assay_table_free(NULL);
    assay_plan_free(plan);
}
END_TEST

/* The same rows in two tables count twice without units: found as in files, by their digest. */
START_TEST(equal_tables_are_found_whatever_their_way)
{
    struct assay_plan *plan =
        test_plan("{\"columns\":{\"group\":\"g\"},\"comparisons\":{\"baseline\":\"A\"},"
                  "\"metrics\":[{\"id\":\"y\",\"role\":\"success\",\"type\":\"mean\"}]}");
    struct assay_table *both[2];
    struct assay_dataset *dataset;
    struct assay_error err;
    assert_ok(tables_make(TABLES_ARROW, &both[0], &err), &err);
    assert_ok(tables_make(TABLES_TEXT, &both[1], &err), &err);
    assert_ok(assay_dataset_new(plan, &dataset, &err), &err);
    ck_assert_int_eq(assay_dataset_read_tables(dataset, both, NULL, 2, NULL, &err),
                     ASSAY_ERROR_DATA);
    ck_assert_ptr_nonnull(strstr(err.message, "very same bytes"));
    assay_dataset_free(dataset);
    assay_table_free(both[0]);
    assay_table_free(both[1]);
    assay_plan_free(plan);
}
END_TEST

/* A plan for decimal commas and odd spellings reads typed values as they are, texts by its rules.
 */
START_TEST(typed_values_know_no_dialect)
{
    struct assay_plan *plan = test_plan(
        "{\"columns\":{\"group\":\"g\",\"time\":\"t\"},\"comparisons\":{\"baseline\":\"A\"},"
        "\"format\":{\"decimal\":\",\",\"thousands\":\".\",\"time\":\"%d.%m.%Y\",\"trim\":true},"
        "\"metrics\":[{\"id\":\"y\",\"role\":\"success\",\"type\":\"mean\"},"
        "{\"id\":\"z\",\"role\":\"guardrail\",\"type\":\"mean\"}]}");
    static const char *const GROUPS[] = {"A", " A ", "B", "B"};
    static const char *const TEXTS[] = {"1.234,5", "1234,5", "0,25", "2"};
    static const double DOUBLES[] = {1234.5, 1234.5, 0.25, 2.0};
    static const int64_t TIMES[] = {INT64_C(1772323200000000000), INT64_C(1772323200000000000),
                                    INT64_C(1772323200000000000), INT64_C(1772323200000000000)};
    const struct assay_column columns[] = {
        {.name = "g", .values = GROUPS},
        {.name = "t", .kind = ASSAY_CELL_TIME, .values = TIMES},
        {.name = "y", .values = TEXTS},
        {.name = "z", .kind = ASSAY_CELL_DOUBLE, .values = DOUBLES}};
    struct assay_table *table;
    struct assay_dataset *dataset;
    struct assay_analysis *analysis;
    struct assay_look looks[2];
    struct assay_error err;
    assert_ok(assay_table_from_columns(columns, 4, 4, NULL, &table, &err), &err);
    assert_ok(assay_dataset_new(plan, &dataset, &err), &err);
    assert_ok(assay_dataset_read_tables(dataset, &table, NULL, 1, NULL, &err), &err);
    assert_ok(assay_dataset_analyze(dataset, &analysis, &err), &err);
    for (size_t i = 0; i < 2; i++)
        ck_assert(assay_analysis_last_look(analysis, i, &looks[i]));
    ck_assert_double_eq(looks[0].comparison->difference.estimate, 1.125 - 1234.5);
    ck_assert_double_eq(looks[1].comparison->difference.estimate, 1.125 - 1234.5);
    assay_analysis_free(analysis);
    assay_dataset_free(dataset);
    assay_table_free(table);
    assay_plan_free(plan);
}
END_TEST

/* Reads two rows with typed times. */
static enum assay_status read_time(int64_t time, const char *format, struct assay_error *err)
{
    char text[300];
    snprintf(text, sizeof text,
             "{\"columns\":{\"group\":\"g\",\"time\":\"t\"},\"comparisons\":{\"baseline\":\"A\"},"
             "%s\"metrics\":[{\"id\":\"y\",\"role\":\"success\","
             "\"type\":\"mean\"}]}",
             format);
    static const char *const GROUPS[] = {"A", "B"};
    static const double VALUES[] = {1.0, 2.0};
    const int64_t times[] = {INT64_C(1772323200000000000), time};
    const struct assay_column columns[] = {
        {.name = "g", .values = GROUPS},
        {.name = "t", .kind = ASSAY_CELL_TIME, .values = times},
        {.name = "y", .kind = ASSAY_CELL_DOUBLE, .values = VALUES}};
    struct assay_plan *plan = test_plan(text);
    struct assay_table *table;
    struct assay_dataset *dataset;
    assert_ok(assay_table_from_columns(columns, 3, 2, NULL, &table, err), err);
    assert_ok(assay_dataset_new(plan, &dataset, err), err);
    enum assay_status status = assay_dataset_read_tables(dataset, &table, NULL, 1, NULL, err);
    assay_dataset_free(dataset);
    assay_table_free(table);
    assay_plan_free(plan);
    return status;
}

/* A typed time is that time, also where a number would not be taken for one. */
START_TEST(typed_times_reach_from_1678_to_2261)
{
    static const int64_t GOOD[] = {0, INT64_C(-9214560000000000000), INT64_C(9214646399999999999),
                                   INT64_C(631151999999999999), INT64_C(4102444800000000000)};
    static const int64_t BAD[] = {INT64_MIN, INT64_MAX, INT64_C(-9214560000000000001),
                                  INT64_C(9214646400000000000)};
    struct assay_error err;
    for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++) {
        assert_ok(read_time(GOOD[i], "", &err), &err);
        assert_ok(read_time(GOOD[i], "\"format\":{\"time\":\"%d.%m.%Y\"},", &err), &err);
    }
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        ck_assert_int_eq(read_time(BAD[i], "", &err), ASSAY_ERROR_DATA);
        ck_assert_uint_eq(err.line, 2);
        ck_assert_uint_eq(err.column, 2);
        ck_assert_ptr_nonnull(strstr(err.message, "1678 to 2261"));
    }
}
END_TEST

/* Reads columns u, g, y and says how it went. */
static enum assay_status read_bad(const char *group, double value, bool skips, uint64_t *bad,
                                  struct assay_error *err)
{
    struct assay_plan *plan =
        test_plan("{\"columns\":{\"group\":\"g\"},\"comparisons\":{\"baseline\":\"A\"},"
                  "\"metrics\":[{\"id\":\"y\",\"role\":\"success\",\"type\":\"mean\"}]}");
    const char *const groups[] = {"A", group, "B"};
    const double numbers[] = {1.5, value, 2.5};
    const struct assay_column columns[] = {
        {.name = "g", .values = groups},
        {.name = "y", .kind = ASSAY_CELL_DOUBLE, .values = numbers}};
    const struct assay_read_options options = {.bad_rows = skips ? ASSAY_BAD_ROWS_SKIP
                                                                 : ASSAY_BAD_ROWS_FAIL};
    struct assay_table *table;
    struct assay_dataset *dataset;
    assert_ok(assay_table_from_columns(columns, 2, 3, "batch 7", &table, err), err);
    assert_ok(assay_dataset_new(plan, &dataset, err), err);
    enum assay_status status = assay_dataset_read_tables(dataset, &table, NULL, 1, &options, err);
    *bad = assay_dataset_counts(dataset).rows_bad;
    assay_dataset_free(dataset);
    assay_table_free(table);
    assay_plan_free(plan);
    return status;
}

START_TEST(bad_cells_are_named_by_table_row_and_column_or_skipped)
{
    struct assay_error err;
    uint64_t bad;
    ck_assert_int_eq(read_bad("A", (double)INFINITY, false, &bad, &err), ASSAY_ERROR_DATA);
    ck_assert_str_eq(err.file, "batch 7");
    ck_assert_uint_eq(err.line, 2);
    ck_assert_uint_eq(err.column, 2);
    ck_assert_int_eq(read_bad("A\xff", 1.0, false, &bad, &err), ASSAY_ERROR_DATA);
    ck_assert_uint_eq(err.line, 2);
    ck_assert_uint_eq(err.column, 1);
    ck_assert_int_eq(err.reason, ASSAY_REASON_BAD_ROWS);
    static char text[ASSAY_FIELD_BYTES_MAX + 2];
    memset(text, 'A', sizeof text - 1);
    ck_assert_int_eq(read_bad(text, 1.0, false, &bad, &err), ASSAY_ERROR_LIMIT);
    ck_assert_uint_eq(err.line, 2);
    assert_ok(read_bad(text, 1.0, true, &bad, &err), &err);
    ck_assert_uint_eq(bad, 1);
    assert_ok(read_bad("A\xff", 1.0, true, &bad, &err), &err);
    ck_assert_uint_eq(bad, 1);
    assert_ok(read_bad("A", (double)INFINITY, true, &bad, &err), &err);
    ck_assert_uint_eq(bad, 1);
}
END_TEST

static enum assay_status stop(void *context, struct assay_cell *cells, bool *is_end,
                              struct assay_error *err)
{
    int *left = context;
    *is_end = false;
    cells[0].text = "A";
    if ((*left)-- > 0)
        return ASSAY_OK;
    snprintf(err->message, sizeof err->message, "The cursor is closed.");
    return ASSAY_ERROR_IO;
}

static enum assay_status lie(void *context, char *buffer, size_t capacity, size_t *length,
                             struct assay_error *err)
{
    (void)context;
    (void)buffer;
    (void)err;
    *length = capacity + 1;
    return ASSAY_OK;
}

/* Answers what the context says, without a word, at the end of the rows. */
static enum assay_status say(void *context, struct assay_cell *cells, bool *is_end,
                             struct assay_error *err)
{
    (void)cells;
    (void)err;
    *is_end = true;
    return *(const enum assay_status *)context;
}

START_TEST(what_a_callback_says_is_passed_on)
{
    struct assay_plan *plan =
        test_plan("{\"columns\":{\"group\":\"g\"},\"comparisons\":{\"baseline\":\"A\"},"
                  "\"metrics\":[{\"id\":\"y\",\"role\":\"success\",\"type\":\"mean\"}]}");
    const char *const names[] = {"g", "y"};
    struct assay_table *table;
    struct assay_error err;
    char *sums;
    int left = 3;
    assert_ok(assay_table_from_rows(names, 2, stop, &left, "cursor", &table, &err), &err);
    ck_assert_int_eq(tables_read(plan, table, &sums, &err), ASSAY_ERROR_IO);
    ck_assert_str_eq(err.message, "The cursor is closed.");
    ck_assert_str_eq(err.file, "cursor");
    assert_ok(assay_table_from_bytes(lie, NULL, "liar", &table, &err), &err);
    ck_assert_int_eq(tables_read(plan, table, &sums, &err), ASSAY_ERROR_USAGE);
    enum assay_status answers[] = {ASSAY_ERROR_IO, (enum assay_status)99, ASSAY_OK};
    static const char *const SAID[] = {"A callback says no more than: Reading or writing failed.",
                                       "A callback answered 99, which is not a status.",
                                       "The table has no row of data."};
    static const enum assay_status WANTED[] = {ASSAY_ERROR_IO, ASSAY_ERROR_USAGE, ASSAY_ERROR_DATA};
    for (size_t i = 0; i < 3; i++) {
        assert_ok(assay_table_from_rows(names, 2, say, &answers[i], NULL, &table, &err), &err);
        ck_assert_int_eq(tables_read(plan, table, &sums, &err), WANTED[i]);
        ck_assert_str_eq(err.message, SAID[i]);
    }
    assay_plan_free(plan);
}
END_TEST

START_TEST(a_stream_that_fails_says_why)
{
    struct assay_plan *plan = tables_plan();
    struct assay_table *table;
    struct assay_error err;
    char *sums;
    FILE *folder = fopen(test_tmp(), "r");
    ck_assert_ptr_nonnull(folder);
    assert_ok(assay_table_from_file(folder, NULL, &table, &err), &err);
    ck_assert_int_eq(tables_read(plan, table, &sums, &err), ASSAY_ERROR_IO);
    ck_assert_str_eq(err.message, "The stream cannot be read: Is a directory.");
    ck_assert_str_eq(err.file, "(stream)");
    fclose(folder);
    assay_plan_free(plan);
}
END_TEST

START_TEST(options_that_cannot_be_are_refused)
{
    static const struct assay_read_options BAD[] = {{.kind = (enum assay_input_kind)3},
                                                    {.bad_rows = (enum assay_bad_rows)2},
                                                    {.kernel = "z80"},
                                                    {.separator = 'x'}};
    struct assay_plan *plan = tables_plan();
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        /* Whether the rows would need them or not. */
        struct assay_dataset *dataset;
        struct assay_table *table;
        struct assay_error err;
        assert_ok(tables_make(i == 3 ? TABLES_TEXT : TABLES_COLUMN, &table, &err), &err);
        assert_ok(assay_dataset_new(plan, &dataset, &err), &err);
        ck_assert_int_eq(assay_dataset_read_tables(dataset, &table, NULL, 1, &BAD[i], &err),
                         ASSAY_ERROR_USAGE);
        assay_dataset_free(dataset);
        assay_table_free(table);
    }
    assay_plan_free(plan);
}
END_TEST

START_TEST(tables_that_cannot_be_are_refused)
{
    const double numbers[] = {1.0};
    const struct assay_column none = {.kind = ASSAY_CELL_DOUBLE, .values = numbers};
    const struct assay_column odd = {
        .name = "x", .kind = (enum assay_cell_kind)9, .values = numbers};
    const struct assay_column empty = {.name = "x"};
    struct assay_table *table;
    struct assay_dataset *dataset;
    struct assay_error err;
    ck_assert_int_eq(assay_table_from_columns(&none, 0, 1, NULL, &table, &err), ASSAY_ERROR_USAGE);
    ck_assert_int_eq(assay_table_from_columns(&none, 1, 1, NULL, &table, &err), ASSAY_ERROR_USAGE);
    ck_assert_int_eq(assay_table_from_columns(&odd, 1, 1, NULL, &table, &err), ASSAY_ERROR_USAGE);
    ck_assert_int_eq(assay_table_from_columns(&empty, 1, 1, NULL, &table, &err), ASSAY_ERROR_USAGE);
    const char **names = calloc(ASSAY_COLUMNS_MAX + 1, sizeof *names);
    ck_assert_int_eq(
        assay_table_from_rows(names, ASSAY_COLUMNS_MAX + 1, stop, NULL, NULL, &table, &err),
        ASSAY_ERROR_LIMIT);
    free(names);
    struct assay_plan *plan = tables_plan();
    assert_ok(assay_dataset_new(plan, &dataset, &err), &err);
    ck_assert_int_eq(assay_dataset_read_tables(dataset, NULL, NULL, 0, NULL, &err),
                     ASSAY_ERROR_USAGE);
    assay_dataset_free(dataset);
    assay_plan_free(plan);
}
END_TEST

START_TEST(events_come_from_tables_too)
{
    struct assay_plan *plan = test_plan(
        "{\"columns\":{\"group\":\"g\",\"unit\":\"u\",\"time\":\"t\"},"
        "\"comparisons\":{\"baseline\":\"A\"},\"events\":[{\"name\":\"orders\"}],"
        "\"metrics\":[{\"id\":\"y\",\"role\":\"success\",\"type\":\"mean\",\"events\":\"orders\","
        "\"aggregation\":\"sum\",\"value\":\"amount\"}]}");
    static const char UNITS[] = "u,g,t\n1,A,2026-03-01\n2,B,2026-03-01\n3,A,2026-03-01\n";
    static const char *const BUYERS[] = {"1", "2", "2"};
    static const char *const DAYS[] = {"2026-03-02", "2026-03-02", "2026-03-03"};
    static const double AMOUNTS[] = {0.1, 2.5, 0.25};
    const struct assay_column columns[] = {
        {.name = "u", .values = BUYERS},
        {.name = "t", .values = DAYS},
        {.name = "amount", .kind = ASSAY_CELL_DOUBLE, .values = AMOUNTS}};
    const char *const events[] = {"orders", NULL}, *const wrong[] = {"order", NULL};
    struct assay_table *tables[2];
    struct assay_dataset *dataset;
    struct assay_error err;
    assert_ok(assay_table_from_columns(columns, 3, 3, "orders", &tables[0], &err), &err);
    assert_ok(assay_table_from_csv(UNITS, sizeof UNITS - 1, "units", &tables[1], &err), &err);
    assert_ok(assay_dataset_new(plan, &dataset, &err), &err);
    ck_assert_int_eq(assay_dataset_read_tables(dataset, tables, wrong, 2, NULL, &err),
                     ASSAY_ERROR_PLAN);
    assert_ok(assay_dataset_read_tables(dataset, tables, events, 2, NULL, &err), &err);
    struct assay_counts counts = assay_dataset_counts(dataset);
    ck_assert_uint_eq(counts.rows_used, 3);
    ck_assert_uint_eq(counts.events_used, 3);
    assay_dataset_free(dataset);
    assay_table_free(tables[0]);
    assay_table_free(tables[1]);
    assay_plan_free(plan);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, every_way_gives_the_sealed_sums_of_the_file);
    tcase_add_test(cases, a_table_is_read_once);
    tcase_add_test(cases, equal_tables_are_found_whatever_their_way);
    tcase_add_test(cases, typed_values_know_no_dialect);
    tcase_add_test(cases, typed_times_reach_from_1678_to_2261);
    tcase_add_test(cases, bad_cells_are_named_by_table_row_and_column_or_skipped);
    tcase_add_test(cases, what_a_callback_says_is_passed_on);
    tcase_add_test(cases, a_stream_that_fails_says_why);
    tcase_add_test(cases, options_that_cannot_be_are_refused);
    tcase_add_test(cases, tables_that_cannot_be_are_refused);
    tcase_add_test(cases, events_come_from_tables_too);
}

int main(void)
{
    return test_main("table", add);
}
