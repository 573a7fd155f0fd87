/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sufficient statistics by call: the analysis is that of the CSV of sums with the same figures. */
#include "test.h"

static const char PLAN[] =
    "{\"comparisons\":{\"baseline\":\"A\"},\"dimensions\":[\"country\"],\"metrics\":["
    "{\"id\":\"y\",\"role\":\"success\",\"type\":\"mean\",\"covariates\":[\"x\",\"z\"]},"
    "{\"id\":\"r\",\"role\":\"guardrail\",\"type\":\"ratio\",\"value\":\"a\",\"denominator\":\"b\"}"
    ","
    "{\"id\":\"p\",\"role\":\"guardrail\",\"type\":\"proportion\"}]}";

static const char CSV[] =
    "metric,group,time,dimension,value,n,mean,variance,denominator_mean,denominator_variance,"
    "denominator_covariance,covariate1_mean,covariate1_variance,covariate1_covariance,"
    "covariate2_mean,covariate2_variance,covariate2_covariance,covariate1_covariate2_covariance\n"
    "@units,A,2026-03-02T00:00:00Z,,,1000,,,,,,,,,,,,\n"
    "@units,B,2026-03-02T00:00:00Z,,,1010,,,,,,,,,,,,\n"
    "y,A,2026-03-02T00:00:00Z,,,990,5.25,2.5,,,,1.5,0.75,0.3,2.5,1.25,0.1,0.05\n"
    "y,B,2026-03-02T00:00:00Z,,,1000,5.5,2.6,,,,1.51,0.76,0.31,2.49,1.26,0.11,0.06\n"
    "y,A,2026-03-02T00:00:00Z,country,de,990,5.25,2.5,,,,1.5,0.75,0.3,2.5,1.25,0.1,0.05\n"
    "y,B,2026-03-02T00:00:00Z,country,de,1000,5.5,2.6,,,,1.51,0.76,0.31,2.49,1.26,0.11,0.06\n"
    "r,A,2026-03-02T00:00:00Z,,,1000,3.1,4.5,6.2,7.5,2.5,,,,,,,\n"
    "r,B,2026-03-02T00:00:00Z,,,1010,3.2,4.6,6.1,7.4,2.6,,,,,,,\n"
    "p,A,2026-03-02T00:00:00Z,,,1000,0.125,,,,,,,,,,,\n"
    "p,B,2026-03-02T00:00:00Z,,,1010,0.1,,,,,,,,,,,\n";

static const double Y_MEANS[2][3] = {{5.25, 1.5, 2.5}, {5.5, 1.51, 2.49}};
/* What lies above the diagonal is not read. */
static const double Y_COVARIANCES[2][9] = {{2.5, 9, 9, 0.3, 0.75, 9, 0.1, 0.05, 1.25},
                                           {2.6, 9, 9, 0.31, 0.76, 9, 0.11, 0.06, 1.26}};
static const double R_MEANS[2][2] = {{3.1, 6.2}, {3.2, 6.1}};
static const double R_COVARIANCES[2][4] = {{4.5, NAN, 2.5, 7.5}, {4.6, NAN, 2.6, 7.4}};
static const double P_MEANS[2] = {0.125, 0.1};
static const int64_t END_NS = INT64_C(1772409600000000000);

enum { FIGURES = 10 };

static void fill(struct assay_figures figures[FIGURES])
{
    static const char *const GROUPS[] = {"A", "B"};
    static const uint64_t UNITS[] = {1000, 1010}, Y_COUNTS[] = {990, 1000};
    memset(figures, 0, FIGURES * sizeof *figures);
    for (int g = 0; g < 2; g++) {
        const struct assay_figures y = {.metric = "y",
                                        .n = Y_COUNTS[g],
                                        .shape = {.covariate_count = 2},
                                        .means = Y_MEANS[g],
                                        .covariances = Y_COVARIANCES[g]};
        figures[g].n = UNITS[g];
        figures[2 + g] = figures[4 + g] = y;
        figures[4 + g].dimension = "country";
        figures[4 + g].value = "de";
        figures[6 + g] = (struct assay_figures){.metric = "r",
                                                .n = UNITS[g],
                                                .shape = {.has_denominator = 1},
                                                .means = R_MEANS[g],
                                                .covariances = R_COVARIANCES[g]};
        figures[8 + g] = (struct assay_figures){.metric = "p", .n = UNITS[g], .means = &P_MEANS[g]};
    }
    for (int i = 0; i < FIGURES; i++) {
        figures[i].group = GROUPS[i % 2];
        figures[i].has_time = true;
        figures[i].time_ns = END_NS;
    }
}

