/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sample ratio mismatch against mpmath. */
#include "test.h"

/* 1e-13 is what the header promises for p and its logarithm. */
static const double TOLERANCE = 1e-13;

/* Log Bayes factors also have an absolute bound, up to where half an ulp is as large. */
static const double ABSOLUTE = 1e-10, FACTOR_MAX = 4e5;

enum { GROUPS_MAX = 1000 };

static const struct assay_srm_design CHI2 = {
    .method = ASSAY_SRM_CHI2, .alpha = 0.001, .concentration = 10000.0};

struct golden {
    struct assay_srm_design design;
    size_t count;
    uint64_t counts[GROUPS_MAX];
    double weights[GROUPS_MAX], residuals[GROUPS_MAX];
    double statistic, p, log10_p;
};

static struct golden parse(char *line)
{
    struct golden g = {.design = CHI2};
    if (strcmp(strsep(&line, ","), "chi2") != 0)
        g.design.method = ASSAY_SRM_SEQUENTIAL;
    g.design.concentration = strtod(strsep(&line, ","), NULL);
    char *counts = strsep(&line, ","), *weights = strsep(&line, ","), *word;
    while ((word = strsep(&counts, " ")) != NULL)
        g.counts[g.count++] = strtoull(word, NULL, 10);
    for (size_t i = 0; (word = strsep(&weights, " ")) != NULL; i++)
        g.weights[i] = strtod(word, NULL);
    g.statistic = strtod(strsep(&line, ","), NULL);
    g.p = strtod(strsep(&line, ","), NULL);
    g.log10_p = strtod(strsep(&line, ","), NULL);
    for (size_t i = 0; (word = strsep(&line, " ")) != NULL; i++)
        g.residuals[i] = strtod(word, NULL);
    return g;
}

static void check_golden(const struct golden *g, double *worst, const char *line)
{
    struct assay_srm_group groups[GROUPS_MAX];
    struct assay_srm srm;
    struct assay_error err;
    assert_ok(assay_srm_test(g->counts, g->weights, g->count, &g->design, groups, &srm, &err),
              &err);
    double errors[] = {test_relative_error(srm.statistic, g->statistic),
                       test_relative_error(srm.log10_p, g->log10_p),
                       g->p > 0.0 ? test_relative_error(srm.p, g->p) : 0.0};
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        worst[i] = fmax(worst[i], errors[i]);
        ck_assert_msg(errors[i] <= TOLERANCE, "%s: figure %zu: %g, %g, %g", line, i, srm.statistic,
                      srm.log10_p, srm.p);
    }
    if (g->design.method == ASSAY_SRM_SEQUENTIAL && fabs(g->statistic) < FACTOR_MAX)
        ck_assert_double_le(fabs(srm.statistic - g->statistic), ABSOLUTE);
    if (g->p == 0.0)
        ck_assert_double_lt(srm.p, 1e-306);
    for (size_t i = 0; i < g->count; i++)
        assert_close(groups[i].residual, g->residuals[i], 1e-15);
    ck_assert_int_eq(srm.significant, g->log10_p < -3.0);
}

START_TEST(both_tests_match_mpmath)
{
    char *text = test_read_file("tests/golden/srm.csv", NULL), *rest = text, *line;
    double worst[3] = {0};
    int cases = 0;
    strsep(&rest, "\n");
    strsep(&rest, "\n");
    while ((line = strsep(&rest, "\n")) != NULL && *line != '\0') {
        char *copy = strdup(line);
        struct golden g = parse(line);
        check_golden(&g, worst, copy);
        free(copy);
        cases++;
    }
    free(text);
    printf("srm: %d cases; worst error of statistic %.2g, log10 p %.2g, p %.2g\n", cases, worst[0],
           worst[1], worst[2]);
    ck_assert_int_gt(cases, 500);
}
END_TEST

