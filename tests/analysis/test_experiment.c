/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whole experiments: from files to every figure, against tests/golden/analysis.py; and the promise
 * that order, split and merge leave no trace in the bytes.
 */
#include "test.h"

#include <unistd.h>

#include "golden_analysis.h"
#include "source/summary/summary_read.h"
#include "summary_write.h"

struct run {
    struct assay_plan *plan;
    struct assay_dataset *dataset;
    struct assay_analysis *analysis;
};

static struct run run_files(const char *plan_path, const char *const *paths, size_t count)
{
    struct run run;
    struct assay_error err;
    const struct assay_read_options options = {0};
    assert_ok(assay_plan_read(plan_path, &run.plan, &err), &err);
    assert_ok(assay_dataset_new(run.plan, &run.dataset, &err), &err);
    assert_ok(assay_dataset_read(run.dataset, paths, count, &options, &err), &err);
    assert_ok(assay_dataset_analyze(run.dataset, &run.analysis, &err), &err);
    return run;
}

static void end_run(struct run *run)
{
    assay_analysis_free(run->analysis);
    assay_dataset_free(run->dataset);
    assay_plan_free(run->plan);
}

static char *written(const struct run *run, enum assay_format format)
{
    char *text;
    size_t length;
    struct assay_error err;
    const struct assay_write_options options = {0};
    assert_ok(assay_analysis_write(run->analysis, format, &options, &text, &length, &err), &err);
    return text;
}

static void check_golden(const char *plan, const char *data, const char *golden, unsigned least)
{
    double worst;
    struct run run = run_files(plan, &data, 1);
    unsigned count = golden_check(run.analysis, golden, 1e-13, &worst);
    printf("%s: %u figures, worst relative error %.1e\n", golden, count, worst);
    ck_assert_uint_ge(count, least);
    end_run(&run);
}

START_TEST(hillstrom_agrees_with_the_independent_analysis)
{
    check_golden("data/hillstrom.plan.json", "data/hillstrom.csv", "tests/golden/hillstrom.csv",
                 1800);
}
END_TEST

START_TEST(other_forms_agree_with_the_independent_analysis)
{
    check_golden("tests/golden/pooled.plan.json", "data/hillstrom.csv", "tests/golden/pooled.csv",
                 1000);
}
END_TEST

START_TEST(few_units_in_slices_agree_with_the_independent_analysis)
{
    check_golden("tests/golden/slices.plan.json", "tests/golden/slices_data.csv",
                 "tests/golden/slices.csv", 1500);
}
END_TEST

START_TEST(asos_summary_agrees_with_the_independent_analysis)
{
    check_golden("data/asos-b3280a.plan.json", "data/asos-b3280a.csv", "tests/golden/asos.csv",
                 100);
    const char *path = "data/asos-b3280a.csv";
    struct run run = run_files("data/asos-b3280a.plan.json", &path, 1);
    ck_assert_uint_eq(run.analysis->units[0], 3078078);
    ck_assert_uint_eq(run.analysis->units[1], 3074761);
    ck_assert_int_eq(run.analysis->results[0].looks[0].time_ns, INT64_C(1580817600000000000));
    end_run(&run);
}
END_TEST

/* Writes lines of the data, header first, as file number part of parts; shuffled when seeded. */
static void write_part(char **lines, size_t count, size_t part, size_t parts, unsigned seed,
                       const char *path)
{
    size_t *order = malloc(count * sizeof *order);
    ck_assert_ptr_nonnull(order);
    for (size_t i = 0; i < count; i++)
        order[i] = i;
    srand(seed);
    for (size_t i = count - 1; seed != 0 && i > 0; i--) {
        size_t j = ((size_t)rand() * 32768u + (size_t)rand()) % (i + 1), swap = order[i];
        order[i] = order[j];
        order[j] = swap;
    }
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    fprintf(file, "%s\n", lines[0]);
    for (size_t i = 0; i < count; i++)
        if (i % parts == part)
            fprintf(file, "%s\n", lines[1 + order[i]]);
    ck_assert_int_eq(fclose(file), 0);
    free(order);
}

