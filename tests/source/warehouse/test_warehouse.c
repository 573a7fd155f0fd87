/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What needs no database: plans of execution, states of ODBC, UTF-16, names of sources. */
#include "test.h"
#include "base/memory.h"

#include "source/warehouse/answer_rows.h"
#include "source/warehouse/odbc_fail.h"
#include "source/warehouse/ships.h"
#include "source/warehouse/utf16.h"

static const char *ships(const struct assay__sql_dialect *dialect, const char *const *lines)
{
    static char found[200];
    struct assay__answer answer = {0};
    assay__answer_name(&answer, "plan", 4);
    for (; *lines != NULL; lines++)
        assay__answer_cell(&answer, *lines, strlen(*lines));
    const char *line = assay__plan_ships(dialect, &answer);
    snprintf(found, sizeof found, "%s", line == NULL ? "" : line);
    assay__answer_release(&answer);
    return found;
}

START_TEST(plans_that_fetch_rows_are_found)
{
    static const char *const ROWS[] = {"HashAggregate  (cost=1..2 rows=1 width=4)",
                                       "  ->  Foreign Scan on units  (cost=1..2 rows=1 width=4)",
                                       "Planning Time: 1 ms", NULL};
    static const char *const JOIN[] = {"Foreign Scan  (cost=1..2 rows=1 width=4)",
                                       "  Relations: (a) INNER JOIN (b)", NULL};
    static const char *const SUMS[] = {"Append  (cost=1..2 rows=1 width=4)",
                                       "  ->  Foreign Scan  (cost=1..2 rows=1 width=4)",
                                       "        Relations: Aggregate on (units)",
                                       "  ->  Seq Scan on units  (cost=1..2 rows=1 width=4)", NULL};
    static const char *const REMOTE[] = {"Expression", "  ReadFromRemote (Read from replica)",
                                         NULL};
    ck_assert_str_eq(ships(&assay__sql_postgresql, ROWS), ROWS[1]);
    ck_assert_str_eq(ships(&assay__sql_postgresql, JOIN), JOIN[0]);
    ck_assert_str_eq(ships(&assay__sql_postgresql, SUMS), "");
    ck_assert_str_eq(ships(&assay__sql_clickhouse, REMOTE), REMOTE[1]);
    ck_assert_str_eq(ships(&assay__sql_sqlite, ROWS), "");
    ck_assert(assay__plan_can_ship(&assay__sql_postgresql, false));
    ck_assert(!assay__plan_can_ship(&assay__sql_sqlite, false));
    /* Of views of sums: PostgreSQL's plan tells them from rows, ClickHouse's does not. */
    ck_assert(assay__plan_can_ship(&assay__sql_postgresql, true));
    ck_assert(assay__plan_can_ship(&assay__sql_clickhouse, false));
    ck_assert(!assay__plan_can_ship(&assay__sql_clickhouse, true));
}
END_TEST

START_TEST(states_of_odbc_have_their_status)
{
    static const struct {
        const char *state;
        long native;
        const char *message;
        enum assay_status status;
    } ROWS[] = {{"08001", 101, "FATAL: password authentication failed", ASSAY_ERROR_AUTH},
                {"08001", 101, "connection refused", ASSAY_ERROR_TRY_AGAIN},
                {"08001", 101, "FATAL:  database \"x\" does not exist", ASSAY_ERROR_NO_INPUT},
                {"08S01", 0, "gone", ASSAY_ERROR_TRY_AGAIN},
                {"28000", 1045, "Access denied", ASSAY_ERROR_AUTH},
                {"42501", 1, "permission denied", ASSAY_ERROR_AUTH},
                {"42000", 1142, "SELECT command denied", ASSAY_ERROR_AUTH},
                {"42P01", 1, "relation", ASSAY_ERROR_NO_INPUT},
                {"42S02", 1146, "Table", ASSAY_ERROR_NO_INPUT},
                {"42703", 1, "column", ASSAY_ERROR_DATA},
                {"42S22", 1054, "column", ASSAY_ERROR_DATA},
                {"42601", 1, "syntax", ASSAY_ERROR_REMOTE},
                {"22003", 1, "out of range", ASSAY_ERROR_DATA},
                {"57014", 1, "canceling", ASSAY_ERROR_TRY_AGAIN},
                {"57P01", 1, "shutdown", ASSAY_ERROR_TRY_AGAIN},
                {"53200", 1, "out of memory", ASSAY_ERROR_TRY_AGAIN},
                {"HYT00", 0, "timeout", ASSAY_ERROR_TRY_AGAIN},
                {"70100", 1969, "max_statement_time", ASSAY_ERROR_TRY_AGAIN},
                {"HY000", 2013, "Lost connection", ASSAY_ERROR_TRY_AGAIN},
                {"IM002", 0, "Data source name not found", ASSAY_ERROR_NO_INPUT},
                {"01000", 0, "Can't open lib 'x'", ASSAY_ERROR_UNAVAILABLE},
                {"IM003", 0, "driver", ASSAY_ERROR_UNAVAILABLE},
                {"HY001", 0, "memory", ASSAY_ERROR_MEMORY},
                {"HY000", 0, "whatever", ASSAY_ERROR_REMOTE}};
    for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++)
        ck_assert_msg(assay__odbc_status(ROWS[i].state, ROWS[i].native, ROWS[i].message) ==
                          ROWS[i].status,
                      "%s %ld %s", ROWS[i].state, ROWS[i].native, ROWS[i].message);
}
END_TEST

