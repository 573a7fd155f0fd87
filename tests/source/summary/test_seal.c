/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A scheduler that repeats, drops, swaps, edits or cuts parts gets the right answer or an error. */
#include "test.h"

#include <unistd.h>

#include "assay/analysis.h"
#include "assay/dataset.h"
#include "assay/result.h"
#include "assay/table.h"
#include "base/text.h"

enum { PARTS = 4, UNITS = 60 };

static const char PLAN[] =
    "{\"columns\":{\"group\":\"g\",\"unit\":\"u\",\"time\":\"t\"},"
    "\"comparisons\":{\"baseline\":\"A\"},\"granularity\":\"day\",\"dimensions\":[\"land\"],"
    "\"segments\":[{\"id\":\"s\",\"filter\":\"land = 'SE'\"}],"
    "\"metrics\":[{\"id\":\"y\",\"cap\":{\"upper\":50},\"covariates\":[\"x\"]},"
    "{\"id\":\"bought\",\"type\":\"proportion\",\"value\":\"b\",\"role\":\"guardrail\"}]}";

/* What each file is called; number is below 20. */
static const char *path_of(int number)
{
    static char paths[20][64];
    snprintf(paths[number], sizeof paths[number], "%s/seal-%ld-%d.csv", test_tmp(), (long)getpid(),
             number);
    return paths[number];
}

/* Units of part p, or of all parts for p == PARTS. */
static void write_units(int number, int p)
{
    struct assay__text text = {0};
    assay__text_puts(&text, "u,g,t,land,y,x,b\n");
    for (int u = 0; u < UNITS; u++)
        if (p == PARTS || u % PARTS == p)
            assay__text_format(&text, "%d,%c,2026-03-0%dT10:00:00Z,%s,%d.%d,%d,%s\n", u,
                               "AB"[u % 7 % 2], 1 + u * u % 5, u % 3 == 0 ? "SE" : "NO",
                               u * 37 % 61, u % 10, u * 11 % 17,
                               u % 9 == 0   ? "NA"
                               : u % 5 == 0 ? "1"
                                            : "0");
    test_write_file(path_of(number), text.data, text.length);
    assay__text_release(&text);
}

static enum assay_status compare_piece(void *context, const char *bytes, size_t length,
                                       struct assay_error *err)
{
    const char **rest = context;
    (void)err;
    ck_assert_int_eq(strncmp(*rest, bytes, length), 0);
    *rest += length;
    return ASSAY_OK;
}

static enum assay_status try_summarize(const char *json, const char *const *paths, size_t count,
                                       int out, struct assay_error *err)
{
    const struct assay_read_options options = {.has_digests = true};
    struct assay_plan *plan = test_plan(json);
    struct assay_dataset *dataset;
    char *text;
    size_t length;
    assert_ok(assay_dataset_new(plan, &dataset, err), err);
    enum assay_status status = assay_dataset_read(dataset, paths, count, &options, err);
    if (status == ASSAY_OK) {
        assert_ok(assay_dataset_summarize(dataset, &text, &length, err), err);
        const char *rest = text;
        const struct assay_sink sink = {compare_piece, &rest};
        assert_ok(assay_dataset_stream(dataset, &sink, err), err);
        ck_assert_ptr_eq(rest, text + length);
        test_write_file(path_of(out), text, length);
        free(text);
    }
    assay_dataset_free(dataset);
    assay_plan_free(plan);
    return status;
}

static void summarize(const char *json, int in, int out)
{
    const char *path = path_of(in);
    struct assay_error err;
    assert_ok(try_summarize(json, &path, 1, out, &err), &err);
}

static enum assay_status try_merge(const char *const *paths, size_t count, int out,
                                   struct assay_error *err)
{
    char *text;
    size_t length;
    enum assay_status status = assay_sums_merge(paths, count, &text, &length, err);
    if (status == ASSAY_OK) {
        const char *rest = text;
        const struct assay_sink sink = {compare_piece, &rest};
        assert_ok(assay_sums_stream(paths, count, &sink, err), err);
        ck_assert_ptr_eq(rest, text + length);
        test_write_file(path_of(out), text, length);
        free(text);
    }
    return status;
}

/* The detail of files by a plan; NULL and err when they are refused. */
static char *analyze(const char *json, const char *const *paths, size_t count,
                     struct assay_error *err)
{
    struct assay_plan *plan = test_plan(json);
    struct assay_dataset *dataset;
    struct assay_analysis *analysis;
    char *text = NULL;
    assert_ok(assay_dataset_new(plan, &dataset, err), err);
    if (assay_dataset_read(dataset, paths, count, NULL, err) == ASSAY_OK) {
        assert_ok(assay_dataset_analyze(dataset, &analysis, err), err);
        assert_ok(assay_analysis_write(analysis, ASSAY_FORMAT_DETAIL, NULL, &text, NULL, err), err);
        assay_analysis_free(analysis);
    }
    assay_dataset_free(dataset);
    assay_plan_free(plan);
    return text;
}