static size_t split_lines(char *text, char **lines, size_t most)
{
    size_t count = 0;
    for (char *line; (line = strsep(&text, "\n")) != NULL && count < most;)
        if (line[0] != '\0')
            lines[count++] = line;
    return count;
}

/* Summarizes each part, merges the tables as text, and analyzes the merged file. */
static void summarize_parts(const char *plan_path, char paths[][128], size_t parts,
                            const char *whole_path)
{
    struct assay__summary_table whole = {0};
    struct assay_error err;
    for (size_t p = parts; p-- > 0;) { /* merged in reverse, to show that order is nothing */
        struct assay__summary_table table = {0}, again = {0};
        struct assay__text text = {0};
        struct assay_plan *plan;
        struct assay_dataset *dataset;
        const char *path = paths[p];
        const struct assay_read_options options = {.has_digests = true};
        assert_ok(assay_plan_read(plan_path, &plan, &err), &err);
        assert_ok(assay_dataset_new(plan, &dataset, &err), &err);
        assert_ok(assay_dataset_read(dataset, &path, 1, &options, &err), &err);
        assert_ok(assay__summary_of_dataset(dataset, &table, &err), &err);
        assert_ok(summary_write(&table, &text, &err), &err);
        test_write_file(path, text.data, text.length);
        assert_ok(assay__summary_read_file(path, NULL, &again, &err), &err);
        assert_ok(assay__summary_merge(&whole, &again, &err), &err);
        assay__text_release(&text);
        assay__summary_table_release(&again);
        assay__summary_table_release(&table);
        assay_dataset_free(dataset);
        assay_plan_free(plan);
    }
    struct assay__text text = {0};
    assert_ok(summary_write(&whole, &text, &err), &err);
    test_write_file(whole_path, text.data, text.length);
    assay__text_release(&text);
    assay__summary_table_release(&whole);
}

static void check_same(const struct run *run, char *const want[2], const char *what)
{
    const enum assay_format formats[2] = {ASSAY_FORMAT_RESULT, ASSAY_FORMAT_DETAIL};
    for (int i = 0; i < 2; i++) {
        char *got = written(run, formats[i]);
        ck_assert_msg(strcmp(got, want[i]) == 0, "%s: document %d differs", what, i);
        free(got);
    }
}

/* Datasets merge too, one of them analyzed before; they are gone when the analysis is written. */
static void check_merged_datasets(const char *plan, char parts[][128], size_t count,
                                  char *const want[2])
{
    const char *path = parts[0];
    struct assay_error err;
    struct run run = run_files(plan, &path, 1);
    assay_analysis_free(run.analysis);
    for (size_t p = 1; p < count; p++) {
        struct assay_dataset *other;
        path = parts[p];
        assert_ok(assay_dataset_new(run.plan, &other, &err), &err);
        assert_ok(assay_dataset_read(other, &path, 1, NULL, &err), &err);
        assert_ok(assay_dataset_merge(run.dataset, other, &err), &err);
        assay_dataset_free(other);
    }
    assert_ok(assay_dataset_analyze(run.dataset, &run.analysis, &err), &err);
    assay_dataset_free(run.dataset);
    run.dataset = NULL;
    check_same(&run, want, "merged datasets");
    end_run(&run);
}

