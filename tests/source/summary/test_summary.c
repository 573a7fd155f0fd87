/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sufficient statistics: every form of them against the values, slices, looks, parts, warnings. */
#include "summary_text.h"

#include "stats/moments.h"

/* First and second-order sums of both are the same numbers. */
static void assert_same_sums(const struct assay_moments *got, const struct assay_moments *want)
{
    struct assay_moments_shape shape = assay_moments_shape(want);
    uint32_t k = 1 + shape.has_denominator + shape.covariate_count;
    struct assay_error err;
    ck_assert_uint_eq(assay_moments_count(got), assay_moments_count(want));
    for (uint32_t i = 0; i < k + k * (k + 1) / 2; i++) {
        struct assay__text a = {0}, b = {0};
        assert_ok(assay__moments_write_sum(got, 0, i, &a, &err), &err);
        assert_ok(assay__moments_write_sum(want, 0, i, &b, &err), &err);
        ck_assert_str_eq(a.data, b.data);
        assay__text_release(&a);
        assay__text_release(&b);
    }
}

/* Five units a group, B's y one more; figures below worked by hand. */
static const char UNITS[] = "g,y,w,x1,x2,seen\n"
                            "A,1,1,2,0,1\nA,2,2,1,0,0\nA,3,1,4,5,0\nA,4,2,3,5,1\nA,10,4,5,0,0\n"
                            "B,2,1,2,0,1\nB,3,2,1,0,1\nB,4,1,4,5,0\nB,5,2,3,5,1\nB,11,4,5,0,0\n";
static const char FORMS_PLAN[] =
    PLAN("", "{\"id\":\"cost\",\"role\":\"success\",\"type\":\"mean\",\"value\":\"y\","
             "\"covariates\":[\"x1\",\"x2\"]},"
             "{\"id\":\"rate\",\"role\":\"guardrail\",\"type\":\"ratio\",\"value\":\"y\","
             "\"denominator\":\"w\"},"
             "{\"id\":\"seen\",\"role\":\"guardrail\",\"type\":\"proportion\"}");

static const char CENTRED[] =
    "metric,group,n,mean,variance,covariate_mean,covariate_variance,covariance,covariate2_mean,"
    "covariate2_variance,covariate2_covariance,covariate1_covariate2_covariance,denominator_mean,"
    "denominator_variance,denominator_covariance\n"
    "cost,A,5,4,12.5,3,2.5,4.5,2,7.5,-1.25,1.25,,,\n"
    "cost,B,5,5,12.5,3,2.5,4.5,2,7.5,-1.25,1.25,,,\n"
    "rate,A,5,4,12.50,,,,,,,,2,1.5,4\n"
    "rate,B,5,5.0,1.25e1,NA,NULL,null,NaN,,,,2,1.5,4\n"
    "seen,A,5,0.4,0.3,,,,,,,,,,\n"
    "seen,B,5,0.6,,,,,,,,,,,\n";

static const char SUMS[] =
    "metric;group;n;sum;sum_squares;covariate1_sum;covariate1_sum_squares;covariate1_sum_products;"
    "covariate2_sum;covariate2_sum_squares;covariate2_sum_products;"
    "covariate1_covariate2_sum_products;denominator_sum;denominator_sum_squares;"
    "denominator_sum_products\n"
    "cost;A;5;20;130;15;55;78;10;50;35;35;;;\n"
    "cost;B;5;25;175;15;55;93;10;50;45;35;;;\n"
    "rate;A;5.0;20;130;;;;;;;;10;26;56\n"
    "rate;B;5e0;25;175;;;;;;;;10;26;66\n"
    "seen;A;5;2;2;;;;;;;;;;\n"
    "seen;B;5;3;;;;;;;;;;;\n";

