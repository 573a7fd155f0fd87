/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A metric kind with an accumulator of its own goes all the way of the data, units, looks, threads,
 * sums, merging and analysis, without another file that knows of it: see own_kind.h.
 */
#include "summary_text.h"
#include "summary_write.h"

#include <unistd.h>

#include "own_kind.h"
#include "scarce_memory.h"
#include "source/summary/summary_read.h"

#define MEDIAN                                                                                     \
    "{\"id\":\"m\",\"role\":\"success\",\"type\":\"quantile\",\"quantile\":0.5,\"value\":\"y\"}"

static const char TIMED_PLAN[] =
    "{\"columns\":{\"group\":\"g\",\"unit\":\"u\",\"time\":\"t\"},"
    "\"comparisons\":{\"baseline\":\"A\"},\"asOf\":\"2026-01-20T00:00:00Z\","
    "\"granularity\":\"day\",\"dimensions\":[\"land\"],"
    "\"metrics\":[" MEDIAN ",{\"id\":\"y\",\"role\":\"guardrail\",\"type\":\"mean\"}]}";

/* The rows of the units u with u % parts == part; some units are seen in two groups. */
static char *rows_of(unsigned part, unsigned parts)
{
    struct assay__text text = {0};
    assay__text_puts(&text, "u,g,t,land,y\n");
    for (unsigned i = 0; i < 400; i++) {
        unsigned unit = i * 7 % 390, y = unit * 7919 % 5003;
        if (unit % parts == part)
            assay__text_format(&text, "u%u,%c,2026-01-%02uT00:00:00Z,%s,%u.%03u\n", unit,
                               "AB"[(unit + (i > 395)) % 2], 1 + i / 30,
                               unit % 3 == 0 ? "SE" : "NO", y / 100, y % 1000);
    }
    return test_text(&text);
}

static struct assay_plan *timed_plan(void)
{
    ck_assert_ptr_nonnull(own_kind()); /* which takes its tables into this program */
    return test_plan(TIMED_PLAN);
}

static char *sums_of(const struct assay_plan *plan, const char *rows)
{
    struct assay_dataset *dataset = summary_dataset_of(plan, rows);
    struct assay_error err;
    char *text;
    assert_ok(assay_dataset_summarize(dataset, &text, NULL, &err), &err);
    assay_dataset_free(dataset);
    return text;
}

START_TEST(a_median_is_estimated_of_units)
{
    /* A: 1.5 2 3 8 90 with the median 3; B: 2 4 5.25 6 7 with the median 5.25. */
    const char *rows = "g,y\nA,3\nB,4\nA,90\nB,6\nA,1.5\nB,5.25\nA,8\nB,2\nA,2\nB,7\n";
    struct assay_plan *plan = test_plan(PLAN("", MEDIAN));
    struct assay_dataset *dataset = summary_dataset_of(plan, rows);
    char *csv = summary_document(dataset, ASSAY_FORMAT_CSV);
    ck_assert_ptr_nonnull(own_kind());
    ck_assert_msg(strstr(csv, ",2.25,") != NULL, "%s", csv);
    /* ranks 2.5 -+ sqrt(5), the end rounded inwards: 1.5 to 90, and 2 to 7 */
    ck_assert_msg(strstr(csv, ",22.160282") != NULL, "%s", csv);
    free(csv);
    assay_dataset_free(dataset);
    assay_plan_free(plan);
}
END_TEST