START_TEST(groups_beyond_the_bound_are_flagged)
{
    /* 3 groups, alpha 0.001: |residual| > z(1 - 0.001/6) = 3.5876...; mpmath */
    const double weights[] = {1, 1, 1};
    const uint64_t counts[] = {10000, 10100, 9490};
    struct assay_srm_group groups[3];
    struct assay_srm srm;
    struct assay_error err;
    assert_ok(assay_srm_test(counts, weights, 3, &CHI2, groups, &srm, &err), &err);
    ck_assert(srm.significant);
    ck_assert(!groups[0].significant);
    ck_assert_double_lt(groups[1].residual, 3.58);
    ck_assert(!groups[1].significant);
    ck_assert_double_lt(groups[2].residual, -3.59);
    ck_assert(groups[2].significant);
    ck_assert_double_eq(groups[2].expected, 29590.0 / 3.0);
    ck_assert_uint_eq(groups[2].observed, 9490);
}
END_TEST

START_TEST(units_in_a_group_with_weight_0_are_a_mismatch)
{
    const double weights[] = {1, 0, 1};
    uint64_t counts[] = {500, 1, 500};
    struct assay_srm_group groups[3];
    struct assay_srm srm;
    struct assay_error err;
    assert_ok(assay_srm_test(counts, weights, 3, &CHI2, groups, &srm, &err), &err);
    ck_assert(srm.significant && srm.unplanned && groups[1].significant);
    ck_assert(!groups[0].significant && !groups[2].significant);
    ck_assert_double_eq(srm.p, 1.0);
    ck_assert_double_eq(srm.df, 1.0);
    ck_assert_double_eq(groups[0].expected, 500.0);
    ck_assert_double_eq(groups[1].expected, 0.0);
    ck_assert(isnan(groups[1].residual));
    counts[1] = 0;
    assert_ok(assay_srm_test(counts, weights, 3, &CHI2, groups, &srm, &err), &err);
    ck_assert(!srm.significant && !srm.unplanned && !groups[1].significant);
}
END_TEST

START_TEST(tolerance_keeps_huge_samples_quiet)
{
    /* Shares off by 0.0001: significant in 10^10 units, and of no consequence. */
    const double weights[] = {1, 1};
    const uint64_t counts[] = {5001000000, 4999000000};
    struct assay_srm_design design = CHI2;
    struct assay_srm_group groups[2];
    struct assay_srm srm;
    struct assay_error err;
    for (int method = 0; method < 2; method++) {
        design.method = (enum assay_srm_method)method;
        const double tolerances[] = {0.0, 0.00009, 0.0001, 0.001};
        for (int i = 0; i < 4; i++) {
            design.tolerance = tolerances[i];
            assert_ok(assay_srm_test(counts, weights, 2, &design, groups, &srm, &err), &err);
            ck_assert_int_eq(srm.significant, i < 2); /* off by exactly 0.0001: not more */
            ck_assert_double_lt(srm.p, 1e-80);
        }
    }
}
END_TEST

/* Each group has its share of alpha, on either side; groups without a weight take none. */
START_TEST(a_group_is_off_beyond_its_share_of_alpha)
{
    const double weights[] = {1, 2, 0, 1};
    double limit = assay_normal_quantile_upper(0.05 / 2.0 / 3.0);
    struct assay_srm_design design = CHI2;
    struct assay_srm_group groups[4];
    struct assay_srm srm;
    struct assay_error err;
    double within = 0.0, beyond = INFINITY;
    design.alpha = 0.05;
    for (uint64_t first = 900; first <= 1100; first++) {
        const uint64_t counts[] = {first, 2000, 0, 2000 - first};
        assert_ok(assay_srm_test(counts, weights, 4, &design, groups, &srm, &err), &err);
        for (int g = 0; g < 4; g += g == 1 ? 2 : 1) {
            double away = fabs(groups[g].residual);
            ck_assert_int_eq(groups[g].significant, away > limit);
            within = away > limit ? within : fmax(within, away);
            beyond = away > limit ? fmin(beyond, away) : beyond;
        }
        ck_assert(!groups[2].significant);
    }
    ck_assert(within > limit - 0.05 && beyond < limit + 0.05); /* both sides were looked at */
}
END_TEST