START_TEST(means_and_sums_equal_the_values)
{
    static const char *const GROUPS[] = {"A", "B"};
    struct assay_plan *plan = test_plan(FORMS_PLAN);
    struct assay_dataset *units = summary_dataset_of(plan, UNITS);
    struct assay_dataset *forms[2] = {summary_dataset_of(plan, CENTRED),
                                      summary_dataset_of(plan, SUMS)};
    char *want = summary_document(units, ASSAY_FORMAT_RESULT);
    for (int f = 0; f < 2; f++) {
        for (int g = 0; g < 2; g++) {
            const struct assay__cell *got = summary_total_of(forms[f], GROUPS[g]);
            const struct assay__cell *have = summary_total_of(units, GROUPS[g]);
            ck_assert_uint_eq(got->units, have->units);
            for (int m = 0; m < 3; m++)
                assert_same_sums(got->states[m], have->states[m]);
        }
    }
    /* Both know the same, so they print the same; the values know cubes and rows in addition. */
    char *centred = summary_document(forms[0], ASSAY_FORMAT_CSV);
    char *sums = summary_document(forms[1], ASSAY_FORMAT_CSV);
    char *values = summary_document(units, ASSAY_FORMAT_CSV);
    summary_assert_same_text(centred, sums);
    ck_assert_uint_gt(strlen(values), 500);
    ck_assert_ptr_nonnull(strstr(want, "\"baselineEstimateAbs\""));
    free(values);
    free(centred);
    free(sums);
    free(want);
    assay_dataset_free(forms[0]);
    assay_dataset_free(forms[1]);
    assay_dataset_free(units);
    assay_plan_free(plan);
}
END_TEST

/* A row whose group differs from the one that came next before in one byte is another group's. */
START_TEST(groups_that_differ_in_a_byte_are_two)
{
    static const int COUNTS[3][2] = {{10, 20}, {21, 11}, {12, 22}}; /* by time, in their order */
    struct assay_plan *plan = test_plan(PLAN("", MEAN));
    int length = _i / 3 + 1, places[3] = {0, length / 2, length - 1};
    char names[2][64] = {{0}};
    struct assay__text text = {0};
    for (int g = 0; g < 2; g++) {
        memset(names[g], 'x', (size_t)length);
        names[g][places[_i % 3]] = g == 0 ? 'A' : 'B';
    }
    assay__text_puts(&text, "metric,group,time,n,mean,variance\n");
    for (int t = 0; t < 3; t++)
        for (int i = 0; i < 2; i++)
            assay__text_format(&text, "y,%s,2026-01-0%dT00:00:00Z,%d,1.5,2.25\n",
                               names[t == 1 ? 1 - i : i], t + 1, COUNTS[t][i]);
    struct assay_dataset *dataset = summary_dataset_of(plan, text.data);
    ck_assert_uint_eq(assay__dataset_group_count(dataset), 2);
    for (uint32_t t = 0; t < 3; t++)
        for (uint32_t g = 0; g < 2; g++) {
            ck_assert_str_eq(assay__dataset_group_id(dataset, g), names[g]);
            ck_assert_uint_eq(assay__dataset_find(dataset, 0, t, g)->units, (g + 1) * 10 + t);
        }
    assay__text_release(&text);
    assay_dataset_free(dataset);
    assay_plan_free(plan);
}
END_TEST