/* Files 0 to 3 are the parts' units, 4 those of all, 5 to 8 the parts' sums. */
static void make_parts(void)
{
    for (int p = 0; p <= PARTS; p++)
        write_units(p, p);
    for (int p = 0; p < PARTS; p++)
        summarize(PLAN, p, 5 + p);
}

static void remove_files(void)
{
    for (int i = 0; i < 20; i++)
        unlink(path_of(i));
}

static void assert_refused(const char *const *paths, size_t count, const char *word)
{
    struct assay_error err;
    ck_assert_int_eq(try_merge(paths, count, 19, &err), ASSAY_ERROR_DATA);
    ck_assert_msg(strstr(err.message, word) != NULL, "'%s' lacks '%s'", err.message, word);
    ck_assert_ptr_null(analyze(PLAN, paths, count, &err));
    ck_assert_int_eq(err.code, ASSAY_ERROR_DATA);
}

START_TEST(parts_in_any_order_and_steps_are_the_whole)
{
    struct assay_error err;
    const char *all = path_of(4);
    const char *order[PARTS] = {path_of(7), path_of(5), path_of(8), path_of(6)};
    make_parts();
    char *want = analyze(PLAN, &all, 1, &err);
    char *got = analyze(PLAN, order, PARTS, &err);
    ck_assert_str_eq(got, want);
    free(got);
    /* A running total: the parts come one by one. */
    for (int p = 0; p < PARTS; p++) {
        const char *two[2] = {path_of(9), order[p]};
        assert_ok(try_merge(p == 0 ? two + 1 : two, p == 0 ? 1 : 2, 9, &err), &err);
    }
    const char *total = path_of(9);
    got = analyze(PLAN, &total, 1, &err);
    ck_assert_str_eq(got, want);
    free(got);
    free(want);
    remove_files();
}
END_TEST

START_TEST(a_part_that_is_in_already_is_refused)
{
    struct assay_error err;
    make_parts();
    const char *twice[3] = {path_of(5), path_of(6), path_of(5)};
    assert_refused(twice, 3, "would count twice");
    const char *first[2] = {path_of(5), path_of(6)};
    assert_ok(try_merge(first, 2, 9, &err), &err);
    const char *again[2] = {path_of(9), path_of(6)};
    assert_refused(again, 2, "would count twice");
    const char *raw[2] = {path_of(9), path_of(1)}; /* the units that a part was made of */
    ck_assert_ptr_null(analyze(PLAN, raw, 2, &err));
    ck_assert_ptr_nonnull(strstr(err.message, "would count twice"));
    remove_files();
}
END_TEST

/* A file's text; free() it. */
static char *text_of(int number)
{
    FILE *file = fopen(path_of(number), "rb");
    char *text = calloc(1, 1 << 20);
    ck_assert(file != NULL && text != NULL);
    ck_assert_uint_gt(fread(text, 1, (1 << 20) - 1, file), 0);
    fclose(file);
    return text;
}

START_TEST(a_part_cut_anywhere_is_refused)
{
    make_parts();
    char *text = text_of(5);
    const char *paths[2] = {path_of(10), path_of(6)};
    size_t lines = 0;
    for (const char *at = strchr(text, '\n') + 1; *at != '\0'; at = strchr(at, '\n') + 1, lines++) {
        test_write_file(path_of(10), text, (size_t)(at - text)); /* the end is missing */
        struct assay_error err;
        ck_assert_int_eq(try_merge(paths, 2, 19, &err), ASSAY_ERROR_DATA);
        const char *rest = strchr(at, '\n') + 1; /* one line is missing */
        char *less = calloc(1, strlen(text) + 1);
        memcpy(less, text, (size_t)(at - text));
        memcpy(less + (at - text), rest, strlen(rest));
        test_write_file(path_of(10), less, strlen(less));
        ck_assert_msg(try_merge(paths, 2, 19, &err) == ASSAY_ERROR_DATA, "without line %zu",
                      lines + 2);
        free(less);
    }
    ck_assert_uint_gt(lines, 60);
    free(text);
    remove_files();
}
END_TEST

START_TEST(a_digit_changed_anywhere_is_refused)
{
    make_parts();
    char *text = text_of(5);
    const char *path = path_of(10);
    size_t changed = 0;
    for (char *at = strchr(text, '\n'); *at != '\0'; at++) {
        struct assay_error err;
        char before = *at;
        if (before < '0' || before > '8')
            continue;
        *at = (char)(before + 1);
        test_write_file(path, text, strlen(text));
        /* 08 for 07 in a name is another name, in a sum another sum: never the same table. */
        ck_assert_msg(try_merge(&path, 1, 19, &err) != ASSAY_OK, "%.60s", at - 30);
        *at = before;
        changed++;
    }
    ck_assert_uint_gt(changed, 300);
    free(text);
    remove_files();
}
END_TEST

