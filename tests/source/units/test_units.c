/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables of units: values, missing ones, slices, times, caps, rows that are skipped. */
#include "units_read.h"

#include "analysis/dataset_read.h"
#include "source/units/cap.h"

static const struct assay_read_options SKIP = {.bad_rows = ASSAY_BAD_ROWS_SKIP};

START_TEST(units_reads_means_of_groups)
{
    units_assert_read_as(PLAN("", "", MEAN), "x,g,y\n9,A,1\n9,B,10\n9,A,2\n9,A,1.5e0\n9,B,-4\n",
                         NULL,
                         "total0=|A|y n=3 mean=1.5 var=0.25 units=3\n"
                         "total0=|B|y n=2 mean=3 var=98 units=2\n");
}
END_TEST

START_TEST(units_reads_proportions_in_every_spelling)
{
    units_assert_read_as(PLAN("", "", PROPORTION),
                         "g,y\nA,1\nA,0\nA,true\nA,FALSE\nB,yes\nB,no\nB,1.0\nB,True\nB,\nB,NA\n",
                         NULL,
                         "total0=|A|y n=4 mean=0.5 var=0.3333333333333333 units=4\n"
                         "total0=|B|y n=4 mean=0.75 var=0.25 units=6\n");
}
END_TEST

START_TEST(units_missing_values_drop_or_count_as_zero)
{
    static const char CSV[] = "g,y\nA,2\nA,\nA,NA\nA,NULL\nA,null\nA,NaN\nB,4\n";
    units_assert_read_as(
        PLAN("", "", MEAN), CSV, NULL,
        "total0=|A|y n=1 mean=2 var=- units=6\ntotal0=|B|y n=1 mean=4 var=- units=1\n");
    units_assert_read_as(
        PLAN("", "", MEAN ",\"missing\":\"zero\""), "g,y\nA,3\nA,\nA,NA\nB,4\n", NULL,
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
    units_put_file(0, CSV, sizeof CSV - 1);
    assert_ok(units_read_files(plan, 1, NULL, &dataset, &err), &err);
    ck_assert_uint_eq(assay__dataset_missing(dataset, 0), 3);
    const struct assay__cell *cell = assay__dataset_find(dataset, 0, 0, 0);
    ck_assert_uint_eq(assay_moments_count(cell->states[0]), 2);
    ck_assert_uint_eq(cell->units, 4);
    ck_assert(assay_moments_mean(cell->states[0], 1) == 2.5);
    ck_assert(assay_moments_mean(cell->states[0], 2) == 1.0);
    assay_dataset_free(dataset);
    assay_plan_free(plan);
}
END_TEST

START_TEST(units_slices_by_dimension_and_segment)
{
    units_assert_read_as(
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
    struct assay_counts counts = units_assert_read_as(
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
    units_put_file(0, CSV, sizeof CSV - 1);
    assert_ok(units_read_files(plan, 1, NULL, &dataset, &err), &err);
    ck_assert_int_eq(assay__dataset_latest(dataset), 1767916800000000000);
    assay_dataset_free(dataset);
    assay_plan_free(plan);
}
END_TEST

START_TEST(units_groups_beyond_the_plan_are_kept)
{
    units_assert_read_as(
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
    struct assay_counts counts = units_assert_read_as(
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
    units_assert_read_as(
        PLAN("", "", MEAN ",\"cap\":{\"lower\":0.1,\"upper\":100}"),
        "g,y\nA,0.09999999999999999999999\nA,1e2\nA,100.00000000000000000001\nB,0.1\n", NULL,
        "total0=|A|y n=3 mean=66.7 var=3326.67 units=3\n"
        "total0=|B|y n=1 mean=0.1 var=- units=1\n");
}
END_TEST

START_TEST(units_caps_by_quantile_are_order_statistics)
{
    /* 10 pooled values 1 .. 10: the 0.9 quantile is the 9th, the 0.25 quantile the 3rd. */
    units_assert_read_as(
        PLAN("", "", MEAN ",\"cap\":{\"lowerQuantile\":0.25,\"upperQuantile\":0.9}"),
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
    units_assert_read_as(PLAN("", "", MEAN),
                         "g,y\nA,1000000000.1\nA,1000000000.2\nA,1000000000.3\n"
                         "B,1000000000000000000000000000001\n"
                         "B,1000000000000000000000000000003\n",
                         NULL,
                         "total0=|A|y n=3 mean=1000000000.2 var=0.01 units=3\n"
                         "total0=|B|y n=2 mean=1e30 var=2 units=2\n");
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
    tcase_add_test(cases, units_groups_beyond_the_plan_are_kept);
    tcase_add_test(cases, units_bad_rows_are_skipped_and_counted_when_asked);
    tcase_add_test(cases, units_caps_by_value_are_exact);
    tcase_add_test(cases, units_caps_by_quantile_are_order_statistics);
    tcase_add_test(cases, cap_rank_takes_the_quantile_as_written);
    tcase_add_test(cases, units_a_mean_of_1e9_and_long_decimals_keep_every_digit);
}

int main(void)
{
    return test_main("units", add);
}