START_TEST(one_unit_needs_no_variance_and_none_no_row)
{
    struct assay_plan *plan = test_plan(PLAN("", MEAN));
    struct assay_dataset *dataset =
        summary_dataset_of(plan, "metric,group,n,mean,variance\ny,A,1,5.5,\ny,B,0,,\ny,C,2,3,8\n");
    const struct assay_moments *one = summary_total_of(dataset, "A")->states[0];
    ck_assert_uint_eq(assay_moments_count(one), 1);
    ck_assert(assay_moments_mean(one, 0) == 5.5 && isnan(assay_moments_variance(one, 0)));
    ck_assert_uint_eq(assay__dataset_group_count(dataset), 2);
    assay_dataset_free(dataset);
    /* Its square is known, whether it came as mean or as sum: merged with 7.5 it varies by 2. */
    static const char *const PARTS[2] = {"metric,group,n,mean,variance\ny,A,1,5.5,\n",
                                         "metric,group,n,sum\ny,A,1,7.5\n"};
    struct assay_error err;
    assert_ok(summary_read_texts(plan, PARTS, 2, &dataset, &err), &err);
    const struct assay_moments *two = summary_total_of(dataset, "A")->states[0];
    ck_assert(assay_moments_mean(two, 0) == 6.5 && assay_moments_variance(two, 0) == 2.0);
    ck_assert_uint_eq(summary_total_of(dataset, "A")->units, 2);
    assay_dataset_free(dataset);
    assay_plan_free(plan);
}
END_TEST

START_TEST(shares_need_a_mean_only)
{
    struct assay_plan *plan = test_plan(PLAN("", SHARE));
    struct assay_dataset *dataset = summary_dataset_of(
        plan, "metric,group,n,mean\ny,A,1000000000000000,0.1234567890123456789012345\n"
              "y,B,8,0\ny,C,8,1\n");
    const struct assay_moments *moments = summary_total_of(dataset, "A")->states[0];
    ck_assert(assay_moments_mean(moments, 0) == 0.1234567890123456789012345);
    struct assay__text sum = {0};
    struct assay_error err;
    assert_ok(assay__moments_write_sum(moments, 0, 1, &sum, &err), &err);
    ck_assert_str_eq(sum.data, "123456789012345.6789012345");
    assay__text_release(&sum);
    ck_assert(assay_moments_variance(summary_total_of(dataset, "B")->states[0], 0) == 0.0);
    ck_assert(assay_moments_mean(summary_total_of(dataset, "C")->states[0], 0) == 1.0);
    assay_dataset_free(dataset);
    assay_plan_free(plan);
}
END_TEST

START_TEST(missing_covariates_are_patterns)
{
    struct assay_plan *plan =
        test_plan(PLAN("", "{\"id\":\"y\",\"role\":\"success\",\"type\":\"mean\","
                           "\"covariates\":[\"x1\",\"x2\"]}"));
    struct assay_dataset *units = summary_dataset_of(
        plan, "g,y,x1,x2\nA,1,2,3\nA,2,,4\nA,4,NA,6\nA,3,5,\nB,1,1,1\nB,2,3,2\nB,5,,\n");
    struct assay_dataset *sums = summary_dataset_of(
        plan,
        "metric,group,n,covariates_missing,sum,sum_squares,covariate1_sum,covariate1_sum_squares,"
        "covariate1_sum_products,covariate2_sum,covariate2_sum_squares,covariate2_sum_products,"
        "covariate1_covariate2_sum_products\n"
        "y,A,1,0,1,1,2,4,2,3,9,3,6\ny,A,2,1,6,20,0,0,0,10,52,32,0\n"
        "y,A,1,2,3,9,5,25,15,0,0,0,0\n"
        "y,B,2,,3,5,4,10,7,3,5,5,7\ny,B,1,3,5,25,0,0,0,0,0,0,0\n");
    const struct assay_moments *got = summary_total_of(sums, "A")->states[0];
    const struct assay_moments *want = summary_total_of(units, "A")->states[0];
    ck_assert_uint_eq(assay__moments_pattern_count(got), 3);
    for (uint32_t i = 0; i < 3; i++)
        for (uint32_t j = 0; j <= i; j++)
            assert_close(assay_moments_covariance(got, i, j), assay_moments_covariance(want, i, j),
                         0.0);
    ck_assert_uint_eq(assay_moments_count(summary_total_of(sums, "B")->states[0]), 3);
    assay_dataset_free(sums);
    assay_dataset_free(units);
    assay_plan_free(plan);
}
END_TEST