/* The same cells by another program: semicolons, CRLF, rows backwards from the last or a middle
 * one. */
static char *respelled(const char *text, bool from_middle)
{
    struct assay__text out = {0};
    const char *body = strchr(text, '\n') + 1;
    const char *lines[400];
    size_t count = 0;
    for (const char *at = body; *at != '\0'; at = strchr(at, '\n') + 1)
        lines[count++] = at;
    for (size_t i = 0; i <= count; i++) {
        size_t place = count - i + (from_middle ? count / 2 : 0);
        const char *at = i == 0 ? text : lines[place % count];
        bool is_quoted = false, begins = true;
        for (; *at != '\n'; at++) {
            if (*at == '"')
                is_quoted = !is_quoted;
            bool ends = *at == ',' && !is_quoted;
            assay__text_putc(&out, ends ? ';' : *at);
            begins = begins || ends;
        }
        assay__text_puts(&out, "\r\n");
    }
    return test_text(&out);
}

START_TEST(another_spelling_is_the_same_table)
{
    struct assay_error err;
    make_parts();
    char *text = text_of(5), *other = respelled(text, false);
    const char *paths[2] = {path_of(5), path_of(10)};
    test_write_file(path_of(10), other, strlen(other));
    char *want = analyze(PLAN, &paths[0], 1, &err), *got = analyze(PLAN, &paths[1], 1, &err);
    ck_assert_msg(got != NULL, "%s", err.message);
    ck_assert_str_eq(got, want);
    assert_ok(try_merge(&paths[1], 1, 11, &err), &err);
    char *merged = text_of(11);
    ck_assert_str_eq(merged, text);
    free(merged);
    free(want);
    free(got);
    free(text);
    free(other);
    remove_files();
}
END_TEST

/* Merges a table alone: of a file, or of memory. */
static enum assay_status merge_way(bool is_file, const char *text, char **out,
                                   struct assay_error *err)
{
    const char *path = path_of(10);
    struct assay_table *table;
    test_write_file(path, text, strlen(text));
    if (is_file)
        return assay_sums_merge(&path, 1, out, NULL, err);
    assert_ok(assay_table_from_csv(text, strlen(text), "sums", &table, err), err);
    enum assay_status status = assay_tables_merge(&table, 1, out, NULL, err);
    assay_table_free(table);
    return status;
}

START_TEST(a_seal_at_any_place_is_checked)
{
    struct assay_error err;
    make_parts();
    char *text = text_of(5), *other = respelled(text, true), *merged;
    char *digit = strchr(strstr(other, "\ny;A;"), '.') + 1; /* of the sum */
    assert_ok(merge_way(_i == 1, other, &merged, &err), &err);
    ck_assert_str_eq(merged, text);
    *digit = *digit == '2' ? '1' : '2';
    ck_assert_int_eq(merge_way(_i == 1, other, &merged, &err), ASSAY_ERROR_DATA);
    ck_assert_ptr_nonnull(strstr(err.message, "cells were changed"));
    free(merged);
    free(text);
    free(other);
    remove_files();
}
END_TEST

/* Plans that say something else about data, and what the message names. */
static const struct {
    const char *from, *to, *names;
} FOREIGN[] = {{"\"upper\":50", "\"upper\":40", "metric 'y'"},
               {",\"cap\":{\"upper\":50}", "", "metric 'y'"},
               {"\"covariates\":[\"x\"]", "\"missing\":\"zero\",\"covariates\":[\"x\"]", "metric"},
               {"\"value\":\"b\"", "\"value\":\"x\"", "metric 'bought'"},
               {"\"type\":\"proportion\"", "\"type\":\"mean\"", "metric 'bought'"},
               {"land = 'SE'", "land = 'NO'", "segment 's'"},
               {"\"granularity\":\"day\"", "\"granularity\":\"week\"", "granularity"},
               {"\"granularity\"", "\"where\":\"x > 1\",\"granularity\"", "where"},
               {"\"granularity\"", "\"asOf\":\"2026-03-04T00:00:00Z\",\"granularity\"", "asOf"},
               {"\"unit\":\"u\"", "\"unit\":\"x\"", "unit"}};

static char *replaced(const char *from, const char *to)
{
    const char *at = strstr(PLAN, from);
    char *text = calloc(1, sizeof PLAN + strlen(to));
    ck_assert(at != NULL && text != NULL);
    memcpy(text, PLAN, (size_t)(at - PLAN));
    strcat(text, to);
    strcat(text, at + strlen(from));
    return text;
}

