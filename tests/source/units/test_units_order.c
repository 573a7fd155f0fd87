/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The order of rows, files and columns changes nothing; mutated tables never crash. */
#include "units_read.h"

#include "base/text.h"

/* A row as it is, from another channel, or of another group. */
static void put_again(struct assay__text *out, const char *row, size_t count)
{
    static const char *const CHANGES[3][2] = {
        {"", ""}, {",Web,", ",Phone,"}, {",Mens E-Mail,", ",No E-Mail,"}};
    const char *from = CHANGES[count % 3][0], *to = CHANGES[count % 3][1];
    const char *at = strstr(row, from);
    if (at == NULL)
        at = row, from = to = "";
    assay__text_append(out, row, (size_t)(at - row));
    assay__text_puts(out, to);
    assay__text_puts(out, at + strlen(from));
}

/* Hillstrom's data with a unit column added, some units twice, some in two groups. */
static size_t make_rows(char **rows, size_t limit)
{
    char *file = test_read_file("data/hillstrom.csv", NULL);
    size_t count = 0;
    strtok(file, "\n");
    for (char *line; count < limit && (line = strtok(NULL, "\n")) != NULL;) {
        line[strcspn(line, "\r")] = '\0';
        struct assay__text row = {0};
        size_t unit = count * 7 % (limit - limit / 10);
        if (count >= limit - limit / 10) /* the unit's first row once more, or nearly */
            put_again(&row, rows[count - (limit - limit / 10)], count);
        else
            assay__text_format(&row, "u%zu,%s\n", unit, line);
        rows[count++] = test_text(&row);
    }
    free(file);
    return count;
}

START_TEST(units_order_and_split_change_nothing)
{
    enum { ROWS = 3000 };
    static const char HEADER[] = "u,recency,history_segment,history,mens,womens,zip_code,newbie,"
                                 "channel,treatment,conversion,visit,spend\n";
    static char *rows[ROWS];
    ck_assert_uint_eq(make_rows(rows, ROWS), ROWS);
    struct assay_plan *plan = test_plan(
        "{\"columns\":{\"group\":\"treatment\",\"unit\":\"u\"},\"comparisons\":{\"baseline\":"
        "\"No E-Mail\"},\"dimensions\":[\"channel\",\"history_segment\"],\"segments\":[{\"id\":"
        "\"s\",\"filter\":\"newbie = 1\"}],\"metrics\":[{\"id\":\"spend\",\"role\":\"success\","
        "\"type\":\"mean\",\"covariates\":[\"history\",\"recency\"],\"cap\":{\"upperQuantile\":0."
        "999}},{"
        "\"id\":\"visit\",\"role\":\"guardrail\",\"type\":\"proportion\"}]}");
    char *first = NULL;
    uint64_t state = 1;
    for (int round = 0; round < 4; round++) {
        int file_count = round == 0 ? 1 : 1 + round * 2;
        struct assay__text files[8] = {0};
        for (int f = 0; f < file_count; f++)
            assay__text_puts(&files[f], HEADER);
        for (size_t i = 0; i < ROWS; i++)
            assay__text_puts(&files[i % (size_t)file_count], rows[i]);
        for (int f = 0; f < file_count; f++) {
            units_put_file(f, files[f].data, files[f].length);
            assay__text_release(&files[f]);
        }
        struct assay_dataset *dataset;
        struct assay_error err;
        assert_ok(units_read_files(plan, file_count, NULL, &dataset, &err), &err);
        struct assay_counts counts = assay_dataset_counts(dataset);
        ck_assert_uint_gt(counts.units_in_two_groups, 10);
        ck_assert_uint_gt(counts.rows_duplicate, 10);
        ck_assert_uint_gt(counts.units_unclear, 10);
        char *text = units_describe(dataset);
        if (first == NULL)
            first = text;
        ck_assert_str_eq(text, first);
        if (text != first)
            free(text);
        assay_dataset_free(dataset);
        for (size_t i = ROWS - 1; i > 0; i--) { /* shuffle for the next round */
            state = state * 6364136223846793005u + 1442695040888963407u;
            size_t j = (size_t)(state >> 33) % (i + 1);
            char *row = rows[i];
            rows[i] = rows[j];
            rows[j] = row;
        }
    }
    free(first);
    for (size_t i = 0; i < ROWS; i++)
        free(rows[i]);
    assay_plan_free(plan);
}
END_TEST