START_TEST(order_split_and_merge_leave_no_trace)
{
    const char *plan = "data/hillstrom.plan.json", *data = "data/hillstrom.csv";
    const size_t most = 70000;
    char directory[64], path[128], parts[7][128], whole[128];
    snprintf(directory, sizeof directory, "%s/test-XXXXXX", test_tmp());
    char *text = test_read_file(data, NULL), **lines = malloc(most * sizeof *lines);
    ck_assert_ptr_nonnull(mkdtemp(directory));
    ck_assert_ptr_nonnull(lines);
    size_t rows = split_lines(text, lines, most) - 1;
    ck_assert_uint_eq(rows, 64000);
    struct run run = run_files(plan, &data, 1);
    char *want[2] = {written(&run, ASSAY_FORMAT_RESULT), written(&run, ASSAY_FORMAT_DETAIL)};
    end_run(&run);

    snprintf(path, sizeof path, "%s/shuffled.csv", directory);
    write_part(lines, rows, 0, 1, 20261123, path);
    const char *shuffled = path;
    run = run_files(plan, &shuffled, 1);
    check_same(&run, want, "shuffled");
    end_run(&run);
    unlink(path);

    const size_t counts[] = {1, 2, 7};
    for (size_t k = 0; k < 3; k++) {
        for (size_t p = 0; p < counts[k]; p++) {
            snprintf(parts[p], sizeof parts[p], "%s/part%zu.csv", directory, p);
            write_part(lines, rows, p, counts[k], (unsigned)k, parts[p]);
        }
        check_merged_datasets(plan, parts, counts[k], want);
        snprintf(whole, sizeof whole, "%s/whole.csv", directory);
        summarize_parts(plan, parts, counts[k], whole);
        const char *merged = whole;
        run = run_files(plan, &merged, 1);
        check_same(&run, want, "merged");
        end_run(&run);
        for (size_t p = 0; p < counts[k]; p++)
            unlink(parts[p]);
        unlink(whole);
    }
    rmdir(directory);
    free(want[0]);
    free(want[1]);
    free(lines);
    free(text);
}
END_TEST

/* A caller's own sums: the analysis says what the comparison of the same moments says. */
START_TEST(moments_of_a_caller_are_analyzed)
{
    static const char PLAN[] =
        "{\"comparisons\":{\"baseline\":\"A\"},\"metrics\":[{\"id\":\"y\"}]}";
    static const double values[2][3] = {{1.5, 2.25, 4.0}, {2.5, 7.0, 8.125}};
    struct assay_moments *moments[2], *ratio;
    struct assay_dataset *dataset;
    struct assay_analysis *analysis;
    struct assay_comparison want;
    struct assay_error err;
    struct assay_plan *plan = test_plan(PLAN);
    assert_ok(assay_dataset_new(plan, &dataset, &err), &err);
    for (int g = 0; g < 2; g++) {
        assert_ok(assay_moments_new((struct assay_moments_shape){0, 0}, &moments[g], &err), &err);
        for (int i = 0; i < 3; i++)
            assert_ok(assay_moments_add(moments[g], &values[g][i], &err), &err);
        const char *group = g == 0 ? "A" : "B";
        assert_ok(assay_dataset_add_moments(dataset, "y", group, moments[g], &err), &err);
    }
    assert_ok(assay_moments_new((struct assay_moments_shape){1, 0}, &ratio, &err), &err);
    ck_assert_int_eq(assay_dataset_add_moments(dataset, "x", "A", moments[0], &err),
                     ASSAY_ERROR_PLAN);
    ck_assert_int_eq(assay_dataset_add_moments(dataset, "y", "A", ratio, &err), ASSAY_ERROR_DOMAIN);
    assert_ok(assay_dataset_analyze(dataset, &analysis, &err), &err);
    const struct assay_method method = {
        .type = ASSAY_METRIC_MEAN, .test = ASSAY_TEST_T, .side = ASSAY_SIDE_UPPER, .alpha = 0.05};
    assert_ok(assay_moments_compare((const struct assay_moments *const *)moments, 2, 0, 1, &method,
                                    &want, &err),
              &err);
    const struct assay__kept_comparison *got = &analysis->results[0].looks[0].comparison;
    ck_assert_uint_eq(analysis->units[0], 3);
    ck_assert_uint_eq(got->compared.n, 3);
    assert_close(got->difference.estimate, want.difference.estimate, 0.0);
    assert_close(got->difference.p, want.difference.p, 0.0);
    assay_analysis_free(analysis);
    assay_dataset_free(dataset);
    assay_plan_free(plan);
    assay_moments_free(ratio);
    assay_moments_free(moments[0]);
    assay_moments_free(moments[1]);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, hillstrom_agrees_with_the_independent_analysis);
    tcase_add_test(cases, other_forms_agree_with_the_independent_analysis);
    tcase_add_test(cases, few_units_in_slices_agree_with_the_independent_analysis);
    tcase_add_test(cases, asos_summary_agrees_with_the_independent_analysis);
    tcase_add_test(cases, order_split_and_merge_leave_no_trace);
    tcase_add_test(cases, moments_of_a_caller_are_analyzed);
}

int main(void)
{
    return test_main("experiment", add);
}
