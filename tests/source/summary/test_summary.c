/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sufficient statistics: every form of them against the values, parts against the whole. */
#include "test.h"

#include <unistd.h>

#include "source/summary/summary_read.h"
#include "analysis/dataset_read.h"
#include "stats/moments.h"

enum { FILES_MAX = 8 };

static const char *put_file(int number, const char *text)
{
    static char paths[FILES_MAX][64];
    snprintf(paths[number], sizeof paths[number], "%s/summary-%ld-%d.csv", test_tmp(),
             (long)getpid(), number);
    test_write_file(paths[number], text, strlen(text));
    return paths[number];
}

static enum assay_status read_texts(const struct assay_plan *plan, const char *const *texts,
                                    size_t count, struct assay_dataset **dataset,
                                    struct assay_error *err)
{
    const char *paths[FILES_MAX];
    for (size_t i = 0; i < count; i++)
        paths[i] = put_file((int)i, texts[i]);
    const struct assay_read_options options = {.has_digests = true};
    assert_ok(assay_dataset_new(plan, dataset, err), err);
    enum assay_status status = assay_dataset_read(*dataset, paths, count, &options, err);
    for (size_t i = 0; i < count; i++)
        unlink(paths[i]);
    return status;
}

static struct assay_dataset *dataset_of(const struct assay_plan *plan, const char *text)
{
    struct assay_dataset *dataset;
    struct assay_error err;
    assert_ok(read_texts(plan, &text, 1, &dataset, &err), &err);
    return dataset;
}

static uint32_t group_named(const struct assay_dataset *dataset, const char *id)
{
    uint32_t g = 0;
    while (g < assay__dataset_group_count(dataset) &&
           strcmp(assay__dataset_group_id(dataset, g), id) != 0)
        g++;
    ck_assert_uint_lt(g, assay__dataset_group_count(dataset));
    return g;
}

/* A group's cell of the only look; slice by kind and value. */
static const struct assay__cell *cell_of(const struct assay_dataset *dataset,
                                         enum assay_slice_kind kind, const char *value,
                                         const char *group)
{
    for (uint32_t s = 0; s < assay__dataset_slice_count(dataset); s++) {
        struct assay__slice_name name = assay__dataset_slice_name(dataset, s);
        if (name.kind == kind && strcmp(name.value, value) == 0)
            return assay__dataset_find(dataset, s, 0, group_named(dataset, group));
    }
    return NULL;
}

static const struct assay__cell *total_of(const struct assay_dataset *dataset, const char *group)
{
    return cell_of(dataset, ASSAY_SLICE_TOTAL, "", group);
}

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

/* Long texts: what differs is shown from the first byte that does. */
static void assert_same_text(const char *got, const char *want)
{
    size_t i = 0;
    while (got[i] != '\0' && got[i] == want[i])
        i++;
    size_t from = i < 40 ? 0 : i - 40;
    ck_assert_msg(got[i] == want[i], "byte %zu:\n%.160s\nnot\n%.160s", i, got + from, want + from);
}

static char *document(struct assay_dataset *dataset, enum assay_format format)
{
    struct assay_analysis *analysis;
    struct assay_error err;
    char *text;
    assert_ok(assay_dataset_analyze(dataset, &analysis, &err), &err);
    assert_ok(assay_analysis_write(analysis, format, NULL, &text, NULL, &err), &err);
    assay_analysis_free(analysis);
    return text;
}

#define PLAN(rest, metrics)                                                                        \
    "{\"columns\":{\"group\":\"g\"},\"comparisons\":{\"baseline\":\"A\"}" rest                     \
    ",\"metrics\":[" metrics "]}"
#define MEAN "{\"id\":\"y\",\"role\":\"success\",\"type\":\"mean\"}"
#define SHARE "{\"id\":\"y\",\"role\":\"success\",\"type\":\"proportion\"}"

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
    struct assay_dataset *units = dataset_of(plan, UNITS);
    struct assay_dataset *forms[2] = {dataset_of(plan, CENTRED), dataset_of(plan, SUMS)};
    char *want = document(units, ASSAY_FORMAT_RESULT);
    for (int f = 0; f < 2; f++) {
        for (int g = 0; g < 2; g++) {
            const struct assay__cell *got = total_of(forms[f], GROUPS[g]);
            const struct assay__cell *have = total_of(units, GROUPS[g]);
            ck_assert_uint_eq(got->units, have->units);
            for (int m = 0; m < 3; m++)
                assert_same_sums(got->metrics[m], have->metrics[m]);
        }
    }
    /* Both know the same, so they print the same; the values know cubes and rows in addition. */
    char *centred = document(forms[0], ASSAY_FORMAT_CSV);
    char *sums = document(forms[1], ASSAY_FORMAT_CSV);
    char *values = document(units, ASSAY_FORMAT_CSV);
    assert_same_text(centred, sums);
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