/* The detail document of an analysis of a table, which is freed. */
static char *detail_of(struct assay_table *table)
{
    struct assay_plan *plan = test_plan(PLAN);
    struct assay_dataset *dataset;
    struct assay_analysis *analysis;
    struct assay_error err;
    char *text;
    assert_ok(assay_dataset_new(plan, &dataset, &err), &err);
    assert_ok(assay_dataset_read_tables(dataset, &table, NULL, 1, NULL, &err), &err);
    assert_ok(assay_dataset_analyze(dataset, &analysis, &err), &err);
    assert_ok(assay_analysis_write(analysis, ASSAY_FORMAT_DETAIL, NULL, &text, NULL, &err), &err);
    assay_analysis_free(analysis);
    assay_dataset_free(dataset);
    assay_table_free(table);
    assay_plan_free(plan);
    return text;
}

START_TEST(figures_give_the_analysis_of_the_same_csv)
{
    struct assay_figures figures[FIGURES];
    struct assay_table *table;
    struct assay_error err;
    fill(figures);
    assert_ok(assay_table_from_csv(CSV, sizeof CSV - 1, "sums", &table, &err), &err);
    char *want = detail_of(table);
    assert_ok(assay_table_from_figures(figures, FIGURES, "sums", &table, &err), &err);
    char *got = detail_of(table);
    ck_assert_ptr_nonnull(strstr(want, "\"covariates\""));
    ck_assert_int_eq(strcmp(got, want), 0);
    assay_free(got);
    assay_free(want);
}
END_TEST

/* What contradicts itself in a file does so here. */
START_TEST(figures_that_contradict_themselves_are_refused)
{
    struct assay_figures figures[FIGURES];
    struct assay_plan *plan = test_plan(PLAN);
    struct assay_dataset *dataset;
    struct assay_table *table;
    struct assay_error err;
    fill(figures);
    figures[2].n = 1001; /* more than the units */
    assert_ok(assay_table_from_figures(figures, FIGURES, "sums", &table, &err), &err);
    assert_ok(assay_dataset_new(plan, &dataset, &err), &err);
    ck_assert_int_eq(assay_dataset_read_tables(dataset, &table, NULL, 1, NULL, &err),
                     ASSAY_ERROR_DATA);
    ck_assert_str_eq(err.file, "sums");
    assay_dataset_free(dataset);
    assay_table_free(table);
    assay_plan_free(plan);
}
END_TEST

/* The error quotes what the program gave. */
START_TEST(figures_that_are_not_finite_are_named)
{
    static const double ODD[] = {NAN, INFINITY, -INFINITY};
    static const char *const SHOWN[] = {"'nan()' in column 'mean'", "'inf' in column 'mean'",
                                        "'-inf' in column 'mean'"};
    struct assay_plan *plan = test_plan(PLAN);
    for (size_t i = 0; i < 3; i++) {
        struct assay_figures figures[FIGURES];
        struct assay_dataset *dataset;
        struct assay_table *table;
        struct assay_error err;
        double means[1 + ASSAY_COVARIATES_MAX] = {ODD[i]};
        size_t at = 0;
        fill(figures);
        while (figures[at].metric == NULL || figures[at].shape.has_denominator != 0)
            at++;
        figures[at].means = means;
        assert_ok(assay_table_from_figures(figures, FIGURES, NULL, &table, &err), &err);
        assert_ok(assay_dataset_new(plan, &dataset, &err), &err);
        ck_assert_int_eq(assay_dataset_read_tables(dataset, &table, NULL, 1, NULL, &err),
                         ASSAY_ERROR_DATA);
        ck_assert_msg(strstr(err.message, SHOWN[i]) != NULL, "%s", err.message);
        ck_assert_uint_eq(err.line, at + 1);
        assay_dataset_free(dataset);
        assay_table_free(table);
    }
    assay_plan_free(plan);
}
END_TEST