START_TEST(nothing_to_test_is_not_tested)
{
    const double one[] = {1, 0}, two[] = {1, 2};
    const uint64_t some[] = {10, 0}, none[] = {0, 0};
    struct assay_srm_design design = CHI2;
    struct assay_srm_group groups[2];
    struct assay_srm srm;
    struct assay_error err;
    for (int method = 0; method < 2; method++) {
        design.method = (enum assay_srm_method)method;
        assert_ok(assay_srm_test(some, one, 2, &design, groups, &srm, &err), &err);
        ck_assert(isnan(srm.p) && isnan(srm.log10_p) && isnan(srm.statistic));
        ck_assert(!srm.tested && !srm.significant && isnan(groups[0].residual));
        if (method == 0)
            ck_assert_double_eq(srm.df, 0.0);
        else
            ck_assert(isnan(srm.df));
        assert_ok(assay_srm_test(none, two, 2, &design, groups, &srm, &err), &err);
        ck_assert(isnan(srm.p) && isnan(srm.log10_p) && isnan(srm.statistic));
        ck_assert(!srm.tested && !srm.significant && isnan(groups[0].residual));
    }
}
END_TEST

START_TEST(weights_have_no_scale)
{
    const double a[] = {1, 3}, b[] = {0.1, 0.3}, c[] = {1e-300, 3e-300};
    const uint64_t counts[] = {251, 700};
    const double *const weights[] = {a, b, c};
    struct assay_srm_group groups[2];
    struct assay_srm first, srm;
    struct assay_error err;
    assert_ok(assay_srm_test(counts, a, 2, &CHI2, groups, &first, &err), &err);
    for (int i = 0; i < 3; i++) {
        assert_ok(assay_srm_test(counts, weights[i], 2, &CHI2, groups, &srm, &err), &err);
        ck_assert_double_eq(srm.statistic, first.statistic);
        ck_assert_double_eq(srm.p, first.p);
    }
}
END_TEST

/* Units where next to none may be: the statistic passes the range of doubles, p is 0. */
START_TEST(a_statistic_past_all_numbers_has_p_0)
{
    const uint64_t counts[] = {1000, 1000};
    for (int exponent = -300; exponent > -324; exponent -= 2) {
        const double weights[] = {1.0, pow(10.0, exponent)};
        const struct assay_srm_design design = {0};
        struct assay_srm_group groups[2];
        struct assay_srm srm;
        struct assay_error err;
        assert_ok(assay_srm_test(counts, weights, 2, &design, groups, &srm, &err), &err);
        ck_assert(srm.tested && srm.significant && srm.statistic > 1e300);
        ck_assert_double_eq(srm.p, 0.0);
        ck_assert(srm.log10_p < -1e299);
    }
}
END_TEST

START_TEST(bad_arguments_are_refused)
{
    const uint64_t counts[] = {1, 2};
    const double good[] = {1, 1}, negative[] = {1, -1}, zero[] = {0, 0}, nan_[] = {1, NAN};
    const double *const weights[] = {negative, zero, nan_};
    struct assay_srm_group groups[2];
    struct assay_srm srm;
    struct assay_error err;
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(assay_srm_test(counts, weights[i], 2, &CHI2, groups, &srm, &err),
                         ASSAY_ERROR_DOMAIN);
    struct assay_srm_design bad[5];
    for (int i = 0; i < 5; i++)
        bad[i] = CHI2;
    bad[0].alpha = -0.1;
    bad[1].alpha = 1.0;
    bad[2].tolerance = -0.1;
    bad[3].tolerance = NAN;
    bad[4].method = ASSAY_SRM_SEQUENTIAL;
    bad[4].concentration = -1.0;
    for (int i = 0; i < 5; i++)
        ck_assert_int_eq(assay_srm_test(counts, good, 2, &bad[i], groups, &srm, &err),
                         ASSAY_ERROR_DOMAIN);
}
END_TEST

static void add(TCase *c)
{
    tcase_add_test(c, both_tests_match_mpmath);
    tcase_add_test(c, groups_beyond_the_bound_are_flagged);
    tcase_add_test(c, units_in_a_group_with_weight_0_are_a_mismatch);
    tcase_add_test(c, a_group_is_off_beyond_its_share_of_alpha);
    tcase_add_test(c, tolerance_keeps_huge_samples_quiet);
    tcase_add_test(c, nothing_to_test_is_not_tested);
    tcase_add_test(c, weights_have_no_scale);
    tcase_add_test(c, a_statistic_past_all_numbers_has_p_0);
    tcase_add_test(c, bad_arguments_are_refused);
}

int main(void)
{
    return test_main("srm", add);
}
