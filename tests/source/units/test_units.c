/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "test.h"

#include <inttypes.h>
#include <unistd.h>

#include "base/text.h"
#include "source/units/cap.h"
#include "analysis/dataset_read.h"

static char paths[8][64];

static const char *put_file(int number, const char *text, size_t length)
{
    snprintf(paths[number], sizeof paths[number], "%s/units-%ld-%d.csv", test_tmp(), (long)getpid(),
             number);
    test_write_file(paths[number], text, length);
    return paths[number];
}

static int compare_lines(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* One line per slice, group and metric, sorted: "total|A|y n=2 mean=1.5 var=0.5 units=2". */
static char *describe(const struct assay_dataset *dataset)
{
    static const char *const KINDS[] = {"total", "dim", "seg"};
    const struct assay_plan *plan = assay__dataset_plan(dataset);
    struct assay__text lines[500] = {0};
    size_t count = 0;
    for (uint32_t s = 0; s < assay__dataset_slice_count(dataset); s++) {
        struct assay__slice_name name = assay__dataset_slice_name(dataset, s);
        for (uint32_t g = 0; g < assay__dataset_group_count(dataset); g++) {
            const struct assay__cell *cell = assay__dataset_find(dataset, s, 0, g);
            for (uint32_t m = 0; cell != NULL && m < plan->metric_count; m++) {
                const struct assay_moments *moments = cell->metrics[m];
                if (moments == NULL)
                    continue;
                ck_assert_uint_lt(count, 500);
                struct assay__text *line = &lines[count++];
                char mean[ASSAY__NUMBER_BYTES], variance[ASSAY__NUMBER_BYTES] = "-";
                assay__number_write(assay_moments_mean(moments, 0), mean);
                if (assay_moments_count(moments) > 1)
                    assay__number_write(assay_moments_variance(moments, 0), variance);
                assay__text_format(line,
                                   "%s%d=%s|%s|%s n=%" PRIu64 " mean=%s var=%s units=%" PRIu64,
                                   KINDS[name.kind], (int)name.number, name.value,
                                   assay__dataset_group_id(dataset, g), plan->metrics[m].id,
                                   assay_moments_count(moments), mean, variance, cell->units);
            }
        }
    }
    const char *sorted[500];
    for (size_t i = 0; i < count; i++)
        sorted[i] = lines[i].data;
    qsort(sorted, count, sizeof *sorted, compare_lines);
    struct assay__text all = {0};
    for (size_t i = 0; i < count; i++)
        assay__text_format(&all, "%s\n", sorted[i]);
    for (size_t i = 0; i < count; i++)
        assay__text_release(&lines[i]);
    assay__text_append(&all, "", 0);
    return all.data;
}

static enum assay_status read_files(const struct assay_plan *plan, int file_count,
                                    const struct assay_read_options *options,
                                    struct assay_dataset **dataset, struct assay_error *err)
{
    const char *list[8];
    for (int i = 0; i < file_count; i++)
        list[i] = paths[i];
    assert_ok(assay_dataset_new(plan, dataset, err), err);
    enum assay_status status = assay_dataset_read(*dataset, list, (size_t)file_count, options, err);
    for (int i = 0; i < file_count; i++)
        unlink(paths[i]);
    return status;
}

/* Reads one table under a plan and compares the description and the counts. */
static struct assay_counts assert_reads_as(const char *plan_json, const char *csv,
                                           const struct assay_read_options *options,
                                           const char *want)
{
    struct assay_plan *plan = test_plan(plan_json);
    struct assay_dataset *dataset;
    struct assay_error err;
    put_file(0, csv, strlen(csv));
    assert_ok(read_files(plan, 1, options, &dataset, &err), &err);
    char *got = describe(dataset);
    ck_assert_str_eq(got, want);
    free(got);
    struct assay_counts counts = assay_dataset_counts(dataset);
    ck_assert_uint_eq(counts.rows_read, counts.rows_used + counts.rows_bad + counts.rows_after +
                                            counts.rows_duplicate + counts.rows_in_two_groups +
                                            counts.rows_unclear + counts.rows_no_group +
                                            counts.rows_no_unit);
    assay_dataset_free(dataset);
    assay_plan_free(plan);
    return counts;
}

#define PLAN(columns, rest, metric)                                                                \
    "{\"columns\":{\"group\":\"g\"" columns "},\"comparisons\":{\"baseline\":\"A\"}" rest          \
    ",\"metrics\":[{\"id\":\"y\",\"role\":\"success\"," metric "}]}"
#define MEAN "\"type\":\"mean\""
#define PROPORTION "\"type\":\"proportion\""

static const struct assay_read_options SKIP = {.bad_rows = ASSAY_BAD_ROWS_SKIP};

START_TEST(units_reads_means_of_groups)
{
    assert_reads_as(PLAN("", "", MEAN), "x,g,y\n9,A,1\n9,B,10\n9,A,2\n9,A,1.5e0\n9,B,-4\n", NULL,
                    "total0=|A|y n=3 mean=1.5 var=0.25 units=3\n"
                    "total0=|B|y n=2 mean=3 var=98 units=2\n");
}
END_TEST

START_TEST(units_reads_proportions_in_every_spelling)
{
    assert_reads_as(PLAN("", "", PROPORTION),
                    "g,y\nA,1\nA,0\nA,true\nA,FALSE\nB,yes\nB,no\nB,1.0\nB,True\nB,\nB,NA\n", NULL,
                    "total0=|A|y n=4 mean=0.5 var=0.3333333333333333 units=4\n"
                    "total0=|B|y n=4 mean=0.75 var=0.25 units=6\n");
}
END_TEST

START_TEST(units_missing_values_drop_or_count_as_zero)
{
    static const char CSV[] = "g,y\nA,2\nA,\nA,NA\nA,NULL\nA,null\nA,NaN\nB,4\n";
    assert_reads_as(PLAN("", "", MEAN), CSV, NULL,
                    "total0=|A|y n=1 mean=2 var=- units=6\ntotal0=|B|y n=1 mean=4 var=- units=1\n");
    assert_reads_as(PLAN("", "", MEAN ",\"missing\":\"zero\""), "g,y\nA,3\nA,\nA,NA\nB,4\n", NULL,
                    "total0=|A|y n=3 mean=1 var=3 units=3\ntotal0=|B|y n=1 mean=4 var=- units=1\n");
}
END_TEST

START_TEST(units_missing_are_counted_once_and_covariates_by_pattern)
{
    struct assay_plan *plan = test_plan(
        PLAN("", ",\"dimensions\":[\"d\"]",
             "\"type\":\"ratio\",\"value\":\"a\",\"denominator\":\"b\",\"covariates\":[\"x\"]"));
    static const char CSV[] = "g,d,a,b,x\nA,1,4,2,1\nA,2,,2,1\nA,1,4,NA,1\nA,2,6,3,\nB,1,,,\n";
    struct assay_dataset *dataset;
    struct assay_error err;
    put_file(0, CSV, sizeof CSV - 1);
    assert_ok(read_files(plan, 1, NULL, &dataset, &err), &err);
    ck_assert_uint_eq(assay__dataset_missing(dataset, 0), 3);
    const struct assay__cell *cell = assay__dataset_find(dataset, 0, 0, 0);
    ck_assert_uint_eq(assay_moments_count(cell->metrics[0]), 2);
    ck_assert_uint_eq(cell->units, 4);
    ck_assert(assay_moments_mean(cell->metrics[0], 1) == 2.5);
    ck_assert(assay_moments_mean(cell->metrics[0], 2) == 1.0);
    assay_dataset_free(dataset);
    assay_plan_free(plan);
}
END_TEST

START_TEST(units_slices_by_dimension_and_segment)
{
    assert_reads_as(
        PLAN("", ",\"dimensions\":[\"d\"],\"segments\":[{\"id\":\"s\",\"filter\":\"v > 1\"}]",
             MEAN),
        "g,d,v,y\nA,\"x, y\",1,1\nA,,2,3\nB,\"x, y\",3,5\n", NULL,
        "dim0=x, y|A|y n=1 mean=1 var=- units=1\n"
        "dim0=x, y|B|y n=1 mean=5 var=- units=1\n"
        "dim0=|A|y n=1 mean=3 var=- units=1\n"
        "seg0=|A|y n=1 mean=3 var=- units=1\n"
        "seg0=|B|y n=1 mean=5 var=- units=1\n"
        "total0=|A|y n=2 mean=2 var=2 units=2\n"
        "total0=|B|y n=1 mean=5 var=- units=1\n");
}
END_TEST

START_TEST(units_rows_at_or_after_as_of_are_not_used_nor_read)
{
    struct assay_counts counts = assert_reads_as(
        PLAN(",\"time\":\"t\"", ",\"asOf\":\"2026-01-02T00:00:00Z\"", MEAN),
        "g,t,y\nA,2026-01-01,1\nA,2026-01-02,oops\n,2026-01-03,5\nB,2026-01-01T23:59:59Z,3\n", NULL,
        "total0=|A|y n=1 mean=1 var=- units=1\ntotal0=|B|y n=1 mean=3 var=- units=1\n");
    ck_assert_uint_eq(counts.rows_after, 2);
    ck_assert_uint_eq(counts.rows_used, 2);
}
END_TEST

START_TEST(units_latest_time_is_observed)
{
    struct assay_plan *plan = test_plan(PLAN(",\"time\":\"t\"", "", MEAN));
    struct assay_dataset *dataset;
    struct assay_error err;
    static const char CSV[] = "g,t,y\nA,2026-01-05,1\nA,2026-01-09,1\nB,2026-01-07,3\n";
    put_file(0, CSV, sizeof CSV - 1);
    assert_ok(read_files(plan, 1, NULL, &dataset, &err), &err);
    ck_assert_int_eq(assay__dataset_latest(dataset), 1767916800000000000);
    assay_dataset_free(dataset);
    assay_plan_free(plan);
}
END_TEST

START_TEST(units_with_equal_rows_count_once)
{
    struct assay_counts counts = assert_reads_as(
        PLAN(",\"unit\":\"u\"", "", MEAN),
        "g,u,y,z\nA,u1,1,5\nA,u1,1.0,6\nA,u2,9,7\nA,u2,90e-1,8\nA,u1,1,9\nA,u2,9,1\nB,u3,,1\n"
        "B,u3,NA,2\n",
        NULL, "total0=|A|y n=2 mean=5 var=32 units=2\n");
    ck_assert_uint_eq(counts.rows_used, 3);
    ck_assert_uint_eq(counts.rows_duplicate, 5);
}
END_TEST

/* Reads a table that must be refused because units repeat, and gives the message. */
static void assert_units_repeat(const char *plan_json, const char *csv, const char *says)
{
    struct assay_plan *plan = test_plan(plan_json);
    struct assay_dataset *dataset;
    struct assay_error err;
    put_file(0, csv, strlen(csv));
    ck_assert_int_eq(read_files(plan, 1, NULL, &dataset, &err), ASSAY_ERROR_DATA);
    ck_assert_int_eq(err.reason, ASSAY_REASON_UNITS_REPEAT);
    ck_assert_str_eq(assay_reason_id(err.reason), "units-repeat");
    ck_assert_msg(strstr(err.message, says) != NULL, "%s", err.message);
    assay_dataset_free(dataset);
    assay_plan_free(plan);
}

START_TEST(units_with_different_values_are_refused)
{
    assert_units_repeat(PLAN(",\"unit\":\"u\"", "", MEAN),
                        "g,u,y\nA,u1,1\nA,u1,1\nA,u2,9\nB,u4,1\nA,u2,10\nB,u3,5\n",
                        "2 of 4 units have several rows, and the values of 1 of them differ");
    assert_units_repeat(PLAN(",\"unit\":\"u\"", "", MEAN), "g,u,y\nA,u1,1\nA,u1,\nB,u2,5\n",
                        "1 of 2 units have several rows");
    /* An earlier row is not a reason to pass over a later one. */
    assert_units_repeat(PLAN(",\"unit\":\"u\",\"time\":\"t\"", "", MEAN),
                        "g,u,t,y\nA,u1,2026-01-03,1\nA,u1,2026-01-01,7\nB,u2,2026-01-01,5\n",
                        "1 of 2 units have several rows");
    assert_units_repeat(PLAN(",\"unit\":\"u\"", "", MEAN ",\"covariates\":[\"x\"]"),
                        "g,u,y,x\nA,u1,1,1\nA,u1,1,2\nB,u2,5,1\n",
                        "the values of 1 of them differ");
}
END_TEST

START_TEST(units_that_differ_in_two_groups_are_only_excluded)
{
    struct assay_counts counts =
        assert_reads_as(PLAN(",\"unit\":\"u\"", "", MEAN), "g,u,y\nA,u1,1\nB,u1,2\nA,u2,3\n", NULL,
                        "total0=|A|y n=1 mean=3 var=- units=1\n");
    ck_assert_uint_eq(counts.units_in_two_groups, 1);
}
END_TEST

START_TEST(units_ids_are_text)
{
    assert_reads_as(PLAN(",\"unit\":\"u\"", "", MEAN), "g,u,y\nA,7,1\nA,007,2\nA,7.0,3\nB,8,4\n",
                    NULL,
                    "total0=|A|y n=3 mean=2 var=1 units=3\ntotal0=|B|y n=1 mean=4 var=- units=1\n");
}
END_TEST

START_TEST(units_have_the_dimensions_of_their_earliest_row)
{
    struct assay_counts counts = assert_reads_as(
        PLAN(",\"unit\":\"u\",\"time\":\"t\"",
             ",\"dimensions\":[\"d\"],\"segments\":[{\"id\":\"s\",\"filter\":\"d = 'p'\"}]", MEAN),
        "g,u,t,y,d\nA,u1,2026-01-03,7,q\nA,u1,2026-01-01,7,p\nA,u1,2026-01-02,7,q\n"
        "B,u2,2026-01-01,5,r\nB,u2,2026-01-01T00:00Z,5,r\nB,u3,2026-01-01,5,p\n"
        "B,u3,2026-01-01,5,q\nB,u3,2026-01-02,5,q\nB,u4,2026-01-02,6,p\nB,u4,2026-01-02,6,q\n"
        "B,u4,2026-01-01,6,q\n",
        NULL,
        "dim0=p|A|y n=1 mean=7 var=- units=1\n"
        "dim0=q|B|y n=1 mean=6 var=- units=1\n"
        "dim0=r|B|y n=1 mean=5 var=- units=1\n"
        "seg0=|A|y n=1 mean=7 var=- units=1\n"
        "total0=|A|y n=1 mean=7 var=- units=1\n"
        "total0=|B|y n=2 mean=5.5 var=0.5 units=2\n");
    ck_assert_uint_eq(counts.units_unclear, 1);
    ck_assert_uint_eq(counts.rows_unclear, 3);
    ck_assert_uint_eq(counts.rows_duplicate, 5);
}
END_TEST

START_TEST(units_without_time_whose_dimensions_differ_are_excluded)
{
    struct assay_counts counts =
        assert_reads_as(PLAN(",\"unit\":\"u\"", ",\"dimensions\":[\"d\"]", MEAN),
                        "g,u,y,d\nA,u1,7,q\nA,u1,7,p\nA,u2,8,p\nB,u3,9,p\nB,u3,9,p\n", NULL,
                        "dim0=p|A|y n=1 mean=8 var=- units=1\n"
                        "dim0=p|B|y n=1 mean=9 var=- units=1\n"
                        "total0=|A|y n=1 mean=8 var=- units=1\n"
                        "total0=|B|y n=1 mean=9 var=- units=1\n");
    ck_assert_uint_eq(counts.units_unclear, 1);
    ck_assert_uint_eq(counts.rows_unclear, 2);
    /* What differs in a segment's column is nothing while the segment is the same. */
    counts = assert_reads_as(
        PLAN(",\"unit\":\"u\"", ",\"segments\":[{\"id\":\"s\",\"filter\":\"v > 1\"}]", MEAN),
        "g,u,y,v\nA,u1,7,2\nA,u1,7,3\nA,u2,8,1\nA,u2,8,3\nB,u3,9,1\n", NULL,
        "seg0=|A|y n=1 mean=7 var=- units=1\n"
        "total0=|A|y n=1 mean=7 var=- units=1\n"
        "total0=|B|y n=1 mean=9 var=- units=1\n");
    ck_assert_uint_eq(counts.units_unclear, 1);
}
END_TEST

START_TEST(units_in_two_groups_are_excluded_from_all)
{
    struct assay_counts counts =
        assert_reads_as(PLAN(",\"unit\":\"u\"", "", MEAN),
                        "g,u,y\nA,u1,1\nB,u1,1\nA,u1,1\nA,u2,3\nB,u3,5\nC,u2,9\n", NULL,
                        "total0=|B|y n=1 mean=5 var=- units=1\n");
    ck_assert_uint_eq(counts.units_in_two_groups, 2);
    ck_assert_uint_eq(counts.rows_in_two_groups, 5);
    ck_assert_uint_eq(counts.rows_used, 1);
}
END_TEST

START_TEST(units_groups_beyond_the_plan_are_kept)
{
    assert_reads_as(
        "{\"columns\":{\"group\":\"g\"},\"groups\":[{\"id\":\"A\",\"weight\":1},{\"id\":\"B\","
        "\"weight\":1}],\"comparisons\":{\"baseline\":\"A\"},\"metrics\":[{\"id\":\"y\",\"role\":"
        "\"success\",\"type\":\"mean\"}]}",
        "g,y\nA,1\nB,2\nb,3\nA ,4\n", NULL,
        "total0=|A |y n=1 mean=4 var=- units=1\ntotal0=|A|y n=1 mean=1 var=- units=1\n"
        "total0=|B|y n=1 mean=2 var=- units=1\ntotal0=|b|y n=1 mean=3 var=- units=1\n");
}
END_TEST

START_TEST(units_bad_rows_are_skipped_and_counted_when_asked)
{
    struct assay_counts counts = assert_reads_as(
        PLAN(",\"unit\":\"u\"", "", MEAN),
        "g,u,y\nA,1,1\nA,2,x\n,3,1\nNA,4,1\nB,,2\nB,5\nB,6,\"7\"8\nB,7,9\nB,8,1e999\n", &SKIP,
        "total0=|A|y n=1 mean=1 var=- units=1\ntotal0=|B|y n=1 mean=9 var=- units=1\n");
    ck_assert_uint_eq(counts.rows_read, 9);
    ck_assert_uint_eq(counts.rows_bad, 4);
    ck_assert_uint_eq(counts.rows_no_group, 2);
    ck_assert_uint_eq(counts.rows_no_unit, 1);
}
END_TEST

START_TEST(units_caps_by_value_are_exact)
{
    assert_reads_as(PLAN("", "", MEAN ",\"cap\":{\"lower\":0.1,\"upper\":100}"),
                    "g,y\nA,0.09999999999999999999999\nA,1e2\nA,100.00000000000000000001\nB,0.1\n",
                    NULL,
                    "total0=|A|y n=3 mean=66.7 var=3326.67 units=3\n"
                    "total0=|B|y n=1 mean=0.1 var=- units=1\n");
}
END_TEST

START_TEST(units_caps_by_quantile_are_order_statistics)
{
    /* 10 pooled values 1 .. 10: the 0.9 quantile is the 9th, the 0.25 quantile the 3rd. */
    assert_reads_as(PLAN("", "", MEAN ",\"cap\":{\"lowerQuantile\":0.25,\"upperQuantile\":0.9}"),
                    "g,y\nA,10\nB,9\nA,8\nB,1\nA,2\nB,3\nA,4\nB,5\nA,6\nB,7\nB,\n", NULL,
                    "total0=|A|y n=5 mean=6 var=6.5 units=5\n"
                    "total0=|B|y n=5 mean=5.4 var=6.8 units=6\n");
}
END_TEST

START_TEST(cap_rank_takes_the_quantile_as_written)
{
    ck_assert_uint_eq(assay__cap_rank(0.1, 30), 3);
    ck_assert_uint_eq(assay__cap_rank(0.1, 31), 4);
    ck_assert_uint_eq(assay__cap_rank(0.999, 1000), 999);
    ck_assert_uint_eq(assay__cap_rank(0.999, 1001), 1000);
    ck_assert_uint_eq(assay__cap_rank(0.5, 1), 1);
    ck_assert_uint_eq(assay__cap_rank(1e-30, 1000000), 1);
    ck_assert_uint_eq(assay__cap_rank(0.99999999999999989, 1000), 1000);
    ck_assert_uint_eq(assay__cap_rank(0.7, 4000000000u), 2800000000u);
}
END_TEST

START_TEST(units_a_mean_of_1e9_and_long_decimals_keep_every_digit)
{
    assert_reads_as(PLAN("", "", MEAN),
                    "g,y\nA,1000000000.1\nA,1000000000.2\nA,1000000000.3\n"
                    "B,1000000000000000000000000000001\n"
                    "B,1000000000000000000000000000003\n",
                    NULL,
                    "total0=|A|y n=3 mean=1000000000.2 var=0.01 units=3\n"
                    "total0=|B|y n=2 mean=1e30 var=2 units=2\n");
}
END_TEST

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
        rows[count++] = row.data;
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
            put_file(f, files[f].data, files[f].length);
            assay__text_release(&files[f]);
        }
        struct assay_dataset *dataset;
        struct assay_error err;
        assert_ok(read_files(plan, file_count, NULL, &dataset, &err), &err);
        struct assay_counts counts = assay_dataset_counts(dataset);
        ck_assert_uint_gt(counts.units_in_two_groups, 10);
        ck_assert_uint_gt(counts.rows_duplicate, 10);
        ck_assert_uint_gt(counts.units_unclear, 10);
        char *text = describe(dataset);
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
    put_file(0, "g,u,y\nA,1,5\nB,2,7\n", 18);
    put_file(1, "y;extra;g;u\n5;;A;1\n9;;A;3\n", 26);
    assert_ok(read_files(plan, 2, NULL, &dataset, &err), &err);
    ck_assert_uint_eq(assay_dataset_counts(dataset).rows_duplicate, 1);
    char *text = describe(dataset);
    ck_assert_str_eq(text, "total0=|A|y n=2 mean=7 var=8 units=2\n"
                           "total0=|B|y n=1 mean=7 var=- units=1\n");
    free(text);
    assay_dataset_free(dataset);
    assay_plan_free(plan);
}
END_TEST

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
        put_file(0, bytes, sizeof GOOD - 1);
        enum assay_status status = read_files(plan, 1, round % 2 ? &SKIP : NULL, &dataset, &err);
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
    tcase_add_test(cases, units_reads_means_of_groups);
    tcase_add_test(cases, units_reads_proportions_in_every_spelling);
    tcase_add_test(cases, units_missing_values_drop_or_count_as_zero);
    tcase_add_test(cases, units_missing_are_counted_once_and_covariates_by_pattern);
    tcase_add_test(cases, units_slices_by_dimension_and_segment);
    tcase_add_test(cases, units_rows_at_or_after_as_of_are_not_used_nor_read);
    tcase_add_test(cases, units_latest_time_is_observed);
    tcase_add_test(cases, units_with_equal_rows_count_once);
    tcase_add_test(cases, units_with_different_values_are_refused);
    tcase_add_test(cases, units_that_differ_in_two_groups_are_only_excluded);
    tcase_add_test(cases, units_ids_are_text);
    tcase_add_test(cases, units_have_the_dimensions_of_their_earliest_row);
    tcase_add_test(cases, units_without_time_whose_dimensions_differ_are_excluded);
    tcase_add_test(cases, units_in_two_groups_are_excluded_from_all);
    tcase_add_test(cases, units_groups_beyond_the_plan_are_kept);
    tcase_add_test(cases, units_bad_rows_are_skipped_and_counted_when_asked);
    tcase_add_test(cases, units_caps_by_value_are_exact);
    tcase_add_test(cases, units_caps_by_quantile_are_order_statistics);
    tcase_add_test(cases, cap_rank_takes_the_quantile_as_written);
    tcase_add_test(cases, units_a_mean_of_1e9_and_long_decimals_keep_every_digit);
    tcase_add_test(cases, units_order_and_split_change_nothing);
    tcase_add_test(cases, units_columns_may_stand_in_any_order_in_each_file);
    tcase_add_test(cases, units_mutated_tables_never_crash);
}

int main(void)
{
    return test_main("units", add);
}