START_TEST(utf_16_and_back)
{
    static const char TEXT[] = "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80z";
    static const uint16_t BROKEN[] = {'x', 0xD83D, 'y', 0xDE00};
    struct assay__text out = {0};
    size_t length;
    uint16_t *units = assay__utf16_of(TEXT, &length);
    ck_assert_uint_eq(length, 6);
    assay__utf16_append(&out, units, length);
    ck_assert(out.length == sizeof TEXT - 1 && memcmp(out.data, TEXT, out.length) == 0);
    assay__utf16_append(&out, BROKEN, 4);
    ck_assert_str_eq(out.data + sizeof TEXT - 1, "x\xEF\xBF\xBDy\xEF\xBF\xBD");
    assay__text_release(&out);
    assay__free(units);
    units = assay__utf16_of("\xFFz", &length);
    ck_assert(length == 2 && units[0] == 0xFFFD && units[1] == 'z');
    assay__free(units);
}
END_TEST

START_TEST(answers_are_rows)
{
    struct assay__answer answer = {0};
    struct assay__rows *rows;
    struct assay__record record;
    struct assay_error err;
    assay__answer_name(&answer, "a", 1);
    assay__answer_name(&answer, "b", 1);
    ck_assert_int_eq(assay__answer_check(&answer, "x", &err), ASSAY_OK);
    for (int i = 0; i < 600; i++) {
        assay__answer_cell(&answer, "p\0q", 3); /* a NUL ends no cell */
        assay__answer_cell(&answer, "", 0);
    }
    assert_ok(assay__answer_rows(&answer, "place", &rows, &err), &err);
    ck_assert_str_eq(assay__rows_name(rows), "place");
    for (int i = 0; i < 600; i++) {
        assert_ok(assay__rows_next(rows, &record, &err), &err);
        ck_assert_uint_eq(record.line, (uint64_t)i + 1);
        ck_assert(record.fields[0].length == 3 && memcmp(record.fields[0].text, "p\x1Aq", 3) == 0);
        ck_assert_uint_eq(record.fields[1].length, 0);
    }
    assert_ok(assay__rows_next(rows, &record, &err), &err);
    ck_assert_ptr_null(record.fields);
    assay__rows_close(rows);
    assay__answer_release(&answer);
}
END_TEST

START_TEST(sources_are_known_by_how_they_begin)
{
    char forms[300];
    ck_assert_ptr_eq(assay__engine_of("sqlite:x"), &assay__engine_sqlite);
    ck_assert_ptr_eq(assay__engine_of("clickhouse:http://h/d"), &assay__engine_clickhouse);
    ck_assert_ptr_null(assay__engine_of("data.csv"));
    assay__engine_forms(forms, sizeof forms);
    ck_assert_ptr_nonnull(strstr(forms, "duckdb:FILE"));
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, plans_that_fetch_rows_are_found);
    tcase_add_test(cases, states_of_odbc_have_their_status);
    tcase_add_test(cases, utf_16_and_back);
    tcase_add_test(cases, answers_are_rows);
    tcase_add_test(cases, sources_are_known_by_how_they_begin);
}

int main(void)
{
    return test_main("warehouse", add);
}