START_TEST(one_unit_needs_no_variance_and_none_no_row)
{
    struct assay_plan *plan = test_plan(PLAN("", MEAN));
    struct assay_dataset *dataset =
        dataset_of(plan, "metric,group,n,mean,variance\ny,A,1,5.5,\ny,B,0,,\ny,C,2,3,8\n");
    const struct assay_moments *one = total_of(dataset, "A")->metrics[0];
    ck_assert_uint_eq(assay_moments_count(one), 1);
    ck_assert(assay_moments_mean(one, 0) == 5.5 && isnan(assay_moments_variance(one, 0)));
    ck_assert_uint_eq(assay__dataset_group_count(dataset), 2);
    assay_dataset_free(dataset);
    /* Its square is known, whether it came as mean or as sum: merged with 7.5 it varies by 2. */
    static const char *const PARTS[2] = {"metric,group,n,mean,variance\ny,A,1,5.5,\n",
                                         "metric,group,n,sum\ny,A,1,7.5\n"};
    struct assay_error err;
    assert_ok(read_texts(plan, PARTS, 2, &dataset, &err), &err);
    const struct assay_moments *two = total_of(dataset, "A")->metrics[0];
    ck_assert(assay_moments_mean(two, 0) == 6.5 && assay_moments_variance(two, 0) == 2.0);
    ck_assert_uint_eq(total_of(dataset, "A")->units, 2);
    assay_dataset_free(dataset);
    assay_plan_free(plan);
}
END_TEST

START_TEST(shares_need_a_mean_only)
{
    struct assay_plan *plan = test_plan(PLAN("", SHARE));
    struct assay_dataset *dataset =
        dataset_of(plan, "metric,group,n,mean\ny,A,1000000000000000,0.1234567890123456789012345\n"
                         "y,B,8,0\ny,C,8,1\n");
    const struct assay_moments *moments = total_of(dataset, "A")->metrics[0];
    ck_assert(assay_moments_mean(moments, 0) == 0.1234567890123456789012345);
    struct assay__text sum = {0};
    struct assay_error err;
    assert_ok(assay__moments_write_sum(moments, 0, 1, &sum, &err), &err);
    ck_assert_str_eq(sum.data, "123456789012345.6789012345");
    assay__text_release(&sum);
    ck_assert(assay_moments_variance(total_of(dataset, "B")->metrics[0], 0) == 0.0);
    ck_assert(assay_moments_mean(total_of(dataset, "C")->metrics[0], 0) == 1.0);
    assay_dataset_free(dataset);
    assay_plan_free(plan);
}
END_TEST

