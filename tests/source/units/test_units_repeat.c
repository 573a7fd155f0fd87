/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Units of several rows: equal ones count once; others are refused or excluded. */
#include "units_read.h"

START_TEST(units_with_equal_rows_count_once)
{
    struct assay_counts counts = units_assert_read_as(
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
    units_put_file(0, csv, strlen(csv));
    ck_assert_int_eq(units_read_files(plan, 1, NULL, &dataset, &err), ASSAY_ERROR_DATA);
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
        units_assert_read_as(PLAN(",\"unit\":\"u\"", "", MEAN), "g,u,y\nA,u1,1\nB,u1,2\nA,u2,3\n",
                             NULL, "total0=|A|y n=1 mean=3 var=- units=1\n");
    ck_assert_uint_eq(counts.units_in_two_groups, 1);
}
END_TEST

/* Beyond 2^62 no mantissa can be compared: each unit is added on its own, with and without rows. */
START_TEST(units_caps_beyond_all_mantissas_are_kept)
{
    static const char CSV[] = "g,u,y\nA,u1,1\nA,u1,2\nA,u2,9.25\nB,u3,1e18\nB,u4,7e18\n";
    units_assert_read_as(
        PLAN(",\"unit\":\"u\"", "", MEAN ",\"aggregation\":\"sum\",\"cap\":{\"lower\":6e18}"), CSV,
        NULL,
        "total0=|A|y n=2 mean=6e18 var=0 units=2\n"
        "total0=|B|y n=2 mean=6.5e18 var=5e35 units=2\n");
    units_assert_read_as(
        PLAN(",\"unit\":\"u\"", "", MEAN ",\"aggregation\":\"max\",\"cap\":{\"upper\":-6e18}"), CSV,
        NULL,
        "total0=|A|y n=2 mean=-6e18 var=0 units=2\n"
        "total0=|B|y n=2 mean=-6e18 var=0 units=2\n");
}
END_TEST

START_TEST(units_ids_are_text)
{
    units_assert_read_as(
        PLAN(",\"unit\":\"u\"", "", MEAN), "g,u,y\nA,7,1\nA,007,2\nA,7.0,3\nB,8,4\n", NULL,
        "total0=|A|y n=3 mean=2 var=1 units=3\ntotal0=|B|y n=1 mean=4 var=- units=1\n");
}
END_TEST

START_TEST(units_have_the_dimensions_of_their_earliest_row)
{
    struct assay_counts counts = units_assert_read_as(
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
        units_assert_read_as(PLAN(",\"unit\":\"u\"", ",\"dimensions\":[\"d\"]", MEAN),
                             "g,u,y,d\nA,u1,7,q\nA,u1,7,p\nA,u2,8,p\nB,u3,9,p\nB,u3,9,p\n", NULL,
                             "dim0=p|A|y n=1 mean=8 var=- units=1\n"
                             "dim0=p|B|y n=1 mean=9 var=- units=1\n"
                             "total0=|A|y n=1 mean=8 var=- units=1\n"
                             "total0=|B|y n=1 mean=9 var=- units=1\n");
    ck_assert_uint_eq(counts.units_unclear, 1);
    ck_assert_uint_eq(counts.rows_unclear, 2);
    /* What differs in a segment's column is nothing while the segment is the same. */
    counts = units_assert_read_as(
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
        units_assert_read_as(PLAN(",\"unit\":\"u\"", "", MEAN),
                             "g,u,y\nA,u1,1\nB,u1,1\nA,u1,1\nA,u2,3\nB,u3,5\nC,u2,9\n", NULL,
                             "total0=|B|y n=1 mean=5 var=- units=1\n");
    ck_assert_uint_eq(counts.units_in_two_groups, 2);
    ck_assert_uint_eq(counts.rows_in_two_groups, 5);
    ck_assert_uint_eq(counts.rows_used, 1);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, units_with_equal_rows_count_once);
    tcase_add_test(cases, units_with_different_values_are_refused);
    tcase_add_test(cases, units_that_differ_in_two_groups_are_only_excluded);
    tcase_add_test(cases, units_caps_beyond_all_mantissas_are_kept);
    tcase_add_test(cases, units_ids_are_text);
    tcase_add_test(cases, units_have_the_dimensions_of_their_earliest_row);
    tcase_add_test(cases, units_without_time_whose_dimensions_differ_are_excluded);
    tcase_add_test(cases, units_in_two_groups_are_excluded_from_all);
}

int main(void)
{
    return test_main("units_repeat", add);
}