START_TEST(sums_of_another_plan_are_refused)
{
    struct assay_error err;
    make_parts();
    char *plan = replaced(FOREIGN[_i].from, FOREIGN[_i].to);
    const char *part = path_of(5), *raw = path_of(1);
    ck_assert_ptr_null(analyze(plan, &part, 1, &err));
    ck_assert_msg(strstr(err.message, FOREIGN[_i].names) != NULL, "%s", err.message);
    if (try_summarize(plan, &raw, 1, 10, &err) == ASSAY_OK) { /* unit x holds several groups */
        const char *both[2] = {path_of(5), path_of(10)};
        ck_assert_int_eq(try_merge(both, 2, 19, &err), ASSAY_ERROR_DATA);
        ck_assert_msg(strstr(err.message, FOREIGN[_i].names) != NULL, "%s", err.message);
    }
    free(plan);
    remove_files();
}
END_TEST

START_TEST(a_plan_that_asks_for_less_may_read_them)
{
    static const char *const LESS[] = {
        "{\"columns\":{\"group\":\"g\"},\"comparisons\":{\"baseline\":\"A\"},\"metrics\":[{\"id\":"
        "\"bought\",\"type\":\"proportion\",\"value\":\"b\"}]}",
        "{\"comparisons\":{\"baseline\":\"A\"},\"segments\":[{\"id\":\"s\",\"filter\":\"[land]=="
        "\\\"SE"
        "\\\"\"}],\"metrics\":[{\"id\":\"y\",\"role\":\"guardrail\",\"cap\":{\"upper\":5e1},"
        "\"covariates\":[\"x\"],\"varianceReduction\":\"pooled\"}]}"};
    static const char MORE[] =
        "{\"comparisons\":{\"baseline\":\"A\"},\"metrics\":[{\"id\":\"z\",\"value\":\"x\"}]}";
    struct assay_error err;
    make_parts();
    const char *part = path_of(5);
    for (int i = 0; i < 2; i++) {
        char *text = analyze(LESS[i], &part, 1, &err);
        ck_assert_msg(text != NULL, "%s", err.message);
        free(text);
    }
    ck_assert_ptr_null(analyze(MORE, &part, 1, &err));
    ck_assert_ptr_nonnull(strstr(err.message, "no metric 'z'"));
    remove_files();
}
END_TEST

START_TEST(files_of_equal_bytes_count_once_or_are_refused)
{
    static const char WITHOUT[] =
        "{\"columns\":{\"group\":\"g\"},\"comparisons\":{\"baseline\":\"A\"},\"metrics\":[{\"id\":"
        "\"y\"}]}";
    struct assay_error err;
    write_units(0, 0);
    write_units(1, 0);
    const char *paths[2] = {path_of(0), path_of(1)};
    ck_assert_ptr_null(analyze(WITHOUT, paths, 2, &err));
    ck_assert_ptr_nonnull(strstr(err.message, "would count twice"));
    char *once = analyze(PLAN, paths, 1, &err), *twice = analyze(PLAN, paths, 2, &err);
    ck_assert(once != NULL && twice != NULL); /* a unit's equal rows count once */
    ck_assert_ptr_nonnull(strstr(twice, "\"duplicate\":15"));
    free(once);
    free(twice);
    remove_files();
}
END_TEST

START_TEST(a_seal_and_none_do_not_merge)
{
    static const char HAND[] = "metric,group,n,mean,variance\ny,A,50,1,1\ny,B,50,1,1\n";
    struct assay_error err;
    make_parts();
    test_write_file(path_of(10), HAND, sizeof HAND - 1);
    const char *paths[2] = {path_of(5), path_of(10)};
    ck_assert_int_eq(try_merge(paths, 2, 19, &err), ASSAY_ERROR_DATA);
    ck_assert_ptr_nonnull(strstr(err.message, "have a seal"));
    remove_files();
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, parts_in_any_order_and_steps_are_the_whole);
    tcase_add_test(cases, a_part_that_is_in_already_is_refused);
    tcase_add_test(cases, a_part_cut_anywhere_is_refused);
    tcase_add_test(cases, a_digit_changed_anywhere_is_refused);
    tcase_add_test(cases, another_spelling_is_the_same_table);
    tcase_add_loop_test(cases, a_seal_at_any_place_is_checked, 0, 2);
    tcase_add_loop_test(cases, sums_of_another_plan_are_refused, 0,
                        sizeof FOREIGN / sizeof *FOREIGN);
    tcase_add_test(cases, a_plan_that_asks_for_less_may_read_them);
    tcase_add_test(cases, files_of_equal_bytes_count_once_or_are_refused);
    tcase_add_test(cases, a_seal_and_none_do_not_merge);
}

int main(void)
{
    return test_main("seal", add);
}