START_TEST(missing_covariates_are_patterns)
{
    struct assay_plan *plan =
        test_plan(PLAN("", "{\"id\":\"y\",\"role\":\"success\",\"type\":\"mean\","
                           "\"covariates\":[\"x1\",\"x2\"]}"));
    struct assay_dataset *units =
        dataset_of(plan, "g,y,x1,x2\nA,1,2,3\nA,2,,4\nA,4,NA,6\nA,3,5,\nB,1,1,1\nB,2,3,2\nB,5,,\n");
    struct assay_dataset *sums = dataset_of(
        plan,
        "metric,group,n,covariates_missing,sum,sum_squares,covariate1_sum,covariate1_sum_squares,"
        "covariate1_sum_products,covariate2_sum,covariate2_sum_squares,covariate2_sum_products,"
        "covariate1_covariate2_sum_products\n"
        "y,A,1,0,1,1,2,4,2,3,9,3,6\ny,A,2,1,6,20,0,0,0,10,52,32,0\n"
        "y,A,1,2,3,9,5,25,15,0,0,0,0\n"
        "y,B,2,,3,5,4,10,7,3,5,5,7\ny,B,1,3,5,25,0,0,0,0,0,0,0\n");
    const struct assay_moments *got = total_of(sums, "A")->metrics[0];
    const struct assay_moments *want = total_of(units, "A")->metrics[0];
    ck_assert_uint_eq(assay__moments_pattern_count(got), 3);
    for (uint32_t i = 0; i < 3; i++)
        for (uint32_t j = 0; j <= i; j++)
            assert_close(assay_moments_covariance(got, i, j), assay_moments_covariance(want, i, j),
                         0.0);
    ck_assert_uint_eq(assay_moments_count(total_of(sums, "B")->metrics[0]), 3);
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
    struct assay_dataset *dataset =
        dataset_of(plan, "metric,group,dimension,value,n,mean,variance\ny,A,,,9,4,0.5\n"
                         "y,B,,,9,2,1\ny,A,land,\"S, N\",4,4,0\ny,A,land,,5,4,1\n"
                         "y,A,@segment,new,2,5,1\ny,A,@segment,old,7,5,1\ny,A,city,X,3,1,1\n"
                         "z,A,,,9,1,1\n@units,A,,,12,,\n@units,B,,,11,,\n"
                         "@units,A,land,\"S, N\",6,,\n@units,A,land,,6,,\n@missing,,,y,5,,\n"
                         "@rows_read,,,,23,,\n");
    ck_assert_uint_eq(total_of(dataset, "A")->units, 12);
    const struct assay__cell *cell = cell_of(dataset, ASSAY_SLICE_DIMENSION, "S, N", "A");
    ck_assert_uint_eq(cell->units, 6);
    ck_assert(assay_moments_mean(cell->metrics[0], 0) == 4.0);
    cell = cell_of(dataset, ASSAY_SLICE_DIMENSION, "", "A");
    ck_assert(assay_moments_mean(cell->metrics[0], 0) == 4.0);
    cell = cell_of(dataset, ASSAY_SLICE_SEGMENT, "", "A");
    ck_assert(assay_moments_mean(cell->metrics[0], 0) == 5.0);
    ck_assert_uint_eq(assay_moments_count(cell->metrics[0]), 2);
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
    struct assay_dataset *dataset = dataset_of(
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

#define HEAD "metric,group,n,mean,variance\n"

static uint64_t units_of_parts(const char *first, const char *second)
{
    const char *const texts[2] = {first, second};
    struct assay_plan *plan = test_plan(PLAN("", MEAN ",{\"id\":\"z\",\"role\":\"guardrail\","
                                                      "\"type\":\"mean\"}"));
    struct assay_dataset *dataset;
    struct assay_error err;
    assert_ok(read_texts(plan, texts, 2, &dataset, &err), &err);
    uint64_t units = total_of(dataset, "A")->units;
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

#include "summary_refusals.h"

START_TEST(mistakes_are_refused_with_their_place)
{
    const struct refusal *want = &REFUSALS[_i];
    char json[600];
    snprintf(json, sizeof json, PLAN("", "%s"), want->type);
    struct assay_plan *plan = test_plan(json);
    struct assay_dataset *dataset;
    struct assay_error err;
    enum assay_status status = read_texts(plan, &want->text, 1, &dataset, &err);
    ck_assert_int_eq(status, ASSAY_ERROR_DATA);
    ck_assert_msg(strstr(err.message, want->message) != NULL, "%s", err.message);
    ck_assert_msg(err.line == want->line && err.column == want->column, "%d:%d %s", (int)err.line,
                  (int)err.column, err.message);
    ck_assert_ptr_nonnull(strstr(err.file, "/summary-"));
    assay_dataset_free(dataset);
    assay_plan_free(plan);
}
END_TEST

START_TEST(parts_of_other_shape_are_refused)
{
    const char *const texts[2] = {
        HEAD "y,B,5,1,1\ny,A,5,1,1\n",
        "metric,group,n,mean,variance,covariate_mean,covariate_variance,covariance\n"
        "y,A,5,1,1,1,1,1\n"};
    struct assay_plan *plan = test_plan(PLAN("", MEAN));
    struct assay_dataset *dataset;
    struct assay_error err;
    ck_assert_int_eq(read_texts(plan, texts, 2, &dataset, &err), ASSAY_ERROR_DATA);
    ck_assert_ptr_nonnull(strstr(err.message, "-0.csv line 3"));
    ck_assert_ptr_nonnull(strstr(err.file, "-1.csv"));
    ck_assert_uint_eq(err.line, 2);
    ck_assert_uint_eq(err.column, 1);
    assay_dataset_free(dataset);
    const char *const many[2] = {HEAD "y,A,1000000000000000,1,1\n", HEAD "y,A,1,1,1\n"};
    ck_assert_int_eq(read_texts(plan, many, 2, &dataset, &err), ASSAY_ERROR_LIMIT);
    ck_assert_ptr_nonnull(strstr(err.message, "Is a part among them twice?"));
    assay_dataset_free(dataset);
    assay_plan_free(plan);
}
END_TEST

static bool warns(const char *text)
{
    struct assay_plan *plan = test_plan(PLAN("", MEAN));
    struct assay_dataset *dataset = dataset_of(plan, text);
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

/* Rows of an experiment with everything in it; those of unit u go to part u % parts. */
static char *part_text(unsigned part, unsigned parts)
{
    static const char *const LANDS[] = {"SE", "\"N;O\"", "", "d \"\"e"};
    struct assay__text text = {0};
    uint64_t state = 20261124;
    assay__text_puts(&text, "u,g,t,land,age,y,w,x1,x2\n");
    for (unsigned i = 0; i < 600; i++) {
        unsigned v[8];
        for (int k = 0; k < 8; k++) {
            state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            v[k] = (unsigned)(state >> 40);
        }
        unsigned unit = v[0] % 500; /* some units come twice, some in two groups */
        if (unit % parts != part)
            continue;
        assay__text_format(&text, "u%u,%c,2026-01-%02uT0%u:00:00.5Z,", unit,
                           "ABC"[(unit + (v[7] % 40 == 0)) % 3], 1 + v[1] % 28, v[2] % 10);
        const char *land = LANDS[v[3] % 4];
        assay__text_format(&text, v[3] % 4 == 3 ? "\"%s\",%u," : "%s,%u,", land, v[4] % 5);
        for (unsigned k = 0, seed = unit * 7919 + 17; k < 8; k++) { /* values are of the unit */
            seed = seed * 1103515245u + 12345u;
            v[k] = seed >> 8 & 0xffffff;
        }
        if (v[5] % 11 == 0)
            assay__text_puts(&text, "NA,");
        else
            assay__text_format(&text, "%u.%03u,", v[5] % 90, v[6] % 1000);
        assay__text_format(&text, "%u,", 1 + v[6] % 7);
        assay__text_format(&text, v[1] % 5 == 0 ? "," : "%u.5,", v[2] % 50);
        assay__text_format(&text, v[2] % 6 == 0 ? "\n" : "-0.%u\n", v[5] % 100);
    }
    return text.data;
}

static const char WHOLE_PLAN[] =
    "{\"columns\":{\"group\":\"g\",\"unit\":\"u\",\"time\":\"t\"},"
    "\"comparisons\":{\"baseline\":\"A\"},\"asOf\":\"2026-01-27T00:00:00Z\","
    "\"dimensions\":[\"land\"],\"segments\":[{\"id\":\"young\",\"filter\":\"age < 2\"}],"
    "\"metrics\":[{\"id\":\"y\",\"role\":\"success\",\"type\":\"mean\","
    "\"covariates\":[\"x1\",\"x2\"],\"cap\":{\"lower\":5,\"upper\":80.5}},"
    "{\"id\":\"y zero\",\"role\":\"guardrail\",\"type\":\"mean\",\"value\":\"y\","
    "\"missing\":\"zero\"},"
    "{\"id\":\"rate\",\"role\":\"guardrail\",\"type\":\"ratio\",\"value\":\"y\","
    "\"denominator\":\"w\",\"covariates\":[\"x1\"]}]}";

static void summarize(const struct assay_plan *plan, const char *text, struct assay__text *out)
{
    struct assay_dataset *dataset = dataset_of(plan, text);
    struct assay__summary_table table = {0};
    struct assay_error err;
    assert_ok(assay__summary_of_dataset(dataset, &table, &err), &err);
    assert_ok(assay__summary_write(&table, out, &err), &err);
    assay__summary_table_release(&table);
    assay_dataset_free(dataset);
}

/* What 'assay merge' does with tables as text. */
static void merge_texts(struct assay__text *parts, unsigned count, struct assay__text *out)
{
    struct assay__summary_shards shards = {0};
    struct assay__summary_table *whole;
    struct assay_error err;
    for (unsigned i = 0; i < count; i++) {
        struct assay__summary_table table = {0};
        const char *path = put_file(0, parts[i].data);
        assert_ok(assay__summary_read_file(path, &table, &err), &err);
        unlink(path);
        assert_ok(assay__summary_shards_add(&shards, &table, &err), &err);
        assay__summary_table_release(&table);
    }
    assert_ok(assay__summary_shards_join(&shards, false, &whole, &err), &err);
    assert_ok(assay__summary_write(whole, out, &err), &err);
    assay__summary_shards_release(&shards);
}

/* A table without the rows that say which files it was made of. */
static char *without_inputs(const char *text)
{
    struct assay__text out = {0};
    while (*text != '\0') {
        size_t length = strcspn(text, "\n") + 1;
        if (strncmp(text, "@input,", 7) != 0 && strncmp(text, "@end,", 5) != 0)
            assay__text_append(&out, text, length);
        text += length;
    }
    return out.data;
}

START_TEST(merged_parts_are_the_whole_byte_for_byte)
{
    static const unsigned COUNTS[] = {1, 2, 7};
    struct assay_plan *plan = test_plan(WHOLE_PLAN);
    char *all = part_text(0, 1);
    struct assay__text want = {0};
    struct assay_dataset *dataset = dataset_of(plan, all);
    ck_assert_uint_gt(assay_dataset_counts(dataset).rows_duplicate, 20);
    ck_assert_uint_gt(assay_dataset_counts(dataset).units_in_two_groups, 0);
    ck_assert_uint_gt(assay_dataset_counts(dataset).rows_after, 5);
    char *detail = document(dataset, ASSAY_FORMAT_DETAIL);
    char *result = document(dataset, ASSAY_FORMAT_RESULT);
    assay_dataset_free(dataset);
    summarize(plan, all, &want);
    ck_assert_ptr_nonnull(strstr(want.data, "covariates_missing"));
    for (int c = 0; c < 3; c++) {
        struct assay__text parts[7] = {0}, got = {0};
        for (unsigned p = 0; p < COUNTS[c]; p++) {
            char *text = part_text(p, COUNTS[c]);
            summarize(plan, text, &parts[COUNTS[c] - 1 - p]);
            free(text);
        }
        merge_texts(parts, COUNTS[c], &got);
        char *got_sums = without_inputs(got.data), *want_sums = without_inputs(want.data);
        assert_same_text(got_sums, want_sums);
        free(got_sums);
        free(want_sums);
        const char *texts[7];
        for (unsigned p = 0; p < COUNTS[c]; p++)
            texts[p] = parts[p].data;
        struct assay_error err; /* analyze merges what it is given by itself */
        assert_ok(read_texts(plan, texts, COUNTS[c], &dataset, &err), &err);
        char *again_detail = document(dataset, ASSAY_FORMAT_DETAIL);
        char *again_result = document(dataset, ASSAY_FORMAT_RESULT);
        assert_same_text(again_detail, detail);
        assert_same_text(again_result, result);
        free(again_detail);
        free(again_result);
        assay_dataset_free(dataset);
        for (unsigned p = 0; p < COUNTS[c]; p++)
            assay__text_release(&parts[p]);
        assay__text_release(&got);
    }
    assay__text_release(&want);
    free(detail);
    free(result);
    free(all);
    assay_plan_free(plan);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, means_and_sums_equal_the_values);
    tcase_add_test(cases, one_unit_needs_no_variance_and_none_no_row);
    tcase_add_test(cases, shares_need_a_mean_only);
    tcase_add_test(cases, missing_covariates_are_patterns);
    tcase_add_test(cases, dimensions_and_segments_find_their_slices);
    tcase_add_test(cases, the_last_look_at_or_before_as_of_counts);
    tcase_add_test(cases, parts_add_their_units);
    tcase_add_loop_test(cases, mistakes_are_refused_with_their_place, 0,
                        (int)(sizeof REFUSALS / sizeof *REFUSALS));
    tcase_add_test(cases, parts_of_other_shape_are_refused);
    tcase_add_test(cases, rounded_sums_that_cancel_are_warned_about);
    tcase_add_test(cases, merged_parts_are_the_whole_byte_for_byte);
}

int main(void)
{
    return test_main("summary", add);
}