START_TEST(units_columns_may_stand_in_any_order_in_each_file)
{
    struct assay_plan *plan = test_plan(PLAN(",\"unit\":\"u\"", "", MEAN));
    struct assay_dataset *dataset;
    struct assay_error err;
    units_put_file(0, "g,u,y\nA,1,5\nB,2,7\n", 18);
    units_put_file(1, "y;extra;g;u\n5;;A;1\n9;;A;3\n", 26);
    assert_ok(units_read_files(plan, 2, NULL, &dataset, &err), &err);
    ck_assert_uint_eq(assay_dataset_counts(dataset).rows_duplicate, 1);
    char *text = units_describe(dataset);
    ck_assert_str_eq(text, "total0=|A|y n=2 mean=7 var=8 units=2\n"
                           "total0=|B|y n=1 mean=7 var=- units=1\n");
    free(text);
    assay_dataset_free(dataset);
    assay_plan_free(plan);
}
END_TEST

static const struct assay_read_options SKIP = {.bad_rows = ASSAY_BAD_ROWS_SKIP};

/* Mutations of a good table: any outcome but a crash, and the counts always add up. */
START_TEST(units_mutated_tables_never_crash)
{
    static const char GOOD[] = "u,g,t,d,y,x\n1,A,2026-01-01,\"a,b\",1.5,1\n2,B,2026-01-02,c,2,\n"
                               "3,A,2026-01-03,\"q\"\"q\",-1e3,0\n3,A,2026-01-03,c,7,1\n";
    static const char SPICE[] = "\",\n\r0;9.eA-\xc3\xbc\xff \t|N";
    struct assay_plan *plan =
        test_plan(PLAN(",\"unit\":\"u\",\"time\":\"t\"", ",\"dimensions\":[\"d\"]",
                       MEAN ",\"covariates\":[\"x\"],\"cap\":{\"upperQuantile\":0.9}"));
    uint64_t state = 4242;
    int good = 0, bad = 0;
    for (int round = 0; round < 4000; round++) {
        char bytes[sizeof GOOD];
        memcpy(bytes, GOOD, sizeof GOOD);
        for (int i = 0; i < 1 + round % 4; i++) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            bytes[(state >> 33) % (sizeof GOOD - 1)] = SPICE[(state >> 20) % sizeof SPICE];
        }
        struct assay_dataset *dataset;
        struct assay_error err = {0};
        units_put_file(0, bytes, sizeof GOOD - 1);
        enum assay_status status =
            units_read_files(plan, 1, round % 2 ? &SKIP : NULL, &dataset, &err);
        if (status == ASSAY_OK) {
            struct assay_counts counts = assay_dataset_counts(dataset);
            ck_assert_uint_eq(counts.rows_read,
                              counts.rows_used + counts.rows_bad + counts.rows_after +
                                  counts.rows_duplicate + counts.rows_in_two_groups +
                                  counts.rows_no_group + counts.rows_no_unit + counts.rows_unclear);
            good++;
        } else {
            ck_assert_int_eq(status, ASSAY_ERROR_DATA);
            ck_assert_uint_gt(strlen(err.message), 10);
            if (err.reason != ASSAY_REASON_UNITS_REPEAT) /* which is about the whole */
                ck_assert_uint_gt(err.line, 0);
            bad++;
        }
        assay_dataset_free(dataset);
    }
    ck_assert_int_gt(good, 500);
    ck_assert_int_gt(bad, 500);
    assay_plan_free(plan);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, units_order_and_split_change_nothing);
    tcase_add_test(cases, units_columns_may_stand_in_any_order_in_each_file);
    tcase_add_test(cases, units_mutated_tables_never_crash);
}

int main(void)
{
    return test_main("units_order", add);
}