START_TEST(dimensions_and_segments_find_their_slices)
{
    struct assay_plan *plan =
        test_plan(PLAN(",\"dimensions\":[\"land\"],"
                       "\"segments\":[{\"id\":\"new\",\"filter\":\"age < 2\"}]",
                       MEAN));
    struct assay_dataset *dataset = summary_dataset_of(
        plan, "metric,group,dimension,value,n,mean,variance\ny,A,,,9,4,0.5\n"
              "y,B,,,9,2,1\ny,A,land,\"S, N\",4,4,0\ny,A,land,,5,4,1\n"
              "y,A,@segment,new,2,5,1\ny,A,@segment,old,7,5,1\ny,A,city,X,3,1,1\n"
              "z,A,,,9,1,1\n@units,A,,,12,,\n@units,B,,,11,,\n"
              "@units,A,land,\"S, N\",6,,\n@units,A,land,,6,,\n@missing,,,y,5,,\n"
              "@rows_read,,,,23,,\n");
    ck_assert_uint_eq(summary_total_of(dataset, "A")->units, 12);
    const struct assay__cell *cell = summary_cell_of(dataset, ASSAY_SLICE_DIMENSION, "S, N", "A");
    ck_assert_uint_eq(cell->units, 6);
    ck_assert(assay_moments_mean(cell->states[0], 0) == 4.0);
    cell = summary_cell_of(dataset, ASSAY_SLICE_DIMENSION, "", "A");
    ck_assert(assay_moments_mean(cell->states[0], 0) == 4.0);
    cell = summary_cell_of(dataset, ASSAY_SLICE_SEGMENT, "", "A");
    ck_assert(assay_moments_mean(cell->states[0], 0) == 5.0);
    ck_assert_uint_eq(assay_moments_count(cell->states[0]), 2);
    ck_assert_uint_eq(assay__dataset_missing(dataset, 0), 5);
    ck_assert_uint_eq(assay_dataset_counts(dataset).rows_read, 23);
    /* old, city and z are not planned; the table has no seal */
    ck_assert_uint_eq(assay__dataset_note_count(dataset), 4);
    assay_dataset_free(dataset);
    assay_plan_free(plan);
}
END_TEST

static double baseline_at(const char *as_of)
{
    char json[400];
    snprintf(json, sizeof json, PLAN("%s", MEAN), as_of);
    struct assay_plan *plan = test_plan(json);
    struct assay_dataset *dataset = summary_dataset_of(
        plan, "metric,group,time,n,mean,variance\ny,A,2026-01-02T00:00:00+02:00,5,1,1\n"
              "y,B,2026-01-01T22:00:00Z,5,1,1\ny,A,2026-01-03,9,2,1\ny,B,2026-01-03,9,3,1\n"
              "y,A,1767484800,12,4,1\ny,B,2026-01-04,12,3,1\n");
    struct assay_analysis *analysis;
    struct assay_error err;
    ck_assert_uint_eq(assay__dataset_look_count(dataset), 3);
    assert_ok(assay_dataset_analyze(dataset, &analysis, &err), &err);
    double mean = analysis->results[0].looks[0].comparison.baseline.estimate;
    assay_analysis_free(analysis);
    assay_dataset_free(dataset);
    assay_plan_free(plan);
    return mean;
}

START_TEST(the_last_look_at_or_before_as_of_counts)
{
    ck_assert(baseline_at("") == 4.0);
    ck_assert(baseline_at(",\"asOf\":\"2026-01-04T00:00:00Z\"") == 4.0);
    ck_assert(baseline_at(",\"asOf\":\"2026-01-03T23:59:59Z\"") == 2.0);
    ck_assert(baseline_at(",\"asOf\":\"2026-01-02T12:00:00Z\"") == 1.0);
}
END_TEST