START_TEST(figures_out_of_range_are_refused)
{
    struct assay_figures figures[FIGURES];
    struct assay_table *table;
    struct assay_error err;
    fill(figures);
    ck_assert_int_eq(assay_table_from_figures(figures, 0, NULL, &table, &err), ASSAY_ERROR_USAGE);
    figures[3].shape.covariate_count = ASSAY_COVARIATES_MAX + 1;
    ck_assert_int_eq(assay_table_from_figures(figures, FIGURES, NULL, &table, &err),
                     ASSAY_ERROR_USAGE);
    ck_assert_uint_eq(err.line, 4);
    fill(figures);
    figures[9].means = NULL;
    ck_assert_int_eq(assay_table_from_figures(figures, FIGURES, NULL, &table, &err),
                     ASSAY_ERROR_USAGE);
}
END_TEST

/* Without a variance a metric has no test; that is not an error. */
START_TEST(variances_may_not_be_known)
{
    static const char MEANS[] = "{\"comparisons\":{\"baseline\":\"A\"},\"metrics\":["
                                "{\"id\":\"y\",\"role\":\"success\",\"type\":\"mean\"}]}";
    static const double VALUES[2] = {5.25, 5.5};
    const struct assay_figures figures[2] = {
        {.metric = "y", .group = "A", .n = 10, .means = &VALUES[0]},
        {.metric = "y", .group = "B", .n = 12, .means = &VALUES[1]}};
    struct assay_plan *plan = test_plan(MEANS);
    struct assay_dataset *dataset;
    struct assay_analysis *analysis;
    struct assay_table *table;
    struct assay_look look;
    struct assay_error err;
    assert_ok(assay_table_from_figures(figures, 2, NULL, &table, &err), &err);
    assert_ok(assay_dataset_new(plan, &dataset, &err), &err);
    assert_ok(assay_dataset_read_tables(dataset, &table, NULL, 1, NULL, &err), &err);
    assert_ok(assay_dataset_analyze(dataset, &analysis, &err), &err);
    ck_assert(!assay_analysis_last_look(analysis, 0, &look) ||
              isnan(look.comparison->difference.p));
    assay_analysis_free(analysis);
    assay_dataset_free(dataset);
    assay_table_free(table);
    assay_plan_free(plan);
}
END_TEST

/* Workers send texts; they merge in memory as files do. */
START_TEST(sums_in_memory_merge_as_files_do)
{
    static const char PARTS[2][64] = {"metric,group,n,mean,variance\ny,A,10,1.5,2\n",
                                      "metric,group,n,mean,variance\ny,A,10,2.5,2\n"};
    struct assay_table *tables[2];
    struct assay_error err;
    char *text, *want, paths[2][256];
    const char *list[2] = {paths[0], paths[1]};
    size_t length;
    for (int i = 0; i < 2; i++) {
        snprintf(paths[i], sizeof paths[i], "%s/figures-%d.csv", test_tmp(), i);
        test_write_file(paths[i], PARTS[i], strlen(PARTS[i]));
        assert_ok(assay_table_from_csv(PARTS[i], strlen(PARTS[i]), paths[i], &tables[i], &err),
                  &err);
    }
    assert_ok(assay_tables_merge(tables, 2, &text, &length, &err), &err);
    assert_ok(assay_sums_merge(list, 2, &want, NULL, &err), &err);
    ck_assert_str_eq(text, want);
    ck_assert_uint_eq(strlen(text), length);
    ck_assert_int_eq(assay_tables_merge(tables, 0, &text, &length, &err), ASSAY_ERROR_USAGE);
    ck_assert_int_eq(assay_tables_merge(tables, 1, &text, &length, &err), ASSAY_ERROR_USAGE);
    assay_free(text);
    assay_free(want);
    assay_table_free(tables[0]);
    assay_table_free(tables[1]);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, figures_give_the_analysis_of_the_same_csv);
    tcase_add_test(cases, figures_that_contradict_themselves_are_refused);
    tcase_add_test(cases, figures_that_are_not_finite_are_named);
    tcase_add_test(cases, figures_out_of_range_are_refused);
    tcase_add_test(cases, variances_may_not_be_known);
    tcase_add_test(cases, sums_in_memory_merge_as_files_do);
}

int main(void)
{
    return test_main("figures", add);
}