START_TEST(sums_of_parts_are_the_whole)
{
    struct assay_plan *plan = timed_plan();
    char *rows = rows_of(0, 1), *whole = sums_of(plan, rows);
    struct assay_dataset *dataset = summary_dataset_of(plan, rows);
    ck_assert_uint_gt(assay_dataset_counts(dataset).units_in_two_groups, 0);
    char *result = summary_document(dataset, ASSAY_FORMAT_RESULT);
    char *detail = summary_document(dataset, ASSAY_FORMAT_DETAIL);
    assay_dataset_free(dataset);
    ck_assert_ptr_nonnull(strstr(whole, "," OWN_KIND_COLUMN));
    for (unsigned count = 1; count <= 5; count += 2) {
        char *texts[5];
        struct assay_error err;
        for (unsigned p = 0; p < count; p++) {
            char *part = rows_of(p, count);
            texts[count - 1 - p] = sums_of(plan, part);
            free(part);
        }
        assert_ok(summary_read_texts(plan, (const char *const *)texts, count, &dataset, &err),
                  &err);
        char *again_result = summary_document(dataset, ASSAY_FORMAT_RESULT);
        char *again_detail = summary_document(dataset, ASSAY_FORMAT_DETAIL);
        summary_assert_same_text(again_result, result);
        summary_assert_same_text(again_detail, detail);
        free(again_result);
        free(again_detail);
        assay_dataset_free(dataset);
        for (unsigned p = 0; p < count; p++)
            free(texts[p]);
    }
    free(whole);
    free(result);
    free(detail);
    free(rows);
    assay_plan_free(plan);
}
END_TEST

START_TEST(threads_and_order_leave_no_trace)
{
    struct assay_plan *plan = timed_plan();
    char *rows = rows_of(0, 1), *documents[2];
    for (unsigned i = 0; i < 2; i++) {
        const char *path = summary_put_file(0, rows);
        const struct assay_read_options options = {.threads = 1 + 3 * i, .has_digests = true};
        struct assay_dataset *dataset;
        struct assay_error err;
        assert_ok(assay_dataset_new(plan, &dataset, &err), &err);
        assert_ok(assay_dataset_read(dataset, &path, 1, &options, &err), &err);
        documents[i] = summary_document(dataset, ASSAY_FORMAT_DETAIL);
        assay_dataset_free(dataset);
        unlink(path);
    }
    summary_assert_same_text(documents[1], documents[0]);
    free(documents[0]);
    free(documents[1]);
    free(rows);
    assay_plan_free(plan);
}
END_TEST

START_TEST(a_table_that_is_merged_is_written_as_it_was)
{
    struct assay_plan *plan = timed_plan();
    char *rows = rows_of(0, 1), *text = sums_of(plan, rows);
    struct assay__summary_shards shards = {0};
    struct assay__summary_table table = {0}, *whole;
    struct assay__text out = {0};
    struct assay_error err;
    const char *path = summary_put_file(0, text);
    assert_ok(assay__summary_read_file(path, NULL, &table, &err), &err);
    ck_assert(table.is_sealed);
    assert_ok(assay__summary_shards_add(&shards, &table, &err), &err);
    assert_ok(assay__summary_shards_join(&shards, false, &whole, &err), &err);
    assert_ok(summary_write(whole, &out, &err), &err);
    summary_assert_same_text(out.data, text);
    assay__summary_shards_release(&shards);
    assay__text_release(&out);
    unlink(path);
    free(text);
    free(rows);
    assay_plan_free(plan);
}
END_TEST

#define HEAD_OWN "metric,group,n," OWN_KIND_COLUMN ",sum,sum_squares\n"
#define OTHER "m,B,1,1000*1,,\n"
static const struct {
    const char *metrics, *text, *message;
} REFUSED[] = {
    {MEDIAN, HEAD_OWN OTHER "m,A,2,1000*1,,\n", "A sample is not of n units."},
    {MEDIAN, HEAD_OWN OTHER "m,A,2,1000*x,,\n", "That is not a sample."},
    {MEDIAN, HEAD_OWN OTHER "m,A,1,1000*1,,\nm,A,1,1000*1,,\n", "A sample has a value twice."},
    {MEDIAN, HEAD_OWN OTHER "m,A,2,1000*2,3,5\n", "stands beside a sum or a mean"},
    {MEDIAN, HEAD_OWN OTHER "m,A,2,,3,5\n", "these are sums, and the plan's type needs more"},
    {MEDIAN, HEAD_OWN OTHER "m,B,2,,3,5\n", "has other columns filled"},
    {MEDIAN, HEAD_OWN OTHER "m,A,1,1000*1,,\nm,A,2,,3,5\n", "has other columns filled"},
    {MEAN, HEAD_OWN "y,A,2,,3,5\ny,B,2,1000*2,,\n", "the plan's type needs sums"},
};