static uint64_t units_of_parts(const char *first, const char *second)
{
    const char *const texts[2] = {first, second};
    struct assay_plan *plan = test_plan(PLAN("", MEAN ",{\"id\":\"z\",\"role\":\"guardrail\","
                                                      "\"type\":\"mean\"}"));
    struct assay_dataset *dataset;
    struct assay_error err;
    assert_ok(summary_read_texts(plan, texts, 2, &dataset, &err), &err);
    uint64_t units = summary_total_of(dataset, "A")->units;
    assay_dataset_free(dataset);
    assay_plan_free(plan);
    return units;
}

START_TEST(parts_add_their_units)
{
    const char *part = HEAD "y,A,10,1,1\ny,B,10,1,1\n", *with = HEAD "y,A,8,1,1\n@units,A,9,,\n";
    ck_assert_uint_eq(units_of_parts(part, HEAD "y,A,7,1,1\n"), 17);
    ck_assert_uint_eq(units_of_parts(part, HEAD "z,A,12,1,1\n"), 12); /* the same units */
    ck_assert_uint_eq(units_of_parts(part, with), 19);
    ck_assert_uint_eq(units_of_parts(with, part), 19);
    ck_assert_uint_eq(units_of_parts(with, with), 18);
}
END_TEST

static bool warns(const char *text)
{
    struct assay_plan *plan = test_plan(PLAN("", MEAN));
    struct assay_dataset *dataset = summary_dataset_of(plan, text);
    uint32_t count = assay__dataset_note_count(dataset);
    for (uint32_t i = 0; i < count; i++) {
        enum assay_annotation_level level;
        int32_t metric;
        const char *note;
        assay__dataset_note_at(dataset, i, &level, &metric, &note);
        if (strstr(note, "no seal") != NULL)
            continue;
        ck_assert_int_eq(level, ASSAY_NOTE_WARNING);
        ck_assert_int_eq(metric, 0);
        ck_assert_ptr_nonnull(strstr(note, "sum_squares of y"));
    }
    assay_dataset_free(dataset);
    assay_plan_free(plan);
    return count > 1; /* one says that the table has no seal */
}

#define SUM_HEAD "metric,group,n,sum,sum_squares\n"

START_TEST(rounded_sums_that_cancel_are_warned_about)
{
    /* 1000 values about 1e8 + 0.3 with deviation 1, summed in doubles. */
    ck_assert(warns(SUM_HEAD "y,A,1000,100000000300.12345,1.0000000060024691e+19\n"));
    ck_assert(warns(SUM_HEAD "y,A,1000,100000000300.12345,10000000060024692736\n"));
    ck_assert(warns(SUM_HEAD "y,A,4,400000.6,40000120000.0903\n"));
    /* Digits to spare; integers that doubles hold; more digits than doubles have. */
    ck_assert(!warns(SUM_HEAD "y,A,4,400.6,40421.2345678901\n"));
    ck_assert(!warns(SUM_HEAD "y,A,4,40000006,400000120000010\n"));
    ck_assert(!warns(SUM_HEAD "y,A,4,400000.6,40000120000.09003456\n"));
    /* assay's own sums have cubes. */
    ck_assert(!warns("metric,group,n,sum,sum_squares,sum_cubes\n"
                     "y,A,4,400000.6,40000120000.0903,4000018000027090.6\n"));
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, means_and_sums_equal_the_values);
    tcase_add_loop_test(cases, groups_that_differ_in_a_byte_are_two, 0, 3 * 40);
    tcase_add_test(cases, one_unit_needs_no_variance_and_none_no_row);
    tcase_add_test(cases, shares_need_a_mean_only);
    tcase_add_test(cases, missing_covariates_are_patterns);
    tcase_add_test(cases, dimensions_and_segments_find_their_slices);
    tcase_add_test(cases, the_last_look_at_or_before_as_of_counts);
    tcase_add_test(cases, parts_add_their_units);
    tcase_add_test(cases, rounded_sums_that_cancel_are_warned_about);
}

int main(void)
{
    return test_main("summary", add);
}
