/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Comparisons against R's t.test and lm on R's own data sets: golden/compare_r.csv. R works in
 * doubles, so 1e-12 is what can be asked of it.
 */
#include "test.h"

enum { LINE_BYTES = 256, GOT_MAX = 32 };

struct got {
    char name[32];
    double value;
};

struct study {
    char name[32];
    struct assay_moments *groups[2];
    struct got got[GOT_MAX];
    int count;
};

static void put(struct study *study, const char *name, double value)
{
    ck_assert_int_lt(study->count, GOT_MAX);
    struct got *got = &study->got[study->count++];
    snprintf(got->name, sizeof got->name, "%s", name);
    got->value = value;
}

static struct assay_comparison run(const struct study *study, enum assay_side side,
                                   enum assay_reduction reduction)
{
    const struct assay_moments *groups[2] = {study->groups[0], study->groups[1]};
    struct assay_method method = {.type = ASSAY_METRIC_MEAN,
                                  .test = ASSAY_TEST_T,
                                  .side = side,
                                  .alpha = 0.05,
                                  .reduction = reduction};
    struct assay_comparison out;
    struct assay_error err;
    assert_ok(assay_moments_compare(groups, 2, 0, 1, &method, &out, &err), &err);
    return out;
}

static void put_reduced(struct study *study, const char *kind, enum assay_reduction reduction)
{
    char name[32];
    struct assay_comparison out = run(study, ASSAY_SIDE_BOTH, reduction);
    snprintf(name, sizeof name, "%s_difference", kind);
    put(study, name, out.difference.estimate);
    snprintf(name, sizeof name, "%s_se", kind);
    put(study, name, out.difference.standard_error);
    for (int i = 0; i < 4; i++) {
        snprintf(name, sizeof name, "%s_slope_%d_%d", kind, i / 2, i % 2 + 1);
        put(study, name,
            (i < 2 ? out.reduction.baseline_slopes : out.reduction.compared_slopes)[i % 2]);
    }
}

static void compute(struct study *study)
{
    struct assay_comparison out = run(study, ASSAY_SIDE_BOTH, ASSAY_REDUCTION_NONE);
    put(study, "difference", out.difference.estimate);
    put(study, "se", out.difference.standard_error);
    put(study, "df", out.difference.df);
    put(study, "statistic", out.difference.statistic);
    put(study, "p_both", out.difference.p);
    put(study, "lower", out.difference.lower);
    put(study, "upper", out.difference.upper);
    put(study, "p_upper", run(study, ASSAY_SIDE_UPPER, ASSAY_REDUCTION_NONE).difference.p);
    put(study, "p_lower", run(study, ASSAY_SIDE_LOWER, ASSAY_REDUCTION_NONE).difference.p);
    put_reduced(study, "full", ASSAY_REDUCTION_FULL);
    put_reduced(study, "pooled", ASSAY_REDUCTION_POOLED);
}

static void start(struct study *study, const char *name)
{
    const struct assay_moments_shape shape = {0, 2};
    struct assay_error err;
    for (int g = 0; g < 2; g++) {
        assay_moments_free(study->groups[g]);
        study->groups[g] = NULL;
        if (name != NULL)
            assert_ok(assay_moments_new(shape, &study->groups[g], &err), &err);
    }
    study->count = 0;
    snprintf(study->name, sizeof study->name, "%s", name != NULL ? name : "");
}

static void add_unit(struct study *study, const char *line)
{
    char name[32];
    int group;
    double values[3];
    struct assay_error err;
    ck_assert_int_eq(sscanf(line, "data,%31[^,],%d,%lf,%lf,%lf", name, &group, &values[0],
                            &values[1], &values[2]),
                     5);
    if (strcmp(name, study->name) != 0)
        start(study, name);
    assert_ok(assay_moments_add(study->groups[group], values, &err), &err);
}

static void judge(struct study *study, const char *line, double *worst)
{
    char name[32], field[32];
    double want;
    ck_assert_int_eq(sscanf(line, "want,%31[^,],%31[^,],%lf", name, field, &want), 3);
    if (study->count == 0)
        compute(study);
    for (int i = 0; i < study->count; i++) {
        if (strcmp(study->got[i].name, field) != 0)
            continue;
        double error = test_relative_error(study->got[i].value, want);
        ck_assert_msg(error <= 1e-12, "%s: %s is %.17g, R says %.17g", name, field,
                      study->got[i].value, want);
        *worst = fmax(*worst, error);
        return;
    }
    ck_abort_msg("nothing computed for %s", field);
}

START_TEST(t_test_and_regression_agree_with_r)
{
    struct study study = {.count = 0};
    char line[LINE_BYTES];
    double worst = 0.0;
    int figures = 0;
    FILE *file = fopen("tests/golden/compare_r.csv", "r");
    ck_assert_ptr_nonnull(file);
    while (fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, "data,", 5) == 0)
            add_unit(&study, line);
        if (strncmp(line, "want,", 5) != 0)
            continue;
        judge(&study, line, &worst);
        figures++;
    }
    fclose(file);
    start(&study, NULL);
    printf("%d figures of R, worst relative error %.1e\n", figures, worst);
    ck_assert_int_eq(figures, 57);
}
END_TEST

static void add(TCase *cases)
{
    tcase_add_test(cases, t_test_and_regression_agree_with_r);
}

int main(void)
{
    return test_main("compare_r", add);
}