START_TEST(other_rows_are_refused)
{
    char json[600];
    snprintf(json, sizeof json, PLAN("", "%s"), REFUSED[_i].metrics);
    struct assay_plan *plan = test_plan(json);
    struct assay_dataset *dataset;
    struct assay_error err;
    ck_assert_ptr_nonnull(own_kind());
    ck_assert_int_eq(summary_read_texts(plan, &REFUSED[_i].text, 1, &dataset, &err),
                     ASSAY_ERROR_DATA);
    ck_assert_msg(strstr(err.message, REFUSED[_i].message) != NULL, "%s", err.message);
    assay_dataset_free(dataset);
    assay_plan_free(plan);
}
END_TEST

START_TEST(moments_do_not_give_it)
{
    struct assay_moments *moments;
    struct assay_comparison comparison;
    struct assay_error err;
    const struct assay_method method = {.type = ASSAY_METRIC_QUANTILE};
    assert_ok(assay_moments_new((struct assay_moments_shape){0, 0}, &moments, &err), &err);
    const struct assay_moments *const groups[2] = {moments, moments};
    ck_assert_ptr_nonnull(own_kind());
    ck_assert_int_eq(assay_moments_compare(groups, 2, 0, 1, &method, &comparison, &err),
                     ASSAY_ERROR_DOMAIN);
    ck_assert_str_eq(err.message, "A quantile needs a sample.");
    assay_moments_free(moments);
}
END_TEST

/* Reads sums, merges them with themselves, and writes those of the dataset. */
static enum assay_status read_and_write(const struct assay_plan *plan, const char *path,
                                        char **text, struct assay_error *err)
{
    const char *const paths[2] = {path, path};
    struct assay_dataset *dataset = NULL;
    enum assay_status status = assay_dataset_new(plan, &dataset, err);
    if (status == ASSAY_OK)
        status = assay_dataset_read(dataset, paths, 2, NULL, err);
    if (status == ASSAY_OK)
        status = assay_dataset_summarize(dataset, text, NULL, err);
    assay_dataset_free(dataset);
    return status;
}

START_TEST(every_failed_allocation_is_reported)
{
    static const char SUMS[] = "metric,group,n," OWN_KIND_COLUMN "\nm,A,3,\"1*1, 2*2\"\nm,B,1,5*1\n"
                               "m,A,9,\"4*1, 5*1, 6*7\"\n";
    struct assay_plan *plan = test_plan(PLAN("", MEDIAN));
    const char *path = summary_put_file(0, SUMS);
    struct assay_error err;
    char *text = NULL;
    long failures = 0;
    ck_assert_ptr_nonnull(own_kind());
    for (long allowed = 0; text == NULL; allowed++) {
        allocations_left = allowed;
        enum assay_status status = read_and_write(plan, path, &text, &err);
        allocations_left = -1;
        ck_assert_msg(status == (text == NULL ? ASSAY_ERROR_MEMORY : ASSAY_OK), "%s", err.message);
        failures += text == NULL;
    }
    ck_assert_msg(strstr(text, "m,A,,,,8,\"1*2, 2*4, 4*2\"\n") != NULL, "%s", text);
    ck_assert_ptr_nonnull(strstr(text, "m,A,,,,16,\"5*2, 6*14\"\n"));
    ck_assert_int_gt(failures, 30);
    free(text);
    unlink(path);
    assay_plan_free(plan);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, a_median_is_estimated_of_units);
    tcase_add_test(cases, sums_of_parts_are_the_whole);
    tcase_add_test(cases, threads_and_order_leave_no_trace);
    tcase_add_test(cases, a_table_that_is_merged_is_written_as_it_was);
    tcase_add_loop_test(cases, other_rows_are_refused, 0, (int)(sizeof REFUSED / sizeof *REFUSED));
    tcase_add_test(cases, moments_do_not_give_it);
    tcase_add_test(cases, every_failed_allocation_is_reported);
}

int main(void)
{
    return test_main("own_kind", add);
}
