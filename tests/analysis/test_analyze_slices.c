/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which values of a dimension weigh in Cochran's Q, and that Holm counts all of them. */
#include "test.h"

#include <unistd.h>

#include "analysis/results.h"

static const char PLAN[] = "{\"comparisons\":{\"baseline\":\"a\"},\"dimensions\":[\"place\"],"
                           "\"metrics\":[{\"id\":\"m\"}]}";

/* Three places, of which the third has as many units as said; variances of 30 make weights of 1/2
   where there are 30 units. */
static struct assay_analysis *analyze(int baseline, int compared, struct assay_plan **plan)
{
    char path[] = "/tmp/assay-slices-XXXXXX";
    const char *const paths[] = {path};
    struct assay_dataset *dataset;
    struct assay_analysis *analysis;
    struct assay_error err;
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    FILE *data = fdopen(fd, "w");
    ck_assert_ptr_nonnull(data);
    fprintf(data,
            "metric,group,dimension,value,n,mean,variance\n"
            "m,a,place,east,30,10,30\nm,b,place,east,30,11,30\n"
            "m,a,place,west,30,10,30\nm,b,place,west,30,13,30\n"
            "m,a,place,isle,%d,10,30\nm,b,place,isle,%d,90,30\n"
            "m,a,,,100,10,30\nm,b,,,100,13,40\n",
            baseline, compared);
    ck_assert_int_eq(fclose(data), 0);
    *plan = test_plan(PLAN);
    assert_ok(assay_dataset_new(*plan, &dataset, &err), &err);
    assert_ok(assay_dataset_read(dataset, paths, 1, NULL, &err), &err);
    assert_ok(assay_dataset_analyze(dataset, &analysis, &err), &err);
    assay_dataset_free(dataset);
    unlink(path);
    return analysis;
}

static const struct {
    int baseline, compared;
    uint32_t slices;
} UNITS[] = {{30, 30, 3}, {29, 30, 2}, {30, 29, 2}, {29, 29, 2}, {2, 39, 2}};

START_TEST(fewer_than_thirty_units_have_no_weight)
{
    struct assay_plan *plan;
    struct assay_analysis *analysis = analyze(UNITS[_i].baseline, UNITS[_i].compared, &plan);
    ck_assert_uint_eq(analysis->heterogeneity_count, 1);
    const struct assay_heterogeneity *found = analysis->heterogeneity;
    ck_assert_uint_eq(found->slice_count, UNITS[_i].slices);
    if (UNITS[_i].slices == 2) {
        /* Differences 1 and 3 of squared error 2: Q = 1/2 + 1/2. P(chi-square of 1 df > 1). */
        assert_close(found->q, 1.0, 1e-15);
        assert_close(found->df, 1.0, 0.0);
        assert_close(found->p, 0.31731050786291410283, 1e-14);
    } else {
        /* 1, 3 and 80: their mean is 28, and half the squares of -27, -25 and 52 add up to 2029. */
        assert_close(found->q, 2029.0, 1e-15);
        assert_close(found->df, 2.0, 0.0);
    }
    assay_analysis_free(analysis);
    assay_plan_free(plan);
}
END_TEST

/* The one-sided p of each place times how many are no smaller, and never less than the one before.
 */
START_TEST(holm_counts_all_slices)
{
    struct assay_plan *plan;
    struct assay_analysis *analysis = analyze(29, 30, &plan);
    const struct assay_metric_result *results[3] = {NULL};
    for (size_t r = 0; r < analysis->result_count; r++) {
        const struct assay_metric_result *result = &analysis->results[r];
        const char *value = analysis->slices[result->slice].value;
        for (int i = 0; i < 3; i++)
            if (strcmp(value, (const char *const[]){"isle", "west", "east"}[i]) == 0)
                results[i] = result;
    }
    for (int i = 0; i < 3; i++) {
        ck_assert_ptr_nonnull(results[i]);
        assert_close(results[i]->slice_p, (3 - i) * results[i]->looks[0].comparison.difference.p,
                     1e-14);
    }
    assay_analysis_free(analysis);
    assay_plan_free(plan);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_loop_test(cases, fewer_than_thirty_units_have_no_weight, 0,
                        (int)(sizeof UNITS / sizeof *UNITS));
    tcase_add_test(cases, holm_counts_all_slices);
}

int main(void)
{
    return test_main("analyze_slices", add);
}
